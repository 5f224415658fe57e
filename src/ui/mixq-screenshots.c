/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Saves pictures of the real window with the real engine: trains for a while, moves the price, selects, and takes the
 * window at several sizes in light and dark. Usage: mixq-screenshots OUTDIR [DATA [explore|settings|goals|diagnoses|graphs|models]]
 */
#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>

#include "mixq-application.h"
#include "mixq-frame-log.h"
#include "mixq-screenshot.h"
#include "mixq-window.h"

#define ATTEMPTS 40

static const struct
{
  const char *name;
  int width, height;
} sizes[] = { { "1440x900", 1440, 900 }, { "1000x700", 1000, 700 }, { "360x640", 360, 640 } };

/* Lets the app live for some time: frames, workers, rasters. */
static void
live (double seconds)
{
  gint64 until = g_get_monotonic_time () + (gint64) (seconds * 1e6);

  while (g_get_monotonic_time () < until)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (2000);
}

static gboolean
take (MixqWindow *window, const char *folder, const char *what)
{
  g_autofree char *file = g_strdup_printf ("%s.png", what), *path = g_build_filename (folder, file, NULL);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < ATTEMPTS; i++) {
    g_clear_error (&error);
    if (mixq_screenshot_save (GTK_WINDOW (window), path, &error)) {
      g_print ("%s\n", path);
      return TRUE;
    }
    live (0.05);
  }
  g_printerr ("%s\n", error->message);
  return FALSE;
}

static gboolean
take_all (MixqWindow *window, const char *folder)
{
  gboolean good = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    gtk_window_set_default_size (GTK_WINDOW (window), sizes[i].width, sizes[i].height);
    live (0.8);
    for (int dark = 0; dark < 2; dark++) {
      g_autofree char *name = g_strdup_printf ("explore-%s-%s", dark ? "dark" : "light", sizes[i].name);

      adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                          dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
      live (0.6);
      good = take (window, folder, name) && good;
    }
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_LIGHT);
    if (sizes[i].width < 700) {
      static const char *const names[] = { "bits", "tradeoff", "graph" };

      for (int card = 0; card < 3; card++) {
        g_autofree char *name = g_strdup_printf ("narrow-%s", names[card]);

        gtk_widget_activate_action (GTK_WIDGET (window), "win.show-card", "i", card);
        live (0.6);
        good = take (window, folder, name) && good;
      }
    }
  }
  return good;
}

static gboolean
take_states (MixqWindow *window, const char *folder)
{
  gboolean good;

  gtk_window_set_default_size (GTK_WINDOW (window), 1440, 900);
  live (0.8);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.select-recommended", NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.graph-mode", "s", "correct");
  live (0.8);
  good = take (window, folder, "selected");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.graph-mode", "s", "flips");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.back-to-live", NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.graph-mode", "s", "prediction");
  for (int card = 0; card < 3; card++) {
    g_autofree char *name = g_strdup_printf ("full-%d", card + 1);

    gtk_widget_activate_action (GTK_WIDGET (window), "win.full-card", "i", card);
    live (0.9);
    good = take (window, folder, name) && good;
    gtk_widget_activate_action (GTK_WIDGET (window), "win.full-card", "i", card);
  }
  return good;
}

/* One picture in each scheme at the sizes that matter most. */
static gboolean
take_both (MixqWindow *window, const char *folder, const char *what)
{
  gboolean good = TRUE;

  for (guint i = 1; i < G_N_ELEMENTS (sizes); i++) {
    gtk_window_set_default_size (GTK_WINDOW (window), sizes[i].width, sizes[i].height);
    live (0.6);
    for (int dark = 0; dark < 2; dark++) {
      g_autofree char *name = g_strdup_printf ("%s-%s-%s", what, dark ? "dark" : "light", sizes[i].name);

      adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                          dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
      live (0.5);
      good = take (window, folder, name) && good;
    }
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_LIGHT);
  }
  return good;
}

/* An accuracy that someone could ask for: a little below the best finished model. */
static char *
dup_goal (MixqWindow *window, double below)
{
  GPtrArray *points = mixq_run_model_peek_points (mixq_window_peek_run_model (window));
  double best = 0.0;

  for (guint i = 0; points != NULL && i < points->len; i++)
    best = MAX (best, ((MixqPoint *) points->pdata[i])->val_mean);
  return g_strdup_printf ("%.1f %%", 100.0 * (best - below));
}

/* The pane over the window, and beside it in one so tall that all of it is seen. */
static gboolean
take_settings (MixqWindow *window, const char *folder)
{
  gboolean good;

  gtk_widget_activate_action (GTK_WIDGET (window), "win.toggle-settings", NULL);
  live (1.0);
  good = take_both (window, folder, "settings");
  gtk_window_set_default_size (GTK_WINDOW (window), 1300, 1500);
  live (1.5);
  good = take (window, folder, "settings-tall") && good;
  gtk_widget_activate_action (GTK_WIDGET (window), "win.toggle-settings", NULL);
  live (0.5);
  return good;
}

static gboolean
take_goals (MixqWindow *window, const char *folder)
{
  GtkWidget *widget = GTK_WIDGET (window);
  g_autofree char *goal = dup_goal (window, 0.01), *high = dup_goal (window, -0.05);
  gboolean good;

  gtk_widget_activate_action (widget, "win.show-card", "i", 1);
  gtk_widget_activate_action (widget, "win.set-budget", "(sb)", goal, FALSE);
  gtk_widget_activate_action (widget, "win.set-budget", "(sb)", "6x", TRUE);
  good = take_both (window, folder, "budget");
  gtk_widget_activate_action (widget, "win.set-budget", "(sb)", high, FALSE);
  good = take_both (window, folder, "budget-none") && good;
  gtk_widget_activate_action (widget, "win.clear-budget", NULL);
  gtk_widget_activate_action (widget, "win.back-to-live", NULL);
  gtk_widget_activate_action (widget, "win.set-lambda", "d", 10.0);
  gtk_widget_activate_action (widget, "win.dial", "s", goal);
  live (2.0);
  good = take_both (window, folder, "dial") && good;
  live (12.0);
  good = take_both (window, folder, "dial-done") && good;
  gtk_widget_activate_action (widget, "win.find-front", "s", "sensitivity");
  live (6.0);
  good = take_both (window, folder, "front") && good;
  live (25.0);
  gtk_widget_activate_action (widget, "win.find-front", "s", "random");
  live (30.0);
  good = take_both (window, folder, "front-two") && good;
  gtk_window_set_default_size (GTK_WINDOW (window), 1440, 900);
  live (1.0);
  return take (window, folder, "front-wide") && good;
}

/* Lets the search go on until it finds something wrong with itself, for so many seconds at most. */
static void
live_until_found (MixqWindow *window, double seconds)
{
  MixqRunModel *run = mixq_window_peek_run_model (window);

  for (double waited = 0; waited < seconds; waited += 0.5) {
    const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (run);

    if (snapshot != NULL && snapshot->n_diagnoses > 0)
      break;
    live (0.5);
  }
}

/* Every architecture with what is usual for it: the map at several sizes, filling the window, and as a list. */
static gboolean
take_models (MixqWindow *window, const char *folder)
{
  MixqRunModel *run = mixq_window_peek_run_model (window);
  MixqDataset *dataset = mixq_run_model_peek_dataset (run);
  MixqTask task = dataset != NULL ? dataset->task : MIXQ_TASK_NODES;
  gboolean good = dataset != NULL;

  for (guint arch = 0; arch < MIXQ_N_ARCHS; arch++) {
    g_autofree char *full = g_strdup_printf ("model-%s-full", mixq_arch_name ((MixqArch) arch)),
                    *name = g_strdup_printf ("model-%s", mixq_arch_name ((MixqArch) arch));
    MixqRunWish wish;

    mixq_run_wish_copy (mixq_run_model_peek_wish (run), &wish);
    mixq_model_spec_for (&wish.spec, (MixqArch) arch, task);
    wish.spec.eps = TRUE;
    mixq_run_model_set_wish (run, &wish);
    mixq_run_wish_clear (&wish);
    live (6.0);
    gtk_window_set_default_size (GTK_WINDOW (window), 1440, 900);
    live (1.0);
    gtk_widget_activate_action (GTK_WIDGET (window), "win.full-card", "i", 0);
    live (1.0);
    good = take (window, folder, full) && good;
    gtk_widget_activate_action (GTK_WIDGET (window), "win.full-card", "i", 0);
    gtk_widget_activate_action (GTK_WIDGET (window), "win.show-card", "i", 0);
    good = take_both (window, folder, name) && good;
  }
  return good;
}

/* A price below 0, and the card that says so. */
static gboolean
take_diagnoses (MixqWindow *window, const char *folder)
{
  gboolean good;

  gtk_widget_activate_action (GTK_WIDGET (window), "win.set-lambda", "d", -1.0);
  live_until_found (window, 60.0);
  good = take_both (window, folder, "diagnosis");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.set-lambda", "d", 5.0);
  return good;
}

/* Of a data set of many graphs: the page by its orders, the whole window and one graph large. */
static gboolean
take_graphs (MixqWindow *window, const char *folder)
{
  GtkWidget *widget = GTK_WIDGET (window);
  gboolean good;

  gtk_widget_activate_action (widget, "win.show-card", "i", 2);
  gtk_widget_activate_action (widget, "win.graphs-sort", "s", "margin");
  good = take_both (window, folder, "graphs");
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  gtk_widget_activate_action (widget, "win.full-card", "i", 2);
  gtk_widget_activate_action (widget, "win.graphs-sort", "s", "wrong");
  live (1.5);
  good = take (window, folder, "graphs-wrong") && good;
  gtk_widget_activate_action (widget, "win.graphs-part", "s", "test");
  live (1.5);
  good = take (window, folder, "graphs-test") && good;
  gtk_widget_activate_action (widget, "win.graphs-part", "s", "all");
  gtk_widget_activate_action (widget, "win.full-card", "i", 2);
  return good;
}

int
main (int argc, char **argv)
{
  static const double prices[] = { 0.05, 0.3, 1.0, 3.0, 9.0, 5.0 };
  g_autoptr (MixqApplication) application = NULL;
  g_autoptr (GError) error = NULL;
  MixqWindow *window;
  gboolean good;

  setlocale (LC_ALL, "");
  mixq_frame_log_open (g_getenv ("MIXQ_FRAME_LOG"));
  if (argc < 2) {
    g_printerr ("Usage: mixq-screenshots OUTDIR [DATA [explore|settings|goals|diagnoses|graphs|models]]\n");
    return 2;
  }
  g_mkdir_with_parents (argv[1], 0755);
  application = mixq_application_new (G_APPLICATION_NON_UNIQUE);
  if (!g_application_register (G_APPLICATION (application), NULL, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  /* The font of a GNOME desktop, where it is installed. */
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Cantarell 11", "gtk-decoration-layout",
                "appmenu:close", NULL);
  window = mixq_window_new (GTK_APPLICATION (application));
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE); /* no frame in place of a shadow */
  gtk_window_present (GTK_WINDOW (window));
  mixq_window_start (window, argc > 2 ? argv[2] : NULL);
  live (1.5);
  good = take (window, argv[1], "first-seconds");
  live (2.0);
  for (guint i = 0; i < G_N_ELEMENTS (prices); i++) {
    gtk_widget_activate_action (GTK_WIDGET (window), "win.set-lambda", "d", prices[i]);
    live (3.0);
  }
  if (argc <= 3 || g_str_equal (argv[3], "explore")) {
    good = take_all (window, argv[1]) && good;
    good = take_states (window, argv[1]) && good;
  }
  if (argc <= 3 || g_str_equal (argv[3], "settings"))
    good = take_settings (window, argv[1]) && good;
  if (argc <= 3 || g_str_equal (argv[3], "goals"))
    good = take_goals (window, argv[1]) && good;
  if (argc <= 3 || g_str_equal (argv[3], "diagnoses"))
    good = take_diagnoses (window, argv[1]) && good;
  if (argc > 3 && g_str_equal (argv[3], "graphs"))
    good = take_graphs (window, argv[1]) && good;
  if (argc > 3 && g_str_equal (argv[3], "models"))
    good = take_models (window, argv[1]) && good;
  gtk_window_close (GTK_WINDOW (window));
  live (0.2);
  mixq_run_model_wait_closed ();
  mixq_frame_log_close ();
  return good ? 0 : 1;
}
