/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/mixq-net.h"

G_BEGIN_DECLS

/*
 * Sets the ranges of all choices of a slot from the data of one forward pass, by the rules of the network, and clears
 * slot->calibrate. Cost: a few sweeps over the tensor, or over a sample of it where the rule searches.
 */

/** mixq_calibrate_slot_output: a product or aggregate: @rows of @x with @d columns. */
void mixq_calibrate_slot_output (MixqNet *net, MixqSlot *slot, MixqRows rows, gsize d, const float *x);
/** mixq_calibrate_slot_features: from the features of all of the data set, whatever the net is bound to. */
void mixq_calibrate_slot_features (MixqNet *net, MixqSlot *slot);
void mixq_calibrate_slot_weight (MixqNet *net, MixqSlot *slot, const MixqWeight *weight);
/** mixq_calibrate_slot_edges: @a: the operator whose values it quantizes. */
void mixq_calibrate_slot_edges (MixqNet *net, MixqSlot *slot, const MixqCsr *a);
/** mixq_calibrate_slot_attention: @x: @heads shares of 0 to 1 an entry of @edges; those of @rows are of this pass. */
void mixq_calibrate_slot_attention (MixqNet *net,
                                    MixqSlot *slot,
                                    const MixqCsr *edges,
                                    MixqRows rows,
                                    gsize heads,
                                    const float *x);

/* A small step of slot->seen towards the ranges that the tensor has now. What is no number is not followed. */
void mixq_follow_slot_output (MixqNet *net, MixqSlot *slot, MixqRows rows, gsize d, const float *x);
void mixq_follow_slot_weight (MixqNet *net, MixqSlot *slot, const MixqWeight *weight);
void mixq_follow_slot_attention (MixqNet *net,
                                 MixqSlot *slot,
                                 const MixqCsr *edges,
                                 MixqRows rows,
                                 gsize heads,
                                 const float *x);

G_END_DECLS
