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
  for (guint s = 0; s < self->model->n_slots; s++)
    mixq_frozen_slot_clear (&self->slots[s]);
  for (guint u = 0; u < self->model->n_units; u++)
    g_free (self->weight[u]);
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

static MixqExec *
exec_alloc (MixqFrozen *frozen, MixqInputs *inputs, MixqEngine engine)
{
  const MixqModel *model = frozen->model;
  MixqExec *self = g_new0 (MixqExec, 1);
  gsize n = inputs->n_nodes;

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
  self->edge_code = g_new (gint32, MAX (mixq_inputs_edges (inputs, MIXQ_EDGES_GCN)->nnz, 1));
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

  for (gsize r = 0; r < self->inputs->n_nodes; r++) {
    const gint32 *code = self->code[out] + r * classes;
    double best = -INFINITY, sum = 0;

    for (gsize c = 0; c < classes; c++) {
      double logit = mixq_frozen_slot_value (slot, mixq_frozen_slot_at (slot, r, c), code[c]);
      if (logit > best) {
        best = logit;
        prediction[r] = (guint16) c;
      }
    }
    for (gsize c = 0; confidence != NULL && c < classes; c++)
      sum += exp (mixq_frozen_slot_value (slot, mixq_frozen_slot_at (slot, r, c), code[c]) - best);
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

  for (gsize i = 0; i < in->n_item[part]; i++) {
    gsize r = in->item[part][i];
    const gint32 *code = self->code[out] + r * classes;
    gsize label = (gsize) in->dataset->labels[r];
    double sum = 0, top = -INFINITY;

    for (gsize c = 0; c < classes; c++)
      top = fmax (top, mixq_frozen_slot_value (slot, mixq_frozen_slot_at (slot, r, c), code[c]));
    for (gsize c = 0; c < classes; c++)
      sum += exp (mixq_frozen_slot_value (slot, mixq_frozen_slot_at (slot, r, c), code[c]) - top);
    loss += log (sum) + top -
            mixq_frozen_slot_value (slot, mixq_frozen_slot_at (slot, r, label), code[label]);
  }
  return in->n_item[part] > 0 ? loss / (double) in->n_item[part] : (double) NAN;
}

double
mixq_exec_compare (const MixqExec *a, const MixqExec *b)
{
  const MixqModel *model = a->frozen->model;
  gsize equal = 0, total = 0;

  for (guint u = 0; u < model->n_units; u++) {
    int v = model->units[u].output;
    gsize n = a->inputs->n_nodes * model->value_cols[v];

    if (model->units[u].slot_output < 0)
      continue; /* maps codes to codes; the simulated engine keeps reals there */
    for (gsize i = 0; i < n; i++)
      equal += a->code[v][i] == b->code[v][i];
    total += n;
  }
  return total > 0 ? (double) equal / (double) total : 1.0;
}
