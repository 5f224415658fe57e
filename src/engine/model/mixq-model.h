/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "data/mixq-dataset.h"
#include "model/mixq-edges.h"

G_BEGIN_DECLS

#define MIXQ_MAX_CHOICES 9 /* widths 1..8 and 16 */
#define MIXQ_MAX_LAYERS 8
#define MIXQ_MAX_HIDDEN 4096

#define MIXQ_MAX_HOPS 8
#define MIXQ_MAX_HEADS 16
/* One layer of TAG with MIXQ_MAX_HOPS hops: a weight, a product and an aggregate a hop, adjacency and sum. */
#define MIXQ_MAX_SLOTS 240
/* Values that one unit reads: the branches of an add. */
#define MIXQ_MAX_INPUTS (MIXQ_MAX_HOPS + 1)

typedef enum {
  MIXQ_ARCH_GCN,
  MIXQ_ARCH_GIN,
  MIXQ_ARCH_SAGE,
  MIXQ_ARCH_TAG,
  MIXQ_ARCH_GAT,
  MIXQ_N_ARCHS,
} MixqArch;

/** MixqAggregator: how GraphSAGE gathers its neighbours. The published MixQ code sums (method spec section 6). */
typedef enum {
  MIXQ_AGGREGATOR_SUM,
  MIXQ_AGGREGATOR_MEAN,
} MixqAggregator;

/** MixqPool: how the nodes of a graph become one row, where graphs are what is to be classified. */
typedef enum {
  MIXQ_POOL_MAX,
  MIXQ_POOL_MEAN,
  MIXQ_POOL_SUM,
} MixqPool;

/**
 * MixqModelSpec: what a person chooses about the network.
 * @dropout: share of the activations between layers, and of GAT's attention, that a training step leaves out
 * @feature_dropout: share of the features' entries that it leaves out
 * @batch_norm: normalise every hidden layer over its nodes
 * @residual: a hidden layer adds its input to its output; an input map makes their widths equal (method spec section 6, CSL)
 * @eps: GIN adds (1 + eps) x_i with a learned eps, as published by its authors; the MixQ code does not
 * @aggregator: GraphSAGE only
 * @pool: graph tasks only
 * @hops: TAG only, 1..8
 * @heads: GAT only, 1..16; hidden is what all heads together are wide
 */
typedef struct
{
  MixqArch arch;
  guint n_layers;                  /* 2..8 */
  guint hidden;                    /* 1..4096 */
  double dropout, feature_dropout; /* [0, 1) */
  gboolean batch_norm, residual, eps;
  MixqAggregator aggregator;
  MixqPool pool;
  guint hops, heads;
} MixqModelSpec;

#define MIXQ_MODEL_SPEC_DEFAULT                                                                              \
  ((MixqModelSpec){                                                                                          \
      .arch = MIXQ_ARCH_GCN, .n_layers = 2, .hidden = 128, .dropout = 0.5, .hops = 3, .heads = 8 })

/** MixqSlotRole: which tensor of a unit a slot quantizes. */
typedef enum {
  MIXQ_SLOT_INPUT,     /* X: the features */
  MIXQ_SLOT_WEIGHT,    /* W */
  MIXQ_SLOT_PRODUCT,   /* X W: the output of a linear unit */
  MIXQ_SLOT_ADJACENCY, /* A^: the edge weights, or the attention that GAT puts there */
  MIXQ_SLOT_AGGREGATE, /* A^ (X W): the output of a propagate or attend unit */
  MIXQ_SLOT_SUM,       /* the sum of branches: an add unit, or a batch norm that stands alone */
  MIXQ_SLOT_POOLED,    /* one row a graph: the output of a pool unit */
  MIXQ_SLOT_SCORE,     /* GAT: what source and target say about an edge, two columns a head */
  MIXQ_N_SLOT_ROLES,
} MixqSlotRole;

/** MixqSlotInfo: one quantized tensor, by sizes and names; no values. */
typedef struct
{
  char *name;   /* "conv1.weight": the name in every file and option */
  char *symbol; /* "W₁": for people */
  MixqSlotRole role;
  guint layer;      /* from 1 */
  guint unit;       /* index of the unit that owns it, the first one where several share it (an adjacency) */
  gsize elements;   /* numel of the tensor really quantized (E' for an adjacency) */
  gsize nonzeros;   /* equals elements for dense tensors */
  gsize rows, cols; /* nodes (graphs) x columns; a weight is inputs x outputs, an adjacency nodes x nodes */
  gboolean is_signed;
} MixqSlotInfo;

/** mixq_slot_role_is_activation: a dense tensor that changes with the weights, and so do its ranges. */
gboolean mixq_slot_role_is_activation (MixqSlotRole role);

/**
 * MixqUnitKind:
 * @MIXQ_UNIT_FEATURES: the sparse features as a dense value, for units that cannot read them sparse
 * @MIXQ_UNIT_BATCH_NORM: a x + b a column (method spec 9.4 rule 6). With a slot after a unit without one it is folded into
 *   that unit; with a slot after a value of codes it requantizes; without a slot its reader takes a and b
 */
typedef enum {
  MIXQ_UNIT_LINEAR,
  MIXQ_UNIT_PROPAGATE,
  MIXQ_UNIT_RELU,
  MIXQ_UNIT_DROPOUT,
  MIXQ_UNIT_FEATURES,
  MIXQ_UNIT_ADD,
  MIXQ_UNIT_BATCH_NORM,
  MIXQ_UNIT_POOL,
  MIXQ_UNIT_ATTEND,
  MIXQ_N_UNIT_KINDS,
} MixqUnitKind;

/**
 * MixqUnit: one node of the model graph. Reads values, writes value @output.
 * Slot members are indices into MixqModel.slots, -1 where the unit has none.
 */
typedef struct
{
  MixqUnitKind kind;
  char *name; /* "conv1.linear" */
  guint layer;
  int input;                     /* value id: the only one for all kinds but add */
  int more[MIXQ_MAX_INPUTS - 1]; /* add: the other branches */
  guint n_inputs;                /* 1, or the branches of an add */
  int output;                    /* value id */
  gsize in_cols, out_cols;
  int slot_input;   /* features, where they are read sparse */
  int slot_operand; /* weight of a linear, adjacency of a propagate or attend, -1 for sums and means */
  int slot_output;
  int slot_weight, slot_score; /* attend only: the vectors that score edges, and the scores */
  gboolean has_bias;           /* linear: a real number a column is added before quantizing */
  MixqEdges edges;             /* propagate, attend */
  double drop; /* share left out in training: of what a dropout, of the entries a sparse linear reads */
  gboolean adds_self; /* propagate: plus (1 + eps) times the node itself, eps learned */
  MixqPool pool;
  guint heads; /* attend */
} MixqUnit;

/** mixq_unit_input: value id of input @i, from 0 to n_inputs - 1. */
static inline int
mixq_unit_input (const MixqUnit *unit, guint i)
{
  return i == 0 ? unit->input : unit->more[i - 1];
}

/** MixqModelSizes: what a model needs to know about the data. */
typedef struct
{
  MixqTask task;
  gsize n_nodes, n_graphs;
  gsize n_edges; /* E: directed, no self loops */
  gsize n_features, n_feature_nonzeros;
  gsize n_classes;
} MixqModelSizes;

/**
 * MixqModel:
 *
 * The graph of units for one spec on one data set: sizes, names and wiring, no weights. Immutable and
 * ref-counted; every walk of the design (slots, count, describe, ...) is over this. Value 0 is the feature matrix,
 * the last unit's output holds the logits, items x n_classes: an item is a node, or a graph for MIXQ_TASK_GRAPHS.
 */
typedef struct
{
  MixqModelSpec spec;
  MixqTask task;
  gsize n_nodes;
  gsize n_graphs;
  gsize n_edges;       /* E: directed, no self loops */
  gsize n_edges_loops; /* E' = E + N: entries of the normalised adjacency */
  gsize n_features;
  gsize n_feature_nonzeros;
  gsize n_classes;
  MixqUnit *units;
  guint n_units;
  gsize *value_cols;         /* columns of value v */
  gboolean *value_of_graphs; /* rows of value v: graphs, else nodes */
  guint n_values;
  MixqSlotInfo *slots;
  guint n_slots;
  char **layer_names; /* [layer - 1]: "input", "conv1", ..., "head1": the layers that units and slots name */
  guint n_layers;
  /*< private >*/
  gatomicrefcount ref_count;
} MixqModel;

/** mixq_model_new: wires @spec for the sizes of @dataset. Errors: MIXQ_ERROR_VALUE for a spec out of range, _SHAPE for sizes. */
MixqModel *mixq_model_new (const MixqModelSpec *spec, const MixqDataset *dataset, GError **error);
/** mixq_model_new_of_sizes: the same from sizes alone (cost tables of sets that are not at hand). */
MixqModel *mixq_model_new_of_sizes (const MixqModelSpec *spec, const MixqModelSizes *sizes, GError **error);
/** mixq_model_new_for_sizes: the same for a task with one class a node. */
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

/**
 * mixq_model_spec_for: (out) @spec: what is usual for @arch on @task: the published settings where there are such (method
 * spec 5.4): 2 layers of 128 for nodes; GIN 5 layers of 64 and CSL's GCN 4 layers of 150 for graphs.
 */
void mixq_model_spec_for (MixqModelSpec *spec, MixqArch arch, MixqTask task);

/** mixq_model_value_rows: rows of value @v on the data set the model was made for. */
gsize mixq_model_value_rows (const MixqModel *self, int v);
/** mixq_model_n_items: rows of the logits. */
gsize mixq_model_n_items (const MixqModel *self);
/** mixq_model_edge_entries: stored entries of an edge operator on that data set. */
gsize mixq_model_edge_entries (const MixqModel *self, MixqEdges edges);
/** mixq_model_features_are_full: every feature of every node is stored: their entries in order are the dense matrix. */
gboolean mixq_model_features_are_full (const MixqModel *self);
/** mixq_model_writer: index of the unit that writes value @v, -1 for the features. */
int mixq_model_writer (const MixqModel *self, int v);
/** mixq_model_folded: index of the batch norm that is folded into @unit, -1 for none. It owns the output slot. */
int mixq_model_folded (const MixqModel *self, guint unit);
/** mixq_model_output_slot: the slot of what @unit makes: its own, or that of the batch norm folded into it; -1 for none. */
int mixq_model_output_slot (const MixqModel *self, guint unit);

/**
 * mixq_model_slot_changes: whether the tensor of slot @s changes with the weights, and so do its ranges: all do but features and
 * edges. The attention of an attend unit, which is stored as edges are, does.
 */
gboolean mixq_model_slot_changes (const MixqModel *self, guint s);

/** mixq_model_find_slot: index of the slot called @name, or -1. */
int mixq_model_find_slot (const MixqModel *self, const char *name);

/**
 * mixq_model_value_slot: the slot whose codes value @v holds: that of the unit that wrote it, looking through ReLU, dropout
 * and a batch norm without a slot; of the features where they are read sparse; -1 where nothing is quantized.
 */
int mixq_model_value_slot (const MixqModel *self, int v);
/** mixq_model_input_slot: the slot whose codes @unit reads first. */
int mixq_model_input_slot (const MixqModel *self, guint unit);

/** mixq_model_spec_check: every bound. Errors: MIXQ_ERROR_VALUE. */
gboolean mixq_model_spec_check (const MixqModelSpec *spec, GError **error);

/** mixq_model_spec_equal: the same network; choices that its architecture does not look at count too. */
gboolean mixq_model_spec_equal (const MixqModelSpec *a, const MixqModelSpec *b);

const char *mixq_arch_name (MixqArch arch);                   /* "gcn" */
const char *mixq_aggregator_name (MixqAggregator aggregator); /* "sum", "mean" */
const char *mixq_pool_name (MixqPool pool);                   /* "max", "mean", "sum" */
gboolean mixq_aggregator_parse (const char *text, MixqAggregator *aggregator, GError **error);
gboolean mixq_pool_parse (const char *text, MixqPool *pool, GError **error);
gboolean mixq_arch_parse (const char *text, MixqArch *arch, GError **error);
const char *mixq_slot_role_name (MixqSlotRole role); /* "features", "weights", "product", ... */
const char *mixq_unit_kind_name (MixqUnitKind kind); /* "linear", ... */

G_END_DECLS
