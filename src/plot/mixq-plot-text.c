/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-plot-text.h"

#include <pango/pangocairo.h>

#define HALO_WIDTH 3.0

static const cairo_user_data_key_t record_key;

MixqPlotFont
mixq_plot_font (const MixqPlotTheme *theme, double size, int weight)
{
  return (MixqPlotFont){ theme->font_family, size, weight };
}

/* Unhinted positions: the same picture at every scale, on screen and on paper. The font map is one per thread. */
static PangoContext *
context_new (void)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_font_options_t *options = cairo_font_options_create ();

  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_SLIGHT);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (context, options);
  cairo_font_options_destroy (options);
  pango_context_set_round_glyph_positions (context, FALSE);
  return context;
}

/* Returns: (transfer full) */
static PangoLayout *
layout_new (const MixqPlotFont *font, const char *text)
{
  PangoContext *context = context_new ();
  PangoLayout *layout = pango_layout_new (context);
  PangoFontDescription *description = pango_font_description_new ();
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_font_description_set_family (description, font->family != NULL ? font->family : "sans-serif");
  pango_font_description_set_weight (description, font->weight);
  pango_font_description_set_absolute_size (description, font->size * PANGO_SCALE);
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_font_description (layout, description);
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_text (layout, text, -1);
  pango_attr_list_unref (attributes);
  pango_font_description_free (description);
  g_object_unref (context);
  return layout;
}

static void
layout_size (PangoLayout *layout, double *width, double *height)
{
  int w;
  int h;

  pango_layout_get_size (layout, &w, &h);
  if (width != NULL)
    *width = (double) w / PANGO_SCALE;
  if (height != NULL)
    *height = (double) h / PANGO_SCALE;
}

void
mixq_plot_text_measure (const MixqPlotFont *font, const char *text, double *width, double *height)
{
  PangoLayout *layout = layout_new (font, text);

  layout_size (layout, width, height);
  g_object_unref (layout);
}

void
mixq_plot_text_run_free (MixqPlotTextRun *run)
{
  g_free (run->text);
  g_free (run);
}

void
mixq_plot_text_record (cairo_t *cr, GPtrArray *runs)
{
  cairo_set_user_data (cr, &record_key, runs, NULL);
}

/* One run a line, so that a wrapped paragraph is found line by line where it stands. */
static void
record_lines (cairo_t *cr, PangoLayout *layout, double size, double x, double y)
{
  GPtrArray *runs = cairo_get_user_data (cr, &record_key);
  PangoLayoutIter *iter;

  if (runs == NULL)
    return;
  iter = pango_layout_get_iter (layout);
  do {
    PangoLayoutLine *line = pango_layout_iter_get_line_readonly (iter);
    MixqPlotTextRun *run = g_new0 (MixqPlotTextRun, 1);
    PangoRectangle logical;

    pango_layout_iter_get_line_extents (iter, NULL, &logical);
    run->text = g_strndup (pango_layout_get_text (layout) + line->start_index, line->length);
    run->x = x + (double) logical.x / PANGO_SCALE;
    run->y = y + (double) pango_layout_iter_get_baseline (iter) / PANGO_SCALE;
    run->size = size;
    cairo_user_to_device (cr, &run->x, &run->y);
    g_ptr_array_add (runs, run);
  } while (pango_layout_iter_next_line (iter));
  pango_layout_iter_free (iter);
}

static void
draw_layout (cairo_t *cr, PangoLayout *layout, MixqPlotColor color, double size, double x, double y)
{
  cairo_set_source_rgba (cr, color.r, color.g, color.b, color.a);
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
  cairo_new_path (cr);
  record_lines (cr, layout, size, x, y);
}

void
mixq_plot_text_draw (cairo_t *cr,
                     const MixqPlotFont *font,
                     MixqPlotColor color,
                     const char *text,
                     double x,
                     double y,
                     double x_align,
                     double y_align)
{
  PangoLayout *layout = layout_new (font, text);
  double width;
  double height;

  layout_size (layout, &width, &height);
  draw_layout (cr, layout, color, font->size, x - x_align * width, y - y_align * height);
  g_object_unref (layout);
}

void
mixq_plot_text_draw_halo (cairo_t *cr,
                          const MixqPlotFont *font,
                          MixqPlotColor color,
                          MixqPlotColor halo,
                          const char *text,
                          double x,
                          double y,
                          double x_align,
                          double y_align)
{
  PangoLayout *layout = layout_new (font, text);
  double width;
  double height;

  layout_size (layout, &width, &height);
  x -= x_align * width;
  y -= y_align * height;
  cairo_save (cr);
  cairo_move_to (cr, x, y);
  pango_cairo_layout_path (cr, layout);
  cairo_set_source_rgba (cr, halo.r, halo.g, halo.b, halo.a);
  cairo_set_line_width (cr, HALO_WIDTH);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_BEVEL);
  cairo_set_dash (cr, NULL, 0, 0.0);
  cairo_stroke (cr);
  cairo_restore (cr);
  draw_layout (cr, layout, color, font->size, x, y);
  g_object_unref (layout);
}

double
mixq_plot_text_draw_wrapped (cairo_t *cr,
                             const MixqPlotFont *font,
                             MixqPlotColor color,
                             const char *text,
                             double x,
                             double y,
                             double width)
{
  PangoLayout *layout = layout_new (font, text);
  double height;

  pango_layout_set_width (layout, (int) (MAX (width, 1.0) * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  layout_size (layout, NULL, &height);
  if (cr != NULL)
    draw_layout (cr, layout, color, font->size, x, y);
  g_object_unref (layout);
  return height;
}
