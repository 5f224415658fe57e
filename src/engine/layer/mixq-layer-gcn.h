/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mixq-model-builder.h"

G_BEGIN_DECLS

/**
 * mixq_layer_gcn:
 * @layer: from 1
 * @input: value id of the layer's input
 * @out_cols: width of the layer
 *
 * Wires one GCN layer, Y = A^ (X W), without bias or non-linearity. Slots: X (first layer only), W, X W, A^, Y.
 * Method spec section 6. Returns: the value id of Y.
 */
int mixq_layer_gcn (MixqModelBuilder *builder, guint layer, int input, gsize out_cols);

G_END_DECLS
