/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tradeoff/mixq-tradeoff-view-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "mixq-format.h"
#include "mixq-frame-log.h"
#include "mixq-style.h"
#include "tradeoff/mixq-budget-text.h"

#define ARRIVAL_US 300000
#define GHOST_US 3000000
#define HIT_RADIUS 14.0
#define MIN_SIDE 40

G_DEFINE_TYPE (MixqTradeoffView, mixq_tradeoff_view, GTK_TYPE_WIDGET)

/* --- pictures ------------------------------------------------------------------------------------------------------ */

static void update_card (MixqTradeoffView *self);

static MixqTradeoffScene *
peek_scene (MixqTradeoffView *self)
{
  return mixq_picture_peek_job (self->picture);
}

static void
arrived (gpointer view)
{
  MixqTradeoffView *self = view;

  if (self->hovered != MIXQ_NO_POINT)
    update_card (self);
}

static char *
describe (gpointer view, gpointer job)
{
  return mixq_tradeoff_describe (&((MixqTradeoffScene *) job)->data);
}

static void
set_arrivals (MixqTradeoffView *self, MixqTradeoffScene *scene)
{
  gint64 now = g_get_monotonic_time ();

  for (gsize i = 0; i < scene->data.n_points; i++) {
    gint64 *since = g_hash_table_lookup (self->arrivals, GINT_TO_POINTER ((int) scene->ids[i]));

    if (scene->ids[i] != MIXQ_NO_POINT && since != NULL && *since != 0)
      scene->points[i].arrival = CLAMP ((double) (now - *since) / ARRIVAL_US, 0.0, 1.0);
  }
}

void
mixq_tradeoff_view_request (MixqTradeoffView *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  MixqTradeoffScene *scene;

  if (self->run == NULL || !mixq_picture_is_wanted (self->picture, MIN_SIDE, MIN_SIDE))
    return;
  scene = mixq_tradeoff_scene_new (self->run, self->hovered,
                                   gtk_widget_has_visible_focus (GTK_WIDGET (self)) ? self->focused
                                                                                    : MIXQ_NO_POINT);
  scene->width = width;
  scene->height = height;
  scene->options.full = self->roomy;
  scene->options.legend = self->roomy;
  scene->data.grips = TRUE;
  scene->data.grip = self->grip;
  if (self->moving) {
    scene->extent = self->extent;
    scene->options.extent = &scene->extent;
  }
  if (g_get_monotonic_time () < self->ghost_until)
    scene->data.ghost = self->ghost;
  set_arrivals (self, scene);
  mixq_picture_describe (self->picture, scene, FALSE);
  mixq_picture_request (self->picture, scene, width, height);
}

static gboolean
arrival_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  MixqTradeoffView *self = MIXQ_TRADEOFF_VIEW (widget);
  MixqFrameMark mark = mixq_frame_log_begin ();
  gint64 now = g_get_monotonic_time ();
  gboolean moving = FALSE;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->arrivals);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    gint64 *since = value;

    if (*since != 0 && now - *since < ARRIVAL_US)
      moving = TRUE;
    else
      *since = 0;
  }
  mixq_tradeoff_view_request (self);
  mixq_frame_log_end (mark, MIXQ_FRAME_TICK, "tradeoff-arrival");
  if (moving)
    return G_SOURCE_CONTINUE;
  self->arrival_tick = 0;
  return G_SOURCE_REMOVE;
}

static void
points_changed_cb (MixqTradeoffView *self)
{
  GPtrArray *points = mixq_run_model_peek_points (self->run);
  gboolean animate = self->known && mixq_style_animations (GTK_WIDGET (self)), any = FALSE;

  for (guint i = 0; points != NULL && i < points->len; i++) {
    gpointer key = GINT_TO_POINTER ((int) ((MixqPoint *) points->pdata[i])->id);
    gint64 *since;

    if (g_hash_table_contains (self->arrivals, key))
      continue;
    since = g_new0 (gint64, 1);
    if (animate) {
      *since = g_get_monotonic_time ();
      any = TRUE;
    }
    g_hash_table_insert (self->arrivals, key, since);
  }
  self->known = points != NULL && points->len > 0;
  if (any && self->arrival_tick == 0)
    self->arrival_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), arrival_cb, NULL, NULL);
  mixq_picture_describe_soon (self->picture);
  mixq_tradeoff_view_request (self);
}

static void
session_changed_cb (MixqTradeoffView *self)
{
  g_hash_table_remove_all (self->arrivals);
  self->known = FALSE;
  self->hovered = self->focused = MIXQ_NO_POINT;
  self->ghost_until = 0;
  mixq_hover_card_hide (self->card);
  mixq_tradeoff_view_request (self);
}

/* Where the search stood when the price began to move: the start of the dashed line. */
static void
lambda_changed_cb (MixqTradeoffView *self)
{
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (self->run);
  gint64 now = g_get_monotonic_time ();

  if (snapshot == NULL || snapshot->phase == MIXQ_PHASE_FLOAT || !(snapshot->expected_cost > 0.0))
    return;
  if (now >= self->ghost_until)
    self->ghost = (MixqTradeoffPlace){ 1.0 / snapshot->expected_cost, mixq_snapshot_accuracy (snapshot) };
  self->ghost_until = now + GHOST_US;
}

/* --- hover card ---------------------------------------------------------------------------------------------------- */

static gssize
index_of (MixqTradeoffView *self, gint64 id)
{
  const MixqTradeoffScene *scene = peek_scene (self);

  for (gsize i = 0; scene != NULL && id >= 0 && i < scene->data.n_points; i++)
    if (scene->ids[i] == id)
      return (gssize) i;
  return -1;
}

static char *
kind_text (const MixqPoint *point)
{
  if (point->kind == MIXQ_POINT_FLOAT)
    return g_strdup (_ ("float32"));
  if (point->distilled)
    return g_strdup (_ ("integer, distilled from float32"));
  return g_strdup (_ ("integer, labels only"));
}

static char *
accuracy_text (const MixqPoint *point)
{
  g_autofree char *mean = mixq_format_percent (mixq_point_accuracy (point));

  if (point->n_seeds < 2)
    return g_strdup_printf (_ ("%s %%, one seed"), mean);
  return g_strdup_printf (ngettext ("%s %% ± %.1f, %u seed", "%s %% ± %.1f, %u seeds", point->n_seeds), mean,
                          100.0 * point->val_stderr, point->n_seeds);
}

static void
fill_card (MixqTradeoffView *self, const MixqPoint *point)
{
  const MixqPoint *float32 = mixq_run_model_peek_float (self->run);
  MixqCostAxis axis = mixq_run_model_get_axis (self->run);
  g_autofree char *times = mixq_format_times (point->cost_share),
                  *percent = mixq_format_percent (mixq_point_accuracy (point));
  g_autofree char *title = g_strdup_printf ("%s× · %s %%", times, percent);
  g_autofree char *bits = mixq_format_bits (point->bits, point->n_slots, 14), *kind = kind_text (point);
  g_autofree char *accuracy = accuracy_text (point), *bitops = mixq_format_count (point->cost.bitops);
  g_autofree char *bytes = mixq_format_bytes (point->cost.bytes), *full_bytes = NULL, *size = NULL;
  g_autofree char *ms = mixq_format_ms (point->milliseconds), *full_ms = NULL, *time = NULL, *price = NULL;
  g_autofree char *test = mixq_format_percent (point->test_mean), *test_row = g_strdup_printf ("%s %%", test);
  g_autofree char *found = mixq_front_found_by (point->methods);
  const char *rows[24];
  guint n = 0;

  if (float32 != NULL && point->kind != MIXQ_POINT_FLOAT) {
    full_bytes = mixq_format_bytes (float32->cost.bytes);
    full_ms = mixq_format_ms (float32->milliseconds);
    /* Translators: a part of a whole: "17 kB of 258 kB", "0.5 ms of 0.6 ms". */
    size = g_strdup_printf (_ ("%s of %s"), bytes, full_bytes);
    time = g_strdup_printf (_ ("%s of %s"), ms, full_ms);
  }
  if (point->kind != MIXQ_POINT_FLOAT) {
    rows[n++] = _ ("bits");
    rows[n++] = bits;
  }
  rows[n++] = isnan (point->val_mean) ? _ ("training accuracy") : _ ("validation");
  rows[n++] = accuracy;
  if (!isnan (point->test_mean)) {
    rows[n++] = _ ("test, not used for choosing");
    rows[n++] = test_row;
  }
  if (!isnan (point->lambda)) {
    g_autofree char *lambda = mixq_format_price (point->lambda);

    price = point->step > 0 ? g_strdup_printf ("λ %s, %u", lambda, point->step)
                            : g_strdup_printf ("λ %s", lambda);
    rows[n++] = point->step > 0 ? _ ("price, step") : _ ("price");
    rows[n++] = price;
  }
  rows[n++] = _ ("BitOPs");
  rows[n++] = bitops;
  rows[n++] = _ ("size");
  rows[n++] = size != NULL ? size : bytes;
  rows[n++] = _ ("time, this machine");
  rows[n++] = time != NULL ? time : ms;
  rows[n++] = _ ("kind");
  rows[n++] = kind;
  if (found != NULL) {
    rows[n++] = _ ("found by");
    rows[n++] = found;
  }
  rows[n] = NULL;
  mixq_hover_card_set (self->card, title, mixq_axis_fewer (axis), rows, _ ("Enter shows it everywhere"));
}

static void
update_card (MixqTradeoffView *self)
{
  const MixqPoint *point = mixq_run_model_find_point (self->run, self->hovered);
  const MixqTradeoffScene *scene = peek_scene (self);
  gssize i = index_of (self, self->hovered);
  graphene_rect_t at;
  double x, y;

  if (point == NULL || i < 0) {
    mixq_hover_card_hide (self->card);
    return;
  }
  fill_card (self, point);
  mixq_tradeoff_locate (&scene->layout, scene->points[i].ratio, scene->points[i].val, &x, &y);
  at = GRAPHENE_RECT_INIT ((float) (x - 14.0), (float) (y - 14.0), 28.0f, 28.0f);
  mixq_hover_card_point (self->card, &at);
}

static void
set_hovered (MixqTradeoffView *self, gint64 id)
{
  if (id == self->hovered)
    return;
  self->hovered = id;
  update_card (self);
  mixq_tradeoff_view_request (self);
}

/* --- pointer and keys ---------------------------------------------------------------------------------------------- */

static gint64
hit (MixqTradeoffView *self, double x, double y)
{
  const MixqTradeoffScene *scene = peek_scene (self);
  gssize i = scene != NULL ? mixq_tradeoff_hit (&scene->layout, &scene->data, x, y, HIT_RADIUS) : -1;

  return i >= 0 ? scene->ids[i] : MIXQ_NO_POINT;
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, MixqTradeoffView *self)
{
  MixqFrameMark mark = mixq_frame_log_begin ();

  mixq_tradeoff_view_point_at (self, x, y);
  set_hovered (self, self->grip == MIXQ_TRADEOFF_NO_GRIP ? hit (self, x, y) : MIXQ_NO_POINT);
  mixq_frame_log_end (mark, MIXQ_FRAME_HANDLER, "tradeoff-motion");
}

static void
leave_cb (GtkEventControllerMotion *controller, MixqTradeoffView *self)
{
  mixq_tradeoff_view_point_at (self, -1.0, -1.0);
  set_hovered (self, MIXQ_NO_POINT);
}

static void
choose (MixqTradeoffView *self, gint64 id)
{
  if (id != MIXQ_NO_POINT && id != mixq_run_model_get_selected_point (self->run))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.select-point", "u", (guint) id);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.back-to-live", NULL);
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, MixqTradeoffView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->grip == MIXQ_TRADEOFF_NO_GRIP)
    choose (self, hit (self, x, y));
}

static gboolean
arrow_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  MixqTradeoffView *self = MIXQ_TRADEOFF_VIEW (widget);
  int delta;

  if (self->run == NULL)
    return GDK_EVENT_PROPAGATE;
  g_variant_get (args, "i", &delta);
  self->focused = mixq_run_model_walk_points (
      self->run,
      self->focused != MIXQ_NO_POINT ? self->focused : mixq_run_model_get_selected_point (self->run), delta);
  self->hovered = MIXQ_NO_POINT;
  set_hovered (self, self->focused);
  mixq_tradeoff_view_request (self);
  return GDK_EVENT_STOP;
}

static gboolean
enter_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  MixqTradeoffView *self = MIXQ_TRADEOFF_VIEW (widget);

  if (self->run != NULL)
    choose (self, self->focused);
  return GDK_EVENT_STOP;
}

static void
focus_cb (GtkEventControllerFocus *controller, MixqTradeoffView *self)
{
  if (!gtk_event_controller_focus_is_focus (controller))
    set_hovered (self, MIXQ_NO_POINT);
  mixq_tradeoff_view_request (self);
}

/* --- object -------------------------------------------------------------------------------------------------------- */

void
mixq_tradeoff_view_set_run_model (MixqTradeoffView *self, MixqRunModel *model)
{
  g_return_if_fail (MIXQ_IS_TRADEOFF_VIEW (self));
  g_return_if_fail (self->run == NULL);

  self->run = g_object_ref (model);
  g_signal_connect_object (model, "session-changed", G_CALLBACK (session_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "snapshot", G_CALLBACK (mixq_tradeoff_view_request), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "history-changed", G_CALLBACK (mixq_tradeoff_view_request), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "selection-changed", G_CALLBACK (mixq_tradeoff_view_request), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "points-changed", G_CALLBACK (points_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "notify::lambda", G_CALLBACK (lambda_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "budget-changed", G_CALLBACK (mixq_tradeoff_view_request), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "notify::paused", G_CALLBACK (mixq_tradeoff_view_request), self,
                           G_CONNECT_SWAPPED);
}

void
mixq_tradeoff_view_set_roomy (MixqTradeoffView *self, gboolean roomy)
{
  g_return_if_fail (MIXQ_IS_TRADEOFF_VIEW (self));

  if (roomy == self->roomy)
    return;
  self->roomy = roomy;
  mixq_tradeoff_view_request (self);
}

gsize
mixq_tradeoff_view_get_trail_length (MixqTradeoffView *self)
{
  const MixqTradeoffScene *scene;

  g_return_val_if_fail (MIXQ_IS_TRADEOFF_VIEW (self), 0);

  scene = peek_scene (self);
  return scene != NULL ? scene->data.n_trail : 0;
}

gboolean
mixq_tradeoff_view_get_live (MixqTradeoffView *self, double *ratio, double *accuracy)
{
  const MixqTradeoffScene *scene;

  g_return_val_if_fail (MIXQ_IS_TRADEOFF_VIEW (self), FALSE);

  scene = peek_scene (self);
  if (scene == NULL || scene->data.live.ratio == 0.0)
    return FALSE;
  *ratio = scene->data.live.ratio;
  *accuracy = scene->data.live.val;
  return TRUE;
}

static void
mixq_tradeoff_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MixqTradeoffView *self = MIXQ_TRADEOFF_VIEW (widget);
  const MixqTradeoffScene *scene = peek_scene (self);
  MixqFrameMark mark = mixq_frame_log_begin ();

  if (scene != NULL)
    mixq_picture_append (self->picture, snapshot, scene->width, scene->height);
  mixq_frame_log_end (mark, MIXQ_FRAME_SNAPSHOT, "tradeoff");
}

static void
mixq_tradeoff_view_measure (GtkWidget *widget,
                            GtkOrientation orientation,
                            int for_size,
                            int *min,
                            int *nat,
                            int *min_base,
                            int *nat_base)
{
  *min = orientation == GTK_ORIENTATION_HORIZONTAL ? 260 : 140;
  *nat = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : 260;
}

static void
mixq_tradeoff_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  mixq_tradeoff_view_request (MIXQ_TRADEOFF_VIEW (widget));
  gtk_popover_present (GTK_POPOVER (MIXQ_TRADEOFF_VIEW (widget)->card));
}

static void
mixq_tradeoff_view_dispose (GObject *object)
{
  MixqTradeoffView *self = MIXQ_TRADEOFF_VIEW (object);

  mixq_hover_card_drop (&self->card);
  g_clear_pointer (&self->picture, mixq_picture_free);
  g_clear_object (&self->run);
  g_clear_pointer (&self->arrivals, g_hash_table_unref);
  G_OBJECT_CLASS (mixq_tradeoff_view_parent_class)->dispose (object);
}

static void
mixq_tradeoff_view_class_init (MixqTradeoffViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  static const struct
  {
    guint key;
    int delta;
  } keys[] = { { GDK_KEY_Left, -1 },     { GDK_KEY_Right, 1 },    { GDK_KEY_Up, 1 },
               { GDK_KEY_Down, -1 },     { GDK_KEY_KP_Left, -1 }, { GDK_KEY_KP_Right, 1 },
               { GDK_KEY_Home, -10000 }, { GDK_KEY_End, 10000 } };

  G_OBJECT_CLASS (klass)->dispose = mixq_tradeoff_view_dispose;
  widget_class->snapshot = mixq_tradeoff_view_snapshot;
  widget_class->measure = mixq_tradeoff_view_measure;
  widget_class->size_allocate = mixq_tradeoff_view_size_allocate;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding (widget_class, keys[i].key, 0, arrow_cb, "i", keys[i].delta);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, 0, enter_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Enter, 0, enter_cb, NULL);
  mixq_tradeoff_view_add_grip_bindings (widget_class);
  gtk_widget_class_set_css_name (widget_class, "tradeoffview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mixq_tradeoff_view_init (MixqTradeoffView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new (), *focus = gtk_event_controller_focus_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  static const MixqPictureKind kind = { .name = "mixq-tradeoff",
                                        .paint = mixq_tradeoff_scene_paint,
                                        .ref_job = (GBoxedCopyFunc) mixq_tradeoff_scene_ref,
                                        .unref_job = (GDestroyNotify) mixq_tradeoff_scene_unref,
                                        .request = (void (*) (gpointer)) mixq_tradeoff_view_request,
                                        .arrived = arrived,
                                        .describe = describe };

  self->hovered = self->focused = MIXQ_NO_POINT;
  self->arrivals = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->picture = mixq_picture_new (GTK_WIDGET (self), &kind);
  self->card = mixq_hover_card_new (GTK_WIDGET (self));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (focus, "enter", G_CALLBACK (focus_cb), self);
  g_signal_connect (focus, "leave", G_CALLBACK (focus_cb), self);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  mixq_tradeoff_view_add_grip_controllers (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Trade-off between accuracy and cost"), -1);
}

GtkWidget *
mixq_tradeoff_view_new (void)
{
  return g_object_new (MIXQ_TYPE_TRADEOFF_VIEW, NULL);
}
