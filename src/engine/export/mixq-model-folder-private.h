/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "export/mixq-model-folder.h"
#include "export/mixq-safetensors.h"

G_BEGIN_DECLS

#define MIXQ_CONFIG_SCHEMA "mixq-config"
#define MIXQ_CONFIG_VERSION 1

#define MIXQ_CONFIG_FILE "config.json"
#define MIXQ_MODEL_FILE "model.safetensors"
#define MIXQ_PREDICTIONS_FILE "predictions.csv"
#define MIXQ_COMMANDS_FILE "commands.jsonl"

/* --- lists of commands --- */

/** mixq_command_to_json: {"step", "command": "lambda" | "pin" | "unpin", "lambda" | "slot" and "bits"}. */
JsonNode *mixq_command_to_json (const MixqCommand *command, const MixqModel *model);
/** mixq_commands_to_json: @commands: (nullable). Returns: (transfer full): an array. */
JsonNode *mixq_commands_to_json (const GArray *commands, const MixqModel *model);
/** mixq_commands_from_json: steps must not fall. Returns: (transfer full) (nullable): of MixqCommand. */
GArray *mixq_commands_from_json (JsonNode *node, const MixqModel *model, const char *label, GError **error);

/* --- predictions --- */

/** mixq_predictions_to_csv: predictions.csv: a line an item. Returns: (transfer full); Errors: MIXQ_ERROR_SHAPE. */
char *mixq_predictions_to_csv (const MixqRunResult *result, GError **error);

/* --- splits --- */

/**
 * mixq_parts_to_text: the part of every item, by runs: a count (left out where it is 1) and a letter: n(one), t(rain),
 * v(alidation), e for test: "140t500v1068n1000e" is Cora's public split. Returns: (transfer full).
 */
char *mixq_parts_to_text (const guint8 *part, gsize n);
/** mixq_parts_from_text: Returns: (transfer full) (nullable): @n parts, %NULL if @text is not @n parts. */
guint8 *mixq_parts_from_text (const char *text, gsize n);

/* --- integer models as tensors --- */

/** mixq_frozen_to_tensors: codes, scales, zero-points, and widths in the metadata. docs/FORMATS.md has the names. */
MixqSafetensors *mixq_frozen_to_tensors (const MixqFrozen *frozen);
/** mixq_frozen_from_tensors: checks names, shapes, ranges and that nothing else is there. Errors: MIXQ_ERROR_PARSE, _SHAPE, _VALUE. */
MixqFrozen *
mixq_frozen_from_tensors (MixqModel *model, const MixqSafetensors *file, const char *label, GError **error);

/* --- pieces of the documents --- */

/** mixq_run_slots_to_json: the "slots" of the run document, as in config.json. */
JsonNode *mixq_run_slots_to_json (const MixqRunResult *result);
/** mixq_run_metrics_to_json: @object: receives accuracy ... warnings: all of the run document that was measured. */
void mixq_run_metrics_to_json (const MixqRunResult *result, JsonObject *object);
/** mixq_config_document: config.json. @model_sha256: digest of model.safetensors. */
JsonNode *mixq_config_document (const MixqRunResult *result, const char *model_sha256);

G_END_DECLS
