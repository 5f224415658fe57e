/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/mixq-a2q.h"

#include <math.h>
#include <string.h>

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

/* Vectors that every CPU has. */
#define LANES 4
typedef float Floats __attribute__ ((vector_size (4 * LANES), aligned (4), may_alias));
typedef gint32 Masks __attribute__ ((vector_size (4 * LANES), aligned (4), may_alias));

/* 1.5 * 2^23: adding and subtracting it rounds half to even for |v| < 2^22; codes are far below. */
#define ROUND_MAGIC 12582912.0f
#define NO_SIGN 0x7fffffff

/*
 * With e the error x^ - x and c the code at the clip: inside, sign (e) (code - x / g) is |code - x / g|; outside the error
 * points to 0, so that it is -|c|, and the width's derivative -(hi + 1) ln 2 g.
 */
void
mixq_a2q_local_gradient (const float *x,
                         gsize n,
                         float g,
                         float lo,
                         float hi,
                         double *d_step,
                         double *d_width)
{
  const Floats low = (Floats){ 0 } + lo, high = (Floats){ 0 } + hi;
  const float inv = 1.0f / g;
  Floats rounding = { 0 }, clips = { 0 };
  double inside = 0, outside = 0;

  for (gsize i = 0; i < n; i += LANES) {
    float part[LANES] = { 0 };
    Floats v, code;
    Masks below, above, clipped;

    memcpy (part, x + i, MIN (LANES, n - i) * sizeof *part);
    v = *(const Floats *) part * inv;
    if (lo == 0)
      v = (Floats) ((Masks) v & (v > low));
    below = v < low;
    above = v > high;
    clipped = below | above;
    code = (Floats) (((Masks) v & ~clipped) | ((Masks) low & below) | ((Masks) high & above));
    code = (code + ROUND_MAGIC) - ROUND_MAGIC;
    rounding += (Floats) ((Masks) (code - v) & NO_SIGN & ~clipped);
    clips += (Floats) ((Masks) ((Floats){ 0 } + 1) & clipped);
  }
  for (guint lane = 0; lane < LANES; lane++) {
    inside += (double) rounding[lane];
    outside += (double) clips[lane];
  }
  *d_step = n > 0 ? (inside - outside * (double) hi) / (double) n : 0;
  *d_width = n > 0 && hi > 0 ? -outside * ((double) hi + 1) * G_LN2 * (double) g / (double) n : 0;
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
