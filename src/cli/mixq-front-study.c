/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-front-study.h"

#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "mixq-progress.h"

/* Seeds of one repeat are neighbours; those of the next are far from them. */
#define SEEDS_APART 1000

static void
result_free (gpointer data)
{
  MixqFrontResult *self = data;

  g_array_unref (self->points);
  g_free (self);
}

void
mixq_front_study_clear (MixqFrontStudy *self)
{
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->model, mixq_model_unref);
  g_clear_pointer (&self->dataset, mixq_dataset_unref);
}

/* --- one repeat ---------------------------------------------------------------------------------------------------- */

typedef struct
{
  MixqFrontStudy *study;
  const MixqCli *cli;
  MixqProgress *progress;
  guint repeat;
  guint done; /* models of this repeat, for the progress */
} Work;

static int
compare_points (gconstpointer a, gconstpointer b)
{
  const MixqFrontPoint *x = a, *y = b;

  if (x->cost != y->cost)
    return x->cost < y->cost ? -1 : 1;
  return memcmp (x->bits, y->bits, sizeof x->bits);
}

static MixqFrontResult *
result_new (const Work *work, MixqFront *front, MixqFrontPool *pool, const MixqFrontOptions *options)
{
  MixqFrontResult *self = g_new0 (MixqFrontResult, 1);
  const GArray *points = mixq_front_peek_points (front);
  MixqCost cost_float;
  guint expected;

  self->method = options->method;
  self->axis = options->axis;
  self->repeat = work->repeat;
  self->points = g_array_new (FALSE, FALSE, sizeof (MixqFrontPoint));
  g_array_append_vals (self->points, points->data, points->len);
  g_array_sort (self->points, compare_points);
  self->rectangle = work->study->has_rectangle ? work->study->rectangle : mixq_front_rectangle (front);
  self->hypervolume = mixq_front_hypervolume (front, &self->rectangle);
  self->seconds = mixq_front_seconds (front);
  self->float_val = mixq_front_pool_float_accuracy (pool, MIXQ_PART_VAL);
  self->float_test = mixq_front_pool_float_accuracy (pool, MIXQ_PART_TEST);
  mixq_front_get_progress (front, &self->models, &expected);
  mixq_cost_count (work->study->model, NULL, &cost_float);
  self->cost_float = options->axis == MIXQ_COST_MS ? work->study->config.ms.float_ms
                                                   : mixq_cost_on_axis (&cost_float, options->axis);
  return self;
}

static gboolean
search (Work *work, MixqFrontPool *pool, const MixqFrontOptions *options, GError **error)
{
  g_autoptr (MixqFront) front = mixq_front_new (pool, options, error);
  MixqPhaseControl control = { .cancellable = work->cli->cancellable };
  GError *failed = NULL;
  MixqFrontJob job;

  if (front == NULL)
    return FALSE;
  while (mixq_front_ask (front, &job, &control, &failed)) {
    const MixqFinished *finished = mixq_front_pool_finish (pool, job.bits, job.seed, &control, &failed);
    guint told, expected;

    if (finished == NULL)
      break;
    mixq_front_tell (front, &job, finished);
    mixq_front_get_progress (front, &told, &expected);
    mixq_progress_advance (work->progress, "repeat %u, %s on %s: model %u of about %u", work->repeat + 1,
                           mixq_front_method_name (options->method), mixq_cost_axis_name (options->axis),
                           told, expected);
  }
  if (failed != NULL) {
    g_propagate_error (error, failed);
    return FALSE;
  }
  g_ptr_array_add (work->study->results, result_new (work, front, pool, options));
  return TRUE;
}

static gboolean
say_result (const Work *work)
{
  const MixqFrontResult *result = g_ptr_array_index (work->study->results, work->study->results->len - 1);

  mixq_progress_say (work->progress, "repeat %u, %s on %s: hypervolume %.4f, %u models, %.1f s",
                     work->repeat + 1, mixq_front_method_name (result->method),
                     mixq_cost_axis_name (result->axis), result->hypervolume, result->models,
                     result->seconds);
  return TRUE;
}

static gboolean
run_repeat (Work *work, GError **error)
{
  MixqFrontStudy *self = work->study;
  MixqRunConfig config = self->config;
  g_autoptr (MixqDataset) dataset = NULL;
  g_autoptr (MixqModel) model = NULL;
  g_autoptr (MixqInputs) inputs = NULL;
  g_autoptr (MixqFrontPool) pool = NULL;

  if (self->fresh_splits) {
    g_autofree char *split = g_strdup_printf ("random:%" G_GUINT64_FORMAT, self->first_split + work->repeat);

    dataset = mixq_dataset_with_split (self->dataset, split, error);
  } else {
    dataset = mixq_dataset_ref (self->dataset);
  }
  model = dataset != NULL ? mixq_model_new (&self->model->spec, dataset, error) : NULL;
  if (model == NULL)
    return FALSE;
  inputs = mixq_inputs_new (dataset);
  config.seed += (self->first_split + work->repeat) *
                 SEEDS_APART; /* so a part of the splits gives a part of the results */
  pool = mixq_front_pool_new (model, inputs, &config, self->options.n_seeds, error);
  if (pool == NULL)
    return FALSE;
  for (guint a = 0; a < self->n_axes; a++)
    for (guint m = 0; m < self->n_methods; m++) {
      MixqFrontOptions options = self->options;

      options.axis = self->axis[a];
      options.method = self->method[m];
      if (!search (work, pool, &options, error) || !say_result (work))
        return FALSE;
    }
  return TRUE;
}

/* --- all ----------------------------------------------------------------------------------------------------------- */

static guint64
expected_models (const MixqFrontStudy *self)
{
  guint64 finals = (guint64) self->options.n_finalists * (self->options.n_seeds - 1);

  return (guint64) self->n_repeats * self->n_axes * self->n_methods * (self->options.n_models + finals);
}

gboolean
mixq_front_study_run (MixqFrontStudy *self, const MixqCli *cli, GError **error)
{
  g_autoptr (MixqProgress) progress = mixq_progress_new (cli, expected_models (self));
  gint64 start = g_get_monotonic_time ();
  Work work = { .study = self, .cli = cli, .progress = progress };
  gboolean ok = TRUE;

  self->results = g_ptr_array_new_with_free_func (result_free);
  for (work.repeat = 0; work.repeat < self->n_repeats && ok; work.repeat++)
    ok = run_repeat (&work, error);
  self->seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  return ok;
}

const MixqFrontResult *
mixq_front_study_find (const MixqFrontStudy *self, MixqFrontMethod method, MixqCostAxis axis, guint repeat)
{
  for (guint i = 0; i < self->results->len; i++) {
    const MixqFrontResult *result = g_ptr_array_index (self->results, i);

    if (result->method == method && result->axis == axis && result->repeat == repeat)
      return result;
  }
  return NULL;
}

guint
mixq_front_study_hypervolumes (const MixqFrontStudy *self,
                               MixqCostAxis axis,
                               MixqFrontMethod method,
                               MixqFrontMethod other,
                               double *a,
                               double *b)
{
  guint n = 0;

  for (guint r = 0; r < self->n_repeats; r++) {
    const MixqFrontResult *own = mixq_front_study_find (self, method, axis, r);
    const MixqFrontResult *others = mixq_front_study_find (self, other, axis, r);

    if (own == NULL || others == NULL)
      continue;
    a[n] = own->hypervolume;
    if (b != NULL)
      b[n] = others->hypervolume;
    n++;
  }
  return n;
}
