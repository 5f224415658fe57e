/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-plot-series.h"
#include "mixq-plot-theme.h"

#include <cairo.h>

G_BEGIN_DECLS

/** MixqPlotBox: a rectangle in pixels. */
typedef struct
{
  double x;
  double y;
  double width;
  double height;
} MixqPlotBox;

/** mixq_plot_box_overlap: shared area of two boxes in square pixels. */
double mixq_plot_box_overlap (const MixqPlotBox *a, const MixqPlotBox *b);

void mixq_plot_set_color (cairo_t *cr, MixqPlotColor color);
/** mixq_plot_rounded_box: adds a rounded rectangle to the path. */
void mixq_plot_rounded_box (cairo_t *cr, double x, double y, double width, double height, double radius);
/** mixq_plot_line: strokes one straight line with the colour and width given; keeps dashes. */
void
mixq_plot_line (cairo_t *cr, MixqPlotColor color, double width, double x0, double y0, double x1, double y1);
/**
 * mixq_plot_polyline:
 * @path: (array length=n)
 *
 * Strokes a long jagged line in short pieces, which cairo does several times faster than in one. For opaque colours:
 * pieces overlap a little where they meet.
 */
void mixq_plot_polyline (cairo_t *cr, MixqPlotColor color, double width, const MixqPlotXY *path, gsize n);
/** mixq_plot_shape_path: adds the outline of a class shape to the path. */
void mixq_plot_shape_path (cairo_t *cr, MixqPlotShape shape, double x, double y, double radius);
/** mixq_plot_shape_draw: fill and edge of a class mark; the edge lies inside @radius. */
void mixq_plot_shape_draw (cairo_t *cr, const MixqPlotClassLook *look, double x, double y, double radius);
/**
 * mixq_plot_badge_draw:
 * @size: height of the square in pixels; wider for two figures
 *
 * The rounded square with a bit-width's number, centred on @x, @y.
 */
void
mixq_plot_badge_draw (cairo_t *cr, const MixqPlotTheme *theme, guint bits, double x, double y, double size);
/** mixq_plot_badge_width: width of that badge. */
double mixq_plot_badge_width (guint bits, double size);

G_END_DECLS
