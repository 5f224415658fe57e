/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-run-model.h"
#include "mixq-tradeoff-chart.h"

G_BEGIN_DECLS

/**
 * MixqTradeoffScene: one picture of the trade-off, with all it needs: made on the main thread, drawn on any, never
 * changed after it was handed over, but for the layout that the painter adds. Reference counted.
 */
typedef struct
{
  MixqTradeoffData data; /* points into the arrays below */
  MixqTradeoffOptions options;
  MixqTradeoffLayout layout; /* after painting */
  MixqTradeoffPoint *points;
  gint64 *ids; /* of each point; MIXQ_NO_POINT for the one being made */
  MixqTradeoffPlace *trail;
  const char *origin_names[MIXQ_N_SHAPES];
  char *budget_cost_text, *budget_val_text;
  MixqTradeoffExtent extent; /* for options.extent */
  const MixqPlotTheme *theme;
  double width, height; /* logical pixels */
} MixqTradeoffScene;

/** mixq_tradeoff_scene_new: @hovered, @focused: the point under pointer and focus, or MIXQ_NO_POINT. */
MixqTradeoffScene *mixq_tradeoff_scene_new (MixqRunModel *run, gint64 hovered, gint64 focused);
MixqTradeoffScene *mixq_tradeoff_scene_ref (MixqTradeoffScene *self);
void mixq_tradeoff_scene_unref (MixqTradeoffScene *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqTradeoffScene, mixq_tradeoff_scene_unref)

/** mixq_tradeoff_scene_paint: a MixqRasterPaint. */
void
mixq_tradeoff_scene_paint (gpointer job, guchar *pixels, int width, int height, int stride, double scale);

/** mixq_point_axis_cost: absolute cost of a finished model on @axis, in the unit of the chart. */
double mixq_point_axis_cost (const MixqPoint *point, MixqCostAxis axis);
/** mixq_model_float_cost: float32's cost on @axis; 0 where only a measurement knows. */
double mixq_model_float_cost (MixqRunModel *run, MixqCostAxis axis);
/** mixq_point_accuracy: validation accuracy, or training accuracy where there are no validation nodes. */
double mixq_point_accuracy (const MixqPoint *point);
double mixq_snapshot_accuracy (const MixqSnapshot *snapshot);

G_END_DECLS
