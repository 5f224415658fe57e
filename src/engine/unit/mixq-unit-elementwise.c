/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units without slots that map a value element by element: ReLU and dropout. */
#include <math.h>
#include <string.h>

#include "unit/mixq-unit.h"

static void
relu_forward (MixqNet *net, guint u, MixqPass pass)
{
  const MixqUnit *unit = &net->model->units[u];
  float *x = net->read[unit->input];
  float *y = net->n_readers[unit->input] == 1 ? x : net->value[unit->output];

  net->kernels->relu_forward (mixq_net_rows (net, unit->output, pass), unit->out_cols, x, y);
  net->read[unit->output] = y;
}

static void
relu_backward (MixqNet *net, guint u)
{
  const MixqUnit *unit = &net->model->units[u];
  float *dx = mixq_net_grad_target (net, unit->input);

  if (dx == NULL)
    return;
  net->kernels->relu_backward (net->frontier[unit->output], unit->out_cols, net->read[unit->output],
                               net->grad[unit->output], dx);
  mixq_net_grad_done (net, unit->input, net->frontier[unit->output]);
}

/* max (q, z): section 9.4 rule 4. The scale of the input carries over. */
static void
relu_integer (MixqExec *exec, guint u)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqFrozenSlot *slot = &exec->frozen->slots[exec->slot_of[unit->input]];
  gsize d = unit->out_cols, n = mixq_exec_n_rows (exec, unit->output);

  for (gsize r = 0; r < n; r++) {
    const gint32 *x = exec->code[unit->input] + r * d;
    gint32 *y = exec->code[unit->output] + r * d;

    if (slot->granularity == MIXQ_PER_COLUMN) {
      for (gsize c = 0; c < d; c++)
        y[c] = MAX (x[c], slot->zero[c]);
    } else {
      gint32 zero = slot->zero[mixq_frozen_slot_at (slot, r, 0)];

      for (gsize c = 0; c < d; c++)
        y[c] = MAX (x[c], zero);
    }
  }
}

static void
relu_simulated (MixqExec *exec, guint u)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  gsize n = mixq_exec_n_rows (exec, unit->output) * unit->out_cols;

  for (gsize i = 0; i < n; i++)
    exec->real[unit->output][i] = fmax (exec->real[unit->input][i], 0);
}

static void
dropout_forward (MixqNet *net, guint u, MixqPass pass)
{
  const MixqUnit *unit = &net->model->units[u];

  net->read[unit->output] = net->read[unit->input];
  if (!pass.training || unit->drop <= 0)
    return;
  net->read[unit->output] = net->value[unit->output];
  net->kernels->dropout (mixq_net_rows (net, unit->output, pass), unit->out_cols, (float) (1 - unit->drop),
                         mixq_net_dropout_key (net, u), net->read[unit->input], net->value[unit->output]);
}

static void
dropout_backward (MixqNet *net, guint u)
{
  const MixqUnit *unit = &net->model->units[u];
  float *dx = mixq_net_grad_target (net, unit->input);

  if (dx == NULL)
    return;
  net->kernels->dropout (net->frontier[unit->output], unit->out_cols, (float) (1 - unit->drop),
                         mixq_net_dropout_key (net, u), net->grad[unit->output], dx);
  mixq_net_grad_done (net, unit->input, net->frontier[unit->output]);
}

static void
copy_codes (MixqExec *exec, guint u)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  gsize n = mixq_exec_n_rows (exec, unit->output) * unit->out_cols;

  memcpy (exec->code[unit->output], exec->code[unit->input], n * sizeof (gint32));
  exec->affine[unit->output] = exec->affine[unit->input];
}

static void
copy_reals (MixqExec *exec, guint u)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  gsize n = mixq_exec_n_rows (exec, unit->output) * unit->out_cols;

  memcpy (exec->real[unit->output], exec->real[unit->input], n * sizeof (double));
}

const MixqUnitClass mixq_unit_relu = {
  .forward = relu_forward,
  .backward = relu_backward,
  .run_integer = relu_integer,
  .run_simulated = relu_simulated,
};

const MixqUnitClass mixq_unit_dropout = {
  .forward = dropout_forward,
  .backward = dropout_backward,
  .run_integer = copy_codes,
  .run_simulated = copy_reals,
};

const MixqUnitClass *
mixq_unit_class (MixqUnitKind kind)
{
  static const MixqUnitClass *const classes[MIXQ_N_UNIT_KINDS] = {
    [MIXQ_UNIT_LINEAR] = &mixq_unit_linear,
    [MIXQ_UNIT_PROPAGATE] = &mixq_unit_propagate,
    [MIXQ_UNIT_RELU] = &mixq_unit_relu,
    [MIXQ_UNIT_DROPOUT] = &mixq_unit_dropout,
    [MIXQ_UNIT_FEATURES] = &mixq_unit_features,
    [MIXQ_UNIT_ADD] = &mixq_unit_add,
    [MIXQ_UNIT_BATCH_NORM] = &mixq_unit_batch_norm,
    [MIXQ_UNIT_POOL] = &mixq_unit_pool,
    [MIXQ_UNIT_ATTEND] = &mixq_unit_attend,
  };

  g_assert ((guint) kind < G_N_ELEMENTS (classes));
  return classes[kind];
}
