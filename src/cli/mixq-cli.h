/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the commands of `mixq` share: how to read arguments, how to speak, how to end. */

/** Exit statuses: spec/cli.md. */
typedef enum {
  MIXQ_CLI_DONE = 0,
  MIXQ_CLI_FAILED = 1,
  MIXQ_CLI_WRONG_USAGE = 2,
  MIXQ_CLI_INTERRUPTED = 130,
} MixqCliStatus;

/**
 * MixqCliErrorCode:
 * @MIXQ_CLI_ERROR_USAGE: the arguments are wrong
 * @MIXQ_CLI_ERROR_HELP: help was asked for and printed; nothing is wrong
 * @MIXQ_CLI_ERROR_REPORTED: the work failed and all that can be said of it was said
 */
typedef enum {
  MIXQ_CLI_ERROR_USAGE,
  MIXQ_CLI_ERROR_HELP,
  MIXQ_CLI_ERROR_REPORTED,
} MixqCliErrorCode;

#define MIXQ_CLI_ERROR (mixq_cli_error_quark ())
GQuark mixq_cli_error_quark (void);

/** MixqCli: what every command gets. */
typedef struct
{
  const char *command;       /* (borrowed): "run" */
  GCancellable *cancellable; /* (borrowed): triggered by Ctrl-C */
  gboolean json;             /* one JSON document on standard output and nothing else there */
  gboolean quiet;            /* no progress */
  gboolean help;             /* only help was asked for */
} MixqCli;

/**
 * MixqCliFunc: one command.
 * @argv: (array length=argc): from the command's own name on
 *
 * Returns: %TRUE where the work is done. Errors: MIXQ_CLI_ERROR and those of the engine, see mixq_cli_report().
 */
typedef gboolean (*MixqCliFunc) (MixqCli *cli, int argc, char **argv, GError **error);

/**
 * mixq_cli_context_new:
 * @arguments: what follows the options, for the help: "DATASET"
 * @summary: a sentence or two for the help
 *
 * A parser with --json, --quiet and --help. Returns: (transfer full).
 */
GOptionContext *mixq_cli_context_new (MixqCli *cli, const char *arguments, const char *summary);

/**
 * mixq_cli_parse:
 * @min: least number of arguments besides the options
 * @max: most of them
 * @rest: (out) (transfer full) (nullable): those arguments
 *
 * Errors: MIXQ_CLI_ERROR_USAGE, MIXQ_CLI_ERROR_HELP.
 */
gboolean mixq_cli_parse (MixqCli *cli,
                         GOptionContext *context,
                         int argc,
                         char **argv,
                         guint min,
                         guint max,
                         GStrv *rest,
                         GError **error);

/** mixq_cli_add_group: a titled part of the help. @entries: (array zero-terminated=1): copied. */
void mixq_cli_add_group (GOptionContext *context,
                         const char *name,
                         const char *title,
                         const GOptionEntry *entries);

/** mixq_cli_usage: sets MIXQ_CLI_ERROR_USAGE. Returns: %FALSE. */
gboolean mixq_cli_usage (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
/** mixq_cli_is_usage: makes an error of the engine about an argument one of usage. Returns: @ok. */
gboolean mixq_cli_is_usage (gboolean ok, GError **error);

/** mixq_cli_report: says @error (nullable) on standard error in one line. Returns: the exit status for it. */
MixqCliStatus mixq_cli_report (const MixqCli *cli, const GError *error);
/** mixq_cli_warn: "mixq: ..." in one line on standard error. */
void mixq_cli_warn (const char *format, ...) G_GNUC_PRINTF (1, 2);

/** mixq_cli_print_json: @node: (transfer full): the one document of a command. */
void mixq_cli_print_json (JsonNode *node);

/** mixq_cli_machine_to_json: what times and bits depend on: kernels, BLAS and its threads. */
JsonObject *mixq_cli_machine_to_json (void);

/** mixq_cli_is_stopped: Ctrl-C was pressed. */
gboolean mixq_cli_is_stopped (const MixqCli *cli);
/** mixq_cli_stopped: sets MIXQ_ERROR_CANCELLED with a sentence on what was kept. Returns: %FALSE. */
gboolean mixq_cli_stopped (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

/**
 * mixq_cli_catch_interrupts:
 *
 * From now on SIGINT and SIGTERM trigger @cancellable; a second one ends the process at once. The handler only writes
 * to a pipe; a thread that lives as long as the process reads it.
 */
void mixq_cli_catch_interrupts (GCancellable *cancellable);

/* The commands, one file each. */
gboolean mixq_command_datasets (MixqCli *cli, int argc, char **argv, GError **error);
gboolean mixq_command_inspect (MixqCli *cli, int argc, char **argv, GError **error);
gboolean mixq_command_cost (MixqCli *cli, int argc, char **argv, GError **error);
gboolean mixq_command_run (MixqCli *cli, int argc, char **argv, GError **error);
gboolean mixq_command_sweep (MixqCli *cli, int argc, char **argv, GError **error);
gboolean mixq_command_front (MixqCli *cli, int argc, char **argv, GError **error);
gboolean mixq_command_reproduce (MixqCli *cli, int argc, char **argv, GError **error);
gboolean mixq_command_predict (MixqCli *cli, int argc, char **argv, GError **error);
gboolean mixq_command_export (MixqCli *cli, int argc, char **argv, GError **error);
gboolean mixq_command_bench (MixqCli *cli, int argc, char **argv, GError **error);
gboolean mixq_command_verify (MixqCli *cli, int argc, char **argv, GError **error);

G_END_DECLS
