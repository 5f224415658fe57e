/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/mixq-text.h"

#include <math.h>
#include <string.h>

#define CHUNK (128 * 1024)

void
mixq_text_init (MixqText *self, MixqSource *source)
{
  *self = (MixqText){ .source = source, .capacity = CHUNK, .buffer = g_malloc (CHUNK + 1) };
}

void
mixq_text_clear (MixqText *self)
{
  g_clear_pointer (&self->source, mixq_source_free);
  g_clear_pointer (&self->buffer, g_free);
}

static gboolean
refuse (const MixqText *self,
        MixqErrorCode code,
        GError **error,
        gboolean with_line,
        const char *format,
        va_list args)
{
  g_autofree char *problem = g_strdup_vprintf (format, args);
  const char *label = mixq_source_peek_label (self->source);

  if (with_line)
    g_set_error (error, MIXQ_ERROR, (int) code, "%s: line %" G_GSIZE_FORMAT " %s", label, self->number,
                 problem);
  else
    g_set_error (error, MIXQ_ERROR, (int) code, "%s: %s", label, problem);
  return FALSE;
}

gboolean
mixq_text_refuse (const MixqText *self, MixqErrorCode code, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  refuse (self, code, error, TRUE, format, args);
  va_end (args);
  return FALSE;
}

gboolean
mixq_text_refuse_file (const MixqText *self, MixqErrorCode code, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  refuse (self, code, error, FALSE, format, args);
  va_end (args);
  return FALSE;
}

/* Makes room behind what is left and reads on. One byte is kept free for the NUL of a last line. */
static gboolean
fill (MixqText *self, GError **error)
{
  gssize got;

  if (self->to > self->from)
    memmove (self->buffer, self->buffer + self->from, self->to - self->from);
  self->to -= self->from;
  self->from = 0;
  if (self->capacity - self->to < CHUNK) {
    if (self->to > MIXQ_TEXT_MAX_LINE) {
      self->number++;
      return mixq_text_refuse (self, MIXQ_ERROR_PARSE, error,
                               "is longer than %" G_GSIZE_FORMAT " MiB; get a fresh copy of the file",
                               MIXQ_TEXT_MAX_LINE >> 20);
    }
    self->capacity = 2 * self->capacity + CHUNK;
    self->buffer = g_realloc (self->buffer, self->capacity + 1);
  }
  got = mixq_source_read (self->source, self->buffer + self->to, self->capacity - self->to, error);
  if (got < 0)
    return FALSE;
  self->at_end = got == 0;
  self->to += (gsize) got;
  return TRUE;
}

static void
skip_mark (MixqText *self)
{
  if (self->number == 0 && self->to - self->from >= 3 &&
      memcmp (self->buffer + self->from, "\xef\xbb\xbf", 3) == 0)
    self->from += 3;
}

/* Returns: (nullable): the end of the line at @from, or NULL at the end of the file or with @error. */
static char *
find_end (MixqText *self, GError **error)
{
  gsize searched = 0;

  for (;;) {
    gsize left = self->to - self->from;
    char *begin = self->buffer + self->from;
    char *end = left > searched ? memchr (begin + searched, '\n', left - searched) : NULL;

    if (end != NULL)
      return end;
    if (self->at_end)
      return left > 0 ? begin + left : NULL;
    searched = left;
    if (!fill (self, error))
      return NULL;
    if (self->number == 0 && searched == 0)
      skip_mark (self);
  }
}

static gboolean
is_blank (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] != ' ' && text[i] != '\t')
      return FALSE;
  return TRUE;
}

gboolean
mixq_text_next (MixqText *self, GError **error)
{
  char *end;

  while ((end = find_end (self, error)) != NULL) {
    self->line = self->buffer + self->from;
    self->length = (gsize) (end - self->line);
    self->from = MIN (self->from + self->length + 1, self->to);
    self->number++;
    if (self->length > 0 && self->line[self->length - 1] == '\r')
      self->length--;
    if (!is_blank (self->line, self->length)) {
      self->line[self->length] = '\0';
      self->at = self->line;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
mixq_text_finish (GError *stopped, GError **error)
{
  if (stopped == NULL)
    return TRUE;
  g_propagate_error (error, stopped);
  return FALSE;
}

/* Numbers. */

static const char *
skip_blanks (const char *at)
{
  while (*at == ' ' || *at == '\t')
    at++;
  return at;
}

/* To the next number: over blanks and, except at the line's beginning, one comma. */
static const char *
begin_number (MixqText *self)
{
  const char *at = skip_blanks (self->at);

  if (*at == ',' && self->at != self->line)
    at = skip_blanks (at + 1);
  return at;
}

static gboolean
ends_number (char c)
{
  return c == '\0' || c == ',' || c == ' ' || c == '\t';
}

gboolean
mixq_text_int (MixqText *self, gint64 *value)
{
  const char *at = begin_number (self);
  gboolean negative = *at == '-';
  guint64 number = 0;
  int digits = 0;

  at += negative || *at == '+';
  for (; g_ascii_isdigit (*at); at++, digits++) {
    if (number > (G_MAXINT64 - (guint64) (*at - '0')) / 10)
      return FALSE;
    number = 10 * number + (guint64) (*at - '0');
  }
  if (digits == 0 || !ends_number (*at))
    return FALSE;
  self->at = at;
  *value = negative ? -(gint64) number : (gint64) number;
  return TRUE;
}

/*
 * Up to 15 digits and a power of ten up to 22 are exact in a double, so one multiplication or division rounds
 * correctly; the rest is for the library.
 */
static gboolean
parse_simple (const char *at, const char **end, double *value)
{
  static const double powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
  gboolean negative = *at == '-';
  guint64 mantissa = 0;
  int digits = 0, exponent = 0, written = 0;

  at += negative || *at == '+';
  for (; g_ascii_isdigit (*at); at++, digits++)
    mantissa = 10 * mantissa + (guint64) (*at - '0');
  if (*at == '.')
    for (at++; g_ascii_isdigit (*at) && digits < 16; at++, digits++, exponent--)
      mantissa = 10 * mantissa + (guint64) (*at - '0');
  if (digits == 0 || digits > 15)
    return FALSE;
  if (*at == 'e' || *at == 'E') {
    gboolean down = at[1] == '-';

    at += 1 + (at[1] == '-' || at[1] == '+');
    if (!g_ascii_isdigit (at[0]))
      return FALSE;
    for (; g_ascii_isdigit (*at) && written < 1000; at++)
      written = 10 * written + (*at - '0');
    exponent += down ? -written : written;
  }
  if (exponent < -22 || exponent > 22)
    return FALSE;
  *value = exponent < 0 ? (double) mantissa / powers[-exponent] : (double) mantissa * powers[exponent];
  *value = negative ? -*value : *value;
  *end = at;
  return TRUE;
}

gboolean
mixq_text_float (MixqText *self, float *value)
{
  const char *at = begin_number (self), *end = NULL;
  double number;

  if (!parse_simple (at, &end, &number) || !ends_number (*end)) {
    char *after;

    number = g_ascii_strtod (at, &after);
    end = after;
  }
  if (end == at || !ends_number (*end))
    return FALSE;
  self->at = end;
  *value = (float) number;
  return TRUE;
}

gboolean
mixq_text_at_line_end (MixqText *self)
{
  return skip_blanks (self->at) == self->line + self->length;
}
