/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "price/mixq-price-bar.h"

G_BEGIN_DECLS

/** Below this width the three cards are tabs; libadwaita 1.2 has no breakpoints, so this is ours. */
#define MIXQ_NARROW_BELOW 700
#define MIXQ_MEDIUM_BELOW 1200

/**
 * MixqFold: a bin that asks for no more than a phone's width, and says how much room there is. Property: width-class
 * (MixqWidthClass as uint), notified outside of size allocation, so that a handler may rearrange children.
 */
#define MIXQ_TYPE_FOLD (mixq_fold_get_type ())
G_DECLARE_FINAL_TYPE (MixqFold, mixq_fold, MIXQ, FOLD, GtkWidget)

MixqWidthClass mixq_fold_get_width_class (MixqFold *self);
void mixq_fold_set_child (MixqFold *self, GtkWidget *child);

G_END_DECLS
