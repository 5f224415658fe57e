/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Requantization in exact arithmetic: every float is an integer times a power of two, so a ratio of float scales times an
 * integer is a fraction of 128-bit integers, and its rounding is decided without any rounding. */
#include <math.h>

#include <glib.h>

typedef __int128 Wide;

/* round-half-even (n / d), d > 0. */
static inline Wide
exact_round (Wide n, Wide d)
{
  Wide q = n / d, r = n % d;

  if (r < 0) {
    r += d;
    q--;
  }
  if (2 * r > d || (2 * r == d && q % 2 != 0))
    q++;
  return q;
}

/* @x = *m 2^*e with an odd or zero mantissa of at most 24 bits. */
static inline void
exact_split (float x, gint64 *m, int *e)
{
  *m = (gint64) ldexpf (frexpf (x, e), 24);
  *e -= 24;
  while (*m != 0 && *m % 2 == 0) {
    *m /= 2;
    (*e)++;
  }
}

static inline int
exact_bits (Wide x)
{
  int bits = 0;

  for (x = x < 0 ? -x : x; x != 0; x >>= 1)
    bits++;
  return bits;
}

/* clamp (round-half-even (zero + a b centred / y)): Theorem 1 with centred = P - zx r, and the rule of linear maps. */
static inline gint64
exact_code (float a, float b, float y, gint64 zero, gint64 centred, gint64 lo, gint64 hi)
{
  gint64 ma, mb, my;
  int ea, eb, ey, shift;
  Wide n, d;

  exact_split (a, &ma, &ea);
  exact_split (b, &mb, &eb);
  exact_split (y, &my, &ey);
  n = (Wide) ma * mb * centred;
  d = my;
  shift = ea + eb - ey;
  g_assert_cmpint (MAX (exact_bits (n) + MAX (shift, 0), exact_bits (d) + MAX (-shift, 0)), <, 125);
  if (shift > 0)
    n *= (Wide) 1 << shift;
  else
    d *= (Wide) 1 << -shift;
  n = exact_round (n + zero * d, d);
  return n < lo ? lo : n > hi ? hi : (gint64) n;
}
