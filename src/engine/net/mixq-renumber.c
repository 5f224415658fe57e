/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-renumber.h"

#include <string.h>

static int
compare_numbers (const void *a, const void *b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return (x > y) - (x < y);
}

static gsize
row_length (const MixqCsr *csr, gsize r)
{
  return csr->row_ptr[r + 1] - csr->row_ptr[r];
}

static MixqCsr *
alloc_rows (const MixqCsr *from, const guint32 *order, gboolean with_values)
{
  MixqCsr *self = mixq_csr_new (from->n_rows, from->n_cols, from->nnz, with_values);

  for (gsize r = 0; r < self->n_rows; r++)
    self->row_ptr[r + 1] = self->row_ptr[r] + row_length (from, order[r]);
  return self;
}

static MixqCsr *
renumber_graph (const MixqCsr *from, const guint32 *order)
{
  MixqCsr *self = alloc_rows (from, order, FALSE);
  g_autofree guint32 *number = g_new (guint32, MAX (from->n_rows, 1));

  for (gsize r = 0; r < from->n_rows; r++)
    number[order[r]] = (guint32) r;
  for (gsize r = 0; r < self->n_rows; r++) {
    const guint32 *col = from->col + from->row_ptr[order[r]];
    guint32 *to = self->col + self->row_ptr[r];

    for (gsize e = 0; e < row_length (self, r); e++)
      to[e] = number[col[e]];
    qsort (to, row_length (self, r), sizeof *to, compare_numbers);
  }
  return self;
}

/* Rows without gaps have the same columns whatever their order. */
static MixqCsr *
renumber_features (MixqCsr *from, const guint32 *order)
{
  gboolean is_full = from->nnz == from->n_rows * from->n_cols;
  MixqCsr *self = is_full ? mixq_csr_new_values (from) : alloc_rows (from, order, TRUE);

  for (gsize r = 0; r < self->n_rows; r++) {
    gsize at = from->row_ptr[order[r]], n = row_length (self, r);

    memcpy (self->value + self->row_ptr[r], from->value + at, n * sizeof *self->value);
    if (!is_full)
      memcpy (self->col + self->row_ptr[r], from->col + at, n * sizeof *self->col);
  }
  return self;
}

MixqInputs *
mixq_inputs_renumber (MixqInputs *whole, const guint32 *order)
{
  MixqInputs *self;

  g_return_val_if_fail (whole->task != MIXQ_TASK_GRAPHS && whole->origin_node == NULL, NULL);
  self = mixq_inputs_new_part (whole);
  self->n_nodes = whole->n_nodes;
  self->n_graphs = whole->n_graphs;
  self->origin_node = g_memdup2 (order, MAX (whole->n_nodes, 1) * sizeof *order);
  self->origin_item = g_memdup2 (order, MAX (whole->n_nodes, 1) * sizeof *order);
  self->features = renumber_features (whole->features, order);
  self->graph = renumber_graph (whole->graph, order);
  mixq_inputs_seal (self, NULL);
  return self;
}
