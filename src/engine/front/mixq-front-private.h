/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "front/mixq-front-candidates.h"
#include "front/mixq-front.h"

G_BEGIN_DECLS

struct _MixqFront
{
  MixqFrontPool *pool;
  MixqFrontOptions options;
  MixqRunConfig config; /* the pool's, with the axis of this search */
  MixqFrontSpace space;
  MixqFrontStage stage;
  GArray *points; /* MixqFrontPoint */
  GArray *queue;  /* MixqFrontJob of the stage; those before next were asked for */
  guint next;
  GArray *asked; /* widths of every first seed asked for, n_slots each, the skipped ones too */
  gboolean begun, finals_chosen;
  guint n_told;
  double seconds; /* of everything but float32 */
  guint n_prices; /* relaxations: searches done */

  /* the tail: one walk at a time from a point that holds */
  guint n_tail;
  gboolean walking;
  guint8 at[MIXQ_MAX_SLOTS];    /* the walk's last accepted widths */
  guint8 tried[MIXQ_MAX_SLOTS]; /* asked for last */
  int moved;                    /* slot that was narrowed for @tried */
  gboolean barred[MIXQ_MAX_SLOTS];
  GHashTable *walked; /* costs no matter: indices of points that walks began from */
};

MixqFrontPoint *mixq_front_find (MixqFront *self, const guint8 *bits);
gboolean mixq_front_was_asked (const MixqFront *self, const guint8 *bits);
void mixq_front_enqueue (MixqFront *self, const guint8 *bits, guint seed, double lambda);

/** mixq_front_ask_price: one relaxed search at the next price; enqueues its widths if they are new. FALSE at the end. */
gboolean mixq_front_ask_price (MixqFront *self, const MixqPhaseControl *control, GError **error);
/** mixq_front_ask_tail: judges the last move and enqueues the next one. FALSE where none is left. */
gboolean mixq_front_ask_tail (MixqFront *self);
/** mixq_front_choose_finalists: enqueues further seeds of what may be on the front. */
void mixq_front_choose_finalists (MixqFront *self);
/** mixq_front_settle: marks the front among the finalists. */
void mixq_front_settle (MixqFront *self);

G_END_DECLS
