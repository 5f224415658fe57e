/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "mixq-front-study.h"
#include "mixq-plot-export.h"
#include "mixq-tradeoff-chart.h"

#define WIDTH 900.0
#define HEIGHT 600.0
#define PNG_SCALE 2.0

static void
draw (cairo_t *cr, double width, double height, const MixqPlotTheme *theme, gconstpointer data)
{
  MixqTradeoffOptions options = { .full = TRUE, .legend = TRUE, .axis_titles = TRUE };

  mixq_tradeoff_draw (cr, width, height, theme, data, &options);
}

static gboolean
is_uniform (const MixqFrontStudy *self, const guint8 *bits)
{
  for (guint s = 1; s < self->model->n_slots; s++)
    if (bits[s] != bits[0])
      return FALSE;
  return TRUE;
}

static MixqTradeoffPoint
tradeoff_point (const MixqFrontStudy *self, const MixqFrontResult *result, const MixqFrontPoint *from)
{
  MixqTradeoffPoint point = MIXQ_TRADEOFF_POINT_INIT;
  double std, val = mixq_front_mean (from->val, from->n_seeds, &std);

  if (is_uniform (self, from->bits)) {
    point.kind = MIXQ_TRADEOFF_UNIFORM;
    point.bits = from->bits[0];
  }
  point.seeds = from->n_seeds;
  point.ratio = 1 / from->cost_share;
  point.cost = from->cost * (result->axis == MIXQ_COST_MS ? 1e-3 : 1); /* the chart takes seconds */
  point.val = val;
  point.std_error = from->n_seeds > 1 ? std / sqrt (from->n_seeds - 1.0) : 0;
  return point;
}

static void
add_float (const MixqFrontResult *result, guint seeds, MixqTradeoffData *data, MixqTradeoffPoint *point)
{
  data->float32_val = result->float_val;
  data->float32_cost = result->cost_float * (result->axis == MIXQ_COST_MS ? 1e-3 : 1);
  data->cost_unit = result->axis == MIXQ_COST_BYTES ? MIXQ_UNIT_BYTES
                    : result->axis == MIXQ_COST_MS  ? MIXQ_UNIT_SECOND
                                                    : MIXQ_UNIT_COUNT;
  *point = (MixqTradeoffPoint) MIXQ_TRADEOFF_POINT_INIT;
  point->kind = MIXQ_TRADEOFF_FLOAT32;
  point->bits = 32;
  point->seeds = seeds;
  point->ratio = 1;
  point->cost = data->float32_cost;
  point->val = data->float32_val;
  point->label = "float32";
}

gboolean
mixq_front_study_plot (const MixqFrontStudy *self, const char *path, GError **error)
{
  static const char *const names[] = { "BitOPs", "Executed BitOPs", "Product BitOPs", "Bytes", "Time" };
  const MixqFrontResult *result = g_ptr_array_index (self->results, 0);
  guint n = result->points->len;
  g_autofree MixqTradeoffPoint *point = g_new (MixqTradeoffPoint, n + 1);
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_free);
  MixqTradeoffData data = { .points = point, .n_points = n + 1, .cost_name = names[result->axis] };
  g_autofree char *title = NULL, *caption = NULL, *alt = NULL;
  MixqPlotFigure figure = { .draw = draw, .data = &data, .height = HEIGHT };

  for (guint i = 0; i < n; i++) {
    const MixqFrontPoint *from = &g_array_index (result->points, MixqFrontPoint, i);

    g_ptr_array_add (labels, mixq_front_widths (self, from->bits));
    point[i] = tradeoff_point (self, result, from);
    point[i].label = g_ptr_array_index (labels, i);
  }
  add_float (result, self->options.n_seeds, &data, &point[n]);
  mixq_tradeoff_mark_beaten (point, data.n_points);
  figure.title = title = g_strdup_printf ("%s: the front found by %s", self->dataset->title,
                                          mixq_front_method_name (result->method));
  figure.caption = caption = g_strdup_printf (
      "Integer models on validation nodes; %u trainings; finalists with %u seeds.", result->models,
      self->options.n_seeds);
  figure.alt = alt = mixq_tradeoff_describe (&data);
  figure.theme = mixq_plot_theme_get (MIXQ_SCHEME_LIGHT);
  figure.width = WIDTH;
  figure.png_scale = PNG_SCALE;
  return mixq_plot_save (&figure, path, error);
}
