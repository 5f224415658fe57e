/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-dataset.h"

G_BEGIN_DECLS

/**
 * MixqInputs: a data set as a network sees it: features row-normalised, adjacency symmetrically normalised with
 * self loops of weight 2 (method spec sections 6 and 12), parts as ascending node lists. Immutable, ref-counted,
 * shared by all runs on the data set.
 */
typedef struct
{
  MixqDataset *dataset;
  MixqCsr *features;        /* n x F with values */
  MixqCsr *adjacency;       /* n x n with values, E' = E + N entries, symmetric */
  gboolean features_signed; /* some feature is negative */
  guint32 *node[4];         /* ascending node numbers of each MixqPart; [0] unused */
  gsize n_node[4];
  /*< private >*/
  gatomicrefcount ref_count;
} MixqInputs;

MixqInputs *mixq_inputs_new (MixqDataset *dataset);
MixqInputs *mixq_inputs_ref (MixqInputs *self);
void mixq_inputs_unref (MixqInputs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqInputs, mixq_inputs_unref)

G_END_DECLS
