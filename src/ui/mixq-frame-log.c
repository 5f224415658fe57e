/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-frame-log.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <time.h>

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
  fputs ("time_us\tkind\tname\tduration_us\tcpu_us\n", log_file);
  log_start = g_get_monotonic_time ();
}

void
mixq_frame_log_close (void)
{
  g_clear_pointer (&log_file, fclose);
}

static gint64
cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

MixqFrameMark
mixq_frame_log_begin (void)
{
  if (log_file == NULL)
    return (MixqFrameMark){ 0, 0 };
  return (MixqFrameMark){ g_get_monotonic_time (), cpu_time () };
}

void
mixq_frame_log_end (MixqFrameMark mark, MixqFrameKind kind, const char *name)
{
  if (mark.wall == 0 || log_file == NULL)
    return;
  fprintf (log_file, "%" G_GINT64_FORMAT "\t%s\t%s\t%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT "\n",
           mark.wall - log_start, kind_names[kind], name, g_get_monotonic_time () - mark.wall,
           cpu_time () - mark.cpu);
}
