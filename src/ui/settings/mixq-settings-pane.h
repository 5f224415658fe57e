/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "mixq-run-model.h"
#include "settings/mixq-model-group.h"

G_BEGIN_DECLS

/**
 * MixqSettingsPane: data, model, widths, cost, seed, speed. Every change is a new wish for the run model; what the model
 * really runs is shown back.
 */
#define MIXQ_TYPE_SETTINGS_PANE (mixq_settings_pane_get_type ())
G_DECLARE_FINAL_TYPE (MixqSettingsPane, mixq_settings_pane, MIXQ, SETTINGS_PANE, AdwBin)

void mixq_settings_pane_set_run_model (MixqSettingsPane *self, MixqRunModel *model);

/** mixq_settings_pane_peek_model: (transfer none): the rows of the network; for tests. */
MixqModelGroup *mixq_settings_pane_peek_model (MixqSettingsPane *self);
/** mixq_settings_pane_peek_option: (transfer none): the choice of an option (MixqOptionId) and its sentence; for tests. */
GtkDropDown *mixq_settings_pane_peek_option (MixqSettingsPane *self, guint id, const char **explanation);

G_END_DECLS
