/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sparse/mixq-csr.h"

G_BEGIN_DECLS

/**
 * mixq_order_by_community:
 * @graph: symmetric
 * @largest: nodes a community may have, at least 1
 *
 * An order of the nodes in which neighbours stand close together: those of a community one after the other, each community
 * ascending. Communities are found by label propagation that lets none grow over @largest (Meyerhenke, Sanders, Schulz 2014,
 * "Partitioning complex networks via size-constrained clustering"), in the order of the nodes and without chance.
 *
 * Returns: (transfer full): n_rows node numbers, the node that comes first first. Cost: some sweeps over the edges; 12 bytes
 * a node.
 */
guint32 *mixq_order_by_community (const MixqCsr *graph, gsize largest);

G_END_DECLS
