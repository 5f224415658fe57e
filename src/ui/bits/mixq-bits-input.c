/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bits view under pointer and keys: its hover card, the menu of a part, holding a width. */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "bits/mixq-bits-view-private.h"
#include "mixq-format.h"
#include "mixq-frame-log.h"

/* Seen beside a part that keys move to. */
#define REVEAL 24.0

/* --- hover card ---------------------------------------------------------------------------------------------------- */

static gboolean
cell_box (MixqBitsView *self, int slot, graphene_rect_t *box)
{
  const MixqBitsItem *item;

  if (slot < 0 || slot >= (int) self->n_slots)
    return FALSE;
  if (self->list) {
    *box = mixq_bits_list_row (mixq_run_model_peek_model (self->run), (guint) slot,
                               gtk_widget_get_width (GTK_WIDGET (self)));
    return TRUE;
  }
  item = self->layout != NULL ? mixq_bits_layout_find (self->layout, slot) : NULL;
  if (item != NULL)
    *box = item->box;
  return item != NULL;
}

void
mixq_bits_view_update_card (MixqBitsView *self)
{
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (self->run);
  const MixqSlotInfo *info = &mixq_run_model_peek_model (self->run)->slots[self->hovered];
  const MixqBitsCell *cell = &self->cells[self->hovered];
  g_autoptr (GString) vote_name = g_string_new (_ ("vote")), vote = g_string_new (NULL);
  g_autofree char *scale = NULL, *share = NULL, *size = NULL, *pinned = NULL, *kind = NULL;
  g_autofree char *part = mixq_slot_dup_part (info);
  graphene_rect_t box;

  if (snapshot == NULL || !cell_box (self, self->hovered, &box))
    return;
  for (guint k = 0; k < snapshot->n_choices; k++) {
    g_string_append_printf (vote_name, k == 0 ? " %u" : " / %u", snapshot->choices[k]);
    g_string_append_printf (vote, k == 0 ? "%.0f" : " / %.0f", 100.0 * cell->alpha[k]);
  }
  g_string_append (vote, " %");
  scale = g_strdup_printf ("%.3g, %d", snapshot->scale[self->hovered], snapshot->zero_point[self->hovered]);
  share = mixq_format_share (cell->share);
  size = g_strdup_printf ("%lu × %lu", (gulong) info->rows, (gulong) info->cols);
  kind = part != NULL ? g_strdup_printf ("%s · %s", mixq_slot_kind (info->role), part)
                      : g_strdup (mixq_slot_kind (info->role));
  if (cell->pinned != 0)
    pinned = g_strdup_printf (_ ("Held at %u bits; Delete lets it go"), cell->pinned);
  {
    const char *const rows[] = {
      vote_name->str, vote->str,      _ ("scale, zero"), scale, _ ("share of cost"), share, _ ("size"),
      size,           _ ("in files"), info->name,        NULL
    };

    mixq_hover_card_set (self->card, info->symbol, kind, rows,
                         pinned != NULL ? pinned : _ ("Enter holds this width"));
  }
  mixq_hover_card_point (self->card, &box);
}

void
mixq_bits_view_set_hovered (MixqBitsView *self, int slot)
{
  if (slot == self->hovered)
    return;
  self->hovered = slot;
  if (slot >= 0)
    mixq_bits_view_update_card (self);
  else
    mixq_hover_card_hide (self->card);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- pointer and keys ---------------------------------------------------------------------------------------------- */

static int
hit (MixqBitsView *self, double x, double y)
{
  if (self->list)
    return self->n_slots > 0 ? mixq_bits_list_hit (mixq_run_model_peek_model (self->run), y) : -1;
  return self->layout != NULL ? mixq_bits_layout_hit (self->layout, x, y) : -1;
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, MixqBitsView *self)
{
  MixqFrameMark mark = mixq_frame_log_begin ();

  mixq_bits_view_set_hovered (self, hit (self, x, y));
  mixq_frame_log_end (mark, MIXQ_FRAME_HANDLER, "bits-motion");
}

static void
leave_cb (GtkEventControllerMotion *controller, MixqBitsView *self)
{
  mixq_bits_view_set_hovered (self, -1);
}

static void
toggle_pin (MixqBitsView *self, int slot)
{
  const MixqBitsCell *cell;

  if (slot < 0 || slot >= (int) self->n_slots || self->cells[slot].bits == 0)
    return;
  cell = &self->cells[slot];
  if (cell->pinned != 0)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.unpin", "u", (guint) slot);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.pin", "(uy)", (guint) slot, cell->bits);
}

static gboolean
on_pin (MixqBitsView *self, int slot, double x, double y)
{
  graphene_rect_t box;
  MixqBitsCellParts parts;
  const graphene_point_t at = GRAPHENE_POINT_INIT ((float) x, (float) y);

  if (!cell_box (self, slot, &box))
    return FALSE;
  if (self->list)
    mixq_bits_list_parts (&box, &parts);
  else
    mixq_bits_cell_parts (self->layout, &box, &parts);
  return graphene_rect_contains_point (&parts.pin, &at);
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, MixqBitsView *self)
{
  int slot = hit (self, x, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (slot >= 0)
    self->focused = slot;
  if (slot >= 0 && on_pin (self, slot, x, y))
    toggle_pin (self, slot);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.select-slot", "i",
                                slot == mixq_run_model_get_selected_slot (self->run) ? -1 : slot);
}

static void
show_menu (MixqBitsView *self, int slot)
{
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (self->run);
  g_autoptr (GMenu) menu = g_menu_new ();
  graphene_rect_t box;

  if (snapshot == NULL || !cell_box (self, slot, &box))
    return;
  for (guint k = 0; k < snapshot->n_choices; k++) {
    g_autofree char *label = g_strdup_printf (_ ("Hold at %u Bits"), snapshot->choices[k]);
    g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

    g_menu_item_set_action_and_target (item, "win.pin", "(uy)", (guint) slot, snapshot->choices[k]);
    g_menu_append_item (menu, item);
  }
  if (snapshot->pinned[slot] != 0) {
    g_autoptr (GMenuItem) item = g_menu_item_new (_ ("Let the Search Choose"), NULL);

    g_menu_item_set_action_and_target (item, "win.unpin", "u", (guint) slot);
    g_menu_append_item (menu, item);
  }
  mixq_hover_card_hide (self->card);
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->popover), G_MENU_MODEL (menu));
  gtk_popover_set_pointing_to (
      GTK_POPOVER (self->popover),
      &(GdkRectangle){ (int) box.origin.x, (int) box.origin.y, (int) box.size.width, (int) box.size.height });
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static void
menu_pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, MixqBitsView *self)
{
  int slot = hit (self, x, y);

  if (slot >= 0)
    show_menu (self, slot);
}

/* The cell nearest to the focused one in a direction; of those, rather one further along than one in a row beyond. */
static int
neighbour (MixqBitsView *self, int dx, int dy)
{
  int best = self->focused;
  double best_distance = G_MAXDOUBLE;
  graphene_rect_t from;

  if (self->list)
    return CLAMP (self->focused + dx + dy, 0, (int) self->n_slots - 1);
  if (dy == 0 && dx != 0) /* along the flow, upper cells included */
    return CLAMP (self->focused + dx, 0, (int) self->n_slots - 1);
  if (!cell_box (self, self->focused, &from))
    return self->focused;
  for (guint i = 0; i < self->n_slots; i++) {
    graphene_rect_t to;
    double distance;

    if (!cell_box (self, (int) i, &to) || (to.origin.y - from.origin.y) * (float) dy <= 1.0f)
      continue;
    distance = fabs (to.origin.x - from.origin.x) + 2.0 * fabs (to.origin.y - from.origin.y);
    if (distance < best_distance) {
      best_distance = distance;
      best = (int) i;
    }
  }
  return best;
}

/* Scrolls whatever scrolls the view until the part is seen. */
static void
reveal (MixqBitsView *self, int slot)
{
  GtkWidget *widget = GTK_WIDGET (self), *up = widget;
  graphene_rect_t box;

  if (!cell_box (self, slot, &box))
    return;
  while ((up = gtk_widget_get_ancestor (gtk_widget_get_parent (up), GTK_TYPE_SCROLLED_WINDOW)) != NULL) {
    GtkScrolledWindow *scrolled = GTK_SCROLLED_WINDOW (up);
    GtkAdjustment *across = gtk_scrolled_window_get_hadjustment (scrolled),
                  *down = gtk_scrolled_window_get_vadjustment (scrolled);
    double x, y;

    if (!gtk_widget_translate_coordinates (widget, up, box.origin.x, box.origin.y, &x, &y))
      continue;
    x += gtk_adjustment_get_value (across);
    y += gtk_adjustment_get_value (down);
    gtk_adjustment_clamp_page (across, x - REVEAL, x + box.size.width + REVEAL);
    gtk_adjustment_clamp_page (down, y - REVEAL, y + box.size.height + REVEAL);
  }
}

static gboolean
arrow_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  MixqBitsView *self = MIXQ_BITS_VIEW (widget);
  int dx, dy;

  if (self->n_slots == 0)
    return GDK_EVENT_PROPAGATE;
  g_variant_get (args, "(ii)", &dx, &dy);
  /* The map reads left to right in every language, like a formula: no mirroring here. */
  self->focused = neighbour (self, dx, dy);
  reveal (self, self->focused);
  mixq_bits_view_set_hovered (self, self->focused);
  mixq_picture_describe (self->streams, NULL, TRUE);
  gtk_widget_queue_draw (widget);
  return GDK_EVENT_STOP;
}

static gboolean
key_pin_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  MixqBitsView *self = MIXQ_BITS_VIEW (widget);

  toggle_pin (self, self->focused);
  return GDK_EVENT_STOP;
}

static gboolean
key_unpin_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  MixqBitsView *self = MIXQ_BITS_VIEW (widget);

  if (self->focused >= 0 && self->n_slots > 0)
    gtk_widget_activate_action (widget, "win.unpin", "u", (guint) self->focused);
  return GDK_EVENT_STOP;
}

static gboolean
key_menu_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  MixqBitsView *self = MIXQ_BITS_VIEW (widget);

  show_menu (self, self->focused);
  return GDK_EVENT_STOP;
}

static gboolean
key_digit_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  MixqBitsView *self = MIXQ_BITS_VIEW (widget);
  const MixqSnapshot *snapshot = self->run != NULL ? mixq_run_model_peek_snapshot (self->run) : NULL;
  int bits;

  g_variant_get (args, "i", &bits);
  for (guint k = 0; snapshot != NULL && k < snapshot->n_choices; k++)
    if (snapshot->choices[k] == bits && self->focused < (int) self->n_slots)
      return gtk_widget_activate_action (widget, "win.pin", "(uy)", (guint) self->focused, (guint8) bits);
  return GDK_EVENT_PROPAGATE;
}

static void
focus_cb (GtkEventControllerFocus *controller, MixqBitsView *self)
{
  if (!gtk_event_controller_focus_contains_focus (controller))
    mixq_bits_view_set_hovered (self, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- hook-up ------------------------------------------------------------------------------------------------------- */

void
mixq_bits_view_add_bindings (GtkWidgetClass *klass)
{
  static const struct
  {
    guint key, pad;
    int dx, dy;
  } arrows[] = { { GDK_KEY_Left, GDK_KEY_KP_Left, -1, 0 },
                 { GDK_KEY_Right, GDK_KEY_KP_Right, 1, 0 },
                 { GDK_KEY_Up, GDK_KEY_KP_Up, 0, -1 },
                 { GDK_KEY_Down, GDK_KEY_KP_Down, 0, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (arrows); i++) {
    gtk_widget_class_add_binding (klass, arrows[i].key, 0, arrow_cb, "(ii)", arrows[i].dx, arrows[i].dy);
    gtk_widget_class_add_binding (klass, arrows[i].pad, 0, arrow_cb, "(ii)", arrows[i].dx, arrows[i].dy);
  }
  for (int bits = 1; bits <= 8; bits++)
    gtk_widget_class_add_binding (klass, GDK_KEY_0 + (guint) bits, 0, key_digit_cb, "i", bits);
  gtk_widget_class_add_binding (klass, GDK_KEY_Return, 0, key_pin_cb, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_KP_Enter, 0, key_pin_cb, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_Delete, 0, key_unpin_cb, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_F10, GDK_SHIFT_MASK, key_menu_cb, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_Menu, 0, key_menu_cb, NULL);
}

void
mixq_bits_view_add_controllers (MixqBitsView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkGesture *click = gtk_gesture_click_new (), *menu = gtk_gesture_click_new ();

  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (focus, "enter", G_CALLBACK (focus_cb), self);
  g_signal_connect (focus, "leave", G_CALLBACK (focus_cb), self);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (menu), GDK_BUTTON_SECONDARY);
  g_signal_connect (menu, "pressed", G_CALLBACK (menu_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (menu));
}
