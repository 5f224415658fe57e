/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Y = A^ (A^ (X W)): a layer of SGC, which looks two steps far at once. docs/HACKING.md shows these lines. */
#include "layer-sgc.h"

int
layer_sgc (MixqModelBuilder *builder, int input, gsize out_cols, gboolean is_hidden)
{
  gboolean normalise = is_hidden && builder->model->spec.batch_norm;
  int value = mixq_model_builder_linear (builder, input, out_cols, &(MixqWiring){ NULL }), adjacency;

  value = mixq_model_builder_propagate (builder, value, MIXQ_EDGES_GCN, &(MixqWiring){ .part = "near" });
  adjacency = g_array_index (builder->units, MixqUnit, builder->units->len - 1).slot_operand;
  value = mixq_model_builder_propagate (
      builder, value, MIXQ_EDGES_GCN,
      &(MixqWiring){ .part = "far", .shared_slot = 1 + adjacency, .raw = normalise });
  return normalise ? mixq_model_builder_batch_norm (builder, value, "aggregate") : value;
}
