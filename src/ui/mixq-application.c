/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-application.h"

#include <glib/gi18n.h>

#include "mixq-frame-log.h"
#include "mixq-settings.h"
#include "mixq-window.h"

struct _MixqApplication
{
  AdwApplication parent_instance;
};

G_DEFINE_TYPE (MixqApplication, mixq_application, ADW_TYPE_APPLICATION)

static MixqWindow *
the_window (MixqApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  return MIXQ_IS_WINDOW (window) ? MIXQ_WINDOW (window) : mixq_window_new (GTK_APPLICATION (self));
}

static void
mixq_application_activate (GApplication *application)
{
  MixqWindow *window = the_window (MIXQ_APPLICATION (application));

  gtk_window_present (GTK_WINDOW (window));
  mixq_window_start (window, NULL);
}

static void
mixq_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  MixqWindow *window = the_window (MIXQ_APPLICATION (application));
  g_autofree char *path = n_files > 0 ? g_file_get_path (files[0]) : NULL;

  gtk_window_present (GTK_WINDOW (window));
  mixq_window_start (window, path);
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  static const char *const developers[] = { "MixQ Studio contributors", NULL };
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (user_data));

  adw_show_about_window (window, "application-name", "MixQ Studio", "application-icon", MIXQ_APP_ID,
                         "version", MIXQ_VERSION, "developer-name", _ ("MixQ Studio contributors"),
                         "developers", developers, "license-type", GTK_LICENSE_GPL_3_0, "comments",
                         _ ("Drag a price on bits and watch a graph neural network pay it."), NULL);
}

static void
help_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/org/mixq/Studio/ui/help.ui");
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, "help"));

  gtk_window_set_transient_for (window, gtk_application_get_active_window (GTK_APPLICATION (user_data)));
  gtk_window_present (window);
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *window;

  /* Closing keeps the settings and stops the workers. */
  while ((window = gtk_application_get_active_window (GTK_APPLICATION (user_data))) != NULL) {
    gtk_window_close (window);
    if (gtk_application_get_active_window (GTK_APPLICATION (user_data)) == window)
      gtk_window_destroy (window);
  }
}

static void
apply_color_scheme (GSettings *settings, const char *key, gpointer user_data)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT,
                                            ADW_COLOR_SCHEME_FORCE_DARK };
  int scheme = g_settings_get_enum (settings, "color-scheme");

  if (scheme > 0 && scheme < (int) G_N_ELEMENTS (schemes))
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[scheme]);
}

static void
add_accels (GtkApplication *self)
{
  static const struct
  {
    const char *action, *accels[3];
  } accels[] = {
    { "win.open", { "<Control>o" } },
    { "win.open-folder", { "<Control><Shift>o" } },
    { "win.choose-export-model", { "<Control>e" } },
    { "win.choose-export-plot::tradeoff", { "<Control><Shift>e" } },
    { "win.copy-command", { "<Control><Shift>c" } },
    { "win.toggle-settings", { "F9", "<Control>comma" } },
    { "win.fullscreen", { "F11" } },
    { "win.reset", { "<Control>r" } },
    { "win.new-seed", { "<Control><Shift>r" } },
    { "win.edit-price", { "<Control>l" } },
    { "win.select-recommended", { "<Control>m" } },
    { "win.find-front::sensitivity", { "<Control><Shift>f" } },
    { "win.edit-budget", { "<Control>b" } },
    { "win.edit-dial", { "<Control>g" } },
    { "win.show-card(0)", { "<Alt>1" } },
    { "win.show-card(1)", { "<Alt>2" } },
    { "win.show-card(2)", { "<Alt>3" } },
    { "win.show-table(-1)", { "<Alt>t" } },
    { "win.full-card(0)", { "<Control><Shift>1", "<Control>exclam" } },
    { "win.full-card(1)", { "<Control><Shift>2", "<Control>at" } },
    { "win.full-card(2)", { "<Control><Shift>3", "<Control>numbersign" } },
    { "win.zoom-graph(1.25)", { "<Control>plus", "<Control>equal" } },
    { "win.zoom-graph(0.8)", { "<Control>minus" } },
    { "win.zoom-graph(0.0)", { "<Control>0" } },
    { "win.show-help-overlay", { "<Control>question" } },
    { "app.help", { "F1" } },
    { "window.close", { "<Control>w" } },
    { "app.quit", { "<Control>q" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (self, accels[i].action, accels[i].accels);
}

static void
mixq_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = { { .name = "about", .activate = about_action },
                                          { .name = "help", .activate = help_action },
                                          { .name = "quit", .activate = quit_action } };
  g_autoptr (GSettings) settings = NULL;

  G_APPLICATION_CLASS (mixq_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  add_accels (GTK_APPLICATION (application));
  settings = mixq_settings_new ();
  if (settings != NULL) {
    apply_color_scheme (settings, NULL, NULL);
    g_signal_connect (settings, "changed::color-scheme", G_CALLBACK (apply_color_scheme), NULL);
    g_object_set_data_full (G_OBJECT (application), "settings", g_steal_pointer (&settings), g_object_unref);
  }
}

static void
mixq_application_shutdown (GApplication *application)
{
  G_APPLICATION_CLASS (mixq_application_parent_class)->shutdown (application);
  mixq_run_model_wait_closed ();
  mixq_frame_log_close ();
}

static void
mixq_application_class_init (MixqApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->activate = mixq_application_activate;
  application_class->open = mixq_application_open;
  application_class->startup = mixq_application_startup;
  application_class->shutdown = mixq_application_shutdown;
}

static void
mixq_application_init (MixqApplication *self)
{
}

MixqApplication *
mixq_application_new (GApplicationFlags more_flags)
{
  return g_object_new (MIXQ_TYPE_APPLICATION, "application-id", MIXQ_APP_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN | more_flags, "resource-base-path", "/org/mixq/Studio",
                       NULL);
}
