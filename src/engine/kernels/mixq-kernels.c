/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kernels/mixq-kernels.h"

#if MIXQ_X86
extern const MixqKernels mixq_kernels_avx2;
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
mixq_kernels_get (void)
{
  const MixqKernels *avx2 = mixq_kernels_get_avx2 ();

  if (avx2 == NULL || g_strcmp0 (g_getenv ("MIXQ_CPU"), "portable") == 0)
    return &mixq_kernels_portable;
  return avx2;
}
