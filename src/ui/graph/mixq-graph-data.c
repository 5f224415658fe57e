/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "graph/mixq-graph-data.h"

#include <math.h>
#include <string.h>

#include "layout/mixq-layout.h"

#define MAX_HUBS 60
/* The order of edges must not change from run to run. */
#define SHUFFLE_SEED 20250509

static void
collect_edges (MixqGraphData *self, const MixqCsr *graph)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (SHUFFLE_SEED);

  self->edges = g_new (guint32, MAX (graph->row_ptr[graph->n_rows], 1));
  for (gsize i = 0; i < graph->n_rows; i++) {
    self->degree[i] = (guint) (graph->row_ptr[i + 1] - graph->row_ptr[i]);
    for (gsize k = graph->row_ptr[i]; k < graph->row_ptr[i + 1]; k++)
      if (graph->col[k] > i) {
        self->edges[2 * self->n_edges] = (guint32) i;
        self->edges[2 * self->n_edges + 1] = (guint32) graph->col[k];
        self->n_edges++;
      }
  }
  for (gsize i = self->n_edges; i > 1; i--) {
    gsize j = (gsize) (g_rand_double (rand) * (double) i);
    guint32 pair[2] = { self->edges[2 * j], self->edges[2 * j + 1] };

    memcpy (&self->edges[2 * j], &self->edges[2 * i - 2], sizeof pair);
    memcpy (&self->edges[2 * i - 2], pair, sizeof pair);
  }
}

static int
compare_degree (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const guint *degree = user_data;
  guint32 left = *(const guint32 *) a, right = *(const guint32 *) b;

  if (degree[left] != degree[right])
    return degree[left] > degree[right] ? -1 : 1;
  return left < right ? -1 : 1;
}

static void
find_hubs (MixqGraphData *self, gsize n)
{
  g_autofree guint32 *order = g_new (guint32, MAX (n, 1));

  for (gsize i = 0; i < n; i++) {
    order[i] = (guint32) i;
    self->size[i] = (float) CLAMP (0.85 + 0.12 * sqrt ((double) self->degree[i]), 0.85, 1.8);
  }
  g_qsort_with_data (order, (int) n, sizeof *order, compare_degree, self->degree);
  self->n_hubs = MIN (n, MAX_HUBS);
  self->hubs = g_memdup2 (order, MAX (self->n_hubs, 1) * sizeof *order);
}

static void
load_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  MixqDataset *dataset = task_data;
  g_autoptr (MixqGraphData) self = g_atomic_rc_box_new0 (MixqGraphData);
  const gsize n = dataset->n_nodes;
  g_autoptr (GError) error = NULL;

  self->dataset = mixq_dataset_ref (dataset);
  self->degree = g_new0 (guint, MAX (n, 1));
  self->size = g_new (float, MAX (n, 1));
  collect_edges (self, dataset->graph);
  find_hubs (self, n);
  self->xy = g_new0 (float, 2 * n + 1);
  if (dataset->positions != NULL) {
    memcpy (self->xy, dataset->positions, 2 * n * sizeof (float));
  } else if (!mixq_layout_compute (dataset->graph, 0, NULL, NULL, cancellable, self->xy, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  self->index = mixq_graph_index_new (self->xy, n);
  g_task_return_pointer (task, g_steal_pointer (&self), (GDestroyNotify) mixq_graph_data_unref);
}

void
mixq_graph_data_load_async (MixqDataset *dataset,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, mixq_dataset_ref (dataset), (GDestroyNotify) mixq_dataset_unref);
  g_task_run_in_thread (task, load_thread);
}

MixqGraphData *
mixq_graph_data_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

MixqGraphData *
mixq_graph_data_ref (MixqGraphData *self)
{
  return g_atomic_rc_box_acquire (self);
}

MixqGraphData *
mixq_graph_data_stretch (MixqGraphData *self, double factor)
{
  MixqGraphData *stretched = g_atomic_rc_box_new0 (MixqGraphData);
  const gsize n = self->dataset->n_nodes;

  *stretched = *self;
  stretched->parent = mixq_graph_data_ref (self);
  mixq_dataset_ref (self->dataset);
  stretched->xy = g_memdup2 (self->xy, (2 * n + 1) * sizeof (float));
  for (gsize i = 0; i < n; i++)
    stretched->xy[2 * i] = (float) (stretched->xy[2 * i] * factor);
  stretched->index = mixq_graph_index_new (stretched->xy, n);
  return stretched;
}

static void
data_clear (MixqGraphData *self)
{
  g_clear_pointer (&self->dataset, mixq_dataset_unref);
  g_clear_pointer (&self->index, mixq_graph_index_free);
  g_free (self->xy);
  if (self->parent != NULL) { /* the rest is its */
    mixq_graph_data_unref (self->parent);
    return;
  }
  g_free (self->edges);
  g_free (self->degree);
  g_free (self->size);
  g_free (self->hubs);
}

void
mixq_graph_data_unref (MixqGraphData *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) data_clear);
}
