/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be asked of the models, by keyboard alone: a budget that picks one, the dial, the front, settings. */
#include <math.h>
#include <string.h>

#include "price/mixq-price-scale.h"
#include "settings/mixq-settings-options.h"
#include "ui-window.h"

/* --- budget, dial and front, by keyboard ---------------------------------------------------------------------------------- */

/* What has the keyboard, and is a text entry; Return after typing. */
static void
type_and_return (UiWindow *fixture, const char *text)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (fixture->window));

  g_assert_true (GTK_IS_TEXT (focus));
  gtk_editable_set_text (GTK_EDITABLE (focus), text);
  g_signal_emit_by_name (focus, "activate");
}

static void
check_has_key (UiWindow *fixture, const char *action)
{
  g_auto (GStrv)
      accels = gtk_application_get_accels_for_action (GTK_APPLICATION (fixture->application), action);

  g_assert_cmpuint (g_strv_length (accels), >, 0);
}

static gboolean
has_integer_models (gpointer data)
{
  GPtrArray *points = mixq_run_model_peek_points (data);
  guint n = 0;

  for (guint i = 0; points != NULL && i < points->len; i++)
    n += ((MixqPoint *) points->pdata[i])->kind != MIXQ_POINT_FLOAT;
  return n >= 3;
}

static double
accuracy_of (const MixqPoint *point)
{
  return isnan (point->val_mean) ? point->train_mean : point->val_mean;
}

/* No other finished integer model is as good and cheaper. */
static void
check_cheapest (UiWindow *fixture, const MixqPoint *picked, double accuracy)
{
  GPtrArray *points = mixq_run_model_peek_points (fixture->run);

  g_assert_cmpfloat (accuracy_of (picked), >=, accuracy);
  for (guint i = 0; i < points->len; i++) {
    const MixqPoint *point = points->pdata[i];

    g_assert_true (point->kind == MIXQ_POINT_FLOAT || accuracy_of (point) < accuracy ||
                   point->cost_share >= picked->cost_share);
  }
}

static void
test_budget (UiWindow *fixture, gconstpointer user_data)
{
  GtkWidget *widget = GTK_WIDGET (fixture->window), *view = GTK_WIDGET (fixture->window->tradeoff);
  MixqBudgetBar *bar = fixture->window->budget_bar;
  MixqRunModel *run = fixture->run;
  g_autofree char *before = NULL;

  check_has_key (fixture, "win.edit-budget");
  g_assert_true (ui_test_wait (has_integer_models, run, 120.0));
  mixq_run_model_set_paused (run, TRUE);
  g_assert_cmpstr (mixq_budget_bar_peek_sentence (bar), ==, "");

  /* Typed: it picks one model, shows it everywhere and says why. */
  gtk_widget_activate_action (widget, "win.edit-budget", NULL);
  type_and_return (fixture, "40 %");
  g_assert_cmpfloat_with_epsilon (mixq_run_model_get_budget (run).accuracy, 0.4, 1e-12);
  g_assert_nonnull (mixq_run_model_peek_shown (run));
  check_cheapest (fixture, mixq_run_model_peek_shown (run), 0.4);
  g_assert_nonnull (
      strstr (mixq_budget_bar_peek_sentence (bar), "the cheapest finished model with at least 40 %"));
  g_test_message ("%s", mixq_budget_bar_peek_sentence (bar));

  /* Nonsense is refused where it is typed, and changes nothing. */
  gtk_widget_activate_action (widget, "win.edit-budget", NULL);
  type_and_return (fixture, "a lot");
  g_assert_cmpfloat_with_epsilon (mixq_run_model_get_budget (run).accuracy, 0.4, 1e-12);
  g_assert_nonnull (strstr (mixq_budget_bar_peek_sentence (bar), "is no budget"));

  /* Out of reach: the nearest is named. */
  gtk_widget_activate_action (widget, "win.edit-budget", NULL);
  type_and_return (fixture, "100");
  g_assert_nonnull (
      strstr (mixq_budget_bar_peek_sentence (bar), "No finished model has at least 100 %. Nearest is"));
  g_assert_cmpint (mixq_run_model_get_selected_point (run), ==, MIXQ_NO_POINT);

  /* Arrows move the lines, Delete puts them away. */
  g_assert_true (ui_test_press (view, GDK_KEY_Down, GDK_CONTROL_MASK));
  g_assert_cmpfloat_with_epsilon (mixq_run_model_get_budget (run).accuracy, 0.995, 1e-9);
  g_assert_true (ui_test_press (view, GDK_KEY_Left, GDK_CONTROL_MASK));
  g_assert_false (isnan (mixq_run_model_get_budget (run).cost));
  before = g_strdup (mixq_budget_bar_peek_sentence (bar));
  g_assert_nonnull (strstr (before, "and at most"));
  g_assert_true (ui_test_press (view, GDK_KEY_Delete, 0));
  g_assert_true (isnan (mixq_run_model_get_budget (run).cost));
  g_assert_cmpstr (mixq_budget_bar_peek_sentence (bar), ==, "");
  mixq_run_model_set_paused (run, FALSE);
}

static gboolean
has_arrived (gpointer data)
{
  const MixqDial *dial = mixq_run_model_peek_dial (data);

  return dial != NULL && mixq_dial_peek_answer (dial)->state != MIXQ_DIAL_STEERING;
}

static void
test_dial (UiWindow *fixture, gconstpointer user_data)
{
  GtkWidget *widget = GTK_WIDGET (fixture->window);
  MixqRunModel *run = fixture->run;
  MixqPriceScale *scale = MIXQ_PRICE_SCALE (mixq_price_bar_peek_scale (fixture->window->price_bar));
  const MixqGoal goal = { MIXQ_GOAL_COST, MIXQ_COST_BITOPS,
                          mixq_run_model_float_cost (run, MIXQ_COST_BITOPS) / 12.0 };
  const MixqDial *dial;
  g_autoptr (GArray) log = NULL;
  guint n_prices = 0;

  check_has_key (fixture, "win.edit-dial");
  gtk_widget_activate_action (widget, "win.set-lambda", "d", 0.1);
  gtk_widget_activate_action (widget, "win.edit-dial", NULL);
  type_and_return (fixture, "12x");
  g_assert_nonnull (mixq_run_model_peek_dial (run));
  g_assert_true (ui_test_wait (has_arrived, run, 120.0));
  dial = mixq_run_model_peek_dial (run);
  g_test_message ("%s, after %u prices", mixq_price_bar_peek_sentence (fixture->window->price_bar),
                  mixq_dial_peek_readings (dial)->len);
  g_assert_cmpint (mixq_dial_peek_answer (dial)->state, ==, MIXQ_DIAL_REACHED);
  g_assert_true (g_str_has_prefix (mixq_price_bar_peek_sentence (fixture->window->price_bar), "Reached: "));
  g_assert_true (mixq_goal_is_met (&goal, g_array_index (mixq_dial_peek_readings (dial), MixqDialReading,
                                                         mixq_dial_peek_answer (dial)->best)
                                              .value));
  /* The thumb went along, and every price is in the log like one set by hand. */
  g_assert_cmpfloat (mixq_price_scale_get_value (scale), ==, mixq_dial_peek_answer (dial)->lambda);
  log = mixq_session_dup_commands (mixq_run_model_peek_session (run));
  for (guint i = 0; i < log->len; i++)
    n_prices += g_array_index (log, MixqCommand, i).kind == MIXQ_COMMAND_LAMBDA;
  g_assert_cmpuint (n_prices, >=, 2);

  /* A hand on the price takes over. */
  gtk_widget_activate_action (widget, "win.dial", "s", "5x");
  g_assert_nonnull (mixq_run_model_peek_dial (run));
  g_assert_true (ui_test_press (widget, GDK_KEY_bracketleft, 0));
  g_assert_null (mixq_run_model_peek_dial (run));
}

static gboolean
has_found (gpointer data)
{
  return mixq_run_model_get_front (data).told >= 4;
}

static gboolean
has_stopped (gpointer data)
{
  return !mixq_run_model_get_front (data).running;
}

static guint
count_found (MixqRunModel *run)
{
  GPtrArray *points = mixq_run_model_peek_points (run);
  guint n = 0;

  for (guint i = 0; points != NULL && i < points->len; i++)
    n += ((MixqPoint *) points->pdata[i])->methods != 0;
  return n;
}

static void
test_front (UiWindow *fixture, gconstpointer user_data)
{
  GtkWidget *widget = GTK_WIDGET (fixture->window);
  MixqRunModel *run = fixture->run;
  guint n;

  if (mixq_dataset_count_part (mixq_run_model_peek_dataset (run), MIXQ_PART_VAL) == 0) {
    g_test_skip ("the data here has no validation nodes to choose by");
    return;
  }
  check_has_key (fixture, "win.find-front::sensitivity");
  gtk_widget_activate_action (widget, "win.find-front", "s", "sensitivity");
  g_assert_true (ui_test_wait (has_found, run, 120.0));
  g_assert_true (mixq_run_model_get_front (run).running);
  g_assert_cmpuint (mixq_run_model_get_front (run).expected, >, mixq_run_model_get_front (run).told);
  g_assert_cmpuint (count_found (run), >=, 3); /* they arrive while it goes on */
  gtk_widget_activate_action (widget, "win.cancel-front", NULL);
  g_assert_true (ui_test_wait (has_stopped, run, 5.0));
  n = count_found (run);
  ui_test_live (0.5);
  g_assert_cmpuint (count_found (run), <=, n + 1);
  g_assert_cmpuint (count_found (run), >=, n);
}

/* --- settings ------------------------------------------------------------------------------------------------------------ */

typedef struct
{
  MixqRunModel *run;
  MixqSession *before;
} Restart;

static gboolean
is_restarted (gpointer data)
{
  Restart *restart = data;

  return mixq_run_model_peek_session (restart->run) != NULL &&
         mixq_run_model_peek_session (restart->run) != restart->before;
}

/* Every choice of every option starts a session that has it; one that does not apply says why. */
static void
test_settings (UiWindow *fixture, gconstpointer user_data)
{
  MixqSettingsPane *pane = fixture->window->settings_pane;
  MixqRunWish wish;

  for (guint id = 0; id < MIXQ_N_OPTIONS; id++) {
    const MixqSettingsOption *option = mixq_settings_option ((MixqOptionId) id);
    const char *explanation;
    GtkDropDown *choice = mixq_settings_pane_peek_option (pane, id, &explanation);
    guint value = option->count () - 1;
    Restart restart = { fixture->run, mixq_run_model_peek_session (fixture->run) };
    const char *obstacle = option->obstacle (&mixq_run_model_peek_wish (fixture->run)->config);

    g_assert_true (gtk_widget_get_sensitive (GTK_WIDGET (choice)) == (obstacle == NULL));
    if (obstacle != NULL) {
      g_assert_cmpstr (explanation, ==, obstacle);
      continue;
    }
    g_assert_cmpstr (explanation, ==, option->explanation (gtk_drop_down_get_selected (choice)));
    if (gtk_drop_down_get_selected (choice) == value)
      value = 0;
    if (id == MIXQ_OPTION_COST)
      value = MIXQ_COST_BYTES; /* milliseconds are measured first, which takes its time */
    if (gtk_drop_down_get_selected (choice) == value)
      continue; /* there is no other */
    gtk_drop_down_set_selected (choice, value);
    g_assert_true (ui_test_wait (is_restarted, &restart, 30.0));
    g_assert_cmpuint (option->get (mixq_session_peek_config (mixq_run_model_peek_session (fixture->run))), ==,
                      value);
    mixq_settings_pane_peek_option (pane, id, &explanation);
    g_assert_cmpstr (explanation, ==, option->explanation (value));
  }
  mixq_run_wish_copy (mixq_run_model_peek_wish (fixture->run), &wish);
  for (guint scheme = 0; scheme < mixq_scheme_count (); scheme++) {
    const MixqSettingsOption *ranges = mixq_settings_option (MIXQ_OPTION_RANGES);

    mixq_run_config_set_scheme (&wish.config, (MixqScheme) scheme);
    g_assert_true ((ranges->obstacle (&wish.config) != NULL) ==
                   mixq_scheme_traits ((MixqScheme) scheme)->per_node);
  }
  wish.config.n_choices = 1;
  mixq_run_model_set_wish (fixture->run, &wish);
  mixq_run_wish_clear (&wish);
  {
    const char *explanation;
    GtkDropDown *start = mixq_settings_pane_peek_option (pane, MIXQ_OPTION_ALPHA_INIT, &explanation);

    g_assert_false (gtk_widget_get_sensitive (GTK_WIDGET (start)));
    g_assert_nonnull (strstr (explanation, "only one width"));
  }
}

#define ADD(path, test) g_test_add (path, UiWindow, NULL, ui_window_set_up, test, ui_window_tear_down)

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  ADD ("/ui/goals/budget", test_budget);
  ADD ("/ui/goals/dial", test_dial);
  ADD ("/ui/goals/front", test_front);
  ADD ("/ui/goals/settings", test_settings);
  return g_test_run ();
}
