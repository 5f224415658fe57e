/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sentences of `mixq reproduce` are rated by, on values computed by hand. */
#include <math.h>

#include "reproduce/mixq-reproduce-report.h"

#define EPSILON 1e-12

static void
test_spread (void)
{
  static const double value[] = { 1, 2, 3, 6 };
  MixqSpread spread = mixq_spread_of (value, 4), one = mixq_spread_of (value, 1),
             none = mixq_spread_of (value, 0);

  g_assert_cmpfloat_with_epsilon (spread.mean, 3, EPSILON);
  g_assert_cmpfloat_with_epsilon (spread.std, sqrt (3.5), EPSILON);
  g_assert_cmpfloat_with_epsilon (spread.se, sqrt (3.5 / 3), EPSILON);
  g_assert_cmpfloat (one.mean, ==, 1);
  g_assert_true (isnan (one.se) && isnan (none.mean));
  g_assert_cmpfloat (mixq_median_of (value, 4), ==, 2.5);
  g_assert_cmpfloat (mixq_median_of (value, 3), ==, 2);
  g_assert_true (isnan (mixq_median_of (value, 0)));
}

/* Quantiles from tables; a difference is a win only beyond its interval. */
static void
test_interval (void)
{
  static const double a[] = { 3, 4, 5, 4 }, b[] = { 1, 2, 2, 3 };
  MixqSpread difference = mixq_spread_paired (a, b, 4), other = mixq_spread_paired (b, a, 4);
  MixqSpread small = { 4, 0.5, 1, 1 / sqrt (3) }, alone = mixq_spread_of (a, 1);

  g_assert_cmpfloat_with_epsilon (mixq_student_t (1), 12.7062, 1e-4);
  g_assert_cmpfloat_with_epsilon (mixq_student_t (3), 3.18245, 1e-4);
  g_assert_cmpfloat_with_epsilon (mixq_student_t (7), 2.36462, 2e-3);
  g_assert_cmpfloat_with_epsilon (mixq_student_t (19), 2.09302, 1e-4);
  g_assert_cmpfloat_with_epsilon (mixq_student_t (120), 1.97993, 1e-5);
  g_assert_cmpfloat_with_epsilon (difference.mean, 2, EPSILON);
  g_assert_cmpfloat_with_epsilon (mixq_spread_half_width (&difference), 3.18245 * sqrt (0.5 / 3), 1e-4);
  g_assert_cmpstr (mixq_spread_verdict (&difference), ==, "win");
  g_assert_cmpstr (mixq_spread_verdict (&other), ==, "loss");
  g_assert_cmpstr (mixq_spread_verdict (&small), ==, "tie");
  g_assert_true (isnan (mixq_spread_half_width (&alone)));
  g_assert_cmpstr (mixq_spread_verdict (&alone), ==, "tie");
}

static void
test_z (void)
{
  MixqSpread ours = mixq_spread_published (0.80, 0.03, 10), theirs = mixq_spread_published (0.77, 0.04, 17);

  /* Standard errors 0.01 and 0.01. */
  g_assert_cmpfloat_with_epsilon (mixq_z_score (&ours, &theirs), 0.03 / hypot (0.01, 0.01), 1e-9);
  theirs.se = ours.se = NAN;
  g_assert_true (isnan (mixq_z_score (&ours, &theirs)));
}

/* The rule as it is printed. */
static void
test_confidence (void)
{
  static const struct
  {
    guint n;
    double mean, se;
    gboolean seen;
    MixqConfidence confidence;
  } rows[] = {
    { 10, 0.040, 0.010, TRUE, MIXQ_CONFIDENCE_HIGH },    /* 4 standard errors */
    { 10, -0.039, 0.010, TRUE, MIXQ_CONFIDENCE_MEDIUM }, /* between 3 and 4 */
    { 9, 0.040, 0.010, TRUE, MIXQ_CONFIDENCE_MEDIUM },   /* too few seeds for high */
    { 4, 0.040, 0.010, TRUE, MIXQ_CONFIDENCE_LOW },      /* too few for anything */
    { 10, 0.029, 0.010, FALSE, MIXQ_CONFIDENCE_LOW },    /* not seen, and not small either */
    { 10, 0.001, 0.002, FALSE, MIXQ_CONFIDENCE_HIGH },   /* nothing: 0.001 + 2 x 0.002 = 0.005 */
    { 10, 0.002, 0.004, FALSE, MIXQ_CONFIDENCE_MEDIUM }, /* 0.010 */
    { 5, 0.001, 0.002, FALSE, MIXQ_CONFIDENCE_MEDIUM },  { 3, 0.000, 0.000, FALSE, MIXQ_CONFIDENCE_LOW },
    { 10, 0.500, NAN, FALSE, MIXQ_CONFIDENCE_LOW },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    MixqSpread effect = { .n = rows[i].n, .mean = rows[i].mean, .se = rows[i].se };

    g_test_message ("row %u", i);
    g_assert_cmpint (mixq_effect_is_seen (&effect), ==, rows[i].seen);
    g_assert_cmpint (mixq_effect_confidence (&effect, 0.005 + EPSILON), ==, rows[i].confidence);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/reproduce/stats/spread", test_spread);
  g_test_add_func ("/cli/reproduce/stats/interval", test_interval);
  g_test_add_func ("/cli/reproduce/stats/z", test_z);
  g_test_add_func ("/cli/reproduce/stats/confidence", test_confidence);
  return g_test_run ();
}
