/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-plot-theme.h"

#include <cairo.h>

G_BEGIN_DECLS

/**
 * MixqPlotFont:
 * @family: (nullable): comma separated families
 * @size: pixels
 * @weight: 400 regular, 700 bold, 800 extra bold
 */
typedef struct
{
  const char *family;
  double size;
  int weight;
} MixqPlotFont;

/** mixq_plot_font: a font of the theme's family. Borrows the family's name. */
MixqPlotFont mixq_plot_font (const MixqPlotTheme *theme, double size, int weight);

/** mixq_plot_text_measure: logical size of one line in pixels; figures are tabular everywhere. */
void mixq_plot_text_measure (const MixqPlotFont *font, const char *text, double *width, double *height);

/**
 * mixq_plot_text_draw:
 * @x: place that @x_align of the line's width lies on
 * @y: place that @y_align of the line's height lies on
 * @x_align: 0 left, 0.5 centre, 1 right
 * @y_align: 0 top, 0.5 middle, 1 bottom
 *
 * Draws one line. Must be valid UTF-8.
 */
void mixq_plot_text_draw (cairo_t *cr,
                          const MixqPlotFont *font,
                          MixqPlotColor color,
                          const char *text,
                          double x,
                          double y,
                          double x_align,
                          double y_align);

/** mixq_plot_text_draw_halo: as mixq_plot_text_draw(), on a soft outline of @halo so that it reads over marks. */
void mixq_plot_text_draw_halo (cairo_t *cr,
                               const MixqPlotFont *font,
                               MixqPlotColor color,
                               MixqPlotColor halo,
                               const char *text,
                               double x,
                               double y,
                               double x_align,
                               double y_align);

/**
 * mixq_plot_text_draw_wrapped:
 * @cr: (nullable): %NULL only measures
 *
 * A paragraph from its top left corner, wrapped at @width. Returns: its height in pixels.
 */
double mixq_plot_text_draw_wrapped (cairo_t *cr,
                                    const MixqPlotFont *font,
                                    MixqPlotColor color,
                                    const char *text,
                                    double x,
                                    double y,
                                    double width);

/**
 * MixqPlotTextRun: one piece of text as it was drawn.
 * @x: left end of the baseline, device space
 */
typedef struct
{
  char *text;
  double x;
  double y;
  double size;
} MixqPlotTextRun;

void mixq_plot_text_run_free (MixqPlotTextRun *run);

/**
 * mixq_plot_text_record:
 * @runs: (element-type MixqPlotTextRun): must outlive @cr
 *
 * From here on all text drawn on @cr is also noted in @runs. For formats that keep letters only as outlines.
 */
void mixq_plot_text_record (cairo_t *cr, GPtrArray *runs);

G_END_DECLS
