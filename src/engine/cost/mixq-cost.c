/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cost/mixq-cost.h"

#include <math.h>

#include "base/mixq-names.h"
#include "cost/mixq-cost-private.h"

#define INDEX_BYTES 4 /* a column number or row pointer as stored */

static const char *const axis_names[MIXQ_N_COST_AXES] = {
  [MIXQ_COST_BITOPS] = "bitops",   [MIXQ_COST_EXECUTED] = "executed",
  [MIXQ_COST_PRODUCT] = "product", [MIXQ_COST_BYTES] = "bytes",
  [MIXQ_COST_MS] = "ms",
};

const char *
mixq_cost_axis_name (MixqCostAxis axis)
{
  g_return_val_if_fail ((guint) axis < MIXQ_N_COST_AXES, "");
  return axis_names[axis];
}

gboolean
mixq_cost_axis_parse (const char *text, MixqCostAxis *axis, GError **error)
{
  guint value;

  if (!mixq_names_parse ("cost", axis_names, MIXQ_N_COST_AXES, text, &value, error))
    return FALSE;
  *axis = (MixqCostAxis) value;
  return TRUE;
}

/* The counts of method spec section 8, one function a unit kind. */

static double
output_elements (const MixqModel *model, const MixqUnit *unit)
{
  return (double) mixq_model_value_rows (model, unit->output) * (double) unit->out_cols;
}

static double
input_elements (const MixqModel *model, const MixqUnit *unit)
{
  return (double) mixq_model_value_rows (model, unit->input) * (double) unit->in_cols;
}

static void
count_linear (const MixqModel *model, const MixqUnit *unit, MixqUnitCount *count)
{
  double input = input_elements (model, unit);

  count->operations = count->search = count->products = input * (double) unit->out_cols;
  if (unit->slot_input >= 0)
    input = (double) model->slots[unit->slot_input].nonzeros;
  count->executed = input * (double) unit->out_cols;
  count->averages_operand = TRUE;
}

/*
 * Scaling a message counts one operation an edge, its scatter two an element (one for the index), a mean four; the node itself
 * is one product and one sum an element.
 */
static void
count_propagate (const MixqModel *model, const MixqUnit *unit, MixqUnitCount *count)
{
  double edges = (double) mixq_model_edge_entries (model, unit->edges), cols = (double) unit->out_cols;
  double per_element = unit->edges == MIXQ_EDGES_MEAN ? 4 : 2;

  count->operations = per_element * edges * cols;
  if (unit->edges == MIXQ_EDGES_GCN)
    count->operations += edges;
  if (unit->adds_self)
    count->operations += 2 * output_elements (model, unit);
  count->executed = count->operations;
  count->search = 2 * (double) model->n_edges * cols;
  count->products = edges * cols;
}

/*
 * Scores by two vectors, a sum, a leaky ReLU (4) and a softmax (5) an edge and head, then messages and their scatter. The published
 * code has no GAT; these are its rules for the elementary operations.
 */
static void
count_attend (const MixqModel *model, const MixqUnit *unit, MixqUnitCount *count)
{
  double edges = (double) mixq_model_edge_entries (model, unit->edges), cols = (double) unit->out_cols;

  count->operations = 2 * output_elements (model, unit) + 10 * edges * unit->heads + 3 * edges * cols;
  count->executed = count->operations;
  count->search = 2 * (double) model->n_edges * cols;
  count->products = edges * cols;
  count->score_products = 2 * output_elements (model, unit);
}

static void
count_relu (const MixqModel *model, const MixqUnit *unit, MixqUnitCount *count)
{
  count->operations = count->executed = 2 * output_elements (model, unit);
}

static void
count_add (const MixqModel *model, const MixqUnit *unit, MixqUnitCount *count)
{
  count->operations = count->executed = (unit->n_inputs - 1) * output_elements (model, unit);
}

static void
count_batch_norm (const MixqModel *model, const MixqUnit *unit, MixqUnitCount *count)
{
  count->operations = count->executed = 4 * output_elements (model, unit);
}

static void
count_pool (const MixqModel *model, const MixqUnit *unit, MixqUnitCount *count)
{
  count->operations = count->executed = (unit->pool == MIXQ_POOL_MEAN ? 4 : 2) * input_elements (model, unit);
}

static void
count_nothing (const MixqModel *model, const MixqUnit *unit, MixqUnitCount *count)
{
}

static void (*const count_table[MIXQ_N_UNIT_KINDS]) (const MixqModel *, const MixqUnit *, MixqUnitCount *) = {
  [MIXQ_UNIT_LINEAR] = count_linear,
  [MIXQ_UNIT_PROPAGATE] = count_propagate,
  [MIXQ_UNIT_RELU] = count_relu,
  [MIXQ_UNIT_DROPOUT] = count_nothing,
  [MIXQ_UNIT_FEATURES] = count_nothing,
  [MIXQ_UNIT_ADD] = count_add,
  [MIXQ_UNIT_BATCH_NORM] = count_batch_norm,
  [MIXQ_UNIT_POOL] = count_pool,
  [MIXQ_UNIT_ATTEND] = count_attend,
};

void
mixq_cost_unit_count (const MixqModel *model, const MixqUnit *unit, MixqUnitCount *count)
{
  g_return_if_fail ((guint) unit->kind < G_N_ELEMENTS (count_table));
  *count = (MixqUnitCount){ 0 };
  count_table[unit->kind](model, unit, count);
}

/* The slot of the features where @unit reads them: its own, or that of the unit that made them dense. */
static int
feature_slot (const MixqModel *model, const MixqUnit *unit)
{
  int writer = unit->slot_input >= 0 ? -1 : mixq_model_writer (model, unit->input);

  if (unit->slot_input >= 0)
    return unit->slot_input;
  return writer >= 0 && model->units[writer].kind == MIXQ_UNIT_FEATURES ? model->units[writer].slot_output
                                                                        : -1;
}

guint
mixq_cost_unit_averaged (const MixqModel *model,
                         const MixqUnit *unit,
                         const MixqUnitCount *count,
                         int slots[4])
{
  int features = feature_slot (model, unit);
  int output = mixq_model_output_slot (model, (guint) (unit - model->units));
  guint n = 0;

  /* A batch norm costs nothing beside what it is folded into, or is folded into it (method spec section 8). */
  if (unit->kind == MIXQ_UNIT_BATCH_NORM || unit->kind == MIXQ_UNIT_FEATURES)
    return 0;
  if (features >= 0 && unit->kind != MIXQ_UNIT_ADD)
    slots[n++] = features;
  if (unit->slot_operand >= 0 && count->averages_operand)
    slots[n++] = unit->slot_operand;
  if (unit->slot_weight >= 0)
    slots[n++] = unit->slot_weight;
  if (unit->slot_score >= 0)
    slots[n++] = unit->slot_score;
  if (output >= 0)
    slots[n++] = output;
  return n;
}

/* operations x plain mean of widths, the division last so that whole results stay exact. */
static double
times_mean_width (double operations, const double *bits, const int *slots, guint n)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += bits[slots[i]];
  return n > 0 ? operations * sum / n : 0.0;
}

static double
slot_bits (const double *bits, int slot)
{
  return bits != NULL && slot >= 0 ? bits[slot] : MIXQ_FLOAT_BITS;
}

/* Width 32 everywhere is the float32 model, which counts like no widths at all. */
static const double *
none_if_float (const MixqModel *model, const double *bits)
{
  for (guint i = 0; bits != NULL && i < model->n_slots; i++)
    if (bits[i] != MIXQ_FLOAT_BITS)
      return bits;
  return NULL;
}

static void
count_unit (const MixqModel *model, guint index, const double *bits, MixqUnitCost *cost)
{
  const MixqUnit *unit = &model->units[index];
  MixqUnitCount count;
  int slots[4];
  guint n;

  mixq_cost_unit_count (model, unit, &count);
  *cost = (MixqUnitCost){ .operations = count.operations, .executed_operations = count.executed };
  if (count.products > 0)
    cost->product_bitops = count.products * slot_bits (bits, mixq_model_input_slot (model, index)) *
                           slot_bits (bits, unit->slot_operand);
  if (count.score_products > 0)
    cost->product_bitops += count.score_products * slot_bits (bits, mixq_model_input_slot (model, index)) *
                            slot_bits (bits, unit->slot_weight);
  if (bits == NULL) {
    cost->bitops = cost->bitops_search = MIXQ_FLOAT_BITS * count.operations;
    cost->executed_bitops = MIXQ_FLOAT_BITS * count.executed;
    return;
  }
  n = mixq_cost_unit_averaged (model, unit, &count, slots);
  cost->bitops = times_mean_width (count.operations, bits, slots, n);
  cost->bitops_search = times_mean_width (count.search, bits, slots, n);
  cost->executed_bitops = times_mean_width (count.executed, bits, slots, n);
}

/* The widths as numbers in @real; sums and products of whole numbers stay exact. */
static const double *
as_real (const MixqModel *model, const guint8 *bits, double *real)
{
  for (guint i = 0; bits != NULL && i < model->n_slots; i++)
    real[i] = bits[i];
  return bits != NULL ? real : NULL;
}

void
mixq_cost_count_unit (const MixqModel *model, guint unit, const guint8 *bits, MixqUnitCost *cost)
{
  double *real = g_newa (double, MAX (model->n_slots, 1));

  g_return_if_fail (unit < model->n_units);
  count_unit (model, unit, none_if_float (model, as_real (model, bits, real)), cost);
}

static double
sparse_bytes (double rows, double entries, double width)
{
  return ceil (entries * width / 8) + INDEX_BYTES * (entries + rows + 1);
}

gboolean
mixq_cost_features_are_sparse (const MixqModel *model)
{
  double rows = (double) model->n_nodes, dense = rows * (double) model->n_features * MIXQ_FLOAT_BITS / 8;

  return sparse_bytes (rows, (double) model->n_feature_nonzeros, MIXQ_FLOAT_BITS) < dense;
}

static double
slot_bytes (const MixqModel *model, const MixqSlotInfo *slot, double width)
{
  gboolean is_sparse = slot->role == MIXQ_SLOT_ADJACENCY ||
                       (slot->role == MIXQ_SLOT_INPUT && mixq_cost_features_are_sparse (model));

  return is_sparse ? sparse_bytes ((double) slot->rows, (double) slot->nonzeros, width)
                   : ceil ((double) slot->elements * width / 8);
}

static double
count_bytes (const MixqModel *model, const double *bits, const double *slot_size)
{
  double stored = 0, largest = 0, second = 0;

  for (guint i = 0; i < model->n_slots; i++) {
    const MixqSlotInfo *slot = &model->slots[i];
    gboolean given = slot_size != NULL && slot_size[i] > 0;
    double bytes = given ? slot_size[i] : slot_bytes (model, slot, slot_bits (bits, (int) i));

    if (!mixq_slot_role_is_activation (slot->role)) {
      stored += bytes;
    } else if (bytes > largest) {
      second = largest;
      largest = bytes;
    } else {
      second = MAX (second, bytes);
    }
  }
  return stored + largest + second;
}

void
mixq_cost_count (const MixqModel *model, const guint8 *bits, MixqCost *cost)
{
  double *real = g_newa (double, MAX (model->n_slots, 1));

  mixq_cost_count_means (model, as_real (model, bits, real), NULL, cost);
}

void
mixq_cost_count_means (const MixqModel *model, const double *bits, const double *slot_size, MixqCost *cost)
{
  double sum = 0;

  bits = none_if_float (model, bits);
  *cost = (MixqCost){ .bytes = count_bytes (model, bits, slot_size) };
  for (guint i = 0; i < model->n_units; i++) {
    MixqUnitCost part;

    count_unit (model, i, bits, &part);
    cost->operations += part.operations;
    cost->bitops += part.bitops;
    cost->bitops_search += part.bitops_search;
    cost->product_bitops += part.product_bitops;
    cost->executed_operations += part.executed_operations;
    cost->executed_bitops += part.executed_bitops;
  }
  for (guint i = 0; i < model->n_slots; i++)
    sum += slot_bits (bits, (int) i);
  cost->average_bits = sum / model->n_slots;
}

double
mixq_cost_on_axis (const MixqCost *cost, MixqCostAxis axis)
{
  switch (axis) {
  case MIXQ_COST_BITOPS:
    return cost->bitops;
  case MIXQ_COST_EXECUTED:
    return cost->executed_bitops;
  case MIXQ_COST_PRODUCT:
    return cost->product_bitops;
  case MIXQ_COST_BYTES:
    return cost->bytes;
  case MIXQ_COST_MS:
  case MIXQ_N_COST_AXES:
    break;
  }
  return (double) NAN;
}
