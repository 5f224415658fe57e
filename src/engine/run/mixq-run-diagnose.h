/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "diagnose/mixq-diagnose.h"
#include "run/mixq-pipeline.h"

G_BEGIN_DECLS

/**
 * mixq_run_health_new:
 * @net: quantized, after a full evaluation
 *
 * Measures every slot, and where accuracy fell severely below @float_model's also which slot costs most (then n_slots + 1
 * evaluations). Returns: (transfer full): n_slots entries.
 */
MixqSlotHealth *mixq_run_health_new (MixqNet *net, const MixqFloatModel *float_model);

/**
 * mixq_run_diagnose: fills diagnosis and n_diagnoses of a run that has all its phases, and adds a line for each to its
 * warnings.
 */
void mixq_run_diagnose (MixqRunResult *self);

/** mixq_judging_part: where accuracies are compared: validation, or training where that is empty. */
MixqPart mixq_judging_part (const MixqInputs *inputs);

G_END_DECLS
