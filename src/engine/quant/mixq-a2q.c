/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/mixq-a2q.h"

#include <math.h>

#define SHIFT_STEPS 40

double
mixq_a2q_entry (double x, double g, double lo, double hi, double *d_step, double *d_width)
{
  double v = x / g, code = nearbyint (fmin (fmax (v, lo), hi));

  if (v >= lo && v <= hi) {
    *d_step = code - v;
    *d_width = 0;
  } else {
    *d_step = code;
    *d_width = copysign (code != 0 ? (hi + 1) * G_LN2 * g : 0, code);
  }
  return code;
}

/* Sums side by side, so that none waits for another; their order is fixed. */
#define LANES 16
/* 1.5 * 2^23: adding and subtracting it rounds half to even for |v| < 2^22; codes are far below. */
#define ROUND_MAGIC 12582912.0f

typedef struct
{
  float g, inv, lo, hi;
  float floor; /* values below count as this: 0 where a ReLU follows */
} Node;

/* sign (x^ - x) times the derivatives of mixq_a2q_entry(), the width's without its constant. */
static inline void
add_entry (const Node *node, float x, float *step, float *width)
{
  float v = (x > node->floor ? x : node->floor) * node->inv;
  float clipped = v < node->lo ? node->lo : v > node->hi ? node->hi : v;
  float code = (clipped + ROUND_MAGIC) - ROUND_MAGIC, difference = code - v;
  float sign = (difference > 0 ? 1.0f : 0.0f) - (difference < 0 ? 1.0f : 0.0f);
  float outside = clipped != v ? 1.0f : 0.0f;

  *step += sign * (outside != 0 ? code : difference);
  *width -= outside * (code != 0 ? 1.0f : 0.0f); /* the error of a clipped value always points to 0 */
}

void
mixq_a2q_local_gradient (const float *x,
                         gsize n,
                         float g,
                         float lo,
                         float hi,
                         double *d_step,
                         double *d_width)
{
  const Node node = { g, 1.0f / g, lo, hi, lo == 0 ? 0 : -INFINITY };
  float step[LANES] = { 0 }, width[LANES] = { 0 };
  double steps = 0, widths = 0;
  gsize i = 0;

  for (; i + LANES <= n; i += LANES)
    for (guint lane = 0; lane < LANES; lane++)
      add_entry (&node, x[i + lane], &step[lane], &width[lane]);
  for (; i < n; i++)
    add_entry (&node, x[i], &step[0], &width[0]);
  for (guint lane = 0; lane < LANES; lane++) {
    steps += (double) step[lane];
    widths += (double) width[lane];
  }
  *d_step = n > 0 ? steps / (double) n : 0;
  *d_width = n > 0 ? widths * ((double) hi + 1) * G_LN2 * (double) g / (double) n : 0;
}

static guint8
round_width (float beta, double shift, guint8 min, guint8 max)
{
  return (guint8) CLAMP (nearbyint ((double) beta - shift), min, max);
}

static double
mean_width (const float *beta, gsize n, double shift, guint8 min, guint8 max)
{
  gsize sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += round_width (beta[i], shift, min, max);
  return n > 0 ? (double) sum / (double) n : 0;
}

void
mixq_a2q_round_widths (const float *beta, gsize n, double target, guint8 min, guint8 max, guint8 *bits)
{
  double below = 0, above = (double) max + 1; /* at @above every width is @min */

  if (mean_width (beta, n, 0, min, max) <= target)
    above = 0;
  for (guint step = 0; above > 0 && step < SHIFT_STEPS; step++) {
    double middle = (below + above) / 2;

    if (mean_width (beta, n, middle, min, max) <= target)
      above = middle;
    else
      below = middle;
  }
  for (gsize i = 0; i < n; i++)
    bits[i] = round_width (beta[i], above, min, max);
}
