/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cost/mixq-penalty.h"
#include "diagnose/mixq-slot-health.h"

G_BEGIN_DECLS

/** MixqDiagnosisKind: one row of the table in mixq-diagnose.c each. The order is that in which they are looked for. */
typedef enum {
  MIXQ_DIAGNOSIS_DIVERGED,
  MIXQ_DIAGNOSIS_NO_VALIDATION,
  MIXQ_DIAGNOSIS_SMALL_VALIDATION,
  MIXQ_DIAGNOSIS_CLIPPED,    /* severe drop of accuracy: values beyond the codes */
  MIXQ_DIAGNOSIS_DEAD_RANGE, /* severe drop of accuracy: codes beyond the values */
  MIXQ_DIAGNOSIS_COARSE,     /* severe drop of accuracy: sound ranges, too few bits */
  MIXQ_DIAGNOSIS_PINNED,     /* the cost does not fall: what could be saved is pinned */
  MIXQ_DIAGNOSIS_PENALTY,    /* the cost does not fall: this penalty is next to nothing here */
  MIXQ_DIAGNOSIS_NO_SLOPE,   /* the cost does not fall: the axis is flat */
  MIXQ_DIAGNOSIS_REWARDED,   /* all widest: lambda is negative */
  MIXQ_DIAGNOSIS_CHEAP,      /* all widest: lambda is too small */
  MIXQ_DIAGNOSIS_UNDECIDED,
  MIXQ_DIAGNOSIS_ARGMAX, /* the cost does not fall: the mixture moved, its winner did not */
  MIXQ_N_DIAGNOSES,
} MixqDiagnosisKind;

typedef enum {
  MIXQ_SEVERITY_NOTE,    /* the run is fine, its figures say less than they seem to */
  MIXQ_SEVERITY_WARNING, /* the run does not do what was asked for */
  MIXQ_SEVERITY_ERROR,   /* the run stopped */
} MixqSeverity;

/** MixqRemedy: an act that would help, with its figure in MixqDiagnosis.value. */
typedef enum {
  MIXQ_REMEDY_NONE,
  MIXQ_REMEDY_LAMBDA,     /* set lambda to value */
  MIXQ_REMEDY_PIN,        /* hold slot at value bits */
  MIXQ_REMEDY_UNPIN,      /* free slot */
  MIXQ_REMEDY_RATE,       /* start over with a learning rate of value */
  MIXQ_REMEDY_ALPHA_RATE, /* start over with a learning rate of alpha of value */
  MIXQ_REMEDY_SPLIT,      /* another split, with at least value validation nodes */
  MIXQ_REMEDY_PENALTY,    /* the normalised penalty */
  MIXQ_REMEDY_COST,       /* the axis of BitOPs */
} MixqRemedy;

/** MixqDiagnosis: one finding. A plain value; its sentences are made on demand, see below. Unused figures are 0. */
typedef struct
{
  MixqDiagnosisKind kind;
  MixqSeverity severity;
  int slot; /* the part it speaks of, or -1 */
  MixqRemedy remedy;
  double value;      /* of the remedy */
  double lambda;     /* as it stands */
  double equivalent; /* lambda under the normalised penalty */
  double rate;       /* a learning rate */
  double points;     /* percentage points of accuracy */
  double regained;   /* points that the slot in float32 gives back */
  double percent;
  guint count, total;
  guint bits;
} MixqDiagnosis;

/**
 * MixqObservation: what is known about a run or a live search; all borrowed.
 * @settled: the end of a run, or a live search long enough at one price: it may be judged where it has got to
 * @alpha: (nullable) n_slots x n_choices probabilities; %NULL where no search was done
 * @bits: (nullable) n_slots widths chosen or given
 * @pinned: (nullable) n_slots, 0 or the width it is held at
 * @cost: (nullable) the chosen axis; without it nothing about cost is diagnosed
 * @flat_axis: the axis gives the price no force (mixq_ms_table_steers())
 * @n_judged: nodes on which the two accuracies were measured: validation, or training where there are none
 * @float_accuracy, @accuracy: NaN while unknown
 * @health: (nullable) n_slots
 * @diverged: training stopped because numbers left their bounds
 */
typedef struct
{
  const MixqModel *model;
  gboolean settled;
  double lambda;
  MixqPenalty penalty;
  const MixqCostModel *cost;
  gboolean flat_axis;
  guint n_choices;
  const guint8 *choices;
  const float *alpha;
  const guint8 *bits;
  const guint8 *pinned;
  gsize n_validation, n_judged;
  double float_accuracy, accuracy;
  const MixqSlotHealth *health;
  double lr, lr_alpha;
  gboolean diverged;
} MixqObservation;

/**
 * mixq_diagnose:
 * @found: (array length=MIXQ_N_DIAGNOSES) (out)
 *
 * Pure. A finding that explains another one is given alone. Returns: how many were found, the gravest first.
 */
guint mixq_diagnose (const MixqObservation *seen, MixqDiagnosis *found);

/**
 * mixq_accuracy_dropped: whether @accuracy has fallen severely below @float_accuracy, both measured on @n_judged nodes;
 * FALSE where one is unknown. Says when mixq_slot_health_ablate() is worth its time.
 */
gboolean mixq_accuracy_dropped (double float_accuracy, double accuracy, gsize n_judged);

const char *mixq_diagnosis_name (MixqDiagnosisKind kind); /* "diverged", "no-validation", ... */

/** MixqTranslate: gettext, or %NULL for English with numbers in the C locale, as in files. */
typedef const char *(*MixqTranslate) (const char *text);
/**
 * mixq_diagnosis_dup_title, _cause, _remedy: one phrase and two sentences for people.
 * @symbol: call slots by their symbol ("W₁") in place of their name ("conv1.weight")
 */
char *mixq_diagnosis_dup_title (const MixqDiagnosis *self, MixqTranslate translate);
char *mixq_diagnosis_dup_cause (const MixqDiagnosis *self,
                                const MixqModel *model,
                                gboolean symbol,
                                MixqTranslate translate);
char *mixq_diagnosis_dup_remedy (const MixqDiagnosis *self,
                                 const MixqModel *model,
                                 gboolean symbol,
                                 MixqTranslate translate);
/** mixq_diagnosis_dup_line: "title: cause; remedy", in English: a member of `warnings`. */
char *mixq_diagnosis_dup_line (const MixqDiagnosis *self, const MixqModel *model);

G_END_DECLS
