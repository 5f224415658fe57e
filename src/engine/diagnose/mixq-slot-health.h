/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/mixq-net.h"

G_BEGIN_DECLS

/**
 * MixqSlotHealth: how well the quantizer of one slot, at the width it would be chosen with, fits its tensor.
 * @clipped: share of the values beyond the first or last code
 * @dead: share of the range of codes that no value reaches, 0..1
 * @error: sum of squared rounding errors over the sum of squares: 0 exact, 1 as bad as writing zeros
 * @regained: accuracy (0..1) that comes back when this slot alone is float32; 0 unless asked for
 *
 * All 0 for a slot that does not quantize (float32) or whose tensor is all zero: nothing can be wrong with it. And for products
 * and aggregates of a net that was trained on samples: evaluation keeps no more of those than the next unit reads.
 */
typedef struct
{
  double clipped;
  double dead;
  double error;
  double regained;
} MixqSlotHealth;

/**
 * mixq_slot_health_measure:
 * @net: after a full evaluation (mixq_trainer_evaluate())
 * @health: (array) (inout) n_slots: all but @regained is set
 *
 * Looks at no more than 4,096 evenly spaced values a slot: some tenths of a millisecond for a model of nine. The mixture is
 * not touched. What a following ReLU throws away counts as zero.
 */
void mixq_slot_health_measure (const MixqNet *net, MixqSlotHealth *health);

/** mixq_net_part_accuracy: share of right predictions on @part, by the logits of the last evaluation; NaN where it is empty. */
double mixq_net_part_accuracy (MixqNet *net, MixqPart part);

/**
 * mixq_slot_health_ablate:
 * @net: after a full evaluation; it is evaluated again, and left as it was
 * @part: nodes to judge by
 * @health: (array) (inout) n_slots: receives @regained
 *
 * Costs n_slots + 1 evaluations: for when accuracy has fallen, not for every step.
 */
void mixq_slot_health_ablate (MixqNet *net, MixqPart part, MixqSlotHealth *health);

G_END_DECLS
