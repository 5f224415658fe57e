/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Integer inference of every architecture, task and option: each code equals that of the simulated model, in double on
 * dequantized values, and lies within its range; a collection gives the same codes as its chunks.
 */
#include <math.h>
#include <string.h>

#include "../data/fixture.h"
#include "../net/zoo.h"
#include "integer/mixq-frozen.h"
#include "run/mixq-inference.h"
#include "train/mixq-trainer.h"

static const guint8 widths[] = { 1, 2, 3, 4, 8, 16 };

/** Case: how a model came to be. */
typedef struct
{
  guint64 seed;
  guint steps;
  MixqScheme scheme;
  guint ranges; /* a MixqRanges */
  gboolean fine;
  guint8 bits; /* of all slots; 0: random ones */
  guint batch;
} Case;

/* Factors of both signs, and a column of factor 0 and one that shifts only. */
static void
disturb_norms (MixqNet *net)
{
  for (guint u = 0; u < net->model->n_units; u++) {
    gsize d = net->model->units[u].out_cols;
    float *w = net->vectors[u].w;

    if (net->model->units[u].kind == MIXQ_UNIT_PROPAGATE && net->vectors[u].n > 0)
      w[0] = 0.37f;
    if (net->model->units[u].kind != MIXQ_UNIT_BATCH_NORM)
      continue;
    for (gsize c = 0; c < d; c++) {
      w[c] = c % 5 == 1 ? -0.7f : c % 5 == 3 ? 0 : c % 5 == 4 ? 1e-20f : w[c];
      w[d + c] = 0.11f * (float) c - 0.23f;
    }
  }
}

static MixqTrainer *
trainer_new (const MixqModelSpec *spec, MixqInputs *inputs, const Case *c)
{
  g_autoptr (MixqModel) model = zoo_model_new (spec, inputs);
  g_autofree guint8 *fixed = g_malloc (model->n_slots);
  MixqNetRules rules;
  MixqRandom random;
  MixqNet *net;

  mixq_net_rules_init (&rules, c->scheme, (MixqRanges) c->ranges);
  rules.fine = c->fine;
  mixq_random_init (&random, c->seed, "widths");
  for (guint s = 0; s < model->n_slots; s++)
    fixed[s] = c->bits > 0 ? c->bits : widths[mixq_random_below (&random, G_N_ELEMENTS (widths))];
  net = mixq_net_new (model, inputs, 0, NULL, fixed, FALSE, &rules);
  mixq_net_init_weights (net, c->seed);
  disturb_norms (net);
  mixq_net_bind (net, inputs, TRUE);
  return mixq_trainer_new (net, &(MixqTrainerOptions){ .seed = c->seed,
                                                       .stream = "qat",
                                                       .lr = 0.02,
                                                       .weight_decay = 2e-4,
                                                       .nodes = { 0.05, 0.3, 1 },
                                                       .plan = { .batch = c->batch } });
}

static MixqFrozen *
frozen_new (const MixqModelSpec *spec, MixqInputs *inputs, const Case *c)
{
  g_autoptr (MixqTrainer) trainer = trainer_new (spec, inputs, c);
  g_autoptr (GError) error = NULL;
  MixqFrozen *frozen;
  MixqEpoch epoch;

  mixq_trainer_evaluate (trainer, NULL);
  for (guint i = 0; i < c->steps; i++) {
    mixq_trainer_step (trainer, 0, &epoch, &error);
    g_assert_no_error (error);
  }
  frozen = mixq_net_freeze (mixq_trainer_peek_net (trainer), &error);
  g_assert_no_error (error);
  return frozen;
}

static MixqExec *
run (MixqFrozen *frozen, MixqInputs *inputs, MixqEngine engine)
{
  g_autoptr (GError) error = NULL;
  MixqExec *exec = mixq_exec_new (frozen, inputs, engine, NULL, &error);

  g_assert_no_error (error);
  return exec;
}

/* --- judging ----------------------------------------------------------------------------------------------------------- */

static void
report_unequal (const MixqExec *a, const MixqExec *b, const char *name)
{
  const MixqModel *model = a->frozen->model;

  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];
    gsize n = mixq_exec_n_rows (a, unit->output) * unit->out_cols;

    for (gsize i = 0; unit->slot_output >= 0 && i < n; i++)
      if (a->code[unit->output][i] != b->code[unit->output][i]) {
        g_test_message ("%s: %s, row %zu, column %zu, %u bits: %d by integers, %d simulated", name,
                        unit->name, i / unit->out_cols, i % unit->out_cols,
                        a->frozen->slots[unit->slot_output].bits, a->code[unit->output][i],
                        b->code[unit->output][i]);
        return;
      }
  }
}

static void
assert_within_range (const MixqExec *exec)
{
  const MixqModel *model = exec->frozen->model;

  for (guint v = 1; v < model->n_values; v++) {
    gsize d = model->value_cols[v], n = mixq_exec_n_rows (exec, (int) v) * d;
    const MixqFrozenSlot *slot = exec->slot_of[v] >= 0 ? &exec->frozen->slots[exec->slot_of[v]] : NULL;

    for (gsize i = 0; slot != NULL && i < n; i++) {
      gint32 lo, hi, code = exec->code[v][i];

      mixq_frozen_slot_range (slot, mixq_frozen_slot_at (slot, i / d, i % d), &lo, &hi);
      g_assert_cmpint (code, >=, lo);
      g_assert_cmpint (code, <=, hi);
    }
  }
}

/* Distinct codes of the answers beyond one: equality of what is all the same would mean nothing. */
static gsize
count_alive (const MixqExec *exec)
{
  const MixqModel *model = exec->frozen->model;
  int out = model->units[model->n_units - 1].output;
  gsize n = mixq_exec_n_rows (exec, out) * model->n_classes, alive = 0;

  for (gsize i = 1; i < n; i++)
    alive += exec->code[out][i] != exec->code[out][0];
  return alive;
}

/* Returns: codes of the answers that differ from the first one. */
static gsize
assert_proven (MixqFrozen *frozen, MixqInputs *inputs, const char *name)
{
  g_autoptr (MixqExec) integer = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
  g_autoptr (MixqExec) simulated = run (frozen, inputs, MIXQ_ENGINE_SIMULATED);
  gsize total = 0, equal = mixq_exec_count_equal (integer, simulated, &total);

  if (equal != total)
    report_unequal (integer, simulated, name);
  g_assert_cmpuint (equal, ==, total);
  g_assert_cmpuint (total, >, 0);
  assert_within_range (integer);
  return count_alive (integer);
}

/* --- random models ------------------------------------------------------------------------------------------------------- */

#define SEEDS 6

static void
test_spec (const MixqModelSpec *spec, MixqTask task)
{
  g_autofree char *name = zoo_name (spec, task);
  gsize alive = 0;

  for (guint64 seed = 1; seed <= SEEDS; seed++)
    for (guint t = 0; t < 2; t++) {
      const ZooData data = { .task = task, .seed = seed, .negative = seed % 2, .dense = seed % 3 == 0 };
      const Case c = { .seed = seed,
                       .ranges = seed % 3,
                       .steps = 3 * t,
                       .fine = task != MIXQ_TASK_GRAPHS && seed % 4 == 3,
                       .batch = 4 };
      g_autoptr (MixqInputs) inputs = zoo_inputs_new (&data);
      g_autoptr (MixqFrozen) frozen = frozen_new (spec, inputs, &c);

      alive += assert_proven (frozen, inputs, name);
    }
  g_test_message ("%s: %zu answers differ", name, alive);
  g_assert_cmpuint (alive, >, SEEDS);
}

static void
test_nodes (gconstpointer data)
{
  for (guint i = 0; i < zoo_n_specs (); i++) {
    MixqModelSpec spec;

    zoo_spec (i, (MixqTask) GPOINTER_TO_INT (data), MIXQ_POOL_MAX, &spec);
    test_spec (&spec, (MixqTask) GPOINTER_TO_INT (data));
  }
}

static void
test_graphs (gconstpointer pool)
{
  for (guint i = 0; i < zoo_n_specs (); i++) {
    MixqModelSpec spec;

    zoo_spec (i, MIXQ_TASK_GRAPHS, (MixqPool) GPOINTER_TO_INT (pool), &spec);
    test_spec (&spec, MIXQ_TASK_GRAPHS);
  }
}

/* Ranges that follow, learned steps, protected nodes; a step and a width for every node where there is one graph. */
static void
test_schemes (void)
{
  for (guint i = 0; i < zoo_n_specs (); i++)
    for (MixqTask task = MIXQ_TASK_NODES; task <= MIXQ_TASK_GRAPHS; task++)
      for (guint scheme = 0; scheme < mixq_scheme_count (); scheme++) {
        const MixqSchemeTraits *traits = mixq_scheme_traits ((MixqScheme) scheme);
        const ZooData data = { .task = task, .seed = i, .negative = i % 2 };
        const Case c = {
          .seed = i, .steps = 3, .scheme = (MixqScheme) scheme, .ranges = traits->ranges, .batch = 4
        };
        const Case follows = { .seed = i, .steps = 3, .ranges = MIXQ_RANGES_EMA, .batch = 4 };
        g_autoptr (MixqInputs) inputs = zoo_inputs_new (&data);
        g_autoptr (MixqFrozen) frozen = NULL;
        g_autofree char *zoo = NULL, *name = NULL;
        MixqModelSpec spec;

        if (traits->per_node && task == MIXQ_TASK_GRAPHS)
          continue;
        zoo_spec (i, task, (MixqPool) (i % 3), &spec);
        zoo = zoo_name (&spec, task);
        name = g_strconcat (zoo, " by ", traits->name, NULL);
        frozen = frozen_new (&spec, inputs, scheme == MIXQ_SCHEME_NATIVE ? &follows : &c);
        assert_proven (frozen, inputs, name);
      }
}

/* --- widths of one size ---------------------------------------------------------------------------------------------------- */

/* One bit: sums that cancel; three: ties of means and of small multiples; 16: sums that 32 bits do not hold. */
static void
test_width (gconstpointer bits)
{
  for (guint i = 0; i < zoo_n_specs (); i++)
    for (MixqTask task = MIXQ_TASK_NODES; task <= MIXQ_TASK_GRAPHS; task += MIXQ_TASK_GRAPHS)
      for (guint64 seed = 1; seed <= SEEDS / 2; seed++) {
        const ZooData data = { .task = task, .seed = seed, .negative = seed % 2, .dense = seed == 3 };
        const Case c = { .seed = seed,
                         .ranges = seed % 3,
                         .steps = (guint) seed % 2,
                         .bits = (guint8) GPOINTER_TO_INT (bits),
                         .batch = 5 };
        g_autoptr (MixqInputs) inputs = zoo_inputs_new (&data);
        g_autoptr (MixqFrozen) frozen = NULL;
        g_autofree char *name = NULL;
        MixqModelSpec spec;

        zoo_spec (i, task, (MixqPool) (seed % 3), &spec);
        name = zoo_name (&spec, task);
        frozen = frozen_new (&spec, inputs, &c);
        assert_proven (frozen, inputs, name);
      }
}

/* The mean of whole codes often lies halfway between two: where scales are alike, both engines must round it to even. */
static void
test_mean_ties (void)
{
  const MixqModelSpec spec = { .arch = MIXQ_ARCH_SAGE,
                               .n_layers = 3,
                               .hidden = 5,
                               .aggregator = MIXQ_AGGREGATOR_MEAN,
                               .batch_norm = TRUE,
                               .residual = TRUE };

  for (guint64 seed = 1; seed <= 40; seed++) {
    const ZooData data = { .seed = seed, .nodes = 60 };
    const Case c = { .seed = 3 * seed + 1, .ranges = MIXQ_RANGES_MIN_MAX, .bits = seed % 2 ? 3 : 4 };
    g_autoptr (MixqInputs) inputs = zoo_inputs_new (&data);
    g_autoptr (MixqFrozen) frozen = frozen_new (&spec, inputs, &c);

    assert_proven (frozen, inputs, "sage-mean");
  }
}

/* --- beside the network it came from ----------------------------------------------------------------------------------------- */

static double
largest_of (const double *x, gsize n)
{
  double largest = 0;

  for (gsize i = 0; i < n; i++)
    largest = MAX (largest, fabs (x[i]));
  return largest;
}

/* With 16 bits everywhere a code more or less is nothing: the frozen model must say what the trained one says. */
static void
assert_frozen_is_trained (const MixqModelSpec *spec, MixqTask task, guint64 seed)
{
  const ZooData data = { .task = task, .seed = seed, .negative = TRUE };
  const Case c = { .seed = 3 * seed + 1, .ranges = MIXQ_RANGES_MIN_MAX, .steps = 4, .bits = 16, .batch = 5 };
  g_autoptr (MixqInputs) inputs = zoo_inputs_new (&data);
  g_autoptr (MixqTrainer) trainer = trainer_new (spec, inputs, &c);
  g_autoptr (MixqFrozen) frozen = NULL;
  g_autoptr (MixqExec) exec = NULL;
  g_autofree double *logits = NULL;
  g_autofree char *name = zoo_name (spec, task);
  gsize n = inputs->n_items * inputs->n_classes;
  MixqEpoch epoch;
  double largest;

  mixq_trainer_evaluate (trainer, NULL);
  for (guint i = 0; i < c.steps; i++)
    g_assert_true (mixq_trainer_step (trainer, 0, &epoch, NULL));
  frozen = mixq_net_freeze (mixq_trainer_peek_net (trainer), NULL);
  exec = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
  logits = mixq_exec_dup_logits (exec);
  largest = largest_of (logits, n);
  g_assert_cmpfloat (largest, >, 0);
  for (gsize i = 0; i < n; i++) {
    double trained = (double) mixq_trainer_peek_logits (trainer)[i];

    if (!(fabs (trained - logits[i]) <= 5e-3 * largest))
      g_test_message ("%s, logit %zu: %g trained, %g frozen", name, i, trained, logits[i]);
    g_assert_cmpfloat (fabs (trained - logits[i]), <=, 5e-3 * largest);
  }
}

static void
test_frozen_is_trained (void)
{
  for (guint i = 0; i < zoo_n_specs (); i++)
    for (MixqTask task = MIXQ_TASK_NODES; task <= MIXQ_TASK_GRAPHS; task++) {
      MixqModelSpec spec;

      zoo_spec (i, task, (MixqPool) (i % 3), &spec);
      assert_frozen_is_trained (&spec, task, 1 + i);
    }
}

/* --- chunks, and graphs it never saw ----------------------------------------------------------------------------------------- */

static void
assert_same_rows (const MixqExec *whole, const MixqExec *part)
{
  const MixqModel *model = whole->frozen->model;

  for (guint v = 1; v < model->n_values; v++) {
    const guint32 *origin = model->value_of_graphs[v] ? part->inputs->origin_item : part->inputs->origin_node;
    gsize d = model->value_cols[v], n = mixq_exec_n_rows (part, (int) v);

    for (gsize r = 0; whole->slot_of[v] >= 0 && r < n; r++)
      if (mixq_model_folded (model, (guint) mixq_model_writer (model, (int) v)) < 0)
        g_assert_cmpmem (part->code[v] + r * d, d * sizeof (gint32), whole->code[v] + (gsize) origin[r] * d,
                         d * sizeof (gint32));
  }
}

/* More nodes than are read at once, so that the plan has several chunks. */
static void
test_chunks (void)
{
  const ZooData data = { .task = MIXQ_TASK_GRAPHS, .seed = 3, .graphs = 400, .nodes = 60 };
  g_autoptr (MixqInputs) inputs = zoo_inputs_new (&data);

  for (guint i = 0; i < zoo_n_specs (); i += 3) {
    const Case c = { .seed = i, .ranges = i % 3, .batch = 128 };
    g_autoptr (MixqFrozen) frozen = NULL;
    g_autoptr (MixqPlan) plan = NULL;
    g_autoptr (MixqExec) whole = NULL;
    g_autoptr (MixqInference) inference = NULL;
    g_autofree double *logits = NULL;
    MixqModelSpec spec;

    zoo_spec (i, MIXQ_TASK_GRAPHS, (MixqPool) (i % 3), &spec);
    frozen = frozen_new (&spec, inputs, &c);
    whole = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
    plan = mixq_plan_new (inputs, frozen->model, NULL);
    g_assert_cmpuint (mixq_plan_n_chunks (plan), >, 1);
    for (guint chunk = 0; chunk < mixq_plan_n_chunks (plan); chunk++) {
      g_autoptr (MixqExec) part = run (frozen, mixq_plan_chunk (plan, chunk), MIXQ_ENGINE_INTEGER);

      assert_same_rows (whole, part);
    }
    inference = mixq_infer (frozen, inputs, MIXQ_ENGINE_INTEGER, TRUE, 1, NULL, NULL);
    logits = mixq_exec_dup_logits (whole);
    g_assert_cmpuint (inference->n_equal, ==, inference->n_codes);
    g_assert_cmpmem (inference->logits, inputs->n_items * 3 * sizeof *logits, logits,
                     inputs->n_items * 3 * sizeof *logits);
  }
}

static void
test_other_data (void)
{
  for (guint i = 0; i < zoo_n_specs (); i++)
    for (MixqTask task = MIXQ_TASK_NODES; task <= MIXQ_TASK_GRAPHS; task++) {
      const ZooData data = { .task = task, .seed = 1 },
                    more = { .task = task, .seed = 2, .nodes = 30, .negative = TRUE };
      const Case c = { .seed = i, .ranges = i % 3, .steps = 2, .batch = 4 };
      g_autoptr (MixqInputs) inputs = zoo_inputs_new (&data), others = zoo_inputs_new (&more);
      g_autoptr (MixqFrozen) frozen = NULL;
      g_autofree char *name = NULL;
      MixqModelSpec spec;

      zoo_spec (i, task, (MixqPool) (i % 3), &spec);
      name = zoo_name (&spec, task);
      frozen = frozen_new (&spec, inputs, &c);
      assert_proven (frozen, others, name);
    }
}

/* --- real data --------------------------------------------------------------------------------------------------------------- */

/** Real: what is trained for some epochs with random widths. @path: below the shared data, or a built-in name. */
typedef struct
{
  const char *name, *path;
  gboolean builtin;
  MixqArch arch;
  guint epochs, hidden;
} Real;

static void
test_real (gconstpointer data)
{
  const Real *real = data;
  g_autofree char *path = real->builtin ? g_strdup (real->path) : fixture_path (real->path);
  g_autoptr (MixqDataset) dataset = path != NULL ? fixture_load (path) : NULL;
  g_autoptr (MixqInputs) inputs = NULL;
  g_autoptr (MixqInference) inference = NULL;
  g_autoptr (MixqFrozen) frozen = NULL;
  const Case c = { .seed = 4, .ranges = MIXQ_RANGES_MIN_MAX, .steps = real->epochs };
  MixqModelSpec spec;

  if (path == NULL)
    return;
  inputs = mixq_inputs_new (dataset);
  mixq_model_spec_for (&spec, real->arch, dataset->task);
  spec.hidden = real->hidden;
  frozen = frozen_new (&spec, inputs, &c);
  inference = mixq_infer (frozen, inputs, MIXQ_ENGINE_INTEGER, TRUE, 1, NULL, NULL);
  g_test_message ("%zu of %zu codes equal", inference->n_equal, inference->n_codes);
  g_assert_cmpuint (inference->n_codes, >, 1000);
  g_assert_cmpuint (inference->n_equal, ==, inference->n_codes);
}

static const Real reals[] = {
  { "mutag", "tu/MUTAG.zip", FALSE, MIXQ_ARCH_GIN, 5, 64 },
  { "imdb-binary", "tu/IMDB-BINARY.zip", FALSE, MIXQ_ARCH_GIN, 2, 16 },
  { "proteins", "tu/PROTEINS.zip", FALSE, MIXQ_ARCH_SAGE, 1, 8 },
  { "csl", "csl", TRUE, MIXQ_ARCH_GCN, 3, 50 },
  { "csl", "csl", TRUE, MIXQ_ARCH_GIN, 3, 20 },
  { "cora", "npz/cora.npz", FALSE, MIXQ_ARCH_SAGE, 3, 16 },
  { "cora", "npz/cora.npz", FALSE, MIXQ_ARCH_TAG, 2, 16 },
  { "karate", "karate", TRUE, MIXQ_ARCH_TAG, 5, 16 },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/integer/architectures/nodes", GINT_TO_POINTER (MIXQ_TASK_NODES), test_nodes);
  g_test_add_data_func ("/engine/integer/architectures/targets", GINT_TO_POINTER (MIXQ_TASK_NODE_TARGETS),
                        test_nodes);
  g_test_add_data_func ("/engine/integer/architectures/graphs-max", GINT_TO_POINTER (MIXQ_POOL_MAX),
                        test_graphs);
  g_test_add_data_func ("/engine/integer/architectures/graphs-mean", GINT_TO_POINTER (MIXQ_POOL_MEAN),
                        test_graphs);
  g_test_add_data_func ("/engine/integer/architectures/graphs-sum", GINT_TO_POINTER (MIXQ_POOL_SUM),
                        test_graphs);
  g_test_add_func ("/engine/integer/architectures/schemes", test_schemes);
  g_test_add_data_func ("/engine/integer/architectures/one-bit", GINT_TO_POINTER (1), test_width);
  g_test_add_data_func ("/engine/integer/architectures/three-bits", GINT_TO_POINTER (3), test_width);
  g_test_add_data_func ("/engine/integer/architectures/sixteen-bits", GINT_TO_POINTER (16), test_width);
  g_test_add_func ("/engine/integer/architectures/mean-ties", test_mean_ties);
  g_test_add_func ("/engine/integer/architectures/frozen-is-trained", test_frozen_is_trained);
  g_test_add_func ("/engine/integer/architectures/chunks", test_chunks);
  g_test_add_func ("/engine/integer/architectures/other-data", test_other_data);
  for (guint i = 0; i < G_N_ELEMENTS (reals); i++) {
    g_autofree char *path = g_strdup_printf ("/engine/integer/architectures/real/%s-%s", reals[i].name,
                                             mixq_arch_name (reals[i].arch));
    g_test_add_data_func (path, &reals[i], test_real);
  }
  return g_test_run ();
}
