/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "base/mixq-engine.h"
#include "mixq-application.h"
#include "mixq-frame-log.h"

int
main (int argc, char **argv)
{
  g_autoptr (MixqApplication) application = NULL;
  const char *locale_dir = g_getenv ("MIXQ_LOCALE_DIR"); /* ./run names the build folder's translations */

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : MIXQ_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  mixq_frame_log_open (g_getenv ("MIXQ_FRAME_LOG"));
  mixq_engine_init ();
  application = mixq_application_new (G_APPLICATION_DEFAULT_FLAGS);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
