/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture of the graph: what a worker is given to paint, and the texture that comes back. */
#include "config.h"

#include "graph/mixq-graph-canvas-private.h"

#include <string.h>

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

static void
painted_cb (GdkTexture *texture, gpointer job, gpointer user_data)
{
  MixqGraphCanvas *self = user_data;
  const Picture *picture = job;

  /* Of a graph that is gone, or of one that was stretched meanwhile: the next picture is under way. */
  if (picture->data != self->data)
    return;
  g_set_object (&self->texture, texture);
  self->drawn = picture->view;
  self->drawn_width = picture->width;
  self->drawn_height = picture->height;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
mixq_graph_canvas_request (MixqGraphCanvas *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  double scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  gsize n;
  Picture *picture;

  if (self->data == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)) || width < 20 || height < 20)
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
  mixq_raster_request (self->raster, picture, (int) (width * scale), (int) (height * scale), scale);
}

MixqRaster *
mixq_graph_canvas_new_raster (MixqGraphCanvas *self)
{
  return mixq_raster_new ("mixq-graph", paint_picture, (GDestroyNotify) picture_free, painted_cb, self);
}
