/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>

#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "mixq-cli-options.h"
#include "mixq-cli-table.h"

/* What is counted. */
typedef struct
{
  MixqModel *model;
  const guint8 *bits; /* (nullable): no widths were given */
  MixqCost float32, given;
  double *share; /* of each slot in the BitOPs that the penalty charges */
} Count;

static JsonNode *
null_or_count (gboolean exists, double value)
{
  return exists ? mixq_json_count (value) : json_node_init_null (json_node_alloc ());
}

static JsonObject *
pair (const Count *count, double float32, double quantized)
{
  JsonObject *object = json_object_new ();

  json_object_set_member (object, "float32", mixq_json_count (float32));
  json_object_set_member (object, "quantized", null_or_count (count->bits != NULL, quantized));
  return object;
}

static JsonArray *
units_to_json (const Count *count)
{
  JsonArray *array = json_array_new ();

  for (guint u = 0; u < count->model->n_units; u++) {
    JsonObject *object = json_object_new ();
    MixqUnitCost float32, given;

    mixq_cost_count_unit (count->model, u, NULL, &float32);
    mixq_cost_count_unit (count->model, u, count->bits, &given);
    json_object_set_string_member (object, "name", count->model->units[u].name);
    json_object_set_string_member (object, "kind", mixq_unit_kind_name (count->model->units[u].kind));
    json_object_set_member (object, "operations", mixq_json_count (float32.operations));
    json_object_set_member (object, "executed_operations", mixq_json_count (float32.executed_operations));
    json_object_set_object_member (object, "bitops", pair (count, float32.bitops, given.bitops));
    json_object_set_object_member (object, "bitops_search_convention",
                                   pair (count, float32.bitops_search, given.bitops_search));
    json_object_set_member (object, "product_bitops", mixq_json_count (given.product_bitops));
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonArray *
slots_to_json (const Count *count)
{
  JsonArray *array = json_array_new ();

  for (guint s = 0; s < count->model->n_slots; s++) {
    const MixqSlotInfo *slot = &count->model->slots[s];
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "name", slot->name);
    json_object_set_member (object, "bits",
                            null_or_count (count->bits != NULL, count->bits != NULL ? count->bits[s] : 0));
    json_object_set_int_member (object, "elements", (gint64) slot->elements);
    json_object_set_int_member (object, "nonzeros", (gint64) slot->nonzeros);
    json_object_set_member (object, "share", mixq_json_number (count->share[s]));
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonNode *
to_json (const Count *count)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_member (object, "operations", mixq_json_count (count->float32.operations));
  json_object_set_object_member (object, "bitops", pair (count, count->float32.bitops, count->given.bitops));
  json_object_set_object_member (object, "bitops_search_convention",
                                 pair (count, count->float32.bitops_search, count->given.bitops_search));
  json_object_set_member (object, "product_bitops", mixq_json_count (count->given.product_bitops));
  json_object_set_member (object, "executed_operations",
                          mixq_json_count (count->float32.executed_operations));
  json_object_set_object_member (object, "bytes", pair (count, count->float32.bytes, count->given.bytes));
  json_object_set_array_member (object, "units", units_to_json (count));
  json_object_set_array_member (object, "slots", slots_to_json (count));
  json_node_take_object (node, object);
  return node;
}

static void
print_line (const Count *count, const char *what, double float32, double given)
{
  if (count->bits != NULL)
    printf ("%-28s %18.0f %18.0f  %7.2fx\n", what, float32, given, float32 / given);
  else
    printf ("%-28s %18.0f\n", what, float32);
}

static void
print_whole (const Count *count)
{
  const MixqCost *f = &count->float32, *g = &count->given;

  printf ("%-28s %18.0f\n", "operations", f->operations);
  printf ("%-28s %18.0f\n", "operations executed", f->executed_operations);
  printf ("\n%-28s %18s%s\n", "", "float32", count->bits != NULL ? "          quantized      less" : "");
  print_line (count, "BitOPs", f->bitops, g->bitops);
  print_line (count, "BitOPs (search convention)", f->bitops_search, g->bitops_search);
  print_line (count, "BitOPs (width x width)", f->product_bitops, g->product_bitops);
  print_line (count, "bytes", f->bytes, g->bytes);
}

static void
print_units (const Count *count)
{
  static const char *const heads[] = { "<unit", "<kind", "operations", "executed", "BitOPs" };
  g_autoptr (MixqCliTable) table = mixq_cli_table_new (G_N_ELEMENTS (heads), heads);

  for (guint u = 0; u < count->model->n_units; u++) {
    MixqUnitCost cost;

    mixq_cost_count_unit (count->model, u, count->bits, &cost);
    mixq_cli_table_addf (table, "%s", count->model->units[u].name);
    mixq_cli_table_addf (table, "%s", mixq_unit_kind_name (count->model->units[u].kind));
    mixq_cli_table_addf (table, "%.0f", cost.operations);
    mixq_cli_table_addf (table, "%.0f", cost.executed_operations);
    mixq_cli_table_addf (table, "%.0f", cost.bitops);
  }
  mixq_cli_table_print (table);
}

static void
print_slots (const Count *count)
{
  static const char *const heads[] = { "<slot", "<role", "elements", "non-zeros", "bits", "share %" };
  g_autoptr (MixqCliTable) table = mixq_cli_table_new (G_N_ELEMENTS (heads), heads);

  for (guint s = 0; s < count->model->n_slots; s++) {
    const MixqSlotInfo *slot = &count->model->slots[s];

    mixq_cli_table_addf (table, "%s", slot->name);
    mixq_cli_table_addf (table, "%s", mixq_slot_role_name (slot->role));
    mixq_cli_table_addf (table, "%zu", slot->elements);
    mixq_cli_table_addf (table, "%zu", slot->nonzeros);
    mixq_cli_table_addf (table, "%u", count->bits != NULL ? count->bits[s] : 32);
    mixq_cli_table_addf (table, "%.3f", count->share[s] * 100);
  }
  mixq_cli_table_print (table);
}

static void
print (const Count *count)
{
  print_whole (count);
  putchar ('\n');
  print_units (count);
  putchar ('\n');
  print_slots (count);
}

static void
report (const MixqCli *cli, MixqModel *model, const guint8 *bits)
{
  g_autoptr (MixqCostModel) cost = mixq_cost_model_new (model, MIXQ_COST_BITOPS, NULL);
  g_autofree double *expected = g_new (double, model->n_slots);
  g_autofree double *share = g_new0 (double, model->n_slots);
  Count count = { .model = model, .bits = bits, .share = share };

  for (guint s = 0; s < model->n_slots; s++)
    expected[s] = bits != NULL ? bits[s] : 32;
  mixq_cost_model_shares (cost, expected, share);
  mixq_cost_count (model, NULL, &count.float32);
  mixq_cost_count (model, bits, &count.given);
  if (cli->json)
    mixq_cli_print_json (to_json (&count));
  else
    print (&count);
}

static gboolean
find_widths (MixqRunConfig *config, const MixqModel *model, const char *method, GError **error)
{
  if (!mixq_cli_is_usage (mixq_run_config_set_method (config, model, method, error), error))
    return FALSE;
  if (config->method == MIXQ_METHOD_RELAXED)
    return mixq_cli_usage (
        error, "--method: relaxed has no widths before it has run; use uniform:B or fixed:W1,W2,...");
  return TRUE;
}

gboolean
mixq_command_cost (MixqCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GOptionContext) context = mixq_cli_context_new (
      cli, "DATASET",
      "Counts what one evaluation of a model on a data set costs: whole, per unit and per slot.\n"
      "BitOPs are operations times the mean width of what they work on (cached convention).\n"
      "Without --method only float32 is counted.");
  g_autofree char *method = NULL;
  const GOptionEntry entries[] = {
    { "method", 0, 0, G_OPTION_ARG_STRING, &method,
      "Widths: uniform:B, or fixed:W1,W2,... in the order of the slots", "METHOD" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (MixqDataset) dataset = NULL;
  g_autoptr (MixqModel) model = NULL;
  g_auto (MixqCliModel) network = { 0 };
  g_auto (MixqCliData) data = { 0 };
  g_auto (GStrv) rest = NULL;
  MixqRunConfig config;

  mixq_cli_add_group (context, "cost", "What to count:", entries);
  mixq_cli_model_add (&network, context);
  mixq_cli_data_add (&data, context);
  if (!mixq_cli_parse (cli, context, argc, argv, 1, 1, &rest, error))
    return FALSE;
  dataset = mixq_cli_data_load (&data, cli, rest[0], error);
  model = dataset != NULL ? mixq_cli_model_make (&network, dataset, error) : NULL;
  if (model == NULL)
    return FALSE;
  mixq_run_config_init (&config);
  if (method != NULL && !find_widths (&config, model, method, error))
    return FALSE;
  report (cli, model, method != NULL ? config.fixed : NULL);
  return TRUE;
}
