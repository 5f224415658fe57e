/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-fold.h"

#define LEAST_WIDTH 360
#define LEAST_HEIGHT 420

struct _MixqFold
{
  GtkWidget parent_instance;

  GtkWidget *child;
  MixqWidthClass width_class;
  MixqWidthClass allocated; /* what the last allocation calls for */
  guint change_id;
};

enum {
  PROP_0,
  PROP_CHILD,
  PROP_WIDTH_CLASS,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void mixq_fold_buildable_init (GtkBuildableIface *iface);

G_DEFINE_TYPE_WITH_CODE (MixqFold,
                         mixq_fold,
                         GTK_TYPE_WIDGET,
                         G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, mixq_fold_buildable_init))

static GtkBuildableIface *parent_buildable_iface;

static void
add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  if (GTK_IS_WIDGET (child))
    mixq_fold_set_child (MIXQ_FOLD (buildable), GTK_WIDGET (child));
  else
    parent_buildable_iface->add_child (buildable, builder, child, type);
}

static void
mixq_fold_buildable_init (GtkBuildableIface *iface)
{
  parent_buildable_iface = g_type_interface_peek_parent (iface);
  iface->add_child = add_child;
}

static gboolean
change_cb (gpointer user_data)
{
  MixqFold *self = user_data;

  self->change_id = 0;
  if (self->allocated != self->width_class) {
    self->width_class = self->allocated;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WIDTH_CLASS]);
  }
  return G_SOURCE_REMOVE;
}

static void
mixq_fold_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MixqFold *self = MIXQ_FOLD (widget);
  int min_width = 0, min_height = 0;
  GtkAllocation box;

  self->allocated = width < MIXQ_NARROW_BELOW   ? MIXQ_WIDTH_NARROW
                    : width < MIXQ_MEDIUM_BELOW ? MIXQ_WIDTH_MEDIUM
                                                : MIXQ_WIDTH_WIDE;
  /* Rearranging within an allocation is not allowed: do it before the next frame. */
  if (self->allocated != self->width_class && self->change_id == 0)
    self->change_id = g_idle_add_full (G_PRIORITY_HIGH, change_cb, self, NULL);
  if (self->child == NULL)
    return;
  gtk_widget_measure (self->child, GTK_ORIENTATION_HORIZONTAL, -1, &min_width, NULL, NULL, NULL);
  box.width = MAX (width, min_width);
  gtk_widget_measure (self->child, GTK_ORIENTATION_VERTICAL, box.width, &min_height, NULL, NULL, NULL);
  box.x = box.y = 0;
  box.height = MAX (height, min_height);
  gtk_widget_size_allocate (self->child, &box, baseline);
}

static void
mixq_fold_measure (GtkWidget *widget,
                   GtkOrientation orientation,
                   int for_size,
                   int *min,
                   int *nat,
                   int *min_base,
                   int *nat_base)
{
  *min = orientation == GTK_ORIENTATION_HORIZONTAL ? LEAST_WIDTH : LEAST_HEIGHT;
  *nat = orientation == GTK_ORIENTATION_HORIZONTAL ? 1000 : 700;
}

MixqWidthClass
mixq_fold_get_width_class (MixqFold *self)
{
  g_return_val_if_fail (MIXQ_IS_FOLD (self), MIXQ_WIDTH_WIDE);
  return self->width_class;
}

void
mixq_fold_set_child (MixqFold *self, GtkWidget *child)
{
  g_return_if_fail (MIXQ_IS_FOLD (self));

  if (child == self->child)
    return;
  g_clear_pointer (&self->child, gtk_widget_unparent);
  self->child = child;
  if (child != NULL)
    gtk_widget_set_parent (child, GTK_WIDGET (self));
}

static void
mixq_fold_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MixqFold *self = MIXQ_FOLD (object);

  switch (id) {
  case PROP_CHILD:
    g_value_set_object (value, self->child);
    break;
  case PROP_WIDTH_CLASS:
    g_value_set_uint (value, self->width_class);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mixq_fold_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CHILD)
    mixq_fold_set_child (MIXQ_FOLD (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mixq_fold_dispose (GObject *object)
{
  MixqFold *self = MIXQ_FOLD (object);

  g_clear_handle_id (&self->change_id, g_source_remove);
  g_clear_pointer (&self->child, gtk_widget_unparent);
  G_OBJECT_CLASS (mixq_fold_parent_class)->dispose (object);
}

static void
mixq_fold_class_init (MixqFoldClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mixq_fold_dispose;
  object_class->get_property = mixq_fold_get_property;
  object_class->set_property = mixq_fold_set_property;
  widget_class->measure = mixq_fold_measure;
  widget_class->size_allocate = mixq_fold_size_allocate;
  properties[PROP_CHILD] = g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_WIDTH_CLASS] = g_param_spec_uint ("width-class", NULL, NULL, MIXQ_WIDTH_NARROW,
                                                    MIXQ_WIDTH_WIDE, MIXQ_WIDTH_WIDE,
                                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
mixq_fold_init (MixqFold *self)
{
  self->width_class = self->allocated = MIXQ_WIDTH_WIDE;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}
