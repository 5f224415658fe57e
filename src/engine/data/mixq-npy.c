/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/mixq-npy.h"

#include <math.h>
#include <string.h>

#include "base/mixq-error.h"

#define MAX_HEADER 65536 /* bytes; NumPy writes some hundred */
#define BLOCK 65536      /* bytes of elements that are held at a time */
#define MAX_TEXT 4096    /* bytes of one text */

gboolean
mixq_npy_refuse (const MixqNpy *self, int code, GError **error, const char *format, ...)
{
  g_autofree char *problem = NULL;
  va_list args;

  va_start (args, format);
  problem = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, MIXQ_ERROR, code, "%s: %s", mixq_source_peek_label (self->source), problem);
  return FALSE;
}

static gboolean
refuse_header (const MixqNpy *self, GError **error, const char *problem)
{
  return mixq_npy_refuse (self, MIXQ_ERROR_PARSE, error, "%s; write the file again with NumPy", problem);
}

/* The header: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } in any order of the three. */

static const char *
skip_spaces (const char *at)
{
  while (*at == ' ' || *at == '\n')
    at++;
  return at;
}

static gboolean
take (const char **at, const char *word)
{
  const char *from = skip_spaces (*at);

  if (!g_str_has_prefix (from, word))
    return FALSE;
  *at = from + strlen (word);
  return TRUE;
}

/* '...' or "..." without escapes. Returns: (nullable) (transfer full). */
static char *
take_string (const char **at)
{
  const char *from = skip_spaces (*at), *end;

  if (*from != '\'' && *from != '"')
    return NULL;
  end = strchr (from + 1, *from);
  if (end == NULL || end - from > 64 || memchr (from, '\\', (gsize) (end - from)) != NULL)
    return NULL;
  *at = end + 1;
  return g_strndup (from + 1, (gsize) (end - from - 1));
}

/* One letter and a number of bytes, after a letter for the order of bytes. */
static gboolean
parse_type (MixqNpy *self, const char *descr, GError **error)
{
  static const struct
  {
    char letter;
    MixqNpyKind kind;
    guint widths; /* bit b: 1 << b bytes; 0: any */
  } kinds[] = {
    { 'f', MIXQ_NPY_FLOAT, 1 << 1 | 1 << 2 | 1 << 3 },
    { 'i', MIXQ_NPY_SIGNED, 15 },
    { 'u', MIXQ_NPY_UNSIGNED, 15 },
    { 'b', MIXQ_NPY_SIGNED, 1 },
    { 'U', MIXQ_NPY_TEXT, 0 },
    { 'S', MIXQ_NPY_BYTES, 0 },
  };
  const char *at = descr;
  gboolean has_order = *at != '\0' && strchr ("<>|=", *at) != NULL;
  guint64 width = 0;

  self->big_endian = *at == '>';
  at += has_order;
  if (*at == 'O') {
    self->kind = MIXQ_NPY_OBJECT;
    return TRUE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (*at != kinds[i].letter || !g_ascii_string_to_unsigned (at + 1, 10, 0, MAX_TEXT / 4, &width, NULL))
      continue;
    self->kind = kinds[i].kind;
    self->width = self->kind == MIXQ_NPY_TEXT ? 4 * width : width;
    if (kinds[i].widths == 0 || (width > 0 && width <= 8 && (width & (width - 1)) == 0 &&
                                 (kinds[i].widths >> g_bit_nth_lsf (width, -1) & 1) != 0))
      return TRUE;
  }
  return mixq_npy_refuse (
      self, MIXQ_ERROR_UNSUPPORTED, error,
      "its elements are of the type \"%s\", which no data set needs; use whole numbers or "
      "floats of up to 8 bytes, or texts",
      descr);
}

/* (), (3,), (3, 4): a Python 2 writer may put an L behind a number. */
static gboolean
parse_shape (MixqNpy *self, const char **at)
{
  gboolean comma = TRUE;

  if (!take (at, "("))
    return FALSE;
  for (self->n = 1; !take (at, ")");) {
    const char *from = skip_spaces (*at);
    char *end;
    guint64 size;

    if (!comma || !g_ascii_isdigit (*from) || self->n_dims == MIXQ_NPY_MAX_DIMS)
      return FALSE;
    size = g_ascii_strtoull (from, &end, 10);
    if (end - from > 18 || !g_size_checked_mul (&self->n, self->n, size))
      return FALSE;
    *at = end + (*end == 'L');
    self->shape[self->n_dims++] = size;
    comma = take (at, ",");
  }
  return TRUE;
}

static gboolean
parse_entry (MixqNpy *self, const char **at, char **descr, guint *seen, GError **error)
{
  g_autofree char *key = take_string (at);

  if (key == NULL || !take (at, ":"))
    return refuse_header (self, error, "its header is not the description of an array");
  if (strcmp (key, "descr") == 0 && (*seen & 1) == 0) {
    *seen |= 1;
    *descr = take_string (at);
    return *descr != NULL ||
           mixq_npy_refuse (self, MIXQ_ERROR_UNSUPPORTED, error,
                            "its elements are of a structured or unknown type; save plain numbers");
  }
  if (strcmp (key, "fortran_order") == 0 && (*seen & 2) == 0) {
    *seen |= 2;
    self->fortran = take (at, "True");
    return self->fortran || take (at, "False") ||
           refuse_header (self, error, "its header does not say True or False for fortran_order");
  }
  if (strcmp (key, "shape") == 0 && (*seen & 4) == 0) {
    *seen |= 4;
    return parse_shape (self, at) ||
           refuse_header (
               self, error,
               "its header has a shape that is no list of sizes, or one that is negative or too large");
  }
  return refuse_header (self, error, "its header has a member that is unknown or there twice");
}

static gboolean
parse_header (MixqNpy *self, const char *text, GError **error)
{
  g_autofree char *descr = NULL;
  const char *at = text;
  guint seen = 0;

  if (!take (&at, "{"))
    return refuse_header (self, error, "its header is not the description of an array");
  while (!take (&at, "}")) {
    if (!parse_entry (self, &at, &descr, &seen, error))
      return FALSE;
    if (!take (&at, ",") && *skip_spaces (at) != '}')
      return refuse_header (self, error, "its header is not the description of an array");
  }
  if (*skip_spaces (at) != '\0' || seen != 7)
    return refuse_header (self, error,
                          "its header lacks descr, fortran_order or shape, or has more behind them");
  if (!parse_type (self, descr, error))
    return FALSE;
  return self->n <= G_MAXSIZE / 4096 / MAX_TEXT ||
         refuse_header (self, error, "its shape is larger than any memory");
}

static gboolean
read_exactly (MixqNpy *self, gpointer buffer, gsize n, GError **error)
{
  gssize got = mixq_source_read_all (self->source, buffer, n, error);

  return got < 0 ? FALSE
                 : (gsize) got == n ||
                       refuse_header (self, error, "it ends before its header does, or is no .npy file");
}

gboolean
mixq_npy_init (MixqNpy *self, MixqSource *source, GError **error)
{
  static const guint8 magic[] = { 0x93, 'N', 'U', 'M', 'P', 'Y' };
  g_autofree char *header = NULL;
  guint8 head[12];
  gsize length;

  *self = (MixqNpy){ .source = source };
  if (!read_exactly (self, head, 10, error))
    return FALSE;
  if (memcmp (head, magic, sizeof magic) != 0)
    return refuse_header (self, error, "it does not begin as a .npy file");
  if (head[6] < 1 || head[6] > 3)
    return refuse_header (self, error, "it is of a version of the .npy format that is not known");
  if (head[6] > 1 && !read_exactly (self, head + 10, 2, error))
    return FALSE;
  length = head[8] | (gsize) head[9] << 8;
  if (head[6] > 1)
    length |= (gsize) head[10] << 16 | (gsize) head[11] << 24;
  if (length > MAX_HEADER)
    return refuse_header (self, error, "its header is too long");
  header = g_malloc0 (length + 1);
  if (!read_exactly (self, header, length, error))
    return FALSE;
  if (strlen (header) != length)
    return refuse_header (self, error, "its header holds NULs");
  return parse_header (self, header, error);
}

void
mixq_npy_clear (MixqNpy *self)
{
  g_clear_pointer (&self->source, mixq_source_free);
}

/* Elements. */

/* The next elements as they are, at most @n and a block full. Returns: how many, or -1. */
static gssize
read_block (MixqNpy *self, guint8 *block, gsize n, GError **error)
{
  gsize fit = self->width > 0 ? BLOCK / self->width : G_MAXSIZE;
  gssize got;

  n = MIN (MIN (n, self->n - self->at), fit);
  got = mixq_source_read_all (self->source, block, n * self->width, error);
  if (got < 0)
    return -1;
  if ((gsize) got < n * self->width) {
    mixq_npy_refuse (self, MIXQ_ERROR_PARSE, error,
                     "ends after %" G_GSIZE_FORMAT " of its %" G_GSIZE_FORMAT
                     " elements; get a fresh copy of the file",
                     self->at + (gsize) got / self->width, self->n);
    return -1;
  }
  self->at += n;
  return (gssize) n;
}

/* The bytes of one number, with the lowest first. */
static guint64
load_bits (const MixqNpy *self, const guint8 *bytes)
{
  guint64 bits = 0;

  for (gsize i = 0; i < self->width; i++)
    bits |= (guint64) bytes[self->big_endian ? self->width - 1 - i : i] << (8 * i);
  return bits;
}

static double
half_to_double (guint16 bits)
{
  int exponent = bits >> 10 & 31, mantissa = bits & 1023;
  double value = exponent == 0   ? ldexp (mantissa, -24)
                 : exponent < 31 ? ldexp (mantissa + 1024, exponent - 25)
                 : mantissa == 0 ? (double) INFINITY
                                 : (double) NAN;

  return bits >> 15 != 0 ? -value : value;
}

static double
load_float (const MixqNpy *self, const guint8 *bytes)
{
  guint64 bits = load_bits (self, bytes);
  guint32 low = (guint32) bits;
  double wide;
  float narrow;

  if (self->width == 2)
    return half_to_double ((guint16) bits);
  memcpy (&wide, &bits, sizeof wide);
  memcpy (&narrow, &low, sizeof narrow);
  return self->width == 4 ? (double) narrow : wide;
}

/* Returns: FALSE where the number is not whole or needs more than 63 bits. */
static gboolean
load_int (const MixqNpy *self, const guint8 *bytes, gint64 *value)
{
  guint64 bits;
  double number;
  guint shift = 64 - 8 * (guint) self->width;

  if (self->kind == MIXQ_NPY_FLOAT) {
    number = load_float (self, bytes);
    if (!(fabs (number) <= 0x1p53) || number != floor (number))
      return FALSE;
    *value = (gint64) number;
    return TRUE;
  }
  bits = load_bits (self, bytes);
  *value = self->kind == MIXQ_NPY_SIGNED ? (gint64) (bits << shift) >> shift : (gint64) bits;
  return self->kind == MIXQ_NPY_SIGNED || bits <= G_MAXINT64;
}

static gboolean
check_number (const MixqNpy *self, GError **error)
{
  return self->kind <= MIXQ_NPY_FLOAT ||
         mixq_npy_refuse (
             self, MIXQ_ERROR_VALUE, error, "holds %s where numbers belong; save it as an array of numbers",
             self->kind == MIXQ_NPY_OBJECT ? "Python objects, which are never unpacked here," : "texts");
}

gssize
mixq_npy_read_ints (MixqNpy *self, gint64 *value, gsize n, GError **error)
{
  g_autofree guint8 *block = g_malloc (BLOCK);
  gsize done = 0;

  if (!check_number (self, error))
    return -1;
  while (done < n && self->at < self->n) {
    gssize got = read_block (self, block, n - done, error);

    if (got < 0)
      return -1;
    for (gssize i = 0; i < got; i++)
      if (!load_int (self, block + (gsize) i * self->width, &value[done + (gsize) i])) {
        mixq_npy_refuse (self, MIXQ_ERROR_VALUE, error,
                         "element %" G_GSIZE_FORMAT " is not a whole number; save the array as integers",
                         self->at - (gsize) (got - i));
        return -1;
      }
    done += (gsize) got;
  }
  return (gssize) done;
}

gssize
mixq_npy_read_floats (MixqNpy *self, double *value, gsize n, GError **error)
{
  g_autofree guint8 *block = g_malloc (BLOCK);
  gsize done = 0;

  if (!check_number (self, error))
    return -1;
  while (done < n && self->at < self->n) {
    gssize got = read_block (self, block, n - done, error);

    if (got < 0)
      return -1;
    for (gssize i = 0; i < got; i++, done++) {
      const guint8 *bytes = block + (gsize) i * self->width;
      gint64 whole = 0;

      if (self->kind == MIXQ_NPY_FLOAT)
        value[done] = load_float (self, bytes);
      else if (load_int (self, bytes, &whole))
        value[done] = (double) whole;
      else
        value[done] = (double) load_bits (self, bytes);
    }
  }
  return (gssize) done;
}

static char *
load_text (const MixqNpy *self, const guint8 *bytes)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->kind == MIXQ_NPY_BYTES) {
    g_string_append_len (text, (const char *) bytes, (gssize) strnlen ((const char *) bytes, self->width));
    return g_utf8_make_valid (text->str, -1);
  }
  for (gsize i = 0; i + 4 <= self->width; i += 4) {
    MixqNpy letter = { .width = 4, .big_endian = self->big_endian };
    gunichar c = (gunichar) load_bits (&letter, bytes + i);

    if (c == 0)
      break;
    g_string_append_unichar (text, g_unichar_validate (c) ? c : 0xfffd);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

gssize
mixq_npy_read_texts (MixqNpy *self, char **text, gsize n, GError **error)
{
  g_autofree guint8 *block = g_malloc (BLOCK);
  gsize done = 0;

  if (self->kind != MIXQ_NPY_TEXT && self->kind != MIXQ_NPY_BYTES) {
    mixq_npy_refuse (self, MIXQ_ERROR_VALUE, error, "holds something else where texts belong");
    return -1;
  }
  while (done < n && self->at < self->n) {
    gssize got = read_block (self, block, n - done, error);

    if (got < 0)
      return -1;
    for (gssize i = 0; i < got; i++)
      text[done++] = load_text (self, block + (gsize) i * self->width);
  }
  return (gssize) done;
}

gboolean
mixq_npy_finish (MixqNpy *self, GError **error)
{
  guint8 more;
  gssize got = self->at == self->n ? mixq_source_read (self->source, &more, 1, error) : 1;

  if (got < 0)
    return FALSE;
  return got == 0 || mixq_npy_refuse (self, MIXQ_ERROR_PARSE, error,
                                      "is longer than its header says (%" G_GSIZE_FORMAT
                                      " elements); get a fresh copy of the file",
                                      self->n);
}
