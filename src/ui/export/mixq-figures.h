/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "graph/mixq-graph-canvas.h"
#include "graphs/mixq-graphs-page.h"
#include "mixq-run-model.h"

G_BEGIN_DECLS

/** MixqFigureKind: which view goes to a file. */
typedef enum {
  MIXQ_FIGURE_BITS,
  MIXQ_FIGURE_TRADEOFF,
  MIXQ_FIGURE_GRAPH,
  MIXQ_N_FIGURES,
} MixqFigureKind;

/** mixq_figure_name: "bits", "tradeoff", "graph". */
const char *mixq_figure_name (MixqFigureKind kind);
/** mixq_figure_parse: -1 for an unknown name. */
int mixq_figure_parse (const char *name);

/**
 * mixq_figure_save_async:
 * @path: its extension chooses SVG, PDF, PNG or CSV
 *
 * Copies what the view shows now and writes it on a worker, with title, legend, caption and alt text, in the light
 * scheme. The graph is that of @canvas, or the page of small graphs where @page shows any. Errors: as mixq_plot_save(), and MIXQ_ERROR_VALUE where the view has nothing to show yet.
 */
void mixq_figure_save_async (MixqFigureKind kind,
                             MixqRunModel *run,
                             MixqGraphCanvas *canvas,
                             MixqGraphsPage *page,
                             const char *path,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean mixq_figure_save_finish (GAsyncResult *result, GError **error);

G_END_DECLS
