/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "net/mixq-sampler.h"
#include "toy.h"

#define ALL G_MAXUINT
/* Deviations of a mean that a right sampler exceeds once in some millions of draws of the seed. */
#define SIGMAS 5.0

static gsize
row_length (const MixqCsr *csr, gsize r)
{
  return csr->row_ptr[r + 1] - csr->row_ptr[r];
}

/* The entry of row @r in column @c, or -1. */
static gssize
entry_at (const MixqCsr *csr, gsize r, gsize c)
{
  for (gsize e = csr->row_ptr[r]; e < csr->row_ptr[r + 1]; e++)
    if (csr->col[e] == c)
      return (gssize) e;
  return -1;
}

static MixqInputs *
toy (guint64 seed)
{
  return toy_inputs_new (&(ToySpec){ .seed = seed, .nodes = 60, .edges = 150, .star = seed % 2 == 0 });
}

/* Hop at which each row was found, by walking what was drawn: 0 for the targets. */
static guint *
hops_of (const MixqInputs *sample, gsize n_targets, guint n_hops)
{
  guint *hop = g_new (guint, sample->n_nodes);
  gsize found = n_targets;

  memset (hop, 0, n_targets * sizeof *hop);
  for (gsize r = 0; r < sample->n_nodes; r++)
    for (gsize e = sample->graph->row_ptr[r]; e < sample->graph->row_ptr[r + 1]; e++)
      if (sample->graph->col[e] >= found) {
        /* new rows are numbered without a gap, those of one row together */
        gsize last = sample->graph->col[sample->graph->row_ptr[r + 1] - 1];

        for (; found <= last; found++)
          hop[found] = hop[r] + 1;
      }
  g_assert_cmpuint (found, ==, sample->n_nodes);
  for (gsize r = 0; r < sample->n_nodes; r++)
    g_assert_cmpuint (hop[r], <=, n_hops);
  return hop;
}

/* Whatever holds for every sample. */
static void
assert_sample (MixqInputs *s, MixqInputs *whole, gsize n_targets, const guint *fanout, guint n_hops)
{
  g_autofree guint *hop = hops_of (s, n_targets, n_hops);
  g_autofree guint8 *seen = g_malloc0 (whole->n_nodes);

  g_assert_true (s->neighbours_sampled);
  g_assert_true (s->dataset == whole->dataset);
  g_assert_null (s->graph_ptr);
  g_assert_cmpuint (s->n_items, ==, s->n_nodes);
  g_assert_cmpuint (s->n_item[MIXQ_PART_TRAIN], ==, n_targets);
  g_assert_cmpuint (s->n_item[MIXQ_PART_VAL] + s->n_item[MIXQ_PART_TEST], ==, 0);
  for (gsize i = 0; i < n_targets; i++)
    g_assert_cmpuint (s->item[MIXQ_PART_TRAIN][i], ==, i);
  for (gsize r = 0; r < s->n_nodes; r++) {
    gsize node = s->origin_node[r], d = row_length (whole->graph, node);
    gsize first = s->features->row_ptr[r], before = whole->features->row_ptr[node];

    g_assert_false (seen[node]);
    seen[node] = TRUE;
    g_assert_cmpuint (s->origin_item[r], ==, node);
    g_assert_cmpint (s->label[r], ==, whole->label[node]);
    g_assert_cmpuint (row_length (s->graph, r), ==, hop[r] < n_hops ? MIN (d, fanout[hop[r]]) : 0);
    for (gsize e = s->graph->row_ptr[r]; e < s->graph->row_ptr[r + 1]; e++) {
      g_assert_true (e == s->graph->row_ptr[r] || s->graph->col[e] > s->graph->col[e - 1]);
      g_assert_cmpint (entry_at (whole->graph, node, s->origin_node[s->graph->col[e]]), >=, 0);
    }
    g_assert_cmpuint (row_length (s->features, r), ==, row_length (whole->features, node));
    for (gsize i = 0; i < row_length (s->features, r); i++) {
      g_assert_cmpuint (s->features->col[first + i], ==, whole->features->col[before + i]);
      g_assert_true (s->features->value[first + i] == whole->features->value[before + i]);
    }
  }
}

static void
test_shape (void)
{
  static const guint fanout[3] = { 4, 2, 3 };
  static const guint32 nodes[] = { 17, 3, 0, 59, 40 };

  for (guint64 seed = 0; seed < 10; seed++) {
    g_autoptr (MixqInputs) whole = toy (seed);
    g_autoptr (MixqSampler) sampler = mixq_sampler_new (whole);
    MixqRandom random;

    mixq_random_init (&random, seed, "sample");
    for (guint hops = 0; hops <= 3; hops++) {
      g_autoptr (MixqInputs) sample = mixq_sampler_sample (sampler, nodes, 5, fanout, hops, &random);

      g_assert_cmpmem (sample->origin_node, sizeof nodes, nodes, sizeof nodes);
      assert_sample (sample, whole, 5, fanout, hops);
    }
  }
}

static void
test_repeated_target (void)
{
  static const guint fanout[1] = { 2 };
  static const guint32 nodes[] = { 5, 9, 5 };
  g_autoptr (MixqInputs) whole = toy (1);
  g_autoptr (MixqSampler) sampler = mixq_sampler_new (whole);
  g_autoptr (MixqInputs) sample = NULL, none = NULL;
  MixqRandom random;

  mixq_random_init (&random, 1, "sample");
  sample = mixq_sampler_sample (sampler, nodes, 3, fanout, 1, &random);
  assert_sample (sample, whole, 2, fanout, 1);
  none = mixq_sampler_sample (sampler, nodes, 0, fanout, 1, &random);
  g_assert_cmpuint (none->n_nodes, ==, 0);
}

/* Where every neighbour is drawn, rows of the operators are the rows of the whole, bit for bit. */
static void
test_all_neighbours (void)
{
  static const guint fanout[2] = { ALL, ALL };
  static const guint32 nodes[] = { 11, 30, 2 };

  for (guint64 seed = 0; seed < 10; seed++) {
    g_autoptr (MixqInputs) whole = toy (seed);
    g_autoptr (MixqSampler) sampler = mixq_sampler_new (whole);
    g_autoptr (MixqInputs) sample = NULL;
    g_autofree guint *hop = NULL;
    MixqRandom random;

    mixq_random_init (&random, seed, "sample");
    sample = mixq_sampler_sample (sampler, nodes, 3, fanout, 2, &random);
    assert_sample (sample, whole, 3, fanout, 2);
    hop = hops_of (sample, 3, 2);
    for (guint edges = 0; edges < MIXQ_N_EDGES; edges++) {
      const MixqCsr *part = mixq_inputs_edges (sample, edges), *all = mixq_inputs_edges (whole, edges);

      for (gsize r = 0; r < sample->n_nodes && hop[r] < 2; r++) {
        g_assert_cmpuint (row_length (part, r), ==, row_length (all, sample->origin_node[r]));
        for (gsize e = part->row_ptr[r]; e < part->row_ptr[r + 1]; e++) {
          gssize at = entry_at (all, sample->origin_node[r], sample->origin_node[part->col[e]]);

          g_assert_cmpint (at, >=, 0);
          g_assert_true (part->value[e] == all->value[at]);
        }
      }
    }
  }
}

/* Row 0 of an operator times a column of numbers, one a node of the whole. */
static double
first_row_times (const MixqCsr *csr, const MixqInputs *inputs, gsize row, const double *x)
{
  double sum = 0;

  for (gsize e = csr->row_ptr[row]; e < csr->row_ptr[row + 1]; e++)
    sum += csr->value[e] * x[inputs->origin_node != NULL ? inputs->origin_node[csr->col[e]] : csr->col[e]];
  return sum;
}

/* The mean over many samples is the whole's row. */
static void
test_expectation (void)
{
  static const MixqEdges operators[] = { MIXQ_EDGES_GCN, MIXQ_EDGES_SUM, MIXQ_EDGES_MEAN };
  static const guint fanout[1] = { 3 };
  static const guint32 node = 0;
  const guint rounds = 4000;
  g_autoptr (MixqInputs) whole = toy (2); /* node 0 has 58 neighbours */
  g_autoptr (MixqSampler) sampler = mixq_sampler_new (whole);
  double x[60], sum[3] = { 0 }, squares[3] = { 0 };
  MixqRandom random;

  mixq_random_init (&random, 7, "sample");
  g_assert_cmpuint (row_length (whole->graph, node), >, 20);
  for (gsize i = 0; i < 60; i++)
    x[i] = mixq_random_uniform (&random) + (double) i / 60;
  for (guint i = 0; i < rounds; i++) {
    g_autoptr (MixqInputs) sample = mixq_sampler_sample (sampler, &node, 1, fanout, 1, &random);

    for (gsize o = 0; o < G_N_ELEMENTS (operators); o++) {
      double y = first_row_times (mixq_inputs_edges (sample, operators[o]), sample, 0, x);

      sum[o] += y;
      squares[o] += y * y;
    }
  }
  for (gsize o = 0; o < G_N_ELEMENTS (operators); o++) {
    double mean = sum[o] / rounds, deviation = sqrt ((squares[o] / rounds - mean * mean) / rounds);
    double expected = first_row_times (mixq_inputs_edges (whole, operators[o]), whole, node, x);

    g_test_message ("operator %d: mean %g, expected %g, deviation %g", (int) operators[o], mean, expected,
                    deviation);
    g_assert_cmpfloat (deviation, <, 0.1 * expected);
    g_assert_cmpfloat (fabs (mean - expected), <, SIGMAS * deviation);
  }
}

/* Each neighbour, and each pair of neighbours, is drawn as often as any other. */
static void
test_uniform (void)
{
  static const guint fanout[1] = { 2 };
  const guint rounds = 20000;
  const ToySpec spec = { .nodes = 8, .edges = 1, .star = TRUE };
  g_autoptr (MixqInputs) whole = toy_inputs_new (&spec);
  g_autoptr (MixqSampler) sampler = mixq_sampler_new (whole);
  static const guint32 node = 0;
  guint pair[8][8] = { { 0 } };
  double expected = rounds / 15.0; /* 6 neighbours: the last node is alone */
  MixqRandom random;

  mixq_random_init (&random, 11, "sample");
  for (guint i = 0; i < rounds; i++) {
    g_autoptr (MixqInputs) sample = mixq_sampler_sample (sampler, &node, 1, fanout, 1, &random);
    guint32 a = sample->origin_node[1], b = sample->origin_node[2];

    g_assert_cmpuint (sample->n_nodes, ==, 3);
    pair[MIN (a, b)][MAX (a, b)]++;
  }
  for (int a = 1; a < 7; a++)
    for (int b = a + 1; b < 7; b++)
      g_assert_cmpfloat (fabs (pair[a][b] - expected), <, SIGMAS * sqrt (expected));
}

static void
assert_same_csr (const MixqCsr *a, const MixqCsr *b)
{
  g_assert_cmpmem (a->row_ptr, (a->n_rows + 1) * sizeof (gsize), b->row_ptr,
                   (b->n_rows + 1) * sizeof (gsize));
  g_assert_cmpmem (a->col, a->nnz * sizeof (guint32), b->col, b->nnz * sizeof (guint32));
  if (a->value != NULL)
    g_assert_cmpmem (a->value, a->nnz * sizeof (float), b->value, b->nnz * sizeof (float));
}

/* One seed, one sample: also from a sampler that was used before. */
static void
test_repeats (void)
{
  static const guint fanout[2] = { 3, 2 };
  static const guint32 nodes[] = { 1, 2, 3, 50 };
  g_autoptr (MixqInputs) whole = toy (4);
  g_autoptr (MixqSampler) used = mixq_sampler_new (whole), fresh = mixq_sampler_new (whole);
  g_autoptr (MixqInputs) a = NULL, b = NULL, c = NULL;
  MixqRandom random, again;

  mixq_random_init (&random, 5, "sample");
  again = random;
  a = mixq_sampler_sample (used, nodes, 4, fanout, 2, &random);
  b = mixq_sampler_sample (used, nodes, 4, fanout, 2, &random);
  random = again;
  c = mixq_sampler_sample (used, nodes, 4, fanout, 2, &random);
  assert_same_csr (a->graph, c->graph);
  mixq_inputs_unref (c);
  c = mixq_sampler_sample (fresh, nodes, 4, fanout, 2, &again);
  g_assert_cmpmem (a->origin_node, a->n_nodes * 4, c->origin_node, c->n_nodes * 4);
  assert_same_csr (a->graph, c->graph);
  for (guint edges = 0; edges < MIXQ_N_EDGES; edges++)
    assert_same_csr (mixq_inputs_edges (a, edges), mixq_inputs_edges (c, edges));
  g_assert_false (a->n_nodes == b->n_nodes && memcmp (a->origin_node, b->origin_node, a->n_nodes * 4) == 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sampler/shape", test_shape);
  g_test_add_func ("/sampler/repeated-target", test_repeated_target);
  g_test_add_func ("/sampler/all-neighbours", test_all_neighbours);
  g_test_add_func ("/sampler/expectation", test_expectation);
  g_test_add_func ("/sampler/uniform", test_uniform);
  g_test_add_func ("/sampler/repeats", test_repeats);
  return g_test_run ();
}
