/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-dataset.h"
#include "model/mixq-edges.h"

G_BEGIN_DECLS

#define MIXQ_GCN_LOOP_WEIGHT 2.0f /* of MIXQ_EDGES_GCN: the "improved" normalisation of the published GCN */

/**
 * MixqInputs:
 * @dataset: the whole data set, also where these inputs are a part of it
 * @graph_ptr: (nullable) n_graphs + 1 first rows; %NULL for one graph
 * @features: n x F with values, row-normalised (method spec 12) where mixq_inputs_normalises() says so, else as stored
 * @features_signed: a feature of the whole data set is negative
 * @graph: n x n, values %NULL, no loops; row i holds the nodes that i gathers from. Symmetric unless @neighbours_sampled
 * @label: (nullable) n_items classes, -1 without one
 * @target: (nullable) n_items x n_classes answers: 0, 1, MIXQ_TARGET_UNKNOWN
 * @item: items of each MixqPart, ascending; [0] unused
 * @origin_node, @origin_item: (nullable) which node and item of the data set each one is; %NULL: the same
 *
 * What a network reads in one pass: all of a data set, some of its graphs, a sampled neighbourhood, or all nodes in another
 * order. An *item* is what
 * is predicted: a node, or a graph for MIXQ_TASK_GRAPHS. Immutable, ref-counted, safe to share between threads.
 */
typedef struct _MixqInputs MixqInputs;
struct _MixqInputs
{
  MixqDataset *dataset;
  MixqTask task;
  gsize n_nodes, n_graphs, n_items, n_classes;
  gsize *graph_ptr;
  MixqCsr *features;
  gboolean features_signed;
  MixqCsr *graph;
  gint32 *label;
  guint8 *target;
  guint32 *item[4];
  gsize n_item[4];
  guint32 *origin_node, *origin_item;
  gboolean neighbours_sampled;
  /*< private >*/
  MixqCsr *edges[MIXQ_N_EDGES]; /* made at first use, under @lock */
  MixqInputs *by_community;     /* (nullable) the same */
  gpointer lock;                /* a pthread mutex: ThreadSanitizer does not see into Debian's GLib */
  gatomicrefcount ref_count;
};

/** mixq_inputs_normalises: features of nodes, a good part of them absent (a bag of words), are divided by their row's sum. */
gboolean mixq_inputs_normalises (const MixqDataset *dataset);
/** mixq_inputs_new: all of @dataset. Cost: O(nodes + features + edges). */
MixqInputs *mixq_inputs_new (MixqDataset *dataset);
/**
 * mixq_inputs_new_part:
 *
 * Of a part of @whole: the caller fills n_nodes, n_graphs, graph_ptr, features, graph, origin_node and origin_item (owned
 * by the result from then on), then calls mixq_inputs_seal(), which reads labels and parts of the items from @whole.
 */
MixqInputs *mixq_inputs_new_part (MixqInputs *whole);
/** mixq_inputs_seal: @parts: (array) (nullable) a MixqPart an item, instead of those of the data set. */
void mixq_inputs_seal (MixqInputs *self, const guint8 *parts);
/** mixq_inputs_set_edges: @csr: (transfer full): the operator @edges of a part, where it is not what @graph alone gives. */
void mixq_inputs_set_edges (MixqInputs *self, MixqEdges edges, MixqCsr *csr);
/** mixq_inputs_edges: (transfer none): the matrix of an operator, with values; made at first use: O(edges), 8 bytes an entry. */
const MixqCsr *mixq_inputs_edges (MixqInputs *self, MixqEdges edges);
/**
 * mixq_inputs_by_community:
 * @self: of a task on nodes
 * @largest: nodes a community may have; the first call decides
 *
 * (transfer none): the same nodes numbered so that neighbours stand close together (mixq_order_by_community()): where the rows
 * of a matrix do not fit into the caches, gathering from it takes about half the time. Made at first use and kept: O(edges +
 * features), and a copy of both, of full features of the values alone.
 */
MixqInputs *mixq_inputs_by_community (MixqInputs *self, gsize largest);
MixqInputs *mixq_inputs_ref (MixqInputs *self);
void mixq_inputs_unref (MixqInputs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqInputs, mixq_inputs_unref)

G_END_DECLS
