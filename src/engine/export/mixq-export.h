/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "export/mixq-model-folder.h"

G_BEGIN_DECLS

/**
 * mixq_export_safetensors:
 * @path: a file that is written whole or not at all; one that is there is replaced
 * @size: (out): bytes written
 *
 * The integer model as one safetensors file (docs/FORMATS.md), read back from the disk: what another program would get.
 * Errors: MIXQ_ERROR_IO, and those of reading. Returns: (transfer full): the model as read back.
 */
MixqFrozen *
mixq_export_safetensors (const MixqModelFolder *folder, const char *path, gsize *size, GError **error);

G_END_DECLS
