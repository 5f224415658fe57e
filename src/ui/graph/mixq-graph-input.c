/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pointer and keys of the graph: pan, zoom, hover with its card, select, and the way from node to node. */
#include "config.h"

#include "graph/mixq-graph-canvas-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "mixq-frame-log.h"

#define HIT_RADIUS 10.0
#define ZOOM_STEP 1.25
#define MIN_SCALE 1e-4
#define MAX_SCALE 1e7

/* --- hover card ------------------------------------------------------------------------------------------------------ */

static const char *
class_name (const MixqDataset *dataset, int class_number)
{
  if (class_number < 0 || class_number >= (int) dataset->n_classes)
    return _ ("unknown");
  return dataset->class_names[class_number];
}

void
mixq_graph_canvas_update_card (MixqGraphCanvas *self)
{
  const MixqDataset *dataset = self->data->dataset;
  const gsize node = (gsize) self->hovered;
  MixqPoint *float32 = mixq_run_model_peek_float (self->run);
  const guint8 *confidence = NULL;
  const guint16 *prediction = mixq_run_model_peek_prediction (self->run, &confidence);
  g_autofree char *title = NULL, *neighbours = NULL, *sure = NULL;
  const char *rows[16];
  guint n = 0;
  graphene_rect_t at;
  double x, y;

  title = dataset->node_names != NULL ? g_strdup (dataset->node_names[node])
                                      : g_strdup_printf (_ ("Node %lu"), (gulong) node);
  neighbours = g_strdup_printf (ngettext ("%u neighbour", "%u neighbours", self->data->degree[node]),
                                self->data->degree[node]);
  rows[n++] = _ ("truth");
  rows[n++] = class_name (dataset, dataset->labels[node]);
  if (prediction != NULL) {
    rows[n++] = _ ("prediction");
    rows[n++] = class_name (dataset, prediction[node]);
  }
  if (float32 != NULL && float32->prediction != NULL) {
    rows[n++] = _ ("float32");
    rows[n++] = class_name (dataset, float32->prediction[node]);
  }
  if (confidence != NULL) {
    sure = g_strdup_printf ("%.0f %%", confidence[node] / 2.55);
    rows[n++] = _ ("confidence");
    rows[n++] = sure;
  }
  rows[n++] = _ ("used for");
  rows[n++] = dataset->part[node] == MIXQ_PART_TRAIN  ? _ ("training")
              : dataset->part[node] == MIXQ_PART_VAL  ? _ ("validation")
              : dataset->part[node] == MIXQ_PART_TEST ? _ ("test")
                                                      : _ ("its edges only");
  rows[n] = NULL;
  mixq_hover_card_set (self->card, title, neighbours, rows, NULL);
  mixq_graph_canvas_node_pixel (self, node, &x, &y);
  at = GRAPHENE_RECT_INIT ((float) (x - 12.0), (float) (y - 12.0), 24.0f, 24.0f);
  mixq_hover_card_point (self->card, &at);
}

static void
set_hovered (MixqGraphCanvas *self, gint64 node)
{
  if (node == self->hovered)
    return;
  self->hovered = node;
  if (node >= 0)
    mixq_graph_canvas_update_card (self);
  else
    mixq_hover_card_hide (self->card);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- pointer --------------------------------------------------------------------------------------------------------- */

static gint64
hit (MixqGraphCanvas *self, double x, double y)
{
  double px, py;

  if (self->data == NULL)
    return MIXQ_NO_NODE;
  mixq_graph_view_to_place (&self->view, gtk_widget_get_width (GTK_WIDGET (self)),
                            gtk_widget_get_height (GTK_WIDGET (self)), x, y, &px, &py);
  return mixq_graph_index_nearest (self->data->index, px, py, HIT_RADIUS / self->view.scale);
}

static void
moved_view (MixqGraphCanvas *self)
{
  self->fitted = FALSE;
  mixq_hover_card_hide (self->card);
  self->hovered = MIXQ_NO_NODE;
  mixq_graph_canvas_request (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
zoom_at (MixqGraphCanvas *self, double factor, double x, double y)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  double px, py, scale = CLAMP (self->view.scale * factor, MIN_SCALE, MAX_SCALE);

  if (self->data == NULL)
    return;
  mixq_graph_view_to_place (&self->view, width, height, x, y, &px, &py);
  self->view.scale = scale;
  self->view.center_x = px - (x - width / 2.0) / scale;
  self->view.center_y = py - (y - height / 2.0) / scale;
  moved_view (self);
}

void
mixq_graph_canvas_zoom (MixqGraphCanvas *self, double factor)
{
  g_return_if_fail (MIXQ_IS_GRAPH_CANVAS (self));

  if (self->data == NULL)
    return;
  if (factor > 0.0) {
    zoom_at (self, factor, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0,
             gtk_widget_get_height (GTK_WIDGET (self)) / 2.0);
    return;
  }
  moved_view (self);
  mixq_graph_canvas_fit (self);
  mixq_graph_canvas_request (self);
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, MixqGraphCanvas *self)
{
  MixqFrameMark mark = mixq_frame_log_begin ();

  self->pointer_x = x;
  self->pointer_y = y;
  set_hovered (self, hit (self, x, y));
  mixq_frame_log_end (mark, MIXQ_FRAME_HANDLER, "graph-motion");
}

static void
leave_cb (GtkEventControllerMotion *controller, MixqGraphCanvas *self)
{
  set_hovered (self, MIXQ_NO_NODE);
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy, MixqGraphCanvas *self)
{
  zoom_at (self, pow (ZOOM_STEP, -dy), self->pointer_x, self->pointer_y);
  return GDK_EVENT_STOP;
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, MixqGraphCanvas *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->drag_view = self->view;
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, MixqGraphCanvas *self)
{
  if (self->data == NULL || (fabs (dx) < 3.0 && fabs (dy) < 3.0 && self->fitted))
    return;
  self->view.center_x = self->drag_view.center_x - dx / self->view.scale;
  self->view.center_y = self->drag_view.center_y - dy / self->view.scale;
  moved_view (self);
}

static void
released_cb (GtkGestureClick *gesture, int n_press, double x, double y, MixqGraphCanvas *self)
{
  gint64 node = hit (self, x, y);

  if (n_press == 2 && node < 0)
    mixq_graph_canvas_zoom (self, 0.0);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.select-node", "x",
                                node == mixq_run_model_get_selected_node (self->run) ? MIXQ_NO_NODE : node);
}

/* --- keys ------------------------------------------------------------------------------------------------------------ */

/* The nearest node within 45 degrees of a direction. */
static gint64
neighbour (MixqGraphCanvas *self, gint64 from, int dx, int dy)
{
  const gsize n = self->data->dataset->n_nodes;
  double best_distance = G_MAXDOUBLE, x0 = self->view.center_x, y0 = self->view.center_y;
  gint64 best = from;

  if (from >= 0) {
    x0 = self->data->xy[2 * from];
    y0 = self->data->xy[2 * from + 1];
  }
  for (gsize i = 0; i < n; i++) {
    double x = self->data->xy[2 * i] - x0, y = self->data->xy[2 * i + 1] - y0;
    double along = x * dx + y * dy, across = fabs (x * dy) + fabs (y * dx), distance = along + 2.0 * across;

    if ((gint64) i == from || along <= 0.0 || across > along || distance >= best_distance)
      continue;
    best_distance = distance;
    best = (gint64) i;
  }
  return best;
}

static void
show_node (MixqGraphCanvas *self, gint64 node)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.select-node", "x", node);
  set_hovered (self, node);
}

static gboolean
arrow_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  MixqGraphCanvas *self = MIXQ_GRAPH_CANVAS (widget);
  int dx, dy;

  if (self->data == NULL)
    return GDK_EVENT_PROPAGATE;
  g_variant_get (args, "(ii)", &dx, &dy);
  show_node (self, neighbour (self, mixq_run_model_get_selected_node (self->run), dx, dy));
  return GDK_EVENT_STOP;
}

static gboolean
zoom_key_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  double factor;

  g_variant_get (args, "d", &factor);
  mixq_graph_canvas_zoom (MIXQ_GRAPH_CANVAS (widget), factor);
  return GDK_EVENT_STOP;
}

void
mixq_graph_canvas_add_bindings (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint key;
    int dx, dy;
  } arrows[] = {
    { GDK_KEY_Left, -1, 0 }, { GDK_KEY_Right, 1, 0 }, { GDK_KEY_Up, 0, -1 }, { GDK_KEY_Down, 0, 1 }
  };
  static const struct
  {
    guint key;
    double factor;
  } zooms[] = { { GDK_KEY_plus, ZOOM_STEP },
                { GDK_KEY_equal, ZOOM_STEP },
                { GDK_KEY_KP_Add, ZOOM_STEP },
                { GDK_KEY_minus, 1.0 / ZOOM_STEP },
                { GDK_KEY_KP_Subtract, 1.0 / ZOOM_STEP },
                { GDK_KEY_0, 0.0 } };

  for (guint i = 0; i < G_N_ELEMENTS (arrows); i++)
    gtk_widget_class_add_binding (widget_class, arrows[i].key, 0, arrow_cb, "(ii)", arrows[i].dx,
                                  arrows[i].dy);
  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++) {
    gtk_widget_class_add_binding (widget_class, zooms[i].key, 0, zoom_key_cb, "d", zooms[i].factor);
    gtk_widget_class_add_binding (widget_class, zooms[i].key, GDK_CONTROL_MASK, zoom_key_cb, "d",
                                  zooms[i].factor);
  }
}

void
mixq_graph_canvas_add_controllers (MixqGraphCanvas *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *drag = gtk_gesture_drag_new (), *click = gtk_gesture_click_new ();

  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (click, "released", G_CALLBACK (released_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}
