/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Y = X W + b. X is the sparse feature matrix for the first unit, a dense value elsewhere. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "net/mixq-buffers.h"
#include "net/mixq-calibrate.h"
#include "net/mixq-constant.h"
#include "net/mixq-estimate.h"
#include "net/mixq-slot.h"
#include "unit/mixq-unit.h"

/* A tile of weights with gradient and moments is four of these: 32 KiB each, well inside an L2 cache. */
#define WEIGHT_TILE_FLOATS 8192

/* --- features: sparse, so a quantized zero matters only as one number a column ---------------------------------- */

static float
column_value (const MixqSlot *slot, guint k, guint32 f, float x)
{
  const MixqQuantizer *q = &slot->quantizer[k];
  float v = fminf (fmaxf (x * q->inv[f] + q->zero[f], q->lo), q->hi);

  return q->scale[f] * (nearbyintf (v) - q->zero[f]);
}

/* Per column: X~ = S + 1 c^T with c the mixture's value of a zero; feature_value holds S's entries. */
static void
quantize_features_per_column (MixqNet *net, const MixqSlot *slot)
{
  const MixqCsr *x = net->inputs->features;

  memset (net->feature_offset, 0, net->model->n_features * sizeof (float));
  for (guint a = 0; a < slot->n_active; a++)
    for (guint32 f = 0; f < net->model->n_features; f++)
      net->feature_offset[f] += slot->p[slot->active[a]] * column_value (slot, slot->active[a], f, 0);
  for (gsize e = 0; e < x->nnz; e++) {
    float sum = 0;

    for (guint a = 0; a < slot->n_active; a++)
      sum += slot->p[slot->active[a]] * column_value (slot, slot->active[a], x->col[e], x->value[e]);
    net->feature_value[e] = sum - net->feature_offset[x->col[e]];
  }
}

/* One mask a step over the entries: backward draws it again. */
static void
drop_entries (MixqNet *net, const MixqUnit *unit, const float *x, float *y)
{
  guint u = (guint) (unit - net->model->units);

  net->kernels->dropout ((MixqRows){ NULL, 1 }, net->inputs->features->nnz, (float) (1 - unit->drop),
                         mixq_net_dropout_key (net, u), x, y);
}

static const float *
features_quantized (MixqNet *net, const MixqUnit *unit)
{
  const MixqCsr *x = net->inputs->features;
  MixqSlot *slot = mixq_net_slot (net, unit->slot_input);

  if (slot == NULL)
    return x->value;
  if (slot->calibrate)
    mixq_calibrate_slot_features (net, slot);
  if (net->rules.per_column) {
    quantize_features_per_column (net, slot);
  } else {
    mixq_slot_forward_entries (slot, net->kernels, x, net->feature_value);
  }
  return net->feature_value;
}

static const float *
features_forward (MixqNet *net, const MixqUnit *unit, gboolean training)
{
  const float *value = features_quantized (net, unit);

  if (!training || unit->drop <= 0)
    return value;
  drop_entries (net, unit, value, net->feature_value);
  return net->feature_value;
}

/* Published rule: gradients of X's ranges and alpha, with the zeros of X counted exactly. @g_sum: sum over rows of dY. */
static void
features_backward_per_column (MixqNet *net, MixqSlot *slot, const float *w, gsize d, const float *g_sum)
{
  const MixqCsr *x = net->inputs->features;
  gsize n_features = net->model->n_features;
  g_autofree double *all = g_new0 (double, n_features), *sum_gx = g_new0 (double, n_features);
  g_autofree double *at_nonzeros = g_new0 (double, n_features);

  for (gsize f = 0; f < n_features; f++)
    for (gsize c = 0; c < d; c++)
      all[f] += (double) g_sum[c] * (double) w[f * d + c];
  memset (slot->dot, 0, sizeof slot->dot);
  for (gsize e = 0; e < x->nnz; e++) {
    guint32 f = x->col[e];
    double g = (double) net->feature_grad[e];

    sum_gx[f] += g * (double) x->value[e];
    at_nonzeros[f] += g;
    for (guint a = 0; a < slot->n_active; a++)
      slot->dot[slot->active[a]] += g * (double) column_value (slot, slot->active[a], f, x->value[e]);
  }
  for (guint32 f = 0; f < n_features; f++)
    for (guint a = 0; a < slot->n_active; a++)
      slot->dot[slot->active[a]] += (all[f] - at_nonzeros[f]) *
                                    (double) column_value (slot, slot->active[a], f, 0);
  if (net->rules.learn_ranges)
    mixq_slot_range_gradient (slot, net->inputs->n_nodes, all, sum_gx);
}

static void
features_backward (MixqNet *net, const MixqUnit *unit, const float *w, const float *g)
{
  const MixqCsr *x = net->inputs->features;
  MixqSlot *slot = mixq_net_slot (net, unit->slot_input);
  MixqRows rows = net->frontier[unit->output];

  if (slot == NULL || !mixq_slot_wants_gradient (slot))
    return; /* nothing to choose or learn about the features */
  net->kernels->sddmm (x->row_ptr, x->col, rows, g, w, unit->out_cols, net->feature_grad);
  if (unit->drop > 0)
    drop_entries (net, unit, net->feature_grad, net->feature_grad);
  if (net->rules.per_column) {
    g_autofree float *g_sum = g_new0 (float, unit->out_cols);

    for (gsize i = 0; i < rows.n; i++)
      for (gsize c = 0; c < unit->out_cols; c++)
        g_sum[c] += g[mixq_rows_at (rows, i) * unit->out_cols + c];
    features_backward_per_column (net, slot, w, unit->out_cols, g_sum);
  } else {
    /* feature_grad stays the gradient of X~; what passes the clip is of no use, so it goes to scratch-free dx = g */
    mixq_slot_backward_entries (slot, net->kernels, x, net->feature_grad, net->feature_grad);
    memset (net->feature_grad, 0, x->nnz * sizeof (float));
  }
}

/* --- weights ---------------------------------------------------------------------------------------------------- */

/* W~ = sum_k p_k Q_k (W_k): one matrix a width, as the published code declares them. */
static void
mix_copies (MixqNet *net, const MixqSlot *slot, MixqWeight *weight)
{
  gsize n = weight->rows * weight->cols;
  g_autofree float *part = g_new (float, n);

  memset (weight->q, 0, n * sizeof (float));
  for (guint a = 0; a < slot->n_active; a++) {
    guint k = slot->active[a];
    MixqMix mix = { 0 };

    mixq_slot_mix_one (slot, k, slot->p[k], &mix);
    net->kernels->mix_forward (&mix, (MixqRows){ NULL, weight->rows }, weight->cols, weight->w[k], part);
    for (gsize i = 0; i < n; i++)
      weight->q[i] += part[i];
  }
}

static const float *
weights_forward (MixqNet *net, guint u)
{
  MixqWeight *weight = &net->weights[u];
  MixqSlot *slot = mixq_net_slot (net, net->model->units[u].slot_operand);
  MixqMix mix;

  if (slot == NULL)
    return weight->w[0];
  if (slot->calibrate)
    mixq_calibrate_slot_weight (net, slot, weight);
  if (weight->n_copies > 1) {
    mix_copies (net, slot, weight);
    return weight->q;
  }
  mixq_slot_mix (slot, &mix);
  net->kernels->mix_forward (&mix, (MixqRows){ NULL, weight->rows }, weight->cols, weight->w[0], weight->q);
  if (net->rules.overwrite_weights)
    memcpy (weight->w[0], weight->q, weight->rows * weight->cols * sizeof (float));
  return weight->q;
}

/* The published per-feature rule: means run over the out dimension. */
static void
weight_range_gradient (MixqSlot *slot, guint k, const MixqWeight *weight, const float *w, const float *g)
{
  MixqQuantizer *q = &slot->quantizer[k];

  for (gsize r = 0; r < weight->rows; r++) {
    double sum_g = 0, sum_gx = 0, factor = (double) slot->p[k] / (double) weight->cols;

    for (gsize c = 0; c < weight->cols; c++) {
      sum_g += (double) g[r * weight->cols + c];
      sum_gx += (double) g[r * weight->cols + c] * (double) w[r * weight->cols + c];
    }
    slot->range_grad[k][r] = (float) (factor * sum_gx / ((double) q->scale[r] + 1e-16));
    slot->range_grad[k][q->n + r] = (float) (factor * sum_g);
  }
}

static void
copies_backward (MixqNet *net, MixqSlot *slot, MixqWeight *weight)
{
  gsize n = weight->rows * weight->cols;
  g_autofree float *g = g_memdup2 (weight->g[0], n * sizeof (float));

  for (guint a = 0; a < slot->n_active; a++) {
    guint k = slot->active[a];
    MixqMix mix = { 0 };

    mixq_slot_mix_one (slot, k, slot->p[k], &mix);
    slot->dot[k] = 0;
    net->kernels->mix_backward (&mix, (MixqRows){ NULL, weight->rows }, weight->cols, weight->w[k], g,
                                weight->g[k], &slot->dot[k]);
    if (net->rules.learn_ranges)
      weight_range_gradient (slot, k, weight, weight->w[k], g);
  }
}

static void
step_copy (MixqNet *net, MixqWeight *weight, guint k, gsize from, gsize n)
{
  if (net->adam != NULL)
    net->kernels->adam (net->adam, n, weight->w[k] + from, weight->g[k] + from, weight->m[k] + from,
                        weight->v[k] + from);
}

/* weight->g[0] holds dL/dW~ on @rows; leaves the gradient of the one copy there, and steps it. */
static void
weight_rows_backward (MixqNet *net, guint u, MixqRows rows)
{
  MixqWeight *weight = &net->weights[u];
  MixqSlot *slot = mixq_net_slot (net, net->model->units[u].slot_operand);

  /* Published QAT: the gradient reaches the overwritten weight unmasked, its range gets none. */
  if (slot != NULL && !net->rules.overwrite_weights)
    mixq_slot_backward (slot, net->kernels, rows, weight->cols, weight->w[0], weight->g[0], weight->g[0]);
  step_copy (net, weight, 0, rows.start * weight->cols, rows.n * weight->cols);
}

static void
weights_backward (MixqNet *net, guint u)
{
  MixqWeight *weight = &net->weights[u];
  MixqSlot *slot = mixq_net_slot (net, net->model->units[u].slot_operand);

  if (weight->n_copies == 1) {
    weight_rows_backward (net, u, (MixqRows){ NULL, weight->rows, 0 });
    return;
  }
  if (slot != NULL)
    copies_backward (net, slot, weight);
  for (guint k = 0; k < weight->n_copies; k++)
    step_copy (net, weight, k, 0, weight->rows * weight->cols);
}

/* --- the bias ------------------------------------------------------------------------------------------------------ */

static void
add_bias (const MixqNet *net, const MixqUnit *unit, MixqRows rows, float *y)
{
  const float *bias = net->vectors[unit - net->model->units].w;

  for (gsize i = 0; unit->has_bias && i < rows.n; i++) {
    float *row = y + mixq_rows_at (rows, i) * unit->out_cols;

    for (gsize c = 0; c < unit->out_cols; c++)
      row[c] += bias[c];
  }
}

static void
bias_backward (MixqNet *net, guint u, const float *g)
{
  const MixqUnit *unit = &net->model->units[u];
  MixqRows rows = net->frontier[unit->output];
  float *sum = net->vectors[u].g;

  if (!unit->has_bias)
    return;
  memset (sum, 0, unit->out_cols * sizeof (float));
  for (gsize i = 0; i < rows.n; i++)
    for (gsize c = 0; c < unit->out_cols; c++)
      sum[c] += g[mixq_rows_at (rows, i) * unit->out_cols + c];
  mixq_net_step_vector (net, u);
}

/* --- dense products over some rows -------------------------------------------------------------------------------- */

static const float *
pack_rows (MixqNet *net, guint which, const float *x, gsize d, MixqRows rows)
{
  float *scratch;

  if (rows.index == NULL)
    return x + rows.start * d;
  scratch = mixq_net_scratch (net, which, rows.n * d);
  for (gsize i = 0; i < rows.n; i++)
    memcpy (scratch + i * d, x + (gsize) rows.index[i] * d, d * sizeof (float));
  return scratch;
}

static void
unpack_rows (const float *packed, gsize d, MixqRows rows, float *y)
{
  for (gsize i = 0; rows.index != NULL && i < rows.n; i++)
    memcpy (y + (gsize) rows.index[i] * d, packed + i * d, d * sizeof (float));
}

/* C = op (A) op (B) with A n x k after op, B k x m. */
static void
product (gboolean transpose_a,
         gboolean transpose_b,
         gsize n,
         gsize m,
         gsize k,
         const float *a,
         const float *b,
         float *c)
{
  if (n == 0 || m == 0)
    return;
  if (k == 0) {
    memset (c, 0, n * m * sizeof (float));
    return;
  }
  cblas_sgemm (CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
               transpose_b ? CblasTrans : CblasNoTrans, (int) n, (int) m, (int) k, 1.0f, a,
               (int) (transpose_a ? n : k), b, (int) (transpose_b ? k : m), 0.0f, c, (int) m);
}

/* What a dense product reads: where it comes before the gathering, what was gathered. */
static const float *
dense_input (MixqNet *net, const MixqUnit *unit)
{
  const float *gathered = mixq_constant_gathered (net, (guint) (unit - net->model->units));

  return gathered != NULL ? gathered : net->read[unit->input];
}

static void
dense_produce (MixqNet *net, const MixqUnit *unit, MixqRows rows, gconstpointer w, float *y)
{
  const float *x = dense_input (net, unit);
  float *out;

  if (unit->out_cols <= MIXQ_NARROW_FORWARD) {
    net->kernels->narrow_forward (rows, unit->in_cols, unit->out_cols, x, w, y);
  } else {
    x = pack_rows (net, 0, x, unit->in_cols, rows);
    out = rows.index != NULL ? mixq_net_scratch (net, 1, rows.n * unit->out_cols)
                             : y + rows.start * unit->out_cols;
    product (FALSE, FALSE, rows.n, unit->out_cols, unit->in_cols, x, w, out);
    unpack_rows (out, unit->out_cols, rows, y);
  }
  add_bias (net, unit, rows, y);
}

static void
dense_backward (MixqNet *net, const MixqUnit *unit, const float *w, float *dw, const float *g)
{
  MixqRows rows = net->frontier[unit->output], read;
  float *dx = mixq_net_grad_target (net, unit->input), *out;
  const float *x = dense_input (net, unit), *dy;

  if (unit->out_cols <= MIXQ_NARROW && dx != NULL) {
    net->kernels->narrow_backward (rows, unit->in_cols, unit->out_cols, x, w, g, dx, dw);
    mixq_net_grad_done (net, unit->input, rows);
    return;
  }
  x = pack_rows (net, 0, x, unit->in_cols, rows);
  dy = pack_rows (net, 1, g, unit->out_cols, rows);
  product (TRUE, FALSE, unit->in_cols, unit->out_cols, rows.n, x, dy, dw);
  if (dx == NULL)
    return; /* nothing before it learns */
  read = mixq_estimate_rows (net, unit->input, rows);
  if (read.n < rows.n)
    dy = pack_rows (net, 1, g, unit->out_cols, read);
  out = read.index != NULL ? mixq_net_scratch (net, 0, read.n * unit->in_cols) : dx;
  product (FALSE, TRUE, read.n, unit->in_cols, unit->out_cols, dy, w, out);
  unpack_rows (out, unit->in_cols, read, dx);
  mixq_net_grad_done (net, unit->input, read);
}

/* --- the unit ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  const float *value; /* entries of X~ (or of S, under an offset) */
  const float *w;
  const float *offset_row; /* (nullable) c^T W: what a row of quantized zeros gives */
} SparseOperands;

static void
sparse_produce (MixqNet *net, const MixqUnit *unit, MixqRows rows, gconstpointer data, float *y)
{
  const SparseOperands *in = data;
  const MixqCsr *x = net->inputs->features;

  net->kernels->spmm (x->row_ptr, x->col, in->value, rows, in->w, unit->out_cols, y);
  for (gsize i = 0; in->offset_row != NULL && i < rows.n; i++)
    for (gsize c = 0; c < unit->out_cols; c++)
      y[mixq_rows_at (rows, i) * unit->out_cols + c] += in->offset_row[c];
  add_bias (net, unit, rows, y);
}

static void
sparse_forward (MixqNet *net, const MixqUnit *unit, MixqRows rows, gboolean training, const float *w)
{
  SparseOperands in = { .value = features_forward (net, unit, training), .w = w };
  g_autofree float *row = NULL;

  if (net->feature_offset != NULL && mixq_net_slot (net, unit->slot_input) != NULL) {
    row = g_new0 (float, unit->out_cols);
    for (gsize f = 0; f < unit->in_cols; f++)
      for (gsize c = 0; net->feature_offset[f] != 0 && c < unit->out_cols; c++)
        row[c] += net->feature_offset[f] * w[f * unit->out_cols + c];
    in.offset_row = row;
  }
  mixq_net_produce (net, unit, rows, TRUE, sparse_produce, &in);
}

static const float *
transposed_features (MixqNet *net, const MixqUnit *unit)
{
  const MixqCsr *t = net->features_t;

  if (mixq_net_slot (net, unit->slot_input) == NULL && unit->drop <= 0)
    return t->value;
  for (gsize e = 0; e < t->nnz; e++)
    net->features_t_value[e] = net->feature_value[net->features_t_perm[e]];
  return net->features_t_value;
}

/* The rank-one part of dW under an offset: c (sum of dY)^T. */
static void
add_offset_gradient (MixqNet *net, const MixqUnit *unit, const float *g, float *dw)
{
  MixqRows rows = net->frontier[unit->output];
  g_autofree float *g_sum = g_new0 (float, unit->out_cols);

  for (gsize i = 0; i < rows.n; i++)
    for (gsize c = 0; c < unit->out_cols; c++)
      g_sum[c] += g[mixq_rows_at (rows, i) * unit->out_cols + c];
  for (gsize f = 0; f < unit->in_cols; f++)
    for (gsize c = 0; net->feature_offset[f] != 0 && c < unit->out_cols; c++)
      dw[f * unit->out_cols + c] += net->feature_offset[f] * g_sum[c];
}

/* Tile by tile: gradient, STE and Adam of some features' weights while they are in the cache (perf-notes.md 2.5). */
static void
sparse_backward (MixqNet *net, guint u, const float *g)
{
  const MixqUnit *unit = &net->model->units[u];
  MixqWeight *weight = &net->weights[u];
  const MixqCsr *t = net->features_t;
  const float *value = transposed_features (net, unit);
  gboolean tiled = weight->n_copies == 1 && net->feature_offset == NULL;
  gsize tile = tiled ? MAX (WEIGHT_TILE_FLOATS / MAX (weight->cols, 1), 1) : t->n_rows;

  for (gsize from = 0; from < t->n_rows; from += tile) {
    MixqRows rows = mixq_rows_block ((MixqRows){ NULL, t->n_rows, 0 }, from, tile);

    net->kernels->spmm (t->row_ptr, t->col, value, rows, g, unit->out_cols, weight->g[0]);
    if (tiled)
      weight_rows_backward (net, u, rows);
  }
  if (tiled)
    return;
  if (net->feature_offset != NULL)
    add_offset_gradient (net, unit, g, weight->g[0]);
  weights_backward (net, u);
}

static void
forward (MixqNet *net, guint u, MixqPass pass)
{
  const MixqUnit *unit = &net->model->units[u];
  MixqRows rows = mixq_net_rows (net, unit->output, pass);
  const float *w = weights_forward (net, u);

  if (unit->input == 0)
    sparse_forward (net, unit, rows, pass.training, w);
  else
    mixq_net_produce (net, unit, rows, FALSE, dense_produce, w);
}

static void
backward (MixqNet *net, guint u)
{
  const MixqUnit *unit = &net->model->units[u];
  MixqWeight *weight = &net->weights[u];
  const float *g = mixq_net_output_grad (net, unit, net->frontier[unit->output]);
  const float *w = mixq_net_slot (net, unit->slot_operand) != NULL ? weight->q : weight->w[0];

  bias_backward (net, u, g);
  if (unit->input == 0) {
    features_backward (net, unit, w, g);
    sparse_backward (net, u, g);
  } else {
    dense_backward (net, unit, w, weight->g[0], g);
    weights_backward (net, u);
  }
}

static void
freeze (const MixqNet *net, guint u, MixqFrozen *frozen)
{
  const MixqWeight *weight = &net->weights[u];
  const MixqFrozenSlot *slot = &frozen->slots[net->model->units[u].slot_operand];

  frozen->weight[u] = g_new (gint32, MAX (weight->rows * weight->cols, 1));
  for (gsize r = 0; r < weight->rows; r++)
    for (gsize c = 0; c < weight->cols; c++)
      frozen->weight[u][r * weight->cols + c] = mixq_frozen_slot_code (
          slot, mixq_frozen_slot_at (slot, r, c), (double) weight->w[0][r * weight->cols + c]);
  if (net->vectors[u].n > 0)
    frozen->vector[u] = g_memdup2 (net->vectors[u].w, net->vectors[u].n * sizeof (float));
}

/* Features as q - z; a zero of X has code z exactly, so it stays a zero and X stays sparse. */
static void
quantize_features (MixqExec *exec, const MixqFrozenSlot *slot)
{
  const MixqCsr *x = exec->inputs->features;
  gboolean by_row = slot->granularity == MIXQ_PER_ROW;

  exec->feature_code = g_new (gint32, MAX (x->nnz, 1));
  for (gsize r = 0; r < (by_row ? x->n_rows : 1); r++) {
    gsize from = by_row ? x->row_ptr[r] : 0, to = by_row ? x->row_ptr[r + 1] : x->nnz;

    mixq_frozen_slot_quantize (slot, r, exec->kernels, to - from, x->value + from, exec->feature_code + from);
  }
}

static const MixqFrozenSlot *
read_slot (const MixqExec *exec, const MixqUnit *unit)
{
  return &exec->frozen->slots[unit->input == 0 ? unit->slot_input : exec->slot_of[unit->input]];
}

/*
 * Rows with zero-points of their own: sum x w - z_row sum w. Each part keeps the bound of section 9.5, as does their
 * difference, so 32 bits hold all three.
 */
static void
centre_rows (const MixqFrozenSlot *slot, MixqRows rows, gsize k, gsize d, const gint32 *w, gint32 *acc)
{
  g_autofree gint32 *sum = g_new0 (gint32, MAX (d, 1));

  for (gsize f = 0; f < k; f++)
    for (gsize c = 0; c < d; c++)
      sum[c] += w[f * d + c];
  for (gsize i = 0; i < rows.n; i++) {
    gint32 zero = slot->zero[mixq_rows_at (rows, i)];

    for (gsize c = 0; zero != 0 && c < d; c++)
      acc[i * d + c] -= zero * sum[c];
  }
}

static void
sum_narrow (const MixqExec *exec, guint u, MixqRows rows, gint32 *acc, gint32 *sum)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqCsr *x = exec->inputs->features;
  const gint32 *w = exec->frozen->weight[u];

  const MixqFrozenSlot *slot = read_slot (exec, unit);
  gboolean by_row = slot->granularity == MIXQ_PER_ROW;

  if (unit->input == 0) {
    exec->kernels->spmm (x->row_ptr, x->col, exec->feature_code, rows, w, unit->out_cols, acc, NULL);
    return;
  }
  exec->kernels->dense (rows, unit->in_cols, unit->out_cols, exec->code[unit->input],
                        by_row ? 0 : slot->zero[0], w, acc);
  if (by_row)
    centre_rows (slot, rows, unit->in_cols, unit->out_cols, w, acc);
}

static void
sum_wide (const MixqExec *exec, guint u, gsize r, gint64 *acc, gint64 *sum)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqCsr *x = exec->inputs->features;
  const gint32 *w = exec->frozen->weight[u];
  const MixqFrozenSlot *slot = read_slot (exec, unit);
  gsize d = unit->out_cols;

  memset (acc, 0, d * sizeof *acc);
  if (unit->input == 0) {
    for (gsize e = x->row_ptr[r]; e < x->row_ptr[r + 1]; e++)
      for (gsize c = 0; c < d; c++)
        acc[c] += (gint64) exec->feature_code[e] * w[(gsize) x->col[e] * d + c];
    return;
  }
  for (gsize f = 0; f < unit->in_cols; f++) {
    gint64 a = exec->code[unit->input][r * unit->in_cols + f] - slot->zero[mixq_frozen_slot_at (slot, r, f)];
    for (gsize c = 0; c < d; c++)
      acc[c] += a * w[f * d + c];
  }
}

static gsize
longest_sum (const MixqExec *exec, const MixqUnit *unit)
{
  const MixqCsr *x = exec->inputs->features;
  gsize longest = 0;

  if (unit->input != 0)
    return unit->in_cols;
  for (gsize r = 0; r < x->n_rows; r++)
    longest = MAX (longest, x->row_ptr[r + 1] - x->row_ptr[r]);
  return longest;
}

static void
run_integer (MixqExec *exec, guint u)
{
  static const MixqSum sum = { sum_narrow, sum_wide };
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqFrozenSlot *x = read_slot (exec, unit);
  const MixqFrozenSlot *w = &exec->frozen->slots[unit->slot_operand];
  gboolean fits = mixq_accumulator_fits_int32 (x->bits, x->is_signed, w->bits, w->is_signed,
                                               longest_sum (exec, unit));

  if (unit->input == 0)
    quantize_features (exec, x);
  mixq_exec_requantize (exec, u, &sum, fits,
                        &(MixqRequant){ .a = x, .b = w, .bias = exec->frozen->vector[u] });
}

static void
run_simulated (MixqExec *exec, guint u)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqFrozenSlot *xs = read_slot (exec, unit);
  const MixqFrozenSlot *ws = &exec->frozen->slots[unit->slot_operand];
  const MixqCsr *x = exec->inputs->features;
  const float *bias = exec->frozen->vector[u];
  gsize d = unit->out_cols, n = mixq_exec_n_rows (exec, unit->output);
  g_autofree double *w = g_new (double, MAX (unit->in_cols * d, 1));
  g_autofree double *acc = g_new (double, MAX (d, 1));

  for (gsize i = 0; i < unit->in_cols * d; i++)
    w[i] = mixq_frozen_slot_value (ws, mixq_frozen_slot_at (ws, i / d, i % d), exec->frozen->weight[u][i]);
  for (gsize r = 0; r < n; r++) {
    memset (acc, 0, d * sizeof *acc);
    if (unit->input == 0) {
      for (gsize e = x->row_ptr[r]; e < x->row_ptr[r + 1]; e++) {
        gsize i = mixq_frozen_slot_at (xs, r, x->col[e]);
        double v = mixq_frozen_slot_value (xs, i, mixq_frozen_slot_code (xs, i, (double) x->value[e]));
        for (gsize c = 0; c < d; c++)
          acc[c] += v * w[(gsize) x->col[e] * d + c];
      }
    } else {
      for (gsize f = 0; f < unit->in_cols; f++)
        for (gsize c = 0; c < d; c++)
          acc[c] += exec->real[unit->input][r * unit->in_cols + f] * w[f * d + c];
    }
    for (gsize c = 0; bias != NULL && c < d; c++)
      acc[c] += (double) bias[c];
    mixq_exec_store_simulated (exec, unit, r, acc);
  }
}

const MixqUnitClass mixq_unit_linear = {
  .forward = forward,
  .backward = backward,
  .freeze = freeze,
  .run_integer = run_integer,
  .run_simulated = run_simulated,
};
