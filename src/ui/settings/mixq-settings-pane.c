/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "settings/mixq-settings-pane.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "mixq-format.h"
#include "settings/mixq-settings-options.h"

static const guint8 widths[] = { 1, 2, 3, 4, 5, 6, 7, 8, 16 };
/* Epochs a second; 0 is as fast as possible. */
static const double paces[] = { 5.0, 20.0, 60.0, 200.0, 0.0 };
/* What mixq_dataset_with_split() understands, of nodes and of graphs; NULL keeps the data's own. */
#define N_SPLITS 3
static const char *const splits[2][N_SPLITS] = { { NULL, "planetoid", "random:0" },
                                                 { NULL, "fold:0", "random:0" } };
static const char *const split_titles[2][N_SPLITS] = {
  { N_ ("As in the data"), N_ ("Planetoid: 20 a class, 500, 1,000"), N_ ("Random") },
  { N_ ("As in the data"), N_ ("First of ten folds"), N_ ("Random") },
};

struct _MixqSettingsPane
{
  AdwBin parent_instance;

  MixqRunModel *run; /* owned */

  /* template */
  AdwComboRow *data_row;
  AdwComboRow *split_row;
  gboolean has_splits, splits_of_graphs; /* what @split_row offers */
  MixqModelGroup *model_group;
  GtkFlowBox *width_box;
  AdwPreferencesGroup *search_group;
  AdwPreferencesGroup *quantizer_group;
  GtkSpinButton *seed;
  AdwComboRow *pace_row;
  GtkScale *cpu;
  GtkWidget *facts;

  GtkWidget *width_buttons[G_N_ELEMENTS (widths)];
  GtkDropDown *options[MIXQ_N_OPTIONS];
  GtkLabel *explanations[MIXQ_N_OPTIONS];
  GPtrArray *data_names; /* owned: what each entry of data_row opens */
  gboolean updating;
};

G_DEFINE_TYPE (MixqSettingsPane, mixq_settings_pane, ADW_TYPE_BIN)

/* --- from the model to the rows -------------------------------------------------------------------------------------- */

static guint
find_data (MixqSettingsPane *self, const char *what)
{
  for (guint i = 0; i < self->data_names->len; i++)
    if (g_strcmp0 (self->data_names->pdata[i], what) == 0)
      return i;
  return GTK_INVALID_LIST_POSITION;
}

/* The built-in sets, then the file that is open. */
static void
fill_data (MixqSettingsPane *self, const char *what)
{
  GtkStringList *titles;
  const MixqKnownDataset *known;
  gsize n;

  if (find_data (self, what) != GTK_INVALID_LIST_POSITION)
    return;
  titles = gtk_string_list_new (NULL);
  known = mixq_dataset_known (&n);
  g_ptr_array_set_size (self->data_names, 0);
  for (gsize i = 0; i < n; i++)
    if (known[i].builtin) {
      g_ptr_array_add (self->data_names, g_strdup (known[i].name));
      gtk_string_list_append (titles, known[i].title);
    }
  if (what != NULL && find_data (self, what) == GTK_INVALID_LIST_POSITION) {
    g_autofree char *name = g_path_get_basename (what);

    g_ptr_array_add (self->data_names, g_strdup (what));
    gtk_string_list_append (titles, name);
  }
  adw_combo_row_set_model (self->data_row, G_LIST_MODEL (titles));
  g_object_unref (titles);
}

static void
show_split (MixqSettingsPane *self, const MixqRunWish *wish)
{
  gboolean of_graphs = wish->of_graphs != FALSE;
  guint chosen = 0;

  if (!self->has_splits || self->splits_of_graphs != of_graphs) {
    g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

    for (guint i = 0; i < N_SPLITS; i++)
      gtk_string_list_append (titles, _ (split_titles[of_graphs][i]));
    adw_combo_row_set_model (self->split_row, G_LIST_MODEL (titles));
    self->has_splits = TRUE;
    self->splits_of_graphs = of_graphs;
  }
  for (guint i = 0; i < N_SPLITS; i++)
    if (g_strcmp0 (splits[of_graphs][i], wish->split) == 0)
      chosen = i;
  adw_combo_row_set_selected (self->split_row, chosen);
}

static guint
pace_index (double pace)
{
  guint best = 0;

  if (pace <= 0.0)
    return G_N_ELEMENTS (paces) - 1;
  for (guint i = 0; i + 1 < G_N_ELEMENTS (paces); i++)
    if (fabs (log (paces[i] / pace)) < fabs (log (paces[best] / pace)))
      best = i;
  return best;
}

/* The value, what it means, or why it is not to be chosen. */
static void
show_option (MixqSettingsPane *self, MixqOptionId id, const MixqRunConfig *config)
{
  const MixqSettingsOption *option = mixq_settings_option (id);
  const char *obstacle = option->obstacle (config);

  gtk_drop_down_set_selected (self->options[id], option->get (config));
  gtk_widget_set_sensitive (GTK_WIDGET (self->options[id]), obstacle == NULL);
  gtk_label_set_text (self->explanations[id],
                      obstacle != NULL ? obstacle : option->explanation (option->get (config)));
}

static void
show_wish (MixqSettingsPane *self)
{
  const MixqRunWish *wish = mixq_run_model_peek_wish (self->run);

  if (wish->what == NULL)
    return;
  self->updating = TRUE;
  fill_data (self, wish->what);
  adw_combo_row_set_selected (self->data_row, find_data (self, wish->what));
  show_split (self, wish);
  mixq_model_group_show (self->model_group, &wish->spec,
                         wish->of_graphs ? MIXQ_TASK_GRAPHS : MIXQ_TASK_NODES);
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++) {
    gboolean chosen = memchr (wish->config.choices, widths[i], wish->config.n_choices) != NULL;

    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->width_buttons[i]), chosen);
  }
  for (guint id = 0; id < MIXQ_N_OPTIONS; id++)
    show_option (self, (MixqOptionId) id, &wish->config);
  gtk_spin_button_set_value (self->seed, (double) wish->config.seed);
  adw_combo_row_set_selected (self->pace_row, pace_index (mixq_run_model_get_pace (self->run)));
  gtk_range_set_value (GTK_RANGE (self->cpu), 100.0 * mixq_run_model_get_cpu_share (self->run));
  self->updating = FALSE;
}

static void
show_facts (MixqSettingsPane *self)
{
  MixqDataset *dataset = mixq_run_model_peek_dataset (self->run);
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean of_graphs;

  if (dataset == NULL)
    return;
  of_graphs = dataset->task == MIXQ_TASK_GRAPHS;
  if (of_graphs)
    g_string_append_printf (
        text, ngettext ("%lu graph with classes\n", "%lu graphs with classes\n", (gulong) dataset->n_graphs),
        (gulong) dataset->n_graphs);
  g_string_append_printf (text, _ ("%lu nodes, %lu edges, %lu features, %lu classes"),
                          (gulong) dataset->n_nodes, (gulong) dataset->graph->nnz / 2,
                          (gulong) dataset->features->n_cols, (gulong) dataset->n_classes);
  g_string_append_printf (text,
                          of_graphs ? _ ("\n%lu graphs for training, %lu for validation, %lu for test")
                                    : _ ("\n%lu nodes for training, %lu for validation, %lu for test"),
                          (gulong) mixq_dataset_count_items (dataset, MIXQ_PART_TRAIN),
                          (gulong) mixq_dataset_count_items (dataset, MIXQ_PART_VAL),
                          (gulong) mixq_dataset_count_items (dataset, MIXQ_PART_TEST));
  for (guint i = 0; dataset->notes != NULL && i < dataset->notes->len && i < 4; i++)
    g_string_append_printf (text, "\n%s", (const char *) dataset->notes->pdata[i]);
  gtk_label_set_text (GTK_LABEL (self->facts), text->str);
}

/* --- from the rows to the model -------------------------------------------------------------------------------------- */

static void
read_widths (MixqSettingsPane *self, MixqRunConfig *config)
{
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->width_buttons[i])))
      config->choices[n++] = widths[i];
  config->n_choices = n;
}

/* Only what was changed here is set: a scheme brings its ranges, which are then not what the row of ranges says. */
static void
read_options (MixqSettingsPane *self, MixqRunConfig *config)
{
  const MixqRunConfig before = *config;

  for (guint id = 0; id < MIXQ_N_OPTIONS; id++) {
    const MixqSettingsOption *option = mixq_settings_option ((MixqOptionId) id);
    guint value = gtk_drop_down_get_selected (self->options[id]);

    if (value < option->count () && value != option->get (&before))
      option->set (config, value);
  }
}

/* A pin at a width that is no longer offered would be refused; a slot of another model means something else. */
static void
drop_pins (MixqRunWish *wish, const MixqRunWish *before)
{
  for (guint i = 0; i < MIXQ_MAX_SLOTS; i++)
    if (!mixq_model_spec_equal (&wish->spec, &before->spec) || g_strcmp0 (wish->what, before->what) != 0 ||
        memchr (wish->config.choices, wish->config.pinned[i], wish->config.n_choices) == NULL)
      wish->config.pinned[i] = 0;
}

static void
changed_cb (MixqSettingsPane *self)
{
  const MixqRunWish *now = self->run != NULL ? mixq_run_model_peek_wish (self->run) : NULL;
  MixqRunWish wish;
  guint data;

  if (self->updating || now == NULL || now->what == NULL)
    return;
  mixq_run_wish_copy (now, &wish);
  data = adw_combo_row_get_selected (self->data_row);
  if (data < self->data_names->len && g_strcmp0 (self->data_names->pdata[data], wish.what) != 0) {
    g_free (wish.what);
    wish.what = g_strdup (self->data_names->pdata[data]);
    g_clear_pointer (&wish.split, g_free); /* another set brings its own */
  } else {
    g_free (wish.split);
    wish.split = g_strdup (
        splits[self->splits_of_graphs][MIN (adw_combo_row_get_selected (self->split_row), N_SPLITS - 1)]);
  }
  if (mixq_model_spec_check (mixq_model_group_peek_spec (self->model_group), NULL))
    wish.spec = *mixq_model_group_peek_spec (self->model_group);
  read_widths (self, &wish.config);
  read_options (self, &wish.config);
  wish.config.seed = (guint64) gtk_spin_button_get_value (self->seed);
  drop_pins (&wish, now);
  mixq_run_model_set_wish (self->run, &wish);
  mixq_run_wish_clear (&wish);
}

static void
width_toggled_cb (GtkToggleButton *button, MixqSettingsPane *self)
{
  guint n = 0;

  if (self->updating)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    n += gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->width_buttons[i]));
  if (n == 0) { /* a search needs something to choose */
    gtk_widget_error_bell (GTK_WIDGET (button));
    self->updating = TRUE;
    gtk_toggle_button_set_active (button, TRUE);
    self->updating = FALSE;
    return;
  }
  changed_cb (self);
}

static void
pace_changed_cb (MixqSettingsPane *self)
{
  guint i = adw_combo_row_get_selected (self->pace_row);

  if (!self->updating && self->run != NULL && i < G_N_ELEMENTS (paces))
    mixq_run_model_set_pace (self->run, paces[i]);
}

static void
cpu_changed_cb (MixqSettingsPane *self)
{
  if (!self->updating && self->run != NULL)
    mixq_run_model_set_cpu_share (self->run, gtk_range_get_value (GTK_RANGE (self->cpu)) / 100.0);
}

static char *
format_cpu_cb (GtkScale *scale, double value, gpointer user_data)
{
  return g_strdup_printf ("%.0f %%", value);
}

void
mixq_settings_pane_set_run_model (MixqSettingsPane *self, MixqRunModel *model)
{
  g_return_if_fail (MIXQ_IS_SETTINGS_PANE (self));
  g_return_if_fail (self->run == NULL);

  self->run = g_object_ref (model);
  g_signal_connect_object (model, "wish-changed", G_CALLBACK (show_wish), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "session-changed", G_CALLBACK (show_facts), self, G_CONNECT_SWAPPED);
  show_wish (self);
  show_facts (self);
}

MixqModelGroup *
mixq_settings_pane_peek_model (MixqSettingsPane *self)
{
  g_return_val_if_fail (MIXQ_IS_SETTINGS_PANE (self), NULL);
  return self->model_group;
}

GtkDropDown *
mixq_settings_pane_peek_option (MixqSettingsPane *self, guint id, const char **explanation)
{
  g_return_val_if_fail (MIXQ_IS_SETTINGS_PANE (self), NULL);
  g_return_val_if_fail (id < MIXQ_N_OPTIONS, NULL);

  if (explanation != NULL)
    *explanation = gtk_label_get_text (self->explanations[id]);
  return self->options[id];
}

/* --- object ---------------------------------------------------------------------------------------------------------- */

static void
mixq_settings_pane_dispose (GObject *object)
{
  MixqSettingsPane *self = MIXQ_SETTINGS_PANE (object);

  g_clear_object (&self->run);
  gtk_widget_dispose_template (GTK_WIDGET (self), MIXQ_TYPE_SETTINGS_PANE);
  G_OBJECT_CLASS (mixq_settings_pane_parent_class)->dispose (object);
}

static void
mixq_settings_pane_finalize (GObject *object)
{
  g_ptr_array_unref (MIXQ_SETTINGS_PANE (object)->data_names);
  G_OBJECT_CLASS (mixq_settings_pane_parent_class)->finalize (object);
}

static void
mixq_settings_pane_class_init (MixqSettingsPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mixq_settings_pane_dispose;
  G_OBJECT_CLASS (klass)->finalize = mixq_settings_pane_finalize;
  g_type_ensure (MIXQ_TYPE_MODEL_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/mixq/Studio/ui/settings-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, MixqSettingsPane, data_row);
  gtk_widget_class_bind_template_child (widget_class, MixqSettingsPane, split_row);
  gtk_widget_class_bind_template_child (widget_class, MixqSettingsPane, model_group);
  gtk_widget_class_bind_template_child (widget_class, MixqSettingsPane, width_box);
  gtk_widget_class_bind_template_child (widget_class, MixqSettingsPane, search_group);
  gtk_widget_class_bind_template_child (widget_class, MixqSettingsPane, quantizer_group);
  gtk_widget_class_bind_template_child (widget_class, MixqSettingsPane, seed);
  gtk_widget_class_bind_template_child (widget_class, MixqSettingsPane, pace_row);
  gtk_widget_class_bind_template_child (widget_class, MixqSettingsPane, cpu);
  gtk_widget_class_bind_template_child (widget_class, MixqSettingsPane, facts);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, pace_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, cpu_changed_cb);
}

static void
add_width_buttons (MixqSettingsPane *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++) {
    g_autofree char *label = g_strdup_printf ("%u", widths[i]);
    g_autofree char *name = g_strdup_printf (ngettext ("%u bit", "%u bits", widths[i]), widths[i]);
    GtkWidget *button = gtk_toggle_button_new_with_label (label);

    gtk_widget_set_tooltip_text (button, name);
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    g_signal_connect (button, "toggled", G_CALLBACK (width_toggled_cb), self);
    gtk_flow_box_append (self->width_box, button);
    gtk_widget_set_focusable (gtk_widget_get_parent (button), FALSE);
    self->width_buttons[i] = button;
  }
}

static GtkWidget *
new_label (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  return label;
}

/* Title, choice and a sentence on what is chosen, one below the other: the pane is narrow. */
static void
add_option (MixqSettingsPane *self, AdwPreferencesGroup *group, MixqOptionId id)
{
  const MixqSettingsOption *option = mixq_settings_option (id);
  GtkWidget *row = adw_preferences_row_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  GtkWidget *title = new_label (_ (option->title)), *explanation = new_label ("");

  for (guint value = 0; value < option->count (); value++)
    gtk_string_list_append (names, option->name (value));
  self->options[id] = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&names)), NULL));
  self->explanations[id] = GTK_LABEL (explanation);
  gtk_widget_add_css_class (explanation, "card-caption");
  gtk_widget_add_css_class (box, "option");
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->options[id]));
  gtk_box_append (GTK_BOX (box), explanation);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->options[id]), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (option->title), -1);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->options[id]), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY,
                                  explanation, NULL, -1);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  adw_preferences_group_add (group, row);
  g_signal_connect_swapped (self->options[id], "notify::selected", G_CALLBACK (changed_cb), self);
}

static void
mixq_settings_pane_init (MixqSettingsPane *self)
{
  self->data_names = g_ptr_array_new_with_free_func (g_free);
  self->updating = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  add_width_buttons (self);
  add_option (self, self->search_group, MIXQ_OPTION_COST);
  add_option (self, self->search_group, MIXQ_OPTION_PENALTY);
  add_option (self, self->search_group, MIXQ_OPTION_ALPHA_INIT);
  add_option (self, self->quantizer_group, MIXQ_OPTION_SCHEME);
  add_option (self, self->quantizer_group, MIXQ_OPTION_RANGES);
  add_option (self, self->quantizer_group, MIXQ_OPTION_DISTILL);
  gtk_scale_set_format_value_func (self->cpu, format_cpu_cb, NULL, NULL);
  self->updating = FALSE;
}
