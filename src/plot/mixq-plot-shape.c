/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-plot-shape.h"

#include <math.h>

#define SQUARE_HALF 0.87
#define DIAMOND_RADIUS 1.18
#define TRIANGLE_RADIUS 1.26
/* The centre of the triangle's box, not of its mass, sits on the node: it then looks centred in a ring. */
#define TRIANGLE_SHIFT 0.2
#define PENTAGON_RADIUS 1.1
#define HEXAGON_RADIUS 1.08
#define PLUS_LENGTH 1.1
#define PLUS_HALF 0.42

/* A regular polygon as half-planes: corner radius, number of corners, direction of the first corner, vertical shift. */
typedef struct
{
  guint n;
  double radius;
  double start;
  double shift;
} Regular;

static gboolean
regular_polygon (MixqPlotShape shape, Regular *polygon)
{
  switch (shape) {
  case MIXQ_SHAPE_SQUARE:
    *polygon = (Regular){ 4, SQUARE_HALF * G_SQRT2, -G_PI_4, 0.0 };
    return TRUE;
  case MIXQ_SHAPE_DIAMOND:
    *polygon = (Regular){ 4, DIAMOND_RADIUS, -G_PI_2, 0.0 };
    return TRUE;
  case MIXQ_SHAPE_TRIANGLE_UP:
    *polygon = (Regular){ 3, TRIANGLE_RADIUS, -G_PI_2, TRIANGLE_SHIFT };
    return TRUE;
  case MIXQ_SHAPE_TRIANGLE_DOWN:
    *polygon = (Regular){ 3, TRIANGLE_RADIUS, G_PI_2, -TRIANGLE_SHIFT };
    return TRUE;
  case MIXQ_SHAPE_PENTAGON:
    *polygon = (Regular){ 5, PENTAGON_RADIUS, -G_PI_2, 0.0 };
    return TRUE;
  case MIXQ_SHAPE_HEXAGON:
    *polygon = (Regular){ 6, HEXAGON_RADIUS, -G_PI_2, 0.0 };
    return TRUE;
  case MIXQ_SHAPE_CIRCLE:
  case MIXQ_SHAPE_PLUS:
    break;
  }
  return FALSE;
}

static guint
plus_corners (MixqPlotXY *corners)
{
  static const signed char steps[MIXQ_SHAPE_MAX_CORNERS][2] = {
    { -1, -2 }, { 1, -2 }, { 1, -1 }, { 2, -1 }, { 2, 1 },   { 1, 1 },
    { 1, 2 },   { -1, 2 }, { -1, 1 }, { -2, 1 }, { -2, -1 }, { -1, -1 },
  };

  for (guint i = 0; i < MIXQ_SHAPE_MAX_CORNERS; i++) {
    for (guint axis = 0; axis < 2; axis++) {
      int step = steps[i][axis];
      double size = ABS (step) == 2 ? PLUS_LENGTH : PLUS_HALF;

      *(axis == 0 ? &corners[i].x : &corners[i].y) = step < 0 ? -size : size;
    }
  }
  return MIXQ_SHAPE_MAX_CORNERS;
}

guint
mixq_plot_shape_corners (MixqPlotShape shape, MixqPlotXY *corners)
{
  Regular polygon;

  if (shape == MIXQ_SHAPE_PLUS)
    return plus_corners (corners);
  if (!regular_polygon (shape, &polygon))
    return 0;
  for (guint i = 0; i < polygon.n; i++) {
    double angle = polygon.start + 2.0 * G_PI * i / polygon.n;

    corners[i].x = polygon.radius * cos (angle);
    corners[i].y = polygon.radius * sin (angle) + polygon.shift;
  }
  return polygon.n;
}

void
mixq_plot_outline_init (MixqPlotOutline *self, MixqPlotShape shape, double radius)
{
  Regular polygon;

  *self = (MixqPlotOutline){ .apothem = radius };
  if (shape == MIXQ_SHAPE_PLUS) {
    self->length = PLUS_LENGTH * radius;
    self->half = PLUS_HALF * radius;
    return;
  }
  if (!regular_polygon (shape, &polygon))
    return;
  self->n = polygon.n;
  self->apothem = polygon.radius * radius * cos (G_PI / polygon.n);
  self->shift = polygon.shift * radius;
  for (guint i = 0; i < polygon.n; i++) {
    double normal = polygon.start + 2.0 * G_PI * (i + 0.5) / polygon.n;

    self->normal_x[i] = cos (normal);
    self->normal_y[i] = sin (normal);
  }
}

static double
box_distance (double x, double y, double half_x, double half_y)
{
  return MAX (fabs (x) - half_x, fabs (y) - half_y);
}

double
mixq_plot_outline_distance (const MixqPlotOutline *self, double x, double y)
{
  double distance = -HUGE_VAL;

  if (self->length > 0.0)
    return MIN (box_distance (x, y, self->length, self->half), box_distance (x, y, self->half, self->length));
  if (self->n == 0)
    return sqrt (x * x + y * y) - self->apothem;
  y -= self->shift;
  for (guint i = 0; i < self->n; i++)
    distance = MAX (distance, x * self->normal_x[i] + y * self->normal_y[i] - self->apothem);
  return distance;
}
