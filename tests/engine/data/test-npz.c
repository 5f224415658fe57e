/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NumPy archives: the real ones number by number, each way to store the sample, every broken case, and faults of our own. */
#include <archive.h>
#include <archive_entry.h>
#include <math.h>

#include "base/mixq-error.h"
#include "broken.h"
#include "data/mixq-npy.h"

typedef struct
{
  const char *path, *first_class;
  gsize nodes, edges, self_loops, features, nonzeros, classes, components;
  gboolean ones;
  double homophily;
  gsize class_counts[7];
} RealSet;

static const RealSet real_sets[] = {
  { "npz/cora.npz",
    "Case Based",
    2708,
    10556,
    0,
    1433,
    49216,
    7,
    78,
    TRUE,
    0.810,
    { 298, 418, 818, 426, 217, 180, 351 } },
  { "npz/citeseer.npz",
    "AI",
    3312,
    9072,
    124,
    3703,
    105165,
    6,
    438,
    TRUE,
    0.7377,
    { 249, 596, 701, 508, 668, 590 } },
  { "npz/cora_ml.sparsegraph.npz",
    NULL,
    2995,
    16316,
    0,
    2879,
    151171,
    7,
    61,
    FALSE,
    0.7886,
    { 354, 402, 452, 442, 857, 193, 295 } },
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
  g_assert_cmpstr (dataset->format, ==, "npz");
  g_assert_cmpstr (dataset->source, ==, path);
  g_assert_cmpint (dataset->task, ==, MIXQ_TASK_NODES);
  g_assert_cmpuint (dataset->n_nodes, ==, set->nodes);
  g_assert_cmpuint (stats->edges, ==, set->edges);
  g_assert_true (dataset->was_directed);
  g_assert_cmpuint (dataset->n_self_loops, ==, set->self_loops);
  g_assert_cmpuint (dataset->features->n_cols, ==, set->features);
  g_assert_cmpuint (stats->nonzeros, ==, set->nonzeros);
  g_assert_true ((dataset->features->value == NULL) == set->ones);
  g_assert_cmpuint (dataset->n_classes, ==, set->classes);
  g_assert_cmpuint (stats->components, ==, set->components);
  g_assert_cmpfloat_with_epsilon (stats->homophily, set->homophily, 0.0005);
  for (gsize c = 0; c < set->classes; c++)
    g_assert_cmpuint (stats->class_counts[c], ==, set->class_counts[c]);
  if (set->first_class != NULL)
    g_assert_cmpstr (dataset->class_names[0], ==, set->first_class);
  g_assert_nonnull (dataset->node_names);
  g_assert_cmpuint (mixq_dataset_count_part (dataset, MIXQ_PART_TRAIN), ==, 20 * set->classes);
  g_assert_cmpuint (mixq_dataset_count_part (dataset, MIXQ_PART_VAL), ==, 500);
  g_assert_cmpuint (mixq_dataset_count_part (dataset, MIXQ_PART_TEST), ==, 1000);
  g_assert_cmpstr (dataset->split, ==, "random:0");
}

/* Other types, byte orders, headers, packing and dense features: the same content. */
static void
test_samples (void)
{
  static const char *const same[] = { "tiny-bigendian.npz",     "tiny-deflated.npz",
                                      "tiny-dense-attr.npz",    "tiny-dense-attr-fortran.npz",
                                      "tiny-int64-float64.npz", "tiny-npy-v2-headers.npz" };
  g_autofree char *root = fixture_path ("samples/npz");
  g_autofree char *path = NULL;
  g_autoptr (MixqDataset) first = NULL;

  if (root == NULL)
    return;
  path = g_build_filename (root, "tiny.npz", NULL);
  first = fixture_load (path);
  g_assert_cmpuint (first->n_nodes, ==, 24);
  g_assert_cmpuint (first->graph->nnz, ==, 66);
  g_assert_cmpuint (first->features->nnz, ==, 48);
  for (gsize i = 0; i < G_N_ELEMENTS (same); i++) {
    g_autofree char *other_path = g_build_filename (root, same[i], NULL);
    g_autoptr (MixqDataset) other = fixture_load (other_path);

    g_assert_cmpstr (other->sha256, ==, first->sha256);
    g_assert_cmpstr (other->class_names[2], ==, first->class_names[2]);
  }
}

static void
assert_array (const char *root, const char *name, gsize n, const double *expected)
{
  g_autofree char *path = g_build_filename (root, name, NULL);
  g_autoptr (GError) error = NULL;
  MixqSource *source = mixq_source_open (path, NULL, NULL, &error);
  g_auto (MixqNpy) npy = { 0 };
  double value[8];

  g_assert_no_error (error);
  g_assert_true (mixq_npy_init (&npy, source, &error));
  g_assert_cmpuint (npy.n, ==, n);
  g_assert_cmpint (mixq_npy_read_floats (&npy, value, G_N_ELEMENTS (value), &error), ==, (gssize) n);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat (value[i], ==, expected[i]);
  g_assert_true (mixq_npy_finish (&npy, &error));
}

/* Numbers of each kind that a byte-by-byte reader can get wrong. */
static void
test_numbers (void)
{
  static const struct
  {
    const char *descr;
    guint8 bytes[8];
    gsize width;
    double expected;
  } cases[] = {
    { "<i2", { 0xfe, 0xff }, 2, -2 },
    { ">i2", { 0xff, 0xfe }, 2, -2 },
    { "|u1", { 0xff }, 1, 255 },
    { "<u8", { 0, 0, 0, 0, 0, 0, 0, 0x80 }, 8, 0x1p63 },
    { "<f2", { 0x00, 0x3c }, 2, 1 },
    { "<f2", { 0x01, 0x80 }, 2, -0x1p-24 },
    { "<f2", { 0xff, 0x7b }, 2, 65504 },
    { "<f2", { 0x00, 0xfc }, 2, -INFINITY },
    { "<f8", { 0, 0, 0, 0, 0, 0, 0xf8, 0xbf }, 8, -1.5 },
    { ">f4", { 0x3f, 0x80, 0, 0 }, 4, 1 },
    { "|b1", { 1 }, 1, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *header = g_strdup_printf ("{'shape': (1,), 'descr': '%s', 'fortran_order': False}\n",
                                               cases[i].descr);
    g_autoptr (GByteArray) file = g_byte_array_new ();
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (GError) error = NULL;
    g_auto (MixqNpy) npy = { 0 };
    double value;

    g_byte_array_append (file, (const guint8 *) "\x93NUMPY\x01\x00", 8);
    g_byte_array_append (file, (const guint8[]){ (guint8) strlen (header), 0 }, 2);
    g_byte_array_append (file, (const guint8 *) header, (guint) strlen (header));
    g_byte_array_append (file, cases[i].bytes, (guint) cases[i].width);
    bytes = g_byte_array_free_to_bytes (g_steal_pointer (&file));
    g_assert_true (mixq_npy_init (&npy, mixq_source_new_bytes (bytes, "x.npy"), &error));
    g_assert_cmpint (mixq_npy_read_floats (&npy, &value, 1, &error), ==, 1);
    g_assert_cmpfloat (value, ==, cases[i].expected);
    g_assert_true (mixq_npy_finish (&npy, &error));
  }
}

static void
test_arrays (void)
{
  g_autofree char *root = fixture_path ("samples/npz");

  if (root == NULL)
    return;
  assert_array (root, "bool-4.npy", 4, (const double[]){ 1, 0, 1, 1 });
  assert_array (root, "empty-0x5.npy", 0, NULL);
}

/* Faults of our own: the shared cases write the shape as a text, so that what is behind it is never reached. */

typedef struct
{
  const char *labels_header; /* of labels.npy, between the braces */
  gsize labels_bytes;
  const char *mentions; /* NULL: accepted */
} Fault;

static void
add_member (struct archive *archive, const char *name, const char *header, gconstpointer data, gsize length)
{
  g_autofree char *head = g_strdup_printf ("{%s}\n", header);
  gsize head_length = strlen (head);
  guint8 start[10] = {
    0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (guint8) head_length, (guint8) (head_length >> 8)
  };
  struct archive_entry *entry = archive_entry_new ();

  archive_entry_set_pathname (entry, name);
  archive_entry_set_size (entry, (gint64) (sizeof start + head_length + length));
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0644);
  g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
  archive_entry_free (entry);
  archive_write_data (archive, start, sizeof start);
  archive_write_data (archive, head, head_length);
  archive_write_data (archive, data, length);
}

/* A triangle with one feature a node; little-endian machines only, as the tests are. */
static void
write_triangle (const char *path, const Fault *fault)
{
  static const gint32 indices[] = { 1, 2, 0 }, indptr[] = { 0, 1, 2, 3 }, size[] = { 3, 3 };
  static const float values[] = { 0.5f, 1, 2 };
  g_autofree guint8 *labels = g_malloc0 (fault->labels_bytes + 3);
  struct archive *archive = archive_write_new ();

  labels[0] = 1;
  archive_write_set_format_zip (archive);
  g_assert_cmpint (archive_write_open_filename (archive, path), ==, ARCHIVE_OK);
  add_member (archive, "labels.npy", fault->labels_header, labels, fault->labels_bytes);
  add_member (archive, "adj_indices.npy", "'descr':'<i4','fortran_order':False,'shape':(3,)", indices, 12);
  add_member (archive, "adj_indptr.npy", "'descr':'<i4','fortran_order':False,'shape':(4,)", indptr, 16);
  add_member (archive, "adj_shape.npy", "'descr':'<i4','fortran_order':False,'shape':(2,)", size, 8);
  add_member (archive, "attr_data.npy", "'descr':'<f4','fortran_order':False,'shape':(3,)", values, 12);
  add_member (archive, "attr_indices.npy", "'descr':'<i4','fortran_order':False,'shape':(3,)", indices, 12);
  add_member (archive, "attr_indptr.npy", "'descr':'<i4','fortran_order':False,'shape':(4,)", indptr, 16);
  add_member (archive, "attr_shape.npy", "'descr':'<i4','fortran_order':False,'shape':(2L, )", size, 8);
  g_assert_cmpint (archive_write_free (archive), ==, ARCHIVE_OK);
}

#define HEADER(type, shape) "'descr':'" type "', 'fortran_order':False, 'shape':" shape

static void
test_faults (void)
{
  static const Fault faults[] = {
    { HEADER ("|i1", "(3,)"), 3, NULL },
    { HEADER ("|i1", "(3L,)"), 3, NULL },
    { HEADER ("|i1", "(3,)"), 2, "ends after 2 of its 3 elements" },
    { HEADER ("|i1", "(3,)"), 4, "longer than its header says" },
    { HEADER ("|i1", "(67108864,)"), 67108864, "67108864 elements, but 3" },
    { HEADER ("|i1", "(1000000000000,)"), 16, "1000000000000 elements, but 3" },
    { HEADER ("<i8", "(999999999999999999,)"), 16, "larger than any memory" },
    { HEADER ("|i1", "(4294967296, 4294967296)"), 16, "negative or too large" },
    { HEADER ("|i1", "(-3,)"), 3, "negative or too large" },
    { HEADER ("|i1", "(3 3)"), 3, "negative or too large" },
    { HEADER ("<q9", "(3,)"), 27, "\"<q9\"" },
    { HEADER ("<c8", "(3,)"), 24, "\"<c8\"" },
    { HEADER ("|O", "(3,)"), 24, "never unpacked" },
    { HEADER ("<U1", "(3,)"), 12, "texts" },
    { HEADER ("<f4", "(3,)"), 12, "not a whole number" }, /* 1.4e-45 */
    { HEADER ("|i1", "(3,)") ", 'shape':(3,)", 3, "there twice" },
    { HEADER ("|i1", "(3,)") ", 'x':1", 3, "unknown" },
    { "'descr':'|i1', 'shape':(3,)", 3, "lacks" },
    { "'descr':'|i1', 'fortran_order':0, 'shape':(3,)", 3, "True or False" },
  };
  g_autofree char *folder = g_dir_make_tmp ("mixq-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "triangle.npz", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MixqDataset) dataset = NULL;

    write_triangle (path, &faults[i]);
    dataset = mixq_dataset_load (path, NULL, NULL, &error);
    g_assert_true ((dataset != NULL) == (faults[i].mentions == NULL));
    if (error != NULL && strstr (error->message, faults[i].mentions) == NULL)
      g_error ("%s: \"%s\" does not mention \"%s\"", faults[i].labels_header, error->message,
               faults[i].mentions);
    if (dataset != NULL)
      g_assert_cmpfloat (dataset->features->value[2], ==, 2);
  }
  fixture_remove_folder (folder);
}

/* Broken. */

static void
check_accepted (const char *name, const MixqDataset *dataset, const MixqDataset *sample)
{
  if (strcmp (name, "labels-negative.npz") == 0) {
    g_assert_cmpint (dataset->labels[5], ==, -1);
    g_assert_cmpuint (dataset->part[5], ==, MIXQ_PART_NONE);
    g_assert_cmpuint (dataset->notes->len, ==, sample->notes->len + 1);
  } else {
    g_assert_cmpstr (dataset->sha256, ==, sample->sha256);
  }
}

static void
test_broken (void)
{
  static const char *const accepted[] = { "dtype-object-os-system.npz", "index-float.npz",
                                          "labels-negative.npz", "member-path-traversal.npz", NULL };
  const Broken broken = { "npz", "samples/npz/tiny.npz", accepted, 40, check_accepted };

  broken_run (&broken);
  g_assert_false (g_file_test ("../../evil.npy", G_FILE_TEST_EXISTS));
}

static void
test_cancelled (void)
{
  fixture_assert_cancelled ("npz/cora.npz");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (real_sets); i++) {
    g_autofree char *name = g_strconcat ("/engine/data/npz/real/", real_sets[i].path, NULL);

    g_test_add_data_func (name, &real_sets[i], test_real);
  }
  g_test_add_func ("/engine/data/npz/samples", test_samples);
  g_test_add_func ("/engine/data/npz/numbers", test_numbers);
  g_test_add_func ("/engine/data/npz/arrays", test_arrays);
  g_test_add_func ("/engine/data/npz/faults", test_faults);
  g_test_add_func ("/engine/data/npz/broken", test_broken);
  g_test_add_func ("/engine/data/npz/cancelled", test_cancelled);
  return g_test_run ();
}
