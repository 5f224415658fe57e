/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The counts of method spec section 8: worked numbers, published totals, and a recount by elementary operations. */
#include <math.h>
#include <string.h>

#include "cost/mixq-cost.h"

static const struct
{
  gsize nodes, edges, features, nonzeros, classes;
} cora = { 2708, 10556, 1433, 49216, 7 }, citeseer = { 3327, 9104, 3703, 105165, 6 },
  pubmed = { 19717, 88648, 500, 988031, 3 };

#define NEW_MODEL(set, spec)                                                                                 \
  mixq_model_new_for_sizes (spec, set.nodes, set.edges, set.features, set.nonzeros, set.classes, NULL)

/* Decimal numbers of the spec are given to two places. */
#define TWO_PLACES 0.005

static void
assert_near (double a, double b, double tolerance)
{
  if (!(fabs (a - b) <= tolerance))
    g_test_message ("%.17g is not %.17g", a, b);
  g_assert_true (fabs (a - b) <= tolerance);
}

static MixqCost
uniform_cost (const MixqModel *model, guint8 width)
{
  guint8 bits[64];
  MixqCost cost;

  memset (bits, width, sizeof bits);
  mixq_cost_count (model, bits, &cost);
  return cost;
}

static void
test_cora_by_parts (void)
{
  g_autoptr (MixqModel) model = NEW_MODEL (cora, &MIXQ_MODEL_SPEC_DEFAULT);
  /* linear, mul + scatter, relu, dropout, linear, mul + scatter: the worked check */
  const double expected[] = { 496712192, 13264 + 3395584, 693248, 0, 2426368, 13264 + 185696 };
  MixqCost cost;
  double sum = 0;

  g_assert_cmpuint (model->n_units, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < model->n_units; i++) {
    MixqUnitCost part;

    mixq_cost_count_unit (model, i, NULL, &part);
    g_assert_cmpfloat (part.operations, ==, expected[i]);
    g_assert_cmpfloat (part.bitops, ==, 32 * expected[i]);
    sum += part.operations;
  }
  mixq_cost_count (model, NULL, &cost);
  g_assert_cmpfloat (sum, ==, 503439616);
  g_assert_cmpfloat (cost.operations, ==, 503439616);
  g_assert_cmpfloat (cost.bitops, ==, 16110067712);
  g_assert_cmpfloat (cost.bitops_search, ==, 16110067712);
  g_assert_cmpfloat (cost.average_bits, ==, 32);
}

/* A slot whose nodes have widths of their own counts as its nodes do: every figure lies between its neighbours by the mean. */
static void
test_means (void)
{
  g_autoptr (MixqModel) model = NEW_MODEL (cora, &MIXQ_MODEL_SPEC_DEFAULT);
  const int agg = mixq_model_find_slot (model, "conv1.aggregate");
  double mean[9] = { 2, 2, 2, 2, 2, 8, 8, 8, 8 }, size[9] = { 0 };
  guint8 low[] = { 2, 2, 2, 2, 2, 8, 8, 8, 8 }, high[] = { 2, 2, 2, 2, 4, 8, 8, 8, 8 };
  MixqCost a, b, whole, half, sized;

  mixq_cost_count (model, low, &a);
  mixq_cost_count (model, high, &b);
  mixq_cost_count_means (model, mean, NULL, &whole);
  g_assert_cmpmem (&whole, sizeof whole, &a, sizeof a);
  mean[agg] = 2.5;
  mixq_cost_count_means (model, mean, NULL, &half);
  assert_near (half.bitops, 0.75 * a.bitops + 0.25 * b.bitops, 1e-3);
  assert_near (half.bitops - a.bitops, 0.5 * (13264 + 3395584), 1e-3);
  assert_near (half.product_bitops, 0.75 * a.product_bitops + 0.25 * b.product_bitops, 1e-3);
  assert_near (half.average_bits, (5 * 2 + 0.5 + 4 * 8) / 9, 1e-12);
  assert_near (half.bytes - a.bytes, ceil (346624 * 2.5 / 8) - 346624 * 2 / 8, 1e-9);
  size[agg] = 100000; /* its rows begin at bytes, say */
  mixq_cost_count_means (model, mean, size, &sized);
  assert_near (sized.bytes - a.bytes, 100000 - 346624 * 2 / 8, 1e-9);
  assert_near (sized.bitops, half.bitops, 0);
}

static void
test_cora_quantized (void)
{
  g_autoptr (MixqModel) model = NEW_MODEL (cora, &MIXQ_MODEL_SPEC_DEFAULT);
  const guint8 mixed[] = { 2, 4, 4, 2, 2, 8, 4, 2, 4 };
  const double search[] = { 496712192, 2702336, 0, 0, 2426368, 147784 };
  guint8 all8[9];
  MixqCost cost = uniform_cost (model, 8);

  g_assert_cmpfloat (cost.bitops_search, ==, 4015909440);
  g_assert_cmpfloat (cost.bitops, ==, 4021970944);
  memset (all8, 8, sizeof all8);
  for (guint i = 0; i < model->n_units; i++) {
    MixqUnitCost part;

    mixq_cost_count_unit (model, i, all8, &part);
    g_assert_cmpfloat (part.bitops_search, ==, 8 * search[i]);
  }
  mixq_cost_count (model, mixed, &cost);
  assert_near (cost.bitops_search, 1676261322.67, TWO_PLACES);
  assert_near (cost.average_bits, 32.0 / 9, 1e-12);
}

static void
test_other_sets (void)
{
  g_autoptr (MixqModel) c = NEW_MODEL (citeseer, &MIXQ_MODEL_SPEC_DEFAULT);
  g_autoptr (MixqModel) p = NEW_MODEL (pubmed, &MIXQ_MODEL_SPEC_DEFAULT);
  MixqCost cost;

  mixq_cost_count (c, NULL, &cost);
  g_assert_cmpfloat (cost.bitops, ==, 50678655552);
  g_assert_cmpfloat (uniform_cost (c, 8).bitops_search, ==, 12655518208);
  mixq_cost_count (p, NULL, &cost);
  g_assert_cmpfloat (cost.bitops, ==, 41699687680);
  g_assert_cmpfloat (uniform_cost (p, 8).bitops_search, ==, 10341480832);
}

/* Three layers of 256 on the sizes of ogbn-arxiv. The published totals include a batch norm of 4 operations an
 * element after each of the two hidden layers in float32, which this model does not have. */
static void
test_arxiv (void)
{
  const MixqModelSpec spec = { MIXQ_ARCH_GCN, 3, 256, 0.5 };
  g_autoptr (MixqModel)
      model = mixq_model_new_for_sizes (&spec, 169343, 2315598, 128, (gsize) 169343 * 128, 40, NULL);
  const double batch_norm = 2 * 4.0 * 169343 * 256;
  MixqCost cost;

  g_assert_cmpuint (model->n_slots, ==, 13);
  mixq_cost_count (model, NULL, &cost);
  g_assert_cmpfloat (cost.bitops + 32 * batch_norm, ==, 692870975200);
  g_assert_cmpfloat (uniform_cost (model, 8).bitops_search, ==, 167500694272);
}

/* 32 everywhere is the float32 column, in every figure. */
static void
test_float_widths (void)
{
  g_autoptr (MixqModel) model = NEW_MODEL (cora, &MIXQ_MODEL_SPEC_DEFAULT);
  MixqCost none, all = uniform_cost (model, 32);

  mixq_cost_count (model, NULL, &none);
  g_assert_cmpmem (&none, sizeof none, &all, sizeof all);
  g_assert_cmpfloat (mixq_cost_on_axis (&none, MIXQ_COST_BITOPS), ==, none.bitops);
  g_assert_cmpfloat (mixq_cost_on_axis (&none, MIXQ_COST_EXECUTED), ==, none.executed_bitops);
  g_assert_cmpfloat (mixq_cost_on_axis (&none, MIXQ_COST_PRODUCT), ==, none.product_bitops);
  g_assert_cmpfloat (mixq_cost_on_axis (&none, MIXQ_COST_BYTES), ==, none.bytes);
  g_assert_true (isnan (mixq_cost_on_axis (&none, MIXQ_COST_MS)));
}

/* Other figures of Cora at the widths of the worked example, by hand. */
static void
test_other_figures (void)
{
  g_autoptr (MixqModel) model = NEW_MODEL (cora, &MIXQ_MODEL_SPEC_DEFAULT);
  const guint8 bits[] = { 2, 4, 4, 2, 2, 8, 4, 2, 4 };
  const double nodes = 2708, entries = 13264, nnz = 49216;
  double product = 496712192.0 * 2 * 4 + entries * 128 * 2 * 4 /* A1 x XW1 */ +
                   2426368.0 * 2 * 8 /* agg1 x W2 */ + entries * 7 * 2 * 4;
  double indices = 4 * (nnz + nodes + 1) + 2 * 4 * (entries + nodes + 1);
  double bytes = nnz * 2 / 8 + 1433 * 128 * 4 / 8 + 128 * 7 * 8 / 8 + 2 * entries * 2 / 8 + indices +
                 nodes * 128 * 4 / 8 /* X W1 */ + nodes * 128 * 2 / 8 /* agg1 */;
  MixqCost cost;

  mixq_cost_count (model, bits, &cost);
  g_assert_cmpfloat (cost.product_bitops, ==, product);
  g_assert_cmpfloat (cost.executed_operations, ==, 503439616 - 496712192 + nnz * 128);
  assert_near (cost.executed_bitops, cost.bitops - (496712192 - nnz * 128) * (2 + 4 + 4) / 3, 1e-3);
  g_assert_cmpfloat (cost.bytes, ==, bytes);
  g_assert_true (mixq_cost_features_are_sparse (model));
}

/* The two largest activations are found wherever they are; features that are not sparse are stored dense. */
static void
test_bytes (void)
{
  const MixqModelSpec spec = { MIXQ_ARCH_GCN, 2, 2, 0 };
  g_autoptr (MixqModel) model = mixq_model_new_for_sizes (&spec, 10, 6, 5, 50, 3, NULL);
  const guint8 order[][4] = { { 1, 2, 4, 8 }, { 8, 4, 2, 1 }, { 1, 8, 4, 2 }, { 4, 1, 2, 8 } };
  const double cols[] = { 2, 2, 3, 3 }, adjacency = 2 * (16 + 4 * (16 + 10 + 1));

  g_assert_false (mixq_cost_features_are_sparse (model));
  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    const guint8 *w = order[i];
    const guint8 bits[] = { 3, 8, w[0], 8, w[1], 8, w[2], 8, w[3] };
    double largest = 0;
    MixqCost cost;

    for (guint a = 0; a < 4; a++)
      for (guint b = 0; b < a; b++)
        largest = MAX (largest, ceil (10 * cols[a] * w[a] / 8) + ceil (10 * cols[b] * w[b] / 8));
    mixq_cost_count (model, bits, &cost);
    g_assert_cmpfloat (cost.bytes, ==, 19 /* 150 bits */ + 5 * 2 + 2 * 3 + adjacency + largest);
  }
}

/* A tiny model whose every elementary operation is performed in a loop; what is counted is each step of the loop. */
typedef struct
{
  double multiply, scale, scatter, relu, sparse_multiply, raw_scatter;
} Recount;

#define TINY_N 5
#define TINY_F 4
#define TINY_H 3
#define TINY_C 2
static const guint8 tiny_graph[TINY_N][TINY_N] = { { 0, 1, 0, 0, 1 },
                                                   { 1, 0, 1, 0, 0 },
                                                   { 0, 1, 0, 0, 0 },
                                                   { 0, 0, 0, 0, 0 },
                                                   { 1, 0, 0, 0, 0 } };
static const guint8 tiny_x[TINY_N][TINY_F] = { { 1, 0, 0, 1 },
                                               { 0, 0, 0, 0 },
                                               { 0, 1, 0, 0 },
                                               { 1, 1, 1, 1 },
                                               { 0, 0, 1, 0 } };

static void
recount_linear (Recount *count, guint in, guint out, gboolean is_first)
{
  for (guint n = 0; n < TINY_N; n++)
    for (guint o = 0; o < out; o++)
      for (guint i = 0; i < in; i++) {
        count->multiply++;
        if (!is_first || tiny_x[n][i] != 0)
          count->sparse_multiply++;
      }
}

static void
recount_propagate (Recount *count, guint cols)
{
  for (guint i = 0; i < TINY_N; i++)
    for (guint j = 0; j < TINY_N; j++) {
      gboolean is_loop = i == j;

      if (!is_loop && tiny_graph[i][j] == 0)
        continue;
      count->scale++;
      for (guint c = 0; c < cols; c++) {
        count->scatter += 2; /* the source element and its index */
        if (!is_loop)
          count->raw_scatter += 2;
      }
    }
}

static void
test_recount (void)
{
  const MixqModelSpec spec = { MIXQ_ARCH_GCN, 2, TINY_H, 0 };
  const guint8 bits[] = { 3, 5, 8, 2, 7, 4, 6, 1, 16 };
  Recount lin1 = { 0 }, prop1 = { 0 }, lin2 = { 0 }, prop2 = { 0 };
  gsize edges = 0, nonzeros = 0;
  double relu = 0;
  g_autoptr (MixqModel) model = NULL;
  MixqCost cost;

  for (guint i = 0; i < TINY_N; i++) {
    for (guint j = 0; j < TINY_N; j++)
      edges += tiny_graph[i][j];
    for (guint j = 0; j < TINY_F; j++)
      nonzeros += tiny_x[i][j] != 0;
    for (guint j = 0; j < TINY_H; j++)
      relu += 2;
  }
  model = mixq_model_new_for_sizes (&spec, TINY_N, edges, TINY_F, nonzeros, TINY_C, NULL);
  recount_linear (&lin1, TINY_F, TINY_H, TRUE);
  recount_propagate (&prop1, TINY_H);
  recount_linear (&lin2, TINY_H, TINY_C, FALSE);
  recount_propagate (&prop2, TINY_C);

  mixq_cost_count (model, bits, &cost);
  g_assert_cmpfloat (cost.operations, ==,
                     lin1.multiply + prop1.scale + prop1.scatter + relu + lin2.multiply + prop2.scale +
                         prop2.scatter);
  g_assert_cmpfloat (cost.executed_operations, ==, cost.operations - lin1.multiply + lin1.sparse_multiply);
  assert_near (cost.bitops,
               lin1.multiply * (3 + 5 + 8) / 3 + (prop1.scale + prop1.scatter) * 7 +
                   lin2.multiply * (4 + 6) / 2 + (prop2.scale + prop2.scatter) * 16,
               1e-9);
  assert_near (cost.bitops_search,
               lin1.multiply * (3 + 5 + 8) / 3 + prop1.raw_scatter * 7 + lin2.multiply * (4 + 6) / 2 +
                   prop2.raw_scatter * 16,
               1e-9);
  g_assert_cmpfloat (cost.product_bitops, ==,
                     lin1.multiply * 3 * 5 + prop1.scatter / 2 * 2 * 8 + lin2.multiply * 7 * 4 +
                         prop2.scatter / 2 * 1 * 6);
}

static void
test_axis_names (void)
{
  for (guint i = 0; i < MIXQ_N_COST_AXES; i++) {
    MixqCostAxis axis = MIXQ_N_COST_AXES;

    g_assert_true (mixq_cost_axis_parse (mixq_cost_axis_name (i), &axis, NULL));
    g_assert_cmpint (axis, ==, i);
  }
  {
    g_autoptr (GError) error = NULL;
    MixqCostAxis axis = MIXQ_COST_MS;

    g_assert_false (mixq_cost_axis_parse ("bits", &axis, &error));
    g_assert_cmpint (axis, ==, MIXQ_COST_MS);
    g_assert_cmpstr (error->message, ==,
                     "cost: 'bits' is not known; use bitops, executed, product, bytes or ms");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/cost/cora/by-parts", test_cora_by_parts);
  g_test_add_func ("/engine/cost/cora/quantized", test_cora_quantized);
  g_test_add_func ("/engine/cost/means", test_means);
  g_test_add_func ("/engine/cost/cora/other-figures", test_other_figures);
  g_test_add_func ("/engine/cost/bytes", test_bytes);
  g_test_add_func ("/engine/cost/other-sets", test_other_sets);
  g_test_add_func ("/engine/cost/arxiv", test_arxiv);
  g_test_add_func ("/engine/cost/float-widths", test_float_widths);
  g_test_add_func ("/engine/cost/recount", test_recount);
  g_test_add_func ("/engine/cost/axis-names", test_axis_names);
  return g_test_run ();
}
