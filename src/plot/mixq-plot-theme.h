/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MixqPlotColor: sRGB, each part 0..1, not premultiplied.
 */
typedef struct
{
  double r;
  double g;
  double b;
  double a;
} MixqPlotColor;

/**
 * MixqPlotSwatch: how one kind of mark is filled.
 * @fill: the area
 * @edge: the outline; at least 3:1 against the card even where @fill is not
 * @text: small text on @fill, at least 4.5:1
 */
typedef struct
{
  MixqPlotColor fill;
  MixqPlotColor edge;
  MixqPlotColor text;
} MixqPlotSwatch;

/**
 * MixqPlotShape: second cue beside the class colour. The order is that of the class palette.
 */
typedef enum {
  MIXQ_SHAPE_CIRCLE,
  MIXQ_SHAPE_SQUARE,
  MIXQ_SHAPE_TRIANGLE_UP,
  MIXQ_SHAPE_DIAMOND,
  MIXQ_SHAPE_TRIANGLE_DOWN,
  MIXQ_SHAPE_PENTAGON,
  MIXQ_SHAPE_PLUS,
  MIXQ_SHAPE_HEXAGON,
} MixqPlotShape;

#define MIXQ_N_SHAPES 8

/** Classes that keep a look of their own; all further ones share the last, neutral look. */
#define MIXQ_N_CLASS_LOOKS 8

/** A node whose class is not known, e.g. without a label. */
#define MIXQ_CLASS_UNKNOWN 0xff

/**
 * MixqPlotClassLook: colour and shape of one class.
 */
typedef struct
{
  MixqPlotColor fill;
  MixqPlotColor edge;
  MixqPlotShape shape;
} MixqPlotClassLook;

typedef enum {
  MIXQ_SCHEME_LIGHT,
  MIXQ_SCHEME_DARK,
  MIXQ_SCHEME_LIGHT_CONTRAST,
  MIXQ_SCHEME_DARK_CONTRAST,
} MixqPlotScheme;

#define MIXQ_N_SCHEMES 4

/**
 * MixqPlotTheme:
 * @name: short name for files and tests, never translated
 * @font_family: comma separated Pango families, the first one installed wins
 * @accent_label: ground of small white text; the accent fill itself gives white only 3.8:1
 * @front_tint: translucent, below the front
 * @price_tint: translucent, below the price steps of the timeline
 * @link: an edge of the graph when it lies alone; links add up where they are dense
 *
 * Colours of one scheme. Copy it to change the font family; the originals are constant.
 */
typedef struct
{
  const char *name;
  const char *font_family;
  gboolean is_dark;
  MixqPlotColor window;
  MixqPlotColor card;
  MixqPlotColor header;
  MixqPlotColor price_bar;
  MixqPlotColor cell;
  MixqPlotColor cell_edge;
  MixqPlotColor text;
  MixqPlotColor dim;
  MixqPlotColor grid;
  MixqPlotColor trough;
  MixqPlotColor accent_line;
  MixqPlotColor accent_fill;
  MixqPlotColor accent_label;
  MixqPlotColor on_accent;
  MixqPlotColor live;
  MixqPlotColor beaten;
  MixqPlotColor ring;
  MixqPlotColor link;
  MixqPlotColor front_tint;
  MixqPlotColor price_tint;
  /*< private >*/
  MixqPlotSwatch bits[4]; /* 2, 4, 8 and 32 bits; the others lie between */
} MixqPlotTheme;

/** mixq_plot_theme_get: Returns: (transfer none): the constant theme of @scheme. */
const MixqPlotTheme *mixq_plot_theme_get (MixqPlotScheme scheme);

/**
 * mixq_plot_theme_bits:
 * @bits: 1..32
 *
 * The look of a bit-width. More bits are lighter in every scheme. 2, 4, 8 and 32 are the design's; widths between
 * are mixed by the logarithm of the width, and their edge and text are moved until they reach 3:1 and 4.5:1.
 */
MixqPlotSwatch mixq_plot_theme_bits (const MixqPlotTheme *theme, guint bits);

/**
 * mixq_plot_theme_class:
 * @class_index: 0-based class; from %MIXQ_N_CLASS_LOOKS - 1 on all share one neutral look, %MIXQ_CLASS_UNKNOWN is a hollow
 *   grey circle
 *
 * Okabe-Ito colours in the design's order with a shape for each.
 */
MixqPlotClassLook mixq_plot_theme_class (const MixqPlotTheme *theme, guint class_index);

MixqPlotColor mixq_plot_color_hex (guint32 rgb);
/** mixq_plot_color_mix: @t = 0 gives @from, 1 gives @to; in sRGB. */
MixqPlotColor mixq_plot_color_mix (MixqPlotColor from, MixqPlotColor to, double t);
MixqPlotColor mixq_plot_color_with_alpha (MixqPlotColor color, double alpha);
/** mixq_plot_color_over: the opaque colour seen where @color lies on the opaque @ground. */
MixqPlotColor mixq_plot_color_over (MixqPlotColor color, MixqPlotColor ground);
/** mixq_plot_color_luminance: relative luminance of WCAG 2, 0..1; alpha is ignored. */
double mixq_plot_color_luminance (MixqPlotColor color);
/** mixq_plot_color_contrast: contrast ratio of WCAG 2, 1..21, for two opaque colours. */
double mixq_plot_color_contrast (MixqPlotColor a, MixqPlotColor b);
/**
 * mixq_plot_color_reach:
 * @minimum: wanted contrast
 *
 * Moves @color towards black (light @ground) or white (dark @ground) just far enough for @minimum against @ground.
 */
MixqPlotColor mixq_plot_color_reach (MixqPlotColor color, MixqPlotColor ground, double minimum);

G_END_DECLS
