/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-plot-theme.h"

#include <math.h>

/* Compile-time colours, so that the themes are constant data. */
#define RGBA(hex, alpha)                                                                                     \
  {                                                                                                          \
    (((hex) >> 16) & 0xff) / 255.0, (((hex) >> 8) & 0xff) / 255.0, ((hex) &0xff) / 255.0, (alpha)            \
  }
#define RGB(hex) RGBA (hex, 1.0)

#define FONT_FAMILY "Cantarell, Adwaita Sans, Inter, Noto Sans, sans-serif"

#define MARK_CONTRAST 3.0
#define TEXT_CONTRAST 4.5

/* Shared by the normal and the high contrast variant; the edges of the latter are computed to be stronger. */
#define LIGHT_BITS                                                                                           \
  {                                                                                                          \
    { RGB (0x10366f), RGB (0x10366f), RGB (0xffffff) }, { RGB (0x5e7391), RGB (0x5e7391), RGB (0xffffff) },  \
        { RGB (0xc4b063), RGB (0x8d7b34), RGB (0x211c05) },                                                  \
        { RGB (0xf2dc4e), RGB (0x8a7a12), RGB (0x211c05) },                                                  \
  }
#define DARK_BITS                                                                                            \
  {                                                                                                          \
    { RGB (0x4472be), RGB (0x6f9ae0), RGB (0xffffff) }, { RGB (0x8fa3bd), RGB (0x8fa3bd), RGB (0x10151c) },  \
        { RGB (0xd4c27a), RGB (0xd4c27a), RGB (0x211c05) },                                                  \
        { RGB (0xfbe96a), RGB (0xfbe96a), RGB (0x211c05) },                                                  \
  }

static const MixqPlotTheme themes[MIXQ_N_SCHEMES] = {
  [MIXQ_SCHEME_LIGHT] = {
    .name = "light",
    .font_family = FONT_FAMILY,
    .is_dark = FALSE,
    .window = RGB (0xfafafa),
    .card = RGB (0xffffff),
    .header = RGB (0xebebeb),
    .price_bar = RGB (0xf2f2f4),
    .cell = RGB (0xf6f6f8),
    .cell_edge = RGB (0xd9d9de),
    .text = RGB (0x2e2e2e),
    .dim = RGB (0x5e5e63),
    .grid = RGB (0xe8e8eb),
    .trough = RGB (0xd6d6db),
    .accent_line = RGB (0x1c71d8),
    .accent_fill = RGB (0x3584e4),
    .accent_label = RGB (0x1c71d8),
    .on_accent = RGB (0xffffff),
    .live = RGB (0xc64600),
    .beaten = RGB (0x8c8c91),
    .ring = RGB (0x111111),
    .link = RGBA (0x33333a, 0.15),
    .front_tint = RGBA (0x3584e4, 0.07),
    .price_tint = RGBA (0x3584e4, 0.20),
    .bits = LIGHT_BITS,
  },
  [MIXQ_SCHEME_DARK] = {
    .name = "dark",
    .font_family = FONT_FAMILY,
    .is_dark = TRUE,
    .window = RGB (0x242424),
    .card = RGB (0x2f2f30),
    .header = RGB (0x303030),
    .price_bar = RGB (0x2b2b2c),
    .cell = RGB (0x383839),
    .cell_edge = RGB (0x4a4a4d),
    .text = RGB (0xf2f2f2),
    .dim = RGB (0xb4b4ba),
    .grid = RGB (0x3d3d40),
    .trough = RGB (0x4c4c50),
    .accent_line = RGB (0x78aeed),
    .accent_fill = RGB (0x3584e4),
    .accent_label = RGB (0x1c71d8),
    .on_accent = RGB (0xffffff),
    .live = RGB (0xff9d4d),
    .beaten = RGB (0x8a8a8f),
    .ring = RGB (0xffffff),
    .link = RGBA (0xf2f2f2, 0.12),
    .front_tint = RGBA (0x3584e4, 0.08),
    .price_tint = RGBA (0x3584e4, 0.26),
    .bits = DARK_BITS,
  },
  [MIXQ_SCHEME_LIGHT_CONTRAST] = {
    .name = "light-contrast",
    .font_family = FONT_FAMILY,
    .is_dark = FALSE,
    .window = RGB (0xffffff),
    .card = RGB (0xffffff),
    .header = RGB (0xf2f2f2),
    .price_bar = RGB (0xf6f6f8),
    .cell = RGB (0xffffff),
    .cell_edge = RGB (0x6e6e73),
    .text = RGB (0x000000),
    .dim = RGB (0x2e2e2e),
    .grid = RGB (0xc0c0c6),
    .trough = RGB (0x77777c),
    .accent_line = RGB (0x0d4ea6),
    .accent_fill = RGB (0x0d4ea6),
    .accent_label = RGB (0x0d4ea6),
    .on_accent = RGB (0xffffff),
    .live = RGB (0x9a3600),
    .beaten = RGB (0x66666b),
    .ring = RGB (0x000000),
    .link = RGBA (0x000000, 0.28),
    .front_tint = RGBA (0x3584e4, 0.10),
    .price_tint = RGBA (0x3584e4, 0.26),
    .bits = LIGHT_BITS,
  },
  [MIXQ_SCHEME_DARK_CONTRAST] = {
    .name = "dark-contrast",
    .font_family = FONT_FAMILY,
    .is_dark = TRUE,
    .window = RGB (0x101010),
    .card = RGB (0x181818),
    .header = RGB (0x202020),
    .price_bar = RGB (0x181818),
    .cell = RGB (0x202020),
    .cell_edge = RGB (0x9a9aa0),
    .text = RGB (0xffffff),
    .dim = RGB (0xe0e0e4),
    .grid = RGB (0x55555a),
    .trough = RGB (0x8c8c92),
    .accent_line = RGB (0xa8cdf7),
    .accent_fill = RGB (0x3584e4),
    .accent_label = RGB (0x1a5fb4),
    .on_accent = RGB (0xffffff),
    .live = RGB (0xffb677),
    .beaten = RGB (0xaeaeb4),
    .ring = RGB (0xffffff),
    .link = RGBA (0xffffff, 0.24),
    .front_tint = RGBA (0x3584e4, 0.14),
    .price_tint = RGBA (0x3584e4, 0.34),
    .bits = DARK_BITS,
  },
};

static const MixqPlotColor class_fills[MIXQ_N_CLASS_LOOKS - 1] = {
  RGB (0x0072b2), RGB (0xe69f00), RGB (0x009e73), RGB (0xcc79a7),
  RGB (0x56b4e9), RGB (0xd55e00), RGB (0xf0e442),
};

static const MixqPlotShape class_shapes[MIXQ_N_CLASS_LOOKS - 1] = {
  MIXQ_SHAPE_CIRCLE,        MIXQ_SHAPE_SQUARE,   MIXQ_SHAPE_TRIANGLE_UP, MIXQ_SHAPE_DIAMOND,
  MIXQ_SHAPE_TRIANGLE_DOWN, MIXQ_SHAPE_PENTAGON, MIXQ_SHAPE_PLUS,
};

const MixqPlotTheme *
mixq_plot_theme_get (MixqPlotScheme scheme)
{
  g_return_val_if_fail ((guint) scheme < MIXQ_N_SCHEMES, &themes[MIXQ_SCHEME_LIGHT]);
  return &themes[scheme];
}

MixqPlotColor
mixq_plot_color_hex (guint32 rgb)
{
  return (MixqPlotColor) RGB (rgb);
}

MixqPlotColor
mixq_plot_color_mix (MixqPlotColor from, MixqPlotColor to, double t)
{
  return (MixqPlotColor){
    .r = from.r + (to.r - from.r) * t,
    .g = from.g + (to.g - from.g) * t,
    .b = from.b + (to.b - from.b) * t,
    .a = from.a + (to.a - from.a) * t,
  };
}

MixqPlotColor
mixq_plot_color_with_alpha (MixqPlotColor color, double alpha)
{
  color.a = alpha;
  return color;
}

MixqPlotColor
mixq_plot_color_over (MixqPlotColor color, MixqPlotColor ground)
{
  MixqPlotColor opaque = mixq_plot_color_with_alpha (color, 1.0);

  return mixq_plot_color_mix (ground, opaque, color.a);
}

static double
linear_part (double part)
{
  return part <= 0.04045 ? part / 12.92 : pow ((part + 0.055) / 1.055, 2.4);
}

double
mixq_plot_color_luminance (MixqPlotColor color)
{
  return 0.2126 * linear_part (color.r) + 0.7152 * linear_part (color.g) + 0.0722 * linear_part (color.b);
}

double
mixq_plot_color_contrast (MixqPlotColor a, MixqPlotColor b)
{
  double la = mixq_plot_color_luminance (a) + 0.05;
  double lb = mixq_plot_color_luminance (b) + 0.05;

  return MAX (la, lb) / MIN (la, lb);
}

MixqPlotColor
mixq_plot_color_reach (MixqPlotColor color, MixqPlotColor ground, double minimum)
{
  /* The pole is the one that can reach further from the ground. */
  MixqPlotColor black = RGB (0x000000);
  MixqPlotColor white = RGB (0xffffff);
  gboolean darken = mixq_plot_color_contrast (black, ground) > mixq_plot_color_contrast (white, ground);
  MixqPlotColor moved = color;

  for (int step = 1; step <= 20 && mixq_plot_color_contrast (moved, ground) < minimum; step++)
    moved = mixq_plot_color_mix (color, darken ? black : white, step / 20.0);
  return moved;
}

/* Position of a width among the four anchors: 0 = 2 bits ... 3 = 32 bits; below 0 for one bit. */
static double
bits_position (guint bits)
{
  double log_bits = log2 (CLAMP (bits, 1u, 32u));

  if (log_bits <= 3.0)
    return log_bits - 1.0;
  return 2.0 + (log_bits - 3.0) / 2.0;
}

static MixqPlotColor
readable_text (const MixqPlotSwatch *swatch, MixqPlotColor first, MixqPlotColor second)
{
  double with_first = mixq_plot_color_contrast (first, swatch->fill);
  double with_second = mixq_plot_color_contrast (second, swatch->fill);
  MixqPlotColor best = with_first >= with_second ? first : second;

  return mixq_plot_color_reach (best, swatch->fill, TEXT_CONTRAST);
}

MixqPlotSwatch
mixq_plot_theme_bits (const MixqPlotTheme *theme, guint bits)
{
  double position = bits_position (bits);
  guint low = (guint) CLAMP (floor (position), 0.0, 2.0);
  double t = position - low;
  const MixqPlotSwatch *from = &theme->bits[low];
  const MixqPlotSwatch *to = &theme->bits[low + 1];
  MixqPlotSwatch swatch;

  if (t == 0.0)
    return *from;
  if (t == 1.0)
    return *to;
  if (t < 0.0) {
    /* One bit: darker than two; a dark card leaves little room below, so there the edge carries it. */
    swatch = *from;
    swatch.fill = mixq_plot_color_mix (from->fill, mixq_plot_color_hex (0x000000), 0.4);
  } else {
    swatch.fill = mixq_plot_color_mix (from->fill, to->fill, t);
    swatch.edge = swatch.fill;
  }
  swatch.edge = mixq_plot_color_reach (swatch.edge, theme->card, MARK_CONTRAST);
  swatch.edge = mixq_plot_color_reach (swatch.edge, theme->cell, MARK_CONTRAST);
  swatch.text = readable_text (&swatch, from->text, to->text);
  return swatch;
}

MixqPlotClassLook
mixq_plot_theme_class (const MixqPlotTheme *theme, guint class_index)
{
  MixqPlotColor black = RGB (0x000000);
  MixqPlotClassLook look;

  if (class_index == MIXQ_CLASS_UNKNOWN) {
    look.fill = theme->card;
    look.edge = theme->beaten;
    look.shape = MIXQ_SHAPE_CIRCLE;
    return look;
  }
  if (class_index >= MIXQ_N_CLASS_LOOKS - 1) {
    look.fill = theme->is_dark ? mixq_plot_color_hex (0xe6e6e6) : mixq_plot_color_hex (0x333333);
    look.shape = MIXQ_SHAPE_HEXAGON;
  } else {
    look.fill = class_fills[class_index];
    look.shape = class_shapes[class_index];
  }
  /* Several fills are under 3:1 on white, so the edge has to carry the shape there. */
  look.edge = theme->is_dark ? look.fill : mixq_plot_color_mix (look.fill, black, 0.55);
  look.edge = mixq_plot_color_reach (look.edge, theme->card, MARK_CONTRAST);
  return look;
}
