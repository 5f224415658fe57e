/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window's life and arrangement. What it can do is in mixq-window-actions.c. */
#include "config.h"

#include "mixq-window.h"

#include <glib/gi18n.h>

#include "mixq-format.h"
#include "mixq-frame-log.h"
#include "mixq-style.h"
#include "mixq-window-private.h"

G_DEFINE_TYPE (MixqWindow, mixq_window, ADW_TYPE_APPLICATION_WINDOW)

/* --- small parts ---------------------------------------------------------------------------------------------------- */

void
mixq_window_toast (MixqWindow *self, const char *text)
{
  AdwToast *toast = adw_toast_new ("");
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_set_title (toast, escaped);
  adw_toast_set_timeout (toast, 6);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static const char *
state_text (MixqWindow *self)
{
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (self->run);

  if (mixq_run_model_get_paused (self->run))
    return _ ("paused");
  if (snapshot == NULL)
    return _ ("starting");
  switch (snapshot->phase) {
  case MIXQ_PHASE_FLOAT:
    return _ ("training float32");
  case MIXQ_PHASE_SEARCH:
    return _ ("searching");
  case MIXQ_PHASE_RESTING:
    return _ ("resting");
  case MIXQ_PHASE_FAILED:
    return _ ("stopped");
  default:
    g_return_val_if_reached ("");
  }
}

void
mixq_window_update_title (MixqWindow *self)
{
  MixqDataset *dataset = mixq_run_model_peek_dataset (self->run);
  MixqModel *model = mixq_run_model_peek_model (self->run);
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (self->run);
  g_autofree char *subtitle = NULL, *name = NULL;

  if (dataset == NULL || model == NULL) {
    adw_window_title_set_subtitle (self->title, "");
    return;
  }
  adw_window_title_set_title (self->title, dataset->title);
  name = mixq_format_model (&model->spec);
  if (self->narrow)
    subtitle = g_strdup_printf ("%s · %s", name, state_text (self));
  else
    /* Translators: the model, "GIN 5×64"; steps done; what it does. */
    subtitle = g_strdup_printf (_ ("%s · step %u · %s"), name, snapshot != NULL ? snapshot->step : 0,
                                state_text (self));
  if (g_strcmp0 (subtitle, adw_window_title_get_subtitle (self->title)) != 0)
    adw_window_title_set_subtitle (self->title, subtitle);
}

static void
update_pause (MixqWindow *self)
{
  gboolean paused = mixq_run_model_get_paused (self->run);
  const char *label = paused ? _ ("Run") : _ ("Pause");
  gboolean wide = mixq_fold_get_width_class (self->fold) == MIXQ_WIDTH_WIDE;

  adw_button_content_set_icon_name (self->pause_content, paused ? "media-playback-start-symbolic"
                                                                : "media-playback-pause-symbolic");
  adw_button_content_set_label (self->pause_content, wide ? label : "");
  gtk_widget_set_tooltip_text (self->pause_button, paused ? _ ("Run (Space)") : _ ("Pause (Space)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pause_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  mixq_window_update_title (self);
}

static void
update_swatches (MixqWindow *self)
{
  const MixqRunConfig *config = &mixq_run_model_peek_wish (self->run)->config;

  mixq_bits_chips_set (self->bits_chips, config->choices, config->n_choices);
  gtk_label_set_text (GTK_LABEL (self->bits_chips_caption),
                      mixq_fold_get_width_class (self->fold) == MIXQ_WIDTH_WIDE
                          ? _ ("bits · bar: now, stream: how it came")
                          : _ ("bits"));
}

static void
update_captions (MixqWindow *self)
{
  MixqWidthClass width = mixq_fold_get_width_class (self->fold);
  MixqDataset *dataset = mixq_run_model_peek_dataset (self->run);
  MixqModel *model = mixq_run_model_peek_model (self->run);
  gboolean no_val = dataset != NULL && mixq_dataset_count_items (dataset, MIXQ_PART_VAL) == 0;
  g_autofree char *bits = NULL;

  if (width == MIXQ_WIDTH_WIDE && model != NULL)
    bits = g_strdup_printf (ngettext ("The model in the order data flows. %u part, each with its own width.",
                                      "The model in the order data flows. %u parts, each with its own width.",
                                      model->n_slots),
                            model->n_slots);
  gtk_label_set_text (GTK_LABEL (self->bits_caption),
                      bits != NULL ? bits : _ ("The model in the order data flows"));
  gtk_label_set_text (GTK_LABEL (self->tradeoff_caption),
                      no_val                     ? _ ("Accuracy (training nodes) against cost; ← cheaper")
                      : width == MIXQ_WIDTH_WIDE ? _ ("Accuracy (validation) against cost; ← cheaper")
                                                 : _ ("Accuracy against cost; ← cheaper"));
}

static void
update_flips (MixqWindow *self)
{
  MixqDataset *dataset = mixq_run_model_peek_dataset (self->run);
  guint n = mixq_graph_canvas_get_n_flipped (self->graph);
  g_autofree char *text = NULL;

  if (dataset == NULL || mixq_window_shows_graphs (self))
    return;
  if (n == G_MAXUINT)
    text = g_strdup_printf (ngettext ("%'lu node", "%'lu nodes", (gulong) dataset->n_nodes),
                            (gulong) dataset->n_nodes);
  else if (mixq_fold_get_width_class (self->fold) == MIXQ_WIDTH_WIDE)
    /* Translators: nodes whose prediction differs from float32, of all. */
    text = g_strdup_printf (_ ("%u of %'lu flipped"), n, (gulong) dataset->n_nodes);
  else
    text = g_strdup_printf (_ ("%u flipped"), n);
  gtk_label_set_text (GTK_LABEL (self->graph_caption), text);
}

/* --- arrangement ------------------------------------------------------------------------------------------------------ */

static void
move_card (GtkWidget *card, AdwBin *to)
{
  GtkWidget *from = gtk_widget_get_parent (card);

  if (from == GTK_WIDGET (to))
    return;
  g_object_ref (card);
  if (from != NULL)
    adw_bin_set_child (ADW_BIN (from), NULL);
  adw_bin_set_child (to, card);
  g_object_unref (card);
}

static void
restore_panes (MixqWindow *self)
{
  double vertical = self->settings != NULL ? g_settings_get_double (self->settings, "pane-vertical") : 0.42;
  double horizontal = self->settings != NULL ? g_settings_get_double (self->settings, "pane-horizontal")
                                             : 0.49;
  int height = gtk_widget_get_height (GTK_WIDGET (self->rows)),
      width = gtk_widget_get_width (GTK_WIDGET (self->columns));

  if (height > 100)
    gtk_paned_set_position (self->rows, (int) (vertical * height));
  if (width > 100)
    gtk_paned_set_position (self->columns, (int) (horizontal * width));
}

static void
keep_panes (MixqWindow *self)
{
  int height = gtk_widget_get_height (GTK_WIDGET (self->rows)),
      width = gtk_widget_get_width (GTK_WIDGET (self->columns));

  if (self->settings == NULL || self->narrow || self->full >= 0 || height <= 100 || width <= 100)
    return;
  g_settings_set_double (self->settings, "pane-vertical",
                         CLAMP ((double) gtk_paned_get_position (self->rows) / height, 0.0, 1.0));
  g_settings_set_double (self->settings, "pane-horizontal",
                         CLAMP ((double) gtk_paned_get_position (self->columns) / width, 0.0, 1.0));
}

static void
arrange (MixqWindow *self)
{
  for (int i = 0; i < MIXQ_N_CARDS; i++) {
    AdwBin *slot = i == self->full ? self->full_slot
                   : self->narrow  ? self->tab_slots[i]
                                   : self->wide_slots[i];

    move_card (self->cards[i], slot);
    /* In the tabs the switch above says what it is. */
    gtk_widget_set_visible (self->card_heads[i], !self->narrow || i == MIXQ_CARD_GRAPH || i == self->full);
    gtk_button_set_icon_name (GTK_BUTTON (self->full_buttons[i]),
                              i == self->full ? "view-restore-symbolic" : "view-fullscreen-symbolic");
  }
  gtk_stack_set_visible_child_name (self->arrangements, self->full >= 0 ? "full"
                                                        : self->narrow  ? "narrow"
                                                                        : "wide");
  mixq_bits_view_set_list (self->bits, self->narrow);
  mixq_diagnosis_list_set_width_class (self->diagnoses, mixq_fold_get_width_class (self->fold));
}

static void
width_class_cb (MixqWindow *self)
{
  MixqWidthClass width = mixq_fold_get_width_class (self->fold);
  gboolean wide = width == MIXQ_WIDTH_WIDE;

  self->narrow = width == MIXQ_WIDTH_NARROW;
  arrange (self);
  gtk_widget_set_visible (self->sidebar_button, !self->narrow);
  gtk_widget_set_visible (self->open_button, !self->narrow);
  gtk_widget_set_visible (self->open_icon_button, self->narrow);
  gtk_widget_set_visible (self->step_button, !self->narrow);
  gtk_widget_set_visible (self->export_button, !self->narrow);
  gtk_widget_set_visible (self->axis_buttons, wide || self->narrow);
  for (int i = 0; i < MIXQ_N_CARDS; i++)
    gtk_widget_set_visible (self->full_buttons[i], !self->narrow);
  mixq_tradeoff_view_set_roomy (self->tradeoff, wide);
  mixq_price_bar_set_width_class (self->price_bar, width);
  mixq_budget_bar_set_width_class (self->budget_bar, width);
  update_swatches (self);
  update_captions (self);
  update_flips (self);
  mixq_window_update_graphs (self);
  update_pause (self);
}

void
mixq_window_set_full (MixqWindow *self, int card)
{
  if (card == self->full || card >= MIXQ_N_CARDS)
    return;
  self->full = card;
  arrange (self);
  mixq_tradeoff_view_set_roomy (self->tradeoff,
                                card == MIXQ_CARD_TRADEOFF ||
                                    mixq_fold_get_width_class (self->fold) == MIXQ_WIDTH_WIDE);
}

static void
tab_changed_cb (MixqWindow *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->tabs);
  static const char *const names[MIXQ_N_CARDS] = { "bits", "tradeoff", "graph" };
  GtkWidget *button;
  GtkWidget *box = GTK_WIDGET (
      gtk_widget_get_template_child (GTK_WIDGET (self), MIXQ_TYPE_WINDOW, "tab_buttons"));
  int i = 0;

  for (button = gtk_widget_get_first_child (box); button != NULL;
       button = gtk_widget_get_next_sibling (button), i++)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), g_strcmp0 (name, names[i]) == 0);
}

/* --- the run model ---------------------------------------------------------------------------------------------------- */

static void
loading_cb (MixqWindow *self)
{
  if (mixq_run_model_peek_session (self->run) == NULL && mixq_run_model_get_loading (self->run))
    gtk_stack_set_visible_child_name (self->pages, "loading");
}

static void
session_changed_cb (MixqWindow *self)
{
  const MixqRunWish *wish = mixq_run_model_peek_wish (self->run);

  gtk_stack_set_visible_child_name (self->pages, "explore");
  mixq_graph_legend_set_dataset (self->legend, mixq_run_model_peek_dataset (self->run));
  if (g_path_is_absolute (wish->what))
    mixq_settings_add_recent (self->settings, wish->what);
  mixq_window_update_recent (self);
  mixq_window_update_title (self);
  mixq_window_update_actions (self);
  update_swatches (self);
  update_captions (self);
  update_flips (self);
  mixq_window_update_graphs (self);
}

static void
failed_cb (MixqWindow *self, const char *message)
{
  if (mixq_run_model_peek_session (self->run) != NULL) {
    mixq_window_toast (self, message);
    return;
  }
  adw_status_page_set_description (self->failed_page, message);
  gtk_stack_set_visible_child_name (self->pages, "failed");
}

/* A search that stopped says why, once, unless a card does; its last good state stays on the screen. */
static void
snapshot_cb (MixqWindow *self)
{
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (self->run);
  gboolean broken = snapshot->phase == MIXQ_PHASE_FAILED;

  if (broken && !self->broken && snapshot->message != NULL && snapshot->n_diagnoses == 0)
    mixq_window_toast (self, snapshot->message);
  self->broken = broken;
  mixq_window_update_title (self);
}

/* The same for the worker that finishes models. */
static void
points_changed_cb (MixqWindow *self)
{
  MixqSession *session = mixq_run_model_peek_session (self->run);
  g_autofree char *error = session != NULL ? mixq_session_dup_maker_error (session) : NULL;

  if (error != NULL && g_strcmp0 (error, self->maker_error) != 0)
    mixq_window_toast (self, error);
  g_free (self->maker_error);
  self->maker_error = g_steal_pointer (&error);
  mixq_window_update_actions (self);
}

static void
wish_changed_cb (MixqWindow *self)
{
  update_swatches (self);
  mixq_window_update_actions (self);
}

static void
connect_run (MixqWindow *self)
{
  mixq_bits_view_set_run_model (self->bits, self->run);
  mixq_tradeoff_view_set_run_model (self->tradeoff, self->run);
  mixq_budget_bar_set_run_model (self->budget_bar, self->run);
  mixq_graph_canvas_set_run_model (self->graph, self->run);
  mixq_graphs_page_set_run_model (self->graphs_page, self->run);
  mixq_price_bar_set_run_model (self->price_bar, self->run);
  mixq_settings_pane_set_run_model (self->settings_pane, self->run);
  mixq_diagnosis_list_set_run_model (self->diagnoses, self->run);
  g_signal_connect_object (self->run, "session-changed", G_CALLBACK (session_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run, "snapshot", G_CALLBACK (snapshot_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run, "points-changed", G_CALLBACK (points_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run, "selection-changed", G_CALLBACK (mixq_window_update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run, "front-changed", G_CALLBACK (mixq_window_update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run, "wish-changed", G_CALLBACK (wish_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run, "notify::loading", G_CALLBACK (loading_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run, "notify::paused", G_CALLBACK (update_pause), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->graph, "notify::n-flipped", G_CALLBACK (update_flips), self,
                           G_CONNECT_SWAPPED);
  mixq_run_model_attach (self->run, GTK_WIDGET (self));
}

/* --- keys without Ctrl or Alt ------------------------------------------------------------------------------------------ */

static gboolean
key_cb (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, MixqWindow *self)
{
  gboolean shift = (state & GDK_SHIFT_MASK) != 0;
  GtkWidget *widget = GTK_WIDGET (self);

  if (key == GDK_KEY_Escape)
    return gtk_widget_activate_action (widget, "win.back-to-live", NULL);
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | GDK_META_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  if (self->settings != NULL && !g_settings_get_boolean (self->settings, "single-key-shortcuts"))
    return GDK_EVENT_PROPAGATE;
  /* A text entry keeps its letters: they never get this far. */
  switch (key) {
  case GDK_KEY_space:
    return gtk_widget_activate_action (widget, "win.run-pause", NULL);
  case GDK_KEY_period:
    return gtk_widget_activate_action (widget, "win.step", NULL);
  case GDK_KEY_bracketleft:
    return gtk_widget_activate_action (widget, "win.lambda-step", "i", shift ? -1 : -10);
  case GDK_KEY_bracketright:
    return gtk_widget_activate_action (widget, "win.lambda-step", "i", shift ? 1 : 10);
  case GDK_KEY_braceleft:
    return gtk_widget_activate_action (widget, "win.lambda-step", "i", -1);
  case GDK_KEY_braceright:
    return gtk_widget_activate_action (widget, "win.lambda-step", "i", 1);
  case GDK_KEY_n:
  case GDK_KEY_N:
    return gtk_widget_activate_action (widget, "win.next-flip", NULL);
  case GDK_KEY_p:
  case GDK_KEY_P:
    return gtk_widget_activate_action (widget, "win.previous-flip", NULL);
  default:
    return GDK_EVENT_PROPAGATE;
  }
}

/* --- frame log -------------------------------------------------------------------------------------------------------- */

static void
before_paint_cb (GdkFrameClock *clock, MixqWindow *self)
{
  self->frame_mark = mixq_frame_log_begin ();
}

static void
after_paint_cb (GdkFrameClock *clock, MixqWindow *self)
{
  mixq_frame_log_end (self->frame_mark, MIXQ_FRAME_RENDER, "window");
}

static void
mixq_window_realize (GtkWidget *widget)
{
  GdkFrameClock *clock;

  GTK_WIDGET_CLASS (mixq_window_parent_class)->realize (widget);
  clock = gtk_widget_get_frame_clock (widget);
  g_signal_connect_object (clock, "before-paint", G_CALLBACK (before_paint_cb), widget, 0);
  g_signal_connect_object (clock, "after-paint", G_CALLBACK (after_paint_cb), widget, G_CONNECT_AFTER);
}

/* --- life ------------------------------------------------------------------------------------------------------------- */

/* Within a frame: an idle would wait for as long as frames take all the time there is. */
static gboolean
panes_cb (GtkWidget *rows, GdkFrameClock *clock, gpointer user_data)
{
  if (gtk_widget_get_height (rows) <= 0)
    return G_SOURCE_CONTINUE; /* not allocated yet */
  restore_panes (MIXQ_WINDOW (user_data));
  return G_SOURCE_REMOVE;
}

/* The size of before they were hidden lasts until the first frame is over. */
static gboolean
first_frame_cb (GtkWidget *rows, GdkFrameClock *clock, gpointer user_data)
{
  gtk_widget_add_tick_callback (rows, panes_cb, g_object_ref (user_data), g_object_unref);
  return G_SOURCE_REMOVE;
}

static void
panes_mapped_cb (MixqWindow *self)
{
  gtk_widget_add_tick_callback (GTK_WIDGET (self->rows), first_frame_cb, g_object_ref (self), g_object_unref);
}

static gboolean
mixq_window_close_request (GtkWindow *window)
{
  MixqWindow *self = MIXQ_WINDOW (window);
  int width, height;

  keep_panes (self);
  if (self->settings != NULL) {
    gtk_window_get_default_size (window, &width, &height);
    g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (window));
    if (!gtk_window_is_maximized (window) && !gtk_window_is_fullscreen (window)) {
      g_settings_set_int (self->settings, "window-width", CLAMP (width, 320, 16384));
      g_settings_set_int (self->settings, "window-height", CLAMP (height, 320, 16384));
    }
    g_settings_set_boolean (self->settings, "sidebar-visible", adw_flap_get_reveal_flap (self->flap));
  }
  mixq_settings_save (self->settings, mixq_run_model_peek_wish (self->run),
                      mixq_run_model_get_pace (self->run), mixq_run_model_get_cpu_share (self->run));
  mixq_run_model_close (self->run);
  return GTK_WINDOW_CLASS (mixq_window_parent_class)->close_request (window);
}

void
mixq_window_start (MixqWindow *self, const char *what)
{
  MixqRunWish wish;
  double pace, cpu_share;

  g_return_if_fail (MIXQ_IS_WINDOW (self));

  if (self->started) {
    if (what != NULL)
      mixq_window_open_path (self, what);
    return;
  }
  self->started = TRUE;
  mixq_settings_load (self->settings, &wish, &pace, &cpu_share);
  mixq_run_model_set_pace (self->run, pace);
  mixq_run_model_set_cpu_share (self->run, cpu_share);
  if (what != NULL && !g_str_has_suffix (what, ".json")) {
    g_free (wish.what);
    wish.what = g_strdup (what);
  }
  mixq_run_model_set_wish (self->run, &wish);
  mixq_run_wish_clear (&wish);
  if (what != NULL && g_str_has_suffix (what, ".json"))
    mixq_window_open_path (self, what);
}

MixqRunModel *
mixq_window_peek_run_model (MixqWindow *self)
{
  g_return_val_if_fail (MIXQ_IS_WINDOW (self), NULL);
  return self->run;
}

static void
mixq_window_dispose (GObject *object)
{
  MixqWindow *self = MIXQ_WINDOW (object);

  if (self->run != NULL)
    mixq_run_model_close (self->run);
  g_clear_object (&self->chooser);
  g_clear_object (&self->recent_menu);
  g_clear_pointer (&self->maker_error, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), MIXQ_TYPE_WINDOW);
  g_clear_object (&self->run);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (mixq_window_parent_class)->dispose (object);
}

#define BIND(member) gtk_widget_class_bind_template_child (widget_class, MixqWindow, member)
#define BIND_AS(name, member)                                                                                \
  gtk_widget_class_bind_template_child_full (widget_class, name, FALSE, G_STRUCT_OFFSET (MixqWindow, member))

static void
bind_children (GtkWidgetClass *widget_class)
{
  BIND (fold);
  BIND (header);
  BIND (title);
  BIND (sidebar_button);
  BIND (open_button);
  BIND (open_icon_button);
  BIND (pause_content);
  BIND (pause_button);
  BIND (step_button);
  BIND (export_button);
  BIND (flap);
  BIND (settings_pane);
  BIND (toasts);
  BIND (pages);
  BIND (failed_page);
  BIND (price_bar);
  BIND (arrangements);
  BIND (diagnoses);
  BIND (rows);
  BIND (columns);
  BIND (tabs);
  BIND (full_slot);
  BIND (bits);
  BIND (bits_caption);
  BIND (bits_chips);
  BIND (bits_chips_caption);
  BIND (tradeoff);
  BIND (tradeoff_caption);
  BIND (budget_bar);
  BIND (axis_buttons);
  BIND (graph);
  BIND (graph_caption);
  BIND (mode_buttons);
  BIND (mode_menu);
  BIND (legend);
  BIND (graph_title);
  BIND (graph_stack);
  BIND (graphs_page);
  BIND (graphs_summary);
  BIND (graphs_part_menu);
  BIND (graphs_sort_menu);
  BIND_AS ("wide_bits", wide_slots[MIXQ_CARD_BITS]);
  BIND_AS ("wide_tradeoff", wide_slots[MIXQ_CARD_TRADEOFF]);
  BIND_AS ("wide_graph", wide_slots[MIXQ_CARD_GRAPH]);
  BIND_AS ("tab_bits", tab_slots[MIXQ_CARD_BITS]);
  BIND_AS ("tab_tradeoff", tab_slots[MIXQ_CARD_TRADEOFF]);
  BIND_AS ("tab_graph", tab_slots[MIXQ_CARD_GRAPH]);
  BIND_AS ("bits_card", cards[MIXQ_CARD_BITS]);
  BIND_AS ("tradeoff_card", cards[MIXQ_CARD_TRADEOFF]);
  BIND_AS ("graph_card", cards[MIXQ_CARD_GRAPH]);
  BIND_AS ("bits_head", card_heads[MIXQ_CARD_BITS]);
  BIND_AS ("tradeoff_head", card_heads[MIXQ_CARD_TRADEOFF]);
  BIND_AS ("graph_head", card_heads[MIXQ_CARD_GRAPH]);
  BIND_AS ("bits_full_button", full_buttons[MIXQ_CARD_BITS]);
  BIND_AS ("tradeoff_full_button", full_buttons[MIXQ_CARD_TRADEOFF]);
  BIND_AS ("graph_full_button", full_buttons[MIXQ_CARD_GRAPH]);
  gtk_widget_class_bind_template_child_full (widget_class, "tab_buttons", TRUE, 0);
}

static void
mixq_window_class_init (MixqWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mixq_window_dispose;
  widget_class->realize = mixq_window_realize;
  GTK_WINDOW_CLASS (klass)->close_request = mixq_window_close_request;
  g_type_ensure (MIXQ_TYPE_FOLD);
  g_type_ensure (MIXQ_TYPE_BITS_CHIPS);
  g_type_ensure (MIXQ_TYPE_BITS_VIEW);
  g_type_ensure (MIXQ_TYPE_TRADEOFF_VIEW);
  g_type_ensure (MIXQ_TYPE_BUDGET_BAR);
  g_type_ensure (MIXQ_TYPE_GRAPH_CANVAS);
  g_type_ensure (MIXQ_TYPE_GRAPH_LEGEND);
  g_type_ensure (MIXQ_TYPE_GRAPHS_PAGE);
  g_type_ensure (MIXQ_TYPE_PRICE_BAR);
  g_type_ensure (MIXQ_TYPE_SETTINGS_PANE);
  g_type_ensure (MIXQ_TYPE_DIAGNOSIS_LIST);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/mixq/Studio/ui/window.ui");
  bind_children (widget_class);
  mixq_window_class_install_actions (widget_class);
}

static void
load_window_settings (MixqWindow *self)
{
  int mode;

  if (self->settings == NULL)
    return;
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  adw_flap_set_reveal_flap (self->flap, g_settings_get_boolean (self->settings, "sidebar-visible"));
  mode = g_settings_get_enum (self->settings, "graph-mode");
  if (mode >= 0 && mode < MIXQ_N_GRAPH_MODES)
    mixq_graph_canvas_set_mode (self->graph, (MixqGraphMode) mode);
  if (g_settings_get_int (self->settings, "first-run-hints") > 0) {
    g_settings_set_int (self->settings, "first-run-hints",
                        g_settings_get_int (self->settings, "first-run-hints") - 1);
    mixq_price_bar_set_hint (self->price_bar, TRUE);
  }
}

static void
mixq_window_init (MixqWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->full = -1;
  self->run = mixq_run_model_new ();
  self->settings = mixq_settings_new ();
  self->recent_menu = g_menu_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_window_set_icon_name (GTK_WINDOW (self), MIXQ_APP_ID);
  adw_split_button_set_menu_model (ADW_SPLIT_BUTTON (self->open_button), G_MENU_MODEL (self->recent_menu));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->open_icon_button), G_MENU_MODEL (self->recent_menu));
  g_object_bind_property (self->flap, "reveal-flap", self->sidebar_button, "active",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_object (self->fold, "notify::width-class", G_CALLBACK (width_class_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->tabs, "notify::visible-child", G_CALLBACK (tab_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->rows, "map", G_CALLBACK (panes_mapped_cb), self, G_CONNECT_SWAPPED);
  mixq_window_init_drop (self);
  connect_run (self);
  mixq_window_init_graphs (self);
  load_window_settings (self);
  mixq_window_update_recent (self);
  width_class_cb (self);
  tab_changed_cb (self);
  mixq_window_update_actions (self);
  /* The price is what the window is for: arrows move it from the start. */
  gtk_window_set_focus (GTK_WINDOW (self), mixq_price_bar_peek_scale (self->price_bar));
}

MixqWindow *
mixq_window_new (GtkApplication *application)
{
  return g_object_new (MIXQ_TYPE_WINDOW, "application", application, NULL);
}
