/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "price/mixq-price-dial.h"

#include <glib/gi18n.h>

#include "tradeoff/mixq-budget-text.h"

struct _MixqPriceDial
{
  AdwBin parent_instance;

  MixqRunModel *run; /* owned */
  char *status;

  /* template */
  GtkText *entry;
  GtkWidget *stop;
};

enum {
  PROP_0,
  PROP_STATUS,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_TYPE (MixqPriceDial, mixq_price_dial, ADW_TYPE_BIN)

static void
set_status (MixqPriceDial *self, const char *text)
{
  if (g_strcmp0 (text, self->status) == 0)
    return;
  g_free (self->status);
  self->status = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
}

static void
show_dial (MixqPriceDial *self)
{
  const MixqDial *dial = mixq_run_model_peek_dial (self->run);
  g_autofree char *text = dial != NULL ? mixq_dial_sentence (dial) : g_strdup (""), *goal = NULL;

  gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
  gtk_widget_set_visible (self->stop, dial != NULL);
  set_status (self, text);
  if (gtk_widget_has_focus (GTK_WIDGET (self->entry)) && dial == NULL)
    return; /* being typed */
  goal = dial != NULL ? mixq_goal_format (mixq_dial_peek_goal (dial)) : g_strdup ("");
  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (self->entry)), goal) != 0)
    gtk_editable_set_text (GTK_EDITABLE (self->entry), goal);
}

static void
activate_cb (MixqPriceDial *self)
{
  g_autofree char *text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  g_autoptr (GError) error = NULL;
  MixqGoal goal;

  if (*text == '\0') {
    gtk_widget_activate_action (GTK_WIDGET (self), "win.stop-dial", NULL);
  } else if (mixq_run_model_parse_goal (self->run, text, MIXQ_GOAL_ACCURACY, &goal, &error)) {
    gtk_widget_activate_action (GTK_WIDGET (self), "win.dial", "s", text);
  } else {
    gtk_widget_error_bell (GTK_WIDGET (self->entry));
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
    set_status (self, error->message);
  }
}

static void
leave_cb (MixqPriceDial *self)
{
  if (self->run != NULL)
    show_dial (self);
}

void
mixq_price_dial_set_run_model (MixqPriceDial *self, MixqRunModel *model)
{
  g_return_if_fail (MIXQ_IS_PRICE_DIAL (self));
  g_return_if_fail (self->run == NULL);

  self->run = g_object_ref (model);
  g_signal_connect_object (model, "dial-changed", G_CALLBACK (show_dial), self, G_CONNECT_SWAPPED);
  show_dial (self);
}

void
mixq_price_dial_focus_entry (MixqPriceDial *self)
{
  g_return_if_fail (MIXQ_IS_PRICE_DIAL (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

const char *
mixq_price_dial_peek_status (MixqPriceDial *self)
{
  g_return_val_if_fail (MIXQ_IS_PRICE_DIAL (self), NULL);
  return self->status;
}

static void
mixq_price_dial_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_STATUS)
    g_value_set_string (value, MIXQ_PRICE_DIAL (object)->status);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mixq_price_dial_dispose (GObject *object)
{
  MixqPriceDial *self = MIXQ_PRICE_DIAL (object);

  g_clear_object (&self->run);
  gtk_widget_dispose_template (GTK_WIDGET (self), MIXQ_TYPE_PRICE_DIAL);
  G_OBJECT_CLASS (mixq_price_dial_parent_class)->dispose (object);
}

static void
mixq_price_dial_finalize (GObject *object)
{
  g_free (MIXQ_PRICE_DIAL (object)->status);
  G_OBJECT_CLASS (mixq_price_dial_parent_class)->finalize (object);
}

static void
mixq_price_dial_class_init (MixqPriceDialClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mixq_price_dial_dispose;
  object_class->finalize = mixq_price_dial_finalize;
  object_class->get_property = mixq_price_dial_get_property;
  properties[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, "",
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/mixq/Studio/ui/price-dial.ui");
  gtk_widget_class_bind_template_child (widget_class, MixqPriceDial, entry);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceDial, stop);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, leave_cb);
}

static void
mixq_price_dial_init (MixqPriceDial *self)
{
  self->status = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
}
