/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "run/mixq-session.h"

G_BEGIN_DECLS

/*
 * The budget dial: someone asks for an accuracy or a cost, and the dial turns the price until the live search leads
 * there. It reads a session's snapshots and points and says which price to try next; setting it is up to the caller, who
 * does it like a person would (mixq_session_set_lambda()), so that it is logged and replays.
 */

typedef enum {
  MIXQ_GOAL_ACCURACY, /* at least so much, as cheap as possible */
  MIXQ_GOAL_COST,     /* at most so much, as accurate as possible */
} MixqGoalKind;

/**
 * MixqGoal: what is asked for.
 * @axis: of a cost, whatever axis the search is charged by
 * @limit: accuracy 0..1, or a cost in the unit of @axis (bit operations, bytes, milliseconds)
 */
typedef struct
{
  MixqGoalKind kind;
  MixqCostAxis axis;
  double limit;
} MixqGoal;

/** mixq_goal_is_met: %FALSE for a @value that is NaN. */
gboolean mixq_goal_is_met (const MixqGoal *goal, double value);
/** mixq_goal_is_close: met, and hardly more than asked for: within a point of accuracy, a tenth of a cost. */
gboolean mixq_goal_is_close (const MixqGoal *goal, double value);
/** mixq_goal_value: what @point has of what @goal asks for; accuracy is that on validation nodes (training without any). */
double mixq_goal_value (const MixqGoal *goal, const MixqPoint *point);

/* Prices outside are not tried: below, bits are as good as free; above, the search has long chosen the narrowest. */
#define MIXQ_DIAL_LEAST 1e-3
#define MIXQ_DIAL_MOST 10.0
/* After so many readings the best one is taken: alpha remembers where it came from, so a price has no single answer. */
#define MIXQ_DIAL_READINGS 18

/** MixqDialReading: what the search led to at a price: accuracy or cost, as the goal says. */
typedef struct
{
  double lambda;
  double value;
} MixqDialReading;

typedef enum {
  MIXQ_DIAL_STEERING,
  MIXQ_DIAL_REACHED,
  MIXQ_DIAL_OUT_OF_REACH,
} MixqDialState;

/**
 * MixqDialAnswer:
 * @lambda: the price to try next, or to stay at
 * @best: the reading that serves the goal best, or comes nearest to it; -1 for none
 */
typedef struct
{
  MixqDialState state;
  double lambda;
  gssize best;
} MixqDialAnswer;

/**
 * mixq_dial_decide:
 * @start: the price when the goal was set
 * @readings: (array length=n): in the order they were taken
 *
 * A pure function of what was read: steps out in factors of four until the goal lies between two prices, then closes in
 * between them on a logarithmic scale. A later reading overrules earlier ones that contradict it.
 */
void mixq_dial_decide (const MixqGoal *goal,
                       double start,
                       const MixqDialReading *readings,
                       guint n,
                       MixqDialAnswer *answer);

typedef struct _MixqDial MixqDial;

/** mixq_dial_new: @lambda: the price of now. */
MixqDial *mixq_dial_new (const MixqGoal *goal, double lambda);
void mixq_dial_free (MixqDial *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqDial, mixq_dial_free)

/**
 * mixq_dial_look:
 * @snapshot: the newest one
 * @current: (nullable): the finished point with the widths of @snapshot
 * @lambda: (out): the price to set now, when %TRUE
 *
 * Takes a reading once the search has settled at the price last asked for and, for an accuracy or a time, the model is
 * finished. Call it for every snapshot and whenever points change. Cost: nothing to speak of.
 */
gboolean
mixq_dial_look (MixqDial *self, const MixqSnapshot *snapshot, const MixqPoint *current, double *lambda);

const MixqGoal *mixq_dial_peek_goal (const MixqDial *self);
const MixqDialAnswer *mixq_dial_peek_answer (const MixqDial *self);
/** mixq_dial_peek_readings: (element-type MixqDialReading). */
const GArray *mixq_dial_peek_readings (const MixqDial *self);

G_END_DECLS
