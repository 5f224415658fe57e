/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window can do. Every menu, button, key, script and test comes through here. */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "mixq-frame-log.h"
#include "mixq-window-private.h"
#include "price/mixq-price-map.h"
#include "price/mixq-price-scale.h"

/* Defines an action callback with `self` at hand and its time in the frame log. */
#define ACTION(name, label, body)                                                                            \
  static void name##_action (GtkWidget *widget, const char *action_name, GVariant *parameter)                \
  {                                                                                                          \
    MixqWindow *self = MIXQ_WINDOW (widget);                                                                 \
    MixqFrameMark mark = mixq_frame_log_begin ();                                                            \
                                                                                                             \
    body;                                                                                                    \
    mixq_frame_log_end (mark, MIXQ_FRAME_HANDLER, label);                                                    \
  }

/* --- run ------------------------------------------------------------------------------------------------------------ */

static void
set_lambda (MixqWindow *self, double lambda)
{
  if (!isfinite (lambda))
    return;
  mixq_price_bar_set_hint (self->price_bar, FALSE);
  if (self->settings != NULL)
    g_settings_set_int (self->settings, "first-run-hints", 0);
  mixq_run_model_set_lambda (self->run, lambda);
}

static void
step_lambda (MixqWindow *self, int notches)
{
  set_lambda (self, mixq_price_at_notch (mixq_price_notch (mixq_run_model_get_lambda (self->run)) + notches));
}

static void
set_seed (MixqWindow *self, guint64 seed)
{
  MixqRunWish wish;

  mixq_run_wish_copy (mixq_run_model_peek_wish (self->run), &wish);
  wish.config.seed = seed;
  if (wish.what != NULL)
    mixq_run_model_set_wish (self->run, &wish);
  mixq_run_wish_clear (&wish);
}

static void
set_axis (MixqWindow *self, const char *name)
{
  MixqRunWish wish;
  g_autoptr (GError) error = NULL;

  mixq_run_wish_copy (mixq_run_model_peek_wish (self->run), &wish);
  if (!mixq_cost_axis_parse (name, &wish.config.cost, &error))
    mixq_window_toast (self, error->message);
  else if (wish.what != NULL)
    mixq_run_model_set_wish (self->run, &wish);
  mixq_run_wish_clear (&wish);
  mixq_window_update_actions (self);
}

ACTION (lambda, "win.set-lambda", set_lambda (self, g_variant_get_double (parameter)))
ACTION (lambda_step, "win.lambda-step", step_lambda (self, g_variant_get_int32 (parameter)))
ACTION (run_pause,
        "win.run-pause",
        mixq_run_model_set_paused (self->run, !mixq_run_model_get_paused (self->run)))
ACTION (step, "win.step", mixq_run_model_step (self->run))
ACTION (reset, "win.reset", mixq_run_model_restart (self->run))
ACTION (new_seed, "win.new-seed", set_seed (self, mixq_run_model_peek_wish (self->run)->config.seed + 1))
ACTION (seed, "win.set-seed", set_seed (self, g_variant_get_uint64 (parameter)))
ACTION (axis, "win.set-cost", set_axis (self, g_variant_get_string (parameter, NULL)))
ACTION (pace, "win.set-pace", mixq_run_model_set_pace (self->run, g_variant_get_double (parameter)))

static void
pin (MixqWindow *self, GVariant *parameter)
{
  guint slot;
  guint8 bits;

  g_variant_get (parameter, "(uy)", &slot, &bits);
  mixq_run_model_select_point (self->run, MIXQ_NO_POINT);
  mixq_run_model_pin (self->run, slot, bits);
}

ACTION (pin, "win.pin", pin (self, parameter))
ACTION (unpin, "win.unpin", mixq_run_model_unpin (self->run, g_variant_get_uint32 (parameter)))

/* --- selection ------------------------------------------------------------------------------------------------------ */

/* Esc goes back one thing at a time: the full card, the point, the slot and node. */
static void
back_to_live (MixqWindow *self)
{
  if (self->full >= 0) {
    mixq_window_set_full (self, -1);
  } else if (mixq_run_model_get_selected_point (self->run) != MIXQ_NO_POINT) {
    mixq_run_model_select_point (self->run, MIXQ_NO_POINT);
  } else {
    mixq_run_model_select_slot (self->run, MIXQ_NO_SLOT);
    mixq_run_model_select_node (self->run, MIXQ_NO_NODE);
  }
}

static void
select_recommended (MixqWindow *self)
{
  MixqPoint *point = mixq_run_model_peek_recommended (self->run);

  if (point != NULL)
    mixq_run_model_select_point (self->run, point->id);
  else
    mixq_window_toast (self, _ ("No finished model is within one point of float32 yet"));
}

ACTION (select_point,
        "win.select-point",
        mixq_run_model_select_point (self->run, g_variant_get_uint32 (parameter)))
ACTION (select_slot,
        "win.select-slot",
        mixq_run_model_select_slot (self->run, g_variant_get_int32 (parameter)))
ACTION (select_node,
        "win.select-node",
        mixq_run_model_select_node (self->run, g_variant_get_int64 (parameter)))
ACTION (recommended, "win.select-recommended", select_recommended (self))
ACTION (back_to_live, "win.back-to-live", back_to_live (self))
ACTION (next_flip, "win.next-flip", mixq_window_select_flip (self, 1))
ACTION (previous_flip, "win.previous-flip", mixq_window_select_flip (self, -1))

/* --- views ---------------------------------------------------------------------------------------------------------- */

static void
set_mode (MixqWindow *self, const char *name)
{
  int mode = mixq_graph_mode_parse (name);

  if (mode < 0)
    return;
  mixq_graph_canvas_set_mode (self->graph, (MixqGraphMode) mode);
  if (self->settings != NULL)
    g_settings_set_enum (self->settings, "graph-mode", mode);
  mixq_window_update_actions (self);
}

void
mixq_window_show_card (MixqWindow *self, int card, gboolean focus)
{
  GtkWidget *views[MIXQ_N_CARDS] = { GTK_WIDGET (self->bits), GTK_WIDGET (self->tradeoff),
                                     mixq_window_peek_graph_view (self) };
  static const char *const names[MIXQ_N_CARDS] = { "bits", "tradeoff", "graph" };

  if (card < 0 || card >= MIXQ_N_CARDS)
    return;
  if (self->full >= 0 && self->full != card)
    mixq_window_set_full (self, -1);
  gtk_stack_set_visible_child_name (self->tabs, names[card]);
  if (focus)
    gtk_widget_grab_focus (views[card]);
  mixq_window_update_actions (self);
}

static void
toggle_full (MixqWindow *self, int card)
{
  mixq_window_set_full (self, card == self->full ? -1 : card);
}

static void
toggle_settings (MixqWindow *self)
{
  adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

static void
toggle_fullscreen (MixqWindow *self)
{
  if (gtk_window_is_fullscreen (GTK_WINDOW (self)))
    gtk_window_unfullscreen (GTK_WINDOW (self));
  else
    gtk_window_fullscreen (GTK_WINDOW (self));
}

/* The view that has the focus, else the trade-off. */
static void
show_table (MixqWindow *self, int card)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  for (int i = 0; card < 0 && focus != NULL && i < MIXQ_N_CARDS; i++)
    if (focus == self->cards[i] || gtk_widget_is_ancestor (focus, self->cards[i]))
      card = i;
  mixq_window_show_table (self, card >= 0 && card < MIXQ_N_CARDS ? card : MIXQ_CARD_TRADEOFF);
}

ACTION (table, "win.show-table", show_table (self, g_variant_get_int32 (parameter)))
ACTION (graph_mode, "win.graph-mode", set_mode (self, g_variant_get_string (parameter, NULL)))
ACTION (show_card, "win.show-card", mixq_window_show_card (self, g_variant_get_int32 (parameter), TRUE))
ACTION (full_card, "win.full-card", toggle_full (self, g_variant_get_int32 (parameter)))
ACTION (zoom, "win.zoom-graph", mixq_graph_canvas_zoom (self->graph, g_variant_get_double (parameter)))
ACTION (show_settings, "win.toggle-settings", toggle_settings (self))
ACTION (fullscreen, "win.fullscreen", toggle_fullscreen (self))
ACTION (edit_price, "win.edit-price", mixq_price_bar_focus_entry (self->price_bar))

/* --- files ---------------------------------------------------------------------------------------------------------- */

static void
export_plot (MixqWindow *self, GVariant *parameter)
{
  const char *figure, *path;

  g_variant_get (parameter, "(&s&s)", &figure, &path);
  mixq_window_export_plot (self, figure, path);
}

ACTION (open, "win.open", mixq_window_choose_open (self, FALSE))
ACTION (open_folder, "win.open-folder", mixq_window_choose_open (self, TRUE))
ACTION (open_path, "win.open-path", mixq_window_open_path (self, g_variant_get_string (parameter, NULL)))
ACTION (choose_model, "win.choose-export-model", mixq_window_choose_export_model (self))
ACTION (export_model,
        "win.export-model",
        mixq_window_export_model (self, g_variant_get_string (parameter, NULL)))
ACTION (choose_plot,
        "win.choose-export-plot",
        mixq_window_choose_export_plot (self, g_variant_get_string (parameter, NULL)))
ACTION (export_plot, "win.export-plot", export_plot (self, parameter))
ACTION (copy_command, "win.copy-command", mixq_window_copy_command (self))

/* --- state ---------------------------------------------------------------------------------------------------------- */

/* Marks the button whose target is the present value; they are plain toggles so that they can be linked. */
static void
mark_chosen (GtkWidget *box, const char *value)
{
  for (GtkWidget *button = gtk_widget_get_first_child (box); button != NULL;
       button = gtk_widget_get_next_sibling (button)) {
    GVariant *target = gtk_actionable_get_action_target_value (GTK_ACTIONABLE (button));
    gboolean chosen = target != NULL && g_strcmp0 (g_variant_get_string (target, NULL), value) == 0;

    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), chosen);
    gtk_accessible_update_state (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_STATE_PRESSED,
                                 chosen ? GTK_ACCESSIBLE_TRISTATE_TRUE : GTK_ACCESSIBLE_TRISTATE_FALSE, -1);
  }
}

void
mixq_window_update_actions (MixqWindow *self)
{
  gboolean runs = mixq_run_model_peek_session (self->run) != NULL;
  gboolean has_point = mixq_window_export_point (self) != NULL;
  MixqGraphMode mode = mixq_graph_canvas_get_mode (self->graph);
  static const char *const need_run[] = {
    "win.run-pause",          "win.step",        "win.reset",       "win.new-seed",
    "win.choose-export-plot", "win.export-plot", "win.copy-command"
  };

  for (guint i = 0; i < G_N_ELEMENTS (need_run); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), need_run[i], runs);
  mixq_window_update_goal_actions (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.choose-export-model", has_point);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.export-model", has_point);
  mark_chosen (self->axis_buttons, mixq_cost_axis_name (mixq_run_model_peek_wish (self->run)->config.cost));
  mark_chosen (self->mode_buttons, mixq_graph_mode_name (mode));
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->mode_menu), mixq_graph_mode_title (mode));
}

void
mixq_window_class_install_actions (GtkWidgetClass *klass)
{
  static const struct
  {
    const char *name, *type;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "win.set-lambda", "d", lambda_action },
    { "win.lambda-step", "i", lambda_step_action },
    { "win.run-pause", NULL, run_pause_action },
    { "win.step", NULL, step_action },
    { "win.reset", NULL, reset_action },
    { "win.new-seed", NULL, new_seed_action },
    { "win.set-seed", "t", seed_action },
    { "win.set-cost", "s", axis_action },
    { "win.set-pace", "d", pace_action },
    { "win.pin", "(uy)", pin_action },
    { "win.unpin", "u", unpin_action },
    { "win.select-point", "u", select_point_action },
    { "win.select-slot", "i", select_slot_action },
    { "win.select-node", "x", select_node_action },
    { "win.select-recommended", NULL, recommended_action },
    { "win.back-to-live", NULL, back_to_live_action },
    { "win.next-flip", NULL, next_flip_action },
    { "win.previous-flip", NULL, previous_flip_action },
    { "win.graph-mode", "s", graph_mode_action },
    { "win.show-card", "i", show_card_action },
    { "win.full-card", "i", full_card_action },
    { "win.show-table", "i", table_action },
    { "win.zoom-graph", "d", zoom_action },
    { "win.toggle-settings", NULL, show_settings_action },
    { "win.fullscreen", NULL, fullscreen_action },
    { "win.edit-price", NULL, edit_price_action },
    { "win.open", NULL, open_action },
    { "win.open-folder", NULL, open_folder_action },
    { "win.open-path", "s", open_path_action },
    { "win.choose-export-model", NULL, choose_model_action },
    { "win.export-model", "s", export_model_action },
    { "win.choose-export-plot", "s", choose_plot_action },
    { "win.export-plot", "(ss)", export_plot_action },
    { "win.copy-command", NULL, copy_command_action },
  };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (klass, actions[i].name, actions[i].type, actions[i].activate);
  mixq_window_install_goal_actions (klass);
  mixq_window_install_graphs_actions (klass);
}
