/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "data/mixq-dataset.h"
#include "mixq-graph-scene.h"

G_BEGIN_DECLS

typedef struct _MixqGraphData MixqGraphData;

/**
 * MixqGraphData: what drawing a graph needs and training does not: places, each edge once and in a random order, degrees,
 * an index by place. Immutable, reference counted, made on a worker.
 */
struct _MixqGraphData
{
  MixqGraphData *parent; /* (nullable): whose edges, degrees, sizes and hubs these are */
  MixqDataset *dataset;
  float *xy;      /* 2 n */
  guint32 *edges; /* 2 n_edges, shuffled: any number of first ones is a fair sample */
  gsize n_edges;
  guint *degree; /* n */
  float *size;   /* n: relative radius, hubs larger */
  guint32 *hubs; /* n_hubs nodes with most neighbours, most first */
  gsize n_hubs;
  MixqGraphIndex *index;
};

/** mixq_graph_data_load_async: lays out where @dataset brings no places. */
void mixq_graph_data_load_async (MixqDataset *dataset,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
MixqGraphData *mixq_graph_data_load_finish (GAsyncResult *result, GError **error);
/**
 * mixq_graph_data_stretch: the same graph, @factor times as wide. A layout has no width of its own; a view is rarely as
 * wide as it is high. Shares everything but the places. Cost: O(n).
 */
MixqGraphData *mixq_graph_data_stretch (MixqGraphData *self, double factor);
MixqGraphData *mixq_graph_data_ref (MixqGraphData *self);
void mixq_graph_data_unref (MixqGraphData *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqGraphData, mixq_graph_data_unref)

G_END_DECLS
