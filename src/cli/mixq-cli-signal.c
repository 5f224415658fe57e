/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ctrl-C. Almost nothing may be called in a signal handler, and the signal may arrive on any thread (OpenBLAS has its
 * own), so the handler writes a byte to a pipe and a thread turns that into a cancelled GCancellable.
 */
#include "mixq-cli.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static int interrupt_pipe[2]; /* a handler has no argument to reach it by */
static volatile sig_atomic_t interrupts;

static void
interrupt_cb (int number)
{
  int saved = errno;

  if (interrupts++ > 0)
    _exit (MIXQ_CLI_INTERRUPTED); /* asked twice: no more waiting */
  if (write (interrupt_pipe[1], "!", 1) < 0)
    _exit (MIXQ_CLI_INTERRUPTED);
  errno = saved;
}

static gpointer
watch_interrupts (gpointer data)
{
  GCancellable *cancellable = data;
  char byte;

  while (read (interrupt_pipe[0], &byte, 1) < 0 && errno == EINTR)
    ;
  g_cancellable_cancel (cancellable);
  g_object_unref (cancellable);
  return NULL;
}

void
mixq_cli_catch_interrupts (GCancellable *cancellable)
{
  struct sigaction action = { .sa_handler = interrupt_cb, .sa_flags = SA_RESTART };

  if (pipe (interrupt_pipe) != 0)
    return; /* then Ctrl-C ends the process as usual */
  g_thread_unref (g_thread_new ("interrupts", watch_interrupts, g_object_ref (cancellable)));
  sigemptyset (&action.sa_mask);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}
