/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collection.h"

static MixqCsr *
make_graph (const gsize *first, gsize n_graphs)
{
  gsize n = 0;
  g_autofree guint32 *from = g_new (guint32, 2 * first[n_graphs]), *to = g_new (guint32, 2 * first[n_graphs]);

  for (gsize g = 0; g < n_graphs; g++)
    for (gsize i = first[g] + 1; i < first[g + 1]; i++) {
      from[n] = (guint32) i - 1;
      to[n++] = (guint32) i;
      if (i % 3 == 0) {
        from[n] = (guint32) i;
        to[n++] = (guint32) first[g + 1] - 1;
      }
    }
  return mixq_csr_new_from_edges (first[n_graphs], from, to, n, NULL);
}

static MixqCsr *
make_features (gsize n_nodes)
{
  MixqCsr *x = mixq_csr_new (n_nodes, 3, 3 * n_nodes, TRUE);
  gsize n = 0;

  for (gsize r = 0; r < n_nodes; r++) {
    for (guint32 f = 0; f < r % 4; f++) {
      x->col[n] = f;
      x->value[n++] = (float) r + 0.25f * (float) f;
    }
    x->row_ptr[r + 1] = n;
  }
  x->nnz = n;
  return x;
}

MixqInputs *
collection_inputs_new (const gsize *nodes, gsize n_graphs)
{
  g_autoptr (MixqDataset) dataset = mixq_dataset_alloc ("collection", "Collection", "test");
  g_autoptr (GError) error = NULL;
  gboolean ok;

  dataset->task = MIXQ_TASK_GRAPHS;
  dataset->n_graphs = n_graphs;
  dataset->n_classes = 2;
  dataset->graph_ptr = g_new0 (gsize, n_graphs + 1);
  dataset->graph_labels = g_new (gint32, n_graphs);
  dataset->item_part = g_malloc (n_graphs);
  for (gsize g = 0; g < n_graphs; g++) {
    dataset->graph_ptr[g + 1] = dataset->graph_ptr[g] + nodes[g];
    dataset->graph_labels[g] = (gint32) (g % 2);
    dataset->item_part[g] = (guint8) (g % 4);
  }
  dataset->n_nodes = dataset->graph_ptr[n_graphs];
  dataset->graph = make_graph (dataset->graph_ptr, n_graphs);
  dataset->features = make_features (dataset->n_nodes);
  dataset->labels = g_new (gint32, dataset->n_nodes);
  dataset->part = g_malloc0 (dataset->n_nodes);
  for (gsize r = 0; r < dataset->n_nodes; r++)
    dataset->labels[r] = -1;
  ok = mixq_dataset_seal (dataset, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  return mixq_inputs_new (dataset);
}
