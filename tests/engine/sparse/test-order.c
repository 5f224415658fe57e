/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/mixq-random.h"
#include "sparse/mixq-order.h"

#define CLIQUES 60
#define MEMBERS 20
#define NODES (CLIQUES * MEMBERS)
#define BRIDGES 600

static void
assert_permutation (const guint32 *order, gsize n)
{
  g_autofree guint8 *seen = g_malloc0 (n + 1);

  for (gsize i = 0; i < n; i++) {
    g_assert_cmpuint (order[i], <, n);
    g_assert_cmpuint (seen[order[i]]++, ==, 0);
  }
}

/* Members of a clique are far from each other: clique i % CLIQUES; bridges join any two nodes. */
static MixqCsr *
cliques (void)
{
  gsize n = CLIQUES * MEMBERS * (MEMBERS - 1) / 2 + BRIDGES, e = 0;
  g_autofree guint32 *src = g_new (guint32, n), *dst = g_new (guint32, n);
  MixqRandom random;

  mixq_random_init (&random, 1, "cliques");
  for (guint32 a = 0; a < NODES; a++)
    for (guint32 b = a + CLIQUES; b < NODES; b += CLIQUES) {
      src[e] = a;
      dst[e++] = b;
    }
  while (e < n) {
    src[e] = mixq_random_below (&random, NODES);
    dst[e++] = mixq_random_below (&random, NODES);
  }
  return mixq_csr_new_from_edges (NODES, src, dst, n, NULL);
}

/* The share of the edges between nodes that are less than @span places apart. */
static double
share_near (const MixqCsr *graph, const guint32 *order, gsize span)
{
  g_autofree gsize *place = g_new (gsize, graph->n_rows);
  gsize near = 0;

  for (gsize i = 0; i < graph->n_rows; i++)
    place[order[i]] = i;
  for (gsize r = 0; r < graph->n_rows; r++)
    for (gsize e = graph->row_ptr[r]; e < graph->row_ptr[r + 1]; e++) {
      gsize a = place[r], b = place[graph->col[e]];

      near += (a > b ? a - b : b - a) < span;
    }
  return (double) near / (double) graph->nnz;
}

/* Of the edges 95 % lie within the cliques. */
static void
test_communities (void)
{
  g_autoptr (MixqCsr) graph = cliques ();
  g_autofree guint32 *found = mixq_order_by_community (graph, 2 * MEMBERS),
                     *again = mixq_order_by_community (graph, 2 * MEMBERS), *stored = g_new (guint32, NODES);

  for (guint32 i = 0; i < NODES; i++)
    stored[i] = i;
  assert_permutation (found, NODES);
  g_assert_cmpmem (found, NODES * sizeof *found, again, NODES * sizeof *again);
  g_assert_cmpfloat (share_near (graph, stored, MEMBERS), <, 0.1);
  g_assert_cmpfloat (share_near (graph, found, 2 * MEMBERS), >, 0.9);
}

/* One clique in all: without a bound it is one community; a bound keeps each one as small as it says. */
static void
test_bound (void)
{
  g_autoptr (MixqCsr) graph = cliques ();

  for (gsize largest = 1; largest <= MEMBERS; largest *= 4) {
    g_autofree guint32 *order = mixq_order_by_community (graph, largest);
    gsize run = 0, longest = 0;

    assert_permutation (order, NODES);
    /* within a community nodes ascend by CLIQUES at least, so a longer run of one clique is several communities */
    for (gsize i = 0; i < NODES; i++) {
      gboolean goes_on = i > 0 && order[i] > order[i - 1] && order[i] % CLIQUES == order[i - 1] % CLIQUES;

      run = goes_on ? run + 1 : 1;
      longest = MAX (longest, run);
    }
    g_test_message ("at most %zu: longest run %zu", largest, longest);
    if (largest == 1) /* nobody moves */
      for (guint32 i = 0; i < NODES; i++)
        g_assert_cmpuint (order[i], ==, i);
    g_assert_cmpuint (longest, >=, MIN (largest, MEMBERS) / 2);
  }
}

static void
test_corners (void)
{
  static const guint32 src[] = { 0, 0, 0, 0, 1 }, dst[] = { 1, 2, 3, 4, 2 };
  g_autoptr (MixqCsr) none = mixq_csr_new_from_edges (0, NULL, NULL, 0, NULL),
                      apart = mixq_csr_new_from_edges (5, NULL, NULL, 0, NULL),
                      star = mixq_csr_new_from_edges (7, src, dst, G_N_ELEMENTS (src), NULL);
  const MixqCsr *graphs[] = { none, apart, star };

  for (guint i = 0; i < G_N_ELEMENTS (graphs); i++) {
    g_autofree guint32 *order = mixq_order_by_community (graphs[i], G_MAXSIZE);

    assert_permutation (order, graphs[i]->n_rows);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/order/communities", test_communities);
  g_test_add_func ("/order/bound", test_bound);
  g_test_add_func ("/order/corners", test_corners);
  return g_test_run ();
}
