/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-cli.h"
#include "run/mixq-run-config.h"

G_BEGIN_DECLS

/*
 * The groups of options that commands share (spec/cli.md). A group is added to a context, filled by the parser and
 * applied afterwards: what was not given keeps its value, so that defaults, --reference and the options given layer up
 * in this order whatever their order on the line. Clear with the _clear function.
 */

/** MixqCliData: where the data come from. */
typedef struct
{
  char *format;
  char *split;
} MixqCliData;
void mixq_cli_data_add (MixqCliData *self, GOptionContext *context);
void mixq_cli_data_clear (MixqCliData *self);
/** mixq_cli_data_given: the first option of the group that was given, or %NULL. Likewise below. */
const char *mixq_cli_data_given (const MixqCliData *self);
/** mixq_cli_data_load: DATASET as the options want it. Errors: those of mixq_dataset_load(). */
MixqDataset *
mixq_cli_data_load (const MixqCliData *self, const MixqCli *cli, const char *what, GError **error);

/** MixqCliModel: the network. */
typedef struct
{
  char *arch;
  char *layers;
  char *hidden;
  char *dropout, *feature_dropout;
  char *batch_norm, *residual, *eps;
  char *aggregator, *pool, *hops, *heads;
} MixqCliModel;
void mixq_cli_model_add (MixqCliModel *self, GOptionContext *context);
void mixq_cli_model_clear (MixqCliModel *self);
const char *mixq_cli_model_given (const MixqCliModel *self);
/** mixq_cli_model_make: the network for @dataset. Errors: MIXQ_CLI_ERROR_USAGE. */
MixqModel *mixq_cli_model_make (const MixqCliModel *self, const MixqDataset *dataset, GError **error);

/** MixqCliRun: how it is trained. */
typedef struct
{
  char *lambda; /* a number; a list for a sweep */
  char *bits;
  char *seed;
  char *seeds;
  char *epochs;
  char *lr;
  char *lr_alpha;
  char *lr_qat;
  char *weight_decay;
  char *weight_decay_qat;
  char *scheme;
  char *ranges;
  char *granularity;
  char *node_widths;
  char *method;
  char *distill;
  char *alpha_init;
  char *alpha_decay;
  char *alpha_bound;
  char *temperature;
  char *recalibrate;
  char *batch, *fanout, *lr_every, *lr_factor;
  char *penalty;
  char *cost;
  char **pin;
  gboolean reference, sample;
} MixqCliRun;
/**
 * MixqCliRunKind: what the group is for
 * @MIXQ_CLI_SWEEP: --lambda takes a list, and there is no --seed and no --method
 * @MIXQ_CLI_FRONT: --method and --cost take lists that the command reads itself, and there is no --lambda and no --seeds
 */
typedef enum {
  MIXQ_CLI_ONE_RUN,
  MIXQ_CLI_SWEEP,
  MIXQ_CLI_FRONT,
} MixqCliRunKind;
void mixq_cli_run_add (MixqCliRun *self, MixqCliRunKind kind, GOptionContext *context);
void mixq_cli_run_clear (MixqCliRun *self);
/** mixq_cli_run_apply: @config: (inout): initialised. Leaves lambda lists and --seeds to the command. Errors: MIXQ_CLI_ERROR_USAGE. */
gboolean
mixq_cli_run_apply (const MixqCliRun *self, const MixqModel *model, MixqRunConfig *config, GError **error);
const char *mixq_cli_run_given (const MixqCliRun *self);

/** MixqCliSeeds: seeds first..last, both included. */
typedef struct
{
  guint64 first;
  guint n;
} MixqCliSeeds;
/** mixq_cli_parse_seeds: "A..B" or one number. Errors: MIXQ_CLI_ERROR_USAGE. */
gboolean mixq_cli_parse_seeds (const char *text, MixqCliSeeds *seeds, GError **error);

/** mixq_cli_parse_number: a whole text that is a finite number. Errors: MIXQ_CLI_ERROR_USAGE. */
gboolean mixq_cli_parse_number (const char *option, const char *text, double *value, GError **error);
/** mixq_cli_parse_count: digits, at most @max. Errors: MIXQ_CLI_ERROR_USAGE. */
gboolean
mixq_cli_parse_count (const char *option, const char *text, guint64 max, guint64 *value, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MixqCliData, mixq_cli_data_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MixqCliModel, mixq_cli_model_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MixqCliRun, mixq_cli_run_clear)

G_END_DECLS
