/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the time of an epoch grows with the edges, and the largest graph. */
#include <malloc.h>
#include <math.h>

#include "mixq-bench.h"
#include "mixq-line-chart.h"
#include "mixq-plot-export.h"
#include "run/mixq-memory.h"

/* --- edges --------------------------------------------------------------------------------------------------------- */

#define EDGES_PER_NODE 10
#define EDGES_HIDDEN 32
#define EPOCHS_PER_ROUND 3
#define WIDTH 900.0
#define HEIGHT 600.0
#define PNG_SCALE 2.0

static const guint64 sizes[] = { 10000, 30000, 100000, 300000, 1000000, 3000000, 10000000 };

static gboolean
measure_size (MixqBench *self, guint64 edges, double *ms, GError **error)
{
  g_autofree char *what = g_strdup_printf ("generated:%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ",16,8",
                                           edges / EDGES_PER_NODE, edges);
  g_autoptr (MixqDataset) dataset = mixq_dataset_load (what, NULL, self->cli->cancellable, error);
  MixqModelSpec spec = MIXQ_MODEL_SPEC_DEFAULT;
  g_autoptr (MixqModel) model = NULL;
  g_autoptr (MixqInputs) inputs = NULL;
  g_autoptr (MixqFloatModel) trained = NULL;
  MixqBenchWatch watch = {
    .bench = self, .phase = "float32", .every = 1, .reference = mixq_bench_gemm, .data = self
  };
  MixqPhaseControl control = { .cancellable = self->cli->cancellable,
                               .progress = mixq_bench_watch_epoch,
                               .user_data = &watch };
  MixqRunConfig config;

  spec.hidden = EDGES_HIDDEN;
  model = dataset != NULL ? mixq_model_new (&spec, dataset, error) : NULL;
  if (model == NULL)
    return FALSE;
  inputs = mixq_inputs_new (dataset);
  watch.result = mixq_bench_begin (self, g_strdup_printf ("edges-%" G_GUINT64_FORMAT, edges), "gemm");
  mixq_run_config_init (&config);
  config.epochs_float = 2 + EPOCHS_PER_ROUND * self->rounds;
  trained = mixq_float_model_train (model, inputs, &config, &control, error);
  if (trained == NULL)
    return FALSE;
  *ms = mixq_min (watch.result->samples.cpu);
  return TRUE;
}

/* The exponent of time ~ edges^slope by least squares over logarithms, and how much of it that explains. */
static void
fit (const double *ms, double *slope, double *r2)
{
  double n = G_N_ELEMENTS (sizes), x = 0, y = 0, xx = 0, xy = 0, yy = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    double a = log ((double) sizes[i]), b = log (ms[i]);

    x += a / n, y += b / n, xx += a * a / n, xy += a * b / n, yy += b * b / n;
  }
  *slope = (xy - x * y) / (xx - x * x);
  *r2 = (xy - x * y) * (xy - x * y) / ((xx - x * x) * (yy - y * y));
}

static void
draw (cairo_t *cr, double width, double height, const MixqPlotTheme *theme, gconstpointer data)
{
  mixq_line_chart_draw (cr, width, height, theme, data);
}

static gboolean
plot (const char *path, const double *ms, double slope, GError **error)
{
  MixqLinePoint point[G_N_ELEMENTS (sizes)];
  MixqLineSeries series = { .name = "float32",
                            .parts = MIXQ_LINE_PATH | MIXQ_LINE_MARKS,
                            .points = point,
                            .n_points = G_N_ELEMENTS (sizes) };
  MixqLineData data = { .series = &series,
                        .n_series = 1,
                        .x = { "undirected edges", MIXQ_AXIS_LOG, MIXQ_LINE_COUNT },
                        .y = { "milliseconds an epoch", MIXQ_AXIS_LOG, MIXQ_LINE_PLAIN } };
  g_autofree char *caption = g_strdup_printf (
      "GCN, 2 layers, hidden %d, 16 features, %d edges a node; time grows with edges to the power %.2f.",
      EDGES_HIDDEN, EDGES_PER_NODE, slope);
  MixqPlotFigure figure = { .draw = draw,
                            .data = &data,
                            .width = WIDTH,
                            .height = HEIGHT,
                            .png_scale = PNG_SCALE,
                            .title = "An epoch on generated graphs",
                            .caption = caption,
                            .alt = caption,
                            .theme = mixq_plot_theme_get (MIXQ_SCHEME_LIGHT) };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    point[i] = (MixqLinePoint){ (double) sizes[i], ms[i], NAN, NAN };
  return mixq_plot_save (&figure, path, error);
}

gboolean
mixq_bench_edges (MixqBench *self, GError **error)
{
  double ms[G_N_ELEMENTS (sizes)], slope, r2;
  MixqBenchResult *last;

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (!measure_size (self, sizes[i], &ms[i], error))
      return FALSE;
  fit (ms, &slope, &r2);
  last = g_ptr_array_index (self->results, self->results->len - 1);
  mixq_bench_set (last, "exponent", slope);
  mixq_bench_set (last, "r2", r2);
  return self->plot == NULL || plot (self->plot, ms, slope, error);
}

/* --- the largest ----------------------------------------------------------------------------------------------------- */

#define SAMPLED "generated:2000000,60000000,100,40"
#define SAMPLED_HIDDEN 256
#define SAMPLED_MIB (14.0 * 1024)

/* One epoch and the evaluation of all nodes with all their neighbours that belongs to it. */
static gboolean
train_sampled (MixqBench *self, MixqModel *model, MixqInputs *inputs, MixqBenchResult *result, GError **error)
{
  MixqTrainerOptions options = { .stream = "dropout-float", .lr = 0.01 };
  MixqNet *net = mixq_net_new (model, inputs, 0, NULL, NULL, FALSE, NULL);
  g_autoptr (MixqTrainer) trainer = NULL;
  g_autofree char *plan = NULL;
  MixqEpoch epoch;
  MixqMoment start;

  options.plan.memory_mib = SAMPLED_MIB - mixq_memory_start_peak ();
  trainer = mixq_trainer_new (net, &options);
  mixq_net_init_weights (net, 0);
  mixq_trainer_set_cancellable (trainer, self->cli->cancellable);
  plan = mixq_plan_describe (mixq_trainer_peek_plan (trainer));
  mixq_bench_set_text (result, "plan", plan);
  start = mixq_moment_now ();
  if (!mixq_trainer_step (trainer, 0, &epoch, error))
    return FALSE;
  mixq_samples_add (&result->samples, start);
  mixq_bench_set (result, "loss", epoch.loss);
  mixq_bench_set (result, "test_accuracy", epoch.accuracy[MIXQ_PART_TEST]);
  mixq_bench_set (result, "peak_mib", mixq_memory_peak_mib ());
  mixq_bench_take (&result->reference_samples, mixq_bench_gemm, self);
  return TRUE;
}

gboolean
mixq_bench_sampled (MixqBench *self, GError **error)
{
  MixqBenchResult *result = mixq_bench_begin (self, g_strdup ("sampled"), "gemm");
  MixqMoment start = mixq_moment_now ();
  g_autoptr (MixqDataset) dataset = NULL;
  g_autoptr (MixqModel) model = NULL;
  g_autoptr (MixqInputs) inputs = NULL;
  MixqModelSpec spec;

  malloc_trim (0);
  mixq_memory_start_peak ();
  dataset = mixq_dataset_load (SAMPLED, NULL, self->cli->cancellable, error);
  if (dataset == NULL)
    return FALSE;
  mixq_bench_set_text (result, "data", dataset->title);
  mixq_bench_set (result, "generating_s", (mixq_moment_now ().wall_ms - start.wall_ms) / 1e3);
  mixq_bench_set (result, "generating_peak_mib", mixq_memory_peak_mib ());
  mixq_model_spec_for (&spec, MIXQ_ARCH_SAGE, MIXQ_TASK_NODES);
  spec.hidden = SAMPLED_HIDDEN;
  spec.aggregator = MIXQ_AGGREGATOR_MEAN;
  model = mixq_model_new (&spec, dataset, error);
  if (model == NULL)
    return FALSE;
  inputs = mixq_inputs_new (dataset);
  return train_sampled (self, model, inputs, result, error);
}
