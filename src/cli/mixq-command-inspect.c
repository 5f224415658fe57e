/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "base/mixq-json.h"
#include "mixq-cli-options.h"
#include "train/mixq-task.h"

static void
set_count (JsonObject *object, const char *member, gsize value)
{
  json_object_set_int_member (object, member, (gint64) value);
}

static JsonObject *
split_to_json (const MixqDataset *dataset)
{
  JsonObject *object = json_object_new ();

  set_count (object, "train", mixq_dataset_count_items (dataset, MIXQ_PART_TRAIN));
  set_count (object, "val", mixq_dataset_count_items (dataset, MIXQ_PART_VAL));
  set_count (object, "test", mixq_dataset_count_items (dataset, MIXQ_PART_TEST));
  return object;
}

static double
per_graph (const MixqDataset *dataset, gsize count)
{
  return (double) count / (double) dataset->n_graphs;
}

static JsonObject *
graphs_to_json (const MixqDataset *dataset, const MixqDatasetStats *stats)
{
  JsonObject *object = json_object_new ();

  set_count (object, "min", stats->fewest_nodes);
  set_count (object, "max", stats->most_nodes);
  json_object_set_member (object, "mean", mixq_json_number (per_graph (dataset, dataset->n_nodes)));
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
  json_object_set_string_member (object, "task", mixq_task_name (dataset->task));
  json_object_set_string_member (object, "metric", mixq_task_metric_name (dataset->task));
  set_count (object, "items", mixq_dataset_n_items (dataset));
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
  set_count (object, "max_degree", stats->max_degree);
  set_count (object, "graphs", dataset->n_graphs);
  json_object_set_object_member (object, "nodes_per_graph", graphs_to_json (dataset, stats));
  json_object_set_array_member (object, "notes",
                                texts_to_json ((char *const *) dataset->notes->pdata, dataset->notes->len));
  json_node_take_object (node, object);
  return node;
}

/* What a split deals out. */
static const char *
items_of (const MixqDataset *dataset)
{
  return dataset->task == MIXQ_TASK_GRAPHS ? "graphs" : "nodes";
}

static void
print_graph (const MixqDataset *dataset, const MixqDatasetStats *stats)
{
  printf ("%s (%s, %s)\n", dataset->title, dataset->name, dataset->format);
  if (dataset->graph_ptr != NULL)
    printf ("graphs      %zu of %zu to %zu nodes, on average %.2f nodes and %.2f undirected edges\n",
            dataset->n_graphs, stats->fewest_nodes, stats->most_nodes, per_graph (dataset, dataset->n_nodes),
            per_graph (dataset, stats->edges / 2));
  printf ("nodes       %zu\n", dataset->n_nodes);
  printf ("edges       %zu in both directions%s\n", stats->edges,
          dataset->was_directed ? "; the file has one direction of some, the other was added" : "");
  printf ("dropped     %zu self loops, %zu duplicates\n", dataset->n_self_loops, dataset->n_duplicates);
  printf ("components  %zu, %zu isolated nodes\n", stats->components, stats->isolated);
  printf ("degree      %.2f on average, %zu at most\n", (double) stats->edges / (double) dataset->n_nodes,
          stats->max_degree);
  if (dataset->task == MIXQ_TASK_NODES)
    printf ("homophily   %.4f of the edges join nodes of one class\n", stats->homophily);
  printf ("features    %zu columns, %zu non-zeros, density %.6f\n", dataset->features->n_cols,
          stats->nonzeros, stats->density);
}

static void
print (const MixqDataset *dataset, const MixqDatasetStats *stats)
{
  gboolean targets = dataset->task == MIXQ_TASK_NODE_TARGETS;

  print_graph (dataset, stats);
  printf ("split       %zu train, %zu validation, %zu test (%s)\n",
          mixq_dataset_count_items (dataset, MIXQ_PART_TRAIN),
          mixq_dataset_count_items (dataset, MIXQ_PART_VAL),
          mixq_dataset_count_items (dataset, MIXQ_PART_TEST), items_of (dataset));
  printf ("%s%zu%s, %zu %s without a label\n", targets ? "answers     " : "classes     ", dataset->n_classes,
          targets ? " of yes or no a node; how many nodes say yes" : "", stats->unlabelled,
          items_of (dataset));
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
      cli, "DATASET",
      "Shows what is in a data set: a built-in name (see `mixq datasets`), a path, or "
      "generated:NODES,EDGES,FEATURES,CLASSES,SEED.");
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
