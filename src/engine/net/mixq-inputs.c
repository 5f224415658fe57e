/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-inputs.h"

#define LOOP_WEIGHT 2.0f /* the "improved" normalisation of the published GCN */

MixqInputs *
mixq_inputs_new (MixqDataset *dataset)
{
  MixqInputs *self = g_new0 (MixqInputs, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->dataset = mixq_dataset_ref (dataset);
  self->features = mixq_csr_normalise_rows (dataset->features);
  self->adjacency = mixq_csr_normalise_symmetric (dataset->graph, LOOP_WEIGHT);
  for (gsize e = 0; e < self->features->nnz; e++)
    self->features_signed |= self->features->value[e] < 0;
  for (int part = MIXQ_PART_TRAIN; part <= MIXQ_PART_TEST; part++) {
    self->node[part] = g_new (guint32, MAX (mixq_dataset_count_part (dataset, part), 1));
    for (gsize i = 0; i < dataset->n_nodes; i++)
      if (dataset->part[i] == part)
        self->node[part][self->n_node[part]++] = (guint32) i;
  }
  return self;
}

MixqInputs *
mixq_inputs_ref (MixqInputs *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mixq_inputs_unref (MixqInputs *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (int part = 0; part < 4; part++)
    g_free (self->node[part]);
  mixq_csr_unref (self->features);
  mixq_csr_unref (self->adjacency);
  mixq_dataset_unref (self->dataset);
  g_free (self);
}
