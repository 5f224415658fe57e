/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/mixq-net.h"

G_BEGIN_DECLS

/* Slots whose nodes have widths of their own: by degree, or learned as A2Q does (method spec section 11). */

/**
 * MixqNodeRates: how numbers of nodes are learned, one Adam step an epoch
 * @step: rate of log g
 * @width: rate of b; 0 leaves the widths alone
 * @memory: weight of the memory loss max (0, mean width / target - 1)^2 / 2 against the local gradient in mean steps
 */
typedef struct
{
  double step, width, memory;
} MixqNodeRates;

/** mixq_nodes_init_slot: gives a slot that has a scale a node its widths: by degree, or all the same. */
void mixq_nodes_init_slot (const MixqNet *net, MixqSlot *slot);
/** mixq_nodes_calibrate_slot: ranges by node (A2Q) or by class of width, from @rows of @x. */
void mixq_nodes_calibrate_slot (MixqNet *net, MixqSlot *slot, MixqRows rows, gsize d, const float *x);
/** mixq_nodes_set_widths: one choice's widths node by node; its steps are taken anew with the next forward pass. */
void mixq_nodes_set_widths (MixqSlot *slot, guint choice, const guint8 *row_bits);

/**
 * mixq_net_learn_nodes:
 * @t: number of the step, from 1
 *
 * One step of all decided slots with learned nodes, from what the last forward passes put in front of the slot: steps and
 * widths descend the node's own rounding error, widths also the memory loss, whose target is the slot's width. A node whose
 * width changes takes the step of least squared error at once. Cost: one sweep over the tensors.
 */
void mixq_net_learn_nodes (MixqNet *net, const MixqNodeRates *rates, guint t);
/**
 * mixq_net_node_widths:
 *
 * The learned widths of slot @s, whole and with a mean of at most the slot's width. Returns: (transfer full) (nullable):
 * one a node; %NULL for a slot that learns none.
 */
guint8 *mixq_net_node_widths (const MixqNet *net, guint s);
void mixq_node_state_free (MixqNodeState *self);

G_END_DECLS
