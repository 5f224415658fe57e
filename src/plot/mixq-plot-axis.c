/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-plot-axis.h"

#include <math.h>

/* Bounds closer than this share of their size are one value: the difference would be rounding noise. */
#define SAME_VALUE 1e-12

void
mixq_plot_range_init (MixqPlotRange *self)
{
  self->min = HUGE_VAL;
  self->max = -HUGE_VAL;
}

void
mixq_plot_range_include (MixqPlotRange *self, double value)
{
  if (!isfinite (value))
    return;
  self->min = MIN (self->min, value);
  self->max = MAX (self->max, value);
}

gboolean
mixq_plot_range_is_empty (const MixqPlotRange *self)
{
  return !(self->min <= self->max);
}

gboolean
mixq_plot_axis_is_pathological (const MixqPlotAxis *self)
{
  if (!isfinite (self->from) || !isfinite (self->to) || !isfinite (self->pixel_from) ||
      !isfinite (self->pixel_to))
    return TRUE;
  if (self->pixel_from == self->pixel_to)
    return TRUE;
  if (self->scale == MIXQ_AXIS_LOG && (self->from <= 0.0 || self->to <= 0.0))
    return TRUE;
  return fabs (self->to - self->from) <= SAME_VALUE * MAX (fabs (self->from), fabs (self->to));
}

double
mixq_plot_axis_to_pixel (const MixqPlotAxis *self, double value)
{
  double pixels = self->pixel_to - self->pixel_from;
  double t;

  if (mixq_plot_axis_is_pathological (self))
    return isfinite (self->pixel_from) && isfinite (pixels) ? self->pixel_from + 0.5 * pixels : 0.0;
  if (isnan (value) || (self->scale == MIXQ_AXIS_LOG && value <= 0.0))
    return self->from < self->to ? self->pixel_from : self->pixel_to;
  if (self->scale == MIXQ_AXIS_LOG)
    t = log (value / self->from) / log (self->to / self->from);
  else
    t = (value - self->from) / (self->to - self->from);
  /* Cairo keeps coordinates in 24.8 fixed point; anything further out is equally invisible. */
  return self->pixel_from + CLAMP (t, -100.0, 100.0) * pixels;
}

double
mixq_plot_axis_to_value (const MixqPlotAxis *self, double pixel)
{
  double t;

  if (mixq_plot_axis_is_pathological (self))
    return self->from;
  t = (pixel - self->pixel_from) / (self->pixel_to - self->pixel_from);
  if (self->scale == MIXQ_AXIS_LOG)
    return self->from * pow (self->to / self->from, t);
  return self->from + t * (self->to - self->from);
}

gboolean
mixq_plot_axis_contains (const MixqPlotAxis *self, double value)
{
  double pixel;

  if (!isfinite (value))
    return FALSE;
  pixel = mixq_plot_axis_to_pixel (self, value);
  return pixel >= MIN (self->pixel_from, self->pixel_to) - 0.5 &&
         pixel <= MAX (self->pixel_from, self->pixel_to) + 0.5;
}

double
mixq_plot_nice_step (double span, guint max_steps)
{
  static const double factors[] = { 1.0, 2.0, 5.0, 10.0 };
  double power;

  if (!isfinite (span) || span <= 0.0 || max_steps == 0)
    return 0.0;
  power = pow (10.0, floor (log10 (span / max_steps)));
  for (guint i = 0; i < G_N_ELEMENTS (factors); i++) {
    /* A hair of tolerance, so that a span of exactly n steps is not pushed to the next factor by rounding. */
    if (span <= factors[i] * power * max_steps * (1.0 + 1e-9))
      return factors[i] * power;
  }
  return 10.0 * power;
}

guint
mixq_plot_step_digits (double step)
{
  if (!isfinite (step) || step <= 0.0 || step >= 1.0)
    return 0;
  return (guint) CLAMP (ceil (-log10 (step) - 1e-9), 0.0, 6.0);
}

static guint
linear_ticks (double low, double high, guint max_ticks, double *ticks)
{
  double step = mixq_plot_nice_step (high - low, MAX (max_ticks, 2) - 1);
  double tolerance = 1e-6 * step;
  guint n = 0;

  if (step <= 0.0)
    return 0;
  for (double i = ceil ((low - tolerance) / step); i * step <= high + tolerance && n < max_ticks; i++)
    ticks[n++] = i * step + 0.0; /* turns a negative zero into a plain one */
  return n;
}

static guint
log_ticks (double low, double high, guint max_ticks, double *ticks)
{
  double first = ceil (log2 (low) - 1e-9);
  double last = floor (log2 (high) + 1e-9);
  guint stride = 1;
  guint n = 0;

  if (last - first < 1.0)
    return linear_ticks (low, high, max_ticks, ticks);
  while (stride <= last - first && (last - first) / stride + 1.0 > max_ticks)
    stride *= 2;
  /* Strides are counted from 1 (two to the zero), so that the reference itself always keeps its label. */
  for (double power = ceil (first / stride) * stride; power <= last && n < max_ticks; power += stride)
    ticks[n++] = exp2 (power);
  return n;
}

guint
mixq_plot_axis_ticks (const MixqPlotAxis *self, guint max_ticks, double *ticks)
{
  double low = MIN (self->from, self->to);
  double high = MAX (self->from, self->to);

  max_ticks = MIN (max_ticks, MIXQ_PLOT_MAX_TICKS);
  if (max_ticks == 0 || mixq_plot_axis_is_pathological (self))
    return 0;
  if (self->scale == MIXQ_AXIS_LOG)
    return log_ticks (low, high, max_ticks, ticks);
  return linear_ticks (low, high, max_ticks, ticks);
}

/* One decimal below ten, none above: two significant digits, as a person would say it. */
static char *
two_digits (double value, const char *suffix)
{
  if (value != 0.0 && fabs (value) < 0.995)
    return g_strdup_printf ("%.2g%s", value, suffix);
  /* 9.96 would print as 10.0. */
  return g_strdup_printf ("%.*f%s", fabs (value) < 9.95 ? 1 : 0, value, suffix);
}

char *
mixq_plot_format_unit (double value, MixqPlotUnit unit)
{
  /* No-break spaces; kilo is lower case for bytes and counts alike. */
  static const char *const counts[] = { "", "\u00a0k", "\u00a0M", "\u00a0G", "\u00a0T", "\u00a0P" };
  static const char *const bytes[] = {
    "\u00a0B", "\u00a0kB", "\u00a0MB", "\u00a0GB", "\u00a0TB", "\u00a0PB"
  };
  static const char *const seconds[] = { "\u00a0ns", "\u00a0µs", "\u00a0ms", "\u00a0s" };
  const char *const *names = unit == MIXQ_UNIT_BYTES ? bytes : unit == MIXQ_UNIT_SECOND ? seconds : counts;
  guint n_names = unit == MIXQ_UNIT_SECOND ? G_N_ELEMENTS (seconds) : G_N_ELEMENTS (counts);
  guint i = 0;

  if (!isfinite (value))
    return g_strdup ("–");
  if (unit == MIXQ_UNIT_SECOND)
    value *= 1e9;
  /* Half a millisecond reads better than 500 microseconds beside whole milliseconds. */
  while (i + 1 < n_names && fabs (value) >= (unit == MIXQ_UNIT_SECOND && i == 1 ? 99.5 : 999.5)) {
    value /= 1000.0;
    i++;
  }
  if (i == 0 && unit != MIXQ_UNIT_SECOND)
    return g_strdup_printf ("%.0f%s", value, names[i]);
  return two_digits (value, names[i]);
}

char *
mixq_plot_format_ratio (double ratio)
{
  if (!isfinite (ratio))
    return g_strdup ("–");
  if (ratio >= 99.95 || fabs (ratio - round (ratio)) < 1e-6)
    return g_strdup_printf ("%.0f×", ratio);
  if (ratio < 0.95)
    return g_strdup_printf ("%.2g×", ratio);
  return g_strdup_printf ("%.1f×", ratio);
}

char *
mixq_plot_format_percent (double fraction, guint digits)
{
  if (!isfinite (fraction))
    return g_strdup ("–");
  return g_strdup_printf ("%.*f\u00a0%%", (int) digits, 100.0 * fraction);
}

char *
mixq_plot_format_count (guint64 count)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, count);
}
