/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things go on the trade-off chart: axes, legend and the recommended label, placed where they cover least. */
#include "config.h"

#include "mixq-tradeoff-chart-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "mixq-plot-text.h"

/* Room beyond the cheapest and the dearest point, in doublings. */
#define CHEAP_MARGIN 0.30
#define DEAR_MARGIN 0.16

/* Accuracies closer together than this are mostly noise between seeds: the axis does not zoom in further. */
#define MIN_VAL_SPAN 0.06
/* How far below the best accuracy the relaxed search still widens the axis. */
#define LIVE_REACH 0.10
#define MAX_VAL_STEPS 5

#define OBSTACLE_SPACING 10.0

/* Something a label should not cover; weight per square pixel. */
typedef struct
{
  MixqPlotBox box;
  double weight;
} Obstacle;

static void
include_points (const MixqTradeoffData *data, MixqPlotRange *ratios, MixqPlotRange *vals)
{
  for (gsize i = 0; i < data->n_points; i++) {
    const MixqTradeoffPoint *point = &data->points[i];
    double error = point->std_error > 0.0 ? point->std_error : 0.0;

    if (!_mixq_tradeoff_point_is_drawable (point))
      continue;
    mixq_plot_range_include (ratios, point->ratio);
    mixq_plot_range_include (vals, point->val - error);
    mixq_plot_range_include (vals, MIN (point->val + error, 1.0));
  }
  if (data->float32_val > 0.0)
    mixq_plot_range_include (vals, data->float32_val);
  if (data->budget_val > 0.0)
    mixq_plot_range_include (vals, data->budget_val);
  if (data->budget_ratio > 0.0)
    mixq_plot_range_include (ratios, data->budget_ratio);
}

static void
include_relaxed (const MixqTradeoffData *data, MixqPlotRange *ratios, MixqPlotRange *vals)
{
  const MixqTradeoffPlace *places[] = { &data->live, &data->ghost };
  double lowest = mixq_plot_range_is_empty (vals) ? -HUGE_VAL : vals->max - LIVE_REACH;

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    if (!_mixq_tradeoff_has_place (places[i]))
      continue;
    mixq_plot_range_include (ratios, places[i]->ratio);
    if (places[i]->val >= lowest)
      mixq_plot_range_include (vals, places[i]->val);
  }
  for (gsize i = 0; i < data->n_trail; i++) {
    if (!_mixq_tradeoff_has_place (&data->trail[i]))
      continue;
    mixq_plot_range_include (ratios, data->trail[i].ratio);
    /* Without any model the trail is all there is, so it sets the axis alone. */
    if (data->trail[i].val >= lowest && lowest == -HUGE_VAL)
      mixq_plot_range_include (vals, data->trail[i].val);
  }
}

static void
round_vals (MixqPlotRange *vals)
{
  double step;

  if (mixq_plot_range_is_empty (vals)) {
    vals->min = 0.0;
    vals->max = 1.0;
    return;
  }
  /* Room is made below, where the search is going to lead. */
  vals->max = MAX (vals->max, MIN_VAL_SPAN);
  vals->min = MIN (vals->min, vals->max - MIN_VAL_SPAN);
  step = mixq_plot_nice_step (vals->max - vals->min, MAX_VAL_STEPS);
  vals->min = MAX (floor (vals->min / step + 1e-6) * step, 0.0);
  vals->max = MIN (ceil (vals->max / step - 1e-6) * step, 1.0);
  if (!(vals->max > vals->min))
    vals->min = MAX (vals->max - step, 0.0);
}

void
mixq_tradeoff_extent (const MixqTradeoffData *data, double ratio_hint, MixqTradeoffExtent *extent)
{
  MixqPlotRange ratios;
  MixqPlotRange vals;

  mixq_plot_range_init (&ratios);
  mixq_plot_range_init (&vals);
  mixq_plot_range_include (&ratios, 1.0);
  mixq_plot_range_include (&ratios, ratio_hint > 0.0 ? ratio_hint : 1.25);
  include_points (data, &ratios, &vals);
  include_relaxed (data, &ratios, &vals);
  round_vals (&vals);
  extent->ratio_min = ratios.min * exp2 (-DEAR_MARGIN);
  extent->ratio_max = ratios.max * exp2 (CHEAP_MARGIN);
  extent->val_min = vals.min;
  extent->val_max = vals.max;
}

guint
_mixq_tradeoff_val_ticks (const MixqTradeoffLayout *layout, double *ticks, guint *digits)
{
  /* Percent, so that the steps are nice where they are read. */
  MixqPlotAxis percent = layout->y;
  guint max_ticks = (guint) CLAMP (layout->plot.height / (2.6 * layout->font_size), 2.0, 8.0);
  guint n;

  percent.from *= 100.0;
  percent.to *= 100.0;
  n = mixq_plot_axis_ticks (&percent, max_ticks, ticks);
  *digits = n > 1 ? mixq_plot_step_digits (ticks[1] - ticks[0]) : 0;
  for (guint i = 0; i < n; i++)
    ticks[i] /= 100.0;
  return n;
}

guint
_mixq_tradeoff_cost_ticks (const MixqTradeoffLayout *layout, double *ticks)
{
  guint max_ticks = (guint) CLAMP (layout->plot.width / (5.2 * layout->font_size), 2.0, 10.0);

  return mixq_plot_axis_ticks (&layout->x, max_ticks, ticks);
}

char *
_mixq_tradeoff_cost_title (const MixqTradeoffData *data)
{
  if (data->cost_name == NULL)
    return g_strdup (_ ("← cheaper · times less than float32"));
  if (data->float32_cost > 0.0)
    /* Translators: title of an axis with two lines of labels; the name of a cost such as BitOPs comes last */
    return g_strdup_printf (_ ("← cheaper · times less than float32, and %s"), data->cost_name);
  return g_strdup_printf (_ ("← cheaper · times less than float32 (%s)"), data->cost_name);
}

char *
_mixq_tradeoff_callout_text (const MixqTradeoffPoint *point)
{
  g_autofree char *ratio = mixq_plot_format_ratio (point->ratio);
  g_autofree char *val = mixq_plot_format_percent (point->val, 1);

  return g_strdup_printf ("%s · %s", ratio, val);
}

gsize
_mixq_tradeoff_front_room (const MixqTradeoffData *data)
{
  return 2 * data->n_points + 2;
}

MixqPlotShape
_mixq_tradeoff_shape (const MixqTradeoffPoint *point)
{
  for (guint shape = 0; shape < MIXQ_N_SHAPES; shape++)
    if (point->origins & (1u << shape))
      return (MixqPlotShape) shape;
  return MIXQ_SHAPE_CIRCLE;
}

guint
_mixq_tradeoff_origins (const MixqTradeoffData *data)
{
  guint origins = 0;

  for (gsize i = 0; i < data->n_points; i++)
    if (data->points[i].running < 0.0)
      origins |= data->points[i].origins;
  return origins;
}

gsize
_mixq_tradeoff_origin_path (const MixqTradeoffLayout *layout,
                            const MixqTradeoffData *data,
                            guint origin,
                            MixqPlotXY *path)
{
  g_autofree MixqTradeoffPoint *points = g_new (MixqTradeoffPoint, data->n_points + 1);
  MixqTradeoffData part = { .points = points };

  for (gsize i = 0; i < data->n_points; i++)
    if (data->points[i].origins & origin)
      points[part.n_points++] = data->points[i];
  return _mixq_tradeoff_front_path (layout, &part, path);
}

gsize
_mixq_tradeoff_front_path (const MixqTradeoffLayout *layout, const MixqTradeoffData *data, MixqPlotXY *path)
{
  g_autofree gsize *order = g_new (gsize, data->n_points + 1);
  gsize n_order = _mixq_tradeoff_by_cost (data->points, data->n_points, order);
  double level = layout->y.from;
  double level_y = layout->plot.y + layout->plot.height;
  gsize n = 0;

  for (gsize i = 0; i < n_order; i++) {
    const MixqTradeoffPoint *point = &data->points[order[i]];
    double val = point->val;
    double x;

    if (val <= level)
      continue;
    /* A point that is just arriving lifts the front little by little. */
    val = level + (val - level) * CLAMP (point->arrival, 0.0, 1.0);
    mixq_tradeoff_locate (layout, point->ratio, val, &x, &level_y);
    path[n] = (MixqPlotXY){ x, n == 0 ? layout->plot.y + layout->plot.height : path[n - 1].y };
    path[n + 1] = (MixqPlotXY){ x, level_y };
    n += 2;
    level = val;
  }
  if (n > 0)
    path[n++] = (MixqPlotXY){ layout->plot.x + layout->plot.width, level_y };
  return n;
}

guint
_mixq_tradeoff_legend_rows (const MixqTradeoffData *data, guint *rows)
{
  gboolean present[MIXQ_TRADEOFF_N_LEGEND_ROWS] = { FALSE };
  guint n = 0;

  present[MIXQ_TRADEOFF_LEGEND_LIVE] = data->n_trail > 0 || _mixq_tradeoff_has_place (&data->live);
  for (gsize i = 0; i < data->n_points; i++) {
    if (data->points[i].kind == MIXQ_TRADEOFF_FINISHED)
      present[MIXQ_TRADEOFF_LEGEND_FINISHED] = TRUE;
    else if (data->points[i].kind == MIXQ_TRADEOFF_BEATEN)
      present[MIXQ_TRADEOFF_LEGEND_BEATEN] = TRUE;
    else
      present[MIXQ_TRADEOFF_LEGEND_UNIFORM] = TRUE;
  }
  for (guint shape = 0; data->origin_names != NULL && shape < MIXQ_N_SHAPES; shape++)
    present[MIXQ_TRADEOFF_LEGEND_ORIGIN + shape] = data->origin_names[shape] != NULL &&
                                                   (_mixq_tradeoff_origins (data) & (1u << shape)) != 0;
  for (guint i = 0; i < MIXQ_TRADEOFF_N_LEGEND_ROWS; i++) {
    if (present[i])
      rows[n++] = i;
  }
  return n;
}

const char *
_mixq_tradeoff_legend_text (const MixqTradeoffData *data, guint row)
{
  switch (row) {
  case MIXQ_TRADEOFF_LEGEND_LIVE:
    return _ ("Live search (relaxed)");
  case MIXQ_TRADEOFF_LEGEND_FINISHED:
    /* Translators: s.e. is the standard error */
    return _ ("Finished integer model ± 1 s.e.");
  case MIXQ_TRADEOFF_LEGEND_BEATEN:
    return _ ("Beaten by another point");
  case MIXQ_TRADEOFF_LEGEND_UNIFORM:
    return _ ("Same width everywhere");
  default:
    return data->origin_names[row - MIXQ_TRADEOFF_LEGEND_ORIGIN];
  }
}

static void
add_obstacle (GArray *obstacles, double x, double y, double half_width, double half_height, double weight)
{
  Obstacle obstacle = { { x - half_width, y - half_height, 2.0 * half_width, 2.0 * half_height }, weight };

  g_array_append_val (obstacles, obstacle);
}

/* A line as a chain of small boxes. */
static void
add_line (GArray *obstacles, MixqPlotXY from, MixqPlotXY to, double weight)
{
  double length = hypot (to.x - from.x, to.y - from.y);
  guint n = 1 + (guint) (length / OBSTACLE_SPACING);

  for (guint i = 0; i < n; i++) {
    double t = (i + 0.5) / n;

    add_obstacle (obstacles, from.x + t * (to.x - from.x), from.y + t * (to.y - from.y),
                  0.5 * OBSTACLE_SPACING, 0.5 * OBSTACLE_SPACING, weight);
  }
}

static void
add_trail (GArray *obstacles, const MixqTradeoffLayout *layout, const MixqTradeoffData *data)
{
  /* About sixty samples are enough to keep out of the way and keep the labels from twitching. */
  gsize stride = 1 + data->n_trail / 60;
  MixqPlotXY last = { NAN, NAN };

  for (gsize i = 0; i < data->n_trail; i += stride) {
    MixqPlotXY here;

    if (!_mixq_tradeoff_has_place (&data->trail[i]) ||
        !mixq_tradeoff_locate (layout, data->trail[i].ratio, data->trail[i].val, &here.x, &here.y))
      continue;
    if (!isnan (last.x))
      add_line (obstacles, last, here, 1.0);
    last = here;
  }
}

static char *
budget_text (const MixqTradeoffData *data, MixqTradeoffGrip grip)
{
  g_autofree char *number = NULL;

  if (grip == MIXQ_TRADEOFF_GRIP_VAL) {
    number = mixq_plot_format_percent (data->budget_val, 1);
    /* Translators: the least accuracy a model may have */
    return g_strdup_printf (_ ("at least %s"),
                            data->budget_val_text != NULL ? data->budget_val_text : number);
  }
  if (data->budget_cost_text != NULL)
    /* Translators: the most a model may cost, "at most 64 kB" */
    return g_strdup_printf (_ ("at most %s"), data->budget_cost_text);
  number = mixq_plot_format_ratio (data->budget_ratio);
  /* Translators: the most a model may cost, as a factor below float32 */
  return g_strdup_printf (_ ("at least %s less"), number);
}

/* Accuracy at the right end, clear of float32's label; cost at the foot, where few points are. */
static void
place_budget_label (const MixqTradeoffLayout *layout,
                    const MixqTradeoffData *data,
                    MixqTradeoffGrip grip,
                    MixqPlotBox *box)
{
  const MixqPlotBox *plot = &layout->plot;
  double right = plot->x + plot->width - 4.0;

  if (grip == MIXQ_TRADEOFF_GRIP_VAL) {
    double y = mixq_plot_axis_to_pixel (&layout->y, data->budget_val);
    double float_y = mixq_plot_axis_to_pixel (&layout->y, data->float32_val);
    double float_x = mixq_plot_axis_to_pixel (&layout->x, 1.0);

    box->y = y - plot->y > box->height + 4.0 ? y - box->height - 2.0 : y + 2.0;
    if (data->float32_val > 0.0 && fabs (y - float_y) < 2.6 * layout->font_size)
      right = float_x - 8.5 * layout->font_size;
    box->x = MAX (right - box->width, plot->x + 2.0 * MIXQ_TRADEOFF_GRIP_LONG + 6.0);
  } else {
    double x = mixq_plot_axis_to_pixel (&layout->x, data->budget_ratio);

    box->x = x + 10.0 + box->width < right ? x + 10.0 : x - 10.0 - box->width;
    box->y = plot->y + plot->height - box->height - 3.0;
  }
}

gboolean
_mixq_tradeoff_budget_label (const MixqTradeoffLayout *layout,
                             const MixqPlotTheme *theme,
                             const MixqTradeoffData *data,
                             MixqTradeoffGrip grip,
                             char **text,
                             MixqPlotBox *box)
{
  MixqPlotFont font = mixq_plot_font (theme, layout->font_size, 400);
  gboolean seen = grip == MIXQ_TRADEOFF_GRIP_VAL
                      ? data->budget_val > 0.0 && mixq_plot_axis_contains (&layout->y, data->budget_val)
                      : data->budget_ratio > 0.0 && mixq_plot_axis_contains (&layout->x, data->budget_ratio);

  if (!seen)
    return FALSE;
  *text = budget_text (data, grip);
  mixq_plot_text_measure (&font, *text, &box->width, &box->height);
  place_budget_label (layout, data, grip, box);
  return TRUE;
}

static void
add_budget_labels (GArray *obstacles,
                   const MixqTradeoffLayout *layout,
                   const MixqPlotTheme *theme,
                   const MixqTradeoffData *data)
{
  for (guint grip = MIXQ_TRADEOFF_GRIP_VAL; grip <= MIXQ_TRADEOFF_GRIP_COST; grip++) {
    g_autofree char *text = NULL;
    MixqPlotBox box;

    if (_mixq_tradeoff_budget_label (layout, theme, data, (MixqTradeoffGrip) grip, &text, &box))
      add_obstacle (obstacles, box.x + 0.5 * box.width, box.y + 0.5 * box.height, 0.5 * box.width,
                    0.5 * box.height, 4.0);
    if (data->grips) {
      double x, y;

      mixq_tradeoff_grip_place (layout, data, (MixqTradeoffGrip) grip, &x, &y);
      add_obstacle (obstacles, x, y, 12.0, 12.0, 8.0);
    }
  }
}

static GArray *
collect_obstacles (const MixqTradeoffLayout *layout, const MixqPlotTheme *theme, const MixqTradeoffData *data)
{
  GArray *obstacles = g_array_new (FALSE, FALSE, sizeof (Obstacle));
  g_autofree MixqPlotXY *front = g_new (MixqPlotXY, _mixq_tradeoff_front_room (data));
  gsize n_front = _mixq_tradeoff_front_path (layout, data, front);
  double x;
  double y;

  for (gsize i = 0; i < data->n_points; i++) {
    const MixqTradeoffPoint *point = &data->points[i];
    double up;
    double error = point->std_error > 0.0 ? point->std_error : 0.0;

    if (!_mixq_tradeoff_point_is_drawable (point))
      continue;
    mixq_tradeoff_locate (layout, point->ratio, point->val + error, &x, &up);
    mixq_tradeoff_locate (layout, point->ratio, point->val, &x, &y);
    add_obstacle (obstacles, x, y, 14.0, MAX (14.0, y - up + 3.0), 4.0);
  }
  for (gsize i = 1; i < n_front; i++)
    add_line (obstacles, front[i - 1], front[i], 2.0);
  add_trail (obstacles, layout, data);
  add_budget_labels (obstacles, layout, theme, data);
  if (_mixq_tradeoff_has_place (&data->live)) {
    mixq_tradeoff_locate (layout, data->live.ratio, data->live.val, &x, &y);
    add_obstacle (obstacles, x, y, 14.0, 14.0, 4.0);
  }
  if (_mixq_tradeoff_has_place (&data->ghost)) {
    mixq_tradeoff_locate (layout, data->ghost.ratio, data->ghost.val, &x, &y);
    add_obstacle (obstacles, x, y, 14.0, 14.0, 2.0);
  }
  if (data->float32_val > 0.0) {
    mixq_tradeoff_locate (layout, 1.0, data->float32_val, &x, &y);
    add_line (obstacles, (MixqPlotXY){ layout->plot.x, y }, (MixqPlotXY){ x, y }, 0.5);
    /* Its label stands on the line, at the right end. */
    add_obstacle (obstacles, x - 5.5 * layout->font_size, y - 9.0, 5.5 * layout->font_size, 10.0, 4.0);
  }
  return obstacles;
}

/* @cost and what @box covers; stops as soon as it reaches @limit, as most trials do early. */
static double
covered (const MixqPlotBox *box, const GArray *obstacles, double cost, double limit)
{
  for (guint i = 0; i < obstacles->len && cost < limit; i++) {
    const Obstacle *obstacle = &g_array_index (obstacles, Obstacle, i);

    cost += obstacle->weight * mixq_plot_box_overlap (box, &obstacle->box);
  }
  return cost;
}

/* Tries a grid of places inside the plot. @wish is the centre it would like, @pull the cost of each pixel away. */
static double
place_box (const MixqPlotBox *plot, const GArray *obstacles, MixqPlotXY wish, double pull, MixqPlotBox *box)
{
  enum { COLUMNS = 25, ROWS = 17 };
  double free_width = plot->width - box->width - 8.0;
  double free_height = plot->height - box->height - 8.0;
  double best = HUGE_VAL;
  MixqPlotBox trial = *box;

  for (guint i = 0; i < COLUMNS * ROWS; i++) {
    double cost;

    trial.x = plot->x + 4.0 + free_width * (i % COLUMNS) / (COLUMNS - 1);
    trial.y = plot->y + 4.0 + free_height * (i / COLUMNS) / (ROWS - 1);
    cost = pull * hypot (trial.x + 0.5 * trial.width - wish.x, trial.y + 0.5 * trial.height - wish.y);
    cost = covered (&trial, obstacles, cost, best);
    if (cost < best) {
      best = cost;
      *box = trial;
    }
  }
  return best;
}

static void
place_callout (MixqTradeoffLayout *layout,
               const MixqPlotTheme *theme,
               const MixqTradeoffData *data,
               const GArray *obstacles)
{
  const MixqTradeoffPoint *point = &data->points[layout->recommended];
  MixqPlotFont big = mixq_plot_font (theme, 1.12 * layout->font_size, 700);
  MixqPlotFont small = mixq_plot_font (theme, layout->font_size, 400);
  g_autofree char *text = _mixq_tradeoff_callout_text (point);
  double big_width;
  double big_height;
  double small_width;
  double small_height;
  double x;
  double y;

  mixq_plot_text_measure (&big, text, &big_width, &big_height);
  mixq_plot_text_measure (&small, _ ("Recommended"), &small_width, &small_height);
  layout->callout.width = MAX (big_width, small_width) + 2.0 * MIXQ_TRADEOFF_CALLOUT_PADDING_X;
  layout->callout.height = big_height + small_height + 2.0 * MIXQ_TRADEOFF_CALLOUT_PADDING_Y;
  if (layout->callout.width > 0.8 * layout->plot.width ||
      layout->callout.height > 0.8 * layout->plot.height) {
    layout->callout.width = 0.0;
    return;
  }
  mixq_tradeoff_locate (layout, point->ratio, point->val, &x, &y);
  place_box (&layout->plot, obstacles,
             (MixqPlotXY){ x + 0.5 * layout->callout.width + 18.0, y + 0.5 * layout->callout.height + 40.0 },
             1.5, &layout->callout);
}

static void
place_legend (MixqTradeoffLayout *layout,
              const MixqPlotTheme *theme,
              const MixqTradeoffData *data,
              const GArray *obstacles)
{
  MixqPlotFont font = mixq_plot_font (theme, layout->font_size, 400);
  guint rows[MIXQ_TRADEOFF_N_LEGEND_ROWS];
  guint n = _mixq_tradeoff_legend_rows (data, rows);
  const MixqPlotBox *plot = &layout->plot;
  double widest = 0.0;

  for (guint i = 0; i < n; i++) {
    double width;

    mixq_plot_text_measure (&font, _mixq_tradeoff_legend_text (data, rows[i]), &width, NULL);
    widest = MAX (widest, width);
  }
  layout->legend.width = n > 0 ? MIXQ_TRADEOFF_LEGEND_SYMBOL + widest + 8.0 : 0.0;
  layout->legend.height = n * MIXQ_TRADEOFF_LEGEND_ROW * layout->font_size;
  if (layout->legend.width > 0.7 * plot->width || layout->legend.height > 0.7 * plot->height) {
    layout->legend.width = 0.0;
    return;
  }
  place_box (plot, obstacles, (MixqPlotXY){ plot->x + 0.78 * plot->width, plot->y + 0.72 * plot->height },
             1.0, &layout->legend);
  /* Wide letters can leave no free place: the callout matters more, and the app has the legend elsewhere as well. */
  if (mixq_plot_box_overlap (&layout->legend, &layout->callout) > 0.0)
    layout->legend.width = 0.0;
}

/* The room the labels need decides where the plot begins. */
static void
place_plot (MixqTradeoffLayout *layout,
            double width,
            double height,
            const MixqPlotTheme *theme,
            const MixqTradeoffData *data,
            const MixqTradeoffOptions *options)
{
  MixqPlotFont font = mixq_plot_font (theme, layout->font_size, 400);
  double title = options->axis_titles ? 1.9 * layout->font_size : 0.0;
  double lines = data->float32_cost > 0.0 ? 2.0 : 1.0;
  double label_width;
  double left;
  double bottom;

  mixq_plot_text_measure (&font, "88.8\u00a0%", &label_width, NULL);
  left = label_width + 20.0 + title;
  bottom = lines * 1.2 * layout->font_size + 10.0 + title;
  layout->plot.x = left;
  layout->plot.y = 0.75 * layout->font_size + 3.0;
  layout->plot.width = MAX (width - left - 14.0, 1.0);
  layout->plot.height = MAX (height - layout->plot.y - bottom, 1.0);
}

void
mixq_tradeoff_layout (MixqTradeoffLayout *layout,
                      double width,
                      double height,
                      const MixqPlotTheme *theme,
                      const MixqTradeoffData *data,
                      const MixqTradeoffOptions *options)
{
  double scale = options->font_scale > 0.0 ? options->font_scale : 1.0;
  MixqTradeoffExtent extent;
  g_autoptr (GArray) obstacles = NULL;

  memset (layout, 0, sizeof *layout);
  layout->font_size = (options->full ? 12.5 : 12.0) * scale;
  layout->dot_radius = options->full ? 5.5 : 5.0;
  layout->badge_size = (options->full ? 20.0 : 18.0) * scale;
  layout->recommended = -1;
  if (options->extent != NULL)
    extent = *options->extent;
  else
    mixq_tradeoff_extent (data, options->ratio_hint, &extent);

  place_plot (layout, width, height, theme, data, options);
  layout->x = (MixqPlotAxis){ MIXQ_AXIS_LOG, extent.ratio_max, extent.ratio_min, layout->plot.x,
                              layout->plot.x + layout->plot.width };
  layout->y = (MixqPlotAxis){ MIXQ_AXIS_LINEAR, extent.val_min, extent.val_max,
                              layout->plot.y + layout->plot.height, layout->plot.y };
  obstacles = collect_obstacles (layout, theme, data);
  for (gsize i = 0; i < data->n_points; i++) {
    if ((data->points[i].flags & MIXQ_TRADEOFF_RECOMMENDED) &&
        _mixq_tradeoff_point_is_drawable (&data->points[i]))
      layout->recommended = (gssize) i;
  }
  if (layout->recommended >= 0) {
    place_callout (layout, theme, data, obstacles);
    add_obstacle (obstacles, layout->callout.x + 0.5 * layout->callout.width,
                  layout->callout.y + 0.5 * layout->callout.height, 0.5 * layout->callout.width,
                  0.5 * layout->callout.height, 8.0);
  }
  if (options->legend)
    place_legend (layout, theme, data, obstacles);
}
