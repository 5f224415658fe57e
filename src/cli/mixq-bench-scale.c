/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How cost grows with the graph, and the largest graph. */
#include "mixq-bench.h"

gboolean
mixq_bench_edges (MixqBench *self, GError **error)
{
  return TRUE;
}

gboolean
mixq_bench_sampled (MixqBench *self, GError **error)
{
  return TRUE;
}
