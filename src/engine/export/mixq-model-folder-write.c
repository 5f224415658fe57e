/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "config.h"

#include "base/mixq-atomic.h"
#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "export/mixq-model-folder-private.h"
#include "train/mixq-task.h"

/* --- config.json --------------------------------------------------------------------------------------------------- */

static JsonNode *
object_node (JsonObject *object) /* (transfer full) */
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

static JsonNode *
split_to_json (const MixqDataset *dataset)
{
  g_autofree char *parts = mixq_parts_to_text (mixq_dataset_peek_item_part (dataset),
                                               mixq_dataset_n_items (dataset));
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "train", (gint64) mixq_dataset_count_items (dataset, MIXQ_PART_TRAIN));
  json_object_set_int_member (object, "val", (gint64) mixq_dataset_count_items (dataset, MIXQ_PART_VAL));
  json_object_set_int_member (object, "test", (gint64) mixq_dataset_count_items (dataset, MIXQ_PART_TEST));
  json_object_set_string_member (object, "parts", parts);
  return object_node (object);
}

/* Paths are made absolute: the run must be found again from any folder. Names stay. */
static void
set_source (JsonObject *object, const MixqDataset *dataset)
{
  g_autofree char *path = NULL;

  if (dataset->source != NULL && !mixq_dataset_format_is_named (dataset->format))
    path = g_canonicalize_filename (dataset->source, NULL);
  if (dataset->source == NULL || (path != NULL && !g_utf8_validate (path, -1, NULL)))
    json_object_set_null_member (object, "source"); /* JSON has no way to write such a path */
  else
    json_object_set_string_member (object, "source", path != NULL ? path : dataset->source);
}

static JsonNode *
dataset_to_json (const MixqDataset *dataset)
{
  JsonObject *object = json_object_new ();
  JsonArray *classes = json_array_new ();

  for (gsize c = 0; c < dataset->n_classes; c++)
    json_array_add_string_element (classes, dataset->class_names[c]);
  json_object_set_string_member (object, "name", dataset->name);
  json_object_set_string_member (object, "format", dataset->format);
  set_source (object, dataset);
  json_object_set_string_member (object, "sha256", dataset->sha256);
  json_object_set_string_member (object, "task", mixq_task_name (dataset->task));
  json_object_set_int_member (object, "graphs", (gint64) dataset->n_graphs);
  json_object_set_int_member (object, "nodes", (gint64) dataset->n_nodes);
  json_object_set_int_member (object, "edges", (gint64) dataset->graph->nnz);
  json_object_set_int_member (object, "features", (gint64) dataset->features->n_cols);
  json_object_set_int_member (object, "feature_nonzeros", (gint64) dataset->features->nnz);
  json_object_set_int_member (object, "classes", (gint64) dataset->n_classes);
  json_object_set_array_member (object, "class_names", classes);
  json_object_set_member (object, "split", split_to_json (dataset));
  return object_node (object);
}

static JsonNode *
model_to_json (const char *sha256)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "file", MIXQ_MODEL_FILE);
  json_object_set_string_member (object, "sha256", sha256);
  return object_node (object);
}

JsonNode *
mixq_config_document (const MixqRunResult *result, const char *model_sha256)
{
  JsonObject *object = json_object_new (), *metrics = json_object_new ();

  json_object_set_string_member (object, "schema", MIXQ_CONFIG_SCHEMA);
  json_object_set_int_member (object, "version", MIXQ_CONFIG_VERSION);
  json_object_set_string_member (object, "generator", "mixq " MIXQ_VERSION);
  json_object_set_member (object, "dataset", dataset_to_json (result->inputs->dataset));
  json_object_set_member (object, "config", mixq_run_config_to_json (&result->config, result->model));
  json_object_set_member (object, "commands", mixq_commands_to_json (result->commands, result->model));
  json_object_set_member (object, "slots", mixq_run_slots_to_json (result));
  mixq_run_metrics_to_json (result, metrics);
  json_object_set_object_member (object, "metrics", metrics);
  json_object_set_member (object, "model", model_to_json (model_sha256));
  return object_node (object);
}

/* --- commands.jsonl ------------------------------------------------------------------------------------------------ */

static char *
commands_to_lines (const MixqRunResult *result)
{
  GString *lines = g_string_new (NULL);

  for (guint i = 0; result->commands != NULL && i < result->commands->len; i++) {
    g_autoptr (JsonNode)
        node = mixq_command_to_json (&g_array_index (result->commands, MixqCommand, i), result->model);
    g_autofree char *line = mixq_json_to_text (node, FALSE);

    g_string_append_printf (lines, "%s\n", line);
  }
  return g_string_free (lines, FALSE);
}

/* --- the folder ---------------------------------------------------------------------------------------------------- */

static gboolean
write_files (const MixqRunResult *result, MixqAtomicFolder *folder, GError **error)
{
  g_autoptr (MixqSafetensors) tensors = mixq_frozen_to_tensors (result->finished->frozen);
  g_autoptr (GBytes) model = mixq_safetensors_to_bytes (tensors);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, model);
  g_autoptr (JsonNode) document = mixq_config_document (result, sha256);
  g_autofree char *config = mixq_json_to_text (document, TRUE);
  g_autofree char *predictions = mixq_predictions_to_csv (result, error);
  g_autofree char *commands = commands_to_lines (result);
  gsize size;
  const char *data = g_bytes_get_data (model, &size);

  return predictions != NULL &&
         mixq_atomic_folder_write (folder, MIXQ_MODEL_FILE, data, (gssize) size, error) &&
         mixq_atomic_folder_write (folder, MIXQ_PREDICTIONS_FILE, predictions, -1, error) &&
         mixq_atomic_folder_write (folder, MIXQ_COMMANDS_FILE, commands, -1, error) &&
         mixq_atomic_folder_write (folder, MIXQ_CONFIG_FILE, config, -1, error);
}

/* Only our own earlier output may be replaced, and that is told by what its config.json says of itself. */
static gboolean
check_existing (const char *path, gboolean force, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  const char *problem = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!force)
    problem = "is there already; choose another folder or insist with --force";
  else if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    problem = "is a file; choose another name for the folder";
  else if (!mixq_model_folder_is_one (path))
    problem = "is a folder but holds no model of mixq, so it is not replaced; choose another folder";
  if (problem == NULL)
    return TRUE;
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO, "%s: %s", shown, problem);
  return FALSE;
}

gboolean
mixq_model_folder_write (const MixqRunResult *result, const char *path, gboolean force, GError **error)
{
  g_autoptr (MixqAtomicFolder) folder = NULL;

  if (result->finished->frozen == NULL) {
    g_set_error_literal (
        error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
        "export: a model of the published arithmetic has no integers to export; run without --reference");
    return FALSE;
  }
  if (!check_existing (path, force, error))
    return FALSE;
  folder = mixq_atomic_folder_new (path, error);
  return folder != NULL && write_files (result, folder, error) &&
         mixq_atomic_folder_commit (folder, force, error);
}
