/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-plot-axis.h"
#include "mixq-plot-cairo.h"
#include "mixq-plot-series.h"

G_BEGIN_DECLS

/**
 * MixqTimelinePrice: the price from @step on.
 * @lambda: the price itself, for tables and files
 * @height: where it stands on the price scale, 0 (free or less) .. 1 (the dearest)
 */
typedef struct
{
  double step;
  double lambda;
  double height;
} MixqTimelinePrice;

/**
 * MixqTimelineData: zero is empty. Borrows everything.
 * @prices: ascending steps; the first one is the price at the start and gets no flag
 * @accuracy: live accuracy: x is the step (ascending), y 0..1
 * @finished: steps at which a finished model came in, in any order
 * @now: the newest step
 * @paused: orange turns grey
 * @shown: (nullable): step that is being shown instead of now, drawn as a thin bar
 */
typedef struct
{
  const MixqTimelinePrice *prices;
  gsize n_prices;
  const MixqPlotXY *accuracy;
  gsize n_accuracy;
  const double *finished;
  gsize n_finished;
  double now;
  gboolean paused;
  const double *shown;
} MixqTimelineData;

/**
 * MixqTimelineOptions:
 * @captions: the line of text below: first step, what is shown, now
 * @inset: free pixels at both ends, so that the frame lines up with the slider above
 * @font_scale: 0 means 1
 */
typedef struct
{
  gboolean captions;
  double inset;
  double font_scale;
} MixqTimelineOptions;

/** MixqTimelineLayout: @frame is the box, @x maps steps, @y live accuracy. */
typedef struct
{
  MixqPlotBox frame;
  MixqPlotAxis x;
  MixqPlotAxis y;
  double font_size;
} MixqTimelineLayout;

void mixq_timeline_layout (MixqTimelineLayout *layout,
                           double width,
                           double height,
                           const MixqTimelineData *data,
                           const MixqTimelineOptions *options);

/** mixq_timeline_draw: draws on whatever is there; nothing outside @width x @height. Cost: O(data). */
void mixq_timeline_draw (cairo_t *cr,
                         double width,
                         double height,
                         const MixqPlotTheme *theme,
                         const MixqTimelineData *data,
                         const MixqTimelineOptions *options);

/** mixq_timeline_hit: Returns: index of the finished model whose dot is within @radius pixels, -1 for none. */
gssize mixq_timeline_hit (const MixqTimelineLayout *layout,
                          const MixqTimelineData *data,
                          double x,
                          double y,
                          double radius);

/** mixq_timeline_step_at: the step below a pixel, held between 0 and now. */
double mixq_timeline_step_at (const MixqTimelineLayout *layout, const MixqTimelineData *data, double x);

char *mixq_timeline_describe (const MixqTimelineData *data);
char *mixq_timeline_csv (const MixqTimelineData *data);

G_END_DECLS
