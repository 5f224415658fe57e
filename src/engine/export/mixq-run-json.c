/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The "run" document of the command line, piece by piece; config.json is made of the same pieces. */
#include <math.h>
#include <string.h>

#include "base/mixq-json.h"
#include "export/mixq-model-folder-private.h"
#include "train/mixq-task.h"

static void
set_number (JsonObject *object, const char *member, double value)
{
  json_object_set_member (object, member, mixq_json_number (value));
}

static void
set_count (JsonObject *object, const char *member, double value)
{
  json_object_set_member (object, member, mixq_json_count (value));
}

static JsonNode *
null_node (void)
{
  return json_node_init_null (json_node_alloc ());
}

static JsonNode *
array_node (JsonArray *array) /* (transfer full) */
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  json_node_take_array (node, array);
  return node;
}

static JsonNode *
object_node (JsonObject *object) /* (transfer full) */
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

/* --- slots --------------------------------------------------------------------------------------------------------- */

static JsonNode *
alpha_to_json (const MixqRunResult *result, guint slot)
{
  JsonArray *array;

  if (!result->selection.relaxed)
    return null_node ();
  array = json_array_new ();
  for (guint k = 0; k < result->config.n_choices; k++)
    json_array_add_element (array, mixq_json_number (mixq_json_widen (result->selection.alpha[slot][k])));
  return array_node (array);
}

/* One number a tensor; a list where columns or nodes have their own. */
static JsonNode *
scale_to_json (const MixqFrozenSlot *slot)
{
  JsonArray *array;

  if (slot == NULL)
    return null_node ();
  if (slot->granularity == MIXQ_PER_TENSOR)
    return mixq_json_number (mixq_json_widen (slot->scale[0]));
  array = json_array_sized_new ((guint) slot->n);
  for (gsize i = 0; i < slot->n; i++)
    json_array_add_element (array, mixq_json_number (mixq_json_widen (slot->scale[i])));
  return array_node (array);
}

/* One number where all are the same, as for every weight. */
static JsonNode *
zero_to_json (const MixqFrozenSlot *slot)
{
  gboolean same = TRUE;
  JsonArray *array;

  if (slot == NULL)
    return null_node ();
  for (gsize i = 1; i < slot->n; i++)
    same = same && slot->zero[i] == slot->zero[0];
  if (same)
    return json_node_init_int (json_node_alloc (), slot->n > 0 ? slot->zero[0] : 0);
  array = json_array_sized_new ((guint) slot->n);
  for (gsize i = 0; i < slot->n; i++)
    json_array_add_int_element (array, slot->zero[i]);
  return array_node (array);
}

/* Where nodes have widths of their own: how many have which. */
static JsonNode *
node_bits_to_json (const MixqFrozenSlot *slot)
{
  gsize count[MIXQ_WIDEST_BITS + 1] = { 0 };
  JsonObject *object;

  if (slot == NULL || slot->row_bits == NULL)
    return null_node ();
  object = json_object_new ();
  for (gsize i = 0; i < slot->n; i++)
    count[slot->row_bits[i]]++;
  for (guint bits = 1; bits <= MIXQ_WIDEST_BITS; bits++) {
    char name[8];

    g_snprintf (name, sizeof name, "%u", bits);
    if (count[bits] > 0)
      set_count (object, name, (double) count[bits]);
  }
  return object_node (object);
}

static JsonNode *
slot_to_json (const MixqRunResult *result, guint s)
{
  const MixqSlotInfo *info = &result->model->slots[s];
  const MixqFrozenSlot *frozen = result->finished->frozen != NULL ? &result->finished->frozen->slots[s]
                                                                  : NULL;
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "name", info->name);
  set_count (object, "bits",
             frozen != NULL && frozen->row_bits != NULL ? mixq_frozen_slot_mean_bits (frozen)
                                                        : result->selection.bits[s]);
  json_object_set_member (object, "node_bits", node_bits_to_json (frozen));
  json_object_set_member (object, "alpha", alpha_to_json (result, s));
  set_count (object, "elements", (double) info->elements);
  set_count (object, "nonzeros", (double) info->nonzeros);
  json_object_set_boolean_member (object, "signed", frozen != NULL ? frozen->is_signed : info->is_signed);
  json_object_set_member (object, "scale", scale_to_json (frozen));
  json_object_set_member (object, "zero_point", zero_to_json (frozen));
  return object_node (object);
}

JsonNode *
mixq_run_slots_to_json (const MixqRunResult *result)
{
  JsonArray *array = json_array_sized_new (result->model->n_slots);

  for (guint s = 0; s < result->model->n_slots; s++)
    json_array_add_element (array, slot_to_json (result, s));
  return array_node (array);
}

/* --- figures ------------------------------------------------------------------------------------------------------- */

static JsonNode *
accuracy_to_json (const MixqAccuracies *accuracy)
{
  static const struct
  {
    const char *name;
    MixqPart part;
  } parts[] = { { "train", MIXQ_PART_TRAIN }, { "val", MIXQ_PART_VAL }, { "test", MIXQ_PART_TEST } };
  JsonObject *object = json_object_new ();
  gboolean exists = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    set_number (object, parts[i].name, accuracy->part[parts[i].part]);
    exists = exists || isfinite (accuracy->part[parts[i].part]);
  }
  if (exists)
    return object_node (object);
  json_object_unref (object);
  return null_node ();
}

static JsonNode *
accuracies_to_json (const MixqRunResult *result)
{
  static const MixqAccuracies none = { { NAN, NAN, NAN, NAN } };
  JsonObject *object = json_object_new ();

  json_object_set_member (object, "relaxed",
                          accuracy_to_json (result->selection.relaxed ? &result->selection.accuracy : &none));
  json_object_set_member (object, "float32", accuracy_to_json (&result->float_model->accuracy));
  json_object_set_member (object, "quantized", accuracy_to_json (&result->finished->quantized));
  json_object_set_member (
      object, "integer",
      accuracy_to_json (result->finished->frozen != NULL ? &result->finished->integer : &none));
  return object_node (object);
}

static JsonNode *
agreement_to_json (const MixqFinished *finished)
{
  JsonObject *object = json_object_new ();

  set_number (object, "codes", finished->agreement_codes);
  set_number (object, "predictions", finished->agreement_predictions);
  return object_node (object);
}

static JsonNode *
bitops_to_json (double float32, double quantized)
{
  JsonObject *object = json_object_new ();

  set_count (object, "float32", float32);
  set_count (object, "quantized", quantized);
  set_number (object, "reduction", float32 / quantized);
  return object_node (object);
}

static JsonNode *
bytes_to_json (const MixqRunResult *result)
{
  JsonObject *object = json_object_new ();

  set_count (object, "float32", result->cost_float.bytes);
  set_count (object, "quantized", result->cost.bytes);
  return object_node (object);
}

static JsonNode *
seconds_to_json (const MixqRunResult *result)
{
  gboolean relaxed = result->selection.relaxed, integer = result->finished->frozen != NULL;
  JsonObject *object = json_object_new ();

  set_number (object, "float32", result->float_model->seconds);
  set_number (object, "search", relaxed ? result->selection.seconds : (double) NAN);
  set_number (object, "qat", result->finished->seconds);
  set_number (object, "integer_inference", integer ? result->finished->integer_seconds : (double) NAN);
  set_number (object, "total", result->seconds);
  return object_node (object);
}

static JsonNode *
epoch_ms_to_json (const MixqRunResult *result)
{
  JsonObject *object = json_object_new ();

  set_number (object, "float32", result->float_model->epoch_ms);
  set_number (object, "search", result->selection.relaxed ? result->selection.epoch_ms : (double) NAN);
  set_number (object, "qat", result->finished->epoch_ms);
  return object_node (object);
}

static JsonNode *
warnings_to_json (const GPtrArray *warnings)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; warnings != NULL && i < warnings->len; i++)
    json_array_add_string_element (array, g_ptr_array_index (warnings, i));
  return array_node (array);
}

void
mixq_run_metrics_to_json (const MixqRunResult *result, JsonObject *object)
{
  gboolean steered = result->commands != NULL && result->commands->len > 0;

  json_object_set_string_member (object, "metric", mixq_task_metric_name (result->inputs->dataset->task));
  json_object_set_member (object, "accuracy", accuracies_to_json (result));
  json_object_set_member (object, "agreement", agreement_to_json (result->finished));
  set_number (object, "average_bits", result->cost.average_bits);
  json_object_set_member (object, "bitops", bitops_to_json (result->cost_float.bitops, result->cost.bitops));
  json_object_set_member (object, "bitops_search_convention",
                          bitops_to_json (result->cost_float.bitops_search, result->cost.bitops_search));
  set_count (object, "product_bitops", result->cost.product_bitops);
  set_count (object, "executed_operations", result->cost.executed_operations);
  json_object_set_member (object, "bytes", bytes_to_json (result));
  json_object_set_member (object, "seconds", seconds_to_json (result));
  json_object_set_member (object, "epoch_ms", epoch_ms_to_json (result));
  set_number (object, "peak_mib", result->peak_mib);
  json_object_set_member (object, "warnings", warnings_to_json (result->warnings));
  if (steered)
    json_object_set_string_member (object, "log", MIXQ_COMMANDS_FILE);
  else
    json_object_set_null_member (object, "log");
}

/* --- documents ----------------------------------------------------------------------------------------------------- */

static JsonNode *
dataset_to_json (const MixqDataset *dataset)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "name", dataset->name);
  json_object_set_string_member (object, "sha256", dataset->sha256);
  json_object_set_string_member (object, "task", mixq_task_name (dataset->task));
  set_count (object, "items", (double) mixq_dataset_n_items (dataset));
  set_count (object, "graphs", (double) dataset->n_graphs);
  set_count (object, "nodes", (double) dataset->n_nodes);
  set_count (object, "edges", (double) dataset->graph->nnz);
  set_count (object, "features", (double) dataset->features->n_cols);
  set_count (object, "classes", (double) dataset->n_classes);
  return object_node (object);
}

JsonNode *
mixq_run_result_to_json (const MixqRunResult *result)
{
  JsonObject *object = json_object_new ();

  json_object_set_member (object, "dataset", dataset_to_json (result->inputs->dataset));
  json_object_set_member (object, "config", mixq_run_config_to_json (&result->config, result->model));
  json_object_set_member (object, "slots", mixq_run_slots_to_json (result));
  mixq_run_metrics_to_json (result, object);
  return object_node (object);
}

/* --- several runs -------------------------------------------------------------------------------------------------- */

typedef enum {
  STATISTIC_MEAN,
  STATISTIC_STD,
  STATISTIC_MEDIAN,
} Statistic;

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
statistic_of (double *value, guint n, Statistic statistic)
{
  double sum = 0, squares = 0;

  if (statistic == STATISTIC_MEDIAN) {
    qsort (value, n, sizeof *value, compare_doubles);
    return n % 2 == 1 ? value[n / 2] : (value[n / 2 - 1] + value[n / 2]) / 2;
  }
  for (guint i = 0; i < n; i++)
    sum += value[i];
  for (guint i = 0; i < n; i++)
    squares += pow (value[i] - sum / n, 2);
  return statistic == STATISTIC_MEAN ? sum / n : sqrt (squares / n);
}

/* Of numbers, null if any is missing; of objects, member by member as in the first. */
static JsonNode *
reduce (GPtrArray *nodes, Statistic statistic)
{
  JsonNode *first = g_ptr_array_index (nodes, 0);
  g_autofree double *value = g_new (double, nodes->len);

  if (JSON_NODE_HOLDS_OBJECT (first)) {
    g_autoptr (GList) names = json_object_get_members (json_node_get_object (first));
    JsonObject *object = json_object_new ();

    for (GList *item = names; item != NULL; item = item->next) {
      g_autoptr (GPtrArray) members = g_ptr_array_new ();

      for (guint i = 0; i < nodes->len; i++) {
        JsonNode *node = g_ptr_array_index (nodes, i);

        if (JSON_NODE_HOLDS_OBJECT (node) && json_object_has_member (json_node_get_object (node), item->data))
          g_ptr_array_add (members, json_object_get_member (json_node_get_object (node), item->data));
      }
      json_object_set_member (object, item->data,
                              members->len == nodes->len ? reduce (members, statistic) : null_node ());
    }
    return object_node (object);
  }
  for (guint i = 0; i < nodes->len; i++) {
    if (!JSON_NODE_HOLDS_VALUE (g_ptr_array_index (nodes, i)))
      return null_node ();
    value[i] = json_node_get_double (g_ptr_array_index (nodes, i));
  }
  return mixq_json_number (statistic_of (value, nodes->len, statistic));
}

static JsonNode *
reduce_runs (JsonArray *runs, Statistic statistic)
{
  static const char *const members[] = { "accuracy", "bitops", "bitops_search_convention", "seconds" };
  JsonObject *object = json_object_new ();

  for (guint m = 0; m < G_N_ELEMENTS (members); m++) {
    g_autoptr (GPtrArray) nodes = g_ptr_array_new ();

    for (guint i = 0; i < json_array_get_length (runs); i++)
      g_ptr_array_add (nodes, json_object_get_member (json_array_get_object_element (runs, i), members[m]));
    json_object_set_member (object, members[m], nodes->len > 0 ? reduce (nodes, statistic) : null_node ());
  }
  return object_node (object);
}

JsonNode *
mixq_runs_to_json (GPtrArray *results)
{
  JsonArray *runs = json_array_new ();
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < results->len; i++)
    json_array_add_element (runs, mixq_run_result_to_json (g_ptr_array_index (results, i)));
  json_object_set_array_member (object, "runs", runs);
  json_object_set_member (object, "mean", reduce_runs (runs, STATISTIC_MEAN));
  json_object_set_member (object, "std", reduce_runs (runs, STATISTIC_STD));
  json_object_set_member (object, "median", reduce_runs (runs, STATISTIC_MEDIAN));
  return object_node (object);
}
