/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/mixq-random.h"
#include "net/mixq-net.h"

G_BEGIN_DECLS

/*
 * Protection of nodes (method spec section 10): in a training pass some rows of products and aggregates pass unquantized,
 * more often those of nodes with many neighbours, whose sums suffer most. Evaluation quantizes everything.
 */

/** mixq_protect_ranks: @rank: (out) n: the share of nodes with at most as many entries in their row of @adjacency. O(n log n). */
void mixq_protect_ranks (const MixqCsr *adjacency, float *rank);
/** mixq_protect_probability: low + (high - low) rank; 0 to 0.1 from 8 bits on, 0.1 to 0.2 below. */
float mixq_protect_probability (guint8 bits, float rank);

/** mixq_protect_bind: what a net with rules.protect_nodes needs for what it is bound to. _clear: and its end. */
void mixq_protect_bind (MixqNet *net);
void mixq_protect_clear (MixqNet *net);
/** mixq_protect_draw: one number a node, for the next training pass: it is protected in every slot that asks for more. */
void mixq_protect_draw (MixqNet *net, MixqRandom *random);
/** mixq_protect_split: @rows of a slot into those that are quantized, slot->free_rows, and slot->kept_rows. */
void mixq_protect_split (const MixqNet *net, MixqSlot *slot, MixqRows rows);

G_END_DECLS
