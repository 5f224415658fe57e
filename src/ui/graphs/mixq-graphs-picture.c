/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture of the page: what is seen of it and half as much again above and below, painted on a worker. */
#include "config.h"

#include <math.h>

#include "graphs/mixq-graphs-page-private.h"

#define MIN_SIDE 20
/* Numbers that change faster cannot be read, and the processors are needed for training. */
#define AGAIN_MS 120

typedef struct
{
  MixqDataset *dataset;
  MixqGraphsStore *store;
  MixqGraphPageSprites *sprites;
  MixqGraphPageTile *tiles; /* shapes are filled in by the worker */
  gsize first, n_tiles;
  MixqGraphPageGrid grid;
  double top, bottom, width;
  const MixqPlotTheme *theme;
} Picture;

static void
picture_free (Picture *picture)
{
  mixq_dataset_unref (picture->dataset);
  mixq_graphs_store_unref (picture->store);
  mixq_graph_page_sprites_unref (picture->sprites);
  g_free (picture->tiles);
  g_free (picture);
}

static void
paint_picture (gpointer job, guchar *pixels, int width, int height, int stride, double scale)
{
  Picture *picture = job;
  g_autoptr (GPtrArray) shapes = g_ptr_array_new_with_free_func ((GDestroyNotify) mixq_graphs_shape_unref);
  const MixqGraphPage page = { .first = picture->first,
                               .n_tiles = picture->n_tiles,
                               .tiles = picture->tiles,
                               .class_names = (const char *const *) picture->dataset->class_names,
                               .n_classes = (guint) picture->dataset->n_classes,
                               .sprites = picture->sprites };
  cairo_t *cr = mixq_raster_cairo (pixels, width, height, stride);

  for (gsize i = 0; i < picture->n_tiles; i++) {
    MixqGraphsShape *shape = mixq_graphs_store_get (picture->store, picture->tiles[i].graph);

    g_ptr_array_add (shapes, shape);
    picture->tiles[i].shape = shape->shape;
  }
  cairo_scale (cr, scale, scale);
  cairo_translate (cr, 0.0, -picture->top);
  mixq_graph_page_draw (cr, picture->theme, &page, &picture->grid);
  mixq_raster_cairo_done (cr);
}

static gboolean
accept (gpointer view, gpointer job)
{
  MixqGraphsPage *self = view;
  const Picture *picture = job;

  if (picture->store != self->store)
    return FALSE; /* of data that are gone */
  self->drawn_top = picture->top;
  self->drawn_bottom = picture->bottom;
  self->drawn_width = picture->width;
  return TRUE;
}

static char *
describe (gpointer view, gpointer job)
{
  return mixq_graphs_page_dup_description (view);
}

void
mixq_graphs_page_seen (MixqGraphsPage *self, gsize *first, gsize *end)
{
  *first = *end = 0;
  if (self->n_shown > 0)
    mixq_graph_page_grid_range (&self->grid, self->asked_top, self->asked_bottom, first, end);
}

/* What is seen is laid out first, then what is just out of sight. */
static void
want_places (MixqGraphsPage *self, gsize first, gsize end)
{
  const double top = mixq_graphs_page_top (self), height = gtk_widget_get_height (GTK_WIDGET (self));
  g_autofree guint32 *wanted = g_new (guint32, MAX (end - first, 1));
  gsize seen_first, seen_end, n = 0;

  mixq_graph_page_grid_range (&self->grid, top, top + height, &seen_first, &seen_end);
  for (gsize tile = seen_first; tile < seen_end; tile++)
    wanted[n++] = self->order[tile];
  for (gsize tile = first; tile < end; tile++)
    if (tile < seen_first || tile >= seen_end)
      wanted[n++] = self->order[tile];
  mixq_graphs_store_want (self->store, wanted, n);
}

static Picture *
picture_new (MixqGraphsPage *self, gsize first, gsize end)
{
  Picture *picture = g_new0 (Picture, 1);

  picture->dataset = mixq_dataset_ref (self->dataset);
  picture->store = mixq_graphs_store_ref (self->store);
  picture->sprites = mixq_graph_page_sprites_ref (self->sprites);
  picture->first = first;
  picture->n_tiles = end - first;
  picture->tiles = g_new0 (MixqGraphPageTile, MAX (end - first, 1));
  for (gsize i = 0; i < end - first; i++)
    picture->tiles[i] = (MixqGraphPageTile){ .graph = self->order[first + i],
                                             .item = self->items[self->order[first + i]] };
  picture->grid = self->grid;
  picture->top = self->asked_top;
  picture->bottom = self->asked_bottom;
  picture->width = gtk_widget_get_width (GTK_WIDGET (self));
  picture->theme = mixq_style_theme ();
  return picture;
}

void
mixq_graphs_page_request (MixqGraphsPage *self)
{
  const double top = mixq_graphs_page_top (self), height = gtk_widget_get_height (GTK_WIDGET (self));
  gsize first, end;
  Picture *picture;

  g_clear_handle_id (&self->ask_id, g_source_remove);
  if (self->store == NULL || !mixq_picture_is_wanted (self->picture, MIN_SIDE, MIN_SIDE))
    return;
  self->asked_top = MAX (floor (top - 0.5 * height), 0.0);
  self->asked_time = g_get_monotonic_time ();
  self->asked_bottom = MAX (MIN (top + 1.5 * height, self->grid.height), top + height);
  mixq_graphs_page_seen (self, &first, &end);
  want_places (self, first, MAX (first, end));
  picture = picture_new (self, first, MAX (first, end));
  mixq_picture_request (self->picture, picture, picture->width, picture->bottom - picture->top);
}

static gboolean
ask_cb (gpointer user_data)
{
  MixqGraphsPage *self = user_data;

  self->ask_id = 0;
  mixq_graphs_page_request (self);
  return G_SOURCE_REMOVE;
}

void
mixq_graphs_page_request_soon (MixqGraphsPage *self)
{
  const gint64 past = (g_get_monotonic_time () - self->asked_time) / 1000;

  if (past >= AGAIN_MS)
    mixq_graphs_page_request (self);
  else if (self->ask_id == 0)
    self->ask_id = g_timeout_add ((guint) (AGAIN_MS - past), ask_cb, self);
}

void
mixq_graphs_page_request_if_uncovered (MixqGraphsPage *self)
{
  const double top = mixq_graphs_page_top (self), height = gtk_widget_get_height (GTK_WIDGET (self));
  const double slack = 0.2 * height;
  gboolean covered = MAX (top - slack, 0.0) >= self->asked_top &&
                     MIN (top + height + slack, self->grid.height) <= self->asked_bottom;

  if (!covered)
    mixq_graphs_page_request (self);
}

gboolean
mixq_graphs_page_has_picture (MixqGraphsPage *self)
{
  double top;

  g_return_val_if_fail (MIXQ_IS_GRAPHS_PAGE (self), FALSE);

  top = mixq_graphs_page_top (self);
  return mixq_picture_peek_texture (self->picture) != NULL && self->drawn_top <= top &&
         self->drawn_bottom >= MIN (top + gtk_widget_get_height (GTK_WIDGET (self)), self->grid.height);
}

MixqPicture *
mixq_graphs_page_new_picture (MixqGraphsPage *self)
{
  static const MixqPictureKind kind = { .name = "mixq-graphs",
                                        .paint = paint_picture,
                                        .unref_job = (GDestroyNotify) picture_free,
                                        .request = (void (*) (gpointer)) mixq_graphs_page_request,
                                        .accept = accept,
                                        .describe = describe };

  return mixq_picture_new (GTK_WIDGET (self), &kind);
}
