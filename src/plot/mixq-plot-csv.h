/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * RFC 4180 rows with the C locale's numbers and \n line ends. Each call adds one cell; mixq_plot_csv_end_row() ends the
 * row. A number that is not finite becomes an empty cell.
 */
void mixq_plot_csv_text (GString *csv, const char *text);
void mixq_plot_csv_number (GString *csv, double value);
void mixq_plot_csv_integer (GString *csv, guint64 value);
void mixq_plot_csv_end_row (GString *csv);

G_END_DECLS
