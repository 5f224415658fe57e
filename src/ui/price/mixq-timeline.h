/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-run-model.h"

G_BEGIN_DECLS

/**
 * MixqTimeline: the run so far below the price scale: prices, live accuracy, each finished model, now. Drawn by src/plot
 * on a thread; a press on a finished model selects it. Role IMG with a sentence that follows the state.
 */
#define MIXQ_TYPE_TIMELINE (mixq_timeline_get_type ())
G_DECLARE_FINAL_TYPE (MixqTimeline, mixq_timeline, MIXQ, TIMELINE, GtkWidget)

GtkWidget *mixq_timeline_new (void);
void mixq_timeline_set_run_model (MixqTimeline *self, MixqRunModel *model);
/** mixq_timeline_set_height: of the widget; captions are shown from 64 pixels on. */
void mixq_timeline_set_height (MixqTimeline *self, int height);

G_END_DECLS
