/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "front/mixq-front-method.h"
#include "front/mixq-front-pool.h"
#include "front/mixq-pareto.h"

G_BEGIN_DECLS

/**
 * MixqFrontOptions:
 * @axis: what a model costs; MIXQ_COST_MS needs the pool's config to hold a measurement
 * @n_models: candidates trained before finalists, at most
 * @n_finalists: at most so many are repeated
 * @n_seeds: runs of a finalist, the first included; 1..MIXQ_FRONT_SEEDS
 * @seconds: time for everything; candidates stop early enough for the finalists; 0: no limit. The only thing that makes
 *   a result depend on the machine
 */
typedef struct
{
  MixqFrontMethod method;
  MixqCostAxis axis;
  guint n_models;
  guint n_finalists;
  guint n_seeds;
  double seconds;
} MixqFrontOptions;

#define MIXQ_FRONT_OPTIONS_DEFAULT                                                                           \
  ((MixqFrontOptions){ MIXQ_FRONT_SENSITIVITY, MIXQ_COST_BITOPS, 36, 9, 3, 0 })

/** MixqFrontJob: one training that the search asks for. */
typedef struct
{
  guint8 bits[MIXQ_MAX_SLOTS];
  guint seed; /* number of the seed, 0..n_seeds - 1; config.seed + seed is the seed itself */
  MixqFrontStage stage;
  double lambda; /* that led to these widths; NaN */
} MixqFrontJob;

/** MixqFrontPoint: one set of widths that was trained. */
typedef struct
{
  guint8 bits[MIXQ_MAX_SLOTS];
  double lambda;
  double cost;       /* on the axis, in its own unit */
  double cost_share; /* of float32's */
  guint n_seeds;
  double val[MIXQ_FRONT_SEEDS], val_loss[MIXQ_FRONT_SEEDS], test[MIXQ_FRONT_SEEDS];
  gboolean finalist; /* repeated with every seed; only these may show test accuracy */
  gboolean on_front; /* among finalists, by mean validation accuracy */
} MixqFrontPoint;

/** mixq_front_point_mean: mean, and population standard deviation (nullable), of n_seeds numbers. */
double mixq_front_mean (const double *value, guint n, double *std);

typedef struct _MixqFront MixqFront;

/**
 * mixq_front_new:
 * @pool: float32 models and finished models, shared by all searches on one split (ref'd)
 *
 * A search as a conversation: mixq_front_ask() names widths to train, the caller trains them (mixq_front_pool_finish()
 * or its own way) and tells the result with mixq_front_tell(). So the same search runs in a loop, in a session beside
 * the user's own wishes, or on many machines. Errors: MIXQ_ERROR_VALUE,
 * also where no validation node could choose.
 */
MixqFront *mixq_front_new (MixqFrontPool *pool, const MixqFrontOptions *options, GError **error);
void mixq_front_free (MixqFront *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqFront, mixq_front_free)

/**
 * mixq_front_ask:
 * @job: (out)
 *
 * May train float32 models, measure sensitivities or run one relaxed search before it answers (all polled for
 * cancelling). Returns: %FALSE without @error when the search is done. Errors: MIXQ_ERROR_CANCELLED, _NUMERIC.
 */
gboolean mixq_front_ask (MixqFront *self, MixqFrontJob *job, const MixqPhaseControl *control, GError **error);
/** mixq_front_tell: @finished: of the job asked for last; only validation is read before a point is a finalist. */
void mixq_front_tell (MixqFront *self, const MixqFrontJob *job, const MixqFinished *finished);
/** mixq_front_skip: the job asked for last failed or is not wanted: never asked again. */
void mixq_front_skip (MixqFront *self, const MixqFrontJob *job);

/** mixq_front_run: asks, trains in @pool and tells until done. */
gboolean mixq_front_run (MixqFront *self, const MixqPhaseControl *control, GError **error);

MixqFrontStage mixq_front_get_stage (const MixqFront *self);
/** mixq_front_get_progress: trainings told, and an estimate of all there will be. */
void mixq_front_get_progress (const MixqFront *self, guint *told, guint *expected);
/** mixq_front_peek_points: (element-type MixqFrontPoint): in the order of asking; the array lives as long as the front. */
const GArray *mixq_front_peek_points (const MixqFront *self);
/** mixq_front_seconds: what a machine doing nothing else would have needed: the sum of all the parts' own times. */
double mixq_front_seconds (const MixqFront *self);

/**
 * mixq_front_hypervolume: of the points on the front by mean test accuracy; NaN before the end.
 * mixq_front_rectangle: where it is judged: costs from the narrowest to the widest choice everywhere, accuracies from ten
 * points below float32's test accuracy (mean of the seeds) to two above.
 */
double mixq_front_hypervolume (const MixqFront *self, const MixqRectangle *rectangle);
MixqRectangle mixq_front_rectangle (const MixqFront *self);

G_END_DECLS
