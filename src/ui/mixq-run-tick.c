/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the session publishes is taken on the frame clock, as long as there is news. */
#include "config.h"

#include "mixq-run-model-private.h"

#include <math.h>
#include <string.h>

#include "mixq-frame-log.h"

/* Ticks without news before the tick callback is taken off the frame clock. */
#define IDLE_TICKS 12
/* The eye does not need the whole history more often; bars and figures follow every snapshot. */
#define HISTORY_INTERVAL_US 30000

static void
take_points (MixqRunModel *self, guint serial)
{
  g_clear_pointer (&self->points, g_ptr_array_unref);
  self->points = mixq_session_dup_points (self->held->session);
  self->points_serial = serial;
  mixq_run_model_emit (self, MIXQ_RUN_POINTS_CHANGED);
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
  mixq_run_model_emit (self, MIXQ_RUN_HISTORY_CHANGED);
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

static gboolean
take_front (MixqRunModel *self)
{
  MixqFrontProgress now = mixq_session_get_front (self->held->session);

  if (now.running == self->front.running && now.told == self->front.told &&
      now.expected == self->front.expected && now.method == self->front.method)
    return FALSE;
  self->front = now;
  mixq_run_model_emit (self, MIXQ_RUN_FRONT_CHANGED);
  return TRUE;
}

static void
take_snapshot (MixqRunModel *self, MixqSnapshot *fresh)
{
  /* The first picture under a new price is the one a hand on the slider waits for: its trail comes with it. */
  if (self->snapshot != NULL && self->snapshot->lambda != fresh->lambda)
    self->history_time = 0;
  g_clear_pointer (&self->snapshot, mixq_snapshot_unref);
  self->snapshot = fresh;
  self->history_due = TRUE;
  if (fresh->phase != MIXQ_PHASE_FLOAT && fabs (fresh->lambda) > 1e-12 && isfinite (fresh->lambda_paper))
    self->paper_ratio = fresh->lambda_paper / fresh->lambda;
  mixq_run_model_emit (self, MIXQ_RUN_SNAPSHOT);
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
  if (take_front (self))
    news = TRUE;
  if (fresh != NULL) {
    take_snapshot (self, fresh);
    news = TRUE;
  }
  if (news)
    mixq_run_model_turn_dial (self);
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
      mixq_run_waker_wake (self->held->waker);
  }
  return G_SOURCE_REMOVE;
}

void
mixq_run_model_start_ticking (MixqRunModel *self)
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
  mixq_run_model_start_ticking (self);
}
