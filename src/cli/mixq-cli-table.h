/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** MixqCliTable: text in columns for people, on standard output. */
typedef struct _MixqCliTable MixqCliTable;

/** mixq_cli_table_new: @heads: (array length=n_columns): a head that begins with '<' is a column of words, aligned left. */
MixqCliTable *mixq_cli_table_new (guint n_columns, const char *const *heads);
void mixq_cli_table_free (MixqCliTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqCliTable, mixq_cli_table_free)
/** mixq_cli_table_add: the next cell, row by row. @cell: (transfer full). */
void mixq_cli_table_add (MixqCliTable *self, char *cell);
void mixq_cli_table_addf (MixqCliTable *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void mixq_cli_table_print (const MixqCliTable *self);

/** mixq_cli_percent: "81.50", or "-" for NaN. */
char *mixq_cli_percent (double fraction);
/** mixq_cli_si: four figures with k, M, G, T: "16.11 G". */
char *mixq_cli_si (double value);
/** mixq_cli_times: "15.47x". */
char *mixq_cli_times (double ratio);

G_END_DECLS
