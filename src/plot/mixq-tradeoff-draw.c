/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paints the trade-off chart, from the back to the front: grid, front, float32, relaxed search, points, labels. */
#include "config.h"

#include "mixq-tradeoff-chart-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "mixq-plot-text.h"

/* The trail fades in this many steps from its oldest to its newest part. */
#define TRAIL_SHADES 24
#define TRAIL_OLDEST 0.22
#define TRAIL_NEWEST 0.95
#define HALO_WIDTH 1.6
#define CAP_HALF 5.0

/* What every painter needs. */
typedef struct
{
  cairo_t *cr;
  const MixqPlotTheme *theme;
  const MixqTradeoffData *data;
  const MixqTradeoffOptions *options;
  const MixqTradeoffLayout *layout;
} Painter;

static void
clip_to_plot (const Painter *p, double margin)
{
  const MixqPlotBox *plot = &p->layout->plot;

  cairo_rectangle (p->cr, plot->x - margin, plot->y - margin, plot->width + 2.0 * margin,
                   plot->height + 2.0 * margin);
  cairo_clip (p->cr);
}

static void
draw_val_axis (const Painter *p)
{
  const MixqPlotBox *plot = &p->layout->plot;
  MixqPlotFont font = mixq_plot_font (p->theme, p->layout->font_size, 400);
  double ticks[MIXQ_PLOT_MAX_TICKS];
  guint digits;
  guint n = _mixq_tradeoff_val_ticks (p->layout, ticks, &digits);

  for (guint i = 0; i < n; i++) {
    /* On half pixels a one pixel line is one row, not two grey ones. */
    double y = floor (mixq_plot_axis_to_pixel (&p->layout->y, ticks[i])) + 0.5;
    g_autofree char *label = mixq_plot_format_percent (ticks[i], digits);

    mixq_plot_line (p->cr, p->theme->grid, 1.0, plot->x, y, plot->x + plot->width, y);
    mixq_plot_text_draw (p->cr, &font, p->theme->dim, label, plot->x - 10.0, y, 1.0, 0.5);
  }
}

static void
draw_cost_axis (const Painter *p)
{
  const MixqPlotBox *plot = &p->layout->plot;
  double size = p->layout->font_size;
  MixqPlotFont bold = mixq_plot_font (p->theme, size, 700);
  MixqPlotFont font = mixq_plot_font (p->theme, size, 400);
  double bottom = plot->y + plot->height;
  double ticks[MIXQ_PLOT_MAX_TICKS];
  guint n = _mixq_tradeoff_cost_ticks (p->layout, ticks);

  for (guint i = 0; i < n; i++) {
    double x = floor (mixq_plot_axis_to_pixel (&p->layout->x, ticks[i])) + 0.5;
    g_autofree char *ratio = mixq_plot_format_ratio (ticks[i]);

    mixq_plot_line (p->cr, p->theme->grid, 1.0, x, plot->y, x, bottom);
    mixq_plot_text_draw (p->cr, &bold, p->theme->dim, ratio, x, bottom + 5.0, 0.5, 0.0);
    if (p->data->float32_cost > 0.0) {
      g_autofree char *cost = mixq_plot_format_unit (p->data->float32_cost / ticks[i], p->data->cost_unit);

      mixq_plot_text_draw (p->cr, &font, p->theme->dim, cost, x, bottom + 5.0 + 1.2 * size, 0.5, 0.0);
    }
  }
}

static void
draw_axis_titles (const Painter *p, double height)
{
  const MixqPlotBox *plot = &p->layout->plot;
  MixqPlotFont font = mixq_plot_font (p->theme, p->layout->font_size, 400);
  g_autofree char *cost = _mixq_tradeoff_cost_title (p->data);

  mixq_plot_text_draw (p->cr, &font, p->theme->dim, cost, plot->x + 0.5 * plot->width, height - 2.0, 0.5,
                       1.0);
  cairo_save (p->cr);
  cairo_translate (p->cr, 2.0, plot->y + 0.5 * plot->height);
  cairo_rotate (p->cr, -G_PI_2);
  mixq_plot_text_draw (p->cr, &font, p->theme->dim, _ ("Validation accuracy"), 0.0, 0.0, 0.5, 0.0);
  cairo_restore (p->cr);
}

static void
draw_front (const Painter *p)
{
  const MixqPlotBox *plot = &p->layout->plot;
  g_autofree MixqPlotXY *path = g_new (MixqPlotXY, _mixq_tradeoff_front_room (p->data));
  gsize n = _mixq_tradeoff_front_path (p->layout, p->data, path);

  if (n == 0)
    return;
  cairo_save (p->cr);
  clip_to_plot (p, 1.0);
  for (gsize i = 0; i < n; i++)
    cairo_line_to (p->cr, path[i].x, path[i].y);
  cairo_line_to (p->cr, plot->x + plot->width, plot->y + plot->height);
  cairo_close_path (p->cr);
  mixq_plot_set_color (p->cr, p->theme->front_tint);
  cairo_fill (p->cr);
  for (gsize i = 0; i < n; i++)
    cairo_line_to (p->cr, path[i].x, path[i].y);
  mixq_plot_set_color (p->cr, p->theme->accent_line);
  cairo_set_line_width (p->cr, 2.0);
  cairo_set_line_join (p->cr, CAIRO_LINE_JOIN_MITER);
  cairo_stroke (p->cr);
  cairo_restore (p->cr);
}

/* Where several searches can be compared, what each found by itself: a thin step line with a dash of its own. */
static void
draw_origin_fronts (const Painter *p)
{
  guint origins = _mixq_tradeoff_origins (p->data);

  if ((origins & (origins - 1)) == 0)
    return;
  cairo_save (p->cr);
  clip_to_plot (p, 1.0);
  cairo_set_line_width (p->cr, 1.2);
  mixq_plot_set_color (p->cr, p->theme->dim);
  for (guint shape = 0; shape < MIXQ_N_SHAPES; shape++) {
    const double dash[] = { 2.0 + 2.5 * shape, 2.5 };
    g_autofree MixqPlotXY *path = NULL;
    gsize n;

    if ((origins & (1u << shape)) == 0)
      continue;
    path = g_new (MixqPlotXY, _mixq_tradeoff_front_room (p->data));
    n = _mixq_tradeoff_origin_path (p->layout, p->data, 1u << shape, path);
    cairo_set_dash (p->cr, dash, G_N_ELEMENTS (dash), 0.0);
    for (gsize i = 0; i < n; i++)
      cairo_line_to (p->cr, path[i].x, path[i].y);
    cairo_stroke (p->cr);
  }
  cairo_restore (p->cr);
}

/* Above the dotted line where there is room and the front, whose right end is as high as the best point, is not there. */
static gboolean
float32_label_goes_above (const Painter *p, double y)
{
  double room = 1.3 * p->layout->font_size, x, top;
  double best = p->data->float32_val;

  for (gsize i = 0; i < p->data->n_points; i++)
    if (_mixq_tradeoff_point_is_drawable (&p->data->points[i]))
      best = MAX (best, p->data->points[i].val);
  mixq_tradeoff_locate (p->layout, 1.0, best, &x, &top);
  return y - p->layout->plot.y > room && (top > y - 1.0 || y - top > room);
}

static void
draw_float32 (const Painter *p)
{
  gboolean above;
  static const double dots[] = { 1.6, 4.0 };
  const MixqPlotBox *plot = &p->layout->plot;
  MixqPlotFont font = mixq_plot_font (p->theme, p->layout->font_size, 700);
  g_autofree char *percent = mixq_plot_format_percent (p->data->float32_val, 1);
  g_autofree char *label = NULL;
  double x;
  double y;

  if (!(p->data->float32_val > 0.0) || !mixq_plot_axis_contains (&p->layout->y, p->data->float32_val))
    return;
  mixq_tradeoff_locate (p->layout, 1.0, p->data->float32_val, &x, &y);
  y = floor (y) + 0.5;
  above = float32_label_goes_above (p, y);
  cairo_save (p->cr);
  cairo_set_dash (p->cr, dots, G_N_ELEMENTS (dots), 0.0);
  mixq_plot_line (p->cr, p->theme->dim, 1.6, plot->x, y, plot->x + plot->width, y);
  cairo_restore (p->cr);
  /* Translators: the accuracy of the float32 model */
  label = g_strdup_printf (_ ("float32 %s"), percent);
  /* Clear of the square at its right end. */
  mixq_plot_text_draw_halo (p->cr, &font, p->theme->text, p->theme->card, label,
                            x - 0.95 * p->layout->badge_size, above ? y - 3.0 : y + 4.0, 1.0,
                            above ? 1.0 : 0.0);
}

/* A bound with its name, where _mixq_tradeoff_budget_label() finds room for it. */
static void
draw_bound (const Painter *p, MixqTradeoffGrip grip)
{
  const MixqPlotBox *plot = &p->layout->plot;
  MixqPlotFont font = mixq_plot_font (p->theme, p->layout->font_size, 400);
  g_autofree char *text = NULL;
  MixqPlotBox box;

  if (!_mixq_tradeoff_budget_label (p->layout, p->theme, p->data, grip, &text, &box))
    return;
  if (grip == MIXQ_TRADEOFF_GRIP_COST) {
    double x = mixq_plot_axis_to_pixel (&p->layout->x, p->data->budget_ratio);

    mixq_plot_line (p->cr, p->theme->text, 1.3, x, plot->y, x, plot->y + plot->height);
  } else {
    double y = mixq_plot_axis_to_pixel (&p->layout->y, p->data->budget_val);

    mixq_plot_line (p->cr, p->theme->text, 1.3, plot->x, y, plot->x + plot->width, y);
  }
  mixq_plot_text_draw_halo (p->cr, &font, p->theme->text, p->theme->card, text, box.x, box.y, 0.0, 0.0);
}

static void
draw_budget (const Painter *p)
{
  static const double dashes[] = { 6.0, 4.0 };

  cairo_save (p->cr);
  cairo_set_dash (p->cr, dashes, G_N_ELEMENTS (dashes), 0.0);
  draw_bound (p, MIXQ_TRADEOFF_GRIP_COST);
  draw_bound (p, MIXQ_TRADEOFF_GRIP_VAL);
  cairo_restore (p->cr);
}

/* A pill with two grooves across its line. Pale where it rests at the end of its axis. */
static void
draw_grip (const Painter *p, MixqTradeoffGrip grip)
{
  gboolean is_val = grip == MIXQ_TRADEOFF_GRIP_VAL, hot = p->data->grip == grip;
  gboolean set = is_val ? p->data->budget_val > 0.0 : p->data->budget_ratio > 0.0;
  double half_width = is_val ? MIXQ_TRADEOFF_GRIP_LONG : MIXQ_TRADEOFF_GRIP_SHORT;
  double half_height = is_val ? MIXQ_TRADEOFF_GRIP_SHORT : MIXQ_TRADEOFF_GRIP_LONG;
  MixqPlotColor line = hot ? p->theme->accent_line : set ? p->theme->text : p->theme->dim;
  double x, y;

  mixq_tradeoff_grip_place (p->layout, p->data, grip, &x, &y);
  mixq_plot_rounded_box (p->cr, x - half_width, y - half_height, 2.0 * half_width, 2.0 * half_height,
                         MIXQ_TRADEOFF_GRIP_SHORT);
  mixq_plot_set_color (p->cr, p->theme->card);
  cairo_fill_preserve (p->cr);
  mixq_plot_set_color (p->cr, line);
  cairo_set_line_width (p->cr, hot ? 2.0 : 1.3);
  cairo_stroke (p->cr);
  for (int i = -1; i <= 1; i += 2) {
    if (is_val)
      mixq_plot_line (p->cr, line, 1.0, x - 4.5, y + 1.7 * i, x + 4.5, y + 1.7 * i);
    else
      mixq_plot_line (p->cr, line, 1.0, x + 1.7 * i, y - 4.5, x + 1.7 * i, y + 4.5);
  }
}

static void
draw_grips (const Painter *p)
{
  if (!p->data->grips)
    return;
  draw_grip (p, MIXQ_TRADEOFF_GRIP_VAL);
  draw_grip (p, MIXQ_TRADEOFF_GRIP_COST);
}

static MixqPlotColor
live_color (const Painter *p)
{
  return p->data->paused ? p->theme->beaten : p->theme->live;
}

static void
draw_trail (const Painter *p)
{
  gsize n = p->data->n_trail;
  g_autofree MixqPlotXY *path = g_new (MixqPlotXY, n + 1);
  g_autofree gsize *source = g_new (gsize, n + 1);
  MixqPlotColor color = live_color (p);
  gsize kept;

  for (gsize i = 0; i < n; i++) {
    const MixqTradeoffPlace *place = &p->data->trail[i];

    path[i] = (MixqPlotXY){ NAN, NAN };
    if (_mixq_tradeoff_has_place (place)) {
      path[i].x = mixq_plot_axis_to_pixel (&p->layout->x, place->ratio);
      path[i].y = mixq_plot_axis_to_pixel (&p->layout->y, place->val);
    }
  }
  kept = mixq_plot_decimate (path, n, path, source);
  if (kept < 2)
    return;
  cairo_save (p->cr);
  clip_to_plot (p, 0.0);
  cairo_set_line_width (p->cr, 1.6);
  /* Plain joins and the quick rasteriser: a third of the cost of the whole chart, and not to be seen at this width. */
  cairo_set_line_join (p->cr, CAIRO_LINE_JOIN_BEVEL);
  cairo_set_antialias (p->cr, CAIRO_ANTIALIAS_FAST);
  for (gsize start = 0; start + 1 < kept;) {
    guint shade = (guint) (TRAIL_SHADES * source[start] / n);
    double age = (shade + 0.5) / TRAIL_SHADES;
    gsize i = start;

    cairo_move_to (p->cr, path[i].x, path[i].y);
    do {
      i++;
      cairo_line_to (p->cr, path[i].x, path[i].y);
    } while (i + 1 < kept && TRAIL_SHADES * source[i] / n == shade);
    mixq_plot_set_color (
        p->cr, mixq_plot_color_with_alpha (color, TRAIL_OLDEST + (TRAIL_NEWEST - TRAIL_OLDEST) * age * age));
    cairo_stroke (p->cr);
    start = i;
  }
  cairo_restore (p->cr);
}

static void
fill_circle (const Painter *p, MixqPlotColor color, double x, double y, double radius)
{
  cairo_new_sub_path (p->cr);
  cairo_arc (p->cr, x, y, MAX (radius, 0.0), 0.0, 2.0 * G_PI);
  mixq_plot_set_color (p->cr, color);
  cairo_fill (p->cr);
}

static void
fill_shape (const Painter *p, MixqPlotShape shape, MixqPlotColor color, double x, double y, double radius)
{
  mixq_plot_shape_path (p->cr, shape, x, y, MAX (radius, 0.0));
  mixq_plot_set_color (p->cr, color);
  cairo_fill (p->cr);
}

static void
stroke_circle (const Painter *p, MixqPlotColor color, double width, double x, double y, double radius)
{
  cairo_new_sub_path (p->cr);
  cairo_arc (p->cr, x, y, radius, 0.0, 2.0 * G_PI);
  mixq_plot_set_color (p->cr, color);
  cairo_set_line_width (p->cr, width);
  cairo_stroke (p->cr);
}

/* A mark whose value lies below the axis stands at the edge and points down, so that nothing is silently moved. */
static void
draw_below_mark (const Painter *p, MixqPlotColor color, double x)
{
  double y = p->layout->plot.y + p->layout->plot.height - 2.0;

  cairo_move_to (p->cr, x + 8.0, y - 6.0);
  cairo_line_to (p->cr, x + 12.0, y);
  cairo_line_to (p->cr, x + 16.0, y - 6.0);
  mixq_plot_set_color (p->cr, color);
  cairo_set_line_width (p->cr, 1.8);
  cairo_stroke (p->cr);
}

static void
draw_ghost (const Painter *p)
{
  static const double dashes[] = { 3.0, 4.0 };
  MixqPlotColor color = live_color (p);
  double x;
  double y;
  double live_x;
  double live_y;

  if (!_mixq_tradeoff_has_place (&p->data->ghost))
    return;
  mixq_tradeoff_locate (p->layout, p->data->ghost.ratio, p->data->ghost.val, &x, &y);
  fill_circle (p, mixq_plot_color_with_alpha (color, 0.24), x, y, 10.0);
  if (!_mixq_tradeoff_has_place (&p->data->live))
    return;
  mixq_tradeoff_locate (p->layout, p->data->live.ratio, p->data->live.val, &live_x, &live_y);
  cairo_save (p->cr);
  cairo_set_line_cap (p->cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_dash (p->cr, dashes, G_N_ELEMENTS (dashes), 0.0);
  mixq_plot_line (p->cr, color, 1.8, live_x, live_y, x, y);
  cairo_restore (p->cr);
}

static void
draw_live (const Painter *p)
{
  MixqPlotColor color = live_color (p);
  double x;
  double y;

  if (!_mixq_tradeoff_has_place (&p->data->live))
    return;
  if (!mixq_tradeoff_locate (p->layout, p->data->live.ratio, p->data->live.val, &x, &y))
    draw_below_mark (p, color, x);
  fill_circle (p, mixq_plot_color_with_alpha (color, 0.24), x, y, 10.0);
  fill_circle (p, p->theme->card, x, y, p->layout->dot_radius + HALO_WIDTH - 0.4);
  fill_circle (p, color, x, y, p->layout->dot_radius);
}

/* Through the whole bar a card-coloured line runs underneath, so that it stays readable on the trail and the front. */
static void
draw_error_bar (const Painter *p, const MixqTradeoffPoint *point, MixqPlotColor color)
{
  double x;
  double high;
  double low;

  if (!(point->std_error > 0.0) || !isfinite (point->std_error))
    return;
  mixq_tradeoff_locate (p->layout, point->ratio, point->val + point->std_error, &x, &high);
  mixq_tradeoff_locate (p->layout, point->ratio, point->val - point->std_error, &x, &low);
  mixq_plot_line (p->cr, color, 1.7, x, high, x, low);
  mixq_plot_line (p->cr, color, 1.7, x - CAP_HALF, high, x + CAP_HALF, high);
  mixq_plot_line (p->cr, color, 1.7, x - CAP_HALF, low, x + CAP_HALF, low);
}

/* 0 -> 8 -> 5.5: a finished point arrives a little too big and settles. */
static double
arriving_radius (double settled, double arrival)
{
  double peak = settled * 8.0 / 5.5;

  arrival = CLAMP (arrival, 0.0, 1.0);
  if (arrival < 0.6)
    return peak * arrival / 0.6;
  return peak + (settled - peak) * (arrival - 0.6) / 0.4;
}

static void
draw_running (const Painter *p, const MixqTradeoffPoint *point, double x, double y)
{
  double radius = p->layout->dot_radius;
  double progress = CLAMP (point->running, 0.0, 1.0);

  fill_circle (p, p->theme->card, x, y, radius + HALO_WIDTH);
  stroke_circle (p, mixq_plot_color_with_alpha (p->theme->accent_line, 0.35), 2.0, x, y, radius);
  if (progress <= 0.0)
    return;
  cairo_arc (p->cr, x, y, radius, -G_PI_2, -G_PI_2 + progress * 2.0 * G_PI);
  mixq_plot_set_color (p->cr, p->theme->accent_line);
  cairo_set_line_width (p->cr, 2.6);
  cairo_stroke (p->cr);
}

static void
draw_point (const Painter *p, const MixqTradeoffPoint *point)
{
  MixqPlotColor color = point->kind == MIXQ_TRADEOFF_BEATEN ? p->theme->beaten : p->theme->accent_line;
  double radius = arriving_radius (p->layout->dot_radius, point->arrival);
  double x;
  double y;

  if (!mixq_tradeoff_locate (p->layout, point->ratio, point->val, &x, &y))
    draw_below_mark (p, color, x);
  if (point->running >= 0.0) {
    draw_running (p, point, x, y);
    return;
  }
  if (point->kind == MIXQ_TRADEOFF_UNIFORM || point->kind == MIXQ_TRADEOFF_FLOAT32) {
    mixq_plot_badge_draw (p->cr, p->theme, point->bits, x, y, p->layout->badge_size);
    return;
  }
  if (radius <= 0.0)
    return;
  draw_error_bar (p, point, color);
  fill_shape (p, _mixq_tradeoff_shape (point), p->theme->card, x, y, radius + HALO_WIDTH);
  fill_shape (p, _mixq_tradeoff_shape (point), color, x, y, radius);
}

/* Grey below squares below blue: what matters most is never covered by what matters less. */
static guint
paint_rank (const MixqTradeoffPoint *point)
{
  if (point->running >= 0.0)
    return 2;
  switch (point->kind) {
  case MIXQ_TRADEOFF_BEATEN:
    return 0;
  case MIXQ_TRADEOFF_UNIFORM:
  case MIXQ_TRADEOFF_FLOAT32:
    return 1;
  case MIXQ_TRADEOFF_FINISHED:
    break;
  }
  return 3;
}

static void
draw_points (const Painter *p, guint first_rank, guint last_rank)
{
  for (guint rank = first_rank; rank <= last_rank; rank++) {
    for (gsize i = 0; i < p->data->n_points; i++) {
      const MixqTradeoffPoint *point = &p->data->points[i];

      if (_mixq_tradeoff_point_is_drawable (point) && paint_rank (point) == rank)
        draw_point (p, point);
    }
  }
}

static void
draw_rings (const Painter *p)
{
  for (gsize i = 0; i < p->data->n_points; i++) {
    const MixqTradeoffPoint *point = &p->data->points[i];
    double x;
    double y;

    if (point->flags == 0 || !_mixq_tradeoff_point_is_drawable (point))
      continue;
    mixq_tradeoff_locate (p->layout, point->ratio, point->val, &x, &y);
    if (point->flags & MIXQ_TRADEOFF_RECOMMENDED)
      stroke_circle (p, mixq_plot_color_with_alpha (p->theme->accent_line, 1.0 - p->options->label_absence),
                     2.2, x, y, MIXQ_TRADEOFF_RING_RADIUS);
    if (point->flags & (MIXQ_TRADEOFF_SELECTED | MIXQ_TRADEOFF_HOVERED)) {
      gboolean selected = (point->flags & MIXQ_TRADEOFF_SELECTED) != 0;

      fill_circle (p, mixq_plot_color_with_alpha (p->theme->accent_fill, selected ? 0.22 : 0.12), x, y,
                   MIXQ_TRADEOFF_RING_RADIUS);
      stroke_circle (p, p->theme->accent_line, selected ? 2.4 : 1.6, x, y, MIXQ_TRADEOFF_RING_RADIUS);
    }
    if (point->flags & MIXQ_TRADEOFF_PICKED) {
      stroke_circle (p, p->theme->card, 4.4, x, y, MIXQ_TRADEOFF_RING_RADIUS + 1.0);
      stroke_circle (p, p->theme->text, 2.2, x, y, MIXQ_TRADEOFF_RING_RADIUS + 1.0);
    }
    if (point->flags & MIXQ_TRADEOFF_FOCUSED)
      stroke_circle (p, p->theme->accent_line, 2.0, x, y, MIXQ_TRADEOFF_RING_RADIUS + 4.0);
  }
}

static void
draw_leader (const Painter *p, const MixqPlotBox *box, double x, double y, MixqPlotColor color)
{
  double end_x = CLAMP (x, box->x + 14.0, box->x + box->width - 14.0);
  double end_y = CLAMP (y, box->y + 6.0, box->y + box->height - 6.0);
  double length = hypot (end_x - x, end_y - y);

  if (length <= MIXQ_TRADEOFF_RING_RADIUS)
    return;
  mixq_plot_line (p->cr, color, 1.8, x + MIXQ_TRADEOFF_RING_RADIUS * (end_x - x) / length,
                  y + MIXQ_TRADEOFF_RING_RADIUS * (end_y - y) / length, end_x, end_y);
}

static void
draw_callout (const Painter *p)
{
  const MixqPlotBox *box = &p->layout->callout;
  double presence = 1.0 - CLAMP (p->options->label_absence, 0.0, 1.0);
  MixqPlotFont big = mixq_plot_font (p->theme, 1.12 * p->layout->font_size, 700);
  MixqPlotFont small = mixq_plot_font (p->theme, p->layout->font_size, 400);
  MixqPlotColor ink = mixq_plot_color_with_alpha (p->theme->on_accent, presence);
  const MixqTradeoffPoint *point;
  g_autofree char *text = NULL;
  double x;
  double y;

  if (box->width <= 0.0 || p->layout->recommended < 0 || presence <= 0.0)
    return;
  point = &p->data->points[p->layout->recommended];
  text = _mixq_tradeoff_callout_text (point);
  mixq_tradeoff_locate (p->layout, point->ratio, point->val, &x, &y);
  draw_leader (p, box, x, y, mixq_plot_color_with_alpha (p->theme->accent_line, presence));
  mixq_plot_rounded_box (p->cr, box->x, box->y, box->width, box->height, 8.0);
  mixq_plot_set_color (p->cr, mixq_plot_color_with_alpha (p->theme->accent_label, presence));
  cairo_fill (p->cr);
  x = box->x + MIXQ_TRADEOFF_CALLOUT_PADDING_X;
  mixq_plot_text_draw (p->cr, &big, ink, text, x, box->y + MIXQ_TRADEOFF_CALLOUT_PADDING_Y, 0.0, 0.0);
  mixq_plot_text_draw (p->cr, &small, ink, _ ("Recommended"), x,
                       box->y + box->height - MIXQ_TRADEOFF_CALLOUT_PADDING_Y, 0.0, 1.0);
}

static guint
legend_bits (const MixqTradeoffData *data)
{
  for (gsize i = 0; i < data->n_points; i++) {
    if (data->points[i].kind == MIXQ_TRADEOFF_UNIFORM && data->points[i].bits == 4)
      return 4;
  }
  for (gsize i = 0; i < data->n_points; i++) {
    if (data->points[i].kind == MIXQ_TRADEOFF_UNIFORM)
      return data->points[i].bits;
  }
  return 32;
}

static void
draw_legend_symbol (const Painter *p, guint row, double x, double y)
{
  double radius = p->layout->dot_radius;
  MixqPlotColor accent = p->theme->accent_line;

  switch (row) {
  case MIXQ_TRADEOFF_LEGEND_LIVE:
    mixq_plot_line (p->cr, mixq_plot_color_with_alpha (live_color (p), 0.55), 2.0, x - 16.0, y, x + 2.0, y);
    fill_circle (p, live_color (p), x + 4.0, y, radius);
    break;
  case MIXQ_TRADEOFF_LEGEND_FINISHED:
    mixq_plot_line (p->cr, accent, 1.7, x, y - 9.0, x, y + 9.0);
    mixq_plot_line (p->cr, accent, 1.7, x - 4.0, y - 9.0, x + 4.0, y - 9.0);
    mixq_plot_line (p->cr, accent, 1.7, x - 4.0, y + 9.0, x + 4.0, y + 9.0);
    fill_circle (p, accent, x, y, radius);
    break;
  case MIXQ_TRADEOFF_LEGEND_BEATEN:
    fill_circle (p, p->theme->beaten, x, y, radius);
    break;
  case MIXQ_TRADEOFF_LEGEND_UNIFORM:
    mixq_plot_badge_draw (p->cr, p->theme, legend_bits (p->data), x, y, 0.9 * p->layout->badge_size);
    break;
  default:
    fill_shape (p, (MixqPlotShape) (row - MIXQ_TRADEOFF_LEGEND_ORIGIN), accent, x, y, radius);
    break;
  }
}

static void
draw_legend (const Painter *p)
{
  const MixqPlotBox *box = &p->layout->legend;
  MixqPlotFont font = mixq_plot_font (p->theme, p->layout->font_size, 400);
  guint rows[MIXQ_TRADEOFF_N_LEGEND_ROWS];
  guint n = _mixq_tradeoff_legend_rows (p->data, rows);

  if (box->width <= 0.0)
    return;
  for (guint i = 0; i < n; i++) {
    double y = box->y + (i + 0.5) * MIXQ_TRADEOFF_LEGEND_ROW * p->layout->font_size;

    draw_legend_symbol (p, rows[i], box->x + 0.5 * MIXQ_TRADEOFF_LEGEND_SYMBOL, y);
    mixq_plot_text_draw (p->cr, &font, p->theme->text, _mixq_tradeoff_legend_text (p->data, rows[i]),
                         box->x + MIXQ_TRADEOFF_LEGEND_SYMBOL, y, 0.0, 0.5);
  }
}

void
mixq_tradeoff_draw (cairo_t *cr,
                    double width,
                    double height,
                    const MixqPlotTheme *theme,
                    const MixqTradeoffData *data,
                    const MixqTradeoffOptions *options)
{
  MixqTradeoffLayout layout;
  Painter painter = { cr, theme, data, options, &layout };

  mixq_tradeoff_layout (&layout, width, height, theme, data, options);
  cairo_save (cr);
  cairo_rectangle (cr, 0.0, 0.0, width, height);
  cairo_clip (cr);
  cairo_new_path (cr);
  draw_val_axis (&painter);
  draw_cost_axis (&painter);
  if (options->axis_titles)
    draw_axis_titles (&painter, height);
  draw_front (&painter);
  draw_origin_fronts (&painter);
  draw_float32 (&painter);
  draw_budget (&painter);
  draw_trail (&painter);
  draw_ghost (&painter);
  draw_points (&painter, 0, 2);
  draw_live (&painter);
  draw_points (&painter, 3, 3);
  draw_grips (&painter);
  draw_legend (&painter);
  draw_rings (&painter);
  draw_callout (&painter);
  cairo_restore (cr);
}
