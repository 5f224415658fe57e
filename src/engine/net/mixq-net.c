/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-net.h"

#include <math.h>
#include <string.h>

#include "base/mixq-random.h"
#include "net/mixq-calibrate.h"
#include "net/mixq-frontier.h"
#include "net/mixq-nodes.h"
#include "net/mixq-protect.h"
#include "net/mixq-slot.h"
#include "unit/mixq-unit.h"

#define BUFFER_ALIGNMENT 64
/* Rows of a tile hold this many floats: 16 KiB, half an L1 cache. */
#define TILE_FLOATS 4096

static float *
buffer_new (gsize n)
{
  gsize bytes = (MAX (n, 1) * sizeof (float) + BUFFER_ALIGNMENT - 1) / BUFFER_ALIGNMENT * BUFFER_ALIGNMENT;
  float *buffer = g_aligned_alloc (1, bytes, BUFFER_ALIGNMENT);

  memset (buffer, 0, bytes);
  return buffer;
}

static void
buffer_free (float *buffer)
{
  if (buffer != NULL)
    g_aligned_free (buffer);
}

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
    gboolean before_relu = relu_reads (self->model, self->model->units[info->unit].output);

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

static void
init_weight (MixqNet *self, guint unit, guint n_copies, gboolean quantized)
{
  const MixqUnit *u = &self->model->units[unit];
  MixqWeight *weight = &self->weights[unit];
  gsize n = u->in_cols * u->out_cols;

  weight->rows = u->in_cols;
  weight->cols = u->out_cols;
  weight->n_copies = n_copies;
  for (guint k = 0; k < n_copies; k++) {
    weight->w[k] = buffer_new (n);
    weight->g[k] = buffer_new (n);
    weight->m[k] = buffer_new (n);
    weight->v[k] = buffer_new (n);
  }
  if (quantized)
    weight->q = buffer_new (n);
}

static void
init_buffers (MixqNet *self, guint n_copies, gboolean quantized)
{
  const MixqModel *model = self->model;
  gsize widest = 1, n = model->n_nodes;

  for (guint v = 1; v < model->n_values; v++) {
    self->value[v] = buffer_new (n * model->value_cols[v]);
    self->read[v] = self->value[v];
    self->grad[v] = buffer_new (n * model->value_cols[v]);
    widest = MAX (widest, model->value_cols[v]);
  }
  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];

    if (unit->kind == MIXQ_UNIT_LINEAR)
      init_weight (self, u, n_copies, quantized);
    if (unit->slot_output >= 0 && quantized)
      self->pre[unit->output] = buffer_new (n * unit->out_cols);
    if (unit->kind == MIXQ_UNIT_PROPAGATE && quantized)
      self->edge_value[u] = buffer_new (mixq_inputs_edges (self->inputs, MIXQ_EDGES_GCN)->nnz);
  }
  if (quantized) {
    self->feature_value = buffer_new (self->inputs->features->nnz);
    self->feature_grad = buffer_new (self->inputs->features->nnz);
    self->edge_grad = buffer_new (mixq_inputs_edges (self->inputs, MIXQ_EDGES_GCN)->nnz);
    if (self->rules.per_column)
      self->feature_offset = buffer_new (model->n_features);
  }
  self->scratch[0] = buffer_new (n * widest);
  self->scratch[1] = buffer_new (n * widest);
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
  gboolean quantized = n_choices > 0 || fixed != NULL;

  self->model = mixq_model_ref (model);
  self->inputs = mixq_inputs_ref (inputs);
  self->kernels = mixq_kernels_get ();
  if (rules != NULL)
    self->rules = *rules;
  self->keep = (float) (1.0 - model->spec.dropout);
  self->value = g_new0 (float *, model->n_values);
  self->read = g_new0 (float *, model->n_values);
  self->grad = g_new0 (float *, model->n_values);
  self->pre = g_new0 (float *, model->n_values);
  self->n_readers = g_new0 (guint8, model->n_values);
  for (guint u = 0; u < model->n_units; u++)
    self->n_readers[model->units[u].input]++;
  self->frontier = g_new0 (MixqRows, model->n_values);
  self->frontier_index = g_new0 (guint32 *, model->n_values);
  self->weights = g_new0 (MixqWeight, model->n_units);
  self->edge_value = g_new0 (float *, model->n_units);
  self->edges_t = g_new0 (MixqCsr *, model->n_units);
  self->edges_t_perm = g_new0 (gsize *, model->n_units);
  for (self->n_prefix = 0; self->n_prefix < model->n_units; self->n_prefix++)
    if (model->units[self->n_prefix].kind == MIXQ_UNIT_DROPOUT)
      break;

  init_slots (self, n_choices, choices, fixed);
  if (self->rules.protect_nodes)
    mixq_protect_init (self);
  init_buffers (self, self->rules.weight_copies && fixed == NULL ? MAX (n_choices, 1) : 1, quantized);
  mixq_frontier_build (self, loss_on_all);
  return self;
}

void
mixq_net_free (MixqNet *self)
{
  const MixqModel *model = self->model;

  mixq_frontier_clear (self);
  for (guint v = 0; v < model->n_values; v++) {
    buffer_free (self->value[v]);
    buffer_free (self->grad[v]);
    buffer_free (self->pre[v]);
  }
  for (guint u = 0; u < model->n_units; u++) {
    MixqWeight *weight = &self->weights[u];

    for (guint k = 0; k < weight->n_copies; k++) {
      buffer_free (weight->w[k]);
      buffer_free (weight->g[k]);
      buffer_free (weight->m[k]);
      buffer_free (weight->v[k]);
    }
    buffer_free (weight->q);
    buffer_free (self->edge_value[u]);
  }
  mixq_protect_clear (self);
  for (guint s = 0; s < self->n_slots; s++)
    mixq_slot_clear (&self->slots[s]);
  buffer_free (self->feature_value);
  buffer_free (self->feature_grad);
  buffer_free (self->feature_offset);
  buffer_free (self->edge_grad);
  buffer_free (self->scratch[0]);
  buffer_free (self->scratch[1]);
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
  g_free (self->frontier);
  g_free (self->frontier_index);
  g_free (self->weights);
  g_free (self->edge_value);
  g_free (self->edges_t);
  g_free (self->edges_t_perm);
  mixq_inputs_unref (self->inputs);
  mixq_model_unref (self->model);
  g_free (self);
}

void
mixq_net_init_weights (MixqNet *self, guint64 seed)
{
  MixqRandom random;

  mixq_random_init (&random, seed, "init");
  for (guint u = 0; u < self->model->n_units; u++) {
    MixqWeight *weight = &self->weights[u];
    double bound = weight->rows > 0 ? 1.0 / sqrt ((double) weight->rows) : 0;

    for (gsize i = 0; i < weight->rows * weight->cols; i++) {
      float w = (float) (bound * (2.0 * mixq_random_uniform (&random) - 1.0));
      for (guint k = 0; k < weight->n_copies; k++)
        weight->w[k][i] = w;
    }
  }
}

void
mixq_net_set_weights (MixqNet *self, float *const *weight)
{
  for (guint u = 0; u < self->model->n_units; u++)
    for (guint k = 0; k < self->weights[u].n_copies; k++)
      memcpy (self->weights[u].w[k], weight[u],
              self->weights[u].rows * self->weights[u].cols * sizeof (float));
}

gsize
mixq_net_n_weights (const MixqNet *self)
{
  gsize n = 0;

  for (guint u = 0; u < self->model->n_units; u++)
    n += self->weights[u].rows * self->weights[u].cols;
  return n;
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
  self->protecting = self->rules.protect_nodes && pass.training;
  for (guint u = from; u < to; u++)
    mixq_unit_class (self->model->units[u].kind)->forward (self, u, pass);
}

void
mixq_net_backward (MixqNet *self)
{
  for (guint s = 0; s < self->n_slots; s++)
    mixq_slot_begin_backward (&self->slots[s]);
  for (guint u = self->model->n_units; u-- > 0;)
    mixq_unit_class (self->model->units[u].kind)->backward (self, u);
}

float *
mixq_net_logits (MixqNet *self)
{
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
  return pass.all_rows ? (MixqRows){ NULL, self->model->n_nodes } : self->frontier[value];
}

MixqSlot *
mixq_net_slot (MixqNet *self, int slot)
{
  if (slot < 0 || mixq_slot_is_identity (&self->slots[slot]))
    return NULL;
  return &self->slots[slot];
}

/* A training pass that protects rows: those pass as they are. */
static void
quantize_free_rows (MixqNet *self, MixqSlot *slot, MixqRows rows, gsize d, const float *pre, float *value)
{
  mixq_protect_split (self, slot, rows);
  mixq_slot_forward (slot, self->kernels, (MixqRows){ slot->free_rows, slot->n_free }, d, pre, value);
  for (gsize i = 0; i < slot->n_kept; i++)
    memcpy (value + slot->kept_rows[i] * d, pre + slot->kept_rows[i] * d, d * sizeof *value);
}

void
mixq_net_produce (MixqNet *self,
                  const MixqUnit *unit,
                  MixqRows rows,
                  gboolean tiled,
                  MixqProduce produce,
                  gconstpointer data)
{
  MixqSlot *slot = mixq_net_slot (self, unit->slot_output);
  gsize d = unit->out_cols, tile = tiled ? MAX (TILE_FLOATS / MAX (d, 1), 4) : MAX (rows.n, 1);
  float *value = self->value[unit->output], *pre = self->pre[unit->output];

  self->read[unit->output] = value;
  if (slot == NULL) {
    produce (self, unit, rows, data, value);
    return;
  }
  if (slot->calibrate || self->protecting) {
    produce (self, unit, rows, data, pre);
    if (slot->calibrate)
      mixq_calibrate_slot_output (self, slot, rows, d, pre);
    if (self->protecting) {
      quantize_free_rows (self, slot, rows, d, pre, value);
      return;
    }
    mixq_slot_forward (slot, self->kernels, rows, d, pre, value);
    return;
  }
  for (gsize from = 0; from < rows.n; from += tile) {
    MixqRows block = mixq_rows_block (rows, from, tile);

    produce (self, unit, block, data, pre);
    mixq_slot_forward (slot, self->kernels, block, d, pre, value);
  }
}

float *
mixq_net_output_grad (MixqNet *self, const MixqUnit *unit, MixqRows rows)
{
  MixqSlot *slot = mixq_net_slot (self, unit->slot_output);
  float *g = self->grad[unit->output], *x = self->pre[unit->output];

  if (slot == NULL)
    return g;
  if (self->rules.learn_ranges) {
    g_autofree double *sum_g = g_new0 (double, unit->out_cols), *sum_gx = g_new0 (double, unit->out_cols);

    self->kernels->column_sums (rows, unit->out_cols, g, x, sum_g, sum_gx);
    mixq_slot_range_gradient (slot, self->model->n_nodes, sum_g, sum_gx);
  }
  if (self->protecting)
    rows = (MixqRows){ slot->free_rows, slot->n_free }; /* the others' gradient stays as it came */
  mixq_slot_backward (slot, self->kernels, rows, unit->out_cols, x, g, g);
  return g;
}

void
mixq_net_follow_ranges (MixqNet *self)
{
  for (guint u = 0; u < self->model->n_units; u++) {
    const MixqUnit *unit = &self->model->units[u];
    MixqSlot *output = mixq_net_slot (self, unit->slot_output);
    MixqSlot *weight = unit->kind == MIXQ_UNIT_LINEAR ? mixq_net_slot (self, unit->slot_operand) : NULL;

    if (output != NULL && output->seen[0] != NULL && !output->calibrate) {
      MixqRows rows = self->protecting ? (MixqRows){ output->free_rows, output->n_free }
                                       : self->frontier[unit->output];

      mixq_follow_slot_output (self, output, rows, unit->out_cols, self->pre[unit->output]);
    }
    if (weight != NULL && weight->seen[0] != NULL && !weight->calibrate)
      mixq_follow_slot_weight (self, weight, &self->weights[u]);
  }
}
