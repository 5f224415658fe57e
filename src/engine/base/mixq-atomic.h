/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Output that is there whole or not at all: written under a temporary name beside its place, synced, renamed.
 * Every error is MIXQ_ERROR_IO, names the path and what to do, and leaves what was there as it was.
 */

/** mixq_atomic_file_write: @length: -1 for a NUL-terminated text. Replaces an existing file. */
gboolean mixq_atomic_file_write (const char *path, const char *data, gssize length, GError **error);

/** MixqAtomicFolder: a folder of plain files on its way. */
typedef struct _MixqAtomicFolder MixqAtomicFolder;

/**
 * mixq_atomic_folder_new:
 * @path: where the folder shall be; its parent must exist
 *
 * Makes the temporary folder. Free without commit to take everything back.
 */
MixqAtomicFolder *mixq_atomic_folder_new (const char *path, GError **error);
void mixq_atomic_folder_free (MixqAtomicFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqAtomicFolder, mixq_atomic_folder_free)

/** mixq_atomic_folder_write: a file @name of the folder. @length: -1 for a text. */
gboolean mixq_atomic_folder_write (MixqAtomicFolder *self,
                                   const char *name,
                                   const char *data,
                                   gssize length,
                                   GError **error);

/**
 * mixq_atomic_folder_commit:
 * @replace: an existing folder may be replaced, provided it holds nothing but files of the names written here
 *
 * Puts the folder in its place. Where the system can, the exchange is one step; else the old folder is set aside
 * first and put back if the new one cannot take its place.
 */
gboolean mixq_atomic_folder_commit (MixqAtomicFolder *self, gboolean replace, GError **error);

G_END_DECLS
