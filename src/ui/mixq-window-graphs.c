/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The graph card: one graph of nodes, or a page of many small graphs with its order and its filter. */
#include "config.h"

#include <glib/gi18n.h>

#include "mixq-frame-log.h"
#include "mixq-window-private.h"

gboolean
mixq_window_shows_graphs (MixqWindow *self)
{
  return mixq_graphs_page_peek_dataset (self->graphs_page) != NULL;
}

GtkWidget *
mixq_window_peek_graph_view (MixqWindow *self)
{
  return mixq_window_shows_graphs (self) ? GTK_WIDGET (self->graphs_page) : GTK_WIDGET (self->graph);
}

static void
update_menus (MixqWindow *self)
{
  gtk_menu_button_set_label (self->graphs_part_menu,
                             mixq_graphs_page_part_title (mixq_graphs_page_get_part (self->graphs_page)));
  gtk_menu_button_set_label (self->graphs_sort_menu,
                             mixq_graphs_page_sort_title (mixq_graphs_page_get_sort (self->graphs_page)));
}

/* How many are shown; which of them are right says the line below. */
static void
update_caption (MixqWindow *self)
{
  gulong n = (gulong) mixq_graphs_page_peek_dataset (self->graphs_page)->n_graphs;
  guint shown;
  g_autofree char *text = NULL;

  g_object_get (self->graphs_page, "shown", &shown, NULL);
  if (shown < n)
    /* Translators: so many graphs of all are shown. */
    text = g_strdup_printf (_ ("%'u of %'lu"), shown, n);
  else
    text = g_strdup_printf ("%'lu", n);
  gtk_label_set_text (GTK_LABEL (self->graph_caption), text);
}

void
mixq_window_update_graphs (MixqWindow *self)
{
  const gboolean graphs = mixq_window_shows_graphs (self);
  const gboolean wide = mixq_fold_get_width_class (self->fold) == MIXQ_WIDTH_WIDE;

  gtk_stack_set_visible_child_name (self->graph_stack, graphs ? "graphs" : "nodes");
  /* There is room for the menus or for what the tab above says. */
  gtk_widget_set_visible (GTK_WIDGET (self->graph_title), !graphs || !self->narrow);
  gtk_widget_set_visible (self->graph_caption, !graphs || !self->narrow);
  gtk_label_set_text (self->graph_title, graphs ? _ ("Graphs") : _ ("Graph"));
  gtk_widget_set_visible (self->mode_buttons, !graphs && wide);
  gtk_widget_set_visible (self->mode_menu, !graphs && !wide);
  gtk_widget_set_visible (GTK_WIDGET (self->graphs_part_menu), graphs);
  gtk_widget_set_visible (GTK_WIDGET (self->graphs_sort_menu), graphs);
  update_menus (self);
  if (graphs)
    update_caption (self);
}

static void
shown_cb (MixqWindow *self)
{
  mixq_graph_legend_set_dataset (self->legend, mixq_window_shows_graphs (self)
                                                   ? mixq_graphs_page_peek_dataset (self->graphs_page)
                                                   : mixq_run_model_peek_dataset (self->run));
  mixq_window_update_graphs (self);
}

void
mixq_window_init_graphs (MixqWindow *self)
{
  g_object_bind_property (self->graphs_page, "summary", self->graphs_summary, "label", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (self->graphs_page, "notify::shown", G_CALLBACK (shown_cb), self,
                           G_CONNECT_SWAPPED);
}

void
mixq_window_select_flip (MixqWindow *self, int direction)
{
  gint64 found = mixq_window_shows_graphs (self) ? mixq_graphs_page_next_flip (self->graphs_page, direction)
                                                 : mixq_graph_canvas_next_flip (self->graph, direction);

  if (found < 0)
    mixq_window_toast (self, mixq_window_shows_graphs (self) ? _ ("No graph differs from float32")
                                                             : _ ("No node differs from float32"));
  else if (mixq_window_shows_graphs (self))
    mixq_graphs_page_go_to (self->graphs_page, found);
  else
    mixq_run_model_select_node (self->run, found);
}

/* --- actions ----------------------------------------------------------------------------------------------------------- */

static void
sort_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  MixqWindow *self = MIXQ_WINDOW (widget);
  MixqFrameMark mark = mixq_frame_log_begin ();
  int sort = mixq_graph_page_sort_parse (g_variant_get_string (parameter, NULL));

  if (sort >= 0)
    mixq_graphs_page_set_sort (self->graphs_page, (MixqGraphPageSort) sort);
  update_menus (self);
  mixq_frame_log_end (mark, MIXQ_FRAME_HANDLER, "win.graphs-sort");
}

static void
part_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  MixqWindow *self = MIXQ_WINDOW (widget);
  MixqFrameMark mark = mixq_frame_log_begin ();
  int part = mixq_graphs_page_part_parse (g_variant_get_string (parameter, NULL));

  if (part >= 0)
    mixq_graphs_page_set_part (self->graphs_page, (MixqPart) part);
  mixq_window_update_graphs (self);
  mixq_frame_log_end (mark, MIXQ_FRAME_HANDLER, "win.graphs-part");
}

void
mixq_window_install_graphs_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.graphs-sort", "s", sort_action);
  gtk_widget_class_install_action (klass, "win.graphs-part", "s", part_action);
}
