/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OGB's raw layout: the samples, sets made here, packed lines as a stream, and every broken case. */
#include <math.h>

#include "base/mixq-error.h"
#include "broken.h"
#include "data/mixq-text.h"

static void
test_sample (void)
{
  g_autofree char *path = fixture_path ("samples/ogbn_tiny");
  g_autofree char *raw = NULL, *file = NULL, *slash = NULL;
  g_autoptr (MixqDataset) dataset = NULL, by_raw = NULL, by_file = NULL, by_slash = NULL;

  if (path == NULL)
    return;
  raw = g_build_filename (path, "raw", NULL);
  file = g_build_filename (raw, "edge.csv.gz", NULL);
  slash = g_strconcat (path, "/", NULL);
  dataset = fixture_load (path);
  g_assert_cmpstr (dataset->format, ==, "ogb");
  g_assert_cmpstr (dataset->name, ==, "ogbn_tiny");
  g_assert_cmpint (dataset->task, ==, MIXQ_TASK_NODES);
  g_assert_cmpuint (dataset->n_nodes, ==, 24);
  g_assert_cmpuint (dataset->graph->nnz, ==, 66);
  g_assert_true (dataset->was_directed);
  g_assert_cmpuint (dataset->features->n_cols, ==, 6);
  g_assert_cmpfloat (dataset->features->value[0], ==, 0.831f);
  g_assert_cmpfloat (dataset->features->value[6], ==, 1.0f);
  g_assert_cmpuint (dataset->n_classes, ==, 3);
  g_assert_cmpstr (dataset->class_names[1], ==, "cs.bb");
  g_assert_null (dataset->split);
  for (gsize node = 0; node < 24; node++)
    g_assert_cmpuint (dataset->part[node], ==,
                      node % 4 < 2    ? MIXQ_PART_TRAIN
                      : node % 4 == 2 ? MIXQ_PART_VAL
                                      : MIXQ_PART_TEST);
  by_raw = fixture_load (raw);
  by_file = fixture_load (file);
  by_slash = fixture_load (slash);
  g_assert_cmpstr (by_raw->sha256, ==, dataset->sha256);
  g_assert_cmpstr (by_file->sha256, ==, dataset->sha256);
  g_assert_cmpstr (by_slash->sha256, ==, dataset->sha256);
  g_assert_cmpstr (by_slash->name, ==, "ogbn_tiny");
}

/* Five answers a node; features are the means of those of a node's edges. */
static void
test_targets (void)
{
  g_autofree char *path = fixture_path ("samples/ogbn_tiny_multilabel");
  g_autoptr (MixqDataset) dataset = NULL, split = NULL;
  g_autoptr (MixqDatasetStats) stats = NULL;
  static const guint8 first[] = { 1, 0, 0, 1, 0 };

  if (path == NULL)
    return;
  dataset = fixture_load (path);
  stats = mixq_dataset_compute_stats (dataset);
  g_assert_cmpint (dataset->task, ==, MIXQ_TASK_NODE_TARGETS);
  g_assert_cmpuint (dataset->n_classes, ==, 5);
  g_assert_cmpstr (dataset->class_names[4], ==, "task 4");
  g_assert_cmpmem (dataset->targets, 5, first, 5);
  g_assert_cmpuint (stats->edges, ==, 60);
  g_assert_true (isnan (stats->homophily));
  g_assert_cmpuint (mixq_dataset_count_items (dataset, MIXQ_PART_TRAIN), ==, 14);
  g_assert_cmpuint (mixq_dataset_count_items (dataset, MIXQ_PART_VAL), ==, 5);
  g_assert_cmpuint (mixq_dataset_count_items (dataset, MIXQ_PART_TEST), ==, 5);
  g_assert_cmpuint (mixq_dataset_count_part (dataset, MIXQ_PART_TRAIN), ==, 0);
  g_assert_cmpuint (dataset->features->n_cols, ==, 8);
  split = mixq_dataset_with_split (dataset, "random:1", NULL);
  g_assert_cmpuint (mixq_dataset_count_items (split, MIXQ_PART_TRAIN), ==, 24 - 3 - 2);
  g_assert_cmpmem (split->targets, 5, first, 5);
}

/* Sets written here. */

typedef struct
{
  const char *file, *content; /* content NULL: remove it */
} Line;

/* Three nodes in a line, plain text instead of gzip. */
static const Line path_set[] = {
  { "raw/num-node-list.csv", "3\n" },        { "raw/num-edge-list.csv", "2\n" },
  { "raw/edge.csv", "0,1\n1,2\n" },          { "raw/node-feat.csv", "1,0\n0.5,2e0\n0,-0.25\n" },
  { "raw/node-label.csv", "0\n1.0\nnan\n" }, { "split/time/train.csv", "0\n" },
  { "split/time/valid.csv", "1\n" },         { "split/time/test.csv", "2\n" },
};

static void
write_set (const char *root, const Line *lines, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    g_autofree char *path = g_build_filename (root, lines[i].file, NULL);
    g_autofree char *folder = g_path_get_dirname (path);

    g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
    if (lines[i].content == NULL)
      g_assert_cmpint (g_remove (path), ==, 0);
    else
      fixture_write (path, lines[i].content, strlen (lines[i].content));
  }
}

static void
remove_set (const char *root)
{
  static const char *const folders[] = { "split/time", "split", "raw", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *folder = g_build_filename (root, folders[i], NULL);

    fixture_remove_folder (folder);
  }
}

static void
test_made (void)
{
  g_autofree char *root = g_dir_make_tmp ("mixq-test-XXXXXX", NULL);
  g_autoptr (MixqDataset) dataset = NULL;
  const float *value;

  write_set (root, path_set, G_N_ELEMENTS (path_set));
  dataset = fixture_load (root);
  value = dataset->features->value;
  g_assert_cmpuint (dataset->features->nnz, ==, 4);
  g_assert_true (value[0] == 1 && value[1] == 0.5f && value[2] == 2 && value[3] == -0.25f);
  g_assert_cmpint (dataset->labels[1], ==, 1);
  g_assert_cmpint (dataset->labels[2], ==, -1);
  g_assert_cmpuint (dataset->part[2], ==, MIXQ_PART_NONE); /* named as test, but without a label */
  remove_set (root);
}

/* Without features of nodes: the mean over both edges of the node in the middle; without those, degrees. */
static void
test_made_features (void)
{
  static const Line edges[] = { { "raw/node-feat.csv", NULL }, { "raw/edge-feat.csv", "1,4\n3,0\n" } };
  static const Line bare[] = { { "raw/edge-feat.csv", NULL } };
  g_autofree char *root = g_dir_make_tmp ("mixq-test-XXXXXX", NULL);
  g_autoptr (MixqDataset) means = NULL, degrees = NULL;

  write_set (root, path_set, G_N_ELEMENTS (path_set));
  write_set (root, edges, G_N_ELEMENTS (edges));
  means = fixture_load (root);
  g_assert_cmpuint (means->features->nnz, ==, 5);
  g_assert_cmpfloat (means->features->value[0], ==, 1);
  g_assert_cmpfloat (means->features->value[2], ==, 2);
  g_assert_cmpfloat (means->features->value[3], ==, 2);
  g_assert_cmpfloat (means->features->value[4], ==, 3);
  write_set (root, bare, 1);
  degrees = fixture_load (root);
  g_assert_cmpuint (degrees->features->n_cols, ==, 3);
  g_assert_cmpuint (degrees->features->col[1], ==, 2);
  remove_set (root);
}

static void
test_faults (void)
{
  static const struct
  {
    Line line;
    const char *mentions;
  } cases[] = {
    { { "raw/edge.csv", "0,1\n1,2\n2,0\n" }, "line 3 is more than the 2 edges" },
    { { "raw/num-node-list.csv", "3\n4\n" }, "line 2 is more than the 1 graph" },
    { { "raw/num-edge-list.csv", "1e3\n" }, "not one whole number" },
    { { "raw/node-label.csv", "0\n1\n" }, "2 lines for 3 nodes" },
    { { "raw/node-label.csv", "0.5\n1\n1\n" }, "class 0.5" },
    { { "raw/node-label.csv", "nan\nnan\nnan\n" }, "no node has a label" },
    { { "raw/node-label.csv", "0,1\n1,2\n0,0\n" }, "says 2 where 0, 1 or nan" },
    { { "raw/node-label.csv", "0,1\n1\n0,0\n" }, "column 2 of 2" },
    { { "raw/node-feat.csv", "1,2\n3,4,5\n6,7\n" }, "more than the 2 columns" },
    { { "raw/node-feat.csv", "1,2\n3,1e39\n6,7\n" }, "not finite" },
    { { "split/time/valid.csv", "one\n" }, "not a node number" },
    { { "split/time/valid.csv", "0\n" }, "in the split already" },
  };
  g_autofree char *root = g_dir_make_tmp ("mixq-test-XXXXXX", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    write_set (root, path_set, G_N_ELEMENTS (path_set));
    write_set (root, &cases[i].line, 1);
    g_assert_null (mixq_dataset_load (root, NULL, NULL, &error));
    if (strstr (error->message, cases[i].mentions) == NULL)
      g_error ("\"%s\" does not mention \"%s\"", error->message, cases[i].mentions);
  }
  remove_set (root);
}

/* Lines. */

static GBytes *
pack (const char *text, gsize length)
{
  g_autoptr (GConverter) converter = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6));
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, converter);

  g_assert_true (g_output_stream_write_all (stream, text, length, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

/* Two packed pieces one after another are one text; a cut or something else behind them is not the end. */
static void
test_gzip (void)
{
  static const struct
  {
    gsize cut;
    const char *behind, *mentions;
  } cases[] = { { 0, "", NULL }, { 3, "", "middle" }, { 0, "more", "behind" } };
  g_autofree char *folder = g_dir_make_tmp ("mixq-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "numbers.gz", NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) piece = NULL;

  for (guint i = 0; i < 100000; i++)
    g_string_append_printf (text, "%u\n", i * 7919);
  piece = pack (text->str, text->len);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) file = g_byte_array_new ();
    g_autoptr (GError) error = NULL;
    g_auto (MixqText) lines = { 0 };
    guint n = 0;

    for (guint k = 0; k < 2; k++)
      g_byte_array_append (file, g_bytes_get_data (piece, NULL), (guint) g_bytes_get_size (piece));
    g_byte_array_set_size (file, file->len - (guint) cases[i].cut);
    g_byte_array_append (file, (const guint8 *) cases[i].behind, (guint) strlen (cases[i].behind));
    fixture_write (path, file->data, file->len);
    mixq_text_init (&lines, mixq_source_open (path, NULL, NULL, &error));
    g_assert_no_error (error);
    for (; mixq_text_next (&lines, &error); n++) {
      gint64 number;

      g_assert_true (mixq_text_int (&lines, &number));
      g_assert_cmpint (number, ==, (gint64) (n % 100000) * 7919);
    }
    g_assert_true ((error == NULL) == (cases[i].mentions == NULL));
    if (error != NULL)
      g_assert_nonnull (strstr (error->message, cases[i].mentions));
    else
      g_assert_cmpuint (n, ==, 200000);
  }
  fixture_remove_folder (folder);
}

/* Each way to write a number, against the C library. */
static void
test_numbers (void)
{
  static const char *const numbers[] = { "0",
                                         "-0.5",
                                         "1e22",
                                         "1e-22",
                                         "123456789012345",
                                         "1e23",
                                         "0.1",
                                         ".5",
                                         "5.",
                                         "3.4028235e38",
                                         "1e-45",
                                         "1.17549e-38",
                                         "+7",
                                         "-1E+2",
                                         "0.30000001192092896",
                                         "16777217",
                                         "9007199254740993",
                                         "0.000001",
                                         "1e400" };
  static const char *const wrong[] = { "", "x", "1x", "--1", "1e", "0x", "e5", "," };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autoptr (GBytes) bytes = g_bytes_new_static (numbers[i], strlen (numbers[i]));
    g_auto (MixqText) text = { 0 };
    float value;

    mixq_text_init (&text, mixq_source_new_bytes (bytes, "x.csv"));
    g_assert_true (mixq_text_next (&text, NULL));
    g_assert_true (mixq_text_float (&text, &value));
    g_assert_cmpfloat (value, ==, (float) g_ascii_strtod (numbers[i], NULL));
    g_assert_true (mixq_text_at_line_end (&text));
  }
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree char *line = g_strconcat (wrong[i], ", \n", NULL);
    g_autoptr (GBytes) bytes = g_bytes_new_static (line, strlen (line));
    g_auto (MixqText) text = { 0 };
    float value;

    mixq_text_init (&text, mixq_source_new_bytes (bytes, "x.csv"));
    g_assert_true (mixq_text_next (&text, NULL));
    g_assert_false (mixq_text_float (&text, &value));
  }
}

/* Broken. */

static void
check_accepted (const char *name, const MixqDataset *dataset, const MixqDataset *sample)
{
  if (strcmp (name, "label-nan") == 0) {
    g_assert_cmpint (dataset->labels[1], ==, -1);
    g_assert_cmpuint (dataset->part[1], ==, MIXQ_PART_NONE);
    g_assert_cmpuint (dataset->notes->len, ==, sample->notes->len + 2);
    return;
  }
  g_assert_cmpstr (dataset->sha256, ==, sample->sha256);
  if (strcmp (name, "non-utf8") == 0)
    g_assert_cmpstr (dataset->class_names[0], ==, "caf\xef\xbf\xbd");
}

static void
test_broken (void)
{
  static const char *const accepted[] = { "label-nan", "gz-not-gzip", "non-utf8", NULL };
  const Broken broken = { "ogb", "samples/ogbn_tiny", accepted, 21, check_accepted };

  broken_run (&broken);
}

static void
test_cancelled (void)
{
  fixture_assert_cancelled ("samples/ogbn_tiny");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/data/ogb/sample", test_sample);
  g_test_add_func ("/engine/data/ogb/targets", test_targets);
  g_test_add_func ("/engine/data/ogb/made", test_made);
  g_test_add_func ("/engine/data/ogb/made-features", test_made_features);
  g_test_add_func ("/engine/data/ogb/faults", test_faults);
  g_test_add_func ("/engine/data/ogb/gzip", test_gzip);
  g_test_add_func ("/engine/data/ogb/numbers", test_numbers);
  g_test_add_func ("/engine/data/ogb/broken", test_broken);
  g_test_add_func ("/engine/data/ogb/cancelled", test_cancelled);
  return g_test_run ();
}
