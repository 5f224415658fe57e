/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-plot-series.h"
#include "mixq-plot-theme.h"

G_BEGIN_DECLS

/** Corners of the shape with most of them (the plus). */
#define MIXQ_SHAPE_MAX_CORNERS 12

/**
 * mixq_plot_shape_corners:
 * @corners: (out) (array length=MIXQ_SHAPE_MAX_CORNERS): clockwise on the screen, for a mark of radius 1 round 0,0
 *
 * The outline of a class shape; shapes are scaled to look equally big beside a circle of radius 1.
 * Returns: number of corners; 0 for the circle.
 */
guint mixq_plot_shape_corners (MixqPlotShape shape, MixqPlotXY *corners);

/**
 * MixqPlotOutline: a shape made ready for asking how far places are from its edge. A plain value.
 */
typedef struct
{
  /*< private >*/
  guint n;
  double normal_x[6];
  double normal_y[6];
  double apothem;
  double shift;
  double length;
  double half;
} MixqPlotOutline;

void mixq_plot_outline_init (MixqPlotOutline *self, MixqPlotShape shape, double radius);

/**
 * mixq_plot_outline_distance:
 * @x: place relative to the centre of the mark
 *
 * Signed distance to the outline in the unit of the radius, negative inside; exact inside and along the sides, smaller
 * than true beyond corners (which keeps them sharp).
 */
double mixq_plot_outline_distance (const MixqPlotOutline *self, double x, double y);

G_END_DECLS
