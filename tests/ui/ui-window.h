/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-application.h"
#include "mixq-window-private.h"
#include "ui-test.h"

/** UiWindow: a fixture: the real window with the real engine, searching, and a folder to write to. */
typedef struct
{
  MixqApplication *application;
  MixqWindow *window;
  MixqRunModel *run;
  char *folder;
} UiWindow;

void ui_window_set_up (UiWindow *fixture, gconstpointer user_data);
/** ui_window_tear_down: closes while training, and checks that nothing is left. */
void ui_window_tear_down (UiWindow *fixture, gconstpointer user_data);
/** ui_window_choose_data: what the fixture opens, by what is here. */
const char *ui_window_choose_data (void);
