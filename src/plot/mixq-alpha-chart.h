/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-plot-cairo.h"

G_BEGIN_DECLS

#define MIXQ_ALPHA_MAX_CHOICES 16

/**
 * MixqAlphaSlot: how one quantized tensor came to its width. Borrows everything.
 * @name: as it is shown, e.g. "agg₁"
 * @kind: (nullable): "gathered", "weights"
 * @n_choices: 1..%MIXQ_ALPHA_MAX_CHOICES
 * @bits: (array length=n_choices): the widths to choose from, in any order
 * @n_steps: rows of @history; 0 where nothing has been recorded
 * @history: (array length=n_steps*n_choices): probabilities, oldest row first, columns in the order of @bits; a row is
 *   scaled to sum 1, one without a positive finite sum is left out
 * @now: (nullable) (array length=n_choices): probabilities now; %NULL takes the newest row
 * @chosen: the width that would be taken now; 0 takes the most probable
 * @pinned: the user chose: the bar is all @chosen, the stream is faint
 */
typedef struct
{
  const char *name;
  const char *kind;
  guint n_choices;
  const guint8 *bits;
  gsize n_steps;
  const float *history;
  const float *now;
  guint chosen;
  gboolean pinned;
} MixqAlphaSlot;

/**
 * MixqAlphaData: every slot of a model, in slot order.
 * @first_step: number of the oldest row, for the caption
 * @last_step: number of the newest row
 */
typedef struct
{
  const MixqAlphaSlot *slots;
  gsize n_slots;
  guint64 first_step;
  guint64 last_step;
} MixqAlphaData;

/** mixq_alpha_slot_chosen: the width taken now; 0 where nothing is known. */
guint mixq_alpha_slot_chosen (const MixqAlphaSlot *slot);

/**
 * mixq_alpha_slot_share:
 * @bits: one of the slot's widths
 *
 * Probability of a width now, 0..1; 0 where nothing is known.
 */
double mixq_alpha_slot_share (const MixqAlphaSlot *slot, guint bits);

/**
 * mixq_alpha_stream_draw:
 * @box: stream and, right of it, the bar
 * @bar_width: of the bar now; 0 draws none
 *
 * The small picture of one slot: narrow widths below, wide ones on top, oldest left, always the whole run; thinned to
 * the pixels there are. Cost: O(n_steps), so cells of long runs should pass a history thinned before.
 */
void mixq_alpha_stream_draw (cairo_t *cr,
                             const MixqPlotBox *box,
                             double bar_width,
                             const MixqPlotTheme *theme,
                             const MixqAlphaSlot *slot);

/** mixq_alpha_chart_draw: all slots as small multiples, with a legend below; for files. */
void mixq_alpha_chart_draw (cairo_t *cr,
                            double width,
                            double height,
                            const MixqPlotTheme *theme,
                            const MixqAlphaData *data);

/** mixq_alpha_chart_height: a height that suits so many slots at @width. */
double mixq_alpha_chart_height (const MixqAlphaData *data, double width);

/** mixq_alpha_chart_describe: one sentence. Returns: (transfer full). */
char *mixq_alpha_chart_describe (const MixqAlphaData *data);

/** mixq_alpha_slot_describe: "W₁: 4 bits, 71 percent". Returns: (transfer full). */
char *mixq_alpha_slot_describe (const MixqAlphaSlot *slot);

/** mixq_alpha_chart_csv: slot, step, bits, probability; one row each. Returns: (transfer full). */
char *mixq_alpha_chart_csv (const MixqAlphaData *data);

G_END_DECLS
