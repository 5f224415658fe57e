/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times the graph rasteriser at the sizes the design speaks of. A tool for developers, not a test. */
#include "mixq-graph-raster.h"
#include "sample-data.h"

static void
bench (const char *name, gsize n_nodes, gsize n_edges, int width, int height, guint n_rounds)
{
  SampleGraph sample;
  MixqGraphView view;
  MixqGraphStyle style = { mixq_plot_theme_get (MIXQ_SCHEME_LIGHT), 0.0, 1.0, TRUE };
  gsize stride = 4 * (gsize) width;
  g_autofree guint8 *pixels = g_malloc (stride * (gsize) height);
  MixqGraphTarget target = { pixels, width, height, stride };
  gint64 best = G_MAXINT64;
  gint64 sum = 0;

  sample_graph_init (&sample, n_nodes, n_edges);
  mixq_graph_view_fit (&view, &sample.scene, width, height, 14.0);
  for (guint i = 0; i < n_rounds; i++) {
    gint64 begin = g_get_monotonic_time ();
    gint64 took;

    mixq_graph_raster_draw (&sample.scene, &view, &style, &target, NULL);
    took = g_get_monotonic_time () - begin;
    best = MIN (best, took);
    sum += took;
  }
  g_print ("%s: %" G_GSIZE_FORMAT " nodes, %" G_GSIZE_FORMAT " edges, %dx%d: best %.2f ms, mean %.2f ms\n",
           name, n_nodes, n_edges, width, height, (double) best / 1000.0, (double) sum / 1000.0 / n_rounds);
  sample_graph_clear (&sample);
}

int
main (void)
{
  bench ("Debian map", 2833, 5661, 1000, 700, 50);
  bench ("Debian map, 2x", 2833, 5661, 2000, 1400, 30);
  bench ("arxiv-size", 169343, 1166243, 1000, 700, 3);
  return 0;
}
