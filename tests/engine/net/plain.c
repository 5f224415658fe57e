/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plain.h"

#include <math.h>
#include <string.h>

#include "train/mixq-task.h"

#define STEP 1e-5
#define NORM_EPS 1e-5

static double *
zeros (gsize n)
{
  return g_new0 (double, MAX (n, 1));
}

static double *
doubles (const float *x, gsize n)
{
  double *copy = zeros (n);

  for (gsize i = 0; i < n; i++)
    copy[i] = (double) x[i];
  return copy;
}

Plain *
plain_new (MixqNet *net)
{
  const MixqModel *model = net->model;
  Plain *self = g_new0 (Plain, 1);

  self->net = net;
  self->w = g_new0 (double *, model->n_units);
  self->vector = g_new0 (double *, model->n_units);
  self->side = g_new0 (gsize *, model->n_units);
  self->record = g_malloc0 (model->n_units * sizeof *self->record);
  self->dp = g_malloc0 (MAX (model->n_slots, 1) * sizeof *self->dp);
  self->shift = zeros (model->n_slots);
  self->value = g_new0 (double *, model->n_values);
  for (guint u = 0; u < model->n_units; u++) {
    self->w[u] = doubles (net->weights[u].w[0], net->weights[u].rows * net->weights[u].cols);
    self->vector[u] = doubles (net->vectors[u].w, net->vectors[u].n);
  }
  for (guint v = 1; v < model->n_values; v++)
    self->value[v] = zeros (mixq_net_n_rows (net, (int) v) * model->value_cols[v]);
  self->nearest_step = 1;
  plain_forward (self);
  self->recorded = TRUE;
  return self;
}

void
plain_free (Plain *self)
{
  const MixqModel *model = self->net->model;

  for (guint u = 0; u < model->n_units; u++) {
    g_free (self->w[u]);
    g_free (self->vector[u]);
    g_free (self->side[u]);
    for (guint t = 0; t < PLAIN_N_RECORDS; t++) {
      PlainRecord *record = &self->record[u][t];

      g_free (record->x);
      g_free (record->y);
      g_free (record->slope);
      for (guint k = 0; k < MIXQ_MAX_CHOICES; k++)
        g_free (record->q[k]);
    }
  }
  for (guint v = 0; v < model->n_values; v++)
    g_free (self->value[v]);
  g_free (self->w);
  g_free (self->vector);
  g_free (self->side);
  g_free (self->record);
  g_free (self->dp);
  g_free (self->shift);
  g_free (self->value);
  g_free (self);
}

/* --- quantizers ---------------------------------------------------------------------------------------------------------- */

static void
record_entry (Plain *self, const MixqSlot *slot, PlainRecord *record, gsize i, gsize r, gsize c)
{
  for (guint a = 0; a < slot->n_active; a++) {
    guint k = slot->active[a];
    const MixqQuantizer *q = &slot->quantizer[k];
    gsize s = q->granularity == MIXQ_PER_ROW ? r : q->granularity == MIXQ_PER_COLUMN ? c : 0;
    double v = (double) q->zero[s] + record->x[i] / (double) q->scale[s];
    double clipped = fmin (fmax (v, (double) q->lo), (double) q->hi);
    double step = MIN (fabs (v - floor (v) - 0.5),
                       MIN (fabs (v - (double) q->lo), fabs (v - (double) q->hi)));

    record->q[k][i] = (double) q->scale[s] * (nearbyint (clipped) - (double) q->zero[s]);
    record->y[i] += (double) slot->p[k] * record->q[k][i];
    record->slope[i] += v >= (double) q->lo && v <= (double) q->hi ? (double) slot->p[k] : 0;
    if (record->x[i] != 0)
      self->nearest_step = MIN (self->nearest_step, step / (1 + fabs (v)));
  }
}

static void
make_record (Plain *self, const MixqSlot *slot, PlainRecord *record, gsize n, gsize d, const double *x)
{
  record->n = n;
  record->x = g_memdup2 (x, n * sizeof *x);
  record->y = zeros (n);
  record->slope = zeros (n);
  for (guint k = 0; k < slot->n_choices; k++)
    record->q[k] = zeros (n);
  for (gsize i = 0; i < n; i++)
    record_entry (self, slot, record, i, i / d, i % d);
}

/* x through a slot, in place. */
static void
quantize (Plain *self, guint u, PlainTensor tensor, int number, gsize n, gsize d, double *x)
{
  const MixqSlot *slot = number >= 0 && self->net->slots[number].n_active > 0 ? &self->net->slots[number]
                                                                              : NULL;
  PlainRecord *record = &self->record[u][tensor];

  if (slot == NULL)
    return;
  if (!self->recorded)
    make_record (self, slot, record, n, d, x);
  for (gsize i = 0; i < n; i++) {
    x[i] = record->y[i] + record->slope[i] * (x[i] - record->x[i]) + self->shift[number];
    for (guint k = 0; k < slot->n_choices; k++)
      x[i] += self->dp[number][k] * record->q[k][i];
  }
}

/* --- units ----------------------------------------------------------------------------------------------------------------- */

static gsize
rows_of (const Plain *self, const MixqUnit *unit)
{
  return mixq_net_n_rows (self->net, unit->output);
}

static double *
entries (Plain *self, guint u, int slot, const MixqCsr *csr, PlainTensor tensor)
{
  double *value = doubles (csr->value, csr->nnz);

  quantize (self, u, tensor, slot, csr->nnz, MAX (csr->nnz, 1), value);
  return value;
}

static void
linear (Plain *self, guint u, double *y)
{
  const MixqUnit *unit = &self->net->model->units[u];
  const MixqCsr *x = self->net->inputs->features;
  gsize n = rows_of (self, unit), k = unit->in_cols, d = unit->out_cols;
  g_autofree double *w = g_memdup2 (self->w[u], k * d * sizeof *w), *row = zeros (k), *value = NULL;

  quantize (self, u, PLAIN_OPERAND, unit->slot_operand, k * d, d, w);
  if (unit->input == 0)
    value = entries (self, u, unit->slot_input, x, PLAIN_FEATURES);
  for (gsize r = 0; r < n; r++) {
    memset (row, 0, k * sizeof *row);
    for (gsize e = unit->input == 0 ? x->row_ptr[r] : 0; unit->input == 0 && e < x->row_ptr[r + 1]; e++)
      row[x->col[e]] = value[e];
    if (unit->input != 0)
      memcpy (row, self->value[unit->input] + r * k, k * sizeof *row);
    for (gsize c = 0; c < d; c++) {
      y[r * d + c] = unit->has_bias ? self->vector[u][c] : 0;
      for (gsize f = 0; f < k; f++)
        y[r * d + c] += row[f] * w[f * d + c];
    }
  }
}

static void
propagate (Plain *self, guint u, double *y)
{
  const MixqUnit *unit = &self->net->model->units[u];
  const MixqCsr *a = mixq_inputs_edges (self->net->inputs, unit->edges);
  const double *x = self->value[unit->input];
  g_autofree double *value = entries (self, u, unit->slot_operand, a, PLAIN_OPERAND);
  gsize d = unit->out_cols;

  for (gsize r = 0; r < a->n_rows; r++)
    for (gsize c = 0; c < d; c++) {
      y[r * d + c] = unit->adds_self ? (1 + self->vector[u][0]) * x[r * d + c] : 0;
      for (gsize e = a->row_ptr[r]; e < a->row_ptr[r + 1]; e++)
        y[r * d + c] += value[e] * x[(gsize) a->col[e] * d + c];
    }
}

/* Two scores a node and head: all that it says as a source, then as a target. */
static double *
scores (Plain *self, guint u)
{
  const MixqUnit *unit = &self->net->model->units[u];
  gsize n = rows_of (self, unit), d = unit->in_cols, heads = unit->heads;
  g_autofree double *a = g_memdup2 (self->w[u], 2 * d * sizeof *a);
  double *score = zeros (n * 2 * heads);

  quantize (self, u, PLAIN_VECTORS, unit->slot_weight, 2 * d, 2, a);
  for (gsize i = 0; i < n * d; i++) {
    gsize r = i / d, c = i % d, k = c * heads / d;

    score[2 * r * heads + k] += self->value[unit->input][i] * a[2 * c];
    score[(2 * r + 1) * heads + k] += self->value[unit->input][i] * a[2 * c + 1];
  }
  quantize (self, u, PLAIN_SCORES, unit->slot_score, n * 2 * heads, 2 * heads, score);
  return score;
}

/* softmax (LeakyReLU (source + target)) of the entries of each row, a head at a time. */
static double *
attention (Plain *self, guint u)
{
  const MixqUnit *unit = &self->net->model->units[u];
  const MixqCsr *a = mixq_inputs_edges (self->net->inputs, unit->edges);
  gsize heads = unit->heads;
  g_autofree double *score = scores (self, u), *sum = zeros (a->n_rows * heads);
  double *share = zeros (a->nnz * heads);

  if (self->side[u] == NULL)
    self->side[u] = g_new0 (gsize, MAX (a->nnz * heads, 1));
  for (gsize r = 0; r < a->n_rows; r++)
    for (gsize i = a->row_ptr[r] * heads; i < a->row_ptr[r + 1] * heads; i++) {
      double x = score[2 * a->col[i / heads] * heads + i % heads] + score[(2 * r + 1) * heads + i % heads];

      if (!self->recorded)
        self->side[u][i] = x > 0;
      share[i] = exp (self->side[u][i] ? x : x / 4);
      sum[r * heads + i % heads] += share[i];
    }
  for (gsize r = 0; r < a->n_rows; r++)
    for (gsize i = a->row_ptr[r] * heads; i < a->row_ptr[r + 1] * heads; i++)
      share[i] /= sum[r * heads + i % heads];
  quantize (self, u, PLAIN_OPERAND, unit->slot_operand, a->nnz * heads, MAX (a->nnz * heads, 1), share);
  return share;
}

static void
attend (Plain *self, guint u, double *y)
{
  const MixqUnit *unit = &self->net->model->units[u];
  const MixqCsr *a = mixq_inputs_edges (self->net->inputs, unit->edges);
  g_autofree double *share = attention (self, u);
  gsize d = unit->out_cols, heads = unit->heads;

  memset (y, 0, a->n_rows * d * sizeof *y);
  for (gsize r = 0; r < a->n_rows; r++)
    for (gsize e = a->row_ptr[r]; e < a->row_ptr[r + 1]; e++)
      for (gsize c = 0; c < d; c++)
        y[r * d + c] += share[e * heads + c * heads / d] *
                        self->value[unit->input][(gsize) a->col[e] * d + c];
}

static void
features (Plain *self, double *y)
{
  const MixqCsr *x = self->net->inputs->features;

  memset (y, 0, x->n_rows * x->n_cols * sizeof *y);
  for (gsize r = 0; r < x->n_rows; r++)
    for (gsize e = x->row_ptr[r]; e < x->row_ptr[r + 1]; e++)
      y[r * x->n_cols + x->col[e]] = (double) x->value[e];
}

static void
relu (Plain *self, guint u, double *y)
{
  const MixqUnit *unit = &self->net->model->units[u];
  const double *x = self->value[unit->input];
  gsize n = rows_of (self, unit) * unit->out_cols;

  if (self->side[u] == NULL)
    self->side[u] = g_new0 (gsize, MAX (n, 1));
  for (gsize i = 0; i < n; i++) {
    if (!self->recorded)
      self->side[u][i] = x[i] > 0;
    y[i] = self->side[u][i] ? x[i] : 0;
  }
}

static void
add (Plain *self, guint u, double *y)
{
  const MixqUnit *unit = &self->net->model->units[u];
  gsize n = rows_of (self, unit) * unit->out_cols;

  memset (y, 0, n * sizeof *y);
  for (guint branch = 0; branch < unit->n_inputs; branch++)
    for (gsize i = 0; i < n; i++)
      y[i] += self->value[mixq_unit_input (unit, branch)][i];
}

static void
batch_norm (Plain *self, guint u, double *y)
{
  const MixqUnit *unit = &self->net->model->units[u];
  const double *x = self->value[unit->input], *gamma = self->vector[u];
  gsize n = rows_of (self, unit), d = unit->out_cols;

  for (gsize c = 0; c < d; c++) {
    double mean = 0, var = 0;

    for (gsize r = 0; r < n; r++)
      mean += x[r * d + c] / (double) n;
    for (gsize r = 0; r < n; r++)
      var += (x[r * d + c] - mean) * (x[r * d + c] - mean) / (double) n;
    for (gsize r = 0; r < n; r++)
      y[r * d + c] = gamma[c] * (x[r * d + c] - mean) / sqrt (var + NORM_EPS) + gamma[d + c];
  }
}

static void
pool (Plain *self, guint u, double *y)
{
  const MixqUnit *unit = &self->net->model->units[u];
  const double *x = self->value[unit->input];
  const gsize *ptr = self->net->inputs->graph_ptr;
  gsize n = rows_of (self, unit), d = unit->out_cols;

  if (self->side[u] == NULL)
    self->side[u] = g_new0 (gsize, MAX (n * d, 1));
  for (gsize i = 0; i < n * d; i++) {
    gsize g = i / d, c = i % d, *best = &self->side[u][i];

    if (!self->recorded)
      *best = ptr[g];
    y[i] = 0;
    for (gsize r = ptr[g]; r < ptr[g + 1]; r++) {
      if (!self->recorded && x[r * d + c] > x[*best * d + c])
        *best = r;
      y[i] += x[r * d + c];
    }
    if (unit->pool == MIXQ_POOL_MEAN)
      y[i] /= (double) (ptr[g + 1] - ptr[g]);
    if (unit->pool == MIXQ_POOL_MAX)
      y[i] = x[*best * d + c];
  }
}

static void
run_unit (Plain *self, guint u, double *y)
{
  const MixqUnit *unit = &self->net->model->units[u];

  switch (unit->kind) {
  case MIXQ_UNIT_LINEAR:
    linear (self, u, y);
    break;
  case MIXQ_UNIT_PROPAGATE:
    propagate (self, u, y);
    break;
  case MIXQ_UNIT_FEATURES:
    features (self, y);
    break;
  case MIXQ_UNIT_RELU:
    relu (self, u, y);
    break;
  case MIXQ_UNIT_ADD:
    add (self, u, y);
    break;
  case MIXQ_UNIT_BATCH_NORM:
    batch_norm (self, u, y);
    break;
  case MIXQ_UNIT_POOL:
    pool (self, u, y);
    break;
  case MIXQ_UNIT_DROPOUT:
    memcpy (y, self->value[unit->input], rows_of (self, unit) * unit->out_cols * sizeof *y);
    break;
  case MIXQ_UNIT_ATTEND:
    attend (self, u, y);
    break;
  case MIXQ_N_UNIT_KINDS:
  default:
    g_assert_not_reached ();
  }
}

void
plain_forward (Plain *self)
{
  const MixqModel *model = self->net->model;

  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];
    double *y = self->value[unit->output];

    run_unit (self, u, y);
    quantize (self, u, PLAIN_OUTPUT, unit->slot_output, rows_of (self, unit) * unit->out_cols, unit->out_cols,
              y);
  }
}

const double *
plain_logits (const Plain *self)
{
  return self->value[self->net->model->units[self->net->model->n_units - 1].output];
}

double
plain_loss (const Plain *self)
{
  return mixq_task_loss_double (self->net->inputs, MIXQ_PART_TRAIN, plain_logits (self));
}

double
plain_slope (Plain *self, double *x)
{
  double at = *x, above, below;

  *x = at + STEP;
  plain_forward (self);
  above = plain_loss (self);
  *x = at - STEP;
  plain_forward (self);
  below = plain_loss (self);
  *x = at;
  return (above - below) / (2 * STEP);
}
