/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The graph as a widget: its layout and view, what is drawn over the picture, and its place among the others. */
#include "config.h"

#include "graph/mixq-graph-canvas-private.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "mixq-frame-log.h"
#include "mixq-plot-axis.h"

/* How far the halo of a name reaches, straight and diagonally. */
#define HALO 1.8f
#define HALO_DIAGONAL 1.3f
#define FIT_MARGIN 18.0
#define MAX_LABELS 9
/* Beyond this stretching would be felt while the window is resized. */
#define MAX_STRETCHED 50000

enum {
  PROP_0,
  PROP_N_FLIPPED,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_TYPE (MixqGraphCanvas, mixq_graph_canvas, GTK_TYPE_WIDGET)

/* --- the graph itself ----------------------------------------------------------------------------------------------- */

/* Widens or narrows the layout towards the shape of the view. */
static void
stretch (MixqGraphCanvas *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  MixqPlotRange x, y;
  double factor = 1.0;
  gsize n = self->natural->dataset->n_nodes;

  mixq_plot_range_init (&x);
  mixq_plot_range_init (&y);
  for (gsize i = 0; i < n; i++) {
    mixq_plot_range_include (&x, (double) self->natural->xy[2 * i]);
    mixq_plot_range_include (&y, (double) self->natural->xy[2 * i + 1]);
  }
  if (width > 2 * FIT_MARGIN && height > 2 * FIT_MARGIN && n <= MAX_STRETCHED && x.max > x.min &&
      y.max > y.min)
    factor = (width - 2.0 * FIT_MARGIN) / (height - 2.0 * FIT_MARGIN) * (y.max - y.min) / (x.max - x.min);
  factor = CLAMP (factor, 0.75, 1.6);
  if (self->data != NULL && fabs (factor / self->factor - 1.0) < 0.02)
    return;
  self->factor = factor;
  g_clear_pointer (&self->data, mixq_graph_data_unref);
  self->data = mixq_graph_data_stretch (self->natural, factor);
}

void
mixq_graph_canvas_fit (MixqGraphCanvas *self)
{
  MixqGraphScene scene;

  stretch (self);
  scene = (MixqGraphScene){ .n_nodes = self->data->dataset->n_nodes, .xy = self->data->xy };
  mixq_graph_view_fit (&self->view, &scene, gtk_widget_get_width (GTK_WIDGET (self)),
                       gtk_widget_get_height (GTK_WIDGET (self)), FIT_MARGIN);
  self->fitted = TRUE;
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MixqGraphCanvas *self;
  g_autoptr (GError) error = NULL;
  MixqGraphData *data = mixq_graph_data_load_finish (result, &error);
  gsize n;

  if (data == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
        !g_error_matches (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED))
      g_warning ("The graph cannot be laid out: %s", error->message);
    return; /* cancelled: the canvas may be gone */
  }
  self = user_data;
  g_clear_object (&self->loading);
  g_clear_pointer (&self->data, mixq_graph_data_unref);
  g_clear_pointer (&self->natural, mixq_graph_data_unref);
  self->natural = data;
  n = data->dataset->n_nodes;
  self->classes = g_realloc (self->classes, n + 1);
  self->flags = g_realloc (self->flags, n + 1);
  self->strength = g_realloc (self->strength, n + 1);
  memset (self->classes, MIXQ_CLASS_UNKNOWN, n);
  memset (self->flags, 0, n);
  memset (self->strength, 255, n);
  mixq_picture_drop (self->picture);
  mixq_graph_canvas_fit (self);
  mixq_picture_describe_soon (self->picture);
  mixq_graph_canvas_update_looks (self);
  mixq_graph_canvas_request (self);
}

/* Stops what is under way and forgets the graph. */
static void
forget_graph (MixqGraphCanvas *self)
{
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_pointer (&self->data, mixq_graph_data_unref);
  g_clear_pointer (&self->natural, mixq_graph_data_unref);
  mixq_picture_drop (self->picture);
  self->n_flipped = G_MAXUINT;
}

static void
session_changed_cb (MixqGraphCanvas *self)
{
  MixqDataset *dataset = mixq_run_model_peek_dataset (self->run);

  self->hovered = MIXQ_NO_NODE;
  mixq_hover_card_hide (self->card);
  if (dataset == NULL)
    return;
  if (self->data != NULL && self->data->dataset->graph == dataset->graph) {
    /* Same graph, perhaps another split or model: places stay. */
    mixq_graph_canvas_update_looks (self);
    return;
  }
  forget_graph (self);
  if (dataset->task == MIXQ_TASK_GRAPHS)
    return; /* MixqGraphsPage shows those */
  self->loading = g_cancellable_new ();
  mixq_graph_data_load_async (dataset, self->loading, loaded_cb, self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- drawing -------------------------------------------------------------------------------------------------------- */

void
mixq_graph_canvas_node_pixel (MixqGraphCanvas *self, gsize node, double *x, double *y)
{
  mixq_graph_view_to_pixel (&self->view, gtk_widget_get_width (GTK_WIDGET (self)),
                            gtk_widget_get_height (GTK_WIDGET (self)), self->data->xy[2 * node],
                            self->data->xy[2 * node + 1], x, y);
}

/* The last picture, moved and scaled to where it belongs now. */
static void
draw_texture (MixqGraphCanvas *self, GtkSnapshot *snapshot)
{
  double zoom = self->view.scale / self->drawn.scale;
  double width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  double x = width / 2.0 + (self->drawn.center_x - self->view.center_x) * self->view.scale -
             zoom * self->drawn_width / 2.0;
  double y = height / 2.0 + (self->drawn.center_y - self->view.center_y) * self->view.scale -
             zoom * self->drawn_height / 2.0;

  gtk_snapshot_append_texture (snapshot, mixq_picture_peek_texture (self->picture),
                               &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) (zoom * self->drawn_width),
                                                    (float) (zoom * self->drawn_height)));
}

static void
draw_ring (MixqGraphCanvas *self, GtkSnapshot *snapshot, gint64 node, double radius, const GdkRGBA *color)
{
  double x, y;

  if (node < 0 || node >= (gint64) self->data->dataset->n_nodes)
    return;
  mixq_graph_canvas_node_pixel (self, (gsize) node, &x, &y);
  mixq_style_stroke (snapshot,
                     &GRAPHENE_RECT_INIT ((float) (x - radius), (float) (y - radius), (float) (2.0 * radius),
                                          (float) (2.0 * radius)),
                     radius, 2.0, color);
}

static void
draw_label (MixqGraphCanvas *self,
            GtkSnapshot *snapshot,
            const char *name,
            double x,
            double y,
            const MixqPlotTheme *theme)
{
  GdkRGBA text = mixq_style_rgba (theme->text), card = mixq_style_rgba (theme->card);
  /* Copies around the text, not a blur: where software draws, four blurs a name were half of a frame. */
  const GskShadow halo[] = {
    { card, -HALO, 0.0f, 0.0f },
    { card, HALO, 0.0f, 0.0f },
    { card, 0.0f, -HALO, 0.0f },
    { card, 0.0f, HALO, 0.0f },
    { card, -HALO_DIAGONAL, -HALO_DIAGONAL, 0.0f },
    { card, HALO_DIAGONAL, -HALO_DIAGONAL, 0.0f },
    { card, -HALO_DIAGONAL, HALO_DIAGONAL, 0.0f },
    { card, HALO_DIAGONAL, HALO_DIAGONAL, 0.0f },
  };

  gtk_snapshot_push_shadow (snapshot, halo, G_N_ELEMENTS (halo));
  mixq_text_cache_draw (self->texts, GTK_WIDGET (self), snapshot, name, 12.5, PANGO_WEIGHT_BOLD, &text,
                        GRAPHENE_POINT_INIT ((float) x, (float) y), 0.5);
  gtk_snapshot_pop (snapshot);
}

/* Names of the biggest hubs that fit without touching. */
static void
draw_labels (MixqGraphCanvas *self, GtkSnapshot *snapshot, const MixqPlotTheme *theme)
{
  graphene_rect_t taken[MAX_LABELS];
  char **names = self->data->dataset->node_names;
  double width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  guint n_taken = 0, wanted = width < 420 ? 3 : MAX_LABELS / 2 + (guint) (width / 350.0);

  if (names == NULL)
    return;
  for (gsize h = 0; h < self->data->n_hubs && n_taken < MIN (wanted, MAX_LABELS); h++) {
    const char *name = names[self->data->hubs[h]];
    PangoLayout *layout = mixq_text_cache_get (self->texts, GTK_WIDGET (self), name, 12.5, PANGO_WEIGHT_BOLD);
    graphene_rect_t box;
    gboolean free_place = TRUE;
    double x, y;
    int w, ht;

    mixq_graph_canvas_node_pixel (self, self->data->hubs[h], &x, &y);
    y -= 14.0;
    pango_layout_get_pixel_size (layout, &w, &ht);
    box = GRAPHENE_RECT_INIT ((float) (x - w / 2.0 - 24.0), (float) (y - ht), (float) (w + 48.0),
                              (float) (2 * ht));
    for (guint i = 0; i < n_taken && free_place; i++)
      free_place = !graphene_rect_intersection (&box, &taken[i], NULL);
    if (!free_place || x - w / 2.0 < 2.0 || x + w / 2.0 > width - 2.0 || y < ht || y > height - ht)
      continue;
    taken[n_taken++] = box;
    draw_label (self, snapshot, name, x, y, theme);
  }
}

static void
mixq_graph_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MixqGraphCanvas *self = MIXQ_GRAPH_CANVAS (widget);
  const MixqPlotTheme *theme = mixq_style_theme ();
  GdkRGBA accent = mixq_style_rgba (theme->accent_line), dim = mixq_style_rgba (theme->dim);
  MixqFrameMark mark = mixq_frame_log_begin ();

  if (self->data == NULL) {
    mixq_text_cache_draw (
        self->texts, widget, snapshot,
        self->loading != NULL ? _ ("Laying out the graph…") : _ ("No graph yet"), 14.0, PANGO_WEIGHT_NORMAL,
        &dim,
        GRAPHENE_POINT_INIT (gtk_widget_get_width (widget) / 2.0f, gtk_widget_get_height (widget) / 2.0f),
        0.5);
  } else {
    if (mixq_picture_peek_texture (self->picture) != NULL)
      draw_texture (self, snapshot);
    draw_labels (self, snapshot, theme);
    draw_ring (self, snapshot, self->hovered, 10.0, &accent);
    if (self->run != NULL)
      draw_ring (self, snapshot, mixq_run_model_get_selected_node (self->run), 12.0, &accent);
  }
  if (gtk_widget_has_visible_focus (widget))
    mixq_style_stroke (snapshot,
                       &GRAPHENE_RECT_INIT (1.0f, 1.0f, gtk_widget_get_width (widget) - 2.0f,
                                            gtk_widget_get_height (widget) - 2.0f),
                       8.0, 2.0, &accent);
  mixq_frame_log_end (mark, MIXQ_FRAME_SNAPSHOT, "graph");
}

/* --- the run model ----------------------------------------------------------------------------------------------------- */

void
mixq_graph_canvas_set_run_model (MixqGraphCanvas *self, MixqRunModel *model)
{
  g_return_if_fail (MIXQ_IS_GRAPH_CANVAS (self));
  g_return_if_fail (self->run == NULL);

  self->run = g_object_ref (model);
  g_signal_connect_object (model, "session-changed", G_CALLBACK (session_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "snapshot", G_CALLBACK (mixq_graph_canvas_update_looks), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "selection-changed", G_CALLBACK (mixq_graph_canvas_update_looks), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "selection-changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "points-changed", G_CALLBACK (mixq_graph_canvas_update_looks), self,
                           G_CONNECT_SWAPPED);
  session_changed_cb (self);
}

void
mixq_graph_canvas_set_mode (MixqGraphCanvas *self, MixqGraphMode mode)
{
  g_return_if_fail (MIXQ_IS_GRAPH_CANVAS (self));
  g_return_if_fail (mode < MIXQ_N_GRAPH_MODES);

  if (mode == self->mode)
    return;
  self->mode = mode;
  mixq_picture_describe_soon (self->picture);
  mixq_graph_canvas_update_looks (self);
}

MixqGraphMode
mixq_graph_canvas_get_mode (MixqGraphCanvas *self)
{
  g_return_val_if_fail (MIXQ_IS_GRAPH_CANVAS (self), MIXQ_GRAPH_PREDICTION);
  return self->mode;
}

guint
mixq_graph_canvas_get_n_flipped (MixqGraphCanvas *self)
{
  g_return_val_if_fail (MIXQ_IS_GRAPH_CANVAS (self), 0);
  return self->n_flipped;
}

MixqGraphData *
mixq_graph_canvas_peek_data (MixqGraphCanvas *self)
{
  g_return_val_if_fail (MIXQ_IS_GRAPH_CANVAS (self), NULL);
  return self->data;
}

gboolean
mixq_graph_canvas_has_picture (MixqGraphCanvas *self)
{
  g_return_val_if_fail (MIXQ_IS_GRAPH_CANVAS (self), FALSE);
  return mixq_picture_peek_texture (self->picture) != NULL;
}

/* --- object ------------------------------------------------------------------------------------------------------------ */

static void
mixq_graph_canvas_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *min,
                           int *nat,
                           int *min_base,
                           int *nat_base)
{
  *min = orientation == GTK_ORIENTATION_HORIZONTAL ? 260 : 120;
  *nat = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : 240;
}

static void
mixq_graph_canvas_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MixqGraphCanvas *self = MIXQ_GRAPH_CANVAS (widget);

  if (self->data != NULL && self->fitted)
    mixq_graph_canvas_fit (self);
  mixq_graph_canvas_request (self);
  gtk_popover_present (GTK_POPOVER (self->card));
}

static void
mixq_graph_canvas_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_N_FLIPPED)
    g_value_set_uint (value, MIXQ_GRAPH_CANVAS (object)->n_flipped);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mixq_graph_canvas_dispose (GObject *object)
{
  MixqGraphCanvas *self = MIXQ_GRAPH_CANVAS (object);

  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  mixq_hover_card_drop (&self->card);
  g_clear_pointer (&self->picture, mixq_picture_free);
  g_clear_object (&self->run);
  g_clear_pointer (&self->data, mixq_graph_data_unref);
  g_clear_pointer (&self->natural, mixq_graph_data_unref);
  g_clear_pointer (&self->texts, mixq_text_cache_free);
  g_clear_pointer (&self->classes, g_free);
  g_clear_pointer (&self->flags, g_free);
  g_clear_pointer (&self->strength, g_free);
  G_OBJECT_CLASS (mixq_graph_canvas_parent_class)->dispose (object);
}

static void
mixq_graph_canvas_class_init (MixqGraphCanvasClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mixq_graph_canvas_dispose;
  object_class->get_property = mixq_graph_canvas_get_property;
  widget_class->snapshot = mixq_graph_canvas_snapshot;
  widget_class->measure = mixq_graph_canvas_measure;
  widget_class->size_allocate = mixq_graph_canvas_size_allocate;
  properties[PROP_N_FLIPPED] = g_param_spec_uint ("n-flipped", NULL, NULL, 0, G_MAXUINT, G_MAXUINT,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  mixq_graph_canvas_add_bindings (widget_class);
  gtk_widget_class_set_css_name (widget_class, "graphcanvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mixq_graph_canvas_init (MixqGraphCanvas *self)
{
  self->mode = MIXQ_GRAPH_PREDICTION;
  self->hovered = MIXQ_NO_NODE;
  self->n_flipped = G_MAXUINT;
  self->view.scale = 1.0;
  self->fitted = TRUE;
  self->texts = mixq_text_cache_new ();
  self->picture = mixq_graph_canvas_new_picture (self);
  self->card = mixq_hover_card_new (GTK_WIDGET (self));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  mixq_graph_canvas_add_controllers (self);
  mixq_style_watch (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Graph"), -1);
}

GtkWidget *
mixq_graph_canvas_new (void)
{
  return g_object_new (MIXQ_TYPE_GRAPH_CANVAS, NULL);
}
