/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long a session lives and how it calls back: the waker that its workers hold, and the reference counted hold that
 * frees it on a thread.
 */
#include "config.h"

#include "mixq-run-model-private.h"

#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#define WORKER_NICE 5

/* Threads that wait for the workers of closed sessions; joined when the app ends. Main thread only. */
static GPtrArray *closing;

MixqRunWaker *
mixq_run_waker_new (MixqRunModel *model)
{
  MixqRunWaker *waker = g_new0 (MixqRunWaker, 1);

  g_atomic_ref_count_init (&waker->ref_count);
  g_weak_ref_init (&waker->model, model);
  return waker;
}

MixqRunWaker *
mixq_run_waker_ref (MixqRunWaker *waker)
{
  g_atomic_ref_count_inc (&waker->ref_count);
  return waker;
}

void
mixq_run_waker_unref (MixqRunWaker *waker)
{
  if (!g_atomic_ref_count_dec (&waker->ref_count))
    return;
  g_weak_ref_clear (&waker->model);
  g_free (waker);
}

static gboolean
wake_idle_cb (gpointer user_data)
{
  MixqRunWaker *waker = user_data;
  g_autoptr (MixqRunModel) model = g_weak_ref_get (&waker->model);

  if (model != NULL)
    mixq_run_model_start_ticking (model);
  return G_SOURCE_REMOVE;
}

/* The window comes first: on few cores a worker at the same priority holds up frames for whole time slices. Linux only:
 * there a priority belongs to a thread. */
static void
step_back (void)
{
#ifdef __linux__
  static __thread gboolean done;

  if (!done)
    (void) !setpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid), WORKER_NICE);
  done = TRUE;
#endif
}

/* Any thread: at most one idle is ever queued, however fast the worker publishes. */
void
mixq_run_waker_wake (MixqRunWaker *waker)
{
  if (g_atomic_int_compare_and_exchange (&waker->pending, 0, 1))
    g_idle_add_full (G_PRIORITY_DEFAULT, wake_idle_cb, mixq_run_waker_ref (waker),
                     (GDestroyNotify) mixq_run_waker_unref);
}

/* On a worker. */
void
mixq_run_waker_wake_cb (gpointer user_data)
{
  step_back ();
  mixq_run_waker_wake (user_data);
}

MixqRunHold *
mixq_run_hold_new (MixqSession *session, MixqRunWaker *waker, char *key, guint64 generation)
{
  MixqRunHold *self = g_new0 (MixqRunHold, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->session = session;
  self->waker = mixq_run_waker_ref (waker);
  self->key = key;
  self->generation = generation;
  return self;
}

void
mixq_run_hold_unref (MixqRunHold *held)
{
  if (!g_atomic_ref_count_dec (&held->ref_count))
    return;
  mixq_session_free (held->session);
  mixq_run_waker_unref (held->waker);
  g_free (held->key);
  g_free (held);
}

static gpointer
held_free_thread (gpointer data)
{
  mixq_run_hold_unref (data);
  return NULL;
}

/* Joining the workers takes up to 100 ms: never on the main thread while there is a window. */
void
mixq_run_hold_free_elsewhere (MixqRunHold *held)
{
  if (closing == NULL)
    closing = g_ptr_array_new ();
  g_ptr_array_add (closing, g_thread_new ("mixq-close", held_free_thread, held));
}

void
mixq_run_model_wait_closed (void)
{
  for (guint i = 0; closing != NULL && i < closing->len; i++)
    g_thread_join (closing->pdata[i]);
  g_clear_pointer (&closing, g_ptr_array_unref);
}

MixqRunHold *
mixq_run_model_hold (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);

  if (self->held != NULL)
    g_atomic_ref_count_inc (&self->held->ref_count);
  return self->held;
}

MixqSession *
mixq_run_hold_peek_session (MixqRunHold *self)
{
  return self->session;
}
