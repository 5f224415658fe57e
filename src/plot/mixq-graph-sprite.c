/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Node pictures. A node is blitted from the sprite drawn for its quarter pixel, so it moves smoothly and stays cheap. */
#include "mixq-graph-raster-private.h"

#include <math.h>

#include "mixq-plot-shape.h"

/* Logical pixels. */
#define EDGE_WIDTH 1.0
#define RING_GAP 3.2
#define RING_WIDTH 1.8
#define SELECTED_GAP 5.6
#define SELECTED_WIDTH 2.0
#define CROSS_WIDTH 1.5
/* The same as shares of the radius, at most: small nodes have finer edges and rings. */
#define EDGE_SHARE 0.26
#define RING_GAP_SHARE 0.9
#define RING_WIDTH_SHARE 0.55
#define CROSS_SHARE 0.4
#define SEAM_SHARE 0.2
#define SEAM_ALPHA 0.75
#define DIMMED_ALPHA 0.22
/* The biggest shape reaches 1.26 + 0.2 radii (a triangle's foot). */
#define SHAPE_REACH 1.5

/* Premultiplied, 0..1. */
typedef struct
{
  double r;
  double g;
  double b;
  double a;
} Ink;

/* What is needed to draw one sprite. */
typedef struct
{
  MixqPlotClassLook look;
  MixqPlotOutline outline;
  MixqPlotColor seam;
  const MixqPlotTheme *theme;
  guint flags;
  double ratio;
  double radius;
  double edge_width;
  double ring_radius;
  double ring_width;
  double cross_width;
  double cross_half;
} Brush;

guint32
_mixq_pixel_from_color (MixqPlotColor color)
{
  guint32 alpha = (guint32) lround (255.0 * color.a);
  guint32 red = (guint32) lround (255.0 * color.r * color.a);
  guint32 green = (guint32) lround (255.0 * color.g * color.a);
  guint32 blue = (guint32) lround (255.0 * color.b * color.a);

  return alpha << 24 | red << 16 | green << 8 | blue;
}

/* Cover of a pixel whose centre is @distance outside an edge. */
static double
cover (double distance)
{
  return CLAMP (0.5 - distance, 0.0, 1.0);
}

static void
ink_over (Ink *ink, MixqPlotColor color, double amount)
{
  double alpha = color.a * amount;

  ink->r = color.r * alpha + ink->r * (1.0 - alpha);
  ink->g = color.g * alpha + ink->g * (1.0 - alpha);
  ink->b = color.b * alpha + ink->b * (1.0 - alpha);
  ink->a = alpha + ink->a * (1.0 - alpha);
}

static void
ink_ring (Ink *ink, MixqPlotColor color, double distance, double radius, double width)
{
  ink_over (ink, color, cover (fabs (distance - radius) - 0.5 * width));
}

/* Distance from the two strokes of a diagonal cross. */
static double
cross_distance (double x, double y, double half)
{
  double u = fabs (x + y) * G_SQRT2 / 2.0;
  double v = fabs (x - y) * G_SQRT2 / 2.0;

  return MIN (MAX (u, v - half), MAX (v, u - half));
}

static Ink
ink_at (const Brush *brush, double x, double y)
{
  double from_center = sqrt (x * x + y * y);
  double distance = mixq_plot_outline_distance (&brush->outline, x, y);
  Ink ink = { 0 };

  if (brush->flags & MIXQ_NODE_SELECTED)
    ink_ring (&ink, brush->theme->accent_line, from_center, brush->radius + SELECTED_GAP * brush->ratio,
              SELECTED_WIDTH * brush->ratio);
  if (brush->flags & MIXQ_NODE_FLIPPED) {
    /* A card-coloured disc under the ring keeps the node clear of the crowd round it. */
    ink_over (&ink, brush->theme->card, cover (from_center - brush->ring_radius));
    ink_ring (&ink, brush->theme->ring, from_center, brush->ring_radius, brush->ring_width);
  }
  /* On dark the edge is hardly darker than the fill; a seam of the ground keeps neighbours of one class apart. */
  if (brush->theme->is_dark)
    ink_over (&ink, brush->seam, cover (distance - SEAM_SHARE * brush->radius));
  ink_over (&ink, brush->look.edge, cover (distance));
  if (brush->flags & MIXQ_NODE_WRONG) {
    ink_over (&ink, brush->theme->card, cover (distance + 1.4 * brush->edge_width));
    ink_over (&ink, brush->theme->text,
              cover (cross_distance (x, y, brush->cross_half) - 0.5 * brush->cross_width));
  } else {
    ink_over (&ink, brush->look.fill, cover (distance + brush->edge_width));
  }
  return ink;
}

static void
brush_init (Brush *self, const MixqSpriteCache *cache, MixqSpriteKey key)
{
  double strength = (double) key.strength / (MIXQ_SPRITE_STRENGTHS - 1);

  self->theme = cache->theme;
  self->look = mixq_plot_theme_class (cache->theme, key.class_index);
  /* Even the palest node keeps a trace of its class; its edge keeps all of it. */
  self->look.fill = mixq_plot_color_mix (cache->theme->card, self->look.fill, 0.12 + 0.88 * strength);
  self->seam = mixq_plot_color_with_alpha (cache->theme->card, SEAM_ALPHA);
  self->flags = key.flags;
  self->ratio = cache->pixel_ratio;
  self->radius = key.radius / 4.0;
  self->edge_width = MIN (EDGE_WIDTH * self->ratio, EDGE_SHARE * self->radius);
  self->ring_radius = self->radius + MIN (RING_GAP * self->ratio, RING_GAP_SHARE * self->radius);
  self->ring_width = MIN (RING_WIDTH * self->ratio, RING_WIDTH_SHARE * self->radius);
  self->cross_half = 1.1 * self->radius;
  self->cross_width = MIN (CROSS_WIDTH * self->ratio, CROSS_SHARE * self->radius);
  mixq_plot_outline_init (&self->outline, self->look.shape, self->radius);
}

static double
brush_reach (const Brush *brush)
{
  double reach = SHAPE_REACH * brush->radius;

  if (brush->flags & MIXQ_NODE_FLIPPED)
    reach = MAX (reach, brush->ring_radius + brush->ring_width);
  if (brush->flags & MIXQ_NODE_SELECTED)
    reach = MAX (reach, brush->radius + (SELECTED_GAP + SELECTED_WIDTH) * brush->ratio);
  return reach + 1.0;
}

static MixqSprite *
sprite_new (const MixqSpriteCache *cache, MixqSpriteKey key)
{
  MixqSprite *sprite = g_new (MixqSprite, 1);
  double dimmed = key.flags & MIXQ_NODE_DIMMED ? DIMMED_ALPHA : 1.0;
  Brush brush;
  int half;

  brush_init (&brush, cache, key);
  half = (int) ceil (brush_reach (&brush)) + 1;
  sprite->size = 2 * half + 1;
  sprite->pixels = g_new (guint32, (gsize) sprite->size * (gsize) sprite->size);
  for (int row = 0; row < sprite->size; row++) {
    for (int column = 0; column < sprite->size; column++) {
      /* The node's centre lies in the middle pixel, at its phase. */
      double x = column - half + 0.5 - (key.phase_x + 0.5) / MIXQ_SPRITE_PHASES;
      double y = row - half + 0.5 - (key.phase_y + 0.5) / MIXQ_SPRITE_PHASES;
      Ink ink = ink_at (&brush, x, y);
      guint32 alpha = (guint32) lround (255.0 * dimmed * ink.a);
      guint32 red = (guint32) lround (255.0 * dimmed * ink.r);
      guint32 green = (guint32) lround (255.0 * dimmed * ink.g);
      guint32 blue = (guint32) lround (255.0 * dimmed * ink.b);

      sprite->pixels[row * sprite->size + column] = alpha << 24 | red << 16 | green << 8 | blue;
    }
  }
  return sprite;
}

static void
sprite_free (gpointer data)
{
  MixqSprite *sprite = data;

  g_free (sprite->pixels);
  g_free (sprite);
}

void
_mixq_sprite_cache_init (MixqSpriteCache *self, const MixqPlotTheme *theme, double pixel_ratio)
{
  self->theme = theme;
  self->pixel_ratio = pixel_ratio;
  self->sprites = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, sprite_free);
}

void
_mixq_sprite_cache_clear (MixqSpriteCache *self)
{
  g_clear_pointer (&self->sprites, g_hash_table_unref);
}

const MixqSprite *
_mixq_sprite_cache_get (MixqSpriteCache *self, MixqSpriteKey key)
{
  gint64 packed = (gint64) key.class_index | (gint64) key.flags << 8 | (gint64) key.strength << 16 |
                  (gint64) key.phase_x << 24 | (gint64) key.phase_y << 28 | (gint64) key.radius << 32;
  MixqSprite *sprite = g_hash_table_lookup (self->sprites, &packed);

  if (sprite == NULL) {
    sprite = sprite_new (self, key);
    g_hash_table_insert (self->sprites, g_memdup2 (&packed, sizeof packed), sprite);
  }
  return sprite;
}
