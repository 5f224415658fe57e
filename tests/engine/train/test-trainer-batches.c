/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Training in batches of graphs and of sampled neighbourhoods, and evaluation in chunks, against all at once. */
#include <math.h>
#include <string.h>

#include "../data/fixture.h"
#include "../net/zoo.h"
#include "train/mixq-task.h"
#include "train/mixq-trainer.h"

static const guint8 choices[] = { 2, 4, 8 };
static const MixqPass training_pass = { .training = TRUE, .all_rows = TRUE };
static const MixqPass evaluation_pass = { .all_rows = TRUE };

static MixqNet *
net_new (const MixqModelSpec *spec, MixqInputs *inputs, guint n_choices)
{
  g_autoptr (MixqModel) model = zoo_model_new (spec, inputs);
  MixqNet *net = mixq_net_new (model, inputs, n_choices, choices, NULL, FALSE, NULL);

  mixq_net_init_weights (net, 5);
  mixq_net_bind (net, inputs, TRUE);
  return net;
}

static MixqTrainer *
trainer_new (const MixqModelSpec *spec, MixqInputs *inputs, guint n_choices, const MixqPlanOptions *plan)
{
  return mixq_trainer_new (net_new (spec, inputs, n_choices),
                           &(MixqTrainerOptions){ .seed = 5,
                                                  .stream = "test",
                                                  .lr = 0.01,
                                                  .lr_alpha = 0.05,
                                                  .penalty = MIXQ_PENALTY_PAPER,
                                                  .plan = *plan });
}

static double
step (MixqTrainer *trainer)
{
  g_autoptr (GError) error = NULL;
  MixqEpoch epoch;

  mixq_trainer_step (trainer, 0.01, &epoch, &error);
  g_assert_no_error (error);
  return epoch.loss;
}

/* --- the same seed, the same bits ------------------------------------------------------------------------------------------- */

static void
assert_same_net (const MixqNet *a, const MixqNet *b)
{
  for (guint u = 0; u < a->model->n_units; u++) {
    gsize n = a->weights[u].rows * a->weights[u].cols * sizeof (float);

    if (n > 0)
      g_assert_cmpmem (a->weights[u].w[0], n, b->weights[u].w[0], n);
    if (a->vectors[u].n == 0)
      continue;
    g_assert_cmpmem (a->vectors[u].w, a->vectors[u].n * sizeof (float), b->vectors[u].w,
                     b->vectors[u].n * sizeof (float));
    if (a->vectors[u].n_state > 0)
      g_assert_cmpmem (a->vectors[u].state, a->vectors[u].n_state * sizeof (float), b->vectors[u].state,
                       b->vectors[u].n_state * sizeof (float));
  }
  g_assert_cmpmem (a->alpha, a->n_slots * MIXQ_MAX_CHOICES * sizeof (float), b->alpha,
                   b->n_slots * MIXQ_MAX_CHOICES * sizeof (float));
}

static void
test_same_bits (void)
{
  for (guint i = 0; i < zoo_n_specs (); i++)
    for (MixqTask task = MIXQ_TASK_NODES; task <= MIXQ_TASK_GRAPHS; task++) {
      const ZooData data = { .task = task, .seed = i };
      const MixqPlanOptions plan = { .batch = 3, .sample = TRUE, .n_fanout = 1, .fanout = { 2 } };
      g_autoptr (MixqInputs) inputs = zoo_inputs_new (&data);
      g_autoptr (MixqTrainer) a = NULL, b = NULL;
      MixqModelSpec spec;

      zoo_spec (i, task, MIXQ_POOL_MEAN, &spec);
      spec.dropout = 0.3;
      a = trainer_new (&spec, inputs, 3, &plan);
      b = trainer_new (&spec, inputs, 3, &plan);
      for (guint k = 0; k < 3; k++)
        g_assert_cmpfloat (step (a), ==, step (b));
      assert_same_net (mixq_trainer_peek_net (a), mixq_trainer_peek_net (b));
      g_assert_cmpmem (mixq_trainer_peek_logits (a), inputs->n_items * 3 * sizeof (float),
                       mixq_trainer_peek_logits (b), inputs->n_items * 3 * sizeof (float));
    }
}

/* --- one batch of everything -------------------------------------------------------------------------------------------------- */

static void
assert_close (const char *name, const char *what, gsize n, const float *a, const float *b, float floor)
{
  float largest = 0;

  for (gsize i = 0; i < n; i++)
    largest = MAX (largest, fabsf (b[i]));
  for (gsize i = 0; i < n; i++) {
    if (!(fabsf (a[i] - b[i]) <= 1e-4f * largest + floor))
      g_test_message ("%s: %s, number %zu: %g in batches, %g at once", name, what, i, (double) a[i],
                      (double) b[i]);
    g_assert_true (fabsf (a[i] - b[i]) <= 1e-4f * largest + floor);
  }
}

static void
assert_close_gradients (const char *name, const MixqNet *a, const MixqNet *b)
{
  for (guint u = 0; u < a->model->n_units; u++) {
    const char *unit = a->model->units[u].name;

    if (a->weights[u].rows > 0)
      assert_close (name, unit, a->weights[u].rows * a->weights[u].cols, a->weights[u].g[0],
                    b->weights[u].g[0], 1e-5f);
    if (a->vectors[u].n > 0)
      assert_close (name, unit, a->vectors[u].n, a->vectors[u].g, b->vectors[u].g, 1e-5f);
  }
}

/* A net beside a trainer's: forward and backward over all that is there. */
static double
pass_at_once (MixqNet *net)
{
  double loss;

  mixq_net_forward (net, 0, net->model->n_units, training_pass);
  loss = mixq_task_loss (net->inputs, MIXQ_PART_TRAIN, mixq_net_logits (net), mixq_net_logits_grad (net));
  mixq_net_backward (net);
  return loss;
}

static void
check_at_once (const MixqModelSpec *spec, const ZooData *data, const MixqPlanOptions *plan, MixqPlanKind kind)
{
  g_autofree char *name = zoo_name (spec, data->task);
  g_autoptr (MixqInputs) inputs = zoo_inputs_new (data);
  g_autoptr (MixqTrainer) trainer = trainer_new (spec, inputs, 0, plan);
  g_autoptr (MixqNet) net = net_new (spec, inputs, 0);
  double batched = step (trainer), whole = pass_at_once (net);

  g_assert_cmpint (mixq_plan_get_kind (mixq_trainer_peek_plan (trainer)), ==, kind);
  if (!(fabs (batched - whole) <= 1e-5 * (1 + whole)))
    g_test_message ("%s: loss %g in batches, %g at once", name, batched, whole);
  g_assert_cmpfloat (fabs (batched - whole), <=, 1e-5 * (1 + whole));
  assert_close_gradients (name, mixq_trainer_peek_net (trainer), net);
}

static void
test_all_graphs (void)
{
  for (guint i = 0; i < zoo_n_specs (); i++) {
    const ZooData data = { .task = MIXQ_TASK_GRAPHS, .seed = i, .all = TRUE };
    MixqModelSpec spec;

    zoo_spec (i, MIXQ_TASK_GRAPHS, (MixqPool) (i % 3), &spec);
    check_at_once (&spec, &data, &(MixqPlanOptions){ .batch = 1000 }, MIXQ_PLAN_GRAPHS);
  }
}

/* A sample that holds all neighbours says what the graph says. Not with a batch norm: its rows are those of the sample. */
static void
test_all_neighbours (void)
{
  const MixqPlanOptions plan = { .sample = TRUE, .batch = 1000, .n_fanout = 1, .fanout = { 1000 } };

  for (guint i = 0; i < zoo_n_specs (); i += 2)
    for (MixqTask task = MIXQ_TASK_NODES; task <= MIXQ_TASK_NODE_TARGETS; task++) {
      const ZooData data = { .task = task, .seed = i, .nodes = 30, .few = i % 4 == 0 };
      MixqModelSpec spec;

      zoo_spec (i, task, MIXQ_POOL_MAX, &spec);
      check_at_once (&spec, &data, &plan, MIXQ_PLAN_SAMPLED);
    }
}

/* --- evaluation --------------------------------------------------------------------------------------------------------------- */

static void
test_chunks (void)
{
  const ZooData data = { .task = MIXQ_TASK_GRAPHS, .seed = 3, .graphs = 400, .nodes = 60 };
  g_autoptr (MixqInputs) inputs = zoo_inputs_new (&data);

  for (guint i = 0; i < zoo_n_specs (); i += 5)
    for (guint n_choices = 0; n_choices <= 1; n_choices++) {
      g_autoptr (MixqTrainer) trainer = NULL;
      MixqNet *net;
      MixqModelSpec spec;
      MixqEpoch epoch;

      zoo_spec (i, MIXQ_TASK_GRAPHS, (MixqPool) (i % 3), &spec);
      trainer = trainer_new (&spec, inputs, n_choices, &(MixqPlanOptions){ .batch = 128 });
      step (trainer);
      mixq_trainer_evaluate (trainer, &epoch);
      g_assert_cmpuint (mixq_plan_n_chunks (mixq_trainer_peek_plan (trainer)), >, 1);
      net = mixq_trainer_peek_net (trainer);
      mixq_net_bind (net, inputs, FALSE);
      mixq_net_forward (net, 0, net->model->n_units, evaluation_pass);
      if (n_choices == 0)
        assert_close ("chunks", "logits", inputs->n_items * 3, mixq_trainer_peek_logits (trainer),
                      mixq_net_logits (net), 1e-5f);
      g_assert_cmpfloat (fabs (epoch.accuracy[MIXQ_PART_TRAIN] -
                               mixq_task_score (inputs, MIXQ_PART_TRAIN, mixq_net_logits (net))),
                         <=, 0.02);
      g_assert_cmpfloat (epoch.accuracy[MIXQ_PART_TEST], >, 0);
    }
}

/* --- running statistics --------------------------------------------------------------------------------------------------------- */

static void
check_statistics (const MixqNet *net, guint u, const float *before, const float *x)
{
  gsize d = net->model->units[u].out_cols, n = mixq_net_n_rows (net, net->model->units[u].input);
  const float *state = net->vectors[u].state;

  for (gsize c = 0; c < d; c++) {
    double mean = 0, var = 0;

    for (gsize r = 0; r < n; r++)
      mean += (double) x[r * d + c] / (double) n;
    for (gsize r = 0; r < n; r++)
      var += ((double) x[r * d + c] - mean) * ((double) x[r * d + c] - mean) / (double) (n - 1);
    g_assert_cmpfloat (fabs ((double) state[c] - (0.9 * (double) before[c] + 0.1 * mean)), <=,
                       1e-6 * (1 + fabs (mean)));
    g_assert_cmpfloat (fabs ((double) state[d + c] - (0.9 * (double) before[d + c] + 0.1 * var)), <=,
                       1e-5 * (1 + var));
  }
}

/* An evaluation goes by the running ones, whatever rows it is shown. */
static void
check_evaluation (const MixqNet *net, guint u, const float *x, const float *y)
{
  gsize d = net->model->units[u].out_cols, n = mixq_net_n_rows (net, net->model->units[u].input);
  const float *state = net->vectors[u].state, *w = net->vectors[u].w;

  for (gsize i = 0; i < n * d; i++) {
    gsize c = i % d;
    double hat = ((double) x[i] - (double) state[c]) / sqrt ((double) state[d + c] + 1e-5);

    g_assert_cmpfloat (fabs ((double) y[i] - ((double) w[c] * hat + (double) w[d + c])), <=,
                       1e-5 * (1 + fabs (hat)));
  }
}

static void
test_statistics (void)
{
  for (guint i = 1; i < zoo_n_specs (); i += 2) {
    const ZooData data = { .task = MIXQ_TASK_GRAPHS, .seed = i };
    g_autoptr (MixqInputs) inputs = zoo_inputs_new (&data);
    g_autoptr (MixqNet) net = NULL;
    guint norms = 0;
    MixqModelSpec spec;

    zoo_spec (i, MIXQ_TASK_GRAPHS, MIXQ_POOL_SUM, &spec);
    net = net_new (&spec, inputs, 0);
    for (guint u = 0; u < net->model->n_units; u++) {
      const MixqUnit *unit = &net->model->units[u];
      g_autofree float *before = NULL;
      gsize n_state = net->vectors[u].n_state * sizeof (float);

      if (unit->kind != MIXQ_UNIT_BATCH_NORM)
        continue;
      mixq_net_forward (net, 0, u, training_pass);
      before = g_memdup2 (net->vectors[u].state, n_state);
      mixq_net_forward (net, u, u + 1, training_pass);
      check_statistics (net, u, before, net->read[unit->input]);
      memcpy (before, net->vectors[u].state, n_state);
      mixq_net_forward (net, u, u + 1, evaluation_pass);
      g_assert_cmpmem (before, n_state, net->vectors[u].state, n_state);
      check_evaluation (net, u, net->read[unit->input], net->read[unit->output]);
      norms++;
    }
    g_assert_cmpuint (norms, ==, spec.n_layers);
  }
}

/* --- learning ------------------------------------------------------------------------------------------------------------------ */

static void
assert_learns (const char *what, MixqArch arch, guint hidden, guint epochs, double share)
{
  g_autoptr (MixqDataset) dataset = fixture_load (what);
  g_autoptr (MixqInputs) inputs = mixq_inputs_new (dataset);
  g_autoptr (MixqTrainer) trainer = NULL;
  double first, last = 0;
  MixqModelSpec spec;

  mixq_model_spec_for (&spec, arch, dataset->task);
  spec.hidden = hidden;
  spec.dropout = 0;
  trainer = trainer_new (&spec, inputs, 0, &(MixqPlanOptions){ .batch = 32 });
  first = step (trainer);
  for (guint i = 1; i < epochs; i++)
    last = step (trainer);
  g_test_message ("%s: loss from %g to %g", what, first, last);
  g_assert_cmpfloat (last, <, share * first);
}

static void
test_csl (void)
{
  assert_learns ("csl", MIXQ_ARCH_GCN, 40, 15, 0.7);
}

static void
test_mutag (void)
{
  g_autofree char *path = fixture_path ("tu/MUTAG.zip");

  if (path != NULL)
    assert_learns (path, MIXQ_ARCH_GIN, 16, 15, 0.8);
}

/* Scales of single nodes belong to rows of the whole graph: there is no sampling then, even where memory is short. */
static void
test_numbers_of_nodes (void)
{
  const MixqModelSpec spec = { .arch = MIXQ_ARCH_GCN, .n_layers = 2, .hidden = 8 };
  const ZooData data = { .seed = 2, .nodes = 40 };
  const MixqPlanOptions little = { .memory_mib = 1e-6 };
  g_autoptr (MixqInputs) inputs = zoo_inputs_new (&data);
  g_autoptr (MixqModel) model = zoo_model_new (&spec, inputs);

  for (guint fine = 0; fine <= 1; fine++) {
    const MixqNetRules rules = { .fine = (gboolean) fine };
    MixqNet *net = mixq_net_new (model, inputs, 3, choices, NULL, FALSE, &rules);
    g_autoptr (MixqTrainer)
        trainer = mixq_trainer_new (net, &(MixqTrainerOptions){ .stream = "test", .plan = little });

    g_assert_cmpint (mixq_plan_get_kind (mixq_trainer_peek_plan (trainer)), ==,
                     fine ? MIXQ_PLAN_WHOLE : MIXQ_PLAN_SAMPLED);
  }
}

/* A graph whose wide rows are numbered by community: loss and answers are those of the data set's order. */
static void
test_by_community (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqDataset) dataset = mixq_dataset_load ("generated:33000,60000,4,3", NULL, NULL, &error);
  g_autoptr (MixqInputs) inputs = NULL;
  g_autoptr (MixqTrainer) numbered = NULL, stored = NULL;
  MixqModelSpec spec = MIXQ_MODEL_SPEC_DEFAULT;

  g_assert_no_error (error);
  inputs = mixq_inputs_new (dataset);
  spec.hidden = 256;
  spec.dropout = 0;
  numbered = trainer_new (&spec, inputs, 0, &(MixqPlanOptions){ 0 });
  stored = trainer_new (&spec, inputs, 0, &(MixqPlanOptions){ .keep_order = TRUE });
  for (guint i = 0; i < 2; i++) {
    double a = step (numbered), b = step (stored);

    g_assert_cmpfloat_with_epsilon (a, b, 1e-5 * b);
  }
  g_assert_true (mixq_trainer_peek_net (numbered)->inputs != inputs);
  g_assert_true (mixq_trainer_peek_net (stored)->inputs == inputs);
  assert_close ("by community", "logits", inputs->n_items * 3, mixq_trainer_peek_logits (numbered),
                mixq_trainer_peek_logits (stored), 1e-5f);
}

static void
test_stop (void)
{
  const ZooData data = { .task = MIXQ_TASK_GRAPHS, .seed = 2 };
  g_autoptr (MixqInputs) inputs = zoo_inputs_new (&data);
  g_autoptr (MixqTrainer) trainer = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  MixqModelSpec spec;
  MixqEpoch epoch;

  zoo_spec (5, MIXQ_TASK_GRAPHS, MIXQ_POOL_MAX, &spec);
  trainer = trainer_new (&spec, inputs, 0, &(MixqPlanOptions){ .batch = 2 });
  mixq_trainer_set_cancellable (trainer, cancellable);
  step (trainer);
  g_cancellable_cancel (cancellable);
  g_assert_false (mixq_trainer_step (trainer, 0, &epoch, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/train/batches/same-bits", test_same_bits);
  g_test_add_func ("/engine/train/batches/all-graphs", test_all_graphs);
  g_test_add_func ("/engine/train/batches/all-neighbours", test_all_neighbours);
  g_test_add_func ("/engine/train/batches/chunks", test_chunks);
  g_test_add_func ("/engine/train/batches/statistics", test_statistics);
  g_test_add_func ("/engine/train/batches/csl", test_csl);
  g_test_add_func ("/engine/train/batches/mutag", test_mutag);
  g_test_add_func ("/engine/train/batches/numbers-of-nodes", test_numbers_of_nodes);
  g_test_add_func ("/engine/train/batches/by-community", test_by_community);
  g_test_add_func ("/engine/train/batches/stop", test_stop);
  return g_test_run ();
}
