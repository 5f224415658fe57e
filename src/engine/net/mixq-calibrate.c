/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-calibrate.h"

#include <math.h>
#include <string.h>

#include "net/mixq-nodes.h"
#include "quant/mixq-range.h"

/* Values shown to a calibration: enough for a stable error, few enough to do between two epochs. */
#define CALIBRATION_SAMPLE 20000
#define CALIBRATION_STEPS 40
/* Of features and edges more values are shown, all of them up to here: their ranges are taken once. */
#define ENTRY_SAMPLE ((gsize) 1 << 20)
#define COLUMN_SAMPLE 512
#define COLUMN_SAMPLE_LEAST 100
/* Of ranges that follow the data (method spec section 10). */
#define MOMENTUM 0.01f

/* --- products and aggregates -------------------------------------------------------------------------------------- */

/* What a following ReLU throws away is not worth codes. */
static float
seen (const MixqSlot *slot, float x)
{
  return slot->before_relu && x < 0 ? 0 : x;
}

/* An evenly spaced sample of the rows' entries. */
static gsize
sample_rows (const MixqSlot *slot, MixqRows rows, gsize d, const float *x, float *sample)
{
  gsize total = rows.n * d, count = MIN (total, CALIBRATION_SAMPLE);

  for (gsize t = 0; t < count; t++) {
    gsize at = total <= CALIBRATION_SAMPLE ? t : (gsize) ((double) t * (double) total / (double) count);

    sample[t] = seen (slot, x[mixq_rows_at (rows, at / d) * d + at % d]);
  }
  return count;
}

static MixqRange
range_of_rows (const MixqSlot *slot, MixqRows rows, gsize d, const float *x)
{
  MixqRange range = { 0 };

  for (gsize i = 0; i < rows.n; i++)
    mixq_range_extend (&range, x + mixq_rows_at (rows, i) * d, d, 1);
  if (slot->before_relu)
    range.low = 0;
  return range;
}

/* The range of each choice: of all that is there, or, as its width asks, without the outermost values of a sample. */
static void
output_ranges (const MixqNet *net,
               const MixqSlot *slot,
               MixqRows rows,
               gsize d,
               const float *x,
               MixqRange *range)
{
  gboolean trims = net->rules.ranges == MIXQ_RANGES_PERCENTILE;
  g_autofree float *sample = trims ? g_new (float, CALIBRATION_SAMPLE) : NULL;
  gsize n = trims ? sample_rows (slot, rows, d, x, sample) : 0;

  for (guint k = 0; k < slot->n_choices; k++)
    if (trims)
      range[k] = mixq_range_of_percentile (sample, n, mixq_percentile_of_width (slot->bits[k]));
    else
      range[k] = k == 0 ? range_of_rows (slot, rows, d, x) : range[0];
}

static void
least_error (MixqNet *net, MixqSlot *slot, MixqRows rows, gsize d, const float *x)
{
  g_autofree float *sample = g_new (float, CALIBRATION_SAMPLE);
  gsize n = sample_rows (slot, rows, d, x, sample);

  for (guint k = 0; k < slot->n_choices; k++)
    mixq_calibrate_activation (&slot->quantizer[k], net->kernels, sample, n, CALIBRATION_STEPS);
}

/* One bit is a sign in all columns or in none (mixq_quantizer_is_sign()): in all where the tensor has both signs. */
static gboolean
columns_are_signs (const MixqSlot *slot, const MixqQuantizer *q, MixqRows rows, gsize d, const float *x)
{
  MixqRange range = range_of_rows (slot, rows, d, x);

  return q->bits == 1 && range.low < 0 && range.high > 0;
}

static void
set_column (MixqQuantizer *q, gsize c, const float *column, gsize n)
{
  MixqRange range = { 0 };

  mixq_range_extend (&range, column, n, 1);
  mixq_quantizer_set_sign (q, c, range.magnitude);
}

/* Each column as a slot of its own, from at most COLUMN_SAMPLE of its rows. */
static void
columns (MixqNet *net, MixqSlot *slot, MixqRows rows, gsize d, const float *x)
{
  g_autofree float *column = g_new (float, COLUMN_SAMPLE);
  gsize n = MIN (rows.n, COLUMN_SAMPLE);
  MixqSlot one = *slot;

  one.n_choices = 1;
  for (guint k = 0; k < slot->n_choices; k++) {
    MixqQuantizer *q = &slot->quantizer[k];
    gboolean signs = columns_are_signs (slot, q, rows, d, x);

    mixq_quantizer_init (&one.quantizer[0], q->bits, q->is_signed, MIXQ_PER_TENSOR, 1);
    one.before_relu = slot->before_relu || q->bits == 1;
    for (gsize c = 0; c < d; c++) {
      for (gsize i = 0; i < n; i++)
        column[i] = x[mixq_rows_at (rows, i * rows.n / n) * d + c];
      if (signs) {
        set_column (q, c, column, n);
        continue;
      }
      mixq_calibrate_slot_output (net, &one, (MixqRows){ NULL, n }, 1, column);
      mixq_quantizer_set (q, c, one.quantizer[0].scale[0], one.quantizer[0].zero[0]);
    }
    mixq_quantizer_clear (&one.quantizer[0]);
  }
}

void
mixq_calibrate_slot_output (MixqNet *net, MixqSlot *slot, MixqRows rows, gsize d, const float *x)
{
  slot->calibrate = FALSE;
  if (slot->n_choices > 0 && slot->quantizer[0].row_bits != NULL) {
    mixq_nodes_calibrate_slot (net, slot, rows, d, x);
  } else if (slot->n_choices > 0 && !net->rules.per_column &&
             slot->quantizer[0].granularity == MIXQ_PER_COLUMN) {
    columns (net, slot, rows, d, x);
  } else if (net->rules.per_column) {
    for (guint k = 0; k < slot->n_choices; k++)
      mixq_calibrate_min_max (&slot->quantizer[k], x, rows.n, d);
  } else if (net->rules.ranges == MIXQ_RANGES_MSE) {
    least_error (net, slot, rows, d, x);
  } else {
    MixqRange range[MIXQ_MAX_CHOICES];

    output_ranges (net, slot, rows, d, x, range);
    for (guint k = 0; k < slot->n_choices; k++) {
      mixq_quantizer_set_range (&slot->quantizer[k], 0, &range[k]);
      if (slot->seen[k] != NULL)
        slot->seen[k][0] = range[k];
    }
  }
}

void
mixq_follow_slot_output (MixqNet *net, MixqSlot *slot, MixqRows rows, gsize d, const float *x)
{
  MixqRange range[MIXQ_MAX_CHOICES];

  if (rows.n == 0)
    return;
  output_ranges (net, slot, rows, d, x, range);
  for (guint k = 0; k < slot->n_choices; k++) {
    mixq_range_follow (&slot->seen[k][0], &range[k], MOMENTUM);
    mixq_quantizer_set_range (&slot->quantizer[k], 0, &slot->seen[k][0]);
  }
}

/*
 * Entries to search a scale with: @x itself, or of very many an evenly spread sample, which holds the least and the largest.
 * @sample: (out) (transfer full) (nullable): the memory of a sample. @n: (inout)
 */
static const float *
sample_entries (const float *x, gsize *n, float **sample)
{
  gsize least = 0, largest = 0;

  *sample = NULL;
  if (*n <= ENTRY_SAMPLE)
    return x;
  for (gsize e = 1; e < *n; e++) {
    if (x[e] < x[least])
      least = e;
    if (x[e] > x[largest])
      largest = e;
  }
  *sample = g_new (float, ENTRY_SAMPLE);
  for (gsize i = 0; i < ENTRY_SAMPLE; i++)
    (*sample)[i] = x[(gsize) ((double) i * (double) *n / (double) ENTRY_SAMPLE)];
  (*sample)[0] = x[least];
  (*sample)[ENTRY_SAMPLE - 1] = x[largest];
  *n = ENTRY_SAMPLE;
  return *sample;
}

/* --- features, edges: constant, zero is code 0 -------------------------------------------------------------------- */

/* The published rule: min-max a column; the zeros are part of every column, so 0 always is in range. */
static void
features_per_column (MixqQuantizer *q, const MixqCsr *x)
{
  g_autofree float *low = g_new0 (float, q->n), *high = g_new0 (float, q->n);

  for (gsize e = 0; e < x->nnz; e++) {
    low[x->col[e]] = fminf (low[x->col[e]], x->value[e]);
    high[x->col[e]] = fmaxf (high[x->col[e]], x->value[e]);
  }
  for (gsize f = 0; f < q->n; f++) {
    float scale = (high[f] - low[f]) / (q->hi - q->lo) + 1e-16f;

    mixq_quantizer_set (q, f, scale, nearbyintf (q->hi - high[f] / scale));
  }
}

/* A row whose values are all of one size (a row of a normalised bag of words) needs no search: it is exact. */
static gboolean
one_size (const float *x, gsize n)
{
  for (gsize i = 1; i < n; i++)
    if (fabsf (x[i]) != fabsf (x[0]))
      return FALSE;
  return n > 0 && x[0] != 0;
}

static void
features_per_row (MixqNet *net, MixqQuantizer *q, const MixqCsr *x)
{
  MixqQuantizer one;

  mixq_quantizer_init (&one, q->bits, q->is_signed, MIXQ_PER_TENSOR, 1);
  for (gsize r = 0; r < x->n_rows; r++) {
    const float *row = x->value + x->row_ptr[r];
    gsize n = x->row_ptr[r + 1] - x->row_ptr[r];

    if (one_size (row, n) && q->bits > 1)
      mixq_quantizer_set (&one, 0, fabsf (row[0]) / q->hi, 0);
    else
      mixq_calibrate_relative (&one, net->kernels, row, n);
    mixq_quantizer_set (q, r, one.scale[0], one.zero[0]);
  }
  mixq_quantizer_clear (&one);
}

static void
symmetric_range (const MixqNet *net, MixqSlot *slot, const float *x, gsize n)
{
  g_autofree float *sample = g_memdup2 (x, n * sizeof *x);
  MixqRange range = { 0 };

  mixq_range_extend (&range, x, n, 1);
  for (guint k = 0; k < slot->n_choices; k++) {
    if (net->rules.ranges == MIXQ_RANGES_PERCENTILE && n > 0)
      range = mixq_range_of_percentile (sample, n, mixq_percentile_of_width (slot->bits[k]));
    mixq_quantizer_set_symmetric (&slot->quantizer[k], 0, &range);
  }
}

void
mixq_calibrate_slot_features (MixqNet *net, MixqSlot *slot)
{
  const MixqCsr *x = net->data->features;
  g_autofree float *sample = NULL;
  const float *entry;
  gsize n = x->nnz;

  slot->calibrate = FALSE;
  if (slot->n_choices > 0 && slot->quantizer[0].granularity == MIXQ_PER_ROW) {
    for (guint k = 0; k < slot->n_choices; k++)
      features_per_row (net, &slot->quantizer[k], x);
    return;
  }
  entry = sample_entries (x->value, &n, &sample);
  if (!net->rules.per_column && net->rules.ranges != MIXQ_RANGES_MSE) {
    symmetric_range (net, slot, entry, n);
    return;
  }
  for (guint k = 0; k < slot->n_choices; k++)
    if (net->rules.per_column)
      features_per_column (&slot->quantizer[k], x);
    else
      mixq_calibrate_relative (&slot->quantizer[k], net->kernels, entry, n);
}

static void
positive_values (MixqNet *net, MixqSlot *slot, const float *x, gsize n)
{
  slot->calibrate = FALSE;
  if (!net->rules.per_column && net->rules.ranges != MIXQ_RANGES_MSE) {
    symmetric_range (net, slot, x, n);
    return;
  }
  for (guint k = 0; k < slot->n_choices; k++)
    if (net->rules.per_column)
      mixq_calibrate_min_max (&slot->quantizer[k], x, n, 1);
    else
      mixq_calibrate_positive (&slot->quantizer[k], net->kernels, x, n);
}

void
mixq_calibrate_slot_edges (MixqNet *net, MixqSlot *slot, const MixqCsr *a)
{
  positive_values (net, slot, a->value, a->nnz);
}

/* --- attention: positive as edges are, but it follows the weights --------------------------------------------------- */

static gsize
row_length (const MixqCsr *csr, gsize r)
{
  return csr->row_ptr[r + 1] - csr->row_ptr[r];
}

/*
 * An evenly spaced sample of the shares of @rows, as they change with every step and so are looked at often. Returns how many;
 * @x: @heads an entry of @edges.
 */
static gsize
sample_attention (const MixqCsr *edges, MixqRows rows, gsize heads, const float *x, float *sample)
{
  gsize total = 0, seen = 0, count;

  for (gsize i = 0; i < rows.n; i++)
    total += heads * row_length (edges, mixq_rows_at (rows, i));
  count = MIN (total, CALIBRATION_SAMPLE);
  for (gsize i = 0, t = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i), n = heads * row_length (edges, r);

    for (gsize at; t < count && (at = (gsize) ((double) t * (double) total / (double) count)) < seen + n; t++)
      sample[t] = x[heads * edges->row_ptr[r] + at - seen];
    seen += n;
  }
  return count;
}

/* What every choice sees of @sample, which is reordered. */
static void
attention_ranges (const MixqNet *net, const MixqSlot *slot, float *sample, gsize n, MixqRange *range)
{
  for (guint k = 0; k < slot->n_choices; k++) {
    range[k] = (MixqRange){ 0 };
    if (net->rules.ranges == MIXQ_RANGES_PERCENTILE)
      range[k] = mixq_range_of_percentile (sample, n, mixq_percentile_of_width (slot->bits[k]));
    else
      mixq_range_extend (&range[k], sample, n, 1);
  }
}

void
mixq_calibrate_slot_attention (MixqNet *net,
                               MixqSlot *slot,
                               const MixqCsr *edges,
                               MixqRows rows,
                               gsize heads,
                               const float *x)
{
  g_autofree float *sample = g_new (float, CALIBRATION_SAMPLE);
  gsize n = sample_attention (edges, rows, heads, x, sample);
  MixqRange range[MIXQ_MAX_CHOICES];

  if (slot->seen[0] != NULL && n > 0) {
    attention_ranges (net, slot, sample, n, range);
    for (guint k = 0; k < slot->n_choices; k++)
      slot->seen[k][0] = range[k];
  }
  positive_values (net, slot, sample, n);
}

void
mixq_follow_slot_attention (MixqNet *net,
                            MixqSlot *slot,
                            const MixqCsr *edges,
                            MixqRows rows,
                            gsize heads,
                            const float *x)
{
  g_autofree float *sample = g_new (float, CALIBRATION_SAMPLE);
  gsize n = sample_attention (edges, rows, heads, x, sample);
  MixqRange range[MIXQ_MAX_CHOICES];

  if (n == 0)
    return;
  attention_ranges (net, slot, sample, n, range);
  for (guint k = 0; k < slot->n_choices; k++) {
    mixq_range_follow (&slot->seen[k][0], &range[k], MOMENTUM);
    mixq_quantizer_set_symmetric (&slot->quantizer[k], 0, &slot->seen[k][0]);
  }
}

/* --- weights ------------------------------------------------------------------------------------------------------- */

/* Row by row, as the matrix lies. */
static void
ranges_of_columns (const float *w, gsize rows, gsize cols, MixqRange *range)
{
  memset (range, 0, cols * sizeof *range);
  for (gsize r = 0; r < rows; r++)
    for (gsize c = 0; c < cols; c++) {
      float x = w[r * cols + c];

      range[c].low = fminf (range[c].low, x);
      range[c].high = fmaxf (range[c].high, x);
      range[c].magnitude += fabsf (x);
    }
  for (gsize c = 0; c < cols; c++) {
    range[c].magnitude /= (float) MAX (rows, 1);
    range[c].n = rows;
  }
}

/* Without the outermost values of a sample of each column's rows. */
static void
trimmed_ranges_of_columns (const float *w, gsize rows, gsize cols, guint8 bits, MixqRange *range)
{
  gsize n = MIN (rows, MAX (CALIBRATION_SAMPLE / MAX (cols, 1), COLUMN_SAMPLE_LEAST));
  g_autofree float *column = g_new (float, MAX (n, 1));

  for (gsize c = 0; c < cols; c++) {
    for (gsize i = 0; i < n; i++)
      column[i] = w[(gsize) ((double) i * (double) rows / (double) n) * cols + c];
    range[c] = mixq_range_of_percentile (column, n, mixq_percentile_of_width (bits));
  }
}

static void
weight_ranges (const MixqNet *net, const MixqSlot *slot, guint k, const MixqWeight *weight, MixqRange *range)
{
  if (net->rules.ranges == MIXQ_RANGES_PERCENTILE)
    trimmed_ranges_of_columns (weight->w[0], weight->rows, weight->cols, slot->bits[k], range);
  else
    ranges_of_columns (weight->w[0], weight->rows, weight->cols, range);
}

/* @momentum: 1 to take the ranges as they are. */
static void
move_weight_ranges (MixqNet *net, MixqSlot *slot, const MixqWeight *weight, float momentum)
{
  g_autofree MixqRange *range = g_new (MixqRange, MAX (weight->cols, 1));

  for (guint k = 0; k < slot->n_choices; k++) {
    if (k == 0 || net->rules.ranges == MIXQ_RANGES_PERCENTILE)
      weight_ranges (net, slot, k, weight, range);
    for (gsize c = 0; c < weight->cols; c++) {
      MixqRange *seen = slot->seen[k] != NULL ? &slot->seen[k][c] : NULL;

      if (seen != NULL && momentum < 1)
        mixq_range_follow (seen, &range[c], momentum);
      else if (seen != NULL)
        *seen = range[c];
      mixq_quantizer_set_symmetric (&slot->quantizer[k], c, seen != NULL ? seen : &range[c]);
    }
  }
}

void
mixq_calibrate_slot_weight (MixqNet *net, MixqSlot *slot, const MixqWeight *weight)
{
  slot->calibrate = FALSE;
  if (!net->rules.per_column && net->rules.ranges != MIXQ_RANGES_MSE) {
    move_weight_ranges (net, slot, weight, 1);
    return;
  }
  for (guint k = 0; k < slot->n_choices; k++) {
    MixqQuantizer *q = &slot->quantizer[k];
    const float *w = weight->w[weight->n_copies > 1 ? k : 0];

    if (net->rules.per_column)
      mixq_calibrate_min_max (q, w, weight->rows, weight->cols);
    else
      mixq_calibrate_weight (q, net->kernels, w, weight->rows, weight->cols);
  }
}

void
mixq_follow_slot_weight (MixqNet *net, MixqSlot *slot, const MixqWeight *weight)
{
  move_weight_ranges (net, slot, weight, MOMENTUM);
}
