/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** MixqParetoPoint: @cost: less is better; @value: more is better (an accuracy, a negative loss). NaN never is on a front. */
typedef struct
{
  double cost;
  double value;
} MixqParetoPoint;

/**
 * mixq_pareto_mark:
 * @on_front: (out) (array length=n): no other point is at least as cheap and as good and better in one
 *
 * Equal points are all on the front. O(n log n). Returns: how many are.
 */
guint mixq_pareto_mark (const MixqParetoPoint *points, guint n, gboolean *on_front);

/** MixqRectangle: where a front is judged: costs 0 or @cost_min .. @cost_max, values @value_min .. @value_max. */
typedef struct
{
  double cost_min, cost_max;
  double value_min, value_max;
} MixqRectangle;

/**
 * mixq_hypervolume: the share of the rectangle that the points dominate (method spec section 16): 0..1.
 *
 * Points outside are cut to the rectangle; the order of points does not matter. O(n log n).
 */
double mixq_hypervolume (const MixqParetoPoint *points, guint n, const MixqRectangle *rectangle);

G_END_DECLS
