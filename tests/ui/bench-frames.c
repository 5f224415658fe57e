/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Drives the real window while it trains at full speed: the price is moved thirty times a second, views are hovered by
 * keys. The frame log says how long our own code held the main thread; frame-log-report.py judges it.
 * Usage: bench-frames LOG SECONDS [DATA]
 */
#include "mixq-application.h"
#include "mixq-frame-log.h"
#include "mixq-window-private.h"
#include "ui-test.h"

static gboolean
has_snapshot (gpointer data)
{
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (data);

  return snapshot != NULL && snapshot->phase != MIXQ_PHASE_FLOAT;
}

int
main (int argc, char **argv)
{
  g_autoptr (MixqApplication) application = NULL;
  MixqWindow *window;
  gint64 until;

  ui_test_init (&argc, &argv);
  if (argc < 3)
    return 2;
  application = mixq_application_new (G_APPLICATION_NON_UNIQUE);
  if (!g_application_register (G_APPLICATION (application), NULL, NULL))
    return 1;
  window = mixq_window_new (GTK_APPLICATION (application));
  gtk_window_present (GTK_WINDOW (window));
  mixq_window_start (window, argc > 3 ? argv[3] : NULL);
  mixq_run_model_set_pace (window->run, 0.0);
  if (!ui_test_wait (has_snapshot, window->run, 60.0))
    return 1;
  ui_test_live (0.5); /* fonts and first pictures */
  mixq_frame_log_open (argv[1]);
  until = g_get_monotonic_time () + (gint64) (g_ascii_strtod (argv[2], NULL) * 1e6);
  for (int i = 0; g_get_monotonic_time () < until; i++) {
    ui_test_press (GTK_WIDGET (window), i % 60 < 30 ? GDK_KEY_bracketright : GDK_KEY_bracketleft, 0);
    if (i % 10 == 0)
      ui_test_press (GTK_WIDGET (window->bits), GDK_KEY_Right, 0);
    ui_test_live (0.033);
  }
  mixq_frame_log_close ();
  gtk_window_close (GTK_WINDOW (window));
  ui_test_live (0.1);
  mixq_run_model_wait_closed ();
  return 0;
}
