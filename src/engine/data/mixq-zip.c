/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/mixq-zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "base/mixq-error.h"
#include "data/mixq-file.h"

#define BLOCK (128 * 1024)
#define MAX_FILE ((gsize) 64 * 1024 << 20)
#define MAX_MEMBERS 100000 /* an archive with more is not a data set */

struct _MixqZip
{
  struct archive *archive;
  char *path, *label;
  char *member; /* (nullable): name of the current member, valid UTF-8 */
  gsize n_members;
  GBytes *bytes; /* (nullable): where the archive is in memory */
  GCancellable *cancellable;
};

static gboolean
refuse (const MixqZip *self, GError **error, const char *problem)
{
  g_autofree char *valid = g_utf8_make_valid (problem, -1);

  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE,
               "%s%s%s: the zip archive is damaged or of an unknown kind (%s); download it again",
               self->label, self->member != NULL ? ", " : "", self->member != NULL ? self->member : "",
               valid);
  return FALSE;
}

static gboolean
refuse_because (const MixqZip *self, GError **error)
{
  const char *reason = archive_error_string (self->archive);

  return refuse (self, error, reason != NULL ? reason : "no reason given");
}

static MixqZip *
zip_new (const char *path, const char *label, GCancellable *cancellable)
{
  MixqZip *self = g_new0 (MixqZip, 1);

  self->path = g_strdup (path);
  self->label = g_strdup (label);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->archive = archive_read_new ();
  archive_read_support_format_zip (self->archive);
  return self;
}

/* Opens the file as everything else is opened, to hear about missing files, pipes, web pages and the like. */
static gboolean
check_file (const char *path, MixqBudget *budget, GCancellable *cancellable, GError **error)
{
  gsize size, got = 0;
  g_autoptr (GInputStream) stream = mixq_file_open (path, MAX_FILE, &size, cancellable, error);
  guint8 head[1024];

  if (stream == NULL)
    return FALSE;
  if (!g_input_stream_read_all (stream, head, sizeof head, &got, cancellable, NULL))
    got = 0;
  if (budget != NULL)
    mixq_budget_add_file (budget, size);
  return mixq_file_check_head (path, head, got, error);
}

MixqZip *
mixq_zip_open (const char *path, MixqBudget *budget, GCancellable *cancellable, GError **error)
{
  g_autofree char *label = mixq_file_label (path);
  g_autoptr (MixqZip) self = NULL;

  if (!check_file (path, budget, cancellable, error))
    return NULL;
  self = zip_new (path, label, cancellable);
  if (archive_read_open_filename (self->archive, path, BLOCK) != ARCHIVE_OK) {
    refuse_because (self, error);
    return NULL;
  }
  return g_steal_pointer (&self);
}

MixqZip *
mixq_zip_open_bytes (GBytes *bytes, const char *label, GError **error)
{
  g_autoptr (MixqZip) self = zip_new (label, label, NULL);
  gsize length;
  gconstpointer data = g_bytes_get_data (bytes, &length);

  self->bytes = g_bytes_ref (bytes);
  archive_read_set_format_option (self->archive, "zip", "ignorecrc32", "1");
  if (archive_read_open_memory (self->archive, data, length) != ARCHIVE_OK) {
    refuse_because (self, error);
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
mixq_zip_free (MixqZip *self)
{
  archive_read_free (self->archive);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_object (&self->cancellable);
  g_free (self->member);
  g_free (self->label);
  g_free (self->path);
  g_free (self);
}

/* What libarchive only warns of here (sizes or names that do not fit each other) is damage to us. */
const char *
mixq_zip_next (MixqZip *self, GError **error)
{
  for (;;) {
    struct archive_entry *entry;
    const char *name;
    int result;

    if (mixq_file_is_cancelled (self->cancellable, self->path, error))
      return NULL;
    g_clear_pointer (&self->member, g_free);
    result = archive_read_next_header (self->archive, &entry);
    if (result == ARCHIVE_EOF && self->n_members > 0)
      return NULL;
    if (result == ARCHIVE_EOF || self->n_members++ >= MAX_MEMBERS) {
      refuse (self, error, result == ARCHIVE_EOF ? "it has no members" : "it has too many members");
      return NULL;
    }
    name = result == ARCHIVE_FATAL ? NULL : archive_entry_pathname (entry);
    self->member = name != NULL ? g_utf8_make_valid (name, -1) : NULL;
    if (result != ARCHIVE_OK) {
      refuse_because (self, error);
      return NULL;
    }
    if (archive_entry_is_encrypted (entry)) {
      refuse (self, error, "it is encrypted");
      return NULL;
    }
    if (self->member != NULL && archive_entry_filetype (entry) == AE_IFREG)
      return self->member;
  }
}

static gssize
member_read (gpointer data, guint8 *buffer, gsize n, GError **error)
{
  MixqZip *self = data;
  la_ssize_t got;

  if (mixq_file_is_cancelled (self->cancellable, self->path, error))
    return -1;
  got = archive_read_data (self->archive, buffer, MIN (n, BLOCK));
  if (got >= 0)
    return (gssize) got;
  refuse_because (self, error);
  return -1;
}

MixqSource *
mixq_zip_open_member (MixqZip *self)
{
  g_autofree char *short_name = mixq_file_label (self->member);
  g_autofree char *label = g_strdup_printf ("%s, %s", self->label, short_name);

  return mixq_source_new (member_read, self, label);
}

const char *
mixq_zip_peek_label (const MixqZip *self)
{
  return self->label;
}
