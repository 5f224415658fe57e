/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "settings/mixq-model-group.h"

#include <glib/gi18n.h>

#include "mixq-format.h"

struct _MixqModelGroup
{
  AdwPreferencesGroup parent_instance;

  GtkDropDown *arch;
  GtkLabel *arch_text;
  GtkSpinButton *layers, *hidden, *dropout, *feature_dropout;
  GtkWidget *rows[MIXQ_N_MODEL_OPTIONS];
  GtkWidget *controls[MIXQ_N_MODEL_OPTIONS];
  GtkLabel *texts[MIXQ_N_MODEL_OPTIONS]; /* of choices */
  GtkWidget *obstacle_row;
  GtkLabel *obstacle;

  MixqArch archs[MIXQ_N_ARCHS]; /* what the choice offers */
  guint n_archs;
  MixqModelSpec spec;
  MixqTask task;
  gboolean updating;
};

G_DEFINE_TYPE (MixqModelGroup, mixq_model_group, ADW_TYPE_PREFERENCES_GROUP)

static guint changed_signal;

/* --- what the rows say ------------------------------------------------------------------------------------------------ */

static guint
read_option (MixqModelGroup *self, guint id)
{
  GtkWidget *control = self->controls[id];

  switch (mixq_model_option ((MixqModelOptionId) id)->kind) {
  case MIXQ_MODEL_SWITCH:
    return (guint) gtk_switch_get_active (GTK_SWITCH (control));
  case MIXQ_MODEL_CHOICE:
    return gtk_drop_down_get_selected (GTK_DROP_DOWN (control));
  case MIXQ_MODEL_NUMBER:
  default:
    return (guint) gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (control));
  }
}

static void
write_option (MixqModelGroup *self, guint id, guint value)
{
  GtkWidget *control = self->controls[id];

  switch (mixq_model_option ((MixqModelOptionId) id)->kind) {
  case MIXQ_MODEL_SWITCH:
    gtk_switch_set_active (GTK_SWITCH (control), value != 0);
    break;
  case MIXQ_MODEL_CHOICE:
    gtk_drop_down_set_selected (GTK_DROP_DOWN (control), value);
    break;
  case MIXQ_MODEL_NUMBER:
  default:
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (control), value);
  }
}

static void
show_obstacle (MixqModelGroup *self)
{
  g_autofree char *text = mixq_model_spec_dup_obstacle (&self->spec);

  gtk_label_set_text (self->obstacle, text != NULL ? text : "");
  gtk_widget_set_visible (self->obstacle_row, text != NULL);
}

/* From the spec to the rows. */
static void
update (MixqModelGroup *self)
{
  self->updating = TRUE;
  for (guint i = 0; i < self->n_archs; i++)
    if (self->archs[i] == self->spec.arch)
      gtk_drop_down_set_selected (self->arch, i);
  gtk_label_set_text (self->arch_text, mixq_arch_explanation (self->spec.arch));
  gtk_spin_button_set_value (self->layers, self->spec.n_layers);
  gtk_spin_button_set_value (self->hidden, self->spec.hidden);
  gtk_spin_button_set_value (self->dropout, self->spec.dropout);
  gtk_spin_button_set_value (self->feature_dropout, self->spec.feature_dropout);
  for (guint id = 0; id < MIXQ_N_MODEL_OPTIONS; id++) {
    const MixqModelOption *option = mixq_model_option ((MixqModelOptionId) id);
    guint value = option->get (&self->spec);

    write_option (self, id, value);
    gtk_widget_set_visible (self->rows[id], option->applies (&self->spec, self->task));
    if (self->texts[id] != NULL)
      gtk_label_set_text (self->texts[id], option->explanation (value));
  }
  show_obstacle (self);
  self->updating = FALSE;
}

static void
tell (MixqModelGroup *self)
{
  update (self);
  if (mixq_model_spec_check (&self->spec, NULL))
    g_signal_emit (self, changed_signal, 0);
}

/* --- by the person ---------------------------------------------------------------------------------------------------- */

/* Another architecture is another network: nothing is taken over but what it is for. */
static void
arch_changed_cb (MixqModelGroup *self)
{
  guint i = gtk_drop_down_get_selected (self->arch);

  if (self->updating || i >= self->n_archs || self->archs[i] == self->spec.arch)
    return;
  mixq_model_spec_for (&self->spec, self->archs[i], self->task);
  tell (self);
}

static void
changed_cb (MixqModelGroup *self)
{
  if (self->updating)
    return;
  self->spec.n_layers = (guint) gtk_spin_button_get_value_as_int (self->layers);
  self->spec.hidden = (guint) gtk_spin_button_get_value_as_int (self->hidden);
  self->spec.dropout = gtk_spin_button_get_value (self->dropout);
  self->spec.feature_dropout = gtk_spin_button_get_value (self->feature_dropout);
  for (guint id = 0; id < MIXQ_N_MODEL_OPTIONS; id++)
    mixq_model_option ((MixqModelOptionId) id)->set (&self->spec, read_option (self, id));
  tell (self);
}

/* --- public ----------------------------------------------------------------------------------------------------------- */

void
mixq_model_group_show (MixqModelGroup *self, const MixqModelSpec *spec, MixqTask task)
{
  g_return_if_fail (MIXQ_IS_MODEL_GROUP (self));

  self->spec = *spec;
  self->task = task;
  update (self);
}

const MixqModelSpec *
mixq_model_group_peek_spec (MixqModelGroup *self)
{
  g_return_val_if_fail (MIXQ_IS_MODEL_GROUP (self), NULL);
  return &self->spec;
}

gboolean
mixq_model_group_choose_arch (MixqModelGroup *self, MixqArch arch)
{
  g_return_val_if_fail (MIXQ_IS_MODEL_GROUP (self), FALSE);

  for (guint i = 0; i < self->n_archs; i++)
    if (self->archs[i] == arch) {
      gtk_drop_down_set_selected (self->arch, i);
      return TRUE;
    }
  return FALSE;
}

GtkWidget *
mixq_model_group_peek_option (MixqModelGroup *self, MixqModelOptionId id)
{
  g_return_val_if_fail (MIXQ_IS_MODEL_GROUP (self), NULL);
  g_return_val_if_fail (id < MIXQ_N_MODEL_OPTIONS, NULL);
  return self->controls[id];
}

gboolean
mixq_model_group_has_option (MixqModelGroup *self, MixqModelOptionId id)
{
  g_return_val_if_fail (MIXQ_IS_MODEL_GROUP (self), FALSE);
  g_return_val_if_fail (id < MIXQ_N_MODEL_OPTIONS, FALSE);
  return gtk_widget_get_visible (self->rows[id]);
}

GtkSpinButton *
mixq_model_group_peek_hidden (MixqModelGroup *self)
{
  g_return_val_if_fail (MIXQ_IS_MODEL_GROUP (self), NULL);
  return self->hidden;
}

const char *
mixq_model_group_peek_obstacle (MixqModelGroup *self)
{
  g_return_val_if_fail (MIXQ_IS_MODEL_GROUP (self), NULL);
  return gtk_widget_get_visible (self->obstacle_row) ? gtk_label_get_text (self->obstacle) : NULL;
}

/* --- rows ------------------------------------------------------------------------------------------------------------- */

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
add_plain_row (MixqModelGroup *self, GtkWidget *child)
{
  GtkWidget *row = adw_preferences_row_new ();

  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), child);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  return row;
}

/* Title, choice and a sentence on what is chosen, one below the other: the pane is narrow. */
static GtkWidget *
add_choice (MixqModelGroup *self,
            const char *title,
            GtkStringList *names,
            GtkDropDown **choice,
            GtkLabel **text)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *label = new_label ("", "card-caption");
  GtkWidget *drop_down = gtk_drop_down_new (G_LIST_MODEL (names), NULL);

  gtk_widget_add_css_class (box, "option");
  gtk_box_append (GTK_BOX (box), new_label (title, NULL));
  gtk_box_append (GTK_BOX (box), drop_down);
  gtk_box_append (GTK_BOX (box), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY, label,
                                  NULL, -1);
  *choice = GTK_DROP_DOWN (drop_down);
  *text = GTK_LABEL (label);
  return add_plain_row (self, box);
}

static GtkWidget *
add_action_row (MixqModelGroup *self, const char *title, const char *subtitle, GtkWidget *control)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), control);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  if (subtitle != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, subtitle,
                                    -1);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  return row;
}

static GtkWidget *
new_number (MixqModelGroup *self, double low, double high, double step, guint digits)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (low, high, step);

  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), digits);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (changed_cb), self);
  return spin;
}

static void
add_arch (MixqModelGroup *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint arch = 0; arch < MIXQ_N_ARCHS; arch++)
    if (mixq_arch_is_built ((MixqArch) arch)) {
      self->archs[self->n_archs++] = (MixqArch) arch;
      gtk_string_list_append (names, mixq_arch_title ((MixqArch) arch));
    }
  add_choice (self, _ ("Architecture"), g_steal_pointer (&names), &self->arch, &self->arch_text);
  g_signal_connect_swapped (self->arch, "notify::selected", G_CALLBACK (arch_changed_cb), self);
}

static void
add_sizes (MixqModelGroup *self)
{
  GtkWidget *layers = new_number (self, 2.0, MIXQ_MAX_LAYERS, 1.0, 0),
            *hidden = new_number (self, 1.0, MIXQ_MAX_HIDDEN, 16.0, 0),
            *dropout = new_number (self, 0.0, 0.95, 0.05, 2),
            *feature_dropout = new_number (self, 0.0, 0.95, 0.05, 2);

  self->layers = GTK_SPIN_BUTTON (layers);
  self->hidden = GTK_SPIN_BUTTON (hidden);
  self->dropout = GTK_SPIN_BUTTON (dropout);
  self->feature_dropout = GTK_SPIN_BUTTON (feature_dropout);
  add_action_row (self, _ ("Layers"), NULL, layers);
  add_action_row (self, _ ("Hidden channels"), NULL, hidden);
  add_action_row (self, _ ("Dropout"), NULL, dropout);
  add_action_row (self, _ ("Feature dropout"), NULL, feature_dropout);
}

static void
add_option (MixqModelGroup *self, guint id)
{
  const MixqModelOption *option = mixq_model_option ((MixqModelOptionId) id);
  const char *title = _ (option->title);

  if (option->kind == MIXQ_MODEL_CHOICE) {
    g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
    GtkDropDown *choice;

    for (guint value = 0; value <= option->high; value++)
      gtk_string_list_append (names, option->name (value));
    self->rows[id] = add_choice (self, title, g_steal_pointer (&names), &choice, &self->texts[id]);
    self->controls[id] = GTK_WIDGET (choice);
    g_signal_connect_swapped (choice, "notify::selected", G_CALLBACK (changed_cb), self);
    return;
  }
  if (option->kind == MIXQ_MODEL_SWITCH) {
    self->controls[id] = gtk_switch_new ();
    g_signal_connect_swapped (self->controls[id], "notify::active", G_CALLBACK (changed_cb), self);
  } else {
    self->controls[id] = new_number (self, option->low, option->high, 1.0, 0);
  }
  self->rows[id] = add_action_row (self, title, option->explanation (0), self->controls[id]);
  if (option->kind == MIXQ_MODEL_SWITCH)
    adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self->rows[id]), self->controls[id]);
}

static void
add_obstacle (MixqModelGroup *self)
{
  GtkWidget *label = new_label ("", "error");

  gtk_widget_add_css_class (label, "option");
  self->obstacle = GTK_LABEL (label);
  self->obstacle_row = add_plain_row (self, label);
}

static void
mixq_model_group_class_init (MixqModelGroupClass *klass)
{
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
mixq_model_group_init (MixqModelGroup *self)
{
  self->updating = TRUE;
  add_arch (self);
  add_sizes (self);
  for (guint id = 0; id < MIXQ_N_MODEL_OPTIONS; id++)
    add_option (self, id);
  add_obstacle (self);
  mixq_model_spec_for (&self->spec, MIXQ_ARCH_GCN, MIXQ_TASK_NODES);
  update (self);
}

GtkWidget *
mixq_model_group_new (void)
{
  return g_object_new (MIXQ_TYPE_MODEL_GROUP, NULL);
}
