/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search worker: float32 once, then the relaxed search for as long as the session lives. */
#include <math.h>
#include <string.h>

#include "run/mixq-ms-table.h"
#include "run/mixq-session-private.h"

/* The eye needs no more pictures than this a second; training goes on between them. */
#define PUBLISH_INTERVAL 0.012
/* Rest when no probability moved by more than REST_MOVE over REST_WINDOW steps, or after REST_STEPS without command. */
#define REST_WINDOW 200
#define REST_MOVE 0.01f
#define REST_STEPS 6000
/* A selection must hold this long before the maker spends a training on it. */
#define SETTLED_STEPS 6

typedef struct
{
  MixqSession *session;
  MixqTrainer *trainer;
  double lambda;
  double last_publish; /* seconds */
  double rate;         /* steps a second, smoothed */
  float *window;       /* probabilities at the start of the rest window */
  guint window_step, command_step;
  guint8 held[MIXQ_MAX_SLOTS];
  guint held_since;
  gboolean steered; /* a command acts on the coming step: its picture is not held back */
  MixqWatch watch;
} Search;

static double
now (void)
{
  return (double) g_get_monotonic_time () / 1e6;
}

/* --- float32 ------------------------------------------------------------------------------------------------------- */

static void
float_progress_cb (const char *phase, guint epoch, guint epochs, const MixqEpoch *figures, gpointer user_data)
{
  Search *search = user_data;
  MixqSnapshot *snapshot;

  if (now () - search->last_publish < PUBLISH_INTERVAL && epoch < epochs)
    return;
  search->last_publish = now ();
  snapshot = mixq_snapshot_new (search->session, MIXQ_PHASE_FLOAT);
  snapshot->progress = (double) epoch / (double) epochs;
  snapshot->loss = figures->loss;
  snapshot->lambda = search->lambda;
  for (guint s = 0; s < snapshot->n_slots; s++)
    for (guint k = 0; k < snapshot->n_choices; k++)
      snapshot->alpha[s * snapshot->n_choices + k] = 1.0f / (float) snapshot->n_choices;
  memset (snapshot->bits, 32, snapshot->n_slots);
  memcpy (snapshot->accuracy, figures->accuracy, sizeof snapshot->accuracy);
  snapshot->expected_cost = snapshot->selected_share = 1;
  snapshot->selected = search->session->cost_float;
  mixq_session_publish (search->session, snapshot);
}

static MixqFloatModel *
obtain_float_model (Search *search, GError **error)
{
  MixqSession *session = search->session;
  MixqPhaseControl control = { session->cancellable, float_progress_cb, search };
  MixqFloatModel *model;

  mixq_session_lock (session);
  model = session->float_model[0] != NULL ? mixq_float_model_ref (session->float_model[0]) : NULL;
  mixq_session_unlock (session);
  if (model != NULL)
    return model;
  model = mixq_float_model_train (session->model, session->inputs, &session->config, &control, error);
  if (model == NULL)
    return NULL;
  mixq_session_lock (session);
  session->float_model[0] = mixq_float_model_ref (model);
  mixq_session_signal (session);
  mixq_session_unlock (session);
  return model;
}

/* --- search -------------------------------------------------------------------------------------------------------- */

static MixqSnapshot *
take_figures (Search *search, const MixqEpoch *epoch, MixqPhase phase)
{
  MixqSnapshot *snapshot = mixq_snapshot_new (search->session, phase);

  snapshot->step = epoch->step;
  snapshot->loss = epoch->loss;
  snapshot->penalty = epoch->penalty;
  snapshot->progress = 1;
  snapshot->steps_per_second = search->rate;
  memcpy (snapshot->accuracy, epoch->accuracy, sizeof snapshot->accuracy);
  mixq_snapshot_fill_search (snapshot, search->session, search->trainer, search->lambda);
  mixq_watch_look (&search->watch, search->session, search->trainer, snapshot, phase == MIXQ_PHASE_RESTING);
  return snapshot;
}

/* The maker gets a selection once it held for a few steps: the argmax flickers while alpha is uniform. */
static void
offer_selection (Search *search, const MixqSnapshot *figures)
{
  MixqSession *session = search->session;

  if (memcmp (search->held, figures->bits, figures->n_slots) != 0) {
    memcpy (search->held, figures->bits, figures->n_slots);
    search->held_since = figures->step;
  }
  if (figures->step - search->held_since < SETTLED_STEPS)
    return;
  if (!session->has_wanted || memcmp (session->wanted, figures->bits, figures->n_slots) != 0) {
    memcpy (session->wanted, figures->bits, figures->n_slots);
    session->has_wanted = TRUE;
    session->wanted_lambda = figures->lambda;
    session->wanted_step = figures->step;
    mixq_session_signal (session);
  }
}

static gboolean
nothing_moves (Search *search, guint step)
{
  MixqNet *net = mixq_trainer_peek_net (search->trainer);
  float moved = 0;

  if (step - search->command_step > REST_STEPS)
    return TRUE;
  if (step < search->window_step + REST_WINDOW)
    return FALSE;
  for (guint s = 0; s < net->n_slots; s++)
    for (guint k = 0; k < MIXQ_MAX_CHOICES; k++) {
      float *before = &search->window[s * MIXQ_MAX_CHOICES + k];
      moved = fmaxf (moved, fabsf (net->slots[s].p[k] - *before));
      *before = net->slots[s].p[k];
    }
  search->window_step = step;
  return moved < REST_MOVE;
}

/* Takes what was commanded and logs it with the step it acts before. Lock held. */
static gboolean
take_commands (Search *search, guint step)
{
  MixqSession *session = search->session;

  for (guint i = 0; i < session->pending->len; i++) {
    MixqCommand command = g_array_index (session->pending, MixqCommand, i);

    command.step = step;
    mixq_search_apply (search->trainer, &command, &search->lambda);
    g_array_append_val (session->log, command);
    search->command_step = search->window_step = step;
  }
  if (session->pending->len == 0)
    return FALSE;
  g_array_set_size (session->pending, 0);
  search->steered = TRUE;
  return TRUE;
}

static void
publish_state (Search *search, const MixqEpoch *epoch, MixqPhase phase, gboolean paused)
{
  MixqSnapshot *snapshot = take_figures (search, epoch, phase);

  snapshot->paused = paused;
  search->last_publish = now ();
  mixq_session_publish (search->session, snapshot);
}

/* Waits until there is a step to do; FALSE when the session ends. */
static gboolean
wait_for_work (Search *search, const MixqEpoch *epoch, gboolean *resting)
{
  MixqSession *session = search->session;
  gboolean told = FALSE, go_on;

  mixq_session_lock (session);
  for (;;) {
    gboolean steered = take_commands (search, epoch->step);
    gboolean idle;

    *resting = *resting && !steered && session->steps_wanted == 0;
    idle = (session->paused && session->steps_wanted == 0) || *resting;
    if (session->stop || !idle)
      break;
    if (!told || steered) {
      gboolean paused = session->paused;

      told = TRUE;
      mixq_session_unlock (session);
      publish_state (search, epoch, *resting ? MIXQ_PHASE_RESTING : MIXQ_PHASE_SEARCH, paused);
      mixq_session_lock (session);
      continue;
    }
    mixq_session_wait (session, -1);
  }
  if (session->steps_wanted > 0)
    session->steps_wanted--;
  go_on = !session->stop;
  mixq_session_unlock (session);
  return go_on;
}

/* Sleeps out the rest of a step at the chosen pace; a command or stop ends the nap. */
static void
keep_pace (Search *search, double started, double worked)
{
  MixqSession *session = search->session;
  double pace, until;

  mixq_session_lock (session);
  pace = session->pace;
  until = pace > 0 ? started + 1 / pace : 0;
  while (!session->stop && session->pending->len == 0 && !session->paused && until > now ())
    mixq_session_wait (session, until - now ());
  mixq_session_unlock (session);
  mixq_session_rest_share (session, worked);
}

static void
after_step (Search *search, const MixqEpoch *epoch, double worked)
{
  MixqSession *session = search->session;
  g_autoptr (MixqSnapshot) figures = NULL;

  mixq_watch_step (&search->watch, epoch, session->inputs, search->command_step + 1 == epoch->step);
  figures = take_figures (search, epoch, MIXQ_PHASE_SEARCH);
  search->rate = search->rate > 0 ? 0.9 * search->rate + 0.1 / worked : 1 / worked;
  mixq_session_lock (session);
  figures->paused = session->paused;
  mixq_history_log_append (&session->history, figures);
  offer_selection (search, figures);
  mixq_session_unlock (session);
  if (search->steered || now () - search->last_publish >= PUBLISH_INTERVAL) {
    search->steered = FALSE;
    search->last_publish = now ();
    mixq_session_publish (session, g_steal_pointer (&figures));
  }
}

static void
publish_failure (Search *search, const GError *error)
{
  MixqSnapshot *snapshot = mixq_snapshot_new (search->session, MIXQ_PHASE_FAILED);

  snapshot->message = g_strdup (error->message);
  snapshot->lambda = search->lambda;
  mixq_watch_failure (search->session, error, snapshot);
  mixq_session_publish (search->session, snapshot);
}

static gboolean
search_loop (Search *search, GError **error)
{
  MixqEpoch epoch = { .accuracy = { NAN, NAN, NAN, NAN } };
  gboolean resting = FALSE;

  while (wait_for_work (search, &epoch, &resting)) {
    double started = now (), worked;

    if (!mixq_trainer_step (search->trainer, search->lambda, &epoch, error))
      return FALSE;
    worked = fmax (now () - started, 1e-6);
    after_step (search, &epoch, worked);
    resting = nothing_moves (search, epoch.step);
    keep_pace (search, started, worked);
  }
  return TRUE;
}

/* The milliseconds axis needs this machine's times; measuring belongs on this thread, before anything is priced. */
static void
measure_milliseconds (MixqSession *session)
{
  MixqMsTable table = { 0 };
  MixqCostModel *stale;

  if (session->config.cost != MIXQ_COST_MS || session->config.ms.measured)
    return;
  mixq_ms_table_measure (&table, session->model, session->inputs, session->config.n_choices,
                         session->config.choices);
  mixq_session_lock (session);
  session->config.ms = table;
  stale = session->cost_model;
  session->cost_model = mixq_cost_model_new_for (session->model, MIXQ_COST_MS, &table);
  mixq_session_unlock (session);
  mixq_cost_model_free (stale);
}

gpointer
mixq_session_search_main (gpointer data)
{
  Search search = { .session = data, .lambda = ((MixqSession *) data)->config.lambda };
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqFloatModel) float_model = NULL;

  measure_milliseconds (search.session);
  float_model = obtain_float_model (&search, &error);

  if (float_model != NULL) {
    search.trainer = mixq_search_trainer_new (float_model, &search.session->config,
                                              search.session->cost_model);
    mixq_trainer_set_cancellable (search.trainer, search.session->cancellable);
    search.watch.float_model = float_model;
    search.window = g_new0 (float, search.session->model->n_slots *MIXQ_MAX_CHOICES);
    search_loop (&search, &error);
    mixq_trainer_free (search.trainer);
    g_free (search.window);
    g_free (search.watch.health);
  }
  if (error != NULL && !g_cancellable_is_cancelled (search.session->cancellable))
    publish_failure (&search, error);
  return NULL;
}
