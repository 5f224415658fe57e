/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** MixqEstimate: a mean over repeats with what it is worth. */
typedef struct
{
  guint n;
  double mean;
  double std; /* population; 0 for one number */
  double
      half_width; /* of the 95 % confidence interval of the mean (Student's t); NaN for fewer than two numbers */
} MixqEstimate;

/** mixq_estimate: of @n numbers; NaN everywhere for none. */
MixqEstimate mixq_estimate (const double *value, guint n);
/** mixq_estimate_paired: of the differences a - b. */
MixqEstimate mixq_estimate_paired (const double *a, const double *b, guint n);
/** mixq_estimate_verdict: "win", "tie" or "loss": whether the interval of a difference is above, around or below 0. */
const char *mixq_estimate_verdict (const MixqEstimate *difference);

/** mixq_student_t: the two-sided 95 % quantile of Student's distribution for @freedom >= 1; relative error below 1e-3. */
double mixq_student_t (guint freedom);

G_END_DECLS
