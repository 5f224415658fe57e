/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bits/mixq-bits-layout.h"
#include "mixq-style.h"
#include "run/mixq-session.h"

G_BEGIN_DECLS

/** MixqBitsCell: one slot as it is drawn now. */
typedef struct
{
  guint8 bits;
  guint8 old_bits;  /* the number that fades out; equal to @bits when nothing moves */
  double fade;      /* 0 just changed .. 1 settled */
  guint8 pinned;    /* width it is held at, 0: free */
  gboolean decided; /* one width has most of the vote */
  gboolean faded;   /* the stream is not what decides (pinned, or a point is shown) */
  float alpha[MIXQ_MAX_CHOICES];
  double share;
} MixqBitsCell;

/** MixqBitsScene: all that changes between two frames. Borrows everything. */
typedef struct
{
  const MixqModel *model;
  const MixqBitsCell *cells; /* n_slots */
  const guint8 *choices;
  guint n_choices;
  double loss;                    /* NaN: none yet */
  GdkTexture *streams;            /* (nullable): one strip a slot */
  int hovered, focused, selected; /* slots, -1: none */
  const MixqPlotTheme *theme;
} MixqBitsScene;

/** MixqBitsCellParts: where things are within a cell. */
typedef struct
{
  graphene_rect_t number, stream, bar, trough, pin;
  double name_x, name_y, foot_y;
  double name_size, small_size, number_size;
} MixqBitsCellParts;

void
mixq_bits_cell_parts (const MixqBitsLayout *layout, const graphene_rect_t *box, MixqBitsCellParts *parts);

/**
 * The list form: a head line and one row a slot in slot order. Models of more than two layers have a line with its title
 * before each of them.
 */
#define MIXQ_BITS_ROW_HEIGHT 36.0
#define MIXQ_BITS_LIST_HEAD 24.0
graphene_rect_t mixq_bits_list_row (const MixqModel *model, guint slot, double width);
double mixq_bits_list_height (const MixqModel *model);
/** mixq_bits_list_hit: the slot of the row at @y, -1 for none. */
int mixq_bits_list_hit (const MixqModel *model, double y);
void mixq_bits_list_parts (const graphene_rect_t *row, MixqBitsCellParts *parts);

/** mixq_bits_draw_ground: what does not change between frames: lines, operators, cells, names. */
void mixq_bits_draw_ground (GtkWidget *widget,
                            GtkSnapshot *snapshot,
                            MixqTextCache *texts,
                            const MixqBitsLayout *layout,
                            const MixqModel *model,
                            const MixqPlotTheme *theme);
void mixq_bits_draw_live (GtkWidget *widget,
                          GtkSnapshot *snapshot,
                          MixqTextCache *texts,
                          const MixqBitsLayout *layout,
                          const MixqBitsScene *scene);
void mixq_bits_draw_list (GtkWidget *widget,
                          GtkSnapshot *snapshot,
                          MixqTextCache *texts,
                          const MixqBitsScene *scene);

G_END_DECLS
