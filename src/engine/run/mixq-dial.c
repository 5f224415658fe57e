/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/mixq-dial.h"

#include <math.h>
#include <string.h>

/* Steps in log lambda: out by factors of four, done when two prices are within 15 %. */
#define STEP_OUT 1.3862943611198906
#define CLOSED 0.13976194237515863
/* How much of the way between two prices the next one lies, at least and at most. */
#define INSIDE 0.25
/* Steps of search at a price, and without a change of widths, before it is read. */
#define SETTLE_STEPS 60
#define HELD_STEPS 40
/* Until every part leans to one width by so much, at most PATIENT_STEPS long: alpha starts even, and drifts on if it is. */
#define DECIDED 0.6f
#define PATIENT_STEPS 240

#define CLOSE_ACCURACY 0.01
#define CLOSE_COST 0.9

gboolean
mixq_goal_is_met (const MixqGoal *goal, double value)
{
  return goal->kind == MIXQ_GOAL_ACCURACY ? value >= goal->limit : value <= goal->limit;
}

gboolean
mixq_goal_is_close (const MixqGoal *goal, double value)
{
  if (!mixq_goal_is_met (goal, value))
    return FALSE;
  return goal->kind == MIXQ_GOAL_ACCURACY ? value <= goal->limit + CLOSE_ACCURACY
                                          : value >= goal->limit * CLOSE_COST;
}

double
mixq_goal_value (const MixqGoal *goal, const MixqPoint *point)
{
  if (goal->kind == MIXQ_GOAL_ACCURACY)
    return isnan (point->val_mean) ? point->train_mean : point->val_mean;
  return goal->axis == MIXQ_COST_MS ? point->milliseconds : mixq_cost_on_axis (&point->cost, goal->axis);
}

/* --- deciding ---------------------------------------------------------------------------------------------------------- */

/*
 * One scale for both goals: u grows towards what is asked for being missed. An accuracy is missed at high prices, a cost
 * at low ones, and either way the largest u that still meets the goal is wanted.
 */
static double
to_scale (const MixqGoal *goal, double lambda)
{
  double t = log (CLAMP (lambda, MIXQ_DIAL_LEAST, MIXQ_DIAL_MOST));

  return goal->kind == MIXQ_GOAL_ACCURACY ? t : -t;
}

static double
from_scale (const MixqGoal *goal, double u)
{
  return CLAMP (exp (goal->kind == MIXQ_GOAL_ACCURACY ? u : -u), MIXQ_DIAL_LEAST, MIXQ_DIAL_MOST);
}

typedef struct
{
  gssize met, missed; /* readings, -1: none */
} Bracket;

/* What counts is the newest: a reading that contradicts an older one drops it. */
static Bracket
find_bracket (const MixqGoal *goal, const MixqDialReading *readings, guint n)
{
  Bracket bracket = { -1, -1 };

  for (guint i = 0; i < n; i++) {
    double u = to_scale (goal, readings[i].lambda);

    if (mixq_goal_is_met (goal, readings[i].value)) {
      bracket.met = (gssize) i;
      if (bracket.missed >= 0 && to_scale (goal, readings[bracket.missed].lambda) <= u)
        bracket.missed = -1;
    } else {
      bracket.missed = (gssize) i;
      if (bracket.met >= 0 && to_scale (goal, readings[bracket.met].lambda) >= u)
        bracket.met = -1;
    }
  }
  return bracket;
}

static double
miss (const MixqGoal *goal, double value)
{
  if (isnan (value))
    return INFINITY;
  return goal->kind == MIXQ_GOAL_ACCURACY ? goal->limit - value : value - goal->limit;
}

/* Of those that meet the goal the one that spends least beyond it, else the one that misses by least. */
static gssize
find_best (const MixqGoal *goal, const MixqDialReading *readings, guint n)
{
  gssize best = -1;

  for (guint i = 0; i < n; i++) {
    double here = miss (goal, readings[i].value), there;

    if (best < 0) {
      best = (gssize) i;
      continue;
    }
    there = miss (goal, readings[best].value);
    if ((here <= 0 && there <= 0) ? here > there : here < there)
      best = (gssize) i;
  }
  return best;
}

/* Where between the two the goal should lie if values ran straight, held away from the ends: they run in steps. */
static double
between (const MixqGoal *goal, const MixqDialReading *met, const MixqDialReading *missed)
{
  double from = to_scale (goal, met->lambda), to = to_scale (goal, missed->lambda);
  double fraction = (goal->limit - met->value) / (missed->value - met->value);

  if (isnan (fraction))
    fraction = 0.5;
  return from + CLAMP (fraction, INSIDE, 1 - INSIDE) * (to - from);
}

static void
give_up (const MixqGoal *goal, const MixqDialReading *readings, MixqDialAnswer *answer)
{
  const MixqDialReading *best = &readings[answer->best];

  answer->state = mixq_goal_is_met (goal, best->value) ? MIXQ_DIAL_REACHED : MIXQ_DIAL_OUT_OF_REACH;
  answer->lambda = best->lambda;
}

void
mixq_dial_decide (const MixqGoal *goal,
                  double start,
                  const MixqDialReading *readings,
                  guint n,
                  MixqDialAnswer *answer)
{
  const double least = to_scale (goal, goal->kind == MIXQ_GOAL_ACCURACY ? MIXQ_DIAL_LEAST : MIXQ_DIAL_MOST);
  const double most = to_scale (goal, goal->kind == MIXQ_GOAL_ACCURACY ? MIXQ_DIAL_MOST : MIXQ_DIAL_LEAST);
  Bracket bracket = find_bracket (goal, readings, n);
  double met, missed;

  *answer = (MixqDialAnswer){ MIXQ_DIAL_STEERING, CLAMP (start, MIXQ_DIAL_LEAST, MIXQ_DIAL_MOST),
                              find_best (goal, readings, n) };
  if (n == 0)
    return;
  met = bracket.met >= 0 ? to_scale (goal, readings[bracket.met].lambda) : NAN;
  missed = bracket.missed >= 0 ? to_scale (goal, readings[bracket.missed].lambda) : NAN;
  if (mixq_goal_is_close (goal, readings[n - 1].value) ||
      (bracket.met == (gssize) n - 1 && (met >= most || missed - met <= CLOSED))) {
    answer->state = MIXQ_DIAL_REACHED;
    answer->lambda = readings[n - 1].lambda;
  } else if (n >= MIXQ_DIAL_READINGS || (bracket.met < 0 && missed <= least)) {
    give_up (goal, readings, answer);
  } else if (bracket.met < 0) {
    answer->lambda = from_scale (goal, missed - STEP_OUT);
  } else if (bracket.missed < 0) {
    answer->lambda = from_scale (goal, met + STEP_OUT);
  } else if (missed - met <= CLOSED) {
    answer->lambda = readings[bracket.met]
                         .lambda; /* back to the one that meets it, and see whether it still does */
  } else {
    answer->lambda = from_scale (goal, between (goal, &readings[bracket.met], &readings[bracket.missed]));
  }
}

/* --- looking ----------------------------------------------------------------------------------------------------------- */

struct _MixqDial
{
  MixqGoal goal;
  double start;
  GArray *readings; /* MixqDialReading */
  MixqDialAnswer answer;
  gboolean asked;   /* answer.lambda was handed out */
  gboolean arrived; /* a snapshot under it was seen */
  guint since;      /* step of that snapshot */
  guint held_since;
  guint8 held[MIXQ_MAX_SLOTS];
};

MixqDial *
mixq_dial_new (const MixqGoal *goal, double lambda)
{
  MixqDial *self = g_new0 (MixqDial, 1);

  self->goal = *goal;
  self->start = lambda;
  self->readings = g_array_new (FALSE, FALSE, sizeof (MixqDialReading));
  mixq_dial_decide (goal, lambda, NULL, 0, &self->answer);
  return self;
}

void
mixq_dial_free (MixqDial *self)
{
  g_array_unref (self->readings);
  g_free (self);
}

static gboolean
is_decided (const MixqSnapshot *snapshot)
{
  for (guint s = 0; s < snapshot->n_slots; s++) {
    float best = 0;

    for (guint k = 0; k < snapshot->n_choices; k++)
      best = fmaxf (best, snapshot->alpha[s * snapshot->n_choices + k]);
    if (best < DECIDED)
      return FALSE;
  }
  return TRUE;
}

/* Whether the widths have settled under the price that was asked for. */
static gboolean
has_settled (MixqDial *self, const MixqSnapshot *snapshot)
{
  if (snapshot->lambda != self->answer.lambda ||
      (snapshot->phase != MIXQ_PHASE_SEARCH && snapshot->phase != MIXQ_PHASE_RESTING))
    return FALSE;
  if (!self->arrived) {
    self->arrived = TRUE;
    self->since = self->held_since = snapshot->step;
  }
  if (memcmp (self->held, snapshot->bits, snapshot->n_slots) != 0) {
    memcpy (self->held, snapshot->bits, snapshot->n_slots);
    self->held_since = snapshot->step;
  }
  if (snapshot->phase == MIXQ_PHASE_RESTING)
    return TRUE;
  return snapshot->step >= self->since + (is_decided (snapshot) ? SETTLE_STEPS : PATIENT_STEPS) &&
         snapshot->step >= self->held_since + HELD_STEPS;
}

/* NaN while it cannot be known yet. */
static double
read_value (const MixqDial *self, const MixqSnapshot *snapshot, const MixqPoint *current)
{
  if (current != NULL)
    return mixq_goal_value (&self->goal, current);
  if (self->goal.kind == MIXQ_GOAL_ACCURACY || self->goal.axis == MIXQ_COST_MS)
    return NAN;
  return mixq_cost_on_axis (&snapshot->selected, self->goal.axis);
}

gboolean
mixq_dial_look (MixqDial *self, const MixqSnapshot *snapshot, const MixqPoint *current, double *lambda)
{
  MixqDialReading reading;

  if (self->answer.state != MIXQ_DIAL_STEERING)
    return FALSE;
  if (!self->asked) {
    self->asked = TRUE;
    *lambda = self->answer.lambda;
    return TRUE;
  }
  if (!has_settled (self, snapshot))
    return FALSE;
  reading = (MixqDialReading){ self->answer.lambda, read_value (self, snapshot, current) };
  if (isnan (reading.value))
    return FALSE;
  g_array_append_val (self->readings, reading);
  mixq_dial_decide (&self->goal, self->start, (const MixqDialReading *) (void *) self->readings->data,
                    self->readings->len, &self->answer);
  self->arrived = FALSE;
  *lambda = self->answer.lambda;
  return TRUE;
}

const MixqGoal *
mixq_dial_peek_goal (const MixqDial *self)
{
  return &self->goal;
}

const MixqDialAnswer *
mixq_dial_peek_answer (const MixqDial *self)
{
  return &self->answer;
}

const GArray *
mixq_dial_peek_readings (const MixqDial *self)
{
  return self->readings;
}
