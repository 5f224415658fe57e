/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-dataset.h"

G_BEGIN_DECLS

#define MIXQ_GENERATED_PREFIX "generated:"

/**
 * mixq_generated_load:
 * @what: "generated:NODES,EDGES[,FEATURES[,CLASSES[,SEED]]]"; 128 features, 40 classes and seed 0 unless given
 *
 * A made-up graph of any size, for measuring: exactly EDGES undirected edges, degrees by a power law (exponent 2.5, cut off
 * where a node would get more than some hundred times the average), 7 of 10 edges within a community, which is a node's
 * class. Nodes are numbered at random. Features are dense, positive and a little larger or smaller by class; 54, 18 and 28
 * of 100 nodes train, validate and test. The same text gives the same data on every machine. Its name says that it was
 * generated wherever it turns up.
 *
 * Cost: 2 million nodes, 60 million edges and 100 features take some 40 s of one core and 2.1 GB, digest included.
 * Errors: MIXQ_ERROR_VALUE, MIXQ_ERROR_CANCELLED.
 */
MixqDataset *mixq_generated_load (const char *what, GCancellable *cancellable, GError **error);

G_END_DECLS
