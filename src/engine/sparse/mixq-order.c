/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sparse/mixq-order.h"

#include <string.h>

#define MOST_SWEEPS 12
/* A sweep that moves fewer nodes than one in so many was the last. */
#define ENOUGH 100

typedef struct
{
  const MixqCsr *graph;
  gsize largest;
  guint32 *label; /* of each node */
  guint32 *size;  /* nodes of each label */
  guint32 *count; /* of each label among the neighbours of a node: 0 between two nodes */
} Communities;

static void
communities_init (Communities *self, const MixqCsr *graph, gsize largest)
{
  gsize n = MAX (graph->n_rows, 1);

  *self = (Communities){ graph, largest, g_new (guint32, n), g_new (guint32, n), g_new0 (guint32, n) };
  for (gsize i = 0; i < graph->n_rows; i++) {
    self->label[i] = (guint32) i;
    self->size[i] = 1;
  }
}

static void
communities_clear (Communities *self)
{
  g_free (self->label);
  g_free (self->size);
  g_free (self->count);
}

/* The label most neighbours of @node have and that has room; of several its own, then the first one met. */
static guint32
best_label (Communities *self, gsize node)
{
  const guint32 *neighbour = self->graph->col + self->graph->row_ptr[node];
  gsize n = self->graph->row_ptr[node + 1] - self->graph->row_ptr[node];
  guint32 own = self->label[node], best = own;

  for (gsize i = 0; i < n; i++)
    self->count[self->label[neighbour[i]]]++;
  for (gsize i = 0; i < n; i++) {
    guint32 label = self->label[neighbour[i]];

    if (self->count[label] > self->count[best] && self->size[label] < self->largest)
      best = label;
  }
  for (gsize i = 0; i < n; i++)
    self->count[self->label[neighbour[i]]] = 0;
  return best;
}

/* Returns: how many nodes changed sides. */
static gsize
sweep (Communities *self)
{
  gsize moved = 0;

  for (gsize node = 0; node < self->graph->n_rows; node++) {
    guint32 best = best_label (self, node);

    if (best == self->label[node])
      continue;
    self->size[self->label[node]]--;
    self->size[best]++;
    self->label[node] = best;
    moved++;
  }
  return moved;
}

/* Communities in the order of their labels. Returns: (transfer full) */
static guint32 *
order_of (const Communities *self)
{
  gsize n = self->graph->n_rows, from = 0;
  guint32 *order = g_new (guint32, MAX (n, 1)), *next = self->count;

  for (gsize label = 0; label < n; label++) {
    next[label] = (guint32) from;
    from += self->size[label];
  }
  for (gsize node = 0; node < n; node++)
    order[next[self->label[node]]++] = (guint32) node;
  return order;
}

guint32 *
mixq_order_by_community (const MixqCsr *graph, gsize largest)
{
  Communities self;
  guint32 *order;

  communities_init (&self, graph, largest);
  for (guint i = 0; i < MOST_SWEEPS; i++)
    if (sweep (&self) * ENOUGH < graph->n_rows)
      break;
  order = order_of (&self);
  communities_clear (&self);
  return order;
}
