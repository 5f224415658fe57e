/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of every graph, and the order they are shown in. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "graphs/mixq-graphs-page-private.h"

/* Predictions come many times a second; an order that moved as often could not be looked at. */
#define SORT_MS 1500

/* --- from the run ------------------------------------------------------------------------------------------------------ */

/* Of a finished model or of the search, whichever is shown; %NULL where it is of other data. */
static const guint16 *
shown_prediction (MixqGraphsPage *self, const guint8 **confidence)
{
  MixqPoint *shown = mixq_run_model_peek_shown (self->run);
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (self->run);
  gsize n = shown != NULL && shown->prediction != NULL ? shown->n_items
            : snapshot != NULL                         ? snapshot->n_items
                                                       : 0;

  return n == self->dataset->n_graphs ? mixq_run_model_peek_prediction (self->run, confidence) : NULL;
}

void
mixq_graphs_page_follow_predictions (MixqGraphsPage *self)
{
  MixqPoint *float32;
  const guint8 *confidence = NULL;
  const guint16 *prediction;

  if (self->dataset == NULL || mixq_run_model_peek_dataset (self->run) != self->dataset)
    return;
  float32 = mixq_run_model_peek_float (self->run);
  prediction = shown_prediction (self, &confidence);
  mixq_graphs_page_set_predictions (
      self, prediction, confidence,
      float32 != NULL && float32->n_items == self->dataset->n_graphs ? float32->prediction : NULL);
}

void
mixq_graphs_page_follow_run (MixqGraphsPage *self)
{
  MixqDataset *dataset = mixq_run_model_peek_dataset (self->run);

  if (dataset != NULL && dataset->task != MIXQ_TASK_GRAPHS)
    dataset = NULL;
  mixq_graphs_page_set_dataset (self, dataset);
  mixq_graphs_page_follow_predictions (self);
}

/* --- the items --------------------------------------------------------------------------------------------------------- */

static void
fill_items (MixqGraphsPage *self)
{
  const MixqDataset *dataset = self->dataset;
  const guint8 *part = mixq_dataset_peek_item_part (dataset);

  for (gsize i = 0; i < dataset->n_graphs; i++)
    self->items[i] = (MixqGraphPageItem){ .truth = mixq_dataset_item_class (dataset, i),
                                          .prediction = -1,
                                          .float32 = -1,
                                          .confidence = NAN,
                                          .part = part[i] };
}

static void
store_changed_cb (gpointer user_data)
{
  mixq_graphs_page_request (user_data);
}

void
mixq_graphs_page_drop_store (MixqGraphsPage *self)
{
  if (self->store == NULL)
    return;
  mixq_graphs_store_close (self->store);
  g_clear_pointer (&self->store, mixq_graphs_store_unref);
  g_clear_pointer (&self->sprites, mixq_graph_page_sprites_unref);
}

void
mixq_graphs_page_set_dataset (MixqGraphsPage *self, MixqDataset *dataset)
{
  gboolean same_graphs;

  g_return_if_fail (MIXQ_IS_GRAPHS_PAGE (self));
  g_return_if_fail (dataset == NULL || dataset->task == MIXQ_TASK_GRAPHS);

  if (dataset == self->dataset)
    return;
  same_graphs = dataset != NULL && self->dataset != NULL && dataset->graph == self->dataset->graph;
  if (!same_graphs) {
    mixq_graphs_page_drop_store (self);
    mixq_picture_drop (self->picture);
    self->focused = MIXQ_NO_GRAPH;
  }
  mixq_graphs_page_unhover (self);
  g_clear_pointer (&self->dataset, mixq_dataset_unref);
  self->judged = FALSE;
  self->n_shown = 0;
  if (dataset != NULL) {
    self->dataset = mixq_dataset_ref (dataset);
    self->items = g_renew (MixqGraphPageItem, self->items, dataset->n_graphs);
    self->order = g_renew (guint32, self->order, dataset->n_graphs);
    fill_items (self);
    if (!same_graphs) {
      self->store = mixq_graphs_store_new (dataset, store_changed_cb, self);
      self->sprites = mixq_graph_page_sprites_new ();
    }
  }
  mixq_graphs_page_renew_order (self);
  g_object_notify (G_OBJECT (self), "shown");
  g_signal_emit_by_name (self, "items-changed");
  if (!same_graphs && self->vertical != NULL)
    gtk_adjustment_set_value (self->vertical, 0.0);
}

/* Everything of an item that a tile shows. */
static guint64
look_of (const MixqGraphPageItem *item)
{
  guint percent = isfinite (item->confidence) ? (guint) lround (100.0 * (double) item->confidence) : 255;

  return (guint64) (guint32) item->prediction << 32 | percent << 8 |
         (guint) mixq_graph_page_is_flipped (item) << 1 | (guint) mixq_graph_page_is_wrong (item);
}

static gboolean
seen_changed (MixqGraphsPage *self, const MixqGraphPageItem *before)
{
  gsize first, end;

  mixq_graphs_page_seen (self, &first, &end);
  for (gsize tile = first; tile < end; tile++)
    if (look_of (&before[self->order[tile]]) != look_of (&self->items[self->order[tile]]))
      return TRUE;
  return FALSE;
}

/* --- order ------------------------------------------------------------------------------------------------------------- */

static void
update_summary (MixqGraphsPage *self)
{
  g_autofree char *summary = NULL;
  MixqGraphPageCounts counts;

  if (self->dataset != NULL) {
    counts = mixq_graph_page_count (self->items, self->dataset->n_graphs, self->part);
    summary = mixq_graph_page_summary (&counts, self->part);
  }
  if (g_strcmp0 (summary, self->summary) == 0)
    return;
  g_free (self->summary);
  self->summary = g_steal_pointer (&summary);
  g_object_notify (G_OBJECT (self), "summary");
}

void
mixq_graphs_page_renew_order (MixqGraphsPage *self)
{
  gsize shown = self->n_shown;

  g_clear_handle_id (&self->sort_id, g_source_remove);
  if (self->dataset != NULL)
    self->n_shown = mixq_graph_page_order (self->items, self->dataset->n_graphs, self->sort, self->part,
                                           self->order);
  if (mixq_graphs_page_find (self, self->focused) < 0)
    self->focused = MIXQ_NO_GRAPH;
  mixq_graphs_page_unhover (self);
  mixq_graphs_page_relayout (self);
  update_summary (self);
  mixq_picture_describe_soon (self->picture);
  mixq_picture_describe (self->picture, NULL, FALSE);
  if (self->n_shown != shown)
    g_object_notify (G_OBJECT (self), "shown");
  mixq_graphs_page_request (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
sort_cb (gpointer user_data)
{
  MixqGraphsPage *self = user_data;

  /* Someone looks: nothing moves away from under them. */
  if (self->pointer_inside || self->focus_inside)
    return G_SOURCE_CONTINUE;
  self->sort_id = 0;
  mixq_graphs_page_renew_order (self);
  return G_SOURCE_REMOVE;
}

static void
sort_soon (MixqGraphsPage *self)
{
  if (self->sort == MIXQ_GRAPH_PAGE_DATA || self->sort == MIXQ_GRAPH_PAGE_CLASS || self->sort_id != 0)
    return;
  self->sort_id = g_timeout_add (SORT_MS, sort_cb, self);
}

void
mixq_graphs_page_set_predictions (MixqGraphsPage *self,
                                  const guint16 *prediction,
                                  const guint8 *confidence,
                                  const guint16 *float32)
{
  g_autofree MixqGraphPageItem *before = NULL;

  g_return_if_fail (MIXQ_IS_GRAPHS_PAGE (self));
  g_return_if_fail (self->dataset != NULL);

  before = g_memdup2 (self->items, self->dataset->n_graphs * sizeof *before);
  for (gsize i = 0; i < self->dataset->n_graphs; i++) {
    self->items[i].prediction = prediction != NULL ? prediction[i] : -1;
    self->items[i].confidence = confidence != NULL ? (float) confidence[i] / 255.0f : NAN;
    self->items[i].float32 = float32 != NULL ? float32[i] : -1;
  }
  if (self->hovered >= 0)
    mixq_graphs_page_update_card (self);
  g_signal_emit_by_name (self, "items-changed");
  if (prediction != NULL && !self->judged) {
    /* The first ones: until now there was nothing to order by. */
    self->judged = TRUE;
    mixq_graphs_page_renew_order (self);
    return;
  }
  sort_soon (self);
  update_summary (self);
  mixq_picture_describe (self->picture, NULL, FALSE);
  if (seen_changed (self, before))
    mixq_graphs_page_request_soon (self);
}

void
mixq_graphs_page_set_sort (MixqGraphsPage *self, MixqGraphPageSort sort)
{
  g_return_if_fail (MIXQ_IS_GRAPHS_PAGE (self));
  g_return_if_fail (sort < MIXQ_GRAPH_PAGE_N_SORTS);

  self->sort = sort;
  mixq_graphs_page_renew_order (self);
  if (self->vertical != NULL)
    gtk_adjustment_set_value (self->vertical, 0.0);
}

void
mixq_graphs_page_set_part (MixqGraphsPage *self, MixqPart part)
{
  g_return_if_fail (MIXQ_IS_GRAPHS_PAGE (self));

  self->part = part;
  mixq_graphs_page_renew_order (self);
  if (self->vertical != NULL)
    gtk_adjustment_set_value (self->vertical, 0.0);
}

/* --- walking it -------------------------------------------------------------------------------------------------------- */

gssize
mixq_graphs_page_find (MixqGraphsPage *self, gint64 graph)
{
  for (gsize tile = 0; graph >= 0 && tile < self->n_shown; tile++)
    if (self->order[tile] == graph)
      return (gssize) tile;
  return -1;
}

gint64
mixq_graphs_page_step (MixqGraphsPage *self, gint64 graph, gint64 delta)
{
  gssize tile;

  g_return_val_if_fail (MIXQ_IS_GRAPHS_PAGE (self), MIXQ_NO_GRAPH);

  tile = mixq_graphs_page_find (self, graph);
  if (tile < 0 || tile + delta < 0 || tile + delta >= (gint64) self->n_shown)
    return graph;
  return self->order[tile + delta];
}

gint64
mixq_graphs_page_next_flip (MixqGraphsPage *self, int direction)
{
  gint64 n, at;

  g_return_val_if_fail (MIXQ_IS_GRAPHS_PAGE (self), MIXQ_NO_GRAPH);

  n = (gint64) self->n_shown;
  at = mixq_graphs_page_find (self, self->focused);
  for (gint64 i = 1; i <= n; i++) {
    gint64 tile = ((at < 0 && direction < 0 ? 0 : at) + direction * i) % n;
    guint32 graph = self->order[tile < 0 ? tile + n : tile];

    if (mixq_graph_page_is_flipped (&self->items[graph]))
      return graph;
  }
  return MIXQ_NO_GRAPH;
}
