/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sparse/mixq-csr.h"

#include <math.h>
#include <string.h>

MixqCsr *
mixq_csr_new (gsize n_rows, gsize n_cols, gsize nnz, gboolean with_values)
{
  MixqCsr *self = g_new0 (MixqCsr, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->n_rows = n_rows;
  self->n_cols = n_cols;
  self->nnz = nnz;
  self->row_ptr = g_new0 (gsize, n_rows + 1);
  self->col = g_new0 (guint32, MAX (nnz, 1));
  if (with_values)
    self->value = g_new0 (float, MAX (nnz, 1));
  return self;
}

MixqCsr *
mixq_csr_new_take (gsize n_rows, gsize n_cols, gsize *row_ptr, guint32 *col, float *value)
{
  MixqCsr *self = g_new0 (MixqCsr, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->n_rows = n_rows;
  self->n_cols = n_cols;
  self->nnz = row_ptr[n_rows];
  self->row_ptr = row_ptr;
  self->col = col;
  self->value = value;
  return self;
}

MixqCsr *
mixq_csr_new_values (MixqCsr *pattern)
{
  MixqCsr *self = mixq_csr_new_take (pattern->n_rows, pattern->n_cols, pattern->row_ptr, pattern->col,
                                     g_new0 (float, MAX (pattern->nnz, 1)));

  self->pattern = mixq_csr_ref (pattern);
  return self;
}

MixqCsr *
mixq_csr_ref (MixqCsr *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mixq_csr_unref (MixqCsr *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->pattern == NULL) {
    g_free (self->row_ptr);
    g_free (self->col);
  }
  g_clear_pointer (&self->pattern, mixq_csr_unref);
  g_free (self->value);
  g_free (self);
}

static int
compare_u32 (const void *a, const void *b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;
  return (x > y) - (x < y);
}

#define SMALL_ROW 24 /* sorted by insertion up to here */

static void
sort_row (guint32 *entry, gsize n)
{
  if (n > SMALL_ROW) {
    qsort (entry, n, sizeof *entry, compare_u32);
    return;
  }
  for (gsize i = 1; i < n; i++) {
    guint32 moved = entry[i];
    gsize at = i;

    for (; at > 0 && entry[at - 1] > moved; at--)
      entry[at] = entry[at - 1];
    entry[at] = moved;
  }
}

/* Where each row begins once every edge stands in the rows of both its ends. */
static gsize *
count_ends (gsize n_nodes, const guint32 *src, const guint32 *dst, gsize n_edges)
{
  gsize *row_ptr = g_new0 (gsize, n_nodes + 1);

  for (gsize e = 0; e < n_edges; e++)
    if (src[e] != dst[e]) {
      row_ptr[src[e] + 1]++;
      row_ptr[dst[e] + 1]++;
    }
  for (gsize r = 0; r < n_nodes; r++)
    row_ptr[r + 1] += row_ptr[r];
  return row_ptr;
}

/*
 * One row: @entry holds 2 * column + (1 where the arc is given in the other direction only). The distinct columns go to
 * @col, which may lie in the same memory before it. Returns: how many.
 */
static gsize
merge_row (const guint32 *entry, gsize n, guint32 *col, MixqEdgeCounts *found)
{
  gsize kept = 0;

  for (gsize i = 0; i < n;) {
    guint32 column = entry[i] >> 1;
    gsize forward = 0, backward = 0;

    for (; i < n && entry[i] >> 1 == column; i++)
      if (entry[i] & 1)
        backward++;
      else
        forward++;
    found->duplicates += forward > 0 ? forward - 1 : 0;
    found->unmatched += forward > 0 && backward == 0;
    col[kept++] = column;
  }
  return kept;
}

MixqCsr *
mixq_csr_new_from_edges (gsize n_nodes,
                         const guint32 *src,
                         const guint32 *dst,
                         gsize n_edges,
                         MixqEdgeCounts *counts)
{
  MixqEdgeCounts found = { 0 };
  gsize *row_ptr, from = 0, kept = 0;
  g_autofree gsize *next = NULL;
  guint32 *entry;

  g_return_val_if_fail (n_nodes <= (gsize) 1 << 31, NULL);

  row_ptr = count_ends (n_nodes, src, dst, n_edges);
  next = g_memdup2 (row_ptr, (n_nodes + 1) * sizeof *next);
  entry = g_new (guint32, MAX (row_ptr[n_nodes], 1));
  for (gsize e = 0; e < n_edges; e++) {
    if (src[e] == dst[e]) {
      found.self_loops++;
      continue;
    }
    entry[next[src[e]]++] = dst[e] << 1;
    entry[next[dst[e]]++] = src[e] << 1 | 1;
  }
  for (gsize r = 0; r < n_nodes; r++) {
    gsize end = row_ptr[r + 1];

    sort_row (entry + from, end - from);
    row_ptr[r] = kept;
    kept += merge_row (entry + from, end - from, entry + kept, &found);
    from = end;
  }
  row_ptr[n_nodes] = kept;
  if (counts != NULL)
    *counts = found;
  return mixq_csr_new_take (n_nodes, n_nodes, row_ptr, g_renew (guint32, entry, MAX (kept, 1)), NULL);
}

MixqCsr *
mixq_csr_transpose (const MixqCsr *self, gsize **permutation)
{
  MixqCsr *t = mixq_csr_new (self->n_cols, self->n_rows, self->nnz, self->value != NULL);
  gsize *perm = g_new (gsize, MAX (self->nnz, 1));
  g_autofree gsize *next = g_new (gsize, self->n_cols + 1);

  for (gsize e = 0; e < self->nnz; e++)
    t->row_ptr[self->col[e] + 1]++;
  for (gsize r = 0; r < t->n_rows; r++)
    t->row_ptr[r + 1] += t->row_ptr[r];
  memcpy (next, t->row_ptr, (self->n_cols + 1) * sizeof *next);
  for (gsize r = 0; r < self->n_rows; r++)
    for (gsize e = self->row_ptr[r]; e < self->row_ptr[r + 1]; e++) {
      gsize at = next[self->col[e]]++;
      t->col[at] = (guint32) r;
      perm[at] = e;
      if (self->value != NULL)
        t->value[at] = self->value[e];
    }
  if (permutation != NULL)
    *permutation = perm;
  else
    g_free (perm);
  return t;
}

MixqCsr *
mixq_csr_normalise_symmetric (const MixqCsr *adjacency, float loop_weight)
{
  gsize n = adjacency->n_rows;
  MixqCsr *self = mixq_csr_new (n, n, adjacency->nnz + n, TRUE);
  g_autofree double *inv_sqrt = g_new (double, MAX (n, 1));
  gsize at = 0;

  for (gsize r = 0; r < n; r++) {
    double degree = loop_weight;
    for (gsize e = adjacency->row_ptr[r]; e < adjacency->row_ptr[r + 1]; e++)
      degree += adjacency->value != NULL ? (double) adjacency->value[e] : 1.0;
    inv_sqrt[r] = degree > 0 ? 1.0 / sqrt (degree) : 0.0;
  }
  for (gsize r = 0; r < n; r++) {
    gsize e = adjacency->row_ptr[r], end = adjacency->row_ptr[r + 1];
    gboolean loop_done = FALSE;

    while (e < end || !loop_done) {
      gboolean is_loop = !loop_done && (e == end || adjacency->col[e] > r);
      gsize c = is_loop ? r : adjacency->col[e];
      double weight = is_loop                    ? (double) loop_weight
                      : adjacency->value != NULL ? (double) adjacency->value[e]
                                                 : 1.0;

      self->col[at] = (guint32) c;
      self->value[at++] = (float) (inv_sqrt[r] * weight * inv_sqrt[c]);
      if (is_loop)
        loop_done = TRUE;
      else
        e++;
    }
    self->row_ptr[r + 1] = at;
  }
  return self;
}

MixqCsr *
mixq_csr_normalise_rows (MixqCsr *features)
{
  MixqCsr *self = mixq_csr_new_values (features);

  for (gsize r = 0; r < features->n_rows; r++) {
    double sum = 0;

    for (gsize e = features->row_ptr[r]; e < features->row_ptr[r + 1]; e++)
      sum += features->value != NULL ? (double) features->value[e] : 1.0;
    for (gsize e = features->row_ptr[r]; e < features->row_ptr[r + 1]; e++)
      self->value[e] = (float) ((features->value != NULL ? (double) features->value[e] : 1.0) /
                                MAX (sum, 1.0));
  }
  return self;
}
