/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One bit has two levels: a sign where values have both signs, else 0 and one level; three only as published. */
#include <math.h>
#include <string.h>

#include "base/mixq-random.h"
#include "quant/mixq-range.h"

#define N 2000
/* Tried magnitudes of the brute-force search; ours is exact or of a search of 40 steps. */
#define TRIES 4000

static double
gauss (MixqRandom *random)
{
  double u = 1 - mixq_random_uniform (random), v = mixq_random_uniform (random);

  return sqrt (-2 * log (u)) * cos (2 * G_PI * v);
}

static float *
sample_new (guint64 seed, double shift)
{
  float *x = g_new (float, N);
  MixqRandom random;

  mixq_random_init (&random, seed, "one bit");
  for (gsize i = 0; i < N; i++)
    x[i] = (float) (gauss (&random) + shift);
  return x;
}

static double
error_of (const MixqQuantizer *q, const float *x)
{
  double sum = 0;

  for (gsize i = 0; i < N; i++)
    sum += pow (mixq_quantizer_value (q, 0, mixq_quantizer_code (q, 0, (double) x[i])) - (double) x[i], 2);
  return sum;
}

static void
test_levels (void)
{
  MixqQuantizer sign, half, three;

  mixq_quantizer_init (&sign, 1, TRUE, MIXQ_PER_TENSOR, 1);
  mixq_quantizer_init (&half, 1, FALSE, MIXQ_PER_TENSOR, 1);
  mixq_quantizer_init_published (&three, 1, FALSE, MIXQ_PER_TENSOR, 1);
  mixq_quantizer_set_sign (&sign, 0, 0.75f);
  mixq_quantizer_set (&half, 0, 0.75f, 0);
  g_assert_true (mixq_quantizer_is_sign (&sign) && !mixq_quantizer_is_sign (&half) &&
                 !mixq_quantizer_is_sign (&three));
  for (int i = -40; i <= 40; i++) {
    double x = i / 8.0;

    g_assert_cmpfloat (mixq_quantizer_value (&sign, 0, mixq_quantizer_code (&sign, 0, x)), ==,
                       x > 0 ? 0.75 : -0.75); /* 0 counts as negative */
    g_assert_cmpfloat (mixq_quantizer_value (&half, 0, mixq_quantizer_code (&half, 0, x)), ==,
                       x > 0.375 ? 0.75 : 0);
  }
  g_assert_true (three.lo == -1 && three.hi == 1 && sign.hi - sign.lo == 1 && half.hi - half.lo == 1);
  mixq_quantizer_clear (&sign);
  mixq_quantizer_clear (&half);
  mixq_quantizer_clear (&three);
}

/* A weight's sign is the best there is; nothing may be smaller than a positive scale. */
static void
test_weight (void)
{
  g_autofree float *x = sample_new (1, 0.1), *zeros = g_new0 (float, N);
  MixqQuantizer q;
  double best;

  mixq_quantizer_init (&q, 1, TRUE, MIXQ_PER_COLUMN, 1);
  mixq_calibrate_weight (&q, mixq_kernels_get (), x, N, 1);
  g_assert_true (mixq_quantizer_is_sign (&q));
  best = error_of (&q, x);
  for (guint i = 1; i < TRIES; i++) {
    mixq_quantizer_set_sign (&q, 0, 3.0f * (float) i / TRIES);
    g_assert_cmpfloat (best, <=, error_of (&q, x) * (1 + 1e-6));
  }
  mixq_calibrate_weight (&q, mixq_kernels_get (), zeros, N, 1);
  g_assert_true (q.scale[0] > 0 && isfinite (q.inv[0]) && error_of (&q, zeros) < 1e-30);
  mixq_quantizer_clear (&q);
}

/* Both signs: no pair of levels that contains 0 is better; one sign: 0 and a level. */
static void
test_activation (void)
{
  const double shift[] = { 0, 0.1, -0.1, 20, -20 };

  for (guint i = 0; i < G_N_ELEMENTS (shift); i++)
    for (guint is_signed = 0; is_signed < 2; is_signed++) {
      g_autofree float *x = sample_new (2 + i, shift[i]);
      MixqQuantizer q, other;
      double best;

      mixq_quantizer_init (&q, 1, is_signed, MIXQ_PER_TENSOR, 1);
      mixq_quantizer_init (&other, 1, FALSE, MIXQ_PER_TENSOR, 1);
      mixq_calibrate_activation (&q, mixq_kernels_get (), x, N, 40);
      g_assert_cmpint (mixq_quantizer_is_sign (&q), ==, fabs (shift[i]) < 1);
      g_assert_cmpfloat (q.zero[0], ==, shift[i] == 20 ? 0 : shift[i] == -20 ? 1 : 0.5f);
      best = error_of (&q, x);
      for (guint t = 1; t < TRIES; t += 10)
        for (guint zero = 0; zero < 2; zero++) {
          mixq_quantizer_set (&other, 0, 40.0f * (float) t / TRIES, (float) zero);
          /* of one sign the level comes from a search in steps of 2 % */
          g_assert_cmpfloat (best, <=, error_of (&other, x) * 1.05);
        }
      mixq_quantizer_clear (&q);
      mixq_quantizer_clear (&other);
    }
}

/* Features of both signs: their mean magnitude, whatever their size and however small the smallest; zeros do not count. */
static void
test_relative (void)
{
  const float x[] = { 0.5f, -0.25f, 1e-20f, -2, 0 };
  const float power[] = { 1, 0x1p-60f };

  for (guint p = 0; p < G_N_ELEMENTS (power); p++) {
    float y[5];
    MixqQuantizer q;

    for (guint i = 0; i < 5; i++)
      y[i] = x[i] * power[p];
    mixq_quantizer_init (&q, 1, TRUE, MIXQ_PER_TENSOR, 1);
    mixq_calibrate_relative (&q, mixq_kernels_get (), y, 5);
    g_assert_cmpfloat (fabs ((double) (q.scale[0] / power[p]) / 2 - (0.5 + 0.25 + 2) / 4), <, 1e-6);
    mixq_quantizer_clear (&q);
  }
}

static void
test_range (void)
{
  const float both[] = { -1, 0.5f, 3, -2 };
  MixqRange range = { 0 };
  MixqQuantizer q;

  mixq_range_extend (&range, both, 4, 1);
  g_assert_cmpfloat (range.magnitude, ==, 6.5f / 4);
  mixq_quantizer_init (&q, 1, FALSE, MIXQ_PER_TENSOR, 1);
  mixq_quantizer_set_range (&q, 0, &range);
  g_assert_true (mixq_quantizer_is_sign (&q) && q.scale[0] == 6.5f / 2);
  range.low = 0;
  mixq_quantizer_set_range (&q, 0, &range);
  g_assert_true (q.zero[0] == 0 && q.scale[0] == 3);
  range = (MixqRange){ .low = -2 };
  mixq_quantizer_set_range (&q, 0, &range);
  g_assert_true (q.zero[0] == 1 && q.scale[0] == 2);
  mixq_quantizer_clear (&q);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/quant/one-bit/levels", test_levels);
  g_test_add_func ("/engine/quant/one-bit/weight", test_weight);
  g_test_add_func ("/engine/quant/one-bit/activation", test_activation);
  g_test_add_func ("/engine/quant/one-bit/relative", test_relative);
  g_test_add_func ("/engine/quant/one-bit/range", test_range);
  return g_test_run ();
}
