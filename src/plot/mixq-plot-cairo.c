/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-plot-cairo.h"

#include "mixq-plot-shape.h"
#include "mixq-plot-text.h"

/* Of a class mark: pixels, and at most this share of its radius. */
#define EDGE_WIDTH 1.0
#define EDGE_SHARE 0.26
/* Places in one stroke of a long line. */
#define PIECE 16

double
mixq_plot_box_overlap (const MixqPlotBox *a, const MixqPlotBox *b)
{
  double width = MIN (a->x + a->width, b->x + b->width) - MAX (a->x, b->x);
  double height = MIN (a->y + a->height, b->y + b->height) - MAX (a->y, b->y);

  return width > 0.0 && height > 0.0 ? width * height : 0.0;
}

void
mixq_plot_set_color (cairo_t *cr, MixqPlotColor color)
{
  cairo_set_source_rgba (cr, color.r, color.g, color.b, color.a);
}

void
mixq_plot_rounded_box (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  radius = MIN (radius, 0.5 * MIN (width, height));
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI_2, 0.0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0.0, G_PI_2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI_2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

void
mixq_plot_line (cairo_t *cr, MixqPlotColor color, double width, double x0, double y0, double x1, double y1)
{
  mixq_plot_set_color (cr, color);
  cairo_set_line_width (cr, width);
  cairo_move_to (cr, x0, y0);
  cairo_line_to (cr, x1, y1);
  cairo_stroke (cr);
}

void
mixq_plot_polyline (cairo_t *cr, MixqPlotColor color, double width, const MixqPlotXY *path, gsize n)
{
  cairo_save (cr);
  mixq_plot_set_color (cr, color);
  cairo_set_line_width (cr, width);
  /* Round joins and the exact rasteriser would cost three times as much and not show at this width. */
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_BEVEL);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_FAST);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_SQUARE);
  for (gsize start = 0; start + 1 < n; start += PIECE) {
    for (gsize i = start; i < n && i <= start + PIECE; i++)
      cairo_line_to (cr, path[i].x, path[i].y);
    cairo_stroke (cr);
  }
  cairo_restore (cr);
}

void
mixq_plot_shape_path (cairo_t *cr, MixqPlotShape shape, double x, double y, double radius)
{
  MixqPlotXY corners[MIXQ_SHAPE_MAX_CORNERS];
  guint n = mixq_plot_shape_corners (shape, corners);

  cairo_new_sub_path (cr);
  if (n == 0)
    cairo_arc (cr, x, y, radius, 0.0, 2.0 * G_PI);
  for (guint i = 0; i < n; i++)
    cairo_line_to (cr, x + radius * corners[i].x, y + radius * corners[i].y);
  cairo_close_path (cr);
}

void
mixq_plot_shape_draw (cairo_t *cr, const MixqPlotClassLook *look, double x, double y, double radius)
{
  double edge = MIN (EDGE_WIDTH, EDGE_SHARE * radius);

  mixq_plot_shape_path (cr, look->shape, x, y, radius - 0.5 * edge);
  mixq_plot_set_color (cr, look->fill);
  cairo_fill_preserve (cr);
  mixq_plot_set_color (cr, look->edge);
  cairo_set_line_width (cr, edge);
  cairo_stroke (cr);
}

double
mixq_plot_badge_width (guint bits, double size)
{
  return bits < 10 ? size : 1.25 * size;
}

void
mixq_plot_badge_draw (cairo_t *cr, const MixqPlotTheme *theme, guint bits, double x, double y, double size)
{
  MixqPlotSwatch swatch = mixq_plot_theme_bits (theme, bits);
  MixqPlotFont font = mixq_plot_font (theme, 0.72 * size, 800);
  double width = mixq_plot_badge_width (bits, size);
  char number[12];

  mixq_plot_rounded_box (cr, x - 0.5 * width + 0.5, y - 0.5 * size + 0.5, width - 1.0, size - 1.0,
                         0.22 * size);
  mixq_plot_set_color (cr, swatch.fill);
  cairo_fill_preserve (cr);
  mixq_plot_set_color (cr, swatch.edge);
  cairo_set_line_width (cr, 1.0);
  cairo_stroke (cr);
  g_snprintf (number, sizeof number, "%u", bits);
  mixq_plot_text_draw (cr, &font, swatch.text, number, x, y, 0.5, 0.5);
}
