/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pthread.h>

#include "front/mixq-front.h"
#include "run/mixq-pipeline.h"
#include "run/mixq-session.h"

G_BEGIN_DECLS

#define MIXQ_POINT_SEEDS 3

/** MixqRecord: a point as the maker keeps it: one model, the accuracies of every seed. Guarded by the session's lock. */
typedef struct
{
  guint id;
  MixqPointKind kind;
  guint8 bits[MIXQ_MAX_SLOTS];
  double lambda;
  guint step;
  guint n_seeds;
  MixqAccuracies accuracy[MIXQ_POINT_SEEDS];
  double val_loss[MIXQ_POINT_SEEDS]; /* NaN for float32 */
  guint methods;                     /* as in MixqPoint */
  double agreement;                  /* least of all seeds */
  double milliseconds;
  gboolean distilled;
  MixqFinished *finished;      /* first seed; NULL for float32 */
  MixqFloatModel *float_model; /* float32 only */
} MixqRecord;

/** MixqHistoryLog: rows at a stride that doubles when the log is full, so that it always holds the whole run. */
typedef struct
{
  MixqHistory rows;
  guint stride;
} MixqHistoryLog;

/*
 * The lock is a pthread mutex, not a GMutex: ThreadSanitizer sees it, and so proves the hand-overs.
 */
struct _MixqSession
{
  MixqDataset *dataset;
  MixqInputs *inputs;
  MixqModel *model;
  MixqRunConfig config;
  guint64 generation;
  MixqCostModel *cost_model;
  MixqCost cost_float;
  MixqWakeFunc wake;
  gpointer wake_data;
  GCancellable *cancellable; /* stops everything */
  GThread *search_thread, *maker_thread;

  pthread_mutex_t lock;
  pthread_cond_t changed; /* commands, float model, wanted selection, stop */

  /* guarded by lock */
  gboolean stop, paused;
  guint steps_wanted;
  double pace, cpu_share;
  GArray *pending; /* MixqCommand without step */
  GArray *log;     /* MixqCommand */
  MixqSnapshot *latest;
  MixqHistoryLog history;
  GPtrArray *records;
  guint serial, next_id;
  MixqFloatModel *float_model[MIXQ_POINT_SEEDS]; /* [i]: seed + i */
  gboolean has_wanted;
  guint8 wanted[MIXQ_MAX_SLOTS];
  double wanted_lambda;
  guint wanted_step;
  gboolean has_running;
  guint8 running[MIXQ_MAX_SLOTS];
  double running_progress;
  char *maker_error;
  gboolean front_due;               /* a search was asked for and has not begun */
  MixqFrontProgress front_progress; /* of what was asked for last */
  GCancellable *front_cancellable;  /* NULL before the first one */

  /* the maker's own */
  MixqFront *front;
  MixqFrontMethod front_method; /* of @front */
  gboolean has_front_job;
  MixqFrontJob front_job;
};

/** MixqWatch: what the search worker keeps in mind to diagnose itself. Filled with 0 at the start, then owned by it. */
typedef struct
{
  const MixqFloatModel *float_model; /* borrowed */
  double accuracy;                   /* relaxed, smoothed over some 20 steps */
  double looked, ablated;            /* seconds */
  guint command_step;                /* of the last command */
  MixqSlotHealth *health;            /* n_slots */
  guint n_found;
  MixqDiagnosis found[MIXQ_N_DIAGNOSES];
} MixqWatch;
/** mixq_watch_step: after every step, and after every @steered one from the start again. */
void mixq_watch_step (MixqWatch *self, const MixqEpoch *epoch, const MixqInputs *inputs, gboolean steered);
/**
 * mixq_watch_look:
 * @snapshot: (inout): filled with the figures of the search; receives the diagnoses
 *
 * Looks at most every half second, unless the search is @resting: then at once. Costs next to nothing while accuracy
 * holds, and n_slots + 1 evaluations every two seconds while it has fallen.
 */
void mixq_watch_look (MixqWatch *self,
                      MixqSession *session,
                      MixqTrainer *trainer,
                      MixqSnapshot *snapshot,
                      gboolean resting);
/** mixq_watch_failure: the diagnosis of a search that stopped with @error. */
void mixq_watch_failure (MixqSession *session, const GError *error, MixqSnapshot *snapshot);

gpointer mixq_session_search_main (gpointer session);
gpointer mixq_session_maker_main (gpointer session);

/**
 * MixqMakerJob: what the maker does next.
 * @seed: an index: session seed + @seed
 * @for_front: widths that a search for the front asked for; its answer is due
 * @ask_front: nothing to train: the search has to be asked
 */
typedef struct
{
  MixqPointKind kind;
  guint8 bits[MIXQ_MAX_SLOTS];
  guint seed;
  double lambda;
  guint step;
  gboolean for_front, ask_front;
} MixqMakerJob;

/* mixq-session-maker.c */
/** mixq_maker_find_record: (nullable); lock held. */
MixqRecord *mixq_maker_find_record (MixqSession *self, const guint8 *bits);
/** mixq_maker_float_model: the float32 model of a seed, trained on first use. Lock not held. Returns: (transfer full). */
MixqFloatModel *
mixq_maker_float_model (MixqSession *self, guint seed, const MixqPhaseControl *control, GError **error);

/* mixq-session-front.c; all on the maker's thread but for the commands. */
/** mixq_session_front_job: what a search for the front wants next, training or asking. Lock held. */
gboolean mixq_session_front_job (MixqSession *self, MixqMakerJob *job);
/** mixq_session_front_ask: begins the search that is due, or asks the one that runs. Lock not held. */
void mixq_session_front_ask (MixqSession *self, const MixqPhaseControl *control);
/** mixq_session_front_answer: @finished: (nullable): %NULL where the training failed. Lock not held. */
void mixq_session_front_answer (MixqSession *self, const MixqFinished *finished);

void mixq_session_lock (MixqSession *self);
void mixq_session_unlock (MixqSession *self);
/** mixq_session_wait: gives up the lock until something changes or @seconds passed (negative: for ever). */
void mixq_session_wait (MixqSession *self, double seconds);
void mixq_session_signal (MixqSession *self);
void mixq_session_notify (MixqSession *self);                          /* wakes the UI; lock not held */
void mixq_session_publish (MixqSession *self, MixqSnapshot *snapshot); /* (transfer full) */
/** mixq_session_rest_share: sleeps so that the caller works @share of the time; @worked seconds just passed. */
void mixq_session_rest_share (MixqSession *self, double worked);

MixqSnapshot *mixq_snapshot_new (MixqSession *session, MixqPhase phase);
void
mixq_snapshot_fill_search (MixqSnapshot *self, MixqSession *session, MixqTrainer *trainer, double lambda);

void mixq_history_log_append (MixqHistoryLog *self, const MixqSnapshot *figures);
void mixq_history_log_clear (MixqHistoryLog *self);
MixqHistory *mixq_history_copy (const MixqHistory *self);

MixqRecord *mixq_record_new (MixqPointKind kind, const guint8 *bits, guint n_slots);
MixqRecord *mixq_record_copy (const MixqRecord *self);
void mixq_record_free (MixqRecord *self);
/** mixq_points_build: every record as a point, front and recommendation marked. */
GPtrArray *mixq_points_build (const MixqSession *session);

G_END_DECLS
