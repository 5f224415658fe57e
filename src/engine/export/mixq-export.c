/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/mixq-export.h"

#include "base/mixq-atomic.h"
#include "data/mixq-file.h"
#include "export/mixq-model-folder-private.h"

MixqFrozen *
mixq_export_safetensors (const MixqModelFolder *folder, const char *path, gsize *size, GError **error)
{
  g_autoptr (MixqSafetensors) tensors = mixq_frozen_to_tensors (folder->frozen), read = NULL;
  g_autoptr (GBytes) bytes = mixq_safetensors_to_bytes (tensors), back = NULL;
  g_autofree char *label = mixq_file_label (path);
  const char *data = g_bytes_get_data (bytes, size);

  if (!mixq_atomic_file_write (path, data, (gssize) *size, error))
    return NULL;
  back = mixq_file_read (path, *size, NULL, error);
  read = back != NULL ? mixq_safetensors_parse (back, label, error) : NULL;
  return read != NULL ? mixq_frozen_from_tensors (folder->model, read, label, error) : NULL;
}
