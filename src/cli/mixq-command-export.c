/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `mixq export`: a model in a format for other programs, read back and run again. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "export/mixq-export.h"
#include "mixq-cli-options.h"
#include "run/mixq-inference.h"

/* How faithful the written model is, once read back: shares of equal codes and predictions on all the data. */
typedef struct
{
  char *dataset; /* owned (nullable): no data were at hand */
  double codes, predictions;
  gsize size;
} Fidelity;

static void
fidelity_clear (Fidelity *self)
{
  g_free (self->dataset);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fidelity, fidelity_clear)

static gboolean
compare (MixqFrozen *original,
         MixqFrozen *exported,
         MixqDataset *dataset,
         const MixqCli *cli,
         Fidelity *fidelity,
         GError **error)
{
  g_autoptr (MixqInputs) inputs = mixq_inputs_new (dataset);

  fidelity->dataset = g_strdup (dataset->name);
  return mixq_infer_compare (original, exported, inputs, cli->cancellable, &fidelity->codes,
                             &fidelity->predictions, error);
}

/* The data that were named must be there and fit the model; those that the folder names may be gone, or others by now. */
static gboolean
find_data (const MixqModelFolder *folder,
           const char *given,
           const MixqCli *cli,
           MixqDataset **dataset,
           GError **error)
{
  *dataset = NULL;
  if (given != NULL)
    *dataset = mixq_dataset_load (given, NULL, cli->cancellable, error);
  else if (folder->dataset_source != NULL)
    *dataset = mixq_dataset_load (folder->dataset_source, NULL, cli->cancellable, NULL);
  if (*dataset != NULL && !mixq_model_folder_fits (folder, *dataset, given != NULL ? error : NULL))
    g_clear_pointer (dataset, mixq_dataset_unref);
  return given == NULL || *dataset != NULL;
}

static JsonNode *
to_json (const Fidelity *fidelity, const char *format, const char *path)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_string_member (object, "format", format);
  json_object_set_string_member (object, "path", path);
  json_object_set_int_member (object, "bytes", (gint64) fidelity->size);
  if (fidelity->dataset != NULL)
    json_object_set_string_member (object, "dataset", fidelity->dataset);
  else
    json_object_set_null_member (object, "dataset");
  json_object_set_member (object, "codes", mixq_json_number (fidelity->codes));
  json_object_set_member (object, "predictions", mixq_json_number (fidelity->predictions));
  json_node_take_object (node, object);
  return node;
}

static void
print (const Fidelity *fidelity, const char *format, const char *path)
{
  printf ("%s: %zu bytes of %s\n", path, fidelity->size, format);
  if (fidelity->dataset != NULL)
    printf ("read back and run on %s: %.4g %% of the codes and %.4g %% of the predictions are the same\n",
            fidelity->dataset, fidelity->codes * 100, fidelity->predictions * 100);
  else
    puts ("read back; not run, because the data of the model are not at hand");
}

static gboolean
check_wishes (const char *format, const char *path, gboolean force, GError **error)
{
  if (g_strcmp0 (format, "safetensors") != 0)
    return mixq_cli_usage (error, "export: --to %s; use --to safetensors",
                           format != NULL ? "names no format" : "is missing");
  if (path == NULL)
    return mixq_cli_usage (error, "export: --out is missing; give the file to write");
  if (!g_utf8_validate (path, -1, NULL))
    return mixq_cli_usage (error, "export: the name after --out is not UTF-8; choose another one");
  if (force || !g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO,
               "%s is there already; choose another name, or replace it with --force", path);
  return FALSE;
}

gboolean
mixq_command_export (MixqCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GOptionContext)
      context = mixq_cli_context_new (cli, "MODELDIR [DATASET]",
                                      "Writes an exported model in a format for other programs, reads it "
                                      "back and runs both on the data of the model,\n"
                                      "or on DATASET.");
  g_autofree char *format = NULL, *path = NULL;
  gboolean force = FALSE;
  const GOptionEntry entries[] = {
    { "to", 0, 0, G_OPTION_ARG_STRING, &format, "safetensors: packed codes, scales and zero-points",
      "FORMAT" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &path, "The file to write", "PATH" },
    { "force", 0, 0, G_OPTION_ARG_NONE, &force, "Replace PATH where it is there", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (MixqModelFolder) folder = NULL;
  g_autoptr (MixqDataset) dataset = NULL;
  g_autoptr (MixqFrozen) exported = NULL;
  g_auto (Fidelity) fidelity = { NULL, NAN, NAN, 0 };
  g_auto (GStrv) rest = NULL;

  mixq_cli_add_group (context, "export", "What to write:", entries);
  if (!mixq_cli_parse (cli, context, argc, argv, 1, 2, &rest, error) ||
      !check_wishes (format, path, force, error))
    return FALSE;
  folder = mixq_model_folder_read (rest[0], error);
  if (folder == NULL || !find_data (folder, rest[1], cli, &dataset, error))
    return FALSE;
  exported = mixq_export_safetensors (folder, path, &fidelity.size, error);
  if (exported == NULL ||
      (dataset != NULL && !compare (folder->frozen, exported, dataset, cli, &fidelity, error)))
    return FALSE;
  if (cli->json)
    mixq_cli_print_json (to_json (&fidelity, format, path));
  else
    print (&fidelity, format, path);
  return TRUE;
}
