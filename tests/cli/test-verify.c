/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "cli.h"

static void
test_json (void)
{
  static const char *const names[] = {
    "forward", "fake-quantization", "alpha", "widths", "bitops", "lambda"
  };
  g_autoptr (JsonNode) node = mixq_call_json ("verify karate");
  JsonArray *checks = json_node_get_array (member (node, "checks"));

  g_assert_true (json_node_get_boolean (member (node, "passed")));
  g_assert_cmpuint (json_array_get_length (checks), ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    JsonNode *check = json_array_get_element (checks, i);

    assert_keys (object_of (check), "name", "claim", "passed", "evidence", "numbers", NULL);
    g_assert_cmpstr (json_node_get_string (member (check, "name")), ==, names[i]);
    g_assert_cmpuint (json_object_get_size (object_of (member (check, "numbers"))), >, 0);
  }
}

static void
test_people (void)
{
  g_auto (Ended) ended = { 0 };

  mixq_call (&ended, "verify karate --layers 3 --hidden 16 --quiet");
  g_assert_cmpint (ended.status, ==, 0);
  g_assert_nonnull (strstr (ended.out, "pass  lambda"));
  g_assert_null (strstr (ended.out, "FAIL"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/verify/json", test_json);
  g_test_add_func ("/cli/verify/people", test_people);
  return g_test_run ();
}
