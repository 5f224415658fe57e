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

/** MixqCost: every figure of one model at given widths. Widths of 32 everywhere give the float32 column. */
typedef struct
{
  double operations;     /* elementary operations of one evaluation, E' edges (section 8) */
  double bitops;         /* cached convention; exact integer where widths are integers */
  double bitops_search;  /* search convention: raw edges, no edge multiplications */
  double product_bitops;
  double executed_operations; /* operations on non-zeros; does not depend on widths */
  double executed_bitops;
  double bytes;          /* features as stored + weights + adjacency + largest two activations */
  double average_bits;   /* plain mean over all slots */
} MixqCost;

/**
 * mixq_cost_count:
 * @bits: (array) (nullable): width of each slot; %NULL counts float32 (32 x operations, everything 32 bit)
 *
 * One walk over the units. Pure, no allocation beyond O(units).
 */
void mixq_cost_count (const MixqModel *model, const guint8 *bits, MixqCost *cost);

/** mixq_cost_on_axis: the figure of @cost on @axis (MIXQ_COST_MS needs a table: see mixq_cost_model_new()). */
double mixq_cost_on_axis (const MixqCost *cost, MixqCostAxis axis);

/**
 * mixq_cost_unit: one unit's part of a cost
 */
typedef struct
{
  double operations;
  double bitops, bitops_search; /* at the given widths; at 32 bits where @bits is NULL */
} MixqUnitCost;
void mixq_cost_count_unit (const MixqModel *model, guint unit, const guint8 *bits, MixqUnitCost *cost);

/**
 * MixqCostModel: the penalty's view of a cost axis: a function of the *expected* widths of all slots, normalised
 * so that the float32 model costs 1, with its gradient in closed form. For bitops, executed, bytes and ms it is
 * linear (sum of coefficient x width); for product it has pair terms.
 */
typedef struct _MixqCostModel MixqCostModel;

/**
 * mixq_cost_model_new:
 * @ms_table: (nullable): milliseconds of each unit per width (see run/mixq-ms-table.h), needed for MIXQ_COST_MS
 */
MixqCostModel *mixq_cost_model_new (const MixqModel *model, MixqCostAxis axis, const double *ms_per_bit_of_slot);
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

/** mixq_cost_model_shares: share of each slot in the cost at @bits (sums to 1): gradient x width. */
void mixq_cost_model_shares (const MixqCostModel *self, const double *expected_bits, double *shares);

G_END_DECLS
