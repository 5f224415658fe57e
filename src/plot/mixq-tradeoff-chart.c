/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-tradeoff-chart-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>

#include "mixq-plot-csv.h"

gboolean
_mixq_tradeoff_point_is_drawable (const MixqTradeoffPoint *point)
{
  return isfinite (point->ratio) && point->ratio > 0.0 && isfinite (point->val);
}

/* Finished, with a number that can be compared: may beat others and be on the front. */
static gboolean
is_candidate (const MixqTradeoffPoint *point)
{
  return _mixq_tradeoff_point_is_drawable (point) && point->kind != MIXQ_TRADEOFF_FLOAT32 &&
         point->running < 0.0;
}

gboolean
_mixq_tradeoff_has_place (const MixqTradeoffPlace *place)
{
  return isfinite (place->ratio) && place->ratio > 0.0 && isfinite (place->val);
}

/* Cheapest first; of equal cost the more accurate one, then the earlier one so that the order is total. */
static int
compare_cheaper (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const MixqTradeoffPoint *points = user_data;
  gsize i = *(const gsize *) a;
  gsize j = *(const gsize *) b;

  if (points[i].ratio != points[j].ratio)
    return points[i].ratio > points[j].ratio ? -1 : 1;
  if (points[i].val != points[j].val)
    return points[i].val > points[j].val ? -1 : 1;
  return i < j ? -1 : i > j;
}

gsize
_mixq_tradeoff_by_cost (const MixqTradeoffPoint *points, gsize n_points, gsize *order)
{
  gsize n = 0;

  for (gsize i = 0; i < n_points; i++) {
    if (is_candidate (&points[i]))
      order[n++] = i;
  }
  if (n > 1)
    g_qsort_with_data (order, (int) n, sizeof *order, compare_cheaper, (gpointer) points);
  return n;
}

gsize
mixq_tradeoff_front (const MixqTradeoffPoint *points, gsize n_points, gsize *front)
{
  gsize n = _mixq_tradeoff_by_cost (points, n_points, front);
  gsize kept = 0;
  double best = -HUGE_VAL;

  for (gsize i = 0; i < n; i++) {
    if (points[front[i]].val > best) {
      best = points[front[i]].val;
      front[kept++] = front[i];
    }
  }
  return kept;
}

void
mixq_tradeoff_mark_beaten (MixqTradeoffPoint *points, gsize n_points)
{
  g_autofree gsize *front = g_new (gsize, n_points + 1);
  gsize n_front = mixq_tradeoff_front (points, n_points, front);

  for (gsize i = 0; i < n_points; i++) {
    if (points[i].kind == MIXQ_TRADEOFF_FINISHED && is_candidate (&points[i]))
      points[i].kind = MIXQ_TRADEOFF_BEATEN;
  }
  for (gsize i = 0; i < n_front; i++) {
    if (points[front[i]].kind == MIXQ_TRADEOFF_BEATEN)
      points[front[i]].kind = MIXQ_TRADEOFF_FINISHED;
  }
}

gboolean
mixq_tradeoff_locate (const MixqTradeoffLayout *layout, double ratio, double val, double *x, double *y)
{
  const MixqPlotBox *plot = &layout->plot;

  *x = CLAMP (mixq_plot_axis_to_pixel (&layout->x, ratio), plot->x, plot->x + plot->width);
  *y = CLAMP (mixq_plot_axis_to_pixel (&layout->y, val), plot->y, plot->y + plot->height);
  return mixq_plot_axis_contains (&layout->x, ratio) && mixq_plot_axis_contains (&layout->y, val);
}

gssize
mixq_tradeoff_hit (const MixqTradeoffLayout *layout,
                   const MixqTradeoffData *data,
                   double x,
                   double y,
                   double radius)
{
  gssize hit = -1;
  double nearest = radius;

  for (gsize i = 0; i < data->n_points; i++) {
    double px;
    double py;
    double distance;

    if (!_mixq_tradeoff_point_is_drawable (&data->points[i]))
      continue;
    mixq_tradeoff_locate (layout, data->points[i].ratio, data->points[i].val, &px, &py);
    distance = hypot (px - x, py - y);
    if (distance <= nearest) {
      nearest = distance;
      hit = (gssize) i;
    }
  }
  return hit;
}

/* A handle rests at the end of its axis where it forbids nothing. */
void
mixq_tradeoff_grip_place (const MixqTradeoffLayout *layout,
                          const MixqTradeoffData *data,
                          MixqTradeoffGrip grip,
                          double *x,
                          double *y)
{
  const MixqPlotBox *plot = &layout->plot;

  *x = plot->x + MIXQ_TRADEOFF_GRIP_LONG;
  *y = plot->y + plot->height - MIXQ_TRADEOFF_GRIP_LONG;
  if (grip == MIXQ_TRADEOFF_GRIP_VAL) {
    *y = plot->y + plot->height - MIXQ_TRADEOFF_GRIP_SHORT;
    if (data->budget_val > 0.0)
      *y = CLAMP (mixq_plot_axis_to_pixel (&layout->y, data->budget_val), plot->y, *y);
  } else {
    *x = plot->x + plot->width - MIXQ_TRADEOFF_GRIP_SHORT;
    if (data->budget_ratio > 0.0)
      *x = CLAMP (mixq_plot_axis_to_pixel (&layout->x, data->budget_ratio), plot->x, *x);
  }
}

MixqTradeoffGrip
mixq_tradeoff_grip_hit (const MixqTradeoffLayout *layout, const MixqTradeoffData *data, double x, double y)
{
  const double reach = 6.0;
  double grip_x, grip_y;

  if (!data->grips)
    return MIXQ_TRADEOFF_NO_GRIP;
  mixq_tradeoff_grip_place (layout, data, MIXQ_TRADEOFF_GRIP_VAL, &grip_x, &grip_y);
  if (fabs (x - grip_x) <= MIXQ_TRADEOFF_GRIP_LONG + reach &&
      fabs (y - grip_y) <= MIXQ_TRADEOFF_GRIP_SHORT + reach)
    return MIXQ_TRADEOFF_GRIP_VAL;
  mixq_tradeoff_grip_place (layout, data, MIXQ_TRADEOFF_GRIP_COST, &grip_x, &grip_y);
  if (fabs (x - grip_x) <= MIXQ_TRADEOFF_GRIP_SHORT + reach &&
      fabs (y - grip_y) <= MIXQ_TRADEOFF_GRIP_LONG + reach)
    return MIXQ_TRADEOFF_GRIP_COST;
  return MIXQ_TRADEOFF_NO_GRIP;
}

static const char *
kind_name (const MixqTradeoffPoint *point)
{
  if (point->running >= 0.0)
    return "running";
  switch (point->kind) {
  case MIXQ_TRADEOFF_FINISHED:
    return "finished";
  case MIXQ_TRADEOFF_BEATEN:
    return "beaten";
  case MIXQ_TRADEOFF_UNIFORM:
    return "uniform";
  case MIXQ_TRADEOFF_FLOAT32:
    return "float32";
  }
  return "";
}

/* Relaxed places share the columns of points, so that one table holds every number of the picture. */
static void
csv_place (GString *csv, const MixqTradeoffData *data, const char *kind, const MixqTradeoffPlace *place)
{
  if (!_mixq_tradeoff_has_place (place))
    return;
  mixq_plot_csv_text (csv, kind);
  mixq_plot_csv_text (csv, NULL);
  mixq_plot_csv_text (csv, NULL);
  mixq_plot_csv_number (csv, place->ratio);
  mixq_plot_csv_number (csv, data->float32_cost > 0.0 ? data->float32_cost / place->ratio : NAN);
  mixq_plot_csv_number (csv, place->val);
  for (guint i = 0; i < 4; i++)
    mixq_plot_csv_text (csv, NULL);
  mixq_plot_csv_end_row (csv);
}

static void
csv_point (GString *csv, const MixqTradeoffPoint *point, gboolean on_front)
{
  gboolean has_bits = point->kind == MIXQ_TRADEOFF_UNIFORM || point->kind == MIXQ_TRADEOFF_FLOAT32;

  mixq_plot_csv_text (csv, kind_name (point));
  mixq_plot_csv_text (csv, point->label);
  mixq_plot_csv_number (csv, has_bits ? point->bits : NAN);
  mixq_plot_csv_number (csv, point->ratio);
  mixq_plot_csv_number (csv, point->cost > 0.0 ? point->cost : NAN);
  mixq_plot_csv_number (csv, point->val);
  mixq_plot_csv_number (csv, point->std_error > 0.0 ? point->std_error : NAN);
  mixq_plot_csv_integer (csv, point->seeds);
  mixq_plot_csv_integer (csv, on_front ? 1 : 0);
  mixq_plot_csv_integer (csv, (point->flags & MIXQ_TRADEOFF_RECOMMENDED) != 0 ? 1 : 0);
  mixq_plot_csv_end_row (csv);
}

char *
mixq_tradeoff_csv (const MixqTradeoffData *data)
{
  g_autofree gsize *front = g_new (gsize, data->n_points + 1);
  gsize n_front = mixq_tradeoff_front (data->points, data->n_points, front);
  GString *csv = g_string_new (
      "kind,label,bits,times_fewer,cost,validation_accuracy,standard_error,seeds,on_front,recommended\n");

  for (gsize i = 0; i < data->n_points; i++) {
    gboolean on_front = FALSE;

    for (gsize f = 0; f < n_front && !on_front; f++)
      on_front = front[f] == i;
    csv_point (csv, &data->points[i], on_front);
  }
  for (gsize i = 0; i < data->n_trail; i++)
    csv_place (csv, data, "relaxed", &data->trail[i]);
  csv_place (csv, data, "live", &data->live);
  return g_string_free (csv, FALSE);
}

/* " ... 0.6 points below float32", or nothing where there is no float32 to compare with. */
static char *
describe_gap (const MixqTradeoffData *data, double val)
{
  double gap = 100.0 * (val - data->float32_val);

  if (!(data->float32_val > 0.0))
    return g_strdup ("");
  if (fabs (gap) < 0.05)
    return g_strdup (_ (", the same as float32"));
  if (gap < 0.0)
    /* Translators: accuracy, in percentage points */
    return g_strdup_printf (_ (", %.1f points below float32"), -gap);
  return g_strdup_printf (_ (", %.1f points above float32"), gap);
}

static char *
describe_recommended (const MixqTradeoffData *data)
{
  for (gsize i = 0; i < data->n_points; i++) {
    const MixqTradeoffPoint *point = &data->points[i];
    g_autofree char *gap = NULL;

    if (!(point->flags & MIXQ_TRADEOFF_RECOMMENDED) || !_mixq_tradeoff_point_is_drawable (point))
      continue;
    gap = describe_gap (data, point->val);
    /* Translators: the last part compares with float32 and may be empty */
    return g_strdup_printf (_ ("; recommended: %.1f times less at %.1f percent%s"), point->ratio,
                            100.0 * point->val, gap);
  }
  return g_strdup ("");
}

char *
mixq_tradeoff_describe (const MixqTradeoffData *data)
{
  const char *cost_name = data->cost_name != NULL ? data->cost_name : _ ("cost");
  g_autofree char *recommended = describe_recommended (data);
  g_autofree char *live = NULL;
  gsize n_finished = 0;

  for (gsize i = 0; i < data->n_points; i++)
    n_finished += is_candidate (&data->points[i]);
  if (_mixq_tradeoff_has_place (&data->live))
    live = g_strdup_printf (_ ("; live search, relaxed: %.1f times less at %.1f percent"), data->live.ratio,
                            100.0 * data->live.val);
  /* Translators: name of the cost, number of models, then two parts that begin with a semicolon or are empty */
  return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "Validation accuracy against %s: %zu finished model%s%s.",
                   "Validation accuracy against %s: %zu finished models%s%s.", n_finished),
      cost_name, n_finished, recommended, live != NULL ? live : "");
}
