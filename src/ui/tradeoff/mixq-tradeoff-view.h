/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-run-model.h"

G_BEGIN_DECLS

/**
 * MixqTradeoffView: accuracy against cost, drawn by src/plot on a thread. Hover, select, walk by keys. Role IMG with a
 * sentence that follows the state.
 */
#define MIXQ_TYPE_TRADEOFF_VIEW (mixq_tradeoff_view_get_type ())
G_DECLARE_FINAL_TYPE (MixqTradeoffView, mixq_tradeoff_view, MIXQ, TRADEOFF_VIEW, GtkWidget)

GtkWidget *mixq_tradeoff_view_new (void);
void mixq_tradeoff_view_set_run_model (MixqTradeoffView *self, MixqRunModel *model);
/** mixq_tradeoff_view_set_roomy: larger type and a legend. */
void mixq_tradeoff_view_set_roomy (MixqTradeoffView *self, gboolean roomy);
/** mixq_tradeoff_view_get_trail_length: of the picture on the screen; for tests. */
gsize mixq_tradeoff_view_get_trail_length (MixqTradeoffView *self);
/** mixq_tradeoff_view_get_live: where the live dot of the picture on the screen is. %FALSE: there is none. */
gboolean mixq_tradeoff_view_get_live (MixqTradeoffView *self, double *ratio, double *accuracy);

G_END_DECLS
