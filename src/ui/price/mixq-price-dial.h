/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "mixq-fold.h"
#include "mixq-run-model.h"

G_BEGIN_DECLS

/** MixqPriceDial: beside the price: ask for "80 %" or "64 kB" and see how the price is turned towards it. */
#define MIXQ_TYPE_PRICE_DIAL (mixq_price_dial_get_type ())
G_DECLARE_FINAL_TYPE (MixqPriceDial, mixq_price_dial, MIXQ, PRICE_DIAL, AdwBin)

void mixq_price_dial_set_run_model (MixqPriceDial *self, MixqRunModel *model);
/** mixq_price_dial_focus_entry: for typing. */
void mixq_price_dial_focus_entry (MixqPriceDial *self);
/** mixq_price_dial_peek_status: (transfer none): "" while nothing was asked for. A property too, so that it can stand elsewhere. */
const char *mixq_price_dial_peek_status (MixqPriceDial *self);

G_END_DECLS
