/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What someone asks of the models: a budget, which picks among the finished ones, and the dial, which steers the search. */
#include "config.h"

#include "mixq-run-model-private.h"

#include <math.h>

/* --- budget ---------------------------------------------------------------------------------------------------------- */

double
mixq_run_model_float_cost (MixqRunModel *self, MixqCostAxis axis)
{
  MixqPoint *point;
  MixqModel *model;
  MixqCost cost;

  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), 0.0);

  point = mixq_run_model_peek_float (self);
  model = mixq_run_model_peek_model (self);
  if (axis == MIXQ_COST_MS)
    return point != NULL ? point->milliseconds : 0.0;
  if (model == NULL)
    return 0.0;
  mixq_cost_count (model, NULL, &cost);
  return mixq_cost_on_axis (&cost, axis);
}

GArray *
mixq_run_model_budget_points (MixqRunModel *self, MixqCostAxis axis)
{
  const MixqGoal accuracy = { MIXQ_GOAL_ACCURACY, axis, 0.0 }, cost = { MIXQ_GOAL_COST, axis, 0.0 };
  GArray *points = g_array_new (FALSE, FALSE, sizeof (MixqBudgetPoint));

  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), points);

  for (guint i = 0; self->points != NULL && i < self->points->len; i++) {
    const MixqPoint *point = self->points->pdata[i];
    gboolean whole = point->kind != MIXQ_POINT_FLOAT;
    const MixqBudgetPoint out = { whole ? mixq_goal_value (&accuracy, point) : NAN, point->cost_share,
                                  whole ? mixq_goal_value (&cost, point) : NAN };

    g_array_append_val (points, out);
  }
  return points;
}

MixqBudget
mixq_run_model_get_budget (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), MIXQ_BUDGET_NONE);
  return self->budget;
}

MixqPoint *
mixq_run_model_pick (MixqRunModel *self, MixqPoint **nearest)
{
  g_autoptr (GArray) points = NULL;
  MixqBudgetPick pick;

  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);

  points = mixq_run_model_budget_points (self, self->budget.axis);
  mixq_budget_pick (&self->budget, (const MixqBudgetPoint *) (void *) points->data, points->len, &pick);
  if (nearest != NULL)
    *nearest = pick.nearest >= 0 ? self->points->pdata[pick.nearest] : NULL;
  return pick.point >= 0 ? self->points->pdata[pick.point] : NULL;
}

void
mixq_run_model_set_budget (MixqRunModel *self, const MixqBudget *budget)
{
  MixqPoint *before, *picked;

  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  if (mixq_budget_equal (budget, &self->budget))
    return;
  before = mixq_run_model_pick (self, NULL);
  self->budget = *budget;
  picked = mixq_run_model_pick (self, NULL);
  if (picked != NULL)
    mixq_run_model_select_point (self, picked->id);
  else if (before != NULL && before->id == self->selected_point)
    mixq_run_model_select_point (self, MIXQ_NO_POINT);
  mixq_run_model_emit (self, MIXQ_RUN_BUDGET_CHANGED);
}

gboolean
mixq_run_model_parse_goal (MixqRunModel *self,
                           const char *text,
                           MixqGoalKind hint,
                           MixqGoal *goal,
                           GError **error)
{
  const MixqNumberMarks marks = mixq_number_marks ();
  MixqCostAxis axis;

  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), FALSE);

  axis = mixq_run_model_get_axis (self);
  return mixq_goal_parse (text, hint, axis, mixq_run_model_float_cost (self, axis), &marks, goal, error);
}

/* --- front ----------------------------------------------------------------------------------------------------------- */

void
mixq_run_model_find_front (MixqRunModel *self, MixqFrontMethod method)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  if (self->held == NULL)
    return;
  mixq_session_find_front (self->held->session, method);
  mixq_run_model_start_ticking (self);
}

void
mixq_run_model_cancel_front (MixqRunModel *self)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  if (self->held == NULL)
    return;
  mixq_session_cancel_front (self->held->session);
  mixq_run_model_start_ticking (self);
}

MixqFrontProgress
mixq_run_model_get_front (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), (MixqFrontProgress){ 0 });
  return self->front;
}

/* --- dial ------------------------------------------------------------------------------------------------------------ */

const MixqDial *
mixq_run_model_peek_dial (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);
  return self->dial;
}

static gboolean
is_charged (MixqRunModel *self, const MixqGoal *goal)
{
  return goal->kind == MIXQ_GOAL_ACCURACY || mixq_run_model_get_axis (self) == goal->axis;
}

void
mixq_run_model_turn_dial (MixqRunModel *self)
{
  guint readings;
  double lambda;

  if (self->dial == NULL || self->snapshot == NULL || !is_charged (self, mixq_dial_peek_goal (self->dial)))
    return;
  readings = mixq_dial_peek_readings (self->dial)->len;
  if (mixq_dial_look (self->dial, self->snapshot, mixq_run_model_peek_current (self), &lambda))
    mixq_run_model_move_lambda (self, lambda);
  if (mixq_dial_peek_readings (self->dial)->len != readings)
    mixq_run_model_emit (self, MIXQ_RUN_DIAL_CHANGED);
}

/* A search charged by something else would hardly move what is asked for. */
static void
charge (MixqRunModel *self, const MixqGoal *goal)
{
  MixqRunWish wish;

  if (goal->kind == MIXQ_GOAL_ACCURACY || self->wish.what == NULL || self->wish.config.cost == goal->axis)
    return;
  mixq_run_wish_copy (&self->wish, &wish);
  wish.config.cost = goal->axis;
  mixq_run_model_set_wish (self, &wish);
  mixq_run_wish_clear (&wish);
}

void
mixq_run_model_set_dial (MixqRunModel *self, const MixqGoal *goal)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  if (goal == NULL && self->dial == NULL)
    return;
  g_clear_pointer (&self->dial, mixq_dial_free);
  if (goal != NULL) {
    self->dial = mixq_dial_new (goal, self->wish.config.lambda);
    mixq_run_model_set_paused (self, FALSE);
    mixq_run_model_select_point (self, MIXQ_NO_POINT);
    charge (self, goal);
    mixq_run_model_turn_dial (self);
    mixq_run_model_start_ticking (self);
  }
  mixq_run_model_emit (self, MIXQ_RUN_DIAL_CHANGED);
}

void
mixq_run_model_renew_dial (MixqRunModel *self, gboolean same)
{
  MixqGoal goal;
  gboolean steering;

  if (self->dial == NULL)
    return;
  goal = *mixq_dial_peek_goal (self->dial);
  steering = mixq_dial_peek_answer (self->dial)->state == MIXQ_DIAL_STEERING;
  g_clear_pointer (&self->dial, mixq_dial_free);
  if (steering && same && is_charged (self, &goal))
    self->dial = mixq_dial_new (&goal, self->wish.config.lambda);
  mixq_run_model_emit (self, MIXQ_RUN_DIAL_CHANGED);
}
