/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MixqCsr MixqCsr;

/**
 * MixqCsr:
 * @n_rows: number of rows
 * @n_cols: number of columns
 * @nnz: stored entries, equals @row_ptr[@n_rows]
 * @row_ptr: (owned) n_rows + 1 offsets, ascending from 0
 * @col: (owned) nnz column numbers, strictly ascending within a row
 * @value: (owned) (nullable) nnz values; %NULL where every stored entry is 1
 *
 * Compressed sparse rows. Immutable once built and shared by reference count.
 */
struct _MixqCsr
{
  gsize n_rows;
  gsize n_cols;
  gsize nnz;
  gsize *row_ptr;
  guint32 *col;
  float *value;
  /*< private >*/
  MixqCsr *pattern; /* (nullable) (owned): whose row_ptr and col these are */
  gatomicrefcount ref_count;
};

/**
 * mixq_csr_new:
 * @with_values: allocate @value (zeroed), else leave it %NULL
 *
 * Allocates row_ptr, col (zeroed) for the caller to fill. Returns: (transfer full): never %NULL.
 */
MixqCsr *mixq_csr_new (gsize n_rows, gsize n_cols, gsize nnz, gboolean with_values);
/** mixq_csr_new_take: from arrays made with g_malloc() and filled as above; takes them. Returns: (transfer full): never %NULL. */
MixqCsr *mixq_csr_new_take (gsize n_rows, gsize n_cols, gsize *row_ptr, guint32 *col, float *value);
/** mixq_csr_new_values: entries where @pattern has them, rows and columns shared, values (zeroed) of its own. Returns: (transfer full) */
MixqCsr *mixq_csr_new_values (MixqCsr *pattern);
MixqCsr *mixq_csr_ref (MixqCsr *self);
void mixq_csr_unref (MixqCsr *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqCsr, mixq_csr_unref)

/**
 * MixqEdgeCounts: what mixq_csr_new_from_edges() dropped or changed
 * @self_loops: entries i-i that were dropped
 * @duplicates: repeated directed entries that were dropped (after symmetrising nothing is counted twice)
 * @unmatched: arcs without their reverse in the input (0 for an undirected list)
 */
typedef struct
{
  gsize self_loops;
  gsize duplicates;
  gsize unmatched;
} MixqEdgeCounts;

/**
 * mixq_csr_new_from_edges:
 * @src: (array length=n_edges) node numbers below @n_nodes
 * @dst: (array length=n_edges) node numbers below @n_nodes
 * @counts: (out) (nullable)
 *
 * A symmetric unweighted adjacency without self loops or duplicates. At most 2^31 nodes. Cost: O(E log d), 8 bytes an
 * edge beside the input.
 */
MixqCsr *mixq_csr_new_from_edges (gsize n_nodes,
                                  const guint32 *src,
                                  const guint32 *dst,
                                  gsize n_edges,
                                  MixqEdgeCounts *counts);

/** mixq_csr_transpose: @permutation: (out) (optional) (transfer full): entry t of the result was entry permutation[t] of @self. */
MixqCsr *mixq_csr_transpose (const MixqCsr *self, gsize **permutation);

/**
 * mixq_csr_normalise_symmetric:
 * @adjacency: symmetric, without self loops
 * @loop_weight: weight of the added self loops; 2 is the "improved" form of the paper's GCN
 *
 * A^ = D^-1/2 (A + loop_weight I) D^-1/2, D the row sums. Method spec section 6.
 */
MixqCsr *mixq_csr_normalise_symmetric (const MixqCsr *adjacency, float loop_weight);

/** mixq_csr_normalise_rows: subtracts nothing, divides each row by max(its sum, 1): the field's row normalisation of features. */
MixqCsr *mixq_csr_normalise_rows (MixqCsr *features);

G_END_DECLS
