/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The relaxed accuracy along the search beside what the widths of that moment are worth. */
#include <math.h>

#include "reproduce/mixq-reproduce.h"

#define LAMBDAS "0.1,0.5,2"
#define LAMBDAS_QUICK "0.5"
#define PROBE_EVERY 5
#define PROBE_EVERY_QUICK 10
#define NEGLIGIBLE 0.005

typedef struct
{
  guint data;
  double lambda;
  guint setting;
} Row;

typedef enum {
  RELAXED,
  ROUNDED,
  FINISHED,
  N_VIEWS,
} View;
static const char *const view_names[N_VIEWS] = { "relaxed: the mixture",
                                                 "rounded: most voted widths, same weights",
                                                 "finished: those widths after QAT, as integers" };

gboolean
mixq_gap_ask (MixqReproduce *self, GError **error)
{
  g_autoptr (GArray) grid = mixq_grid (self->quick ? LAMBDAS_QUICK : LAMBDAS);
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (Row));

  self->plan = rows;
  self->plan_free = (GDestroyNotify) g_array_unref;
  mixq_report_note (self->report,
                    "Default pipeline. The search is looked into after the first and every %uth epoch, "
                    "without disturbing it: the "
                    "accuracy of the mixture (relaxed), of the same weights with every slot at the width "
                    "that has most of its vote "
                    "(rounded), and of the integer model that QAT makes of these widths (finished). "
                    "Validation and test accuracy in "
                    "percent, mean ± standard deviation over seeds.",
                    self->quick ? PROBE_EVERY_QUICK : PROBE_EVERY);
  for (guint d = 0; d < self->n_data; d++)
    for (guint i = 0; i < grid->len; i++) {
      Row row = { d, g_array_index (grid, double, i), 0 };

      if (!mixq_reproduce_add (self, d, self->quick ? PROBE_EVERY_QUICK : PROBE_EVERY, &row.setting, error,
                               "--lambda=%g", row.lambda))
        return FALSE;
      g_array_append_val (rows, row);
    }
  return TRUE;
}

/* --- telling ------------------------------------------------------------------------------------------------------- */

static double
read_view (const MixqProbe *probe, View view, gboolean test)
{
  const double value[N_VIEWS][2] = { { probe->relaxed_val, probe->relaxed_test },
                                     { probe->rounded_val, probe->rounded_test },
                                     { probe->finished_val, probe->finished_test } };

  return value[view][test];
}

/* (nullable): @index: counted from the first look. */
static const MixqProbe *
probe_at (const MixqSetting *setting, guint seed, guint index)
{
  const MixqRecord *record = setting->record[seed];

  if (record == NULL || record->probes == NULL || index >= record->probes->len)
    return NULL;
  return &g_array_index (record->probes, MixqProbe, index);
}

static guint
count_probes (const MixqReproduce *self, const MixqSetting *setting)
{
  guint n = 0;

  for (guint seed = 0; seed < self->n_seeds; seed++)
    if (setting->record[seed] != NULL && setting->record[seed]->probes != NULL)
      n = MAX (n, setting->record[seed]->probes->len);
  return n;
}

/* A view, or the difference of two where @minus is one: seed by seed. */
static MixqSpread
view_spread (const MixqReproduce *self,
             const MixqSetting *setting,
             guint index,
             View view,
             View minus,
             gboolean test)
{
  g_autofree double *value = g_new (double, self->n_seeds);
  guint n = 0;

  for (guint seed = 0; seed < self->n_seeds; seed++) {
    const MixqProbe *probe = probe_at (setting, seed, index);
    double x;

    if (probe == NULL)
      continue;
    x = read_view (probe, view, test) - (minus < N_VIEWS ? read_view (probe, minus, test) : 0);
    if (isfinite (x))
      value[n++] = x;
  }
  return mixq_spread_of (value, n);
}

static double
epoch_at (const MixqReproduce *self, const MixqSetting *setting, guint index)
{
  for (guint seed = 0; seed < self->n_seeds; seed++)
    if (probe_at (setting, seed, index) != NULL)
      return probe_at (setting, seed, index)->epoch;
  return NAN;
}

static const MixqReportColumn columns[] = {
  { "set", "data", 1, 0 },
  { "lambda", "lambda", 1, 0 },
  { "epoch", "epoch", 1, 0 },
  { "relaxed_val", "relaxed val", 100, 2 },
  { "rounded_val", "rounded val", 100, 2 },
  { "finished_val", "finished val", 100, 2 },
  { "relaxed_test", "relaxed test", 100, 2 },
  { "rounded_test", "rounded test", 100, 2 },
  { "finished_test", "finished test", 100, 2 },
};

static void
add_probes (MixqReproduce *self, MixqReportTable *table, const Row *row)
{
  const MixqSetting *setting = mixq_reproduce_setting (self, row->setting);

  for (guint i = 0; i < count_probes (self, setting); i++) {
    mixq_report_add_text (table, "%s", self->data[row->data].title);
    mixq_report_add_text (table, "%g", row->lambda);
    mixq_report_add_number (table, epoch_at (self, setting, i));
    for (int test = 0; test < 2; test++)
      for (View view = 0; view < N_VIEWS; view++) {
        MixqSpread spread = view_spread (self, setting, i, view, N_VIEWS, test);

        mixq_report_add_spread (table, &spread);
      }
  }
}

static void
draw (MixqReproduce *self, const Row *row)
{
  const MixqSetting *setting = mixq_reproduce_setting (self, row->setting);
  const MixqReproduceData *set = &self->data[row->data];
  g_autofree char *file = g_strdup_printf ("%s-%s-%g", self->what->name, set->name, row->lambda);
  g_autofree char *title = g_strdup_printf ("%s: relaxed and discrete accuracy at lambda %g", set->title,
                                            row->lambda);
  g_autofree char *caption = g_strdup_printf ("Means over %u seeds; bands: standard error.", self->n_seeds);
  MixqReportPlot *plot = mixq_report_plot (
      self->report, file, title, caption, (MixqLineAxis){ "search epoch", MIXQ_AXIS_LINEAR, MIXQ_LINE_PLAIN },
      (MixqLineAxis){ "validation accuracy", MIXQ_AXIS_LINEAR, MIXQ_LINE_PERCENT });

  for (View view = 0; view < N_VIEWS; view++) {
    mixq_report_series (plot, view_names[view], MIXQ_LINE_PATH | MIXQ_LINE_BAND | MIXQ_LINE_MARKS);
    for (guint i = 0; i < count_probes (self, setting); i++) {
      MixqSpread spread = view_spread (self, setting, i, view, N_VIEWS, FALSE);

      mixq_report_point (plot, epoch_at (self, setting, i), spread.mean, spread.se);
    }
  }
}

/* On validation nodes only what was not chosen by them can be compared: the finished model was, so it is on test nodes. */
static void
claim (MixqReproduce *self, const Row *row, View view, gboolean test, const char *what)
{
  const MixqSetting *setting = mixq_reproduce_setting (self, row->setting);
  guint n = count_probes (self, setting);
  MixqSpread first = view_spread (self, setting, 0, view, RELAXED, test);
  MixqSpread last = view_spread (self, setting, n - 1, view, RELAXED, test);

  mixq_report_claim (
      self->report, mixq_effect_confidence (&last, NEGLIGIBLE), &last,
      "%s, lambda %g: %s by %+.2f points on %s nodes at the end of the search (standard error %.2f, %u "
      "seeds); after its first epoch it was %+.2f.%s",
      self->data[row->data].title, row->lambda, what, last.mean * 100, test ? "test" : "validation",
      last.se * 100, last.n, first.mean * 100,
      mixq_effect_is_seen (&last) ? "" : " No difference is seen at the end.");
}

gboolean
mixq_gap_tell (MixqReproduce *self, GError **error)
{
  const GArray *rows = self->plan;
  MixqReportTable *table = mixq_report_table (self->report, "probes",
                                              "Along the search:", G_N_ELEMENTS (columns), columns);

  for (guint i = 0; i < rows->len; i++) {
    const Row *row = &g_array_index (rows, Row, i);

    if (count_probes (self, mixq_reproduce_setting (self, row->setting)) == 0)
      continue;
    add_probes (self, table, row);
    draw (self, row);
    claim (self, row, ROUNDED, FALSE, "rounding the mixture changes accuracy");
    claim (self, row, FINISHED, TRUE, "the finished model differs from the mixture");
  }
  return TRUE;
}
