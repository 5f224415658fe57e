/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-estimate.h"

static gboolean
serves_widths_alone (const MixqNet *net, int v)
{
  int writer = mixq_model_writer (net->model, v);

  return writer >= 0 && net->model->units[writer].kind == MIXQ_UNIT_FEATURES && net->n_readers[v] == 1 &&
         net->model->units[net->last_reader[v]].kind == MIXQ_UNIT_LINEAR && !net->rules.learn_ranges &&
         !net->rules.learn_steps && !net->protecting;
}

MixqRows
mixq_estimate_rows (MixqNet *net, int v, MixqRows rows)
{
  gsize stride = rows.n / net->estimate_rows, first, n;

  if (stride < 4 || !serves_widths_alone (net, v))
    return rows;
  first = (net->dropout_key >> 32) % stride;
  n = (rows.n - first + stride - 1) / stride;
  net->estimate_index = g_renew (guint32, net->estimate_index, n);
  for (gsize i = 0; i < n; i++)
    net->estimate_index[i] = (guint32) mixq_rows_at (rows, first + i * stride);
  return (MixqRows){ net->estimate_index, n };
}

void
mixq_estimate_scale (MixqSlot *slot, MixqRows rows, MixqRows read)
{
  for (guint a = 0; a < slot->n_active && read.n > 0; a++)
    slot->dot[slot->active[a]] *= (double) rows.n / (double) read.n;
}
