/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding a TUDataset, and from its checked parts to a data set. */
#include "data/mixq-tu.h"

#include <string.h>

#include "base/mixq-error.h"
#include "data/mixq-dataset-private.h"
#include "data/mixq-file.h"
#include "data/mixq-rows.h"
#include "data/mixq-tu-private.h"
#include "data/mixq-zip.h"

#define MAX_ENTRIES 100000 /* of a folder */
#define MAX_CLASSES 4096
#define MAX_LABEL_WIDTH 65536 /* columns that one column of node labels may become */

/* Classes. */

static int
compare_i64 (const void *a, const void *b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;
  return (x > y) - (x < y);
}

static gboolean
set_classes (const MixqTuParts *self, MixqDataset *dataset, GError **error)
{
  const gint64 *label = self->graph_labels.cells;
  g_autofree gint64 *distinct = g_memdup2 (label, self->n_graphs * sizeof *distinct);
  gsize n = 0;

  qsort (distinct, self->n_graphs, sizeof *distinct, compare_i64);
  for (gsize i = 0; i < self->n_graphs; i++)
    if (n == 0 || distinct[i] != distinct[n - 1])
      distinct[n++] = distinct[i];
  if (n > MAX_CLASSES) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                 "%s: has %" G_GSIZE_FORMAT
                 " different labels, more than the %d classes that are supported; give "
                 "a set for classification",
                 self->label[MIXQ_TU_GRAPH_LABELS], n, MAX_CLASSES);
    return FALSE;
  }
  dataset->n_classes = n;
  dataset->class_names = g_new0 (char *, n + 1);
  for (gsize c = 0; c < n; c++)
    dataset->class_names[c] = g_strdup_printf ("label %" G_GINT64_FORMAT, distinct[c]);
  dataset->graph_labels = g_new (gint32, self->n_graphs);
  for (gsize g = 0; g < self->n_graphs; g++) {
    const gint64 *at = bsearch (&label[g], distinct, n, sizeof *distinct, compare_i64);

    dataset->graph_labels[g] = (gint32) (at - distinct);
  }
  return TRUE;
}

/* Features. */

/* What one column of node labels becomes: columns @first .. @first + @max - @min. */
typedef struct
{
  gint64 min, max;
  gsize first;
} LabelColumn;

static gboolean
measure_labels (const MixqTuParts *self, LabelColumn *column, gsize *width, GError **error)
{
  const MixqTuTable *table = &self->node_labels;
  const gint64 *cell = table->cells;

  for (gsize c = 0; c < table->n_cols; c++) {
    column[c] = (LabelColumn){ cell[c], cell[c], *width };
    for (gsize r = 1; r < table->n_rows; r++) {
      column[c].min = MIN (column[c].min, cell[r * table->n_cols + c]);
      column[c].max = MAX (column[c].max, cell[r * table->n_cols + c]);
    }
    if ((guint64) column[c].max - (guint64) column[c].min >= MAX_LABEL_WIDTH || *width > MAX_LABEL_WIDTH) {
      g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                   "%s: labels go from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                   ", more than the %d columns that they may become; number them densely",
                   self->label[MIXQ_TU_NODE_LABELS], column[c].min, column[c].max, MAX_LABEL_WIDTH);
      return FALSE;
    }
    *width += (gsize) (column[c].max - column[c].min) + 1;
  }
  return TRUE;
}

static char **
name_features (gsize n_attributes, const LabelColumn *column, gsize n_label_columns, gsize width)
{
  char **names = g_new0 (char *, width + 1);

  for (gsize c = 0; c < n_attributes; c++)
    names[c] = g_strdup_printf ("attribute %" G_GSIZE_FORMAT, c);
  for (gsize c = 0; c < n_label_columns; c++)
    for (gint64 value = column[c].min; value <= column[c].max; value++)
      names[column[c].first + (gsize) (value - column[c].min)] = g_strdup_printf (
          "node label %" G_GINT64_FORMAT, value);
  return names;
}

static gboolean
add_node (const MixqTuParts *self, MixqRows *rows, const LabelColumn *column, gsize node)
{
  const float *attribute = self->attributes.cells;
  const gint64 *label = self->node_labels.cells;
  gsize n_attributes = self->attributes.n_cols, n_labels = self->node_labels.n_cols;

  for (gsize c = 0; c < n_attributes; c++)
    if (!mixq_rows_add (rows, c, attribute[node * n_attributes + c]))
      return FALSE;
  for (gsize c = 0; c < n_labels; c++)
    if (!mixq_rows_add (rows, column[c].first + (gsize) (label[node * n_labels + c] - column[c].min), 1.0f))
      return FALSE;
  return mixq_rows_end (rows);
}

/* Attributes first, as in PyTorch Geometric, then the labels. */
static gboolean
set_given_features (MixqTuParts *self, MixqDataset *dataset, GError **error)
{
  g_autofree LabelColumn *column = g_new0 (LabelColumn, self->node_labels.n_cols + 1);
  gsize width = self->attributes.n_cols;
  g_auto (MixqRows) rows = { 0 };

  if (!measure_labels (self, column, &width, error))
    return FALSE;
  mixq_rows_init (&rows, &self->budget);
  for (gsize node = 0; node < self->n_nodes; node++)
    if (!add_node (self, &rows, column, node))
      return mixq_budget_refuse (self->label[MIXQ_TU_INDICATOR], error);
  dataset->features = mixq_rows_finish (&rows, width);
  dataset->feature_names = name_features (self->attributes.n_cols, column, self->node_labels.n_cols, width);
  return TRUE;
}

/* The data set. */

static void
set_graph (MixqTuParts *self, MixqDataset *dataset)
{
  MixqEdgeCounts counts;

  dataset->task = MIXQ_TASK_GRAPHS;
  dataset->n_nodes = self->n_nodes;
  dataset->n_graphs = self->n_graphs;
  dataset->graph_ptr = g_memdup2 (self->graph_ptr, (self->n_graphs + 1) * sizeof (gsize));
  dataset->graph = mixq_csr_new_from_edges (self->n_nodes, self->src, self->dst, self->n_arcs, &counts);
  dataset->n_self_loops = counts.self_loops;
  dataset->n_duplicates = counts.duplicates;
  dataset->was_directed = counts.unmatched > 0;
  mixq_dataset_add_note (dataset, counts.self_loops, "Edges left out because they join a node to itself");
  mixq_dataset_add_note (dataset, counts.duplicates, "Edges left out because they repeat another");
  mixq_dataset_add_note (dataset, counts.unmatched,
                         "Edges that went one way only and got their other direction");
  mixq_dataset_add_note (dataset, MAX (self->n_edge_lines[0], self->n_edge_lines[1]),
                         "Edges with labels or attributes, which are not used");
}

MixqDataset *
mixq_tu_parts_assemble (MixqTuParts *self, GError **error)
{
  g_autofree char *name = g_filename_display_name (self->name);
  g_autoptr (MixqDataset) dataset = mixq_dataset_alloc (name, name, "tu");
  gboolean given = self->has[MIXQ_TU_NODE_LABELS] || self->has[MIXQ_TU_NODE_ATTRIBUTES];

  set_graph (self, dataset);
  if (!set_classes (self, dataset, error))
    return NULL;
  if (!given)
    mixq_dataset_set_degree_features (dataset);
  else if (!set_given_features (self, dataset, error))
    return NULL;
  mixq_dataset_fill_unlabelled (dataset);
  dataset->item_part = g_new0 (guint8, dataset->n_graphs);
  mixq_dataset_set_default_split (dataset);
  if (!mixq_dataset_seal (dataset, error))
    return NULL;
  return g_steal_pointer (&dataset);
}

/* Folders. */

/* The folder that holds the files: that of a file, a folder itself, or the raw/ in it. */
static char *
find_folder (const char *path)
{
  g_autofree char *raw = g_build_filename (path, "raw", NULL);

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return g_path_get_dirname (path);
  return g_file_test (raw, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&raw) : g_strdup (path);
}

/* The names of the sets in @folder. */
static GHashTable *
scan_folder (const char *folder)
{
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *base;

  for (gsize i = 0; i < MAX_ENTRIES && dir != NULL && (base = g_dir_read_name (dir)) != NULL; i++) {
    char *name;

    if (mixq_tu_find_file (base, NULL) <= MIXQ_TU_INDICATOR &&
        mixq_tu_find_file (base, &name) < MIXQ_TU_N_FILES)
      g_hash_table_add (names, name);
  }
  return names;
}

static gboolean
is_zip (const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  return g_str_has_suffix (lower, ".zip");
}

gboolean
mixq_tu_is_here (const char *path)
{
  g_autofree char *folder = find_folder (path);
  g_autofree char *base = g_path_get_basename (path);
  g_autoptr (GHashTable) names = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return FALSE;
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return is_zip (path) || mixq_tu_find_file (base, NULL) < MIXQ_TU_N_FILES;
  names = scan_folder (folder);
  return g_hash_table_size (names) > 0;
}

static char *
choose_name (const char *path, const char *folder, GError **error)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *label = mixq_file_label (path);
  g_autoptr (GHashTable) names = NULL;
  GHashTableIter iter;
  gpointer name = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR) && mixq_tu_find_file (base, (char **) &name) < MIXQ_TU_N_FILES)
    return name;
  names = scan_folder (folder);
  if (g_hash_table_size (names) != 1) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                 "%s: holds %u TUDataset sets; name the file NAME_A.txt of one of them", label,
                 g_hash_table_size (names));
    return NULL;
  }
  g_hash_table_iter_init (&iter, names);
  g_hash_table_iter_next (&iter, &name, NULL);
  return g_strdup (name);
}

static gboolean
read_folder (MixqTuParts *parts, const char *folder, GCancellable *cancellable, GError **error)
{
  for (MixqTuFile id = 0; id < MIXQ_TU_N_FILES; id++) {
    g_autofree char *base = g_strconcat (parts->name, mixq_tu_suffixes[id], NULL);
    g_autofree char *path = g_build_filename (folder, base, NULL);
    MixqSource *source;

    if (!g_file_test (path, G_FILE_TEST_EXISTS))
      continue;
    source = mixq_source_open (path, &parts->budget, cancellable, error);
    if (source == NULL || !mixq_tu_parts_read (parts, id, source, error))
      return FALSE;
  }
  return TRUE;
}

/* Archives. */

/* Members are told by the last part of their names: doubled slashes and folders do not matter. */
static gboolean
read_zip (MixqTuParts *parts, MixqZip *zip, char **name, GError **error)
{
  g_autoptr (GError) local = NULL;
  const char *member;

  while ((member = mixq_zip_next (zip, &local)) != NULL) {
    g_autofree char *base = g_path_get_basename (member);
    g_autofree char *set = NULL;
    MixqTuFile id = mixq_tu_find_file (base, &set);

    if (id == MIXQ_TU_N_FILES || *base == '.')
      continue;
    if (*name == NULL)
      parts->name = *name = g_steal_pointer (&set);
    else if (strcmp (*name, set) != 0) {
      g_set_error (
          error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
          "%s: holds files of the sets %s and %s; unpack it and name the file NAME_A.txt of one of them",
          mixq_zip_peek_label (zip), *name, set);
      return FALSE;
    }
    if (!mixq_tu_parts_read (parts, id, mixq_zip_open_member (zip), error))
      return FALSE;
  }
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (*name == NULL)
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
                 "%s: holds no TUDataset (no member NAME_A.txt); give the archive of such a set",
                 mixq_zip_peek_label (zip));
  return *name != NULL;
}

MixqDataset *
mixq_tu_load (const char *path, GCancellable *cancellable, GError **error)
{
  gboolean from_zip = !g_file_test (path, G_FILE_TEST_IS_DIR) && is_zip (path);
  g_autofree char *folder = find_folder (path);
  g_autofree char *name = from_zip ? NULL : choose_name (path, folder, error);
  g_auto (MixqTuParts) parts = { .name = name };
  g_autoptr (MixqZip) zip = NULL;
  gboolean ok = FALSE;

  if (from_zip) {
    zip = mixq_zip_open (path, &parts.budget, cancellable, error);
    ok = zip != NULL && read_zip (&parts, zip, &name, error);
  } else {
    ok = name != NULL && read_folder (&parts, folder, cancellable, error);
  }
  return ok && mixq_tu_parts_check (&parts, error) ? mixq_tu_parts_assemble (&parts, error) : NULL;
}
