/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-graph-scene.h"
#include "mixq-plot-cairo.h"

G_BEGIN_DECLS

/**
 * MixqGraphChart: a picture of a graph for files and print. Borrows everything; zero where something is missing.
 * @scene: nodes, edges and how they look
 * @view: (nullable): what part of it; %NULL shows all
 * @class_names: (nullable) (array length=n_classes): for the legend
 * @node_names: (nullable) (array length=n_nodes): the biggest hubs are labelled where there is room
 * @edge_limit: more edges than this are not all drawn but evenly sampled, and the picture says so; 0 means 20,000
 * @max_labels: of hubs; 0 means 6
 * @node_radius: 0 chooses
 */
typedef struct
{
  const MixqGraphScene *scene;
  const MixqGraphView *view;
  const char *const *class_names;
  guint n_classes;
  const char *const *node_names;
  gsize edge_limit;
  guint max_labels;
  double node_radius;
} MixqGraphChart;

/** MixqGraphLabel: a hub's name; @x is its middle, @y its lower edge, in pixels. */
typedef struct
{
  gsize node;
  double x;
  double y;
} MixqGraphLabel;

#define MIXQ_GRAPH_MAX_LABELS 32
#define MIXQ_GRAPH_LABEL_SIZE 12.0

/** mixq_graph_chart_draw: edges, nodes, names and legend into 0,0 .. @width,@height, for any cairo target. */
void mixq_graph_chart_draw (cairo_t *cr,
                            double width,
                            double height,
                            const MixqPlotTheme *theme,
                            const MixqGraphChart *chart);

/**
 * mixq_graph_labels_place:
 * @degrees: (array length=n_nodes): edges at each node, e.g. of mixq_graph_degrees()
 * @max_labels: at most %MIXQ_GRAPH_MAX_LABELS
 * @labels: (out) (array length=max_labels)
 *
 * Names for the biggest hubs in view, biggest first, none touching another or the border. Cost: O(n) and a few dozen
 * text measurements. Returns: how many fit.
 */
guint mixq_graph_labels_place (const MixqGraphScene *scene,
                               const MixqGraphView *view,
                               double width,
                               double height,
                               const MixqPlotTheme *theme,
                               const char *const *node_names,
                               const guint32 *degrees,
                               double node_radius,
                               guint max_labels,
                               MixqGraphLabel *labels);

/** mixq_graph_degrees: edges at each node. Returns: (transfer full) (array length=n_nodes). */
guint32 *mixq_graph_degrees (const MixqGraphScene *scene);

/** mixq_graph_chart_describe: one sentence. Returns: (transfer full). */
char *mixq_graph_chart_describe (const MixqGraphChart *chart);

/** mixq_graph_chart_csv: a row for each node. Returns: (transfer full). */
char *mixq_graph_chart_csv (const MixqGraphChart *chart);

G_END_DECLS
