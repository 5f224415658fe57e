/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "mixq-format.h"
#include "price/mixq-price-map.h"

static void
test_notches (void)
{
  for (int notch = 0; notch <= MIXQ_PRICE_NOTCHES; notch++)
    g_assert_cmpint (mixq_price_notch (mixq_price_at_notch (notch)), ==, notch);
}

/* Keys forth and back must end on the very same number, also through a typed value's notch. */
static void
test_forth_and_back (void)
{
  for (int notch = 10; notch <= MIXQ_PRICE_NOTCHES - 10; notch++) {
    double price = mixq_price_at_notch (notch), there = mixq_price_at_notch (mixq_price_notch (price) + 10);
    double back = mixq_price_at_notch (mixq_price_notch (there) - 10);

    g_assert_true (back == price);
  }
}

static void
test_borders (void)
{
  static const double borders[] = { -0.1, -0.01, 0.0, 0.01, 0.1, 1.0, 10.0 };

  for (int i = 0; i <= MIXQ_PRICE_SEGMENTS; i++) {
    g_assert_true (mixq_price_tick (i) == borders[i]);
    g_assert_true (mixq_price_at_notch (i * MIXQ_PRICE_STEPS * MIXQ_PRICE_FINE) == borders[i]);
    g_assert_true (mixq_price_position (borders[i]) == (double) i / MIXQ_PRICE_SEGMENTS);
  }
}

static void
test_monotone (void)
{
  double last = -1.0;

  for (double price = -0.12; price < 11.0; price += 0.0007) {
    double position = mixq_price_position (price);

    g_assert_cmpfloat (position, >=, last);
    g_assert_cmpfloat (position, >=, 0.0);
    g_assert_cmpfloat (position, <=, 1.0);
    last = position;
  }
}

/* The notch round zero is linear, the rest logarithmic: halves and geometric means lie in the middle. */
static void
test_shape (void)
{
  g_assert_cmpfloat_with_epsilon (mixq_price_position (0.005), 2.5 / 6.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (mixq_price_position (-0.005), 1.5 / 6.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (mixq_price_position (sqrt (0.1)), 4.5 / 6.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (mixq_price_position (-sqrt (0.001)), 0.5 / 6.0, 1e-12);
}

static void
test_outside (void)
{
  g_assert_true (mixq_price_position (-5.0) == 0.0);
  g_assert_true (mixq_price_position (1e9) == 1.0);
  g_assert_true (mixq_price_position (NAN) == 0.0);
  g_assert_true (mixq_price_at (-1.0) == MIXQ_PRICE_MIN);
  g_assert_true (mixq_price_at (2.0) == MIXQ_PRICE_MAX);
}

#define ASSERT_TEXT(call, wanted)                                                                            \
  do {                                                                                                       \
    g_autofree char *text = (call);                                                                          \
    g_assert_cmpstr (text, ==, wanted);                                                                      \
  } while (0)

static void
test_format (void)
{
  ASSERT_TEXT (mixq_format_price (0.0), "0");
  ASSERT_TEXT (mixq_format_price (0.6), "0.60");
  ASSERT_TEXT (mixq_format_price (0.012), "0.012");
  ASSERT_TEXT (mixq_format_price (-0.02), "−0.020");
  ASSERT_TEXT (mixq_format_price (1.8), "1.8");
  ASSERT_TEXT (mixq_format_times (1.0 / 15.5), "15.5");
  ASSERT_TEXT (mixq_format_percent (0.8204), "82.0");
  ASSERT_TEXT (mixq_format_percent (NAN), "–");
  ASSERT_TEXT (mixq_format_points (-0.006), "−0.6");
  ASSERT_TEXT (mixq_format_points (0.0004), "±0.0");
  ASSERT_TEXT (mixq_format_count (3.7e8), "370 M");
  ASSERT_TEXT (mixq_format_count (5.93e9), "5.9 G");
  ASSERT_TEXT (mixq_format_bytes (17300.0), "17 kB");
  ASSERT_TEXT (mixq_format_share (0.3168), "31.7 %");
  ASSERT_TEXT (mixq_format_share (0.0), "0 %");
  ASSERT_TEXT (mixq_format_bits ((const guint8[]){ 2, 4, 8 }, 3, 2), "2 4 …");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/price-map/notches", test_notches);
  g_test_add_func ("/ui/price-map/forth-and-back", test_forth_and_back);
  g_test_add_func ("/ui/price-map/borders", test_borders);
  g_test_add_func ("/ui/price-map/monotone", test_monotone);
  g_test_add_func ("/ui/price-map/shape", test_shape);
  g_test_add_func ("/ui/price-map/outside", test_outside);
  g_test_add_func ("/ui/format", test_format);
  return g_test_run ();
}
