/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TUDataset: the real sets number by number, the samples, splits into folds, and every broken case. */
#include <math.h>

#include "base/mixq-error.h"
#include "broken.h"

typedef struct
{
  const char *path;
  gsize graphs, nodes, edges, duplicates, features, nonzeros, classes, isolated, fewest, most;
  gsize class_counts[3];
  const char *class_names[3];
} RealSet;

static const RealSet real_sets[] = {
  { "tu/PROTEINS.zip", 1113, 43471, 162088, 0, 4, 0, 2, 5, 4, 620, { 663, 450 }, { "label 1", "label 2" } },
  { "tu/IMDB-BINARY.zip",
    1000,
    19773,
    193062,
    193062,
    136,
    19773,
    2,
    0,
    12,
    136,
    { 500, 500 },
    { "label 0", "label 1" } },
  { "tu/IMDB-MULTI.zip",
    1500,
    19502,
    197806,
    197806,
    89,
    19502,
    3,
    0,
    7,
    89,
    { 500, 500, 500 },
    { "label 1", "label 2", "label 3" } },
  { "tu/MUTAG.zip", 188, 3371, 7442, 0, 7, 3371, 2, 0, 10, 28, { 63, 125 }, { "label -1", "label 1" } },
  { "tu/MUTAG", 188, 3371, 7442, 0, 7, 3371, 2, 0, 10, 28, { 63, 125 }, { "label -1", "label 1" } },
  { "tu/DD.zip",
    1178,
    334925,
    1686092,
    0,
    89,
    334925,
    2,
    0,
    30,
    5748,
    { 691, 487 },
    { "label 1", "label 2" } },
  { "tu/REDDIT-BINARY.zip",
    2000,
    859254,
    1991016,
    0,
    1,
    859254,
    2,
    21,
    6,
    3782,
    { 1000, 1000 },
    { "label -1", "label 1" } },
};

static void
test_real (gconstpointer data)
{
  const RealSet *set = data;
  g_autofree char *path = fixture_path (set->path);
  g_autoptr (MixqDataset) dataset = NULL;
  g_autoptr (MixqDatasetStats) stats = NULL;

  if (path == NULL)
    return;
  dataset = fixture_load (path);
  stats = mixq_dataset_compute_stats (dataset);
  g_assert_cmpstr (dataset->format, ==, "tu");
  g_assert_cmpint (dataset->task, ==, MIXQ_TASK_GRAPHS);
  g_assert_cmpuint (dataset->n_graphs, ==, set->graphs);
  g_assert_cmpuint (dataset->n_nodes, ==, set->nodes);
  g_assert_cmpuint (stats->edges, ==, set->edges);
  g_assert_false (dataset->was_directed);
  g_assert_cmpuint (dataset->n_self_loops, ==, 0);
  g_assert_cmpuint (dataset->n_duplicates, ==, set->duplicates);
  g_assert_cmpuint (dataset->features->n_cols, ==, set->features);
  if (set->nonzeros > 0)
    g_assert_cmpuint (stats->nonzeros, ==, set->nonzeros);
  g_assert_cmpuint (dataset->n_classes, ==, set->classes);
  g_assert_cmpuint (stats->isolated, ==, set->isolated);
  g_assert_cmpuint (stats->fewest_nodes, ==, set->fewest);
  g_assert_cmpuint (stats->most_nodes, ==, set->most);
  for (gsize c = 0; c < set->classes; c++) {
    g_assert_cmpuint (stats->class_counts[c], ==, set->class_counts[c]);
    g_assert_cmpstr (dataset->class_names[c], ==, set->class_names[c]);
  }
  /* Nothing that knows only node classes finds anything to train on. */
  g_assert_cmpuint (mixq_dataset_count_part (dataset, MIXQ_PART_TRAIN), ==, 0);
  for (gsize node = 0; node < dataset->n_nodes; node += 997)
    g_assert_cmpint (dataset->labels[node], ==, -1);
}

/* Each graph is in one part; the test parts of ten folds cover everything, alike in classes. */
static void
test_folds (void)
{
  g_autofree char *path = fixture_path ("tu/PROTEINS.zip");
  g_autoptr (MixqDataset) dataset = NULL;
  g_autofree guint8 *tested = NULL, *valued = NULL;

  if (path == NULL)
    return;
  dataset = fixture_load (path);
  tested = g_new0 (guint8, dataset->n_graphs);
  valued = g_new0 (guint8, dataset->n_graphs);
  for (gsize fold = 0; fold < 10; fold++) {
    g_autofree char *text = g_strdup_printf ("fold:%" G_GSIZE_FORMAT, fold);
    g_autofree char *next = g_strdup_printf ("fold:%" G_GSIZE_FORMAT, (fold + 1) % 10);
    g_autoptr (MixqDataset) split = mixq_dataset_with_split (dataset, text, NULL);
    g_autoptr (MixqDataset) after = mixq_dataset_with_split (dataset, next, NULL);
    gsize counts[2][4] = { { 0 } };

    for (gsize g = 0; g < dataset->n_graphs; g++) {
      counts[split->graph_labels[g]][split->item_part[g]]++;
      tested[g] += split->item_part[g] == MIXQ_PART_TEST;
      valued[g] += split->item_part[g] == MIXQ_PART_VAL;
      /* The test part is the validation part of the next fold. */
      g_assert_true ((split->item_part[g] == MIXQ_PART_TEST) == (after->item_part[g] == MIXQ_PART_VAL));
    }
    g_assert_cmpuint (counts[0][MIXQ_PART_TEST] - 66, <=, 1); /* 663 */
    g_assert_cmpuint (counts[1][MIXQ_PART_TEST], ==, 45);
    g_assert_cmpuint (counts[0][MIXQ_PART_NONE] + counts[1][MIXQ_PART_NONE], ==, 0);
    g_assert_true ((fold == 0) == (strcmp (split->sha256, dataset->sha256) == 0)); /* the default is fold 0 */
  }
  for (gsize g = 0; g < dataset->n_graphs; g++) {
    g_assert_cmpuint (tested[g], ==, 1);
    g_assert_cmpuint (valued[g], ==, 1);
  }
}

static void
test_other_splits (void)
{
  static const struct
  {
    const char *split, *mentions; /* mentions NULL: accepted */
  } cases[] = {
    { "fold:0/5,7", NULL },
    { "fold:4/5", NULL },
    { "random:3", NULL },
    { "fold:10", "fold:I" },
    { "fold:0/2", "fold:I" },
    { "fold:-1", "fold:I" },
    { "fold:0/5,", "fold:I" },
    { "fold:1x", "fold:I" },
    { "fold:", "fold:I" },
    { "planetoid", "random:" },
    { "no-such-file#0", "no-such" },
  };
  g_autofree char *path = fixture_path ("samples/TINY");
  g_autoptr (MixqDataset) dataset = NULL;

  if (path == NULL)
    return;
  dataset = fixture_load (path);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MixqDataset) split = mixq_dataset_with_split (dataset, cases[i].split, &error);

    g_assert_true ((split != NULL) == (cases[i].mentions == NULL));
    if (error != NULL)
      g_assert_nonnull (strstr (error->message, cases[i].mentions));
    if (split != NULL)
      g_assert_cmpuint (mixq_dataset_count_items (split, MIXQ_PART_TEST), >, 0);
  }
}

static void
write_text (const char *path, const char *text)
{
  fixture_write (path, text, strlen (text));
}

/* A part name a graph, written down. */
static void
test_split_file (void)
{
  g_autofree char *path = fixture_path ("samples/TINY");
  g_autofree char *folder = NULL, *file = NULL, *folds = NULL, *fold = NULL;
  g_autoptr (MixqDataset) dataset = NULL, split = NULL, other = NULL;
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;
  folder = g_dir_make_tmp ("mixq-test-XXXXXX", NULL);
  file = g_build_filename (folder, "split.txt", NULL);
  folds = g_build_filename (folder, "folds.tsv", NULL);
  fold = g_strconcat (folds, "#1", NULL);
  dataset = fixture_load (path);
  write_text (file, "train\ntrain\nval\ntest\ntest\nnone\n");
  split = mixq_dataset_with_split (dataset, file, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (split->item_part[2], ==, MIXQ_PART_VAL);
  g_assert_cmpuint (split->item_part[5], ==, MIXQ_PART_NONE);
  write_text (folds, "# f\n0\ttrain\t5\n1\ttrain\t0,1\n1\tval\t2\n1\ttest\t3,4\n");
  other = mixq_dataset_with_split (dataset, fold, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (other->sha256, ==, split->sha256);
  write_text (folds, "1\ttrain\t0,6\n");
  g_assert_null (mixq_dataset_with_split (dataset, fold, &error));
  g_assert_nonnull (strstr (error->message, "numbers below 6"));
  g_clear_error (&error);
  write_text (folds, "1\ttrain\t0\n1\ttest\t0\n");
  g_assert_null (mixq_dataset_with_split (dataset, fold, &error));
  g_assert_nonnull (strstr (error->message, "second time"));
  fixture_remove_folder (folder);
}

/* TINY by hand: two attributes and three labels; the same with other line ends; without both, degrees. */
static void
test_samples (void)
{
  g_autofree char *root = fixture_path ("samples");
  g_autofree char *path = NULL, *crlf = NULL, *bare = NULL, *file = NULL;
  g_autoptr (MixqDataset) tiny = NULL, same = NULL, degrees = NULL, by_file = NULL;

  if (root == NULL)
    return;
  path = g_build_filename (root, "TINY", NULL);
  crlf = g_build_filename (root, "TINY_CRLF", NULL);
  bare = g_build_filename (root, "TINY_BARE", NULL);
  file = g_build_filename (path, "TINY_graph_labels.txt", NULL);
  tiny = fixture_load (path);
  same = fixture_load (crlf);
  degrees = fixture_load (bare);
  by_file = fixture_load (file);
  g_assert_cmpstr (same->sha256, ==, tiny->sha256);
  g_assert_cmpstr (by_file->sha256, ==, tiny->sha256);
  g_assert_cmpuint (tiny->n_graphs, ==, 6);
  g_assert_cmpuint (tiny->features->n_cols, ==, 5);
  g_assert_cmpuint (tiny->features->row_ptr[1], ==, 3);
  g_assert_cmpfloat (tiny->features->value[0], ==, 0.0159f);
  g_assert_cmpfloat (tiny->features->value[1], ==, 0.8689f);
  g_assert_cmpuint (tiny->features->col[2], ==, 2);
  g_assert_cmpint (tiny->graph_labels[0], ==, 1); /* 1, where -1 is the class 0 */
  g_assert_cmpint (tiny->graph_labels[1], ==, 0);
  g_assert_cmpstr (tiny->feature_names[4], ==, "node label 2");
  g_assert_cmpuint (degrees->n_self_loops, ==, 1);
  g_assert_cmpuint (degrees->n_duplicates, ==, 6);
  g_assert_cmpuint (degrees->graph->nnz, ==, tiny->graph->nnz);
  for (gsize node = 0; node < degrees->n_nodes; node++)
    g_assert_cmpuint (degrees->features->col[node], ==,
                      degrees->graph->row_ptr[node + 1] - degrees->graph->row_ptr[node]);
  for (gsize g = 0; g < tiny->n_graphs; g++) {
    g_assert_cmpuint (mixq_dataset_graph_of (tiny, tiny->graph_ptr[g]), ==, g);
    g_assert_cmpuint (mixq_dataset_graph_of (tiny, tiny->graph_ptr[g + 1] - 1), ==, g);
  }
}

/* A star of 1,001 nodes has a degree too large for columns: mean 2000/1001, and the sample's deviation. */
static void
test_large_degree (void)
{
  g_autofree char *folder = g_dir_make_tmp ("mixq-test-XXXXXX", NULL);
  g_autofree char *a = g_build_filename (folder, "S_A.txt", NULL);
  g_autofree char *indicator = g_build_filename (folder, "S_graph_indicator.txt", NULL);
  g_autofree char *labels = g_build_filename (folder, "S_graph_labels.txt", NULL);
  g_autoptr (GString) edges = g_string_new (NULL), graphs = g_string_new ("1\n");
  g_autoptr (MixqDataset) dataset = NULL;
  double mean = 2000.0 / 1001, squares = (1000 - mean) * (1000 - mean) + 1000 * (1 - mean) * (1 - mean);

  for (guint leaf = 2; leaf <= 1001; leaf++) {
    g_string_append_printf (edges, "1,%u\n", leaf);
    g_string_append (graphs, "1\n");
  }
  fixture_write (a, edges->str, edges->len);
  fixture_write (indicator, graphs->str, graphs->len);
  write_text (labels, "7");
  dataset = fixture_load (folder);
  g_assert_true (dataset->was_directed);
  g_assert_cmpuint (dataset->features->n_cols, ==, 1);
  g_assert_cmpfloat_with_epsilon (dataset->features->value[0], (1000 - mean) / sqrt (squares / 1000), 1e-4);
  g_assert_cmpfloat_with_epsilon (dataset->features->value[1], (1 - mean) / sqrt (squares / 1000), 1e-6);
  g_assert_cmpuint (dataset->n_classes, ==, 1);
  fixture_remove_folder (folder);
}

/* Invariants of a collection that a reader could break. */
static void
test_invariants (void)
{
  g_autofree char *path = fixture_path ("samples/TINY");

  if (path == NULL)
    return;
  for (int fault = 0; fault < 5; fault++) {
    g_autoptr (MixqDataset) dataset = fixture_load (path);
    g_autoptr (GError) error = NULL;

    if (fault == 0)
      dataset->graph_ptr[1]++; /* now an edge leaves its graph */
    else if (fault == 1)
      dataset->graph_ptr[2] = dataset->graph_ptr[1];
    else if (fault == 2)
      dataset->graph_labels[3] = 2;
    else if (fault == 3)
      dataset->labels[3] = 0;
    else
      dataset->item_part[3] = 9;
    g_assert_false (mixq_dataset_seal (dataset, &error));
    g_assert_nonnull (error);
  }
}

static void
check_accepted (const char *name, const MixqDataset *dataset, const MixqDataset *sample)
{
  g_assert_cmpstr (dataset->sha256, ==, sample->sha256);
}

static void
test_broken (void)
{
  static const char *const accepted[] = { "bom", NULL };
  const Broken broken = { "tu", "samples/TINY", accepted, 24, check_accepted };

  broken_run (&broken);
}

static void
test_cancelled (void)
{
  fixture_assert_cancelled ("tu/MUTAG.zip");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (real_sets); i++) {
    g_autofree char *name = g_strconcat ("/engine/data/tu/real/", real_sets[i].path, NULL);

    g_test_add_data_func (name, &real_sets[i], test_real);
  }
  g_test_add_func ("/engine/data/tu/folds", test_folds);
  g_test_add_func ("/engine/data/tu/other-splits", test_other_splits);
  g_test_add_func ("/engine/data/tu/split-file", test_split_file);
  g_test_add_func ("/engine/data/tu/samples", test_samples);
  g_test_add_func ("/engine/data/tu/large-degree", test_large_degree);
  g_test_add_func ("/engine/data/tu/invariants", test_invariants);
  g_test_add_func ("/engine/data/tu/broken", test_broken);
  g_test_add_func ("/engine/data/tu/cancelled", test_cancelled);
  return g_test_run ();
}
