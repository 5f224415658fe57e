/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-plot-theme.h"
#include "run/mixq-session.h"

G_BEGIN_DECLS

/**
 * MixqBitsStreams: alpha over the whole run, for every slot, thinned to pixel columns: a job for MixqRaster. The picture
 * is one strip a slot, one below the other.
 */
typedef struct
{
  guint n_slots, n_columns, n_choices;
  int strip_height; /* device pixels */
  float *alpha;     /* n_slots x n_columns x n_choices */
  guint8 choices[MIXQ_MAX_CHOICES];
  const MixqPlotTheme *theme;
} MixqBitsStreams;

/**
 * mixq_bits_streams_new:
 * @n_columns: device pixels, at least 1
 *
 * Rows that fall into one column are averaged, columns between two rows hold the older one. Cost: O(rows x slots).
 */
MixqBitsStreams *mixq_bits_streams_new (const MixqHistory *history,
                                        const guint8 *choices,
                                        guint n_columns,
                                        int strip_height,
                                        const MixqPlotTheme *theme);
void mixq_bits_streams_free (MixqBitsStreams *self);

/** mixq_bits_streams_paint: a MixqRasterPaint. */
void mixq_bits_streams_paint (gpointer job, guchar *pixels, int width, int height, int stride, double scale);

G_END_DECLS
