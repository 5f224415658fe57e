/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-window.h"

#include <glib/gstdio.h>

/* The Debian map where it is built in, else Cora's files, else the karate club (which has no validation nodes). */
const char *
ui_window_choose_data (void)
{
  static char *cora;
  g_autoptr (MixqDataset) debian = mixq_dataset_load ("debian", NULL, NULL, NULL);

  if (debian != NULL)
    return "debian";
  cora = g_build_filename (g_getenv ("MIXQ_SHARED_DATA"), "planetoid", "ind.cora.x", NULL);
  return g_file_test (cora, G_FILE_TEST_EXISTS) ? cora : "karate";
}

static gboolean
is_searching (gpointer data)
{
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (data);

  return snapshot != NULL && snapshot->phase == MIXQ_PHASE_SEARCH && snapshot->step > 20;
}

/* One application for all tests, as in life: GTK exports it on the bus once. */
static MixqApplication *
the_application (void)
{
  static MixqApplication *application;
  g_autoptr (GError) error = NULL;

  if (application == NULL) {
    application = mixq_application_new (G_APPLICATION_NON_UNIQUE);
    g_application_register (G_APPLICATION (application), NULL, &error);
    g_assert_no_error (error);
  }
  return application;
}

void
ui_window_set_up (UiWindow *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("mixq-ui-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->application = the_application ();
  fixture->window = mixq_window_new (GTK_APPLICATION (fixture->application));
  fixture->run = g_object_ref (mixq_window_peek_run_model (fixture->window));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1000, 700);
  gtk_window_present (GTK_WINDOW (fixture->window));
  mixq_window_start (fixture->window, ui_window_choose_data ());
  g_assert_true (ui_test_wait (is_searching, fixture->run, 60.0));
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static gboolean
has_no_window (gpointer data)
{
  return gtk_application_get_active_window (data) == NULL;
}

/* Closes while training: at once, asking nothing, leaving nothing. */
void
ui_window_tear_down (UiWindow *fixture, gconstpointer user_data)
{
  gint64 start = g_get_monotonic_time ();

  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
  gtk_window_close (GTK_WINDOW (fixture->window));
  g_assert_true (ui_test_wait (has_no_window, fixture->application, 10.0));
  g_test_message ("closed after %.1f ms", (double) (g_get_monotonic_time () - start) / 1000.0);
  mixq_run_model_wait_closed ();
  ui_test_live (0.2);
  g_assert_null (fixture->window);
  g_assert_finalize_object (G_OBJECT (fixture->run));
  remove_tree (fixture->folder);
  g_free (fixture->folder);
}
