/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From widths to integers: QAT, freezing, and the proof that integers and simulation agree. */
#include <math.h>
#include <string.h>

#include "base/mixq-clock.h"
#include "run/mixq-inference.h"
#include "run/mixq-phase.h"
#include "run/mixq-run-diagnose.h"
#include "train/mixq-task.h"

#define INFERENCE_REPEATS 5

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

static MixqTrainer *
qat_trainer_new (const MixqFloatModel *float_model,
                 const MixqRunConfig *config,
                 const guint8 *bits,
                 const char *stream,
                 double width_rate)
{
  gboolean distilled = config->distill == MIXQ_DISTILL_TRANSDUCTIVE;
  MixqNetRules rules = mixq_phase_rules (config, &reference_qat_rules);
  MixqNet *net = mixq_net_new (float_model->model, float_model->inputs, 0, NULL, bits, distilled, &rules);
  MixqTrainerOptions options = {
    .seed = config->seed,
    .stream = stream,
    .lr = config->lr_qat,
    .weight_decay = config->weight_decay_qat,
    .calibrate_in_training = config->reference,
    .teacher = distilled ? float_model->probability : NULL,
    .plan = mixq_run_config_get_plan (config),
    .lr_every = config->lr_every,
    .lr_factor = config->lr_factor,
  };

  if (rules.per_node)
    options.nodes = (MixqNodeRates){ NODE_STEP_RATE, width_rate, NODE_MEMORY };
  mixq_net_set_parameters (net, float_model->parameters);
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

  if (!mixq_phase_train (trainer, "widths", config->epochs_search, NULL, control, &epoch_ms, error))
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

/* Integers beside the simulated model, on every code and every prediction. */
static gboolean
prove_integers (MixqFinished *self, MixqInputs *inputs, GCancellable *cancellable, GError **error)
{
  g_autoptr (MixqInference) proof = mixq_infer (self->frozen, inputs, MIXQ_ENGINE_INTEGER, TRUE,
                                                INFERENCE_REPEATS, cancellable, error);

  if (proof == NULL)
    return FALSE;
  mixq_task_predict_double (inputs, proof->logits, self->prediction, self->confidence);
  mixq_accuracies_of_logits (inputs, proof->logits, &self->integer);
  mixq_accuracies_of_logits (inputs, proof->simulated, &self->quantized);
  self->val_loss = mixq_task_loss_double (inputs, MIXQ_PART_VAL, proof->logits);
  self->agreement_codes = proof->n_codes > 0 ? (double) proof->n_equal / (double) proof->n_codes : 1;
  self->agreement_predictions = mixq_task_agreement_double (inputs, proof->logits, proof->simulated);
  self->integer_seconds = proof->seconds;
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
  self->n_items = mixq_model_n_items (float_model->model);
  self->prediction = g_new0 (guint16, MAX (self->n_items, 1));
  self->confidence = g_new0 (guint8, MAX (self->n_items, 1));
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
  MixqBest best;

  if (config->reference && config->method == MIXQ_METHOD_RELAXED)
    swap_as_published (float_model->model, self->bits);
  trainer = qat_trainer_new (float_model, config, self->bits, "dropout-qat", 0);
  if (mixq_scheme_traits (config->scheme)->per_node &&
      !learn_node_widths (float_model, config, self->bits, control, mixq_trainer_peek_net (trainer), error))
    return NULL;
  mixq_best_init (&best, trainer, config->reference);
  if (!config->reference) {
    mixq_trainer_evaluate (trainer, &figures); /* calibrates; the start itself is a candidate */
    mixq_best_consider (&best, trainer, &figures);
  }
  ok = mixq_phase_train (trainer, "qat", config->epochs_qat, &best, control, &self->epoch_ms, error);
  if (ok) {
    mixq_best_settle (&best, trainer);
    self->epoch = best.epoch;
    self->health = mixq_run_health_new (mixq_trainer_peek_net (trainer), float_model);
    if (config->reference) {
      mixq_trainer_predict (trainer, self->prediction, self->confidence, NULL);
      memcpy (self->prediction, best.prediction, self->n_items * sizeof *self->prediction);
      self->quantized = best.score;
    } else {
      self->frozen = mixq_net_freeze (mixq_trainer_peek_net (trainer), error);
      g_clear_pointer (&trainer,
                       mixq_trainer_free); /* its buffers are not needed beside those of inference */
      ok = self->frozen != NULL &&
           prove_integers (self, float_model->inputs, control != NULL ? control->cancellable : NULL, error);
    }
    self->seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  }
  mixq_best_clear (&best);
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
