/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MixqEdges: the matrix that a propagate unit multiplies by. A is the graph without self loops, d_i the entries of row i.
 * @MIXQ_EDGES_GCN: D^-1/2 (A + 2 I) D^-1/2, D its row sums: the paper's GCN and TAG (method spec section 6)
 * @MIXQ_EDGES_SUM: A: GIN, GraphSAGE
 * @MIXQ_EDGES_MEAN: A with rows divided by d_i: GraphSAGE. As integers it is A with a real factor 1 / d_i a row
 * @MIXQ_EDGES_LOOPS: A + I, all ones: where GAT puts its attention
 */
typedef enum {
  MIXQ_EDGES_GCN,
  MIXQ_EDGES_SUM,
  MIXQ_EDGES_MEAN,
  MIXQ_EDGES_LOOPS,
  MIXQ_N_EDGES,
} MixqEdges;

G_END_DECLS
