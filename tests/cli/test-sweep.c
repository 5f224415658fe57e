/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <string.h>

#include "cli.h"

#define SPLIT "--split random:1" /* the club's own split has no validation nodes */
#define SHORT "--epochs 8,6,8 --hidden 8 " SPLIT

static void
test_jobs (void)
{
  g_autoptr (JsonNode)
      one = mixq_call_json ("sweep karate " SHORT " --lambda=-1,0.1,10 --seeds 2..4 --uniform --jobs 1");
  g_autoptr (JsonNode)
      two = mixq_call_json ("sweep karate " SHORT " --lambda=-1,0.1,10 --seeds 2..4 --uniform --jobs 3");
  JsonArray *runs = json_node_get_array (member (one, "runs"));
  g_autofree char *a = text_without_times (one), *b = text_without_times (two);

  assert_keys (object_of (one), "runs", "points", "recommended", "lambdas", "seeds", NULL);
  g_assert_cmpuint (json_array_get_length (runs), ==, (3 + 3) * 3);
  /* The order of the runs is that of the request. */
  g_assert_cmpfloat (number (json_array_get_element (runs, 4), "config.lambda"), ==, 0.1);
  g_assert_cmpfloat (number (json_array_get_element (runs, 4), "config.seed"), ==, 3);
  g_assert_cmpstr (a, ==, b);
}

/* A sweep's run is the run that `mixq run` makes. */
static void
test_same_as_run (void)
{
  g_autoptr (JsonNode) sweep = mixq_call_json ("sweep karate " SHORT " --lambda 0.3 --seeds 5");
  g_autoptr (JsonNode) run = mixq_call_json ("run karate " SHORT " --lambda 0.3 --seed 5");
  g_autofree char *a = text_without_times (
      json_array_get_element (json_node_get_array (member (sweep, "runs")), 0));
  g_autofree char *b = text_without_times (run);

  g_assert_cmpstr (a, ==, b);
}

/* The recommended point is the cheapest within one point of float32; the front has no beaten point. */
static void
test_points (void)
{
  g_autoptr (JsonNode) node = mixq_call_json ("sweep karate --epochs 60,20,60 --hidden 16 " SPLIT
                                              " --lambda=-1,0.1,1,10 --seeds 0..1 --uniform");
  JsonArray *points = json_node_get_array (member (node, "points"));
  gboolean found = FALSE;
  guint n_front = 0;

  for (guint i = 0; i < json_array_get_length (points); i++) {
    JsonNode *point = json_array_get_element (points, i);
    gboolean good = number (point, "val.mean") >= number (point, "float32_val") - 0.01 - 1e-9;
    gboolean recommended = json_node_get_boolean (member (point, "recommended"));

    assert_keys (object_of (point), "widths", "cost", "val", "test", "on_front", NULL);
    if (i > 0)
      g_assert_cmpfloat (number (point, "cost.bitops"), >=,
                         number (json_array_get_element (points, i - 1), "cost.bitops"));
    g_assert_true (recommended == (good && !found));
    found = found || good;
    for (guint j = 0;
         j < json_array_get_length (points) && json_node_get_boolean (member (point, "on_front")); j++) {
      JsonNode *other = json_array_get_element (points, j);

      g_assert_false (number (other, "cost.bitops") < number (point, "cost.bitops") &&
                      number (other, "val.mean") >= number (point, "val.mean"));
    }
    n_front += json_node_get_boolean (member (point, "on_front"));
  }
  g_assert_true (found);
  g_assert_cmpuint (n_front, >=, 1);
  g_assert_cmpfloat (number (node, "recommended.val.mean"), >, 0.5);
}

static void
assert_starts (const char *folder, const char *name, const char *start)
{
  g_autofree char *path = g_build_filename (folder, name, NULL), *data = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  g_assert_cmpuint (length, >, strlen (start));
  g_assert_cmpmem (data, strlen (start), start, strlen (start));
}

static void
test_out (void)
{
  g_autofree char *folder = make_folder (), *out = g_build_filename (folder, "sweep", NULL);
  g_auto (Ended) ended = { 0 }, refused = { 0 }, forced = { 0 };
  g_autoptr (JsonNode) predicted = NULL;

  mixq_call (&ended, "sweep karate --epochs 60,20,60 --hidden 16 " SPLIT " --lambda=-1,1 --uniform --out %s",
             out);
  g_assert_cmpint (ended.status, ==, 0);
  g_assert_nonnull (strstr (ended.out, out));
  g_assert_nonnull (strstr (ended.out, "Recommended"));
  assert_starts (out, "sweep.json", "{");
  assert_starts (out, "sweep.csv", "lambda,seed,");
  assert_starts (out, "front.svg", "<?xml");
  assert_starts (out, "alpha.svg", "<?xml");
  assert_starts (out, "front.png", "\x89PNG");
  assert_starts (out, "alpha.png", "\x89PNG");
  predicted = mixq_call_json ("predict %s/model karate " SPLIT, out);
  g_assert_true (json_node_get_boolean (member (predicted, "same_data")));
  mixq_call (&refused, "sweep karate " SHORT " --lambda 1 --out %s", out);
  assert_refused (&refused, 1, "--force");
  mixq_call (&forced, "sweep karate " SHORT " --lambda 1 --quiet --out %s --force", out);
  g_assert_cmpint (forced.status, ==, 0);
  remove_tree (folder);
}

/* Without validation nodes nothing can be recommended; a model of an earlier sweep must not stay and seem to be. */
static void
test_without_validation (void)
{
  g_autofree char *folder = make_folder (), *out = g_build_filename (folder, "sweep", NULL);
  g_autofree char *model = g_build_filename (out, "model", NULL);
  g_auto (Ended) first = { 0 }, second = { 0 };

  mixq_call (&first,
             "sweep karate --epochs 60,20,60 --hidden 16 " SPLIT " --lambda=-1 --uniform --quiet --out %s",
             out);
  g_assert_cmpint (first.status, ==, 0);
  g_assert_true (g_file_test (model, G_FILE_TEST_IS_DIR));
  mixq_call (&second, "sweep karate --epochs 5,5,5 --lambda=-1 --quiet --out %s --force", out);
  g_assert_cmpint (second.status, ==, 0);
  g_assert_nonnull (strstr (second.out, "Without validation nodes"));
  g_assert_false (g_file_test (model, G_FILE_TEST_EXISTS));
  remove_tree (folder);
}

static void
test_reference (void)
{
  g_autoptr (JsonNode) node = mixq_call_json ("sweep karate --reference --epochs 4,4,4 " SPLIT
                                              " --lambda=-1e-8,1 --seeds 0..1 --jobs 2");
  JsonNode *run = json_array_get_element (json_node_get_array (member (node, "runs")), 0);

  g_assert_true (JSON_NODE_HOLDS_NULL (member (run, "accuracy.integer")));
}

/* Milliseconds are measured once for the whole sweep, so that its points can be compared. */
static void
test_milliseconds (void)
{
  g_autoptr (JsonNode)
      node = mixq_call_json ("sweep karate " SHORT " --lambda 0.1,1 --seeds 0..1 --cost ms --uniform");
  JsonArray *runs = json_node_get_array (member (node, "runs")),
            *points = json_node_get_array (member (node, "points"));
  g_autofree char *first = json_to_string (member (json_array_get_element (runs, 0), "config.ms-table"),
                                           FALSE);

  for (guint i = 1; i < json_array_get_length (runs); i++) {
    g_autofree char *other = json_to_string (member (json_array_get_element (runs, i), "config.ms-table"),
                                             FALSE);

    g_assert_cmpstr (first, ==, other);
  }
  for (guint i = 0; i < json_array_get_length (points); i++)
    g_assert_cmpfloat (number (json_array_get_element (points, i), "cost.ms"), >, 0);
}

static void
test_interrupt (void)
{
  g_autofree char *folder = make_folder (), *out = g_build_filename (folder, "sweep", NULL);
  g_autofree char *line = g_strdup_printf (
      "sweep karate --epochs 20,20,20 " SPLIT
      " --lambda 0.1,0.2,0.3,0.4 --seeds 0..2999 --jobs 2 --json --out %s",
      out);
  g_autoptr (GSubprocess) process = mixq_start (line);
  g_auto (Ended) ended = { 0 };

  g_usleep (1000000);
  g_subprocess_send_signal (process, SIGINT);
  mixq_end (process, &ended);
  g_assert_cmpint (ended.status, ==, 130);
  g_assert_nonnull (strstr (ended.err, "mixq: sweep: stopped"));
  if (strlen (ended.out) > 0) { /* finished runs are all there, also on the disk */
    g_autoptr (JsonNode) node = parse_document (&ended);
    guint n = json_array_get_length (json_node_get_array (member (node, "runs")));

    g_assert_cmpuint (n, >=, 1);
    g_assert_cmpfloat (number (node, "runs_missing"), ==, 12000 - n);
    assert_starts (out, "sweep.json", "{");
  }
  remove_tree (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/sweep/jobs", test_jobs);
  g_test_add_func ("/cli/sweep/same-as-run", test_same_as_run);
  g_test_add_func ("/cli/sweep/points", test_points);
  g_test_add_func ("/cli/sweep/out", test_out);
  g_test_add_func ("/cli/sweep/without-validation", test_without_validation);
  g_test_add_func ("/cli/sweep/reference", test_reference);
  g_test_add_func ("/cli/sweep/milliseconds", test_milliseconds);
  g_test_add_func ("/cli/sweep/interrupt", test_interrupt);
  return g_test_run ();
}
