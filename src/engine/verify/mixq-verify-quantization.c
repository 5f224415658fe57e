/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fake quantization and its straight-through backward on real tensors: the first linear map's matrix and product. Rounding
 * is a staircase whose slope over whole steps is 1 inside the range and 0 where it is clipped: so a difference quotient over one
 * step to either side is what the straight-through gradient must be; cells that the quotient crosses the clip in are left out.
 */
#include <math.h>
#include <string.h>

#include "verify/mixq-verify-private.h"

/* Values looked at per tensor: evenly spaced. */
#define SAMPLE 20000
/* Float rounding of s (q - z) relative to the range, and of code positions near a step, where either code is right. */
#define VALUE_TOLERANCE 1e-5
#define NEAR_STEP 1e-3

typedef struct
{
  guint values, wrong_values, inside, clipped, crossing, wrong_gradients;
  double largest_error; /* |x - Q (x)| / s of cells inside */
} Tally;

static float *
take_sample (const float *x, gsize total, gsize *n)
{
  float *sample;

  *n = MIN (total, SAMPLE);
  sample = g_new (float, MAX (*n, 1));
  for (gsize i = 0; i < *n; i++)
    sample[i] = x[(gsize) ((double) i * (double) total / (double) *n)];
  return sample;
}

static MixqMix
plain_mix (const MixqQuantizer *q)
{
  MixqMix mix = { .n = 1, .granularity = MIXQ_PER_TENSOR, .p = { 1 }, .lo = { q->lo }, .hi = { q->hi } };

  mix.scale[0] = q->scale;
  mix.inv[0] = q->inv;
  mix.zero[0] = q->zero;
  return mix;
}

/* Q (x + shift) of every value by the kernel. */
static float *
quantize_shifted (MixqVerify *self, const MixqMix *mix, gsize n, const float *x, float shift)
{
  float *y = g_new (float, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    y[i] = x[i] + shift;
  self->parts.kernels->mix_forward (mix, (MixqRows){ NULL, 1 }, n, y, y);
  return y;
}

static void
tally_value (Tally *tally,
             const MixqQuantizer *q,
             double x,
             double y,
             double above,
             double below,
             double gradient)
{
  double s = (double) q->scale[0], v = (double) q->zero[0] + x / s, lo = (double) q->lo, hi = (double) q->hi;
  double expected = mixq_quantizer_value (q, 0, mixq_quantizer_code (q, 0, x)), slope;
  gboolean near_step = fabs (v - floor (v) - 0.5) < NEAR_STEP || fabs (v - lo) < NEAR_STEP ||
                       fabs (v - hi) < NEAR_STEP;

  tally->values++;
  tally->wrong_values += !near_step && !(fabs (y - expected) <= VALUE_TOLERANCE * s * (hi - lo + 1));
  if (near_step || (v - 1 < lo && v >= lo) || (v + 1 > hi && v <= hi) || (v < lo && v + 1 > lo - 0.5) ||
      (v > hi && v - 1 < hi + 0.5)) {
    tally->crossing++;
    return;
  }
  slope = (above - below) / (2 * s);
  if (v > lo && v < hi) {
    tally->inside++;
    tally->largest_error = MAX (tally->largest_error, fabs (y - x) / s);
  } else {
    tally->clipped++;
  }
  tally->wrong_gradients += !(fabs (slope - gradient) <= 1e-2);
}

static void
tally_tensor (MixqVerify *self, Tally *tally, guint8 bits, gboolean is_signed, gsize n, const float *x)
{
  g_autofree float *y = NULL, *above = NULL, *below = NULL, *ones = g_new (float, MAX (n, 1));
  g_autofree float *gradient = g_new (float, MAX (n, 1));
  MixqQuantizer q;
  MixqMix mix;

  mixq_quantizer_init (&q, bits, is_signed, MIXQ_PER_TENSOR, 1);
  mixq_calibrate_activation (&q, self->parts.kernels, x, n, 40);
  /* narrower by a third than calibrated, so that clipped cells are there to be seen */
  mixq_quantizer_set (&q, 0, q.scale[0] * 0.66f, q.zero[0]);
  mix = plain_mix (&q);
  y = quantize_shifted (self, &mix, n, x, 0);
  above = quantize_shifted (self, &mix, n, x, q.scale[0]);
  below = quantize_shifted (self, &mix, n, x, -q.scale[0]);
  for (gsize i = 0; i < n; i++)
    ones[i] = 1;
  self->parts.kernels->mix_backward (&mix, (MixqRows){ NULL, 1 }, n, x, ones, gradient, NULL);
  for (gsize i = 0; i < n; i++)
    tally_value (tally, &q, (double) x[i], (double) y[i], (double) above[i], (double) below[i],
                 (double) gradient[i]);
  mixq_quantizer_clear (&q);
}

gboolean
mixq_verify_fake_quantization (MixqVerify *self, MixqVerifyCheck *check, GError **error)
{
  static const guint8 widths[] = { 2, 4, 8 };
  g_autoptr (MixqNet) net = mixq_verify_net (self, FALSE);
  const MixqUnit *first;
  g_autofree float *weights = NULL, *product = NULL;
  gsize n_weights, n_product;
  Tally tally = { 0 };
  guint u = 0;

  while (net->model->units[u].kind != MIXQ_UNIT_LINEAR) /* every architecture has one */
    u++;
  first = &net->model->units[u];
  mixq_net_forward (net, 0, u + 1, (MixqPass){ .all_rows = TRUE });
  weights = take_sample (net->weights[u].w[0], net->weights[u].rows * net->weights[u].cols, &n_weights);
  product = take_sample (net->value[first->output], mixq_net_n_rows (net, first->output) * first->out_cols,
                         &n_product);
  for (guint w = 0; w < G_N_ELEMENTS (widths); w++) {
    tally_tensor (self, &tally, widths[w], TRUE, n_weights, weights);
    tally_tensor (self, &tally, widths[w], FALSE, n_product, product);
  }
  check->passed = tally.wrong_values == 0 && tally.wrong_gradients == 0 &&
                  tally.largest_error <= 0.5 + NEAR_STEP;
  check->evidence = g_strdup_printf ("%u values of W and X W at 2, 4 and 8 bits: %u differ from the formula; "
                                     "largest rounding error %.3f steps; gradient 1 on "
                                     "%u cells inside the range and 0 on %u clipped ones, %u differ from the "
                                     "difference quotient (%u cells at a step or at the "
                                     "clip left out)",
                                     tally.values, tally.wrong_values, tally.largest_error, tally.inside,
                                     tally.clipped, tally.wrong_gradients, tally.crossing);
  mixq_verify_add_number (check, "values", tally.values);
  mixq_verify_add_number (check, "wrong_values", tally.wrong_values);
  mixq_verify_add_number (check, "largest_error_in_steps", tally.largest_error);
  mixq_verify_add_number (check, "inside", tally.inside);
  mixq_verify_add_number (check, "clipped", tally.clipped);
  mixq_verify_add_number (check, "wrong_gradients", tally.wrong_gradients);
  return TRUE;
}
