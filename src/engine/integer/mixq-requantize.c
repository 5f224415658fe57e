/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From integer sums to output codes: one real multiplier an entry (Theorem 1), tile by tile. */
#include <math.h>

#include "integer/mixq-frozen.h"

/* Rows whose sums stay in the L1 cache between summing and requantizing. */
#define TILE_SUMS 4096

/* What one row of outputs is requantized by; all rows share it unless a scale, zero-point or width varies by row. */
typedef struct
{
  const MixqFrozenSlot *a, *b, *y;
  gsize d;
  gboolean by_row;
  double *multiplier, *factor, *scale, *zero, *shift; /* multiplier = scale of a x factor / scale */
  MixqCoding coding; /* of the first column: scale and zero may differ in the others */
} Requantizer;

static void
set_row (Requantizer *self, gsize row)
{
  double a = (double) self->a->scale[mixq_frozen_slot_at (self->a, row, 0)];

  if (self->y->granularity == MIXQ_PER_ROW) {
    mixq_frozen_slot_coding (self->y, row, &self->coding);
    for (gsize c = 0; c < self->d; c++) {
      self->scale[c] = self->coding.scale;
      self->zero[c] = self->coding.zero;
    }
  }
  for (gsize c = 0; c < self->d; c++)
    self->multiplier[c] = a * self->factor[c] / self->scale[c];
}

/* What is the same in all rows. */
static void
set_columns (Requantizer *self, gboolean shift)
{
  for (gsize c = 0; c < self->d; c++) {
    MixqCoding coding;
    gsize b = mixq_frozen_slot_at (self->b, 0, c);

    mixq_frozen_slot_coding (self->y, mixq_frozen_slot_at (self->y, 0, c), &coding);
    self->factor[c] = (double) self->b->scale[b];
    self->scale[c] = coding.scale;
    self->zero[c] = coding.zero;
    self->shift[c] = shift ? self->b->zero[b] : 0;
    if (c == 0)
      self->coding = coding;
  }
}

static void
requantizer_init (Requantizer *self,
                  gsize d,
                  const MixqFrozenSlot *a,
                  const MixqFrozenSlot *b,
                  const MixqFrozenSlot *y)
{
  *self = (Requantizer){ .a = a, .b = b, .y = y, .d = d };
  self->by_row = a->granularity == MIXQ_PER_ROW || y->granularity == MIXQ_PER_ROW;
  self->multiplier = g_new (double, MAX (d, 1));
  self->factor = g_new (double, MAX (d, 1));
  self->scale = g_new (double, MAX (d, 1));
  self->zero = g_new (double, MAX (d, 1));
  self->shift = g_new (double, MAX (d, 1));
}

static void
requantizer_clear (Requantizer *self)
{
  g_free (self->multiplier);
  g_free (self->factor);
  g_free (self->scale);
  g_free (self->zero);
  g_free (self->shift);
}

static void
requantize_rows (MixqExec *exec,
                 int output,
                 Requantizer *q,
                 MixqRows rows,
                 const gint32 *acc,
                 const gint32 *row_sum)
{
  exec->kernels->requantize (rows, q->d, acc, row_sum, q->shift, q->multiplier, q->zero, q->coding.lo,
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
  int output = exec->frozen->model->units[u].output;
  gsize n = exec->inputs->n_nodes, tile = MAX (TILE_SUMS / MAX (q->d, 1), 4);
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
      requantize_rows (exec, output, q, mixq_rows_block (rows, i, 1), acc + i * q->d, row_sum + i);
    }
  }
}

static void
requantize_wide (MixqExec *exec, guint u, const MixqSum *sum, Requantizer *q)
{
  int output = exec->frozen->model->units[u].output;
  g_autofree gint64 *acc = g_new (gint64, MAX (q->d, 1));

  for (gsize r = 0; r < exec->inputs->n_nodes; r++) {
    gint64 row_sum = 0;

    sum->wide (exec, u, r, acc, &row_sum);
    if (q->by_row)
      set_row (q, r);
    for (gsize c = 0; c < q->d; c++) {
      gint64 centred = acc[c] - (gint64) q->shift[c] * row_sum;
      double v = nearbyint (q->zero[c] + q->multiplier[c] * (double) centred);

      exec->code[output][r * q->d + c] = mixq_coding_name (&q->coding,
                                                           (gint32) CLAMP (v, q->coding.lo, q->coding.hi));
    }
  }
}

void
mixq_exec_requantize (MixqExec *exec,
                      guint u,
                      const MixqSum *sum,
                      gboolean fits,
                      const MixqFrozenSlot *a,
                      const MixqFrozenSlot *b,
                      gboolean shift)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  Requantizer q;

  requantizer_init (&q, unit->out_cols, a, b, &exec->frozen->slots[unit->slot_output]);
  if (exec->inputs->n_nodes > 0) {
    set_columns (&q, shift);
    set_row (&q, 0);
  }
  (fits ? requantize_narrow : requantize_wide) (exec, u, sum, &q);
  requantizer_clear (&q);
}

void
mixq_exec_store_simulated (MixqExec *exec,
                           const MixqUnit *unit,
                           const MixqFrozenSlot *slot,
                           gsize row,
                           const double *y)
{
  for (gsize c = 0; c < unit->out_cols; c++) {
    gsize i = mixq_frozen_slot_at (slot, row, c), at = row * unit->out_cols + c;
    gint32 code = mixq_frozen_slot_code (slot, i, y[c]);

    exec->code[unit->output][at] = code;
    exec->real[unit->output][at] = mixq_frozen_slot_value (slot, i, code);
  }
}
