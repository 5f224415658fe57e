/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fast kernels. Compiled once per CPU level with MIXQ_KERNELS_TABLE as the name of the table (see meson.build).
 * GCC vector extensions lower to whatever the level has, so one source serves all. Rounding uses the 1.5 * 2^23
 * trick: exact round-half-even for |x| < 2^22 in every level, and clamped codes are at most 2^16.
 */
#include "kernels/mixq-kernels.h"

#include <math.h>
#include <string.h>

#ifdef __AVX512F__
#define LANES 16
#else
#define LANES 8
#endif
#define ROUND_MAGIC 12582912.0f
/* Entries ahead whose row is fetched: worth 1.3x to 2x once the gathered matrix leaves the L2 cache. */
#define PREFETCH_AHEAD 8

typedef float vf __attribute__ ((vector_size (4 * LANES), aligned (4), may_alias));
typedef guint32 vu __attribute__ ((vector_size (4 * LANES), aligned (4), may_alias));
typedef gint32 vi __attribute__ ((vector_size (4 * LANES), aligned (4), may_alias));

#define INLINE static inline __attribute__ ((always_inline))

INLINE vf
load (const float *p)
{
  return *(const vf *) p;
}

INLINE void
store (float *p, vf v)
{
  *(vf *) p = v;
}

INLINE vf
splat (float x)
{
  return (vf){ 0 } + x;
}

#if defined(__AVX512F__)
#include <immintrin.h>

INLINE vf
vmin (vf a, vf b)
{
  return (vf) _mm512_min_ps ((__m512) a, (__m512) b);
}

INLINE vf
vmax (vf a, vf b)
{
  return (vf) _mm512_max_ps ((__m512) a, (__m512) b);
}
#elif defined(__AVX2__)
#include <immintrin.h>

INLINE vf
vmin (vf a, vf b)
{
  return (vf) _mm256_min_ps ((__m256) a, (__m256) b);
}

INLINE vf
vmax (vf a, vf b)
{
  return (vf) _mm256_max_ps ((__m256) a, (__m256) b);
}
#else
INLINE vf
vmin (vf a, vf b)
{
  vi less = a < b;
  return (vf) ((less & (vi) a) | (~less & (vi) b));
}

INLINE vf
vmax (vf a, vf b)
{
  vi more = a > b;
  return (vf) ((more & (vi) a) | (~more & (vi) b));
}
#endif

INLINE vf
vround (vf x)
{
  return (x + ROUND_MAGIC) - ROUND_MAGIC;
}

INLINE float
sround (float x)
{
  /* volatile-free: -fno-associative-math is the default, so the pair of operations stays. */
  return (x + ROUND_MAGIC) - ROUND_MAGIC;
}

INLINE float
vsum (vf v)
{
  float sum = 0;

  for (int i = 0; i < LANES / 2; i++)
    sum += v[i] + v[i + LANES / 2];
  return sum;
}

/* --- sparse products ------------------------------------------------------------------------------------------ */

/* One panel of W vectors of one row: the accumulators stay in registers. */
#define DEFINE_SPMM_PANEL(W)                                                                                      \
  INLINE void spmm_panel_##W (const guint32 *col, const float *value, gsize n, const float *x, gsize d, float *y) \
  {                                                                                                               \
    vf acc[W];                                                                                                    \
    for (int w = 0; w < W; w++)                                                                                   \
      acc[w] = splat (0);                                                                                         \
    for (gsize e = 0; e < n; e++) {                                                                               \
      const float *row = x + (gsize) col[e] * d;                                                                  \
      vf a = splat (value[e]);                                                                                    \
      if (e + PREFETCH_AHEAD < n) {                                                                               \
        const float *ahead = x + (gsize) col[e + PREFETCH_AHEAD] * d;                                             \
        for (int w = 0; w < W; w += 16 / LANES)                                                                   \
          __builtin_prefetch (ahead + w * LANES);                                                                 \
      }                                                                                                           \
      for (int w = 0; w < W; w++)                                                                                 \
        acc[w] += a * load (row + w * LANES);                                                                     \
    }                                                                                                             \
    for (int w = 0; w < W; w++)                                                                                   \
      store (y + w * LANES, acc[w]);                                                                              \
  }
DEFINE_SPMM_PANEL (8)
DEFINE_SPMM_PANEL (4)
DEFINE_SPMM_PANEL (2)
DEFINE_SPMM_PANEL (1)

static void
spmm_columns (const gsize *row_ptr, const guint32 *col, const float *value, MixqRows rows, const float *x,
              gsize d, float *y, gsize from, int width)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i), e = row_ptr[r], n = row_ptr[r + 1] - e;
    float *out = y + r * d + from;

    if (width == 8)
      spmm_panel_8 (col + e, value + e, n, x + from, d, out);
    else if (width == 4)
      spmm_panel_4 (col + e, value + e, n, x + from, d, out);
    else if (width == 2)
      spmm_panel_2 (col + e, value + e, n, x + from, d, out);
    else
      spmm_panel_1 (col + e, value + e, n, x + from, d, out);
  }
}

/* The last d % 8 columns. */
static void
spmm_tail (const gsize *row_ptr, const guint32 *col, const float *value, MixqRows rows, const float *x, gsize d,
           float *y, gsize from)
{
  gsize width = d - from;

  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);
    float acc[LANES] = { 0 };

    for (gsize e = row_ptr[r]; e < row_ptr[r + 1]; e++) {
      const float *row = x + (gsize) col[e] * d + from;
      for (gsize c = 0; c < width; c++)
        acc[c] += value[e] * row[c];
    }
    memcpy (y + r * d + from, acc, width * sizeof *acc);
  }
}

static void
spmm (const gsize *row_ptr, const guint32 *col, const float *value, MixqRows rows, const float *x, gsize d,
      float *y)
{
  gsize from = 0;

  /* Wide panels read an index once for many columns; 64 to 128 columns of a feature-sized matrix still fit the L2. */
  for (int width = 8; width > 0; width /= 2)
    for (gsize panel = (gsize) width * LANES; from + panel <= d; from += panel)
      spmm_columns (row_ptr, col, value, rows, x, d, y, from, width);
  if (from < d)
    spmm_tail (row_ptr, col, value, rows, x, d, y, from);
}

INLINE float
dot (const float *a, const float *b, gsize d)
{
  vf acc0 = splat (0), acc1 = splat (0);
  float tail = 0;
  gsize c = 0;

  for (; c + 2 * LANES <= d; c += 2 * LANES) {
    acc0 += load (a + c) * load (b + c);
    acc1 += load (a + c + LANES) * load (b + c + LANES);
  }
  for (; c + LANES <= d; c += LANES)
    acc0 += load (a + c) * load (b + c);
  for (; c < d; c++)
    tail += a[c] * b[c];
  return vsum (acc0 + acc1) + tail;
}

static void
sddmm (const gsize *row_ptr, const guint32 *col, MixqRows rows, const float *a, const float *b, gsize d,
       float *out)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);

    for (gsize e = row_ptr[r]; e < row_ptr[r + 1]; e++)
      out[e] = dot (a + r * d, b + (gsize) col[e] * d, d);
  }
}

/* --- mixtures of quantizers ----------------------------------------------------------------------------------- */

/* Parameters of one choice at one position: broadcast for per-tensor and per-row, loaded for per-column. */
#define PARAM(array, k) (columns ? load (mix->array[k] + c) : splat (mix->array[k][at]))
#define SPARAM(array, k) (mix->array[k][columns ? c : at])

INLINE void
mix_forward_row (const MixqMix *mix, guint K, gboolean columns, gsize at, gsize d, const float *x, float *y)
{
  gsize c = 0;

  for (; c + LANES <= d; c += LANES) {
    vf v = load (x + c), sum = splat (0);

    for (guint k = 0; k < K; k++) {
      vf z = PARAM (zero, k);
      vf q = vround (vmin (vmax (v * PARAM (inv, k) + z, splat (mix->lo[k])), splat (mix->hi[k])));
      sum += (splat (mix->p[k]) * PARAM (scale, k)) * (q - z);
    }
    store (y + c, sum);
  }
  for (; c < d; c++) {
    float sum = 0;

    for (guint k = 0; k < K; k++) {
      float z = SPARAM (zero, k);
      float q = sround (fminf (fmaxf (x[c] * SPARAM (inv, k) + z, mix->lo[k]), mix->hi[k]));
      sum += (mix->p[k] * SPARAM (scale, k)) * (q - z);
    }
    y[c] = sum;
  }
}

INLINE void
mix_forward_rows (const MixqMix *mix, guint K, gboolean columns, MixqRows rows, gsize d, const float *x, float *y)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);
    gsize at = mix->granularity == MIXQ_PER_ROW ? r : 0;

    mix_forward_row (mix, K, columns, at, d, x + r * d, y + r * d);
  }
}

static void
mix_forward (const MixqMix *mix, MixqRows rows, gsize d, const float *x, float *y)
{
  gboolean columns = mix->granularity == MIXQ_PER_COLUMN;

#define FORWARD(K) (columns ? mix_forward_rows (mix, K, TRUE, rows, d, x, y) : mix_forward_rows (mix, K, FALSE, rows, d, x, y))
  switch (mix->n) {
  case 1: FORWARD (1); break;
  case 2: FORWARD (2); break;
  case 3: FORWARD (3); break;
  default: FORWARD (mix->n); break;
  }
#undef FORWARD
}

INLINE void
mix_backward_row (const MixqMix *mix, guint K, gboolean columns, gsize at, gsize d, const float *x,
                  const float *g, float *dx, vf *acc, float *tail)
{
  gsize c = 0;

  for (; c + LANES <= d; c += LANES) {
    vf v = load (x + c), grad = load (g + c), pass = splat (0);

    for (guint k = 0; k < K; k++) {
      vf z = PARAM (zero, k), u = v * PARAM (inv, k) + z;
      vf lo = splat (mix->lo[k]), hi = splat (mix->hi[k]);
      vi inside = (u >= lo) & (u <= hi);

      pass += (vf) (inside & (vi) splat (mix->p[k]));
      if (acc != NULL)
        acc[k] += grad * (PARAM (scale, k) * (vround (vmin (vmax (u, lo), hi)) - z));
    }
    store (dx + c, grad * pass);
  }
  for (; c < d; c++) {
    float grad = g[c], pass = 0;

    for (guint k = 0; k < K; k++) {
      float z = SPARAM (zero, k), u = x[c] * SPARAM (inv, k) + z;

      if (u >= mix->lo[k] && u <= mix->hi[k])
        pass += mix->p[k];
      if (acc != NULL)
        tail[k] += grad * (SPARAM (scale, k) * (sround (fminf (fmaxf (u, mix->lo[k]), mix->hi[k])) - z));
    }
    dx[c] = grad * pass;
  }
}

INLINE void
mix_backward_rows (const MixqMix *mix, guint K, gboolean columns, MixqRows rows, gsize d, const float *x,
                   const float *g, float *dx, double *dots)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);
    gsize at = mix->granularity == MIXQ_PER_ROW ? r : 0;
    vf acc[MIXQ_MIX_MAX];
    float tail[MIXQ_MIX_MAX];

    for (guint k = 0; k < K; k++) {
      acc[k] = splat (0);
      tail[k] = 0;
    }
    mix_backward_row (mix, K, columns, at, d, x + r * d, g + r * d, dx + r * d, dots != NULL ? acc : NULL, tail);
    if (dots != NULL)
      for (guint k = 0; k < K; k++)
        dots[k] += (double) (vsum (acc[k]) + tail[k]);
  }
}

static void
mix_backward (const MixqMix *mix, MixqRows rows, gsize d, const float *x, const float *g, float *dx, double *dots)
{
  gboolean columns = mix->granularity == MIXQ_PER_COLUMN;

#define BACKWARD(K, DOTS) \
  (columns ? mix_backward_rows (mix, K, TRUE, rows, d, x, g, dx, DOTS) : mix_backward_rows (mix, K, FALSE, rows, d, x, g, dx, DOTS))
  if (mix->n == 1 && dots == NULL)
    BACKWARD (1, NULL);
  else if (mix->n == 3 && dots != NULL)
    BACKWARD (3, dots);
  else if (mix->n == 2 && dots != NULL)
    BACKWARD (2, dots);
  else
    BACKWARD (mix->n, dots);
#undef BACKWARD
}

/* --- elementwise ---------------------------------------------------------------------------------------------- */

static void
relu_forward (MixqRows rows, gsize d, const float *x, float *y)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize base = mixq_rows_at (rows, i) * d;
    for (gsize c = 0; c < d; c++)
      y[base + c] = x[base + c] > 0 ? x[base + c] : 0;
  }
}

static void
relu_backward (MixqRows rows, gsize d, const float *y, const float *g, float *dx)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize base = mixq_rows_at (rows, i) * d;
    for (gsize c = 0; c < d; c++)
      dx[base + c] = y[base + c] > 0 ? g[base + c] : 0;
  }
}

/* A 32-bit finaliser (lowbias32) over the element number mixed with the key: random access, no state. */
INLINE guint32
hash32 (guint32 x)
{
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  x ^= x >> 16;
  return x;
}

static void
dropout (MixqRows rows, gsize d, float keep, guint64 key, const float *x, float *y)
{
  guint32 low = (guint32) key, high = (guint32) (key >> 32);
  guint32 limit = (guint32) (MIN (keep, 0.99999994f) * 4294967296.0);
  float factor = 1.0f / keep;

  for (gsize i = 0; keep >= 1.0f && i < rows.n; i++)
    memcpy (y + mixq_rows_at (rows, i) * d, x + mixq_rows_at (rows, i) * d, d * sizeof *y);
  for (gsize i = 0; keep < 1.0f && i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i), base = r * d;
    guint32 row_key = hash32 ((guint32) r * 0x9e3779b9u + low) ^ high;

    for (gsize c = 0; c < d; c++)
      y[base + c] = hash32 (row_key + (guint32) c * 0x85ebca6bu) <= limit ? x[base + c] * factor : 0;
  }
}

static void
adam (const MixqAdam *a, gsize n, float *w, const float *g, float *m, float *v)
{
  float keep1 = 1.0f - a->beta1, keep2 = 1.0f - a->beta2;

  for (gsize i = 0; i < n; i++) {
    float grad = g[i] + a->decay * w[i];
    float first = a->beta1 * m[i] + keep1 * grad;
    float second = a->beta2 * v[i] + keep2 * grad * grad;

    m[i] = first;
    v[i] = second;
    w[i] -= a->step * first / (sqrtf (second * a->v_correct) + a->eps);
  }
}

static void
column_sums (MixqRows rows, gsize d, const float *g, const float *x, double *sum_g, double *sum_gx)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize base = mixq_rows_at (rows, i) * d;

    for (gsize c = 0; c < d; c++) {
      sum_g[c] += (double) g[base + c];
      sum_gx[c] += (double) g[base + c] * (double) x[base + c];
    }
  }
}

static double
quantize_error (gsize n, const float *x, const float *weight, float scale, float zero, float lo, float hi)
{
  float inv = 1.0f / scale, tail = 0;
  vf acc = splat (0);
  double total = 0;
  gsize i = 0;

  while (i + LANES <= n) {
    gsize end = MIN (i + 4096, n);

    for (; i + LANES <= end; i += LANES) {
      vf v = load (x + i);
      vf q = vround (vmin (vmax (v * inv + zero, splat (lo)), splat (hi)));
      vf e = (q - zero) * scale - v;
      acc += weight != NULL ? e * e * load (weight + i) : e * e;
    }
    total += (double) vsum (acc);
    acc = splat (0);
  }
  for (; i < n; i++) {
    float q = sround (fminf (fmaxf (x[i] * inv + zero, lo), hi)), e = (q - zero) * scale - x[i];
    tail += weight != NULL ? e * e * weight[i] : e * e;
  }
  return total + (double) tail;
}

extern const MixqKernels MIXQ_KERNELS_TABLE;
const MixqKernels MIXQ_KERNELS_TABLE = {
  .name = MIXQ_KERNELS_NAME,
  .spmm = spmm,
  .sddmm = sddmm,
  .mix_forward = mix_forward,
  .mix_backward = mix_backward,
  .relu_forward = relu_forward,
  .relu_backward = relu_backward,
  .dropout = dropout,
  .adam = adam,
  .column_sums = column_sums,
  .quantize_error = quantize_error,
};
