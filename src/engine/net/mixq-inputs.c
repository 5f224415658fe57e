/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-inputs.h"

#include <pthread.h>
#include <string.h>

#include "net/mixq-renumber.h"
#include "sparse/mixq-order.h"

/* Features with a larger share of entries are measurements or embeddings, no bag of words. */
#define MOST_OF_A_BAG 0.75

/* --- features -------------------------------------------------------------------------------------------------------- */

static gboolean
has_negative (const MixqCsr *features)
{
  for (gsize e = 0; features->value != NULL && e < features->nnz; e++)
    if (features->value[e] < 0)
      return TRUE;
  return FALSE;
}

gboolean
mixq_inputs_normalises (const MixqDataset *dataset)
{
  const MixqCsr *x = dataset->features;

  return dataset->task != MIXQ_TASK_GRAPHS &&
         (double) x->nnz <= MOST_OF_A_BAG * (double) x->n_rows * (double) x->n_cols;
}

static MixqCsr *
as_stored (MixqCsr *features)
{
  MixqCsr *copy;

  if (features->value != NULL)
    return mixq_csr_ref (features);
  copy = mixq_csr_new_values (features);
  for (gsize e = 0; e < copy->nnz; e++)
    copy->value[e] = 1;
  return copy;
}

/* --- operators ------------------------------------------------------------------------------------------------------- */

static MixqCsr *
sum_of_neighbours (MixqCsr *graph)
{
  MixqCsr *self = mixq_csr_new_values (graph);

  for (gsize e = 0; e < self->nnz; e++)
    self->value[e] = 1;
  return self;
}

static MixqCsr *
mean_of_neighbours (MixqCsr *graph)
{
  MixqCsr *self = sum_of_neighbours (graph);

  for (gsize r = 0; r < self->n_rows; r++)
    for (gsize e = self->row_ptr[r]; e < self->row_ptr[r + 1]; e++)
      self->value[e] = 1.0f / (float) (self->row_ptr[r + 1] - self->row_ptr[r]);
  return self;
}

static MixqCsr *
with_loops (const MixqCsr *graph)
{
  MixqCsr *self = mixq_csr_new (graph->n_rows, graph->n_cols, graph->nnz + graph->n_rows, TRUE);
  gsize at = 0;

  for (gsize r = 0; r < graph->n_rows; r++) {
    gboolean looped = FALSE;

    for (gsize e = graph->row_ptr[r]; e < graph->row_ptr[r + 1]; e++) {
      if (!looped && graph->col[e] > r) {
        self->col[at++] = (guint32) r;
        looped = TRUE;
      }
      self->col[at++] = graph->col[e];
    }
    if (!looped)
      self->col[at++] = (guint32) r;
    self->row_ptr[r + 1] = at;
  }
  for (gsize e = 0; e < self->nnz; e++)
    self->value[e] = 1;
  return self;
}

static MixqCsr *
make_edges (MixqCsr *graph, MixqEdges edges)
{
  switch (edges) {
  case MIXQ_EDGES_GCN:
    return mixq_csr_normalise_symmetric (graph, MIXQ_GCN_LOOP_WEIGHT);
  case MIXQ_EDGES_SUM:
    return sum_of_neighbours (graph);
  case MIXQ_EDGES_MEAN:
    return mean_of_neighbours (graph);
  case MIXQ_EDGES_LOOPS:
    return with_loops (graph);
  case MIXQ_N_EDGES:
  default:
    g_assert_not_reached ();
  }
}

const MixqCsr *
mixq_inputs_edges (MixqInputs *self, MixqEdges edges)
{
  MixqCsr *csr;

  pthread_mutex_lock (self->lock);
  if (self->edges[edges] == NULL)
    self->edges[edges] = make_edges (self->graph, edges);
  csr = self->edges[edges];
  pthread_mutex_unlock (self->lock);
  return csr;
}

MixqInputs *
mixq_inputs_by_community (MixqInputs *self, gsize largest)
{
  MixqInputs *made;

  pthread_mutex_lock (self->lock);
  if (self->by_community == NULL) {
    g_autofree guint32 *order = mixq_order_by_community (self->graph, largest);

    self->by_community = mixq_inputs_renumber (self, order);
  }
  made = self->by_community;
  pthread_mutex_unlock (self->lock);
  return made;
}

void
mixq_inputs_set_edges (MixqInputs *self, MixqEdges edges, MixqCsr *csr)
{
  g_return_if_fail (self->edges[edges] == NULL);
  self->edges[edges] = csr;
}

/* --- inputs ---------------------------------------------------------------------------------------------------------- */

static MixqInputs *
inputs_alloc (MixqDataset *dataset)
{
  MixqInputs *self = g_new0 (MixqInputs, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->lock = g_new0 (pthread_mutex_t, 1);
  pthread_mutex_init (self->lock, NULL);
  self->dataset = mixq_dataset_ref (dataset);
  self->task = dataset->task;
  self->n_classes = dataset->n_classes;
  return self;
}

static void
copy_answers (MixqInputs *self, const gint32 *label, const guint8 *target)
{
  gsize classes = self->n_classes;

  if (label != NULL)
    self->label = g_new (gint32, MAX (self->n_items, 1));
  if (target != NULL)
    self->target = g_malloc (MAX (self->n_items * classes, 1));
  for (gsize i = 0; i < self->n_items; i++) {
    gsize from = self->origin_item != NULL ? self->origin_item[i] : i;

    if (label != NULL)
      self->label[i] = label[from];
    if (target != NULL)
      memcpy (self->target + i * classes, target + from * classes, classes);
  }
}

void
mixq_inputs_seal (MixqInputs *self, const guint8 *parts)
{
  const MixqDataset *dataset = self->dataset;
  const guint8 *stored = mixq_dataset_peek_item_part (dataset);

  self->n_items = self->task == MIXQ_TASK_GRAPHS ? self->n_graphs : self->n_nodes;
  copy_answers (self,
                self->task == MIXQ_TASK_GRAPHS  ? dataset->graph_labels
                : self->task == MIXQ_TASK_NODES ? dataset->labels
                                                : NULL,
                self->task == MIXQ_TASK_NODE_TARGETS ? dataset->targets : NULL);
  for (int part = MIXQ_PART_TRAIN; part <= MIXQ_PART_TEST; part++)
    self->item[part] = g_new (guint32, MAX (self->n_items, 1));
  for (gsize i = 0; i < self->n_items; i++) {
    guint8 part = parts != NULL ? parts[i] : stored[self->origin_item != NULL ? self->origin_item[i] : i];

    if (part != MIXQ_PART_NONE)
      self->item[part][self->n_item[part]++] = (guint32) i;
  }
  for (int part = MIXQ_PART_TRAIN; part <= MIXQ_PART_TEST; part++)
    self->item[part] = g_renew (guint32, self->item[part], MAX (self->n_item[part], 1));
}

MixqInputs *
mixq_inputs_new (MixqDataset *dataset)
{
  MixqInputs *self = inputs_alloc (dataset);

  self->n_nodes = dataset->n_nodes;
  self->n_graphs = dataset->n_graphs;
  if (dataset->graph_ptr != NULL)
    self->graph_ptr = g_memdup2 (dataset->graph_ptr, (dataset->n_graphs + 1) * sizeof *self->graph_ptr);
  self->features_signed = has_negative (dataset->features);
  self->features = mixq_inputs_normalises (dataset) ? mixq_csr_normalise_rows (dataset->features)
                                                    : as_stored (dataset->features);
  self->graph = mixq_csr_ref (dataset->graph);
  mixq_inputs_seal (self, NULL);
  return self;
}

MixqInputs *
mixq_inputs_new_part (MixqInputs *whole)
{
  MixqInputs *self = inputs_alloc (whole->dataset);

  self->features_signed = whole->features_signed;
  return self;
}

MixqInputs *
mixq_inputs_ref (MixqInputs *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mixq_inputs_unref (MixqInputs *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (int part = 0; part < 4; part++)
    g_free (self->item[part]);
  for (int edges = 0; edges < MIXQ_N_EDGES; edges++)
    g_clear_pointer (&self->edges[edges], mixq_csr_unref);
  g_clear_pointer (&self->by_community, mixq_inputs_unref);
  pthread_mutex_destroy (self->lock);
  g_free (self->lock);
  g_clear_pointer (&self->features, mixq_csr_unref);
  g_clear_pointer (&self->graph, mixq_csr_unref);
  g_free (self->graph_ptr);
  g_free (self->label);
  g_free (self->target);
  g_free (self->origin_node);
  g_free (self->origin_item);
  mixq_dataset_unref (self->dataset);
  g_free (self);
}
