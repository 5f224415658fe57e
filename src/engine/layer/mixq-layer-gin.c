/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layer/mixq-layer.h"

int
mixq_layer_gin (MixqModelBuilder *builder, int input, gsize out_cols, gboolean is_hidden)
{
  const MixqWiring gather = { .adds_self = builder->model->spec.eps };
  const MixqWiring first = { .part = "mlp1", .mark = "′", .bias = TRUE },
                   second = { .part = "mlp2", .mark = "″", .bias = TRUE };
  int value = mixq_model_builder_propagate (builder, mixq_layer_dense (builder, input), MIXQ_EDGES_SUM,
                                            &gather);

  value = mixq_model_builder_linear (builder, value, out_cols, &first);
  value = mixq_model_builder_relu (builder, value);
  return mixq_model_builder_linear (builder, value, out_cols, &second);
}
