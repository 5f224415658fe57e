/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bits/mixq-bits-draw-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "mixq-format.h"
#include "mixq-plot-cairo.h"

#define NUMBER_RADIUS 7.0
#define FADED_ALPHA 0.45
#define LIST_TITLE 28.0

/* --- places within a cell ------------------------------------------------------------------------------------------ */

void
mixq_bits_cell_parts (const MixqBitsLayout *layout, const graphene_rect_t *box, MixqBitsCellParts *parts)
{
  const double x = box->origin.x, y = box->origin.y, w = box->size.width, s = layout->scale,
               more = layout->stretch;

  if (layout->size == MIXQ_BITS_DENSE) {
    *parts = (MixqBitsCellParts){ .number = rect (x + 10, y + 22, 22, 22),
                                  .stream = rect (x + 40, y + 22, w - 62, 22),
                                  .bar = rect (x + w - 19, y + 22, 9, 22),
                                  .pin = rect (x + w - 23, y + 2, 17, 17),
                                  .name_x = x + 10,
                                  .name_y = y + 11.5,
                                  .foot_y = y + 11.5,
                                  .name_size = 13.5,
                                  .small_size = 11.5,
                                  .number_size = 16 };
    return;
  }
  if (layout->size == MIXQ_BITS_COMPACT) {
    *parts = (MixqBitsCellParts){ .number = rect (x + 10, y + 23, 24, 24),
                                  .stream = rect (x + 42, y + 24, w - 64, 22 + more),
                                  .bar = rect (x + w - 19, y + 24, 9, 22 + more),
                                  .trough = rect (x + 52, y + 57 + more, w - 62, 4),
                                  .pin = rect (x + w - 24, y + 3, 18, 18),
                                  .name_x = x + 10,
                                  .name_y = y + 12.5,
                                  .foot_y = y + 59 + more,
                                  .name_size = 13.5,
                                  .small_size = 11.5,
                                  .number_size = 17 };
    return;
  }
  *parts = (MixqBitsCellParts){ .number = rect (x + 10 * s, y + 32 * s, 36 * s, 36 * s),
                                .stream = rect (x + 54 * s, y + 33 * s, 72 * s, 34 * s + more),
                                .bar = rect (x + 131 * s, y + 33 * s, 9 * s, 34 * s + more),
                                .trough = rect (x + 97 * s, y + 79 * s + more, 43 * s, 4 * s),
                                .pin = rect (x + w - 28 * s, y + 6 * s, 20 * s, 20 * s),
                                .name_x = x + 10 * s,
                                .name_y = y + 17 * s,
                                .foot_y = y + 81 * s + more,
                                .name_size = 14.5 * s,
                                .small_size = 12 * s,
                                .number_size = 24 * s };
}

static gboolean
has_titles (const MixqModel *model)
{
  return model->n_layers > 2;
}

/* Slots stand in the order of their layers. */
static double
list_row_y (const MixqModel *model, guint slot)
{
  guint titles = 0;

  for (guint i = 0; has_titles (model) && i <= slot && i < model->n_slots; i++)
    titles += i == 0 || model->slots[i].layer != model->slots[i - 1].layer;
  return MIXQ_BITS_LIST_HEAD + slot * MIXQ_BITS_ROW_HEIGHT + titles * LIST_TITLE;
}

graphene_rect_t
mixq_bits_list_row (const MixqModel *model, guint slot, double width)
{
  return rect (0.0, list_row_y (model, slot), width, MIXQ_BITS_ROW_HEIGHT);
}

double
mixq_bits_list_height (const MixqModel *model)
{
  return model->n_slots > 0 ? list_row_y (model, model->n_slots - 1) + MIXQ_BITS_ROW_HEIGHT
                            : MIXQ_BITS_LIST_HEAD;
}

int
mixq_bits_list_hit (const MixqModel *model, double y)
{
  for (guint slot = 0; slot < model->n_slots; slot++) {
    double top = list_row_y (model, slot);

    if (y >= top && y < top + MIXQ_BITS_ROW_HEIGHT)
      return (int) slot;
  }
  return -1;
}

void
mixq_bits_list_parts (const graphene_rect_t *row, MixqBitsCellParts *parts)
{
  const double x = row->origin.x, y = row->origin.y, w = row->size.width;
  const double stream_x = x + MAX (130.0, 0.38 * w), number_x = x + w - 86.0;

  *parts = (MixqBitsCellParts){ .number = rect (number_x, y + 4, 29, 29),
                                .stream = rect (stream_x, y + 4, number_x - 24.0 - stream_x, 29),
                                .bar = rect (number_x - 18.0, y + 4, 8, 29),
                                .pin = rect (number_x - 2, y + 3, 33, 33),
                                .name_x = x + 12,
                                .name_y = y + 18.5,
                                .foot_y = y + 18.5,
                                .name_size = 14,
                                .small_size = 12,
                                .number_size = 18 };
}

/* --- live parts, the same in map and list -------------------------------------------------------------------------- */

static void
draw_dashed_edge (const Canvas *canvas, const graphene_rect_t *box, const MixqPlotTheme *theme)
{
  const double dashes[] = { 3.5, 2.5 };
  graphene_rect_t around = inflate (box, 4.0);
  cairo_t *cr = gtk_snapshot_append_cairo (canvas->snapshot, &around);

  mixq_plot_set_color (cr, theme->accent_line);
  cairo_set_line_width (cr, 1.6);
  cairo_set_dash (cr, dashes, 2, 0.0);
  mixq_plot_rounded_box (cr, box->origin.x - 2.5, box->origin.y - 2.5, box->size.width + 5.0,
                         box->size.height + 5.0, NUMBER_RADIUS + 2.0);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
draw_number (const Canvas *canvas,
             const MixqBitsCell *cell,
             const MixqBitsCellParts *parts,
             const MixqPlotTheme *theme)
{
  MixqPlotSwatch swatch = mixq_plot_theme_bits (theme, cell->bits);
  GdkRGBA fill = mixq_style_rgba (swatch.fill), edge = mixq_style_rgba (swatch.edge);
  const graphene_rect_t *box = &parts->number;
  double x = box->origin.x + box->size.width / 2.0, y = box->origin.y + box->size.height / 2.0;
  double rise = 0.35 * box->size.height;
  char digits[8], old[8];

  mixq_style_fill (canvas->snapshot, box, NUMBER_RADIUS, &fill);
  mixq_style_stroke (canvas->snapshot, box, NUMBER_RADIUS, 1.2, &edge);
  g_snprintf (digits, sizeof digits, "%u", cell->bits);
  if (cell->fade < 1.0 && cell->old_bits != 0) {
    GdkRGBA out = mixq_style_rgba (swatch.text), in = out;

    out.alpha *= (float) (1.0 - cell->fade);
    in.alpha *= (float) cell->fade;
    g_snprintf (old, sizeof old, "%u", cell->old_bits);
    gtk_snapshot_push_clip (canvas->snapshot, box);
    text (canvas, old, parts->number_size, PANGO_WEIGHT_ULTRABOLD, &out, x, y - rise * cell->fade, 0.5);
    text (canvas, digits, parts->number_size, PANGO_WEIGHT_ULTRABOLD, &in, x, y + rise * (1.0 - cell->fade),
          0.5);
    gtk_snapshot_pop (canvas->snapshot);
  } else {
    GdkRGBA ink = mixq_style_rgba (swatch.text);

    text (canvas, digits, parts->number_size, PANGO_WEIGHT_ULTRABOLD, &ink, x, y, 0.5);
  }
  if (!cell->decided)
    draw_dashed_edge (canvas, box, theme);
}

static void
draw_bar (const Canvas *canvas,
          const MixqBitsScene *scene,
          const MixqBitsCell *cell,
          const graphene_rect_t *bar)
{
  GskRoundedRect clip;
  double bottom = bar->origin.y + bar->size.height;

  gsk_rounded_rect_init_from_rect (&clip, bar, 1.5f);
  gtk_snapshot_push_rounded_clip (canvas->snapshot, &clip);
  for (guint k = 0; k < scene->n_choices; k++) {
    GdkRGBA fill = mixq_style_rgba (mixq_plot_theme_bits (scene->theme, scene->choices[k]).fill);
    double height = cell->alpha[k] * bar->size.height;
    const graphene_rect_t part = rect (bar->origin.x, bottom - height, bar->size.width, height);

    gtk_snapshot_append_color (canvas->snapshot, &fill, &part);
    bottom -= height;
  }
  gtk_snapshot_pop (canvas->snapshot);
}

static void
draw_stream (const Canvas *canvas,
             const MixqBitsScene *scene,
             guint slot,
             gboolean faded,
             const graphene_rect_t *stream)
{
  guint n = scene->model->n_slots;
  const graphene_rect_t all = rect (stream->origin.x, stream->origin.y - slot * (double) stream->size.height,
                                    stream->size.width, stream->size.height * (double) n);

  if (scene->streams == NULL)
    return;
  if (faded)
    gtk_snapshot_push_opacity (canvas->snapshot, FADED_ALPHA);
  gtk_snapshot_push_clip (canvas->snapshot, stream);
  gtk_snapshot_append_texture (canvas->snapshot, scene->streams, &all);
  gtk_snapshot_pop (canvas->snapshot);
  if (faded)
    gtk_snapshot_pop (canvas->snapshot);
}

static void
draw_share (const Canvas *canvas,
            const MixqBitsCell *cell,
            const MixqBitsCellParts *parts,
            gboolean regular,
            const MixqPlotTheme *theme)
{
  GdkRGBA dim = mixq_style_rgba (theme->dim), strong = mixq_style_rgba (theme->text),
          trough = mixq_style_rgba (theme->trough);
  g_autofree char *share = mixq_format_share (cell->share);
  /* Translators: under a part of the model: its share of the whole cost, "31.7 % of cost". */
  g_autofree char *label = regular ? g_strdup_printf (_ ("%s of cost"), share) : g_strdup (share);
  graphene_rect_t part = parts->trough;

  text (canvas, label, parts->small_size, PANGO_WEIGHT_NORMAL, &dim, parts->name_x, parts->foot_y, 0.0);
  mixq_style_fill (canvas->snapshot, &parts->trough, parts->trough.size.height / 2.0, &trough);
  part.size.width = (float) MIN (MAX (part.size.width * cell->share, cell->share >= 0.0005 ? 2.0 : 0.0),
                                 part.size.width);
  if (part.size.width > 0.0f)
    mixq_style_fill (canvas->snapshot, &part, MIN (part.size.width, part.size.height) / 2.0, &strong);
}

/* Where there is no line for it, beside the name; a pin pushes it aside. */
static void
draw_dense_share (const Canvas *canvas,
                  const MixqBitsCell *cell,
                  const MixqBitsCellParts *parts,
                  gboolean has_pin,
                  const MixqPlotTheme *theme)
{
  GdkRGBA dim = mixq_style_rgba (theme->dim);
  double right = has_pin ? parts->pin.origin.x : parts->bar.origin.x + parts->bar.size.width;
  char share[16];

  g_snprintf (share, sizeof share, "%.0f %%", 100.0 * cell->share);
  text (canvas, share, parts->small_size, PANGO_WEIGHT_NORMAL, &dim, right, parts->foot_y, 1.0);
}

/* A drawing pin, upright; hollow while it is only offered. */
static void
draw_pin (const Canvas *canvas, const graphene_rect_t *box, gboolean filled, const MixqPlotTheme *theme)
{
  cairo_t *cr = gtk_snapshot_append_cairo (canvas->snapshot, box);

  cairo_translate (cr, box->origin.x, box->origin.y);
  cairo_scale (cr, box->size.width / 20.0, box->size.height / 20.0);
  mixq_plot_set_color (cr, filled ? theme->accent_line : theme->dim);
  cairo_set_line_width (cr, 1.5);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_move_to (cr, 6.5, 3.5);
  cairo_line_to (cr, 13.5, 3.5);
  cairo_line_to (cr, 12.5, 9.0);
  cairo_line_to (cr, 14.5, 12.0);
  cairo_line_to (cr, 5.5, 12.0);
  cairo_line_to (cr, 7.5, 9.0);
  cairo_close_path (cr);
  if (filled)
    cairo_fill_preserve (cr);
  cairo_stroke (cr);
  cairo_move_to (cr, 10.0, 12.0);
  cairo_line_to (cr, 10.0, 17.0);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
draw_cell_edge (const Canvas *canvas,
                const graphene_rect_t *box,
                gboolean selected,
                gboolean marked,
                const MixqPlotTheme *theme)
{
  GdkRGBA accent = mixq_style_rgba (theme->accent_line), ground = accent;

  ground.alpha = 0.08f;
  if (selected)
    mixq_style_fill (canvas->snapshot, box, CELL_RADIUS, &ground);
  if (selected || marked)
    mixq_style_stroke (canvas->snapshot, box, CELL_RADIUS, 2.0, &accent);
}

static void
draw_cell (const Canvas *canvas,
           const MixqBitsLayout *layout,
           const MixqBitsScene *scene,
           const MixqBitsItem *item)
{
  const MixqBitsCell *cell = &scene->cells[item->slot];
  gboolean hovered = scene->hovered == item->slot, focused = scene->focused == item->slot,
           has_pin = cell->pinned != 0 || hovered || focused;
  MixqBitsCellParts parts;

  mixq_bits_cell_parts (layout, &item->box, &parts);
  draw_cell_edge (canvas, &item->box, scene->selected == item->slot, hovered, scene->theme);
  draw_stream (canvas, scene, (guint) item->slot, cell->faded, &parts.stream);
  draw_bar (canvas, scene, cell, &parts.bar);
  draw_number (canvas, cell, &parts, scene->theme);
  if (layout->size == MIXQ_BITS_DENSE)
    draw_dense_share (canvas, cell, &parts, has_pin, scene->theme);
  else
    draw_share (canvas, cell, &parts, layout->size == MIXQ_BITS_REGULAR, scene->theme);
  if (has_pin)
    draw_pin (canvas, &parts.pin, cell->pinned != 0, scene->theme);
  if (focused) {
    GdkRGBA accent = mixq_style_rgba (scene->theme->accent_line);
    graphene_rect_t around = inflate (&item->box, 4.0);

    mixq_style_stroke (canvas->snapshot, &around, CELL_RADIUS + 4.0, 2.0, &accent);
  }
}

void
mixq_bits_draw_live (GtkWidget *widget,
                     GtkSnapshot *snapshot,
                     MixqTextCache *texts,
                     const MixqBitsLayout *layout,
                     const MixqBitsScene *scene)
{
  const Canvas canvas = { widget, snapshot, texts };
  GdkRGBA strong = mixq_style_rgba (scene->theme->text);

  for (guint i = 0; i < layout->items->len; i++) {
    const MixqBitsItem *item = &g_array_index (layout->items, MixqBitsItem, i);

    if (item->kind == MIXQ_BITS_CELL) {
      draw_cell (&canvas, layout, scene, item);
    } else if (item->kind == MIXQ_BITS_LOSS && !isnan (scene->loss)) {
      g_autofree char *loss = g_strdup_printf ("%.2f", scene->loss);

      text (&canvas, loss, layout->size == MIXQ_BITS_REGULAR ? 19.0 * layout->scale : 17.0,
            PANGO_WEIGHT_ULTRABOLD, &strong, item->box.origin.x + item->box.size.width / 2.0,
            item->box.origin.y + 0.51 * item->box.size.height, 0.5);
    }
  }
}

/* --- list ---------------------------------------------------------------------------------------------------------- */

static void
draw_list_head (const Canvas *canvas, const MixqModel *model, double width, const MixqPlotTheme *theme)
{
  GdkRGBA dim = mixq_style_rgba (theme->dim);
  graphene_rect_t row = mixq_bits_list_row (model, 0, width);
  MixqBitsCellParts parts;
  const double y = MIXQ_BITS_LIST_HEAD / 2.0;

  mixq_bits_list_parts (&row, &parts);
  text (canvas, _ ("part"), 12.0, PANGO_WEIGHT_NORMAL, &dim, parts.name_x, y, 0.0);
  text (canvas, _ ("vote over time"), 12.0, PANGO_WEIGHT_NORMAL, &dim, parts.stream.origin.x, y, 0.0);
  text (canvas, _ ("bits"), 12.0, PANGO_WEIGHT_NORMAL, &dim,
        parts.number.origin.x + parts.number.size.width / 2.0, y, 0.5);
  text (canvas, _ ("cost"), 12.0, PANGO_WEIGHT_NORMAL, &dim, width - 12.0, y, 1.0);
}

/* The title of a layer, in the line above the row that begins at @y. */
static void
draw_list_title (const Canvas *canvas, const MixqBitsScene *scene, guint layer, double y)
{
  GdkRGBA strong = mixq_style_rgba (scene->theme->text);
  g_autofree char *title = mixq_layer_dup_title (scene->model, layer);

  text (canvas, title, 12.5, PANGO_WEIGHT_BOLD, &strong, 12.0, y - 0.42 * LIST_TITLE, 0.0);
}

/* Smaller where a language needs more letters. */
static void
draw_list_kind (const Canvas *canvas, const char *kind, const MixqBitsCellParts *parts, const GdkRGBA *color)
{
  double x = parts->name_x + 46.0, room = parts->stream.origin.x - 4.0 - x,
         width = text_width (canvas, kind, parts->small_size, PANGO_WEIGHT_NORMAL);

  text (canvas, kind, parts->small_size * MIN (1.0, room / MAX (width, 1.0)), PANGO_WEIGHT_NORMAL, color, x,
        parts->name_y, 0.0);
}

static void
draw_list_row (const Canvas *canvas, const MixqBitsScene *scene, guint slot, double width)
{
  const MixqBitsCell *cell = &scene->cells[slot];
  const MixqSlotInfo *info = &scene->model->slots[slot];
  GdkRGBA strong = mixq_style_rgba (scene->theme->text), dim = mixq_style_rgba (scene->theme->dim),
          grid = mixq_style_rgba (scene->theme->grid);
  graphene_rect_t row = mixq_bits_list_row (scene->model, slot, width), line = row,
                  inner = inflate (&row, -1.0);
  g_autofree char *part = mixq_slot_dup_part (info);
  char share[16];
  MixqBitsCellParts parts;

  mixq_bits_list_parts (&row, &parts);
  if (has_titles (scene->model) && (slot == 0 || info->layer != info[-1].layer))
    draw_list_title (canvas, scene, info->layer, row.origin.y);
  line.size.height = 1.0f;
  line.origin.x += 12.0f;
  line.size.width -= 24.0f;
  gtk_snapshot_append_color (canvas->snapshot, &grid, &line);
  draw_cell_edge (canvas, &inner, scene->selected == (int) slot,
                  scene->hovered == (int) slot || scene->focused == (int) slot, scene->theme);
  text (canvas, info->symbol, parts.name_size, PANGO_WEIGHT_BOLD, &strong, parts.name_x, parts.name_y, 0.0);
  draw_list_kind (canvas, part != NULL ? part : mixq_slot_kind (info->role), &parts, &dim);
  draw_stream (canvas, scene, slot, cell->faded, &parts.stream);
  draw_bar (canvas, scene, cell, &parts.bar);
  draw_number (canvas, cell, &parts, scene->theme);
  if (cell->pinned != 0) {
    const graphene_rect_t pin = rect (parts.name_x + 104.0, parts.name_y - 9.0, 16.0, 16.0);

    draw_pin (canvas, &pin, TRUE, scene->theme);
  }
  g_snprintf (share, sizeof share, "%.0f %%", 100.0 * cell->share);
  text (canvas, share, 12.5, PANGO_WEIGHT_NORMAL, &dim, width - 12.0, parts.name_y, 1.0);
}

void
mixq_bits_draw_list (GtkWidget *widget,
                     GtkSnapshot *snapshot,
                     MixqTextCache *texts,
                     const MixqBitsScene *scene)
{
  const Canvas canvas = { widget, snapshot, texts };
  double width = gtk_widget_get_width (widget);

  draw_list_head (&canvas, scene->model, width, scene->theme);
  for (guint slot = 0; slot < scene->model->n_slots; slot++)
    draw_list_row (&canvas, scene, slot, width);
}
