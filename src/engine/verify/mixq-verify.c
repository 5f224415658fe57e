/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/mixq-verify.h"

#include <math.h>

#include "base/mixq-error.h"
#include "verify/mixq-verify-private.h"

#define START_SEED 1
#define SEEDS 20
#define ALIVE 0.01

static const struct
{
  const char *name, *claim;
  MixqVerifyFunc run;
} check_table[] = {
  { "forward", "every layer computes what its architecture defines", /* said more exactly of each one */
    mixq_verify_forward },
  { "fake-quantization",
    "Q^-1 (Q (x)) is s (round (clamp (z + x / s)) - z), and its backward is the straight-through one",
    mixq_verify_fake_quantization },
  { "alpha", "the logits of a slot are normalised by softmax, learned, and independent of other slots",
    mixq_verify_alpha },
  { "widths", "every slot can hold each width by itself while the others stay mixtures", mixq_verify_widths },
  { "bitops", "BitOPs are the sum of operations times bits", mixq_verify_bitops },
  { "lambda", "a larger lambda leads to no larger expected cost", mixq_verify_lambda },
};

void
mixq_verify_check_free (MixqVerifyCheck *self)
{
  g_free (self->evidence);
  g_array_unref (self->numbers);
  g_free (self);
}

static MixqVerifyCheck *
check_new (const char *name, const char *claim)
{
  MixqVerifyCheck *self = g_new0 (MixqVerifyCheck, 1);

  self->name = name;
  self->claim = claim;
  self->applies = TRUE;
  self->numbers = g_array_new (FALSE, FALSE, sizeof (MixqVerifyNumber));
  return self;
}

void
mixq_verify_add_number (MixqVerifyCheck *check, const char *name, double value)
{
  g_array_append_val (check->numbers, ((MixqVerifyNumber){ name, value }));
}

void
mixq_verify_not_for (MixqVerifyCheck *check, const MixqModel *model, const char *why)
{
  check->applies = check->passed = FALSE;
  check->evidence = g_strdup_printf ("does not apply to %s: %s", mixq_arch_name (model->spec.arch), why);
}

void
mixq_verify_parts_init (MixqVerifyParts *parts)
{
  *parts = (MixqVerifyParts){
    .kernels = mixq_kernels_get (),
    .update_probabilities = mixq_net_update_probabilities,
    .pin = mixq_net_pin,
    .count = mixq_cost_count,
    .lambda_factor = 1,
  };
}

MixqNet *
mixq_verify_net (MixqVerify *self, gboolean relaxed)
{
  static const guint8 choices[] = { 2, 4, 8 };
  MixqNet *net = mixq_net_new (self->model, self->inputs, relaxed ? G_N_ELEMENTS (choices) : 0, choices, NULL,
                               FALSE, NULL);

  net->kernels = self->parts.kernels;
  mixq_net_init_weights (net, self->seed);
  return net;
}

/* Whether some logit differs among the training items by more than a little: where a layer's columns are all dead, none does. */
static gboolean
is_alive (MixqVerify *self, gboolean relaxed)
{
  g_autoptr (MixqNet) net = mixq_verify_net (self, relaxed);
  const guint32 *item = self->inputs->item[MIXQ_PART_TRAIN];
  gsize d = self->model->n_classes, n = self->inputs->n_item[MIXQ_PART_TRAIN];
  double apart = 0, largest = 0;
  const float *logits;

  if (relaxed)
    mixq_net_calibrate (net);
  mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .all_rows = TRUE });
  logits = mixq_net_logits (net);
  for (gsize i = 0; i < n * d; i++) {
    double logit = (double) logits[item[i / d] * d + i % d];

    apart = fmax (apart, fabs (logit - (double) logits[item[0] * d + i % d]));
    largest = fmax (largest, fabs (logit));
  }
  return apart > ALIVE * largest;
}

/* The first of some seeds whose network says anything of the data, with and without quantizers; small ones may start dead. */
static guint64
find_seed (MixqVerify *self)
{
  for (self->seed = START_SEED; self->seed < START_SEED + SEEDS; self->seed++)
    if (is_alive (self, FALSE) && is_alive (self, TRUE))
      return self->seed;
  return START_SEED;
}

gboolean
mixq_verify_stopped (MixqVerify *self, GError **error)
{
  if (self->control == NULL || !g_cancellable_is_cancelled (self->control->cancellable))
    return FALSE;
  g_set_error_literal (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED, "verify: stopped");
  return TRUE;
}

GPtrArray *
mixq_verify_run_with (MixqInputs *inputs,
                      MixqModel *model,
                      const MixqVerifyParts *parts,
                      const MixqPhaseControl *control,
                      GError **error)
{
  MixqVerify self = { .inputs = inputs, .model = model, .parts = *parts, .control = control };
  g_autoptr (GPtrArray) checks = g_ptr_array_new_with_free_func ((GDestroyNotify) mixq_verify_check_free);

  self.seed = find_seed (&self);
  for (guint i = 0; i < G_N_ELEMENTS (check_table); i++) {
    MixqVerifyCheck *check = check_new (check_table[i].name, check_table[i].claim);

    g_ptr_array_add (checks, check);
    if (mixq_verify_stopped (&self, error) || !check_table[i].run (&self, check, error))
      return NULL;
    self.done++;
    if (control != NULL && control->progress != NULL)
      control->progress ("verify", self.done, G_N_ELEMENTS (check_table), &self.epoch, control->user_data);
  }
  return g_steal_pointer (&checks);
}

GPtrArray *
mixq_verify_run (MixqInputs *inputs, MixqModel *model, const MixqPhaseControl *control, GError **error)
{
  MixqVerifyParts parts;

  mixq_verify_parts_init (&parts);
  return mixq_verify_run_with (inputs, model, &parts, control, error);
}

gboolean
mixq_verify_passed (const GPtrArray *checks)
{
  for (guint i = 0; i < checks->len; i++) {
    const MixqVerifyCheck *check = g_ptr_array_index (checks, i);

    if (check->applies && !check->passed)
      return FALSE;
  }
  return TRUE;
}
