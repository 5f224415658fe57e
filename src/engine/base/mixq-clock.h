/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <time.h>

G_BEGIN_DECLS

/** mixq_clock_ms: monotonic milliseconds with nanosecond steps: a tiny graph is inferred in less than a microsecond. */
static inline double
mixq_clock_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec * 1e-6;
}

G_END_DECLS
