/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cost/mixq-cost.h"
#include "net/mixq-inputs.h"

G_BEGIN_DECLS

/**
 * mixq_ms_table_measure:
 *
 * Runs the integer model of @model at each of @choices (random weights: time does not depend on them) and float32 on
 * @inputs, and fits a line through each unit's times; a unit's slope is shared by its slots. Takes the least of a few
 * runs. Cost: some 20 inferences of the whole graph. Never negative.
 */
void mixq_ms_table_measure (MixqMsTable *table,
                            MixqModel *model,
                            MixqInputs *inputs,
                            guint n_choices,
                            const guint8 *choices);

/** mixq_ms_table_steers: whether widths change the time by more than a tenth of it, so that lambda has something to hold. */
gboolean mixq_ms_table_steers (const MixqMsTable *table);

G_END_DECLS
