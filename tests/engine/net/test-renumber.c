/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "net/mixq-renumber.h"
#include "toy.h"

#define NODES 60

static guint32 *
shuffled (gsize n)
{
  guint32 *order = g_new (guint32, n);
  MixqRandom random;

  mixq_random_init (&random, 2, "renumber");
  for (guint32 i = 0; i < n; i++)
    order[i] = i;
  for (guint32 i = (guint32) n; i > 1; i--) {
    guint32 other = mixq_random_below (&random, i), kept = order[other];

    order[other] = order[i - 1];
    order[i - 1] = kept;
  }
  return order;
}

/* Where row @r of @csr has column @c: its value, else 0. */
static float
value_at (const MixqCsr *csr, gsize r, gsize c)
{
  for (gsize e = csr->row_ptr[r]; e < csr->row_ptr[r + 1]; e++)
    if (csr->col[e] == c)
      return csr->value != NULL ? csr->value[e] : 1;
  return 0;
}

static void
assert_matrix (const MixqCsr *a, const MixqCsr *whole, const guint32 *order, gboolean square)
{
  g_assert_cmpuint (a->nnz, ==, whole->nnz);
  for (gsize r = 0; r < a->n_rows; r++) {
    g_assert_cmpuint (a->row_ptr[r + 1] - a->row_ptr[r], ==,
                      whole->row_ptr[order[r] + 1] - whole->row_ptr[order[r]]);
    for (gsize e = a->row_ptr[r]; e < a->row_ptr[r + 1]; e++) {
      guint32 c = square ? order[a->col[e]] : a->col[e];

      g_assert_cmpfloat (a->value != NULL ? a->value[e] : 1, ==, value_at (whole, order[r], c));
      g_assert_true (e == a->row_ptr[r] || a->col[e] > a->col[e - 1]);
    }
  }
}

static void
check (MixqInputs *whole, MixqInputs *other, const guint32 *order)
{
  g_assert_cmpuint (other->n_items, ==, whole->n_items);
  g_assert_false (other->neighbours_sampled);
  assert_matrix (other->features, whole->features, order, FALSE);
  assert_matrix (other->graph, whole->graph, order, TRUE);
  for (guint e = 0; e < MIXQ_N_EDGES; e++)
    assert_matrix (mixq_inputs_edges (other, e), mixq_inputs_edges (whole, e), order, TRUE);
  for (gsize i = 0; i < whole->n_items; i++) {
    g_assert_cmpuint (other->origin_item[i], ==, order[i]);
    g_assert_cmpuint (other->origin_node[i], ==, order[i]);
    g_assert_cmpint (other->label[i], ==, whole->label[order[i]]);
  }
  for (int part = MIXQ_PART_TRAIN; part <= MIXQ_PART_TEST; part++) {
    g_assert_cmpuint (other->n_item[part], ==, whole->n_item[part]);
    for (gsize i = 0; i < other->n_item[part]; i++)
      g_assert_cmpint (mixq_dataset_peek_item_part (whole->dataset)[order[other->item[part][i]]], ==, part);
  }
}

static void
test_sparse (void)
{
  g_autoptr (MixqInputs) whole = toy_inputs_new (&(ToySpec){ .nodes = NODES });
  g_autofree guint32 *order = shuffled (NODES);
  g_autoptr (MixqInputs) other = mixq_inputs_renumber (whole, order);

  check (whole, other, order);
}

/* Features without gaps share their columns. */
static void
test_full (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqDataset) dataset = mixq_dataset_load ("generated:90,300,5,3", NULL, NULL, &error);
  g_autoptr (MixqInputs) whole = NULL, other = NULL;
  g_autofree guint32 *order = shuffled (90);

  g_assert_no_error (error);
  whole = mixq_inputs_new (dataset);
  other = mixq_inputs_renumber (whole, order);
  g_assert_true (other->features->col == whole->features->col);
  check (whole, other, order);
}

static void
test_by_community (void)
{
  g_autoptr (MixqInputs) whole = toy_inputs_new (&(ToySpec){ .nodes = NODES, .homophilous = TRUE });
  MixqInputs *other = mixq_inputs_by_community (whole, 20);

  g_assert_true (mixq_inputs_by_community (whole, 20) == other);
  check (whole, other, other->origin_node);
}

static MixqNet *
forward (const ToySpec *spec, MixqInputs *whole, MixqInputs *bound)
{
  static const guint8 choices[] = { 2, 4, 8 };
  g_autoptr (MixqModel) model = toy_model_new (spec, whole);
  MixqNet *net = mixq_net_new (model, whole, G_N_ELEMENTS (choices), choices, NULL, FALSE, NULL);

  mixq_net_init_weights (net, 4);
  mixq_net_bind (net, bound, TRUE);
  mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .all_rows = TRUE });
  return net;
}

/* A network has no idea of numbers. */
static void
test_logits (void)
{
  const ToySpec spec = { .nodes = NODES, .layers = 2 };
  g_autoptr (MixqInputs) whole = toy_inputs_new (&spec);
  g_autofree guint32 *order = shuffled (NODES);
  g_autoptr (MixqInputs) other = mixq_inputs_renumber (whole, order);
  g_autoptr (MixqNet) a = forward (&spec, whole, whole), b = forward (&spec, whole, other);
  gsize classes = a->model->n_classes;

  for (gsize i = 0; i < NODES; i++)
    for (gsize c = 0; c < classes; c++)
      g_assert_cmpfloat_with_epsilon (mixq_net_logits (b)[i * classes + c],
                                      mixq_net_logits (a)[order[i] * classes + c], 1e-4f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/renumber/sparse", test_sparse);
  g_test_add_func ("/renumber/full", test_full);
  g_test_add_func ("/renumber/by-community", test_by_community);
  g_test_add_func ("/renumber/logits", test_logits);
  return g_test_run ();
}
