/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mixq-model.h"

G_BEGIN_DECLS

/** MixqCostAxis: what a bit is charged by. Method spec section 13.9. */
typedef enum {
  MIXQ_COST_BITOPS,   /* averaged-width BitOPs, cached convention (section 8) */
  MIXQ_COST_EXECUTED, /* the same with the operations really done on non-zeros */
  MIXQ_COST_PRODUCT,  /* multiply-accumulates x width of one operand x width of the other */
  MIXQ_COST_BYTES,    /* stored elements x width / 8 */
  MIXQ_COST_MS,       /* measured table of milliseconds per unit and width */
  MIXQ_N_COST_AXES,
} MixqCostAxis;

const char *mixq_cost_axis_name (MixqCostAxis axis); /* "bitops", ... */
gboolean mixq_cost_axis_parse (const char *text, MixqCostAxis *axis, GError **error);

/**
 * MixqCost: every figure of one model at given widths. Widths of 32 everywhere are the float32 model: everything,
 * ReLU included, then counts with 32 bits (the published convention for float32, in both columns of BitOPs).
 *
 * Bytes is what has to be stored and held to answer for all nodes: features + weights + adjacency + the two largest
 * of the quantized activations (products and aggregates; ReLU works in place, dropout is nothing in evaluation).
 * Tensors are packed: elements x width / 8, rounded up to a whole byte each. A sparse tensor has its values at its
 * width, a 4-byte column number an entry and a 4-byte row pointer for each row and the end. The adjacency is always
 * sparse, the features where that is smaller in float32 (mixq_cost_features_are_sparse()).
 */
typedef struct
{
  double operations;          /* elementary operations of one evaluation, E' edges (section 8) */
  double bitops;              /* cached convention; exact integer where widths are integers */
  double bitops_search;       /* search convention: raw edges, no edge multiplications */
  double product_bitops;      /* multiply-accumulates x width x width; E' d of them in a propagate unit */
  double executed_operations; /* operations on non-zeros; does not depend on widths */
  double executed_bitops;
  double bytes;
  double average_bits; /* plain mean over all slots */
} MixqCost;

/** mixq_cost_features_are_sparse: how the features are stored, for the bytes; does not depend on widths. */
gboolean mixq_cost_features_are_sparse (const MixqModel *model);

/**
 * mixq_cost_count:
 * @bits: (array) (nullable): width of each slot; %NULL counts float32 (32 x operations, everything 32 bit)
 *
 * One walk over the units. Pure, no allocation.
 */
void mixq_cost_count (const MixqModel *model, const guint8 *bits, MixqCost *cost);

/**
 * mixq_cost_count_means:
 * @bits: (array) (nullable): width of each slot, a mean over its nodes where these have widths of their own
 * @slot_size: (array) (nullable): bytes of each slot's codes where its width alone does not say; 0 elsewhere
 *
 * mixq_cost_count() for widths that need not be whole: every count is linear in each width, so a mean counts like its nodes.
 */
void
mixq_cost_count_means (const MixqModel *model, const double *bits, const double *slot_size, MixqCost *cost);

/**
 * mixq_cost_on_axis: the figure of @cost on @axis (executed: executed_bitops); NaN for MIXQ_COST_MS, which needs a
 * table: see mixq_cost_model_new().
 */
double mixq_cost_on_axis (const MixqCost *cost, MixqCostAxis axis);

/** MixqUnitCost: one unit's part of a cost; the parts add up to the whole. */
typedef struct
{
  double operations, executed_operations;
  double bitops, bitops_search, product_bitops, executed_bitops;
} MixqUnitCost;

/** mixq_cost_count_unit: @bits: as for mixq_cost_count(). */
void mixq_cost_count_unit (const MixqModel *model, guint unit, const guint8 *bits, MixqUnitCost *cost);

/**
 * MixqCostModel: the penalty's view of a cost axis: a function of the *expected* widths of all slots, normalised
 * so that 32 bits everywhere cost exactly 1, with its gradient in closed form. For bitops, executed, bytes and ms it
 * is linear (sum of coefficient x width); for product it has pair terms (width x width).
 *
 * Method spec 13.9: bitops and executed are the derivative of the count by each width, and what the count leaves out is
 * charged its operations, so that no width is for free: each adjacency E', a batch norm with codes of its own four an element; bytes are the stored elements of every slot (non-zeros of sparse
 * tensors) without the index arrays, which no width changes.
 */
typedef struct _MixqCostModel MixqCostModel;

/**
 * MixqMsTable: milliseconds of integer inference on this machine as a straight line in the widths:
 * constant_ms + sum over slots of per_bit x width, beside float_ms, what float32 takes. Measured by
 * mixq_ms_table_measure() (run/mixq-ms-table.h) and kept with the run, since another machine measures another one.
 */
typedef struct
{
  gboolean measured;
  double float_ms;
  double constant_ms;
  double per_bit[MIXQ_MAX_SLOTS];
} MixqMsTable;

/**
 * mixq_cost_model_new:
 * @ms_per_bit_of_slot: (array) (nullable): n_slots milliseconds that one bit more of a slot costs on this machine;
 *   needed for MIXQ_COST_MS, ignored otherwise
 *
 * Keeps nothing of its arguments.
 */
MixqCostModel *
mixq_cost_model_new (const MixqModel *model, MixqCostAxis axis, const double *ms_per_bit_of_slot);
/** mixq_cost_model_new_for: the model of @axis; @ms is read for MIXQ_COST_MS only, where float32 costs 1 as measured. */
MixqCostModel *mixq_cost_model_new_for (const MixqModel *model, MixqCostAxis axis, const MixqMsTable *ms);
void mixq_cost_model_free (MixqCostModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqCostModel, mixq_cost_model_free)

/**
 * mixq_cost_model_eval:
 * @expected_bits: (array) n_slots expected widths
 * @gradient: (array) (out) (nullable) n_slots: d cost / d expected width
 *
 * Returns: cost as a share of float32's.
 */
double mixq_cost_model_eval (const MixqCostModel *self, const double *expected_bits, double *gradient);

/**
 * mixq_cost_model_shares: share of each slot in the cost at @expected_bits: gradient x width, scaled to sum to 1 (a
 * pair term is thus shared equally by its two slots).
 */
void mixq_cost_model_shares (const MixqCostModel *self, const double *expected_bits, double *shares);

G_END_DECLS
