/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "mixq-tradeoff-chart.h"
#include "sample-data.h"

#define WIDTH 690
#define HEIGHT 380
/* A pixel value may be off by rounding in three blending steps. */
#define COLOR_TOLERANCE 3

static const MixqTradeoffOptions full = { .full = TRUE, .legend = TRUE, .ratio_hint = 16.0 };

static const MixqPlotTheme *
light (void)
{
  return mixq_plot_theme_get (MIXQ_SCHEME_LIGHT);
}

/* Draws on the card; the caller destroys the surface. */
static cairo_surface_t *
draw (const MixqTradeoffData *data, const MixqTradeoffOptions *options, int width, int height)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create (surface);

  mixq_plot_set_color (cr, light ()->card);
  cairo_paint (cr);
  mixq_tradeoff_draw (cr, width, height, light (), data, options);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static guint32
pixel_at (cairo_surface_t *surface, double x, double y)
{
  const guint8 *data = cairo_image_surface_get_data (surface);
  guint32 pixel;

  memcpy (&pixel, data + (gsize) y * (gsize) cairo_image_surface_get_stride (surface) + 4 * (gsize) x,
          sizeof pixel);
  return pixel;
}

static void
assert_color (guint32 pixel, MixqPlotColor color)
{
  g_assert_cmpint (ABS ((int) (pixel >> 16 & 0xff) - (int) lround (255 * color.r)), <=, COLOR_TOLERANCE);
  g_assert_cmpint (ABS ((int) (pixel >> 8 & 0xff) - (int) lround (255 * color.g)), <=, COLOR_TOLERANCE);
  g_assert_cmpint (ABS ((int) (pixel & 0xff) - (int) lround (255 * color.b)), <=, COLOR_TOLERANCE);
}

static void
test_extent (void)
{
  g_autofree SampleTradeoff *sample = g_new (SampleTradeoff, 1);
  MixqTradeoffExtent extent;

  sample_tradeoff_settled (sample);
  mixq_tradeoff_extent (&sample->data, 16.0, &extent);
  /* The accuracy axis starts where the finished data start, not where the search began. */
  g_assert_cmpfloat_with_epsilon (extent.val_min, 0.74, 1e-9);
  g_assert_cmpfloat_with_epsilon (extent.val_max, 0.84, 1e-9);
  g_assert_cmpfloat (extent.ratio_max, >, 16.0);
  g_assert_cmpfloat (extent.ratio_min, <, 1.0);
}

static void
test_extent_is_never_empty (void)
{
  MixqTradeoffPoint point = MIXQ_TRADEOFF_POINT_INIT;
  MixqTradeoffData empty = { 0 };
  MixqTradeoffData one = { .points = &point, .n_points = 1 };
  MixqTradeoffExtent extent;

  mixq_tradeoff_extent (&empty, 0.0, &extent);
  g_assert_cmpfloat (extent.val_min, <, extent.val_max);
  g_assert_cmpfloat (extent.ratio_min, <, extent.ratio_max);
  for (double val = 0.0; val <= 1.0; val += 0.125) {
    point.ratio = 1.0;
    point.val = val;
    mixq_tradeoff_extent (&one, 0.0, &extent);
    g_assert_cmpfloat (extent.val_min, <, extent.val_max);
    g_assert_cmpfloat (extent.val_min, >=, 0.0);
    g_assert_cmpfloat (extent.val_max, <=, 1.0);
    g_assert_cmpfloat (extent.val_min, <=, val);
    g_assert_cmpfloat (extent.val_max, >=, val);
  }
}

static void
test_front (void)
{
  g_autofree SampleTradeoff *sample = g_new (SampleTradeoff, 1);
  gsize front[16];
  gsize n;

  sample_tradeoff_settled (sample);
  n = mixq_tradeoff_front (sample->points, sample->data.n_points, front);
  /* 2 bits everywhere, then 15.8, 15.5, 11.7 and 5.95 times less. */
  g_assert_cmpuint (n, ==, 5);
  for (gsize i = 1; i < n; i++) {
    g_assert_cmpfloat (sample->points[front[i]].ratio, <, sample->points[front[i - 1]].ratio);
    g_assert_cmpfloat (sample->points[front[i]].val, >, sample->points[front[i - 1]].val);
  }
  for (gsize i = 0; i < sample->data.n_points; i++) {
    const MixqTradeoffPoint *point = &sample->points[i];
    gboolean on_front = FALSE;

    for (gsize f = 0; f < n; f++)
      on_front = on_front || front[f] == i;
    if (point->kind == MIXQ_TRADEOFF_BEATEN)
      g_assert_false (on_front);
    if (point->kind == MIXQ_TRADEOFF_FINISHED)
      g_assert_true (on_front);
    if (point->kind == MIXQ_TRADEOFF_FLOAT32)
      g_assert_false (on_front);
  }
}

static void
test_mark_beaten_goes_back (void)
{
  MixqTradeoffPoint points[2] = { MIXQ_TRADEOFF_POINT_INIT, MIXQ_TRADEOFF_POINT_INIT };

  points[0].ratio = 4.0;
  points[0].val = 0.8;
  points[1].ratio = 8.0;
  points[1].val = 0.81;
  mixq_tradeoff_mark_beaten (points, 2);
  g_assert_cmpint (points[0].kind, ==, MIXQ_TRADEOFF_BEATEN);
  g_assert_cmpint (points[1].kind, ==, MIXQ_TRADEOFF_FINISHED);
  points[1].val = 0.7;
  mixq_tradeoff_mark_beaten (points, 2);
  g_assert_cmpint (points[0].kind, ==, MIXQ_TRADEOFF_FINISHED);
}

static void
test_hit (void)
{
  g_autofree SampleTradeoff *sample = g_new (SampleTradeoff, 1);
  MixqTradeoffLayout layout;

  sample_tradeoff_settled (sample);
  mixq_tradeoff_layout (&layout, WIDTH, HEIGHT, light (), &sample->data, &full);
  for (gsize i = 0; i < sample->data.n_points; i++) {
    double x;
    double y;

    g_assert_true (mixq_tradeoff_locate (&layout, sample->points[i].ratio, sample->points[i].val, &x, &y));
    g_assert_cmpint (mixq_tradeoff_hit (&layout, &sample->data, x + 1.0, y - 1.0, 12.0), ==, (gssize) i);
  }
  g_assert_cmpint (mixq_tradeoff_hit (&layout, &sample->data, WIDTH - 40.0, HEIGHT - 80.0, 12.0), ==, -1);
}

static void
test_hit_takes_the_nearest (void)
{
  MixqTradeoffPoint points[2] = { MIXQ_TRADEOFF_POINT_INIT, MIXQ_TRADEOFF_POINT_INIT };
  MixqTradeoffData data = { .points = points, .n_points = 2 };
  MixqTradeoffLayout layout;
  double x;
  double y;

  points[0].ratio = 8.0;
  points[0].val = 0.80;
  points[1].ratio = 7.7;
  points[1].val = 0.80;
  mixq_tradeoff_layout (&layout, WIDTH, HEIGHT, light (), &data, &full);
  mixq_tradeoff_locate (&layout, 8.0, 0.80, &x, &y);
  g_assert_cmpint (mixq_tradeoff_hit (&layout, &data, x, y, 30.0), ==, 0);
  g_assert_cmpint (mixq_tradeoff_hit (&layout, &data, x + 25.0, y, 30.0), ==, 1);
  /* In one place the one drawn last is the one that is seen. */
  points[1].ratio = 8.0;
  g_assert_cmpint (mixq_tradeoff_hit (&layout, &data, x, y, 30.0), ==, 1);
}

static void
test_layout_keeps_inside (void)
{
  g_autofree SampleTradeoff *sample = g_new (SampleTradeoff, 1);
  const double sizes[][2] = { { 690, 380 }, { 470, 250 }, { 336, 200 }, { 1300, 700 } };

  sample_tradeoff_settled (sample);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    MixqTradeoffLayout layout;
    const MixqPlotBox *plot = &layout.plot;

    mixq_tradeoff_layout (&layout, sizes[i][0], sizes[i][1], light (), &sample->data, &full);
    g_assert_cmpfloat (plot->x + plot->width, <=, sizes[i][0]);
    g_assert_cmpfloat (plot->y + plot->height, <=, sizes[i][1]);
    g_assert_cmpfloat (plot->height, >, 0.6 * sizes[i][1]);
    g_assert_cmpint (layout.recommended, >=, 0);
    if (layout.callout.width > 0.0) {
      g_assert_cmpfloat (mixq_plot_box_overlap (&layout.callout, plot), >,
                         layout.callout.width * layout.callout.height - 1.0);
      g_assert_cmpfloat (mixq_plot_box_overlap (&layout.callout, &layout.legend), ==, 0.0);
    }
  }
}

static void
test_labels_cover_no_point (void)
{
  g_autofree SampleTradeoff *sample = g_new (SampleTradeoff, 1);
  MixqTradeoffLayout layout;

  sample_tradeoff_settled (sample);
  mixq_tradeoff_layout (&layout, WIDTH, HEIGHT, light (), &sample->data, &full);
  g_assert_cmpfloat (layout.callout.width, >, 0.0);
  g_assert_cmpfloat (layout.legend.width, >, 0.0);
  for (gsize i = 0; i < sample->data.n_points; i++) {
    MixqPlotBox mark = { 0.0, 0.0, 10.0, 10.0 };

    mixq_tradeoff_locate (&layout, sample->points[i].ratio, sample->points[i].val, &mark.x, &mark.y);
    mark.x -= 5.0;
    mark.y -= 5.0;
    g_assert_cmpfloat (mixq_plot_box_overlap (&mark, &layout.callout), ==, 0.0);
    g_assert_cmpfloat (mixq_plot_box_overlap (&mark, &layout.legend), ==, 0.0);
  }
}

static void
test_pixels (void)
{
  g_autofree SampleTradeoff *sample = g_new (SampleTradeoff, 1);
  MixqTradeoffLayout layout;
  cairo_surface_t *surface;

  sample_tradeoff_settled (sample);
  mixq_tradeoff_layout (&layout, WIDTH, HEIGHT, light (), &sample->data, &full);
  surface = draw (&sample->data, &full, WIDTH, HEIGHT);
  for (gsize i = 0; i < sample->data.n_points; i++) {
    const MixqTradeoffPoint *point = &sample->points[i];
    double x;
    double y;

    mixq_tradeoff_locate (&layout, point->ratio, point->val, &x, &y);
    if (point->kind == MIXQ_TRADEOFF_FINISHED)
      assert_color (pixel_at (surface, x, y), light ()->accent_line);
    else if (point->kind == MIXQ_TRADEOFF_BEATEN)
      assert_color (pixel_at (surface, x, y), light ()->beaten);
    else
      /* Beside the number, inside the square. */
      assert_color (pixel_at (surface, x - 0.5 * layout.badge_size + 2.5, y),
                    mixq_plot_theme_bits (light (), point->bits).fill);
  }
  assert_color (pixel_at (surface, layout.callout.x + 4.0, layout.callout.y + 0.5 * layout.callout.height),
                light ()->accent_label);
  cairo_surface_destroy (surface);
}

static void
test_paused_is_grey (void)
{
  MixqTradeoffData data = { .live = { 4.0, 0.8 } };
  MixqTradeoffLayout layout;
  MixqTradeoffOptions options = { 0 };
  double x;
  double y;

  for (guint paused = 0; paused < 2; paused++) {
    cairo_surface_t *surface;

    data.paused = paused != 0;
    surface = draw (&data, &options, 470, 250);
    mixq_tradeoff_layout (&layout, 470, 250, light (), &data, &options);
    mixq_tradeoff_locate (&layout, 4.0, 0.8, &x, &y);
    assert_color (pixel_at (surface, x, y), paused ? light ()->beaten : light ()->live);
    cairo_surface_destroy (surface);
  }
}

static void
test_front_moves_with_arrival (void)
{
  MixqTradeoffPoint points[2] = { MIXQ_TRADEOFF_POINT_INIT, MIXQ_TRADEOFF_POINT_INIT };
  MixqTradeoffExtent extent = { 0.9, 20.0, 0.70, 0.90 };
  MixqTradeoffOptions options = { .extent = &extent };
  MixqTradeoffData data = { .points = points, .n_points = 2 };
  const double wanted[] = { 0.75, 0.80, 0.85 };

  points[0].ratio = 16.0;
  points[0].val = 0.75;
  points[1].ratio = 8.0;
  points[1].val = 0.85;
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++) {
    MixqTradeoffLayout layout;
    cairo_surface_t *surface;
    double x;
    double y;

    points[1].arrival = 0.5 * i;
    surface = draw (&data, &options, 470, 250);
    mixq_tradeoff_layout (&layout, 470, 250, light (), &data, &options);
    mixq_tradeoff_locate (&layout, 2.9, wanted[i], &x, &y);
    /* The line is two pixels wide; one of the rows it touches is full. */
    {
      guint32 above = pixel_at (surface, x, y - 0.5);
      guint32 below = pixel_at (surface, x, y + 0.5);
      guint32 darkest = (above & 0xff00) < (below & 0xff00) ? above : below;

      assert_color (darkest, light ()->accent_line);
    }
    cairo_surface_destroy (surface);
  }
}

static void
test_odd_input (void)
{
  MixqTradeoffPoint points[4] = { MIXQ_TRADEOFF_POINT_INIT, MIXQ_TRADEOFF_POINT_INIT,
                                  MIXQ_TRADEOFF_POINT_INIT, MIXQ_TRADEOFF_POINT_INIT };
  MixqTradeoffPlace trail[] = { { NAN, 0.5 }, { 4.0, NAN }, { -1.0, 0.5 }, { 4.0, 0.5 } };
  MixqTradeoffData data = { .points = points,
                            .n_points = 4,
                            .trail = trail,
                            .n_trail = 4,
                            .live = { HUGE_VAL, 0.2 },
                            .float32_val = NAN };
  const int sizes[][2] = { { 690, 380 }, { 40, 30 }, { 1, 1 } };
  g_autofree char *csv = NULL;

  points[0].ratio = NAN;
  points[1].ratio = 4.0;
  points[1].val = NAN;
  points[2].ratio = 4.0;
  points[2].val = 0.5;
  points[2].std_error = NAN;
  points[2].flags = MIXQ_TRADEOFF_RECOMMENDED;
  points[3].ratio = 0.0;
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    cairo_surface_destroy (draw (&data, &full, sizes[i][0], sizes[i][1]));
  cairo_surface_destroy (draw (&(MixqTradeoffData){ 0 }, &full, 470, 250));
  csv = mixq_tradeoff_csv (&data);
  g_assert_null (strstr (csv, "nan"));
  g_assert_null (strstr (csv, "inf"));
}

static void
test_csv (void)
{
  g_autofree SampleTradeoff *sample = g_new (SampleTradeoff, 1);
  g_autofree char *csv = NULL;
  g_auto (GStrv) lines = NULL;

  sample_tradeoff_settled (sample);
  sample->points[1].label = "all \"two\", really";
  csv = mixq_tradeoff_csv (&sample->data);
  lines = g_strsplit (csv, "\n", -1);
  g_assert_cmpstr (
      lines[0], ==,
      "kind,label,bits,times_fewer,cost,validation_accuracy,standard_error,seeds,on_front,recommended");
  g_assert_cmpstr (lines[1], ==, "float32,,32,1,5.9e+09,0.826,,1,0,0");
  g_assert_cmpstr (lines[2], ==, "uniform,\"all \"\"two\"\", really\",2,16,368750000,0.752,,1,1,0");
  g_assert_cmpstr (lines[6], ==, "finished,,,15.5,380645161,0.82,0.005,5,1,1");
  /* Points, trail, live place, header and the empty end. */
  g_assert_cmpuint (g_strv_length (lines), ==, sample->data.n_points + sample->data.n_trail + 3);
}

static void
test_describe (void)
{
  g_autofree SampleTradeoff *sample = g_new (SampleTradeoff, 1);
  g_autofree char *sentence = NULL;
  g_autofree char *empty = mixq_tradeoff_describe (&(MixqTradeoffData){ 0 });

  sample_tradeoff_settled (sample);
  sentence = mixq_tradeoff_describe (&sample->data);
  g_assert_nonnull (strstr (sentence, "BitOPs"));
  g_assert_nonnull (strstr (sentence, "15.5 times less at 82.0 percent, 0.6 points below float32"));
  g_assert_true (g_str_has_suffix (sentence, "."));
  g_assert_nonnull (strstr (empty, "0 finished models"));
}

/* Handles of the budget: at their lines, or at the ends of the axes where they forbid nothing; there they are hit. */
static void
test_grips (void)
{
  g_autofree SampleTradeoff *sample = g_new (SampleTradeoff, 1);
  MixqTradeoffLayout layout;
  double x, y, at, unused;

  sample_tradeoff_settled (sample);
  mixq_tradeoff_layout (&layout, WIDTH, HEIGHT, light (), &sample->data, &full);
  mixq_tradeoff_grip_place (&layout, &sample->data, MIXQ_TRADEOFF_GRIP_VAL, &x, &y);
  g_assert_cmpint (mixq_tradeoff_grip_hit (&layout, &sample->data, x, y), ==, MIXQ_TRADEOFF_NO_GRIP);
  sample->data.grips = TRUE;
  g_assert_cmpint (mixq_tradeoff_grip_hit (&layout, &sample->data, x, y), ==, MIXQ_TRADEOFF_GRIP_VAL);
  g_assert_cmpfloat (y, >, layout.plot.y + layout.plot.height - 10.0);
  mixq_tradeoff_grip_place (&layout, &sample->data, MIXQ_TRADEOFF_GRIP_COST, &x, &y);
  g_assert_cmpfloat (x, >, layout.plot.x + layout.plot.width - 10.0);

  sample->data.budget_val = 0.80;
  sample->data.budget_ratio = 6.0;
  mixq_tradeoff_layout (&layout, WIDTH, HEIGHT, light (), &sample->data, &full);
  mixq_tradeoff_grip_place (&layout, &sample->data, MIXQ_TRADEOFF_GRIP_VAL, &x, &y);
  mixq_tradeoff_locate (&layout, 6.0, 0.80, &unused, &at);
  g_assert_cmpfloat_with_epsilon (y, at, 0.5);
  g_assert_cmpint (mixq_tradeoff_grip_hit (&layout, &sample->data, x, y), ==, MIXQ_TRADEOFF_GRIP_VAL);
  mixq_tradeoff_grip_place (&layout, &sample->data, MIXQ_TRADEOFF_GRIP_COST, &x, &y);
  mixq_tradeoff_locate (&layout, 6.0, 0.80, &at, &unused);
  g_assert_cmpfloat_with_epsilon (x, at, 0.5);
  g_assert_cmpint (mixq_tradeoff_grip_hit (&layout, &sample->data, x, y), ==, MIXQ_TRADEOFF_GRIP_COST);
  g_assert_cmpint (mixq_tradeoff_grip_hit (&layout, &sample->data, x + 60.0, y - 60.0), ==,
                   MIXQ_TRADEOFF_NO_GRIP);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/tradeoff/extent", test_extent);
  g_test_add_func ("/plot/tradeoff/extent-is-never-empty", test_extent_is_never_empty);
  g_test_add_func ("/plot/tradeoff/front", test_front);
  g_test_add_func ("/plot/tradeoff/mark-beaten-goes-back", test_mark_beaten_goes_back);
  g_test_add_func ("/plot/tradeoff/hit", test_hit);
  g_test_add_func ("/plot/tradeoff/hit-takes-the-nearest", test_hit_takes_the_nearest);
  g_test_add_func ("/plot/tradeoff/layout-keeps-inside", test_layout_keeps_inside);
  g_test_add_func ("/plot/tradeoff/labels-cover-no-point", test_labels_cover_no_point);
  g_test_add_func ("/plot/tradeoff/pixels", test_pixels);
  g_test_add_func ("/plot/tradeoff/paused-is-grey", test_paused_is_grey);
  g_test_add_func ("/plot/tradeoff/front-moves-with-arrival", test_front_moves_with_arrival);
  g_test_add_func ("/plot/tradeoff/odd-input", test_odd_input);
  g_test_add_func ("/plot/tradeoff/csv", test_csv);
  g_test_add_func ("/plot/tradeoff/describe", test_describe);
  g_test_add_func ("/plot/tradeoff/grips", test_grips);
  return g_test_run ();
}
