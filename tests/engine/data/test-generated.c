/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets that are made: circular skip links, power-law graphs; and the eigenvectors behind the first. */
#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "base/mixq-random.h"
#include "data/mixq-eigen.h"
#include "fixture.h"

/* A v = lambda v, orthonormal, ascending, trace kept: for random matrices and for one with equal eigenvalues. */
static void
check_eigen (const double *matrix, gsize n)
{
  g_autofree double *values = g_memdup2 (matrix, n * n * sizeof *values);
  g_autofree double *vectors = g_new (double, n *n);
  double trace = 0, sum = 0;

  mixq_eigen_symmetric (values, n, vectors);
  for (gsize i = 0; i < n; i++) {
    double lambda = values[i * n + i], largest = 0;

    trace += matrix[i * n + i];
    sum += lambda;
    g_assert_true (i == 0 || values[(i - 1) * n + i - 1] <= lambda);
    for (gsize k = 0; k < n; k++) {
      double image = 0;

      for (gsize j = 0; j < n; j++)
        image += matrix[k * n + j] * vectors[j * n + i];
      g_assert_cmpfloat_with_epsilon (image, lambda * vectors[k * n + i], 1e-11);
      if (fabs (vectors[k * n + i]) > fabs (largest) + 1e-9)
        largest = vectors[k * n + i];
    }
    g_assert_cmpfloat (largest, >, 0);
    for (gsize j = 0; j <= i; j++) {
      double product = 0;

      for (gsize k = 0; k < n; k++)
        product += vectors[k * n + i] * vectors[k * n + j];
      g_assert_cmpfloat_with_epsilon (product, i == j, 1e-12);
    }
  }
  g_assert_cmpfloat_with_epsilon (trace, sum, 1e-11);
}

static void
test_eigen (void)
{
  double matrix[30 * 30];
  MixqRandom random;

  mixq_random_init (&random, 3, "test");
  for (gsize n = 1; n <= 30; n += 7) {
    for (gsize r = 0; r < n; r++)
      for (gsize c = 0; c <= r; c++)
        matrix[r * n + c] = matrix[c * n + r] = mixq_random_uniform (&random) - 0.5;
    check_eigen (matrix, n);
  }
  for (gsize i = 0; i < 100; i++)
    matrix[i] = i % 11 == 0 ? 3 : 1; /* 10 x 10: 2 nine times, and 12 */
  check_eigen (matrix, 10);
}

/* Node 0 of every first graph of a class is joined to 1, 40, R and 41 - R. */
static void
test_csl_graphs (void)
{
  static const guint32 skips[] = { 2, 3, 4, 5, 6, 9, 11, 12, 13, 16 };
  g_autoptr (MixqDataset) dataset = fixture_load ("csl");
  const MixqCsr *graph = dataset->graph;

  g_assert_cmpint (dataset->task, ==, MIXQ_TASK_GRAPHS);
  g_assert_cmpuint (dataset->n_graphs, ==, 150);
  g_assert_cmpuint (dataset->n_nodes, ==, 150 * 41);
  g_assert_cmpuint (graph->nnz, ==, 150 * 164);
  g_assert_cmpuint (dataset->features->n_cols, ==, 40);
  for (gsize g = 0; g < 150; g++) {
    gsize first = dataset->graph_ptr[g];

    g_assert_cmpuint (first, ==, 41 * g);
    g_assert_cmpint (dataset->graph_labels[g], ==, (gint32) (g / 15));
    for (gsize node = first; node < first + 41; node++)
      g_assert_cmpuint (graph->row_ptr[node + 1] - graph->row_ptr[node], ==, 4);
    if (g % 15 == 0) {
      const guint32 *col = graph->col + graph->row_ptr[first];

      g_assert_cmpuint (col[0] - first, ==, 1);
      g_assert_cmpuint (col[1] - first, ==, skips[g / 15]);
      g_assert_cmpuint (col[2] - first, ==, 41 - skips[g / 15]);
      g_assert_cmpuint (col[3] - first, ==, 40);
    } else { /* renumbered */
      g_assert_cmpint (memcmp (dataset->features->value + first * 40,
                               dataset->features->value + (first - g % 15 * 41) * 40,
                               41 * 40 * sizeof (float)),
                       !=, 0);
    }
  }
}

/* The graphs of a class are the same but for their numbers: so are the traces of powers of the adjacency. */
static guint64
count_triangles_and_squares (const MixqCsr *graph, gsize first)
{
  guint64 closed = 0;

  for (gsize a = first; a < first + 41; a++)
    for (gsize i = graph->row_ptr[a]; i < graph->row_ptr[a + 1]; i++)
      for (gsize j = graph->row_ptr[graph->col[i]]; j < graph->row_ptr[graph->col[i] + 1]; j++)
        for (gsize k = graph->row_ptr[graph->col[j]]; k < graph->row_ptr[graph->col[j] + 1]; k++)
          for (gsize l = graph->row_ptr[graph->col[k]]; l < graph->row_ptr[graph->col[k] + 1]; l++)
            closed += (graph->col[k] == a ? 1000000 : 0) + (graph->col[l] == a);
  return closed;
}

static void
test_csl_classes (void)
{
  g_autoptr (MixqDataset) dataset = fixture_load ("csl");

  for (gsize g = 0; g < 150; g++)
    g_assert_cmpuint (count_triangles_and_squares (dataset->graph, 41 * g), ==,
                      count_triangles_and_squares (dataset->graph, 41 * (g / 15 * 15)));
}

/* Columns are unit vectors, orthogonal to each other and, as every node has four edges, to the constant. */
static void
test_csl_features (void)
{
  g_autoptr (MixqDataset) dataset = fixture_load ("csl"), again = fixture_load ("csl");
  const float *value = dataset->features->value + 77 * 41 * 40;

  g_assert_cmpstr (dataset->sha256, ==, again->sha256);
  /* On every machine the same bits: nothing but sums, products, quotients and square roots made them. */
  g_assert_cmpstr (dataset->sha256, ==, "55cd9b0d0e81ac9ea7b3d085c48728790e6181c175e7d8f547cfcf425d96687d");
  for (gsize c = 0; c < 40; c++) {
    double sum = 0, squares = 0;

    for (gsize r = 0; r < 41; r++) {
      sum += value[r * 40 + c];
      squares += (double) value[r * 40 + c] * value[r * 40 + c];
    }
    g_assert_cmpfloat_with_epsilon (sum, 0, 1e-5);
    g_assert_cmpfloat_with_epsilon (squares, 1, 1e-5);
  }
}

static void
check_fold (const MixqDataset *split)
{
  gsize counts[10][4] = { { 0 } };

  for (gsize g = 0; g < 150; g++)
    counts[split->graph_labels[g]][split->item_part[g]]++;
  for (gsize c = 0; c < 10; c++) {
    g_assert_cmpuint (counts[c][MIXQ_PART_TRAIN], ==, 9);
    g_assert_cmpuint (counts[c][MIXQ_PART_VAL], ==, 3);
    g_assert_cmpuint (counts[c][MIXQ_PART_TEST], ==, 3);
  }
}

static void
test_csl_folds (void)
{
  g_autoptr (MixqDataset) dataset = fixture_load ("csl"), first = NULL;
  g_autofree char *folds = NULL;

  check_fold (dataset);
  first = mixq_dataset_with_split (dataset, "fold:0/5", NULL);
  g_assert_cmpstr (first->sha256, ==, dataset->sha256);
  folds = fixture_path ("csl/csl_folds.tsv");
  if (folds == NULL)
    return;
  for (guint fold = 0; fold < 5; fold++) {
    g_autofree char *text = g_strdup_printf ("%s#%u", folds, fold);
    g_autoptr (GError) error = NULL;
    g_autoptr (MixqDataset) split = mixq_dataset_with_split (dataset, text, &error);

    g_assert_no_error (error);
    check_fold (split);
    g_assert_cmpuint (split->item_part[62], ==, fold == 0 ? MIXQ_PART_TRAIN : split->item_part[62]);
  }
}

/* The graph of each class against the published file, whose first graphs have the natural numbers too. */
static void
test_csl_published (void)
{
  g_autofree char *path = fixture_path ("csl/csl_graphs.tsv");
  g_autoptr (MixqDataset) dataset = NULL;
  g_autofree char *content = NULL;
  g_auto (GStrv) lines = NULL;

  if (path == NULL)
    return;
  dataset = fixture_load ("csl");
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  lines = g_strsplit (content, "\n", -1);
  for (gsize g = 0; g < 150; g += 15) {
    g_auto (GStrv) fields = g_strsplit (lines[g + 1], "\t", 4);
    g_auto (GStrv) edges = g_strsplit (fields[3], " ", -1);
    gsize first = dataset->graph_ptr[g], n = 0;

    for (char **edge = edges; *edge != NULL; edge++, n++) {
      guint u, v;
      gboolean found = FALSE;

      g_assert_cmpint (sscanf (*edge, "%u-%u", &u, &v), ==, 2);
      for (gsize e = dataset->graph->row_ptr[first + u]; e < dataset->graph->row_ptr[first + u + 1]; e++)
        found = found || dataset->graph->col[e] == first + v;
      g_assert_true (found);
    }
    g_assert_cmpuint (n, ==, 82);
  }
}

/* Power-law graphs. */

static void
test_generated (void)
{
  g_autoptr (MixqDataset) dataset = fixture_load ("generated:20000,100000,16,5,7");
  g_autoptr (MixqDataset) again = fixture_load ("generated:20000,100000,16,5,7");
  g_autoptr (MixqDataset) other = fixture_load ("generated:20000,100000,16,5,8");
  g_autoptr (MixqDatasetStats) stats = mixq_dataset_compute_stats (dataset);

  g_assert_cmpstr (dataset->sha256, ==, again->sha256);
  g_assert_cmpstr (dataset->sha256, !=, other->sha256);
  g_assert_cmpstr (dataset->format, ==, "generated");
  g_assert_true (g_str_has_prefix (dataset->name, "generated-"));
  g_assert_true (g_str_has_prefix (dataset->title, "Generated"));
  g_assert_cmpuint (stats->edges, ==, 200000); /* exactly */
  g_assert_cmpuint (dataset->n_duplicates, ==, 0);
  g_assert_cmpuint (dataset->features->nnz, ==, 20000 * 16);
  for (gsize c = 0; c < 5; c++)
    g_assert_cmpuint (stats->class_counts[c], ==, 4000);
  /* 7 of 10 within, and a fifth of the rest by chance. */
  g_assert_cmpfloat_with_epsilon (stats->homophily, 0.76, 0.02);
  g_assert_cmpfloat_with_epsilon ((double) mixq_dataset_count_part (dataset, MIXQ_PART_TRAIN) / 20000, 0.54,
                                  0.02);
}

/* A power law of exponent 2.5: the share of nodes of degree above d falls as d^-1.5. */
static void
test_generated_degrees (void)
{
  g_autoptr (MixqDataset) dataset = fixture_load ("generated:100000,500000,1,2");
  gsize above[2] = { 0 };

  for (gsize r = 0; r < dataset->n_nodes; r++) {
    gsize degree = dataset->graph->row_ptr[r + 1] - dataset->graph->row_ptr[r];

    above[0] += degree > 20;
    above[1] += degree > 160;
  }
  g_assert_cmpfloat_with_epsilon (log2 ((double) above[0] / (double) above[1]) / 3, 1.5, 0.25);
}

/* Features differ by class, so that there is something to learn, but a node alone does not give its class away. */
static void
test_generated_features (void)
{
  g_autoptr (MixqDataset) dataset = fixture_load ("generated:4000,8000,8,2");
  double mean[2][8] = { { 0 } };
  gsize differ = 0;

  for (gsize r = 0; r < 4000; r++)
    for (gsize c = 0; c < 8; c++) {
      g_assert_cmpfloat (dataset->features->value[r * 8 + c], >, 0);
      mean[dataset->labels[r]][c] += dataset->features->value[r * 8 + c] / 2000.0;
    }
  for (gsize c = 0; c < 8; c++) {
    double ratio = mean[0][c] / mean[1][c];

    g_assert_cmpfloat_with_epsilon (MIN (fabs (mean[0][c] - 1.15), fabs (mean[0][c] - 0.85)), 0, 0.1);
    differ += ratio < 0.85 || ratio > 1.18;
  }
  g_assert_cmpuint (differ, >, 0);
}

static void
test_generated_refused (void)
{
  static const char *const wrong[] = { "generated:",
                                       "generated:10",
                                       "generated:10,x",
                                       "generated:10,-1",
                                       "generated:1,1",
                                       "generated:10,40",
                                       "generated:10,5,0",
                                       "generated:10,5,8,6",
                                       "generated:10,5,8,2,0,1",
                                       "generated:99999999999,5",
                                       "generated:100000000,5,65536" };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (mixq_dataset_load (wrong[i], NULL, NULL, &error));
    g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE);
    g_assert_nonnull (strstr (error->message, "write generated:NODES,EDGES"));
  }
  /* Dense, but not too dense: it ends. */
  {
    g_autoptr (MixqDataset) dataset = fixture_load ("generated:100,1200,2,2");

    g_assert_cmpuint (dataset->graph->nnz, ==, 2400);
  }
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (mixq_dataset_load ("generated:1000,5000", NULL, cancellable, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/data/eigen", test_eigen);
  g_test_add_func ("/engine/data/csl/graphs", test_csl_graphs);
  g_test_add_func ("/engine/data/csl/classes", test_csl_classes);
  g_test_add_func ("/engine/data/csl/features", test_csl_features);
  g_test_add_func ("/engine/data/csl/folds", test_csl_folds);
  g_test_add_func ("/engine/data/csl/published", test_csl_published);
  g_test_add_func ("/engine/data/generated/sizes", test_generated);
  g_test_add_func ("/engine/data/generated/degrees", test_generated_degrees);
  g_test_add_func ("/engine/data/generated/features", test_generated_features);
  g_test_add_func ("/engine/data/generated/refused", test_generated_refused);
  g_test_add_func ("/engine/data/generated/cancelled", test_cancelled);
  return g_test_run ();
}
