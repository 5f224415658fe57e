/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks whose slots have scales and widths for single nodes: values, gradients, learning. */
#include <math.h>
#include <string.h>

#include "net/mixq-nodes.h"
#include "net/mixq-slot.h"
#include "toy.h"
#include "train/mixq-trainer.h"

/* Float kernels multiply by a reciprocal: a code may fall on the other side of a half. */
#define FLOAT_ERROR 1e-5

static const MixqNetRules fine = { .fine = TRUE };
static const MixqNetRules degree = { .node_widths = MIXQ_NODE_WIDTHS_DEGREE };
static const MixqNetRules hubs = { .fine = TRUE, .node_widths = MIXQ_NODE_WIDTHS_HUBS };
static const MixqNetRules per_node = { .per_node = TRUE };
static const MixqNetRules *const all_rules[] = { &fine, &degree, &hubs, &per_node };

static MixqNet *
new_net (const ToySpec *spec, MixqInputs *inputs, const MixqNetRules *rules, const guint8 *fixed)
{
  static const guint8 choices[] = { 2, 4, 8 };
  g_autoptr (MixqModel) model = toy_model_new (spec, inputs);
  MixqNet *net = mixq_net_new (model, inputs, 3, choices, fixed, FALSE, rules);
  MixqRandom random;

  mixq_random_init (&random, spec->seed, "alpha");
  mixq_net_init_weights (net, spec->seed);
  for (guint s = 0; s < net->n_slots; s++)
    for (guint k = 0; k < net->slots[s].n_choices; k++)
      net->slots[s].alpha[k] = (float) (2 * mixq_random_uniform (&random) - 1);
  mixq_net_update_probabilities (net);
  return net;
}

static gsize
at (const MixqQuantizer *q, gsize r, gsize c)
{
  return q->granularity == MIXQ_PER_ROW ? r : q->granularity == MIXQ_PER_COLUMN ? c : 0;
}

/* sum_k p_k Q_k (x) by the definition in double. */
static double
mixture (const MixqSlot *slot, gsize r, gsize c, float x)
{
  double sum = 0;

  for (guint a = 0; a < slot->n_active; a++) {
    const MixqQuantizer *q = &slot->quantizer[slot->active[a]];
    gsize i = at (q, r, c);

    sum += (double) slot->p[slot->active[a]] *
           mixq_quantizer_value (q, i, mixq_quantizer_code (q, i, (double) x));
  }
  return sum;
}

/* Which granularity each slot has under each of the rules. */
static void
test_granularity (void)
{
  const ToySpec spec = { .seed = 1 };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
  static const struct
  {
    const MixqNetRules *rules;
    MixqGranularity input, product, aggregate;
    gboolean widths;
  } cases[] = {
    { &toy_rules_default, MIXQ_PER_TENSOR, MIXQ_PER_TENSOR, MIXQ_PER_TENSOR, FALSE },
    { &fine, MIXQ_PER_ROW, MIXQ_PER_COLUMN, MIXQ_PER_TENSOR, FALSE },
    { &degree, MIXQ_PER_TENSOR, MIXQ_PER_TENSOR, MIXQ_PER_ROW, TRUE },
    { &per_node, MIXQ_PER_ROW, MIXQ_PER_COLUMN, MIXQ_PER_ROW, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MixqNet) net = new_net (&spec, inputs, cases[i].rules, NULL);

    for (guint s = 0; s < net->n_slots; s++) {
      const MixqQuantizer *q = &net->slots[s].quantizer[0];

      switch (net->slots[s].info->role) {
      case MIXQ_SLOT_INPUT:
        g_assert_true (q->granularity == cases[i].input);
        break;
      case MIXQ_SLOT_PRODUCT:
        g_assert_true (q->granularity == cases[i].product);
        break;
      case MIXQ_SLOT_AGGREGATE:
        g_assert_true (q->granularity == cases[i].aggregate && (q->row_bits != NULL) == cases[i].widths);
        break;
      default:
        g_assert_true (q->granularity != MIXQ_PER_ROW && q->row_bits == NULL);
      }
    }
  }
}

/* Every quantized value of a pass is the mixture of the definition, with the ranges of its own node or column. */
static void
test_values (void)
{
  gsize equal = 0, total = 0;

  for (guint i = 0; i < G_N_ELEMENTS (all_rules); i++)
    for (guint64 seed = 1; seed <= 8; seed++) {
      const ToySpec spec = { .seed = seed, .layers = 2 + seed % 2, .hidden = seed % 2 ? 5 : 37 };
      g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
      g_autoptr (MixqNet) net = new_net (&spec, inputs, all_rules[i], NULL);
      const MixqCsr *x = inputs->features;

      toy_calibrate (net);
      for (gsize r = 0; r < x->n_rows; r++)
        for (gsize e = x->row_ptr[r]; e < x->row_ptr[r + 1]; e++, total++)
          equal += fabs ((double) net->feature_value[e] - mixture (&net->slots[0], r, 0, x->value[e])) <
                   FLOAT_ERROR;
      for (guint u = 0; u < net->model->n_units; u++) {
        const MixqUnit *unit = &net->model->units[u];

        for (gsize r = 0; unit->slot_output >= 0 && r < net->model->n_nodes; r++)
          for (gsize c = 0; c < unit->out_cols; c++, total++) {
            double expected = mixture (&net->slots[unit->slot_output], r, c,
                                       net->pre[unit->output][r * unit->out_cols + c]);
            double got = (double) net->value[unit->output][r * unit->out_cols + c];

            /* a ReLU works in place */
            equal += fabs (got - expected) < FLOAT_ERROR ||
                     (net->slots[unit->slot_output].before_relu && got == 0 && expected < 0);
          }
      }
    }
  g_test_message ("%zu of %zu values equal", equal, total);
  g_assert_cmpuint ((total - equal) * 500, <, total);
}

/* dx = g sum p_k [inside the node's own range], and the dots of the choices. */
static void
test_gradient (void)
{
  const ToySpec spec = { .seed = 3, .hidden = 19 };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);

  for (guint i = 1; i < G_N_ELEMENTS (all_rules); i++) {
    g_autoptr (MixqNet) net = new_net (&spec, inputs, all_rules[i], NULL);
    MixqSlot *slot = &net->slots[4];
    gsize n = net->model->n_nodes, d = slot->info->cols;
    g_autofree float *x = g_new (float, n *d), *g = g_new (float, n *d), *dx = g_new (float, n *d);
    double dot[3] = { 0 };
    guint clipped = 0;
    MixqRandom random;

    toy_calibrate (net);
    mixq_random_init (&random, i, "gradient");
    for (gsize j = 0; j < n * d; j++) {
      x[j] = (float) (4 * mixq_random_uniform (&random) - 2) * slot->quantizer[1].scale[j / d] * 9;
      g[j] = (float) (2 * mixq_random_uniform (&random) - 1);
    }
    memset (slot->dot, 0, sizeof slot->dot);
    mixq_slot_backward (slot, net->kernels, (MixqRows){ NULL, n }, d, x, g, dx);
    for (gsize j = 0; j < n * d; j++) {
      double pass = 0;

      for (guint k = 0; k < 3; k++) {
        const MixqQuantizer *q = &slot->quantizer[k];
        double v = (double) q->zero[j / d] + (double) x[j] / (double) q->scale[j / d];

        if (v >= (double) q->row_lo[j / d] && v <= (double) q->row_hi[j / d])
          pass += (double) slot->p[k];
        else
          clipped++;
        dot[k] += (double) g[j] *
                  mixq_quantizer_value (q, j / d, mixq_quantizer_code (q, j / d, (double) x[j]));
      }
      g_assert_cmpfloat_with_epsilon ((double) dx[j], (double) g[j] * pass, FLOAT_ERROR);
    }
    g_assert_cmpuint (clipped, >, n * d / 4);
    for (guint k = 0; k < 3; k++)
      g_assert_cmpfloat_with_epsilon (slot->dot[k], dot[k], 0.02 * fabs (dot[k]) + 0.02);
  }
}

/* Bags of words, normalised: one size a row, so that a scale a node loses nothing at any width. */
static void
test_exact_rows (void)
{
  const ToySpec spec = { .seed = 5 };
  const guint8 fixed[] = { 2, 8, 8, 8, 8, 8, 8, 8, 8 };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
  MixqCsr *x = inputs->features;
  g_autoptr (MixqNet) net = NULL;

  for (gsize r = 0; r < x->n_rows; r++)
    for (gsize e = x->row_ptr[r]; e < x->row_ptr[r + 1]; e++)
      x->value[e] = 1.0f / (float) (x->row_ptr[r + 1] - x->row_ptr[r]);
  net = new_net (&spec, inputs, &fine, fixed);
  toy_calibrate (net);
  for (gsize e = 0; e < x->nnz; e++)
    g_assert_cmpfloat_with_epsilon (net->feature_value[e], x->value[e], 1e-7f);
}

/* Learning: the rounding error falls, the mean width comes down to its target, and the nodes differ. */
static void
test_learning (void)
{
  const ToySpec spec = { .seed = 6, .nodes = 60, .hidden = 24, .homophilous = TRUE };
  const guint8 fixed[] = { 8, 8, 8, 8, 3, 8, 8, 8, 4 };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
  MixqNet *net = new_net (&spec, inputs, &per_node, fixed);
  const MixqTrainerOptions options = { .seed = 1, .stream = "qat", .lr = 0.01, .nodes = { 0.01, 0.1, 1 } };
  g_autoptr (MixqTrainer) trainer = mixq_trainer_new (net, &options);
  MixqEpoch epoch;

  mixq_trainer_evaluate (trainer, NULL);
  for (guint t = 0; t < 60; t++)
    g_assert_true (mixq_trainer_step (trainer, 0, &epoch, NULL));
  for (guint s = 0; s < net->n_slots; s++) {
    g_autofree guint8 *bits = mixq_net_node_widths (net, s);
    gsize sum = 0, narrow = 0;

    g_assert_true ((bits != NULL) == (net->slots[s].info->role == MIXQ_SLOT_AGGREGATE));
    for (gsize r = 0; bits != NULL && r < 60; r++) {
      sum += bits[r];
      narrow += bits[r] < fixed[s];
    }
    if (bits == NULL)
      continue;
    g_test_message ("%s: mean %.2f, %zu of 60 below it", net->slots[s].info->name, (double) sum / 60, narrow);
    g_assert_cmpuint (sum, <=, 60 * fixed[s]);
    g_assert_cmpuint (sum, >=, 60 * (gsize) fixed[s] / 2);
    g_assert_true (narrow > 0 && narrow < 60);
  }
}

/* Steps that are too large or too small by half come back to where the rounding error is least. */
static void
test_steps (void)
{
  const ToySpec spec = { .seed = 7, .nodes = 40, .hidden = 32 };
  const guint8 fixed[] = { 8, 8, 8, 8, 4, 8, 8, 8, 8 };
  const float off[] = { 0.5f, 1.6f };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);

  for (guint i = 0; i < G_N_ELEMENTS (off); i++) {
    g_autoptr (MixqNet) net = new_net (&spec, inputs, &per_node, fixed);
    const MixqNodeRates rates = { 0.02, 0, 0 };
    MixqQuantizer *q = &net->slots[4].quantizer[0];
    g_autofree float *good = NULL;
    double before = 0, after = 0;

    toy_calibrate (net);
    good = g_memdup2 (q->scale, q->n * sizeof (float));
    for (gsize r = 0; r < q->n; r++)
      mixq_quantizer_set (q, r, q->scale[r] * off[i], 0);
    for (guint t = 1; t <= 60; t++)
      mixq_net_learn_nodes (net, &rates, t);
    for (gsize r = 0; r < q->n; r++) {
      before += fabs (log ((double) off[i]));
      after += fabs (log ((double) q->scale[r] / (double) good[r]));
      g_assert_true (q->scale[r] > 0 && q->row_bits[r] == 4);
    }
    g_test_message ("off by %.3f before, %.3f after", before / 40, after / 40);
    g_assert_cmpfloat (after, <, 0.5 * before);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/net/nodes/granularity", test_granularity);
  g_test_add_func ("/engine/net/nodes/values", test_values);
  g_test_add_func ("/engine/net/nodes/gradient", test_gradient);
  g_test_add_func ("/engine/net/nodes/exact-rows", test_exact_rows);
  g_test_add_func ("/engine/net/nodes/learning", test_learning);
  g_test_add_func ("/engine/net/nodes/steps", test_steps);
  return g_test_run ();
}
