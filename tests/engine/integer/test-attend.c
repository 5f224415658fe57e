/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Graph attention in integers: every code equals the simulated model's, for all widths, heads and graphs; attention codes are
 * what exact fractions say; the integer model says what the trained one does.
 */
#include <math.h>
#include <string.h>

#include "../net/toy.h"
#include "integer/mixq-frozen.h"
#include "train/mixq-trainer.h"
#include "unit/mixq-unit-attend.h"

static const guint8 widths[] = { 1, 2, 3, 4, 5, 6, 7, 8, 16 };

typedef struct
{
  const char *name;
  ToySpec spec;
  guint heads, hidden;
  gboolean batch_norm, residual;
  guint8 bits; /* of all slots; 0: random ones */
  guint seeds;
} Family;

static MixqModel *
new_model (const Family *family, MixqInputs *inputs)
{
  const MixqModelSpec spec = { .arch = MIXQ_ARCH_GAT,
                               .n_layers = MAX (family->spec.layers, 2),
                               .hidden = family->hidden,
                               .dropout = family->spec.dropout,
                               .batch_norm = family->batch_norm,
                               .residual = family->residual,
                               .heads = family->heads };
  g_autoptr (GError) error = NULL;
  MixqModel *model = mixq_model_new (&spec, inputs->dataset, &error);

  g_assert_no_error (error);
  return model;
}

static MixqTrainer *
new_trainer (const Family *family, MixqInputs *inputs, guint64 seed)
{
  g_autoptr (MixqModel) model = new_model (family, inputs);
  g_autofree guint8 *fixed = g_malloc (model->n_slots);
  MixqRandom random;
  MixqNet *net;

  mixq_random_init (&random, seed, "widths");
  for (guint s = 0; s < model->n_slots; s++)
    fixed[s] = family->bits > 0 ? family->bits : widths[mixq_random_below (&random, G_N_ELEMENTS (widths))];
  net = mixq_net_new (model, inputs, 0, NULL, fixed, FALSE, NULL);
  mixq_net_init_weights (net, seed);
  /* scores far enough apart for attention to differ */
  for (guint u = 0; u < model->n_units; u++)
    for (gsize i = 0; model->units[u].kind == MIXQ_UNIT_ATTEND && i < 2 * model->units[u].in_cols; i++)
      net->weights[u].w[0][i] *= 8;
  return mixq_trainer_new (net, &(MixqTrainerOptions){ .seed = seed, .stream = "qat", .lr = 0.02 });
}

static MixqFrozen *
freeze (MixqTrainer *trainer)
{
  g_autoptr (GError) error = NULL;
  MixqFrozen *frozen = mixq_net_freeze (mixq_trainer_peek_net (trainer), &error);

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

/* Codes that differ between the engines; *@alive counts those that are off zero. */
static gsize
count_different (const MixqExec *a, const MixqExec *b, gsize *alive)
{
  const MixqModel *model = a->frozen->model;
  gsize different = 0;

  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];
    gsize n = mixq_exec_n_rows (a, unit->output) * unit->out_cols;

    for (gsize i = 0; unit->slot_output >= 0 && i < n; i++) {
      different += a->code[unit->output][i] != b->code[unit->output][i];
      *alive += a->code[unit->output][i] != a->frozen->slots[unit->slot_output].zero[0];
    }
  }
  return different;
}

static void
test_family (gconstpointer data)
{
  const Family *family = data;
  gsize alive = 0;

  for (guint64 seed = 1; seed <= family->seeds; seed++)
    for (guint steps = 0; steps <= 3; steps += 3) {
      ToySpec spec = family->spec;
      g_autoptr (MixqInputs) inputs = NULL;
      g_autoptr (MixqTrainer) trainer = NULL;
      g_autoptr (MixqFrozen) frozen = NULL;
      g_autoptr (MixqExec) integer = NULL;
      g_autoptr (MixqExec) simulated = NULL;
      MixqEpoch epoch;

      spec.seed = seed;
      inputs = toy_inputs_new (&spec);
      trainer = new_trainer (family, inputs, seed);
      mixq_trainer_evaluate (trainer, NULL);
      for (guint i = 0; i < steps; i++)
        g_assert_true (mixq_trainer_step (trainer, 0, &epoch, NULL));
      frozen = freeze (trainer);
      integer = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
      simulated = run (frozen, inputs, MIXQ_ENGINE_SIMULATED);
      g_assert_cmpuint (count_different (integer, simulated, &alive), ==, 0);
    }
  g_test_message ("%zu codes off zero", alive);
  g_assert_cmpuint (alive, >, family->seeds);
}

/* --- against exact fractions --------------------------------------------------------------------------------------------- */

/* The attention codes of one head of a row, in long double from the score codes, at least 11 bits finer than what is checked. */
static void
check_row (const MixqExec *exec,
           const MixqUnit *unit,
           const MixqCsr *edges,
           const gint64 *score,
           gsize r,
           gsize k)
{
  const MixqFrozenSlot *e = &exec->frozen->slots[unit->slot_score];
  const MixqFrozenSlot *a = &exec->frozen->slots[unit->slot_operand];
  long double sum = 0, step = (long double) e->scale[0];
  g_autofree long double *part = g_new (long double, edges->row_ptr[r + 1] - edges->row_ptr[r]);
  long double top = -INFINITY;

  for (int pass = 0; pass < 3; pass++)
    for (gsize i = edges->row_ptr[r]; i < edges->row_ptr[r + 1]; i++) {
      long double u = (long double) (score[(2 * edges->col[i]) * unit->heads + k] +
                                     score[(2 * r + 1) * unit->heads + k]) *
                      step;
      long double *p = &part[i - edges->row_ptr[r]];

      u = u > 0 ? u : u / 4;
      if (pass == 0) {
        top = MAX (top, u);
      } else if (pass == 1) {
        *p = rintl (expl (u - top) * 16777216.0L);
        sum += *p;
      } else {
        long double code = *p / sum / (long double) a->scale[0];

        if (fabsl (code - floorl (code) - 0.5L) < 1e-9L)
          continue; /* too near a tie to tell here */
        g_assert_cmpint (exec->edge_code[i * unit->heads + k], ==,
                         (gint32) MIN (rintl (code), (long double) a->hi));
      }
    }
}

/* The last unit of a model without a head: its attention codes are still there. */
static void
check_last (const MixqExec *exec)
{
  const MixqModel *model = exec->frozen->model;
  const MixqUnit *unit = &model->units[model->n_units - 1];
  const MixqFrozenSlot *x = &exec->frozen->slots[exec->slot_of[unit->input]];
  const MixqFrozenSlot *a = &exec->frozen->slots[unit->slot_weight];
  const MixqFrozenSlot *e = &exec->frozen->slots[unit->slot_score];
  const MixqCsr *edges = mixq_inputs_edges (exec->inputs, unit->edges);
  gsize n = exec->inputs->n_nodes, d = unit->in_cols;
  g_autofree gint64 *score = g_new0 (gint64, 2 * n);

  g_assert_true (unit->kind == MIXQ_UNIT_ATTEND && unit->heads == 1);
  for (gsize r = 0; r < n; r++)
    for (gsize side = 0; side < 2; side++) {
      gint64 sum = 0;

      for (gsize c = 0; c < d; c++)
        sum += (gint64) (exec->code[unit->input][r * d + c] - x->zero[0]) *
               exec->frozen->weight[model->n_units - 1][2 * c + side];
      score[2 * r + side] = mixq_frozen_slot_code (
                                e, 0, (double) x->scale[0] * (double) a->scale[side] * (double) sum) -
                            e->zero[0];
    }
  for (gsize r = 0; r < n; r++)
    check_row (exec, unit, edges, score, r, 0);
}

static void
test_exact (void)
{
  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    for (guint64 seed = 1; seed <= 4; seed++) {
      const Family family = { .heads = 2, .hidden = 6, .bits = widths[w] };
      const ToySpec spec = { .nodes = 30, .seed = seed, .star = seed % 2 };
      g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
      g_autoptr (MixqTrainer) trainer = new_trainer (&family, inputs, seed);
      g_autoptr (MixqFrozen) frozen = NULL;
      g_autoptr (MixqExec) exec = NULL;

      mixq_trainer_evaluate (trainer, NULL);
      frozen = freeze (trainer);
      exec = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
      check_last (exec);
    }
}

/* Where no score differs, each neighbour gets the same share: 1 / n as a code, ties to even in both engines. */
static void
test_equal_shares (void)
{
  const Family family = { .heads = 1, .hidden = 4, .bits = 8 };
  const ToySpec spec = { .nodes = 9, .seed = 3, .star = TRUE, .no_edges = TRUE };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
  g_autoptr (MixqTrainer) trainer = new_trainer (&family, inputs, 3);
  MixqNet *net = mixq_trainer_peek_net (trainer);
  guint last = net->model->n_units - 1;
  guint attention = (guint) net->model->units[last].slot_operand;
  const MixqCsr *edges;

  memset (net->weights[last].w[0], 0, 2 * net->weights[last].rows * sizeof (float));
  mixq_trainer_evaluate (trainer, NULL);
  edges = mixq_inputs_edges (inputs, MIXQ_EDGES_LOOPS);
  /* A leaf's 1 / 2 is 0.5, 2, 2.5 less a little (0.2 as a float is more) and 64 steps, the hub's 1 / 8 is 0.125, 0.5, 0.6, 16. */
  for (guint i = 0; i < 4; i++) {
    const float scale[] = { 1, 0.25f, 0.2f, 1.0f / 128 };
    const gint32 leaf[] = { 0, 2, 2, 64 }, hub[] = { 0, 0, 1, 16 };
    g_autoptr (MixqFrozen) frozen = NULL;
    g_autoptr (MixqExec) integer = NULL;
    g_autoptr (MixqExec) simulated = NULL;
    gsize alive = 0;

    mixq_quantizer_set (&net->slots[attention].quantizer[0], 0, scale[i], 0);
    frozen = freeze (trainer);
    integer = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
    simulated = run (frozen, inputs, MIXQ_ENGINE_SIMULATED);
    g_assert_cmpuint (count_different (integer, simulated, &alive), ==, 0);
    for (gsize r = 0; r < 8; r++)
      for (gsize e = edges->row_ptr[r]; e < edges->row_ptr[r + 1]; e++)
        g_assert_cmpint (integer->edge_code[e], ==, r == 0 ? hub[i] : leaf[i]);
    /* the last node is alone: all of its attention is its own */
    g_assert_cmpint (integer->edge_code[edges->row_ptr[8]], ==,
                     MIN (255, (gint32) rint (1.0 / (double) scale[i])));
  }
}

/* --- 16 bits, long sums ---------------------------------------------------------------------------------------------------- */

static void
test_wide (void)
{
  const Family family = { .heads = 4, .hidden = 8, .bits = 16 };
  const ToySpec spec = { .nodes = 400, .seed = 2, .star = TRUE, .edges = 100 };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
  g_autoptr (MixqTrainer) trainer = new_trainer (&family, inputs, 2);
  g_autoptr (MixqFrozen) frozen = NULL;
  g_autoptr (MixqExec) integer = NULL;
  g_autoptr (MixqExec) simulated = NULL;
  MixqNet *net = mixq_trainer_peek_net (trainer);
  guint last = net->model->n_units - 1;
  const MixqUnit *unit = &net->model->units[last];
  const MixqCsr *edges = mixq_inputs_edges (inputs, MIXQ_EDGES_LOOPS);
  gsize alive = 0;
  gint64 largest = 0;

  mixq_trainer_evaluate (trainer, NULL);
  frozen = freeze (trainer);
  g_assert_false (mixq_accumulator_fits_int32 (16, FALSE, 16, FALSE, 400));
  integer = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
  simulated = run (frozen, inputs, MIXQ_ENGINE_SIMULATED);
  g_assert_cmpuint (count_different (integer, simulated, &alive), ==, 0);
  g_assert_cmpuint (alive, >, 400);
  for (gsize r = 0; r < 400; r++) {
    gint64 sum = 0;

    for (gsize e = edges->row_ptr[r]; e < edges->row_ptr[r + 1]; e++)
      sum += (gint64) integer->edge_code[e] * integer->code[unit->input][edges->col[e] * unit->in_cols];
    largest = MAX (largest, sum);
  }
  g_assert_cmpint (largest, >, G_MAXINT32); /* 32 bits really would not do */
}

/* --- the integer model beside the trained one --------------------------------------------------------------------------- */

static void
test_like_training (void)
{
  gsize equal = 0, total = 0;

  for (guint64 seed = 1; seed <= 6; seed++) {
    const Family family = { .heads = 2, .hidden = 8, .bits = 8, .batch_norm = seed % 2 };
    const ToySpec spec = { .nodes = 60, .edges = 200, .seed = seed, .homophilous = TRUE };
    g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
    g_autoptr (MixqTrainer) trainer = new_trainer (&family, inputs, seed);
    MixqNet *net = mixq_trainer_peek_net (trainer);
    g_autoptr (MixqFrozen) frozen = NULL;
    g_autoptr (MixqExec) integer = NULL;
    g_autofree double *logits = NULL;
    double scale;
    MixqEpoch epoch;

    for (guint i = 0; i < 20; i++)
      g_assert_true (mixq_trainer_step (trainer, 0, &epoch, NULL));
    frozen = freeze (trainer);
    integer = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
    logits = mixq_exec_dup_logits (integer);
    mixq_trainer_evaluate (trainer, NULL);
    scale = (double) frozen->slots[net->model->units[net->model->n_units - 1].slot_output].scale[0];
    for (gsize i = 0; i < 60 * net->model->n_classes; i++, total++)
      equal += fabs (logits[i] - (double) mixq_net_logits (net)[i]) < scale / 2;
  }
  g_test_message ("%zu of %zu codes equal", equal, total);
  g_assert_cmpuint (equal, >=,
                    total - total / 100); /* float rounds differently next to a tie, now and then */
}

static const Family families[] = {
  { "one-head", { .layers = 2 }, 1, 5, .seeds = 25 },
  { "two-heads", { .layers = 3, .dropout = 0.5 }, 2, 6, .seeds = 25 },
  { "three-heads", { .layers = 2, .negative = TRUE }, 3, 9, .seeds = 25 },
  { "four-heads", { .layers = 2 }, 4, 8, .seeds = 25 },
  { "batch-norm", { .layers = 3 }, 2, 6, .batch_norm = TRUE, .seeds = 25 },
  { "residual", { .layers = 3 }, 2, 6, .residual = TRUE, .batch_norm = TRUE, .seeds = 10 },
  { "isolated-nodes", { .nodes = 25, .edges = 6 }, 2, 4, .seeds = 20 },
  { "no-edges", { .no_edges = TRUE }, 2, 4, .seeds = 15 },
  { "one-node", { .nodes = 1 }, 2, 4, .seeds = 15 },
  { "star", { .star = TRUE, .nodes = 60, .edges = 1 }, 4, 8, .seeds = 12 },
  { "1-bit", { .nodes = 40 }, 2, 6, .bits = 1, .seeds = 20 },
  { "2-bit", { .nodes = 40 }, 2, 6, .bits = 2, .seeds = 8 },
  { "4-bit", { .nodes = 40 }, 2, 6, .bits = 4, .seeds = 8 },
  { "8-bit", { .nodes = 40 }, 2, 6, .bits = 8, .seeds = 8 },
  { "16-bit", { .nodes = 40 }, 2, 6, .bits = 16, .seeds = 8 },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (families); i++) {
    g_autofree char *path = g_strdup_printf ("/attend/simulated/%s", families[i].name);

    g_test_add_data_func (path, &families[i], test_family);
  }
  g_test_add_func ("/attend/exact", test_exact);
  g_test_add_func ("/attend/equal-shares", test_equal_shares);
  g_test_add_func ("/attend/wide", test_wide);
  g_test_add_func ("/attend/like-training", test_like_training);
  return g_test_run ();
}
