/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * y = gamma (x - mean) / sqrt (var + eps) + beta, a column at a time, over all rows of a training pass; with running statistics
 * in evaluation, where it is y = a x + b. As integers: method spec 9.4 rule 6. Which of its three ways a unit goes is said in
 * mixq-model.h at MIXQ_UNIT_BATCH_NORM.
 */
#include <math.h>
#include <string.h>

#include "net/mixq-slot.h"
#include "unit/mixq-unit.h"

#define EPS 1e-5
#define MOMENTUM 0.1
/* A column of factor 0 is a constant; this little keeps its real zero-point a number. */
#define LEAST_FACTOR 1e-12

/* The parts of the unit's vector: [gamma | beta] and [running mean | running variance | mean | 1 / deviation]. */
typedef struct
{
  float *gamma, *beta, *running_mean, *running_var, *mean, *inv;
} Norm;

static Norm
norm_of (const MixqNet *net, guint u)
{
  const MixqVector *vector = &net->vectors[u];
  gsize d = net->model->units[u].out_cols;

  return (Norm){ vector->w,         vector->w + d,         vector->state,
                 vector->state + d, vector->state + 2 * d, vector->state + 3 * d };
}

static void
column_moments (const float *x, gsize n, gsize d, double *mean, double *var)
{
  memset (mean, 0, d * sizeof *mean);
  memset (var, 0, d * sizeof *var);
  for (gsize r = 0; r < n; r++)
    for (gsize c = 0; c < d; c++)
      mean[c] += (double) x[r * d + c];
  for (gsize c = 0; c < d; c++)
    mean[c] /= (double) MAX (n, 1);
  for (gsize r = 0; r < n; r++)
    for (gsize c = 0; c < d; c++) {
      double off = (double) x[r * d + c] - mean[c];
      var[c] += off * off;
    }
  for (gsize c = 0; c < d; c++)
    var[c] /= (double) MAX (n, 1);
}

/* Of this pass; the running ones follow, the variance without its bias, as everybody does. */
static void
take_statistics (MixqNet *net, guint u, gsize n)
{
  const MixqUnit *unit = &net->model->units[u];
  Norm norm = norm_of (net, u);
  gsize d = unit->out_cols;
  g_autofree double *mean = g_new (double, MAX (d, 1)), *var = g_new (double, MAX (d, 1));
  double unbias = n > 1 ? (double) n / (double) (n - 1) : 1;

  column_moments (net->read[unit->input], n, d, mean, var);
  for (gsize c = 0; c < d; c++) {
    norm.mean[c] = (float) mean[c];
    norm.inv[c] = (float) (1 / sqrt (var[c] + EPS));
    norm.running_mean[c] += (float) MOMENTUM * (norm.mean[c] - norm.running_mean[c]);
    norm.running_var[c] += (float) MOMENTUM * ((float) (unbias * var[c]) - norm.running_var[c]);
  }
}

/* a and b of y = a x + b. */
static void
fill_affine (const Norm *norm, gsize d, gboolean running, float *a, float *b)
{
  for (gsize c = 0; c < d; c++) {
    double inv = running ? 1 / sqrt ((double) norm->running_var[c] + EPS) : (double) norm->inv[c];
    double mean = running ? (double) norm->running_mean[c] : (double) norm->mean[c];

    a[c] = (float) ((double) norm->gamma[c] * inv);
    b[c] = (float) ((double) norm->beta[c] - mean * (double) norm->gamma[c] * inv);
  }
}

static void
produce (MixqNet *net, const MixqUnit *unit, MixqRows rows, gconstpointer affine, float *y)
{
  const float *a = affine, *b = a + unit->out_cols;
  gsize d = unit->out_cols;

  for (gsize i = 0; i < rows.n; i++) {
    gsize at = mixq_rows_at (rows, i) * d;

    for (gsize c = 0; c < d; c++)
      y[at + c] = a[c] * net->read[unit->input][at + c] + b[c];
  }
}

static void
forward (MixqNet *net, guint u, MixqPass pass)
{
  const MixqUnit *unit = &net->model->units[u];
  gsize d = unit->out_cols;
  g_autofree float *affine = g_new (float, MAX (2 * d, 1));
  Norm norm = norm_of (net, u);

  if (pass.training)
    take_statistics (net, u, mixq_net_n_rows (net, unit->input));
  fill_affine (&norm, d, !pass.training, affine, affine + d);
  mixq_net_produce (net, unit, mixq_net_rows (net, unit->output, pass), TRUE, produce, affine);
}

/* With x^ = (x - mean) / deviation: dbeta = sum g, dgamma = sum g x^, dx = gamma / deviation (g - mean g - x^ mean (g x^)). */
static void
backward (MixqNet *net, guint u)
{
  const MixqUnit *unit = &net->model->units[u];
  gsize d = unit->out_cols, n = mixq_net_n_rows (net, unit->output);
  MixqRows rows = { NULL, n, 0 };
  const float *g = mixq_net_output_grad (net, unit, rows), *x = net->read[unit->input];
  float *dx = mixq_net_grad_target (net, unit->input);
  g_autofree double *sum_g = g_new0 (double, MAX (d, 1)), *sum_gx = g_new0 (double, MAX (d, 1));
  Norm norm = norm_of (net, u);

  for (gsize r = 0; r < n; r++)
    for (gsize c = 0; c < d; c++) {
      sum_g[c] += (double) g[r * d + c];
      sum_gx[c] += (double) (g[r * d + c] * (x[r * d + c] - norm.mean[c]) * norm.inv[c]);
    }
  for (gsize r = 0; dx != NULL && r < n; r++)
    for (gsize c = 0; c < d; c++) {
      float hat = (x[r * d + c] - norm.mean[c]) * norm.inv[c];

      dx[r * d + c] = norm.gamma[c] * norm.inv[c] *
                      (g[r * d + c] - (float) (sum_g[c] / (double) n) -
                       hat * (float) (sum_gx[c] / (double) n));
    }
  if (dx != NULL)
    mixq_net_grad_done (net, unit->input, rows);
  for (gsize c = 0; c < d; c++) {
    net->vectors[u].g[c] = (float) sum_gx[c];
    net->vectors[u].g[d + c] = (float) sum_g[c];
  }
  mixq_net_step_vector (net, u);
}

static void
freeze (const MixqNet *net, guint u, MixqFrozen *frozen)
{
  gsize d = net->model->units[u].out_cols;
  Norm norm = norm_of (net, u);

  frozen->vector[u] = g_new (float, MAX (2 * d, 1));
  fill_affine (&norm, d, TRUE, frozen->vector[u], frozen->vector[u] + d);
  for (gsize c = 0; c < d; c++)
    if (fabs ((double) frozen->vector[u][c]) < LEAST_FACTOR)
      frozen->vector[u][c] = (float) LEAST_FACTOR;
}

/* Codes that keep their slot, and from now on stand for a x + b. */
static void
carry_codes (MixqExec *exec, const MixqUnit *unit, const float *affine)
{
  gsize n = mixq_exec_n_rows (exec, unit->output) * unit->out_cols;

  memcpy (exec->code[unit->output], exec->code[unit->input], n * sizeof (gint32));
  exec->affine[unit->output] = affine;
}

static void
run_integer (MixqExec *exec, guint u)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const float *affine = exec->frozen->vector[u];
  gsize d = unit->out_cols, n = mixq_exec_n_rows (exec, unit->output);
  const MixqFrozenSlot *x;
  g_autofree double *y = g_new (double, MAX (d, 1));

  if (exec->slot_of[unit->input] < 0)
    return; /* folded: its codes are there already */
  if (unit->slot_output < 0) {
    carry_codes (exec, unit, affine);
    return;
  }
  x = &exec->frozen->slots[exec->slot_of[unit->input]];
  for (gsize r = 0; r < n; r++) {
    for (gsize c = 0; c < d; c++) {
      gsize i = mixq_frozen_slot_at (x, r, c);

      y[c] = (double) affine[c] * (double) x->scale[i] *
                 (double) (exec->code[unit->input][r * d + c] - x->zero[i]) +
             (double) affine[d + c];
    }
    mixq_exec_store_codes (exec, u, r, y);
  }
}

static void
run_simulated (MixqExec *exec, guint u)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const float *affine = exec->frozen->vector[u];
  gsize d = unit->out_cols, n = mixq_exec_n_rows (exec, unit->output);
  g_autofree double *y = g_new (double, MAX (d, 1));

  for (gsize r = 0; r < n; r++) {
    for (gsize c = 0; c < d; c++)
      y[c] = (double) affine[c] * exec->real[unit->input][r * d + c] + (double) affine[d + c];
    mixq_exec_store_simulated (exec, unit, r, y);
  }
  exec->affine[unit->output] = unit->slot_output < 0 ? affine : NULL;
}

const MixqUnitClass mixq_unit_batch_norm = {
  .forward = forward,
  .backward = backward,
  .freeze = freeze,
  .run_integer = run_integer,
  .run_simulated = run_simulated,
};
