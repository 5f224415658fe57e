/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The maker: turns widths into finished integer models, newest selection first, and adds seeds to the front. */
#include <math.h>
#include <string.h>

#include "base/mixq-clock.h"
#include "run/mixq-session-private.h"

MixqRecord *
mixq_maker_find_record (MixqSession *session, const guint8 *bits)
{
  for (guint i = 0; i < session->records->len; i++) {
    MixqRecord *record = session->records->pdata[i];
    if (memcmp (record->bits, bits, session->model->n_slots) == 0)
      return record;
  }
  return NULL;
}

static void
add_record (MixqSession *session, MixqRecord *record)
{
  record->id = session->next_id++;
  g_ptr_array_add (session->records, record);
  session->serial++;
}

/* --- choosing -------------------------------------------------------------------------------------------------------- */

static gboolean
job_from_selection (MixqSession *session, MixqMakerJob *job)
{
  if (!session->has_wanted || mixq_maker_find_record (session, session->wanted) != NULL)
    return FALSE;
  *job = (MixqMakerJob){ .kind = MIXQ_POINT_FINISHED };
  job->lambda = session->wanted_lambda;
  job->step = session->wanted_step;
  memcpy (job->bits, session->wanted, session->model->n_slots);
  return TRUE;
}

static gboolean
job_from_uniform (MixqSession *session, MixqMakerJob *job)
{
  *job = (MixqMakerJob){ .kind = MIXQ_POINT_UNIFORM, .lambda = NAN };
  for (guint k = session->config.n_choices; k-- > 0;) {
    memset (job->bits, session->config.choices[k], session->model->n_slots);
    if (mixq_maker_find_record (session, job->bits) == NULL)
      return TRUE;
  }
  return FALSE;
}

/* One more seed for float32 and whatever is on the front, the least repeated first. */
static gboolean
job_from_front (MixqSession *session, MixqMakerJob *job)
{
  g_autoptr (GPtrArray) points = mixq_points_build (session);
  MixqRecord *fewest = NULL;

  for (guint i = 0; i < points->len; i++) {
    MixqRecord *record = session->records->pdata[i];
    const MixqPoint *point = points->pdata[i];

    if ((point->on_front || point->kind != MIXQ_POINT_FINISHED) && record->n_seeds < MIXQ_POINT_SEEDS &&
        (fewest == NULL || record->n_seeds < fewest->n_seeds))
      fewest = record;
  }
  if (fewest == NULL)
    return FALSE;
  *job = (MixqMakerJob){ .kind = fewest->kind, .seed = fewest->n_seeds };
  memcpy (job->bits, fewest->bits, session->model->n_slots);
  return TRUE;
}

/* Waits for something worth making; FALSE when the session ends. The widest uniform mark comes before selections. */
static gboolean
next_job (MixqSession *session, MixqMakerJob *job)
{
  gboolean found = FALSE;

  mixq_session_lock (session);
  while (!session->stop) {
    found = session->float_model[0] != NULL &&
            ((session->records->len < 2 && job_from_uniform (session, job)) ||
             job_from_selection (session, job) || mixq_session_front_job (session, job) ||
             job_from_uniform (session, job) || job_from_front (session, job));
    if (found)
      break;
    mixq_session_wait (session, -1);
  }
  found = found && !session->stop;
  if (found && !job->ask_front) {
    session->has_running = TRUE;
    session->running_progress = 0;
    memcpy (session->running, job->bits, session->model->n_slots);
  }
  mixq_session_unlock (session);
  return found;
}

/* --- making ---------------------------------------------------------------------------------------------------------- */

typedef struct
{
  MixqSession *session;
  gint64 last;
} Progress;

static void
progress_cb (const char *phase, guint epoch, guint epochs, const MixqEpoch *figures, gpointer user_data)
{
  Progress *progress = user_data;
  double worked = (double) (g_get_monotonic_time () - progress->last) / 1e6;

  mixq_session_lock (progress->session);
  progress->session->running_progress = (double) epoch / (double) epochs;
  mixq_session_unlock (progress->session);
  mixq_session_rest_share (progress->session, worked);
  progress->last = g_get_monotonic_time ();
}

MixqFloatModel *
mixq_maker_float_model (MixqSession *session, guint seed, const MixqPhaseControl *control, GError **error)
{
  MixqRunConfig config = session->config;
  MixqFloatModel *model;

  mixq_session_lock (session);
  model = session->float_model[seed] != NULL ? mixq_float_model_ref (session->float_model[seed]) : NULL;
  mixq_session_unlock (session);
  if (model != NULL)
    return model;
  config.seed += seed;
  model = mixq_float_model_train (session->model, session->inputs, &config, control, error);
  if (model == NULL)
    return NULL;
  mixq_session_lock (session);
  if (session->float_model[seed] == NULL)
    session->float_model[seed] = mixq_float_model_ref (model);
  mixq_session_unlock (session);
  return model;
}

/* Wall milliseconds of one float32 evaluation of the whole graph, the median of a few. */
static double
time_float (const MixqFloatModel *model)
{
  MixqNet *net = mixq_net_new (model->model, model->inputs, 0, NULL, NULL, FALSE, NULL);
  MixqTrainerOptions options = { .stream = "unused" };
  g_autoptr (MixqTrainer) trainer = mixq_trainer_new (net, &options);
  double best = INFINITY;

  mixq_net_set_parameters (net, model->parameters);
  for (int i = 0; i < 5; i++) {
    double start = mixq_clock_ms ();

    mixq_trainer_evaluate (trainer, NULL);
    best = fmin (best, mixq_clock_ms () - start);
  }
  return best;
}

static void
record_seed (MixqRecord *record, const MixqAccuracies *accuracy, double val_loss)
{
  if (record->n_seeds == MIXQ_POINT_SEEDS)
    return;
  record->val_loss[record->n_seeds] = val_loss;
  record->accuracy[record->n_seeds++] = *accuracy;
}

/* Lock held. */
static void
store_finished (MixqSession *session, const MixqMakerJob *job, MixqFinished *finished)
{
  MixqRecord *record = mixq_maker_find_record (session, job->bits);

  if (record == NULL) {
    record = mixq_record_new (job->kind, job->bits, session->model->n_slots);
    record->lambda = job->lambda;
    record->step = job->step;
    record->milliseconds = finished->integer_seconds * 1000;
    record->distilled = finished->distilled;
    record->finished = mixq_finished_ref (finished);
    add_record (session, record);
  }
  record_seed (record, finished->frozen != NULL ? &finished->integer : &finished->quantized,
               finished->val_loss);
  record->agreement = fmin (record->agreement, finished->agreement_predictions);
  session->serial++;
}

/* (out) @finished stays NULL for float32. */
static gboolean
make (MixqSession *session,
      const MixqMakerJob *job,
      const MixqPhaseControl *control,
      MixqFinished **finished,
      GError **error)
{
  MixqRunConfig config = session->config;
  g_autoptr (MixqFloatModel) float_model = mixq_maker_float_model (session, job->seed, control, error);

  if (float_model == NULL)
    return FALSE;
  config.seed += job->seed;
  config.method = MIXQ_METHOD_FIXED;
  if (job->kind != MIXQ_POINT_FLOAT) {
    *finished = mixq_finish (float_model, &config, job->bits, control, error);
    if (*finished == NULL)
      return FALSE;
  }
  mixq_session_lock (session);
  if (*finished != NULL) {
    store_finished (session, job, *finished);
  } else {
    record_seed (mixq_maker_find_record (session, job->bits), &float_model->accuracy, NAN);
    session->serial++;
  }
  mixq_session_unlock (session);
  return TRUE;
}

static void
add_float_point (MixqSession *session)
{
  guint8 bits[MIXQ_MAX_SLOTS];
  MixqRecord *record;
  MixqFloatModel *model;
  gboolean known;

  memset (bits, 32, sizeof bits);
  mixq_session_lock (session);
  while (session->float_model[0] == NULL && !session->stop)
    mixq_session_wait (session, -1);
  model = session->float_model[0];
  known = mixq_maker_find_record (session, bits) != NULL;
  mixq_session_unlock (session);
  if (model == NULL || known)
    return;
  record = mixq_record_new (MIXQ_POINT_FLOAT, bits, session->model->n_slots);
  record->float_model = mixq_float_model_ref (model);
  record->milliseconds = time_float (model);
  record_seed (record, &model->accuracy, NAN);
  mixq_session_lock (session);
  add_record (session, record);
  mixq_session_unlock (session);
  mixq_session_notify (session);
}

/* The maker stays quiet about being stopped, and about one failed model it says why and goes on to the next. */
static void
report_error (MixqSession *session, const GError *error)
{
  mixq_session_lock (session);
  g_free (session->maker_error);
  session->maker_error = g_strdup (error->message);
  session->has_wanted = FALSE;
  mixq_session_unlock (session);
}

/* Does one job; FALSE when the maker has to end. */
static gboolean
work (MixqSession *session, const MixqMakerJob *job)
{
  Progress progress = { session, g_get_monotonic_time () };
  gboolean front = job->for_front || job->ask_front;
  MixqPhaseControl control = { front ? session->front_cancellable : session->cancellable, progress_cb,
                               &progress };
  g_autoptr (MixqFinished) finished = NULL;
  g_autoptr (GError) error = NULL;
  gboolean made;

  if (job->ask_front) {
    mixq_session_front_ask (session, &control);
    return TRUE;
  }
  made = make (session, job, &control, &finished, &error);
  mixq_session_lock (session);
  session->has_running = FALSE;
  mixq_session_unlock (session);
  if (front)
    mixq_session_front_answer (session, finished);
  if (!made && !g_cancellable_is_cancelled (control.cancellable))
    report_error (session, error);
  return made || front;
}

gpointer
mixq_session_maker_main (gpointer data)
{
  MixqSession *session = data;
  MixqMakerJob job;

  add_float_point (session);
  while (next_job (session, &job)) {
    gboolean go_on = work (session, &job);

    mixq_session_notify (session);
    if (!go_on)
      break;
  }
  g_clear_pointer (&session->front, mixq_front_free);
  return NULL;
}
