/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Planetoid sets: the real ones number by number, the samples of each protocol, and every broken case. */
#include <string.h>
#include <sys/resource.h>

#include "base/mixq-error.h"
#include "fixture.h"

/* Peak memory means little under a sanitizer, which keeps freed blocks for a while. */
#ifdef __SANITIZE_ADDRESS__
#define PEAK_KIB (512 * 1024)
#else
#define PEAK_KIB (64 * 1024)
#endif

typedef struct
{
  const char *path, *title;
  gsize nodes, edges, features, nonzeros, classes, self_loops, duplicates, components, isolated, unlabelled;
  double homophily; /* unlabelled ends count as unequal */
  gsize class_counts[7], val_counts[7], test_counts[7];
  const char *first_class;
} RealSet;

/* From data/README.md; CiteSeer's homophily without PyTorch Geometric's class 0 for unlabelled nodes. */
static const RealSet real_sets[] = {
  { "planetoid/ind.cora",
    "Cora citation graph",
    2708,
    10556,
    1433,
    49216,
    7,
    0,
    302,
    78,
    0,
    0,
    0.810,
    { 351, 217, 418, 818, 426, 298, 180 },
    { 61, 36, 78, 158, 81, 57, 29 },
    { 130, 91, 144, 319, 149, 103, 64 },
    "Theory" },
  { "planetoid/ind.citeseer",
    "CiteSeer citation graph",
    3327,
    9104,
    3703,
    105165,
    6,
    248,
    112, /* 236 repeats, 124 of them of self loops, which are counted there */
    438,
    48,
    15,
    0.735,
    { 249, 590, 668, 701, 596, 508 },
    { 29, 86, 116, 106, 94, 69 },
    { 77, 182, 181, 231, 169, 160 },
    "AI" },
};

static void
count_part_classes (const MixqDataset *dataset, MixqPart part, gsize *counts)
{
  for (gsize node = 0; node < dataset->n_nodes; node++)
    if (dataset->part[node] == part)
      counts[dataset->labels[node]]++;
}

static void
test_real (gconstpointer data)
{
  const RealSet *set = data;
  g_autofree char *path = NULL;
  g_autoptr (MixqDataset) dataset = NULL;
  g_autoptr (MixqDatasetStats) stats = NULL;
  gsize train[7] = { 0 }, val[7] = { 0 }, test[7] = { 0 };
  g_autofree char *folder = fixture_path ("planetoid");

  if (folder == NULL)
    return;
  path = g_build_filename (folder, strrchr (set->path, '/') + 1, NULL);
  dataset = fixture_load (path);
  stats = mixq_dataset_compute_stats (dataset);
  g_assert_cmpstr (dataset->title, ==, set->title);
  g_assert_cmpstr (dataset->format, ==, "planetoid");
  g_assert_cmpstr (dataset->source, ==, path);
  g_assert_cmpuint (dataset->n_nodes, ==, set->nodes);
  g_assert_cmpuint (stats->edges, ==, set->edges);
  g_assert_cmpuint (dataset->features->n_cols, ==, set->features);
  g_assert_cmpuint (stats->nonzeros, ==, set->nonzeros);
  g_assert_null (dataset->features->value); /* all values are 1.0 */
  g_assert_cmpuint (dataset->n_classes, ==, set->classes);
  g_assert_cmpuint (dataset->n_self_loops, ==, set->self_loops);
  g_assert_cmpuint (dataset->n_duplicates, ==, set->duplicates);
  g_assert_false (dataset->was_directed);
  g_assert_cmpuint (stats->components, ==, set->components);
  g_assert_cmpuint (stats->isolated, ==, set->isolated);
  g_assert_cmpuint (stats->unlabelled, ==, set->unlabelled);
  g_assert_cmpfloat_with_epsilon (stats->homophily, set->homophily, 0.0005);
  g_assert_cmpstr (dataset->class_names[0], ==, set->first_class);
  count_part_classes (dataset, MIXQ_PART_TRAIN, train);
  count_part_classes (dataset, MIXQ_PART_VAL, val);
  count_part_classes (dataset, MIXQ_PART_TEST, test);
  for (gsize c = 0; c < set->classes; c++) {
    g_assert_cmpuint (stats->class_counts[c], ==, set->class_counts[c]);
    g_assert_cmpuint (train[c], ==, 20);
    g_assert_cmpuint (val[c], ==, set->val_counts[c]);
    g_assert_cmpuint (test[c], ==, set->test_counts[c]);
  }
  g_assert_cmpuint (mixq_dataset_count_part (dataset, MIXQ_PART_VAL), ==, 500);
  g_assert_cmpuint (mixq_dataset_count_part (dataset, MIXQ_PART_TEST), ==, 1000);
}

static gsize
row_length (const MixqCsr *csr, gsize row)
{
  return csr->row_ptr[row + 1] - csr->row_ptr[row];
}

/* The fifteen nodes that CiteSeer's test.index leaves out: no features, no class, no part, but neighbours. */
static void
test_citeseer_gaps (void)
{
  static const gsize gaps[] = { 2407, 2489, 2553, 2682, 2781, 2953, 3042, 3063,
                                3212, 3214, 3250, 3292, 3305, 3306, 3309 };
  g_autofree char *path = fixture_path ("planetoid");
  g_autofree char *prefix = NULL;
  g_autoptr (MixqDataset) dataset = NULL;
  const MixqCsr *graph;

  if (path == NULL)
    return;
  prefix = g_build_filename (path, "ind.citeseer", NULL);
  dataset = fixture_load (prefix);
  graph = dataset->graph;
  for (gsize i = 0; i < G_N_ELEMENTS (gaps); i++) {
    g_assert_cmpint (dataset->labels[gaps[i]], ==, -1);
    g_assert_cmpuint (dataset->part[gaps[i]], ==, MIXQ_PART_NONE);
    g_assert_cmpuint (row_length (dataset->features, gaps[i]), ==, 0);
    g_assert_cmpuint (row_length (graph, gaps[i]), >=, 1);
  }
  g_assert_cmpuint (row_length (graph, 2407), ==, 1);
  g_assert_cmpuint (graph->col[graph->row_ptr[2407]], ==, 2352);
  g_assert_cmpuint (graph->col[graph->row_ptr[3212]], ==, 1392);
  g_assert_cmpuint (graph->col[graph->row_ptr[3212] + 1], ==, 2857);
  g_assert_cmpuint (dataset->notes->len, >=, 3);
}

static void
test_missing_allx (void)
{
  g_autofree char *path = fixture_path ("planetoid-incomplete");
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;
  g_assert_null (mixq_dataset_load (path, NULL, NULL, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "ind.pubmed.allx"));
  g_assert_null (strstr (error->message, "ind.pubmed.ally,"));
}

/* Each way of naming the same set, and each protocol, gives the same content. */
static void
test_samples (void)
{
  static const char *const same[] = {
    "planetoid-py2/ind.tiny",  "planetoid-py2/ind.tiny.graph", "planetoid-py2/ind.tiny.test.index",
    "planetoid-py3/protocol2", "planetoid-py3/protocol3",      "planetoid-py3/protocol4",
    "planetoid-py3/protocol5"
  };
  g_autofree char *root = fixture_path ("samples");
  g_autofree char *path = NULL;
  g_autoptr (MixqDataset) first = NULL;
  g_autoptr (MixqDatasetStats) stats = NULL;

  if (root == NULL)
    return;
  path = g_build_filename (root, "planetoid-py2", NULL);
  first = fixture_load (path);
  stats = mixq_dataset_compute_stats (first);
  g_assert_cmpuint (first->n_nodes, ==, 24);
  g_assert_cmpuint (stats->edges, ==, 66);
  g_assert_cmpuint (first->features->n_cols, ==, 6);
  for (gsize c = 0; c < 3; c++)
    g_assert_cmpuint (stats->class_counts[c], ==, 8);
  g_assert_cmpuint (mixq_dataset_count_part (first, MIXQ_PART_TRAIN), ==, 6);
  g_assert_cmpuint (mixq_dataset_count_part (first, MIXQ_PART_VAL), ==, 10); /* all that allx has left */
  g_assert_cmpuint (mixq_dataset_count_part (first, MIXQ_PART_TEST), ==, 8);
  g_assert_cmpstr (first->class_names[2], ==, "class 2");
  g_assert_cmpstr (first->name, ==, "tiny");
  for (gsize i = 0; i < G_N_ELEMENTS (same); i++) {
    g_autofree char *other_path = g_build_filename (root, same[i], NULL);
    g_autoptr (MixqDataset) other = fixture_load (other_path);

    g_assert_cmpstr (other->sha256, ==, first->sha256);
  }
}

/* Rows of tx go to the nodes that test.index names, in its order. */
static void
test_row_order (void)
{
  g_autofree char *sample = fixture_path ("samples/planetoid-py2");
  g_autofree char *folder = NULL, *index = NULL;
  g_autoptr (MixqDataset) before = NULL, after = NULL;

  if (sample == NULL)
    return;
  folder = fixture_copy_sample (sample);
  index = g_build_filename (folder, "ind.tiny.test.index", NULL);
  before = fixture_load (folder);
  /* The same, but the nodes of the first two rows (20, 17) are exchanged. */
  g_assert_true (g_file_set_contents (index, "17\n20\n23\n16\n22\n18\n21\n19\n", -1, NULL));
  after = fixture_load (folder);
  g_assert_cmpint (before->labels[20], ==, after->labels[17]);
  g_assert_cmpint (before->labels[17], ==, after->labels[20]);
  g_assert_cmpint (before->labels[17], !=, before->labels[20]);
  g_assert_cmpint (before->labels[23], ==, after->labels[23]);
  g_assert_cmpstr (before->sha256, !=, after->sha256);
  fixture_remove_folder (folder);
}

/* Cora/raw/ of PyTorch Geometric, several sets in one folder, and things that are no data set. */
static void
test_folders (void)
{
  g_autofree char *sample = fixture_path ("samples/planetoid-py2");
  g_autofree char *planetoid = fixture_path ("planetoid");
  g_autofree char *folder = NULL, *parent = NULL, *raw = NULL;
  g_autoptr (MixqDataset) dataset = NULL;
  g_autoptr (GError) error = NULL;

  if (sample == NULL || planetoid == NULL)
    return;
  g_assert_null (mixq_dataset_load (planetoid, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "ind.citeseer, ind.cora"));
  g_clear_error (&error);

  folder = fixture_copy_sample (sample);
  parent = g_dir_make_tmp ("mixq-test-XXXXXX", NULL);
  g_assert_null (mixq_dataset_load (parent, NULL, NULL, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  raw = g_build_filename (parent, "raw", NULL);
  g_assert_cmpint (g_rename (folder, raw), ==, 0);
  dataset = fixture_load (parent);
  g_assert_cmpuint (dataset->n_nodes, ==, 24);
  fixture_remove_folder (raw);
  g_rmdir (parent);
}

static void
test_unsupported (void)
{
  static const struct
  {
    const char *path, *format;
    MixqErrorCode code;
    const char *mentions;
  } cases[] = {
    { "powerful-gnns/PROTEINS.zip", NULL, MIXQ_ERROR_UNSUPPORTED, "no TUDataset" },
    { "tu/MUTAG", "planetoid", MIXQ_ERROR_UNSUPPORTED, "ind.NAME" },
    { "samples/ogbn_tiny", "tu", MIXQ_ERROR_VALUE, "0 TUDataset" },
    { "samples/TINY", "ogb", MIXQ_ERROR_UNSUPPORTED, "OGB" },
    { "samples/tiny.graphml", NULL, MIXQ_ERROR_UNSUPPORTED, "GraphML" },
    { "samples/tiny.graphml", "npz", MIXQ_ERROR_PARSE, "zip archive" },
    { "npz/cora.npz", "planetoid", MIXQ_ERROR_UNSUPPORTED, "ind.NAME" },
    { "samples/tiny.graphml", "nonsense", MIXQ_ERROR_UNSUPPORTED, "nonsense" },
    { "README.md", NULL, MIXQ_ERROR_UNSUPPORTED, "ind.NAME" },
    { "planetoid/ind.nothing", NULL, MIXQ_ERROR_IO, "ind.nothing" },
    { "no-such-thing", NULL, MIXQ_ERROR_IO, "no-such-thing" },
    { "planetoid/ind.cora", "built-in", MIXQ_ERROR_VALUE, "karate" },
  };
  g_autofree char *root = fixture_path ("README.md");
  const char *shared = g_getenv ("MIXQ_SHARED_DATA");

  if (root == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_build_filename (shared, cases[i].path, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_null (mixq_dataset_load (path, cases[i].format, NULL, &error));
    g_assert_error (error, MIXQ_ERROR, (int) cases[i].code);
    if (strstr (error->message, cases[i].mentions) == NULL)
      g_error ("%s: \"%s\" does not mention \"%s\"", cases[i].path, error->message, cases[i].mentions);
  }
}

static void
test_cancelled (void)
{
  fixture_assert_cancelled ("samples/planetoid-py2");
}

/* Broken. */

/* Where INDEX.tsv leaves a choice, this is what the reader does. */
static gboolean
is_accepted (const char *name, const char *expected)
{
  if (g_str_has_prefix (expected, "refuse"))
    return FALSE;
  g_assert_true (g_str_has_prefix (expected, "accept"));
  return strcmp (name, "test-index-gap") != 0; /* two nodes that nothing but a number knows of */
}

static void
check_accepted (const char *name, const char *expected, const MixqDataset *dataset, const MixqDataset *sample)
{
  gsize differences = 0;

  if (strcmp (name, "graph-asymmetric") == 0) {
    g_assert_true (dataset->was_directed);
    g_assert_cmpuint (dataset->graph->nnz, ==, sample->graph->nnz + 2);
    g_assert_cmpuint (dataset->notes->len, ==, 1);
  } else if (strcmp (name, "ally-empty-row") == 0) {
    for (gsize node = 0; node < dataset->n_nodes; node++)
      differences += dataset->labels[node] != sample->labels[node];
    g_assert_cmpuint (differences, ==, 1);
    g_assert_cmpint (dataset->labels[9], ==, -1);
    g_assert_cmpuint (dataset->part[9], ==, MIXQ_PART_NONE);
    g_assert_cmpuint (dataset->notes->len, ==, 1);
  } else {
    g_assert_cmpstr (dataset->sha256, ==, sample->sha256);
  }
}

/* The message begins with the name of a file that lies, or should lie, in the folder. */
static void
check_message (const char *name, const char *message)
{
  g_test_message ("%s: %s", name, message);
  g_assert_true (g_str_has_prefix (message, "ind.tiny."));
  g_assert_true (g_utf8_validate (message, -1, NULL));
  g_assert_cmpuint (strlen (message), <, 400);
}

static void
check_case (const char *root, const char *name, const char *expected, const MixqDataset *sample)
{
  g_autofree char *path = g_build_filename (root, name, NULL);
  g_autofree char *pwned = g_build_filename (path, "PWNED-BY-PICKLE", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqDataset) dataset = mixq_dataset_load (path, NULL, NULL, &error);

  g_assert_false (g_file_test ("PWNED-BY-PICKLE", G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (pwned, G_FILE_TEST_EXISTS));
  g_assert_true ((dataset == NULL) == (error != NULL));
  if (error != NULL)
    check_message (name, error->message);
  if (is_accepted (name, expected) != (dataset != NULL))
    g_error ("%s: expected \"%s\", got %s", name, expected, error != NULL ? error->message : "a data set");
  if (dataset != NULL)
    check_accepted (name, expected, dataset, sample);
}

static gsize
peak_kib (void)
{
  struct rusage usage;

  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  return (gsize) usage.ru_maxrss;
}

static void
test_broken (void)
{
  g_autofree char *root = fixture_path ("broken/planetoid");
  g_autofree char *index = fixture_path ("broken/INDEX.tsv");
  g_autofree char *sample_path = fixture_path ("samples/planetoid-py2");
  g_autofree char *content = NULL;
  g_autoptr (MixqDataset) sample = NULL;
  g_auto (GStrv) lines = NULL;
  gsize n = 0, before;

  if (root == NULL || index == NULL || sample_path == NULL)
    return;
  sample = fixture_load (sample_path);
  g_assert_true (g_file_get_contents (index, &content, NULL, NULL));
  lines = g_strsplit (content, "\n", -1);
  before = peak_kib ();
  for (char **line = lines; *line != NULL; line++) {
    g_auto (GStrv) fields = g_strsplit (*line, "\t", 3);

    if (g_strv_length (fields) < 3 || !g_str_has_prefix (fields[0], "planetoid/"))
      continue;
    g_strdelimit (fields[0] + strlen ("planetoid/"), "/", '\0');
    check_case (root, fields[0] + strlen ("planetoid/"), fields[2], sample);
    n++;
  }
  g_assert_cmpuint (n, ==, 62);
  /* The largest file has 400 kB; nothing may need memory by what a file merely claims. */
  g_assert_cmpuint (peak_kib () - before, <, PEAK_KIB);
}

/* The two mistakes people make most are told by name. */
static void
test_messages (void)
{
  static const struct
  {
    const char *name, *mentions;
  } cases[] = {
    { "lfs-pointer", "git lfs pull" },
    { "html-page", "web page" },
    { "zero-byte", "empty" },
    { "truncated", "at byte 512" },
    { "global-os-system", "os.system" },
    { "test-index-text", "line 3" },
    { "graph-neighbour-out-of-range", "node 3 has neighbour 5000" },
    { "csr-index-out-of-range", "column 77" },
    { "ndarray-data-short", "does not fit the bytes" },
    { "ndarray-shape-huge", "does not fit the bytes" },
    { "missing-graph", "ind.tiny.graph" },
  };
  g_autofree char *root = fixture_path ("broken/planetoid");

  if (root == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_build_filename (root, cases[i].name, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_null (mixq_dataset_load (path, NULL, NULL, &error));
    if (strstr (error->message, cases[i].mentions) == NULL)
      g_error ("\"%s\" does not mention \"%s\"", error->message, cases[i].mentions);
  }
}

/* One test number far away must not ask for memory of its size. */
static void
test_huge_node_number (void)
{
  g_autofree char *sample = fixture_path ("samples/planetoid-py2");
  g_autofree char *folder = NULL, *index = NULL;
  g_autoptr (GError) error = NULL;
  gsize before = peak_kib ();

  if (sample == NULL)
    return;
  folder = fixture_copy_sample (sample);
  index = g_build_filename (folder, "ind.tiny.test.index", NULL);
  g_assert_true (g_file_set_contents (index, "20\n17\n23\n16\n22\n18\n21\n2147483646\n", -1, NULL));
  g_assert_null (mixq_dataset_load (folder, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "2147483646"));
  g_assert_cmpuint (peak_kib () - before, <, PEAK_KIB);
  fixture_remove_folder (folder);
}

static void
check_replaced (const char *folder, const char *base, const void *content, gsize length, const char *mentions)
{
  g_autofree char *path = g_build_filename (folder, base, NULL);
  g_autofree char *before = NULL;
  g_autoptr (GError) error = NULL;
  gsize before_length;

  g_assert_true (g_file_get_contents (path, &before, &before_length, NULL));
  g_assert_true (g_file_set_contents (path, content, (gssize) length, NULL));
  g_assert_null (mixq_dataset_load (folder, NULL, NULL, &error));
  if (strstr (error->message, mentions) == NULL)
    g_error ("\"%s\" does not mention \"%s\"", error->message, mentions);
  g_assert_true (g_file_set_contents (path, before, (gssize) before_length, NULL));
}

/* Faults that the broken folder does not have. */
static void
test_more_broken (void)
{
  static const char twice[] = "\x80\x02}(K\0]K\1]K\0]u.";
  static const char float_neighbour[] = "\x80\x02}(K\0]G\0\0\0\0\0\0\0\0au.";
  g_autofree char *sample = fixture_path ("samples/planetoid-py2");
  g_autofree char *folder = NULL, *y = NULL, *content = NULL;
  g_autoptr (GString) shared = g_string_new (NULL);
  gint32 one_hot[18], first;
  gsize length;

  if (sample == NULL)
    return;
  folder = fixture_copy_sample (sample);
  check_replaced (folder, "ind.tiny.graph", twice, sizeof twice - 1, "lists node 0 twice");
  check_replaced (folder, "ind.tiny.graph", float_neighbour, sizeof float_neighbour - 1,
                  "node 0 has a float");

  /* One list of 200 neighbours that all nodes share: more arcs than bytes. */
  g_string_append_len (shared, "\x80\x02}(K\0]q\1(", 10);
  for (gsize i = 0; i < 200; i++)
    g_string_append_len (shared, "K\2", 2);
  g_string_append_len (shared, "e", 1);
  for (char node = 1; node < 24; node++) {
    g_string_append_len (shared, "K", 1);
    g_string_append_len (shared, &node, 1);
    g_string_append_len (shared, "h\1", 2);
  }
  g_string_append_len (shared, "u.", 2);
  check_replaced (folder, "ind.tiny.graph", shared->str, shared->len, "one list for several nodes");

  /* Row 0 of y gets another class: no longer the beginning of ally. The file ends with the matrix and "tb.". */
  y = g_build_filename (folder, "ind.tiny.y", NULL);
  g_assert_true (g_file_get_contents (y, &content, &length, NULL));
  memcpy (one_hot, content + length - 3 - sizeof one_hot, sizeof one_hot);
  g_assert_cmpint (one_hot[0] + one_hot[1] + one_hot[2], ==, 1);
  first = one_hot[0];
  one_hot[0] = one_hot[1];
  one_hot[1] = one_hot[2];
  one_hot[2] = first;
  memcpy (content + length - 3 - sizeof one_hot, one_hot, sizeof one_hot);
  check_replaced (folder, "ind.tiny.y", content, length, "row 0 differs from that row of ind.tiny.ally");
  fixture_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_autofree char *scratch = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  /* A pickle that ran would leave its mark in the current folder: make that an empty one. */
  scratch = g_dir_make_tmp ("mixq-test-XXXXXX", NULL);
  g_assert_cmpint (g_chdir (scratch), ==, 0);
  g_test_add_data_func ("/engine/data/planetoid/cora", &real_sets[0], test_real);
  g_test_add_data_func ("/engine/data/planetoid/citeseer", &real_sets[1], test_real);
  g_test_add_func ("/engine/data/planetoid/citeseer-gaps", test_citeseer_gaps);
  g_test_add_func ("/engine/data/planetoid/missing-allx", test_missing_allx);
  g_test_add_func ("/engine/data/planetoid/samples", test_samples);
  g_test_add_func ("/engine/data/planetoid/row-order", test_row_order);
  g_test_add_func ("/engine/data/planetoid/folders", test_folders);
  g_test_add_func ("/engine/data/planetoid/unsupported", test_unsupported);
  g_test_add_func ("/engine/data/planetoid/cancelled", test_cancelled);
  g_test_add_func ("/engine/data/planetoid/broken", test_broken);
  g_test_add_func ("/engine/data/planetoid/more-broken", test_more_broken);
  g_test_add_func ("/engine/data/planetoid/messages", test_messages);
  g_test_add_func ("/engine/data/planetoid/huge-node-number", test_huge_node_number);
  status = g_test_run ();
  g_assert_cmpint (g_chdir ("/"), ==, 0);
  g_rmdir (scratch);
  return status;
}
