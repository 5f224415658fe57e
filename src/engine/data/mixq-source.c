/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/mixq-source.h"

#include <string.h>

#include "base/mixq-error.h"
#include "data/mixq-file.h"

#define CHUNK (128 * 1024)                 /* bytes read between two looks at the cancellable */
#define MAX_FILE ((gsize) 64 * 1024 << 20) /* far above any set that is trained on one machine */

/* Budget. */

void
mixq_budget_add_file (MixqBudget *self, gsize size)
{
  gsize more;

  if (!g_size_checked_mul (&more, size, MIXQ_BUDGET_FACTOR) || !g_size_checked_add (&more, more, self->left))
    more = G_MAXSIZE / 2;
  self->left = MAX (more, self->left == 0 ? more + MIXQ_BUDGET_BASE : more);
}

gboolean
mixq_budget_take (MixqBudget *self, gsize bytes)
{
  if (bytes > self->left)
    return FALSE;
  self->left -= bytes;
  return TRUE;
}

gboolean
mixq_budget_grow (MixqBudget *self, gpointer array, gsize *capacity, gsize needed, gsize width)
{
  gpointer *elements = array;
  gsize wanted = MAX (needed, *capacity + *capacity / 2), bytes;
  gpointer grown;

  if (needed <= *capacity)
    return TRUE;
  wanted = MAX (wanted, 1024);
  if (!g_size_checked_mul (&bytes, wanted, width) || !mixq_budget_take (self, (wanted - *capacity) * width))
    return FALSE;
  grown = g_try_realloc (*elements, bytes);
  if (grown == NULL)
    return FALSE;
  *elements = grown;
  *capacity = wanted;
  return TRUE;
}

gboolean
mixq_budget_refuse (const char *label, GError **error)
{
  g_set_error (
      error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
      "%s: holds far more than a file of its size should, or more than fits into memory; get a fresh "
      "copy of it or a smaller data set",
      label);
  return FALSE;
}

/* Sources. */

struct _MixqSource
{
  char *label;
  MixqSourceFunc func;
  gpointer data;
  GDestroyNotify free_data; /* (nullable) */
};

static MixqSource *
source_new (MixqSourceFunc func, gpointer data, GDestroyNotify free_data, const char *label)
{
  MixqSource *self = g_new0 (MixqSource, 1);

  self->label = g_strdup (label);
  self->func = func;
  self->data = data;
  self->free_data = free_data;
  return self;
}

MixqSource *
mixq_source_new (MixqSourceFunc func, gpointer data, const char *label)
{
  return source_new (func, data, NULL, label);
}

void
mixq_source_free (MixqSource *self)
{
  if (self->free_data != NULL)
    self->free_data (self->data);
  g_free (self->label);
  g_free (self);
}

gssize
mixq_source_read (MixqSource *self, gpointer buffer, gsize n, GError **error)
{
  return self->func (self->data, buffer, n, error);
}

gssize
mixq_source_read_all (MixqSource *self, gpointer buffer, gsize n, GError **error)
{
  gsize got = 0;

  while (got < n) {
    gssize more = self->func (self->data, (guint8 *) buffer + got, n - got, error);

    if (more < 0)
      return -1;
    if (more == 0)
      break;
    got += (gsize) more;
  }
  return (gssize) got;
}

const char *
mixq_source_peek_label (const MixqSource *self)
{
  return self->label;
}

/* Memory. */

typedef struct
{
  GBytes *bytes;
  gsize at;
} Memory;

static gssize
memory_read (gpointer data, guint8 *buffer, gsize n, GError **error)
{
  Memory *self = data;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (self->bytes, &length);

  n = MIN (n, length - self->at);
  if (n > 0)
    memcpy (buffer, bytes + self->at, n);
  self->at += n;
  return (gssize) n;
}

static void
memory_free (gpointer data)
{
  Memory *self = data;

  g_bytes_unref (self->bytes);
  g_free (self);
}

MixqSource *
mixq_source_new_bytes (GBytes *bytes, const char *label)
{
  Memory *memory = g_new0 (Memory, 1);

  memory->bytes = g_bytes_ref (bytes);
  return source_new (memory_read, memory, memory_free, label);
}

/* Files, packed or not. */

typedef struct
{
  char *path, *label;
  GInputStream *stream;
  GConverter *unpack; /* (nullable): for gzip */
  GCancellable *cancellable;
  gboolean at_end;  /* of the stream */
  gboolean between; /* two packed pieces, or behind the last */
  gsize from, to;   /* what is read and not used yet */
  guint8 buffer[CHUNK];
} File;

static void
file_free (gpointer data)
{
  File *self = data;

  g_clear_object (&self->stream);
  g_clear_object (&self->unpack);
  g_clear_object (&self->cancellable);
  g_free (self->path);
  g_free (self->label);
  g_free (self);
}

/* Moves what is left to the front and reads on behind it. */
static gboolean
file_fill (File *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  gsize got;

  if (mixq_file_is_cancelled (self->cancellable, self->path, error))
    return FALSE;
  memmove (self->buffer, self->buffer + self->from, self->to - self->from);
  self->to -= self->from;
  self->from = 0;
  if (!g_input_stream_read_all (self->stream, self->buffer + self->to, CHUNK - self->to, &got,
                                self->cancellable, &local)) {
    if (!mixq_file_is_cancelled (self->cancellable, self->path, error))
      g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO, "%s: cannot be read (%s); check the disk it is on",
                   self->label, local->message);
    return FALSE;
  }
  self->at_end = got < CHUNK - self->to;
  self->to += got;
  return TRUE;
}

static gssize
file_refuse (const File *self, GError **error, const char *problem)
{
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE, "%s: %s; download it again", self->label, problem);
  return -1;
}

static gssize
read_plain (File *self, guint8 *buffer, gsize n, GError **error)
{
  if (self->from == self->to && !self->at_end && !file_fill (self, error))
    return -1;
  n = MIN (n, self->to - self->from);
  memcpy (buffer, self->buffer + self->from, n);
  self->from += n;
  return (gssize) n;
}

static gboolean
is_gzip (const File *self)
{
  return self->to - self->from >= 2 && self->buffer[self->from] == 0x1f &&
         self->buffer[self->from + 1] == 0x8b;
}

/* Behind a packed piece: nothing, or the next one. Returns: 1, 0 at the end, -1 with @error. */
static gssize
next_piece (File *self, GError **error)
{
  if (!self->at_end && !file_fill (self, error))
    return -1;
  if (self->from == self->to)
    return 0;
  if (!is_gzip (self))
    return file_refuse (self, error, "has something else behind its gzip data");
  g_converter_reset (self->unpack);
  return 1;
}

/* One call of the converter, with more input where it asks for it. Returns: FALSE with @error. */
static gboolean
unpack_some (File *self, guint8 *buffer, gsize n, gsize *made, gboolean *finished, GError **error)
{
  for (;;) {
    g_autoptr (GError) local = NULL;
    gsize used;
    GConverterResult result = g_converter_convert (
        self->unpack, self->buffer + self->from, self->to - self->from, buffer, n,
        self->at_end ? G_CONVERTER_INPUT_AT_END : 0, &used, made, &local);

    if (result != G_CONVERTER_ERROR) {
      self->from += used;
      *finished = result == G_CONVERTER_FINISHED;
      return TRUE;
    }
    if (!g_error_matches (local, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
      return file_refuse (self, error, "its gzip data are damaged") == 0;
    if (self->at_end)
      return file_refuse (self, error, "ends in the middle of its gzip data") == 0;
    if (!file_fill (self, error))
      return FALSE;
  }
}

static gssize
read_gzip (File *self, guint8 *buffer, gsize n, GError **error)
{
  gsize made = 0;

  while (made == 0) {
    gboolean finished;
    gssize more = self->between ? next_piece (self, error) : 1;

    if (more <= 0)
      return more;
    self->between = FALSE;
    if (!unpack_some (self, buffer, n, &made, &finished, error))
      return -1;
    self->between = finished;
  }
  return (gssize) made;
}

static gssize
file_read (gpointer data, guint8 *buffer, gsize n, GError **error)
{
  File *self = data;

  return self->unpack != NULL ? read_gzip (self, buffer, n, error) : read_plain (self, buffer, n, error);
}

MixqSource *
mixq_source_open (const char *path, MixqBudget *budget, GCancellable *cancellable, GError **error)
{
  gsize size;
  GInputStream *stream = mixq_file_open (path, MAX_FILE, &size, cancellable, error);
  File *file;

  if (stream == NULL)
    return NULL;
  file = g_new0 (File, 1);
  file->path = g_strdup (path);
  file->label = mixq_file_label (path);
  file->stream = stream;
  file->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  if (!file_fill (file, error) || !mixq_file_check_head (path, file->buffer, file->to, error)) {
    file_free (file);
    return NULL;
  }
  if (is_gzip (file))
    file->unpack = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  if (budget != NULL)
    mixq_budget_add_file (budget, size);
  return source_new (file_read, file, file_free, file->label);
}
