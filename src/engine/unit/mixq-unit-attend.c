/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Graph attention, in training: what is computed is said in mixq-unit-attend.h. */
#include "unit/mixq-unit-attend.h"

#include <math.h>
#include <string.h>

#include "net/mixq-calibrate.h"
#include "net/mixq-slot.h"

#define SLOPE (1.0f / (1 << MIXQ_ATTEND_SLOPE_SHIFT))
/* Attention that is worked on at a time: 16 KiB, half an L1 cache. */
#define SPAN_VALUES 4096

/* What one pass over a unit reads and writes. */
typedef struct
{
  MixqNet *net;
  const MixqUnit *unit;
  const MixqCsr *edges;
  gsize heads, dim;
  const float *h;                /* n x heads * dim */
  const float *a;                /* heads * dim x 2, as the forward pass sees it */
  float *score, *coded, *dscore; /* n x 2 heads: before and behind the slot, and the gradient */
  float *soft, *weight;          /* entries x heads: before the slot; behind it and dropout */
  gboolean drops;
  MixqSlot *score_slot, *weight_slot;
} Attend;

/* The published search would leave the edges in float. */
static MixqSlot *
attention_slot (MixqNet *net, const MixqUnit *unit)
{
  return net->rules.float_adjacency ? NULL : mixq_net_slot (net, unit->slot_operand);
}

static void
attend_init (Attend *self, MixqNet *net, guint u, gboolean training)
{
  const MixqUnit *unit = &net->model->units[u];
  gsize matrix = net->capacity.nodes * 2 * unit->heads;

  *self = (Attend){ .net = net,
                    .unit = unit,
                    .edges = mixq_inputs_edges (net->inputs, unit->edges),
                    .heads = unit->heads,
                    .dim = unit->out_cols / unit->heads,
                    .h = net->read[unit->input],
                    .score = net->score[u],
                    .score_slot = mixq_net_slot (net, unit->slot_score),
                    .weight_slot = attention_slot (net, unit),
                    .drops = training && net->keep < 1 };
  self->a = mixq_net_slot (net, unit->slot_weight) != NULL ? net->weights[u].q : net->weights[u].w[0];
  self->coded = self->score_slot != NULL ? self->score + matrix : self->score;
  self->dscore = self->score + 2 * matrix;
  self->weight = net->edge_value[u];
  self->soft = net->attention[u] != NULL ? net->attention[u] : self->weight;
}

/* The next rows of @rows from *@at on whose entries lie together and are few; *@at moves behind them. */
static MixqRows
next_span (const Attend *self, MixqRows rows, gsize *at)
{
  const gsize *ptr = self->edges->row_ptr;
  gsize from = *at, first = ptr[mixq_rows_at (rows, from)];

  do
    ++*at;
  while (rows.index == NULL && *at < rows.n &&
         (ptr[mixq_rows_at (rows, *at) + 1] - first) * self->heads <= SPAN_VALUES);
  return mixq_rows_block (rows, from, *at - from);
}

static gsize
first_entry (const Attend *self, MixqRows span)
{
  return self->edges->row_ptr[mixq_rows_at (span, 0)];
}

static gsize
n_entries (const Attend *self, MixqRows span)
{
  return self->edges->row_ptr[mixq_rows_at (span, span.n - 1) + 1] - first_entry (self, span);
}

/*
 * Dropout of attention, as its authors have it: @x holds the entries of @span. The mask is a function of the entry's place in the
 * whole matrix, whose first entry lies that far before @x.
 */
static void
drop (const Attend *self, MixqRows span, float *x)
{
  MixqRows entries = { NULL, n_entries (self, span), first_entry (self, span) };
  float *first = (float *) ((guintptr) x - entries.start * self->heads * sizeof *x);

  if (self->drops)
    self->net->kernels->dropout (
        entries, self->heads, self->net->keep,
        mixq_net_dropout_key (self->net, (guint) (self->unit - self->net->model->units)), first, first);
}

/* --- forward --------------------------------------------------------------------------------------------------------- */

static void
weights_forward (MixqNet *net, guint u)
{
  MixqWeight *weight = &net->weights[u];
  MixqSlot *slot = mixq_net_slot (net, net->model->units[u].slot_weight);

  if (slot == NULL)
    return;
  if (slot->calibrate)
    mixq_calibrate_slot_weight (net, slot, weight);
  mixq_slot_forward (slot, net->kernels, (MixqRows){ NULL, weight->rows }, weight->cols, weight->w[0],
                     weight->q);
}

static void
scores_forward (const Attend *self, MixqRows rows)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);
    float *s = self->score + r * 2 * self->heads, *t = s + self->heads;

    for (gsize k = 0; k < self->heads; k++) {
      const float *h = self->h + (r * self->heads + k) * self->dim, *a = self->a + 2 * k * self->dim;
      float source = 0, target = 0;

      for (gsize c = 0; c < self->dim; c++) {
        source += h[c] * a[2 * c];
        target += h[c] * a[2 * c + 1];
      }
      s[k] = source;
      t[k] = target;
    }
  }
  if (self->score_slot != NULL)
    mixq_net_quantize (self->net, self->score_slot, rows, 2 * self->heads, self->score, self->coded);
}

static inline float
sum_of_scores (const Attend *self, gsize r, gsize e, gsize k)
{
  return self->coded[self->edges->col[e] * 2 * self->heads + k] + self->coded[(r * 2 + 1) * self->heads + k];
}

static inline float
leaky (float x)
{
  return x > 0 ? x : SLOPE * x;
}

/* The attention of node @r, less the row's maximum in the exponent. */
static void
softmax_row (const Attend *self, gsize r)
{
  gsize from = self->edges->row_ptr[r], to = self->edges->row_ptr[r + 1];

  for (gsize k = 0; k < self->heads; k++) {
    float top = -INFINITY, sum = 0;

    for (gsize e = from; e < to; e++) {
      float x = leaky (sum_of_scores (self, r, e, k));

      self->soft[e * self->heads + k] = x;
      top = fmaxf (top, x);
    }
    for (gsize e = from; e < to; e++)
      sum += self->soft[e * self->heads + k] = expf (self->soft[e * self->heads + k] - top);
    for (gsize e = from; e < to; e++)
      self->soft[e * self->heads + k] /= sum;
  }
}

static void
softmax_rows (const Attend *self, MixqRows rows)
{
  for (gsize i = 0; i < rows.n; i++)
    softmax_row (self, mixq_rows_at (rows, i));
}

/* Its ranges come from the attention of this pass: unlike the edges of other layers it changes with the weights. */
static void
calibrate_attention (const Attend *self, MixqRows rows)
{
  softmax_rows (self, rows);
  mixq_calibrate_slot_attention (self->net, self->weight_slot, self->edges, rows, self->heads, self->soft);
}

static void
gather_row (const Attend *self, gsize r, float *y)
{
  memset (y, 0, self->heads * self->dim * sizeof *y);
  for (gsize e = self->edges->row_ptr[r]; e < self->edges->row_ptr[r + 1]; e++) {
    const float *h = self->h + self->edges->col[e] * self->heads * self->dim;

    for (gsize k = 0; k < self->heads; k++) {
      float weight = self->weight[e * self->heads + k];

      for (gsize c = k * self->dim; c < (k + 1) * self->dim; c++)
        y[c] += weight * h[c];
    }
  }
}

static void
produce (MixqNet *net, const MixqUnit *unit, MixqRows rows, gconstpointer data, float *y)
{
  const Attend *self = data;

  for (gsize at = 0; at < rows.n;) {
    MixqRows span = next_span (self, rows, &at);
    gsize from = first_entry (self, span) * self->heads, n = n_entries (self, span) * self->heads;

    softmax_rows (self, span);
    if (self->weight_slot != NULL)
      mixq_slot_forward (self->weight_slot, net->kernels, (MixqRows){ NULL, 1 }, n, self->soft + from,
                         self->weight + from);
    else if (self->soft != self->weight)
      memcpy (self->weight + from, self->soft + from, n * sizeof (float));
    drop (self, span, self->weight + from);
    for (gsize i = 0; i < span.n; i++) {
      gsize r = mixq_rows_at (span, i);

      gather_row (self, r, y + r * unit->out_cols);
    }
  }
}

static void
forward (MixqNet *net, guint u, MixqPass pass)
{
  const MixqUnit *unit = &net->model->units[u];
  MixqRows rows = mixq_net_rows (net, unit->output, pass);
  Attend self;

  weights_forward (net, u);
  attend_init (&self, net, u, pass.training);
  scores_forward (&self, mixq_net_rows (net, unit->input, pass));
  if (self.weight_slot != NULL && self.weight_slot->calibrate)
    calibrate_attention (&self, rows);
  mixq_net_produce (net, unit, rows, TRUE, produce, &self);
}

/* --- backward -------------------------------------------------------------------------------------------------------- */

/* d attention_e = dY_row . H_col, a head at a time. */
static void
attention_gradient (const Attend *self, MixqRows span, const float *g, float *out)
{
  for (gsize i = 0; i < span.n; i++) {
    gsize r = mixq_rows_at (span, i);

    for (gsize e = self->edges->row_ptr[r]; e < self->edges->row_ptr[r + 1]; e++)
      for (gsize k = 0; k < self->heads; k++) {
        const float *gk = g + (r * self->heads + k) * self->dim;
        const float *hk = self->h + (self->edges->col[e] * self->heads + k) * self->dim;
        float sum = 0;

        for (gsize c = 0; c < self->dim; c++)
          sum += gk[c] * hk[c];
        *out++ = sum;
      }
  }
}

/* From d attention of node @r to its part of d score: du_e = p_e (dp_e - sum p dp), then the LeakyReLU's slope. */
static void
softmax_backward (const Attend *self, gsize r, const float *d)
{
  gsize from = self->edges->row_ptr[r], to = self->edges->row_ptr[r + 1], heads = self->heads;

  for (gsize k = 0; k < heads; k++) {
    const float *p = self->soft + from * heads + k;
    float mean = 0;

    for (gsize e = 0; e < to - from; e++)
      mean += p[e * heads] * d[e * heads + k];
    for (gsize e = 0; e < to - from; e++) {
      float du = p[e * heads] * (d[e * heads + k] - mean);

      if (!(sum_of_scores (self, r, from + e, k) > 0))
        du *= SLOPE;
      self->dscore[self->edges->col[from + e] * 2 * heads + k] += du;
      self->dscore[(r * 2 + 1) * heads + k] += du;
    }
  }
}

/* Fills dscore, and the dots of the attention and the scores. */
static void
scores_backward (const Attend *self, const float *g)
{
  MixqRows rows = self->net->frontier[self->unit->output], in = self->net->frontier[self->unit->input];
  gsize largest = 0;
  g_autofree float *d = NULL;

  for (gsize i = 0; i < in.n; i++)
    memset (self->dscore + mixq_rows_at (in, i) * 2 * self->heads, 0, 2 * self->heads * sizeof (float));
  for (gsize at = 0; at < rows.n;) {
    MixqRows span = next_span (self, rows, &at);

    largest = MAX (largest, n_entries (self, span));
  }
  d = g_new (float, MAX (largest * self->heads, 1));
  for (gsize at = 0; at < rows.n;) {
    MixqRows span = next_span (self, rows, &at);
    gsize from = first_entry (self, span);

    attention_gradient (self, span, g, d);
    drop (self, span, d);
    if (self->weight_slot != NULL)
      mixq_slot_backward (self->weight_slot, self->net->kernels, (MixqRows){ NULL, 1 },
                          n_entries (self, span) * self->heads, self->soft + from * self->heads, d, d);
    for (gsize i = 0; i < span.n; i++) {
      gsize r = mixq_rows_at (span, i);

      softmax_backward (self, r, d + (self->edges->row_ptr[r] - from) * self->heads);
    }
  }
  if (self->score_slot != NULL)
    mixq_net_quantize_backward (self->net, self->score_slot, self->edges->n_rows, in, 2 * self->heads,
                                self->score, self->dscore);
}

/* da = sum over nodes of d score H. */
static void
weight_gradient (const Attend *self, float *da)
{
  MixqRows in = self->net->frontier[self->unit->input];

  memset (da, 0, 2 * self->heads * self->dim * sizeof *da);
  for (gsize i = 0; i < in.n; i++) {
    gsize r = mixq_rows_at (in, i);
    const float *h = self->h + r * self->heads * self->dim, *ds = self->dscore + r * 2 * self->heads;

    for (gsize k = 0; k < self->heads; k++)
      for (gsize c = k * self->dim; c < (k + 1) * self->dim; c++) {
        da[2 * c] += ds[k] * h[c];
        da[2 * c + 1] += ds[self->heads + k] * h[c];
      }
  }
}

/* dH_j: what its neighbours took of it, and what it said as a source and as a target. */
static void
input_gradient_row (const Attend *self, guint u, gsize j, const float *g, float *dx)
{
  const MixqCsr *t = self->net->edges_t[u];
  const float *ds = self->dscore + j * 2 * self->heads;
  gsize d = self->heads * self->dim;

  for (gsize k = 0; k < self->heads; k++)
    for (gsize c = k * self->dim; c < (k + 1) * self->dim; c++)
      dx[c] = ds[k] * self->a[2 * c] + ds[self->heads + k] * self->a[2 * c + 1];
  for (gsize e = t->row_ptr[j]; e < t->row_ptr[j + 1]; e++) {
    const float *weight = self->weight + self->net->edges_t_perm[u][e] * self->heads;
    const float *gi = g + t->col[e] * d;

    for (gsize k = 0; k < self->heads; k++)
      for (gsize c = k * self->dim; c < (k + 1) * self->dim; c++)
        dx[c] += weight[k] * gi[c];
  }
}

static void
input_gradient (const Attend *self, guint u, const float *g)
{
  MixqRows in = self->net->frontier[self->unit->input];
  float *dx = mixq_net_grad_target (self->net, self->unit->input);

  if (dx == NULL)
    return;
  for (gsize i = 0; i < in.n; i++)
    input_gradient_row (self, u, mixq_rows_at (in, i), g, dx + mixq_rows_at (in, i) * self->unit->in_cols);
  mixq_net_grad_done (self->net, self->unit->input, in);
}

static void
step_weights (MixqNet *net, guint u)
{
  MixqWeight *weight = &net->weights[u];
  MixqSlot *slot = mixq_net_slot (net, net->model->units[u].slot_weight);

  if (slot != NULL)
    mixq_slot_backward (slot, net->kernels, (MixqRows){ NULL, weight->rows }, weight->cols, weight->w[0],
                        weight->g[0], weight->g[0]);
  if (net->adam != NULL)
    net->kernels->adam (net->adam, weight->rows * weight->cols, weight->w[0], weight->g[0], weight->m[0],
                        weight->v[0]);
}

static void
backward (MixqNet *net, guint u)
{
  const MixqUnit *unit = &net->model->units[u];
  const float *g = mixq_net_output_grad (net, unit, net->frontier[unit->output]);
  Attend self;

  attend_init (&self, net, u, TRUE);
  scores_backward (&self, g);
  weight_gradient (&self, net->weights[u].g[0]);
  input_gradient (&self, u, g);
  step_weights (net, u);
}

const MixqUnitClass mixq_unit_attend = {
  .forward = forward,
  .backward = backward,
  .freeze = mixq_attend_freeze,
  .run_integer = mixq_attend_run_integer,
  .run_simulated = mixq_attend_run_simulated,
};
