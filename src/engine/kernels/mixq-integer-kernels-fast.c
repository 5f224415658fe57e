/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compiled once a CPU level, like mixq-kernels-fast.c, but never with contracted products: codes are the same everywhere. */
#include <string.h>

#include "kernels/mixq-integer-kernels.h"
#include "kernels/mixq-vector.h"

/* 1.5 * 2^52: adding and subtracting it rounds half to even for |x| < 2^51; int32 sums times a multiplier are clamped first. */
#define ROUND_MAGIC_DOUBLE 6755399441055744.0
#define PANEL 4

INLINE vi
iload (const gint32 *p)
{
  return *(const vi *) p;
}

INLINE void
istore (gint32 *p, vi v)
{
  *(vi *) p = v;
}

INLINE void
panel (const guint32 *col, const gint32 *coef, gsize n, const gint32 *x, gsize d, int width, gint32 *acc)
{
  vi sum[PANEL];

  for (int w = 0; w < width; w++)
    sum[w] = (vi){ 0 };
  for (gsize e = 0; e < n; e++) {
    const gint32 *row = x + (gsize) col[e] * d;
    vi a = (vi){ 0 } + coef[e];

    for (int w = 0; w < width; w++)
      sum[w] += a * iload (row + w * LANES);
  }
  for (int w = 0; w < width; w++)
    istore (acc + w * LANES, sum[w]);
}

/* The last d % LANES columns: partial vectors, moved as floats, which changes no bit. */
INLINE void
last_columns (const guint32 *col,
              const gint32 *coef,
              gsize n,
              const gint32 *x,
              gsize d,
              gsize width,
              gint32 *acc)
{
  vi sum = { 0 };

  for (gsize e = 0; e < n; e++)
    sum += ((vi){ 0 } + coef[e]) * (vi) load_part ((const float *) (x + (gsize) col[e] * d), width);
  store_part ((float *) acc, (vf) sum, width);
}

static void
spmm (const gsize *row_ptr,
      const guint32 *col,
      const gint32 *coef,
      MixqRows rows,
      const gint32 *x,
      gsize d,
      gint32 *acc,
      gint32 *sum)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i), begin = row_ptr[r], n = row_ptr[r + 1] - begin, c = 0;
    gint32 *out = acc + i * d, total = 0;

    for (; c + PANEL * LANES <= d; c += PANEL * LANES)
      panel (col + begin, coef + begin, n, x + c, d, PANEL, out + c);
    for (; c + LANES <= d; c += LANES)
      panel (col + begin, coef + begin, n, x + c, d, 1, out + c);
    if (c < d)
      last_columns (col + begin, coef + begin, n, x + c, d, d - c, out + c);
    for (gsize e = begin; sum != NULL && e < begin + n; e++)
      total += coef[e];
    if (sum != NULL)
      sum[i] = total;
  }
}

static void
quantize (gsize n, const float *x, double scale, double zero, double lo, double hi, gint32 *restrict code)
{
  for (gsize i = 0; i < n; i++) {
    double v = zero + (double) x[i] / scale;

    v = v < lo ? lo : v;
    v = v > hi ? hi : v;
    code[i] = (gint32) ((v + ROUND_MAGIC_DOUBLE) - ROUND_MAGIC_DOUBLE) - (gint32) zero;
  }
}

#define NARROW_VECTORS (MIXQ_NARROW / LANES)

#define NARROW_ROWS 4

/* @n rows from the i-th on: their sums stay in registers while a row of w serves all of them. */
INLINE void
narrow_block (MixqRows rows,
              gsize i,
              int n,
              gsize k,
              gsize d,
              const gint32 *x,
              gint32 zero,
              const gint32 *w,
              gint32 *acc)
{
  const gint32 *row[NARROW_ROWS];
  vi sum[NARROW_ROWS][NARROW_VECTORS];
  gint32 lane[MIXQ_NARROW];

  for (int j = 0; j < n; j++) {
    row[j] = x + mixq_rows_at (rows, i + (gsize) j) * k;
    for (int v = 0; v < NARROW_VECTORS; v++)
      sum[j][v] = (vi){ 0 };
  }
  for (gsize f = 0; f < k; f++)
    for (int j = 0; j < n; j++)
      for (int v = 0; v < NARROW_VECTORS; v++)
        sum[j][v] += ((vi){ 0 } + (row[j][f] - zero)) * iload (w + f * MIXQ_NARROW + v * LANES);
  for (int j = 0; j < n; j++) {
    for (int v = 0; v < NARROW_VECTORS; v++)
      istore (lane + v * LANES, sum[j][v]);
    memcpy (acc + (i + (gsize) j) * d, lane, d * sizeof *lane);
  }
}

/* At most MIXQ_NARROW columns: w is padded once, so that no load is partial. */
static void
dense_narrow (MixqRows rows, gsize k, gsize d, const gint32 *x, gint32 zero, const gint32 *w, gint32 *acc)
{
  g_autofree gint32 *padded = g_new0 (gint32, MAX (k, 1) * MIXQ_NARROW);

  for (gsize f = 0; f < k; f++)
    memcpy (padded + f * MIXQ_NARROW, w + f * d, d * sizeof *w);
  for (gsize i = 0; i < rows.n; i += NARROW_ROWS) {
    gsize n = MIN (NARROW_ROWS, rows.n - i);

    if (n == NARROW_ROWS)
      narrow_block (rows, i, NARROW_ROWS, k, d, x, zero, padded, acc);
    else
      for (gsize j = 0; j < n; j++)
        narrow_block (rows, i + j, 1, k, d, x, zero, padded, acc);
  }
}

static void
dense (MixqRows rows, gsize k, gsize d, const gint32 *x, gint32 zero, const gint32 *w, gint32 *acc)
{
  if (d <= MIXQ_NARROW) {
    dense_narrow (rows, k, d, x, zero, w, acc);
    return;
  }
  for (gsize i = 0; i < rows.n; i++) {
    const gint32 *row = x + mixq_rows_at (rows, i) * k;
    gint32 *restrict out = acc + i * d;

    memset (out, 0, d * sizeof *out);
    for (gsize f = 0; f < k; f++) {
      gint32 a = row[f] - zero;

      for (gsize c = 0; a != 0 && c < d; c++)
        out[c] += a * w[f * d + c];
    }
  }
}

static void
requantize (MixqRows rows,
            gsize d,
            const gint32 *acc,
            const gint32 *sum,
            const double *shift,
            const double *multiplier,
            const double *zero,
            double lo,
            double hi,
            gint32 *code)
{
  for (gsize i = 0; i < rows.n; i++) {
    const gint32 *from = acc + i * d;
    gint32 *restrict out = code + mixq_rows_at (rows, i) * d;
    double row_sum = sum != NULL ? sum[i] : 0;

    for (gsize c = 0; c < d; c++) {
      double v = zero[c] + multiplier[c] * ((double) from[c] - shift[c] * row_sum);

      v = v < lo ? lo : v;
      v = v > hi ? hi : v;
      out[c] = (gint32) ((v + ROUND_MAGIC_DOUBLE) - ROUND_MAGIC_DOUBLE);
    }
  }
}

extern const MixqIntegerKernels MIXQ_INTEGER_KERNELS_TABLE;
const MixqIntegerKernels MIXQ_INTEGER_KERNELS_TABLE = {
  .name = MIXQ_KERNELS_NAME,
  .quantize = quantize,
  .spmm = spmm,
  .dense = dense,
  .requantize = requantize,
};
