/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the checked parts of a Planetoid set to a data set. */
#include "data/mixq-planetoid.h"

#include <string.h>

#include "data/mixq-dataset-private.h"
#include "data/mixq-planetoid-private.h"

#define VALIDATION_NODES 500

const char *const mixq_planetoid_suffixes[MIXQ_PLANETOID_N_FILES] = { "x",  "tx",   "allx",  "y",
                                                                      "ty", "ally", "graph", "test.index" };

char *
mixq_planetoid_parse_name (const char *base, gboolean *is_file)
{
  g_autofree char *name = NULL;

  if (is_file != NULL)
    *is_file = FALSE;
  if (!g_str_has_prefix (base, "ind.") || base[4] == '\0')
    return NULL;
  name = g_strdup (base + 4);
  for (gsize i = 0; i < MIXQ_PLANETOID_N_FILES; i++) {
    g_autofree char *ending = g_strconcat (".", mixq_planetoid_suffixes[i], NULL);

    if (g_str_has_suffix (name, ending) && strlen (name) > strlen (ending)) {
      name[strlen (name) - strlen (ending)] = '\0';
      if (is_file != NULL)
        *is_file = TRUE;
      break;
    }
  }
  return g_steal_pointer (&name);
}

char *
mixq_planetoid_file_path (const char *folder, const char *name, MixqPlanetoidFile id)
{
  g_autofree char *base = g_strdup_printf ("ind.%s.%s", name, mixq_planetoid_suffixes[id]);

  return g_build_filename (folder, base, NULL);
}

gboolean
mixq_planetoid_exists (const char *folder, const char *name)
{
  for (MixqPlanetoidFile id = 0; id < MIXQ_PLANETOID_N_FILES; id++) {
    g_autofree char *path = mixq_planetoid_file_path (folder, name, id);

    if (g_file_test (path, G_FILE_TEST_EXISTS))
      return TRUE;
  }
  return FALSE;
}

/*
 * The row of tx that each node has, or that of allx; a node in neither has none. @row_of_tx: n_nodes entries,
 * G_MAXUINT32 where the node is not in test.index.
 */
static guint32 *
invert_test (const MixqPlanetoidParts *parts)
{
  guint32 *row_of_tx = g_new (guint32, parts->n_nodes);

  memset (row_of_tx, 0xff, parts->n_nodes * sizeof *row_of_tx);
  for (guint i = 0; i < parts->test->len; i++)
    row_of_tx[g_array_index (parts->test, guint32, i)] = i;
  return row_of_tx;
}

/* Finds the stored row of @node in @all (the first rows) or @test. Returns: (nullable): the matrix. */
static const MixqCsr *
find_row (const MixqCsr *all, const MixqCsr *test, const guint32 *row_of_tx, gsize node, gsize *row)
{
  *row = node < all->n_rows ? node : row_of_tx[node];
  if (node < all->n_rows)
    return all;
  return row_of_tx[node] != G_MAXUINT32 ? test : NULL;
}

static MixqCsr *
join_features (const MixqPlanetoidParts *parts, const guint32 *row_of_tx)
{
  const MixqCsr *all = parts->matrix[MIXQ_PLANETOID_ALLX], *test = parts->matrix[MIXQ_PLANETOID_TX];
  gboolean with_values = all->value != NULL || test->value != NULL;
  MixqCsr *csr = mixq_csr_new (parts->n_nodes, all->n_cols, all->nnz + test->nnz, with_values);
  gsize at = 0;

  for (gsize node = 0; node < parts->n_nodes; node++) {
    gsize row;
    const MixqCsr *from = find_row (all, test, row_of_tx, node, &row);

    if (from != NULL)
      for (gsize e = from->row_ptr[row]; e < from->row_ptr[row + 1]; e++, at++) {
        csr->col[at] = from->col[e];
        if (with_values)
          csr->value[at] = from->value != NULL ? from->value[e] : 1.0f;
      }
    csr->row_ptr[node + 1] = at;
  }
  return csr;
}

static gint32 *
join_labels (const MixqPlanetoidParts *parts, const guint32 *row_of_tx)
{
  const MixqCsr *all = parts->matrix[MIXQ_PLANETOID_ALLY], *test = parts->matrix[MIXQ_PLANETOID_TY];
  gint32 *labels = g_new (gint32, parts->n_nodes);

  for (gsize node = 0; node < parts->n_nodes; node++) {
    gsize row;
    const MixqCsr *from = find_row (all, test, row_of_tx, node, &row);
    gboolean labelled = from != NULL && from->row_ptr[row + 1] > from->row_ptr[row];

    labels[node] = labelled ? (gint32) from->col[from->row_ptr[row]] : -1;
  }
  return labels;
}

/* Returns: how many unlabelled nodes were kept out of a part they stand in. */
static gsize
set_parts (MixqDataset *dataset, const MixqPlanetoidParts *parts)
{
  gsize n_train = parts->matrix[MIXQ_PLANETOID_X]->n_rows, n_all = parts->matrix[MIXQ_PLANETOID_ALLX]->n_rows;
  gsize val_end = MIN (n_train + VALIDATION_NODES, n_all), kept_out = 0;

  for (gsize node = 0; node < val_end; node++)
    dataset->part[node] = node < n_train ? MIXQ_PART_TRAIN : MIXQ_PART_VAL;
  for (guint i = 0; i < parts->test->len; i++)
    dataset->part[g_array_index (parts->test, guint32, i)] = MIXQ_PART_TEST;
  for (gsize node = 0; node < parts->n_nodes; node++)
    if (dataset->labels[node] < 0 && dataset->part[node] != MIXQ_PART_NONE) {
      dataset->part[node] = MIXQ_PART_NONE;
      kept_out++;
    }
  return kept_out;
}

/* The public sets, whose class names the files do not hold. Known by name and by the exact size of each class. */
typedef struct
{
  const char *name, *title;
  gsize n_classes;
  guint counts[8];
  const char *classes[8];
} KnownSet;

static const KnownSet known_sets[] = {
  { "cora",
    "Cora citation graph",
    7,
    { 351, 217, 418, 818, 426, 298, 180 },
    { "Theory", "Reinforcement Learning", "Genetic Algorithms", "Neural Networks", "Probabilistic Methods",
      "Case Based", "Rule Learning" } },
  { "citeseer",
    "CiteSeer citation graph",
    6,
    { 249, 590, 668, 701, 596, 508 },
    { "AI", "ML", "IR", "DB", "Agents", "HCI" } },
};

static gboolean
is_known (const MixqDataset *dataset, const KnownSet *set)
{
  g_autofree guint *counts = g_new0 (guint, dataset->n_classes);

  if (strcmp (dataset->name, set->name) != 0 || dataset->n_classes != set->n_classes)
    return FALSE;
  for (gsize node = 0; node < dataset->n_nodes; node++)
    if (dataset->labels[node] >= 0)
      counts[dataset->labels[node]]++;
  return memcmp (counts, set->counts, set->n_classes * sizeof *counts) == 0;
}

static void
name_known (MixqDataset *dataset)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known_sets); i++)
    if (is_known (dataset, &known_sets[i])) {
      g_free (dataset->title);
      dataset->title = g_strdup (known_sets[i].title);
      dataset->class_names = g_new0 (char *, dataset->n_classes + 1);
      for (gsize c = 0; c < dataset->n_classes; c++)
        dataset->class_names[c] = g_strdup (known_sets[i].classes[c]);
    }
}

static void
set_graph (MixqDataset *dataset, const MixqPlanetoidParts *parts)
{
  MixqEdgeCounts counts;

  dataset->graph = mixq_csr_new_from_edges (parts->n_nodes, (const guint32 *) (gpointer) parts->src->data,
                                            (const guint32 *) (gpointer) parts->dst->data, parts->src->len,
                                            &counts);
  dataset->n_self_loops = counts.self_loops;
  dataset->n_duplicates = counts.duplicates;
  dataset->was_directed = counts.unmatched > 0;
  mixq_dataset_add_note (dataset, parts->n_nodes - parts->n_keys,
                         "Nodes that have no entry in the graph file");
  mixq_dataset_add_note (dataset, counts.self_loops,
                         "Graph entries left out because they join a node to itself");
  mixq_dataset_add_note (dataset, counts.duplicates, "Graph entries left out because they repeat another");
  mixq_dataset_add_note (dataset, counts.unmatched,
                         "Edges that went one way only and got their other direction");
}

static MixqDataset *
assemble (const MixqPlanetoidParts *parts)
{
  g_autofree char *name = g_filename_display_name (parts->name);
  MixqDataset *dataset = mixq_dataset_alloc (name, name, "planetoid");
  g_autofree guint32 *row_of_tx = invert_test (parts);
  gsize gaps, unlabelled;

  dataset->n_nodes = parts->n_nodes;
  dataset->n_classes = parts->matrix[MIXQ_PLANETOID_ALLY]->n_cols;
  set_graph (dataset, parts);
  dataset->features = join_features (parts, row_of_tx);
  dataset->labels = join_labels (parts, row_of_tx);
  dataset->part = g_new0 (guint8, parts->n_nodes);
  unlabelled = set_parts (dataset, parts);
  gaps = parts->n_nodes - parts->matrix[MIXQ_PLANETOID_ALLX]->n_rows - parts->test->len;
  mixq_dataset_add_note (dataset, gaps, "Nodes that test.index leaves out, without features, class and part");
  mixq_dataset_add_note (dataset, unlabelled, "Nodes taken out of the split because they have no class");
  name_known (dataset);
  return dataset;
}

MixqDataset *
mixq_planetoid_load (const char *folder, const char *name, GCancellable *cancellable, GError **error)
{
  MixqPlanetoidParts parts = { .folder = folder, .name = name, .cancellable = cancellable };
  g_autoptr (MixqDataset) dataset = NULL;

  if (mixq_planetoid_parts_read (&parts, error))
    dataset = assemble (&parts);
  mixq_planetoid_parts_clear (&parts);
  if (dataset == NULL || !mixq_dataset_seal (dataset, error))
    return NULL;
  return g_steal_pointer (&dataset);
}
