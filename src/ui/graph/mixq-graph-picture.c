/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture of the graph: what a worker is given to paint, and the texture that comes back. */
#include "config.h"

#include "graph/mixq-graph-canvas-private.h"

#include <string.h>

#define MIN_SIDE 20

typedef struct
{
  MixqGraphData *data;
  guint8 *classes, *flags, *strength;
  MixqGraphView view; /* logical pixels */
  double width, height;
  const MixqPlotTheme *theme;
} Picture;

static void
picture_free (Picture *picture)
{
  mixq_graph_data_unref (picture->data);
  g_free (picture->classes);
  g_free (picture->flags);
  g_free (picture->strength);
  g_free (picture);
}

static void
paint_picture (gpointer job, guchar *pixels, int width, int height, int stride, double scale)
{
  const Picture *picture = job;
  const MixqGraphScene scene = { .n_nodes = picture->data->dataset->n_nodes,
                                 .xy = picture->data->xy,
                                 .n_edges = picture->data->n_edges,
                                 .edges = picture->data->edges,
                                 .node_class = picture->classes,
                                 .node_flags = picture->flags,
                                 .node_strength = picture->strength,
                                 .node_size = picture->data->size };
  const MixqGraphView view = { picture->view.center_x, picture->view.center_y, picture->view.scale * scale };
  const MixqGraphStyle style = { .theme = picture->theme, .pixel_ratio = scale };
  const MixqGraphTarget target = { pixels, width, height, (gsize) stride };

  if (!mixq_graph_raster_draw (&scene, &view, &style, &target, NULL))
    memset (pixels, 0, (gsize) stride * (gsize) height);
}

/* A picture of a graph that is gone, or of one that was stretched meanwhile: the next one is under way. */
static gboolean
accept (gpointer view, gpointer job)
{
  MixqGraphCanvas *self = view;
  const Picture *picture = job;

  if (picture->data != self->data)
    return FALSE;
  self->drawn = picture->view;
  self->drawn_width = picture->width;
  self->drawn_height = picture->height;
  return TRUE;
}

static char *
describe (gpointer view, gpointer job)
{
  return mixq_graph_canvas_dup_description (view);
}

void
mixq_graph_canvas_request (MixqGraphCanvas *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  gsize n;
  Picture *picture;

  if (self->data == NULL || !mixq_picture_is_wanted (self->picture, MIN_SIDE, MIN_SIDE))
    return;
  n = self->data->dataset->n_nodes;
  picture = g_new0 (Picture, 1);
  picture->data = mixq_graph_data_ref (self->data);
  picture->classes = g_memdup2 (self->classes, n);
  picture->flags = g_memdup2 (self->flags, n);
  picture->strength = g_memdup2 (self->strength, n);
  picture->view = self->view;
  picture->width = width;
  picture->height = height;
  picture->theme = mixq_style_theme ();
  mixq_picture_request (self->picture, picture, width, height);
}

MixqPicture *
mixq_graph_canvas_new_picture (MixqGraphCanvas *self)
{
  static const MixqPictureKind kind = { .name = "mixq-graph",
                                        .paint = paint_picture,
                                        .unref_job = (GDestroyNotify) picture_free,
                                        .request = (void (*) (gpointer)) mixq_graph_canvas_request,
                                        .accept = accept,
                                        .describe = describe };

  return mixq_picture_new (GTK_WIDGET (self), &kind);
}
