/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Graph attention in integers, and what they are held against: docs/PAPER.md, "GAT". */
#include <math.h>
#include <string.h>

#include "unit/mixq-unit-attend.h"

/* Numerator and denominator of an attention code. */
__extension__ typedef unsigned __int128 Wide;

void
mixq_attend_freeze (const MixqNet *net, guint u, MixqFrozen *frozen)
{
  const MixqWeight *weight = &net->weights[u];
  const MixqFrozenSlot *slot = &frozen->slots[net->model->units[u].slot_weight];
  gsize n = weight->rows * weight->cols;

  frozen->weight[u] = g_new (gint32, MAX (n, 1));
  for (gsize i = 0; i < n; i++)
    frozen->weight[u][i] = mixq_frozen_slot_code (slot, mixq_frozen_slot_at (slot, 0, i % weight->cols),
                                                  (double) weight->w[0][i]);
}

/* What both engines read. */
typedef struct
{
  const MixqUnit *unit;
  const MixqCsr *edges;
  const MixqFrozenSlot *x, *a, *score, *attention;
  const gint32 *weight; /* heads * dim x 2 codes */
  gsize n, heads, dim;
  guint32 *
      exp_table; /* (owned) round (2^24 exp (-k step / 4)), step the scale of the scores; behind its end: 0 */
  gsize n_exp;
} Attend;

/* No difference of two sums of scores is longer than 8 (2^bits - 1) quarter steps, so no table is. */
static void
fill_exp_table (Attend *self)
{
  double step = ldexp ((double) self->score->scale[0], -MIXQ_ATTEND_SLOPE_SHIFT);
  double levels = (double) self->score->hi - (double) self->score->lo;
  double longest = ldexp (2 * levels, MIXQ_ATTEND_SLOPE_SHIFT);
  double to_zero = ceil ((MIXQ_ATTEND_EXP_BITS + 1) * G_LN2 / step); /* from there on exp rounds to 0 */

  self->n_exp = (gsize) fmin (to_zero, longest) + 1;
  self->exp_table = g_new (guint32, self->n_exp);
  for (gsize k = 0; k < self->n_exp; k++)
    self->exp_table[k] = (guint32) nearbyint (ldexp (exp (-(double) k * step), MIXQ_ATTEND_EXP_BITS));
}

static void
attend_init (Attend *self, const MixqExec *exec, guint u)
{
  const MixqFrozen *frozen = exec->frozen;
  const MixqUnit *unit = &frozen->model->units[u];

  *self = (Attend){ .unit = unit,
                    .edges = mixq_inputs_edges (exec->inputs, unit->edges),
                    .x = &frozen->slots[exec->slot_of[unit->input]],
                    .a = &frozen->slots[unit->slot_weight],
                    .score = &frozen->slots[unit->slot_score],
                    .attention = &frozen->slots[unit->slot_operand],
                    .weight = frozen->weight[u],
                    .n = exec->inputs->n_nodes,
                    .heads = unit->heads,
                    .dim = unit->out_cols / unit->heads };
  fill_exp_table (self);
}

static void
attend_clear (Attend *self)
{
  g_free (self->exp_table);
}

static guint32
exp_at (const Attend *self, gsize k)
{
  return k < self->n_exp ? self->exp_table[k] : 0;
}

/* --- integers -------------------------------------------------------------------------------------------------------- */

/* The score of one head of a node, @side 0 as source, 1 as target: Theorem 1; centred code. */
static gint32
score_code (const Attend *self, const gint32 *x, gsize k, gsize side)
{
  gsize column = mixq_frozen_slot_at (self->a, 0, side);
  gint64 sum = 0;

  for (gsize c = k * self->dim; c < (k + 1) * self->dim; c++)
    sum += (gint64) (x[c] - self->x->zero[0]) * self->weight[2 * c + side];
  return mixq_frozen_slot_code (self->score, 0,
                                (double) self->x->scale[0] * (double) self->a->scale[column] * (double) sum) -
         self->score->zero[0];
}

static gint32 *
score_codes (const Attend *self, const gint32 *x)
{
  gint32 *code = g_new (gint32, MAX (self->n * 2 * self->heads, 1));

  for (gsize r = 0; r < self->n; r++)
    for (gsize side = 0; side < 2; side++)
      for (gsize k = 0; k < self->heads; k++)
        code[(2 * r + side) * self->heads + k] = score_code (self, x + r * self->heads * self->dim, k, side);
  return code;
}

/* LeakyReLU of the sum of two scores, in quarters of their scale. */
static gint64
leaky_code (const Attend *self, const gint32 *code, gsize r, gsize e, gsize k)
{
  gint64 sum = (gint64) code[2 * self->edges->col[e] * self->heads + k] + code[(2 * r + 1) * self->heads + k];

  return sum > 0 ? sum * (1 << MIXQ_ATTEND_SLOPE_SHIFT) : sum;
}

/*
 * round-half-even (part / (sum scale)), clamped, without rounding anything before: a scale is m 2^e with whole m, e. What is far
 * outside of the codes is told apart in double, so that nothing here is longer than 17 + 24 + 24 + 32 bits and the quotient's.
 */
static gint32
attention_code (const Attend *self, guint32 part, guint64 sum)
{
  double about = (double) part / (double) sum / (double) self->attention->scale[0];
  int exponent;
  Wide m = (Wide) ldexp (frexp ((double) self->attention->scale[0], &exponent), 24);
  Wide up, down, code;

  if (about < 0.25)
    return 0;
  if (about > self->attention->hi + 1)
    return self->attention->hi;
  exponent -= 24;
  up = (Wide) part << MAX (-exponent, 0);
  down = (Wide) sum * m << MAX (exponent, 0);
  code = up / down;
  up = 2 * (up % down);
  code += up > down || (up == down && code % 2 == 1);
  return (gint32) MIN (code, (Wide) self->attention->hi);
}

static void
attention_row (const Attend *self, const gint32 *score, gsize r, gint32 *code)
{
  gsize from = self->edges->row_ptr[r], to = self->edges->row_ptr[r + 1];

  for (gsize k = 0; k < self->heads; k++) {
    gint64 top = G_MININT64;
    guint64 sum = 0;

    for (gsize e = from; e < to; e++)
      top = MAX (top, leaky_code (self, score, r, e, k));
    for (gsize e = from; e < to; e++)
      sum += exp_at (self, (gsize) (top - leaky_code (self, score, r, e, k)));
    for (gsize e = from; e < to; e++)
      code[e * self->heads + k] = attention_code (
          self, exp_at (self, (gsize) (top - leaky_code (self, score, r, e, k))), sum);
  }
}

/* sum of attention (x - zx): the row sums of the attention differ by head, so zero-points are taken off first. */
static void
sum_narrow (const MixqExec *exec, guint u, MixqRows rows, gint32 *acc, gint32 *sum)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqCsr *edges = mixq_inputs_edges (exec->inputs, unit->edges);
  gint32 zero = exec->frozen->slots[exec->slot_of[unit->input]].zero[0];
  gsize d = unit->out_cols, heads = unit->heads, dim = d / heads;

  memset (acc, 0, rows.n * d * sizeof *acc);
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);

    for (gsize e = edges->row_ptr[r]; e < edges->row_ptr[r + 1]; e++) {
      const gint32 *x = exec->code[unit->input] + edges->col[e] * d;

      for (gsize k = 0; k < heads; k++)
        for (gsize c = k * dim; c < (k + 1) * dim; c++)
          acc[i * d + c] += exec->edge_code[e * heads + k] * (x[c] - zero);
    }
  }
}

static void
sum_wide (const MixqExec *exec, guint u, gsize r, gint64 *acc, gint64 *sum)
{
  const MixqUnit *unit = &exec->frozen->model->units[u];
  const MixqCsr *edges = mixq_inputs_edges (exec->inputs, unit->edges);
  gint32 zero = exec->frozen->slots[exec->slot_of[unit->input]].zero[0];
  gsize d = unit->out_cols, heads = unit->heads, dim = d / heads;

  memset (acc, 0, d * sizeof *acc);
  for (gsize e = edges->row_ptr[r]; e < edges->row_ptr[r + 1]; e++) {
    const gint32 *x = exec->code[unit->input] + edges->col[e] * d;

    for (gsize k = 0; k < heads; k++)
      for (gsize c = k * dim; c < (k + 1) * dim; c++)
        acc[c] += (gint64) exec->edge_code[e * heads + k] * (x[c] - zero);
  }
}

static gsize
largest_degree (const MixqCsr *edges)
{
  gsize largest = 0;

  for (gsize r = 0; r < edges->n_rows; r++)
    largest = MAX (largest, edges->row_ptr[r + 1] - edges->row_ptr[r]);
  return largest;
}

void
mixq_attend_run_integer (MixqExec *exec, guint u)
{
  static const MixqSum sum = { sum_narrow, sum_wide };
  Attend self;
  g_autofree gint32 *score = NULL;

  attend_init (&self, exec, u);
  score = score_codes (&self, exec->code[self.unit->input]);
  g_clear_pointer (&exec->edge_code, g_free);
  exec->edge_code = g_new (gint32, MAX (self.edges->nnz * self.heads, 1));
  for (gsize r = 0; r < self.n; r++)
    attention_row (&self, score, r, exec->edge_code);
  mixq_exec_requantize (exec, u, &sum,
                        mixq_accumulator_fits_int32 (self.attention->bits, FALSE, self.x->bits,
                                                     self.x->is_signed, largest_degree (self.edges)),
                        &(MixqRequant){ .a = self.attention, .b = self.x });
  attend_clear (&self);
}

/* --- the same in double ---------------------------------------------------------------------------------------------- */

/* n x 2 heads scores as the slot leaves them. */
static double *
real_scores (const Attend *self, const double *x)
{
  double *score = g_new (double, MAX (self->n * 2 * self->heads, 1));

  for (gsize r = 0; r < self->n; r++)
    for (gsize side = 0; side < 2; side++)
      for (gsize k = 0; k < self->heads; k++) {
        gsize column = mixq_frozen_slot_at (self->a, 0, side);
        double sum = 0;

        for (gsize c = k * self->dim; c < (k + 1) * self->dim; c++)
          sum += x[r * self->heads * self->dim + c] *
                 mixq_frozen_slot_value (self->a, column, self->weight[2 * c + side]);
        score[(2 * r + side) * self->heads + k] = mixq_frozen_slot_value (
            self->score, 0, mixq_frozen_slot_code (self->score, 0, sum));
      }
  return score;
}

static double
real_leaky (const Attend *self, const double *score, gsize r, gsize e, gsize k)
{
  double x = score[2 * self->edges->col[e] * self->heads + k] + score[(2 * r + 1) * self->heads + k];

  return x > 0 ? x : ldexp (x, -MIXQ_ATTEND_SLOPE_SHIFT);
}

/* exp (-x) as the table has it. */
static double
real_exp (const Attend *self, double x)
{
  double step = ldexp ((double) self->score->scale[0], -MIXQ_ATTEND_SLOPE_SHIFT);

  return ldexp ((double) exp_at (self, (gsize) nearbyint (x / step)), -MIXQ_ATTEND_EXP_BITS);
}

/*
 * The code of part / sum. Where it changes from k to k + 1 the quotient is (k + 1/2) scale, a number of at most 41 bits: one
 * fused product says on which side of it part / sum is, however near.
 */
static gint32
real_attention_code (const Attend *self, double part, double sum)
{
  double scale = (double) self->attention->scale[0], k = floor (part / sum / scale), edge, product, beyond;

  if (k >= self->attention->hi)
    return self->attention->hi;
  edge = (k + 0.5) * scale;
  product = edge * sum;
  beyond = (part - product) - fma (edge, sum, -product);
  return (gint32) k + (beyond > 0 || (beyond == 0 && (gint32) k % 2 == 1));
}

/* Of one head of a row. @part: scratch for an entry each. */
static void
real_gather (const Attend *self, const MixqExec *exec, const double *score, gsize r, gsize k, double *y)
{
  gsize from = self->edges->row_ptr[r], to = self->edges->row_ptr[r + 1], d = self->heads * self->dim;
  double top = -INFINITY, sum = 0;

  for (gsize e = from; e < to; e++)
    top = fmax (top, real_leaky (self, score, r, e, k));
  for (gsize e = from; e < to; e++)
    sum += real_exp (self, top - real_leaky (self, score, r, e, k));
  for (gsize e = from; e < to; e++) {
    const double *x = exec->real[self->unit->input] + self->edges->col[e] * d;
    gint32 code = real_attention_code (self, real_exp (self, top - real_leaky (self, score, r, e, k)), sum);
    double weight = mixq_frozen_slot_value (self->attention, 0, code);

    for (gsize c = k * self->dim; c < (k + 1) * self->dim; c++)
      y[c] += weight * x[c];
  }
}

void
mixq_attend_run_simulated (MixqExec *exec, guint u)
{
  Attend self;
  g_autofree double *score = NULL, *y = NULL;
  gsize d = exec->frozen->model->units[u].out_cols;

  attend_init (&self, exec, u);
  score = real_scores (&self, exec->real[self.unit->input]);
  y = g_new (double, MAX (d, 1));
  for (gsize r = 0; r < self.n; r++) {
    memset (y, 0, d * sizeof *y);
    for (gsize k = 0; k < self.heads; k++)
      real_gather (&self, exec, score, r, k, y);
    mixq_exec_store_simulated (exec, self.unit, r, y);
  }
  attend_clear (&self);
}
