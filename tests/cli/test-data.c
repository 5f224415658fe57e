/* SPDX-License-Identifier: GPL-3.0-or-later */
/* datasets, inspect and cost: no training. */
#include <string.h>

#include "cli.h"

static void
test_datasets (void)
{
  g_autoptr (JsonNode) node = mixq_call_json ("datasets");
  JsonArray *array = json_node_get_array (node);
  g_auto (Ended) people = { 0 };
  gboolean karate = FALSE;

  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonObject *row = json_array_get_object_element (array, i);

    assert_keys (row, "name", "builtin", "nodes", "edges", "classes", "graphs", NULL);
    karate = karate || (strcmp (json_object_get_string_member (row, "name"), "karate") == 0 &&
                        json_object_get_boolean_member (row, "builtin") &&
                        json_object_get_int_member (row, "nodes") == 34);
  }
  g_assert_true (karate);
  mixq_call (&people, "datasets");
  g_assert_nonnull (strstr (people.out, "Zachary"));
}

/* Every built-in set that is listed can be loaded and has the sizes that are listed. */
static void
test_builtin (void)
{
  g_autoptr (JsonNode) list = mixq_call_json ("datasets");

  for (guint i = 0; i < json_array_get_length (json_node_get_array (list)); i++) {
    JsonObject *row = json_array_get_object_element (json_node_get_array (list), i);
    g_autoptr (JsonNode) set = NULL;

    if (!json_object_get_boolean_member (row, "builtin"))
      continue;
    set = mixq_call_json ("inspect %s", json_object_get_string_member (row, "name"));
    g_assert_cmpint (json_object_get_int_member (row, "nodes"), ==, (gint64) number (set, "nodes"));
    g_assert_cmpint (json_object_get_int_member (row, "edges"), ==, (gint64) number (set, "edges"));
    g_assert_cmpint (json_object_get_int_member (row, "classes"), ==, (gint64) number (set, "classes"));
  }
}

static void
assert_inspect_keys (JsonNode *node)
{
  assert_keys (object_of (node), "name", "format", "nodes", "edges", "self_loops", "duplicates", "directed",
               "features", "nonzeros", "density", "classes", "class_counts", "split", "components",
               "isolated", "homophily", "graphs", "notes", NULL);
  assert_keys (object_of (member (node, "split")), "train", "val", "test", NULL);
}

static void
test_inspect_karate (void)
{
  g_autoptr (JsonNode) node = mixq_call_json ("inspect karate"), other = NULL;
  g_auto (Ended) people = { 0 };

  assert_inspect_keys (node);
  g_assert_cmpfloat (number (node, "nodes"), ==, 34);
  g_assert_cmpfloat (number (node, "edges"), ==, 156);
  g_assert_cmpfloat (number (node, "split.val"), ==, 0);
  other = mixq_call_json ("inspect karate --split random:3");
  g_assert_cmpfloat (number (other, "split.val"), >, 0);
  mixq_call (&people, "inspect karate");
  g_assert_cmpint (people.status, ==, 0);
  g_assert_nonnull (strstr (people.out, "34"));
}

static void
test_inspect_cora (void)
{
  g_autofree char *path = shared_data ("planetoid/ind.cora");
  g_autoptr (JsonNode) node = NULL;

  if (path == NULL)
    return;
  node = mixq_call_json ("inspect %s", path);
  assert_inspect_keys (node);
  g_assert_cmpfloat (number (node, "nodes"), ==, 2708);
  g_assert_cmpfloat (number (node, "edges"), ==, 10556);
  g_assert_cmpfloat (number (node, "nonzeros"), ==, 49216);
  g_assert_cmpfloat (number (node, "split.train"), ==, 140);
}

/* A set of graphs goes all the way to integers. */
static void
test_run_graphs (void)
{
  g_autofree char *path = shared_data ("tu/MUTAG.zip");
  g_autoptr (JsonNode) node = NULL;

  if (path == NULL)
    return;
  node = mixq_call_json ("run %s --model gin --split fold:0 --layers 2 --hidden 16 --epochs 3,2,2", path);
  g_assert_cmpfloat (number (node, "agreement.codes"), ==, 1);
  g_assert_cmpfloat (number (node, "agreement.predictions"), ==, 1);
}

/* Cross-validation: every fold's test part is another, and each run says which. */
static void
test_run_folds (void)
{
  g_auto (Ended) refused = { 0 }, both = { 0 };
  g_autoptr (JsonNode) node = mixq_call_json ("run karate --folds 3 --hidden 4 --epochs 2,2,2");
  JsonArray *runs = json_node_get_array (member (node, "runs"));

  g_assert_cmpuint (json_array_get_length (runs), ==, 3);
  for (guint i = 0; i < 3; i++) /* the digest covers the split */
    g_assert_cmpstr (
        json_node_get_string (member (json_array_get_element (runs, i), "dataset.sha256")), !=,
        json_node_get_string (member (json_array_get_element (runs, (i + 1) % 3), "dataset.sha256")));
  g_assert_nonnull (member (node, "mean"));
  mixq_call (&refused, "run karate --folds 1");
  g_assert_cmpint (refused.status, ==, 2);
  mixq_call (&both, "run karate --folds 3 --seeds 0..1");
  g_assert_cmpint (both.status, ==, 2);
}

static void
test_inspect_graphs (void)
{
  g_autofree char *path = shared_data ("tu/PROTEINS.zip");
  g_autoptr (JsonNode) node = NULL, other = NULL;
  g_auto (Ended) people = { 0 };

  if (path == NULL)
    return;
  node = mixq_call_json ("inspect %s", path);
  assert_inspect_keys (node);
  g_assert_cmpfloat (number (node, "graphs"), ==, 1113);
  g_assert_cmpfloat (number (node, "nodes_per_graph.min"), ==, 4);
  g_assert_cmpfloat (number (node, "nodes_per_graph.max"), ==, 620);
  g_assert_cmpfloat (number (node, "split.train") + number (node, "split.val") + number (node, "split.test"),
                     ==, 1113);
  g_assert_true (JSON_NODE_HOLDS_NULL (member (node, "homophily")));
  other = mixq_call_json ("inspect %s --split fold:3 --format tu", path);
  g_assert_cmpstr (json_node_get_string (member (node, "sha256")), !=,
                   json_node_get_string (member (other, "sha256")));
  mixq_call (&people, "inspect %s", path);
  g_assert_nonnull (
      strstr (people.out, "1113 of 4 to 620 nodes, on average 39.06 nodes and 72.82 undirected edges"));
}

static void
assert_cost_keys (JsonNode *node)
{
  JsonArray *slots;

  assert_keys (object_of (node), "operations", "bitops", "bitops_search_convention", "product_bitops",
               "executed_operations", "bytes", "units", "slots", NULL);
  slots = json_node_get_array (member (node, "slots"));
  g_assert_cmpuint (json_array_get_length (slots), >, 0);
  for (guint i = 0; i < json_array_get_length (slots); i++)
    assert_keys (json_array_get_object_element (slots, i), "name", "elements", "share", NULL);
}

static double
sum_over (JsonNode *node, const char *list, const char *path)
{
  JsonArray *array = json_node_get_array (member (node, list));
  double sum = 0;

  for (guint i = 0; i < json_array_get_length (array); i++)
    sum += number (json_array_get_element (array, i), path);
  return sum;
}

static void
test_cost_karate (void)
{
  g_autoptr (JsonNode) node = mixq_call_json ("cost karate --layers 3 --hidden 16"), eight = NULL;
  g_auto (Ended) people = { 0 };

  assert_cost_keys (node);
  g_assert_true (JSON_NODE_HOLDS_NULL (member (node, "bitops.quantized")));
  g_assert_cmpfloat (number (node, "bitops.float32"), ==, 32 * number (node, "operations"));
  eight = mixq_call_json ("cost karate --layers 3 --hidden 16 --method uniform:8");
  g_assert_cmpfloat (number (eight, "bitops.quantized"), <, number (eight, "bitops.float32"));
  /* The parts are the whole. */
  g_assert_cmpfloat (sum_over (eight, "units", "bitops.quantized"), ==, number (eight, "bitops.quantized"));
  g_assert_cmpfloat_with_epsilon (sum_over (eight, "slots", "share"), 1, 1e-12);
  mixq_call (&people, "cost karate --method uniform:8");
  g_assert_nonnull (strstr (people.out, "conv2.aggregate"));
}

static void
test_cost_exact (void)
{
  static const struct
  {
    const char *set;
    gint64 float32, search, cached; /* cached 0: not published */
  } known[] = {
    { "planetoid/ind.cora", G_GINT64_CONSTANT (16110067712), G_GINT64_CONSTANT (4015909440),
      G_GINT64_CONSTANT (4021970944) },
    { "planetoid/ind.citeseer", G_GINT64_CONSTANT (50678655552), G_GINT64_CONSTANT (12655518208), 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    g_autofree char *path = shared_data (known[i].set);
    g_autoptr (JsonNode) node = NULL;

    if (path == NULL)
      return;
    node = mixq_call_json ("cost %s --method uniform:8", path);
    assert_cost_keys (node);
    g_assert_cmpint (json_node_get_int (member (node, "bitops.float32")), ==, known[i].float32);
    g_assert_cmpint (json_node_get_int (member (node, "bitops_search_convention.quantized")), ==,
                     known[i].search);
    if (known[i].cached > 0)
      g_assert_cmpint (json_node_get_int (member (node, "bitops.quantized")), ==, known[i].cached);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/datasets", test_datasets);
  g_test_add_func ("/cli/inspect/builtin", test_builtin);
  g_test_add_func ("/cli/inspect/karate", test_inspect_karate);
  g_test_add_func ("/cli/inspect/cora", test_inspect_cora);
  g_test_add_func ("/cli/run/graphs", test_run_graphs);
  g_test_add_func ("/cli/run/folds", test_run_folds);
  g_test_add_func ("/cli/inspect/graphs", test_inspect_graphs);
  g_test_add_func ("/cli/cost/karate", test_cost_karate);
  g_test_add_func ("/cli/cost/exact", test_cost_exact);
  return g_test_run ();
}
