/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/*
 * One vector type for every CPU level: LANES floats, by GCC vector extensions, with intrinsics only where the compiler
 * has no pattern (min, max, partial loads). Private to the kernels.
 *
 * Rounding is half to even. Without an instruction for it that is the 1.5 * 2^23 trick, exact for |x| < 2^22; clamped codes
 * are at most 2^16. It needs the compiler not to re-associate, which is the default.
 */
#include <glib.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX2__)
#define LANES 8
#else
#define LANES 4
#endif

#define ROUND_MAGIC 12582912.0f
#define INLINE static inline __attribute__ ((always_inline))

typedef float vf __attribute__ ((vector_size (4 * LANES), aligned (4), may_alias));
typedef gint32 vi __attribute__ ((vector_size (4 * LANES), aligned (4), may_alias));

INLINE vf
load (const float *p)
{
  return *(const vf *) p;
}

INLINE void
store (float *p, vf v)
{
  *(vf *) p = v;
}

#if defined(__AVX512F__)
INLINE vf
splat (float x)
{
  return (vf) _mm512_set1_ps (x);
}

INLINE vf
vmin (vf a, vf b)
{
  return (vf) _mm512_min_ps ((__m512) a, (__m512) b);
}

INLINE vf
vmax (vf a, vf b)
{
  return (vf) _mm512_max_ps ((__m512) a, (__m512) b);
}

/* The first n < LANES lanes, zeros behind; a store touches only those n. */
INLINE vf
load_part (const float *p, gsize n)
{
  return (vf) _mm512_maskz_loadu_ps ((__mmask16) ((1u << n) - 1), p);
}

INLINE void
store_part (float *p, vf v, gsize n)
{
  _mm512_mask_storeu_ps (p, (__mmask16) ((1u << n) - 1), (__m512) v);
}
#elif defined(__AVX2__)
INLINE vf
splat (float x)
{
  return (vf) _mm256_set1_ps (x);
}

INLINE vf
vmin (vf a, vf b)
{
  return (vf) _mm256_min_ps ((__m256) a, (__m256) b);
}

INLINE vf
vmax (vf a, vf b)
{
  return (vf) _mm256_max_ps ((__m256) a, (__m256) b);
}

static const gint32 part_mask[16] = { -1, -1, -1, -1, -1, -1, -1, -1 };

INLINE vf
load_part (const float *p, gsize n)
{
  return (vf) _mm256_maskload_ps (p, _mm256_loadu_si256 ((const __m256i *) (part_mask + 8 - n)));
}

INLINE void
store_part (float *p, vf v, gsize n)
{
  _mm256_maskstore_ps (p, _mm256_loadu_si256 ((const __m256i *) (part_mask + 8 - n)), (__m256) v);
}
#else
INLINE vf
splat (float x)
{
  return (vf){ 0 } + x;
}

#if defined(__SSE2__)
INLINE vf
vmin (vf a, vf b)
{
  return (vf) _mm_min_ps ((__m128) a, (__m128) b);
}

INLINE vf
vmax (vf a, vf b)
{
  return (vf) _mm_max_ps ((__m128) a, (__m128) b);
}
#else
INLINE vf
vmin (vf a, vf b)
{
  vi less = a < b;
  return (vf) ((less & (vi) a) | (~less & (vi) b));
}

INLINE vf
vmax (vf a, vf b)
{
  vi more = a > b;
  return (vf) ((more & (vi) a) | (~more & (vi) b));
}
#endif

INLINE vf
load_part (const float *p, gsize n)
{
  vf v = { 0 };

  for (gsize i = 0; i < n; i++)
    v[i] = p[i];
  return v;
}

INLINE void
store_part (float *p, vf v, gsize n)
{
  for (gsize i = 0; i < n; i++)
    p[i] = v[i];
}
#endif

INLINE vf
vround (vf x)
{
#if defined(__AVX512F__)
  return (vf) _mm512_roundscale_ps ((__m512) x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#elif defined(__AVX2__)
  return (vf) _mm256_round_ps ((__m256) x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#else
  return (x + ROUND_MAGIC) - ROUND_MAGIC;
#endif
}

/* v where mask is set, else 0. */
INLINE vf
vkeep (vi mask, vf v)
{
  return (vf) (mask & (vi) v);
}

INLINE float
vsum (vf v)
{
  vi lane;

  for (int half = LANES / 2; half > 0; half /= 2) {
    for (int i = 0; i < LANES; i++)
      lane[i] = (i + half) % LANES;
    v += __builtin_shuffle (v, lane);
  }
  return v[0];
}
