/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bits/mixq-bits-draw.h"

G_BEGIN_DECLS

/* What the two files that draw the bits view share; nothing else includes this. */

#define CELL_RADIUS 9.0

typedef struct
{
  GtkWidget *widget;
  GtkSnapshot *snapshot;
  MixqTextCache *texts;
} Canvas;

static inline graphene_rect_t
rect (double x, double y, double width, double height)
{
  return GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height);
}

static inline graphene_rect_t
inflate (const graphene_rect_t *box, double by)
{
  return rect (box->origin.x - by, box->origin.y - by, box->size.width + 2.0 * by,
               box->size.height + 2.0 * by);
}

static inline double
text (const Canvas *canvas,
      const char *string,
      double size,
      PangoWeight weight,
      const GdkRGBA *color,
      double x,
      double y,
      double align)
{
  return mixq_text_cache_draw (canvas->texts, canvas->widget, canvas->snapshot, string, size, weight, color,
                               GRAPHENE_POINT_INIT ((float) x, (float) y), align);
}

static inline double
text_width (const Canvas *canvas, const char *string, double size, PangoWeight weight)
{
  int width;

  pango_layout_get_pixel_size (mixq_text_cache_get (canvas->texts, canvas->widget, string, size, weight),
                               &width, NULL);
  return width;
}

G_END_DECLS
