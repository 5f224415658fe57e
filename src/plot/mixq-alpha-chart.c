/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-alpha-chart.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "mixq-plot-axis.h"
#include "mixq-plot-csv.h"
#include "mixq-plot-text.h"

#define BAR_GAP 3.0
#define STREAM_RADIUS 2.0
#define PINNED_STRENGTH 0.45
/* The small multiples. */
#define CELL_MIN_WIDTH 190.0
#define CELL_HEIGHT 104.0
#define CELL_GAP 12.0
#define CELL_PADDING 10.0
#define CELL_BADGE 32.0
#define CELL_BAR 10.0
#define LEGEND_HEIGHT 34.0
#define LEGEND_BADGE 20.0

/* Columns of a slot from the narrowest to the widest width. */
static void
order_choices (const MixqAlphaSlot *slot, guint *order)
{
  for (guint i = 0; i < slot->n_choices; i++) {
    guint at = i;

    for (; at > 0 && slot->bits[order[at - 1]] > slot->bits[i]; at--)
      order[at] = order[at - 1];
    order[at] = i;
  }
}

static double
part (float value)
{
  return isfinite (value) && value > 0.0f ? value : 0.0;
}

/* Adds one row, scaled to sum 1. Returns: %FALSE where it says nothing. */
static gboolean
add_row (const MixqAlphaSlot *slot, const float *row, double *shares)
{
  double sum = 0.0;

  for (guint c = 0; c < slot->n_choices; c++)
    sum += part (row[c]);
  if (!(sum > 0.0))
    return FALSE;
  for (guint c = 0; c < slot->n_choices; c++)
    shares[c] += part (row[c]) / sum;
  return TRUE;
}

static gboolean
shares_now (const MixqAlphaSlot *slot, double *shares)
{
  const float *row = slot->now;

  for (guint c = 0; c < slot->n_choices; c++)
    shares[c] = 0.0;
  if (slot->pinned && slot->chosen != 0) {
    for (guint c = 0; c < slot->n_choices; c++)
      shares[c] = slot->bits[c] == slot->chosen ? 1.0 : 0.0;
    return TRUE;
  }
  if (row == NULL && slot->n_steps > 0)
    row = slot->history + (slot->n_steps - 1) * slot->n_choices;
  return row != NULL && add_row (slot, row, shares);
}

guint
mixq_alpha_slot_chosen (const MixqAlphaSlot *slot)
{
  double shares[MIXQ_ALPHA_MAX_CHOICES];
  guint best = 0;

  if (slot->chosen != 0)
    return slot->chosen;
  g_return_val_if_fail (slot->n_choices > 0 && slot->n_choices <= MIXQ_ALPHA_MAX_CHOICES, 0);
  if (!shares_now (slot, shares))
    return 0;
  for (guint c = 1; c < slot->n_choices; c++) {
    if (shares[c] > shares[best])
      best = c;
  }
  return slot->bits[best];
}

double
mixq_alpha_slot_share (const MixqAlphaSlot *slot, guint bits)
{
  double shares[MIXQ_ALPHA_MAX_CHOICES];

  g_return_val_if_fail (slot->n_choices > 0 && slot->n_choices <= MIXQ_ALPHA_MAX_CHOICES, 0.0);
  if (!shares_now (slot, shares))
    return 0.0;
  for (guint c = 0; c < slot->n_choices; c++) {
    if (slot->bits[c] == bits)
      return shares[c];
  }
  return 0.0;
}

static MixqPlotColor
layer_color (const MixqPlotTheme *theme, const MixqAlphaSlot *slot, guint choice, gboolean faint)
{
  MixqPlotColor fill = mixq_plot_theme_bits (theme, slot->bits[choice]).fill;

  return faint ? mixq_plot_color_mix (theme->cell, fill, PINNED_STRENGTH) : fill;
}

/*
 * The stream as columns: for each, the height below the top of every layer. Long histories are averaged within a column
 * (a mean keeps the layers' sum at 1, which minimum and maximum would not); short ones keep a column for each row.
 * Returns: number of columns.
 */
static guint
stream_columns (const MixqAlphaSlot *slot, const guint *order, guint max_columns, double *x, double *tops)
{
  guint n = (guint) MIN (slot->n_steps, max_columns);
  guint kept = 0;

  for (guint column = 0; column < n; column++) {
    gsize first = slot->n_steps * column / n;
    gsize end = slot->n_steps * (column + 1) / n;
    double shares[MIXQ_ALPHA_MAX_CHOICES] = { 0.0 };
    guint rows = 0;
    double below = 0.0;

    for (gsize step = first; step < end; step++)
      rows += add_row (slot, slot->history + step * slot->n_choices, shares);
    if (rows == 0)
      continue;
    for (guint c = 0; c < slot->n_choices; c++) {
      below += shares[order[c]] / rows;
      tops[kept * slot->n_choices + c] = below;
    }
    x[kept++] = n > 1 ? (double) column / (n - 1) : 0.0;
  }
  return kept;
}

static void
layer_path (cairo_t *cr, const MixqPlotBox *box, const double *x, const double *tops, guint n, guint stride)
{
  /* The first and last column reach the sides, also where rows at the ends said nothing. */
  cairo_line_to (cr, box->x, box->y + box->height * (1.0 - tops[0]));
  for (guint i = 0; i < n; i++)
    cairo_line_to (cr, box->x + x[i] * box->width, box->y + box->height * (1.0 - tops[i * stride]));
  cairo_line_to (cr, box->x + box->width, box->y + box->height * (1.0 - tops[(n - 1) * stride]));
}

/* From the widest layer down: each covers the foot of the one before, so there are no seams. */
static void
draw_layers (cairo_t *cr,
             const MixqPlotBox *box,
             const MixqPlotTheme *theme,
             const MixqAlphaSlot *slot,
             const guint *order,
             const double *x,
             const double *tops,
             guint n)
{
  mixq_plot_set_color (cr, layer_color (theme, slot, order[slot->n_choices - 1], slot->pinned));
  cairo_rectangle (cr, box->x, box->y, box->width, box->height);
  cairo_fill (cr);
  for (guint c = slot->n_choices - 1; c-- > 0;) {
    layer_path (cr, box, x, tops + c, n, slot->n_choices);
    cairo_line_to (cr, box->x + box->width, box->y + box->height);
    cairo_line_to (cr, box->x, box->y + box->height);
    cairo_close_path (cr);
    mixq_plot_set_color (cr, layer_color (theme, slot, order[c], slot->pinned));
    cairo_fill (cr);
    layer_path (cr, box, x, tops + c, n, slot->n_choices);
    mixq_plot_set_color (cr, theme->cell);
    cairo_set_line_width (cr, 1.0);
    cairo_stroke (cr);
  }
}

static void
draw_bar (cairo_t *cr,
          const MixqPlotBox *box,
          const MixqPlotTheme *theme,
          const MixqAlphaSlot *slot,
          const guint *order)
{
  double shares[MIXQ_ALPHA_MAX_CHOICES];
  double bottom = box->y + box->height;

  if (!shares_now (slot, shares))
    return;
  for (guint c = 0; c < slot->n_choices; c++) {
    double height = shares[order[c]] * box->height;

    mixq_plot_set_color (cr, layer_color (theme, slot, order[c], FALSE));
    cairo_rectangle (cr, box->x, bottom - height, box->width, height);
    cairo_fill (cr);
    bottom -= height;
    if (height > 0.0 && bottom > box->y + 1.0)
      mixq_plot_line (cr, theme->cell, 1.0, box->x, bottom, box->x + box->width, bottom);
  }
}

void
mixq_alpha_stream_draw (cairo_t *cr,
                        const MixqPlotBox *box,
                        double bar_width,
                        const MixqPlotTheme *theme,
                        const MixqAlphaSlot *slot)
{
  MixqPlotBox stream = *box;
  MixqPlotBox bar = { box->x + box->width - bar_width, box->y, bar_width, box->height };
  guint order[MIXQ_ALPHA_MAX_CHOICES];
  guint max_columns;
  guint n;
  g_autofree double *x = NULL;
  g_autofree double *tops = NULL;

  g_return_if_fail (slot->n_choices > 0 && slot->n_choices <= MIXQ_ALPHA_MAX_CHOICES);
  if (bar_width > 0.0)
    stream.width -= bar_width + BAR_GAP;
  if (!(stream.width > 0.0) || !(stream.height > 0.0))
    return;
  order_choices (slot, order);
  max_columns = (guint) CLAMP (ceil (stream.width), 2.0, 4096.0);
  x = g_new (double, max_columns);
  tops = g_new (double, (gsize) max_columns * slot->n_choices);
  n = stream_columns (slot, order, max_columns, x, tops);

  cairo_save (cr);
  mixq_plot_rounded_box (cr, stream.x, stream.y, stream.width, stream.height, STREAM_RADIUS);
  cairo_clip (cr);
  if (n > 0) {
    draw_layers (cr, &stream, theme, slot, order, x, tops, n);
  } else {
    mixq_plot_set_color (cr, theme->trough);
    cairo_paint_with_alpha (cr, 0.5);
  }
  cairo_restore (cr);
  if (bar_width <= 0.0)
    return;
  cairo_save (cr);
  mixq_plot_rounded_box (cr, bar.x, bar.y, bar.width, bar.height, STREAM_RADIUS);
  cairo_clip (cr);
  draw_bar (cr, &bar, theme, slot, order);
  cairo_restore (cr);
}

static guint
grid_columns (const MixqAlphaData *data, double width)
{
  guint columns = (guint) CLAMP (floor ((width + CELL_GAP) / (CELL_MIN_WIDTH + CELL_GAP)), 1.0, 8.0);

  return (guint) MIN (columns, MAX (data->n_slots, 1));
}

double
mixq_alpha_chart_height (const MixqAlphaData *data, double width)
{
  guint columns = grid_columns (data, width);
  gsize rows = (data->n_slots + columns - 1) / columns;

  return (double) rows * (CELL_HEIGHT + CELL_GAP) + LEGEND_HEIGHT;
}

/* "3 / 88 / 9 %", narrow widths first, as the stream stacks them from below. */
static char *
shares_text (const MixqAlphaSlot *slot)
{
  guint order[MIXQ_ALPHA_MAX_CHOICES];
  double shares[MIXQ_ALPHA_MAX_CHOICES];
  GString *text = g_string_new (NULL);

  order_choices (slot, order);
  if (slot->pinned)
    g_string_append (text, _ ("pinned"));
  else if (shares_now (slot, shares)) {
    for (guint c = 0; c < slot->n_choices; c++)
      g_string_append_printf (text, "%s%.0f", c > 0 ? " / " : "", 100.0 * shares[order[c]]);
    g_string_append (text, "\u00a0%");
  }
  return g_string_free (text, FALSE);
}

static void
draw_cell (cairo_t *cr, const MixqPlotBox *cell, const MixqPlotTheme *theme, const MixqAlphaSlot *slot)
{
  MixqPlotFont name_font = mixq_plot_font (theme, 14.0, 700);
  MixqPlotFont small = mixq_plot_font (theme, 11.5, 400);
  double top = cell->y + CELL_PADDING + 22.0;
  double height = cell->height - 2.0 * CELL_PADDING - 22.0 - 18.0;
  double left = cell->x + CELL_PADDING;
  double right = cell->x + cell->width - CELL_PADDING;
  guint chosen = mixq_alpha_slot_chosen (slot);
  MixqPlotBox stream = { left + CELL_BADGE + 10.0, top, right - left - CELL_BADGE - 10.0, height };
  g_autofree char *shares = shares_text (slot);
  double name_width;

  mixq_plot_rounded_box (cr, cell->x + 0.5, cell->y + 0.5, cell->width - 1.0, cell->height - 1.0, 8.0);
  mixq_plot_set_color (cr, theme->cell);
  cairo_fill_preserve (cr);
  mixq_plot_set_color (cr, theme->cell_edge);
  cairo_set_line_width (cr, 1.0);
  cairo_stroke (cr);
  mixq_plot_text_measure (&name_font, slot->name, &name_width, NULL);
  mixq_plot_text_draw (cr, &name_font, theme->text, slot->name, left, cell->y + CELL_PADDING - 2.0, 0.0, 0.0);
  if (slot->kind != NULL)
    mixq_plot_text_draw (cr, &small, theme->dim, slot->kind, left + name_width + 9.0,
                         cell->y + CELL_PADDING + 1.0, 0.0, 0.0);
  if (chosen > 0)
    mixq_plot_badge_draw (cr, theme, chosen, left + 0.5 * CELL_BADGE, top + 0.5 * height, CELL_BADGE);
  mixq_alpha_stream_draw (cr, &stream, CELL_BAR, theme, slot);
  mixq_plot_text_draw (cr, &small, theme->dim, shares, right, cell->y + cell->height - CELL_PADDING + 2.0,
                       1.0, 1.0);
}

static void
draw_legend (cairo_t *cr,
             double x,
             double y,
             double width,
             const MixqPlotTheme *theme,
             const MixqAlphaData *data)
{
  MixqPlotFont font = mixq_plot_font (theme, 12.0, 400);
  g_autofree char *first = mixq_plot_format_count (data->first_step);
  g_autofree char *last = mixq_plot_format_count (data->last_step);
  g_autofree char *span = g_strdup_printf (_ ("steps %s to %s, oldest left"), first, last);

  for (guint bits = 1; bits <= 32; bits++) {
    gboolean used = FALSE;

    for (gsize s = 0; s < data->n_slots && !used; s++) {
      for (guint c = 0; c < data->slots[s].n_choices; c++)
        used = used || data->slots[s].bits[c] == bits;
    }
    if (!used)
      continue;
    x += mixq_plot_badge_width (bits, LEGEND_BADGE);
    mixq_plot_badge_draw (cr, theme, bits, x - 0.5 * mixq_plot_badge_width (bits, LEGEND_BADGE), y,
                          LEGEND_BADGE);
    x += 5.0;
    width -= mixq_plot_badge_width (bits, LEGEND_BADGE) + 5.0;
  }
  mixq_plot_text_draw (cr, &font, theme->dim, _ ("bits · bar and figures: now, stream: how it came"), x + 4.0,
                       y, 0.0, 0.5);
  mixq_plot_text_draw (cr, &font, theme->dim, span, x + width, y, 1.0, 0.5);
}

void
mixq_alpha_chart_draw (cairo_t *cr,
                       double width,
                       double height,
                       const MixqPlotTheme *theme,
                       const MixqAlphaData *data)
{
  guint columns = grid_columns (data, width);
  gsize rows = MAX ((data->n_slots + columns - 1) / columns, 1);
  double cell_width = (width - (columns - 1) * CELL_GAP) / columns;
  double cell_height = (height - LEGEND_HEIGHT) / (double) rows - CELL_GAP;

  for (gsize i = 0; i < data->n_slots; i++) {
    MixqPlotBox cell = { (double) (i % columns) * (cell_width + CELL_GAP),
                         (double) (i / columns) * (cell_height + CELL_GAP), cell_width, cell_height };

    draw_cell (cr, &cell, theme, &data->slots[i]);
  }
  draw_legend (cr, 0.0, height - 0.5 * LEGEND_HEIGHT, width, theme, data);
}

char *
mixq_alpha_slot_describe (const MixqAlphaSlot *slot)
{
  guint chosen = mixq_alpha_slot_chosen (slot);

  if (chosen == 0)
    return g_strdup_printf (_ ("%s: no width yet"), slot->name);
  if (slot->pinned)
    /* Translators: name of a part of the model and its number of bits */
    return g_strdup_printf (_ ("%s: %u bits, pinned"), slot->name, chosen);
  return g_strdup_printf (_ ("%s: %u bits, %.0f percent"), slot->name, chosen,
                          100.0 * mixq_alpha_slot_share (slot, chosen));
}

char *
mixq_alpha_chart_describe (const MixqAlphaData *data)
{
  GString *slots = g_string_new (NULL);
  char *sentence;

  for (gsize i = 0; i < data->n_slots; i++) {
    g_autofree char *slot = mixq_alpha_slot_describe (&data->slots[i]);

    g_string_append_printf (slots, "%s%s", i > 0 ? "; " : "", slot);
  }
  /* Translators: a list of parts such as "W₁: 4 bits, 71 percent" follows */
  sentence = g_strdup_printf (_ ("The vote on bit-widths over time, now: %s."), slots->str);
  g_string_free (slots, TRUE);
  return sentence;
}

static void
csv_slot (GString *csv, const MixqAlphaData *data, const MixqAlphaSlot *slot)
{
  double span = data->last_step > data->first_step ? (double) (data->last_step - data->first_step) : 0.0;
  double stride = slot->n_steps > 1 ? span / (double) (slot->n_steps - 1) : 0.0;

  for (gsize step = 0; step < slot->n_steps; step++) {
    for (guint c = 0; c < slot->n_choices; c++) {
      mixq_plot_csv_text (csv, slot->name);
      mixq_plot_csv_number (csv, (double) data->first_step + stride * (double) step);
      mixq_plot_csv_integer (csv, slot->bits[c]);
      mixq_plot_csv_number (csv, slot->history[step * slot->n_choices + c]);
      mixq_plot_csv_end_row (csv);
    }
  }
}

char *
mixq_alpha_chart_csv (const MixqAlphaData *data)
{
  GString *csv = g_string_new ("slot,step,bits,probability\n");

  for (gsize i = 0; i < data->n_slots; i++)
    csv_slot (csv, data, &data->slots[i]);
  return g_string_free (csv, FALSE);
}
