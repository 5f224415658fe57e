/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "graph/mixq-graph-legend.h"

#include <glib/gi18n.h>

#include "mixq-frame-log.h"
#include "mixq-graph-page.h"
#include "mixq-plot-cairo.h"
#include "mixq-style.h"

#define ROW_HEIGHT 22
#define MARK_RADIUS 5.0
#define MARK_ROOM 16
#define GAP 6
#define ROW_GAP 14
#define TEXT_SIZE 12.5

struct _MixqGraphLegend
{
  GtkWidget parent_instance;

  MixqDataset *dataset; /* owned */
  MixqTextCache *texts; /* owned */
};

G_DEFINE_TYPE (MixqGraphLegend, mixq_graph_legend, GTK_TYPE_WIDGET)

/* On a page of small graphs every tile names its class; what needs saying is what the signs mean. */
static gboolean
of_graphs (MixqGraphLegend *self)
{
  return self->dataset != NULL && self->dataset->task == MIXQ_TASK_GRAPHS;
}

/* Classes from the last look on share it; the last entry is the ring of a flipped node. */
static guint
n_entries (MixqGraphLegend *self)
{
  if (of_graphs (self))
    return MIXQ_GRAPH_PAGE_N_MARKS;
  return self->dataset != NULL ? (guint) MIN (self->dataset->n_classes, MIXQ_N_CLASS_LOOKS) + 1 : 0;
}

static const char *
entry_name (MixqGraphLegend *self, guint i)
{
  if (of_graphs (self))
    return mixq_graph_page_mark_name ((MixqGraphPageMark) i);
  if (i + 1 == n_entries (self))
    return _ ("flipped");
  if (i + 1 == MIXQ_N_CLASS_LOOKS && self->dataset->n_classes > MIXQ_N_CLASS_LOOKS)
    return _ ("others");
  return self->dataset->class_names[i];
}

static int
entry_width (MixqGraphLegend *self, guint i)
{
  int width;

  pango_layout_get_pixel_size (mixq_text_cache_get (self->texts, GTK_WIDGET (self), entry_name (self, i),
                                                    TEXT_SIZE, PANGO_WEIGHT_NORMAL),
                               &width, NULL);
  return MARK_ROOM + width;
}

/* How many rows the entries need. */
static int
count_rows (MixqGraphLegend *self, int width)
{
  int rows = 1, x = 0;

  for (guint i = 0; i < n_entries (self); i++) {
    int entry = entry_width (self, i);

    if (x > 0 && x + entry > width) {
      rows++;
      x = 0;
    }
    x += entry + (rows == 1 ? GAP : ROW_GAP);
  }
  return rows;
}

static void
draw_mark (MixqGraphLegend *self, cairo_t *cr, guint i, double x, double y, const MixqPlotTheme *theme)
{
  MixqPlotClassLook look;

  if (of_graphs (self)) {
    mixq_graph_page_mark_draw (cr, theme, (MixqGraphPageMark) i, x, y, MARK_RADIUS);
    return;
  }
  if (i + 1 < n_entries (self)) {
    look = mixq_plot_theme_class (theme, i);
    mixq_plot_shape_draw (cr, &look, x, y, MARK_RADIUS);
    return;
  }
  mixq_plot_set_color (cr, theme->ring);
  cairo_set_line_width (cr, 1.6);
  cairo_arc (cr, x, y, MARK_RADIUS + 1.0, 0.0, 2.0 * G_PI);
  cairo_stroke (cr);
}

static void
mixq_graph_legend_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MixqGraphLegend *self = MIXQ_GRAPH_LEGEND (widget);
  const MixqPlotTheme *theme = mixq_style_theme ();
  GdkRGBA text = mixq_style_rgba (theme->text);
  int width = gtk_widget_get_width (widget), total = 0, rows = count_rows (self, width);
  MixqFrameMark mark = mixq_frame_log_begin ();
  double x = 0.0, y = ROW_HEIGHT / 2.0, gap = GAP;
  cairo_t *cr;

  if (n_entries (self) == 0)
    return;
  for (guint i = 0; i < n_entries (self); i++)
    total += entry_width (self, i);
  if (rows == 1 && n_entries (self) > 1)
    gap = MIN ((double) (width - total) / (n_entries (self) - 1), 44.0);
  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) width, (float) gtk_widget_get_height (widget)));
  for (guint i = 0; i < n_entries (self); i++) {
    int entry = entry_width (self, i);

    if (x > 0.0 && x + entry > width + 0.5) {
      x = 0.0;
      y += ROW_HEIGHT;
    }
    draw_mark (self, cr, i, x + MARK_RADIUS + 1.0, y, theme);
    mixq_text_cache_draw (self->texts, widget, snapshot, entry_name (self, i), TEXT_SIZE, PANGO_WEIGHT_NORMAL,
                          &text, GRAPHENE_POINT_INIT ((float) (x + MARK_ROOM), (float) y), 0.0);
    x += entry + (rows == 1 ? gap : ROW_GAP);
  }
  cairo_destroy (cr);
  mixq_frame_log_end (mark, MIXQ_FRAME_SNAPSHOT, "legend");
}

static GtkSizeRequestMode
mixq_graph_legend_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
mixq_graph_legend_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *min,
                           int *nat,
                           int *min_base,
                           int *nat_base)
{
  MixqGraphLegend *self = MIXQ_GRAPH_LEGEND (widget);

  if (orientation == GTK_ORIENTATION_VERTICAL) {
    *min = *nat = ROW_HEIGHT * count_rows (self, for_size > 0 ? for_size : 480);
    return;
  }
  *min = *nat = 0;
  for (guint i = 0; i < n_entries (self); i++) {
    *min = MAX (*min, entry_width (self, i));
    *nat += entry_width (self, i) + GAP;
  }
}

static void
mixq_graph_legend_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (mixq_graph_legend_parent_class)->css_changed (widget, change);
  mixq_text_cache_clear (MIXQ_GRAPH_LEGEND (widget)->texts);
}

void
mixq_graph_legend_set_dataset (MixqGraphLegend *self, MixqDataset *dataset)
{
  g_return_if_fail (MIXQ_IS_GRAPH_LEGEND (self));

  g_clear_pointer (&self->dataset, mixq_dataset_unref);
  self->dataset = dataset != NULL ? mixq_dataset_ref (dataset) : NULL;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
mixq_graph_legend_finalize (GObject *object)
{
  MixqGraphLegend *self = MIXQ_GRAPH_LEGEND (object);

  g_clear_pointer (&self->dataset, mixq_dataset_unref);
  mixq_text_cache_free (self->texts);
  G_OBJECT_CLASS (mixq_graph_legend_parent_class)->finalize (object);
}

static void
mixq_graph_legend_class_init (MixqGraphLegendClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mixq_graph_legend_finalize;
  widget_class->snapshot = mixq_graph_legend_snapshot;
  widget_class->measure = mixq_graph_legend_measure;
  widget_class->get_request_mode = mixq_graph_legend_get_request_mode;
  widget_class->css_changed = mixq_graph_legend_css_changed;
  gtk_widget_class_set_css_name (widget_class, "graphlegend");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LEGEND);
}

static void
mixq_graph_legend_init (MixqGraphLegend *self)
{
  self->texts = mixq_text_cache_new ();
  mixq_style_watch (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Classes of the graph"), -1);
}

GtkWidget *
mixq_graph_legend_new (void)
{
  return g_object_new (MIXQ_TYPE_GRAPH_LEGEND, NULL);
}
