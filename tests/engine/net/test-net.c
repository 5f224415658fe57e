/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network's slots, start weights, frontier and symmetry under renaming of nodes. */
#include <math.h>
#include <string.h>

#include "toy.h"

#define N_SLOTS 9
static const guint8 choices[] = { 2, 4, 8 };

static MixqNet *
new_net (const ToySpec *spec, guint n_choices, gboolean loss_on_all, const MixqNetRules *rules)
{
  g_autoptr (MixqInputs) inputs = toy_inputs_new (spec);
  g_autoptr (MixqModel) model = toy_model_new (spec, inputs);
  MixqNet *net = mixq_net_new (model, inputs, n_choices, choices, NULL, loss_on_all, rules);

  mixq_net_bind (net, net->data, TRUE);
  mixq_net_init_weights (net, spec->seed);
  return net;
}

/* --- slots -------------------------------------------------------------------------------------------------------- */

static void
test_probabilities (void)
{
  const ToySpec spec = { .seed = 1 };
  g_autoptr (MixqNet) net = new_net (&spec, 3, FALSE, NULL);

  for (guint s = 0; s < N_SLOTS; s++)
    for (guint k = 0; k < 3; k++)
      g_assert_cmpfloat_with_epsilon (net->slots[s].p[k], 1.0f / 3, 1e-6f);
  net->slots[4].alpha[0] = logf (1);
  net->slots[4].alpha[1] = logf (2);
  net->slots[4].alpha[2] = logf (5);
  mixq_net_update_probabilities (net);
  g_assert_cmpfloat_with_epsilon (net->slots[4].p[0], 0.125f, 1e-6f);
  g_assert_cmpfloat_with_epsilon (net->slots[4].p[1], 0.25f, 1e-6f);
  g_assert_cmpfloat_with_epsilon (net->slots[4].p[2], 0.625f, 1e-6f);
  g_assert_cmpfloat_with_epsilon (net->slots[3].p[2], 1.0f / 3, 1e-6f); /* slots are independent */
  net->slots[4].alpha[1] = 3000; /* far logits neither overflow nor leave the simplex */
  mixq_net_update_probabilities (net);
  g_assert_cmpfloat (net->slots[4].p[1], ==, 1);
  g_assert_cmpfloat (net->slots[4].p[0], ==, 0);
}

static void
test_selection (void)
{
  const ToySpec spec = { .seed = 1 };
  g_autoptr (MixqNet) net = new_net (&spec, 3, FALSE, NULL);
  g_autoptr (MixqNet) floating = new_net (&spec, 0, FALSE, NULL);

  g_assert_cmpuint (mixq_net_selected (net, 0), ==, 2); /* a tie goes to the narrowest */
  net->slots[0].alpha[1] = 0.1f;
  g_assert_cmpuint (mixq_net_selected (net, 0), ==, 4);
  net->slots[0].alpha[2] = 0.1f;
  g_assert_cmpuint (mixq_net_selected (net, 0), ==, 4);
  net->slots[0].alpha[2] = 0.2f;
  g_assert_cmpuint (mixq_net_selected (net, 0), ==, 8);
  g_assert_cmpuint (mixq_net_selected (floating, 0), ==, 32);
}

static void
test_pin (void)
{
  const ToySpec spec = { .seed = 1 };
  g_autoptr (MixqNet) net = new_net (&spec, 3, FALSE, NULL);

  net->slots[2].alpha[0] = 1;
  mixq_net_update_probabilities (net);
  g_assert_false (mixq_net_pin (net, 2, 3));
  g_assert_cmpuint (net->slots[2].n_active, ==, 3);
  g_assert_true (mixq_net_pin (net, 2, 8));
  g_assert_cmpuint (net->slots[2].n_active, ==, 1);
  g_assert_cmpuint (mixq_net_selected (net, 2), ==, 8);
  g_assert_cmpfloat (net->slots[2].p[2], ==, 1);
  g_assert_cmpfloat (net->slots[2].p[0], ==, 0);
  g_assert_true (mixq_net_pin (net, 2, 0)); /* free again, with the logits it had */
  g_assert_cmpuint (mixq_net_selected (net, 2), ==, 2);
  g_assert_cmpfloat (net->slots[2].p[0], >, 0.5f);
}

/* A pinned slot quantizes exactly as a net built with that width alone. */
static void
test_pinned_is_fixed (void)
{
  const ToySpec spec = { .seed = 2 };
  const guint8 fixed[N_SLOTS] = { 2, 4, 8, 4, 2, 8, 4, 2, 8 };
  g_autoptr (MixqNet) pinned = new_net (&spec, 3, FALSE, NULL);
  g_autoptr (MixqNet) single = mixq_net_new (pinned->model, pinned->inputs, 0, NULL, fixed, FALSE, NULL);
  gsize n = pinned->model->n_nodes * pinned->model->n_classes;

  mixq_net_init_weights (single, spec.seed);
  for (guint s = 0; s < N_SLOTS; s++)
    g_assert_true (mixq_net_pin (pinned, s, fixed[s]));
  toy_calibrate (pinned);
  toy_calibrate (single);
  g_assert_cmpmem (mixq_net_logits (pinned), n * sizeof (float), mixq_net_logits (single),
                   n * sizeof (float));
}

/* The activation before a ReLU spends no codes on what the ReLU throws away. */
static void
test_range_before_relu (void)
{
  const ToySpec spec = { .seed = 3, .negative = TRUE };
  g_autoptr (MixqNet) net = new_net (&spec, 3, FALSE, NULL);

  toy_calibrate (net);
  for (guint s = 0; s < N_SLOTS; s++) {
    gboolean is_first_aggregate = net->slots[s].info->role == MIXQ_SLOT_AGGREGATE &&
                                  net->slots[s].info->layer == 1;

    if (net->slots[s].info->role == MIXQ_SLOT_AGGREGATE)
      g_assert_cmpint (net->slots[s].before_relu, ==, is_first_aggregate);
    g_assert_false (net->slots[s].calibrate);
    if (is_first_aggregate)
      for (guint k = 0; k < 3; k++)
        g_assert_cmpfloat (net->slots[s].quantizer[k].zero[0], ==, net->slots[s].quantizer[k].lo);
  }
  mixq_net_calibrate (net);
  for (guint s = 0; s < N_SLOTS; s++)
    g_assert_true (net->slots[s].calibrate);
}

/* --- weights ------------------------------------------------------------------------------------------------------ */

static void
test_start_weights (void)
{
  const ToySpec spec = { .seed = 4, .features = 50, .hidden = 40 };
  g_autoptr (MixqNet) net = new_net (&spec, 3, FALSE, &toy_rules_reference_search);
  g_autoptr (MixqNet) again = new_net (&spec, 0, FALSE, NULL);
  double sum = 0, squares = 0, bound = 1 / sqrt (50);
  const float *w = net->weights[0].w[0];
  MixqParameters *parameters;

  g_assert_cmpuint (net->weights[0].n_copies, ==, 3);
  g_assert_cmpuint (mixq_net_n_weights (net), ==, 50 * 40 + 40 * 3);
  for (gsize i = 0; i < 2000; i++) {
    g_assert_cmpfloat (fabs ((double) w[i]), <=, bound);
    g_assert_cmpfloat (w[i], ==, again->weights[0].w[0][i]); /* the seed alone decides */
    g_assert_cmpfloat (w[i], ==, net->weights[0].w[2][i]);   /* copies start equal */
    sum += (double) w[i];
    squares += (double) w[i] * (double) w[i];
  }
  /* uniform: mean 0, variance bound^2 / 3; five sigmas of 2,000 draws */
  g_assert_cmpfloat (fabs (sum / 2000), <, 5 * bound / sqrt (3.0 * 2000));
  g_assert_cmpfloat (fabs (squares / 2000 / (bound * bound / 3) - 1), <, 5 * sqrt (0.8 / 2000));
  mixq_net_init_weights (again, 5);
  g_assert_cmpfloat (w[7], !=, again->weights[0].w[0][7]);
  parameters = mixq_net_dup_parameters (again);
  mixq_net_set_parameters (net, parameters);
  mixq_parameters_free (parameters);
  g_assert_cmpmem (net->weights[0].w[1], 2000 * sizeof *w, again->weights[0].w[0], 2000 * sizeof *w);
}

/* --- frontier ------------------------------------------------------------------------------------------------------ */

/* Rows within @hops of a training node, by walking the edge list over and over. */
static void
reach (const MixqInputs *inputs, guint hops, guint8 *reached)
{
  const MixqCsr *graph = inputs->dataset->graph;
  gsize n = graph->n_rows;

  for (gsize r = 0; r < n; r++)
    reached[r] = inputs->dataset->part[r] == MIXQ_PART_TRAIN;
  for (guint hop = 0; hop < hops; hop++) {
    g_autofree guint8 *before = g_memdup2 (reached, n);

    for (gsize r = 0; r < n; r++)
      for (gsize e = graph->row_ptr[r]; e < graph->row_ptr[r + 1]; e++)
        reached[graph->col[e]] |= before[r];
  }
}

static void
assert_rows (const MixqNet *net, int value, const guint8 *expected)
{
  gsize at = 0;

  for (gsize r = 0; r < net->model->n_nodes; r++)
    if (expected[r]) {
      g_assert_cmpuint (at, <, net->frontier[value].n);
      g_assert_cmpuint (mixq_rows_at (net->frontier[value], at++), ==, r);
    }
  g_assert_cmpuint (at, ==, net->frontier[value].n);
}

static void
test_frontier (void)
{
  const ToySpec spec = { .seed = 5, .nodes = 60, .edges = 40, .layers = 3 };
  g_autoptr (MixqNet) net = new_net (&spec, 0, FALSE, NULL);
  g_autoptr (MixqNet) all = new_net (&spec, 0, TRUE, NULL);
  g_autofree guint8 *expected = g_malloc (60);
  guint hops = 0;

  for (guint u = net->model->n_units; u-- > 0;) {
    const MixqUnit *unit = &net->model->units[u];

    reach (net->inputs, hops, expected);
    assert_rows (net, unit->output, expected);
    g_assert_cmpuint (all->frontier[unit->output].n, ==, 60);
    hops += unit->kind == MIXQ_UNIT_PROPAGATE;
  }
  g_assert_cmpuint (net->frontier[net->model->units[0].output].n, <,
                    60); /* this graph leaves something to prune */
}

static void
train_pass (MixqNet *net)
{
  gsize classes = net->model->n_classes;

  toy_calibrate (net);
  net->dropout_key = 77;
  mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .training = TRUE });
  memset (mixq_net_logits_grad (net), 0, net->model->n_nodes * classes * sizeof (float));
  for (gsize t = 0; t < net->inputs->n_item[MIXQ_PART_TRAIN]; t++)
    mixq_net_logits_grad (net)[net->inputs->item[MIXQ_PART_TRAIN][t] * classes + 1] = 0.25f;
  mixq_net_backward (net);
}

/* A loss on the training nodes alone gives the same gradients whether or not the other rows are computed. */
static void
test_pruning_is_exact (void)
{
  const ToySpec spec = { .seed = 6, .nodes = 40, .edges = 30, .dropout = 0.5 };
  g_autoptr (MixqNet) pruned = new_net (&spec, 3, FALSE, NULL);
  g_autoptr (MixqNet) whole = new_net (&spec, 3, TRUE, NULL);

  train_pass (pruned);
  train_pass (whole);
  g_assert_cmpuint (pruned->frontier[1].n, <, whole->frontier[1].n);
  for (guint u = 0; u < pruned->model->n_units; u++)
    for (gsize i = 0; i < pruned->weights[u].rows * pruned->weights[u].cols; i++)
      g_assert_cmpfloat_with_epsilon (pruned->weights[u].g[0][i], whole->weights[u].g[0][i], 1e-6f);
  for (guint s = 0; s < N_SLOTS; s++)
    for (guint k = 0; k < 3; k++)
      g_assert_cmpfloat_with_epsilon (pruned->slots[s].dot[k], whole->slots[s].dot[k], 1e-6);
}

/* --- symmetry ------------------------------------------------------------------------------------------------------ */

static void
shuffle (guint32 *order, gsize n)
{
  MixqRandom random;

  mixq_random_init (&random, 9, "shuffle");
  for (guint32 i = 0; i < n; i++)
    order[i] = i;
  for (gsize i = n; i-- > 1;) {
    gsize j = mixq_random_below (&random, (guint32) i + 1);
    guint32 swap = order[i];

    order[i] = order[j];
    order[j] = swap;
  }
}

/* Renaming nodes renames the logits' rows and nothing else; sums run in another order, so floats differ in the last bits. */
static void
test_permutation (void)
{
  const ToySpec spec = { .seed = 10, .nodes = 30, .layers = 3 };
  g_autoptr (MixqNet) net = new_net (&spec, 0, FALSE, NULL);
  guint32 order[30];
  g_autoptr (MixqInputs) renamed = NULL;
  g_autoptr (MixqNet) other = NULL;

  shuffle (order, 30);
  renamed = toy_inputs_permute (net->inputs, order);
  other = mixq_net_new (net->model, renamed, 0, NULL, NULL, FALSE, NULL);
  mixq_net_bind (other, other->data, TRUE);
  mixq_net_init_weights (other, spec.seed);
  toy_calibrate (net);
  toy_calibrate (other);
  for (gsize r = 0; r < 30; r++)
    for (gsize c = 0; c < 3; c++)
      g_assert_cmpfloat_with_epsilon (mixq_net_logits (net)[r * 3 + c],
                                      mixq_net_logits (other)[order[r] * 3 + c], 1e-6f);
}

/* Nobody to learn from: no loss rows, gradients of zero, no crash. */
static void
test_no_training_nodes (void)
{
  const ToySpec spec = { .seed = 11 };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
  g_autoptr (MixqModel) model = toy_model_new (&spec, inputs);
  g_autoptr (MixqNet) net = NULL;

  for (gsize i = 0; i < inputs->dataset->n_nodes; i++)
    inputs->dataset->part[i] = MIXQ_PART_TEST;
  inputs->n_item[MIXQ_PART_TRAIN] = 0;
  net = mixq_net_new (model, inputs, 3, choices, NULL, FALSE, NULL);
  mixq_net_bind (net, net->data, TRUE);
  mixq_net_init_weights (net, 11);
  toy_calibrate (net);
  mixq_net_forward (net, 0, model->n_units, (MixqPass){ .training = TRUE });
  mixq_net_backward (net);
  for (guint u = 0; u < model->n_units; u++) {
    g_assert_cmpuint (net->frontier[model->units[u].output].n, ==, 0);
    for (gsize i = 0; i < net->weights[u].rows * net->weights[u].cols; i++)
      g_assert_cmpfloat (net->weights[u].g[0][i], ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/net/probabilities", test_probabilities);
  g_test_add_func ("/engine/net/selection", test_selection);
  g_test_add_func ("/engine/net/pin", test_pin);
  g_test_add_func ("/engine/net/pinned-is-fixed", test_pinned_is_fixed);
  g_test_add_func ("/engine/net/range-before-relu", test_range_before_relu);
  g_test_add_func ("/engine/net/start-weights", test_start_weights);
  g_test_add_func ("/engine/net/frontier", test_frontier);
  g_test_add_func ("/engine/net/pruning-is-exact", test_pruning_is_exact);
  g_test_add_func ("/engine/net/permutation", test_permutation);
  g_test_add_func ("/engine/net/no-training-nodes", test_no_training_nodes);
  return g_test_run ();
}
