/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mixq-model.h"

#include <math.h>

#include "base/mixq-error.h"
#include "base/mixq-names.h"
#include "layer/mixq-layer-gcn.h"
#include "model/mixq-model-builder.h"

/* One row an architecture: its name and the function that wires one of its layers. */
static const struct
{
  const char *name;
  int (*wire) (MixqModelBuilder *builder, guint layer, int input, gsize out_cols);
} arch_table[] = {
  [MIXQ_ARCH_GCN] = { "gcn", mixq_layer_gcn },
};

static const char *const role_names[] = {
  [MIXQ_SLOT_INPUT] = "features",      [MIXQ_SLOT_WEIGHT] = "weights",      [MIXQ_SLOT_PRODUCT] = "product",
  [MIXQ_SLOT_ADJACENCY] = "adjacency", [MIXQ_SLOT_AGGREGATE] = "aggregate",
};

static const char *const kind_names[] = {
  [MIXQ_UNIT_LINEAR] = "linear",
  [MIXQ_UNIT_PROPAGATE] = "propagate",
  [MIXQ_UNIT_RELU] = "relu",
  [MIXQ_UNIT_DROPOUT] = "dropout",
};

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
  else
    return TRUE;
  return FALSE;
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

static MixqModel *
wire (MixqModel *sizes)
{
  const MixqModelSpec *spec = &sizes->spec;
  MixqModelBuilder builder;
  int value = 0;

  mixq_model_builder_init (&builder, sizes);
  for (guint layer = 1; layer <= spec->n_layers; layer++) {
    gboolean is_last = layer == spec->n_layers;

    value = arch_table[spec->arch].wire (&builder, layer, value, is_last ? sizes->n_classes : spec->hidden);
    if (!is_last) {
      value = mixq_model_builder_relu (&builder, layer, value);
      value = mixq_model_builder_dropout (&builder, layer, value);
    }
  }
  return mixq_model_builder_end (&builder);
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
  g_autoptr (MixqModel) self = NULL;

  if (!mixq_model_spec_check (spec, error))
    return NULL;
  self = g_new0 (MixqModel, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->spec = *spec;
  self->n_nodes = n_nodes;
  self->n_edges = n_edges;
  self->n_edges_loops = n_edges + n_nodes;
  self->n_features = n_features;
  self->n_feature_nonzeros = n_feature_nonzeros;
  self->n_classes = n_classes;
  if (!check_sizes (self, error))
    return NULL;
  return wire (g_steal_pointer (&self));
}

MixqModel *
mixq_model_new (const MixqModelSpec *spec, const MixqDataset *dataset, GError **error)
{
  if (dataset->task != MIXQ_TASK_NODES) {
    g_set_error (
        error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
        "%s: asks for %s, which no model here can learn; give a data set whose nodes have one class each",
        dataset->name,
        dataset->task == MIXQ_TASK_GRAPHS ? "classes of whole graphs" : "several answers a node");
    return NULL;
  }
  return mixq_model_new_for_sizes (spec, dataset->n_nodes, dataset->graph->nnz, dataset->features->n_cols,
                                   dataset->features->nnz, dataset->n_classes, error);
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
  g_free (self->units);
  g_free (self->value_cols);
  g_free (self->slots);
  g_free (self);
}

int
mixq_model_find_slot (const MixqModel *self, const char *name)
{
  for (guint i = 0; i < self->n_slots; i++)
    if (g_strcmp0 (self->slots[i].name, name) == 0)
      return (int) i;
  return -1;
}

int
mixq_model_input_slot (const MixqModel *self, guint unit)
{
  int value;

  g_return_val_if_fail (unit < self->n_units, -1);
  if (self->units[unit].slot_input >= 0)
    return self->units[unit].slot_input;
  value = self->units[unit].input;
  /* Units are in topological order, so one backward pass meets the writer of every value it asks for. */
  for (guint i = unit; i-- > 0 && value != 0;)
    if (self->units[i].output == value) {
      if (self->units[i].slot_output >= 0)
        return self->units[i].slot_output;
      value = self->units[i].input;
    }
  for (guint i = 0; value == 0 && i < self->n_units; i++)
    if (self->units[i].input == 0 && self->units[i].slot_input >= 0)
      return self->units[i].slot_input;
  return -1;
}
