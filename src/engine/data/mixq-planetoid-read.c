/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the eight files and checking that they are whole and belong together. */
#include <string.h>

#include "base/mixq-error.h"
#include "data/mixq-file.h"
#include "data/mixq-pickle-matrix.h"
#include "data/mixq-pickle.h"
#include "data/mixq-planetoid-private.h"
#include "data/mixq-planetoid.h"

#define MAX_CLASSES 4096

/* "ind.NAME.SUFFIX: message" as the error; the message ends with the remedy. */
static gboolean G_GNUC_PRINTF (5, 6) refuse (const MixqPlanetoidParts *self,
                                             MixqPlanetoidFile id,
                                             MixqErrorCode code,
                                             GError **error,
                                             const char *format,
                                             ...)
{
  g_autofree char *path = mixq_planetoid_file_path (self->folder, self->name, id);
  g_autofree char *label = mixq_file_label (path);
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, MIXQ_ERROR, code, "%s: %s", label, message);
  return FALSE;
}

/* Passes on what a lower reader said, with the file's name before and the remedy after it. */
static gboolean
refuse_because (const MixqPlanetoidParts *self, MixqPlanetoidFile id, const GError *reason, GError **error)
{
  const char *remedy = reason->code == MIXQ_ERROR_CANCELLED
                           ? ""
                           : "; the file is damaged or not from Planetoid: get a fresh copy of it";

  return refuse (self, id, (MixqErrorCode) reason->code, error, "%s%s", reason->message, remedy);
}

static gboolean
check_all_there (const MixqPlanetoidParts *self, GError **error)
{
  g_autoptr (GString) missing = g_string_new (NULL);
  g_autofree char *folder = g_filename_display_name (self->folder);

  for (MixqPlanetoidFile id = 0; id < MIXQ_PLANETOID_N_FILES; id++) {
    g_autofree char *path = mixq_planetoid_file_path (self->folder, self->name, id);
    g_autofree char *label = mixq_file_label (path);

    if (!g_file_test (path, G_FILE_TEST_EXISTS))
      g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "", label);
  }
  if (missing->len == 0)
    return TRUE;
  g_set_error (
      error, MIXQ_ERROR, MIXQ_ERROR_IO,
      "%s: missing in %s; put all eight files of the set (x, tx, allx, y, ty, ally, graph, test.index) there",
      missing->str, folder);
  return FALSE;
}

static MixqPickle *
read_pickle (MixqPlanetoidParts *self, MixqPlanetoidFile id, GError **error)
{
  g_autofree char *path = mixq_planetoid_file_path (self->folder, self->name, id);
  g_autoptr (GBytes) bytes = mixq_file_read (path, MIXQ_PLANETOID_MAX_FILE, self->cancellable, error);
  g_autoptr (GError) reason = NULL;
  MixqPickle *pickle;

  if (bytes == NULL)
    return NULL;
  self->file_bytes = g_bytes_get_size (bytes);
  pickle = mixq_pickle_parse (bytes, self->cancellable, &reason);
  if (pickle == NULL)
    refuse_because (self, id, reason, error);
  return pickle;
}

static gboolean
read_matrix (MixqPlanetoidParts *self, MixqPlanetoidFile id, GError **error)
{
  g_autoptr (MixqPickle) pickle = read_pickle (self, id, error);
  g_autoptr (GError) reason = NULL;

  if (pickle == NULL)
    return FALSE;
  self->matrix[id] = mixq_pickle_to_matrix (mixq_pickle_root (pickle), &reason);
  return self->matrix[id] != NULL ? TRUE : refuse_because (self, id, reason, error);
}

static gboolean
check_same_rows (const MixqPlanetoidParts *self, MixqPlanetoidFile a, MixqPlanetoidFile b, GError **error)
{
  gsize rows_a = self->matrix[a]->n_rows, rows_b = self->matrix[b]->n_rows;

  return rows_a == rows_b ? TRUE
                          : refuse (self, a, MIXQ_ERROR_SHAPE, error,
                                    "has %" G_GSIZE_FORMAT " rows but ind.%s.%s has %" G_GSIZE_FORMAT
                                    "; use files of one and the same set",
                                    rows_a, self->name, mixq_planetoid_suffixes[b], rows_b);
}

static gboolean
check_same_columns (const MixqPlanetoidParts *self, MixqPlanetoidFile a, MixqPlanetoidFile b, GError **error)
{
  gsize cols_a = self->matrix[a]->n_cols, cols_b = self->matrix[b]->n_cols;

  return cols_a == cols_b ? TRUE
                          : refuse (self, a, MIXQ_ERROR_SHAPE, error,
                                    "has %" G_GSIZE_FORMAT " columns but ind.%s.%s has %" G_GSIZE_FORMAT
                                    "; use files of one and the same set",
                                    cols_a, self->name, mixq_planetoid_suffixes[b], cols_b);
}

/* Each row of a label matrix holds a single 1, or nothing for an unlabelled node. */
static gboolean
check_one_hot (const MixqPlanetoidParts *self, MixqPlanetoidFile id, GError **error)
{
  const MixqCsr *m = self->matrix[id];

  for (gsize r = 0; r < m->n_rows; r++) {
    gsize n = m->row_ptr[r + 1] - m->row_ptr[r];

    if (n > 1)
      return refuse (self, id, MIXQ_ERROR_VALUE, error,
                     "row %" G_GSIZE_FORMAT " has %" G_GSIZE_FORMAT
                     " classes; only data with one class a node is supported",
                     r, n);
    if (n == 1 && m->value != NULL && m->value[m->row_ptr[r]] != 1.0f)
      return refuse (self, id, MIXQ_ERROR_VALUE, error,
                     "row %" G_GSIZE_FORMAT
                     " marks its class with %g instead of 1; get a fresh copy of the file",
                     r, (double) m->value[m->row_ptr[r]]);
  }
  return TRUE;
}

static gboolean
rows_equal (const MixqCsr *a, const MixqCsr *b, gsize row)
{
  gsize from_a = a->row_ptr[row], from_b = b->row_ptr[row], n = a->row_ptr[row + 1] - from_a;

  if (b->row_ptr[row + 1] - from_b != n || memcmp (a->col + from_a, b->col + from_b, n * sizeof *a->col) != 0)
    return FALSE;
  for (gsize e = 0; e < n; e++)
    if ((a->value != NULL ? a->value[from_a + e] : 1.0f) != (b->value != NULL ? b->value[from_b + e] : 1.0f))
      return FALSE;
  return TRUE;
}

/* x and y must repeat the first rows of allx and ally: otherwise files of two sets were mixed. */
static gboolean
check_is_prefix (const MixqPlanetoidParts *self,
                 MixqPlanetoidFile part,
                 MixqPlanetoidFile whole,
                 GError **error)
{
  for (gsize r = 0; r < self->matrix[part]->n_rows; r++)
    if (!rows_equal (self->matrix[part], self->matrix[whole], r))
      return refuse (self, part, MIXQ_ERROR_VALUE, error,
                     "row %" G_GSIZE_FORMAT
                     " differs from that row of ind.%s.%s; use files of one and the same set",
                     r, self->name, mixq_planetoid_suffixes[whole]);
  return TRUE;
}

static gboolean
check_matrices (const MixqPlanetoidParts *self, GError **error)
{
  if (!check_same_rows (self, MIXQ_PLANETOID_Y, MIXQ_PLANETOID_X, error) ||
      !check_same_rows (self, MIXQ_PLANETOID_TY, MIXQ_PLANETOID_TX, error) ||
      !check_same_rows (self, MIXQ_PLANETOID_ALLY, MIXQ_PLANETOID_ALLX, error))
    return FALSE;
  if (!check_same_columns (self, MIXQ_PLANETOID_X, MIXQ_PLANETOID_ALLX, error) ||
      !check_same_columns (self, MIXQ_PLANETOID_TX, MIXQ_PLANETOID_ALLX, error) ||
      !check_same_columns (self, MIXQ_PLANETOID_Y, MIXQ_PLANETOID_ALLY, error) ||
      !check_same_columns (self, MIXQ_PLANETOID_TY, MIXQ_PLANETOID_ALLY, error))
    return FALSE;
  if (self->matrix[MIXQ_PLANETOID_X]->n_rows > self->matrix[MIXQ_PLANETOID_ALLX]->n_rows)
    return refuse (
        self, MIXQ_PLANETOID_X, MIXQ_ERROR_SHAPE, error,
        "has more rows than ind.%s.allx, which should begin with them; use files of one and the same set",
        self->name);
  if (self->matrix[MIXQ_PLANETOID_ALLX]->n_rows == 0 || self->matrix[MIXQ_PLANETOID_ALLY]->n_cols == 0)
    return refuse (self, MIXQ_PLANETOID_ALLX, MIXQ_ERROR_SHAPE, error,
                   "holds no nodes; get a fresh copy of the set");
  if (self->matrix[MIXQ_PLANETOID_ALLY]->n_cols > MAX_CLASSES)
    return refuse (self, MIXQ_PLANETOID_ALLY, MIXQ_ERROR_SHAPE, error,
                   "has more than %d classes; give a smaller data set", MAX_CLASSES);
  return check_one_hot (self, MIXQ_PLANETOID_Y, error) && check_one_hot (self, MIXQ_PLANETOID_TY, error) &&
         check_one_hot (self, MIXQ_PLANETOID_ALLY, error) &&
         check_is_prefix (self, MIXQ_PLANETOID_X, MIXQ_PLANETOID_ALLX, error) &&
         check_is_prefix (self, MIXQ_PLANETOID_Y, MIXQ_PLANETOID_ALLY, error);
}

/* test.index: one node number a line; CRLF and blank lines are harmless. */
static gboolean
parse_test_index (MixqPlanetoidParts *self, const char *text, gsize length, GError **error)
{
  gsize line = 1, first = self->matrix[MIXQ_PLANETOID_ALLX]->n_rows;
  const char *end = text + length;

  for (const char *at = text; at < end; line++) {
    const char *stop = memchr (at, '\n', (gsize) (end - at));
    g_autofree char *raw = g_strndup (at, MIN ((gsize) ((stop != NULL ? stop : end) - at), 64));
    guint64 node;
    guint32 number;

    at = stop != NULL ? stop + 1 : end;
    g_strstrip (raw);
    if (*raw == '\0')
      continue;
    if (!g_ascii_string_to_unsigned (raw, 10, 0, G_MAXINT32, &node, NULL))
      return refuse (self, MIXQ_PLANETOID_TEST_INDEX, MIXQ_ERROR_PARSE, error,
                     "line %" G_GSIZE_FORMAT " is not a node number; write one node number a line", line);
    if (node < first)
      return refuse (self, MIXQ_PLANETOID_TEST_INDEX, MIXQ_ERROR_VALUE, error,
                     "line %" G_GSIZE_FORMAT " names node %" G_GUINT64_FORMAT
                     ", which already has a row in ind.%s.allx; use files of one and the same set",
                     line, node, self->name);
    number = (guint32) node;
    g_array_append_val (self->test, number);
    self->n_nodes = MAX (self->n_nodes, (gsize) node + 1);
  }
  return TRUE;
}

static gboolean
read_test_index (MixqPlanetoidParts *self, GError **error)
{
  g_autofree char *path = mixq_planetoid_file_path (self->folder, self->name, MIXQ_PLANETOID_TEST_INDEX);
  g_autoptr (GBytes) bytes = mixq_file_read (path, MIXQ_PLANETOID_MAX_FILE, self->cancellable, error);
  gsize length;
  const char *text;

  if (bytes == NULL)
    return FALSE;
  text = g_bytes_get_data (bytes, &length);
  self->n_nodes = self->matrix[MIXQ_PLANETOID_ALLX]->n_rows + self->matrix[MIXQ_PLANETOID_TX]->n_rows;
  if (!parse_test_index (self, text, length, error))
    return FALSE;
  if (self->test->len != self->matrix[MIXQ_PLANETOID_TX]->n_rows)
    return refuse (self, MIXQ_PLANETOID_TEST_INDEX, MIXQ_ERROR_SHAPE, error,
                   "names %u nodes but ind.%s.tx has %" G_GSIZE_FORMAT
                   " rows; use files of one and the same set",
                   self->test->len, self->name, self->matrix[MIXQ_PLANETOID_TX]->n_rows);
  return TRUE;
}

/* First pass over the graph: every entry is "node number: list", and the largest number is known. */
static gboolean
check_keys (MixqPlanetoidParts *self, const MixqPickleSequence *dict, GError **error)
{
  for (gsize i = 0; i + 1 < dict->length; i += 2) {
    const MixqPickleValue *key = &dict->items[i], *list = &dict->items[i + 1];

    if (key->kind != MIXQ_PICKLE_INT || list->kind != MIXQ_PICKLE_LIST)
      return refuse (self, MIXQ_PLANETOID_GRAPH, MIXQ_ERROR_PARSE, error,
                     "entry %" G_GSIZE_FORMAT
                     " is a %s with a %s instead of a node number with a list; get a fresh copy of the file",
                     i / 2, mixq_pickle_kind_name (key->kind), mixq_pickle_kind_name (list->kind));
    if (key->as.integer < 0 || (guint64) key->as.integer >= self->n_nodes)
      return refuse (self, MIXQ_PLANETOID_GRAPH, MIXQ_ERROR_VALUE, error,
                     "names node %" G_GINT64_FORMAT ", but there are %" G_GSIZE_FORMAT
                     " nodes; use files of one and the same set",
                     key->as.integer, self->n_nodes);
    self->n_keys_end = MAX (self->n_keys_end, (gsize) key->as.integer + 1);
    self->n_keys++;
  }
  return TRUE;
}

/*
 * test.index may leave numbers out, and such a node is known from the graph alone. Without this check one line of
 * text could ask for the memory of two thousand million nodes.
 */
static gboolean
check_node_count (const MixqPlanetoidParts *self, GError **error)
{
  gsize rows = self->matrix[MIXQ_PLANETOID_ALLX]->n_rows + self->matrix[MIXQ_PLANETOID_TX]->n_rows;

  if (self->n_nodes <= MAX (rows, self->n_keys_end) && self->n_nodes - rows <= self->n_keys)
    return TRUE;
  return refuse (self, MIXQ_PLANETOID_TEST_INDEX, MIXQ_ERROR_VALUE, error,
                 "names node %" G_GSIZE_FORMAT
                 ", which has no row in tx and no entry in ind.%s.graph; use files of one and the same set",
                 self->n_nodes - 1, self->name);
}

static gboolean
check_test_distinct (const MixqPlanetoidParts *self, GError **error)
{
  g_autofree guint8 *seen = g_new0 (guint8, self->n_nodes);

  for (guint i = 0; i < self->test->len; i++) {
    guint32 node = g_array_index (self->test, guint32, i);

    if (seen[node]++ != 0)
      return refuse (self, MIXQ_PLANETOID_TEST_INDEX, MIXQ_ERROR_VALUE, error,
                     "names node %u twice; get a fresh copy of the file", node);
  }
  return TRUE;
}

static gboolean
add_neighbours (MixqPlanetoidParts *self, guint32 node, const MixqPickleSequence *list, GError **error)
{
  for (gsize i = 0; i < list->length; i++) {
    const MixqPickleValue *item = &list->items[i];
    guint32 neighbour = (guint32) item->as.integer;

    if (item->kind != MIXQ_PICKLE_INT)
      return refuse (self, MIXQ_PLANETOID_GRAPH, MIXQ_ERROR_PARSE, error,
                     "node %u has a %s as neighbour instead of a number; get a fresh copy of the file", node,
                     mixq_pickle_kind_name (item->kind));
    if (item->as.integer < 0 || (guint64) item->as.integer >= self->n_nodes)
      return refuse (self, MIXQ_PLANETOID_GRAPH, MIXQ_ERROR_VALUE, error,
                     "node %u has neighbour %" G_GINT64_FORMAT ", but there are %" G_GSIZE_FORMAT
                     " nodes; use files of one and the same set",
                     node, item->as.integer, self->n_nodes);
    g_array_append_val (self->src, node);
    g_array_append_val (self->dst, neighbour);
  }
  return TRUE;
}

/* Second pass. Lists shared through the memo could multiply: a real file spends two bytes or more on each arc. */
static gboolean
add_arcs (MixqPlanetoidParts *self, const MixqPickleSequence *dict, GError **error)
{
  g_autofree guint8 *seen = g_new0 (guint8, self->n_nodes);

  for (gsize i = 0; i + 1 < dict->length; i += 2) {
    guint32 node = (guint32) dict->items[i].as.integer;
    const MixqPickleSequence *list = dict->items[i + 1].as.sequence;

    if (seen[node]++ != 0)
      return refuse (self, MIXQ_PLANETOID_GRAPH, MIXQ_ERROR_VALUE, error,
                     "lists node %u twice; get a fresh copy of the file", node);
    if (list->length > self->file_bytes - self->src->len)
      return refuse (self, MIXQ_PLANETOID_GRAPH, MIXQ_ERROR_VALUE, error,
                     "uses one list for several nodes (at node %u); get a fresh copy of the file", node);
    if (!add_neighbours (self, node, list, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_graph (MixqPlanetoidParts *self, GError **error)
{
  g_autoptr (MixqPickle) pickle = read_pickle (self, MIXQ_PLANETOID_GRAPH, error);
  const MixqPickleValue *root;

  if (pickle == NULL)
    return FALSE;
  root = mixq_pickle_root (pickle);
  if (root->kind != MIXQ_PICKLE_DICT)
    return refuse (self, MIXQ_PLANETOID_GRAPH, MIXQ_ERROR_PARSE, error,
                   "holds a %s where a dict of neighbour lists belongs; get a fresh copy of the file",
                   mixq_pickle_kind_name (root->kind));
  if (root->as.sequence->length == 0)
    return refuse (self, MIXQ_PLANETOID_GRAPH, MIXQ_ERROR_VALUE, error,
                   "lists no node; get a fresh copy of the file");
  return check_keys (self, root->as.sequence, error) && check_node_count (self, error) &&
         check_test_distinct (self, error) && add_arcs (self, root->as.sequence, error);
}

gboolean
mixq_planetoid_parts_read (MixqPlanetoidParts *self, GError **error)
{
  self->test = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->src = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->dst = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (!check_all_there (self, error))
    return FALSE;
  for (MixqPlanetoidFile id = 0; id < MIXQ_PLANETOID_N_MATRICES; id++)
    if (!read_matrix (self, id, error))
      return FALSE;
  return check_matrices (self, error) && read_test_index (self, error) && read_graph (self, error);
}

void
mixq_planetoid_parts_clear (MixqPlanetoidParts *self)
{
  for (gsize i = 0; i < MIXQ_PLANETOID_N_MATRICES; i++)
    g_clear_pointer (&self->matrix[i], mixq_csr_unref);
  g_clear_pointer (&self->test, g_array_unref);
  g_clear_pointer (&self->src, g_array_unref);
  g_clear_pointer (&self->dst, g_array_unref);
}
