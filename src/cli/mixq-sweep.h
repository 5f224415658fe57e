/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-cli-options.h"
#include "mixq-cli-run.h"

G_BEGIN_DECLS

/* Many runs side by side: one for each lambda and seed, on the float32 model of its seed. */

/** MixqSweepRun: one of them. */
typedef struct
{
  double lambda; /* NaN where @width is given */
  guint8 width;  /* 0, or the one width of all slots: a mark to compare with */
  guint64 seed;
  MixqRunResult *result; /* (nullable): not finished */
  float *alpha;          /* (nullable): epochs_search x n_slots x n_choices */
  GError *error;         /* (nullable): why it is not finished */
} MixqSweepRun;

/** MixqSweepPoint: one model: the runs that ended with the same widths, each seed once. */
typedef struct
{
  const MixqSweepRun *run; /* the one to export: best on validation, lowest seed of equals */
  guint n_seeds;
  double val_mean, val_std, test_mean, test_std; /* integer; simulated under the reference */
  double float_val_mean;                         /* of float32 with the same seeds */
  double cost, cost_float;                       /* on the axis of the search */
  gboolean on_front;    /* no other point is at least as good on validation and as cheap, and better in one */
  gboolean recommended; /* the cheapest within one point of float32 on validation */
} MixqSweepPoint;

/** MixqSweep: set the first part, call mixq_sweep_run(), read the second. */
typedef struct
{
  MixqModel *model;
  MixqInputs *inputs;
  MixqRunConfig config; /* of every run but for lambda and seed */
  double *lambda;       /* owned */
  guint n_lambdas;
  MixqCliSeeds seeds;
  gboolean uniform; /* also one run a width and seed with that width everywhere */
  guint jobs;

  MixqFloatModel **float_model; /* owned: one a seed, NULL where it was not finished */
  GError **float_error;         /* owned */
  MixqSweepRun *run;            /* owned: lambda by lambda, then width by width; seed by seed in each */
  guint n_runs, n_finished;
  MixqSweepPoint *point; /* owned: cheapest first */
  guint n_points;
  double seconds;
} MixqSweep;

void mixq_sweep_clear (MixqSweep *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MixqSweep, mixq_sweep_clear)

/**
 * mixq_sweep_run:
 *
 * Runs until all are done or the interrupt comes; a run that fails leaves the others alone. Results do not depend on
 * @jobs. Errors: MIXQ_ERROR_CANCELLED, or the first failure with how many there were; what is finished is there.
 */
gboolean mixq_sweep_run (MixqSweep *self, const MixqCli *cli, GError **error);

/** mixq_sweep_cost: of a result, or of @float32, on the axis of the sweep; milliseconds by the measured table. */
double mixq_sweep_cost (const MixqSweep *self, const MixqRunResult *result, gboolean float32);
/** mixq_sweep_find_points: fills the points from the finished runs. */
void mixq_sweep_find_points (MixqSweep *self);
/** mixq_sweep_recommended: (nullable). */
const MixqSweepPoint *mixq_sweep_recommended (const MixqSweep *self);

/** mixq_sweep_to_json: everything. (transfer full). */
JsonNode *mixq_sweep_to_json (const MixqSweep *self);
/** mixq_sweep_to_csv: a row a finished run. (transfer full). */
char *mixq_sweep_to_csv (const MixqSweep *self);
/** mixq_sweep_print: a table for people, a row a lambda. */
void mixq_sweep_print (const MixqSweep *self);

/** mixq_sweep_has_front: there are points, and validation nodes to judge them by. */
gboolean mixq_sweep_has_front (const MixqSweep *self);
/** mixq_sweep_write_charts: front.svg, front.png, alpha.svg and alpha.png in @folder. Errors: MIXQ_ERROR_IO, _EXTERNAL. */
gboolean mixq_sweep_write_charts (const MixqSweep *self, const char *folder, GError **error);

G_END_DECLS
