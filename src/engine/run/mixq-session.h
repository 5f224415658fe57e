/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "diagnose/mixq-diagnose.h"
#include "front/mixq-front-method.h"
#include "run/mixq-run-config.h"

G_BEGIN_DECLS

/*
 * A session is a search that lives as long as a window. It owns two worker threads:
 *   - the search worker trains float32 once, then the relaxed search for ever (it rests when nothing moves any more
 *     and wakes at the next command);
 *   - the maker turns selections into real finished integer points (QAT from float32, freeze, integer inference):
 *     it finishes what it began, then takes the newest selection, never repeats one (cache by widths and seed), then
 *     what a search for the front asks for, makes float32 and the uniform marks, then adds seeds to the points on the
 *     front.
 * Commands are values; they are taken at the next step boundary and logged with the step number, so that config +
 * log replays to the same weights. Results leave as immutable ref-counted snapshots (newest wins) and points.
 * Every function below may be called from the UI thread; none blocks longer than a mutex hand-over, except
 * mixq_session_free(), which waits at most about 100 ms for the workers.
 */

typedef enum {
  MIXQ_PHASE_FLOAT,   /* training float32 */
  MIXQ_PHASE_SEARCH,  /* relaxed search */
  MIXQ_PHASE_RESTING, /* nothing moves any more; awake at the next command */
  MIXQ_PHASE_FAILED,  /* see snapshot->message; the last good state is kept */
} MixqPhase;

/** MixqSnapshot: one immutable picture of the search, for the eye. */
typedef struct
{
  guint64 generation; /* of the session: UI drops snapshots of another one */
  guint step;         /* search steps done */
  MixqPhase phase;
  gboolean paused;
  char *message;   /* (nullable) why it failed and what to do */
  double progress; /* of the float phase, 0..1 */

  double lambda;
  double lambda_paper; /* what the published penalty would need for the same force at the start */
  double loss;         /* task loss on the training nodes */
  double penalty;      /* expected cost, share of float32's, before lambda */
  double
      accuracy[4]; /* relaxed (float in the float phase), indexed by MixqPart; NaN where the part is empty */

  guint n_slots, n_choices;
  guint8 choices[MIXQ_MAX_CHOICES];
  float *alpha;    /* n_slots x n_choices probabilities; a pinned slot has one 1 */
  guint8 *bits;    /* n_slots: the width that would be chosen now */
  guint8 *pinned;  /* n_slots: 0 or the width it is held at */
  double *share;   /* n_slots: share of the chosen cost at the expected widths */
  float *scale;    /* n_slots: current scale of the chosen width (first channel where there are many) */
  int *zero_point; /* n_slots */

  double expected_cost;  /* on the chosen axis, share of float32's, of the mixture */
  MixqCost selected;     /* of @bits */
  double selected_share; /* on the chosen axis, share of float32's */

  gsize n_items;
  guint16 *prediction; /* n_items class numbers */
  guint8 *confidence;  /* n_items, softmax maximum x 255 */
  double steps_per_second;

  guint n_diagnoses; /* what is wrong with the search, gravest first; looked for twice a second */
  MixqDiagnosis diagnosis[MIXQ_N_DIAGNOSES];
  /*< private >*/
  gatomicrefcount ref_count;
} MixqSnapshot;

MixqSnapshot *mixq_snapshot_ref (MixqSnapshot *self);
void mixq_snapshot_unref (MixqSnapshot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqSnapshot, mixq_snapshot_unref)

typedef enum {
  MIXQ_POINT_FLOAT,    /* the float32 model */
  MIXQ_POINT_UNIFORM,  /* one width everywhere */
  MIXQ_POINT_FINISHED, /* a selection of the search */
} MixqPointKind;

/** MixqPoint: a finished model: QAT done, frozen, run as integers (float32 for MIXQ_POINT_FLOAT). Immutable. */
typedef struct
{
  guint id; /* stable over added seeds */
  MixqPointKind kind;
  guint8 *bits; /* n_slots; 32s for float32 */
  guint n_slots;
  double lambda; /* that led here first; NaN for marks */
  guint step;
  MixqCost cost;
  double cost_share;   /* on the chosen axis, share of float32's */
  double milliseconds; /* measured: integer (float for float32) inference of the whole graph, median */
  guint n_seeds;
  double val_mean, val_stderr;   /* stderr 0 for one seed; NaN without validation nodes */
  double test_mean, test_stderr; /* labelled "test, not used for choosing" wherever shown */
  double train_mean;
  double agreement; /* integer against simulated predictions; 1.0 */
  gboolean distilled;
  guint methods; /* bit 1 << MixqFrontMethod: searches for the front that asked for it; 0: the user's own */
  gboolean on_front;    /* non-dominated by validation accuracy and chosen cost, at the time of the call */
  gboolean recommended; /* cheapest within one point of float32 on validation */
  gsize n_items;
  guint16 *prediction; /* of the first seed */
  guint8 *confidence;
  gpointer frozen; /* (nullable) MixqFrozen of the first seed, for export */
  /*< private >*/
  gatomicrefcount ref_count;
} MixqPoint;

MixqPoint *mixq_point_ref (MixqPoint *self);
void mixq_point_unref (MixqPoint *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqPoint, mixq_point_unref)

/** MixqHistory: the whole run, decimated to a bounded number of rows (resolution halves when full). */
typedef struct
{
  guint n_rows, n_slots, n_choices;
  guint *step;
  float *lambda;
  float *val_accuracy; /* relaxed; NaN without validation nodes */
  float *loss;
  float *expected_cost; /* share of float32's */
  float *alpha;         /* n_rows x n_slots x n_choices */
} MixqHistory;
void mixq_history_free (MixqHistory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqHistory, mixq_history_free)

/** MixqCommand: one logged act of the user. */
typedef enum {
  MIXQ_COMMAND_LAMBDA,
  MIXQ_COMMAND_PIN,
  MIXQ_COMMAND_UNPIN,
} MixqCommandKind;
typedef struct
{
  guint step;
  MixqCommandKind kind;
  double lambda;
  guint slot;
  guint8 bits;
} MixqCommand;

typedef struct _MixqSession MixqSession;

/** Called on a worker thread whenever something new is there; must only wake the UI (g_idle_add once, or nothing). */
typedef void (*MixqWakeFunc) (gpointer user_data);

/**
 * mixq_session_new:
 * @generation: copied into snapshots
 * @previous: (nullable): finished float32 model and points of an earlier session on the same data and model are taken over
 *
 * Checks, then starts the workers. Errors: MIXQ_ERROR_VALUE, MIXQ_ERROR_SHAPE.
 */
MixqSession *mixq_session_new (MixqDataset *dataset,
                               const MixqModelSpec *spec,
                               const MixqRunConfig *config,
                               guint64 generation,
                               MixqSession *previous,
                               MixqWakeFunc wake,
                               gpointer wake_data,
                               GError **error);
/** mixq_session_free: stops both workers (within 100 ms) and frees. */
void mixq_session_free (MixqSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqSession, mixq_session_free)

MixqDataset *mixq_session_peek_dataset (MixqSession *self);
MixqModel *mixq_session_peek_model (MixqSession *self);
const MixqRunConfig *mixq_session_peek_config (MixqSession *self);

/* Commands. */
void mixq_session_set_lambda (MixqSession *self, double lambda);
void mixq_session_pin (MixqSession *self, guint slot, guint8 bits);
void mixq_session_unpin (MixqSession *self, guint slot);
void mixq_session_set_paused (MixqSession *self, gboolean paused);
void mixq_session_step (MixqSession *self); /* one epoch, stays paused */
void mixq_session_set_pace (MixqSession *self,
                            double per_second); /* epochs per second, 0: as fast as possible */
void mixq_session_set_cpu_share (MixqSession *self, double share); /* 0.1..1: both workers sleep the rest */

/** MixqFrontProgress: of the search for the front that runs, or ran last. @expected is an estimate. */
typedef struct
{
  gboolean running;
  MixqFrontMethod method;
  MixqFrontStage stage;
  guint told, expected; /* trainings */
} MixqFrontProgress;

/**
 * mixq_session_find_front: the maker searches for the front with @method beside the user's own selections, which go
 * first; its models arrive as points. A search under way ends. mixq_session_cancel_front(): its points stay.
 */
void mixq_session_find_front (MixqSession *self, MixqFrontMethod method);
void mixq_session_cancel_front (MixqSession *self);
MixqFrontProgress mixq_session_get_front (MixqSession *self);

/* Results. */
MixqSnapshot *
mixq_session_take_snapshot (MixqSession *self); /* (nullable) (transfer full): newest, each one once */
/** mixq_session_dup_history: @after_step: rows with a larger step only, but see @rebased. Copy, at most 2048 rows. */
MixqHistory *mixq_session_dup_history (MixqSession *self);
guint mixq_session_get_points_serial (MixqSession *self); /* changes whenever the points change */
GPtrArray *mixq_session_dup_points (MixqSession *self);   /* of MixqPoint, ref'd, flags fresh */
/** mixq_session_dup_running: what the maker works at: (nullable) widths copy and progress 0..1. */
guint8 *mixq_session_dup_running (MixqSession *self, double *progress);
GArray *mixq_session_dup_commands (MixqSession *self);  /* of MixqCommand */
char *mixq_session_dup_maker_error (MixqSession *self); /* (nullable) */

/**
 * mixq_session_export:
 * @point: of this session, not MIXQ_POINT_FLOAT
 * @folder: written as a model folder (spec/cli.md) under a temporary name, then renamed
 * @force: replace an existing model folder
 *
 * Blocking: call on a worker thread. Errors: MIXQ_ERROR_IO; nothing existing is lost.
 */
gboolean
mixq_session_export (MixqSession *self, MixqPoint *point, const char *folder, gboolean force, GError **error);

/** mixq_session_dup_command_line: the `mixq run ...` that repeats the present selection of a point or of now. */
char *mixq_session_dup_command_line (MixqSession *self, const MixqPoint *point);

G_END_DECLS
