/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reproduce/mixq-reproduce-report.h"

#include <math.h>
#include <string.h>

#include "base/mixq-atomic.h"
#include "base/mixq-json.h"
#include "mixq-cli-table.h"
#include "mixq-plot-export.h"

#define PLOT_WIDTH 760.0
#define PLOT_HEIGHT 440.0

/* One cell: words, or a number with or without its spread. */
typedef struct
{
  char *text; /* (nullable) */
  double value, std;
  gboolean has_spread;
} Cell;

struct _MixqReportTable
{
  char *key, *title;
  guint n_columns;
  const MixqReportColumn *columns; /* borrowed */
  GArray *cells;                   /* of Cell */
};

typedef struct
{
  char *name;
  MixqLineParts parts;
  GArray *points; /* of MixqLinePoint */
} Series;

struct _MixqReportPlot
{
  char *file, *title, *caption, *x_title, *y_title;
  MixqLineAxis x, y; /* titles as above */
  GPtrArray *categories;
  GArray *series; /* of Series */
};

typedef struct
{
  char *text;
  MixqConfidence confidence;
  MixqSpread effect;
  gboolean has_effect, rated;
} Claim;

struct _MixqReport
{
  char *name, *title;
  GPtrArray *notes;  /* of char * */
  GPtrArray *tables; /* of MixqReportTable */
  GPtrArray *plots;  /* of MixqReportPlot */
  GArray *claims;    /* of Claim */
};

static void
cell_clear (Cell *self)
{
  g_free (self->text);
}

static void
table_free (MixqReportTable *self)
{
  g_free (self->key);
  g_free (self->title);
  g_array_unref (self->cells);
  g_free (self);
}

static void
series_clear (Series *self)
{
  g_free (self->name);
  g_array_unref (self->points);
}

static void
plot_free (MixqReportPlot *self)
{
  g_free (self->file);
  g_free (self->title);
  g_free (self->caption);
  g_free (self->x_title);
  g_free (self->y_title);
  g_ptr_array_unref (self->categories);
  g_array_unref (self->series);
  g_free (self);
}

static void
claim_clear (Claim *self)
{
  g_free (self->text);
}

MixqReport *
mixq_report_new (const char *name, const char *title)
{
  MixqReport *self = g_new0 (MixqReport, 1);

  self->name = g_strdup (name);
  self->title = g_strdup (title);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  self->tables = g_ptr_array_new_with_free_func ((GDestroyNotify) table_free);
  self->plots = g_ptr_array_new_with_free_func ((GDestroyNotify) plot_free);
  self->claims = g_array_new (FALSE, FALSE, sizeof (Claim));
  g_array_set_clear_func (self->claims, (GDestroyNotify) claim_clear);
  return self;
}

void
mixq_report_free (MixqReport *self)
{
  g_free (self->name);
  g_free (self->title);
  g_ptr_array_unref (self->notes);
  g_ptr_array_unref (self->tables);
  g_ptr_array_unref (self->plots);
  g_array_unref (self->claims);
  g_free (self);
}

/* --- filling ------------------------------------------------------------------------------------------------------- */

void
mixq_report_note (MixqReport *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (self->notes, g_strdup_vprintf (format, args));
  va_end (args);
}

void
mixq_report_claim (MixqReport *self,
                   MixqConfidence confidence,
                   const MixqSpread *effect,
                   const char *format,
                   ...)
{
  Claim claim = { .confidence = confidence, .has_effect = effect != NULL, .rated = TRUE };
  va_list args;

  va_start (args, format);
  claim.text = g_strdup_vprintf (format, args);
  va_end (args);
  if (effect != NULL)
    claim.effect = *effect;
  g_array_append_val (self->claims, claim);
}

void
mixq_report_verdict (MixqReport *self, const char *format, ...)
{
  Claim claim = { 0 };
  va_list args;

  va_start (args, format);
  claim.text = g_strdup_vprintf (format, args);
  va_end (args);
  g_array_append_val (self->claims, claim);
}

MixqReportTable *
mixq_report_table (MixqReport *self,
                   const char *key,
                   const char *title,
                   guint n,
                   const MixqReportColumn *columns)
{
  MixqReportTable *table = g_new0 (MixqReportTable, 1);

  table->key = g_strdup (key);
  table->title = g_strdup (title);
  table->n_columns = n;
  table->columns = columns;
  table->cells = g_array_new (FALSE, FALSE, sizeof (Cell));
  g_array_set_clear_func (table->cells, (GDestroyNotify) cell_clear);
  g_ptr_array_add (self->tables, table);
  return table;
}

void
mixq_report_add_text (MixqReportTable *self, const char *format, ...)
{
  Cell cell = { 0 };
  va_list args;

  va_start (args, format);
  cell.text = g_strdup_vprintf (format, args);
  va_end (args);
  g_array_append_val (self->cells, cell);
}

void
mixq_report_add_number (MixqReportTable *self, double value)
{
  Cell cell = { .value = value };

  g_array_append_val (self->cells, cell);
}

void
mixq_report_add_spread (MixqReportTable *self, const MixqSpread *spread)
{
  Cell cell = { .value = spread->mean, .std = spread->std, .has_spread = TRUE };

  g_array_append_val (self->cells, cell);
}

MixqReportPlot *
mixq_report_plot (MixqReport *self,
                  const char *file,
                  const char *title,
                  const char *caption,
                  MixqLineAxis x,
                  MixqLineAxis y)
{
  MixqReportPlot *plot = g_new0 (MixqReportPlot, 1);

  plot->file = g_strdup (file);
  plot->title = g_strdup (title);
  plot->caption = g_strdup (caption);
  plot->x_title = g_strdup (x.title);
  plot->y_title = g_strdup (y.title);
  plot->x = x;
  plot->y = y;
  plot->x.title = plot->x_title;
  plot->y.title = plot->y_title;
  plot->categories = g_ptr_array_new_with_free_func (g_free);
  plot->series = g_array_new (FALSE, FALSE, sizeof (Series));
  g_array_set_clear_func (plot->series, (GDestroyNotify) series_clear);
  g_ptr_array_add (self->plots, plot);
  return plot;
}

void
mixq_report_category (MixqReportPlot *self, const char *name)
{
  g_ptr_array_add (self->categories, g_strdup (name));
}

void
mixq_report_series (MixqReportPlot *self, const char *name, MixqLineParts parts)
{
  Series series = { g_strdup (name), parts, g_array_new (FALSE, FALSE, sizeof (MixqLinePoint)) };

  g_array_append_val (self->series, series);
}

void
mixq_report_point (MixqReportPlot *self, double x, double y, double error)
{
  MixqLinePoint point = { x, y, y - error, y + error };

  g_return_if_fail (self->series->len > 0);
  g_array_append_val (g_array_index (self->series, Series, self->series->len - 1).points, point);
}

/* --- Markdown ------------------------------------------------------------------------------------------------------ */

static char *
cell_text (const Cell *cell, const MixqReportColumn *column)
{
  double value = cell->value * column->scale, std = cell->std * column->scale;
  int digits = (int) column->digits;

  if (cell->text != NULL)
    return g_strdup (cell->text);
  if (!isfinite (value))
    return g_strdup ("-");
  if (column->scale == 0)
    return mixq_cli_si (cell->value);
  if (cell->has_spread && isfinite (std))
    return g_strdup_printf ("%.*f ± %.*f", digits, value, digits, std);
  return g_strdup_printf ("%.*f", digits, value);
}

static void
append_row (GString *text, guint n, char *const *cell, const glong *width)
{
  for (guint c = 0; c < n; c++) {
    g_string_append_printf (text, "| %s ", cell[c]);
    for (glong i = g_utf8_strlen (cell[c], -1); i < width[c]; i++)
      g_string_append_c (text, ' ');
  }
  g_string_append (text, "|\n");
}

static void
append_rule (GString *text, guint n, const glong *width)
{
  for (guint c = 0; c < n; c++) {
    g_string_append (text, "|");
    for (glong i = 0; i < width[c] + 2; i++)
      g_string_append_c (text, '-');
  }
  g_string_append (text, "|\n");
}

static void
append_table (GString *text, const MixqReportTable *table)
{
  guint n = table->n_columns, n_cells = table->cells->len;
  g_autofree glong *width = g_new (glong, n);
  g_autoptr (GPtrArray) shown = g_ptr_array_new_with_free_func (g_free);

  for (guint c = 0; c < n; c++)
    g_ptr_array_add (shown, g_strdup (table->columns[c].head));
  for (guint i = 0; i < n_cells; i++)
    g_ptr_array_add (shown, cell_text (&g_array_index (table->cells, Cell, i), &table->columns[i % n]));
  for (guint c = 0; c < n; c++)
    width[c] = 3;
  for (guint i = 0; i < shown->len; i++)
    width[i % n] = MAX (width[i % n], g_utf8_strlen (g_ptr_array_index (shown, i), -1));
  g_string_append_printf (text, "%s\n\n", table->title);
  for (guint i = 0; i + n <= shown->len; i += n) {
    append_row (text, n, (char *const *) shown->pdata + i, width);
    if (i == 0)
      append_rule (text, n, width);
  }
  g_string_append_c (text, '\n');
}

char *
mixq_report_to_markdown (const MixqReport *self)
{
  GString *text = g_string_new (NULL);
  gboolean any_rated = FALSE;

  g_string_append_printf (text, "## %s\n\n", self->title);
  for (guint i = 0; i < self->notes->len; i++)
    g_string_append_printf (text, "%s\n\n", (const char *) g_ptr_array_index (self->notes, i));
  for (guint i = 0; i < self->tables->len; i++)
    append_table (text, g_ptr_array_index (self->tables, i));
  for (guint i = 0; i < self->claims->len; i++) {
    const Claim *claim = &g_array_index (self->claims, Claim, i);

    g_string_append_printf (text, "- %s", claim->text);
    if (claim->rated)
      g_string_append_printf (text, " Confidence: %s.", mixq_confidence_name (claim->confidence));
    g_string_append_c (text, '\n');
    any_rated = any_rated || claim->rated;
  }
  if (any_rated)
    g_string_append_printf (text, "\n%s\n", mixq_confidence_rule);
  return g_string_free (text, FALSE);
}

/* --- JSON ---------------------------------------------------------------------------------------------------------- */

static JsonNode *
object_node (JsonObject *object) /* (transfer full) */
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

static JsonNode *
cell_to_json (const Cell *cell)
{
  JsonObject *object;

  if (cell->text != NULL)
    return json_node_init_string (json_node_alloc (), cell->text);
  if (!cell->has_spread)
    return mixq_json_number (cell->value);
  object = json_object_new ();
  json_object_set_member (object, "mean", mixq_json_number (cell->value));
  json_object_set_member (object, "std", mixq_json_number (cell->std));
  return object_node (object);
}

static JsonObject *
table_to_json (const MixqReportTable *table)
{
  JsonObject *object = json_object_new (), *row = NULL;
  JsonArray *rows = json_array_new ();

  json_object_set_string_member (object, "name", table->key);
  json_object_set_string_member (object, "title", table->title);
  for (guint i = 0; i < table->cells->len; i++) {
    guint c = i % table->n_columns;

    if (c == 0) {
      row = json_object_new ();
      json_array_add_object_element (rows, row);
    }
    json_object_set_member (row, table->columns[c].key,
                            cell_to_json (&g_array_index (table->cells, Cell, i)));
  }
  json_object_set_array_member (object, "rows", rows);
  return object;
}

static JsonObject *
claim_to_json (const Claim *claim)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "sentence", claim->text);
  if (claim->rated)
    json_object_set_string_member (object, "confidence", mixq_confidence_name (claim->confidence));
  else
    json_object_set_null_member (object, "confidence");
  if (claim->has_effect) {
    json_object_set_member (object, "effect", mixq_json_number (claim->effect.mean));
    json_object_set_member (object, "standard_error", mixq_json_number (claim->effect.se));
    json_object_set_int_member (object, "seeds", claim->effect.n);
  }
  return object;
}

JsonObject *
mixq_report_to_json (const MixqReport *self)
{
  JsonObject *object = json_object_new ();
  JsonArray *notes = json_array_new (), *tables = json_array_new (), *claims = json_array_new (),
            *plots = json_array_new ();

  json_object_set_string_member (object, "name", self->name);
  json_object_set_string_member (object, "title", self->title);
  for (guint i = 0; i < self->notes->len; i++)
    json_array_add_string_element (notes, g_ptr_array_index (self->notes, i));
  for (guint i = 0; i < self->tables->len; i++)
    json_array_add_object_element (tables, table_to_json (g_ptr_array_index (self->tables, i)));
  for (guint i = 0; i < self->claims->len; i++)
    json_array_add_object_element (claims, claim_to_json (&g_array_index (self->claims, Claim, i)));
  for (guint i = 0; i < self->plots->len; i++)
    json_array_add_string_element (plots,
                                   ((const MixqReportPlot *) g_ptr_array_index (self->plots, i))->file);
  json_object_set_array_member (object, "notes", notes);
  json_object_set_array_member (object, "tables", tables);
  json_object_set_array_member (object, "claims", claims);
  json_object_set_array_member (object, "plots", plots);
  return object;
}

/* --- files --------------------------------------------------------------------------------------------------------- */

static void
draw_cb (cairo_t *cr, double width, double height, const MixqPlotTheme *theme, gconstpointer data)
{
  mixq_line_chart_draw (cr, width, height, theme, data);
}

static char *
csv_cb (gconstpointer data)
{
  return mixq_line_chart_csv (data);
}

static gboolean
save_plot (const MixqReportPlot *plot, const char *folder, GError **error)
{
  static const MixqPlotFormat formats[] = { MIXQ_PLOT_SVG, MIXQ_PLOT_CSV };
  g_autofree MixqLineSeries *series = g_new0 (MixqLineSeries, MAX (plot->series->len, 1));
  MixqLineData data = { .series = series,
                        .n_series = plot->series->len,
                        .x = plot->x,
                        .y = plot->y,
                        .categories = (const char *const *) plot->categories->pdata,
                        .n_categories = plot->categories->len };
  MixqPlotFigure figure = { .draw = draw_cb,
                            .csv = csv_cb,
                            .data = &data,
                            .theme = mixq_plot_theme_get (MIXQ_SCHEME_LIGHT),
                            .width = PLOT_WIDTH,
                            .height = PLOT_HEIGHT,
                            .title = plot->title,
                            .caption = plot->caption };

  for (guint i = 0; i < plot->series->len; i++) {
    const Series *from = &g_array_index (plot->series, Series, i);

    series[i] = (MixqLineSeries){ from->name, i, from->parts,
                                  (const MixqLinePoint *) (void *) from->points->data, from->points->len };
  }
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autofree char *name = mixq_plot_path_with_extension (plot->file, formats[i]);
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (!mixq_plot_save (&figure, path, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
mixq_report_write (const MixqReport *self, JsonNode *json, const char *folder, GError **error)
{
  g_autofree char *table_path = g_build_filename (folder, "table.md", NULL);
  g_autofree char *json_path = g_build_filename (folder, "results.json", NULL);
  g_autofree char *markdown = mixq_report_to_markdown (self), *text = mixq_json_to_text (json, TRUE);

  for (guint i = 0; i < self->plots->len; i++)
    if (!save_plot (g_ptr_array_index (self->plots, i), folder, error))
      return FALSE;
  return mixq_atomic_file_write (table_path, markdown, -1, error) &&
         mixq_atomic_file_write (json_path, text, -1, error);
}
