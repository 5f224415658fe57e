/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/mixq-engine.h"

#include <cblas.h>

void
mixq_engine_init (void)
{
  openblas_set_num_threads (1);
}
