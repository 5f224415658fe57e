/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-slot.h"

#include <math.h>
#include <string.h>

#include "net/mixq-nodes.h"

/* How fine the scales of what a unit of this kind reads may be, beside one for all. */
static gboolean
reader_allows (MixqUnitKind kind, MixqGranularity granularity)
{
  switch (kind) {
  case MIXQ_UNIT_LINEAR: /* sums over columns */
    return granularity == MIXQ_PER_ROW;
  case MIXQ_UNIT_PROPAGATE: /* sums over rows */
  case MIXQ_UNIT_POOL:
  case MIXQ_UNIT_BATCH_NORM:
    return granularity == MIXQ_PER_COLUMN;
  case MIXQ_UNIT_ATTEND: /* sums over both */
    return FALSE;
  default:
    return TRUE;
  }
}

gboolean
mixq_net_granularity_fits (const MixqModel *model, guint s, MixqGranularity granularity)
{
  MixqSlotRole role = model->slots[s].role;

  if (granularity == MIXQ_PER_TENSOR)
    return TRUE;
  if (role == MIXQ_SLOT_ADJACENCY || role == MIXQ_SLOT_SCORE)
    return FALSE;
  if (role == MIXQ_SLOT_WEIGHT)
    return granularity == MIXQ_PER_COLUMN;
  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];

    for (guint i = 0; i < unit->n_inputs; i++)
      if ((unit->slot_input >= 0 ? unit->slot_input
                                 : mixq_model_value_slot (model, mixq_unit_input (unit, i))) == (int) s &&
          !reader_allows (unit->kind, granularity))
        return FALSE;
  }
  return TRUE;
}

/* Published rule: X and W take one scale a feature, activations one a column, edges one in all. */
static MixqGranularity
published_granularity (const MixqSlotInfo *info)
{
  return info->role == MIXQ_SLOT_ADJACENCY ? MIXQ_PER_TENSOR
         : info->role == MIXQ_SLOT_WEIGHT  ? MIXQ_PER_ROW
                                           : MIXQ_PER_COLUMN;
}

/* As fine as the rules ask for and integer sums allow. */
static MixqGranularity
wanted_granularity (const MixqModel *model, guint s, const MixqNetRules *rules)
{
  MixqGranularity wanted = MIXQ_PER_TENSOR;

  switch (model->slots[s].role) {
  case MIXQ_SLOT_WEIGHT:
    return MIXQ_PER_COLUMN;
  case MIXQ_SLOT_INPUT:
    wanted = rules->fine || rules->per_node ? MIXQ_PER_ROW : MIXQ_PER_TENSOR;
    break;
  case MIXQ_SLOT_PRODUCT:
    wanted = rules->fine || rules->per_node ? MIXQ_PER_COLUMN : MIXQ_PER_TENSOR;
    break;
  case MIXQ_SLOT_AGGREGATE:
    wanted = rules->per_node || rules->node_widths != MIXQ_NODE_WIDTHS_NONE ? MIXQ_PER_ROW : MIXQ_PER_TENSOR;
    break;
  case MIXQ_SLOT_ADJACENCY:
  case MIXQ_SLOT_SUM:
  case MIXQ_SLOT_POOLED:
  case MIXQ_SLOT_SCORE:
  case MIXQ_N_SLOT_ROLES:
  default:
    break;
  }
  return mixq_net_granularity_fits (model, s, wanted) ? wanted : MIXQ_PER_TENSOR;
}

/* Constant tensors have nothing to follow, learned steps follow the loss, and rows have rules of their own. */
static gboolean
follows (const MixqModel *model, guint s, MixqGranularity granularity, const MixqNetRules *rules)
{
  if (!mixq_ranges_follow (rules->ranges) || rules->per_column || rules->learn_steps)
    return FALSE;
  if (model->slots[s].role == MIXQ_SLOT_WEIGHT)
    return TRUE;
  return mixq_model_slot_changes (model, s) && granularity == MIXQ_PER_TENSOR;
}

void
mixq_slot_init (MixqSlot *self,
                const MixqModel *model,
                guint s,
                guint n_choices,
                const guint8 *choices,
                gboolean is_signed,
                const MixqNetRules *rules,
                float *alpha)
{
  const MixqSlotInfo *info = &model->slots[s];
  MixqGranularity granularity = rules->per_column ? published_granularity (info)
                                                  : wanted_granularity (model, s, rules);
  gsize n = granularity == MIXQ_PER_COLUMN ? info->cols : granularity == MIXQ_PER_ROW ? info->rows : 1;

  self->info = info;
  self->n_choices = n_choices;
  self->alpha = alpha;
  self->temperature = 1;
  for (guint k = 0; k < n_choices; k++) {
    self->bits[k] = choices[k];
    self->active[k] = (guint8) k;
    (rules->per_column ? mixq_quantizer_init_published
                       : mixq_quantizer_init) (&self->quantizer[k], choices[k], is_signed, granularity, n);
    if (follows (model, s, granularity, rules))
      self->seen[k] = g_new0 (MixqRange, n);
    if (rules->learn_steps)
      self->step_sum[k] = g_new0 (double, n);
    if (rules->learn_ranges || rules->learn_steps) {
      self->range_grad[k] = g_new0 (float, 2 * n);
      self->range_m[k] = g_new0 (float, 2 * n);
      self->range_v[k] = g_new0 (float, 2 * n);
    }
  }
  self->n_active = n_choices;
  self->calibrate = n_choices > 0;
  mixq_slot_update_probabilities (self);
}

void
mixq_slot_clear (MixqSlot *self)
{
  for (guint k = 0; k < self->n_choices; k++) {
    mixq_quantizer_clear (&self->quantizer[k]);
    g_free (self->seen[k]);
    g_free (self->step_sum[k]);
    g_free (self->range_grad[k]);
    g_free (self->range_m[k]);
    g_free (self->range_v[k]);
  }
  mixq_node_state_free (self->nodes);
}

void
mixq_slot_update_probabilities (MixqSlot *self)
{
  float top = -INFINITY, sum = 0;

  memset (self->p, 0, sizeof self->p);
  for (guint a = 0; a < self->n_active; a++)
    top = fmaxf (top, self->alpha[self->active[a]]);
  for (guint a = 0; a < self->n_active; a++)
    sum += self->p[self->active[a]] = expf ((self->alpha[self->active[a]] - top) / self->temperature);
  for (guint a = 0; a < self->n_active; a++)
    self->p[self->active[a]] /= sum;
}

gboolean
mixq_slot_is_identity (const MixqSlot *slot)
{
  return slot->n_active == 0;
}

gboolean
mixq_slot_wants_gradient (const MixqSlot *slot)
{
  return slot->n_active > 1 || slot->range_grad[0] != NULL;
}

void
mixq_slot_mix_one (const MixqSlot *slot, guint choice, float p, MixqMix *mix)
{
  const MixqQuantizer *q = &slot->quantizer[choice];
  guint k = mix->n++;

  mix->granularity = q->granularity;
  mix->p[k] = p;
  mix->lo[k] = q->lo;
  mix->hi[k] = q->hi;
  mix->scale[k] = q->scale;
  mix->inv[k] = q->inv;
  mix->zero[k] = q->zero;
}

void
mixq_slot_mix (const MixqSlot *slot, MixqMix *mix)
{
  mix->n = 0;
  for (guint a = 0; a < slot->n_active; a++)
    mixq_slot_mix_one (slot, slot->active[a], slot->p[slot->active[a]], mix);
}

/* The kernels know one range for all rows; rows with widths or scales of their own are handed over one by one. */
static gboolean
goes_by_row (const MixqSlot *slot)
{
  return slot->n_active > 0 && slot->quantizer[slot->active[0]].row_lo != NULL;
}

/* @mix as it is on row @r: one scale, one range. */
static void
set_row (const MixqSlot *slot, gsize r, MixqMix *mix)
{
  mix->granularity = MIXQ_PER_TENSOR;
  for (guint a = 0; a < slot->n_active; a++) {
    const MixqQuantizer *q = &slot->quantizer[slot->active[a]];

    mix->scale[a] = q->scale + r;
    mix->inv[a] = q->inv + r;
    mix->zero[a] = q->zero + r;
    mix->lo[a] = q->row_lo != NULL ? q->row_lo[r] : q->lo;
    mix->hi[a] = q->row_hi != NULL ? q->row_hi[r] : q->hi;
  }
}

void
mixq_slot_forward (const MixqSlot *slot,
                   const MixqKernels *kernels,
                   MixqRows rows,
                   gsize d,
                   const float *x,
                   float *y)
{
  MixqMix mix;

  mixq_slot_mix (slot, &mix);
  if (!goes_by_row (slot)) {
    kernels->mix_forward (&mix, rows, d, x, y);
    return;
  }
  for (gsize i = 0; i < rows.n; i++) {
    set_row (slot, mixq_rows_at (rows, i), &mix);
    kernels->mix_forward (&mix, (MixqRows){ NULL, 1, mixq_rows_at (rows, i) }, d, x, y);
  }
}

static void
add_dots (MixqSlot *slot, const double *dot)
{
  for (guint a = 0; a < slot->n_active; a++)
    slot->dot[slot->active[a]] += dot[a];
}

/* The gradients of one part that @mix describes; those of scales come first, before dx overwrites g. @at: its first scale. */
static void
backward_part (MixqSlot *slot,
               const MixqKernels *kernels,
               const MixqMix *mix,
               gsize at,
               MixqRows rows,
               gsize d,
               const float *x,
               const float *g,
               float *dx,
               double *dots)
{
  double *sum[MIXQ_MIX_MAX];

  for (guint a = 0; a < slot->n_active && slot->step_sum[0] != NULL; a++)
    sum[a] = slot->step_sum[slot->active[a]] + at;
  if (slot->step_sum[0] != NULL)
    kernels->mix_steps (mix, rows, d, x, g, sum);
  kernels->mix_backward (mix, rows, d, x, g, dx, dots);
}

void
mixq_slot_begin_backward (MixqSlot *slot)
{
  memset (slot->dot, 0, sizeof slot->dot);
  for (guint k = 0; k < slot->n_choices && slot->step_sum[k] != NULL; k++)
    memset (slot->step_sum[k], 0, slot->quantizer[k].n * sizeof *slot->step_sum[k]);
  for (guint k = 0; k < slot->n_choices && slot->range_grad[k] != NULL; k++)
    memset (slot->range_grad[k], 0, 2 * slot->quantizer[k].n * sizeof *slot->range_grad[k]);
}

void
mixq_slot_step_gradient (MixqSlot *slot)
{
  for (guint a = 0; a < slot->n_active; a++) {
    guint k = slot->active[a];
    const MixqQuantizer *q = &slot->quantizer[k];
    double share = (double) slot->info->elements / (double) q->n;
    double factor = (double) slot->p[k] / sqrt (fmax (share, 1) * (double) q->hi);

    for (gsize i = 0; i < q->n; i++)
      slot->range_grad[k][i] = (float) (factor * (double) q->scale[i] * slot->step_sum[k][i]);
  }
}

void
mixq_slot_backward (MixqSlot *slot,
                    const MixqKernels *kernels,
                    MixqRows rows,
                    gsize d,
                    const float *x,
                    const float *g,
                    float *dx)
{
  double dot[MIXQ_MIX_MAX] = { 0 }, *dots = slot->n_active > 1 ? dot : NULL;
  MixqMix mix;

  mixq_slot_mix (slot, &mix);
  if (!goes_by_row (slot))
    backward_part (slot, kernels, &mix, 0, rows, d, x, g, dx, dots);
  else
    for (gsize i = 0; i < rows.n; i++) {
      gsize r = mixq_rows_at (rows, i);

      set_row (slot, r, &mix);
      backward_part (slot, kernels, &mix, r, (MixqRows){ NULL, 1, r }, d, x, g, dx, dots);
    }
  add_dots (slot, dot);
}

void
mixq_slot_forward_entries (const MixqSlot *slot, const MixqKernels *kernels, const MixqCsr *x, float *y)
{
  MixqMix mix;

  mixq_slot_mix (slot, &mix);
  if (mix.granularity != MIXQ_PER_ROW) {
    kernels->mix_forward (&mix, (MixqRows){ NULL, 1 }, x->nnz, x->value, y);
    return;
  }
  for (gsize r = 0; r < x->n_rows; r++) {
    gsize from = x->row_ptr[r];

    set_row (slot, r, &mix);
    kernels->mix_forward (&mix, (MixqRows){ NULL, 1 }, x->row_ptr[r + 1] - from, x->value + from, y + from);
  }
}

void
mixq_slot_backward_entries (MixqSlot *slot,
                            const MixqKernels *kernels,
                            const MixqCsr *x,
                            const float *g,
                            float *dx)
{
  double dot[MIXQ_MIX_MAX] = { 0 }, *dots = slot->n_active > 1 ? dot : NULL;
  MixqMix mix;

  mixq_slot_mix (slot, &mix);
  if (mix.granularity != MIXQ_PER_ROW) {
    backward_part (slot, kernels, &mix, 0, (MixqRows){ NULL, 1 }, x->nnz, x->value, g, dx, dots);
  } else {
    for (gsize r = 0; r < x->n_rows; r++) {
      gsize from = x->row_ptr[r];

      set_row (slot, r, &mix);
      backward_part (slot, kernels, &mix, r, (MixqRows){ NULL, 1 }, x->row_ptr[r + 1] - from, x->value + from,
                     g + from, dx + from, dots);
    }
  }
  add_dots (slot, dot);
}

/*
 * d/ds_k = p_k / n sum g x / s_k, d/dz_k = p_k / n sum g: method spec section 3, n the rows of dimension 0. They add up where
 * several units share the slot.
 */
void
mixq_slot_range_gradient (MixqSlot *slot, gsize n_rows, const double *sum_g, const double *sum_gx)
{
  for (guint a = 0; a < slot->n_active; a++) {
    guint k = slot->active[a];
    MixqQuantizer *q = &slot->quantizer[k];
    double factor = (double) slot->p[k] / (double) n_rows;

    for (gsize i = 0; i < q->n; i++) {
      slot->range_grad[k][i] += (float) (factor * sum_gx[i] / ((double) q->scale[i] + 1e-16));
      slot->range_grad[k][q->n + i] += (float) (factor * sum_g[i]);
    }
  }
}
