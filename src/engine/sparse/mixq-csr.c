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
  g_free (self->row_ptr);
  g_free (self->col);
  g_free (self->value);
  g_free (self);
}

static int
compare_u64 (const void *a, const void *b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;
  return (x > y) - (x < y);
}

/* Sorts the arcs (src << 32 | dst) and drops repeats; returns how many are left. */
static gsize
sort_unique (guint64 *arc, gsize n)
{
  gsize kept = 0;

  qsort (arc, n, sizeof *arc, compare_u64);
  for (gsize i = 0; i < n; i++)
    if (i == 0 || arc[i] != arc[i - 1])
      arc[kept++] = arc[i];
  return kept;
}

MixqCsr *
mixq_csr_new_from_edges (gsize n_nodes,
                         const guint32 *src,
                         const guint32 *dst,
                         gsize n_edges,
                         MixqEdgeCounts *counts)
{
  g_autofree guint64 *arc = g_new (guint64, MAX (2 * n_edges, 1));
  MixqEdgeCounts found = { 0 };
  gsize n = 0, distinct, undirected;
  MixqCsr *self;

  g_return_val_if_fail (n_nodes <= G_MAXUINT32, NULL);

  for (gsize e = 0; e < n_edges; e++) {
    if (src[e] == dst[e])
      found.self_loops++;
    else
      arc[n++] = (guint64) src[e] << 32 | dst[e];
  }
  distinct = sort_unique (arc, n);
  found.duplicates = n - distinct;

  for (gsize i = 0; i < distinct; i++)
    arc[distinct + i] = arc[i] << 32 | arc[i] >> 32;
  undirected = sort_unique (arc, 2 * distinct);
  found.unmatched = undirected - distinct;

  self = mixq_csr_new (n_nodes, n_nodes, undirected, FALSE);
  for (gsize i = 0; i < undirected; i++) {
    self->row_ptr[(arc[i] >> 32) + 1]++;
    self->col[i] = (guint32) arc[i];
  }
  for (gsize r = 0; r < n_nodes; r++)
    self->row_ptr[r + 1] += self->row_ptr[r];
  if (counts != NULL)
    *counts = found;
  return self;
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
mixq_csr_normalise_rows (const MixqCsr *features)
{
  MixqCsr *self = mixq_csr_new (features->n_rows, features->n_cols, features->nnz, TRUE);

  memcpy (self->row_ptr, features->row_ptr, (features->n_rows + 1) * sizeof *self->row_ptr);
  memcpy (self->col, features->col, features->nnz * sizeof *self->col);
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
