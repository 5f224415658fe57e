/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bits/mixq-bits-draw.h"
#include "bits/mixq-bits-view.h"
#include "mixq-hover-card.h"
#include "mixq-picture.h"

G_BEGIN_DECLS

/* What the files of the bits view share; nothing else includes this. */

struct _MixqBitsView
{
  GtkWidget parent_instance;

  /* owned */
  MixqRunModel *run;
  MixqBitsLayout *layout; /* NULL in list form or before a session */
  MixqTextCache *texts;
  MixqPicture *streams;
  GskRenderNode *ground;
  MixqCostModel *cost_model; /* NULL for an axis that needs a measured table */
  MixqBitsCell *cells;
  gint64 *changed; /* frame time when the number changed, per slot */

  /* children */
  MixqHoverCard *card;
  GtkWidget *popover;

  guint n_slots;
  guint fade_id;
  gboolean list;
  int hovered;
  int focused;
};

/* mixq-bits-input.c */
void mixq_bits_view_add_bindings (GtkWidgetClass *klass);
void mixq_bits_view_add_controllers (MixqBitsView *self);
/* mixq_bits_view_update_card: the card of the hovered part with the values of now. */
void mixq_bits_view_update_card (MixqBitsView *self);
/* mixq_bits_view_set_hovered: @slot, or -1 for none. */
void mixq_bits_view_set_hovered (MixqBitsView *self, int slot);

G_END_DECLS
