/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Damaged copies of the sample files, a few hundred with a fixed seed: each gives an answer and never a crash. */
#include <string.h>

#include "base/mixq-random.h"
#include "data/mixq-pickle-matrix.h"
#include "data/mixq-pickle.h"
#include "fixture.h"

#define SEED 20250509

typedef struct
{
  char *path; /* of the copy */
  char *content;
  gsize length;
} File;

/* One to four damages: a flipped bit, another byte, a cut end, a repeated stretch. */
static GByteArray *
damage (MixqRandom *random, const File *file)
{
  GByteArray *bytes = g_byte_array_new ();
  guint n = 1 + mixq_random_below (random, 4);

  g_byte_array_append (bytes, (const guint8 *) file->content, (guint) file->length);
  for (guint i = 0; i < n && bytes->len > 0; i++) {
    guint at = mixq_random_below (random, bytes->len), length;

    switch (mixq_random_below (random, 8)) {
    case 0:
      g_byte_array_set_size (bytes, at);
      break;
    case 1:
      length = MIN (bytes->len - at, 16);
      for (guint k = 0; k < length; k++) {
        guint8 byte = bytes->data[at + k];

        g_byte_array_append (bytes, &byte, 1);
      }
      break;
    case 2:
    case 3:
      bytes->data[at] = (guint8) mixq_random_next (random);
      break;
    default:
      bytes->data[at] ^= (guint8) (1u << mixq_random_below (random, 8));
    }
  }
  return bytes;
}

static GArray *
load_files (const char *folder)
{
  GArray *files = g_array_new (FALSE, FALSE, sizeof (File));
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *base;

  while ((base = g_dir_read_name (dir)) != NULL) {
    File file = { .path = g_build_filename (folder, base, NULL) };

    g_assert_true (g_file_get_contents (file.path, &file.content, &file.length, NULL));
    g_array_append_val (files, file);
  }
  return files;
}

static void
free_files (GArray *files)
{
  for (guint i = 0; i < files->len; i++) {
    g_free (g_array_index (files, File, i).path);
    g_free (g_array_index (files, File, i).content);
  }
  g_array_unref (files);
}

static gboolean
parse_once (GByteArray *content)
{
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (content);
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqPickle) pickle = mixq_pickle_parse (bytes, NULL, &error);
  g_autoptr (MixqCsr) csr = NULL;

  g_assert_true ((pickle == NULL) == (error != NULL));
  if (pickle == NULL)
    return FALSE;
  csr = mixq_pickle_to_matrix (mixq_pickle_root (pickle), NULL);
  return TRUE;
}

/* The unpickler alone, without files: each sample, each protocol. */
static void
test_pickles (void)
{
  static const char *const samples[] = { "samples/planetoid-py2", "samples/planetoid-py3/protocol2",
                                         "samples/planetoid-py3/protocol4",
                                         "samples/planetoid-py3/protocol5" };
  MixqRandom random;
  gsize parsed = 0, refused = 0;

  mixq_random_init (&random, SEED, "damage");
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++) {
    g_autofree char *path = fixture_path (samples[i]);
    GArray *files;

    if (path == NULL)
      return;
    files = load_files (path);
    for (gsize k = 0; k < 1000; k++) {
      File *file = &g_array_index (files, File, mixq_random_below (&random, files->len));

      if (parse_once (damage (&random, file)))
        parsed++;
      else
        refused++;
    }
    free_files (files);
  }
  /* Both kinds of answer occur: damage in the raw numbers of an array still parses. */
  g_assert_cmpuint (parsed, >, 100);
  g_assert_cmpuint (refused, >, 1000);
}

/* What is damaged in turn: @n files of the copy of a set at @path. Returns: how many copies were accepted. */
static gsize
damage_files (MixqRandom *random, GArray *files, const char *path, gsize n)
{
  gsize accepted = 0;

  for (gsize k = 0; k < n; k++) {
    File *file = &g_array_index (files, File, mixq_random_below (random, files->len));
    g_autoptr (GByteArray) content = damage (random, file);
    g_autoptr (GError) error = NULL;
    g_autoptr (MixqDataset) dataset = NULL;

    fixture_write (file->path, content->data, content->len);
    dataset = mixq_dataset_load (path, NULL, NULL, &error);
    g_assert_true ((dataset == NULL) == (error != NULL));
    accepted += dataset != NULL;
    fixture_write (file->path, file->content, file->length);
  }
  return accepted;
}

/* The whole reader: one damaged file of a set at a time. What it accepts it has sealed, so it is sound. */
static void
test_sets (void)
{
  static const char *const samples[] = { "samples/planetoid-py2", "samples/planetoid-py3/protocol5" };
  MixqRandom random;
  gsize accepted = 0;

  mixq_random_init (&random, SEED, "damage-sets");
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++) {
    g_autofree char *path = fixture_path (samples[i]);
    g_autofree char *folder = NULL;
    GArray *files;

    if (path == NULL)
      return;
    folder = fixture_copy_sample (path);
    files = load_files (folder);
    accepted += damage_files (&random, files, folder, 150);
    free_files (files);
    fixture_remove_folder (folder);
  }
  g_assert_cmpuint (accepted, >, 5);
  g_assert_cmpuint (accepted, <, 200);
}

/* Text: a changed digit often is a number too, so more is accepted. */
static void
test_graphs (void)
{
  g_autofree char *path = fixture_path ("samples/TINY");
  g_autofree char *folder = NULL;
  MixqRandom random;
  GArray *files;
  gsize accepted;

  if (path == NULL)
    return;
  mixq_random_init (&random, SEED, "damage-graphs");
  folder = fixture_copy_sample (path);
  files = load_files (folder);
  accepted = damage_files (&random, files, folder, 300);
  g_assert_cmpuint (accepted, >, 10);
  g_assert_cmpuint (accepted, <, 200);
  free_files (files);
  fixture_remove_folder (folder);
}

/* Archives: the checksum of a member finds nearly everything. */
static void
test_archives (void)
{
  static const char *const samples[] = { "samples/npz/tiny.npz", "samples/npz/tiny-deflated.npz",
                                         "tu/MUTAG.zip" };
  MixqRandom random;

  mixq_random_init (&random, SEED, "damage-archives");
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++) {
    g_autofree char *path = fixture_path (samples[i]);
    g_autofree char *folder = path != NULL ? g_dir_make_tmp ("mixq-test-XXXXXX", NULL) : NULL;
    g_autofree char *base = path != NULL ? g_path_get_basename (path) : NULL;
    g_autofree char *copy = path != NULL ? g_build_filename (folder, base, NULL) : NULL;
    g_autofree char *content = NULL;
    gsize length;
    GArray *files;

    if (path == NULL)
      return;
    g_assert_true (g_file_get_contents (path, &content, &length, NULL));
    fixture_write (copy, content, length);
    files = load_files (folder);
    g_assert_cmpuint (damage_files (&random, files, copy, 200), <, 60);
    free_files (files);
    fixture_remove_folder (folder);
  }
}

/* Packed lines, the sizes they are checked against among them. */
static void
test_packed_lines (void)
{
  g_autofree char *path = fixture_path ("samples/ogbn_tiny/raw");
  g_autofree char *folder = NULL, *root = NULL, *raw = NULL;
  MixqRandom random;
  GArray *files;

  if (path == NULL)
    return;
  mixq_random_init (&random, SEED, "damage-packed");
  folder = fixture_copy_sample (path);
  root = g_dir_make_tmp ("mixq-test-XXXXXX", NULL);
  raw = g_build_filename (root, "raw", NULL);
  g_assert_cmpint (g_rename (folder, raw), ==, 0);
  files = load_files (raw);
  g_assert_cmpuint (damage_files (&random, files, root, 200), <, 100);
  free_files (files);
  fixture_remove_folder (raw);
  fixture_remove_folder (root);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/data/damage/pickles", test_pickles);
  g_test_add_func ("/engine/data/damage/sets", test_sets);
  g_test_add_func ("/engine/data/damage/graphs", test_graphs);
  g_test_add_func ("/engine/data/damage/archives", test_archives);
  g_test_add_func ("/engine/data/damage/packed-lines", test_packed_lines);
  return g_test_run ();
}
