/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calibrations: never worse than the min-max range, zero always a code, degenerate tensors, small features kept. */
#include <math.h>
#include <string.h>

#include "base/mixq-random.h"
#include "quant/mixq-quantizer.h"
#include "quant/mixq-range.h"

/* The calibrations compare float sums of up to 3,000 squares: relative error about 3000 / 8 eps. */
#define SUM_SLACK (1 + 1e-4)
#define N 3000
#define STEPS 40

static const guint8 widths[] = { 2, 3, 4, 5, 6, 7, 8, 16 };

typedef enum {
  GAUSS,    /* both signs */
  POSITIVE, /* like a product before a ReLU, clipped */
  OUTLIER,  /* Gaussian with two far values */
  NEGATIVE,
  N_SHAPES,
} Shape;

static double
gauss (MixqRandom *random)
{
  double u = 1 - mixq_random_uniform (random), v = mixq_random_uniform (random);

  return sqrt (-2 * log (u)) * cos (2 * G_PI * v);
}

static float *
sample_new (Shape shape, guint64 seed)
{
  float *x = g_new (float, N);
  MixqRandom random;

  mixq_random_init (&random, seed, "calibrate");
  for (gsize i = 0; i < N; i++) {
    double g = gauss (&random);

    if (shape == POSITIVE)
      g = MAX (g, 0);
    else if (shape == NEGATIVE)
      g = -fabs (g);
    x[i] = (float) g;
  }
  if (shape == OUTLIER) {
    x[17] = 8;
    x[1000] = -7;
  }
  return x;
}

static double
squared_error (const MixqQuantizer *q, gsize scale, gsize n, gsize stride, const float *x)
{
  double sum = 0;

  for (gsize i = 0; i < n * stride; i += stride) {
    double e = mixq_quantizer_value (q, scale, mixq_quantizer_code (q, scale, (double) x[i])) - (double) x[i];
    sum += e * e;
  }
  return sum;
}

static void
assert_zero_is_a_code (const MixqQuantizer *q, gsize i)
{
  g_assert_true (isfinite (q->scale[i]) && q->scale[i] > 0);
  g_assert_cmpfloat (q->inv[i], ==, 1.0f / q->scale[i]);
  g_assert_cmpfloat (q->zero[i], ==, nearbyintf (q->zero[i]));
  g_assert_cmpfloat (q->zero[i], >=, q->lo);
  g_assert_cmpfloat (q->zero[i], <=, q->hi);
  g_assert_cmpfloat (mixq_quantizer_value (q, i, mixq_quantizer_code (q, i, 0)), ==, 0);
}

/* No neighbouring zero-point does better at the chosen scale (a non-negative tensor wastes no codes on one). */
static void
assert_zero_is_best (MixqQuantizer *q, const float *x, gboolean is_positive)
{
  float zero = q->zero[0];
  double error = squared_error (q, 0, N, 1, x);

  for (int move = -1; move <= 1 && !is_positive; move += 2) {
    if (zero + (float) move < q->lo || zero + (float) move > q->hi)
      continue;
    mixq_quantizer_set (q, 0, q->scale[0], zero + (float) move);
    g_assert_cmpfloat (error, <=, squared_error (q, 0, N, 1, x) * SUM_SLACK);
  }
  mixq_quantizer_set (q, 0, q->scale[0], zero);
}

static void
test_activation (void)
{
  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    for (guint is_signed = 0; is_signed < 2; is_signed++)
      for (guint shape = 0; shape < N_SHAPES; shape++) {
        g_autofree float *x = sample_new (shape, 20 + shape);
        MixqQuantizer ours, min_max;
        double error, plain;

        mixq_quantizer_init (&ours, widths[w], is_signed, MIXQ_PER_TENSOR, 1);
        mixq_quantizer_init (&min_max, widths[w], is_signed, MIXQ_PER_TENSOR, 1);
        mixq_calibrate_activation (&ours, mixq_kernels_get (), x, N, STEPS);
        mixq_calibrate_min_max (&min_max, x, N, 1);
        error = squared_error (&ours, 0, N, 1, x);
        plain = squared_error (&min_max, 0, N, 1, x);
        assert_zero_is_a_code (&ours, 0);
        g_assert_cmpfloat (error, <=, plain * SUM_SLACK);
        assert_zero_is_best (&ours, x, shape == POSITIVE);
        if (shape == POSITIVE)
          g_assert_cmpfloat (ours.zero[0], ==, ours.lo);
        if (shape == NEGATIVE)
          g_assert_cmpfloat (ours.zero[0], >, ours.lo);
        /* clipping two values in 3,000 must pay where steps are dear: min-max wastes half of the range */
        if (shape == OUTLIER && widths[w] == 4)
          g_assert_cmpfloat (error, <, 0.5 * plain);
        mixq_quantizer_clear (&ours);
        mixq_quantizer_clear (&min_max);
      }
}

/* The range a symmetric search starts from: as large as it gets, so its error is the one to beat. */
static float
widest_symmetric (const MixqQuantizer *q, float largest)
{
  return q->bits == 2 && q->is_signed ? largest / 1.5f : largest / q->hi;
}

#define ROWS 60
#define COLS 7

static void
test_weight (void)
{
  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    for (guint shape = 0; shape < N_SHAPES; shape++) {
      g_autofree float *x = sample_new (shape, 40 + shape);
      MixqQuantizer ours, widest;
      double sum = 0, plain = 0;

      for (gsize r = 0; r < ROWS; r++)
        x[r * COLS + 3] = 0; /* a dead column */
      mixq_quantizer_init (&ours, widths[w], TRUE, MIXQ_PER_COLUMN, COLS);
      mixq_quantizer_init (&widest, widths[w], TRUE, MIXQ_PER_COLUMN, COLS);
      mixq_calibrate_weight (&ours, mixq_kernels_get (), x, ROWS, COLS);
      for (gsize c = 0; c < COLS; c++) {
        float largest = 0;

        for (gsize r = 0; r < ROWS; r++)
          largest = fmaxf (largest, fabsf (x[r * COLS + c]));
        mixq_quantizer_set (&widest, c, largest > 0 ? widest_symmetric (&widest, largest) : 1, 0);
        assert_zero_is_a_code (&ours, c);
        g_assert_cmpfloat (ours.zero[c], ==, 0);
        g_assert_cmpfloat (squared_error (&ours, c, ROWS, COLS, x + c), <=,
                           squared_error (&widest, c, ROWS, COLS, x + c) * SUM_SLACK);
        sum += squared_error (&ours, c, ROWS, COLS, x + c);
        plain += squared_error (&widest, c, ROWS, COLS, x + c);
      }
      g_assert_cmpfloat (ours.scale[3], ==, 1);
      if (shape == GAUSS && widths[w] <= 4)
        g_assert_cmpfloat (sum, <, 0.9 * plain);
      mixq_quantizer_clear (&ours);
      mixq_quantizer_clear (&widest);
    }
}

/* Each column has its own scale: a column a thousand times smaller loses nothing beside a large one. */
static void
test_weight_columns_apart (void)
{
  MixqQuantizer q;
  float w[8 * 2];

  for (gsize r = 0; r < 8; r++) {
    w[2 * r] = (float) r - 3.5f;
    w[2 * r + 1] = w[2 * r] / 1024;
  }
  mixq_quantizer_init (&q, 4, TRUE, MIXQ_PER_COLUMN, 2);
  mixq_calibrate_weight (&q, mixq_kernels_get (), w, 8, 2);
  g_assert_cmpfloat (q.scale[0], ==, q.scale[1] * 1024);
  for (gsize r = 0; r < 8; r++)
    g_assert_cmpint (mixq_quantizer_code (&q, 0, (double) w[2 * r]), ==,
                     mixq_quantizer_code (&q, 1, (double) w[2 * r + 1]));
  mixq_quantizer_clear (&q);
}

static void
test_positive (void)
{
  g_autofree float *x = sample_new (POSITIVE, 60);

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++) {
    MixqQuantizer ours, widest;
    float largest = 0;

    mixq_quantizer_init (&ours, widths[w], FALSE, MIXQ_PER_TENSOR, 1);
    mixq_quantizer_init (&widest, widths[w], FALSE, MIXQ_PER_TENSOR, 1);
    for (gsize i = 0; i < N; i++)
      largest = fmaxf (largest, x[i]);
    mixq_quantizer_set (&widest, 0, largest / widest.hi, 0);
    mixq_calibrate_positive (&ours, mixq_kernels_get (), x, N);
    assert_zero_is_a_code (&ours, 0);
    g_assert_cmpfloat (ours.zero[0], ==, 0); /* Theorem 1 wants za = 0 */
    g_assert_cmpfloat (squared_error (&ours, 0, N, 1, x), <=,
                       squared_error (&widest, 0, N, 1, x) * SUM_SLACK);
    mixq_quantizer_clear (&ours);
    mixq_quantizer_clear (&widest);
  }
}

static double
share_of_non_zero (const MixqQuantizer *q, const float *x, gsize n)
{
  gsize kept = 0;

  for (gsize i = 0; i < n; i++)
    kept += mixq_quantizer_code (q, 0, (double) x[i]) != (gint32) q->zero[0];
  return (double) kept / (double) n;
}

/* Row-normalised words: 1 / length, lengths 1 to 40. Min-max at 2 bits turns nearly all of them into 0. */
static void
test_relative_keeps_small (void)
{
  MixqQuantizer relative, min_max;
  float x[820];
  gsize n = 0;

  for (guint length = 1; length <= 40; length++)
    for (guint i = 0; i < length; i++)
      x[n++] = 1.0f / (float) length;
  mixq_quantizer_init (&relative, 2, FALSE, MIXQ_PER_TENSOR, 1);
  mixq_quantizer_init (&min_max, 2, FALSE, MIXQ_PER_TENSOR, 1);
  mixq_calibrate_relative (&relative, mixq_kernels_get (), x, n);
  mixq_calibrate_min_max (&min_max, x, n, 1);
  assert_zero_is_a_code (&relative, 0);
  g_assert_cmpfloat (relative.zero[0], ==, 0);
  g_assert_cmpfloat (share_of_non_zero (&min_max, x, n), <, 0.05);
  g_assert_cmpfloat (share_of_non_zero (&relative, x, n), ==, 1);
  mixq_quantizer_clear (&relative);
  mixq_quantizer_clear (&min_max);
}

/* A value too small to matter must not spoil the scale of the others, and a small tensor is as good as a large one. */
static void
test_relative_extremes (void)
{
  const float factor[] = { 1, 0x1p-70f, 0x1p60f };

  for (guint f = 0; f < G_N_ELEMENTS (factor); f++)
    for (guint tiny = 0; tiny < 2; tiny++) {
      float x[] = { 0.5f * factor[f], 0.25f * factor[f], 1 * factor[f], tiny ? 0x1p-50f * factor[f] : 0 };
      MixqQuantizer q;

      mixq_quantizer_init (&q, 4, FALSE, MIXQ_PER_TENSOR, 1);
      mixq_calibrate_relative (&q, mixq_kernels_get (), x, 4);
      g_assert_cmpfloat (q.scale[0], >, 0.9f / 15 * 0.5f * factor[f]);
      g_assert_cmpfloat (q.scale[0], <, 1.1f / 15 * factor[f]);
      mixq_quantizer_clear (&q);
    }
}

/* Nothing, all zeros, one element: scales stay positive and finite, zero stays zero, one element is kept. */
static void
check_degenerate (guint8 bits, gboolean is_signed, gsize n, float value)
{
  const MixqKernels *kernels = mixq_kernels_get ();
  float x[4] = { value, value, value, value };
  MixqQuantizer q;

  mixq_quantizer_init (&q, bits, is_signed, MIXQ_PER_TENSOR, 1);
  for (guint rule = 0; rule < 4; rule++) {
    double kept;

    if (rule == 0)
      mixq_calibrate_activation (&q, kernels, x, n, STEPS);
    else if (rule == 1)
      mixq_calibrate_relative (&q, kernels, x, n);
    else if (rule == 2)
      mixq_calibrate_positive (&q, kernels, x, n);
    else
      mixq_calibrate_weight (&q, kernels, x, n, 1);
    assert_zero_is_a_code (&q, 0);
    if (n == 0 || value == 0) {
      g_assert_cmpfloat (q.scale[0], ==, 1);
      g_assert_cmpfloat (q.zero[0], ==, 0);
      continue;
    }
    /* 2-bit symmetric weights reach 1.5 steps: a third is what the recipe's start loses on a lone value */
    kept = mixq_quantizer_value (&q, 0, mixq_quantizer_code (&q, 0, (double) value));
    g_assert_cmpfloat (fabs (kept - (double) value), <=,
                       (double) fabsf (value) * (bits == 2 && is_signed ? 0.34 : 1e-3));
  }
  mixq_quantizer_clear (&q);
}

static void
test_degenerate (void)
{
  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    for (guint is_signed = 0; is_signed < 2; is_signed++) {
      check_degenerate (widths[w], is_signed, 0, 1);
      check_degenerate (widths[w], is_signed, 4, 0);
      check_degenerate (widths[w], is_signed, 1, 0);
      check_degenerate (widths[w], is_signed, 1, 0.37f);
      check_degenerate (widths[w], is_signed, 4, 1e-4f);
    }
}

/* Levels differ in the last bits of the error only, so they pick scales of the same quality. */
static void
test_levels_agree (void)
{
  g_autofree float *x = sample_new (GAUSS, 70);

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++) {
    MixqQuantizer fast, ref;

    mixq_quantizer_init (&fast, widths[w], FALSE, MIXQ_PER_TENSOR, 1);
    mixq_quantizer_init (&ref, widths[w], FALSE, MIXQ_PER_TENSOR, 1);
    mixq_calibrate_activation (&fast, mixq_kernels_get (), x, N, STEPS);
    mixq_calibrate_activation (&ref, &mixq_kernels_ref, x, N, STEPS);
    g_assert_cmpfloat (squared_error (&fast, 0, N, 1, x), <=, squared_error (&ref, 0, N, 1, x) * SUM_SLACK);
    mixq_quantizer_clear (&fast);
    mixq_quantizer_clear (&ref);
  }
}

/* All of the range has codes: the extremes are half a step off at most, zero is exact. */
static void
test_range (void)
{
  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    for (guint shape = 0; shape < N_SHAPES; shape++)
      for (guint is_signed = 0; is_signed < 2; is_signed++) {
        g_autofree float *x = sample_new ((Shape) shape, w);
        MixqRange range = { 0 };
        MixqQuantizer q;

        mixq_range_extend (&range, x, N, 1);
        mixq_quantizer_init (&q, widths[w], is_signed, MIXQ_PER_TENSOR, 1);
        mixq_quantizer_set_range (&q, 0, &range);
        assert_zero_is_a_code (&q, 0);
        for (gsize i = 0; i < N; i++)
          g_assert_cmpfloat (
              fabs (mixq_quantizer_value (&q, 0, mixq_quantizer_code (&q, 0, (double) x[i])) - (double) x[i]),
              <=, 1.001 * (double) q.scale[0]);
        g_assert_cmpfloat (fabsf ((q.hi - q.lo) * q.scale[0] - (range.high - range.low)), <, 1e-4f);
        mixq_quantizer_clear (&q);
      }
}

static void
test_range_symmetric (void)
{
  const float x[] = { 0.5f, 100, -0.75f, 100, 0.25f, 100 };
  MixqRange range = { 0 }, empty = { 0 };
  MixqQuantizer q;

  mixq_range_extend (&range, x, 3, 2);
  g_assert_true (range.low == -0.75f && range.high == 0.5f && mixq_range_is_empty (&empty));
  mixq_quantizer_init (&q, 4, TRUE, MIXQ_PER_COLUMN, 2);
  mixq_quantizer_set_symmetric (&q, 0, &range);
  mixq_quantizer_set_symmetric (&q, 1, &empty);
  g_assert_true (q.scale[0] == 0.75f / 7 && q.zero[0] == 0 && q.scale[1] == 1 && q.zero[1] == 0);
  mixq_quantizer_set_range (&q, 0, &empty);
  g_assert_true (q.scale[0] == 1 && q.zero[0] == 0);
  range = (MixqRange){ .high = 1e-44f };
  mixq_quantizer_set_range (&q, 0, &range);
  g_assert_true (isfinite (q.scale[0]) && isfinite (q.inv[0]) && q.scale[0] > 0);
  mixq_quantizer_clear (&q);
}

static int
compare_floats (const void *a, const void *b)
{
  float x = *(const float *) a, y = *(const float *) b;

  return (x > y) - (x < y);
}

/* The k-th smallest as sorting finds it; 0 always is in the range; equal values and tiny samples are no trouble. */
static void
test_percentile (void)
{
  const gsize sizes[] = { 1, 2, 3, 10, 99, 100, 101, 1000, N };
  const double share[] = { 0.001, 0.01, 0.2 };

  for (guint shape = 0; shape < N_SHAPES; shape++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      for (guint s = 0; s < G_N_ELEMENTS (share); s++) {
        gsize n = sizes[i], low = (gsize) fmax (1, floor ((double) n * share[s]));
        gsize high = MIN (n, (gsize) fmax (1, floor ((double) n * (1 - share[s]))));
        g_autofree float *x = sample_new (shape, i), *sorted = NULL;
        MixqRange range;

        for (gsize t = 0; s == 2 && t < n; t++)
          x[t] = nearbyintf (x[t]); /* many alike */
        sorted = g_memdup2 (x, n * sizeof *x);
        qsort (sorted, n, sizeof *sorted, compare_floats);
        range = mixq_range_of_percentile (x, n, share[s]);
        g_assert_cmpfloat (range.low, ==, MIN (sorted[low - 1], 0));
        g_assert_cmpfloat (range.high, ==, MAX (sorted[high - 1], 0));
        g_assert_cmpuint (range.n, ==, n);
      }
  g_assert_true (mixq_percentile_of_width (8) == 0.001 && mixq_percentile_of_width (16) == 0.001 &&
                 mixq_percentile_of_width (4) == 0.01 && mixq_percentile_of_width (1) == 0.01);
}

static void
test_follow (void)
{
  MixqRange range = { .low = -1, .high = 2, .magnitude = 0.5f };
  const MixqRange now = { .low = -3, .high = 1, .magnitude = 1.5f }, none = { .high = NAN };

  mixq_range_follow (&range, &now, 0.25f);
  g_assert_true (range.low == -1.5f && range.high == 1.75f && range.magnitude == 0.75f);
  mixq_range_follow (&range, &none, 0.25f);
  g_assert_true (range.low == -1.5f && range.high == 1.75f && range.magnitude == 0.75f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/quant/calibrate/activation", test_activation);
  g_test_add_func ("/engine/quant/calibrate/weight", test_weight);
  g_test_add_func ("/engine/quant/calibrate/weight-columns-apart", test_weight_columns_apart);
  g_test_add_func ("/engine/quant/calibrate/positive", test_positive);
  g_test_add_func ("/engine/quant/calibrate/relative-keeps-small", test_relative_keeps_small);
  g_test_add_func ("/engine/quant/calibrate/relative-extremes", test_relative_extremes);
  g_test_add_func ("/engine/quant/calibrate/range", test_range);
  g_test_add_func ("/engine/quant/calibrate/percentile", test_percentile);
  g_test_add_func ("/engine/quant/calibrate/follow", test_follow);
  g_test_add_func ("/engine/quant/calibrate/range-symmetric", test_range_symmetric);
  g_test_add_func ("/engine/quant/calibrate/degenerate", test_degenerate);
  g_test_add_func ("/engine/quant/calibrate/levels-agree", test_levels_agree);
  return g_test_run ();
}
