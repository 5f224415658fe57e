/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "diagnose/mixq-diagnosis-card.h"
#include "mixq-fold.h"
#include "mixq-run-model.h"

G_BEGIN_DECLS

/**
 * MixqDiagnosisList: the findings of the live search, over the views, so that nothing moves that a person holds. Two cards at
 * most (one in a narrow window), then a button "and N more". A kind that was dismissed stays away until another run.
 */
#define MIXQ_TYPE_DIAGNOSIS_LIST (mixq_diagnosis_list_get_type ())
G_DECLARE_FINAL_TYPE (MixqDiagnosisList, mixq_diagnosis_list, MIXQ, DIAGNOSIS_LIST, GtkWidget)

void mixq_diagnosis_list_set_run_model (MixqDiagnosisList *self, MixqRunModel *run);
/** mixq_diagnosis_list_set_width_class: unless wide, cards are no wider than the view of the graph that they lie on. */
void mixq_diagnosis_list_set_width_class (MixqDiagnosisList *self, MixqWidthClass width);
/** mixq_diagnosis_list_peek_card: (nullable): the card of @kind, if it is shown. */
MixqDiagnosisCard *mixq_diagnosis_list_peek_card (MixqDiagnosisList *self, MixqDiagnosisKind kind);
/** mixq_diagnosis_list_get_n_shown: cards to be seen now. */
guint mixq_diagnosis_list_get_n_shown (MixqDiagnosisList *self);

G_END_DECLS
