/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curves with their spread, and scatters with error bars: what the figures of measured results are made of. */
#include "mixq-line-chart.h"

#include <math.h>

#include "mixq-plot-csv.h"
#include "mixq-plot-text.h"

/* Pixels. */
#define FONT_SIZE 12.0
#define MARK_RADIUS 4.5
#define LINE_WIDTH 2.0
#define BAR_CAP 4.0
#define GAP 6.0
#define LEGEND_GAP 18.0
#define RIGHT_ROOM 14.0
/* Room beyond the outermost values, as a share of their span. */
#define MARGIN 0.04
#define BAND_ALPHA 0.18
/* From here on a logarithmic axis is labelled by powers of ten. */
#define MIN_DECADES 2.0
#define MAX_TICKS 8

typedef struct
{
  cairo_t *cr;
  const MixqPlotTheme *theme;
  const MixqLineData *data;
  MixqPlotBox plot;
  MixqPlotAxis x, y;
  MixqPlotFont font;
} Painter;

/* --- numbers ------------------------------------------------------------------------------------------------------- */

static char *
format_number (MixqLineNumbers numbers, double value)
{
  switch (numbers) {
  case MIXQ_LINE_PERCENT:
    return mixq_plot_format_percent (value, fabs (value * 100 - round (value * 100)) > 1e-6 ? 1 : 0);
  case MIXQ_LINE_RATIO:
    return mixq_plot_format_ratio (value);
  case MIXQ_LINE_COUNT:
    return mixq_plot_format_unit (value, MIXQ_UNIT_COUNT);
  case MIXQ_LINE_PLAIN:
    break;
  }
  return g_strdup_printf ("%.6g", fabs (value) < 1e-12 ? 0.0 : value);
}

static guint
decade_ticks (const MixqPlotAxis *axis, double *ticks)
{
  double from = log10 (MIN (axis->from, axis->to)), to = log10 (MAX (axis->from, axis->to));
  double stride = fmax (ceil ((to - from) / MAX_TICKS), 1.0);
  guint n = 0;

  for (double power = ceil (from - 1e-9); power <= to + 1e-9 && n < MIXQ_PLOT_MAX_TICKS; power += stride)
    ticks[n++] = pow (10.0, power);
  return n;
}

static guint
find_ticks (const MixqPlotAxis *axis, double *ticks)
{
  if (axis->scale == MIXQ_AXIS_LOG && !mixq_plot_axis_is_pathological (axis) &&
      fabs (log10 (axis->to / axis->from)) >= MIN_DECADES)
    return decade_ticks (axis, ticks);
  return mixq_plot_axis_ticks (axis, MAX_TICKS, ticks);
}

/* --- layout -------------------------------------------------------------------------------------------------------- */

static gboolean
has_place (const MixqLinePoint *point)
{
  return isfinite (point->x) && isfinite (point->y);
}

static void
find_ranges (const MixqLineData *data, MixqPlotRange *x, MixqPlotRange *y)
{
  mixq_plot_range_init (x);
  mixq_plot_range_init (y);
  for (gsize s = 0; s < data->n_series; s++)
    for (gsize i = 0; i < data->series[s].n_points; i++) {
      const MixqLinePoint *point = &data->series[s].points[i];

      if (!has_place (point) || (data->x.scale == MIXQ_AXIS_LOG && point->x <= 0))
        continue;
      mixq_plot_range_include (x, point->x);
      mixq_plot_range_include (y, point->y);
      mixq_plot_range_include (y, point->low);
      mixq_plot_range_include (y, point->high);
    }
}

/* One value alone gets an axis, too. */
static void
set_bounds (MixqPlotAxis *axis, MixqPlotAxisScale scale, const MixqPlotRange *range)
{
  double from = range->min, to = range->max, room;

  axis->scale = scale;
  if (mixq_plot_range_is_empty (range)) {
    from = scale == MIXQ_AXIS_LOG ? 1 : 0;
    to = scale == MIXQ_AXIS_LOG ? 10 : 1;
  }
  if (scale == MIXQ_AXIS_LOG && from > 0) {
    room = to > from ? pow (to / from, MARGIN) : 1.5;
    axis->from = from / room;
    axis->to = to * room;
  } else {
    room = to > from ? (to - from) * MARGIN : fmax (fabs (to) * 0.1, 0.01);
    axis->from = from - room;
    axis->to = to + room;
  }
}

static double
widest_label (const Painter *p)
{
  double ticks[MIXQ_PLOT_MAX_TICKS], widest = 0;
  guint n = find_ticks (&p->y, ticks);

  for (guint i = 0; i < n; i++) {
    g_autofree char *text = format_number (p->data->y.numbers, ticks[i]);
    double width;

    mixq_plot_text_measure (&p->font, text, &width, NULL);
    widest = MAX (widest, width);
  }
  return widest;
}

/* The class colour, dark enough for a line. */
static MixqPlotColor
line_color (const Painter *p, guint look)
{
  return mixq_plot_color_reach (mixq_plot_theme_class (p->theme, look).fill, p->theme->card, 3.0);
}

static double
entry_width (const Painter *p, const MixqLineSeries *series)
{
  double width;

  mixq_plot_text_measure (&p->font, series->name, &width, NULL);
  return width + 4 * MARK_RADIUS + GAP;
}

/* The legend, line by line; @draw: else it is only measured. Returns: its height. */
static double
legend (const Painter *p, double width, gboolean draw)
{
  double x = p->plot.x, y = FONT_SIZE * 0.75, line = FONT_SIZE * 1.5;

  for (gsize s = 0; s < p->data->n_series; s++) {
    const MixqLineSeries *series = &p->data->series[s];
    MixqPlotClassLook look = mixq_plot_theme_class (p->theme, series->look);
    double entry = entry_width (p, series);

    if (x > p->plot.x && x + entry > width) {
      x = p->plot.x;
      y += line;
    }
    if (draw) {
      double middle = x + 2 * MARK_RADIUS;

      if (series->parts & (MIXQ_LINE_PATH | MIXQ_LINE_BAND))
        mixq_plot_line (p->cr, line_color (p, series->look), LINE_WIDTH, x, y, x + 4 * MARK_RADIUS, y);
      if (series->parts & MIXQ_LINE_MARKS)
        mixq_plot_shape_draw (p->cr, &look, middle, y, MARK_RADIUS);
      mixq_plot_text_draw (p->cr, &p->font, p->theme->text, series->name, x + 4 * MARK_RADIUS + GAP, y, 0.0,
                           0.5);
    }
    x += entry + LEGEND_GAP;
  }
  return y + line;
}

static void
lay_out (Painter *p, double width, double height)
{
  MixqPlotRange x, y;

  p->font = mixq_plot_font (p->theme, FONT_SIZE, 400);
  find_ranges (p->data, &x, &y);
  if (p->data->n_categories > 0) {
    x.min = -0.5;
    x.max = (double) p->data->n_categories - 0.5;
  }
  set_bounds (&p->x, p->data->n_categories > 0 ? MIXQ_AXIS_LINEAR : p->data->x.scale, &x);
  set_bounds (&p->y, p->data->y.scale, &y);
  /* Ticks of y depend on pixels only through their being there. */
  p->y.pixel_from = height;
  p->y.pixel_to = 0;
  p->plot.x = 1.7 * FONT_SIZE + widest_label (p) + GAP;
  p->plot.y = legend (p, width, FALSE) + GAP;
  p->plot.width = MAX (width - p->plot.x - RIGHT_ROOM, 1.0);
  p->plot.height = MAX (height - p->plot.y - 3.4 * FONT_SIZE, 1.0);
  p->x.pixel_from = p->plot.x;
  p->x.pixel_to = p->plot.x + p->plot.width;
  p->y.pixel_from = p->plot.y + p->plot.height;
  p->y.pixel_to = p->plot.y;
}

/* --- axes ---------------------------------------------------------------------------------------------------------- */

static void
draw_y_axis (const Painter *p)
{
  double ticks[MIXQ_PLOT_MAX_TICKS];
  guint n = find_ticks (&p->y, ticks);

  for (guint i = 0; i < n; i++) {
    double y = floor (mixq_plot_axis_to_pixel (&p->y, ticks[i])) + 0.5;
    g_autofree char *text = format_number (p->data->y.numbers, ticks[i]);

    mixq_plot_line (p->cr, p->theme->grid, 1.0, p->plot.x, y, p->plot.x + p->plot.width, y);
    mixq_plot_text_draw (p->cr, &p->font, p->theme->dim, text, p->plot.x - GAP, y, 1.0, 0.5);
  }
}

static void
draw_x_label (const Painter *p, double value, const char *text)
{
  double x = floor (mixq_plot_axis_to_pixel (&p->x, value)) + 0.5, bottom = p->plot.y + p->plot.height;

  mixq_plot_line (p->cr, p->theme->grid, 1.0, x, p->plot.y, x, bottom);
  mixq_plot_text_draw (p->cr, &p->font, p->theme->dim, text, x, bottom + 0.4 * FONT_SIZE, 0.5, 0.0);
}

static void
draw_x_axis (const Painter *p)
{
  double ticks[MIXQ_PLOT_MAX_TICKS];
  guint n = p->data->n_categories > 0 ? 0 : find_ticks (&p->x, ticks);

  for (gsize i = 0; i < p->data->n_categories; i++)
    draw_x_label (p, (double) i, p->data->categories[i]);
  for (guint i = 0; i < n; i++) {
    g_autofree char *text = format_number (p->data->x.numbers, ticks[i]);

    draw_x_label (p, ticks[i], text);
  }
}

static void
draw_titles (const Painter *p, double height)
{
  mixq_plot_text_draw (p->cr, &p->font, p->theme->dim, p->data->x.title, p->plot.x + 0.5 * p->plot.width,
                       height - 1.0, 0.5, 1.0);
  cairo_save (p->cr);
  cairo_translate (p->cr, 1.0, p->plot.y + 0.5 * p->plot.height);
  cairo_rotate (p->cr, -G_PI_2);
  mixq_plot_text_draw (p->cr, &p->font, p->theme->dim, p->data->y.title, 0.0, 0.0, 0.5, 0.0);
  cairo_restore (p->cr);
}

/* --- series -------------------------------------------------------------------------------------------------------- */

static gboolean
is_drawable (const Painter *p, const MixqLinePoint *point)
{
  return has_place (point) && (p->x.scale != MIXQ_AXIS_LOG || point->x > 0) &&
         (p->y.scale != MIXQ_AXIS_LOG || point->y > 0);
}

static gboolean
has_spread (const Painter *p, const MixqLinePoint *point)
{
  return is_drawable (p, point) && isfinite (point->low) && isfinite (point->high);
}

static void
draw_band (const Painter *p, const MixqLineSeries *series, MixqPlotColor color)
{
  for (gsize begin = 0; begin < series->n_points;) {
    gsize end = begin;

    while (end < series->n_points && has_spread (p, &series->points[end]))
      end++;
    for (gsize i = begin; i < end; i++)
      cairo_line_to (p->cr, mixq_plot_axis_to_pixel (&p->x, series->points[i].x),
                     mixq_plot_axis_to_pixel (&p->y, series->points[i].high));
    for (gsize i = end; i > begin; i--)
      cairo_line_to (p->cr, mixq_plot_axis_to_pixel (&p->x, series->points[i - 1].x),
                     mixq_plot_axis_to_pixel (&p->y, series->points[i - 1].low));
    if (end > begin) {
      cairo_close_path (p->cr);
      mixq_plot_set_color (p->cr, mixq_plot_color_with_alpha (color, BAND_ALPHA));
      cairo_fill (p->cr);
    }
    begin = end + 1;
  }
}

static void
draw_path (const Painter *p, const MixqLineSeries *series, MixqPlotColor color)
{
  cairo_new_path (p->cr);
  for (gsize i = 0; i < series->n_points; i++) {
    if (is_drawable (p, &series->points[i]))
      cairo_line_to (p->cr, mixq_plot_axis_to_pixel (&p->x, series->points[i].x),
                     mixq_plot_axis_to_pixel (&p->y, series->points[i].y));
    else
      cairo_new_sub_path (p->cr);
  }
  mixq_plot_set_color (p->cr, color);
  cairo_set_line_width (p->cr, LINE_WIDTH);
  cairo_set_line_join (p->cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (p->cr);
}

static void
draw_bars (const Painter *p, const MixqLineSeries *series, MixqPlotColor color)
{
  for (gsize i = 0; i < series->n_points; i++) {
    const MixqLinePoint *point = &series->points[i];
    double x, low, high;

    if (!has_spread (p, point))
      continue;
    x = mixq_plot_axis_to_pixel (&p->x, point->x);
    low = mixq_plot_axis_to_pixel (&p->y, point->low);
    high = mixq_plot_axis_to_pixel (&p->y, point->high);
    mixq_plot_line (p->cr, color, 1.3, x, low, x, high);
    mixq_plot_line (p->cr, color, 1.3, x - BAR_CAP, low, x + BAR_CAP, low);
    mixq_plot_line (p->cr, color, 1.3, x - BAR_CAP, high, x + BAR_CAP, high);
  }
}

static void
draw_series (const Painter *p, const MixqLineSeries *series)
{
  MixqPlotClassLook look = mixq_plot_theme_class (p->theme, series->look);

  if (series->parts & MIXQ_LINE_BARS)
    draw_bars (p, series, line_color (p, series->look));
  if (series->parts & MIXQ_LINE_PATH)
    draw_path (p, series, line_color (p, series->look));
  for (gsize i = 0; (series->parts & MIXQ_LINE_MARKS) && i < series->n_points; i++)
    if (is_drawable (p, &series->points[i]))
      mixq_plot_shape_draw (p->cr, &look, mixq_plot_axis_to_pixel (&p->x, series->points[i].x),
                            mixq_plot_axis_to_pixel (&p->y, series->points[i].y), MARK_RADIUS);
}

void
mixq_line_chart_draw (cairo_t *cr,
                      double width,
                      double height,
                      const MixqPlotTheme *theme,
                      const MixqLineData *data)
{
  Painter p = { .cr = cr, .theme = theme, .data = data };

  lay_out (&p, width, height);
  cairo_save (cr);
  cairo_rectangle (cr, 0.0, 0.0, width, height);
  cairo_clip (cr);
  draw_y_axis (&p);
  draw_x_axis (&p);
  /* Bands lie below all lines, so that none hides a curve. */
  for (gsize s = 0; s < data->n_series; s++)
    if (data->series[s].parts & MIXQ_LINE_BAND)
      draw_band (&p, &data->series[s], mixq_plot_theme_class (theme, data->series[s].look).fill);
  for (gsize s = 0; s < data->n_series; s++)
    draw_series (&p, &data->series[s]);
  legend (&p, width, TRUE);
  draw_titles (&p, height);
  cairo_restore (cr);
}

/* --- CSV ----------------------------------------------------------------------------------------------------------- */

char *
mixq_line_chart_csv (const MixqLineData *data)
{
  GString *csv = g_string_new ("series,x,y,low,high\n");

  for (gsize s = 0; s < data->n_series; s++)
    for (gsize i = 0; i < data->series[s].n_points; i++) {
      const MixqLinePoint *point = &data->series[s].points[i];

      mixq_plot_csv_text (csv, data->series[s].name);
      if (data->n_categories > 0 && point->x >= 0 && point->x < (double) data->n_categories)
        mixq_plot_csv_text (csv, data->categories[(gsize) point->x]);
      else
        mixq_plot_csv_number (csv, point->x);
      mixq_plot_csv_number (csv, point->y);
      mixq_plot_csv_number (csv, point->low);
      mixq_plot_csv_number (csv, point->high);
      mixq_plot_csv_end_row (csv);
    }
  return g_string_free (csv, FALSE);
}
