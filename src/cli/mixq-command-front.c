/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `mixq front`: finds the models that no other is both cheaper and better than. */
#include <string.h>

#include "base/mixq-atomic.h"
#include "base/mixq-error.h"
#include "mixq-front-study.h"
#include "run/mixq-ms-table.h"

#define MAX_MODELS 10000
#define MAX_REPEATS 1000

typedef struct
{
  MixqCliData data;
  MixqCliModel network;
  MixqCliRun options;
  char *models, *finalists, *seeds, *repeats, *splits, *budget, *rectangle, *plot, *csv;
} Options;

static void
options_clear (Options *self)
{
  mixq_cli_data_clear (&self->data);
  mixq_cli_model_clear (&self->network);
  mixq_cli_run_clear (&self->options);
  g_free (self->models);
  g_free (self->finalists);
  g_free (self->seeds);
  g_free (self->repeats);
  g_free (self->splits);
  g_free (self->budget);
  g_free (self->rectangle);
  g_free (self->plot);
  g_free (self->csv);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static GOptionContext *
make_context (Options *self, MixqCli *cli)
{
  GOptionContext *context = mixq_cli_context_new (
      cli, "DATASET",
      "Finds the front: the integer models that no other is both cheaper and better than. Candidates are\n"
      "judged by validation; the finalists are trained with more seeds, and only they are tested.\n"
      "--method and --cost take lists; every method gets the same budget, training and seeds.");
  const GOptionEntry entries[] = {
    { "models", 0, 0, G_OPTION_ARG_STRING, &self->models, "Candidates to train at most (default 36)", "N" },
    { "finalists", 0, 0, G_OPTION_ARG_STRING, &self->finalists,
      "Candidates that are repeated with more seeds, at most (default 9)", "N" },
    { "seeds", 0, 0, G_OPTION_ARG_STRING, &self->seeds, "Seeds of each finalist, 1 to 8 (default 3)", "N" },
    { "repeats", 0, 0, G_OPTION_ARG_STRING, &self->repeats,
      "The whole search so many times, with other seeds (default 1)", "N" },
    { "splits", 0, 0, G_OPTION_ARG_STRING, &self->splits,
      "One repeat on each of the fresh splits random:A to random:B", "A..B" },
    { "budget", 0, 0, G_OPTION_ARG_STRING, &self->budget,
      "Seconds for one search; the result then depends on the machine", "SECONDS" },
    { "rectangle", 0, 0, G_OPTION_ARG_STRING, &self->rectangle,
      "Judge the hypervolume on costs 0 to COST and accuracies LOW to HIGH percent (default: narrowest to "
      "widest choice, float32 - 10 to float32 + 2)",
      "COST,LOW,HIGH" },
    { "plot", 0, 0, G_OPTION_ARG_FILENAME, &self->plot, "Draw the first repeat (SVG, PDF or PNG)", "FILE" },
    { "csv", 0, 0, G_OPTION_ARG_FILENAME, &self->csv, "Write every point, a row each", "FILE" },
    G_OPTION_ENTRY_NULL,
  };

  mixq_cli_run_add (&self->options, MIXQ_CLI_FRONT, context);
  mixq_cli_add_group (context, "front", "Budget and output:", entries);
  mixq_cli_model_add (&self->network, context);
  mixq_cli_data_add (&self->data, context);
  return context;
}

/* --- preparing ----------------------------------------------------------------------------------------------------- */

static gboolean
parse_size (const char *option, const char *text, guint max, guint *value, GError **error)
{
  guint64 number;

  if (text == NULL)
    return TRUE;
  if (!mixq_cli_parse_count (option, text, max, &number, error))
    return FALSE;
  if (number == 0)
    return mixq_cli_usage (error, "--%s: 0 is too few; give at least 1", option);
  *value = (guint) number;
  return TRUE;
}

static gboolean
parse_methods (const char *text, MixqFrontStudy *study, GError **error)
{
  g_auto (GStrv) name = g_strsplit (text != NULL ? text : "sensitivity", ",", -1);

  if (text != NULL && strcmp (text, "all") == 0) {
    for (int m = 0; m < MIXQ_N_FRONT_METHODS; m++)
      study->method[study->n_methods++] = (MixqFrontMethod) m;
    return TRUE;
  }
  for (guint i = 0; name[i] != NULL; i++) {
    MixqFrontMethod method;

    if (!mixq_cli_is_usage (mixq_front_method_parse (g_strstrip (name[i]), &method, error), error))
      return FALSE;
    for (guint m = 0; m < study->n_methods; m++)
      if (study->method[m] == method)
        return mixq_cli_usage (error, "--method: %s is there twice; give it once", name[i]);
    study->method[study->n_methods++] = method;
  }
  return study->n_methods > 0 ||
         mixq_cli_usage (error, "--method: nothing is named; give one like sensitivity");
}

static gboolean
parse_axes (const char *text, MixqFrontStudy *study, GError **error)
{
  g_auto (GStrv) name = g_strsplit (text != NULL ? text : "bitops", ",", -1);

  for (guint i = 0; name[i] != NULL; i++) {
    MixqCostAxis axis;

    if (!mixq_cli_is_usage (mixq_cost_axis_parse (g_strstrip (name[i]), &axis, error), error))
      return FALSE;
    for (guint a = 0; a < study->n_axes; a++)
      if (study->axis[a] == axis)
        return mixq_cli_usage (error, "--cost: %s is there twice; give it once", name[i]);
    study->axis[study->n_axes++] = axis;
  }
  return study->n_axes > 0 || mixq_cli_usage (error, "--cost: nothing is named; give an axis like bitops");
}

static gboolean
parse_rectangle (const char *text, MixqFrontStudy *study, GError **error)
{
  g_auto (GStrv) part = text != NULL ? g_strsplit (text, ",", -1) : NULL;
  double value[3];

  if (text == NULL)
    return TRUE;
  if (g_strv_length (part) != G_N_ELEMENTS (value))
    return mixq_cli_usage (error, "--rectangle: \"%s\" is not COST,LOW,HIGH; give it like 4.03e9,50,82.5",
                           text);
  for (guint i = 0; i < G_N_ELEMENTS (value); i++)
    if (!mixq_cli_parse_number ("rectangle", part[i], &value[i], error))
      return FALSE;
  if (value[0] <= 0 || value[1] >= value[2])
    return mixq_cli_usage (error, "--rectangle: \"%s\" is empty; give it like 4.03e9,50,82.5", text);
  study->has_rectangle = TRUE;
  study->rectangle = (MixqRectangle){ 0, value[0], value[1] / 100, value[2] / 100 };
  return TRUE;
}

static gboolean
parse_splits (const char *text, MixqFrontStudy *study, GError **error)
{
  MixqCliSeeds splits;

  if (text == NULL)
    return TRUE;
  if (!mixq_cli_parse_seeds (text, &splits, error))
    return FALSE;
  study->fresh_splits = TRUE;
  study->first_split = splits.first;
  study->n_repeats = splits.n;
  return TRUE;
}

static gboolean
parse_search (const Options *options, MixqFrontStudy *study, GError **error)
{
  MixqFrontOptions *search = &study->options;

  *search = MIXQ_FRONT_OPTIONS_DEFAULT;
  study->n_repeats = 1;
  if (options->splits != NULL && options->repeats != NULL)
    return mixq_cli_usage (error,
                           "--splits and --repeats exclude each other: each split is one repeat; give one");
  if (options->splits != NULL && options->data.split != NULL)
    return mixq_cli_usage (error, "--splits and --split exclude each other; give one");
  if (options->budget != NULL &&
      (!mixq_cli_parse_number ("budget", options->budget, &search->seconds, error) || !(search->seconds > 0)))
    return *error != NULL ||
           mixq_cli_usage (error, "--budget: %s seconds are too few; give more than 0", options->budget);
  return parse_methods (options->options.method, study, error) &&
         parse_axes (options->options.cost, study, error) &&
         parse_size ("models", options->models, MAX_MODELS, &search->n_models, error) &&
         parse_size ("finalists", options->finalists, MAX_MODELS, &search->n_finalists, error) &&
         parse_size ("seeds", options->seeds, MIXQ_FRONT_SEEDS, &search->n_seeds, error) &&
         parse_size ("repeats", options->repeats, MAX_REPEATS, &study->n_repeats, error) &&
         parse_splits (options->splits, study, error) && parse_rectangle (options->rectangle, study, error);
}

static gboolean
uses_milliseconds (const MixqFrontStudy *self)
{
  for (guint a = 0; a < self->n_axes; a++)
    if (self->axis[a] == MIXQ_COST_MS)
      return TRUE;
  return FALSE;
}

static gboolean
prepare (MixqFrontStudy *self, Options *options, const MixqCli *cli, const char *what, GError **error)
{
  MixqCliRun run = options->options;

  if (!parse_search (options, self, error))
    return FALSE;
  self->dataset = mixq_cli_data_load (&options->data, cli, what, error);
  self->model = self->dataset != NULL ? mixq_cli_model_make (&options->network, self->dataset, error) : NULL;
  if (self->model == NULL)
    return FALSE;
  run.method = run.cost = NULL; /* lists, read above */
  mixq_run_config_init (&self->config);
  if (!mixq_cli_run_apply (&run, self->model, &self->config, error))
    return FALSE;
  if (self->config.reference)
    return mixq_cli_usage (error,
                           "front: a --reference model cannot become integers; drop it, or use --method "
                           "faithful for the published search");
  if (uses_milliseconds (self)) {
    g_autoptr (MixqInputs) inputs = mixq_inputs_new (self->dataset);

    mixq_ms_table_measure (&self->config.ms, self->model, inputs, self->config.n_choices,
                           self->config.choices);
  }
  return TRUE;
}

/* --- the command --------------------------------------------------------------------------------------------------- */

static gboolean
write_files (const MixqFrontStudy *self, const Options *options, GError **error)
{
  g_autofree char *csv = options->csv != NULL ? mixq_front_study_to_csv (self) : NULL;

  return (csv == NULL || mixq_atomic_file_write (options->csv, csv, -1, error)) &&
         (options->plot == NULL || mixq_front_study_plot (self, options->plot, error));
}

gboolean
mixq_command_front (MixqCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_autoptr (GOptionContext) context = make_context (&options, cli);
  g_auto (MixqFrontStudy) study = { 0 };
  g_autoptr (GError) unwritten = NULL;
  g_auto (GStrv) rest = NULL;
  gboolean ok;

  if (!mixq_cli_parse (cli, context, argc, argv, 1, 1, &rest, error) ||
      !prepare (&study, &options, cli, rest[0], error))
    return FALSE;
  ok = mixq_front_study_run (&study, cli, error);
  if (study.results->len > 0) {
    if (cli->json)
      mixq_cli_print_json (mixq_front_study_to_json (&study));
    else
      mixq_front_study_print (&study);
    write_files (&study, &options, &unwritten);
  }
  if (!ok && mixq_cli_is_stopped (cli)) {
    g_clear_error (error);
    return mixq_cli_stopped (error, "front: stopped; %u of %u searches are finished and shown",
                             study.results->len, study.n_repeats * study.n_axes * study.n_methods);
  }
  if (ok && unwritten != NULL) {
    g_propagate_error (error, g_steal_pointer (&unwritten));
    return FALSE;
  }
  return ok;
}
