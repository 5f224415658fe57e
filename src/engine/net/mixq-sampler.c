/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-sampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NOT_FOUND G_MAXUINT32
#define SMALL_ROW 32 /* sorted by insertion up to here */

struct _MixqSampler
{
  MixqInputs *whole;
  guint32
      *local; /* [node of the whole]: its row in the sample, or NOT_FOUND; all NOT_FOUND between samples */
  guint8 *is_drawn; /* [position in a row of the whole]: 0 between rows */
  guint32 *found;   /* [row]: node of the whole */
  gsize n_found, found_room;
  guint32 *col; /* rows drawn so far */
  gsize n_cols, col_room;
};

static void
make_room (guint32 **array, gsize *room, gsize needed)
{
  if (needed <= *room)
    return;
  *room = MAX (needed, *room + *room / 2);
  *array = g_renew (guint32, *array, *room);
}

static gsize
degree (const MixqInputs *inputs, gsize node)
{
  return inputs->graph->row_ptr[node + 1] - inputs->graph->row_ptr[node];
}

MixqSampler *
mixq_sampler_new (MixqInputs *whole)
{
  MixqSampler *self;
  gsize largest = 0;

  g_return_val_if_fail (whole->task != MIXQ_TASK_GRAPHS && whole->origin_node == NULL, NULL);
  self = g_new0 (MixqSampler, 1);
  self->whole = mixq_inputs_ref (whole);
  self->local = g_new (guint32, MAX (whole->n_nodes, 1));
  memset (self->local, 0xff, whole->n_nodes * sizeof *self->local);
  for (gsize i = 0; i < whole->n_nodes; i++)
    largest = MAX (largest, degree (whole, i));
  self->is_drawn = g_malloc0 (MAX (largest, 1));
  make_room (&self->found, &self->found_room, 1);
  make_room (&self->col, &self->col_room, 1);
  return self;
}

void
mixq_sampler_free (MixqSampler *self)
{
  mixq_inputs_unref (self->whole);
  g_free (self->local);
  g_free (self->is_drawn);
  g_free (self->found);
  g_free (self->col);
  g_free (self);
}

/* --- drawing --------------------------------------------------------------------------------------------------------- */

/* The row of @node in the sample: a new one where it is new. */
static guint32
find (MixqSampler *self, guint32 node)
{
  if (self->local[node] == NOT_FOUND) {
    make_room (&self->found, &self->found_room, self->n_found + 1);
    self->local[node] = (guint32) self->n_found;
    self->found[self->n_found++] = node;
  }
  return self->local[node];
}

/*
 * @n of @n_all neighbours, each set of them as likely as any other (R. Floyd's algorithm: the step that may draw position
 * @last takes it itself where it draws one that was taken before).
 */
static void
draw (MixqSampler *self, const guint32 *all, gsize n_all, guint32 *drawn, gsize n, MixqRandom *random)
{
  for (gsize i = 0; i < n; i++) {
    guint32 last = (guint32) (n_all - n + i), position = mixq_random_below (random, last + 1);

    if (self->is_drawn[position])
      position = last;
    self->is_drawn[position] = TRUE;
    drawn[i] = position;
  }
  for (gsize i = 0; i < n; i++) {
    self->is_drawn[drawn[i]] = FALSE;
    drawn[i] = all[drawn[i]];
  }
}

static int
compare_u32 (const void *a, const void *b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;
  return (x > y) - (x < y);
}

static void
sort_row (guint32 *col, gsize n)
{
  if (n > SMALL_ROW) {
    qsort (col, n, sizeof *col, compare_u32);
    return;
  }
  for (gsize i = 1; i < n; i++) {
    guint32 moved = col[i];
    gsize at = i;

    for (; at > 0 && col[at - 1] > moved; at--)
      col[at] = col[at - 1];
    col[at] = moved;
  }
}

/* Appends the neighbours of row @r. */
static void
draw_row (MixqSampler *self, gsize r, guint fanout, MixqRandom *random)
{
  const MixqCsr *graph = self->whole->graph;
  guint32 node = self->found[r], *row;
  const guint32 *all = graph->col + graph->row_ptr[node];
  gsize d = degree (self->whole, node), n = MIN (d, fanout);

  make_room (&self->col, &self->col_room, self->n_cols + n);
  row = self->col + self->n_cols;
  if (n == d)
    memcpy (row, all, n * sizeof *row);
  else
    draw (self, all, d, row, n, random);
  for (gsize i = 0; i < n; i++)
    row[i] = find (self, row[i]);
  sort_row (row, n);
  self->n_cols += n;
}

/* Hop by hop. Returns: the graph of the sample. */
static MixqCsr *
draw_graph (MixqSampler *self, const guint *fanout, guint n_hops, MixqRandom *random)
{
  gsize *row_ptr = NULL, from = 0;

  for (guint hop = 0; hop < n_hops; hop++) {
    gsize to = self->n_found;

    row_ptr = g_renew (gsize, row_ptr, to + 1);
    for (gsize r = from; r < to; r++) {
      row_ptr[r] = self->n_cols;
      draw_row (self, r, fanout[hop], random);
    }
    from = to;
  }
  row_ptr = g_renew (gsize, row_ptr, self->n_found + 1);
  for (gsize r = from; r <= self->n_found; r++)
    row_ptr[r] = self->n_cols;
  return mixq_csr_new_take (self->n_found, self->n_found, row_ptr,
                            g_memdup2 (self->col, MAX (self->n_cols, 1) * sizeof *self->col), NULL);
}

static void
forget (MixqSampler *self)
{
  for (gsize i = 0; i < self->n_found; i++)
    self->local[self->found[i]] = NOT_FOUND;
  self->n_found = self->n_cols = 0;
}

/* --- what a network reads -------------------------------------------------------------------------------------------- */

static MixqCsr *
copy_features (const MixqCsr *whole, const guint32 *node, gsize n)
{
  MixqCsr *self;
  gsize nnz = 0, at = 0;

  for (gsize r = 0; r < n; r++)
    nnz += whole->row_ptr[node[r] + 1] - whole->row_ptr[node[r]];
  self = mixq_csr_new (n, whole->n_cols, nnz, whole->value != NULL);
  for (gsize r = 0; r < n; r++) {
    gsize first = whole->row_ptr[node[r]], count = whole->row_ptr[node[r] + 1] - first;

    memcpy (self->col + at, whole->col + first, count * sizeof *self->col);
    if (whole->value != NULL)
      memcpy (self->value + at, whole->value + first, count * sizeof *self->value);
    at += count;
    self->row_ptr[r + 1] = at;
  }
  return self;
}

/* How many neighbours of the whole each one that was drawn for row @r stands for. */
static double
stands_for (const MixqInputs *self, const MixqInputs *whole, gsize r)
{
  gsize drawn = degree (self, r);

  return drawn > 0 ? (double) degree (whole, self->origin_node[r]) / (double) drawn : 0;
}

static MixqCsr *
sum_edges (const MixqInputs *self, const MixqInputs *whole)
{
  const MixqCsr *graph = self->graph;
  MixqCsr *csr = mixq_csr_new_values (self->graph);

  for (gsize r = 0; r < graph->n_rows; r++) {
    float weight = (float) stands_for (self, whole, r);

    for (gsize e = graph->row_ptr[r]; e < graph->row_ptr[r + 1]; e++)
      csr->value[e] = weight;
  }
  return csr;
}

/* Weights as mixq_csr_normalise_symmetric() gives them in the whole, but from the degrees of the rows at hand alone. */
static MixqCsr *
gcn_edges (const MixqInputs *self, const MixqInputs *whole)
{
  const MixqCsr *graph = self->graph;
  const double loop = MIXQ_GCN_LOOP_WEIGHT;
  gsize n = graph->n_rows, at = 0;
  MixqCsr *csr = mixq_csr_new (n, n, graph->nnz + n, TRUE);
  g_autofree double *inv_sqrt = g_new (double, MAX (n, 1));

  for (gsize r = 0; r < n; r++)
    inv_sqrt[r] = 1.0 / sqrt (loop + (double) degree (whole, self->origin_node[r]));
  for (gsize r = 0; r < n; r++) {
    gsize e = graph->row_ptr[r], end = graph->row_ptr[r + 1];
    double scale = stands_for (self, whole, r);
    gboolean loop_done = FALSE;

    while (e < end || !loop_done) {
      gboolean is_loop = !loop_done && (e == end || graph->col[e] > r);
      gsize c = is_loop ? r : graph->col[e++];

      csr->col[at] = (guint32) c;
      csr->value[at++] = (float) (inv_sqrt[r] * (is_loop ? loop : 1) * inv_sqrt[c] * (is_loop ? 1 : scale));
      loop_done |= is_loop;
    }
    csr->row_ptr[r + 1] = at;
  }
  return csr;
}

MixqInputs *
mixq_sampler_sample (MixqSampler *self,
                     const guint32 *nodes,
                     gsize n,
                     const guint *fanout,
                     guint n_hops,
                     MixqRandom *random)
{
  MixqInputs *inputs;
  g_autofree guint8 *parts = NULL;
  gsize n_targets;

  for (gsize i = 0; i < n; i++)
    g_return_val_if_fail (nodes[i] < self->whole->n_nodes, NULL);
  for (gsize i = 0; i < n; i++)
    find (self, nodes[i]);
  n_targets = self->n_found;

  inputs = mixq_inputs_new_part (self->whole);
  inputs->graph = draw_graph (self, fanout, n_hops, random);
  inputs->n_nodes = self->n_found;
  inputs->n_graphs = 1;
  inputs->neighbours_sampled = TRUE;
  inputs->origin_node = g_memdup2 (self->found, MAX (self->n_found, 1) * sizeof *self->found);
  inputs->origin_item = g_memdup2 (self->found, MAX (self->n_found, 1) * sizeof *self->found);
  inputs->features = copy_features (self->whole->features, self->found, self->n_found);
  parts = g_malloc0 (MAX (self->n_found, 1));
  memset (parts, MIXQ_PART_TRAIN, n_targets);
  mixq_inputs_seal (inputs, parts);
  mixq_inputs_set_edges (inputs, MIXQ_EDGES_SUM, sum_edges (inputs, self->whole));
  mixq_inputs_set_edges (inputs, MIXQ_EDGES_GCN, gcn_edges (inputs, self->whole));
  forget (self);
  return inputs;
}
