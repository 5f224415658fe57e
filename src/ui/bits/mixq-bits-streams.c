/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bits/mixq-bits-streams.h"

#include <string.h>

#include "mixq-alpha-chart.h"
#include "mixq-raster.h"

/* The place of each history row on the time axis is its step: rows are not equally far apart after decimation. */
static guint
column_of (const MixqHistory *history, guint row, guint n_columns)
{
  guint first = history->step[0], last = history->step[history->n_rows - 1];

  if (last <= first)
    return 0;
  return MIN ((guint) ((double) (history->step[row] - first) / (last - first) * n_columns), n_columns - 1);
}

static void
fill_slot (MixqBitsStreams *self, const MixqHistory *history, guint slot)
{
  const gsize n = self->n_choices;
  float *columns = self->alpha + (gsize) slot * self->n_columns * n;
  guint next = 0;

  for (guint row = 0; row < history->n_rows;) {
    guint column = column_of (history, row, self->n_columns), count = 0;
    float *out = columns + column * n;

    memset (out, 0, n * sizeof *out);
    for (; row < history->n_rows && column_of (history, row, self->n_columns) == column; row++, count++)
      for (gsize k = 0; k < n; k++)
        out[k] += history->alpha[((gsize) row * history->n_slots + slot) * n + k];
    for (gsize k = 0; k < n; k++)
      out[k] /= (float) count;
    for (; next < column; next++) /* columns without a row of their own */
      memcpy (columns + next * n, next > 0 ? columns + (next - 1) * n : out, n * sizeof *out);
    next = column + 1;
  }
  for (; next > 0 && next < self->n_columns; next++)
    memcpy (columns + next * n, columns + (next - 1) * n, n * sizeof *columns);
}

MixqBitsStreams *
mixq_bits_streams_new (const MixqHistory *history,
                       const guint8 *choices,
                       guint n_columns,
                       int strip_height,
                       const MixqPlotTheme *theme)
{
  MixqBitsStreams *self = g_new0 (MixqBitsStreams, 1);

  self->n_slots = history->n_slots;
  self->n_choices = MIN (history->n_choices, MIXQ_MAX_CHOICES);
  self->n_columns = MAX (n_columns, 1);
  self->strip_height = MAX (strip_height, 1);
  self->alpha = g_new0 (float, (gsize) self->n_slots * self->n_columns * self->n_choices);
  memcpy (self->choices, choices, self->n_choices);
  self->theme = theme;
  if (history->n_rows > 0)
    for (guint slot = 0; slot < self->n_slots; slot++)
      fill_slot (self, history, slot);
  return self;
}

void
mixq_bits_streams_free (MixqBitsStreams *self)
{
  g_free (self->alpha);
  g_free (self);
}

void
mixq_bits_streams_paint (gpointer job, guchar *pixels, int width, int height, int stride, double scale)
{
  const MixqBitsStreams *self = job;
  cairo_t *cr = mixq_raster_cairo (pixels, width, height, stride);

  for (guint slot = 0; slot < self->n_slots; slot++) {
    const MixqAlphaSlot picture = { .name = "",
                                    .n_choices = self->n_choices,
                                    .bits = self->choices,
                                    .n_steps = self->n_columns,
                                    .history = self->alpha +
                                               (gsize) slot * self->n_columns * self->n_choices };
    const MixqPlotBox box = { 0.0, (double) slot * self->strip_height, width, self->strip_height };

    mixq_alpha_stream_draw (cr, &box, 0.0, self->theme, &picture);
  }
  mixq_raster_cairo_done (cr);
}
