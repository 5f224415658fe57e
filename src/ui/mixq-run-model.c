/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session of the window. Three concerns, in this order: the wish and the worker that makes a session of it; the
 * frame tick that takes what the session publishes; selection and commands.
 */
#include "config.h"

#include "mixq-run-model.h"

#include <math.h>
#include <string.h>
#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "mixq-frame-log.h"

#define RESTART_DELAY_MS 200
/* Ticks without news before the tick callback is taken off the frame clock. */
#define IDLE_TICKS 12
/* The eye does not need the whole history more often; bars and figures follow every snapshot. */
#define HISTORY_INTERVAL_US 30000
#define WORKER_NICE 5

/* What a worker may touch of us: it outlives the model as long as a session has it. */
typedef struct
{
  gatomicrefcount ref_count;
  GWeakRef model;
  int pending; /* atomic: an idle is under way, or the model ticks and looks by itself */
} Waker;

typedef struct _MixqRunHold
{
  gatomicrefcount ref_count;
  MixqSession *session;
  Waker *waker;
  char *key; /* data and model */
  guint64 generation;
} Held;

struct _MixqRunModel
{
  GObject parent_instance;

  /* owned */
  MixqRunWish wish;
  MixqDataset *base; /* as loaded, before another split */
  char *base_what;
  Held *held;
  GPtrArray *parked; /* of Held */
  GCancellable *job; /* the start under way */
  MixqSnapshot *snapshot;
  MixqHistory *history;
  GPtrArray *points;
  GArray *commands;
  guint8 *running;

  /* borrowed */
  GtkWidget *clock_widget;

  guint restart_id;
  guint tick_id;
  guint idle_ticks;
  guint points_serial;
  gint64 history_time;
  gboolean history_due;
  double running_progress;
  double paper_ratio;
  double pace;
  double cpu_share;
  gboolean paused;
  gboolean closed;
  gint64 selected_point;
  int selected_slot;
  gint64 selected_node;
};

enum {
  PROP_0,
  PROP_LAMBDA,
  PROP_PAUSED,
  PROP_LOADING,
  N_PROPS,
};

enum {
  SESSION_CHANGED,
  SNAPSHOT,
  HISTORY_CHANGED,
  POINTS_CHANGED,
  SELECTION_CHANGED,
  WISH_CHANGED,
  FAILED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];
/* Generations tell sessions apart for the whole process; main thread only. */
static guint64 last_generation;
/* Threads that wait for the workers of closed sessions; joined when the app ends. Main thread only. */
static GPtrArray *closing;

G_DEFINE_TYPE (MixqRunModel, mixq_run_model, G_TYPE_OBJECT)

static void start_ticking (MixqRunModel *self);

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

/* --- what workers may call --------------------------------------------------------------------------------------- */

static Waker *
waker_new (MixqRunModel *model)
{
  Waker *waker = g_new0 (Waker, 1);

  g_atomic_ref_count_init (&waker->ref_count);
  g_weak_ref_init (&waker->model, model);
  return waker;
}

static Waker *
waker_ref (Waker *waker)
{
  g_atomic_ref_count_inc (&waker->ref_count);
  return waker;
}

static void
waker_unref (Waker *waker)
{
  if (!g_atomic_ref_count_dec (&waker->ref_count))
    return;
  g_weak_ref_clear (&waker->model);
  g_free (waker);
}

static gboolean
wake_idle_cb (gpointer user_data)
{
  Waker *waker = user_data;
  g_autoptr (MixqRunModel) model = g_weak_ref_get (&waker->model);

  if (model != NULL)
    start_ticking (model);
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
static void
wake (Waker *waker)
{
  if (g_atomic_int_compare_and_exchange (&waker->pending, 0, 1))
    g_idle_add_full (G_PRIORITY_DEFAULT, wake_idle_cb, waker_ref (waker), (GDestroyNotify) waker_unref);
}

/* On a worker. */
static void
wake_cb (gpointer user_data)
{
  step_back ();
  wake (user_data);
}

void
mixq_run_hold_unref (Held *held)
{
  if (!g_atomic_ref_count_dec (&held->ref_count))
    return;
  mixq_session_free (held->session);
  waker_unref (held->waker);
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
static void
held_free_elsewhere (Held *held)
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

/* --- starting a session on a worker ------------------------------------------------------------------------------ */

typedef struct
{
  MixqRunWish wish;
  MixqDataset *base; /* (nullable): reuse instead of loading */
  guint64 generation;
  Held *current;     /* borrowed: stays alive until the job is back */
  GPtrArray *parked; /* borrowed likewise; the main thread does not touch it meanwhile */
  Waker *waker;
  Held *result;
} StartJob;

static void
start_job_free (StartJob *job)
{
  mixq_run_wish_clear (&job->wish);
  g_clear_pointer (&job->base, mixq_dataset_unref);
  g_clear_pointer (&job->waker, waker_unref);
  if (job->result != NULL)
    held_free_elsewhere (job->result);
  g_free (job);
}

static char *
session_key (const MixqDataset *dataset, const MixqModelSpec *spec)
{
  char dropout[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_dtostr (dropout, sizeof dropout, spec->dropout);
  return g_strdup_printf ("%s|%s|%u|%u|%s", dataset->sha256, mixq_arch_name (spec->arch), spec->n_layers,
                          spec->hidden, dropout);
}

static MixqSession *
find_previous (StartJob *job, const char *key)
{
  if (job->current != NULL && g_str_equal (job->current->key, key))
    return job->current->session;
  for (guint i = 0; i < job->parked->len; i++) {
    Held *held = job->parked->pdata[i];

    if (g_str_equal (held->key, key))
      return held->session;
  }
  return NULL;
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
  key = session_key (dataset, &job->wish.spec);
  session = mixq_session_new (dataset, &job->wish.spec, &job->wish.config, job->generation,
                              find_previous (job, key), wake_cb, job->waker, &error);
  if (session == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  job->result = g_new0 (Held, 1);
  g_atomic_ref_count_init (&job->result->ref_count);
  job->result->session = session;
  job->result->waker = waker_ref (job->waker);
  job->result->key = g_steal_pointer (&key);
  job->result->generation = job->generation;
  g_task_return_boolean (task, TRUE);
}

static void
forget_results (MixqRunModel *self)
{
  g_clear_pointer (&self->snapshot, mixq_snapshot_unref);
  g_clear_pointer (&self->history, mixq_history_free);
  g_clear_pointer (&self->points, g_ptr_array_unref);
  g_clear_pointer (&self->commands, g_array_unref);
  g_clear_pointer (&self->running, g_free);
  self->points_serial = 0;
  self->history_time = 0;
  self->history_due = FALSE;
  self->paper_ratio = NAN;
}

/* A session of the same data and model gave its points to the new one and goes; any other is parked with its points. */
static void
retire (MixqRunModel *self, Held *old, const char *new_key)
{
  for (guint i = 0; i < self->parked->len; i++) {
    Held *held = self->parked->pdata[i];

    if (g_str_equal (held->key, new_key)) {
      held_free_elsewhere (g_ptr_array_steal_index (self->parked, i));
      break;
    }
  }
  if (old == NULL)
    return;
  if (g_str_equal (old->key, new_key)) {
    held_free_elsewhere (old);
    return;
  }
  mixq_session_set_paused (old->session, TRUE);
  g_ptr_array_add (self->parked, old);
}

static void
adopt_session (MixqRunModel *self, StartJob *job)
{
  Held *old = g_steal_pointer (&self->held);
  gboolean same_data = old != NULL &&
                       g_strcmp0 (mixq_session_peek_dataset (old->session)->sha256,
                                  mixq_session_peek_dataset (job->result->session)->sha256) == 0;

  self->held = g_steal_pointer (&job->result);
  retire (self, old, self->held->key);
  g_clear_pointer (&self->base, mixq_dataset_unref);
  self->base = mixq_dataset_ref (job->base);
  g_free (self->base_what);
  self->base_what = g_strdup (job->wish.what);

  forget_results (self);
  self->selected_point = MIXQ_NO_POINT;
  self->selected_slot = MIXQ_NO_SLOT;
  if (!same_data)
    self->selected_node = MIXQ_NO_NODE;
  mixq_session_set_pace (self->held->session, self->pace);
  mixq_session_set_cpu_share (self->held->session, self->cpu_share);
  /* The knob may have moved while the session was being made. */
  if (self->wish.config.lambda != job->wish.config.lambda)
    mixq_session_set_lambda (self->held->session, self->wish.config.lambda);
  mixq_session_set_paused (self->held->session, self->paused);
  g_signal_emit (self, signals[SESSION_CHANGED], 0);
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
  start_ticking (self);
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
  wish.config = *mixq_session_peek_config (self->held->session);
  wish.config.lambda = self->wish.config.lambda;
  mixq_run_wish_clear (&self->wish);
  self->wish = wish;
  g_signal_emit (self, signals[WISH_CHANGED], 0);
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
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
  if (!done) {
    g_signal_emit (self, signals[FAILED], 0, error->message);
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
  job->waker = waker_new (self);
  task = g_task_new (self, self->job, start_done_cb, NULL);
  g_task_set_check_cancellable (task, FALSE); /* the result must be freed either way: look in the callback */
  g_task_set_task_data (task, job, (GDestroyNotify) start_job_free);
  g_task_run_in_thread (task, start_thread);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
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
  g_signal_emit (self, signals[WISH_CHANGED], 0);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAMBDA]);
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

/* --- the frame tick ----------------------------------------------------------------------------------------------- */

static void
take_points (MixqRunModel *self, guint serial)
{
  g_clear_pointer (&self->points, g_ptr_array_unref);
  self->points = mixq_session_dup_points (self->held->session);
  self->points_serial = serial;
  g_signal_emit (self, signals[POINTS_CHANGED], 0);
}

static void
take_history (MixqRunModel *self, gint64 now)
{
  g_clear_pointer (&self->history, mixq_history_free);
  g_clear_pointer (&self->commands, g_array_unref);
  self->history = mixq_session_dup_history (self->held->session);
  self->commands = mixq_session_dup_commands (self->held->session);
  self->history_time = now;
  self->history_due = FALSE;
  g_signal_emit (self, signals[HISTORY_CHANGED], 0);
}

static gboolean
take_running (MixqRunModel *self)
{
  double progress = 0.0;
  g_autofree guint8 *running = mixq_session_dup_running (self->held->session, &progress);
  guint n = mixq_session_peek_model (self->held->session)->n_slots;
  gboolean changed = (running == NULL) != (self->running == NULL) || progress != self->running_progress;

  if (!changed && running != NULL)
    changed = memcmp (running, self->running, n) != 0;
  if (!changed)
    return FALSE;
  g_free (self->running);
  self->running = g_steal_pointer (&running);
  self->running_progress = progress;
  return TRUE;
}

static void
take_snapshot (MixqRunModel *self, MixqSnapshot *fresh)
{
  g_clear_pointer (&self->snapshot, mixq_snapshot_unref);
  self->snapshot = fresh;
  self->history_due = TRUE;
  if (fresh->phase != MIXQ_PHASE_FLOAT && fabs (fresh->lambda) > 1e-12 && isfinite (fresh->lambda_paper))
    self->paper_ratio = fresh->lambda_paper / fresh->lambda;
  g_signal_emit (self, signals[SNAPSHOT], 0);
}

/* Takes whatever is new. Returns whether anything was. */
static gboolean
take_news (MixqRunModel *self, gint64 now)
{
  MixqSnapshot *fresh = mixq_session_take_snapshot (self->held->session);
  guint serial = mixq_session_get_points_serial (self->held->session);
  gboolean news = FALSE;

  if (fresh != NULL && fresh->generation != self->held->generation)
    g_clear_pointer (&fresh, mixq_snapshot_unref); /* of a session that is gone */
  if (serial != self->points_serial || self->points == NULL) {
    take_points (self, serial);
    news = TRUE;
  }
  if (take_running (self))
    news = TRUE;
  if (fresh != NULL) {
    take_snapshot (self, fresh);
    news = TRUE;
  }
  if (self->history_due && now - self->history_time >= HISTORY_INTERVAL_US) {
    take_history (self, now);
    news = TRUE;
  }
  return news;
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  MixqRunModel *self = user_data;
  MixqFrameMark mark = mixq_frame_log_begin ();
  gboolean news = self->held != NULL && take_news (self, gdk_frame_clock_get_frame_time (clock));

  mixq_frame_log_end (mark, MIXQ_FRAME_TICK, "run-model");
  self->idle_ticks = news ? 0 : self->idle_ticks + 1;
  if (self->held != NULL && (self->idle_ticks < IDLE_TICKS || self->history_due))
    return G_SOURCE_CONTINUE;
  self->tick_id = 0;
  /* From here on the next news wakes us again. News that came since we looked did not: look once more, later. */
  if (self->held != NULL) {
    g_atomic_int_set (&self->held->waker->pending, 0);
    if (mixq_session_get_points_serial (self->held->session) != self->points_serial)
      wake (self->held->waker);
  }
  return G_SOURCE_REMOVE;
}

static void
start_ticking (MixqRunModel *self)
{
  self->idle_ticks = 0;
  if (self->held == NULL || self->clock_widget == NULL || self->tick_id != 0)
    return;
  g_atomic_int_set (&self->held->waker->pending, 1);
  self->tick_id = gtk_widget_add_tick_callback (self->clock_widget, tick_cb, self, NULL);
}

void
mixq_run_model_attach (MixqRunModel *self, GtkWidget *widget)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  if (self->tick_id != 0) {
    gtk_widget_remove_tick_callback (self->clock_widget, self->tick_id);
    self->tick_id = 0;
  }
  self->clock_widget = widget;
  start_ticking (self);
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

/* --- state -------------------------------------------------------------------------------------------------------- */

MixqSession *
mixq_run_model_peek_session (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);
  return self->held != NULL ? self->held->session : NULL;
}

MixqDataset *
mixq_run_model_peek_dataset (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);
  return self->held != NULL ? mixq_session_peek_dataset (self->held->session) : NULL;
}

MixqModel *
mixq_run_model_peek_model (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);
  return self->held != NULL ? mixq_session_peek_model (self->held->session) : NULL;
}

const MixqSnapshot *
mixq_run_model_peek_snapshot (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);
  return self->snapshot;
}

const MixqHistory *
mixq_run_model_peek_history (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);
  return self->history;
}

GPtrArray *
mixq_run_model_peek_points (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);
  return self->points;
}

const GArray *
mixq_run_model_peek_commands (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);
  return self->commands;
}

const guint8 *
mixq_run_model_peek_running (MixqRunModel *self, double *progress)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);
  if (progress != NULL)
    *progress = self->running_progress;
  return self->running;
}

MixqCostAxis
mixq_run_model_get_axis (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), MIXQ_COST_BITOPS);
  return self->held != NULL ? mixq_session_peek_config (self->held->session)->cost : self->wish.config.cost;
}

MixqPoint *
mixq_run_model_find_point (MixqRunModel *self, gint64 id)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);

  for (guint i = 0; self->points != NULL && id >= 0 && i < self->points->len; i++) {
    MixqPoint *point = self->points->pdata[i];

    if (point->id == id)
      return point;
  }
  return NULL;
}

MixqPoint *
mixq_run_model_peek_float (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);

  for (guint i = 0; self->points != NULL && i < self->points->len; i++) {
    MixqPoint *point = self->points->pdata[i];

    if (point->kind == MIXQ_POINT_FLOAT)
      return point;
  }
  return NULL;
}

MixqPoint *
mixq_run_model_peek_recommended (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);

  for (guint i = 0; self->points != NULL && i < self->points->len; i++) {
    MixqPoint *point = self->points->pdata[i];

    if (point->recommended && point->kind != MIXQ_POINT_FLOAT)
      return point;
  }
  return NULL;
}

MixqPoint *
mixq_run_model_peek_current (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);

  for (guint i = 0; self->snapshot != NULL && self->points != NULL && i < self->points->len; i++) {
    MixqPoint *point = self->points->pdata[i];

    if (point->kind != MIXQ_POINT_FLOAT && point->n_slots == self->snapshot->n_slots &&
        memcmp (point->bits, self->snapshot->bits, point->n_slots) == 0)
      return point;
  }
  return NULL;
}

MixqPoint *
mixq_run_model_peek_shown (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);
  return mixq_run_model_find_point (self, self->selected_point);
}

static int
compare_cost (gconstpointer a, gconstpointer b)
{
  const MixqPoint *left = *(MixqPoint *const *) a, *right = *(MixqPoint *const *) b;

  if (left->cost_share != right->cost_share)
    return left->cost_share < right->cost_share ? -1 : 1;
  return left->id < right->id ? -1 : 1;
}

gint64
mixq_run_model_walk_points (MixqRunModel *self, gint64 from, int delta)
{
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  int at = -1;

  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), MIXQ_NO_POINT);

  if (self->points == NULL || self->points->len == 0)
    return MIXQ_NO_POINT;
  g_ptr_array_extend (order, self->points, NULL, NULL);
  g_ptr_array_sort (order, compare_cost);
  for (guint i = 0; i < order->len; i++)
    if (((MixqPoint *) order->pdata[i])->id == from)
      at = (int) i;
  if (at < 0)
    at = delta > 0 ? 0 : (int) order->len - 1;
  else
    at = CLAMP (at + delta, 0, (int) order->len - 1);
  return ((MixqPoint *) order->pdata[at])->id;
}

const guint16 *
mixq_run_model_peek_prediction (MixqRunModel *self, const guint8 **confidence)
{
  MixqPoint *shown;

  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);

  shown = mixq_run_model_peek_shown (self);
  if (shown != NULL && shown->prediction != NULL) {
    if (confidence != NULL)
      *confidence = shown->confidence;
    return shown->prediction;
  }
  if (confidence != NULL)
    *confidence = self->snapshot != NULL ? self->snapshot->confidence : NULL;
  return self->snapshot != NULL ? self->snapshot->prediction : NULL;
}

/* --- selection and commands --------------------------------------------------------------------------------------- */

gint64
mixq_run_model_get_selected_point (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), MIXQ_NO_POINT);
  return self->selected_point;
}

int
mixq_run_model_get_selected_slot (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), MIXQ_NO_SLOT);
  return self->selected_slot;
}

gint64
mixq_run_model_get_selected_node (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), MIXQ_NO_NODE);
  return self->selected_node;
}

void
mixq_run_model_select_point (MixqRunModel *self, gint64 id)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  if (mixq_run_model_find_point (self, id) == NULL)
    id = MIXQ_NO_POINT;
  if (id == self->selected_point)
    return;
  self->selected_point = id;
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

void
mixq_run_model_select_slot (MixqRunModel *self, int slot)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  if (self->held == NULL || slot < 0 || slot >= (int) mixq_run_model_peek_model (self)->n_slots)
    slot = MIXQ_NO_SLOT;
  if (slot == self->selected_slot)
    return;
  self->selected_slot = slot;
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

void
mixq_run_model_select_node (MixqRunModel *self, gint64 node)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  if (self->held == NULL || node < 0 || node >= (gint64) mixq_run_model_peek_dataset (self)->n_nodes)
    node = MIXQ_NO_NODE;
  if (node == self->selected_node)
    return;
  self->selected_node = node;
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

double
mixq_run_model_get_lambda (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), 0.0);
  return self->wish.config.lambda;
}

void
mixq_run_model_set_lambda (MixqRunModel *self, double lambda)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));
  g_return_if_fail (isfinite (lambda));

  if (lambda == self->wish.config.lambda)
    return;
  self->wish.config.lambda = lambda;
  if (self->held != NULL)
    mixq_session_set_lambda (self->held->session, lambda);
  /* Moving the price is a question to the live search, so go back to it. */
  mixq_run_model_select_point (self, MIXQ_NO_POINT);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAMBDA]);
  start_ticking (self);
}

double
mixq_run_model_get_paper_ratio (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NAN);
  return self->paper_ratio;
}

gboolean
mixq_run_model_get_paused (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), FALSE);
  return self->paused;
}

void
mixq_run_model_set_paused (MixqRunModel *self, gboolean paused)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  if (paused == self->paused)
    return;
  self->paused = paused;
  if (self->held != NULL)
    mixq_session_set_paused (self->held->session, paused);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAUSED]);
  start_ticking (self);
}

void
mixq_run_model_step (MixqRunModel *self)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  mixq_run_model_set_paused (self, TRUE);
  if (self->held != NULL)
    mixq_session_step (self->held->session);
  start_ticking (self);
}

void
mixq_run_model_pin (MixqRunModel *self, guint slot, guint8 bits)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  if (self->held == NULL || slot >= mixq_run_model_peek_model (self)->n_slots)
    return;
  mixq_session_pin (self->held->session, slot, bits);
  self->wish.config.pinned[slot] = bits;
  start_ticking (self);
}

void
mixq_run_model_unpin (MixqRunModel *self, guint slot)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  if (self->held == NULL || slot >= mixq_run_model_peek_model (self)->n_slots)
    return;
  mixq_session_unpin (self->held->session, slot);
  self->wish.config.pinned[slot] = 0;
  start_ticking (self);
}

double
mixq_run_model_get_pace (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), 0.0);
  return self->pace;
}

void
mixq_run_model_set_pace (MixqRunModel *self, double per_second)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  self->pace = MAX (per_second, 0.0);
  if (self->held != NULL)
    mixq_session_set_pace (self->held->session, self->pace);
  g_signal_emit (self, signals[WISH_CHANGED], 0);
}

double
mixq_run_model_get_cpu_share (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), 1.0);
  return self->cpu_share;
}

void
mixq_run_model_set_cpu_share (MixqRunModel *self, double share)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  self->cpu_share = CLAMP (share, 0.1, 1.0);
  if (self->held != NULL)
    mixq_session_set_cpu_share (self->held->session, self->cpu_share);
  g_signal_emit (self, signals[WISH_CHANGED], 0);
}

gboolean
mixq_run_model_get_loading (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), FALSE);
  return self->job != NULL;
}

/* --- object ------------------------------------------------------------------------------------------------------- */

void
mixq_run_model_close (MixqRunModel *self)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  self->closed = TRUE;
  mixq_run_model_attach (self, NULL);
  g_clear_handle_id (&self->restart_id, g_source_remove);
  if (self->job != NULL) {
    /* The job reads our sessions; it holds a reference on us, and its callback sees that we are closed. */
    g_cancellable_cancel (self->job);
    return;
  }
  forget_results (self);
  if (self->held != NULL)
    held_free_elsewhere (g_steal_pointer (&self->held));
  for (guint i = 0; self->parked != NULL && i < self->parked->len; i++)
    held_free_elsewhere (self->parked->pdata[i]);
  g_clear_pointer (&self->parked, g_ptr_array_unref);
}

static void
mixq_run_model_dispose (GObject *object)
{
  MixqRunModel *self = MIXQ_RUN_MODEL (object);

  mixq_run_model_close (self);
  g_clear_pointer (&self->base, mixq_dataset_unref);
  g_clear_pointer (&self->base_what, g_free);
  mixq_run_wish_clear (&self->wish);
  G_OBJECT_CLASS (mixq_run_model_parent_class)->dispose (object);
}

static void
mixq_run_model_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MixqRunModel *self = MIXQ_RUN_MODEL (object);

  switch (id) {
  case PROP_LAMBDA:
    g_value_set_double (value, self->wish.config.lambda);
    break;
  case PROP_PAUSED:
    g_value_set_boolean (value, self->paused);
    break;
  case PROP_LOADING:
    g_value_set_boolean (value, self->job != NULL);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mixq_run_model_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MixqRunModel *self = MIXQ_RUN_MODEL (object);

  switch (id) {
  case PROP_LAMBDA:
    mixq_run_model_set_lambda (self, g_value_get_double (value));
    break;
  case PROP_PAUSED:
    mixq_run_model_set_paused (self, g_value_get_boolean (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static guint
new_signal (MixqRunModelClass *klass, const char *name)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                       0);
}

static void
mixq_run_model_class_init (MixqRunModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = mixq_run_model_dispose;
  object_class->get_property = mixq_run_model_get_property;
  object_class->set_property = mixq_run_model_set_property;
  properties[PROP_LAMBDA] = g_param_spec_double ("lambda", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0.0, flags);
  properties[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE, flags);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SESSION_CHANGED] = new_signal (klass, "session-changed");
  signals[SNAPSHOT] = new_signal (klass, "snapshot");
  signals[HISTORY_CHANGED] = new_signal (klass, "history-changed");
  signals[POINTS_CHANGED] = new_signal (klass, "points-changed");
  signals[SELECTION_CHANGED] = new_signal (klass, "selection-changed");
  signals[WISH_CHANGED] = new_signal (klass, "wish-changed");
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
mixq_run_model_init (MixqRunModel *self)
{
  self->parked = g_ptr_array_new ();
  self->wish.spec = MIXQ_MODEL_SPEC_DEFAULT;
  mixq_run_config_init (&self->wish.config);
  self->paper_ratio = NAN;
  self->cpu_share = 1.0;
  self->selected_point = MIXQ_NO_POINT;
  self->selected_slot = MIXQ_NO_SLOT;
  self->selected_node = MIXQ_NO_NODE;
}

MixqRunModel *
mixq_run_model_new (void)
{
  return g_object_new (MIXQ_TYPE_RUN_MODEL, NULL);
}
