/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "run/mixq-dial.h"

G_BEGIN_DECLS

/*
 * Budgets as people write and draw them: "80 %", "64 kB", "1.2 GBitOPs", "15×", and which finished model keeps them.
 * Pure functions.
 */

/** MixqNumberMarks: how the locale writes numbers; %NULL or "" where it has no such mark. */
typedef struct
{
  const char *decimal;
  const char *grouping;
} MixqNumberMarks;

/** mixq_number_marks: of the locale that is set. The strings are valid until the locale changes. */
MixqNumberMarks mixq_number_marks (void);

/**
 * mixq_goal_parse:
 * @hint: what a number without a unit is: an accuracy (80 or 0.8), or a cost in the plain unit of @axis
 * @axis: the cost axis in use
 * @float_cost: float32's cost on @axis, for "15×"; 0 where unknown
 * @goal: (out): untouched on failure
 *
 * Reads an accuracy ("80 %"), a size ("64 kB", "1 MiB"), bit operations ("1.2 GBitOPs", or "1.2 G" on such an axis), a
 * time ("0.5 ms") or times less than float32 ("15x"). Both decimal marks are understood: of two kinds of marks the last
 * one is decimal; a lone mark groups only where it is @marks' grouping mark and three digits follow. Errors:
 * MIXQ_ERROR_PARSE, MIXQ_ERROR_VALUE, one sentence for the person who typed.
 */
gboolean mixq_goal_parse (const char *text,
                          MixqGoalKind hint,
                          MixqCostAxis axis,
                          double float_cost,
                          const MixqNumberMarks *marks,
                          MixqGoal *goal,
                          GError **error);

/** mixq_goal_format: as mixq_goal_parse() reads it: "80 %", "64 kB", "1.2 GBitOPs", "0.5 ms". Returns: (transfer full). */
char *mixq_goal_format (const MixqGoal *goal);

/** MixqBudget: what a model may cost at most and must do at least; NaN where there is no bound. */
typedef struct
{
  double accuracy;   /* 0..1 */
  double cost;       /* in the unit of @axis */
  MixqCostAxis axis; /* of @cost */
} MixqBudget;

#define MIXQ_BUDGET_NONE ((MixqBudget){ NAN, NAN, MIXQ_COST_BITOPS })

gboolean mixq_budget_is_none (const MixqBudget *self);
gboolean mixq_budget_equal (const MixqBudget *a, const MixqBudget *b);

/**
 * MixqBudgetPoint: a finished model.
 * @accuracy: mean over its seeds, by which models are chosen
 * @share: of float32's cost on the axis of the picture: "cheapest" is meant by this
 * @cost: on the axis of the budget, in its unit; NaN where unknown
 */
typedef struct
{
  double accuracy;
  double share;
  double cost;
} MixqBudgetPoint;

/**
 * MixqBudgetPick:
 * @point: the one model that keeps the budget, -1 for none
 * @nearest: where there is none: what comes nearest, -1 without any models
 * @lacks_accuracy, @lacks_cost: the bounds @nearest breaks
 */
typedef struct
{
  gssize point;
  gssize nearest;
  gboolean lacks_accuracy, lacks_cost;
} MixqBudgetPick;

/**
 * mixq_budget_pick:
 *
 * With a bound on accuracy: the cheapest model that keeps all bounds, of equals the more accurate one. With a bound on
 * cost alone: the most accurate one that keeps it, of equals the cheaper one. Either is on the front. Where none keeps
 * them, the nearest is the most accurate one within the cost, or the one of least cost if none is within.
 */
void mixq_budget_pick (const MixqBudget *self,
                       const MixqBudgetPoint *points,
                       gsize n_points,
                       MixqBudgetPick *pick);

/**
 * mixq_budget_share_of_cost:
 * @cost: on the axis of the picture
 * @float_cost: float32's
 *
 * Where a cost lies among shares of float32's. The share that is charged leaves out what no width changes, so models
 * show how the two go together: on a straight line in logarithms between neighbours, in proportion outside.
 * mixq_budget_cost_of_share() is the way back.
 */
double
mixq_budget_share_of_cost (const MixqBudgetPoint *points, gsize n_points, double float_cost, double cost);
double
mixq_budget_cost_of_share (const MixqBudgetPoint *points, gsize n_points, double float_cost, double share);

G_END_DECLS
