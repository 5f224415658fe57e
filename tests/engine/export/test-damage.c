/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Model folders that time, disks and strangers have touched; disks that are full. */
#include "fixture.h"

#include <math.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/mixq-error.h"
#include "export/mixq-model-folder-private.h"

typedef struct
{
  char *root, *folder; /* owned */
  MixqRunResult *result;
  GBytes *config, *model;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  MixqRunConfig config = fixture_config ();
  g_autoptr (GArray) commands = fixture_commands ();
  g_autoptr (GError) error = NULL;

  self->root = fixture_temporary ();
  self->folder = g_build_filename (self->root, "out", NULL);
  self->result = fixture_run (&config, commands);
  mixq_model_folder_write (self->result, self->folder, FALSE, &error);
  g_assert_no_error (error);
  self->config = fixture_read (self->folder, "config.json");
  self->model = fixture_read (self->folder, "model.safetensors");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  fixture_remove (self->root);
  g_free (self->root);
  g_free (self->folder);
  mixq_run_result_free (self->result);
  g_bytes_unref (self->config);
  g_bytes_unref (self->model);
}

/* --- full disks ---------------------------------------------------------------------------------------------------- */

static void
set_file_limit (rlim_t bytes)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = MIN (bytes, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

/* Whichever of the files no longer fits: the old folder stays, nothing half-made stays, and the message says which. */
static void
test_full (Fixture *self, gconstpointer data)
{
  gsize sizes[] = {
    0, 100, 1000, g_bytes_get_size (self->config) * 3 / 4
  }; /* the tensors have some kB, config.json more */
  MixqRunConfig config = self->result->config;
  g_autoptr (MixqRunResult) other = NULL;

  signal (SIGXFSZ, SIG_IGN); /* else the kernel ends the test; a real full disk sends no signal */
  config.seed++;
  other = fixture_run (&config, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) kept = NULL;
    gboolean ok;

    set_file_limit (sizes[i]);
    ok = mixq_model_folder_write (other, self->folder, TRUE, &error);
    set_file_limit (RLIM_INFINITY);
    g_assert_false (ok);
    g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_IO);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, "free some space"));
    g_assert_nonnull (strstr (error->message, i < 3 ? "model.safetensors" : "config.json"));
    g_assert_cmpuint (fixture_count (self->root), ==, 1);
    kept = fixture_read (self->folder, "config.json");
    g_assert_true (g_bytes_equal (kept, self->config));
  }
}

/* --- damage -------------------------------------------------------------------------------------------------------- */

static gboolean
same_codes (const MixqFrozen *a, const MixqFrozen *b)
{
  for (guint u = 0; u < a->model->n_units; u++)
    if (a->weight[u] != NULL &&
        memcmp (a->weight[u], b->weight[u],
                a->model->units[u].in_cols * a->model->units[u].out_cols * sizeof (gint32)) != 0)
      return FALSE;
  for (guint s = 0; s < a->model->n_slots; s++)
    if (a->slots[s].n != b->slots[s].n || a->slots[s].bits != b->slots[s].bits ||
        memcmp (a->slots[s].scale, b->slots[s].scale, a->slots[s].n * sizeof (float)) != 0 ||
        memcmp (a->slots[s].zero, b->slots[s].zero, a->slots[s].n * sizeof (gint32)) != 0)
      return FALSE;
  return TRUE;
}

/* Either an error, or the model that was written: a damaged one never passes for a good one. Returns: it was read. */
static gboolean
check_read (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqModelFolder) folder = mixq_model_folder_read (self->folder, &error);

  g_assert_true ((folder == NULL) == (error != NULL));
  if (folder == NULL) {
    g_assert_true (error->domain == MIXQ_ERROR);
    return FALSE;
  }
  /* Layers or sizes that nothing contradicts may differ, never the integers. */
  g_assert_cmpuint (folder->model->n_slots, ==, self->result->model->n_slots);
  g_assert_true (same_codes (folder->frozen, self->result->finished->frozen));
  return TRUE;
}

/* @n changes of @file, chosen by @change: a truncation, a flipped bit, another byte. */
static guint
damage (Fixture *self, const char *name, GBytes *bytes, guint n)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autofree guint8 *copy = g_malloc (size);
  MixqRandom random;
  guint passed = 0;

  mixq_random_init (&random, 5, name);
  for (guint i = 0; i < n; i++) {
    guint32 at = mixq_random_below (&random, (guint32) size);
    gsize length = i % 4 == 0 ? at : size;

    memcpy (copy, data, size);
    if (i % 4 == 1)
      copy[at] = (guint8) "0192,-}{[]\":en."[mixq_random_below (&random, 15)];
    if (i % 4 != 0 && copy[at] == data[at])
      copy[at] ^= (guint8) (1u << mixq_random_below (&random, 8));
    fixture_write (self->folder, name, copy, length);
    passed += check_read (self);
  }
  fixture_write (self->folder, name, data, size);
  g_assert_true (check_read (self));
  return passed;
}

static void
test_damaged_config (Fixture *self, gconstpointer data)
{
  guint passed = damage (self, "config.json", self->config, 1500);

  g_test_message ("%u of 1500 changes touched nothing that the model needs", passed);
}

static void
test_damaged_model (Fixture *self, gconstpointer data)
{
  g_assert_cmpuint (damage (self, "model.safetensors", self->model, 500), ==, 0);
}

/* Without the digest in between: the tensors themselves are judged. What passes must be fit to run. */
static void
test_damaged_tensors (Fixture *self, gconstpointer data)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (self->model, &size);
  guint n_passed = 0;

  for (gsize bit = 0; bit < 8 * size; bit++) {
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
    n_passed++;
    exec = mixq_exec_new (frozen, self->result->inputs, MIXQ_ENGINE_INTEGER, NULL, NULL);
    g_assert_nonnull (exec);
  }
  g_assert_cmpuint (n_passed, >, 0); /* flipped codes are codes: hence the digest */
}

/* Well-formed tensors that inference could not stand: every bound of its sums is one of these. */
static void
test_bad_ranges (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *slot;
    float scale;
    gint32 zero;
    gboolean good;
  } cases[] = {
    { "conv1.linear", 0.5f, 1, TRUE },      { "conv1.linear", 0.5f, -1, FALSE },
    { "conv1.linear", 0.5f, 70000, FALSE }, { "conv1.linear", 0.0f, 0, FALSE },
    { "conv1.linear", -1.0f, 0, FALSE },    { "conv1.linear", (float) NAN, 0, FALSE },
    { "conv1.linear", INFINITY, 0, FALSE }, { "conv1.weight", 0.5f, 1, FALSE },
    { "conv1.weight", 0.5f, 0, TRUE },      { "conv2.adjacency", 0.5f, 1, FALSE },
    { "conv2.adjacency", 0.5f, 0, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MixqSafetensors) good = mixq_frozen_to_tensors (self->result->finished->frozen), bad = NULL;
    g_autoptr (MixqFrozen) frozen = mixq_frozen_from_tensors (self->result->model, good, "good", NULL),
                           back = NULL;
    MixqFrozenSlot *slot = &frozen->slots[mixq_model_find_slot (self->result->model, cases[i].slot)];
    g_autoptr (GError) error = NULL;

    slot->scale[slot->n - 1] = cases[i].scale; /* this copy is nobody else's */
    slot->zero[slot->n - 1] = cases[i].zero;
    bad = mixq_frozen_to_tensors (frozen);
    back = mixq_frozen_from_tensors (self->result->model, bad, "bad", &error);
    g_test_message ("case %u: %s", i, error != NULL ? error->message : "good");
    g_assert_true ((back != NULL) == cases[i].good);
    if (!cases[i].good)
      g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE);
  }
}

/* A tensor more than the model has a use for. */
static void
test_stowaway (Fixture *self, gconstpointer data)
{
  g_autoptr (MixqSafetensors) file = mixq_frozen_to_tensors (self->result->finished->frozen);
  g_autoptr (GError) error = NULL;
  const float one = 1;

  mixq_safetensors_add_f32 (file, "conv3.scale", 0, NULL, &one);
  g_assert_null (mixq_frozen_from_tensors (self->result->model, file, "file", &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE);
}

/* Each change by itself must be refused, with a reason. */
static void
test_refused (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *from, *to;
    int code;
  } cases[] = {
    { "\"mixq-config\"", "\"other-config\"", MIXQ_ERROR_PARSE },
    { "\"version\": 1", "\"version\": 2", MIXQ_ERROR_UNSUPPORTED },
    { "\"version\": 1", "\"version\": \"1\"", MIXQ_ERROR_PARSE },
    { "\"features\": 12", "\"features\": 13", MIXQ_ERROR_SHAPE },
    { "\"features\": 12", "\"features\": 1152921504606846976", MIXQ_ERROR_SHAPE },
    { "\"features\": 12", "\"features\": -12", MIXQ_ERROR_PARSE },
    { "\"features\": 12", "\"features\": 12.0", MIXQ_ERROR_PARSE },
    { "\"classes\": 3", "\"classes\": 99999999999", MIXQ_ERROR_SHAPE },
    { "\"hidden\": 7", "\"hidden\": 8", MIXQ_ERROR_SHAPE },
    { "\"hidden\": 7", "\"hidden\": 4097", MIXQ_ERROR_VALUE },
    { "\"layers\": 2", "\"layers\": 3", -1 },
    { "\"lambda\": 0.1", "\"lambda\": 1e400", MIXQ_ERROR_VALUE },
    { "\"lambda\": 0.1", "\"lambda\": null", MIXQ_ERROR_PARSE },
    { "\"lambda\": 0.1", "\"lambda\": 0.1, \"colour\": 1", MIXQ_ERROR_PARSE },
    { "\"commands\": [", "\"commands\": [0, ", MIXQ_ERROR_PARSE },
    { "\"command\": \"unpin\"", "\"command\": \"undo\"", MIXQ_ERROR_PARSE },
    { "\"step\": 5", "\"step\": 1", MIXQ_ERROR_PARSE },
    { "\"step\": 5", "\"step\": 7", MIXQ_ERROR_PARSE },
    { "\"slot\": \"conv1.weight\"", "\"slot\": \"conv9.weight\"", MIXQ_ERROR_PARSE },
    { "\"zero_point\": 0", "\"zero_point\": 1", MIXQ_ERROR_VALUE },
    { "\"signed\": true", "\"signed\": false", MIXQ_ERROR_VALUE },
    { "\"name\": \"conv1.input\"", "\"name\": \"conv2.input\"", MIXQ_ERROR_VALUE },
  };
  const char *text = g_bytes_get_data (self->config, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GString) changed = g_string_new_len (text, (gssize) g_bytes_get_size (self->config));
    g_autoptr (GError) error = NULL;

    g_assert_cmpuint (g_string_replace (changed, cases[i].from, cases[i].to, 1), ==, 1);
    fixture_write (self->folder, "config.json", changed->str, changed->len);
    g_assert_null (mixq_model_folder_read (self->folder, &error));
    g_test_message ("%s: %s", cases[i].to, error->message);
    g_assert_true (error->domain == MIXQ_ERROR && (cases[i].code < 0 || error->code == cases[i].code));
  }
}

static void
test_missing (Fixture *self, gconstpointer data)
{
  g_autofree char *model = g_build_filename (self->folder, "model.safetensors", NULL);
  g_autofree char *nowhere = g_build_filename (self->root, "nowhere", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (mixq_model_folder_read (nowhere, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_IO);
  g_clear_error (&error);
  g_assert_null (mixq_model_folder_read (self->root, &error)); /* a folder, but no model's */
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_IO);
  g_clear_error (&error);
  g_assert_cmpint (g_unlink (model), ==, 0);
  g_assert_null (mixq_model_folder_read (self->folder, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "model.safetensors"));
}

#define ADD(path, function)                                                                                  \
  g_test_add ("/engine/export/damage/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("full-disk", test_full);
  ADD ("config", test_damaged_config);
  ADD ("model", test_damaged_model);
  ADD ("tensors", test_damaged_tensors);
  ADD ("bad-ranges", test_bad_ranges);
  ADD ("stowaway", test_stowaway);
  ADD ("refused", test_refused);
  ADD ("missing", test_missing);
  return g_test_run ();
}
