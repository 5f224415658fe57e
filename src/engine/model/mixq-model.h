/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "data/mixq-dataset.h"

G_BEGIN_DECLS

#define MIXQ_MAX_CHOICES 9 /* widths 1..8 and 16 */
#define MIXQ_MAX_LAYERS 8
#define MIXQ_MAX_HIDDEN 4096

typedef enum {
  MIXQ_ARCH_GCN,
} MixqArch;

/** MixqModelSpec: what a person chooses about the network. */
typedef struct
{
  MixqArch arch;
  guint n_layers; /* 2..8 */
  guint hidden;   /* 1..4096 */
  double dropout; /* [0, 1) */
} MixqModelSpec;

#define MIXQ_MODEL_SPEC_DEFAULT ((MixqModelSpec){ MIXQ_ARCH_GCN, 2, 128, 0.5 })

/** MixqSlotRole: which tensor of a unit a slot quantizes. */
typedef enum {
  MIXQ_SLOT_INPUT,     /* X: the features */
  MIXQ_SLOT_WEIGHT,    /* W */
  MIXQ_SLOT_PRODUCT,   /* X W: the output of a linear unit */
  MIXQ_SLOT_ADJACENCY, /* A^: the edge weights */
  MIXQ_SLOT_AGGREGATE, /* A^ (X W): the output of a propagate unit */
} MixqSlotRole;

/** MixqSlotInfo: one quantized tensor, by sizes and names; no values. */
typedef struct
{
  char *name;   /* "conv1.weight": the name in every file and option */
  char *symbol; /* "W₁": for people */
  MixqSlotRole role;
  guint layer;      /* from 1 */
  guint unit;       /* index of the unit that owns it */
  gsize elements;   /* numel of the tensor really quantized (E' for an adjacency) */
  gsize nonzeros;   /* equals elements for dense tensors */
  gsize rows, cols; /* nodes x columns; a weight is inputs x outputs, an adjacency nodes x nodes */
  gboolean is_signed;
} MixqSlotInfo;

typedef enum {
  MIXQ_UNIT_LINEAR,
  MIXQ_UNIT_PROPAGATE,
  MIXQ_UNIT_RELU,
  MIXQ_UNIT_DROPOUT,
} MixqUnitKind;

/**
 * MixqUnit: one node of the model graph. Reads value @input, writes value @output.
 * Slot members are indices into MixqModel.slots, -1 where the unit has none.
 */
typedef struct
{
  MixqUnitKind kind;
  char *name; /* "conv1.linear" */
  guint layer;
  int input;  /* value id */
  int output; /* value id */
  gsize in_cols, out_cols;
  int slot_input;   /* features, first unit only */
  int slot_operand; /* weight of a linear, adjacency of a propagate */
  int slot_output;
} MixqUnit;

/**
 * MixqModel:
 *
 * The graph of units for one spec on one data set: sizes, names and wiring, no weights. Immutable and
 * ref-counted; every walk of the design (slots, count, describe, ...) is over this. Value 0 is the feature matrix,
 * the last unit's output holds the logits, n_nodes x n_classes.
 */
typedef struct
{
  MixqModelSpec spec;
  gsize n_nodes;
  gsize n_edges;       /* E: directed, no self loops */
  gsize n_edges_loops; /* E' = E + N: entries of the normalised adjacency */
  gsize n_features;
  gsize n_feature_nonzeros;
  gsize n_classes;
  MixqUnit *units;
  guint n_units;
  gsize *value_cols; /* columns of value v; rows are always n_nodes */
  guint n_values;
  MixqSlotInfo *slots;
  guint n_slots;
  /*< private >*/
  gatomicrefcount ref_count;
} MixqModel;

/** mixq_model_new: wires @spec for the sizes of @dataset. Errors: MIXQ_ERROR_VALUE for a spec out of range, _SHAPE for sizes. */
MixqModel *mixq_model_new (const MixqModelSpec *spec, const MixqDataset *dataset, GError **error);
/** mixq_model_new_for_sizes: the same from sizes alone (cost tables of sets that are not at hand). */
MixqModel *mixq_model_new_for_sizes (const MixqModelSpec *spec,
                                     gsize n_nodes,
                                     gsize n_edges,
                                     gsize n_features,
                                     gsize n_feature_nonzeros,
                                     gsize n_classes,
                                     GError **error);
MixqModel *mixq_model_ref (MixqModel *self);
void mixq_model_unref (MixqModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqModel, mixq_model_unref)

/** mixq_model_find_slot: index of the slot called @name, or -1. */
int mixq_model_find_slot (const MixqModel *self, const char *name);

/**
 * mixq_model_input_slot: the slot whose codes @unit reads: its own input slot, else the output slot of the unit that
 * wrote its input (looking through ReLU and dropout), or -1 where that is not quantized.
 */
int mixq_model_input_slot (const MixqModel *self, guint unit);

/** mixq_model_spec_check: every bound. Errors: MIXQ_ERROR_VALUE. */
gboolean mixq_model_spec_check (const MixqModelSpec *spec, GError **error);

const char *mixq_arch_name (MixqArch arch); /* "gcn" */
gboolean mixq_arch_parse (const char *text, MixqArch *arch, GError **error);
const char *
mixq_slot_role_name (MixqSlotRole role); /* "features", "weights", "product", "adjacency", "aggregate" */
const char *mixq_unit_kind_name (MixqUnitKind kind); /* "linear", ... */

G_END_DECLS
