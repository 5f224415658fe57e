/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-batch.h"

#include <string.h>

/* Graphs that follow each other in the whole and in the batch: rows [from, from + n) of one are rows [to, to + n) of the other. */
typedef struct
{
  gsize from, to, n;
} Run;

static GArray *
find_runs (const MixqInputs *whole, const guint32 *graphs, gsize n)
{
  GArray *runs = g_array_new (FALSE, FALSE, sizeof (Run));
  gsize to = 0;

  for (gsize i = 0; i < n; i++) {
    gsize from = whole->graph_ptr[graphs[i]], rows = whole->graph_ptr[graphs[i] + 1] - from;

    if (i > 0 && graphs[i] == graphs[i - 1] + 1)
      g_array_index (runs, Run, runs->len - 1).n += rows;
    else
      g_array_append_vals (runs, &(Run){ from, to, rows }, 1);
    to += rows;
  }
  return runs;
}

/* The rows of @from that @runs names. @square: columns are nodes too and move with the rows. */
static MixqCsr *
copy_rows (const MixqCsr *from, const GArray *runs, gsize n_rows, gboolean square)
{
  MixqCsr *self;
  gsize nnz = 0, at = 0;

  for (guint i = 0; i < runs->len; i++) {
    const Run *run = &g_array_index (runs, Run, i);
    nnz += from->row_ptr[run->from + run->n] - from->row_ptr[run->from];
  }
  self = mixq_csr_new (n_rows, square ? n_rows : from->n_cols, nnz, from->value != NULL);
  for (guint i = 0; i < runs->len; i++) {
    const Run *run = &g_array_index (runs, Run, i);
    gsize first = from->row_ptr[run->from], count = from->row_ptr[run->from + run->n] - first;

    memcpy (self->col + at, from->col + first, count * sizeof *self->col);
    if (from->value != NULL)
      memcpy (self->value + at, from->value + first, count * sizeof *self->value);
    for (gsize e = at; square && e < at + count; e++)
      self->col[e] = (guint32) (self->col[e] - run->from + run->to);
    for (gsize r = 1; r <= run->n; r++)
      self->row_ptr[run->to + r] = from->row_ptr[run->from + r] - first + at;
    at += count;
  }
  return self;
}

static void
number_graphs (MixqInputs *self, const MixqInputs *whole, const guint32 *graphs)
{
  self->graph_ptr = g_new0 (gsize, self->n_graphs + 1);
  self->origin_item = g_new (guint32, MAX (self->n_graphs, 1));
  for (gsize i = 0; i < self->n_graphs; i++) {
    gsize rows = whole->graph_ptr[graphs[i] + 1] - whole->graph_ptr[graphs[i]];

    self->graph_ptr[i + 1] = self->graph_ptr[i] + rows;
    self->origin_item[i] = whole->origin_item != NULL ? whole->origin_item[graphs[i]] : graphs[i];
  }
}

static void
number_nodes (MixqInputs *self, const MixqInputs *whole, const GArray *runs)
{
  self->origin_node = g_new (guint32, MAX (self->n_nodes, 1));
  for (guint i = 0; i < runs->len; i++) {
    const Run *run = &g_array_index (runs, Run, i);

    for (gsize r = 0; r < run->n; r++) {
      gsize node = run->from + r;
      self->origin_node[run->to + r] = whole->origin_node != NULL ? whole->origin_node[node] : (guint32) node;
    }
  }
}

MixqInputs *
mixq_batch_graphs (MixqInputs *whole, const guint32 *graphs, gsize n)
{
  MixqInputs *self;
  GArray *runs;

  g_return_val_if_fail (whole->graph_ptr != NULL, NULL);
  for (gsize i = 0; i < n; i++)
    g_return_val_if_fail (graphs[i] < whole->n_graphs, NULL);

  self = mixq_inputs_new_part (whole);
  runs = find_runs (whole, graphs, n);
  self->n_graphs = n;
  number_graphs (self, whole, graphs);
  self->n_nodes = self->graph_ptr[n];
  number_nodes (self, whole, runs);
  self->features = copy_rows (whole->features, runs, self->n_nodes, FALSE);
  self->graph = copy_rows (whole->graph, runs, self->n_nodes, TRUE);
  mixq_inputs_seal (self, NULL);
  g_array_unref (runs);
  return self;
}
