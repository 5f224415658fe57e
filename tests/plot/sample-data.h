/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made-up data of a believable shape, shared by the tests of the charts and by plot-samples. */
#pragma once

#include "mixq-alpha-chart.h"
#include "mixq-graph-scene.h"
#include "mixq-timeline-chart.h"
#include "mixq-tradeoff-chart.h"

G_BEGIN_DECLS

typedef struct
{
  MixqTradeoffPoint points[16];
  MixqTradeoffPlace trail[2000];
  MixqTradeoffData data;
} SampleTradeoff;

/** sample_tradeoff_settled: the state of the light picture. */
void sample_tradeoff_settled (SampleTradeoff *sample);
/** sample_tradeoff_dragged: the state of the dark picture, with a ghost and a running model. */
void sample_tradeoff_dragged (SampleTradeoff *sample);
/** sample_tradeoff_first_seconds: one uniform point, float32 and the first steps. */
void sample_tradeoff_first_seconds (SampleTradeoff *sample);

typedef struct
{
  MixqGraphScene scene;
  /*< owned >*/
  float *xy;
  guint32 *edges;
  guint8 *node_class;
  guint8 *node_flags;
  guint8 *node_strength;
  float *node_size;
  char **names;
} SampleGraph;

/** sample_graph_init: seven clouds of nodes, most edges within a cloud; 84 of 2,833 nodes are flipped. */
void sample_graph_init (SampleGraph *sample, gsize n_nodes, gsize n_edges);
void sample_graph_clear (SampleGraph *sample);

#define SAMPLE_SLOTS 9
#define SAMPLE_STEPS 1240

typedef struct
{
  MixqAlphaSlot slots[SAMPLE_SLOTS];
  MixqAlphaData data;
  float history[SAMPLE_SLOTS][SAMPLE_STEPS][3];
} SampleAlpha;

void sample_alpha (SampleAlpha *sample);

typedef struct
{
  MixqTimelinePrice prices[4];
  MixqPlotXY accuracy[SAMPLE_STEPS];
  double finished[9];
  MixqTimelineData data;
} SampleTimeline;

void sample_timeline (SampleTimeline *sample);

G_END_DECLS
