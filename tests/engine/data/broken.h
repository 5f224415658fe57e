/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>
#include <sys/resource.h>

#include "fixture.h"

/* Peak memory means little under a sanitizer, which keeps freed blocks for a while. */
#ifdef __SANITIZE_ADDRESS__
#define PEAK_KIB (512 * 1024)
#else
#define PEAK_KIB (64 * 1024)
#endif

static inline gsize
peak_kib (void)
{
  struct rusage usage;

  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  return (gsize) usage.ru_maxrss;
}

/* Called for a case that was accepted; @dataset is what came out. */
typedef void (*BrokenFunc) (const char *name, const MixqDataset *dataset, const MixqDataset *sample);

typedef struct
{
  const char *folder; /* "npz" */
  const char *sample; /* the set that the cases were made from, or NULL */
  const char *const
      *accepted; /* the cases that the reader accepts, ended by NULL; the index has to allow each */
  gsize n_cases;
  BrokenFunc check;
} Broken;

/* One sentence in a person's words, which begins with the name of a file. */
static inline void
broken_check_message (const char *name, const char *message)
{
  const char *colon = strstr (message, ": ");

  g_test_message ("%s: %s", name, message);
  g_assert_true (g_utf8_validate (message, -1, NULL));
  g_assert_nonnull (colon);
  g_assert_nonnull (memchr (message, '.', (gsize) (colon - message))); /* a file, not the folder */
  g_assert_nonnull (strstr (colon, "; "));                             /* what to do */
  g_assert_cmpuint (strlen (message), <, 400);
}

static inline void
broken_check_case (const Broken *self, const char *name, const char *expected, const MixqDataset *sample)
{
  g_autofree char *relative = g_strdup_printf ("broken/%s/%s", self->folder, name);
  g_autofree char *path = fixture_path (relative);
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqDataset) dataset = mixq_dataset_load (path, NULL, NULL, &error);
  gboolean accepts = g_strv_contains (self->accepted, name);

  g_assert_false (g_file_test ("PWNED-BY-PICKLE", G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test ("PWNED-BY-NPY", G_FILE_TEST_EXISTS));
  g_assert_true ((dataset == NULL) == (error != NULL));
  g_assert_true (strstr (expected, accepts ? "accept" : "refuse") != NULL ||
                 strstr (expected, "ignore") != NULL || strstr (expected, "warn") != NULL);
  if (error != NULL)
    broken_check_message (name, error->message);
  if (accepts != (dataset != NULL))
    g_error ("%s: expected \"%s\", got %s", name, expected, error != NULL ? error->message : "a data set");
  if (dataset != NULL)
    self->check (name, dataset, sample);
}

/* Every case of the index below @folder, within bounded memory. */
static inline void
broken_run (const Broken *self)
{
  g_autofree char *index = fixture_path ("broken/INDEX.tsv");
  g_autofree char *sample_path = self->sample != NULL ? fixture_path (self->sample) : NULL;
  g_autofree char *prefix = g_strconcat (self->folder, "/", NULL);
  g_autofree char *content = NULL;
  g_autoptr (MixqDataset) sample = NULL;
  g_auto (GStrv) lines = NULL;
  gsize n = 0, before;

  if (index == NULL || (self->sample != NULL && sample_path == NULL))
    return;
  sample = self->sample != NULL ? fixture_load (sample_path) : NULL;
  g_assert_true (g_file_get_contents (index, &content, NULL, NULL));
  lines = g_strsplit (content, "\n", -1);
  before = peak_kib ();
  for (char **line = lines; *line != NULL; line++) {
    g_auto (GStrv) fields = g_strsplit (*line, "\t", 3);
    char *name;

    if (g_strv_length (fields) < 3 || !g_str_has_prefix (fields[0], prefix))
      continue;
    name = fields[0] + strlen (prefix);
    if (g_str_has_suffix (name, "/"))
      name[strlen (name) - 1] = '\0';
    broken_check_case (self, name, fields[2], sample);
    n++;
  }
  g_assert_cmpuint (n, ==, self->n_cases);
  g_assert_cmpuint (peak_kib () - before, <, PEAK_KIB);
}
