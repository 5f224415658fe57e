/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-run-model.h"

G_BEGIN_DECLS

/** MixqWidthClass: how much room the window gives. */
typedef enum {
  MIXQ_WIDTH_NARROW, /* below 700 */
  MIXQ_WIDTH_MEDIUM, /* below 1200 */
  MIXQ_WIDTH_WIDE,
} MixqWidthClass;

/**
 * MixqPriceBar: the cause and the answer: price with entry, scale over timeline, the result in big figures with a line
 * that always says which accuracy it is. Never scrolls or hides.
 */
#define MIXQ_TYPE_PRICE_BAR (mixq_price_bar_get_type ())
G_DECLARE_FINAL_TYPE (MixqPriceBar, mixq_price_bar, MIXQ, PRICE_BAR, GtkWidget)

void mixq_price_bar_set_run_model (MixqPriceBar *self, MixqRunModel *model);
void mixq_price_bar_set_width_class (MixqPriceBar *self, MixqWidthClass width_class);
/** mixq_price_bar_set_hint: shows the first-run bubble until the price is moved. */
void mixq_price_bar_set_hint (MixqPriceBar *self, gboolean hint);
/** mixq_price_bar_peek_scale: the slider, a MixqPriceScale. */
GtkWidget *mixq_price_bar_peek_scale (MixqPriceBar *self);
void mixq_price_bar_focus_entry (MixqPriceBar *self);
/** mixq_price_bar_peek_kind: the line that says which accuracy is shown; for tests. */
const char *mixq_price_bar_peek_kind (MixqPriceBar *self);

/** mixq_price_bar_focus_dial: for typing what to steer to. */
void mixq_price_bar_focus_dial (MixqPriceBar *self);

/** mixq_price_bar_peek_sentence: below the price; for tests. */
const char *mixq_price_bar_peek_sentence (MixqPriceBar *self);

G_END_DECLS
