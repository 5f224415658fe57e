/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run started from config.json gives the same bits: same data, same split, same commands, same model file. */
#include "fixture.h"

#include "base/mixq-error.h"

/* A copy of the small Planetoid sample below @root; NULL (and the test skipped) where it is not at hand. */
static char *
copy_sample (const char *root)
{
  const char *shared = g_getenv ("MIXQ_SHARED_DATA");
  g_autofree char *sample = g_build_filename (shared != NULL ? shared : "", "samples", "planetoid-py2", NULL);
  g_autofree char *copy = g_build_filename (root, "data", NULL);
  g_autoptr (GDir) dir = shared != NULL ? g_dir_open (sample, 0, NULL) : NULL;
  const char *name;

  if (dir == NULL) {
    g_test_skip ("samples/planetoid-py2 is not at hand (set MIXQ_SHARED_DATA)");
    return NULL;
  }
  g_assert_cmpint (g_mkdir (copy, 0755), ==, 0);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autoptr (GBytes) bytes = fixture_read (sample, name);

    fixture_write (copy, name, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  }
  return g_steal_pointer (&copy);
}

static MixqRunResult *
repeat (const char *config_path)
{
  g_autoptr (MixqDataset) dataset = NULL;
  g_autoptr (MixqModel) model = NULL;
  g_autoptr (MixqInputs) inputs = NULL;
  g_autoptr (GArray) commands = NULL;
  g_autoptr (GError) error = NULL;
  MixqRunConfig config;
  MixqRunResult *result;

  mixq_config_read (config_path, &dataset, &model, &config, &commands, &error);
  g_assert_no_error (error);
  inputs = mixq_inputs_new (dataset);
  result = mixq_run (model, inputs, &config, NULL, commands, NULL, &error);
  g_assert_no_error (error);
  return result;
}

static void
assert_same_files (const char *a, const char *b)
{
  static const char *const files[] = { "model.safetensors", "predictions.csv", "commands.jsonl" };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr (GBytes) x = fixture_read (a, files[i]), y = fixture_read (b, files[i]);

    g_assert_true (g_bytes_equal (x, y));
  }
}

/* @data: the split, NULL for the one in the files */
static void
test_repeat (gconstpointer data)
{
  const char *split = data;
  g_autofree char *root = fixture_temporary (), *sample = copy_sample (root);
  g_autofree char *a = g_build_filename (root, "a", NULL), *b = g_build_filename (root, "b", NULL);
  g_autofree char *config_path = g_build_filename (a, "config.json", NULL);
  MixqRunConfig config = fixture_config ();
  g_autoptr (GArray) commands = fixture_commands ();
  g_autoptr (MixqDataset) stored = NULL, dataset = NULL;
  g_autoptr (MixqRunResult) first = NULL, second = NULL;
  g_autoptr (GError) error = NULL;

  if (sample != NULL) {
    stored = mixq_dataset_load (sample, NULL, NULL, &error);
    g_assert_no_error (error);
    dataset = split != NULL ? mixq_dataset_with_split (stored, split, &error) : mixq_dataset_ref (stored);
    g_assert_no_error (error);
    config.cost = split != NULL ? MIXQ_COST_MS
                                : MIXQ_COST_BITOPS; /* what was measured is not measured again */
    first = fixture_run_on (dataset, &config, commands);
    g_assert_true (mixq_model_folder_write (first, a, FALSE, &error));
    second = repeat (split != NULL ? config_path : a);
    g_assert_true (mixq_model_folder_write (second, b, FALSE, &error));
    g_assert_cmpstr (second->inputs->dataset->sha256, ==, dataset->sha256);
    assert_same_files (a, b);
  }
  fixture_remove (root);
}

/* The data moved, or are not what they were: the run says so and does not start on others. */
static void
test_changed_data (void)
{
  g_autofree char *root = fixture_temporary (), *sample = copy_sample (root),
                  *out = g_build_filename (root, "out", NULL);
  g_autofree char *moved = g_build_filename (root, "moved", NULL);
  MixqRunConfig config = fixture_config ();
  g_autoptr (MixqDataset) dataset = sample != NULL ? mixq_dataset_load (sample, NULL, NULL, NULL) : NULL,
                          read = NULL;
  g_autoptr (MixqRunResult) result = NULL;
  g_autoptr (MixqModel) model = NULL;
  g_autoptr (GError) error = NULL;

  if (dataset != NULL) {
    g_autofree char *path = g_build_filename (out, "config.json", NULL), *text = NULL;
    g_autoptr (GString) changed = NULL;

    result = fixture_run_on (dataset, &config, NULL);
    g_assert_true (mixq_model_folder_write (result, out, FALSE, NULL));
    g_assert_cmpint (g_rename (sample, moved), ==, 0);
    g_assert_false (mixq_config_read (out, &read, &model, &config, NULL, &error));
    g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_IO);
    g_test_message ("%s", error->message);
    g_clear_error (&error);
    /* Written by hand, relative to the folder: found; with another digest: refused. */
    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    changed = g_string_new (text);
    g_assert_cmpuint (g_string_replace (changed, sample, "../moved", 1), ==, 1);
    g_assert_true (g_file_set_contents (path, changed->str, -1, NULL));
    g_assert_true (mixq_config_read (out, &read, &model, &config, NULL, &error));
    g_assert_no_error (error);
    g_clear_pointer (&read, mixq_dataset_unref);
    g_clear_pointer (&model, mixq_model_unref);
    g_assert_cmpuint (g_string_replace (changed, dataset->sha256,
                                        "0000000000000000000000000000000000000000000000000000000000000000",
                                        1),
                      ==, 1);
    g_assert_true (g_file_set_contents (path, changed->str, -1, NULL));
    g_assert_false (mixq_config_read (out, &read, &model, &config, NULL, &error));
    g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE);
    g_test_message ("%s", error->message);
  }
  fixture_remove (root);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/export/repeat/public-split", NULL, test_repeat);
  g_test_add_data_func ("/engine/export/repeat/random-split", "random:7", test_repeat);
  g_test_add_func ("/engine/export/repeat/changed-data", test_changed_data);
  return g_test_run ();
}
