/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "front/mixq-front.h"

#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "base/mixq-names.h"
#include "front/mixq-front-private.h"
#include "front/mixq-sensitivity.h"

/* Of a budget of models, what the one-step moves at the cheap end get: 9 of 36 (spec/search.md section 5: 6 to 12). */
#define TAIL_SHARE 0.25

static const char *const method_names[MIXQ_N_FRONT_METHODS] = {
  [MIXQ_FRONT_SENSITIVITY] = "sensitivity", [MIXQ_FRONT_RELAXED] = "relaxed",
  [MIXQ_FRONT_FAITHFUL] = "faithful",       [MIXQ_FRONT_RANDOM] = "random",
  [MIXQ_FRONT_UNIFORM] = "uniform",
};

const char *
mixq_front_method_name (MixqFrontMethod method)
{
  return method_names[method];
}

gboolean
mixq_front_method_parse (const char *text, MixqFrontMethod *method, GError **error)
{
  guint value;

  if (!mixq_names_parse ("method", method_names, MIXQ_N_FRONT_METHODS, text, &value, error))
    return FALSE;
  *method = (MixqFrontMethod) value;
  return TRUE;
}

double
mixq_front_mean (const double *value, guint n, double *std)
{
  double mean = 0, square = 0;

  for (guint i = 0; i < n; i++)
    mean += value[i] / n;
  for (guint i = 0; i < n; i++)
    square += (value[i] - mean) * (value[i] - mean) / n;
  if (std != NULL)
    *std = n > 0 ? sqrt (square) : (double) NAN;
  return n > 0 ? mean : (double) NAN;
}

MixqFront *
mixq_front_new (MixqFrontPool *pool, const MixqFrontOptions *options, GError **error)
{
  MixqFront *self;

  if (options->n_models < 1 || options->n_finalists < 1 || options->n_seeds < 1 ||
      options->n_seeds > mixq_front_pool_get_n_seeds (pool)) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                 "front: %u models, %u finalists and %u seeds are not possible; give at least one of each",
                 options->n_models, options->n_finalists, options->n_seeds);
    return NULL;
  }
  if (!mixq_front_pool_can_judge (pool)) {
    g_set_error_literal (
        error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
        "front: there are no validation nodes to choose by; give a split that has some, like "
        "random:0");
    return NULL;
  }
  self = g_new0 (MixqFront, 1);
  self->pool = mixq_front_pool_ref (pool);
  self->asked = g_array_new (FALSE, FALSE, 1);
  self->options = *options;
  self->points = g_array_new (FALSE, TRUE, sizeof (MixqFrontPoint));
  self->queue = g_array_new (FALSE, TRUE, sizeof (MixqFrontJob));
  self->walked = g_hash_table_new (NULL, NULL);
  self->space.model = mixq_front_pool_peek_model (pool);
  self->config = *mixq_front_pool_peek_config (pool);
  self->config.cost = options->axis;
  self->space.config = &self->config;
  self->space.cost_model = mixq_cost_model_new_for (self->space.model, self->space.config->cost,
                                                    &self->space.config->ms);
  return self;
}

void
mixq_front_free (MixqFront *self)
{
  g_array_unref (self->points);
  g_array_unref (self->queue);
  g_array_unref (self->asked);
  g_hash_table_unref (self->walked);
  mixq_cost_model_free (self->space.cost_model);
  g_free (self->space.kl);
  mixq_front_pool_unref (self->pool);
  g_free (self);
}

/* --- points -------------------------------------------------------------------------------------------------------- */

MixqFrontPoint *
mixq_front_find (MixqFront *self, const guint8 *bits)
{
  for (guint i = 0; i < self->points->len; i++) {
    MixqFrontPoint *point = &g_array_index (self->points, MixqFrontPoint, i);

    if (memcmp (point->bits, bits, self->space.model->n_slots) == 0)
      return point;
  }
  return NULL;
}

gboolean
mixq_front_was_asked (const MixqFront *self, const guint8 *bits)
{
  guint n_slots = self->space.model->n_slots;

  for (guint at = 0; at < self->asked->len; at += n_slots)
    if (memcmp (self->asked->data + at, bits, n_slots) == 0)
      return TRUE;
  return FALSE;
}

void
mixq_front_enqueue (MixqFront *self, const guint8 *bits, guint seed, double lambda)
{
  MixqFrontJob job = { .seed = seed, .stage = self->stage, .lambda = lambda };

  if (seed == 0)
    g_array_append_vals (self->asked, bits, self->space.model->n_slots);
  memcpy (job.bits, bits, self->space.model->n_slots);
  g_array_append_val (self->queue, job);
}

void
mixq_front_tell (MixqFront *self, const MixqFrontJob *job, const MixqFinished *finished)
{
  MixqFrontPoint *point = mixq_front_find (self, job->bits);
  const MixqAccuracies *accuracy = finished->frozen != NULL ? &finished->integer : &finished->quantized;
  guint8 float_bits[MIXQ_MAX_SLOTS];

  if (point == NULL) {
    MixqFrontPoint fresh = { .lambda = job->lambda };

    memset (float_bits, 32, sizeof float_bits);
    memcpy (fresh.bits, job->bits, self->space.model->n_slots);
    fresh.cost = mixq_front_space_cost (&self->space, job->bits);
    fresh.cost_share = fresh.cost / mixq_front_space_cost (&self->space, float_bits);
    g_array_append_val (self->points, fresh);
    point = &g_array_index (self->points, MixqFrontPoint, self->points->len - 1);
  }
  if (point->n_seeds < MIXQ_FRONT_SEEDS) {
    point->val[point->n_seeds] = accuracy->part[MIXQ_PART_VAL];
    point->val_loss[point->n_seeds] = finished->val_loss;
    point->test[point->n_seeds] = accuracy->part[MIXQ_PART_TEST];
    point->n_seeds++;
  }
  self->n_told++;
  self->seconds += finished->seconds;
}

void
mixq_front_skip (MixqFront *self, const MixqFrontJob *job)
{
  self->n_told++;
}

/* --- candidates ---------------------------------------------------------------------------------------------------- */

static void
enqueue_sets (MixqFront *self, const GArray *sets)
{
  guint n_slots = self->space.model->n_slots;

  for (guint i = 0; i < sets->len / n_slots; i++)
    mixq_front_enqueue (self, (const guint8 *) sets->data + i * n_slots, 0, NAN);
}

static guint
tail_models (const MixqFront *self)
{
  return self->options.method == MIXQ_FRONT_SENSITIVITY ? (guint) (TAIL_SHARE * self->options.n_models) : 0;
}

static gboolean
begin_sensitivity (MixqFront *self, const MixqPhaseControl *control, GError **error)
{
  gint64 start = g_get_monotonic_time ();
  MixqFloatModel *float_model = mixq_front_pool_float (self->pool, 0, control, error);
  g_autoptr (GArray) sets = NULL;

  if (float_model == NULL)
    return FALSE;
  start = g_get_monotonic_time ();
  self->space.kl = g_new0 (double, self->space.model->n_slots * self->space.config->n_choices);
  if (!mixq_sensitivity_measure (float_model, self->space.config, control, self->space.kl, error)) {
    g_clear_pointer (&self->space.kl, g_free);
    return FALSE;
  }
  self->seconds += (double) (g_get_monotonic_time () - start) / 1e6;
  sets = mixq_front_blocked (&self->space, self->options.n_models - tail_models (self));
  enqueue_sets (self, sets);
  return TRUE;
}

static void
begin_uniform (MixqFront *self)
{
  guint8 bits[MIXQ_MAX_SLOTS];

  for (guint k = 0; k < self->space.config->n_choices; k++) {
    mixq_front_space_fill (&self->space, k, bits);
    mixq_front_enqueue (self, bits, 0, NAN);
  }
}

/* The relaxations ask for one price after the other; each search names at most one set that is new. */
static gboolean
begin (MixqFront *self, const MixqPhaseControl *control, GError **error)
{
  g_autoptr (GArray) sets = NULL;

  switch (self->options.method) {
  case MIXQ_FRONT_RANDOM:
    sets = mixq_front_random (&self->space, self->options.n_models);
    enqueue_sets (self, sets);
    return TRUE;
  case MIXQ_FRONT_UNIFORM:
    begin_uniform (self);
    return TRUE;
  case MIXQ_FRONT_RELAXED:
  case MIXQ_FRONT_FAITHFUL:
    return TRUE;
  case MIXQ_FRONT_SENSITIVITY:
  default:
    return begin_sensitivity (self, control, error);
  }
}

static gboolean
is_relaxation (const MixqFront *self)
{
  return self->options.method == MIXQ_FRONT_RELAXED || self->options.method == MIXQ_FRONT_FAITHFUL;
}

/* --- stages -------------------------------------------------------------------------------------------------------- */

/* Time for finalists is kept back: what they will take is known from what the candidates took. */
static gboolean
out_of_time (const MixqFront *self)
{
  guint finals = self->options.n_finalists * (self->options.n_seeds - 1);
  double each = self->n_told > 0 ? self->seconds / self->n_told : 0;

  return self->options.seconds > 0 && mixq_front_seconds (self) + each * (finals + 1) > self->options.seconds;
}

static void
enter (MixqFront *self, MixqFrontStage stage)
{
  g_array_set_size (self->queue, 0);
  self->next = 0;
  self->stage = stage;
}

/* Fills the queue; FALSE without error when the stage has nothing more to ask. */
static gboolean
ask_stage (MixqFront *self, const MixqPhaseControl *control, GError **error)
{
  switch (self->stage) {
  case MIXQ_FRONT_CANDIDATES:
    if (!self->begun) {
      self->begun = TRUE;
      return begin (self, control, error);
    }
    return is_relaxation (self) && mixq_front_ask_price (self, control, error);
  case MIXQ_FRONT_TAIL:
    return self->n_tail < tail_models (self) && mixq_front_ask_tail (self);
  case MIXQ_FRONT_FINALISTS:
    if (self->finals_chosen)
      return FALSE;
    self->finals_chosen = TRUE;
    mixq_front_choose_finalists (self);
    return TRUE;
  case MIXQ_FRONT_DONE:
  default:
    return FALSE;
  }
}

gboolean
mixq_front_ask (MixqFront *self, MixqFrontJob *job, const MixqPhaseControl *control, GError **error)
{
  while (self->stage != MIXQ_FRONT_DONE) {
    GError *failed = NULL;

    if (self->stage < MIXQ_FRONT_FINALISTS && out_of_time (self)) {
      enter (self, MIXQ_FRONT_FINALISTS);
      continue;
    }
    if (self->next < self->queue->len) {
      *job = g_array_index (self->queue, MixqFrontJob, self->next++);
      return TRUE;
    }
    if (ask_stage (self, control, &failed))
      continue;
    if (failed != NULL) {
      g_propagate_error (error, failed);
      return FALSE;
    }
    enter (self, self->stage + 1);
  }
  mixq_front_settle (self);
  return FALSE;
}

gboolean
mixq_front_run (MixqFront *self, const MixqPhaseControl *control, GError **error)
{
  MixqFrontJob job;
  GError *failed = NULL;

  while (mixq_front_ask (self, &job, control, &failed)) {
    const MixqFinished *finished = mixq_front_pool_finish (self->pool, job.bits, job.seed, control, &failed);

    if (finished == NULL)
      break;
    mixq_front_tell (self, &job, finished);
  }
  if (failed != NULL)
    g_propagate_error (error, failed);
  return failed == NULL;
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

MixqFrontStage
mixq_front_get_stage (const MixqFront *self)
{
  return self->stage;
}

void
mixq_front_get_progress (const MixqFront *self, guint *told, guint *expected)
{
  guint finals = self->options.n_finalists * (self->options.n_seeds - 1);
  guint queued = self->queue->len - self->next;

  *told = self->n_told;
  if (self->stage >= MIXQ_FRONT_FINALISTS)
    *expected = self->n_told + queued;
  else
    *expected = MAX (self->options.method == MIXQ_FRONT_UNIFORM ? self->space.config->n_choices
                                                                : self->options.n_models,
                     self->n_told + queued) +
                finals;
}

const GArray *
mixq_front_peek_points (const MixqFront *self)
{
  return self->points;
}

double
mixq_front_seconds (const MixqFront *self)
{
  return self->seconds + mixq_front_pool_seconds (self->pool);
}

double
mixq_front_hypervolume (const MixqFront *self, const MixqRectangle *rectangle)
{
  g_autofree MixqParetoPoint *front = g_new (MixqParetoPoint, MAX (self->points->len, 1));
  guint n = 0;

  if (self->stage != MIXQ_FRONT_DONE)
    return (double) NAN;
  for (guint i = 0; i < self->points->len; i++) {
    const MixqFrontPoint *point = &g_array_index (self->points, MixqFrontPoint, i);

    if (point->on_front)
      front[n++] = (MixqParetoPoint){ point->cost, mixq_front_mean (point->test, point->n_seeds, NULL) };
  }
  return mixq_hypervolume (front, n, rectangle);
}

MixqRectangle
mixq_front_rectangle (const MixqFront *self)
{
  double float_test = mixq_front_pool_float_accuracy (self->pool, MIXQ_PART_TEST);
  guint8 narrowest[MIXQ_MAX_SLOTS], widest[MIXQ_MAX_SLOTS];

  mixq_front_space_fill (&self->space, 0, narrowest);
  mixq_front_space_fill (&self->space, self->space.config->n_choices - 1, widest);
  return (MixqRectangle){
    .cost_min = mixq_front_space_cost (&self->space, narrowest),
    .cost_max = mixq_front_space_cost (&self->space, widest),
    .value_min = float_test - 0.10,
    .value_max = float_test + 0.02,
  };
}
