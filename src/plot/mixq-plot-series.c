/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-plot-series.h"

#include <math.h>

/* First, lowest, highest and last place of one run; numbers refer to the input. */
typedef struct
{
  gsize first;
  gsize low;
  gsize high;
  gsize last;
} Run;

static gsize
emit (const MixqPlotXY *place, gsize number, MixqPlotXY *out, gsize *source, gsize kept)
{
  out[kept] = *place;
  if (source != NULL)
    source[kept] = number;
  return kept + 1;
}

static gsize
emit_run (const MixqPlotXY *in, const Run *run, MixqPlotXY *out, gsize *source, gsize kept)
{
  gsize order[4] = { run->first, MIN (run->low, run->high), MAX (run->low, run->high), run->last };
  MixqPlotXY places[4];

  /* Copied first: @out may be @in, and the run's own places are then about to be overwritten. */
  for (guint i = 0; i < 4; i++)
    places[i] = in[order[i]];
  for (guint i = 0; i < 4; i++) {
    if (i == 0 || order[i] != order[i - 1])
      kept = emit (&places[i], order[i], out, source, kept);
  }
  return kept;
}

gsize
mixq_plot_decimate (const MixqPlotXY *in, gsize n, MixqPlotXY *out, gsize *source)
{
  gsize kept = 0;
  gboolean open = FALSE;
  double column = 0.0;
  Run run = { 0 };

  for (gsize i = 0; i < n; i++) {
    double here;

    if (!isfinite (in[i].x) || !isfinite (in[i].y))
      continue;
    here = floor (in[i].x);
    if (open && here != column) {
      kept = emit_run (in, &run, out, source, kept);
      open = FALSE;
    }
    if (!open) {
      run = (Run){ i, i, i, i };
      column = here;
      open = TRUE;
      continue;
    }
    run.last = i;
    if (in[i].y < in[run.low].y)
      run.low = i;
    if (in[i].y > in[run.high].y)
      run.high = i;
  }
  return open ? emit_run (in, &run, out, source, kept) : kept;
}
