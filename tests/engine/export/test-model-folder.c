/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model folder: what is written is what is read, and what cannot be written leaves everything as it was. */
#include "fixture.h"

#include <math.h>

#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "export/mixq-model-folder-private.h"

static const char *const files[] = { "config.json", "model.safetensors", "predictions.csv",
                                     "commands.jsonl" };

static void
write_folder (const MixqRunResult *result, const char *folder, gboolean force)
{
  g_autoptr (GError) error = NULL;

  mixq_model_folder_write (result, folder, force, &error);
  g_assert_no_error (error);
}

static MixqModelFolder *
read_folder (const char *path)
{
  g_autoptr (GError) error = NULL;
  MixqModelFolder *folder = mixq_model_folder_read (path, &error);

  g_assert_no_error (error);
  g_assert_nonnull (folder);
  return folder;
}

static void
assert_same_frozen (const MixqFrozen *a, const MixqFrozen *b)
{
  g_assert_cmpuint (a->model->n_slots, ==, b->model->n_slots);
  for (guint s = 0; s < a->model->n_slots; s++) {
    const MixqFrozenSlot *x = &a->slots[s], *y = &b->slots[s];

    g_assert_cmpuint (x->bits, ==, y->bits);
    g_assert_true (x->is_signed == y->is_signed && x->granularity == y->granularity && x->n == y->n);
    g_assert_true (x->lo == y->lo && x->hi == y->hi);
    g_assert_cmpmem (x->scale, x->n * sizeof (float), y->scale, y->n * sizeof (float));
    g_assert_cmpmem (x->zero, x->n * sizeof (gint32), y->zero, y->n * sizeof (gint32));
  }
  for (guint u = 0; u < a->model->n_units; u++) {
    gsize n = a->model->units[u].in_cols * a->model->units[u].out_cols;

    g_assert_true ((a->weight[u] == NULL) == (b->weight[u] == NULL));
    if (a->weight[u] != NULL)
      g_assert_cmpmem (a->weight[u], n * sizeof (gint32), b->weight[u], n * sizeof (gint32));
  }
}

static void
assert_same_config (const MixqRunConfig *a, const MixqModel *model, const MixqRunConfig *b)
{
  g_autoptr (JsonNode) x = mixq_run_config_to_json (a, model), y = mixq_run_config_to_json (b, model);
  g_autofree char *left = mixq_json_to_text (x, FALSE), *right = mixq_json_to_text (y, FALSE);

  g_assert_cmpstr (left, ==, right);
}

static void
assert_same_commands (const GArray *a, const GArray *b)
{
  g_assert_cmpuint (a != NULL ? a->len : 0, ==, b->len);
  for (guint i = 0; i < b->len; i++) {
    const MixqCommand *x = &g_array_index (a, MixqCommand, i), *y = &g_array_index (b, MixqCommand, i);

    g_assert_true (x->step == y->step && x->kind == y->kind && x->lambda == y->lambda && x->slot == y->slot &&
                   x->bits == y->bits);
  }
}

static void
assert_same_predictions (const MixqRunResult *result, MixqFrozen *frozen)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqExec) exec = mixq_exec_new (frozen, result->inputs, MIXQ_ENGINE_INTEGER, NULL, &error);
  guint16 prediction[FIXTURE_NODES];
  guint8 confidence[FIXTURE_NODES];

  g_assert_no_error (error);
  mixq_exec_predict (exec, prediction, confidence);
  g_assert_cmpmem (prediction, sizeof prediction, result->finished->prediction, sizeof prediction);
  g_assert_cmpmem (confidence, sizeof confidence, result->finished->confidence, sizeof confidence);
}

/* --- round trips --------------------------------------------------------------------------------------------------- */

static void
check_round_trip (const MixqRunConfig *config, const GArray *commands)
{
  g_autofree char *root = fixture_temporary (), *folder = g_build_filename (root, "out", NULL);
  g_autoptr (MixqRunResult) result = fixture_run (config, commands);

  write_folder (result, folder, FALSE);
  g_assert_cmpuint (fixture_count (root), ==, 1); /* nothing temporary stays */
  g_assert_cmpuint (fixture_count (folder), ==, G_N_ELEMENTS (files));
  for (guint i = 0; i < 3; i++) { /* the folder, its config.json, its model.safetensors */
    g_autofree char *path = i == 0 ? g_strdup (folder) : g_build_filename (folder, files[i - 1], NULL);
    g_autoptr (MixqModelFolder) back = read_folder (path);

    assert_same_frozen (result->finished->frozen, back->frozen);
    assert_same_config (&result->config, result->model, &back->run_config);
    assert_same_commands (result->commands, back->commands);
    assert_same_predictions (result, back->frozen);
    g_assert_cmpstr (back->dataset_name, ==, "toy");
    g_assert_null (back->dataset_source);
    g_assert_cmpstr (back->dataset_sha256, ==, result->inputs->dataset->sha256);
  }
  fixture_remove (root);
}

static void
test_round_trip_relaxed (void)
{
  MixqRunConfig config = fixture_config ();

  config.pinned[3] = 4;
  check_round_trip (&config, NULL);
}

static void
test_round_trip_steered (void)
{
  MixqRunConfig config = fixture_config ();
  g_autoptr (GArray) commands = fixture_commands ();

  check_round_trip (&config, commands);
}

static void
test_round_trip_every_width (void)
{
  static const guint8 widths[] = { 2, 3, 4, 5, 6, 7, 8, 16 };

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++) {
    MixqRunConfig config = fixture_config ();

    config.method = MIXQ_METHOD_FIXED;
    for (guint s = 0; s < 9; s++)
      config.fixed[s] = widths[(w + s) % G_N_ELEMENTS (widths)];
    check_round_trip (&config, NULL);
  }
}

/* The same run gives the same model file, byte for byte. */
static void
test_same_bytes (void)
{
  g_autofree char *root = fixture_temporary ();
  g_autofree char *a = g_build_filename (root, "a", NULL), *b = g_build_filename (root, "b", NULL);
  MixqRunConfig config = fixture_config ();
  g_autoptr (MixqRunResult) first = fixture_run (&config, NULL), second = fixture_run (&config, NULL);

  write_folder (first, a, FALSE);
  write_folder (second, b, FALSE);
  for (guint i = 1; i < G_N_ELEMENTS (files); i++) { /* config.json has times */
    g_autoptr (GBytes) x = fixture_read (a, files[i]), y = fixture_read (b, files[i]);

    g_assert_true (g_bytes_equal (x, y));
  }
  fixture_remove (root);
}

static void
test_predictions_csv (void)
{
  g_autofree char *root = fixture_temporary (), *folder = g_build_filename (root, "out", NULL);
  MixqRunConfig config = fixture_config ();
  g_autoptr (MixqRunResult) result = fixture_run (&config, NULL);
  g_autoptr (GBytes) csv = NULL;
  g_autofree char *text = NULL, *expected = NULL;
  g_auto (GStrv) lines = NULL;

  write_folder (result, folder, FALSE);
  csv = fixture_read (folder, "predictions.csv");
  text = g_strndup (g_bytes_get_data (csv, NULL), g_bytes_get_size (csv));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, FIXTURE_NODES + 2);
  g_assert_cmpstr (lines[0], ==, "node,name,truth,part,prediction,confidence");
  expected = g_strdup_printf ("1,\"a \"\"quoted\"\", node 1\",class 1,train,class %u,%.3f",
                              result->finished->prediction[1], result->finished->confidence[1] / 255.0);
  g_assert_cmpstr (lines[2], ==, expected);
  g_assert_true (g_str_has_prefix (lines[FIXTURE_NODES], "59,node 59,,none,class ")); /* no truth */
  fixture_remove (root);
}

static void
test_commands_jsonl (void)
{
  g_autofree char *root = fixture_temporary (), *folder = g_build_filename (root, "out", NULL);
  MixqRunConfig config = fixture_config ();
  g_autoptr (GArray) commands = fixture_commands ();
  g_autoptr (MixqRunResult) result = fixture_run (&config, commands);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  write_folder (result, folder, FALSE);
  bytes = fixture_read (folder, "commands.jsonl");
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpstr (text, ==,
                   "{\"step\":2,\"command\":\"lambda\",\"lambda\":-0.1}\n"
                   "{\"step\":2,\"command\":\"pin\",\"slot\":\"conv1.weight\",\"bits\":4}\n"
                   "{\"step\":5,\"command\":\"unpin\",\"slot\":\"conv1.weight\"}\n"
                   "{\"step\":6,\"command\":\"pin\",\"slot\":\"conv1.input\",\"bits\":8}\n");
  fixture_remove (root);
}

static void
test_parts (void)
{
  const guint8 part[] = { 1, 1, 1, 2, 0, 0, 3 };
  g_autofree char *text = mixq_parts_to_text (part, sizeof part);
  g_autofree guint8 *back = mixq_parts_from_text (text, sizeof part);
  static const char *const bad[] = { "",          "3t1v2n", "3t1v2n2e", "3t v2ne",
                                     "0t3t1v2ne", "7",      "x7n",      "99999999999999999999n",
                                     "-1n8n" };

  g_assert_cmpstr (text, ==, "3tv2ne");
  g_assert_cmpmem (back, sizeof part, part, sizeof part);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (mixq_parts_from_text (bad[i], sizeof part));
}

/* --- refusals ------------------------------------------------------------------------------------------------------ */

static void
assert_refused (const MixqRunResult *result, const char *folder, gboolean force, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (mixq_model_folder_write (result, folder, force, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_IO);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_existing (void)
{
  g_autofree char *root = fixture_temporary (), *folder = g_build_filename (root, "out", NULL);
  g_autofree char *mine = g_build_filename (folder, "notes.txt", NULL),
                  *other = g_build_filename (root, "other", NULL);
  MixqRunConfig config = fixture_config ();
  g_autoptr (MixqRunResult) first = fixture_run (&config, NULL), second = NULL;
  g_autoptr (MixqModelFolder) back = NULL;

  config.seed++;
  second = fixture_run (&config, NULL);
  write_folder (first, folder, FALSE);
  assert_refused (second, folder, FALSE, "--force");
  write_folder (second, folder, TRUE);
  g_assert_cmpuint (fixture_count (root), ==, 1);
  back = read_folder (folder);
  assert_same_frozen (back->frozen, second->finished->frozen);

  /* A file of someone else in it: nothing is replaced, nothing is lost. */
  g_assert_true (g_file_set_contents (mine, "keep me", -1, NULL));
  assert_refused (first, folder, TRUE, "notes.txt");
  g_assert_true (g_file_test (mine, G_FILE_TEST_EXISTS));
  g_clear_pointer (&back, mixq_model_folder_free);
  back = read_folder (folder);
  assert_same_frozen (back->frozen, second->finished->frozen);

  /* No model folder at all: an empty one, a file. */
  g_assert_cmpint (g_mkdir (other, 0755), ==, 0);
  assert_refused (first, other, TRUE, "no model");
  assert_refused (first, mine, TRUE, "is a file");
  g_assert_cmpuint (fixture_count (root), ==, 2);
  fixture_remove (root);
}

static void
test_reference_refused (void)
{
  g_autofree char *root = fixture_temporary (), *folder = g_build_filename (root, "out", NULL);
  MixqRunConfig config = fixture_config ();
  g_autoptr (MixqRunResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mixq_run_config_set_reference (&config);
  config.epochs_float = config.epochs_search = config.epochs_qat = 3;
  result = fixture_run (&config, NULL);
  g_assert_false (mixq_model_folder_write (result, folder, FALSE, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED);
  g_assert_cmpuint (fixture_count (root), ==, 0);
  fixture_remove (root);
}

/* A run that cannot be found again says what is missing. */
static void
test_no_source (void)
{
  g_autofree char *root = fixture_temporary (), *folder = g_build_filename (root, "out", NULL);
  MixqRunConfig config = fixture_config ();
  g_autoptr (MixqRunResult) result = fixture_run (&config, NULL);
  g_autoptr (MixqDataset) dataset = NULL;
  g_autoptr (MixqModel) model = NULL;
  g_autoptr (GError) error = NULL;

  write_folder (result, folder, FALSE);
  g_assert_false (mixq_config_read (folder, &dataset, &model, &config, NULL, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED);
  g_assert_null (dataset);
  fixture_remove (root);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/export/model-folder/round-trip/relaxed", test_round_trip_relaxed);
  g_test_add_func ("/engine/export/model-folder/round-trip/steered", test_round_trip_steered);
  g_test_add_func ("/engine/export/model-folder/round-trip/every-width", test_round_trip_every_width);
  g_test_add_func ("/engine/export/model-folder/same-bytes", test_same_bytes);
  g_test_add_func ("/engine/export/model-folder/predictions-csv", test_predictions_csv);
  g_test_add_func ("/engine/export/model-folder/commands-jsonl", test_commands_jsonl);
  g_test_add_func ("/engine/export/model-folder/parts", test_parts);
  g_test_add_func ("/engine/export/model-folder/existing", test_existing);
  g_test_add_func ("/engine/export/model-folder/reference-refused", test_reference_refused);
  g_test_add_func ("/engine/export/model-folder/no-source", test_no_source);
  return g_test_run ();
}
