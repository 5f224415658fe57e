/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "mixq-budget.h"
#include "run/mixq-session.h"

G_BEGIN_DECLS

/** MIXQ_NO_POINT, MIXQ_NO_SLOT, MIXQ_NO_NODE: nothing selected. */
#define MIXQ_NO_POINT (-1)
#define MIXQ_NO_SLOT (-1)
#define MIXQ_NO_NODE (-1)

/**
 * MixqRunWish: what the person asked for. A plain value with owned strings; the model makes a session of it.
 * @what: a built-in name or a path, as for mixq_dataset_load()
 * @split: (nullable): as for mixq_dataset_with_split(); %NULL keeps the file's own
 * @of_graphs: @spec was chosen for whole graphs, else for nodes. Data of the other kind bring what is usual for them
 */
typedef struct
{
  char *what;
  char *split;
  MixqModelSpec spec;
  gboolean of_graphs;
  MixqRunConfig config;
} MixqRunWish;

void mixq_run_wish_copy (const MixqRunWish *self, MixqRunWish *out);
void mixq_run_wish_clear (MixqRunWish *self);

/**
 * MixqRunModel: the one place in the app that holds a session. It takes snapshots in a tick callback while there are
 * any, hands them to the views by signals, and keeps the selection that all views share. Data, split or model may be
 * changed at any time: loading and starting happen on a worker, the old session stays until the new one is there, and
 * sessions of other data and models are parked so that their finished points return with them.
 *
 * Properties: lambda (double), paused, loading (booleans).
 * Signals: session-changed, snapshot, history-changed, points-changed, selection-changed, wish-changed, budget-changed,
 *   dial-changed, front-changed, failed (message).
 */
#define MIXQ_TYPE_RUN_MODEL (mixq_run_model_get_type ())
G_DECLARE_FINAL_TYPE (MixqRunModel, mixq_run_model, MIXQ, RUN_MODEL, GObject)

MixqRunModel *mixq_run_model_new (void);
/** mixq_run_model_attach: (nullable) (transfer none) @widget: whose frame clock drives the model; %NULL detaches. */
void mixq_run_model_attach (MixqRunModel *self, GtkWidget *widget);
/** mixq_run_model_close: stops the workers of all sessions on a thread of its own; the model is empty afterwards. */
void mixq_run_model_close (MixqRunModel *self);
/** mixq_run_model_wait_closed: waits, at most some 100 ms, until every closed session is gone; when the app ends. */
void mixq_run_model_wait_closed (void);

/** mixq_run_model_peek_wish: what is asked for now, which may not have been reached yet. */
const MixqRunWish *mixq_run_model_peek_wish (MixqRunModel *self);
/**
 * mixq_run_model_set_wish:
 * @wish: copied
 *
 * Starts over with @wish, soon: several calls within 200 ms make one start. Only what really differs is done again.
 * Asks nothing. A wish that fails is reported by "failed" and the session that runs goes on.
 */
void mixq_run_model_set_wish (MixqRunModel *self, const MixqRunWish *wish);
/** mixq_run_model_restart: the same wish from the start (same seed); finished points stay. */
void mixq_run_model_restart (MixqRunModel *self);

/**
 * MixqRunHold: keeps the session of now alive while a worker uses it, e.g. for an export. Reference counted.
 */
typedef struct _MixqRunHold MixqRunHold;
/** mixq_run_model_hold: (transfer full) (nullable): %NULL while there is no session. */
MixqRunHold *mixq_run_model_hold (MixqRunModel *self);
MixqSession *mixq_run_hold_peek_session (MixqRunHold *self);
/** mixq_run_hold_unref: any thread; the last one waits for the session's workers. */
void mixq_run_hold_unref (MixqRunHold *self);

/* The state, all borrowed and valid until the next signal. NULL while there is none. */
MixqSession *mixq_run_model_peek_session (MixqRunModel *self);
MixqDataset *mixq_run_model_peek_dataset (MixqRunModel *self);
MixqModel *mixq_run_model_peek_model (MixqRunModel *self);
const MixqSnapshot *mixq_run_model_peek_snapshot (MixqRunModel *self);
const MixqHistory *mixq_run_model_peek_history (MixqRunModel *self);
GPtrArray *mixq_run_model_peek_points (MixqRunModel *self);
const GArray *mixq_run_model_peek_commands (MixqRunModel *self);
/** mixq_run_model_peek_running: (nullable): widths of the model the maker works at, with its progress 0..1. */
const guint8 *mixq_run_model_peek_running (MixqRunModel *self, double *progress);
MixqCostAxis mixq_run_model_get_axis (MixqRunModel *self);

/* Points. All (nullable) (transfer none). */
MixqPoint *mixq_run_model_find_point (MixqRunModel *self, gint64 id);
MixqPoint *mixq_run_model_peek_float (MixqRunModel *self);
MixqPoint *mixq_run_model_peek_recommended (MixqRunModel *self);
/** mixq_run_model_peek_current: the finished point with the widths that the search would choose now. */
MixqPoint *mixq_run_model_peek_current (MixqRunModel *self);
/** mixq_run_model_peek_shown: the selected point. */
MixqPoint *mixq_run_model_peek_shown (MixqRunModel *self);
/** mixq_run_model_walk_points: the id @delta places along the cost order from point @from (an end if it is none). */
gint64 mixq_run_model_walk_points (MixqRunModel *self, gint64 from, int delta);

/** mixq_run_model_peek_prediction: (nullable): of the selected point, else of the live search; a class an item. %NULL before there is one. */
const guint16 *mixq_run_model_peek_prediction (MixqRunModel *self, const guint8 **confidence);

/* Selection: one for all views. */
gint64 mixq_run_model_get_selected_point (MixqRunModel *self);
int mixq_run_model_get_selected_slot (MixqRunModel *self);
gint64 mixq_run_model_get_selected_node (MixqRunModel *self);
void mixq_run_model_select_point (MixqRunModel *self, gint64 id);
void mixq_run_model_select_slot (MixqRunModel *self, int slot);
void mixq_run_model_select_node (MixqRunModel *self, gint64 node);

/**
 * mixq_run_model_get_budget: the bounds someone set; mixq_run_model_set_budget() keeps them and shows everywhere the model
 * they pick, if there is one.
 */
MixqBudget mixq_run_model_get_budget (MixqRunModel *self);
void mixq_run_model_set_budget (MixqRunModel *self, const MixqBudget *budget);
/**
 * mixq_run_model_pick:
 * @nearest: (out) (nullable): (transfer none): the finished model that comes nearest where none keeps the budget
 *
 * Returns: (nullable) (transfer none): the finished model that the budget picks, of those there are now.
 */
MixqPoint *mixq_run_model_pick (MixqRunModel *self, MixqPoint **nearest);
/** mixq_run_model_budget_points: the integer models as mixq_budget_pick() takes them, in the order of the points. */
GArray *mixq_run_model_budget_points (MixqRunModel *self, MixqCostAxis axis);
/** mixq_run_model_float_cost: float32's cost on @axis in the unit of budgets; 0 while unknown. */
double mixq_run_model_float_cost (MixqRunModel *self, MixqCostAxis axis);

/** mixq_run_model_parse_goal: what someone wrote, in the locale, with the axis and float32 of now. See mixq_goal_parse(). */
gboolean mixq_run_model_parse_goal (MixqRunModel *self,
                                    const char *text,
                                    MixqGoalKind hint,
                                    MixqGoal *goal,
                                    GError **error);

/** mixq_run_model_find_front: @method runs beside the live search; its points arrive like all others. */
void mixq_run_model_find_front (MixqRunModel *self, MixqFrontMethod method);
void mixq_run_model_cancel_front (MixqRunModel *self);
MixqFrontProgress mixq_run_model_get_front (MixqRunModel *self);

/**
 * mixq_run_model_set_dial:
 * @goal: (nullable): %NULL stops
 *
 * From now on the price is turned towards @goal, like a person would. A cost is charged for that: the axis changes to
 * that of the goal. Whoever moves the price meanwhile takes over and ends it.
 */
void mixq_run_model_set_dial (MixqRunModel *self, const MixqGoal *goal);
/** mixq_run_model_peek_dial: (nullable): the goal that was set last, until someone takes over. */
const MixqDial *mixq_run_model_peek_dial (MixqRunModel *self);

/* Commands. */
double mixq_run_model_get_lambda (MixqRunModel *self);
void mixq_run_model_set_lambda (MixqRunModel *self, double lambda);
/** mixq_run_model_get_paper_ratio: the paper's lambda for a lambda of 1; NaN while unknown. */
double mixq_run_model_get_paper_ratio (MixqRunModel *self);
gboolean mixq_run_model_get_paused (MixqRunModel *self);
void mixq_run_model_set_paused (MixqRunModel *self, gboolean paused);
void mixq_run_model_step (MixqRunModel *self);
void mixq_run_model_pin (MixqRunModel *self, guint slot, guint8 bits);
void mixq_run_model_unpin (MixqRunModel *self, guint slot);
double mixq_run_model_get_pace (MixqRunModel *self);
void mixq_run_model_set_pace (MixqRunModel *self, double per_second);
double mixq_run_model_get_cpu_share (MixqRunModel *self);
void mixq_run_model_set_cpu_share (MixqRunModel *self, double share);
gboolean mixq_run_model_get_loading (MixqRunModel *self);

G_END_DECLS
