/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "export/mixq-safetensors.h"

G_BEGIN_DECLS

#define MIXQ_SAFETENSORS_METADATA "__metadata__"

struct _MixqSafetensors
{
  GPtrArray *tensors;   /* of MixqTensor */
  GHashTable *by_name;  /* name (borrowed) -> MixqTensor (borrowed) */
  GHashTable *metadata; /* owned strings */
};

/** MixqTensorTypeInfo: @name in the file; @size of an element in bytes, which is its alignment too. */
typedef struct
{
  const char *name;
  gsize size;
} MixqTensorTypeInfo;

extern const MixqTensorTypeInfo mixq_tensor_types[MIXQ_N_TENSOR_TYPES];

/** mixq_safetensors_append: @tensor: (transfer full). Returns: %FALSE (and frees it) if its name is taken. */
gboolean mixq_safetensors_append (MixqSafetensors *self, MixqTensor *tensor);
void mixq_tensor_free (MixqTensor *tensor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqTensor, mixq_tensor_free)

G_END_DECLS
