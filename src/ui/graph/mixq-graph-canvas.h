/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "graph/mixq-graph-data.h"
#include "mixq-run-model.h"

G_BEGIN_DECLS

/** MixqGraphMode: what the colour of a node says. */
typedef enum {
  MIXQ_GRAPH_TRUTH,
  MIXQ_GRAPH_PREDICTION,
  MIXQ_GRAPH_CORRECT,
  MIXQ_GRAPH_CONFIDENCE,
  MIXQ_GRAPH_FLIPS,
  MIXQ_N_GRAPH_MODES,
} MixqGraphMode;

/** mixq_graph_mode_name: "truth", "prediction", ...: in settings and actions. */
const char *mixq_graph_mode_name (MixqGraphMode mode);
const char *mixq_graph_mode_title (MixqGraphMode mode);
/** mixq_graph_mode_parse: -1 for an unknown name. */
int mixq_graph_mode_parse (const char *name);

/**
 * MixqGraphCanvas: the graph, rasterised on a thread; pan, zoom, hover and select are immediate and move the picture
 * that is there. Property: n-flipped (uint), the nodes whose prediction differs from float32; G_MAXUINT while unknown.
 */
#define MIXQ_TYPE_GRAPH_CANVAS (mixq_graph_canvas_get_type ())
G_DECLARE_FINAL_TYPE (MixqGraphCanvas, mixq_graph_canvas, MIXQ, GRAPH_CANVAS, GtkWidget)

GtkWidget *mixq_graph_canvas_new (void);
void mixq_graph_canvas_set_run_model (MixqGraphCanvas *self, MixqRunModel *model);
void mixq_graph_canvas_set_mode (MixqGraphCanvas *self, MixqGraphMode mode);
MixqGraphMode mixq_graph_canvas_get_mode (MixqGraphCanvas *self);
guint mixq_graph_canvas_get_n_flipped (MixqGraphCanvas *self);
/** mixq_graph_canvas_zoom: @factor about the middle; 0 fits everything. */
void mixq_graph_canvas_zoom (MixqGraphCanvas *self, double factor);
/** mixq_graph_canvas_next_flip: the next flipped node after the selected one in node order; MIXQ_NO_NODE for none. */
gint64 mixq_graph_canvas_next_flip (MixqGraphCanvas *self, int direction);
char *mixq_graph_canvas_dup_description (MixqGraphCanvas *self);
/** mixq_graph_canvas_peek_data: (nullable): for export. */
MixqGraphData *mixq_graph_canvas_peek_data (MixqGraphCanvas *self);
/** mixq_graph_canvas_dup_looks: class and flags of every node as drawn now, for export. */
void mixq_graph_canvas_dup_looks (MixqGraphCanvas *self, guint8 **classes, guint8 **flags, guint8 **strength);
/** mixq_graph_canvas_has_picture: a texture is on the screen; for tests. */
gboolean mixq_graph_canvas_has_picture (MixqGraphCanvas *self);

G_END_DECLS
