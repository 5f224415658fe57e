/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <signal.h>
#include <string.h>

#include <glib/gstdio.h>

#include "cli.h"

#define SHORT "--epochs 6,5,6 --hidden 8"
#define EXACT 1.0
/* "Within 100 ms" is for a quiet machine and a plain build; the tests also run with sanitizers on busy ones. */
#define STOP_SECONDS 5.0

static void
assert_run_keys (JsonNode *node)
{
  JsonArray *slots = json_node_get_array (member (node, "slots"));

  assert_keys (object_of (node), "dataset", "config", "slots", "accuracy", "agreement", "average_bits",
               "bitops", "bitops_search_convention", "product_bitops", "executed_operations", "bytes",
               "seconds", "epoch_ms", "peak_mib", "warnings", "log", NULL);
  assert_keys (object_of (member (node, "dataset")), "name", "sha256", "nodes", "edges", "features",
               "classes", NULL);
  assert_keys (object_of (member (node, "accuracy")), "relaxed", "float32", "quantized", "integer", NULL);
  assert_keys (object_of (member (node, "bitops")), "float32", "quantized", "reduction", NULL);
  assert_keys (object_of (member (node, "seconds")), "float32", "search", "qat", "integer_inference", "total",
               NULL);
  assert_keys (object_of (member (node, "epoch_ms")), "float32", "search", "qat", NULL);
  for (guint i = 0; i < json_array_get_length (slots); i++)
    assert_keys (json_array_get_object_element (slots, i), "name", "bits", "alpha", "elements", "nonzeros",
                 "signed", "scale", "zero_point", NULL);
}

static gboolean
is_null (JsonNode *node, const char *path)
{
  return JSON_NODE_HOLDS_NULL (member (node, path));
}

static void
test_karate (void)
{
  g_autoptr (JsonNode) node = mixq_call_json ("run karate " SHORT " --lambda -1e-8 --bits 2,8");

  assert_run_keys (node);
  g_assert_cmpfloat (number (node, "agreement.codes"), ==, EXACT);
  g_assert_cmpfloat (number (node, "agreement.predictions"), ==, EXACT);
  g_assert_cmpfloat (number (node, "config.lambda"), ==, -1e-8);
  g_assert_true (is_null (node, "accuracy.integer.val")); /* the club has no validation nodes */
  g_assert_false (is_null (node, "accuracy.integer.test"));
  g_assert_cmpuint (json_array_get_length (json_node_get_array (member (node, "warnings"))), ==, 1);
  g_assert_true (is_null (node, "log"));
}

/* A planted fault is in the document and, for whoever only looks at the terminal, on standard error. */
static void
test_warnings (void)
{
  static const char *const title = "alpha goes to the widest bits: a price of -3 ";
  g_auto (Ended) loud = { 0 }, quiet = { 0 };

  mixq_call (&loud, "run debian --hidden 16 --epochs 30,60,10 --lambda -3 --json");
  g_assert_cmpint (loud.status, ==, 0);
  g_assert_nonnull (strstr (loud.out, title));
  g_assert_nonnull (strstr (loud.err, "mixq: warning: alpha goes to the widest bits"));
  mixq_call (&quiet, "run debian --hidden 16 --epochs 30,60,10 --lambda -3 --json --quiet");
  g_assert_cmpstr (quiet.err, ==, "");
  g_assert_nonnull (strstr (quiet.out, title));
}

static void
test_fixed (void)
{
  g_autoptr (JsonNode) node = mixq_call_json ("run karate " SHORT " --method fixed:2,3,4,5,6,7,8,4,16");
  JsonArray *slots = json_node_get_array (member (node, "slots"));
  static const int widths[] = { 2, 3, 4, 5, 6, 7, 8, 4, 16 };

  g_assert_true (is_null (node, "accuracy.relaxed"));
  g_assert_true (is_null (node, "seconds.search"));
  g_assert_cmpfloat (number (node, "agreement.codes"), ==, EXACT);
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++) {
    g_assert_cmpint (json_object_get_int_member (json_array_get_object_element (slots, i), "bits"), ==,
                     widths[i]);
    g_assert_true (json_object_get_null_member (json_array_get_object_element (slots, i), "alpha"));
  }
}

static gint64
width_of (JsonNode *node, const char *slot)
{
  JsonArray *slots = json_node_get_array (member (node, "slots"));

  for (guint i = 0; i < json_array_get_length (slots); i++)
    if (strcmp (json_object_get_string_member (json_array_get_object_element (slots, i), "name"), slot) == 0)
      return json_object_get_int_member (json_array_get_object_element (slots, i), "bits");
  g_assert_not_reached ();
}

static void
test_pin (void)
{
  g_autoptr (JsonNode) node = mixq_call_json (
      "run karate " SHORT " --lambda 1000 --lr-alpha 1 --pin conv1.weight=8 --pin conv2.linear=4");

  g_assert_cmpint (width_of (node, "conv1.weight"), ==, 8);
  g_assert_cmpint (width_of (node, "conv2.linear"), ==, 4);
  g_assert_cmpint (width_of (node, "conv1.linear"), ==, 2); /* free, at that price */
}

static void
test_reference (void)
{
  g_autoptr (JsonNode) node = mixq_call_json ("run karate --reference --epochs 5,5,5 --lambda 0.1");

  assert_run_keys (node);
  g_assert_true (is_null (node, "accuracy.integer"));
  g_assert_true (is_null (node, "agreement.codes"));
  g_assert_false (is_null (node, "accuracy.quantized"));
  g_assert_cmpstr (json_node_get_string (member (node, "config.penalty")), ==, "reference");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (member (node, "warnings"))), >=, 1);
}

static void
test_distill (void)
{
  g_autoptr (JsonNode)
      node = mixq_call_json ("run karate " SHORT " --distill transductive --method uniform:4");
  g_autofree char *text = text_without_times (node);

  g_assert_nonnull (strstr (text, "distilled"));
}

static void
test_seeds (void)
{
  g_autoptr (JsonNode) node = mixq_call_json ("run karate " SHORT " --seeds 3..5"), four = NULL;
  JsonArray *runs = json_node_get_array (member (node, "runs"));
  g_autofree char *one = NULL, *of_many = NULL;
  double sum = 0, squares = 0;
  guint below = 0;

  g_assert_cmpuint (json_array_get_length (runs), ==, 3);
  for (guint i = 0; i < 3; i++) {
    assert_run_keys (json_array_get_element (runs, i));
    g_assert_cmpfloat (number (json_array_get_element (runs, i), "config.seed"), ==, 3 + i);
    sum += number (json_array_get_element (runs, i), "accuracy.float32.test");
    below += number (json_array_get_element (runs, i), "bitops.quantized") <=
             number (node, "median.bitops.quantized");
  }
  for (guint i = 0; i < 3; i++)
    squares += pow (number (json_array_get_element (runs, i), "accuracy.float32.test") - sum / 3, 2);
  g_assert_cmpfloat_with_epsilon (number (node, "mean.accuracy.float32.test"), sum / 3, 1e-12);
  g_assert_cmpfloat_with_epsilon (number (node, "std.accuracy.float32.test"), sqrt (squares / 3), 1e-12);
  assert_keys (object_of (member (node, "mean")), "accuracy", "bitops", "seconds", NULL);
  assert_keys (object_of (member (node, "median")), "accuracy", "bitops", "bitops_search_convention", NULL);
  g_assert_true (is_null (node, "mean.accuracy.integer.val"));
  g_assert_cmpuint (below, >=, 2);
  /* A seed among others is the same run as alone. */
  four = mixq_call_json ("run karate " SHORT " --seed 4");
  one = text_without_times (four);
  of_many = text_without_times (json_array_get_element (runs, 1));
  g_assert_cmpstr (one, ==, of_many);
}

static void
test_people (void)
{
  g_auto (Ended) one = { 0 }, many = { 0 };

  mixq_call (&one, "run karate " SHORT);
  g_assert_cmpint (one.status, ==, 0);
  g_assert_nonnull (strstr (one.out, "integer and simulated agree on 100 %"));
  g_assert_nonnull (strstr (one.err, "seed 0: qat")); /* progress: lines, where there is no terminal */
  g_assert_null (strstr (one.err, "\033"));
  mixq_call (&many, "run karate " SHORT " --seeds 0..1 --quiet");
  g_assert_cmpstr (many.err, ==, "");
  g_assert_nonnull (strstr (many.out, "mean"));
  g_assert_nonnull (strstr (many.out, "std"));
}

/* A run from its config.json gives the same bits, whatever the options were. */
static void
test_config (void)
{
  static const char *const options[] = {
    "--lambda 0.7 --seed 9 --bits 2,3,8 --pin conv1.input=3 --layers 3",
    "--method fixed:2,2,2,4,4,4,8,8,8 --distill transductive --lr-qat 0.003",
    "--cost ms --lambda 2",
    "--split random:5 --cost bytes --alpha-init high --penalty paper --lambda 0.1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (options); i++) {
    g_autofree char *folder = make_folder (), *out = g_build_filename (folder, "model", NULL);
    g_autofree char *again = g_build_filename (folder, "again", NULL), *first = NULL, *second = NULL;
    g_autofree char *tensors = NULL, *same_tensors = NULL;
    gsize length, same_length;
    g_autoptr (JsonNode) node = mixq_call_json ("run karate " SHORT " %s --out %s", options[i], out);
    g_autoptr (JsonNode) repeated = mixq_call_json ("run --config %s/config.json --out %s", out, again);
    g_autofree char *a = g_build_filename (out, "model.safetensors", NULL);
    g_autofree char *b = g_build_filename (again, "model.safetensors", NULL);

    first = text_without_times (node);
    second = text_without_times (repeated);
    g_assert_cmpstr (first, ==, second);
    g_assert_true (g_file_get_contents (a, &tensors, &length, NULL));
    g_assert_true (g_file_get_contents (b, &same_tensors, &same_length, NULL));
    g_assert_cmpmem (tensors, length, same_tensors, same_length);
    remove_tree (folder);
  }
}

static void
test_out (void)
{
  static const char *const files[] = { "config.json", "model.safetensors", "predictions.csv",
                                       "commands.jsonl" };
  g_autofree char *folder = make_folder (), *out = g_build_filename (folder, "model", NULL);
  g_auto (Ended) first = { 0 }, refused = { 0 }, forced = { 0 }, seeds = { 0 };

  mixq_call (&first, "run karate " SHORT " --quiet --out %s", out);
  g_assert_cmpint (first.status, ==, 0);
  g_assert_nonnull (strstr (first.out, out)); /* says where */
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (out, files[i], NULL);

    g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  }
  mixq_call (&refused, "run karate " SHORT " --quiet --out %s", out);
  assert_refused (&refused, 1, "--force");
  mixq_call (&forced, "run karate " SHORT " --quiet --out %s --force", out);
  g_assert_cmpint (forced.status, ==, 0);
  mixq_call (&seeds, "run karate " SHORT " --quiet --seeds 1..2 --out %s/many", folder);
  g_assert_cmpint (seeds.status, ==, 0);
  for (guint seed = 1; seed <= 2; seed++) {
    g_autofree char *path = g_strdup_printf ("%s/many/seed-%u/config.json", folder, seed);

    g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  }
  remove_tree (folder);
}

/* Ctrl-C after the first seed: 130, soon, and what is finished is there, on standard output and on the disk. */
static void
interrupt_when (GSubprocess *process, const char *wait_for, Ended *ended, double *seconds)
{
  g_autoptr (GTimer) timer = NULL;

  for (guint i = 0; i < 2000 && !g_file_test (wait_for, G_FILE_TEST_EXISTS); i++)
    g_usleep (10000);
  g_assert_true (g_file_test (wait_for, G_FILE_TEST_EXISTS));
  timer = g_timer_new ();
  g_subprocess_send_signal (process, SIGINT);
  mixq_end (process, ended);
  *seconds = g_timer_elapsed (timer, NULL);
}

static void
test_interrupt (void)
{
  g_autofree char *folder = make_folder (),
                  *first = g_build_filename (folder, "out", "seed-0", "config.json", NULL);
  g_autofree char *line = g_strdup_printf (
      "run karate --seeds 0..9999 --json --quiet --epochs 100,50,100 --out %s/out", folder);
  g_autoptr (GSubprocess) process = mixq_start (line);
  g_auto (Ended) ended = { 0 };
  g_autoptr (JsonNode) node = NULL;
  double seconds;
  guint n;

  interrupt_when (process, first, &ended, &seconds);
  g_test_message ("stopped after %.3f s: %s", seconds, ended.err);
  g_assert_cmpint (ended.status, ==, 130);
  g_assert_cmpfloat (seconds, <, STOP_SECONDS);
  g_assert_nonnull (strstr (ended.err, "mixq: run: stopped"));
  node = parse_document (&ended);
  n = json_array_get_length (json_node_get_array (member (node, "runs")));
  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpfloat (number (node, "runs_missing"), ==, 10000 - n);
  remove_tree (folder);
}

static void
test_interrupt_early (void)
{
  g_autoptr (GSubprocess) process = mixq_start ("run karate --json --quiet --epochs 1000000,1000000,1000000");
  g_auto (Ended) ended = { 0 };

  g_usleep (300000);
  g_subprocess_send_signal (process, SIGTERM);
  mixq_end (process, &ended);
  assert_refused (&ended, 130, "0 of 1 runs are finished");
}

static void
test_debian (void)
{
  g_autoptr (JsonNode) node = mixq_call_json ("run debian --epochs 3,2,3 --hidden 16 --method uniform:8");

  assert_run_keys (node);
  g_assert_cmpfloat (number (node, "agreement.codes"), ==, EXACT);
  g_assert_cmpfloat (number (node, "accuracy.integer.test"), >,
                     0.3); /* far above chance after three epochs */
}

static void
test_cora (void)
{
  g_autofree char *path = shared_data ("planetoid/ind.cora");
  g_autoptr (JsonNode) node = NULL;

  if (path == NULL)
    return;
  node = mixq_call_json ("run %s --epochs 3,2,3 --hidden 16 --method uniform:8", path);
  assert_run_keys (node);
  g_assert_cmpfloat (number (node, "agreement.codes"), ==, EXACT);
  g_assert_cmpint (json_node_get_int (member (node, "dataset.edges")), ==, 10556);
  g_assert_cmpfloat (number (node, "accuracy.integer.test"), >,
                     0.3); /* far above chance after three epochs */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/run/karate", test_karate);
  g_test_add_func ("/cli/run/warnings", test_warnings);
  g_test_add_func ("/cli/run/fixed", test_fixed);
  g_test_add_func ("/cli/run/pin", test_pin);
  g_test_add_func ("/cli/run/reference", test_reference);
  g_test_add_func ("/cli/run/distill", test_distill);
  g_test_add_func ("/cli/run/seeds", test_seeds);
  g_test_add_func ("/cli/run/people", test_people);
  g_test_add_func ("/cli/run/config", test_config);
  g_test_add_func ("/cli/run/out", test_out);
  g_test_add_func ("/cli/run/interrupt", test_interrupt);
  g_test_add_func ("/cli/run/interrupt-early", test_interrupt_early);
  g_test_add_func ("/cli/run/debian", test_debian);
  g_test_add_func ("/cli/run/cora", test_cora);
  return g_test_run ();
}
