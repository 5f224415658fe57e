/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Graphs and their page in words. */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "graphs/mixq-graphs-page-private.h"

const char *
mixq_graphs_page_sort_title (MixqGraphPageSort sort)
{
  switch (sort) {
  case MIXQ_GRAPH_PAGE_DATA:
    return _ ("As in the Data");
  case MIXQ_GRAPH_PAGE_SURE:
    return _ ("Least Sure First");
  case MIXQ_GRAPH_PAGE_CLASS:
    return _ ("By Class");
  case MIXQ_GRAPH_PAGE_PREDICTION:
    return _ ("By Prediction");
  case MIXQ_GRAPH_PAGE_FLIPS:
    return _ ("Flips First");
  case MIXQ_GRAPH_PAGE_WRONG:
    return _ ("Wrong First");
  case MIXQ_GRAPH_PAGE_N_SORTS:
  default:
    g_return_val_if_reached ("");
  }
}

const char *
mixq_graphs_page_part_title (MixqPart part)
{
  switch (part) {
  case MIXQ_PART_TRAIN:
    return _ ("Training");
  case MIXQ_PART_VAL:
    return _ ("Validation");
  case MIXQ_PART_TEST:
    return _ ("Test");
  case MIXQ_PART_NONE:
  default:
    return _ ("All Graphs");
  }
}

int
mixq_graphs_page_part_parse (const char *name)
{
  static const char *const names[] = { "all", "train", "val", "test" };

  for (int part = 0; part < (int) G_N_ELEMENTS (names); part++)
    if (g_strcmp0 (name, names[part]) == 0)
      return part;
  return -1;
}

const char *
mixq_graphs_class_name (const MixqDataset *dataset, gint32 class_index)
{
  if (class_index < 0 || class_index >= (gint32) dataset->n_classes)
    return _ ("unknown");
  return dataset->class_names[class_index];
}

char *
mixq_graphs_title (gsize graph)
{
  return g_strdup_printf (_ ("Graph %lu"), (gulong) graph);
}

char *
mixq_graphs_sizes (MixqGraphsPage *self, gsize graph)
{
  gulong n = (gulong) (self->dataset->graph_ptr[graph + 1] - self->dataset->graph_ptr[graph]);
  gulong m = (gulong) mixq_graphs_store_count_edges (self->store, graph);
  g_autofree char *nodes = g_strdup_printf (ngettext ("%'lu node", "%'lu nodes", n), n);
  g_autofree char *edges = g_strdup_printf (ngettext ("%'lu edge", "%'lu edges", m), m);

  /* Translators: "41 nodes, 82 edges" */
  return g_strdup_printf (_ ("%s, %s"), nodes, edges);
}

static const char *
part_name (guint8 part)
{
  return part == MIXQ_PART_TRAIN  ? _ ("training")
         : part == MIXQ_PART_VAL  ? _ ("validation")
         : part == MIXQ_PART_TEST ? _ ("test")
                                  : _ ("nothing");
}

static char *
sure_text (const MixqGraphPageItem *item)
{
  return g_strdup_printf ("%.0f %%", 100.0 * (double) item->confidence);
}

void
mixq_graphs_facts (MixqGraphsPage *self, gsize graph, const char **rows, GPtrArray *owned)
{
  const MixqGraphPageItem *item = &self->items[graph];
  guint n = 0;

  rows[n++] = _ ("truth");
  rows[n++] = mixq_graphs_class_name (self->dataset, item->truth);
  if (item->prediction >= 0) {
    rows[n++] = _ ("prediction");
    rows[n++] = mixq_graphs_class_name (self->dataset, item->prediction);
  }
  if (item->float32 >= 0) {
    rows[n++] = _ ("float32");
    rows[n++] = mixq_graphs_class_name (self->dataset, item->float32);
  }
  if (isfinite (item->confidence)) {
    g_ptr_array_add (owned, sure_text (item));
    rows[n++] = _ ("confidence");
    rows[n++] = owned->pdata[owned->len - 1];
  }
  rows[n++] = _ ("used for");
  rows[n++] = part_name (item->part);
  rows[n] = NULL;
}

/* Takes @text. */
static void
say (GStrvBuilder *words, char *text)
{
  g_strv_builder_add (words, text);
  g_free (text);
}

/* "Graph 12, predicted skip 3, confidence 83 %, test, wrong: it is skip 5, float32 says skip 5" */
static char *
describe_graph (MixqGraphsPage *self, gsize graph)
{
  const MixqGraphPageItem *item = &self->items[graph];
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) said = NULL;

  say (words, mixq_graphs_title (graph));
  if (item->prediction >= 0)
    say (words,
         g_strdup_printf (_ ("predicted %s"), mixq_graphs_class_name (self->dataset, item->prediction)));
  if (isfinite (item->confidence)) {
    g_autofree char *sure = sure_text (item);

    say (words, g_strdup_printf (_ ("confidence %s"), sure));
  }
  say (words, g_strdup (part_name (item->part)));
  if (mixq_graph_page_is_wrong (item))
    say (words, g_strdup_printf (_ ("wrong: it is %s"), mixq_graphs_class_name (self->dataset, item->truth)));
  if (mixq_graph_page_is_flipped (item))
    say (words,
         g_strdup_printf (_ ("float32 says %s"), mixq_graphs_class_name (self->dataset, item->float32)));
  said = g_strv_builder_end (words);
  return g_strjoinv (", ", said);
}

char *
mixq_graphs_page_dup_description (MixqGraphsPage *self)
{
  g_autofree char *focused = NULL;

  g_return_val_if_fail (MIXQ_IS_GRAPHS_PAGE (self), NULL);

  if (self->dataset == NULL || self->summary == NULL)
    return g_strdup (_ ("No graphs yet"));
  if (self->focused < 0)
    /* Translators: the page of graphs for a screen reader: title, summary, order. */
    return g_strdup_printf (_ ("%s, %s, %s"), self->dataset->title, self->summary,
                            mixq_graphs_page_sort_title (self->sort));
  focused = describe_graph (self, (gsize) self->focused);
  return g_strdup_printf (_ ("%s. %s, %s, %s"), focused, self->dataset->title, self->summary,
                          mixq_graphs_page_sort_title (self->sort));
}

char *
mixq_graphs_page_dup_csv (MixqGraphsPage *self)
{
  g_return_val_if_fail (MIXQ_IS_GRAPHS_PAGE (self), NULL);

  if (self->dataset == NULL)
    return g_strdup ("");
  return mixq_graph_page_csv (self->items, self->order, self->n_shown,
                              (const char *const *) self->dataset->class_names,
                              (guint) self->dataset->n_classes);
}
