/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a picture of a graph has to show, on graphs made here; and the corner cases of small ones. */
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/mixq-error.h"
#include "base/mixq-random.h"
#include "layout/mixq-layout-private.h"

#define CORA_NODES 2708
#define CORA_EDGES 5278
#define CORA_CLASSES 7

static float *
compute (const MixqCsr *graph, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  float *at = g_new (float, 2 * graph->n_rows);

  for (gsize i = 0; i < 2 * graph->n_rows; i++)
    at[i] = NAN;
  g_assert_true (mixq_layout_compute (graph, seed, NULL, NULL, NULL, at, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < graph->n_rows; i++) {
    g_assert_true (fabsf (at[2 * i]) <= 1);
    g_assert_true (fabsf (at[2 * i + 1]) <= MIXQ_LAYOUT_HALF_HEIGHT);
  }
  return at;
}

static double
distance (const float *at, gsize i, gsize j)
{
  return hypot ((double) (at[2 * i] - at[2 * j]), (double) (at[2 * i + 1] - at[2 * j + 1]));
}

static double
smallest_distance (const float *at, gsize n)
{
  double smallest = INFINITY;

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < i; j++)
      smallest = MIN (smallest, distance (at, i, j));
  return smallest;
}

/* Node i is of community i mod CORA_CLASSES; four edges of five stay inside. As connected as chance makes it. */
static MixqCsr *
make_communities (void)
{
  g_autofree guint32 *src = g_new (guint32, CORA_EDGES), *dst = g_new (guint32, CORA_EDGES);
  MixqRandom random;

  mixq_random_init (&random, 1, "test");
  for (gsize e = 0; e < CORA_EDGES; e++) {
    src[e] = mixq_random_below (&random, CORA_NODES);
    dst[e] = mixq_random_below (&random, CORA_NODES);
    if (e % 5 != 0)
      dst[e] = MIN (dst[e] / CORA_CLASSES * CORA_CLASSES + src[e] % CORA_CLASSES, CORA_NODES - 1);
  }
  return mixq_csr_new_from_edges (CORA_NODES, src, dst, CORA_EDGES, NULL);
}

static MixqCsr *
make_path (gsize n)
{
  g_autofree guint32 *node = g_new (guint32, n);

  for (gsize i = 0; i < n; i++)
    node[i] = (guint32) i;
  return mixq_csr_new_from_edges (n, node, node + 1, n - 1, NULL);
}

static MixqCsr *
make_star (gsize n)
{
  g_autofree guint32 *centre = g_new0 (guint32, n), *leaf = g_new (guint32, n);

  for (gsize i = 0; i < n; i++)
    leaf[i] = (guint32) i;
  return mixq_csr_new_from_edges (n, centre, leaf, n, NULL);
}

static void
test_one_node (void)
{
  g_autoptr (MixqCsr) graph = mixq_csr_new (1, 1, 0, FALSE);
  g_autofree float *at = compute (graph, 1);

  g_assert_cmpfloat (at[0], ==, 0);
  g_assert_cmpfloat (at[1], ==, 0);
}

static void
test_no_nodes (void)
{
  g_autoptr (MixqCsr) graph = mixq_csr_new (0, 0, 0, FALSE);
  g_autofree float *at = compute (graph, 1);
}

/* 100 nodes in a wide area of 2 × 1.3 have a good tenth of it each way. */
static void
test_no_edges (void)
{
  g_autoptr (MixqCsr) graph = mixq_csr_new (100, 100, 0, FALSE);
  g_autofree float *at = compute (graph, 1);

  g_assert_cmpfloat (smallest_distance (at, 100), >, 0.1);
}

static void
test_two_nodes (void)
{
  g_autoptr (MixqCsr) graph = make_path (2);
  g_autofree float *at = compute (graph, 1);

  g_assert_cmpfloat_with_epsilon (distance (at, 0, 1), 2, 0.01); /* level, from edge to edge */
}

/* A path is seen as one: its ends lie far apart and its steps are about alike. */
static void
test_path (void)
{
  g_autoptr (MixqCsr) graph = make_path (40);
  g_autofree float *at = compute (graph, 1);
  double shortest = INFINITY, longest = 0;

  for (gsize i = 0; i + 1 < 40; i++) {
    shortest = MIN (shortest, distance (at, i, i + 1));
    longest = MAX (longest, distance (at, i, i + 1));
  }
  g_assert_cmpfloat (distance (at, 0, 39), >, 1.5);
  g_assert_cmpfloat (longest, <, 2 * shortest);
}

/* The leaves stand around the middle, none on another. */
static void
test_star (void)
{
  g_autoptr (MixqCsr) graph = make_star (200);
  g_autofree float *at = compute (graph, 1);

  g_assert_cmpfloat (hypot ((double) at[0], (double) at[1]), <, 0.2);
  g_assert_cmpfloat (smallest_distance (at, 200), >, 0.02);
}

static void
repel_naively (const MixqCsr *graph, const float *at, double *force)
{
  for (gsize i = 0; i < graph->n_rows; i++)
    for (gsize j = 0; j < graph->n_rows; j++) {
      double mass = 1.0 + (double) (graph->row_ptr[j + 1] - graph->row_ptr[j]);
      double push = mass / (distance (at, i, j) * distance (at, i, j) + 0.01);

      force[2 * i] += push * (double) (at[2 * i] - at[2 * j]);
      force[2 * i + 1] += push * (double) (at[2 * i + 1] - at[2 * j + 1]);
    }
}

/* Root mean square error over root mean square. */
static double
error_of (const float *force, const double *exact, gsize n)
{
  double error = 0, all = 0;

  for (gsize i = 0; i < n; i++) {
    error += ((double) force[i] - exact[i]) * ((double) force[i] - exact[i]);
    all += exact[i] * exact[i];
  }
  return sqrt (error / all);
}

static void
test_repulsion (void)
{
  g_autoptr (MixqCsr) graph = make_communities ();
  g_autofree float *at = g_new (float, 2 * CORA_NODES), *force = g_new (float, 2 * CORA_NODES);
  g_autofree double *exact = g_new0 (double, 2 * CORA_NODES);
  MixqRandom random;

  mixq_random_init (&random, 1, "test");
  for (gsize i = 0; i < 2 * CORA_NODES; i++)
    at[i] = (float) (100 * mixq_random_uniform (&random));
  memcpy (&at[20], &at[0], 20 * sizeof *at); /* ten pairs on one spot each */
  repel_naively (graph, at, exact);

  mixq_layout_repel (graph, 0, at, force);
  g_assert_cmpfloat (error_of (force, exact, 2 * CORA_NODES), <, 1e-5); /* rounding of 2,708 sums in float */
  mixq_layout_repel (graph, MIXQ_LAYOUT_THETA, at, force);
  g_test_message ("error of the approximation %.4f", error_of (force, exact, 2 * CORA_NODES));
  g_assert_cmpfloat (error_of (force, exact, 2 * CORA_NODES), <, 0.05);
}

/* The share of pairs of one community among all nearest pairs. */
static double
purity (const float *at, const MixqCsr *graph)
{
  gsize same = 0, n = graph->n_rows, counted = 0;

  for (gsize i = 0; i < n; i++) {
    gsize nearest = i == 0 ? 1 : 0;

    if (graph->row_ptr[i] == graph->row_ptr[i + 1])
      continue;
    for (gsize j = 0; j < n; j++)
      if (j != i && distance (at, i, j) < distance (at, i, nearest))
        nearest = j;
    same += nearest % CORA_CLASSES == i % CORA_CLASSES;
    counted++;
  }
  return (double) same / (double) counted;
}

static void
test_communities (void)
{
  g_autoptr (MixqCsr) graph = make_communities ();
  g_autofree float *at = compute (graph, 1);
  double edges = 0, pairs = 0;

  for (gsize i = 0; i < graph->n_rows; i++)
    for (gsize e = graph->row_ptr[i]; e < graph->row_ptr[i + 1]; e++) {
      edges += distance (at, i, graph->col[e]);
      pairs += distance (at, i, graph->col[(e + 1000) % graph->nnz]);
    }
  g_test_message ("edges %.2f of pairs, purity %.2f", edges / pairs, purity (at, graph));
  g_assert_cmpfloat (edges, <, 0.6 * pairs);
  g_assert_cmpfloat (purity (at, graph), >, 0.5); /* 1 of 7 by chance */
}

/* Nodes have room: half of the side of an even share of the area, within a component. */
static void
test_nodes_apart (void)
{
  g_autoptr (MixqCsr) graph = make_communities ();
  g_autofree float *at = compute (graph, 1);
  double room = sqrt (4.0 * (double) MIXQ_LAYOUT_HALF_HEIGHT / CORA_NODES);
  gsize near = 0;

  for (gsize i = 0; i < CORA_NODES; i++)
    for (gsize j = 0; j < i; j++)
      near += distance (at, i, j) < 0.4 * room;
  g_test_message ("%" G_GSIZE_FORMAT " near pairs; smallest %.3f of the room", near,
                  smallest_distance (at, CORA_NODES) / room);
  g_assert_cmpuint (near, <, CORA_NODES / 100);
  g_assert_cmpfloat (smallest_distance (at, CORA_NODES), >, 0.1 * room);
}

/* A ring of 60, paths of 2, 3, ... 12, and three single nodes: no two bounding boxes meet. */
typedef struct
{
  float low[2], high[2];
} Box;

static Box
box_of (const float *at, gsize first, gsize end)
{
  Box box = { { INFINITY, INFINITY }, { -INFINITY, -INFINITY } };

  for (gsize i = 2 * first; i < 2 * end; i++) {
    box.low[i % 2] = MIN (box.low[i % 2], at[i]);
    box.high[i % 2] = MAX (box.high[i % 2], at[i]);
  }
  return box;
}

static void
test_components (void)
{
  guint32 src[256], dst[256];
  gsize first[32] = { 0 }, n_boxes = 1, n = 60, n_edges = 0;
  g_autoptr (MixqCsr) graph = NULL;
  g_autofree float *at = NULL;

  for (guint32 i = 0; i < 60; i++) {
    src[n_edges] = i;
    dst[n_edges++] = (i + 1) % 60;
  }
  for (gsize length = 12; length >= 1; length--)
    for (gsize copy = 0; copy < (length == 1 ? 3 : 1); copy++) {
      first[n_boxes++] = n;
      for (gsize i = 0; i + 1 < length; i++) {
        src[n_edges] = (guint32) (n + i);
        dst[n_edges++] = (guint32) (n + i + 1);
      }
      n += length;
    }
  first[n_boxes] = n;
  graph = mixq_csr_new_from_edges (n, src, dst, n_edges, NULL);
  at = compute (graph, 1);
  for (gsize a = 0; a < n_boxes; a++)
    for (gsize b = 0; b < a; b++) {
      Box x = box_of (at, first[a], first[a + 1]), y = box_of (at, first[b], first[b + 1]);

      g_assert_true (x.high[0] < y.low[0] || y.high[0] < x.low[0] || x.high[1] < y.low[1] ||
                     y.high[1] < x.low[1]);
    }
}

static void
test_repeats (void)
{
  g_autoptr (MixqCsr) graph = make_communities ();
  g_autofree float *one = compute (graph, 1), *again = compute (graph, 1), *two = compute (graph, 2);

  g_assert_cmpmem (one, 2 * CORA_NODES * sizeof (float), again, 2 * CORA_NODES * sizeof (float));
  g_assert_true (memcmp (one, two, 2 * CORA_NODES * sizeof (float)) != 0);
}

typedef struct
{
  GCancellable *cancellable; /* (nullable): cancelled once half is done */
  gint64 cancelled_at;
  double last;
  gsize calls;
} Watch;

static void
watch (double fraction, gpointer user_data)
{
  Watch *self = user_data;

  g_assert_cmpfloat (fraction, >=, self->last);
  g_assert_cmpfloat (fraction, <=, 1);
  self->last = fraction;
  self->calls++;
  if (self->cancellable != NULL && fraction > 0.5 && self->cancelled_at == 0) {
    self->cancelled_at = g_get_monotonic_time ();
    g_cancellable_cancel (self->cancellable);
  }
}

static void
test_progress (void)
{
  g_autoptr (MixqCsr) graph = make_communities ();
  g_autofree float *at = g_new (float, 2 * CORA_NODES);
  g_autoptr (GError) error = NULL;
  clock_t start = clock (); /* of this process, whatever else the machine does */
  Watch seen = { 0 };
  double seconds;

  g_assert_true (mixq_layout_compute (graph, 1, watch, &seen, NULL, at, &error));
  seconds = (double) (clock () - start) / CLOCKS_PER_SEC;
  g_test_message ("%.2f s, %" G_GSIZE_FORMAT " calls", seconds, seen.calls);
  g_assert_cmpfloat (seen.last, ==, 1);
  g_assert_cmpuint (seen.calls, >, 50);
  g_assert_cmpuint (seen.calls, <=, 202);
  g_assert_cmpfloat (seconds, <, 2);
}

/* Returns: how long it took to stop, in µs. */
static gint64
cancel_halfway (const MixqCsr *graph)
{
  g_autofree float *at = g_new (float, 2 * CORA_NODES);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Watch seen = { .cancellable = cancellable };

  g_assert_false (mixq_layout_compute (graph, 1, watch, &seen, cancellable, at, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED);
  return g_get_monotonic_time () - seen.cancelled_at;
}

static void
test_cancel (void)
{
  g_autoptr (MixqCsr) graph = make_communities ();
  gint64 best = G_MAXINT64;

  for (int i = 0; i < 5 && best >= 100 * G_TIME_SPAN_MILLISECOND;
       i++) /* more than once: the machine may be busy */
    best = MIN (best, cancel_halfway (graph));
  g_test_message ("stopped after %.1f ms", (double) best / 1000);
  g_assert_cmpint (best, <, 100 * G_TIME_SPAN_MILLISECOND);
}

static void
test_cancelled_before (void)
{
  g_autoptr (MixqCsr) graph = make_path (3);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  float at[6];

  g_cancellable_cancel (cancellable);
  g_assert_false (mixq_layout_compute (graph, 1, NULL, NULL, cancellable, at, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/layout/one-node", test_one_node);
  g_test_add_func ("/engine/layout/no-nodes", test_no_nodes);
  g_test_add_func ("/engine/layout/no-edges", test_no_edges);
  g_test_add_func ("/engine/layout/two-nodes", test_two_nodes);
  g_test_add_func ("/engine/layout/path", test_path);
  g_test_add_func ("/engine/layout/star", test_star);
  g_test_add_func ("/engine/layout/repulsion", test_repulsion);
  g_test_add_func ("/engine/layout/communities", test_communities);
  g_test_add_func ("/engine/layout/nodes-apart", test_nodes_apart);
  g_test_add_func ("/engine/layout/components", test_components);
  g_test_add_func ("/engine/layout/repeats", test_repeats);
  g_test_add_func ("/engine/layout/progress", test_progress);
  g_test_add_func ("/engine/layout/cancel", test_cancel);
  g_test_add_func ("/engine/layout/cancelled-before", test_cancelled_before);
  return g_test_run ();
}
