/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "run/mixq-pipeline.h"

G_BEGIN_DECLS

/**
 * mixq_sensitivity_measure:
 * @kl: (out) (array) n_slots x config->n_choices
 *
 * What one slot at one width does to a trained float32 model, everything else staying float32: the mean over all nodes
 * of KL (float32 softmax || softmax with the slot quantized), in nats. No label is read (spec/search.md section 5, step
 * 3). One calibration a slot and one forward pass a slot and width. Errors: MIXQ_ERROR_CANCELLED.
 */
gboolean mixq_sensitivity_measure (const MixqFloatModel *float_model,
                                   const MixqRunConfig *config,
                                   const MixqPhaseControl *control,
                                   double *kl,
                                   GError **error);

G_END_DECLS
