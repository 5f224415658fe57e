/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "graph/mixq-graph-canvas.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "mixq-format.h"
#include "mixq-frame-log.h"
#include "mixq-graph-raster.h"
#include "mixq-hover-card.h"
#include "mixq-plot-axis.h"
#include "mixq-raster.h"
#include "mixq-style.h"

#define FIT_MARGIN 18.0
#define HIT_RADIUS 10.0
#define ZOOM_STEP 1.25
#define MAX_LABELS 9
/* Beyond this stretching would be felt while the window is resized. */
#define MAX_STRETCHED 50000
#define MIN_SCALE 1e-4
#define MAX_SCALE 1e7
#define DESCRIBE_US 1000000

struct _MixqGraphCanvas
{
  GtkWidget parent_instance;

  /* owned */
  MixqRunModel *run;
  MixqGraphData *natural; /* as laid out; NULL until then */
  MixqGraphData *data;    /* as wide as suits the view */
  GCancellable *loading;
  MixqRaster *raster;
  GdkTexture *texture;
  MixqTextCache *texts;
  guint8 *classes, *flags, *strength; /* as drawn now, n_nodes each */

  MixqHoverCard *card; /* child */

  MixqGraphMode mode;
  guint n_flipped;
  double factor;       /* data is so many times as wide as natural */
  gboolean fitted;     /* the view follows the size until the person moves it */
  MixqGraphView view;  /* in logical pixels */
  MixqGraphView drawn; /* of @texture */
  double drawn_width, drawn_height;
  MixqGraphView drag_view; /* when the drag began */
  double pointer_x, pointer_y;
  gint64 hovered;
  gint64 described;
};

enum {
  PROP_0,
  PROP_N_FLIPPED,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_TYPE (MixqGraphCanvas, mixq_graph_canvas, GTK_TYPE_WIDGET)

const char *
mixq_graph_mode_name (MixqGraphMode mode)
{
  static const char *const names[] = { "truth", "prediction", "correct", "confidence", "flips" };

  g_return_val_if_fail (mode < MIXQ_N_GRAPH_MODES, NULL);
  return names[mode];
}

const char *
mixq_graph_mode_title (MixqGraphMode mode)
{
  switch (mode) {
  case MIXQ_GRAPH_TRUTH:
    return _ ("Truth");
  case MIXQ_GRAPH_PREDICTION:
    return _ ("Prediction");
  case MIXQ_GRAPH_CORRECT:
    return _ ("Correct");
  case MIXQ_GRAPH_CONFIDENCE:
    return _ ("Confidence");
  case MIXQ_GRAPH_FLIPS:
    return _ ("Flips");
  case MIXQ_N_GRAPH_MODES:
  default:
    g_return_val_if_reached ("");
  }
}

int
mixq_graph_mode_parse (const char *name)
{
  for (int mode = 0; mode < MIXQ_N_GRAPH_MODES; mode++)
    if (g_strcmp0 (name, mixq_graph_mode_name ((MixqGraphMode) mode)) == 0)
      return mode;
  return -1;
}

/* --- the picture, on a worker --------------------------------------------------------------------------------------- */

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

static void
request (MixqGraphCanvas *self)
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

/* --- what every node looks like ------------------------------------------------------------------------------------- */

static guint8
class_look (int class_number)
{
  return class_number < 0 ? MIXQ_CLASS_UNKNOWN : (guint8) MIN (class_number, MIXQ_N_CLASS_LOOKS - 1);
}

typedef struct
{
  const guint16 *prediction; /* nullable */
  const guint16 *float32;    /* nullable */
  const guint8 *confidence;  /* nullable */
  const gint32 *labels;
} Facts;

static void
node_look (MixqGraphCanvas *self, const Facts *facts, gsize i)
{
  int label = facts->labels[i], predicted = facts->prediction != NULL ? facts->prediction[i] : -1;
  gboolean flipped = facts->float32 != NULL && predicted >= 0 && facts->float32[i] != facts->prediction[i];
  guint8 flags = 0, strength = 255;
  int shown = predicted;

  self->n_flipped += flipped;
  switch (self->mode) {
  case MIXQ_GRAPH_TRUTH:
    shown = label;
    break;
  case MIXQ_GRAPH_CORRECT:
    if (label < 0 || predicted < 0)
      flags |= MIXQ_NODE_DIMMED;
    else if (label != predicted)
      flags |= MIXQ_NODE_WRONG;
    break;
  case MIXQ_GRAPH_CONFIDENCE:
    strength = facts->confidence != NULL ? facts->confidence[i] : 255;
    flags |= flipped ? MIXQ_NODE_FLIPPED : 0;
    break;
  case MIXQ_GRAPH_FLIPS:
    flags |= flipped ? MIXQ_NODE_FLIPPED : MIXQ_NODE_DIMMED;
    break;
  case MIXQ_GRAPH_PREDICTION:
  case MIXQ_N_GRAPH_MODES:
  default:
    flags |= flipped ? MIXQ_NODE_FLIPPED : 0;
    break;
  }
  self->classes[i] = class_look (shown);
  self->flags[i] = flags;
  self->strength[i] = strength;
}

char *
mixq_graph_canvas_dup_description (MixqGraphCanvas *self)
{
  MixqDataset *dataset;
  g_autofree char *flips = NULL;

  g_return_val_if_fail (MIXQ_IS_GRAPH_CANVAS (self), NULL);

  if (self->data == NULL)
    return g_strdup (_ ("No graph yet"));
  dataset = self->data->dataset;
  if (self->n_flipped == G_MAXUINT)
    flips = g_strdup (_ ("float32 is not finished yet"));
  else
    flips = g_strdup_printf (
        ngettext ("%u node differs from float32", "%u nodes differ from float32", self->n_flipped),
        self->n_flipped);
  /* Translators: the graph for a screen reader: title, nodes, edges, what the colours show, flips. */
  return g_strdup_printf (_ ("%s, %lu nodes, %lu edges, coloured by %s, %s"), dataset->title,
                          (gulong) dataset->n_nodes, (gulong) self->data->n_edges,
                          mixq_graph_mode_title (self->mode), flips);
}

static void
describe (MixqGraphCanvas *self)
{
  gint64 now = g_get_monotonic_time ();
  g_autofree char *text = NULL;

  if (now - self->described < DESCRIBE_US)
    return;
  self->described = now;
  text = mixq_graph_canvas_dup_description (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void update_card (MixqGraphCanvas *self);

/* Recomputes the looks; asks for a new picture only if something looks different. */
static void
update_looks (MixqGraphCanvas *self)
{
  MixqPoint *float32;
  Facts facts = { 0 };
  g_autofree guint8 *before = NULL;
  guint flipped_before = self->n_flipped;
  gsize n;

  if (self->data == NULL || self->run == NULL)
    return;
  n = self->data->dataset->n_nodes;
  float32 = mixq_run_model_peek_float (self->run);
  facts.labels = self->data->dataset->labels;
  facts.prediction = mixq_run_model_peek_prediction (self->run, &facts.confidence);
  facts.float32 = float32 != NULL && float32->n_nodes == n ? float32->prediction : NULL;
  before = g_malloc (3 * n + 1);
  memcpy (before, self->classes, n);
  memcpy (before + n, self->flags, n);
  memcpy (before + 2 * n, self->strength, n);
  self->n_flipped = 0;
  for (gsize i = 0; i < n; i++)
    node_look (self, &facts, i);
  if (facts.float32 == NULL)
    self->n_flipped = G_MAXUINT;
  if (mixq_run_model_get_selected_node (self->run) >= 0)
    self->flags[mixq_run_model_get_selected_node (self->run)] |= MIXQ_NODE_SELECTED;
  if (self->n_flipped != flipped_before)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_FLIPPED]);
  describe (self);
  if (self->hovered >= 0)
    update_card (self);
  if (memcmp (before, self->classes, n) != 0 || memcmp (before + n, self->flags, n) != 0 ||
      memcmp (before + 2 * n, self->strength, n) != 0 || self->texture == NULL)
    request (self);
}

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

static void
fit (MixqGraphCanvas *self)
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
  g_clear_object (&self->texture);
  fit (self);
  self->described = 0;
  update_looks (self);
  request (self);
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
    update_looks (self);
    return;
  }
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_pointer (&self->data, mixq_graph_data_unref);
  g_clear_pointer (&self->natural, mixq_graph_data_unref);
  g_clear_object (&self->texture);
  self->n_flipped = G_MAXUINT;
  self->loading = g_cancellable_new ();
  mixq_graph_data_load_async (dataset, self->loading, loaded_cb, self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- drawing -------------------------------------------------------------------------------------------------------- */

static void
node_pixel (MixqGraphCanvas *self, gsize node, double *x, double *y)
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

  gtk_snapshot_append_texture (snapshot, self->texture,
                               &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) (zoom * self->drawn_width),
                                                    (float) (zoom * self->drawn_height)));
}

static void
draw_ring (MixqGraphCanvas *self, GtkSnapshot *snapshot, gint64 node, double radius, const GdkRGBA *color)
{
  double x, y;

  if (node < 0 || node >= (gint64) self->data->dataset->n_nodes)
    return;
  node_pixel (self, (gsize) node, &x, &y);
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
  const GskShadow halo[4] = { { card, 0.0f, 0.0f, 1.0f },
                              { card, 0.0f, 0.0f, 2.0f },
                              { card, 0.0f, 0.0f, 2.0f },
                              { card, 0.0f, 0.0f, 3.0f } };

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

    node_pixel (self, self->data->hubs[h], &x, &y);
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
    if (self->texture != NULL)
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

/* --- hover card ------------------------------------------------------------------------------------------------------ */

static const char *
class_name (const MixqDataset *dataset, int class_number)
{
  if (class_number < 0 || class_number >= (int) dataset->n_classes)
    return _ ("unknown");
  return dataset->class_names[class_number];
}

static void
update_card (MixqGraphCanvas *self)
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
  node_pixel (self, node, &x, &y);
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
    update_card (self);
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
  request (self);
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
  fit (self);
  request (self);
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

gint64
mixq_graph_canvas_next_flip (MixqGraphCanvas *self, int direction)
{
  MixqPoint *float32;
  const guint16 *prediction;
  gint64 n, at;

  g_return_val_if_fail (MIXQ_IS_GRAPH_CANVAS (self), MIXQ_NO_NODE);

  float32 = self->run != NULL ? mixq_run_model_peek_float (self->run) : NULL;
  prediction = self->run != NULL ? mixq_run_model_peek_prediction (self->run, NULL) : NULL;
  if (self->data == NULL || float32 == NULL || float32->prediction == NULL || prediction == NULL)
    return MIXQ_NO_NODE;
  n = (gint64) self->data->dataset->n_nodes;
  at = mixq_run_model_get_selected_node (self->run);
  for (gint64 i = 1; i <= n; i++) {
    gint64 node = ((at + direction * i) % n + n) % n;

    if (prediction[node] != float32->prediction[node])
      return node;
  }
  return MIXQ_NO_NODE;
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
  g_signal_connect_object (model, "snapshot", G_CALLBACK (update_looks), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "selection-changed", G_CALLBACK (update_looks), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "selection-changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "points-changed", G_CALLBACK (update_looks), self, G_CONNECT_SWAPPED);
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
  self->described = 0;
  update_looks (self);
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

void
mixq_graph_canvas_dup_looks (MixqGraphCanvas *self, guint8 **classes, guint8 **flags, guint8 **strength)
{
  gsize n;

  g_return_if_fail (MIXQ_IS_GRAPH_CANVAS (self));
  g_return_if_fail (self->data != NULL);

  n = self->data->dataset->n_nodes;
  *classes = g_memdup2 (self->classes, n);
  *flags = g_memdup2 (self->flags, n);
  *strength = g_memdup2 (self->strength, n);
}

gboolean
mixq_graph_canvas_has_picture (MixqGraphCanvas *self)
{
  g_return_val_if_fail (MIXQ_IS_GRAPH_CANVAS (self), FALSE);
  return self->texture != NULL;
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
    fit (self);
  request (self);
  gtk_popover_present (GTK_POPOVER (self->card));
}

static void
mixq_graph_canvas_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mixq_graph_canvas_parent_class)->map (widget);
  request (MIXQ_GRAPH_CANVAS (widget));
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
  g_clear_pointer (&self->raster, mixq_raster_free);
  g_clear_object (&self->run);
  g_clear_object (&self->texture);
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

  object_class->dispose = mixq_graph_canvas_dispose;
  object_class->get_property = mixq_graph_canvas_get_property;
  widget_class->snapshot = mixq_graph_canvas_snapshot;
  widget_class->measure = mixq_graph_canvas_measure;
  widget_class->size_allocate = mixq_graph_canvas_size_allocate;
  widget_class->map = mixq_graph_canvas_map;
  properties[PROP_N_FLIPPED] = g_param_spec_uint ("n-flipped", NULL, NULL, 0, G_MAXUINT, G_MAXUINT,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  for (guint i = 0; i < G_N_ELEMENTS (arrows); i++)
    gtk_widget_class_add_binding (widget_class, arrows[i].key, 0, arrow_cb, "(ii)", arrows[i].dx,
                                  arrows[i].dy);
  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++) {
    gtk_widget_class_add_binding (widget_class, zooms[i].key, 0, zoom_key_cb, "d", zooms[i].factor);
    gtk_widget_class_add_binding (widget_class, zooms[i].key, GDK_CONTROL_MASK, zoom_key_cb, "d",
                                  zooms[i].factor);
  }
  gtk_widget_class_set_css_name (widget_class, "graphcanvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
add_controllers (MixqGraphCanvas *self)
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

static void
mixq_graph_canvas_init (MixqGraphCanvas *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  self->mode = MIXQ_GRAPH_PREDICTION;
  self->hovered = MIXQ_NO_NODE;
  self->n_flipped = G_MAXUINT;
  self->view.scale = 1.0;
  self->fitted = TRUE;
  self->texts = mixq_text_cache_new ();
  self->raster = mixq_raster_new ("mixq-graph", paint_picture, (GDestroyNotify) picture_free, painted_cb,
                                  self);
  self->card = mixq_hover_card_new (GTK_WIDGET (self));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  add_controllers (self);
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (request), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (request), self, G_CONNECT_SWAPPED);
  mixq_style_watch (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Graph"), -1);
}

GtkWidget *
mixq_graph_canvas_new (void)
{
  return g_object_new (MIXQ_TYPE_GRAPH_CANVAS, NULL);
}
