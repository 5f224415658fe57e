/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every view has a table twin: with GTK 4.8 an app cannot describe single marks to a screen reader, a table can. */
#include "config.h"

#include <glib/gi18n.h>

#include "mixq-format.h"
#include "mixq-graph-chart.h"
#include "mixq-plot-csv.h"
#include "mixq-table.h"
#include "mixq-window-private.h"
#include "tradeoff/mixq-tradeoff-scene.h"

/* The present state of every part; the export has the whole history. */
static char *
bits_csv (MixqWindow *self)
{
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (self->run);
  MixqModel *model = mixq_run_model_peek_model (self->run);
  GString *csv = g_string_new (NULL);
  const char *const heads[] = { _ ("part"),          _ ("kind"),  _ ("bits"), _ ("held at"),
                                _ ("share of cost"), _ ("scale"), _ ("zero") };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    mixq_plot_csv_text (csv, heads[i]);
  for (guint k = 0; snapshot != NULL && k < snapshot->n_choices; k++) {
    /* Translators: a column of a table: the vote for a bit-width, "vote 4". */
    g_autofree char *head = g_strdup_printf (_ ("vote %u"), snapshot->choices[k]);

    mixq_plot_csv_text (csv, head);
  }
  mixq_plot_csv_end_row (csv);
  for (guint slot = 0; snapshot != NULL && model != NULL && slot < model->n_slots; slot++) {
    mixq_plot_csv_text (csv, model->slots[slot].name);
    mixq_plot_csv_text (csv, mixq_slot_kind (model->slots[slot].role));
    mixq_plot_csv_integer (csv, snapshot->bits[slot]);
    mixq_plot_csv_integer (csv, snapshot->pinned[slot]);
    mixq_plot_csv_number (csv, snapshot->share[slot]);
    mixq_plot_csv_number (csv, (double) snapshot->scale[slot]);
    mixq_plot_csv_number (csv, snapshot->zero_point[slot]);
    for (guint k = 0; k < snapshot->n_choices; k++)
      mixq_plot_csv_number (csv, (double) snapshot->alpha[(gsize) slot * snapshot->n_choices + k]);
    mixq_plot_csv_end_row (csv);
  }
  return g_string_free (csv, FALSE);
}

/* Finished models only: the trail would bury them. */
static char *
tradeoff_csv (MixqWindow *self)
{
  g_autoptr (MixqTradeoffScene) scene = mixq_tradeoff_scene_new (self->run, MIXQ_NO_POINT, MIXQ_NO_POINT);

  scene->data.n_trail = 0;
  return mixq_tradeoff_csv (&scene->data);
}

static char *
graph_csv (MixqWindow *self)
{
  MixqGraphData *data = mixq_graph_canvas_peek_data (self->graph);
  g_autofree guint8 *classes = NULL, *flags = NULL, *strength = NULL;
  MixqGraphScene scene;
  MixqGraphChart chart;

  if (mixq_window_shows_graphs (self))
    return mixq_graphs_page_dup_csv (self->graphs_page);
  if (data == NULL)
    return g_strdup ("");
  mixq_graph_canvas_dup_looks (self->graph, &classes, &flags, &strength);
  scene = (MixqGraphScene){ .n_nodes = data->dataset->n_nodes,
                            .xy = data->xy,
                            .n_edges = data->n_edges,
                            .edges = data->edges,
                            .node_class = classes,
                            .node_flags = flags,
                            .node_strength = strength };
  chart = (MixqGraphChart){ .scene = &scene,
                            .class_names = (const char *const *) data->dataset->class_names,
                            .n_classes = (guint) data->dataset->n_classes,
                            .node_names = (const char *const *) data->dataset->node_names };
  return mixq_graph_chart_csv (&chart);
}

void
mixq_window_show_table (MixqWindow *self, int card)
{
  const char *titles[MIXQ_N_CARDS] = { _ ("Bits as a Table"), _ ("Trade-off as a Table"),
                                       _ ("Graph as a Table") };
  g_autofree char *csv = card == MIXQ_CARD_BITS       ? bits_csv (self)
                         : card == MIXQ_CARD_TRADEOFF ? tradeoff_csv (self)
                                                      : graph_csv (self);
  GtkWidget *window = adw_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scrolled = gtk_scrolled_window_new (), *table = mixq_table_new (csv);

  gtk_accessible_update_property (GTK_ACCESSIBLE (table), GTK_ACCESSIBLE_PROPERTY_LABEL, titles[card], -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), table);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), scrolled);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_window_set_title (GTK_WINDOW (window), titles[card]);
  gtk_window_set_default_size (GTK_WINDOW (window), 820, 480);
  gtk_window_set_transient_for (GTK_WINDOW (window), GTK_WINDOW (self));
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  gtk_window_present (GTK_WINDOW (window));
}
