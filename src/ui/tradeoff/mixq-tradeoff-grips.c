/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The budget lines of the trade-off under pointer and keys. */
#include "config.h"

#include <math.h>

#include "mixq-frame-log.h"
#include "tradeoff/mixq-tradeoff-view-private.h"

/* A line let go this near to the end of its axis, in pixels, is put away. */
#define PUT_AWAY 7.0
/* What a key moves: half a point of accuracy, a twentieth of a cost. */
#define VAL_STEP 0.005
#define COST_STEP 0.95

static const MixqTradeoffScene *
peek_scene (MixqTradeoffView *self)
{
  return mixq_picture_peek_job (self->picture);
}

static void
set_bound (MixqTradeoffView *self, MixqTradeoffGrip grip, double value)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.set-bound", "(bd)", grip == MIXQ_TRADEOFF_GRIP_COST,
                              value);
}

/* --- pointer ------------------------------------------------------------------------------------------------------- */

void
mixq_tradeoff_view_point_at (MixqTradeoffView *self, double x, double y)
{
  const MixqTradeoffScene *scene = peek_scene (self);
  MixqTradeoffGrip grip = scene != NULL ? mixq_tradeoff_grip_hit (&scene->layout, &scene->data, x, y)
                                        : MIXQ_TRADEOFF_NO_GRIP;

  if (self->moving || grip == self->grip)
    return;
  self->grip = grip;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), grip == MIXQ_TRADEOFF_GRIP_VAL    ? "ns-resize"
                                                      : grip == MIXQ_TRADEOFF_GRIP_COST ? "ew-resize"
                                                                                        : NULL);
  mixq_tradeoff_view_request (self);
}

/* A round number near @value: three digits that count. */
static double
three_digits (double value)
{
  double unit = pow (10.0, floor (log10 (value)) - 2.0);

  return value > 0.0 ? round (value / unit) * unit : value;
}

/* The bound that a place in the plot stands for; NaN at the end where nothing is forbidden. */
static double
bound_at (MixqTradeoffView *self, const MixqTradeoffScene *scene, double x, double y)
{
  const MixqPlotBox *plot = &scene->layout.plot;
  MixqCostAxis axis = mixq_run_model_get_axis (self->run);
  g_autoptr (GArray) points = NULL;
  double ratio;

  if (self->grip == MIXQ_TRADEOFF_GRIP_VAL) {
    if (y > plot->y + plot->height - PUT_AWAY)
      return NAN;
    return CLAMP (round (1000.0 * mixq_plot_axis_to_value (&scene->layout.y, MAX (y, plot->y))) / 1000.0,
                  0.001, 1.0);
  }
  if (x > plot->x + plot->width - PUT_AWAY)
    return NAN;
  ratio = mixq_plot_axis_to_value (&scene->layout.x, MAX (x, plot->x));
  points = mixq_run_model_budget_points (self->run, axis);
  return three_digits (mixq_budget_cost_of_share ((const MixqBudgetPoint *) (void *) points->data,
                                                  points->len, mixq_run_model_float_cost (self->run, axis),
                                                  1.0 / ratio));
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, MixqTradeoffView *self)
{
  const MixqTradeoffScene *scene = peek_scene (self);

  mixq_tradeoff_view_point_at (self, x, y);
  if (self->run == NULL || scene == NULL || self->grip == MIXQ_TRADEOFF_NO_GRIP) {
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->moving = TRUE;
  self->extent = (MixqTradeoffExtent){ scene->layout.x.to, scene->layout.x.from, scene->layout.y.from,
                                       scene->layout.y.to };
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, MixqTradeoffView *self)
{
  const MixqTradeoffScene *scene = peek_scene (self);
  MixqFrameMark mark = mixq_frame_log_begin ();
  double x, y;

  if (!self->moving || scene == NULL || !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  set_bound (self, self->grip, bound_at (self, scene, x + dx, y + dy));
  mixq_frame_log_end (mark, MIXQ_FRAME_HANDLER, "tradeoff-budget");
}

static void
drag_end_cb (GtkGestureDrag *gesture, double dx, double dy, MixqTradeoffView *self)
{
  self->moving = FALSE;
  if (self->run != NULL)
    mixq_tradeoff_view_request (self);
}

/* --- keys ---------------------------------------------------------------------------------------------------------- */

/* Where a line begins that a key calls up: below the best accuracy, at the cost of what is recommended. */
static double
first_bound (MixqTradeoffView *self, MixqTradeoffGrip grip, MixqCostAxis axis)
{
  const MixqPoint *point = mixq_run_model_peek_recommended (self->run);
  const MixqGoal goal = { grip == MIXQ_TRADEOFF_GRIP_VAL ? MIXQ_GOAL_ACCURACY : MIXQ_GOAL_COST, axis, 0.0 };

  if (point == NULL)
    point = mixq_run_model_peek_float (self->run);
  if (point == NULL)
    return NAN;
  return grip == MIXQ_TRADEOFF_GRIP_VAL ? floor (mixq_goal_value (&goal, point) / VAL_STEP) * VAL_STEP
                                        : three_digits (mixq_goal_value (&goal, point));
}

static gboolean
key_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  MixqTradeoffView *self = MIXQ_TRADEOFF_VIEW (widget);
  MixqCostAxis axis;
  MixqBudget budget;
  int val, cost;
  double bound;

  if (self->run == NULL)
    return GDK_EVENT_PROPAGATE;
  g_variant_get (args, "(ii)", &val, &cost);
  axis = mixq_run_model_get_axis (self->run);
  budget = mixq_run_model_get_budget (self->run);
  if (val != 0) {
    bound = isnan (budget.accuracy) ? first_bound (self, MIXQ_TRADEOFF_GRIP_VAL, axis)
                                    : round ((budget.accuracy + val * VAL_STEP) * 1000.0) / 1000.0;
    set_bound (self, MIXQ_TRADEOFF_GRIP_VAL, CLAMP (bound, VAL_STEP, 1.0));
  } else {
    bound = isnan (budget.cost) || budget.axis != axis
                ? first_bound (self, MIXQ_TRADEOFF_GRIP_COST, axis)
                : three_digits (cost < 0 ? budget.cost * COST_STEP : budget.cost / COST_STEP);
    set_bound (self, MIXQ_TRADEOFF_GRIP_COST, bound);
  }
  return GDK_EVENT_STOP;
}

static gboolean
clear_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  gtk_widget_activate_action (widget, "win.clear-budget", NULL);
  return GDK_EVENT_STOP;
}

/* --- hook-up ------------------------------------------------------------------------------------------------------- */

void
mixq_tradeoff_view_add_grip_bindings (GtkWidgetClass *klass)
{
  static const struct
  {
    guint key, pad;
    int val, cost;
  } keys[] = { { GDK_KEY_Up, GDK_KEY_KP_Up, 1, 0 },
               { GDK_KEY_Down, GDK_KEY_KP_Down, -1, 0 },
               { GDK_KEY_Left, GDK_KEY_KP_Left, 0, -1 },
               { GDK_KEY_Right, GDK_KEY_KP_Right, 0, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    gtk_widget_class_add_binding (klass, keys[i].key, GDK_CONTROL_MASK, key_cb, "(ii)", keys[i].val,
                                  keys[i].cost);
    gtk_widget_class_add_binding (klass, keys[i].pad, GDK_CONTROL_MASK, key_cb, "(ii)", keys[i].val,
                                  keys[i].cost);
  }
  gtk_widget_class_add_binding (klass, GDK_KEY_Delete, 0, clear_cb, NULL);
}

void
mixq_tradeoff_view_add_grip_controllers (MixqTradeoffView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}
