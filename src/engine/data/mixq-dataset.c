/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/mixq-dataset.h"

#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "data/mixq-dataset-private.h"

MixqDataset *
mixq_dataset_alloc (const char *name, const char *title, const char *format)
{
  MixqDataset *self = g_new0 (MixqDataset, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->name = g_strdup (name);
  self->title = g_strdup (title);
  self->format = g_strdup (format);
  self->n_graphs = 1;
  self->notes = g_ptr_array_new_with_free_func (g_free);
  return self;
}

MixqDataset *
mixq_dataset_ref (MixqDataset *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mixq_dataset_unref (MixqDataset *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->name);
  g_free (self->title);
  g_free (self->format);
  g_free (self->source);
  g_free (self->split);
  g_free (self->sha256);
  g_free (self->graph_sha256);
  g_clear_pointer (&self->graph, mixq_csr_unref);
  g_clear_pointer (&self->features, mixq_csr_unref);
  g_free (self->labels);
  g_free (self->part);
  g_free (self->graph_ptr);
  g_free (self->graph_labels);
  g_free (self->targets);
  g_free (self->item_part);
  g_strfreev (self->node_names);
  g_strfreev (self->class_names);
  g_strfreev (self->feature_names);
  g_free (self->positions);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

static gboolean
fail (MixqErrorCode code, GError **error, const char *problem)
{
  g_set_error_literal (error, MIXQ_ERROR, code, problem);
  return FALSE;
}

/* row_ptr goes up from 0 to nnz, columns go up within each row, values are finite. */
static gboolean
check_csr (const MixqCsr *csr, const char *what, GError **error)
{
  gboolean ok = csr->row_ptr[0] == 0 && csr->row_ptr[csr->n_rows] == csr->nnz && csr->n_cols <= G_MAXUINT32;

  for (gsize r = 0; r < csr->n_rows && ok; r++)
    ok = csr->row_ptr[r] <= csr->row_ptr[r + 1] && csr->row_ptr[r + 1] <= csr->nnz;
  for (gsize r = 0; r < csr->n_rows && ok; r++)
    for (gsize e = csr->row_ptr[r]; e < csr->row_ptr[r + 1] && ok; e++)
      ok = csr->col[e] < csr->n_cols && (e == csr->row_ptr[r] || csr->col[e] > csr->col[e - 1]);
  if (!ok) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_SHAPE, "the %s matrix is not in sorted row form", what);
    return FALSE;
  }
  for (gsize e = 0; csr->value != NULL && e < csr->nnz; e++)
    if (!isfinite (csr->value[e])) {
      g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                   "entry %" G_GSIZE_FORMAT " of the %s matrix is not a finite number", e, what);
      return FALSE;
    }
  return TRUE;
}

/* Rows are visited in order, so the reverses of each row's entries turn up in order too: one cursor a row, O(E). */
static gboolean
check_symmetric (const MixqCsr *graph, GError **error)
{
  g_autofree gsize *cursor = g_memdup2 (graph->row_ptr, (graph->n_rows + 1) * sizeof *cursor);

  for (gsize r = 0; r < graph->n_rows; r++)
    for (gsize e = graph->row_ptr[r]; e < graph->row_ptr[r + 1]; e++) {
      gsize c = graph->col[e];
      gsize reverse = cursor[c]++;

      if (c == r)
        return fail (MIXQ_ERROR_VALUE, error, "the graph joins a node to itself");
      if (reverse >= graph->row_ptr[c + 1] || graph->col[reverse] != r)
        return fail (MIXQ_ERROR_VALUE, error, "the graph is not symmetric");
    }
  return TRUE;
}

static gboolean
check_graph (const MixqDataset *self, GError **error)
{
  const MixqCsr *graph = self->graph;

  if (graph == NULL || graph->n_rows != self->n_nodes || graph->n_cols != self->n_nodes)
    return fail (MIXQ_ERROR_SHAPE, error, "the graph does not have one row and column for each node");
  if (graph->value != NULL)
    return fail (MIXQ_ERROR_VALUE, error, "the graph has weights, which are not supported");
  return check_csr (graph, "graph", error) && check_symmetric (graph, error);
}

static gboolean
check_label (const MixqDataset *self, const char *what, gsize i, gint32 label, guint8 part, GError **error)
{
  if (label < -1 || label >= (gint64) self->n_classes) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                 "%s %" G_GSIZE_FORMAT " has class %d, but there are %" G_GSIZE_FORMAT " classes", what, i,
                 label, self->n_classes);
    return FALSE;
  }
  if (part > MIXQ_PART_TEST || (label < 0 && part != MIXQ_PART_NONE)) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                 "%s %" G_GSIZE_FORMAT
                 " has no class but is in a part of the split, or is in an unknown part",
                 what, i);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_labels (const MixqDataset *self, GError **error)
{
  if (self->labels == NULL || self->part == NULL)
    return fail (MIXQ_ERROR_SHAPE, error, "the data set has no labels or no split");
  for (gsize node = 0; node < self->n_nodes; node++) {
    if (!check_label (self, "node", node, self->labels[node], self->part[node], error))
      return FALSE;
    if (self->task != MIXQ_TASK_NODES && self->labels[node] >= 0)
      return fail (MIXQ_ERROR_VALUE, error, "nodes have classes, but something else is to be predicted");
  }
  return TRUE;
}

/* Graphs follow each other, each with a node, and no edge leaves its graph. */
static gboolean
check_blocks (const MixqDataset *self, GError **error)
{
  const gsize *ptr = self->graph_ptr;

  if (ptr == NULL)
    return self->n_graphs == 1 ? TRUE
                               : fail (MIXQ_ERROR_SHAPE, error, "several graphs have no list of their nodes");
  if (self->n_graphs == 0 || ptr[0] != 0 || ptr[self->n_graphs] != self->n_nodes)
    return fail (MIXQ_ERROR_SHAPE, error, "the graphs do not hold each node once");
  for (gsize g = 0; g < self->n_graphs; g++)
    if (ptr[g] >= ptr[g + 1] || ptr[g + 1] > self->n_nodes)
      return fail (MIXQ_ERROR_SHAPE, error, "a graph has no nodes");
  for (gsize g = 0; g < self->n_graphs; g++)
    for (gsize e = self->graph->row_ptr[ptr[g]]; e < self->graph->row_ptr[ptr[g + 1]]; e++)
      if (self->graph->col[e] < ptr[g] || self->graph->col[e] >= ptr[g + 1]) {
        g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                     "an edge of graph %" G_GSIZE_FORMAT " leaves it for node %u", g, self->graph->col[e]);
        return FALSE;
      }
  return TRUE;
}

/* What is to be predicted where it is not the class of a node. */
static gboolean
check_task (const MixqDataset *self, GError **error)
{
  gboolean graphs = self->task == MIXQ_TASK_GRAPHS, targets = self->task == MIXQ_TASK_NODE_TARGETS;

  if ((guint) self->task > MIXQ_TASK_GRAPHS || (self->graph_labels != NULL) != graphs ||
      (self->targets != NULL) != targets || (self->item_part != NULL) != (graphs || targets) ||
      (graphs && self->graph_ptr == NULL))
    return fail (MIXQ_ERROR_SHAPE, error, "labels and split do not fit what is to be predicted");
  for (gsize i = 0; targets && i < self->n_nodes * self->n_classes; i++)
    if (self->targets[i] > 1 && self->targets[i] != MIXQ_TARGET_UNKNOWN)
      return fail (MIXQ_ERROR_VALUE, error, "a target is not yes, no or unknown");
  for (gsize i = 0; self->item_part != NULL && i < mixq_dataset_n_items (self); i++)
    if (!check_label (self, graphs ? "graph" : "node", i, mixq_dataset_item_class (self, i),
                      self->item_part[i], error))
      return FALSE;
  return TRUE;
}

/* @names: (nullable): exactly @n valid UTF-8 strings */
static gboolean
check_names (char **names, gsize n, const char *what, GError **error)
{
  gboolean ok = TRUE;

  if (names == NULL)
    return TRUE;
  for (gsize i = 0; i < n && ok; i++)
    ok = names[i] != NULL && g_utf8_validate (names[i], -1, NULL);
  if (ok && names[n] == NULL)
    return TRUE;
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_SHAPE,
               "the %s names are not %" G_GSIZE_FORMAT " valid UTF-8 strings", what, n);
  return FALSE;
}

static gboolean
check_texts (const MixqDataset *self, GError **error)
{
  if (self->name == NULL || *self->name == '\0' || !g_utf8_validate (self->name, -1, NULL) ||
      self->title == NULL || !g_utf8_validate (self->title, -1, NULL) || self->format == NULL)
    return fail (MIXQ_ERROR_VALUE, error, "the data set's name, title or format is missing or not UTF-8");
  for (guint i = 0; i < self->notes->len; i++)
    if (!g_utf8_validate (g_ptr_array_index (self->notes, i), -1, NULL))
      return fail (MIXQ_ERROR_VALUE, error, "a note is not valid UTF-8");
  return check_names (self->node_names, self->n_nodes, "node", error) &&
         check_names (self->class_names, self->n_classes, "class", error) &&
         check_names (self->feature_names, self->features->n_cols, "feature", error);
}

static gboolean
check_positions (const MixqDataset *self, GError **error)
{
  for (gsize i = 0; self->positions != NULL && i < 2 * self->n_nodes; i++)
    if (!(self->positions[i] >= -1 && self->positions[i] <= 1)) /* false for NaN too */
      return fail (MIXQ_ERROR_VALUE, error, "a node's position lies outside [-1, 1]");
  return TRUE;
}

static void
fill_class_names (MixqDataset *self)
{
  self->class_names = g_new0 (char *, self->n_classes + 1);
  for (gsize c = 0; c < self->n_classes; c++)
    self->class_names[c] = g_strdup_printf ("%s %" G_GSIZE_FORMAT,
                                            self->task == MIXQ_TASK_NODE_TARGETS ? "task" : "class", c);
}

gboolean
mixq_dataset_seal (MixqDataset *self, GError **error)
{
  if (self->n_nodes == 0 || self->n_nodes > G_MAXINT32 || self->n_classes == 0 ||
      self->n_classes > G_MAXINT32)
    return fail (MIXQ_ERROR_SHAPE, error, "a data set needs at least one node and one class");
  if (self->features == NULL || self->features->n_rows != self->n_nodes)
    return fail (MIXQ_ERROR_SHAPE, error, "the features do not have one row for each node");
  if (!check_graph (self, error) || !check_csr (self->features, "feature", error) ||
      !check_blocks (self, error) || !check_labels (self, error) || !check_task (self, error) ||
      !check_texts (self, error) || !check_positions (self, error))
    return FALSE;
  if (self->class_names == NULL)
    fill_class_names (self);
  g_free (self->sha256);
  g_free (self->graph_sha256);
  self->sha256 = mixq_dataset_compute_sha256 (self);
  self->graph_sha256 = mixq_dataset_compute_graph_sha256 (self);
  return TRUE;
}

gsize
mixq_dataset_count_part (const MixqDataset *self, MixqPart part)
{
  gsize count = 0;

  for (gsize node = 0; node < self->n_nodes; node++)
    count += self->part[node] == part;
  return count;
}

gsize
mixq_dataset_n_items (const MixqDataset *self)
{
  return self->task == MIXQ_TASK_GRAPHS ? self->n_graphs : self->n_nodes;
}

const guint8 *
mixq_dataset_peek_item_part (const MixqDataset *self)
{
  return self->task == MIXQ_TASK_NODES ? self->part : self->item_part;
}

gsize
mixq_dataset_count_items (const MixqDataset *self, MixqPart part)
{
  const guint8 *item_part = mixq_dataset_peek_item_part (self);
  gsize count = 0;

  for (gsize i = 0; i < mixq_dataset_n_items (self); i++)
    count += item_part[i] == part;
  return count;
}

gint32
mixq_dataset_item_class (const MixqDataset *self, gsize item)
{
  if (self->task == MIXQ_TASK_NODES)
    return self->labels[item];
  if (self->task == MIXQ_TASK_GRAPHS)
    return self->graph_labels[item];
  for (gsize c = 0; c < self->n_classes; c++)
    if (self->targets[item * self->n_classes + c] != MIXQ_TARGET_UNKNOWN)
      return 0;
  return -1;
}

gsize
mixq_dataset_graph_of (const MixqDataset *self, gsize node)
{
  gsize low = 0, high = self->n_graphs;

  /* graph_ptr[low] <= node < graph_ptr[high] */
  while (self->graph_ptr != NULL && high - low > 1) {
    gsize middle = low + (high - low) / 2;

    if (self->graph_ptr[middle] <= node)
      low = middle;
    else
      high = middle;
  }
  return low;
}

void
mixq_dataset_fill_unlabelled (MixqDataset *self)
{
  self->labels = g_new (gint32, self->n_nodes);
  self->part = g_new0 (guint8, self->n_nodes);
  for (gsize node = 0; node < self->n_nodes; node++)
    self->labels[node] = -1;
}

void
mixq_dataset_add_note (MixqDataset *self, gsize count, const char *what)
{
  if (count > 0)
    g_ptr_array_add (self->notes, g_strdup_printf ("%s: %" G_GSIZE_FORMAT, what, count));
}
