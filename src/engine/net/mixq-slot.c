/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-slot.h"

#include <math.h>
#include <string.h>

/* Published rule: X and W take one scale a feature, activations one a column, edges one in all. */
static MixqGranularity
granularity_of (const MixqSlotInfo *info, const MixqNetRules *rules, gsize *n)
{
  *n = 1;
  if (info->role == MIXQ_SLOT_ADJACENCY)
    return MIXQ_PER_TENSOR;
  if (info->role == MIXQ_SLOT_WEIGHT) {
    *n = rules->per_column ? info->rows : info->cols;
    return rules->per_column ? MIXQ_PER_ROW : MIXQ_PER_COLUMN;
  }
  if (!rules->per_column)
    return MIXQ_PER_TENSOR;
  *n = info->cols;
  return MIXQ_PER_COLUMN;
}

void
mixq_slot_init (MixqSlot *self,
                const MixqSlotInfo *info,
                guint n_choices,
                const guint8 *choices,
                gboolean is_signed,
                const MixqNetRules *rules,
                float *alpha)
{
  gsize n;
  MixqGranularity granularity = granularity_of (info, rules, &n);

  self->info = info;
  self->n_choices = n_choices;
  self->alpha = alpha;
  self->temperature = 1;
  for (guint k = 0; k < n_choices; k++) {
    self->bits[k] = choices[k];
    self->active[k] = (guint8) k;
    (rules->per_column ? mixq_quantizer_init_published
                       : mixq_quantizer_init) (&self->quantizer[k], choices[k], is_signed, granularity, n);
    if (rules->learn_ranges) {
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
    g_free (self->range_grad[k]);
    g_free (self->range_m[k]);
    g_free (self->range_v[k]);
  }
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

void
mixq_slot_backward (MixqSlot *slot,
                    const MixqKernels *kernels,
                    MixqRows rows,
                    gsize d,
                    const float *x,
                    const float *g,
                    float *dx)
{
  double dot[MIXQ_MIX_MAX] = { 0 };
  MixqMix mix;

  mixq_slot_mix (slot, &mix);
  kernels->mix_backward (&mix, rows, d, x, g, dx, slot->n_active > 1 ? dot : NULL);
  for (guint a = 0; a < slot->n_active; a++)
    slot->dot[slot->active[a]] += dot[a];
}

/* d/ds_k = p_k / n sum g x / s_k, d/dz_k = p_k / n sum g: method spec section 3, n the rows of dimension 0. */
void
mixq_slot_range_gradient (MixqSlot *slot, gsize n_rows, const double *sum_g, const double *sum_gx)
{
  for (guint a = 0; a < slot->n_active; a++) {
    guint k = slot->active[a];
    MixqQuantizer *q = &slot->quantizer[k];
    double factor = (double) slot->p[k] / (double) n_rows;

    for (gsize i = 0; i < q->n; i++) {
      slot->range_grad[k][i] = (float) (factor * sum_gx[i] / ((double) q->scale[i] + 1e-16));
      slot->range_grad[k][q->n + i] = (float) (factor * sum_g[i]);
    }
  }
}
