/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/mixq-random.h"
#include "cost/mixq-penalty.h"
#include "net/mixq-net.h"
#include "net/mixq-nodes.h"
#include "train/mixq-plan.h"

G_BEGIN_DECLS

/**
 * MixqTrainerOptions:
 * @stream: name of the random stream for dropout ("dropout-float", ...)
 * @plan: how the data set is walked; all 0: chosen
 * @lr_every, @lr_factor: the learning rate of the weights is multiplied by @lr_factor every @lr_every epochs; 0: never
 * @teacher: (nullable) (borrowed): items x n_classes probabilities; the loss then is the cross-entropy against
 *   them on all nodes and no label is used (spec/search.md 2.5); the net must be built with loss_on_all
 * @cost: (nullable) (borrowed): for MIXQ_PENALTY_NORMALISED
 * @alpha_bound: logits are centred and clamped to +- this, so that no slot freezes (method spec 13.11); 0: unbounded
 * @temperature: p = softmax (alpha / T), T going geometrically from 1 to this over @anneal_steps, where it stays; 0: 1
 * @recalibrate: ranges follow the data: one slot in turn every so many steps; 0: never
 * @nodes: how steps and widths of single nodes are learned, where the network has such; all 0: not at all
 * @calibrate_in_training: published rule: first ranges from the first training pass, dropout and all
 */
typedef struct
{
  guint64 seed;
  const char *stream;
  double lr, weight_decay;
  double lr_alpha, alpha_decay;
  float alpha_bound;
  double temperature;
  guint anneal_steps;
  guint recalibrate;
  MixqNodeRates nodes;
  gboolean calibrate_in_training;
  MixqPenalty penalty;
  const MixqCostModel *cost;
  const float *teacher;
  MixqPlanOptions plan;
  guint lr_every;
  double lr_factor;
} MixqTrainerOptions;

/** MixqEpoch: the figures after one step. One step is one epoch: one update where the plan is to read everything at once, else many. */
typedef struct
{
  guint step;     /* steps done, from 1 */
  double loss;    /* task loss of the training pass, dropout on, before the step */
  double penalty; /* before lambda */
  double
      accuracy[4]; /* mixq_task_score() of the new weights, dropout off, by MixqPart; NaN for an empty part */
} MixqEpoch;

typedef struct _MixqTrainer MixqTrainer;

/** mixq_trainer_new: @net: (transfer full). Evaluates nothing yet. */
MixqTrainer *mixq_trainer_new (MixqNet *net, const MixqTrainerOptions *options);
void mixq_trainer_free (MixqTrainer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqTrainer, mixq_trainer_free)
MixqNet *mixq_trainer_peek_net (MixqTrainer *self);
const MixqPlan *mixq_trainer_peek_plan (MixqTrainer *self);
/** mixq_trainer_set_cancellable: (nullable): a step of many batches ends with MIXQ_ERROR_CANCELLED between two of them. */
void mixq_trainer_set_cancellable (MixqTrainer *self, GCancellable *cancellable);

/**
 * mixq_trainer_step:
 * @lambda: price of the penalty, for this step
 *
 * One epoch: training pass, backward, Adam, full evaluation. The evaluation's units before the first dropout are
 * the next step's training pass (perf-notes.md 2.2).
 * Errors: MIXQ_ERROR_NUMERIC when the loss or a weight is no number: the last good state is put back first.
 */
gboolean mixq_trainer_step (MixqTrainer *self, double lambda, MixqEpoch *epoch, GError **error);

/** mixq_trainer_evaluate: full evaluation of the present weights without a step. */
void mixq_trainer_evaluate (MixqTrainer *self, MixqEpoch *epoch);
/** mixq_trainer_peek_logits: items x classes of the last evaluation, valid until the next call. */
const float *mixq_trainer_peek_logits (MixqTrainer *self);
/** mixq_trainer_part_loss: mean cross-entropy on a part, of the last evaluation. */
double mixq_trainer_part_loss (MixqTrainer *self, MixqPart part);
/** mixq_trainer_predict: of the last evaluation, an item each. @confidence, @probability (items x classes): (nullable). */
void mixq_trainer_predict (MixqTrainer *self, guint16 *prediction, guint8 *confidence, float *probability);
/** mixq_trainer_reset_alpha_moments: forget Adam's memory of the logits; done when lambda changes (13.11). */
void mixq_trainer_reset_alpha_moments (MixqTrainer *self);
/** mixq_trainer_invalidate: something outside changed (a pin): the shared first part must be computed again. */
void mixq_trainer_invalidate (MixqTrainer *self);

/** MixqWeightState: a deep copy of all weight matrices and learned ranges. */
typedef struct _MixqWeightState MixqWeightState;
MixqWeightState *mixq_weight_state_new (const MixqNet *net);
void mixq_weight_state_save (MixqWeightState *self, const MixqNet *net);
void mixq_weight_state_restore (const MixqWeightState *self, MixqNet *net);
void mixq_weight_state_free (MixqWeightState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqWeightState, mixq_weight_state_free)

/** mixq_cross_entropy: -log softmax (logits)[label], stable. */
double mixq_cross_entropy (const float *logits, gsize n, gsize label);

G_END_DECLS
