/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A finished run as the diagnoses see it. */
#include "run/mixq-run-diagnose.h"

#include <string.h>

#include "run/mixq-ms-table.h"

MixqPart
mixq_judging_part (const MixqInputs *inputs)
{
  return inputs->n_item[MIXQ_PART_VAL] > 0 ? MIXQ_PART_VAL : MIXQ_PART_TRAIN;
}

MixqSlotHealth *
mixq_run_health_new (MixqNet *net, const MixqFloatModel *float_model)
{
  MixqSlotHealth *health = g_new0 (MixqSlotHealth, MAX (net->n_slots, 1));
  MixqPart part = mixq_judging_part (net->inputs);

  mixq_slot_health_measure (net, health);
  if (mixq_accuracy_dropped (float_model->accuracy.part[part], mixq_net_part_accuracy (net, part),
                             net->inputs->n_item[part]))
    mixq_slot_health_ablate (net, part, health);
  return health;
}

/* lambda and pins as the log of commands left them. */
static void
replay (const MixqRunResult *self, double *lambda, guint8 *pinned)
{
  *lambda = self->config.lambda;
  memcpy (pinned, self->config.pinned, sizeof self->config.pinned);
  for (guint i = 0; self->commands != NULL && i < self->commands->len; i++) {
    const MixqCommand *command = &g_array_index (self->commands, MixqCommand, i);

    if (command->kind == MIXQ_COMMAND_LAMBDA)
      *lambda = command->lambda;
    else
      pinned[command->slot] = command->kind == MIXQ_COMMAND_PIN ? command->bits : 0;
  }
}

static float *
dup_alpha (const MixqRunResult *self)
{
  guint n = self->config.n_choices;
  float *alpha = g_new (float, (gsize) self->model->n_slots *n);

  for (guint s = 0; s < self->model->n_slots; s++)
    memcpy (alpha + (gsize) s * n, self->selection.alpha[s], n * sizeof *alpha);
  return alpha;
}

void
mixq_run_diagnose (MixqRunResult *self)
{
  const MixqRunConfig *config = &self->config;
  gboolean relaxed = self->selection.relaxed;
  MixqPart part = mixq_judging_part (self->inputs);
  g_autoptr (MixqCostModel) cost = mixq_cost_model_new_for (self->model, config->cost, &config->ms);
  g_autofree float *alpha = relaxed ? dup_alpha (self) : NULL;
  guint8 pinned[MIXQ_MAX_SLOTS];
  double lambda;

  replay (self, &lambda, pinned);
  self->n_diagnoses = mixq_diagnose (
      &(MixqObservation){
          .model = self->model,
          .settled = TRUE,
          .lambda = lambda,
          .penalty = config->penalty,
          .cost = cost,
          .flat_axis = config->cost == MIXQ_COST_MS && !mixq_ms_table_steers (&config->ms),
          .n_choices = config->n_choices,
          .choices = config->choices,
          .alpha = alpha,
          .bits = self->finished->bits,
          .pinned = relaxed ? pinned : NULL,
          .n_validation = self->inputs->n_item[MIXQ_PART_VAL],
          .n_judged = self->inputs->n_item[part],
          .float_accuracy = self->float_model->accuracy.part[part],
          .accuracy = self->finished->quantized.part[part],
          .health = self->finished->health,
          .lr = config->lr,
          .lr_alpha = config->lr_alpha,
      },
      self->diagnosis);
  for (guint i = 0; i < self->n_diagnoses; i++)
    g_ptr_array_add (self->warnings, mixq_diagnosis_dup_line (&self->diagnosis[i], self->model));
}
