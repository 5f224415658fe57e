/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forces between the nodes of a connected graph, in the manner of ForceAtlas2 (Jacomy et al. 2014): any two nodes
   repel by the product of their masses (1 + degree) over their distance, joined nodes attract by their distance,
   and a weak pull towards the middle keeps long branches in the picture. Far groups of nodes act as one (Barnes and
   Hut 1986): a square cell of the plane whose side looks smaller than theta counts as its centre of mass. */
#include <math.h>

#include "layout/mixq-layout-private.h"

#define STEPS 150
#define FULL_STEPS_NODES 10000 /* larger graphs get fewer steps, in proportion, but not below MIN_STEPS */
#define MIN_STEPS 40
#define LEAF_NODES 8 /* a cell with so few is looked at node by node */
#define MAX_DEPTH 24
#define PULL 6.5f /* towards the middle, see pull_of() */
#define PULL_NODES 2000
#define PULL_X 0.7f /* more up and down than sideways: the picture becomes wide */
#define PULL_Y 1.5f
#define NEAR 0.01f       /* squared; keeps the force between nodes on one spot finite */
#define FIRST_MOVE 0.05f /* longest move of the first step, in radii; falls towards LAST_MOVE */
#define LAST_MOVE 0.0001f
#define NODES_A_CHECK 512 /* nodes between two looks at the cancellable: a few ms at the most */

/* Cells lie in the order of a walk through the tree; next is the first cell that is not inside this one. */
typedef struct
{
  float x, y, mass;   /* centre of mass and sum */
  float size;         /* side of the square */
  guint32 first, end; /* its nodes in the tree's order */
  guint32 next;
  gboolean is_leaf;
} Cell;

typedef struct
{
  const MixqCsr *graph;
  float *at;
  float *mass;
  float *force; /* n×2, already divided by the mass */
  guint32 *order;
  guint32 *spare; /* n, scratch for ordering */
  GArray *cells;  /* of Cell */
  float theta;
} Forces;

static void
forces_init (Forces *self, const MixqCsr *graph, float theta, float *at)
{
  gsize n = graph->n_rows;

  *self = (Forces){
    .graph = graph, .at = at, .theta = theta, .cells = g_array_new (FALSE, FALSE, sizeof (Cell))
  };
  self->mass = g_new (float, n);
  self->force = g_new (float, 2 * n);
  self->order = g_new (guint32, n);
  self->spare = g_new (guint32, n);
  for (gsize i = 0; i < n; i++) {
    self->mass[i] = (float) (1 + graph->row_ptr[i + 1] - graph->row_ptr[i]);
    self->order[i] = (guint32) i;
  }
}

static void
forces_clear (Forces *self)
{
  g_free (self->mass);
  g_free (self->force);
  g_free (self->order);
  g_free (self->spare);
  g_array_unref (self->cells);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Forces, forces_clear)

/* Stable: sorts the nodes of a cell by quarter of the square and writes where each quarter ends. */
static void
sort_quarters (Forces *self, const Cell *cell, float x, float y, guint32 end[4])
{
  guint32 at[4] = { 0 };

  for (guint32 o = cell->first; o < cell->end; o++) {
    const float *p = &self->at[2 * self->order[o]];

    at[(p[0] > x) + 2 * (p[1] > y)]++;
    self->spare[o] = self->order[o];
  }
  for (guint32 q = 0, sum = cell->first; q < 4; q++) {
    sum += at[q];
    end[q] = sum;
    at[q] = sum - at[q];
  }
  for (guint32 o = cell->first; o < cell->end; o++) {
    const float *p = &self->at[2 * self->spare[o]];

    self->order[at[(p[0] > x) + 2 * (p[1] > y)]++] = self->spare[o];
  }
}

static Cell
weigh (const Forces *self, guint32 first, guint32 end, float size)
{
  Cell cell = { .size = size, .first = first, .end = end };
  double x = 0, y = 0, mass = 0;

  for (guint32 o = first; o < end; o++) {
    guint32 i = self->order[o];

    x += (double) (self->mass[i] * self->at[2 * i]);
    y += (double) (self->mass[i] * self->at[2 * i + 1]);
    mass += (double) self->mass[i];
  }
  cell.x = (float) (x / mass);
  cell.y = (float) (y / mass);
  cell.mass = (float) mass;
  return cell;
}

/* (x, y): middle of the square. */
static void
add_cell (Forces *self, guint32 first, guint32 end, float x, float y, float size, int depth)
{
  Cell cell = weigh (self, first, end, size);
  guint32 index = self->cells->len, quarter_end[4];

  cell.is_leaf = end - first <= LEAF_NODES || depth == MAX_DEPTH;
  g_array_append_val (self->cells, cell);
  if (!cell.is_leaf) {
    sort_quarters (self, &cell, x, y, quarter_end);
    for (guint32 q = 0; q < 4; q++) {
      guint32 begin = q == 0 ? first : quarter_end[q - 1];

      if (begin < quarter_end[q])
        add_cell (self, begin, quarter_end[q], x + (q & 1 ? size : -size) / 4, y + (q & 2 ? size : -size) / 4,
                  size / 2, depth + 1);
    }
  }
  g_array_index (self->cells, Cell, index).next = self->cells->len;
}

static void
build_cells (Forces *self)
{
  float low[2] = { G_MAXFLOAT, G_MAXFLOAT }, high[2] = { -G_MAXFLOAT, -G_MAXFLOAT };
  gsize n = self->graph->n_rows;

  for (gsize i = 0; i < 2 * n; i++) {
    low[i % 2] = MIN (low[i % 2], self->at[i]);
    high[i % 2] = MAX (high[i % 2], self->at[i]);
  }
  g_array_set_size (self->cells, 0);
  add_cell (self, 0, (guint32) n, (low[0] + high[0]) / 2, (low[1] + high[1]) / 2,
            MAX (high[0] - low[0], high[1] - low[1]), 0);
}

static inline void
repel (float mass, float dx, float dy, float *force)
{
  float push = mass / (dx * dx + dy * dy + NEAR);

  force[0] += push * dx;
  force[1] += push * dy;
}

static void
add_repulsion (const Forces *self, guint32 node, float *force)
{
  const Cell *cells = (const Cell *) self->cells->data;
  float x = self->at[2 * node], y = self->at[2 * node + 1];

  for (guint32 c = 0; c < self->cells->len;) {
    const Cell *cell = &cells[c];
    float dx = x - cell->x, dy = y - cell->y;

    if (cell->size * cell->size < self->theta * self->theta * (dx * dx + dy * dy)) {
      repel (cell->mass, dx, dy, force);
      c = cell->next;
    } else if (cell->is_leaf) {
      for (guint32 o = cell->first; o < cell->end; o++) {
        guint32 other = self->order[o];

        repel (self->mass[other], x - self->at[2 * other], y - self->at[2 * other + 1], force);
      }
      c = cell->next;
    } else {
      c++;
    }
  }
}

static void
add_attraction (const Forces *self, guint32 node, float *force)
{
  const MixqCsr *graph = self->graph;
  float x = self->at[2 * node], y = self->at[2 * node + 1];
  float pull_x = 0, pull_y = 0;

  for (gsize e = graph->row_ptr[node]; e < graph->row_ptr[node + 1]; e++) {
    pull_x += self->at[2 * graph->col[e]] - x;
    pull_y += self->at[2 * graph->col[e] + 1] - y;
  }
  force[0] += pull_x / self->mass[node];
  force[1] += pull_y / self->mass[node];
}

/* Large graphs need the pull less the larger they are; small ones, a path or a ring, would be crumpled by it. */
static float
pull_of (gsize n)
{
  return PULL * sqrtf ((float) n) / (float) (n + PULL_NODES);
}

static gboolean
find_forces (Forces *self, GCancellable *cancellable, GError **error)
{
  gsize n = self->graph->n_rows;
  float pull = pull_of (n);

  build_cells (self);
  for (gsize o = 0; o < n; o++) {
    guint32 node = self->order[o]; /* neighbours in the plane one after another: they meet the same cells */
    float *force = &self->force[2 * node];

    if (o % NODES_A_CHECK == 0 && !mixq_layout_check (cancellable, error))
      return FALSE;
    force[0] = -pull * PULL_X * self->at[2 * node];
    force[1] = -pull * PULL_Y * self->at[2 * node + 1];
    add_repulsion (self, node, force);
    add_attraction (self, node, force);
  }
  return TRUE;
}

static void
move (Forces *self, float longest)
{
  for (gsize i = 0; i < self->graph->n_rows; i++) {
    const float *force = &self->force[2 * i];
    float length = sqrtf (force[0] * force[0] + force[1] * force[1]);
    float factor = length > longest ? longest / length : 1;

    self->at[2 * i] += factor * force[0];
    self->at[2 * i + 1] += factor * force[1];
  }
}

float
mixq_layout_radius (const MixqCsr *graph)
{
  double mass = (double) (graph->n_rows + graph->nnz);

  /* Where the repulsion of all, mass / radius, meets the pull; attraction halves it. */
  return (float) (0.5 * sqrt (mass / (double) pull_of (graph->n_rows)));
}

gboolean
mixq_layout_relax (const MixqCsr *graph,
                   MixqLayoutProgress progress,
                   gpointer user_data,
                   GCancellable *cancellable,
                   float *at,
                   GError **error)
{
  gsize n = graph->n_rows;
  int steps = n <= FULL_STEPS_NODES ? STEPS : MAX (MIN_STEPS, (int) (STEPS * FULL_STEPS_NODES / n));
  float radius = mixq_layout_radius (graph);
  g_auto (Forces) forces = { 0 };

  forces_init (&forces, graph, MIXQ_LAYOUT_THETA, at);
  for (int step = 0; step < steps; step++) {
    float left = 1 - (float) step / (float) steps;

    if (!find_forces (&forces, cancellable, error))
      return FALSE;
    move (&forces, radius * (FIRST_MOVE * left * sqrtf (left) + LAST_MOVE));
    progress ((step + 1.0) / steps, user_data);
  }
  return TRUE;
}

void
mixq_layout_repel (const MixqCsr *graph, float theta, float *at, float *force)
{
  g_auto (Forces) forces = { 0 };

  forces_init (&forces, graph, theta, at);
  build_cells (&forces);
  for (gsize i = 0; i < graph->n_rows; i++) {
    force[2 * i] = force[2 * i + 1] = 0;
    add_repulsion (&forces, (guint32) i, &force[2 * i]);
  }
}
