/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-source.h"

G_BEGIN_DECLS

/**
 * MixqZip: the members of a zip archive, one after another. Nothing is ever written; names are only compared.
 */
typedef struct _MixqZip MixqZip;

/** mixq_zip_open: @budget: (nullable): gets what the file's size allows. Errors: MIXQ_ERROR_IO, _PARSE, _CANCELLED. */
MixqZip *mixq_zip_open (const char *path, MixqBudget *budget, GCancellable *cancellable, GError **error);

/** mixq_zip_open_bytes: from memory, without looking at checksums: for the fuzz targets. @label: for messages. */
MixqZip *mixq_zip_open_bytes (GBytes *bytes, const char *label, GError **error);
void mixq_zip_free (MixqZip *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqZip, mixq_zip_free)

/**
 * mixq_zip_next: goes to the next member that is a file.
 *
 * Returns: (transfer none) (nullable): its name, valid until the next call; NULL at the end, or with @error (encrypted,
 *   packed in a way that is not known, or a directory that does not fit what it lists).
 */
const char *mixq_zip_next (MixqZip *self, GError **error);

/** mixq_zip_open_member: the current member's bytes, to be read before the next call of mixq_zip_next(). */
MixqSource *mixq_zip_open_member (MixqZip *self);

const char *mixq_zip_peek_label (const MixqZip *self);

G_END_DECLS
