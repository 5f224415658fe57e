/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "cli.h"

#define SHORT "--epochs 30,20,30 --hidden 8 --quiet"

typedef struct
{
  char *folder, *model;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_auto (Ended) ended = { 0 };

  self->folder = make_folder ();
  self->model = g_build_filename (self->folder, "model", NULL);
  mixq_call (&ended, "run karate " SHORT " --out %s", self->model);
  g_assert_cmpint (ended.status, ==, 0);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->model);
}

static char *
predictions (JsonNode *node)
{
  return json_to_string (member (node, "predictions"), FALSE);
}

/* The folder, its two files and both engines give the predictions that the run wrote down. */
static void
test_same (Fixture *self, gconstpointer data)
{
  static const char *const ways[] = { "", "/config.json", "/model.safetensors" };
  g_autoptr (JsonNode) simulated = mixq_call_json ("predict %s karate --engine simulated", self->model);
  g_autofree char *path = g_build_filename (self->model, "predictions.csv", NULL), *csv = NULL;
  g_autofree char *expected = predictions (simulated);
  g_auto (GStrv) line = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autoptr (JsonNode) node = mixq_call_json ("predict %s%s karate", self->model, ways[i]);
    g_autofree char *got = predictions (node);

    assert_keys (object_of (node), "accuracy", "predictions", "engine", "seconds", NULL);
    g_assert_cmpstr (json_node_get_string (member (node, "engine")), ==, "integer");
    g_assert_cmpstr (got, ==, expected);
    g_assert_cmpfloat (number (node, "accuracy.train"), >, 0.9);
    g_assert_true (json_node_get_boolean (member (node, "same_data")));
  }
  g_assert_true (g_file_get_contents (path, &csv, NULL, NULL));
  line = g_strsplit (g_strchomp (csv), "\n", -1);
  g_assert_cmpuint (g_strv_length (line), ==, 34 + 1);
}

/* A set of graphs, in several chunks: the predictions of the run, one line a graph, and no other data will do. */
static void
test_graphs (Fixture *self, gconstpointer data)
{
  g_autofree char *model = g_build_filename (self->folder, "graphs", NULL);
  g_autofree char *path = g_build_filename (model, "predictions.csv", NULL), *csv = NULL;
  g_auto (Ended) ran = { 0 }, people = { 0 }, other = { 0 };
  g_autoptr (JsonNode) node = NULL;
  g_auto (GStrv) line = NULL;
  JsonArray *said;

  mixq_call (&ran, "run csl --model gin --layers 2 --epochs 3,2,3 --hidden 8 --quiet --out %s", model);
  g_assert_cmpint (ran.status, ==, 0);
  node = mixq_call_json ("predict %s csl", model);
  g_assert_cmpstr (json_node_get_string (member (node, "task")), ==, "graphs");
  g_assert_cmpstr (json_node_get_string (member (node, "metric")), ==, "accuracy");
  g_assert_true (json_node_get_boolean (member (node, "same_data")));
  said = json_node_get_array (member (node, "predictions"));
  g_assert_cmpuint (json_array_get_length (said), ==, 150);
  g_assert_true (g_file_get_contents (path, &csv, NULL, NULL));
  line = g_strsplit (g_strchomp (csv), "\n", -1);
  g_assert_cmpuint (g_strv_length (line), ==, 150 + 1);
  for (guint i = 0; i < 150; i++) { /* classes of csl are called by their step: "step 2", ... */
    g_auto (GStrv) field = g_strsplit (line[i + 1], ",", -1);
    guint class = (guint) json_array_get_int_element (said, i);
    static const guint step[] = { 2, 3, 4, 5, 6, 9, 11, 12, 13, 16 };

    g_assert_cmpuint (class, <, G_N_ELEMENTS (step));
    g_assert_cmpuint ((guint) g_ascii_strtoull (field[4] + strcspn (field[4], "0123456789"), NULL, 10), ==,
                      step[class]);
  }
  mixq_call (&people, "predict %s csl", model);
  g_assert_nonnull (strstr (people.out, "150 graphs"));
  mixq_call (&other, "predict %s karate", model);
  assert_refused (&other, 1, "graphs");
}

/* Several answers a node: the metric has its own name, and every node its answers. */
static void
test_answers (Fixture *self, gconstpointer data)
{
  g_autofree char *model = g_build_filename (self->folder, "answers", NULL);
  g_autofree char *path = shared_data ("samples/ogbn_tiny_multilabel");
  g_auto (Ended) ran = { 0 }, people = { 0 };
  g_autoptr (JsonNode) node = NULL;
  JsonArray *answers;

  if (path == NULL)
    return;
  mixq_call (&ran, "run %s --model sage " SHORT " --out %s", path, model);
  g_assert_cmpint (ran.status, ==, 0);
  node = mixq_call_json ("predict %s %s", model, path);
  g_assert_cmpstr (json_node_get_string (member (node, "metric")), ==, "roc-auc");
  answers = json_node_get_array (member (node, "answers"));
  g_assert_cmpuint (json_array_get_length (answers), ==, 24);
  g_assert_cmpuint (strlen (json_array_get_string_element (answers, 0)), ==, 5);
  mixq_call (&people, "predict %s %s", model, path);
  g_assert_nonnull (strstr (people.out, "ROC-AUC in %"));
}

static void
test_float (Fixture *self, gconstpointer data)
{
  g_autoptr (JsonNode) node = mixq_call_json ("predict %s karate --engine float32", self->model);

  g_assert_cmpstr (json_node_get_string (member (node, "engine")), ==, "float32");
  g_assert_cmpfloat (number (node, "accuracy.train"), >, 0.9);
}

static void
test_people (Fixture *self, gconstpointer data)
{
  g_auto (Ended) ended = { 0 };

  mixq_call (&ended, "predict %s karate --split random:1", self->model);
  g_assert_cmpint (ended.status, ==, 0);
  g_assert_nonnull (strstr (ended.out, "another split"));
}

static void
test_other_shape (Fixture *self, gconstpointer data)
{
  g_autofree char *path = shared_data ("planetoid/ind.cora");
  g_auto (Ended) ended = { 0 };

  if (path == NULL)
    return;
  mixq_call (&ended, "predict %s %s", self->model, path);
  assert_refused (&ended, 1, "34 features");
}

/* Widths and scales of nodes fit their own graph, under any split, and no other. */
static void
test_other_graph (Fixture *self, gconstpointer data)
{
  g_autofree char *model = g_build_filename (self->folder, "nodes", NULL);
  g_autofree char *path = shared_data ("planetoid/ind.cora");
  g_auto (Ended) ran = { 0 }, split = { 0 }, ended = { 0 };

  mixq_call (&ran, "run karate " SHORT " --scheme a2q --out %s", model);
  g_assert_cmpint (ran.status, ==, 0);
  mixq_call (&split, "predict %s karate --split random:1", model);
  g_assert_cmpint (split.status, ==, 0);
  if (path == NULL)
    return;
  mixq_call (&ended, "predict %s %s", model, path);
  assert_refused (&ended, 1, "34 features");
}

/* The folder's own file holds the very bytes of the export. */
static void
test_export (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "model.safetensors", NULL);
  g_autofree char *own = g_build_filename (self->model, "model.safetensors", NULL), *a = NULL, *b = NULL;
  g_autoptr (JsonNode) node = mixq_call_json ("export %s --to safetensors --out %s", self->model, path);
  g_auto (Ended) refused = { 0 }, people = { 0 };
  gsize n_a, n_b;

  assert_keys (object_of (node), "format", "path", "bytes", "dataset", "codes", "predictions", NULL);
  g_assert_cmpfloat (number (node, "codes"), ==, 1.0);
  g_assert_cmpfloat (number (node, "predictions"), ==, 1.0);
  g_assert_true (g_file_get_contents (path, &a, &n_a, NULL));
  g_assert_true (g_file_get_contents (own, &b, &n_b, NULL));
  g_assert_cmpmem (a, n_a, b, n_b);
  mixq_call (&refused, "export %s --to safetensors --out %s", self->model, path);
  assert_refused (&refused, 1, "--force");
  mixq_call (&people, "export %s karate --to safetensors --out %s --force", self->model, path);
  g_assert_nonnull (strstr (people.out, "100 % of the codes"));
}

/* A folder that was damaged is refused in a sentence. */
static void
test_damaged (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->model, "model.safetensors", NULL);
  g_autofree char *bytes = NULL;
  g_auto (Ended) ended = { 0 };
  gsize length;

  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (path, bytes, (gssize) length / 2, NULL));
  mixq_call (&ended, "predict %s karate", self->model);
  assert_refused (&ended, 1, "model.safetensors");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/cli/predict/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("same", test_same);
  ADD ("graphs", test_graphs);
  ADD ("answers", test_answers);
  ADD ("float32", test_float);
  ADD ("people", test_people);
  ADD ("other-shape", test_other_shape);
  ADD ("other-graph", test_other_graph);
  ADD ("export", test_export);
  ADD ("damaged", test_damaged);
#undef ADD
  return g_test_run ();
}
