/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "cli.h"

static void
assert_rows (JsonNode *node, const char *const *names)
{
  JsonArray *array = json_node_get_array (node);

  g_assert_cmpuint (json_array_get_length (array), ==, g_strv_length ((char **) names));
  for (guint i = 0; names[i] != NULL; i++) {
    JsonNode *row = json_array_get_element (array, i);

    assert_keys (object_of (row), "name", "median_ms", "min_ms", "runs", "reference", "ratio", NULL);
    assert_keys (object_of (member (row, "reference")), "name", "median_ms", "min_ms", NULL);
    g_assert_cmpstr (json_node_get_string (member (row, "name")), ==, names[i]);
    g_assert_cmpfloat (number (row, "median_ms"), >, 0);
    g_assert_cmpfloat (number (row, "min_ms"), <=, number (row, "median_ms"));
    g_assert_cmpfloat (number (row, "runs"), >=, 1);
    g_assert_cmpfloat_with_epsilon (number (row, "ratio"),
                                    number (row, "median_ms") / number (row, "reference.median_ms"), 1e-9);
  }
}

static void
test_all (void)
{
  static const char *const names[] = { "gemm",
                                       "karate-float32",
                                       "karate-search",
                                       "karate-qat",
                                       "karate-pipeline",
                                       "integer-inference",
                                       "spmm",
                                       "mix-forward",
                                       "mix-backward",
                                       "adam",
                                       NULL };
  g_autoptr (JsonNode) node = mixq_call_json ("bench --data karate --rounds 1");

  assert_rows (node, names);
}

static void
test_some (void)
{
  static const char *const names[] = { "karate-qat", "adam", NULL };
  g_autoptr (JsonNode) node = mixq_call_json ("bench adam cora-qat --data karate --rounds 1");
  g_auto (Ended) people = { 0 }, unknown = { 0 };

  assert_rows (node, names);
  mixq_call (&people, "bench adam --data karate --rounds 1 --quiet");
  g_assert_nonnull (strstr (people.out, "naive loops"));
  mixq_call (&unknown, "bench speed");
  assert_refused (&unknown, 2, "there is no benchmark \"speed\"");
}

/* What takes longer is measured on request only, and says how much memory it took. */
static void
test_on_request (void)
{
  static const char *const names[] = { "csl-float32", "csl-search", NULL };
  g_autoptr (JsonNode) node = mixq_call_json ("bench csl --data karate --rounds 1");

  assert_rows (node, names);
  for (guint i = 0; names[i] != NULL; i++) {
    JsonNode *row = json_array_get_element (json_node_get_array (node), i);

    g_assert_cmpstr (json_node_get_string (member (row, "figures.data")), ==, "Circular skip links");
    g_assert_cmpfloat (number (row, "figures.peak_mib"), >, number (row, "figures.peak_above_data_mib"));
    g_assert_cmpfloat (number (row, "figures.peak_above_data_mib"), >, 0);
  }
}

/* Without Cora's files the figures do not pretend to be Cora's. */
static void
test_generated (void)
{
  g_autofree char *line = g_strdup_printf (
      "env -u MIXQ_SHARED_DATA %s bench cora-float32 --rounds 1 --json --quiet", g_getenv ("MIXQ_BINARY"));
  static const char *const names[] = { "like-cora-float32", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_auto (Ended) ended = { 0 };

  g_assert_true (g_spawn_command_line_sync (line, &ended.out, &ended.err, &ended.status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ended.status, ==, 0);
  node = parse_document (&ended);
  assert_rows (node, names);
}

/* Nor without PROTEINS. */
static void
test_generated_collection (void)
{
  g_autofree char *line = g_strdup_printf (
      "env -u MIXQ_SHARED_DATA %s bench proteins --data karate --rounds 1 --json --quiet",
      g_getenv ("MIXQ_BINARY"));
  static const char *const names[] = { "like-proteins-float32", "like-proteins-search", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_auto (Ended) ended = { 0 };

  g_assert_true (g_spawn_command_line_sync (line, &ended.out, &ended.err, &ended.status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ended.status, ==, 0);
  node = parse_document (&ended);
  assert_rows (node, names);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/bench/all", test_all);
  g_test_add_func ("/cli/bench/some", test_some);
  g_test_add_func ("/cli/bench/on-request", test_on_request);
  g_test_add_func ("/cli/bench/generated", test_generated);
  g_test_add_func ("/cli/bench/generated-collection", test_generated_collection);
  return g_test_run ();
}
