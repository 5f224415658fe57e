/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session of the window as an object: its state, the selection all views share, and the commands. How a session
 * comes to be, is read and goes is in mixq-run-start.c, mixq-run-tick.c and mixq-run-hold.c.
 */
#include "config.h"

#include "mixq-run-model-private.h"

#include <math.h>

enum {
  PROP_0,
  PROP_LAMBDA,
  PROP_PAUSED,
  PROP_LOADING,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[MIXQ_RUN_N_SIGNALS];

G_DEFINE_TYPE (MixqRunModel, mixq_run_model, G_TYPE_OBJECT)

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
  mixq_run_model_emit (self, MIXQ_RUN_SELECTION_CHANGED);
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
  mixq_run_model_emit (self, MIXQ_RUN_SELECTION_CHANGED);
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
  mixq_run_model_emit (self, MIXQ_RUN_SELECTION_CHANGED);
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

  mixq_run_model_set_dial (self, NULL);
  mixq_run_model_move_lambda (self, lambda);
}

void
mixq_run_model_move_lambda (MixqRunModel *self, double lambda)
{
  if (lambda == self->wish.config.lambda)
    return;
  self->wish.config.lambda = lambda;
  if (self->held != NULL)
    mixq_session_set_lambda (self->held->session, lambda);
  /* Moving the price is a question to the live search, so go back to it. */
  mixq_run_model_select_point (self, MIXQ_NO_POINT);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAMBDA]);
  mixq_run_model_start_ticking (self);
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
  mixq_run_model_start_ticking (self);
}

void
mixq_run_model_step (MixqRunModel *self)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  mixq_run_model_set_paused (self, TRUE);
  if (self->held != NULL)
    mixq_session_step (self->held->session);
  mixq_run_model_start_ticking (self);
}

void
mixq_run_model_pin (MixqRunModel *self, guint slot, guint8 bits)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  if (self->held == NULL || slot >= mixq_run_model_peek_model (self)->n_slots)
    return;
  mixq_session_pin (self->held->session, slot, bits);
  self->wish.config.pinned[slot] = bits;
  mixq_run_model_start_ticking (self);
}

void
mixq_run_model_unpin (MixqRunModel *self, guint slot)
{
  g_return_if_fail (MIXQ_IS_RUN_MODEL (self));

  if (self->held == NULL || slot >= mixq_run_model_peek_model (self)->n_slots)
    return;
  mixq_session_unpin (self->held->session, slot);
  self->wish.config.pinned[slot] = 0;
  mixq_run_model_start_ticking (self);
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
  mixq_run_model_emit (self, MIXQ_RUN_WISH_CHANGED);
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
  mixq_run_model_emit (self, MIXQ_RUN_WISH_CHANGED);
}

gboolean
mixq_run_model_get_loading (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), FALSE);
  return self->job != NULL;
}

void
mixq_run_model_emit (MixqRunModel *self, MixqRunSignal which)
{
  g_signal_emit (self, signals[which], 0);
}

void
mixq_run_model_emit_failed (MixqRunModel *self, const char *message)
{
  g_signal_emit (self, signals[MIXQ_RUN_FAILED], 0, message);
}

/* --- object ------------------------------------------------------------------------------------------------------- */

void
mixq_run_model_forget (MixqRunModel *self)
{
  g_clear_pointer (&self->snapshot, mixq_snapshot_unref);
  g_clear_pointer (&self->history, mixq_history_free);
  g_clear_pointer (&self->points, g_ptr_array_unref);
  g_clear_pointer (&self->commands, g_array_unref);
  g_clear_pointer (&self->running, g_free);
  self->points_serial = 0;
  self->front = (MixqFrontProgress){ 0 };
  self->history_time = 0;
  self->history_due = FALSE;
  self->paper_ratio = NAN;
}

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
  mixq_run_model_forget (self);
  if (self->held != NULL)
    mixq_run_hold_free_elsewhere (g_steal_pointer (&self->held));
  for (guint i = 0; self->parked != NULL && i < self->parked->len; i++)
    mixq_run_hold_free_elsewhere (self->parked->pdata[i]);
  g_clear_pointer (&self->parked, g_ptr_array_unref);
}

static void
mixq_run_model_dispose (GObject *object)
{
  MixqRunModel *self = MIXQ_RUN_MODEL (object);

  mixq_run_model_close (self);
  g_clear_pointer (&self->base, mixq_dataset_unref);
  g_clear_pointer (&self->base_what, g_free);
  g_clear_pointer (&self->dial, mixq_dial_free);
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
  signals[MIXQ_RUN_SESSION_CHANGED] = new_signal (klass, "session-changed");
  signals[MIXQ_RUN_SNAPSHOT] = new_signal (klass, "snapshot");
  signals[MIXQ_RUN_HISTORY_CHANGED] = new_signal (klass, "history-changed");
  signals[MIXQ_RUN_POINTS_CHANGED] = new_signal (klass, "points-changed");
  signals[MIXQ_RUN_SELECTION_CHANGED] = new_signal (klass, "selection-changed");
  signals[MIXQ_RUN_WISH_CHANGED] = new_signal (klass, "wish-changed");
  signals[MIXQ_RUN_BUDGET_CHANGED] = new_signal (klass, "budget-changed");
  signals[MIXQ_RUN_DIAL_CHANGED] = new_signal (klass, "dial-changed");
  signals[MIXQ_RUN_FRONT_CHANGED] = new_signal (klass, "front-changed");
  signals[MIXQ_RUN_FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
mixq_run_model_init (MixqRunModel *self)
{
  self->parked = g_ptr_array_new ();
  self->wish.spec = MIXQ_MODEL_SPEC_DEFAULT;
  mixq_run_config_init (&self->wish.config);
  self->paper_ratio = NAN;
  self->budget = MIXQ_BUDGET_NONE;
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
