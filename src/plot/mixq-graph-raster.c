/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-graph-raster-private.h"

#include <math.h>

/* Edges and nodes between two looks at the generation: well under a millisecond. */
#define EDGES_A_CHECK 512
#define NODES_A_CHECK 1024
#define ROWS_A_CHECK 64

/* Logical pixels. */
#define LINK_WIDTH 0.9
#define SELECTED_LINK_WIDTH 1.4
#define SELECTED_LINK_ALPHA 0.75
/* However many edges cross, the ground still shows a little, so that nodes stay the darkest. */
#define DENSEST 0.60
/* Mean edges on a touched pixel from which on each is drawn fainter: a dense graph shows structure, not a slab. */
#define CROWDED 3.0
#define MAX_NODE_RADIUS 60.0
#define MAX_LINK_THICKNESS 4.0
/* Pixels a side: lines are followed in 16.16 fixed point. */
#define MAX_SIDE 32000

/* What all steps of one picture share. */
typedef struct
{
  const MixqGraphScene *scene;
  const MixqGraphView *view;
  const MixqGraphStyle *style;
  const MixqGraphTarget *target;
  const MixqGraphCancel *cancel;
  double ratio;
  double radius;
} Raster;

static gboolean
is_stale (const Raster *r)
{
  return r->cancel != NULL && r->cancel->generation != NULL &&
         g_atomic_int_get (r->cancel->generation) != r->cancel->expected;
}

static guint32 *
target_row (const MixqGraphTarget *target, int y)
{
  return (guint32 *) (gpointer) (target->pixels + (gsize) y * target->stride);
}

static void
node_pixel (const Raster *r, gsize node, double *x, double *y)
{
  mixq_graph_view_to_pixel (r->view, r->target->width, r->target->height, r->scene->xy[2 * node],
                            r->scene->xy[2 * node + 1], x, y);
}

static guint8
node_flags (const MixqGraphScene *scene, gsize node)
{
  return scene->node_flags != NULL ? scene->node_flags[node] : 0;
}

static gsize
edges_drawn (const MixqGraphScene *scene)
{
  return scene->n_edges_drawn > 0 ? MIN (scene->n_edges_drawn, scene->n_edges) : scene->n_edges;
}

/* Sums the edges; with @only_selected those of selected nodes alone. */
static gboolean
sum_edges (const Raster *r, MixqDensity *density, gboolean only_selected)
{
  const MixqGraphScene *scene = r->scene;
  gsize n = edges_drawn (scene);
  double thickness = MIN ((only_selected ? SELECTED_LINK_WIDTH : LINK_WIDTH) * r->ratio, MAX_LINK_THICKNESS);
  double gain = n > 0 && !only_selected ? (double) scene->n_edges / (double) n : 1.0;
  guint weight = (guint) MIN (MIXQ_DENSITY_ONE * gain, 65535.0);

  for (gsize i = 0; i < n; i++) {
    guint32 a = scene->edges[2 * i];
    guint32 b = scene->edges[2 * i + 1];
    double x0;
    double y0;
    double x1;
    double y1;

    if (i % EDGES_A_CHECK == 0 && is_stale (r))
      return FALSE;
    if (a >= scene->n_nodes || b >= scene->n_nodes)
      continue;
    if (only_selected && !((node_flags (scene, a) | node_flags (scene, b)) & MIXQ_NODE_SELECTED))
      continue;
    node_pixel (r, a, &x0, &y0);
    node_pixel (r, b, &x1, &y1);
    _mixq_density_add_line (density, x0, y0, x1, y1, thickness, weight);
  }
  return TRUE;
}

/* Opacity of so much density: as if each of its edges had been laid over the others with @alpha. */
static double
tone (guint index, double alpha, double densest)
{
  double edges = (double) _mixq_tone_density (index) / MIXQ_DENSITY_ONE;

  return densest * (1.0 - pow (1.0 - alpha / densest, edges));
}

/* One look-up a pixel: the ground is the same everywhere, so the table holds finished pixels. */
static gboolean
map_ground (const Raster *r, const MixqDensity *density)
{
  const MixqPlotTheme *theme = r->style->theme;
  g_autofree guint32 *table = g_new (guint32, MIXQ_TONE_SIZE);
  MixqPlotColor ground = mixq_plot_color_with_alpha (theme->card, r->style->opaque ? 1.0 : 0.0);
  guint32 empty = _mixq_pixel_from_color (ground);
  double alpha = theme->link.a * MIN (1.0, CROWDED / MAX (_mixq_density_mean (density), 1e-3));

  for (guint i = 0; i < MIXQ_TONE_SIZE; i++) {
    guint32 link = _mixq_pixel_from_color (
        mixq_plot_color_with_alpha (theme->link, tone (i, alpha, DENSEST)));

    table[i] = GUINT32_TO_LE (_mixq_pixel_over (link, empty));
  }
  for (int y = 0; y < r->target->height; y++) {
    guint32 *out = target_row (r->target, y);
    const guint16 *row = _mixq_density_row (density, y);

    if (y % ROWS_A_CHECK == 0 && is_stale (r))
      return FALSE;
    for (int x = 0; x < r->target->width; x++)
      out[x] = table[_mixq_tone_index (row[x])];
  }
  return TRUE;
}

static gboolean
has_selection (const MixqGraphScene *scene)
{
  for (gsize i = 0; scene->node_flags != NULL && i < scene->n_nodes; i++) {
    if (scene->node_flags[i] & MIXQ_NODE_SELECTED)
      return TRUE;
  }
  return FALSE;
}

static void
map_selected (const Raster *r, const MixqDensity *density)
{
  MixqPlotColor color = r->style->theme->accent_line;

  for (int y = 0; y < r->target->height; y++) {
    guint32 *out = target_row (r->target, y);
    const guint16 *row = _mixq_density_row (density, y);

    for (int x = 0; x < r->target->width; x++) {
      double alpha = SELECTED_LINK_ALPHA * MIN (row[x], MIXQ_DENSITY_ONE) / MIXQ_DENSITY_ONE;

      if (row[x] == 0)
        continue;
      out[x] = GUINT32_TO_LE (_mixq_pixel_over (
          _mixq_pixel_from_color (mixq_plot_color_with_alpha (color, alpha)), GUINT32_FROM_LE (out[x])));
    }
  }
}

static gboolean
draw_edges (const Raster *r)
{
  MixqDensity density;
  gboolean done;

  _mixq_density_init (&density, r->target->width, r->target->height);
  done = sum_edges (r, &density, FALSE) && map_ground (r, &density);
  _mixq_density_clear (&density);
  if (!done || !has_selection (r->scene))
    return done;
  _mixq_density_init (&density, r->target->width, r->target->height);
  done = sum_edges (r, &density, TRUE);
  if (done)
    map_selected (r, &density);
  _mixq_density_clear (&density);
  return done;
}

static void
blit (const MixqGraphTarget *target, const MixqSprite *sprite, int left, int top)
{
  int first_x = MAX (0, -left);
  int end_x = MIN (sprite->size, target->width - left);
  int first_y = MAX (0, -top);
  int end_y = MIN (sprite->size, target->height - top);

  for (int y = first_y; y < end_y; y++) {
    guint32 *out = target_row (target, top + y) + left;
    const guint32 *in = sprite->pixels + y * sprite->size;

    for (int x = first_x; x < end_x; x++) {
      if (in[x] != 0)
        out[x] = GUINT32_TO_LE (_mixq_pixel_over (in[x], GUINT32_FROM_LE (out[x])));
    }
  }
}

static void
draw_node (const Raster *r, MixqSpriteCache *cache, gsize node)
{
  const MixqGraphScene *scene = r->scene;
  double size = scene->node_size != NULL && isfinite (scene->node_size[node]) ? scene->node_size[node] : 1.0;
  double radius = CLAMP (size * r->radius, 0.5, MAX_NODE_RADIUS) * r->ratio;
  double reach = 2.0 * radius + 10.0 * r->ratio;
  const MixqSprite *sprite;
  MixqSpriteKey key = { 0 };
  double x;
  double y;
  double whole_x;
  double whole_y;

  node_pixel (r, node, &x, &y);
  /* Written so that it also turns down what is not a number. */
  if (!(x > -reach && x < r->target->width + reach && y > -reach && y < r->target->height + reach))
    return;
  whole_x = floor (x);
  whole_y = floor (y);
  key.class_index = scene->node_class != NULL ? scene->node_class[node] : MIXQ_CLASS_UNKNOWN;
  if (key.class_index != MIXQ_CLASS_UNKNOWN)
    key.class_index = MIN (key.class_index, MIXQ_N_CLASS_LOOKS - 1);
  key.flags = node_flags (scene, node);
  key.strength = scene->node_strength != NULL ? scene->node_strength[node] >> 4 : MIXQ_SPRITE_STRENGTHS - 1;
  key.phase_x = (guint8) ((x - whole_x) * MIXQ_SPRITE_PHASES);
  key.phase_y = (guint8) ((y - whole_y) * MIXQ_SPRITE_PHASES);
  key.radius = (guint16) lround (4.0 * radius);
  sprite = _mixq_sprite_cache_get (cache, key);
  blit (r->target, sprite, (int) whole_x - sprite->size / 2, (int) whole_y - sprite->size / 2);
}

/* Dimmed nodes lie lowest, flipped ones above the crowd, selected ones on top. */
static guint
paint_rank (guint8 flags)
{
  if (flags & MIXQ_NODE_SELECTED)
    return 3;
  if (flags & MIXQ_NODE_DIMMED)
    return 0;
  return flags & MIXQ_NODE_FLIPPED ? 2 : 1;
}

static gboolean
draw_nodes (const Raster *r)
{
  MixqSpriteCache cache;
  gboolean done = TRUE;

  _mixq_sprite_cache_init (&cache, r->style->theme, r->ratio);
  for (guint rank = 0; rank <= 3 && done; rank++) {
    for (gsize i = 0; i < r->scene->n_nodes; i++) {
      if (i % NODES_A_CHECK == 0 && is_stale (r)) {
        done = FALSE;
        break;
      }
      if (paint_rank (node_flags (r->scene, i)) == rank)
        draw_node (r, &cache, i);
    }
  }
  _mixq_sprite_cache_clear (&cache);
  return done;
}

gboolean
mixq_graph_raster_draw (const MixqGraphScene *scene,
                        const MixqGraphView *view,
                        const MixqGraphStyle *style,
                        const MixqGraphTarget *target,
                        const MixqGraphCancel *cancel)
{
  Raster raster = { scene, view, style, target, cancel, 1.0, 0.0 };

  g_return_val_if_fail (target->width > 0 && target->width <= MAX_SIDE, FALSE);
  g_return_val_if_fail (target->height > 0 && target->height <= MAX_SIDE, FALSE);
  g_return_val_if_fail (target->stride >= 4 * (gsize) target->width && target->stride % 4 == 0, FALSE);
  if (style->pixel_ratio > 0.0)
    raster.ratio = style->pixel_ratio;
  raster.radius = style->node_radius;
  if (!(raster.radius > 0.0))
    raster.radius = mixq_graph_node_radius (scene->n_nodes, target->width / raster.ratio,
                                            target->height / raster.ratio);
  return draw_edges (&raster) && draw_nodes (&raster);
}
