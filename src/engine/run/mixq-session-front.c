/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A search for the front inside a session: the maker asks it for widths between the user's own selections, trains them like
 * those, and tells it what came out. Models that exist already are told at once.
 */
#include <math.h>
#include <string.h>

#include "run/mixq-session-private.h"

/* --- commands ---------------------------------------------------------------------------------------------------------- */

void
mixq_session_find_front (MixqSession *self, MixqFrontMethod method)
{
  g_return_if_fail (method < MIXQ_N_FRONT_METHODS);

  mixq_session_lock (self);
  if (self->front_progress.running)
    g_cancellable_cancel (self->front_cancellable);
  self->front_due = TRUE;
  self->front_progress = (MixqFrontProgress){ .running = TRUE, .method = method };
  mixq_session_signal (self);
  mixq_session_unlock (self);
}

void
mixq_session_cancel_front (MixqSession *self)
{
  mixq_session_lock (self);
  if (self->front_progress.running)
    g_cancellable_cancel (self->front_cancellable);
  self->front_due = FALSE;
  self->front_progress.running = FALSE;
  mixq_session_signal (self);
  mixq_session_unlock (self);
}

MixqFrontProgress
mixq_session_get_front (MixqSession *self)
{
  MixqFrontProgress progress;

  mixq_session_lock (self);
  progress = self->front_progress;
  mixq_session_unlock (self);
  return progress;
}

/* --- on the maker's thread --------------------------------------------------------------------------------------------- */

static gboolean
is_uniform (const guint8 *bits, guint n_slots)
{
  for (guint s = 1; s < n_slots; s++)
    if (bits[s] != bits[0])
      return FALSE;
  return TRUE;
}

gboolean
mixq_session_front_job (MixqSession *self, MixqMakerJob *job)
{
  gboolean over = self->front != NULL && g_cancellable_is_cancelled (self->front_cancellable);

  if (self->front_due || over || (self->front != NULL && !self->has_front_job)) {
    *job = (MixqMakerJob){ .ask_front = TRUE };
    return TRUE;
  }
  if (!self->has_front_job)
    return FALSE;
  *job = (MixqMakerJob){ .kind = is_uniform (self->front_job.bits, self->model->n_slots)
                                     ? MIXQ_POINT_UNIFORM
                                     : MIXQ_POINT_FINISHED,
                         .seed = self->front_job.seed,
                         .lambda = self->front_job.lambda,
                         .for_front = TRUE };
  memcpy (job->bits, self->front_job.bits, self->model->n_slots);
  return TRUE;
}

/* A search reads float32 models, and under distillation a teacher that is the mean of them all. */
static gboolean
give_floats (MixqSession *self, MixqFrontPool *pool, const MixqPhaseControl *control, GError **error)
{
  guint n = self->config.distill == MIXQ_DISTILL_NONE ? 1 : MIXQ_POINT_SEEDS;

  for (guint seed = 0; seed < n; seed++) {
    g_autoptr (MixqFloatModel) float_model = mixq_maker_float_model (self, seed, control, error);

    if (float_model == NULL)
      return FALSE;
    mixq_front_pool_give_float (pool, seed, float_model);
  }
  return TRUE;
}

/* The search that is due takes the place of one that may still be there. */
static gboolean
begin (MixqSession *self, const MixqPhaseControl *control, GError **error)
{
  MixqFrontOptions options = MIXQ_FRONT_OPTIONS_DEFAULT;
  g_autoptr (MixqFrontPool) pool = NULL;

  mixq_session_lock (self);
  self->front_due = FALSE;
  options.method = self->front_method = self->front_progress.method;
  mixq_session_unlock (self);
  options.axis = self->config.cost;
  options.n_seeds = MIXQ_POINT_SEEDS;
  pool = mixq_front_pool_new (self->model, self->inputs, &self->config, options.n_seeds, error);
  if (pool == NULL || !give_floats (self, pool, control, error))
    return FALSE;
  self->front = mixq_front_new (pool, &options, error);
  return self->front != NULL;
}

static void
update_progress (MixqSession *self)
{
  mixq_session_lock (self);
  if (!self->front_due && self->front_progress.running) {
    self->front_progress.stage = mixq_front_get_stage (self->front);
    mixq_front_get_progress (self->front, &self->front_progress.told, &self->front_progress.expected);
  }
  mixq_session_unlock (self);
}

/* Ends the search; a failure is told where those of models are. */
static void
end (MixqSession *self, const GError *error)
{
  g_clear_pointer (&self->front, mixq_front_free);
  self->has_front_job = FALSE;
  mixq_session_lock (self);
  if (error != NULL && !g_cancellable_is_cancelled (self->front_cancellable)) {
    g_free (self->maker_error);
    self->maker_error = g_strdup (error->message);
  }
  if (!self->front_due)
    self->front_progress.running = FALSE;
  mixq_session_unlock (self);
}

/* Whether the widths asked for were trained before with that seed; if so the search is told. */
static gboolean
is_known (MixqSession *self)
{
  const MixqFrontJob *job = &self->front_job;
  MixqFinished known = { .val_loss = NAN };
  MixqRecord *record;
  gboolean found;

  mixq_session_lock (self);
  record = mixq_maker_find_record (self, job->bits);
  found = record != NULL && record->finished != NULL && job->seed < record->n_seeds;
  if (record != NULL) {
    record->methods |= 1u << self->front_method;
    self->serial++;
  }
  if (found) {
    known.frozen = record->finished->frozen;
    known.integer = known.quantized = record->accuracy[job->seed];
    known.val_loss = record->val_loss[job->seed];
  }
  mixq_session_unlock (self);
  if (found)
    mixq_front_tell (self->front, job, &known);
  return found;
}

/* A fresh cancellable for a search that begins: the one of the search before may have been used. */
static void
renew_cancellable (MixqSession *self)
{
  mixq_session_lock (self);
  g_clear_object (&self->front_cancellable);
  self->front_cancellable = g_cancellable_new ();
  if (self->stop)
    g_cancellable_cancel (self->front_cancellable);
  mixq_session_unlock (self);
}

void
mixq_session_front_ask (MixqSession *self, const MixqPhaseControl *shared)
{
  MixqPhaseControl control = *shared;
  g_autoptr (GError) error = NULL;
  gboolean due;

  mixq_session_lock (self);
  due = self->front_due;
  mixq_session_unlock (self);
  if (due) {
    end (self, NULL);
    renew_cancellable (self);
  }
  control.cancellable = self->front_cancellable;
  if (g_cancellable_is_cancelled (control.cancellable) || (due && !begin (self, &control, &error))) {
    end (self, error);
    return;
  }
  do {
    self->has_front_job = mixq_front_ask (self->front, &self->front_job, &control, &error);
    update_progress (self);
  } while (self->has_front_job && is_known (self));
  if (!self->has_front_job)
    end (self, error);
}

void
mixq_session_front_answer (MixqSession *self, const MixqFinished *finished)
{
  if (self->front == NULL || !self->has_front_job)
    return;
  if (finished != NULL) {
    mixq_session_lock (self);
    mixq_maker_find_record (self, self->front_job.bits)->methods |= 1u << self->front_method;
    mixq_session_unlock (self);
    mixq_front_tell (self->front, &self->front_job, finished);
  } else {
    mixq_front_skip (self->front, &self->front_job);
  }
  self->has_front_job = FALSE;
  update_progress (self);
}
