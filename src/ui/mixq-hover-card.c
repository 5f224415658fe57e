/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-hover-card.h"

#define REST_MS 300
#define MAX_ROWS 12

struct _MixqHoverCard
{
  GtkPopover parent_instance;

  /* borrowed, children */
  GtkWidget *title;
  GtkWidget *subtitle;
  GtkWidget *grid;
  GtkWidget *foot;
  GtkWidget *names[MAX_ROWS];
  GtkWidget *values[MAX_ROWS];

  GdkRectangle rect;
  guint rest_id;
};

G_DEFINE_TYPE (MixqHoverCard, mixq_hover_card, GTK_TYPE_POPOVER)

static gboolean
rested_cb (gpointer user_data)
{
  MixqHoverCard *self = user_data;

  self->rest_id = 0;
  gtk_popover_popup (GTK_POPOVER (self));
  return G_SOURCE_REMOVE;
}

void
mixq_hover_card_point (MixqHoverCard *self, const graphene_rect_t *rect)
{
  GdkRectangle to;

  g_return_if_fail (MIXQ_IS_HOVER_CARD (self));

  to = (GdkRectangle){ (int) rect->origin.x, (int) rect->origin.y, (int) rect->size.width,
                       (int) rect->size.height };
  if (!gdk_rectangle_equal (&to, &self->rect)) {
    self->rect = to;
    gtk_popover_set_pointing_to (GTK_POPOVER (self), &to);
  }
  if (!gtk_widget_get_mapped (gtk_widget_get_parent (GTK_WIDGET (self))))
    return;
  if (!gtk_widget_get_visible (GTK_WIDGET (self)) && self->rest_id == 0)
    self->rest_id = g_timeout_add (REST_MS, rested_cb, self);
}

void
mixq_hover_card_hide (MixqHoverCard *self)
{
  g_return_if_fail (MIXQ_IS_HOVER_CARD (self));

  g_clear_handle_id (&self->rest_id, g_source_remove);
  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    gtk_popover_popdown (GTK_POPOVER (self));
}

gboolean
mixq_hover_card_is_open (MixqHoverCard *self)
{
  g_return_val_if_fail (MIXQ_IS_HOVER_CARD (self), FALSE);
  return gtk_widget_get_visible (GTK_WIDGET (self)) || self->rest_id != 0;
}

static void
set_text (GtkWidget *label, const char *text)
{
  gtk_widget_set_visible (label, text != NULL && *text != '\0');
  gtk_label_set_text (GTK_LABEL (label), text != NULL ? text : "");
}

void
mixq_hover_card_set (MixqHoverCard *self,
                     const char *title,
                     const char *subtitle,
                     const char *const *rows,
                     const char *foot)
{
  guint n = 0;

  g_return_if_fail (MIXQ_IS_HOVER_CARD (self));

  set_text (self->title, title);
  set_text (self->subtitle, subtitle);
  set_text (self->foot, foot);
  for (; n < MAX_ROWS && rows != NULL && rows[2 * n] != NULL; n++) {
    set_text (self->names[n], rows[2 * n]);
    set_text (self->values[n], rows[2 * n + 1]);
  }
  for (; n < MAX_ROWS; n++) {
    gtk_widget_set_visible (self->names[n], FALSE);
    gtk_widget_set_visible (self->values[n], FALSE);
  }
}

static GtkWidget *
new_label (const char *css_class, float xalign)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 32);
  gtk_widget_set_visible (label, FALSE);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
mixq_hover_card_dispose (GObject *object)
{
  MixqHoverCard *self = MIXQ_HOVER_CARD (object);

  g_clear_handle_id (&self->rest_id, g_source_remove);
  G_OBJECT_CLASS (mixq_hover_card_parent_class)->dispose (object);
}

static void
mixq_hover_card_class_init (MixqHoverCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mixq_hover_card_dispose;
}

static void
mixq_hover_card_init (MixqHoverCard *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->title = new_label ("heading", 0.0f);
  self->subtitle = new_label ("dim-label", 0.0f);
  self->foot = new_label ("dim-label", 0.0f);
  self->grid = gtk_grid_new ();
  gtk_widget_add_css_class (self->foot, "caption");
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 18);
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 3);
  for (int i = 0; i < MAX_ROWS; i++) {
    self->names[i] = new_label ("dim-label", 0.0f);
    self->values[i] = new_label ("numeric", 1.0f);
    gtk_widget_add_css_class (self->values[i], "card-value");
    gtk_widget_set_hexpand (self->values[i], TRUE);
    gtk_grid_attach (GTK_GRID (self->grid), self->names[i], 0, i, 1, 1);
    gtk_grid_attach (GTK_GRID (self->grid), self->values[i], 1, i, 1, 1);
  }
  gtk_box_append (GTK_BOX (head), self->title);
  gtk_box_append (GTK_BOX (head), self->subtitle);
  gtk_box_append (GTK_BOX (box), head);
  gtk_box_append (GTK_BOX (box), self->grid);
  gtk_box_append (GTK_BOX (box), self->foot);
  gtk_widget_add_css_class (box, "hover-card");
  gtk_popover_set_child (GTK_POPOVER (self), box);
  gtk_popover_set_autohide (GTK_POPOVER (self), FALSE);
  gtk_popover_set_has_arrow (GTK_POPOVER (self), FALSE);
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  gtk_widget_set_can_focus (GTK_WIDGET (self), FALSE);
}

MixqHoverCard *
mixq_hover_card_new (GtkWidget *parent)
{
  MixqHoverCard *self = g_object_new (MIXQ_TYPE_HOVER_CARD, NULL);

  gtk_widget_set_parent (GTK_WIDGET (self), parent);
  return self;
}

void
mixq_hover_card_drop (MixqHoverCard **card)
{
  MixqHoverCard *old = g_steal_pointer (card);

  if (old != NULL)
    gtk_widget_unparent (GTK_WIDGET (old));
}
