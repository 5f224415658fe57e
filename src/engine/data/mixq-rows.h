/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-source.h"
#include "sparse/mixq-csr.h"

G_BEGIN_DECLS

/**
 * MixqRows: a feature matrix that grows entry by entry, within a budget.
 *
 * Zeros are not stored; where every stored value is 1, no values are.
 */
typedef struct
{
  MixqBudget *budget;
  gsize n_rows, nnz;
  /*< private >*/
  gsize *row_ptr; /* n_rows + 1 */
  guint32 *col;
  float *value; /* (nullable): NULL while all are 1 */
  gsize row_capacity, col_capacity, value_capacity;
} MixqRows;

void mixq_rows_init (MixqRows *self, MixqBudget *budget);
void mixq_rows_clear (MixqRows *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MixqRows, mixq_rows_clear)

/** mixq_rows_add: the next entry of the current row; columns ascend. Returns: %FALSE where the budget is used up. */
gboolean mixq_rows_add (MixqRows *self, gsize col, float value);
/** mixq_rows_end: the current row is whole. Returns: as mixq_rows_add(). */
gboolean mixq_rows_end (MixqRows *self);
/** mixq_rows_finish: the matrix; @self is empty then. */
MixqCsr *mixq_rows_finish (MixqRows *self, gsize n_cols);

G_END_DECLS
