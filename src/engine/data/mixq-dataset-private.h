/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-dataset.h"

G_BEGIN_DECLS

/**
 * mixq_dataset_compute_sha256:
 *
 * The digest of the content, whatever file it came from. The bytes, all little-endian, without gaps:
 *   the 15 characters "mixq-dataset-1\n"
 *   u64 n_nodes, n_classes, n_features, entries of the graph, entries of the features
 *   graph:    u64 row offsets (n_nodes + 1), u32 columns
 *   features: u64 row offsets (n_nodes + 1), u32 columns, f32 values (1.0 where no values are stored)
 *   i32 labels (n_nodes), u8 parts (n_nodes)
 * Names, positions and notes are not content.
 *
 * Returns: (transfer full): 64 hex digits.
 */
char *mixq_dataset_compute_sha256 (const MixqDataset *self);
/** mixq_dataset_compute_graph_sha256: of "mixq-graph-1\n", u64 n_nodes and entries, and the graph as above. */
char *mixq_dataset_compute_graph_sha256 (const MixqDataset *self);

G_END_DECLS
