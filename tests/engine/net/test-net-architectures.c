/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gradients of every architecture and task: those of the network against difference quotients of the same pass in double
 * (plain.c), in float32, in a search and in QAT; and a pruned backward pass against one over all rows.
 */
#include <math.h>
#include <string.h>

#include "base/mixq-random.h"
#include "net/mixq-batch.h"
#include "plain.h"
#include "train/mixq-task.h"
#include "zoo.h"

/* Of the largest slope of the same parameter; and what is nothing beside the largest gradient of the network, or 1. */
#define TOLERANCE 1e-3
#define FLOOR 2e-6
/* Nearer than this to the next code, float and double may disagree about it. */
#define LEAST_STEP 3e-6

static const guint8 search_choices[] = { 2, 4, 6 };

typedef enum {
  AS_FLOAT,
  AS_SEARCH,
  AS_QAT,
  AS_LEARNED, /* QAT with ranges learned by the published rule */
} Manner;

/* Off the defaults of 0 and 1, with both signs. */
static void
disturb_vectors (MixqNet *net, guint64 seed)
{
  MixqRandom random;

  mixq_random_init (&random, seed, "vectors");
  for (guint u = 0; u < net->model->n_units; u++)
    for (gsize i = 0; i < net->vectors[u].n; i++)
      net->vectors[u].w[i] += (float) (0.8 * mixq_random_uniform (&random) - 0.5);
  for (guint u = 0; u < net->model->n_units; u++)
    if (net->model->units[u].kind == MIXQ_UNIT_BATCH_NORM)
      net->vectors[u].w[1] *= -1;
}

/* Ranges off the data's own extremes and zero-points off the bounds, so that nothing lies exactly on a step. */
static void
disturb_ranges (MixqNet *net)
{
  for (guint s = 0; s < net->n_slots; s++)
    for (guint k = 0; k < net->slots[s].n_choices; k++) {
      MixqQuantizer *q = &net->slots[s].quantizer[k];
      gboolean moves = mixq_slot_role_is_activation (net->slots[s].info->role);

      for (gsize i = 0; i < q->n; i++)
        mixq_quantizer_set (q, i, q->scale[i] * 0.913f,
                            moves ? CLAMP (q->zero[i], q->lo + 1, q->hi - 1) : q->zero[i]);
    }
}

static void
disturb_logits (MixqNet *net, guint64 seed)
{
  MixqRandom random;

  mixq_random_init (&random, seed, "alpha");
  for (guint i = 0; i < net->n_slots * MIXQ_MAX_CHOICES; i++)
    net->alpha[i] = (float) mixq_random_uniform (&random);
  mixq_net_update_probabilities (net);
}

static MixqNet *
net_new (const MixqModelSpec *spec, MixqInputs *inputs, Manner manner, guint64 seed, gboolean on_all)
{
  g_autoptr (MixqModel) model = zoo_model_new (spec, inputs);
  g_autofree guint8 *fixed = g_malloc (model->n_slots);
  const MixqNetRules rules = { .learn_ranges = manner == AS_LEARNED };
  MixqNet *net;

  for (guint s = 0; s < model->n_slots; s++)
    fixed[s] = search_choices[(s + seed) % 3];
  net = mixq_net_new (model, inputs, manner == AS_SEARCH ? 3 : 0, search_choices,
                      manner >= AS_QAT ? fixed : NULL, on_all, &rules);
  mixq_net_init_weights (net, seed);
  disturb_vectors (net, seed);
  return net;
}

/* Binds, takes ranges from a training pass over all rows, and does one forward and backward pass. Returns: the loss. */
static double
pass (MixqNet *net, MixqInputs *inputs, Manner manner, guint64 seed)
{
  float *grad;
  double loss;

  mixq_net_bind (net, inputs, TRUE);
  if (manner != AS_FLOAT) {
    disturb_logits (net, seed);
    mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .training = TRUE, .all_rows = TRUE });
    disturb_ranges (net);
  }
  mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .training = TRUE });
  grad = mixq_net_logits_grad (net);
  memset (grad, 0, inputs->n_items * inputs->n_classes * sizeof *grad);
  loss = mixq_task_loss (inputs, MIXQ_PART_TRAIN, mixq_net_logits (net), grad);
  mixq_net_backward (net);
  return loss;
}

/* --- against difference quotients ----------------------------------------------------------------------------------------- */

static double
largest_gradient (const MixqNet *net)
{
  double largest = 1;

  for (guint u = 0; u < net->model->n_units; u++)
    for (gsize i = 0; i < net->weights[u].rows * net->weights[u].cols; i++)
      largest = MAX (largest, fabs ((double) net->weights[u].g[0][i]));
  return largest;
}

/* Returns: the largest slope. */
static double
check_parameters (Plain *plain, const char *name, const char *unit, gsize n, double *x, const float *ours)
{
  g_autofree double *slope = g_new (double, MAX (n, 1));
  double largest = 0, nothing = FLOOR * largest_gradient (plain->net);

  for (gsize i = 0; i < n; i++) {
    slope[i] = plain_slope (plain, &x[i]);
    largest = MAX (largest, fabs (slope[i]));
  }
  for (gsize i = 0; i < n; i++) {
    gboolean good = fabs ((double) ours[i] - slope[i]) <= TOLERANCE * largest + nothing;

    if (!good)
      g_test_message ("%s: %s, number %zu: gradient %.9g, difference quotient %.9g", name, unit, i,
                      (double) ours[i], slope[i]);
    g_assert_true (good);
  }
  return largest;
}

static double
check_slot (Plain *plain, const char *name, guint s)
{
  const MixqSlot *slot = &plain->net->slots[s];
  float dot[MIXQ_MAX_CHOICES] = { 0 };

  for (guint k = 0; k < slot->n_choices; k++)
    dot[k] = (float) slot->dot[k];
  return check_parameters (plain, name, slot->info->name, slot->n_choices, plain->dp[s], dot);
}

static void
check_loss (const Plain *plain, const char *name, double loss)
{
  double expected = plain_loss (plain);

  if (!(fabs (loss - expected) <= 1e-4 * (1 + expected)))
    g_test_message ("%s: loss %.9g, in double %.9g", name, loss, expected);
  g_assert_cmpfloat (fabs (loss - expected), <=, 1e-4 * (1 + expected));
}

/* Returns: whether the case could be judged: no code is on the edge. */
static gboolean
check_net (MixqNet *net, MixqInputs *inputs, Manner manner, guint64 seed, const char *name, guint *alive)
{
  double loss = pass (net, inputs, manner, seed);
  g_autoptr (Plain) plain = plain_new (net);

  if (plain->nearest_step < LEAST_STEP)
    return FALSE;
  check_loss (plain, name, loss);
  for (guint u = 0; u < net->model->n_units; u++) {
    const MixqWeight *weight = &net->weights[u];
    const MixqVector *vector = &net->vectors[u];
    const char *unit = net->model->units[u].name;

    if (weight->rows > 0)
      *alive += check_parameters (plain, name, unit, weight->rows * weight->cols, plain->w[u], weight->g[0]) >
                0;
    if (vector->n > 0)
      *alive += check_parameters (plain, name, unit, vector->n, plain->vector[u], vector->g) > 0;
  }
  for (guint s = 0; manner == AS_SEARCH && s < net->n_slots; s++)
    *alive += check_slot (plain, name, s) > 0;
  return TRUE;
}

/* Of a collection only those of some graphs are bound, as in training. */
static MixqInputs *
bound_inputs (MixqInputs *inputs)
{
  guint32 graphs[] = { 5, 1, 2, 0, 8 };

  if (inputs->task != MIXQ_TASK_GRAPHS)
    return mixq_inputs_ref (inputs);
  return mixq_batch_graphs (inputs, graphs, G_N_ELEMENTS (graphs));
}

#define WANTED 2
#define MOST_SEEDS 40

static void
check_spec (const MixqModelSpec *spec, MixqTask task, Manner manner)
{
  g_autofree char *name = zoo_name (spec, task);
  guint judged = 0, alive = 0;

  for (guint64 seed = 1; judged < WANTED && seed <= MOST_SEEDS; seed++) {
    const ZooData data = {
      .task = task, .seed = seed, .negative = seed % 2, .dense = seed % 3 == 0, .few = TRUE
    };
    g_autoptr (MixqInputs) inputs = zoo_inputs_new (&data), bound = bound_inputs (inputs);
    g_autoptr (MixqNet) net = net_new (spec, inputs, manner, seed, FALSE);

    judged += check_net (net, bound, manner, seed, name, &alive);
  }
  g_test_message ("%s: %u judged, %u live", name, judged, alive);
  g_assert_cmpuint (judged, ==, WANTED);
  g_assert_cmpuint (alive, >=, judged);
}

static void
check_all (Manner manner)
{
  for (guint i = 0; i < zoo_n_specs (); i++)
    for (MixqTask task = MIXQ_TASK_NODES; task <= MIXQ_TASK_GRAPHS; task++) {
      MixqModelSpec spec;

      zoo_spec (i, task, (MixqPool) ((i + i / 4) % 3), &spec);
      check_spec (&spec, task, manner);
    }
}

static void
test_manner (gconstpointer manner)
{
  check_all ((Manner) GPOINTER_TO_INT (manner));
}

/* All hops of a TAG layer multiply by one A^: the zero-point of its range learns from each of them. */
static void
test_shared_range (void)
{
  guint judged = 0;

  for (guint64 seed = 1; judged < WANTED && seed <= MOST_SEEDS; seed++) {
    const MixqModelSpec spec = { .arch = MIXQ_ARCH_TAG, .n_layers = 2, .hidden = 4, .hops = 3 };
    const ZooData data = { .seed = seed };
    g_autoptr (MixqInputs) inputs = zoo_inputs_new (&data);
    g_autoptr (MixqNet) net = net_new (&spec, inputs, AS_LEARNED, seed, FALSE);
    double loss = pass (net, inputs, AS_LEARNED, seed);
    g_autoptr (Plain) plain = plain_new (net);

    if (plain->nearest_step < LEAST_STEP)
      continue;
    check_loss (plain, "tag3", loss);
    for (guint s = 0; s < net->n_slots; s++) {
      const MixqSlot *slot = &net->slots[s];
      float ours = slot->range_grad[0][1] * (float) slot->info->elements;

      if (slot->info->role == MIXQ_SLOT_ADJACENCY)
        g_assert_cmpfloat (check_parameters (plain, "tag3", slot->info->name, 1, &plain->shift[s], &ours), >,
                           0);
    }
    judged++;
  }
  g_assert_cmpuint (judged, ==, WANTED);
}

/* --- pruning ---------------------------------------------------------------------------------------------------------------- */

static void
assert_close (const char *name, const char *unit, gsize n, const float *a, const float *b)
{
  float largest = 0;

  for (gsize i = 0; i < n; i++)
    largest = MAX (largest, fabsf (b[i]));
  for (gsize i = 0; i < n; i++) {
    if (!(fabsf (a[i] - b[i]) <= 2e-5f * largest + 1e-7f))
      g_test_message ("%s: %s, number %zu: %g pruned, %g not", name, unit, i, (double) a[i], (double) b[i]);
    g_assert_true (fabsf (a[i] - b[i]) <= 2e-5f * largest + 1e-7f);
  }
}

static void
check_pruned (const MixqModelSpec *spec, MixqTask task, Manner manner)
{
  const ZooData data = { .task = task, .seed = 7, .few = TRUE, .nodes = task == MIXQ_TASK_GRAPHS ? 0 : 40 };
  g_autoptr (MixqInputs) inputs = zoo_inputs_new (&data);
  g_autoptr (MixqNet) pruned = net_new (spec, inputs, manner, 7, FALSE),
                      whole = net_new (spec, inputs, manner, 7, TRUE);
  g_autofree char *name = zoo_name (spec, task);
  double a = pass (pruned, inputs, manner, 7), b = pass (whole, inputs, manner, 7);
  int out = pruned->model->units[pruned->model->n_units - 1].output;

  g_assert_cmpuint (pruned->frontier[out].n, <, whole->frontier[out].n);
  g_assert_cmpfloat (fabs (a - b), <=, 1e-6);
  for (guint u = 0; u < pruned->model->n_units; u++) {
    const char *unit = pruned->model->units[u].name;

    if (pruned->weights[u].rows > 0)
      assert_close (name, unit, pruned->weights[u].rows * pruned->weights[u].cols, pruned->weights[u].g[0],
                    whole->weights[u].g[0]);
    assert_close (name, unit, pruned->vectors[u].n, pruned->vectors[u].g, whole->vectors[u].g);
  }
  for (guint s = 0; s < pruned->n_slots; s++) {
    float dots[2][MIXQ_MAX_CHOICES] = { { 0 } };

    for (guint k = 0; k < pruned->slots[s].n_choices; k++) {
      dots[0][k] = (float) pruned->slots[s].dot[k];
      dots[1][k] = (float) whole->slots[s].dot[k];
    }
    assert_close (name, pruned->slots[s].info->name, MIXQ_MAX_CHOICES, dots[0], dots[1]);
  }
}

static void
test_pruned (gconstpointer manner)
{
  for (guint i = 0; i < zoo_n_specs (); i++)
    for (MixqTask task = MIXQ_TASK_NODES; task <= MIXQ_TASK_GRAPHS; task++) {
      MixqModelSpec spec;

      zoo_spec (i, task, (MixqPool) (i % 3), &spec);
      check_pruned (&spec, task, (Manner) GPOINTER_TO_INT (manner));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/net/architectures/float", GINT_TO_POINTER (AS_FLOAT), test_manner);
  g_test_add_data_func ("/engine/net/architectures/search", GINT_TO_POINTER (AS_SEARCH), test_manner);
  g_test_add_data_func ("/engine/net/architectures/qat", GINT_TO_POINTER (AS_QAT), test_manner);
  g_test_add_func ("/engine/net/architectures/shared-range", test_shared_range);
  g_test_add_data_func ("/engine/net/architectures/pruned/float", GINT_TO_POINTER (AS_FLOAT), test_pruned);
  g_test_add_data_func ("/engine/net/architectures/pruned/search", GINT_TO_POINTER (AS_SEARCH), test_pruned);
  return g_test_run ();
}
