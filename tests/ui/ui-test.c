/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include <stdlib.h>

#define SKIPPED 77

void
ui_test_init (int *argc, char ***argv)
{
  gtk_disable_setlocale (); /* texts and numbers are compared */
  if (!gtk_init_check ())
    exit (SKIPPED);
  g_test_init (argc, argv, NULL);
  adw_init ();
}

void
ui_test_live (double seconds)
{
  gint64 until = g_get_monotonic_time () + (gint64) (seconds * 1e6);

  while (g_get_monotonic_time () < until)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (500);
}

gboolean
ui_test_wait (UiTestDone done, gpointer data, double seconds)
{
  gint64 until = g_get_monotonic_time () + (gint64) (seconds * 1e6);

  while (!done (data)) {
    if (g_get_monotonic_time () >= until)
      return FALSE;
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (500);
  }
  return TRUE;
}

gboolean
ui_test_press (GtkWidget *widget, guint key, GdkModifierType state)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  gboolean taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers) && !taken; i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_EVENT_CONTROLLER_KEY (controller)) {
      g_signal_emit_by_name (controller, "key-pressed", key, 0u, state, &taken);
    } else if (GTK_IS_SHORTCUT_CONTROLLER (controller)) {
      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)) && !taken; j++) {
        g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
        GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

        if (GTK_IS_KEYVAL_TRIGGER (trigger) &&
            gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == key &&
            gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == state)
          taken = gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget,
                                                gtk_shortcut_get_arguments (shortcut));
      }
    }
  }
  return taken;
}
