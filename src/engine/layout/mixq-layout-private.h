/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps of a layout. Each works on one connected graph, or on the finished pieces of all of them. */
#pragma once

#include "layout/mixq-layout.h"

G_BEGIN_DECLS

/** MixqLayoutPiece: one component; @at: (owned) n×2 positions in units of one node's room; @node: (owned) its nodes. */
typedef struct
{
  gsize n;
  guint32 *node;
  float *at;
  float width, height;
} MixqLayoutPiece;

/** mixq_layout_radius: about how far the forces spread a connected graph, in their own unit. */
float mixq_layout_radius (const MixqCsr *graph);

/** mixq_layout_start: rough positions by communities, within about mixq_layout_radius(), the long axis level. */
gboolean
mixq_layout_start (const MixqCsr *graph, guint64 seed, GCancellable *cancellable, float *at, GError **error);

/** mixq_layout_relax: moves @at under the forces. @progress as in mixq_layout_compute(). */
gboolean mixq_layout_relax (const MixqCsr *graph,
                            MixqLayoutProgress progress,
                            gpointer user_data,
                            GCancellable *cancellable,
                            float *at,
                            GError **error);

/** A square of the plane acts as one body where its side over its distance is smaller than this. */
#define MIXQ_LAYOUT_THETA 1.0f

/**
 * mixq_layout_repel: one step's repulsion alone, for tests; @theta 0 is exact
 * @force: n×2: the sum over all others of mass / (distance² + 0.01) times the vector from there; mass = 1 + degree
 */
void mixq_layout_repel (const MixqCsr *graph, float theta, float *at, float *force);

/**
 * mixq_layout_shape: scales a piece so that each of its nodes has room 1, parts nodes that touch, sets its size.
 * When it is cancelled, it returns early with nodes that still touch.
 */
void mixq_layout_shape (MixqLayoutPiece *piece, GCancellable *cancellable);

/** mixq_layout_pack: puts all @pieces side by side and scales the whole into the area; writes @positions. */
void mixq_layout_pack (const MixqLayoutPiece *pieces, gsize n_pieces, float *positions);

/** mixq_layout_check: whether to go on; sets MIXQ_ERROR_CANCELLED where not. */
gboolean mixq_layout_check (GCancellable *cancellable, GError **error);

G_END_DECLS
