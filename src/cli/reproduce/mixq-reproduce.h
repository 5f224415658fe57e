/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-cli-options.h"
#include "mixq-cli-run.h"
#include "reproduce/mixq-reproduce-report.h"
#include "reproduce/mixq-reproduce-state.h"

G_BEGIN_DECLS

/*
 * `mixq reproduce`: a published table or curve, or a question that the paper leaves open, with ours beside it.
 * A reproduction is a row of a table (mixq_reproductions()): it asks for settings, all of them are run with the same
 * seeds, and then it writes what came out into a report. Running, resuming and writing are the same for all.
 */

/** MixqReproduceData: one data set. */
typedef struct
{
  char *name;  /* owned: "cora": as files are called */
  char *title; /* owned */
  MixqInputs *inputs;
  MixqInputs *
      *fold; /* (nullable) (array length=n_folds of the call): the same data, each with its own parts */
  MixqModel *model;
} MixqReproduceData;

/** MixqSetting: one way of running on one data set, once a seed, or once a fold and seed. */
typedef struct
{
  guint data;
  char *options;        /* owned: as `mixq run` takes them */
  MixqRunConfig config; /* without its seed */
  guint probe;          /* 0, or after how many epochs the search is looked into (mixq_probe_search()) */
  MixqRecord **record;  /* [n_seeds] owned, NULL where the run is not finished */
  GError *error;        /* (nullable): the first failure of its runs */
} MixqSetting;

typedef struct _MixqReproduction MixqReproduction;

/** MixqReproduce: one call of the command. */
typedef struct
{
  const MixqReproduction *what;
  gboolean quick;
  char *published; /* (nullable) folder of the published figures */
  guint jobs;
  guint64 first_seed;
  guint n_folds;           /* 1 where there are none */
  guint n_seeds;           /* runs of a setting: all folds with the first seed, then with the next one */
  MixqReproduceData *data; /* owned */
  guint n_data;
  GPtrArray *settings; /* of MixqSetting */
  MixqReport *report;
  gpointer plan; /* owned by the reproduction between its two functions */
  GDestroyNotify plan_free;
  guint n_runs, n_known, n_failed; /* all, read from an earlier start, and failed */
  double seconds;
} MixqReproduce;

void mixq_reproduce_clear (MixqReproduce *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MixqReproduce, mixq_reproduce_clear)

/** MixqReproduction: a row of the registry. */
struct _MixqReproduction
{
  const char *name;
  const char *title;
  const char *says;        /* what the paper says, or leaves open, with its source */
  const char *const *sets; /* (array zero-terminated=1): data sets by name, built-in ones among them */
  gconstpointer details;   /* what else tells it from others that use the same functions */
  gboolean (*ask) (MixqReproduce *self, GError **error);
  gboolean (*tell) (MixqReproduce *self, GError **error);
  const char *model;     /* (nullable): options of the model; NULL: the published GCN */
  guint n_folds;         /* of the published protocol; 0 or 1: none */
  const char *fold_file; /* (nullable): "csl/csl_folds.tsv": the published folds, in the folder of --data */
};
/** mixq_reproductions: Returns: (array length=n): in the order of `mixq reproduce`. */
const MixqReproduction *mixq_reproductions (gsize *n);
const MixqReproduction *mixq_reproduction_find (const char *name);

/* What the rows of the registry are made of. */
gboolean mixq_paper_ask (MixqReproduce *self, GError **error);
gboolean mixq_paper_tell (MixqReproduce *self, GError **error);
gboolean mixq_study_ask (MixqReproduce *self, GError **error);
gboolean mixq_study_tell (MixqReproduce *self, GError **error);
gboolean mixq_gap_ask (MixqReproduce *self, GError **error);
gboolean mixq_gap_tell (MixqReproduce *self, GError **error);
gboolean mixq_sensitivity_ask (MixqReproduce *self, GError **error);
gboolean mixq_sensitivity_tell (MixqReproduce *self, GError **error);
gboolean mixq_architecture_ask (MixqReproduce *self, GError **error);
gboolean mixq_architecture_tell (MixqReproduce *self, GError **error);

/** mixq_reproduce_find_data: index of the set called @name, or -1. */
int mixq_reproduce_find_data (const MixqReproduce *self, const char *name);

/**
 * mixq_reproduce_add:
 * @format: options of `mixq run`: "--reference --lambda=0.1"
 * @index: (out): the setting; one that is there already is not added twice
 *
 * Errors: those of the options.
 */
gboolean mixq_reproduce_add (MixqReproduce *self,
                             guint data,
                             guint probe,
                             guint *index,
                             GError **error,
                             const char *format,
                             ...) G_GNUC_PRINTF (6, 7);
/** mixq_reproduce_read_options: of `mixq run`, over its defaults. Errors: those of the options. */
gboolean mixq_reproduce_read_options (const char *options,
                                      const MixqModel *model,
                                      MixqRunConfig *config,
                                      GError **error);
const MixqSetting *mixq_reproduce_setting (const MixqReproduce *self, guint index);
/** mixq_reproduce_seed, mixq_reproduce_inputs: what run @run of a setting starts from: (transfer none). */
guint64 mixq_reproduce_seed (const MixqReproduce *self, guint run);
MixqInputs *mixq_reproduce_inputs (const MixqReproduce *self, guint data, guint run);
/**
 * mixq_reproduce_heavy_widths: (transfer full): "2,2,2,8,8,8,8,8,8": @bits for the fewest slots that carry the share
 * MIXQ_HEAVY_SHARE of the cost, @widest elsewhere.
 */
char *mixq_reproduce_heavy_widths (const MixqModel *model, guint bits, guint widest);
/** MIXQ_HEAVY_SHARE: the costly part (spec/search.md 5). */
#define MIXQ_HEAVY_SHARE 0.95

/**
 * mixq_reproduce_run:
 * @state: (nullable): where finished runs are read from and kept
 *
 * Runs what is not known yet. Results do not depend on @jobs. Errors: MIXQ_ERROR_CANCELLED; a run that fails leaves the
 * others alone and is counted.
 */
gboolean mixq_reproduce_run (MixqReproduce *self, MixqState *state, const MixqCli *cli, GError **error);

/**
 * mixq_probe_search:
 * @record: (inout): its probes are appended
 *
 * The search of @config, stopped every so many epochs to look at three accuracies: of the mixture (relaxed), of the
 * same weights with each slot at its most voted width (rounded), and of the model that QAT makes of those widths
 * (finished). Looking changes nothing in the search.
 */
gboolean mixq_probe_search (const MixqFloatModel *float_model,
                            const MixqRunConfig *config,
                            guint every,
                            const MixqPhaseControl *control,
                            MixqRecord *record,
                            GError **error);

/* --- figures of a setting over its seeds ----------------------------------------------------------------------------- */

/** mixq_setting_collect: @value: (out) (array length=n_seeds): the finite ones, in the order of seeds. Returns: how many. */
guint mixq_setting_collect (const MixqReproduce *self,
                            const MixqSetting *setting,
                            MixqFigure figure,
                            double *value);
MixqSpread mixq_setting_spread (const MixqReproduce *self, const MixqSetting *setting, MixqFigure figure);
double mixq_setting_median (const MixqReproduce *self, const MixqSetting *setting, MixqFigure figure);

/** mixq_grid: "0.1,0.3": Returns: (transfer full) (element-type double). */
GArray *mixq_grid (const char *text);

G_END_DECLS
