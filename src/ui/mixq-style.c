/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-style.h"

#include <adwaita.h>

#define MAX_LAYOUTS 400

struct _MixqTextCache
{
  GHashTable *layouts; /* char * -> PangoLayout */
};

MixqPlotScheme
mixq_style_scheme (void)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  if (adw_style_manager_get_high_contrast (manager))
    return adw_style_manager_get_dark (manager) ? MIXQ_SCHEME_DARK_CONTRAST : MIXQ_SCHEME_LIGHT_CONTRAST;
  return adw_style_manager_get_dark (manager) ? MIXQ_SCHEME_DARK : MIXQ_SCHEME_LIGHT;
}

/* The theme of src/plot in the font of the desktop, so that charts and widgets speak with one voice. Made once a scheme:
 * workers keep pointers to them. */
const MixqPlotTheme *
mixq_style_theme (void)
{
  static MixqPlotTheme themes[MIXQ_N_SCHEMES];
  MixqPlotScheme scheme = mixq_style_scheme ();
  MixqPlotTheme *theme = &themes[scheme];

  if (theme->name == NULL) {
    g_autofree char *font = NULL;
    PangoFontDescription *description;

    *theme = *mixq_plot_theme_get (scheme);
    g_object_get (gtk_settings_get_default (), "gtk-font-name", &font, NULL);
    description = pango_font_description_from_string (font != NULL ? font : "Sans");
    if (pango_font_description_get_family (description) != NULL)
      theme->font_family = g_intern_string (pango_font_description_get_family (description));
    pango_font_description_free (description);
  }
  return theme;
}

GdkRGBA
mixq_style_rgba (MixqPlotColor color)
{
  return (GdkRGBA){ (float) color.r, (float) color.g, (float) color.b, (float) color.a };
}

void
mixq_style_connect (GtkWidget *widget, GCallback changed)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  g_signal_connect_object (manager, "notify::dark", changed, widget, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", changed, widget, G_CONNECT_SWAPPED);
}

void
mixq_style_watch (GtkWidget *widget)
{
  mixq_style_connect (widget, G_CALLBACK (gtk_widget_queue_draw));
}

gboolean
mixq_style_animations (GtkWidget *widget)
{
  return adw_get_enable_animations (widget);
}

MixqTextCache *
mixq_text_cache_new (void)
{
  MixqTextCache *self = g_new0 (MixqTextCache, 1);

  self->layouts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  return self;
}

void
mixq_text_cache_free (MixqTextCache *self)
{
  g_hash_table_unref (self->layouts);
  g_free (self);
}

void
mixq_text_cache_clear (MixqTextCache *self)
{
  g_hash_table_remove_all (self->layouts);
}

/* Symbols come with Unicode subscripts, which few fonts draw well: set them as small low digits instead. */
static char *
subscripts_to_markup (const char *text)
{
  GString *markup = g_string_new (NULL);
  gboolean low = FALSE;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    gboolean is_low = c >= 0x2080 && c <= 0x2089;
    char buffer[7] = { 0 };
    g_autofree char *escaped = NULL;

    if (is_low != low)
      g_string_append (markup, is_low ? "<span size=\"67%\" rise=\"-2600\">" : "</span>");
    low = is_low;
    g_unichar_to_utf8 (is_low ? '0' + (c - 0x2080) : c, buffer);
    escaped = g_markup_escape_text (buffer, -1);
    g_string_append (markup, escaped);
  }
  if (low)
    g_string_append (markup, "</span>");
  return g_string_free (markup, FALSE);
}

static PangoLayout *
new_layout (GtkWidget *widget, const char *text, double size, PangoWeight weight)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, NULL);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  g_autofree char *markup = subscripts_to_markup (text);
  PangoAttrList *from_markup;

  pango_layout_set_markup (layout, markup, -1);
  from_markup = pango_layout_get_attributes (layout);
  pango_attr_list_insert (attributes, pango_attr_size_new_absolute ((int) (size * PANGO_SCALE)));
  pango_attr_list_insert (attributes, pango_attr_weight_new (weight));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum"));
  if (from_markup != NULL)
    pango_attr_list_splice (attributes, from_markup, 0, 0);
  pango_layout_set_attributes (layout, attributes);
  return layout;
}

PangoLayout *
mixq_text_cache_get (MixqTextCache *self,
                     GtkWidget *widget,
                     const char *text,
                     double size,
                     PangoWeight weight)
{
  char key[256];
  PangoLayout *layout;

  g_snprintf (key, sizeof key, "%.1f/%d/%s", size, (int) weight, text);
  layout = g_hash_table_lookup (self->layouts, key);
  if (layout != NULL)
    return layout;
  if (g_hash_table_size (self->layouts) >= MAX_LAYOUTS)
    g_hash_table_remove_all (self->layouts);
  layout = new_layout (widget, text, size, weight);
  g_hash_table_insert (self->layouts, g_strdup (key), layout);
  return layout;
}

double
mixq_text_cache_draw (MixqTextCache *self,
                      GtkWidget *widget,
                      GtkSnapshot *snapshot,
                      const char *text,
                      double size,
                      PangoWeight weight,
                      const GdkRGBA *color,
                      graphene_point_t at,
                      double align)
{
  PangoLayout *layout = mixq_text_cache_get (self, widget, text, size, weight);
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot, &GRAPHENE_POINT_INIT ((float) (at.x - align * width), (float) (at.y - height / 2.0)));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
  return width;
}

void
mixq_style_fill (GtkSnapshot *snapshot, const graphene_rect_t *rect, double radius, const GdkRGBA *color)
{
  GskRoundedRect rounded;

  if (radius <= 0.0) {
    gtk_snapshot_append_color (snapshot, color, rect);
    return;
  }
  gsk_rounded_rect_init_from_rect (&rounded, rect, (float) radius);
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_color (snapshot, color, rect);
  gtk_snapshot_pop (snapshot);
}

void
mixq_style_stroke (GtkSnapshot *snapshot,
                   const graphene_rect_t *rect,
                   double radius,
                   double width,
                   const GdkRGBA *color)
{
  const float widths[4] = { (float) width, (float) width, (float) width, (float) width };
  const GdkRGBA colors[4] = { *color, *color, *color, *color };
  GskRoundedRect rounded;

  gsk_rounded_rect_init_from_rect (&rounded, rect, (float) radius);
  gtk_snapshot_append_border (snapshot, &rounded, widths, colors);
}
