/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** mixq_memory_start_peak: restarts the kernel's peak of this process. Returns: resident MiB now (0 where unknown). */
double mixq_memory_start_peak (void);
/** mixq_memory_peak_mib: resident MiB at most since mixq_memory_start_peak() (0 where unknown). */
double mixq_memory_peak_mib (void);

G_END_DECLS
