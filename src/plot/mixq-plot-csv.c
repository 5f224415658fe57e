/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-plot-csv.h"

#include <math.h>
#include <string.h>

/* Returns: %TRUE where the next cell begins a row. */
static gboolean
separate (GString *csv)
{
  gboolean first = csv->len == 0 || csv->str[csv->len - 1] == '\n';

  if (!first)
    g_string_append_c (csv, ',');
  return first;
}

void
mixq_plot_csv_text (GString *csv, const char *text)
{
  gboolean first = separate (csv);

  if (text == NULL || *text == '\0') {
    /* An empty first cell must still be told from no cell at all. */
    if (first)
      g_string_append (csv, "\"\"");
    return;
  }
  if (strpbrk (text, ",\"\r\n") == NULL) {
    g_string_append (csv, text);
    return;
  }
  g_string_append_c (csv, '"');
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '"')
      g_string_append_c (csv, '"');
    g_string_append_c (csv, *c);
  }
  g_string_append_c (csv, '"');
}

void
mixq_plot_csv_number (GString *csv, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value)) {
    mixq_plot_csv_text (csv, NULL);
    return;
  }
  separate (csv);
  g_string_append (csv, g_ascii_formatd (buffer, sizeof buffer, "%.9g", value));
}

void
mixq_plot_csv_integer (GString *csv, guint64 value)
{
  separate (csv);
  g_string_append_printf (csv, "%" G_GUINT64_FORMAT, value);
}

void
mixq_plot_csv_end_row (GString *csv)
{
  g_string_append_c (csv, '\n');
}
