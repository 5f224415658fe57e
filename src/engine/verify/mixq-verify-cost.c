/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lambda's pull on the cost. */
#include <math.h>

#include "verify/mixq-verify-private.h"

#define FLOAT_EPOCHS 20
#define SEARCH_EPOCHS 40
/* Neighbouring lambdas may land on costs that differ by training noise; the ends must differ by more than that. */
#define NOISE 0.002
#define PULL 0.02

static const double lambdas[] = { -10, 0, 0.5, 10 };
static const char *const cost_names[] = { "cost_at_-10", "cost_at_0", "cost_at_0.5", "cost_at_10" };

static double
expected_cost (const MixqNet *net, const MixqCostModel *cost)
{
  g_autofree double *expected = g_new0 (double, net->n_slots);

  for (guint s = 0; s < net->n_slots; s++)
    for (guint k = 0; k < net->slots[s].n_choices; k++)
      expected[s] += (double) net->slots[s].p[k] * net->slots[s].bits[k];
  return mixq_cost_model_eval (cost, expected, NULL);
}

static gboolean
search_at (MixqVerify *self,
           const MixqFloatModel *start,
           const MixqRunConfig *config,
           double lambda,
           double *cost_reached,
           GError **error)
{
  g_autoptr (MixqCostModel) cost = mixq_cost_model_new (self->model, MIXQ_COST_BITOPS, NULL);
  g_autoptr (MixqTrainer) trainer = mixq_search_trainer_new (start, config, cost);

  mixq_trainer_peek_net (trainer)->kernels = self->parts.kernels;
  for (guint i = 0; i < SEARCH_EPOCHS; i++)
    if (mixq_verify_stopped (self, error) ||
        !mixq_trainer_step (trainer, lambda * self->parts.lambda_factor, &self->epoch, error))
      return FALSE;
  *cost_reached = expected_cost (mixq_trainer_peek_net (trainer), cost);
  return TRUE;
}

gboolean
mixq_verify_lambda (MixqVerify *self, MixqVerifyCheck *check, GError **error)
{
  const MixqPhaseControl quiet = { .cancellable = self->control != NULL ? self->control->cancellable : NULL };
  g_autoptr (MixqFloatModel) start = NULL;
  g_autoptr (GString) text = g_string_new ("expected cost as a share of float32's: ");
  double cost[G_N_ELEMENTS (lambdas)];
  gboolean monotone = TRUE;
  MixqRunConfig config;

  mixq_run_config_init (&config);
  config.epochs_float = FLOAT_EPOCHS;
  start = mixq_float_model_train (self->model, self->inputs, &config, &quiet, error);
  if (start == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (lambdas); i++) {
    if (!search_at (self, start, &config, lambdas[i], &cost[i], error))
      return FALSE;
    monotone &= i == 0 || cost[i] <= cost[i - 1] + NOISE;
    g_string_append_printf (text, "%s%.4f at lambda %g", i > 0 ? ", " : "", cost[i], lambdas[i]);
    mixq_verify_add_number (check, cost_names[i], cost[i]);
  }
  check->passed = monotone && cost[0] - cost[G_N_ELEMENTS (lambdas) - 1] > PULL;
  check->evidence = g_string_free (g_steal_pointer (&text), FALSE);
  return TRUE;
}
