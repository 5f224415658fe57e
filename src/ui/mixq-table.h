/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * mixq_table_parse: @csv: RFC 4180 as src/plot writes it. Returns: (transfer full) (element-type GStrv): rows, the head
 * first; every row has as many cells as the head.
 */
GPtrArray *mixq_table_parse (const char *csv);

/** mixq_table_new: a column view of @csv, its first row the column titles. Returns: (transfer floating). */
GtkWidget *mixq_table_new (const char *csv);

G_END_DECLS
