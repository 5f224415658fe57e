/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chart of measured results: what it survives, what can be seen on it, what its table says. */
#include <math.h>
#include <string.h>

#include "mixq-line-chart.h"
#include "mixq-plot-theme.h"

#define WIDTH 400
#define HEIGHT 300
#define COLOR_TOLERANCE 3

static cairo_surface_t *
draw (const MixqLineData *data)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  const MixqPlotTheme *theme = mixq_plot_theme_get (MIXQ_SCHEME_LIGHT);

  mixq_plot_set_color (cr, theme->card);
  cairo_paint (cr);
  mixq_line_chart_draw (cr, WIDTH, HEIGHT, theme, data);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

/* Pixels of a colour. */
static guint
count_color (cairo_surface_t *surface, MixqPlotColor color)
{
  const guint8 *data = cairo_image_surface_get_data (surface);
  gsize stride = (gsize) cairo_image_surface_get_stride (surface);
  guint n = 0;

  for (gsize y = 0; y < HEIGHT; y++)
    for (gsize x = 0; x < WIDTH; x++) {
      guint32 pixel;

      memcpy (&pixel, data + y * stride + 4 * x, sizeof pixel);
      n += ABS ((int) (pixel >> 16 & 0xff) - (int) lround (255 * color.r)) <= COLOR_TOLERANCE &&
           ABS ((int) (pixel >> 8 & 0xff) - (int) lround (255 * color.g)) <= COLOR_TOLERANCE &&
           ABS ((int) (pixel & 0xff) - (int) lround (255 * color.b)) <= COLOR_TOLERANCE;
    }
  return n;
}

static void
test_parts (void)
{
  static const MixqLinePoint points[] = { { 0, 0.5, 0.4, 0.6 }, { 1, 0.6, 0.5, 0.7 }, { 2, 0.4, 0.3, 0.5 } };
  MixqLineSeries series = { "ours", 0, MIXQ_LINE_BAND, points, G_N_ELEMENTS (points) };
  MixqLineData data = { .series = &series,
                        .n_series = 1,
                        .x = { "lambda", MIXQ_AXIS_LINEAR, MIXQ_LINE_PLAIN },
                        .y = { "accuracy", MIXQ_AXIS_LINEAR, MIXQ_LINE_PERCENT } };
  const MixqPlotTheme *theme = mixq_plot_theme_get (MIXQ_SCHEME_LIGHT);
  MixqPlotColor fill = mixq_plot_theme_class (theme, 0).fill;
  MixqPlotColor band = mixq_plot_color_over (mixq_plot_color_with_alpha (fill, 0.18), theme->card);
  cairo_surface_t *surface = draw (&data);
  guint with_band = count_color (surface, band), with_marks;

  g_assert_cmpuint (with_band, >, WIDTH * HEIGHT / 20);
  cairo_surface_destroy (surface);
  series.parts = MIXQ_LINE_MARKS;
  surface = draw (&data);
  with_marks = count_color (surface, fill);
  g_assert_cmpuint (with_marks, >, 3 * 20);
  g_assert_cmpuint (count_color (surface, band), <, with_band / 20);
  cairo_surface_destroy (surface);
}

/* Nothing, one value, numbers that are none, and values without a logarithm are drawn without harm. */
static void
test_degenerate (void)
{
  static const MixqLinePoint none[] = { { NAN, NAN, NAN, NAN } };
  static const MixqLinePoint one[] = { { 3, 0.5, NAN, NAN } };
  static const MixqLinePoint odd[] = {
    { -1e-8, 0.5, 0.4, 0.6 }, { 0, INFINITY, 0, 0 }, { 1e-8, 0.6, 0.6, 0.6 }, { 1, 0.2, NAN, 1 }
  };
  const MixqLineSeries series[] = { { "none", 0, 15, none, 1 },
                                    { "nothing", 1, 15, NULL, 0 },
                                    { "one", 2, 15, one, 1 },
                                    { "odd", 30, 15, odd, G_N_ELEMENTS (odd) } };

  for (gsize first = 0; first < G_N_ELEMENTS (series); first++)
    for (gsize n = 0; n <= G_N_ELEMENTS (series) - first; n++)
      for (int scale = 0; scale < 4; scale++) {
        MixqLineData data = { .series = series + first,
                              .n_series = n,
                              .x = { "x", scale & 1 ? MIXQ_AXIS_LOG : MIXQ_AXIS_LINEAR, MIXQ_LINE_COUNT },
                              .y = { "y", scale & 2 ? MIXQ_AXIS_LOG : MIXQ_AXIS_LINEAR, MIXQ_LINE_RATIO } };

        cairo_surface_destroy (draw (&data));
      }
}

static void
test_csv (void)
{
  static const MixqLinePoint points[] = { { 0, 0.5, 0.25, 0.75 }, { 1, NAN, NAN, NAN } };
  static const char *const names[] = { "min, max", "mse" };
  MixqLineSeries series = { "ours", 0, MIXQ_LINE_MARKS, points, G_N_ELEMENTS (points) };
  MixqLineData data = { .series = &series, .n_series = 1, .categories = names, .n_categories = 2 };
  g_autofree char *named = mixq_line_chart_csv (&data), *numbered = NULL;

  g_assert_cmpstr (named, ==, "series,x,y,low,high\nours,\"min, max\",0.5,0.25,0.75\nours,mse,,,\n");
  data.n_categories = 0;
  numbered = mixq_line_chart_csv (&data);
  g_assert_cmpstr (numbered, ==, "series,x,y,low,high\nours,0,0.5,0.25,0.75\nours,1,,,\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/line/parts", test_parts);
  g_test_add_func ("/plot/line/degenerate", test_degenerate);
  g_test_add_func ("/plot/line/csv", test_csv);
  return g_test_run ();
}
