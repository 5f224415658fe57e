/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-cli.h"
#include "mixq-progress.h"
#include "run/mixq-pipeline.h"

G_BEGIN_DECLS

/* What `run` and `sweep` share round one mixq_run(). */

/** MixqRunWatch: tells a progress about the epochs of one run. Fill it, then use mixq_run_watch_control(). */
typedef struct
{
  MixqProgress *progress;    /* (borrowed) */
  GCancellable *cancellable; /* (borrowed) */
  const char *label;         /* (borrowed): "seed 3" */
  gboolean lines;            /* a line at the end of each phase, where there is no bar */
} MixqRunWatch;
MixqPhaseControl mixq_run_watch_control (MixqRunWatch *self);

/** mixq_run_epochs: epochs of one run of @config, float32 included where @with_float. */
guint64 mixq_run_epochs (const MixqRunConfig *config, gboolean with_float);

/**
 * mixq_cli_check_out:
 * @path: (nullable): an output folder that is wanted
 *
 * Says before the work, not after it, that a folder is in the way or cannot be made. Errors: MIXQ_ERROR_IO.
 */
gboolean mixq_cli_check_out (const char *path, gboolean force, GError **error);

/** mixq_run_result_widths: (transfer full): "2,2,2,8,8,8,8,8,8". */
char *mixq_run_result_widths (const MixqRunResult *result);
/** mixq_run_result_accuracy: the integer model's, of the simulated one where there are no integers. */
double mixq_run_result_accuracy (const MixqRunResult *result, MixqPart part);

/** mixq_run_print: one run, for people. */
void mixq_run_print (const MixqRunResult *result);
/** mixq_runs_print: a table of the same run with several seeds, with mean and population standard deviation. */
void mixq_runs_print (const GPtrArray *results);
/** mixq_runs_warn: the warnings of all @results on standard error, each text once; beside a JSON document. */
void mixq_runs_warn (const GPtrArray *results);

G_END_DECLS
