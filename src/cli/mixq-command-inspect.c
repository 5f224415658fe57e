/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "base/mixq-json.h"
#include "mixq-cli-options.h"

static void
set_count (JsonObject *object, const char *member, gsize value)
{
  json_object_set_int_member (object, member, (gint64) value);
}

static JsonObject *
split_to_json (const MixqDataset *dataset)
{
  JsonObject *object = json_object_new ();

  set_count (object, "train", mixq_dataset_count_part (dataset, MIXQ_PART_TRAIN));
  set_count (object, "val", mixq_dataset_count_part (dataset, MIXQ_PART_VAL));
  set_count (object, "test", mixq_dataset_count_part (dataset, MIXQ_PART_TEST));
  return object;
}

static JsonArray *
counts_to_json (const gsize *count, gsize n)
{
  JsonArray *array = json_array_sized_new ((guint) n);

  for (gsize i = 0; i < n; i++)
    json_array_add_int_element (array, (gint64) count[i]);
  return array;
}

static JsonArray *
texts_to_json (char *const *text, gsize n)
{
  JsonArray *array = json_array_sized_new ((guint) n);

  for (gsize i = 0; i < n; i++)
    json_array_add_string_element (array, text[i]);
  return array;
}

static JsonNode *
to_json (const MixqDataset *dataset, const MixqDatasetStats *stats)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_string_member (object, "name", dataset->name);
  json_object_set_string_member (object, "title", dataset->title);
  json_object_set_string_member (object, "format", dataset->format);
  json_object_set_string_member (object, "sha256", dataset->sha256);
  set_count (object, "nodes", dataset->n_nodes);
  set_count (object, "edges", stats->edges);
  set_count (object, "self_loops", dataset->n_self_loops);
  set_count (object, "duplicates", dataset->n_duplicates);
  json_object_set_boolean_member (object, "directed", dataset->was_directed);
  set_count (object, "features", dataset->features->n_cols);
  set_count (object, "nonzeros", stats->nonzeros);
  json_object_set_member (object, "density", mixq_json_number (stats->density));
  set_count (object, "classes", dataset->n_classes);
  json_object_set_array_member (object, "class_names",
                                texts_to_json (dataset->class_names, dataset->n_classes));
  json_object_set_array_member (object, "class_counts",
                                counts_to_json (stats->class_counts, dataset->n_classes));
  set_count (object, "unlabelled", stats->unlabelled);
  json_object_set_object_member (object, "split", split_to_json (dataset));
  set_count (object, "components", stats->components);
  set_count (object, "isolated", stats->isolated);
  json_object_set_member (object, "homophily", mixq_json_number (stats->homophily));
  set_count (object, "graphs", 1);
  json_object_set_array_member (object, "notes",
                                texts_to_json ((char *const *) dataset->notes->pdata, dataset->notes->len));
  json_node_take_object (node, object);
  return node;
}

static void
print_graph (const MixqDataset *dataset, const MixqDatasetStats *stats)
{
  printf ("%s (%s, %s)\n", dataset->title, dataset->name, dataset->format);
  printf ("nodes       %zu, %zu without a label\n", dataset->n_nodes, stats->unlabelled);
  printf ("edges       %zu in both directions%s\n", stats->edges,
          dataset->was_directed ? "; the file has one direction of some, the other was added" : "");
  printf ("dropped     %zu self loops, %zu duplicates\n", dataset->n_self_loops, dataset->n_duplicates);
  printf ("components  %zu, %zu isolated nodes\n", stats->components, stats->isolated);
  printf ("homophily   %.4f of the edges join nodes of one class\n", stats->homophily);
  printf ("features    %zu columns, %zu non-zeros, density %.6f\n", dataset->features->n_cols,
          stats->nonzeros, stats->density);
}

static void
print (const MixqDataset *dataset, const MixqDatasetStats *stats)
{
  print_graph (dataset, stats);
  printf (
      "split       %zu train, %zu validation, %zu test\n", mixq_dataset_count_part (dataset, MIXQ_PART_TRAIN),
      mixq_dataset_count_part (dataset, MIXQ_PART_VAL), mixq_dataset_count_part (dataset, MIXQ_PART_TEST));
  printf ("classes     %zu\n", dataset->n_classes);
  for (gsize c = 0; c < dataset->n_classes; c++)
    printf ("  %6zu  %s\n", stats->class_counts[c], dataset->class_names[c]);
  for (guint i = 0; i < dataset->notes->len; i++)
    printf ("note        %s\n", (const char *) g_ptr_array_index (dataset->notes, i));
  printf ("sha256      %s\n", dataset->sha256);
}

gboolean
mixq_command_inspect (MixqCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GOptionContext) context = mixq_cli_context_new (
      cli, "DATASET", "Shows what is in a data set: a built-in name (see `mixq datasets`) or a path.");
  g_autoptr (MixqDatasetStats) stats = NULL;
  g_autoptr (MixqDataset) dataset = NULL;
  g_auto (MixqCliData) data = { 0 };
  g_auto (GStrv) rest = NULL;

  mixq_cli_data_add (&data, context);
  if (!mixq_cli_parse (cli, context, argc, argv, 1, 1, &rest, error))
    return FALSE;
  dataset = mixq_cli_data_load (&data, cli, rest[0], error);
  if (dataset == NULL)
    return FALSE;
  stats = mixq_dataset_compute_stats (dataset);
  if (cli->json)
    mixq_cli_print_json (to_json (dataset, stats));
  else
    print (dataset, stats);
  return TRUE;
}
