/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "run/mixq-run-config.h"

G_BEGIN_DECLS

/**
 * MixqSettingsOption: one choice of a run that has names: what it is called, what each value means and when it applies. A
 * table of them makes the rows of the settings pane; texts of schemes come from the engine's own table.
 * @title: marked for translation
 * @count: values are 0 to this - 1
 * @name, @explanation: of a value, translated
 * @obstacle: (nullable result): why the option does not apply under the other choices, translated
 */
typedef struct
{
  const char *title;
  guint (*count) (void);
  const char *(*name) (guint value);
  const char *(*explanation) (guint value);
  guint (*get) (const MixqRunConfig *config);
  void (*set) (MixqRunConfig *config, guint value);
  const char *(*obstacle) (const MixqRunConfig *config);
} MixqSettingsOption;

typedef enum {
  MIXQ_OPTION_SCHEME,
  MIXQ_OPTION_RANGES,
  MIXQ_OPTION_DISTILL,
  MIXQ_OPTION_COST,
  MIXQ_OPTION_PENALTY,
  MIXQ_OPTION_ALPHA_INIT,
  MIXQ_N_OPTIONS,
} MixqOptionId;

/** mixq_settings_option: (transfer none). */
const MixqSettingsOption *mixq_settings_option (MixqOptionId id);

G_END_DECLS
