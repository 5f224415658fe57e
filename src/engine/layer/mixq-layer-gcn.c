/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layer/mixq-layer.h"

int
mixq_layer_gcn (MixqModelBuilder *builder, int input, gsize out_cols, gboolean is_hidden)
{
  gboolean normalise = is_hidden && builder->model->spec.batch_norm;
  int product = mixq_model_builder_linear (builder, input, out_cols, &(MixqWiring){ NULL });
  int value = mixq_model_builder_propagate (builder, product, MIXQ_EDGES_GCN,
                                            &(MixqWiring){ .raw = normalise });

  return normalise ? mixq_model_builder_batch_norm (builder, value, "aggregate") : value;
}
