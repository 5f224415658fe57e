/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What does not change between frames: lines, operators, the ground of cells, names. */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "bits/mixq-bits-draw-private.h"
#include "mixq-format.h"
#include "mixq-plot-cairo.h"

#define CORNER 9.0
#define DOT_RADIUS 2.6

/* --- lines ------------------------------------------------------------------------------------------------------------ */

/* At @to, coming from @from. */
static void
draw_arrow_head (cairo_t *cr, graphene_point_t from, graphene_point_t to, double size)
{
  cairo_save (cr);
  cairo_translate (cr, to.x, to.y);
  cairo_rotate (cr, atan2 (to.y - from.y, to.x - from.x));
  cairo_move_to (cr, -1.0 - size, -size * 0.7);
  cairo_line_to (cr, -1.0, 0.0);
  cairo_line_to (cr, -1.0 - size, size * 0.7);
  cairo_stroke (cr);
  cairo_restore (cr);
}

/* From @p to the corner @q and on towards @r, as far as the arc goes. */
static void
round_corner (cairo_t *cr, graphene_point_t p, graphene_point_t q, graphene_point_t r, double radius)
{
  double before = hypot (q.x - p.x, q.y - p.y), after = hypot (r.x - q.x, r.y - q.y);
  double reach = MIN (radius, MIN (before, after) / 2.0), a, b;

  if (before <= 0.0 || after <= 0.0)
    return;
  a = reach / before;
  b = reach / after;
  cairo_line_to (cr, q.x + (p.x - q.x) * a, q.y + (p.y - q.y) * a);
  cairo_curve_to (cr, q.x + (p.x - q.x) * a * 0.45, q.y + (p.y - q.y) * a * 0.45,
                  q.x + (r.x - q.x) * b * 0.45, q.y + (r.y - q.y) * b * 0.45, q.x + (r.x - q.x) * b,
                  q.y + (r.y - q.y) * b);
}

static void
draw_link (cairo_t *cr, const MixqBitsLayout *layout, const MixqBitsLink *link)
{
  const graphene_point_t *p = link->points;
  guint last = link->n_points - 1;
  double radius = (link->is_skip ? 2.0 : 1.0) * CORNER * layout->scale;

  cairo_move_to (cr, p[0].x, p[0].y);
  for (guint i = 1; i < last; i++)
    round_corner (cr, p[i - 1], p[i], p[i + 1], radius);
  cairo_line_to (cr, p[last].x, p[last].y);
  cairo_stroke (cr);
  if (link->arrow)
    draw_arrow_head (cr, p[last - 1], p[last], 6.0 * layout->scale);
}

static void
draw_links (const Canvas *canvas, const MixqBitsLayout *layout, const MixqPlotTheme *theme)
{
  const graphene_rect_t all = rect (0.0, 0.0, layout->width, layout->height);
  cairo_t *cr = gtk_snapshot_append_cairo (canvas->snapshot, &all);
  const double dashes[] = { 4.0, 3.0 };

  mixq_plot_set_color (cr, theme->dim);
  cairo_set_line_width (cr, 1.5);
  for (guint i = 0; i < layout->links->len; i++)
    draw_link (cr, layout, &g_array_index (layout->links, MixqBitsLink, i));
  for (guint i = 0; i < layout->dots->len; i++) {
    const graphene_point_t *dot = &g_array_index (layout->dots, graphene_point_t, i);

    cairo_new_sub_path (cr);
    cairo_arc (cr, dot->x, dot->y, DOT_RADIUS * layout->scale, 0.0, 2.0 * G_PI);
    cairo_fill (cr);
  }
  for (guint i = 0; i < layout->items->len; i++) {
    const MixqBitsItem *item = &g_array_index (layout->items, MixqBitsItem, i);

    if (item->kind != MIXQ_BITS_LOSS)
      continue;
    cairo_set_dash (cr, dashes, 2, 0.0);
    mixq_plot_rounded_box (cr, item->box.origin.x + 0.75, item->box.origin.y + 0.75,
                           item->box.size.width - 1.5, item->box.size.height - 1.5, CELL_RADIUS);
    cairo_stroke (cr);
  }
  cairo_destroy (cr);
}

/* --- texts ------------------------------------------------------------------------------------------------------------ */

/* The longest of some texts that fits; none may. */
static void
draw_fitting (const Canvas *canvas,
              const char *const *texts,
              guint n,
              double room,
              double size,
              PangoWeight weight,
              const GdkRGBA *color,
              double x,
              double y)
{
  for (guint i = 0; i < n; i++)
    if (text_width (canvas, texts[i], size, weight) <= room) {
      text (canvas, texts[i], size, weight, color, x, y, 0.0);
      return;
    }
}

/* --- items ------------------------------------------------------------------------------------------------------------ */

static void
draw_cell_ground (const Canvas *canvas,
                  const MixqBitsLayout *layout,
                  const MixqBitsItem *item,
                  const MixqSlotInfo *slot,
                  const MixqPlotTheme *theme)
{
  GdkRGBA cell = mixq_style_rgba (theme->cell), edge = mixq_style_rgba (theme->cell_edge);
  GdkRGBA strong = mixq_style_rgba (theme->text), dim = mixq_style_rgba (theme->dim);
  g_autofree char *part = mixq_slot_dup_part (slot);
  MixqBitsCellParts parts;
  double width;

  mixq_bits_cell_parts (layout, &item->box, &parts);
  mixq_style_fill (canvas->snapshot, &item->box, CELL_RADIUS, &cell);
  mixq_style_stroke (canvas->snapshot, &item->box, CELL_RADIUS, 1.0, &edge);
  width = text (canvas, slot->symbol, parts.name_size, PANGO_WEIGHT_BOLD, &strong, parts.name_x, parts.name_y,
                0.0);
  if (layout->size == MIXQ_BITS_REGULAR)
    text (canvas, part != NULL ? part : mixq_slot_kind (slot->role), parts.small_size, PANGO_WEIGHT_NORMAL,
          &dim, parts.name_x + width + 8.0 * layout->scale, parts.name_y + 0.5, 0.0);
  else if (layout->size == MIXQ_BITS_COMPACT && part != NULL)
    draw_fitting (canvas, (const char *const[]){ part }, 1, parts.pin.origin.x - parts.name_x - width - 6.0,
                  parts.small_size, PANGO_WEIGHT_NORMAL, &dim, parts.name_x + width + 6.0,
                  parts.name_y + 0.5);
}

/* What a unit does where tensors meet, as a sign and in a word. */
static const char *
operator_sign (const MixqUnit *unit, gboolean upper, const char **caption)
{
  *caption = _ ("multiply");
  if (unit->kind == MIXQ_UNIT_ADD) {
    *caption = _ ("add");
    return "+";
  }
  if (unit->kind == MIXQ_UNIT_PROPAGATE && unit->edges == MIXQ_EDGES_MEAN) {
    *caption = _ ("mean");
    return "x̄";
  }
  if (unit->kind == MIXQ_UNIT_PROPAGATE || (unit->kind == MIXQ_UNIT_ATTEND && !upper)) {
    *caption = _ ("gather");
    return "Σ";
  }
  return "×";
}

static void
draw_operator (const Canvas *canvas,
               const MixqBitsLayout *layout,
               const MixqBitsItem *item,
               const MixqUnit *unit,
               const MixqPlotTheme *theme)
{
  GdkRGBA card = mixq_style_rgba (theme->card), strong = mixq_style_rgba (theme->text),
          dim = mixq_style_rgba (theme->dim);
  const char *caption, *sign = operator_sign (unit, item->upper, &caption);
  double x = item->box.origin.x + item->box.size.width / 2.0,
         y = item->box.origin.y + item->box.size.height / 2.0;

  mixq_style_fill (canvas->snapshot, &item->box, item->box.size.width / 2.0, &card);
  mixq_style_stroke (canvas->snapshot, &item->box, item->box.size.width / 2.0, 1.5, &dim);
  text (canvas, sign, 14.5 * layout->scale, PANGO_WEIGHT_BOLD, &strong, x, y - 0.5, 0.5);
  /* A line into it from below leaves no room for the word. */
  if (layout->size == MIXQ_BITS_REGULAR && unit->kind != MIXQ_UNIT_ADD && !item->upper && !item->lower)
    text (canvas, caption, 12.0 * layout->scale, PANGO_WEIGHT_NORMAL, &dim, x,
          y + item->box.size.height / 2.0 + 9.0 * layout->scale, 0.5);
}

static const char *
pill_text (const MixqUnit *unit)
{
  switch (unit->kind) {
  case MIXQ_UNIT_RELU:
    return "ReLU";
  case MIXQ_UNIT_BATCH_NORM:
    /* Translators: batch normalisation, in a pill of some 40 pixels. */
    return _ ("norm");
  case MIXQ_UNIT_ATTEND:
    return "softmax";
  case MIXQ_UNIT_PROPAGATE:
    return "1 + ε";
  default:
    return mixq_unit_kind_name (unit->kind);
  }
}

static void
draw_pill (const Canvas *canvas,
           const MixqBitsLayout *layout,
           const MixqBitsItem *item,
           const MixqUnit *unit,
           const MixqPlotTheme *theme)
{
  GdkRGBA card = mixq_style_rgba (theme->card), strong = mixq_style_rgba (theme->text),
          dim = mixq_style_rgba (theme->dim);

  mixq_style_fill (canvas->snapshot, &item->box, item->box.size.height / 2.0, &card);
  mixq_style_stroke (canvas->snapshot, &item->box, item->box.size.height / 2.0, 1.5, &dim);
  text (canvas, pill_text (unit), 11.5 * layout->scale, PANGO_WEIGHT_NORMAL, &strong,
        item->box.origin.x + item->box.size.width / 2.0, item->box.origin.y + item->box.size.height / 2.0,
        0.5);
}

/* Wide where the nodes come in, narrow where one row a graph goes out. */
static void
draw_funnel (const Canvas *canvas,
             const MixqBitsLayout *layout,
             const MixqBitsItem *item,
             const MixqUnit *unit,
             const MixqPlotTheme *theme)
{
  GdkRGBA strong = mixq_style_rgba (theme->text), dim = mixq_style_rgba (theme->dim);
  graphene_rect_t around = inflate (&item->box, 2.0);
  cairo_t *cr = gtk_snapshot_append_cairo (canvas->snapshot, &around);
  double x = item->box.origin.x, y = item->box.origin.y, w = item->box.size.width, h = item->box.size.height,
         out = 0.28 * h;

  cairo_set_line_width (cr, 1.5);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x + w, y + out);
  cairo_line_to (cr, x + w, y + h - out);
  cairo_line_to (cr, x, y + h);
  cairo_close_path (cr);
  mixq_plot_set_color (cr, theme->card);
  cairo_fill_preserve (cr);
  mixq_plot_set_color (cr, theme->dim);
  cairo_stroke (cr);
  cairo_destroy (cr);
  text (canvas, mixq_pool_title (unit->pool), 11.5 * layout->scale, PANGO_WEIGHT_NORMAL, &strong, x + w / 2.0,
        y + h / 2.0, 0.5);
  if (layout->size == MIXQ_BITS_REGULAR)
    /* Translators: below the funnel that makes one row a graph of the rows of its nodes. */
    text (canvas, _ ("one row a graph"), 12.0 * layout->scale, PANGO_WEIGHT_NORMAL, &dim, x + w / 2.0,
          y + h + 9.0 * layout->scale, 0.5);
}

static void
draw_loss_ground (const Canvas *canvas,
                  const MixqBitsLayout *layout,
                  const MixqBitsItem *item,
                  const MixqModel *model,
                  const MixqPlotTheme *theme)
{
  GdkRGBA dim = mixq_style_rgba (theme->dim);
  double x = item->box.origin.x + item->box.size.width / 2.0, y = item->box.origin.y,
         h = item->box.size.height, size = layout->size == MIXQ_BITS_DENSE ? 11.0 : 12.0 * layout->scale;
  g_autofree char *classes = g_strdup_printf (
      ngettext ("%lu class", "%lu classes", (gulong) model->n_classes), (gulong) model->n_classes);

  text (canvas, _ ("loss"), size, PANGO_WEIGHT_NORMAL, &dim, x, y + 0.21 * h, 0.5);
  if (text_width (canvas, classes, size, PANGO_WEIGHT_NORMAL) > item->box.size.width - 6.0)
    size *= 0.88;
  text (canvas, classes, size, PANGO_WEIGHT_NORMAL, &dim, x, y + 0.81 * h, 0.5);
}

/* --- titles ----------------------------------------------------------------------------------------------------------- */

static void
draw_head (const Canvas *canvas,
           const MixqBitsLayout *layout,
           const MixqBitsHead *head,
           const MixqModel *model,
           const MixqPlotTheme *theme)
{
  GdkRGBA strong = mixq_style_rgba (theme->text), dim = mixq_style_rgba (theme->dim);
  gboolean regular = layout->size == MIXQ_BITS_REGULAR;
  g_autofree char *title = mixq_layer_dup_title (model, head->layer), *sizes = NULL;
  g_autofree char *plain = g_strdup_printf ("%lu → %lu", (gulong) head->in_cols, (gulong) head->out_cols);

  if (head->is_last)
    sizes = g_strdup_printf (_ ("%lu → %lu classes"), (gulong) head->in_cols, (gulong) head->out_cols);
  else if (head->is_first)
    sizes = g_strdup_printf (_ ("%'lu features → %'lu"), (gulong) head->in_cols, (gulong) head->out_cols);
  draw_fitting (canvas, (const char *const[]){ title }, 1, head->room, regular ? 14.0 * layout->scale : 13.0,
                PANGO_WEIGHT_BOLD, &strong, head->at.x, head->at.y);
  draw_fitting (canvas, (const char *const[]){ sizes != NULL ? sizes : plain, plain }, 2, head->room,
                regular ? 12.0 * layout->scale : 11.5, PANGO_WEIGHT_NORMAL, &dim, head->at.x,
                head->at.y + 18.0 * layout->scale);
}

void
mixq_bits_draw_ground (GtkWidget *widget,
                       GtkSnapshot *snapshot,
                       MixqTextCache *texts,
                       const MixqBitsLayout *layout,
                       const MixqModel *model,
                       const MixqPlotTheme *theme)
{
  const Canvas canvas = { widget, snapshot, texts };

  draw_links (&canvas, layout, theme);
  for (guint i = 0; i < layout->items->len; i++) {
    const MixqBitsItem *item = &g_array_index (layout->items, MixqBitsItem, i);

    switch (item->kind) {
    case MIXQ_BITS_CELL:
      draw_cell_ground (&canvas, layout, item, &model->slots[item->slot], theme);
      break;
    case MIXQ_BITS_OPERATOR:
      draw_operator (&canvas, layout, item, &model->units[item->unit], theme);
      break;
    case MIXQ_BITS_PILL:
    case MIXQ_BITS_SELF:
      draw_pill (&canvas, layout, item, &model->units[item->unit], theme);
      break;
    case MIXQ_BITS_FUNNEL:
      draw_funnel (&canvas, layout, item, &model->units[item->unit], theme);
      break;
    case MIXQ_BITS_LOSS:
      draw_loss_ground (&canvas, layout, item, model, theme);
      break;
    default:
      g_assert_not_reached ();
    }
  }
  for (guint i = 0; i < layout->heads->len; i++)
    draw_head (&canvas, layout, &g_array_index (layout->heads, MixqBitsHead, i), model, theme);
}
