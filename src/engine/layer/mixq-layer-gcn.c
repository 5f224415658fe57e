/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layer/mixq-layer-gcn.h"

int
mixq_layer_gcn (MixqModelBuilder *builder, guint layer, int input, gsize out_cols)
{
  int product = mixq_model_builder_linear (builder, layer, input, out_cols);

  return mixq_model_builder_propagate (builder, layer, product);
}
