/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the picture of each component to the picture of the graph. */
#include <math.h>
#include <string.h>

#include "layout/mixq-layout-private.h"

#define ASPECT (1 / MIXQ_LAYOUT_HALF_HEIGHT)
#define MAX_STRETCH 1.35f /* towards ASPECT; more would be seen as distortion */
#define MIN_SHAPED 8      /* pieces with fewer nodes keep their form */
#define TOUCH 0.6f        /* nodes nearer than this are parted; the room of a node is 1 */
#define PARTING_ROUNDS 40
#define GAP 1.6f /* between pieces: more than between the nodes of one */

/* Moves the lower left corner of the bounding box to 0 and sets the size. */
static void
measure (MixqLayoutPiece *piece)
{
  float low[2] = { G_MAXFLOAT, G_MAXFLOAT }, high[2] = { -G_MAXFLOAT, -G_MAXFLOAT };

  for (gsize i = 0; i < 2 * piece->n; i++) {
    low[i % 2] = MIN (low[i % 2], piece->at[i]);
    high[i % 2] = MAX (high[i % 2], piece->at[i]);
  }
  for (gsize i = 0; i < 2 * piece->n; i++)
    piece->at[i] -= low[i % 2];
  piece->width = high[0] - low[0];
  piece->height = high[1] - low[1];
}

static void
scale (MixqLayoutPiece *piece, float x, float y)
{
  for (gsize i = 0; i < piece->n; i++) {
    piece->at[2 * i] *= x;
    piece->at[2 * i + 1] *= y;
  }
  piece->width *= x;
  piece->height *= y;
}

/* A grid of squares of side TOUCH over a piece: nodes that touch lie in one square or in neighbouring ones. */
typedef struct
{
  gsize columns, rows;
  guint32 *start;  /* columns × rows + 1 */
  guint32 *member; /* n */
} Grid;

static gsize
grid_square (const Grid *grid, const float *at)
{
  float column = CLAMP (floorf (at[0] / TOUCH), 0, (float) (grid->columns - 1));
  float row = CLAMP (floorf (at[1] / TOUCH), 0, (float) (grid->rows - 1));

  return (gsize) row * grid->columns + (gsize) column;
}

static void
grid_fill (Grid *grid, const MixqLayoutPiece *piece)
{
  gsize squares = grid->columns * grid->rows;

  memset (grid->start, 0, (squares + 1) * sizeof *grid->start);
  for (gsize i = 0; i < piece->n; i++)
    grid->start[grid_square (grid, &piece->at[2 * i])]++;
  for (gsize s = 1; s <= squares; s++)
    grid->start[s] += grid->start[s - 1];
  for (gsize i = piece->n; i-- > 0;)
    grid->member[--grid->start[grid_square (grid, &piece->at[2 * i])]] = (guint32) i;
}

/* Pushes two nodes half the missing distance apart. Returns: whether they touched. */
static gboolean
part (float *a, float *b, guint32 i)
{
  float dx = b[0] - a[0], dy = b[1] - a[1], distance = sqrtf (dx * dx + dy * dy), push;

  if (distance >= TOUCH)
    return FALSE;
  if (distance == 0) { /* no direction of their own: any, but not the same for all */
    dx = cosf ((float) i);
    dy = sinf ((float) i);
    push = TOUCH / 4;
  } else {
    push = (TOUCH - distance) / (4 * distance);
  }
  a[0] -= push * dx;
  a[1] -= push * dy;
  b[0] += push * dx;
  b[1] += push * dy;
  return TRUE;
}

static gboolean
part_from_square (const Grid *grid, MixqLayoutPiece *piece, guint32 node, gsize square)
{
  gboolean touched = FALSE;

  for (guint32 m = grid->start[square]; m < grid->start[square + 1]; m++)
    if (grid->member[m] > node)
      touched |= part (&piece->at[2 * node], &piece->at[2 * grid->member[m]], node);
  return touched;
}

static gboolean
part_from_neighbours (const Grid *grid, MixqLayoutPiece *piece, guint32 node, gsize square)
{
  gsize column = square % grid->columns, row = square / grid->columns;
  gboolean touched = FALSE;

  for (gsize r = row - (row > 0); r <= MIN (row + 1, grid->rows - 1); r++)
    for (gsize c = column - (column > 0); c <= MIN (column + 1, grid->columns - 1); c++)
      touched |= part_from_square (grid, piece, node, r * grid->columns + c);
  return touched;
}

static void
part_nodes (MixqLayoutPiece *piece, GCancellable *cancellable)
{
  Grid grid = { (gsize) (piece->width / TOUCH) + 1, (gsize) (piece->height / TOUCH) + 1, NULL, NULL };
  gboolean touched = TRUE;

  grid.start = g_new (guint32, grid.columns * grid.rows + 1);
  grid.member = g_new (guint32, piece->n);
  for (int round = 0; round < PARTING_ROUNDS && touched && !g_cancellable_is_cancelled (cancellable);
       round++) {
    touched = FALSE;
    grid_fill (&grid, piece);
    for (gsize s = 0; s < grid.columns * grid.rows; s++)
      for (guint32 m = grid.start[s]; m < grid.start[s + 1]; m++)
        touched |= part_from_neighbours (&grid, piece, grid.member[m], s);
  }
  g_free (grid.start);
  g_free (grid.member);
}

void
mixq_layout_shape (MixqLayoutPiece *piece, GCancellable *cancellable)
{
  float n = (float) piece->n;

  measure (piece);
  if (piece->width <= 0 && piece->height <= 0)
    return;
  if (piece->n >= MIN_SHAPED && piece->width > 0 && piece->height > 0) {
    float stretch = sqrtf (ASPECT * piece->height / piece->width);

    stretch = CLAMP (stretch, 1 / sqrtf (MAX_STRETCH), sqrtf (MAX_STRETCH));
    scale (piece, stretch, 1 / stretch);
  }
  /* Room 1 for each node, if the box is filled; n - 1 steps of 1 where it is as thin as a line. */
  float factor = MIN (sqrtf (n / (piece->width * piece->height)),
                      (n - 1) / MAX (piece->width, piece->height));
  scale (piece, factor, factor);
  part_nodes (piece, cancellable);
  measure (piece);
}

static int
compare_pieces (gconstpointer a, gconstpointer b, gpointer pieces)
{
  const MixqLayoutPiece *x = (const MixqLayoutPiece *) pieces + *(const guint32 *) a;
  const MixqLayoutPiece *y = (const MixqLayoutPiece *) pieces + *(const guint32 *) b;

  if (x->height != y->height)
    return x->height < y->height ? 1 : -1;
  return (*(const guint32 *) a > *(const guint32 *) b) - (*(const guint32 *) a < *(const guint32 *) b);
}

/* The width of a shelf that gives all shelves together about the form of the area. */
static float
shelf_width (const MixqLayoutPiece *pieces, gsize n_pieces)
{
  double area = 0;
  float widest = 0;

  for (gsize p = 0; p < n_pieces; p++) {
    area += (double) ((pieces[p].width + GAP) * (pieces[p].height + GAP));
    widest = MAX (widest, pieces[p].width + GAP);
  }
  return MAX (widest, sqrtf ((float) area * ASPECT));
}

static void
put (const MixqLayoutPiece *piece, float x, float y, float *positions)
{
  for (gsize i = 0; i < piece->n; i++) {
    positions[2 * piece->node[i]] = x + piece->at[2 * i];
    positions[2 * piece->node[i] + 1] = y + piece->at[2 * i + 1];
  }
}

/* Highest first, in rows from the top; a row is as high as its first piece and stands in the middle. */
static void
fill_shelves (const MixqLayoutPiece *pieces, gsize n_pieces, const guint32 *order, float *positions)
{
  float width = shelf_width (pieces, n_pieces), y = 0;

  for (gsize begin = 0, end; begin < n_pieces; begin = end) {
    float height = pieces[order[begin]].height + GAP, used = 0, x;

    for (end = begin; end < n_pieces && used + pieces[order[end]].width + GAP <= width * 1.0001f; end++)
      used += pieces[order[end]].width + GAP;
    end = MAX (end, begin + 1);
    x = (width - used) / 2;
    for (gsize o = begin; o < end; o++) {
      const MixqLayoutPiece *piece = &pieces[order[o]];

      put (piece, x + GAP / 2, y + (height - piece->height) / 2, positions);
      x += piece->width + GAP;
    }
    y += height;
  }
}

/* Into the area, in the middle, without distortion. */
static void
fit (float *positions, gsize n)
{
  float low[2] = { G_MAXFLOAT, G_MAXFLOAT }, high[2] = { -G_MAXFLOAT, -G_MAXFLOAT };
  const float half[2] = { 1, MIXQ_LAYOUT_HALF_HEIGHT };
  float factor = G_MAXFLOAT;

  for (gsize i = 0; i < 2 * n; i++) {
    low[i % 2] = MIN (low[i % 2], positions[i]);
    high[i % 2] = MAX (high[i % 2], positions[i]);
  }
  for (int k = 0; k < 2; k++)
    if (high[k] > low[k])
      factor = MIN (factor, 2 * half[k] / (high[k] - low[k]));
  if (factor == G_MAXFLOAT)
    factor = 0;
  for (gsize i = 0; i < 2 * n; i++) {
    float middle = (low[i % 2] + high[i % 2]) / 2;

    positions[i] = CLAMP ((positions[i] - middle) * factor, -half[i % 2], half[i % 2]);
  }
}

void
mixq_layout_pack (const MixqLayoutPiece *pieces, gsize n_pieces, float *positions)
{
  g_autofree guint32 *order = g_new (guint32, MAX (n_pieces, 1));
  gsize n = 0;

  for (gsize p = 0; p < n_pieces; p++) {
    order[p] = (guint32) p;
    n += pieces[p].n;
  }
  g_qsort_with_data (order, (int) n_pieces, sizeof *order, compare_pieces, (gpointer) pieces);
  fill_shelves (pieces, n_pieces, order, positions);
  fit (positions, n);
}
