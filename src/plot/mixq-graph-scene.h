/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  MIXQ_NODE_FLIPPED = 1 << 0,  /* prediction differs from float32: ring, drawn last */
  MIXQ_NODE_SELECTED = 1 << 1, /* accent ring, its edges are drawn stronger */
  MIXQ_NODE_WRONG = 1 << 2,    /* hollow with a cross */
  MIXQ_NODE_DIMMED = 1 << 3,   /* faint: the eye should go to the others */
} MixqNodeFlags;

/**
 * MixqGraphScene: what is to be seen of a graph. Borrows everything; zero where an array is missing.
 * @xy: (array length=2*n_nodes): places in any unit, x right, y down; nodes whose place is not finite are not drawn
 * @edges: (array length=2*n_edges): pairs of nodes below @n_nodes; a pair that is not is skipped
 * @n_edges_drawn: only so many of the edges, for a first fast picture; 0 means all. Brightness stays that of all of them;
 *   shuffle the edges once so that any number of first ones is a fair sample
 * @node_class: (nullable) (array length=n_nodes): class or %MIXQ_CLASS_UNKNOWN; %NULL is unknown
 * @node_flags: (nullable) (array length=n_nodes): #MixqNodeFlags
 * @node_strength: (nullable) (array length=n_nodes): 255 full colour .. 0 pale, e.g. confidence
 * @node_size: (nullable) (array length=n_nodes): radius relative to the usual one, e.g. bigger for hubs
 */
typedef struct
{
  gsize n_nodes;
  const float *xy;
  gsize n_edges;
  const guint32 *edges;
  gsize n_edges_drawn;
  const guint8 *node_class;
  const guint8 *node_flags;
  const guint8 *node_strength;
  const float *node_size;
} MixqGraphScene;

/**
 * MixqGraphView: pixel = (place - centre) * scale + half the size.
 */
typedef struct
{
  double center_x;
  double center_y;
  double scale;
} MixqGraphView;

/**
 * mixq_graph_view_fit:
 * @margin: free pixels along every side
 *
 * Shows all of @scene. One node, none, or all in one place give a view of scale 1 on it.
 */
void mixq_graph_view_fit (MixqGraphView *view,
                          const MixqGraphScene *scene,
                          double width,
                          double height,
                          double margin);

/** mixq_graph_view_to_pixel: also for nodes: pass x and y of their place. */
void mixq_graph_view_to_pixel (const MixqGraphView *view,
                               double width,
                               double height,
                               double x,
                               double y,
                               double *px,
                               double *py);
void mixq_graph_view_to_place (const MixqGraphView *view,
                               double width,
                               double height,
                               double px,
                               double py,
                               double *x,
                               double *y);

/** mixq_graph_node_radius: usual radius in pixels that suits so many nodes on so much room, 1.2 .. 4.5. */
double mixq_graph_node_radius (gsize n_nodes, double width, double height);

/**
 * MixqGraphIndex: finds nodes by place. Immutable; safe on any thread.
 */
typedef struct _MixqGraphIndex MixqGraphIndex;

/**
 * mixq_graph_index_new:
 * @xy: (array length=2*n_nodes): copied
 *
 * A uniform grid with about two nodes a cell. Cost: O(n). Returns: (transfer full): never %NULL.
 */
MixqGraphIndex *mixq_graph_index_new (const float *xy, gsize n_nodes);
void mixq_graph_index_free (MixqGraphIndex *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqGraphIndex, mixq_graph_index_free)

/** mixq_graph_index_nearest: Returns: the node nearest to the place within @radius (same unit), -1 for none. */
gssize mixq_graph_index_nearest (const MixqGraphIndex *self, double x, double y, double radius);

/** mixq_graph_index_in_box: Returns: (transfer full) (element-type guint32): nodes inside, ascending. */
GArray *mixq_graph_index_in_box (const MixqGraphIndex *self, double x0, double y0, double x1, double y1);

G_END_DECLS
