/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a change of lambda does: how fast cost falls, how much seeds scatter, whether a value carries over to other data. */
#include <math.h>
#include <string.h>

#include "reproduce/mixq-reproduce.h"

#define LAMBDAS "0.02,0.05,0.1,0.2,0.35,0.5,1,2,4,10"
#define LAMBDAS_QUICK "0.05,0.2,0.5,1,3"
/* Halfway, in doublings, between the widest (4x) and the narrowest (16x). */
#define MIDDLE_REDUCTION 8.0
/* A tenth of a doubling of lambda. */
#define NEGLIGIBLE_DOUBLINGS 0.1

typedef struct
{
  GArray *lambdas;  /* of double, ascending */
  GArray *settings; /* of guint: data by data, price by price */
} Plan;

static void
plan_free (Plan *plan)
{
  g_array_unref (plan->lambdas);
  g_array_unref (plan->settings);
  g_free (plan);
}

gboolean
mixq_sensitivity_ask (MixqReproduce *self, GError **error)
{
  Plan *plan = g_new0 (Plan, 1);

  plan->lambdas = mixq_grid (self->quick ? LAMBDAS_QUICK : LAMBDAS);
  plan->settings = g_array_new (FALSE, FALSE, sizeof (guint));
  self->plan = plan;
  self->plan_free = (GDestroyNotify) plan_free;
  mixq_report_note (self->report, "Default pipeline (integer models, labels only, cost axis bitops): lambda "
                                  "multiplies the share of float32's "
                                  "BitOPs. Mean ± standard deviation over seeds; accuracies in percent.");
  for (guint d = 0; d < self->n_data; d++)
    for (guint i = 0; i < plan->lambdas->len; i++) {
      guint index;

      if (!mixq_reproduce_add (self, d, 0, &index, error, "--lambda=%g",
                               g_array_index (plan->lambdas, double, i)))
        return FALSE;
      g_array_append_val (plan->settings, index);
    }
  return TRUE;
}

/* --- figures ------------------------------------------------------------------------------------------------------- */

static const MixqSetting *
setting_at (const MixqReproduce *self, guint data, guint price)
{
  const Plan *plan = self->plan;

  return mixq_reproduce_setting (self,
                                 g_array_index (plan->settings, guint, data * plan->lambdas->len + price));
}

static double
reduction_of (const MixqSetting *setting, guint seed)
{
  const MixqRecord *record = setting->record[seed];

  return record != NULL ? record->figure[MIXQ_FIGURE_BITOPS_FLOAT] / record->figure[MIXQ_FIGURE_BITOPS]
                        : (double) NAN;
}

static MixqSpread
reduction_spread (const MixqReproduce *self, const MixqSetting *setting)
{
  g_autofree double *value = g_new (double, self->n_seeds);
  guint n = 0;

  for (guint seed = 0; seed < self->n_seeds; seed++)
    if (isfinite (reduction_of (setting, seed)))
      value[n++] = reduction_of (setting, seed);
  return mixq_spread_of (value, n);
}

/* How many different sets of widths the seeds chose. */
static guint
count_widths (const MixqReproduce *self, const MixqSetting *setting)
{
  g_autoptr (GHashTable)
      seen = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);

  for (guint seed = 0; seed < self->n_seeds; seed++)
    if (setting->record[seed] != NULL)
      g_hash_table_add (seen, g_bytes_new (setting->record[seed]->bits, setting->record[seed]->n_slots));
  return g_hash_table_size (seen);
}

/* log2 of the lambda at which a seed's cost first is at most an eighth, between the two prices round it; NaN: never. */
static double
crossing (const MixqReproduce *self, guint data, guint seed)
{
  const Plan *plan = self->plan;
  double before = NAN;

  for (guint i = 0; i < plan->lambdas->len; i++) {
    double lambda = log2 (g_array_index (plan->lambdas, double, i));
    double now = log2 (reduction_of (setting_at (self, data, i), seed)), middle = log2 (MIDDLE_REDUCTION);

    if (now >= middle) {
      double from;

      if (!isfinite (before))
        return lambda;
      from = log2 (g_array_index (plan->lambdas, double, i - 1));
      return from + (lambda - from) * (middle - before) / (now - before);
    }
    before = now;
  }
  return NAN;
}

/* --- telling ------------------------------------------------------------------------------------------------------- */

static const MixqReportColumn columns[] = {
  { "set", "data", 1, 0 },
  { "lambda", "lambda", 1, 0 },
  { "reduction", "fewer BitOPs", 1, 2 },
  { "average_bits", "average bits", 1, 2 },
  { "val", "val", 100, 2 },
  { "test", "test", 100, 2 },
  { "float32_test", "float32 test", 100, 2 },
  { "widths", "different widths", 1, 0 },
};

static void
add_price (MixqReproduce *self, MixqReportTable *table, guint data, guint price)
{
  static const MixqFigure figures[] = { MIXQ_FIGURE_AVERAGE_BITS, MIXQ_FIGURE_VAL, MIXQ_FIGURE_TEST,
                                        MIXQ_FIGURE_FLOAT_TEST };
  const Plan *plan = self->plan;
  const MixqSetting *setting = setting_at (self, data, price);
  MixqSpread spread = reduction_spread (self, setting);

  mixq_report_add_text (table, "%s", self->data[data].title);
  mixq_report_add_text (table, "%g", g_array_index (plan->lambdas, double, price));
  mixq_report_add_spread (table, &spread);
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++) {
    spread = mixq_setting_spread (self, setting, figures[i]);
    mixq_report_add_spread (table, &spread);
  }
  mixq_report_add_number (table, count_widths (self, setting));
}

/* Does a higher price ever make a model dearer? Seed by seed from one price to the next. */
static void
claim_monotone (MixqReproduce *self, guint data)
{
  const Plan *plan = self->plan;
  g_autofree double *trend = g_new (double, self->n_seeds);
  guint n = 0, n_steps = 0, n_back = 0;
  MixqSpread effect;

  for (guint seed = 0; seed < self->n_seeds; seed++) {
    double first = reduction_of (setting_at (self, data, 0), seed), last = first;

    for (guint i = 1; i < plan->lambdas->len; i++) {
      double now = reduction_of (setting_at (self, data, i), seed);

      n_steps += isfinite (now) && isfinite (last);
      n_back += now < last * (1 - 1e-9);
      last = now;
    }
    if (isfinite (first) && isfinite (last))
      trend[n++] = log2 (last / first);
  }
  effect = mixq_spread_of (trend, n);
  mixq_report_claim (self->report, mixq_effect_confidence (&effect, NEGLIGIBLE_DOUBLINGS), &effect,
                     "%s: from lambda %g to %g the reduction of BitOPs grows by %.2f doublings (standard "
                     "error %.2f, %u seeds); in %u "
                     "of %u steps to the next higher price a seed's model became dearer.",
                     self->data[data].title, g_array_index (plan->lambdas, double, 0),
                     g_array_index (plan->lambdas, double, plan->lambdas->len - 1), effect.mean, effect.se,
                     effect.n, n_back, n_steps);
}

/* The price for an eighth of the cost here against the first data set's. */
static void
claim_transfer (MixqReproduce *self, guint data)
{
  g_autofree double *step = g_new (double, self->n_seeds);
  guint n = 0;
  MixqSpread effect;

  for (guint seed = 0; seed < self->n_seeds; seed++) {
    double difference = crossing (self, data, seed) - crossing (self, 0, seed);

    if (isfinite (difference))
      step[n++] = difference;
  }
  effect = mixq_spread_of (step, n);
  if (n == 0)
    return;
  mixq_report_claim (self->report, mixq_effect_confidence (&effect, NEGLIGIBLE_DOUBLINGS), &effect,
                     "An eighth of float32's BitOPs needs %.2f times the lambda on %s that it needs on %s "
                     "(%+.2f doublings, standard "
                     "error %.2f, %u seeds).",
                     exp2 (effect.mean), self->data[data].title, self->data[0].title, effect.mean, effect.se,
                     effect.n);
}

static void
draw (MixqReproduce *self, const char *what, gboolean accuracy)
{
  const Plan *plan = self->plan;
  g_autofree char *file = g_strdup_printf ("%s-%s", self->what->name, what);
  g_autofree char *caption = g_strdup_printf (
      "Integer models, means over %u seeds; bands: standard deviation.", self->n_seeds);
  MixqReportPlot *plot = mixq_report_plot (
      self->report, file, self->what->title, caption,
      (MixqLineAxis){ "lambda", MIXQ_AXIS_LOG, MIXQ_LINE_PLAIN },
      accuracy ? (MixqLineAxis){ "test accuracy", MIXQ_AXIS_LINEAR, MIXQ_LINE_PERCENT }
               : (MixqLineAxis){ "fewer BitOPs than float32", MIXQ_AXIS_LOG, MIXQ_LINE_RATIO });

  for (guint d = 0; d < self->n_data; d++) {
    mixq_report_series (plot, self->data[d].title, MIXQ_LINE_PATH | MIXQ_LINE_BAND | MIXQ_LINE_MARKS);
    for (guint i = 0; i < plan->lambdas->len; i++) {
      const MixqSetting *setting = setting_at (self, d, i);
      MixqSpread spread = accuracy ? mixq_setting_spread (self, setting, MIXQ_FIGURE_TEST)
                                   : reduction_spread (self, setting);

      mixq_report_point (plot, g_array_index (plan->lambdas, double, i), spread.mean, spread.std);
    }
  }
}

gboolean
mixq_sensitivity_tell (MixqReproduce *self, GError **error)
{
  const Plan *plan = self->plan;
  MixqReportTable *table = mixq_report_table (self->report, "prices",
                                              "Price by price:", G_N_ELEMENTS (columns), columns);

  for (guint d = 0; d < self->n_data; d++)
    for (guint i = 0; i < plan->lambdas->len; i++)
      add_price (self, table, d, i);
  for (guint d = 0; d < self->n_data; d++)
    claim_monotone (self, d);
  for (guint d = 1; d < self->n_data; d++)
    claim_transfer (self, d);
  draw (self, "bitops", FALSE);
  draw (self, "accuracy", TRUE);
  return TRUE;
}
