/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sparse features as a dense value, for units that cannot read them sparse. A zero of X is code z, so it stays a zero, but for
 * a sign: one bit of features of both signs has no code for it.
 */
#include <string.h>

#include "net/mixq-calibrate.h"
#include "net/mixq-constant.h"
#include "net/mixq-estimate.h"
#include "net/mixq-slot.h"
#include "unit/mixq-unit.h"

static void
produce (MixqNet *net, const MixqUnit *unit, MixqRows rows, gconstpointer data, float *y)
{
  const MixqCsr *x = net->inputs->features;
  gsize d = unit->out_cols;

  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);

    memset (y + r * d, 0, d * sizeof (float));
    for (gsize e = x->row_ptr[r]; e < x->row_ptr[r + 1]; e++)
      y[r * d + x->col[e]] = x->value[e];
  }
}

/* Nothing is left out: then the entries are the matrix. */
static void
forward_full (MixqNet *net, const MixqUnit *unit, MixqRows rows)
{
  MixqSlot *slot = mixq_net_slot (net, unit->slot_output);
  float *x = net->inputs->features->value;

  net->read[unit->output] = slot != NULL ? net->value[unit->output] : x;
  if (slot == NULL)
    return;
  if (slot->calibrate)
    mixq_calibrate_slot_features (net, slot);
  mixq_net_quantize (net, slot, rows, unit->out_cols, x, net->value[unit->output]);
}

static void
forward (MixqNet *net, guint u, MixqPass pass)
{
  const MixqUnit *unit = &net->model->units[u];
  MixqRows rows = mixq_net_rows (net, unit->output, pass);

  if (mixq_model_features_are_full (net->model)) {
    forward_full (net, unit, rows);
    return;
  }
  if (net->constant[unit->output] && mixq_constant_done (net, unit->output))
    return;
  if (net->constant[unit->output])
    rows = (MixqRows){ NULL, mixq_net_n_rows (net, unit->output) };
  mixq_net_produce (net, unit, rows, TRUE, produce, NULL);
}

/* Only the slot has something to learn of it. */
static void
backward (MixqNet *net, guint u)
{
  const MixqUnit *unit = &net->model->units[u];
  MixqSlot *slot = mixq_net_slot (net, unit->slot_output);
  MixqRows rows = net->frontier[unit->output], read = mixq_estimate_rows (net, unit->output, rows);

  if (!mixq_model_features_are_full (net->model))
    mixq_net_output_grad (net, unit, read);
  else if (slot != NULL)
    mixq_net_quantize_backward (net, slot, mixq_net_n_rows (net, unit->output), read, unit->out_cols,
                                net->inputs->features->value, net->grad[unit->output]);
  if (slot != NULL)
    mixq_estimate_scale (slot, rows, read);
}

static void
fill_row (const MixqExec *exec, const MixqUnit *unit, gsize r, double *row)
{
  const MixqCsr *x = exec->inputs->features;

  memset (row, 0, unit->out_cols * sizeof *row);
  for (gsize e = x->row_ptr[r]; e < x->row_ptr[r + 1]; e++)
    row[x->col[e]] = (double) x->value[e];
}

static void
run_integer (MixqExec *exec, guint u)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  g_autofree double *row = g_new (double, MAX (unit->out_cols, 1));

  for (gsize r = 0; r < exec->inputs->n_nodes; r++) {
    fill_row (exec, unit, r, row);
    mixq_exec_store_codes (exec, u, r, row);
  }
}

static void
run_simulated (MixqExec *exec, guint u)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  g_autofree double *row = g_new (double, MAX (unit->out_cols, 1));

  for (gsize r = 0; r < exec->inputs->n_nodes; r++) {
    fill_row (exec, unit, r, row);
    mixq_exec_store_simulated (exec, unit, r, row);
  }
}

const MixqUnitClass mixq_unit_features = {
  .forward = forward,
  .backward = backward,
  .run_integer = run_integer,
  .run_simulated = run_simulated,
};
