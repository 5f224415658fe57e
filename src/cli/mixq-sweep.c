/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-sweep.h"

#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "run/mixq-inference.h"

/* Longer searches keep no trace: the chart of it has some 300 pixels. */
#define MAX_TRACED_EPOCHS 20000
#define QUIET_REPEATS 5

void
mixq_sweep_clear (MixqSweep *self)
{
  for (guint i = 0; i < self->n_runs && self->run != NULL; i++) {
    g_clear_pointer (&self->run[i].result, mixq_run_result_free);
    g_clear_pointer (&self->run[i].alpha, g_free);
    g_clear_error (&self->run[i].error);
  }
  for (guint i = 0; i < self->seeds.n && self->float_model != NULL; i++) {
    g_clear_pointer (&self->float_model[i], mixq_float_model_unref);
    g_clear_error (&self->float_error[i]);
  }
  g_free (self->run);
  g_free (self->float_model);
  g_free (self->float_error);
  g_free (self->point);
  g_free (self->lambda);
  g_clear_pointer (&self->inputs, mixq_inputs_unref);
  g_clear_pointer (&self->model, mixq_model_unref);
}

/* --- a loop whose turns run side by side ---------------------------------------------------------------------------- */

typedef struct
{
  MixqSweep *sweep;
  const MixqCli *cli;
  MixqProgress *progress;
  void (*turn) (MixqSweep *sweep, guint index, MixqRunWatch *watch);
  guint n;
  gint next; /* atomic */
} Loop;

static gpointer
loop_thread (gpointer data)
{
  Loop *loop = data;
  MixqRunWatch watch = { loop->progress, loop->cli->cancellable, "", FALSE };
  guint index;

  while (!mixq_cli_is_stopped (loop->cli) && (index = (guint) g_atomic_int_add (&loop->next, 1)) < loop->n)
    loop->turn (loop->sweep, index, &watch);
  return NULL;
}

/* Turns share nothing that they write, so their results do not depend on how many threads there are. */
static void
loop_run (Loop *loop, guint jobs)
{
  guint n_threads = MAX (MIN (jobs, loop->n), 1);
  g_autofree GThread **thread = g_new (GThread *, n_threads);

  for (guint i = 0; i < n_threads; i++)
    thread[i] = g_thread_new ("sweep", loop_thread, loop);
  for (guint i = 0; i < n_threads; i++)
    g_thread_join (thread[i]);
}

/* --- turns --------------------------------------------------------------------------------------------------------- */

static void
train_float (MixqSweep *self, guint index, MixqRunWatch *watch)
{
  MixqRunConfig config = self->config;
  g_autofree char *label = NULL;
  MixqPhaseControl control = mixq_run_watch_control (watch);

  config.seed = self->seeds.first + index;
  watch->label = label = g_strdup_printf ("seed %" G_GUINT64_FORMAT, config.seed);
  self->float_model[index] = mixq_float_model_train (self->model, self->inputs, &config, &control,
                                                     &self->float_error[index]);
  if (self->float_model[index] != NULL)
    mixq_progress_say (watch->progress, "%s: float32, validation %.2f %%, test %.2f %%", label,
                       self->float_model[index]->accuracy.part[MIXQ_PART_VAL] * 100,
                       self->float_model[index]->accuracy.part[MIXQ_PART_TEST] * 100);
}

static char *
run_label (const MixqSweepRun *run)
{
  return run->width > 0 ? g_strdup_printf ("all %u bits, seed %" G_GUINT64_FORMAT, run->width, run->seed)
                        : g_strdup_printf ("lambda %g, seed %" G_GUINT64_FORMAT, run->lambda, run->seed);
}

static void
say_finished (const MixqSweepRun *run, MixqProgress *progress)
{
  g_autofree char *label = run_label (run), *widths = mixq_run_result_widths (run->result);

  mixq_progress_say (progress, "%s: widths %s, %.2fx fewer BitOPs, validation %.2f %%", label, widths,
                     run->result->cost_float.bitops / run->result->cost.bitops,
                     mixq_run_result_accuracy (run->result, MIXQ_PART_VAL) * 100);
}

static void
run_one (MixqSweep *self, guint index, MixqRunWatch *watch)
{
  MixqSweepRun *run = &self->run[index];
  MixqFloatModel *float_model = self->float_model[run->seed - self->seeds.first];
  MixqRunConfig config = self->config;
  g_autofree char *label = run_label (run);
  MixqPhaseControl control = mixq_run_watch_control (watch);

  if (float_model == NULL)
    return; /* its failure is reported for the seed */
  watch->label = label;
  config.seed = run->seed;
  if (run->width > 0) {
    config.method = MIXQ_METHOD_FIXED;
    memset (config.fixed, run->width, self->model->n_slots);
  } else {
    config.lambda = run->lambda;
    if (config.epochs_search <= MAX_TRACED_EPOCHS)
      run->alpha = g_new0 (float, (gsize) config.epochs_search * self->model->n_slots * config.n_choices);
  }
  control.alpha = run->alpha;
  run->result = mixq_run (self->model, self->inputs, &config, float_model, NULL, &control, &run->error);
  if (run->result == NULL)
    return;
  run->result->peak_mib = NAN; /* of the process: says nothing of one run among others */
  say_finished (run, watch->progress);
}

/* --- the whole ----------------------------------------------------------------------------------------------------- */

static void
list_runs (MixqSweep *self)
{
  guint n_marks = self->uniform ? self->config.n_choices : 0, next = 0;

  self->n_runs = (self->n_lambdas + n_marks) * self->seeds.n;
  self->run = g_new0 (MixqSweepRun, MAX (self->n_runs, 1));
  self->float_model = g_new0 (MixqFloatModel *, self->seeds.n);
  self->float_error = g_new0 (GError *, self->seeds.n);
  for (guint i = 0; i < self->n_lambdas + n_marks; i++)
    for (guint s = 0; s < self->seeds.n; s++) {
      MixqSweepRun *run = &self->run[next++];

      run->seed = self->seeds.first + s;
      run->lambda = i < self->n_lambdas ? self->lambda[i] : (double) NAN;
      run->width = i < self->n_lambdas ? 0 : self->config.choices[i - self->n_lambdas];
    }
}

static guint64
count_epochs (const MixqSweep *self)
{
  MixqRunConfig fixed = self->config;
  guint n_marks = self->n_runs / self->seeds.n - self->n_lambdas;

  fixed.method = MIXQ_METHOD_FIXED;
  return self->seeds.n *
         (self->config.epochs_float + self->n_lambdas * mixq_run_epochs (&self->config, FALSE) +
          n_marks * mixq_run_epochs (&fixed, FALSE));
}

/* The first failure stands for all. */
static gboolean
report_failures (const MixqSweep *self, GError **error)
{
  const GError *first = NULL;
  g_autofree char *label = NULL;
  guint n = 0;

  for (guint i = 0; i < self->seeds.n; i++)
    if (self->float_error[i] != NULL && n++ == 0) {
      first = self->float_error[i];
      label = g_strdup_printf ("float32 of seed %" G_GUINT64_FORMAT, self->seeds.first + i);
    }
  for (guint i = 0; i < self->n_runs; i++)
    if (self->run[i].error != NULL && n++ == 0) {
      first = self->run[i].error;
      label = run_label (&self->run[i]);
    }
  if (n == 0)
    return TRUE;
  g_set_error (error, first->domain, first->code, "sweep: %u of %u runs failed, the first is %s: %s", n,
               self->n_runs, label, first->message);
  return FALSE;
}

/* Times that were taken beside other runs say little: once more, alone. The results have no other owner yet. */
static void
time_alone (MixqSweep *self, const MixqCli *cli)
{
  for (guint i = 0; i < self->n_runs * QUIET_REPEATS && !mixq_cli_is_stopped (cli); i++) {
    MixqRunResult *result = self->run[i / QUIET_REPEATS].result;
    MixqFinished *finished = result != NULL ? result->finished : NULL;
    g_autoptr (MixqInference) said = NULL;

    if (finished == NULL || finished->frozen == NULL)
      continue;
    said = mixq_infer (finished->frozen, self->inputs, MIXQ_ENGINE_INTEGER, FALSE, 1, cli->cancellable, NULL);
    if (said != NULL)
      finished->integer_seconds = fmin (finished->integer_seconds, said->seconds);
  }
}

gboolean
mixq_sweep_run (MixqSweep *self, const MixqCli *cli, GError **error)
{
  g_autoptr (MixqProgress) progress = NULL;
  gint64 start = g_get_monotonic_time ();
  Loop floats = { .sweep = self, .cli = cli, .turn = train_float, .n = self->seeds.n };
  Loop runs = { .sweep = self, .cli = cli, .turn = run_one };

  list_runs (self);
  progress = mixq_progress_new (cli, count_epochs (self));
  floats.progress = runs.progress = progress;
  runs.n = self->n_runs;
  loop_run (&floats, self->jobs);
  loop_run (&runs, self->jobs);
  time_alone (self, cli);
  for (guint i = 0; i < self->n_runs; i++)
    self->n_finished += self->run[i].result != NULL;
  self->seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  mixq_sweep_find_points (self);
  if (mixq_cli_is_stopped (cli))
    return mixq_cli_stopped (error, "sweep: stopped; %u of %u runs are finished and kept", self->n_finished,
                             self->n_runs);
  return report_failures (self, error);
}
