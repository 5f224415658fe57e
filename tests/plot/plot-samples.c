/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renders every chart with made-up data to a folder, to be looked at. A tool for developers, not a test. */
#include <glib/gstdio.h>

#include "mixq-graph-chart.h"
#include "mixq-graph-raster.h"
#include "mixq-plot-export.h"
#include "sample-data.h"

static const char *folder;

typedef struct
{
  const MixqTradeoffData *data;
  MixqTradeoffOptions options;
} TradeoffSample;

static void
draw_tradeoff (cairo_t *cr, double width, double height, const MixqPlotTheme *theme, gconstpointer data)
{
  const TradeoffSample *sample = data;

  mixq_tradeoff_draw (cr, width, height, theme, sample->data, &sample->options);
}

static char *
csv_tradeoff (gconstpointer data)
{
  const TradeoffSample *sample = data;

  return mixq_tradeoff_csv (sample->data);
}

/* As on screen: the bare chart on a card. */
static void
write_bare (const char *name, MixqPlotDrawFunc draw, gconstpointer data, int width, int height)
{
  for (guint s = 0; s < 2; s++) {
    const MixqPlotTheme *theme = mixq_plot_theme_get ((MixqPlotScheme) s);
    g_autofree char *file = g_strdup_printf ("%s-%dx%d-%s.png", name, width, height, theme->name);
    g_autofree char *path = g_build_filename (folder, file, NULL);
    cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
    cairo_t *cr = cairo_create (surface);

    cairo_set_source_rgb (cr, theme->card.r, theme->card.g, theme->card.b);
    cairo_paint (cr);
    draw (cr, width, height, theme, data);
    cairo_destroy (cr);
    if (cairo_surface_write_to_png (surface, path) != CAIRO_STATUS_SUCCESS)
      g_printerr ("%s was not written\n", path);
    cairo_surface_destroy (surface);
  }
}

static void
write_files (const char *name, MixqPlotFigure *figure)
{
  static const char *const types[] = { "svg", "pdf", "png", "csv" };

  for (guint s = 0; s < 2; s++) {
    figure->theme = mixq_plot_theme_get ((MixqPlotScheme) s);
    for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
      g_autofree char *file = g_strdup_printf ("figure-%s-%s.%s", name, figure->theme->name, types[i]);
      g_autofree char *path = g_build_filename (folder, file, NULL);
      g_autoptr (GError) error = NULL;

      if (!mixq_plot_save (figure, path, &error))
        g_printerr ("%s\n", error->message);
    }
  }
}

static void
write_tradeoffs (void)
{
  g_autofree SampleTradeoff *sample = g_new (SampleTradeoff, 1);
  TradeoffSample bare = { &sample->data, { .ratio_hint = 16.0 } };
  MixqPlotFigure figure = {
    draw_tradeoff,
    csv_tradeoff,
    &bare,
    NULL,
    760,
    500,
    2.0,
    "Debian map, GCN 2×64: accuracy against BitOPs",
    "Made-up data. Mean of five seeds with one standard error; recommended by validation "
    "accuracy only. The relaxed search is not a finished model.",
    NULL
  };
  g_autofree char *alt = NULL;

  sample_tradeoff_settled (sample);
  write_bare ("tradeoff-settled", draw_tradeoff, &bare, 470, 250);
  bare.options.full = bare.options.legend = TRUE;
  write_bare ("tradeoff-settled", draw_tradeoff, &bare, 690, 380);
  bare.options.axis_titles = TRUE;
  figure.alt = alt = mixq_tradeoff_describe (&sample->data);
  g_print ("%s\n", alt);
  write_files ("tradeoff", &figure);
  bare.options.axis_titles = FALSE;

  sample->data.budget_ratio = 10.0;
  sample->data.budget_val = 0.80;
  write_bare ("tradeoff-budget", draw_tradeoff, &bare, 690, 380);
  sample_tradeoff_dragged (sample);
  write_bare ("tradeoff-dragged", draw_tradeoff, &bare, 690, 380);
  bare.options.full = bare.options.legend = FALSE;
  sample_tradeoff_first_seconds (sample);
  write_bare ("tradeoff-first", draw_tradeoff, &bare, 470, 250);
  /* Milliseconds: hardly anything gained, one model slower than float32. */
  sample_tradeoff_settled (sample);
  bare.options.ratio_hint = 0.0;
  for (gsize p = 1; p < sample->data.n_points; p++)
    sample->points[p].ratio = 0.85 + 0.03 * sample->points[p].ratio;
  sample->data.n_trail = 0;
  sample->data.live.ratio = 1.1;
  sample->data.cost_unit = MIXQ_UNIT_SECOND;
  sample->data.float32_cost = 0.0006;
  write_bare ("tradeoff-ms", draw_tradeoff, &bare, 470, 250);
  write_bare ("tradeoff-ms", draw_tradeoff, &bare, 336, 220);
  sample->data = (MixqTradeoffData){ .float32_cost = 5.9e9 };
  write_bare ("tradeoff-empty", draw_tradeoff, &bare, 470, 250);
}

static void
draw_stream (cairo_t *cr, double width, double height, const MixqPlotTheme *theme, gconstpointer data)
{
  MixqPlotBox box = { 8.0, 8.0, width - 16.0, height - 16.0 };

  mixq_alpha_stream_draw (cr, &box, 9.0, theme, data);
}

static void
draw_alpha (cairo_t *cr, double width, double height, const MixqPlotTheme *theme, gconstpointer data)
{
  mixq_alpha_chart_draw (cr, width, height, theme, data);
}

static char *
csv_alpha (gconstpointer data)
{
  return mixq_alpha_chart_csv (data);
}

static void
draw_timeline (cairo_t *cr, double width, double height, const MixqPlotTheme *theme, gconstpointer data)
{
  MixqTimelineOptions options = { .captions = TRUE, .inset = 12.0 };

  mixq_timeline_draw (cr, width, height, theme, data, &options);
}

static char *
csv_timeline (gconstpointer data)
{
  return mixq_timeline_csv (data);
}

static void
draw_graph (cairo_t *cr, double width, double height, const MixqPlotTheme *theme, gconstpointer data)
{
  mixq_graph_chart_draw (cr, width, height, theme, data);
}

static char *
csv_graph (gconstpointer data)
{
  return mixq_graph_chart_csv (data);
}

static void
write_alpha (void)
{
  g_autofree SampleAlpha *sample = g_new (SampleAlpha, 1);
  MixqPlotFigure figure = {
    draw_alpha, csv_alpha, &sample->data, NULL, 760, 0, 2.0, "How the parts voted", "Made-up data.", NULL
  };
  g_autofree char *alt = NULL;

  sample_alpha (sample);
  figure.height = mixq_alpha_chart_height (&sample->data, 720) + 100.0;
  figure.alt = alt = mixq_alpha_chart_describe (&sample->data);
  g_print ("%s\n", alt);
  write_files ("alpha", &figure);
  write_bare ("stream", draw_stream, &sample->slots[1], 104, 52);
  write_bare ("stream-pinned", draw_stream, &sample->slots[8], 104, 52);
}

static void
write_timeline (void)
{
  g_autofree SampleTimeline *sample = g_new (SampleTimeline, 1);
  MixqPlotFigure figure = { draw_timeline, csv_timeline,  &sample->data,   NULL, 820, 180,
                            2.0,           "The session", "Made-up data.", NULL };
  g_autofree char *alt = NULL;

  sample_timeline (sample);
  figure.alt = alt = mixq_timeline_describe (&sample->data);
  g_print ("%s\n", alt);
  write_files ("timeline", &figure);
  write_bare ("timeline", draw_timeline, &sample->data, 820, 82);
  write_bare ("timeline", draw_timeline, &sample->data, 344, 30 + 18);
}

static void
write_raster (const char *name, const MixqGraphScene *scene, int width, int height, double ratio)
{
  for (guint s = 0; s < 2; s++) {
    const MixqPlotTheme *theme = mixq_plot_theme_get ((MixqPlotScheme) s);
    g_autofree char *file = g_strdup_printf ("%s-%dx%d-%s.png", name, width, height, theme->name);
    g_autofree char *path = g_build_filename (folder, file, NULL);
    cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
    MixqGraphTarget target = { cairo_image_surface_get_data (surface), width, height,
                               (gsize) cairo_image_surface_get_stride (surface) };
    MixqGraphStyle style = { theme, 0.0, ratio, TRUE };
    MixqGraphView view;

    mixq_graph_view_fit (&view, scene, width, height, 14.0 * ratio);
    mixq_graph_raster_draw (scene, &view, &style, &target, NULL);
    cairo_surface_mark_dirty (surface);
    cairo_surface_write_to_png (surface, path);
    cairo_surface_destroy (surface);
  }
}

static void
write_graphs (void)
{
  SampleGraph sample;
  SampleGraph big;

  static const char *const classes[] = { "games", "graphics", "mail", "net", "science", "sound", "text" };
  MixqGraphChart chart = { .scene = &sample.scene, .class_names = classes, .n_classes = 7 };
  MixqPlotFigure figure = { draw_graph,
                            csv_graph,
                            &chart,
                            NULL,
                            760,
                            480,
                            2.0,
                            "Made-up graph, prediction",
                            "Fill and shape: class. Ring: the prediction differs from float32.",
                            NULL };
  g_autofree char *alt = NULL;

  sample_graph_init (&sample, 2833, 5661);
  chart.node_names = (const char *const *) sample.names;
  figure.alt = alt = mixq_graph_chart_describe (&chart);
  g_print ("%s\n", alt);
  write_files ("graph", &figure);
  chart.edge_limit = 500;
  write_bare ("graph", draw_graph, &chart, 470, 250);
  write_raster ("raster", &sample.scene, 714, 300, 1.0);
  write_raster ("raster2x", &sample.scene, 1428, 600, 2.0);
  sample.scene.node_strength = sample.node_strength;
  sample.node_flags[3] |= MIXQ_NODE_SELECTED;
  for (gsize i = 0; i < 2833; i += 3)
    sample.node_flags[i] |= i % 2 ? MIXQ_NODE_WRONG : MIXQ_NODE_DIMMED;
  write_raster ("raster-states", &sample.scene, 714, 300, 1.0);
  sample_graph_clear (&sample);
  sample_graph_init (&big, 169343, 1166243);
  write_raster ("raster-big", &big.scene, 1000, 700, 1.0);
  sample_graph_clear (&big);
}

int
main (int argc, char **argv)
{
  folder = argc > 1 ? argv[1] : "plot-samples";
  if (g_mkdir_with_parents (folder, 0777) != 0) {
    g_printerr ("The folder “%s” could not be made; name another one\n", folder);
    return 1;
  }
  write_tradeoffs ();
  write_alpha ();
  write_timeline ();
  write_graphs ();
  return 0;
}
