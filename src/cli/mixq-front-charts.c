/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "mixq-front-marks.h"
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

/* The points of every method in the first repeat; what several found is one point with several marks. */
typedef struct
{
  const MixqFrontStudy *study;
  MixqCostAxis axis;
  GArray *points;    /* MixqTradeoffPoint */
  GPtrArray *labels; /* their widths */
} Scene;

static MixqTradeoffPoint *
find_point (const Scene *self, const char *label)
{
  for (guint i = 0; i < self->points->len; i++)
    if (g_str_equal (g_ptr_array_index (self->labels, i), label))
      return &g_array_index (self->points, MixqTradeoffPoint, i);
  return NULL;
}

static void
add_result (Scene *self, const MixqFrontResult *result, gboolean marked)
{
  for (guint i = 0; i < result->points->len; i++) {
    const MixqFrontPoint *from = &g_array_index (result->points, MixqFrontPoint, i);
    MixqTradeoffPoint point = tradeoff_point (self->study, result, from);
    char *label = mixq_front_widths (self->study, from->bits);
    MixqTradeoffPoint *known = find_point (self, label);
    guint origins = marked ? 1u << mixq_front_method_shape (result->method) : 0;

    if (known != NULL) { /* of equals the one with more seeds is the better known */
      point.origins = known->origins | origins;
      point.label = known->label;
      *known = point.seeds > known->seeds ? point : *known;
      known->origins |= origins;
      g_free (label);
      continue;
    }
    point.origins = origins;
    point.label = label;
    g_ptr_array_add (self->labels, label);
    g_array_append_val (self->points, point);
  }
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

static void
name_origins (const MixqFrontStudy *self, const char **names)
{
  for (guint m = 0; m < self->n_methods; m++)
    if (self->method[m] != MIXQ_FRONT_UNIFORM) /* numbered squares say it already */
      names[mixq_front_method_shape (self->method[m])] = mixq_front_method_name (self->method[m]);
}

gboolean
mixq_front_study_plot (const MixqFrontStudy *self, const char *path, GError **error)
{
  static const char *const names[] = { "BitOPs", "Executed BitOPs", "Product BitOPs", "Bytes", "Time" };
  const MixqFrontResult *first = g_ptr_array_index (self->results, 0);
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (MixqTradeoffPoint));
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_free);
  const char *origin_names[MIXQ_N_SHAPES] = { NULL };
  Scene scene = { self, first->axis, points, labels };
  MixqTradeoffData data = { .cost_name = names[first->axis], .origin_names = origin_names };
  MixqTradeoffPoint float32;
  g_autofree char *title = NULL, *caption = NULL, *alt = NULL;
  MixqPlotFigure figure = { .draw = draw, .data = &data, .height = HEIGHT };

  for (guint m = 0; m < self->n_methods; m++) {
    const MixqFrontResult *result = mixq_front_study_find (self, self->method[m], first->axis, 0);

    if (result != NULL)
      add_result (&scene, result, self->n_methods > 1);
  }
  if (self->n_methods > 1)
    name_origins (self, origin_names);
  add_float (first, self->options.n_seeds, &data, &float32);
  g_array_append_val (points, float32);
  data.points = (const MixqTradeoffPoint *) points->data;
  data.n_points = points->len;
  mixq_tradeoff_mark_beaten ((MixqTradeoffPoint *) points->data, points->len);
  figure.title = title = self->n_methods > 1
                             ? g_strdup_printf ("%s: fronts under the same budget", self->dataset->title)
                             : g_strdup_printf ("%s: the front found by %s", self->dataset->title,
                                                mixq_front_method_name (first->method));
  figure.caption = caption = g_strdup_printf (
      "Integer models on validation nodes; up to %u candidates a search, finalists with %u seeds.",
      self->options.n_models, self->options.n_seeds);
  figure.alt = alt = mixq_tradeoff_describe (&data);
  figure.theme = mixq_plot_theme_get (MIXQ_SCHEME_LIGHT);
  figure.width = WIDTH;
  figure.png_scale = PNG_SCALE;
  return mixq_plot_save (&figure, path, error);
}
