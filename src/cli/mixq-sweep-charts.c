/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "mixq-alpha-chart.h"
#include "mixq-plot-export.h"
#include "mixq-sweep.h"
#include "mixq-tradeoff-chart.h"

#define WIDTH 900.0
#define FRONT_HEIGHT 600.0
#define PNG_SCALE 2.0
#define FRAME 90.0 /* title and caption */

static gboolean
save (MixqPlotFigure *figure, const char *folder, const char *name, GError **error)
{
  static const MixqPlotFormat formats[] = { MIXQ_PLOT_SVG, MIXQ_PLOT_PNG };

  figure->theme = mixq_plot_theme_get (MIXQ_SCHEME_LIGHT);
  figure->width = WIDTH;
  figure->png_scale = PNG_SCALE;
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autofree char *base = mixq_plot_path_with_extension (name, formats[i]);
    g_autofree char *path = g_build_filename (folder, base, NULL);

    if (!mixq_plot_save (figure, path, error))
      return FALSE;
  }
  return TRUE;
}

/* --- the front ----------------------------------------------------------------------------------------------------- */

static void
draw_front (cairo_t *cr, double width, double height, const MixqPlotTheme *theme, gconstpointer data)
{
  MixqTradeoffOptions options = { .full = TRUE, .legend = TRUE, .axis_titles = TRUE };

  mixq_tradeoff_draw (cr, width, height, theme, data, &options);
}

static gboolean
is_uniform (const MixqSweep *self, const MixqSweepPoint *point)
{
  const guint8 *bits = point->run->result->selection.bits;

  for (guint s = 1; s < self->model->n_slots; s++)
    if (bits[s] != bits[0])
      return FALSE;
  return TRUE;
}

/* The chart takes seconds. */
static double
unit_of_cost (const MixqSweep *self)
{
  return self->config.cost == MIXQ_COST_MS ? 1e-3 : 1;
}

static MixqTradeoffPoint
tradeoff_point (const MixqSweep *self, const MixqSweepPoint *from, char *label)
{
  MixqTradeoffPoint point = MIXQ_TRADEOFF_POINT_INIT;

  if (is_uniform (self, from)) {
    point.kind = MIXQ_TRADEOFF_UNIFORM;
    point.bits = from->run->result->selection.bits[0];
  }
  point.seeds = from->n_seeds;
  point.flags = from->recommended ? MIXQ_TRADEOFF_RECOMMENDED : 0;
  point.ratio = from->cost_float / from->cost;
  point.cost = from->cost * unit_of_cost (self);
  point.val = from->val_mean;
  point.std_error = from->n_seeds > 1 ? from->val_std / sqrt (from->n_seeds - 1.0)
                                      : 0; /* val_std divides by n */
  point.label = label;
  return point;
}

static double
float_val_mean (const MixqSweep *self)
{
  double sum = 0;
  guint n = 0;

  for (guint i = 0; i < self->seeds.n; i++)
    if (self->float_model[i] != NULL) {
      sum += self->float_model[i]->accuracy.part[MIXQ_PART_VAL];
      n++;
    }
  return sum / n;
}

static char *
front_caption (const MixqSweep *self)
{
  double low = self->lambda[0], high = self->lambda[0];

  for (guint i = 1; i < self->n_lambdas; i++) {
    low = fmin (low, self->lambda[i]);
    high = fmax (high, self->lambda[i]);
  }
  return g_strdup_printf ("%s models on validation nodes, mean over %u %s; lambda %g to %g.",
                          self->config.reference ? "Quantized (simulated)" : "Integer", self->seeds.n,
                          self->seeds.n == 1 ? "seed" : "seeds", low, high);
}

static gboolean
write_front (const MixqSweep *self, const char *folder, GError **error)
{
  static const char *const names[] = { "BitOPs", "Executed BitOPs", "Product BitOPs", "Bytes", "Time" };
  g_autofree MixqTradeoffPoint *point = g_new (MixqTradeoffPoint, self->n_points + 1);
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_free);
  MixqTradeoffData data = { .points = point,
                            .n_points = self->n_points + 1,
                            .cost_name = names[self->config.cost] };
  g_autofree char *title = NULL, *caption = NULL, *alt = NULL;
  MixqPlotFigure figure = { .draw = draw_front, .data = &data, .height = FRONT_HEIGHT };

  for (guint i = 0; i < self->n_points; i++) {
    g_ptr_array_add (labels, mixq_run_result_widths (self->point[i].run->result));
    point[i] = tradeoff_point (self, &self->point[i], g_ptr_array_index (labels, i));
  }
  data.float32_val = float_val_mean (self);
  data.float32_cost = self->point[0].cost_float * unit_of_cost (self);
  data.cost_unit = self->config.cost == MIXQ_COST_BYTES ? MIXQ_UNIT_BYTES
                   : self->config.cost == MIXQ_COST_MS  ? MIXQ_UNIT_SECOND
                                                        : MIXQ_UNIT_COUNT;
  point[self->n_points] = (MixqTradeoffPoint) MIXQ_TRADEOFF_POINT_INIT;
  point[self->n_points].kind = MIXQ_TRADEOFF_FLOAT32;
  point[self->n_points].bits = 32;
  point[self->n_points].seeds = self->seeds.n;
  point[self->n_points].ratio = 1;
  point[self->n_points].cost = data.float32_cost;
  point[self->n_points].val = data.float32_val;
  point[self->n_points].label = "float32";
  mixq_tradeoff_mark_beaten (point, data.n_points);
  figure.title = title = g_strdup_printf ("%s: accuracy and cost", self->inputs->dataset->title);
  figure.caption = caption = front_caption (self);
  figure.alt = alt = mixq_tradeoff_describe (&data);
  return save (&figure, folder, "front", error);
}

/* --- alpha --------------------------------------------------------------------------------------------------------- */

static void
draw_alpha (cairo_t *cr, double width, double height, const MixqPlotTheme *theme, gconstpointer data)
{
  mixq_alpha_chart_draw (cr, width, height, theme, data);
}

/* The search that led to the recommended model, else the first one that is finished. */
static const MixqSweepRun *
run_to_show (const MixqSweep *self)
{
  const MixqSweepPoint *recommended = mixq_sweep_recommended (self);

  if (recommended != NULL && recommended->run->width == 0)
    return recommended->run;
  for (guint i = 0; i < self->n_runs; i++)
    if (self->run[i].result != NULL && self->run[i].width == 0)
      return &self->run[i];
  return NULL;
}

/* The trace is step by step; the chart wants each slot's apart. */
static float *
history_of_slot (const MixqSweep *self, const MixqSweepRun *run, guint slot)
{
  gsize n = self->config.n_choices, n_steps = self->config.epochs_search;
  float *history = g_new (float, n_steps *n);

  for (gsize step = 0; step < n_steps; step++)
    memcpy (history + step * n, run->alpha + (step * self->model->n_slots + slot) * n, n * sizeof *history);
  return history;
}

static gboolean
write_alpha (const MixqSweep *self, const char *folder, GError **error)
{
  const MixqSweepRun *run = run_to_show (self);
  g_autofree MixqAlphaSlot *slot = g_new0 (MixqAlphaSlot, self->model->n_slots);
  g_autoptr (GPtrArray) histories = g_ptr_array_new_with_free_func (g_free);
  MixqAlphaData data = { .slots = slot, .n_slots = self->model->n_slots, .first_step = 1 };
  g_autofree char *title = NULL, *caption = NULL, *alt = NULL;
  MixqPlotFigure figure = { .draw = draw_alpha, .data = &data };

  if (run == NULL)
    return TRUE;
  for (guint s = 0; s < self->model->n_slots; s++) {
    slot[s].name = self->model->slots[s].symbol;
    slot[s].kind = mixq_slot_role_name (self->model->slots[s].role);
    slot[s].n_choices = self->config.n_choices;
    slot[s].bits = self->config.choices;
    slot[s].now = run->result->selection.alpha[s];
    slot[s].chosen = run->result->selection.bits[s];
    slot[s].pinned = self->config.pinned[s] != 0;
    if (run->alpha == NULL)
      continue;
    g_ptr_array_add (histories, history_of_slot (self, run, s));
    slot[s].history = g_ptr_array_index (histories, s);
    slot[s].n_steps = self->config.epochs_search;
  }
  data.last_step = self->config.epochs_search;
  figure.title = title = g_strdup_printf ("%s: how each tensor came to its width",
                                          self->inputs->dataset->title);
  figure.caption = caption = g_strdup_printf ("Search at lambda %g, seed %" G_GUINT64_FORMAT ".", run->lambda,
                                              run->seed);
  figure.alt = alt = mixq_alpha_chart_describe (&data);
  figure.height = mixq_alpha_chart_height (&data, WIDTH) + FRAME;
  return save (&figure, folder, "alpha", error);
}

gboolean
mixq_sweep_has_front (const MixqSweep *self)
{
  return self->n_points > 0 && self->inputs->n_item[MIXQ_PART_VAL] > 0;
}

gboolean
mixq_sweep_write_charts (const MixqSweep *self, const char *folder, GError **error)
{
  return (!mixq_sweep_has_front (self) || write_front (self, folder, error)) &&
         write_alpha (self, folder, error);
}
