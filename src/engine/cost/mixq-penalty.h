/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cost/mixq-cost.h"

G_BEGIN_DECLS

/** MixqPenalty: what lambda multiplies. Method spec section 4.3. */
typedef enum {
  MIXQ_PENALTY_NORMALISED, /* share of float32's cost on the chosen axis */
  MIXQ_PENALTY_PAPER,      /* expected size in KiB: numel x expected bits / 8192; numel E' for an adjacency */
  MIXQ_PENALTY_REFERENCE,  /* the published code: numel / 8192^2, an adjacency charged as the layer's input */
} MixqPenalty;

const char *mixq_penalty_name (MixqPenalty penalty); /* "normalised", "paper", "reference" */
gboolean mixq_penalty_parse (const char *text, MixqPenalty *penalty, GError **error);

/**
 * mixq_penalty_eval_bits:
 * @cost: (nullable): needed for MIXQ_PENALTY_NORMALISED, ignored otherwise
 * @expected_bits: (array) n_slots
 * @gradient: (array) (out) (nullable) n_slots: d penalty / d expected width
 *
 * The penalty as a function of expected widths. Returns: its value, before lambda.
 */
double mixq_penalty_eval_bits (MixqPenalty kind,
                               const MixqModel *model,
                               const MixqCostModel *cost,
                               const double *expected_bits,
                               double *gradient);

/**
 * mixq_penalty_eval:
 * @cost: (nullable): needed for MIXQ_PENALTY_NORMALISED, ignored otherwise
 * @n_choices: 1 to MIXQ_MAX_CHOICES
 * @choices: (array length=n_choices): widths
 * @p: (array) n_slots x n_choices probabilities, rows sum to 1 (a pinned slot has one 1, and so no gradient)
 * @grad_alpha: (array) (out) (nullable) n_slots x n_choices: d penalty / d logit, before lambda, where p is the
 *   softmax of the logits: g_c p_ck (b_k - E_c)
 *
 * Closed form, O(n_slots x n_choices), no allocation beyond two rows of slots. Returns: the penalty, before lambda.
 */
double mixq_penalty_eval (MixqPenalty kind,
                          const MixqModel *model,
                          const MixqCostModel *cost,
                          guint n_choices,
                          const guint8 *choices,
                          const float *p,
                          double *grad_alpha);

/**
 * mixq_penalty_paper_equivalent:
 * @lambda: in the unit of @kind
 *
 * The lambda that the published penalty (MIXQ_PENALTY_REFERENCE, in whose unit the published values 0.1 and 1 are)
 * needs for the same force at the start. The force of a penalty is the sum over slots of the Euclidean norm of its
 * gradient on that slot's logits, at uniform probabilities. There the norm of slot c is |d penalty / d E_c| times a
 * factor that all slots share, so the result is lambda x sum |d penalty / d E_c| / the same sum of the published one.
 * Exact for single slots only if the two penalties weigh slots alike; it says how strong lambda is, not where it pulls.
 */
double mixq_penalty_paper_equivalent (MixqPenalty kind,
                                      const MixqModel *model,
                                      const MixqCostModel *cost,
                                      guint n_choices,
                                      const guint8 *choices,
                                      double lambda);

G_END_DECLS
