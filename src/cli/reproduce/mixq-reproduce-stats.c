/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "reproduce/mixq-reproduce-report.h"

/* Runs from which on a claim may be called more than a hint. */
#define MANY_RUNS 10
#define SOME_RUNS 5
#define SURE_ERRORS 4.0
/* Standard errors round an effect within which it is taken to lie. */
#define REACH 2.0

const char *const mixq_confidence_rule = "Confidence by rule. A difference counts as seen from 3 standard "
                                         "errors (differences are taken seed by seed). High: at "
                                         "least 10 seeds and 4 standard errors. Medium: at least 5 seeds and "
                                         "3. That there is none is high confidence where 10 "
                                         "seeds leave it below what is called negligible (difference and 2 "
                                         "standard errors together), medium where 5 leave it "
                                         "below twice that. Everything else is low.";

MixqSpread
mixq_spread_published (double mean, double std, guint n)
{
  return (MixqSpread){ n, mean, std, n > 1 ? std / sqrt (n - 1.0) : (double) NAN };
}

double
mixq_z_score (const MixqSpread *ours, const MixqSpread *theirs)
{
  double se = hypot (ours->se, theirs->se);

  return se > 0 ? (ours->mean - theirs->mean) / se : (double) NAN;
}

const char *
mixq_confidence_name (MixqConfidence confidence)
{
  static const char *const names[] = { "low", "medium", "high" };

  g_return_val_if_fail ((guint) confidence < G_N_ELEMENTS (names), "");
  return names[confidence];
}

gboolean
mixq_effect_is_seen (const MixqSpread *effect)
{
  return effect->mean != 0 && fabs (effect->mean) >= MIXQ_EFFECT_SEEN * effect->se; /* false for NaN */
}

MixqConfidence
mixq_effect_confidence (const MixqSpread *effect, double negligible)
{
  double most = fabs (effect->mean) + REACH * effect->se;

  if (mixq_effect_is_seen (effect)) {
    if (effect->n >= MANY_RUNS && fabs (effect->mean) >= SURE_ERRORS * effect->se)
      return MIXQ_CONFIDENCE_HIGH;
    return effect->n >= SOME_RUNS ? MIXQ_CONFIDENCE_MEDIUM : MIXQ_CONFIDENCE_LOW;
  }
  if (effect->n >= MANY_RUNS && most <= negligible)
    return MIXQ_CONFIDENCE_HIGH;
  return effect->n >= SOME_RUNS && most <= 2 * negligible ? MIXQ_CONFIDENCE_MEDIUM : MIXQ_CONFIDENCE_LOW;
}
