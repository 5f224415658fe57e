/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding an OGB set, its split and its names, and from what was read to a data set. */
#include "data/mixq-ogb.h"

#include <string.h>

#include "base/mixq-error.h"
#include "data/mixq-dataset-private.h"
#include "data/mixq-file.h"
#include "data/mixq-ogb-private.h"
#include "data/mixq-text.h"

#define MAX_ENTRIES 10000 /* of a folder */
#define MAX_NAME 200      /* bytes of a class name */

/* The folder that raw/ is in: @path itself, the one above it, or two above a file. Returns: (nullable). */
static char *
find_root (const char *path)
{
  static const char *const signs[] = { "edge.csv.gz", "num-node-list.csv.gz", "node-label.csv.gz",
                                       "edge.csv" };
  g_autofree char *above = g_path_get_dirname (path);
  g_autofree char *top = g_path_get_dirname (above);
  const char *roots[] = { path, above, top };

  for (gsize i = 0; i < G_N_ELEMENTS (roots); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (signs); k++) {
      g_autofree char *sign = g_build_filename (roots[i], "raw", signs[k], NULL);
      g_autofree char *inner = g_build_filename (roots[i], "raw", NULL);

      if (!g_file_test (sign, G_FILE_TEST_EXISTS))
        continue;
      if (i == 0 || (i == 1 && strcmp (inner, path) == 0) || (i == 2 && strcmp (inner, above) == 0))
        return g_strdup (roots[i]);
    }
  return NULL;
}

/* Without the slashes at its end, which would make dirname() answer the folder itself. */
static char *
trim_path (const char *path)
{
  gsize length = strlen (path);

  while (length > 1 && G_IS_DIR_SEPARATOR (path[length - 1]))
    length--;
  return g_strndup (path, length);
}

gboolean
mixq_ogb_is_here (const char *path)
{
  g_autofree char *trimmed = trim_path (path);
  g_autofree char *root = g_file_test (path, G_FILE_TEST_EXISTS) ? find_root (trimmed) : NULL;

  return root != NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* What is in the folder @path, sorted. */
static GPtrArray *
list_folder (const char *path)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *base;

  for (gsize i = 0; i < MAX_ENTRIES && dir != NULL && (base = g_dir_read_name (dir)) != NULL; i++)
    g_ptr_array_add (names, g_strdup (base));
  g_ptr_array_sort (names, compare_names);
  return names;
}

/* Split. */

static gboolean
set_parts (MixqDataset *dataset,
           guint8 *part,
           MixqText *text,
           MixqPart value,
           gsize *kept_out,
           GError **error)
{
  g_autoptr (GError) stopped = NULL;

  while (mixq_text_next (text, &stopped)) {
    gint64 node;

    if (!mixq_text_int (text, &node) || !mixq_text_at_line_end (text))
      return mixq_text_refuse (text, MIXQ_ERROR_PARSE, error,
                               "is not a node number; download the split again");
    if (node < 0 || (guint64) node >= dataset->n_nodes)
      return mixq_text_refuse (text, MIXQ_ERROR_VALUE, error,
                               "names node %" G_GINT64_FORMAT ", but there are nodes 0 to %" G_GSIZE_FORMAT
                               " only; download the split again",
                               node, dataset->n_nodes - 1);
    if (part[node] != MIXQ_PART_NONE)
      return mixq_text_refuse (
          text, MIXQ_ERROR_VALUE, error,
          "names node %" G_GINT64_FORMAT ", which is in the split already; download the split again", node);
    if (mixq_dataset_item_class (dataset, (gsize) node) >= 0)
      part[node] = (guint8) value;
    else
      (*kept_out)++;
  }
  return mixq_text_finish (g_steal_pointer (&stopped), error);
}

static gboolean
read_part (MixqOgb *self,
           MixqDataset *dataset,
           const char *dir,
           MixqPart value,
           gsize *kept_out,
           GError **error)
{
  static const char *const names[][2] = {
    [MIXQ_PART_TRAIN] = { "train", "train" },
    [MIXQ_PART_VAL] = { "valid", "val" },
    [MIXQ_PART_TEST] = { "test", "test" },
  };
  guint8 *part = dataset->task == MIXQ_TASK_NODES ? dataset->part : dataset->item_part;
  g_autofree char *path = mixq_ogb_find_file (self, dir, names[value][0]);
  g_auto (MixqText) text = { 0 };
  MixqSource *source;

  if (path == NULL)
    path = mixq_ogb_find_file (self, dir, names[value][1]);
  if (path == NULL) {
    g_set_error (
        error, MIXQ_ERROR, MIXQ_ERROR_IO,
        "%s.csv.gz: missing in the folder %s; download the split again, or move that folder away to have "
        "one made",
        names[value][0], dir);
    return FALSE;
  }
  source = mixq_source_open (path, &self->budget, self->cancellable, error);
  if (source == NULL)
    return FALSE;
  mixq_text_init (&text, source);
  return set_parts (dataset, part, &text, value, kept_out, error);
}

static gboolean
read_split (MixqOgb *self, MixqDataset *dataset, GError **error)
{
  g_autofree char *folder = g_build_filename (self->root, "split", NULL);
  g_autoptr (GPtrArray) names = list_folder (folder);
  g_autofree char *dir = NULL;
  gsize kept_out = 0;

  if (names->len == 0) {
    mixq_dataset_set_default_split (dataset);
    return TRUE;
  }
  dir = g_build_filename ("split", g_ptr_array_index (names, 0), NULL);
  for (MixqPart value = MIXQ_PART_TRAIN; value <= MIXQ_PART_TEST; value++)
    if (!read_part (self, dataset, dir, value, &kept_out, error))
      return FALSE;
  mixq_dataset_add_note (dataset, kept_out, "Nodes taken out of the split because they have no label");
  if (names->len > 1)
    g_ptr_array_add (dataset->notes,
                     g_strdup_printf ("Of %u splits, the first was taken: %s", names->len, dir));
  return TRUE;
}

/* Names of classes: lines "number,name" below a heading. They are for people: a file that does not fit is passed over. */

static void
set_class_name (MixqDataset *dataset, MixqText *text)
{
  char *comma = strchr (text->line, ',');
  guint64 class_number;

  if (comma == NULL)
    return;
  *comma = '\0';
  if (!g_ascii_string_to_unsigned (text->line, 10, 0, dataset->n_classes - 1, &class_number, NULL) ||
      comma[1] == '\0' || strlen (comma + 1) > MAX_NAME)
    return;
  g_free (dataset->class_names[class_number]);
  dataset->class_names[class_number] = g_utf8_make_valid (comma + 1, -1);
}

static void
read_class_names (MixqOgb *self, MixqDataset *dataset)
{
  g_autofree char *folder = g_build_filename (self->root, "mapping", NULL);
  g_autoptr (GPtrArray) names = list_folder (folder);
  g_autofree char *path = NULL;
  g_auto (MixqText) text = { 0 };
  MixqSource *source;

  for (guint i = 0; i < names->len && path == NULL; i++)
    if (g_str_has_prefix (g_ptr_array_index (names, i), "labelidx"))
      path = g_build_filename (folder, g_ptr_array_index (names, i), NULL);
  source = path != NULL ? mixq_source_open (path, &self->budget, self->cancellable, NULL) : NULL;
  if (source == NULL)
    return;
  dataset->class_names = g_new0 (char *, dataset->n_classes + 1);
  for (gsize c = 0; c < dataset->n_classes; c++)
    dataset->class_names[c] = g_strdup_printf ("class %" G_GSIZE_FORMAT, c);
  mixq_text_init (&text, source);
  while (mixq_text_next (&text, NULL))
    set_class_name (dataset, &text);
}

/* The data set. */

static void
set_graph (MixqOgb *self, MixqDataset *dataset)
{
  MixqEdgeCounts counts;

  dataset->n_nodes = self->n_nodes;
  dataset->graph = mixq_csr_new_from_edges (self->n_nodes, self->src, self->dst, self->n_edges, &counts);
  g_clear_pointer (&self->src, g_free);
  g_clear_pointer (&self->dst, g_free);
  dataset->n_self_loops = counts.self_loops;
  dataset->n_duplicates = counts.duplicates;
  dataset->was_directed = counts.unmatched > 0;
  mixq_dataset_add_note (dataset, counts.self_loops, "Edges left out because they join a node to itself");
  mixq_dataset_add_note (dataset, counts.duplicates, "Edges left out because they repeat another");
  mixq_dataset_add_note (dataset, counts.unmatched,
                         "Edges that went one way only and got their other direction");
}

static gboolean
set_mean_features (MixqOgb *self, MixqDataset *dataset, GError **error)
{
  for (gsize node = 0; node < self->n_nodes; node++) {
    float count = (float) MAX (self->edge_count[node], 1);

    for (gsize c = 0; c < self->n_features; c++)
      if (!mixq_rows_add (&self->rows, c, self->edge_sum[node * self->n_features + c] / count))
        return mixq_budget_refuse (dataset->name, error);
    if (!mixq_rows_end (&self->rows))
      return mixq_budget_refuse (dataset->name, error);
  }
  g_ptr_array_add (
      dataset->notes,
      g_strdup ("The files have no features of nodes: the mean of those of a node's edges is taken"));
  return TRUE;
}

static gboolean
set_features (MixqOgb *self, MixqDataset *dataset, GError **error)
{
  gboolean given = self->rows.n_rows > 0;

  if (!given && self->edge_sum == NULL) {
    mixq_dataset_set_degree_features (dataset);
    return TRUE;
  }
  if (!given && !set_mean_features (self, dataset, error))
    return FALSE;
  if (given && self->has_edge_features)
    g_ptr_array_add (dataset->notes, g_strdup ("The features of edges are not used"));
  dataset->features = mixq_rows_finish (&self->rows, self->n_features);
  return TRUE;
}

static void
set_labels (MixqOgb *self, MixqDataset *dataset)
{
  gsize unlabelled = 0;

  if (self->n_tasks > 1) {
    dataset->task = MIXQ_TASK_NODE_TARGETS;
    dataset->n_classes = self->n_tasks;
    dataset->targets = g_steal_pointer (&self->targets);
    dataset->item_part = g_new0 (guint8, dataset->n_nodes);
    mixq_dataset_fill_unlabelled (dataset);
  } else {
    dataset->n_classes = (gsize) (self->max_label + 1);
    dataset->labels = g_steal_pointer (&self->labels);
    dataset->part = g_new0 (guint8, dataset->n_nodes);
    read_class_names (self, dataset);
  }
  for (gsize node = 0; node < dataset->n_nodes; node++)
    unlabelled += mixq_dataset_item_class (dataset, node) < 0;
  mixq_dataset_add_note (dataset, unlabelled, "Nodes without a label");
}

static gboolean
check_any (const MixqOgb *self, GError **error)
{
  if (self->n_nodes > 0 && (self->n_tasks > 1 || self->max_label >= 0))
    return TRUE;
  g_set_error_literal (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                       "node-label.csv.gz: no node has a label; give a set that has some");
  return FALSE;
}

MixqDataset *
mixq_ogb_load (const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *trimmed = trim_path (path);
  g_autofree char *root = find_root (trimmed);
  g_autofree char *label = mixq_file_label (root != NULL ? root : trimmed);
  g_auto (MixqOgb) ogb = { .root = root, .cancellable = cancellable };
  g_autoptr (MixqDataset) dataset = NULL;

  if (root == NULL) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
                 "%s: has no raw/edge.csv.gz; give the folder of a set in OGB's raw layout", label);
    return NULL;
  }
  if (!mixq_ogb_read (&ogb, error) || !check_any (&ogb, error))
    return NULL;
  dataset = mixq_dataset_alloc (label, label, "ogb");
  set_graph (&ogb, dataset);
  if (!set_features (&ogb, dataset, error))
    return NULL;
  set_labels (&ogb, dataset);
  if (!read_split (&ogb, dataset, error) || !mixq_dataset_seal (dataset, error))
    return NULL;
  return g_steal_pointer (&dataset);
}
