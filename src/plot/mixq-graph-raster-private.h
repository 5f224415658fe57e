/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-graph-raster.h"

G_BEGIN_DECLS

/* Free pixels round the density map, so that the line loop needs no test of each pixel it touches. */
#define MIXQ_DENSITY_PAD 8
/* Density of one edge that covers a pixel fully. */
#define MIXQ_DENSITY_ONE 256
/* Tone maps are looked up: exactly for faint places, every sixteenth density above. */
#define MIXQ_TONE_EXACT 4096
#define MIXQ_TONE_COARSE 4096

/*
 * MixqDensity: how much line lies on each pixel, summed. Order does not matter, so it equals drawing translucent lines
 * in any order, and parts of a big graph can be added while it is on the screen.
 */
typedef struct
{
  int width;
  int height;
  int stride;
  guint16 *map; /* owned: (height + 2 pads) rows of stride */
} MixqDensity;

void _mixq_density_init (MixqDensity *self, int width, int height);
void _mixq_density_clear (MixqDensity *self);
/* Adds a line of @thickness <= 4 pixels; @weight is the density of full cover. */
void _mixq_density_add_line (MixqDensity *self,
                             double x0,
                             double y0,
                             double x1,
                             double y1,
                             double thickness,
                             guint weight);
const guint16 *_mixq_density_row (const MixqDensity *self, int y);
/* Mean density of the pixels that have any, in edges. */
double _mixq_density_mean (const MixqDensity *self);

static inline guint
_mixq_tone_index (guint density)
{
  return density < MIXQ_TONE_EXACT ? density : MIXQ_TONE_EXACT + (density >> 4);
}

/* The density an entry of the tone table stands for. */
static inline guint
_mixq_tone_density (guint index)
{
  return index < MIXQ_TONE_EXACT ? index : (index - MIXQ_TONE_EXACT) << 4;
}

#define MIXQ_TONE_SIZE (MIXQ_TONE_EXACT + MIXQ_TONE_COARSE)

/* A premultiplied pixel as a number: alpha, red, green, blue from high to low. */
static inline guint32
_mixq_pixel_over (guint32 source, guint32 ground)
{
  guint32 rest = 255u - (source >> 24);
  guint32 even = (ground & 0x00ff00ffu) * rest + 0x00800080u;
  guint32 odd = ((ground >> 8) & 0x00ff00ffu) * rest + 0x00800080u;

  /* Division by 255, rounded, for two parts at a time. */
  even = ((even + ((even >> 8) & 0x00ff00ffu)) >> 8) & 0x00ff00ffu;
  odd = (odd + ((odd >> 8) & 0x00ff00ffu)) & 0xff00ff00u;
  return source + (even | odd);
}

guint32 _mixq_pixel_from_color (MixqPlotColor color);

/* What makes one node's picture differ from another's. */
typedef struct
{
  guint8 class_index;
  guint8 flags;
  guint8 strength; /* 0..15 */
  guint8 phase_x;  /* quarters of a pixel */
  guint8 phase_y;
  guint16 radius; /* quarters of a pixel */
} MixqSpriteKey;

typedef struct
{
  int size;        /* pixels a side */
  guint32 *pixels; /* owned */
} MixqSprite;

#define MIXQ_SPRITE_PHASES 4
#define MIXQ_SPRITE_STRENGTHS 16

/* Pictures of nodes, drawn at the first use. */
typedef struct
{
  const MixqPlotTheme *theme;
  double pixel_ratio;
  GHashTable *sprites; /* owned */
} MixqSpriteCache;

void _mixq_sprite_cache_init (MixqSpriteCache *self, const MixqPlotTheme *theme, double pixel_ratio);
void _mixq_sprite_cache_clear (MixqSpriteCache *self);
const MixqSprite *_mixq_sprite_cache_get (MixqSpriteCache *self, MixqSpriteKey key);

G_END_DECLS
