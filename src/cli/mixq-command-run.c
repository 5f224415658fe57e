/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `mixq run`: float32 -> search -> QAT -> integers, once or with several seeds or folds, or once more from a config.json.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "export/mixq-model-folder.h"
#include "mixq-cli-options.h"
#include "mixq-cli-run.h"

/* One call of the command. */
typedef struct
{
  MixqCliData data;
  MixqCliModel network;
  MixqCliRun options;
  char *config_path, *out, *folds;
  gboolean force;

  MixqModel *model;
  MixqInputs *inputs;
  MixqRunConfig config;
  GArray *commands; /* (nullable) of MixqCommand: the log that --config replays */
  MixqCliSeeds seeds;
  guint n_folds;    /* --folds: as many runs, each on a split of its own; 0: not given */
  gboolean several; /* --seeds or --folds was given: the document is a list, even of one */
  GPtrArray *results;
} Job;

static void
job_clear (Job *self)
{
  mixq_cli_data_clear (&self->data);
  mixq_cli_model_clear (&self->network);
  mixq_cli_run_clear (&self->options);
  g_free (self->config_path);
  g_free (self->out);
  g_free (self->folds);
  g_clear_pointer (&self->commands, g_array_unref);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->inputs, mixq_inputs_unref);
  g_clear_pointer (&self->model, mixq_model_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

static GOptionContext *
make_context (Job *self, MixqCli *cli)
{
  GOptionContext *context = mixq_cli_context_new (
      cli, "[DATASET]",
      "Trains float32, searches bit-widths, trains the quantized model (QAT), makes it integers and checks "
      "that\n"
      "integers and simulation agree. DATASET is a built-in name (see `mixq datasets`) or a path.");
  const GOptionEntry entries[] = {
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &self->out,
      "Write the model folder: config.json, model.safetensors, predictions.csv, commands.jsonl; with --seeds "
      "or --folds one folder a run in it",
      "DIR" },
    { "folds", 0, 0, G_OPTION_ARG_STRING, &self->folds,
      "Cross-validation: one run a fold, with mean and standard deviation; with --split FILE the folds 0 to "
      "K "
      "- 1 of that file",
      "K" },
    { "force", 0, 0, G_OPTION_ARG_NONE, &self->force, "Replace DIR where it is a model folder", NULL },
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &self->config_path,
      "Repeat the run of this config.json bit for bit: data, seed, steering and all; takes no DATASET",
      "FILE" },
    G_OPTION_ENTRY_NULL,
  };

  mixq_cli_run_add (&self->options, MIXQ_CLI_ONE_RUN, context);
  mixq_cli_add_group (context, "output", "Output and repetition:", entries);
  mixq_cli_model_add (&self->network, context);
  mixq_cli_data_add (&self->data, context);
  return context;
}

/* --- preparing ----------------------------------------------------------------------------------------------------- */

static gboolean
prepare_from_config (Job *self, const MixqCli *cli, char **rest, GError **error)
{
  g_autoptr (MixqDataset) dataset = NULL;
  const char *given = mixq_cli_run_given (&self->options);

  given = given != NULL ? given : mixq_cli_model_given (&self->network);
  given = given != NULL ? given : mixq_cli_data_given (&self->data);
  given = given != NULL || self->folds == NULL ? given : "folds";
  if (given != NULL)
    return mixq_cli_usage (error, "run: --config fixes the whole run; drop --%s", given);
  if (rest[0] != NULL)
    return mixq_cli_usage (error, "run: --config says which data the run is on; drop \"%s\"", rest[0]);
  mixq_run_config_init (&self->config);
  if (!mixq_config_read (self->config_path, &dataset, &self->model, &self->config, &self->commands, error))
    return FALSE;
  self->inputs = mixq_inputs_new (dataset);
  return TRUE;
}

#define MAX_FOLDS 1000

/* Fold @i of the file that --split names, or of the data dealt out anew. */
static char *
split_of_fold (const Job *self, guint i)
{
  return self->data.split != NULL ? g_strdup_printf ("%s#%u", self->data.split, i)
                                  : g_strdup_printf ("fold:%u/%u", i, self->n_folds);
}

static MixqDataset *
load (Job *self, const MixqCli *cli, const char *what, GError **error)
{
  const MixqCliData plain = { .format = self->data.format };
  g_autoptr (MixqDataset) dataset = NULL;
  g_autofree char *first = NULL;
  guint64 folds;

  if (self->folds == NULL)
    return mixq_cli_data_load (&self->data, cli, what, error);
  if (self->several)
    return mixq_cli_usage (error, "run: --seeds and --folds exclude each other; give one"), NULL;
  if (!mixq_cli_parse_count ("folds", self->folds, MAX_FOLDS, &folds, error))
    return NULL;
  if (folds < 2)
    return mixq_cli_usage (error, "run: --folds %s leaves nothing to train on; use 2 to %d", self->folds,
                           MAX_FOLDS),
           NULL;
  self->n_folds = (guint) folds;
  self->several = TRUE;
  dataset = mixq_cli_data_load (&plain, cli, what, error);
  first = split_of_fold (self, 0);
  return dataset != NULL ? mixq_dataset_with_split (dataset, first, error) : NULL;
}

static gboolean
prepare_from_options (Job *self, const MixqCli *cli, char **rest, GError **error)
{
  g_autoptr (MixqDataset) dataset = NULL;

  if (rest[0] == NULL)
    return mixq_cli_usage (error, "run: the data set is missing; see `mixq run --help`");
  self->several = self->options.seeds != NULL;
  if (self->several && !mixq_cli_parse_seeds (self->options.seeds, &self->seeds, error))
    return FALSE;
  dataset = load (self, cli, rest[0], error);
  self->model = dataset != NULL ? mixq_cli_model_make (&self->network, dataset, error) : NULL;
  if (self->model == NULL)
    return FALSE;
  mixq_run_config_init (&self->config);
  if (self->options.lambda != NULL &&
      !mixq_cli_parse_number ("lambda", self->options.lambda, &self->config.lambda, error))
    return FALSE;
  if (!mixq_cli_run_apply (&self->options, self->model, &self->config, error))
    return FALSE;
  self->inputs = mixq_inputs_new (dataset);
  return TRUE;
}

static gboolean
prepare (Job *self, const MixqCli *cli, char **rest, GError **error)
{
  if (!mixq_cli_check_out (self->out, self->force, error))
    return FALSE;
  if (!(self->config_path != NULL ? prepare_from_config : prepare_from_options) (self, cli, rest, error))
    return FALSE;
  if (self->out != NULL && self->config.reference)
    return mixq_cli_usage (
        error, "run: a --reference model cannot become integers and has no model folder; drop --out");
  if (self->n_folds > 0 || !self->several)
    self->seeds = (MixqCliSeeds){ self->config.seed, MAX (self->n_folds, 1) };
  return TRUE;
}

/* --- running ------------------------------------------------------------------------------------------------------- */

static gboolean
write_folder (const Job *self, const MixqRunResult *result, guint run, GError **error)
{
  g_autofree char *name = NULL, *folder = NULL;

  if (self->out == NULL)
    return TRUE;
  if (!self->several)
    return mixq_model_folder_write (result, self->out, self->force, error);
  if (g_mkdir (self->out, 0777) != 0 && errno != EEXIST) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO, "%s: the folder cannot be made (%s); choose another one",
                 self->out, g_strerror (errno));
    return FALSE;
  }
  name = self->n_folds > 0 ? g_strdup_printf ("fold-%u", run)
                           : g_strdup_printf ("seed-%" G_GUINT64_FORMAT, result->config.seed);
  folder = g_build_filename (self->out, name, NULL);
  return mixq_model_folder_write (result, folder, self->force, error);
}

/* What is finished is written at once: a run that is stopped later keeps it. */
static gboolean
run_one (Job *self, const MixqCli *cli, MixqProgress *progress, guint run, GError **error)
{
  guint64 seed = self->seeds.first + (self->n_folds > 0 ? 0 : run);
  g_autofree char *label = self->n_folds > 0 ? g_strdup_printf ("fold %u", run)
                                             : g_strdup_printf ("seed %" G_GUINT64_FORMAT, seed);
  MixqRunWatch watch = { progress, cli->cancellable, label, TRUE };
  MixqPhaseControl control = mixq_run_watch_control (&watch);
  MixqRunConfig config = self->config;
  MixqRunResult *result;

  config.seed = seed;
  result = mixq_run (self->model, self->inputs, &config, NULL, self->commands, &control, error);
  if (result == NULL)
    return FALSE;
  g_ptr_array_add (self->results, result);
  self->config.ms = result->config.ms; /* measured once for all seeds */
  return write_folder (self, result, run, error);
}

static gboolean
take_fold (Job *self, guint fold, GError **error)
{
  g_autofree char *split = split_of_fold (self, fold);
  g_autoptr (MixqDataset) dataset = mixq_dataset_with_split (self->inputs->dataset, split, error);

  if (dataset == NULL)
    return FALSE;
  mixq_inputs_unref (self->inputs);
  self->inputs = mixq_inputs_new (dataset);
  return TRUE;
}

static gboolean
run_all (Job *self, const MixqCli *cli, GError **error)
{
  g_autoptr (MixqProgress)
      progress = mixq_progress_new (cli, self->seeds.n * mixq_run_epochs (&self->config, TRUE));

  self->results = g_ptr_array_new_with_free_func ((GDestroyNotify) mixq_run_result_free);
  for (guint i = 0; i < self->seeds.n; i++)
    if ((self->n_folds > 0 && !take_fold (self, i, error)) || !run_one (self, cli, progress, i, error))
      return FALSE;
  return TRUE;
}

/* --- reporting ----------------------------------------------------------------------------------------------------- */

static JsonNode *
to_json (const Job *self)
{
  JsonNode *node = self->several ? mixq_runs_to_json (self->results)
                                 : mixq_run_result_to_json (g_ptr_array_index (self->results, 0));
  JsonObject *object = json_node_get_object (node);

  json_object_set_object_member (object, "machine", mixq_cli_machine_to_json ());
  if (self->results->len < self->seeds.n)
    json_object_set_int_member (object, "runs_missing", self->seeds.n - self->results->len);
  return node;
}

static void
print (const Job *self, const MixqCli *cli, gboolean written)
{
  if (self->results->len == 0)
    return;
  if (cli->json) {
    mixq_cli_print_json (to_json (self));
    if (!cli->quiet)
      mixq_runs_warn (self->results);
  } else if (self->several)
    mixq_runs_print (self->results);
  else
    mixq_run_print (g_ptr_array_index (self->results, 0));
  if (!cli->json && written)
    printf ("written to     %s\n", self->out);
}

gboolean
mixq_command_run (MixqCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Job) job = { 0 };
  g_autoptr (GOptionContext) context = make_context (&job, cli);
  g_auto (GStrv) rest = NULL;
  gboolean ok;

  if (!mixq_cli_parse (cli, context, argc, argv, 0, 1, &rest, error) || !prepare (&job, cli, rest, error))
    return FALSE;
  ok = run_all (&job, cli, error);
  print (&job, cli, job.out != NULL && (ok || mixq_cli_is_stopped (cli)));
  if (!ok && mixq_cli_is_stopped (cli)) {
    g_clear_error (error);
    return mixq_cli_stopped (error, "run: stopped; %u of %u runs are finished and kept", job.results->len,
                             job.seeds.n);
  }
  return ok;
}
