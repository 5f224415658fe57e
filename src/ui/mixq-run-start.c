/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a wish becomes the session of now: starting on a worker, adopting what it made, parking the one before. */
#include "config.h"

#include <string.h>

#include "mixq-run-model-private.h"

#include "mixq-frame-log.h"

#define RESTART_DELAY_MS 200

/* Generations tell sessions apart for the whole process; main thread only. */
static guint64 last_generation;

/* --- wishes ----------------------------------------------------------------------------------------------------- */

void
mixq_run_wish_copy (const MixqRunWish *self, MixqRunWish *out)
{
  *out = *self;
  out->what = g_strdup (self->what);
  out->split = g_strdup (self->split);
}

void
mixq_run_wish_clear (MixqRunWish *self)
{
  g_clear_pointer (&self->what, g_free);
  g_clear_pointer (&self->split, g_free);
}

/* --- starting a session on a worker ------------------------------------------------------------------------------ */

typedef struct
{
  MixqRunWish wish;
  MixqDataset *base; /* (nullable): reuse instead of loading */
  guint64 generation;
  MixqRunHold *current; /* borrowed: stays alive until the job is back */
  GPtrArray *parked;    /* borrowed likewise; the main thread does not touch it meanwhile */
  MixqRunWaker *waker;
  MixqRunHold *result;
} StartJob;

static void
start_job_free (StartJob *job)
{
  mixq_run_wish_clear (&job->wish);
  g_clear_pointer (&job->base, mixq_dataset_unref);
  g_clear_pointer (&job->waker, mixq_run_waker_unref);
  if (job->result != NULL)
    mixq_run_hold_free_elsewhere (job->result);
  g_free (job);
}

static char *
session_key (const MixqDataset *dataset, const MixqModelSpec *spec)
{
  char dropout[G_ASCII_DTOSTR_BUF_SIZE], feature_dropout[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_dtostr (dropout, sizeof dropout, spec->dropout);
  g_ascii_dtostr (feature_dropout, sizeof feature_dropout, spec->feature_dropout);
  return g_strdup_printf ("%s|%s|%u|%u|%s|%s|%d%d%d|%s|%s|%u|%u", dataset->sha256,
                          mixq_arch_name (spec->arch), spec->n_layers, spec->hidden, dropout, feature_dropout,
                          spec->batch_norm != FALSE, spec->residual != FALSE, spec->eps != FALSE,
                          mixq_aggregator_name (spec->aggregator), mixq_pool_name (spec->pool), spec->hops,
                          spec->heads);
}

static MixqSession *
find_previous (StartJob *job, const char *key)
{
  if (job->current != NULL && g_str_equal (job->current->key, key))
    return job->current->session;
  for (guint i = 0; i < job->parked->len; i++) {
    MixqRunHold *held = job->parked->pdata[i];

    if (g_str_equal (held->key, key))
      return held->session;
  }
  return NULL;
}

/* A network for nodes is not one for graphs: data of the other kind begin with what is usual for them. */
static void
fit_spec (MixqRunWish *wish, const MixqDataset *dataset)
{
  gboolean of_graphs = dataset->task == MIXQ_TASK_GRAPHS;

  if (of_graphs == wish->of_graphs)
    return;
  mixq_model_spec_for (&wish->spec, wish->spec.arch, dataset->task);
  memset (wish->config.pinned, 0, sizeof wish->config.pinned);
  wish->of_graphs = of_graphs;
}

/* What training of this model on this data usually wants; a spec that does not fit is the session's to refuse. */
static void
set_usual (MixqRunWish *wish, const MixqDataset *dataset)
{
  g_autoptr (MixqModel) model = mixq_model_new (&wish->spec, dataset, NULL);

  if (model != NULL)
    mixq_run_config_set_usual (&wish->config, model);
}

static void
start_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  StartJob *job = task_data;
  g_autoptr (MixqDataset) dataset = NULL;
  g_autofree char *key = NULL;
  g_autoptr (GError) error = NULL;
  MixqSession *session;

  if (job->base == NULL)
    job->base = mixq_dataset_load (job->wish.what, NULL, cancellable, &error);
  if (job->base == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  dataset = job->wish.split != NULL ? mixq_dataset_with_split (job->base, job->wish.split, &error)
                                    : mixq_dataset_ref (job->base);
  if (dataset == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  fit_spec (&job->wish, dataset);
  key = session_key (dataset, &job->wish.spec);
  set_usual (&job->wish, dataset);
  session = mixq_session_new (dataset, &job->wish.spec, &job->wish.config, job->generation,
                              find_previous (job, key), mixq_run_waker_wake_cb, job->waker, &error);
  if (session == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  job->result = mixq_run_hold_new (session, job->waker, g_steal_pointer (&key), job->generation);
  g_task_return_boolean (task, TRUE);
}

/* A session of the same data and model gave its points to the new one and goes; any other is parked with its points. */
static void
retire (MixqRunModel *self, MixqRunHold *old, const char *new_key)
{
  for (guint i = 0; i < self->parked->len; i++) {
    MixqRunHold *held = self->parked->pdata[i];

    if (g_str_equal (held->key, new_key)) {
      mixq_run_hold_free_elsewhere (g_ptr_array_steal_index (self->parked, i));
      break;
    }
  }
  if (old == NULL)
    return;
  if (g_str_equal (old->key, new_key)) {
    mixq_run_hold_free_elsewhere (old);
    return;
  }
  mixq_session_set_paused (old->session, TRUE);
  g_ptr_array_add (self->parked, old);
}

/* What the data made of the wish, unless something newer is wished by now. */
static void
adopt_spec (MixqRunModel *self, const MixqRunWish *fitted)
{
  if (self->restart_id != 0 || self->wish.of_graphs == fitted->of_graphs)
    return;
  self->wish.spec = fitted->spec;
  self->wish.of_graphs = fitted->of_graphs;
  memcpy (self->wish.config.pinned, fitted->config.pinned, sizeof fitted->config.pinned);
  mixq_run_model_emit (self, MIXQ_RUN_WISH_CHANGED);
}

static void
adopt_session (MixqRunModel *self, StartJob *job)
{
  MixqRunHold *old = g_steal_pointer (&self->held);
  gboolean same_key = old != NULL && g_str_equal (old->key, job->result->key);
  gboolean same_data = old != NULL &&
                       g_strcmp0 (mixq_session_peek_dataset (old->session)->sha256,
                                  mixq_session_peek_dataset (job->result->session)->sha256) == 0;

  self->held = g_steal_pointer (&job->result);
  retire (self, old, self->held->key);
  g_clear_pointer (&self->base, mixq_dataset_unref);
  self->base = mixq_dataset_ref (job->base);
  g_free (self->base_what);
  self->base_what = g_strdup (job->wish.what);

  mixq_run_model_forget (self);
  self->selected_point = MIXQ_NO_POINT;
  self->selected_slot = MIXQ_NO_SLOT;
  if (!same_data)
    self->selected_node = MIXQ_NO_NODE;
  mixq_session_set_pace (self->held->session, self->pace);
  mixq_session_set_cpu_share (self->held->session, self->cpu_share);
  adopt_spec (self, &job->wish);
  /* The knob may have moved while the session was being made. */
  if (self->wish.config.lambda != job->wish.config.lambda)
    mixq_session_set_lambda (self->held->session, self->wish.config.lambda);
  mixq_session_set_paused (self->held->session, self->paused);
  mixq_run_model_renew_dial (self, same_key);
  mixq_run_model_emit (self, MIXQ_RUN_SESSION_CHANGED);
  mixq_run_model_emit (self, MIXQ_RUN_SELECTION_CHANGED);
  mixq_run_model_emit (self, MIXQ_RUN_FRONT_CHANGED);
  mixq_run_model_start_ticking (self);
}

static void start_now (MixqRunModel *self);

/* After a failure the wish goes back to what really runs, so that settings show the truth. */
static void
return_to_running (MixqRunModel *self)
{
  MixqRunWish wish = { 0 };

  if (self->held == NULL || self->base_what == NULL)
    return;
  wish.what = g_strdup (self->base_what);
  wish.split = g_strdup (self->wish.split);
  wish.spec = mixq_session_peek_model (self->held->session)->spec;
  wish.of_graphs = mixq_session_peek_dataset (self->held->session)->task == MIXQ_TASK_GRAPHS;
  wish.config = *mixq_session_peek_config (self->held->session);
  wish.config.lambda = self->wish.config.lambda;
  mixq_run_wish_clear (&self->wish);
  self->wish = wish;
  mixq_run_model_emit (self, MIXQ_RUN_WISH_CHANGED);
}

static void
start_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MixqRunModel *self = MIXQ_RUN_MODEL (source);
  StartJob *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  MixqFrameMark mark = mixq_frame_log_begin ();
  gboolean stale = g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result)));
  gboolean done = g_task_propagate_boolean (G_TASK (result), &error);

  g_clear_object (&self->job);
  if (self->closed) {
    mixq_run_model_close (self);
    return;
  }
  if (stale) {
    start_now (self);
    return;
  }
  if (done)
    adopt_session (self, job);
  g_object_notify (G_OBJECT (self), "loading");
  if (!done) {
    mixq_run_model_emit_failed (self, error->message);
    return_to_running (self);
  }
  mixq_frame_log_end (mark, MIXQ_FRAME_HANDLER, "session-start");
}

static void
start_now (MixqRunModel *self)
{
  StartJob *job = g_new0 (StartJob, 1);
  g_autoptr (GTask) task = NULL;

  self->job = g_cancellable_new ();
  mixq_run_wish_copy (&self->wish, &job->wish);
  if (self->base != NULL && g_strcmp0 (self->base_what, job->wish.what) == 0)
    job->base = mixq_dataset_ref (self->base);
  job->generation = ++last_generation;
  job->current = self->held;
  job->parked = self->parked;
  job->waker = mixq_run_waker_new (self);
  task = g_task_new (self, self->job, start_done_cb, NULL);
  g_task_set_check_cancellable (task, FALSE); /* the result must be freed either way: look in the callback */
  g_task_set_task_data (task, job, (GDestroyNotify) start_job_free);
  g_task_run_in_thread (task, start_thread);
  g_object_notify (G_OBJECT (self), "loading");
}

static gboolean
restart_cb (gpointer user_data)
{
  MixqRunModel *self = user_data;

  self->restart_id = 0;
  if (self->job != NULL)
    g_cancellable_cancel (self->job); /* start_done_cb() begins again with the newest wish */
  else
    start_now (self);
  return G_SOURCE_REMOVE;
}

void
mixq_run_model_set_wish (MixqRunModel *self, const MixqRunWish *wish)
{
  MixqRunWish copy;
  gboolean first;

  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));
  g_return_if_fail (wish != NULL && wish->what != NULL);

  first = self->held == NULL && self->job == NULL;
  mixq_run_wish_copy (wish, &copy); /* @wish may be our own */
  mixq_run_wish_clear (&self->wish);
  self->wish = copy;
  g_clear_handle_id (&self->restart_id, g_source_remove);
  if (first)
    restart_cb (self);
  else
    self->restart_id = g_timeout_add (RESTART_DELAY_MS, restart_cb, self);
  mixq_run_model_emit (self, MIXQ_RUN_WISH_CHANGED);
  g_object_notify (G_OBJECT (self), "lambda");
}

void
mixq_run_model_restart (MixqRunModel *self)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  if (self->wish.what == NULL)
    return;
  mixq_run_model_set_paused (self, FALSE);
  mixq_run_model_set_wish (self, &self->wish);
}

const MixqRunWish *
mixq_run_model_peek_wish (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);
  return &self->wish;
}
