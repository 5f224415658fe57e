/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/mixq-net.h"

G_BEGIN_DECLS

/*
 * Exact pruning (perf-notes.md 2.3): gradients are zero outside the k-hop neighbourhood of the nodes with a loss, so
 * training computes only those rows. Evaluation computes all.
 */

/**
 * mixq_frontier_build: fills frontier of every value of @net for what it is bound to and, where it can train, the restricted
 * transposes of features and edges; where it cannot, the frontiers are all rows.
 */
void mixq_frontier_build (MixqNet *net);
void mixq_frontier_clear (MixqNet *net);

G_END_DECLS
