/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MixqRandom:
 * @s: state, never all zero
 *
 * xoshiro256** (Blackman and Vigna, public domain reference), seeded through splitmix64. A plain value: copy it
 * to fork a sequence, keep one per thread. The same seed and stream give the same numbers on every machine.
 */
typedef struct
{
  guint64 s[4];
} MixqRandom;

/** mixq_random_splitmix: advances @state; the splitmix64 generator that spreads a seed over a whole state. */
static inline guint64
mixq_random_splitmix (guint64 *state)
{
  guint64 z = (*state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/**
 * mixq_random_init:
 * @stream: what the numbers are for ("split", "dropout", "weights"); streams of one seed are independent
 *
 * State = four splitmix64 outputs started at splitmix64(@seed) XOR the 64-bit FNV-1a hash of @stream. This rule
 * is part of the file format of sessions: changing it changes every result.
 */
void mixq_random_init (MixqRandom *self, guint64 seed, const char *stream);

static inline guint64
mixq_random_rotl (guint64 x, int k)
{
  return (x << k) | (x >> (64 - k));
}

/** mixq_random_next: 64 uniform bits. */
static inline guint64
mixq_random_next (MixqRandom *self)
{
  guint64 *s = self->s;
  guint64 result = mixq_random_rotl (s[1] * 5, 7) * 9;
  guint64 t = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = mixq_random_rotl (s[3], 45);
  return result;
}

/** mixq_random_uniform: a multiple of 2^-53 in [0, 1). */
static inline double
mixq_random_uniform (MixqRandom *self)
{
  return (double) (mixq_random_next (self) >> 11) * 0x1p-53;
}

/**
 * mixq_random_below:
 * @n: at least 1
 *
 * Returns: an unbiased number in [0, @n). Lemire's multiplication on the upper 32 bits; a draw is repeated where
 * it would favour some results, so the count of draws depends on @n.
 */
static inline guint32
mixq_random_below (MixqRandom *self, guint32 n)
{
  guint64 product = (mixq_random_next (self) >> 32) * n;

  if ((guint32) product < n) {
    guint32 threshold = (guint32) (-n) % n;

    while ((guint32) product < threshold)
      product = (mixq_random_next (self) >> 32) * n;
  }
  return (guint32) (product >> 32);
}

G_END_DECLS
