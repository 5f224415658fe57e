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
  { "reproduce gin-mutag", 2, "give the folder of MUTAG.zip with --data" },
  { "reproduce gin-long --data /no/such/folder", 1, "give the folder of DD.zip with --data" },
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

/* --- the other architectures --------------------------------------------------------------------------------------- */

/* Returns: (nullable): the rows of the table @key of a report. */
static JsonArray *
rows_of (JsonNode *report, const char *key)
{
  JsonArray *tables = json_node_get_array (member (report, "tables"));

  for (guint i = 0; i < json_array_get_length (tables); i++) {
    JsonObject *table = json_array_get_object_element (tables, i);

    if (strcmp (json_object_get_string_member (table, "name"), key) == 0)
      return json_object_get_array_member (table, "rows");
  }
  return NULL;
}

/* 8 bits beside float32, and a narrowest point that is one of the points and no dearer than 8 bits. */
static void
assert_accuracy (JsonNode *report)
{
  JsonNode *row = json_array_get_element (rows_of (report, "accuracy"), 0);
  JsonArray *points = rows_of (report, "points");
  const char *narrowest = json_node_get_string (member (row, "narrowest"));
  gboolean found = FALSE;

  g_assert_cmpfloat_with_epsilon (number (row, "minus_float32"),
                                  number (row, "integer8.mean") - number (row, "float32.mean"), 1e-9);
  for (guint i = 0; i < json_array_get_length (points); i++) {
    JsonNode *point = json_array_get_element (points, i);
    const char *setting = json_node_get_string (member (point, "setting"));

    if (strcmp (setting, narrowest) == 0) {
      g_assert_cmpfloat (number (point, "share"), ==, number (row, "narrowest_share"));
      g_assert_cmpfloat (number (point, "test.mean"), ==, number (row, "narrowest_test.mean"));
      found = TRUE;
    }
    if (strcmp (setting, "uniform 8") == 0)
      g_assert_cmpfloat (number (row, "narrowest_share"), <=, number (point, "share"));
    g_assert_cmpfloat (number (point, "share"), >, 0);
    g_assert_cmpfloat (number (point, "share"), <=, 0.26); /* 8 bits of 32, and little else */
  }
  g_assert_true (found);
}

/* Each architecture runs on one small graph, down to integers. */
static void
test_architecture (gconstpointer name)
{
  g_autofree char *folder = make_folder (), *out = g_build_filename (folder, "out", NULL);
  g_autofree char *path = g_build_filename (out, "table.md", NULL), *markdown = NULL;
  g_autofree char *chart = g_strdup_printf ("%s-karate", (const char *) name);
  g_autoptr (JsonNode)
      node = mixq_call_json ("reproduce %s " ON " --seeds 0..0 --out %s", (const char *) name, out);

  g_assert_cmpfloat (number (node, "runs_failed"), ==, 0);
  g_assert_cmpfloat (number (node, "folds"), ==, 1);
  g_assert_null (rows_of (node, "rows"));
  g_assert_cmpuint (json_array_get_length (rows_of (node, "points")), >=, 3);
  assert_accuracy (node);
  assert_chart (out, chart);
  g_assert_true (g_file_get_contents (path, &markdown, NULL, NULL));
  g_assert_nonnull (strstr (markdown, "Integer and simulated codes agree in every run."));
  g_assert_null (strstr (markdown, "nan"));
  remove_tree (folder);
}

#define TINY_GRAPHS 40
#define TINY_NODES 5

/* Rings and stars of five nodes under the name of MUTAG, as the files of a TUDataset. */
static char *
make_tiny_mutag (void)
{
  char *folder = make_folder ();
  g_autofree char *set = g_build_filename (folder, "MUTAG", NULL);
  GString *file[] = { g_string_new (NULL), g_string_new (NULL), g_string_new (NULL), g_string_new (NULL) };
  static const char *const names[] = { "A", "graph_indicator", "graph_labels", "node_labels" };

  g_assert_cmpint (g_mkdir (set, 0700), ==, 0);
  for (guint g = 0; g < TINY_GRAPHS; g++) {
    g_string_append_printf (file[2], "%u\n", g % 2);
    for (guint i = 0; i < TINY_NODES; i++) {
      guint a = g * TINY_NODES + i + 1, b = g * TINY_NODES + (g % 2 == 0 ? (i + 1) % TINY_NODES : 0) + 1;

      g_string_append_printf (file[1], "%u\n", g + 1);
      g_string_append_printf (file[3], "%u\n", (g / 2 + i) % 3);
      if (a != b)
        g_string_append_printf (file[0], "%u, %u\n%u, %u\n", a, b, b, a);
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (file); i++) {
    g_autofree char *path = g_strdup_printf ("%s/MUTAG_%s.txt", set, names[i]);

    g_assert_true (g_file_set_contents (path, file[i]->str, -1, NULL));
    g_string_free (file[i], TRUE);
  }
  return folder;
}

/* Folds take the place of seeds: each is kept as a run of its own, and a second start finds them all. */
static void
test_folds (void)
{
  g_autofree char *folder = make_tiny_mutag (), *out = g_build_filename (folder, "out", NULL);
  g_autofree char *state = g_build_filename (out, "runs.jsonl", NULL), *kept = NULL;
  g_autofree char *line = g_strdup_printf ("reproduce gin-mutag --quick --data %s --out %s", folder, out);
  g_autoptr (JsonNode) node = mixq_call_json ("%s", line), again = mixq_call_json ("%s", line);
  guint n = json_array_get_length (rows_of (node, "points"));

  g_assert_cmpfloat (number (node, "folds"), ==, 2);
  g_assert_cmpfloat (number (node, "seeds"), ==, 1);
  g_assert_cmpfloat (number (node, "runs"), ==, 2.0 * n);
  g_assert_cmpfloat (number (again, "runs_kept"), ==, 2.0 * n);
  g_assert_true (g_file_get_contents (state, &kept, NULL, NULL));
  g_assert_nonnull (strstr (kept, "--split fold:0/10 --seed 0"));
  g_assert_nonnull (strstr (kept, "--split fold:1/10 --seed 0"));
  g_assert_null (strstr (kept, "fold:2/10"));
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat (number (json_array_get_element (rows_of (node, "points"), i), "runs"), ==, 2);
  assert_accuracy (node);
  remove_tree (folder);
}

/* Beside a published row stands what costs no more. */
static void
test_published_architecture (void)
{
  g_autofree char *folder = make_tiny_cora ();
  g_autoptr (JsonNode) node = NULL;
  JsonArray *rows;

  if (folder == NULL)
    return;
  node = mixq_call_json ("reproduce sage --quick --seeds 0..0 --data %s", folder);
  rows = rows_of (node, "rows");
  g_assert_cmpuint (json_array_get_length (rows), ==, 3);
  for (guint i = 0; i < 3; i++) {
    JsonNode *row = json_array_get_element (rows, i);

    g_assert_cmpfloat_with_epsilon (number (row, "difference"),
                                    number (row, "ours.mean") - number (row, "published.mean"), 1e-9);
    g_assert_cmpfloat (number (row, "ours_share"), <=, number (row, "published_share") * 1.0001);
  }
  g_assert_cmpfloat_with_epsilon (number (json_array_get_element (rows, 0), "published.mean"), 0.7793, 1e-9);
  g_assert_cmpfloat_with_epsilon (number (json_array_get_element (rows, 0), "published_share"), 0.25, 1e-6);
  remove_tree (folder);
}

int
main (int argc, char **argv)
{
  static const char *const architectures[] = { "sage", "tag", "gin-mutag", "csl" };
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
  for (guint i = 0; i < G_N_ELEMENTS (architectures); i++) {
    g_autofree char *path = g_strdup_printf ("/cli/reproduce/architecture/%s", architectures[i]);

    g_test_add_data_func (path, architectures[i], test_architecture);
  }
  g_test_add_func ("/cli/reproduce/folds", test_folds);
  g_test_add_func ("/cli/reproduce/published-architecture", test_published_architecture);
  g_test_add_func ("/cli/reproduce/resume", test_resume);
  g_test_add_func ("/cli/reproduce/interrupt", test_interrupt);
  g_test_add_func ("/cli/reproduce/foreign-folder", test_foreign_folder);
  g_test_add_func ("/cli/reproduce/missing", test_missing);
  g_test_add_func ("/cli/reproduce/published", test_published);
  return g_test_run ();
}
