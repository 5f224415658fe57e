/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "integer/mixq-frozen.h"

#include <math.h>
#include <string.h>

#include "base/mixq-clock.h"
#include "base/mixq-error.h"
#include "train/mixq-task.h"
#include "unit/mixq-unit.h"

gboolean
mixq_accumulator_fits_int32 (guint a_bits, gboolean a_signed, guint b_bits, gboolean b_signed, gsize terms)
{
  double a = a_signed ? ldexp (1, (int) a_bits - 1) : ldexp (1, (int) a_bits) - 1;
  double b = b_signed ? ldexp (1, (int) b_bits - 1) : ldexp (1, (int) b_bits) - 1;

  return a * b * (double) terms <= 2147483647.0;
}

MixqFrozen *
mixq_frozen_alloc (MixqModel *model)
{
  MixqFrozen *self = g_new0 (MixqFrozen, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->model = mixq_model_ref (model);
  self->slots = g_new0 (MixqFrozenSlot, model->n_slots);
  self->weight = g_new0 (gint32 *, model->n_units);
  self->vector = g_new0 (float *, model->n_units);
  return self;
}

gsize
mixq_frozen_vector_size (const MixqUnit *unit)
{
  gsize n_state;

  return mixq_unit_vector_size (unit, &n_state);
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
  for (guint s = 0; s < self->model->n_slots; s++)
    mixq_frozen_slot_clear (&self->slots[s]);
  for (guint u = 0; u < self->model->n_units; u++) {
    g_free (self->weight[u]);
    g_free (self->vector[u]);
  }
  g_free (self->vector);
  g_free (self->slots);
  g_free (self->weight);
  g_free (self->graph_sha256);
  mixq_model_unref (self->model);
  g_free (self);
}

/* Scales may vary along what is not summed only (section 9.3). */
static gboolean
freeze_slot (const MixqModel *model, const MixqSlot *slot, MixqFrozenSlot *frozen, GError **error)
{
  const MixqQuantizer *q;
  gboolean is_sign;

  if (slot->n_active != 1) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE, "freeze: %s has %u possible widths; choose one first",
                 slot->info->name, slot->n_active);
    return FALSE;
  }
  q = &slot->quantizer[slot->active[0]];
  is_sign = mixq_quantizer_is_sign (q);
  if (!mixq_net_granularity_fits (model, (guint) (slot->info - model->slots), q->granularity)) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
                 "freeze: %s has one scale per summed index, which no integer sum can factor out; use the "
                 "default scheme",
                 slot->info->name);
    return FALSE;
  }
  frozen->is_signed = q->is_signed || is_sign;
  frozen->granularity = q->granularity;
  frozen->n = q->n;
  frozen->is_narrow = q->is_narrow;
  mixq_frozen_slot_set_width (frozen, q->bits);
  if (q->row_bits != NULL)
    mixq_frozen_slot_set_row_bits (frozen, g_memdup2 (q->row_bits, q->n));
  frozen->scale = g_memdup2 (q->scale, q->n * sizeof (float));
  frozen->zero = g_new (gint32, q->n);
  for (gsize i = 0; i < q->n; i++) {
    float zero = is_sign ? q->zero[i] - 0.5f : q->zero[i];

    if (is_sign)
      frozen->scale[i] /= 2; /* levels -s/2 and s/2 of codes 0 and 1: -1 and 1 times that */
    frozen->zero[i] = (gint32) zero;
    if ((float) frozen->zero[i] != zero || !(q->scale[i] > 0) || !isfinite (q->scale[i])) {
      g_set_error (
          error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
          "freeze: %s has scale %g and zero-point %g; integers need a positive scale and a whole zero-point",
          slot->info->name, (double) q->scale[i], (double) q->zero[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static float *
real_weight (const MixqFrozen *self, guint u, gsize rows, gsize cols, int slot)
{
  const MixqFrozenSlot *s = &self->slots[slot];
  float *weight = g_new (float, MAX (rows * cols, 1));

  for (gsize i = 0; i < rows * cols; i++)
    weight[i] = (float) mixq_frozen_slot_value (s, mixq_frozen_slot_at (s, i / cols, i % cols),
                                                self->weight[u][i]);
  return weight;
}

MixqParameters *
mixq_frozen_dup_parameters (const MixqFrozen *self)
{
  MixqParameters *copy = g_new0 (MixqParameters, 1);

  copy->n_units = self->model->n_units;
  copy->weight = g_new0 (float *, copy->n_units);
  copy->vector = g_new0 (float *, copy->n_units);
  for (guint u = 0; u < copy->n_units; u++) {
    const MixqUnit *unit = &self->model->units[u];
    gsize n_state, n = mixq_unit_vector_size (unit, &n_state);
    gboolean attends = unit->kind == MIXQ_UNIT_ATTEND;

    if (self->weight[u] != NULL)
      copy->weight[u] = real_weight (self, u, unit->in_cols, attends ? 2 : unit->out_cols,
                                     attends ? unit->slot_weight : unit->slot_operand);
    if (self->vector[u] == NULL)
      continue;
    copy->vector[u] = g_new0 (float, n + n_state);
    memcpy (copy->vector[u], self->vector[u], n * sizeof (float));
    for (gsize c = 0; c < n_state / 2; c++) /* a mean of 0 and a variance of 1 leave a x + b */
      copy->vector[u][n + n_state / 2 + c] = 1;
  }
  return copy;
}

gboolean
mixq_frozen_has_nodes (const MixqFrozen *self)
{
  for (guint s = 0; s < self->model->n_slots; s++)
    if (self->slots[s].granularity == MIXQ_PER_ROW)
      return TRUE;
  return FALSE;
}

void
mixq_frozen_bind_graph (MixqFrozen *self, const MixqDataset *dataset)
{
  g_clear_pointer (&self->graph_sha256, g_free);
  if (mixq_frozen_has_nodes (self))
    self->graph_sha256 = g_strdup (dataset->graph_sha256);
}

MixqFrozen *
mixq_net_freeze (const MixqNet *net, GError **error)
{
  g_autoptr (MixqFrozen) self = mixq_frozen_alloc (net->model);

  for (guint s = 0; s < net->n_slots; s++)
    if (!freeze_slot (net->model, &net->slots[s], &self->slots[s], error))
      return NULL;
  mixq_frozen_bind_graph (self, net->inputs->dataset);
  for (guint u = 0; u < net->model->n_units; u++) {
    const MixqUnitClass *klass = mixq_unit_class (net->model->units[u].kind);
    if (klass->freeze != NULL)
      klass->freeze (net, u, self);
  }
  return g_steal_pointer (&self);
}

/* The number of nodes is compared by itself: inference must not read past the scales of a model without a digest. */
static gboolean
is_own_graph (const MixqFrozen *frozen, const MixqInputs *inputs)
{
  for (guint s = 0; s < frozen->model->n_slots; s++)
    if (frozen->slots[s].granularity == MIXQ_PER_ROW && frozen->slots[s].n != inputs->n_nodes)
      return FALSE;
  return frozen->graph_sha256 == NULL || g_strcmp0 (frozen->graph_sha256, inputs->dataset->graph_sha256) == 0;
}

static gboolean
check_shapes (const MixqFrozen *frozen, const MixqInputs *inputs, GError **error)
{
  if (inputs->features->n_cols != frozen->model->n_features) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_SHAPE,
                 "inference: the model reads %" G_GSIZE_FORMAT " features a node but %s has %" G_GSIZE_FORMAT
                 "; give the data set it was trained on",
                 frozen->model->n_features, inputs->dataset->name, inputs->features->n_cols);
    return FALSE;
  }
  if (is_own_graph (frozen, inputs))
    return TRUE;
  g_set_error (
      error, MIXQ_ERROR, MIXQ_ERROR_SHAPE,
      "inference: the model has scales or widths for every node of the graph it was trained on, and %s "
      "is another graph; give that one, or train without numbers for every node",
      inputs->dataset->name);
  return FALSE;
}

gsize
mixq_exec_n_rows (const MixqExec *self, int v)
{
  return self->frozen->model->value_of_graphs[v] ? self->inputs->n_graphs : self->inputs->n_nodes;
}

static MixqExec *
exec_alloc (MixqFrozen *frozen, MixqInputs *inputs, MixqEngine engine)
{
  const MixqModel *model = frozen->model;
  MixqExec *self = g_new0 (MixqExec, 1);

  self->frozen = mixq_frozen_ref (frozen);
  self->inputs = mixq_inputs_ref (inputs);
  self->engine = engine;
  self->code = g_new0 (gint32 *, model->n_values);
  self->real = g_new0 (double *, model->n_values);
  self->affine = g_new0 (const float *, model->n_values);
  self->slot_of = g_new (int, model->n_values);
  for (guint v = 0; v < model->n_values; v++)
    self->slot_of[v] = mixq_model_value_slot (model, (int) v);
  for (guint v = 1; v < model->n_values; v++) {
    gsize n = MAX (mixq_exec_n_rows (self, (int) v) * model->value_cols[v], 1);

    if (self->slot_of[v] >= 0)
      self->code[v] = g_new (gint32, n);
    if (engine == MIXQ_ENGINE_SIMULATED)
      self->real[v] = g_new (double, n);
  }
  self->unit_ms = g_new0 (double, model->n_units);
  self->kernels = mixq_integer_kernels_get ();
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
  g_free (self->affine);
  g_free (self->feature_code);
  g_free (self->edge_code);
  g_free (self->unit_ms);
  mixq_inputs_unref (self->inputs);
  mixq_frozen_unref (self->frozen);
  g_free (self);
}

double *
mixq_exec_dup_logits (const MixqExec *self)
{
  const MixqModel *model = self->frozen->model;
  int out = model->units[model->n_units - 1].output;
  const MixqFrozenSlot *slot = &self->frozen->slots[self->slot_of[out]];
  gsize classes = model->n_classes, n = mixq_exec_n_rows (self, out);
  double *logits = g_new (double, MAX (n * classes, 1));

  for (gsize r = 0; r < n; r++)
    for (gsize c = 0; c < classes; c++)
      logits[r * classes + c] = mixq_frozen_slot_value (slot, mixq_frozen_slot_at (slot, r, c),
                                                        self->code[out][r * classes + c]);
  return logits;
}

gsize
mixq_exec_count_equal (const MixqExec *a, const MixqExec *b, gsize *total)
{
  const MixqModel *model = a->frozen->model;
  gsize equal = 0;

  for (guint u = 0; u < model->n_units; u++) {
    int v = model->units[u].output;
    gsize n = mixq_exec_n_rows (a, v) * model->value_cols[v];

    if (model->units[u].slot_output < 0)
      continue; /* maps codes to codes; the simulated engine keeps reals there */
    for (gsize i = 0; i < n; i++)
      equal += a->code[v][i] == b->code[v][i];
    *total += n;
  }
  return equal;
}

void
mixq_exec_predict (const MixqExec *self, guint16 *prediction, guint8 *confidence)
{
  g_autofree double *logits = mixq_exec_dup_logits (self);

  mixq_task_predict_double (self->inputs, logits, prediction, confidence);
}

double
mixq_exec_loss (const MixqExec *self, MixqPart part)
{
  g_autofree double *logits = mixq_exec_dup_logits (self);

  return mixq_task_loss_double (self->inputs, part, logits);
}

double
mixq_exec_compare (const MixqExec *a, const MixqExec *b)
{
  gsize total = 0, equal = mixq_exec_count_equal (a, b, &total);

  return total > 0 ? (double) equal / (double) total : 1.0;
}
