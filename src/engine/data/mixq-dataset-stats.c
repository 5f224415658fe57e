/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/mixq-dataset.h"

/* Union-find with path halving. */
static guint32
find_root (guint32 *parent, guint32 node)
{
  while (parent[node] != node) {
    parent[node] = parent[parent[node]];
    node = parent[node];
  }
  return node;
}

static gsize
count_components (const MixqCsr *graph)
{
  g_autofree guint32 *parent = g_new (guint32, graph->n_rows);
  gsize components = graph->n_rows;

  for (gsize node = 0; node < graph->n_rows; node++)
    parent[node] = (guint32) node;
  for (gsize r = 0; r < graph->n_rows; r++)
    for (gsize e = graph->row_ptr[r]; e < graph->row_ptr[r + 1] && graph->col[e] < r; e++) {
      guint32 a = find_root (parent, (guint32) r), b = find_root (parent, graph->col[e]);

      if (a != b) {
        parent[MAX (a, b)] = MIN (a, b);
        components--;
      }
    }
  return components;
}

static void
count_edges (const MixqDataset *self, MixqDatasetStats *stats)
{
  const MixqCsr *graph = self->graph;
  gsize alike = 0;

  for (gsize r = 0; r < graph->n_rows; r++) {
    gint32 label = self->labels[r];

    stats->isolated += graph->row_ptr[r] == graph->row_ptr[r + 1];
    for (gsize e = graph->row_ptr[r]; e < graph->row_ptr[r + 1] && label >= 0; e++)
      alike += self->labels[graph->col[e]] == label;
  }
  stats->edges = graph->nnz;
  /* An edge with an unlabelled end stays in the count below: it is not known to join equals. */
  stats->homophily = graph->nnz > 0 ? (double) alike / (double) graph->nnz : 0;
}

MixqDatasetStats *
mixq_dataset_compute_stats (const MixqDataset *self)
{
  MixqDatasetStats *stats = g_new0 (MixqDatasetStats, 1);
  double cells = (double) self->features->n_rows * (double) self->features->n_cols;

  stats->nonzeros = self->features->nnz;
  stats->density = cells > 0 ? (double) self->features->nnz / cells : 0;
  stats->class_counts = g_new0 (gsize, self->n_classes);
  for (gsize node = 0; node < self->n_nodes; node++)
    if (self->labels[node] >= 0)
      stats->class_counts[self->labels[node]]++;
    else
      stats->unlabelled++;
  stats->components = count_components (self->graph);
  count_edges (self, stats);
  return stats;
}

void
mixq_dataset_stats_free (MixqDatasetStats *self)
{
  g_free (self->class_counts);
  g_free (self);
}
