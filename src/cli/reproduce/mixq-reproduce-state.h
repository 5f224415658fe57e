/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "model/mixq-model.h"
#include "run/mixq-run-config.h"

G_BEGIN_DECLS

/** MixqFigure: a number that is kept of each run. Costs: BitOPs in both conventions, and float32's beside each. */
typedef enum {
  MIXQ_FIGURE_VAL, /* accuracy of the integer model; under the reference of the simulated one */
  MIXQ_FIGURE_TEST,
  MIXQ_FIGURE_FLOAT_VAL,
  MIXQ_FIGURE_FLOAT_TEST,
  MIXQ_FIGURE_RELAXED_VAL,
  MIXQ_FIGURE_RELAXED_TEST,
  MIXQ_FIGURE_BITOPS,
  MIXQ_FIGURE_BITOPS_FLOAT,
  MIXQ_FIGURE_BITOPS_SEARCH,
  MIXQ_FIGURE_BITOPS_SEARCH_FLOAT,
  MIXQ_FIGURE_PRODUCT,
  MIXQ_FIGURE_PRODUCT_FLOAT,
  MIXQ_FIGURE_BYTES,
  MIXQ_FIGURE_BYTES_FLOAT,
  MIXQ_FIGURE_AVERAGE_BITS,
  MIXQ_FIGURE_DECIDED, /* the last search epoch at which the most voted width of any slot changed */
  MIXQ_FIGURE_AGREEMENT,
  MIXQ_FIGURE_SECONDS,
  MIXQ_N_FIGURES,
} MixqFigure;
const char *mixq_figure_name (MixqFigure figure); /* as in files */

/** MixqProbe: one look into a search. Accuracies are fractions. */
typedef struct
{
  double epoch;
  double relaxed_val, relaxed_test, rounded_val, rounded_test, finished_val, finished_test;
} MixqProbe;

/** MixqRecord: what is kept of one finished run. */
typedef struct
{
  double figure[MIXQ_N_FIGURES]; /* NaN where there is none */
  guint n_slots;
  guint8 bits[MIXQ_MAX_SLOTS];
  GArray *probes; /* (nullable) of MixqProbe */
} MixqRecord;
MixqRecord *mixq_record_new (void);
void mixq_record_free (MixqRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqRecord, mixq_record_free)
MixqRecord *mixq_record_copy (const MixqRecord *self);

/**
 * mixq_record_key:
 * @probe: as in the setting
 *
 * Names a run by everything that decides its outcome: data, model, configuration with its seed, kernels and version.
 * Returns: (transfer full).
 */
char *
mixq_record_key (const char *data_sha256, const MixqModel *model, const MixqRunConfig *config, guint probe);

/**
 * MixqState: the file of finished runs, one JSON line each, appended and synced as they end, so that a start that was
 * stopped or killed goes on where it was. A last line that was cut off is dropped. One process at a time.
 * mixq_state_keep() may be called from any thread.
 */
typedef struct _MixqState MixqState;

/** mixq_state_open: @folder: made if it is not there. Errors: MIXQ_ERROR_IO, MIXQ_ERROR_PARSE for a line that is no run. */
MixqState *mixq_state_open (const char *folder, GError **error);
void mixq_state_free (MixqState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqState, mixq_state_free)
/** mixq_state_find: Returns: (nullable): borrowed. */
const MixqRecord *mixq_state_find (const MixqState *self, const char *key);
/** mixq_state_keep: @label: for people who read the file. Errors: MIXQ_ERROR_IO. */
gboolean mixq_state_keep (MixqState *self,
                          const char *key,
                          const char *label,
                          const MixqRecord *record,
                          GError **error);

G_END_DECLS
