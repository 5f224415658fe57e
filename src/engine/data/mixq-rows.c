/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/mixq-rows.h"

void
mixq_rows_init (MixqRows *self, MixqBudget *budget)
{
  *self = (MixqRows){ .budget = budget };
}

void
mixq_rows_clear (MixqRows *self)
{
  g_clear_pointer (&self->row_ptr, g_free);
  g_clear_pointer (&self->col, g_free);
  g_clear_pointer (&self->value, g_free);
}

/* The first value that is not 1: those before get theirs. */
static gboolean
begin_values (MixqRows *self)
{
  if (!mixq_budget_grow (self->budget, &self->value, &self->value_capacity, self->nnz + 1, sizeof (float)))
    return FALSE;
  for (gsize e = 0; e < self->nnz; e++)
    self->value[e] = 1.0f;
  return TRUE;
}

gboolean
mixq_rows_add (MixqRows *self, gsize col, float value)
{
  if (value == 0)
    return TRUE;
  if (!mixq_budget_grow (self->budget, &self->col, &self->col_capacity, self->nnz + 1, sizeof (guint32)))
    return FALSE;
  if (self->value == NULL && value != 1.0f && !begin_values (self))
    return FALSE;
  if (self->value != NULL) {
    if (!mixq_budget_grow (self->budget, &self->value, &self->value_capacity, self->nnz + 1, sizeof (float)))
      return FALSE;
    self->value[self->nnz] = value;
  }
  self->col[self->nnz++] = (guint32) col;
  return TRUE;
}

gboolean
mixq_rows_end (MixqRows *self)
{
  if (!mixq_budget_grow (self->budget, &self->row_ptr, &self->row_capacity, self->n_rows + 2, sizeof (gsize)))
    return FALSE;
  self->row_ptr[0] = 0;
  self->row_ptr[++self->n_rows] = self->nnz;
  return TRUE;
}

MixqCsr *
mixq_rows_finish (MixqRows *self, gsize n_cols)
{
  gsize *row_ptr = g_renew (gsize, g_steal_pointer (&self->row_ptr), self->n_rows + 1);
  guint32 *col = g_renew (guint32, g_steal_pointer (&self->col), MAX (self->nnz, 1));
  float *value = g_steal_pointer (&self->value);

  if (self->n_rows == 0)
    row_ptr[0] = 0;
  if (value != NULL)
    value = g_renew (float, value, MAX (self->nnz, 1));
  return mixq_csr_new_take (self->n_rows, n_cols, row_ptr, col, value);
}
