/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/mixq-inputs.h"

G_BEGIN_DECLS

/**
 * mixq_inputs_renumber:
 * @whole: all of a data set whose items are nodes
 * @order: (array): the nodes of @whole, each once, the one first that becomes node 0
 *
 * Returns: (transfer full): the same graph with other numbers. Its operators have the values of those of @whole, bit for bit.
 * Cost: O(nodes + features + edges), with the sorting of rows.
 */
MixqInputs *mixq_inputs_renumber (MixqInputs *whole, const guint32 *order);

G_END_DECLS
