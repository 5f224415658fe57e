/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "run/mixq-pipeline.h"

G_BEGIN_DECLS

/* What the phases of a run share; for the files of this folder. */

/**
 * MixqBest: the state with the best validation accuracy, ties by lower validation loss; without validation nodes the last one.
 * The published protocol (@first_best) keeps the first best epoch's predictions but the last epoch's weights.
 */
typedef struct
{
  gboolean first_best;
  double accuracy, loss;
  guint epoch;
  MixqWeightState *state;
  MixqAccuracies score; /* of that epoch */
  guint16 *prediction;
} MixqBest;

void mixq_best_init (MixqBest *self, MixqTrainer *trainer, gboolean first_best);
void mixq_best_clear (MixqBest *self);
/** mixq_best_consider: keeps the trainer's present state if it is the best so far. */
void mixq_best_consider (MixqBest *self, MixqTrainer *trainer, const MixqEpoch *epoch);
/** mixq_best_settle: puts the chosen weights in place and evaluates them. */
void mixq_best_settle (MixqBest *self, MixqTrainer *trainer);

/** mixq_phase_rules: how a network of @config quantizes; @published under the reference. */
MixqNetRules mixq_phase_rules (const MixqRunConfig *config, const MixqNetRules *published);
/** mixq_phase_check_cancelled: Errors: MIXQ_ERROR_CANCELLED. */
gboolean mixq_phase_check_cancelled (const MixqPhaseControl *control, const char *phase, GError **error);
/** mixq_phase_train: @epochs steps at no price; @epoch_ms: (out) the median. */
gboolean mixq_phase_train (MixqTrainer *trainer,
                           const char *phase,
                           guint epochs,
                           MixqBest *best,
                           const MixqPhaseControl *control,
                           double *epoch_ms,
                           GError **error);
/** mixq_phase_median: sorts @value; 0 of none. */
double mixq_phase_median (double *value, guint n);

G_END_DECLS
