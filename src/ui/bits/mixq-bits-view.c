/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bits/mixq-bits-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "bits/mixq-bits-draw.h"
#include "bits/mixq-bits-streams.h"
#include "mixq-format.h"
#include "mixq-frame-log.h"
#include "mixq-hover-card.h"
#include "mixq-raster.h"

#define FADE_US 200000
/* A number is settled when one width has this share of the vote. */
#define DECIDED 0.8f
#define DESCRIBE_US 1000000

struct _MixqBitsView
{
  GtkWidget parent_instance;

  /* owned */
  MixqRunModel *run;
  MixqBitsLayout *layout; /* NULL in list form or before a session */
  MixqTextCache *texts;
  MixqRaster *raster;
  GdkTexture *streams;
  GskRenderNode *ground;
  MixqCostModel *cost_model; /* NULL for an axis that needs a measured table */
  MixqBitsCell *cells;
  gint64 *changed; /* frame time when the number changed, per slot */

  /* children */
  MixqHoverCard *card;
  GtkWidget *popover;

  guint n_slots;
  guint fade_id;
  gboolean list;
  int hovered;
  int focused;
  gint64 described;
};

G_DEFINE_TYPE (MixqBitsView, mixq_bits_view, GTK_TYPE_WIDGET)

/* --- the cells of now ---------------------------------------------------------------------------------------------- */

static gboolean
fade_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  MixqBitsView *self = MIXQ_BITS_VIEW (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  gboolean moving = FALSE;

  for (guint i = 0; i < self->n_slots; i++) {
    self->cells[i].fade = MIN ((double) (now - self->changed[i]) / FADE_US, 1.0);
    moving = moving || self->cells[i].fade < 1.0;
  }
  gtk_widget_queue_draw (widget);
  if (moving)
    return G_SOURCE_CONTINUE;
  self->fade_id = 0;
  return G_SOURCE_REMOVE;
}

static void
set_number (MixqBitsView *self, guint slot, guint8 bits)
{
  MixqBitsCell *cell = &self->cells[slot];
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

  if (bits == cell->bits)
    return;
  cell->old_bits = cell->bits;
  cell->bits = bits;
  cell->fade = 1.0;
  if (cell->old_bits == 0 || clock == NULL || !mixq_style_animations (GTK_WIDGET (self)))
    return;
  cell->fade = 0.0;
  self->changed[slot] = gdk_frame_clock_get_frame_time (clock);
  if (self->fade_id == 0)
    self->fade_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), fade_cb, NULL, NULL);
}

static void
point_to_cells (MixqBitsView *self, const MixqPoint *point, const MixqSnapshot *snapshot)
{
  g_autofree double *bits = g_new (double, self->n_slots);
  g_autofree double *shares = g_new0 (double, self->n_slots);

  for (guint i = 0; i < self->n_slots; i++)
    bits[i] = point->bits[i];
  if (self->cost_model != NULL)
    mixq_cost_model_shares (self->cost_model, bits, shares);
  for (guint i = 0; i < self->n_slots; i++) {
    MixqBitsCell *cell = &self->cells[i];

    set_number (self, i, point->bits[i]);
    cell->decided = TRUE;
    cell->faded = TRUE;
    cell->share = shares[i];
    memset (cell->alpha, 0, sizeof cell->alpha);
    for (guint k = 0; k < snapshot->n_choices; k++)
      cell->alpha[k] = snapshot->choices[k] == point->bits[i] ? 1.0f : 0.0f;
  }
}

static void
snapshot_to_cells (MixqBitsView *self, const MixqSnapshot *snapshot)
{
  for (guint i = 0; i < self->n_slots; i++) {
    MixqBitsCell *cell = &self->cells[i];
    const float *alpha = snapshot->alpha + (gsize) i * snapshot->n_choices;
    float best = 0.0f;

    set_number (self, i, snapshot->bits[i]);
    memcpy (cell->alpha, alpha, snapshot->n_choices * sizeof *alpha);
    for (guint k = 0; k < snapshot->n_choices; k++)
      best = MAX (best, alpha[k]);
    cell->pinned = snapshot->pinned[i];
    cell->decided = best >= DECIDED || cell->pinned != 0 || snapshot->phase == MIXQ_PHASE_FLOAT;
    cell->faded = cell->pinned != 0;
    cell->share = snapshot->share[i];
  }
}

char *
mixq_bits_view_dup_description (MixqBitsView *self)
{
  MixqModel *model;
  GString *parts;

  g_return_val_if_fail (MIXQ_IS_BITS_VIEW (self), NULL);

  model = self->run != NULL ? mixq_run_model_peek_model (self->run) : NULL;
  if (model == NULL || self->n_slots == 0 || self->cells[0].bits == 0)
    return g_strdup (_ ("No model yet"));
  parts = g_string_new (NULL);
  for (guint i = 0; i < self->n_slots; i++) {
    double best = 0.0;

    for (guint k = 0; k < MIXQ_MAX_CHOICES; k++)
      best = MAX (best, self->cells[i].alpha[k]);
    /* Translators: one part of the model for a screen reader: "conv1.weight 4 bits, 71 percent; ". */
    g_string_append_printf (parts, _ ("%s %u bits, %.0f percent; "), model->slots[i].name,
                            self->cells[i].bits, 100.0 * best);
  }
  g_string_truncate (parts, parts->len - 2);
  return g_string_free (parts, FALSE);
}

static void
describe (MixqBitsView *self, gboolean now)
{
  gint64 time = g_get_monotonic_time ();
  g_autofree char *text = NULL;

  if (!now && time - self->described < DESCRIBE_US)
    return;
  self->described = time;
  text = mixq_bits_view_dup_description (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void update_card (MixqBitsView *self);

static void
update_cells (MixqBitsView *self)
{
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (self->run);
  MixqPoint *shown = mixq_run_model_peek_shown (self->run);

  if (snapshot == NULL || snapshot->n_slots != self->n_slots)
    return;
  snapshot_to_cells (self, snapshot);
  if (shown != NULL && shown->n_slots == self->n_slots)
    point_to_cells (self, shown, snapshot);
  describe (self, FALSE);
  if (self->hovered >= 0)
    update_card (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- streams ------------------------------------------------------------------------------------------------------- */

static void
streams_done (GdkTexture *texture, gpointer job, gpointer user_data)
{
  MixqBitsView *self = user_data;

  if (((MixqBitsStreams *) job)->n_slots != self->n_slots)
    return; /* of a session that is gone */
  g_set_object (&self->streams, texture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
stream_size (MixqBitsView *self, double *width, double *height)
{
  MixqBitsCellParts parts;

  if (self->list) {
    graphene_rect_t row = mixq_bits_list_row (0, gtk_widget_get_width (GTK_WIDGET (self)));

    mixq_bits_list_parts (&row, &parts);
  } else {
    const MixqBitsItem *item = self->layout != NULL ? mixq_bits_layout_find (self->layout, 0) : NULL;

    if (item == NULL)
      return FALSE;
    mixq_bits_cell_parts (self->layout, &item->box, &parts);
  }
  *width = parts.stream.size.width;
  *height = parts.stream.size.height;
  return *width >= 1.0;
}

static void
request_streams (MixqBitsView *self)
{
  const MixqHistory *history = mixq_run_model_peek_history (self->run);
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (self->run);
  double width, height, scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  MixqBitsStreams *job;

  if (history == NULL || snapshot == NULL || history->n_rows == 0 || history->n_slots != self->n_slots ||
      !gtk_widget_get_mapped (GTK_WIDGET (self)) || !stream_size (self, &width, &height))
    return;
  job = mixq_bits_streams_new (history, snapshot->choices, (guint) (width * scale), (int) (height * scale),
                               mixq_style_theme ());
  mixq_raster_request (self->raster, job, (int) (width * scale), (int) (height * scale) * (int) self->n_slots,
                       scale);
}

/* --- drawing ------------------------------------------------------------------------------------------------------- */

static void
mixq_bits_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MixqBitsView *self = MIXQ_BITS_VIEW (widget);
  const MixqPlotTheme *theme = mixq_style_theme ();
  const MixqSnapshot *state = self->run != NULL ? mixq_run_model_peek_snapshot (self->run) : NULL;
  MixqFrameMark mark = mixq_frame_log_begin ();
  gboolean live = state != NULL && state->n_slots == self->n_slots;

  if (!self->list && self->layout != NULL) {
    if (self->ground != NULL)
      gtk_snapshot_append_node (snapshot, self->ground);
  }
  if (live) {
    const MixqBitsScene scene = { .model = mixq_run_model_peek_model (self->run),
                                  .cells = self->cells,
                                  .choices = state->choices,
                                  .n_choices = state->n_choices,
                                  .loss = state->loss,
                                  .streams = self->streams,
                                  .hovered = self->hovered,
                                  .focused = gtk_widget_has_visible_focus (widget) ? self->focused : -1,
                                  .selected = mixq_run_model_get_selected_slot (self->run),
                                  .theme = theme };
    if (self->list)
      mixq_bits_draw_list (widget, snapshot, self->texts, &scene);
    else if (self->layout != NULL)
      mixq_bits_draw_live (widget, snapshot, self->texts, self->layout, &scene);
  }
  mixq_frame_log_end (mark, MIXQ_FRAME_SNAPSHOT, "bits");
}

static void
make_ground (MixqBitsView *self)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  g_clear_pointer (&self->ground, gsk_render_node_unref);
  mixq_bits_draw_ground (GTK_WIDGET (self), snapshot, self->texts, self->layout,
                         mixq_run_model_peek_model (self->run), mixq_style_theme ());
  self->ground = gtk_snapshot_free_to_node (snapshot);
}

/* What does not change between frames is drawn once into a node, here and not in snapshot(). */
static void
remake_ground (MixqBitsView *self)
{
  if (self->layout != NULL)
    make_ground (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
relayout (MixqBitsView *self)
{
  MixqModel *model = self->run != NULL ? mixq_run_model_peek_model (self->run) : NULL;
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));

  g_clear_pointer (&self->layout, mixq_bits_layout_free);
  g_clear_pointer (&self->ground, gsk_render_node_unref);
  if (model == NULL || self->list || width <= 0 || height <= 0)
    return;
  self->layout = mixq_bits_layout_new (model, width, height);
  make_ground (self);
}

static void
mixq_bits_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MixqBitsView *self = MIXQ_BITS_VIEW (widget);
  MixqFrameMark mark = mixq_frame_log_begin ();

  relayout (self);
  if (self->run != NULL)
    request_streams (self);
  mixq_frame_log_end (mark, MIXQ_FRAME_HANDLER, "bits-allocate");
  gtk_popover_present (GTK_POPOVER (self->card));
  gtk_popover_present (GTK_POPOVER (self->popover));
}

static void
mixq_bits_view_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *min,
                        int *nat,
                        int *min_base,
                        int *nat_base)
{
  MixqBitsView *self = MIXQ_BITS_VIEW (widget);
  MixqModel *model = self->run != NULL ? mixq_run_model_peek_model (self->run) : NULL;
  int width = 320, height = 164;

  if (self->list) {
    width = 280;
    height = (int) (MIXQ_BITS_LIST_HEAD + MAX (self->n_slots, 1) * MIXQ_BITS_ROW_HEIGHT);
  } else if (model != NULL) {
    mixq_bits_layout_min (model, &width, &height);
  }
  *min = *nat = orientation == GTK_ORIENTATION_HORIZONTAL ? width : height;
}

static void
mixq_bits_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  MixqBitsView *self = MIXQ_BITS_VIEW (widget);

  GTK_WIDGET_CLASS (mixq_bits_view_parent_class)->css_changed (widget, change);
  mixq_text_cache_clear (self->texts);
  remake_ground (self);
}

/* --- hover card ---------------------------------------------------------------------------------------------------- */

static gboolean
cell_box (MixqBitsView *self, int slot, graphene_rect_t *box)
{
  const MixqBitsItem *item;

  if (slot < 0 || slot >= (int) self->n_slots)
    return FALSE;
  if (self->list) {
    *box = mixq_bits_list_row ((guint) slot, gtk_widget_get_width (GTK_WIDGET (self)));
    return TRUE;
  }
  item = self->layout != NULL ? mixq_bits_layout_find (self->layout, slot) : NULL;
  if (item != NULL)
    *box = item->box;
  return item != NULL;
}

static void
update_card (MixqBitsView *self)
{
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (self->run);
  const MixqSlotInfo *info = &mixq_run_model_peek_model (self->run)->slots[self->hovered];
  const MixqBitsCell *cell = &self->cells[self->hovered];
  g_autoptr (GString) vote_name = g_string_new (_ ("vote")), vote = g_string_new (NULL);
  g_autofree char *scale = NULL, *share = NULL, *size = NULL, *pinned = NULL;
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
  if (cell->pinned != 0)
    pinned = g_strdup_printf (_ ("Held at %u bits; Delete lets it go"), cell->pinned);
  {
    const char *const rows[] = {
      vote_name->str, vote->str,      _ ("scale, zero"), scale, _ ("share of cost"), share, _ ("size"),
      size,           _ ("in files"), info->name,        NULL
    };

    mixq_hover_card_set (self->card, info->symbol, mixq_slot_kind (info->role), rows,
                         pinned != NULL ? pinned : _ ("Enter holds this width"));
  }
  mixq_hover_card_point (self->card, &box);
}

static void
set_hovered (MixqBitsView *self, int slot)
{
  if (slot == self->hovered)
    return;
  self->hovered = slot;
  if (slot >= 0)
    update_card (self);
  else
    mixq_hover_card_hide (self->card);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- pointer and keys ---------------------------------------------------------------------------------------------- */

static int
hit (MixqBitsView *self, double x, double y)
{
  if (self->list) {
    int slot = (int) floor ((y - MIXQ_BITS_LIST_HEAD) / MIXQ_BITS_ROW_HEIGHT);

    return y >= MIXQ_BITS_LIST_HEAD && slot < (int) self->n_slots ? slot : -1;
  }
  return self->layout != NULL ? mixq_bits_layout_hit (self->layout, x, y) : -1;
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, MixqBitsView *self)
{
  MixqFrameMark mark = mixq_frame_log_begin ();

  set_hovered (self, hit (self, x, y));
  mixq_frame_log_end (mark, MIXQ_FRAME_HANDLER, "bits-motion");
}

static void
leave_cb (GtkEventControllerMotion *controller, MixqBitsView *self)
{
  set_hovered (self, -1);
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

/* The cell nearest to the focused one in a direction; the map is two rows, so distance along decides. */
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
    distance = fabs (to.origin.x - from.origin.x);
    if (distance < best_distance) {
      best_distance = distance;
      best = (int) i;
    }
  }
  return best;
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
  set_hovered (self, self->focused);
  describe (self, TRUE);
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
    set_hovered (self, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- the run model -------------------------------------------------------------------------------------------------- */

static void
session_changed_cb (MixqBitsView *self)
{
  MixqModel *model = mixq_run_model_peek_model (self->run);
  MixqCostAxis axis = mixq_run_model_get_axis (self->run);

  self->n_slots = model != NULL ? model->n_slots : 0;
  g_free (self->cells);
  g_free (self->changed);
  self->cells = g_new0 (MixqBitsCell, MAX (self->n_slots, 1));
  self->changed = g_new0 (gint64, MAX (self->n_slots, 1));
  self->focused = 0;
  set_hovered (self, -1);
  g_clear_object (&self->streams);
  g_clear_pointer (&self->cost_model, mixq_cost_model_free);
  if (model != NULL && axis != MIXQ_COST_MS)
    self->cost_model = mixq_cost_model_new (model, axis, NULL);
  relayout (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
mixq_bits_view_set_run_model (MixqBitsView *self, MixqRunModel *model)
{
  g_return_if_fail (MIXQ_IS_BITS_VIEW (self));
  g_return_if_fail (self->run == NULL);

  self->run = g_object_ref (model);
  g_signal_connect_object (model, "session-changed", G_CALLBACK (session_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "snapshot", G_CALLBACK (update_cells), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "selection-changed", G_CALLBACK (update_cells), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "points-changed", G_CALLBACK (update_cells), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "history-changed", G_CALLBACK (request_streams), self, G_CONNECT_SWAPPED);
  session_changed_cb (self);
}

void
mixq_bits_view_set_list (MixqBitsView *self, gboolean list)
{
  g_return_if_fail (MIXQ_IS_BITS_VIEW (self));

  if (list == self->list)
    return;
  self->list = list;
  g_clear_object (&self->streams);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

const float *
mixq_bits_view_peek_alpha (MixqBitsView *self, guint slot)
{
  g_return_val_if_fail (MIXQ_IS_BITS_VIEW (self), NULL);
  return slot < self->n_slots ? self->cells[slot].alpha : NULL;
}

/* --- object -------------------------------------------------------------------------------------------------------- */

static void
scheme_changed_cb (MixqBitsView *self)
{
  remake_ground (self);
  if (self->run != NULL)
    request_streams (self);
}

static void
mixq_bits_view_dispose (GObject *object)
{
  MixqBitsView *self = MIXQ_BITS_VIEW (object);

  mixq_hover_card_drop (&self->card);
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_pointer (&self->raster, mixq_raster_free);
  g_clear_object (&self->run);
  G_OBJECT_CLASS (mixq_bits_view_parent_class)->dispose (object);
}

static void
mixq_bits_view_finalize (GObject *object)
{
  MixqBitsView *self = MIXQ_BITS_VIEW (object);

  g_clear_pointer (&self->layout, mixq_bits_layout_free);
  g_clear_pointer (&self->texts, mixq_text_cache_free);
  g_clear_pointer (&self->ground, gsk_render_node_unref);
  g_clear_pointer (&self->cost_model, mixq_cost_model_free);
  g_clear_object (&self->streams);
  g_free (self->cells);
  g_free (self->changed);
  G_OBJECT_CLASS (mixq_bits_view_parent_class)->finalize (object);
}

static void
mixq_bits_view_map (GtkWidget *widget)
{
  MixqBitsView *self = MIXQ_BITS_VIEW (widget);

  GTK_WIDGET_CLASS (mixq_bits_view_parent_class)->map (widget);
  if (self->run != NULL)
    request_streams (self);
}

static void
add_keys (GtkWidgetClass *klass)
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

static void
mixq_bits_view_class_init (MixqBitsViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mixq_bits_view_dispose;
  object_class->finalize = mixq_bits_view_finalize;
  widget_class->snapshot = mixq_bits_view_snapshot;
  widget_class->measure = mixq_bits_view_measure;
  widget_class->size_allocate = mixq_bits_view_size_allocate;
  widget_class->css_changed = mixq_bits_view_css_changed;
  widget_class->map = mixq_bits_view_map;
  add_keys (widget_class);
  gtk_widget_class_set_css_name (widget_class, "bitsview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
add_controllers (MixqBitsView *self)
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

static void
mixq_bits_view_init (MixqBitsView *self)
{
  self->texts = mixq_text_cache_new ();
  self->raster = mixq_raster_new ("mixq-streams", mixq_bits_streams_paint,
                                  (GDestroyNotify) mixq_bits_streams_free, streams_done, self);
  self->card = mixq_hover_card_new (GTK_WIDGET (self));
  self->popover = gtk_popover_menu_new_from_model (NULL);
  gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
  self->hovered = -1;
  self->cells = g_new0 (MixqBitsCell, 1);
  self->changed = g_new0 (gint64, 1);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  add_controllers (self);
  mixq_style_watch (GTK_WIDGET (self));
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (scheme_changed_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::high-contrast",
                           G_CALLBACK (scheme_changed_cb), self, G_CONNECT_SWAPPED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Bits of every part"), -1);
}

GtkWidget *
mixq_bits_view_new (void)
{
  return g_object_new (MIXQ_TYPE_BITS_VIEW, NULL);
}
