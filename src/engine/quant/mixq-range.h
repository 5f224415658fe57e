/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "quant/mixq-quantizer.h"

G_BEGIN_DECLS

/** MixqRange: what was seen of a tensor. Starts as { 0 }: 0 is in every range. low <= 0 <= high. */
typedef struct
{
  float low, high;
  float magnitude; /* mean |x| of the n values seen */
  gsize n;
} MixqRange;

/** mixq_range_extend: takes in @n values, @stride apart. */
void mixq_range_extend (MixqRange *self, const float *x, gsize n, gsize stride);
/** mixq_range_follow: the share @momentum of the way to @now, unless that holds what is no number. */
void mixq_range_follow (MixqRange *self, const MixqRange *now, float momentum);
/**
 * mixq_range_of_percentile:
 * @x: (array length=n): reordered
 * @p: share of values that may lie outside on either side, below 1/2
 *
 * From the k-th smallest, k = max (1, floor (n p)), to the min (n, max (1, floor (n (1 - p))))-th, with 0 (method spec
 * section 10). O(n).
 */
MixqRange mixq_range_of_percentile (float *x, gsize n, double p);
/** mixq_percentile_of_width: 0.001 from 8 bits on, 0.01 below. */
double mixq_percentile_of_width (guint8 bits);
/** mixq_range_is_empty: nothing but zeros was seen. */
gboolean mixq_range_is_empty (const MixqRange *self);

/**
 * mixq_quantizer_set_range: scale and whole zero-point that cover @range, so that 0 is a code. An empty range gives scale
 * 1, zero 0. One bit and values of both signs: a sign of the mean magnitude, since no two levels cover such a range.
 */
void mixq_quantizer_set_range (MixqQuantizer *self, gsize i, const MixqRange *range);
/** mixq_quantizer_set_symmetric: zero 0 and the scale whose largest code is the largest absolute value of @range; one signed bit: as above. */
void mixq_quantizer_set_symmetric (MixqQuantizer *self, gsize i, const MixqRange *range);

G_END_DECLS
