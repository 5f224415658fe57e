/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "mixq-line-chart.h"
#include "mixq-statistics.h"

G_BEGIN_DECLS

/* --- statistics ----------------------------------------------------------------------------------------------------- */

/** mixq_spread_published: of a published mean and standard deviation over @n runs. */
MixqSpread mixq_spread_published (double mean, double std, guint n);
/** mixq_z_score: (ours - theirs) / sqrt (se^2 + se^2). */
double mixq_z_score (const MixqSpread *ours, const MixqSpread *theirs);

/** MixqConfidence: see mixq_confidence_rule for what the words stand for. */
typedef enum {
  MIXQ_CONFIDENCE_LOW,
  MIXQ_CONFIDENCE_MEDIUM,
  MIXQ_CONFIDENCE_HIGH,
} MixqConfidence;
/** MIXQ_EFFECT_SEEN: standard errors from which on a difference is called one. */
#define MIXQ_EFFECT_SEEN 3.0
/** mixq_confidence_rule: how the word is found, in one sentence. */
extern const char *const mixq_confidence_rule;
const char *mixq_confidence_name (MixqConfidence confidence);
/** mixq_effect_is_seen: |mean| is at least MIXQ_EFFECT_SEEN standard errors. */
gboolean mixq_effect_is_seen (const MixqSpread *effect);
/** mixq_effect_confidence: in the claim that there is an effect where one is seen, else that there is none above @negligible. */
MixqConfidence mixq_effect_confidence (const MixqSpread *effect, double negligible);

/* --- a report --------------------------------------------------------------------------------------------------------- */

/** MixqReport: notes, tables, charts and claims in the order they were added; as Markdown, JSON and files. */
typedef struct _MixqReport MixqReport;
typedef struct _MixqReportTable MixqReportTable;
typedef struct _MixqReportPlot MixqReportPlot;

MixqReport *mixq_report_new (const char *name, const char *title);
void mixq_report_free (MixqReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqReport, mixq_report_free)

/** mixq_report_note: a paragraph. */
void mixq_report_note (MixqReport *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/** mixq_report_verdict: a sentence that counts what the tables show. */
void mixq_report_verdict (MixqReport *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/** mixq_report_claim: a sentence that the numbers bear, with how sure it is. @effect: (nullable). */
void mixq_report_claim (MixqReport *self,
                        MixqConfidence confidence,
                        const MixqSpread *effect,
                        const char *format,
                        ...) G_GNUC_PRINTF (4, 5);

/**
 * MixqReportColumn:
 * @key: in JSON
 * @head: for people
 * @scale: numbers are multiplied by it for people; 0: they are written with k, M or G
 * @digits: behind the point
 */
typedef struct
{
  const char *key;
  const char *head;
  double scale;
  guint digits;
} MixqReportColumn;
/** mixq_report_table: @columns: (array length=n): borrowed, must outlive the report. Returns: borrowed. */
MixqReportTable *mixq_report_table (MixqReport *self,
                                    const char *key,
                                    const char *title,
                                    guint n,
                                    const MixqReportColumn *columns);
/* The next cell, row by row; numbers that are not finite show as "-". */
void mixq_report_add_text (MixqReportTable *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void mixq_report_add_number (MixqReportTable *self, double value);
/** mixq_report_add_spread: "81.58 ± 0.75", mean and standard deviation. */
void mixq_report_add_spread (MixqReportTable *self, const MixqSpread *spread);

/** mixq_report_plot: a chart; all texts are copied. @file: its name without extension. Returns: borrowed. */
MixqReportPlot *mixq_report_plot (MixqReport *self,
                                  const char *file,
                                  const char *title,
                                  const char *caption,
                                  MixqLineAxis x,
                                  MixqLineAxis y);
/** mixq_report_category: names the next place of x. */
void mixq_report_category (MixqReportPlot *self, const char *name);
/** mixq_report_series: the points that follow belong to it. */
void mixq_report_series (MixqReportPlot *self, const char *name, MixqLineParts parts);
/** mixq_report_point: @error: half the bar's or band's height; NaN for none. */
void mixq_report_point (MixqReportPlot *self, double x, double y, double error);

/** mixq_report_to_markdown, mixq_report_to_json: (transfer full). */
char *mixq_report_to_markdown (const MixqReport *self);
JsonObject *mixq_report_to_json (const MixqReport *self);
/** mixq_report_write: NAME.svg and .csv of each chart, table.md, and results.json with @json. Errors: MIXQ_ERROR_IO, _EXTERNAL. */
gboolean mixq_report_write (const MixqReport *self, JsonNode *json, const char *folder, GError **error);

G_END_DECLS
