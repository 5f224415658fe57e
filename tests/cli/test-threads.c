/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A sweep whose runs go side by side. Built with ThreadSanitizer the program ends with a status of its own where threads
 * touch the same memory; so the harness here is as plain as can be: no threads of GIO's.
 */
#include <string.h>

#include <glib.h>

static void
test_sweep (void)
{
  g_autofree char *line = g_strdup_printf (
      "%s sweep karate --split random:1 --epochs 8,6,8 --lambda 0.1,1,10 --seeds 0..3 "
      "--uniform --jobs 3",
      g_getenv ("MIXQ_BINARY"));
  g_autofree char *out = NULL, *err = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_assert_true (g_spawn_command_line_sync (line, &out, &err, &status, &error));
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s\n%s", error->message, err);
  g_assert_nonnull (strstr (out, "24 of 24 runs"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/threads/sweep", test_sweep);
  return g_test_run ();
}
