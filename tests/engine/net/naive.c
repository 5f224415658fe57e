/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "naive.h"

#include <math.h>
#include <string.h>

static double *
zeros (gsize n)
{
  return g_new0 (double, MAX (n, 1));
}

static gsize
slot_size (const MixqSlot *slot)
{
  return slot->n_choices > 0 ? slot->quantizer[0].n : 0;
}

static void
alloc_units (Naive *self)
{
  const MixqModel *model = self->net->model;

  for (guint u = 0; u < model->n_units; u++) {
    const MixqWeight *weight = &self->net->weights[u];
    gsize n = weight->rows * weight->cols;

    self->wq[u] = zeros (n);
    self->aq[u] = zeros (self->n * self->n);
    self->score[u] = zeros (self->n * 2 * model->units[u].heads);
    self->score_q[u] = zeros (self->n * 2 * model->units[u].heads);
    self->att[u] = zeros (self->n * self->n * model->units[u].heads);
    self->att_q[u] = zeros (self->n * self->n * model->units[u].heads);
    for (guint k = 0; k < MIXQ_MAX_CHOICES; k++) {
      self->w[k][u] = zeros (n);
      self->dw[k][u] = zeros (n);
      for (gsize i = 0; k < weight->n_copies && i < n; i++)
        self->w[k][u][i] = (double) weight->w[k][i];
    }
  }
}

Naive *
naive_new (MixqNet *net)
{
  Naive *self = g_new0 (Naive, 1);
  const MixqModel *model = net->model;
  const MixqCsr *x = net->inputs->features, *a = mixq_inputs_edges (net->inputs, MIXQ_EDGES_GCN);

  self->net = net;
  self->n = model->n_nodes;
  self->x = zeros (self->n * model->n_features);
  self->a = zeros (self->n * self->n);
  self->edge = g_new0 (guint8, self->n * self->n);
  self->stored = net->rules.per_column ? NULL : g_new0 (guint8, MAX (self->n * model->n_features, 1));
  for (gsize r = 0; r < self->n; r++) {
    for (gsize e = x->row_ptr[r]; e < x->row_ptr[r + 1]; e++) {
      self->x[r * model->n_features + x->col[e]] = (double) x->value[e];
      if (self->stored != NULL)
        self->stored[r * model->n_features + x->col[e]] = TRUE;
    }
    for (gsize e = a->row_ptr[r]; e < a->row_ptr[r + 1]; e++) {
      self->a[r * self->n + a->col[e]] = (double) a->value[e];
      self->edge[r * self->n + a->col[e]] = TRUE;
    }
  }
  self->mask = g_new0 (double *, model->n_units);
  self->kept = g_new0 (guint8 *, MAX (model->n_slots, 1));
  self->wq = g_new0 (double *, model->n_units);
  self->aq = g_new0 (double *, model->n_units);
  self->score = g_new0 (double *, model->n_units);
  self->score_q = g_new0 (double *, model->n_units);
  self->att = g_new0 (double *, model->n_units);
  self->att_q = g_new0 (double *, model->n_units);
  self->value = g_new0 (double *, model->n_values);
  self->pre = g_new0 (double *, model->n_values);
  self->grad = g_new0 (double *, model->n_values);
  self->dot = g_malloc0 (MAX (model->n_slots, 1) * sizeof *self->dot);
  for (guint v = 0; v < model->n_values; v++) {
    self->value[v] = zeros (self->n * model->value_cols[v]);
    self->pre[v] = zeros (self->n * model->value_cols[v]);
    self->grad[v] = zeros (self->n * model->value_cols[v]);
  }
  for (guint k = 0; k < MIXQ_MAX_CHOICES; k++) {
    self->w[k] = g_new0 (double *, model->n_units);
    self->dw[k] = g_new0 (double *, model->n_units);
    self->range_grad[k] = g_new0 (double *, model->n_slots);
    self->step_grad[k] = g_new0 (double *, model->n_slots);
    for (guint s = 0; s < model->n_slots; s++) {
      self->range_grad[k][s] = zeros (2 * slot_size (&net->slots[s]));
      self->step_grad[k][s] = zeros (2 * slot_size (&net->slots[s]));
    }
  }
  alloc_units (self);
  return self;
}

void
naive_free (Naive *self)
{
  const MixqModel *model = self->net->model;

  for (guint v = 0; v < model->n_values; v++) {
    g_free (self->value[v]);
    g_free (self->pre[v]);
    g_free (self->grad[v]);
  }
  for (guint u = 0; u < model->n_units; u++) {
    g_free (self->mask[u]);
    g_free (self->wq[u]);
    g_free (self->aq[u]);
    g_free (self->score[u]);
    g_free (self->score_q[u]);
    g_free (self->att[u]);
    g_free (self->att_q[u]);
  }
  for (guint k = 0; k < MIXQ_MAX_CHOICES; k++) {
    for (guint u = 0; u < model->n_units; u++) {
      g_free (self->w[k][u]);
      g_free (self->dw[k][u]);
    }
    for (guint s = 0; s < model->n_slots; s++) {
      g_free (self->range_grad[k][s]);
      g_free (self->step_grad[k][s]);
    }
    g_free (self->step_grad[k]);
    g_free (self->w[k]);
    g_free (self->dw[k]);
    g_free (self->range_grad[k]);
  }
  g_free (self->x);
  g_free (self->a);
  g_free (self->edge);
  g_free (self->stored);
  for (guint s = 0; s < model->n_slots; s++)
    g_free (self->kept[s]);
  g_free (self->kept);
  g_free (self->mask);
  g_free (self->wq);
  g_free (self->aq);
  g_free (self->score);
  g_free (self->score_q);
  g_free (self->att);
  g_free (self->att_q);
  g_free (self->value);
  g_free (self->pre);
  g_free (self->grad);
  g_free (self->dot);
  g_free (self);
}

/* What the dropout of the last training pass made of ones at the entries of the features. */
static void
take_feature_mask (Naive *self, guint u)
{
  const MixqUnit *unit = &self->net->model->units[u];
  const MixqCsr *x = self->net->inputs->features;
  g_autofree float *ones = g_new (float, MAX (x->nnz, 1));

  for (gsize e = 0; e < x->nnz; e++)
    ones[e] = 1;
  self->net->kernels->dropout ((MixqRows){ NULL, 1 }, x->nnz, (float) (1 - unit->drop),
                               mixq_net_dropout_key (self->net, u), ones, ones);
  g_free (self->mask[u]);
  self->mask[u] = zeros (self->n * unit->in_cols);
  for (gsize r = 0; r < self->n; r++)
    for (gsize e = x->row_ptr[r]; e < x->row_ptr[r + 1]; e++)
      self->mask[u][r * unit->in_cols + x->col[e]] = (double) ones[e];
}

/* x *= the mask of unit @u, where it has one. */
static void
apply_mask (const Naive *self, guint u, gsize n, double *x)
{
  for (gsize i = 0; self->mask[u] != NULL && i < n; i++)
    x[i] *= self->mask[u][i];
}

void
naive_take_mask (Naive *self)
{
  const MixqModel *model = self->net->model;

  for (guint s = 0; s < model->n_slots && self->net->protecting; s++) {
    const MixqSlot *slot = &self->net->slots[s];

    g_free (self->kept[s]);
    self->kept[s] = slot->kept_rows != NULL ? g_new0 (guint8, self->n) : NULL;
    for (gsize i = 0; slot->kept_rows != NULL && i < slot->n_kept; i++)
      self->kept[s][slot->kept_rows[i]] = TRUE;
  }
  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];
    const float *in, *out;

    if (unit->kind == MIXQ_UNIT_ATTEND)
      naive_take_attention_mask (self, u);
    if (unit->kind == MIXQ_UNIT_LINEAR && unit->drop > 0)
      take_feature_mask (self, u);
    if (unit->kind != MIXQ_UNIT_DROPOUT)
      continue;
    in = self->net->read[unit->input];
    out = self->net->read[unit->output];
    g_free (self->mask[u]);
    self->mask[u] = zeros (self->n * unit->out_cols);
    /* where the input is 0 the multiplier does not matter */
    for (gsize i = 0; i < self->n * unit->out_cols; i++)
      self->mask[u][i] = in[i] != 0 ? (double) out[i] / (double) in[i] : 0;
  }
}

/* --- quantization, method spec sections 2 to 4 --------------------------------------------------------------------- */

static gsize
scale_at (const MixqQuantizer *q, gsize r, gsize c)
{
  return q->granularity == MIXQ_PER_ROW ? r : q->granularity == MIXQ_PER_COLUMN ? c : 0;
}

static double
code_position (const MixqQuantizer *q, gsize r, gsize c, double x)
{
  gsize i = scale_at (q, r, c);

  return (double) q->zero[i] + x / (double) q->scale[i];
}

static double
quantized (const MixqQuantizer *q, gsize r, gsize c, double x)
{
  gsize i = scale_at (q, r, c);
  double v = code_position (q, r, c, x);

  return (double) q->scale[i] *
         (nearbyint (fmin (fmax (v, (double) q->lo), (double) q->hi)) - (double) q->zero[i]);
}

static gboolean
passes (const MixqQuantizer *q, gsize r, gsize c, double x)
{
  double v = code_position (q, r, c, x);

  return v >= (double) q->lo && v <= (double) q->hi;
}

/* x~ = sum_k p_k Q_k (x); an undecided nearness to a step is remembered, but zero is exact in any arithmetic. */
static double
mix_one (Naive *self, const MixqSlot *slot, guint only, gsize r, gsize c, double x)
{
  double sum = 0;

  for (guint a = 0; a < slot->n_active; a++) {
    guint k = slot->active[a];
    const MixqQuantizer *q = &slot->quantizer[k];
    double v = code_position (q, r, c, x);

    if (only != G_MAXUINT && k != only)
      continue;
    sum += (double) slot->p[k] * quantized (q, r, c, x);
    if (x != 0) {
      double step = MIN (fabs (v - floor (v) - 0.5),
                         MIN (fabs (v - (double) q->lo), fabs (v - (double) q->hi)));

      self->nearest_step = MIN (self->nearest_step,
                                step / (1 + fabs (v) + fabs (v - x / (double) q->scale[scale_at (q, r, c)])));
    }
  }
  return sum;
}

/* (nullable): the slot where it does something. */
static const MixqSlot *
live_slot (const Naive *self, int slot)
{
  if (slot < 0 || self->net->slots[slot].n_active == 0)
    return NULL;
  if (self->net->rules.float_adjacency && self->net->slots[slot].info->role == MIXQ_SLOT_ADJACENCY)
    return NULL;
  return &self->net->slots[slot];
}

static gboolean
is_kept (const Naive *self, int slot, gsize row)
{
  return slot >= 0 && self->kept[slot] != NULL && self->kept[slot][row];
}

void
naive_mix (Naive *self,
           int slot_number,
           gsize rows,
           gsize cols,
           const guint8 *where,
           const double *x,
           double *y)
{
  const MixqSlot *slot = live_slot (self, slot_number);

  for (gsize r = 0; r < rows; r++)
    for (gsize c = 0; c < cols; c++) {
      gsize i = r * cols + c;

      if (where != NULL && !where[i])
        y[i] = 0;
      else
        y[i] = slot != NULL && !is_kept (self, slot_number, r) ? mix_one (self, slot, G_MAXUINT, r, c, x[i])
                                                               : x[i];
    }
}

/* <g, Q_k (x)> and, under the published rule, the gradients of scale and zero-point of choice @k, means over @mean rows. */
static void
choice_back (Naive *self,
             int slot_number,
             guint k,
             gsize rows,
             gsize cols,
             const guint8 *where,
             const double *x,
             const double *g,
             double mean)
{
  const MixqSlot *slot = &self->net->slots[slot_number];
  const MixqQuantizer *q = &slot->quantizer[k];
  double *range = self->range_grad[k][slot_number], p = (double) slot->p[k];
  double *step = self->step_grad[k][slot_number];

  self->dot[slot_number][k] = 0;
  memset (range, 0, 2 * q->n * sizeof *range);
  memset (step, 0, 2 * q->n * sizeof *step);
  for (gsize i = 0; i < rows * cols; i++) {
    gsize r = i / cols, c = i % cols, s = scale_at (q, r, c);
    double term;

    if ((where != NULL && !where[i]) || is_kept (self, slot_number, r))
      continue;
    self->dot[slot_number][k] += g[i] * quantized (q, r, c, x[i]);
    range[s] += p * g[i] * x[i] / (double) q->scale[s] / mean;
    range[q->n + s] += p * g[i] / mean;
    /* (q - z) - x / s within the range, q - z beyond it */
    term = p * g[i] *
           (quantized (q, r, c, x[i]) / (double) q->scale[s] -
            (passes (q, r, c, x[i]) ? x[i] / (double) q->scale[s] : 0));
    step[s] += term;
    step[q->n + s] += fabs (term);
  }
}

void
naive_mix_back (Naive *self,
                int slot_number,
                gsize rows,
                gsize cols,
                const guint8 *where,
                const double *x,
                const double *g,
                double mean,
                double *dx)
{
  const MixqSlot *slot = live_slot (self, slot_number);

  for (guint a = 0; slot != NULL && a < slot->n_active; a++)
    choice_back (self, slot_number, slot->active[a], rows, cols, where, x, g, mean);
  for (gsize i = 0; dx != NULL && i < rows * cols; i++) {
    double pass = 0;

    for (guint a = 0; slot != NULL && a < slot->n_active; a++)
      if (passes (&slot->quantizer[slot->active[a]], i / cols, i % cols, x[i]))
        pass += (double) slot->p[slot->active[a]];
    dx[i] = slot != NULL && !is_kept (self, slot_number, i / cols) ? pass * g[i] : g[i];
  }
}

/* --- products -------------------------------------------------------------------------------------------------------- */

/* c = a b, (n x k) (k x m); a or b transposed as stored where asked. */
static void
multiply (gboolean ta, gboolean tb, gsize n, gsize m, gsize k, const double *a, const double *b, double *c)
{
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < m; j++) {
      double sum = 0;

      for (gsize t = 0; t < k; t++)
        sum += a[ta ? t * n + i : i * k + t] * b[tb ? j * k + t : t * m + j];
      c[i * m + j] = sum;
    }
}

static void
forward_linear (Naive *self, guint u)
{
  const MixqUnit *unit = &self->net->model->units[u];
  const MixqSlot *slot = live_slot (self, unit->slot_operand);
  const MixqWeight *weight = &self->net->weights[u];

  if (unit->input == 0)
    naive_mix (self, unit->slot_input, self->n, unit->in_cols, self->stored, self->x, self->value[0]);
  apply_mask (self, u, self->n * unit->in_cols, self->value[unit->input]);
  for (gsize i = 0; i < weight->rows * weight->cols; i++) {
    gsize r = i / weight->cols, c = i % weight->cols;
    double sum = 0;

    for (guint a = 0; slot != NULL && a < slot->n_active; a++) {
      guint k = slot->active[a];
      sum += mix_one (self, slot, k, r, c, self->w[weight->n_copies > 1 ? k : 0][u][i]);
    }
    self->wq[u][i] = slot != NULL ? sum : self->w[0][u][i];
  }
  multiply (FALSE, FALSE, self->n, unit->out_cols, unit->in_cols, self->value[unit->input], self->wq[u],
            self->pre[unit->output]);
}

/* One matrix a width: copy k sees p_k of the gradient through its own quantizer. */
static void
backward_copies (Naive *self, guint u, const double *dw)
{
  const MixqUnit *unit = &self->net->model->units[u];
  const MixqSlot *slot = live_slot (self, unit->slot_operand);
  gsize cols = unit->out_cols;

  for (guint a = 0; a < slot->n_active; a++) {
    guint k = slot->active[a];
    const double *w = self->w[k][u];

    choice_back (self, unit->slot_operand, k, unit->in_cols, cols, NULL, w, dw, (double) cols);
    for (gsize i = 0; i < unit->in_cols * cols; i++)
      self->dw[k][u][i] = passes (&slot->quantizer[k], i / cols, i % cols, w[i]) ? (double) slot->p[k] * dw[i]
                                                                                 : 0;
  }
}

static void
backward_linear (Naive *self, guint u, const double *g)
{
  const MixqUnit *unit = &self->net->model->units[u];
  gsize n_w = unit->in_cols * unit->out_cols;
  g_autofree double *dw = zeros (n_w), *dx = zeros (self->n * unit->in_cols);

  multiply (TRUE, FALSE, unit->in_cols, unit->out_cols, self->n, self->value[unit->input], g, dw);
  multiply (FALSE, TRUE, self->n, unit->in_cols, unit->out_cols, g, self->wq[u], dx);
  apply_mask (self, u, self->n * unit->in_cols, dx);
  if (self->net->rules.overwrite_weights || live_slot (self, unit->slot_operand) == NULL)
    memcpy (self->dw[0][u], dw, n_w * sizeof *dw);
  else if (self->net->weights[u].n_copies > 1)
    backward_copies (self, u, dw);
  else
    naive_mix_back (self, unit->slot_operand, unit->in_cols, unit->out_cols, NULL, self->w[0][u], dw,
                    (double) unit->out_cols, self->dw[0][u]);
  if (unit->input == 0)
    naive_mix_back (self, unit->slot_input, self->n, unit->in_cols, self->stored, self->x, dx,
                    (double) self->n, NULL);
  else
    memcpy (self->grad[unit->input], dx, self->n * unit->in_cols * sizeof *dx);
}

static void
forward_propagate (Naive *self, guint u)
{
  const MixqUnit *unit = &self->net->model->units[u];

  naive_mix (self, unit->slot_operand, self->n, self->n, self->edge, self->a, self->aq[u]);
  multiply (FALSE, FALSE, self->n, unit->out_cols, self->n, self->aq[u], self->value[unit->input],
            self->pre[unit->output]);
}

static void
backward_propagate (Naive *self, guint u, const double *g)
{
  const MixqUnit *unit = &self->net->model->units[u];
  g_autofree double *da = zeros (self->n * self->n);

  multiply (FALSE, TRUE, self->n, self->n, unit->in_cols, g, self->value[unit->input], da);
  naive_mix_back (self, unit->slot_operand, self->n, self->n, self->edge, self->a, da,
                  (double) mixq_inputs_edges (self->net->inputs, MIXQ_EDGES_GCN)->nnz, NULL);
  multiply (TRUE, FALSE, self->n, unit->in_cols, self->n, self->aq[u], g, self->grad[unit->input]);
}

void
naive_forward (Naive *self)
{
  const MixqModel *model = self->net->model;

  self->nearest_step = 1;
  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];
    gsize n = self->n * unit->out_cols;
    const double *in = self->value[unit->input];
    double *out = self->pre[unit->output];

    if (unit->kind == MIXQ_UNIT_LINEAR)
      forward_linear (self, u);
    else if (unit->kind == MIXQ_UNIT_PROPAGATE)
      forward_propagate (self, u);
    else if (unit->kind == MIXQ_UNIT_ATTEND)
      naive_forward_attend (self, u);
    for (gsize i = 0; i < n && unit->kind == MIXQ_UNIT_RELU; i++)
      out[i] = MAX (in[i], 0);
    for (gsize i = 0; i < n && unit->kind == MIXQ_UNIT_DROPOUT; i++)
      out[i] = self->mask[u] != NULL ? in[i] * self->mask[u][i] : in[i];
    naive_mix (self, unit->slot_output, self->n, unit->out_cols, NULL, out, self->value[unit->output]);
  }
}

const double *
naive_logits (const Naive *self)
{
  return self->value[self->net->model->units[self->net->model->n_units - 1].output];
}

void
naive_backward (Naive *self, const double *grad_logits)
{
  const MixqModel *model = self->net->model;
  int last = model->units[model->n_units - 1].output;

  memcpy (self->grad[last], grad_logits, self->n * model->n_classes * sizeof *grad_logits);
  for (guint u = model->n_units; u-- > 0;) {
    const MixqUnit *unit = &model->units[u];
    gsize n = self->n * unit->out_cols;
    double *g = self->grad[unit->output], *dx = self->grad[unit->input];

    naive_mix_back (self, unit->slot_output, self->n, unit->out_cols, NULL, self->pre[unit->output], g,
                    (double) self->n, g);
    if (unit->kind == MIXQ_UNIT_LINEAR)
      backward_linear (self, u, g);
    else if (unit->kind == MIXQ_UNIT_PROPAGATE)
      backward_propagate (self, u, g);
    else if (unit->kind == MIXQ_UNIT_ATTEND)
      naive_backward_attend (self, u, g);
    for (gsize i = 0; i < n && unit->kind == MIXQ_UNIT_RELU; i++)
      dx[i] = self->value[unit->output][i] > 0 ? g[i] : 0;
    for (gsize i = 0; i < n && unit->kind == MIXQ_UNIT_DROPOUT; i++)
      dx[i] = self->mask[u] != NULL ? g[i] * self->mask[u][i] : g[i];
  }
}

void
naive_alpha_gradient (const Naive *self, guint slot_number, double *gradient)
{
  const MixqSlot *slot = &self->net->slots[slot_number];
  double mean = 0;

  for (guint a = 0; a < slot->n_active; a++)
    mean += (double) slot->p[slot->active[a]] * self->dot[slot_number][slot->active[a]];
  memset (gradient, 0, MIXQ_MAX_CHOICES * sizeof *gradient);
  for (guint a = 0; a < slot->n_active; a++) {
    guint k = slot->active[a];
    gradient[k] = (double) slot->p[k] * (self->dot[slot_number][k] - mean);
  }
}
