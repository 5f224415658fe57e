/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "bits/mixq-bits-chips.h"
#include "bits/mixq-bits-view.h"
#include "graph/mixq-graph-canvas.h"
#include "graph/mixq-graph-legend.h"
#include "mixq-fold.h"
#include "mixq-hover-card.h"
#include "mixq-table.h"
#include "price/mixq-price-bar.h"
#include "price/mixq-price-map.h"
#include "price/mixq-price-scale.h"
#include "price/mixq-timeline.h"
#include "settings/mixq-settings-pane.h"
#include "tradeoff/mixq-tradeoff-view.h"
#include "ui-test.h"

/* --- the price scale ------------------------------------------------------------------------------------------------ */

static void
count_cb (int *count)
{
  (*count)++;
}

static void
test_scale_keys (void)
{
  GtkWidget *scale = g_object_ref_sink (mixq_price_scale_new ());
  int moved = 0;

  g_signal_connect_swapped (scale, "moved", G_CALLBACK (count_cb), &moved);
  mixq_price_scale_set_value (MIXQ_PRICE_SCALE (scale), 0.1);
  g_assert_cmpint (moved, ==, 0);
  g_assert_true (ui_test_press (scale, GDK_KEY_Right, 0));
  g_assert_cmpint (moved, ==, 1);
  g_assert_cmpfloat (mixq_price_scale_get_value (MIXQ_PRICE_SCALE (scale)), >, 0.1);
  g_assert_true (ui_test_press (scale, GDK_KEY_Left, 0));
  g_assert_true (mixq_price_scale_get_value (MIXQ_PRICE_SCALE (scale)) == 0.1);
  for (int i = 0; i < 10; i++)
    g_assert_true (ui_test_press (scale, GDK_KEY_Up, GDK_SHIFT_MASK));
  g_assert_true (ui_test_press (scale, GDK_KEY_Down, 0));
  g_assert_true (mixq_price_scale_get_value (MIXQ_PRICE_SCALE (scale)) == 0.1);
  g_assert_true (ui_test_press (scale, GDK_KEY_Page_Up, 0));
  g_assert_true (mixq_price_scale_get_value (MIXQ_PRICE_SCALE (scale)) == 1.0);
  g_assert_true (ui_test_press (scale, GDK_KEY_Home, 0));
  g_assert_true (mixq_price_scale_get_value (MIXQ_PRICE_SCALE (scale)) == MIXQ_PRICE_MIN);
  g_assert_true (ui_test_press (scale, GDK_KEY_End, 0));
  g_assert_true (mixq_price_scale_get_value (MIXQ_PRICE_SCALE (scale)) == MIXQ_PRICE_MAX);
  g_assert_finalize_object (G_OBJECT (scale));
}

static void
test_scale_accessible (void)
{
  GtkWidget *scale = g_object_ref_sink (mixq_price_scale_new ());

  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_ROLE_SLIDER);
  mixq_price_scale_set_paper_ratio (MIXQ_PRICE_SCALE (scale), 3.0);
  mixq_price_scale_set_outcome (MIXQ_PRICE_SCALE (scale), "15.5 times fewer BitOPs");
  mixq_price_scale_set_value (MIXQ_PRICE_SCALE (scale), 0.6);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, 0.6);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                       "0.60, paper 1.8, 15.5 times fewer BitOPs");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Price of a bit, lambda");
  g_assert_finalize_object (G_OBJECT (scale));
}

static void
test_scale_hint (void)
{
  GtkWidget *scale = g_object_ref_sink (mixq_price_scale_new ());
  g_autofree char *hint = NULL;

  mixq_price_scale_set_hint (MIXQ_PRICE_SCALE (scale), "Drag");
  mixq_price_scale_set_value (MIXQ_PRICE_SCALE (scale), 0.5); /* by the app: the hint stays */
  g_object_get (scale, "hint", &hint, NULL);
  g_assert_cmpstr (hint, ==, "Drag");
  g_clear_pointer (&hint, g_free);
  mixq_price_scale_step (MIXQ_PRICE_SCALE (scale), 1); /* by the person */
  g_object_get (scale, "hint", &hint, NULL);
  g_assert_null (hint);
  g_assert_finalize_object (G_OBJECT (scale));
}

/* --- every view: role, name, and gone when dropped -------------------------------------------------------------------- */

static void
test_views (void)
{
  const struct
  {
    GtkWidget *widget;
    GtkAccessibleRole role;
  } views[] = {
    { mixq_bits_view_new (), GTK_ACCESSIBLE_ROLE_IMG },
    { mixq_tradeoff_view_new (), GTK_ACCESSIBLE_ROLE_IMG },
    { mixq_graph_canvas_new (), GTK_ACCESSIBLE_ROLE_IMG },
    { mixq_timeline_new (), GTK_ACCESSIBLE_ROLE_IMG },
    { mixq_graph_legend_new (), GTK_ACCESSIBLE_ROLE_LEGEND },
    { mixq_bits_chips_new (), GTK_ACCESSIBLE_ROLE_IMG },
  };

  for (guint i = 0; i < G_N_ELEMENTS (views); i++) {
    g_object_ref_sink (views[i].widget);
    gtk_test_accessible_assert_role (GTK_ACCESSIBLE (views[i].widget), views[i].role);
    if (!MIXQ_IS_BITS_CHIPS (views[i].widget))
      g_assert_true (
          gtk_test_accessible_has_property (GTK_ACCESSIBLE (views[i].widget), GTK_ACCESSIBLE_PROPERTY_LABEL));
    g_assert_finalize_object (G_OBJECT (views[i].widget));
  }
}

static void
test_templates (void)
{
  static GType (*const types[]) (void) = { mixq_price_bar_get_type, mixq_settings_pane_get_type,
                                           mixq_fold_get_type };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    GtkWidget *widget = g_object_ref_sink (g_object_new (types[i](), NULL));

    g_assert_finalize_object (G_OBJECT (widget));
  }
}

/* --- the table twin ---------------------------------------------------------------------------------------------------- */

static void
test_table (void)
{
  g_autoptr (GPtrArray) rows = mixq_table_parse ("part,\"with, comma\",c\nx,\"say \"\"hi\"\"\",\ny\n");
  GtkWidget *table;

  g_assert_cmpuint (rows->len, ==, 3);
  g_assert_cmpstr (((char **) rows->pdata[0])[1], ==, "with, comma");
  g_assert_cmpstr (((char **) rows->pdata[1])[1], ==, "say \"hi\"");
  g_assert_cmpstr (((char **) rows->pdata[1])[2], ==, "");
  g_assert_cmpuint (g_strv_length (rows->pdata[2]), ==, 3);
  table = g_object_ref_sink (mixq_table_new ("a,b\n1,2\n3,4\n"));
  g_assert_cmpuint (g_list_model_get_n_items (gtk_column_view_get_columns (GTK_COLUMN_VIEW (table))), ==, 2);
  g_assert_finalize_object (G_OBJECT (table));
}

/* --- the fold ---------------------------------------------------------------------------------------------------------- */

static gboolean
is_class (gpointer data)
{
  gpointer *args = data;

  return mixq_fold_get_width_class (args[0]) == (MixqWidthClass) GPOINTER_TO_INT (args[1]);
}

static void
test_fold (void)
{
  GtkWidget *window = gtk_window_new (), *fold = g_object_new (MIXQ_TYPE_FOLD, NULL);
  static const struct
  {
    int width;
    MixqWidthClass width_class;
  } sizes[] = { { 360, MIXQ_WIDTH_NARROW },
                { 1240, MIXQ_WIDTH_WIDE },
                { 1000, MIXQ_WIDTH_MEDIUM },
                { 500, MIXQ_WIDTH_NARROW } };

  /* A child that wants more than a phone has must not keep the window wide. */
  mixq_fold_set_child (MIXQ_FOLD (fold),
                       gtk_label_new ("A line that is much longer than any phone is wide, to be sure of it: "
                                      "it goes on and on and on and on and on and on and on"));
  gtk_window_set_titlebar (GTK_WINDOW (window), gtk_header_bar_new ());
  gtk_window_set_child (GTK_WINDOW (window), fold);
  gtk_window_set_default_size (GTK_WINDOW (window), 400, 500);
  gtk_window_present (GTK_WINDOW (window));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    gpointer args[] = { fold, GINT_TO_POINTER ((int) sizes[i].width_class) };

    gtk_window_set_default_size (GTK_WINDOW (window), sizes[i].width, 500);
    g_assert_true (ui_test_wait (is_class, args, 5.0));
  }
  g_object_ref (fold);
  gtk_window_destroy (GTK_WINDOW (window));
  ui_test_live (0.05);
  g_assert_finalize_object (G_OBJECT (fold));
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/price-scale/keys", test_scale_keys);
  g_test_add_func ("/ui/price-scale/accessible", test_scale_accessible);
  g_test_add_func ("/ui/price-scale/hint", test_scale_hint);
  g_test_add_func ("/ui/views", test_views);
  g_test_add_func ("/ui/templates", test_templates);
  g_test_add_func ("/ui/table", test_table);
  g_test_add_func ("/ui/fold", test_fold);
  return g_test_run ();
}
