/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "run/mixq-run-config.h"

G_BEGIN_DECLS

/** MixqFrontSpace: the widths a search may choose and what is known of them before any is trained. */
typedef struct
{
  const MixqModel *model;      /* borrowed */
  const MixqRunConfig *config; /* borrowed: choices, pins, cost axis, measured milliseconds */
  MixqCostModel *cost_model;   /* owned */
  double *kl;                  /* (nullable) (owned) n_slots x n_choices, mixq_sensitivity_measure() */
} MixqFrontSpace;

/** mixq_front_space_cost: of @bits on the axis, in its own unit (milliseconds by the measured table). Pure. */
double mixq_front_space_cost (const MixqFrontSpace *self, const guint8 *bits);
/** mixq_front_space_fill: every free slot at choice @k, pinned ones at their width. */
void mixq_front_space_fill (const MixqFrontSpace *self, guint k, guint8 *bits);
/** mixq_front_space_choice: index of a width among the choices. */
guint mixq_front_space_choice (const MixqFrontSpace *self, guint8 width);

/** mixq_front_random: @n distinct sets of widths drawn uniformly (fewer where there are not so many). n x n_slots. */
GArray *mixq_front_random (const MixqFrontSpace *self, guint n);

/**
 * mixq_front_blocked:
 * @n: at most so many
 *
 * Spec/search.md section 5, step 4. The heavy slots are the fewest that carry 95 % of the cost. All their settings if
 * these are at most @n; else those on the front of (cost, sum of KL), found slot by slot, thinned evenly in the
 * logarithm of cost. Light slots stay at the widest choice. Returns: (transfer full): widths, n x n_slots of guint8.
 */
GArray *mixq_front_blocked (const MixqFrontSpace *self, guint n);

/**
 * mixq_front_next_move: the one-step narrowing of @bits that costs least KL for what it saves (step 6).
 * @barred: (array) n_slots: slots that are not to be touched
 *
 * Returns: the slot, now one choice narrower in @bits; -1 where nothing that saves anything is left.
 */
int mixq_front_next_move (const MixqFrontSpace *self, const gboolean *barred, guint8 *bits);

G_END_DECLS
