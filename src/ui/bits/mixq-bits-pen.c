/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The walk that places the units of a model: the main line, what it meets above, what joins it from below. */
#include "config.h"

#include "bits/mixq-bits-pen.h"

/* Between things that must not touch. */
#define APART 10.0
/* From an operand that lies beside its operator to it. */
#define BESIDE 8.0

typedef struct
{
  MixqBitsLayout *layout;
  const MixqModel *model;
  const MixqBitsWiring *wiring;
  MixqBitsMetrics m;
  double x;         /* right end of what stands on the main line */
  double row_y;     /* top of this row of the map */
  double main_y;    /* top of the main line's cells */
  double axis_y;    /* its middle */
  double lane_y;    /* top of the branches' cells */
  double upper_end; /* right end of the last upper cell */
  double lane_end;  /* right end of the last cell below */
  double right;     /* of everything so far */
  guint layer;
  gboolean is_fresh; /* a row that goes on from another begins */
  double *fork_x;    /* a branch: where it leaves the main line */
  double *join_x;    /* a branch with units: where its last cell ends */
  gboolean *begun;   /* a branch */
} Pen;

/* --- pieces ---------------------------------------------------------------------------------------------------------- */

static void
add_item (Pen *pen, MixqBitsItem item, double x, double y, double width, double height)
{
  item.box = GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height);
  g_array_append_val (pen->layout->items, item);
  pen->right = MAX (pen->right, x + width);
}

static void
add_path (Pen *pen, MixqBitsLink link, const double (*points)[2], guint n)
{
  for (guint i = 0; i < n; i++)
    link.points[i] = GRAPHENE_POINT_INIT ((float) points[i][0], (float) points[i][1]);
  link.n_points = n;
  g_array_append_val (pen->layout->links, link);
}

static void
add_line (Pen *pen, double x1, double y1, double x2, double y2, gboolean arrow)
{
  const double points[][2] = { { x1, y1 }, { x2, y2 } };

  if (x1 != x2 || y1 != y2)
    add_path (pen, (MixqBitsLink){ .arrow = arrow }, points, 2);
}

static void
add_dot (Pen *pen, double x, double y)
{
  const graphene_point_t dot = GRAPHENE_POINT_INIT ((float) x, (float) y);

  g_array_append_val (pen->layout->dots, dot);
}

static void
add_operator (Pen *pen, int unit, double x, double y)
{
  double r = pen->m.op_radius;

  add_item (pen,
            (MixqBitsItem){ .kind = MIXQ_BITS_OPERATOR, .slot = -1, .unit = unit, .lower = y > pen->axis_y },
            x - r, y - r, 2.0 * r, 2.0 * r);
}

static void
add_upper_cell (Pen *pen, int unit, int slot, double x)
{
  add_item (pen, (MixqBitsItem){ .kind = MIXQ_BITS_CELL, .slot = slot, .unit = unit, .upper = TRUE }, x,
            pen->row_y, pen->m.cell_width, pen->m.cell_height);
  pen->upper_end = x + pen->m.cell_width;
}

static double
upper_bottom (const Pen *pen)
{
  return pen->row_y + pen->m.cell_height;
}

/* A cell on the main line, after a gap with the end of an arrow in it. */
static void
place_cell (Pen *pen, int unit, int slot, double gap)
{
  if (slot < 0)
    return;
  add_line (pen, pen->x, pen->axis_y, pen->x + gap, pen->axis_y, TRUE);
  pen->x += gap;
  add_item (pen, (MixqBitsItem){ .kind = MIXQ_BITS_CELL, .slot = slot, .unit = unit }, pen->x, pen->main_y,
            pen->m.cell_width, pen->m.cell_height);
  pen->x += pen->m.cell_width;
}

/* An operator on the main line with its middle at @centre or, where something needs the room, further on. */
static double
place_operator (Pen *pen, int unit, double centre)
{
  add_line (pen, pen->x, pen->axis_y, centre - pen->m.op_radius, pen->axis_y, FALSE);
  add_operator (pen, unit, centre, pen->axis_y);
  pen->x = centre + pen->m.op_radius;
  return centre;
}

static double
next_operator (const Pen *pen)
{
  return pen->x + pen->m.op_gap / 2.0;
}

static double
after_operator (const Pen *pen)
{
  return pen->m.op_gap / 2.0 - pen->m.op_radius;
}

/* --- layers and rows --------------------------------------------------------------------------------------------------- */

static void
begin_row (Pen *pen, double y)
{
  pen->row_y = y;
  pen->main_y = y + pen->m.cell_height + pen->m.row_gap;
  pen->axis_y = pen->main_y + pen->m.cell_height / 2.0;
  pen->lane_y = pen->main_y + pen->m.cell_height + pen->m.row_gap;
  pen->x = pen->m.margin;
  pen->upper_end = pen->lane_end = -G_MAXDOUBLE;
}

/* The line goes on at the left of the next row. */
static void
break_row (Pen *pen)
{
  double height = mixq_bits_pen_row_height (pen->wiring, &pen->m), turn = pen->x + pen->m.line_gap / 2.0,
         y = pen->axis_y, between = pen->row_y + height + pen->m.line_gap / 2.0, x = pen->m.margin;

  begin_row (pen, pen->row_y + height + pen->m.line_gap);
  add_path (pen, (MixqBitsLink){ .arrow = TRUE },
            (const double[][2]){ { turn - pen->m.line_gap / 2.0, y },
                                 { turn, y },
                                 { turn, between },
                                 { x, between },
                                 { x, pen->axis_y },
                                 { x + pen->m.line_gap, pen->axis_y } },
            6);
  pen->right = MAX (pen->right, turn);
  pen->x = x + pen->m.line_gap;
  pen->is_fresh = TRUE;
  pen->layout->n_rows++;
}

static void
add_head (Pen *pen, guint index)
{
  const MixqUnit *unit = &pen->model->units[index];
  guint last = index;
  gboolean is_beside = unit->slot_operand >= 0 && unit->slot_input < 0 && pen->upper_end > 0.0;
  /* Before an operand above there is little room; a title may begin over the end of the layer before. */
  double x = MAX (is_beside ? pen->x - 1.2 * pen->m.cell_width : pen->x, pen->upper_end + 1.8 * APART);

  if (pen->is_fresh) { /* the first cell above leaves room for the line that comes in, and for the title */
    x = pen->x;
    pen->upper_end = x + 0.6 * pen->m.cell_width;
    pen->is_fresh = FALSE;
  }
  while (last + 1 < pen->model->n_units && pen->model->units[last + 1].layer == unit->layer)
    last++;
  g_array_append_val (pen->layout->heads,
                      ((MixqBitsHead){ .layer = unit->layer,
                                       .in_cols = unit->in_cols,
                                       .out_cols = pen->model->units[last].out_cols,
                                       .is_first = unit->layer == 1,
                                       .is_last = unit->layer == pen->model->n_layers,
                                       .at = GRAPHENE_POINT_INIT ((float) x, (float) (pen->row_y + 12.0)) }));
  pen->layer = unit->layer;
}

/* --- branches ---------------------------------------------------------------------------------------------------------- */

static double
lane_axis (const Pen *pen)
{
  return pen->lane_y + pen->m.cell_height / 2.0;
}

/* A unit of a branch at @x on its line. Its operand lies before it, as the value comes from above or from the left. */
static double
place_below (Pen *pen, int index, double x)
{
  const MixqUnit *unit = &pen->model->units[index];
  double y = lane_axis (pen), r = pen->m.op_radius, gap = after_operator (pen) / 1.5;
  int slot = mixq_model_output_slot (pen->model, (guint) index);

  if (unit->kind != MIXQ_UNIT_LINEAR && unit->kind != MIXQ_UNIT_PROPAGATE)
    return x;
  if (unit->slot_operand >= 0 && mixq_bits_layout_find (pen->layout, unit->slot_operand) == NULL) {
    double left = x - r - BESIDE - pen->m.cell_width;

    add_line (pen, left + pen->m.cell_width, y, x - r, y, FALSE);
    add_item (
        pen,
        (MixqBitsItem){ .kind = MIXQ_BITS_CELL, .slot = unit->slot_operand, .unit = index, .lower = TRUE },
        left, pen->lane_y, pen->m.cell_width, pen->m.cell_height);
  }
  add_operator (pen, index, x, y);
  if (slot < 0)
    return x + r;
  add_line (pen, x + r, y, x + r + gap, y, TRUE);
  add_item (pen, (MixqBitsItem){ .kind = MIXQ_BITS_CELL, .slot = slot, .unit = index, .lower = TRUE },
            x + r + gap, pen->lane_y, pen->m.cell_width, pen->m.cell_height);
  return x + r + gap + pen->m.cell_width;
}

/* Room that the operand of a branch's first unit needs to the left of the fork. */
static double
room_before (const Pen *pen, const MixqBitsBranch *branch)
{
  return branch->n > 0 ? pen->m.op_radius + BESIDE + pen->m.cell_width : 0.0;
}

static void
begin_branch (Pen *pen, guint b)
{
  const MixqBitsBranch *branch = &g_array_index (pen->wiring->branches, MixqBitsBranch, b);
  double x = MAX (pen->x + pen->m.fork_gap, room_before (pen, branch) + pen->m.margin), end;

  if (branch->n > 0)
    x = MAX (x, pen->lane_end + APART + room_before (pen, branch));
  add_line (pen, pen->x, pen->axis_y, x, pen->axis_y, FALSE);
  add_dot (pen, x, pen->axis_y);
  pen->x = x;
  pen->fork_x[b] = x;
  pen->begun[b] = TRUE;
  if (branch->n == 0)
    return;
  add_line (pen, x, pen->axis_y, x, lane_axis (pen) - pen->m.op_radius, FALSE);
  end = x;
  for (guint i = 0; i < branch->n; i++) {
    int unit = g_array_index (pen->wiring->units, int, branch->first + i);

    if (i > 0)
      end += room_before (pen, branch) + BESIDE;
    end = place_below (pen, unit, end);
  }
  pen->join_x[b] = pen->lane_end = end;
}

/* Whatever leaves the main line with the value that @unit reads from it. */
static void
begin_branches (Pen *pen, const MixqUnit *unit)
{
  for (guint b = 0; b < pen->wiring->branches->len; b++) {
    const MixqBitsBranch *branch = &g_array_index (pen->wiring->branches, MixqBitsBranch, b);

    for (guint i = 0; i < unit->n_inputs && !pen->begun[b]; i++)
      if (mixq_unit_input (unit, i) == branch->value)
        begin_branch (pen, b);
  }
}

/* The branch of @add with units whose cells end first or, with @last, last; -1 for none. */
static int
outer_lane (const Pen *pen, guint add, gboolean last)
{
  int found = -1;

  for (guint b = 0; b < pen->wiring->branches->len; b++) {
    const MixqBitsBranch *branch = &g_array_index (pen->wiring->branches, MixqBitsBranch, b);

    if (branch->add == (int) add && branch->n > 0 && pen->begun[b] &&
        (found < 0 || (pen->join_x[b] > pen->join_x[found]) == last))
      found = (int) b;
  }
  return found;
}

/* Lines from the branches below into the add at @x: the last one straight, others along a rail below the cells. */
static void
join_lanes (Pen *pen, guint add, double x)
{
  double y = lane_axis (pen), foot = pen->axis_y + pen->m.op_radius,
         bottom = pen->lane_y + pen->m.cell_height, rail = bottom + pen->m.rail_gap / 2.0,
         half = pen->m.cell_width / 2.0;
  int first = outer_lane (pen, add, FALSE), last = outer_lane (pen, add, TRUE);

  if (last < 0)
    return;
  if (first == last) {
    add_path (pen, (MixqBitsLink){ .arrow = TRUE },
              (const double[][2]){ { pen->join_x[last], y }, { x, y }, { x, foot } }, 3);
    return;
  }
  add_path (pen, (MixqBitsLink){ .arrow = TRUE },
            (const double[][2]){ { pen->join_x[first] - half, bottom },
                                 { pen->join_x[first] - half, rail },
                                 { x, rail },
                                 { x, foot } },
            4);
  add_line (pen, pen->join_x[last], y, x, y, FALSE);
  add_dot (pen, x, y);
  for (int b = 0; b < (int) pen->wiring->branches->len; b++) {
    const MixqBitsBranch *branch = &g_array_index (pen->wiring->branches, MixqBitsBranch, b);

    if (b == first || b == last || branch->add != (int) add || branch->n == 0 || !pen->begun[b])
      continue;
    add_line (pen, pen->join_x[b] - half, bottom, pen->join_x[b] - half, rail, FALSE);
    add_dot (pen, pen->join_x[b] - half, rail);
  }
}

static void
join_skips (Pen *pen, guint add, double x)
{
  double foot = pen->axis_y + pen->m.op_radius,
         rail = pen->main_y + pen->m.cell_height + MIN (pen->m.rail_gap, pen->m.row_gap) / 2.0;

  for (guint b = 0; b < pen->wiring->branches->len; b++) {
    const MixqBitsBranch *branch = &g_array_index (pen->wiring->branches, MixqBitsBranch, b);

    if (branch->add == (int) add && branch->n == 0 && pen->begun[b])
      add_path (pen, (MixqBitsLink){ .arrow = TRUE, .is_skip = TRUE },
                (const double[][2]){
                    { pen->fork_x[b], pen->axis_y }, { pen->fork_x[b], rail }, { x, rail }, { x, foot } },
                4);
  }
}

/* --- units of the main line -------------------------------------------------------------------------------------------- */

/* An operand that was met before is not drawn again: a line from it passes above the main line. */
static void
link_shared (Pen *pen, int slot, double x)
{
  const MixqBitsItem *item = mixq_bits_layout_find (pen->layout, slot);
  double from, rail = pen->main_y - pen->m.row_gap / 2.0;

  if (item == NULL || !item->upper || item->box.origin.y != (float) pen->row_y)
    return;
  from = item->box.origin.x + item->box.size.width / 2.0;
  add_dot (pen, from, rail);
  add_path (pen, (MixqBitsLink){ 0 },
            (const double[][2]){ { from, rail }, { x, rail }, { x, pen->axis_y - pen->m.op_radius } }, 3);
}

/* What a gathering unit adds of the node itself, above it where an adjacency would be. */
static void
place_self (Pen *pen, int index, double x)
{
  double width = 1.4 * pen->m.pill_width, y = upper_bottom (pen) - pen->m.pill_height;

  add_line (pen, x, y + pen->m.pill_height, x, pen->axis_y - pen->m.op_radius, FALSE);
  add_item (pen, (MixqBitsItem){ .kind = MIXQ_BITS_SELF, .slot = -1, .unit = index, .upper = TRUE },
            x - width / 2.0, y, width, pen->m.pill_height);
}

static gboolean
is_met (const Pen *pen, int slot)
{
  return slot >= 0 && mixq_bits_layout_find (pen->layout, slot) != NULL;
}

/* A linear or propagate unit: an operator on the main line, its operand above, its result to the right. */
static void
place_product (Pen *pen, int index)
{
  const MixqUnit *unit = &pen->model->units[index];
  const MixqBitsMetrics *m = &pen->m;
  gboolean shared = is_met (pen, unit->slot_operand);
  double centre;

  if (unit->slot_input >= 0)
    place_cell (pen, index, unit->slot_input, 0.0);
  centre = next_operator (pen);
  if (unit->slot_operand >= 0 && !shared)
    centre = MAX (centre, pen->upper_end + APART + m->cell_width / 2.0);
  if (unit->slot_operand >= 0 && !shared) {
    add_line (pen, centre, upper_bottom (pen), centre, pen->axis_y - m->op_radius, FALSE);
    add_upper_cell (pen, index, unit->slot_operand, centre - m->cell_width / 2.0);
  }
  place_operator (pen, index, centre);
  if (shared)
    link_shared (pen, unit->slot_operand, centre);
  if (unit->adds_self)
    place_self (pen, index, centre);
  place_cell (pen, index, unit->slot_output, after_operator (pen));
}

/* Above: a vector scores the ends of each edge, softmax makes the attention; below, with it, the gathering. */
static void
place_attention (Pen *pen, int index)
{
  const MixqUnit *unit = &pen->model->units[index];
  const MixqBitsMetrics *m = &pen->m;
  double y = pen->row_y + m->cell_height / 2.0, r = m->op_radius, gap = after_operator (pen) / 1.5,
         pill = 1.5 * m->pill_width;
  double fork = MAX (pen->x + m->fork_gap, pen->upper_end + APART + m->cell_width + BESIDE + r), x, centre;

  add_line (pen, pen->x, pen->axis_y, fork, pen->axis_y, FALSE);
  add_dot (pen, fork, pen->axis_y);
  add_line (pen, fork, pen->axis_y, fork, y + r, FALSE);
  add_upper_cell (pen, index, unit->slot_weight, fork - r - BESIDE - m->cell_width);
  add_line (pen, fork - r - BESIDE, y, fork - r, y, FALSE);
  add_item (pen, (MixqBitsItem){ .kind = MIXQ_BITS_OPERATOR, .slot = -1, .unit = index, .upper = TRUE },
            fork - r, y - r, 2.0 * r, 2.0 * r);
  x = fork + r;
  add_line (pen, x, y, x + gap, y, TRUE);
  add_upper_cell (pen, index, unit->slot_score, x + gap);
  x += gap + m->cell_width;
  add_line (pen, x, y, x + m->pill_gap, y, TRUE);
  add_item (pen, (MixqBitsItem){ .kind = MIXQ_BITS_PILL, .slot = -1, .unit = index, .upper = TRUE },
            x + m->pill_gap, y - m->pill_height / 2.0, pill, m->pill_height);
  x += m->pill_gap + pill;
  add_line (pen, x, y, x + m->pill_gap, y, TRUE);
  add_upper_cell (pen, index, unit->slot_operand, x + m->pill_gap);
  centre = x + m->pill_gap + m->cell_width / 2.0;
  add_line (pen, centre, upper_bottom (pen), centre, pen->axis_y - r, FALSE);
  pen->x = fork;
  place_operator (pen, index, centre);
  place_cell (pen, index, unit->slot_output, after_operator (pen));
}

static void
place_pill (Pen *pen, int index)
{
  const MixqBitsMetrics *m = &pen->m;

  add_line (pen, pen->x, pen->axis_y, pen->x + m->pill_gap, pen->axis_y, TRUE);
  pen->x += m->pill_gap;
  add_item (pen, (MixqBitsItem){ .kind = MIXQ_BITS_PILL, .slot = -1, .unit = index }, pen->x,
            pen->axis_y - m->pill_height / 2.0, m->pill_width, m->pill_height);
  pen->x += m->pill_width;
  place_cell (pen, index, pen->model->units[index].slot_output, m->pill_gap);
}

static void
place_add (Pen *pen, int index)
{
  double centre = MAX (next_operator (pen), pen->lane_end + APART + pen->m.op_radius);

  place_operator (pen, index, centre);
  join_lanes (pen, (guint) index, centre);
  join_skips (pen, (guint) index, centre);
  place_cell (pen, index, pen->model->units[index].slot_output, after_operator (pen));
}

static void
place_pool (Pen *pen, int index)
{
  const MixqBitsMetrics *m = &pen->m;
  double height = MIN (m->cell_height, 2.2 * m->pill_height), width = 1.2 * m->pill_width;

  add_line (pen, pen->x, pen->axis_y, pen->x + m->pill_gap, pen->axis_y, TRUE);
  pen->x += m->pill_gap;
  add_item (pen, (MixqBitsItem){ .kind = MIXQ_BITS_FUNNEL, .slot = -1, .unit = index }, pen->x,
            pen->axis_y - height / 2.0, width, height);
  pen->x += width;
  place_cell (pen, index, pen->model->units[index].slot_output, m->pill_gap);
}

static void
place_loss (Pen *pen)
{
  const MixqBitsMetrics *m = &pen->m;

  add_line (pen, pen->x, pen->axis_y, pen->x + m->loss_gap, pen->axis_y, TRUE);
  pen->x += m->loss_gap;
  add_item (pen, (MixqBitsItem){ .kind = MIXQ_BITS_LOSS, .slot = -1, .unit = -1 }, pen->x, pen->main_y,
            m->loss_width, m->cell_height);
}

static void
place_unit (Pen *pen, int index)
{
  switch (pen->model->units[index].kind) {
  case MIXQ_UNIT_LINEAR:
  case MIXQ_UNIT_PROPAGATE:
    place_product (pen, index);
    break;
  case MIXQ_UNIT_FEATURES:
    place_cell (pen, index, pen->model->units[index].slot_output, 0.0);
    break;
  case MIXQ_UNIT_RELU:
  case MIXQ_UNIT_BATCH_NORM:
    place_pill (pen, index);
    break;
  case MIXQ_UNIT_ADD:
    place_add (pen, index);
    break;
  case MIXQ_UNIT_POOL:
    place_pool (pen, index);
    break;
  case MIXQ_UNIT_ATTEND:
    place_attention (pen, index);
    break;
  case MIXQ_UNIT_DROPOUT: /* only while training; no tensor of its own */
  case MIXQ_N_UNIT_KINDS:
  default:
    break;
  }
}

/* --- all of it --------------------------------------------------------------------------------------------------------- */

double
mixq_bits_pen_row_height (const MixqBitsWiring *wiring, const MixqBitsMetrics *m)
{
  double height = 2.0 * m->cell_height + m->row_gap;

  if (mixq_bits_wiring_has_lanes (wiring))
    return height + m->row_gap + m->cell_height + m->rail_gap;
  return height + (wiring->branches->len > 0 ? m->rail_gap : 0.0);
}

/* How far each title may go before it meets a cell or the next title. */
static void
measure_heads (MixqBitsLayout *layout)
{
  for (guint h = 0; h < layout->heads->len; h++) {
    MixqBitsHead *head = &g_array_index (layout->heads, MixqBitsHead, h);
    double right = layout->width;

    for (guint i = 0; i < layout->items->len; i++) {
      const graphene_rect_t *box = &g_array_index (layout->items, MixqBitsItem, i).box;

      if (box->origin.y <= head->at.y + 12.0f && box->origin.y + box->size.height >= head->at.y &&
          box->origin.x + box->size.width > head->at.x)
        right = MIN (right, box->origin.x);
    }
    for (guint i = 0; i < layout->heads->len; i++) {
      const MixqBitsHead *other = &g_array_index (layout->heads, MixqBitsHead, i);

      if (other->at.y == head->at.y && other->at.x > head->at.x)
        right = MIN (right, other->at.x);
    }
    head->room = right - APART / 2.0 - head->at.x;
  }
}

static MixqBitsLayout *
new_layout (void)
{
  MixqBitsLayout *self = g_new0 (MixqBitsLayout, 1);

  self->items = g_array_new (FALSE, FALSE, sizeof (MixqBitsItem));
  self->links = g_array_new (FALSE, FALSE, sizeof (MixqBitsLink));
  self->dots = g_array_new (FALSE, FALSE, sizeof (graphene_point_t));
  self->heads = g_array_new (FALSE, FALSE, sizeof (MixqBitsHead));
  self->n_rows = 1;
  return self;
}

MixqBitsLayout *
mixq_bits_pen_draw (const MixqModel *model,
                    const MixqBitsWiring *wiring,
                    const MixqBitsMetrics *metrics,
                    const gboolean *breaks,
                    double *starts)
{
  guint n = MAX (wiring->branches->len, 1);
  g_autofree double *fork_x = g_new0 (double, n), *join_x = g_new0 (double, n);
  g_autofree gboolean *begun = g_new0 (gboolean, n);
  Pen pen = { .layout = new_layout (),
              .model = model,
              .wiring = wiring,
              .m = *metrics,
              .fork_x = fork_x,
              .join_x = join_x,
              .begun = begun };

  begin_row (&pen, 2.0);
  for (guint i = 0; i < model->n_units; i++) {
    const MixqUnit *unit = &model->units[i];

    if (pen.layer != unit->layer) {
      if (breaks != NULL && unit->layer > 1 && breaks[unit->layer - 1])
        break_row (&pen);
      if (starts != NULL)
        starts[unit->layer - 1] = pen.x;
      add_head (&pen, i);
    }
    if (!wiring->is_main[i])
      continue;
    begin_branches (&pen, unit);
    place_unit (&pen, (int) i);
  }
  place_loss (&pen);
  pen.layout->width = pen.right + pen.m.margin;
  pen.layout->height = pen.row_y + mixq_bits_pen_row_height (wiring, &pen.m) + 2.0;
  measure_heads (pen.layout);
  return pen.layout;
}
