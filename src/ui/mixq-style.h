/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "mixq-plot-theme.h"

G_BEGIN_DECLS

/*
 * Drawing helpers that all views share. Colours come from the theme of src/plot, which the screen, files and print use
 * alike; what libadwaita names is left to CSS.
 */

/** mixq_style_scheme: the scheme the style manager asks for now. */
MixqPlotScheme mixq_style_scheme (void);
const MixqPlotTheme *mixq_style_theme (void);
GdkRGBA mixq_style_rgba (MixqPlotColor color);
/** mixq_style_connect: @changed (widget) whenever the scheme changes, for as long as @widget lives. */
void mixq_style_connect (GtkWidget *widget, GCallback changed);
/** mixq_style_watch: queues a draw of @widget whenever the scheme changes, for as long as it lives. */
void mixq_style_watch (GtkWidget *widget);
/** mixq_style_animations: whether things may move other than by data. */
gboolean mixq_style_animations (GtkWidget *widget);

/**
 * MixqTextCache: Pango layouts by text and look, so that snapshot() makes none. Emptied when it grows past a few
 * hundred, and by mixq_text_cache_clear() when font or direction change.
 */
typedef struct _MixqTextCache MixqTextCache;
MixqTextCache *mixq_text_cache_new (void);
void mixq_text_cache_free (MixqTextCache *self);
void mixq_text_cache_clear (MixqTextCache *self);
/** mixq_text_cache_get: @size: in CSS pixels of the widget's own scale. Returns: (transfer none), valid until the next get. */
PangoLayout *mixq_text_cache_get (MixqTextCache *self,
                                  GtkWidget *widget,
                                  const char *text,
                                  double size,
                                  PangoWeight weight);
/**
 * mixq_text_cache_draw:
 * @x: where the text begins, is centred or ends, by @align 0, 0.5 or 1
 * @y: the middle of its line
 *
 * Returns: its width.
 */
double mixq_text_cache_draw (MixqTextCache *self,
                             GtkWidget *widget,
                             GtkSnapshot *snapshot,
                             const char *text,
                             double size,
                             PangoWeight weight,
                             const GdkRGBA *color,
                             graphene_point_t at,
                             double align);

/** mixq_style_fill: a filled rectangle with round corners. */
void
mixq_style_fill (GtkSnapshot *snapshot, const graphene_rect_t *rect, double radius, const GdkRGBA *color);
/** mixq_style_stroke: its outline, inside the rectangle. */
void mixq_style_stroke (GtkSnapshot *snapshot,
                        const graphene_rect_t *rect,
                        double radius,
                        double width,
                        const GdkRGBA *color);

G_END_DECLS
