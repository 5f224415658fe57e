/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Anti-aliased lines as sums of cover: cairo takes 50 ms and more for what this loop does in five. */
#include "mixq-graph-raster-private.h"

#include <math.h>
#include <string.h>

/* Lines are cut this far outside the picture; with half their thickness they then stay inside the pad. */
#define CLIP_MARGIN 2.0
#define MAX_THICKNESS 4.0
#define FIXED_BITS 16
#define FIXED_ONE (1 << FIXED_BITS)

void
_mixq_density_init (MixqDensity *self, int width, int height)
{
  self->width = width;
  self->height = height;
  self->stride = width + 2 * MIXQ_DENSITY_PAD;
  self->map = g_new0 (guint16, (gsize) self->stride * (gsize) (height + 2 * MIXQ_DENSITY_PAD));
}

void
_mixq_density_clear (MixqDensity *self)
{
  g_clear_pointer (&self->map, g_free);
}

const guint16 *
_mixq_density_row (const MixqDensity *self, int y)
{
  return self->map + (gsize) (y + MIXQ_DENSITY_PAD) * (gsize) self->stride + MIXQ_DENSITY_PAD;
}

double
_mixq_density_mean (const MixqDensity *self)
{
  guint64 sum = 0;
  gsize touched = 0;

  for (int y = 0; y < self->height; y++) {
    const guint16 *row = _mixq_density_row (self, y);
    guint32 row_sum = 0;
    guint32 row_touched = 0;

    for (int x = 0; x < self->width; x++) {
      row_sum += row[x];
      row_touched += row[x] != 0;
    }
    sum += row_sum;
    touched += row_touched;
  }
  return touched > 0 ? (double) sum / (double) touched / MIXQ_DENSITY_ONE : 0.0;
}

/* One side of the Liang-Barsky cut: keeps the part of t0..t1 where position + t * step stays at or below @limit. */
static gboolean
cut (double position, double step, double limit, double *t0, double *t1)
{
  double t;

  if (step == 0.0)
    return position <= limit;
  t = (limit - position) / step;
  if (step > 0.0)
    *t1 = MIN (*t1, t);
  else
    *t0 = MAX (*t0, t);
  return *t0 <= *t1;
}

static gboolean
clip_line (const MixqDensity *self, double *x0, double *y0, double *x1, double *y1)
{
  double dx = *x1 - *x0;
  double dy = *y1 - *y0;
  double t0 = 0.0;
  double t1 = 1.0;
  double x = *x0;
  double y = *y0;

  if (!isfinite (dx) || !isfinite (dy) || !isfinite (x) || !isfinite (y))
    return FALSE;
  if (!cut (-x, -dx, CLIP_MARGIN, &t0, &t1) || !cut (x, dx, self->width + CLIP_MARGIN, &t0, &t1) ||
      !cut (-y, -dy, CLIP_MARGIN, &t0, &t1) || !cut (y, dy, self->height + CLIP_MARGIN, &t0, &t1))
    return FALSE;
  /* Held once more: from ends 1e30 pixels away the sums are off by more than the pad is wide. */
  *x0 = CLAMP (x + t0 * dx, -CLIP_MARGIN, self->width + CLIP_MARGIN);
  *y0 = CLAMP (y + t0 * dy, -CLIP_MARGIN, self->height + CLIP_MARGIN);
  *x1 = CLAMP (x + t1 * dx, -CLIP_MARGIN, self->width + CLIP_MARGIN);
  *y1 = CLAMP (y + t1 * dy, -CLIP_MARGIN, self->height + CLIP_MARGIN);
  return TRUE;
}

static inline void
add (guint16 *pixel, guint32 cover, guint32 weight)
{
  guint32 sum = *pixel + ((cover * weight) >> FIXED_BITS);

  *pixel = (guint16) MIN (sum, G_MAXUINT16);
}

/* The pixels across the line at one step along it: from @low to @high, in fixed point. */
static inline void
add_span (guint16 *base, gssize pitch, gint32 low, gint32 high, guint32 weight)
{
  gint32 first = low >> FIXED_BITS;
  gint32 last = high >> FIXED_BITS;

  if (first == last) {
    add (base + first * pitch, (guint32) (high - low), weight);
    return;
  }
  add (base + first * pitch, (guint32) (FIXED_ONE - (low & (FIXED_ONE - 1))), weight);
  for (gint32 i = first + 1; i < last; i++)
    add (base + i * pitch, FIXED_ONE, weight);
  add (base + last * pitch, (guint32) (high & (FIXED_ONE - 1)), weight);
}

void
_mixq_density_add_line (MixqDensity *self,
                        double x0,
                        double y0,
                        double x1,
                        double y1,
                        double thickness,
                        guint weight)
{
  guint16 *origin = self->map + MIXQ_DENSITY_PAD * self->stride + MIXQ_DENSITY_PAD;
  gboolean steep;
  gssize pitch;
  gssize advance;
  double slope;
  double across;
  gint32 begin;
  gint32 end;
  gint32 low;
  gint32 step;
  gint32 extent;

  if (!clip_line (self, &x0, &y0, &x1, &y1))
    return;
  /* From here on x is the long direction, so that the slope is at most one. */
  steep = fabs (y1 - y0) > fabs (x1 - x0);
  pitch = steep ? 1 : self->stride;
  advance = steep ? self->stride : 1;
  if (steep) {
    double swap = x0;

    x0 = y0;
    y0 = swap;
    swap = x1;
    x1 = y1;
    y1 = swap;
  }
  if (x0 > x1) {
    double swap = x0;

    x0 = x1;
    x1 = swap;
    swap = y0;
    y0 = y1;
    y1 = swap;
  }
  begin = (gint32) ceil (x0 - 0.5);
  end = (gint32) floor (x1 - 0.5);
  if (begin > end || !(x1 > x0))
    return;
  slope = (y1 - y0) / (x1 - x0);
  across = MIN (thickness, MAX_THICKNESS) * sqrt (1.0 + slope * slope);
  extent = (gint32) (across * FIXED_ONE);
  low = (gint32) ((y0 + (begin + 0.5 - x0) * slope - 0.5 * across) * FIXED_ONE);
  step = (gint32) (slope * FIXED_ONE);
  for (gint32 i = begin; i <= end; i++, low += step)
    add_span (origin + i * advance, pitch, low, low + extent, weight);
}
