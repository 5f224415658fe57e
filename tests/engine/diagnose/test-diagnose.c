/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults planted through the real engine: each is found, named, and found alone. */
#include <math.h>
#include <string.h>

#include "../net/toy.h"
#include "run/mixq-run-diagnose.h"

#define PATIENCE 60.0

typedef struct
{
  MixqDataset *dataset;
  MixqInputs *inputs;
  MixqModel *model;
  MixqRunConfig config;
} Setup;

static void
setup_model (Setup *self, const MixqModelSpec *spec)
{
  g_autoptr (GError) error = NULL;

  self->inputs = mixq_inputs_new (self->dataset);
  self->model = mixq_model_new (spec, self->dataset, &error);
  g_assert_no_error (error);
  mixq_run_config_init (&self->config);
}

static void
setup (Setup *self, const char *what, const char *split)
{
  g_autoptr (GError) error = NULL;

  self->dataset = mixq_dataset_load (what, NULL, NULL, &error);
  g_assert_no_error (error);
  if (split != NULL) {
    MixqDataset *other = mixq_dataset_with_split (self->dataset, split, &error);

    g_assert_no_error (error);
    mixq_dataset_unref (self->dataset);
    self->dataset = other;
  }
  setup_model (self, &(MixqModelSpec){ MIXQ_ARCH_GCN, 2, 32, 0.5 });
}

static void
teardown (Setup *self)
{
  mixq_model_unref (self->model);
  mixq_inputs_unref (self->inputs);
  mixq_dataset_unref (self->dataset);
}

static MixqRunResult *
run (Setup *self)
{
  g_autoptr (GError) error = NULL;
  MixqRunResult *result = mixq_run (self->model, self->inputs, &self->config, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return result;
}

/* Exactly this one, in the list and in the warnings. */
static const MixqDiagnosis *
assert_only (const MixqRunResult *result, MixqDiagnosisKind kind)
{
  for (guint i = 0; i < result->warnings->len; i++)
    g_test_message ("%s", (const char *) result->warnings->pdata[i]);
  g_assert_cmpuint (result->n_diagnoses, ==, 1);
  g_assert_cmpstr (mixq_diagnosis_name (result->diagnosis[0].kind), ==, mixq_diagnosis_name (kind));
  g_assert_cmpuint (result->warnings->len, ==, 1);
  return &result->diagnosis[0];
}

/* --- sampled ----------------------------------------------------------------------------------------------------------- */

/* After training on samples the evaluation keeps codes alone: what is gone is not judged, and the rest is. */
static void
test_sampled (void)
{
  for (int arch = MIXQ_ARCH_GCN; arch < MIXQ_N_ARCHS; arch++) {
    Setup self = { NULL };
    g_autoptr (MixqRunResult) result = NULL;
    MixqModelSpec spec;

    setup (&self, "karate", NULL);
    mixq_model_unref (self.model);
    mixq_inputs_unref (self.inputs);
    mixq_model_spec_for (&spec, (MixqArch) arch, MIXQ_TASK_NODES);
    spec.hidden = 8;
    setup_model (&self, &spec);
    self.config.sample = TRUE;
    self.config.batch = 4;
    self.config.epochs_float = self.config.epochs_search = self.config.epochs_qat = 3;
    result = run (&self);
    g_assert_cmpfloat (result->finished->agreement_codes, ==, 1);
    teardown (&self);
  }
}

/* --- healthy ----------------------------------------------------------------------------------------------------------- */

static void
test_healthy (void)
{
  static const double prices[] = { 0, 0.1, 0.5, 1, 5 };
  Setup s;

  setup (&s, "debian", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (prices); i++) {
    g_autoptr (MixqRunResult) result = NULL;

    s.config.lambda = prices[i];
    result = run (&s);
    for (guint w = 0; w < result->warnings->len; w++)
      g_test_message ("%g: %s", prices[i], (const char *) result->warnings->pdata[w]);
    g_assert_cmpuint (result->n_diagnoses, ==, 0);
    g_assert_cmpuint (result->warnings->len, ==, 0);
  }
  teardown (&s);
}

/* --- price and penalty -------------------------------------------------------------------------------------------------- */

static void
test_negative_price (void)
{
  g_autoptr (MixqRunResult) result = NULL;
  const MixqDiagnosis *d;
  Setup s;

  setup (&s, "debian", NULL);
  s.config.lambda = -1;
  result = run (&s);
  d = assert_only (result, MIXQ_DIAGNOSIS_REWARDED);
  g_assert_cmpint (d->remedy, ==, MIXQ_REMEDY_LAMBDA);
  g_assert_cmpfloat (d->value, ==, 0.5);
  g_assert_nonnull (strstr (result->warnings->pdata[0], "a price of -1 "));
  teardown (&s);
}

/* Nothing but a longer search than usual: without a price all ends at the widest. */
static void
test_small_price (void)
{
  g_autoptr (MixqRunResult) result = NULL;
  const MixqDiagnosis *d;
  Setup s;

  setup (&s, "debian", NULL);
  s.config.lambda = 1e-6;
  s.config.epochs_search = 250;
  result = run (&s);
  d = assert_only (result, MIXQ_DIAGNOSIS_CHEAP);
  g_assert_cmpint (d->remedy, ==, MIXQ_REMEDY_LAMBDA);
  g_assert_cmpfloat (d->value, ==, 0.5);
  teardown (&s);
}

static void
test_pinned (void)
{
  g_autoptr (MixqRunResult) result = NULL;
  const MixqDiagnosis *d;
  Setup s;

  setup (&s, "debian", NULL);
  memset (s.config.pinned, 8, s.model->n_slots);
  result = run (&s);
  d = assert_only (result, MIXQ_DIAGNOSIS_PINNED);
  g_assert_cmpint (d->remedy, ==, MIXQ_REMEDY_UNPIN);
  g_assert_cmpstr (s.model->slots[d->slot].name, ==, "conv1.input");
  teardown (&s);
}

/* The published penalty divides by 8192 twice: on a graph of some hundred nodes nothing is left of the price. */
static void
test_penalty (void)
{
  const ToySpec toy = { .seed = 1,
                        .nodes = 600,
                        .features = 60,
                        .classes = 6,
                        .hidden = 16,
                        .edges = 2400,
                        .homophilous = TRUE,
                        .dropout = 0.5 };
  g_autoptr (MixqRunResult) result = NULL;
  const MixqDiagnosis *d;
  Setup s;

  s.inputs = toy_inputs_new (&toy);
  s.dataset = mixq_dataset_ref (s.inputs->dataset);
  s.model = toy_model_new (&toy, s.inputs);
  mixq_run_config_init (&s.config);
  s.config.lambda = 0.2;
  s.config.penalty = MIXQ_PENALTY_REFERENCE;
  s.config.alpha_init = MIXQ_ALPHA_INIT_HIGH;
  result = run (&s);
  d = assert_only (result, MIXQ_DIAGNOSIS_PENALTY);
  g_assert_cmpint (d->remedy, ==, MIXQ_REMEDY_PENALTY);
  g_assert_cmpfloat (d->equivalent, <, 0.02);
  g_clear_pointer (&result, mixq_run_result_free);
  s.config.penalty = MIXQ_PENALTY_NORMALISED; /* the remedy */
  result = run (&s);
  g_assert_cmpuint (result->n_diagnoses, ==, 0);
  teardown (&s);
}

/* A high start and a search that ends on the way down. */
static void
test_argmax (void)
{
  g_autoptr (MixqRunResult) result = NULL;
  const MixqDiagnosis *d;
  Setup s;

  setup (&s, "debian", NULL);
  s.config.alpha_init = MIXQ_ALPHA_INIT_HIGH;
  s.config.lambda = 2;
  s.config.epochs_search = 12;
  result = run (&s);
  d = assert_only (result, MIXQ_DIAGNOSIS_ARGMAX);
  g_assert_cmpint (d->remedy, ==, MIXQ_REMEDY_LAMBDA);
  g_assert_cmpfloat (d->value, ==, 4);
  teardown (&s);
}

static void
test_undecided (void)
{
  g_autoptr (MixqRunResult) result = NULL;
  const MixqDiagnosis *d;
  Setup s;

  setup (&s, "debian", NULL);
  s.config.lr_alpha = 1e-4;
  result = run (&s);
  d = assert_only (result, MIXQ_DIAGNOSIS_UNDECIDED);
  g_assert_cmpuint (d->count, ==, 9);
  g_assert_cmpint (d->remedy, ==, MIXQ_REMEDY_ALPHA_RATE);
  teardown (&s);
}

/* A softmax so warm that no logit within its bound can win. */
static void
test_undecided_warm (void)
{
  g_autoptr (MixqRunResult) result = NULL;
  Setup s;

  setup (&s, "debian", NULL);
  s.config.temperature = 60;
  result = run (&s);
  assert_only (result, MIXQ_DIAGNOSIS_UNDECIDED);
  teardown (&s);
}

/* --- validation ---------------------------------------------------------------------------------------------------------- */

/* The data set with only the first @n of its validation nodes. */
static void
keep_validation (Setup *self, guint n)
{
  g_autofree guint8 *part = g_memdup2 (self->dataset->part, self->dataset->n_nodes);
  g_autoptr (GError) error = NULL;
  MixqDataset *other;

  for (gsize i = 0; i < self->dataset->n_nodes; i++)
    if (part[i] == MIXQ_PART_VAL && n-- == 0) {
      part[i] = MIXQ_PART_NONE;
      n = 0;
    }
  other = mixq_dataset_with_parts (self->dataset, part, &error);
  g_assert_no_error (error);
  mixq_dataset_unref (self->dataset);
  self->dataset = other;
  mixq_inputs_unref (self->inputs);
  self->inputs = mixq_inputs_new (other);
}

static void
test_small_validation (void)
{
  static const guint few[] = { 5, 12 }, enough = 100;
  Setup s;

  setup (&s, "debian", NULL);
  for (guint i = 0; i <= G_N_ELEMENTS (few); i++) {
    g_autoptr (MixqRunResult) result = NULL;
    const MixqDiagnosis *d;
    Setup t = { mixq_dataset_ref (s.dataset), mixq_inputs_ref (s.inputs), mixq_model_ref (s.model),
                s.config };

    keep_validation (&t, i < G_N_ELEMENTS (few) ? few[i] : enough);
    result = run (&t);
    if (i < G_N_ELEMENTS (few)) {
      d = assert_only (result, MIXQ_DIAGNOSIS_SMALL_VALIDATION);
      g_assert_cmpuint (d->count, ==, few[i]);
      g_assert_cmpint (d->remedy, ==, MIXQ_REMEDY_SPLIT);
    } else {
      g_assert_cmpuint (result->n_diagnoses, ==, 0);
    }
    teardown (&t);
  }
  teardown (&s);
}

static void
test_no_validation (void)
{
  g_autoptr (MixqRunResult) result = NULL;
  Setup s;

  setup (&s, "karate", NULL);
  result = run (&s);
  assert_only (result, MIXQ_DIAGNOSIS_NO_VALIDATION);
  teardown (&s);
}

/* --- accuracy ------------------------------------------------------------------------------------------------------------ */

typedef struct
{
  Setup setup;
  MixqFloatModel *float_model;
  MixqTrainer *trainer;
} Quantized;

static void
quantized_init (Quantized *self, guint8 width)
{
  g_autoptr (GError) error = NULL;
  MixqTrainerOptions options = { .stream = "dropout-qat", .lr = 0.01, .weight_decay = 2e-4 };
  guint8 bits[MIXQ_MAX_SLOTS];
  MixqEpoch epoch;
  MixqNet *net;

  setup (&self->setup, "debian", NULL);
  self->float_model = mixq_float_model_train (self->setup.model, self->setup.inputs, &self->setup.config,
                                              NULL, &error);
  g_assert_no_error (error);
  memset (bits, width, sizeof bits);
  net = mixq_net_new (self->setup.model, self->setup.inputs, 0, NULL, bits, FALSE, NULL);
  mixq_net_set_parameters (net, self->float_model->parameters);
  self->trainer = mixq_trainer_new (net, &options);
  for (guint i = 0; i < 20; i++)
    g_assert_true (mixq_trainer_step (self->trainer, 0, &epoch, &error));
}

static void
quantized_clear (Quantized *self)
{
  mixq_trainer_free (self->trainer);
  mixq_float_model_unref (self->float_model);
  teardown (&self->setup);
}

/* What the end of a run would say of this network. */
static guint
diagnose_net (Quantized *self, MixqDiagnosis *found)
{
  MixqNet *net = mixq_trainer_peek_net (self->trainer);
  g_autofree MixqSlotHealth *health = NULL;
  guint8 bits[MIXQ_MAX_SLOTS];

  mixq_trainer_evaluate (self->trainer, NULL);
  health = mixq_run_health_new (net, self->float_model);
  for (guint s = 0; s < net->n_slots; s++)
    bits[s] = mixq_net_selected (net, s);
  return mixq_diagnose (&(MixqObservation){ .model = net->model,
                                            .settled = TRUE,
                                            .bits = bits,
                                            .n_validation = net->inputs->n_item[MIXQ_PART_VAL],
                                            .n_judged = net->inputs->n_item[MIXQ_PART_VAL],
                                            .float_accuracy = self->float_model->accuracy.part[MIXQ_PART_VAL],
                                            .accuracy = mixq_net_part_accuracy (net, MIXQ_PART_VAL),
                                            .health = health },
                        found);
}

static void
scale_ranges (MixqNet *net, guint s, float factor)
{
  MixqQuantizer *q = &net->slots[s].quantizer[0];

  for (gsize i = 0; i < q->n; i++)
    mixq_quantizer_set (q, i, q->scale[i] * factor, q->zero[i]);
}

/* Every slot in turn gets ranges a thousand times too wide, then too narrow; it is the one that is named. */
static void
test_broken_ranges (void)
{
  MixqDiagnosis found[MIXQ_N_DIAGNOSES];
  Quantized self;
  MixqNet *net;

  quantized_init (&self, 8);
  net = mixq_trainer_peek_net (self.trainer);
  g_assert_cmpuint (diagnose_net (&self, found), ==, 0);
  for (guint s = 0; s < net->n_slots; s++)
    for (guint narrow = 0; narrow < 2; narrow++) {
      float factor = narrow ? 1e-3f : 1e3f;
      guint n;

      scale_ranges (net, s, factor);
      n = diagnose_net (&self, found);
      g_test_message ("%s x %g: %u found, accuracy %.3f", net->model->slots[s].name, (double) factor, n,
                      mixq_net_part_accuracy (net, MIXQ_PART_VAL));
      if (mixq_accuracy_dropped (self.float_model->accuracy.part[MIXQ_PART_VAL],
                                 mixq_net_part_accuracy (net, MIXQ_PART_VAL), 500)) {
        g_assert_cmpuint (n, ==, 1);
        g_assert_cmpint (found[0].slot, ==, s);
        g_assert_cmpstr (mixq_diagnosis_name (found[0].kind), ==, narrow ? "clipped" : "dead-range");
        g_assert_cmpfloat (found[0].percent, >, 50);
      } else {
        g_assert_cmpuint (n, ==, 0);
        g_assert_true (narrow); /* clipping all to signs may do little harm; zeros everywhere do */
      }
      scale_ranges (net, s, 1 / factor);
    }
  g_assert_cmpuint (diagnose_net (&self, found), ==, 0);
  quantized_clear (&self);
}

/* Two bits everywhere and no training to make up for it: sound ranges, too few codes. */
static void
test_coarse (void)
{
  g_autoptr (MixqRunResult) result = NULL;
  const MixqDiagnosis *d;
  Setup s;

  setup (&s, "debian", NULL);
  s.config.method = MIXQ_METHOD_FIXED;
  memset (s.config.fixed, 2, s.model->n_slots);
  s.config.epochs_qat = 1;
  result = run (&s);
  d = assert_only (result, MIXQ_DIAGNOSIS_COARSE);
  g_assert_cmpint (d->slot, >=, 0);
  g_assert_cmpuint (d->bits, ==, 2);
  g_assert_cmpfloat (d->points, >, 8);
  g_assert_cmpint (d->remedy, ==, MIXQ_REMEDY_NONE); /* widths were given: nobody searches here */
  teardown (&s);
}

/* Measuring and ablation leave values, predictions and what comes next as they were. */
static void
test_measuring_changes_nothing (void)
{
  g_autoptr (GError) error = NULL;
  Quantized a, b;
  MixqNet *net[2];
  MixqSlotHealth health[MIXQ_MAX_SLOTS] = { 0 };
  MixqEpoch epoch[2];

  quantized_init (&a, 4);
  quantized_init (&b, 4);
  net[0] = mixq_trainer_peek_net (a.trainer);
  net[1] = mixq_trainer_peek_net (b.trainer);
  for (guint i = 0; i < 5; i++) {
    mixq_slot_health_measure (net[0], health);
    mixq_slot_health_ablate (net[0], MIXQ_PART_VAL, health);
    g_assert_true (mixq_trainer_step (a.trainer, 0, &epoch[0], &error));
    g_assert_true (mixq_trainer_step (b.trainer, 0, &epoch[1], &error));
    g_assert_cmpfloat (epoch[0].loss, ==, epoch[1].loss);
  }
  g_assert_cmpmem (
      mixq_net_logits (net[0]), net[0]->model->n_nodes * net[0]->model->n_classes * sizeof (float),
      mixq_net_logits (net[1]), net[1]->model->n_nodes * net[1]->model->n_classes * sizeof (float));
  quantized_clear (&a);
  quantized_clear (&b);
}

/* --- a live search ----------------------------------------------------------------------------------------------------------- */

typedef gboolean (*Until) (const MixqSnapshot *snapshot);

static MixqSnapshot *
wait_for (MixqSession *session, Until until)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) (PATIENCE * 1e6);

  for (;;) {
    g_autoptr (MixqSnapshot) snapshot = mixq_session_take_snapshot (session);

    if (snapshot != NULL && until (snapshot))
      return g_steal_pointer (&snapshot);
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (2000);
  }
}

static MixqSession *
live (Setup *self, const MixqModelSpec *spec)
{
  g_autoptr (GError) error = NULL;
  MixqSession *session = mixq_session_new (self->dataset, spec, &self->config, 1, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return session;
}

static gboolean
has_failed (const MixqSnapshot *snapshot)
{
  return snapshot->phase == MIXQ_PHASE_FAILED;
}

static void
test_diverged (void)
{
  const MixqModelSpec deep = { MIXQ_ARCH_GCN, 8, 64, 0.5 };
  g_autoptr (MixqSession) session = NULL;
  g_autoptr (MixqSnapshot) snapshot = NULL;
  Setup s;

  setup (&s, "debian", NULL);
  s.config.lr = 100;
  session = live (&s, &deep);
  snapshot = wait_for (session, has_failed);
  g_assert_cmpuint (snapshot->n_diagnoses, ==, 1);
  g_assert_cmpint (snapshot->diagnosis[0].kind, ==, MIXQ_DIAGNOSIS_DIVERGED);
  g_assert_cmpint (snapshot->diagnosis[0].severity, ==, MIXQ_SEVERITY_ERROR);
  g_assert_cmpint (snapshot->diagnosis[0].remedy, ==, MIXQ_REMEDY_RATE);
  g_assert_cmpfloat (snapshot->diagnosis[0].value, ==, 0.01);
  teardown (&s);
}

static gboolean
has_finding (const MixqSnapshot *snapshot)
{
  return snapshot->n_diagnoses > 0;
}

static gboolean
has_none_for_long (const MixqSnapshot *snapshot)
{
  return snapshot->n_diagnoses == 0 && snapshot->step > 450;
}

/* Found while it happens, and gone with its cause. */
static void
test_live (void)
{
  const MixqModelSpec spec = { MIXQ_ARCH_GCN, 2, 16, 0.5 };
  g_autoptr (MixqSession) session = NULL;
  g_autoptr (MixqSnapshot) sick = NULL, well = NULL;
  Setup s;

  setup (&s, "debian", NULL);
  s.config.lambda = -1;
  session = live (&s, &spec);
  sick = wait_for (session, has_finding);
  g_assert_cmpuint (sick->n_diagnoses, ==, 1);
  g_assert_cmpint (sick->diagnosis[0].kind, ==, MIXQ_DIAGNOSIS_REWARDED);
  mixq_session_set_lambda (session, sick->diagnosis[0].value);
  well = wait_for (session, has_none_for_long);
  teardown (&s);
}

/* --- sentences ------------------------------------------------------------------------------------------------------------------ */

static const char *
shout (const char *text)
{
  return strstr (text, "Unpin") != NULL ? "{slot}! {slot}: {nonsense} {" : text;
}

static void
test_texts (void)
{
  Setup s;

  setup (&s, "debian", NULL);
  for (guint kind = 0; kind < MIXQ_N_DIAGNOSES; kind++) {
    const MixqDiagnosis d = {
      .kind = (MixqDiagnosisKind) kind, .slot = 1, .value = 0.5, .lambda = -1.5, .bits = 2
    };
    g_autofree char *line = mixq_diagnosis_dup_line (&d, s.model);
    g_autofree char *cause = mixq_diagnosis_dup_cause (&d, s.model, TRUE, NULL);

    g_test_message ("%s: %s", mixq_diagnosis_name (d.kind), line);
    g_assert_null (strpbrk (line, "{}"));
    g_assert_nonnull (strstr (line, "; "));
    g_assert_true (g_str_has_suffix (cause, "."));
    g_assert_null (strstr (cause, "conv1"));
  }
  {
    const MixqDiagnosis d = { .kind = MIXQ_DIAGNOSIS_PINNED, .slot = 1 };
    g_autofree char *text = mixq_diagnosis_dup_remedy (&d, s.model, FALSE, shout);

    g_assert_cmpstr (text, ==, "conv1.weight! conv1.weight: {nonsense} {");
  }
  teardown (&s);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/diagnose/sampled", test_sampled);
  g_test_add_func ("/engine/diagnose/healthy", test_healthy);
  g_test_add_func ("/engine/diagnose/negative-price", test_negative_price);
  g_test_add_func ("/engine/diagnose/small-price", test_small_price);
  g_test_add_func ("/engine/diagnose/pinned", test_pinned);
  g_test_add_func ("/engine/diagnose/penalty", test_penalty);
  g_test_add_func ("/engine/diagnose/argmax", test_argmax);
  g_test_add_func ("/engine/diagnose/undecided/rate", test_undecided);
  g_test_add_func ("/engine/diagnose/undecided/temperature", test_undecided_warm);
  g_test_add_func ("/engine/diagnose/validation/small", test_small_validation);
  g_test_add_func ("/engine/diagnose/validation/none", test_no_validation);
  g_test_add_func ("/engine/diagnose/accuracy/ranges", test_broken_ranges);
  g_test_add_func ("/engine/diagnose/accuracy/coarse", test_coarse);
  g_test_add_func ("/engine/diagnose/measuring-changes-nothing", test_measuring_changes_nothing);
  g_test_add_func ("/engine/diagnose/diverged", test_diverged);
  g_test_add_func ("/engine/diagnose/live", test_live);
  g_test_add_func ("/engine/diagnose/texts", test_texts);
  return g_test_run ();
}
