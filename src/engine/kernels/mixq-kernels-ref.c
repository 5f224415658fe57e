/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The specification of every kernel: naive, in double, nothing clever. Tests compare the fast ones with these. */
#include "kernels/mixq-kernels.h"

#include <math.h>

static void
spmm (const gsize *row_ptr,
      const guint32 *col,
      const float *value,
      MixqRows rows,
      const float *x,
      gsize d,
      float *y)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);

    for (gsize c = 0; c < d; c++) {
      double sum = 0;
      for (gsize e = row_ptr[r]; e < row_ptr[r + 1]; e++)
        sum += (double) value[e] * (double) x[col[e] * d + c];
      y[r * d + c] = (float) sum;
    }
  }
}

static void
sddmm (const gsize *row_ptr,
       const guint32 *col,
       MixqRows rows,
       const float *a,
       const float *b,
       gsize d,
       float *out)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);

    for (gsize e = row_ptr[r]; e < row_ptr[r + 1]; e++) {
      double sum = 0;
      for (gsize c = 0; c < d; c++)
        sum += (double) a[r * d + c] * (double) b[col[e] * d + c];
      out[e] = (float) sum;
    }
  }
}

static gsize
param_at (const MixqMix *mix, gsize row, gsize column)
{
  switch (mix->granularity) {
  case MIXQ_PER_COLUMN:
    return column;
  case MIXQ_PER_ROW:
    return row;
  case MIXQ_PER_TENSOR:
  default:
    return 0;
  }
}

static void
spmm_dots (const gsize *row_ptr,
           const guint32 *col,
           const float *value,
           const gsize *place,
           MixqRows rows,
           const float *x,
           const float *b,
           gsize d,
           float *y,
           float *out)
{
  spmm (row_ptr, col, value, rows, x, d, y);
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);

    for (gsize e = row_ptr[r]; e < row_ptr[r + 1]; e++) {
      double sum = 0;

      for (gsize c = 0; c < d; c++)
        sum += (double) x[(gsize) col[e] * d + c] * (double) b[r * d + c];
      out[place != NULL ? place[e] : e] = (float) sum;
    }
  }
}

/* v = z + x / s (unrounded) and Q (x), method spec section 2. */
static double
quantize (const MixqMix *mix, guint k, gsize at, double x, double *v)
{
  double s = (double) mix->scale[k][at], z = (double) mix->zero[k][at];

  *v = z + x / s;
  return s * (nearbyint (fmin (fmax (*v, (double) mix->lo[k]), (double) mix->hi[k])) - z);
}

static void
mix_forward (const MixqMix *mix, MixqRows rows, gsize d, const float *x, float *y)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);

    for (gsize c = 0; c < d; c++) {
      double sum = 0, v;
      for (guint k = 0; k < mix->n; k++)
        sum += (double) mix->p[k] * quantize (mix, k, param_at (mix, r, c), (double) x[r * d + c], &v);
      y[r * d + c] = (float) sum;
    }
  }
}

static void
mix_backward (const MixqMix *mix,
              MixqRows rows,
              gsize d,
              const float *x,
              const float *g,
              float *dx,
              double *dot)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);

    for (gsize c = 0; c < d; c++) {
      double pass = 0, v, grad = (double) g[r * d + c];

      for (guint k = 0; k < mix->n; k++) {
        double q = quantize (mix, k, param_at (mix, r, c), (double) x[r * d + c], &v);
        if (v >= (double) mix->lo[k] && v <= (double) mix->hi[k])
          pass += (double) mix->p[k];
        if (dot != NULL)
          dot[k] += grad * q;
      }
      dx[r * d + c] = (float) (grad * pass);
    }
  }
}

static void
mix_steps (const MixqMix *mix, MixqRows rows, gsize d, const float *x, const float *g, double *const *sum)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);

    for (gsize c = 0; c < d; c++)
      for (guint k = 0; k < mix->n; k++) {
        gsize at = param_at (mix, r, c);
        double v, q = quantize (mix, k, at, (double) x[r * d + c], &v) / (double) mix->scale[k][at];
        gboolean inside = v >= (double) mix->lo[k] && v <= (double) mix->hi[k];

        sum[k][at] += (double) g[r * d + c] * (inside ? q - (v - (double) mix->zero[k][at]) : q);
      }
  }
}

static void
relu_forward (MixqRows rows, gsize d, const float *x, float *y)
{
  for (gsize i = 0; i < rows.n; i++)
    for (gsize c = 0, at = mixq_rows_at (rows, i) * d; c < d; c++, at++)
      y[at] = x[at] > 0 ? x[at] : 0;
}

static void
relu_backward (MixqRows rows, gsize d, const float *y, const float *g, float *dx)
{
  for (gsize i = 0; i < rows.n; i++)
    for (gsize c = 0, at = mixq_rows_at (rows, i) * d; c < d; c++, at++)
      dx[at] = y[at] > 0 ? g[at] : 0;
}

static guint32
hash32 (guint32 x)
{
  x = (x ^ x >> 16) * 0x7feb352du;
  x = (x ^ x >> 15) * 0x846ca68bu;
  return x ^ x >> 16;
}

static void
dropout (MixqRows rows, gsize d, float keep, guint64 key, const float *x, float *y)
{
  guint32 limit = keep >= 1.0f ? G_MAXUINT32 : (guint32) (keep * 4294967296.0);

  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);

    for (gsize c = 0; c < d; c++) {
      guint32 row_key = hash32 ((guint32) r * 0x9e3779b9u + (guint32) key) ^ (guint32) (key >> 32);
      gboolean kept = hash32 (row_key + (guint32) c * 0x85ebca6bu) <= limit;
      y[r * d + c] = kept ? x[r * d + c] * (1.0f / keep) : 0;
    }
  }
}

static void
narrow_forward (MixqRows rows, gsize k, gsize d, const float *x, const float *w, float *y)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);

    for (gsize c = 0; c < d; c++) {
      double sum = 0;
      for (gsize f = 0; f < k; f++)
        sum += (double) x[r * k + f] * (double) w[f * d + c];
      y[r * d + c] = (float) sum;
    }
  }
}

static void
narrow_backward (MixqRows rows,
                 gsize k,
                 gsize d,
                 const float *x,
                 const float *w,
                 const float *g,
                 float *dx,
                 float *dw)
{
  for (gsize f = 0; f < k; f++)
    for (gsize c = 0; c < d; c++) {
      double sum = 0;
      for (gsize i = 0; i < rows.n; i++)
        sum += (double) x[mixq_rows_at (rows, i) * k + f] * (double) g[mixq_rows_at (rows, i) * d + c];
      dw[f * d + c] = (float) sum;
    }
  for (gsize i = 0; i < rows.n; i++)
    for (gsize f = 0, r = mixq_rows_at (rows, i); f < k; f++) {
      double sum = 0;
      for (gsize c = 0; c < d; c++)
        sum += (double) g[r * d + c] * (double) w[f * d + c];
      dx[r * k + f] = (float) sum;
    }
}

static void
adam (const MixqAdam *a, gsize n, float *w, const float *g, float *m, float *v)
{
  for (gsize i = 0; i < n; i++) {
    double grad = (double) g[i] + (double) a->decay * (double) w[i];
    double mi = (double) a->beta1 * (double) m[i] + (1 - (double) a->beta1) * grad;
    double vi = (double) a->beta2 * (double) v[i] + (1 - (double) a->beta2) * grad * grad;

    m[i] = (float) mi;
    v[i] = (float) vi;
    w[i] = (float) ((double) w[i] -
                    (double) a->step * mi / (sqrt (vi * (double) a->v_correct) + (double) a->eps));
  }
}

static void
column_sums (MixqRows rows, gsize d, const float *g, const float *x, double *sum_g, double *sum_gx)
{
  for (gsize i = 0; i < rows.n; i++)
    for (gsize c = 0, at = mixq_rows_at (rows, i) * d; c < d; c++, at++) {
      sum_g[c] += (double) g[at];
      sum_gx[c] += (double) g[at] * (double) x[at];
    }
}

static double
quantize_error (gsize n, const float *x, const float *weight, float scale, float zero, float lo, float hi)
{
  double total = 0;

  for (gsize i = 0; i < n; i++) {
    double q = nearbyint (
        fmin (fmax ((double) x[i] / (double) scale + (double) zero, (double) lo), (double) hi));
    double e = (q - (double) zero) * (double) scale - (double) x[i];
    total += e * e * (weight != NULL ? (double) weight[i] : 1.0);
  }
  return total;
}

const MixqKernels mixq_kernels_ref = {
  .name = "reference",
  .spmm = spmm,
  .sddmm = sddmm,
  .spmm_dots = spmm_dots,
  .mix_forward = mix_forward,
  .mix_backward = mix_backward,
  .mix_steps = mix_steps,
  .relu_forward = relu_forward,
  .relu_backward = relu_backward,
  .dropout = dropout,
  .narrow_forward = narrow_forward,
  .narrow_backward = narrow_backward,
  .adam = adam,
  .column_sums = column_sums,
  .quantize_error = quantize_error,
};
