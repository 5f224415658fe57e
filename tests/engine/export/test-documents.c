/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The documents of a run: their keys, and config.json against the schema that is shipped. */
#include "fixture.h"

#include <math.h>
#include <sys/wait.h>

#include "base/mixq-json.h"

/* Accuracies are counts over counts: sums of a few of them are exact to this. */
#define ROUNDING 1e-12

/* --- keys ---------------------------------------------------------------------------------------------------------- */

/* The members of @object, in their order, with blanks between. */
static char *
keys (JsonObject *object)
{
  g_autoptr (GList) names = json_object_get_members (object);
  GString *text = g_string_new (NULL);

  for (GList *item = names; item != NULL; item = item->next)
    g_string_append_printf (text, "%s%s", item == names ? "" : " ", (const char *) item->data);
  return g_string_free (text, FALSE);
}

static void
assert_keys (JsonObject *object, const char *member, const char *expected)
{
  g_autofree char *names = keys (member != NULL ? json_object_get_object_member (object, member) : object);

  g_assert_cmpstr (names, ==, expected);
}

#define RUN_KEYS                                                                                             \
  "dataset config slots metric accuracy agreement average_bits bitops bitops_search_convention "             \
  "product_bitops "                                                                                          \
  "executed_operations bytes seconds epoch_ms peak_mib warnings log"

static JsonNode *
document_of (const MixqRunResult *result)
{
  g_autoptr (JsonNode) node = mixq_run_result_to_json (result);
  g_autofree char *text = mixq_json_to_text (node, TRUE);
  g_autoptr (GError) error = NULL;
  JsonNode *back = mixq_json_parse (text, strlen (text), "run", &error);

  g_assert_no_error (error);
  return back;
}

static void
test_run_keys (void)
{
  MixqRunConfig config = fixture_config ();
  g_autoptr (MixqRunResult) result = fixture_run (&config, NULL);
  g_autoptr (JsonNode) node = document_of (result);
  JsonObject *run = json_node_get_object (node), *slot, *bitops;
  JsonArray *slots = json_object_get_array_member (run, "slots");

  assert_keys (run, NULL, RUN_KEYS);
  assert_keys (run, "dataset", "name sha256 task items graphs nodes edges features classes");
  assert_keys (run, "accuracy", "relaxed float32 quantized integer");
  assert_keys (json_object_get_object_member (run, "accuracy"), "relaxed", "train val test");
  assert_keys (run, "agreement", "codes predictions");
  assert_keys (run, "bitops", "float32 quantized reduction");
  assert_keys (run, "bitops_search_convention", "float32 quantized reduction");
  assert_keys (run, "bytes", "float32 quantized");
  assert_keys (run, "seconds", "float32 search qat integer_inference total");
  assert_keys (run, "epoch_ms", "float32 search qat");
  g_assert_true (json_object_get_null_member (run, "log"));
  bitops = json_object_get_object_member (run, "bitops");
  g_assert_true (json_node_get_value_type (json_object_get_member (bitops, "quantized")) == G_TYPE_INT64);
  g_assert_cmpint (json_object_get_int_member (bitops, "float32"), ==, (gint64) result->cost_float.bitops);
  g_assert_cmpint (json_object_get_int_member (bitops, "quantized"), ==, (gint64) result->cost.bitops);
  g_assert_cmpuint (json_array_get_length (slots), ==, 9);
  slot = json_array_get_object_element (slots, 1);
  assert_keys (slot, NULL, "name bits node_bits alpha elements nonzeros signed scale zero_point");
  g_assert_cmpstr (json_object_get_string_member (slot, "name"), ==, "conv1.weight");
  g_assert_true (json_object_get_boolean_member (slot, "signed"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (slot, "scale")), ==, 7);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (slot, "alpha")), ==, 3);
  g_assert_cmpint (json_object_get_int_member (slot, "zero_point"), ==, 0);
}

static gboolean
is_null (JsonObject *object, const char *parent, const char *member)
{
  return json_object_get_null_member (json_object_get_object_member (object, parent), member);
}

static void
test_run_nulls (void)
{
  MixqRunConfig config = fixture_config ();
  g_autoptr (MixqRunResult) result = NULL, published = NULL;
  g_autoptr (JsonNode) node = NULL, reference = NULL;
  JsonObject *run;

  config.method = MIXQ_METHOD_FIXED;
  memset (config.fixed, 4, 9);
  result = fixture_run (&config, NULL);
  node = document_of (result);
  run = json_node_get_object (node);
  g_assert_true (is_null (run, "accuracy", "relaxed") && is_null (run, "seconds", "search") &&
                 is_null (run, "epoch_ms", "search"));
  g_assert_true (json_object_get_null_member (
      json_array_get_object_element (json_object_get_array_member (run, "slots"), 0), "alpha"));
  g_assert_false (is_null (run, "accuracy", "integer"));

  config = fixture_config ();
  mixq_run_config_set_reference (&config);
  config.epochs_float = config.epochs_search = config.epochs_qat = 3;
  published = fixture_run (&config, NULL);
  reference = document_of (published);
  run = json_node_get_object (reference);
  assert_keys (run, NULL, RUN_KEYS);
  g_assert_true (is_null (run, "accuracy", "integer") && is_null (run, "seconds", "integer_inference") &&
                 is_null (run, "agreement", "codes"));
  g_assert_true (json_object_get_null_member (
      json_array_get_object_element (json_object_get_array_member (run, "slots"), 0), "scale"));
}

/* A data set without validation nodes has no such accuracy. */
static void
test_run_without_validation (void)
{
  g_autoptr (MixqDataset) dataset = fixture_dataset (), without = NULL;
  MixqRunConfig config = fixture_config ();
  g_autoptr (MixqRunResult) result = NULL;
  g_autoptr (JsonNode) node = NULL;
  guint8 part[FIXTURE_NODES];
  JsonObject *accuracy;

  for (guint i = 0; i < FIXTURE_NODES; i++)
    part[i] = dataset->part[i] == MIXQ_PART_VAL ? MIXQ_PART_NONE : dataset->part[i];
  without = mixq_dataset_with_parts (dataset, part, NULL);
  result = fixture_run_on (without, &config, NULL);
  node = document_of (result);
  accuracy = json_object_get_object_member (json_node_get_object (node), "accuracy");
  g_assert_true (is_null (accuracy, "integer", "val"));
  g_assert_false (is_null (accuracy, "integer", "test"));
}

static double
deep (JsonObject *object, const char *a, const char *b, const char *c)
{
  object = json_object_get_object_member (json_object_get_object_member (object, a), b);
  return json_object_get_double_member (object, c);
}

static void
test_runs (void)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) mixq_run_result_free);
  MixqRunConfig config = fixture_config ();
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object, *mean, *std;
  double a, b;

  for (config.seed = 0; config.seed < 2; config.seed++)
    g_ptr_array_add (results, fixture_run (&config, NULL));
  node = mixq_runs_to_json (results);
  object = json_node_get_object (node);
  assert_keys (object, NULL, "runs mean std median");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "runs")), ==, 2);
  mean = json_object_get_object_member (object, "mean");
  std = json_object_get_object_member (object, "std");
  assert_keys (mean, NULL, "accuracy bitops bitops_search_convention seconds");
  assert_keys (std, "accuracy", "relaxed float32 quantized integer");
  a = ((MixqRunResult *) g_ptr_array_index (results, 0))->float_model->accuracy.part[MIXQ_PART_TEST];
  b = ((MixqRunResult *) g_ptr_array_index (results, 1))->float_model->accuracy.part[MIXQ_PART_TEST];
  g_assert_cmpfloat_with_epsilon (deep (mean, "accuracy", "float32", "test"), (a + b) / 2, ROUNDING);
  g_assert_cmpfloat_with_epsilon (deep (std, "accuracy", "float32", "test"), fabs (a - b) / 2,
                                  ROUNDING); /* population */
}

/* --- the schema ---------------------------------------------------------------------------------------------------- */

static JsonNode *
read_json (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  JsonNode *node;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  node = json_from_string (text, &error);
  g_assert_no_error (error);
  return node;
}

/* Follows "#/$defs/NAME". */
static JsonObject *
resolve (JsonObject *root, JsonObject *schema)
{
  const char *ref = json_object_get_string_member_with_default (schema, "$ref", NULL);

  if (ref == NULL)
    return schema;
  g_assert_true (g_str_has_prefix (ref, "#/$defs/"));
  return json_object_get_object_member (json_object_get_object_member (root, "$defs"),
                                        ref + strlen ("#/$defs/"));
}

/* Without a validator at hand: objects have exactly the members that the schema lists, all the way down. */
static void
check_members (JsonObject *root, JsonObject *schema, JsonNode *node, const char *where)
{
  JsonObject *properties;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  schema = resolve (root, schema);
  if (JSON_NODE_HOLDS_ARRAY (node) && json_object_has_member (schema, "items")) {
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      check_members (root, json_object_get_object_member (schema, "items"),
                     json_array_get_element (json_node_get_array (node), i), where);
    return;
  }
  if (!JSON_NODE_HOLDS_OBJECT (node) || !json_object_has_member (schema, "required") ||
      json_object_has_member (schema, "oneOf"))
    return;
  properties = json_object_get_object_member (schema, "properties");
  g_test_message ("%s", where);
  g_assert_cmpuint (json_object_get_size (properties), ==,
                    json_array_get_length (json_object_get_array_member (schema, "required")));
  g_assert_cmpuint (json_object_get_size (properties), ==,
                    json_object_get_size (json_node_get_object (node)));
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, &value)) {
    g_assert_true (json_object_has_member (properties, name));
    check_members (root, json_object_get_object_member (properties, name), value, name);
  }
}

/* Returns: the exit status of a validator over @document, 77 where Python has none. */
static int
validate (const char *schema, const char *document)
{
  static const char program[] =
      "import json, sys\n"
      "try:\n"
      "  from jsonschema import Draft202012Validator as V\n"
      "except Exception:\n"
      "  sys.exit(77)\n"
      "schema = json.load(open(sys.argv[1], encoding='utf-8'))\n"
      "V.check_schema(schema)\n"
      "errors = list(V(schema).iter_errors(json.load(open(sys.argv[2], encoding='utf-8'))))\n"
      "for e in errors: print('#', list(e.absolute_path), e.message[:200], file=sys.stderr)\n"
      "sys.exit(1 if errors else 0)\n";
  const char *argv[] = { "python3", "-c", program, schema, document, NULL };
  int status;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL))
    return 77;
  return WIFEXITED (status) ? WEXITSTATUS (status) : 1;
}

static void
spoil (const char *path, const char *spoilt, const char *from, const char *to)
{
  g_autofree char *text = NULL;
  g_autoptr (GString) changed = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  changed = g_string_new (text);
  g_assert_cmpuint (g_string_replace (changed, from, to, 1), ==, 1);
  g_assert_true (g_file_set_contents (spoilt, changed->str, -1, NULL));
}

static void
test_schema (void)
{
  const char *schema = g_getenv ("MIXQ_CONFIG_SCHEMA");
  g_autofree char *root = fixture_temporary (), *folder = g_build_filename (root, "out", NULL);
  g_autofree char *path = g_build_filename (folder, "config.json", NULL),
                  *spoilt = g_build_filename (root, "spoilt", NULL);
  MixqRunConfig config = fixture_config ();
  g_autoptr (GArray) commands = fixture_commands ();
  g_autoptr (MixqRunResult) result = NULL;
  g_autoptr (JsonNode) document = NULL, shape = NULL;
  int status;

  if (schema == NULL) {
    g_test_skip ("MIXQ_CONFIG_SCHEMA does not say where data/config.schema.json is");
    fixture_remove (root);
    return;
  }
  config.cost = MIXQ_COST_MS; /* the axis that writes its table down */
  result = fixture_run (&config, commands);
  g_assert_true (mixq_model_folder_write (result, folder, FALSE, NULL));
  document = read_json (path);
  shape = read_json (schema);
  check_members (json_node_get_object (shape), json_node_get_object (shape), document, "config.json");
  status = validate (schema, path);
  if (status == 77) {
    g_test_skip ("members agree with the schema; python3-jsonschema is not here to check the rest");
  } else {
    g_assert_cmpint (status, ==, 0);
    spoil (path, spoilt, "\"hidden\": 7", "\"hidden\": 0"); /* the validator does look */
    g_assert_cmpint (validate (schema, spoilt), ==, 1);
    spoil (path, spoilt, "\"command\": \"unpin\"", "\"command\": \"pin\"");
    g_assert_cmpint (validate (schema, spoilt), ==, 1);
  }
  fixture_remove (root);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/export/documents/run-keys", test_run_keys);
  g_test_add_func ("/engine/export/documents/run-nulls", test_run_nulls);
  g_test_add_func ("/engine/export/documents/run-without-validation", test_run_without_validation);
  g_test_add_func ("/engine/export/documents/runs", test_runs);
  g_test_add_func ("/engine/export/documents/schema", test_schema);
  return g_test_run ();
}
