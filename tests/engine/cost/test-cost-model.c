/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The penalty's view of the cost: normalisation, gradient, shares, and its agreement with the counts. */
#include <math.h>
#include <string.h>

#include "cost/mixq-cost.h"

#define N_SLOTS 13
#define STEP 1e-3
/* Costs are at most quadratic, so a central difference is exact up to the rounding of 1e-16 / STEP. */
#define DIFFERENCE_TOLERANCE 1e-11

static const double ms_per_bit[N_SLOTS] = { 3, 1, 0.5, 0.25, 1, 0.1, 0.2, 0.3, 0.4, 0, 0.01, 0.02, 0.03 };
static const double widths[N_SLOTS] = { 2.5, 4.1, 7.7, 3, 2, 8, 5.5, 4, 6.25, 2.2, 3.3, 4.4, 5.5 };

static MixqModel *
new_model (guint layers)
{
  const MixqModelSpec spec = { MIXQ_ARCH_GCN, layers, 128, 0.5 };

  return mixq_model_new_for_sizes (&spec, 2708, 10556, 1433, 49216, 7, NULL);
}

static void
test_float_is_one (void)
{
  g_autoptr (MixqModel) model = new_model (3);
  double full[N_SLOTS];

  g_assert_cmpuint (model->n_slots, ==, N_SLOTS);
  for (guint i = 0; i < N_SLOTS; i++)
    full[i] = 32;
  for (guint axis = 0; axis < MIXQ_N_COST_AXES; axis++) {
    g_autoptr (MixqCostModel) cost = mixq_cost_model_new (model, axis, ms_per_bit);

    g_assert_cmpfloat (mixq_cost_model_eval (cost, full, NULL), ==, 1);
  }
}

static void
test_gradient (void)
{
  g_autoptr (MixqModel) model = new_model (3);

  for (guint axis = 0; axis < MIXQ_N_COST_AXES; axis++) {
    g_autoptr (MixqCostModel) cost = mixq_cost_model_new (model, axis, ms_per_bit);
    double gradient[N_SLOTS], moved[N_SLOTS];

    mixq_cost_model_eval (cost, widths, gradient);
    for (guint i = 0; i < N_SLOTS; i++) {
      double up, down;

      memcpy (moved, widths, sizeof moved);
      moved[i] = widths[i] + STEP;
      up = mixq_cost_model_eval (cost, moved, NULL);
      moved[i] = widths[i] - STEP;
      down = mixq_cost_model_eval (cost, moved, NULL);
      g_assert_cmpfloat_with_epsilon (gradient[i], (up - down) / (2 * STEP), DIFFERENCE_TOLERANCE);
      g_assert_true (gradient[i] >= 0);
    }
  }
}

static void
test_shares (void)
{
  g_autoptr (MixqModel) model = new_model (3);

  for (guint axis = 0; axis < MIXQ_N_COST_AXES; axis++) {
    g_autoptr (MixqCostModel) cost = mixq_cost_model_new (model, axis, ms_per_bit);
    double gradient[N_SLOTS], share[N_SLOTS], sum = 0;

    mixq_cost_model_eval (cost, widths, gradient);
    mixq_cost_model_shares (cost, widths, share);
    for (guint i = 0; i < N_SLOTS; i++)
      sum += share[i];
    g_assert_cmpfloat_with_epsilon (sum, 1, 1e-14);
    for (guint i = 1; i < N_SLOTS; i++) /* in the ratio of gradient x width */
      g_assert_cmpfloat_with_epsilon (share[i] * gradient[0] * widths[0], share[0] * gradient[i] * widths[i],
                                      1e-15);
  }
}

/* Cost of whole widths, in the unit of the count: the count itself plus what it leaves out. */
static void
test_agrees_with_count (void)
{
  g_autoptr (MixqModel) model = new_model (2);
  const guint8 bits[9] = { 2, 4, 4, 2, 2, 8, 4, 2, 4 };
  const double entries = 13264, relu = 2 * 2708.0 * 128;
  double expected[9], adjacency = entries * (2 + 2);
  g_autoptr (MixqCostModel) bitops = mixq_cost_model_new (model, MIXQ_COST_BITOPS, NULL);
  g_autoptr (MixqCostModel) executed = mixq_cost_model_new (model, MIXQ_COST_EXECUTED, NULL);
  g_autoptr (MixqCostModel) product = mixq_cost_model_new (model, MIXQ_COST_PRODUCT, NULL);
  MixqCost count, full;

  for (guint i = 0; i < 9; i++)
    expected[i] = bits[i];
  mixq_cost_count (model, bits, &count);
  mixq_cost_count (model, NULL, &full);
  g_assert_cmpfloat_with_epsilon (mixq_cost_model_eval (bitops, expected, NULL),
                                  (count.bitops + adjacency) / (full.bitops + 32 * (2 * entries - relu)),
                                  1e-14);
  g_assert_cmpfloat_with_epsilon (
      mixq_cost_model_eval (executed, expected, NULL),
      (count.executed_bitops + adjacency) / (full.executed_bitops + 32 * (2 * entries - relu)), 1e-14);
  g_assert_cmpfloat_with_epsilon (mixq_cost_model_eval (product, expected, NULL),
                                  count.product_bitops / full.product_bitops, 1e-14);
}

/* Bytes: stored elements, features by their non-zeros because that is smaller. */
static void
test_bytes (void)
{
  g_autoptr (MixqModel) model = new_model (2);
  g_autoptr (MixqCostModel) cost = mixq_cost_model_new (model, MIXQ_COST_BYTES, NULL);
  const double numel[9] = { 49216,   1433 * 128, 2708 * 128, 13264,   2708 * 128,
                            128 * 7, 2708 * 7,   13264,      2708 * 7 };
  double gradient[9], sum = 0, bits[9] = { 0 };

  for (guint i = 0; i < 9; i++)
    sum += numel[i];
  g_assert_cmpfloat (mixq_cost_model_eval (cost, bits, gradient), ==, 0);
  for (guint i = 0; i < 9; i++)
    g_assert_cmpfloat_with_epsilon (gradient[i], numel[i] / (32 * sum), 1e-15);
}

/* Three tensors carry almost all averaged-width BitOPs of Cora, in equal thirds (search.md section 1). */
static void
test_degenerate (void)
{
  g_autoptr (MixqModel) model = new_model (2);
  g_autoptr (MixqCostModel) cost = mixq_cost_model_new (model, MIXQ_COST_BITOPS, NULL);
  double bits[9], share[9];

  for (guint i = 0; i < 9; i++)
    bits[i] = 8;
  mixq_cost_model_shares (cost, bits, share);
  g_assert_cmpfloat (share[0], ==, share[1]);
  g_assert_cmpfloat (share[0], ==, share[2]);
  g_assert_cmpfloat_with_epsilon (share[0] + share[1] + share[2], 0.988, 0.0005);
  g_assert_cmpfloat_with_epsilon (share[4], 0.0068, 0.00005);
  g_assert_cmpfloat_with_epsilon (share[5], 0.0024, 0.00005);
}

static void
test_nothing_measured (void)
{
  g_autoptr (MixqModel) model = new_model (2);
  const double none[9] = { 0 };
  g_autoptr (MixqCostModel) cost = mixq_cost_model_new (model, MIXQ_COST_MS, none);
  double gradient[9], share[9];

  g_assert_cmpfloat (mixq_cost_model_eval (cost, widths, gradient), ==, 0);
  mixq_cost_model_shares (cost, widths, share);
  for (guint i = 0; i < 9; i++)
    g_assert_true (gradient[i] == 0 && share[i] == 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/cost-model/float-is-one", test_float_is_one);
  g_test_add_func ("/engine/cost-model/gradient", test_gradient);
  g_test_add_func ("/engine/cost-model/shares", test_shares);
  g_test_add_func ("/engine/cost-model/agrees-with-count", test_agrees_with_count);
  g_test_add_func ("/engine/cost-model/bytes", test_bytes);
  g_test_add_func ("/engine/cost-model/degenerate", test_degenerate);
  g_test_add_func ("/engine/cost-model/nothing-measured", test_nothing_measured);
  return g_test_run ();
}
