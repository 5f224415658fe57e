/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib/gstdio.h>
#include <stdio.h>

#include "base/mixq-error.h"
#include "data/mixq-dataset.h"

/* A path below the shared data folder, or NULL (and the test is marked as skipped) where the folder is absent. */
static inline char *
fixture_path (const char *relative)
{
  const char *root = g_getenv ("MIXQ_SHARED_DATA");
  g_autofree char *path = root != NULL ? g_build_filename (root, relative, NULL) : NULL;

  if (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  g_test_skip ("the shared data folder (MIXQ_SHARED_DATA) is not here");
  return NULL;
}

static inline MixqDataset *
fixture_load (const char *path)
{
  g_autoptr (GError) error = NULL;
  MixqDataset *dataset = mixq_dataset_load (path, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (dataset);
  return dataset;
}

/* Loading what is there, but with a stop already asked for. */
static inline void
fixture_assert_cancelled (const char *relative)
{
  g_autofree char *path = fixture_path (relative);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;
  g_cancellable_cancel (cancellable);
  g_assert_null (mixq_dataset_load (path, NULL, cancellable, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED);
}

/* Replaces a file's content without the fsync of g_file_set_contents(), which dominates a loop of small writes. */
static inline void
fixture_write (const char *path, const void *content, gsize length)
{
  FILE *file = g_fopen (path, "wb");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (content, 1, length, file), ==, length);
  g_assert_cmpint (fclose (file), ==, 0);
}

/* Copies the eight files of samples/planetoid-py2 into a new temporary folder. */
static inline char *
fixture_copy_sample (const char *sample)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("mixq-test-XXXXXX", &error);
  g_autoptr (GDir) dir = g_dir_open (sample, 0, NULL);
  const char *base;

  g_assert_no_error (error);
  while ((base = g_dir_read_name (dir)) != NULL) {
    g_autofree char *from = g_build_filename (sample, base, NULL);
    g_autofree char *to = g_build_filename (folder, base, NULL);
    g_autofree char *content = NULL;
    gsize length;

    g_assert_true (g_file_get_contents (from, &content, &length, NULL));
    fixture_write (to, content, length);
  }
  return folder;
}

static inline void
fixture_remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *base;

  while ((base = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, base, NULL);

    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}
