/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "integer/mixq-frozen.h"

G_BEGIN_DECLS

/*
 * A frozen model over all of a data set: chunk by chunk where that is many graphs (mixq-plan.h), so that memory does not grow
 * with their number.
 */

/** MixqInference: what one or two engines said. */
typedef struct
{
  double *logits;         /* items x classes, of the integer engine where it ran, dequantized */
  double *simulated;      /* (nullable) the same of the simulated engine */
  gsize n_codes, n_equal; /* codes of both engines, and those that are equal */
  double seconds;         /* of all chunks: the first engine, the median of its repeats */
} MixqInference;

/**
 * mixq_infer:
 * @engine: the one whose logits are wanted
 * @prove: run the simulated engine beside the integer one and compare every code
 * @repeats: runs that are timed, at least 1
 *
 * Returns: (transfer full): mixq_inference_free(). Errors: MIXQ_ERROR_SHAPE, MIXQ_ERROR_CANCELLED.
 */
MixqInference *mixq_infer (MixqFrozen *frozen,
                           MixqInputs *inputs,
                           MixqEngine engine,
                           gboolean prove,
                           guint repeats,
                           GCancellable *cancellable,
                           GError **error);
/** mixq_infer_compare: two models on the same data: (out) shares of equal codes and of equal predictions. */
gboolean mixq_infer_compare (MixqFrozen *a,
                             MixqFrozen *b,
                             MixqInputs *inputs,
                             GCancellable *cancellable,
                             double *codes,
                             double *predictions,
                             GError **error);
void mixq_inference_free (MixqInference *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqInference, mixq_inference_free)

G_END_DECLS
