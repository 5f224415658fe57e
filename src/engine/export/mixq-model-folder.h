/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "run/mixq-pipeline.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * mixq_run_result_to_json: the "run" document of spec/cli.md. Write it with mixq_json_to_text(). Returns: (transfer full).
 */
JsonNode *mixq_run_result_to_json (const MixqRunResult *result);
/**
 * mixq_runs_to_json:
 * @results: (element-type MixqRunResult): the same run with several seeds
 *
 * {"runs", "mean", "std", "median"}: population standard deviation; each has the keys of "accuracy", "bitops",
 * "bitops_search_convention" and "seconds", null where a run has none. Returns: (transfer full).
 */
JsonNode *mixq_runs_to_json (GPtrArray *results);

/**
 * mixq_model_folder_write:
 * @folder: made under a temporary name beside it, synced, renamed; an existing one is refused unless @force, and then
 *   replaced only if it is a model folder
 *
 * config.json, model.safetensors, predictions.csv, commands.jsonl. Where nodes have several answers it runs the integer
 * model once more, for the table of answers. Errors: MIXQ_ERROR_IO (disk full, read-only, exists),
 * MIXQ_ERROR_UNSUPPORTED (the run cannot be frozen). On failure nothing that was there is lost.
 */
gboolean
mixq_model_folder_write (const MixqRunResult *result, const char *folder, gboolean force, GError **error);

/** mixq_model_folder_is_one: @path is a folder whose config.json says that it is ours. */
gboolean mixq_model_folder_is_one (const char *path);

/** MixqModelFolder: what was read back. */
typedef struct
{
  JsonNode *config; /* the whole config.json */
  MixqModelSpec spec;
  MixqModel *model;
  MixqRunConfig run_config;
  MixqFrozen *frozen;
  char *dataset_name;
  char *dataset_source; /* (nullable): what to give mixq_dataset_load() */
  char *dataset_sha256;
  GArray *commands; /* of MixqCommand; empty for an unsteered run */
} MixqModelFolder;
/**
 * mixq_model_folder_read:
 * @path: the folder, its config.json or its model.safetensors
 *
 * Strict and bounded: never trusts a length, a shape or a name in the files. Errors: MIXQ_ERROR_PARSE, _IO, _VALUE, _SHAPE.
 */
MixqModelFolder *mixq_model_folder_read (const char *path, GError **error);
void mixq_model_folder_free (MixqModelFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqModelFolder, mixq_model_folder_free)

/**
 * mixq_model_folder_fits:
 *
 * Whether @dataset asks for what the model answers: the same task, as many features and classes. Nothing may be inferred
 * from data that do not fit. Errors: MIXQ_ERROR_SHAPE.
 */
gboolean mixq_model_folder_fits (const MixqModelFolder *self, const MixqDataset *dataset, GError **error);

/** mixq_config_read: only config.json: enough to repeat the run (`mixq run --config`). @commands: (out) (nullable). */
gboolean mixq_config_read (const char *path,
                           MixqDataset **dataset,
                           MixqModel **model,
                           MixqRunConfig *config,
                           GArray **commands,
                           GError **error);

G_END_DECLS
