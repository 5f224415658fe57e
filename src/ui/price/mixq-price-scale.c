/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "price/mixq-price-scale.h"

#include <glib/gi18n.h>
#include <math.h>

#include "mixq-format.h"
#include "mixq-frame-log.h"
#include "mixq-style.h"
#include "price/mixq-price-map.h"

/* Logical pixels, from the mock-up. */
#define TROUGH_Y 20.0
#define TROUGH_HEIGHT 8.0
#define KNOB_RADIUS 14.0
#define KNOB_DOT_RADIUS 4.5
#define HOVER_RING 6.0
#define TICK_Y 30.0
#define TICK_HEIGHT 6.0
#define LABEL_Y 46.0
#define CAPTION_Y 62.0
#define HEIGHT 72
#define HEIGHT_COMPACT 56

struct _MixqPriceScale
{
  GtkWidget parent_instance;

  MixqTextCache *texts; /* owned */
  char *hint;           /* owned */
  char *outcome;        /* owned */
  double value;
  double paper_ratio;
  double drag_offset; /* pointer to knob centre when the drag began */
  double drag_start;  /* pointer */
  double drag_value;  /* price when it began */
  gboolean dragging;
  gboolean hovered;
  gboolean compact;
};

enum {
  PROP_0,
  PROP_VALUE,
  PROP_PAPER_RATIO,
  PROP_HINT,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];
static guint moved_signal;

G_DEFINE_TYPE (MixqPriceScale, mixq_price_scale, GTK_TYPE_WIDGET)

/* --- geometry ------------------------------------------------------------------------------------------------------ */

static double
position_to_x (MixqPriceScale *self, double position)
{
  double length = MAX (gtk_widget_get_width (GTK_WIDGET (self)) - 2.0 * MIXQ_PRICE_INSET, 1.0);

  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    position = 1.0 - position;
  return MIXQ_PRICE_INSET + position * length;
}

static double
x_to_price (MixqPriceScale *self, double x)
{
  double length = MAX (gtk_widget_get_width (GTK_WIDGET (self)) - 2.0 * MIXQ_PRICE_INSET, 1.0);
  double position = CLAMP ((x - MIXQ_PRICE_INSET) / length, 0.0, 1.0);

  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    position = 1.0 - position;
  /* The pointer lands on notches, like the keys: prices stay readable and come back exactly. */
  return mixq_price_at_notch ((int) lround (position * MIXQ_PRICE_NOTCHES));
}

static double
knob_x (MixqPriceScale *self)
{
  return position_to_x (self, mixq_price_position (self->value));
}

/* --- drawing ------------------------------------------------------------------------------------------------------- */

static void
draw_disc (GtkSnapshot *snapshot, double x, double y, double radius, const GdkRGBA *color)
{
  const graphene_rect_t rect = GRAPHENE_RECT_INIT ((float) (x - radius), (float) (y - radius),
                                                   (float) (2.0 * radius), (float) (2.0 * radius));
  mixq_style_fill (snapshot, &rect, radius, color);
}

static void
draw_trough (MixqPriceScale *self, GtkSnapshot *snapshot, const MixqPlotTheme *theme)
{
  GdkRGBA trough = mixq_style_rgba (theme->trough), fill = mixq_style_rgba (theme->accent_fill);
  double left = MIN (position_to_x (self, 0.0), position_to_x (self, 1.0));
  double right = MAX (position_to_x (self, 0.0), position_to_x (self, 1.0));
  double zero = position_to_x (self, mixq_price_position (0.0)), knob = knob_x (self);
  double top = TROUGH_Y - TROUGH_HEIGHT / 2.0;

  mixq_style_fill (
      snapshot,
      &GRAPHENE_RECT_INIT ((float) left, (float) top, (float) (right - left), (float) TROUGH_HEIGHT),
      TROUGH_HEIGHT / 2.0, &trough);
  mixq_style_fill (snapshot,
                   &GRAPHENE_RECT_INIT ((float) MIN (zero, knob), (float) top, (float) fabs (knob - zero),
                                        (float) TROUGH_HEIGHT),
                   MIN (TROUGH_HEIGHT / 2.0, fabs (knob - zero) / 2.0), &fill);
}

static void
draw_diamond (GtkSnapshot *snapshot, double x, double y, double radius, const GdkRGBA *color)
{
  double side = radius * G_SQRT2;
  const graphene_rect_t square = GRAPHENE_RECT_INIT ((float) (-side / 2.0), (float) (-side / 2.0),
                                                     (float) side, (float) side);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_rotate (snapshot, 45.0f);
  mixq_style_stroke (snapshot, &square, 0.0, 1.5, color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_ticks (MixqPriceScale *self, GtkSnapshot *snapshot, const MixqPlotTheme *theme, double size)
{
  GdkRGBA text = mixq_style_rgba (theme->text), dim = mixq_style_rgba (theme->dim);
  gboolean narrow = gtk_widget_get_width (GTK_WIDGET (self)) < 480;

  for (int i = 0; i <= MIXQ_PRICE_SEGMENTS; i++) {
    double x = position_to_x (self, (double) i / MIXQ_PRICE_SEGMENTS);
    gboolean is_zero = mixq_price_tick (i) == 0.0;
    g_autofree char *plain = NULL, *label = NULL;

    mixq_style_fill (snapshot,
                     &GRAPHENE_RECT_INIT ((float) (x - (is_zero ? 1.0 : 0.75)), (float) TICK_Y,
                                          is_zero ? 2.0f : 1.5f,
                                          (float) (TICK_HEIGHT + (is_zero ? 1.0 : 0.0))),
                     0.0, is_zero ? &text : &dim);
    if (narrow && i == 1)
      continue; /* the end label needs its place */
    plain = g_strdup_printf ("%g", mixq_price_tick (i));
    label = plain[0] == '-' ? g_strconcat ("−", plain + 1, NULL) : g_strdup (plain);
    mixq_text_cache_draw (self->texts, GTK_WIDGET (self), snapshot, label, size,
                          is_zero ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL, is_zero ? &text : &dim,
                          GRAPHENE_POINT_INIT ((float) x, (float) LABEL_Y), 0.5);
  }
}

static void
draw_captions (MixqPriceScale *self, GtkSnapshot *snapshot, const MixqPlotTheme *theme, double size)
{
  GdkRGBA dim = mixq_style_rgba (theme->dim);
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  const char *captions[3] = { _ ("wide bits rewarded"), _ ("bits are free"), _ ("bits are dear") };
  const double positions[3] = { 0.0, mixq_price_position (0.0), 1.0 };

  for (int i = 0; i < 3; i++) {
    double align = i == 1 ? 0.5 : (i == 0) != rtl ? 0.0 : 1.0;
    double x = position_to_x (self, positions[i]) + (align == 0.0 ? -8.0 : align == 1.0 ? 8.0 : 0.0);

    mixq_text_cache_draw (self->texts, GTK_WIDGET (self), snapshot, captions[i], size, PANGO_WEIGHT_NORMAL,
                          &dim, GRAPHENE_POINT_INIT ((float) x, (float) CAPTION_Y), align);
  }
}

/* Whether a label centred at @x would touch a tick label. */
static gboolean
near_a_tick (MixqPriceScale *self, double x, double half_width)
{
  for (int i = 0; i <= MIXQ_PRICE_SEGMENTS; i++)
    if (fabs (position_to_x (self, (double) i / MIXQ_PRICE_SEGMENTS) - x) < half_width + 18.0)
      return TRUE;
  return FALSE;
}

static void
draw_paper_marks (MixqPriceScale *self, GtkSnapshot *snapshot, const MixqPlotTheme *theme, double size)
{
  static const double published[] = { 0.1, 1.0 };
  GdkRGBA dim = mixq_style_rgba (theme->dim);

  for (guint i = 0; i < G_N_ELEMENTS (published); i++) {
    double price = published[i] / self->paper_ratio, x;
    g_autofree char *label = NULL;
    int width;

    if (!(price > MIXQ_PRICE_MIN && price < MIXQ_PRICE_MAX)) /* also NaN */
      continue;
    x = position_to_x (self, mixq_price_position (price));
    draw_diamond (snapshot, x, TICK_Y + TICK_HEIGHT / 2.0 + 1.0, 5.0, &dim);
    /* Translators: a mark on the price scale, "paper 0.1": a price that the paper used. */
    label = g_strdup_printf (_ ("paper %g"), published[i]);
    pango_layout_get_pixel_size (
        mixq_text_cache_get (self->texts, GTK_WIDGET (self), label, size, PANGO_WEIGHT_NORMAL), &width, NULL);
    if (near_a_tick (self, x, width / 2.0)) {
      /* Below the tick labels there is room in the wide form. */
      if (self->compact || fabs (x - position_to_x (self, 1.0)) < width + 60.0 ||
          fabs (x - position_to_x (self, mixq_price_position (0.0))) < width / 2.0 + 56.0)
        continue;
      mixq_text_cache_draw (self->texts, GTK_WIDGET (self), snapshot, label, size, PANGO_WEIGHT_NORMAL, &dim,
                            GRAPHENE_POINT_INIT ((float) x, (float) CAPTION_Y), 0.5);
      continue;
    }
    mixq_text_cache_draw (self->texts, GTK_WIDGET (self), snapshot, label, size, PANGO_WEIGHT_NORMAL, &dim,
                          GRAPHENE_POINT_INIT ((float) x, (float) LABEL_Y), 0.5);
  }
}

static void
draw_drag_origin (MixqPriceScale *self, GtkSnapshot *snapshot, const MixqPlotTheme *theme)
{
  const double dashes[] = { 4.0, 3.0 };
  double x = position_to_x (self, mixq_price_position (self->drag_value));
  const graphene_rect_t box = GRAPHENE_RECT_INIT ((float) (x - 16.0), (float) (TROUGH_Y - 16.0), 32.0f,
                                                  32.0f);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &box);

  cairo_set_source_rgb (cr, theme->dim.r, theme->dim.g, theme->dim.b);
  cairo_set_line_width (cr, 2.0);
  cairo_set_dash (cr, dashes, 2, 0.0);
  cairo_arc (cr, x, TROUGH_Y, KNOB_RADIUS - 1.0, 0.0, 2.0 * G_PI);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
draw_knob (MixqPriceScale *self, GtkSnapshot *snapshot, const MixqPlotTheme *theme)
{
  const GdkRGBA white = { 1.0f, 1.0f, 1.0f, 1.0f }, shadow = { 0.0f, 0.0f, 0.0f, 0.32f };
  GdkRGBA face = theme->is_dark ? mixq_style_rgba (mixq_plot_color_hex (0xe4e4e6)) : white;
  GdkRGBA accent = mixq_style_rgba (theme->accent_fill), ring = accent,
          line = mixq_style_rgba (theme->accent_line);
  double x = knob_x (self);
  GskRoundedRect outline;

  ring.alpha = 0.24f;
  if (self->hovered || self->dragging)
    draw_disc (snapshot, x, TROUGH_Y, KNOB_RADIUS + HOVER_RING, &ring);
  gsk_rounded_rect_init_from_rect (
      &outline,
      &GRAPHENE_RECT_INIT ((float) (x - KNOB_RADIUS), (float) (TROUGH_Y - KNOB_RADIUS),
                           (float) (2.0 * KNOB_RADIUS), (float) (2.0 * KNOB_RADIUS)),
      (float) KNOB_RADIUS);
  gtk_snapshot_append_outset_shadow (snapshot, &outline, &shadow, 0.0f, 1.0f, 0.0f, 4.0f);
  draw_disc (snapshot, x, TROUGH_Y, KNOB_RADIUS, &face);
  draw_disc (snapshot, x, TROUGH_Y, KNOB_DOT_RADIUS, &accent);
  if (gtk_widget_has_visible_focus (GTK_WIDGET (self))) {
    const double r = KNOB_RADIUS + 4.0;

    mixq_style_stroke (
        snapshot,
        &GRAPHENE_RECT_INIT ((float) (x - r), (float) (TROUGH_Y - r), (float) (2.0 * r), (float) (2.0 * r)),
        r, 2.0, &line);
  }
}

static void
draw_hint (MixqPriceScale *self, GtkSnapshot *snapshot, const MixqPlotTheme *theme, double size)
{
  GdkRGBA ground = mixq_style_rgba (theme->accent_label), white = { 1.0f, 1.0f, 1.0f, 1.0f };
  g_autofree char *text = g_strconcat (self->hint, "  →", NULL);
  PangoLayout *layout = mixq_text_cache_get (self->texts, GTK_WIDGET (self), text, size, PANGO_WEIGHT_BOLD);
  double x = knob_x (self) + KNOB_RADIUS + 12.0;
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  if (x + width + 32.0 > gtk_widget_get_width (GTK_WIDGET (self)))
    x = knob_x (self) - KNOB_RADIUS - 12.0 - width - 32.0;
  draw_diamond (snapshot, x + 1.0, TROUGH_Y, 5.0, &ground);
  mixq_style_fill (snapshot,
                   &GRAPHENE_RECT_INIT ((float) x, (float) (TROUGH_Y - 17.0), (float) (width + 32.0), 34.0f),
                   8.0, &ground);
  mixq_text_cache_draw (self->texts, GTK_WIDGET (self), snapshot, text, size, PANGO_WEIGHT_BOLD, &white,
                        GRAPHENE_POINT_INIT ((float) (x + 16.0), (float) TROUGH_Y), 0.0);
}

static void
mixq_price_scale_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MixqPriceScale *self = MIXQ_PRICE_SCALE (widget);
  const MixqPlotTheme *theme = mixq_style_theme ();
  MixqFrameMark mark = mixq_frame_log_begin ();
  double size = self->compact ? 12.5 : 13.0;

  draw_trough (self, snapshot, theme);
  draw_ticks (self, snapshot, theme, size);
  draw_paper_marks (self, snapshot, theme, size);
  if (!self->compact)
    draw_captions (self, snapshot, theme, size);
  if (self->dragging && self->value != self->drag_value)
    draw_drag_origin (self, snapshot, theme);
  if (self->hint != NULL)
    draw_hint (self, snapshot, theme, 14.5);
  draw_knob (self, snapshot, theme);
  mixq_frame_log_end (mark, MIXQ_FRAME_SNAPSHOT, "price-scale");
}

static void
mixq_price_scale_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *min,
                          int *nat,
                          int *min_base,
                          int *nat_base)
{
  MixqPriceScale *self = MIXQ_PRICE_SCALE (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *min = 240;
    *nat = 600;
  } else {
    *min = *nat = self->compact ? HEIGHT_COMPACT : HEIGHT;
  }
}

/* --- value --------------------------------------------------------------------------------------------------------- */

char *
mixq_price_scale_dup_value_text (MixqPriceScale *self)
{
  g_autofree char *price = mixq_format_price (self->value);
  g_autofree char *paper = NULL;

  g_return_val_if_fail (MIXQ_IS_PRICE_SCALE (self), NULL);

  if (!isnan (self->paper_ratio))
    paper = mixq_format_price (self->value * self->paper_ratio);
  if (paper != NULL && self->outcome != NULL)
    /* Translators: the price, the paper's price for the same, what it brings ("15.5 times fewer BitOPs"). */
    return g_strdup_printf (_ ("%s, paper %s, %s"), price, paper, self->outcome);
  if (paper != NULL)
    return g_strdup_printf (_ ("%s, paper %s"), price, paper);
  return g_strdup (price);
}

static void
update_accessible (MixqPriceScale *self)
{
  g_autofree char *text = mixq_price_scale_dup_value_text (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, self->value,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

/* A move by the person: the hint has done its work. */
static void
move_to (MixqPriceScale *self, double value)
{
  if (value == self->value)
    return;
  mixq_price_scale_set_hint (self, NULL);
  mixq_price_scale_set_value (self, value);
  g_signal_emit (self, moved_signal, 0);
}

void
mixq_price_scale_step (MixqPriceScale *self, int notches)
{
  g_return_if_fail (MIXQ_IS_PRICE_SCALE (self));
  move_to (self, mixq_price_at_notch (mixq_price_notch (self->value) + notches));
}

double
mixq_price_scale_get_value (MixqPriceScale *self)
{
  g_return_val_if_fail (MIXQ_IS_PRICE_SCALE (self), 0.0);
  return self->value;
}

void
mixq_price_scale_set_value (MixqPriceScale *self, double value)
{
  g_return_if_fail (MIXQ_IS_PRICE_SCALE (self));

  if (value == self->value || isnan (value))
    return;
  self->value = value;
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALUE]);
}

void
mixq_price_scale_set_paper_ratio (MixqPriceScale *self, double ratio)
{
  g_return_if_fail (MIXQ_IS_PRICE_SCALE (self));

  if (ratio == self->paper_ratio || (isnan (ratio) && isnan (self->paper_ratio)))
    return;
  self->paper_ratio = ratio;
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAPER_RATIO]);
}

void
mixq_price_scale_set_hint (MixqPriceScale *self, const char *hint)
{
  g_return_if_fail (MIXQ_IS_PRICE_SCALE (self));

  if (g_strcmp0 (hint, self->hint) == 0)
    return;
  g_free (self->hint);
  self->hint = g_strdup (hint);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HINT]);
}

void
mixq_price_scale_set_compact (MixqPriceScale *self, gboolean compact)
{
  g_return_if_fail (MIXQ_IS_PRICE_SCALE (self));

  if (compact == self->compact)
    return;
  self->compact = compact;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
mixq_price_scale_set_outcome (MixqPriceScale *self, const char *outcome)
{
  g_return_if_fail (MIXQ_IS_PRICE_SCALE (self));

  if (g_strcmp0 (outcome, self->outcome) == 0)
    return;
  g_free (self->outcome);
  self->outcome = g_strdup (outcome);
  update_accessible (self);
}

/* --- pointer and keys ---------------------------------------------------------------------------------------------- */

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, MixqPriceScale *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->dragging = TRUE;
  self->drag_value = self->value;
  self->drag_start = x;
  self->drag_offset = knob_x (self) - x;
  /* A press beside the knob brings it there; a press on it keeps the grip where it is. */
  if (fabs (self->drag_offset) > KNOB_RADIUS) {
    self->drag_offset = 0.0;
    move_to (self, x_to_price (self, x));
  }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, MixqPriceScale *self)
{
  MixqFrameMark mark = mixq_frame_log_begin ();

  move_to (self, x_to_price (self, self->drag_start + dx + self->drag_offset));
  mixq_frame_log_end (mark, MIXQ_FRAME_HANDLER, "price-drag");
}

static void
drag_end_cb (GtkGestureDrag *gesture, double dx, double dy, MixqPriceScale *self)
{
  self->dragging = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy, MixqPriceScale *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  double amount = fabs (dy) > fabs (dx) ? -dy : dx;
  int size = (state & GDK_SHIFT_MASK) != 0 ? 1 : MIXQ_PRICE_FINE;

  if (amount != 0.0)
    mixq_price_scale_step (self, amount > 0.0 ? size : -size);
  return GDK_EVENT_STOP;
}

static void
hover_cb (GtkEventController *controller, GParamSpec *pspec, MixqPriceScale *self)
{
  self->hovered = gtk_event_controller_motion_contains_pointer (GTK_EVENT_CONTROLLER_MOTION (controller));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
query_tooltip_cb (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer user_data)
{
  MixqPriceScale *self = MIXQ_PRICE_SCALE (widget);
  double value = keyboard ? self->value : x_to_price (self, x);
  g_autofree char *price = mixq_format_price (value), *paper = NULL, *text = NULL;

  if (self->dragging)
    return FALSE;
  if (isnan (self->paper_ratio)) {
    text = g_strdup_printf ("λ %s", price);
  } else {
    paper = mixq_format_price (value * self->paper_ratio);
    /* Translators: bubble over the price scale; the second is the paper's price for the same. */
    text = g_strdup_printf (_ ("λ %s · paper %s"), price, paper);
  }
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static gboolean
key_step_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  MixqPriceScale *self = MIXQ_PRICE_SCALE (widget);
  int notches;

  g_variant_get (args, "i", &notches);
  mixq_price_scale_step (self, notches);
  return GDK_EVENT_STOP;
}

static void
add_step_keys (GtkWidgetClass *klass, guint less, guint more)
{
  const int step = MIXQ_PRICE_FINE;

  gtk_widget_class_add_binding (klass, less, 0, key_step_cb, "i", -step);
  gtk_widget_class_add_binding (klass, more, 0, key_step_cb, "i", step);
  gtk_widget_class_add_binding (klass, less, GDK_SHIFT_MASK, key_step_cb, "i", -1);
  gtk_widget_class_add_binding (klass, more, GDK_SHIFT_MASK, key_step_cb, "i", 1);
}

/* --- object -------------------------------------------------------------------------------------------------------- */

static void
mixq_price_scale_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MixqPriceScale *self = MIXQ_PRICE_SCALE (object);

  switch (id) {
  case PROP_VALUE:
    g_value_set_double (value, self->value);
    break;
  case PROP_PAPER_RATIO:
    g_value_set_double (value, self->paper_ratio);
    break;
  case PROP_HINT:
    g_value_set_string (value, self->hint);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mixq_price_scale_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MixqPriceScale *self = MIXQ_PRICE_SCALE (object);

  switch (id) {
  case PROP_VALUE:
    mixq_price_scale_set_value (self, g_value_get_double (value));
    break;
  case PROP_PAPER_RATIO:
    mixq_price_scale_set_paper_ratio (self, g_value_get_double (value));
    break;
  case PROP_HINT:
    mixq_price_scale_set_hint (self, g_value_get_string (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mixq_price_scale_finalize (GObject *object)
{
  MixqPriceScale *self = MIXQ_PRICE_SCALE (object);

  mixq_text_cache_free (self->texts);
  g_free (self->hint);
  g_free (self->outcome);
  G_OBJECT_CLASS (mixq_price_scale_parent_class)->finalize (object);
}

static void
mixq_price_scale_class_init (MixqPriceScaleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const int segment = MIXQ_PRICE_STEPS * MIXQ_PRICE_FINE;

  object_class->get_property = mixq_price_scale_get_property;
  object_class->set_property = mixq_price_scale_set_property;
  object_class->finalize = mixq_price_scale_finalize;
  widget_class->snapshot = mixq_price_scale_snapshot;
  widget_class->measure = mixq_price_scale_measure;

  properties[PROP_VALUE] = g_param_spec_double ("value", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0.0, flags);
  properties[PROP_PAPER_RATIO] = g_param_spec_double ("paper-ratio", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE,
                                                      0.0, flags);
  properties[PROP_HINT] = g_param_spec_string ("hint", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  moved_signal = g_signal_new ("moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 0);

  add_step_keys (widget_class, GDK_KEY_Left, GDK_KEY_Right);
  add_step_keys (widget_class, GDK_KEY_Down, GDK_KEY_Up);
  add_step_keys (widget_class, GDK_KEY_KP_Left, GDK_KEY_KP_Right);
  add_step_keys (widget_class, GDK_KEY_KP_Down, GDK_KEY_KP_Up);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Page_Down, 0, key_step_cb, "i", -segment);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Page_Up, 0, key_step_cb, "i", segment);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Home, 0, key_step_cb, "i", -MIXQ_PRICE_NOTCHES);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_End, 0, key_step_cb, "i", MIXQ_PRICE_NOTCHES);
  gtk_widget_class_set_css_name (widget_class, "pricescale");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
}

static void
mixq_price_scale_init (MixqPriceScale *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES |
                                                                GTK_EVENT_CONTROLLER_SCROLL_DISCRETE);
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->texts = mixq_text_cache_new ();
  self->paper_ratio = NAN;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (query_tooltip_cb), NULL);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect (motion, "notify::contains-pointer", G_CALLBACK (hover_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  mixq_style_watch (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Price of a bit, lambda"), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN,
                                  MIXQ_PRICE_MIN, GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, MIXQ_PRICE_MAX, -1);
  update_accessible (self);
}

GtkWidget *
mixq_price_scale_new (void)
{
  return g_object_new (MIXQ_TYPE_PRICE_SCALE, NULL);
}
