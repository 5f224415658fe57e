/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One small graph, and pictures of many that are kept. */
#include "config.h"

#include <math.h>

#include "mixq-graph-page-private.h"
#include "mixq-graph-scene.h"
#include "mixq-plot-axis.h"

#define LINK_WIDTH 0.9
#define LINK_ALPHA 0.5
/* An edge round smaller nodes would be all there is of them. */
#define MIN_EDGED_RADIUS 2.2
#define EDGE_WIDTH 0.8
/* Pictures kept: some screens full. */
#define MAX_KEPT 512

/* --- one graph -------------------------------------------------------------------------------------------------------- */

typedef struct
{
  double x, y, scale; /* of the left upper end of what is drawn */
  double left, top;   /* of the graph's places */
  double radius;
} Fit;

/* As large as both sides of the box allow, in its middle. */
static Fit
fit_shape (const MixqGraphPageShape *shape, const MixqPlotBox *box, double radius)
{
  MixqPlotRange x, y;
  Fit fit = { .radius = radius };
  double width, height;

  mixq_plot_range_init (&x);
  mixq_plot_range_init (&y);
  for (gsize i = 0; i < shape->n_nodes; i++) {
    mixq_plot_range_include (&x, (double) shape->xy[2 * i]);
    mixq_plot_range_include (&y, (double) shape->xy[2 * i + 1]);
  }
  width = MAX (x.max - x.min, 1e-6);
  height = MAX (y.max - y.min, 1e-6);
  fit.scale = MIN (MAX (box->width - 2.0 * radius, 1.0) / width,
                   MAX (box->height - 2.0 * radius, 1.0) / height);
  fit.left = 0.5 * (x.min + x.max);
  fit.top = 0.5 * (y.min + y.max);
  fit.x = box->x + 0.5 * box->width;
  fit.y = box->y + 0.5 * box->height;
  return fit;
}

static void
place (const MixqGraphPageShape *shape, const Fit *fit, gsize node, double *x, double *y)
{
  *x = fit->x + (shape->xy[2 * node] - fit->left) * fit->scale;
  *y = fit->y + (shape->xy[2 * node + 1] - fit->top) * fit->scale;
}

static gsize
sampled (gsize n, gsize most)
{
  return most > 0 ? MIN (n, most) : n;
}

static void
draw_links (cairo_t *cr,
            const MixqPlotTheme *theme,
            const MixqGraphPageShape *shape,
            const Fit *fit,
            gsize most)
{
  const gsize n = sampled (shape->n_edges, most);

  /* Stronger than in one large graph: here few links lie on each other. */
  mixq_plot_set_color (cr, mixq_plot_color_with_alpha (theme->dim, LINK_ALPHA));
  cairo_set_line_width (cr, LINK_WIDTH);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_FAST);
  for (gsize i = 0; i < n; i++) {
    const guint32 *edge = &shape->edges[2 * (i * shape->n_edges / n)];
    double x, y;

    if (edge[0] >= shape->n_nodes || edge[1] >= shape->n_nodes)
      continue;
    place (shape, fit, edge[0], &x, &y);
    cairo_move_to (cr, x, y);
    place (shape, fit, edge[1], &x, &y);
    cairo_line_to (cr, x, y);
    cairo_stroke (cr);
  }
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_DEFAULT);
}

static void
draw_nodes (cairo_t *cr,
            const MixqPlotClassLook *look,
            const MixqGraphPageShape *shape,
            const Fit *fit,
            gsize most)
{
  const gsize n = sampled (shape->n_nodes, most);
  const gboolean edged = fit->radius >= MIN_EDGED_RADIUS;
  /* The edge has the contrast, so it is part of what a dot is made of. */
  const MixqPlotColor dot = mixq_plot_color_mix (look->fill, look->edge, 0.35);

  for (gsize i = 0; i < n; i++) {
    double x, y;

    place (shape, fit, i * shape->n_nodes / n, &x, &y);
    /* Two areas, the edge's below: cairo does a stroke three times slower. */
    mixq_plot_shape_path (cr, look->shape, x, y, fit->radius);
    mixq_plot_set_color (cr, edged ? look->edge : dot);
    cairo_fill (cr);
    if (!edged)
      continue;
    mixq_plot_shape_path (cr, look->shape, x, y, fit->radius - EDGE_WIDTH);
    mixq_plot_set_color (cr, look->fill);
    cairo_fill (cr);
  }
}

MixqPlotClassLook
mixq_graph_page_look (const MixqPlotTheme *theme, gint32 class_index)
{
  return mixq_plot_theme_class (theme, class_index < 0 ? MIXQ_CLASS_UNKNOWN : (guint) class_index);
}

void
mixq_graph_page_shape_draw (cairo_t *cr,
                            const MixqPlotTheme *theme,
                            const MixqGraphPageShape *shape,
                            const MixqPlotBox *box,
                            gint32 class_index,
                            gsize most,
                            double radius)
{
  MixqPlotClassLook look = mixq_graph_page_look (theme, class_index);
  Fit fit;

  if (shape->n_nodes == 0 || shape->xy == NULL)
    return;
  if (!(radius > 0.0))
    radius = mixq_graph_node_radius (sampled (shape->n_nodes, most), box->width, box->height);
  fit = fit_shape (shape, box, radius);
  draw_links (cr, theme, shape, &fit, most);
  draw_nodes (cr, &look, shape, &fit, most);
}

/* --- pictures that are kept -------------------------------------------------------------------------------------------- */

typedef struct
{
  gint32 class_index;
  const float *xy; /* never looked into: circle or laid out */
  cairo_surface_t *surface;
} Sprite;

struct _MixqGraphPageSprites
{
  GHashTable *sprites; /* of graph number */
  /* of all of them */
  const MixqPlotTheme *theme;
  double width, height, scale;
};

static void
sprite_free (gpointer data)
{
  Sprite *sprite = data;

  cairo_surface_destroy (sprite->surface);
  g_free (sprite);
}

MixqGraphPageSprites *
mixq_graph_page_sprites_new (void)
{
  MixqGraphPageSprites *self = g_atomic_rc_box_new0 (MixqGraphPageSprites);

  self->sprites = g_hash_table_new_full (NULL, NULL, NULL, sprite_free);
  return self;
}

static void
sprites_clear (gpointer data)
{
  g_hash_table_unref (((MixqGraphPageSprites *) data)->sprites);
}

MixqGraphPageSprites *
mixq_graph_page_sprites_ref (MixqGraphPageSprites *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
mixq_graph_page_sprites_unref (MixqGraphPageSprites *self)
{
  g_atomic_rc_box_release_full (self, sprites_clear);
}

/* Pictures of another size or scheme are of no use any more. */
static void
sprites_suit (MixqGraphPageSprites *self, const MixqPlotTheme *theme, const MixqPlotBox *box, double scale)
{
  gboolean suits = self->theme == theme && self->width == box->width && self->height == box->height &&
                   self->scale == scale;

  if (!suits || g_hash_table_size (self->sprites) >= MAX_KEPT)
    g_hash_table_remove_all (self->sprites);
  self->theme = theme;
  self->width = box->width;
  self->height = box->height;
  self->scale = scale;
}

static cairo_surface_t *
sprite_draw (const MixqPlotTheme *theme,
             const MixqGraphPageTile *tile,
             const MixqPlotBox *box,
             double scale,
             gsize most,
             double radius)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) ceil (box->width * scale),
                                                         (int) ceil (box->height * scale));
  const MixqPlotBox inner = { 0.0, 0.0, box->width, box->height };
  cairo_t *cr;

  cairo_surface_set_device_scale (surface, scale, scale);
  cr = cairo_create (surface);
  mixq_graph_page_shape_draw (cr, theme, &tile->shape, &inner, tile->item.prediction, most, radius);
  cairo_destroy (cr);
  return surface;
}

void
mixq_graph_page_sprites_draw (MixqGraphPageSprites *self,
                              cairo_t *cr,
                              const MixqPlotTheme *theme,
                              const MixqGraphPageTile *tile,
                              const MixqPlotBox *box,
                              gsize most,
                              double radius)
{
  double scale = 1.0, unused = 0.0;
  Sprite *sprite;

  cairo_user_to_device_distance (cr, &scale, &unused);
  sprites_suit (self, theme, box, scale);
  sprite = g_hash_table_lookup (self->sprites, GUINT_TO_POINTER (tile->graph));
  if (sprite == NULL || sprite->class_index != tile->item.prediction || sprite->xy != tile->shape.xy) {
    sprite = g_new (Sprite, 1);
    *sprite = (Sprite){ tile->item.prediction, tile->shape.xy,
                        sprite_draw (theme, tile, box, scale, most, radius) };
    g_hash_table_replace (self->sprites, GUINT_TO_POINTER (tile->graph), sprite);
  }
  cairo_set_source_surface (cr, sprite->surface, box->x, box->y);
  cairo_paint (cr);
}
