/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `mixq sweep`: a run for each lambda and seed, side by side; the front, the alpha chart and the recommended model. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "base/mixq-atomic.h"
#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "export/mixq-model-folder.h"
#include "mixq-sweep.h"
#include "run/mixq-ms-table.h"

#define MAX_LAMBDAS 1000
#define MAX_JOBS 256
#define MODEL_FOLDER "model"

typedef struct
{
  MixqCliData data;
  MixqCliModel network;
  MixqCliRun options;
  char *jobs, *out;
  gboolean force, uniform;
} Options;

static void
options_clear (Options *self)
{
  mixq_cli_data_clear (&self->data);
  mixq_cli_model_clear (&self->network);
  mixq_cli_run_clear (&self->options);
  g_free (self->jobs);
  g_free (self->out);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static GOptionContext *
make_context (Options *self, MixqCli *cli)
{
  GOptionContext *context = mixq_cli_context_new (
      cli, "DATASET",
      "Runs each lambda with each seed, several at a time, and shows what accuracy each price of bits "
      "leaves.\n"
      "float32 is trained once a seed. The results do not depend on --jobs.");
  const GOptionEntry entries[] = {
    { "jobs", 'j', 0, G_OPTION_ARG_STRING, &self->jobs, "Runs at a time (default: as many as processors)",
      "N" },
    { "uniform", 0, 0, G_OPTION_ARG_NONE, &self->uniform,
      "Also finish each width everywhere, to compare with", NULL },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &self->out,
      "Write sweep.json, sweep.csv, front and alpha charts (SVG, PNG) and the recommended model's folder",
      "DIR" },
    { "force", 0, 0, G_OPTION_ARG_NONE, &self->force, "Replace what an earlier sweep wrote in DIR", NULL },
    G_OPTION_ENTRY_NULL,
  };

  mixq_cli_run_add (&self->options, MIXQ_CLI_SWEEP, context);
  mixq_cli_add_group (context, "output", "Work and output:", entries);
  mixq_cli_model_add (&self->network, context);
  mixq_cli_data_add (&self->data, context);
  return context;
}

/* --- preparing ----------------------------------------------------------------------------------------------------- */

static gboolean
parse_lambdas (const char *text, MixqSweep *sweep, GError **error)
{
  g_auto (GStrv) part = text != NULL ? g_strsplit (text, ",", -1) : NULL;
  guint n = part != NULL ? g_strv_length (part) : 0;

  if (n == 0)
    return mixq_cli_usage (error, "sweep: --lambda is missing; give prices like --lambda 0.1,0.3,1,3");
  if (n > MAX_LAMBDAS)
    return mixq_cli_usage (error, "--lambda: %u prices are too many; give at most %d", n, MAX_LAMBDAS);
  sweep->lambda = g_new (double, n);
  for (; sweep->n_lambdas < n; sweep->n_lambdas++)
    if (!mixq_cli_parse_number ("lambda", g_strstrip (part[sweep->n_lambdas]),
                                &sweep->lambda[sweep->n_lambdas], error))
      return FALSE;
  return TRUE;
}

static gboolean
parse_jobs (const char *text, MixqSweep *sweep, GError **error)
{
  guint64 jobs = CLAMP (g_get_num_processors (), 1, MAX_JOBS);

  if (text != NULL && !mixq_cli_parse_count ("jobs", text, MAX_JOBS, &jobs, error))
    return FALSE;
  if (jobs == 0)
    return mixq_cli_usage (error, "--jobs: 0 runs at a time would never end; give at least 1");
  sweep->jobs = (guint) jobs;
  return TRUE;
}

static gboolean
check_lambdas (const MixqSweep *self, GError **error)
{
  for (guint i = 0; i < self->n_lambdas; i++) {
    MixqRunConfig config = self->config;

    config.lambda = self->lambda[i];
    if (!mixq_cli_is_usage (mixq_run_config_check (&config, self->model, error), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
prepare (MixqSweep *self, const Options *options, const MixqCli *cli, const char *what, GError **error)
{
  const char *seeds = options->options.seeds != NULL ? options->options.seeds : "0..0";
  g_autoptr (MixqDataset) dataset = NULL;

  if (!parse_lambdas (options->options.lambda, self, error) || !parse_jobs (options->jobs, self, error) ||
      !mixq_cli_parse_seeds (seeds, &self->seeds, error) ||
      !mixq_cli_check_out (options->out, options->force, error))
    return FALSE;
  dataset = mixq_cli_data_load (&options->data, cli, what, error);
  self->model = dataset != NULL ? mixq_cli_model_make (&options->network, dataset, error) : NULL;
  if (self->model == NULL)
    return FALSE;
  mixq_run_config_init (&self->config);
  if (!mixq_cli_run_apply (&options->options, self->model, &self->config, error) ||
      !check_lambdas (self, error))
    return FALSE;
  self->uniform = options->uniform;
  self->inputs = mixq_inputs_new (dataset);
  if (self->config.cost == MIXQ_COST_MS) /* once for all runs, while nothing else is running */
    mixq_ms_table_measure (&self->config.ms, self->model, self->inputs, self->config.n_choices,
                           self->config.choices);
  return TRUE;
}

/* --- writing ------------------------------------------------------------------------------------------------------- */

static gboolean
write_text (const char *folder, const char *name, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return mixq_atomic_file_write (path, text, -1, error);
}

/* Of an earlier sweep, where this one recommends none: it must not pass for this one's. */
static void
remove_stale_model (const char *folder)
{
  static const char *const names[] = { "config.json", "model.safetensors", "predictions.csv",
                                       "commands.jsonl" };

  if (!mixq_model_folder_is_one (folder))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);

    g_unlink (path);
  }
  g_rmdir (folder);
}

static gboolean
write_model (const MixqSweep *self, const char *out, gboolean force, GError **error)
{
  g_autofree char *folder = g_build_filename (out, MODEL_FOLDER, NULL);
  const MixqSweepPoint *point = mixq_sweep_recommended (self);

  if (point != NULL && point->run->result->finished->frozen != NULL)
    return mixq_model_folder_write (point->run->result, folder, force, error);
  if (force)
    remove_stale_model (folder);
  return TRUE;
}

/* Every file is whole or not there; the document comes last, so it stands for a complete folder. */
static gboolean
write_out (const MixqSweep *self, const char *out, gboolean force, GError **error)
{
  g_autofree char *csv = mixq_sweep_to_csv (self), *json = NULL;
  g_autoptr (JsonNode) node = mixq_sweep_to_json (self);

  json = mixq_json_to_text (node, TRUE);
  if (g_mkdir (out, 0777) != 0 && errno != EEXIST) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO, "%s: the folder cannot be made (%s); choose another one",
                 out, g_strerror (errno));
    return FALSE;
  }
  return write_text (out, "sweep.csv", csv, error) && mixq_sweep_write_charts (self, out, error) &&
         write_model (self, out, force, error) && write_text (out, "sweep.json", json, error);
}

static void
say_where (const MixqSweep *self, const char *out)
{
  const MixqSweepPoint *point = mixq_sweep_recommended (self);

  printf ("Written to %s: sweep.json, sweep.csv, %salpha.svg, alpha.png%s\n", out,
          mixq_sweep_has_front (self) ? "front.svg, front.png, " : "",
          point != NULL && point->run->result->finished->frozen != NULL
              ? "; the recommended model is in " MODEL_FOLDER "/"
              : "");
}

gboolean
mixq_command_sweep (MixqCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_autoptr (GOptionContext) context = make_context (&options, cli);
  g_auto (MixqSweep) sweep = { 0 };
  g_autoptr (GError) unwritten = NULL;
  g_auto (GStrv) rest = NULL;
  gboolean ok;

  if (!mixq_cli_parse (cli, context, argc, argv, 1, 1, &rest, error) ||
      !prepare (&sweep, &options, cli, rest[0], error))
    return FALSE;
  ok = mixq_sweep_run (&sweep, cli, error);
  if (sweep.n_finished == 0)
    return ok;
  if (options.out != NULL)
    write_out (&sweep, options.out, options.force, &unwritten);
  if (cli->json)
    mixq_cli_print_json (mixq_sweep_to_json (&sweep));
  else
    mixq_sweep_print (&sweep);
  if (unwritten != NULL) {
    g_clear_error (error);
    g_propagate_error (error, g_steal_pointer (&unwritten));
    return FALSE;
  }
  if (!cli->json && options.out != NULL)
    say_where (&sweep, options.out);
  return ok;
}
