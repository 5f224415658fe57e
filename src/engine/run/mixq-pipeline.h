/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "diagnose/mixq-diagnose.h"
#include "integer/mixq-frozen.h"
#include "net/mixq-inputs.h"
#include "run/mixq-run-config.h"
#include "run/mixq-session.h"
#include "train/mixq-trainer.h"

G_BEGIN_DECLS

/*
 * The phases of a run, each a blocking function for one thread: float32 -> search -> QAT -> integers (method spec 5, 13.8).
 * The command line, the session's workers and the tests all train through these.
 */

/** MixqPhaseProgress: called after every epoch, on the calling thread; cheap. @phase: "float32", "search", "qat". */
typedef void (*MixqPhaseProgress) (const char *phase,
                                   guint epoch,
                                   guint epochs,
                                   const MixqEpoch *figures,
                                   gpointer user_data);

typedef struct
{
  GCancellable *cancellable;  /* (nullable) polled every epoch and between units of inference */
  MixqPhaseProgress progress; /* (nullable) */
  gpointer user_data;
  float *
      alpha; /* (nullable) (out) epochs_search x n_slots x n_choices: the probabilities after each search epoch */
} MixqPhaseControl;

/** MixqAccuracies: what mixq_task_score() says of a part, NaN where the part is empty or the thing does not exist. */
typedef struct
{
  double part[4];
} MixqAccuracies;

/** MixqFloatModel: a trained float32 model. Immutable, ref-counted: kept per data set, architecture and seed. */
typedef struct
{
  MixqModel *model;
  MixqInputs *inputs;
  guint64 seed;
  guint epoch; /* the one whose weights these are */
  MixqAccuracies accuracy;
  MixqParameters *parameters;
  float *probability;  /* items x classes: the teacher of a transductive distillation */
  guint16 *prediction; /* items */
  guint8 *confidence;  /* items */
  double seconds, epoch_ms;
  /*< private >*/
  gatomicrefcount ref_count;
} MixqFloatModel;
MixqFloatModel *mixq_float_model_train (MixqModel *model,
                                        MixqInputs *inputs,
                                        const MixqRunConfig *config,
                                        const MixqPhaseControl *control,
                                        GError **error);
/** mixq_float_model_new_taught: @self with other probabilities (items x classes) as the teacher; shares nothing. */
MixqFloatModel *mixq_float_model_new_taught (const MixqFloatModel *self, const float *probability);
MixqFloatModel *mixq_float_model_ref (MixqFloatModel *self);
void mixq_float_model_unref (MixqFloatModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqFloatModel, mixq_float_model_unref)

/** mixq_search_rules: how a network of @config quantizes in search. */
MixqNetRules mixq_search_rules (const MixqRunConfig *config);
/** mixq_search_apply: one command on a running search: moves @lambda, pins or frees a slot. Used live and in replays. */
void mixq_search_apply (MixqTrainer *trainer, const MixqCommand *command, double *lambda);

/** mixq_search_trainer_new: a relaxed search that starts from @float_model (from fresh weights under the reference). */
MixqTrainer *mixq_search_trainer_new (const MixqFloatModel *float_model,
                                      const MixqRunConfig *config,
                                      const MixqCostModel *cost);

/** MixqSelection: what a search chose. */
typedef struct
{
  guint8 bits[MIXQ_MAX_SLOTS];
  float alpha[MIXQ_MAX_SLOTS][MIXQ_MAX_CHOICES]; /* probabilities */
  gboolean relaxed;                              /* FALSE: widths were given; alpha is meaningless */
  MixqAccuracies accuracy;                       /* relaxed, last epoch */
  double seconds, epoch_ms;
} MixqSelection;
/**
 * mixq_search_run:
 * @commands: (array) (nullable) MixqCommand log to replay: each is applied before the step of its number
 *
 * config->epochs_search steps at config->lambda; widths of the last epoch (13.8).
 */
gboolean mixq_search_run (const MixqFloatModel *float_model,
                          const MixqRunConfig *config,
                          const GArray *commands,
                          const MixqPhaseControl *control,
                          MixqSelection *selection,
                          GError **error);

/** MixqFinished: a quantized model after QAT, as integers. Immutable, ref-counted. */
typedef struct
{
  guint8 bits[MIXQ_MAX_SLOTS];
  guint64 seed;
  gboolean distilled;
  MixqFrozen *frozen; /* (nullable): NULL under the reference, see warnings */
  guint epoch;
  MixqAccuracies quantized; /* simulated in double, once frozen; as trained under the reference */
  MixqAccuracies integer;   /* NaN under the reference */
  double val_loss;          /* mean cross-entropy of the integer logits on validation nodes; NaN likewise */
  double agreement_codes, agreement_predictions; /* integer against simulated; NaN under the reference */
  guint16 *prediction;                           /* items: integer (simulated under the reference) */
  guint8 *confidence;
  gsize n_items;
  MixqSlotHealth *health; /* n_slots: of the quantizers once trained, see mixq_run_health_new() */
  double seconds, epoch_ms;
  double integer_seconds; /* median of a few whole-graph inferences */
  /*< private >*/
  gatomicrefcount ref_count;
} MixqFinished;
/** mixq_finish: QAT from @float_model with widths @bits, freeze, integer inference checked against the simulated model. */
MixqFinished *mixq_finish (const MixqFloatModel *float_model,
                           const MixqRunConfig *config,
                           const guint8 *bits,
                           const MixqPhaseControl *control,
                           GError **error);
/**
 * mixq_finished_cost:
 * @bits: n_slots widths as they were chosen: what counts where there is no integer model
 *
 * Every figure of the finished model; a slot whose nodes have widths of their own counts with their mean.
 */
void
mixq_finished_cost (const MixqFinished *self, const MixqModel *model, const guint8 *bits, MixqCost *cost);
MixqFinished *mixq_finished_ref (MixqFinished *self);
void mixq_finished_unref (MixqFinished *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqFinished, mixq_finished_unref)

/** MixqRunResult: one whole run. */
typedef struct
{
  MixqModel *model;
  MixqInputs *inputs;
  MixqRunConfig config;
  MixqFloatModel *float_model;
  MixqSelection selection;
  MixqFinished *finished;
  MixqCost cost_float, cost;
  double seconds, peak_mib; /* peak: of the process, above what it was at the start of the run */
  char *plan;               /* how the data was walked and why: mixq_plan_describe() */
  GPtrArray *warnings;      /* of char * */
  MixqDiagnosis diagnosis[MIXQ_N_DIAGNOSES];
  guint n_diagnoses; /* their lines are in warnings, too */
  GArray *commands;  /* (nullable) of MixqCommand: the log that was replayed */
} MixqRunResult;
/**
 * mixq_run:
 * @float_model: (nullable): already trained on the same data, model and seed; else it is trained
 * @commands: (nullable): log to replay
 */
MixqRunResult *mixq_run (MixqModel *model,
                         MixqInputs *inputs,
                         const MixqRunConfig *config,
                         MixqFloatModel *float_model,
                         const GArray *commands,
                         const MixqPhaseControl *control,
                         GError **error);
void mixq_run_result_free (MixqRunResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqRunResult, mixq_run_result_free)

/** mixq_accuracies_of_logits: mixq_task_score() of dequantized logits, by part. */
void mixq_accuracies_of_logits (const MixqInputs *inputs, const double *logits, MixqAccuracies *accuracy);

G_END_DECLS
