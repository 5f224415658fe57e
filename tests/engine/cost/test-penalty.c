/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Penalty forms: the published totals and gradients (golden/03), the table of method spec 4.3, finite differences. */
#include <math.h>
#include <string.h>

#include "../golden.h"
#include "cost/mixq-penalty.h"

#define N_SLOTS 9
#define SUM_TOLERANCE 1e-4 /* relative: accumulated in float32 there (golden/README.md) */

static MixqModel *
new_model (gsize nodes, gsize edges, gsize features, gsize classes)
{
  return mixq_model_new_for_sizes (&MIXQ_MODEL_SPEC_DEFAULT, nodes, edges, features, nodes * features,
                                   classes, NULL);
}

static MixqModel *
new_cora (void)
{
  return new_model (2708, 10556, 1433, 7);
}

static void
softmax (const double *logit, guint n, double *p)
{
  double max = logit[0], sum = 0;

  for (guint k = 1; k < n; k++)
    max = MAX (max, logit[k]);
  for (guint k = 0; k < n; k++)
    sum += p[k] = exp (logit[k] - max);
  for (guint k = 0; k < n; k++)
    p[k] /= sum;
}

static void
assert_relative (double a, double b, double tolerance)
{
  if (!(fabs (a - b) <= tolerance * fabs (b)))
    g_test_message ("%.9g is not %.9g", a, b);
  g_assert_true (fabs (a - b) <= tolerance * fabs (b));
}

static void
check_case (JsonObject *c)
{
  JsonObject *shape = json_object_get_object_member (c, "shape");
  JsonArray *bits = json_object_get_array_member (c, "bits");
  guint n = json_array_get_length (bits);
  g_autoptr (MixqModel)
      model = new_model (golden_size (shape, "num_nodes"), golden_size (shape, "num_directed_edges"),
                         golden_size (shape, "num_features"), golden_size (shape, "num_classes"));
  guint8 choices[MIXQ_MAX_CHOICES];
  float p[N_SLOTS * MIXQ_MAX_CHOICES];
  double gradient[N_SLOTS * MIXQ_MAX_CHOICES], total;

  for (guint k = 0; k < n; k++)
    choices[k] = (guint8) json_array_get_int_element (bits, k);
  for (guint s = 0; s < N_SLOTS; s++) {
    g_autofree char *name = g_strconcat (golden_slot[s], "_relaxed_coeff", NULL);
    JsonArray *alpha = json_object_get_array_member (json_object_get_object_member (c, "alphas"), name);
    double logit[MIXQ_MAX_CHOICES], probability[MIXQ_MAX_CHOICES];

    for (guint k = 0; k < n; k++)
      logit[k] = json_array_get_double_element (alpha, k);
    softmax (logit, n, probability);
    for (guint k = 0; k < n; k++)
      p[s * n + k] = (float) probability[k];
  }
  total = mixq_penalty_eval (MIXQ_PENALTY_REFERENCE, model, NULL, n, choices, p, gradient);
  assert_relative (total, json_object_get_double_member (c, "total_penalty"), SUM_TOLERANCE);
  for (guint s = 0; s < N_SLOTS; s++) {
    g_autofree char *name = g_strconcat (golden_slot[s], "_relaxed_coeff", NULL);
    JsonArray *theirs = json_object_get_array_member (json_object_get_object_member (c, "grad_alpha"), name);

    for (guint k = 0; k < n; k++)
      assert_relative (gradient[s * n + k], json_array_get_double_element (theirs, k), SUM_TOLERANCE);
  }
}

static void
test_golden (void)
{
  g_autoptr (JsonParser) parser = golden_load ("03-penalty-gcn.json");
  JsonArray *cases;

  if (parser == NULL)
    return;
  cases = golden_cases (parser);
  g_assert_cmpuint (json_array_get_length (cases), ==, 11);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    check_case (json_array_get_object_element (cases, i));
}

/* Method spec 4.2 and 4.3: the start of the published search on Cora. */
static void
test_start_value (void)
{
  g_autoptr (MixqModel) model = new_cora ();
  const guint8 choices[] = { 2, 4, 8 };
  float p[N_SLOTS * 3];

  for (guint s = 0; s < N_SLOTS; s++)
    memcpy (p + 3 * s, ((float[]){ 0.2916312f, 0.2926086f, 0.4157602f }), 3 * sizeof *p);
  g_assert_cmpfloat_with_epsilon (
      mixq_penalty_eval (MIXQ_PENALTY_REFERENCE, model, NULL, 3, choices, p, NULL), 0.683010, 2e-6);
}

/* The KiB table of 4.3, with the adjacency by its own size instead of the quirk. */
static void
test_coefficients (void)
{
  g_autoptr (MixqModel) model = new_cora ();
  const double reference[] = { 0.0578249,    0.00273323,  0.00516510, 0.0578249,  0.00516510,
                               0.0000133514, 0.000282466, 0.00516510, 0.000282466 };
  const double kib[] = { 473.70, 22.39, 42.31, 13264 / 8192.0, 42.31, 0.1094, 2.314, 13264 / 8192.0, 2.314 };
  double bits[N_SLOTS] = { 0 }, gradient[N_SLOTS];

  g_assert_cmpfloat (mixq_penalty_eval_bits (MIXQ_PENALTY_REFERENCE, model, NULL, bits, gradient), ==, 0);
  for (guint s = 0; s < N_SLOTS; s++)
    assert_relative (gradient[s], reference[s], 1e-5);
  mixq_penalty_eval_bits (MIXQ_PENALTY_PAPER, model, NULL, bits, gradient);
  for (guint s = 0; s < N_SLOTS; s++)
    assert_relative (gradient[s], kib[s], 5e-4);
}

/* d penalty / d logit of every form and axis against central differences through the softmax. */
static void
check_gradient (MixqPenalty kind, const MixqModel *model, const MixqCostModel *cost)
{
  const guint8 choices[] = { 2, 4, 8 };
  const double step = 1e-4;
  double logit[N_SLOTS][3], gradient[N_SLOTS * 3];
  float p[N_SLOTS * 3];
  double expected[N_SLOTS], per_bit[N_SLOTS];

  for (guint s = 0; s < N_SLOTS; s++) {
    double probability[3];

    for (guint k = 0; k < 3; k++)
      logit[s][k] = sin (1.0 + 3 * s + k);
    softmax (logit[s], 3, probability);
    expected[s] = 0;
    for (guint k = 0; k < 3; k++) {
      p[s * 3 + k] = (float) probability[k];
      expected[s] += probability[k] * choices[k];
    }
  }
  mixq_penalty_eval (kind, model, cost, 3, choices, p, gradient);
  mixq_penalty_eval_bits (kind, model, cost, expected, per_bit);
  for (guint s = 0; s < N_SLOTS; s++)
    for (guint k = 0; k < 3; k++) {
      double value[2], held = expected[s];

      for (guint side = 0; side < 2; side++) {
        double moved[3], probability[3];

        memcpy (moved, logit[s], sizeof moved);
        moved[k] += side == 0 ? step : -step;
        softmax (moved, 3, probability);
        expected[s] = probability[0] * 2 + probability[1] * 4 + probability[2] * 8;
        value[side] = mixq_penalty_eval_bits (kind, model, cost, expected, NULL);
      }
      expected[s] = held;
      /* p is float32, which moves E by up to 1e-6 bits; step^2 and rounding of 1e-16 / step are far below. */
      g_assert_cmpfloat_with_epsilon (gradient[s * 3 + k], (value[0] - value[1]) / (2 * step),
                                      1e-6 * per_bit[s] + 1e-15);
    }
}

static void
test_gradient (void)
{
  g_autoptr (MixqModel) model = new_cora ();
  const double ms[N_SLOTS] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

  check_gradient (MIXQ_PENALTY_PAPER, model, NULL);
  check_gradient (MIXQ_PENALTY_REFERENCE, model, NULL);
  for (guint axis = 0; axis < MIXQ_N_COST_AXES; axis++) {
    g_autoptr (MixqCostModel) cost = mixq_cost_model_new (model, axis, ms);

    check_gradient (MIXQ_PENALTY_NORMALISED, model, cost);
  }
}

/* A pinned slot has one probability of 1: it pays, and its logits feel nothing. */
static void
test_pinned (void)
{
  g_autoptr (MixqModel) model = new_cora ();
  g_autoptr (MixqCostModel) cost = mixq_cost_model_new (model, MIXQ_COST_BITOPS, NULL);
  const guint8 choices[] = { 2, 4, 8 };
  float p[N_SLOTS * 3] = { 0 };
  double gradient[N_SLOTS * 3];

  for (guint s = 0; s < N_SLOTS; s++)
    p[s * 3 + 2] = 1;
  g_assert_cmpfloat (mixq_penalty_eval (MIXQ_PENALTY_NORMALISED, model, cost, 3, choices, p, gradient), ==,
                     0.25);
  for (guint i = 0; i < N_SLOTS * 3; i++)
    g_assert_true (gradient[i] == 0);
}

/* Sum over slots of the norm of the gradient on the logits, from the definition. */
static double
force (MixqPenalty kind, const MixqModel *model, const MixqCostModel *cost, const guint8 *choices)
{
  float p[N_SLOTS * 3];
  double gradient[N_SLOTS * 3], sum = 0;

  for (guint i = 0; i < N_SLOTS * 3; i++)
    p[i] = (float) (1.0 / 3);
  mixq_penalty_eval (kind, model, cost, 3, choices, p, gradient);
  for (guint s = 0; s < N_SLOTS; s++)
    sum += hypot (hypot (gradient[3 * s], gradient[3 * s + 1]), gradient[3 * s + 2]);
  return sum;
}

static void
test_paper_equivalent (void)
{
  g_autoptr (MixqModel) model = new_cora ();
  g_autoptr (MixqCostModel) bitops = mixq_cost_model_new (model, MIXQ_COST_BITOPS, NULL);
  g_autoptr (MixqCostModel) product = mixq_cost_model_new (model, MIXQ_COST_PRODUCT, NULL);
  const guint8 choices[] = { 2, 4, 8 };
  double published = force (MIXQ_PENALTY_REFERENCE, model, NULL, choices);

#define EQUIVALENT(kind, cost) mixq_penalty_paper_equivalent (kind, model, cost, 3, choices, 0.5)
  g_assert_cmpfloat (EQUIVALENT (MIXQ_PENALTY_REFERENCE, NULL), ==, 0.5);
  assert_relative (EQUIVALENT (MIXQ_PENALTY_NORMALISED, bitops),
                   0.5 * force (MIXQ_PENALTY_NORMALISED, model, bitops, choices) / published, 1e-6);
  assert_relative (EQUIVALENT (MIXQ_PENALTY_NORMALISED, product),
                   0.5 * force (MIXQ_PENALTY_NORMALISED, model, product, choices) / published, 1e-6);
  assert_relative (EQUIVALENT (MIXQ_PENALTY_PAPER, NULL),
                   0.5 * force (MIXQ_PENALTY_PAPER, model, NULL, choices) / published, 1e-6);
#undef EQUIVALENT
}

static void
test_names (void)
{
  for (guint i = 0; i <= MIXQ_PENALTY_REFERENCE; i++) {
    MixqPenalty penalty = MIXQ_PENALTY_NORMALISED;

    g_assert_true (mixq_penalty_parse (mixq_penalty_name (i), &penalty, NULL));
    g_assert_cmpint (penalty, ==, i);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/penalty/golden", test_golden);
  g_test_add_func ("/engine/penalty/start-value", test_start_value);
  g_test_add_func ("/engine/penalty/coefficients", test_coefficients);
  g_test_add_func ("/engine/penalty/gradient", test_gradient);
  g_test_add_func ("/engine/penalty/pinned", test_pinned);
  g_test_add_func ("/engine/penalty/paper-equivalent", test_paper_equivalent);
  g_test_add_func ("/engine/penalty/names", test_names);
  return g_test_run ();
}
