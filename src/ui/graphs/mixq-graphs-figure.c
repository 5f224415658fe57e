/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "graphs/mixq-graphs-figure.h"

/* Room for title, caption and margins around the chart, so that nothing is cut off. */
#define FRAME 106.0
#define SIDES 40.0

struct _MixqGraphsFigure
{
  MixqDataset *dataset;
  MixqGraphsStore *store;
  MixqGraphPageItem *items;
  guint32 *order;
  gsize n_shown;
  MixqGraphPageSort sort;
};

static gsize
n_drawn (const MixqGraphsFigure *self)
{
  return MIN (self->n_shown, MIXQ_GRAPH_PAGE_MAX_FIGURE);
}

MixqGraphsFigure *
mixq_graphs_figure_new (MixqGraphsPage *page)
{
  MixqGraphsFigure *self = g_new0 (MixqGraphsFigure, 1);
  const guint32 *order = mixq_graphs_page_peek_order (page, &self->n_shown);

  self->dataset = mixq_dataset_ref (mixq_graphs_page_peek_dataset (page));
  self->store = mixq_graphs_store_ref (mixq_graphs_page_peek_store (page));
  self->items = g_memdup2 (mixq_graphs_page_peek_items (page), self->dataset->n_graphs * sizeof *self->items);
  self->order = g_memdup2 (order, self->n_shown * sizeof *order);
  self->sort = mixq_graphs_page_get_sort (page);
  return self;
}

void
mixq_graphs_figure_free (MixqGraphsFigure *self)
{
  mixq_dataset_unref (self->dataset);
  mixq_graphs_store_unref (self->store);
  g_free (self->items);
  g_free (self->order);
  g_free (self);
}

double
mixq_graphs_figure_height (const MixqGraphsFigure *self, double width)
{
  return mixq_graph_page_figure_height (n_drawn (self), width - SIDES) + FRAME;
}

void
mixq_graphs_figure_draw (cairo_t *cr,
                         double width,
                         double height,
                         const MixqPlotTheme *theme,
                         const MixqGraphsFigure *self)
{
  const gsize n = n_drawn (self);
  g_autoptr (GPtrArray) shapes = g_ptr_array_new_with_free_func ((GDestroyNotify) mixq_graphs_shape_unref);
  g_autofree MixqGraphPageTile *tiles = g_new (MixqGraphPageTile, MAX (n, 1));
  const MixqGraphPage page = { .n_tiles = n,
                               .tiles = tiles,
                               .class_names = (const char *const *) self->dataset->class_names,
                               .n_classes = (guint) self->dataset->n_classes,
                               .n_all = self->n_shown,
                               .sort_title = mixq_graphs_page_sort_title (self->sort) };

  for (gsize i = 0; i < n; i++) {
    MixqGraphsShape *shape = mixq_graphs_store_lay_out (self->store, self->order[i]);

    g_ptr_array_add (shapes, shape);
    tiles[i] = (MixqGraphPageTile){ self->order[i], self->items[self->order[i]], shape->shape };
  }
  mixq_graph_page_figure_draw (cr, width, height, theme, &page);
}

char *
mixq_graphs_figure_csv (const MixqGraphsFigure *self)
{
  return mixq_graph_page_csv (self->items, self->order, self->n_shown,
                              (const char *const *) self->dataset->class_names,
                              (guint) self->dataset->n_classes);
}
