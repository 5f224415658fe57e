/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/mixq-trainer.h"

#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "net/mixq-protect.h"
#include "net/mixq-slot.h"
#include "train/mixq-task.h"

#define ADAM_BETA1 0.9f
#define ADAM_BETA2 0.999f
#define ADAM_EPS 1e-8f
/* Steps between two copies of the weights that a divergence falls back to. */
#define GOOD_STATE_EVERY 32
/* A mean cross-entropy that no training comes back from: guessing among C classes costs log C, at most about 10. */
#define DIVERGED_LOSS 1e6
#define PROBES 32
/* Scales stay within 2^+-100: their reciprocals and products are numbers. */
#define MAX_LOG_SCALE 69.3f

struct _MixqTrainer
{
  MixqNet *net;      /* owned */
  MixqPlan *plan;    /* owned */
  MixqInputs *whole; /* (owned) (nullable): what every step reads, where that is everything */
  float *
      logits; /* (owned) (nullable): of the last evaluation, where that was done in chunks or another order */
  gboolean out_of_order;     /* @logits are older than those of the net */
  GCancellable *cancellable; /* (nullable) (owned) */
  MixqTrainerOptions options;
  MixqRandom random;
  MixqRandom batches;
  MixqRandom protection; /* a stream of its own: protection leaves dropout alone */
  guint step;
  guint adam_t, alpha_t;
  gboolean prefix_valid;
  MixqWeightState *good;
  guint good_step;
  gboolean has_good;
  float *p;           /* n_slots x n_choices */
  double *grad_alpha; /* the same */
  guint n_choices;
  guint8 choices[MIXQ_MAX_CHOICES];
};

double
mixq_cross_entropy (const float *logits, gsize n, gsize label)
{
  float top = logits[0], sum = 0;

  for (gsize c = 1; c < n; c++)
    top = fmaxf (top, logits[c]);
  for (gsize c = 0; c < n; c++)
    sum += expf (logits[c] - top);
  return (double) (logf (sum) + top - logits[label]);
}

/* T after @step steps: geometrically from 1 to the last one, where it stays. */
static float
temperature_at (const MixqTrainerOptions *options, guint step)
{
  if (options->temperature <= 0 || options->temperature == 1)
    return 1;
  if (step >= options->anneal_steps)
    return (float) options->temperature;
  return (float) pow (options->temperature, (double) step / options->anneal_steps);
}

/* Scales and widths of single nodes are for the rows of all of the graph, so it is read whole, whatever memory that takes. */
static void
read_whole_for_nodes (const MixqNet *net, MixqPlanOptions *plan)
{
  for (guint s = 0; s < net->n_slots; s++)
    if (net->slots[s].n_choices > 0 && net->slots[s].quantizer[0].granularity == MIXQ_PER_ROW &&
        net->slots[s].info->role != MIXQ_SLOT_WEIGHT) {
      plan->sample = FALSE;
      plan->keep_order = TRUE;
      plan->memory_mib = INFINITY;
    }
}

MixqTrainer *
mixq_trainer_new (MixqNet *net, const MixqTrainerOptions *options)
{
  MixqTrainer *self = g_new0 (MixqTrainer, 1);

  self->net = net;
  self->options = *options;
  mixq_random_init (&self->random, options->seed, options->stream);
  mixq_random_init (&self->protection, options->seed, "protect");
  mixq_random_init (&self->batches, options->seed, "batches");
  read_whole_for_nodes (net, &self->options.plan);
  self->plan = mixq_plan_new (net->data, net->model, &self->options.plan);
  if (mixq_plan_get_kind (self->plan) == MIXQ_PLAN_WHOLE)
    self->whole = mixq_plan_batch (self->plan, 0);
  if (self->whole == NULL || self->whole->origin_item != NULL)
    self->logits = g_new0 (float, MAX (mixq_model_n_items (net->model) * net->model->n_classes, 1));
  self->good = mixq_weight_state_new (net);
  for (guint s = 0; s < net->n_slots; s++)
    if (net->slots[s].n_choices > self->n_choices) {
      self->n_choices = net->slots[s].n_choices;
      memcpy (self->choices, net->slots[s].bits, sizeof self->choices);
    }
  self->p = g_new0 (float, net->n_slots *MAX (self->n_choices, 1));
  self->grad_alpha = g_new0 (double, net->n_slots *MAX (self->n_choices, 1));
  if (temperature_at (options, 0) != 1)
    mixq_net_set_temperature (net, temperature_at (options, 0));
  return self;
}

void
mixq_trainer_free (MixqTrainer *self)
{
  mixq_weight_state_free (self->good);
  mixq_net_free (self->net);
  mixq_plan_free (self->plan);
  g_clear_pointer (&self->whole, mixq_inputs_unref);
  g_clear_object (&self->cancellable);
  g_free (self->logits);
  g_free (self->p);
  g_free (self->grad_alpha);
  g_free (self);
}

MixqNet *
mixq_trainer_peek_net (MixqTrainer *self)
{
  return self->net;
}

const MixqPlan *
mixq_trainer_peek_plan (MixqTrainer *self)
{
  return self->plan;
}

void
mixq_trainer_set_cancellable (MixqTrainer *self, GCancellable *cancellable)
{
  g_set_object (&self->cancellable, cancellable);
}

void
mixq_trainer_reset_alpha_moments (MixqTrainer *self)
{
  memset (self->net->alpha_m, 0, self->net->n_slots * MIXQ_MAX_CHOICES * sizeof (float));
  memset (self->net->alpha_v, 0, self->net->n_slots * MIXQ_MAX_CHOICES * sizeof (float));
  self->alpha_t = 0;
}

void
mixq_trainer_invalidate (MixqTrainer *self)
{
  self->prefix_valid = FALSE;
}

/* --- loss --------------------------------------------------------------------------------------------------------- */

/* The rows of the teacher that the present batch is about. */
static float *
teacher_of_batch (const MixqTrainer *self)
{
  const MixqInputs *in = self->net->inputs;
  gsize classes = in->n_classes;
  float *teacher = g_new (float, MAX (in->n_items * classes, 1));

  for (gsize i = 0; i < in->n_items; i++)
    memcpy (teacher + i * classes, self->options.teacher + (gsize) in->origin_item[i] * classes,
            classes * sizeof (float));
  return teacher;
}

/* Of the training pass, with the gradient on the logits. */
static double
training_loss (MixqTrainer *self)
{
  MixqNet *net = self->net;
  const MixqInputs *in = net->inputs;
  const float *logits = mixq_net_logits (net);
  float *grad = mixq_net_logits_grad (net);

  if (self->options.teacher == NULL)
    return in->n_item[MIXQ_PART_TRAIN] > 0 ? mixq_task_loss (in, MIXQ_PART_TRAIN, logits, grad) : 0;
  if (in->origin_item == NULL)
    return mixq_task_teacher_loss (in, self->options.teacher, logits, grad);
  {
    g_autofree float *teacher = teacher_of_batch (self);

    return mixq_task_teacher_loss (in, teacher, logits, grad);
  }
}

/* --- updates ------------------------------------------------------------------------------------------------------ */

static MixqAdam
adam_constants (double lr, double decay, guint t)
{
  return (MixqAdam){
    .beta1 = ADAM_BETA1,
    .beta2 = ADAM_BETA2,
    .eps = ADAM_EPS,
    .step = (float) (lr / (1 - pow ((double) ADAM_BETA1, t))),
    .v_correct = (float) (1 / (1 - pow ((double) ADAM_BETA2, t))),
    .decay = (float) decay,
  };
}

/* Published rule: scales and zero-points are parameters of the same Adam. */
static void
update_ranges (MixqTrainer *self, const MixqAdam *adam)
{
  MixqNet *net = self->net;

  for (guint s = 0; s < net->n_slots; s++)
    for (guint k = 0; k < net->slots[s].n_choices; k++) {
      MixqSlot *slot = &net->slots[s];
      MixqQuantizer *q = &slot->quantizer[k];

      net->kernels->adam (adam, q->n, q->scale, slot->range_grad[k], slot->range_m[k], slot->range_v[k]);
      net->kernels->adam (adam, q->n, q->zero, slot->range_grad[k] + q->n, slot->range_m[k] + q->n,
                          slot->range_v[k] + q->n);
      for (gsize i = 0; i < q->n; i++)
        q->inv[i] = 1.0f / q->scale[i];
    }
}

/*
 * Learned steps move in their logarithm: a step of Adam changes a scale by about its rate, whatever its size, and none
 * becomes negative. Decay has no meaning there. Only the choices that take part move, not those a pin left out.
 */
static void
update_step (const MixqTrainer *self, const MixqAdam *adam, MixqSlot *slot, guint k)
{
  MixqQuantizer *q = &slot->quantizer[k];
  g_autofree float *log_scale = g_new (float, q->n);

  for (gsize i = 0; i < q->n; i++)
    log_scale[i] = logf (q->scale[i]);
  self->net->kernels->adam (adam, q->n, log_scale, slot->range_grad[k], slot->range_m[k], slot->range_v[k]);
  for (gsize i = 0; i < q->n; i++)
    mixq_quantizer_set (q, i, expf (CLAMP (log_scale[i], -MAX_LOG_SCALE, MAX_LOG_SCALE)), q->zero[i]);
}

static void
update_steps (MixqTrainer *self, const MixqAdam *weights_adam)
{
  MixqNet *net = self->net;
  MixqAdam adam = *weights_adam;

  adam.decay = 0;
  for (guint s = 0; s < net->n_slots; s++) {
    MixqSlot *slot = &net->slots[s];

    mixq_slot_step_gradient (slot);
    for (guint a = 0; a < slot->n_active; a++)
      update_step (self, &adam, slot, slot->active[a]);
  }
}

static double
learning_rate (const MixqTrainer *self)
{
  guint times = self->options.lr_every > 0 ? self->step / self->options.lr_every : 0;

  return times > 0 ? self->options.lr * pow (self->options.lr_factor, times) : self->options.lr;
}

/* Backward also steps the weights: each while its gradient is still in the cache. */
static void
backward_and_step (MixqTrainer *self)
{
  MixqNet *net = self->net;
  MixqAdam adam = adam_constants (learning_rate (self), self->options.weight_decay, ++self->adam_t);

  net->adam = &adam;
  mixq_net_backward (net);
  net->adam = NULL;
  if (net->rules.learn_ranges)
    update_ranges (self, &adam);
  if (self->options.nodes.step > 0)
    mixq_net_learn_nodes (net, &self->options.nodes, self->adam_t);
  if (net->rules.learn_steps)
    update_steps (self, &adam);
}

static void
gather_probabilities (MixqTrainer *self)
{
  for (guint s = 0; s < self->net->n_slots; s++)
    memcpy (self->p + s * self->n_choices, self->net->slots[s].p, self->n_choices * sizeof (float));
}

/*
 * dL/d alpha_k = (p_k (<g, Q_k> - sum_j p_j <g, Q_j>) + lambda dP/d alpha_k) / T: method spec 4.1, 4.3, with @penalty the
 * derivative by alpha / T.
 */
static void
slot_alpha_gradient (const MixqSlot *slot, const double *penalty, double lambda, float *g)
{
  double mean = 0;

  for (guint a = 0; a < slot->n_active; a++)
    mean += (double) slot->p[slot->active[a]] * slot->dot[slot->active[a]];
  for (guint k = 0; k < slot->n_choices; k++)
    g[k] = (float) (lambda * penalty[k]);
  for (guint a = 0; a < slot->n_active; a++) {
    guint k = slot->active[a];
    g[k] += (float) ((double) slot->p[k] * (slot->dot[k] - mean));
  }
  for (guint k = 0; k < slot->n_choices; k++)
    g[k] /= slot->temperature;
}

/* Only differences of logits matter: centred, a bound of +-4 leaves every width within reach. */
static void
bound_logits (const MixqSlot *slot, float bound)
{
  float mean = 0;

  for (guint a = 0; a < slot->n_active; a++)
    mean += slot->alpha[slot->active[a]] / (float) slot->n_active;
  for (guint a = 0; a < slot->n_active; a++)
    slot->alpha[slot->active[a]] = CLAMP (slot->alpha[slot->active[a]] - mean, -bound, bound);
}

static double
update_alpha (MixqTrainer *self, double lambda)
{
  MixqNet *net = self->net;
  MixqAdam adam;
  double penalty;

  if (self->n_choices < 2)
    return 0;
  gather_probabilities (self);
  penalty = mixq_penalty_eval (self->options.penalty, net->model, self->options.cost, self->n_choices,
                               self->choices, self->p, self->grad_alpha);
  adam = adam_constants (self->options.lr_alpha, self->options.alpha_decay, ++self->alpha_t);
  for (guint s = 0; s < net->n_slots; s++) {
    MixqSlot *slot = &net->slots[s];
    gsize at = s * MIXQ_MAX_CHOICES;

    if (slot->n_active < 2)
      continue;
    slot_alpha_gradient (slot, self->grad_alpha + s * self->n_choices, lambda, net->alpha_g + at);
    net->kernels->adam (&adam, slot->n_choices, slot->alpha, net->alpha_g + at, net->alpha_m + at,
                        net->alpha_v + at);
    if (self->options.alpha_bound > 0)
      bound_logits (slot, self->options.alpha_bound);
  }
  mixq_net_set_temperature (net, temperature_at (&self->options, self->step + 1));
  return penalty;
}

/* --- evaluation --------------------------------------------------------------------------------------------------- */

static void
measure (MixqTrainer *self, MixqEpoch *epoch)
{
  const MixqInputs *in = self->whole != NULL ? self->whole : self->net->data;
  const float *logits = self->whole != NULL ? mixq_net_logits (self->net) : self->logits;

  epoch->step = self->step;
  epoch->accuracy[MIXQ_PART_NONE] = NAN;
  for (int part = MIXQ_PART_TRAIN; part <= MIXQ_PART_TEST; part++)
    epoch->accuracy[part] = mixq_task_score (in, part, logits);
}

static gboolean
wants_calibration (const MixqNet *net)
{
  for (guint s = 0; s < net->n_slots; s++)
    if (net->slots[s].calibrate)
      return TRUE;
  return FALSE;
}

static const MixqPass evaluation = { .training = FALSE, .all_rows = TRUE };

/* Chunk by chunk; ranges are taken from a batch that is spread over the training items, not from the first chunk. */
static void
evaluate_chunks (MixqTrainer *self)
{
  MixqNet *net = self->net;
  gsize classes = net->model->n_classes, at = 0;

  if (wants_calibration (net)) {
    mixq_net_bind (net, mixq_plan_calibration (self->plan), FALSE);
    mixq_net_forward (net, 0, net->model->n_units, evaluation);
  }
  for (guint i = 0; i < mixq_plan_n_chunks (self->plan) && !g_cancellable_is_cancelled (self->cancellable);
       i++) {
    MixqInputs *chunk = mixq_plan_chunk (self->plan, i);

    mixq_net_bind (net, chunk, FALSE);
    mixq_net_forward (net, 0, net->model->n_units, evaluation);
    memcpy (self->logits + at * classes, mixq_net_logits (net), chunk->n_items * classes * sizeof (float));
    at += chunk->n_items;
  }
}

/* Logits of items in another order, as the data set numbers them. */
static void
put_in_order (MixqTrainer *self)
{
  gsize classes = self->net->model->n_classes;
  const float *logits = mixq_net_logits (self->net);

  for (gsize i = 0; i < self->whole->n_items; i++)
    memcpy (self->logits + (gsize) self->whole->origin_item[i] * classes, logits + i * classes,
            classes * sizeof (float));
}

static void
evaluate_whole (MixqTrainer *self)
{
  mixq_net_bind (self->net, self->whole, TRUE);
  mixq_net_forward (self->net, 0, self->net->model->n_units, evaluation);
  self->out_of_order = self->logits != NULL;
}

void
mixq_trainer_evaluate (MixqTrainer *self, MixqEpoch *epoch)
{
  if (self->whole != NULL)
    evaluate_whole (self);
  else
    evaluate_chunks (self);
  self->prefix_valid = TRUE;
  if (epoch != NULL)
    measure (self, epoch);
}

const float *
mixq_trainer_peek_logits (MixqTrainer *self)
{
  if (self->out_of_order)
    put_in_order (self);
  self->out_of_order = FALSE;
  return self->logits != NULL ? self->logits : mixq_net_logits (self->net);
}

double
mixq_trainer_part_loss (MixqTrainer *self, MixqPart part)
{
  return mixq_task_loss (self->net->data, part, mixq_trainer_peek_logits (self), NULL);
}

void
mixq_trainer_predict (MixqTrainer *self, guint16 *prediction, guint8 *confidence, float *probability)
{
  mixq_task_predict (self->net->data, mixq_trainer_peek_logits (self), prediction, confidence, probability);
}

/* --- the step ----------------------------------------------------------------------------------------------------- */

/* x - x is 0 for a number and NaN for NaN and the infinities; many sums side by side, so that none waits for another. */
static gboolean
are_numbers (const float *x, gsize n)
{
  float probe[PROBES] = { 0 }, sum = 0;
  gsize i = 0;

  for (; i + PROBES <= n; i += PROBES)
    for (guint lane = 0; lane < PROBES; lane++)
      probe[lane] += x[i + lane] - x[i + lane];
  for (; i < n; i++)
    sum += x[i] - x[i];
  for (guint lane = 0; lane < PROBES; lane++)
    sum += probe[lane];
  return sum == 0;
}

/* Quantizing and ReLU hide what is no number from the loss, so the weights are looked at themselves. */
static gboolean
weights_are_numbers (const MixqNet *net)
{
  for (guint u = 0; u < net->model->n_units; u++)
    for (guint k = 0; k < net->weights[u].n_copies; k++)
      if (!are_numbers (net->weights[u].w[k], net->weights[u].rows * net->weights[u].cols))
        return FALSE;
  for (guint u = 0; u < net->model->n_units; u++)
    if (!are_numbers (net->vectors[u].w, net->vectors[u].n) ||
        !are_numbers (net->vectors[u].state, net->vectors[u].n_state))
      return FALSE;
  for (guint s = 0; s < net->n_slots && net->rules.learn_steps; s++)
    for (guint k = 0; k < net->slots[s].n_choices; k++)
      if (!are_numbers (net->slots[s].quantizer[k].scale, net->slots[s].quantizer[k].n))
        return FALSE;
  return are_numbers (net->alpha, net->n_slots * MIXQ_MAX_CHOICES);
}

/* Adam's memory of what went wrong must not spoil the state that is put back. */
static void
forget_moments (MixqTrainer *self)
{
  MixqNet *net = self->net;

  for (guint u = 0; u < net->model->n_units; u++) {
    gsize n = net->weights[u].rows * net->weights[u].cols, n_vector = net->vectors[u].n;

    for (guint k = 0; k < net->weights[u].n_copies; k++) {
      memset (net->weights[u].m[k], 0, n * sizeof (float));
      memset (net->weights[u].v[k], 0, n * sizeof (float));
    }
    if (n_vector == 0)
      continue;
    memset (net->vectors[u].m, 0, n_vector * sizeof (float));
    memset (net->vectors[u].v, 0, n_vector * sizeof (float));
  }
  for (guint s = 0; s < net->n_slots; s++)
    for (guint k = 0; k < net->slots[s].n_choices && net->slots[s].range_m[k] != NULL; k++) {
      memset (net->slots[s].range_m[k], 0, 2 * net->slots[s].quantizer[k].n * sizeof (float));
      memset (net->slots[s].range_v[k], 0, 2 * net->slots[s].quantizer[k].n * sizeof (float));
    }
  self->adam_t = 0;
  mixq_trainer_reset_alpha_moments (self);
}

static gboolean
fall_back (MixqTrainer *self, double loss, GError **error)
{
  MixqNet *net = self->net;

  if (self->has_good)
    mixq_weight_state_restore (self->good, net);
  if (!are_numbers (net->alpha, net->n_slots * MIXQ_MAX_CHOICES)) {
    memset (net->alpha, 0, net->n_slots * MIXQ_MAX_CHOICES * sizeof (float));
    mixq_net_update_probabilities (net);
  }
  forget_moments (self);
  mixq_trainer_evaluate (self, NULL);
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_NUMERIC,
               "training diverged at step %u: %s; the state of step %u is kept: try a lower learning rate",
               self->step + 1,
               !isfinite (loss)       ? "the loss is not a number"
               : loss < DIVERGED_LOSS ? "a weight is not a number"
                                      : "the loss has no bounds any more",
               self->good_step);
  return FALSE;
}

/* Ranges on trained weights go stale: one slot in turn takes fresh ones with the next forward (method spec 13.10). */
static void
recalibrate_in_turn (MixqTrainer *self)
{
  MixqNet *net = self->net;

  if (net->rules.learn_steps || mixq_ranges_follow (net->rules.ranges)) /* those move by themselves */
    return;
  if (self->options.recalibrate == 0 || self->step % self->options.recalibrate != 0 || net->n_slots == 0)
    return;
  {
    guint s = (self->step / self->options.recalibrate) % net->n_slots;
    MixqSlot *slot = &net->slots[s];

    if (mixq_model_slot_changes (net->model, s))
      slot->calibrate = slot->n_active > 0;
  }
}

static void
keep_good_state (MixqTrainer *self)
{
  if (self->step % GOOD_STATE_EVERY != 0 || !weights_are_numbers (self->net))
    return;
  mixq_weight_state_save (self->good, self->net);
  self->good_step = self->step;
  self->has_good = TRUE;
}

/* One update from what the net is bound to, behind the first @from units, which the evaluation before has done. */
static gboolean
update (MixqTrainer *self, double lambda, guint from, gboolean all_rows, MixqEpoch *epoch, GError **error)
{
  MixqNet *net = self->net;

  net->dropout_key = mixq_random_next (&self->random);
  if (net->rules.protect_nodes)
    mixq_protect_draw (net, &self->protection);
  mixq_net_forward (net, from, net->model->n_units, (MixqPass){ .training = TRUE, .all_rows = all_rows });
  epoch->loss = training_loss (self);
  if (!(epoch->loss < DIVERGED_LOSS)) /* true for NaN, too */
    return fall_back (self, epoch->loss, error);
  keep_good_state (self);
  backward_and_step (self);
  epoch->penalty = update_alpha (self, lambda);
  if (!weights_are_numbers (net))
    return fall_back (self, epoch->loss, error);
  mixq_net_follow_ranges (net);
  return TRUE;
}

static gboolean
update_whole (MixqTrainer *self, double lambda, MixqEpoch *epoch, GError **error)
{
  MixqNet *net = self->net;
  gboolean calibrating = self->options.calibrate_in_training && wants_calibration (net);

  mixq_net_bind (net, self->whole, TRUE);
  if (!self->prefix_valid && !self->options.calibrate_in_training)
    mixq_trainer_evaluate (self, NULL); /* also calibrates, without dropout, layer after layer */
  /* protected rows differ from those of the evaluation before, so nothing is shared with it */
  return update (self, lambda, self->prefix_valid && !net->rules.protect_nodes ? net->n_prefix : 0,
                 calibrating || !self->prefix_valid, epoch, error);
}

static gboolean
is_cancelled (const MixqTrainer *self, GError **error)
{
  if (!g_cancellable_is_cancelled (self->cancellable))
    return FALSE;
  g_set_error_literal (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED, "training: stopped");
  return TRUE;
}

/* The epoch's loss is the mean over its batches' items. */
static gboolean
update_batches (MixqTrainer *self, double lambda, MixqEpoch *epoch, GError **error)
{
  guint n = mixq_plan_begin_epoch (self->plan, &self->batches);
  double loss = 0;
  gsize items = 0;

  if (wants_calibration (self->net) && !self->options.calibrate_in_training)
    mixq_trainer_evaluate (self, NULL);
  for (guint i = 0; i < n; i++) {
    g_autoptr (MixqInputs) batch = mixq_plan_batch (self->plan, i);

    if (is_cancelled (self, error))
      return FALSE;
    mixq_net_bind (self->net, batch, TRUE);
    if (!update (self, lambda, 0, FALSE, epoch, error))
      return FALSE;
    loss += epoch->loss * (double) batch->n_item[MIXQ_PART_TRAIN];
    items += batch->n_item[MIXQ_PART_TRAIN];
  }
  epoch->loss = items > 0 ? loss / (double) items : 0;
  return TRUE;
}

gboolean
mixq_trainer_step (MixqTrainer *self, double lambda, MixqEpoch *epoch, GError **error)
{
  if (!(self->whole != NULL ? update_whole : update_batches) (self, lambda, epoch, error))
    return FALSE;
  self->step++;
  recalibrate_in_turn (self);
  mixq_trainer_evaluate (self, epoch);
  return TRUE;
}
