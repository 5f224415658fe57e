/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "graphs/mixq-graphs-page.h"

G_BEGIN_DECLS

/** MixqGraphsFigure: the page as it is now, for a file: filter and order as shown, the first graphs where they are many. */
typedef struct _MixqGraphsFigure MixqGraphsFigure;

/** mixq_graphs_figure_new: main thread; the others below on a worker. */
MixqGraphsFigure *mixq_graphs_figure_new (MixqGraphsPage *page);
void mixq_graphs_figure_free (MixqGraphsFigure *self);
double mixq_graphs_figure_height (const MixqGraphsFigure *self, double width);
/** mixq_graphs_figure_draw: lays out what is not yet. */
void mixq_graphs_figure_draw (cairo_t *cr,
                              double width,
                              double height,
                              const MixqPlotTheme *theme,
                              const MixqGraphsFigure *self);
/** mixq_graphs_figure_csv: every graph shown, not only the first. */
char *mixq_graphs_figure_csv (const MixqGraphsFigure *self);

G_END_DECLS
