/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/mixq-file.h"

#include <string.h>

#include "base/mixq-error.h"

#define CHUNK (256 * 1024) /* bytes read between two looks at the cancellable */
#define SNIFF 1024         /* bytes looked at to recognise a web page */
#define LABEL_MAX 80       /* bytes of a base name that fit a message */

char *
mixq_file_label (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *valid = g_filename_display_name (base);
  const char *end;

  if (strlen (valid) <= LABEL_MAX)
    return g_steal_pointer (&valid);
  end = g_utf8_find_prev_char (valid, valid + LABEL_MAX);
  return g_strdup_printf ("%.*s…", (int) (end - valid), valid);
}

gboolean
mixq_file_is_cancelled (GCancellable *cancellable, const char *path, GError **error)
{
  g_autofree char *label = NULL;

  if (!g_cancellable_is_cancelled (cancellable))
    return FALSE;
  label = mixq_file_label (path);
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED, "%s: reading was stopped on request", label);
  return TRUE;
}

static gboolean
fail_io (GError **error, const char *path, const char *reason)
{
  g_autofree char *label = mixq_file_label (path);

  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO,
               "%s: cannot be read (%s); check the path and its permissions", label, reason);
  return FALSE;
}

/* Asks before opening: opening a pipe would block for ever. */
static gboolean
check_kind_and_size (GFile *file,
                     const char *path,
                     gsize limit,
                     gsize *size,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info (
      file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE, 0, cancellable, &local);
  g_autofree char *label = NULL;

  if (info == NULL)
    return mixq_file_is_cancelled (cancellable, path, error) ? FALSE : fail_io (error, path, local->message);
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    return fail_io (error, path, "not a regular file");
  *size = (gsize) g_file_info_get_size (info);
  if (*size <= limit)
    return TRUE;
  label = mixq_file_label (path);
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO,
               "%s: is larger than the %" G_GSIZE_FORMAT
               " MiB this reader accepts; give it a smaller data set",
               label, limit >> 20);
  return FALSE;
}

/* Case-blind search in the first bytes, which may hold NULs and need not be text. */
static gboolean
head_contains (const guint8 *data, gsize length, const char *needle)
{
  gsize n = strlen (needle), end = MIN (length, SNIFF);

  for (gsize i = 0; i + n <= end; i++)
    if (g_ascii_strncasecmp ((const char *) data + i, needle, n) == 0)
      return TRUE;
  return FALSE;
}

gboolean
mixq_file_check_head (const char *path, const guint8 *data, gsize length, GError **error)
{
  static const char lfs[] = "version https://git-lfs.github.com/spec/";
  const char *problem = NULL;
  g_autofree char *label = NULL;
  gsize at = 0;

  while (at < length && g_ascii_isspace (data[at]))
    at++;
  if (length == 0)
    problem = "is empty (0 bytes); download it again";
  else if (length >= strlen (lfs) && memcmp (data, lfs, strlen (lfs)) == 0)
    problem = "is a Git LFS pointer, not the file itself; run \"git lfs pull\" in that checkout or download "
              "the file";
  else if (at < length && data[at] == '<' &&
           (head_contains (data, length, "<!doctype html") || head_contains (data, length, "<html")))
    problem = "is a saved web page (HTML), not the data; download the raw file instead of its page";
  if (problem == NULL)
    return TRUE;
  label = mixq_file_label (path);
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE, "%s: %s", label, problem);
  return FALSE;
}

static GByteArray *
read_all (GInputStream *stream, const char *path, gsize limit, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  gsize got = CHUNK;

  while (got == CHUNK) {
    g_autoptr (GError) local = NULL;
    guint used = content->len;
    gboolean ok;

    if (mixq_file_is_cancelled (cancellable, path, error))
      return NULL;
    g_byte_array_set_size (content, used + CHUNK);
    ok = g_input_stream_read_all (stream, content->data + used, CHUNK, &got, cancellable, &local);
    g_byte_array_set_size (content, used + got);
    if (!ok) {
      if (!mixq_file_is_cancelled (cancellable, path, error))
        fail_io (error, path, local->message);
      return NULL;
    }
    if (content->len > limit) {
      fail_io (error, path, "it grew past the size limit while being read");
      return NULL;
    }
  }
  return g_steal_pointer (&content);
}

GInputStream *
mixq_file_open (const char *path, gsize limit, gsize *size, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) local = NULL;
  GFileInputStream *stream;

  if (!check_kind_and_size (file, path, limit, size, cancellable, error))
    return NULL;
  stream = g_file_read (file, cancellable, &local);
  if (stream == NULL && !mixq_file_is_cancelled (cancellable, path, error))
    fail_io (error, path, local->message);
  return (GInputStream *) stream;
}

GBytes *
mixq_file_read (const char *path, gsize limit, GCancellable *cancellable, GError **error)
{
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GByteArray) content = NULL;
  gsize size;

  g_return_val_if_fail (limit < G_MAXUINT - CHUNK, NULL);

  stream = mixq_file_open (path, limit, &size, cancellable, error);
  if (stream == NULL)
    return NULL;
  content = read_all (stream, path, limit, cancellable, error);
  if (content == NULL || !mixq_file_check_head (path, content->data, content->len, error))
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&content));
}
