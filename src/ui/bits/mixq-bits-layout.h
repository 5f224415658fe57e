/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <graphene.h>

#include "model/mixq-model.h"

G_BEGIN_DECLS

/** MixqBitsItemKind: what is drawn at one place of the map. */
typedef enum {
  MIXQ_BITS_CELL,     /* a slot */
  MIXQ_BITS_OPERATOR, /* where tensors meet */
  MIXQ_BITS_PILL,     /* what changes values without a width of its own: ReLU, batch norm, softmax */
  MIXQ_BITS_SELF,     /* what a gathering unit adds of the node itself */
  MIXQ_BITS_FUNNEL,   /* nodes become one row a graph */
  MIXQ_BITS_LOSS,
} MixqBitsItemKind;

typedef struct
{
  MixqBitsItemKind kind;
  int slot;       /* of a cell; -1 otherwise */
  int unit;       /* -1 for the loss */
  gboolean upper; /* above the main line */
  gboolean lower; /* on a branch below it */
  graphene_rect_t box;
} MixqBitsItem;

#define MIXQ_BITS_LINK_POINTS 6

/** MixqBitsLink: a line along @points, round at its corners. */
typedef struct
{
  graphene_point_t points[MIXQ_BITS_LINK_POINTS];
  guint n_points;
  gboolean arrow;   /* at its end */
  gboolean is_skip; /* a value that passes the units between */
} MixqBitsLink;

typedef struct
{
  guint layer; /* from 1 */
  gsize in_cols, out_cols;
  gboolean is_first, is_last;
  graphene_point_t at; /* left, middle of its first line */
  double room;         /* to the right of it, before a cell comes */
} MixqBitsHead;

/** MixqBitsSize: how much of a cell there is room for. */
typedef enum {
  MIXQ_BITS_REGULAR,
  MIXQ_BITS_COMPACT,
  MIXQ_BITS_DENSE, /* without the bar of the cost share: for maps of three rows */
  MIXQ_BITS_N_SIZES,
} MixqBitsSize;

/**
 * MixqBitsLayout: the map of a model at one size: places only, no colours, no live values. Made from the unit graph, so
 * a new architecture needs no drawing code. A long map is broken into rows, between layers, where the height has room.
 */
typedef struct
{
  GArray *items; /* of MixqBitsItem, in the order data flows */
  GArray *links; /* of MixqBitsLink */
  GArray *dots;  /* of graphene_point_t: where a value goes two ways, or lines join */
  GArray *heads; /* of MixqBitsHead */
  MixqBitsSize size;
  double scale;   /* of cells and type; 1 in the normal window */
  double stretch; /* pixels by which streams are taller than usual */
  double width, height;
  guint n_rows;
} MixqBitsLayout;

/** mixq_bits_layout_min: (out): the least height at which @model can be drawn as a map, and the width it then has. */
void mixq_bits_layout_min (const MixqModel *model, int *width, int *height);
/** mixq_bits_layout_width_for: the least width in @height: less where there is room for several rows. */
int mixq_bits_layout_width_for (const MixqModel *model, int height);
/** mixq_bits_layout_new: for @width x @height, at least the least height and mixq_bits_layout_width_for() it. */
MixqBitsLayout *mixq_bits_layout_new (const MixqModel *model, double width, double height);
void mixq_bits_layout_free (MixqBitsLayout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqBitsLayout, mixq_bits_layout_free)

/** mixq_bits_layout_find: (nullable): the cell of @slot. */
const MixqBitsItem *mixq_bits_layout_find (const MixqBitsLayout *self, int slot);
/** mixq_bits_layout_hit: the slot of the cell at a place, -1 for none. */
int mixq_bits_layout_hit (const MixqBitsLayout *self, double x, double y);

G_END_DECLS
