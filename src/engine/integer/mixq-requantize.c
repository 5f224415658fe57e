/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From integer sums to output codes: one real multiplier an entry (Theorem 1), tile by tile. */
#include <math.h>

#include "integer/mixq-frozen.h"

/* Rows whose sums stay in the L1 cache between summing and requantizing. */
#define TILE_SUMS 4096

/* What one row of outputs is requantized by; all rows share it unless a scale, factor, zero-point or width varies by row. */
typedef struct
{
  const MixqRequant *by;
  const MixqFrozenSlot *y;
  const float *fold; /* (nullable): a and b of the batch norm folded into the unit */
  gsize d;
  gboolean by_row;
  double *multiplier, *factor, *scale, *zero, *shift; /* multiplier = scale of a x factor / scale */
  double *
      divisor; /* where rows are divided: then multiplier = scale of a x factor, divisor = that of the row x scale */
  double *offset;    /* what is added to the real output, in units of 1: biases */
  double *first;     /* zero-point + offset / scale */
  MixqCoding coding; /* of the first column: scale and zero may differ in the others */
} Requantizer;

static void
set_multipliers (Requantizer *self, gsize row)
{
  const MixqRequant *by = self->by;
  double a = by->a != NULL ? (double) by->a->scale[mixq_frozen_slot_at (by->a, row, 0)] : 1;

  for (gsize c = 0; c < self->d; c++) {
    self->multiplier[c] = a * self->factor[c];
    if (by->row_divisor != NULL)
      self->divisor[c] = by->row_divisor[row] * self->scale[c];
    else
      self->multiplier[c] /= self->scale[c];
  }
}

static void
set_row (Requantizer *self, gsize row)
{
  if (self->y->granularity == MIXQ_PER_ROW) {
    mixq_frozen_slot_coding (self->y, row, &self->coding);
    for (gsize c = 0; c < self->d; c++) {
      self->scale[c] = self->coding.scale;
      self->zero[c] = self->coding.zero;
    }
  }
  set_multipliers (self, row);
  for (gsize c = 0; c < self->d; c++)
    self->first[c] = self->zero[c] + self->offset[c] / self->scale[c];
}

/* A batch norm in front: b column scales, and a zero-point that is no whole number (method spec 9.4 rule 6). */
static void
put_affine_in_front (Requantizer *self, gsize c)
{
  double a = (double) self->by->affine[c], b = (double) self->by->affine[self->d + c];

  self->shift[c] -= b / (a * self->factor[c]);
  self->factor[c] *= a;
}

/* What is the same in all rows. */
static void
set_columns (Requantizer *self)
{
  const MixqRequant *by = self->by;

  for (gsize c = 0; c < self->d; c++) {
    MixqCoding coding;
    gsize b = mixq_frozen_slot_at (by->b, 0, c);

    mixq_frozen_slot_coding (self->y, mixq_frozen_slot_at (self->y, 0, c), &coding);
    self->factor[c] = (double) by->b->scale[b];
    self->scale[c] = coding.scale;
    self->zero[c] = coding.zero;
    self->shift[c] = by->shift ? by->b->zero[b] : 0;
    self->offset[c] = by->bias != NULL ? (double) by->bias[c] : 0;
    if (by->affine != NULL)
      put_affine_in_front (self, c);
    if (self->fold != NULL) {
      self->factor[c] *= (double) self->fold[c];
      self->offset[c] = self->offset[c] * (double) self->fold[c] + (double) self->fold[self->d + c];
    }
    if (c == 0)
      self->coding = coding;
  }
}

static void
requantizer_init (Requantizer *self, const MixqExec *exec, guint u, const MixqRequant *by)
{
  const MixqModel *model = exec->frozen->model;
  int norm = mixq_model_folded (model, u);
  gsize d = model->units[u].out_cols, room = MAX (d, 1);

  *self = (Requantizer){ .by = by,
                         .y = &exec->frozen->slots[mixq_model_output_slot (model, u)],
                         .fold = norm >= 0 ? exec->frozen->vector[norm] : NULL,
                         .d = d };
  self->by_row = (by->a != NULL && by->a->granularity == MIXQ_PER_ROW) || by->row_divisor != NULL ||
                 self->y->granularity == MIXQ_PER_ROW;
  self->multiplier = g_new (double, room);
  self->divisor = g_new (double, room);
  self->factor = g_new (double, room);
  self->scale = g_new (double, room);
  self->zero = g_new (double, room);
  self->shift = g_new (double, room);
  self->offset = g_new (double, room);
  self->first = g_new (double, room);
}

static void
requantizer_clear (Requantizer *self)
{
  g_free (self->multiplier);
  g_free (self->divisor);
  g_free (self->factor);
  g_free (self->scale);
  g_free (self->zero);
  g_free (self->shift);
  g_free (self->offset);
  g_free (self->first);
}

/* Where the codes of @unit go: its output, or that of the batch norm folded into it. */
static int
output_of (const MixqModel *model, guint u)
{
  int norm = mixq_model_folded (model, u);

  return model->units[norm >= 0 ? (guint) norm : u].output;
}

static gint32
divided_code (const Requantizer *self, gsize c, double acc, double row_sum)
{
  double v = self->first[c] + self->multiplier[c] * (acc - self->shift[c] * row_sum) / self->divisor[c];

  return mixq_coding_name (&self->coding, (gint32) nearbyint (CLAMP (v, self->coding.lo, self->coding.hi)));
}

static void
divide_row (MixqExec *exec, int output, const Requantizer *q, gsize row, const gint32 *acc, gint32 row_sum)
{
  for (gsize c = 0; c < q->d; c++)
    exec->code[output][row * q->d + c] = divided_code (q, c, acc[c], row_sum);
}

static void
requantize_rows (MixqExec *exec,
                 int output,
                 Requantizer *q,
                 MixqRows rows,
                 const gint32 *acc,
                 const gint32 *row_sum)
{
  exec->kernels->requantize (rows, q->d, acc, row_sum, q->shift, q->multiplier, q->first, q->coding.lo,
                             q->coding.hi, exec->code[output]);
  for (gsize i = 0; q->coding.is_sign && i < rows.n; i++) {
    gint32 *code = exec->code[output] + mixq_rows_at (rows, i) * q->d;

    for (gsize c = 0; c < q->d; c++)
      code[c] = mixq_coding_name (&q->coding, code[c]);
  }
}

static void
requantize_narrow (MixqExec *exec, guint u, const MixqSum *sum, Requantizer *q)
{
  int output = output_of (exec->frozen->model, u);
  gsize n = mixq_exec_n_rows (exec, output), tile = MAX (TILE_SUMS / MAX (q->d, 1), 4);
  g_autofree gint32 *acc = g_new (gint32, MAX (tile * q->d, 1)), *row_sum = g_new0 (gint32, tile);

  for (gsize from = 0; from < n; from += tile) {
    MixqRows rows = mixq_rows_block ((MixqRows){ NULL, n, 0 }, from, tile);

    sum->narrow (exec, u, rows, acc, row_sum);
    if (!q->by_row) {
      requantize_rows (exec, output, q, rows, acc, row_sum);
      continue;
    }
    for (gsize i = 0; i < rows.n; i++) {
      set_row (q, from + i);
      if (q->by->row_divisor != NULL)
        divide_row (exec, output, q, from + i, acc + i * q->d, row_sum[i]);
      else
        requantize_rows (exec, output, q, mixq_rows_block (rows, i, 1), acc + i * q->d, row_sum + i);
    }
  }
}

static gint32
wide_code (const Requantizer *self, gsize c, double acc, double row_sum)
{
  double v = nearbyint (self->first[c] + self->multiplier[c] * (acc - self->shift[c] * row_sum));

  return mixq_coding_name (&self->coding, (gint32) CLAMP (v, self->coding.lo, self->coding.hi));
}

static void
requantize_wide (MixqExec *exec, guint u, const MixqSum *sum, Requantizer *q)
{
  gboolean by_division = q->by->row_divisor != NULL;
  int output = output_of (exec->frozen->model, u);
  g_autofree gint64 *acc = g_new (gint64, MAX (q->d, 1));

  for (gsize r = 0; r < mixq_exec_n_rows (exec, output); r++) {
    gint64 row_sum = 0;

    sum->wide (exec, u, r, acc, &row_sum);
    if (q->by_row)
      set_row (q, r);
    for (gsize c = 0; c < q->d; c++)
      exec->code[output][r * q->d + c] = (by_division ? divided_code : wide_code) (q, c, (double) acc[c],
                                                                                   (double) row_sum);
  }
}

void
mixq_exec_requantize (MixqExec *exec, guint u, const MixqSum *sum, gboolean fits, const MixqRequant *by)
{
  Requantizer q;

  requantizer_init (&q, exec, u, by);
  if (mixq_exec_n_rows (exec, exec->frozen->model->units[u].output) > 0) {
    set_columns (&q);
    set_row (&q, 0);
  }
  (fits ? requantize_narrow : requantize_wide) (exec, u, sum, &q);
  requantizer_clear (&q);
}

void
mixq_exec_store_codes (MixqExec *exec, guint u, gsize row, const double *y)
{
  const MixqModel *model = exec->frozen->model;
  const MixqFrozenSlot *slot = &exec->frozen->slots[mixq_model_output_slot (model, u)];
  int norm = mixq_model_folded (model, u), output = output_of (model, u);
  const float *fold = norm >= 0 ? exec->frozen->vector[norm] : NULL;
  gsize d = model->units[u].out_cols;

  for (gsize c = 0; c < d; c++) {
    double x = fold != NULL ? (double) fold[c] * y[c] + (double) fold[d + c] : y[c];

    exec->code[output][row * d + c] = mixq_frozen_slot_code (slot, mixq_frozen_slot_at (slot, row, c), x);
  }
}

void
mixq_exec_store_simulated (MixqExec *exec, const MixqUnit *unit, gsize row, const double *y)
{
  const MixqFrozenSlot *slot = unit->slot_output >= 0 ? &exec->frozen->slots[unit->slot_output] : NULL;

  for (gsize c = 0; c < unit->out_cols; c++) {
    gsize at = row * unit->out_cols + c, i;
    gint32 code;

    if (slot == NULL) {
      exec->real[unit->output][at] = y[c];
      continue;
    }
    i = mixq_frozen_slot_at (slot, row, c);
    code = mixq_frozen_slot_code (slot, i, y[c]);
    exec->code[unit->output][at] = code;
    exec->real[unit->output][at] = mixq_frozen_slot_value (slot, i, code);
  }
}
