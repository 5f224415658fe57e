/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/mixq-range.h"

#include <float.h>
#include <math.h>

void
mixq_range_extend (MixqRange *self, const float *x, gsize n, gsize stride)
{
  double sum = (double) self->magnitude * (double) self->n;

  for (gsize i = 0; i < n; i++) {
    self->low = fminf (self->low, x[i * stride]);
    self->high = fmaxf (self->high, x[i * stride]);
    sum += (double) fabsf (x[i * stride]);
  }
  self->n += n;
  self->magnitude = self->n > 0 ? (float) (sum / (double) self->n) : 0;
}

gboolean
mixq_range_is_empty (const MixqRange *self)
{
  return !(self->high > self->low);
}

/* A positive float even where the range is a subnormal number. */
static float
step_of (float range, float levels)
{
  return fmaxf (range / levels, FLT_MIN);
}

void
mixq_quantizer_set_range (MixqQuantizer *self, gsize i, const MixqRange *range)
{
  float scale, zero;

  if (mixq_range_is_empty (range)) {
    mixq_quantizer_set (self, i, 1, 0);
    return;
  }
  if (self->bits == 1 && range->low < 0 && range->high > 0) {
    mixq_quantizer_set_sign (self, i, range->magnitude);
    return;
  }
  scale = step_of (range->high - range->low, self->hi - self->lo);
  zero = nearbyintf (self->lo - range->low / scale);
  mixq_quantizer_set (self, i, scale, CLAMP (zero, self->lo, self->hi));
}

void
mixq_quantizer_set_symmetric (MixqQuantizer *self, gsize i, const MixqRange *range)
{
  float largest = fmaxf (-range->low, range->high);

  if (self->bits == 1 && self->is_signed) {
    mixq_quantizer_set_sign (self, i, range->magnitude);
    return;
  }
  mixq_quantizer_set (self, i, largest > 0 ? step_of (largest, self->hi) : 1, 0);
}
