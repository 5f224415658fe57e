/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mixq-model.h"

#include <math.h>

#include "base/mixq-error.h"
#include "base/mixq-names.h"
#include "layer/mixq-layer.h"
#include "model/mixq-model-builder.h"

/*
 * One row an architecture: its name and the function that wires one of its layers.
 * @ends_hidden: its last layer is one like the others, and a head makes the answers; else it makes them itself
 * @norm_last: its batch norm comes behind the ReLU (method spec section 6, GIN), not before it
 */
static const struct
{
  const char *name;
  MixqLayerFunc wire;
  gboolean ends_hidden, norm_last;
} arch_table[MIXQ_N_ARCHS] = {
  [MIXQ_ARCH_GCN] = { "gcn", mixq_layer_gcn, FALSE, FALSE },
  [MIXQ_ARCH_GIN] = { "gin", mixq_layer_gin, TRUE, TRUE },
  [MIXQ_ARCH_SAGE] = { "sage", mixq_layer_sage, FALSE, FALSE },
  [MIXQ_ARCH_TAG] = { "tag", mixq_layer_tag, FALSE, FALSE },
  [MIXQ_ARCH_GAT] = { "gat", mixq_layer_gat, FALSE, FALSE },
};

/* Maps behind the pooling: GIN's head keeps its width, others (CSL) halve it twice. */
#define GIN_HEAD_MAPS 2
#define HEAD_MAPS 3
/* Features with a larger share of entries are multiplied as a dense matrix. */
#define DENSE_FROM 0.75

static const char *const role_names[MIXQ_N_SLOT_ROLES] = {
  [MIXQ_SLOT_INPUT] = "features",      [MIXQ_SLOT_WEIGHT] = "weights",      [MIXQ_SLOT_PRODUCT] = "product",
  [MIXQ_SLOT_ADJACENCY] = "adjacency", [MIXQ_SLOT_AGGREGATE] = "aggregate", [MIXQ_SLOT_SUM] = "sum",
  [MIXQ_SLOT_POOLED] = "pooled",       [MIXQ_SLOT_SCORE] = "score",
};

static const char *const kind_names[MIXQ_N_UNIT_KINDS] = {
  [MIXQ_UNIT_LINEAR] = "linear",         [MIXQ_UNIT_PROPAGATE] = "propagate", [MIXQ_UNIT_RELU] = "relu",
  [MIXQ_UNIT_DROPOUT] = "dropout",       [MIXQ_UNIT_FEATURES] = "features",   [MIXQ_UNIT_ADD] = "add",
  [MIXQ_UNIT_BATCH_NORM] = "batch-norm", [MIXQ_UNIT_POOL] = "pool",           [MIXQ_UNIT_ATTEND] = "attend",
};

static const char
    *const aggregator_names[] = { [MIXQ_AGGREGATOR_SUM] = "sum", [MIXQ_AGGREGATOR_MEAN] = "mean" };
static const char
    *const pool_names[] = { [MIXQ_POOL_MAX] = "max", [MIXQ_POOL_MEAN] = "mean", [MIXQ_POOL_SUM] = "sum" };

const char *
mixq_arch_name (MixqArch arch)
{
  g_return_val_if_fail ((guint) arch < G_N_ELEMENTS (arch_table), "");
  return arch_table[arch].name;
}

gboolean
mixq_arch_parse (const char *text, MixqArch *arch, GError **error)
{
  const char *names[G_N_ELEMENTS (arch_table)];
  guint value;

  for (guint i = 0; i < G_N_ELEMENTS (arch_table); i++)
    names[i] = arch_table[i].name;
  if (!mixq_names_parse ("model", names, G_N_ELEMENTS (names), text, &value, error))
    return FALSE;
  *arch = (MixqArch) value;
  return TRUE;
}

const char *
mixq_slot_role_name (MixqSlotRole role)
{
  g_return_val_if_fail ((guint) role < G_N_ELEMENTS (role_names), "");
  return role_names[role];
}

const char *
mixq_unit_kind_name (MixqUnitKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (kind_names), "");
  return kind_names[kind];
}

gboolean
mixq_slot_role_is_activation (MixqSlotRole role)
{
  return role != MIXQ_SLOT_INPUT && role != MIXQ_SLOT_WEIGHT && role != MIXQ_SLOT_ADJACENCY;
}

const char *
mixq_aggregator_name (MixqAggregator aggregator)
{
  g_return_val_if_fail ((guint) aggregator < G_N_ELEMENTS (aggregator_names), "");
  return aggregator_names[aggregator];
}

const char *
mixq_pool_name (MixqPool pool)
{
  g_return_val_if_fail ((guint) pool < G_N_ELEMENTS (pool_names), "");
  return pool_names[pool];
}

gboolean
mixq_aggregator_parse (const char *text, MixqAggregator *aggregator, GError **error)
{
  guint value;

  if (!mixq_names_parse ("aggregator", aggregator_names, G_N_ELEMENTS (aggregator_names), text, &value,
                         error))
    return FALSE;
  *aggregator = (MixqAggregator) value;
  return TRUE;
}

gboolean
mixq_pool_parse (const char *text, MixqPool *pool, GError **error)
{
  guint value;

  if (!mixq_names_parse ("pool", pool_names, G_N_ELEMENTS (pool_names), text, &value, error))
    return FALSE;
  *pool = (MixqPool) value;
  return TRUE;
}

void
mixq_model_spec_for (MixqModelSpec *spec, MixqArch arch, MixqTask task)
{
  gboolean graphs = task == MIXQ_TASK_GRAPHS;

  *spec = MIXQ_MODEL_SPEC_DEFAULT;
  spec->arch = arch;
  spec->batch_norm = graphs || arch == MIXQ_ARCH_GIN;
  if (arch == MIXQ_ARCH_GIN)
    spec->hidden = 64;
  if (arch == MIXQ_ARCH_GAT)
    spec->hidden = 64;
  if (arch == MIXQ_ARCH_GAT && !graphs)
    spec->feature_dropout = 0.5; /* its authors drop 0.6 of features and attention */
  if (!graphs)
    return;
  spec->dropout = 0;
  spec->n_layers = arch == MIXQ_ARCH_GIN ? 5 : 4;
  spec->hidden = arch == MIXQ_ARCH_GCN ? 150 : 64;
  spec->residual = arch == MIXQ_ARCH_GCN;
  spec->pool = arch == MIXQ_ARCH_GIN ? MIXQ_POOL_MAX : MIXQ_POOL_MEAN;
}

gboolean
mixq_model_spec_check (const MixqModelSpec *spec, GError **error)
{
  if ((guint) spec->arch >= G_N_ELEMENTS (arch_table))
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE, "model: architecture %d does not exist",
                 (int) spec->arch);
  else if (spec->n_layers < 2 || spec->n_layers > MIXQ_MAX_LAYERS)
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE, "layers: %u is out of range; use 2 to %d",
                 spec->n_layers, MIXQ_MAX_LAYERS);
  else if (spec->hidden < 1 || spec->hidden > MIXQ_MAX_HIDDEN)
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE, "hidden: %u is out of range; use 1 to %d", spec->hidden,
                 MIXQ_MAX_HIDDEN);
  else if (!(spec->dropout >= 0 && spec->dropout < 1)) /* also catches NaN */
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                 "dropout: %g is out of range; use 0 or more and less than 1", spec->dropout);
  else if (!(spec->feature_dropout >= 0 && spec->feature_dropout < 1))
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                 "feature-dropout: %g is out of range; use 0 or more and less than 1", spec->feature_dropout);
  else if (spec->arch == MIXQ_ARCH_TAG && (spec->hops < 1 || spec->hops > MIXQ_MAX_HOPS))
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE, "hops: %u is out of range; use 1 to %d", spec->hops,
                 MIXQ_MAX_HOPS);
  else if (spec->arch == MIXQ_ARCH_GAT &&
           (spec->heads < 1 || spec->heads > MIXQ_MAX_HEADS || spec->hidden % spec->heads != 0))
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                 "heads: %u do not share %u columns; use 1 to %d that divide the hidden size", spec->heads,
                 spec->hidden, MIXQ_MAX_HEADS);
  else
    return TRUE;
  return FALSE;
}

gboolean
mixq_model_spec_equal (const MixqModelSpec *a, const MixqModelSpec *b)
{
  return a->arch == b->arch && a->n_layers == b->n_layers && a->hidden == b->hidden &&
         a->dropout == b->dropout && a->feature_dropout == b->feature_dropout &&
         !a->batch_norm == !b->batch_norm && !a->residual == !b->residual && !a->eps == !b->eps &&
         a->aggregator == b->aggregator && a->pool == b->pool && a->hops == b->hops && a->heads == b->heads;
}

/* Every tensor must be addressable: the products that the wiring forms without looking again. */
static gboolean
check_sizes (const MixqModel *model, GError **error)
{
  gsize widest = MAX (model->spec.hidden, model->n_classes), features, unused;

  if (model->n_nodes == 0 || model->n_features == 0 || model->n_classes == 0) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_SHAPE,
                 "model: the data has %zu nodes, %zu features and %zu classes; each must be at least 1",
                 model->n_nodes, model->n_features, model->n_classes);
    return FALSE;
  }
  if (!g_size_checked_mul (&features, model->n_nodes, model->n_features) ||
      !g_size_checked_mul (&unused, model->n_nodes, widest) ||
      !g_size_checked_mul (&unused, model->n_nodes, model->n_nodes) ||
      !g_size_checked_mul (&unused, MAX (model->n_features, widest), widest) ||
      !g_size_checked_add (&unused, model->n_edges, model->n_nodes)) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_SHAPE,
                 "model: %zu nodes, %zu features and %zu classes are too large for this machine",
                 model->n_nodes, model->n_features, model->n_classes);
    return FALSE;
  }
  if (model->n_feature_nonzeros > features) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_SHAPE,
                 "model: %zu non-zeros do not fit into a feature matrix of %zu x %zu",
                 model->n_feature_nonzeros, model->n_nodes, model->n_features);
    return FALSE;
  }
  return TRUE;
}

/* What follows a layer that does not make the answers. @feeds_sums: the next unit gathers or pools. */
static int
wire_behind (MixqModelBuilder *builder, int before, int value, gboolean feeds_sums)
{
  const MixqModelSpec *spec = &builder->model->spec;

  value = mixq_model_builder_relu (builder, value);
  if (spec->batch_norm && arch_table[spec->arch].norm_last)
    value = mixq_model_builder_batch_norm (builder, value, feeds_sums && !spec->residual ? NULL : "norm");
  if (spec->residual && before != 0 &&
      mixq_model_builder_cols (builder, before) == mixq_model_builder_cols (builder, value))
    value = mixq_model_builder_add (builder, (int[]){ before, value }, 2, "residual");
  return mixq_model_builder_dropout (builder, value, spec->dropout);
}

static int
wire_convolutions (MixqModelBuilder *builder, MixqLayerFunc layer_func, int value)
{
  const MixqModelSpec *spec = &builder->model->spec;
  gboolean of_graphs = builder->model->task == MIXQ_TASK_GRAPHS;
  gboolean ends_hidden = of_graphs || arch_table[spec->arch].ends_hidden;

  for (guint layer = 1; layer <= spec->n_layers; layer++) {
    gboolean is_last = layer == spec->n_layers, is_hidden = !is_last || ends_hidden;
    int before = value;

    if (layer > 1)
      mixq_model_builder_begin (builder, "conv", layer);
    value = layer_func (builder, value, is_hidden ? spec->hidden : builder->model->n_classes, is_hidden);
    if (is_hidden)
      value = wire_behind (builder, before, value, !is_last || of_graphs);
  }
  return value;
}

/* The answers from one row an item: pooled graphs, or the nodes of a model that ends hidden. */
static int
wire_head (MixqModelBuilder *builder, int value)
{
  const MixqModelSpec *spec = &builder->model->spec;
  gboolean of_graphs = builder->model->task == MIXQ_TASK_GRAPHS;
  guint maps = !of_graphs ? 1 : spec->arch == MIXQ_ARCH_GIN ? GIN_HEAD_MAPS : HEAD_MAPS;
  gsize cols = spec->hidden;

  for (guint map = 1; map <= maps; map++) {
    mixq_model_builder_begin (builder, "head", map);
    if (map == 1 && of_graphs)
      value = mixq_model_builder_pool (builder, value, spec->pool);
    if (spec->arch != MIXQ_ARCH_GIN)
      cols = MAX (cols / 2, 1);
    value = mixq_model_builder_linear (builder, value, map == maps ? builder->model->n_classes : cols,
                                       &(MixqWiring){ .bias = TRUE });
    if (map < maps) {
      value = mixq_model_builder_relu (builder, value);
      value = mixq_model_builder_dropout (builder, value, spec->dropout);
    }
  }
  return value;
}

static MixqModel *
wire (MixqModel *sizes, MixqLayerFunc layer_func)
{
  const MixqModelSpec *spec = &sizes->spec;
  MixqModelBuilder builder;
  int value = 0;

  mixq_model_builder_init (&builder, sizes);
  if (spec->residual)
    mixq_model_builder_begin (&builder, "embed", 0);
  else
    mixq_model_builder_begin (&builder, "conv", 1);
  if ((double) sizes->n_feature_nonzeros > DENSE_FROM * (double) sizes->n_nodes * (double) sizes->n_features)
    value = mixq_model_builder_features (&builder);
  if (spec->residual) {
    value = mixq_model_builder_linear (&builder, value, spec->hidden, &(MixqWiring){ .bias = TRUE });
    mixq_model_builder_begin (&builder, "conv", 1);
  }
  value = wire_convolutions (&builder, layer_func, value);
  if (sizes->task == MIXQ_TASK_GRAPHS || arch_table[spec->arch].ends_hidden)
    value = wire_head (&builder, value);
  return mixq_model_builder_end (&builder);
}

MixqModel *
mixq_model_new_of_sizes (const MixqModelSpec *spec, const MixqModelSizes *sizes, GError **error)
{
  if (!mixq_model_spec_check (spec, error))
    return NULL;
  return mixq_model_new_of_layers (spec, sizes, arch_table[spec->arch].wire, error);
}

MixqModel *
mixq_model_new_of_layers (const MixqModelSpec *spec,
                          const MixqModelSizes *sizes,
                          MixqLayerFunc layer,
                          GError **error)
{
  g_autoptr (MixqModel) self = NULL;

  if (!mixq_model_spec_check (spec, error))
    return NULL;
  self = g_new0 (MixqModel, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->spec = *spec;
  self->task = sizes->task;
  self->n_nodes = sizes->n_nodes;
  self->n_graphs = MAX (sizes->n_graphs, 1);
  self->n_edges = sizes->n_edges;
  self->n_edges_loops = sizes->n_edges + sizes->n_nodes;
  self->n_features = sizes->n_features;
  self->n_feature_nonzeros = sizes->n_feature_nonzeros;
  self->n_classes = sizes->n_classes;
  if (!check_sizes (self, error))
    return NULL;
  return wire (g_steal_pointer (&self), layer);
}

MixqModel *
mixq_model_new_for_sizes (const MixqModelSpec *spec,
                          gsize n_nodes,
                          gsize n_edges,
                          gsize n_features,
                          gsize n_feature_nonzeros,
                          gsize n_classes,
                          GError **error)
{
  return mixq_model_new_of_sizes (spec,
                                  &(MixqModelSizes){ .task = MIXQ_TASK_NODES,
                                                     .n_nodes = n_nodes,
                                                     .n_graphs = 1,
                                                     .n_edges = n_edges,
                                                     .n_features = n_features,
                                                     .n_feature_nonzeros = n_feature_nonzeros,
                                                     .n_classes = n_classes },
                                  error);
}

MixqModel *
mixq_model_new (const MixqModelSpec *spec, const MixqDataset *dataset, GError **error)
{
  return mixq_model_new_of_sizes (spec,
                                  &(MixqModelSizes){ .task = dataset->task,
                                                     .n_nodes = dataset->n_nodes,
                                                     .n_graphs = dataset->n_graphs,
                                                     .n_edges = dataset->graph->nnz,
                                                     .n_features = dataset->features->n_cols,
                                                     .n_feature_nonzeros = dataset->features->nnz,
                                                     .n_classes = dataset->n_classes },
                                  error);
}

gsize
mixq_model_value_rows (const MixqModel *self, int v)
{
  return self->value_of_graphs[v] ? self->n_graphs : self->n_nodes;
}

gsize
mixq_model_n_items (const MixqModel *self)
{
  return self->task == MIXQ_TASK_GRAPHS ? self->n_graphs : self->n_nodes;
}

gsize
mixq_model_edge_entries (const MixqModel *self, MixqEdges edges)
{
  return edges == MIXQ_EDGES_GCN || edges == MIXQ_EDGES_LOOPS ? self->n_edges_loops : self->n_edges;
}

gboolean
mixq_model_features_are_full (const MixqModel *self)
{
  return self->n_feature_nonzeros == self->n_nodes * self->n_features;
}

int
mixq_model_writer (const MixqModel *self, int v)
{
  for (guint u = 0; u < self->n_units; u++)
    if (self->units[u].output == v)
      return (int) u;
  return -1;
}

int
mixq_model_folded (const MixqModel *self, guint unit)
{
  for (guint u = unit + 1; self->units[unit].slot_output < 0 && u < self->n_units; u++)
    if (self->units[u].input == self->units[unit].output && self->units[u].kind == MIXQ_UNIT_BATCH_NORM &&
        self->units[u].slot_output >= 0 &&
        (self->units[unit].kind == MIXQ_UNIT_LINEAR || self->units[unit].kind == MIXQ_UNIT_PROPAGATE ||
         self->units[unit].kind == MIXQ_UNIT_ATTEND))
      return (int) u;
  return -1;
}

int
mixq_model_output_slot (const MixqModel *self, guint unit)
{
  int norm = mixq_model_folded (self, unit);

  return norm >= 0 ? self->units[norm].slot_output : self->units[unit].slot_output;
}

MixqModel *
mixq_model_ref (MixqModel *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mixq_model_unref (MixqModel *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint i = 0; i < self->n_units; i++)
    g_free (self->units[i].name);
  for (guint i = 0; i < self->n_slots; i++) {
    g_free (self->slots[i].name);
    g_free (self->slots[i].symbol);
  }
  for (guint i = 0; i < self->n_layers; i++)
    g_free (self->layer_names[i]);
  g_free (self->layer_names);
  g_free (self->units);
  g_free (self->value_cols);
  g_free (self->value_of_graphs);
  g_free (self->slots);
  g_free (self);
}

gboolean
mixq_model_slot_changes (const MixqModel *self, guint s)
{
  const MixqSlotInfo *slot = &self->slots[s];

  return slot->role == MIXQ_SLOT_WEIGHT || mixq_slot_role_is_activation (slot->role) ||
         (slot->role == MIXQ_SLOT_ADJACENCY && self->units[slot->unit].kind == MIXQ_UNIT_ATTEND);
}

int
mixq_model_find_slot (const MixqModel *self, const char *name)
{
  for (guint i = 0; i < self->n_slots; i++)
    if (g_strcmp0 (self->slots[i].name, name) == 0)
      return (int) i;
  return -1;
}

/* A unit that leaves codes as they are, or only their meaning changes. */
static gboolean
keeps_codes (const MixqUnit *unit)
{
  return unit->kind == MIXQ_UNIT_RELU || unit->kind == MIXQ_UNIT_DROPOUT ||
         unit->kind == MIXQ_UNIT_BATCH_NORM;
}

int
mixq_model_value_slot (const MixqModel *self, int v)
{
  /* Units are in topological order, so one backward pass meets the writer of every value it asks for. */
  for (guint i = self->n_units; i-- > 0 && v != 0;)
    if (self->units[i].output == v) {
      if (self->units[i].slot_output >= 0 || !keeps_codes (&self->units[i]))
        return self->units[i].slot_output;
      v = self->units[i].input;
    }
  for (guint i = 0; v == 0 && i < self->n_units; i++)
    if (self->units[i].input == 0 && self->units[i].slot_input >= 0)
      return self->units[i].slot_input;
  return -1;
}

int
mixq_model_input_slot (const MixqModel *self, guint unit)
{
  g_return_val_if_fail (unit < self->n_units, -1);
  if (self->units[unit].slot_input >= 0)
    return self->units[unit].slot_input;
  return mixq_model_value_slot (self, self->units[unit].input);
}
