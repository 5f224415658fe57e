/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "run/mixq-pipeline.h"

G_BEGIN_DECLS

#define MIXQ_FRONT_SEEDS 8

/**
 * MixqFrontPool: what searches for a front on one split share: the float32 model of each seed, the teacher, and every
 * model finished so far, so that no widths are ever trained twice with one seed. One thread at a time.
 */
typedef struct _MixqFrontPool MixqFrontPool;

/**
 * mixq_front_pool_new:
 * @config: of every run but for widths and seed; config->seed is the first seed
 * @n_seeds: 1..MIXQ_FRONT_SEEDS
 *
 * Errors: MIXQ_ERROR_VALUE.
 */
MixqFrontPool *mixq_front_pool_new (MixqModel *model,
                                    MixqInputs *inputs,
                                    const MixqRunConfig *config,
                                    guint n_seeds,
                                    GError **error);
MixqFrontPool *mixq_front_pool_ref (MixqFrontPool *self);
void mixq_front_pool_unref (MixqFrontPool *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqFrontPool, mixq_front_pool_unref)

MixqModel *mixq_front_pool_peek_model (MixqFrontPool *self);
const MixqRunConfig *mixq_front_pool_peek_config (MixqFrontPool *self);
guint mixq_front_pool_get_n_seeds (MixqFrontPool *self);

/** mixq_front_pool_can_judge: there are validation nodes. */
gboolean mixq_front_pool_can_judge (const MixqFrontPool *self);

/** mixq_front_pool_give_float: a float32 model trained elsewhere (ref'd), with the mean teacher not yet in use. */
void mixq_front_pool_give_float (MixqFrontPool *self, guint seed, MixqFloatModel *float_model);
/**
 * mixq_front_pool_float: the float32 model of a seed, trained on first use. Under distillation its probabilities are the
 * mean over all seeds' models: a better teacher than one (spec/search.md section 1, last column).
 * Returns: (transfer none).
 */
MixqFloatModel *
mixq_front_pool_float (MixqFrontPool *self, guint seed, const MixqPhaseControl *control, GError **error);
/** mixq_front_pool_float_accuracy: mean over the seeds trained so far. */
double mixq_front_pool_float_accuracy (MixqFrontPool *self, MixqPart part);
/** mixq_front_pool_seconds: of float32 training so far. */
double mixq_front_pool_seconds (MixqFrontPool *self);

/** mixq_front_pool_finish: QAT, freeze and integer inference, or the result kept from before. (transfer none). */
const MixqFinished *mixq_front_pool_finish (MixqFrontPool *self,
                                            const guint8 *bits,
                                            guint seed,
                                            const MixqPhaseControl *control,
                                            GError **error);

G_END_DECLS
