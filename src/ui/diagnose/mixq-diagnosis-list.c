/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "diagnose/mixq-diagnosis-list.h"

#include <glib/gi18n.h>

#define MAX_CARDS 2
#define MAX_CARDS_NARROW 1
/* A card stays at least this long: a finding on the edge must not flicker. */
#define STAY_MS 3000

struct _MixqDiagnosisList
{
  GtkWidget parent_instance;

  MixqRunModel *run;                         /* owned */
  GtkWidget *card[MIXQ_N_DIAGNOSES];         /* children; NULL: not found */
  gint64 since[MIXQ_N_DIAGNOSES];            /* monotonic time of its card */
  MixqDiagnosisKind order[MIXQ_N_DIAGNOSES]; /* gravest first, of those with a card */
  guint n;
  guint dismissed;  /* bits of kinds */
  GtkWidget *space; /* child: pushes the cards down to the edge */
  GtkWidget *more;  /* child */
  gboolean narrow, stacked, all;
  guint timeout;
};

G_DEFINE_TYPE (MixqDiagnosisList, mixq_diagnosis_list, GTK_TYPE_WIDGET)

static void sync_cards (MixqDiagnosisList *self);

/* --- which ------------------------------------------------------------------------------------------------------------ */

static const MixqDiagnosis *
find (MixqDiagnosisList *self, MixqDiagnosisKind kind)
{
  const MixqSnapshot *snapshot = self->run != NULL ? mixq_run_model_peek_snapshot (self->run) : NULL;

  for (guint i = 0; snapshot != NULL && i < snapshot->n_diagnoses; i++)
    if (snapshot->diagnosis[i].kind == kind && (self->dismissed & (1u << kind)) == 0)
      return &snapshot->diagnosis[i];
  return NULL;
}

/* The keyboard goes on where it was: at the next card, else at whatever comes next in the window. */
static void
hand_on_focus (MixqDiagnosisList *self, GtkWidget *card)
{
  GtkRoot *root = gtk_widget_get_root (card);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, card))
    return;
  for (GtkWidget *next = gtk_widget_get_first_child (GTK_WIDGET (self)); next != NULL;
       next = gtk_widget_get_next_sibling (next))
    if (next != card && gtk_widget_get_visible (next) && gtk_widget_child_focus (next, GTK_DIR_TAB_FORWARD))
      return;
  gtk_widget_child_focus (GTK_WIDGET (root), GTK_DIR_TAB_FORWARD);
}

static void
remove_card (MixqDiagnosisList *self, guint kind)
{
  hand_on_focus (self, self->card[kind]);
  g_clear_pointer (&self->card[kind], gtk_widget_unparent);
}

static void
dismissed_cb (MixqDiagnosisList *self, MixqDiagnosisCard *card)
{
  MixqDiagnosisKind kind = mixq_diagnosis_card_peek (card)->kind;

  self->dismissed |= 1u << kind;
  remove_card (self, kind);
  sync_cards (self);
}

static void
add_card (MixqDiagnosisList *self, guint kind)
{
  self->card[kind] = mixq_diagnosis_card_new (self->run);
  self->since[kind] = g_get_monotonic_time ();
  mixq_diagnosis_card_set_stacked (MIXQ_DIAGNOSIS_CARD (self->card[kind]), self->stacked);
  g_signal_connect_object (self->card[kind], "dismissed", G_CALLBACK (dismissed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_insert_before (self->card[kind], GTK_WIDGET (self), self->more);
}

static gboolean
timeout_cb (gpointer data)
{
  MixqDiagnosisList *self = data;

  self->timeout = 0;
  sync_cards (self);
  return G_SOURCE_REMOVE;
}

/* --- showing ------------------------------------------------------------------------------------------------------------ */

static int
compare_gravity (const void *a, const void *b, gpointer data)
{
  MixqDiagnosisList *self = data;
  const MixqDiagnosisKind x = *(const MixqDiagnosisKind *) a, y = *(const MixqDiagnosisKind *) b;
  MixqSeverity of_x = mixq_diagnosis_card_peek (MIXQ_DIAGNOSIS_CARD (self->card[x]))->severity;
  MixqSeverity of_y = mixq_diagnosis_card_peek (MIXQ_DIAGNOSIS_CARD (self->card[y]))->severity;

  return of_x != of_y ? (int) of_y - (int) of_x : (int) x - (int) y;
}

static void
arrange (MixqDiagnosisList *self)
{
  guint room = self->all ? MIXQ_N_DIAGNOSES : self->narrow ? MAX_CARDS_NARROW : MAX_CARDS, hidden;
  g_autofree char *label = NULL;

  self->n = 0;
  for (guint kind = 0; kind < MIXQ_N_DIAGNOSES; kind++)
    if (self->card[kind] != NULL)
      self->order[self->n++] = (MixqDiagnosisKind) kind;
  g_qsort_with_data (self->order, (int) self->n, sizeof *self->order, compare_gravity, self);
  for (guint i = 0; i < self->n; i++)
    gtk_widget_set_visible (self->card[self->order[i]], i < room);
  hidden = self->n > room ? self->n - room : 0;
  label = g_strdup_printf (ngettext ("and %u more", "and %u more", hidden), hidden);
  if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (self->more)), label) != 0)
    gtk_button_set_label (GTK_BUTTON (self->more), label);
  gtk_widget_set_visible (self->more, hidden > 0);
  gtk_widget_set_visible (GTK_WIDGET (self), self->n > 0);
}

/* Snapshots come by with every frame; only what differs is touched. */
static void
sync_cards (MixqDiagnosisList *self)
{
  gint64 now = g_get_monotonic_time (), wait = 0;
  gboolean changed = FALSE;

  for (guint kind = 0; kind < MIXQ_N_DIAGNOSES; kind++) {
    const MixqDiagnosis *found = find (self, (MixqDiagnosisKind) kind);
    gint64 left = self->since[kind] + STAY_MS * 1000 - now;

    if (found != NULL && self->card[kind] == NULL) {
      add_card (self, kind);
      changed = TRUE;
    }
    if (found != NULL) {
      mixq_diagnosis_card_set (MIXQ_DIAGNOSIS_CARD (self->card[kind]), found);
    } else if (self->card[kind] != NULL && left > 0) {
      wait = MAX (wait, left);
    } else if (self->card[kind] != NULL) {
      remove_card (self, kind);
      changed = TRUE;
    }
  }
  if (wait > 0 && self->timeout == 0)
    self->timeout = g_timeout_add ((guint) (wait / 1000) + 1, timeout_cb, self);
  if (changed || self->n > 0)
    arrange (self);
}

static void
session_changed_cb (MixqDiagnosisList *self)
{
  self->dismissed = 0;
  self->all = FALSE;
  for (guint kind = 0; kind < MIXQ_N_DIAGNOSES; kind++)
    if (self->card[kind] != NULL)
      remove_card (self, kind);
  arrange (self);
}

static void
more_cb (MixqDiagnosisList *self)
{
  self->all = TRUE;
  arrange (self);
  gtk_widget_child_focus (self->card[self->order[self->n - 1]], GTK_DIR_TAB_FORWARD);
}

void
mixq_diagnosis_list_set_run_model (MixqDiagnosisList *self, MixqRunModel *run)
{
  g_return_if_fail (MIXQ_IS_DIAGNOSIS_LIST (self) && self->run == NULL);

  self->run = g_object_ref (run);
  g_signal_connect_object (run, "snapshot", G_CALLBACK (sync_cards), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "session-changed", G_CALLBACK (session_changed_cb), self, G_CONNECT_SWAPPED);
}

void
mixq_diagnosis_list_set_width_class (MixqDiagnosisList *self, MixqWidthClass width)
{
  gboolean narrow = width == MIXQ_WIDTH_NARROW;

  g_return_if_fail (MIXQ_IS_DIAGNOSIS_LIST (self));

  self->narrow = narrow;
  self->stacked = width != MIXQ_WIDTH_WIDE;
  gtk_widget_set_halign (GTK_WIDGET (self), narrow ? GTK_ALIGN_FILL : GTK_ALIGN_END);
  if (narrow)
    gtk_widget_add_css_class (GTK_WIDGET (self), "narrow");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "narrow");
  for (guint kind = 0; kind < MIXQ_N_DIAGNOSES; kind++)
    if (self->card[kind] != NULL)
      mixq_diagnosis_card_set_stacked (MIXQ_DIAGNOSIS_CARD (self->card[kind]), self->stacked);
  arrange (self);
}

MixqDiagnosisCard *
mixq_diagnosis_list_peek_card (MixqDiagnosisList *self, MixqDiagnosisKind kind)
{
  GtkWidget *card = self->card[kind];

  return card != NULL && gtk_widget_get_visible (card) ? MIXQ_DIAGNOSIS_CARD (card) : NULL;
}

guint
mixq_diagnosis_list_get_n_shown (MixqDiagnosisList *self)
{
  guint n = 0;

  for (guint i = 0; i < self->n; i++)
    n += gtk_widget_get_visible (self->card[self->order[i]]);
  return n;
}

/* --- life ---------------------------------------------------------------------------------------------------------------- */

static void
mixq_diagnosis_list_dispose (GObject *object)
{
  MixqDiagnosisList *self = MIXQ_DIAGNOSIS_LIST (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  for (guint kind = 0; kind < MIXQ_N_DIAGNOSES; kind++)
    g_clear_pointer (&self->card[kind], gtk_widget_unparent);
  g_clear_pointer (&self->space, gtk_widget_unparent);
  g_clear_pointer (&self->more, gtk_widget_unparent);
  g_clear_object (&self->run);
  G_OBJECT_CLASS (mixq_diagnosis_list_parent_class)->dispose (object);
}

/* Only the cards take the pointer: what is beside them belongs to the view below. */
static gboolean
mixq_diagnosis_list_contains (GtkWidget *widget, double x, double y)
{
  return FALSE;
}

static void
mixq_diagnosis_list_class_init (MixqDiagnosisListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mixq_diagnosis_list_dispose;
  widget_class->contains = mixq_diagnosis_list_contains;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "diagnoses");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
mixq_diagnosis_list_init (MixqDiagnosisList *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Diagnoses"), -1);
  self->space = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_vexpand (self->space, TRUE);
  gtk_widget_set_can_target (self->space, FALSE);
  gtk_widget_set_parent (self->space, GTK_WIDGET (self));
  self->more = gtk_button_new_with_label ("");
  gtk_widget_set_halign (self->more, GTK_ALIGN_END);
  gtk_widget_add_css_class (self->more, "more");
  gtk_widget_set_parent (self->more, GTK_WIDGET (self));
  g_signal_connect_object (self->more, "clicked", G_CALLBACK (more_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_END);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
