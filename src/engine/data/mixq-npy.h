/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-source.h"

G_BEGIN_DECLS

/** MixqNpyKind: what one element of an array is. */
typedef enum {
  MIXQ_NPY_SIGNED, /* also booleans: 0 or 1 */
  MIXQ_NPY_UNSIGNED,
  MIXQ_NPY_FLOAT,
  MIXQ_NPY_TEXT,   /* UCS-4, padded with NULs */
  MIXQ_NPY_BYTES,  /* bytes, padded with NULs */
  MIXQ_NPY_OBJECT, /* a pickle: never looked at */
} MixqNpyKind;

#define MIXQ_NPY_MAX_DIMS 4

/**
 * MixqNpy: an array of NumPy's .npy format, versions 1 to 3, as it is read.
 * @width: bytes an element
 * @n: elements, the product of @shape
 *
 * The header is a literal of Python; it is compared with the one form that NumPy writes, never evaluated.
 */
typedef struct
{
  MixqNpyKind kind;
  gsize width;
  gboolean big_endian, fortran;
  guint n_dims;
  gsize shape[MIXQ_NPY_MAX_DIMS];
  gsize n;
  /*< private >*/
  MixqSource *source; /* owned */
  gsize at;           /* elements that were read */
} MixqNpy;

/**
 * mixq_npy_init:
 * @source: (transfer full): at the first byte; its label begins the messages
 *
 * Reads the header. Errors: MIXQ_ERROR_PARSE, MIXQ_ERROR_UNSUPPORTED. @self is to be cleared either way.
 */
gboolean mixq_npy_init (MixqNpy *self, MixqSource *source, GError **error);
void mixq_npy_clear (MixqNpy *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MixqNpy, mixq_npy_clear)

/**
 * mixq_npy_read_ints, mixq_npy_read_floats, mixq_npy_read_texts:
 * @n: how many of the next elements, in the order of the file; fewer come at the end
 * @text: (array): the elements as valid UTF-8, with replacement characters; owned by the caller
 *
 * Floats are read as integers where they are whole. Memory: 64 KiB, whatever the header says.
 *
 * Errors: MIXQ_ERROR_PARSE where the file ends early, MIXQ_ERROR_VALUE where an element is of another kind or too large.
 * Returns: how many, or -1.
 */
gssize mixq_npy_read_ints (MixqNpy *self, gint64 *value, gsize n, GError **error);
gssize mixq_npy_read_floats (MixqNpy *self, double *value, gsize n, GError **error);
gssize mixq_npy_read_texts (MixqNpy *self, char **text, gsize n, GError **error);

/** mixq_npy_finish: all elements were read and nothing is behind them. */
gboolean mixq_npy_finish (MixqNpy *self, GError **error);

/** mixq_npy_refuse: sets "LABEL: FORMAT" and returns %FALSE. */
gboolean mixq_npy_refuse (const MixqNpy *self, int code, GError **error, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

G_END_DECLS
