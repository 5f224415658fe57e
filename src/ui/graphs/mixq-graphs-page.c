/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page as a widget: scrolling, and what is drawn over the picture. */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "graphs/mixq-graphs-page-private.h"
#include "mixq-frame-log.h"

#define TILE_CORNER 8.0

enum {
  PROP_0,
  PROP_SUMMARY,
  PROP_SHOWN,
  N_PROPS,
  /* of GtkScrollable */
  PROP_HADJUSTMENT = N_PROPS,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_TYPE_WITH_CODE (MixqGraphsPage,
                         mixq_graphs_page,
                         GTK_TYPE_WIDGET,
                         G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

/* --- scrolling --------------------------------------------------------------------------------------------------------- */

double
mixq_graphs_page_top (MixqGraphsPage *self)
{
  return self->vertical != NULL ? floor (gtk_adjustment_get_value (self->vertical)) : 0.0;
}

static void
scrolled_cb (MixqGraphsPage *self)
{
  mixq_graphs_page_unhover (self);
  mixq_graphs_page_request_if_uncovered (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
set_adjustment (MixqGraphsPage *self, GtkAdjustment **place, GtkAdjustment *adjustment)
{
  if (adjustment != NULL && adjustment == *place)
    return;
  if (*place != NULL)
    g_signal_handlers_disconnect_by_func (*place, scrolled_cb, self);
  g_clear_object (place);
  *place = g_object_ref_sink (adjustment != NULL ? adjustment : gtk_adjustment_new (0, 0, 0, 0, 0, 0));
  g_signal_connect_swapped (*place, "value-changed", G_CALLBACK (scrolled_cb), self);
}

void
mixq_graphs_page_relayout (MixqGraphsPage *self)
{
  const double width = gtk_widget_get_width (GTK_WIDGET (self)),
               height = gtk_widget_get_height (GTK_WIDGET (self));
  const double step = self->grid.tile_height + self->grid.gap;

  mixq_graph_page_grid_init (&self->grid, self->n_shown, MAX (width, 1.0), 0.0);
  if (self->vertical == NULL)
    return;
  gtk_adjustment_configure (
      self->vertical,
      CLAMP (gtk_adjustment_get_value (self->vertical), 0.0, MAX (self->grid.height - height, 0.0)), 0.0,
      MAX (self->grid.height, height), step, MAX (height - step, step), height);
}

graphene_rect_t
mixq_graphs_page_tile_box (MixqGraphsPage *self, gsize tile)
{
  const MixqPlotBox box = mixq_graph_page_grid_box (&self->grid, tile);

  return GRAPHENE_RECT_INIT ((float) box.x, (float) (box.y - mixq_graphs_page_top (self)), (float) box.width,
                             (float) box.height);
}

void
mixq_graphs_page_reveal (MixqGraphsPage *self, gsize tile)
{
  const MixqPlotBox box = mixq_graph_page_grid_box (&self->grid, tile);

  if (self->vertical != NULL)
    gtk_adjustment_clamp_page (self->vertical, box.y - self->grid.margin,
                               box.y + box.height + self->grid.margin);
}

/* --- drawing ----------------------------------------------------------------------------------------------------------- */

static void
draw_texture (MixqGraphsPage *self, GtkSnapshot *snapshot)
{
  GdkTexture *texture = mixq_picture_peek_texture (self->picture);
  const double y = self->drawn_top - mixq_graphs_page_top (self);

  if (texture != NULL)
    gtk_snapshot_append_texture (snapshot, texture,
                                 &GRAPHENE_RECT_INIT (0.0f, (float) y, (float) self->drawn_width,
                                                      (float) (self->drawn_bottom - self->drawn_top)));
}

static void
draw_outline (MixqGraphsPage *self, GtkSnapshot *snapshot, gint64 graph, double distance)
{
  GdkRGBA accent = mixq_style_rgba (mixq_style_theme ()->accent_line);
  gssize tile = mixq_graphs_page_find (self, graph);
  graphene_rect_t box;

  if (tile < 0)
    return;
  box = mixq_graphs_page_tile_box (self, (gsize) tile);
  graphene_rect_inset (&box, (float) -distance, (float) -distance);
  mixq_style_stroke (snapshot, &box, TILE_CORNER + distance, 2.0, &accent);
}

static void
draw_empty (MixqGraphsPage *self, GtkSnapshot *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GdkRGBA dim = mixq_style_rgba (mixq_style_theme ()->dim);

  mixq_text_cache_draw (
      self->texts, widget, snapshot,
      self->dataset != NULL ? _ ("No graph is in this part") : _ ("No graphs yet"), 14.0, PANGO_WEIGHT_NORMAL,
      &dim, GRAPHENE_POINT_INIT (gtk_widget_get_width (widget) / 2.0f, gtk_widget_get_height (widget) / 2.0f),
      0.5);
}

static void
mixq_graphs_page_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MixqGraphsPage *self = MIXQ_GRAPHS_PAGE (widget);
  MixqFrameMark mark = mixq_frame_log_begin ();

  if (self->n_shown == 0) {
    draw_empty (self, snapshot);
  } else {
    gboolean marked = gtk_widget_has_visible_focus (widget) ||
                      (self->by_key && gtk_widget_has_focus (widget));

    draw_texture (self, snapshot);
    if (self->hovered != self->focused || !marked)
      draw_outline (self, snapshot, self->hovered, 0.0);
    if (marked)
      draw_outline (self, snapshot, self->focused, 3.0);
  }
  mixq_frame_log_end (mark, MIXQ_FRAME_SNAPSHOT, "graphs");
}

/* --- the run model ------------------------------------------------------------------------------------------------------ */

void
mixq_graphs_page_set_run_model (MixqGraphsPage *self, MixqRunModel *model)
{
  static const char *const news[] = { "snapshot", "selection-changed", "points-changed" };

  g_return_if_fail (MIXQ_IS_GRAPHS_PAGE (self));
  g_return_if_fail (self->run == NULL);

  self->run = g_object_ref (model);
  g_signal_connect_object (model, "session-changed", G_CALLBACK (mixq_graphs_page_follow_run), self,
                           G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (news); i++)
    g_signal_connect_object (model, news[i], G_CALLBACK (mixq_graphs_page_follow_predictions), self,
                             G_CONNECT_SWAPPED);
  mixq_graphs_page_follow_run (self);
}

MixqDataset *
mixq_graphs_page_peek_dataset (MixqGraphsPage *self)
{
  g_return_val_if_fail (MIXQ_IS_GRAPHS_PAGE (self), NULL);
  return self->dataset;
}

MixqGraphPageSort
mixq_graphs_page_get_sort (MixqGraphsPage *self)
{
  g_return_val_if_fail (MIXQ_IS_GRAPHS_PAGE (self), MIXQ_GRAPH_PAGE_DATA);
  return self->sort;
}

MixqPart
mixq_graphs_page_get_part (MixqGraphsPage *self)
{
  g_return_val_if_fail (MIXQ_IS_GRAPHS_PAGE (self), MIXQ_PART_NONE);
  return self->part;
}

const guint32 *
mixq_graphs_page_peek_order (MixqGraphsPage *self, gsize *n)
{
  g_return_val_if_fail (MIXQ_IS_GRAPHS_PAGE (self), NULL);
  *n = self->n_shown;
  return self->order;
}

const MixqGraphPageItem *
mixq_graphs_page_peek_items (MixqGraphsPage *self)
{
  g_return_val_if_fail (MIXQ_IS_GRAPHS_PAGE (self), NULL);
  return self->items;
}

MixqGraphsStore *
mixq_graphs_page_peek_store (MixqGraphsPage *self)
{
  g_return_val_if_fail (MIXQ_IS_GRAPHS_PAGE (self), NULL);
  return self->store;
}

gint64
mixq_graphs_page_get_focused (MixqGraphsPage *self)
{
  g_return_val_if_fail (MIXQ_IS_GRAPHS_PAGE (self), MIXQ_NO_GRAPH);
  return self->focused;
}

/* --- object ------------------------------------------------------------------------------------------------------------ */

static void
mixq_graphs_page_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *min,
                          int *nat,
                          int *min_base,
                          int *nat_base)
{
  *min = orientation == GTK_ORIENTATION_HORIZONTAL ? 200 : 80;
  *nat = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : 240;
}

static void
mixq_graphs_page_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MixqGraphsPage *self = MIXQ_GRAPHS_PAGE (widget);

  if (self->horizontal != NULL)
    gtk_adjustment_configure (self->horizontal, 0.0, 0.0, width, 1.0, width, width);
  mixq_graphs_page_relayout (self);
  mixq_graphs_page_request (self);
  gtk_popover_present (GTK_POPOVER (self->card));
}

static void
mixq_graphs_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MixqGraphsPage *self = MIXQ_GRAPHS_PAGE (object);

  switch (id) {
  case PROP_SUMMARY:
    g_value_set_string (value, self->summary);
    break;
  case PROP_SHOWN:
    g_value_set_uint (value, (guint) self->n_shown);
    break;
  case PROP_HADJUSTMENT:
    g_value_set_object (value, self->horizontal);
    break;
  case PROP_VADJUSTMENT:
    g_value_set_object (value, self->vertical);
    break;
  case PROP_HSCROLL_POLICY:
    g_value_set_enum (value, self->policies[0]);
    break;
  case PROP_VSCROLL_POLICY:
    g_value_set_enum (value, self->policies[1]);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mixq_graphs_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MixqGraphsPage *self = MIXQ_GRAPHS_PAGE (object);

  switch (id) {
  case PROP_HADJUSTMENT:
    set_adjustment (self, &self->horizontal, g_value_get_object (value));
    break;
  case PROP_VADJUSTMENT:
    set_adjustment (self, &self->vertical, g_value_get_object (value));
    break;
  case PROP_HSCROLL_POLICY:
    self->policies[0] = g_value_get_enum (value);
    break;
  case PROP_VSCROLL_POLICY:
    self->policies[1] = g_value_get_enum (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
drop_adjustment (MixqGraphsPage *self, GtkAdjustment **place)
{
  if (*place != NULL)
    g_signal_handlers_disconnect_by_func (*place, scrolled_cb, self);
  g_clear_object (place);
}

static void
mixq_graphs_page_dispose (GObject *object)
{
  MixqGraphsPage *self = MIXQ_GRAPHS_PAGE (object);

  g_clear_handle_id (&self->sort_id, g_source_remove);
  g_clear_handle_id (&self->ask_id, g_source_remove);
  drop_adjustment (self, &self->horizontal);
  drop_adjustment (self, &self->vertical);
  mixq_hover_card_drop (&self->card);
  g_clear_pointer (&self->picture, mixq_picture_free);
  mixq_graphs_page_drop_store (self);
  g_clear_object (&self->run);
  g_clear_pointer (&self->dataset, mixq_dataset_unref);
  g_clear_pointer (&self->texts, mixq_text_cache_free);
  g_clear_pointer (&self->items, g_free);
  g_clear_pointer (&self->order, g_free);
  g_clear_pointer (&self->summary, g_free);
  G_OBJECT_CLASS (mixq_graphs_page_parent_class)->dispose (object);
}

static void
mixq_graphs_page_class_init (MixqGraphsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mixq_graphs_page_dispose;
  object_class->get_property = mixq_graphs_page_get_property;
  object_class->set_property = mixq_graphs_page_set_property;
  widget_class->snapshot = mixq_graphs_page_snapshot;
  widget_class->measure = mixq_graphs_page_measure;
  widget_class->size_allocate = mixq_graphs_page_size_allocate;
  properties[PROP_SUMMARY] = g_param_spec_string ("summary", NULL, NULL, NULL,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_SHOWN] = g_param_spec_uint ("shown", NULL, NULL, 0, G_MAXUINT, 0,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");
  /* The predictions are newer than they were; for a window that shows one graph large. */
  g_signal_new ("items-changed", MIXQ_TYPE_GRAPHS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                0);
  mixq_graphs_page_add_bindings (widget_class);
  gtk_widget_class_set_css_name (widget_class, "graphspage");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mixq_graphs_page_init (MixqGraphsPage *self)
{
  self->focused = self->hovered = MIXQ_NO_GRAPH;
  self->texts = mixq_text_cache_new ();
  self->picture = mixq_graphs_page_new_picture (self);
  self->card = mixq_hover_card_new (GTK_WIDGET (self));
  mixq_graph_page_grid_init (&self->grid, 0, 1.0, 0.0);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  mixq_graphs_page_add_controllers (self);
  mixq_style_watch (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Graphs"), -1);
}

GtkWidget *
mixq_graphs_page_new (void)
{
  return g_object_new (MIXQ_TYPE_GRAPHS_PAGE, NULL);
}
