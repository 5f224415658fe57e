/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sparse/mixq-csr.h"

G_BEGIN_DECLS

/**
 * mixq_eigen_symmetric:
 * @matrix: (inout): n x n, symmetric; its diagonal holds the eigenvalues afterwards, in ascending order
 * @vectors: (out): n x n, a unit eigenvector a column, in the same order
 *
 * All eigenvalues of a small matrix by Jacobi's rotations. Nothing but sums, products, quotients and square roots is
 * used, in a fixed order, so the result is the same to the bit on every machine, even where eigenvalues are equal and a
 * library's vectors would depend on the processor. The entry of largest size in each vector is positive; of entries
 * equal to 1e-9 the first counts. Cost: O(n^3) a sweep, some 8 sweeps.
 */
void mixq_eigen_symmetric (double *matrix, gsize n, double *vectors);

/**
 * mixq_eigen_laplacian:
 * @graph: symmetric without self loops
 * @first: first node of a block that no edge leaves
 * @n: its nodes, at least 2
 * @value: (out): n rows of @n_vectors entries: eigenvectors of I - D^-1/2 A D^-1/2, eigenvalues ascending, without that
 *   of the smallest
 * @n_vectors: at most n - 1
 *
 * Positions of nodes in their graph; method spec section 12. A node without an edge counts as one of degree infinity.
 */
void mixq_eigen_laplacian (const MixqCsr *graph, gsize first, gsize n, float *value, gsize n_vectors);

G_END_DECLS
