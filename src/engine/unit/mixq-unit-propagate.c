/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Y = A^ X: message passing with the normalised adjacency. */
#include <math.h>
#include <string.h>

#include "net/mixq-calibrate.h"
#include "net/mixq-slot.h"
#include "unit/mixq-unit.h"

/* The adjacency slot as the forward pass sees it: the published search leaves the edges in float. */
static MixqSlot *
edge_slot (MixqNet *net, const MixqUnit *unit)
{
  return net->rules.float_adjacency ? NULL : mixq_net_slot (net, unit->slot_operand);
}

static const float *
edges_forward (MixqNet *net, guint u)
{
  const MixqCsr *a = mixq_inputs_edges (net->inputs, MIXQ_EDGES_GCN);
  MixqSlot *slot = edge_slot (net, &net->model->units[u]);
  MixqMix mix;

  if (slot == NULL)
    return a->value;
  if (slot->calibrate)
    mixq_calibrate_slot_edges (net, slot);
  mixq_slot_mix (slot, &mix);
  net->kernels->mix_forward (&mix, (MixqRows){ NULL, 1 }, a->nnz, a->value, net->edge_value[u]);
  return net->edge_value[u];
}

/* Alpha (and, under the published rule, range) gradients of the edges: dA_e = dY_row . X_col. */
static void
edges_backward (MixqNet *net, const MixqUnit *unit, const float *g)
{
  const MixqCsr *a = mixq_inputs_edges (net->inputs, MIXQ_EDGES_GCN);
  MixqSlot *slot = edge_slot (net, unit);
  double sum_g = 0, sum_gx = 0;

  if (slot == NULL || !mixq_slot_wants_gradient (slot))
    return;
  memset (net->edge_grad, 0, a->nnz * sizeof (float));
  net->kernels->sddmm (a->row_ptr, a->col, net->frontier[unit->output], g, net->read[unit->input],
                       unit->in_cols, net->edge_grad);
  if (net->rules.learn_ranges) {
    net->kernels->column_sums ((MixqRows){ NULL, a->nnz }, 1, net->edge_grad, a->value, &sum_g, &sum_gx);
    mixq_slot_range_gradient (slot, a->nnz, &sum_g, &sum_gx);
  }
  mixq_slot_backward (slot, net->kernels, (MixqRows){ NULL, 1 }, a->nnz, a->value, net->edge_grad,
                      net->edge_grad);
}

static void
produce (MixqNet *net, const MixqUnit *unit, MixqRows rows, gconstpointer value, float *y)
{
  const MixqCsr *a = mixq_inputs_edges (net->inputs, MIXQ_EDGES_GCN);

  net->kernels->spmm (a->row_ptr, a->col, value, rows, net->read[unit->input], unit->in_cols, y);
}

static void
forward (MixqNet *net, guint u, MixqPass pass)
{
  const MixqUnit *unit = &net->model->units[u];

  mixq_net_produce (net, unit, mixq_net_rows (net, unit->output, pass), TRUE, produce,
                    edges_forward (net, u));
}

static void
backward (MixqNet *net, guint u)
{
  const MixqUnit *unit = &net->model->units[u];
  const MixqCsr *t = net->edges_t[u];
  const float *value = t->value;
  const float *g = mixq_net_output_grad (net, unit, net->frontier[unit->output]);

  edges_backward (net, unit, g);
  if (edge_slot (net, unit) != NULL) {
    for (gsize e = 0; e < t->nnz; e++)
      net->edge_t_value[e] = net->edge_value[u][net->edges_t_perm[u][e]];
    value = net->edge_t_value;
  }
  net->kernels->spmm (t->row_ptr, t->col, value, net->frontier[unit->input], g, unit->in_cols,
                      net->grad[unit->input]);
}

/* Theorem 1 with za = 0: P = sum_k A_ik X_kj over raw codes of X, and r, the row sum of the integer adjacency. */
static void
sum_narrow (const MixqExec *exec, guint u, MixqRows rows, gint32 *acc, gint32 *sum)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqCsr *a = mixq_inputs_edges (exec->inputs, MIXQ_EDGES_GCN);

  exec->kernels->spmm (a->row_ptr, a->col, exec->edge_code, rows, exec->code[unit->input], unit->in_cols, acc,
                       sum);
}

static void
sum_wide (const MixqExec *exec, guint u, gsize r, gint64 *acc, gint64 *sum)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqCsr *a = mixq_inputs_edges (exec->inputs, MIXQ_EDGES_GCN);

  memset (acc, 0, unit->in_cols * sizeof *acc);
  *sum = 0;
  for (gsize e = a->row_ptr[r]; e < a->row_ptr[r + 1]; e++) {
    const gint32 *code = exec->code[unit->input] + (gsize) a->col[e] * unit->in_cols;

    *sum += exec->edge_code[e];
    for (gsize c = 0; c < unit->in_cols; c++)
      acc[c] += (gint64) exec->edge_code[e] * code[c];
  }
}

static void
quantize_edges (MixqExec *exec, const MixqFrozenSlot *slot)
{
  const MixqCsr *a = mixq_inputs_edges (exec->inputs, MIXQ_EDGES_GCN);

  mixq_frozen_slot_quantize (slot, 0, exec->kernels, a->nnz, a->value, exec->edge_code);
}

static gsize
largest_degree (const MixqCsr *a)
{
  gsize largest = 0;

  for (gsize r = 0; r < a->n_rows; r++)
    largest = MAX (largest, a->row_ptr[r + 1] - a->row_ptr[r]);
  return largest;
}

static void
run_integer (MixqExec *exec, guint u)
{
  static const MixqSum sum = { sum_narrow, sum_wide };
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqFrozenSlot *a = &exec->frozen->slots[unit->slot_operand];
  const MixqFrozenSlot *x = &exec->frozen->slots[exec->slot_of[unit->input]];

  quantize_edges (exec, a);
  mixq_exec_requantize (
      exec, u, &sum,
      mixq_accumulator_fits_int32 (a->bits, a->is_signed, x->bits, x->is_signed,
                                   largest_degree (mixq_inputs_edges (exec->inputs, MIXQ_EDGES_GCN))),
      a, x, TRUE);
}

static void
run_simulated (MixqExec *exec, guint u)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqFrozenSlot *as = &exec->frozen->slots[unit->slot_operand];
  const MixqFrozenSlot *ys = &exec->frozen->slots[unit->slot_output];
  const MixqCsr *a = mixq_inputs_edges (exec->inputs, MIXQ_EDGES_GCN);
  gsize d = unit->in_cols;
  g_autofree double *acc = g_new (double, MAX (d, 1));

  for (gsize r = 0; r < a->n_rows; r++) {
    memset (acc, 0, d * sizeof *acc);
    for (gsize e = a->row_ptr[r]; e < a->row_ptr[r + 1]; e++) {
      double weight = mixq_frozen_slot_value (as, 0, mixq_frozen_slot_code (as, 0, (double) a->value[e]));
      const double *x = exec->real[unit->input] + (gsize) a->col[e] * d;

      for (gsize c = 0; c < d; c++)
        acc[c] += weight * x[c];
    }
    mixq_exec_store_simulated (exec, unit, ys, r, acc);
  }
}

const MixqUnitClass mixq_unit_propagate = {
  .forward = forward,
  .backward = backward,
  .run_integer = run_integer,
  .run_simulated = run_simulated,
};
