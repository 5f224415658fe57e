/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What someone can ask of the models: a budget, a goal to steer to, the front. */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "mixq-window-private.h"

/* --- budget ---------------------------------------------------------------------------------------------------------- */

static void
keep_bound (MixqBudget *budget, const MixqGoal *goal)
{
  if (goal->kind == MIXQ_GOAL_ACCURACY) {
    budget->accuracy = goal->limit;
  } else {
    budget->cost = goal->limit;
    budget->axis = goal->axis;
  }
}

/* A bound as written; nothing written: none. */
static void
set_budget_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MixqWindow *self = MIXQ_WINDOW (widget);
  MixqBudget budget = mixq_run_model_get_budget (self->run);
  g_autoptr (GError) error = NULL;
  MixqGoal goal = { MIXQ_GOAL_ACCURACY, budget.axis, NAN };
  const char *text;
  gboolean is_cost;

  g_variant_get (parameter, "(&sb)", &text, &is_cost);
  if (is_cost)
    goal.kind = MIXQ_GOAL_COST;
  if (*text != '\0' && !mixq_run_model_parse_goal (self->run, text, goal.kind, &goal, &error)) {
    mixq_window_toast (self, error->message);
    return;
  }
  keep_bound (&budget, &goal);
  mixq_run_model_set_budget (self->run, &budget);
}

/* A bound as pointed at, on the axis of the picture; NaN: none. */
static void
set_bound_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MixqWindow *self = MIXQ_WINDOW (widget);
  MixqBudget budget = mixq_run_model_get_budget (self->run);
  MixqGoal goal = { .axis = mixq_run_model_get_axis (self->run) };
  gboolean is_cost;

  g_variant_get (parameter, "(bd)", &is_cost, &goal.limit);
  goal.kind = is_cost ? MIXQ_GOAL_COST : MIXQ_GOAL_ACCURACY;
  keep_bound (&budget, &goal);
  mixq_run_model_set_budget (self->run, &budget);
}

static void
clear_budget_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mixq_run_model_set_budget (MIXQ_WINDOW (widget)->run, &MIXQ_BUDGET_NONE);
}

static void
edit_budget_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MixqWindow *self = MIXQ_WINDOW (widget);

  mixq_window_show_card (self, MIXQ_CARD_TRADEOFF, FALSE);
  mixq_budget_bar_focus_entry (self->budget_bar);
}

/* --- dial ------------------------------------------------------------------------------------------------------------ */

static void
dial_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MixqWindow *self = MIXQ_WINDOW (widget);
  g_autoptr (GError) error = NULL;
  MixqGoal goal;

  if (!mixq_run_model_parse_goal (self->run, g_variant_get_string (parameter, NULL), MIXQ_GOAL_ACCURACY,
                                  &goal, &error)) {
    mixq_window_toast (self, error->message);
    return;
  }
  mixq_price_bar_set_hint (self->price_bar, FALSE);
  mixq_run_model_set_dial (self->run, &goal);
  gtk_widget_grab_focus (mixq_price_bar_peek_scale (self->price_bar));
}

static void
stop_dial_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mixq_run_model_set_dial (MIXQ_WINDOW (widget)->run, NULL);
}

static void
edit_dial_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mixq_price_bar_focus_dial (MIXQ_WINDOW (widget)->price_bar);
}

/* --- front ----------------------------------------------------------------------------------------------------------- */

static void
find_front_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MixqWindow *self = MIXQ_WINDOW (widget);
  g_autoptr (GError) error = NULL;
  MixqFrontMethod method;

  if (mixq_front_method_parse (g_variant_get_string (parameter, NULL), &method, &error))
    mixq_run_model_find_front (self->run, method);
  else
    mixq_window_toast (self, error->message);
}

static void
cancel_front_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mixq_run_model_cancel_front (MIXQ_WINDOW (widget)->run);
}

/* --- hook-up --------------------------------------------------------------------------------------------------------- */

void
mixq_window_update_goal_actions (MixqWindow *self)
{
  MixqDataset *dataset = mixq_run_model_peek_dataset (self->run);
  /* A search for the front chooses by validation: without such nodes it has nothing to choose by. */
  gboolean can_choose = dataset != NULL && mixq_dataset_count_items (dataset, MIXQ_PART_VAL) > 0;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.find-front", can_choose);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.cancel-front",
                                 mixq_run_model_get_front (self->run).running);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.dial", dataset != NULL);
}

void
mixq_window_install_goal_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.set-budget", "(sb)", set_budget_action);
  gtk_widget_class_install_action (klass, "win.set-bound", "(bd)", set_bound_action);
  gtk_widget_class_install_action (klass, "win.clear-budget", NULL, clear_budget_action);
  gtk_widget_class_install_action (klass, "win.edit-budget", NULL, edit_budget_action);
  gtk_widget_class_install_action (klass, "win.dial", "s", dial_action);
  gtk_widget_class_install_action (klass, "win.stop-dial", NULL, stop_dial_action);
  gtk_widget_class_install_action (klass, "win.edit-dial", NULL, edit_dial_action);
  gtk_widget_class_install_action (klass, "win.find-front", "s", find_front_action);
  gtk_widget_class_install_action (klass, "win.cancel-front", NULL, cancel_front_action);
}
