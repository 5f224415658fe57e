/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every architecture for every task as files: there and back to the same integers; and vectors that were damaged. */
#include "fixture.h"

#include <math.h>

#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "export/mixq-model-folder-private.h"
#include "run/mixq-inference.h"
#include "train/mixq-task.h"

#define GRAPHS 12
#define ANSWERS 4

/* --- data of every task -------------------------------------------------------------------------------------------- */

static const guint8 *
parts_of (gsize n)
{
  static guint8 part[FIXTURE_NODES];

  for (gsize i = 0; i < n; i++)
    part[i] = (guint8) (i % 4 == 3 ? MIXQ_PART_TRAIN : i % 4);
  return part;
}

/* Graph g has 3 + g % 5 nodes, the last one the rest: a chain, closed to a ring in every second one. */
static void
make_graphs (MixqDataset *dataset)
{
  guint32 src[2 * FIXTURE_NODES], dst[2 * FIXTURE_NODES];
  gsize n = 0;

  dataset->n_graphs = GRAPHS;
  dataset->n_classes = 2;
  dataset->graph_ptr = g_new0 (gsize, GRAPHS + 1);
  dataset->graph_labels = g_new (gint32, GRAPHS);
  dataset->item_part = g_memdup2 (parts_of (GRAPHS), GRAPHS);
  for (gsize g = 0; g < GRAPHS; g++) {
    gsize from = dataset->graph_ptr[g], to = g + 1 < GRAPHS ? from + 3 + g % 5 : FIXTURE_NODES;

    dataset->graph_ptr[g + 1] = to;
    dataset->graph_labels[g] = (gint32) (g % 2);
    for (gsize i = from + 1; i < to + g % 2; i++, n++) {
      src[n] = (guint32) i - 1;
      dst[n] = (guint32) (i < to ? i : from);
    }
  }
  dataset->graph_labels[GRAPHS - 1] = -1;
  dataset->item_part[GRAPHS - 1] = MIXQ_PART_NONE;
  dataset->graph = mixq_csr_new_from_edges (FIXTURE_NODES, src, dst, n, NULL);
}

static void
make_targets (MixqDataset *dataset, MixqRandom *random)
{
  static const char *const names[] = { "grows", "binds, or not", "moves", "task 3", NULL };

  dataset->n_classes = ANSWERS;
  dataset->class_names = g_strdupv ((char **) names);
  dataset->item_part = g_memdup2 (parts_of (FIXTURE_NODES), FIXTURE_NODES);
  dataset->targets = g_malloc (FIXTURE_NODES * ANSWERS);
  dataset->graph = fixture_graph (random);
  for (gsize i = 0; i < FIXTURE_NODES * ANSWERS; i++)
    dataset->targets[i] = i % 11 == 5 ? MIXQ_TARGET_UNKNOWN : (guint8) (i / ANSWERS % 3 == i % ANSWERS % 3);
}

static MixqDataset *
dataset_for (MixqTask task)
{
  MixqDataset *dataset;
  g_autoptr (GError) error = NULL;
  MixqRandom random;

  if (task == MIXQ_TASK_NODES)
    return fixture_dataset ();
  mixq_random_init (&random, 11, "fixture");
  dataset = mixq_dataset_alloc ("toy", "A toy", "built-in");
  dataset->task = task;
  dataset->n_nodes = FIXTURE_NODES;
  dataset->features = fixture_features (&random);
  dataset->labels = g_new (gint32, FIXTURE_NODES);
  dataset->part = g_malloc0 (FIXTURE_NODES);
  for (gsize i = 0; i < FIXTURE_NODES; i++)
    dataset->labels[i] = -1;
  if (task == MIXQ_TASK_GRAPHS)
    make_graphs (dataset);
  else
    make_targets (dataset, &random);
  g_assert_true (mixq_dataset_seal (dataset, &error));
  g_assert_no_error (error);
  return dataset;
}

/* --- models -------------------------------------------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  MixqModelSpec spec;
} Case;

static const Case cases[] = {
  { "gcn", { MIXQ_ARCH_GCN, 2, 6, 0.3 } },
  { "gcn-norm-residual", { MIXQ_ARCH_GCN, 3, 6, 0, .batch_norm = TRUE, .residual = TRUE } },
  { "gin", { MIXQ_ARCH_GIN, 2, 6, 0, .batch_norm = TRUE } },
  { "gin-eps-residual",
    { MIXQ_ARCH_GIN, 2, 6, 0, .batch_norm = TRUE, .eps = TRUE, .residual = TRUE, .pool = MIXQ_POOL_SUM } },
  { "sage-sum", { MIXQ_ARCH_SAGE, 2, 6, 0.3 } },
  { "sage-mean", { MIXQ_ARCH_SAGE, 2, 6, 0, .batch_norm = TRUE, .aggregator = MIXQ_AGGREGATOR_MEAN } },
  { "tag", { MIXQ_ARCH_TAG, 2, 6, 0, .hops = 2, .pool = MIXQ_POOL_MEAN } },
  { "gat", { MIXQ_ARCH_GAT, 2, 6, 0, .heads = 2, .batch_norm = TRUE } },
};

/* A short run with widths of all kinds; NULL, after g_test_skip(), for a model that is not built yet. */
static MixqRunResult *
run_case (const MixqModelSpec *spec, MixqTask task)
{
  static const guint8 widths[] = { 8, 4, 8, 5, 3, 16, 2 };
  g_autoptr (MixqDataset) dataset = dataset_for (task);
  g_autoptr (MixqInputs) inputs = mixq_inputs_new (dataset);
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqModel) model = mixq_model_new (spec, dataset, &error);
  MixqRunConfig config = fixture_config ();
  MixqRunResult *result;

  if (g_error_matches (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED)) {
    g_test_skip (error->message);
    return NULL;
  }
  g_assert_no_error (error);
  config.method = MIXQ_METHOD_FIXED;
  config.epochs_float = config.epochs_qat = 4;
  for (guint s = 0; s < model->n_slots; s++)
    config.fixed[s] = widths[s % G_N_ELEMENTS (widths)];
  result = mixq_run (model, inputs, &config, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return result;
}

static void
assert_same_vectors (const MixqFrozen *a, const MixqFrozen *b)
{
  for (guint u = 0; u < a->model->n_units; u++) {
    const MixqUnit *unit = &a->model->units[u];
    gsize n = unit->in_cols * (unit->kind == MIXQ_UNIT_ATTEND ? 2 : unit->out_cols);

    g_assert_true ((a->vector[u] == NULL) == (b->vector[u] == NULL));
    g_assert_true ((a->vector[u] != NULL) == (mixq_frozen_vector_size (unit) > 0));
    if (a->vector[u] != NULL)
      g_assert_cmpmem (a->vector[u], mixq_frozen_vector_size (unit) * sizeof (float), b->vector[u],
                       mixq_frozen_vector_size (unit) * sizeof (float));
    g_assert_true ((a->weight[u] == NULL) == (b->weight[u] == NULL));
    if (a->weight[u] != NULL)
      g_assert_cmpmem (a->weight[u], n * sizeof (gint32), b->weight[u], n * sizeof (gint32));
  }
}

static void
assert_same_predictions (const MixqRunResult *result, MixqFrozen *frozen)
{
  gsize n = result->finished->n_items;
  g_autofree guint16 *prediction = g_new (guint16, n);
  g_autofree guint8 *confidence = g_malloc (n);
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqInference)
      said = mixq_infer (frozen, result->inputs, MIXQ_ENGINE_INTEGER, FALSE, 1, NULL, &error);
  double codes, predictions;

  g_assert_no_error (error);
  mixq_task_predict_double (result->inputs, said->logits, prediction, confidence);
  g_assert_cmpmem (prediction, n * sizeof *prediction, result->finished->prediction, n * sizeof *prediction);
  g_assert_cmpmem (confidence, n, result->finished->confidence, n);
  g_assert_true (mixq_infer_compare (result->finished->frozen, frozen, result->inputs, NULL, &codes,
                                     &predictions, &error));
  g_assert_cmpfloat (codes, ==, 1);
  g_assert_cmpfloat (predictions, ==, 1);
}

static guint
count_lines (const char *folder, const char *file)
{
  g_autoptr (GBytes) bytes = fixture_read (folder, file);
  const char *text = g_bytes_get_data (bytes, NULL);
  guint lines = 0;

  for (gsize i = 0; i < g_bytes_get_size (bytes); i++)
    lines += text[i] == '\n';
  return lines;
}

static void
test_round_trip (gconstpointer data)
{
  const Case *c = data;

  for (int task = MIXQ_TASK_NODES; task <= MIXQ_TASK_GRAPHS; task++) {
    g_autoptr (MixqRunResult) result = run_case (&c->spec, (MixqTask) task);
    g_autofree char *root = NULL, *path = NULL;
    g_autoptr (MixqModelFolder) folder = NULL;
    g_autoptr (GError) error = NULL;

    if (result == NULL)
      return;
    root = fixture_temporary ();
    path = g_build_filename (root, "out", NULL);
    g_assert_cmpfloat (result->finished->agreement_codes, ==, 1);
    mixq_model_folder_write (result, path, FALSE, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (count_lines (path, "predictions.csv"), ==, 1 + result->finished->n_items);
    folder = mixq_model_folder_read (path, &error);
    g_assert_no_error (error);
    g_assert_true (folder->model->task == (MixqTask) task);
    g_assert_cmpuint (folder->model->n_graphs, ==, result->model->n_graphs);
    g_assert_true (mixq_model_folder_fits (folder, result->inputs->dataset, &error));
    assert_same_vectors (result->finished->frozen, folder->frozen);
    assert_same_predictions (result, folder->frozen);
    fixture_remove (root);
  }
}

/* --- tables -------------------------------------------------------------------------------------------------------- */

/* Lines of predictions.csv of a run on @task; its folder is gone again. */
static char **
table_of (MixqTask task, MixqRunResult **result)
{
  g_autofree char *root = fixture_temporary (), *path = g_build_filename (root, "out", NULL), *text = NULL;
  g_autoptr (GBytes) bytes = NULL;

  *result = run_case (&cases[2].spec, task);
  g_assert_true (mixq_model_folder_write (*result, path, FALSE, NULL));
  bytes = fixture_read (path, "predictions.csv");
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  fixture_remove (root);
  return g_strsplit (text, "\n", -1);
}

static void
test_graph_table (void)
{
  g_autoptr (MixqRunResult) result = NULL;
  g_auto (GStrv) line = table_of (MIXQ_TASK_GRAPHS, &result);
  g_autofree char *expected = g_strdup_printf ("1,4,class 1,train,class %u,%.3f",
                                               result->finished->prediction[1],
                                               result->finished->confidence[1] / 255.0);

  g_assert_cmpstr (line[0], ==, "graph,nodes,truth,part,prediction,confidence");
  g_assert_cmpstr (line[2], ==, expected);
  g_assert_nonnull (strstr (line[GRAPHS], ",,none,class ")); /* no truth */
}

/* Answers: each is what the sign of the model's own logit says, and the counts are theirs. */
static void
test_answer_table (void)
{
  g_autoptr (MixqRunResult) result = NULL;
  g_auto (GStrv) line = table_of (MIXQ_TASK_NODE_TARGETS, &result);
  g_autoptr (MixqInference) said = mixq_infer (result->finished->frozen, result->inputs,
                                               MIXQ_ENGINE_SIMULATED, FALSE, 1, NULL, NULL);
  guint all = 0;

  g_assert_cmpstr (
      line[0], ==,
      "node,name,part,known,right,yes,prediction,confidence,grows,\"binds, or not\",moves,task 3");
  for (gsize r = 0; r < FIXTURE_NODES; r++) {
    const guint8 *target = result->inputs->dataset->targets + r * ANSWERS;
    guint known = 0, right = 0, yes = 0;
    g_autoptr (GString) end = g_string_new (NULL);
    g_autofree char *counts = NULL;

    for (gsize c = 0; c < ANSWERS; c++) {
      gboolean is_yes = said->logits[r * ANSWERS + c] > 0;

      yes += is_yes;
      known += target[c] <= 1;
      right += target[c] == is_yes;
      g_string_append (end, is_yes ? ",1" : ",0");
    }
    counts = g_strdup_printf (",%u,%u,%u,", known, right, yes);
    g_assert_nonnull (strstr (line[r + 1], counts));
    g_assert_true (g_str_has_suffix (line[r + 1], end->str));
    all += yes;
  }
  g_assert_cmpuint (all, >, 0);
}

/* --- damage -------------------------------------------------------------------------------------------------------- */

static void
assert_refused (MixqModel *model, const MixqSafetensors *file, MixqErrorCode code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqFrozen) frozen = mixq_frozen_from_tensors (model, file, "file", &error);

  g_assert_null (frozen);
  g_test_message ("%s", error->message);
  g_assert_error (error, MIXQ_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, part));
}

/* The vector of the unit called @name, of a model that nobody else holds. */
static float *
vector_of (const MixqFrozen *frozen, const char *name)
{
  for (guint u = 0; u < frozen->model->n_units; u++)
    if (strcmp (frozen->model->units[u].name, name) == 0 && frozen->vector[u] != NULL)
      return frozen->vector[u];
  g_error ("no unit called %s has numbers", name);
}

static void
test_bad_vectors (void)
{
  static const struct
  {
    const char *unit, *tensor;
    guint at; /* of the vector */
    float value;
    gboolean good;
  } bad[] = {
    { "conv1.batch-norm", "conv1.batch-norm.scale", 2, (float) NAN, FALSE },
    { "conv1.batch-norm", "conv1.batch-norm.scale", 0, 0, FALSE },
    { "conv1.batch-norm", "conv1.batch-norm.scale", 0, -1, TRUE },
    { "conv1.batch-norm", "conv1.batch-norm.shift", 6, -INFINITY, FALSE },
    { "conv1.batch-norm", "conv1.batch-norm.shift", 6, 0, TRUE },
    { "conv2.mlp1.linear", "conv2.mlp1.linear.bias", 5, INFINITY, FALSE },
    { "conv2.mlp1.linear", "conv2.mlp1.linear.bias", 5, 0, TRUE },
    { "conv2.propagate", "conv2.propagate.eps", 0, (float) NAN, FALSE },
  };
  g_autoptr (MixqRunResult) result = run_case (&cases[3].spec, MIXQ_TASK_GRAPHS);
  MixqFrozen *frozen = result->finished->frozen;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    float *value = vector_of (frozen, bad[i].unit) + bad[i].at, kept = *value;
    g_autoptr (MixqSafetensors) file = NULL;

    *value = bad[i].value;
    file = mixq_frozen_to_tensors (frozen);
    *value = kept;
    if (bad[i].good) {
      g_autoptr (GError) error = NULL;
      g_autoptr (MixqFrozen) read = mixq_frozen_from_tensors (result->model, file, "file", &error);

      g_assert_no_error (error);
      g_assert_cmpfloat (vector_of (read, bad[i].unit)[bad[i].at], ==, bad[i].value);
    } else {
      assert_refused (result->model, file, MIXQ_ERROR_VALUE, bad[i].tensor);
    }
  }
}

/* The tensors of one model read as another: a vector too many, too few, of another length. */
static void
test_other_model (void)
{
  const MixqModelSpec plain = { MIXQ_ARCH_GIN, 2, 6, 0, .batch_norm = TRUE, .pool = MIXQ_POOL_SUM };
  MixqModelSpec with_eps = plain, wider = plain;
  g_autoptr (MixqRunResult) a = run_case (&plain, MIXQ_TASK_GRAPHS), b = NULL, c = NULL;
  g_autoptr (MixqSafetensors) one = mixq_frozen_to_tensors (a->finished->frozen), two = NULL;

  with_eps.eps = TRUE;
  wider.hidden = 7;
  b = run_case (&with_eps, MIXQ_TASK_GRAPHS);
  c = run_case (&wider, MIXQ_TASK_GRAPHS);
  two = mixq_frozen_to_tensors (b->finished->frozen);
  assert_refused (b->model, one, MIXQ_ERROR_PARSE, "conv1.propagate.eps");
  assert_refused (a->model, two, MIXQ_ERROR_PARSE, "no use for");
  assert_refused (c->model, one, MIXQ_ERROR_SHAPE, "conv1.mlp1.weight");
}

/* Scales for every node belong to one graph: a model of graphs has no use for them. */
static void
test_nodes_of_graphs (void)
{
  g_autoptr (MixqRunResult) result = run_case (&cases[0].spec, MIXQ_TASK_GRAPHS);
  MixqFrozen *frozen = result->finished->frozen;
  MixqFrozenSlot *slot = &frozen->slots[mixq_model_find_slot (result->model, "conv1.input")];
  g_autoptr (MixqSafetensors) file = NULL;

  slot->granularity = MIXQ_PER_ROW;
  slot->n = FIXTURE_NODES;
  slot->scale = g_renew (float, slot->scale, slot->n);
  slot->zero = g_renew (gint32, slot->zero, slot->n);
  for (gsize i = 0; i < slot->n; i++) {
    slot->scale[i] = 1;
    slot->zero[i] = 0;
  }
  mixq_frozen_bind_graph (frozen, result->inputs->dataset);
  file = mixq_frozen_to_tensors (frozen);
  assert_refused (result->model, file, MIXQ_ERROR_UNSUPPORTED, "graphs of any size");
}

/* Every bit flipped, digest out of the way: an error, or integers that inference can stand. */
static void
test_flipped (void)
{
  const MixqModelSpec spec = { MIXQ_ARCH_GIN, 2, 2, 0, .batch_norm = TRUE, .eps = TRUE };
  g_autoptr (MixqRunResult) result = run_case (&spec, MIXQ_TASK_GRAPHS);
  g_autoptr (MixqSafetensors) file = mixq_frozen_to_tensors (result->finished->frozen);
  g_autoptr (GBytes) whole = mixq_safetensors_to_bytes (file);
  gsize size;
  const guint8 *bytes = g_bytes_get_data (whole, &size);
  guint n_passed = 0;

  for (gsize bit = 0; bit < 8 * size; bit += 5) {
    guint8 *copy = g_memdup2 (bytes, size);
    g_autoptr (GBytes) flipped = g_bytes_new_take (copy, size);
    g_autoptr (MixqSafetensors) tensors = NULL;
    g_autoptr (MixqFrozen) frozen = NULL;
    g_autoptr (MixqExec) exec = NULL;

    copy[bit / 8] ^= (guint8) (1u << (bit % 8));
    tensors = mixq_safetensors_parse (flipped, "flipped", NULL);
    frozen = tensors != NULL ? mixq_frozen_from_tensors (result->model, tensors, "flipped", NULL) : NULL;
    if (frozen == NULL)
      continue;
    exec = mixq_exec_new (frozen, result->inputs, MIXQ_ENGINE_INTEGER, NULL, NULL);
    g_assert_nonnull (exec);
    n_passed++;
  }
  g_assert_cmpuint (n_passed, >, 0);
}

/* What config.json says of task and graphs must be such a thing. */
static void
test_bad_documents (void)
{
  static const struct
  {
    const char *from, *to;
    int code;
  } bad[] = {
    { "\"task\": \"graphs\"", "\"task\": \"edges\"", MIXQ_ERROR_PARSE },
    { "\"task\": \"graphs\"", "\"task\": 2", MIXQ_ERROR_PARSE },
    { "\"task\": \"graphs\"", "\"task\": \"nodes\"", -1 }, /* another model */
    { "\"graphs\": 12", "\"graphs\": 0", MIXQ_ERROR_SHAPE },
    { "\"graphs\": 12", "\"graphs\": 61", MIXQ_ERROR_SHAPE },
    { "\"graphs\": 12", "\"graphs\": -1", MIXQ_ERROR_PARSE },
    { "\"graphs\": 12", "\"graphs\": 1152921504606846976", MIXQ_ERROR_SHAPE },
  };
  g_autoptr (MixqRunResult) result = run_case (&cases[0].spec, MIXQ_TASK_GRAPHS);
  g_autofree char *root = fixture_temporary (), *path = g_build_filename (root, "out", NULL);
  g_autoptr (GBytes) config = NULL;

  g_assert_true (mixq_model_folder_write (result, path, FALSE, NULL));
  config = fixture_read (path, "config.json");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GString)
        changed = g_string_new_len (g_bytes_get_data (config, NULL), (gssize) g_bytes_get_size (config));
    g_autoptr (GError) error = NULL;

    g_assert_cmpuint (g_string_replace (changed, bad[i].from, bad[i].to, 1), ==, 1);
    fixture_write (path, "config.json", changed->str, changed->len);
    g_assert_null (mixq_model_folder_read (path, &error));
    g_test_message ("%s: %s", bad[i].to, error->message);
    g_assert_true (error->domain == MIXQ_ERROR && (bad[i].code < 0 || error->code == bad[i].code));
  }
  fixture_remove (root);
}

/* Data of another task, or with other classes, are not for this model. */
static void
test_fits (void)
{
  g_autoptr (MixqRunResult) result = run_case (&cases[0].spec, MIXQ_TASK_GRAPHS);
  g_autofree char *root = fixture_temporary (), *path = g_build_filename (root, "out", NULL);
  g_autoptr (MixqDataset) nodes = dataset_for (MIXQ_TASK_NODES);
  g_autoptr (MixqModelFolder) folder = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mixq_model_folder_write (result, path, FALSE, NULL));
  folder = mixq_model_folder_read (path, &error);
  g_assert_no_error (error);
  g_assert_false (mixq_model_folder_fits (folder, nodes, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "graphs"));
  fixture_remove (root);
}

/* --- folders of before --------------------------------------------------------------------------------------------- */

/* Written by commit 6441562, which knew the GCN, one class a node and nothing else: it loads, and says what it said. */
static void
test_before_tasks (void)
{
  const char *tests = g_getenv ("MIXQ_TEST_FILES");
  g_autofree char *path = g_build_filename (tests != NULL ? tests : "", "folder-before-tasks", NULL);
  g_autoptr (MixqDataset) dataset = mixq_dataset_load ("karate", NULL, NULL, NULL);
  g_autoptr (MixqInputs) inputs = mixq_inputs_new (dataset);
  g_autoptr (MixqModelFolder) folder = NULL;
  g_autoptr (MixqInference) said = NULL;
  g_autoptr (GBytes) table = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) line = NULL;
  guint16 prediction[34];

  if (tests == NULL) {
    g_test_skip ("MIXQ_TEST_FILES does not say where tests/engine/export is");
    return;
  }
  folder = mixq_model_folder_read (path, &error);
  g_assert_no_error (error);
  g_assert_true (folder->model->task == MIXQ_TASK_NODES && folder->model->n_graphs == 1);
  g_assert_true (mixq_model_folder_fits (folder, dataset, &error));
  g_assert_cmpstr (folder->dataset_sha256, ==, dataset->sha256);
  said = mixq_infer (folder->frozen, inputs, MIXQ_ENGINE_INTEGER, FALSE, 1, NULL, &error);
  g_assert_no_error (error);
  mixq_task_predict_double (inputs, said->logits, prediction, NULL);
  table = fixture_read (path, "predictions.csv");
  text = g_strndup (g_bytes_get_data (table, NULL), g_bytes_get_size (table));
  line = g_strsplit (text, "\n", -1);
  for (guint i = 0; i < G_N_ELEMENTS (prediction); i++) {
    g_auto (GStrv) field = g_strsplit (line[i + 1], ",", -1);

    g_assert_cmpstr (field[4], ==, dataset->class_names[prediction[i]]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/engine/export/architectures/round-trip/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_round_trip);
  }
  g_test_add_func ("/engine/export/architectures/graph-table", test_graph_table);
  g_test_add_func ("/engine/export/architectures/answer-table", test_answer_table);
  g_test_add_func ("/engine/export/architectures/bad-vectors", test_bad_vectors);
  g_test_add_func ("/engine/export/architectures/other-model", test_other_model);
  g_test_add_func ("/engine/export/architectures/nodes-of-graphs", test_nodes_of_graphs);
  g_test_add_func ("/engine/export/architectures/flipped", test_flipped);
  g_test_add_func ("/engine/export/architectures/bad-documents", test_bad_documents);
  g_test_add_func ("/engine/export/architectures/fits", test_fits);
  g_test_add_func ("/engine/export/architectures/before-tasks", test_before_tasks);
  return g_test_run ();
}
