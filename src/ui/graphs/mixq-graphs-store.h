/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "data/mixq-dataset.h"
#include "mixq-graph-page.h"

G_BEGIN_DECLS

/** Larger graphs stay a circle: laying one out would take a worker seconds, and a tile has no room to show it. */
#define MIXQ_GRAPHS_HUGE 4000

/** MixqGraphsShape: one graph as it is drawn. Immutable, reference counted. */
typedef struct
{
  MixqGraphPageShape shape;
  gboolean laid_out; /* its places are final; else a circle */
  /*< private >*/
  float *xy;
  guint32 *edges;
} MixqGraphsShape;

MixqGraphsShape *mixq_graphs_shape_ref (MixqGraphsShape *self);
void mixq_graphs_shape_unref (MixqGraphsShape *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqGraphsShape, mixq_graphs_shape_unref)

/**
 * MixqGraphsStore: the places of the nodes of every graph in a collection, made on a thread of its own as far as they are
 * wanted, and kept. Reference counted; every function may be called from any thread unless it says otherwise.
 */
typedef struct _MixqGraphsStore MixqGraphsStore;

/** mixq_graphs_store_new: @changed: on the main thread, some time after graphs were laid out. Cost: O(n_graphs). */
MixqGraphsStore *mixq_graphs_store_new (MixqDataset *dataset, void (*changed) (gpointer), gpointer user_data);
/** mixq_graphs_store_close: main thread: no callback comes after it and nothing more is laid out. */
void mixq_graphs_store_close (MixqGraphsStore *self);
MixqGraphsStore *mixq_graphs_store_ref (MixqGraphsStore *self);
void mixq_graphs_store_unref (MixqGraphsStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqGraphsStore, mixq_graphs_store_unref)

/** mixq_graphs_store_get: (transfer full): as it is by now. Cost: O(nodes + edges) of the graph the first time. */
MixqGraphsShape *mixq_graphs_store_get (MixqGraphsStore *self, gsize graph);
/** mixq_graphs_store_lay_out: (transfer full): waits until it is laid out. Cost: mixq_layout_compute(). Never on the main thread. */
MixqGraphsShape *mixq_graphs_store_lay_out (MixqGraphsStore *self, gsize graph);
/** mixq_graphs_store_want: lays these out, in this order, from now on; forgets what was wanted before. Cost: O(n). */
void mixq_graphs_store_want (MixqGraphsStore *self, const guint32 *graphs, gsize n);
/** mixq_graphs_store_count_edges: undirected edges of a graph. Cost: O(1). */
gsize mixq_graphs_store_count_edges (MixqGraphsStore *self, gsize graph);

G_END_DECLS
