/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MixqBudget: how much memory a file may ask for.
 *
 * Compressed or repetitive files can ask for a thousand times their size. What real sets need is far below
 * MIXQ_BUDGET_FACTOR bytes for each byte of their files; what is above is refused before it is taken.
 */
typedef struct
{
  gsize left;
} MixqBudget;

#define MIXQ_BUDGET_BASE ((gsize) 64 << 20)
#define MIXQ_BUDGET_FACTOR 256

/** mixq_budget_add_file: lets @self take what a file of @size bytes may ask for; the first call adds the base too. */
void mixq_budget_add_file (MixqBudget *self, gsize size);
gboolean mixq_budget_take (MixqBudget *self, gsize bytes) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mixq_budget_grow:
 * @array: (inout): a pointer to elements of @width bytes from g_malloc(), or to NULL
 * @capacity: (inout): how many fit
 * @needed: how many shall fit
 *
 * Returns: %FALSE, and changes nothing, where the budget or the machine's memory does not suffice.
 */
gboolean mixq_budget_grow (MixqBudget *self, gpointer array, gsize *capacity, gsize needed, gsize width);

/** mixq_budget_refuse: sets MIXQ_ERROR_VALUE: "LABEL: unpacks to far more than ..."; returns %FALSE. */
gboolean mixq_budget_refuse (const char *label, GError **error);

/**
 * MixqSource: bytes that come one after another from a file, from inside an archive, or from memory.
 */
typedef struct _MixqSource MixqSource;

/**
 * MixqSourceFunc: fills up to @n bytes of @buffer.
 *
 * Returns: how many; 0 at the end; -1 with @error.
 */
typedef gssize (*MixqSourceFunc) (gpointer data, guint8 *buffer, gsize n, GError **error);

/**
 * mixq_source_open:
 * @budget: (nullable): gets what the file's size allows
 *
 * A regular file. Content that is gzip is unpacked as it is read, with its checksum looked at, whatever the name
 * says; several packed pieces one after another are one content.
 *
 * Errors: as mixq_file_read(); reading: MIXQ_ERROR_PARSE where packed data are damaged or cut.
 */
MixqSource *
mixq_source_open (const char *path, MixqBudget *budget, GCancellable *cancellable, GError **error);

/** mixq_source_new: @label begins the messages; @data is borrowed. */
MixqSource *mixq_source_new (MixqSourceFunc func, gpointer data, const char *label);
MixqSource *mixq_source_new_bytes (GBytes *bytes, const char *label);
void mixq_source_free (MixqSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqSource, mixq_source_free)

/** mixq_source_read: as MixqSourceFunc. */
gssize mixq_source_read (MixqSource *self, gpointer buffer, gsize n, GError **error);
/** mixq_source_read_all: as mixq_source_read(), but fewer than @n bytes come only at the end. */
gssize mixq_source_read_all (MixqSource *self, gpointer buffer, gsize n, GError **error);
const char *mixq_source_peek_label (const MixqSource *self);

G_END_DECLS
