/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/mixq-verify.h"

#include "base/mixq-error.h"
#include "verify/mixq-verify-private.h"

#define START_SEED 1

static const struct
{
  const char *name, *claim;
  MixqVerifyFunc run;
} check_table[] = {
  { "forward",
    "every layer computes A (X W) with the symmetrically normalised adjacency, self loops of weight 2",
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
  self->numbers = g_array_new (FALSE, FALSE, sizeof (MixqVerifyNumber));
  return self;
}

void
mixq_verify_add_number (MixqVerifyCheck *check, const char *name, double value)
{
  g_array_append_val (check->numbers, ((MixqVerifyNumber){ name, value }));
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
  mixq_net_init_weights (net, START_SEED);
  return net;
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
  for (guint i = 0; i < checks->len; i++)
    if (!((const MixqVerifyCheck *) g_ptr_array_index (checks, i))->passed)
      return FALSE;
  return TRUE;
}
