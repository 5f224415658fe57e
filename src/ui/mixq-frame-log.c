/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-frame-log.h"

#include <errno.h>
#include <glib/gstdio.h>

/* One log a process: it belongs to the main thread, like the frame clock it looks at. */
static FILE *log_file;
static gint64 log_start;

static const char *const kind_names[] = { "tick", "snapshot", "handler", "frame" };

void
mixq_frame_log_open (const char *path)
{
  if (path == NULL || *path == '\0' || log_file != NULL)
    return;
  log_file = g_fopen (path, "w");
  if (log_file == NULL) {
    g_warning ("Frame log “%s” cannot be written: %s", path, g_strerror (errno));
    return;
  }
  /* A large buffer: the log must not wait for the disk within the stretches it measures. */
  setvbuf (log_file, NULL, _IOFBF, 1 << 20);
  fputs ("time_us\tkind\tname\tduration_us\n", log_file);
  log_start = g_get_monotonic_time ();
}

void
mixq_frame_log_close (void)
{
  g_clear_pointer (&log_file, fclose);
}

gint64
mixq_frame_log_begin (void)
{
  return log_file != NULL ? g_get_monotonic_time () : 0;
}

void
mixq_frame_log_end (gint64 mark, MixqFrameKind kind, const char *name)
{
  gint64 now;

  if (mark == 0 || log_file == NULL)
    return;
  now = g_get_monotonic_time ();
  fprintf (log_file, "%" G_GINT64_FORMAT "\t%s\t%s\t%" G_GINT64_FORMAT "\n", mark - log_start,
           kind_names[kind], name, now - mark);
}
