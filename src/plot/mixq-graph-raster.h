/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-graph-scene.h"
#include "mixq-plot-theme.h"

G_BEGIN_DECLS

/**
 * MixqGraphStyle: zero but @theme is the usual look.
 * @node_radius: in logical pixels; 0 chooses by mixq_graph_node_radius()
 * @pixel_ratio: pixels per logical pixel (the widget's scale factor); 0 means 1
 * @opaque: fill the ground with the card's colour, else it stays transparent
 */
typedef struct
{
  const MixqPlotTheme *theme;
  double node_radius;
  double pixel_ratio;
  gboolean opaque;
} MixqGraphStyle;

/**
 * MixqGraphCancel: a picture is abandoned once *@generation is no longer @expected.
 * @generation: (nullable): read atomically; written by any thread
 */
typedef struct
{
  const gint *generation;
  gint expected;
} MixqGraphCancel;

/**
 * MixqGraphTarget: the pixels to write; 1 to 32000 a side, @pixels and @stride multiples of four.
 * @pixels: (array): @height rows of @stride bytes; each pixel is blue, green, red, alpha, premultiplied (what
 *   GDK_MEMORY_B8G8R8A8_PREMULTIPLIED reads, and cairo's ARGB32 on little-endian machines); overwritten
 */
typedef struct
{
  guint8 *pixels;
  int width;
  int height;
  gsize stride;
} MixqGraphTarget;

/**
 * mixq_graph_raster_draw:
 * @view: in pixels of the target (logical pixels times the pixel ratio)
 * @cancel: (nullable)
 *
 * Draws edges as summed, tone-mapped anti-aliased lines and nodes as class-shaped sprites, flipped ones last. Pure
 * arithmetic on the memory given; for worker threads. The same input gives the same pixels.
 *
 * Cost: O(pixels crossed by edges + nodes); about 10 ms for 2.8k nodes and 5.7k edges at 1000x700. Allocates two bytes
 * a pixel while it runs.
 *
 * Returns: %FALSE where it was abandoned; the pixels are then unspecified.
 */
gboolean mixq_graph_raster_draw (const MixqGraphScene *scene,
                                 const MixqGraphView *view,
                                 const MixqGraphStyle *style,
                                 const MixqGraphTarget *target,
                                 const MixqGraphCancel *cancel);

G_END_DECLS
