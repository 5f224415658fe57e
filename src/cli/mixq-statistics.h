/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** MixqSpread: of @n values: mean, population standard deviation and standard error of the mean (std / sqrt (n - 1)). */
typedef struct
{
  guint n;
  double mean, std, se; /* NaN where there are too few values */
} MixqSpread;
MixqSpread mixq_spread_of (const double *value, guint n);
/** mixq_spread_paired: of the differences a - b. */
MixqSpread mixq_spread_paired (const double *a, const double *b, guint n);
/** mixq_spread_half_width: of the 95 % confidence interval of the mean, by Student's t; NaN for fewer than two values. */
double mixq_spread_half_width (const MixqSpread *self);
/** mixq_spread_verdict: "win", "tie" or "loss": whether the interval of a difference is above, around or below 0. */
const char *mixq_spread_verdict (const MixqSpread *difference);

/** mixq_student_t: the two-sided 95 % quantile of Student's distribution for @freedom >= 1; relative error below 1e-3. */
double mixq_student_t (guint freedom);
double mixq_median_of (const double *value, guint n);

G_END_DECLS
