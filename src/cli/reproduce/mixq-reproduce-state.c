/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "reproduce/mixq-reproduce-state.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "kernels/mixq-kernels.h"

#define STATE_FILE "runs.jsonl"
#define PROBE_NUMBERS 7

static const char *const figure_names[MIXQ_N_FIGURES] = {
  [MIXQ_FIGURE_VAL] = "val",
  [MIXQ_FIGURE_TEST] = "test",
  [MIXQ_FIGURE_FLOAT_VAL] = "float32_val",
  [MIXQ_FIGURE_FLOAT_TEST] = "float32_test",
  [MIXQ_FIGURE_RELAXED_VAL] = "relaxed_val",
  [MIXQ_FIGURE_RELAXED_TEST] = "relaxed_test",
  [MIXQ_FIGURE_BITOPS] = "bitops",
  [MIXQ_FIGURE_BITOPS_FLOAT] = "bitops_float32",
  [MIXQ_FIGURE_BITOPS_SEARCH] = "bitops_search",
  [MIXQ_FIGURE_BITOPS_SEARCH_FLOAT] = "bitops_search_float32",
  [MIXQ_FIGURE_PRODUCT] = "product",
  [MIXQ_FIGURE_PRODUCT_FLOAT] = "product_float32",
  [MIXQ_FIGURE_BYTES] = "bytes",
  [MIXQ_FIGURE_BYTES_FLOAT] = "bytes_float32",
  [MIXQ_FIGURE_AVERAGE_BITS] = "average_bits",
  [MIXQ_FIGURE_DECIDED] = "decided",
  [MIXQ_FIGURE_AGREEMENT] = "agreement",
  [MIXQ_FIGURE_SECONDS] = "seconds",
};

const char *
mixq_figure_name (MixqFigure figure)
{
  g_return_val_if_fail ((guint) figure < MIXQ_N_FIGURES, "");
  return figure_names[figure];
}

/* --- a record ------------------------------------------------------------------------------------------------------ */

MixqRecord *
mixq_record_new (void)
{
  MixqRecord *self = g_new0 (MixqRecord, 1);

  for (guint i = 0; i < MIXQ_N_FIGURES; i++)
    self->figure[i] = NAN;
  return self;
}

void
mixq_record_free (MixqRecord *self)
{
  g_clear_pointer (&self->probes, g_array_unref);
  g_free (self);
}

MixqRecord *
mixq_record_copy (const MixqRecord *self)
{
  MixqRecord *copy = g_memdup2 (self, sizeof *self);

  copy->probes = self->probes != NULL ? g_array_copy (self->probes) : NULL;
  return copy;
}

char *
mixq_record_key (const char *data_sha256, const MixqModel *model, const MixqRunConfig *config, guint probe)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (JsonNode) node = mixq_run_config_to_json (config, model);
  g_autofree char *settings = mixq_json_to_text (node, FALSE);
  g_autofree char *text = g_strdup_printf ("%s\n%s\n%s\n%s\n%u", MIXQ_VERSION, mixq_kernels_get ()->name,
                                           data_sha256, settings, probe);

  g_checksum_update (checksum, (const guchar *) text, (gssize) strlen (text));
  return g_strndup (g_checksum_get_string (checksum), 32);
}

/* --- a line -------------------------------------------------------------------------------------------------------- */

static JsonNode *
probe_to_json (const MixqProbe *probe)
{
  const double number[PROBE_NUMBERS] = { probe->epoch,        probe->relaxed_val,  probe->relaxed_test,
                                         probe->rounded_val,  probe->rounded_test, probe->finished_val,
                                         probe->finished_test };
  g_autoptr (JsonArray) array = json_array_new ();

  for (guint i = 0; i < PROBE_NUMBERS; i++)
    json_array_add_element (array, mixq_json_number (number[i]));
  return json_node_init_array (json_node_alloc (), array);
}

static char *
record_to_line (const char *key, const char *label, const MixqRecord *record)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonArray *bits = json_array_new (), *probes;
  g_autofree char *text = NULL;

  json_node_take_object (node, object);
  json_object_set_string_member (object, "key", key);
  json_object_set_string_member (object, "run", label);
  for (guint i = 0; i < MIXQ_N_FIGURES; i++)
    json_object_set_member (object, figure_names[i], mixq_json_number (record->figure[i]));
  for (guint s = 0; s < record->n_slots; s++)
    json_array_add_int_element (bits, record->bits[s]);
  json_object_set_array_member (object, "bits", bits);
  if (record->probes != NULL) {
    probes = json_array_new ();
    for (guint i = 0; i < record->probes->len; i++)
      json_array_add_element (probes, probe_to_json (&g_array_index (record->probes, MixqProbe, i)));
    json_object_set_array_member (object, "probes", probes);
  }
  text = mixq_json_to_text (node, FALSE);
  return g_strconcat (g_strchomp (text), "\n", NULL);
}

static double
number_of (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : (double) NAN;
}

static void
read_probes (JsonArray *array, MixqRecord *record)
{
  record->probes = g_array_new (FALSE, FALSE, sizeof (MixqProbe));
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);
    JsonArray *row = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
    double number[PROBE_NUMBERS];
    MixqProbe probe;

    if (row == NULL || json_array_get_length (row) != PROBE_NUMBERS)
      continue;
    for (guint k = 0; k < PROBE_NUMBERS; k++)
      number[k] = number_of (json_array_get_element (row, k));
    probe = (MixqProbe){ number[0], number[1], number[2], number[3], number[4], number[5], number[6] };
    g_array_append_val (record->probes, probe);
  }
}

/* Returns: (nullable): @key: (out) (transfer full). */
static MixqRecord *
record_from_line (const char *line, gsize length, const char *path, char **key, GError **error)
{
  g_autoptr (JsonNode) node = mixq_json_parse (line, length, path, error);
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *bits = object != NULL ? json_object_get_member (object, "bits") : NULL;
  JsonNode *probes = object != NULL ? json_object_get_member (object, "probes") : NULL;
  g_autoptr (MixqRecord) record = mixq_record_new ();
  const char *name = object != NULL ? json_object_get_string_member_with_default (object, "key", NULL) : NULL;

  if (node == NULL)
    return NULL;
  if (name == NULL || bits == NULL || !JSON_NODE_HOLDS_ARRAY (bits) ||
      json_array_get_length (json_node_get_array (bits)) > MIXQ_MAX_SLOTS) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE, "%s: a line is no finished run; choose another folder",
                 path);
    return NULL;
  }
  *key = g_strdup (name);
  record->n_slots = json_array_get_length (json_node_get_array (bits));
  for (guint s = 0; s < record->n_slots; s++)
    record->bits[s] = (guint8) number_of (json_array_get_element (json_node_get_array (bits), s));
  for (guint i = 0; i < MIXQ_N_FIGURES; i++)
    record->figure[i] = number_of (json_object_get_member (object, figure_names[i]));
  if (probes != NULL && JSON_NODE_HOLDS_ARRAY (probes))
    read_probes (json_node_get_array (probes), record);
  return g_steal_pointer (&record);
}

/* --- the file ------------------------------------------------------------------------------------------------------ */

struct _MixqState
{
  char *path;
  int fd;
  GHashTable *records;   /* key to MixqRecord */
  pthread_mutex_t mutex; /* not a GMutex: ThreadSanitizer sees this one */
};

static gboolean
io_error (GError **error, const char *path, const char *what)
{
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO, "%s: %s (%s); choose another folder with --out", path, what,
               g_strerror (errno));
  return FALSE;
}

static gboolean
read_lines (MixqState *self, GError **error)
{
  g_autofree char *text = NULL;
  gsize length, begin = 0;

  if (!g_file_get_contents (self->path, &text, &length, NULL))
    return io_error (error, self->path, "finished runs cannot be read");
  for (gsize i = 0; i < length; i++) {
    MixqRecord *record;
    char *key;

    if (text[i] != '\n')
      continue;
    record = record_from_line (text + begin, i - begin, self->path, &key, error);
    if (record == NULL)
      return FALSE;
    g_hash_table_replace (self->records, key, record);
    begin = i + 1;
  }
  /* The rest was cut off in the middle of writing: its run is done once more. */
  return begin == length || ftruncate (self->fd, (off_t) begin) == 0 ||
         io_error (error, self->path, "the half last line cannot be taken away");
}

/* A folder with other things in it is not ours. */
static gboolean
check_folder (const char *folder, const char *path, GError **error)
{
  g_autoptr (GDir) dir = NULL;

  if (g_mkdir (folder, 0777) == 0)
    return TRUE;
  if (errno != EEXIST)
    return io_error (error, folder, "the folder cannot be made");
  dir = g_dir_open (folder, 0, NULL);
  if (dir != NULL && (g_file_test (path, G_FILE_TEST_EXISTS) || g_dir_read_name (dir) == NULL))
    return TRUE;
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO,
               "%s is there and holds no " STATE_FILE " of an earlier start; choose another folder", folder);
  return FALSE;
}

MixqState *
mixq_state_open (const char *folder, GError **error)
{
  g_autoptr (MixqState) self = g_new0 (MixqState, 1);

  self->path = g_build_filename (folder, STATE_FILE, NULL);
  self->fd = -1;
  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) mixq_record_free);
  pthread_mutex_init (&self->mutex, NULL);
  if (!check_folder (folder, self->path, error))
    return NULL;
  self->fd = g_open (self->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (self->fd < 0) {
    io_error (error, self->path, "the file of finished runs cannot be opened");
    return NULL;
  }
  if (flock (self->fd, LOCK_EX | LOCK_NB) != 0) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO,
                 "%s: another mixq is at work in this folder; wait for it or choose another one", folder);
    return NULL;
  }
  return read_lines (self, error) ? g_steal_pointer (&self) : NULL;
}

void
mixq_state_free (MixqState *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_hash_table_unref (self->records);
  pthread_mutex_destroy (&self->mutex);
  g_free (self->path);
  g_free (self);
}

const MixqRecord *
mixq_state_find (const MixqState *self, const char *key)
{
  return g_hash_table_lookup (self->records, key);
}

gboolean
mixq_state_keep (MixqState *self,
                 const char *key,
                 const char *label,
                 const MixqRecord *record,
                 GError **error)
{
  g_autofree char *line = record_to_line (key, label, record);
  gsize length = strlen (line), done = 0;

  pthread_mutex_lock (&self->mutex);
  while (done < length) {
    gssize n = write (self->fd, line + done, length - done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      break;
    done += (gsize) n;
  }
  if (done == length && fsync (self->fd) != 0)
    done = 0;
  pthread_mutex_unlock (&self->mutex);
  return done == length || io_error (error, self->path, "a finished run cannot be kept");
}
