/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "settings/mixq-settings-models.h"

G_BEGIN_DECLS

/**
 * MixqModelGroup: the rows of the settings that choose a network: architecture, size, and what this architecture has on
 * this kind of data. Another architecture brings its usual settings. What cannot be built is said below the rows.
 *
 * Signal: changed, by the person and only to networks that can be built.
 */
#define MIXQ_TYPE_MODEL_GROUP (mixq_model_group_get_type ())
G_DECLARE_FINAL_TYPE (MixqModelGroup, mixq_model_group, MIXQ, MODEL_GROUP, AdwPreferencesGroup)

GtkWidget *mixq_model_group_new (void);

/** mixq_model_group_show: @task: of the data. Emits nothing. */
void mixq_model_group_show (MixqModelGroup *self, const MixqModelSpec *spec, MixqTask task);
/** mixq_model_group_peek_spec: (transfer none): what the rows say. */
const MixqModelSpec *mixq_model_group_peek_spec (MixqModelGroup *self);

/* For tests: as a person does it. */
/** mixq_model_group_choose_arch: FALSE where it is not offered. */
gboolean mixq_model_group_choose_arch (MixqModelGroup *self, MixqArch arch);
/** mixq_model_group_peek_option: (transfer none): a GtkSwitch, GtkDropDown or GtkSpinButton. */
GtkWidget *mixq_model_group_peek_option (MixqModelGroup *self, MixqModelOptionId id);
gboolean mixq_model_group_has_option (MixqModelGroup *self, MixqModelOptionId id);
GtkSpinButton *mixq_model_group_peek_hidden (MixqModelGroup *self);
/** mixq_model_group_peek_obstacle: (transfer none) (nullable): what is said of a network that cannot be built. */
const char *mixq_model_group_peek_obstacle (MixqModelGroup *self);

G_END_DECLS
