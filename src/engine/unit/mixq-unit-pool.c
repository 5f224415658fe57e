/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row a graph from the rows of its nodes: maximum, mean or sum. Integers: method spec 9.4 rule 4. */
#include <math.h>
#include <string.h>

#include "net/mixq-slot.h"
#include "unit/mixq-unit.h"

static void
nodes_of (const MixqInputs *inputs, gsize graph, gsize *from, gsize *to)
{
  *from = inputs->graph_ptr != NULL ? inputs->graph_ptr[graph] : 0;
  *to = inputs->graph_ptr != NULL ? inputs->graph_ptr[graph + 1] : inputs->n_nodes;
}

static void
pool_row (MixqPool pool, const float *x, gsize from, gsize to, gsize d, float *y)
{
  memcpy (y, x + from * d, d * sizeof (float));
  for (gsize r = from + 1; r < to; r++)
    for (gsize c = 0; c < d; c++)
      y[c] = pool == MIXQ_POOL_MAX ? fmaxf (y[c], x[r * d + c]) : y[c] + x[r * d + c];
  for (gsize c = 0; pool == MIXQ_POOL_MEAN && c < d; c++)
    y[c] /= (float) (to - from);
}

static void
produce (MixqNet *net, const MixqUnit *unit, MixqRows rows, gconstpointer data, float *y)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize g = mixq_rows_at (rows, i), from, to;

    nodes_of (net->inputs, g, &from, &to);
    pool_row (unit->pool, net->read[unit->input], from, to, unit->out_cols, y + g * unit->out_cols);
  }
}

static void
forward (MixqNet *net, guint u, MixqPass pass)
{
  const MixqUnit *unit = &net->model->units[u];

  mixq_net_produce (net, unit, mixq_net_rows (net, unit->output, pass), TRUE, produce, NULL);
}

/* The first node that holds the maximum takes the gradient. */
static gsize
first_largest (const float *x, gsize from, gsize to, gsize d, gsize c)
{
  gsize best = from;

  for (gsize r = from + 1; r < to; r++)
    if (x[r * d + c] > x[best * d + c])
      best = r;
  return best;
}

static void
spread_gradient (const MixqUnit *unit, const float *x, gsize from, gsize to, const float *g, float *dx)
{
  gsize d = unit->out_cols;
  float share = unit->pool == MIXQ_POOL_MEAN ? 1.0f / (float) (to - from) : 1;

  if (unit->pool == MIXQ_POOL_MAX) {
    memset (dx + from * d, 0, (to - from) * d * sizeof (float));
    for (gsize c = 0; c < d; c++)
      dx[first_largest (x, from, to, d, c) * d + c] = g[c];
    return;
  }
  for (gsize r = from; r < to; r++)
    for (gsize c = 0; c < d; c++)
      dx[r * d + c] = share * g[c];
}

static void
backward (MixqNet *net, guint u)
{
  const MixqUnit *unit = &net->model->units[u];
  MixqRows rows = net->frontier[unit->output];
  const float *g = mixq_net_output_grad (net, unit, rows);
  float *dx = mixq_net_grad_target (net, unit->input);

  if (dx == NULL)
    return;
  for (gsize i = 0; i < rows.n; i++) {
    gsize graph = mixq_rows_at (rows, i), from, to;

    nodes_of (net->inputs, graph, &from, &to);
    spread_gradient (unit, net->read[unit->input], from, to, g + graph * unit->out_cols, dx);
  }
  mixq_net_grad_done (net, unit->input, net->frontier[unit->input]);
}

/* The integer of a column: the code of the largest value (the smallest, where its factor is negative), or the sum. */
static gint64
pool_codes (MixqPool pool, const gint32 *code, gsize from, gsize to, gsize d, gsize c, gboolean falls)
{
  gint64 y = code[from * d + c];

  for (gsize r = from + 1; r < to; r++) {
    gint64 q = code[r * d + c];

    y = pool != MIXQ_POOL_MAX ? y + q : falls ? MIN (y, q) : MAX (y, q);
  }
  return y;
}

static void
run_integer (MixqExec *exec, guint u)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqFrozenSlot *x = &exec->frozen->slots[exec->slot_of[unit->input]];
  const float *affine = exec->affine[unit->input];
  gsize d = unit->out_cols;
  g_autofree double *y = g_new (double, MAX (d, 1));

  for (gsize g = 0; g < exec->inputs->n_graphs; g++) {
    gsize from, to;

    nodes_of (exec->inputs, g, &from, &to);
    for (gsize c = 0; c < d; c++) {
      gsize i = mixq_frozen_slot_at (x, 0, c), terms = unit->pool == MIXQ_POOL_MAX ? 1 : to - from;
      gint64 sum = pool_codes (unit->pool, exec->code[unit->input], from, to, d, c,
                               affine != NULL && affine[c] < 0);

      y[c] = (double) x->scale[i] * (double) (sum - (gint64) terms * x->zero[i]);
      if (affine != NULL)
        y[c] = (double) affine[c] * y[c] + (double) terms * (double) affine[d + c];
      if (unit->pool == MIXQ_POOL_MEAN)
        y[c] /= (double) terms;
    }
    mixq_exec_store_codes (exec, u, g, y);
  }
}

static void
run_simulated (MixqExec *exec, guint u)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const double *x = exec->real[unit->input];
  gsize d = unit->out_cols;
  g_autofree double *y = g_new (double, MAX (d, 1));

  for (gsize g = 0; g < exec->inputs->n_graphs; g++) {
    gsize from, to;

    nodes_of (exec->inputs, g, &from, &to);
    memcpy (y, x + from * d, d * sizeof *y);
    for (gsize r = from + 1; r < to; r++)
      for (gsize c = 0; c < d; c++)
        y[c] = unit->pool == MIXQ_POOL_MAX ? fmax (y[c], x[r * d + c]) : y[c] + x[r * d + c];
    for (gsize c = 0; unit->pool == MIXQ_POOL_MEAN && c < d; c++)
      y[c] /= (double) (to - from);
    mixq_exec_store_simulated (exec, unit, g, y);
  }
}

const MixqUnitClass mixq_unit_pool = {
  .forward = forward,
  .backward = backward,
  .run_integer = run_integer,
  .run_simulated = run_simulated,
};
