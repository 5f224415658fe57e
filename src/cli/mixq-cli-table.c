/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-cli-table.h"

#include <math.h>
#include <stdio.h>

#define GAP 2

struct _MixqCliTable
{
  guint n_columns;
  const char *const *heads; /* borrowed */
  GPtrArray *cells;         /* of char * */
};

MixqCliTable *
mixq_cli_table_new (guint n_columns, const char *const *heads)
{
  MixqCliTable *self = g_new0 (MixqCliTable, 1);

  self->n_columns = n_columns;
  self->heads = heads;
  self->cells = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
mixq_cli_table_free (MixqCliTable *self)
{
  g_ptr_array_unref (self->cells);
  g_free (self);
}

void
mixq_cli_table_add (MixqCliTable *self, char *cell)
{
  g_ptr_array_add (self->cells, cell);
}

void
mixq_cli_table_addf (MixqCliTable *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  mixq_cli_table_add (self, g_strdup_vprintf (format, args));
  va_end (args);
}

static gboolean
is_left (const char *head)
{
  return head[0] == '<';
}

static int
width_of (const char *text)
{
  return (int) g_utf8_strlen (text, -1);
}

static int
column_width (const MixqCliTable *self, guint column)
{
  int width = width_of (self->heads[column]) - is_left (self->heads[column]);

  for (guint i = column; i < self->cells->len; i += self->n_columns)
    width = MAX (width, width_of (g_ptr_array_index (self->cells, i)));
  return width;
}

static void
print_cell (const char *text, int width, gboolean left, gboolean first, gboolean last)
{
  int room = width - width_of (text);

  printf ("%*s%*s%s%*s", first ? 0 : GAP, "", left ? 0 : room, "", text, left && !last ? room : 0, "");
}

void
mixq_cli_table_print (const MixqCliTable *self)
{
  g_autofree int *width = g_new (int, self->n_columns);
  guint n = self->n_columns;

  for (guint c = 0; c < n; c++)
    width[c] = column_width (self, c);
  for (guint c = 0; c < n; c++)
    print_cell (self->heads[c] + is_left (self->heads[c]), width[c], is_left (self->heads[c]), c == 0,
                c == n - 1);
  putchar ('\n');
  for (guint i = 0; i < self->cells->len; i++) {
    guint c = i % n;

    print_cell (g_ptr_array_index (self->cells, i), width[c], is_left (self->heads[c]), c == 0, c == n - 1);
    if (c == n - 1)
      putchar ('\n');
  }
}

char *
mixq_cli_percent (double fraction)
{
  return isfinite (fraction) ? g_strdup_printf ("%.2f", fraction * 100) : g_strdup ("-");
}

char *
mixq_cli_si (double value)
{
  static const char *const unit[] = { "", " k", " M", " G", " T", " P" };
  guint u = 0;

  if (!isfinite (value))
    return g_strdup ("-");
  while (fabs (value) >= 1000 && u + 1 < G_N_ELEMENTS (unit)) {
    value /= 1000;
    u++;
  }
  return g_strdup_printf (u == 0 ? "%.4g%s" : "%.3f%s", value, unit[u]);
}

char *
mixq_cli_times (double ratio)
{
  return isfinite (ratio) ? g_strdup_printf ("%.2fx", ratio) : g_strdup ("-");
}
