/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/mixq-engine.h"

#include <cblas.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* Buffers of batches come and go: memory below this is kept instead of being given back and cleared again every time. */
#define KEPT_BYTES (64 << 20)

void
mixq_engine_init (void)
{
  openblas_set_num_threads (1);
#ifdef __GLIBC__
  mallopt (M_MMAP_THRESHOLD, KEPT_BYTES);
  mallopt (M_TRIM_THRESHOLD, 2 * KEPT_BYTES);
#endif
}
