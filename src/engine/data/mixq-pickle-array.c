/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading single elements of an array of any plain element type, byte order and layout. */
#include <string.h>

#include "data/mixq-pickle.h"

gsize
mixq_pickle_array_index (const MixqPickleArray *self, gsize row, gsize col)
{
  return self->fortran ? col * self->shape[0] + row : row * self->shape[1] + col;
}

gboolean
mixq_pickle_array_is_integer (const MixqPickleArray *self)
{
  return self->dtype.code == 'b' || self->dtype.code == 'i' || self->dtype.code == 'u';
}

/* The element's bits in the low end of a word; data need not be aligned. */
static guint64
load_bits (const MixqPickleArray *self, gsize index)
{
  gsize size = self->dtype.size;
  const guint8 *data = self->data + index * size;
  guint64 bits = 0;

  for (gsize i = 0; i < size; i++)
    bits = bits << 8 | data[self->dtype.big_endian ? i : size - 1 - i];
  return bits;
}

gint64
mixq_pickle_array_int (const MixqPickleArray *self, gsize index)
{
  guint64 bits = load_bits (self, index);
  int unused = 64 - 8 * self->dtype.size;

  if (self->dtype.code == 'b')
    return bits != 0;
  if (self->dtype.code == 'u')
    return bits > G_MAXINT64 ? G_MAXINT64 : (gint64) bits;
  return (gint64) (bits << unused) >> unused;
}

double
mixq_pickle_array_real (const MixqPickleArray *self, gsize index)
{
  guint64 bits;
  guint32 bits32;
  double real;
  float real32;

  if (self->dtype.code != 'f')
    return (double) mixq_pickle_array_int (self, index);
  bits = load_bits (self, index);
  if (self->dtype.size == 8) {
    memcpy (&real, &bits, sizeof real);
    return real;
  }
  bits32 = (guint32) bits;
  memcpy (&real32, &bits32, sizeof real32);
  return (double) real32;
}
