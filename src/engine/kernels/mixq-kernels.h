/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MIXQ_MIX_MAX 9
/* Columns up to which a dense product, and the forward one, have kernels of their own; wider ones are OpenBLAS's. */
#define MIXQ_NARROW 16
#define MIXQ_NARROW_FORWARD 48

/**
 * MixqRows: which rows of a matrix an operation touches
 * @index: (array length=n) (nullable): ascending row numbers; %NULL means rows start..start + n - 1
 */
typedef struct
{
  const guint32 *index;
  gsize n;
  gsize start;
} MixqRows;

static inline gsize
mixq_rows_at (MixqRows rows, gsize i)
{
  return rows.index != NULL ? rows.index[i] : rows.start + i;
}

/** mixq_rows_block: rows [from, from + n) of @rows: what a tile of an operation works on. */
static inline MixqRows
mixq_rows_block (MixqRows rows, gsize from, gsize n)
{
  n = MIN (n, rows.n - from);
  return rows.index != NULL ? (MixqRows){ rows.index + from, n, 0 }
                            : (MixqRows){ NULL, n, rows.start + from };
}

/** Granularity of a quantizer over a rows x cols matrix. */
typedef enum {
  MIXQ_PER_TENSOR, /* one scale */
  MIXQ_PER_COLUMN, /* one a column */
  MIXQ_PER_ROW,    /* one a row */
} MixqGranularity;

/**
 * MixqMix: a mixture of quantizers, y = sum_k p_k s_k (round (clamp (x / s_k + z_k, lo_k, hi_k)) - z_k).
 * Method spec sections 2 and 4.1; one choice with p = 1 is plain fake quantization.
 * @scale, @inv, @zero: per choice a pointer to 1, cols or rows numbers, by @granularity; by column they are readable up
 *   to a multiple of 16 numbers (kernels load whole vectors)
 */
typedef struct
{
  guint n;
  MixqGranularity granularity;
  float p[MIXQ_MIX_MAX];
  float lo[MIXQ_MIX_MAX];
  float hi[MIXQ_MIX_MAX];
  const float *scale[MIXQ_MIX_MAX];
  const float *inv[MIXQ_MIX_MAX]; /* 1 / scale */
  const float *zero[MIXQ_MIX_MAX];
} MixqMix;

/** MixqAdam: one Adam step's constants; step sizes already hold the bias corrections. */
typedef struct
{
  float beta1, beta2, eps;
  float step;      /* lr / (1 - beta1^t) */
  float v_correct; /* 1 / (1 - beta2^t) */
  float decay;     /* coupled L2: g += decay * w */
} MixqAdam;

/**
 * MixqKernels: the inner loops. One implementation a CPU level, compiled from one source; all matrices are
 * row-major with `d` columns and no padding. Every loop has a fixed order: same input, same bits.
 */
typedef struct
{
  const char *name;

  /* y[r] = sum_e value[e] x[col[e]] over the entries e of row r; rows outside @rows are untouched. */
  void (*spmm) (const gsize *row_ptr,
                const guint32 *col,
                const float *value,
                MixqRows rows,
                const float *x,
                gsize d,
                float *y);
  /* out[e] = a[r] . b[col[e]] for the entries of @rows. */
  void (*sddmm) (const gsize *row_ptr,
                 const guint32 *col,
                 MixqRows rows,
                 const float *a,
                 const float *b,
                 gsize d,
                 float *out);
  /*
   * Both over the same entries, whose rows of x are fetched once: y[r] as spmm gives it, and out[place[e]] = x[col[e]] . b[r]
   * as sddmm gives it. place (nullable): NULL for out[e].
   */
  void (*spmm_dots) (const gsize *row_ptr,
                     const guint32 *col,
                     const float *value,
                     const gsize *place,
                     MixqRows rows,
                     const float *x,
                     const float *b,
                     gsize d,
                     float *y,
                     float *out);
  /* y = mix (x); y may equal x. */
  void (*mix_forward) (const MixqMix *mix, MixqRows rows, gsize d, const float *x, float *y);
  /* dx = g . sum_k p_k [v_k in range]; dot[k] += <g, Q_k (x)> (dot may be NULL); dx may equal g. */
  void (*mix_backward) (const MixqMix *mix,
                        MixqRows rows,
                        gsize d,
                        const float *x,
                        const float *g,
                        float *dx,
                        double *dot);
  /*
   * sum[k][i] += the learned-step gradient of choice k's scale i, without p_k: g ((q - z) - x / s) where x is in range,
   * g (q - z) where it is clipped (method spec section 3). sum[k]: 1, cols or rows numbers, by granularity.
   */
  void (*mix_steps) (const MixqMix *mix,
                     MixqRows rows,
                     gsize d,
                     const float *x,
                     const float *g,
                     double *const *sum);
  void (*relu_forward) (MixqRows rows, gsize d, const float *x, float *y);
  /* dx = g where y > 0; dx may equal g. */
  void (*relu_backward) (MixqRows rows, gsize d, const float *y, const float *g, float *dx);
  /* y = x / keep where hash (key, row * d + column) keeps it, else 0. Backward is the same map on gradients. */
  void (*dropout) (MixqRows rows, gsize d, float keep, guint64 key, const float *x, float *y);
  /* y = x w for few columns: x rows x k, w k x d, d at most MIXQ_NARROW_FORWARD. Rows outside @rows are untouched. */
  void (*narrow_forward) (MixqRows rows, gsize k, gsize d, const float *x, const float *w, float *y);
  /* dx = g w^T on @rows; dw (overwritten) = sum over @rows of x^T g. d at most MIXQ_NARROW. */
  void (*narrow_backward) (MixqRows rows,
                           gsize k,
                           gsize d,
                           const float *x,
                           const float *w,
                           const float *g,
                           float *dx,
                           float *dw);
  void (*adam) (const MixqAdam *adam, gsize n, float *w, const float *g, float *m, float *v);
  /* sum_g[c] += g, sum_gx[c] += g x, over @rows. */
  void (*column_sums) (MixqRows rows, gsize d, const float *g, const float *x, double *sum_g, double *sum_gx);
  /* squared error of quantizing x by (s, z, lo, hi); weight (nullable) multiplies each term */
  double (*quantize_error) (gsize n,
                            const float *x,
                            const float *weight,
                            float scale,
                            float zero,
                            float lo,
                            float hi);
} MixqKernels;

/**
 * mixq_kernels_get:
 *
 * The fastest implementation this CPU runs. The environment variable MIXQ_CPU names one instead ("portable", "avx2",
 * "avx512"; a level this CPU lacks is ignored). Returns: (transfer none): a constant table.
 */
const MixqKernels *mixq_kernels_get (void);

extern const MixqKernels mixq_kernels_portable;
/** mixq_kernels_get_avx2, _avx512: %NULL where this build or this CPU has none. */
const MixqKernels *mixq_kernels_get_avx2 (void);
const MixqKernels *mixq_kernels_get_avx512 (void);
/** mixq_kernels_ref: naive loops in double: the specification the fast ones are tested against. */
extern const MixqKernels mixq_kernels_ref;

G_END_DECLS
