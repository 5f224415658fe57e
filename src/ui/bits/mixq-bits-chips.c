/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bits/mixq-bits-chips.h"

#include "mixq-format.h"
#include "mixq-style.h"

#define SIZE 19
#define GAP 5

struct _MixqBitsChips
{
  GtkWidget parent_instance;

  MixqTextCache *texts; /* owned */
  guint8 *bits;         /* owned */
  guint n;
};

G_DEFINE_TYPE (MixqBitsChips, mixq_bits_chips, GTK_TYPE_WIDGET)

void
mixq_bits_chips_set (MixqBitsChips *self, const guint8 *bits, guint n)
{
  g_autofree char *text = mixq_format_bits (bits, n, 0);

  g_return_if_fail (MIXQ_IS_BITS_CHIPS (self));

  g_free (self->bits);
  self->bits = g_memdup2 (bits, n);
  self->n = n;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
mixq_bits_chips_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MixqBitsChips *self = MIXQ_BITS_CHIPS (widget);
  const MixqPlotTheme *theme = mixq_style_theme ();
  float y = (float) (gtk_widget_get_height (widget) - SIZE) / 2.0f;

  for (guint i = 0; i < self->n; i++) {
    MixqPlotSwatch swatch = mixq_plot_theme_bits (theme, self->bits[i]);
    GdkRGBA fill = mixq_style_rgba (swatch.fill), edge = mixq_style_rgba (swatch.edge),
            ink = mixq_style_rgba (swatch.text);
    const graphene_rect_t box = GRAPHENE_RECT_INIT ((float) i * (SIZE + GAP), y, SIZE, SIZE);
    char digits[4];

    g_snprintf (digits, sizeof digits, "%u", self->bits[i]);
    mixq_style_fill (snapshot, &box, 4.5, &fill);
    mixq_style_stroke (snapshot, &box, 4.5, 1.0, &edge);
    mixq_text_cache_draw (self->texts, widget, snapshot, digits, 12.0, PANGO_WEIGHT_ULTRABOLD, &ink,
                          GRAPHENE_POINT_INIT (box.origin.x + SIZE / 2.0f, y + SIZE / 2.0f), 0.5);
  }
}

static void
mixq_bits_chips_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *min,
                         int *nat,
                         int *min_base,
                         int *nat_base)
{
  MixqBitsChips *self = MIXQ_BITS_CHIPS (widget);

  *min = *nat = orientation == GTK_ORIENTATION_VERTICAL ? SIZE : (int) self->n * (SIZE + GAP);
}

static void
mixq_bits_chips_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (mixq_bits_chips_parent_class)->css_changed (widget, change);
  mixq_text_cache_clear (MIXQ_BITS_CHIPS (widget)->texts);
}

static void
mixq_bits_chips_finalize (GObject *object)
{
  MixqBitsChips *self = MIXQ_BITS_CHIPS (object);

  mixq_text_cache_free (self->texts);
  g_free (self->bits);
  G_OBJECT_CLASS (mixq_bits_chips_parent_class)->finalize (object);
}

static void
mixq_bits_chips_class_init (MixqBitsChipsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mixq_bits_chips_finalize;
  widget_class->snapshot = mixq_bits_chips_snapshot;
  widget_class->measure = mixq_bits_chips_measure;
  widget_class->css_changed = mixq_bits_chips_css_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mixq_bits_chips_init (MixqBitsChips *self)
{
  self->texts = mixq_text_cache_new ();
  mixq_style_watch (GTK_WIDGET (self));
}

GtkWidget *
mixq_bits_chips_new (void)
{
  return g_object_new (MIXQ_TYPE_BITS_CHIPS, NULL);
}
