/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may be wrong with a run: a row and a function a diagnosis. Their sentences are in mixq-diagnosis-text.c. */
#include "diagnose/mixq-diagnose.h"

#include <math.h>
#include <string.h>

/*
 * Judging by accuracy. Two accuracies measured on 500 nodes, as in the public splits, differ by chance by 2.5 points
 * (one standard error at 80 %), so twice that is noise still; a sound search at any price up to 20 was seen to lose at
 * most 6 points (CiteSeer), uniform 2 bits lose 15 and more.
 */
#define SEVERE_DROP 0.08
#define SEVERE_ERRORS 2.0
/* Widths worth choosing between differ by a few points: beyond 5 the 95 % interval, twice as wide each way, covers them all. */
#define LARGE_ERROR 0.05
/* So many nodes keep the standard error below LARGE_ERROR at every accuracy: 1/4 / 0.05^2. */
#define ENOUGH_VALIDATION 100
/*
 * A sound slot, even of 2 bits after training, was seen to lose at most half of its sum of squares; writing zeros loses all.
 */
#define BROKEN_ERROR 0.75
/* A part in float32 that gives back less than this much of the drop is not to blame more than any other. */
#define BLAMED_SHARE 0.1

/*
 * Judging by cost, in shares of what the widest widths everywhere would cost over the narrowest. Without any price the mixture
 * kept 92 % after 50 epochs and 98 % and more in the long run; at a price of 0.1 (the smallest published) 88 % at most.
 */
#define ALL_WIDEST 0.96
#define NOTHING_SAVED 0.05
/* The mixture has left the widest: sound searches that choose the widest keep 83 % and more. */
#define MIXTURE_SAVED 0.25
/* What pins hold back before they are named: most of it. */
#define PINNED_SHARE 0.8
/* A fifth of the smallest published price: such a force moves no width in the time of a run. */
#define FORCELESS_LAMBDA 0.02
/* Two widths closer than this: the next epoch, or another seed, may swap them. A third of the parts at most was seen so. */
#define COIN_MARGIN 0.1

#define DEFAULT_LAMBDA 0.5
#define DEFAULT_RATE 0.01
#define DEFAULT_ALPHA_RATE 0.05
#define MAX_LAMBDA 10.0

/* --- what follows from the observation ------------------------------------------------------------------------------ */

/* Costs as shares of what could be saved: 0 where everything is widest, 1 where everything is narrowest. */
typedef struct
{
  const MixqObservation *seen;
  gboolean searched;    /* there is a mixture, a cost axis, and something to choose */
  guint n_free;         /* parts that may choose */
  double kept;          /* the mixture's cost over that of the widest */
  double saved_mixture; /* of what could be saved */
  double saved;         /* by the chosen widths */
  double reachable;     /* under the pins */
  double unit;          /* lambda under the normalised penalty for a lambda of 1 */
} Facts;

static guint8
widest (const MixqObservation *seen)
{
  return seen->choices[seen->n_choices - 1];
}

static gboolean
is_free (const MixqObservation *seen, guint s)
{
  return seen->pinned == NULL || seen->pinned[s] == 0;
}

static double
cost_of_uniform (const MixqObservation *seen, guint8 bits, gboolean under_pins)
{
  g_autofree double *width = g_new (double, seen->model->n_slots);

  for (guint s = 0; s < seen->model->n_slots; s++)
    width[s] = under_pins && !is_free (seen, s) ? seen->pinned[s] : bits;
  return mixq_cost_model_eval (seen->cost, width, NULL);
}

static double
cost_of_mixture (const MixqObservation *seen)
{
  g_autofree double *width = g_new0 (double, seen->model->n_slots);

  for (guint s = 0; s < seen->model->n_slots; s++)
    for (guint k = 0; k < seen->n_choices; k++)
      width[s] += (double) seen->alpha[s * seen->n_choices + k] * seen->choices[k];
  return mixq_cost_model_eval (seen->cost, width, NULL);
}

static double
cost_of_chosen (const MixqObservation *seen)
{
  g_autofree double *width = g_new (double, seen->model->n_slots);

  for (guint s = 0; s < seen->model->n_slots; s++)
    width[s] = seen->bits[s];
  return mixq_cost_model_eval (seen->cost, width, NULL);
}

static void
find_facts (Facts *self, const MixqObservation *seen)
{
  double most, least, span;

  *self = (Facts){ .seen = seen, .unit = 1 };
  for (guint s = 0; s < seen->model->n_slots; s++)
    self->n_free += is_free (seen, s);
  if (seen->alpha == NULL || seen->cost == NULL || seen->n_choices < 2)
    return;
  most = cost_of_uniform (seen, widest (seen), FALSE);
  least = cost_of_uniform (seen, seen->choices[0], FALSE);
  span = most - least;
  if (!(span > 0)) /* an axis without slope: nothing can be saved, see find_no_slope() */
    return;
  self->searched = TRUE;
  self->kept = cost_of_mixture (seen) / most;
  self->saved_mixture = 1 - (cost_of_mixture (seen) - least) / span;
  self->saved = 1 - (cost_of_chosen (seen) - least) / span;
  self->reachable = 1 - (cost_of_uniform (seen, seen->choices[0], TRUE) - least) / span;
  if (seen->penalty != MIXQ_PENALTY_NORMALISED)
    self->unit = mixq_penalty_paper_equivalent (seen->penalty, seen->model, seen->cost, seen->n_choices,
                                                seen->choices, 1) /
                 mixq_penalty_paper_equivalent (MIXQ_PENALTY_NORMALISED, seen->model, seen->cost,
                                                seen->n_choices, seen->choices, 1);
}

/* One significant digit is what a person would try next. */
static double
round_price (double lambda)
{
  double digit = pow (10, floor (log10 (lambda)));

  return round (lambda / digit) * digit;
}

static void
suggest_lambda (MixqDiagnosis *d, double lambda)
{
  d->value = fmin (round_price (lambda), MAX_LAMBDA);
  if (d->value > d->lambda)
    d->remedy = MIXQ_REMEDY_LAMBDA;
}

/* --- training and data ----------------------------------------------------------------------------------------------- */

static gboolean
find_diverged (const Facts *facts, MixqDiagnosis *d)
{
  double rate = facts->seen->lr;

  d->rate = rate;
  d->value = rate > DEFAULT_RATE ? DEFAULT_RATE : rate / 10;
  d->remedy = MIXQ_REMEDY_RATE;
  return facts->seen->diverged;
}

static gboolean
find_no_validation (const Facts *facts, MixqDiagnosis *d)
{
  d->value = ENOUGH_VALIDATION;
  d->remedy = MIXQ_REMEDY_SPLIT;
  return facts->seen->n_validation == 0;
}

/* Of a share seen on n nodes; two imagined nodes, one right and one wrong, keep it honest where all or none are right. */
static double
standard_error (double accuracy, gsize n)
{
  double trials = (double) n + 2, p = (accuracy * (double) n + 1) / trials;

  return sqrt (p * (1 - p) / trials);
}

static gboolean
find_small_validation (const Facts *facts, MixqDiagnosis *d)
{
  const MixqObservation *seen = facts->seen;
  double error;

  if (seen->n_validation == 0 || isnan (seen->float_accuracy))
    return FALSE;
  error = standard_error (seen->float_accuracy, seen->n_validation);
  d->count = (guint) seen->n_validation;
  d->points = 100 * error;
  d->value = ENOUGH_VALIDATION;
  d->remedy = MIXQ_REMEDY_SPLIT;
  return error > LARGE_ERROR;
}

/* --- accuracy ---------------------------------------------------------------------------------------------------------- */

gboolean
mixq_accuracy_dropped (double float_accuracy, double accuracy, gsize n_judged)
{
  double error = G_SQRT2 * standard_error (float_accuracy, n_judged);

  return float_accuracy - accuracy > fmax (SEVERE_DROP, SEVERE_ERRORS * error); /* FALSE for NaN */
}

/* The part that gives back most when it alone is float32; without one that stands out, the roughest. */
static int
slot_to_blame (const MixqObservation *seen)
{
  double drop = seen->float_accuracy - seen->accuracy;
  int regains = 0, rough = 0;

  for (guint s = 1; s < seen->model->n_slots; s++) {
    if (seen->health[s].regained > seen->health[regains].regained)
      regains = (int) s;
    if (seen->health[s].error > seen->health[rough].error)
      rough = (int) s;
  }
  return seen->health[regains].regained > BLAMED_SHARE * drop ? regains : rough;
}

/* More bits for the part, where there are more; else a lower price. */
static void
suggest_bits (const MixqObservation *seen, MixqDiagnosis *d)
{
  guint s = (guint) d->slot;

  if (seen->alpha == NULL)
    return;
  if (!is_free (seen, s) && seen->pinned[s] < widest (seen)) {
    d->remedy = MIXQ_REMEDY_UNPIN;
    return;
  }
  for (guint k = 0; k < seen->n_choices && d->remedy == MIXQ_REMEDY_NONE; k++)
    if (seen->choices[k] > seen->bits[s]) {
      d->remedy = MIXQ_REMEDY_PIN;
      d->value = seen->choices[k];
    }
}

static const MixqSlotHealth *
find_drop (const Facts *facts, MixqDiagnosis *d)
{
  const MixqObservation *seen = facts->seen;

  if (seen->health == NULL || seen->bits == NULL ||
      !mixq_accuracy_dropped (seen->float_accuracy, seen->accuracy, seen->n_judged))
    return NULL;
  d->slot = slot_to_blame (seen);
  d->bits = seen->bits[d->slot];
  d->points = 100 * (seen->float_accuracy - seen->accuracy);
  d->regained = 100 * seen->health[d->slot].regained;
  suggest_bits (seen, d);
  return &seen->health[d->slot];
}

static gboolean
find_clipped (const Facts *facts, MixqDiagnosis *d)
{
  const MixqSlotHealth *health = find_drop (facts, d);

  if (health == NULL || health->error < BROKEN_ERROR || health->clipped < health->dead)
    return FALSE;
  d->percent = 100 * health->clipped;
  return TRUE;
}

static gboolean
find_dead_range (const Facts *facts, MixqDiagnosis *d)
{
  const MixqSlotHealth *health = find_drop (facts, d);

  if (health == NULL || health->error < BROKEN_ERROR || health->clipped >= health->dead)
    return FALSE;
  d->percent = 100 * health->dead;
  return TRUE;
}

static gboolean
find_coarse (const Facts *facts, MixqDiagnosis *d)
{
  const MixqSlotHealth *health = find_drop (facts, d);

  return health != NULL && health->error < BROKEN_ERROR;
}

/* --- cost --------------------------------------------------------------------------------------------------------------- */

static gboolean
find_pinned (const Facts *facts, MixqDiagnosis *d)
{
  const MixqObservation *seen = facts->seen;
  g_autofree double *width = NULL, *share = NULL;
  double largest = -1;

  if (!facts->searched || seen->pinned == NULL || !(seen->lambda > 0) || facts->reachable > 1 - PINNED_SHARE)
    return FALSE;
  width = g_new (double, seen->model->n_slots);
  share = g_new (double, seen->model->n_slots);
  for (guint s = 0; s < seen->model->n_slots; s++)
    width[s] = seen->bits[s];
  mixq_cost_model_shares (seen->cost, width, share);
  for (guint s = 0; s < seen->model->n_slots; s++)
    if (!is_free (seen, s) && seen->pinned[s] > seen->choices[0] && share[s] > largest) {
      largest = share[s];
      d->slot = (int) s;
    }
  d->percent = 100 * (1 - facts->reachable);
  d->remedy = MIXQ_REMEDY_UNPIN;
  return d->slot >= 0;
}

static gboolean
find_penalty (const Facts *facts, MixqDiagnosis *d)
{
  const MixqObservation *seen = facts->seen;

  d->equivalent = seen->lambda * facts->unit;
  d->remedy = MIXQ_REMEDY_PENALTY;
  return facts->searched && seen->settled && seen->penalty != MIXQ_PENALTY_NORMALISED &&
         seen->lambda >= FORCELESS_LAMBDA && d->equivalent < FORCELESS_LAMBDA && facts->saved < NOTHING_SAVED;
}

static gboolean
find_no_slope (const Facts *facts, MixqDiagnosis *d)
{
  d->remedy = MIXQ_REMEDY_COST;
  return facts->seen->flat_axis && facts->seen->alpha != NULL;
}

static gboolean
all_widest (const Facts *facts)
{
  return facts->searched && facts->n_free > 0 && facts->kept > ALL_WIDEST;
}

static gboolean
find_rewarded (const Facts *facts, MixqDiagnosis *d)
{
  if (!all_widest (facts) || facts->seen->lambda >= 0)
    return FALSE;
  suggest_lambda (d, DEFAULT_LAMBDA / facts->unit);
  return TRUE;
}

static gboolean
find_cheap (const Facts *facts, MixqDiagnosis *d)
{
  const MixqObservation *seen = facts->seen;

  if (!seen->settled || !all_widest (facts) || seen->lambda < 0)
    return FALSE;
  d->percent = 100 * facts->kept;
  d->bits = widest (seen);
  suggest_lambda (d, fmax (10 * seen->lambda, DEFAULT_LAMBDA / facts->unit));
  return TRUE;
}

static gboolean
find_argmax (const Facts *facts, MixqDiagnosis *d)
{
  const MixqObservation *seen = facts->seen;

  if (!facts->searched || !seen->settled || !(seen->lambda > 0) || facts->saved > NOTHING_SAVED ||
      facts->saved_mixture < MIXTURE_SAVED)
    return FALSE;
  d->percent = 100 * facts->saved_mixture;
  d->bits = widest (seen);
  suggest_lambda (d, 2 * seen->lambda);
  return TRUE;
}

/* --- decision ------------------------------------------------------------------------------------------------------------ */

static gboolean
is_coin (const float *p, guint n)
{
  float best = 0, second = 0;

  for (guint k = 0; k < n; k++) {
    if (p[k] > best) {
      second = best;
      best = p[k];
    } else {
      second = fmaxf (second, p[k]);
    }
  }
  return (double) (best - second) < COIN_MARGIN;
}

static gboolean
find_undecided (const Facts *facts, MixqDiagnosis *d)
{
  const MixqObservation *seen = facts->seen;

  if (seen->alpha == NULL || !seen->settled || seen->n_choices < 2)
    return FALSE;
  for (guint s = 0; s < seen->model->n_slots; s++)
    d->count += is_free (seen, s) && is_coin (seen->alpha + s * seen->n_choices, seen->n_choices);
  d->total = facts->n_free;
  d->percent = 100 * COIN_MARGIN;
  if (seen->lr_alpha < DEFAULT_ALPHA_RATE) {
    d->remedy = MIXQ_REMEDY_ALPHA_RATE;
    d->value = DEFAULT_ALPHA_RATE;
  }
  return 2 * d->count > d->total;
}

/* --- the table ------------------------------------------------------------------------------------------------------------ */

#define BIT(kind) (1u << (kind))
#define DROPS (BIT (MIXQ_DIAGNOSIS_CLIPPED) | BIT (MIXQ_DIAGNOSIS_DEAD_RANGE) | BIT (MIXQ_DIAGNOSIS_COARSE))
#define FORCELESS (BIT (MIXQ_DIAGNOSIS_PINNED) | BIT (MIXQ_DIAGNOSIS_PENALTY) | BIT (MIXQ_DIAGNOSIS_NO_SLOPE))

static const struct
{
  MixqSeverity severity;
  gboolean (*find) (const Facts *facts, MixqDiagnosis *d);
  guint unless; /* kinds that explain it */
} rows[MIXQ_N_DIAGNOSES] = {
  [MIXQ_DIAGNOSIS_DIVERGED] = { MIXQ_SEVERITY_ERROR, find_diverged },
  [MIXQ_DIAGNOSIS_NO_VALIDATION] = { MIXQ_SEVERITY_NOTE, find_no_validation },
  [MIXQ_DIAGNOSIS_SMALL_VALIDATION] = { MIXQ_SEVERITY_NOTE, find_small_validation },
  [MIXQ_DIAGNOSIS_CLIPPED] = { MIXQ_SEVERITY_WARNING, find_clipped },
  [MIXQ_DIAGNOSIS_DEAD_RANGE] = { MIXQ_SEVERITY_WARNING, find_dead_range, DROPS },
  [MIXQ_DIAGNOSIS_COARSE] = { MIXQ_SEVERITY_WARNING, find_coarse, DROPS },
  [MIXQ_DIAGNOSIS_PINNED] = { MIXQ_SEVERITY_WARNING, find_pinned },
  [MIXQ_DIAGNOSIS_PENALTY] = { MIXQ_SEVERITY_WARNING, find_penalty, BIT (MIXQ_DIAGNOSIS_PINNED) },
  [MIXQ_DIAGNOSIS_NO_SLOPE] = { MIXQ_SEVERITY_WARNING, find_no_slope },
  [MIXQ_DIAGNOSIS_REWARDED] = { MIXQ_SEVERITY_WARNING, find_rewarded, FORCELESS },
  [MIXQ_DIAGNOSIS_CHEAP] = { MIXQ_SEVERITY_WARNING, find_cheap, FORCELESS },
  [MIXQ_DIAGNOSIS_UNDECIDED] = { MIXQ_SEVERITY_WARNING, find_undecided },
  [MIXQ_DIAGNOSIS_ARGMAX] = { MIXQ_SEVERITY_WARNING, find_argmax,
                              FORCELESS | BIT (MIXQ_DIAGNOSIS_UNDECIDED) },
};

static int
compare_severity (const void *a, const void *b)
{
  const MixqDiagnosis *x = a, *y = b;

  return x->severity != y->severity ? (int) y->severity - (int) x->severity : (int) x->kind - (int) y->kind;
}

guint
mixq_diagnose (const MixqObservation *seen, MixqDiagnosis *found)
{
  guint n = 0, kinds = 0;
  Facts facts;

  find_facts (&facts, seen);
  for (guint kind = 0; kind < MIXQ_N_DIAGNOSES; kind++) {
    MixqDiagnosis d = {
      .kind = (MixqDiagnosisKind) kind, .severity = rows[kind].severity, .slot = -1, .lambda = seen->lambda
    };

    /* What stopped a run explains whatever else is to be seen of it. */
    if (((rows[kind].unless | BIT (MIXQ_DIAGNOSIS_DIVERGED)) & kinds) != 0 || !rows[kind].find (&facts, &d))
      continue;
    found[n++] = d;
    kinds |= BIT (kind);
  }
  qsort (found, n, sizeof *found, compare_severity);
  return n;
}
