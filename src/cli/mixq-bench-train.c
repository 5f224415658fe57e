/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The times that the issue asks for, taken of the very functions that `mixq run` calls: labels only, 50 epochs a phase,
 * full evaluation after each. A few epochs, then one product of the reference, and so on.
 */
#include <math.h>
#include <string.h>

#include "mixq-bench.h"

#define EPOCHS 50
#define EPOCHS_PER_REFERENCE 5
#define REFERENCES_PER_PIPELINE 5

static void
bench_config (MixqRunConfig *config)
{
  mixq_run_config_init (config);
  config->epochs_float = config->epochs_search = config->epochs_qat = EPOCHS;
}

static char *
name_of (const MixqBench *self, const char *what)
{
  return g_strdup_printf ("%s-%s", self->inputs->dataset->name, what);
}

gboolean
mixq_bench_product (MixqBench *self, GError **error)
{
  MixqBenchResult *result = mixq_bench_begin (self, g_strdup ("gemm"), "gemm");

  for (guint i = 0; i < self->rounds * 10 && mixq_bench_check (self, NULL); i++) {
    mixq_bench_take (&result->samples, mixq_bench_gemm, self);
    mixq_bench_take (&result->reference_samples, mixq_bench_gemm, self);
  }
  return mixq_bench_check (self, error);
}

/* --- epochs -------------------------------------------------------------------------------------------------------- */

static MixqBenchWatch
watch_new (MixqBench *self, const char *phase, MixqPhaseControl *control)
{
  MixqBenchWatch watch = {
    .bench = self, .phase = phase, .every = EPOCHS_PER_REFERENCE, .reference = mixq_bench_gemm, .data = self
  };

  watch.result = mixq_bench_begin (self, name_of (self, phase), "gemm");
  *control = (MixqPhaseControl){ .cancellable = self->cli->cancellable, .progress = mixq_bench_watch_epoch };
  return watch;
}

static MixqFloatModel *
train_float (MixqBench *self, const MixqRunConfig *config, GError **error)
{
  MixqPhaseControl control = { .cancellable = self->cli->cancellable };

  return mixq_float_model_train (self->model, self->inputs, config, &control, error);
}

gboolean
mixq_bench_float (MixqBench *self, GError **error)
{
  MixqPhaseControl control;
  MixqBenchWatch watch = watch_new (self, "float32", &control);
  MixqRunConfig config;

  bench_config (&config);
  control.user_data = &watch;
  for (guint i = 0; i < self->rounds; i++) {
    g_autoptr (MixqFloatModel) model = NULL;

    config.seed = i;
    model = mixq_float_model_train (self->model, self->inputs, &config, &control, error);
    if (model == NULL)
      return FALSE;
  }
  return TRUE;
}

gboolean
mixq_bench_search (MixqBench *self, GError **error)
{
  MixqPhaseControl control;
  MixqBenchWatch watch = watch_new (self, "search", &control);
  g_autoptr (MixqFloatModel) model = NULL;
  MixqRunConfig config;
  MixqSelection selection;

  bench_config (&config);
  control.user_data = &watch;
  model = train_float (self, &config, error);
  for (guint i = 0; i < self->rounds && model != NULL; i++) {
    config.seed = i;
    if (!mixq_search_run (model, &config, NULL, &control, &selection, error))
      return FALSE;
  }
  return model != NULL;
}

gboolean
mixq_bench_qat (MixqBench *self, GError **error)
{
  /* The widths of the 15.5x point; other widths take the same time. */
  static const guint8 widths[] = { 2, 2, 2, 8, 8, 8, 8, 8, 8 };
  MixqPhaseControl control;
  MixqBenchWatch watch = watch_new (self, "qat", &control);
  g_autoptr (MixqFloatModel) model = NULL;
  MixqRunConfig config;

  bench_config (&config);
  control.user_data = &watch;
  model = train_float (self, &config, error);
  for (guint i = 0; i < self->rounds && model != NULL; i++) {
    g_autoptr (MixqFinished) finished = NULL;

    config.seed = i;
    finished = mixq_finish (model, &config, widths, &control, error);
    if (finished == NULL)
      return FALSE;
  }
  return model != NULL;
}

/* --- the whole ----------------------------------------------------------------------------------------------------- */

gboolean
mixq_bench_pipeline (MixqBench *self, GError **error)
{
  MixqBenchResult *result = mixq_bench_begin (self, name_of (self, "pipeline"), "gemm");
  MixqPhaseControl control = { .cancellable = self->cli->cancellable };
  MixqRunConfig config;

  bench_config (&config);
  for (guint i = 0; i < self->rounds; i++) {
    g_autoptr (MixqRunResult) run = NULL;
    MixqMoment start;

    for (guint r = 0; r < REFERENCES_PER_PIPELINE; r++)
      mixq_bench_take (&result->reference_samples, mixq_bench_gemm, self);
    config.seed = i;
    start = mixq_moment_now ();
    run = mixq_run (self->model, self->inputs, &config, NULL, NULL, &control, error);
    if (run == NULL)
      return FALSE;
    mixq_samples_add (&result->samples, start);
    mixq_progress_advance (self->progress, "%s", result->name);
  }
  return TRUE;
}

/* --- inference ----------------------------------------------------------------------------------------------------- */

typedef struct
{
  MixqFrozen *frozen;
  MixqInputs *inputs;
  MixqTrainer *trainer;
} Inference;

static void
infer_integer (gpointer data)
{
  Inference *self = data;
  MixqExec *exec = mixq_exec_new (self->frozen, self->inputs, MIXQ_ENGINE_INTEGER, NULL, NULL);

  g_clear_pointer (&exec, mixq_exec_free);
}

static void
infer_float (gpointer data)
{
  Inference *self = data;

  mixq_trainer_evaluate (self->trainer, NULL);
}

/* The whole graph with integers beside the whole graph in float32. */
gboolean
mixq_bench_inference (MixqBench *self, GError **error)
{
  static const guint8 widths[] = { 2, 2, 2, 8, 8, 8, 8, 8, 8 };
  MixqBenchResult *result = mixq_bench_begin (self, g_strdup ("integer-inference"), "float32-inference");
  MixqPhaseControl control = { .cancellable = self->cli->cancellable };
  MixqTrainerOptions options = { .stream = "unused" };
  g_autoptr (MixqFloatModel) model = NULL;
  g_autoptr (MixqFinished) finished = NULL;
  g_autoptr (MixqTrainer) trainer = NULL;
  Inference inference;
  MixqRunConfig config;
  MixqNet *net;

  bench_config (&config);
  config.epochs_float = config.epochs_qat = 1; /* times do not depend on the weights */
  model = train_float (self, &config, error);
  finished = model != NULL ? mixq_finish (model, &config, widths, &control, error) : NULL;
  if (finished == NULL)
    return FALSE;
  net = mixq_net_new (self->model, self->inputs, 0, NULL, NULL, FALSE, NULL);
  mixq_net_set_parameters (net, model->parameters);
  trainer = mixq_trainer_new (net, &options);
  inference = (Inference){ finished->frozen, self->inputs, trainer };
  for (guint i = 0; i < self->rounds * 20 && mixq_bench_check (self, NULL); i++) {
    mixq_bench_take (&result->samples, infer_integer, &inference);
    mixq_bench_take (&result->reference_samples, infer_float, &inference);
  }
  return mixq_bench_check (self, error);
}
