/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "integer/mixq-frozen-slot.h"

#include <math.h>

/*
 * The zero-point 1/2 of a sign, less what keeps an exact 0 negative however it was summed: integer sums of signs are often
 * 0, and the simulated ones then 0 or a few last bits beside it, which must not decide.
 */
#define SIGN_ZERO (0.5 - 0x1p-31)

void
mixq_frozen_slot_clear (MixqFrozenSlot *self)
{
  g_clear_pointer (&self->scale, g_free);
  g_clear_pointer (&self->zero, g_free);
  g_clear_pointer (&self->row_bits, g_free);
  g_clear_pointer (&self->row_lo, g_free);
  g_clear_pointer (&self->row_hi, g_free);
}

static void
range_of_width (const MixqFrozenSlot *self, guint8 bits, gint32 *lo, gint32 *hi)
{
  float low, high;

  mixq_quantizer_code_range (bits, self->is_signed, &low, &high);
  *hi = (gint32) high;
  *lo = self->is_narrow ? -*hi : (gint32) low;
}

void
mixq_frozen_slot_set_width (MixqFrozenSlot *self, guint8 bits)
{
  self->bits = bits;
  range_of_width (self, bits, &self->lo, &self->hi);
}

void
mixq_frozen_slot_set_row_bits (MixqFrozenSlot *self, guint8 *row_bits)
{
  guint8 widest = 1;

  self->row_bits = row_bits;
  self->row_lo = g_new (gint32, MAX (self->n, 1));
  self->row_hi = g_new (gint32, MAX (self->n, 1));
  for (gsize i = 0; i < self->n; i++) {
    widest = MAX (widest, row_bits[i]);
    range_of_width (self, row_bits[i], &self->row_lo[i], &self->row_hi[i]);
  }
  mixq_frozen_slot_set_width (self, widest);
}

double
mixq_frozen_slot_mean_bits (const MixqFrozenSlot *self)
{
  gsize sum = 0;

  if (self->row_bits == NULL || self->n == 0)
    return self->bits;
  for (gsize i = 0; i < self->n; i++)
    sum += self->row_bits[i];
  return (double) sum / (double) self->n;
}

void
mixq_frozen_slot_range (const MixqFrozenSlot *self, gsize i, gint32 *lo, gint32 *hi)
{
  *lo = self->row_bits != NULL ? self->row_lo[i] : self->lo;
  *hi = self->row_bits != NULL ? self->row_hi[i] : self->hi;
}

void
mixq_frozen_slot_coding (const MixqFrozenSlot *self, gsize i, MixqCoding *coding)
{
  guint8 bits = self->row_bits != NULL ? self->row_bits[i] : self->bits;

  coding->is_sign = bits == 1 && self->is_signed && !self->is_narrow;
  coding->scale = (double) self->scale[i];
  coding->zero = self->zero[i];
  mixq_frozen_slot_range (self, i, &coding->lo, &coding->hi);
  if (!coding->is_sign)
    return;
  coding->scale *= 2;
  coding->zero = SIGN_ZERO;
  coding->lo = 0;
  coding->hi = 1;
}

gint32
mixq_frozen_slot_code (const MixqFrozenSlot *self, gsize i, double x)
{
  MixqCoding coding;
  double code;

  mixq_frozen_slot_coding (self, i, &coding);
  code = nearbyint (coding.zero + x / coding.scale);
  return mixq_coding_name (&coding, (gint32) CLAMP (code, (double) coding.lo, (double) coding.hi));
}

void
mixq_frozen_slot_quantize (const MixqFrozenSlot *self,
                           gsize i,
                           const MixqIntegerKernels *kernels,
                           gsize n,
                           const float *x,
                           gint32 *code)
{
  MixqCoding coding;

  mixq_frozen_slot_coding (self, i, &coding);
  kernels->quantize (n, x, coding.scale, coding.zero, coding.lo, coding.hi, code);
  for (gsize e = 0; coding.is_sign && e < n; e++)
    code[e] = mixq_coding_name (&coding, code[e]);
}

double
mixq_frozen_slot_value (const MixqFrozenSlot *self, gsize i, gint32 code)
{
  return (double) self->scale[i] * (double) (code - self->zero[i]);
}
