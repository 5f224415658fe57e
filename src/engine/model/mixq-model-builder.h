/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mixq-model.h"

G_BEGIN_DECLS

/*
 * The builder appends units, values and slots to a model that is being made. A layer (src/engine/layer) is a
 * function that calls it; every call returns the id of the value the new unit writes, to be wired into the next.
 * Slots are numbered in the order of the calls: that order is the order of lists, tables and files.
 */
typedef struct
{
  MixqModel *model;   /* owned; sizes filled, graph empty */
  GArray *units;      /* of MixqUnit */
  GArray *value_cols; /* of gsize */
  GArray *slots;      /* of MixqSlotInfo */
} MixqModelBuilder;

/** mixq_model_builder_init: @model: (transfer full): sizes and spec filled; value 0 (the features) exists afterwards. */
void mixq_model_builder_init (MixqModelBuilder *self, MixqModel *model);
/** mixq_model_builder_end: (transfer full): the finished model; the builder is empty afterwards. */
MixqModel *mixq_model_builder_end (MixqModelBuilder *self);

/**
 * mixq_model_builder_linear:
 * @layer: from 1; names the unit "conv{layer}.linear"
 * @input: value id; a first unit (@input 0) gets the slot of the features
 * @out_cols: columns of the product
 *
 * Adds slots (input), weight, linear. Returns: the value that holds input x weight.
 */
int mixq_model_builder_linear (MixqModelBuilder *self, guint layer, int input, gsize out_cols);
/** mixq_model_builder_propagate: slots adjacency, aggregate. Returns: the value A^ x @input. */
int mixq_model_builder_propagate (MixqModelBuilder *self, guint layer, int input);
/** mixq_model_builder_relu: no slot: on codes it is max (q, z). */
int mixq_model_builder_relu (MixqModelBuilder *self, guint layer, int input);
/** mixq_model_builder_dropout: no slot; identity in evaluation. */
int mixq_model_builder_dropout (MixqModelBuilder *self, guint layer, int input);

G_END_DECLS
