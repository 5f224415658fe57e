/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a model folder, or only its config.json, from hands we do not know. */
#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "data/mixq-file.h"
#include "export/mixq-model-folder-private.h"
#include "train/mixq-task.h"

#define MAX_CONFIG ((gsize) 64 << 20)
#define MAX_MODEL ((gsize) 1 << 30)

/* --- members, by name and type ------------------------------------------------------------------------------------- */

/* A document being read: its name for messages, and where errors go. */
typedef struct
{
  const char *label;
  GError **error;
} Source;

static gboolean
fail (const Source *source, MixqErrorCode code, const char *what, const char *problem)
{
  g_set_error (source->error, MIXQ_ERROR, code, "%s: %s %s; export the model again", source->label, what,
               problem);
  return FALSE;
}

static JsonObject *
get_object (const Source *source, JsonObject *parent, const char *member)
{
  JsonNode *node = json_object_get_member (parent, member);

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  fail (source, MIXQ_ERROR_PARSE, member, "is missing or is no object");
  return NULL;
}

static gboolean
is_value (JsonNode *node, GType type)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

/* Returns: (nullable): borrowed from @parent. */
static const char *
get_string (const Source *source, JsonObject *parent, const char *member)
{
  JsonNode *node = json_object_get_member (parent, member);

  if (is_value (node, G_TYPE_STRING))
    return json_node_get_string (node);
  fail (source, MIXQ_ERROR_PARSE, member, "is missing or is no text");
  return NULL;
}

static gboolean
get_size (const Source *source, JsonObject *parent, const char *member, gsize *value)
{
  JsonNode *node = json_object_get_member (parent, member);

  if (!is_value (node, G_TYPE_INT64) || json_node_get_int (node) < 0)
    return fail (source, MIXQ_ERROR_PARSE, member, "is missing or is no count");
  *value = (gsize) json_node_get_int (node);
  return TRUE;
}

/* --- config.json --------------------------------------------------------------------------------------------------- */

/* The folder, its config.json or its model.safetensors, as the path of one of its files. */
static char *
path_of (const char *path, const char *file)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *folder = NULL;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return g_build_filename (path, file, NULL);
  if (strcmp (file, MIXQ_CONFIG_FILE) == 0 && strcmp (base, MIXQ_MODEL_FILE) != 0)
    return g_strdup (path); /* a config.json may be kept under any name */
  folder = g_path_get_dirname (path);
  return g_build_filename (folder, file, NULL);
}

static gboolean
check_schema (const Source *source, JsonNode *root)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  const char *schema;
  gsize version;

  if (object == NULL)
    return fail (source, MIXQ_ERROR_PARSE, "it", "is no object");
  schema = get_string (source, object, "schema");
  if (schema == NULL || !get_size (source, object, "version", &version))
    return FALSE;
  if (strcmp (schema, MIXQ_CONFIG_SCHEMA) != 0)
    return fail (source, MIXQ_ERROR_PARSE, "it", "is no config.json of mixq");
  if (version != MIXQ_CONFIG_VERSION)
    return fail (source, MIXQ_ERROR_UNSUPPORTED, "it", "has a version that this mixq does not read");
  return TRUE;
}

static JsonNode *
read_document (const char *path, char **label, GError **error)
{
  g_autoptr (GBytes) bytes = mixq_file_read (path, MAX_CONFIG, NULL, error);
  g_autoptr (JsonNode) root = NULL;
  Source source = { NULL, error };
  const char *data;
  gsize length;

  *label = mixq_file_label (path);
  source.label = *label;
  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &length);
  root = mixq_json_parse (data, length, *label, error);
  if (root == NULL || !check_schema (&source, root))
    return NULL;
  return g_steal_pointer (&root);
}

gboolean
mixq_model_folder_is_one (const char *path)
{
  g_autofree char *config = g_build_filename (path, MIXQ_CONFIG_FILE, NULL);
  g_autofree char *label = NULL;
  g_autoptr (JsonNode) root = g_file_test (path, G_FILE_TEST_IS_DIR) ? read_document (config, &label, NULL)
                                                                     : NULL;

  return root != NULL;
}

static gboolean
read_spec (const Source *source, JsonObject *root, MixqModelSpec *spec)
{
  *spec = MIXQ_MODEL_SPEC_DEFAULT;
  return get_object (source, root, "config") != NULL &&
         mixq_model_spec_from_json (spec, json_object_get_member (root, "config"), source->error);
}

static gboolean
read_run (const Source *source,
          JsonObject *root,
          const MixqModel *model,
          MixqRunConfig *config,
          GArray **commands)
{
  mixq_run_config_init (config);
  if (!mixq_run_config_from_json (config, json_object_get_member (root, "config"), model, source->error))
    return FALSE;
  *commands = mixq_commands_from_json (json_object_get_member (root, "commands"), model, source->label,
                                       source->error);
  return *commands != NULL;
}

/* --- the model ----------------------------------------------------------------------------------------------------- */

/* Files of before there were tasks say neither: one class a node, of one graph. */
static gboolean
read_task (const Source *source, JsonObject *data, MixqModelSizes *sizes)
{
  const char *name;

  sizes->task = MIXQ_TASK_NODES;
  sizes->n_graphs = 1;
  if (json_object_has_member (data, "graphs") && !get_size (source, data, "graphs", &sizes->n_graphs))
    return FALSE;
  if (sizes->n_graphs < 1 || sizes->n_graphs > sizes->n_nodes)
    return fail (source, MIXQ_ERROR_SHAPE, "graphs", "is not a number of graphs that so many nodes can be");
  if (!json_object_has_member (data, "task"))
    return TRUE;
  name = get_string (source, data, "task");
  for (int task = MIXQ_TASK_NODES; name != NULL && task <= MIXQ_TASK_GRAPHS; task++)
    if (strcmp (name, mixq_task_name ((MixqTask) task)) == 0) {
      sizes->task = (MixqTask) task;
      return TRUE;
    }
  return name != NULL && fail (source, MIXQ_ERROR_PARSE, "task", "is not one that this mixq knows");
}

/* From the sizes that were written down: the data set need not be at hand. */
static MixqModel *
read_model (const Source *source, JsonObject *root, const MixqModelSpec *spec)
{
  JsonObject *data = get_object (source, root, "dataset");
  MixqModelSizes sizes = { 0 };

  if (data == NULL || !get_size (source, data, "nodes", &sizes.n_nodes) ||
      !get_size (source, data, "edges", &sizes.n_edges) ||
      !get_size (source, data, "features", &sizes.n_features) ||
      !get_size (source, data, "feature_nonzeros", &sizes.n_feature_nonzeros) ||
      !get_size (source, data, "classes", &sizes.n_classes) || !read_task (source, data, &sizes))
    return NULL;
  return mixq_model_new_of_sizes (spec, &sizes, source->error);
}

/* A list of @n numbers, or one number for all of them. */
static gboolean
get_number (JsonNode *node, gsize i, gsize n, double *value)
{
  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node)) {
    if (json_array_get_length (json_node_get_array (node)) != n)
      return FALSE;
    node = json_array_get_element (json_node_get_array (node), (guint) i);
  }
  if (!is_value (node, G_TYPE_DOUBLE) && !is_value (node, G_TYPE_INT64))
    return FALSE;
  *value = json_node_get_double (node);
  return TRUE;
}

static gboolean
is_bits (JsonObject *object, const MixqFrozenSlot *slot)
{
  JsonNode *counts = json_object_get_member (object, "node_bits");
  double bits;

  return get_number (json_object_get_member (object, "bits"), 0, 1, &bits) &&
         bits == mixq_frozen_slot_mean_bits (slot) &&
         (counts != NULL && JSON_NODE_HOLDS_OBJECT (counts)) == (slot->row_bits != NULL);
}

/* config.json says in words what the tensors hold: they must say the same. */
static gboolean
check_slot (const Source *source, JsonNode *node, const MixqSlotInfo *info, const MixqFrozenSlot *slot)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *is_signed, *scales, *zeros;
  const char *name;
  double scale, zero;

  if (object == NULL)
    return fail (source, MIXQ_ERROR_PARSE, info->name, "is no object among the slots");
  name = get_string (source, object, "name");
  if (name == NULL)
    return FALSE;
  is_signed = json_object_get_member (object, "signed");
  scales = json_object_get_member (object, "scale");
  zeros = json_object_get_member (object, "zero_point");
  if (strcmp (name, info->name) != 0 || !is_bits (object, slot) || !is_value (is_signed, G_TYPE_BOOLEAN) ||
      json_node_get_boolean (is_signed) != slot->is_signed)
    return fail (source, MIXQ_ERROR_VALUE, info->name,
                 "is not the slot that " MIXQ_MODEL_FILE " holds there");
  for (gsize i = 0; i < slot->n; i++)
    if (!get_number (scales, i, slot->n, &scale) || !get_number (zeros, i, slot->n, &zero) ||
        (float) scale != slot->scale[i] || zero != slot->zero[i])
      return fail (source, MIXQ_ERROR_VALUE, info->name,
                   "has not the scale and zero-point that " MIXQ_MODEL_FILE " holds");
  return TRUE;
}

static gboolean
check_slots (const Source *source, JsonObject *root, const MixqFrozen *frozen)
{
  JsonNode *node = json_object_get_member (root, "slots");
  JsonArray *slots = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (slots == NULL || json_array_get_length (slots) != frozen->model->n_slots)
    return fail (source, MIXQ_ERROR_SHAPE, "slots", "is not a list with one entry a slot of the model");
  for (guint s = 0; s < frozen->model->n_slots; s++)
    if (!check_slot (source, json_array_get_element (slots, s), &frozen->model->slots[s], &frozen->slots[s]))
      return FALSE;
  return TRUE;
}

/* The digest is what catches a damaged code: every code is a possible one. */
static GBytes *
read_tensors (const Source *source, JsonObject *root, const char *path)
{
  JsonObject *model = get_object (source, root, "model");
  const char *expected = model != NULL ? get_string (source, model, "sha256") : NULL;
  g_autofree char *file = path_of (path, MIXQ_MODEL_FILE);
  g_autofree char *digest = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (expected == NULL)
    return NULL;
  bytes = mixq_file_read (file, MAX_MODEL, NULL, source->error);
  if (bytes == NULL)
    return NULL;
  digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  if (strcmp (digest, expected) == 0)
    return g_steal_pointer (&bytes);
  fail (source, MIXQ_ERROR_VALUE, MIXQ_MODEL_FILE,
        "is damaged or belongs to another config.json (its digest differs)");
  return NULL;
}

static gboolean
read_frozen (MixqModelFolder *self, const Source *source, JsonObject *root, const char *path)
{
  g_autoptr (GBytes) bytes = read_tensors (source, root, path);
  g_autoptr (MixqSafetensors) tensors = NULL;

  if (bytes == NULL)
    return FALSE;
  tensors = mixq_safetensors_parse (bytes, MIXQ_MODEL_FILE, source->error);
  if (tensors == NULL)
    return FALSE;
  self->frozen = mixq_frozen_from_tensors (self->model, tensors, MIXQ_MODEL_FILE, source->error);
  return self->frozen != NULL && check_slots (source, root, self->frozen);
}

/* --- the data set -------------------------------------------------------------------------------------------------- */

/* Names and absolute paths as they are; others are below the folder of config.json. */
static char *
resolve_source (const char *config_path, const char *format, const char *source)
{
  g_autofree char *folder = g_path_get_dirname (config_path);

  if (mixq_dataset_format_is_named (format) || g_path_is_absolute (source))
    return g_strdup (source);
  return g_build_filename (folder, source, NULL);
}

static gboolean
read_dataset_names (MixqModelFolder *self, const Source *source, JsonObject *root, const char *path)
{
  JsonObject *data = get_object (source, root, "dataset");
  const char *name, *format, *digest;
  JsonNode *where;

  if (data == NULL || (name = get_string (source, data, "name")) == NULL ||
      (format = get_string (source, data, "format")) == NULL ||
      (digest = get_string (source, data, "sha256")) == NULL)
    return FALSE;
  where = json_object_get_member (data, "source");
  if (where == NULL || (!JSON_NODE_HOLDS_NULL (where) && !is_value (where, G_TYPE_STRING)))
    return fail (source, MIXQ_ERROR_PARSE, "source", "is missing or is no text");
  self->dataset_name = g_strdup (name);
  self->dataset_sha256 = g_strdup (digest);
  if (!JSON_NODE_HOLDS_NULL (where))
    self->dataset_source = resolve_source (path, format, json_node_get_string (where));
  return TRUE;
}

/* The split of the run, whatever split the files bring along. */
static MixqDataset *
apply_split (const Source *source, JsonObject *root, MixqDataset *dataset)
{
  JsonObject *data = get_object (source, root, "dataset");
  JsonObject *split = data != NULL ? get_object (source, data, "split") : NULL;
  const char *text = split != NULL ? get_string (source, split, "parts") : NULL;
  g_autofree guint8 *part = NULL;
  gsize n;

  if (text == NULL)
    return NULL;
  n = mixq_dataset_n_items (dataset);
  part = mixq_parts_from_text (text, n);
  if (part == NULL) {
    fail (source, MIXQ_ERROR_SHAPE, "parts",
          dataset->task == MIXQ_TASK_GRAPHS ? "is not a part for every graph of the data set"
                                            : "is not a part for every node of the data set");
    return NULL;
  }
  if (memcmp (part, mixq_dataset_peek_item_part (dataset), n) == 0)
    return mixq_dataset_ref (dataset);
  return mixq_dataset_with_parts (dataset, part, source->error);
}

static MixqDataset *
load_dataset (const MixqModelFolder *self, const Source *source, JsonObject *root)
{
  g_autoptr (MixqDataset) stored = NULL, dataset = NULL;

  if (self->dataset_source == NULL) {
    g_set_error (source->error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
                 "%s: does not say where its data set %s is; write its path as \"source\" of \"dataset\"",
                 source->label, self->dataset_name);
    return NULL;
  }
  stored = mixq_dataset_load (self->dataset_source, NULL, NULL, source->error);
  if (stored == NULL) {
    g_prefix_error (source->error, "%s: the data set of the run: ", source->label);
    return NULL;
  }
  dataset = apply_split (source, root, stored);
  if (dataset == NULL)
    return NULL;
  if (strcmp (dataset->sha256, self->dataset_sha256) == 0)
    return g_steal_pointer (&dataset);
  g_set_error (source->error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
               "%s: the data set %s is not the one of the run any more (its digest differs); put back the "
               "old files or "
               "start a new run",
               source->label, dataset->name);
  return NULL;
}

/* --- the two ways in ----------------------------------------------------------------------------------------------- */

void
mixq_model_folder_free (MixqModelFolder *self)
{
  g_clear_pointer (&self->config, json_node_unref);
  g_clear_pointer (&self->frozen, mixq_frozen_unref);
  g_clear_pointer (&self->model, mixq_model_unref);
  g_clear_pointer (&self->commands, g_array_unref);
  g_free (self->dataset_name);
  g_free (self->dataset_source);
  g_free (self->dataset_sha256);
  g_free (self);
}

MixqModelFolder *
mixq_model_folder_read (const char *path, GError **error)
{
  g_autoptr (MixqModelFolder) self = g_new0 (MixqModelFolder, 1);
  g_autofree char *config = path_of (path, MIXQ_CONFIG_FILE), *label = NULL;
  Source source = { NULL, error };
  JsonObject *root;

  self->config = read_document (config, &label, error);
  if (self->config == NULL)
    return NULL;
  source.label = label;
  root = json_node_get_object (self->config);
  if (!read_dataset_names (self, &source, root, config) || !read_spec (&source, root, &self->spec))
    return NULL;
  self->model = read_model (&source, root, &self->spec);
  if (self->model == NULL || !read_run (&source, root, self->model, &self->run_config, &self->commands) ||
      !read_frozen (self, &source, root, path))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
mixq_model_folder_fits (const MixqModelFolder *self, const MixqDataset *dataset, GError **error)
{
  const MixqModel *model = self->model;

  if (dataset->task != model->task)
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_SHAPE,
                 "model: it answers for %s, but %s asks for %s; give data like those it was trained on",
                 mixq_task_name (model->task), dataset->name, mixq_task_name (dataset->task));
  else if (dataset->features->n_cols != model->n_features || dataset->n_classes != model->n_classes)
    g_set_error (
        error, MIXQ_ERROR, MIXQ_ERROR_SHAPE,
        "model: it reads %zu features and tells %zu classes apart, but %s has %zu and %zu; give data "
        "like those it was trained on",
        model->n_features, model->n_classes, dataset->name, dataset->features->n_cols, dataset->n_classes);
  else
    return TRUE;
  return FALSE;
}

gboolean
mixq_config_read (const char *path,
                  MixqDataset **dataset,
                  MixqModel **model,
                  MixqRunConfig *config,
                  GArray **commands,
                  GError **error)
{
  g_autoptr (MixqModelFolder) names = g_new0 (MixqModelFolder, 1);
  g_autofree char *file = path_of (path, MIXQ_CONFIG_FILE), *label = NULL;
  g_autoptr (MixqDataset) data = NULL;
  Source source = { NULL, error };
  JsonObject *root;

  names->config = read_document (file, &label, error);
  if (names->config == NULL)
    return FALSE;
  source.label = label;
  root = json_node_get_object (names->config);
  if (!read_dataset_names (names, &source, root, file) || !read_spec (&source, root, &names->spec))
    return FALSE;
  data = load_dataset (names, &source, root);
  names->model = data != NULL ? mixq_model_new (&names->spec, data, error) : NULL;
  if (names->model == NULL || !read_run (&source, root, names->model, &names->run_config, &names->commands))
    return FALSE;
  *dataset = g_steal_pointer (&data);
  *model = g_steal_pointer (&names->model);
  *config = names->run_config;
  if (commands != NULL)
    *commands = g_steal_pointer (&names->commands);
  return TRUE;
}
