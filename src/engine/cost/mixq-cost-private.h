/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cost/mixq-cost.h"

G_BEGIN_DECLS

#define MIXQ_FLOAT_BITS 32

/** MixqUnitCount: the elementary operations of one unit, before any width. */
typedef struct
{
  double operations;     /* with E' edges and edge multiplications: float32 and the cached convention */
  double search;         /* raw edges, no edge multiplications; 0 for a unit without quantizer */
  double executed;       /* on non-zeros only */
  double products;       /* multiply-accumulates of a stored operand with the input */
  double score_products; /* the same of the vectors that score edges */
  /* Whether the operand's width enters the unit's mean width; the adjacency's never does (method spec 8). */
  gboolean averages_operand;
} MixqUnitCount;

/** mixq_cost_unit_count: the row of @unit's kind, applied. A new unit kind is one function and one row. */
void mixq_cost_unit_count (const MixqModel *model, const MixqUnit *unit, MixqUnitCount *count);

/** mixq_cost_unit_averaged: (out) @slots: up to 4 slots whose plain mean multiplies the unit's operations. Returns: how many. */
guint mixq_cost_unit_averaged (const MixqModel *model,
                               const MixqUnit *unit,
                               const MixqUnitCount *count,
                               int slots[4]);

G_END_DECLS
