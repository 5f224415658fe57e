/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** MixqBitsChips: a row of numbered chips in the colours of bit-widths: a legend, or the widths of a model. */
#define MIXQ_TYPE_BITS_CHIPS (mixq_bits_chips_get_type ())
G_DECLARE_FINAL_TYPE (MixqBitsChips, mixq_bits_chips, MIXQ, BITS_CHIPS, GtkWidget)

GtkWidget *mixq_bits_chips_new (void);
/** mixq_bits_chips_set: @bits: copied. */
void mixq_bits_chips_set (MixqBitsChips *self, const guint8 *bits, guint n);

G_END_DECLS
