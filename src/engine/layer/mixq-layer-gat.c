/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layer/mixq-layer.h"

/* The last layer of a task has one head as wide as its answers; heads of others stand side by side. */
int
mixq_layer_gat (MixqModelBuilder *builder, int input, gsize out_cols, gboolean is_hidden)
{
  const MixqModelSpec *spec = &builder->model->spec;
  gboolean normalise = is_hidden && spec->batch_norm;
  int product = mixq_model_builder_linear (builder, input, out_cols, &(MixqWiring){ NULL });
  int value = mixq_model_builder_attend (builder, product, is_hidden ? spec->heads : 1, normalise);

  return normalise ? mixq_model_builder_batch_norm (builder, value, "aggregate") : value;
}
