/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/mixq-inputs.h"

G_BEGIN_DECLS

/**
 * mixq_batch_graphs:
 * @whole: inputs of a MIXQ_TASK_GRAPHS data set, or a part of them
 * @graphs: (array length=n): graphs of @whole, each once, in any order
 *
 * Some graphs of a collection as inputs of their own, in the order of @graphs. No edge leaves a graph, so every operator
 * of the result holds just the blocks of the operator of @whole, bit for bit. The parts of the split are the data set's.
 *
 * Returns: (transfer full): never %NULL. Cost: O(nodes + features + edges of @graphs), copied in one piece where graphs
 * follow each other.
 */
MixqInputs *mixq_batch_graphs (MixqInputs *whole, const guint32 *graphs, gsize n);

G_END_DECLS
