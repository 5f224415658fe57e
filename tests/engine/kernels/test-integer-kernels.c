/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The integer kernels of every level against the naive ones, which sum in 64 bit: equal to the last bit. */
#include "kernels/mixq-integer-kernels.h"
#include "levels.h"

static const char *const level_names[] = { "portable", "avx2", "avx512" };
#define N_SOURCES 23
#define SENTINEL_CODE -77777

static gint32 *
random_codes (MixqRandom *random, gsize n, gint32 low, gint32 high)
{
  gint32 *x = g_new (gint32, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    x[i] = low + (gint32) mixq_random_below (random, (guint32) (high - low) + 1);
  return x;
}

static gint32 *
sentinels (gsize n)
{
  gint32 *x = g_new (gint32, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    x[i] = SENTINEL_CODE;
  return x;
}

/* Code ranges of both operands; the largest sums here come within a factor of 2 of 2^31. */
static const struct
{
  gint32 a_low, a_high, b_low, b_high;
} ranges[] = {
  { 0, 3, -2, 1 }, { 0, 255, -128, 127 }, { 0, 255, 0, 255 }, { -8, 7, 0, 15 }, { 65000, 65535, 400, 500 },
};

static void
check_spmm (const MixqIntegerKernels *level, MixqRandom *random, gsize d, guint range)
{
  static const gsize count[N_ROWS] = { 0, 1, 2, 0, 9, 3, 40, 1, 0, 5, 17, 8, 2 };
  const MixqIntegerKernels *ref = mixq_integer_kernels_named ("reference");
  gsize row_ptr[N_ROWS + 1] = { 0 };
  g_autofree gint32 *coef = NULL,
                    *x = random_codes (random, N_SOURCES * d, ranges[range].b_low, ranges[range].b_high);
  g_autofree guint32 *col = NULL;

  for (gsize r = 0; r < N_ROWS; r++)
    row_ptr[r + 1] = row_ptr[r] + count[r];
  coef = random_codes (random, row_ptr[N_ROWS], ranges[range].a_low, ranges[range].a_high);
  col = (guint32 *) random_codes (random, row_ptr[N_ROWS], 0, N_SOURCES - 1);
  for (gsize s = 0; s < G_N_ELEMENTS (row_sets); s++) {
    gsize n = row_sets[s].n * d;
    g_autofree gint32 *acc = sentinels (n), *expected = sentinels (n);
    gint32 sum[N_ROWS], expected_sum[N_ROWS];

    level->spmm (row_ptr, col, coef, row_sets[s], x, d, acc, sum);
    ref->spmm (row_ptr, col, coef, row_sets[s], x, d, expected, expected_sum);
    g_assert_cmpmem (acc, n * sizeof *acc, expected, n * sizeof *acc);
    g_assert_cmpmem (sum, row_sets[s].n * sizeof *sum, expected_sum, row_sets[s].n * sizeof *sum);
    level->spmm (row_ptr, col, coef, row_sets[s], x, d, acc, NULL);
    g_assert_cmpmem (acc, n * sizeof *acc, expected, n * sizeof *acc);
  }
}

static void
check_dense (const MixqIntegerKernels *level, MixqRandom *random, gsize k, gsize d, guint range)
{
  const MixqIntegerKernels *ref = mixq_integer_kernels_named ("reference");
  gint32 zero = (ranges[range].a_low + ranges[range].a_high) / 2; /* centred sums: half the raw ones */
  g_autofree gint32 *x = random_codes (random, N_ROWS * k, ranges[range].a_low, ranges[range].a_high);
  g_autofree gint32 *w = random_codes (random, k * d, ranges[range].b_low, ranges[range].b_high);

  for (gsize s = 0; s < G_N_ELEMENTS (row_sets); s++) {
    gsize n = row_sets[s].n * d;
    g_autofree gint32 *acc = sentinels (n), *expected = sentinels (n);

    level->dense (row_sets[s], k, d, x, zero, w, acc);
    ref->dense (row_sets[s], k, d, x, zero, w, expected);
    g_assert_cmpmem (acc, n * sizeof *acc, expected, n * sizeof *acc);
  }
}

/* Half the multipliers are powers of two, so that exact ties are frequent; the others are anything. */
static void
check_requantize (const MixqIntegerKernels *level, MixqRandom *random, gsize d, guint range)
{
  const MixqIntegerKernels *ref = mixq_integer_kernels_named ("reference");
  const double lo = range % 2 ? -32768 : 0, hi = range % 2 ? 32767 : 255;
  g_autofree double *shift = g_new (double, d), *multiplier = g_new (double, d), *zero = g_new (double, d);

  for (gsize c = 0; c < d; c++) {
    shift[c] = mixq_random_below (random, 256);
    multiplier[c] = c % 2 ? ldexp (1, -(int) mixq_random_below (random, 30))
                          : mixq_random_uniform (random) / 1000;
    zero[c] = lo + mixq_random_below (random, (guint32) (hi - lo) + 1);
  }
  for (gsize s = 0; s < G_N_ELEMENTS (row_sets); s++) {
    gsize n = N_ROWS * d;
    g_autofree gint32 *acc = random_codes (random, row_sets[s].n * d, G_MININT32 / 2, G_MAXINT32 / 2);
    g_autofree gint32 *sum = random_codes (random, row_sets[s].n, -100000, 100000);
    g_autofree gint32 *code = sentinels (n), *expected = sentinels (n);

    for (gsize i = 0; i < row_sets[s].n * d; i += 3)
      acc[i] %= 1000; /* small sums too: inside the range, not clamped */
    for (guint with_sum = 0; with_sum < 2; with_sum++) {
      level->requantize (row_sets[s], d, acc, with_sum ? sum : NULL, shift, multiplier, zero, lo, hi, code);
      ref->requantize (row_sets[s], d, acc, with_sum ? sum : NULL, shift, multiplier, zero, lo, hi, expected);
      g_assert_cmpmem (code, n * sizeof *code, expected, n * sizeof *code);
    }
  }
}

static void
test_levels (void)
{
  guint found = 0;
  MixqRandom random;

  mixq_random_init (&random, 1, "integer-kernels");
  for (guint l = 0; l < G_N_ELEMENTS (level_names); l++) {
    const MixqIntegerKernels *level = mixq_integer_kernels_named (level_names[l]);

    if (level == NULL)
      continue;
    found++;
    for (gsize i = 0; i < G_N_ELEMENTS (awkward); i++)
      for (guint range = 0; range < G_N_ELEMENTS (ranges); range++) {
        check_spmm (level, &random, awkward[i], range);
        check_dense (level, &random, awkward[i], awkward[G_N_ELEMENTS (awkward) - 1 - i], range);
        check_dense (level, &random, 65, awkward[i], range);
        check_requantize (level, &random, awkward[i], range);
      }
  }
  g_test_message ("%u levels", found);
  g_assert_cmpuint (found, >=, 1);
}

/* The naive ones by hand: a sum, its centring, ties to even with the zero-point inside the rounding, clamping. */
static void
test_by_hand (void)
{
  static const gsize row_ptr[] = { 0, 2, 2 };
  static const guint32 col[] = { 1, 0 };
  static const gint32 coef[] = { 3, 5 }, x[] = { 10, 20, 1, 2 };
  const char *names[] = { "reference", "portable" };

  for (guint l = 0; l < 2; l++) {
    const MixqIntegerKernels *k = mixq_integer_kernels_named (names[l]);
    const double shift[] = { 7, 0 }, multiplier[] = { 0.5, 0.5 }, zero[] = { 3, 4 };
    gint32 acc[4], sum[2], code[4];

    k->spmm (row_ptr, col, coef, (MixqRows){ NULL, 2 }, x, 2, acc, sum);
    g_assert_cmpint (acc[0], ==, 3 * 1 + 5 * 10);
    g_assert_cmpint (acc[1], ==, 3 * 2 + 5 * 20);
    g_assert_cmpint (acc[3], ==, 0);
    g_assert_cmpint (sum[0], ==, 8);
    g_assert_cmpint (sum[1], ==, 0);
    /* (53 - 7 * 8) / 2 + 3 = 1.5 -> 2; 106 / 2 + 4 -> clamped; a node without edges has the zero-point */
    k->requantize ((MixqRows){ NULL, 2 }, 2, acc, sum, shift, multiplier, zero, 0, 15, code);
    g_assert_cmpint (code[0], ==, 2);
    g_assert_cmpint (code[1], ==, 15);
    g_assert_cmpint (code[2], ==, 3);
    g_assert_cmpint (code[3], ==, 4);
    /* w = (2, -3; 1, 1): row (10, 20) - 8 = (2, 12) */
    k->dense ((MixqRows){ NULL, 1 }, 2, 2, x, 8, (gint32[]){ 2, -3, 1, 1 }, acc);
    g_assert_cmpint (acc[0], ==, 2 * 2 + 12);
    g_assert_cmpint (acc[1], ==, 2 * -3 + 12);
  }
}

static void
test_choice (void)
{
  g_assert_nonnull (mixq_integer_kernels_named ("portable"));
  g_assert_null (mixq_integer_kernels_named ("abacus"));
  g_assert_cmpstr (mixq_integer_kernels_get ()->name, ==, mixq_kernels_get ()->name);
}

/* Ties, clipped values and random ones; scales that are and are not powers of two. */
static void
test_quantize (void)
{
  static const double scales[] = { 1, 0.25, 0.1f, 3.7e-3f };
  const MixqIntegerKernels *ref = mixq_integer_kernels_named ("reference");
  MixqRandom random;
  float x[131];

  mixq_random_init (&random, 3, "quantize");
  for (gsize i = 0; i < G_N_ELEMENTS (x); i++)
    x[i] = i < 40 ? (float) i / 2 - 10 : (float) random_between (&random, -30, 30);
  for (gsize l = 0; l < G_N_ELEMENTS (level_names); l++)
    for (gsize s = 0; s < G_N_ELEMENTS (scales); s++)
      for (int zero = 0; zero < 16; zero += 5) {
        const MixqIntegerKernels *level = mixq_integer_kernels_named (level_names[l]);
        gint32 code[G_N_ELEMENTS (x)], expected[G_N_ELEMENTS (x)];

        if (level == NULL)
          continue;
        level->quantize (G_N_ELEMENTS (x), x, scales[s], zero, 0, 15, code);
        ref->quantize (G_N_ELEMENTS (x), x, scales[s], zero, 0, 15, expected);
        g_assert_cmpmem (code, sizeof code, expected, sizeof expected);
        g_assert_cmpint (expected[20], ==, 0); /* a zero is a code: its centred code is 0 */
      }
  /* 0.5, 1.5, 2.5 -> 0, 2, 2 */
  for (int half = 0; half < 3; half++) {
    float tie = (float) half + 0.5f;
    gint32 code;

    mixq_integer_kernels_get ()->quantize (1, &tie, 1, 0, 0, 15, &code);
    g_assert_cmpint (code, ==, half == 0 ? 0 : 2);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/kernels/integer/levels", test_levels);
  g_test_add_func ("/engine/kernels/integer/by-hand", test_by_hand);
  g_test_add_func ("/engine/kernels/integer/quantize", test_quantize);
  g_test_add_func ("/engine/kernels/integer/choice", test_choice);
  return g_test_run ();
}
