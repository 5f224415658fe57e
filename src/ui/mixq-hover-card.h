/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MixqHoverCard: a small card beside the thing the pointer or the focus is on. Not autohiding, takes no focus and no
 * events: the view decides. Its text is set again whenever the values move, while it is open.
 */
#define MIXQ_TYPE_HOVER_CARD (mixq_hover_card_get_type ())
G_DECLARE_FINAL_TYPE (MixqHoverCard, mixq_hover_card, MIXQ, HOVER_CARD, GtkPopover)

/** mixq_hover_card_new: a card on @parent, which calls gtk_popover_present() from its size_allocate and drops it in dispose. */
MixqHoverCard *mixq_hover_card_new (GtkWidget *parent);
/** mixq_hover_card_drop: unparents; for the parent's dispose. */
void mixq_hover_card_drop (MixqHoverCard **card);
/**
 * mixq_hover_card_set:
 * @title: what it is
 * @subtitle: (nullable)
 * @rows: (array zero-terminated=1): name, value, name, value, ...
 * @foot: (nullable): a dim line at the end
 */
void mixq_hover_card_set (MixqHoverCard *self,
                          const char *title,
                          const char *subtitle,
                          const char *const *rows,
                          const char *foot);
/** mixq_hover_card_point: shows the card by @rect: after a rest of 300 ms, at once where one is open already. */
void mixq_hover_card_point (MixqHoverCard *self, const graphene_rect_t *rect);
void mixq_hover_card_hide (MixqHoverCard *self);
gboolean mixq_hover_card_is_open (MixqHoverCard *self);

G_END_DECLS
