/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trainer: Adam step by step, the same bits from the same seed on any thread, and divergence that costs nothing. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../net/toy.h"
#include "base/mixq-error.h"
#include "train/mixq-trainer.h"

static const guint8 choices[] = { 2, 4, 8 };

typedef enum {
  FLOAT,
  SEARCH,
  QAT,
} Phase;

static MixqNet *
new_net (const ToySpec *spec, Phase phase, const MixqNetRules *rules)
{
  const guint8 fixed[] = { 4, 4, 4, 4, 4, 4, 4, 4, 4 };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (spec);
  g_autoptr (MixqModel) model = toy_model_new (spec, inputs);
  MixqNet *net = mixq_net_new (model, inputs, phase == SEARCH ? 3 : 0, choices, phase == QAT ? fixed : NULL,
                               FALSE, rules);

  mixq_net_init_weights (net, spec->seed);
  return net;
}

static MixqTrainer *
new_trainer (const ToySpec *spec, Phase phase, MixqTrainerOptions options)
{
  options.stream = "test";
  return mixq_trainer_new (new_net (spec, phase, NULL), &options);
}

static void
step (MixqTrainer *trainer, double lambda, MixqEpoch *epoch)
{
  g_autoptr (GError) error = NULL;

  if (!mixq_trainer_step (trainer, lambda, epoch, &error))
    g_test_message ("%s", error->message);
  g_assert_no_error (error);
}

/* --- Adam ---------------------------------------------------------------------------------------------------------- */

/* One parameter's Adam in double, framework defaults, coupled decay. */
typedef struct
{
  double w, m, v;
} Parameter;

static void
adam (Parameter *p, double g, double lr, double decay, guint t)
{
  g += decay * p->w;
  p->m = 0.9 * p->m + 0.1 * g;
  p->v = 0.999 * p->v + 0.001 * g * g;
  p->w -= lr * (p->m / (1 - pow (0.9, t))) / (sqrt (p->v / (1 - pow (0.999, t))) + 1e-8);
}

/* Float moments against double ones: a relative 1e-5 a step of what lr moves. */
#define ADAM_TOLERANCE 2e-6

static void
test_adam (void)
{
  const ToySpec spec = { .seed = 1, .dropout = 0.5 };
  const double lr = 0.02, decay = 0.1;
  g_autoptr (MixqTrainer) trainer = new_trainer (
      &spec, FLOAT, (MixqTrainerOptions){ .seed = 1, .lr = lr, .weight_decay = decay });
  MixqNet *net = mixq_trainer_peek_net (trainer);
  const MixqWeight *weight = &net->weights[0];
  gsize n = weight->rows * weight->cols;
  g_autofree Parameter *p = g_new0 (Parameter, n);

  for (gsize i = 0; i < n; i++)
    p[i].w = (double) weight->w[0][i];
  for (guint t = 1; t <= 5; t++) {
    MixqEpoch epoch;

    step (trainer, 0, &epoch);
    g_assert_cmpuint (epoch.step, ==, t);
    for (gsize i = 0; i < n; i++) {
      adam (&p[i], (double) weight->g[0][i], lr, decay, t);
      g_assert_cmpfloat (fabs ((double) weight->w[0][i] - p[i].w), <, ADAM_TOLERANCE);
    }
  }
}

/* The logits have a rate of their own and no decay; forgetting their moments starts the bias correction again. */
static void
test_adam_of_logits (void)
{
  const ToySpec spec = { .seed = 2 };
  const double lr = 0.05;
  g_autoptr (MixqTrainer) trainer = new_trainer (
      &spec, SEARCH,
      (MixqTrainerOptions){
          .seed = 2, .lr = 0.01, .weight_decay = 0.3, .lr_alpha = lr, .penalty = MIXQ_PENALTY_PAPER });
  MixqNet *net = mixq_trainer_peek_net (trainer);
  Parameter p[9][3] = { 0 };

  for (guint t = 1, since = 1; t <= 8; t++, since++) {
    MixqEpoch epoch;

    if (t == 5) {
      mixq_trainer_reset_alpha_moments (trainer);
      since = 1;
      for (guint s = 0; s < 9; s++)
        for (guint k = 0; k < 3; k++)
          p[s][k].m = p[s][k].v = 0;
    }
    step (trainer, 0.01, &epoch);
    g_assert_cmpfloat (epoch.penalty, >, 0);
    for (guint s = 0; s < 9; s++)
      for (guint k = 0; k < 3; k++) {
        adam (&p[s][k], (double) net->alpha_g[s * MIXQ_MAX_CHOICES + k], lr, 0, since);
        g_assert_cmpfloat (fabs ((double) net->slots[s].alpha[k] - p[s][k].w), <, 10 * ADAM_TOLERANCE);
      }
  }
}

/* Bounded logits stay centred and within the bound whatever pulls; a pinned slot's do not move at all. */
static void
test_bounds (void)
{
  const ToySpec spec = { .seed = 3 };
  g_autoptr (MixqTrainer) trainer = new_trainer (
      &spec, SEARCH,
      (MixqTrainerOptions){
          .seed = 3, .lr = 0.01, .lr_alpha = 0.5, .alpha_bound = 4, .penalty = MIXQ_PENALTY_PAPER });
  MixqNet *net = mixq_trainer_peek_net (trainer);
  MixqEpoch epoch;

  mixq_net_pin (net, 3, 4);
  for (guint i = 0; i < 200; i++)
    step (trainer, 1e6, &epoch);
  for (guint s = 0; s < 9; s++) {
    const MixqSlot *slot = &net->slots[s];

    for (guint k = 0; k < 3; k++)
      g_assert_cmpfloat (fabsf (slot->alpha[k]), <=, s == 3 ? 0 : 4);
    g_assert_cmpuint (mixq_net_selected (net, s), ==, s == 3 ? 4 : 2);
    if (s != 3)
      g_assert_cmpfloat (slot->p[2], >, 1e-5f); /* the widest stays within reach */
  }
}

/* T goes geometrically from 1 to its end, stays there, and p is softmax (alpha / T) after each step. */
static void
test_temperature (void)
{
  const ToySpec spec = { .seed = 3 };
  g_autoptr (MixqTrainer) trainer = new_trainer (&spec, SEARCH,
                                                 (MixqTrainerOptions){ .seed = 3,
                                                                       .lr = 0.01,
                                                                       .lr_alpha = 0.2,
                                                                       .temperature = 0.25,
                                                                       .anneal_steps = 4,
                                                                       .penalty = MIXQ_PENALTY_PAPER });
  MixqNet *net = mixq_trainer_peek_net (trainer);
  const float expected[] = { 0.70710678f, 0.5f, 0.35355339f, 0.25f, 0.25f, 0.25f };

  g_assert_cmpfloat (net->slots[0].temperature, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    const MixqSlot *slot = &net->slots[5];
    MixqEpoch epoch;
    double sum = 0;

    step (trainer, 0.01, &epoch);
    g_assert_cmpfloat (fabsf (slot->temperature - expected[i]), <, 1e-6f);
    for (guint k = 0; k < 3; k++)
      sum += exp ((double) slot->alpha[k] / (double) expected[i]);
    for (guint k = 0; k < 3; k++)
      g_assert_cmpfloat (
          fabs (exp ((double) slot->alpha[k] / (double) expected[i]) / sum - (double) slot->p[k]), <, 1e-5);
  }
}

/* --- learned steps -------------------------------------------------------------------------------------------------- */

/* Adam on the logarithm of each scale, without decay; zero-points stay; what a pin leaves out rests. */
static void
test_adam_of_steps (void)
{
  const ToySpec spec = { .seed = 4, .dropout = 0.5 };
  const double lr = 0.02;
  MixqNet *net = new_net (&spec, SEARCH, &(MixqNetRules){ .learn_steps = TRUE });
  g_autoptr (MixqTrainer)
      trainer = mixq_trainer_new (net, &(MixqTrainerOptions){ .seed = 4,
                                                              .stream = "test",
                                                              .lr = lr,
                                                              .weight_decay = 0.3,
                                                              .recalibrate = 1,
                                                              .penalty = MIXQ_PENALTY_PAPER });
  Parameter p[9][3][8] = { 0 };
  float rested[9];
  guint moved = 0;

  mixq_net_pin (net, 2, 4);
  mixq_trainer_evaluate (trainer, NULL);
  for (guint s = 0; s < 9; s++) {
    rested[s] = net->slots[s].quantizer[0].scale[0];
    for (guint k = 0; k < 3; k++)
      for (gsize i = 0; i < net->slots[s].quantizer[k].n; i++)
        p[s][k][i].w = log ((double) net->slots[s].quantizer[k].scale[i]);
  }
  for (guint t = 1; t <= 6; t++) {
    MixqEpoch epoch;

    step (trainer, 0, &epoch);
    for (guint s = 0; s < 9; s++)
      for (guint a = 0; a < net->slots[s].n_active; a++) {
        guint k = net->slots[s].active[a];
        const MixqQuantizer *q = &net->slots[s].quantizer[k];

        for (gsize i = 0; i < q->n; i++) {
          adam (&p[s][k][i], (double) net->slots[s].range_grad[k][i], lr, 0, t);
          g_assert_cmpfloat (fabs (log ((double) q->scale[i]) - p[s][k][i].w), <, 20 * ADAM_TOLERANCE);
          g_assert_true (q->zero[i] == nearbyintf (q->zero[i]) && q->inv[i] == 1.0f / q->scale[i]);
        }
      }
  }
  for (guint s = 0; s < 9; s++)
    moved += net->slots[s].quantizer[0].scale[0] != rested[s];
  g_assert_true (moved > 5 && net->slots[2].quantizer[0].scale[0] == rested[2]);
}

/* Steps are part of the state that is saved and put back. */
static void
test_steps_are_state (void)
{
  const ToySpec spec = { .seed = 5 };
  MixqNet *net = new_net (&spec, QAT, &(MixqNetRules){ .learn_steps = TRUE });
  g_autoptr (MixqTrainer)
      trainer = mixq_trainer_new (net, &(MixqTrainerOptions){ .seed = 5, .stream = "test", .lr = 0.05 });
  g_autoptr (MixqWeightState) state = mixq_weight_state_new (net);
  MixqEpoch epoch, again;
  float scale[9];

  step (trainer, 0, &epoch);
  mixq_weight_state_save (state, net);
  mixq_trainer_evaluate (trainer, &epoch);
  for (guint s = 0; s < 9; s++)
    scale[s] = net->slots[s].quantizer[0].scale[0];
  for (guint i = 0; i < 5; i++)
    step (trainer, 0, &again);
  for (guint s = 0; s < 9; s++)
    g_assert_cmpfloat (net->slots[s].quantizer[0].scale[0], !=, scale[s]);
  mixq_weight_state_restore (state, net);
  mixq_trainer_evaluate (trainer, &again);
  for (guint s = 0; s < 9; s++)
    g_assert_true (net->slots[s].quantizer[0].scale[0] == scale[s] &&
                   net->slots[s].quantizer[0].inv[0] == 1.0f / scale[s]);
  g_assert_cmpmem (&again.accuracy[1], 3 * sizeof (double), &epoch.accuracy[1], 3 * sizeof (double));
}

/* --- the same bits --------------------------------------------------------------------------------------------------- */

typedef struct
{
  guint64 seed;
  Phase phase;
  GByteArray *state; /* weights, logits, ranges, losses */
} Job;

static gpointer
work (gpointer data)
{
  Job *job = data;
  const ToySpec spec = { .seed = job->seed, .dropout = 0.5, .nodes = 40, .hidden = 20, .layers = 2 };
  g_autoptr (MixqTrainer) trainer = new_trainer (&spec, job->phase,
                                                 (MixqTrainerOptions){ .seed = job->seed,
                                                                       .lr = 0.01,
                                                                       .lr_alpha = 0.05,
                                                                       .weight_decay = 2e-4,
                                                                       .alpha_bound = 4,
                                                                       .recalibrate = 3,
                                                                       .penalty = MIXQ_PENALTY_PAPER });
  MixqNet *net = mixq_trainer_peek_net (trainer);

  job->state = g_byte_array_new ();
  for (guint i = 0; i < 40; i++) {
    MixqEpoch epoch;

    step (trainer, 1e-3, &epoch);
    g_byte_array_append (job->state, (const guint8 *) &epoch.loss, sizeof epoch.loss);
    g_byte_array_append (job->state, (const guint8 *) &epoch.penalty, sizeof epoch.penalty);
  }
  for (guint u = 0; u < net->model->n_units; u++)
    g_byte_array_append (job->state, (const guint8 *) net->weights[u].w[0],
                         (guint) (net->weights[u].rows * net->weights[u].cols * sizeof (float)));
  g_byte_array_append (job->state, (const guint8 *) net->alpha, 9 * MIXQ_MAX_CHOICES * sizeof (float));
  for (guint s = 0; s < 9; s++)
    for (guint k = 0; k < net->slots[s].n_choices; k++)
      g_byte_array_append (job->state, (const guint8 *) net->slots[s].quantizer[k].scale,
                           (guint) (net->slots[s].quantizer[k].n * sizeof (float)));
  return NULL;
}

static gboolean
same (const Job *a, const Job *b)
{
  return a->state->len == b->state->len && memcmp (a->state->data, b->state->data, a->state->len) == 0;
}

/* Serial, again, and two at once: one seed, one result; another seed, another. */
static void
test_same_bits (gconstpointer data)
{
  Phase phase = (Phase) GPOINTER_TO_INT (data);
  Job first = { .seed = 7, .phase = phase }, again = first, other = { .seed = 8, .phase = phase };
  Job beside[2] = { first, other };
  GThread *thread[2];

  work (&first);
  work (&again);
  work (&other);
  for (guint i = 0; i < 2; i++)
    thread[i] = g_thread_new ("trainer", work, &beside[i]);
  for (guint i = 0; i < 2; i++)
    g_thread_join (thread[i]);
  g_assert_true (same (&first, &again));
  g_assert_true (same (&first, &beside[0]));
  g_assert_true (same (&other, &beside[1]));
  g_assert_false (same (&first, &other));
  g_byte_array_unref (first.state);
  g_byte_array_unref (again.state);
  g_byte_array_unref (other.state);
  g_byte_array_unref (beside[0].state);
  g_byte_array_unref (beside[1].state);
}

/* --- divergence ------------------------------------------------------------------------------------------------------- */

static gboolean
all_finite (const float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!isfinite (x[i]))
      return FALSE;
  return TRUE;
}

/* After an error: numbers everywhere, predictions for all, and an accuracy. */
static void
assert_usable (MixqTrainer *trainer)
{
  MixqNet *net = mixq_trainer_peek_net (trainer);
  gsize n = net->model->n_nodes;
  g_autofree guint16 *prediction = g_new (guint16, n);
  MixqEpoch epoch;

  for (guint u = 0; u < net->model->n_units; u++)
    g_assert_true (all_finite (net->weights[u].w[0], net->weights[u].rows * net->weights[u].cols));
  for (guint s = 0; s < net->n_slots; s++)
    g_assert_true (all_finite (net->slots[s].p, MIXQ_MAX_CHOICES));
  mixq_trainer_evaluate (trainer, &epoch);
  g_assert_true (all_finite (mixq_net_logits (net), n * net->model->n_classes));
  g_assert_true (isfinite (epoch.accuracy[MIXQ_PART_TRAIN]));
  g_assert_true (isfinite (mixq_trainer_part_loss (trainer, MIXQ_PART_TRAIN)));
  mixq_trainer_predict (trainer, prediction, NULL, NULL);
}

static void
assert_clear_message (const GError *error)
{
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_NUMERIC);
  g_assert_nonnull (strstr (error->message, "training diverged at step "));
  g_assert_nonnull (strstr (error->message, "lower learning rate"));
  g_assert_null (strchr (error->message, '\n'));
}

/* Steps until an error, which is handed back; NULL if there is none. */
static GError *
run_until_error (MixqTrainer *trainer, guint at_most)
{
  GError *error = NULL;
  MixqEpoch epoch;

  for (guint i = 0; i < at_most && mixq_trainer_step (trainer, 1, &epoch, &error); i++)
    ;
  return error;
}

/* Rates far too large. Some nets die quietly (every ReLU shut, every code clipped: a small loss, whatever the weights); the
 * others must say so; all must stay usable. Nothing bounds a float32 loss beyond 1e10. */
static void
test_divergence (gconstpointer data)
{
  Phase phase = (Phase) GPOINTER_TO_INT (data);
  const double rates[] = { 100, 1e3, 1e10, 1e20, 1e30, 1e38 };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    const ToySpec spec = { .seed = 4, .dropout = 0.5 };
    g_autoptr (MixqTrainer) trainer = new_trainer (&spec, phase,
                                                   (MixqTrainerOptions){ .seed = 4,
                                                                         .lr = rates[i],
                                                                         .lr_alpha = 0.05,
                                                                         .alpha_bound = 4,
                                                                         .recalibrate = 5,
                                                                         .penalty = MIXQ_PENALTY_PAPER });
    g_autoptr (GError) error = run_until_error (trainer, 200);

    if (error != NULL)
      assert_clear_message (error);
    if (phase == FLOAT && rates[i] >= 1e10)
      g_assert_nonnull (error);
    assert_usable (trainer);
  }
}

/* One weight turns into NaN: quantizing would hide it (it takes the lowest code), the trainer must not. */
static void
test_not_a_number (gconstpointer data)
{
  Phase phase = (Phase) GPOINTER_TO_INT (data);

  for (guint where = 0; where < 2; where++) {
    const ToySpec spec = { .seed = 5, .dropout = 0.5 };
    g_autoptr (MixqTrainer) trainer = new_trainer (
        &spec, phase, (MixqTrainerOptions){ .seed = 5, .lr = 0.01, .penalty = MIXQ_PENALTY_PAPER });
    MixqNet *net = mixq_trainer_peek_net (trainer);
    guint unit = where == 0 ? 0 : net->model->n_units - 2;
    g_autoptr (GError) error = NULL;
    MixqEpoch epoch;

    for (guint i = 0; i < 3; i++)
      step (trainer, 0, &epoch);
    net->weights[unit].w[0][3] = NAN;
    mixq_trainer_invalidate (trainer);
    error = run_until_error (trainer, 1);
    assert_clear_message (error);
    assert_usable (trainer);
    for (guint i = 0; i < 50; i++)
      step (trainer, 0, &epoch); /* and it goes on from there */
    assert_usable (trainer);
  }
}

/* A price that is no number spoils the logits, not the model. */
static void
test_bad_lambda (void)
{
  const ToySpec spec = { .seed = 5 };
  g_autoptr (MixqTrainer) trainer = new_trainer (
      &spec, SEARCH,
      (MixqTrainerOptions){
          .seed = 5, .lr = 0.01, .lr_alpha = 0.05, .alpha_bound = 4, .penalty = MIXQ_PENALTY_PAPER });
  g_autoptr (GError) error = NULL;
  MixqEpoch epoch;

  step (trainer, 1, &epoch);
  g_assert_false (mixq_trainer_step (trainer, (double) NAN, &epoch, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_NUMERIC);
  assert_usable (trainer);
  step (trainer, 1, &epoch);
  assert_usable (trainer);
}

/* The state that is put back is one that was there: the weights after the step that the message names. */
static void
test_good_state (void)
{
  const ToySpec spec = { .seed = 6 };
  const MixqTrainerOptions options = { .seed = 6, .lr = 0.01 };
  g_autoptr (MixqTrainer) trainer = new_trainer (&spec, FLOAT, options);
  MixqNet *net = mixq_trainer_peek_net (trainer);
  gsize n = net->weights[0].rows * net->weights[0].cols;
  g_autoptr (GPtrArray) history = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  MixqEpoch epoch;
  guint kept;

  for (guint i = 0; i < 70; i++) {
    g_ptr_array_add (history, g_memdup2 (net->weights[0].w[0], n * sizeof (float)));
    step (trainer, 0, &epoch);
  }
  net->weights[0].w[0][0] = NAN;
  mixq_trainer_invalidate (trainer);
  g_assert_false (mixq_trainer_step (trainer, 0, &epoch, &error));
  g_assert_cmpint (sscanf (strstr (error->message, "the state of step "), "the state of step %u", &kept), ==,
                   1);
  g_assert_cmpuint (kept, <=, 70);
  g_assert_cmpuint (kept, >, 30);
  g_assert_cmpmem (net->weights[0].w[0], n * sizeof (float), g_ptr_array_index (history, kept),
                   n * sizeof (float));
}

/* --- losses and evaluation ------------------------------------------------------------------------------------------------ */

static void
test_cross_entropy (void)
{
  const float logits[] = { 1, 2, 3 }, far[] = { 0, 300, -300 };

  g_assert_cmpfloat_with_epsilon (mixq_cross_entropy (logits, 3, 2), log (1 + exp (-1) + exp (-2)), 1e-6);
  g_assert_cmpfloat_with_epsilon (mixq_cross_entropy (logits, 3, 0), 2 + log (1 + exp (-1) + exp (-2)), 1e-6);
  g_assert_cmpfloat_with_epsilon (mixq_cross_entropy (far, 3, 2), 600, 1e-3);
  g_assert_cmpfloat_with_epsilon (mixq_cross_entropy (far, 3, 1), 0, 1e-6);
  g_assert_cmpfloat (mixq_cross_entropy (logits, 1, 0), ==, 0);
}

/* The shared first part changes nothing: training after an evaluation equals training that computes everything anew. */
static void
test_shared_prefix (void)
{
  const ToySpec spec = { .seed = 9, .dropout = 0.5, .layers = 3 };
  const MixqTrainerOptions options = {
    .seed = 9, .lr = 0.01, .lr_alpha = 0.05, .alpha_bound = 4, .penalty = MIXQ_PENALTY_PAPER
  };
  g_autoptr (MixqTrainer) shared = new_trainer (&spec, SEARCH, options);
  g_autoptr (MixqTrainer) anew = new_trainer (&spec, SEARCH, options);

  for (guint i = 0; i < 20; i++) {
    MixqEpoch a, b;

    mixq_trainer_invalidate (anew);
    step (shared, 0.01, &a);
    step (anew, 0.01, &b);
    g_assert_cmpfloat (a.loss, ==, b.loss);
    g_assert_cmpfloat (a.penalty, ==, b.penalty);
    for (int part = MIXQ_PART_TRAIN; part <= MIXQ_PART_TEST; part++)
      g_assert_cmpfloat (a.accuracy[part], ==, b.accuracy[part]);
  }
}

/* Published rule: ranges come from the first training pass, dropout and all, over every row. */
static void
test_first_pass_calibrates (void)
{
  const ToySpec spec = { .seed = 11, .dropout = 0.5, .nodes = 30 };
  MixqNet *net = new_net (&spec, SEARCH, &toy_rules_reference_search);
  g_autoptr (MixqTrainer) trainer = mixq_trainer_new (
      net,
      &(MixqTrainerOptions){
          .seed = 11, .stream = "test", .calibrate_in_training = TRUE, .penalty = MIXQ_PENALTY_REFERENCE });
  gsize n = net->model->n_nodes;
  MixqEpoch epoch;

  step (trainer, 0, &epoch); /* rates of 0: the ranges are as that pass left them */
  mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .training = TRUE, .all_rows = TRUE });
  for (guint u = 0; u < net->model->n_units; u++) {
    const MixqUnit *unit = &net->model->units[u];
    const MixqQuantizer *q = unit->slot_output >= 0 ? &net->slots[unit->slot_output].quantizer[1] : NULL;

    for (gsize c = 0; q != NULL && c < unit->out_cols; c++) {
      float low = 0, high = 0;

      for (gsize r = 0; r < n; r++) {
        low = fminf (low, net->pre[unit->output][r * unit->out_cols + c]);
        high = fmaxf (high, net->pre[unit->output][r * unit->out_cols + c]);
      }
      g_assert_cmpfloat (q->scale[c], ==, (high - low) / 15 + 1e-16f);
    }
  }
}

/* Fresh ranges come to one slot at a time, and never to features and edges, which do not change. */
static void
test_recalibration (void)
{
  const ToySpec spec = { .seed = 10 };
  g_autoptr (MixqTrainer)
      trainer = new_trainer (&spec, QAT, (MixqTrainerOptions){ .seed = 10, .lr = 0.05, .recalibrate = 2 });
  MixqNet *net = mixq_trainer_peek_net (trainer);
  float before[9];
  guint changes[9] = { 0 };
  MixqEpoch epoch;

  mixq_trainer_evaluate (trainer, NULL);
  for (guint i = 0; i < 36; i++) {
    guint changed = 0;

    for (guint s = 0; s < 9; s++)
      before[s] = net->slots[s].quantizer[0].scale[0];
    step (trainer, 0, &epoch);
    for (guint s = 0; s < 9; s++)
      if (net->slots[s].quantizer[0].scale[0] != before[s]) {
        changed++;
        changes[s]++;
      }
    g_assert_cmpuint (changed, <=, i % 2);
  }
  for (guint s = 0; s < 9; s++) {
    MixqSlotRole role = net->slots[s].info->role;
    gboolean constant = role == MIXQ_SLOT_INPUT || role == MIXQ_SLOT_ADJACENCY;

    g_assert_cmpint (changes[s] == 0, ==, constant);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/train/temperature", test_temperature);
  g_test_add_func ("/engine/train/adam-of-steps", test_adam_of_steps);
  g_test_add_func ("/engine/train/steps-are-state", test_steps_are_state);
  g_test_add_func ("/engine/train/adam/weights", test_adam);
  g_test_add_func ("/engine/train/adam/logits", test_adam_of_logits);
  g_test_add_func ("/engine/train/bounds", test_bounds);
  g_test_add_data_func ("/engine/train/same-bits/float", GINT_TO_POINTER (FLOAT), test_same_bits);
  g_test_add_data_func ("/engine/train/same-bits/search", GINT_TO_POINTER (SEARCH), test_same_bits);
  g_test_add_data_func ("/engine/train/same-bits/qat", GINT_TO_POINTER (QAT), test_same_bits);
  g_test_add_data_func ("/engine/train/divergence/float", GINT_TO_POINTER (FLOAT), test_divergence);
  g_test_add_data_func ("/engine/train/divergence/search", GINT_TO_POINTER (SEARCH), test_divergence);
  g_test_add_data_func ("/engine/train/divergence/qat", GINT_TO_POINTER (QAT), test_divergence);
  g_test_add_data_func ("/engine/train/not-a-number/float", GINT_TO_POINTER (FLOAT), test_not_a_number);
  g_test_add_data_func ("/engine/train/not-a-number/search", GINT_TO_POINTER (SEARCH), test_not_a_number);
  g_test_add_data_func ("/engine/train/not-a-number/qat", GINT_TO_POINTER (QAT), test_not_a_number);
  g_test_add_func ("/engine/train/bad-lambda", test_bad_lambda);
  g_test_add_func ("/engine/train/good-state", test_good_state);
  g_test_add_func ("/engine/train/cross-entropy", test_cross_entropy);
  g_test_add_func ("/engine/train/shared-prefix", test_shared_prefix);
  g_test_add_func ("/engine/train/first-pass-calibrates", test_first_pass_calibrates);
  g_test_add_func ("/engine/train/recalibration", test_recalibration);
  return g_test_run ();
}
