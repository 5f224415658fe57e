/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `mixq verify`: the six quick checks of the method, each with the numbers that show it. */
#include "verify/mixq-verify.h"

#include <stdio.h>

#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "mixq-cli-options.h"
#include "mixq-progress.h"

#define DEFAULT_DATASET "debian"

static JsonObject *
numbers_to_json (const MixqVerifyCheck *check)
{
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < check->numbers->len; i++) {
    const MixqVerifyNumber *number = &g_array_index (check->numbers, MixqVerifyNumber, i);

    json_object_set_member (object, number->name, mixq_json_count (number->value));
  }
  return object;
}

static JsonNode *
to_json (const GPtrArray *checks, const MixqDataset *dataset)
{
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  for (guint i = 0; i < checks->len; i++) {
    const MixqVerifyCheck *check = g_ptr_array_index (checks, i);
    JsonObject *row = json_object_new ();

    json_object_set_string_member (row, "name", check->name);
    json_object_set_string_member (row, "claim", check->claim);
    json_object_set_boolean_member (row, "applies", check->applies);
    if (check->applies)
      json_object_set_boolean_member (row, "passed", check->passed);
    else
      json_object_set_null_member (row, "passed");
    json_object_set_string_member (row, "evidence", check->evidence);
    json_object_set_object_member (row, "numbers", numbers_to_json (check));
    json_array_add_object_element (array, row);
  }
  json_object_set_string_member (object, "dataset", dataset->name);
  json_object_set_boolean_member (object, "passed", mixq_verify_passed (checks));
  json_object_set_array_member (object, "checks", array);
  json_node_take_object (node, object);
  return node;
}

static void
print (const GPtrArray *checks, const MixqDataset *dataset)
{
  printf ("%s\n", dataset->title);
  for (guint i = 0; i < checks->len; i++) {
    const MixqVerifyCheck *check = g_ptr_array_index (checks, i);

    printf ("\n%s  %s: %s\n      %s\n",
            !check->applies ? "none"
            : check->passed ? "pass"
                            : "FAIL",
            check->name, check->claim, check->evidence);
  }
}

static gboolean
report_failed (const GPtrArray *checks, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < checks->len; i++) {
    const MixqVerifyCheck *check = g_ptr_array_index (checks, i);

    if (check->applies && !check->passed)
      g_string_append_printf (names, "%s%s", n++ == 0 ? "" : ", ", check->name);
  }
  if (n == 0)
    return TRUE;
  g_set_error (
      error, MIXQ_ERROR, MIXQ_ERROR_NUMERIC,
      "verify: %u of %u checks failed (%s); do not trust this build's results here before that is explained",
      n, checks->len, names->str);
  return FALSE;
}

static void
progress_cb (const char *phase, guint done, guint all, const MixqEpoch *figures, gpointer user_data)
{
  mixq_progress_advance (user_data, "%u of %u checks", done, all);
}

gboolean
mixq_command_verify (MixqCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GOptionContext)
      context = mixq_cli_context_new (cli, "[DATASET]",
                                      "Checks on a data set (default: " DEFAULT_DATASET
                                      ") that the method does what it says: the forward pass, fake\n"
                                      "quantization and its gradient, alpha, every width of every slot, "
                                      "BitOPs counted another way, and the cost that\n"
                                      "falls as lambda grows. Each check shows the numbers it stands on; one "
                                      "that fails makes the exit status 1.\n"
                                      "A check that has nothing to say of a model says so.");
  g_autoptr (MixqProgress) progress = NULL;
  g_autoptr (MixqDataset) dataset = NULL;
  g_autoptr (MixqInputs) inputs = NULL;
  g_autoptr (GPtrArray) checks = NULL;
  g_autoptr (MixqModel) model = NULL;
  g_auto (MixqCliModel) network = { 0 };
  g_auto (MixqCliData) data = { 0 };
  g_auto (GStrv) rest = NULL;
  MixqPhaseControl control = { .cancellable = cli->cancellable, .progress = progress_cb };

  mixq_cli_model_add (&network, context);
  mixq_cli_data_add (&data, context);
  if (!mixq_cli_parse (cli, context, argc, argv, 0, 1, &rest, error))
    return FALSE;
  dataset = mixq_cli_data_load (&data, cli, rest[0] != NULL ? rest[0] : DEFAULT_DATASET, error);
  model = dataset != NULL ? mixq_cli_model_make (&network, dataset, error) : NULL;
  if (model == NULL)
    return FALSE;
  inputs = mixq_inputs_new (dataset);
  control.user_data = progress = mixq_progress_new (cli, 6);
  checks = mixq_verify_run (inputs, model, &control, error);
  if (checks == NULL)
    return FALSE;
  g_clear_pointer (&progress, mixq_progress_free);
  if (cli->json)
    mixq_cli_print_json (to_json (checks, dataset));
  else
    print (checks, dataset);
  return report_failed (checks, error);
}
