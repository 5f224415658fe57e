/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The live search as the diagnoses see it. */
#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "run/mixq-ms-table.h"
#include "run/mixq-run-diagnose.h"
#include "run/mixq-session-private.h"

#define LOOK_INTERVAL 0.5   /* seconds */
#define ABLATE_INTERVAL 2.0 /* seconds: n_slots + 1 evaluations are some steps' worth of work */
/* One step in twenty: fresh ranges and a moved price shake single steps, a card is for what lasts. */
#define SMOOTHING 0.05
/* Logits move by lr_alpha a step at most: after 300 steps at one price a sound search was seen to have decided. */
#define SETTLED_STEPS 300

static double
now (void)
{
  return (double) g_get_monotonic_time () / 1e6;
}

void
mixq_watch_step (MixqWatch *self, const MixqEpoch *epoch, const MixqInputs *inputs, gboolean steered)
{
  MixqPart part = mixq_judging_part (inputs);

  if (epoch->step <= 1)
    self->accuracy = self->float_model->accuracy.part[part];
  self->accuracy += SMOOTHING * (epoch->accuracy[part] - self->accuracy);
  if (steered)
    self->command_step = epoch->step;
}

static gboolean
has_dropped (const MixqWatch *self, const MixqInputs *inputs)
{
  MixqPart part = mixq_judging_part (inputs);

  return mixq_accuracy_dropped (self->float_model->accuracy.part[part], self->accuracy, inputs->n_item[part]);
}

static void
measure_health (MixqWatch *self, MixqTrainer *trainer)
{
  MixqNet *net = mixq_trainer_peek_net (trainer);
  double time = now ();

  if (self->health == NULL)
    self->health = g_new0 (MixqSlotHealth, MAX (net->n_slots, 1));
  mixq_slot_health_measure (net, self->health);
  if (time - self->ablated < ABLATE_INTERVAL)
    return;
  mixq_slot_health_ablate (net, mixq_judging_part (net->inputs), self->health);
  self->ablated = now ();
}

static void
observe (MixqWatch *self, MixqSession *session, const MixqSnapshot *snapshot, gboolean resting)
{
  const MixqRunConfig *config = &session->config;
  MixqPart part = mixq_judging_part (session->inputs);
  gboolean dropped = has_dropped (self, session->inputs);

  self->n_found = mixq_diagnose (
      &(MixqObservation){
          .model = session->model,
          .settled = resting || snapshot->step >= self->command_step + SETTLED_STEPS,
          .lambda = snapshot->lambda,
          .penalty = config->penalty,
          .cost = session->cost_model,
          .flat_axis = config->cost == MIXQ_COST_MS && !mixq_ms_table_steers (&config->ms),
          .n_choices = snapshot->n_choices,
          .choices = snapshot->choices,
          .alpha = snapshot->alpha,
          .bits = snapshot->bits,
          .pinned = snapshot->pinned,
          .n_validation = session->inputs->n_item[MIXQ_PART_VAL],
          .n_judged = session->inputs->n_item[part],
          .float_accuracy = self->float_model->accuracy.part[part],
          .accuracy = self->accuracy,
          .health = dropped ? self->health : NULL,
          .lr = config->lr,
          .lr_alpha = config->lr_alpha,
      },
      self->found);
}

void
mixq_watch_look (MixqWatch *self,
                 MixqSession *session,
                 MixqTrainer *trainer,
                 MixqSnapshot *snapshot,
                 gboolean resting)
{
  if (snapshot->step > 0 && (resting || now () - self->looked >= LOOK_INTERVAL)) {
    if (has_dropped (self, session->inputs))
      measure_health (self, trainer);
    observe (self, session, snapshot, resting);
    self->looked = now ();
  }
  snapshot->n_diagnoses = self->n_found;
  memcpy (snapshot->diagnosis, self->found, sizeof self->found);
}

void
mixq_watch_failure (MixqSession *session, const GError *error, MixqSnapshot *snapshot)
{
  if (!g_error_matches (error, MIXQ_ERROR, MIXQ_ERROR_NUMERIC))
    return;
  snapshot->n_diagnoses = mixq_diagnose (
      &(MixqObservation){
          .model = session->model,
          .lambda = snapshot->lambda,
          .lr = session->config.lr,
          .float_accuracy = NAN,
          .accuracy = NAN,
          .diverged = TRUE,
      },
      snapshot->diagnosis);
}
