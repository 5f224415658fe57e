/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/mixq-random.h"
#include "net/mixq-inputs.h"

G_BEGIN_DECLS

/**
 * MixqSampler:
 *
 * Draws neighbourhoods of nodes from a graph that should not be read as a whole. It keeps 4 bytes a node of the whole, so
 * that a sample costs what is in it and not what is in the graph. One thread at a time; any number of samplers may share
 * one whole.
 */
typedef struct _MixqSampler MixqSampler;

/** mixq_sampler_new: @whole: all of a data set whose items are nodes. Cost: O(nodes). */
MixqSampler *mixq_sampler_new (MixqInputs *whole);
void mixq_sampler_free (MixqSampler *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqSampler, mixq_sampler_free)

/**
 * mixq_sampler_sample:
 * @nodes: (array length=n): targets, nodes of the whole; a repeated one counts once
 * @fanout: (array length=n_hops): neighbours that hop h draws at most of each node found one hop before
 *
 * The targets are the first rows, in their order; then come the others as they are found. Row i of the graph holds the
 * neighbours drawn for i: uniform, without replacement, all of them where there are no more than @fanout; none for what the
 * last hop finds. It is not symmetric. The targets are the items in MIXQ_PART_TRAIN, no other node is in a part.
 *
 * With d_i neighbours in the whole of which s_i were drawn, SUM weighs each d_i / s_i, MEAN 1 / s_i, and GCN d_i / s_i times
 * the weight of the whole (the loop just its weight), so that a row times any matrix has the expectation of the whole's
 * row. A network of @n_hops propagate units in a row sees of a target what it would see in the whole where every fanout
 * reaches the largest degree; rows of nodes found by hop h mean something to the first @n_hops - h of them only.
 *
 * Returns: (transfer full): never %NULL; the same for the same @random, whatever was sampled before. Cost: O(nodes found +
 * their features + edges drawn), with the sorting of a row.
 */
MixqInputs *mixq_sampler_sample (MixqSampler *self,
                                 const guint32 *nodes,
                                 gsize n,
                                 const guint *fanout,
                                 guint n_hops,
                                 MixqRandom *random);

G_END_DECLS
