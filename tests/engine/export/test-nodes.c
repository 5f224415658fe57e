/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models with scales and widths for every node, as files: there and back, and damaged. */
#include "fixture.h"

#include <math.h>

#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "export/mixq-model-folder-private.h"

typedef struct
{
  char *root, *folder; /* owned */
  MixqRunResult *result;
} Fixture;

static guint
find (const MixqRunResult *result, const char *name)
{
  return (guint) mixq_model_find_slot (result->model, name);
}

/* Slot @name by node: widths 2 to 8 in turn, scales and zero-points that differ. */
static void
make_nodes (MixqRunResult *result, const char *name, gboolean is_signed)
{
  MixqFrozenSlot *slot = &result->finished->frozen->slots[find (result, name)];
  gsize n = result->model->n_nodes;
  float scale = slot->scale[0];
  guint8 *bits = g_malloc (n);

  mixq_frozen_slot_clear (slot);
  slot->granularity = MIXQ_PER_ROW;
  slot->is_signed = slot->is_narrow = is_signed;
  slot->n = n;
  slot->scale = g_new (float, n);
  slot->zero = g_new0 (gint32, n);
  for (gsize i = 0; i < n; i++) {
    bits[i] = (guint8) (2 + i % 7);
    slot->scale[i] = scale * (1 + (float) i / 100);
    slot->zero[i] = is_signed ? 0 : (gint32) (i % 3);
  }
  mixq_frozen_slot_set_row_bits (slot, bits);
}

/* Slot @name by column, one width. */
static void
make_columns (MixqRunResult *result, const char *name)
{
  guint s = find (result, name);
  MixqFrozenSlot *slot = &result->finished->frozen->slots[s];
  float scale = slot->scale[0];
  gint32 zero = slot->zero[0];

  slot->granularity = MIXQ_PER_COLUMN;
  slot->n = result->model->slots[s].cols;
  slot->scale = g_renew (float, slot->scale, slot->n);
  slot->zero = g_renew (gint32, slot->zero, slot->n);
  for (gsize c = 0; c < slot->n; c++) {
    slot->scale[c] = scale * (1 + (float) c / 10);
    slot->zero[c] = zero;
  }
}

static void
set_up (Fixture *self, gconstpointer data)
{
  MixqRunConfig config = fixture_config ();
  g_autoptr (GError) error = NULL;

  self->root = fixture_temporary ();
  self->folder = g_build_filename (self->root, "out", NULL);
  self->result = fixture_run (&config,
                              NULL); /* nobody else holds its integer model: it is changed in place */
  make_nodes (self->result, "conv1.aggregate", FALSE);
  make_nodes (self->result, "conv2.aggregate", TRUE);
  make_columns (self->result, "conv1.linear");
  mixq_frozen_bind_graph (self->result->finished->frozen, self->result->inputs->dataset);
  mixq_model_folder_write (self->result, self->folder, FALSE, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  fixture_remove (self->root);
  g_free (self->root);
  g_free (self->folder);
  mixq_run_result_free (self->result);
}

static void
assert_same_slot (const MixqFrozenSlot *x, const MixqFrozenSlot *y)
{
  g_assert_cmpuint (x->bits, ==, y->bits);
  g_assert_true (x->is_signed == y->is_signed && x->is_narrow == y->is_narrow);
  g_assert_true (x->granularity == y->granularity && x->lo == y->lo && x->hi == y->hi);
  g_assert_cmpmem (x->scale, x->n * sizeof (float), y->scale, y->n * sizeof (float));
  g_assert_cmpmem (x->zero, x->n * sizeof (gint32), y->zero, y->n * sizeof (gint32));
  g_assert_true ((x->row_bits != NULL) == (y->row_bits != NULL));
  if (x->row_bits != NULL) {
    g_assert_cmpmem (x->row_bits, x->n, y->row_bits, y->n);
    g_assert_cmpmem (x->row_lo, x->n * sizeof (gint32), y->row_lo, y->n * sizeof (gint32));
    g_assert_cmpmem (x->row_hi, x->n * sizeof (gint32), y->row_hi, y->n * sizeof (gint32));
  }
}

static void
test_round_trip (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqModelFolder) folder = mixq_model_folder_read (self->folder, &error);
  const MixqFrozen *frozen = self->result->finished->frozen;
  g_autoptr (MixqExec) here = NULL, there = NULL;

  g_assert_no_error (error);
  for (guint s = 0; s < frozen->model->n_slots; s++)
    assert_same_slot (&frozen->slots[s], &folder->frozen->slots[s]);
  g_assert_cmpstr (folder->frozen->graph_sha256, ==, self->result->inputs->dataset->graph_sha256);
  here = mixq_exec_new (self->result->finished->frozen, self->result->inputs, MIXQ_ENGINE_INTEGER, NULL,
                        &error);
  g_assert_no_error (error);
  there = mixq_exec_new (folder->frozen, self->result->inputs, MIXQ_ENGINE_SIMULATED, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (mixq_exec_compare (here, there), ==, 1);
}

/* What config.json says of such a slot: its mean width, and how many nodes have which. */
static void
test_document (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = fixture_read (self->folder, "config.json");
  g_autoptr (GError) error = NULL;
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autoptr (JsonNode) root = mixq_json_parse (text, size, "config.json", &error);
  JsonArray *slots = json_object_get_array_member (json_node_get_object (root), "slots");
  JsonObject *slot = json_array_get_object_element (slots, find (self->result, "conv1.aggregate"));
  JsonObject *plain = json_array_get_object_element (slots, find (self->result, "conv1.weight"));
  JsonObject *count = json_object_get_object_member (slot, "node_bits");

  /* 60 nodes, widths 2..8 in turn: nine of 2, 3, 4, 5, eight of 6, 7, 8 */
  g_assert_cmpuint (json_object_get_size (count), ==, 7);
  g_assert_cmpint (json_object_get_int_member (count, "5"), ==, 9);
  g_assert_cmpint (json_object_get_int_member (count, "6"), ==, 8);
  g_assert_cmpfloat (json_object_get_double_member (slot, "bits"), ==, (9 * 14 + 8 * 21) / 60.0);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (slot, "scale")), ==, 60);
  g_assert_true (json_object_get_null_member (plain, "node_bits"));
}

/* Each change by itself must be refused, with a reason; the digest of the tensors is out of the way. */
static void
assert_refused (Fixture *self, const MixqSafetensors *file, MixqErrorCode code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqFrozen) frozen = mixq_frozen_from_tensors (self->result->model, file, "file", &error);

  g_assert_null (frozen);
  g_test_message ("%s", error->message);
  g_assert_error (error, MIXQ_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_bad_metadata (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *key, *value;
    int code;
    const char *part;
  } cases[] = {
    { "conv1.aggregate.axis", "column", MIXQ_ERROR_SHAPE, "node or column" },
    { "conv1.aggregate.axis", "row", MIXQ_ERROR_PARSE, "neither nodes nor columns" },
    { "conv1.linear.axis", "node", MIXQ_ERROR_SHAPE, "node or column" },
    { "conv2.linear.axis", "column", MIXQ_ERROR_SHAPE, "node or column" },
    { "conv1.aggregate.bits", "7", MIXQ_ERROR_VALUE, "largest width" },
    { "conv1.aggregate.bits", "16", MIXQ_ERROR_VALUE, "largest width" },
    { "conv1.aggregate.narrow", "true", MIXQ_ERROR_PARSE, "narrow" },
    { "conv2.aggregate.narrow", "yes", MIXQ_ERROR_PARSE, "narrow" },
    { "conv2.aggregate.signed", "false", MIXQ_ERROR_PARSE, "narrow" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MixqSafetensors) file = mixq_frozen_to_tensors (self->result->finished->frozen);

    mixq_safetensors_set_metadata (file, cases[i].key, cases[i].value);
    assert_refused (self, file, cases[i].code, cases[i].part);
  }
}

static void
test_bad_numbers (Fixture *self, gconstpointer data)
{
  MixqFrozen *frozen = self->result->finished->frozen;
  MixqFrozenSlot *slot = &frozen->slots[find (self->result, "conv1.aggregate")];
  MixqFrozenSlot *logits = &frozen->slots[find (self->result, "conv2.aggregate")];
  g_autofree char *digest = NULL;

#define REFUSED(change, back, code, part)                                                                    \
  {                                                                                                          \
    g_autoptr (MixqSafetensors) file = NULL;                                                                 \
    change;                                                                                                  \
    file = mixq_frozen_to_tensors (frozen);                                                                  \
    assert_refused (self, file, code, part);                                                                 \
    back;                                                                                                    \
  }
  REFUSED (slot->row_bits[3] = 9, slot->row_bits[3] = 5, MIXQ_ERROR_VALUE, "not 1 to 8 or 16");
  REFUSED (slot->row_bits[3] = 0, slot->row_bits[3] = 5, MIXQ_ERROR_VALUE, "not 1 to 8 or 16");
  REFUSED (slot->zero[0] = 4, slot->zero[0] = 0, MIXQ_ERROR_VALUE, "outside its codes"); /* 2 bits: 0 to 3 */
  REFUSED (logits->zero[7] = 1, logits->zero[7] = 0, MIXQ_ERROR_VALUE, "outside its codes");
  REFUSED (slot->scale[59] = NAN, slot->scale[59] = 1, MIXQ_ERROR_VALUE, "positive number");
  digest = g_steal_pointer (&frozen->graph_sha256);
  REFUSED (, frozen->graph_sha256 = g_steal_pointer (&digest), MIXQ_ERROR_PARSE, "is missing though");
  /* along an index that is summed: an edge's source has no scale of its own */
  {
    g_autoptr (MixqSafetensors) file = NULL;

    make_nodes (self->result, "conv2.linear", FALSE);
    file = mixq_frozen_to_tensors (frozen);
    assert_refused (self, file, MIXQ_ERROR_UNSUPPORTED, "an integer sum runs over");
  }
#undef REFUSED
}

/* A plain model that names a graph, and one that holds widths nobody asked for. */
static void
test_stowaways (Fixture *self, gconstpointer data)
{
  MixqRunConfig config = fixture_config ();
  g_autoptr (MixqRunResult) plain = fixture_run (&config, NULL);
  g_autoptr (MixqSafetensors) named = mixq_frozen_to_tensors (plain->finished->frozen);
  g_autoptr (MixqSafetensors) widths = mixq_frozen_to_tensors (plain->finished->frozen);
  const guint8 bits[FIXTURE_NODES] = { 2 };
  const gsize n = FIXTURE_NODES;

  mixq_safetensors_set_metadata (named, "graph_sha256", "0");
  assert_refused (self, named, MIXQ_ERROR_PARSE, "nothing belongs to single nodes");
  mixq_safetensors_add_u8 (widths, "conv1.aggregate.node_bits", 1, &n, bits);
  assert_refused (self, widths, MIXQ_ERROR_PARSE, "no use for");
}

/* Every bit flipped: an error, or something that inference can stand or refuses itself. */
static void
test_flipped (Fixture *self, gconstpointer data)
{
  g_autoptr (MixqSafetensors) file = mixq_frozen_to_tensors (self->result->finished->frozen);
  g_autoptr (GBytes) whole = mixq_safetensors_to_bytes (file);
  gsize size;
  const guint8 *bytes = g_bytes_get_data (whole, &size);
  guint n_passed = 0;

  for (gsize bit = 0; bit < 8 * size; bit += 3) {
    guint8 *copy = g_memdup2 (bytes, size);
    g_autoptr (GBytes) flipped = g_bytes_new_take (copy, size);
    g_autoptr (MixqSafetensors) tensors = NULL;
    g_autoptr (MixqFrozen) frozen = NULL;
    g_autoptr (MixqExec) exec = NULL;

    copy[bit / 8] ^= (guint8) (1u << (bit % 8));
    tensors = mixq_safetensors_parse (flipped, "flipped", NULL);
    frozen = tensors != NULL ? mixq_frozen_from_tensors (self->result->model, tensors, "flipped", NULL)
                             : NULL;
    if (frozen == NULL)
      continue;
    exec = mixq_exec_new (frozen, self->result->inputs, MIXQ_ENGINE_INTEGER, NULL, NULL);
    g_assert_true (exec != NULL ||
                   g_strcmp0 (frozen->graph_sha256, self->result->inputs->dataset->graph_sha256) != 0);
    n_passed++;
  }
  g_assert_cmpuint (n_passed, >, 0);
}

/* The whole way: search or given widths, nodes that learn, integers, files, and the run again from its config.json. */
static void
run_and_read (const MixqRunConfig *config, double *mean_bits)
{
  g_autoptr (MixqRunResult) result = fixture_run (config, NULL), again = NULL;
  g_autofree char *root = fixture_temporary (), *path = g_build_filename (root, "out", NULL);
  g_autoptr (MixqModelFolder) folder = NULL;
  g_autoptr (MixqExec) exec = NULL;
  g_autoptr (GError) error = NULL;
  guint s = find (result, "conv1.aggregate");
  g_autofree guint16 *prediction = g_new (guint16, FIXTURE_NODES);

  g_assert_cmpfloat (result->finished->agreement_codes, ==, 1);
  g_assert_cmpfloat (result->finished->agreement_predictions, ==, 1);
  *mean_bits = mixq_frozen_slot_mean_bits (&result->finished->frozen->slots[s]);
  g_assert_cmpfloat (*mean_bits, <=, MAX (result->selection.bits[s], 1));
  mixq_model_folder_write (result, path, FALSE, &error);
  g_assert_no_error (error);
  folder = mixq_model_folder_read (path, &error);
  g_assert_no_error (error);
  exec = mixq_exec_new (folder->frozen, result->inputs, MIXQ_ENGINE_INTEGER, NULL, &error);
  g_assert_no_error (error);
  mixq_exec_predict (exec, prediction, NULL);
  g_assert_cmpmem (prediction, FIXTURE_NODES * sizeof *prediction, result->finished->prediction,
                   FIXTURE_NODES * sizeof *prediction);
  again = fixture_run (&folder->run_config, folder->commands);
  g_assert_cmpmem (again->finished->prediction, FIXTURE_NODES * sizeof *prediction, prediction,
                   FIXTURE_NODES * sizeof *prediction);
  g_assert_cmpfloat (again->cost.bytes, ==, result->cost.bytes);
  fixture_remove (root);
}

static void
test_runs (void)
{
  const guint8 widths[] = { 2, 4, 4, 8, 4, 8, 8, 8, 6 };
  MixqRunConfig config = fixture_config ();
  double bits, plain;

  config.scheme = MIXQ_SCHEME_A2Q;
  run_and_read (&config, &bits);
  config.method = MIXQ_METHOD_FIXED;
  memcpy (config.fixed, widths, sizeof widths);
  run_and_read (&config, &bits);
  g_assert_cmpfloat (bits, >, 2);
  config.scheme = MIXQ_SCHEME_NATIVE;
  run_and_read (&config, &plain);
  g_assert_cmpfloat (plain, ==, 4);
  config.node_widths = MIXQ_NODE_WIDTHS_HUBS; /* a third at 4, the rest at 2 */
  config.granularity = MIXQ_GRANULARITY_FINE;
  run_and_read (&config, &bits);
  g_assert_cmpfloat (bits, ==, (20 * 4 + 40 * 2) / 60.0);
}

#define ADD(path, function)                                                                                  \
  g_test_add ("/engine/export/nodes/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("round-trip", test_round_trip);
  ADD ("document", test_document);
  ADD ("bad-metadata", test_bad_metadata);
  ADD ("bad-numbers", test_bad_numbers);
  ADD ("stowaways", test_stowaways);
  ADD ("flipped", test_flipped);
  g_test_add_func ("/engine/export/nodes/runs", test_runs);
  return g_test_run ();
}
