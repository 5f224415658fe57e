/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses how large a map is drawn and where it breaks into rows; the pen does the rest. */
#include "config.h"

#include "bits/mixq-bits-layout.h"

#include <math.h>

#include "bits/mixq-bits-pen.h"

/* At scale 1: from the mock-ups at 1440 and 1000 wide; dense cells let three rows stand where two compact ones do. */
static const MixqBitsMetrics sizes[MIXQ_BITS_N_SIZES] = {
  [MIXQ_BITS_REGULAR] = { 150, 93, 19, 104, 13, 24, 47, 26, 48, 92, 15, 16, 26, 12 },
  [MIXQ_BITS_COMPACT] = { 112, 70, 19, 64, 11, 13, 40, 26, 26, 62, 11, 14, 24, 10 },
  [MIXQ_BITS_DENSE] = { 112, 51, 13, 64, 11, 13, 40, 24, 26, 62, 11, 12, 22, 10 },
};

/* Below a map that is as low as can be, so that a scrollbar does not lie on its cells. */
#define SCROLLBAR 6.0
#define MAX_SCALE 1.7
#define MAX_STRETCH 150.0

/* What is known of a model before it has a size. */
typedef struct
{
  const MixqModel *model;
  MixqBitsWiring *wiring; /* owned */
  gboolean *breaks;       /* owned; a layer */
} Map;

/* One way to draw it. */
typedef struct
{
  MixqBitsSize size;
  guint rows;
  double width, height;
} Form;

static void
map_init (Map *map, const MixqModel *model)
{
  map->model = model;
  map->wiring = mixq_bits_wiring_new (model);
  map->breaks = g_new0 (gboolean, model->n_layers);
}

static void
map_clear (Map *map)
{
  mixq_bits_wiring_free (map->wiring);
  g_free (map->breaks);
}

static MixqBitsLayout *
draw (const Map *map, const MixqBitsMetrics *m)
{
  return mixq_bits_pen_draw (map->model, map->wiring, m, map->breaks, NULL);
}

static gboolean
has_size (const Map *map, MixqBitsSize size)
{
  return size != MIXQ_BITS_DENSE || mixq_bits_wiring_has_lanes (map->wiring);
}

static double
height_of (const Map *map, MixqBitsSize size, guint rows)
{
  const MixqBitsMetrics *m = &sizes[size];

  return rows * (mixq_bits_pen_row_height (map->wiring, m) + m->line_gap) - m->line_gap + 4.0;
}

/* --- rows -------------------------------------------------------------------------------------------------------------- */

/* Fills rows up to @limit with whole layers. Returns: the number of rows. */
static guint
fill_rows (Map *map, const double *starts, double end, double limit)
{
  guint rows = 1, n = map->model->n_layers;
  double row_start = starts[0];

  for (guint layer = 0; layer < n; layer++) {
    double layer_end = layer + 1 < n ? starts[layer + 1] : end;

    map->breaks[layer] = layer > 0 && layer_end - row_start > limit;
    if (map->breaks[layer]) {
      rows++;
      row_start = starts[layer];
    }
  }
  return rows;
}

/* The breaks into at most @rows rows that are as even as whole layers can be. */
static void
break_rows (Map *map, const MixqBitsMetrics *m, guint rows)
{
  const double step = 16.0;
  g_autofree double *starts = g_new0 (double, map->model->n_layers);
  g_autoptr (MixqBitsLayout) line = mixq_bits_pen_draw (map->model, map->wiring, m, NULL, starts);
  double end = line->width, limit = (end - starts[0]) / rows;

  while (fill_rows (map, starts, end, limit) > rows)
    limit += step;
}

static Form
form_of (Map *map, MixqBitsSize size, guint rows)
{
  g_autoptr (MixqBitsLayout) layout = NULL;

  break_rows (map, &sizes[size], rows);
  layout = draw (map, &sizes[size]);
  return (Form){ .size = size, .rows = layout->n_rows, .width = layout->width, .height = layout->height };
}

/* The largest cells and the fewest rows that need no scrolling; FALSE where nothing fits. */
static gboolean
find_fitting (Map *map, double width, double height, Form *form)
{
  for (MixqBitsSize size = 0; size < MIXQ_BITS_N_SIZES; size++) {
    double line;

    if (!has_size (map, size) || height_of (map, size, 1) > height)
      continue;
    *form = form_of (map, size, 1);
    line = form->width;
    for (guint rows = 1; rows <= map->model->n_layers && height_of (map, size, rows) <= height; rows++) {
      if (line > rows * width) /* even rows would not do */
        continue;
      *form = form_of (map, size, rows);
      if (form->width <= width)
        return TRUE;
    }
  }
  return FALSE;
}

/* What scrolls sideways: cells as large as one row of them allows, then all the rows that there is room for. */
static void
find_scrolling (Map *map, double height, Form *form)
{
  MixqBitsSize size = MIXQ_BITS_COMPACT;
  guint rows = 1;

  if (height_of (map, size, 1) > height && has_size (map, MIXQ_BITS_DENSE))
    size = MIXQ_BITS_DENSE;
  while (rows < map->model->n_layers && height_of (map, size, rows + 1) <= height)
    rows++;
  *form = form_of (map, size, rows);
}

void
mixq_bits_layout_min (const MixqModel *model, int *width, int *height)
{
  Map map;
  Form form;

  map_init (&map, model);
  find_scrolling (&map, 0.0, &form);
  *width = (int) ceil (form.width);
  *height = (int) ceil (form.height + SCROLLBAR);
  map_clear (&map);
}

int
mixq_bits_layout_width_for (const MixqModel *model, int height)
{
  Map map;
  Form form;

  map_init (&map, model);
  find_scrolling (&map, height, &form);
  map_clear (&map);
  return (int) ceil (form.width);
}

/* --- room that is left --------------------------------------------------------------------------------------------------- */

static MixqBitsMetrics
scaled (const MixqBitsMetrics *m, double s)
{
  return (MixqBitsMetrics){ m->cell_width * s, m->cell_height * s, m->row_gap * s,    m->op_gap * s,
                            m->op_radius * s,  m->pill_gap * s,    m->pill_width * s, m->pill_height * s,
                            m->loss_gap * s,   m->loss_width * s,  m->fork_gap * s,   m->rail_gap * s,
                            m->line_gap * s,   m->margin };
}

/* Gaps on the main line that may grow: a row, operators count whole and pills half. */
static double
count_gaps (const MixqBitsLayout *layout)
{
  double gaps = 0.0;

  for (guint i = 0; i < layout->items->len; i++) {
    const MixqBitsItem *item = &g_array_index (layout->items, MixqBitsItem, i);

    if (!item->upper && !item->lower)
      gaps += item->kind == MIXQ_BITS_OPERATOR ? 1.0 : item->kind == MIXQ_BITS_PILL ? 0.5 : 0.0;
  }
  return gaps;
}

/* By @more or, where branches and their like would then not fit, by less. */
static void
widen_gaps (const Map *map, MixqBitsMetrics *m, double more, double width)
{
  const MixqBitsMetrics before = *m;

  for (int i = 0; i < 8; i++, more *= 0.7) {
    g_autoptr (MixqBitsLayout) layout = NULL;

    m->op_gap = before.op_gap + more;
    m->pill_gap = before.pill_gap + 0.5 * more;
    m->loss_gap = before.loss_gap + 0.5 * more;
    layout = draw (map, m);
    if (layout->width <= width + 0.5)
      return;
  }
  *m = before;
}

/* Height that is left goes into the streams, which gain most by it; width between the cells of a single row. */
static void
spread (const Map *map, MixqBitsMetrics *m, const Form *form, double width, double height, double *stretch)
{
  g_autoptr (MixqBitsLayout) layout = draw (map, m);
  guint n_cells = form->rows * (mixq_bits_wiring_has_lanes (map->wiring) ? 3 : 2);
  double spare = (height - layout->height - 48.0) / n_cells, gaps = count_gaps (layout);

  if (form->size != MIXQ_BITS_DENSE && spare > 16.0) {
    *stretch = MIN (spare, form->size == MIXQ_BITS_REGULAR ? MAX_STRETCH : MAX_STRETCH / 2.0);
    m->cell_height += *stretch;
  }
  spare = width - layout->width;
  if (form->rows == 1 && spare > 0.0 && gaps > 0.0)
    widen_gaps (map, m, MIN (spare / (gaps + 0.5), 0.9 * m->op_gap), width);
}

static void
move_by (MixqBitsLayout *self, double dx, double dy)
{
  const graphene_point_t by = GRAPHENE_POINT_INIT ((float) dx, (float) dy);

  for (guint i = 0; i < self->items->len; i++)
    graphene_rect_offset (&g_array_index (self->items, MixqBitsItem, i).box, by.x, by.y);
  for (guint i = 0; i < self->links->len; i++) {
    MixqBitsLink *link = &g_array_index (self->links, MixqBitsLink, i);

    for (guint k = 0; k < link->n_points; k++) {
      link->points[k].x += by.x;
      link->points[k].y += by.y;
    }
  }
  for (guint i = 0; i < self->dots->len; i++) {
    g_array_index (self->dots, graphene_point_t, i).x += by.x;
    g_array_index (self->dots, graphene_point_t, i).y += by.y;
  }
  for (guint i = 0; i < self->heads->len; i++) {
    g_array_index (self->heads, MixqBitsHead, i).at.x += by.x;
    g_array_index (self->heads, MixqBitsHead, i).at.y += by.y;
  }
}

MixqBitsLayout *
mixq_bits_layout_new (const MixqModel *model, double width, double height)
{
  MixqBitsLayout *self;
  MixqBitsMetrics m;
  Map map;
  Form form;
  double scale = 1.0, stretch = 0.0, fit;

  map_init (&map, model);
  if (!find_fitting (&map, width, height, &form))
    find_scrolling (&map, height, &form);
  fit = MIN (width / form.width, height / form.height);
  if (form.size == MIXQ_BITS_REGULAR && fit > 1.2)
    scale = MIN (fit / 1.05, MAX_SCALE);
  m = scaled (&sizes[form.size], scale);
  spread (&map, &m, &form, width, height, &stretch);
  self = draw (&map, &m);
  self->size = form.size;
  self->scale = scale;
  self->stretch = stretch;
  move_by (self, MAX ((width - self->width) / 2.0, 0.0), MAX ((height - self->height) / 2.0, 0.0));
  self->width = MAX (width, self->width);
  self->height = height;
  map_clear (&map);
  return self;
}

void
mixq_bits_layout_free (MixqBitsLayout *self)
{
  g_array_unref (self->items);
  g_array_unref (self->links);
  g_array_unref (self->dots);
  g_array_unref (self->heads);
  g_free (self);
}

const MixqBitsItem *
mixq_bits_layout_find (const MixqBitsLayout *self, int slot)
{
  for (guint i = 0; slot >= 0 && i < self->items->len; i++) {
    const MixqBitsItem *item = &g_array_index (self->items, MixqBitsItem, i);

    if (item->slot == slot)
      return item;
  }
  return NULL;
}

int
mixq_bits_layout_hit (const MixqBitsLayout *self, double x, double y)
{
  const graphene_point_t at = GRAPHENE_POINT_INIT ((float) x, (float) y);

  for (guint i = 0; i < self->items->len; i++) {
    const MixqBitsItem *item = &g_array_index (self->items, MixqBitsItem, i);

    if (item->kind == MIXQ_BITS_CELL && graphene_rect_contains_point (&item->box, &at))
      return item->slot;
  }
  return -1;
}
