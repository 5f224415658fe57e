/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pointer and keys of the page: hover with its card, the tile the keyboard is on, and opening it. */
#include "config.h"

#include <glib/gi18n.h>

#include "graphs/mixq-graphs-detail.h"
#include "graphs/mixq-graphs-page-private.h"
#include "mixq-frame-log.h"

/* --- hover card -------------------------------------------------------------------------------------------------------- */

void
mixq_graphs_page_update_card (MixqGraphsPage *self)
{
  const gssize tile = mixq_graphs_page_find (self, self->hovered);
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *title = NULL, *sizes = NULL;
  const char *rows[17];
  graphene_rect_t at;

  if (tile < 0)
    return;
  title = mixq_graphs_title ((gsize) self->hovered);
  sizes = mixq_graphs_sizes (self, (gsize) self->hovered);
  mixq_graphs_facts (self, (gsize) self->hovered, rows, owned);
  mixq_hover_card_set (self->card, title, sizes, rows, NULL);
  at = mixq_graphs_page_tile_box (self, (gsize) tile);
  mixq_hover_card_point (self->card, &at);
}

static void
set_hovered (MixqGraphsPage *self, gint64 graph)
{
  if (graph == self->hovered)
    return;
  self->hovered = graph;
  if (graph >= 0)
    mixq_graphs_page_update_card (self);
  else
    mixq_hover_card_hide (self->card);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
mixq_graphs_page_unhover (MixqGraphsPage *self)
{
  set_hovered (self, MIXQ_NO_GRAPH);
}

/* --- pointer ----------------------------------------------------------------------------------------------------------- */

static gint64
hit (MixqGraphsPage *self, double x, double y)
{
  gssize tile = mixq_graph_page_grid_hit (&self->grid, x, y + mixq_graphs_page_top (self));

  return tile >= 0 && tile < (gssize) self->n_shown ? (gint64) self->order[tile] : MIXQ_NO_GRAPH;
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, MixqGraphsPage *self)
{
  MixqFrameMark mark = mixq_frame_log_begin ();

  self->pointer_inside = TRUE;
  /* A popover that opens or a page that scrolls below a still pointer is no movement of it. */
  if (x != self->pointer_x || y != self->pointer_y)
    set_hovered (self, hit (self, x, y));
  self->pointer_x = x;
  self->pointer_y = y;
  mixq_frame_log_end (mark, MIXQ_FRAME_HANDLER, "graphs-motion");
}

static void
leave_cb (GtkEventControllerMotion *controller, MixqGraphsPage *self)
{
  self->pointer_inside = FALSE;
  set_hovered (self, MIXQ_NO_GRAPH);
}

static void
released_cb (GtkGestureClick *gesture, int n_press, double x, double y, MixqGraphsPage *self)
{
  gint64 graph = hit (self, x, y);

  self->by_key = FALSE;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (graph < 0)
    return;
  mixq_graphs_page_focus_graph (self, graph);
  mixq_graphs_page_open (self, graph);
}

/* --- the tile the keyboard is on ---------------------------------------------------------------------------------------- */

void
mixq_graphs_page_focus_graph (MixqGraphsPage *self, gint64 graph)
{
  gssize tile;

  g_return_if_fail (MIXQ_IS_GRAPHS_PAGE (self));

  tile = mixq_graphs_page_find (self, graph);
  if (tile < 0)
    return;
  self->focused = graph;
  mixq_graphs_page_unhover (self);
  mixq_graphs_page_reveal (self, (gsize) tile);
  mixq_picture_describe (self->picture, NULL, TRUE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
mixq_graphs_page_go_to (MixqGraphsPage *self, gint64 graph)
{
  g_return_if_fail (MIXQ_IS_GRAPHS_PAGE (self));

  self->by_key = TRUE;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  mixq_graphs_page_focus_graph (self, graph);
}

/* Where the keyboard enters: the first tile that is seen whole. */
static void
focus_first_seen (MixqGraphsPage *self)
{
  gsize first, end, tile;

  if (self->n_shown == 0 || mixq_graphs_page_find (self, self->focused) >= 0)
    return;
  mixq_graph_page_grid_range (&self->grid, mixq_graphs_page_top (self) + self->grid.tile_height, G_MAXDOUBLE,
                              &first, &end);
  tile = MIN (first, self->n_shown - 1);
  self->focused = self->order[tile];
  mixq_picture_describe (self->picture, NULL, TRUE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
enter_cb (GtkEventControllerFocus *controller, MixqGraphsPage *self)
{
  self->focus_inside = TRUE;
  focus_first_seen (self);
}

static void
leave_focus_cb (GtkEventControllerFocus *controller, MixqGraphsPage *self)
{
  self->focus_inside = FALSE;
}

typedef enum {
  MOVE_LEFT,
  MOVE_RIGHT,
  MOVE_UP,
  MOVE_DOWN,
  MOVE_PAGE_UP,
  MOVE_PAGE_DOWN,
  MOVE_HOME,
  MOVE_END,
} Move;

/* How many tiles on. */
static gint64
move_delta (MixqGraphsPage *self, Move move, gint64 at)
{
  const gint64 columns = (gint64) self->grid.columns, n = (gint64) self->n_shown;
  const double row = self->grid.tile_height + self->grid.gap;
  const gint64 page = columns * MAX ((gint64) (gtk_widget_get_height (GTK_WIDGET (self)) / row), 1);
  gint64 delta = 0;

  switch (move) {
  case MOVE_LEFT:
    return -1;
  case MOVE_RIGHT:
    return 1;
  case MOVE_HOME:
    return -at;
  case MOVE_END:
    return n - 1 - at;
  case MOVE_UP:
    delta = -columns;
    break;
  case MOVE_DOWN:
    delta = columns;
    break;
  case MOVE_PAGE_UP:
    delta = -page;
    break;
  case MOVE_PAGE_DOWN:
    delta = page;
    break;
  default:
    g_return_val_if_reached (0);
  }
  /* A jump that leads beyond the end stops at the last row in the same column. */
  while (at + delta < 0 || at + delta >= n)
    delta += delta < 0 ? columns : -columns;
  return delta;
}

static gboolean
move_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  MixqGraphsPage *self = MIXQ_GRAPHS_PAGE (widget);
  int move = g_variant_get_int32 (args);
  gssize at = mixq_graphs_page_find (self, self->focused);

  if (self->n_shown == 0)
    return GDK_EVENT_PROPAGATE;
  self->by_key = TRUE;
  if (at < 0) {
    focus_first_seen (self);
    mixq_graphs_page_focus_graph (self, self->focused);
    return GDK_EVENT_STOP;
  }
  mixq_graphs_page_focus_graph (
      self, mixq_graphs_page_step (self, self->focused, move_delta (self, (Move) move, at)));
  return GDK_EVENT_STOP;
}

/* --- opening ------------------------------------------------------------------------------------------------------------ */

GtkWindow *
mixq_graphs_page_open (MixqGraphsPage *self, gint64 graph)
{
  GtkRoot *root;
  MixqGraphsDetail *detail;

  g_return_val_if_fail (MIXQ_IS_GRAPHS_PAGE (self), NULL);
  g_return_val_if_fail (mixq_graphs_page_find (self, graph) >= 0, NULL);

  mixq_graphs_page_unhover (self);
  root = gtk_widget_get_root (GTK_WIDGET (self));
  detail = mixq_graphs_detail_new (self, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, graph);
  gtk_window_present (GTK_WINDOW (detail));
  return GTK_WINDOW (detail);
}

static gboolean
open_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  MixqGraphsPage *self = MIXQ_GRAPHS_PAGE (widget);

  if (mixq_graphs_page_find (self, self->focused) < 0)
    return GDK_EVENT_PROPAGATE;
  mixq_graphs_page_open (self, self->focused);
  return GDK_EVENT_STOP;
}

/* --- set-up ------------------------------------------------------------------------------------------------------------- */

void
mixq_graphs_page_add_bindings (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint key;
    Move move;
  } moves[] = {
    { GDK_KEY_Left, MOVE_LEFT },
    { GDK_KEY_KP_Left, MOVE_LEFT },
    { GDK_KEY_Right, MOVE_RIGHT },
    { GDK_KEY_KP_Right, MOVE_RIGHT },
    { GDK_KEY_Up, MOVE_UP },
    { GDK_KEY_KP_Up, MOVE_UP },
    { GDK_KEY_Down, MOVE_DOWN },
    { GDK_KEY_KP_Down, MOVE_DOWN },
    { GDK_KEY_Page_Up, MOVE_PAGE_UP },
    { GDK_KEY_KP_Page_Up, MOVE_PAGE_UP },
    { GDK_KEY_Page_Down, MOVE_PAGE_DOWN },
    { GDK_KEY_KP_Page_Down, MOVE_PAGE_DOWN },
    { GDK_KEY_Home, MOVE_HOME },
    { GDK_KEY_KP_Home, MOVE_HOME },
    { GDK_KEY_End, MOVE_END },
    { GDK_KEY_KP_End, MOVE_END },
  };
  static const guint opens[] = { GDK_KEY_Return, GDK_KEY_ISO_Enter, GDK_KEY_KP_Enter };

  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    gtk_widget_class_add_binding (widget_class, moves[i].key, 0, move_cb, "i", (int) moves[i].move);
  for (guint i = 0; i < G_N_ELEMENTS (opens); i++)
    gtk_widget_class_add_binding (widget_class, opens[i], 0, open_cb, NULL);
}

void
mixq_graphs_page_add_controllers (MixqGraphsPage *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (focus, "enter", G_CALLBACK (enter_cb), self);
  g_signal_connect (focus, "leave", G_CALLBACK (leave_focus_cb), self);
  g_signal_connect (click, "released", G_CALLBACK (released_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}
