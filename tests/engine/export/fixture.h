/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mixq-random.h"
#include "export/mixq-model-folder.h"

/* A small graph of three classes whose features lean towards their class; names that CSV must quote. */
#define FIXTURE_NODES 60
#define FIXTURE_FEATURES 12
#define FIXTURE_CLASSES 3

static inline MixqCsr *
fixture_features (MixqRandom *random)
{
  MixqCsr *x = mixq_csr_new (FIXTURE_NODES, FIXTURE_FEATURES, FIXTURE_NODES * 3, TRUE);
  gsize e = 0;

  for (guint r = 0; r < FIXTURE_NODES; r++) {
    guint first = r % FIXTURE_CLASSES * 3 + mixq_random_below (random, 3);

    for (guint k = 0; k < 3; k++, e++) {
      x->col[e] = first / 4 * 4 + k + mixq_random_below (random, 2) * (k == 2);
      x->value[e] = (float) (1 + mixq_random_below (random, 4));
    }
    x->row_ptr[r + 1] = e;
  }
  return x;
}

static inline MixqCsr *
fixture_graph (MixqRandom *random)
{
  guint32 src[3 * FIXTURE_NODES], dst[3 * FIXTURE_NODES];

  for (guint e = 0; e < 3 * FIXTURE_NODES; e++) {
    src[e] = mixq_random_below (random, FIXTURE_NODES - 1); /* the last node stays alone */
    dst[e] = (src[e] + FIXTURE_CLASSES * (1 + mixq_random_below (random, 5))) % (FIXTURE_NODES - 1);
  }
  return mixq_csr_new_from_edges (FIXTURE_NODES, src, dst, 3 * FIXTURE_NODES, NULL);
}

static inline MixqDataset *
fixture_dataset (void)
{
  MixqDataset *dataset = mixq_dataset_alloc ("toy", "A toy", "built-in");
  g_autoptr (GError) error = NULL;
  MixqRandom random;

  mixq_random_init (&random, 11, "fixture");
  dataset->n_nodes = FIXTURE_NODES;
  dataset->n_classes = FIXTURE_CLASSES;
  dataset->features = fixture_features (&random);
  dataset->graph = fixture_graph (&random);
  dataset->labels = g_new (gint32, FIXTURE_NODES);
  dataset->part = g_new (guint8, FIXTURE_NODES);
  dataset->node_names = g_new0 (char *, FIXTURE_NODES + 1);
  for (guint i = 0; i < FIXTURE_NODES; i++) {
    dataset->labels[i] = (gint32) (i % FIXTURE_CLASSES);
    dataset->part[i] = i < 20   ? MIXQ_PART_TRAIN
                       : i < 35 ? MIXQ_PART_VAL
                       : i < 55 ? MIXQ_PART_TEST
                                : MIXQ_PART_NONE;
    dataset->node_names[i] = g_strdup_printf (i == 1 ? "a \"quoted\", node %u" : "node %u", i);
  }
  dataset->labels[FIXTURE_NODES - 1] = -1;
  g_assert_true (mixq_dataset_seal (dataset, &error));
  g_assert_no_error (error);
  return dataset;
}

static inline MixqRunConfig
fixture_config (void)
{
  MixqRunConfig config;

  mixq_run_config_init (&config);
  config.epochs_float = 12;
  config.epochs_search = 8;
  config.epochs_qat = 10;
  config.seed = 3;
  config.lambda = 0.1;
  return config;
}

static inline MixqRunResult *
fixture_run_on (MixqDataset *dataset, const MixqRunConfig *config, const GArray *commands)
{
  const MixqModelSpec spec = { MIXQ_ARCH_GCN, 2, 7, 0.3 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqModel) model = mixq_model_new (&spec, dataset, &error);
  g_autoptr (MixqInputs) inputs = mixq_inputs_new (dataset);
  MixqRunResult *result = mixq_run (model, inputs, config, NULL, commands, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (result);
  return result;
}

static inline MixqRunResult *
fixture_run (const MixqRunConfig *config, const GArray *commands)
{
  g_autoptr (MixqDataset) dataset = fixture_dataset ();

  return fixture_run_on (dataset, config, commands);
}

/* A log with every kind of command. */
static inline GArray *
fixture_commands (void)
{
  GArray *commands = g_array_new (FALSE, TRUE, sizeof (MixqCommand));
  const MixqCommand list[] = {
    { .step = 2, .kind = MIXQ_COMMAND_LAMBDA, .lambda = -0.1 },
    { .step = 2, .kind = MIXQ_COMMAND_PIN, .slot = 1, .bits = 4 },
    { .step = 5, .kind = MIXQ_COMMAND_UNPIN, .slot = 1 },
    { .step = 6, .kind = MIXQ_COMMAND_PIN, .slot = 0, .bits = 8 },
  };

  g_array_append_vals (commands, list, G_N_ELEMENTS (list));
  return commands;
}

/* --- temporary folders --- */

static inline char *
fixture_temporary (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("mixq-export-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

/* Everything below @path, which the test made. */
static inline void
fixture_remove (const char *path)
{
  GDir *dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    fixture_remove (child);
  }
  g_clear_pointer (&dir, g_dir_close);
  g_assert_cmpint (g_remove (path), ==, 0);
}

static inline guint
fixture_count (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static inline GBytes *
fixture_read (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL), *content = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  return g_bytes_new_take (g_steal_pointer (&content), length);
}

static inline void
fixture_write (const char *folder, const char *name, const void *data, gsize length)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  FILE *file = g_fopen (path, "wb"); /* no sync, no rename: thousands of these */

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (data, 1, length, file), ==, length);
  g_assert_cmpint (fclose (file), ==, 0);
}
