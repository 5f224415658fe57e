/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "mixq-run-model.h"

G_BEGIN_DECLS

/**
 * MixqWindow: the main window. All behaviour is behind actions of the group "win" (see mixq-window-actions.c), also those
 * that take a path or a value, so that scripts and tests can do whatever a person can.
 */
#define MIXQ_TYPE_WINDOW (mixq_window_get_type ())
G_DECLARE_FINAL_TYPE (MixqWindow, mixq_window, MIXQ, WINDOW, AdwApplicationWindow)

MixqWindow *mixq_window_new (GtkApplication *application);
/** mixq_window_start: opens (nullable) @what, else what was open last, else the built-in graph. */
void mixq_window_start (MixqWindow *self, const char *what);
MixqRunModel *mixq_window_peek_run_model (MixqWindow *self);

G_END_DECLS
