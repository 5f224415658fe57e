/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-budget.h"
#include "mixq-front-marks.h"
#include "mixq-plot-theme.h"

G_BEGIN_DECLS

/* Sentences about budgets, the dial and searches for the front. Pure, but for the locale. */

/**
 * mixq_budget_sentence:
 * @picked: (nullable): the model the budget picks
 * @nearest: (nullable): where there is none, the one that comes nearest
 * @axis: the cost axis of the picture
 *
 * Which model and why, or why none and what is nearest. Returns: (transfer full): "" without a budget.
 */
char *mixq_budget_sentence (const MixqBudget *budget,
                            const MixqPoint *picked,
                            const MixqPoint *nearest,
                            MixqCostAxis axis);

/** mixq_dial_sentence: what the dial does, or how it ended. Returns: (transfer full). */
char *mixq_dial_sentence (const MixqDial *dial);

/** mixq_front_method_title: "Sensitivity", ...: a method as people read it. */
const char *mixq_front_method_title (MixqFrontMethod method);
/** mixq_front_origin_names: @names: (out) (array length=MIXQ_N_SHAPES): what each mark stands for; NULL for none. */
void mixq_front_origin_names (const char **names);
/** mixq_front_found_by: @methods: as in MixqPoint. Returns: (transfer full) (nullable). */
char *mixq_front_found_by (guint methods);
/** mixq_front_key: @points: (nullable): "◆ Sensitivity 36 · ✚ Random widths 36", or "". Returns: (transfer full). */
char *mixq_front_key (const GPtrArray *points);
/** mixq_front_progress_text: "12 of about 54 models", or "12 of 54" if @brief. Returns: (transfer full). */
char *mixq_front_progress_text (const MixqFrontProgress *progress, gboolean brief);

G_END_DECLS
