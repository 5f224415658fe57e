/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-frontier.h"

#include <string.h>

static void
set_frontier (MixqNet *net, int value, const guint8 *reached)
{
  gsize n = mixq_net_n_rows (net, value), count = 0;
  guint32 *index;

  if (memchr (reached, FALSE, n) == NULL) { /* all rows: no list */
    net->frontier[value] = (MixqRows){ NULL, n };
    return;
  }
  index = g_new (guint32, MAX (n, 1));
  for (gsize r = 0; r < n; r++)
    if (reached[r])
      index[count++] = (guint32) r;
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
spread_to_neighbours (const MixqCsr *edges, gboolean with_self, const guint8 *reached, guint8 *input)
{
  for (gsize r = 0; r < edges->n_rows; r++) {
    if (!reached[r])
      continue;
    input[r] |= with_self;
    for (gsize e = edges->row_ptr[r]; e < edges->row_ptr[r + 1]; e++)
      input[edges->col[e]] = TRUE;
  }
}

/* From the rows of @reached that @unit writes to those of @input that it reads for them. */
static void
spread (MixqNet *net, guint u, const guint8 *reached, guint8 *input)
{
  const MixqUnit *unit = &net->model->units[u];
  const MixqInputs *in = net->inputs;
  gsize n = mixq_net_n_rows (net, unit->output);

  switch ((int) u == net->gathers_first ? MIXQ_UNIT_LINEAR : unit->kind) {
  case MIXQ_UNIT_PROPAGATE:
  case MIXQ_UNIT_ATTEND:
    spread_to_neighbours (mixq_inputs_edges (net->inputs, unit->edges), unit->adds_self, reached, input);
    break;
  case MIXQ_UNIT_POOL:
    for (gsize g = 0; g < n; g++)
      if (reached[g])
        memset (input + (in->graph_ptr != NULL ? in->graph_ptr[g] : 0), TRUE,
                in->graph_ptr != NULL ? in->graph_ptr[g + 1] - in->graph_ptr[g] : in->n_nodes);
    break;
  default:
    for (gsize r = 0; r < n; r++)
      input[r] |= reached[r];
    break;
  }
}

/*
 * Rows that are nearly all are taken as all: computing a few for nothing is cheaper than packing the others for every dense
 * product. Their gradients are zero. Not those of the logits, whose gradients only the loss writes.
 */
#define NEARLY_ALL 0.9

static void
widen_nearly_all (const MixqNet *net, const MixqUnit *unit, guint8 *reached)
{
  gsize n = mixq_net_n_rows (net, unit->output), count = 0;

  if (unit == &net->model->units[net->model->n_units - 1])
    return;
  for (gsize r = 0; r < n; r++)
    count += reached[r];
  if ((double) count >= NEARLY_ALL * (double) n)
    memset (reached, TRUE, n);
}

/* Statistics run over all rows, so each row's gradient reaches all. */
static void
widen_for_statistics (const MixqNet *net, const MixqUnit *unit, guint8 *reached)
{
  if (unit->kind == MIXQ_UNIT_BATCH_NORM)
    memset (reached, TRUE, mixq_net_n_rows (net, unit->output));
}

static void
mark_losses (const MixqNet *net, guint8 *reached)
{
  const MixqInputs *in = net->inputs;

  if (net->loss_on_all)
    memset (reached, TRUE, in->n_items);
  for (gsize i = 0; i < in->n_item[MIXQ_PART_TRAIN]; i++)
    reached[in->item[MIXQ_PART_TRAIN][i]] = TRUE;
}

static void
fill_frontiers (MixqNet *net)
{
  const MixqModel *model = net->model;
  g_autofree guint8 **reached = g_new0 (guint8 *, model->n_values);

  for (guint v = 0; v < model->n_values; v++)
    reached[v] = g_malloc0 (mixq_net_n_rows (net, (int) v) + 1);
  mark_losses (net, reached[model->units[model->n_units - 1].output]);
  for (guint u = model->n_units; u-- > 0;) {
    const MixqUnit *unit = &model->units[u];

    widen_for_statistics (net, unit, reached[unit->output]);
    widen_nearly_all (net, unit, reached[unit->output]);
    for (guint i = 0; i < unit->n_inputs; i++)
      spread (net, u, reached[unit->output], reached[mixq_unit_input (unit, i)]);
  }
  for (guint v = 0; v < model->n_values; v++)
    set_frontier (net, (int) v, reached[v]);
  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];

    /* Gathering units write the gradient of all rows of the frontier, the others those that they computed. */
    for (guint i = 0; i < unit->n_inputs; i++) {
      int v = mixq_unit_input (unit, i);
      gboolean gathers = unit->kind == MIXQ_UNIT_PROPAGATE || unit->kind == MIXQ_UNIT_ATTEND ||
                         unit->kind == MIXQ_UNIT_POOL;

      net->zero_first[v] = net->n_readers[v] > 1 ||
                           (!gathers && net->frontier[v].n != net->frontier[unit->output].n);
    }
  }
  for (guint v = 0; v < model->n_values; v++)
    g_free (reached[v]);
}

/* An operator that is its own transpose, bit for bit, and of which no row is left out. */
static gboolean
is_own_transpose (const MixqNet *net, const MixqUnit *unit)
{
  MixqRows rows = net->frontier[unit->output];

  return unit->kind == MIXQ_UNIT_PROPAGATE && unit->edges != MIXQ_EDGES_MEAN &&
         !net->inputs->neighbours_sampled && rows.index == NULL && rows.n == net->inputs->n_nodes;
}

static void
transpose_edges (MixqNet *net, guint u)
{
  const MixqUnit *unit = &net->model->units[u];
  const MixqCsr *edges = mixq_inputs_edges (net->inputs, unit->edges);

  net->edges_t[u] = is_own_transpose (net, unit)
                        ? mixq_csr_ref ((MixqCsr *) edges)
                        : transpose_rows (edges, net->frontier[unit->output], &net->edges_t_perm[u]);
}

static void
fill_transposes (MixqNet *net)
{
  const MixqModel *model = net->model;
  gsize largest_edges = 0;

  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];

    if ((unit->kind == MIXQ_UNIT_PROPAGATE || unit->kind == MIXQ_UNIT_ATTEND) &&
        !net->constant[unit->output] && (int) u != net->gathers_first) {
      transpose_edges (net, u);
      if (net->edges_t_perm[u] != NULL)
        largest_edges = MAX (largest_edges, net->edges_t[u]->nnz);
    }
    if (unit->input == 0 && unit->kind == MIXQ_UNIT_LINEAR) {
      net->features_t = transpose_rows (net->inputs->features, net->frontier[unit->output],
                                        &net->features_t_perm);
      net->features_t_value = g_new0 (float, MAX (net->features_t->nnz, 1));
    }
  }
  net->edge_t_value = g_new0 (float, MAX (largest_edges, 1));
}

void
mixq_frontier_build (MixqNet *net)
{
  if (net->can_train) {
    fill_frontiers (net);
    fill_transposes (net);
    return;
  }
  for (guint v = 0; v < net->model->n_values; v++)
    net->frontier[v] = (MixqRows){ NULL, mixq_net_n_rows (net, (int) v) };
}

void
mixq_frontier_clear (MixqNet *net)
{
  for (guint v = 0; v < net->model->n_values; v++)
    g_clear_pointer (&net->frontier_index[v], g_free);
  for (guint u = 0; u < net->model->n_units; u++) {
    g_clear_pointer (&net->edges_t[u], mixq_csr_unref);
    g_clear_pointer (&net->edges_t_perm[u], g_free);
  }
  g_clear_pointer (&net->features_t, mixq_csr_unref);
  g_clear_pointer (&net->features_t_perm, g_free);
  g_clear_pointer (&net->features_t_value, g_free);
  g_clear_pointer (&net->edge_t_value, g_free);
}
