/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/mixq-phase.h"

#include <math.h>
#include <string.h>

#include "base/mixq-clock.h"
#include "base/mixq-error.h"
#include "train/mixq-task.h"

MixqNetRules
mixq_phase_rules (const MixqRunConfig *config, const MixqNetRules *published)
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

double
mixq_phase_median (double *value, guint n)
{
  qsort (value, n, sizeof *value, compare_doubles);
  return n > 0 ? value[n / 2] : 0;
}

void
mixq_accuracies_of_logits (const MixqInputs *inputs, const double *logits, MixqAccuracies *accuracy)
{
  accuracy->part[MIXQ_PART_NONE] = NAN;
  for (int part = MIXQ_PART_TRAIN; part <= MIXQ_PART_TEST; part++)
    accuracy->part[part] = mixq_task_score_double (inputs, part, logits);
}

/* --- one phase: epochs, timing, the best state --------------------------------------------------------------------- */

void
mixq_best_init (MixqBest *self, MixqTrainer *trainer, gboolean first_best)
{
  MixqNet *net = mixq_trainer_peek_net (trainer);

  *self = (MixqBest){ .first_best = first_best, .accuracy = -1 };
  self->state = mixq_weight_state_new (net);
  self->prediction = g_new0 (guint16, MAX (mixq_model_n_items (net->model), 1));
}

void
mixq_best_clear (MixqBest *self)
{
  mixq_weight_state_free (self->state);
  g_free (self->prediction);
}

void
mixq_best_consider (MixqBest *self, MixqTrainer *trainer, const MixqEpoch *epoch)
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
  memcpy (self->score.part, epoch->accuracy, sizeof self->score.part);
  mixq_weight_state_save (self->state, mixq_trainer_peek_net (trainer));
  mixq_trainer_predict (trainer, self->prediction, NULL, NULL);
}

void
mixq_best_settle (MixqBest *self, MixqTrainer *trainer)
{
  if (!self->first_best)
    mixq_weight_state_restore (self->state, mixq_trainer_peek_net (trainer));
  mixq_trainer_evaluate (trainer, NULL);
}

gboolean
mixq_phase_check_cancelled (const MixqPhaseControl *control, const char *phase, GError **error)
{
  if (control == NULL || !g_cancellable_is_cancelled (control->cancellable))
    return TRUE;
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED, "%s: stopped", phase);
  return FALSE;
}

gboolean
mixq_phase_train (MixqTrainer *trainer,
                  const char *phase,
                  guint epochs,
                  MixqBest *best,
                  const MixqPhaseControl *control,
                  double *epoch_ms,
                  GError **error)
{
  g_autofree double *ms = g_new (double, MAX (epochs, 1));
  MixqEpoch figures = { 0 };

  mixq_trainer_set_cancellable (trainer, control != NULL ? control->cancellable : NULL);
  for (guint epoch = 0; epoch < epochs; epoch++) {
    double start = mixq_clock_ms ();

    if (!mixq_phase_check_cancelled (control, phase, error) ||
        !mixq_trainer_step (trainer, 0, &figures, error))
      return FALSE;
    if (best != NULL)
      mixq_best_consider (best, trainer, &figures);
    ms[epoch] = mixq_clock_ms () - start;
    if (control != NULL && control->progress != NULL)
      control->progress (phase, epoch + 1, epochs, &figures, control->user_data);
  }
  *epoch_ms = mixq_phase_median (ms, epochs);
  return TRUE;
}
