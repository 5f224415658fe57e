/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The safetensors file: 8 bytes of little-endian header length, a JSON header padded with spaces so that the data start
 * at a multiple of 8, then the data: little-endian, row-major, without holes. docs/FORMATS.md has the whole of it.
 */

typedef enum {
  MIXQ_TENSOR_U8,
  MIXQ_TENSOR_I32,
  MIXQ_TENSOR_F32,
  MIXQ_N_TENSOR_TYPES,
} MixqTensorType;

#define MIXQ_TENSOR_MAX_DIMS 4

/** MixqTensor: one tensor, its values in the byte order of the file. A scalar has no dimension. */
typedef struct
{
  char *name;
  MixqTensorType type;
  guint n_dims;
  gsize shape[MIXQ_TENSOR_MAX_DIMS];
  gsize n;      /* elements */
  gsize size;   /* bytes */
  guint8 *data; /* @size bytes */
} MixqTensor;

/** MixqSafetensors: tensors by name, and the strings of `__metadata__`. */
typedef struct _MixqSafetensors MixqSafetensors;

MixqSafetensors *mixq_safetensors_new (void);
void mixq_safetensors_free (MixqSafetensors *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqSafetensors, mixq_safetensors_free)

void mixq_safetensors_set_metadata (MixqSafetensors *self, const char *key, const char *value);
/** mixq_safetensors_peek_metadata: (nullable) */
const char *mixq_safetensors_peek_metadata (const MixqSafetensors *self, const char *key);

/* Each copies its values; @shape has @n_dims sizes whose product is the number of values. Names are given once. */
void mixq_safetensors_add_u8 (MixqSafetensors *self,
                              const char *name,
                              guint n_dims,
                              const gsize *shape,
                              const guint8 *v);
void mixq_safetensors_add_i32 (MixqSafetensors *self,
                               const char *name,
                               guint n_dims,
                               const gsize *shape,
                               const gint32 *v);
void mixq_safetensors_add_f32 (MixqSafetensors *self,
                               const char *name,
                               guint n_dims,
                               const gsize *shape,
                               const float *v);

/** mixq_safetensors_peek: (nullable): the tensor called @name, if it has this @type. */
const MixqTensor *mixq_safetensors_peek (const MixqSafetensors *self, const char *name, MixqTensorType type);
guint mixq_safetensors_get_n_tensors (const MixqSafetensors *self);
/* Copies in the byte order of this machine. Returns: (transfer full): @tensor->n values. */
gint32 *mixq_tensor_dup_i32 (const MixqTensor *tensor);
float *mixq_tensor_dup_f32 (const MixqTensor *tensor);

/**
 * mixq_safetensors_to_bytes:
 *
 * The file. Equal content gives equal bytes: tensors lie by descending alignment, then type, then name, as the
 * reference writer puts them; metadata are sorted by key.
 */
GBytes *mixq_safetensors_to_bytes (const MixqSafetensors *self);

/**
 * mixq_safetensors_parse:
 * @label: first word of messages
 *
 * Reads untrusted bytes: the header at most 10 MB and inside the file, known members only, types U8, I32 and F32, at
 * most 4 dimensions, tensors end to end over exactly the data, whole numbers everywhere. Memory is a small multiple of the file's size.
 * Errors: MIXQ_ERROR_PARSE, MIXQ_ERROR_UNSUPPORTED (a type that is not read here).
 */
MixqSafetensors *mixq_safetensors_parse (GBytes *bytes, const char *label, GError **error);

G_END_DECLS
