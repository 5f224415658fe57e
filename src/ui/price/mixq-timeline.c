/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "price/mixq-timeline.h"

#include <glib/gi18n.h>
#include <math.h>

#include "mixq-frame-log.h"
#include "mixq-picture.h"
#include "mixq-style.h"
#include "mixq-timeline-chart.h"
#include "price/mixq-price-map.h"
#include "price/mixq-price-scale.h"

#define CAPTION_HEIGHT 64
#define HIT_RADIUS 10.0

/* One picture with all it needs. Reference counted: the screen keeps the last one for hit tests. */
typedef struct
{
  MixqTimelineData data;
  MixqTimelineOptions options;
  MixqTimelineLayout layout;
  MixqTimelinePrice *prices;
  MixqPlotXY *accuracy;
  double *finished;
  gint64 *ids; /* of the finished ones */
  double shown;
  const MixqPlotTheme *theme;
  double width, height;
} Scene;

struct _MixqTimeline
{
  GtkWidget parent_instance;

  /* owned */
  MixqRunModel *run;
  MixqPicture *picture; /* of a Scene */

  int height;
};

G_DEFINE_TYPE (MixqTimeline, mixq_timeline, GTK_TYPE_WIDGET)

/* --- pictures ------------------------------------------------------------------------------------------------------ */

static void
scene_clear (Scene *scene)
{
  g_free (scene->prices);
  g_free (scene->accuracy);
  g_free (scene->finished);
  g_free (scene->ids);
}

static gpointer
scene_ref (gpointer scene)
{
  return g_atomic_rc_box_acquire (scene);
}

static void
scene_unref (Scene *scene)
{
  g_atomic_rc_box_release_full (scene, (GDestroyNotify) scene_clear);
}

static MixqTimelinePrice
price_at (double step, double lambda)
{
  /* Height 0 is free: the part of the scale below zero has no height of its own. */
  double zero = mixq_price_position (0.0), place = mixq_price_position (lambda);

  return (MixqTimelinePrice){ step, lambda, CLAMP ((place - zero) / (1.0 - zero), 0.0, 1.0) };
}

static void
add_prices (Scene *scene, const GArray *commands, const MixqHistory *history)
{
  guint n = commands != NULL ? commands->len : 0;

  scene->prices = g_new (MixqTimelinePrice, n + 1);
  scene->prices[scene->data.n_prices++] = price_at (0.0,
                                                    history->n_rows > 0 ? (double) history->lambda[0] : 0.0);
  for (guint i = 0; i < n; i++) {
    const MixqCommand *command = &g_array_index (commands, MixqCommand, i);
    MixqTimelinePrice *last = &scene->prices[scene->data.n_prices - 1];

    if (command->kind != MIXQ_COMMAND_LAMBDA)
      continue;
    /* A drag is many commands at neighbouring steps: what counts is where it ended. */
    if (scene->data.n_prices > 1 && command->step - last->step < 0.004 * scene->data.now)
      *last = price_at (last->step, command->lambda);
    else
      scene->prices[scene->data.n_prices++] = price_at (command->step, command->lambda);
  }
  scene->data.prices = scene->prices;
}

static void
add_finished (Scene *scene, GPtrArray *points)
{
  guint n = points != NULL ? points->len : 0;

  scene->finished = g_new (double, n + 1);
  scene->ids = g_new (gint64, n + 1);
  for (guint i = 0; i < n; i++) {
    const MixqPoint *point = points->pdata[i];

    if (point->kind != MIXQ_POINT_FINISHED || point->step > scene->data.now ||
        (point->methods != 0 && point->step == 0)) /* found beside the run, at no step of it */
      continue;
    scene->ids[scene->data.n_finished] = point->id;
    scene->finished[scene->data.n_finished++] = point->step;
  }
  scene->data.finished = scene->finished;
}

static Scene *
scene_new (MixqTimeline *self)
{
  const MixqHistory *history = mixq_run_model_peek_history (self->run);
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (self->run);
  MixqPoint *shown = mixq_run_model_peek_shown (self->run);
  Scene *scene = g_atomic_rc_box_new0 (Scene);

  scene->data.now = snapshot != NULL ? snapshot->step : 0.0;
  if (history != NULL) {
    scene->accuracy = g_new (MixqPlotXY, history->n_rows + 1);
    for (guint i = 0; i < history->n_rows; i++)
      if (!isnan (history->val_accuracy[i]))
        scene->accuracy[scene->data.n_accuracy++] = (MixqPlotXY){ history->step[i],
                                                                  (double) history->val_accuracy[i] };
    scene->data.accuracy = scene->accuracy;
    add_prices (scene, mixq_run_model_peek_commands (self->run), history);
  }
  add_finished (scene, mixq_run_model_peek_points (self->run));
  scene->data.paused = mixq_run_model_get_paused (self->run);
  if (shown != NULL && shown->kind == MIXQ_POINT_FINISHED && shown->step <= scene->data.now) {
    scene->shown = shown->step;
    scene->data.shown = &scene->shown;
  }
  scene->options.inset = MIXQ_PRICE_INSET;
  scene->options.captions = gtk_widget_get_height (GTK_WIDGET (self)) >= CAPTION_HEIGHT;
  scene->theme = mixq_style_theme ();
  scene->width = gtk_widget_get_width (GTK_WIDGET (self));
  scene->height = gtk_widget_get_height (GTK_WIDGET (self));
  return scene;
}

static void
paint (gpointer job, guchar *pixels, int width, int height, int stride, double scale)
{
  Scene *scene = job;
  cairo_t *cr = mixq_raster_cairo (pixels, width, height, stride);

  cairo_scale (cr, scale, scale);
  mixq_timeline_layout (&scene->layout, scene->width, scene->height, &scene->data, &scene->options);
  mixq_timeline_draw (cr, scene->width, scene->height, scene->theme, &scene->data, &scene->options);
  mixq_raster_cairo_done (cr);
}

static char *
describe (gpointer view, gpointer job)
{
  return mixq_timeline_describe (&((Scene *) job)->data);
}

static void
request (MixqTimeline *self)
{
  Scene *scene;

  if (self->run == NULL || !mixq_picture_is_wanted (self->picture, 3 * MIXQ_PRICE_INSET, 0))
    return;
  scene = scene_new (self);
  mixq_picture_describe (self->picture, scene, FALSE);
  mixq_picture_request (self->picture, scene, scene->width, scene->height);
}

/* --- widget -------------------------------------------------------------------------------------------------------- */

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, MixqTimeline *self)
{
  const Scene *scene = mixq_picture_peek_job (self->picture);
  gssize i = scene != NULL ? mixq_timeline_hit (&scene->layout, &scene->data, x, y, HIT_RADIUS) : -1;

  if (i >= 0)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.select-point", "u", (guint) scene->ids[i]);
}

static gboolean
query_tooltip_cb (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer user_data)
{
  MixqTimeline *self = MIXQ_TIMELINE (widget);
  const Scene *scene = mixq_picture_peek_job (self->picture);
  g_autofree char *text = NULL;

  if (keyboard || scene == NULL)
    return FALSE;
  text = g_strdup_printf (_ ("step %.0f"), mixq_timeline_step_at (&scene->layout, &scene->data, x));
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

void
mixq_timeline_set_run_model (MixqTimeline *self, MixqRunModel *model)
{
  g_return_if_fail (MIXQ_IS_TIMELINE (self));
  g_return_if_fail (self->run == NULL);

  self->run = g_object_ref (model);
  g_signal_connect_object (model, "session-changed", G_CALLBACK (request), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "history-changed", G_CALLBACK (request), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "points-changed", G_CALLBACK (request), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "selection-changed", G_CALLBACK (request), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "notify::paused", G_CALLBACK (request), self, G_CONNECT_SWAPPED);
}

void
mixq_timeline_set_height (MixqTimeline *self, int height)
{
  g_return_if_fail (MIXQ_IS_TIMELINE (self));

  if (height == self->height)
    return;
  self->height = height;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
mixq_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MixqTimeline *self = MIXQ_TIMELINE (widget);
  const Scene *scene = mixq_picture_peek_job (self->picture);
  MixqFrameMark mark = mixq_frame_log_begin ();

  if (scene != NULL)
    mixq_picture_append (self->picture, snapshot, scene->width, scene->height);
  mixq_frame_log_end (mark, MIXQ_FRAME_SNAPSHOT, "timeline");
}

static void
mixq_timeline_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *min,
                       int *nat,
                       int *min_base,
                       int *nat_base)
{
  *min = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : MIXQ_TIMELINE (widget)->height;
  *nat = orientation == GTK_ORIENTATION_HORIZONTAL ? 600 : *min;
}

static void
mixq_timeline_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  request (MIXQ_TIMELINE (widget));
}

static void
mixq_timeline_dispose (GObject *object)
{
  MixqTimeline *self = MIXQ_TIMELINE (object);

  g_clear_pointer (&self->picture, mixq_picture_free);
  g_clear_object (&self->run);
  G_OBJECT_CLASS (mixq_timeline_parent_class)->dispose (object);
}

static void
mixq_timeline_class_init (MixqTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mixq_timeline_dispose;
  widget_class->snapshot = mixq_timeline_snapshot;
  widget_class->measure = mixq_timeline_measure;
  widget_class->size_allocate = mixq_timeline_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "timeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mixq_timeline_init (MixqTimeline *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  static const MixqPictureKind kind = { .name = "mixq-timeline",
                                        .paint = paint,
                                        .ref_job = scene_ref,
                                        .unref_job = (GDestroyNotify) scene_unref,
                                        .request = (void (*) (gpointer)) request,
                                        .describe = describe };

  self->height = 76;
  self->picture = mixq_picture_new (GTK_WIDGET (self), &kind);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (query_tooltip_cb), NULL);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Timeline of the run"), -1);
}

GtkWidget *
mixq_timeline_new (void)
{
  return g_object_new (MIXQ_TYPE_TIMELINE, NULL);
}
