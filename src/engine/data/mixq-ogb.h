/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-dataset.h"

G_BEGIN_DECLS

/** mixq_ogb_is_here: whether @path is a folder in OGB's raw layout (with raw/edge.csv.gz and the like), its raw/, or a file of that. */
gboolean mixq_ogb_is_here (const char *path);

/**
 * mixq_ogb_load:
 *
 * One graph in OGB's raw layout: raw/{num-node-list,num-edge-list,edge,node-label}.csv.gz, node-feat.csv.gz if it is
 * there, split/NAME/{train,valid,test}.csv.gz, and names of classes from mapping/labelidx2*.csv.gz. Edges get their other
 * direction. One column of labels is a class a node, several are answers of yes or no (MIXQ_TASK_NODE_TARGETS); "nan" is
 * unknown, and a node without a label leaves the split. Without features of nodes, the mean of the features of a node's
 * edges is taken, as OGB's own baseline does; without these too, the degree. The lines are read as a stream; what they
 * ask for is bounded by the size of the files, and no file is read further than num-node-list and num-edge-list say.
 *
 * Errors: MIXQ_ERROR_PARSE, _IO, _SHAPE, _VALUE, _UNSUPPORTED, _CANCELLED.
 */
MixqDataset *mixq_ogb_load (const char *path, GCancellable *cancellable, GError **error);

G_END_DECLS
