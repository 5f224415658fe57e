/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-pickle.h"
#include "sparse/mixq-csr.h"

G_BEGIN_DECLS

#define MIXQ_PICKLE_MAX_COLUMNS                                                                              \
  ((gsize) 1 << 22) /* columns cost memory later, and a shape costs a file nothing */

/**
 * mixq_pickle_to_matrix:
 * @value: a scipy csr_matrix or a two-dimensional array
 *
 * Checks every number and returns canonical compressed rows: columns ascending, repeated entries summed (as scipy
 * means them), stored zeros dropped, value %NULL where all entries are 1. Cost: O(stored entries).
 *
 * Errors: MIXQ_ERROR_PARSE (not a matrix), MIXQ_ERROR_SHAPE, MIXQ_ERROR_VALUE (NaN, infinity, column out of
 * range), with row and column but without the file's name.
 * Returns: (transfer full) (nullable)
 */
MixqCsr *mixq_pickle_to_matrix (const MixqPickleValue *value, GError **error);

G_END_DECLS
