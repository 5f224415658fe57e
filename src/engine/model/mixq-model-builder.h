/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mixq-model.h"

G_BEGIN_DECLS

/*
 * The builder appends units, values and slots to a model that is being made. A layer (src/engine/layer) is a
 * function that calls it; every call returns the id of the value the new unit writes, to be wired into the next.
 * Slots are numbered in the order of the calls: that order is the order of lists, tables and files.
 *
 * Names: "LAYER.PART.what", where LAYER is given by mixq_model_builder_begin() and PART by the call, %NULL where a layer
 * has only one such part: "conv1.weight", "conv1.root.weight".
 */
typedef struct
{
  MixqModel *model;       /* owned; sizes filled, graph empty */
  GArray *units;          /* of MixqUnit */
  GArray *value_cols;     /* of gsize */
  GArray *value_graphs;   /* of gboolean */
  GArray *slots;          /* of MixqSlotInfo */
  GPtrArray *layer_names; /* of char * */
  char *number;           /* of the present layer, as a subscript */
} MixqModelBuilder;

/** mixq_model_builder_init: @model: (transfer full): sizes and spec filled; value 0 (the features) exists afterwards. */
void mixq_model_builder_init (MixqModelBuilder *self, MixqModel *model);
/** mixq_model_builder_end: (transfer full): the finished model; the builder is empty afterwards. */
MixqModel *mixq_model_builder_end (MixqModelBuilder *self);

/** mixq_model_builder_begin: units from now on belong to a new layer called @name with @number (0: none). */
void mixq_model_builder_begin (MixqModelBuilder *self, const char *name, guint number);

gsize mixq_model_builder_cols (const MixqModelBuilder *self, int value);

/** mixq_model_builder_features: slot input. Returns: the dense value of the features, some dropped where the spec says so. */
int mixq_model_builder_features (MixqModelBuilder *self);

/** What a linear or propagate unit is beside its input. */
typedef struct
{
  const char *part;   /* (nullable) */
  const char *mark;   /* (nullable) behind the layer's number in symbols for people: "W₁′" */
  gboolean bias;      /* linear: with a bias */
  gboolean raw;       /* no output slot: a batch norm follows and is folded into the unit */
  gboolean adds_self; /* propagate: plus (1 + eps) x_i */
  int shared_slot; /* propagate: 1 + the adjacency slot of another unit with the same operator; 0: its own */
} MixqWiring;

/**
 * mixq_model_builder_linear:
 * @input: value id; where it is 0 the unit gets the slot of the features
 * @out_cols: columns of the product
 *
 * Adds slots (input), weight, linear. Returns: the value that holds input x weight (+ bias).
 */
int mixq_model_builder_linear (MixqModelBuilder *self, int input, gsize out_cols, const MixqWiring *part);
/** mixq_model_builder_propagate: slots adjacency (with weights on the edges only), aggregate. Returns: edges x @input. */
int mixq_model_builder_propagate (MixqModelBuilder *self, int input, MixqEdges edges, const MixqWiring *part);
/** mixq_model_builder_attend: GAT: slots attention.weight, score, adjacency, aggregate. Returns: the attended sum. */
int mixq_model_builder_attend (MixqModelBuilder *self, int input, guint heads, gboolean raw);
/** mixq_model_builder_relu: no slot: on codes it is max (q, z). */
int mixq_model_builder_relu (MixqModelBuilder *self, int input);
/** mixq_model_builder_dropout: no slot; leaves out @share in training, identity in evaluation. */
int mixq_model_builder_dropout (MixqModelBuilder *self, int input, double share);
/** mixq_model_builder_add: slot @name: the sum of @n values of the same shape. */
int mixq_model_builder_add (MixqModelBuilder *self, const int *inputs, guint n, const char *name);
/**
 * mixq_model_builder_batch_norm:
 * @name: (nullable): its slot. After a raw unit it is that unit's ("aggregate", "linear"), and the norm is folded; %NULL:
 *   none: a propagate or pool unit must read it
 */
int mixq_model_builder_batch_norm (MixqModelBuilder *self, int input, const char *name);
/** mixq_model_builder_pool: slot pooled: one row a graph. */
int mixq_model_builder_pool (MixqModelBuilder *self, int input, MixqPool pool);

G_END_DECLS
