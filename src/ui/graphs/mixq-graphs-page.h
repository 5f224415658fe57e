/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "graphs/mixq-graphs-store.h"
#include "mixq-run-model.h"

G_BEGIN_DECLS

/** MIXQ_NO_GRAPH: none has the focus. */
#define MIXQ_NO_GRAPH (-1)

/**
 * MixqGraphsPage: a data set of many graphs as a page of small ones, for a GtkScrolledWindow. What is seen and some more is
 * painted on a worker; graphs are laid out on another as they come into view, until then they are circles.
 *
 * The order follows the predictions, but not while the pointer or the keyboard is in the page: what someone looks at
 * stays where it is. Property: summary (string, nullable): how many of the graphs shown are right and flipped; shown
 * (uint): how many they are.
 */
#define MIXQ_TYPE_GRAPHS_PAGE (mixq_graphs_page_get_type ())
G_DECLARE_FINAL_TYPE (MixqGraphsPage, mixq_graphs_page, MIXQ, GRAPHS_PAGE, GtkWidget)

GtkWidget *mixq_graphs_page_new (void);
/** mixq_graphs_page_set_run_model: follows it from now on: its data wherever they are graphs, and their predictions. */
void mixq_graphs_page_set_run_model (MixqGraphsPage *self, MixqRunModel *model);
/** mixq_graphs_page_set_dataset: (nullable): of MIXQ_TASK_GRAPHS. The same graphs with another split keep their places. */
void mixq_graphs_page_set_dataset (MixqGraphsPage *self, MixqDataset *dataset);
/** mixq_graphs_page_peek_dataset: (nullable) (transfer none). */
MixqDataset *mixq_graphs_page_peek_dataset (MixqGraphsPage *self);
/**
 * mixq_graphs_page_set_predictions:
 * @prediction: (nullable): a class a graph
 * @confidence: (nullable): of it, x 255
 * @float32: (nullable): float32's classes
 *
 * Cost: O(n_graphs); a new picture only where something that is seen looks different.
 */
void mixq_graphs_page_set_predictions (MixqGraphsPage *self,
                                       const guint16 *prediction,
                                       const guint8 *confidence,
                                       const guint16 *float32);

/** mixq_graphs_page_set_sort: orders anew at once and begins at the top. */
void mixq_graphs_page_set_sort (MixqGraphsPage *self, MixqGraphPageSort sort);
MixqGraphPageSort mixq_graphs_page_get_sort (MixqGraphsPage *self);
const char *mixq_graphs_page_sort_title (MixqGraphPageSort sort);
/** mixq_graphs_page_set_part: %MIXQ_PART_NONE shows all. */
void mixq_graphs_page_set_part (MixqGraphsPage *self, MixqPart part);
MixqPart mixq_graphs_page_get_part (MixqGraphsPage *self);
const char *mixq_graphs_page_part_title (MixqPart part);
/** mixq_graphs_page_part_parse: "all", "train", "val", "test"; -1 for an unknown name. */
int mixq_graphs_page_part_parse (const char *name);

/** mixq_graphs_page_peek_order: (array length=n): the graphs shown, in order; valid until anything changes. */
const guint32 *mixq_graphs_page_peek_order (MixqGraphsPage *self, gsize *n);
/** mixq_graphs_page_peek_items: (array): of every graph of the data. */
const MixqGraphPageItem *mixq_graphs_page_peek_items (MixqGraphsPage *self);
/** mixq_graphs_page_peek_store: (nullable). */
MixqGraphsStore *mixq_graphs_page_peek_store (MixqGraphsPage *self);
/** mixq_graphs_page_get_focused: the graph the keyboard is on, or %MIXQ_NO_GRAPH. */
gint64 mixq_graphs_page_get_focused (MixqGraphsPage *self);
/** mixq_graphs_page_focus_graph: puts the keyboard on a graph that is shown, and scrolls there. */
void mixq_graphs_page_focus_graph (MixqGraphsPage *self, gint64 graph);
/** mixq_graphs_page_go_to: the same, and takes the keyboard. */
void mixq_graphs_page_go_to (MixqGraphsPage *self, gint64 graph);
/** mixq_graphs_page_next_flip: the next flipped graph in the order shown; %MIXQ_NO_GRAPH for none. */
gint64 mixq_graphs_page_next_flip (MixqGraphsPage *self, int direction);
/** mixq_graphs_page_step: the graph @delta places on in the order shown, or @graph at its ends. */
gint64 mixq_graphs_page_step (MixqGraphsPage *self, gint64 graph, gint64 delta);
/** mixq_graphs_page_open: shows a graph large, in a window over this one. Returns: (transfer none): that window. */
GtkWindow *mixq_graphs_page_open (MixqGraphsPage *self, gint64 graph);
char *mixq_graphs_page_dup_description (MixqGraphsPage *self);
/** mixq_graphs_page_dup_csv: a row for each graph shown. */
char *mixq_graphs_page_dup_csv (MixqGraphsPage *self);
/** mixq_graphs_page_has_picture: a texture is on the screen that covers what is seen; for tests. */
gboolean mixq_graphs_page_has_picture (MixqGraphsPage *self);

G_END_DECLS
