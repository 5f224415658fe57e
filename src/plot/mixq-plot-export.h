/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-plot-theme.h"

#include <cairo.h>

G_BEGIN_DECLS

typedef enum {
  MIXQ_PLOT_SVG,
  MIXQ_PLOT_PDF,
  MIXQ_PLOT_PNG,
  MIXQ_PLOT_CSV,
} MixqPlotFormat;

/** MixqPlotDrawFunc: draws a chart into 0,0 .. @width,@height. */
typedef void (*MixqPlotDrawFunc) (cairo_t *cr,
                                  double width,
                                  double height,
                                  const MixqPlotTheme *theme,
                                  gconstpointer data);

/** MixqPlotCsvFunc: Returns: (transfer full): the chart's numbers. */
typedef char *(*MixqPlotCsvFunc) (gconstpointer data);

/**
 * MixqPlotFigure: a chart as it goes to a file, to paper or to the clipboard. Borrows everything.
 * @csv: (nullable): without it CSV is an error
 * @width: of the whole figure in pixels (PDF: points)
 * @height: of the whole figure, title and caption included
 * @png_scale: pixels of a PNG per pixel of the figure: 1, 2 or 4; 0 means 1
 * @title: (nullable): written above the chart
 * @caption: (nullable): written below the chart
 * @alt: (nullable): one sentence that stands for the picture; goes into the file, not into the picture
 */
typedef struct
{
  MixqPlotDrawFunc draw;
  MixqPlotCsvFunc csv;
  gconstpointer data;
  const MixqPlotTheme *theme;
  double width;
  double height;
  double png_scale;
  const char *title;
  const char *caption;
  const char *alt;
} MixqPlotFigure;

/** mixq_plot_format_from_path: Returns: %FALSE where the extension names no format; @format is then left alone. */
gboolean mixq_plot_format_from_path (const char *path, MixqPlotFormat *format);

/** mixq_plot_format_extension: "svg", "pdf", "png" or "csv". */
const char *mixq_plot_format_extension (MixqPlotFormat format);

/** mixq_plot_path_with_extension: adds the format's extension where the path has none of ours. Returns: (transfer full). */
char *mixq_plot_path_with_extension (const char *path, MixqPlotFormat format);

/** mixq_plot_figure_draw: ground, title, chart and caption on any cairo target, e.g. a page being printed. */
void mixq_plot_figure_draw (cairo_t *cr, const MixqPlotFigure *figure);

/**
 * mixq_plot_encode:
 * @error: MIXQ_ERROR_VALUE for a size out of bounds, MIXQ_ERROR_UNSUPPORTED for CSV without a table,
 *   MIXQ_ERROR_EXTERNAL where cairo fails
 *
 * The bytes of the file. SVG carries its letters as outlines, so that it looks the same everywhere, and once more as
 * invisible text, so that it can be searched and copied; title and alt text are its title and description. PDF and
 * PNG carry them as metadata. Returns: (transfer full) (nullable).
 */
GBytes *mixq_plot_encode (const MixqPlotFigure *figure,
                          MixqPlotFormat format,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mixq_plot_save:
 * @path: its extension chooses the format
 * @error: as mixq_plot_encode(), and MIXQ_ERROR_IO, MIXQ_ERROR_UNSUPPORTED for an unknown extension
 *
 * Writes the file whole or not at all: a temporary name beside it, fsync, rename. Blocks; not for the UI thread.
 */
gboolean
mixq_plot_save (const MixqPlotFigure *figure, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
