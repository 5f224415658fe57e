/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Shared by the tests of the app. */

/** ui_test_init: without a display ends the program with 77, which meson counts as skipped. */
void ui_test_init (int *argc, char ***argv);
/** ui_test_live: lets frames, idles and workers go on for some time. */
void ui_test_live (double seconds);

typedef gboolean (*UiTestDone) (gpointer data);
/** ui_test_wait: lives until @done or @seconds are over. Returns: whether it was done. */
gboolean ui_test_wait (UiTestDone done, gpointer data, double seconds);
/** ui_test_press: a key, as it reaches @widget's own key controllers. Returns: whether it was taken. */
gboolean ui_test_press (GtkWidget *widget, guint key, GdkModifierType state);

G_END_DECLS
