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

void
mixq_range_follow (MixqRange *self, const MixqRange *now, float momentum)
{
  if (!isfinite (now->low) || !isfinite (now->high) || !isfinite (now->magnitude))
    return;
  self->low += momentum * (now->low - self->low);
  self->high += momentum * (now->high - self->high);
  self->magnitude += momentum * (now->magnitude - self->magnitude);
  self->n = now->n;
}

static void
swap (float *x, gsize a, gsize b)
{
  float t = x[a];

  x[a] = x[b];
  x[b] = t;
}

/* Puts the k-th smallest (from 0) in its place, smaller ones before and larger ones behind it: Hoare's selection. */
static float
select_smallest (float *x, gsize n, gsize k)
{
  gsize from = 0, to = n - 1;

  while (from < to) {
    float pivot;
    gsize i = from, j = to;

    swap (x, from + (to - from) / 2, from);
    pivot = x[from];
    while (i < j) {
      while (i < j && x[j] >= pivot)
        j--;
      x[i] = x[j];
      while (i < j && x[i] <= pivot)
        i++;
      x[j] = x[i];
    }
    x[i] = pivot;
    if (i == k)
      break;
    if (i < k)
      from = i + 1;
    else
      to = i - 1;
  }
  return x[k];
}

MixqRange
mixq_range_of_percentile (float *x, gsize n, double p)
{
  MixqRange range = { 0 }, ends = { 0 };
  gsize low, high;
  float end[2];

  if (n == 0)
    return range;
  mixq_range_extend (&range, x, n, 1);
  if (!isfinite (range.magnitude))
    return range; /* nothing to select among */
  low = (gsize) fmax (1, floor ((double) n * p));
  high = MIN (n, (gsize) fmax (1, floor ((double) n * (1 - p))));
  end[0] = select_smallest (x, n, low - 1);
  end[1] = select_smallest (x, n, high - 1);
  mixq_range_extend (&ends, end, 2, 1);
  range.low = ends.low;
  range.high = ends.high;
  return range;
}

double
mixq_percentile_of_width (guint8 bits)
{
  return bits >= 8 ? 0.001 : 0.01;
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
