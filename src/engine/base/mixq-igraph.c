/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/mixq-igraph.h"

#include "base/mixq-error.h"
#include "base/mixq-random.h"

#define WAIT_MS 20 /* between two looks at the cancellable while another thread is inside */

/* One running call. igraph's handlers get no data of their own: they find this through the gate. */
typedef struct
{
  GThread *thread;
  GCancellable *cancellable; /* borrowed, nullable */
  char *message;             /* owned, nullable: of the first error, where it arose */
} Call;

/* The engine's single mutable static. igraph is global to the process, so what guards it has to be as well. */
static struct
{
  GMutex lock; /* guards current; not held while a call runs */
  GCond idle;
  Call *current; /* (nullable); its owner alone touches igraph */
} gate;

/* Called where an error arises and again, with an empty reason, by each caller it passes on its way up. */
static void
keep_error (const char *reason, const char *file, int line, igraph_error_t code)
{
  Call *call = gate.current;

  if (call->message == NULL && reason != NULL && *reason != '\0')
    call->message = g_utf8_make_valid (reason, -1);
  IGRAPH_FINALLY_FREE ();
}

static void
ignore_warning (const char *reason, const char *file, int line)
{
}

static igraph_error_t
check_interruption (void *data)
{
  if (!g_cancellable_is_cancelled (gate.current->cancellable))
    return IGRAPH_SUCCESS;
  IGRAPH_FINALLY_FREE ();
  return IGRAPH_INTERRUPTED;
}

static gboolean
set_cancelled (GError **error)
{
  g_set_error_literal (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED, "graph work: stopped as asked");
  return FALSE;
}

static gboolean
enter (Call *call, GError **error)
{
  gboolean cancelled;

  g_mutex_lock (&gate.lock);
  g_assert (gate.current == NULL || gate.current->thread != call->thread);
  while (!(cancelled = g_cancellable_is_cancelled (call->cancellable)) && gate.current != NULL)
    g_cond_wait_until (&gate.idle, &gate.lock, g_get_monotonic_time () + WAIT_MS * G_TIME_SPAN_MILLISECOND);
  if (!cancelled)
    gate.current = call;
  g_mutex_unlock (&gate.lock);
  return cancelled ? set_cancelled (error) : TRUE;
}

static void
leave (void)
{
  g_mutex_lock (&gate.lock);
  gate.current = NULL;
  g_cond_signal (&gate.idle);
  g_mutex_unlock (&gate.lock);
}

static void
install_handlers (void)
{
  igraph_set_error_handler (keep_error);
  igraph_set_warning_handler (ignore_warning);
  igraph_set_interruption_handler (check_interruption);
  igraph_set_attribute_table (&igraph_cattribute_table);
}

static gboolean
report (igraph_error_t code, const Call *call, GError **error)
{
  MixqErrorCode kind = code == IGRAPH_PARSEERROR ? MIXQ_ERROR_PARSE : MIXQ_ERROR_EXTERNAL;

  if (code == IGRAPH_SUCCESS)
    return TRUE;
  if (code == IGRAPH_INTERRUPTED)
    return set_cancelled (error);
  g_set_error (error, MIXQ_ERROR, kind, "igraph: %s",
               call->message != NULL ? call->message : igraph_strerror (code));
  return FALSE;
}

gboolean
mixq_igraph_call (MixqIgraphFunc func, gpointer data, GCancellable *cancellable, GError **error)
{
  Call call = { .thread = g_thread_self (), .cancellable = cancellable };
  igraph_error_t code;
  gboolean ok;

  if (!enter (&call, error))
    return FALSE;
  install_handlers ();
  code = mixq_igraph_seed (0);
  if (code == IGRAPH_SUCCESS)
    code = func (data);
  /* After success nothing is left here; a func may also fail with a code of its own and leave its cleanups. */
  IGRAPH_FINALLY_FREE ();
  leave ();
  ok = report (code, &call, error);
  g_free (call.message);
  return ok;
}

igraph_error_t
mixq_igraph_seed (guint64 seed)
{
  /* The Mersenne twister behind igraph_rng_default() takes 32 bits, so the seed is mixed down first. */
  return igraph_rng_seed (igraph_rng_default (), (igraph_uint_t) (mixq_random_splitmix (&seed) >> 32));
}
