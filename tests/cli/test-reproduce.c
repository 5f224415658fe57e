/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `mixq reproduce`: every kind on a tiny graph, going on after a stop, and what is said where data are missing. */
#include <math.h>
#include <signal.h>
#include <string.h>

#include <glib/gstdio.h>

#include "cli.h"

#define ON "--on karate --split random:1 --quick" /* the club's own split has no validation nodes */

static gsize
count_lines (const char *path)
{
  g_autofree char *text = NULL;
  gsize n = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  for (const char *c = text; *c != '\0'; c++)
    n += *c == '\n';
  return n;
}

static void
test_list (void)
{
  g_autoptr (JsonNode) list = mixq_call_json ("reproduce");
  g_auto (Ended) ended = { 0 };

  mixq_call (&ended, "reproduce");
  g_assert_cmpint (ended.status, ==, 0);
  for (guint i = 0; i < json_array_get_length (json_node_get_array (list)); i++) {
    JsonObject *row = json_array_get_object_element (json_node_get_array (list), i);

    assert_keys (row, "name", "title", "says", "data", NULL);
    g_assert_nonnull (strstr (ended.out, json_object_get_string_member (row, "name")));
  }
}

static const Refusal refused[] = {
  { "reproduce gnc", 2, "no \"gnc\"" },
  { "reproduce gcn", 2, "--data" },
  { "reproduce gcn --quick --jobs 0 --on karate", 2, "--jobs" },
  { "reproduce gcn --quick --seeds 3..1 --on karate", 2, "--seeds" },
  { "reproduce gcn --on karate --data /tmp", 2, "exclude each other" },
  { "reproduce gcn --on /no/such/set", 1, "no such file" },
  { "reproduce gcn --data /no/such/folder", 1, "none of the data of gcn is there" },
  { "reproduce gcn --on karate --out /proc/mixq-reproduce", 1, "/proc/mixq-reproduce" },
};

static void
test_refused (void)
{
  assert_all_refused (refused, G_N_ELEMENTS (refused));
}

static void
assert_chart (const char *folder, const char *name)
{
  g_autofree char *svg = g_strdup_printf ("%s/%s.svg", folder, name), *text = NULL;
  g_autofree char *csv = g_strdup_printf ("%s/%s.csv", folder, name), *table = NULL;

  g_assert_true (g_file_get_contents (svg, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "</svg>"));
  g_assert_true (g_file_get_contents (csv, &table, NULL, NULL));
  g_assert_true (g_str_has_prefix (table, "series,x,y,low,high\n"));
  g_assert_cmpuint (strlen (table), >, 40);
}

static void
assert_claims (JsonArray *claims)
{
  for (guint i = 0; i < json_array_get_length (claims); i++) {
    JsonObject *claim = json_array_get_object_element (claims, i);
    const char *sentence = json_object_get_string_member (claim, "sentence");

    g_assert_true (g_str_has_suffix (sentence, "."));
    g_assert_null (strstr (sentence, "nan"));
    if (json_object_get_null_member (claim, "confidence"))
      continue;
    /* Three seeds bear no more than a hint. */
    g_assert_cmpstr (json_object_get_string_member (claim, "confidence"), ==, "low");
    g_assert_cmpint (json_object_get_int_member (claim, "seeds"), ==, 3);
  }
}

/* Each kind runs, draws, speaks and reads back. */
static void
test_kind (gconstpointer name)
{
  g_autofree char *folder = make_folder (), *out = g_build_filename (folder, "out", NULL), *written = NULL;
  g_autofree char *path = g_build_filename (out, "results.json", NULL), *markdown = NULL;
  g_autofree char *table_path = g_build_filename (out, "table.md", NULL);
  g_autofree char *state = g_build_filename (out, "runs.jsonl", NULL);
  g_autoptr (JsonNode) node = mixq_call_json ("reproduce %s " ON " --out %s", (const char *) name, out);
  JsonArray *plots = json_node_get_array (member (node, "plots"));
  JsonArray *tables = json_node_get_array (member (node, "tables"));

  g_assert_true (json_node_get_boolean (member (node, "quick")));
  g_assert_cmpfloat (number (node, "runs_failed"), ==, 0);
  g_assert_cmpfloat (number (node, "runs"), ==, (double) count_lines (state));
  g_assert_cmpuint (json_array_get_length (plots), >=, 1);
  for (guint i = 0; i < json_array_get_length (plots); i++)
    assert_chart (out, json_array_get_string_element (plots, i));
  g_assert_cmpuint (json_array_get_length (tables), >=, 1);
  for (guint i = 0; i < json_array_get_length (tables); i++)
    g_assert_cmpuint (json_array_get_length (
                          json_object_get_array_member (json_array_get_object_element (tables, i), "rows")),
                      >=, 3);
  assert_claims (json_node_get_array (member (node, "claims")));
  g_assert_true (g_file_get_contents (path, &written, NULL, NULL));
  g_assert_true (g_file_get_contents (table_path, &markdown, NULL, NULL));
  g_assert_nonnull (strstr (markdown, "Quick look (--quick)"));
  g_assert_nonnull (strstr (markdown, "\n| "));
  remove_tree (folder);
}

/* --- stopping and going on ------------------------------------------------------------------------------------------ */

static char *
tables_of (JsonNode *node)
{
  return json_to_string (member (node, "tables"), FALSE);
}

/* Killed without warning in the middle, even of a line: the same command goes on, repeats nothing and ends the same. */
static void
test_resume (void)
{
  g_autofree char *folder = make_folder (), *out = g_build_filename (folder, "out", NULL);
  g_autofree char *state = g_build_filename (out, "runs.jsonl", NULL), *kept = NULL, *after = NULL;
  g_autofree char *line = g_strdup_printf ("reproduce cost-axes " ON " --jobs 1 --quiet --out %s", out);
  g_autoptr (GSubprocess) process = mixq_start (line);
  g_autoptr (JsonNode) whole = mixq_call_json ("reproduce cost-axes " ON " --jobs 2"), resumed = NULL;
  g_autofree char *expected = NULL, *found = NULL;
  gsize n = 0;
  FILE *file;

  for (guint i = 0; i < 2000 && (n = count_lines (state)) < 2; i++)
    g_usleep (2000);
  g_subprocess_force_exit (process);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  n = count_lines (state);
  g_assert_cmpuint (n, >=, 2);
  g_assert_true (g_file_get_contents (state, &kept, NULL, NULL));
  file = fopen (state, "a");
  g_assert_nonnull (file);
  fputs ("{\"key\":\"half a li", file);
  fclose (file);
  resumed = mixq_call_json ("reproduce cost-axes " ON " --jobs 2 --out %s", out);
  g_assert_cmpfloat (number (resumed, "runs_kept"), ==, (double) n);
  g_assert_cmpuint (count_lines (state), ==, (gsize) number (resumed, "runs"));
  g_assert_true (g_file_get_contents (state, &after, NULL, NULL));
  *(strrchr (kept, '\n') + 1) = '\0';
  g_assert_true (g_str_has_prefix (after, kept));
  expected = tables_of (whole);
  found = tables_of (resumed);
  g_assert_cmpstr (found, ==, expected);
  remove_tree (folder);
}

static void
test_interrupt (void)
{
  g_autofree char *folder = make_folder (), *out = g_build_filename (folder, "out", NULL);
  g_autofree char *state = g_build_filename (out, "runs.jsonl", NULL);
  g_autofree char *line = g_strdup_printf (
      "reproduce lambda-sensitivity --quick --on debian --jobs 1 --quiet --out %s", out);
  g_autoptr (GSubprocess) process = mixq_start (line);
  g_auto (Ended) ended = { 0 };

  for (guint i = 0; i < 5000 && count_lines (state) < 1; i++)
    g_usleep (2000);
  g_subprocess_send_signal (process, SIGINT);
  mixq_end (process, &ended);
  assert_refused (&ended, 130, "are finished and kept, the same command goes on");
  g_assert_cmpuint (count_lines (state), >=, 1);
  remove_tree (folder);
}

/* A folder of something else is left alone; a line that is no run is named. */
static void
test_foreign_folder (void)
{
  g_autofree char *folder = make_folder (), *file = g_build_filename (folder, "mine", NULL);
  g_autofree char *state = g_build_filename (folder, "runs.jsonl", NULL);
  g_auto (Ended) foreign = { 0 }, broken = { 0 };

  g_assert_true (g_file_set_contents (file, "mine", -1, NULL));
  mixq_call (&foreign, "reproduce alpha-init " ON " --quiet --out %s", folder);
  assert_refused (&foreign, 1, "holds no runs.jsonl");
  g_assert_true (g_file_set_contents (state, "{\"no\": \"run\"}\n", -1, NULL));
  mixq_call (&broken, "reproduce alpha-init " ON " --quiet --out %s", folder);
  assert_refused (&broken, 1, "a line is no finished run");
  remove_tree (folder);
}

/* --- data ---------------------------------------------------------------------------------------------------------- */

/* The sample of 24 nodes under the name of Cora. Returns: (nullable). */
static char *
make_tiny_cora (void)
{
  static const char *const parts[] = { "x", "y", "tx", "ty", "allx", "ally", "graph", "test.index" };
  g_autofree char *sample = shared_data ("samples/planetoid-py2/ind.tiny");
  char *folder = sample != NULL ? make_folder () : NULL;

  for (guint i = 0; folder != NULL && i < G_N_ELEMENTS (parts); i++) {
    g_autofree char *from = g_strdup_printf ("%s.%s", sample, parts[i]), *data = NULL;
    g_autofree char *to = g_strdup_printf ("%s/ind.cora.%s", folder, parts[i]);
    gsize length;

    g_assert_true (g_file_get_contents (from, &data, &length, NULL));
    g_assert_true (g_file_set_contents (to, data, (gssize) length, NULL));
  }
  return folder;
}

static void
test_missing (void)
{
  g_autofree char *folder = make_tiny_cora ();
  g_auto (Ended) ended = { 0 };

  if (folder == NULL)
    return;
  mixq_call (&ended, "reproduce gcn --quick --quiet --data %s", folder);
  g_assert_cmpint (ended.status, ==, 0);
  g_assert_nonnull (strstr (ended.out, "Missing: citeseer. There is no ind.citeseer.graph"));
  g_assert_nonnull (strstr (ended.out, "rows are left out"));
  g_assert_nonnull (strstr (ended.out, "Careful: the files of cora hold 24 nodes"));
  g_assert_nonnull (strstr (ended.out, "81.58 ± 0.75"));
  g_assert_null (strstr (ended.out, "| citeseer"));
  remove_tree (folder);
}

#define HEAD "bit_width_lambda,accuracy_mean,accuracy_std,bit_operations_mean,bit_operations_std\n"

/* z = (ours - published) / sqrt (se^2 + se^2), with the standard deviations of the table and 3 and 10 runs. */
static void
assert_z (JsonNode *row)
{
  double difference = number (row, "reference.mean") - number (row, "published.mean");
  double ours = number (row, "reference.std") / sqrt (3 - 1.0),
         theirs = number (row, "published.std") / sqrt (10 - 1.0);

  g_assert_cmpfloat_with_epsilon (number (row, "z"), difference / sqrt (ours * ours + theirs * theirs), 1e-9);
  /* The default's setting is within the published cost. */
  g_assert_cmpfloat (number (row, "ours_bitops"), <=, number (row, "published_bitops") * 1.0001);
}

static void
test_published (void)
{
  g_autofree char *folder = make_tiny_cora (), *csv = NULL;
  g_autoptr (JsonNode) with = NULL, without = NULL;
  g_auto (Ended) bad = { 0 };
  JsonObject *table;

  if (folder == NULL)
    return;
  csv = g_build_filename (folder, "ablation-cora.csv", NULL);
  g_assert_true (g_file_set_contents (csv, HEAD "0.1,78.5,1.5,1e5,0\n-0.1,81.5,0.5,2e5,0\n", -1, NULL));
  with = mixq_call_json ("reproduce lambda-ablation --quick --data %s --published %s", folder, folder);
  table = json_array_get_object_element (json_node_get_array (member (with, "tables")), 0);
  assert_z (json_array_get_element (json_object_get_array_member (table, "rows"), 0)); /* -0.1 */
  without = mixq_call_json ("reproduce lambda-ablation --quick --data %s", folder);
  table = json_array_get_object_element (json_node_get_array (member (without, "tables")), 0);
  g_assert_true (json_object_get_null_member (
      json_array_get_object_element (json_object_get_array_member (table, "rows"), 0), "z"));
  g_assert_true (g_file_set_contents (csv, HEAD "0.1,78.5,1.5,1e5,0\nx,81.5,0.5,2e5,0\n", -1, NULL));
  mixq_call (&bad, "reproduce lambda-ablation --quick --data %s --published %s", folder, folder);
  assert_refused (&bad, 1, "ablation-cora.csv:3");
  remove_tree (folder);
}

int
main (int argc, char **argv)
{
  static const char *const kinds[] = { "gcn",         "gcn-degree-quant",   "lambda-ablation", "lambda-curve",
                                       "alpha-init",  "alpha-rate",         "penalty-forms",   "cost-axes",
                                       "relaxed-gap", "lambda-sensitivity", "search-ranges" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/reproduce/list", test_list);
  g_test_add_func ("/cli/reproduce/refused", test_refused);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree char *path = g_strdup_printf ("/cli/reproduce/kind/%s", kinds[i]);

    g_test_add_data_func (path, kinds[i], test_kind);
  }
  g_test_add_func ("/cli/reproduce/resume", test_resume);
  g_test_add_func ("/cli/reproduce/interrupt", test_interrupt);
  g_test_add_func ("/cli/reproduce/foreign-folder", test_foreign_folder);
  g_test_add_func ("/cli/reproduce/missing", test_missing);
  g_test_add_func ("/cli/reproduce/published", test_published);
  return g_test_run ();
}
