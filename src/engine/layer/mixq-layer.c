/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layer/mixq-layer.h"

int
mixq_layer_dense (MixqModelBuilder *builder, int input)
{
  return input == 0 ? mixq_model_builder_features (builder) : input;
}
