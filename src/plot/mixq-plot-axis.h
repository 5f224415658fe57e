/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MixqPlotRange: the smallest interval that holds all values included so far. Empty while @min > @max.
 */
typedef struct
{
  double min;
  double max;
} MixqPlotRange;

void mixq_plot_range_init (MixqPlotRange *self);
/** mixq_plot_range_include: values that are not finite are ignored. */
void mixq_plot_range_include (MixqPlotRange *self, double value);
gboolean mixq_plot_range_is_empty (const MixqPlotRange *self);

typedef enum {
  MIXQ_AXIS_LINEAR,
  MIXQ_AXIS_LOG,
} MixqPlotAxisScale;

/**
 * MixqPlotAxis:
 * @from: value at @pixel_from; may be greater than @to (a reversed axis)
 * @to: value at @pixel_to
 *
 * Maps values to pixels along one direction. A plain value; nothing is owned.
 */
typedef struct
{
  MixqPlotAxisScale scale;
  double from;
  double to;
  double pixel_from;
  double pixel_to;
} MixqPlotAxis;

#define MIXQ_PLOT_MAX_TICKS 32

/**
 * mixq_plot_axis_is_pathological:
 *
 * %TRUE where no value can be told from another: from == to, a bound that is not finite, a logarithm of nothing, or no
 * pixels. Such an axis maps every value to the middle of its pixels and has no ticks; charts then draw a single place
 * instead of dividing by zero.
 */
gboolean mixq_plot_axis_is_pathological (const MixqPlotAxis *self);

/** mixq_plot_axis_to_pixel: always finite; a value without a place (NaN, log of <= 0) goes to the end of small values. */
double mixq_plot_axis_to_pixel (const MixqPlotAxis *self, double value);
double mixq_plot_axis_to_value (const MixqPlotAxis *self, double pixel);
/** mixq_plot_axis_contains: with half a pixel of tolerance. */
gboolean mixq_plot_axis_contains (const MixqPlotAxis *self, double value);

/**
 * mixq_plot_axis_ticks:
 * @max_ticks: at most this many, itself at most %MIXQ_PLOT_MAX_TICKS
 * @ticks: (out) (array length=MIXQ_PLOT_MAX_TICKS): ascending values
 *
 * Nice places within the axis. Linear: 1, 2 or 5 times a power of ten. Logarithmic: powers of two (doublings), every
 * second or fourth one where there are many, linear ones where fewer than two doublings fit.
 *
 * Returns: their number; 0 for a pathological axis.
 */
guint mixq_plot_axis_ticks (const MixqPlotAxis *self, guint max_ticks, double *ticks);

/** mixq_plot_nice_step: the smallest of 1, 2, 5 times a power of ten that cuts @span into at most @max_steps; 0 if none. */
double mixq_plot_nice_step (double span, guint max_steps);

/** mixq_plot_step_digits: decimals needed to tell multiples of @step apart, 0..6. */
guint mixq_plot_step_digits (double step);

/**
 * MixqPlotUnit: how an absolute cost is written.
 */
typedef enum {
  MIXQ_UNIT_COUNT,  /* 370 M, 5.9 G */
  MIXQ_UNIT_BYTES,  /* 17 kB (thousands) */
  MIXQ_UNIT_SECOND, /* the value is in seconds: 0.5 ms */
} MixqPlotUnit;

/** mixq_plot_format_unit: two significant digits with an SI prefix, e.g. "370 M". Returns: (transfer full). */
char *mixq_plot_format_unit (double value, MixqPlotUnit unit);
/** mixq_plot_format_ratio: "16×", "15.5×", "0.5×"; one decimal where it says something. Returns: (transfer full). */
char *mixq_plot_format_ratio (double ratio);
/** mixq_plot_format_percent: "82.0 %" from 0.82. Returns: (transfer full). */
char *mixq_plot_format_percent (double fraction, guint digits);

/** mixq_plot_format_count: "2,833", grouped as the locale does. Returns: (transfer full). */
char *mixq_plot_format_count (guint64 count);

G_END_DECLS
