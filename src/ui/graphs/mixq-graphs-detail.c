/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "graphs/mixq-graphs-detail.h"

#include <glib/gi18n.h>

#include "graphs/mixq-graphs-large.h"
#include "graphs/mixq-graphs-page-private.h"

#define MAX_ROWS 8

struct _MixqGraphsDetail
{
  AdwWindow parent_instance;

  MixqGraphsPage *page;  /* weak */
  const MixqCsr *graphs; /* borrowed, never looked into: which data it belongs to */
  gint64 graph;

  /* borrowed, children */
  AdwWindowTitle *title;
  GtkWidget *large;
  GtkWidget *verdict;
  GtkWidget *names[MAX_ROWS], *values[MAX_ROWS];
  GtkWidget *previous, *next;
};

G_DEFINE_TYPE (MixqGraphsDetail, mixq_graphs_detail, ADW_TYPE_WINDOW)

/* --- what it says ------------------------------------------------------------------------------------------------------ */

static const char *
verdict_of (const MixqGraphPageItem *item)
{
  gboolean flipped = mixq_graph_page_is_flipped (item);

  if (item->prediction < 0 || item->truth < 0)
    return flipped ? _ ("Float32 says otherwise") : NULL;
  if (mixq_graph_page_is_wrong (item))
    return flipped ? _ ("Wrong; float32 says otherwise") : _ ("Wrong");
  return flipped ? _ ("Right; float32 says otherwise") : _ ("Right");
}

static void
update_rows (MixqGraphsDetail *self, const char *const *rows)
{
  guint n = 0;

  for (; n < MAX_ROWS && rows[2 * n] != NULL; n++) {
    gtk_label_set_text (GTK_LABEL (self->names[n]), rows[2 * n]);
    gtk_label_set_text (GTK_LABEL (self->values[n]), rows[2 * n + 1]);
    gtk_widget_set_visible (self->names[n], TRUE);
    gtk_widget_set_visible (self->values[n], TRUE);
  }
  for (; n < MAX_ROWS; n++) {
    gtk_widget_set_visible (self->names[n], FALSE);
    gtk_widget_set_visible (self->values[n], FALSE);
  }
}

static void
update (MixqGraphsDetail *self)
{
  const gsize graph = (gsize) self->graph;
  const MixqGraphPageItem *item;
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *title = NULL, *sizes = NULL, *description = NULL;
  const char *rows[2 * MAX_ROWS + 1], *verdict;

  if (self->page == NULL || self->page->dataset == NULL || self->page->dataset->graph != self->graphs) {
    gtk_window_close (GTK_WINDOW (self));
    return;
  }
  item = &self->page->items[graph];
  verdict = verdict_of (item);
  title = mixq_graphs_title (graph);
  sizes = mixq_graphs_sizes (self->page, graph);
  description = g_strdup_printf ("%s, %s", title, sizes);
  mixq_graphs_facts (self->page, graph, rows, owned);
  gtk_window_set_title (GTK_WINDOW (self), title);
  adw_window_title_set_title (self->title, title);
  adw_window_title_set_subtitle (self->title, sizes);
  gtk_label_set_text (GTK_LABEL (self->verdict), verdict != NULL ? verdict : "");
  gtk_widget_set_visible (self->verdict, verdict != NULL);
  update_rows (self, rows);
  mixq_graphs_large_set (MIXQ_GRAPHS_LARGE (self->large), self->page->store, graph, item->prediction,
                         description);
  gtk_widget_set_sensitive (self->previous,
                            mixq_graphs_page_step (self->page, self->graph, -1) != self->graph);
  gtk_widget_set_sensitive (self->next, mixq_graphs_page_step (self->page, self->graph, 1) != self->graph);
}

gint64
mixq_graphs_detail_get_graph (MixqGraphsDetail *self)
{
  g_return_val_if_fail (MIXQ_IS_GRAPHS_DETAIL (self), MIXQ_NO_GRAPH);
  return self->graph;
}

/* --- keys -------------------------------------------------------------------------------------------------------------- */

static void
step (MixqGraphsDetail *self, int delta)
{
  if (self->page == NULL)
    return;
  self->graph = mixq_graphs_page_step (self->page, self->graph, delta);
  mixq_graphs_page_focus_graph (self->page, self->graph);
  update (self);
}

static gboolean
key_cb (GtkEventControllerKey *controller,
        guint key,
        guint code,
        GdkModifierType state,
        MixqGraphsDetail *self)
{
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  switch (key) {
  case GDK_KEY_Escape:
    gtk_window_close (GTK_WINDOW (self));
    return GDK_EVENT_STOP;
  case GDK_KEY_Left:
  case GDK_KEY_KP_Left:
    step (self, -1);
    return GDK_EVENT_STOP;
  case GDK_KEY_Right:
  case GDK_KEY_KP_Right:
    step (self, 1);
    return GDK_EVENT_STOP;
  default:
    return GDK_EVENT_PROPAGATE;
  }
}

static void
previous_cb (MixqGraphsDetail *self)
{
  step (self, -1);
}

static void
next_cb (MixqGraphsDetail *self)
{
  step (self, 1);
}

/* --- object ------------------------------------------------------------------------------------------------------------ */

static void
mixq_graphs_detail_dispose (GObject *object)
{
  MixqGraphsDetail *self = MIXQ_GRAPHS_DETAIL (object);

  g_clear_weak_pointer (&self->page);
  G_OBJECT_CLASS (mixq_graphs_detail_parent_class)->dispose (object);
}

static void
mixq_graphs_detail_class_init (MixqGraphsDetailClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mixq_graphs_detail_dispose;
}

static GtkWidget *
new_step_button (MixqGraphsDetail *self, const char *icon, const char *name, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (button, "clicked", clicked, self);
  return button;
}

static GtkWidget *
new_header (MixqGraphsDetail *self)
{
  GtkWidget *header = adw_header_bar_new ();

  self->title = ADW_WINDOW_TITLE (adw_window_title_new ("", NULL));
  self->previous = new_step_button (self, "go-previous-symbolic", _ ("Previous Graph (←)"),
                                    G_CALLBACK (previous_cb));
  self->next = new_step_button (self, "go-next-symbolic", _ ("Next Graph (→)"), G_CALLBACK (next_cb));
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), GTK_WIDGET (self->title));
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->previous);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->next);
  return header;
}

static GtkWidget *
new_facts (MixqGraphsDetail *self)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 24);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);
  gtk_widget_set_halign (grid, GTK_ALIGN_CENTER);
  for (int i = 0; i < MAX_ROWS; i++) {
    self->names[i] = gtk_label_new (NULL);
    self->values[i] = gtk_label_new (NULL);
    gtk_label_set_xalign (GTK_LABEL (self->names[i]), 0.0f);
    gtk_label_set_xalign (GTK_LABEL (self->values[i]), 0.0f);
    gtk_label_set_ellipsize (GTK_LABEL (self->values[i]), PANGO_ELLIPSIZE_END);
    gtk_label_set_selectable (GTK_LABEL (self->values[i]), FALSE);
    gtk_widget_add_css_class (self->names[i], "dim-label");
    gtk_widget_add_css_class (self->values[i], "heading");
    gtk_grid_attach (GTK_GRID (grid), self->names[i], 0, i, 1, 1);
    gtk_grid_attach (GTK_GRID (grid), self->values[i], 1, i, 1, 1);
  }
  return grid;
}

static void
mixq_graphs_detail_init (MixqGraphsDetail *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->graph = MIXQ_NO_GRAPH;
  self->large = mixq_graphs_large_new ();
  self->verdict = gtk_label_new (NULL);
  gtk_widget_set_vexpand (self->large, TRUE);
  gtk_label_set_wrap (GTK_LABEL (self->verdict), TRUE);
  gtk_label_set_justify (GTK_LABEL (self->verdict), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (self->verdict, "title-4");
  gtk_widget_set_margin_start (foot, 12);
  gtk_widget_set_margin_end (foot, 12);
  gtk_widget_set_margin_top (foot, 6);
  gtk_widget_set_margin_bottom (foot, 18);
  gtk_box_append (GTK_BOX (foot), self->verdict);
  gtk_box_append (GTK_BOX (foot), new_facts (self));
  gtk_box_append (GTK_BOX (box), new_header (self));
  gtk_box_append (GTK_BOX (box), self->large);
  gtk_box_append (GTK_BOX (box), foot);
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

MixqGraphsDetail *
mixq_graphs_detail_new (MixqGraphsPage *page, GtkWindow *parent, gint64 graph)
{
  MixqGraphsDetail *self = g_object_new (MIXQ_TYPE_GRAPHS_DETAIL, NULL);
  int width = 480, height = 560, parent_width, parent_height;

  if (parent != NULL) {
    parent_width = gtk_widget_get_width (GTK_WIDGET (parent));
    parent_height = gtk_widget_get_height (GTK_WIDGET (parent));
    width = parent_width > 0 ? MIN (width, parent_width) : width;
    height = parent_height > 0 ? MIN (height, parent_height) : height;
    gtk_window_set_transient_for (GTK_WINDOW (self), parent);
    gtk_window_set_destroy_with_parent (GTK_WINDOW (self), TRUE);
    gtk_window_set_modal (GTK_WINDOW (self), TRUE);
  }
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  g_set_weak_pointer (&self->page, page);
  self->graphs = page->dataset->graph;
  self->graph = graph;
  g_signal_connect_object (page, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return self;
}
