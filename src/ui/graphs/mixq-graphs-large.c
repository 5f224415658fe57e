/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "graphs/mixq-graphs-large.h"

#include "mixq-graph-scene.h"
#include "mixq-picture.h"
#include "mixq-style.h"

#define MARGIN 16.0
#define MIN_SIDE 20
/* More would be one grey and would take a worker long. */
#define MOST_DRAWN 20000

struct _MixqGraphsLarge
{
  GtkWidget parent_instance;

  MixqGraphsStore *store; /* owned */
  gsize graph;
  gint32 class_index;
  char *description;
  MixqPicture *picture;
};

G_DEFINE_TYPE (MixqGraphsLarge, mixq_graphs_large, GTK_TYPE_WIDGET)

typedef struct
{
  MixqGraphsStore *store;
  gsize graph;
  gint32 class_index;
  double width, height;
  const MixqPlotTheme *theme;
} Picture;

static void
picture_free (Picture *picture)
{
  mixq_graphs_store_unref (picture->store);
  g_free (picture);
}

static void
paint_picture (gpointer job, guchar *pixels, int width, int height, int stride, double scale)
{
  const Picture *picture = job;
  g_autoptr (MixqGraphsShape) shape = mixq_graphs_store_lay_out (picture->store, picture->graph);
  const MixqPlotBox box = { MARGIN, MARGIN, MAX (picture->width - 2.0 * MARGIN, 1.0),
                            MAX (picture->height - 2.0 * MARGIN, 1.0) };
  const double radius = mixq_graph_node_radius (shape->shape.n_nodes, box.width, box.height);
  cairo_t *cr = mixq_raster_cairo (pixels, width, height, stride);

  cairo_scale (cr, scale, scale);
  mixq_graph_page_shape_draw (cr, picture->theme, &shape->shape, &box, picture->class_index, MOST_DRAWN,
                              1.5 * radius);
  mixq_raster_cairo_done (cr);
}

static void
request (gpointer view)
{
  MixqGraphsLarge *self = view;
  Picture *picture;

  if (self->store == NULL || !mixq_picture_is_wanted (self->picture, MIN_SIDE, MIN_SIDE))
    return;
  picture = g_new0 (Picture, 1);
  *picture = (Picture){ mixq_graphs_store_ref (self->store),
                        self->graph,
                        self->class_index,
                        gtk_widget_get_width (GTK_WIDGET (self)),
                        gtk_widget_get_height (GTK_WIDGET (self)),
                        mixq_style_theme () };
  mixq_picture_request (self->picture, picture, picture->width, picture->height);
}

/* While someone steps through the graphs, one that is gone already is not shown any more. */
static gboolean
accept (gpointer view, gpointer job)
{
  MixqGraphsLarge *self = view;
  const Picture *picture = job;

  return picture->store == self->store && picture->graph == self->graph;
}

static char *
describe (gpointer view, gpointer job)
{
  return g_strdup (MIXQ_GRAPHS_LARGE (view)->description);
}

void
mixq_graphs_large_set (MixqGraphsLarge *self,
                       MixqGraphsStore *store,
                       gsize graph,
                       gint32 class_index,
                       const char *description)
{
  gboolean same;

  g_return_if_fail (MIXQ_IS_GRAPHS_LARGE (self));

  same = store == self->store && graph == self->graph;
  if (!same || g_strcmp0 (description, self->description) != 0) {
    g_free (self->description);
    self->description = g_strdup (description);
    mixq_picture_describe (self->picture, NULL, !same);
  }
  if (same && class_index == self->class_index)
    return;
  if (store != self->store) {
    g_clear_pointer (&self->store, mixq_graphs_store_unref);
    self->store = mixq_graphs_store_ref (store);
  }
  self->graph = graph;
  self->class_index = class_index;
  request (self);
}

static void
mixq_graphs_large_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  mixq_picture_append (MIXQ_GRAPHS_LARGE (widget)->picture, snapshot, gtk_widget_get_width (widget),
                       gtk_widget_get_height (widget));
}

static void
mixq_graphs_large_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *min,
                           int *nat,
                           int *min_base,
                           int *nat_base)
{
  *min = orientation == GTK_ORIENTATION_HORIZONTAL ? 200 : 120;
  *nat = orientation == GTK_ORIENTATION_HORIZONTAL ? 440 : 320;
}

static void
mixq_graphs_large_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  request (widget);
}

static void
mixq_graphs_large_dispose (GObject *object)
{
  MixqGraphsLarge *self = MIXQ_GRAPHS_LARGE (object);

  g_clear_pointer (&self->picture, mixq_picture_free);
  g_clear_pointer (&self->store, mixq_graphs_store_unref);
  g_clear_pointer (&self->description, g_free);
  G_OBJECT_CLASS (mixq_graphs_large_parent_class)->dispose (object);
}

static void
mixq_graphs_large_class_init (MixqGraphsLargeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mixq_graphs_large_dispose;
  widget_class->snapshot = mixq_graphs_large_snapshot;
  widget_class->measure = mixq_graphs_large_measure;
  widget_class->size_allocate = mixq_graphs_large_size_allocate;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mixq_graphs_large_init (MixqGraphsLarge *self)
{
  static const MixqPictureKind kind = { .name = "mixq-graph-large",
                                        .paint = paint_picture,
                                        .unref_job = (GDestroyNotify) picture_free,
                                        .request = request,
                                        .accept = accept,
                                        .describe = describe };

  self->class_index = -1;
  self->picture = mixq_picture_new (GTK_WIDGET (self), &kind);
}

GtkWidget *
mixq_graphs_large_new (void)
{
  return g_object_new (MIXQ_TYPE_GRAPHS_LARGE, NULL);
}
