/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "run/mixq-pipeline.h"

G_BEGIN_DECLS

/*
 * `mixq verify`: the six quick checks of the method on a given data set, each computed on its real features and edges,
 * each with the numbers that show it (spec/cli.md, last paragraph).
 */

/** MixqVerifyNumber: one figure of a check: a name as in JSON, and its value. */
typedef struct
{
  const char *name;
  double value;
} MixqVerifyNumber;

/**
 * MixqVerifyCheck:
 * @name: "forward", "fake-quantization", "alpha", "widths", "bitops", "lambda"
 * @claim: what is checked, one sentence
 * @applies: it has something to say of this model; else it neither passed nor failed, and the evidence says why
 * @evidence: what was seen, one sentence with the numbers
 * @numbers: of MixqVerifyNumber, in a fixed order
 */
typedef struct
{
  const char *name;
  const char *claim;
  gboolean applies, passed;
  char *evidence;
  GArray *numbers;
} MixqVerifyCheck;

void mixq_verify_check_free (MixqVerifyCheck *self);

/**
 * mixq_verify_run:
 * @control: (nullable): cancelled between epochs and checks; progress is called with the phase "verify", the checks done, six
 *   and the figures of the last epoch trained
 *
 * Runs all six, whatever fails. Deterministic. Cost: under a hundred forward passes and about 200 epochs on the data set, a
 * few seconds on Cora; no memory beyond a few networks.
 * Errors: MIXQ_ERROR_CANCELLED, MIXQ_ERROR_NUMERIC (training itself broke down); a check that fails is no error.
 *
 * Returns: (transfer full) (element-type MixqVerifyCheck): six checks in the order of the names above.
 */
GPtrArray *
mixq_verify_run (MixqInputs *inputs, MixqModel *model, const MixqPhaseControl *control, GError **error);

/** mixq_verify_passed: %TRUE if every check of @checks that applies passed. */
gboolean mixq_verify_passed (const GPtrArray *checks);

G_END_DECLS
