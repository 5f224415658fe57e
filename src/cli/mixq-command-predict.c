/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `mixq predict`: an exported model answers for every item of a data set: each node, or each graph. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "export/mixq-model-folder.h"
#include "mixq-cli-options.h"
#include "mixq-cli-table.h"
#include "run/mixq-inference.h"
#include "train/mixq-task.h"

typedef enum {
  ENGINE_INTEGER,
  ENGINE_SIMULATED,
  ENGINE_FLOAT32,
} Engine;

static const char *const engine_names[] = { "integer", "simulated", "float32" };

typedef struct
{
  guint16 *prediction; /* owned: the class, or the likeliest answer */
  guint8 *yes;         /* owned (nullable): several answers a node: n x classes, 1 where the model says yes */
  gsize n;
  MixqAccuracies accuracy;
  double seconds;
} Answer;

static void
answer_clear (Answer *self)
{
  g_free (self->prediction);
  g_free (self->yes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

/* --- engines ------------------------------------------------------------------------------------------------------- */

static gboolean
predict_codes (const MixqModelFolder *folder,
               MixqInputs *inputs,
               Engine engine,
               const MixqCli *cli,
               Answer *answer,
               GError **error)
{
  MixqEngine kind = engine == ENGINE_INTEGER ? MIXQ_ENGINE_INTEGER : MIXQ_ENGINE_SIMULATED;
  g_autoptr (MixqInference)
      said = mixq_infer (folder->frozen, inputs, kind, FALSE, 1, cli->cancellable, error);

  if (said == NULL)
    return FALSE;
  for (gsize i = 0; answer->yes != NULL && i < inputs->n_items * inputs->n_classes; i++)
    answer->yes[i] = said->logits[i] > 0;
  mixq_task_predict_double (inputs, said->logits, answer->prediction, NULL);
  mixq_accuracies_of_logits (inputs, said->logits, &answer->accuracy);
  return TRUE;
}

/* The same weights, but nothing is rounded on the way: what the activations' widths cost. */
static gboolean
predict_float (const MixqModelFolder *folder, MixqInputs *inputs, Answer *answer, GError **error)
{
  g_autoptr (MixqModel) model = mixq_model_new (&folder->spec, inputs->dataset, error);
  MixqTrainerOptions options = { .stream = "unused" };
  g_autofree float *probability = g_new0 (float, MAX (inputs->n_items * inputs->n_classes, 1));
  g_autoptr (MixqTrainer) trainer = NULL;
  MixqParameters *parameters;
  MixqEpoch figures;
  MixqNet *net;

  if (model == NULL)
    return FALSE;
  net = mixq_net_new (model, inputs, 0, NULL, NULL, FALSE, NULL);
  parameters = mixq_frozen_dup_parameters (folder->frozen);
  mixq_net_set_parameters (net, parameters);
  mixq_parameters_free (parameters);
  trainer = mixq_trainer_new (net, &options);
  mixq_trainer_evaluate (trainer, &figures);
  mixq_trainer_predict (trainer, answer->prediction, NULL, probability);
  for (gsize i = 0; answer->yes != NULL && i < inputs->n_items * inputs->n_classes; i++)
    answer->yes[i] = probability[i] > 0.5f;
  memcpy (answer->accuracy.part, figures.accuracy, sizeof figures.accuracy);
  return TRUE;
}

static gboolean
predict (const MixqModelFolder *folder,
         MixqInputs *inputs,
         Engine engine,
         const MixqCli *cli,
         Answer *answer,
         GError **error)
{
  gint64 start = g_get_monotonic_time ();

  answer->n = inputs->n_items;
  answer->prediction = g_new0 (guint16, MAX (answer->n, 1));
  if (inputs->task == MIXQ_TASK_NODE_TARGETS)
    answer->yes = g_malloc0 (MAX (answer->n * inputs->n_classes, 1));
  if (!(engine == ENGINE_FLOAT32 ? predict_float (folder, inputs, answer, error)
                                 : predict_codes (folder, inputs, engine, cli, answer, error)))
    return FALSE;
  answer->seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  return TRUE;
}

/* --- output -------------------------------------------------------------------------------------------------------- */

static JsonNode *
accuracy_to_json (const MixqAccuracies *accuracy)
{
  static const char *const name[] = {
    [MIXQ_PART_TRAIN] = "train", [MIXQ_PART_VAL] = "val", [MIXQ_PART_TEST] = "test"
  };
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  gboolean exists = FALSE;

  for (int part = MIXQ_PART_TRAIN; part <= MIXQ_PART_TEST; part++) {
    json_object_set_member (object, name[part], mixq_json_number (accuracy->part[part]));
    exists = exists || isfinite (accuracy->part[part]);
  }
  json_node_take_object (node, object);
  if (exists)
    return node;
  json_node_unref (node);
  return json_node_init_null (json_node_alloc ());
}

/* A text of 0 and 1 a node: one answer a character. */
static JsonArray *
answers_to_json (const Answer *answer, gsize n_answers)
{
  JsonArray *array = json_array_sized_new ((guint) answer->n);
  g_autofree char *text = g_malloc0 (n_answers + 1);

  for (gsize i = 0; i < answer->n; i++) {
    for (gsize c = 0; c < n_answers; c++)
      text[c] = answer->yes[i * n_answers + c] ? '1' : '0';
    json_array_add_string_element (array, text);
  }
  return array;
}

static JsonNode *
to_json (const Answer *answer, Engine engine, const MixqDataset *dataset, gboolean same_data)
{
  JsonObject *object = json_object_new ();
  JsonArray *predictions = json_array_sized_new ((guint) answer->n);
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  for (gsize i = 0; i < answer->n; i++)
    json_array_add_int_element (predictions, answer->prediction[i]);
  json_object_set_string_member (object, "dataset", dataset->name);
  json_object_set_boolean_member (object, "same_data", same_data);
  json_object_set_string_member (object, "engine", engine_names[engine]);
  json_object_set_string_member (object, "task", mixq_task_name (dataset->task));
  json_object_set_string_member (object, "metric", mixq_task_metric_name (dataset->task));
  json_object_set_member (object, "accuracy", accuracy_to_json (&answer->accuracy));
  json_object_set_member (object, "seconds", mixq_json_number (answer->seconds));
  json_object_set_array_member (object, "predictions", predictions);
  if (answer->yes != NULL)
    json_object_set_array_member (object, "answers", answers_to_json (answer, dataset->n_classes));
  json_node_take_object (node, object);
  return node;
}

static const char *
items_of (const MixqDataset *dataset)
{
  return dataset->task == MIXQ_TASK_GRAPHS ? "graphs" : "nodes";
}

static void
print_classes (const Answer *answer, const MixqDataset *dataset)
{
  const char *const heads[] = { "<class", items_of (dataset), "predicted" };
  g_autoptr (MixqCliTable) table = mixq_cli_table_new (G_N_ELEMENTS (heads), heads);

  for (gsize c = 0; c < dataset->n_classes; c++) {
    gsize is = 0, predicted = 0;

    for (gsize i = 0; i < answer->n; i++) {
      is += mixq_dataset_item_class (dataset, i) == (gint32) c;
      predicted += answer->prediction[i] == c;
    }
    mixq_cli_table_addf (table, "%s", dataset->class_names[c]);
    mixq_cli_table_addf (table, "%zu", is);
    mixq_cli_table_addf (table, "%zu", predicted);
  }
  mixq_cli_table_print (table);
}

/* Several answers a node: each by itself. */
static void
print_answers (const Answer *answer, const MixqDataset *dataset)
{
  static const char *const heads[] = { "<answer", "known", "yes", "predicted yes" };
  g_autoptr (MixqCliTable) table = mixq_cli_table_new (G_N_ELEMENTS (heads), heads);
  gsize n = dataset->n_classes;

  for (gsize c = 0; c < n; c++) {
    gsize known = 0, yes = 0, predicted = 0;

    for (gsize i = 0; i < answer->n; i++) {
      known += dataset->targets[i * n + c] != MIXQ_TARGET_UNKNOWN;
      yes += dataset->targets[i * n + c] == 1;
      predicted += answer->yes[i * n + c];
    }
    mixq_cli_table_addf (table, "%s", dataset->class_names[c]);
    mixq_cli_table_addf (table, "%zu", known);
    mixq_cli_table_addf (table, "%zu", yes);
    mixq_cli_table_addf (table, "%zu", predicted);
  }
  mixq_cli_table_print (table);
}

static void
print (const Answer *answer, Engine engine, const MixqDataset *dataset, gboolean same_data)
{
  g_autofree char *train = mixq_cli_percent (answer->accuracy.part[MIXQ_PART_TRAIN]);
  g_autofree char *val = mixq_cli_percent (answer->accuracy.part[MIXQ_PART_VAL]);
  g_autofree char *test = mixq_cli_percent (answer->accuracy.part[MIXQ_PART_TEST]);
  gboolean is_auc = dataset->task == MIXQ_TASK_NODE_TARGETS;

  printf ("%s, %s engine%s\n", dataset->title, engine_names[engine],
          same_data ? "" : "; not the data the model was trained on, or another split");
  printf ("%s train %s, validation %s, test %s\n", is_auc ? "ROC-AUC in %  " : "accuracy in % ", train, val,
          test);
  printf ("time           %.3f ms for %zu %s\n\n", answer->seconds * 1000, answer->n, items_of (dataset));
  (is_auc ? print_answers : print_classes) (answer, dataset);
}

/* --- the command --------------------------------------------------------------------------------------------------- */

static gboolean
parse_engine (const char *text, Engine *engine, GError **error)
{
  *engine = ENGINE_INTEGER;
  if (text == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (engine_names); i++)
    if (strcmp (text, engine_names[i]) == 0) {
      *engine = (Engine) i;
      return TRUE;
    }
  return mixq_cli_usage (error, "--engine: \"%s\" is not known; use integer, simulated or float32", text);
}

gboolean
mixq_command_predict (MixqCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GOptionContext)
      context = mixq_cli_context_new (cli, "MODELDIR DATASET",
                                      "Lets an exported model predict the class of every node, or of every "
                                      "graph. MODELDIR is the folder, its\n"
                                      "config.json or its model.safetensors.");
  g_autofree char *engine_name = NULL;
  const GOptionEntry entries[] = {
    { "engine", 0, 0, G_OPTION_ARG_STRING, &engine_name,
      "integer (default), simulated (fake quantization in double), or float32 (the stored weights as real "
      "numbers, "
      "activations not quantized)",
      "NAME" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (MixqModelFolder) folder = NULL;
  g_autoptr (MixqDataset) dataset = NULL;
  g_autoptr (MixqInputs) inputs = NULL;
  g_auto (MixqCliData) data = { 0 };
  g_auto (Answer) answer = { 0 };
  g_auto (GStrv) rest = NULL;
  gboolean same_data;
  Engine engine;

  mixq_cli_add_group (context, "predict", "How to predict:", entries);
  mixq_cli_data_add (&data, context);
  if (!mixq_cli_parse (cli, context, argc, argv, 2, 2, &rest, error) ||
      !parse_engine (engine_name, &engine, error))
    return FALSE;
  folder = mixq_model_folder_read (rest[0], error);
  dataset = folder != NULL ? mixq_cli_data_load (&data, cli, rest[1], error) : NULL;
  if (dataset == NULL || !mixq_model_folder_fits (folder, dataset, error))
    return FALSE;
  inputs = mixq_inputs_new (dataset);
  if (!predict (folder, inputs, engine, cli, &answer, error))
    return FALSE;
  same_data = g_strcmp0 (folder->dataset_sha256, dataset->sha256) == 0;
  if (cli->json)
    mixq_cli_print_json (to_json (&answer, engine, dataset, same_data));
  else
    print (&answer, engine, dataset, same_data);
  return TRUE;
}
