/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kernels/mixq-integer-kernels.h"
#include "model/mixq-model.h"
#include "quant/mixq-quantizer.h"

G_BEGIN_DECLS

/**
 * MixqFrozenSlot: a slot with its width, real scales and whole zero-points.
 *
 * Scales and zero-points are one number, one a column or one a row (a node), by @granularity; where rows have them, they
 * may have widths of their own as well. Codes of b bits are 0..2^b-1 unsigned, -2^(b-1)..2^(b-1)-1 signed, and
 * -(2^(b-1)-1)..2^(b-1)-1 signed and narrow. One signed bit is a sign: codes -1 and +1, zero-point 0.
 */
typedef struct
{
  guint8 bits; /* the widest of @row_bits where rows have widths of their own: what sums are bounded by */
  gboolean is_signed;
  gboolean is_narrow; /* no code -2^(b-1) */
  MixqGranularity granularity;
  gint32 lo, hi; /* of @bits */
  gsize n;       /* 1, columns or rows */
  float *scale;
  gint32 *zero;
  guint8 *row_bits;        /* (nullable) n widths: MIXQ_PER_ROW only */
  gint32 *row_lo, *row_hi; /* (nullable) the code range of each of them */
} MixqFrozenSlot;

void mixq_frozen_slot_clear (MixqFrozenSlot *self);

/** mixq_frozen_slot_set_width: one width for all of the slot. @is_signed and @is_narrow are set already. */
void mixq_frozen_slot_set_width (MixqFrozenSlot *self, guint8 bits);
/** mixq_frozen_slot_set_row_bits: a width a row. @row_bits: (array length=n) (transfer full): n is set already. */
void mixq_frozen_slot_set_row_bits (MixqFrozenSlot *self, guint8 *row_bits);
/** mixq_frozen_slot_mean_bits: the mean of the rows' widths; the width where there is one. */
double mixq_frozen_slot_mean_bits (const MixqFrozenSlot *self);

/** mixq_frozen_slot_at: which scale and zero-point the entry in @row and @col has. */
static inline gsize
mixq_frozen_slot_at (const MixqFrozenSlot *self, gsize row, gsize col)
{
  return self->granularity == MIXQ_PER_COLUMN ? col : self->granularity == MIXQ_PER_ROW ? row : 0;
}

/* @i is what mixq_frozen_slot_at() says. */
/**
 * MixqCoding: how a code is made: round-half-even (clamp (zero + x / scale, lo, hi)); of a sign that is 0 or 1, and
 * mixq_coding_name() has the last word. All engines make codes by these numbers, so they make the same.
 */
typedef struct
{
  double scale, zero;
  gint32 lo, hi;
  gboolean is_sign;
} MixqCoding;

void mixq_frozen_slot_coding (const MixqFrozenSlot *self, gsize i, MixqCoding *coding);

/** mixq_coding_name: -1 and 1 for the 0 and 1 of a sign; other codes are their own names. */
static inline gint32
mixq_coding_name (const MixqCoding *self, gint32 code)
{
  return self->is_sign ? 2 * code - 1 : code;
}

gint32 mixq_frozen_slot_code (const MixqFrozenSlot *self, gsize i, double x);
/** mixq_frozen_slot_quantize: @code: (out): n codes less their zero-point, by @kernels. */
void mixq_frozen_slot_quantize (const MixqFrozenSlot *self,
                                gsize i,
                                const MixqIntegerKernels *kernels,
                                gsize n,
                                const float *x,
                                gint32 *code);
double mixq_frozen_slot_value (const MixqFrozenSlot *self, gsize i, gint32 code);
/** mixq_frozen_slot_range: (out) @lo, @hi: smallest and largest code. */
void mixq_frozen_slot_range (const MixqFrozenSlot *self, gsize i, gint32 *lo, gint32 *hi);

G_END_DECLS
