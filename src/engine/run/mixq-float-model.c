/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The float32 model: trained once for each data set, architecture and seed. */
#include <string.h>

#include "run/mixq-phase.h"

static MixqFloatModel *
float_model_new (MixqModel *model, MixqInputs *inputs, guint64 seed)
{
  MixqFloatModel *self = g_new0 (MixqFloatModel, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->model = mixq_model_ref (model);
  self->inputs = mixq_inputs_ref (inputs);
  self->seed = seed;
  self->probability = g_new0 (float, MAX (mixq_model_n_items (model) * model->n_classes, 1));
  self->prediction = g_new0 (guint16, MAX (mixq_model_n_items (model), 1));
  self->confidence = g_new0 (guint8, MAX (mixq_model_n_items (model), 1));
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
  MixqTrainerOptions options = { .seed = config->seed,
                                 .stream = "dropout-float",
                                 .lr = config->lr,
                                 .weight_decay = config->weight_decay,
                                 .plan = mixq_run_config_get_plan (config),
                                 .lr_every = config->lr_every,
                                 .lr_factor = config->lr_factor };
  g_autoptr (MixqTrainer) trainer = mixq_trainer_new (net, &options);
  gint64 start = g_get_monotonic_time ();
  gboolean ok;
  MixqBest best;

  mixq_net_init_weights (net, config->seed);
  mixq_best_init (&best, trainer, config->reference);
  ok = mixq_phase_train (trainer, "float32", config->epochs_float, &best, control, &self->epoch_ms, error);
  if (ok) {
    mixq_best_settle (&best, trainer);
    self->parameters = mixq_net_dup_parameters (net);
    mixq_trainer_predict (trainer, self->prediction, self->confidence, self->probability);
    self->accuracy = best.score;
    self->epoch = best.epoch;
    self->seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  }
  mixq_best_clear (&best);
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
  copy->parameters = mixq_parameters_copy (self->parameters, model);
  copy->probability = g_memdup2 (probability, mixq_model_n_items (model) * model->n_classes * sizeof (float));
  copy->prediction = g_memdup2 (self->prediction, mixq_model_n_items (model) * sizeof *self->prediction);
  copy->confidence = g_memdup2 (self->confidence, mixq_model_n_items (model));
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
  g_clear_pointer (&self->parameters, mixq_parameters_free);
  g_free (self->probability);
  g_free (self->prediction);
  g_free (self->confidence);
  mixq_inputs_unref (self->inputs);
  mixq_model_unref (self->model);
  g_free (self);
}
