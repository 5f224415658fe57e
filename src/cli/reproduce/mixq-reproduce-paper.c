/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables and curves of the paper: each row is a data set and a price; beside the published figure stand `--reference`
 * with that price and our default pipeline at the same or fewer BitOPs.
 */
#include "reproduce/mixq-reproduce-paper.h"

#include <math.h>
#include <string.h>

/* Prices that our pipeline may take, besides fixed widths for the costly part: from free to as narrow as it goes. */
#define POOL_LAMBDAS "0,0.2,0.5,1,4"
#define POOL_LAMBDAS_QUICK "0,0.5,1"
#define QUICK_STRIDE 8
#define CURVE_RUNS 10
/* Published figures have four digits. */
#define LIMIT_SLACK 1.0001

typedef struct
{
  guint data, panel;
  double lambda;
  gboolean is_published;
  MixqPublished published;
  guint reference; /* setting */
} Row;

/* Between asking and telling. */
typedef struct
{
  GArray *rows;     /* of Row */
  GPtrArray *pools; /* [data] GArray of guint: the settings that our pipeline may take */
} Plan;

static void
plan_free (Plan *plan)
{
  g_array_unref (plan->rows);
  g_ptr_array_unref (plan->pools);
  g_free (plan);
}

/* --- asking -------------------------------------------------------------------------------------------------------- */

static int
compare_shares (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const double *share = user_data;
  double x = share[*(const guint *) a], y = share[*(const guint *) b];

  return (x < y) - (x > y);
}

char *
mixq_reproduce_heavy_widths (const MixqModel *model, guint bits, guint widest)
{
  g_autoptr (MixqCostModel) cost = mixq_cost_model_new (model, MIXQ_COST_BITOPS, NULL);
  g_autofree double *width = g_new (double, model->n_slots), *share = g_new0 (double, model->n_slots);
  g_autofree guint *order = g_new (guint, model->n_slots), *chosen = g_new (guint, model->n_slots);
  GString *text = g_string_new (NULL);
  double sum = 0;

  for (guint s = 0; s < model->n_slots; s++) {
    width[s] = chosen[s] = widest;
    order[s] = s;
  }
  mixq_cost_model_shares (cost, width, share);
  g_qsort_with_data (order, (int) model->n_slots, sizeof *order, compare_shares, share);
  for (guint i = 0; i < model->n_slots && sum < MIXQ_HEAVY_SHARE; i++) {
    chosen[order[i]] = bits;
    sum += share[order[i]];
  }
  for (guint s = 0; s < model->n_slots; s++)
    g_string_append_printf (text, "%s%u", s == 0 ? "" : ",", chosen[s]);
  return g_string_free (text, FALSE);
}

static gboolean
ask_pool (MixqReproduce *self, guint data, const char *ours, GArray *pool, GError **error)
{
  static const guint widths[] = { 2, 4, 8 };
  g_autoptr (GArray) grid = mixq_grid (self->quick ? POOL_LAMBDAS_QUICK : POOL_LAMBDAS);
  guint index;

  for (guint i = 0; i < grid->len; i++) {
    if (!mixq_reproduce_add (self, data, 0, &index, error, "--lambda=%g %s", g_array_index (grid, double, i),
                             ours))
      return FALSE;
    g_array_append_val (pool, index);
  }
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++) {
    g_autofree char *fixed = mixq_reproduce_heavy_widths (self->data[data].model, widths[i], 8);

    if (!mixq_reproduce_add (self, data, 0, &index, error, "--method=fixed:%s %s", fixed, ours))
      return FALSE;
    g_array_append_val (pool, index);
  }
  return TRUE;
}

static gboolean
add_row (MixqReproduce *self,
         guint data,
         guint panel,
         double lambda,
         const MixqPublished *published,
         GError **error)
{
  Plan *plan = self->plan;
  Row row = { .data = data, .panel = panel, .lambda = lambda, .is_published = published != NULL };

  if (published != NULL)
    row.published = *published;
  if (!mixq_reproduce_add (self, data, 0, &row.reference, error, "--reference --lambda=%g", lambda))
    return FALSE;
  g_array_append_val (plan->rows, row);
  return TRUE;
}

/* The published rows of one set; from the file where there is one, and none where the file was not given. */
static GArray *
published_rows (MixqReproduce *self, const MixqPaper *paper, const char *set, GError **error)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (MixqPublished));
  gsize n = 0;
  const MixqPublished *known = paper->published != NULL ? paper->published (&n) : NULL;

  if (paper->curve_files != NULL && self->published != NULL) {
    GString *name = g_string_new (paper->curve_files);
    g_autofree char *path = NULL;

    g_string_replace (name, "%s", set, 1);
    path = g_build_filename (self->published, name->str, NULL);
    g_string_free (name, TRUE);
    g_array_unref (rows);
    return mixq_published_read (path, set, CURVE_RUNS, error);
  }
  for (gsize i = 0; i < n; i++)
    if (strcmp (known[i].set, set) == 0)
      g_array_append_val (rows, known[i]);
  return rows;
}

static const MixqPublished *
find_published (const GArray *rows, double lambda)
{
  for (guint i = 0; i < rows->len; i++) {
    const MixqPublished *row = &g_array_index (rows, MixqPublished, i);

    if (fabs (row->lambda - lambda) <= 1e-9 * fabs (lambda))
      return row;
  }
  return NULL;
}

static gboolean
ask_panel (MixqReproduce *self, guint data, guint panel, const GArray *published, GError **error)
{
  const MixqPaper *paper = self->what->details;
  const MixqPanel *from = &paper->panels[panel];
  const char *list = self->quick && from->lambdas_quick != NULL ? from->lambdas_quick : from->lambdas;
  guint stride = self->quick && from->curve ? QUICK_STRIDE : 1;

  if (list != NULL) {
    g_autoptr (GArray) grid = mixq_grid (list);

    for (guint i = 0; i < grid->len; i++) {
      double lambda = g_array_index (grid, double, i);

      if (!add_row (self, data, panel, lambda, find_published (published, lambda), error))
        return FALSE;
    }
    return TRUE;
  }
  for (guint i = 0; i < published->len; i += stride) {
    const MixqPublished *row = &g_array_index (published, MixqPublished, i);

    if (!add_row (self, data, panel, row->lambda, row, error))
      return FALSE;
  }
  return TRUE;
}

static void
note_method (MixqReproduce *self, const MixqPaper *paper)
{
  mixq_report_note (self->report, "Accuracies are test accuracies in percent, mean ± standard deviation over "
                                  "the runs; BitOPs are medians in the search "
                                  "convention, on both sides. z = (reference - published) / sqrt (se² + "
                                  "se²), se the standard error of a mean.");
  mixq_report_note (self->report,
                    "Ours is the default pipeline%s%s (integer model, labels only) at the same or fewer "
                    "BitOPs. Its setting is chosen "
                    "without looking at the test nodes: of the prices %s and of fixed widths (2, 4 or 8 for "
                    "the fewest slots that carry "
                    "%.0f %% of the cost, 8 elsewhere), all run with the same seeds, those whose median "
                    "BitOPs are at most the published "
                    "ones (the reference's, where none are published) are left, and the best mean validation "
                    "accuracy among them wins.",
                    *paper->ours != '\0' ? " with " : "", paper->ours,
                    self->quick ? POOL_LAMBDAS_QUICK : POOL_LAMBDAS, MIXQ_HEAVY_SHARE * 100);
  if (paper->caveat != NULL)
    mixq_report_note (self->report, "%s", paper->caveat);
}

gboolean
mixq_paper_ask (MixqReproduce *self, GError **error)
{
  const MixqPaper *paper = self->what->details;
  Plan *plan = g_new0 (Plan, 1);

  plan->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  plan->pools = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  self->plan = plan;
  self->plan_free = (GDestroyNotify) plan_free;
  note_method (self, paper);
  if (paper->curve_files != NULL && self->published == NULL)
    mixq_report_note (self->report,
                      "The published curve is not drawn: give the folder of its CSV file with --published.");
  for (guint d = 0; d < self->n_data; d++) {
    g_autoptr (GArray) published = published_rows (self, paper, self->data[d].name, error);
    GArray *pool = g_array_new (FALSE, FALSE, sizeof (guint));

    g_ptr_array_add (plan->pools, pool);
    if (published == NULL || !ask_pool (self, d, paper->ours, pool, error))
      return FALSE;
    for (guint panel = 0; panel < paper->n_panels; panel++)
      if (!ask_panel (self, d, panel, published, error))
        return FALSE;
  }
  return TRUE;
}

/* --- choosing ------------------------------------------------------------------------------------------------------ */

/* Returns: (nullable): the setting of the pool with the best validation within the limit; ties go to the cheaper one. */
static const MixqSetting *
choose (const MixqReproduce *self, const GArray *pool, double limit)
{
  const MixqSetting *best = NULL;
  double best_val = -1, best_cost = 0;

  for (guint i = 0; i < pool->len; i++) {
    const MixqSetting *setting = mixq_reproduce_setting (self, g_array_index (pool, guint, i));
    double cost = mixq_setting_median (self, setting, MIXQ_FIGURE_BITOPS_SEARCH);
    MixqSpread val = mixq_setting_spread (self, setting, MIXQ_FIGURE_VAL);

    if (!(cost <= limit * LIMIT_SLACK) || !isfinite (val.mean))
      continue;
    if (val.mean > best_val || (val.mean == best_val && cost < best_cost)) {
      best = setting;
      best_val = val.mean;
      best_cost = cost;
    }
  }
  return best;
}

static const MixqSetting *
choose_for (const MixqReproduce *self, const Row *row)
{
  const Plan *plan = self->plan;
  const MixqSetting *reference = mixq_reproduce_setting (self, row->reference);
  double limit = row->is_published ? row->published.bitops
                                   : mixq_setting_median (self, reference, MIXQ_FIGURE_BITOPS_SEARCH);

  return choose (self, g_ptr_array_index (plan->pools, row->data), limit);
}

/* --- telling ------------------------------------------------------------------------------------------------------- */

static const MixqReportColumn columns[] = {
  { "set", "data", 1, 0 },
  { "lambda", "lambda", 1, 0 },
  { "published", "published", 100, 2 },
  { "published_bitops", "BitOPs", 0, 0 },
  { "published_runs", "runs", 1, 0 },
  { "reference", "reference", 100, 2 },
  { "reference_bitops", "BitOPs", 0, 0 },
  { "reference_runs", "runs", 1, 0 },
  { "z", "z", 1, 1 },
  { "ours", "ours", 100, 2 },
  { "ours_bitops", "BitOPs", 0, 0 },
  { "setting", "setting of ours", 1, 0 },
  { "difference", "ours - published", 100, 2 },
};

/* What is counted over the rows. */
typedef struct
{
  guint n_published, n_z, n_near, n_same_cost, n_ours, n_better;
  double z_squares, z_sum;
  guint n_lower; /* ours is less accurate than the published figure */
  double worst, worst_z;
  const Row *worst_row;
} Tally;

static MixqSpread
published_spread (const Row *row)
{
  if (!row->is_published)
    return mixq_spread_of (NULL, 0);
  return mixq_spread_published (row->published.accuracy, row->published.std, row->published.n);
}

/* A row in which ours is less accurate. */
static void
add_lower (Tally *tally, const Row *row, const MixqSpread *ours, const MixqSpread *published)
{
  double missing = published->mean - ours->mean;

  tally->n_lower++;
  tally->worst_z = fmax (tally->worst_z, -mixq_z_score (ours, published)); /* fmax() passes over NaN */
  if (missing <= tally->worst)
    return;
  tally->worst = missing;
  tally->worst_row = row;
}

static void
count_row (Tally *tally,
           const MixqReproduce *self,
           const Row *row,
           const MixqSpread *reference,
           const MixqSpread *ours)
{
  MixqSpread published = published_spread (row);
  double z = mixq_z_score (reference, &published);
  double cost = mixq_setting_median (self, mixq_reproduce_setting (self, row->reference),
                                     MIXQ_FIGURE_BITOPS_SEARCH);

  if (!row->is_published)
    return;
  tally->n_published++;
  tally->n_same_cost += !row->published.is_mean && fabs (cost / row->published.bitops - 1) <= 0.03;
  if (isfinite (z)) {
    tally->n_z++;
    tally->n_near += fabs (z) <= 2;
    tally->z_sum += z;
    tally->z_squares += z * z;
  }
  if (!isfinite (ours->mean))
    return;
  tally->n_ours++;
  tally->n_better += ours->mean >= published.mean;
  if (ours->mean < published.mean)
    add_lower (tally, row, ours, &published);
}

static void
add_table_row (MixqReportTable *table, const MixqReproduce *self, const Row *row, Tally *tally)
{
  const MixqSetting *reference = mixq_reproduce_setting (self, row->reference),
                    *chosen = choose_for (self, row);
  MixqSpread published = published_spread (row);
  MixqSpread theirs = mixq_setting_spread (self, reference, MIXQ_FIGURE_TEST);
  MixqSpread ours = mixq_spread_of (NULL, 0);

  if (chosen != NULL)
    ours = mixq_setting_spread (self, chosen, MIXQ_FIGURE_TEST);
  mixq_report_add_text (table, "%s", self->data[row->data].title);
  mixq_report_add_text (table, "%g", row->lambda);
  mixq_report_add_spread (table, &published);
  mixq_report_add_number (table, row->is_published ? row->published.bitops : (double) NAN);
  mixq_report_add_number (table, row->is_published ? row->published.n : (double) NAN);
  mixq_report_add_spread (table, &theirs);
  mixq_report_add_number (table, mixq_setting_median (self, reference, MIXQ_FIGURE_BITOPS_SEARCH));
  mixq_report_add_number (table, theirs.n);
  mixq_report_add_number (table, mixq_z_score (&theirs, &published));
  mixq_report_add_spread (table, &ours);
  mixq_report_add_number (
      table, chosen != NULL ? mixq_setting_median (self, chosen, MIXQ_FIGURE_BITOPS_SEARCH) : (double) NAN);
  mixq_report_add_text (table, "%s", chosen != NULL ? chosen->options : "none of the settings is that cheap");
  mixq_report_add_number (table, ours.mean - published.mean);
  count_row (tally, self, row, &theirs, &ours);
}

static void
tell_verdicts (MixqReproduce *self, const Tally *tally)
{
  if (tally->n_z > 0)
    mixq_report_verdict (
        self->report,
        "--reference lies within 2 standard errors of the published accuracy in %u of %u rows (mean z %+.2f, "
        "root mean square %.2f; 1 is what chance alone gives), and its median BitOPs within 3 %% of the "
        "published median in %u.",
        tally->n_near, tally->n_z, tally->z_sum / tally->n_z, sqrt (tally->z_squares / tally->n_z),
        tally->n_same_cost);
  if (tally->n_published > 0)
    mixq_report_verdict (
        self->report,
        "Ours is at least as accurate as the published mean at the same or fewer BitOPs in %u of %u rows.",
        tally->n_better, tally->n_published);
  if (tally->n_lower > 0) {
    const Row *row = tally->worst_row;
    MixqSpread whole = mixq_setting_spread (self, choose_for (self, row), MIXQ_FIGURE_FLOAT_TEST);

    mixq_report_verdict (self->report,
                         "It is not in %u: by at most %.2f points (%s at lambda %g, where our float32 model "
                         "itself has %.2f %%) and "
                         "%.1f standard errors.",
                         tally->n_lower, tally->worst * 100, self->data[row->data].title, row->lambda,
                         whole.mean * 100, tally->worst_z);
  }
}

/* --- charts -------------------------------------------------------------------------------------------------------- */

typedef enum {
  PUBLISHED,
  REFERENCE,
  OURS,
  N_SOURCES,
} Source;
static const char *const source_names[N_SOURCES] = { "published", "ours, --reference",
                                                     "ours, default at that cost" };

/* Accuracy and cost of one row by one source. */
static void
read_source (const MixqReproduce *self, const Row *row, Source source, MixqSpread *accuracy, double *cost)
{
  const MixqSetting *setting = source == OURS ? choose_for (self, row)
                                              : mixq_reproduce_setting (self, row->reference);

  *accuracy = mixq_spread_of (NULL, 0);
  *cost = NAN;
  if (source == PUBLISHED) {
    *accuracy = published_spread (row);
    *cost = row->is_published ? row->published.bitops : (double) NAN;
  } else if (setting != NULL) {
    *accuracy = mixq_setting_spread (self, setting, MIXQ_FIGURE_TEST);
    *cost = mixq_setting_median (self, setting, MIXQ_FIGURE_BITOPS_SEARCH);
  }
}

static gboolean
has_points (const MixqReproduce *self, guint data, guint panel, gboolean published)
{
  const Plan *plan = self->plan;

  for (guint i = 0; i < plan->rows->len; i++) {
    const Row *row = &g_array_index (plan->rows, Row, i);

    if (row->data == data && row->panel == panel && (!published || row->is_published))
      return TRUE;
  }
  return FALSE;
}

typedef double (*Reading) (const MixqReproduce *self,
                           const Row *row,
                           const MixqSpread *accuracy,
                           double cost);

static double
read_lambda (const MixqReproduce *self, const Row *row, const MixqSpread *accuracy, double cost)
{
  return row->lambda;
}

static double
read_reduction (const MixqReproduce *self, const Row *row, const MixqSpread *accuracy, double cost)
{
  const MixqSetting *setting = mixq_reproduce_setting (self, row->reference);

  return mixq_setting_median (self, setting, MIXQ_FIGURE_BITOPS_SEARCH_FLOAT) / cost;
}

static double
read_accuracy (const MixqReproduce *self, const Row *row, const MixqSpread *accuracy, double cost)
{
  return accuracy->mean;
}

static void
draw_sources (MixqReproduce *self,
              MixqReportPlot *plot,
              guint data,
              guint panel,
              MixqLineParts parts,
              Reading x,
              Reading y)
{
  const Plan *plan = self->plan;

  for (Source source = 0; source < N_SOURCES; source++) {
    if (source == PUBLISHED && !has_points (self, data, panel, TRUE))
      continue;
    mixq_report_series (plot, source_names[source], parts);
    for (guint i = 0; i < plan->rows->len; i++) {
      const Row *row = &g_array_index (plan->rows, Row, i);
      MixqSpread accuracy;
      double cost;

      if (row->data != data || row->panel != panel)
        continue;
      read_source (self, row, source, &accuracy, &cost);
      mixq_report_point (plot, x (self, row, &accuracy, cost), y (self, row, &accuracy, cost),
                         y == read_accuracy ? accuracy.std : (double) NAN);
    }
  }
}

static void
draw_panel (MixqReproduce *self, guint data, guint panel)
{
  const MixqPaper *paper = self->what->details;
  const MixqPanel *from = &paper->panels[panel];
  const MixqReproduceData *set = &self->data[data];
  g_autofree char *accuracy = g_strdup_printf ("%s-%s", from->file, set->name);
  g_autofree char *cost = g_strdup_printf ("%s-%s-bitops", from->file, set->name);
  g_autofree char *title = g_strdup_printf ("%s: %s", set->title, self->what->title);
  g_autofree char *caption = g_strdup_printf ("Spread: one standard deviation over the runs (ours: %u).",
                                              self->n_seeds);
  MixqLineAxis lambda = { "lambda", from->scale, MIXQ_LINE_PLAIN };
  MixqLineAxis test = { "test accuracy", MIXQ_AXIS_LINEAR, MIXQ_LINE_PERCENT };
  MixqLineAxis reduction = { "fewer BitOPs than float32 (search convention)", MIXQ_AXIS_LOG,
                             MIXQ_LINE_RATIO };
  MixqReportPlot *plot;

  if (!has_points (self, data, panel, FALSE))
    return;
  if (!from->curve) {
    plot = mixq_report_plot (self->report, accuracy, title, caption, reduction, test);
    draw_sources (self, plot, data, panel, MIXQ_LINE_MARKS | MIXQ_LINE_BARS, read_reduction, read_accuracy);
    return;
  }
  plot = mixq_report_plot (self->report, accuracy, title, caption, lambda, test);
  draw_sources (self, plot, data, panel, MIXQ_LINE_PATH | MIXQ_LINE_BAND | MIXQ_LINE_MARKS, read_lambda,
                read_accuracy);
  plot = mixq_report_plot (self->report, cost, title, "Medians over the runs.", lambda, reduction);
  draw_sources (self, plot, data, panel, MIXQ_LINE_PATH | MIXQ_LINE_MARKS, read_lambda, read_reduction);
}

gboolean
mixq_paper_tell (MixqReproduce *self, GError **error)
{
  const MixqPaper *paper = self->what->details;
  const Plan *plan = self->plan;
  MixqReportTable *table = mixq_report_table (self->report, "rows",
                                              "Published and ours:", G_N_ELEMENTS (columns), columns);
  Tally tally = { 0 };

  for (guint i = 0; i < plan->rows->len; i++)
    add_table_row (table, self, &g_array_index (plan->rows, Row, i), &tally);
  tell_verdicts (self, &tally);
  for (guint d = 0; d < self->n_data; d++)
    for (guint panel = 0; panel < paper->n_panels; panel++)
      draw_panel (self, d, panel);
  return TRUE;
}
