/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "mixq-plot-axis.h"
#include "mixq-plot-series.h"

/* A pixel a millionth off cannot be seen. */
#define PIXEL_TOLERANCE 1e-6

static void
test_round_trip (void)
{
  const MixqPlotAxis axes[] = {
    { MIXQ_AXIS_LINEAR, 0.74, 0.84, 300.0, 10.0 },
    { MIXQ_AXIS_LOG, 20.0, 0.9, 60.0, 650.0 },
    { MIXQ_AXIS_LINEAR, -5.0, 5.0, 0.0, 100.0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (axes); i++) {
    const MixqPlotAxis *axis = &axes[i];

    g_assert_false (mixq_plot_axis_is_pathological (axis));
    g_assert_cmpfloat_with_epsilon (mixq_plot_axis_to_pixel (axis, axis->from), axis->pixel_from,
                                    PIXEL_TOLERANCE);
    g_assert_cmpfloat_with_epsilon (mixq_plot_axis_to_pixel (axis, axis->to), axis->pixel_to,
                                    PIXEL_TOLERANCE);
    for (double pixel = 0.0; pixel <= 700.0; pixel += 7.0)
      g_assert_cmpfloat_with_epsilon (mixq_plot_axis_to_pixel (axis, mixq_plot_axis_to_value (axis, pixel)),
                                      pixel, PIXEL_TOLERANCE);
  }
}

static void
test_log_is_even (void)
{
  MixqPlotAxis axis = { MIXQ_AXIS_LOG, 16.0, 1.0, 0.0, 400.0 };

  g_assert_cmpfloat_with_epsilon (mixq_plot_axis_to_pixel (&axis, 8.0), 100.0, PIXEL_TOLERANCE);
  g_assert_cmpfloat_with_epsilon (mixq_plot_axis_to_pixel (&axis, 4.0), 200.0, PIXEL_TOLERANCE);
}

static void
test_pathological (void)
{
  const MixqPlotAxis axes[] = {
    { MIXQ_AXIS_LINEAR, 1.0, 1.0, 0.0, 100.0 },       { MIXQ_AXIS_LINEAR, 0.0, NAN, 0.0, 100.0 },
    { MIXQ_AXIS_LINEAR, 0.0, HUGE_VAL, 0.0, 100.0 },  { MIXQ_AXIS_LOG, 0.0, 10.0, 0.0, 100.0 },
    { MIXQ_AXIS_LOG, -1.0, 10.0, 0.0, 100.0 },        { MIXQ_AXIS_LINEAR, 0.0, 1.0, 50.0, 50.0 },
    { MIXQ_AXIS_LINEAR, 0.1 + 0.2, 0.3, 0.0, 100.0 },
  };
  double ticks[MIXQ_PLOT_MAX_TICKS];

  for (guint i = 0; i < G_N_ELEMENTS (axes); i++) {
    g_assert_true (mixq_plot_axis_is_pathological (&axes[i]));
    g_assert_cmpuint (mixq_plot_axis_ticks (&axes[i], 5, ticks), ==, 0);
    g_assert_cmpfloat_with_epsilon (mixq_plot_axis_to_pixel (&axes[i], 0.5), 50.0, PIXEL_TOLERANCE);
  }
}

static void
test_odd_values (void)
{
  MixqPlotAxis log_axis = { MIXQ_AXIS_LOG, 1.0, 16.0, 0.0, 100.0 };
  MixqPlotAxis linear = { MIXQ_AXIS_LINEAR, 0.0, 1.0, 0.0, 100.0 };
  const double odd[] = { NAN, HUGE_VAL, -HUGE_VAL, 0.0, -3.0, 1e308 };

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++) {
    g_assert_true (isfinite (mixq_plot_axis_to_pixel (&log_axis, odd[i])));
    g_assert_true (isfinite (mixq_plot_axis_to_pixel (&linear, odd[i])));
  }
  g_assert_false (mixq_plot_axis_contains (&linear, NAN));
  g_assert_false (mixq_plot_axis_contains (&linear, 1.1));
  g_assert_true (mixq_plot_axis_contains (&linear, 1.0));
}

static void
test_linear_ticks (void)
{
  MixqPlotAxis axis = { MIXQ_AXIS_LINEAR, 74.0, 84.0, 0.0, 100.0 };
  double ticks[MIXQ_PLOT_MAX_TICKS];
  guint n = mixq_plot_axis_ticks (&axis, 6, ticks);

  g_assert_cmpuint (n, ==, 6);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (ticks[i], 74.0 + 2.0 * i, 1e-9);
  /* Reversed axes have the same ticks; zero has no sign. */
  axis = (MixqPlotAxis){ MIXQ_AXIS_LINEAR, 1.0, 0.0, 0.0, 100.0 };
  n = mixq_plot_axis_ticks (&axis, 6, ticks);
  g_assert_cmpuint (n, ==, 6);
  g_assert_cmpfloat (ticks[0], ==, 0.0);
  g_assert_false (signbit (ticks[0]));
}

static void
test_tick_limits (void)
{
  double ticks[MIXQ_PLOT_MAX_TICKS];

  for (double span = 1e-9; span < 1e12; span *= 3.7) {
    for (guint wanted = 1; wanted <= 40; wanted++) {
      MixqPlotAxis linear = { MIXQ_AXIS_LINEAR, 0.37, 0.37 + span, 0.0, 500.0 };
      MixqPlotAxis log_axis = { MIXQ_AXIS_LOG, 0.37 + span, 0.37, 0.0, 500.0 };
      guint n = mixq_plot_axis_ticks (&linear, wanted, ticks);

      g_assert_cmpuint (n, <=, MIN (wanted, MIXQ_PLOT_MAX_TICKS));
      for (guint i = 1; i < n; i++)
        g_assert_cmpfloat (ticks[i], >, ticks[i - 1]);
      n = mixq_plot_axis_ticks (&log_axis, wanted, ticks);
      g_assert_cmpuint (n, <=, MIN (wanted, MIXQ_PLOT_MAX_TICKS));
    }
  }
}

static void
test_log_ticks (void)
{
  MixqPlotAxis axis = { MIXQ_AXIS_LOG, 19.7, 0.9, 0.0, 600.0 };
  double ticks[MIXQ_PLOT_MAX_TICKS];
  guint n = mixq_plot_axis_ticks (&axis, 8, ticks);

  g_assert_cmpuint (n, ==, 5);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (ticks[i], exp2 (i), 1e-9);
  /* With less room every second doubling, and still the reference. */
  n = mixq_plot_axis_ticks (&axis, 3, ticks);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpfloat_with_epsilon (ticks[0], 1.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (ticks[1], 4.0, 1e-9);
  /* Less than two doublings: plain steps. */
  axis = (MixqPlotAxis){ MIXQ_AXIS_LOG, 1.45, 0.95, 0.0, 600.0 };
  n = mixq_plot_axis_ticks (&axis, 6, ticks);
  g_assert_cmpuint (n, >=, 3);
}

static void
assert_text (char *text, const char *wanted)
{
  g_assert_cmpstr (text, ==, wanted);
  g_free (text);
}

static void
test_formats (void)
{
  assert_text (mixq_plot_format_unit (370e6, MIXQ_UNIT_COUNT), "370\u00a0M");
  assert_text (mixq_plot_format_unit (5.9e9, MIXQ_UNIT_COUNT), "5.9\u00a0G");
  assert_text (mixq_plot_format_unit (9.96e9, MIXQ_UNIT_COUNT), "10\u00a0G");
  assert_text (mixq_plot_format_unit (999.7e6, MIXQ_UNIT_COUNT), "1.0\u00a0G");
  assert_text (mixq_plot_format_unit (12.0, MIXQ_UNIT_COUNT), "12");
  assert_text (mixq_plot_format_unit (0.0, MIXQ_UNIT_COUNT), "0");
  assert_text (mixq_plot_format_unit (17e3, MIXQ_UNIT_BYTES), "17\u00a0kB");
  assert_text (mixq_plot_format_unit (0.0005, MIXQ_UNIT_SECOND), "0.5\u00a0ms");
  assert_text (mixq_plot_format_unit (0.000375, MIXQ_UNIT_SECOND), "0.38\u00a0ms");
  assert_text (mixq_plot_format_unit (20e-6, MIXQ_UNIT_SECOND), "20\u00a0µs");
  assert_text (mixq_plot_format_unit (NAN, MIXQ_UNIT_COUNT), "–");
  assert_text (mixq_plot_format_ratio (16.0), "16×");
  assert_text (mixq_plot_format_ratio (15.46), "15.5×");
  assert_text (mixq_plot_format_ratio (0.5), "0.5×");
  assert_text (mixq_plot_format_percent (0.82, 1), "82.0\u00a0%");
  g_assert_cmpuint (mixq_plot_step_digits (0.5), ==, 1);
  g_assert_cmpuint (mixq_plot_step_digits (2.0), ==, 0);
  g_assert_cmpuint (mixq_plot_step_digits (0.02), ==, 2);
}

/* The lowest and highest place of every pixel column, of a path in x order. */
static void
column_extremes (const MixqPlotXY *path, gsize n, int column, double *low, double *high)
{
  *low = HUGE_VAL;
  *high = -HUGE_VAL;
  for (gsize i = 0; i < n; i++) {
    if ((int) floor (path[i].x) == column) {
      *low = MIN (*low, path[i].y);
      *high = MAX (*high, path[i].y);
    }
  }
}

static void
test_decimation (void)
{
  enum { N = 20000, WIDTH = 300 };
  g_autofree MixqPlotXY *in = g_new (MixqPlotXY, N);
  g_autofree MixqPlotXY *out = g_new (MixqPlotXY, N);
  g_autofree gsize *source = g_new (gsize, N);
  GRand *rand = g_rand_new_with_seed (5);
  gsize kept;

  for (gsize i = 0; i < N; i++)
    in[i] = (MixqPlotXY){ (double) i * WIDTH / N, g_rand_double (rand) + (i == 7777 ? 50.0 : 0.0) };
  kept = mixq_plot_decimate (in, N, out, source);
  g_assert_cmpuint (kept, <=, 4 * WIDTH);
  for (int column = 0; column < WIDTH; column++) {
    double low;
    double high;
    double kept_low;
    double kept_high;

    column_extremes (in, N, column, &low, &high);
    column_extremes (out, kept, column, &kept_low, &kept_high);
    g_assert_cmpfloat (low, ==, kept_low);
    g_assert_cmpfloat (high, ==, kept_high);
  }
  for (gsize i = 0; i < kept; i++) {
    g_assert_cmpfloat (out[i].y, ==, in[source[i]].y);
    g_assert_true (i == 0 || source[i] > source[i - 1]);
  }
  /* In place gives the same. */
  g_assert_cmpuint (mixq_plot_decimate (in, N, in, NULL), ==, kept);
  for (gsize i = 0; i < kept; i++)
    g_assert_cmpfloat (in[i].y, ==, out[i].y);
  g_rand_free (rand);
}

static void
test_decimation_edges (void)
{
  MixqPlotXY odd[] = { { NAN, 1.0 },  { 3.0, 2.0 }, { 3.1, HUGE_VAL },
                       { 3.2, -1.0 }, { 9.0, 0.0 }, { 3.0, 7.0 } };
  MixqPlotXY out[G_N_ELEMENTS (odd)];
  gsize kept = mixq_plot_decimate (odd, G_N_ELEMENTS (odd), out, NULL);

  g_assert_cmpuint (mixq_plot_decimate (odd, 0, out, NULL), ==, 0);
  g_assert_cmpuint (kept, ==, 4);
  for (gsize i = 0; i < kept; i++)
    g_assert_true (isfinite (out[i].x) && isfinite (out[i].y));
  /* A path that comes back keeps its order. */
  g_assert_cmpfloat (out[kept - 1].y, ==, 7.0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/axis/round-trip", test_round_trip);
  g_test_add_func ("/plot/axis/log-is-even", test_log_is_even);
  g_test_add_func ("/plot/axis/pathological", test_pathological);
  g_test_add_func ("/plot/axis/odd-values", test_odd_values);
  g_test_add_func ("/plot/axis/linear-ticks", test_linear_ticks);
  g_test_add_func ("/plot/axis/log-ticks", test_log_ticks);
  g_test_add_func ("/plot/axis/tick-limits", test_tick_limits);
  g_test_add_func ("/plot/axis/formats", test_formats);
  g_test_add_func ("/plot/series/decimation", test_decimation);
  g_test_add_func ("/plot/series/decimation-edges", test_decimation_edges);
  return g_test_run ();
}
