/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "integer/mixq-frozen-slot.h"
#include "kernels/mixq-integer-kernels.h"
#include "net/mixq-net.h"

G_BEGIN_DECLS

/**
 * MixqFrozen: the integer model: Theorem 1 (method spec section 9) with a real multiplier per requantization.
 * Holds no graph: features and edges are quantized when it runs, so it serves any graph of the same feature width,
 * unless a slot has scales or widths for every node: then it serves the graph that these belong to.
 * Immutable after mixq_net_freeze(), ref-counted.
 */
typedef struct
{
  MixqModel *model;
  MixqFrozenSlot *slots;
  gint32 **weight; /* [unit] (nullable) in x out codes, zero-point 0 */
  float **
      vector; /* [unit] (nullable) mixq_frozen_vector_size() numbers: the bias of a linear; a, then b of a batch norm
                         a x + b, its running statistics folded in; the eps of a propagate */
  char *graph_sha256; /* (nullable) of the only graph it fits: set where a slot is MIXQ_PER_ROW */
  /*< private >*/
  gatomicrefcount ref_count;
} MixqFrozen;

/**
 * mixq_net_freeze:
 * @net: every slot with exactly one active choice
 *
 * Errors: MIXQ_ERROR_UNSUPPORTED where the published rules make integers impossible (per-column scales on a
 * summed index, zero-points that are no whole numbers); MIXQ_ERROR_VALUE for an undecided slot.
 */
MixqFrozen *mixq_net_freeze (const MixqNet *net, GError **error);
MixqFrozen *mixq_frozen_alloc (MixqModel *model);
/** mixq_frozen_vector_size: of MixqFrozen.vector of @unit. */
gsize mixq_frozen_vector_size (const MixqUnit *unit);
MixqFrozen *mixq_frozen_ref (MixqFrozen *self);
void mixq_frozen_unref (MixqFrozen *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqFrozen, mixq_frozen_unref)
/** mixq_frozen_dup_parameters: (transfer full): the stored weights as real numbers, for a float32 net of the same model. */
MixqParameters *mixq_frozen_dup_parameters (const MixqFrozen *self);
/** mixq_frozen_has_nodes: a slot has scales or widths for every node. */
gboolean mixq_frozen_has_nodes (const MixqFrozen *self);
/** mixq_frozen_bind_graph: a model with numbers for every node takes no other graph than that of @dataset from now on. */
void mixq_frozen_bind_graph (MixqFrozen *self, const MixqDataset *dataset);

typedef enum {
  MIXQ_ENGINE_INTEGER,
  MIXQ_ENGINE_SIMULATED,
} MixqEngine;

/**
 * MixqExec: the buffers of one inference.
 * @code: [value id] n x cols output codes (integer engine)
 * @real: [value id] n x cols dequantized values (simulated engine, double)
 * @slot_of: [value id] the slot whose scale and zero-point the codes of the value have; -1: it has no codes
 * @affine: [value id] (nullable) a, then b, a column each: the value is a x + b of what its codes stand for (method spec 9.4
 *   rule 6): borrowed from the batch norm that wrote it
 */
typedef struct
{
  MixqFrozen *frozen;
  MixqInputs *inputs;
  gint32 **code;
  double **real;
  int *slot_of;
  const float **affine;
  MixqEngine engine;
  gint32 *feature_code; /* nnz: q - z of the features */
  gint32 *edge_code;    /* E' scratch: q - z of the adjacency */
  const MixqIntegerKernels *kernels;
  double *unit_ms; /* [unit]: wall milliseconds it took */
} MixqExec;

/**
 * mixq_exec_new: runs @frozen on @inputs with @engine. Every unit's output codes stay readable in @code.
 * Errors: MIXQ_ERROR_SHAPE (features do not fit the weights, or it has numbers for the nodes of another graph),
 * MIXQ_ERROR_CANCELLED.
 * Integer sums use 32 bit where the bound of section 9.5 allows and 64 bit elsewhere; they cannot overflow.
 */
MixqExec *mixq_exec_new (MixqFrozen *frozen,
                         MixqInputs *inputs,
                         MixqEngine engine,
                         GCancellable *cancellable,
                         GError **error);
void mixq_exec_free (MixqExec *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqExec, mixq_exec_free)

gsize mixq_exec_n_rows (const MixqExec *self, int v);
/** mixq_exec_dup_logits: (transfer full): items x classes, dequantized. */
double *mixq_exec_dup_logits (const MixqExec *self);
/** mixq_exec_predict: what mixq_task_predict() says of them. @confidence: (nullable). */
void mixq_exec_predict (const MixqExec *self, guint16 *prediction, guint8 *confidence);
/** mixq_exec_loss: of them on the items of a part; NaN where it is empty. */
double mixq_exec_loss (const MixqExec *self, MixqPart part);
/** mixq_exec_count_equal: codes that are equal in two runs of the same model and data, over all values of codes. @total: (inout): grows by their number. */
gsize mixq_exec_count_equal (const MixqExec *a, const MixqExec *b, gsize *total);

/** mixq_exec_compare: the same as a share. */
double mixq_exec_compare (const MixqExec *a, const MixqExec *b);

/** mixq_accumulator_fits_int32: section 9.5: @terms products of centred codes of @a and @b bits. */
gboolean
mixq_accumulator_fits_int32 (guint a_bits, gboolean a_signed, guint b_bits, gboolean b_signed, gsize terms);

/* For the units: */

/**
 * MixqSum: integer sums of a block of rows, one of two widths
 * @narrow: fills acc (rows.n x d) and, where the unit needs it, the row sums of its coefficients; 32 bit
 * @wide: the same for one row in 64 bit, where section 9.5 rules 32 out
 */
typedef struct
{
  void (*narrow) (const MixqExec *exec, guint unit, MixqRows rows, gint32 *acc, gint32 *sum);
  void (*wide) (const MixqExec *exec, guint unit, gsize row, gint64 *acc, gint64 *sum);
} MixqSum;
/**
 * MixqRequant: what turns the integer sums of a unit into real numbers: y = s_a s_b[c] a[c] (acc - shift sum) / row_divisor + bias[c]
 * @a: (nullable): scale a row or one; %NULL: 1
 * @b: scale and zero-point a column or one
 * @affine: (nullable): what the codes of the input are put through: y = a x + b
 * @row_divisor: (nullable): a whole number a row, divided by last, so that ties of codes are exact
 * @bias: (nullable): a column
 * @shift: sums are of raw codes: the zero-points of @b times the row's sum of coefficients are still to be taken off
 */
typedef struct
{
  const MixqFrozenSlot *a, *b;
  const float *affine;
  const double *row_divisor;
  const float *bias;
  gboolean shift;
} MixqRequant;

/**
 * mixq_exec_requantize: output codes of a unit from its sums (Theorem 1): code = clamp (round (zy + y / sy)). With a batch norm
 * folded into the unit they are the codes of its output: sy, zy are those of its slot, and y goes through a y + b first.
 * @fits: 32-bit sums cannot overflow
 */
void
mixq_exec_requantize (MixqExec *exec, guint unit, const MixqSum *sum, gboolean fits, const MixqRequant *by);
/** mixq_exec_store_codes: the same for one row of real outputs; of the integer engine, for units without sums of their own. */
void mixq_exec_store_codes (MixqExec *exec, guint unit, gsize row, const double *y);
/**
 * mixq_exec_store_simulated: quantizes one row of real outputs by the unit's slot and keeps both codes and dequantized
 * values; without a slot the real numbers alone.
 */
void mixq_exec_store_simulated (MixqExec *exec, const MixqUnit *unit, gsize row, const double *y);

G_END_DECLS
