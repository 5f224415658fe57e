/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The network's forward and backward pass against a dense one in double (naive.c) that knows neither sparse features nor
 * pruning: every weight gradient, every <g, Q_k>, every range gradient, in all modes, with dropout, over edge graphs.
 */
#include <math.h>
#include <string.h>

#include "naive.h"
#include "net/mixq-protect.h"
#include "net/mixq-slot.h"
#include "toy.h"

/* Float sums of at most a few hundred terms, relative to the largest of their kind. */
#define TOLERANCE 5e-5
/* Float sums put a code position off by about 1e-6 of itself; decisions nearer to a step than this are not compared: the seed
 * is left out (where too few seeds are clear, the test fails). */
#define CLEAR_OF_STEPS 4e-6
/* Gradients of about 1 that cancel to less than this are rounding noise. */
#define NOTHING 1e-9
/* The same where they are differences of sums, as behind a softmax. */
#define NOTHING_BY_SOFTMAX 4e-6
/* Values of the forward pass are of size 1 at most, sums of a few dozen terms. */
#define VALUE_TOLERANCE 1e-5
#define SEEDS 60
#define ENOUGH 3

typedef struct
{
  const char *name;
  ToySpec toy;
  const MixqNetRules *rules;
  guint n_choices;
  guint8 choices[3];
  guint8 fixed; /* QAT at this width everywhere; 0: search */
} Mode;

static const Mode modes[] = {
  { "float", { .dropout = 0.5 }, &toy_rules_default, 0, { 0 }, 0 },
  { "search", { .dropout = 0.5 }, &toy_rules_default, 3, { 2, 4, 6 }, 0 },
  { "float/feature-dropout", { .dropout = 0.5, .feature_dropout = 0.4 }, &toy_rules_default, 0, { 0 }, 0 },
  { "search/feature-dropout", { .feature_dropout = 0.4 }, &toy_rules_default, 3, { 2, 4, 6 }, 0 },
  { "qat/feature-dropout", { .feature_dropout = 0.3 }, &toy_rules_lsq, 0, { 0 }, 4 },
  { "gat/feature-dropout",
    { .heads = 2, .dropout = 0.5, .feature_dropout = 0.3 },
    &toy_rules_default,
    3,
    { 2, 4, 6 },
    0 },
  { "search/signed", { .dropout = 0.3, .negative = TRUE }, &toy_rules_default, 2, { 3, 5 }, 0 },
  { "search/three-layers", { .layers = 3, .dropout = 0.5 }, &toy_rules_default, 2, { 2, 4 }, 0 },
  /* many tiles of rows and of weights, products by OpenBLAS */
  { "search/wide",
    { .nodes = 80, .features = 120, .hidden = 70, .classes = 20, .dropout = 0.5 },
    &toy_rules_default,
    2,
    { 2, 3 },
    0 },
  { "reference-search/wide",
    { .nodes = 80, .features = 60, .hidden = 70, .classes = 20, .dropout = 0.5 },
    &toy_rules_reference_search,
    2,
    { 2, 3 },
    0 },
  { "qat", { .dropout = 0.5 }, &toy_rules_default, 0, { 0 }, 4 },
  { "search/one-bit", { .dropout = 0.5 }, &toy_rules_default, 3, { 1, 2, 4 }, 0 },
  { "search/one-bit-signed", { .dropout = 0.3, .negative = TRUE }, &toy_rules_default, 2, { 1, 3 }, 0 },
  { "qat/one-bit", { .dropout = 0.3 }, &toy_rules_default, 0, { 0 }, 1 },
  { "reference-search/three-levels", { .dropout = 0.5 }, &toy_rules_reference_search, 3, { 1, 2, 4 }, 0 },
  { "lsq-search", { .dropout = 0.5 }, &toy_rules_lsq, 3, { 2, 4, 6 }, 0 },
  { "lsq-search/signed", { .dropout = 0.3, .negative = TRUE, .layers = 3 }, &toy_rules_lsq, 2, { 1, 3 }, 0 },
  { "lsq-search/wide",
    { .nodes = 80, .features = 120, .hidden = 70, .classes = 20, .dropout = 0.5 },
    &toy_rules_lsq,
    2,
    { 2, 3 },
    0 },
  { "protect-search", { .nodes = 30, .dropout = 0.5 }, &toy_rules_protect, 3, { 2, 4, 6 }, 0 },
  { "protect-qat", { .nodes = 30, .dropout = 0.5, .layers = 3 }, &toy_rules_protect, 0, { 0 }, 3 },
  { "lsq-qat", { .dropout = 0.5 }, &toy_rules_lsq, 0, { 0 }, 4 },
  { "lsq-qat/one-bit", { .dropout = 0.5 }, &toy_rules_lsq, 0, { 0 }, 1 },
  { "lsq/no-edges", { .no_edges = TRUE }, &toy_rules_lsq, 0, { 0 }, 3 },
  { "reference-search", { .dropout = 0.5 }, &toy_rules_reference_search, 3, { 2, 4, 6 }, 0 },
  { "reference-search/signed", { .negative = TRUE }, &toy_rules_reference_search, 2, { 2, 5 }, 0 },
  { "reference-qat", { .dropout = 0.5 }, &toy_rules_reference_qat, 0, { 0 }, 4 },
  { "no-edges", { .no_edges = TRUE }, &toy_rules_default, 3, { 2, 4, 6 }, 0 },
  { "one-node", { .nodes = 1 }, &toy_rules_default, 3, { 2, 4, 6 }, 0 },
  { "no-features", { .no_features = TRUE }, &toy_rules_default, 3, { 2, 4, 6 }, 0 },
  { "one-column", { .features = 1, .hidden = 1, .dropout = 0.5 }, &toy_rules_default, 2, { 2, 4 }, 0 },
  { "star", { .star = TRUE, .edges = 1 }, &toy_rules_default, 2, { 2, 4 }, 0 },
  { "reference/one-node", { .nodes = 1 }, &toy_rules_reference_search, 3, { 2, 4, 6 }, 0 },
  { "reference/no-edges", { .no_edges = TRUE }, &toy_rules_reference_qat, 0, { 0 }, 5 },
  { "gat/float", { .heads = 2, .dropout = 0.5 }, &toy_rules_default, 0, { 0 }, 0 },
  { "gat/search", { .heads = 2, .dropout = 0.5 }, &toy_rules_default, 3, { 2, 4, 6 }, 0 },
  { "gat/search-one-head", { .heads = 1, .negative = TRUE }, &toy_rules_default, 2, { 3, 5 }, 0 },
  { "gat/search-three-layers",
    { .heads = 3, .layers = 3, .dropout = 0.5 },
    &toy_rules_default,
    2,
    { 2, 4 },
    0 },
  /* several spans of entries, one of them a hub's */
  { "gat/search-wide",
    { .heads = 4, .hidden = 20, .nodes = 90, .edges = 900, .star = TRUE },
    &toy_rules_default,
    2,
    { 2, 3 },
    0 },
  { "gat/search-one-bit", { .heads = 2, .dropout = 0.5 }, &toy_rules_default, 3, { 1, 2, 4 }, 0 },
  { "gat/qat", { .heads = 4, .dropout = 0.5 }, &toy_rules_default, 0, { 0 }, 4 },
  { "gat/qat-one-bit", { .heads = 2 }, &toy_rules_default, 0, { 0 }, 1 },
  { "gat/lsq-search", { .heads = 2, .dropout = 0.5 }, &toy_rules_lsq, 3, { 2, 4, 6 }, 0 },
  { "gat/protect-qat", { .heads = 2, .nodes = 30, .dropout = 0.5 }, &toy_rules_protect, 0, { 0 }, 3 },
  { "gat/star", { .heads = 2, .star = TRUE, .edges = 1 }, &toy_rules_default, 2, { 2, 4 }, 0 },
  { "gat/no-edges", { .heads = 2, .no_edges = TRUE }, &toy_rules_default, 3, { 2, 4, 6 }, 0 },
  { "gat/one-node", { .heads = 2, .nodes = 1 }, &toy_rules_default, 3, { 2, 4, 6 }, 0 },
};

static MixqNet *
make_net (const Mode *mode, guint64 seed)
{
  ToySpec spec = mode->toy;
  g_autoptr (MixqInputs) inputs = NULL;
  g_autoptr (MixqModel) model = NULL;
  g_autofree guint8 *fixed = NULL;
  MixqRandom random;
  MixqNet *net;

  spec.seed = seed;
  inputs = toy_inputs_new (&spec);
  model = toy_model_new (&spec, inputs);
  fixed = g_malloc (model->n_slots);
  memset (fixed, mode->fixed, model->n_slots);
  net = mixq_net_new (model, inputs, mode->n_choices, mode->choices, mode->fixed ? fixed : NULL, FALSE,
                      mode->rules);
  mixq_net_bind (net, net->data, TRUE);
  mixq_net_init_weights (net, seed);
  mixq_random_init (&random, seed, "mode");
  for (guint i = 0; i < net->n_slots * MIXQ_MAX_CHOICES; i++)
    net->alpha[i] = (float) (2 * mixq_random_uniform (&random) - 1);
  /* copies diverge in training; start them apart so that a mix-up shows */
  for (guint u = 0; u < net->model->n_units; u++)
    for (guint k = 1; k < net->weights[u].n_copies; k++)
      for (gsize i = 0; i < net->weights[u].rows * net->weights[u].cols; i++)
        net->weights[u].w[k][i] *= (float) (0.5 + mixq_random_uniform (&random));
  mixq_net_update_probabilities (net);
  net->dropout_key = mixq_random_next (&random);
  if (net->rules.protect_nodes)
    mixq_protect_draw (net, &random);
  toy_calibrate (net);
  toy_disturb_ranges (net);
  return net;
}

static void
poison (float *x, gsize n)
{
  for (gsize i = 0; x != NULL && i < n; i++)
    x[i] = NAN;
}

/* What earlier passes left behind must not matter: rows outside the frontier hold no numbers. */
static void
poison_buffers (MixqNet *net)
{
  for (guint v = 1; v < net->model->n_values; v++) {
    gsize n = net->model->n_nodes * net->model->value_cols[v];

    poison (net->value[v], n);
    poison (net->grad[v], n);
    poison (net->pre[v], n);
  }
  for (guint u = 0; u < net->model->n_units; u++) {
    gsize heads = net->model->units[u].heads;

    poison (net->score[u], net->model->n_nodes * 6 * heads);
    poison (net->attention[u], mixq_inputs_edges (net->inputs, MIXQ_EDGES_LOOPS)->nnz * heads);
    if (heads > 0)
      poison (net->edge_value[u], mixq_inputs_edges (net->inputs, MIXQ_EDGES_LOOPS)->nnz * heads);
  }
  for (guint u = 0; u < net->model->n_units; u++)
    for (guint k = 0; k < net->weights[u].n_copies; k++)
      poison (net->weights[u].g[k], net->weights[u].rows * net->weights[u].cols);
}

/* n numbers against the naive ones, relative to the largest of them. */
static void
assert_alike (const char *mode, const char *what, gsize n, const float *ours, const double *naive)
{
  double largest = NOTHING;

  for (gsize i = 0; i < n; i++)
    largest = MAX (largest, fabs (naive[i]));
  for (gsize i = 0; i < n; i++) {
    if (!(fabs ((double) ours[i] - naive[i]) <= TOLERANCE * largest))
      g_test_message ("%s: %s at %zu is %.9g, not %.9g", mode, what, i, (double) ours[i], naive[i]);
    g_assert_true (fabs ((double) ours[i] - naive[i]) <= TOLERANCE * largest);
  }
}

/* A ReLU works in place: what it reads is gone. */
static gboolean
is_overwritten (const MixqModel *model, int value)
{
  for (guint u = 0; u < model->n_units; u++)
    if (model->units[u].input == value && model->units[u].kind == MIXQ_UNIT_RELU)
      return TRUE;
  return FALSE;
}

static void
check_forward (MixqNet *net, const Naive *naive)
{
  const MixqModel *model = net->model;

  for (guint u = 0; u < model->n_units; u++) {
    int v = model->units[u].output;
    gsize cols = model->value_cols[v];

    for (gsize i = 0; i < net->frontier[v].n && !is_overwritten (model, v); i++)
      for (gsize c = 0; c < cols; c++) {
        gsize at = mixq_rows_at (net->frontier[v], i) * cols + c;
        g_assert_cmpfloat (fabs ((double) net->read[v][at] - naive->value[v][at]), <, VALUE_TOLERANCE);
      }
  }
}

/* Fills the net's gradient of the logits on its frontier. */
static void
set_logits_grad (MixqNet *net, const double *grad)
{
  gsize classes = net->model->n_classes;
  MixqRows rows = net->frontier[net->model->units[net->model->n_units - 1].output];

  for (gsize i = 0; i < rows.n; i++)
    for (gsize c = 0; c < classes; c++) {
      gsize at = mixq_rows_at (rows, i) * classes + c;
      mixq_net_logits_grad (net)[at] = (float) grad[at];
    }
}

/* Returns how many scales have something to learn. */
static guint
check_steps (const Mode *mode, MixqSlot *slot, const Naive *naive, guint s)
{
  const MixqUnit *unit = &naive->net->model->units[slot->info->unit];
  guint stepped = 0;

  mixq_slot_step_gradient (slot);
  for (guint k = 0; k < slot->n_choices; k++) {
    const MixqQuantizer *q = &slot->quantizer[k];
    double entries = (double) slot->info->elements / (double) q->n;

    /* of log s, by 1 / sqrt (n qmax); terms of both signs may cancel */
    for (gsize i = 0; i < q->n; i++) {
      double factor = (double) q->scale[i] / sqrt (MAX (entries, 1) * (double) q->hi);
      double off = (double) slot->range_grad[k][i] - factor * naive->step_grad[k][s][i];

      double size = naive->step_grad[k][s][q->n + i] +
                    (unit->kind == MIXQ_UNIT_ATTEND ? NOTHING_BY_SOFTMAX : NOTHING);

      if (!(fabs (off) <= TOLERANCE * factor * size))
        g_test_message ("%s: step of %s is off by %g", mode->name, slot->info->name, off);
      g_assert_cmpfloat (fabs (off), <=, TOLERANCE * factor * size);
      stepped += naive->step_grad[k][s][i] != 0;
    }
  }
  return stepped;
}

static void
check_slot (const Mode *mode, const MixqNet *net, const Naive *naive, guint s)
{
  const MixqSlot *slot = &net->slots[s];
  gboolean overwritten = net->rules.overwrite_weights && slot->info->role == MIXQ_SLOT_WEIGHT;
  float ours[MIXQ_MAX_CHOICES];

  if (net->rules.float_adjacency && slot->info->role == MIXQ_SLOT_ADJACENCY)
    return; /* not part of the forward pass */
  for (guint k = 0; k < slot->n_choices; k++)
    ours[k] = (float) slot->dot[k];
  /* one choice has nothing to compare with: no dots are made */
  if (slot->n_active > 1)
    assert_alike (mode->name, slot->info->name, slot->n_choices, ours, naive->dot[s]);
  for (guint k = 0; net->rules.learn_ranges && !overwritten && k < slot->n_choices; k++) {
    gsize n = slot->quantizer[k].n;

    assert_alike (mode->name, slot->info->name, n, slot->range_grad[k], naive->range_grad[k][s]);
    assert_alike (mode->name, slot->info->name, n, slot->range_grad[k] + n, naive->range_grad[k][s] + n);
  }
}

/* Where a forward pass overwrites them: as they were before. */
static void
restore_weights (const Mode *mode, MixqNet *net, const Naive *naive)
{
  for (guint u = 0; u < net->model->n_units && mode->rules->overwrite_weights; u++)
    for (gsize i = 0; i < net->weights[u].rows * net->weights[u].cols; i++)
      net->weights[u].w[0][i] = (float) naive->w[0][u][i];
}

/* FALSE where something lies too near a step to be compared. */
static gboolean
check_net (const Mode *mode, guint64 seed)
{
  g_autoptr (MixqNet) net = make_net (mode, seed);
  g_autoptr (Naive) naive = naive_new (net);
  gsize classes = net->model->n_classes, n = net->model->n_nodes;
  guint stepped = 0;
  g_autofree double *grad = g_new0 (double, n *classes);

  /* the masks come from a training pass over all rows, the figures from one over the frontier */
  mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .training = TRUE, .all_rows = TRUE });
  naive_take_mask (naive);
  naive_forward (naive);
  if (naive->nearest_step < CLEAR_OF_STEPS)
    return FALSE;
  toy_loss (net->inputs, classes, naive_logits (naive), grad);
  naive_backward (naive, grad);
  /* twice: what the first pass leaves in the scratch buffers must not reach the second */
  for (guint pass = 0; pass < 2; pass++) {
    restore_weights (mode, net, naive);
    poison_buffers (net);
    mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .training = TRUE, .all_rows = FALSE });
    check_forward (net, naive);
    set_logits_grad (net, grad);
    mixq_net_backward (net); /* in memory of values that it has read */
  }

  for (guint u = 0; u < net->model->n_units; u++)
    for (guint k = 0; k < net->weights[u].n_copies; k++)
      assert_alike (mode->name, net->model->units[u].name, net->weights[u].rows * net->weights[u].cols,
                    net->weights[u].g[k], naive->dw[k][u]);
  for (guint s = 0; s < net->n_slots; s++)
    check_slot (mode, net, naive, s);
  for (guint s = 0; s < net->n_slots && net->rules.learn_steps; s++)
    stepped += check_steps (mode, &net->slots[s], naive, s);
  g_assert_true (stepped > 0 || !net->rules.learn_steps);
  return TRUE;
}

static void
test_mode (gconstpointer data)
{
  const Mode *mode = data;
  guint checked = 0;
  guint64 seed;

  for (seed = 1; seed <= SEEDS && checked < ENOUGH; seed++)
    checked += check_net (mode, seed);
  g_test_message ("%u nets of %u compared", checked, (guint) seed - 1);
  g_assert_cmpuint (checked, ==, ENOUGH);
}

/* QAT of the published code: the master weight is the quantized one after a pass. */
static void
test_overwritten_weights (void)
{
  const Mode mode = { "reference-qat", { .seed = 1 }, &toy_rules_reference_qat, 0, { 0 }, 4 };
  g_autoptr (MixqNet) net = make_net (&mode, 1);
  g_autoptr (Naive) naive = naive_new (net);

  naive_forward (naive);
  mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .training = FALSE, .all_rows = TRUE });
  for (guint u = 0; u < net->model->n_units; u++)
    for (gsize i = 0; i < net->weights[u].rows * net->weights[u].cols; i++) {
      g_assert_cmpfloat (net->weights[u].w[0][i], ==, net->weights[u].q[i]);
      g_assert_cmpfloat (fabs ((double) net->weights[u].w[0][i] - naive->wq[u][i]), <, 1e-6);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autofree char *path = g_strconcat ("/engine/net/gradients/", modes[i].name, NULL);
    g_test_add_data_func (path, &modes[i], test_mode);
  }
  g_test_add_func ("/engine/net/overwritten-weights", test_overwritten_weights);
  return g_test_run ();
}
