/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/mixq-dataset.h"

#include <math.h>

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
    stats->max_degree = MAX (stats->max_degree, graph->row_ptr[r + 1] - graph->row_ptr[r]);
    for (gsize e = graph->row_ptr[r]; e < graph->row_ptr[r + 1] && label >= 0; e++)
      alike += self->labels[graph->col[e]] == label;
  }
  stats->edges = graph->nnz;
  /* An edge with an unlabelled end stays in the count below: it is not known to join equals. */
  stats->homophily = graph->nnz > 0 ? (double) alike / (double) graph->nnz : 0;
  if (self->task != MIXQ_TASK_NODES)
    stats->homophily = NAN;
}

static void
count_classes (const MixqDataset *self, MixqDatasetStats *stats)
{
  gsize n = mixq_dataset_n_items (self);

  stats->class_counts = g_new0 (gsize, self->n_classes);
  for (gsize i = 0; i < n; i++) {
    gint32 label = mixq_dataset_item_class (self, i);

    stats->unlabelled += label < 0;
    if (self->task == MIXQ_TASK_NODE_TARGETS)
      for (gsize c = 0; c < self->n_classes; c++)
        stats->class_counts[c] += self->targets[i * self->n_classes + c] == 1;
    else if (label >= 0)
      stats->class_counts[label]++;
  }
}

static void
count_graphs (const MixqDataset *self, MixqDatasetStats *stats)
{
  stats->fewest_nodes = stats->most_nodes = self->n_nodes;
  if (self->graph_ptr == NULL)
    return;
  stats->most_nodes = 0;
  for (gsize g = 0; g < self->n_graphs; g++) {
    gsize n = self->graph_ptr[g + 1] - self->graph_ptr[g];

    stats->fewest_nodes = MIN (stats->fewest_nodes, n);
    stats->most_nodes = MAX (stats->most_nodes, n);
  }
}

MixqDatasetStats *
mixq_dataset_compute_stats (const MixqDataset *self)
{
  MixqDatasetStats *stats = g_new0 (MixqDatasetStats, 1);
  double cells = (double) self->features->n_rows * (double) self->features->n_cols;

  stats->nonzeros = self->features->nnz;
  stats->density = cells > 0 ? (double) self->features->nnz / cells : 0;
  count_classes (self, stats);
  count_graphs (self, stats);
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
