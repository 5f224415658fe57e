/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What every kernel test shares: the levels this machine runs, awkward sizes, random matrices, row subsets. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/mixq-random.h"
#include "kernels/mixq-kernels.h"

/* Around one, two and more vectors of 8, panels of 32 and 64, and the unrolled 16 of the dot product. */
static const gsize awkward[] = { 1, 2, 3, 5, 7, 8, 9, 15, 31, 64, 65, 128, 130 };

#define N_ROWS 13
#define SENTINEL -12345.0f

/* The fast levels that run here; each is compared with mixq_kernels_ref. Returns how many. */
static inline guint
levels (const MixqKernels *level[4])
{
  const MixqKernels *candidate[] = { &mixq_kernels_portable, mixq_kernels_get_avx2 (),
                                     mixq_kernels_get_avx512 (), mixq_kernels_get () };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (candidate); i++) {
    gboolean is_new = candidate[i] != NULL;

    for (guint j = 0; j < n; j++)
      is_new &= candidate[i] != level[j];
    if (is_new)
      level[n++] = candidate[i];
  }
  return n;
}

/* All rows, every third, the last one, none, a block of five, an empty block. */
static const guint32 every_third[] = { 0, 3, 6, 9, 12 };
static const guint32 only_last[] = { N_ROWS - 1 };
static const MixqRows row_sets[] = {
  { NULL, N_ROWS }, { every_third, G_N_ELEMENTS (every_third) },
  { only_last, 1 }, { only_last, 0 },
  { NULL, 5, 3 },   { NULL, 0, 7 },
};

static inline double
random_between (MixqRandom *random, double low, double high)
{
  return low + (high - low) * mixq_random_uniform (random);
}

static inline float *
random_matrix (MixqRandom *random, gsize n, double low, double high)
{
  float *x = g_new (float, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    x[i] = (float) random_between (random, low, high);
  return x;
}

static inline float *
filled (gsize n, float value)
{
  float *x = g_new (float, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    x[i] = value;
  return x;
}

static inline float *
absolute (const float *x, gsize n)
{
  float *y = g_new (float, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    y[i] = fabsf (x[i]);
  return y;
}

/* |a - b| <= bound, with the numbers in the log where it does not hold. */
static inline void
assert_within (const char *level, const char *what, gsize at, double a, double b, double bound)
{
  if (!(fabs (a - b) <= bound))
    g_test_message ("%s: %s at %zu: %.9g against %.9g, more than %.3g apart", level, what, at, a, b, bound);
  g_assert_true (fabs (a - b) <= bound);
}

/* Each element of @a against @b within its own bound. */
static inline void
assert_all_within (const char *level,
                   const char *what,
                   gsize n,
                   const float *a,
                   const float *b,
                   const double *bound)
{
  for (gsize i = 0; i < n; i++)
    assert_within (level, what, i, (double) a[i], (double) b[i], bound[i]);
}
