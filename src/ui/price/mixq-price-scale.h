/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** Room at both ends, so that knob and end labels stay inside; the timeline has the same. */
#define MIXQ_PRICE_INSET 24

/**
 * MixqPriceScale: the slider for the price of a bit, on the scale of price/mixq-price-map.h: ticks, the notch at zero,
 * marks where the paper's prices lie, a ring where this drag began. Role SLIDER.
 *
 * Properties: value (double, the price; may be typed values beyond the ends), paper-ratio (double, paper's price for a
 * price of 1; NaN hides the marks), hint ((nullable) string: a bubble beside the knob until the first move).
 * Signal: moved: the person moved the knob (not emitted by setting the property).
 */
#define MIXQ_TYPE_PRICE_SCALE (mixq_price_scale_get_type ())
G_DECLARE_FINAL_TYPE (MixqPriceScale, mixq_price_scale, MIXQ, PRICE_SCALE, GtkWidget)

GtkWidget *mixq_price_scale_new (void);
double mixq_price_scale_get_value (MixqPriceScale *self);
void mixq_price_scale_set_value (MixqPriceScale *self, double value);
void mixq_price_scale_set_paper_ratio (MixqPriceScale *self, double ratio);
void mixq_price_scale_set_hint (MixqPriceScale *self, const char *hint);
/** mixq_price_scale_set_compact: leaves out the captions below the ticks. */
void mixq_price_scale_set_compact (MixqPriceScale *self, gboolean compact);
/** mixq_price_scale_set_outcome: (nullable): what the price brings, for the spoken value ("15.5 times fewer BitOPs"). */
void mixq_price_scale_set_outcome (MixqPriceScale *self, const char *outcome);
/** mixq_price_scale_step: moves by @notches fine steps, as the keys do. */
void mixq_price_scale_step (MixqPriceScale *self, int notches);
/** mixq_price_scale_dup_value_text: what a screen reader says for the value. */
char *mixq_price_scale_dup_value_text (MixqPriceScale *self);

G_END_DECLS
