/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-dataset.h"

G_BEGIN_DECLS

/**
 * mixq_npz_load:
 * @path: a .npz file: a zip of .npy arrays
 *
 * A graph in the layout of gnn-benchmark: adj_{data,indices,indptr,shape}, attr_{data,indices,indptr,shape} or a dense
 * attr_matrix, labels, and names if there are; or the same as adj_matrix.data and so on (Cora-ML). All other members are
 * passed over, those that hold Python objects among them: nothing is ever unpickled. Features are kept as stored. Such
 * files have no split: one is made (mixq_dataset_with_split()).
 *
 * Errors: MIXQ_ERROR_PARSE, _IO, _SHAPE, _VALUE, _UNSUPPORTED, _CANCELLED. Memory: bounded by the size of the file.
 */
MixqDataset *mixq_npz_load (const char *path, GCancellable *cancellable, GError **error);

/** mixq_npz_load_bytes: from memory, without looking at checksums: for the fuzz target. */
MixqDataset *mixq_npz_load_bytes (GBytes *bytes, GError **error);

G_END_DECLS
