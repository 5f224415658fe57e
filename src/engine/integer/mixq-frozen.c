/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "integer/mixq-frozen.h"

#include <math.h>
#include <string.h>

#include "base/mixq-clock.h"
#include "base/mixq-error.h"
#include "unit/mixq-unit.h"

gboolean
mixq_accumulator_fits_int32 (guint a_bits, gboolean a_signed, guint b_bits, gboolean b_signed, gsize terms)
{
  double a = a_signed ? ldexp (1, (int) a_bits - 1) : ldexp (1, (int) a_bits) - 1;
  double b = b_signed ? ldexp (1, (int) b_bits - 1) : ldexp (1, (int) b_bits) - 1;

  return a * b * (double) terms <= 2147483647.0;
}

gint32
mixq_frozen_slot_clamp (const MixqFrozenSlot *slot, double code)
{
  return (gint32) CLAMP (code, (double) slot->lo, (double) slot->hi);
}

gint32
mixq_frozen_slot_code (const MixqFrozenSlot *slot, gsize i, double x)
{
  return mixq_frozen_slot_clamp (slot, nearbyint ((double) slot->zero[i] + x / (double) slot->scale[i]));
}

double
mixq_frozen_slot_value (const MixqFrozenSlot *slot, gsize i, gint32 code)
{
  return (double) slot->scale[i] * (double) (code - slot->zero[i]);
}

MixqFrozen *
mixq_frozen_alloc (MixqModel *model)
{
  MixqFrozen *self = g_new0 (MixqFrozen, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->model = mixq_model_ref (model);
  self->slots = g_new0 (MixqFrozenSlot, model->n_slots);
  self->weight = g_new0 (gint32 *, model->n_units);
  return self;
}

MixqFrozen *
mixq_frozen_ref (MixqFrozen *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mixq_frozen_unref (MixqFrozen *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint s = 0; s < self->model->n_slots; s++) {
    g_free (self->slots[s].scale);
    g_free (self->slots[s].zero);
  }
  for (guint u = 0; u < self->model->n_units; u++)
    g_free (self->weight[u]);
  g_free (self->slots);
  g_free (self->weight);
  mixq_model_unref (self->model);
  g_free (self);
}

/* Scales may vary along what is not summed: columns of weights; nothing else in the default wiring (section 9.3). */
static gboolean
freeze_slot (const MixqSlot *slot, MixqFrozenSlot *frozen, GError **error)
{
  const MixqQuantizer *q;

  if (slot->n_active != 1) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE, "freeze: %s has %u possible widths; choose one first",
                 slot->info->name, slot->n_active);
    return FALSE;
  }
  q = &slot->quantizer[slot->active[0]];
  if (q->granularity != MIXQ_PER_TENSOR &&
      !(slot->info->role == MIXQ_SLOT_WEIGHT && q->granularity == MIXQ_PER_COLUMN)) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
                 "freeze: %s has one scale per summed index, which no integer sum can factor out; use the "
                 "default scheme",
                 slot->info->name);
    return FALSE;
  }
  frozen->bits = q->bits;
  frozen->is_signed = q->is_signed;
  frozen->granularity = q->granularity;
  frozen->lo = (gint32) q->lo;
  frozen->hi = (gint32) q->hi;
  frozen->n = q->n;
  frozen->scale = g_memdup2 (q->scale, q->n * sizeof (float));
  frozen->zero = g_new (gint32, q->n);
  for (gsize i = 0; i < q->n; i++) {
    frozen->zero[i] = (gint32) q->zero[i];
    if ((float) frozen->zero[i] != q->zero[i] || !(q->scale[i] > 0) || !isfinite (q->scale[i])) {
      g_set_error (
          error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
          "freeze: %s has scale %g and zero-point %g; integers need a positive scale and a whole zero-point",
          slot->info->name, (double) q->scale[i], (double) q->zero[i]);
      return FALSE;
    }
  }
  return TRUE;
}

MixqFrozen *
mixq_net_freeze (const MixqNet *net, GError **error)
{
  g_autoptr (MixqFrozen) self = mixq_frozen_alloc (net->model);

  for (guint s = 0; s < net->n_slots; s++)
    if (!freeze_slot (&net->slots[s], &self->slots[s], error))
      return NULL;
  for (guint u = 0; u < net->model->n_units; u++) {
    const MixqUnitClass *klass = mixq_unit_class (net->model->units[u].kind);
    if (klass->freeze != NULL)
      klass->freeze (net, u, self);
  }
  return g_steal_pointer (&self);
}

/* Rows whose sums stay in the L1 cache between summing and requantizing. */
#define TILE_SUMS 4096

typedef struct
{
  double *multiplier, *zero, *shift;
} Requantizer;

static gsize
scale_index (const MixqFrozenSlot *slot, gsize c)
{
  return slot->n > 1 ? c : 0;
}

static void
requantizer_init (Requantizer *self,
                  gsize d,
                  const MixqFrozenSlot *a,
                  const MixqFrozenSlot *b,
                  const MixqFrozenSlot *y,
                  gboolean shift)
{
  self->multiplier = g_new (double, MAX (d, 1));
  self->zero = g_new (double, MAX (d, 1));
  self->shift = g_new0 (double, MAX (d, 1));
  for (gsize c = 0; c < d; c++) {
    self->multiplier[c] = (double) a->scale[0] * (double) b->scale[scale_index (b, c)] /
                          (double) y->scale[scale_index (y, c)];
    self->zero[c] = y->zero[scale_index (y, c)];
    if (shift)
      self->shift[c] = b->zero[scale_index (b, c)];
  }
}

static void
requantizer_clear (Requantizer *self)
{
  g_free (self->multiplier);
  g_free (self->zero);
  g_free (self->shift);
}

static void
requantize_narrow (MixqExec *exec, guint u, const MixqSum *sum, const MixqFrozenSlot *y, const Requantizer *q)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  gsize n = exec->inputs->adjacency->n_rows, d = unit->out_cols, tile = MAX (TILE_SUMS / MAX (d, 1), 4);
  g_autofree gint32 *acc = g_new (gint32, MAX (tile * d, 1)), *row_sum = g_new0 (gint32, tile);

  for (gsize from = 0; from < n; from += tile) {
    MixqRows rows = mixq_rows_block ((MixqRows){ NULL, n, 0 }, from, tile);

    sum->narrow (exec, u, rows, acc, row_sum);
    exec->kernels->requantize (rows, d, acc, row_sum, q->shift, q->multiplier, q->zero, y->lo, y->hi,
                               exec->code[unit->output]);
  }
}

static void
requantize_wide (MixqExec *exec, guint u, const MixqSum *sum, const MixqFrozenSlot *y, const Requantizer *q)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  gsize d = unit->out_cols;
  g_autofree gint64 *acc = g_new (gint64, MAX (d, 1));

  for (gsize r = 0; r < exec->inputs->adjacency->n_rows; r++) {
    gint64 row_sum = 0;

    sum->wide (exec, u, r, acc, &row_sum);
    for (gsize c = 0; c < d; c++) {
      gint64 centred = acc[c] - (gint64) q->shift[c] * row_sum;
      exec->code[unit->output][r * d + c] = mixq_frozen_slot_clamp (
          y, nearbyint (q->zero[c] + q->multiplier[c] * (double) centred));
    }
  }
}

void
mixq_exec_requantize (MixqExec *exec,
                      guint u,
                      const MixqSum *sum,
                      gboolean fits,
                      const MixqFrozenSlot *a,
                      const MixqFrozenSlot *b,
                      gboolean shift)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqFrozenSlot *y = &exec->frozen->slots[unit->slot_output];
  Requantizer q;

  requantizer_init (&q, unit->out_cols, a, b, y, shift);
  (fits ? requantize_narrow : requantize_wide) (exec, u, sum, y, &q);
  requantizer_clear (&q);
}

void
mixq_exec_store_simulated (MixqExec *exec,
                           const MixqUnit *unit,
                           const MixqFrozenSlot *slot,
                           gsize row,
                           const double *y)
{
  for (gsize c = 0; c < unit->out_cols; c++) {
    gsize i = slot->n > 1 ? c : 0, at = row * unit->out_cols + c;
    gint32 code = mixq_frozen_slot_code (slot, i, y[c]);

    exec->code[unit->output][at] = code;
    exec->real[unit->output][at] = mixq_frozen_slot_value (slot, i, code);
  }
}

static gboolean
check_shapes (const MixqFrozen *frozen, const MixqInputs *inputs, GError **error)
{
  if (inputs->features->n_cols == frozen->model->n_features)
    return TRUE;
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_SHAPE,
               "inference: the model reads %" G_GSIZE_FORMAT " features a node but %s has %" G_GSIZE_FORMAT
               "; give the data set it was trained on",
               frozen->model->n_features, inputs->dataset->name, inputs->features->n_cols);
  return FALSE;
}

static MixqExec *
exec_alloc (MixqFrozen *frozen, MixqInputs *inputs, MixqEngine engine)
{
  const MixqModel *model = frozen->model;
  MixqExec *self = g_new0 (MixqExec, 1);
  gsize n = inputs->adjacency->n_rows;

  self->frozen = mixq_frozen_ref (frozen);
  self->inputs = mixq_inputs_ref (inputs);
  self->code = g_new0 (gint32 *, model->n_values);
  self->real = g_new0 (double *, model->n_values);
  self->slot_of = g_new (int, model->n_values);
  self->slot_of[0] = model->units[0].slot_input;
  for (guint v = 1; v < model->n_values; v++) {
    self->code[v] = g_new (gint32, MAX (n * model->value_cols[v], 1));
    if (engine == MIXQ_ENGINE_SIMULATED)
      self->real[v] = g_new (double, MAX (n * model->value_cols[v], 1));
  }
  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];
    self->slot_of[unit->output] = unit->slot_output >= 0 ? unit->slot_output : self->slot_of[unit->input];
  }
  self->unit_ms = g_new0 (double, model->n_units);
  self->kernels = mixq_integer_kernels_get ();
  self->edge_code = g_new (gint32, MAX (inputs->adjacency->nnz, 1));
  return self;
}

MixqExec *
mixq_exec_new (MixqFrozen *frozen,
               MixqInputs *inputs,
               MixqEngine engine,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (MixqExec) self = NULL;

  if (!check_shapes (frozen, inputs, error))
    return NULL;
  self = exec_alloc (frozen, inputs, engine);
  for (guint u = 0; u < frozen->model->n_units; u++) {
    const MixqUnitClass *klass = mixq_unit_class (frozen->model->units[u].kind);
    double start = mixq_clock_ms ();

    if (g_cancellable_is_cancelled (cancellable)) {
      g_set_error_literal (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED, "inference: stopped");
      return NULL;
    }
    (engine == MIXQ_ENGINE_INTEGER ? klass->run_integer : klass->run_simulated) (self, u);
    self->unit_ms[u] = mixq_clock_ms () - start;
  }
  return g_steal_pointer (&self);
}

void
mixq_exec_free (MixqExec *self)
{
  for (guint v = 0; v < self->frozen->model->n_values; v++) {
    g_free (self->code[v]);
    g_free (self->real[v]);
  }
  g_free (self->code);
  g_free (self->real);
  g_free (self->slot_of);
  g_free (self->feature_code);
  g_free (self->edge_code);
  g_free (self->unit_ms);
  mixq_inputs_unref (self->inputs);
  mixq_frozen_unref (self->frozen);
  g_free (self);
}

void
mixq_exec_predict (const MixqExec *self, guint16 *prediction, guint8 *confidence)
{
  const MixqModel *model = self->frozen->model;
  int out = model->units[model->n_units - 1].output;
  const MixqFrozenSlot *slot = &self->frozen->slots[self->slot_of[out]];
  gsize classes = model->n_classes;

  for (gsize r = 0; r < self->inputs->adjacency->n_rows; r++) {
    const gint32 *code = self->code[out] + r * classes;
    double best = -INFINITY, sum = 0;

    for (gsize c = 0; c < classes; c++) {
      double logit = mixq_frozen_slot_value (slot, slot->n > 1 ? c : 0, code[c]);
      if (logit > best) {
        best = logit;
        prediction[r] = (guint16) c;
      }
    }
    for (gsize c = 0; confidence != NULL && c < classes; c++)
      sum += exp (mixq_frozen_slot_value (slot, slot->n > 1 ? c : 0, code[c]) - best);
    if (confidence != NULL)
      confidence[r] = (guint8) lrint (255.0 / sum);
  }
}

double
mixq_exec_loss (const MixqExec *self, MixqPart part)
{
  const MixqModel *model = self->frozen->model;
  const MixqInputs *in = self->inputs;
  int out = model->units[model->n_units - 1].output;
  const MixqFrozenSlot *slot = &self->frozen->slots[self->slot_of[out]];
  gsize classes = model->n_classes;
  double loss = 0;

  for (gsize i = 0; i < in->n_node[part]; i++) {
    const gint32 *code = self->code[out] + (gsize) in->node[part][i] * classes;
    gsize label = (gsize) in->dataset->labels[in->node[part][i]];
    double sum = 0, top = -INFINITY;

    for (gsize c = 0; c < classes; c++)
      top = fmax (top, mixq_frozen_slot_value (slot, scale_index (slot, c), code[c]));
    for (gsize c = 0; c < classes; c++)
      sum += exp (mixq_frozen_slot_value (slot, scale_index (slot, c), code[c]) - top);
    loss += log (sum) + top - mixq_frozen_slot_value (slot, scale_index (slot, label), code[label]);
  }
  return in->n_node[part] > 0 ? loss / (double) in->n_node[part] : (double) NAN;
}

double
mixq_exec_compare (const MixqExec *a, const MixqExec *b)
{
  const MixqModel *model = a->frozen->model;
  gsize equal = 0, total = 0;

  for (guint u = 0; u < model->n_units; u++) {
    int v = model->units[u].output;
    gsize n = a->inputs->adjacency->n_rows * model->value_cols[v];

    if (model->units[u].slot_output < 0)
      continue; /* maps codes to codes; the simulated engine keeps reals there */
    for (gsize i = 0; i < n; i++)
      equal += a->code[v][i] == b->code[v][i];
    total += n;
  }
  return total > 0 ? (double) equal / (double) total : 1.0;
}
