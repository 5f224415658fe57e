/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "export/mixq-figures.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "graphs/mixq-graphs-figure.h"
#include "mixq-alpha-chart.h"
#include "mixq-format.h"
#include "mixq-graph-chart.h"
#include "mixq-plot-export.h"
#include "tradeoff/mixq-tradeoff-scene.h"

#define WIDTH 900.0
#define HEIGHT 600.0
#define PNG_SCALE 2.0

/* Everything a figure needs, copied from the main thread. */
typedef struct
{
  MixqFigureKind kind;
  char *path, *title, *caption, *alt;
  double height;
  /* trade-off */
  MixqTradeoffScene *tradeoff;
  /* bits */
  MixqModel *model;
  MixqAlphaSlot *slots;
  float **histories; /* of each slot */
  float *now;
  MixqAlphaData alpha;
  guint8 choices[MIXQ_MAX_CHOICES];
  /* graph */
  MixqGraphData *graph;
  guint8 *classes, *flags, *strength;
  MixqGraphScene scene;
  MixqGraphChart chart;
  /* page of graphs */
  MixqGraphsFigure *page;
} Figure;

const char *
mixq_figure_name (MixqFigureKind kind)
{
  static const char *const names[] = { "bits", "tradeoff", "graph" };

  g_return_val_if_fail (kind < MIXQ_N_FIGURES, NULL);
  return names[kind];
}

int
mixq_figure_parse (const char *name)
{
  for (int kind = 0; kind < MIXQ_N_FIGURES; kind++)
    if (g_strcmp0 (name, mixq_figure_name ((MixqFigureKind) kind)) == 0)
      return kind;
  return -1;
}

static void
figure_free (Figure *figure)
{
  g_free (figure->path);
  g_free (figure->title);
  g_free (figure->caption);
  g_free (figure->alt);
  g_clear_pointer (&figure->tradeoff, mixq_tradeoff_scene_unref);
  for (gsize i = 0; figure->histories != NULL && i < figure->alpha.n_slots; i++)
    g_free (figure->histories[i]);
  g_free (figure->histories);
  g_free (figure->slots);
  g_free (figure->now);
  g_clear_pointer (&figure->model, mixq_model_unref);
  g_clear_pointer (&figure->graph, mixq_graph_data_unref);
  g_free (figure->classes);
  g_free (figure->flags);
  g_free (figure->strength);
  g_clear_pointer (&figure->page, mixq_graphs_figure_free);
  g_free (figure);
}

/* --- copies, on the main thread ------------------------------------------------------------------------------------- */

static gboolean
take_tradeoff (Figure *figure, MixqRunModel *run)
{
  figure->tradeoff = mixq_tradeoff_scene_new (run, MIXQ_NO_POINT, MIXQ_NO_POINT);
  figure->tradeoff->options.legend = TRUE;
  figure->tradeoff->options.full = TRUE;
  figure->tradeoff->options.axis_titles = TRUE;
  figure->alt = mixq_tradeoff_describe (&figure->tradeoff->data);
  return figure->tradeoff->data.n_points > 0 || figure->tradeoff->data.n_trail > 0;
}

static void
take_slot (Figure *figure, const MixqHistory *history, const MixqSnapshot *snapshot, guint slot)
{
  const gsize n = snapshot->n_choices;
  float *rows = g_new (float, MAX (history->n_rows, 1) * n);
  MixqAlphaSlot *out = &figure->slots[slot];

  for (guint row = 0; row < history->n_rows; row++)
    memcpy (rows + row * n, history->alpha + ((gsize) row * history->n_slots + slot) * n, n * sizeof *rows);
  figure->histories[slot] = rows;
  *out = (MixqAlphaSlot){ .name = figure->model->slots[slot].symbol,
                          .kind = mixq_slot_kind (figure->model->slots[slot].role),
                          .n_choices = snapshot->n_choices,
                          .bits = figure->choices,
                          .n_steps = history->n_rows,
                          .history = rows,
                          .now = figure->now + slot * n,
                          .chosen = snapshot->bits[slot],
                          .pinned = snapshot->pinned[slot] != 0 };
}

static gboolean
take_bits (Figure *figure, MixqRunModel *run)
{
  const MixqHistory *history = mixq_run_model_peek_history (run);
  const MixqSnapshot *snapshot = mixq_run_model_peek_snapshot (run);

  if (history == NULL || snapshot == NULL || history->n_rows == 0 || history->n_slots != snapshot->n_slots ||
      history->n_choices != snapshot->n_choices)
    return FALSE;
  figure->model = mixq_model_ref (mixq_run_model_peek_model (run));
  figure->slots = g_new0 (MixqAlphaSlot, snapshot->n_slots);
  figure->histories = g_new0 (float *, snapshot->n_slots);
  figure->now = g_memdup2 (snapshot->alpha, (gsize) snapshot->n_slots * snapshot->n_choices * sizeof (float));
  memcpy (figure->choices, snapshot->choices, sizeof figure->choices);
  figure->alpha = (MixqAlphaData){ figure->slots, snapshot->n_slots, history->step[0],
                                   history->step[history->n_rows - 1] };
  for (guint slot = 0; slot < snapshot->n_slots; slot++)
    take_slot (figure, history, snapshot, slot);
  figure->alt = mixq_alpha_chart_describe (&figure->alpha);
  figure->height = mixq_alpha_chart_height (&figure->alpha, WIDTH) + 90.0;
  return TRUE;
}

static gboolean
take_page (Figure *figure, MixqGraphsPage *page)
{
  figure->page = mixq_graphs_figure_new (page);
  figure->alt = mixq_graphs_page_dup_description (page);
  figure->height = mixq_graphs_figure_height (figure->page, WIDTH);
  return TRUE;
}

static gboolean
take_graph (Figure *figure, MixqGraphCanvas *canvas)
{
  MixqGraphData *data = canvas != NULL ? mixq_graph_canvas_peek_data (canvas) : NULL;

  if (data == NULL)
    return FALSE;
  figure->graph = mixq_graph_data_ref (data);
  mixq_graph_canvas_dup_looks (canvas, &figure->classes, &figure->flags, &figure->strength);
  figure->scene = (MixqGraphScene){ .n_nodes = data->dataset->n_nodes,
                                    .xy = data->xy,
                                    .n_edges = data->n_edges,
                                    .edges = data->edges,
                                    .node_class = figure->classes,
                                    .node_flags = figure->flags,
                                    .node_strength = figure->strength,
                                    .node_size = data->size };
  figure->chart = (MixqGraphChart){ .scene = &figure->scene,
                                    .class_names = (const char *const *) data->dataset->class_names,
                                    .n_classes = (guint) data->dataset->n_classes,
                                    .node_names = (const char *const *) data->dataset->node_names };
  figure->alt = mixq_graph_chart_describe (&figure->chart);
  return TRUE;
}

static void
write_texts (Figure *figure, MixqRunModel *run)
{
  MixqDataset *dataset = mixq_run_model_peek_dataset (run);
  const MixqRunConfig *config = mixq_session_peek_config (mixq_run_model_peek_session (run));
  const char *views[] = { _ ("Bits"), _ ("Trade-off"),
                          dataset->task == MIXQ_TASK_GRAPHS ? _ ("Graphs") : _ ("Graph") };
  g_autofree char *price = mixq_format_price (mixq_run_model_get_lambda (run));
  g_autofree char *model = mixq_format_model (&mixq_run_model_peek_model (run)->spec);

  /* Translators: what the picture shows, of which data, of which model ("GIN 5×64"). */
  figure->title = g_strdup_printf (_ ("%s: %s, %s"), views[figure->kind], dataset->title, model);
  /* Translators: below an exported picture: price, seed, and the first letters of the data's checksum. */
  figure->caption = g_strdup_printf (_ ("MixQ Studio %s · λ %s · seed %llu · data sha256 %.12s"),
                                     MIXQ_VERSION, price, (unsigned long long) config->seed, dataset->sha256);
}

/* --- drawing, on a worker ------------------------------------------------------------------------------------------- */

static void
draw_figure (cairo_t *cr, double width, double height, const MixqPlotTheme *theme, gconstpointer user_data)
{
  const Figure *figure = user_data;

  switch (figure->kind) {
  case MIXQ_FIGURE_BITS:
    mixq_alpha_chart_draw (cr, width, height, theme, &figure->alpha);
    break;
  case MIXQ_FIGURE_TRADEOFF:
    mixq_tradeoff_draw (cr, width, height, theme, &figure->tradeoff->data, &figure->tradeoff->options);
    break;
  case MIXQ_FIGURE_GRAPH:
    if (figure->page != NULL)
      mixq_graphs_figure_draw (cr, width, height, theme, figure->page);
    else
      mixq_graph_chart_draw (cr, width, height, theme, &figure->chart);
    break;
  case MIXQ_N_FIGURES:
  default:
    g_assert_not_reached ();
  }
}

static char *
figure_csv (gconstpointer user_data)
{
  const Figure *figure = user_data;

  switch (figure->kind) {
  case MIXQ_FIGURE_BITS:
    return mixq_alpha_chart_csv (&figure->alpha);
  case MIXQ_FIGURE_TRADEOFF:
    return mixq_tradeoff_csv (&figure->tradeoff->data);
  case MIXQ_FIGURE_GRAPH:
    return figure->page != NULL ? mixq_graphs_figure_csv (figure->page)
                                : mixq_graph_chart_csv (&figure->chart);
  case MIXQ_N_FIGURES:
  default:
    g_assert_not_reached ();
  }
}

static void
save_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Figure *figure = task_data;
  const MixqPlotFigure plot = { .draw = draw_figure,
                                .csv = figure_csv,
                                .data = figure,
                                .theme = mixq_plot_theme_get (MIXQ_SCHEME_LIGHT),
                                .width = WIDTH,
                                .height = figure->height,
                                .png_scale = PNG_SCALE,
                                .title = figure->title,
                                .caption = figure->caption,
                                .alt = figure->alt };
  g_autoptr (GError) error = NULL;

  if (mixq_plot_save (&plot, figure->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
mixq_figure_save_async (MixqFigureKind kind,
                        MixqRunModel *run,
                        MixqGraphCanvas *canvas,
                        MixqGraphsPage *page,
                        const char *path,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Figure *figure = g_new0 (Figure, 1);
  gboolean any = FALSE;

  figure->kind = kind;
  figure->path = g_strdup (path);
  figure->height = HEIGHT;
  g_task_set_task_data (task, figure, (GDestroyNotify) figure_free);
  if (mixq_run_model_peek_session (run) != NULL) {
    write_texts (figure, run);
    any = kind == MIXQ_FIGURE_BITS                                       ? take_bits (figure, run)
          : kind == MIXQ_FIGURE_TRADEOFF                                 ? take_tradeoff (figure, run)
          : page != NULL && mixq_graphs_page_peek_dataset (page) != NULL ? take_page (figure, page)
                                                                         : take_graph (figure, canvas);
  }
  if (any)
    g_task_run_in_thread (task, save_thread);
  else
    g_task_return_new_error (task, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                             _ ("There is nothing to export yet; wait for the first steps"));
}

gboolean
mixq_figure_save_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
