/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-hover-card.h"
#include "mixq-picture.h"
#include "tradeoff/mixq-tradeoff-scene.h"
#include "tradeoff/mixq-tradeoff-view.h"

G_BEGIN_DECLS

/* What the files of the trade-off view share; nothing else includes this. */

struct _MixqTradeoffView
{
  GtkWidget parent_instance;

  /* owned */
  MixqRunModel *run;
  MixqPicture *picture; /* of a MixqTradeoffScene */
  GHashTable *arrivals; /* point id -> gint64 * frame time */

  MixqHoverCard *card; /* child */

  guint arrival_tick;
  gboolean roomy;
  gboolean known; /* points of this session have been seen: new ones arrive, the first ones are just there */
  gint64 hovered;
  gint64 focused;
  MixqTradeoffGrip grip;     /* under the pointer or being moved */
  gboolean moving;           /* a budget line; the axes hold still meanwhile */
  MixqTradeoffExtent extent; /* while @moving */
  MixqTradeoffPlace ghost;
  gint64 ghost_until;
};

/* mixq-tradeoff-view.c */
/* mixq_tradeoff_view_request: a new picture of what is now. */
void mixq_tradeoff_view_request (MixqTradeoffView *self);

/* mixq-tradeoff-grips.c */
void mixq_tradeoff_view_add_grip_bindings (GtkWidgetClass *klass);
void mixq_tradeoff_view_add_grip_controllers (MixqTradeoffView *self);
/* mixq_tradeoff_view_point_at: the handle of a budget line under the pointer shows that it can be moved. */
void mixq_tradeoff_view_point_at (MixqTradeoffView *self, double x, double y);

G_END_DECLS
