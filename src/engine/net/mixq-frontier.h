/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/mixq-net.h"

G_BEGIN_DECLS

/*
 * Exact pruning (perf-notes.md 2.3): gradients are zero outside the k-hop neighbourhood of the nodes with a loss, so
 * training computes only those rows. Evaluation computes all.
 */

/** mixq_frontier_build: fills frontier of every value of @net, the restricted transposes of features and edges. */
void mixq_frontier_build (MixqNet *net, gboolean loss_on_all);
void mixq_frontier_clear (MixqNet *net);

G_END_DECLS
