/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alpha over time and the timeline. */
#include <math.h>
#include <string.h>

#include "mixq-alpha-chart.h"
#include "mixq-timeline-chart.h"
#include "sample-data.h"

#define COLOR_TOLERANCE 3

static const MixqPlotTheme *
light (void)
{
  return mixq_plot_theme_get (MIXQ_SCHEME_LIGHT);
}

static gboolean
has_color (cairo_surface_t *surface, int x, int y, MixqPlotColor color)
{
  const guint8 *data = cairo_image_surface_get_data (surface);
  guint32 pixel;

  memcpy (&pixel, data + (gsize) y * (gsize) cairo_image_surface_get_stride (surface) + 4 * (gsize) x,
          sizeof pixel);
  return ABS ((int) (pixel >> 16 & 0xff) - (int) lround (255 * color.r)) <= COLOR_TOLERANCE &&
         ABS ((int) (pixel >> 8 & 0xff) - (int) lround (255 * color.g)) <= COLOR_TOLERANCE &&
         ABS ((int) (pixel & 0xff) - (int) lround (255 * color.b)) <= COLOR_TOLERANCE;
}

static cairo_surface_t *
draw_stream (const MixqAlphaSlot *slot, int width, int height)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create (surface);
  MixqPlotBox box = { 0.0, 0.0, width, height };

  mixq_alpha_stream_draw (cr, &box, 9.0, light (), slot);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static void
test_stream_layers (void)
{
  /* Given with the widest first: narrow widths still lie below. */
  static const guint8 bits[] = { 8, 4, 2 };
  static const float history[] = { 0.5f, 0.25f, 0.25f, 0.5f, 0.25f, 0.25f };
  MixqAlphaSlot slot = { .name = "W", .n_choices = 3, .bits = bits, .n_steps = 2, .history = history };
  cairo_surface_t *surface = draw_stream (&slot, 92, 80);

  g_assert_true (has_color (surface, 40, 20, mixq_plot_theme_bits (light (), 8).fill));
  g_assert_true (has_color (surface, 40, 50, mixq_plot_theme_bits (light (), 4).fill));
  g_assert_true (has_color (surface, 40, 70, mixq_plot_theme_bits (light (), 2).fill));
  /* The bar now shows the same shares. */
  g_assert_true (has_color (surface, 87, 20, mixq_plot_theme_bits (light (), 8).fill));
  g_assert_true (has_color (surface, 87, 70, mixq_plot_theme_bits (light (), 2).fill));
  cairo_surface_destroy (surface);
}

static void
test_stream_pinned (void)
{
  static const guint8 bits[] = { 2, 8 };
  static const float history[] = { 0.9f, 0.1f, 0.9f, 0.1f };
  MixqAlphaSlot slot = {
    .name = "W", .n_choices = 2, .bits = bits, .n_steps = 2, .history = history, .chosen = 8, .pinned = TRUE
  };
  cairo_surface_t *surface = draw_stream (&slot, 92, 80);

  g_assert_cmpuint (mixq_alpha_slot_chosen (&slot), ==, 8);
  g_assert_true (has_color (surface, 87, 60, mixq_plot_theme_bits (light (), 8).fill));
  g_assert_false (has_color (surface, 40, 60, mixq_plot_theme_bits (light (), 2).fill));
  cairo_surface_destroy (surface);
}

static void
test_stream_odd_input (void)
{
  static const guint8 bits[] = { 2, 4 };
  static const float history[] = { NAN, NAN, 0.0f, 0.0f, 3.0f, 1.0f, -1.0f, INFINITY };
  MixqAlphaSlot slot = { .name = "W", .n_choices = 2, .bits = bits, .history = history };
  const int sizes[][2] = { { 92, 80 }, { 10, 5 }, { 1, 1 } };

  for (gsize n_steps = 0; n_steps <= 4; n_steps++) {
    slot.n_steps = n_steps;
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      cairo_surface_destroy (draw_stream (&slot, sizes[i][0], sizes[i][1]));
  }
  slot.n_steps = 0;
  g_assert_cmpuint (mixq_alpha_slot_chosen (&slot), ==, 0);
  slot.n_steps = 3;
  g_assert_cmpuint (mixq_alpha_slot_chosen (&slot), ==, 2);
  g_assert_cmpfloat_with_epsilon (mixq_alpha_slot_share (&slot, 2), 0.75, 1e-6);
  slot.n_choices = 1;
  slot.n_steps = 1;
  cairo_surface_destroy (draw_stream (&slot, 92, 80));
}

static void
test_long_history_keeps_proportions (void)
{
  enum { STEPS = 50000 };
  static const guint8 bits[] = { 2, 8 };
  g_autofree float *history = g_new (float, 2 * STEPS);
  MixqAlphaSlot slot = { .name = "W", .n_choices = 2, .bits = bits, .n_steps = STEPS, .history = history };
  cairo_surface_t *surface;

  for (gsize i = 0; i < STEPS; i++) {
    history[2 * i] = i < STEPS / 2 ? 1.0f : 0.0f;
    history[2 * i + 1] = 1.0f - history[2 * i];
  }
  surface = draw_stream (&slot, 112, 40);
  /* The stream is 100 wide: the turn is in its middle. */
  g_assert_true (has_color (surface, 45, 20, mixq_plot_theme_bits (light (), 2).fill));
  g_assert_true (has_color (surface, 55, 20, mixq_plot_theme_bits (light (), 8).fill));
  cairo_surface_destroy (surface);
}

static void
test_alpha_text (void)
{
  g_autofree SampleAlpha *sample = g_new (SampleAlpha, 1);
  g_autofree char *csv = NULL;
  g_autofree char *sentence = NULL;
  g_autofree char *pinned = NULL;
  g_auto (GStrv) lines = NULL;

  sample_alpha (sample);
  csv = mixq_alpha_chart_csv (&sample->data);
  lines = g_strsplit (csv, "\n", -1);
  g_assert_cmpstr (lines[0], ==, "slot,step,bits,probability");
  g_assert_true (g_str_has_prefix (lines[1], "X,0,2,0."));
  g_assert_cmpuint (g_strv_length (lines), ==, SAMPLE_SLOTS * SAMPLE_STEPS * 3 + 2);
  sentence = mixq_alpha_chart_describe (&sample->data);
  g_assert_nonnull (strstr (sentence, "W₁: 2 bits, "));
  pinned = mixq_alpha_slot_describe (&sample->slots[8]);
  g_assert_cmpstr (pinned, ==, "agg₂: 8 bits, pinned");
}

static void
test_alpha_grid (void)
{
  g_autofree SampleAlpha *sample = g_new (SampleAlpha, 1);
  MixqAlphaData none = { 0 };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 720, 400);
  cairo_t *cr = cairo_create (surface);

  sample_alpha (sample);
  g_assert_cmpfloat (mixq_alpha_chart_height (&sample->data, 300), >,
                     mixq_alpha_chart_height (&sample->data, 720));
  mixq_alpha_chart_draw (cr, 720, 400, light (), &none);
  mixq_alpha_chart_draw (cr, 720, 400, light (), &sample->data);
  mixq_alpha_chart_draw (cr, 20, 10, light (), &sample->data);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
test_timeline_places (void)
{
  g_autofree SampleTimeline *sample = g_new (SampleTimeline, 1);
  MixqTimelineOptions options = { .captions = TRUE, .inset = 12.0 };
  MixqTimelineLayout layout;

  sample_timeline (sample);
  mixq_timeline_layout (&layout, 820, 82, &sample->data, &options);
  for (gsize i = 0; i < sample->data.n_finished; i++) {
    double x = mixq_plot_axis_to_pixel (&layout.x, sample->finished[i]);
    double y = layout.frame.y + layout.frame.height - 10.0;

    g_assert_cmpint (mixq_timeline_hit (&layout, &sample->data, x + 1.0, y, 8.0), ==, (gssize) i);
    g_assert_cmpfloat_with_epsilon (mixq_timeline_step_at (&layout, &sample->data, x), sample->finished[i],
                                    1e-6);
  }
  g_assert_cmpint (mixq_timeline_hit (&layout, &sample->data, 300, 10, 8.0), ==, -1);
  g_assert_cmpfloat (mixq_timeline_step_at (&layout, &sample->data, -50.0), ==, 0.0);
  g_assert_cmpfloat (mixq_timeline_step_at (&layout, &sample->data, 5000.0), ==, sample->data.now);
}

static void
test_timeline_pixels (void)
{
  g_autofree SampleTimeline *sample = g_new (SampleTimeline, 1);
  MixqTimelineOptions options = { 0 };
  MixqTimelineLayout layout;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 820, 60);
  cairo_t *cr = cairo_create (surface);
  int x;

  sample_timeline (sample);
  mixq_timeline_layout (&layout, 820, 60, &sample->data, &options);
  mixq_timeline_draw (cr, 820, 60, light (), &sample->data, &options);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  x = (int) mixq_plot_axis_to_pixel (&layout.x, sample->data.now);
  g_assert_true (has_color (surface, x, 40, light ()->text));
  x = (int) mixq_plot_axis_to_pixel (&layout.x, sample->finished[0]);
  g_assert_true (
      has_color (surface, x, (int) (layout.frame.y + layout.frame.height - 10.0), light ()->accent_line));
  /* Below the last step the price is high, before the first change it is not. */
  g_assert_true (has_color (surface, 700, 30, mixq_plot_color_over (light ()->price_tint, light ()->cell)));
  g_assert_true (has_color (surface, 60, 45, light ()->cell));
  cairo_surface_destroy (surface);
}

static void
test_timeline_odd_input (void)
{
  MixqTimelinePrice prices[] = { { NAN, NAN, NAN }, { 5.0, 1.0, 7.0 } };
  MixqPlotXY accuracy[] = { { 0.0, NAN }, { NAN, 0.5 }, { 3.0, 0.5 } };
  const double finished[] = { NAN, -5.0, 1e300 };
  MixqTimelineData data = { prices, 2, accuracy, 3, finished, 3, NAN, FALSE, &finished[0] };
  MixqTimelineData empty = { 0 };
  MixqTimelineOptions options = { .captions = TRUE };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 100, 60);
  cairo_t *cr = cairo_create (surface);

  mixq_timeline_draw (cr, 100, 60, light (), &data, &options);
  mixq_timeline_draw (cr, 100, 60, light (), &empty, &options);
  mixq_timeline_draw (cr, 1, 1, light (), &empty, &options);
  data.now = 10.0;
  mixq_timeline_draw (cr, 100, 60, light (), &data, &options);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
test_timeline_text (void)
{
  g_autofree SampleTimeline *sample = g_new (SampleTimeline, 1);
  g_autofree char *csv = NULL;
  g_autofree char *sentence = NULL;
  g_auto (GStrv) lines = NULL;

  sample_timeline (sample);
  csv = mixq_timeline_csv (&sample->data);
  lines = g_strsplit (csv, "\n", -1);
  g_assert_cmpstr (lines[2], ==, "price,347,0.02");
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + 4 + SAMPLE_STEPS + 9 + 1);
  g_assert_cmpstr (lines[1 + 4 + SAMPLE_STEPS], ==, "finished_model,125,");
  sentence = mixq_timeline_describe (&sample->data);
  g_assert_nonnull (strstr (sentence, "3 price changes, 9 finished models"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/alpha/layers", test_stream_layers);
  g_test_add_func ("/plot/alpha/pinned", test_stream_pinned);
  g_test_add_func ("/plot/alpha/odd-input", test_stream_odd_input);
  g_test_add_func ("/plot/alpha/long-history-keeps-proportions", test_long_history_keeps_proportions);
  g_test_add_func ("/plot/alpha/text", test_alpha_text);
  g_test_add_func ("/plot/alpha/grid", test_alpha_grid);
  g_test_add_func ("/plot/timeline/places", test_timeline_places);
  g_test_add_func ("/plot/timeline/pixels", test_timeline_pixels);
  g_test_add_func ("/plot/timeline/odd-input", test_timeline_odd_input);
  g_test_add_func ("/plot/timeline/text", test_timeline_text);
  return g_test_run ();
}
