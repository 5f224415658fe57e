/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choosing a network: what is offered, what is reset, what is kept, and what cannot be built. */
#include "config.h"

#include <string.h>

#include "bits/mixq-bits-view-private.h"
#include "mixq-format.h"
#include "mixq-settings.h"
#include "settings/mixq-model-group.h"
#include "settings/mixq-settings-pane.h"
#include "ui-window.h"

static void
count_cb (guint *count)
{
  (*count)++;
}

/* --- the rows ----------------------------------------------------------------------------------------------------------- */

/* An architecture brings its usual settings and the rows that it has on these data, and says so once. */
static void
test_usual (void)
{
  for (guint task = MIXQ_TASK_NODES; task <= MIXQ_TASK_GRAPHS; task++)
    for (guint arch = 0; arch < MIXQ_N_ARCHS; arch++) {
      MixqModelGroup *group = g_object_ref_sink (MIXQ_MODEL_GROUP (mixq_model_group_new ()));
      MixqArch other = arch == MIXQ_ARCH_GCN ? MIXQ_ARCH_GIN : MIXQ_ARCH_GCN;
      MixqModelSpec spec, before;
      guint changed = 0;

      mixq_model_spec_for (&spec, (MixqArch) arch, (MixqTask) task);
      mixq_model_spec_for (&before, other, (MixqTask) task);
      before.n_layers = 7;
      before.hidden = 33;
      mixq_model_group_show (group, &before, (MixqTask) task);
      g_signal_connect_swapped (group, "changed", G_CALLBACK (count_cb), &changed);
      g_assert_true (mixq_model_group_choose_arch (group, (MixqArch) arch));
      g_assert_cmpuint (changed, ==, 1);
      g_assert_true (mixq_model_spec_equal (mixq_model_group_peek_spec (group), &spec));
      g_assert_null (mixq_model_group_peek_obstacle (group));
      g_assert_cmpuint (strlen (mixq_arch_explanation ((MixqArch) arch)), >, 40);
      for (guint id = 0; id < MIXQ_N_MODEL_OPTIONS; id++)
        g_assert_true (mixq_model_group_has_option (group, (MixqModelOptionId) id) ==
                       mixq_model_option ((MixqModelOptionId) id)->applies (&spec, (MixqTask) task));
      g_object_unref (group);
    }
}

static void
set_control (GtkWidget *control, const MixqModelOption *option, guint value)
{
  if (option->kind == MIXQ_MODEL_SWITCH)
    gtk_switch_set_active (GTK_SWITCH (control), value != 0);
  else if (option->kind == MIXQ_MODEL_CHOICE)
    gtk_drop_down_set_selected (GTK_DROP_DOWN (control), value);
  else
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (control), value);
}

/* Every control changes its member, and only that. */
static void
test_options (void)
{
  MixqModelGroup *group = g_object_ref_sink (MIXQ_MODEL_GROUP (mixq_model_group_new ()));

  for (guint id = 0; id < MIXQ_N_MODEL_OPTIONS; id++) {
    const MixqModelOption *option = mixq_model_option ((MixqModelOptionId) id);
    guint changed = 0, value;
    gulong handler;
    MixqModelSpec spec;

    mixq_model_spec_for (&spec, MIXQ_ARCH_TAG, MIXQ_TASK_GRAPHS);
    mixq_model_group_show (group, &spec, MIXQ_TASK_GRAPHS);
    handler = g_signal_connect_swapped (group, "changed", G_CALLBACK (count_cb), &changed);
    value = option->get (&spec) == option->high ? option->low : option->high;
    set_control (mixq_model_group_peek_option (group, (MixqModelOptionId) id), option, value);
    g_assert_cmpuint (changed, ==, 1);
    g_assert_cmpuint (option->get (mixq_model_group_peek_spec (group)), ==, value);
    option->set (&spec, value);
    g_assert_true (mixq_model_spec_equal (mixq_model_group_peek_spec (group), &spec));
    g_signal_handler_disconnect (group, handler);
  }
  g_object_unref (group);
}

/* Heads that do not share the channels are explained below the rows, and no run begins with them. */
static void
test_obstacle (void)
{
  MixqModelGroup *group = g_object_ref_sink (MIXQ_MODEL_GROUP (mixq_model_group_new ()));
  MixqModelSpec spec;
  guint changed = 0;

  mixq_model_spec_for (&spec, MIXQ_ARCH_GAT, MIXQ_TASK_NODES);
  mixq_model_group_show (group, &spec, MIXQ_TASK_NODES);
  g_signal_connect_swapped (group, "changed", G_CALLBACK (count_cb), &changed);
  gtk_spin_button_set_value (mixq_model_group_peek_hidden (group), 50.0);
  g_assert_cmpuint (changed, ==, 0);
  g_assert_nonnull (strstr (mixq_model_group_peek_obstacle (group), "48"));
  gtk_spin_button_set_value (mixq_model_group_peek_hidden (group), 48.0);
  g_assert_cmpuint (changed, ==, 1);
  g_assert_null (mixq_model_group_peek_obstacle (group));
  g_object_unref (group);
}

/* --- kept ---------------------------------------------------------------------------------------------------------------- */

static void
test_kept (void)
{
  g_autoptr (GSettings) settings = mixq_settings_new ();
  double pace, cpu;

  g_assert_nonnull (settings);
  for (guint arch = 0; arch < MIXQ_N_ARCHS; arch++)
    for (guint bit = 0; bit < 2; bit++) {
      MixqRunWish wish = { 0 }, again = { 0 };

      mixq_settings_load (settings, &wish, &pace, &cpu);
      mixq_model_spec_for (&wish.spec, (MixqArch) arch, MIXQ_TASK_GRAPHS);
      wish.of_graphs = bit == 0;
      wish.spec.dropout = 0.25;
      wish.spec.feature_dropout = 0.1;
      wish.spec.batch_norm = bit != 0;
      wish.spec.residual = bit == 0;
      wish.spec.eps = bit != 0;
      wish.spec.aggregator = (MixqAggregator) bit;
      wish.spec.pool = bit != 0 ? MIXQ_POOL_SUM : MIXQ_POOL_MEAN;
      wish.spec.hops = 4 + bit;
      wish.spec.heads = 2 << bit;
      mixq_settings_save (settings, &wish, pace, cpu);
      mixq_settings_load (settings, &again, &pace, &cpu);
      g_assert_true (mixq_model_spec_equal (&wish.spec, &again.spec));
      g_assert_true (again.of_graphs == wish.of_graphs);
      mixq_run_wish_clear (&wish);
      mixq_run_wish_clear (&again);
    }
  /* What was written by hand and cannot be built becomes what is usual. */
  {
    MixqRunWish wish = { 0 };
    MixqModelSpec usual;

    g_settings_set_enum (settings, "model-architecture", MIXQ_ARCH_GAT);
    g_settings_set_int (settings, "model-hidden", 50);
    g_settings_set_int (settings, "model-heads", 16);
    g_settings_set_boolean (settings, "model-of-graphs", FALSE);
    mixq_settings_load (settings, &wish, &pace, &cpu);
    mixq_model_spec_for (&usual, MIXQ_ARCH_GAT, MIXQ_TASK_NODES);
    g_assert_true (mixq_model_spec_equal (&wish.spec, &usual));
    mixq_run_wish_clear (&wish);
  }
  for (const char *const *key =
           (const char *[]){ "model-architecture", "model-hidden", "model-heads", "model-layers",
                             "model-dropout", "model-feature-dropout", "model-batch-norm", "model-residual",
                             "model-eps", "model-aggregator", "model-pool", "model-hops", "model-of-graphs",
                             NULL };
       *key != NULL; key++)
    g_settings_reset (settings, *key);
}

/* --- in the window -------------------------------------------------------------------------------------------------------- */

typedef struct
{
  UiWindow *fixture;
  MixqArch arch;
  MixqTask task;
} Awaited;

static gboolean
is_running (gpointer data)
{
  const Awaited *awaited = data;
  MixqModel *model = mixq_run_model_peek_model (awaited->fixture->run);
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (awaited->fixture->run);

  return model != NULL && model->spec.arch == awaited->arch && model->task == awaited->task &&
         snapshot != NULL && snapshot->n_slots == model->n_slots;
}

/* The part that has the focus is within what scrolls. */
static gboolean
is_seen (gpointer data)
{
  MixqBitsView *bits = data;
  GtkWidget *scrolled = gtk_widget_get_ancestor (GTK_WIDGET (bits), GTK_TYPE_SCROLLED_WINDOW);
  const graphene_rect_t *box = &mixq_bits_layout_find (bits->layout, bits->focused)->box;
  double x, y;

  return gtk_widget_translate_coordinates (GTK_WIDGET (bits), scrolled, box->origin.x, box->origin.y, &x,
                                           &y) &&
         x >= 0.0 && x + box->size.width <= gtk_widget_get_width (scrolled);
}

/* The right arrow goes through the slots in their order, and the view follows. */
static void
walk_slots (MixqBitsView *bits)
{
  gtk_widget_grab_focus (GTK_WIDGET (bits));
  for (guint slot = 0; slot < bits->n_slots; slot++) {
    g_assert_cmpint (bits->focused, ==, slot);
    if (slot > 0) /* it scrolls in the next frame */
      g_assert_true (ui_test_wait (is_seen, bits, 5.0));
    g_assert_true (ui_test_press (GTK_WIDGET (bits), GDK_KEY_Right, 0));
  }
}

/* Each architecture, chosen in the pane, runs, is named in the title, and is drawn in full; keys walk all of it. */
static void
test_window (UiWindow *fixture, gconstpointer user_data)
{
  MixqModelGroup *group = mixq_settings_pane_peek_model (fixture->window->settings_pane);

  for (guint arch = MIXQ_N_ARCHS; arch-- > 0;) {
    Awaited awaited = { fixture, (MixqArch) arch, MIXQ_TASK_NODES };
    MixqBitsView *bits = fixture->window->bits;
    g_autofree char *name = NULL;
    MixqModel *model;

    g_assert_true (mixq_model_group_choose_arch (group, (MixqArch) arch));
    g_assert_true (ui_test_wait (is_running, &awaited, 60.0));
    ui_test_live (0.3);
    model = mixq_run_model_peek_model (fixture->run);
    name = mixq_format_model (&model->spec);
    g_assert_nonnull (strstr (adw_window_title_get_subtitle (fixture->window->title), name));
    g_assert_nonnull (bits->layout);
    for (guint slot = 0; slot < model->n_slots; slot++)
      g_assert_nonnull (mixq_bits_layout_find (bits->layout, (int) slot));
    walk_slots (bits);
  }
}

static AdwComboRow *
find_split_row (GtkWidget *widget)
{
  if (ADW_IS_COMBO_ROW (widget) &&
      g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), "Split"))
    return ADW_COMBO_ROW (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    AdwComboRow *row = find_split_row (child);

    if (row != NULL)
      return row;
  }
  return NULL;
}

static gboolean
has_split (gpointer data)
{
  const Awaited *awaited = data;

  return is_running (data) && g_strcmp0 (mixq_run_model_peek_dataset (awaited->fixture->run)->split,
                                         mixq_run_model_peek_wish (awaited->fixture->run)->split) == 0;
}

/* Each split that is offered can be had. */
static void
choose_splits (UiWindow *fixture, Awaited *awaited, const char *second)
{
  AdwComboRow *row = find_split_row (GTK_WIDGET (fixture->window->settings_pane));
  const MixqRunWish *wish = mixq_run_model_peek_wish (fixture->run);

  g_assert_nonnull (row);
  for (guint i = g_list_model_get_n_items (adw_combo_row_get_model (row)); i-- > 0;) {
    adw_combo_row_set_selected (row, i);
    g_assert_cmpstr (wish->split, ==, i == 0 ? NULL : i == 1 ? second : "random:0");
    if (i > 0)
      g_assert_true (ui_test_wait (has_split, awaited, 120.0));
  }
}

/* Data of the other kind bring what is usual for them, and the pane says so. */
static void
test_other_kind (UiWindow *fixture, gconstpointer user_data)
{
  MixqModelGroup *group = mixq_settings_pane_peek_model (fixture->window->settings_pane);
  Awaited awaited = { fixture, MIXQ_ARCH_GCN, MIXQ_TASK_GRAPHS };
  MixqModelSpec usual;

  g_assert_false (mixq_model_group_has_option (group, MIXQ_MODEL_OPTION_POOL));
  mixq_window_open_path (fixture->window, "csl");
  g_assert_true (ui_test_wait (is_running, &awaited, 120.0));
  mixq_model_spec_for (&usual, MIXQ_ARCH_GCN, MIXQ_TASK_GRAPHS);
  g_assert_true (mixq_model_spec_equal (&mixq_run_model_peek_wish (fixture->run)->spec, &usual));
  g_assert_true (mixq_model_spec_equal (mixq_model_group_peek_spec (group), &usual));
  g_assert_true (mixq_model_group_has_option (group, MIXQ_MODEL_OPTION_POOL));
  choose_splits (fixture, &awaited, "fold:0");
  mixq_window_open_path (fixture->window, ui_window_choose_data ());
  awaited.task = MIXQ_TASK_NODES;
  g_assert_true (ui_test_wait (is_running, &awaited, 60.0));
  mixq_model_spec_for (&usual, MIXQ_ARCH_GCN, MIXQ_TASK_NODES);
  g_assert_true (mixq_model_spec_equal (mixq_model_group_peek_spec (group), &usual));
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/models/usual", test_usual);
  g_test_add_func ("/ui/models/options", test_options);
  g_test_add_func ("/ui/models/obstacle", test_obstacle);
  g_test_add_func ("/ui/models/kept", test_kept);
  g_test_add ("/ui/models/window", UiWindow, NULL, ui_window_set_up, test_window, ui_window_tear_down);
  g_test_add ("/ui/models/other-kind", UiWindow, NULL, ui_window_set_up, test_other_kind,
              ui_window_tear_down);
  return g_test_run ();
}
