/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-timeline-chart.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "mixq-plot-csv.h"
#include "mixq-plot-text.h"

/* Pixels. */
#define FRAME_RADIUS 6.0
#define NOW_OVERHANG 3.0
#define NOW_WIDTH 2.5
#define NOW_ROOM 12.0
#define FLAG_HALF 4.5
#define FLAG_HEIGHT 6.0
#define DOT_RADIUS 3.5
#define DOT_HALO 1.3
/* Shares of the frame's height. */
#define ACCURACY_TOP 0.16
#define ACCURACY_BOTTOM 0.72
#define PRICE_TOP 0.26

typedef struct
{
  cairo_t *cr;
  const MixqPlotTheme *theme;
  const MixqTimelineData *data;
  const MixqTimelineLayout *layout;
} Painter;

void
mixq_timeline_layout (MixqTimelineLayout *layout,
                      double width,
                      double height,
                      const MixqTimelineData *data,
                      const MixqTimelineOptions *options)
{
  double captions;
  MixqPlotBox *frame = &layout->frame;
  MixqPlotRange vals;

  layout->font_size = 12.0 * (options->font_scale > 0.0 ? options->font_scale : 1.0);
  captions = options->captions ? 1.5 * layout->font_size : 0.0;
  frame->x = options->inset;
  frame->y = NOW_OVERHANG;
  frame->width = MAX (width - 2.0 * options->inset, 1.0);
  frame->height = MAX (height - captions - 2.0 * NOW_OVERHANG, 1.0);
  layout->x = (MixqPlotAxis){ MIXQ_AXIS_LINEAR, 0.0, MAX (data->now, 1.0), frame->x,
                              frame->x + MAX (frame->width - NOW_ROOM, 0.5 * frame->width) };
  mixq_plot_range_init (&vals);
  for (gsize i = 0; i < data->n_accuracy; i++)
    mixq_plot_range_include (&vals, data->accuracy[i].y);
  layout->y = (MixqPlotAxis){ MIXQ_AXIS_LINEAR, vals.min, vals.max,
                              frame->y + ACCURACY_BOTTOM * frame->height,
                              frame->y + ACCURACY_TOP * frame->height };
}

static double
dot_y (const MixqTimelineLayout *layout)
{
  return layout->frame.y + layout->frame.height - MIN (10.0, 0.3 * layout->frame.height);
}

gssize
mixq_timeline_hit (const MixqTimelineLayout *layout,
                   const MixqTimelineData *data,
                   double x,
                   double y,
                   double radius)
{
  gssize hit = -1;
  double nearest = radius;

  for (gsize i = 0; i < data->n_finished; i++) {
    double distance = hypot (mixq_plot_axis_to_pixel (&layout->x, data->finished[i]) - x, dot_y (layout) - y);

    if (distance <= nearest) {
      nearest = distance;
      hit = (gssize) i;
    }
  }
  return hit;
}

double
mixq_timeline_step_at (const MixqTimelineLayout *layout, const MixqTimelineData *data, double x)
{
  return CLAMP (mixq_plot_axis_to_value (&layout->x, x), 0.0, MAX (data->now, 0.0));
}

static void
draw_frame (const Painter *p)
{
  const MixqPlotBox *frame = &p->layout->frame;

  mixq_plot_rounded_box (p->cr, frame->x + 0.5, frame->y + 0.5, frame->width - 1.0, frame->height - 1.0,
                         FRAME_RADIUS);
  mixq_plot_set_color (p->cr, p->theme->cell);
  cairo_fill_preserve (p->cr);
  mixq_plot_set_color (p->cr, p->theme->cell_edge);
  cairo_set_line_width (p->cr, 1.0);
  cairo_stroke (p->cr);
}

static void
draw_prices (const Painter *p)
{
  const MixqPlotBox *frame = &p->layout->frame;
  double bottom = frame->y + frame->height - 1.0;

  mixq_plot_set_color (p->cr, p->theme->price_tint);
  for (gsize i = 0; i < p->data->n_prices; i++) {
    const MixqTimelinePrice *price = &p->data->prices[i];
    double end = i + 1 < p->data->n_prices ? p->data->prices[i + 1].step : p->data->now;
    double x0 = mixq_plot_axis_to_pixel (&p->layout->x, price->step);
    double x1 = mixq_plot_axis_to_pixel (&p->layout->x, end);
    /* A price of nothing is still a price: it keeps a visible foot. */
    double height = MAX (CLAMP (price->height, 0.0, 1.0) * (1.0 - PRICE_TOP) * frame->height, 2.0);

    cairo_rectangle (p->cr, x0, bottom - height, MAX (x1 - x0, 0.0), height);
  }
  cairo_fill (p->cr);
}

static void
draw_flags (const Painter *p)
{
  const MixqPlotBox *frame = &p->layout->frame;

  for (gsize i = 1; i < p->data->n_prices; i++) {
    double x = floor (mixq_plot_axis_to_pixel (&p->layout->x, p->data->prices[i].step)) + 0.5;

    mixq_plot_line (p->cr, p->theme->accent_line, 1.3, x, frame->y, x, frame->y + frame->height);
    cairo_move_to (p->cr, x - FLAG_HALF, frame->y);
    cairo_line_to (p->cr, x + FLAG_HALF, frame->y);
    cairo_line_to (p->cr, x, frame->y + FLAG_HEIGHT);
    cairo_close_path (p->cr);
    cairo_fill (p->cr);
  }
}

static void
draw_accuracy (const Painter *p)
{
  gsize n = p->data->n_accuracy;
  g_autofree MixqPlotXY *path = g_new (MixqPlotXY, n + 1);
  gsize kept;

  for (gsize i = 0; i < n; i++) {
    path[i] = (MixqPlotXY){ NAN, NAN };
    if (isfinite (p->data->accuracy[i].x) && isfinite (p->data->accuracy[i].y)) {
      path[i].x = mixq_plot_axis_to_pixel (&p->layout->x, p->data->accuracy[i].x);
      path[i].y = mixq_plot_axis_to_pixel (&p->layout->y, p->data->accuracy[i].y);
    }
  }
  kept = mixq_plot_decimate (path, n, path, NULL);
  if (kept < 2)
    return;
  mixq_plot_polyline (p->cr, p->data->paused ? p->theme->beaten : p->theme->live, 1.7, path, kept);
}

static void
draw_dots (const Painter *p)
{
  double y = dot_y (p->layout);

  for (gsize i = 0; i < p->data->n_finished; i++) {
    double x = mixq_plot_axis_to_pixel (&p->layout->x, p->data->finished[i]);

    cairo_new_sub_path (p->cr);
    cairo_arc (p->cr, x, y, DOT_RADIUS + DOT_HALO, 0.0, 2.0 * G_PI);
    mixq_plot_set_color (p->cr, p->theme->cell);
    cairo_fill (p->cr);
    cairo_arc (p->cr, x, y, DOT_RADIUS, 0.0, 2.0 * G_PI);
    mixq_plot_set_color (p->cr, p->theme->accent_line);
    cairo_fill (p->cr);
  }
}

static void
draw_bars (const Painter *p)
{
  const MixqPlotBox *frame = &p->layout->frame;
  double top = frame->y - NOW_OVERHANG;
  double bottom = frame->y + frame->height + NOW_OVERHANG;
  double x = mixq_plot_axis_to_pixel (&p->layout->x, p->data->now);

  mixq_plot_line (p->cr, p->theme->text, NOW_WIDTH, x, top, x, bottom);
  if (p->data->shown != NULL && isfinite (*p->data->shown)) {
    x = mixq_plot_axis_to_pixel (&p->layout->x, *p->data->shown);
    mixq_plot_line (p->cr, p->theme->accent_line, NOW_WIDTH, x, top, x, bottom);
  }
}

static void
draw_captions (const Painter *p, double height)
{
  const MixqPlotBox *frame = &p->layout->frame;
  MixqPlotFont font = mixq_plot_font (p->theme, p->layout->font_size, 400);
  MixqPlotFont bold = mixq_plot_font (p->theme, p->layout->font_size, 700);
  g_autofree char *step = mixq_plot_format_count ((guint64) MAX (p->data->now, 0.0));
  g_autofree char *now = g_strdup_printf (_ ("now · step %s"), step);
  const char *middle = _ ("price changes, live accuracy, and each finished model");
  const char *first = _ ("step 0");
  double first_width;
  double middle_width;
  double now_width;

  mixq_plot_text_measure (&font, first, &first_width, NULL);
  mixq_plot_text_measure (&font, middle, &middle_width, NULL);
  mixq_plot_text_measure (&bold, now, &now_width, NULL);
  mixq_plot_text_draw (p->cr, &font, p->theme->dim, first, frame->x, height, 0.0, 1.0);
  mixq_plot_text_draw (p->cr, &bold, p->theme->text, now, frame->x + frame->width, height, 1.0, 1.0);
  if (middle_width + 2.0 * MAX (first_width, now_width) + 40.0 <= frame->width)
    mixq_plot_text_draw (p->cr, &font, p->theme->dim, middle, frame->x + 0.5 * frame->width, height, 0.5,
                         1.0);
}

void
mixq_timeline_draw (cairo_t *cr,
                    double width,
                    double height,
                    const MixqPlotTheme *theme,
                    const MixqTimelineData *data,
                    const MixqTimelineOptions *options)
{
  MixqTimelineLayout layout;
  Painter painter = { cr, theme, data, &layout };

  mixq_timeline_layout (&layout, width, height, data, options);
  cairo_save (cr);
  cairo_rectangle (cr, 0.0, 0.0, width, height);
  cairo_clip (cr);
  draw_frame (&painter);
  cairo_save (cr);
  mixq_plot_rounded_box (cr, layout.frame.x + 1.0, layout.frame.y + 1.0, MAX (layout.frame.width - 2.0, 0.0),
                         MAX (layout.frame.height - 2.0, 0.0), FRAME_RADIUS - 1.0);
  cairo_clip (cr);
  draw_prices (&painter);
  draw_accuracy (&painter);
  draw_dots (&painter);
  cairo_restore (cr);
  draw_flags (&painter);
  draw_bars (&painter);
  if (options->captions)
    draw_captions (&painter, height);
  cairo_restore (cr);
}

char *
mixq_timeline_describe (const MixqTimelineData *data)
{
  gsize n_changes = data->n_prices > 0 ? data->n_prices - 1 : 0;
  g_autofree char *changes = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%zu price change", "%zu price changes", n_changes), n_changes);
  g_autofree char *models = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%zu finished model", "%zu finished models", data->n_finished),
      data->n_finished);

  if (data->n_accuracy == 0)
    /* Translators: number of the step, then e.g. "3 price changes" and "9 finished models" */
    return g_strdup_printf (_ ("Timeline up to step %.0f: %s, %s."), data->now, changes, models);
  return g_strdup_printf (_ ("Timeline up to step %.0f: %s, %s, live accuracy now %.1f percent."), data->now,
                          changes, models, 100.0 * data->accuracy[data->n_accuracy - 1].y);
}

char *
mixq_timeline_csv (const MixqTimelineData *data)
{
  GString *csv = g_string_new ("kind,step,value\n");

  for (gsize i = 0; i < data->n_prices; i++) {
    mixq_plot_csv_text (csv, "price");
    mixq_plot_csv_number (csv, data->prices[i].step);
    mixq_plot_csv_number (csv, data->prices[i].lambda);
    mixq_plot_csv_end_row (csv);
  }
  for (gsize i = 0; i < data->n_accuracy; i++) {
    mixq_plot_csv_text (csv, "live_accuracy");
    mixq_plot_csv_number (csv, data->accuracy[i].x);
    mixq_plot_csv_number (csv, data->accuracy[i].y);
    mixq_plot_csv_end_row (csv);
  }
  for (gsize i = 0; i < data->n_finished; i++) {
    mixq_plot_csv_text (csv, "finished_model");
    mixq_plot_csv_number (csv, data->finished[i]);
    mixq_plot_csv_text (csv, NULL);
    mixq_plot_csv_end_row (csv);
  }
  return g_string_free (csv, FALSE);
}
