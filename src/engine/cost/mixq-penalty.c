/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cost/mixq-penalty.h"

#include <math.h>

#include "base/mixq-names.h"

#define BITS_PER_KIB 8192.0 /* 8 x 1024 */

static const char *const penalty_names[] = {
  [MIXQ_PENALTY_NORMALISED] = "normalised",
  [MIXQ_PENALTY_PAPER] = "paper",
  [MIXQ_PENALTY_REFERENCE] = "reference",
};

const char *
mixq_penalty_name (MixqPenalty penalty)
{
  g_return_val_if_fail ((guint) penalty < G_N_ELEMENTS (penalty_names), "");
  return penalty_names[penalty];
}

gboolean
mixq_penalty_parse (const char *text, MixqPenalty *penalty, GError **error)
{
  guint value;

  if (!mixq_names_parse ("penalty", penalty_names, G_N_ELEMENTS (penalty_names), text, &value, error))
    return FALSE;
  *penalty = (MixqPenalty) value;
  return TRUE;
}

/* Columns of what the layer of @slot reads: the published code charges them, times nodes, for its adjacency. */
static gsize
layer_input_cols (const MixqModel *model, const MixqSlotInfo *slot)
{
  guint first = slot->unit;

  while (first > 0 && model->units[first - 1].layer == slot->layer)
    first--;
  return model->units[first].in_cols;
}

/* The published penalties are linear: KiB, or elements of one expected bit, of @slot. */
static double
size_weight (MixqPenalty kind, const MixqModel *model, const MixqSlotInfo *slot)
{
  if (kind == MIXQ_PENALTY_PAPER)
    return (double) slot->elements / BITS_PER_KIB;
  if (slot->role == MIXQ_SLOT_ADJACENCY)
    return (double) model->n_nodes * (double) layer_input_cols (model, slot) / (BITS_PER_KIB * BITS_PER_KIB);
  return (double) slot->elements / (BITS_PER_KIB * BITS_PER_KIB);
}

double
mixq_penalty_eval_bits (MixqPenalty kind,
                        const MixqModel *model,
                        const MixqCostModel *cost,
                        const double *expected_bits,
                        double *gradient)
{
  double penalty = 0;

  if (kind == MIXQ_PENALTY_NORMALISED) {
    g_return_val_if_fail (cost != NULL, 0);
    return mixq_cost_model_eval (cost, expected_bits, gradient);
  }
  for (guint i = 0; i < model->n_slots; i++) {
    double weight = size_weight (kind, model, &model->slots[i]);

    penalty += weight * expected_bits[i];
    if (gradient != NULL)
      gradient[i] = weight;
  }
  return penalty;
}

double
mixq_penalty_eval (MixqPenalty kind,
                   const MixqModel *model,
                   const MixqCostModel *cost,
                   guint n_choices,
                   const guint8 *choices,
                   const float *p,
                   double *grad_alpha)
{
  g_autofree double *expected = g_new0 (double, model->n_slots);
  g_autofree double *gradient = g_new0 (double, model->n_slots);
  double penalty;

  for (guint i = 0; i < model->n_slots; i++)
    for (guint k = 0; k < n_choices; k++)
      expected[i] += (double) p[i * n_choices + k] * choices[k];
  penalty = mixq_penalty_eval_bits (kind, model, cost, expected, gradient);
  for (guint i = 0; grad_alpha != NULL && i < model->n_slots; i++)
    for (guint k = 0; k < n_choices; k++)
      grad_alpha[i * n_choices + k] = gradient[i] * (double) p[i * n_choices + k] *
                                      (choices[k] - expected[i]);
  return penalty;
}

static double
force_at_start (MixqPenalty kind,
                const MixqModel *model,
                const MixqCostModel *cost,
                guint n_choices,
                const guint8 *choices)
{
  g_autofree double *expected = g_new (double, model->n_slots);
  g_autofree double *gradient = g_new (double, model->n_slots);
  double mean = 0, force = 0;

  for (guint k = 0; k < n_choices; k++)
    mean += (double) choices[k] / n_choices;
  for (guint i = 0; i < model->n_slots; i++)
    expected[i] = mean;
  mixq_penalty_eval_bits (kind, model, cost, expected, gradient);
  for (guint i = 0; i < model->n_slots; i++)
    force += fabs (gradient[i]);
  return force;
}

double
mixq_penalty_paper_equivalent (MixqPenalty kind,
                               const MixqModel *model,
                               const MixqCostModel *cost,
                               guint n_choices,
                               const guint8 *choices,
                               double lambda)
{
  if (kind == MIXQ_PENALTY_REFERENCE)
    return lambda;
  return lambda * force_at_start (kind, model, cost, n_choices, choices) /
         force_at_start (MIXQ_PENALTY_REFERENCE, model, NULL, n_choices, choices);
}
