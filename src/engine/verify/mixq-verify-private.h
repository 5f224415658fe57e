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
/** mixq_verify_net: a new network with the parts' kernels and fixed start weights: relaxed over 2, 4, 8 or float32. */
MixqNet *mixq_verify_net (MixqVerify *self, gboolean relaxed);
/** mixq_verify_stopped: TRUE with MIXQ_ERROR_CANCELLED if the caller asked to stop. */
gboolean mixq_verify_stopped (MixqVerify *self, GError **error);

G_END_DECLS
