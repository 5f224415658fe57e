/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * mixq_file_read:
 * @path: a regular file; pipes, devices and folders are refused
 * @limit: largest accepted size in bytes
 * @cancellable: (nullable)
 *
 * Reads a whole file into memory, at most @limit bytes even if it grows meanwhile. Recognises what people get
 * instead of the file they wanted: an empty file, a Git LFS pointer, a saved web page.
 *
 * Errors: MIXQ_ERROR_IO, MIXQ_ERROR_PARSE, MIXQ_ERROR_CANCELLED; messages begin with the file's base name.
 * Returns: (transfer full) (nullable)
 */
GBytes *mixq_file_read (const char *path, gsize limit, GCancellable *cancellable, GError **error);

/**
 * mixq_file_open:
 * @size: (out)
 *
 * As mixq_file_read(), but to be read piece by piece. The caller gives the first piece to mixq_file_check_head().
 */
GInputStream *
mixq_file_open (const char *path, gsize limit, gsize *size, GCancellable *cancellable, GError **error);

/** mixq_file_check_head: recognises an empty file, a Git LFS pointer or a saved web page by its first bytes. */
gboolean mixq_file_check_head (const char *path, const guint8 *data, gsize length, GError **error);

/** mixq_file_label: (transfer full): the base name of @path, valid UTF-8 and short enough for a message. */
char *mixq_file_label (const char *path);

/** mixq_file_is_cancelled: sets MIXQ_ERROR_CANCELLED, naming @path, if @cancellable (nullable) was triggered. */
gboolean mixq_file_is_cancelled (GCancellable *cancellable, const char *path, GError **error);

G_END_DECLS
