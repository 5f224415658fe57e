/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/mixq-ms-table.h"

#include <math.h>
#include <string.h>

#include "base/mixq-clock.h"
#include "integer/mixq-frozen.h"

#define REPEATS 5

static MixqFrozen *
frozen_at (MixqModel *model, MixqInputs *inputs, guint8 bits)
{
  guint8 widths[MIXQ_MAX_SLOTS];
  g_autoptr (MixqNet) net = NULL;

  memset (widths, bits, sizeof widths);
  net = mixq_net_new (model, inputs, 0, NULL, widths, FALSE, NULL);
  mixq_net_init_weights (net, 0);
  mixq_net_forward (net, 0, model->n_units, (MixqPass){ .all_rows = TRUE }); /* takes ranges */
  return mixq_net_freeze (net, NULL);
}

/* Least milliseconds of every unit at one width. */
static void
time_units (MixqModel *model, MixqInputs *inputs, guint8 bits, double *ms)
{
  g_autoptr (MixqFrozen) frozen = frozen_at (model, inputs, bits);

  for (guint u = 0; u < model->n_units; u++)
    ms[u] = INFINITY;
  for (guint i = 0; i < REPEATS; i++) {
    g_autoptr (MixqExec) exec = mixq_exec_new (frozen, inputs, MIXQ_ENGINE_INTEGER, NULL, NULL);

    for (guint u = 0; u < model->n_units; u++)
      ms[u] = fmin (ms[u], exec->unit_ms[u]);
  }
}

static double
time_float (MixqModel *model, MixqInputs *inputs)
{
  g_autoptr (MixqNet) net = mixq_net_new (model, inputs, 0, NULL, NULL, FALSE, NULL);
  double least = INFINITY;

  mixq_net_init_weights (net, 0);
  for (guint i = 0; i < REPEATS; i++) {
    double start = mixq_clock_ms ();

    mixq_net_forward (net, 0, model->n_units, (MixqPass){ .all_rows = TRUE });
    least = fmin (least, mixq_clock_ms () - start);
  }
  return least;
}

/* Slope of the least-squares line of y over x, not below 0: time that falls with more bits is noise. */
static double
slope (guint n, const guint8 *x, const double *y, gsize stride)
{
  double mean_x = 0, mean_y = 0, xy = 0, xx = 0;

  for (guint i = 0; i < n; i++) {
    mean_x += (double) x[i] / n;
    mean_y += y[i * stride] / n;
  }
  for (guint i = 0; i < n; i++) {
    xy += (x[i] - mean_x) * (y[i * stride] - mean_y);
    xx += (x[i] - mean_x) * (x[i] - mean_x);
  }
  return xx > 0 ? fmax (xy / xx, 0) : 0;
}

static void
share_slope (MixqMsTable *table, const MixqUnit *unit, double per_bit)
{
  const int slot[] = { unit->slot_input, unit->slot_operand, unit->slot_weight, unit->slot_score,
                       unit->slot_output };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (slot); i++)
    n += slot[i] >= 0;
  for (guint i = 0; i < G_N_ELEMENTS (slot); i++)
    if (slot[i] >= 0)
      table->per_bit[slot[i]] = per_bit / n;
}

void
mixq_ms_table_measure (MixqMsTable *table,
                       MixqModel *model,
                       MixqInputs *inputs,
                       guint n_choices,
                       const guint8 *choices)
{
  g_autofree double *ms = g_new (double, n_choices * model->n_units);

  *table = (MixqMsTable){ .measured = TRUE, .float_ms = time_float (model, inputs) };
  for (guint k = 0; k < n_choices; k++)
    time_units (model, inputs, choices[k], ms + k * model->n_units);
  for (guint u = 0; u < model->n_units; u++) {
    double per_bit = slope (n_choices, choices, ms + u, model->n_units), mean = 0, mean_bits = 0;

    for (guint k = 0; k < n_choices; k++) {
      mean += ms[k * model->n_units + u] / n_choices;
      mean_bits += (double) choices[k] / n_choices;
    }
    share_slope (table, &model->units[u], per_bit);
    table->constant_ms += fmax (mean - per_bit * mean_bits, 0);
  }
}

gboolean
mixq_ms_table_steers (const MixqMsTable *table)
{
  double per_bit = 0;

  for (guint s = 0; s < G_N_ELEMENTS (table->per_bit); s++)
    per_bit += table->per_bit[s];
  return per_bit * 8 > 0.1 * (table->constant_ms + per_bit * 8);
}
