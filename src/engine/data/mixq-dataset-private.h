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
 * A task other than MIXQ_TASK_NODES begins with "mixq-dataset-2\n" instead, and after all this come
 *   u8 task, u64 n_graphs, u64 first nodes (n_graphs + 1), u8 parts of the items
 *   i32 classes of the graphs (n_graphs), or u8 targets (n_nodes x n_classes)
 * Names, positions and notes are not content.
 *
 * Returns: (transfer full): 64 hex digits.
 */
char *mixq_dataset_compute_sha256 (const MixqDataset *self);
/** mixq_dataset_compute_graph_sha256: of "mixq-graph-1\n", u64 n_nodes and entries, and the graph as above. */
char *mixq_dataset_compute_graph_sha256 (const MixqDataset *self);

/**
 * mixq_dataset_deal_folds: the split "fold:@fold/@n_folds,@seed" of mixq_dataset_with_split(), into @part, which has
 * mixq_dataset_n_items() values.
 */
void mixq_dataset_deal_folds (const MixqDataset *self, gsize fold, gsize n_folds, guint64 seed, guint8 *part);

/**
 * mixq_dataset_split_fold: what stands behind "fold:" of a split. mixq_dataset_split_fold_file: "PATH#F". Both fill @part,
 * which is all MIXQ_PART_NONE and has mixq_dataset_n_items() values. Errors: MIXQ_ERROR_VALUE, _PARSE, _IO.
 */
gboolean mixq_dataset_split_fold (const MixqDataset *self, const char *text, guint8 *part, GError **error);
gboolean mixq_dataset_is_fold_file (const char *split);
gboolean
mixq_dataset_split_fold_file (const MixqDataset *self, const char *split, guint8 *part, GError **error);

/** mixq_dataset_parse_part: "train", "val", "valid", "validation", "test" or "none". */
gboolean mixq_dataset_parse_part (const char *word, guint8 *part);

/**
 * mixq_dataset_set_default_split: for a reader of files without a split, before sealing: node classes are dealt out as
 * by "random:0", other items as by "fold:0"; notes that it was made.
 */
void mixq_dataset_set_default_split (MixqDataset *self);

/**
 * mixq_dataset_set_degree_features: for files without features, once the graph is set: the degree of a node, one-hot with
 * one column more than the largest degree if that is below 1000, else one column (degree - mean) / standard deviation of
 * the sample; notes which.
 */
void mixq_dataset_set_degree_features (MixqDataset *self);

/** mixq_dataset_fill_unlabelled: labels and parts that say nothing, for a task other than MIXQ_TASK_NODES. */
void mixq_dataset_fill_unlabelled (MixqDataset *self);

/** mixq_dataset_add_note: "WHAT: COUNT" to the notes unless @count is 0. */
void mixq_dataset_add_note (MixqDataset *self, gsize count, const char *what);

G_END_DECLS
