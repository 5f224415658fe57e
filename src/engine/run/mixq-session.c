/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/mixq-session.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "base/mixq-error.h"
#include "export/mixq-model-folder.h"
#include "run/mixq-session-private.h"

/* --- hand-overs ------------------------------------------------------------------------------------------------------ */

void
mixq_session_lock (MixqSession *self)
{
  pthread_mutex_lock (&self->lock);
}

void
mixq_session_unlock (MixqSession *self)
{
  pthread_mutex_unlock (&self->lock);
}

void
mixq_session_wait (MixqSession *self, double seconds)
{
  struct timespec until;
  double whole, fraction;

  if (seconds < 0) {
    pthread_cond_wait (&self->changed, &self->lock);
    return;
  }
  clock_gettime (CLOCK_MONOTONIC, &until);
  fraction = modf ((double) until.tv_sec + (double) until.tv_nsec * 1e-9 + seconds, &whole);
  until.tv_sec = (time_t) whole;
  until.tv_nsec = (long) (fraction * 1e9);
  pthread_cond_timedwait (&self->changed, &self->lock, &until);
}

void
mixq_session_signal (MixqSession *self)
{
  pthread_cond_broadcast (&self->changed);
}

void
mixq_session_notify (MixqSession *self)
{
  if (self->wake != NULL)
    self->wake (self->wake_data);
}

void
mixq_session_publish (MixqSession *self, MixqSnapshot *snapshot)
{
  MixqSnapshot *stale;

  mixq_session_lock (self);
  stale = self->latest;
  self->latest = snapshot;
  mixq_session_unlock (self);
  g_clear_pointer (&stale, mixq_snapshot_unref);
  mixq_session_notify (self);
}

void
mixq_session_rest_share (MixqSession *self, double worked)
{
  double until;

  mixq_session_lock (self);
  until = (double) g_get_monotonic_time () / 1e6 + worked * (1 / self->cpu_share - 1);
  while (!self->stop && until > (double) g_get_monotonic_time () / 1e6)
    mixq_session_wait (self, until - (double) g_get_monotonic_time () / 1e6);
  mixq_session_unlock (self);
}

/* --- life ------------------------------------------------------------------------------------------------------------ */

static gboolean
same_training (const MixqSession *a, const MixqSession *b)
{
  const MixqRunConfig *x = &a->config, *y = &b->config;

  return g_strcmp0 (a->dataset->sha256, b->dataset->sha256) == 0 &&
         mixq_model_spec_equal (&a->model->spec, &b->model->spec) && x->seed == y->seed &&
         x->epochs_float == y->epochs_float && x->lr == y->lr && x->weight_decay == y->weight_decay &&
         x->reference == y->reference;
}

static gboolean
same_finishing (const MixqSession *a, const MixqSession *b)
{
  const MixqRunConfig *x = &a->config, *y = &b->config;

  return x->epochs_qat == y->epochs_qat && x->lr_qat == y->lr_qat &&
         x->weight_decay_qat == y->weight_decay_qat && x->distill == y->distill && x->scheme == y->scheme &&
         x->ranges == y->ranges && x->granularity == y->granularity && x->node_widths == y->node_widths;
}

/* Finished points are facts about widths: they outlive a change of choices, lambda or cost axis. */
static void
take_over (MixqSession *self, MixqSession *previous)
{
  if (previous == NULL || !same_training (self, previous))
    return;
  mixq_session_lock (previous);
  for (guint i = 0; i < MIXQ_POINT_SEEDS; i++)
    if (previous->float_model[i] != NULL)
      self->float_model[i] = mixq_float_model_ref (previous->float_model[i]);
  for (guint i = 0; i < previous->records->len; i++) {
    const MixqRecord *record = previous->records->pdata[i];
    if (record->kind == MIXQ_POINT_FLOAT || same_finishing (self, previous))
      g_ptr_array_add (self->records, mixq_record_copy (record));
  }
  self->next_id = previous->next_id;
  mixq_session_unlock (previous);
}

static void
init_lock (MixqSession *self)
{
  pthread_condattr_t attributes;

  pthread_mutex_init (&self->lock, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&self->changed, &attributes);
  pthread_condattr_destroy (&attributes);
}

static MixqSession *
session_alloc (MixqDataset *dataset, MixqModel *model, const MixqRunConfig *config)
{
  MixqSession *self = g_new0 (MixqSession, 1);

  init_lock (self);
  self->dataset = mixq_dataset_ref (dataset);
  self->inputs = mixq_inputs_new (dataset);
  self->model = mixq_model_ref (model);
  self->config = *config;
  self->cost_model = mixq_cost_model_new_for (model, config->cost, &config->ms);
  mixq_cost_count (model, NULL, &self->cost_float);
  self->cancellable = g_cancellable_new ();
  self->cpu_share = 1;
  self->pending = g_array_new (FALSE, FALSE, sizeof (MixqCommand));
  self->log = g_array_new (FALSE, FALSE, sizeof (MixqCommand));
  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) mixq_record_free);
  return self;
}

MixqSession *
mixq_session_new (MixqDataset *dataset,
                  const MixqModelSpec *spec,
                  const MixqRunConfig *config,
                  guint64 generation,
                  MixqSession *previous,
                  MixqWakeFunc wake,
                  gpointer wake_data,
                  GError **error)
{
  g_autoptr (MixqModel) model = mixq_model_new (spec, dataset, error);
  MixqSession *self;

  if (model == NULL || !mixq_run_config_check (config, model, error))
    return NULL;
  if (mixq_dataset_count_items (dataset, MIXQ_PART_TRAIN) == 0) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                 "%s has no training nodes, so nothing can be learned; choose another split", dataset->name);
    return NULL;
  }
  self = session_alloc (dataset, model, config);
  self->generation = generation;
  self->wake = wake;
  self->wake_data = wake_data;
  take_over (self, previous);
  self->search_thread = g_thread_new ("mixq-search", mixq_session_search_main, self);
  self->maker_thread = g_thread_new ("mixq-maker", mixq_session_maker_main, self);
  return self;
}

void
mixq_session_free (MixqSession *self)
{
  g_cancellable_cancel (self->cancellable);
  mixq_session_lock (self);
  self->stop = TRUE;
  if (self->front_cancellable != NULL)
    g_cancellable_cancel (self->front_cancellable);
  mixq_session_signal (self);
  mixq_session_unlock (self);
  g_thread_join (self->search_thread);
  g_thread_join (self->maker_thread);

  for (guint i = 0; i < MIXQ_POINT_SEEDS; i++)
    g_clear_pointer (&self->float_model[i], mixq_float_model_unref);
  g_clear_pointer (&self->latest, mixq_snapshot_unref);
  mixq_history_log_clear (&self->history);
  g_ptr_array_unref (self->records);
  g_array_unref (self->pending);
  g_array_unref (self->log);
  g_free (self->maker_error);
  g_object_unref (self->cancellable);
  g_clear_object (&self->front_cancellable);
  mixq_cost_model_free (self->cost_model);
  mixq_model_unref (self->model);
  mixq_inputs_unref (self->inputs);
  mixq_dataset_unref (self->dataset);
  pthread_cond_destroy (&self->changed);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

MixqDataset *
mixq_session_peek_dataset (MixqSession *self)
{
  return self->dataset;
}

MixqModel *
mixq_session_peek_model (MixqSession *self)
{
  return self->model;
}

const MixqRunConfig *
mixq_session_peek_config (MixqSession *self)
{
  return &self->config;
}

/* --- commands -------------------------------------------------------------------------------------------------------- */

/* A drag sends many prices between two steps; only the last one of a kind and slot acts. */
static void
push_command (MixqSession *self, MixqCommand command)
{
  guint last;

  mixq_session_lock (self);
  last = self->pending->len;
  if (last > 0 && command.kind == MIXQ_COMMAND_LAMBDA &&
      g_array_index (self->pending, MixqCommand, last - 1).kind == MIXQ_COMMAND_LAMBDA)
    g_array_index (self->pending, MixqCommand, last - 1) = command;
  else
    g_array_append_val (self->pending, command);
  mixq_session_signal (self);
  mixq_session_unlock (self);
}

void
mixq_session_set_lambda (MixqSession *self, double lambda)
{
  if (isfinite (lambda))
    push_command (self, (MixqCommand){ .kind = MIXQ_COMMAND_LAMBDA, .lambda = lambda });
}

void
mixq_session_pin (MixqSession *self, guint slot, guint8 bits)
{
  gboolean is_choice = FALSE;

  g_return_if_fail (slot < self->model->n_slots);
  for (guint k = 0; k < self->config.n_choices; k++)
    is_choice |= self->config.choices[k] == bits;
  g_return_if_fail (is_choice);
  push_command (self, (MixqCommand){ .kind = MIXQ_COMMAND_PIN, .slot = slot, .bits = bits });
}

void
mixq_session_unpin (MixqSession *self, guint slot)
{
  g_return_if_fail (slot < self->model->n_slots);
  push_command (self, (MixqCommand){ .kind = MIXQ_COMMAND_UNPIN, .slot = slot });
}

void
mixq_session_set_paused (MixqSession *self, gboolean paused)
{
  mixq_session_lock (self);
  self->paused = paused;
  mixq_session_signal (self);
  mixq_session_unlock (self);
}

void
mixq_session_step (MixqSession *self)
{
  mixq_session_lock (self);
  self->paused = TRUE;
  self->steps_wanted++;
  mixq_session_signal (self);
  mixq_session_unlock (self);
}

void
mixq_session_set_pace (MixqSession *self, double per_second)
{
  mixq_session_lock (self);
  self->pace = fmax (per_second, 0);
  mixq_session_signal (self);
  mixq_session_unlock (self);
}

void
mixq_session_set_cpu_share (MixqSession *self, double share)
{
  mixq_session_lock (self);
  self->cpu_share = CLAMP (share, 0.1, 1.0);
  mixq_session_signal (self);
  mixq_session_unlock (self);
}

/* --- results --------------------------------------------------------------------------------------------------------- */

MixqSnapshot *
mixq_session_take_snapshot (MixqSession *self)
{
  MixqSnapshot *snapshot;

  mixq_session_lock (self);
  snapshot = g_steal_pointer (&self->latest);
  mixq_session_unlock (self);
  return snapshot;
}

MixqHistory *
mixq_session_dup_history (MixqSession *self)
{
  MixqHistory *history;

  mixq_session_lock (self);
  history = mixq_history_copy (&self->history.rows);
  mixq_session_unlock (self);
  return history;
}

guint
mixq_session_get_points_serial (MixqSession *self)
{
  guint serial;

  mixq_session_lock (self);
  serial = self->serial;
  mixq_session_unlock (self);
  return serial;
}

GPtrArray *
mixq_session_dup_points (MixqSession *self)
{
  GPtrArray *points;

  mixq_session_lock (self);
  points = mixq_points_build (self);
  mixq_session_unlock (self);
  return points;
}

guint8 *
mixq_session_dup_running (MixqSession *self, double *progress)
{
  guint8 *bits = NULL;

  mixq_session_lock (self);
  if (self->has_running) {
    bits = g_memdup2 (self->running, self->model->n_slots);
    *progress = self->running_progress;
  }
  mixq_session_unlock (self);
  return bits;
}

GArray *
mixq_session_dup_commands (MixqSession *self)
{
  GArray *copy;

  mixq_session_lock (self);
  copy = g_array_copy (self->log);
  mixq_session_unlock (self);
  return copy;
}

char *
mixq_session_dup_maker_error (MixqSession *self)
{
  char *message;

  mixq_session_lock (self);
  message = g_strdup (self->maker_error);
  mixq_session_unlock (self);
  return message;
}

/* --- export ---------------------------------------------------------------------------------------------------------- */

static MixqRecord *
dup_record (MixqSession *self, guint id)
{
  MixqRecord *copy = NULL;

  mixq_session_lock (self);
  for (guint i = 0; i < self->records->len && copy == NULL; i++)
    if (((MixqRecord *) self->records->pdata[i])->id == id)
      copy = mixq_record_copy (self->records->pdata[i]);
  mixq_session_unlock (self);
  return copy;
}

/* The finished point as the run that repeats it: its widths fixed, so no command log is needed. */
static MixqRunResult *
result_of_record (MixqSession *self, const MixqRecord *record)
{
  MixqRunResult *result = g_new0 (MixqRunResult, 1);

  result->model = mixq_model_ref (self->model);
  result->inputs = mixq_inputs_ref (self->inputs);
  result->config = self->config;
  result->config.method = MIXQ_METHOD_FIXED;
  memcpy (result->config.fixed, record->bits, self->model->n_slots);
  memcpy (result->selection.bits, record->bits, self->model->n_slots);
  for (int part = 0; part < 4; part++)
    result->selection.accuracy.part[part] = NAN;
  mixq_session_lock (self);
  result->float_model = mixq_float_model_ref (self->float_model[0]);
  mixq_session_unlock (self);
  result->finished = mixq_finished_ref (record->finished);
  mixq_cost_count (self->model, NULL, &result->cost_float);
  mixq_finished_cost (record->finished, self->model, record->bits, &result->cost);
  result->seconds = result->float_model->seconds + record->finished->seconds;
  result->warnings = g_ptr_array_new_with_free_func (g_free);
  return result;
}

gboolean
mixq_session_export (MixqSession *self, MixqPoint *point, const char *folder, gboolean force, GError **error)
{
  MixqRecord *record = dup_record (self, point->id);
  g_autoptr (MixqRunResult) result = NULL;
  gboolean ok;

  if (record == NULL || record->finished == NULL) {
    g_clear_pointer (&record, mixq_record_free);
    g_set_error_literal (
        error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
        "export: this point is no finished integer model; select one of the finished points");
    return FALSE;
  }
  result = result_of_record (self, record);
  ok = mixq_model_folder_write (result, folder, force, error);
  mixq_record_free (record);
  return ok;
}

static void
append_number (GString *text, const char *option, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text, " %s=%s", option, g_ascii_formatd (buffer, sizeof buffer, "%.10g", value));
}

/* lambda and pins as they stand: the start, then every command, taken or still waiting. */
static void
replay_controls (MixqSession *self, double *lambda, guint8 *pinned)
{
  GArray *list[2];

  mixq_session_lock (self);
  list[0] = self->log;
  list[1] = self->pending;
  *lambda = self->config.lambda;
  memcpy (pinned, self->config.pinned, sizeof self->config.pinned);
  for (guint l = 0; l < G_N_ELEMENTS (list); l++)
    for (guint i = 0; i < list[l]->len; i++) {
      const MixqCommand *command = &g_array_index (list[l], MixqCommand, i);

      if (command->kind == MIXQ_COMMAND_LAMBDA)
        *lambda = command->lambda;
      else
        pinned[command->slot] = command->kind == MIXQ_COMMAND_PIN ? command->bits : 0;
    }
  mixq_session_unlock (self);
}

/* Options of a search from the start at the present price; a steered search is repeated by its exported log instead. */
static void
append_search (MixqSession *self, GString *text)
{
  guint8 pinned[G_N_ELEMENTS (self->config.pinned)];
  double lambda;

  replay_controls (self, &lambda, pinned);
  g_string_append (text, " --bits ");
  for (guint k = 0; k < self->config.n_choices; k++)
    g_string_append_printf (text, "%s%u", k > 0 ? "," : "", self->config.choices[k]);
  append_number (text, "--lambda", lambda);
  g_string_append_printf (text, " --cost %s", mixq_cost_axis_name (self->config.cost));
  for (guint s = 0; s < self->model->n_slots; s++)
    if (pinned[s] != 0)
      g_string_append_printf (text, " --pin %s=%u", self->model->slots[s].name, pinned[s]);
}

static void
append_fixed (const MixqPoint *point, GString *text)
{
  g_string_append (text, " --method fixed:");
  for (guint s = 0; s < point->n_slots; s++)
    g_string_append_printf (text, "%s%u", s > 0 ? "," : "", point->bits[s]);
}

/* What its architecture and task look at, whatever is usual. */
static void
append_model (const MixqModel *model, GString *text)
{
  const MixqModelSpec *spec = &model->spec;

  g_string_append_printf (text, " --model %s --layers %u --hidden %u", mixq_arch_name (spec->arch),
                          spec->n_layers, spec->hidden);
  append_number (text, "--dropout", spec->dropout);
  append_number (text, "--feature-dropout", spec->feature_dropout);
  g_string_append_printf (text, " --batch-norm %s --residual %s", spec->batch_norm ? "yes" : "no",
                          spec->residual ? "yes" : "no");
  if (spec->arch == MIXQ_ARCH_GIN)
    g_string_append_printf (text, " --eps %s", spec->eps ? "yes" : "no");
  if (spec->arch == MIXQ_ARCH_SAGE)
    g_string_append_printf (text, " --aggregator %s", mixq_aggregator_name (spec->aggregator));
  if (spec->arch == MIXQ_ARCH_TAG)
    g_string_append_printf (text, " --hops %u", spec->hops);
  if (spec->arch == MIXQ_ARCH_GAT)
    g_string_append_printf (text, " --heads %u", spec->heads);
  if (model->task == MIXQ_TASK_GRAPHS)
    g_string_append_printf (text, " --pool %s", mixq_pool_name (spec->pool));
}

char *
mixq_session_dup_command_line (MixqSession *self, const MixqPoint *point)
{
  const MixqRunConfig *config = &self->config;
  const char *source = self->dataset->source != NULL ? self->dataset->source : self->dataset->name;
  g_autofree char *quoted = g_shell_quote (source);
  g_autofree char *split = self->dataset->split != NULL ? g_shell_quote (self->dataset->split) : NULL;
  GString *text = g_string_new ("mixq run ");

  g_string_append (text, g_strcmp0 (source, self->dataset->name) == 0 ? source : quoted);
  if (split != NULL)
    g_string_append_printf (text, " --split %s", split);
  append_model (self->model, text);
  g_string_append_printf (text, " --seed %" G_GUINT64_FORMAT " --epochs %u,%u,%u", config->seed,
                          config->epochs_float, config->epochs_search, config->epochs_qat);
  if (config->distill == MIXQ_DISTILL_TRANSDUCTIVE)
    g_string_append (text, " --distill transductive");
  if (point != NULL && point->kind != MIXQ_POINT_FLOAT)
    append_fixed (point, text);
  else
    append_search (self, text);
  return g_string_free (text, FALSE);
}
