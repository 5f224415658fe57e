/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fault planted in the real window shows its card, and the card's button mends it. */
#include <string.h>

#include "mixq-application.h"
#include "mixq-window-private.h"
#include "ui-test.h"

#define PATIENCE 60.0

typedef struct
{
  MixqApplication *application;
  MixqWindow *window;
  MixqRunModel *run;
} Fixture;

static gboolean
is_searching (gpointer data)
{
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (data);

  return snapshot != NULL && snapshot->phase == MIXQ_PHASE_SEARCH && snapshot->step > 20;
}

static MixqApplication *
the_application (void)
{
  static MixqApplication *application;
  g_autoptr (GError) error = NULL;

  if (application == NULL) {
    application = mixq_application_new (G_APPLICATION_NON_UNIQUE);
    g_application_register (G_APPLICATION (application), NULL, &error);
    g_assert_no_error (error);
  }
  return application;
}

/* Data with enough validation nodes, at full speed. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->application = the_application ();
  fixture->window = mixq_window_new (GTK_APPLICATION (fixture->application));
  fixture->run = g_object_ref (mixq_window_peek_run_model (fixture->window));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1000, 700);
  gtk_window_present (GTK_WINDOW (fixture->window));
  mixq_window_start (fixture->window, data);
  g_assert_true (ui_test_wait (is_searching, fixture->run, PATIENCE));
  mixq_run_model_set_pace (fixture->run, 0);
  mixq_run_model_set_lambda (fixture->run, 0.5); /* the last test's price is remembered */
}

static gboolean
has_no_window (gpointer data)
{
  return gtk_application_get_active_window (data) == NULL;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_close (GTK_WINDOW (fixture->window));
  g_assert_true (ui_test_wait (has_no_window, fixture->application, 10.0));
  mixq_run_model_wait_closed ();
  ui_test_live (0.2);
  g_assert_finalize_object (G_OBJECT (fixture->run));
}

static MixqDiagnosisCard *
card_of (Fixture *fixture, MixqDiagnosisKind kind)
{
  return mixq_diagnosis_list_peek_card (fixture->window->diagnoses, kind);
}

static gboolean
shows_rewarded (gpointer data)
{
  return card_of (data, MIXQ_DIAGNOSIS_REWARDED) != NULL;
}

static gboolean
shows_pinned (gpointer data)
{
  return card_of (data, MIXQ_DIAGNOSIS_PINNED) != NULL;
}

static gboolean
shows_no_validation (gpointer data)
{
  return card_of (data, MIXQ_DIAGNOSIS_NO_VALIDATION) != NULL;
}

static gboolean
shows_nothing (gpointer data)
{
  return mixq_diagnosis_list_get_n_shown (((Fixture *) data)->window->diagnoses) == 0;
}

static void
plant_reward (Fixture *fixture)
{
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.set-lambda", "d", -2.0);
  g_assert_true (ui_test_wait (shows_rewarded, fixture, PATIENCE));
}

/* The first label, button or icon button below @widget that shows @text (an icon's name for buttons without one). */
static GtkWidget *
find_by_text (GtkWidget *widget, const char *text)
{
  GtkWidget *found = NULL;

  if (!gtk_widget_get_visible (widget))
    return NULL;
  if ((GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL) ||
      (GTK_IS_BUTTON (widget) && (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), text) == 0 ||
                                  g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), text) == 0)))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_by_text (child, text);
  return found;
}

static void
test_healthy (Fixture *fixture, gconstpointer data)
{
  ui_test_live (2.0);
  g_assert_true (shows_nothing (fixture));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (fixture->window->diagnoses)));
}

/* Shown, legible without colour, named for screen readers, and gone once its button has mended the fault. */
static void
test_act (Fixture *fixture, gconstpointer data)
{
  GtkWidget *card, *button;
  graphene_rect_t before, after;

  g_assert_true (gtk_widget_compute_bounds (GTK_WIDGET (fixture->window->tradeoff),
                                            GTK_WIDGET (fixture->window), &before));
  plant_reward (fixture);
  ui_test_live (0.3);
  card = GTK_WIDGET (card_of (fixture, MIXQ_DIAGNOSIS_REWARDED));
  g_assert_cmpuint (mixq_diagnosis_list_get_n_shown (fixture->window->diagnoses), ==, 1);
  gtk_test_accessible_assert_role (card, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_test_accessible_assert_property (card, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Warning: Alpha goes to the widest bits");
  g_assert_nonnull (find_by_text (card, "A price of \u22122 rewards bits"));
  g_assert_true (gtk_widget_compute_bounds (GTK_WIDGET (fixture->window->tradeoff),
                                            GTK_WIDGET (fixture->window), &after));
  g_assert_true (graphene_rect_equal (&before, &after)); /* nothing moved */
  g_assert_true (gtk_widget_compute_bounds (card, GTK_WIDGET (fixture->window), &before));
  g_assert_cmpfloat (before.origin.x, >,
                     after.origin.x + after.size.width); /* nor is the trade-off covered */
  button = find_by_text (card, "Set the Price to 0.50");
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpfloat (mixq_run_model_get_lambda (fixture->run), ==, 0.5);
  g_assert_true (ui_test_wait (shows_nothing, fixture, PATIENCE));
}

/* Beside the card the pointer reaches the view below. */
static void
test_pointer (Fixture *fixture, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (fixture->window), *card, *picked;
  graphene_rect_t at;

  plant_reward (fixture);
  ui_test_live (0.3);
  card = GTK_WIDGET (card_of (fixture, MIXQ_DIAGNOSIS_REWARDED));
  g_assert_true (gtk_widget_compute_bounds (card, window, &at));
  picked = gtk_widget_pick (window, (double) (at.origin.x + at.size.width / 2), (double) (at.origin.y + 4),
                            GTK_PICK_DEFAULT);
  g_assert_true (picked == card || gtk_widget_is_ancestor (picked, card));
  picked = gtk_widget_pick (window, (double) (at.origin.x + at.size.width / 2), (double) (at.origin.y - 30),
                            GTK_PICK_DEFAULT);
  g_assert_false (picked == card || gtk_widget_is_ancestor (picked, GTK_WIDGET (fixture->window->diagnoses)));
}

/* Dismissed with Esc, a kind stays away for this run; the keyboard does not fall off the window. */
static void
test_dismiss (Fixture *fixture, gconstpointer data)
{
  GtkWidget *card;

  plant_reward (fixture);
  card = GTK_WIDGET (card_of (fixture, MIXQ_DIAGNOSIS_REWARDED));
  g_assert_true (gtk_widget_child_focus (card, GTK_DIR_TAB_FORWARD));
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (fixture->window)), card));
  g_assert_true (ui_test_press (card, GDK_KEY_Escape, 0));
  g_assert_true (shows_nothing (fixture));
  g_assert_nonnull (gtk_window_get_focus (GTK_WINDOW (fixture->window)));
  ui_test_live (1.5);
  g_assert_true (shows_nothing (fixture));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.reset", NULL);
  g_assert_true (ui_test_wait (shows_rewarded, fixture, PATIENCE)); /* another run, another card */
}

/* All parts pinned: the card names one and frees it. */
static void
test_unpin (Fixture *fixture, gconstpointer data)
{
  const MixqDiagnosis *d;
  int slot;

  for (guint s = 0; s < mixq_run_model_peek_model (fixture->run)->n_slots; s++)
    mixq_run_model_pin (fixture->run, s, 8);
  g_assert_true (ui_test_wait (shows_pinned, fixture, PATIENCE));
  d = mixq_diagnosis_card_peek (card_of (fixture, MIXQ_DIAGNOSIS_PINNED));
  slot = d->slot;
  g_assert_cmpuint (mixq_run_model_peek_snapshot (fixture->run)->pinned[slot], ==, 8);
  g_assert_true (mixq_diagnosis_card_act (card_of (fixture, MIXQ_DIAGNOSIS_PINNED)));
  for (guint i = 0; i < 100 && mixq_run_model_peek_snapshot (fixture->run)->pinned[slot] != 0; i++)
    ui_test_live (0.05);
  g_assert_cmpuint (mixq_run_model_peek_snapshot (fixture->run)->pinned[slot], ==, 0);
}

/* In a narrow window: one card as wide as the window, and the rest behind "and 1 more". */
static void
test_narrow (Fixture *fixture, gconstpointer data)
{
  GtkWidget *list = GTK_WIDGET (fixture->window->diagnoses), *more;

  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 360, 640);
  ui_test_live (0.5);
  g_assert_true (fixture->window->narrow);
  g_assert_true (ui_test_wait (shows_no_validation, fixture, PATIENCE));
  for (guint s = 0; s < mixq_run_model_peek_model (fixture->run)->n_slots; s++)
    mixq_run_model_pin (fixture->run, s, 8);
  g_assert_true (ui_test_wait (shows_pinned, fixture, PATIENCE)); /* graver than a note: it comes first */
  g_assert_cmpuint (mixq_diagnosis_list_get_n_shown (fixture->window->diagnoses), ==, 1);
  g_assert_cmpint (gtk_widget_get_width (list), <=, 360);
  more = find_by_text (list, "and 1 more");
  g_assert_nonnull (more);
  g_signal_emit_by_name (more, "clicked");
  g_assert_cmpuint (mixq_diagnosis_list_get_n_shown (fixture->window->diagnoses), ==, 2);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add ("/ui/diagnoses/healthy", Fixture, "debian", set_up, test_healthy, tear_down);
  g_test_add ("/ui/diagnoses/act", Fixture, "debian", set_up, test_act, tear_down);
  g_test_add ("/ui/diagnoses/pointer", Fixture, "debian", set_up, test_pointer, tear_down);
  g_test_add ("/ui/diagnoses/dismiss", Fixture, "debian", set_up, test_dismiss, tear_down);
  g_test_add ("/ui/diagnoses/unpin", Fixture, "debian", set_up, test_unpin, tear_down);
  g_test_add ("/ui/diagnoses/narrow", Fixture, "karate", set_up, test_narrow, tear_down);
  return g_test_run ();
}
