/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-net.h"

#include <math.h>
#include <string.h>

#include "net/mixq-buffers.h"
#include "net/mixq-constant.h"
#include "net/mixq-estimate.h"
#include "net/mixq-frontier.h"
#include "net/mixq-nodes.h"
#include "net/mixq-parameters.h"
#include "net/mixq-protect.h"
#include "net/mixq-slot.h"
#include "unit/mixq-unit.h"

static gboolean
relu_reads (const MixqModel *model, int value)
{
  for (guint u = 0; u < model->n_units; u++)
    if (model->units[u].input == value && model->units[u].kind == MIXQ_UNIT_RELU)
      return TRUE;
  return FALSE;
}

static void
init_slots (MixqNet *self, guint n_choices, const guint8 *choices, const guint8 *fixed)
{
  self->n_slots = self->model->n_slots;
  self->slots = g_new0 (MixqSlot, self->n_slots);
  self->alpha = g_new0 (float, self->n_slots *MIXQ_MAX_CHOICES);
  self->alpha_g = g_new0 (float, self->n_slots *MIXQ_MAX_CHOICES);
  self->alpha_m = g_new0 (float, self->n_slots *MIXQ_MAX_CHOICES);
  self->alpha_v = g_new0 (float, self->n_slots *MIXQ_MAX_CHOICES);
  for (guint s = 0; s < self->n_slots; s++) {
    const MixqSlotInfo *info = &self->model->slots[s];
    gboolean is_signed = info->is_signed || (info->role == MIXQ_SLOT_INPUT && self->inputs->features_signed);
    const MixqUnit *unit = &self->model->units[info->unit];
    gboolean before_relu = unit->slot_output == (int) s && relu_reads (self->model, unit->output);

    if (self->rules.per_node && info->role == MIXQ_SLOT_AGGREGATE)
      is_signed = !before_relu; /* zero-points are 0 there */
    mixq_slot_init (&self->slots[s], self->model, s, fixed != NULL ? 1 : n_choices,
                    fixed != NULL ? &fixed[s] : choices, is_signed, &self->rules,
                    self->alpha + s * MIXQ_MAX_CHOICES);
    if (info->role == MIXQ_SLOT_ADJACENCY && self->rules.float_adjacency)
      self->slots[s].calibrate = FALSE;
    self->slots[s].before_relu = before_relu;
    if (info->role == MIXQ_SLOT_AGGREGATE && self->slots[s].n_choices > 0 &&
        self->slots[s].quantizer[0].granularity == MIXQ_PER_ROW)
      mixq_nodes_init_slot (self, &self->slots[s]);
  }
}

/* --- what it is bound to --------------------------------------------------------------------------------------------- */

static gsize
largest_operator (const MixqNet *self)
{
  gsize largest = 0;

  for (guint u = 0; u < self->model->n_units; u++) {
    MixqUnitKind kind = self->model->units[u].kind;

    if (kind == MIXQ_UNIT_PROPAGATE || kind == MIXQ_UNIT_ATTEND)
      largest = MAX (largest, mixq_inputs_edges (self->inputs, self->model->units[u].edges)->nnz);
  }
  return largest;
}

static gboolean
grow (gsize *capacity, gsize needed)
{
  if (needed <= *capacity)
    return FALSE;
  *capacity = needed;
  return TRUE;
}

/* What single rows need to evaluate one after the other would be small; a graph is evaluated as a whole. */
static gboolean
is_lean (const MixqNet *self, const MixqInputs *inputs, gboolean training)
{
  return !training && inputs == self->data && inputs->task != MIXQ_TASK_GRAPHS;
}

static gboolean
grow_capacity (MixqNet *self)
{
  const MixqInputs *inputs = self->inputs;
  gboolean grown = grow (&self->capacity.nodes, inputs->n_nodes);

  grown |= grow (&self->capacity.graphs, inputs->n_graphs);
  grown |= grow (&self->capacity.entries, inputs->features->nnz);
  grown |= grow (&self->capacity.edges, largest_operator (self));
  return grown;
}

void
mixq_net_bind (MixqNet *self, MixqInputs *inputs, gboolean training)
{
  gboolean lean = is_lean (self, inputs, training);

  if (self->inputs == inputs && self->capacity.nodes > 0 && (self->can_train || !training))
    return;
  mixq_frontier_clear (self);
  mixq_inputs_ref (inputs);
  g_clear_pointer (&self->inputs, mixq_inputs_unref);
  self->inputs = inputs;
  if (lean || self->lean) /* sizes of one manner say nothing about the other */
    memset (&self->capacity, 0, sizeof self->capacity);
  self->lean = lean;
  if (grow_capacity (self))
    mixq_buffers_build (self);
  memset (self->done, 0, self->model->n_values * sizeof *self->done);
  if (self->rules.protect_nodes)
    mixq_protect_bind (self);
  self->can_train = training;
  mixq_frontier_build (self);
}

void
mixq_net_rules_init (MixqNetRules *self, MixqScheme scheme, MixqRanges ranges)
{
  const MixqSchemeTraits *traits = mixq_scheme_traits (scheme);

  *self = (MixqNetRules){
    .ranges = ranges,
    .learn_steps = traits->learns_step,
    .protect_nodes = traits->protects_nodes,
    .per_node = traits->per_node,
  };
}

static void
alloc_tables (MixqNet *self)
{
  const MixqModel *model = self->model;

  self->value = g_new0 (float *, model->n_values);
  self->read = g_new0 (float *, model->n_values);
  self->grad = g_new0 (float *, model->n_values);
  self->pre = g_new0 (float *, model->n_values);
  self->n_readers = g_new0 (guint8, model->n_values);
  self->last_reader = g_new0 (int, model->n_values);
  self->wants = g_new0 (gboolean, model->n_values);
  self->zero_first = g_new0 (gboolean, model->n_values);
  self->constant = g_new0 (gboolean, model->n_values);
  self->done = g_new0 (gboolean, model->n_values);
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) mixq_buffer_free);
  self->frontier = g_new0 (MixqRows, model->n_values);
  self->frontier_index = g_new0 (guint32 *, model->n_values);
  self->weights = g_new0 (MixqWeight, model->n_units);
  self->vectors = g_new0 (MixqVector, model->n_units);
  self->edge_value = g_new0 (float *, model->n_units);
  self->attention = g_new0 (float *, model->n_units);
  self->score = g_new0 (float *, model->n_units);
  self->edges_t = g_new0 (MixqCsr *, model->n_units);
  self->edges_t_perm = g_new0 (gsize *, model->n_units);
  for (guint u = 0; u < model->n_units; u++)
    for (guint i = 0; i < model->units[u].n_inputs; i++) {
      self->n_readers[mixq_unit_input (&model->units[u], i)]++;
      self->last_reader[mixq_unit_input (&model->units[u], i)] = (int) u;
    }
}

/* Dropout (of features read sparse and of attention, too) draws, and a batch norm takes other statistics, in training. */
static gboolean
differs_in_training (const MixqUnit *unit)
{
  return unit->kind == MIXQ_UNIT_DROPOUT || unit->kind == MIXQ_UNIT_ATTEND ||
         unit->kind == MIXQ_UNIT_BATCH_NORM || unit->drop > 0;
}

static guint
shared_prefix (const MixqModel *model)
{
  guint u = 0;

  while (u < model->n_units && !differs_in_training (&model->units[u]))
    u++;
  return u;
}

MixqNet *
mixq_net_new (MixqModel *model,
              MixqInputs *inputs,
              guint n_choices,
              const guint8 *choices,
              const guint8 *fixed,
              gboolean loss_on_all,
              const MixqNetRules *rules)
{
  MixqNet *self = g_new0 (MixqNet, 1);

  self->model = mixq_model_ref (model);
  self->data = mixq_inputs_ref (inputs);
  self->inputs = mixq_inputs_ref (inputs);
  self->loss_on_all = loss_on_all;
  self->quantized = n_choices > 0 || fixed != NULL;
  self->kernels = mixq_kernels_get ();
  if (rules != NULL)
    self->rules = *rules;
  self->estimate_rows = MIXQ_ESTIMATE_ROWS;
  self->keep = (float) (1.0 - model->spec.dropout);
  self->n_prefix = shared_prefix (model);
  alloc_tables (self);
  mixq_constant_find (self);
  init_slots (self, n_choices, choices, fixed);
  if (self->quantized && self->rules.per_column)
    self->feature_offset = mixq_buffer_new (model->n_features);
  mixq_net_init_parameters (self, self->rules.weight_copies && fixed == NULL ? MAX (n_choices, 1) : 1);
  return self;
}

void
mixq_net_free (MixqNet *self)
{
  mixq_frontier_clear (self);
  mixq_buffers_clear (self);
  g_ptr_array_unref (self->blocks);
  mixq_net_free_parameters (self);
  mixq_protect_clear (self);
  for (guint s = 0; s < self->n_slots; s++)
    mixq_slot_clear (&self->slots[s]);
  mixq_buffer_free (self->feature_offset);
  g_free (self->slots);
  g_free (self->alpha);
  g_free (self->alpha_g);
  g_free (self->alpha_m);
  g_free (self->alpha_v);
  g_free (self->value);
  g_free (self->read);
  g_free (self->grad);
  g_free (self->pre);
  g_free (self->n_readers);
  g_free (self->last_reader);
  g_free (self->wants);
  g_free (self->zero_first);
  g_free (self->constant);
  g_free (self->done);
  g_free (self->frontier);
  g_free (self->frontier_index);
  g_free (self->estimate_index);
  g_free (self->weights);
  g_free (self->vectors);
  g_free (self->edge_value);
  g_free (self->attention);
  g_free (self->score);
  g_free (self->edges_t);
  g_free (self->edges_t_perm);
  mixq_inputs_unref (self->inputs);
  mixq_inputs_unref (self->data);
  mixq_model_unref (self->model);
  g_free (self);
}

void
mixq_net_calibrate (MixqNet *self)
{
  for (guint s = 0; s < self->n_slots; s++)
    if (self->slots[s].n_choices > 0)
      self->slots[s].calibrate = TRUE;
}

void
mixq_net_update_probabilities (MixqNet *self)
{
  for (guint s = 0; s < self->n_slots; s++)
    mixq_slot_update_probabilities (&self->slots[s]);
}

void
mixq_net_set_temperature (MixqNet *self, float temperature)
{
  for (guint s = 0; s < self->n_slots; s++)
    self->slots[s].temperature = temperature;
  mixq_net_update_probabilities (self);
}

gboolean
mixq_net_pin (MixqNet *self, guint slot, guint8 bits)
{
  MixqSlot *s = &self->slots[slot];
  guint n_active = 0;
  guint8 active[MIXQ_MAX_CHOICES];

  for (guint k = 0; k < s->n_choices; k++)
    if (bits == 0 || s->bits[k] == bits)
      active[n_active++] = (guint8) k;
  if (n_active == 0)
    return FALSE;
  memcpy (s->active, active, sizeof active);
  s->n_active = n_active;
  mixq_slot_update_probabilities (s);
  return TRUE;
}

guint8
mixq_net_selected (const MixqNet *self, guint slot)
{
  const MixqSlot *s = &self->slots[slot];
  guint best;

  if (s->n_active == 0)
    return 32;
  best = s->active[0];
  for (guint a = 1; a < s->n_active; a++)
    if (s->alpha[s->active[a]] > s->alpha[best])
      best = s->active[a];
  return s->bits[best];
}

void
mixq_net_forward (MixqNet *self, guint from, guint to, MixqPass pass)
{
  if (self->capacity.nodes == 0)
    mixq_net_bind (self, self->data, TRUE);
  self->protecting = self->rules.protect_nodes && pass.training;
  for (guint u = from; u < to; u++)
    mixq_unit_class (self->model->units[u].kind)->forward (self, u, pass);
}

static gboolean
slot_learns (MixqNet *self, int slot)
{
  MixqSlot *s = mixq_net_slot (self, slot);

  return s != NULL && mixq_slot_wants_gradient (s);
}

/* Whether anything up to and with the unit has something to learn: else its gradient is of no use. */
static gboolean
learns (MixqNet *self, guint u)
{
  const MixqUnit *unit = &self->model->units[u];

  if (self->weights[u].rows > 0 || self->vectors[u].n > 0 || slot_learns (self, unit->slot_input) ||
      slot_learns (self, unit->slot_operand) || slot_learns (self, unit->slot_output) ||
      slot_learns (self, unit->slot_score))
    return TRUE;
  for (guint i = 0; i < unit->n_inputs; i++)
    if (self->wants[mixq_unit_input (unit, i)])
      return TRUE;
  return FALSE;
}

/* The rows that not every reader of value @v writes, before the first one of them does. */
static void
zero_gradient (MixqNet *self, int v)
{
  gsize d = self->model->value_cols[v];

  for (gsize i = 0; i < self->frontier[v].n; i++)
    memset (self->grad[v] + mixq_rows_at (self->frontier[v], i) * d, 0, d * sizeof (float));
}

static void
zero_gradients (MixqNet *self, guint u)
{
  const MixqUnit *unit = &self->model->units[u];

  for (guint i = 0; i < unit->n_inputs; i++) {
    int v = mixq_unit_input (unit, i);

    if (self->wants[v] && self->zero_first[v] && self->last_reader[v] == (int) u)
      zero_gradient (self, v);
  }
}

void
mixq_net_backward (MixqNet *self)
{
  for (guint s = 0; s < self->n_slots; s++)
    mixq_slot_begin_backward (&self->slots[s]);
  for (guint u = 0; u < self->model->n_units; u++)
    self->wants[self->model->units[u].output] = learns (self, u);
  for (guint u = self->model->n_units; u-- > 0;) {
    zero_gradients (self, u);
    if (self->wants[self->model->units[u].output])
      mixq_unit_class (self->model->units[u].kind)->backward (self, u);
  }
}

float *
mixq_net_grad_target (MixqNet *self, int v)
{
  if (!self->wants[v])
    return NULL;
  return self->n_readers[v] > 1 ? self->grad_part : self->grad[v];
}

void
mixq_net_grad_done (MixqNet *self, int v, MixqRows rows)
{
  gsize d = self->model->value_cols[v];

  for (gsize i = 0; self->n_readers[v] > 1 && i < rows.n; i++) {
    float *grad = self->grad[v] + mixq_rows_at (rows, i) * d;
    const float *part = self->grad_part + mixq_rows_at (rows, i) * d;

    for (gsize c = 0; c < d; c++)
      grad[c] += part[c];
  }
}

void
mixq_net_step_vector (MixqNet *self, guint unit)
{
  MixqVector *vector = &self->vectors[unit];

  if (self->adam != NULL && vector->n > 0)
    self->kernels->adam (self->adam, vector->n, vector->w, vector->g, vector->m, vector->v);
}

float *
mixq_net_logits (MixqNet *self)
{
  if (self->capacity.nodes ==
      0) /* asked before the first pass: a session that is paused before its first step */
    mixq_net_bind (self, self->data, TRUE);
  return self->read[self->model->units[self->model->n_units - 1].output];
}

float *
mixq_net_logits_grad (MixqNet *self)
{
  return self->grad[self->model->units[self->model->n_units - 1].output];
}

MixqRows
mixq_net_rows (const MixqNet *self, int value, MixqPass pass)
{
  return pass.all_rows ? (MixqRows){ NULL, mixq_net_n_rows (self, value) } : self->frontier[value];
}

gsize
mixq_net_n_rows (const MixqNet *self, int v)
{
  return self->model->value_of_graphs[v] ? self->inputs->n_graphs : self->inputs->n_nodes;
}

guint64
mixq_net_dropout_key (const MixqNet *self, guint unit)
{
  return self->dropout_key + (guint64) unit * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
}
