/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "front/mixq-front.h"
#include "mixq-cli-options.h"
#include "mixq-statistics.h"

G_BEGIN_DECLS

/* `mixq front`: every method on every axis, on the same splits, seeds, float32 models and budget. */

/** MixqFrontResult: one search. */
typedef struct
{
  MixqFrontMethod method;
  MixqCostAxis axis;
  guint repeat;
  GArray *points;     /* MixqFrontPoint; cheapest first */
  double hypervolume; /* in the rectangle of its axis and repeat */
  MixqRectangle rectangle;
  guint models; /* trainings */
  double seconds;
  double float_val, float_test; /* mean over the seeds */
  double cost_float;            /* on the axis */
} MixqFrontResult;

/** MixqFrontStudy: set the first part, call mixq_front_study_run(), read the second. */
typedef struct
{
  MixqDataset *dataset;
  MixqModel *model; /* of the first repeat; widths and names are the same for all */
  MixqRunConfig config;
  MixqFrontOptions options; /* method and axis are set for each search */
  MixqFrontMethod method[MIXQ_N_FRONT_METHODS];
  guint n_methods;
  MixqCostAxis axis[MIXQ_N_COST_AXES];
  guint n_axes;
  guint n_repeats;
  gboolean fresh_splits; /* repeat r is on the split random:(first_split + r) */
  guint64 first_split;
  gboolean has_rectangle;
  MixqRectangle rectangle;

  GPtrArray *results; /* MixqFrontResult: repeat by repeat, axis by axis, method by method */
  double seconds;
} MixqFrontStudy;

void mixq_front_study_clear (MixqFrontStudy *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MixqFrontStudy, mixq_front_study_clear)

/** mixq_front_study_run: what is finished is there, also after an interrupt. Errors: MIXQ_ERROR_CANCELLED and the engine's. */
gboolean mixq_front_study_run (MixqFrontStudy *self, const MixqCli *cli, GError **error);

/** mixq_front_study_find: (nullable). */
const MixqFrontResult *
mixq_front_study_find (const MixqFrontStudy *self, MixqFrontMethod method, MixqCostAxis axis, guint repeat);
/** mixq_front_study_hypervolumes: of all repeats both methods have; @b (nullable). Returns: how many. */
guint mixq_front_study_hypervolumes (const MixqFrontStudy *self,
                                     MixqCostAxis axis,
                                     MixqFrontMethod method,
                                     MixqFrontMethod other,
                                     double *a,
                                     double *b);

/** mixq_front_widths: (transfer full): "2,2,2,8,8,8,8,8,8". */
char *mixq_front_widths (const MixqFrontStudy *self, const guint8 *bits);

JsonNode *mixq_front_study_to_json (const MixqFrontStudy *self);
/** mixq_front_study_to_csv: a row a point. (transfer full). */
char *mixq_front_study_to_csv (const MixqFrontStudy *self);
void mixq_front_study_print (const MixqFrontStudy *self);
/** mixq_front_study_plot: the first repeat on the first axis; the format is that of @path. */
gboolean mixq_front_study_plot (const MixqFrontStudy *self, const char *path, GError **error);

G_END_DECLS
