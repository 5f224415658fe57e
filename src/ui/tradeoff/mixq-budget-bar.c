/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tradeoff/mixq-budget-bar.h"

#include <glib/gi18n.h>
#include <math.h>

#include "mixq-frame-log.h"
#include "tradeoff/mixq-budget-text.h"

/* Points arrive in bursts; the sentence follows at a pace that can be read. */
#define SENTENCE_MS 200

struct _MixqBudgetBar
{
  AdwBin parent_instance;

  MixqRunModel *run; /* owned */

  /* template */
  GtkStack *front_stack;
  GtkWidget *front_button;
  GtkLabel *front_progress;
  GtkWidget *least_label;
  GtkWidget *most_label;
  GtkText *least;
  GtkText *most;
  GtkWidget *clear;
  GtkLabel *sentence;
  GtkLabel *key;

  guint sentence_id;
  gboolean narrow;
  gboolean dirty; /* something is being typed */
};

G_DEFINE_TYPE (MixqBudgetBar, mixq_budget_bar, ADW_TYPE_BIN)

/* --- what is shown --------------------------------------------------------------------------------------------------- */

static void
say (MixqBudgetBar *self, const char *text, gboolean is_error)
{
  if (g_strcmp0 (gtk_label_get_text (self->sentence), text) != 0)
    gtk_label_set_text (self->sentence, text);
  gtk_widget_set_visible (GTK_WIDGET (self->sentence), *text != '\0');
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->sentence), text);
  if (is_error)
    gtk_widget_add_css_class (GTK_WIDGET (self->sentence), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->sentence), "error");
}

static void
show_sentence (MixqBudgetBar *self)
{
  const MixqBudget budget = mixq_run_model_get_budget (self->run);
  MixqPoint *nearest = NULL, *picked = mixq_run_model_pick (self->run, &nearest);
  g_autofree char *text = mixq_budget_sentence (&budget, picked, nearest,
                                                mixq_run_model_get_axis (self->run));

  say (self, text, FALSE);
}

/* Which mark is whose, once a search for the front has found something. */
static void
show_key (MixqBudgetBar *self)
{
  g_autofree char *text = mixq_front_key (mixq_run_model_peek_points (self->run));

  gtk_widget_set_visible (GTK_WIDGET (self->key), *text != '\0');
  if (g_strcmp0 (gtk_label_get_text (self->key), text) != 0)
    gtk_label_set_text (self->key, text);
}

static gboolean
sentence_cb (gpointer user_data)
{
  MixqBudgetBar *self = user_data;
  MixqFrameMark mark = mixq_frame_log_begin ();

  self->sentence_id = 0;
  if (!self->dirty)
    show_sentence (self);
  show_key (self);
  mixq_frame_log_end (mark, MIXQ_FRAME_HANDLER, "budget-sentence");
  return G_SOURCE_REMOVE;
}

static void
points_changed_cb (MixqBudgetBar *self)
{
  if (self->sentence_id == 0)
    self->sentence_id = g_timeout_add (SENTENCE_MS, sentence_cb, self);
}

static void
show_bound (GtkText *entry, MixqGoalKind kind, MixqCostAxis axis, double limit)
{
  g_autofree char *text = isnan (limit) ? g_strdup ("") : mixq_goal_format (&(MixqGoal){ kind, axis, limit });

  gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (entry)), text) != 0)
    gtk_editable_set_text (GTK_EDITABLE (entry), text);
}

static void
show_budget (MixqBudgetBar *self)
{
  const MixqBudget budget = mixq_run_model_get_budget (self->run);

  show_bound (self->least, MIXQ_GOAL_ACCURACY, budget.axis, budget.accuracy);
  show_bound (self->most, MIXQ_GOAL_COST, budget.axis, budget.cost);
  gtk_widget_set_visible (self->clear, !mixq_budget_is_none (&budget));
  self->dirty = FALSE;
  show_sentence (self);
}

static void
show_front (MixqBudgetBar *self)
{
  const MixqFrontProgress progress = mixq_run_model_get_front (self->run);
  g_autofree char *text = NULL;

  gtk_stack_set_visible_child_name (self->front_stack, progress.running ? "busy" : "idle");
  if (!progress.running)
    return;
  text = mixq_front_progress_text (&progress, self->narrow);
  gtk_label_set_text (self->front_progress, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->front_progress), mixq_front_method_title (progress.method));
}

static gboolean
can_choose (MixqBudgetBar *self)
{
  MixqDataset *dataset = mixq_run_model_peek_dataset (self->run);

  return dataset == NULL || mixq_dataset_count_items (dataset, MIXQ_PART_VAL) > 0;
}

/* What may be asked for depends on what a cost is counted in here. */
static void
show_hints (MixqBudgetBar *self)
{
  switch (mixq_run_model_get_axis (self->run)) {
  case MIXQ_COST_BYTES:
    gtk_text_set_placeholder_text (self->most, _ ("64 kB"));
    break;
  case MIXQ_COST_MS:
    gtk_text_set_placeholder_text (self->most, _ ("0.5 ms"));
    break;
  case MIXQ_COST_BITOPS:
  case MIXQ_COST_EXECUTED:
  case MIXQ_COST_PRODUCT:
  case MIXQ_N_COST_AXES:
  default:
    gtk_text_set_placeholder_text (self->most, _ ("1.2 G, 15×"));
    break;
  }
  gtk_widget_set_tooltip_text (
      self->front_button, can_choose (self) ? _ ("Trains models all along the trade-off (Ctrl+Shift+F)")
                                            : _ ("Needs validation nodes to choose by; take another split"));
  show_front (self);
  show_sentence (self);
  show_key (self);
}

/* --- typing ---------------------------------------------------------------------------------------------------------- */

static void
activate_cb (GtkText *entry, MixqBudgetBar *self)
{
  gboolean is_cost = entry == self->most;
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));
  g_autoptr (GError) error = NULL;
  MixqGoal goal;

  if (*text != '\0' && !mixq_run_model_parse_goal (
                           self->run, text, is_cost ? MIXQ_GOAL_COST : MIXQ_GOAL_ACCURACY, &goal, &error)) {
    gtk_widget_error_bell (GTK_WIDGET (entry));
    gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
    say (self, error->message, TRUE);
    return;
  }
  self->dirty = FALSE;
  gtk_widget_activate_action (GTK_WIDGET (self), "win.set-budget", "(sb)", text, is_cost);
  show_budget (self); /* also where nothing changed */
}

static void
changed_cb (GtkText *entry, MixqBudgetBar *self)
{
  self->dirty = gtk_widget_has_focus (GTK_WIDGET (entry));
}

static void
focus_leave_cb (MixqBudgetBar *self)
{
  if (self->run != NULL)
    show_budget (self);
}

/* --- object ---------------------------------------------------------------------------------------------------------- */

void
mixq_budget_bar_set_run_model (MixqBudgetBar *self, MixqRunModel *model)
{
  g_return_if_fail (MIXQ_IS_BUDGET_BAR (self));
  g_return_if_fail (self->run == NULL);

  self->run = g_object_ref (model);
  g_signal_connect_object (model, "session-changed", G_CALLBACK (show_hints), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "points-changed", G_CALLBACK (points_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "budget-changed", G_CALLBACK (show_budget), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "front-changed", G_CALLBACK (show_front), self, G_CONNECT_SWAPPED);
  show_budget (self);
  show_hints (self);
}

void
mixq_budget_bar_set_width_class (MixqBudgetBar *self, MixqWidthClass width_class)
{
  gboolean narrow = width_class == MIXQ_WIDTH_NARROW;

  g_return_if_fail (MIXQ_IS_BUDGET_BAR (self));

  self->narrow = narrow;
  if (self->run != NULL)
    show_front (self);
  adw_split_button_set_label (ADW_SPLIT_BUTTON (self->front_button),
                              narrow ? _ ("Front") : _ ("Find the Front"));
  gtk_editable_set_width_chars (GTK_EDITABLE (self->least), narrow ? 5 : 6);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->most), narrow ? 7 : 9);
  gtk_label_set_text (GTK_LABEL (self->least_label), narrow ? "≥" : _ ("at least"));
  gtk_label_set_text (GTK_LABEL (self->most_label), narrow ? "≤" : _ ("at most"));
}

void
mixq_budget_bar_focus_entry (MixqBudgetBar *self)
{
  g_return_if_fail (MIXQ_IS_BUDGET_BAR (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->least));
}

const char *
mixq_budget_bar_peek_sentence (MixqBudgetBar *self)
{
  g_return_val_if_fail (MIXQ_IS_BUDGET_BAR (self), NULL);
  return gtk_label_get_text (self->sentence);
}

static void
mixq_budget_bar_dispose (GObject *object)
{
  MixqBudgetBar *self = MIXQ_BUDGET_BAR (object);

  g_clear_handle_id (&self->sentence_id, g_source_remove);
  g_clear_object (&self->run);
  gtk_widget_dispose_template (GTK_WIDGET (self), MIXQ_TYPE_BUDGET_BAR);
  G_OBJECT_CLASS (mixq_budget_bar_parent_class)->dispose (object);
}

static void
mixq_budget_bar_class_init (MixqBudgetBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mixq_budget_bar_dispose;
  gtk_widget_class_set_css_name (widget_class, "budgetbar");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/mixq/Studio/ui/budget-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MixqBudgetBar, front_stack);
  gtk_widget_class_bind_template_child (widget_class, MixqBudgetBar, front_button);
  gtk_widget_class_bind_template_child (widget_class, MixqBudgetBar, front_progress);
  gtk_widget_class_bind_template_child (widget_class, MixqBudgetBar, least_label);
  gtk_widget_class_bind_template_child (widget_class, MixqBudgetBar, most_label);
  gtk_widget_class_bind_template_child (widget_class, MixqBudgetBar, least);
  gtk_widget_class_bind_template_child (widget_class, MixqBudgetBar, most);
  gtk_widget_class_bind_template_child (widget_class, MixqBudgetBar, clear);
  gtk_widget_class_bind_template_child (widget_class, MixqBudgetBar, sentence);
  gtk_widget_class_bind_template_child (widget_class, MixqBudgetBar, key);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, focus_leave_cb);
}

static void
mixq_budget_bar_init (MixqBudgetBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
