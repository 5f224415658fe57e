/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/mixq-json.h"
#include "data/mixq-dataset.h"
#include "mixq-cli-table.h"
#include "mixq-cli.h"

static JsonNode *
to_json (const MixqKnownDataset *known, gsize n)
{
  JsonArray *array = json_array_sized_new ((guint) n);
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  for (gsize i = 0; i < n; i++) {
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "name", known[i].name);
    json_object_set_string_member (object, "title", known[i].title);
    json_object_set_boolean_member (object, "builtin", known[i].builtin);
    json_object_set_member (object, "nodes", mixq_json_count ((double) known[i].nodes));
    json_object_set_member (object, "edges", mixq_json_count ((double) known[i].edges));
    json_object_set_member (object, "classes", mixq_json_count ((double) known[i].classes));
    json_object_set_member (object, "graphs", mixq_json_count ((double) known[i].graphs));
    json_array_add_object_element (array, object);
  }
  json_node_take_array (node, array);
  return node;
}

static void
print (const MixqKnownDataset *known, gsize n)
{
  static const char *const heads[] = { "<name", "<what", "graphs", "nodes", "edges", "classes", "<from" };
  g_autoptr (MixqCliTable) table = mixq_cli_table_new (G_N_ELEMENTS (heads), heads);

  for (gsize i = 0; i < n; i++) {
    mixq_cli_table_addf (table, "%s", known[i].name);
    mixq_cli_table_addf (table, "%s", known[i].title);
    mixq_cli_table_addf (table, "%zu", known[i].graphs);
    mixq_cli_table_addf (table, "%zu", known[i].nodes);
    mixq_cli_table_addf (table, "%zu", known[i].edges);
    mixq_cli_table_addf (table, "%zu", known[i].classes);
    mixq_cli_table_addf (table, "%s", known[i].builtin ? "built in" : "its files: give their path");
  }
  mixq_cli_table_print (table);
}

gboolean
mixq_command_datasets (MixqCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GOptionContext) context = mixq_cli_context_new (
      cli, NULL,
      "Lists the data sets that are built in, by the name to give, and public ones whose files can be read.\n"
      "Edges are counted in both directions, without self loops.");
  const MixqKnownDataset *known;
  gsize n;

  if (!mixq_cli_parse (cli, context, argc, argv, 0, 0, NULL, error))
    return FALSE;
  known = mixq_dataset_known (&n);
  if (cli->json)
    mixq_cli_print_json (to_json (known, n));
  else
    print (known, n);
  return TRUE;
}
