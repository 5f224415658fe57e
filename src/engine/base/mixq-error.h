/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MixqErrorCode:
 * @MIXQ_ERROR_SHAPE: sizes do not fit each other
 * @MIXQ_ERROR_VALUE: a value is outside what is allowed
 * @MIXQ_ERROR_PARSE: a file does not follow its format
 * @MIXQ_ERROR_IO: reading or writing failed
 * @MIXQ_ERROR_RANGE: a quantizer or integer accumulator would overflow
 * @MIXQ_ERROR_NUMERIC: NaN, infinity or divergence
 * @MIXQ_ERROR_CANCELLED: stopped because the caller asked
 * @MIXQ_ERROR_UNSUPPORTED: valid, but not something this program can do
 * @MIXQ_ERROR_EXTERNAL: igraph, OpenBLAS or another library failed
 *
 * The one error domain of the engine. Messages are one sentence: what, where, what to do.
 */
typedef enum {
  MIXQ_ERROR_SHAPE,
  MIXQ_ERROR_VALUE,
  MIXQ_ERROR_PARSE,
  MIXQ_ERROR_IO,
  MIXQ_ERROR_RANGE,
  MIXQ_ERROR_NUMERIC,
  MIXQ_ERROR_CANCELLED,
  MIXQ_ERROR_UNSUPPORTED,
  MIXQ_ERROR_EXTERNAL,
} MixqErrorCode;

#define MIXQ_ERROR (mixq_error_quark ())
GQuark mixq_error_quark (void);

G_END_DECLS
