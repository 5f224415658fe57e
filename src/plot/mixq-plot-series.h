/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MixqPlotXY: a place in pixels or a pair of values.
 */
typedef struct
{
  double x;
  double y;
} MixqPlotXY;

/**
 * mixq_plot_decimate:
 * @in: (array length=n): a path in pixels, in time order
 * @out: (array length=n): room for as many; may be @in itself
 * @source: (out) (optional) (array length=n): for each kept place its number in @in
 *
 * Thins a path before drawing: each run of places within one pixel column keeps its first, lowest, highest and last
 * one, in time order, so nothing that could be seen is lost and minimum and maximum are exact. x need not ascend.
 * Places that are not finite are dropped. Cost: O(n), no allocation.
 *
 * Returns: how many were kept.
 */
gsize mixq_plot_decimate (const MixqPlotXY *in, gsize n, MixqPlotXY *out, gsize *source);

G_END_DECLS
