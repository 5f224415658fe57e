/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bits/mixq-bits-view-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "bits/mixq-bits-streams.h"
#include "mixq-format.h"
#include "mixq-frame-log.h"

#define FADE_US 200000
/* A number is settled when one width has this share of the vote. */
#define DECIDED 0.8f

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

static char *
describe (gpointer view, gpointer job)
{
  return mixq_bits_view_dup_description (view);
}

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
  mixq_picture_describe (self->streams, NULL, FALSE);
  if (self->hovered >= 0)
    mixq_bits_view_update_card (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- streams ------------------------------------------------------------------------------------------------------- */

/* Those of a session that is gone are dropped. */
static gboolean
accept_streams (gpointer view, gpointer job)
{
  return ((MixqBitsStreams *) job)->n_slots == ((MixqBitsView *) view)->n_slots;
}

static gboolean
stream_size (MixqBitsView *self, double *width, double *height)
{
  MixqBitsCellParts parts;

  if (self->list) {
    MixqModel *model = mixq_run_model_peek_model (self->run);
    graphene_rect_t row;

    if (model == NULL)
      return FALSE;
    row = mixq_bits_list_row (model, 0, gtk_widget_get_width (GTK_WIDGET (self)));
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
      !mixq_picture_is_wanted (self->streams, 1, 1) || !stream_size (self, &width, &height))
    return;
  job = mixq_bits_streams_new (history, snapshot->choices, (guint) (width * scale), (int) (height * scale),
                               mixq_style_theme ());
  mixq_picture_request (self->streams, job, (int) (width * scale) / scale,
                        (int) (height * scale) * (int) self->n_slots / scale);
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
                                  .streams = mixq_picture_peek_texture (self->streams),
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
    height = (int) (model != NULL ? mixq_bits_list_height (model)
                                  : MIXQ_BITS_LIST_HEAD + MIXQ_BITS_ROW_HEIGHT);
  } else if (model != NULL && orientation == GTK_ORIENTATION_HORIZONTAL) {
    width = mixq_bits_layout_width_for (model, for_size);
  } else if (model != NULL) {
    mixq_bits_layout_min (model, &width, &height);
  }
  *min = *nat = orientation == GTK_ORIENTATION_HORIZONTAL ? width : height;
}

/* A higher map may break into rows, and then asks for less width. */
static GtkSizeRequestMode
mixq_bits_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_WIDTH_FOR_HEIGHT;
}

static void
mixq_bits_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  MixqBitsView *self = MIXQ_BITS_VIEW (widget);

  GTK_WIDGET_CLASS (mixq_bits_view_parent_class)->css_changed (widget, change);
  mixq_text_cache_clear (self->texts);
  remake_ground (self);
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
  mixq_bits_view_set_hovered (self, -1);
  mixq_picture_drop (self->streams);
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
  mixq_picture_drop (self->streams);
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
scheme_changed_cb (gpointer view)
{
  MixqBitsView *self = view;

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
  g_clear_pointer (&self->streams, mixq_picture_free);
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
  g_free (self->cells);
  g_free (self->changed);
  G_OBJECT_CLASS (mixq_bits_view_parent_class)->finalize (object);
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
  widget_class->get_request_mode = mixq_bits_view_get_request_mode;
  widget_class->size_allocate = mixq_bits_view_size_allocate;
  widget_class->css_changed = mixq_bits_view_css_changed;
  mixq_bits_view_add_bindings (widget_class);
  gtk_widget_class_set_css_name (widget_class, "bitsview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mixq_bits_view_init (MixqBitsView *self)
{
  static const MixqPictureKind kind = { .name = "mixq-streams",
                                        .paint = mixq_bits_streams_paint,
                                        .unref_job = (GDestroyNotify) mixq_bits_streams_free,
                                        .request = scheme_changed_cb,
                                        .accept = accept_streams,
                                        .describe = describe };

  self->texts = mixq_text_cache_new ();
  self->streams = mixq_picture_new (GTK_WIDGET (self), &kind);
  self->card = mixq_hover_card_new (GTK_WIDGET (self));
  self->popover = gtk_popover_menu_new_from_model (NULL);
  gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
  self->hovered = -1;
  self->cells = g_new0 (MixqBitsCell, 1);
  self->changed = g_new0 (gint64, 1);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  mixq_bits_view_add_controllers (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Bits of every part"), -1);
}

GtkWidget *
mixq_bits_view_new (void)
{
  return g_object_new (MIXQ_TYPE_BITS_VIEW, NULL);
}
