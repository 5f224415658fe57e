/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tradeoff/mixq-tradeoff-scene.h"

#include <math.h>
#include <string.h>

#include "mixq-format.h"
#include "mixq-raster.h"
#include "mixq-style.h"
#include "tradeoff/mixq-budget-text.h"

double
mixq_point_axis_cost (const MixqPoint *point, MixqCostAxis axis)
{
  return axis == MIXQ_COST_MS ? point->milliseconds / 1000.0 : mixq_cost_on_axis (&point->cost, axis);
}

double
mixq_model_float_cost (MixqRunModel *run, MixqCostAxis axis)
{
  MixqModel *model = mixq_run_model_peek_model (run);
  MixqPoint *point = mixq_run_model_peek_float (run);
  MixqCost cost;

  if (point != NULL)
    return mixq_point_axis_cost (point, axis);
  if (model == NULL || axis == MIXQ_COST_MS)
    return 0.0;
  mixq_cost_count (model, NULL, &cost);
  return mixq_cost_on_axis (&cost, axis);
}

double
mixq_point_accuracy (const MixqPoint *point)
{
  return isnan (point->val_mean) ? point->train_mean : point->val_mean;
}

double
mixq_snapshot_accuracy (const MixqSnapshot *snapshot)
{
  double val = snapshot->accuracy[MIXQ_PART_VAL];

  return isnan (val) ? snapshot->accuracy[MIXQ_PART_TRAIN] : val;
}

/* How the points of each method look; the user's own are circles, and those of the same width everywhere are squares. */
static guint
origins_of (const MixqPoint *point)
{
  guint origins = 0;

  for (guint method = 0; method < MIXQ_N_FRONT_METHODS; method++)
    if (point->methods & (1u << method))
      origins |= 1u << mixq_front_method_shape ((MixqFrontMethod) method);
  return origins;
}

static MixqTradeoffKind
chart_kind (const MixqPoint *point)
{
  switch (point->kind) {
  case MIXQ_POINT_FLOAT:
    return MIXQ_TRADEOFF_FLOAT32;
  case MIXQ_POINT_UNIFORM:
    return MIXQ_TRADEOFF_UNIFORM;
  case MIXQ_POINT_FINISHED:
  default:
    return point->on_front ? MIXQ_TRADEOFF_FINISHED : MIXQ_TRADEOFF_BEATEN;
  }
}

static void
add_point (MixqTradeoffScene *self, MixqRunModel *run, const MixqPoint *point, gint64 hovered, gint64 focused)
{
  gsize i = self->data.n_points++;
  MixqTradeoffPoint *out = &self->points[i];

  *out = (MixqTradeoffPoint) MIXQ_TRADEOFF_POINT_INIT;
  out->kind = chart_kind (point);
  out->bits = point->kind == MIXQ_POINT_FLOAT ? 32 : point->bits[0];
  out->seeds = point->n_seeds;
  out->ratio = point->cost_share > 0.0 ? 1.0 / point->cost_share : 1.0;
  out->cost = mixq_point_axis_cost (point, mixq_run_model_get_axis (run));
  out->val = mixq_point_accuracy (point);
  out->std_error = point->val_stderr;
  out->origins = origins_of (point);
  if (point->id == mixq_run_model_get_selected_point (run))
    out->flags |= MIXQ_TRADEOFF_SELECTED;
  if (point->id == hovered)
    out->flags |= MIXQ_TRADEOFF_HOVERED;
  if (point->id == focused)
    out->flags |= MIXQ_TRADEOFF_FOCUSED;
  if (point->recommended && point->kind != MIXQ_POINT_FLOAT)
    out->flags |= MIXQ_TRADEOFF_RECOMMENDED;
  self->ids[i] = point->id;
}

/* The model being made, where it will stand: its cost is known, its accuracy is that of the search so far. */
static void
add_running (MixqTradeoffScene *self, MixqRunModel *run, const MixqSnapshot *snapshot)
{
  double progress, full;
  const guint8 *bits = mixq_run_model_peek_running (run, &progress);
  MixqCostAxis axis = mixq_run_model_get_axis (run);
  MixqTradeoffPoint *out;
  MixqCost cost;

  if (bits == NULL || snapshot == NULL || axis == MIXQ_COST_MS || isnan (mixq_snapshot_accuracy (snapshot)))
    return;
  mixq_cost_count (mixq_run_model_peek_model (run), bits, &cost);
  full = mixq_model_float_cost (run, axis);
  if (!(mixq_cost_on_axis (&cost, axis) > 0.0) || !(full > 0.0))
    return;
  self->ids[self->data.n_points] = MIXQ_NO_POINT;
  out = &self->points[self->data.n_points++];
  *out = (MixqTradeoffPoint) MIXQ_TRADEOFF_POINT_INIT;
  out->ratio = full / mixq_cost_on_axis (&cost, axis);
  out->cost = mixq_cost_on_axis (&cost, axis);
  out->val = mixq_snapshot_accuracy (snapshot);
  out->running = CLAMP (progress, 0.0, 1.0);
}

static void
add_trail (MixqTradeoffScene *self, const MixqHistory *history, const MixqSnapshot *snapshot)
{
  if (history != NULL) {
    self->trail = g_new (MixqTradeoffPlace, MAX (history->n_rows, 1));
    for (guint i = 0; i < history->n_rows; i++)
      if (history->expected_cost[i] > 0.0f && !isnan (history->val_accuracy[i]))
        self->trail[self->data.n_trail++] = (MixqTradeoffPlace){ 1.0 / (double) history->expected_cost[i],
                                                                 (double) history->val_accuracy[i] };
    self->data.trail = self->trail;
  }
  if (snapshot != NULL && snapshot->phase != MIXQ_PHASE_FLOAT && snapshot->expected_cost > 0.0 &&
      !isnan (mixq_snapshot_accuracy (snapshot)))
    self->data.live = (MixqTradeoffPlace){ 1.0 / snapshot->expected_cost, mixq_snapshot_accuracy (snapshot) };
}

/* Lines of the bounds, and a ring round the model they pick. */
static void
add_budget (MixqTradeoffScene *self, MixqRunModel *run)
{
  const MixqBudget budget = mixq_run_model_get_budget (run);
  MixqCostAxis axis = mixq_run_model_get_axis (run);
  MixqPoint *picked = mixq_run_model_pick (run, NULL);

  if (!isnan (budget.accuracy)) {
    self->budget_val_text = mixq_goal_format (&(MixqGoal){ MIXQ_GOAL_ACCURACY, axis, budget.accuracy });
    self->data.budget_val_text = self->budget_val_text;
    self->data.budget_val = budget.accuracy;
  }
  if (!isnan (budget.cost) && budget.axis == axis) {
    g_autoptr (GArray) points = mixq_run_model_budget_points (run, axis);
    double share = mixq_budget_share_of_cost ((const MixqBudgetPoint *) (void *) points->data, points->len,
                                              mixq_run_model_float_cost (run, axis), budget.cost);

    self->budget_cost_text = mixq_goal_format (&(MixqGoal){ MIXQ_GOAL_COST, axis, budget.cost });
    self->data.budget_cost_text = self->budget_cost_text;
    self->data.budget_ratio = share > 0.0 ? 1.0 / share : 0.0;
  }
  for (gsize i = 0; picked != NULL && i < self->data.n_points; i++)
    if (self->ids[i] == picked->id)
      self->points[i].flags |= MIXQ_TRADEOFF_PICKED;
}

MixqTradeoffScene *
mixq_tradeoff_scene_new (MixqRunModel *run, gint64 hovered, gint64 focused)
{
  MixqTradeoffScene *self = g_atomic_rc_box_new0 (MixqTradeoffScene);
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (run);
  GPtrArray *points = mixq_run_model_peek_points (run);
  MixqPoint *float32 = mixq_run_model_peek_float (run);
  MixqCostAxis axis = mixq_run_model_get_axis (run);
  guint n = points != NULL ? points->len : 0;

  self->points = g_new0 (MixqTradeoffPoint, n + 1);
  self->ids = g_new0 (gint64, n + 1);
  for (guint i = 0; i < n; i++)
    add_point (self, run, points->pdata[i], hovered, focused);
  if (mixq_run_model_peek_model (run) != NULL)
    add_running (self, run, snapshot);
  self->data.points = self->points;
  mixq_front_origin_names (self->origin_names);
  self->data.origin_names = self->origin_names;
  add_budget (self, run);
  add_trail (self, mixq_run_model_peek_history (run), snapshot);
  self->data.paused = mixq_run_model_get_paused (run);
  self->data.float32_val = float32 != NULL ? mixq_point_accuracy (float32) : 0.0;
  self->data.float32_cost = mixq_model_float_cost (run, axis);
  self->data.cost_name = mixq_axis_title (axis);
  self->data.cost_unit = axis == MIXQ_COST_BYTES ? MIXQ_UNIT_BYTES
                         : axis == MIXQ_COST_MS  ? MIXQ_UNIT_SECOND
                                                 : MIXQ_UNIT_COUNT;
  self->options.ratio_hint = 16.0;
  self->theme = mixq_style_theme ();
  return self;
}

MixqTradeoffScene *
mixq_tradeoff_scene_ref (MixqTradeoffScene *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
scene_clear (MixqTradeoffScene *self)
{
  g_free (self->points);
  g_free (self->ids);
  g_free (self->trail);
  g_free (self->budget_cost_text);
  g_free (self->budget_val_text);
}

void
mixq_tradeoff_scene_unref (MixqTradeoffScene *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) scene_clear);
}

void
mixq_tradeoff_scene_paint (gpointer job, guchar *pixels, int width, int height, int stride, double scale)
{
  MixqTradeoffScene *self = job;
  cairo_t *cr = mixq_raster_cairo (pixels, width, height, stride);

  cairo_scale (cr, scale, scale);
  mixq_tradeoff_layout (&self->layout, self->width, self->height, self->theme, &self->data, &self->options);
  mixq_tradeoff_draw (cr, self->width, self->height, self->theme, &self->data, &self->options);
  mixq_raster_cairo_done (cr);
}
