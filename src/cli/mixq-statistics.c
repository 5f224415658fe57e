/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-statistics.h"

#include <math.h>
#include <stdlib.h>

#define NORMAL_975 1.959963984540054

/* Exact where the expansion is not good enough. */
static const double few[] = { 12.7062, 4.30265, 3.18245, 2.77645, 2.57058, 2.44691 };

double
mixq_student_t (guint freedom)
{
  double z = NORMAL_975, z3 = z * z * z, z5 = z3 * z * z, v = freedom;

  if (freedom >= 1 && freedom <= G_N_ELEMENTS (few))
    return few[freedom - 1];
  /* Cornish and Fisher's expansion in 1 / freedom, three terms (Abramowitz and Stegun 26.7.5). */
  return z + (z3 + z) / (4 * v) + (5 * z5 + 16 * z3 + 3 * z) / (96 * v * v) +
         (3 * z5 * z * z + 19 * z5 + 17 * z3 - 15 * z) / (384 * v * v * v);
}

MixqSpread
mixq_spread_of (const double *value, guint n)
{
  MixqSpread self = { .n = n, .mean = NAN, .std = NAN, .se = NAN };
  double sum = 0, squares = 0;

  if (n == 0)
    return self;
  for (guint i = 0; i < n; i++)
    sum += value[i];
  self.mean = sum / n;
  for (guint i = 0; i < n; i++)
    squares += (value[i] - self.mean) * (value[i] - self.mean);
  self.std = sqrt (squares / n);
  if (n > 1)
    self.se = self.std / sqrt (n - 1.0);
  return self;
}

MixqSpread
mixq_spread_paired (const double *a, const double *b, guint n)
{
  g_autofree double *difference = g_new (double, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    difference[i] = a[i] - b[i];
  return mixq_spread_of (difference, n);
}

double
mixq_spread_half_width (const MixqSpread *self)
{
  return self->n > 1 ? mixq_student_t (self->n - 1) * self->se : (double) NAN;
}

const char *
mixq_spread_verdict (const MixqSpread *difference)
{
  double half_width = mixq_spread_half_width (difference);

  if (difference->mean - half_width > 0)
    return "win";
  return difference->mean + half_width < 0 ? "loss" : "tie";
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

double
mixq_median_of (const double *value, guint n)
{
  g_autofree double *sorted = n > 0 ? g_memdup2 (value, n * sizeof *value) : NULL;

  if (n == 0)
    return NAN;
  qsort (sorted, n, sizeof *sorted, compare_doubles);
  return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}
