/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/mixq-pipeline.h"

#include <math.h>
#include <string.h>

#include "base/mixq-clock.h"
#include "base/mixq-error.h"
#include "net/mixq-slot.h"
#include "run/mixq-memory.h"
#include "run/mixq-ms-table.h"
#include "run/mixq-run-diagnose.h"

#define INFERENCE_REPEATS 5
#define HIGH_START 2.0f

static const MixqNetRules reference_search_rules = {
  .per_column = TRUE,
  .learn_ranges = TRUE,
  .weight_copies = TRUE,
  .float_adjacency = TRUE,
};
static const MixqNetRules reference_qat_rules = {
  .per_column = TRUE,
  .learn_ranges = TRUE,
  .overwrite_weights = TRUE,
};

/*
 * Method spec section 11 learns steps at 0.005 to 0.04 and widths at 0.1. Steps are learned by their logarithms here, so one
 * rate fits tensors of any scale. The memory loss weighs as much as a node's clipping by one mean step when the mean is
 * twice its target.
 */
#define NODE_STEP_RATE 0.01
#define NODE_WIDTH_RATE 0.1
#define NODE_MEMORY 1.0

static MixqNetRules
rules_of (const MixqRunConfig *config, const MixqNetRules *published)
{
  MixqNetRules rules;

  if (config->reference)
    return *published;
  mixq_net_rules_init (&rules, config->scheme, config->ranges);
  rules.fine = config->granularity == MIXQ_GRANULARITY_FINE;
  rules.node_widths = config->node_widths;
  return rules;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

static double
median (double *value, guint n)
{
  qsort (value, n, sizeof *value, compare_doubles);
  return n > 0 ? value[n / 2] : 0;
}

void
mixq_accuracies_of (const MixqInputs *inputs, const guint16 *prediction, MixqAccuracies *accuracy)
{
  accuracy->part[MIXQ_PART_NONE] = NAN;
  for (int part = MIXQ_PART_TRAIN; part <= MIXQ_PART_TEST; part++) {
    gsize right = 0;

    for (gsize i = 0; i < inputs->n_node[part]; i++)
      right += prediction[inputs->node[part][i]] == inputs->dataset->labels[inputs->node[part][i]];
    accuracy->part[part] = inputs->n_node[part] > 0 ? (double) right / (double) inputs->n_node[part]
                                                    : (double) NAN;
  }
}

/* --- one phase: epochs, timing, the best state --------------------------------------------------------------------- */

/*
 * The state with the best validation accuracy, ties by lower validation loss; without validation nodes the last one.
 * The published protocol (@first_best) keeps the first best epoch's predictions but the last epoch's weights.
 */
typedef struct
{
  gboolean first_best;
  double accuracy, loss;
  guint epoch;
  MixqWeightState *state;
  guint16 *prediction;
} Best;

static void
best_init (Best *self, MixqTrainer *trainer, gboolean first_best)
{
  MixqNet *net = mixq_trainer_peek_net (trainer);

  *self = (Best){ .first_best = first_best, .accuracy = -1 };
  self->state = mixq_weight_state_new (net);
  self->prediction = g_new0 (guint16, MAX (net->model->n_nodes, 1));
}

static void
best_clear (Best *self)
{
  mixq_weight_state_free (self->state);
  g_free (self->prediction);
}

static void
best_consider (Best *self, MixqTrainer *trainer, const MixqEpoch *epoch)
{
  double accuracy = epoch->accuracy[MIXQ_PART_VAL], loss = 0;

  if (!isnan (accuracy)) {
    if (accuracy < self->accuracy || (self->first_best && accuracy == self->accuracy))
      return;
    loss = mixq_trainer_part_loss (trainer, MIXQ_PART_VAL);
    if (accuracy == self->accuracy && loss >= self->loss)
      return;
  }
  self->accuracy = accuracy;
  self->loss = loss;
  self->epoch = epoch->step;
  mixq_weight_state_save (self->state, mixq_trainer_peek_net (trainer));
  mixq_trainer_predict (trainer, self->prediction, NULL, NULL);
}

/* Puts the chosen weights in place and evaluates them. */
static void
best_settle (Best *self, MixqTrainer *trainer)
{
  if (!self->first_best)
    mixq_weight_state_restore (self->state, mixq_trainer_peek_net (trainer));
  mixq_trainer_evaluate (trainer, NULL);
}

static gboolean
check_cancelled (const MixqPhaseControl *control, const char *phase, GError **error)
{
  if (control == NULL || !g_cancellable_is_cancelled (control->cancellable))
    return TRUE;
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED, "%s: stopped", phase);
  return FALSE;
}

static gboolean
train_phase (MixqTrainer *trainer,
             const char *phase,
             guint epochs,
             Best *best,
             const MixqPhaseControl *control,
             double *epoch_ms,
             GError **error)
{
  g_autofree double *ms = g_new (double, MAX (epochs, 1));
  MixqEpoch figures = { 0 };

  for (guint epoch = 0; epoch < epochs; epoch++) {
    double start = mixq_clock_ms ();

    if (!check_cancelled (control, phase, error) || !mixq_trainer_step (trainer, 0, &figures, error))
      return FALSE;
    if (best != NULL)
      best_consider (best, trainer, &figures);
    ms[epoch] = mixq_clock_ms () - start;
    if (control != NULL && control->progress != NULL)
      control->progress (phase, epoch + 1, epochs, &figures, control->user_data);
  }
  *epoch_ms = median (ms, epochs);
  return TRUE;
}

/* --- float32 ------------------------------------------------------------------------------------------------------ */

static void
keep_weights (MixqFloatModel *self, const MixqNet *net)
{
  self->weight = g_new0 (float *, net->model->n_units);
  for (guint u = 0; u < net->model->n_units; u++)
    if (net->weights[u].n_copies > 0)
      self->weight[u] = g_memdup2 (net->weights[u].w[0],
                                   net->weights[u].rows * net->weights[u].cols * sizeof (float));
}

static MixqFloatModel *
float_model_new (MixqModel *model, MixqInputs *inputs, guint64 seed)
{
  MixqFloatModel *self = g_new0 (MixqFloatModel, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->model = mixq_model_ref (model);
  self->inputs = mixq_inputs_ref (inputs);
  self->seed = seed;
  self->probability = g_new0 (float, MAX (model->n_nodes * model->n_classes, 1));
  self->prediction = g_new0 (guint16, MAX (model->n_nodes, 1));
  self->confidence = g_new0 (guint8, MAX (model->n_nodes, 1));
  return self;
}

MixqFloatModel *
mixq_float_model_train (MixqModel *model,
                        MixqInputs *inputs,
                        const MixqRunConfig *config,
                        const MixqPhaseControl *control,
                        GError **error)
{
  g_autoptr (MixqFloatModel) self = float_model_new (model, inputs, config->seed);
  MixqNet *net = mixq_net_new (model, inputs, 0, NULL, NULL, FALSE, NULL);
  MixqTrainerOptions options = {
    .seed = config->seed, .stream = "dropout-float", .lr = config->lr, .weight_decay = config->weight_decay
  };
  g_autoptr (MixqTrainer) trainer = mixq_trainer_new (net, &options);
  gint64 start = g_get_monotonic_time ();
  gboolean ok;
  Best best;

  mixq_net_init_weights (net, config->seed);
  best_init (&best, trainer, config->reference);
  ok = train_phase (trainer, "float32", config->epochs_float, &best, control, &self->epoch_ms, error);
  if (ok) {
    best_settle (&best, trainer);
    keep_weights (self, net);
    mixq_trainer_predict (trainer, self->prediction, self->confidence, self->probability);
    mixq_accuracies_of (inputs, config->reference ? best.prediction : self->prediction, &self->accuracy);
    self->epoch = best.epoch;
    self->seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  }
  best_clear (&best);
  return ok ? g_steal_pointer (&self) : NULL;
}

MixqFloatModel *
mixq_float_model_new_taught (const MixqFloatModel *self, const float *probability)
{
  const MixqModel *model = self->model;
  MixqFloatModel *copy = g_memdup2 (self, sizeof *self);

  g_atomic_ref_count_init (&copy->ref_count);
  copy->model = mixq_model_ref (self->model);
  copy->inputs = mixq_inputs_ref (self->inputs);
  copy->weight = g_new0 (float *, model->n_units);
  for (guint u = 0; u < model->n_units; u++)
    if (self->weight[u] != NULL)
      copy->weight[u] = g_memdup2 (self->weight[u],
                                   model->units[u].in_cols * model->units[u].out_cols * sizeof (float));
  copy->probability = g_memdup2 (probability, model->n_nodes * model->n_classes * sizeof (float));
  copy->prediction = g_memdup2 (self->prediction, model->n_nodes * sizeof *self->prediction);
  copy->confidence = g_memdup2 (self->confidence, model->n_nodes);
  return copy;
}

MixqFloatModel *
mixq_float_model_ref (MixqFloatModel *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mixq_float_model_unref (MixqFloatModel *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint u = 0; self->weight != NULL && u < self->model->n_units; u++)
    g_free (self->weight[u]);
  g_free (self->weight);
  g_free (self->probability);
  g_free (self->prediction);
  g_free (self->confidence);
  mixq_inputs_unref (self->inputs);
  mixq_model_unref (self->model);
  g_free (self);
}

/* --- search ------------------------------------------------------------------------------------------------------- */

/* Method spec 4.2: alpha = softmax (softmax (B)), the widths themselves as numbers. */
static void
reference_logits (guint n, const guint8 *choices, float *alpha)
{
  double x[MIXQ_MAX_CHOICES];

  for (guint k = 0; k < n; k++)
    x[k] = choices[k];
  for (int pass = 0; pass < 2; pass++) {
    double top = x[0], sum = 0;

    for (guint k = 1; k < n; k++)
      top = fmax (top, x[k]);
    for (guint k = 0; k < n; k++)
      sum += x[k] = exp (x[k] - top);
    for (guint k = 0; k < n; k++)
      x[k] /= sum;
  }
  for (guint k = 0; k < n; k++)
    alpha[k] = (float) x[k];
}

static void
start_alpha (MixqNet *net, const MixqRunConfig *config)
{
  for (guint s = 0; s < net->n_slots; s++) {
    MixqSlot *slot = &net->slots[s];

    switch (config->alpha_init) {
    case MIXQ_ALPHA_INIT_REFERENCE:
      reference_logits (slot->n_choices, slot->bits, slot->alpha);
      break;
    case MIXQ_ALPHA_INIT_HIGH:
      slot->alpha[slot->n_choices - 1] = HIGH_START;
      break;
    case MIXQ_ALPHA_INIT_ZERO:
    default:
      break;
    }
    if (config->pinned[s] != 0)
      mixq_net_pin (net, s, config->pinned[s]);
  }
  mixq_net_update_probabilities (net);
}

MixqNetRules
mixq_search_rules (const MixqRunConfig *config)
{
  return rules_of (config, &reference_search_rules);
}

MixqTrainer *
mixq_search_trainer_new (const MixqFloatModel *float_model,
                         const MixqRunConfig *config,
                         const MixqCostModel *cost)
{
  gboolean distilled = config->distill == MIXQ_DISTILL_TRANSDUCTIVE;
  MixqNetRules rules = mixq_search_rules (config);
  MixqNet *net = mixq_net_new (float_model->model, float_model->inputs, config->n_choices, config->choices,
                               NULL, distilled, &rules);
  MixqTrainerOptions options = {
    .seed = config->seed,
    .stream = "dropout-search",
    .lr = config->lr,
    .weight_decay = config->weight_decay,
    .lr_alpha = config->lr_alpha,
    .alpha_decay = config->reference ? config->weight_decay : config->alpha_decay,
    .alpha_bound = (float) config->alpha_bound,
    .temperature = config->temperature,
    .anneal_steps = config->epochs_search,
    .recalibrate = config->recalibrate,
    .calibrate_in_training = config->reference,
    .penalty = config->penalty,
    .cost = cost,
    .teacher = distilled ? float_model->probability : NULL,
  };

  if (config->reference)
    mixq_net_init_weights (net, config->seed ^
                                    G_GUINT64_CONSTANT (0x5ea7c4)); /* weights of its own, as published */
  else
    mixq_net_set_weights (net, float_model->weight);
  start_alpha (net, config);
  return mixq_trainer_new (net, &options);
}

void
mixq_search_apply (MixqTrainer *trainer, const MixqCommand *command, double *lambda)
{
  switch (command->kind) {
  case MIXQ_COMMAND_LAMBDA:
    *lambda = command->lambda;
    break;
  case MIXQ_COMMAND_PIN:
    mixq_net_pin (mixq_trainer_peek_net (trainer), command->slot, command->bits);
    mixq_trainer_invalidate (trainer);
    break;
  case MIXQ_COMMAND_UNPIN:
    mixq_net_pin (mixq_trainer_peek_net (trainer), command->slot, 0);
    mixq_trainer_invalidate (trainer);
    break;
  default:
    g_assert_not_reached ();
  }
  mixq_trainer_reset_alpha_moments (trainer);
}

static void
read_selection (MixqNet *net, MixqSelection *selection)
{
  for (guint s = 0; s < net->n_slots; s++) {
    selection->bits[s] = mixq_net_selected (net, s);
    memcpy (selection->alpha[s], net->slots[s].p, sizeof selection->alpha[s]);
  }
}

/* One row of MixqPhaseControl.alpha. */
static void
keep_alpha (const MixqNet *net, const MixqPhaseControl *control, guint step)
{
  for (guint s = 0; control != NULL && control->alpha != NULL && s < net->n_slots; s++) {
    guint n = net->slots[s].n_choices;

    memcpy (control->alpha + ((gsize) step * net->n_slots + s) * n, net->slots[s].p, n * sizeof (float));
  }
}

gboolean
mixq_search_run (const MixqFloatModel *float_model,
                 const MixqRunConfig *config,
                 const GArray *commands,
                 const MixqPhaseControl *control,
                 MixqSelection *selection,
                 GError **error)
{
  g_autoptr (MixqCostModel) cost = mixq_cost_model_new_for (float_model->model, config->cost, &config->ms);
  g_autoptr (MixqTrainer) trainer = mixq_search_trainer_new (float_model, config, cost);
  g_autofree double *ms = g_new (double, MAX (config->epochs_search, 1));
  gint64 begin = g_get_monotonic_time ();
  MixqEpoch figures = { .accuracy = { NAN, NAN, NAN, NAN } };
  double lambda = config->lambda;
  guint next = 0;

  for (guint step = 0; step < config->epochs_search; step++) {
    double start = mixq_clock_ms ();

    for (;
         commands != NULL && next < commands->len && g_array_index (commands, MixqCommand, next).step <= step;
         next++)
      mixq_search_apply (trainer, &g_array_index (commands, MixqCommand, next), &lambda);
    if (!check_cancelled (control, "search", error) || !mixq_trainer_step (trainer, lambda, &figures, error))
      return FALSE;
    ms[step] = mixq_clock_ms () - start;
    keep_alpha (mixq_trainer_peek_net (trainer), control, step);
    if (control != NULL && control->progress != NULL)
      control->progress ("search", step + 1, config->epochs_search, &figures, control->user_data);
  }
  for (; commands != NULL && next < commands->len; next++)
    mixq_search_apply (trainer, &g_array_index (commands, MixqCommand, next), &lambda);
  read_selection (mixq_trainer_peek_net (trainer), selection);
  selection->relaxed = TRUE;
  memcpy (selection->accuracy.part, figures.accuracy, sizeof figures.accuracy);
  selection->epoch_ms = median (ms, config->epochs_search);
  selection->seconds = (double) (g_get_monotonic_time () - begin) / 1e6;
  return TRUE;
}

/* --- QAT and integers ---------------------------------------------------------------------------------------------- */

static MixqTrainer *
qat_trainer_new (const MixqFloatModel *float_model,
                 const MixqRunConfig *config,
                 const guint8 *bits,
                 const char *stream,
                 double width_rate)
{
  gboolean distilled = config->distill == MIXQ_DISTILL_TRANSDUCTIVE;
  MixqNetRules rules = rules_of (config, &reference_qat_rules);
  MixqNet *net = mixq_net_new (float_model->model, float_model->inputs, 0, NULL, bits, distilled, &rules);
  MixqTrainerOptions options = {
    .seed = config->seed,
    .stream = stream,
    .lr = config->lr_qat,
    .weight_decay = config->weight_decay_qat,
    .calibrate_in_training = config->reference,
    .teacher = distilled ? float_model->probability : NULL,
  };

  if (rules.per_node)
    options.nodes = (MixqNodeRates){ NODE_STEP_RATE, width_rate, NODE_MEMORY };
  mixq_net_set_weights (net, float_model->weight);
  return mixq_trainer_new (net, &options);
}

/*
 * A2Q's widths: trained once with widths that move, then, like every width that a search has chosen, held for QAT. Each
 * slot's own width is the mean that the memory loss aims at, so lambda, pins and given widths act on it as on any other.
 */
static gboolean
learn_node_widths (const MixqFloatModel *float_model,
                   const MixqRunConfig *config,
                   const guint8 *bits,
                   const MixqPhaseControl *control,
                   MixqNet *qat,
                   GError **error)
{
  g_autoptr (MixqTrainer)
      trainer = qat_trainer_new (float_model, config, bits, "dropout-widths", NODE_WIDTH_RATE);
  double epoch_ms;

  if (!train_phase (trainer, "widths", config->epochs_search, NULL, control, &epoch_ms, error))
    return FALSE;
  for (guint s = 0; s < qat->n_slots; s++) {
    g_autofree guint8 *row_bits = mixq_net_node_widths (mixq_trainer_peek_net (trainer), s);

    if (row_bits != NULL)
      mixq_nodes_set_widths (&qat->slots[s], 0, row_bits);
  }
  return TRUE;
}

/* The published final model reads the emitted (X, W, out) as (X, out, W): method spec 7.1. */
static void
swap_as_published (const MixqModel *model, guint8 *bits)
{
  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];

    if (unit->kind == MIXQ_UNIT_LINEAR) {
      guint8 swap = bits[unit->slot_operand];
      bits[unit->slot_operand] = bits[unit->slot_output];
      bits[unit->slot_output] = swap;
    }
  }
}

static double
share_equal (const guint16 *a, const guint16 *b, gsize n)
{
  gsize equal = 0;

  for (gsize i = 0; i < n; i++)
    equal += a[i] == b[i];
  return n > 0 ? (double) equal / (double) n : 1.0;
}

/* Integers beside the simulated model, on every code and every prediction. */
static gboolean
prove_integers (MixqFinished *self, MixqInputs *inputs, GCancellable *cancellable, GError **error)
{
  g_autoptr (MixqExec) integer = NULL, simulated = NULL;
  g_autofree guint16 *prediction = g_new0 (guint16, MAX (self->n_nodes, 1));
  double seconds[INFERENCE_REPEATS];

  for (guint i = 0; i < INFERENCE_REPEATS; i++) {
    double start = mixq_clock_ms ();

    g_clear_pointer (&integer, mixq_exec_free);
    integer = mixq_exec_new (self->frozen, inputs, MIXQ_ENGINE_INTEGER, cancellable, error);
    if (integer == NULL)
      return FALSE;
    seconds[i] = (mixq_clock_ms () - start) / 1e3;
  }
  simulated = mixq_exec_new (self->frozen, inputs, MIXQ_ENGINE_SIMULATED, cancellable, error);
  if (simulated == NULL)
    return FALSE;
  mixq_exec_predict (integer, self->prediction, self->confidence);
  mixq_exec_predict (simulated, prediction, NULL);
  mixq_accuracies_of (inputs, self->prediction, &self->integer);
  mixq_accuracies_of (inputs, prediction, &self->quantized);
  self->val_loss = mixq_exec_loss (integer, MIXQ_PART_VAL);
  self->agreement_codes = mixq_exec_compare (integer, simulated);
  self->agreement_predictions = share_equal (self->prediction, prediction, self->n_nodes);
  self->integer_seconds = median (seconds, INFERENCE_REPEATS);
  return TRUE;
}

static MixqFinished *
finished_new (const MixqFloatModel *float_model, const MixqRunConfig *config, const guint8 *bits)
{
  MixqFinished *self = g_new0 (MixqFinished, 1);

  g_atomic_ref_count_init (&self->ref_count);
  memcpy (self->bits, bits, float_model->model->n_slots);
  self->seed = config->seed;
  self->distilled = config->distill != MIXQ_DISTILL_NONE;
  self->n_nodes = float_model->model->n_nodes;
  self->prediction = g_new0 (guint16, MAX (self->n_nodes, 1));
  self->confidence = g_new0 (guint8, MAX (self->n_nodes, 1));
  self->agreement_codes = self->agreement_predictions = self->val_loss = NAN;
  for (int part = 0; part < 4; part++)
    self->quantized.part[part] = self->integer.part[part] = NAN;
  return self;
}

MixqFinished *
mixq_finish (const MixqFloatModel *float_model,
             const MixqRunConfig *config,
             const guint8 *bits,
             const MixqPhaseControl *control,
             GError **error)
{
  g_autoptr (MixqFinished) self = finished_new (float_model, config, bits);
  g_autoptr (MixqTrainer) trainer = NULL;
  gint64 start = g_get_monotonic_time ();
  MixqEpoch figures;
  gboolean ok;
  Best best;

  if (config->reference && config->method == MIXQ_METHOD_RELAXED)
    swap_as_published (float_model->model, self->bits);
  trainer = qat_trainer_new (float_model, config, self->bits, "dropout-qat", 0);
  if (mixq_scheme_traits (config->scheme)->per_node &&
      !learn_node_widths (float_model, config, self->bits, control, mixq_trainer_peek_net (trainer), error))
    return NULL;
  best_init (&best, trainer, config->reference);
  if (!config->reference) {
    mixq_trainer_evaluate (trainer, &figures); /* calibrates; the start itself is a candidate */
    best_consider (&best, trainer, &figures);
  }
  ok = train_phase (trainer, "qat", config->epochs_qat, &best, control, &self->epoch_ms, error);
  if (ok) {
    best_settle (&best, trainer);
    self->epoch = best.epoch;
    self->health = mixq_run_health_new (mixq_trainer_peek_net (trainer), float_model);
    if (config->reference) {
      mixq_trainer_predict (trainer, self->prediction, self->confidence, NULL);
      memcpy (self->prediction, best.prediction, self->n_nodes * sizeof *self->prediction);
      mixq_accuracies_of (float_model->inputs, best.prediction, &self->quantized);
    } else {
      self->frozen = mixq_net_freeze (mixq_trainer_peek_net (trainer), error);
      g_clear_pointer (&trainer,
                       mixq_trainer_free); /* its buffers are not needed beside those of inference */
      ok = self->frozen != NULL &&
           prove_integers (self, float_model->inputs, control != NULL ? control->cancellable : NULL, error);
    }
    self->seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  }
  best_clear (&best);
  return ok ? g_steal_pointer (&self) : NULL;
}

void
mixq_finished_cost (const MixqFinished *self, const MixqModel *model, const guint8 *bits, MixqCost *cost)
{
  g_autofree double *mean = g_new0 (double, MAX (model->n_slots, 1));
  g_autofree double *size = g_new0 (double, MAX (model->n_slots, 1));

  for (guint s = 0; s < model->n_slots; s++) {
    const MixqFrozenSlot *slot = self->frozen != NULL ? &self->frozen->slots[s] : NULL;

    mean[s] = bits[s];
    if (slot == NULL || slot->row_bits == NULL)
      continue;
    mean[s] = mixq_frozen_slot_mean_bits (slot);
    for (gsize i = 0; i < slot->n; i++) /* a node's codes are packed, and begin at a byte */
      size[s] += ceil ((double) model->slots[s].cols * slot->row_bits[i] / 8);
  }
  mixq_cost_count_means (model, mean, size, cost);
}

MixqFinished *
mixq_finished_ref (MixqFinished *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mixq_finished_unref (MixqFinished *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->frozen, mixq_frozen_unref);
  g_free (self->health);
  g_free (self->prediction);
  g_free (self->confidence);
  g_free (self);
}

/* --- the whole run ------------------------------------------------------------------------------------------------- */

static void
warn_about (MixqRunResult *self, const char *warning)
{
  g_ptr_array_add (self->warnings, g_strdup (warning));
}

static void
collect_warnings (MixqRunResult *self)
{
  mixq_run_diagnose (self);
  if (self->config.distill == MIXQ_DISTILL_TRANSDUCTIVE)
    warn_about (self, "distilled: trained against the float32 model's predictions on all nodes; compare only "
                      "with float32 trained the same way");
  if (self->config.reference)
    warn_about (self,
                "reference: the published arithmetic has scales on summed indices and broken zero-points, so "
                "this model cannot be frozen to integers; run without --reference for an integer model");
}

static gboolean
run_phases (MixqRunResult *self, const MixqPhaseControl *control, GError **error)
{
  if (self->float_model == NULL)
    self->float_model = mixq_float_model_train (self->model, self->inputs, &self->config, control, error);
  if (self->float_model == NULL)
    return FALSE;
  if (self->config.method == MIXQ_METHOD_FIXED) {
    memcpy (self->selection.bits, self->config.fixed, self->model->n_slots);
    for (int part = 0; part < 4; part++)
      self->selection.accuracy.part[part] = NAN;
  } else if (!mixq_search_run (self->float_model, &self->config, self->commands, control, &self->selection,
                               error)) {
    return FALSE;
  }
  self->finished = mixq_finish (self->float_model, &self->config, self->selection.bits, control, error);
  return self->finished != NULL;
}

MixqRunResult *
mixq_run (MixqModel *model,
          MixqInputs *inputs,
          const MixqRunConfig *config,
          MixqFloatModel *float_model,
          const GArray *commands,
          const MixqPhaseControl *control,
          GError **error)
{
  g_autoptr (MixqRunResult) self = g_new0 (MixqRunResult, 1);
  gint64 start = g_get_monotonic_time ();
  double rss = mixq_memory_start_peak ();

  self->model = mixq_model_ref (model);
  self->inputs = mixq_inputs_ref (inputs);
  self->config = *config;
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  if (float_model != NULL)
    self->float_model = mixq_float_model_ref (float_model);
  if (commands != NULL && commands->len > 0) {
    self->commands = g_array_new (FALSE, FALSE, sizeof (MixqCommand));
    g_array_append_vals (self->commands, commands->data, commands->len);
  }
  if (!mixq_run_config_check (config, model, error))
    return NULL;
  if (config->cost == MIXQ_COST_MS && !config->ms.measured)
    mixq_ms_table_measure (&self->config.ms, model, inputs, config->n_choices, config->choices);
  if (!run_phases (self, control, error))
    return NULL;
  mixq_cost_count (model, NULL, &self->cost_float);
  mixq_finished_cost (self->finished, model, self->selection.bits, &self->cost);
  collect_warnings (self);
  self->seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  self->peak_mib = mixq_memory_peak_mib () - rss;
  return g_steal_pointer (&self);
}

void
mixq_run_result_free (MixqRunResult *self)
{
  g_clear_pointer (&self->finished, mixq_finished_unref);
  g_clear_pointer (&self->float_model, mixq_float_model_unref);
  g_clear_pointer (&self->commands, g_array_unref);
  g_clear_pointer (&self->warnings, g_ptr_array_unref);
  g_clear_pointer (&self->inputs, mixq_inputs_unref);
  g_clear_pointer (&self->model, mixq_model_unref);
  g_free (self);
}
