/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Open questions as variants of one setting: each variant runs at the same prices with the same seeds, and is compared
 * with the base seed by seed.
 *
 * The main measure is the accuracy within a budget: for a budget, of the seed's models that cost no more, the one best
 * on validation is taken, and its test accuracy counts. A model with the narrowest width everywhere is always among them,
 * so that each budget has one. This is averaged over budgets, evenly on a logarithmic scale from what all slots at the
 * widest choice cost down to what all at the narrowest cost. It is the hypervolume of the method spec, section 16, with
 * budgets on a logarithmic scale.
 */
#include "reproduce/mixq-reproduce-study.h"

#include <math.h>
#include <string.h>

#define N_BUDGETS 64
#define NARROWEST "--method=uniform:2"
/* Differences below this say nothing to a person. */
#define NEGLIGIBLE_ACCURACY 0.005
#define NEGLIGIBLE_EPOCHS 3.0
#define NEGLIGIBLE_DOUBLINGS 0.1
#define NEGLIGIBLE_SHARE 0.05

typedef struct
{
  guint data, variant;
  GArray *settings; /* of guint, one a price */
  GArray *lambdas;  /* of double, in the variant's own unit */
  guint narrowest;  /* setting: the narrowest width everywhere */
} Line;

typedef struct
{
  GArray *lines; /* of Line */
} Plan;

static const struct
{
  const char *key, *head, *what, *unit;
  double scale, negligible;
  guint digits;
  MixqFigure cost, cost_float; /* of the areas */
} measures[MIXQ_N_MEASURES] = {
  [MIXQ_MEASURE_AREA_BITOPS] = { "area_bitops", "within BitOPs", "the accuracy within a budget of BitOPs",
                                 "points", 100, NEGLIGIBLE_ACCURACY, 2, MIXQ_FIGURE_BITOPS,
                                 MIXQ_FIGURE_BITOPS_FLOAT },
  [MIXQ_MEASURE_AREA_PRODUCT] = { "area_product", "within product",
                                  "the accuracy within a budget of product BitOPs", "points", 100,
                                  NEGLIGIBLE_ACCURACY, 2, MIXQ_FIGURE_PRODUCT, MIXQ_FIGURE_PRODUCT_FLOAT },
  [MIXQ_MEASURE_AREA_BYTES] = { "area_bytes", "within bytes", "the accuracy within a budget of bytes",
                                "points", 100, NEGLIGIBLE_ACCURACY, 2, MIXQ_FIGURE_BYTES,
                                MIXQ_FIGURE_BYTES_FLOAT },
  [MIXQ_MEASURE_REACH] = { "reach", "doublings reached", "how far the dearest price reaches",
                           "doublings of the reduction", 1, NEGLIGIBLE_DOUBLINGS, 2, 0, 0 },
  [MIXQ_MEASURE_DECIDED] = { "decided", "epochs to decide",
                             "the epochs until no slot changes its mind any more", "epochs", 1,
                             NEGLIGIBLE_EPOCHS, 1, 0, 0 },
  [MIXQ_MEASURE_SAME] = { "same", "% same widths", "the share of slots with the base's width", "points", 100,
                          NEGLIGIBLE_SHARE, 1, 0, 0 },
  [MIXQ_MEASURE_RELAXED] = { "relaxed", "relaxed val", "the validation accuracy of the mixture", "points",
                             100, NEGLIGIBLE_ACCURACY, 2, 0, 0 },
};

static void
line_clear (Line *line)
{
  g_array_unref (line->settings);
  g_array_unref (line->lambdas);
}

static void
plan_free (Plan *plan)
{
  g_array_unref (plan->lines);
  g_free (plan);
}

/* --- asking -------------------------------------------------------------------------------------------------------- */

/* How much lambda grows so that the variant's penalty pulls as hard at the start as the base's (method spec 13.9). */
static gboolean
unit_of (MixqReproduce *self, guint data, const MixqVariant *variant, double *unit, GError **error)
{
  const MixqStudy *study = self->what->details;
  const char *options[] = { study->variants[0].options, variant->options };
  const MixqModel *model = self->data[data].model;
  double force[2];

  *unit = 1;
  if (!variant->paper_unit)
    return TRUE;
  for (guint i = 0; i < 2; i++) {
    MixqRunConfig config;
    g_autoptr (MixqCostModel) cost = NULL;

    if (!mixq_reproduce_read_options (options[i], model, &config, error))
      return FALSE;
    cost = mixq_cost_model_new_for (model, config.cost, &config.ms);
    force[i] = mixq_penalty_paper_equivalent (config.penalty, model, cost, config.n_choices, config.choices,
                                              1);
  }
  *unit = force[0] / force[1];
  return TRUE;
}

static gboolean
ask_line (MixqReproduce *self, guint data, guint variant, GError **error)
{
  const MixqStudy *study = self->what->details;
  g_autoptr (GArray) grid = mixq_grid (self->quick ? study->lambdas_quick : study->lambdas);
  const MixqVariant *own = &study->variants[study->variants[variant].own_quantizer ? variant : 0];
  Line line = { data, variant, g_array_new (FALSE, FALSE, sizeof (guint)),
                g_array_new (FALSE, FALSE, sizeof (double)), 0 };
  double unit;
  gboolean ok = mixq_reproduce_add (self, data, 0, &line.narrowest, error, NARROWEST " %s", own->options);

  g_array_append_val (((Plan *) self->plan)->lines, line);
  if (!ok || !unit_of (self, data, &study->variants[variant], &unit, error))
    return FALSE;
  for (guint i = 0; i < grid->len; i++) {
    double lambda = g_array_index (grid, double, i) * unit;
    guint index;

    if (!mixq_reproduce_add (self, data, 0, &index, error, "--lambda=%.6g %s", lambda,
                             study->variants[variant].options))
      return FALSE;
    g_array_append_val (line.settings, index);
    g_array_append_val (line.lambdas, lambda);
  }
  return TRUE;
}

static void
note_method (MixqReproduce *self)
{
  const MixqStudy *study = self->what->details;
  gboolean scaled = FALSE;

  for (guint v = 0; v < study->n_variants; v++)
    scaled = scaled || study->variants[v].paper_unit;
  mixq_report_note (self->report,
                    "Default pipeline (integer models, labels only). Each variant runs at lambda %s%s with "
                    "every seed; the base is \"%s\". "
                    "\"Within\" is the test accuracy of the seed's model that is best on validation among "
                    "those within a budget (one with the "
                    "narrowest width everywhere is always among them), averaged over budgets from what the "
                    "widest choice everywhere costs "
                    "down to what the narrowest everywhere costs, evenly on a logarithmic scale. Mean ± "
                    "standard deviation over seeds; "
                    "accuracies in percent.",
                    self->quick ? study->lambdas_quick : study->lambdas,
                    scaled ? ", scaled for each penalty so that it pulls as hard at the start as the base's,"
                           : "",
                    study->variants[0].label);
}

gboolean
mixq_study_ask (MixqReproduce *self, GError **error)
{
  const MixqStudy *study = self->what->details;
  Plan *plan = g_new0 (Plan, 1);

  plan->lines = g_array_new (FALSE, FALSE, sizeof (Line));
  g_array_set_clear_func (plan->lines, (GDestroyNotify) line_clear);
  self->plan = plan;
  self->plan_free = (GDestroyNotify) plan_free;
  note_method (self);
  for (guint d = 0; d < self->n_data; d++)
    for (guint v = 0; v < study->n_variants; v++)
      if (!ask_line (self, d, v, error))
        return FALSE;
  return TRUE;
}

/* --- measures ------------------------------------------------------------------------------------------------------ */

static const MixqRecord *
record_at (const MixqReproduce *self, const Line *line, guint price, guint seed)
{
  return mixq_reproduce_setting (self, g_array_index (line->settings, guint, price))->record[seed];
}

/* The cost of one width everywhere. */
static double
uniform_cost (const MixqModel *model, MixqFigure figure, guint8 bits)
{
  guint8 width[MIXQ_MAX_SLOTS];
  MixqCost cost;

  memset (width, bits, sizeof width);
  mixq_cost_count (model, width, &cost);
  return figure == MIXQ_FIGURE_PRODUCT ? cost.product_bitops
         : figure == MIXQ_FIGURE_BYTES ? cost.bytes
                                       : cost.bitops;
}

/* The better one on validation, of those within the budget. */
static void
consider (const MixqRecord *record, MixqFigure figure, double budget, double *best, double *test)
{
  if (record->figure[figure] > budget || record->figure[MIXQ_FIGURE_VAL] <= *best)
    return;
  *best = record->figure[MIXQ_FIGURE_VAL];
  *test = record->figure[MIXQ_FIGURE_TEST];
}

static double
area (const MixqReproduce *self, const Line *line, guint seed, MixqFigure figure)
{
  const MixqModel *model = self->data[line->data].model;
  const MixqSetting *narrowest = mixq_reproduce_setting (self, line->narrowest);
  const MixqRunConfig *config = &narrowest->config;
  double most = uniform_cost (model, figure, config->choices[config->n_choices - 1]);
  double least = uniform_cost (model, figure, config->choices[0]), sum = 0;

  for (guint b = 0; b < N_BUDGETS; b++) {
    double budget = most * pow (least / most, (b + 0.5) / N_BUDGETS), best = -1, test = NAN;

    if (narrowest->record[seed] != NULL)
      consider (narrowest->record[seed], figure, budget, &best, &test);
    for (guint i = 0; i < line->settings->len; i++) {
      const MixqRecord *record = record_at (self, line, i, seed);

      if (record == NULL)
        return NAN;
      consider (record, figure, budget, &best, &test);
    }
    sum += test;
  }
  return sum / N_BUDGETS;
}

static double
mean_figure (const MixqReproduce *self, const Line *line, guint seed, MixqFigure figure)
{
  double sum = 0;

  for (guint i = 0; i < line->settings->len; i++) {
    const MixqRecord *record = record_at (self, line, i, seed);

    sum += record != NULL ? record->figure[figure] : (double) NAN;
  }
  return sum / line->settings->len;
}

static double
reach (const MixqReproduce *self, const Line *line, guint seed)
{
  double most = -HUGE_VAL;

  for (guint i = 0; i < line->settings->len; i++) {
    const MixqRecord *record = record_at (self, line, i, seed);

    if (record == NULL)
      return NAN;
    most = fmax (most, log2 (record->figure[MIXQ_FIGURE_BITOPS_FLOAT] / record->figure[MIXQ_FIGURE_BITOPS]));
  }
  return most;
}

static double
share_same (const MixqReproduce *self, const Line *line, const Line *base, guint seed)
{
  guint same = 0, n = 0;

  for (guint i = 0; i < line->settings->len; i++) {
    const MixqRecord *a = record_at (self, line, i, seed), *b = record_at (self, base, i, seed);

    if (a == NULL || b == NULL)
      return NAN;
    for (guint s = 0; s < a->n_slots; s++, n++)
      same += a->bits[s] == b->bits[s];
  }
  return n > 0 ? (double) same / n : (double) NAN;
}

static double
measure (const MixqReproduce *self, MixqMeasure what, const Line *line, const Line *base, guint seed)
{
  switch (what) {
  case MIXQ_MEASURE_REACH:
    return reach (self, line, seed);
  case MIXQ_MEASURE_DECIDED:
    return mean_figure (self, line, seed, MIXQ_FIGURE_DECIDED);
  case MIXQ_MEASURE_RELAXED:
    return mean_figure (self, line, seed, MIXQ_FIGURE_RELAXED_VAL);
  case MIXQ_MEASURE_SAME:
    return share_same (self, line, base, seed);
  case MIXQ_MEASURE_AREA_BITOPS:
  case MIXQ_MEASURE_AREA_PRODUCT:
  case MIXQ_MEASURE_AREA_BYTES:
  case MIXQ_N_MEASURES:
    break;
  }
  return area (self, line, seed, measures[what].cost);
}

/* Over the seeds that both have: @difference: (out) (nullable): line - base, seed by seed. */
static MixqSpread
measure_spread (const MixqReproduce *self,
                MixqMeasure what,
                const Line *line,
                const Line *base,
                MixqSpread *difference)
{
  g_autofree double *value = g_new (double, self->n_seeds), *step = g_new (double, self->n_seeds);
  guint n = 0, n_both = 0;

  for (guint seed = 0; seed < self->n_seeds; seed++) {
    double x = measure (self, what, line, base, seed), y = measure (self, what, base, base, seed);

    if (isfinite (x))
      value[n++] = x;
    if (isfinite (x) && isfinite (y))
      step[n_both++] = x - y;
  }
  if (difference != NULL)
    *difference = mixq_spread_of (step, n_both);
  return mixq_spread_of (value, n);
}

/* --- telling ------------------------------------------------------------------------------------------------------- */

static const MixqReportColumn columns[] = {
  { "set", "data", 1, 0 },
  { "factor", "what", 1, 0 },
  { "variant", "variant", 1, 0 },
  { "area_bitops", "within BitOPs", 100, 2 },
  { "difference", "- base", 100, 2 },
  { "standard_error", "s.e.", 100, 2 },
  { "area_product", "within product", 100, 2 },
  { "area_bytes", "within bytes", 100, 2 },
  { "reach", "doublings reached", 1, 2 },
  { "decided", "epochs to decide", 1, 1 },
  { "same", "% same widths", 100, 1 },
  { "relaxed", "relaxed val", 100, 2 },
};

static const MixqReportColumn price_columns[] = {
  { "set", "data", 1, 0 },
  { "variant", "variant", 1, 0 },
  { "lambda", "lambda", 1, 0 },
  { "bitops", "BitOPs (median)", 0, 0 },
  { "val", "val", 100, 2 },
  { "test", "test", 100, 2 },
  { "relaxed_val", "relaxed val", 100, 2 },
  { "decided", "epochs to decide", 1, 1 },
};

static const Line *
line_of (const MixqReproduce *self, guint data, guint variant)
{
  const MixqStudy *study = self->what->details;

  return &g_array_index (((const Plan *) self->plan)->lines, Line, data * study->n_variants + variant);
}

static void
add_variant (MixqReproduce *self, MixqReportTable *table, const Line *line)
{
  static const MixqMeasure rest[] = {
    MIXQ_MEASURE_AREA_PRODUCT, MIXQ_MEASURE_AREA_BYTES, MIXQ_MEASURE_REACH,
    MIXQ_MEASURE_DECIDED,      MIXQ_MEASURE_SAME,       MIXQ_MEASURE_RELAXED
  };
  const MixqStudy *study = self->what->details;
  const MixqVariant *variant = &study->variants[line->variant];
  const Line *base = line_of (self, line->data, 0);
  MixqSpread difference, spread = measure_spread (self, MIXQ_MEASURE_AREA_BITOPS, line, base, &difference);

  mixq_report_add_text (table, "%s", self->data[line->data].title);
  mixq_report_add_text (table, "%s", variant->factor);
  mixq_report_add_text (table, "%s", variant->label);
  mixq_report_add_spread (table, &spread);
  mixq_report_add_number (table, line == base ? (double) NAN : difference.mean);
  mixq_report_add_number (table, line == base ? (double) NAN : difference.se);
  for (guint i = 0; i < G_N_ELEMENTS (rest); i++) {
    spread = measure_spread (self, rest[i], line, base, NULL);
    mixq_report_add_spread (table, &spread);
  }
}

static void
add_prices (MixqReproduce *self, MixqReportTable *table, const Line *line)
{
  static const MixqFigure figures[] = { MIXQ_FIGURE_VAL, MIXQ_FIGURE_TEST, MIXQ_FIGURE_RELAXED_VAL,
                                        MIXQ_FIGURE_DECIDED };
  const MixqStudy *study = self->what->details;

  for (guint i = 0; i < line->settings->len; i++) {
    const MixqSetting *setting = mixq_reproduce_setting (self, g_array_index (line->settings, guint, i));

    mixq_report_add_text (table, "%s", self->data[line->data].title);
    mixq_report_add_text (table, "%s", study->variants[line->variant].label);
    mixq_report_add_text (table, "%.3g", g_array_index (line->lambdas, double, i));
    mixq_report_add_number (table, mixq_setting_median (self, setting, MIXQ_FIGURE_BITOPS));
    for (guint f = 0; f < G_N_ELEMENTS (figures); f++) {
      MixqSpread spread = mixq_setting_spread (self, setting, figures[f]);

      mixq_report_add_spread (table, &spread);
    }
  }
}

/* The variants of one factor against the base: the one that differs most surely, and the one that may differ most. */
typedef struct
{
  guint n;
  const MixqVariant *surest;
  MixqSpread effect, widest;
} Comparison;

/* Standard errors from nothing; a difference without any error is a sure one. */
static double
strength_of (const MixqSpread *effect)
{
  return fabs (effect->mean) / fmax (effect->se, 1e-12);
}

static double
most_of (const MixqSpread *effect)
{
  return fabs (effect->mean) + 2 * (isfinite (effect->se) ? effect->se : 0);
}

static Comparison
compare_factor (const MixqReproduce *self, guint data, const char *factor, MixqMeasure what)
{
  const MixqStudy *study = self->what->details;
  Comparison found = { 0 };

  for (guint v = 1; v < study->n_variants; v++) {
    MixqSpread difference;

    if (strcmp (study->variants[v].factor, factor) != 0)
      continue;
    measure_spread (self, what, line_of (self, data, v), line_of (self, data, 0), &difference);
    if (!isfinite (difference.mean))
      continue;
    if (found.n++ == 0 || strength_of (&difference) > strength_of (&found.effect)) {
      found.surest = &study->variants[v];
      found.effect = difference;
    }
    if (found.n == 1 || most_of (&difference) > most_of (&found.widest))
      found.widest = difference;
  }
  return found;
}

static void
claim_factor (MixqReproduce *self, guint data, const char *factor, MixqMeasure what)
{
  const MixqStudy *study = self->what->details;
  const char *set = self->data[data].title, *base = study->variants[0].label;
  Comparison found = compare_factor (self, data, factor, what);
  double scale = measures[what].scale, negligible = measures[what].negligible;
  int digits = (int) measures[what].digits;

  if (found.n == 0)
    return;
  if (mixq_effect_is_seen (&found.effect))
    mixq_report_claim (
        self->report, mixq_effect_confidence (&found.effect, negligible), &found.effect,
        "%s, %s: of %u %s \"%s\" moves %s most surely: by %+.*f %s against \"%s\" (standard error %.*f, %u "
        "seeds).",
        set, factor, found.n, found.n == 1 ? "variant" : "variants", found.surest->label, measures[what].what,
        digits, found.effect.mean * scale, measures[what].unit, base, digits, found.effect.se * scale,
        found.effect.n);
  else
    mixq_report_claim (self->report, mixq_effect_confidence (&found.widest, negligible), &found.widest,
                       "%s, %s: none of %u %s is seen to move %s against \"%s\"; whatever differs is within "
                       "%.*f %s (%u seeds; "
                       "negligible: %.*f).",
                       set, factor, found.n, found.n == 1 ? "variant" : "variants", measures[what].what, base,
                       digits, most_of (&found.widest) * scale, measures[what].unit, found.widest.n, digits,
                       negligible * scale);
}

/* Does a variant win where it is meant to? */
static void
claim_own (MixqReproduce *self, guint data, guint variant)
{
  const MixqStudy *study = self->what->details;
  const MixqVariant *one = &study->variants[variant];
  const char *unit = measures[one->own].unit;
  double scale = measures[one->own].scale;
  int digits = (int) measures[one->own].digits;
  MixqSpread effect;

  measure_spread (self, one->own, line_of (self, data, variant), line_of (self, data, 0), &effect);
  if (one->own == 0 || !isfinite (effect.mean))
    return;
  mixq_report_claim (
      self->report, mixq_effect_confidence (&effect, measures[one->own].negligible), &effect,
      "%s: \"%s\" instead of \"%s\" changes %s, which it is meant for, by %+.*f %s (standard error %.*f, %u "
      "seeds)%s.",
      self->data[data].title, one->label, study->variants[0].label, measures[one->own].what, digits,
      effect.mean * scale, unit, digits, effect.se * scale, effect.n,
      mixq_effect_is_seen (&effect) ? "" : ": no difference is seen");
}

/* --- charts -------------------------------------------------------------------------------------------------------- */

static char *
chart_name (const MixqReproduce *self, guint data, const char *factor, const char *what)
{
  g_autofree char *name = self->n_data > 1 ? g_strdup_printf ("%s-%s-%s-%s", self->what->name, factor, what,
                                                              self->data[data].name)
                                           : g_strdup_printf ("%s-%s-%s", self->what->name, factor, what);

  return g_strdup (g_strdelimit (name, " ", '-'));
}

/* The variants of a factor as curves: cost against accuracy, a point a price. */
static void
draw_front (MixqReproduce *self, guint data, const char *factor)
{
  const MixqStudy *study = self->what->details;
  g_autofree char *file = chart_name (self, data, factor, "front");
  g_autofree char *title = g_strdup_printf ("%s: %s, %s", self->data[data].title, self->what->title, factor);
  g_autofree char *caption = g_strdup_printf (
      "Integer models, a mark a price, means over %u seeds; bars: standard error.", self->n_seeds);
  MixqReportPlot *plot = mixq_report_plot (
      self->report, file, title, caption,
      (MixqLineAxis){ "fewer BitOPs than float32", MIXQ_AXIS_LOG, MIXQ_LINE_RATIO },
      (MixqLineAxis){ "test accuracy", MIXQ_AXIS_LINEAR, MIXQ_LINE_PERCENT });

  for (guint v = 0; v < study->n_variants; v++) {
    const Line *line = line_of (self, data, v);

    if (v > 0 && strcmp (study->variants[v].factor, factor) != 0)
      continue;
    mixq_report_series (plot, study->variants[v].label, MIXQ_LINE_PATH | MIXQ_LINE_MARKS | MIXQ_LINE_BARS);
    for (guint i = 0; i < line->settings->len; i++) {
      const MixqSetting *setting = mixq_reproduce_setting (self, g_array_index (line->settings, guint, i));
      MixqSpread test = mixq_setting_spread (self, setting, MIXQ_FIGURE_TEST);
      MixqSpread cost = mixq_setting_spread (self, setting, MIXQ_FIGURE_BITOPS);
      MixqSpread whole = mixq_setting_spread (self, setting, MIXQ_FIGURE_BITOPS_FLOAT);

      mixq_report_point (plot, whole.mean / cost.mean, test.mean, test.se);
    }
  }
}

/* A measure of all variants side by side. */
static void
draw_measure (MixqReproduce *self, guint data, const char *factor, MixqMeasure what)
{
  const MixqStudy *study = self->what->details;
  g_autofree char *file = chart_name (self, data, factor, measures[what].key);
  g_autofree char *title = g_strdup_printf ("%s: %s, %s", self->data[data].title, self->what->title, factor);
  g_autofree char *caption = g_strdup_printf ("Means over %u seeds; bars: standard error. %s is the base.",
                                              self->n_seeds, study->variants[0].label);
  MixqReportPlot *plot = mixq_report_plot (
      self->report, file, title, caption, (MixqLineAxis){ factor, MIXQ_AXIS_LINEAR, MIXQ_LINE_PLAIN },
      (MixqLineAxis){ measures[what].head, MIXQ_AXIS_LINEAR,
                      measures[what].scale == 100 ? MIXQ_LINE_PERCENT : MIXQ_LINE_PLAIN });
  guint place = 0;

  mixq_report_series (plot, measures[what].what, MIXQ_LINE_MARKS | MIXQ_LINE_BARS);
  for (guint v = 0; v < study->n_variants; v++) {
    MixqSpread spread;

    if (v > 0 && strcmp (study->variants[v].factor, factor) != 0)
      continue;
    spread = measure_spread (self, what, line_of (self, data, v), line_of (self, data, 0), NULL);
    mixq_report_category (plot, study->variants[v].label);
    mixq_report_point (plot, place++, spread.mean, spread.se);
  }
}

/* TRUE for the first variant of its factor. */
static gboolean
begins_factor (const MixqStudy *study, guint variant)
{
  for (guint v = 1; v < variant; v++)
    if (strcmp (study->variants[v].factor, study->variants[variant].factor) == 0)
      return FALSE;
  return variant > 0;
}

gboolean
mixq_study_tell (MixqReproduce *self, GError **error)
{
  const MixqStudy *study = self->what->details;
  MixqReportTable *table = mixq_report_table (self->report, "variants", "Variants:", G_N_ELEMENTS (columns),
                                              columns);
  MixqReportTable *prices = mixq_report_table (
      self->report, "prices", "Price by price:", G_N_ELEMENTS (price_columns), price_columns);

  for (guint d = 0; d < self->n_data; d++)
    for (guint v = 0; v < study->n_variants; v++) {
      add_variant (self, table, line_of (self, d, v));
      add_prices (self, prices, line_of (self, d, v));
    }
  for (guint d = 0; d < self->n_data; d++)
    for (guint v = 1; v < study->n_variants; v++)
      claim_own (self, d, v);
  for (guint d = 0; d < self->n_data; d++)
    for (guint v = 1; v < study->n_variants; v++) {
      const char *factor = study->variants[v].factor;

      if (!begins_factor (study, v))
        continue;
      draw_front (self, d, factor);
      for (guint m = 0; study->claims[m] != MIXQ_N_MEASURES; m++) {
        claim_factor (self, d, factor, study->claims[m]);
        draw_measure (self, d, factor, study->claims[m]);
      }
    }
  return TRUE;
}
