/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-frontier.h"

#include <string.h>

static void
set_frontier (MixqNet *net, int value, const guint8 *reached)
{
  gsize n = net->model->n_nodes, count = 0;
  guint32 *index = g_new (guint32, MAX (n, 1));

  for (gsize r = 0; r < n; r++)
    if (reached[r])
      index[count++] = (guint32) r;
  if (count == n)
    g_clear_pointer (&index, g_free); /* all rows: no list */
  net->frontier_index[value] = index;
  net->frontier[value] = (MixqRows){ index, count };
}

/* Entries of @rows of @csr, transposed; @permutation[t] is the entry of @csr that t came from. */
static MixqCsr *
transpose_rows (const MixqCsr *csr, MixqRows rows, gsize **permutation)
{
  gsize nnz = 0;
  MixqCsr *t;
  gsize *perm;
  g_autofree gsize *next = NULL;

  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);
    nnz += csr->row_ptr[r + 1] - csr->row_ptr[r];
  }
  t = mixq_csr_new (csr->n_cols, csr->n_rows, nnz, TRUE);
  perm = g_new (gsize, MAX (nnz, 1));
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);
    for (gsize e = csr->row_ptr[r]; e < csr->row_ptr[r + 1]; e++)
      t->row_ptr[csr->col[e] + 1]++;
  }
  for (gsize r = 0; r < t->n_rows; r++)
    t->row_ptr[r + 1] += t->row_ptr[r];
  next = g_memdup2 (t->row_ptr, (t->n_rows + 1) * sizeof *next);
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);
    for (gsize e = csr->row_ptr[r]; e < csr->row_ptr[r + 1]; e++) {
      gsize at = next[csr->col[e]]++;
      t->col[at] = (guint32) r;
      t->value[at] = csr->value[e];
      perm[at] = e;
    }
  }
  *permutation = perm;
  return t;
}

static void
spread_to_neighbours (const MixqCsr *adjacency, guint8 *reached)
{
  g_autofree guint8 *before = g_memdup2 (reached, adjacency->n_rows);

  for (gsize r = 0; r < adjacency->n_rows; r++)
    if (before[r])
      for (gsize e = adjacency->row_ptr[r]; e < adjacency->row_ptr[r + 1]; e++)
        reached[adjacency->col[e]] = TRUE;
}

void
mixq_frontier_build (MixqNet *net, gboolean loss_on_all)
{
  const MixqModel *model = net->model;
  g_autofree guint8 *reached = g_malloc0 (model->n_nodes + 1);
  gsize largest_edges = 0;

  for (gsize r = 0; r < model->n_nodes; r++)
    reached[r] = loss_on_all || net->inputs->dataset->part[r] == MIXQ_PART_TRAIN;
  set_frontier (net, model->units[model->n_units - 1].output, reached);

  for (guint u = model->n_units; u-- > 0;) {
    const MixqUnit *unit = &model->units[u];

    if (unit->kind == MIXQ_UNIT_PROPAGATE) {
      net->edges_t[u] = transpose_rows (mixq_inputs_edges (net->inputs, MIXQ_EDGES_GCN),
                                        net->frontier[unit->output], &net->edges_t_perm[u]);
      largest_edges = MAX (largest_edges, net->edges_t[u]->nnz);
      spread_to_neighbours (mixq_inputs_edges (net->inputs, MIXQ_EDGES_GCN), reached);
    }
    if (unit->input == 0)
      net->features_t = transpose_rows (net->inputs->features, net->frontier[unit->output],
                                        &net->features_t_perm);
    else
      set_frontier (net, unit->input, reached);
  }
  net->features_t_value = g_new0 (float, MAX (net->features_t->nnz, 1));
  net->edge_t_value = g_new0 (float, MAX (largest_edges, 1));
}

void
mixq_frontier_clear (MixqNet *net)
{
  for (guint v = 0; v < net->model->n_values; v++)
    g_free (net->frontier_index[v]);
  for (guint u = 0; u < net->model->n_units; u++) {
    g_clear_pointer (&net->edges_t[u], mixq_csr_unref);
    g_free (net->edges_t_perm[u]);
  }
  g_clear_pointer (&net->features_t, mixq_csr_unref);
  g_free (net->features_t_perm);
  g_free (net->features_t_value);
  g_free (net->edge_t_value);
}
