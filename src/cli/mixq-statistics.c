/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-statistics.h"

#include <math.h>

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

MixqEstimate
mixq_estimate (const double *value, guint n)
{
  MixqEstimate self = { .n = n, .mean = NAN, .std = NAN, .half_width = NAN };
  double sum = 0, square = 0;

  if (n == 0)
    return self;
  for (guint i = 0; i < n; i++)
    sum += value[i];
  self.mean = sum / n;
  for (guint i = 0; i < n; i++)
    square += (value[i] - self.mean) * (value[i] - self.mean);
  self.std = sqrt (square / n);
  if (n > 1)
    self.half_width = mixq_student_t (n - 1) * sqrt (square / (n - 1) / n);
  return self;
}

MixqEstimate
mixq_estimate_paired (const double *a, const double *b, guint n)
{
  g_autofree double *difference = g_new (double, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    difference[i] = a[i] - b[i];
  return mixq_estimate (difference, n);
}

const char *
mixq_estimate_verdict (const MixqEstimate *difference)
{
  if (difference->mean - difference->half_width > 0)
    return "win";
  return difference->mean + difference->half_width < 0 ? "loss" : "tie";
}
