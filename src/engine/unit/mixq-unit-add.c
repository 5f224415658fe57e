/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Y = X_1 + X_2 + ...: residuals, the root branch of GraphSAGE, the hops of TAG. Integers: method spec 9.4 rule 5. */
#include <string.h>

#include "net/mixq-slot.h"
#include "unit/mixq-unit.h"

static void
produce (MixqNet *net, const MixqUnit *unit, MixqRows rows, gconstpointer data, float *y)
{
  gsize d = unit->out_cols;

  for (gsize i = 0; i < rows.n; i++) {
    gsize at = mixq_rows_at (rows, i) * d;

    memcpy (y + at, net->read[unit->input] + at, d * sizeof (float));
    for (guint branch = 1; branch < unit->n_inputs; branch++) {
      const float *x = net->read[mixq_unit_input (unit, branch)] + at;

      for (gsize c = 0; c < d; c++)
        y[at + c] += x[c];
    }
  }
}

static void
forward (MixqNet *net, guint u, MixqPass pass)
{
  const MixqUnit *unit = &net->model->units[u];

  mixq_net_produce (net, unit, mixq_net_rows (net, unit->output, pass), TRUE, produce, NULL);
}

static void
backward (MixqNet *net, guint u)
{
  const MixqUnit *unit = &net->model->units[u];
  MixqRows rows = net->frontier[unit->output];
  const float *g = mixq_net_output_grad (net, unit, rows);
  gsize d = unit->out_cols;

  for (guint branch = 0; branch < unit->n_inputs; branch++) {
    int v = mixq_unit_input (unit, branch);
    float *dx = mixq_net_grad_target (net, v);

    if (dx == NULL)
      continue;
    for (gsize i = 0; i < rows.n; i++)
      memcpy (dx + mixq_rows_at (rows, i) * d, g + mixq_rows_at (rows, i) * d, d * sizeof (float));
    mixq_net_grad_done (net, v, rows);
  }
}

/* Each term is an integer, q - z, times its scale; they meet before the one rounding. */
static void
run_integer (MixqExec *exec, guint u)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  gsize d = unit->out_cols, n = mixq_exec_n_rows (exec, unit->output);
  g_autofree double *y = g_new (double, MAX (d, 1));

  for (gsize r = 0; r < n; r++) {
    memset (y, 0, d * sizeof *y);
    for (guint branch = 0; branch < unit->n_inputs; branch++) {
      int v = mixq_unit_input (unit, branch);
      const MixqFrozenSlot *slot = &exec->frozen->slots[exec->slot_of[v]];

      for (gsize c = 0; c < d; c++) {
        gsize i = mixq_frozen_slot_at (slot, r, c);

        y[c] += (double) slot->scale[i] * (double) (exec->code[v][r * d + c] - slot->zero[i]);
      }
    }
    mixq_exec_store_codes (exec, u, r, y);
  }
}

static void
run_simulated (MixqExec *exec, guint u)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  gsize d = unit->out_cols, n = mixq_exec_n_rows (exec, unit->output);
  g_autofree double *y = g_new (double, MAX (d, 1));

  for (gsize r = 0; r < n; r++) {
    memset (y, 0, d * sizeof *y);
    for (guint branch = 0; branch < unit->n_inputs; branch++)
      for (gsize c = 0; c < d; c++)
        y[c] += exec->real[mixq_unit_input (unit, branch)][r * d + c];
    mixq_exec_store_simulated (exec, unit, r, y);
  }
}

const MixqUnitClass mixq_unit_add = {
  .forward = forward,
  .backward = backward,
  .run_integer = run_integer,
  .run_simulated = run_simulated,
};
