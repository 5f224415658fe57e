/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-run-model.h"

G_BEGIN_DECLS

/**
 * MixqBitsView: the model as a map of its quantized parts, in the order data flows; as a list where it is narrow.
 * Behaviour goes through the window's actions (win.select-slot, win.pin, win.unpin). Role IMG with a sentence that
 * follows the state.
 */
#define MIXQ_TYPE_BITS_VIEW (mixq_bits_view_get_type ())
G_DECLARE_FINAL_TYPE (MixqBitsView, mixq_bits_view, MIXQ, BITS_VIEW, GtkWidget)

GtkWidget *mixq_bits_view_new (void);
void mixq_bits_view_set_run_model (MixqBitsView *self, MixqRunModel *model);
/** mixq_bits_view_set_list: the narrow form. */
void mixq_bits_view_set_list (MixqBitsView *self, gboolean list);
/** mixq_bits_view_dup_description: what a screen reader says. */
char *mixq_bits_view_dup_description (MixqBitsView *self);
/** mixq_bits_view_peek_alpha: (nullable): the votes drawn last for @slot; for tests. */
const float *mixq_bits_view_peek_alpha (MixqBitsView *self, guint slot);

G_END_DECLS
