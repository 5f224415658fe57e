/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "mixq-fold.h"
#include "mixq-run-model.h"

G_BEGIN_DECLS

/**
 * MixqBudgetBar: below the trade-off: the button that finds the front, with its progress; the two bounds of the budget as
 * text; and a sentence about the model they pick.
 */
#define MIXQ_TYPE_BUDGET_BAR (mixq_budget_bar_get_type ())
G_DECLARE_FINAL_TYPE (MixqBudgetBar, mixq_budget_bar, MIXQ, BUDGET_BAR, AdwBin)

void mixq_budget_bar_set_run_model (MixqBudgetBar *self, MixqRunModel *model);
void mixq_budget_bar_set_width_class (MixqBudgetBar *self, MixqWidthClass width_class);
/** mixq_budget_bar_focus_entry: the bound on accuracy, for typing. */
void mixq_budget_bar_focus_entry (MixqBudgetBar *self);
/** mixq_budget_bar_peek_sentence: for tests. */
const char *mixq_budget_bar_peek_sentence (MixqBudgetBar *self);

G_END_DECLS
