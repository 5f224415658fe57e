/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of small graphs, with predictions made up here, alone and in the window. */
#include <math.h>
#include <string.h>

#include "graph/mixq-graph-canvas-private.h"
#include "graphs/mixq-graphs-detail.h"
#include "graphs/mixq-graphs-large.h"
#include "graphs/mixq-graphs-page-private.h"
#include "ui-window.h"

typedef struct
{
  GtkWidget *window, *scrolled;
  MixqGraphsPage *page;
  MixqDataset *dataset;
  guint16 *prediction, *float32;
  guint8 *confidence;
} Fixture;

/* Every 5th is wrong, every 7th differs from float32, sureness goes up and down. */
static void
feed (Fixture *f, guint turn)
{
  const gsize n = f->dataset->n_graphs;

  f->prediction = g_renew (guint16, f->prediction, n);
  f->float32 = g_renew (guint16, f->float32, n);
  f->confidence = g_renew (guint8, f->confidence, n);
  for (gsize i = 0; i < n; i++) {
    guint truth = (guint) MAX (f->dataset->graph_labels[i], 0), n_classes = (guint) f->dataset->n_classes;

    f->prediction[i] = (guint16) (i % 5 == 0 ? (truth + 1) % n_classes : truth);
    f->float32[i] = (guint16) (i % 7 == 0 ? (f->prediction[i] + 1u) % n_classes : f->prediction[i]);
    f->confidence[i] = (guint8) (100 + (i * 37 + turn * 11) % 150);
  }
  mixq_graphs_page_set_predictions (f->page, f->prediction, f->confidence, f->float32);
}

static MixqDataset *
load (const char *what, const char *split)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqDataset) raw = mixq_dataset_load (what, NULL, NULL, &error);
  MixqDataset *dataset;

  g_assert_no_error (error);
  dataset = mixq_dataset_with_split (raw, split, &error);
  g_assert_no_error (error);
  return dataset;
}

static gboolean
has_picture (gpointer page)
{
  return mixq_graphs_page_has_picture (page);
}

static void
set_up (Fixture *f, gconstpointer user_data)
{
  f->window = gtk_window_new ();
  f->scrolled = gtk_scrolled_window_new ();
  f->page = MIXQ_GRAPHS_PAGE (mixq_graphs_page_new ());
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (f->scrolled), GTK_WIDGET (f->page));
  gtk_window_set_child (GTK_WINDOW (f->window), f->scrolled);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 480, 300);
  gtk_window_present (GTK_WINDOW (f->window));
  f->dataset = load ("csl", "fold:0");
  mixq_graphs_page_set_dataset (f->page, f->dataset);
  feed (f, 0);
  g_assert_true (ui_test_wait (has_picture, f->page, 10.0));
}

static void
tear_down (Fixture *f, gconstpointer user_data)
{
  g_object_ref (f->page);
  gtk_window_destroy (GTK_WINDOW (f->window));
  ui_test_live (0.1);
  g_assert_finalize_object (G_OBJECT (f->page));
  mixq_dataset_unref (f->dataset);
  g_free (f->prediction);
  g_free (f->float32);
  g_free (f->confidence);
}

static guint32
graph_at (Fixture *f, gsize tile)
{
  gsize n;
  const guint32 *order = mixq_graphs_page_peek_order (f->page, &n);

  g_assert_cmpuint (tile, <, n);
  return order[tile];
}

static gsize
count_shown (Fixture *f)
{
  gsize n;

  mixq_graphs_page_peek_order (f->page, &n);
  return n;
}

/* --- order and filter ----------------------------------------------------------------------------------------------- */

static void
test_sort (Fixture *f, gconstpointer user_data)
{
  gsize tile = 0;

  g_assert_cmpuint (count_shown (f), ==, 150);
  g_assert_cmpuint (graph_at (f, 149), ==, 149);
  mixq_graphs_page_set_sort (f->page, MIXQ_GRAPH_PAGE_FLIPS);
  for (; tile < 22; tile++)
    g_assert_cmpuint (graph_at (f, tile) % 7, ==, 0);
  g_assert_cmpuint (graph_at (f, tile) % 7, !=, 0);
  mixq_graphs_page_set_sort (f->page, MIXQ_GRAPH_PAGE_WRONG);
  for (tile = 0; tile < 30; tile++)
    g_assert_cmpuint (graph_at (f, tile) % 5, ==, 0);
  mixq_graphs_page_set_sort (f->page, MIXQ_GRAPH_PAGE_SURE);
  for (tile = 1; tile < 150; tile++)
    g_assert_cmpuint (f->confidence[graph_at (f, tile - 1)], <=, f->confidence[graph_at (f, tile)]);
}

static void
test_filter (Fixture *f, gconstpointer user_data)
{
  const guint8 *part = mixq_dataset_peek_item_part (f->dataset);
  g_autofree char *summary = NULL, *expected = NULL;
  guint right = 0, flipped = 0;
  gsize n = mixq_dataset_count_items (f->dataset, MIXQ_PART_TEST);

  mixq_graphs_page_set_part (f->page, MIXQ_PART_TEST);
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (count_shown (f), ==, n);
  for (gsize tile = 0; tile < n; tile++) {
    guint32 graph = graph_at (f, tile);

    g_assert_cmpuint (part[graph], ==, MIXQ_PART_TEST);
    right += graph % 5 != 0;
    flipped += graph % 7 == 0;
  }
  g_object_get (f->page, "summary", &summary, NULL);
  expected = g_strdup_printf ("%u of %u right on test, %u flipped against float32", right, (guint) n,
                              flipped);
  g_assert_cmpstr (summary, ==, expected);
  for (int i = 0; i < 4; i++) {
    static const char *const names[] = { "all", "train", "val", "test" };

    g_assert_cmpint (mixq_graphs_page_part_parse (names[i]), ==, i);
  }
  g_assert_cmpint (mixq_graphs_page_part_parse ("none"), ==, -1);
}

static gboolean
is_sorted (gpointer data)
{
  Fixture *f = data;

  for (gsize tile = 1; tile < 150; tile++)
    if (f->confidence[graph_at (f, tile - 1)] > f->confidence[graph_at (f, tile)])
      return FALSE;
  return TRUE;
}

/* The order follows new predictions, but not while someone is in the page. */
static void
test_order_holds (Fixture *f, gconstpointer user_data)
{
  mixq_graphs_page_set_sort (f->page, MIXQ_GRAPH_PAGE_SURE);
  f->page->pointer_inside = TRUE;
  feed (f, 5);
  g_assert_false (is_sorted (f));
  ui_test_live (2.0);
  g_assert_false (is_sorted (f));
  f->page->pointer_inside = f->page->focus_inside = FALSE;
  g_assert_true (ui_test_wait (is_sorted, f, 5.0));
}

/* --- keyboard --------------------------------------------------------------------------------------------------------- */

static void
assert_key (Fixture *f, guint key, gsize tile)
{
  g_assert_true (ui_test_press (GTK_WIDGET (f->page), key, 0));
  g_assert_cmpint (mixq_graphs_page_get_focused (f->page), ==, graph_at (f, tile));
}

static void
test_keys (Fixture *f, gconstpointer user_data)
{
  const gsize columns = f->page->grid.columns;
  GtkAdjustment *vertical = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (f->scrolled));
  gsize page;

  g_assert_cmpuint (columns, ==, 4);
  mixq_graphs_page_set_sort (f->page, MIXQ_GRAPH_PAGE_SURE);
  mixq_graphs_page_focus_graph (f->page, graph_at (f, 0));
  assert_key (f, GDK_KEY_Right, 1);
  assert_key (f, GDK_KEY_Down, 1 + columns);
  assert_key (f, GDK_KEY_Left, columns);
  assert_key (f, GDK_KEY_Up, 0);
  assert_key (f, GDK_KEY_Up, 0); /* no further */
  assert_key (f, GDK_KEY_Left, 0);
  g_assert_cmpfloat (gtk_adjustment_get_value (vertical), ==, 0.0);
  assert_key (f, GDK_KEY_End, 149);
  g_assert_cmpfloat (gtk_adjustment_get_value (vertical), >, 1000.0);
  assert_key (f, GDK_KEY_Right, 149);
  assert_key (f, GDK_KEY_Down, 149);
  assert_key (f, GDK_KEY_Home, 0);
  g_assert_cmpfloat (gtk_adjustment_get_value (vertical), ==, 0.0);
  g_assert_true (ui_test_press (GTK_WIDGET (f->page), GDK_KEY_Page_Down, 0));
  page = (gsize) mixq_graphs_page_find (f->page, mixq_graphs_page_get_focused (f->page));
  g_assert_cmpuint (page, >=, columns);
  g_assert_cmpuint (page % columns, ==, 0);
  assert_key (f, GDK_KEY_Page_Up, 0);
  /* The keyboard stays on its graph when the order changes under it. */
  mixq_graphs_page_set_sort (f->page, MIXQ_GRAPH_PAGE_DATA);
  g_assert_cmpint (mixq_graphs_page_get_focused (f->page), >=, 0);
}

static void
test_next_flip (Fixture *f, gconstpointer user_data)
{
  mixq_graphs_page_focus_graph (f->page, 1);
  g_assert_cmpint (mixq_graphs_page_next_flip (f->page, 1), ==, 7);
  g_assert_cmpint (mixq_graphs_page_next_flip (f->page, -1), ==, 0);
  mixq_graphs_page_focus_graph (f->page, 147);
  g_assert_cmpint (mixq_graphs_page_next_flip (f->page, 1), ==, 0);
  mixq_graphs_page_set_predictions (f->page, f->prediction, f->confidence, f->prediction);
  g_assert_cmpint (mixq_graphs_page_next_flip (f->page, 1), ==, MIXQ_NO_GRAPH);
  mixq_graphs_page_set_part (f->page, MIXQ_PART_NONE);
}

static MixqGraphsDetail *
find_detail (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (MIXQ_IS_GRAPHS_DETAIL (l->data))
      return l->data;
  return NULL;
}

static gboolean
no_detail (gpointer data)
{
  return find_detail () == NULL;
}

static void
test_open (Fixture *f, gconstpointer user_data)
{
  MixqGraphsDetail *detail;

  mixq_graphs_page_focus_graph (f->page, 7);
  g_assert_true (ui_test_press (GTK_WIDGET (f->page), GDK_KEY_Return, 0));
  detail = find_detail ();
  g_assert_nonnull (detail);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (detail)), ==, "Graph 7");
  g_assert_true (gtk_window_get_modal (GTK_WINDOW (detail)));
  g_assert_true (ui_test_press (GTK_WIDGET (detail), GDK_KEY_Right, 0));
  g_assert_cmpint (mixq_graphs_detail_get_graph (detail), ==, 8);
  g_assert_cmpint (mixq_graphs_page_get_focused (f->page), ==, 8);
  g_assert_true (ui_test_press (GTK_WIDGET (detail), GDK_KEY_Left, 0));
  g_assert_true (ui_test_press (GTK_WIDGET (detail), GDK_KEY_Left, 0));
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (detail)), ==, "Graph 6");
  feed (f, 9); /* goes on living */
  ui_test_live (0.3);
  g_assert_true (ui_test_press (GTK_WIDGET (detail), GDK_KEY_Escape, 0));
  g_assert_true (ui_test_wait (no_detail, NULL, 5.0));
}

/* Other data: what was open is of no use any more. */
static void
test_open_closes (Fixture *f, gconstpointer user_data)
{
  mixq_graphs_page_open (f->page, 3);
  ui_test_live (0.2);
  mixq_graphs_page_set_dataset (f->page, NULL);
  g_assert_true (ui_test_wait (no_detail, NULL, 5.0));
  g_assert_cmpuint (count_shown (f), ==, 0);
  ui_test_live (0.2);
}

/* --- for screen readers ---------------------------------------------------------------------------------------------- */

static void
test_accessible (Fixture *f, gconstpointer user_data)
{
  g_autofree char *text = NULL;

  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (f->page), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (f->page), GTK_ACCESSIBLE_PROPERTY_LABEL, "Graphs");
  mixq_graphs_page_focus_graph (f->page, 35);
  text = mixq_graphs_page_dup_description (f->page);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (f->page), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text);
  g_assert_true (g_str_has_prefix (text, "Graph 35, predicted "));
  g_assert_nonnull (strstr (text, ", wrong: it is "));
  g_assert_nonnull (strstr (text, ", float32 says "));
  g_assert_nonnull (strstr (text, "120 of 150 right, training included, 22 flipped against float32"));
}

/* --- the picture ------------------------------------------------------------------------------------------------------ */

static gboolean
is_laid_out (gpointer data)
{
  g_autoptr (MixqGraphsShape) shape = mixq_graphs_store_get (mixq_graphs_page_peek_store (data), 0);

  return shape->laid_out;
}

static void
test_layout (Fixture *f, gconstpointer user_data)
{
  g_autoptr (MixqGraphsShape) last = NULL;

  g_assert_true (ui_test_wait (is_laid_out, f->page, 10.0));
  last = mixq_graphs_store_get (mixq_graphs_page_peek_store (f->page), 149);
  g_assert_false (last->laid_out); /* far out of sight */
  g_assert_cmpuint (last->shape.n_nodes, ==, 41);
  g_assert_cmpuint (last->shape.n_edges, ==, 82);
  g_assert_cmpuint (mixq_graphs_store_count_edges (mixq_graphs_page_peek_store (f->page), 149), ==, 82);
  for (gsize i = 0; i < 2 * last->shape.n_nodes; i++)
    g_assert_true (last->shape.xy[i] >= 0.0f && last->shape.xy[i] <= 1.0f);
  /* Scrolling alone, long after the last news, brings picture and places. */
  ui_test_live (1.0);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (f->scrolled)), 1e6);
  g_assert_true (ui_test_wait (has_picture, f->page, 10.0));
}

/* How long the main thread was held at most while @seconds went by. */
static double
longest_turn (double seconds)
{
  gint64 until = g_get_monotonic_time () + (gint64) (seconds * 1e6), longest = 0;

  while (g_get_monotonic_time () < until) {
    gint64 start = g_get_monotonic_time ();

    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (500);
    else
      longest = MAX (longest, g_get_monotonic_time () - start);
  }
  return (double) longest / 1000.0;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  return *(const double *) a < *(const double *) b ? -1 : *(const double *) a > *(const double *) b;
}

/* 2,000 graphs of up to 3,782 nodes: 0.9 million nodes. Laying out one screen of them takes seconds; nobody waits for it. */
static void
test_many (Fixture *f, gconstpointer user_data)
{
  g_autofree char *path = g_build_filename (g_getenv ("MIXQ_SHARED_DATA"), "tu", "REDDIT-BINARY.zip", NULL);
  GtkAdjustment *vertical = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (f->scrolled));
  double turns[20];
  gint64 start;

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("REDDIT-BINARY is not here");
    return;
  }
  mixq_dataset_unref (f->dataset);
  f->dataset = load (path, "fold:0");
  start = g_get_monotonic_time ();
  mixq_graphs_page_set_dataset (f->page, f->dataset);
  feed (f, 1);
  mixq_graphs_page_set_sort (f->page, MIXQ_GRAPH_PAGE_SURE);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 100000);
  for (guint i = 0; i < G_N_ELEMENTS (turns); i++) {
    start = g_get_monotonic_time ();
    gtk_adjustment_set_value (vertical, i * 1200.0);
    feed (f, i);
    turns[i] = (double) (g_get_monotonic_time () - start) / 1000.0;
    turns[i] = MAX (turns[i], longest_turn (0.05));
  }
  qsort (turns, G_N_ELEMENTS (turns), sizeof *turns, compare_doubles);
  g_test_message ("scrolling with new predictions: median %.1f ms, at most %.1f ms", turns[10], turns[19]);
  g_assert_cmpfloat (turns[10], <, 33.0);
  g_assert_true (ui_test_wait (has_picture, f->page, 20.0));
}

static void
test_large (void)
{
  GtkWidget *large = g_object_ref_sink (mixq_graphs_large_new ());

  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (large), GTK_ACCESSIBLE_ROLE_IMG);
  g_assert_finalize_object (G_OBJECT (large));
}

/* --- in the window ----------------------------------------------------------------------------------------------------- */

static gboolean
is_visible (GtkWidget *widget)
{
  return gtk_widget_get_visible (widget);
}

static void
activate (UiWindow *f, const char *action, const char *value)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), action, "s", value));
}

static gboolean
file_is_there (gpointer path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_window (UiWindow *f, gconstpointer user_data)
{
  MixqWindow *window = f->window;
  g_autoptr (MixqDataset) dataset = load ("csl", "fold:0");
  Fixture made = { .page = window->graphs_page, .dataset = dataset };
  g_autofree char *path = g_build_filename (f->folder, "page.csv", NULL);
  g_autofree char *text = NULL;

  g_assert_cmpstr (gtk_stack_get_visible_child_name (window->graph_stack), ==, "nodes");
  g_assert_false (mixq_window_shows_graphs (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.run-pause", NULL);
  ui_test_live (0.2);
  mixq_graphs_page_set_dataset (window->graphs_page, dataset);
  feed (&made, 0);
  g_assert_true (ui_test_wait (has_picture, window->graphs_page, 10.0));
  g_assert_cmpstr (gtk_stack_get_visible_child_name (window->graph_stack), ==, "graphs");
  g_assert_cmpstr (gtk_label_get_text (window->graph_title), ==, "Graphs");
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (window->graph_caption)), ==, "150");
  g_assert_false (is_visible (window->mode_menu) || is_visible (window->mode_buttons));
  g_assert_true (is_visible (GTK_WIDGET (window->graphs_sort_menu)));
  g_assert_cmpstr (gtk_label_get_text (window->graphs_summary), ==,
                   "120 of 150 right, training included, 22 flipped against float32");
  activate (f, "win.graphs-sort", "wrong");
  g_assert_cmpstr (gtk_menu_button_get_label (window->graphs_sort_menu), ==, "Wrong First");
  activate (f, "win.graphs-part", "test");
  g_assert_cmpstr (gtk_menu_button_get_label (window->graphs_part_menu), ==, "Test");
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (window->graph_caption)), ==, "15 of 150");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.next-flip", NULL);
  g_assert_cmpint (mixq_graphs_page_get_focused (window->graphs_page) % 7, ==, 0);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.export-plot", "(ss)", "graph", path);
  g_assert_true (ui_test_wait (file_is_there, path, 20.0));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "graph,class,prediction,"));
  mixq_graphs_page_set_dataset (window->graphs_page, NULL);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (window->graph_stack), ==, "nodes");
  g_assert_true (is_visible (window->mode_menu) || is_visible (window->mode_buttons));
  g_free (made.prediction);
  g_free (made.float32);
  g_free (made.confidence);
}

static gboolean
is_judged (gpointer page)
{
  const MixqGraphPageItem *items = mixq_graphs_page_peek_items (page);

  return mixq_graphs_page_peek_dataset (page) != NULL && items[0].prediction >= 0 &&
         isfinite (items[0].confidence);
}

static gboolean
has_graph (gpointer canvas)
{
  return mixq_graph_canvas_peek_data (canvas) != NULL;
}

/* A real session on graphs: the page follows it, and nothing lays out or draws one graph of 6,150 nodes. */
static void
test_session (UiWindow *f, gconstpointer user_data)
{
  MixqWindow *window = f->window;

  g_assert_true (ui_test_wait (has_graph, window->graph, 10.0));
  g_assert_false (mixq_window_shows_graphs (window));
  activate (f, "win.open-path", "csl");
  g_assert_true (ui_test_wait (is_judged, window->graphs_page, 60.0));
  g_assert_cmpuint (mixq_run_model_peek_snapshot (f->run)->n_items, ==, 150);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (window->graph_stack), ==, "graphs");
  g_assert_true (ui_test_wait (has_picture, window->graphs_page, 10.0));
  ui_test_live (0.5);
  g_assert_null (mixq_graph_canvas_peek_data (window->graph));
  g_assert_null (window->graph->loading);
  g_assert_false (mixq_graph_canvas_has_picture (window->graph));
  for (gsize i = 0; i < 150; i++)
    g_assert_cmpint (mixq_graphs_page_peek_items (window->graphs_page)[i].prediction, ==,
                     mixq_run_model_peek_prediction (f->run, NULL)[i]);
  activate (f, "win.open-path", ui_window_choose_data ());
  g_assert_true (ui_test_wait (has_graph, window->graph, 60.0));
  g_assert_cmpstr (gtk_stack_get_visible_child_name (window->graph_stack), ==, "nodes");
  g_assert_null (mixq_graphs_page_peek_dataset (window->graphs_page));
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  ADD ("/ui/graphs/sort", test_sort);
  ADD ("/ui/graphs/filter", test_filter);
  ADD ("/ui/graphs/order-holds", test_order_holds);
  ADD ("/ui/graphs/keys", test_keys);
  ADD ("/ui/graphs/next-flip", test_next_flip);
  ADD ("/ui/graphs/open", test_open);
  ADD ("/ui/graphs/open-closes", test_open_closes);
  ADD ("/ui/graphs/accessible", test_accessible);
  ADD ("/ui/graphs/layout", test_layout);
  ADD ("/ui/graphs/many", test_many);
  g_test_add_func ("/ui/graphs/large", test_large);
  g_test_add ("/ui/graphs/window", UiWindow, NULL, ui_window_set_up, test_window, ui_window_tear_down);
  g_test_add ("/ui/graphs/session", UiWindow, NULL, ui_window_set_up, test_session, ui_window_tear_down);
  return g_test_run ();
}
