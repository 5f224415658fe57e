/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The relaxed search of a run, blocking; sessions drive the same trainer step by step. */
#include <math.h>
#include <string.h>

#include "base/mixq-clock.h"
#include "run/mixq-phase.h"

#define HIGH_START 2.0f

static const MixqNetRules reference_search_rules = {
  .per_column = TRUE,
  .learn_ranges = TRUE,
  .weight_copies = TRUE,
  .float_adjacency = TRUE,
};

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
  return mixq_phase_rules (config, &reference_search_rules);
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
    .plan = mixq_run_config_get_plan (config),
  };

  if (config->reference)
    mixq_net_init_weights (net, config->seed ^
                                    G_GUINT64_CONSTANT (0x5ea7c4)); /* weights of its own, as published */
  else
    mixq_net_set_parameters (net, float_model->parameters);
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

  mixq_trainer_set_cancellable (trainer, control != NULL ? control->cancellable : NULL);
  for (guint step = 0; step < config->epochs_search; step++) {
    double start = mixq_clock_ms ();

    for (;
         commands != NULL && next < commands->len && g_array_index (commands, MixqCommand, next).step <= step;
         next++)
      mixq_search_apply (trainer, &g_array_index (commands, MixqCommand, next), &lambda);
    if (!mixq_phase_check_cancelled (control, "search", error) ||
        !mixq_trainer_step (trainer, lambda, &figures, error))
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
  selection->epoch_ms = mixq_phase_median (ms, config->epochs_search);
  selection->seconds = (double) (g_get_monotonic_time () - begin) / 1e6;
  return TRUE;
}
