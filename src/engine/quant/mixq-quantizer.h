/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kernels/mixq-kernels.h"

G_BEGIN_DECLS

#define MIXQ_WIDEST_BITS 16

/**
 * MixqQuantizer: an affine uniform quantizer, method spec section 2.
 * @bits: 1..8 or 16
 * @lo, @hi: code range
 * @n: number of scales: 1, columns or rows, by @granularity
 * @scale: (owned) n positive scales (learned reference scales may turn negative, as the published ones do)
 * @inv: (owned) n reciprocals of @scale
 * @zero: (owned) n zero-points; whole numbers except under the reference rule and for signs
 *
 * One bit has two levels, codes 0 and 1. With zero-point 0 (or 1) they are 0 and +s (or -s and 0); with zero-point 1/2,
 * which is called a sign, they are -s/2 and +s/2, and 0 counts as negative. So a sign is an affine quantizer like all
 * others to every kernel; only the integer model names its codes -1 and +1, with half the scale and zero-point 0.
 */
typedef struct
{
  guint8 bits;
  gboolean is_signed;
  MixqGranularity granularity;
  float lo, hi;
  gsize n;
  float *scale;
  float *inv;
  float *zero;
  guint8
      *row_bits; /* (owned) (nullable) n widths, MIXQ_PER_ROW only; @bits is then what their mean aims at */
  float *row_lo, *row_hi; /* (owned) (nullable) the code range of each row */
  gboolean is_narrow;     /* signed codes of rows are -hi..hi (method spec section 11) */
} MixqQuantizer;

void mixq_quantizer_init (MixqQuantizer *self,
                          guint8 bits,
                          gboolean is_signed,
                          MixqGranularity granularity,
                          gsize n);
/** mixq_quantizer_init_published: the same, but one bit has the published code's three levels -1, 0, 1. */
void mixq_quantizer_init_published (MixqQuantizer *self,
                                    guint8 bits,
                                    gboolean is_signed,
                                    MixqGranularity granularity,
                                    gsize n);
void mixq_quantizer_clear (MixqQuantizer *self);
/** mixq_quantizer_set_row_bits: rows have widths of their own from now on. @row_bits: (array) n widths, copied. */
void mixq_quantizer_set_row_bits (MixqQuantizer *self, const guint8 *row_bits);
void mixq_quantizer_set (MixqQuantizer *self, gsize i, float scale, float zero);
/** mixq_quantizer_set_sign: for one bit: the levels -@magnitude and +@magnitude. */
void mixq_quantizer_set_sign (MixqQuantizer *self, gsize i, float magnitude);
/** mixq_quantizer_is_sign: one bit of zero-point 1/2 (all scales of a quantizer are alike in that). */
gboolean mixq_quantizer_is_sign (const MixqQuantizer *self);
/** mixq_quantizer_code_range: signed -2^(b-1)..2^(b-1)-1, unsigned 0..2^b-1; a signed bit is -1..1 (without 0 if ours). */
void mixq_quantizer_code_range (guint8 bits, gboolean is_signed, float *lo, float *hi);

/**
 * mixq_quantizer_code: round-half-even (clamp (z + x / s)) in double: the definition every path agrees with.
 * mixq_quantizer_value: s (code - z) in double.
 */
gint32 mixq_quantizer_code (const MixqQuantizer *self, gsize i, double x);
double mixq_quantizer_value (const MixqQuantizer *self, gsize i, gint32 code);

/**
 * mixq_calibrate_min_max: the published rule (section 2): m = min (x, 0), M = max (x, 0), s = (M - m) / (hi - lo) + 1e-16,
 * z = round (hi - M / s), for each scale of @self over a rows x cols matrix.
 */
void mixq_calibrate_min_max (MixqQuantizer *self, const float *x, gsize rows, gsize cols);

/**
 * mixq_calibrate_activation:
 * @x: (array length=n): a sample of the tensor
 * @steps: shrink steps tried (40 is the recipe of spec/search.md 2.2)
 *
 * Per tensor, integer zero-point: the (scale, zero) of least squared error among @steps shrunk ranges x 3
 * zero positions; one bit of a sample of both signs may become a sign. Never fails: an all-zero sample gives scale 1,
 * zero 0.
 */
void mixq_calibrate_activation (MixqQuantizer *self,
                                const MixqKernels *kernels,
                                const float *x,
                                gsize n,
                                guint steps);

/**
 * mixq_calibrate_weight: symmetric (zero 0) per column of a rows x cols matrix, least squared error over
 * 30 steps (1 - f / 32) down from max|w| / hi (max|w| / 1.5 for 2 bits). Recipe of spec/search.md 2.1. One bit: a sign
 * of the mean |w|, which is the least squared error there is.
 */
void mixq_calibrate_weight (MixqQuantizer *self,
                            const MixqKernels *kernels,
                            const float *w,
                            gsize rows,
                            gsize cols);

/**
 * mixq_calibrate_relative: zero 0, per tensor, least mean *relative* error over the non-zero @x: keeps small
 * row-normalised features from rounding to nothing (spec/search.md 2.3). One signed bit: a sign of
 * the mean of the non-zeros' magnitudes, for that loses none of them.
 */
void mixq_calibrate_relative (MixqQuantizer *self, const MixqKernels *kernels, const float *x, gsize n);

/** mixq_calibrate_positive: zero 0, per tensor, least squared error; for adjacency values. */
void mixq_calibrate_positive (MixqQuantizer *self, const MixqKernels *kernels, const float *x, gsize n);

/**
 * mixq_fake_quantize_reference: the published FakeQuantize with its gradients, spec section 3, for one scale:
 * y, and (nullable) grad_x, and the unaveraged sums of the scale and zero-point rule: sum g (v - z) and sum g.
 */
void mixq_fake_quantize_reference (const MixqQuantizer *self,
                                   gsize i,
                                   gsize n,
                                   gsize stride,
                                   const float *x,
                                   float *y,
                                   const float *grad_y,
                                   float *grad_x,
                                   double *sum_scale,
                                   double *sum_zero);

G_END_DECLS
