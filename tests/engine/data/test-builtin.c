/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The built-in data sets, and the table of `mixq datasets` against what loading gives. */
#include <string.h>

#include "base/mixq-error.h"
#include "fixture.h"

static gboolean
joined (const MixqDataset *dataset, guint32 a, guint32 b)
{
  const MixqCsr *graph = dataset->graph;

  for (gsize e = graph->row_ptr[a]; e < graph->row_ptr[a + 1]; e++)
    if (graph->col[e] == b)
      return TRUE;
  return FALSE;
}

static void
test_karate (void)
{
  /* Members (from 1) that went with Mr Hi, as spec/embedded-dataset.md lists them. */
  static const guint with_hi[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 17, 18, 20, 22 };
  g_autoptr (MixqDataset) dataset = fixture_load ("karate");
  g_autoptr (MixqDatasetStats) stats = mixq_dataset_compute_stats (dataset);

  g_assert_cmpstr (dataset->source, ==, "karate");
  g_assert_cmpstr (dataset->format, ==, "built-in");
  g_assert_cmpuint (dataset->n_nodes, ==, 34);
  g_assert_cmpuint (stats->edges, ==, 156);
  g_assert_cmpuint (stats->components, ==, 1);
  g_assert_cmpuint (stats->class_counts[0], ==, 17);
  g_assert_cmpuint (stats->class_counts[1], ==, 17);
  for (gsize i = 0; i < G_N_ELEMENTS (with_hi); i++)
    g_assert_cmpint (dataset->labels[with_hi[i] - 1], ==, 0);
  g_assert_cmpuint (mixq_dataset_count_part (dataset, MIXQ_PART_TRAIN), ==, 2);
  g_assert_cmpuint (mixq_dataset_count_part (dataset, MIXQ_PART_VAL), ==, 0);
  g_assert_cmpuint (mixq_dataset_count_part (dataset, MIXQ_PART_TEST), ==, 32);
  g_assert_cmpuint (dataset->part[0], ==, MIXQ_PART_TRAIN);
  g_assert_cmpuint (dataset->part[33], ==, MIXQ_PART_TRAIN);
  g_assert_cmpstr (dataset->node_names[0], ==, "Mr Hi");
  g_assert_cmpstr (dataset->node_names[1], ==, "member 2");
  g_assert_cmpstr (dataset->node_names[33], ==, "Officer");
  g_assert_true (joined (dataset, 0, 1) && joined (dataset, 32, 33) && !joined (dataset, 0, 33));
  g_assert_cmpuint (dataset->graph->row_ptr[1], ==, 16);                                /* Mr Hi's friends */
  g_assert_cmpuint (dataset->graph->row_ptr[34] - dataset->graph->row_ptr[33], ==, 17); /* the officer's */
  for (gsize i = 0; i < 34; i++)
    g_assert_cmpuint (dataset->features->col[i], ==, i);
}

/* Threads may load at once: igraph is behind its gate. */
static gpointer
load_thread (gpointer data)
{
  return mixq_dataset_load ("karate", NULL, NULL, NULL);
}

static void
test_threads (void)
{
  GThread *threads[4];
  g_autoptr (MixqDataset) first = fixture_load ("karate");

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("load", load_thread, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++) {
    g_autoptr (MixqDataset) dataset = g_thread_join (threads[i]);

    g_assert_nonnull (dataset);
    g_assert_cmpstr (dataset->sha256, ==, first->sha256);
  }
}

static void
test_known (void)
{
  gsize n, n_builtin = 0;
  const MixqKnownDataset *known = mixq_dataset_known (&n);
  gboolean public_seen = FALSE;

  for (gsize i = 0; i < n; i++) {
    g_autoptr (MixqDataset) dataset = NULL;

    if (!known[i].builtin) {
      public_seen = TRUE;
      continue;
    }
    g_assert_false (public_seen); /* built-ins come first */
    n_builtin++;
    dataset = fixture_load (known[i].name);
    g_assert_cmpstr (dataset->name, ==, known[i].name);
    g_assert_cmpstr (dataset->title, ==, known[i].title);
    g_assert_cmpuint (dataset->n_nodes, ==, known[i].nodes);
    g_assert_cmpuint (dataset->graph->nnz, ==, known[i].edges);
    g_assert_cmpuint (dataset->n_classes, ==, known[i].classes);
    g_assert_cmpuint (dataset->n_graphs, ==, known[i].graphs);
  }
  g_assert_cmpuint (n_builtin, ==, 3);
}

/* Insisting on a file format does not give the built-in of that name. */
static void
test_insist (void)
{
  g_autoptr (MixqDataset) dataset = mixq_dataset_load ("karate", "built-in", NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (dataset);
  g_assert_null (mixq_dataset_load ("karate", "planetoid", NULL, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_IO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/data/builtin/karate", test_karate);
  g_test_add_func ("/engine/data/builtin/threads", test_threads);
  g_test_add_func ("/engine/data/builtin/known", test_known);
  g_test_add_func ("/engine/data/builtin/insist", test_insist);
  return g_test_run ();
}
