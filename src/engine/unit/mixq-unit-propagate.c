/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Y = E X, and (1 + eps) X where the unit adds the node itself: message passing with one of the edge operators. */
#include <math.h>
#include <string.h>

#include "net/mixq-calibrate.h"
#include "net/mixq-constant.h"
#include "net/mixq-slot.h"
#include "unit/mixq-unit.h"

static const MixqCsr *
edges_of (MixqInputs *inputs, const MixqUnit *unit)
{
  return mixq_inputs_edges (inputs, unit->edges);
}

/* The adjacency slot as the forward pass sees it: the published search leaves the edges in float. */
static MixqSlot *
edge_slot (MixqNet *net, const MixqUnit *unit)
{
  return net->rules.float_adjacency ? NULL : mixq_net_slot (net, unit->slot_operand);
}

/* All there are for it: a sample is not asked for others. */
static gboolean
has_all_edges (const MixqNet *net)
{
  return net->inputs->neighbours_sampled || net->inputs->n_nodes == net->data->n_nodes;
}

static const float *
edges_forward (MixqNet *net, guint u)
{
  const MixqUnit *unit = &net->model->units[u];
  const MixqCsr *a = edges_of (net->inputs, unit);
  MixqSlot *slot = edge_slot (net, unit);
  MixqMix mix;

  if (slot == NULL)
    return a->value;
  /* What a sample shows of the edges has the weights of a sample; else all of them count. */
  if (slot->calibrate)
    mixq_calibrate_slot_edges (net, slot, has_all_edges (net) ? a : edges_of (net->data, unit));
  mixq_slot_mix (slot, &mix);
  net->kernels->mix_forward (&mix, (MixqRows){ NULL, 1 }, a->nnz, a->value, net->edge_value[u]);
  return net->edge_value[u];
}

/* Alpha (and, under the published rule, range) gradients of the edges from those of their weights, in net->edge_grad. */
static void
edges_backward (MixqNet *net, const MixqUnit *unit, MixqSlot *slot)
{
  const MixqCsr *a = edges_of (net->inputs, unit);
  double sum_g = 0, sum_gx = 0;

  if (net->rules.learn_ranges) {
    net->kernels->column_sums ((MixqRows){ NULL, a->nnz }, 1, net->edge_grad, a->value, &sum_g, &sum_gx);
    mixq_slot_range_gradient (slot, a->nnz, &sum_g, &sum_gx);
  }
  mixq_slot_backward (slot, net->kernels, (MixqRows){ NULL, 1 }, a->nnz, a->value, net->edge_grad,
                      net->edge_grad);
}

/* y += (1 + eps) x on @rows. */
static void
add_self (const MixqNet *net, const MixqUnit *unit, MixqRows rows, const float *x, float *y)
{
  float factor = 1 + net->vectors[unit - net->model->units].w[0];
  gsize d = unit->in_cols;

  for (gsize i = 0; i < rows.n; i++) {
    gsize at = mixq_rows_at (rows, i) * d;

    for (gsize c = 0; c < d; c++)
      y[at + c] += factor * x[at + c];
  }
}

static void
produce (MixqNet *net, const MixqUnit *unit, MixqRows rows, gconstpointer value, float *y)
{
  const MixqCsr *a = edges_of (net->inputs, unit);

  net->kernels->spmm (a->row_ptr, a->col, value, rows, net->read[unit->input], unit->in_cols, y);
  if (unit->adds_self)
    add_self (net, unit, rows, net->read[unit->input], y);
}

static void
forward (MixqNet *net, guint u, MixqPass pass)
{
  const MixqUnit *unit = &net->model->units[u];
  MixqRows rows = mixq_net_rows (net, unit->output, pass);

  if ((int) u == net->gathers_first) { /* the linear before it read what was gathered */
    net->read[unit->output] = net->read[unit->input];
    return;
  }
  if (net->constant[unit->output] && mixq_constant_done (net, unit->output))
    return;
  if (net->constant[unit->output])
    rows = (MixqRows){ NULL, mixq_net_n_rows (net, unit->output) };
  mixq_net_produce (net, unit, rows, TRUE, produce, edges_forward (net, u));
}

/* d eps = <dY, X> */
static void
eps_backward (MixqNet *net, guint u, const float *g)
{
  const MixqUnit *unit = &net->model->units[u];
  MixqRows rows = net->frontier[unit->output];
  double sum = 0;

  for (gsize i = 0; i < rows.n; i++) {
    gsize at = mixq_rows_at (rows, i) * unit->in_cols;

    for (gsize c = 0; c < unit->in_cols; c++)
      sum += (double) g[at + c] * (double) net->read[unit->input][at + c];
  }
  net->vectors[u].g[0] = (float) sum;
}

static const float *
transposed_values (MixqNet *net, guint u)
{
  const MixqUnit *unit = &net->model->units[u];
  const MixqCsr *t = net->edges_t[u];

  if (edge_slot (net, unit) == NULL)
    return t->value;
  if (net->edges_t_perm[u] == NULL)
    return net->edge_value[u];
  for (gsize e = 0; e < t->nnz; e++)
    net->edge_t_value[e] = net->edge_value[u][net->edges_t_perm[u][e]];
  return net->edge_t_value;
}

/*
 * dX_c = sum_r A_rc dY_r, and dA_rc = dY_r . X_c where the edges learn: both in one pass over the rows of dY, which are what
 * takes time on a large graph. Where A is its own transpose the place of dA_rc gets dA_cr: what is done with them sums over
 * edges of equal weight. @dx: (nullable)
 */
static void
gather_backward (MixqNet *net, guint u, const float *g, gboolean edges_learn, float *dx)
{
  const MixqUnit *unit = &net->model->units[u];
  const MixqCsr *a = edges_of (net->inputs, unit), *t = net->edges_t[u];
  const float *x = net->read[unit->input];
  MixqRows rows = net->frontier[unit->input];
  gsize d = unit->in_cols;

  if (edges_learn)
    memset (net->edge_grad, 0, a->nnz * sizeof (float));
  if (edges_learn && dx != NULL)
    net->kernels->spmm_dots (t->row_ptr, t->col, transposed_values (net, u), net->edges_t_perm[u], rows, g, x,
                             d, dx, net->edge_grad);
  else if (dx != NULL)
    net->kernels->spmm (t->row_ptr, t->col, transposed_values (net, u), rows, g, d, dx);
  else if (edges_learn)
    net->kernels->sddmm (a->row_ptr, a->col, net->frontier[unit->output], g, x, d, net->edge_grad);
}

static void
backward (MixqNet *net, guint u)
{
  const MixqUnit *unit = &net->model->units[u];
  MixqSlot *slot = edge_slot (net, unit);
  gboolean edges_learn = slot != NULL && mixq_slot_wants_gradient (slot);
  const float *g;
  float *dx;

  if ((int) u == net->gathers_first)
    return; /* one gradient for both */
  g = mixq_net_output_grad (net, unit, net->frontier[unit->output]);
  dx = mixq_net_grad_target (net, unit->input);
  gather_backward (net, u, g, edges_learn, dx);
  if (edges_learn)
    edges_backward (net, unit, slot);
  if (unit->adds_self)
    eps_backward (net, u, g);
  if (dx != NULL) {
    if (unit->adds_self)
      add_self (net, unit, net->frontier[unit->output], g, dx);
    mixq_net_grad_done (net, unit->input, net->frontier[unit->input]);
  }
  mixq_net_step_vector (net, u);
}

static void
freeze (const MixqNet *net, guint u, MixqFrozen *frozen)
{
  if (net->vectors[u].n > 0)
    frozen->vector[u] = g_memdup2 (net->vectors[u].w, net->vectors[u].n * sizeof (float));
}

/* --- integers -------------------------------------------------------------------------------------------------------- */

/* Theorem 1 with za = 0: P = sum_k A_ik X_kj over raw codes of X, and r, the row sum of the integer adjacency. */
static void
sum_narrow (const MixqExec *exec, guint u, MixqRows rows, gint32 *acc, gint32 *sum)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqCsr *a = edges_of (exec->inputs, unit);

  exec->kernels->spmm (a->row_ptr, a->col, exec->edge_code, rows, exec->code[unit->input], unit->in_cols, acc,
                       sum);
}

static void
sum_wide (const MixqExec *exec, guint u, gsize r, gint64 *acc, gint64 *sum)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqCsr *a = edges_of (exec->inputs, unit);

  memset (acc, 0, unit->in_cols * sizeof *acc);
  *sum = 0;
  for (gsize e = a->row_ptr[r]; e < a->row_ptr[r + 1]; e++) {
    const gint32 *code = exec->code[unit->input] + (gsize) a->col[e] * unit->in_cols;

    *sum += exec->edge_code[e];
    for (gsize c = 0; c < unit->in_cols; c++)
      acc[c] += (gint64) exec->edge_code[e] * code[c];
  }
}

/* Sums and means have edges of code 1; a mean divides its sum. */
static void
quantize_edges (MixqExec *exec, const MixqCsr *a, const MixqFrozenSlot *slot)
{
  g_clear_pointer (&exec->edge_code, g_free);
  exec->edge_code = g_new (gint32, MAX (a->nnz, 1));
  if (slot != NULL)
    mixq_frozen_slot_quantize (slot, 0, exec->kernels, a->nnz, a->value, exec->edge_code);
  for (gsize e = 0; slot == NULL && e < a->nnz; e++)
    exec->edge_code[e] = 1;
}

static gsize
degree_of (const MixqCsr *a, gsize r)
{
  return a->row_ptr[r + 1] - a->row_ptr[r];
}

static double *
row_divisors (const MixqCsr *a, MixqEdges edges)
{
  double *divisor;

  if (edges != MIXQ_EDGES_MEAN)
    return NULL;
  divisor = g_new (double, MAX (a->n_rows, 1));
  for (gsize r = 0; r < a->n_rows; r++)
    divisor[r] = (double) MAX (degree_of (a, r), 1);
  return divisor;
}

static gsize
largest_degree (const MixqCsr *a)
{
  gsize largest = 0;

  for (gsize r = 0; r < a->n_rows; r++)
    largest = MAX (largest, degree_of (a, r));
  return largest;
}

/* What the codes of value @v stand for in column @c, without the columns' affine map. */
static double
plain_value (const MixqExec *exec, int v, gsize r, gsize c)
{
  const MixqFrozenSlot *slot = &exec->frozen->slots[exec->slot_of[v]];
  gsize d = exec->frozen->model->value_cols[v];

  return mixq_frozen_slot_value (slot, mixq_frozen_slot_at (slot, r, c), exec->code[v][r * d + c]);
}

static double
value_at (const MixqExec *exec, int v, gsize r, gsize c)
{
  const float *affine = exec->affine[v];
  double x = plain_value (exec, v, r, c);

  return affine != NULL ? (double) affine[c] * x + (double) affine[exec->frozen->model->value_cols[v] + c]
                        : x;
}

/* With the node itself there are two integer terms with a real multiplier each (as in method spec 9.4 rule 5). */
static void
run_with_self (MixqExec *exec, guint u, const MixqFrozenSlot *x)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const float *affine = exec->affine[unit->input];
  double factor = 1 + (double) exec->frozen->vector[u][0];
  gsize d = unit->in_cols;
  g_autofree gint64 *acc = g_new (gint64, MAX (d, 1));
  g_autofree double *y = g_new (double, MAX (d, 1));

  for (gsize r = 0; r < exec->inputs->n_nodes; r++) {
    gint64 sum;

    sum_wide (exec, u, r, acc, &sum);
    for (gsize c = 0; c < d; c++) {
      gsize i = mixq_frozen_slot_at (x, 0, c);
      double gathered = (double) x->scale[i] * (double) (acc[c] - sum * x->zero[i]);

      if (affine != NULL)
        gathered = (double) affine[c] * gathered + (double) affine[d + c] * (double) sum;
      y[c] = gathered + factor * value_at (exec, unit->input, r, c);
    }
    mixq_exec_store_codes (exec, u, r, y);
  }
}

static void
run_integer (MixqExec *exec, guint u)
{
  static const MixqSum sum = { sum_narrow, sum_wide };
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqCsr *edges = edges_of (exec->inputs, unit);
  const MixqFrozenSlot *a = unit->slot_operand >= 0 ? &exec->frozen->slots[unit->slot_operand] : NULL;
  const MixqFrozenSlot *x = &exec->frozen->slots[exec->slot_of[unit->input]];
  g_autofree double *divisor = row_divisors (edges, unit->edges);

  quantize_edges (exec, edges, a);
  if (unit->adds_self) {
    run_with_self (exec, u, x);
    return;
  }
  mixq_exec_requantize (
      exec, u, &sum,
      mixq_accumulator_fits_int32 (a != NULL ? a->bits : 1, FALSE, x->bits, x->is_signed,
                                   largest_degree (edges)),
      &(MixqRequant){
          .a = a, .b = x, .affine = exec->affine[unit->input], .row_divisor = divisor, .shift = TRUE });
}

static double
edge_value (const MixqFrozenSlot *slot, const MixqCsr *a, gsize e)
{
  return slot != NULL
             ? mixq_frozen_slot_value (slot, 0, mixq_frozen_slot_code (slot, 0, (double) a->value[e]))
             : 1;
}

/* A mean is one division of a sum, which double holds exactly: a tie of codes then is a tie in both engines. */
static void
run_simulated (MixqExec *exec, guint u)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqFrozenSlot *as = unit->slot_operand >= 0 ? &exec->frozen->slots[unit->slot_operand] : NULL;
  const MixqCsr *a = edges_of (exec->inputs, unit);
  const double *x = exec->real[unit->input];
  gsize d = unit->in_cols;
  g_autofree double *acc = g_new (double, MAX (d, 1));

  for (gsize r = 0; r < a->n_rows; r++) {
    memset (acc, 0, d * sizeof *acc);
    for (gsize e = a->row_ptr[r]; e < a->row_ptr[r + 1]; e++) {
      double weight = edge_value (as, a, e);

      for (gsize c = 0; c < d; c++)
        acc[c] += weight * x[(gsize) a->col[e] * d + c];
    }
    for (gsize c = 0; unit->edges == MIXQ_EDGES_MEAN && c < d; c++)
      acc[c] /= (double) MAX (degree_of (a, r), 1);
    for (gsize c = 0; unit->adds_self && c < d; c++)
      acc[c] += (1 + (double) exec->frozen->vector[u][0]) * x[r * d + c];
    mixq_exec_store_simulated (exec, unit, r, acc);
  }
}

const MixqUnitClass mixq_unit_propagate = {
  .forward = forward,
  .backward = backward,
  .freeze = freeze,
  .run_integer = run_integer,
  .run_simulated = run_simulated,
};
