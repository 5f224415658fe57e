/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "reproduce/mixq-reproduce.h"

static void
setting_free (MixqSetting *self, guint n_seeds)
{
  for (guint i = 0; i < n_seeds; i++)
    g_clear_pointer (&self->record[i], mixq_record_free);
  g_free (self->record);
  g_free (self->options);
  g_clear_error (&self->error);
  g_free (self);
}

static void
data_clear (MixqReproduceData *self, guint n_folds)
{
  g_free (self->name);
  g_free (self->title);
  for (guint i = 0; self->fold != NULL && i < n_folds; i++)
    g_clear_pointer (&self->fold[i], mixq_inputs_unref);
  g_free (self->fold);
  g_clear_pointer (&self->inputs, mixq_inputs_unref);
  g_clear_pointer (&self->model, mixq_model_unref);
}

void
mixq_reproduce_clear (MixqReproduce *self)
{
  for (guint i = 0; self->settings != NULL && i < self->settings->len; i++)
    setting_free (g_ptr_array_index (self->settings, i), self->n_seeds);
  g_clear_pointer (&self->settings, g_ptr_array_unref);
  for (guint i = 0; i < self->n_data; i++)
    data_clear (&self->data[i], self->n_folds);
  g_free (self->data);
  g_free (self->published);
  if (self->plan != NULL)
    self->plan_free (self->plan);
  g_clear_pointer (&self->report, mixq_report_free);
}

int
mixq_reproduce_find_data (const MixqReproduce *self, const char *name)
{
  for (guint i = 0; i < self->n_data; i++)
    if (strcmp (self->data[i].name, name) == 0)
      return (int) i;
  return -1;
}

/* --- settings ------------------------------------------------------------------------------------------------------ */

/* The options of `mixq run` themselves, so that a row can be repeated with what it shows. */
gboolean
mixq_reproduce_read_options (const char *options,
                             const MixqModel *model,
                             MixqRunConfig *config,
                             GError **error)
{
  g_auto (MixqCliRun) run = { 0 };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree char *line = g_strdup_printf ("run %s", options);
  g_auto (GStrv) argv = NULL;

  g_option_context_set_help_enabled (context, FALSE);
  mixq_cli_run_add (&run, FALSE, context);
  mixq_run_config_init (config);
  return g_shell_parse_argv (line, NULL, &argv, error) &&
         g_option_context_parse_strv (context, &argv, error) &&
         (run.lambda == NULL || mixq_cli_parse_number ("lambda", run.lambda, &config->lambda, error)) &&
         mixq_cli_run_apply (&run, model, config, error);
}

static gboolean
find_setting (const MixqReproduce *self, guint data, guint probe, const char *options, guint *index)
{
  for (guint i = 0; i < self->settings->len; i++) {
    const MixqSetting *setting = g_ptr_array_index (self->settings, i);

    if (setting->data == data && setting->probe == probe && strcmp (setting->options, options) == 0) {
      *index = i;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
mixq_reproduce_add (MixqReproduce *self,
                    guint data,
                    guint probe,
                    guint *index,
                    GError **error,
                    const char *format,
                    ...)
{
  g_autofree char *options = NULL;
  MixqRunConfig config;
  MixqSetting *setting;
  va_list args;

  va_start (args, format);
  options = g_strdup_vprintf (format, args);
  va_end (args);
  g_strstrip (options);
  if (find_setting (self, data, probe, options, index))
    return TRUE;
  if (!mixq_reproduce_read_options (options, self->data[data].model, &config, error)) {
    g_prefix_error (error, "\"%s\": ", options);
    return FALSE;
  }
  setting = g_new0 (MixqSetting, 1);
  setting->data = data;
  setting->probe = probe;
  setting->config = config;
  setting->options = g_steal_pointer (&options);
  setting->record = g_new0 (MixqRecord *, self->n_seeds);
  *index = self->settings->len;
  g_ptr_array_add (self->settings, setting);
  return TRUE;
}

const MixqSetting *
mixq_reproduce_setting (const MixqReproduce *self, guint index)
{
  return g_ptr_array_index (self->settings, index);
}

guint64
mixq_reproduce_seed (const MixqReproduce *self, guint run)
{
  return self->first_seed + run / self->n_folds;
}

MixqInputs *
mixq_reproduce_inputs (const MixqReproduce *self, guint data, guint run)
{
  const MixqReproduceData *from = &self->data[data];

  return from->fold != NULL ? from->fold[run % self->n_folds] : from->inputs;
}

guint
mixq_setting_collect (const MixqReproduce *self, const MixqSetting *setting, MixqFigure figure, double *value)
{
  guint n = 0;

  for (guint i = 0; i < self->n_seeds; i++)
    if (setting->record[i] != NULL && isfinite (setting->record[i]->figure[figure]))
      value[n++] = setting->record[i]->figure[figure];
  return n;
}

MixqSpread
mixq_setting_spread (const MixqReproduce *self, const MixqSetting *setting, MixqFigure figure)
{
  g_autofree double *value = g_new (double, self->n_seeds);

  return mixq_spread_of (value, mixq_setting_collect (self, setting, figure, value));
}

double
mixq_setting_median (const MixqReproduce *self, const MixqSetting *setting, MixqFigure figure)
{
  g_autofree double *value = g_new (double, self->n_seeds);

  return mixq_median_of (value, mixq_setting_collect (self, setting, figure, value));
}

GArray *
mixq_grid (const char *text)
{
  GArray *grid = g_array_new (FALSE, FALSE, sizeof (double));
  g_auto (GStrv) part = g_strsplit (text, ",", -1);

  for (guint i = 0; part[i] != NULL; i++) {
    double value = g_ascii_strtod (part[i], NULL);

    g_array_append_val (grid, value);
  }
  return grid;
}

/* --- one run ------------------------------------------------------------------------------------------------------- */

/* The last epoch after which the most voted width of some slot was another one than before. */
static guint
decided_at (const float *alpha, guint epochs, guint n_slots, guint n_choices)
{
  g_autofree guint *best = g_new0 (guint, n_slots);
  guint decided = 0;

  for (guint epoch = 0; epoch < epochs; epoch++)
    for (guint s = 0; s < n_slots; s++) {
      const float *p = alpha + ((gsize) epoch * n_slots + s) * n_choices;
      guint top = 0;

      for (guint k = 1; k < n_choices; k++)
        if (p[k] > p[top])
          top = k;
      if (epoch > 0 && top != best[s])
        decided = epoch + 1;
      best[s] = top;
    }
  return decided;
}

static MixqRecord *
record_of (const MixqRunResult *result, const float *alpha)
{
  MixqRecord *self = mixq_record_new ();
  const MixqCost *cost = &result->cost, *cost_float = &result->cost_float;
  const struct
  {
    MixqFigure figure;
    double value;
  } all[] = {
    { MIXQ_FIGURE_VAL, mixq_run_result_accuracy (result, MIXQ_PART_VAL) },
    { MIXQ_FIGURE_TEST, mixq_run_result_accuracy (result, MIXQ_PART_TEST) },
    { MIXQ_FIGURE_FLOAT_VAL, result->float_model->accuracy.part[MIXQ_PART_VAL] },
    { MIXQ_FIGURE_FLOAT_TEST, result->float_model->accuracy.part[MIXQ_PART_TEST] },
    { MIXQ_FIGURE_RELAXED_VAL, result->selection.accuracy.part[MIXQ_PART_VAL] },
    { MIXQ_FIGURE_RELAXED_TEST, result->selection.accuracy.part[MIXQ_PART_TEST] },
    { MIXQ_FIGURE_BITOPS, cost->bitops },
    { MIXQ_FIGURE_BITOPS_FLOAT, cost_float->bitops },
    { MIXQ_FIGURE_BITOPS_SEARCH, cost->bitops_search },
    { MIXQ_FIGURE_BITOPS_SEARCH_FLOAT, cost_float->bitops_search },
    { MIXQ_FIGURE_PRODUCT, cost->product_bitops },
    { MIXQ_FIGURE_PRODUCT_FLOAT, cost_float->product_bitops },
    { MIXQ_FIGURE_BYTES, cost->bytes },
    { MIXQ_FIGURE_BYTES_FLOAT, cost_float->bytes },
    { MIXQ_FIGURE_AVERAGE_BITS, cost->average_bits },
    { MIXQ_FIGURE_AGREEMENT, result->finished->agreement_codes },
    { MIXQ_FIGURE_SECONDS, result->seconds },
  };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    self->figure[all[i].figure] = all[i].value;
  if (alpha != NULL)
    self->figure[MIXQ_FIGURE_DECIDED] = decided_at (alpha, result->config.epochs_search,
                                                    result->model->n_slots, result->config.n_choices);
  self->n_slots = result->model->n_slots;
  memcpy (self->bits, result->selection.bits, self->n_slots);
  return self;
}

static MixqRecord *
make_record (const MixqReproduce *self,
             const MixqSetting *setting,
             const MixqRunConfig *config,
             guint run,
             MixqFloatModel *float_model,
             MixqPhaseControl *control,
             GError **error)
{
  const MixqReproduceData *data = &self->data[setting->data];
  g_autoptr (MixqRunResult) result = NULL;
  g_autofree float *alpha = NULL;

  if (setting->probe > 0) {
    g_autoptr (MixqRecord) record = mixq_record_new ();

    if (!mixq_probe_search (float_model, config, setting->probe, control, record, error))
      return NULL;
    return g_steal_pointer (&record);
  }
  if (config->method == MIXQ_METHOD_RELAXED)
    alpha = g_new0 (float, (gsize) config->epochs_search * data->model->n_slots * config->n_choices);
  control->alpha = alpha;
  result = mixq_run (data->model, mixq_reproduce_inputs (self, setting->data, run), config, float_model, NULL,
                     control, error);
  control->alpha = NULL;
  return result != NULL ? record_of (result, alpha) : NULL;
}

/* --- all runs ------------------------------------------------------------------------------------------------------- */

/* Runs of one seed that start from the same float32 model, one after the other on one thread. */
typedef struct
{
  guint seed;       /* which run of each setting, counted from the first */
  guint like;       /* a setting that the float32 model is trained by */
  GArray *settings; /* of guint, those that are not known */
  guint64 n_epochs;
} Group;

typedef struct
{
  MixqReproduce *self;
  MixqState *state; /* (nullable) */
  const MixqCli *cli;
  MixqProgress *progress;
  GArray *groups;        /* of Group */
  gint next;             /* atomic */
  gint n_failed;         /* atomic */
  pthread_mutex_t mutex; /* for what threads share; ThreadSanitizer cannot see a GMutex */
  GError *broken;        /* the state cannot be written: no use in going on */
} Job;

static void
group_clear (Group *group)
{
  g_array_unref (group->settings);
}

/* What float32 training reads of a configuration. */
static gboolean
same_float (const MixqSetting *a, const MixqSetting *b)
{
  return a->data == b->data && a->config.reference == b->config.reference &&
         a->config.epochs_float == b->config.epochs_float && a->config.lr == b->config.lr &&
         a->config.weight_decay == b->config.weight_decay && a->config.lr_every == b->config.lr_every &&
         a->config.lr_factor == b->config.lr_factor && a->config.batch == b->config.batch &&
         a->config.sample == b->config.sample && a->config.n_fanout == b->config.n_fanout &&
         memcmp (a->config.fanout, b->config.fanout, a->config.n_fanout * sizeof *a->config.fanout) == 0;
}

static char *
key_of (const MixqReproduce *self, const MixqSetting *setting, guint seed)
{
  const MixqInputs *inputs = mixq_reproduce_inputs (self, setting->data,
                                                    seed); /* its hash covers the parts */
  MixqRunConfig config = setting->config;

  config.seed = mixq_reproduce_seed (self, seed);
  return mixq_record_key (inputs->dataset->sha256, self->data[setting->data].model, &config, setting->probe);
}

static void
add_to_groups (GArray *groups, const MixqReproduce *self, guint index, guint seed)
{
  const MixqSetting *setting = mixq_reproduce_setting (self, index);
  Group *group = NULL, fresh;

  for (guint g = 0; g < groups->len && group == NULL; g++) {
    Group *there = &g_array_index (groups, Group, g);

    if (there->seed == seed && same_float (mixq_reproduce_setting (self, there->like), setting))
      group = there;
  }
  if (group == NULL) {
    fresh = (Group){ seed, index, g_array_new (FALSE, FALSE, sizeof (guint)), setting->config.epochs_float };
    g_array_append_val (groups, fresh);
    group = &g_array_index (groups, Group, groups->len - 1);
  }
  group->n_epochs += mixq_run_epochs (&setting->config, FALSE);
  g_array_append_val (group->settings, index);
}

/* Takes over what an earlier start has finished; the rest goes into groups. */
static GArray *
plan_runs (MixqReproduce *self, const MixqState *state)
{
  GArray *groups = g_array_new (FALSE, FALSE, sizeof (Group));

  g_array_set_clear_func (groups, (GDestroyNotify) group_clear);
  for (guint seed = 0; seed < self->n_seeds; seed++)
    for (guint i = 0; i < self->settings->len; i++) {
      MixqSetting *setting = g_ptr_array_index (self->settings, i);
      g_autofree char *key = key_of (self, setting, seed);
      const MixqRecord *known = state != NULL ? mixq_state_find (state, key) : NULL;

      self->n_runs++;
      if (known != NULL) {
        setting->record[seed] = mixq_record_copy (known);
        self->n_known++;
      } else {
        add_to_groups (groups, self, i, seed);
      }
    }
  return groups;
}

static void
fail_setting (Job *job, MixqSetting *setting, const GError *error)
{
  if (mixq_cli_is_stopped (job->cli))
    return;
  g_atomic_int_inc (&job->n_failed);
  pthread_mutex_lock (&job->mutex);
  if (setting->error == NULL)
    setting->error = g_error_copy (error);
  pthread_mutex_unlock (&job->mutex);
}

/* "cora --lambda=0.5 --seed 3". */
static char *
label_of (const MixqReproduce *self, guint data, const char *options, guint run)
{
  const MixqReproduceData *from = &self->data[data];
  const char *split = from->fold != NULL ? mixq_reproduce_inputs (self, data, run)->dataset->split : NULL;
  /* A file of folds without its folder. */
  g_autofree char *base = split == NULL                       ? NULL
                          : g_str_has_prefix (split, "fold:") ? g_strdup (split)
                                                              : g_path_get_basename (split);

  return g_strdup_printf ("%s%s%s%s%s --seed %" G_GUINT64_FORMAT, from->name, *options != '\0' ? " " : "",
                          options, base != NULL ? " --split " : "", base != NULL ? base : "",
                          mixq_reproduce_seed (self, run));
}

/* A finished run is on the disk before the next one begins. */
static void
run_setting (Job *job, guint index, guint seed, MixqFloatModel *float_model, MixqRunWatch *watch)
{
  MixqReproduce *self = job->self;
  MixqSetting *setting = g_ptr_array_index (self->settings, index);
  MixqRunConfig config = setting->config;
  MixqPhaseControl control = mixq_run_watch_control (watch);
  g_autofree char *key = key_of (self, setting, seed);
  g_autofree char *label = label_of (self, setting->data, setting->options, seed);
  g_autoptr (GError) error = NULL;
  MixqRecord *record;

  watch->label = label;
  config.seed = mixq_reproduce_seed (self, seed);
  record = make_record (self, setting, &config, seed, float_model, &control, &error);
  if (record == NULL) {
    fail_setting (job, setting, error);
    return;
  }
  setting->record[seed] = record;
  if (job->state != NULL && !mixq_state_keep (job->state, key, label, record, &error)) {
    pthread_mutex_lock (&job->mutex);
    if (job->broken == NULL)
      job->broken = g_steal_pointer (&error);
    pthread_mutex_unlock (&job->mutex);
    g_cancellable_cancel (job->cli->cancellable);
  }
}

static void
run_group (Job *job, const Group *group)
{
  MixqReproduce *self = job->self;
  MixqSetting *like = g_ptr_array_index (self->settings, group->like);
  const MixqReproduceData *data = &self->data[like->data];
  g_autofree char *label = label_of (self, like->data, "", group->seed);
  MixqRunWatch watch = { job->progress, job->cli->cancellable, label, FALSE };
  MixqPhaseControl control = mixq_run_watch_control (&watch);
  MixqRunConfig config = like->config;
  g_autoptr (MixqFloatModel) float_model = NULL;
  g_autoptr (GError) error = NULL;

  config.seed = mixq_reproduce_seed (self, group->seed);
  float_model = mixq_float_model_train (data->model, mixq_reproduce_inputs (self, like->data, group->seed),
                                        &config, &control, &error);
  for (guint i = 0; i < group->settings->len && !mixq_cli_is_stopped (job->cli); i++) {
    guint index = g_array_index (group->settings, guint, i);

    if (float_model != NULL)
      run_setting (job, index, group->seed, float_model, &watch);
    else
      fail_setting (job, g_ptr_array_index (self->settings, index), error);
  }
}

static gpointer
job_thread (gpointer data)
{
  Job *job = data;
  guint index;

  while (!mixq_cli_is_stopped (job->cli) &&
         (index = (guint) g_atomic_int_add (&job->next, 1)) < job->groups->len)
    run_group (job, &g_array_index (job->groups, Group, index));
  return NULL;
}

static void
run_groups (Job *job)
{
  guint n_threads = MAX (MIN (job->self->jobs, job->groups->len), 1);
  g_autofree GThread **thread = g_new (GThread *, n_threads);

  for (guint i = 0; i < n_threads; i++)
    thread[i] = g_thread_new ("reproduce", job_thread, job);
  for (guint i = 0; i < n_threads; i++)
    g_thread_join (thread[i]);
}

static guint
count_records (const MixqReproduce *self)
{
  guint n = 0;

  for (guint i = 0; i < self->settings->len; i++)
    for (guint seed = 0; seed < self->n_seeds; seed++)
      n += mixq_reproduce_setting (self, i)->record[seed] != NULL;
  return n;
}

gboolean
mixq_reproduce_run (MixqReproduce *self, MixqState *state, const MixqCli *cli, GError **error)
{
  g_autoptr (GArray) groups = plan_runs (self, state);
  g_autoptr (MixqProgress) progress = NULL;
  Job job = { .self = self, .state = state, .cli = cli, .groups = groups };
  gint64 start = g_get_monotonic_time ();
  guint64 n_epochs = 0;

  for (guint g = 0; g < groups->len; g++)
    n_epochs += g_array_index (groups, Group, g).n_epochs;
  job.progress = progress = mixq_progress_new (cli, n_epochs);
  if (self->n_known > 0)
    mixq_progress_say (progress, "%u of %u runs are finished already", self->n_known, self->n_runs);
  pthread_mutex_init (&job.mutex, NULL);
  run_groups (&job);
  pthread_mutex_destroy (&job.mutex);
  self->n_failed = (guint) job.n_failed;
  self->seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  if (job.broken != NULL) {
    g_propagate_error (error, job.broken);
    return FALSE;
  }
  if (!mixq_cli_is_stopped (cli))
    return TRUE;
  return mixq_cli_stopped (
      error,
      state != NULL ? "reproduce: stopped; %u of %u runs are finished and kept, the same command goes on"
                    : "reproduce: stopped; %u of %u runs were finished; give --out to keep them",
      count_records (self), self->n_runs);
}
