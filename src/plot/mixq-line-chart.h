/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-plot-axis.h"
#include "mixq-plot-cairo.h"

G_BEGIN_DECLS

/** MixqLineParts: what is drawn of a series; combine them. */
typedef enum {
  MIXQ_LINE_PATH = 1 << 0,  /* a line through the points, broken where one is no number */
  MIXQ_LINE_MARKS = 1 << 1, /* a mark at each point */
  MIXQ_LINE_BAND = 1 << 2,  /* the spread as a band */
  MIXQ_LINE_BARS = 1 << 3,  /* the spread as a bar at each point */
} MixqLineParts;

/** MixqLinePoint: @low, @high: the spread; NaN where there is none. */
typedef struct
{
  double x, y;
  double low, high;
} MixqLinePoint;

/**
 * MixqLineSeries: borrows everything.
 * @name: for the legend
 * @look: colour and shape, as mixq_plot_theme_class() numbers them
 * @points: (array length=n_points): in the order of the line
 */
typedef struct
{
  const char *name;
  guint look;
  MixqLineParts parts;
  const MixqLinePoint *points;
  gsize n_points;
} MixqLineSeries;

/** MixqLineNumbers: how values are written beside an axis. */
typedef enum {
  MIXQ_LINE_PLAIN,
  MIXQ_LINE_PERCENT, /* 0.82 is 82 % */
  MIXQ_LINE_RATIO,   /* 16× */
  MIXQ_LINE_COUNT,   /* 3.4 G */
} MixqLineNumbers;

/** MixqLineAxis: @title: what the values are, without their unit. */
typedef struct
{
  const char *title;
  MixqPlotAxisScale scale;
  MixqLineNumbers numbers;
} MixqLineAxis;

/**
 * MixqLineData: several series over one pair of axes. Borrows everything.
 * @categories: (nullable) (array length=n_categories): names of the places 0, 1, ... of x instead of numbers
 */
typedef struct
{
  const MixqLineSeries *series;
  gsize n_series;
  MixqLineAxis x, y;
  const char *const *categories;
  gsize n_categories;
} MixqLineData;

/** mixq_line_chart_draw: with a legend above. Nothing outside @width x @height. Cost: O(points). */
void mixq_line_chart_draw (cairo_t *cr,
                           double width,
                           double height,
                           const MixqPlotTheme *theme,
                           const MixqLineData *data);

/** mixq_line_chart_csv: series, x, y, low, high; with categories x is their name. Returns: (transfer full). */
char *mixq_line_chart_csv (const MixqLineData *data);

G_END_DECLS
