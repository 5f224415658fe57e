/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "mixq-run-model.h"

G_BEGIN_DECLS

/**
 * MixqDiagnosisCard: one finding, one reason, one fix. Shows a title and the cause; the remedy is a button where the app
 * can do it, else a sentence. A group for screen readers, named by its gravity and title and described by the rest.
 *
 * Signals: dismissed (its cross, or Esc inside it).
 */
#define MIXQ_TYPE_DIAGNOSIS_CARD (mixq_diagnosis_card_get_type ())
G_DECLARE_FINAL_TYPE (MixqDiagnosisCard, mixq_diagnosis_card, MIXQ, DIAGNOSIS_CARD, GtkWidget)

GtkWidget *mixq_diagnosis_card_new (MixqRunModel *run);
/** mixq_diagnosis_card_set: its figures may change while it is shown; nothing is touched that stays the same. */
void mixq_diagnosis_card_set (MixqDiagnosisCard *self, const MixqDiagnosis *diagnosis);
/** mixq_diagnosis_card_set_stacked: the button goes below the text. */
void mixq_diagnosis_card_set_stacked (MixqDiagnosisCard *self, gboolean stacked);
/** mixq_diagnosis_card_act: what its button does. FALSE where it has none. */
gboolean mixq_diagnosis_card_act (MixqDiagnosisCard *self);
const MixqDiagnosis *mixq_diagnosis_card_peek (MixqDiagnosisCard *self);

G_END_DECLS
