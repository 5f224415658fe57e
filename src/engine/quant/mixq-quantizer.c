/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/mixq-quantizer.h"

#include <math.h>

#define RELATIVE_STEPS 400
#define WEIGHT_STEPS 30
/* Below this share of the largest value no width and no step of the search has a code but 0: nothing to weigh. */
#define TOO_SMALL 0x1p-40f
/* A sign of nothing still needs a scale with a reciprocal. */
#define SMALLEST_SIGN 0x1p-100f

void
mixq_quantizer_code_range (guint8 bits, gboolean is_signed, float *lo, float *hi)
{
  if (bits == 1 && is_signed) {
    *lo = -1;
    *hi = 1;
  } else if (is_signed) {
    *lo = -ldexpf (1, bits - 1);
    *hi = ldexpf (1, bits - 1) - 1;
  } else {
    *lo = 0;
    *hi = ldexpf (1, bits) - 1;
  }
}

static void
init (MixqQuantizer *self, guint8 bits, gboolean is_signed, MixqGranularity granularity, gsize n)
{
  *self = (MixqQuantizer){ 0 };
  self->bits = bits;
  self->is_signed = is_signed;
  self->granularity = granularity;
  self->n = n;
  /* Kernels load whole vectors of parameters: pad to a multiple of the widest. */
  self->scale = g_new0 (float, (n + 15) / 16 * 16);
  self->inv = g_new0 (float, (n + 15) / 16 * 16);
  self->zero = g_new0 (float, (n + 15) / 16 * 16);
}

void
mixq_quantizer_init (MixqQuantizer *self,
                     guint8 bits,
                     gboolean is_signed,
                     MixqGranularity granularity,
                     gsize n)
{
  init (self, bits, is_signed, granularity, n);
  mixq_quantizer_code_range (bits, is_signed && bits > 1, &self->lo, &self->hi);
  for (gsize i = 0; i < n; i++)
    if (bits == 1 && is_signed)
      mixq_quantizer_set_sign (self, i, 1);
    else
      mixq_quantizer_set (self, i, 1, 0);
}

void
mixq_quantizer_init_published (MixqQuantizer *self,
                               guint8 bits,
                               gboolean is_signed,
                               MixqGranularity granularity,
                               gsize n)
{
  init (self, bits, is_signed, granularity, n);
  mixq_quantizer_code_range (bits, is_signed || bits == 1, &self->lo, &self->hi);
  for (gsize i = 0; i < n; i++)
    mixq_quantizer_set (self, i, 1, 0);
}

void
mixq_quantizer_clear (MixqQuantizer *self)
{
  g_clear_pointer (&self->scale, g_free);
  g_clear_pointer (&self->inv, g_free);
  g_clear_pointer (&self->zero, g_free);
  g_clear_pointer (&self->row_bits, g_free);
  g_clear_pointer (&self->row_lo, g_free);
  g_clear_pointer (&self->row_hi, g_free);
}

void
mixq_quantizer_set (MixqQuantizer *self, gsize i, float scale, float zero)
{
  self->scale[i] = scale;
  self->inv[i] = 1.0f / scale;
  self->zero[i] = zero;
}

void
mixq_quantizer_set_sign (MixqQuantizer *self, gsize i, float magnitude)
{
  mixq_quantizer_set (self, i, 2 * fmaxf (magnitude, SMALLEST_SIGN), 0.5f);
}

gboolean
mixq_quantizer_is_sign (const MixqQuantizer *self)
{
  return self->bits == 1 && self->n > 0 && self->zero[0] == 0.5f;
}

void
mixq_quantizer_set_row_bits (MixqQuantizer *self, const guint8 *row_bits)
{
  if (self->row_bits == NULL) {
    self->row_bits = g_new (guint8, MAX (self->n, 1));
    self->row_lo = g_new (float, MAX (self->n, 1));
    self->row_hi = g_new (float, MAX (self->n, 1));
  }
  for (gsize i = 0; i < self->n; i++) {
    self->row_bits[i] = row_bits[i];
    mixq_quantizer_code_range (row_bits[i], self->is_signed, &self->row_lo[i], &self->row_hi[i]);
    if (self->is_narrow)
      self->row_lo[i] = -self->row_hi[i];
  }
}

gint32
mixq_quantizer_code (const MixqQuantizer *self, gsize i, double x)
{
  double v = (double) self->zero[i] + x / (double) self->scale[i];

  double lo = (double) (self->row_lo != NULL ? self->row_lo[i] : self->lo);
  double hi = (double) (self->row_hi != NULL ? self->row_hi[i] : self->hi);

  return (gint32) nearbyint (fmin (fmax (v, lo), hi));
}

double
mixq_quantizer_value (const MixqQuantizer *self, gsize i, gint32 code)
{
  return (double) self->scale[i] * ((double) code - (double) self->zero[i]);
}

/* The index of the scale that entry (r, c) uses. */
static gsize
scale_at (const MixqQuantizer *self, gsize r, gsize c)
{
  switch (self->granularity) {
  case MIXQ_PER_COLUMN:
    return c;
  case MIXQ_PER_ROW:
    return r;
  case MIXQ_PER_TENSOR:
  default:
    return 0;
  }
}

void
mixq_calibrate_min_max (MixqQuantizer *self, const float *x, gsize rows, gsize cols)
{
  g_autofree float *low = g_new0 (float, self->n), *high = g_new0 (float, self->n);

  for (gsize r = 0; r < rows; r++)
    for (gsize c = 0; c < cols; c++) {
      gsize i = scale_at (self, r, c);
      low[i] = fminf (low[i], x[r * cols + c]);
      high[i] = fmaxf (high[i], x[r * cols + c]);
    }
  for (gsize i = 0; i < self->n; i++) {
    float scale = (high[i] - low[i]) / (self->hi - self->lo) + 1e-16f;
    mixq_quantizer_set (self, i, scale, nearbyintf (self->hi - high[i] / scale));
  }
}

static float
mean_magnitude (const float *x, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double) fabsf (x[i]);
  return n > 0 ? (float) (sum / (double) n) : 0;
}

void
mixq_calibrate_activation (MixqQuantizer *self,
                           const MixqKernels *kernels,
                           const float *x,
                           gsize n,
                           guint steps)
{
  float low = 0, high = 0, levels = self->hi - self->lo;
  double best = INFINITY;
  float best_scale = 1, best_zero = 0;

  for (gsize i = 0; i < n; i++) {
    low = fminf (low, x[i]);
    high = fmaxf (high, x[i]);
  }
  if (high > low) {
    for (guint f = 0; f < steps; f++) {
      float shrink = 1.0f - 0.9f * (float) f / (float) steps;
      float scale = shrink * (high - low) / levels;
      float centre = nearbyintf (self->lo - shrink * low / scale);

      for (int move = -1; move <= 1; move++) {
        float zero = centre + (float) move;
        double error;

        if (zero < self->lo || zero > self->hi || (low >= 0 && zero > self->lo))
          continue; /* zero must be a code; a non-negative tensor wastes none on negatives */
        error = kernels->quantize_error (n, x, NULL, scale, zero, self->lo, self->hi);
        if (error < best) {
          best = error;
          best_scale = scale;
          best_zero = zero;
        }
      }
    }
  }
  if (self->bits == 1 && low < 0 && high > 0) {
    float scale = 2 * mean_magnitude (x, n);

    if (kernels->quantize_error (n, x, NULL, scale, 0.5f, self->lo, self->hi) < best) {
      best_scale = scale;
      best_zero = 0.5f;
    }
  }
  for (gsize i = 0; i < self->n; i++)
    mixq_quantizer_set (self, i, best_scale, best_zero);
}

/* Least squared error of a symmetric scale, @steps down from @start. */
static float
search_symmetric (const MixqQuantizer *self, const MixqKernels *kernels, const float *x, gsize n, float start)
{
  double best = INFINITY;
  float best_scale = start;

  for (guint f = 0; f < WEIGHT_STEPS; f++) {
    float scale = start * (1.0f - (float) f / 32.0f);
    double error = kernels->quantize_error (n, x, NULL, scale, 0, self->lo, self->hi);

    if (error < best) {
      best = error;
      best_scale = scale;
    }
  }
  return best_scale;
}

void
mixq_calibrate_weight (MixqQuantizer *self,
                       const MixqKernels *kernels,
                       const float *w,
                       gsize rows,
                       gsize cols)
{
  g_autofree float *column = g_new (float, MAX (rows, 1));
  float divisor = self->bits == 2 ? 1.5f : self->hi;

  for (gsize c = 0; c < cols; c++) {
    float largest = 0;

    for (gsize r = 0; r < rows; r++) {
      column[r] = w[r * cols + c];
      largest = fmaxf (largest, fabsf (column[r]));
    }
    if (self->bits == 1) {
      mixq_quantizer_set_sign (self, c, mean_magnitude (column, rows));
      continue;
    }
    mixq_quantizer_set (
        self, c, largest > 0 ? search_symmetric (self, kernels, column, rows, largest / divisor) : 1, 0);
  }
}

static float
mean_of_non_zeros (const float *x, gsize n)
{
  gsize zeros = 0;

  for (gsize i = 0; i < n; i++)
    zeros += x[i] == 0;
  return zeros < n ? mean_magnitude (x, n) * ((float) n / (float) (n - zeros)) : 0;
}

void
mixq_calibrate_relative (MixqQuantizer *self, const MixqKernels *kernels, const float *x, gsize n)
{
  g_autofree float *sample = g_new (float, MAX (n, 1)), *weight = g_new (float, MAX (n, 1));
  float largest = 0, best_scale = 1;
  double best = INFINITY;
  int exponent = 0;

  /* A sign keeps the smallest number as it keeps the largest, and relative error would fit it to the smallest alone. */
  if (self->bits == 1 && self->is_signed) {
    mixq_quantizer_set_sign (self, 0, mean_of_non_zeros (x, n));
    return;
  }
  for (gsize i = 0; i < n; i++)
    largest = fmaxf (largest, fabsf (x[i]));
  /* A power of two brings the largest below 1, so that no square leaves the range of float; no bit is lost. */
  frexpf (largest, &exponent);
  for (gsize i = 0; i < n; i++) {
    sample[i] = ldexpf (x[i], -exponent);
    weight[i] = fabsf (sample[i]) > TOO_SMALL ? 1.0f / (sample[i] * sample[i]) : 0;
  }
  largest = ldexpf (largest, -exponent);
  for (guint f = 0; largest > 0 && f < RELATIVE_STEPS; f++) {
    float scale = largest / self->hi * expf (-0.012f * (float) f);
    double error = kernels->quantize_error (n, sample, weight, scale, 0, self->lo, self->hi);

    if (error < best) {
      best = error;
      best_scale = scale;
    }
  }
  mixq_quantizer_set (self, 0, ldexpf (best_scale, exponent), 0);
}

void
mixq_calibrate_positive (MixqQuantizer *self, const MixqKernels *kernels, const float *x, gsize n)
{
  float largest = 0;

  for (gsize i = 0; i < n; i++)
    largest = fmaxf (largest, fabsf (x[i]));
  mixq_quantizer_set (self, 0, largest > 0 ? search_symmetric (self, kernels, x, n, largest / self->hi) : 1,
                      0);
}

void
mixq_fake_quantize_reference (const MixqQuantizer *self,
                              gsize i,
                              gsize n,
                              gsize stride,
                              const float *x,
                              float *y,
                              const float *grad_y,
                              float *grad_x,
                              double *sum_scale,
                              double *sum_zero)
{
  float s = self->scale[i], z = self->zero[i];

  for (gsize t = 0; t < n * stride; t += stride) {
    float v = z + x[t] / s;

    y[t] = s * (nearbyintf (fminf (fmaxf (v, self->lo), self->hi)) - z);
    if (grad_y == NULL)
      continue;
    grad_x[t] = v >= self->lo && v <= self->hi ? grad_y[t] : 0;
    *sum_scale += (double) grad_y[t] * (double) (v - z);
    *sum_zero += (double) grad_y[t];
  }
}
