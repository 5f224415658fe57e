/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "graphs/mixq-graphs-page.h"
#include "mixq-hover-card.h"
#include "mixq-picture.h"
#include "mixq-style.h"

G_BEGIN_DECLS

/* What the files of the page share; nothing else includes this. */

struct _MixqGraphsPage
{
  GtkWidget parent_instance;

  /* owned */
  MixqRunModel *run;
  MixqDataset *dataset;
  MixqGraphsStore *store;
  MixqGraphPageSprites *sprites; /* while there is a store */
  MixqPicture *picture;
  MixqTextCache *texts;
  MixqGraphPageItem *items; /* n_graphs */
  guint32 *order;           /* n_graphs, the first n_shown of them in use */
  gsize n_shown;
  char *summary; /* nullable */

  MixqHoverCard *card; /* child */
  GtkAdjustment *horizontal, *vertical;
  GtkScrollablePolicy policies[2];

  MixqGraphPageSort sort;
  MixqPart part;
  MixqGraphPageGrid grid;
  gboolean judged; /* there were predictions when the order was made */
  guint sort_id;
  gint64 focused, hovered; /* graphs */
  gboolean pointer_inside;
  gboolean focus_inside;
  gboolean by_key; /* the tile was chosen with the keyboard: it is marked */
  double pointer_x, pointer_y;
  double asked_top, asked_bottom; /* the part of the page asked for last */
  gint64 asked_time;
  guint ask_id;
  double drawn_top, drawn_bottom, drawn_width;
};

/* mixq-graphs-page.c */
/* mixq_graphs_page_top: how far it is scrolled. */
double mixq_graphs_page_top (MixqGraphsPage *self);
/* mixq_graphs_page_relayout: the number of tiles or the size changed. */
void mixq_graphs_page_relayout (MixqGraphsPage *self);
/* mixq_graphs_page_reveal: scrolls just far enough to see a tile. */
void mixq_graphs_page_reveal (MixqGraphsPage *self, gsize tile);
/* mixq_graphs_page_tile_box: in the widget. */
graphene_rect_t mixq_graphs_page_tile_box (MixqGraphsPage *self, gsize tile);

/* mixq-graphs-items.c */
/* mixq_graphs_page_follow_run: takes data and predictions of now. */
void mixq_graphs_page_follow_run (MixqGraphsPage *self);
void mixq_graphs_page_follow_predictions (MixqGraphsPage *self);
/* mixq_graphs_page_drop_store: with all that was laid out and painted of it. */
void mixq_graphs_page_drop_store (MixqGraphsPage *self);
/* mixq_graphs_page_find: the tile of a graph, -1 where it is not shown. */
gssize mixq_graphs_page_find (MixqGraphsPage *self, gint64 graph);
/* mixq_graphs_page_renew_order: now. */
void mixq_graphs_page_renew_order (MixqGraphsPage *self);

/* mixq-graphs-picture.c */
MixqPicture *mixq_graphs_page_new_picture (MixqGraphsPage *self);
/* mixq_graphs_page_request: a new picture of what is seen, and places for what is not laid out of it. */
void mixq_graphs_page_request (MixqGraphsPage *self);
/* mixq_graphs_page_request_soon: for numbers that change many times a second. */
void mixq_graphs_page_request_soon (MixqGraphsPage *self);
/* mixq_graphs_page_request_if_uncovered: after scrolling. */
void mixq_graphs_page_request_if_uncovered (MixqGraphsPage *self);
/* mixq_graphs_page_seen: the tiles that are on the picture asked for. */
void mixq_graphs_page_seen (MixqGraphsPage *self, gsize *first, gsize *end);

/* mixq-graphs-text.c */
/* mixq_graphs_class_name: "unknown" where there is none. */
const char *mixq_graphs_class_name (const MixqDataset *dataset, gint32 class_index);
/* mixq_graphs_facts: names and values of a graph, for a card: at most 2 x 8 strings and NULL; those in @owned are freed with it. */
void mixq_graphs_facts (MixqGraphsPage *self, gsize graph, const char **rows, GPtrArray *owned);
char *mixq_graphs_title (gsize graph);
char *mixq_graphs_sizes (MixqGraphsPage *self, gsize graph);

/* mixq-graphs-input.c */
void mixq_graphs_page_add_bindings (GtkWidgetClass *klass);
void mixq_graphs_page_add_controllers (MixqGraphsPage *self);
/* mixq_graphs_page_update_card: the card of the hovered graph with the values of now. */
void mixq_graphs_page_update_card (MixqGraphsPage *self);
/* mixq_graphs_page_unhover: what was under the pointer moved away. */
void mixq_graphs_page_unhover (MixqGraphsPage *self);

G_END_DECLS
