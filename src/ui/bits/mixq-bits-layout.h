/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <graphene.h>

#include "model/mixq-model.h"

G_BEGIN_DECLS

/** MixqBitsItemKind: what is drawn at one place of the map. */
typedef enum {
  MIXQ_BITS_CELL,     /* a slot */
  MIXQ_BITS_OPERATOR, /* where two tensors meet */
  MIXQ_BITS_PILL,     /* an activation */
  MIXQ_BITS_LOSS,
} MixqBitsItemKind;

typedef struct
{
  MixqBitsItemKind kind;
  int slot;       /* of a cell; -1 otherwise */
  int unit;       /* -1 for the loss */
  gboolean upper; /* above the main line */
  graphene_rect_t box;
} MixqBitsItem;

typedef struct
{
  graphene_point_t from, to;
  gboolean arrow;
} MixqBitsLink;

typedef struct
{
  guint layer; /* from 1 */
  gsize in_cols, out_cols;
  gboolean is_first, is_last;
  graphene_point_t at; /* left, middle of its first line */
} MixqBitsHead;

/**
 * MixqBitsLayout: the map of a model at one size: places only, no colours, no live values. Made from the unit graph, so
 * a new architecture needs no drawing code.
 */
typedef struct
{
  GArray *items; /* of MixqBitsItem, in the order data flows */
  GArray *links; /* of MixqBitsLink */
  GArray *heads; /* of MixqBitsHead */
  gboolean compact;
  double scale;   /* of cells and type; 1 in the normal window */
  double stretch; /* pixels by which streams are taller than usual */
  double width, height;
} MixqBitsLayout;

/** mixq_bits_layout_min: the least size at which @model can be drawn as a map (compact). */
void mixq_bits_layout_min (const MixqModel *model, int *width, int *height);
/** mixq_bits_layout_new: for @width x @height, at least mixq_bits_layout_min(). */
MixqBitsLayout *mixq_bits_layout_new (const MixqModel *model, double width, double height);
void mixq_bits_layout_free (MixqBitsLayout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqBitsLayout, mixq_bits_layout_free)

/** mixq_bits_layout_find: (nullable): the cell of @slot. */
const MixqBitsItem *mixq_bits_layout_find (const MixqBitsLayout *self, int slot);
/** mixq_bits_layout_hit: the slot of the cell at a place, -1 for none. */
int mixq_bits_layout_hit (const MixqBitsLayout *self, double x, double y);

G_END_DECLS
