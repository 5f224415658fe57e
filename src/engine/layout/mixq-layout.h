/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "sparse/mixq-csr.h"

G_BEGIN_DECLS

/** Half the height of the area a layout fills, where half its width is 1: views of a graph are wide. */
#define MIXQ_LAYOUT_HALF_HEIGHT 0.65f

/** MixqLayoutProgress: @fraction: done so far, 0 to 1, never falling; called on the computing thread. */
typedef void (*MixqLayoutProgress) (double fraction, gpointer user_data);

/**
 * mixq_layout_compute:
 * @graph: n×n, symmetric, without self loops; values are not looked at
 * @seed: chooses among equally good pictures
 * @progress: (nullable) (scope call)
 * @cancellable: (nullable): stops within 100 ms; only igraph's search for communities cannot be stopped, which takes
 *   20 ms for 10,000 nodes and about a second for 170,000
 * @positions: (out caller-allocates) (array): n×2, x and y of each node; |x| ≤ 1, |y| ≤ MIXQ_LAYOUT_HALF_HEIGHT
 *
 * Places the nodes for looking at: densely joined nodes come together, hubs keep room for what hangs on them, no two
 * nodes of a component sit on one spot, components stand beside each other with room by their number of nodes.
 *
 * igraph finds a rough picture of the communities; forces between all nodes then refine it. igraph's own layouts were
 * tried on the Debian map (2,833 nodes): without a grid 10 s, DrL 5 s, and the fast one with a grid pulls the classes
 * into one cloud, because its nodes repel only their neighbourhood.
 *
 * Cost: O((n log n + E) × 150) for up to 10,000 nodes, fewer steps beyond; 0.3 s for Cora's size, 30 s for 170,000 nodes
 * with 1,000,000 edges. Uses igraph's
 * gate. Deterministic: the same graph and seed give the same positions on one build.
 * Errors: MIXQ_ERROR_CANCELLED, MIXQ_ERROR_EXTERNAL; @positions is then unspecified.
 */
gboolean mixq_layout_compute (const MixqCsr *graph,
                              guint64 seed,
                              MixqLayoutProgress progress,
                              gpointer user_data,
                              GCancellable *cancellable,
                              float *positions,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
