/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bits/mixq-bits-layout.h"

/* Sizes in logical pixels at scale 1, from the mock-ups at 1440 and 1000 wide. */
typedef struct
{
  double cell_width, cell_height;
  double row_gap; /* between the upper row and the main line */
  double op_gap;  /* between two cells with an operator between them */
  double op_radius;
  double pill_gap; /* before a pill */
  double pill_width, pill_height;
  double loss_gap, loss_width;
  double margin;
} Metrics;

static const Metrics regular = { 150, 93, 19, 104, 13, 24, 47, 26, 48, 92, 12 };
static const Metrics compact = { 112, 70, 19, 64, 11, 13, 40, 26, 26, 62, 10 };

/* What a map consists of, counted by one walk. */
typedef struct
{
  guint cells, ops, pills;
} Parts;

static Parts
count_parts (const MixqModel *model)
{
  Parts parts = { 0 };

  for (guint i = 0; i < model->n_units; i++) {
    const MixqUnit *unit = &model->units[i];

    parts.cells += (unit->slot_input >= 0) + (unit->slot_output >= 0);
    parts.ops += unit->slot_operand >= 0;
    parts.pills += unit->kind == MIXQ_UNIT_RELU;
  }
  return parts;
}

static double
natural_width (const Metrics *m, const Parts *parts)
{
  return 2.0 * m->margin + parts->cells * m->cell_width + parts->ops * m->op_gap +
         parts->pills * (m->pill_gap + m->pill_width) + m->loss_gap + m->loss_width;
}

static double
natural_height (const Metrics *m)
{
  return 2.0 * m->cell_height + m->row_gap + 4.0;
}

void
mixq_bits_layout_min (const MixqModel *model, int *width, int *height)
{
  Parts parts = count_parts (model);

  *width = (int) natural_width (&compact, &parts);
  *height = (int) natural_height (&compact);
}

static Metrics
scaled (const Metrics *m, double s)
{
  return (Metrics){ m->cell_width * s, m->cell_height * s, m->row_gap * s,    m->op_gap * s,
                    m->op_radius * s,  m->pill_gap * s,    m->pill_width * s, m->pill_height * s,
                    m->loss_gap * s,   m->loss_width * s,  m->margin };
}

/* The pen of the walk. */
typedef struct
{
  MixqBitsLayout *layout;
  const MixqModel *model;
  Metrics m;
  double x;         /* right end of what stands on the main line */
  double main_y;    /* top of the main line's cells */
  double axis_y;    /* its middle */
  double upper_end; /* right end of the last upper cell */
  guint layer;
} Pen;

static void
add_item (Pen *pen, MixqBitsItemKind kind, int unit, int slot, gboolean upper, graphene_rect_t box)
{
  const MixqBitsItem item = { kind, slot, unit, upper, box };

  g_array_append_val (pen->layout->items, item);
}

static void
add_link (Pen *pen, double x1, double y1, double x2, double y2, gboolean arrow)
{
  const MixqBitsLink link = { GRAPHENE_POINT_INIT ((float) x1, (float) y1),
                              GRAPHENE_POINT_INIT ((float) x2, (float) y2), arrow };

  g_array_append_val (pen->layout->links, link);
}

static void
add_head (Pen *pen, const MixqUnit *unit, double x)
{
  gsize out_cols = unit->out_cols;
  const MixqBitsHead head = { .layer = unit->layer,
                              .in_cols = unit->in_cols,
                              .out_cols = out_cols,
                              .is_first = unit->layer == 1,
                              .is_last = unit->layer == pen->model->spec.n_layers,
                              .at = GRAPHENE_POINT_INIT ((float) x, (float) (pen->main_y - pen->m.row_gap -
                                                                             pen->m.cell_height + 12.0)) };

  g_array_append_val (pen->layout->heads, head);
  pen->layer = unit->layer;
}

static graphene_rect_t
main_cell (const Pen *pen, double x)
{
  return GRAPHENE_RECT_INIT ((float) x, (float) pen->main_y, (float) pen->m.cell_width,
                             (float) pen->m.cell_height);
}

/* A linear or propagate unit: an operator on the main line, its operand above, its result to the right. */
static void
place_product (Pen *pen, int index)
{
  const MixqUnit *unit = &pen->model->units[index];
  const Metrics *m = &pen->m;
  double start = pen->x, centre, upper_y = pen->main_y - m->row_gap - m->cell_height;

  if (unit->slot_input >= 0) {
    if (pen->layer != unit->layer)
      add_head (pen, unit, pen->x);
    add_item (pen, MIXQ_BITS_CELL, index, unit->slot_input, FALSE, main_cell (pen, pen->x));
    start = pen->x += m->cell_width;
  }
  centre = start + m->op_gap / 2.0;
  if (pen->layer != unit->layer)
    add_head (pen, unit, pen->upper_end + 18.0);
  add_link (pen, start, pen->axis_y, centre - m->op_radius, pen->axis_y, FALSE);
  if (unit->slot_operand >= 0) {
    add_link (pen, centre, upper_y + m->cell_height, centre, pen->axis_y - m->op_radius, FALSE);
    add_item (pen, MIXQ_BITS_CELL, index, unit->slot_operand, TRUE,
              GRAPHENE_RECT_INIT ((float) (centre - m->cell_width / 2.0), (float) upper_y,
                                  (float) m->cell_width, (float) m->cell_height));
    pen->upper_end = centre + m->cell_width / 2.0;
  }
  add_item (pen, MIXQ_BITS_OPERATOR, index, -1, FALSE,
            GRAPHENE_RECT_INIT ((float) (centre - m->op_radius), (float) (pen->axis_y - m->op_radius),
                                (float) (2.0 * m->op_radius), (float) (2.0 * m->op_radius)));
  pen->x = start + m->op_gap;
  add_link (pen, centre + m->op_radius, pen->axis_y, pen->x, pen->axis_y, TRUE);
  if (unit->slot_output >= 0) {
    add_item (pen, MIXQ_BITS_CELL, index, unit->slot_output, FALSE, main_cell (pen, pen->x));
    pen->x += m->cell_width;
  }
}

static void
place_pill (Pen *pen, int index)
{
  const Metrics *m = &pen->m;

  add_link (pen, pen->x, pen->axis_y, pen->x + m->pill_gap, pen->axis_y, TRUE);
  pen->x += m->pill_gap;
  add_item (pen, MIXQ_BITS_PILL, index, -1, FALSE,
            GRAPHENE_RECT_INIT ((float) pen->x, (float) (pen->axis_y - m->pill_height / 2.0),
                                (float) m->pill_width, (float) m->pill_height));
  pen->x += m->pill_width;
}

static void
place_loss (Pen *pen)
{
  const Metrics *m = &pen->m;

  add_link (pen, pen->x, pen->axis_y, pen->x + m->loss_gap, pen->axis_y, TRUE);
  pen->x += m->loss_gap;
  add_item (pen, MIXQ_BITS_LOSS, -1, -1, FALSE,
            GRAPHENE_RECT_INIT ((float) pen->x, (float) pen->main_y, (float) m->loss_width,
                                (float) m->cell_height));
  pen->x += m->loss_width;
}

/* Regular cells where both sides have room for them, larger ones where there is much room, else compact ones. */
static Metrics
choose_metrics (MixqBitsLayout *self, const Parts *parts, double width, double height)
{
  double fit = MIN (width / natural_width (&regular, parts), height / natural_height (&regular));
  Metrics m;
  double spare;

  self->compact = fit < 1.0;
  self->scale = self->compact ? 1.0 : fit > 1.2 ? MIN (fit / 1.05, 1.7) : 1.0;
  m = scaled (self->compact ? &compact : &regular, self->scale);
  /* Height that is left goes into the streams, which gain most by it. */
  spare = (height - natural_height (&m)) / 2.0 - 24.0;
  if (!self->compact && spare > 16.0) {
    self->stretch = MIN (spare, 150.0);
    m.cell_height += self->stretch;
  }
  spare = width - natural_width (&m, parts);
  if (spare > 0.0 && parts->ops > 0) {
    double more = MIN (spare / (parts->ops + 0.5 * parts->pills + 0.5), 0.9 * m.op_gap);

    m.op_gap += more;
    m.pill_gap += parts->pills > 0 ? 0.5 * more : 0.0;
    m.loss_gap += 0.5 * more;
  }
  return m;
}

MixqBitsLayout *
mixq_bits_layout_new (const MixqModel *model, double width, double height)
{
  MixqBitsLayout *self = g_new0 (MixqBitsLayout, 1);
  Parts parts = count_parts (model);
  Pen pen = { .layout = self, .model = model };

  self->items = g_array_new (FALSE, FALSE, sizeof (MixqBitsItem));
  self->links = g_array_new (FALSE, FALSE, sizeof (MixqBitsLink));
  self->heads = g_array_new (FALSE, FALSE, sizeof (MixqBitsHead));
  pen.m = choose_metrics (self, &parts, width, height);
  pen.x = MAX ((width - natural_width (&pen.m, &parts)) / 2.0, 0.0) + pen.m.margin;
  pen.main_y = (height - natural_height (&pen.m)) / 2.0 + 2.0 + pen.m.cell_height + pen.m.row_gap;
  pen.axis_y = pen.main_y + pen.m.cell_height / 2.0;
  for (guint i = 0; i < model->n_units; i++) {
    switch (model->units[i].kind) {
    case MIXQ_UNIT_LINEAR:
    case MIXQ_UNIT_PROPAGATE:
      place_product (&pen, (int) i);
      break;
    case MIXQ_UNIT_RELU:
      place_pill (&pen, (int) i);
      break;
    case MIXQ_UNIT_DROPOUT: /* only while training; no tensor of its own */
    default:
      break;
    }
  }
  place_loss (&pen);
  self->width = MAX (width, pen.x + pen.m.margin);
  self->height = height;
  return self;
}

void
mixq_bits_layout_free (MixqBitsLayout *self)
{
  g_array_unref (self->items);
  g_array_unref (self->links);
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
