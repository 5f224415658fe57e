/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-protect.h"

#define CHANGE 0.1f
#define LOW_FROM_8_BITS 0.0f
#define LOW_BELOW 0.1f

void
mixq_protect_ranks (const MixqCsr *adjacency, float *rank)
{
  gsize n = adjacency->n_rows, largest = 0, sum = 0;
  g_autofree gsize *count = NULL;

  for (gsize r = 0; r < n; r++)
    largest = MAX (largest, adjacency->row_ptr[r + 1] - adjacency->row_ptr[r]);
  count = g_new0 (gsize, largest + 1);
  for (gsize r = 0; r < n; r++)
    count[adjacency->row_ptr[r + 1] - adjacency->row_ptr[r]]++;
  for (gsize d = 0; d <= largest; d++)
    sum = count[d] += sum;
  for (gsize r = 0; r < n; r++)
    rank[r] = (float) count[adjacency->row_ptr[r + 1] - adjacency->row_ptr[r]] / (float) n;
}

float
mixq_protect_probability (guint8 bits, float rank)
{
  return (bits >= 8 ? LOW_FROM_8_BITS : LOW_BELOW) + CHANGE * rank;
}

/* Rows that stand for nodes: graphs have no neighbours. */
static gboolean
is_protectable (const MixqNet *net, const MixqSlot *slot)
{
  return mixq_slot_role_is_activation (slot->info->role) &&
         !net->model->value_of_graphs[net->model->units[slot->info->unit].output];
}

void
mixq_protect_bind (MixqNet *net)
{
  gsize n = MAX (net->inputs->n_nodes, 1);

  mixq_protect_clear (net);
  net->protect_rank = g_new0 (float, n);
  net->protect_draw = g_new0 (float, n);
  for (gsize r = 0; r < net->inputs->n_nodes; r++)
    net->protect_draw[r] = 1; /* nobody, until something is drawn */
  mixq_protect_ranks (net->inputs->graph, net->protect_rank);
  for (guint s = 0; s < net->n_slots; s++)
    if (is_protectable (net, &net->slots[s])) {
      net->slots[s].free_rows = g_new (guint32, n);
      net->slots[s].kept_rows = g_new (guint32, n);
    }
}

void
mixq_protect_clear (MixqNet *net)
{
  g_clear_pointer (&net->protect_rank, g_free);
  g_clear_pointer (&net->protect_draw, g_free);
  for (guint s = 0; s < net->n_slots; s++) {
    g_clear_pointer (&net->slots[s].free_rows, g_free);
    g_clear_pointer (&net->slots[s].kept_rows, g_free);
  }
}

void
mixq_protect_draw (MixqNet *net, MixqRandom *random)
{
  for (gsize r = 0; r < net->inputs->n_nodes; r++)
    net->protect_draw[r] = (float) mixq_random_uniform (random);
}

/* A mixture is protected as the width that it would take now. */
void
mixq_protect_split (const MixqNet *net, MixqSlot *slot, MixqRows rows)
{
  guint8 bits = mixq_net_selected (net, (guint) (slot - net->slots));

  slot->n_free = slot->n_kept = 0;
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);

    if (net->protect_draw[r] < mixq_protect_probability (bits, net->protect_rank[r]))
      slot->kept_rows[slot->n_kept++] = (guint32) r;
    else
      slot->free_rows[slot->n_free++] = (guint32) r;
  }
}
