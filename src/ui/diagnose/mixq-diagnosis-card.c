/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "diagnose/mixq-diagnosis-card.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mixq-format.h"

/* A random split of a small graph gives a third of the nodes to validation, see mixq_dataset_with_split(). */
#define VALIDATION_SHARE 3

struct _MixqDiagnosisCard
{
  GtkWidget parent_instance;

  MixqRunModel *run; /* owned */
  MixqDiagnosis diagnosis;
  /* template-like children, owned by the widget tree */
  GtkWidget *grid, *icon, *title, *cause, *remedy, *button, *cross;
};

G_DEFINE_TYPE (MixqDiagnosisCard, mixq_diagnosis_card, GTK_TYPE_WIDGET)

enum { DISMISSED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- what the button does -------------------------------------------------------------------------------------------- */

/* Another split helps only where there are enough labelled nodes to deal out, and it has not been dealt already. */
static gboolean
can_split (MixqDiagnosisCard *self)
{
  MixqDataset *dataset = mixq_run_model_peek_dataset (self->run);
  const MixqRunWish *wish = mixq_run_model_peek_wish (self->run);
  gsize labelled = 0;

  if (dataset == NULL || (wish->split != NULL && g_str_has_prefix (wish->split, "random:")))
    return FALSE;
  for (gsize i = 0; i < dataset->n_nodes; i++)
    labelled += dataset->labels[i] >= 0;
  return (double) labelled > (VALIDATION_SHARE + 1) * self->diagnosis.value;
}

static char *
dup_button_label (MixqDiagnosisCard *self)
{
  const MixqDiagnosis *d = &self->diagnosis;
  MixqModel *model = mixq_run_model_peek_model (self->run);
  const char *symbol = d->slot >= 0 && model != NULL && (guint) d->slot < model->n_slots
                           ? model->slots[d->slot].symbol
                           : "";
  g_autofree char *price = NULL;

  switch (d->remedy) {
  case MIXQ_REMEDY_LAMBDA:
    price = mixq_format_price (d->value);
    /* Translators: a price of a bit. */
    return g_strdup_printf (_ ("Set the Price to %s"), price);
  case MIXQ_REMEDY_PIN:
    /* Translators: a part of the model, and how many bits it is to have. */
    return g_strdup_printf (ngettext ("Hold %s at %u Bit", "Hold %s at %u Bits", (gulong) d->value), symbol,
                            (guint) d->value);
  case MIXQ_REMEDY_UNPIN:
    return g_strdup_printf (_ ("Unpin %s"), symbol);
  case MIXQ_REMEDY_RATE:
  case MIXQ_REMEDY_ALPHA_RATE:
    /* Translators: starts training over; a learning rate. */
    return g_strdup_printf (_ ("Restart at %.3g"), d->value);
  case MIXQ_REMEDY_SPLIT:
    return can_split (self) ? g_strdup (_ ("Split at Random")) : NULL;
  case MIXQ_REMEDY_PENALTY:
    return g_strdup (_ ("Normalise"));
  case MIXQ_REMEDY_COST:
    return g_strdup (_ ("Count BitOPs"));
  case MIXQ_REMEDY_NONE:
  default:
    return NULL;
  }
}

static void
wish_for (MixqDiagnosisCard *self)
{
  const MixqDiagnosis *d = &self->diagnosis;
  MixqRunWish wish;

  mixq_run_wish_copy (mixq_run_model_peek_wish (self->run), &wish);
  switch (d->remedy) {
  case MIXQ_REMEDY_RATE:
    wish.config.lr = d->value;
    break;
  case MIXQ_REMEDY_ALPHA_RATE:
    wish.config.lr_alpha = d->value;
    break;
  case MIXQ_REMEDY_PENALTY:
    wish.config.penalty = MIXQ_PENALTY_NORMALISED;
    break;
  case MIXQ_REMEDY_COST:
    wish.config.cost = MIXQ_COST_BITOPS;
    break;
  case MIXQ_REMEDY_SPLIT:
    g_free (wish.split);
    wish.split = g_strdup_printf ("random:%" G_GUINT64_FORMAT, wish.config.seed);
    break;
  case MIXQ_REMEDY_NONE:
  case MIXQ_REMEDY_LAMBDA:
  case MIXQ_REMEDY_PIN:
  case MIXQ_REMEDY_UNPIN:
  default:
    g_warn_if_reached ();
  }
  if (wish.what != NULL)
    mixq_run_model_set_wish (self->run, &wish);
  mixq_run_wish_clear (&wish);
}

gboolean
mixq_diagnosis_card_act (MixqDiagnosisCard *self)
{
  const MixqDiagnosis *d = &self->diagnosis;
  GtkWidget *widget = GTK_WIDGET (self);

  g_return_val_if_fail (MIXQ_IS_DIAGNOSIS_CARD (self), FALSE);
  if (!gtk_widget_get_visible (self->button))
    return FALSE;
  switch (d->remedy) {
  case MIXQ_REMEDY_LAMBDA:
    return gtk_widget_activate_action (widget, "win.set-lambda", "d", d->value);
  case MIXQ_REMEDY_PIN:
    return gtk_widget_activate_action (widget, "win.pin", "(uy)", (guint) d->slot, (guint8) d->value);
  case MIXQ_REMEDY_UNPIN:
    return gtk_widget_activate_action (widget, "win.unpin", "u", (guint) d->slot);
  case MIXQ_REMEDY_NONE:
    return FALSE;
  case MIXQ_REMEDY_RATE:
  case MIXQ_REMEDY_ALPHA_RATE:
  case MIXQ_REMEDY_SPLIT:
  case MIXQ_REMEDY_PENALTY:
  case MIXQ_REMEDY_COST:
  default:
    wish_for (self);
    return TRUE;
  }
}

/* --- what it shows ----------------------------------------------------------------------------------------------------- */

static const char *
translate (const char *text)
{
  return _ (text);
}

static const struct
{
  const char *icon, *name, *style;
} gravity[] = {
  [MIXQ_SEVERITY_NOTE] = { "dialog-information-symbolic", N_ ("Note"), "note" },
  [MIXQ_SEVERITY_WARNING] = { "dialog-warning-symbolic", N_ ("Warning"), "warning" },
  [MIXQ_SEVERITY_ERROR] = { "dialog-error-symbolic", N_ ("Error"), "error" },
};

static void
set_label (GtkWidget *label, const char *text)
{
  if (strcmp (gtk_label_get_text (GTK_LABEL (label)), text) != 0)
    gtk_label_set_text (GTK_LABEL (label), text);
}

static void
set_accessible (MixqDiagnosisCard *self, const char *title, const char *cause, const char *remedy)
{
  g_autofree char *name = g_strdup_printf ("%s: %s", _ (gravity[self->diagnosis.severity].name), title);
  g_autofree char *description = g_strdup_printf ("%s %s", cause, remedy);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, remedy,
                                  -1);
}

static void
update_button (MixqDiagnosisCard *self, const char *remedy)
{
  g_autofree char *label = dup_button_label (self);

  gtk_widget_set_visible (self->button, label != NULL);
  gtk_widget_set_visible (self->remedy, label == NULL);
  if (label != NULL && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (self->button)), label) != 0)
    gtk_button_set_label (GTK_BUTTON (self->button), label);
  if (g_strcmp0 (gtk_widget_get_tooltip_text (self->button), remedy) != 0)
    gtk_widget_set_tooltip_text (self->button, remedy);
}

void
mixq_diagnosis_card_set (MixqDiagnosisCard *self, const MixqDiagnosis *diagnosis)
{
  MixqModel *model = mixq_run_model_peek_model (self->run);
  g_autofree char *title = NULL, *cause = NULL, *remedy = NULL;

  g_return_if_fail (MIXQ_IS_DIAGNOSIS_CARD (self));
  if (memcmp (&self->diagnosis, diagnosis, sizeof *diagnosis) == 0)
    return;
  self->diagnosis = *diagnosis;
  title = mixq_diagnosis_dup_title (diagnosis, translate);
  cause = mixq_diagnosis_dup_cause (diagnosis, model, TRUE, translate);
  remedy = mixq_diagnosis_dup_remedy (diagnosis, model, TRUE, translate);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), gravity[diagnosis->severity].icon);
  for (guint i = 0; i < G_N_ELEMENTS (gravity); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self), gravity[i].style);
  gtk_widget_add_css_class (GTK_WIDGET (self), gravity[diagnosis->severity].style);
  set_label (self->title, title);
  set_label (self->cause, cause);
  set_label (self->remedy, remedy);
  update_button (self, remedy);
  set_accessible (self, title, cause, remedy);
}

const MixqDiagnosis *
mixq_diagnosis_card_peek (MixqDiagnosisCard *self)
{
  g_return_val_if_fail (MIXQ_IS_DIAGNOSIS_CARD (self), NULL);
  return &self->diagnosis;
}

void
mixq_diagnosis_card_set_stacked (MixqDiagnosisCard *self, gboolean stacked)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (self->grid);
  GtkGridLayoutChild *place = GTK_GRID_LAYOUT_CHILD (
      gtk_layout_manager_get_layout_child (layout, self->button));

  gtk_grid_layout_child_set_column (place, stacked ? 1 : 2);
  gtk_grid_layout_child_set_row (place, stacked ? 3 : 0);
  gtk_grid_layout_child_set_row_span (place, stacked ? 1 : 3);
  gtk_widget_set_halign (self->button, stacked ? GTK_ALIGN_START : GTK_ALIGN_END);
  gtk_widget_set_margin_top (self->button, stacked ? 6 : 0);
}

/* --- life ---------------------------------------------------------------------------------------------------------------- */

static void
dismiss_cb (MixqDiagnosisCard *self)
{
  g_signal_emit (self, signals[DISMISSED], 0);
}

static gboolean
key_cb (GtkEventControllerKey *controller,
        guint key,
        guint code,
        GdkModifierType state,
        MixqDiagnosisCard *self)
{
  if (key != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  dismiss_cb (self);
  return GDK_EVENT_STOP;
}

static GtkWidget *
add_label (MixqDiagnosisCard *self, const char *style, int row)
{
  GtkWidget *label = gtk_label_new ("");

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 50);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, style);
  gtk_grid_attach (GTK_GRID (self->grid), label, 1, row, 1, 1);
  return label;
}

static void
mixq_diagnosis_card_dispose (GObject *object)
{
  MixqDiagnosisCard *self = MIXQ_DIAGNOSIS_CARD (object);

  g_clear_pointer (&self->grid, gtk_widget_unparent);
  g_clear_object (&self->run);
  G_OBJECT_CLASS (mixq_diagnosis_card_parent_class)->dispose (object);
}

static void
mixq_diagnosis_card_class_init (MixqDiagnosisCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mixq_diagnosis_card_dispose;
  signals[DISMISSED] = g_signal_new ("dismissed", MIXQ_TYPE_DIAGNOSIS_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                     NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "diagnosis");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
mixq_diagnosis_card_init (MixqDiagnosisCard *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->diagnosis.slot = G_MININT; /* unlike any finding */
  self->grid = gtk_grid_new ();
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 10);
  self->icon = gtk_image_new ();
  gtk_widget_set_valign (self->icon, GTK_ALIGN_START);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  gtk_grid_attach (GTK_GRID (self->grid), self->icon, 0, 0, 1, 3);
  self->title = add_label (self, "title", 0);
  self->cause = add_label (self, "cause", 1);
  self->remedy = add_label (self, "cause", 2);
  self->button = gtk_button_new_with_label ("");
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);
  gtk_grid_attach (GTK_GRID (self->grid), self->button, 2, 0, 1, 3);
  self->cross = gtk_button_new_from_icon_name ("window-close-symbolic");
  gtk_widget_set_valign (self->cross, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->cross, "flat");
  gtk_widget_add_css_class (self->cross, "circular");
  gtk_widget_set_tooltip_text (self->cross, _ ("Dismiss for this run (Esc)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->cross), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Dismiss"),
                                  -1);
  gtk_grid_attach (GTK_GRID (self->grid), self->cross, 3, 0, 1, 3);
  g_signal_connect_object (self->button, "clicked", G_CALLBACK (mixq_diagnosis_card_act), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->cross, "clicked", G_CALLBACK (dismiss_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

GtkWidget *
mixq_diagnosis_card_new (MixqRunModel *run)
{
  MixqDiagnosisCard *self = g_object_new (MIXQ_TYPE_DIAGNOSIS_CARD, NULL);

  self->run = g_object_ref (run);
  return GTK_WIDGET (self);
}
