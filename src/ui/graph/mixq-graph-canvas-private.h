/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "graph/mixq-graph-canvas.h"
#include "mixq-graph-raster.h"
#include "mixq-hover-card.h"
#include "mixq-picture.h"
#include "mixq-style.h"

G_BEGIN_DECLS

/* What the files of the graph canvas share; nothing else includes this. */

struct _MixqGraphCanvas
{
  GtkWidget parent_instance;

  /* owned */
  MixqRunModel *run;
  MixqGraphData *natural; /* as laid out; NULL until then */
  MixqGraphData *data;    /* as wide as suits the view */
  GCancellable *loading;
  MixqPicture *picture;
  MixqTextCache *texts;
  guint8 *classes, *flags, *strength; /* as drawn now, n_nodes each */

  MixqHoverCard *card; /* child */

  MixqGraphMode mode;
  guint n_flipped;
  double factor;       /* data is so many times as wide as natural */
  gboolean fitted;     /* the view follows the size until the person moves it */
  MixqGraphView view;  /* in logical pixels */
  MixqGraphView drawn; /* of @picture */
  double drawn_width, drawn_height;
  MixqGraphView drag_view; /* when the drag began */
  double pointer_x, pointer_y;
  gint64 hovered;
};

/* mixq-graph-canvas.c */
/* mixq_graph_canvas_fit: the whole graph in the view, from now on whatever its size. */
void mixq_graph_canvas_fit (MixqGraphCanvas *self);
/* mixq_graph_canvas_node_pixel: where a node is in the widget now. */
void mixq_graph_canvas_node_pixel (MixqGraphCanvas *self, gsize node, double *x, double *y);

/* mixq-graph-picture.c */
MixqPicture *mixq_graph_canvas_new_picture (MixqGraphCanvas *self);
/* mixq_graph_canvas_request: a new picture of the view and the looks of now. */
void mixq_graph_canvas_request (MixqGraphCanvas *self);

/* mixq-graph-looks.c */
/* mixq_graph_canvas_update_looks: recomputes the looks; asks for a new picture only if something looks different. */
void mixq_graph_canvas_update_looks (MixqGraphCanvas *self);

/* mixq-graph-input.c */
void mixq_graph_canvas_add_bindings (GtkWidgetClass *klass);
void mixq_graph_canvas_add_controllers (MixqGraphCanvas *self);
/* mixq_graph_canvas_update_card: the card of the hovered node with the values of now. */
void mixq_graph_canvas_update_card (MixqGraphCanvas *self);

G_END_DECLS
