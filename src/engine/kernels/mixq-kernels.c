/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kernels/mixq-kernels.h"

#if MIXQ_X86
extern const MixqKernels mixq_kernels_avx2;
extern const MixqKernels mixq_kernels_avx512;
#endif

const MixqKernels *
mixq_kernels_get_avx2 (void)
{
#if MIXQ_X86
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return &mixq_kernels_avx2;
#endif
  return NULL;
}

const MixqKernels *
mixq_kernels_get_avx512 (void)
{
#if MIXQ_X86
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512dq") &&
      __builtin_cpu_supports ("avx512bw") && __builtin_cpu_supports ("avx512vl"))
    return &mixq_kernels_avx512;
#endif
  return NULL;
}

const MixqKernels *
mixq_kernels_get (void)
{
  const MixqKernels *levels[] = { mixq_kernels_get_avx512 (), mixq_kernels_get_avx2 (),
                                  &mixq_kernels_portable };
  const char *wanted = g_getenv ("MIXQ_CPU");

  for (gsize i = 0; wanted != NULL && i < G_N_ELEMENTS (levels); i++)
    if (levels[i] != NULL && g_str_equal (wanted, levels[i]->name))
      return levels[i];
  for (gsize i = 0; i < G_N_ELEMENTS (levels); i++)
    if (levels[i] != NULL)
      return levels[i];
  g_assert_not_reached ();
}
