/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layer/mixq-layer.h"

int
mixq_layer_sage (MixqModelBuilder *builder, int input, gsize out_cols, gboolean is_hidden)
{
  const MixqModelSpec *spec = &builder->model->spec;
  MixqEdges edges = spec->aggregator == MIXQ_AGGREGATOR_MEAN ? MIXQ_EDGES_MEAN : MIXQ_EDGES_SUM;
  int x = mixq_layer_dense (builder, input), branch[2], value;

  value = mixq_model_builder_propagate (builder, x, edges, &(MixqWiring){ NULL });
  branch[0] = mixq_model_builder_linear (builder, value, out_cols,
                                         &(MixqWiring){ .part = "neighbours", .mark = "ₙ" });
  branch[1] = mixq_model_builder_linear (builder, x, out_cols, &(MixqWiring){ .part = "root", .mark = "ᵣ" });
  value = mixq_model_builder_add (builder, branch, G_N_ELEMENTS (branch), "sum");
  return is_hidden && spec->batch_norm ? mixq_model_builder_batch_norm (builder, value, "norm") : value;
}
