/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-plot-theme.h"

/* What WCAG 2.1 asks of marks and of text. */
#define MARK 3.0
#define TEXT 4.5
/* Hex colours are rounded to 1/255. */
#define ROUNDING 0.02

static void
assert_contrast (const MixqPlotTheme *theme,
                 const char *what,
                 MixqPlotColor a,
                 MixqPlotColor b,
                 double wanted)
{
  double contrast = mixq_plot_color_contrast (a, b);

  if (contrast < wanted)
    g_test_message ("%s: %s has %.2f:1 of %.1f:1", theme->name, what, contrast, wanted);
  g_assert_cmpfloat (contrast, >=, wanted);
}

static void
test_known_contrast (void)
{
  MixqPlotColor black = mixq_plot_color_hex (0x000000);
  MixqPlotColor white = mixq_plot_color_hex (0xffffff);

  g_assert_cmpfloat_with_epsilon (mixq_plot_color_contrast (black, white), 21.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (mixq_plot_color_contrast (white, white), 1.0, 1e-9);
  /* The published example of a grey that just passes on white. */
  g_assert_cmpfloat_with_epsilon (mixq_plot_color_contrast (mixq_plot_color_hex (0x767676), white), 4.54,
                                  0.01);
}

static void
test_text (void)
{
  for (guint s = 0; s < MIXQ_N_SCHEMES; s++) {
    const MixqPlotTheme *theme = mixq_plot_theme_get ((MixqPlotScheme) s);
    MixqPlotColor grounds[] = {
      theme->window,    theme->card, theme->header,
      theme->price_bar, theme->cell, mixq_plot_color_over (theme->front_tint, theme->card),
    };

    for (guint g = 0; g < G_N_ELEMENTS (grounds); g++) {
      assert_contrast (theme, "text", theme->text, grounds[g], TEXT);
      assert_contrast (theme, "dim text", theme->dim, grounds[g], TEXT);
    }
    assert_contrast (theme, "text on the accent label", theme->on_accent, theme->accent_label, TEXT);
  }
}

static void
test_marks (void)
{
  for (guint s = 0; s < MIXQ_N_SCHEMES; s++) {
    const MixqPlotTheme *theme = mixq_plot_theme_get ((MixqPlotScheme) s);
    MixqPlotColor grounds[] = {
      theme->card,
      theme->cell,
      mixq_plot_color_over (theme->front_tint, theme->card),
    };

    for (guint g = 0; g < G_N_ELEMENTS (grounds); g++) {
      assert_contrast (theme, "accent line", theme->accent_line, grounds[g], MARK);
      assert_contrast (theme, "live", theme->live, grounds[g], MARK);
      assert_contrast (theme, "flip ring", theme->ring, grounds[g], MARK);
    }
    assert_contrast (theme, "beaten", theme->beaten, grounds[0], MARK);
    assert_contrast (theme, "beaten on the tint", theme->beaten, grounds[2], MARK);
    /* The timeline's dots and line lie on the price steps, too. */
    assert_contrast (theme, "dots on prices", theme->accent_line,
                     mixq_plot_color_over (theme->price_tint, theme->cell), MARK);
    assert_contrast (theme, "live on prices", theme->live,
                     mixq_plot_color_over (theme->price_tint, theme->cell), MARK);
  }
}

static void
test_bits (void)
{
  for (guint s = 0; s < MIXQ_N_SCHEMES; s++) {
    const MixqPlotTheme *theme = mixq_plot_theme_get ((MixqPlotScheme) s);
    double last = -1.0;

    for (guint bits = 1; bits <= 32; bits++) {
      MixqPlotSwatch swatch = mixq_plot_theme_bits (theme, bits);
      double luminance = mixq_plot_color_luminance (swatch.fill);
      g_autofree char *what = g_strdup_printf ("%u bits", bits);

      assert_contrast (theme, what, swatch.edge, theme->card, MARK);
      assert_contrast (theme, what, swatch.edge, theme->cell, MARK);
      assert_contrast (theme, what, swatch.text, swatch.fill, TEXT);
      /* More bits are lighter. */
      g_assert_cmpfloat (luminance, >, last);
      last = luminance;
    }
  }
}

static void
test_design_bits (void)
{
  const MixqPlotTheme *light = mixq_plot_theme_get (MIXQ_SCHEME_LIGHT);
  MixqPlotColor two = mixq_plot_color_hex (0x10366f);
  MixqPlotColor eight_edge = mixq_plot_color_hex (0x8d7b34);

  g_assert_cmpfloat_with_epsilon (mixq_plot_theme_bits (light, 2).fill.b, two.b, 1e-9);
  g_assert_cmpfloat_with_epsilon (mixq_plot_theme_bits (light, 8).edge.r, eight_edge.r, 1e-9);
}

static void
test_classes (void)
{
  for (guint s = 0; s < MIXQ_N_SCHEMES; s++) {
    const MixqPlotTheme *theme = mixq_plot_theme_get ((MixqPlotScheme) s);

    for (guint c = 0; c < MIXQ_N_CLASS_LOOKS; c++) {
      MixqPlotClassLook look = mixq_plot_theme_class (theme, c);
      g_autofree char *what = g_strdup_printf ("class %u", c);

      assert_contrast (theme, what, look.edge, theme->card, MARK);
      /* Colour never stands alone. */
      for (guint other = 0; other < c; other++)
        g_assert_cmpint (mixq_plot_theme_class (theme, other).shape, !=, look.shape);
    }
    assert_contrast (theme, "unknown class", mixq_plot_theme_class (theme, MIXQ_CLASS_UNKNOWN).edge,
                     theme->card, MARK);
    g_assert_cmpint (mixq_plot_theme_class (theme, 30).shape, ==,
                     mixq_plot_theme_class (theme, MIXQ_N_CLASS_LOOKS - 1).shape);
  }
}

static void
test_reach (void)
{
  MixqPlotColor white = mixq_plot_color_hex (0xffffff);
  MixqPlotColor yellow = mixq_plot_color_hex (0xf0e442);
  MixqPlotColor blue = mixq_plot_color_hex (0x0072b2);
  MixqPlotColor moved = mixq_plot_color_reach (yellow, white, MARK);

  g_assert_cmpfloat (mixq_plot_color_contrast (moved, white), >=, MARK);
  g_assert_cmpfloat (mixq_plot_color_contrast (moved, white), <, 2.0 * MARK);
  /* What is strong enough stays. */
  moved = mixq_plot_color_reach (blue, white, MARK);
  g_assert_cmpfloat_with_epsilon (moved.b, blue.b, ROUNDING / 100.0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/theme/known-contrast", test_known_contrast);
  g_test_add_func ("/plot/theme/text", test_text);
  g_test_add_func ("/plot/theme/marks", test_marks);
  g_test_add_func ("/plot/theme/bits", test_bits);
  g_test_add_func ("/plot/theme/design-bits", test_design_bits);
  g_test_add_func ("/plot/theme/classes", test_classes);
  g_test_add_func ("/plot/theme/reach", test_reach);
  return g_test_run ();
}
