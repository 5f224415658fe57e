/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/mixq-random.h"
#include "collection.h"
#include "net/mixq-batch.h"

static MixqInputs *
csl (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqDataset) dataset = mixq_dataset_load ("csl", NULL, NULL, &error);

  g_assert_no_error (error);
  return mixq_inputs_new (dataset);
}

/* Graphs of 1, 2, ... nodes. */
static MixqInputs *
growing (gsize n_graphs)
{
  g_autofree gsize *nodes = g_new (gsize, n_graphs);

  for (gsize g = 0; g < n_graphs; g++)
    nodes[g] = g + 1;
  return collection_inputs_new (nodes, n_graphs);
}

/* Row @r of @part is row @from of @whole, its columns (of nodes) by @origin where that is given; bit for bit. */
static void
assert_row (const MixqCsr *part, gsize r, const MixqCsr *whole, gsize from, const guint32 *origin)
{
  gsize a = part->row_ptr[r], b = whole->row_ptr[from], count = part->row_ptr[r + 1] - a;

  g_assert_cmpuint (count, ==, whole->row_ptr[from + 1] - b);
  for (gsize e = 0; e < count; e++)
    g_assert_cmpuint (origin != NULL ? origin[part->col[a + e]] : part->col[a + e], ==, whole->col[b + e]);
  g_assert_true ((part->value == NULL) == (whole->value == NULL));
  if (part->value != NULL && count > 0)
    g_assert_cmpmem (part->value + a, count * sizeof (float), whole->value + b, count * sizeof (float));
}

static void
assert_matrix (const MixqCsr *part, const MixqCsr *whole, const MixqInputs *batch, gboolean square)
{
  g_assert_cmpuint (part->n_rows, ==, batch->n_nodes);
  g_assert_cmpuint (part->n_cols, ==, square ? batch->n_nodes : whole->n_cols);
  g_assert_cmpuint (part->nnz, ==, part->row_ptr[part->n_rows]);
  for (gsize r = 0; r < batch->n_nodes; r++)
    assert_row (part, r, whole, batch->origin_node[r], square ? batch->origin_node : NULL);
}

/* @whole is all of the data set. */
static void
assert_batch (MixqInputs *batch, MixqInputs *whole, const guint32 *graphs, gsize n)
{
  const MixqDataset *dataset = whole->dataset;
  gsize in_part[4] = { 0 };

  g_assert_true (batch->dataset == dataset);
  g_assert_cmpuint (batch->n_graphs, ==, n);
  g_assert_cmpuint (batch->n_items, ==, n);
  g_assert_cmpuint (batch->n_nodes, ==, batch->graph_ptr[n]);
  g_assert_false (batch->neighbours_sampled);
  g_assert_cmpint (batch->features_signed, ==, whole->features_signed);
  for (gsize i = 0; i < n; i++) {
    gsize first = batch->graph_ptr[i], rows = batch->graph_ptr[i + 1] - first;
    guint8 part = dataset->item_part[graphs[i]];

    g_assert_cmpuint (batch->origin_item[i], ==, graphs[i]);
    g_assert_cmpint (batch->label[i], ==, dataset->graph_labels[graphs[i]]);
    g_assert_cmpuint (rows, ==, dataset->graph_ptr[graphs[i] + 1] - dataset->graph_ptr[graphs[i]]);
    for (gsize r = 0; r < rows; r++)
      g_assert_cmpuint (batch->origin_node[first + r], ==, dataset->graph_ptr[graphs[i]] + r);
    if (part != MIXQ_PART_NONE)
      g_assert_cmpuint (batch->item[part][in_part[part]], ==, i);
    in_part[part]++;
  }
  for (int part = MIXQ_PART_TRAIN; part <= MIXQ_PART_TEST; part++)
    g_assert_cmpuint (batch->n_item[part], ==, in_part[part]);
  assert_matrix (batch->features, whole->features, batch, FALSE);
  assert_matrix (batch->graph, whole->graph, batch, TRUE);
  for (guint e = 0; e < MIXQ_N_EDGES; e++)
    assert_matrix (mixq_inputs_edges (batch, e), mixq_inputs_edges (whole, e), batch, TRUE);
}

static void
check (MixqInputs *whole, const guint32 *graphs, gsize n)
{
  g_autoptr (MixqInputs) batch = mixq_batch_graphs (whole, graphs, n);

  assert_batch (batch, whole, graphs, n);
}

static void
test_orders (void)
{
  static const guint32 order[] = { 3, 4, 5, 9, 10, 2, 0, 1, 8, 7, 149, 60 };
  g_autoptr (MixqInputs) whole = csl ();
  g_autofree guint32 *all = g_new (guint32, whole->n_graphs);

  check (whole, order, G_N_ELEMENTS (order));
  check (whole, order, 1);
  for (guint32 i = 0; i < whole->n_graphs; i++)
    all[i] = i;
  check (whole, all, whole->n_graphs);
}

static void
test_uneven (void)
{
  static const guint32 order[] = { 0, 1, 2, 11, 5, 6, 7, 3, 9 };
  g_autoptr (MixqInputs) whole = growing (12);

  check (whole, order, G_N_ELEMENTS (order));
  check (whole, order + 3, 1);
  check (whole, order, 1); /* one node, no edge, no feature */
}

static void
test_random (void)
{
  g_autoptr (MixqInputs) whole = growing (40);
  MixqRandom random;

  mixq_random_init (&random, 3, "batch");
  for (int round = 0; round < 20; round++) {
    guint32 order[40];
    gsize n = 1 + mixq_random_below (&random, 40);

    for (guint32 i = 0; i < 40; i++)
      order[i] = i;
    for (guint32 i = 0; i < n; i++) {
      guint32 other = i + mixq_random_below (&random, 40 - i), kept = order[i];

      order[i] = order[other];
      order[other] = kept;
    }
    check (whole, order, n);
  }
}

static void
test_of_a_part (void)
{
  static const guint32 outer[] = { 7, 8, 3, 20, 21, 22 }, inner[] = { 4, 5, 1, 0 };
  static const guint32 same[] = { 21, 22, 8, 7 };
  g_autoptr (MixqInputs) whole = growing (30);
  g_autoptr (MixqInputs) part = mixq_batch_graphs (whole, outer, G_N_ELEMENTS (outer));
  g_autoptr (MixqInputs) batch = mixq_batch_graphs (part, inner, G_N_ELEMENTS (inner));

  assert_batch (batch, whole, same, G_N_ELEMENTS (same));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/batch/orders", test_orders);
  g_test_add_func ("/batch/uneven", test_uneven);
  g_test_add_func ("/batch/random", test_random);
  g_test_add_func ("/batch/of-a-part", test_of_a_part);
  return g_test_run ();
}
