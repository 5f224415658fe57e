/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-progress.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define BAR_WIDTH 24
#define REDRAW_EVERY (G_USEC_PER_SEC / 10)
#define LINE_EVERY (5 * G_USEC_PER_SEC) /* without a bar a long silence is broken */

struct _MixqProgress
{
  pthread_mutex_t mutex; /* not a GMutex: ThreadSanitizer sees this one */
  gboolean bar, lines;
  guint64 done, total;
  gint64 start, shown; /* microseconds */
};

MixqProgress *
mixq_progress_new (const MixqCli *cli, guint64 total)
{
  MixqProgress *self = g_new0 (MixqProgress, 1);
  gboolean terminal = isatty (STDERR_FILENO) == 1;

  pthread_mutex_init (&self->mutex, NULL);
  self->bar = !cli->quiet && terminal;
  self->lines = !cli->quiet && !terminal;
  self->total = total;
  self->start = self->shown = g_get_monotonic_time ();
  return self;
}

static void
wipe (MixqProgress *self)
{
  if (self->bar)
    fputs ("\r\033[K", stderr);
}

void
mixq_progress_free (MixqProgress *self)
{
  wipe (self);
  fflush (stderr);
  pthread_mutex_destroy (&self->mutex);
  g_free (self);
}

gboolean
mixq_progress_has_bar (const MixqProgress *self)
{
  return self->bar;
}

static void
draw_bar (MixqProgress *self, const char *text, gint64 now)
{
  double share = self->total > 0 ? MIN ((double) self->done / (double) self->total, 1.0) : 0;
  int full = (int) (share * BAR_WIDTH);
  double left = share > 0 ? (double) (now - self->start) / G_USEC_PER_SEC * (1 - share) / share : 0;

  wipe (self);
  fputc ('[', stderr);
  for (int i = 0; i < BAR_WIDTH; i++)
    fputc (i < full ? '#' : '.', stderr);
  fprintf (stderr, "] %3.0f %%  %.0f s left  %s", share * 100, left, text);
  fflush (stderr);
}

static void
draw_line (MixqProgress *self, const char *text)
{
  if (self->total > 0)
    fprintf (stderr, "%3.0f %%  %s\n", 100.0 * (double) self->done / (double) self->total, text);
  else
    fprintf (stderr, "%s\n", text);
  fflush (stderr);
}

void
mixq_progress_advance (MixqProgress *self, const char *format, ...)
{
  gint64 now = g_get_monotonic_time ();
  va_list args;

  pthread_mutex_lock (&self->mutex);
  self->done++;
  if ((self->bar && now - self->shown >= REDRAW_EVERY) || (self->lines && now - self->shown >= LINE_EVERY)) {
    g_autofree char *text = NULL;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    if (self->bar)
      draw_bar (self, text, now);
    else
      draw_line (self, text);
    self->shown = now;
  }
  pthread_mutex_unlock (&self->mutex);
}

void
mixq_progress_say (MixqProgress *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  if (!self->bar && !self->lines)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  pthread_mutex_lock (&self->mutex);
  wipe (self);
  fprintf (stderr, "%s\n", text);
  fflush (stderr);
  self->shown = g_get_monotonic_time ();
  pthread_mutex_unlock (&self->mutex);
}
