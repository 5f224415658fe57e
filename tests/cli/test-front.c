/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <string.h>

#include "cli.h"

#define SPLIT "--split random:1" /* the club's own split has no validation nodes */
#define SHORT "front karate --epochs 20,6,8 --hidden 8 --models 6 --finalists 2 --seeds 2 "

static void
test_document (void)
{
  g_autoptr (JsonNode) node = mixq_call_json (SHORT SPLIT);
  JsonArray *points = json_node_get_array (member (node, "points"));
  guint tested = 0, on_front = 0;

  assert_keys (object_of (node), "points", "hypervolume", "models", "seconds", "method", "axis", "rectangle",
               NULL);
  for (guint i = 0; i < json_array_get_length (points); i++) {
    JsonNode *point = json_array_get_element (points, i);
    gboolean finalist = json_node_get_boolean (member (point, "finalist"));

    assert_keys (object_of (point), "widths", "cost", "val", "test", "on_front", NULL);
    g_assert_cmpuint (json_array_get_length (json_node_get_array (member (point, "widths"))), ==, 9);
    g_assert_true (finalist == !json_node_is_null (member (point, "test"))); /* nothing else is ever tested */
    g_assert_cmpfloat (number (point, "seeds"), ==, finalist ? 2 : 1);
    tested += finalist;
    on_front += json_node_get_boolean (member (point, "on_front"));
  }
  g_assert_cmpuint (tested, ==, 2);
  g_assert_cmpuint (on_front, >=, 1);
  g_assert_cmpfloat (number (node, "models"), <=, 6 + 2);
}

/* All methods and two axes on two splits: each search is there once, and each is compared with the first. */
static void
test_comparison (void)
{
  g_autoptr (JsonNode) node = mixq_call_json (SHORT "--method all --cost bitops,product --splits 1..2");
  g_autoptr (JsonNode) again = mixq_call_json (SHORT "--method all --cost bitops,product --splits 1..2");
  JsonArray *rows = json_node_get_array (member (node, "comparison"));
  g_autofree char *a = text_without_times (node), *b = text_without_times (again);

  g_assert_cmpuint (json_array_get_length (json_node_get_array (member (node, "searches"))), ==, 5 * 2 * 2);
  g_assert_cmpuint (json_array_get_length (rows), ==, 5 * 2);
  for (guint i = 0; i < json_array_get_length (rows); i++) {
    JsonNode *row = json_array_get_element (rows, i);

    g_assert_cmpfloat (number (row, "hypervolume.n"), ==, 2);
    if (i % 5 > 0)
      assert_keys (object_of (row), "first_minus_this", "first", NULL);
  }
  g_assert_cmpstr (a, ==, b);
}

static void
test_files (void)
{
  g_autofree char *folder = make_folder (), *svg = g_build_filename (folder, "front.svg", NULL);
  g_autofree char *csv = g_build_filename (folder, "front.csv", NULL), *text = NULL, *picture = NULL;
  g_auto (Ended) ended = { 0 };

  mixq_call (&ended, SHORT SPLIT " --plot %s --csv %s --rectangle 1e9,10,90", svg, csv);
  g_assert_cmpint (ended.status, ==, 0);
  g_assert_nonnull (strstr (ended.out, "test, not used for choosing"));
  g_assert_true (g_file_get_contents (csv, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "repeat,axis,method,widths,cost,"));
  g_assert_true (g_file_get_contents (svg, &picture, NULL, NULL));
  g_assert_nonnull (strstr (picture, "<svg"));
  remove_tree (folder);
}

static const Refusal refused[] = {
  { "front", 2, "argument" },
  { "front karate --method best", 2, "best" },
  { "front karate --method random,random", 2, "twice" },
  { "front karate --cost bitops,gold", 2, "gold" },
  { "front karate --models 0", 2, "--models" },
  { "front karate --seeds 9", 2, "--seeds" },
  { "front karate --budget -1", 2, "--budget" },
  { "front karate --rectangle 1e9,80,20", 2, "--rectangle" },
  { "front karate --splits 1..2 --repeats 2", 2, "--splits" },
  { "front karate --reference", 2, "--reference" },
  { "front karate", 1, "no validation nodes" },
};

static void
test_refused (void)
{
  assert_all_refused (refused, G_N_ELEMENTS (refused));
}

/* Ctrl-C keeps the searches that are finished. */
static void
test_stopped (void)
{
  GSubprocess *process = mixq_start ("front karate --epochs 60,20,60 --hidden 16 " SPLIT
                                     " --models 12 --repeats 400 --json");
  g_auto (Ended) ended = { 0 };

  g_usleep (G_USEC_PER_SEC * 2);
  g_subprocess_send_signal (process, SIGINT);
  mixq_end (process, &ended);
  g_assert_cmpint (ended.status, ==, 130);
  g_assert_nonnull (strstr (ended.err, "mixq: front: stopped"));
  if (*ended.out != '\0') {
    g_autoptr (JsonNode) node = parse_document (&ended);

    assert_keys (object_of (node), "points", "hypervolume", NULL);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/front/document", test_document);
  g_test_add_func ("/cli/front/comparison", test_comparison);
  g_test_add_func ("/cli/front/files", test_files);
  g_test_add_func ("/cli/front/refused", test_refused);
  g_test_add_func ("/cli/front/stopped", test_stopped);
  return g_test_run ();
}
