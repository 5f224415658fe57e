/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-dataset.h"

G_BEGIN_DECLS

/**
 * mixq_tu_is_here: whether @path is a TUDataset by its names: a folder (or the raw/ in it) that holds NAME_A.txt or
 * NAME_graph_indicator.txt, one of these files, or a zip archive, whose members only mixq_tu_load() looks at.
 */
gboolean mixq_tu_is_here (const char *path);

/**
 * mixq_tu_load:
 *
 * A collection of graphs, each with a class, from NAME_{A,graph_indicator,graph_labels}.txt and, where they are there,
 * _node_labels and _node_attributes. Edges get their other direction; repeated ones and self loops are dropped. Classes
 * are the distinct labels in ascending order. Features are the attributes, then the node labels one-hot from the smallest
 * value to the largest; where a set has neither, the degree: one-hot with one column more than the largest degree if that
 * is below 1000, else one column (degree - mean) / standard deviation. Labels and attributes of edges are only counted.
 * Such files have no split: "fold:0" is made (mixq_dataset_with_split()).
 *
 * Errors: MIXQ_ERROR_PARSE, _IO, _SHAPE, _VALUE, _UNSUPPORTED, _CANCELLED. Memory: bounded by the size of the files.
 */
MixqDataset *mixq_tu_load (const char *path, GCancellable *cancellable, GError **error);

G_END_DECLS
