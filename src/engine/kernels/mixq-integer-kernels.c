/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The naive integer kernels, which are the specification, and the choice among the levels. */
#include "config.h"

#include <math.h>

#include "kernels/mixq-integer-kernels.h"

extern const MixqIntegerKernels mixq_integer_kernels_portable;
#if MIXQ_X86
extern const MixqIntegerKernels mixq_integer_kernels_avx2;
extern const MixqIntegerKernels mixq_integer_kernels_avx512;
#endif

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
    gsize r = mixq_rows_at (rows, i);
    gint64 total = 0;

    for (gsize c = 0; c < d; c++) {
      gint64 one = 0;
      for (gsize e = row_ptr[r]; e < row_ptr[r + 1]; e++)
        one += (gint64) coef[e] * x[(gsize) col[e] * d + c];
      acc[i * d + c] = (gint32) one;
    }
    for (gsize e = row_ptr[r]; e < row_ptr[r + 1]; e++)
      total += coef[e];
    if (sum != NULL)
      sum[i] = (gint32) total;
  }
}

static void
quantize (gsize n, const float *x, double scale, double zero, double lo, double hi, gint32 *code)
{
  for (gsize i = 0; i < n; i++)
    code[i] = (gint32) nearbyint (fmin (fmax (zero + (double) x[i] / scale, lo), hi)) - (gint32) zero;
}

static void
dense (MixqRows rows, gsize k, gsize d, const gint32 *x, gint32 zero, const gint32 *w, gint32 *acc)
{
  for (gsize i = 0; i < rows.n; i++)
    for (gsize c = 0; c < d; c++) {
      gint64 one = 0;
      for (gsize f = 0; f < k; f++)
        one += (gint64) (x[mixq_rows_at (rows, i) * k + f] - zero) * w[f * d + c];
      acc[i * d + c] = (gint32) one;
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
  for (gsize i = 0; i < rows.n; i++)
    for (gsize c = 0; c < d; c++) {
      double centred = (double) acc[i * d + c] - shift[c] * (sum != NULL ? sum[i] : 0);
      double v = zero[c] + multiplier[c] * centred;

      code[mixq_rows_at (rows, i) * d + c] = (gint32) nearbyint (fmin (fmax (v, lo), hi));
    }
}

static const MixqIntegerKernels reference = {
  .name = "reference",
  .quantize = quantize,
  .spmm = spmm,
  .dense = dense,
  .requantize = requantize,
};

const MixqIntegerKernels *
mixq_integer_kernels_named (const char *name)
{
  const MixqIntegerKernels *levels[] = {
    &reference,
    &mixq_integer_kernels_portable,
#if MIXQ_X86
    mixq_kernels_get_avx2 () != NULL ? &mixq_integer_kernels_avx2 : NULL,
    mixq_kernels_get_avx512 () != NULL ? &mixq_integer_kernels_avx512 : NULL,
#endif
  };

  for (gsize i = 0; i < G_N_ELEMENTS (levels); i++)
    if (levels[i] != NULL && g_str_equal (levels[i]->name, name))
      return levels[i];
  return NULL;
}

const MixqIntegerKernels *
mixq_integer_kernels_get (void)
{
  return mixq_integer_kernels_named (mixq_kernels_get ()->name);
}
