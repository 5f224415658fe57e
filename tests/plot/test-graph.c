/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "mixq-graph-chart.h"
#include "mixq-graph-raster.h"
#include "mixq-plot-shape.h"
#include "sample-data.h"

#define SIDE 200
#define COLOR_TOLERANCE 2
/* The edge is the fill darkened by 55 %; half a pixel of it still shows. */
#define EDGE_SHADE 0.8

typedef struct
{
  guint32 pixels[SIDE * SIDE];
  MixqGraphTarget target;
} Canvas;

static const MixqPlotTheme *
light (void)
{
  return mixq_plot_theme_get (MIXQ_SCHEME_LIGHT);
}

static Canvas *
canvas_new (void)
{
  Canvas *canvas = g_new0 (Canvas, 1);

  canvas->target = (MixqGraphTarget){ (guint8 *) canvas->pixels, SIDE, SIDE, 4 * SIDE };
  return canvas;
}

/* One unit is one pixel and 0,0 is the upper left corner. */
static const MixqGraphView identity = { SIDE / 2.0, SIDE / 2.0, 1.0 };

static void
draw (Canvas *canvas, const MixqGraphScene *scene, double radius)
{
  MixqGraphStyle style = { light (), radius, 1.0, TRUE };

  memset (canvas->pixels, 0x5a, sizeof canvas->pixels);
  g_assert_true (mixq_graph_raster_draw (scene, &identity, &style, &canvas->target, NULL));
}

static gboolean
is_color (const Canvas *canvas, int x, int y, MixqPlotColor color)
{
  guint32 pixel = GUINT32_FROM_LE (canvas->pixels[y * SIDE + x]);

  return pixel >> 24 == 255 &&
         ABS ((int) (pixel >> 16 & 0xff) - (int) lround (255 * color.r)) <= COLOR_TOLERANCE &&
         ABS ((int) (pixel >> 8 & 0xff) - (int) lround (255 * color.g)) <= COLOR_TOLERANCE &&
         ABS ((int) (pixel & 0xff) - (int) lround (255 * color.b)) <= COLOR_TOLERANCE;
}

static guint
brightness (const Canvas *canvas, int x, int y)
{
  guint32 pixel = GUINT32_FROM_LE (canvas->pixels[y * SIDE + x]);

  return (pixel >> 16 & 0xff) + (pixel >> 8 & 0xff) + (pixel & 0xff);
}

/* An edge is one pixel wide and seldom fills one alone, so it is known by being darker than the fill. */
static guint
darkest_near (const Canvas *canvas, int x, int y)
{
  guint darkest = 3 * 255;

  for (int dy = -10; dy <= 10; dy++) {
    for (int dx = -10; dx <= 10; dx++)
      darkest = MIN (darkest, brightness (canvas, x + dx, y + dy));
  }
  return darkest;
}

static void
test_node_colors (void)
{
  g_autofree Canvas *canvas = canvas_new ();
  float xy[2 * MIXQ_N_CLASS_LOOKS];
  guint8 classes[MIXQ_N_CLASS_LOOKS];
  MixqGraphScene scene = { .n_nodes = MIXQ_N_CLASS_LOOKS, .xy = xy, .node_class = classes };

  for (guint c = 0; c < MIXQ_N_CLASS_LOOKS; c++) {
    classes[c] = (guint8) c;
    xy[2 * c] = 20.5f + 22.0f * (float) c;
    xy[2 * c + 1] = 100.5f;
  }
  draw (canvas, &scene, 7.0);
  for (guint c = 0; c < MIXQ_N_CLASS_LOOKS; c++) {
    MixqPlotClassLook look = mixq_plot_theme_class (light (), c);
    int x = 20 + 22 * (int) c;

    g_assert_true (is_color (canvas, x, 100, look.fill));
    g_assert_cmpfloat (darkest_near (canvas, x, 100), <, EDGE_SHADE * brightness (canvas, x, 100));
    g_assert_true (is_color (canvas, x, 70, light ()->card));
  }
}

static void
test_shapes_differ (void)
{
  for (guint a = 0; a < MIXQ_N_SHAPES; a++) {
    for (guint b = 0; b < a; b++) {
      MixqPlotOutline first;
      MixqPlotOutline second;
      guint differing = 0;

      mixq_plot_outline_init (&first, (MixqPlotShape) a, 5.0);
      mixq_plot_outline_init (&second, (MixqPlotShape) b, 5.0);
      for (int y = -7; y <= 7; y++) {
        for (int x = -7; x <= 7; x++)
          differing += (mixq_plot_outline_distance (&first, x, y) < 0.0) !=
                       (mixq_plot_outline_distance (&second, x, y) < 0.0);
      }
      g_assert_cmpuint (differing, >=, 4);
    }
  }
}

static void
test_outline_agrees_with_corners (void)
{
  for (guint s = 0; s < MIXQ_N_SHAPES; s++) {
    MixqPlotXY corners[MIXQ_SHAPE_MAX_CORNERS];
    guint n = mixq_plot_shape_corners ((MixqPlotShape) s, corners);
    MixqPlotOutline outline;

    mixq_plot_outline_init (&outline, (MixqPlotShape) s, 3.0);
    g_assert_cmpfloat (mixq_plot_outline_distance (&outline, 0.0, 0.0), <, 0.0);
    for (guint i = 0; i < n; i++)
      g_assert_cmpfloat_with_epsilon (
          mixq_plot_outline_distance (&outline, 3.0 * corners[i].x, 3.0 * corners[i].y), 0.0, 1e-9);
  }
}

static void
test_flip_ring (void)
{
  g_autofree Canvas *canvas = canvas_new ();
  const float xy[] = { 50.5f, 50.5f, 130.5f, 50.5f };
  const guint8 classes[] = { 0, 0 };
  const guint8 flags[] = { MIXQ_NODE_FLIPPED, 0 };
  MixqGraphScene scene = { .n_nodes = 2, .xy = xy, .node_class = classes, .node_flags = flags };

  draw (canvas, &scene, 5.0);
  /* Ring at radius 5 + 3.2, a clear gap inside it. */
  g_assert_true (is_color (canvas, 58, 50, light ()->ring));
  g_assert_true (is_color (canvas, 42, 50, light ()->ring));
  g_assert_true (is_color (canvas, 50, 58, light ()->ring));
  g_assert_true (is_color (canvas, 56, 50, light ()->card));
  g_assert_false (is_color (canvas, 138, 50, light ()->ring));
}

static void
test_flipped_is_on_top (void)
{
  g_autofree Canvas *canvas = canvas_new ();
  const float xy[] = { 50.5f, 50.5f, 50.5f, 50.5f };
  const guint8 classes[] = { 0, 1 };
  guint8 flags[] = { MIXQ_NODE_FLIPPED, 0 };
  MixqGraphScene scene = { .n_nodes = 2, .xy = xy, .node_class = classes, .node_flags = flags };

  draw (canvas, &scene, 5.0);
  g_assert_true (is_color (canvas, 50, 50, mixq_plot_theme_class (light (), 0).fill));
  flags[0] = 0;
  draw (canvas, &scene, 5.0);
  g_assert_true (is_color (canvas, 50, 50, mixq_plot_theme_class (light (), 1).fill));
}

static void
test_states (void)
{
  g_autofree Canvas *canvas = canvas_new ();
  const float xy[] = { 30.5f, 50.5f, 80.5f, 50.5f, 130.5f, 50.5f, 170.5f, 50.5f };
  const guint8 classes[] = { 0, 0, 0, 0 };
  const guint8 flags[] = { MIXQ_NODE_WRONG, MIXQ_NODE_DIMMED, MIXQ_NODE_SELECTED, 0 };
  const guint8 strength[] = { 255, 255, 255, 0 };
  MixqPlotColor fill = mixq_plot_theme_class (light (), 0).fill;
  MixqGraphScene scene = {
    .n_nodes = 4, .xy = xy, .node_class = classes, .node_flags = flags, .node_strength = strength
  };

  draw (canvas, &scene, 6.0);
  /* Wrong: a cross through a hollow mark. */
  g_assert_true (is_color (canvas, 30, 50, light ()->text));
  g_assert_true (is_color (canvas, 33, 50, light ()->card));
  /* Dimmed and pale ones are neither gone nor their class's full colour. */
  g_assert_false (is_color (canvas, 80, 50, fill));
  g_assert_false (is_color (canvas, 80, 50, light ()->card));
  g_assert_true (is_color (canvas, 130, 50, fill));
  g_assert_true (is_color (canvas, 141, 50, light ()->accent_line) ||
                 is_color (canvas, 142, 50, light ()->accent_line));
  g_assert_false (is_color (canvas, 170, 50, fill));
}

static guint
darkness (const Canvas *canvas, int x, int y)
{
  return 255 - (GUINT32_FROM_LE (canvas->pixels[y * SIDE + x]) & 0xff);
}

static void
test_edges (void)
{
  g_autofree Canvas *canvas = canvas_new ();
  const float xy[] = { 10.0f,  100.5f, 190.0f, 100.5f, 100.5f, 10.0f,
                       100.5f, 190.0f, 10.0f,  10.0f,  190.0f, 190.0f };
  const guint32 edges[] = { 0, 1, 2, 3, 4, 5 };
  MixqGraphScene scene = { .n_nodes = 6, .xy = xy, .n_edges = 3, .edges = edges };

  draw (canvas, &scene, 2.0);
  g_assert_cmpuint (darkness (canvas, 60, 100), >, 15); /* level */
  g_assert_cmpuint (darkness (canvas, 100, 60), >, 15); /* upright */
  g_assert_cmpuint (darkness (canvas, 50, 50), >, 15);  /* slanted */
  g_assert_cmpuint (darkness (canvas, 60, 80), ==, 0);
  /* Where three cross it is darker than where one is. */
  g_assert_cmpuint (darkness (canvas, 100, 100), >, darkness (canvas, 60, 100) + 10);
}

/* The ink of a line must not depend on its direction. */
static void
test_edge_weight (void)
{
  g_autofree Canvas *canvas = canvas_new ();
  const guint32 edges[] = { 0, 1 };
  double lightest = HUGE_VAL;
  double darkest = 0.0;

  for (guint degrees = 0; degrees < 180; degrees += 7) {
    double dx = 80.0 * cos (degrees * G_PI / 180.0);
    double dy = 80.0 * sin (degrees * G_PI / 180.0);
    const float xy[] = { (float) (100.3 - dx), (float) (100.6 - dy), (float) (100.3 + dx),
                         (float) (100.6 + dy) };
    const guint8 flags[] = { MIXQ_NODE_DIMMED, MIXQ_NODE_DIMMED };
    MixqGraphScene scene = { .n_nodes = 2, .xy = xy, .n_edges = 1, .edges = edges, .node_flags = flags };
    double ink = 0.0;

    draw (canvas, &scene, 0.5);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++)
        ink += darkness (canvas, x, y);
    }
    lightest = MIN (lightest, ink);
    darkest = MAX (darkest, ink);
  }
  g_assert_cmpfloat (darkest, <, 1.12 * lightest);
}

static void
test_partial_edges_keep_brightness (void)
{
  g_autofree Canvas *canvas = canvas_new ();
  const float xy[] = { 10.0f, 100.5f, 190.0f, 100.5f };
  guint32 edges[2 * 8];
  MixqGraphScene scene = { .n_nodes = 2, .xy = xy, .n_edges = 8, .edges = edges };
  guint all;

  for (guint e = 0; e < 8; e++) {
    edges[2 * e] = 0;
    edges[2 * e + 1] = 1;
  }
  draw (canvas, &scene, 2.0);
  all = darkness (canvas, 60, 100);
  scene.n_edges_drawn = 2;
  draw (canvas, &scene, 2.0);
  g_assert_cmpint (ABS ((int) darkness (canvas, 60, 100) - (int) all), <=, 2);
}

static void
test_transparent_ground (void)
{
  g_autofree Canvas *canvas = canvas_new ();
  const float xy[] = { 100.5f, 100.5f, 20.0f, 100.5f };
  const guint8 classes[] = { 3, 3 };
  const guint32 edges[] = { 0, 1 };
  MixqGraphScene scene = { .n_nodes = 2, .xy = xy, .node_class = classes, .n_edges = 1, .edges = edges };
  MixqGraphStyle style = { light (), 5.0, 1.0, FALSE };

  g_assert_true (mixq_graph_raster_draw (&scene, &identity, &style, &canvas->target, NULL));
  g_assert_cmpuint (canvas->pixels[10 * SIDE + 10], ==, 0);
  for (guint i = 0; i < SIDE * SIDE; i++) {
    guint32 pixel = GUINT32_FROM_LE (canvas->pixels[i]);
    guint32 alpha = pixel >> 24;

    /* Premultiplied: no part exceeds the alpha. */
    g_assert_true ((pixel >> 16 & 0xff) <= alpha && (pixel >> 8 & 0xff) <= alpha && (pixel & 0xff) <= alpha);
  }
  g_assert_cmpuint (GUINT32_FROM_LE (canvas->pixels[100 * SIDE + 100]) >> 24, ==, 255);
}

static void
test_odd_input (void)
{
  g_autofree Canvas *canvas = canvas_new ();
  const float xy[] = { NAN, 3.0f, 1e30f, -1e30f, 50.5f, 50.5f, INFINITY, 0.0f, 3e38f, 3e38f, -3e38f, 1.0f };
  const guint32 edges[] = { 0, 1, 1, 2, 2, 3, 2, 99, 1, 4, 4, 5, 2, 2, 0xffffffff, 2 };
  const guint8 classes[] = { 0, 1, 2, 3, MIXQ_CLASS_UNKNOWN, 200 };
  const float sizes[] = { 1.0f, NAN, -4.0f, INFINITY, 0.0f, 1e9f };
  MixqGraphScene scene = { .n_nodes = 6,
                           .xy = xy,
                           .n_edges = G_N_ELEMENTS (edges) / 2,
                           .edges = edges,
                           .node_class = classes,
                           .node_size = sizes };
  MixqGraphScene empty = { 0 };
  MixqGraphView bad = { NAN, NAN, NAN };
  MixqGraphView huge = { 0.0, 0.0, 1e300 };
  MixqGraphStyle style = { light (), 4.0, 1.0, TRUE };

  draw (canvas, &empty, 4.0);
  for (guint i = 0; i < SIDE * SIDE; i++)
    g_assert_cmpuint (GUINT32_FROM_LE (canvas->pixels[i]), ==, 0xffffffff);
  draw (canvas, &scene, 4.0);
  g_assert_true (is_color (canvas, 10, 190, light ()->card));
  g_assert_true (mixq_graph_raster_draw (&scene, &bad, &style, &canvas->target, NULL));
  g_assert_true (mixq_graph_raster_draw (&scene, &huge, &style, &canvas->target, NULL));
  /* Drawn at all sizes of picture, down to one pixel. */
  canvas->target.width = canvas->target.height = 1;
  g_assert_true (mixq_graph_raster_draw (&scene, &identity, &style, &canvas->target, NULL));
}

static void
test_cancel (void)
{
  g_autofree Canvas *canvas = canvas_new ();
  SampleGraph sample;
  gint generation = 4;
  MixqGraphCancel stale = { &generation, 3 };
  MixqGraphCancel current = { &generation, 4 };
  MixqGraphStyle style = { light (), 0.0, 1.0, TRUE };

  sample_graph_init (&sample, 500, 1000);
  g_assert_false (mixq_graph_raster_draw (&sample.scene, &identity, &style, &canvas->target, &stale));
  g_assert_true (mixq_graph_raster_draw (&sample.scene, &identity, &style, &canvas->target, &current));
  sample_graph_clear (&sample);
}

static void
test_same_pixels_twice (void)
{
  g_autofree Canvas *first = canvas_new ();
  g_autofree Canvas *second = canvas_new ();
  SampleGraph sample;
  MixqGraphStyle style = { light (), 0.0, 1.0, TRUE };
  MixqGraphView view;

  sample_graph_init (&sample, 500, 1000);
  mixq_graph_view_fit (&view, &sample.scene, SIDE, SIDE, 8.0);
  g_assert_true (mixq_graph_raster_draw (&sample.scene, &view, &style, &first->target, NULL));
  g_assert_true (mixq_graph_raster_draw (&sample.scene, &view, &style, &second->target, NULL));
  g_assert_cmpmem (first->pixels, sizeof first->pixels, second->pixels, sizeof second->pixels);
  sample_graph_clear (&sample);
}

static void
test_view (void)
{
  const float xy[] = { -10.0f, 0.0f, 30.0f, 10.0f, NAN, 5.0f };
  MixqGraphScene scene = { .n_nodes = 3, .xy = xy };
  MixqGraphView view;
  double px;
  double py;
  double x;
  double y;

  mixq_graph_view_fit (&view, &scene, 420, 220, 10.0);
  g_assert_cmpfloat_with_epsilon (view.scale, 10.0, 1e-9);
  mixq_graph_view_to_pixel (&view, 420, 220, -10.0, 0.0, &px, &py);
  g_assert_cmpfloat_with_epsilon (px, 10.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (py, 60.0, 1e-9);
  mixq_graph_view_to_place (&view, 420, 220, px, py, &x, &y);
  g_assert_cmpfloat_with_epsilon (x, -10.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (y, 0.0, 1e-9);
  scene.n_nodes = 1;
  mixq_graph_view_fit (&view, &scene, 420, 220, 10.0);
  g_assert_cmpfloat (view.scale, ==, 1.0);
  g_assert_cmpfloat (view.center_x, ==, -10.0);
  scene.n_nodes = 0;
  mixq_graph_view_fit (&view, &scene, 420, 220, 10.0);
  g_assert_cmpfloat (view.scale, ==, 1.0);
}

static gssize
nearest_by_hand (const MixqGraphScene *scene, double x, double y, double radius)
{
  double best = radius;
  gssize nearest = -1;

  for (gsize i = 0; i < scene->n_nodes; i++) {
    double distance = hypot (scene->xy[2 * i] - x, scene->xy[2 * i + 1] - y);

    if (distance <= best) {
      best = distance;
      nearest = (gssize) i;
    }
  }
  return nearest;
}

static void
test_index (void)
{
  SampleGraph sample;
  g_autoptr (MixqGraphIndex) index = NULL;
  g_autoptr (GArray) inside = NULL;
  GRand *rand = g_rand_new_with_seed (2);
  guint expected = 0;

  sample_graph_init (&sample, 2000, 10);
  index = mixq_graph_index_new (sample.xy, 2000);
  for (guint i = 0; i < 500; i++) {
    double x = g_rand_double_range (rand, -200.0, 1200.0);
    double y = g_rand_double_range (rand, -100.0, 600.0);
    double radius = g_rand_double_range (rand, 0.0, 40.0);

    g_assert_cmpint (mixq_graph_index_nearest (index, x, y, radius), ==,
                     nearest_by_hand (&sample.scene, x, y, radius));
  }
  inside = mixq_graph_index_in_box (index, 600.0, 300.0, 100.0, 50.0);
  for (gsize i = 0; i < 2000; i++)
    expected += sample.xy[2 * i] >= 100.0f && sample.xy[2 * i] <= 600.0f && sample.xy[2 * i + 1] >= 50.0f &&
                sample.xy[2 * i + 1] <= 300.0f;
  g_assert_cmpuint (inside->len, ==, expected);
  g_assert_cmpuint (expected, >, 0);
  g_rand_free (rand);
  sample_graph_clear (&sample);
}

static void
test_index_odd_input (void)
{
  const float same[] = { 5.0f, 5.0f, 5.0f, 5.0f, NAN, 5.0f };
  float line[2 * 100];
  g_autoptr (MixqGraphIndex) none = mixq_graph_index_new (NULL, 0);
  g_autoptr (MixqGraphIndex) one_place = mixq_graph_index_new (same, 3);
  g_autoptr (MixqGraphIndex) on_line = NULL;

  for (guint i = 0; i < 100; i++) {
    line[2 * i] = (float) i;
    line[2 * i + 1] = 3.0f;
  }
  on_line = mixq_graph_index_new (line, 100);
  g_assert_cmpint (mixq_graph_index_nearest (none, 0.0, 0.0, 10.0), ==, -1);
  g_assert_cmpint (mixq_graph_index_nearest (one_place, 5.0, 6.0, 10.0), ==, 1);
  g_assert_cmpint (mixq_graph_index_nearest (one_place, 5.0, 16.0, 10.0), ==, -1);
  g_assert_cmpint (mixq_graph_index_nearest (one_place, NAN, 6.0, 10.0), ==, -1);
  g_assert_cmpint (mixq_graph_index_nearest (on_line, 41.8, 3.5, 10.0), ==, 42);
}

static void
test_chart_text (void)
{
  static const char *const classes[] = { "games", "graphics, too" };
  const float xy[] = { 1.0f, 2.0f, 3.5f, 4.0f };
  const guint8 node_class[] = { 1, MIXQ_CLASS_UNKNOWN };
  const guint8 flags[] = { MIXQ_NODE_FLIPPED, 0 };
  static const char *const names[] = { "xqf", NULL };
  MixqGraphScene scene = { .n_nodes = 2, .xy = xy, .node_class = node_class, .node_flags = flags };
  MixqGraphChart chart = { .scene = &scene, .class_names = classes, .n_classes = 2, .node_names = names };
  g_autofree char *csv = mixq_graph_chart_csv (&chart);
  g_autofree char *sentence = mixq_graph_chart_describe (&chart);

  g_assert_cmpstr (csv, ==, "node,name,x,y,class,flipped\n0,xqf,1,2,\"graphics, too\",1\n1,,3.5,4,,0\n");
  g_assert_cmpstr (sentence, ==,
                   "Graph of 2 nodes and 0 edges; 1 nodes are predicted differently than by float32.");
}

static void
test_labels (void)
{
  SampleGraph sample;
  g_autofree guint32 *degrees = NULL;
  MixqGraphLabel labels[MIXQ_GRAPH_MAX_LABELS];
  MixqGraphView view;
  guint n;

  sample_graph_init (&sample, 1000, 3000);
  degrees = mixq_graph_degrees (&sample.scene);
  mixq_graph_view_fit (&view, &sample.scene, 700, 400, 20.0);
  n = mixq_graph_labels_place (&sample.scene, &view, 700, 400, light (), (const char *const *) sample.names,
                               degrees, 3.0, 8, labels);
  g_assert_cmpuint (n, >=, 2);
  g_assert_cmpuint (n, <=, 8);
  for (guint i = 1; i < n; i++)
    g_assert_cmpuint (degrees[labels[i].node], <=, degrees[labels[i - 1].node]);
  sample_graph_clear (&sample);
}

static void
test_chart_draws (void)
{
  SampleGraph sample;
  MixqGraphScene empty = { 0 };
  MixqGraphChart chart = { .scene = &sample.scene, .edge_limit = 50 };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 400, 300);
  cairo_t *cr = cairo_create (surface);

  sample_graph_init (&sample, 300, 700);
  mixq_graph_chart_draw (cr, 400, 300, light (), &chart);
  chart.scene = &empty;
  mixq_graph_chart_draw (cr, 400, 300, light (), &chart);
  mixq_graph_chart_draw (cr, 1, 1, light (), &chart);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  sample_graph_clear (&sample);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/graph/node-colors", test_node_colors);
  g_test_add_func ("/plot/graph/shapes-differ", test_shapes_differ);
  g_test_add_func ("/plot/graph/outline-agrees-with-corners", test_outline_agrees_with_corners);
  g_test_add_func ("/plot/graph/flip-ring", test_flip_ring);
  g_test_add_func ("/plot/graph/flipped-is-on-top", test_flipped_is_on_top);
  g_test_add_func ("/plot/graph/states", test_states);
  g_test_add_func ("/plot/graph/edges", test_edges);
  g_test_add_func ("/plot/graph/edge-weight", test_edge_weight);
  g_test_add_func ("/plot/graph/partial-edges-keep-brightness", test_partial_edges_keep_brightness);
  g_test_add_func ("/plot/graph/transparent-ground", test_transparent_ground);
  g_test_add_func ("/plot/graph/odd-input", test_odd_input);
  g_test_add_func ("/plot/graph/cancel", test_cancel);
  g_test_add_func ("/plot/graph/same-pixels-twice", test_same_pixels_twice);
  g_test_add_func ("/plot/graph/view", test_view);
  g_test_add_func ("/plot/graph/index", test_index);
  g_test_add_func ("/plot/graph/index-odd-input", test_index_odd_input);
  g_test_add_func ("/plot/graph/chart-text", test_chart_text);
  g_test_add_func ("/plot/graph/labels", test_labels);
  g_test_add_func ("/plot/graph/chart-draws", test_chart_draws);
  return g_test_run ();
}
