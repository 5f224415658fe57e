/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bits/mixq-bits-streams.h"

#include <string.h>

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
  for (guint k = 0; k < self->n_choices; k++)
    self->fill[k] = mixq_plot_theme_bits (theme, choices[k]).fill;
  self->line = theme->cell;
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

static guint32
pack (MixqPlotColor c)
{
  guint r = (guint) (c.r * 255.0 + 0.5), g = (guint) (c.g * 255.0 + 0.5), b = (guint) (c.b * 255.0 + 0.5);

  return 0xff000000u | (r << 16) | (g << 8) | b;
}

/* One column from the bottom up: narrow widths below. A pixel on a border is mixed by how much of it lies on each side. */
static void
paint_column (const MixqBitsStreams *self, const float *alpha, guint32 *top, int stride_px, double line_width)
{
  const int h = self->strip_height;
  double low = 0.0;

  for (guint k = 0; k < self->n_choices; k++) {
    double high = k + 1 == self->n_choices ? h : MIN (low + alpha[k] * h, h);
    int first = (int) low, last = MIN ((int) high, h - 1);

    for (int y = first; y <= last && high > low; y++) {
      double part = MIN (high, y + 1.0) - MAX (low, (double) y);
      double to_border = low > 0.0 ? CLAMP (low + line_width - y, 0.0, 1.0) * CLAMP (part, 0.0, 1.0) : 0.0;
      guint32 *pixel = top + (gsize) (h - 1 - y) * stride_px;
      MixqPlotColor color = mixq_plot_color_mix (self->fill[k], self->line, to_border);

      if (part < 1.0 && k > 0 && y == first && *pixel != 0)
        color = mixq_plot_color_mix (self->fill[k - 1], color, part);
      *pixel = pack (color);
    }
    low = MAX (low, high);
  }
}

void
mixq_bits_streams_paint (gpointer job, guchar *pixels, int width, int height, int stride, double scale)
{
  const MixqBitsStreams *self = job;
  guint columns = MIN (self->n_columns, (guint) width);

  for (guint slot = 0; slot < self->n_slots && (int) (slot + 1) * self->strip_height <= height; slot++) {
    guint32 *strip = (guint32 *) (void *) (pixels + (gsize) slot * self->strip_height * stride);

    for (guint x = 0; x < columns; x++)
      paint_column (self, self->alpha + ((gsize) slot * self->n_columns + x) * self->n_choices, strip + x, stride / 4,
                    scale);
  }
}
