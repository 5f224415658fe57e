/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cost/mixq-cost.h"
#include "verify/mixq-verify.h"

G_BEGIN_DECLS

/**
 * MixqVerifyParts: the parts of the engine that the checks look at. Tests put broken ones here and see that exactly the check
 * that is about them fails.
 */
typedef struct
{
  const MixqKernels *kernels;
  void (*update_probabilities) (MixqNet *net);
  gboolean (*pin) (MixqNet *net, guint slot, guint8 bits);
  void (*count) (const MixqModel *model, const guint8 *bits, MixqCost *cost);
  double lambda_factor; /* what reaches the search of a lambda: 1 */
} MixqVerifyParts;

typedef struct
{
  MixqInputs *inputs;
  MixqModel *model;
  MixqVerifyParts parts;
  const MixqPhaseControl *control; /* (nullable) */
  guint64 seed;                    /* of the start weights */
  guint done;                      /* checks */
  MixqEpoch epoch;                 /* the last one trained */
} MixqVerify;

void mixq_verify_parts_init (MixqVerifyParts *parts);
GPtrArray *mixq_verify_run_with (MixqInputs *inputs,
                                 MixqModel *model,
                                 const MixqVerifyParts *parts,
                                 const MixqPhaseControl *control,
                                 GError **error);

/* --- for the checks --- */

/** MixqVerifyFunc: fills passed, evidence and numbers. FALSE with an error where it could not be carried out. */
typedef gboolean (*MixqVerifyFunc) (MixqVerify *self, MixqVerifyCheck *check, GError **error);

gboolean mixq_verify_forward (MixqVerify *self, MixqVerifyCheck *check, GError **error);
gboolean mixq_verify_fake_quantization (MixqVerify *self, MixqVerifyCheck *check, GError **error);
gboolean mixq_verify_alpha (MixqVerify *self, MixqVerifyCheck *check, GError **error);
gboolean mixq_verify_widths (MixqVerify *self, MixqVerifyCheck *check, GError **error);
gboolean mixq_verify_bitops (MixqVerify *self, MixqVerifyCheck *check, GError **error);
gboolean mixq_verify_lambda (MixqVerify *self, MixqVerifyCheck *check, GError **error);

void mixq_verify_add_number (MixqVerifyCheck *check, const char *name, double value);
/** mixq_verify_not_for: the check has nothing to say of @model: neither passed nor failed. @why: a sentence's end. */
void mixq_verify_not_for (MixqVerifyCheck *check, const MixqModel *model, const char *why);
/** mixq_verify_formula: (nullable): how a layer of @arch is computed, in words; %NULL where mixq_verify_logits() does not know. */
const char *mixq_verify_formula (MixqArch arch);
/**
 * mixq_verify_logits:
 * @with_edges: else every node is alone
 *
 * Items x classes by definition, from raw graph, raw features and @net's weights. Returns: (transfer full) (nullable): %NULL if
 * the network has not the weights that its architecture asks for.
 */
double *mixq_verify_logits (const MixqVerify *self, const MixqNet *net, gboolean with_edges);
/** mixq_verify_net: a new network with the parts' kernels and start weights of its seed: relaxed over 2, 4, 8 or float32. */
MixqNet *mixq_verify_net (MixqVerify *self, gboolean relaxed);
/** mixq_verify_stopped: TRUE with MIXQ_ERROR_CANCELLED if the caller asked to stop. */
gboolean mixq_verify_stopped (MixqVerify *self, GError **error);

G_END_DECLS
