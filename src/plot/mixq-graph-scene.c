/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-graph-scene.h"

#include <math.h>
#include <string.h>

#include "mixq-plot-axis.h"

#define MIN_RADIUS 1.2
#define MAX_RADIUS 4.5
/* A node may take this share of the room it has. */
#define RADIUS_SHARE 0.38
#define NODES_PER_CELL 2.0
#define MAX_CELLS_A_SIDE 2048

void
mixq_graph_view_fit (MixqGraphView *view,
                     const MixqGraphScene *scene,
                     double width,
                     double height,
                     double margin)
{
  MixqPlotRange x;
  MixqPlotRange y;
  double free_width = MAX (width - 2.0 * margin, 1.0);
  double free_height = MAX (height - 2.0 * margin, 1.0);
  double scale;

  mixq_plot_range_init (&x);
  mixq_plot_range_init (&y);
  for (gsize i = 0; i < scene->n_nodes; i++) {
    if (!isfinite (scene->xy[2 * i]) || !isfinite (scene->xy[2 * i + 1]))
      continue;
    mixq_plot_range_include (&x, scene->xy[2 * i]);
    mixq_plot_range_include (&y, scene->xy[2 * i + 1]);
  }
  *view = (MixqGraphView){ 0.0, 0.0, 1.0 };
  if (mixq_plot_range_is_empty (&x))
    return;
  view->center_x = 0.5 * (x.min + x.max);
  view->center_y = 0.5 * (y.min + y.max);
  scale = MIN (free_width / (x.max - x.min), free_height / (y.max - y.min));
  /* Also catches all nodes in one place (infinite) and places so far apart that nothing is left (zero). */
  if (isfinite (scale) && scale > 0.0)
    view->scale = scale;
}

void
mixq_graph_view_to_pixel (const MixqGraphView *view,
                          double width,
                          double height,
                          double x,
                          double y,
                          double *px,
                          double *py)
{
  *px = (x - view->center_x) * view->scale + 0.5 * width;
  *py = (y - view->center_y) * view->scale + 0.5 * height;
}

void
mixq_graph_view_to_place (const MixqGraphView *view,
                          double width,
                          double height,
                          double px,
                          double py,
                          double *x,
                          double *y)
{
  *x = (px - 0.5 * width) / view->scale + view->center_x;
  *y = (py - 0.5 * height) / view->scale + view->center_y;
}

double
mixq_graph_node_radius (gsize n_nodes, double width, double height)
{
  double room = sqrt (MAX (width * height, 1.0) / (double) MAX (n_nodes, 1));

  return CLAMP (RADIUS_SHARE * room, MIN_RADIUS, MAX_RADIUS);
}

/* Nodes sorted by cell: those of cell c are node[start[c]] .. node[start[c + 1] - 1]. */
struct _MixqGraphIndex
{
  double x0;
  double y0;
  double cell;
  guint columns;
  guint rows;
  gsize *start;
  guint32 *node;
  float *xy; /* in the order of node, so that a cell is read in one go */
};

static guint
cell_along (double value, double origin, double cell, guint n)
{
  double c = floor ((value - origin) / cell);

  return (guint) CLAMP (c, 0.0, n - 1.0);
}

static gsize
cell_of (const MixqGraphIndex *self, double x, double y)
{
  return (gsize) cell_along (y, self->y0, self->cell, self->rows) * self->columns +
         cell_along (x, self->x0, self->cell, self->columns);
}

static gboolean
is_placed (const float *xy, gsize i)
{
  return isfinite (xy[2 * i]) && isfinite (xy[2 * i + 1]);
}

static void
choose_grid (MixqGraphIndex *self, const float *xy, gsize n)
{
  MixqPlotRange x;
  MixqPlotRange y;
  double width;
  double height;

  mixq_plot_range_init (&x);
  mixq_plot_range_init (&y);
  for (gsize i = 0; i < n; i++) {
    if (is_placed (xy, i)) {
      mixq_plot_range_include (&x, xy[2 * i]);
      mixq_plot_range_include (&y, xy[2 * i + 1]);
    }
  }
  self->cell = 1.0;
  self->columns = 1;
  self->rows = 1;
  if (mixq_plot_range_is_empty (&x))
    return;
  self->x0 = x.min;
  self->y0 = y.min;
  width = x.max - x.min;
  height = y.max - y.min;
  /* A line of nodes has no area: then the longer side is cut as if it were one row. */
  self->cell = MAX (sqrt (width * height * NODES_PER_CELL / n), MAX (width, height) * NODES_PER_CELL / n);
  self->cell = MAX (self->cell, MAX (width, height) / MAX_CELLS_A_SIDE);
  if (!(self->cell > 0.0)) {
    self->cell = 1.0;
    return;
  }
  self->columns = (guint) CLAMP (ceil (width / self->cell), 1.0, MAX_CELLS_A_SIDE);
  self->rows = (guint) CLAMP (ceil (height / self->cell), 1.0, MAX_CELLS_A_SIDE);
}

MixqGraphIndex *
mixq_graph_index_new (const float *xy, gsize n_nodes)
{
  MixqGraphIndex *self = g_new0 (MixqGraphIndex, 1);
  g_autofree gsize *next = NULL;
  gsize n_cells;

  choose_grid (self, xy, n_nodes);
  n_cells = (gsize) self->columns * self->rows;
  self->start = g_new0 (gsize, n_cells + 1);
  self->node = g_new (guint32, MAX (n_nodes, 1));
  self->xy = g_new (float, 2 * MAX (n_nodes, 1));
  for (gsize i = 0; i < n_nodes; i++) {
    if (is_placed (xy, i))
      self->start[cell_of (self, xy[2 * i], xy[2 * i + 1]) + 1]++;
  }
  for (gsize c = 0; c < n_cells; c++)
    self->start[c + 1] += self->start[c];
  next = g_memdup2 (self->start, (n_cells + 1) * sizeof *next);
  for (gsize i = 0; i < n_nodes; i++) {
    gsize at;

    if (!is_placed (xy, i))
      continue;
    at = next[cell_of (self, xy[2 * i], xy[2 * i + 1])]++;
    self->node[at] = (guint32) i;
    self->xy[2 * at] = xy[2 * i];
    self->xy[2 * at + 1] = xy[2 * i + 1];
  }
  return self;
}

void
mixq_graph_index_free (MixqGraphIndex *self)
{
  g_free (self->start);
  g_free (self->node);
  g_free (self->xy);
  g_free (self);
}

gssize
mixq_graph_index_nearest (const MixqGraphIndex *self, double x, double y, double radius)
{
  gssize nearest = -1;
  double best = radius * radius;
  guint left;
  guint right;
  guint top;
  guint bottom;

  if (!isfinite (x) || !isfinite (y) || !(radius >= 0.0))
    return -1;
  left = cell_along (x - radius, self->x0, self->cell, self->columns);
  right = cell_along (x + radius, self->x0, self->cell, self->columns);
  top = cell_along (y - radius, self->y0, self->cell, self->rows);
  bottom = cell_along (y + radius, self->y0, self->cell, self->rows);
  for (guint row = top; row <= bottom; row++) {
    gsize first = self->start[(gsize) row * self->columns + left];
    gsize end = self->start[(gsize) row * self->columns + right + 1];

    for (gsize at = first; at < end; at++) {
      double dx = self->xy[2 * at] - x;
      double dy = self->xy[2 * at + 1] - y;
      double distance = dx * dx + dy * dy;

      if (distance < best || (distance == best && (gssize) self->node[at] > nearest)) {
        best = distance;
        nearest = (gssize) self->node[at];
      }
    }
  }
  return nearest;
}

static int
compare_nodes (gconstpointer a, gconstpointer b)
{
  guint32 i = *(const guint32 *) a;
  guint32 j = *(const guint32 *) b;

  return i < j ? -1 : i > j;
}

GArray *
mixq_graph_index_in_box (const MixqGraphIndex *self, double x0, double y0, double x1, double y1)
{
  GArray *inside = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint left = cell_along (MIN (x0, x1), self->x0, self->cell, self->columns);
  guint right = cell_along (MAX (x0, x1), self->x0, self->cell, self->columns);
  guint top = cell_along (MIN (y0, y1), self->y0, self->cell, self->rows);
  guint bottom = cell_along (MAX (y0, y1), self->y0, self->cell, self->rows);

  for (guint row = top; row <= bottom; row++) {
    gsize first = self->start[(gsize) row * self->columns + left];
    gsize end = self->start[(gsize) row * self->columns + right + 1];

    for (gsize at = first; at < end; at++) {
      float x = self->xy[2 * at];
      float y = self->xy[2 * at + 1];

      if (x >= MIN (x0, x1) && x <= MAX (x0, x1) && y >= MIN (y0, y1) && y <= MAX (y0, y1))
        g_array_append_val (inside, self->node[at]);
    }
  }
  g_array_sort (inside, compare_nodes);
  return inside;
}
