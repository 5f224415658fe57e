/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/mixq-builtin-csl.h"

#include "base/mixq-random.h"
#include "data/mixq-dataset-private.h"
#include "data/mixq-eigen.h"

#define NODES 41 /* of a graph */
#define CLASSES 10
#define COPIES 15 /* graphs of a class */
#define GRAPHS (CLASSES * COPIES)
#define EDGES (2 * NODES) /* of a graph, each once */
#define VECTORS (NODES - 1)
#define SEED 0
#define FOLDS 5
#define FOLD_SEED 42

static const guint skips[CLASSES] = { 2, 3, 4, 5, 6, 9, 11, 12, 13, 16 };

/* New numbers for the nodes of one graph; those of the first of a class stay. */
static void
number_nodes (MixqRandom *random, gsize graph, guint32 *number)
{
  for (guint32 i = 0; i < NODES; i++)
    number[i] = i;
  for (guint32 i = NODES; i > 1 && graph % COPIES != 0; i--) {
    guint32 j = mixq_random_below (random, i), swapped = number[j];

    number[j] = number[i - 1];
    number[i - 1] = swapped;
  }
}

static MixqCsr *
make_graphs (void)
{
  g_autofree guint32 *src = g_new (guint32, GRAPHS * EDGES), *dst = g_new (guint32, GRAPHS * EDGES);
  guint32 number[NODES];
  MixqRandom random;
  gsize e = 0;

  mixq_random_init (&random, SEED, "csl");
  for (gsize graph = 0; graph < GRAPHS; graph++) {
    guint steps[] = { 1, skips[graph / COPIES] };

    number_nodes (&random, graph, number);
    for (guint i = 0; i < NODES; i++)
      for (guint k = 0; k < G_N_ELEMENTS (steps); k++, e++) {
        src[e] = (guint32) (graph * NODES) + number[i];
        dst[e] = (guint32) (graph * NODES) + number[(i + steps[k]) % NODES];
      }
  }
  return mixq_csr_new_from_edges (GRAPHS * NODES, src, dst, e, NULL);
}

static MixqCsr *
make_features (const MixqCsr *graph)
{
  MixqCsr *features = mixq_csr_new (GRAPHS * NODES, VECTORS, (gsize) GRAPHS * NODES * VECTORS, TRUE);

  for (gsize g = 0; g < GRAPHS; g++)
    mixq_eigen_laplacian (graph, g * NODES, NODES, features->value + g * NODES * VECTORS, VECTORS);
  for (gsize r = 0; r < GRAPHS * NODES; r++) {
    for (gsize c = 0; c < VECTORS; c++)
      features->col[r * VECTORS + c] = (guint32) c;
    features->row_ptr[r + 1] = (r + 1) * VECTORS;
  }
  return features;
}

static void
set_classes (MixqDataset *dataset)
{
  dataset->n_classes = CLASSES;
  dataset->class_names = g_new0 (char *, CLASSES + 1);
  dataset->graph_ptr = g_new (gsize, GRAPHS + 1);
  dataset->graph_labels = g_new (gint32, GRAPHS);
  for (gsize c = 0; c < CLASSES; c++)
    dataset->class_names[c] = g_strdup_printf ("skip %u", skips[c]);
  for (gsize g = 0; g <= GRAPHS; g++)
    dataset->graph_ptr[g] = g * NODES;
  for (gsize g = 0; g < GRAPHS; g++)
    dataset->graph_labels[g] = (gint32) (g / COPIES);
}

MixqDataset *
mixq_builtin_csl_load (GError **error)
{
  g_autoptr (MixqDataset) dataset = mixq_dataset_alloc ("csl", "Circular skip links", "built-in");

  dataset->task = MIXQ_TASK_GRAPHS;
  dataset->n_nodes = GRAPHS * NODES;
  dataset->n_graphs = GRAPHS;
  dataset->graph = make_graphs ();
  dataset->features = make_features (dataset->graph);
  set_classes (dataset);
  mixq_dataset_fill_unlabelled (dataset);
  dataset->item_part = g_new0 (guint8, GRAPHS);
  mixq_dataset_deal_folds (dataset, 0, FOLDS, FOLD_SEED, dataset->item_part);
  dataset->feature_names = g_new0 (char *, VECTORS + 1);
  for (gsize c = 0; c < VECTORS; c++)
    dataset->feature_names[c] = g_strdup_printf ("eigenvector %" G_GSIZE_FORMAT, c + 2);
  if (!mixq_dataset_seal (dataset, error))
    return NULL;
  return g_steal_pointer (&dataset);
}
