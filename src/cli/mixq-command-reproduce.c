/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `mixq reproduce`: what was published, and what the paper leaves open, with ours beside it. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "mixq-cli-table.h"
#include "reproduce/mixq-reproduce.h"

#define FULL_SEEDS "0..9"
#define QUICK_SEEDS "0..2"
#define FOLD_SEEDS "0..0" /* where folds take the place of seeds */
#define QUICK_FOLDS 2
#define MAX_JOBS 256

typedef struct
{
  MixqCliData format;
  char *data, *on, *published, *out, *jobs, *seeds;
  gboolean quick;
} Options;

static void
options_clear (Options *self)
{
  mixq_cli_data_clear (&self->format);
  g_free (self->data);
  g_free (self->on);
  g_free (self->published);
  g_free (self->out);
  g_free (self->jobs);
  g_free (self->seeds);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static GOptionContext *
make_context (Options *self, MixqCli *cli)
{
  GOptionContext *context = mixq_cli_context_new (cli, "[NAME]",
                                                  "Repeats a published table or curve, or answers a question "
                                                  "that the paper leaves open, with ours beside it.\n"
                                                  "Without NAME it lists what there is. A run that was "
                                                  "stopped goes on where it was when it is given the same\n"
                                                  "--out again.");
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &self->data,
      "Where the published data are: ind.cora.x and so on, PROTEINS.zip and the like", "DIR" },
    { "on", 0, 0, G_OPTION_ARG_FILENAME, &self->on,
      "Use this data set instead of the published ones; without their figures", "DATASET" },
    { "published", 0, 0, G_OPTION_ARG_FILENAME, &self->published,
      "Where the CSV files of published curves are", "DIR" },
    { "quick", 0, 0, G_OPTION_ARG_NONE, &self->quick, "Fewer seeds and prices, for a first look", NULL },
    { "seeds", 0, 0, G_OPTION_ARG_STRING, &self->seeds,
      "Seeds of each setting (default 0..9, 0..2 with --quick; 0..0 on each fold where there are folds)",
      "A..B" },
    { "jobs", 'j', 0, G_OPTION_ARG_STRING, &self->jobs, "Runs at a time (default: as many as processors)",
      "N" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &self->out,
      "Keep finished runs (runs.jsonl), and write table.md, results.json and the charts (SVG, CSV)", "DIR" },
    G_OPTION_ENTRY_NULL,
  };

  mixq_cli_add_group (context, "reproduce", "What to do:", entries);
  mixq_cli_data_add (&self->format, context);
  return context;
}

/* --- the list ------------------------------------------------------------------------------------------------------ */

static char *
join_sets (const MixqReproduction *what)
{
  return g_strjoinv (", ", (char **) what->sets);
}

static JsonNode *
list_to_json (void)
{
  gsize n;
  const MixqReproduction *all = mixq_reproductions (&n);
  JsonArray *array = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  for (gsize i = 0; i < n; i++) {
    JsonObject *object = json_object_new ();
    JsonArray *sets = json_array_new ();

    json_object_set_string_member (object, "name", all[i].name);
    json_object_set_string_member (object, "title", all[i].title);
    json_object_set_string_member (object, "says", all[i].says);
    for (guint s = 0; all[i].sets[s] != NULL; s++)
      json_array_add_string_element (sets, all[i].sets[s]);
    json_object_set_array_member (object, "data", sets);
    json_array_add_object_element (array, object);
  }
  json_node_take_array (node, array);
  return node;
}

static void
print_list (void)
{
  static const char *const heads[] = { "<name", "<what", "<data" };
  g_autoptr (MixqCliTable) table = mixq_cli_table_new (G_N_ELEMENTS (heads), heads);
  gsize n;
  const MixqReproduction *all = mixq_reproductions (&n);

  for (gsize i = 0; i < n; i++) {
    mixq_cli_table_addf (table, "%s", all[i].name);
    mixq_cli_table_addf (table, "%s", all[i].title);
    mixq_cli_table_add (table, join_sets (&all[i]));
  }
  mixq_cli_table_print (table);
}

/* --- data ---------------------------------------------------------------------------------------------------------- */

/* How people have the files: flat, in a folder of their kind or name, or as PyTorch Geometric leaves them. */
static char *
find_planetoid (const char *folder, const char *name)
{
  static const char *const places[] = { "", "planetoid", "%s", "%s/raw", "Cora/raw", "CiteSeer/raw" };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    GString *place = g_string_new (places[i]);
    g_autofree char *file = g_strdup_printf ("ind.%s", name), *path = NULL, *probe = NULL;

    g_string_replace (place, "%s", name, 0);
    path = g_build_filename (folder, place->str, file, NULL);
    probe = g_strconcat (path, ".graph", NULL);
    g_string_free (place, TRUE);
    if (g_file_test (probe, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&path);
  }
  return NULL;
}

/* A TUDataset as it is downloaded or unpacked. */
static char *
find_graphs (const char *folder, const char *name)
{
  static const char *const places[] = { "tu/%s.zip", "%s.zip", "tu/%s", "%s" };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    GString *place = g_string_new (places[i]);
    g_autofree char *path = NULL;

    g_string_replace (place, "%s", name, 0);
    path = g_build_filename (folder, place->str, NULL);
    g_string_free (place, TRUE);
    if (g_file_test (path, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&path);
  }
  return NULL;
}

static gboolean
is_of_graphs (const char *name)
{
  gsize n;
  const MixqKnownDataset *known = mixq_dataset_known (&n);

  for (gsize i = 0; i < n; i++)
    if (strcmp (known[i].name, name) == 0)
      return known[i].graphs > 1;
  return FALSE;
}

static char *
find_data (const char *folder, const char *name)
{
  return is_of_graphs (name) ? find_graphs (folder, name) : find_planetoid (folder, name);
}

static MixqModel *
make_model (const char *options, const MixqDataset *dataset, GError **error)
{
  static const MixqModelSpec spec = { MIXQ_ARCH_GCN, 2, 128, 0.5 }; /* the published ones' */
  g_auto (MixqCliModel) model = { 0 };
  g_autoptr (GOptionContext) context = NULL;
  g_autofree char *line = NULL;
  g_auto (GStrv) argv = NULL;

  if (options == NULL)
    return mixq_model_new (&spec, dataset, error);
  context = g_option_context_new (NULL);
  line = g_strdup_printf ("model %s", options);
  g_option_context_set_help_enabled (context, FALSE);
  mixq_cli_model_add (&model, context);
  if (!g_shell_parse_argv (line, NULL, &argv, error) || !g_option_context_parse_strv (context, &argv, error))
    return NULL;
  return mixq_cli_model_make (&model, dataset, error);
}

/* The published folds where their file is there, else as many of our own. */
static char *
fold_text (const MixqReproduce *self, const Options *options, guint fold)
{
  const char *file = self->what->fold_file;
  g_autofree char *path = file != NULL && options->data != NULL ? g_build_filename (options->data, file, NULL)
                                                                : NULL;

  if (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    return g_strdup_printf ("%s#%u", path, fold);
  return g_strdup_printf ("fold:%u/%u", fold, self->what->n_folds);
}

static gboolean
make_folds (MixqReproduce *self,
            const Options *options,
            MixqDataset *dataset,
            MixqReproduceData *data,
            GError **error)
{
  if (self->n_folds <= 1)
    return TRUE;
  data->fold = g_new0 (MixqInputs *, self->n_folds);
  for (guint fold = 0; fold < self->n_folds; fold++) {
    g_autofree char *text = fold_text (self, options, fold);
    g_autoptr (MixqDataset) parted = mixq_dataset_with_split (dataset, text, error);

    if (parted == NULL)
      return FALSE;
    data->fold[fold] = mixq_inputs_new (parted);
  }
  return TRUE;
}

static gboolean
add_data (MixqReproduce *self,
          const Options *options,
          const MixqCli *cli,
          const char *name,
          const char *path,
          GError **error)
{
  g_autoptr (MixqDataset) dataset = mixq_cli_data_load (&options->format, cli, path, error);
  MixqReproduceData *data;

  if (dataset == NULL)
    return FALSE;
  self->data = g_renew (MixqReproduceData, self->data, self->n_data + 1);
  data = &self->data[self->n_data++];
  *data = (MixqReproduceData){ .name = g_strdup (name), .title = g_strdup (dataset->title) };
  data->model = make_model (self->what->model, dataset, error);
  if (data->model == NULL)
    return FALSE;
  data->inputs = mixq_inputs_new (dataset);
  return make_folds (self, options, dataset, data, error);
}

/* Published figures stand beside other data only with a word on it. */
static void
note_strangers (MixqReproduce *self)
{
  gsize n;
  const MixqKnownDataset *known = mixq_dataset_known (&n);

  for (guint d = 0; d < self->n_data; d++)
    for (gsize i = 0; i < n; i++)
      if (strcmp (known[i].name, self->data[d].name) == 0 && known[i].nodes != self->data[d].model->n_nodes)
        mixq_report_note (
            self->report,
            "Careful: the files of %s hold %zu nodes, the published %s has %zu. What stands beside the "
            "published figures is of other data.",
            known[i].name, (size_t) self->data[d].model->n_nodes, known[i].title, (size_t) known[i].nodes);
}

static gboolean
is_builtin (const char *name)
{
  gsize n;
  const MixqKnownDataset *known = mixq_dataset_known (&n);

  for (gsize i = 0; i < n; i++)
    if (known[i].builtin && strcmp (known[i].name, name) == 0)
      return TRUE;
  return FALSE;
}

/* Nothing of what was asked for is there. */
static gboolean
refuse_sets (const MixqReproduce *self, const Options *options, GError **error)
{
  const char *first = self->what->sets[0];
  g_autofree char *files = is_of_graphs (first) ? g_strdup_printf ("%s.zip", first)
                                                : g_strdup_printf ("ind.%s.x and so on", first);

  if (options->data == NULL)
    return mixq_cli_usage (
        error, "reproduce: %s needs data: give the folder of %s with --data, or another set with --on",
        self->what->name, files);
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO,
               "%s: none of the data of %s is there; give the folder of %s with --data", options->data,
               self->what->name, files);
  return FALSE;
}

static gboolean
load_sets (MixqReproduce *self, const Options *options, const MixqCli *cli, GError **error)
{
  for (guint i = 0; self->what->sets[i] != NULL; i++) {
    const char *name = self->what->sets[i];
    g_autofree char *path = is_builtin (name)       ? g_strdup (name)
                            : options->data != NULL ? find_data (options->data, name)
                                                    : NULL;

    if (path != NULL) {
      if (!add_data (self, options, cli, name, path, error))
        return FALSE;
    } else if (options->data != NULL && is_of_graphs (name)) {
      mixq_report_note (
          self->report,
          "Missing: %s. There is no %s.zip and no folder %s in the folder of --data (nor in tu/ "
          "there), so all its rows are left out.",
          name, name, name);
    } else if (options->data != NULL) {
      mixq_report_note (self->report,
                        "Missing: %s. There is no ind.%s.graph in the folder of --data (nor in planetoid/, "
                        "%s/ or %s/raw/ there), so all its "
                        "rows are left out.",
                        name, name, name, name);
    } else {
      mixq_report_note (self->report, "Missing: %s. --data was not given, so all its rows are left out.",
                        name);
    }
  }
  note_strangers (self);
  if (self->n_data > 0)
    return TRUE;
  return refuse_sets (self, options, error);
}

static gboolean
load_data (MixqReproduce *self, const Options *options, const MixqCli *cli, GError **error)
{
  g_autofree char *name = NULL;

  if (options->on == NULL)
    return load_sets (self, options, cli, error);
  if (options->data != NULL)
    return mixq_cli_usage (error, "reproduce: --on and --data exclude each other; give one");
  name = g_path_get_basename (options->on);
  mixq_report_note (self->report, "On %s instead of the published data, so there are no published figures.",
                    name);
  return add_data (self, options, cli, name, options->on, error);
}

/* --- the work ------------------------------------------------------------------------------------------------------ */

static gboolean
parse_jobs (const char *text, guint *jobs, GError **error)
{
  guint64 number = CLAMP (g_get_num_processors (), 1, MAX_JOBS);

  if (text != NULL && !mixq_cli_parse_count ("jobs", text, MAX_JOBS, &number, error))
    return FALSE;
  if (number == 0)
    return mixq_cli_usage (error, "--jobs: 0 runs at a time get nowhere; give at least 1");
  *jobs = (guint) number;
  return TRUE;
}

/* How often each setting runs: once a seed, or on each fold with each seed. */
static gboolean
plan_seeds (MixqReproduce *self, const Options *options, GError **error)
{
  gboolean folds = self->what->n_folds > 1 && options->format.split == NULL;
  const char *usual = folds ? FOLD_SEEDS : options->quick ? QUICK_SEEDS : FULL_SEEDS;
  MixqCliSeeds seeds;

  if (!mixq_cli_parse_seeds (options->seeds != NULL ? options->seeds : usual, &seeds, error))
    return FALSE;
  self->n_folds = !folds ? 1 : options->quick ? MIN (QUICK_FOLDS, self->what->n_folds) : self->what->n_folds;
  self->first_seed = seeds.first;
  self->n_seeds = seeds.n * self->n_folds;
  return TRUE;
}

static void
note_seeds (MixqReproduce *self)
{
  guint n = self->n_seeds / self->n_folds;
  const char *prices = self->quick ? "Quick look (--quick), with fewer prices than the full protocol"
                                   : "All prices";
  guint64 last = self->first_seed + n - 1;

  if (self->n_folds > 1)
    mixq_report_note (
        self->report,
        "%s: %u of %u folds (one is tested, the one before it validates), seeds %" G_GUINT64_FORMAT
        " to %" G_GUINT64_FORMAT ", %u runs of each setting.",
        prices, self->n_folds, self->what->n_folds, self->first_seed, last, self->n_seeds);
  else
    mixq_report_note (
        self->report, "%s: seeds %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT ", %u runs of each setting.%s",
        prices, self->first_seed, last, n, self->quick || n < 10 ? " The full protocol has 10." : "");
}

static gboolean
prepare (MixqReproduce *self, const Options *options, const MixqCli *cli, const char *name, GError **error)
{
  self->what = mixq_reproduction_find (name);
  if (self->what == NULL)
    return mixq_cli_usage (error, "reproduce: there is no \"%s\"; `mixq reproduce` lists what there is",
                           name);
  self->quick = options->quick;
  if (!parse_jobs (options->jobs, &self->jobs, error) || !plan_seeds (self, options, error))
    return FALSE;
  self->published = g_strdup (options->on == NULL ? options->published : NULL);
  self->settings = g_ptr_array_new ();
  self->report = mixq_report_new (self->what->name, self->what->title);
  mixq_report_note (self->report, "%s", self->what->says);
  note_seeds (self);
  return load_data (self, options, cli, error) && self->what->ask (self, error);
}

static void
note_failures (MixqReproduce *self)
{
  for (guint i = 0; i < self->settings->len; i++) {
    const MixqSetting *setting = mixq_reproduce_setting (self, i);

    if (setting->error != NULL)
      mixq_report_note (self->report, "Failed on %s: %s: %s", self->data[setting->data].title,
                        setting->options, setting->error->message);
  }
}

static JsonNode *
to_json (const MixqReproduce *self)
{
  JsonObject *object = mixq_report_to_json (self->report);
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonArray *sets = json_array_new ();

  for (guint i = 0; i < self->n_data; i++) {
    JsonObject *set = json_object_new ();

    json_object_set_string_member (set, "name", self->data[i].name);
    json_object_set_string_member (set, "title", self->data[i].title);
    json_object_set_string_member (set, "sha256", self->data[i].inputs->dataset->sha256);
    json_array_add_object_element (sets, set);
  }
  json_object_set_array_member (object, "data", sets);
  json_object_set_boolean_member (object, "quick", self->quick);
  json_object_set_int_member (object, "seeds", self->n_seeds / self->n_folds);
  json_object_set_int_member (object, "folds", self->n_folds);
  json_object_set_int_member (object, "runs", self->n_runs);
  json_object_set_int_member (object, "runs_kept", self->n_known);
  json_object_set_int_member (object, "runs_failed", self->n_failed);
  json_object_set_member (object, "seconds", mixq_json_number (self->seconds));
  json_object_set_string_member (object, "version", MIXQ_VERSION);
  json_object_set_object_member (object, "machine", mixq_cli_machine_to_json ());
  json_node_take_object (node, object);
  return node;
}

static void
print (const MixqReproduce *self, const char *out)
{
  g_autofree char *text = mixq_report_to_markdown (self->report);

  fputs (text, stdout);
  printf ("\n%u runs, %u of them from an earlier start; %.1f s\n", self->n_runs, self->n_known,
          self->seconds);
  if (out != NULL)
    printf ("Written to %s: table.md, results.json, the charts; finished runs are in runs.jsonl\n", out);
}

static gboolean
work (MixqReproduce *self, const Options *options, const MixqCli *cli, GError **error)
{
  g_autoptr (MixqState) state = options->out != NULL ? mixq_state_open (options->out, error) : NULL;
  g_autoptr (JsonNode) json = NULL;

  if (options->out != NULL && state == NULL)
    return FALSE;
  if (!mixq_reproduce_run (self, state, cli, error))
    return FALSE;
  note_failures (self);
  if (!self->what->tell (self, error))
    return FALSE;
  json = to_json (self);
  if (options->out != NULL && !mixq_report_write (self->report, json, options->out, error))
    return FALSE;
  if (cli->json)
    mixq_cli_print_json (g_steal_pointer (&json));
  else
    print (self, options->out);
  if (self->n_failed == 0)
    return TRUE;
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_NUMERIC,
               "reproduce: %u of %u runs failed; the notes of the report say which", self->n_failed,
               self->n_runs);
  return FALSE;
}

gboolean
mixq_command_reproduce (MixqCli *cli, int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_autoptr (GOptionContext) context = make_context (&options, cli);
  g_auto (MixqReproduce) reproduce = { 0 };
  g_auto (GStrv) rest = NULL;

  if (!mixq_cli_parse (cli, context, argc, argv, 0, 1, &rest, error))
    return FALSE;
  if (rest[0] == NULL) {
    if (cli->json)
      mixq_cli_print_json (list_to_json ());
    else
      print_list ();
    return TRUE;
  }
  return prepare (&reproduce, &options, cli, rest[0], error) && work (&reproduce, &options, cli, error);
}
