/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mixq-model-builder.h"

G_BEGIN_DECLS

/**
 * MixqLayerFunc:
 * @input: value id of the layer's input; 0: the features, which only a linear unit may read as they are
 * @out_cols: width of the layer
 * @is_hidden: a batch norm (where the spec wants one) and a non-linearity belong behind it
 *
 * Wires one layer and returns its output's value id, before ReLU and dropout. Each is a file of this folder: which units, in
 * which order; no loops of its own. Slots and equations: method spec section 6.
 */
typedef int (*MixqLayerFunc) (MixqModelBuilder *builder, int input, gsize out_cols, gboolean is_hidden);

/** Y = A^ (X W). Slots: X (features only), W, X W, A^, Y. */
int mixq_layer_gcn (MixqModelBuilder *builder, int input, gsize out_cols, gboolean is_hidden);
/** Y = BN (ReLU (ReLU (S W1 + b1) W2 + b2)), S the sum over neighbours, with eps plus (1 + eps) x. Slots: S, and W, product of both maps. */
int mixq_layer_gin (MixqModelBuilder *builder, int input, gsize out_cols, gboolean is_hidden);
/** Y = S W_l + X W_r, S the sum or mean over neighbours. Slots: S, W and product of both branches, Y. */
int mixq_layer_sage (MixqModelBuilder *builder, int input, gsize out_cols, gboolean is_hidden);
/** Y = sum_h A^^h X W_h. Slots: A^, every A^^h X, W and product of every hop, Y. */
int mixq_layer_tag (MixqModelBuilder *builder, int input, gsize out_cols, gboolean is_hidden);
/** Y = softmax over neighbours (LeakyReLU (a_s . h_j + a_t . h_i)) H, H = X W, a head at a time. Slots: W, X W, a, scores, attention, Y. */
int mixq_layer_gat (MixqModelBuilder *builder, int input, gsize out_cols, gboolean is_hidden);

/**
 * mixq_model_new_of_layers: as mixq_model_new_of_sizes(), but every layer is wired by @layer, whatever @spec's architecture: how
 * a new one is tried out. The rest (ReLU, dropout, the head) is as @spec says.
 */
MixqModel *mixq_model_new_of_layers (const MixqModelSpec *spec,
                                     const MixqModelSizes *sizes,
                                     MixqLayerFunc layer,
                                     GError **error);

/** mixq_layer_dense: @input as a dense value: the features made dense, others as they are. */
int mixq_layer_dense (MixqModelBuilder *builder, int input);

G_END_DECLS
