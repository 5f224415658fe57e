/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kernels/mixq-kernels.h"

G_BEGIN_DECLS

/**
 * MixqIntegerKernels: the inner loops of integer inference: bit-exact at every CPU level. Sums are 32 bit: the caller
 * has checked the bound of method spec section 9.5. Matrices are row-major, @acc holds rows.n packed rows of d.
 */
typedef struct
{
  const char *name;
  /* code[i] = clamp (round-half-even (zero + x[i] / scale), lo, hi) - zero: centred codes, in double. */
  void (*quantize) (gsize n, const float *x, double scale, double zero, double lo, double hi, gint32 *code);
  /* acc[i] = sum_e coef[e] x[col[e]]; sum[i] = sum_e coef[e] (sum may be NULL); i-th row of @rows. */
  void (*spmm) (const gsize *row_ptr,
                const guint32 *col,
                const gint32 *coef,
                MixqRows rows,
                const gint32 *x,
                gsize d,
                gint32 *acc,
                gint32 *sum);
  /* acc[i] = sum_f (x[row][f] - zero) w[f]. */
  void (*dense) (MixqRows rows, gsize k, gsize d, const gint32 *x, gint32 zero, const gint32 *w, gint32 *acc);
  /*
   * code = clamp (round-half-even (zero[c] + multiplier[c] (acc - shift[c] sum)), lo, hi), the product and sum rounded
   * one by one in double; sum may be NULL. Written to @rows of @code.
   */
  void (*requantize) (MixqRows rows,
                      gsize d,
                      const gint32 *acc,
                      const gint32 *sum,
                      const double *shift,
                      const double *multiplier,
                      const double *zero,
                      double lo,
                      double hi,
                      gint32 *code);
} MixqIntegerKernels;

/** mixq_integer_kernels_get: the level that mixq_kernels_get() chose. */
const MixqIntegerKernels *mixq_integer_kernels_get (void);
/** mixq_integer_kernels_named: (nullable): by level name; "reference" is the naive one. */
const MixqIntegerKernels *mixq_integer_kernels_named (const char *name);

G_END_DECLS
