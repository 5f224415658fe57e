/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "front/mixq-sensitivity.h"

#include <math.h>

#include "base/mixq-error.h"
#include "train/mixq-plan.h"

/* Mean KL of the softmax of @logits from the probabilities @p, both n x classes. */
static double
mean_kl (const float *p, const float *logits, gsize n, gsize classes)
{
  double sum = 0;

  for (gsize r = 0; r < n; r++) {
    const float *x = logits + r * classes;
    double top = -INFINITY, total = 0;

    for (gsize c = 0; c < classes; c++)
      top = fmax (top, (double) x[c]);
    for (gsize c = 0; c < classes; c++)
      total += exp ((double) x[c] - top);
    for (gsize c = 0; c < classes; c++) {
      double own = (double) p[r * classes + c];

      if (own > 0)
        sum += own * (log (own) - ((double) x[c] - top - log (total)));
    }
  }
  return n > 0 ? sum / (double) n : 0;
}

/* Softmax of the float32 logits themselves: the teacher of the pool may be a mean over several models. */
static float *
own_probabilities (MixqNet *net)
{
  gsize n = net->inputs->n_items, classes = net->model->n_classes;
  float *p = g_new (float, MAX (n * classes, 1));
  const float *logits = mixq_net_logits (net);

  for (gsize r = 0; r < n; r++) {
    float top = -INFINITY, total = 0;

    for (gsize c = 0; c < classes; c++)
      top = fmaxf (top, logits[r * classes + c]);
    for (gsize c = 0; c < classes; c++)
      total += p[r * classes + c] = expf (logits[r * classes + c] - top);
    for (gsize c = 0; c < classes; c++)
      p[r * classes + c] /= total;
  }
  return p;
}

static void
evaluate (MixqNet *net)
{
  mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .training = FALSE, .all_rows = TRUE });
}

gboolean
mixq_sensitivity_measure (const MixqFloatModel *float_model,
                          const MixqRunConfig *config,
                          const MixqPhaseControl *control,
                          double *kl,
                          GError **error)
{
  MixqNetRules rules = mixq_search_rules (config);
  g_autoptr (MixqNet) net = mixq_net_new (float_model->model, float_model->inputs, config->n_choices,
                                          config->choices, NULL, FALSE, &rules);
  g_autoptr (MixqPlan) plan = NULL;
  g_autofree float *p = NULL;

  mixq_net_set_parameters (net, float_model->parameters);
  plan = mixq_plan_new (float_model->inputs, float_model->model, NULL);
  mixq_net_bind (net, mixq_plan_calibration (plan), FALSE);
  for (guint s = 0; s < net->n_slots; s++)
    net->slots[s].n_active = 0; /* the identity: float32 */
  evaluate (net);
  p = own_probabilities (net);
  for (guint s = 0; s < net->n_slots; s++) {
    for (guint k = 0; k < config->n_choices; k++) {
      if (control != NULL && g_cancellable_is_cancelled (control->cancellable)) {
        g_set_error_literal (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED, "sensitivity: stopped");
        return FALSE;
      }
      mixq_net_pin (net, s, config->choices[k]);
      evaluate (net); /* the first of a slot takes its ranges, for every width */
      kl[s * config->n_choices + k] = mean_kl (p, mixq_net_logits (net), net->inputs->n_items,
                                               net->model->n_classes);
    }
    net->slots[s].n_active = 0;
  }
  return TRUE;
}
