/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invariants, digest, splits and statistics on graphs made here. */
#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "fixture.h"

/* A path of n nodes; node i has class i mod c and the one feature i mod 3 with value i + 1. */
static MixqDataset *
make (gsize n, gsize c)
{
  MixqDataset *self = mixq_dataset_alloc ("path", "A path", "test");
  g_autofree guint32 *src = g_new (guint32, n), *dst = g_new (guint32, n);

  for (gsize i = 0; i + 1 < n; i++) {
    src[i] = (guint32) i;
    dst[i] = (guint32) i + 1;
  }
  self->n_nodes = n;
  self->n_classes = c;
  self->graph = mixq_csr_new_from_edges (n, src, dst, n - 1, NULL);
  self->features = mixq_csr_new (n, 3, n, TRUE);
  self->labels = g_new (gint32, n);
  self->part = g_new0 (guint8, n);
  for (gsize i = 0; i < n; i++) {
    self->features->col[i] = (guint32) (i % 3);
    self->features->value[i] = (float) (i + 1);
    self->features->row_ptr[i + 1] = i + 1;
    self->labels[i] = (gint32) (i % c);
  }
  return self;
}

static MixqDataset *
make_sealed (gsize n, gsize c)
{
  g_autoptr (GError) error = NULL;
  MixqDataset *self = make (n, c);

  g_assert_true (mixq_dataset_seal (self, &error));
  g_assert_no_error (error);
  return self;
}

/* One way each to break an invariant. */
static void
break_nothing (MixqDataset *d)
{
}
static void
break_nan (MixqDataset *d)
{
  d->features->value[4] = NAN;
}
static void
break_label_high (MixqDataset *d)
{
  d->labels[3] = 2;
}
static void
break_label_low (MixqDataset *d)
{
  d->labels[3] = -2;
}
static void
break_unlabelled_part (MixqDataset *d)
{
  d->labels[3] = -1;
  d->part[3] = MIXQ_PART_VAL;
}
static void
break_part (MixqDataset *d)
{
  d->part[3] = 4;
}
static void
break_symmetry (MixqDataset *d)
{
  d->graph->col[0] = 5;
}
static void
break_loop (MixqDataset *d)
{
  d->graph->col[0] = 0;
}
static void
break_order (MixqDataset *d)
{
  d->graph->col[2] = 0; /* row 1 becomes 0, 0 */
}
static void
break_column (MixqDataset *d)
{
  d->features->col[0] = 3;
}
static void
break_rows (MixqDataset *d)
{
  d->features->row_ptr[2] = 99;
}
static void
break_position (MixqDataset *d)
{
  d->positions = g_new0 (float, 20);
  d->positions[19] = NAN;
}
static void
break_node_names (MixqDataset *d)
{
  d->node_names = g_strsplit ("a b c", " ", -1);
}
static void
break_class_names (MixqDataset *d)
{
  d->class_names = g_strsplit ("a \xff", " ", -1);
}
static void
break_classes (MixqDataset *d)
{
  d->n_classes = 0;
}
static void
break_weights (MixqDataset *d)
{
  d->graph->value = g_new0 (float, d->graph->nnz);
}

static void
test_invariants (void)
{
  static const struct
  {
    void (*act) (MixqDataset *);
    int code; /* -1: fine */
  } cases[] = {
    { break_nothing, -1 },
    { break_nan, MIXQ_ERROR_VALUE },
    { break_label_high, MIXQ_ERROR_VALUE },
    { break_label_low, MIXQ_ERROR_VALUE },
    { break_unlabelled_part, MIXQ_ERROR_VALUE },
    { break_part, MIXQ_ERROR_VALUE },
    { break_symmetry, MIXQ_ERROR_VALUE },
    { break_loop, MIXQ_ERROR_VALUE },
    { break_order, MIXQ_ERROR_SHAPE },
    { break_column, MIXQ_ERROR_SHAPE },
    { break_rows, MIXQ_ERROR_SHAPE },
    { break_position, MIXQ_ERROR_VALUE },
    { break_node_names, MIXQ_ERROR_SHAPE },
    { break_class_names, MIXQ_ERROR_SHAPE },
    { break_classes, MIXQ_ERROR_SHAPE },
    { break_weights, MIXQ_ERROR_VALUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MixqDataset) dataset = make (10, 2);
    g_autoptr (GError) error = NULL;

    cases[i].act (dataset);
    g_assert_true (mixq_dataset_seal (dataset, &error) == (cases[i].code < 0));
    if (cases[i].code >= 0) {
      g_assert_error (error, MIXQ_ERROR, cases[i].code);
      g_assert_null (dataset->sha256);
    }
  }
}

static void
test_class_names (void)
{
  g_autoptr (MixqDataset) dataset = make_sealed (10, 3);

  g_assert_cmpstr (dataset->class_names[0], ==, "class 0");
  g_assert_cmpstr (dataset->class_names[2], ==, "class 2");
  g_assert_null (dataset->class_names[3]);
}

static void
put (GByteArray *bytes, guint64 number, gsize width)
{
  for (gsize i = 0; i < width; i++) {
    guint8 byte = (guint8) (number >> (8 * i));

    g_byte_array_append (bytes, &byte, 1);
  }
}

/* The documented byte order, written down a second time for two joined nodes with one feature (of 2). */
static void
test_sha256 (void)
{
  g_autoptr (MixqDataset) dataset = mixq_dataset_alloc ("pair", "Pair", "test");
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *expected = NULL;
  const guint32 zero = 0, one = 1;
  const guint64 numbers[] = { 2, 1, 2, 2, 1, /* graph rows */ 0, 1, 2 };

  dataset->n_nodes = 2;
  dataset->n_classes = 1;
  dataset->graph = mixq_csr_new_from_edges (2, &zero, &one, 1, NULL);
  dataset->features = mixq_csr_new (2, 2, 1, FALSE);
  dataset->features->row_ptr[1] = dataset->features->row_ptr[2] = 1;
  dataset->features->col[0] = 1;
  dataset->labels = g_new0 (gint32, 2);
  dataset->labels[1] = -1;
  dataset->part = g_new0 (guint8, 2);
  dataset->part[0] = MIXQ_PART_TEST;
  g_assert_true (mixq_dataset_seal (dataset, NULL));

  g_byte_array_append (bytes, (const guint8 *) "mixq-dataset-1\n", 15);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    put (bytes, numbers[i], 8);
  put (bytes, 1, 4);
  put (bytes, 0, 4);
  put (bytes, 0, 8);
  put (bytes, 1, 8);
  put (bytes, 1, 8);
  put (bytes, 1, 4);
  put (bytes, 0x3f800000, 4);
  put (bytes, 0, 4);
  put (bytes, 0xffffffff, 4);
  put (bytes, 3, 1);
  put (bytes, 0, 1);
  expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, bytes->data, bytes->len);
  g_assert_cmpstr (dataset->sha256, ==, expected);
}

/* Each part of the content changes the digest; names do not. */
static void
test_sha256_sensitivity (void)
{
  g_autoptr (MixqDataset) base = make_sealed (10, 2);
  g_autoptr (MixqDataset) value = make (10, 2), label = make (10, 2), part = make (10, 2),
                          named = make (10, 2);

  value->features->value[9] = 3;
  label->labels[0] = -1;
  part->part[0] = MIXQ_PART_TRAIN;
  named->class_names = g_strsplit ("a b", " ", -1);
  g_assert_true (mixq_dataset_seal (value, NULL) && mixq_dataset_seal (label, NULL) &&
                 mixq_dataset_seal (part, NULL) && mixq_dataset_seal (named, NULL));
  g_assert_cmpstr (value->sha256, !=, base->sha256);
  g_assert_cmpstr (label->sha256, !=, base->sha256);
  g_assert_cmpstr (part->sha256, !=, base->sha256);
  g_assert_cmpstr (named->sha256, ==, base->sha256);
}

static void
test_stats (void)
{
  /* 0-1-2 and 3-4 and 5; classes 0 0 1 / 1 - / 0 */
  g_autoptr (MixqDataset) dataset = mixq_dataset_alloc ("small", "Small", "test");
  g_autoptr (MixqDatasetStats) stats = NULL;
  const guint32 src[] = { 0, 1, 3, 1 }, dst[] = { 1, 2, 4, 0 };
  const gint32 labels[] = { 0, 0, 1, 1, -1, 0 };

  dataset->n_nodes = 6;
  dataset->n_classes = 2;
  dataset->graph = mixq_csr_new_from_edges (6, src, dst, 4, NULL);
  dataset->features = mixq_csr_new (6, 2, 0, FALSE);
  dataset->labels = g_memdup2 (labels, sizeof labels);
  dataset->part = g_new0 (guint8, 6);
  g_assert_true (mixq_dataset_seal (dataset, NULL));
  stats = mixq_dataset_compute_stats (dataset);
  g_assert_cmpuint (stats->edges, ==, 6);
  g_assert_cmpuint (stats->components, ==, 3);
  g_assert_cmpuint (stats->isolated, ==, 1);
  g_assert_cmpuint (stats->unlabelled, ==, 1);
  g_assert_cmpuint (stats->class_counts[0], ==, 3);
  g_assert_cmpuint (stats->class_counts[1], ==, 2);
  g_assert_cmpuint (stats->nonzeros, ==, 0);
  g_assert_true (stats->density == 0);
  g_assert_cmpfloat_with_epsilon (stats->homophily, 2.0 / 6.0, 1e-12);
}

/* Splits. */

static void
count_parts (const MixqDataset *dataset, gsize counts[4])
{
  for (guint part = 0; part < 4; part++)
    counts[part] = mixq_dataset_count_part (dataset, (MixqPart) part);
}

static void
test_split_planetoid (void)
{
  g_autoptr (MixqDataset) dataset = make_sealed (2000, 4);
  g_autoptr (MixqDataset) split = mixq_dataset_with_split (dataset, "planetoid", NULL);
  gsize counts[4];

  count_parts (split, counts);
  g_assert_cmpuint (counts[MIXQ_PART_TRAIN], ==, 80);
  g_assert_cmpuint (counts[MIXQ_PART_VAL], ==, 500);
  g_assert_cmpuint (counts[MIXQ_PART_TEST], ==, 1000);
  g_assert_true (split->graph == dataset->graph && split->features == dataset->features);
  for (gsize node = 0; node < 80; node++)
    g_assert_cmpuint (split->part[node], ==, MIXQ_PART_TRAIN);
  for (gsize node = 80; node < 580; node++)
    g_assert_cmpuint (split->part[node], ==, MIXQ_PART_VAL);
  for (gsize node = 580; node < 1000; node++)
    g_assert_cmpuint (split->part[node], ==, MIXQ_PART_NONE);
  for (gsize node = 1000; node < 2000; node++)
    g_assert_cmpuint (split->part[node], ==, MIXQ_PART_TEST);
  g_assert_cmpstr (split->sha256, !=, dataset->sha256);
}

/* The published split of both real sets is exactly this rule, CiteSeer's unlabelled nodes included. */
static void
test_split_planetoid_real (void)
{
  static const char *const names[] = { "ind.cora", "ind.citeseer" };
  g_autofree char *folder = fixture_path ("planetoid");

  for (gsize i = 0; folder != NULL && i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);
    g_autoptr (MixqDataset) dataset = fixture_load (path);
    g_autoptr (MixqDataset) split = mixq_dataset_with_split (dataset, "planetoid", NULL);

    g_assert_cmpstr (split->sha256, ==, dataset->sha256);
    g_assert_cmpstr (split->source, ==, path);
  }
}

static void
test_split_random (void)
{
  g_autoptr (MixqDataset) dataset = make_sealed (2000, 4);
  g_autoptr (MixqDataset) a = mixq_dataset_with_split (dataset, "random:1", NULL);
  g_autoptr (MixqDataset) again = mixq_dataset_with_split (dataset, "random:1", NULL);
  g_autoptr (MixqDataset) b = mixq_dataset_with_split (dataset, "random:2", NULL);
  gsize counts[4], per_class[4] = { 0 }, first_half = 0;

  g_assert_cmpstr (a->sha256, ==, again->sha256);
  g_assert_cmpstr (a->sha256, !=, b->sha256);
  count_parts (b, counts);
  g_assert_cmpuint (counts[MIXQ_PART_TRAIN], ==, 80);
  g_assert_cmpuint (counts[MIXQ_PART_VAL], ==, 500);
  g_assert_cmpuint (counts[MIXQ_PART_TEST], ==, 1000);
  for (gsize node = 0; node < 2000; node++) {
    if (b->part[node] == MIXQ_PART_TRAIN)
      per_class[b->labels[node]]++;
    first_half += b->part[node] == MIXQ_PART_TEST && node < 1000;
  }
  for (gsize c = 0; c < 4; c++)
    g_assert_cmpuint (per_class[c], ==, 20);
  g_assert_cmpuint (first_half, >, 430); /* 500 expected, standard deviation 11 */
  g_assert_cmpuint (first_half, <, 570);
}

/* Small graphs: at least one training node a class, a third of the rest for validation, nothing left over. */
static void
test_split_small (void)
{
  static const struct
  {
    gsize n, classes, train, val, test;
  } cases[] = { { 34, 2, 2, 10, 22 }, { 24, 3, 3, 7, 14 }, { 3, 3, 3, 0, 0 }, { 700, 2, 18, 227, 455 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MixqDataset) dataset = make_sealed (cases[i].n, cases[i].classes);
    g_autoptr (MixqDataset) planetoid = mixq_dataset_with_split (dataset, "planetoid", NULL);
    g_autoptr (MixqDataset) random = mixq_dataset_with_split (dataset, "random:0", NULL);
    gsize counts[4];

    count_parts (planetoid, counts);
    g_assert_cmpuint (counts[MIXQ_PART_TRAIN], ==, cases[i].train);
    g_assert_cmpuint (counts[MIXQ_PART_VAL], ==, cases[i].val);
    g_assert_cmpuint (counts[MIXQ_PART_TEST], ==, cases[i].test);
    count_parts (random, counts);
    g_assert_cmpuint (counts[MIXQ_PART_TRAIN], ==, cases[i].train);
    g_assert_cmpuint (counts[MIXQ_PART_TEST], ==, cases[i].test);
  }
}

static void
test_split_file (void)
{
  static const struct
  {
    const char *content, *mentions; /* mentions NULL: accepted */
  } cases[] = {
    { "train\nval\ntest\nnone\ntest\n", NULL },
    { "train\r\nValidation\r\ntest\r\nnone\r\ntest\r\n\r\n", NULL },
    { "train\nval\ntest\nnone\n", "4 lines for 5 nodes" },
    { "train\nval\ntest\nnone\ntest\ntest\n", "line 6 is one too many" },
    { "train\nval\nprobe\nnone\ntest\n", "line 3" },
    { "train\n\ntest\nnone\ntest\n", "line 2" },
    { "", "empty" },
  };
  g_autoptr (MixqDataset) dataset = make (5, 2);
  g_autofree char *folder = g_dir_make_tmp ("mixq-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "split.txt", NULL);

  dataset->labels[4] = -1;
  g_assert_true (mixq_dataset_seal (dataset, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MixqDataset) split = NULL;

    g_assert_true (g_file_set_contents (path, cases[i].content, -1, NULL));
    split = mixq_dataset_with_split (dataset, path, &error);
    if (cases[i].mentions != NULL) {
      g_assert_null (split);
      g_assert_nonnull (strstr (error->message, cases[i].mentions));
      g_assert_nonnull (strstr (error->message, "split.txt"));
      continue;
    }
    g_assert_no_error (error);
    g_assert_cmpmem (split->part, 5, "\1\2\3\0\0", 5); /* the last node has no class */
    g_assert_cmpuint (split->notes->len, ==, 1);
  }
  fixture_remove_folder (folder);
}

static void
test_split_refused (void)
{
  static const char *const bad[] = { "random:", "random:x", "random:-1", "no-such-split-file" };
  g_autoptr (MixqDataset) dataset = make_sealed (10, 2);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (mixq_dataset_with_split (dataset, bad[i], &error));
    g_assert_nonnull (error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/data/dataset/invariants", test_invariants);
  g_test_add_func ("/engine/data/dataset/class-names", test_class_names);
  g_test_add_func ("/engine/data/dataset/sha256", test_sha256);
  g_test_add_func ("/engine/data/dataset/sha256-sensitivity", test_sha256_sensitivity);
  g_test_add_func ("/engine/data/dataset/stats", test_stats);
  g_test_add_func ("/engine/data/dataset/split/planetoid", test_split_planetoid);
  g_test_add_func ("/engine/data/dataset/split/planetoid-real", test_split_planetoid_real);
  g_test_add_func ("/engine/data/dataset/split/random", test_split_random);
  g_test_add_func ("/engine/data/dataset/split/small", test_split_small);
  g_test_add_func ("/engine/data/dataset/split/file", test_split_file);
  g_test_add_func ("/engine/data/dataset/split/refused", test_split_refused);
  return g_test_run ();
}
