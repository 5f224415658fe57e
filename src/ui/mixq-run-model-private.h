/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-run-model.h"

G_BEGIN_DECLS

/* What the files of the run model share; nothing else includes this. */

typedef struct _MixqRunWaker MixqRunWaker;

struct _MixqRunWaker
{
  gatomicrefcount ref_count;
  GWeakRef model;
  int pending; /* atomic: an idle is under way, or the model ticks and looks by itself */
};

struct _MixqRunHold
{
  gatomicrefcount ref_count;
  MixqSession *session;
  MixqRunWaker *waker;
  char *key; /* data and model */
  guint64 generation;
};

struct _MixqRunModel
{
  GObject parent_instance;

  /* owned */
  MixqRunWish wish;
  MixqDataset *base; /* as loaded, before another split */
  char *base_what;
  MixqRunHold *held;
  GPtrArray *parked; /* of MixqRunHold */
  GCancellable *job; /* the start under way */
  MixqSnapshot *snapshot;
  MixqHistory *history;
  GPtrArray *points;
  GArray *commands;
  guint8 *running;
  MixqDial *dial;

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
  MixqBudget budget;
  MixqFrontProgress front;
  gint64 selected_point;
  int selected_slot;
  gint64 selected_node;
};

/* MixqRunSignal: the signals of the model. */
typedef enum {
  MIXQ_RUN_SESSION_CHANGED,
  MIXQ_RUN_SNAPSHOT,
  MIXQ_RUN_HISTORY_CHANGED,
  MIXQ_RUN_POINTS_CHANGED,
  MIXQ_RUN_SELECTION_CHANGED,
  MIXQ_RUN_WISH_CHANGED,
  MIXQ_RUN_BUDGET_CHANGED,
  MIXQ_RUN_DIAL_CHANGED,
  MIXQ_RUN_FRONT_CHANGED,
  MIXQ_RUN_FAILED,
  MIXQ_RUN_N_SIGNALS,
} MixqRunSignal;

/* mixq-run-model.c */
/* mixq_run_model_emit: any signal but MIXQ_RUN_FAILED, which has a message. */
void mixq_run_model_emit (MixqRunModel *self, MixqRunSignal which);
void mixq_run_model_emit_failed (MixqRunModel *self, const char *message);
/* mixq_run_model_move_lambda: sets the price, whoever wants it. */
void mixq_run_model_move_lambda (MixqRunModel *self, double lambda);
/* mixq_run_model_forget: everything taken from the session of now. */
void mixq_run_model_forget (MixqRunModel *self);

/* mixq-run-tick.c */
void mixq_run_model_start_ticking (MixqRunModel *self);

/* mixq-run-goal.c */
/* mixq_run_model_turn_dial: looks at what is new and turns on. */
void mixq_run_model_turn_dial (MixqRunModel *self);
/* mixq_run_model_renew_dial: another session of the same data and model goes on from its start; of others there is none. */
void mixq_run_model_renew_dial (MixqRunModel *self, gboolean same);

/* mixq-run-hold.c */
MixqRunWaker *mixq_run_waker_new (MixqRunModel *model);
MixqRunWaker *mixq_run_waker_ref (MixqRunWaker *waker);
void mixq_run_waker_unref (MixqRunWaker *waker);
/* mixq_run_waker_wake: the model looks for news soon. Any thread. */
void mixq_run_waker_wake (MixqRunWaker *waker);
/* mixq_run_waker_wake_cb: the same, as a session calls it on its worker. */
void mixq_run_waker_wake_cb (gpointer user_data);
/* mixq_run_hold_new: (transfer full) @session and @key; a reference on @waker is added. Any thread. */
MixqRunHold *mixq_run_hold_new (MixqSession *session, MixqRunWaker *waker, char *key, guint64 generation);
/* mixq_run_hold_free_elsewhere: (transfer full): unreferences it on a thread of its own. */
void mixq_run_hold_free_elsewhere (MixqRunHold *held);

G_END_DECLS
