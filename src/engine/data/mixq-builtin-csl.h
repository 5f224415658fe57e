/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-dataset.h"

G_BEGIN_DECLS

/**
 * mixq_builtin_csl_load:
 *
 * Circular skip links: 150 graphs in 10 classes of 15, in order. A graph has 41 nodes in a circle, and each is also joined
 * to the two that lie the skip length of its class away: 2 3 4 5 6 9 11 12 13 16. The first graph of a class is numbered
 * around the circle; the others are the same graph with its nodes renumbered at random, always by the same seed. Features
 * are the 40 eigenvectors of the normalised Laplacian behind the first (mixq-eigen.h). The split is "fold:0/5": 90, 30 and
 * 30 graphs, of each class 9, 3 and 3.
 */
MixqDataset *mixq_builtin_csl_load (GError **error);

G_END_DECLS
