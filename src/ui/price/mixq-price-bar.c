/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "price/mixq-price-bar.h"

#include <glib/gi18n.h>
#include <math.h>

#include "mixq-format.h"
#include "mixq-frame-log.h"
#include "price/mixq-price-dial.h"
#include "price/mixq-price-scale.h"
#include "price/mixq-timeline.h"
#include "tradeoff/mixq-tradeoff-scene.h"

/* Figures that change more often cannot be read. */
#define FIGURES_MS 200
#define LEFT_WIDTH 214
#define LEFT_WIDTH_MEDIUM 170
#define RIGHT_WIDTH 300
#define RIGHT_WIDTH_MEDIUM 226
#define SPACING 12

struct _MixqPriceBar
{
  GtkWidget parent_instance;

  MixqRunModel *run; /* owned */

  /* template */
  GtkWidget *left;
  GtkWidget *left_row;
  GtkWidget *middle;
  GtkWidget *right;
  GtkWidget *entry;
  GtkWidget *paper_caption;
  GtkWidget *paper_value;
  GtkWidget *sentence;
  MixqPriceDial *dial;
  MixqPriceScale *scale;
  MixqTimeline *timeline;
  GtkWidget *times_box;
  GtkWidget *accuracy_box;
  GtkWidget *times;
  GtkWidget *times_unit;
  GtkWidget *accuracy;
  GtkWidget *accuracy_unit;
  GtkWidget *times_caption;
  GtkWidget *accuracy_caption;
  GtkWidget *sizes;
  GtkWidget *back;
  GtkWidget *kind;

  MixqWidthClass width_class;
  guint figures_id;
  gboolean figures_due;
  gboolean entry_dirty;
};

G_DEFINE_TYPE (MixqPriceBar, mixq_price_bar, GTK_TYPE_WIDGET)

/* --- the answer ---------------------------------------------------------------------------------------------------- */

/* What the figures speak of. */
typedef struct
{
  double share;               /* of float32's cost; NaN: unknown yet */
  double accuracy;            /* NaN: none */
  double bytes, milliseconds; /* NaN: unknown */
  gboolean on_training;       /* no validation nodes */
  gboolean finished;
} Answer;

static Answer
answer_of_point (const MixqPoint *point)
{
  return (Answer){ .share = point->cost_share,
                   .accuracy = mixq_point_accuracy (point),
                   .bytes = point->cost.bytes,
                   .milliseconds = point->milliseconds,
                   .on_training = isnan (point->val_mean),
                   .finished = TRUE };
}

static Answer
current_answer (MixqPriceBar *self)
{
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (self->run);
  MixqPoint *point = mixq_run_model_peek_shown (self->run);

  if (point == NULL)
    point = mixq_run_model_peek_current (self->run);
  if (point != NULL)
    return answer_of_point (point);
  if (snapshot == NULL)
    return (Answer){ NAN, NAN, NAN, NAN, FALSE, FALSE };
  return (Answer){ .share = snapshot->phase == MIXQ_PHASE_FLOAT ? NAN : snapshot->selected_share,
                   .accuracy = mixq_snapshot_accuracy (snapshot),
                   .bytes = snapshot->phase == MIXQ_PHASE_FLOAT ? NAN : snapshot->selected.bytes,
                   .milliseconds = NAN,
                   .on_training = isnan (snapshot->accuracy[MIXQ_PART_VAL]) };
}

static void
set_label (GtkWidget *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (GTK_LABEL (label)), text) != 0)
    gtk_label_set_text (GTK_LABEL (label), text);
}

static void
set_markup (GtkWidget *label, const char *markup)
{
  if (g_strcmp0 (gtk_label_get_label (GTK_LABEL (label)), markup) != 0)
    gtk_label_set_markup (GTK_LABEL (label), markup);
}

static void
show_sizes (MixqPriceBar *self, const Answer *answer, const MixqPoint *float32)
{
  g_autofree char *bytes = NULL, *ms = NULL, *full_bytes = NULL, *full_ms = NULL, *text = NULL;

  if (isnan (answer->bytes) || float32 == NULL) {
    set_label (self->sizes, "");
    return;
  }
  bytes = mixq_format_bytes (answer->bytes);
  full_bytes = mixq_format_bytes (float32->cost.bytes);
  if (isnan (answer->milliseconds) || !(answer->milliseconds > 0.0)) {
    /* Translators: storage of the small model of that of float32, "17 kB of 258 kB". */
    text = g_markup_printf_escaped (_ ("<b>%s</b> of %s"), bytes, full_bytes);
  } else {
    ms = mixq_format_ms (answer->milliseconds);
    full_ms = mixq_format_ms (float32->milliseconds);
    text = g_markup_printf_escaped (_ ("<b>%s</b> of %s    <b>%s</b> of %s"), bytes, full_bytes, ms, full_ms);
  }
  set_markup (self->sizes, text);
}

/* The line below the figures: what the worker does, and always which accuracy is shown. */
static char *
dup_kind (MixqPriceBar *self, const Answer *answer)
{
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (self->run);
  const char *nodes = answer->on_training ? _ ("training nodes") : _ ("validation");

  if (snapshot == NULL)
    return g_strdup (mixq_run_model_get_loading (self->run) ? _ ("getting the data") : "");
  if (snapshot->phase == MIXQ_PHASE_FAILED && snapshot->message != NULL)
    return g_strdup (snapshot->message);
  if (answer->finished) {
    MixqPoint *shown = mixq_run_model_peek_shown (self->run);

    if (shown != NULL && shown->kind == MIXQ_POINT_FLOAT)
      return g_strdup_printf (_ ("float32 model · %s"), nodes);
    return g_strdup_printf (_ ("finished integer model · %s"), nodes);
  }
  if (snapshot->phase == MIXQ_PHASE_FLOAT)
    return g_strdup_printf (_ ("float32, still training · %s"), nodes);
  return g_strdup_printf (_ ("live search, relaxed · %s"), nodes);
}

/* What goes on while the figures are live; it takes the place of the sizes. */
static gboolean
show_progress (MixqPriceBar *self, const Answer *answer)
{
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (self->run);
  const guint8 *running = mixq_run_model_peek_running (self->run, NULL);
  MixqModel *model = mixq_run_model_peek_model (self->run);
  g_autofree char *bits = NULL, *text = NULL;

  if (answer->finished || snapshot == NULL || model == NULL)
    return FALSE;
  if (snapshot->phase == MIXQ_PHASE_FLOAT) {
    text = g_strdup_printf (_ ("Training float32 first, %.0f %%"), 100.0 * snapshot->progress);
  } else if (running != NULL) {
    bits = mixq_format_bits (running, model->n_slots, 9);
    /* Translators: a model is being made; %s are its bit-widths. */
    text = g_strdup_printf (_ ("Finishing the integer model %s"), bits);
  } else {
    return FALSE;
  }
  set_label (self->sizes, text);
  return TRUE;
}

static void
show_difference (MixqPriceBar *self, const Answer *answer, const MixqPoint *float32)
{
  g_autofree char *points = NULL, *text = NULL;

  if (float32 == NULL || isnan (answer->accuracy)) {
    set_label (self->accuracy_caption, _ ("accuracy"));
    return;
  }
  points = mixq_format_points (answer->accuracy - mixq_point_accuracy (float32));
  if (self->width_class == MIXQ_WIDTH_WIDE)
    text = g_strdup_printf (_ ("%s against float32"), points);
  else if (self->width_class == MIXQ_WIDTH_MEDIUM)
    text = g_strdup_printf (_ ("%s vs float32"), points);
  else
    text = g_strdup (points);
  set_label (self->accuracy_caption, text);
}

static void
show_back (MixqPriceBar *self)
{
  MixqPoint *shown = mixq_run_model_peek_shown (self->run);

  gtk_widget_set_visible (self->back, shown != NULL);
  gtk_widget_set_visible (self->sizes, self->width_class == MIXQ_WIDTH_WIDE ||
                                           (self->width_class == MIXQ_WIDTH_MEDIUM && shown == NULL));
  /* Where room is short the button says it all. */
  gtk_widget_set_visible (self->kind, shown == NULL || self->width_class != MIXQ_WIDTH_NARROW);
  if (shown != NULL) {
    g_autofree char *times = mixq_format_times (shown->cost_share);
    /* Translators: a finished model is shown instead of the live search. */
    g_autofree char *text = g_strdup_printf (_ ("Showing %s×. Go back to live (Esc)"), times);

    gtk_button_set_label (GTK_BUTTON (self->back), text);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->back), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  }
}

static void
show_answer (MixqPriceBar *self)
{
  Answer answer = current_answer (self);
  MixqPoint *float32 = mixq_run_model_peek_float (self->run);
  MixqCostAxis axis = mixq_run_model_get_axis (self->run);
  g_autofree char *times = NULL, *percent = mixq_format_percent (answer.accuracy),
                  *kind = dup_kind (self, &answer);
  g_autofree char *outcome = NULL;

  times = isnan (answer.share) ? g_strdup ("–") : mixq_format_times (answer.share);
  set_label (self->times, times);
  set_label (self->accuracy, percent);
  gtk_widget_set_visible (self->times_unit, !isnan (answer.share));
  gtk_widget_set_visible (self->accuracy_unit, !isnan (answer.accuracy));
  set_label (self->times_caption, mixq_axis_fewer (axis));
  show_difference (self, &answer, float32);
  if (!show_progress (self, &answer))
    show_sizes (self, &answer, float32);
  show_back (self);
  set_label (self->kind, kind);
  if (!isnan (answer.share)) {
    /* Translators: "15.5 times fewer BitOPs", for screen readers. */
    outcome = g_strdup_printf (_ ("%s times %s"), times, mixq_axis_fewer (axis));
    mixq_price_scale_set_outcome (self->scale, outcome);
  }
}

static void
show_price (MixqPriceBar *self)
{
  double lambda = mixq_run_model_get_lambda (self->run), ratio = mixq_run_model_get_paper_ratio (self->run);
  Answer answer = current_answer (self);
  g_autofree char *price = mixq_format_price (lambda), *paid = NULL, *paper = NULL, *text = NULL;
  gboolean steering, has_paper;

  mixq_price_scale_set_value (self->scale, lambda);
  mixq_price_scale_set_paper_ratio (self->scale, ratio);
  if (!self->entry_dirty && g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (self->entry)), price) != 0) {
    gtk_editable_set_text (GTK_EDITABLE (self->entry), price);
    self->entry_dirty = FALSE;
  }
  has_paper = self->width_class != MIXQ_WIDTH_NARROW && (!isnan (ratio) || lambda == 0.0);
  gtk_widget_set_visible (self->paper_value, has_paper);
  gtk_widget_set_visible (self->paper_caption, has_paper);
  paper = mixq_format_price (lambda == 0.0 ? 0.0 : lambda * ratio);
  text = g_strdup_printf (self->width_class == MIXQ_WIDTH_WIDE ? "λ = %s" : "%s", paper);
  set_label (self->paper_value, text);
  g_clear_pointer (&text, g_free);
  if (lambda == 0.0) {
    text = g_strdup (_ ("Bits are free: nothing pushes the widths down."));
  } else if (isnan (answer.share)) {
    text = g_strdup_printf (_ ("A float32 model would pay %s of loss."), price);
  } else {
    paid = mixq_format_price (lambda * answer.share);
    text = g_strdup_printf (_ ("A float32 model would pay %s of loss. This one pays %s."), price, paid);
  }
  /* While someone is being steered for, that is what this line is about. */
  steering = *mixq_price_dial_peek_status (self->dial) != '\0';
  set_label (self->sentence, steering ? mixq_price_dial_peek_status (self->dial) : text);
  gtk_widget_set_tooltip_text (self->sentence, steering ? mixq_price_dial_peek_status (self->dial) : NULL);
  gtk_widget_set_visible (self->sentence, steering || self->width_class == MIXQ_WIDTH_WIDE);
}

static gboolean
figures_cb (gpointer user_data)
{
  MixqPriceBar *self = user_data;
  MixqFrameMark mark = mixq_frame_log_begin ();

  if (!self->figures_due) {
    self->figures_id = 0;
    return G_SOURCE_REMOVE;
  }
  self->figures_due = FALSE;
  show_answer (self);
  show_price (self);
  mixq_frame_log_end (mark, MIXQ_FRAME_HANDLER, "price-figures");
  return G_SOURCE_CONTINUE;
}

/* At once where the figures have rested, else at the next beat. */
static void
figures_changed (MixqPriceBar *self)
{
  self->figures_due = TRUE;
  if (self->figures_id != 0)
    return;
  self->figures_id = g_timeout_add (FIGURES_MS, figures_cb, self);
  figures_cb (self);
}

/* What the person did must show at once, whatever the beat. */
static void
figures_now (MixqPriceBar *self)
{
  self->figures_due = FALSE;
  show_answer (self);
  show_price (self);
}

/* --- the price ----------------------------------------------------------------------------------------------------- */

static void
scale_moved_cb (MixqPriceBar *self)
{
  self->entry_dirty = FALSE;
  gtk_widget_activate_action (GTK_WIDGET (self), "win.set-lambda", "d",
                              mixq_price_scale_get_value (self->scale));
}

static void
entry_activate_cb (MixqPriceBar *self)
{
  g_autofree char *text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  g_auto (GStrv) minus = g_strsplit (text, "−", -1);
  g_autofree char *plain = g_strjoinv ("-", minus);
  char *end = NULL;
  double value;

  g_strdelimit (g_strstrip (plain), ",", '.');
  value = g_ascii_strtod (plain, &end);
  self->entry_dirty = FALSE;
  if (end == plain || *end != '\0' || !isfinite (value) || fabs (value) > 1e6) {
    gtk_widget_error_bell (self->entry);
    gtk_widget_add_css_class (self->entry, "error");
    return;
  }
  gtk_widget_remove_css_class (self->entry, "error");
  mixq_price_scale_set_hint (self->scale, NULL);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.set-lambda", "d", value);
  gtk_widget_grab_focus (GTK_WIDGET (self->scale));
}

static void
entry_focus_cb (GtkEventControllerFocus *controller, MixqPriceBar *self)
{
  if (gtk_event_controller_focus_contains_focus (controller))
    return;
  self->entry_dirty = FALSE;
  gtk_widget_remove_css_class (self->entry, "error");
  if (self->run != NULL)
    show_price (self);
}

static void
entry_changed_cb (MixqPriceBar *self)
{
  self->entry_dirty = gtk_widget_has_focus (self->entry);
}

void
mixq_price_bar_set_run_model (MixqPriceBar *self, MixqRunModel *model)
{
  g_return_if_fail (MIXQ_IS_PRICE_BAR (self));
  g_return_if_fail (self->run == NULL);

  self->run = g_object_ref (model);
  mixq_timeline_set_run_model (self->timeline, model);
  mixq_price_dial_set_run_model (self->dial, model);
  g_signal_connect_object (self->dial, "notify::status", G_CALLBACK (figures_now), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "session-changed", G_CALLBACK (figures_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "snapshot", G_CALLBACK (figures_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "points-changed", G_CALLBACK (figures_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "selection-changed", G_CALLBACK (figures_now), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "notify::lambda", G_CALLBACK (figures_now), self, G_CONNECT_SWAPPED);
  figures_changed (self);
}

void
mixq_price_bar_set_width_class (MixqPriceBar *self, MixqWidthClass width_class)
{
  const gboolean wide = width_class == MIXQ_WIDTH_WIDE, narrow = width_class == MIXQ_WIDTH_NARROW;

  g_return_if_fail (MIXQ_IS_PRICE_BAR (self));

  self->width_class = width_class;
  mixq_price_scale_set_compact (self->scale, !wide);
  mixq_timeline_set_height (self->timeline, wide ? 76 : narrow ? 36 : 62);
  gtk_label_set_text (GTK_LABEL (self->paper_caption), wide ? _ ("in the paper") : _ ("paper"));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_parent (self->paper_caption)),
                                  narrow ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->left_row),
                                  narrow ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  for (int i = 0; i < 2; i++) {
    GtkWidget *box = i == 0 ? self->times_box : self->accuracy_box;

    gtk_orientable_set_orientation (GTK_ORIENTABLE (box),
                                    narrow ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
    gtk_box_set_spacing (GTK_BOX (box), narrow ? 6 : 0);
  }
  gtk_widget_set_halign (self->accuracy_box, narrow ? GTK_ALIGN_END : GTK_ALIGN_FILL);
  gtk_widget_set_valign (self->times_caption, narrow ? GTK_ALIGN_BASELINE : GTK_ALIGN_FILL);
  gtk_widget_set_valign (self->accuracy_caption, narrow ? GTK_ALIGN_BASELINE : GTK_ALIGN_FILL);
  gtk_box_set_spacing (GTK_BOX (self->left), narrow ? 0 : 6);
  gtk_box_set_spacing (GTK_BOX (self->left_row), narrow ? 12 : 6);
  gtk_widget_set_margin_top (self->left, narrow ? 0 : wide ? 12 : 8);
  gtk_widget_set_margin_top (self->right, narrow ? 0 : 6);
  if (narrow)
    gtk_widget_add_css_class (GTK_WIDGET (self), "narrow");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "narrow");
  if (width_class == MIXQ_WIDTH_MEDIUM)
    gtk_widget_add_css_class (GTK_WIDGET (self), "medium");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "medium");
  if (self->run != NULL)
    figures_now (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
mixq_price_bar_set_hint (MixqPriceBar *self, gboolean hint)
{
  g_return_if_fail (MIXQ_IS_PRICE_BAR (self));
  mixq_price_scale_set_hint (self->scale, hint ? _ ("Drag to spend fewer bits") : NULL);
}

void
mixq_price_bar_focus_dial (MixqPriceBar *self)
{
  g_return_if_fail (MIXQ_IS_PRICE_BAR (self));
  mixq_price_dial_focus_entry (self->dial);
}

GtkWidget *
mixq_price_bar_peek_scale (MixqPriceBar *self)
{
  g_return_val_if_fail (MIXQ_IS_PRICE_BAR (self), NULL);
  return GTK_WIDGET (self->scale);
}

void
mixq_price_bar_focus_entry (MixqPriceBar *self)
{
  g_return_if_fail (MIXQ_IS_PRICE_BAR (self));
  gtk_widget_grab_focus (self->entry);
}

const char *
mixq_price_bar_peek_kind (MixqPriceBar *self)
{
  g_return_val_if_fail (MIXQ_IS_PRICE_BAR (self), NULL);
  return gtk_label_get_text (GTK_LABEL (self->kind));
}

const char *
mixq_price_bar_peek_sentence (MixqPriceBar *self)
{
  g_return_val_if_fail (MIXQ_IS_PRICE_BAR (self), NULL);
  return gtk_label_get_text (GTK_LABEL (self->sentence));
}

/* --- arrangement --------------------------------------------------------------------------------------------------- */

static int
least_height (GtkWidget *child, int width)
{
  int min;

  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, &min, NULL, NULL, NULL);
  return min;
}

static int
side_width (MixqPriceBar *self, GtkWidget *side)
{
  int wanted = side == self->left ? (self->width_class == MIXQ_WIDTH_WIDE ? LEFT_WIDTH : LEFT_WIDTH_MEDIUM)
                                  : (self->width_class == MIXQ_WIDTH_WIDE ? RIGHT_WIDTH : RIGHT_WIDTH_MEDIUM);
  int min;

  /* Large text grows the sides rather than being cut. */
  gtk_widget_measure (side, GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL, NULL, NULL);
  return MAX (wanted, min);
}

static void
mixq_price_bar_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *min,
                        int *nat,
                        int *min_base,
                        int *nat_base)
{
  MixqPriceBar *self = MIXQ_PRICE_BAR (widget);
  int left, middle, right;

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *min = *nat = self->width_class == MIXQ_WIDTH_NARROW
                      ? 340
                      : side_width (self, self->left) + side_width (self, self->right) + 240 + 4 * SPACING;
    return;
  }
  left = least_height (self->left, -1);
  middle = least_height (self->middle, -1);
  right = least_height (self->right, -1);
  if (self->width_class == MIXQ_WIDTH_NARROW)
    *min = *nat = right + left + middle + 10;
  else
    *min = *nat = MAX (MAX (left, middle), right) + 12;
}

static void
allocate (GtkWidget *child, int x, int y, int width, int height)
{
  const GtkAllocation box = { x, y, MAX (width, 0), MAX (height, 0) };

  gtk_widget_size_allocate (child, &box, -1);
}

static void
mixq_price_bar_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MixqPriceBar *self = MIXQ_PRICE_BAR (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int left, right, middle, y;

  if (self->width_class == MIXQ_WIDTH_NARROW) {
    const int inner = width - 2 * 14;

    right = least_height (self->right, -1);
    left = least_height (self->left, -1);
    allocate (self->right, 14, 3, inner, right);
    allocate (self->left, 14, 3 + right, inner, left);
    y = 5 + right + left;
    allocate (self->middle, 0, y, width, height - y - 4);
    return;
  }
  left = side_width (self, self->left);
  right = side_width (self, self->right);
  middle = width - left - right - 4 * SPACING;
  allocate (self->left, rtl ? width - 18 - left : 18, 0, left, height);
  allocate (self->right, rtl ? SPACING : width - right - SPACING, 0, right, height);
  allocate (self->middle, rtl ? right + 2 * SPACING : left + 2 * SPACING, 6, middle, height - 8);
}

static void
mixq_price_bar_dispose (GObject *object)
{
  MixqPriceBar *self = MIXQ_PRICE_BAR (object);

  g_clear_handle_id (&self->figures_id, g_source_remove);
  g_clear_object (&self->run);
  gtk_widget_dispose_template (GTK_WIDGET (self), MIXQ_TYPE_PRICE_BAR);
  G_OBJECT_CLASS (mixq_price_bar_parent_class)->dispose (object);
}

static void
mixq_price_bar_class_init (MixqPriceBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mixq_price_bar_dispose;
  widget_class->measure = mixq_price_bar_measure;
  widget_class->size_allocate = mixq_price_bar_size_allocate;
  g_type_ensure (MIXQ_TYPE_PRICE_DIAL);
  g_type_ensure (MIXQ_TYPE_PRICE_SCALE);
  g_type_ensure (MIXQ_TYPE_TIMELINE);
  gtk_widget_class_set_css_name (widget_class, "pricebar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/mixq/Studio/ui/price-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, left);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, left_row);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, middle);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, right);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, entry);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, paper_caption);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, paper_value);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, sentence);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, dial);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, scale);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, timeline);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, times_box);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, accuracy_box);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, times);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, times_unit);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, accuracy);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, accuracy_unit);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, times_caption);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, accuracy_caption);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, sizes);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, back);
  gtk_widget_class_bind_template_child (widget_class, MixqPriceBar, kind);
  gtk_widget_class_bind_template_callback (widget_class, scale_moved_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_focus_cb);
}

static void
mixq_price_bar_init (MixqPriceBar *self)
{
  self->width_class = MIXQ_WIDTH_WIDE;
  gtk_widget_init_template (GTK_WIDGET (self));
}
