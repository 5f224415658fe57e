/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "mixq-run-model.h"

G_BEGIN_DECLS

/** mixq_settings_new: (nullable): the app's settings; %NULL where its schema is not installed, and then nothing is kept. */
GSettings *mixq_settings_new (void);

/** mixq_settings_load: (nullable) @settings: what was asked for last time; values out of bounds fall back to defaults. */
void mixq_settings_load (GSettings *settings, MixqRunWish *wish, double *pace, double *cpu_share);
void mixq_settings_save (GSettings *settings, const MixqRunWish *wish, double pace, double cpu_share);

/** mixq_settings_add_recent: puts @path first in the list of recent data. */
void mixq_settings_add_recent (GSettings *settings, const char *path);
/** mixq_settings_dup_recent: (array zero-terminated=1): newest first; empty without settings. */
char **mixq_settings_dup_recent (GSettings *settings);

G_END_DECLS
