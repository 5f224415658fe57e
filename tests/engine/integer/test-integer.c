/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Integer inference: every code equals the simulated model's and the exact value's rounding, for random widths and graphs. */
/* Long, but one file: every case is judged by the one exact evaluation below. */
#include <math.h>
#include <string.h>

#include "../net/toy.h"
#include "base/mixq-error.h"
#include "exact.h"
#include "integer/mixq-frozen.h"
#include "train/mixq-trainer.h"

static const guint8 widths[] = { 1, 2, 3, 4, 5, 6, 7, 8, 16 };

/* Steps a net has been trained for: untouched ranges, and ranges that no longer fit the data. */
static const guint training[] = { 0, 3 };

static MixqTrainer *
trainer_with (const ToySpec *spec, MixqInputs *inputs, const guint8 *given, const MixqNetRules *rules)
{
  g_autoptr (MixqModel) model = toy_model_new (spec, inputs);
  g_autofree guint8 *fixed = g_malloc (model->n_slots);
  MixqRandom random;
  MixqNet *net;

  mixq_random_init (&random, spec->seed, "widths");
  for (guint s = 0; s < model->n_slots; s++)
    fixed[s] = given != NULL ? given[s] : widths[mixq_random_below (&random, G_N_ELEMENTS (widths))];
  net = mixq_net_new (model, inputs, 0, NULL, fixed, FALSE, rules);
  mixq_net_bind (net, net->data, TRUE);
  mixq_net_init_weights (net, spec->seed);
  return mixq_trainer_new (
      net,
      &(MixqTrainerOptions){
          .seed = spec->seed, .stream = "qat", .lr = 0.02, .weight_decay = 2e-4, .nodes = { 0.05, 0.3, 1 } });
}

static MixqTrainer *
new_trainer (const ToySpec *spec, MixqInputs *inputs, const guint8 *given)
{
  return trainer_with (spec, inputs, given, NULL);
}

/* A model with random widths (or @given), ranges from the data, trained for some steps. */
static MixqFrozen *
make_frozen (const ToySpec *spec, MixqInputs *inputs, const guint8 *given, guint steps)
{
  g_autoptr (MixqTrainer) trainer = new_trainer (spec, inputs, given);
  g_autoptr (GError) error = NULL;
  MixqFrozen *frozen;
  MixqEpoch epoch;

  mixq_trainer_evaluate (trainer, NULL);
  for (guint i = 0; i < steps; i++)
    g_assert_true (mixq_trainer_step (trainer, 0, &epoch, NULL));
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
  g_assert_nonnull (exec);
  return exec;
}

/* --- the exact value of every code ---------------------------------------------------------------------------------- */

static gsize
at (const MixqFrozenSlot *slot, gsize r, gsize c)
{
  return slot->granularity == MIXQ_PER_ROW ? r : slot->granularity == MIXQ_PER_COLUMN ? c : 0;
}

static float
scale_of (const MixqFrozenSlot *slot, gsize r, gsize c)
{
  return slot->scale[at (slot, r, c)];
}

static gint32
zero_of (const MixqFrozenSlot *slot, gsize r, gsize c)
{
  return slot->zero[at (slot, r, c)];
}

/* Smallest and largest code of a row, by its width alone. */
static void
range_of (const MixqFrozenSlot *slot, gsize r, gint64 *lo, gint64 *hi)
{
  guint bits = slot->row_bits != NULL ? slot->row_bits[r] : slot->bits;

  *hi = slot->is_signed ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
  *lo = slot->is_narrow ? -*hi : slot->is_signed ? -*hi - 1 : 0;
}

/* One signed bit: codes -1 and 1, and what is no more than 2^-30 of the scale is negative. */
static gboolean
is_sign (const MixqFrozenSlot *slot, gsize r)
{
  return slot->is_signed && (slot->row_bits != NULL ? slot->row_bits[r] : slot->bits) == 1;
}

static gint64
sign_code (double v)
{
  g_assert_cmpfloat (fabs (v - 0x1p-30), >, 0x1p-40); /* clear of where the last bit decides */
  return v > 0x1p-30 ? 1 : -1;
}

static gint64
input_code (const MixqFrozenSlot *slot, gsize r, float x)
{
  double v = is_sign (slot, r)
                 ? 0
                 : nearbyint ((double) zero_of (slot, r, 0) + (double) x / (double) scale_of (slot, r, 0));
  gint64 lo, hi;

  if (is_sign (slot, r))
    return sign_code ((double) x / (double) scale_of (slot, r, 0));
  range_of (slot, r, &lo, &hi);
  return (gint64) CLAMP (v, lo, hi);
}

/* sum_f (x - zx) w over one row: from the features where the unit reads them. */
static gint64
linear_sum (const MixqExec *exec, guint u, gsize r, gsize c)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqCsr *x = exec->inputs->features;
  const gint32 *w = exec->frozen->weight[u];
  const MixqFrozenSlot *slot = &exec->frozen->slots[exec->slot_of[unit->input]];
  gint64 sum = 0;

  if (unit->input == 0)
    for (gsize e = x->row_ptr[r]; e < x->row_ptr[r + 1]; e++)
      sum += (input_code (slot, r, x->value[e]) - zero_of (slot, r, 0)) * w[x->col[e] * unit->out_cols + c];
  else
    for (gsize f = 0; f < unit->in_cols; f++)
      sum += (gint64) (exec->code[unit->input][r * unit->in_cols + f] - zero_of (slot, r, 0)) *
             w[f * unit->out_cols + c];
  return sum;
}

/* sum_k A (x - zx); @raw: (nullable): the sum of A x over raw codes, which 32 bits may not hold. */
static gint64
propagate_sum (const MixqExec *exec, guint u, gsize r, gsize c, gint64 *raw)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqCsr *a = mixq_inputs_edges (exec->inputs, MIXQ_EDGES_GCN);
  const MixqFrozenSlot *edges = &exec->frozen->slots[unit->slot_operand];
  const MixqFrozenSlot *slot = &exec->frozen->slots[exec->slot_of[unit->input]];
  gint64 sum = 0, plain = 0;

  for (gsize e = a->row_ptr[r]; e < a->row_ptr[r + 1]; e++) {
    gint64 weight = input_code (edges, 0, a->value[e]),
           x = exec->code[unit->input][a->col[e] * unit->in_cols + c];

    sum += weight * (x - zero_of (slot, 0, c));
    plain += weight * x;
  }
  if (raw != NULL)
    *raw = plain;
  return sum;
}

static gint64
expected_code (const MixqExec *exec, guint u, gsize r, gsize c)
{
  const MixqFrozen *frozen = exec->frozen;
  const MixqUnit *unit = &frozen->model->units[u];
  const MixqFrozenSlot *in = &frozen->slots[exec->slot_of[unit->input]];
  const MixqFrozenSlot *operand, *out;
  gint64 lo, hi;

  if (unit->kind == MIXQ_UNIT_RELU)
    return MAX (exec->code[unit->input][r * unit->in_cols + c], zero_of (in, r, c));
  if (unit->kind == MIXQ_UNIT_DROPOUT)
    return exec->code[unit->input][r * unit->in_cols + c];
  operand = &frozen->slots[unit->slot_operand];
  out = &frozen->slots[unit->slot_output];
  if (is_sign (out, at (out, r, c))) {
    gint64 sum = unit->kind == MIXQ_UNIT_LINEAR ? linear_sum (exec, u, r, c)
                                                : propagate_sum (exec, u, r, c, NULL);
    float a = unit->kind == MIXQ_UNIT_LINEAR ? scale_of (in, r, 0) : operand->scale[0];
    float b = unit->kind == MIXQ_UNIT_LINEAR ? scale_of (operand, 0, c) : scale_of (in, 0, c);

    return sign_code ((double) a * (double) b / (double) scale_of (out, r, c) * (double) sum);
  }
  range_of (out, at (out, r, c), &lo, &hi);
  if (unit->kind == MIXQ_UNIT_LINEAR)
    return exact_code (scale_of (in, r, 0), scale_of (operand, 0, c), scale_of (out, r, c),
                       zero_of (out, r, c), linear_sum (exec, u, r, c), lo, hi);
  return exact_code (operand->scale[0], scale_of (in, 0, c), scale_of (out, r, c), zero_of (out, r, c),
                     propagate_sum (exec, u, r, c, NULL), lo, hi);
}

static void
assert_exact (const MixqExec *exec)
{
  const MixqModel *model = exec->frozen->model;

  for (guint u = 0; u < model->n_units; u++)
    for (gsize r = 0; r < exec->inputs->n_nodes; r++)
      for (gsize c = 0; c < model->units[u].out_cols; c++)
        g_assert_cmpint (exec->code[model->units[u].output][r * model->units[u].out_cols + c], ==,
                         expected_code (exec, u, r, c));
}

static void
assert_simulated (const MixqExec *integer, const MixqExec *simulated)
{
  const MixqModel *model = integer->frozen->model;
  gsize n = integer->inputs->n_nodes;
  g_autofree guint16 *a = g_new (guint16, n), *b = g_new (guint16, n);

  for (guint u = 0; u < model->n_units; u++)
    for (gsize i = 0; model->units[u].slot_output >= 0 && i < n * model->units[u].out_cols; i++)
      g_assert_cmpint (integer->code[model->units[u].output][i], ==,
                       simulated->code[model->units[u].output][i]);
  g_assert_cmpfloat (mixq_exec_compare (integer, simulated), ==, 1);
  mixq_exec_predict (integer, a, NULL);
  mixq_exec_predict (simulated, b, NULL);
  g_assert_cmpmem (a, n * sizeof *a, b, n * sizeof *b);
}

/* Codes that are not all the same: equality then means something. Returns how many values differ from their zero-point. */
static gsize
count_alive (const MixqExec *exec)
{
  const MixqModel *model = exec->frozen->model;
  const MixqUnit *last = &model->units[model->n_units - 1];
  const MixqFrozenSlot *slot = &exec->frozen->slots[last->slot_output];
  gsize alive = 0;

  for (gsize i = 0; i < exec->inputs->n_nodes * last->out_cols; i++)
    alive += exec->code[last->output][i] != zero_of (slot, i / last->out_cols, i % last->out_cols);
  return alive;
}

/* --- random models on random graphs ------------------------------------------------------------------------------------ */

typedef struct
{
  const char *name;
  ToySpec spec;
  guint seeds;
  gboolean dead; /* nothing comes out: no features */
} Family;

static const Family families[] = {
  { "two-layers", { .layers = 2 }, 40 },
  { "three-layers", { .layers = 3, .dropout = 0.5 }, 25 },
  { "four-layers", { .layers = 4 }, 15 },
  { "signed-features", { .negative = TRUE, .layers = 3 }, 25 },
  { "isolated-nodes", { .nodes = 25, .edges = 6 }, 25 },
  { "no-edges", { .no_edges = TRUE }, 25 },
  { "one-node", { .nodes = 1, .layers = 3 }, 25 },
  { "two-nodes", { .nodes = 2 }, 15 },
  { "star", { .star = TRUE, .nodes = 60, .edges = 1 }, 10 },
  { "wide", { .nodes = 20, .features = 40, .hidden = 37, .classes = 19 }, 6 },
  { "one-column", { .features = 1, .hidden = 1, .classes = 1 }, 15 },
  { "no-features", { .no_features = TRUE }, 5, TRUE },
};

static void
test_family (gconstpointer data)
{
  const Family *family = data;
  gsize alive = 0;

  for (guint64 seed = 1; seed <= family->seeds; seed++)
    for (guint t = 0; t < G_N_ELEMENTS (training); t++) {
      ToySpec spec = family->spec;
      g_autoptr (MixqInputs) inputs = NULL;
      g_autoptr (MixqFrozen) frozen = NULL;
      g_autoptr (MixqExec) integer = NULL;
      g_autoptr (MixqExec) simulated = NULL;

      spec.seed = seed;
      inputs = toy_inputs_new (&spec);
      frozen = make_frozen (&spec, inputs, NULL, training[t]);
      integer = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
      simulated = run (frozen, inputs, MIXQ_ENGINE_SIMULATED);
      assert_simulated (integer, simulated);
      assert_exact (integer);
      alive += count_alive (integer);
    }
  g_test_message ("%zu outputs off zero", alive);
  g_assert_true (family->dead ? alive == 0 : alive > family->seeds);
}

/* Nothing but signs and 0/1: sums that cancel are everywhere, and both engines must agree on each. */
static void
test_one_bit (void)
{
  gsize signs = 0, cancelled = 0;

  for (guint64 seed = 1; seed <= 30; seed++) {
    const ToySpec spec = {
      .seed = seed, .nodes = 40, .features = 30, .hidden = 20, .negative = seed % 2, .layers = 3
    };
    /* with eight bits in the sums the simulated ones are rounded: where they cancel, they miss 0 by some last bits */
    const guint8 all[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    const guint8 mixed[] = { 8, 1, 1, 8, 1, 1, 1, 8, 1, 1, 1, 8, 1 };
    const guint8 *given = seed % 3 == 0 ? all : mixed;
    g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
    g_autoptr (MixqFrozen) frozen = make_frozen (&spec, inputs, given, seed % 3);
    g_autoptr (MixqExec) integer = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
    g_autoptr (MixqExec) simulated = run (frozen, inputs, MIXQ_ENGINE_SIMULATED);

    assert_simulated (integer, simulated);
    assert_exact (integer);
    for (guint s = 0; s < frozen->model->n_slots; s++) {
      const MixqFrozenSlot *slot = &frozen->slots[s];

      signs += slot->is_signed;
      g_assert_true (slot->bits == given[s]);
      g_assert_true (slot->bits > 1 || (slot->hi == 1 && slot->lo == (slot->is_signed ? -1 : 0)));
      for (gsize i = 0; i < slot->n; i++)
        g_assert_true (!slot->is_signed || slot->zero[i] == 0);
    }
    for (gsize i = 0; i < frozen->model->units[0].in_cols * frozen->model->units[0].out_cols; i++)
      g_assert_true (ABS (frozen->weight[0][i]) == 1);
    for (gsize r = 0; r < 40; r++)
      for (gsize c = 0; c < 20; c++)
        cancelled += linear_sum (integer, 0, r, c) == 0;
  }
  g_test_message ("%zu signs, %zu sums that cancel", signs, cancelled);
  g_assert_true (signs > 90 && cancelled > 1000);
}

/* The frozen model is the model that was trained: its values are those of the float fake-quantized pass, up to the codes that
 * float rounding puts on the other side of a step. */
static void
test_frozen_is_trained (void)
{
  gsize equal = 0, total = 0;

  for (guint64 seed = 1; seed <= 20; seed++) {
    const ToySpec spec = { .seed = seed, .nodes = 30, .dropout = 0.5 };
    const guint8 given[] = { 4, 4, 8, 8, 8, 4, 8, 8, 8 };
    g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
    g_autoptr (MixqTrainer) trainer = new_trainer (&spec, inputs, given);
    g_autoptr (MixqFrozen) frozen = NULL;
    g_autoptr (MixqExec) simulated = NULL;
    MixqNet *net = mixq_trainer_peek_net (trainer);
    MixqEpoch epoch;
    int last = net->model->units[net->model->n_units - 1].output;

    for (guint i = 0; i < 5; i++)
      g_assert_true (mixq_trainer_step (trainer, 0, &epoch, NULL));
    frozen = mixq_net_freeze (net, NULL);
    simulated = run (frozen, inputs, MIXQ_ENGINE_SIMULATED);
    for (gsize i = 0; i < 30 * net->model->n_classes; i++, total++)
      equal += fabs (simulated->real[last][i] - (double) mixq_net_logits (net)[i]) < 1e-5;
  }
  g_test_message ("%zu of %zu logits equal", equal, total);
  g_assert_cmpuint (equal * 100, >=, total * 98);
}

/* --- wide sums ------------------------------------------------------------------------------------------------------------ */

/* Edges around a hub at the top of 16 bits, messages of @bits: the sums leave 32 bits, which the engine must notice by itself.
 * With 8 bits that depends on the number of neighbours (128 fit), with 16 not even one fits. */
static void
check_wide (guint8 bits)
{
  const ToySpec spec = { .seed = 3, .nodes = 400, .star = TRUE, .edges = 1 };
  const guint8 given[] = { 8, 8, bits, 16, 16, 16, bits, 16, 16 };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
  g_autoptr (MixqFrozen) frozen = make_frozen (&spec, inputs, given, 0);
  g_autoptr (MixqExec) integer = NULL;
  g_autoptr (MixqExec) simulated = NULL;
  gint64 largest = 0;

  frozen->slots[3].scale[0] = frozen->slots[7].scale[0] = 0.02f / 65535;
  integer = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
  simulated = run (frozen, inputs, MIXQ_ENGINE_SIMULATED);
  for (guint u = 0; u < frozen->model->n_units; u++)
    for (gsize c = 0;
         frozen->model->units[u].kind == MIXQ_UNIT_PROPAGATE && c < frozen->model->units[u].out_cols; c++) {
      gint64 raw;

      propagate_sum (integer, u, 0, c, &raw);
      largest = MAX (largest, ABS (raw));
    }
  g_assert_cmpint (largest, >, G_MAXINT32);
  assert_simulated (integer, simulated);
  assert_exact (integer);
}

/* The same in products: 16-bit inputs at the top of their range times 8-bit weights at theirs; 256 terms fit, here are 300. */
static void
check_wide_products (void)
{
  const ToySpec spec = { .seed = 4, .nodes = 6, .features = 1000, .hidden = 300 };
  const guint8 given[] = { 16, 8, 8, 8, 16, 8, 8, 8, 8 };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
  g_autoptr (MixqFrozen) frozen = make_frozen (&spec, inputs, given, 0);
  g_autoptr (MixqExec) integer = NULL;
  g_autoptr (MixqExec) simulated = NULL;
  gint64 largest[2] = { 0, 0 };

  frozen->slots[0].scale[0] = frozen->slots[4].scale[0] = 1e-9f;
  for (guint u = 0; u < frozen->model->n_units; u++)
    for (gsize i = 0;
         frozen->weight[u] != NULL && i < frozen->model->units[u].in_cols * frozen->model->units[u].out_cols;
         i++)
      frozen->weight[u][i] = 127;
  integer = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
  simulated = run (frozen, inputs, MIXQ_ENGINE_SIMULATED);
  for (guint u = 0, layer = 0; u < frozen->model->n_units; u++)
    if (frozen->model->units[u].kind == MIXQ_UNIT_LINEAR)
      largest[layer++] = linear_sum (integer, u, 0, 0);
  g_assert_cmpint (largest[0], >, G_MAXINT32);
  g_assert_cmpint (largest[1], >, G_MAXINT32);
  assert_simulated (integer, simulated);
  assert_exact (integer);
}

static void
test_wide_sums (void)
{
  check_wide (8);
  check_wide (16);
  check_wide_products ();
}

/* --- scales by column, ties, rules ------------------------------------------------------------------------------------------ */

/* Theorem 1 allows a scale a column for what is passed along edges and for the last output: the engine runs such a model.
 * Scales are powers of two here, so that every path is exact and ties are everywhere. */
static void
set_slot (MixqFrozen *frozen, guint s, gsize n, gboolean is_signed, MixqRandom *random)
{
  MixqFrozenSlot *slot = &frozen->slots[s];
  guint bits = 4 + mixq_random_below (random, 5);

  slot->bits = (guint8) bits;
  slot->is_signed = is_signed;
  slot->granularity = n > 1 ? MIXQ_PER_COLUMN : MIXQ_PER_TENSOR;
  slot->lo = is_signed ? -(1 << (bits - 1)) : 0;
  slot->hi = slot->lo + (1 << bits) - 1;
  slot->n = n;
  slot->scale = g_new (float, n);
  slot->zero = g_new (gint32, n);
  for (gsize i = 0; i < n; i++) {
    slot->scale[i] = ldexpf (1, -5 + (int) mixq_random_below (random, 3));
    slot->zero[i] = slot->lo + (gint32) mixq_random_below (random, 1u << bits);
  }
}

static MixqFrozen *
by_column (MixqModel *model, MixqRandom *random)
{
  MixqFrozen *frozen = mixq_frozen_alloc (model);

  for (guint s = 0; s < model->n_slots; s++) {
    const MixqSlotInfo *info = &model->slots[s];
    gboolean last = info->role == MIXQ_SLOT_AGGREGATE && info->layer == model->spec.n_layers;
    gboolean columns = info->role == MIXQ_SLOT_PRODUCT || info->role == MIXQ_SLOT_WEIGHT || last;

    set_slot (frozen, s, columns ? info->cols : 1, info->role == MIXQ_SLOT_WEIGHT, random);
    for (gsize i = 0; i < frozen->slots[s].n; i++)
      if (info->role != MIXQ_SLOT_PRODUCT && info->role != MIXQ_SLOT_AGGREGATE)
        frozen->slots[s].zero[i] = 0;
  }
  for (guint u = 0; u < model->n_units; u++)
    if (model->units[u].kind == MIXQ_UNIT_LINEAR) {
      gsize n = model->units[u].in_cols * model->units[u].out_cols;
      const MixqFrozenSlot *w = &frozen->slots[model->units[u].slot_operand];

      frozen->weight[u] = g_new (gint32, n);
      for (gsize i = 0; i < n; i++)
        frozen->weight[u][i] = w->lo + (gint32) mixq_random_below (random, (guint32) (w->hi - w->lo) + 1);
    }
  return frozen;
}

static void
test_by_column (void)
{
  guint ties = 0;

  for (guint64 seed = 1; seed <= 20; seed++) {
    const ToySpec spec = { .seed = seed, .layers = 3 };
    g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
    g_autoptr (MixqModel) model = toy_model_new (&spec, inputs);
    g_autoptr (MixqFrozen) frozen = NULL;
    g_autoptr (MixqExec) integer = NULL;
    g_autoptr (MixqExec) simulated = NULL;
    MixqRandom random;

    mixq_random_init (&random, seed, "by-column");
    frozen = by_column (model, &random);
    integer = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
    simulated = run (frozen, inputs, MIXQ_ENGINE_SIMULATED);
    assert_exact (integer);
    assert_simulated (integer, simulated);
    for (gsize r = 0; r < inputs->n_nodes; r++)
      for (gsize c = 0; c < model->units[1].out_cols; c++) {
        double m = (double) frozen->slots[3].scale[0] * (double) scale_of (&frozen->slots[2], r, c) /
                   (double) frozen->slots[4].scale[0];
        double v = m * (double) propagate_sum (integer, 1, r, c, NULL);

        ties += fabs (v - floor (v) - 0.5) < 1e-12;
      }
  }
  g_test_message ("%u ties among the first aggregates", ties);
  g_assert_cmpuint (ties, >, 20);
}

/* --- scales and widths by node ---------------------------------------------------------------------------------------------- */

/* Every slot as fine as Theorem 1 and the linear rule allow: features and aggregates by node with widths of their own, products
 * by column. @powers: scales are powers of two, every path is exact, and ties are everywhere; else they are any floats. */
static void
set_nodes (MixqFrozenSlot *slot,
           gsize n,
           MixqRandom *random,
           gboolean is_signed,
           gboolean zeros,
           gboolean powers)
{
  guint8 *bits = g_malloc (n);

  mixq_frozen_slot_clear (slot);
  slot->granularity = MIXQ_PER_ROW;
  slot->is_signed = is_signed;
  slot->is_narrow = is_signed && mixq_random_below (random, 2);
  slot->n = n;
  slot->scale = g_new (float, n);
  slot->zero = g_new0 (gint32, n);
  for (gsize i = 0; i < n; i++)
    bits[i] = (guint8) (2 + mixq_random_below (random, 7));
  mixq_frozen_slot_set_row_bits (slot, bits);
  for (gsize i = 0; i < n; i++) {
    float scale = ldexpf (1, -4 + (int) mixq_random_below (random, 4));

    slot->scale[i] = powers ? scale : scale * (float) (1 + mixq_random_uniform (random));
    if (zeros)
      slot->zero[i] = slot->row_lo[i] +
                      (gint32) mixq_random_below (random, (guint32) (slot->row_hi[i] - slot->row_lo[i]) + 1);
  }
}

static MixqFrozen *
by_node (MixqModel *model, MixqInputs *inputs, MixqRandom *random, gboolean powers)
{
  MixqFrozen *frozen = by_column (model, random);

  for (guint s = 0; s < model->n_slots; s++) {
    const MixqSlotInfo *info = &model->slots[s];
    MixqFrozenSlot *slot = &frozen->slots[s];

    for (gsize i = 0; !powers && i < slot->n; i++)
      slot->scale[i] *= (float) (1 + mixq_random_uniform (random));
    if (info->role == MIXQ_SLOT_INPUT)
      set_nodes (slot, info->rows, random, FALSE, FALSE, powers);
    if (info->role == MIXQ_SLOT_AGGREGATE)
      set_nodes (slot, info->rows, random, mixq_random_below (random, 2), TRUE, powers);
  }
  mixq_frozen_bind_graph (frozen, inputs->dataset);
  return frozen;
}

static void
test_by_node (gconstpointer data)
{
  gboolean powers = GPOINTER_TO_INT (data);
  gsize alive = 0;

  for (guint64 seed = 1; seed <= 40; seed++) {
    const ToySpec spec = { .seed = seed, .layers = 2 + seed % 3, .nodes = 40, .hidden = seed % 2 ? 5 : 21 };
    g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
    g_autoptr (MixqModel) model = toy_model_new (&spec, inputs);
    g_autoptr (MixqFrozen) frozen = NULL;
    g_autoptr (MixqExec) integer = NULL;
    g_autoptr (MixqExec) simulated = NULL;
    MixqRandom random;

    mixq_random_init (&random, seed, "by-node");
    frozen = by_node (model, inputs, &random, powers);
    integer = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
    simulated = run (frozen, inputs, MIXQ_ENGINE_SIMULATED);
    assert_exact (integer);
    assert_simulated (integer, simulated);
    alive += count_alive (integer);
  }
  g_test_message ("%zu outputs off zero", alive);
  g_assert_cmpuint (alive, >, 40);
}

/* One node at 16 bits is enough to ask for 64-bit sums: the bound is that of the widest, not that of the mean. */
static void
test_by_node_wide (void)
{
  const ToySpec spec = { .seed = 4, .nodes = 6, .features = 10, .hidden = 1000 };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
  g_autoptr (MixqModel) model = toy_model_new (&spec, inputs);
  g_autoptr (MixqFrozen) frozen = NULL;
  g_autoptr (MixqExec) integer = NULL;
  g_autoptr (MixqExec) simulated = NULL;
  MixqFrozenSlot *slot;
  MixqRandom random;
  guint8 *bits = g_new (guint8, 6);

  mixq_random_init (&random, 9, "by-node-wide");
  frozen = by_node (model, inputs, &random, TRUE);
  slot = &frozen->slots[4]; /* what the second layer reads */
  set_nodes (slot, 6, &random, FALSE, FALSE, TRUE);
  memset (bits, 2, 6);
  bits[5] = 16;
  g_clear_pointer (&slot->row_bits, g_free);
  g_clear_pointer (&slot->row_lo, g_free);
  g_clear_pointer (&slot->row_hi, g_free);
  mixq_frozen_slot_set_row_bits (slot, bits);
  slot->scale[5] = ldexpf (1, -30);
  g_assert_cmpuint (slot->bits, ==, 16);
  g_assert_cmpfloat (mixq_frozen_slot_mean_bits (slot), ==, 26.0 / 6);
  g_clear_pointer (&frozen->slots[5].scale, g_free);
  g_clear_pointer (&frozen->slots[5].zero, g_free);
  set_slot (frozen, 5, model->slots[5].cols, TRUE, &random);
  mixq_frozen_slot_set_width (&frozen->slots[5], 8);
  memset (frozen->slots[5].zero, 0, frozen->slots[5].n * sizeof (gint32));
  for (gsize i = 0; i < 1000 * model->n_classes; i++)
    frozen->weight[4][i] = 127;
  integer = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
  simulated = run (frozen, inputs, MIXQ_ENGINE_SIMULATED);
  g_assert_cmpint (linear_sum (integer, 4, 5, 0), >, G_MAXINT32);
  assert_exact (integer);
  assert_simulated (integer, simulated);
}

/* The same from training: networks of every rule about nodes, trained, frozen, and run both ways. */
static void
test_by_node_trained (void)
{
  static const MixqNetRules rules[] = {
    { .fine = TRUE },
    { .node_widths = MIXQ_NODE_WIDTHS_DEGREE },
    { .fine = TRUE, .node_widths = MIXQ_NODE_WIDTHS_HUBS },
    { .per_node = TRUE },
    { .fine = TRUE, .learn_steps = TRUE },
    { .node_widths = MIXQ_NODE_WIDTHS_DEGREE, .learn_steps = TRUE },
  };
  gsize alive = 0;

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    for (guint64 seed = 1; seed <= 12; seed++) {
      const ToySpec spec = {
        .seed = seed, .layers = 2 + seed % 3, .nodes = 30, .dropout = 0.3, .negative = seed % 4 == 0
      };
      g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
      g_autoptr (MixqTrainer) trainer = trainer_with (&spec, inputs, NULL, &rules[i]);
      MixqNet *net = mixq_trainer_peek_net (trainer);
      g_autoptr (MixqFrozen) frozen = NULL;
      g_autoptr (MixqExec) integer = NULL;
      g_autoptr (MixqExec) simulated = NULL;
      g_autoptr (GError) error = NULL;
      MixqEpoch epoch;

      mixq_trainer_evaluate (trainer, NULL);
      for (guint step = 0; step < 6; step++)
        g_assert_true (mixq_trainer_step (trainer, 0, &epoch, NULL));
      frozen = mixq_net_freeze (net, &error);
      g_assert_no_error (error);
      for (guint s = 0; s < net->n_slots; s++) {
        const MixqQuantizer *q = &net->slots[s].quantizer[0];

        g_assert_true (frozen->slots[s].granularity == q->granularity && frozen->slots[s].n == q->n);
        if (q->row_bits != NULL)
          g_assert_cmpmem (frozen->slots[s].row_bits, q->n, q->row_bits, q->n);
      }
      integer = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
      simulated = run (frozen, inputs, MIXQ_ENGINE_SIMULATED);
      assert_simulated (integer, simulated);
      assert_exact (integer);
      alive += count_alive (integer);
    }
  g_test_message ("%zu outputs off zero", alive);
  g_assert_cmpuint (alive, >, 500);
}

/* Which scales an integer sum can stand in front of. */
static void
test_granularities (void)
{
  const ToySpec spec = { .seed = 1 };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
  g_autoptr (MixqModel) model = toy_model_new (&spec, inputs);
  const struct
  {
    const char *slot;
    gboolean column, row;
  } cases[] = {
    { "conv1.input", FALSE, TRUE },      { "conv1.weight", TRUE, FALSE },    { "conv1.linear", TRUE, FALSE },
    { "conv1.adjacency", FALSE, FALSE }, { "conv1.aggregate", FALSE, TRUE }, { "conv2.linear", TRUE, FALSE },
    { "conv2.aggregate", TRUE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint s = (guint) mixq_model_find_slot (model, cases[i].slot);

    g_assert_true (mixq_net_granularity_fits (model, s, MIXQ_PER_TENSOR));
    g_assert_cmpint (mixq_net_granularity_fits (model, s, MIXQ_PER_COLUMN), ==, cases[i].column);
    g_assert_cmpint (mixq_net_granularity_fits (model, s, MIXQ_PER_ROW), ==, cases[i].row);
  }
}

/* Numbers for every node belong to one graph: fewer nodes, and the same number with other edges, are refused. */
static void
test_own_graph (void)
{
  const ToySpec spec = { .seed = 1, .nodes = 20 }, other = { .seed = 2, .nodes = 20 },
                smaller = { .seed = 1, .nodes = 19 };
  const ToySpec *strange[] = { &other, &smaller };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
  g_autoptr (MixqModel) model = toy_model_new (&spec, inputs);
  g_autoptr (MixqFrozen) frozen = NULL;
  g_autoptr (MixqExec) exec = NULL;
  MixqRandom random;

  mixq_random_init (&random, 1, "own-graph");
  frozen = by_node (model, inputs, &random, TRUE);
  g_assert_true (mixq_frozen_has_nodes (frozen));
  exec = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
  for (guint i = 0; i < G_N_ELEMENTS (strange); i++) {
    g_autoptr (MixqInputs) there = toy_inputs_new (strange[i]);
    g_autoptr (GError) error = NULL;

    g_assert_null (mixq_exec_new (frozen, there, MIXQ_ENGINE_INTEGER, NULL, &error));
    g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_SHAPE);
    g_assert_nonnull (strstr (error->message, "toy is another graph; give that one"));
  }
}

/* Classes are compared by their values, not by their codes, where columns have scales of their own; first class on ties. */
static void
test_predict (void)
{
  const ToySpec spec = { .seed = 1, .nodes = 3, .classes = 3 };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
  g_autoptr (MixqModel) model = toy_model_new (&spec, inputs);
  g_autoptr (MixqFrozen) frozen = NULL;
  g_autoptr (MixqExec) exec = NULL;
  const float scale[] = { 1, 0.25f, 0.5f };
  const gint32 codes[] = { 3, 8, 4, 2, 9, 4, 0, 0, 0 };
  guint16 prediction[3];
  guint8 confidence[3];
  MixqRandom random;

  mixq_random_init (&random, 1, "predict");
  frozen = by_column (model, &random);
  exec = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
  for (gsize c = 0; c < 3; c++) {
    frozen->slots[8].scale[c] = scale[c];
    frozen->slots[8].zero[c] = 0;
  }
  memcpy (exec->code[model->units[model->n_units - 1].output], codes, sizeof codes);
  mixq_exec_predict (exec, prediction, confidence);
  g_assert_cmpuint (prediction[0], ==, 0); /* 3, 2, 2 */
  g_assert_cmpuint (prediction[1], ==, 1); /* 2, 2.25, 2 */
  g_assert_cmpuint (prediction[2], ==, 0); /* all equal */
  g_assert_cmpint (confidence[0], ==, (int) lrint (255 / (1 + 2 * exp (-1))));
  g_assert_cmpint (confidence[2], ==, 85);
}

/* --- renaming nodes ----------------------------------------------------------------------------------------------------------- */

/* A frozen model holds no graph: on the renamed graph it gives exactly the renamed codes. */
static void
test_permutation (void)
{
  for (guint64 seed = 1; seed <= 10; seed++) {
    const ToySpec spec = { .seed = seed, .nodes = 30 };
    g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
    g_autoptr (MixqFrozen) frozen = make_frozen (&spec, inputs, NULL, 2);
    g_autoptr (MixqInputs) renamed = NULL;
    g_autoptr (MixqExec) here = run (frozen, inputs, MIXQ_ENGINE_INTEGER);
    g_autoptr (MixqExec) there = NULL;
    guint32 order[30];

    for (guint32 i = 0; i < 30; i++)
      order[i] = (i * 7 + (guint32) seed) % 30;
    renamed = toy_inputs_permute (inputs, order);
    there = run (frozen, renamed, MIXQ_ENGINE_INTEGER);
    for (guint u = 0; u < frozen->model->n_units; u++) {
      int v = frozen->model->units[u].output;
      gsize d = frozen->model->units[u].out_cols;

      for (gsize r = 0; r < 30; r++)
        g_assert_cmpmem (here->code[v] + r * d, d * sizeof (gint32), there->code[v] + order[r] * d,
                         d * sizeof (gint32));
    }
  }
}

/* --- what cannot be frozen or run ------------------------------------------------------------------------------------------------ */

static void
assert_refused (const MixqNet *net, MixqErrorCode code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqFrozen) frozen = mixq_net_freeze (net, &error);

  g_assert_null (frozen);
  g_assert_error (error, MIXQ_ERROR, (int) code);
  if (strstr (error->message, part) == NULL)
    g_test_message ("\"%s\" does not say \"%s\"", error->message, part);
  g_assert_nonnull (strstr (error->message, part));
  g_assert_true (g_str_has_prefix (error->message, "freeze: conv"));
}

static MixqNet *
refused_net (const MixqNetRules *rules, guint n_choices)
{
  const ToySpec spec = { .seed = 1 };
  const guint8 choices[] = { 2, 4, 8 }, fixed[] = { 8, 8, 8, 8, 8, 8, 8, 8, 8 };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
  g_autoptr (MixqModel) model = toy_model_new (&spec, inputs);
  MixqNet *net = mixq_net_new (model, inputs, n_choices, choices, n_choices > 0 ? NULL : fixed, FALSE, rules);

  mixq_net_bind (net, net->data, TRUE);
  mixq_net_init_weights (net, 1);
  toy_calibrate (net);
  return net;
}

static void
test_refusals (void)
{
  g_autoptr (MixqNet) search = refused_net (&toy_rules_default, 3);
  g_autoptr (MixqNet) reference = refused_net (&toy_rules_reference_qat, 0);
  g_autoptr (MixqNet) whole = refused_net (&toy_rules_default, 0);
  MixqQuantizer *agg = &whole->slots[4].quantizer[0];

  assert_refused (search, MIXQ_ERROR_VALUE, "conv1.input has 3 possible widths; choose one");
  for (guint s = 0; s < 8; s++)
    mixq_net_pin (search, s, 4);
  assert_refused (search, MIXQ_ERROR_VALUE, "conv2.aggregate has 3 possible widths");
  mixq_net_pin (search, 8, 4);
  mixq_frozen_unref (mixq_net_freeze (search, NULL)); /* pinned everywhere: decided */

  assert_refused (reference, MIXQ_ERROR_UNSUPPORTED, "one scale per summed index");
  mixq_quantizer_set (agg, 0, 0.1f, 3.5f);
  assert_refused (whole, MIXQ_ERROR_UNSUPPORTED, "conv1.aggregate has scale 0.1 and zero-point 3.5");
  mixq_quantizer_set (agg, 0, -0.1f, 3);
  assert_refused (whole, MIXQ_ERROR_UNSUPPORTED, "positive scale");
  mixq_quantizer_set (agg, 0, NAN, 3);
  assert_refused (whole, MIXQ_ERROR_UNSUPPORTED, "positive scale");
  mixq_quantizer_set (agg, 0, 0.1f, 3);
  mixq_frozen_unref (mixq_net_freeze (whole, NULL));
}

static void
test_other_data (void)
{
  const ToySpec spec = { .seed = 1 }, larger = { .seed = 2, .nodes = 50 },
                other = { .seed = 3, .features = 8 };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
  g_autoptr (MixqInputs) more_nodes = toy_inputs_new (&larger);
  g_autoptr (MixqInputs) other_features = toy_inputs_new (&other);
  g_autoptr (MixqFrozen) frozen = make_frozen (&spec, inputs, NULL, 0);
  g_autoptr (MixqExec) exec = run (frozen, more_nodes, MIXQ_ENGINE_INTEGER);
  g_autoptr (MixqExec) simulated = run (frozen, more_nodes, MIXQ_ENGINE_SIMULATED);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  assert_simulated (exec, simulated); /* a graph it never saw */
  assert_exact (exec);
  g_assert_null (mixq_exec_new (frozen, other_features, MIXQ_ENGINE_INTEGER, NULL, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "9 features a node but toy has 8"));
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_null (mixq_exec_new (frozen, inputs, MIXQ_ENGINE_INTEGER, cancellable, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (families); i++) {
    g_autofree char *path = g_strconcat ("/engine/integer/every-code/", families[i].name, NULL);
    g_test_add_data_func (path, &families[i], test_family);
  }
  g_test_add_func ("/engine/integer/one-bit", test_one_bit);
  g_test_add_func ("/engine/integer/frozen-is-trained", test_frozen_is_trained);
  g_test_add_func ("/engine/integer/wide-sums", test_wide_sums);
  g_test_add_func ("/engine/integer/by-column", test_by_column);
  g_test_add_data_func ("/engine/integer/by-node/powers", GINT_TO_POINTER (TRUE), test_by_node);
  g_test_add_data_func ("/engine/integer/by-node/any", GINT_TO_POINTER (FALSE), test_by_node);
  g_test_add_func ("/engine/integer/by-node/wide", test_by_node_wide);
  g_test_add_func ("/engine/integer/by-node/trained", test_by_node_trained);
  g_test_add_func ("/engine/integer/granularities", test_granularities);
  g_test_add_func ("/engine/integer/own-graph", test_own_graph);
  g_test_add_func ("/engine/integer/predict", test_predict);
  g_test_add_func ("/engine/integer/permutation", test_permutation);
  g_test_add_func ("/engine/integer/refusals", test_refusals);
  g_test_add_func ("/engine/integer/other-data", test_other_data);
  return g_test_run ();
}
