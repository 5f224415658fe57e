/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables of the other architectures: ours at a few prices and widths, float32 beside the literature's, 8 bits beside
 * float32, the cheapest model that is near float32, and what was published.
 */
#include "reproduce/mixq-reproduce-architecture.h"

#include <math.h>
#include <string.h>

/* What counts as near float32, and as the literature's figure: points of accuracy. */
#define NEAR 0.02
#define SAME 0.01
/* Published figures have four digits. */
#define SLACK 1.0001

/* Between asking and telling: the settings of one data set. */
typedef struct
{
  const MixqArchitectureSet *about; /* (nullable): not of the registry */
  GArray *pool;                     /* of guint */
  GPtrArray *names;                 /* of char *: what tells a setting of the pool from the others */
  guint uniform8;                   /* setting */
} Set;

static void
set_clear (Set *self)
{
  g_array_unref (self->pool);
  g_ptr_array_unref (self->names);
}

/* --- asking -------------------------------------------------------------------------------------------------------- */

static const MixqArchitectureSet *
find_about (const MixqArchitecture *table, const char *name)
{
  for (guint i = 0; i < table->n_sets; i++)
    if (strcmp (table->sets[i].set, name) == 0)
      return &table->sets[i];
  return NULL;
}

/* @name: (transfer full). */
static gboolean
ask_one (MixqReproduce *self,
         guint data,
         Set *set,
         const char *what,
         char *name,
         guint *index,
         GError **error)
{
  const MixqArchitecture *table = self->what->details;
  const char *options = set->about != NULL && set->about->options != NULL ? set->about->options
                                                                          : table->options;

  g_ptr_array_add (set->names, name);
  if (!mixq_reproduce_add (self, data, 0, index, error, "%s %s", what, options))
    return FALSE;
  g_array_append_val (set->pool, *index);
  return TRUE;
}

static gboolean
ask_uniform (MixqReproduce *self, guint data, Set *set, GError **error)
{
  const MixqArchitecture *table = self->what->details;
  g_autoptr (GArray) width = mixq_grid (table->uniform);

  for (guint i = 0; i < width->len; i++) {
    guint bits = (guint) g_array_index (width, double, i), index;
    g_autofree char *what = g_strdup_printf ("--method=uniform:%u", bits);

    if (!ask_one (self, data, set, what, g_strdup_printf ("uniform %u", bits), &index, error))
      return FALSE;
    if (bits == 8)
      set->uniform8 = index;
  }
  return TRUE;
}

static gboolean
ask_heavy (MixqReproduce *self, guint data, Set *set, GError **error)
{
  const MixqArchitecture *table = self->what->details;
  g_autoptr (GArray) width = mixq_grid (table->heavy != NULL ? table->heavy : "");
  guint index;

  for (guint i = 0; i < width->len; i++) {
    guint bits = (guint) g_array_index (width, double, i);
    g_autofree char *widths = mixq_reproduce_heavy_widths (self->data[data].model, bits, 8);
    g_autofree char *what = g_strdup_printf ("--method=fixed:%s", widths);

    if (!ask_one (self, data, set, what, g_strdup_printf ("costly %u", bits), &index, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
ask_set (MixqReproduce *self, guint data, Set *set, GError **error)
{
  const MixqArchitecture *table = self->what->details;
  g_auto (GStrv) lambda = g_strsplit (self->quick ? table->lambdas_quick : table->lambdas, ",", -1);
  guint index;

  if (!ask_uniform (self, data, set, error) || !ask_heavy (self, data, set, error))
    return FALSE;
  for (guint i = 0; lambda[i] != NULL; i++) {
    g_autofree char *what = g_strdup_printf ("--lambda=%s", lambda[i]);

    if (!ask_one (self, data, set, what, g_strdup_printf ("lambda %s", lambda[i]), &index, error))
      return FALSE;
  }
  return TRUE;
}

static void
note_table (MixqReproduce *self)
{
  const MixqArchitecture *table = self->what->details;

  mixq_report_note (self->report,
                    "Model: `%s`. Accuracies are in percent, mean ± standard deviation over the "
                    "runs; every model of ours is an integer model that was trained on labels "
                    "only. A share is BitOPs over float32's in the search convention, the "
                    "published one over float32's in the publication's own count.",
                    self->what->model);
  mixq_report_note (
      self->report,
      "Nothing is chosen by test accuracy: an epoch by its validation, the narrowest point as "
      "the cheapest setting whose mean validation is within %g points of float32's, and beside a "
      "published row the setting with the best mean validation at the same or a smaller share "
      "(mean width, where no BitOPs are published).",
      NEAR * 100);
  if (table->heavy != NULL)
    mixq_report_note (
        self->report,
        "\"costly %s\": so many bits for the fewest slots that carry %.0f %% of the cost, 8 elsewhere.",
        table->heavy, MIXQ_HEAVY_SHARE * 100);
  mixq_report_note (self->report, "The published figures: %s", table->quirks);
}

static void
note_literature (MixqReproduce *self, const MixqArchitectureSet *about)
{
  if (about != NULL && about->low > 0)
    mixq_report_note (self->report, "Float32 of %s in the literature: %s", about->set, about->source);
}

gboolean
mixq_architecture_ask (MixqReproduce *self, GError **error)
{
  const MixqArchitecture *table = self->what->details;
  GArray *plan = g_array_new (FALSE, TRUE, sizeof (Set));

  g_array_set_clear_func (plan, (GDestroyNotify) set_clear);
  self->plan = plan;
  self->plan_free = (GDestroyNotify) g_array_unref;
  note_table (self);
  for (guint d = 0; d < self->n_data; d++) {
    Set set = { find_about (table, self->data[d].name), g_array_new (FALSE, FALSE, sizeof (guint)),
                g_ptr_array_new_with_free_func (g_free), 0 };

    g_array_append_val (plan, set);
    note_literature (self, set.about);
    if (!ask_set (self, d, &g_array_index (plan, Set, d), error))
      return FALSE;
  }
  return TRUE;
}

/* --- figures ------------------------------------------------------------------------------------------------------- */

/* Of float32's BitOPs. */
static double
share_of (const MixqReproduce *self, const MixqSetting *setting)
{
  return mixq_setting_spread (self, setting, MIXQ_FIGURE_BITOPS_SEARCH).mean /
         mixq_setting_spread (self, setting, MIXQ_FIGURE_BITOPS_SEARCH_FLOAT).mean;
}

static const char *
name_of (const Set *set, const MixqSetting *setting, const MixqReproduce *self)
{
  for (guint i = 0; i < set->pool->len; i++)
    if (mixq_reproduce_setting (self, g_array_index (set->pool, guint, i)) == setting)
      return g_ptr_array_index (set->names, i);
  return "none of the settings";
}

/* Differences of two figures, run by run. */
static MixqSpread
difference (const MixqReproduce *self, const MixqSetting *setting, MixqFigure a, MixqFigure b)
{
  g_autofree double *value = g_new (double, self->n_seeds);
  guint n = 0;

  for (guint run = 0; run < self->n_seeds; run++)
    if (setting->record[run] != NULL)
      value[n++] = setting->record[run]->figure[a] - setting->record[run]->figure[b];
  return mixq_spread_of (value, n);
}

/* What a limit is set on: BitOPs, or the mean width where nothing else was published. */
typedef enum {
  LIMIT_SHARE,
  LIMIT_BITS,
} Limit;

static double
cost_of (const MixqReproduce *self, const MixqSetting *setting, Limit by)
{
  return by == LIMIT_SHARE ? share_of (self, setting)
                           : mixq_setting_spread (self, setting, MIXQ_FIGURE_AVERAGE_BITS).mean;
}

/* Returns: (nullable): the best mean validation within the limit; ties go to the cheaper one. */
static const MixqSetting *
best_within (const MixqReproduce *self, const Set *set, Limit by, double limit)
{
  const MixqSetting *best = NULL;
  double best_val = -1, best_cost = 0;

  for (guint i = 0; i < set->pool->len; i++) {
    const MixqSetting *setting = mixq_reproduce_setting (self, g_array_index (set->pool, guint, i));
    double cost = cost_of (self, setting, by);
    double val = mixq_setting_spread (self, setting, MIXQ_FIGURE_VAL).mean;

    if (!(cost <= limit * SLACK) || !isfinite (val))
      continue;
    if (val > best_val || (val == best_val && cost < best_cost)) {
      best = setting;
      best_val = val;
      best_cost = cost;
    }
  }
  return best;
}

/* Returns: (nullable): the cheapest one whose mean validation is near float32's. */
static const MixqSetting *
narrowest_near (const MixqReproduce *self, const Set *set)
{
  const MixqSetting *best = NULL;
  double whole =
      mixq_setting_spread (self, mixq_reproduce_setting (self, set->uniform8), MIXQ_FIGURE_FLOAT_VAL).mean;

  for (guint i = 0; i < set->pool->len; i++) {
    const MixqSetting *setting = mixq_reproduce_setting (self, g_array_index (set->pool, guint, i));
    double val = mixq_setting_spread (self, setting, MIXQ_FIGURE_VAL).mean;

    if (val >= whole - NEAR && (best == NULL || share_of (self, setting) < share_of (self, best)))
      best = setting;
  }
  return best;
}

/* How far @value is outside of low..high; negative: below. NaN where there is no literature. */
static double
distance (const MixqArchitectureSet *about, double value)
{
  if (about == NULL || about->low <= 0)
    return NAN;
  return value < about->low ? value - about->low : value > about->high ? value - about->high : 0;
}

/* --- accuracy against the literature and against float32 ------------------------------------------------------------- */

static const MixqReportColumn accuracy_columns[] = {
  { "set", "data", 1, 0 },
  { "literature", "literature's float32", 1, 0 },
  { "float32", "float32", 100, 2 },
  { "float32_se", "s.e.", 100, 2 },
  { "off_literature", "outside the literature's", 100, 2 },
  { "integer8", "8-bit integers", 100, 2 },
  { "minus_float32", "- float32", 100, 2 },
  { "minus_float32_se", "s.e.", 100, 2 },
  { "narrowest", "narrowest within two points", 1, 0 },
  { "narrowest_test", "its test", 100, 2 },
  { "narrowest_minus_float32", "- float32", 100, 2 },
  { "narrowest_share", "share of BitOPs", 100, 2 },
};

static void
add_literature (MixqReportTable *rows, const MixqArchitectureSet *about)
{
  if (about == NULL || about->low <= 0)
    mixq_report_add_text (rows, "-");
  else if (about->low == about->high)
    mixq_report_add_text (rows, "%.1f", about->low * 100);
  else
    mixq_report_add_text (rows, "%.1f to %.1f", about->low * 100, about->high * 100);
}

static void
add_narrowest (MixqReportTable *rows, const MixqReproduce *self, const Set *set)
{
  const MixqSetting *narrow = narrowest_near (self, set);
  MixqSpread test = mixq_spread_of (NULL, 0), less = test;

  if (narrow != NULL) {
    test = mixq_setting_spread (self, narrow, MIXQ_FIGURE_TEST);
    less = difference (self, narrow, MIXQ_FIGURE_TEST, MIXQ_FIGURE_FLOAT_TEST);
  }
  mixq_report_add_text (rows, "%s", name_of (set, narrow, self));
  mixq_report_add_spread (rows, &test);
  mixq_report_add_number (rows, less.mean);
  mixq_report_add_number (rows, narrow != NULL ? share_of (self, narrow) : (double) NAN);
}

static void
tell_accuracy (MixqReproduce *self, MixqReportTable *rows, guint data, const Set *set)
{
  const MixqSetting *wide = mixq_reproduce_setting (self, set->uniform8);
  MixqSpread whole = mixq_setting_spread (self, wide, MIXQ_FIGURE_FLOAT_TEST);
  MixqSpread integer = mixq_setting_spread (self, wide, MIXQ_FIGURE_TEST);
  MixqSpread less = difference (self, wide, MIXQ_FIGURE_TEST, MIXQ_FIGURE_FLOAT_TEST);

  mixq_report_add_text (rows, "%s", self->data[data].title);
  add_literature (rows, set->about);
  mixq_report_add_spread (rows, &whole);
  mixq_report_add_number (rows, whole.se);
  mixq_report_add_number (rows, distance (set->about, whole.mean));
  mixq_report_add_spread (rows, &integer);
  mixq_report_add_number (rows, less.mean);
  mixq_report_add_number (rows, less.se);
  add_narrowest (rows, self, set);
}

/* Code by code in all runs. */
static double
least_agreement (const MixqReproduce *self)
{
  double least = NAN;

  for (guint i = 0; i < self->settings->len; i++)
    for (guint run = 0; run < self->n_seeds; run++) {
      const MixqRecord *record = mixq_reproduce_setting (self, i)->record[run];

      if (record != NULL)
        least = fmin (least, record->figure[MIXQ_FIGURE_AGREEMENT]); /* fmin() passes over NaN */
    }
  return least;
}

static void
tell_literature (MixqReproduce *self, const char *title, const Set *set, double whole)
{
  double off = distance (set->about, whole);

  if (isfinite (off) && off != 0)
    mixq_report_verdict (self->report,
                         "%s: float32 has %.2f %%, which is %s the literature's: %.2f points %s it.", title,
                         whole * 100, fabs (off) <= SAME ? "within one point of" : "not within one point of",
                         fabs (off) * 100, off < 0 ? "below" : "above");
  else if (isfinite (off))
    mixq_report_verdict (self->report, "%s: float32 has %.2f %%, as the literature's.", title, whole * 100);
}

static void
tell_narrowest (MixqReproduce *self, const char *title, const Set *set, double whole)
{
  const MixqSetting *narrow = narrowest_near (self, set);

  if (narrow == NULL)
    return;
  mixq_report_verdict (self->report,
                       "%s: the narrowest point within two points of float32 (by validation) has %.2f %% "
                       "(float32 %.2f %%) at %.2f %% of its BitOPs, %.1f times fewer (%s).",
                       title, mixq_setting_spread (self, narrow, MIXQ_FIGURE_TEST).mean * 100, whole * 100,
                       share_of (self, narrow) * 100, 1 / share_of (self, narrow),
                       name_of (set, narrow, self));
}

static void
tell_verdict (MixqReproduce *self, guint data, const Set *set)
{
  const MixqSetting *wide = mixq_reproduce_setting (self, set->uniform8);
  MixqSpread whole = mixq_setting_spread (self, wide, MIXQ_FIGURE_FLOAT_TEST);
  MixqSpread less = difference (self, wide, MIXQ_FIGURE_TEST, MIXQ_FIGURE_FLOAT_TEST);
  const char *title = self->data[data].title;
  g_autofree char *se = isfinite (less.se) ? g_strdup_printf (", standard error %.2f", less.se * 100)
                                           : g_strdup ("");

  tell_literature (self, title, set, whole.mean);
  if (isfinite (less.mean))
    mixq_report_verdict (self->report, "%s: the 8-bit integer model is %s float32 (%+.2f%s).", title,
                         less.mean > SAME           ? "more than one point above"
                         : fabs (less.mean) <= SAME ? "within one point of"
                                                    : "not within one point of",
                         less.mean * 100, se);
  tell_narrowest (self, title, set, whole.mean);
}

/* --- all points of ours ------------------------------------------------------------------------------------------------ */

static const MixqReportColumn point_columns[] = {
  { "set", "data", 1, 0 },      { "setting", "setting", 1, 0 }, { "val", "validation", 100, 2 },
  { "test", "test", 100, 2 },   { "test_se", "s.e.", 100, 2 },  { "bitops", "BitOPs", 0, 0 },
  { "share", "share", 100, 2 }, { "bits", "mean width", 1, 2 }, { "runs", "runs", 1, 0 },
};

static void
tell_points (MixqReproduce *self, MixqReportTable *rows, guint data, const Set *set)
{
  for (guint i = 0; i < set->pool->len; i++) {
    const MixqSetting *setting = mixq_reproduce_setting (self, g_array_index (set->pool, guint, i));
    MixqSpread val = mixq_setting_spread (self, setting, MIXQ_FIGURE_VAL);
    MixqSpread test = mixq_setting_spread (self, setting, MIXQ_FIGURE_TEST);

    mixq_report_add_text (rows, "%s", self->data[data].title);
    mixq_report_add_text (rows, "%s", (char *) g_ptr_array_index (set->names, i));
    mixq_report_add_spread (rows, &val);
    mixq_report_add_spread (rows, &test);
    mixq_report_add_number (rows, test.se);
    mixq_report_add_number (rows, mixq_setting_spread (self, setting, MIXQ_FIGURE_BITOPS_SEARCH).mean);
    mixq_report_add_number (rows, share_of (self, setting));
    mixq_report_add_number (rows, mixq_setting_spread (self, setting, MIXQ_FIGURE_AVERAGE_BITS).mean);
    mixq_report_add_number (rows, test.n);
  }
}

/* --- beside the published points --------------------------------------------------------------------------------------- */

static const MixqReportColumn row_columns[] = {
  { "set", "data", 1, 0 },
  { "published_setting", "published", 1, 0 },
  { "published", "test", 100, 2 },
  { "published_share", "share", 100, 2 },
  { "published_bits", "mean width", 1, 2 },
  { "published_runs", "runs", 1, 0 },
  { "ours", "ours", 100, 2 },
  { "ours_share", "share", 100, 2 },
  { "ours_bits", "mean width", 1, 2 },
  { "setting", "setting of ours", 1, 0 },
  { "difference", "ours - published", 100, 2 },
};

static double
published_share (const Set *set, const MixqPublishedPoint *point)
{
  return point->bitops > 0 && set->about->bitops_float > 0 ? point->bitops / set->about->bitops_float
                                                           : (double) NAN;
}

static gboolean
is_float (const MixqPublishedPoint *point)
{
  return strcmp (point->setting, "float32") == 0;
}

/* Returns: (nullable): what of ours stands beside it; none beside float32. */
static const MixqSetting *
beside (const MixqReproduce *self, const Set *set, const MixqPublishedPoint *point)
{
  double share = published_share (set, point);

  if (is_float (point))
    return NULL;
  if (isfinite (share))
    return best_within (self, set, LIMIT_SHARE, share);
  return point->bits > 0 ? best_within (self, set, LIMIT_BITS, point->bits) : NULL;
}

static void
add_ours (MixqReportTable *rows, const MixqReproduce *self, const Set *set, const MixqPublishedPoint *point)
{
  const MixqSetting *chosen = beside (self, set, point);
  const MixqSetting *wide = mixq_reproduce_setting (self, set->uniform8);
  MixqSpread ours = mixq_spread_of (NULL, 0);

  if (is_float (point))
    ours = mixq_setting_spread (self, wide, MIXQ_FIGURE_FLOAT_TEST);
  else if (chosen != NULL)
    ours = mixq_setting_spread (self, chosen, MIXQ_FIGURE_TEST);
  mixq_report_add_spread (rows, &ours);
  mixq_report_add_number (rows, chosen != NULL     ? share_of (self, chosen)
                                : is_float (point) ? 1
                                                   : (double) NAN);
  mixq_report_add_number (rows, chosen != NULL
                                    ? mixq_setting_spread (self, chosen, MIXQ_FIGURE_AVERAGE_BITS).mean
                                    : (double) NAN);
  mixq_report_add_text (rows, "%s", is_float (point) ? "float32" : name_of (set, chosen, self));
  mixq_report_add_number (rows, ours.mean - point->accuracy);
}

static void
add_published (MixqReportTable *rows, const MixqReproduce *self, guint data, const MixqPublishedPoint *point)
{
  const Set *set = &g_array_index ((GArray *) self->plan, Set, data);
  MixqSpread published = mixq_spread_published (point->accuracy, point->std, point->n);

  mixq_report_add_text (rows, "%s", self->data[data].title);
  mixq_report_add_text (rows, "%s", point->setting);
  mixq_report_add_spread (rows, &published);
  mixq_report_add_number (rows, published_share (set, point));
  mixq_report_add_number (rows, point->bits > 0 ? point->bits : (double) NAN);
  mixq_report_add_number (rows, point->n);
  add_ours (rows, self, set, point);
}

/* The table is made with its first row, so that data without published figures have none. */
static void
tell_published (MixqReproduce *self)
{
  const MixqArchitecture *table = self->what->details;
  MixqReportTable *rows = NULL;
  gsize n;
  const MixqPublishedPoint *point = table->points (&n);
  guint n_rows = 0, n_beside = 0, n_better = 0;

  for (gsize i = 0; i < n; i++) {
    int data = mixq_reproduce_find_data (self, point[i].set);
    const MixqSetting *ours;

    if (data < 0)
      continue;
    if (rows == NULL)
      rows = mixq_report_table (self->report, "rows", "Published and ours:", G_N_ELEMENTS (row_columns),
                                row_columns);
    add_published (rows, self, (guint) data, &point[i]);
    ours = beside (self, &g_array_index ((GArray *) self->plan, Set, data), &point[i]);
    n_rows += !is_float (&point[i]);
    n_beside += ours != NULL;
    n_better += ours != NULL && mixq_setting_spread (self, ours, MIXQ_FIGURE_TEST).mean >= point[i].accuracy;
  }
  if (n_rows > 0)
    mixq_report_verdict (
        self->report,
        "Of %u published quantized rows, %u have a setting of ours at the same or a smaller cost; it "
        "is at least as accurate in %u.",
        n_rows, n_beside, n_better);
}

/* --- charts ------------------------------------------------------------------------------------------------------------ */

static void
draw_ours (MixqReproduce *self, MixqReportPlot *plot, const Set *set)
{
  const MixqSetting *wide = mixq_reproduce_setting (self, set->uniform8);
  MixqSpread whole = mixq_setting_spread (self, wide, MIXQ_FIGURE_FLOAT_TEST);

  mixq_report_series (plot, "ours, integers", MIXQ_LINE_MARKS | MIXQ_LINE_BARS);
  for (guint i = 0; i < set->pool->len; i++) {
    const MixqSetting *setting = mixq_reproduce_setting (self, g_array_index (set->pool, guint, i));
    MixqSpread test = mixq_setting_spread (self, setting, MIXQ_FIGURE_TEST);

    mixq_report_point (plot, 1 / share_of (self, setting), test.mean, test.se);
  }
  mixq_report_series (plot, "ours, float32", MIXQ_LINE_MARKS | MIXQ_LINE_BARS);
  mixq_report_point (plot, 1, whole.mean, whole.se);
}

static void
draw_published (MixqReproduce *self, MixqReportPlot *plot, guint data, const Set *set)
{
  const MixqArchitecture *table = self->what->details;
  gsize n;
  const MixqPublishedPoint *point = table->points (&n);
  gboolean begun = FALSE;

  for (gsize i = 0; i < n; i++) {
    MixqSpread published = mixq_spread_published (point[i].accuracy, point[i].std, point[i].n);

    if (strcmp (point[i].set, self->data[data].name) != 0 || !isfinite (published_share (set, &point[i])))
      continue;
    if (!begun)
      mixq_report_series (plot, "published", MIXQ_LINE_MARKS | MIXQ_LINE_BARS);
    begun = TRUE;
    mixq_report_point (plot, 1 / published_share (set, &point[i]), published.mean, published.se);
  }
}

static void
draw_set (MixqReproduce *self, guint data, const Set *set)
{
  const MixqReproduceData *from = &self->data[data];
  g_autofree char *file = g_strdup_printf ("%s-%s", self->what->name, from->name);
  g_autofree char *title = g_strdup_printf ("%s: %s", from->title, self->what->title);
  g_autofree char *caption = g_strdup_printf ("Bars: one standard error of the mean (ours: %u runs).",
                                              self->n_seeds);
  MixqLineAxis x = { "fewer BitOPs than float32 (search convention)", MIXQ_AXIS_LOG, MIXQ_LINE_RATIO };
  MixqLineAxis y = { "test accuracy", MIXQ_AXIS_LINEAR, MIXQ_LINE_PERCENT };
  MixqReportPlot *plot = mixq_report_plot (self->report, file, title, caption, x, y);

  draw_ours (self, plot, set);
  if (set->about != NULL)
    draw_published (self, plot, data, set);
}

gboolean
mixq_architecture_tell (MixqReproduce *self, GError **error)
{
  GArray *plan = self->plan;
  MixqReportTable *accuracy = mixq_report_table (
      self->report, "accuracy", "Float32, 8 bits and the narrowest:", G_N_ELEMENTS (accuracy_columns),
      accuracy_columns);
  MixqReportTable *points;
  double agreement = least_agreement (self);

  for (guint d = 0; d < plan->len; d++) {
    tell_accuracy (self, accuracy, d, &g_array_index (plan, Set, d));
    tell_verdict (self, d, &g_array_index (plan, Set, d));
  }
  points = mixq_report_table (self->report, "points", "Ours:", G_N_ELEMENTS (point_columns), point_columns);
  for (guint d = 0; d < plan->len; d++)
    tell_points (self, points, d, &g_array_index (plan, Set, d));
  tell_published (self);
  if (isfinite (agreement))
    mixq_report_verdict (self->report, "Integer and simulated codes agree in %s.",
                         agreement == 1 ? "every run" : "not every run: see results.json");
  for (guint d = 0; d < plan->len; d++)
    draw_set (self, d, &g_array_index (plan, Set, d));
  return TRUE;
}
