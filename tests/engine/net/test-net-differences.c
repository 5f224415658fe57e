/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finite differences of every gradient that is a true derivative: float32 weights, the distillation loss, and the logits
 * (task and penalty) of one slot at a time, behind which nothing is rounded. The function that is differentiated is the dense
 * one in double (naive.c), with the dropout mask of the step; the gradients are those the trainer computes.
 */
#include <math.h>
#include <string.h>

#include "naive.h"
#include "toy.h"
#include "train/mixq-trainer.h"

/* Central differences in double: truncation and rounding are both far below the float gradients' own 1e-5. */
#define STEP 1e-5
#define TOLERANCE 1e-4
#define FLOOR 1e-7

typedef double (*Loss) (const Naive *naive, gconstpointer data);

static double
label_loss (const Naive *naive, gconstpointer data)
{
  return toy_loss (naive->net->inputs, naive->net->model->n_classes, naive_logits (naive), NULL);
}

/* Cross-entropy against probabilities on all nodes. */
static double
teacher_loss (const Naive *naive, gconstpointer data)
{
  const float *teacher = data;
  gsize classes = naive->net->model->n_classes;
  double loss = 0;

  for (gsize r = 0; r < naive->n; r++) {
    const double *row = naive_logits (naive) + r * classes;
    double sum = 0;

    for (gsize c = 0; c < classes; c++)
      sum += exp (row[c]);
    for (gsize c = 0; c < classes; c++)
      loss -= (double) teacher[r * classes + c] * (row[c] - log (sum));
  }
  return loss / (double) naive->n;
}

static double
difference (Naive *naive, double *x, Loss loss, gconstpointer data)
{
  double at = *x, above, below;

  *x = at + STEP;
  naive_forward (naive);
  above = loss (naive, data);
  *x = at - STEP;
  naive_forward (naive);
  below = loss (naive, data);
  *x = at;
  return (above - below) / (2 * STEP);
}

static void
assert_slope (const char *what, gsize at, double ours, double slope)
{
  if (!(fabs (ours - slope) <= TOLERANCE * fabs (slope) + FLOOR))
    g_test_message ("%s %zu: gradient %.9g, difference quotient %.9g", what, at, ours, slope);
  g_assert_true (fabs (ours - slope) <= TOLERANCE * fabs (slope) + FLOOR);
}

/* A trainer whose one step moves nothing: it leaves gradients behind. */
static MixqTrainer *
frozen_trainer (MixqNet *net, const MixqCostModel *cost, const float *teacher, double temperature)
{
  return mixq_trainer_new (net, &(MixqTrainerOptions){ .seed = 3,
                                                       .stream = "test",
                                                       .penalty = MIXQ_PENALTY_NORMALISED,
                                                       .cost = cost,
                                                       .teacher = teacher,
                                                       .temperature = temperature });
}

/* One step; then the masks of its training pass, which its key makes again. */
static Naive *
step_and_copy (MixqTrainer *trainer, double lambda, MixqEpoch *epoch)
{
  MixqNet *net = mixq_trainer_peek_net (trainer);
  g_autoptr (GError) error = NULL;
  gboolean ok = mixq_trainer_step (trainer, lambda, epoch, &error);
  Naive *naive = naive_new (net);

  g_assert_no_error (error);
  g_assert_true (ok);
  mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .training = TRUE, .all_rows = TRUE });
  naive_take_mask (naive);
  naive_forward (naive);
  return naive;
}

static void
check_weights (Naive *naive, Loss loss, gconstpointer data)
{
  const MixqNet *net = naive->net;

  for (guint u = 0; u < net->model->n_units; u++)
    for (gsize i = 0; i < net->weights[u].rows * net->weights[u].cols; i++)
      assert_slope (net->model->units[u].name, i, (double) net->weights[u].g[0][i],
                    difference (naive, &naive->w[0][u][i], loss, data));
}

static MixqNet *
float_net (const ToySpec *spec, gboolean loss_on_all)
{
  g_autoptr (MixqInputs) inputs = toy_inputs_new (spec);
  g_autoptr (MixqModel) model = toy_model_new (spec, inputs);
  MixqNet *net = mixq_net_new (model, inputs, 0, NULL, NULL, loss_on_all, NULL);

  mixq_net_init_weights (net, spec->seed);
  return net;
}

static void
test_float (gconstpointer data)
{
  const ToySpec *spec = data;
  g_autoptr (MixqTrainer) trainer = frozen_trainer (float_net (spec, FALSE), NULL, NULL, 1);
  g_autoptr (Naive) naive = NULL;
  MixqEpoch epoch;

  naive = step_and_copy (trainer, 0, &epoch);
  assert_slope ("loss", 0, epoch.loss, label_loss (naive, NULL));
  check_weights (naive, label_loss, NULL);
}

static void
test_distillation (void)
{
  const ToySpec spec = { .seed = 5, .dropout = 0.5 };
  MixqNet *net = float_net (&spec, TRUE);
  gsize n = net->model->n_nodes, classes = net->model->n_classes;
  g_autofree float *teacher = g_new (float, n *classes);
  g_autoptr (MixqTrainer) trainer = NULL;
  g_autoptr (Naive) naive = NULL;
  MixqRandom random;
  MixqEpoch epoch;

  mixq_random_init (&random, 5, "teacher");
  for (gsize r = 0; r < n; r++) {
    float sum = 0;

    for (gsize c = 0; c < classes; c++)
      sum += teacher[r * classes + c] = (float) (0.05 + mixq_random_uniform (&random));
    for (gsize c = 0; c < classes; c++)
      teacher[r * classes + c] /= sum;
  }
  trainer = frozen_trainer (net, NULL, teacher, 1);
  naive = step_and_copy (trainer, 0, &epoch);
  assert_slope ("loss", 0, epoch.loss, teacher_loss (naive, teacher));
  check_weights (naive, teacher_loss, teacher);
}

/* What the logits of one slot are judged by: task loss + lambda x penalty. */
typedef struct
{
  const MixqCostModel *cost;
  double lambda;
} Objective;

static double
objective (const Naive *naive, gconstpointer data)
{
  const Objective *o = data;
  const MixqNet *net = naive->net;
  g_autofree double *expected = g_new0 (double, net->n_slots);

  for (guint s = 0; s < net->n_slots; s++)
    for (guint k = 0; k < net->slots[s].n_choices; k++)
      expected[s] += (double) net->slots[s].p[k] * net->slots[s].bits[k];
  return label_loss (naive, NULL) + o->lambda * mixq_cost_model_eval (o->cost, expected, NULL);
}

/* d objective / d logit: p moves in float, so a larger step, and the quotient uses the p really taken. */
#define ALPHA_STEP 1e-2f
#define ALPHA_TOLERANCE 2e-4

static double
alpha_difference (Naive *naive, MixqSlot *slot, guint k, const Objective *o)
{
  float at = slot->alpha[k];
  double above, below;

  slot->alpha[k] = at + ALPHA_STEP;
  mixq_net_update_probabilities (naive->net);
  naive_forward (naive);
  above = objective (naive, o);
  slot->alpha[k] = at - ALPHA_STEP;
  mixq_net_update_probabilities (naive->net);
  naive_forward (naive);
  below = objective (naive, o);
  slot->alpha[k] = at;
  mixq_net_update_probabilities (naive->net);
  return (above - below) / (2 * (double) ALPHA_STEP);
}

/* All slots but one are identities: the task loss is a smooth function of that one's logits. */
static void
check_alpha (guint chosen, MixqCostAxis axis, gboolean per_column, float temperature)
{
  const ToySpec spec = { .seed = 7, .dropout = 0.5 };
  const guint8 choices[] = { 2, 4, 8 };
  const MixqNetRules reference = { .per_column = TRUE };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
  g_autoptr (MixqModel) model = toy_model_new (&spec, inputs);
  MixqNet *net = mixq_net_new (model, inputs, 3, choices, NULL, FALSE, per_column ? &reference : NULL);
  g_autoptr (MixqCostModel) cost = mixq_cost_model_new (model, axis, NULL);
  g_autoptr (MixqTrainer) trainer = frozen_trainer (net, cost, NULL, (double) temperature);
  g_autoptr (Naive) naive = NULL;
  const Objective o = { cost, 0.7 };
  MixqSlot *slot = &net->slots[chosen];
  double largest = 0, slope[3];
  MixqEpoch epoch;

  mixq_net_init_weights (net, 7);
  for (guint s = 0; s < net->n_slots; s++)
    if (s != chosen)
      net->slots[s].n_active = 0;
  slot->alpha[0] = 0.3f;
  slot->alpha[1] = -0.2f;
  slot->alpha[2] = 0.6f;
  mixq_net_update_probabilities (net);
  toy_calibrate (net);
  toy_disturb_ranges (net);
  naive = step_and_copy (trainer, o.lambda, &epoch);
  assert_slope ("penalty", chosen, epoch.penalty,
                (objective (naive, &o) - label_loss (naive, NULL)) / o.lambda);
  for (guint k = 0; k < 3; k++) {
    slope[k] = alpha_difference (naive, slot, k, &o);
    largest = MAX (largest, fabs (slope[k]));
  }
  g_assert_cmpfloat (largest, >, 0);
  for (guint k = 0; k < 3; k++) {
    double ours = (double) net->alpha_g[chosen * MIXQ_MAX_CHOICES + k];

    if (!(fabs (ours - slope[k]) <= ALPHA_TOLERANCE * largest + FLOOR))
      g_test_message ("%s, choice %u: gradient %.9g, difference quotient %.9g", slot->info->name, k, ours,
                      slope[k]);
    g_assert_true (fabs (ours - slope[k]) <= ALPHA_TOLERANCE * largest + FLOOR);
  }
}

static void
test_alpha (gconstpointer data)
{
  MixqCostAxis axis = (MixqCostAxis) GPOINTER_TO_INT (data);

  for (guint s = 0; s < 9; s++)
    check_alpha (s, axis, FALSE, 1);
}

/* softmax (alpha / T): the derivative by alpha has 1 / T. */
static void
test_alpha_temperature (void)
{
  for (guint s = 0; s < 9; s++) {
    check_alpha (s, MIXQ_COST_BITOPS, FALSE, 0.4f);
    check_alpha (s, MIXQ_COST_BITOPS, FALSE, 3);
  }
}

/* Per-column ranges of sparse features: their zeros count too. */
static void
test_alpha_per_column (void)
{
  for (guint s = 0; s < 9; s++)
    check_alpha (s, MIXQ_COST_BITOPS, TRUE, 1);
}

static const ToySpec two_layers = { .seed = 1 };
static const ToySpec two_dropout = { .seed = 2, .dropout = 0.5, .negative = TRUE };
static const ToySpec three_layers = { .seed = 3, .layers = 3, .dropout = 0.3, .edges = 9 };
static const ToySpec rectangular = { .seed = 4, .features = 17, .hidden = 3, .classes = 6, .nodes = 21 };
static const ToySpec no_edges = { .seed = 6, .no_edges = TRUE };
static const ToySpec one_head = { .seed = 9, .heads = 1, .negative = TRUE };
static const ToySpec three_heads = { .seed = 10, .heads = 3, .layers = 3, .dropout = 0.4 };
static const ToySpec attending_star = { .seed = 11, .heads = 2, .star = TRUE, .edges = 4 };
static const ToySpec lone_node = { .seed = 8, .nodes = 1 };

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/net/differences/float/two-layers", &two_layers, test_float);
  g_test_add_data_func ("/engine/net/differences/float/dropout", &two_dropout, test_float);
  g_test_add_data_func ("/engine/net/differences/float/three-layers", &three_layers, test_float);
  g_test_add_data_func ("/engine/net/differences/float/rectangular", &rectangular, test_float);
  g_test_add_data_func ("/engine/net/differences/float/no-edges", &no_edges, test_float);
  g_test_add_data_func ("/engine/net/differences/float/lone-node", &lone_node, test_float);
  g_test_add_data_func ("/engine/net/differences/float/attend-one-head", &one_head, test_float);
  g_test_add_data_func ("/engine/net/differences/float/attend-three-heads", &three_heads, test_float);
  g_test_add_data_func ("/engine/net/differences/float/attend-star", &attending_star, test_float);
  g_test_add_func ("/engine/net/differences/distillation", test_distillation);
  g_test_add_data_func ("/engine/net/differences/alpha/bitops", GINT_TO_POINTER (MIXQ_COST_BITOPS),
                        test_alpha);
  g_test_add_data_func ("/engine/net/differences/alpha/product", GINT_TO_POINTER (MIXQ_COST_PRODUCT),
                        test_alpha);
  g_test_add_func ("/engine/net/differences/alpha/per-column", test_alpha_per_column);
  g_test_add_func ("/engine/net/differences/alpha/temperature", test_alpha_temperature);
  return g_test_run ();
}
