/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-dataset.h"

G_BEGIN_DECLS

#define MIXQ_PLANETOID_MAX_FILE                                                                              \
  ((gsize) 256 << 20) /* bytes of one of the eight files; PubMed's largest has 7.5 MB */

/**
 * mixq_planetoid_parse_name:
 * @base: a base name such as "ind.cora.allx" or "ind.cora"
 * @is_file: (out) (optional): whether @base ends like one of the eight files
 *
 * Returns: (transfer full) (nullable): the set's name ("cora"), or %NULL where @base does not look like Planetoid.
 */
char *mixq_planetoid_parse_name (const char *base, gboolean *is_file);

/** mixq_planetoid_exists: whether at least one of the eight files "@folder/ind.@name.*" is there. */
gboolean mixq_planetoid_exists (const char *folder, const char *name);

/**
 * mixq_planetoid_load:
 * @folder: where the eight files ind.@name.{x,tx,allx,y,ty,ally,graph,test.index} lie
 * @cancellable: (nullable)
 *
 * Rows 0 .. rows(allx)-1 are allx and ally; row i of tx and ty belongs to node test.index[i]. Nodes that test.index
 * leaves out (CiteSeer has 15) get no features, no label and no part. Training: the first rows(x) nodes. Validation:
 * the next 500, or all that are left in allx where there are fewer. Test: test.index. A row without a class is an
 * unlabelled node and in no part. The graph is made symmetric, without self loops and repeats.
 *
 * Errors: those of mixq_dataset_load(); messages begin with the file's base name.
 * Returns: (transfer full) (nullable): sealed, without source.
 */
MixqDataset *
mixq_planetoid_load (const char *folder, const char *name, GCancellable *cancellable, GError **error);

G_END_DECLS
