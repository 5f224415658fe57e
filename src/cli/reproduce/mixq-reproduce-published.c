/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Published figures, as facts with their source: the tables of arXiv:2505.09361 and the logs behind them in
 * github.com/SamirMoustafa/MixQ (tasks_per_node/planetoid: experimental_logs, experimental_plus_DQ_logs).
 */
#include "reproduce/mixq-reproduce-published.h"

#include <math.h>
#include <string.h>

#include "base/mixq-error.h"

/* Float32 BitOPs, to turn published reductions into BitOPs. */
#define CITESEER_FLOAT 50678655552.0
#define MAX_ROWS 10000

static const MixqPublished gcn[] = {
  { "cora", -1e-8, 0.8158, 0.0075, 10, 4.0159e9, FALSE },
  { "cora", 0.1, 0.7772, 0.0285, 5, 3.3530e9, FALSE },
  { "cora", 1, 0.6868, 0.0272, 10, 1.6763e9, FALSE },
  { "citeseer", -1e-8, 0.6897, 0.0111, 10, CITESEER_FLOAT / 4.1, TRUE },
  { "citeseer", 0.1, 0.6652, 0.0181, 10, 5282458880.0, FALSE },
  { "citeseer", 1, 0.6087, 0.0872, 10, CITESEER_FLOAT / 12.0, TRUE },
};

static const MixqPublished degree_quant[] = {
  { "cora", -1e-8, 0.8179, 0.0031, 10, 4015318304.0, FALSE },
  { "cora", 0.1, 0.7995, 0.0059, 10, 3353035381.3, FALSE },
  { "cora", 1, 0.7234, 0.0128, 10, 1676261322.7, FALSE },
  { "citeseer", -1e-8, 0.6932, 0.0030, 10, 12655518208.0, FALSE },
  { "citeseer", 0.1, 0.6619, 0.0117, 10, 5814880512.0, FALSE },
  { "citeseer", 1, 0.6500, 0.0060, 10, 4225615104.0, FALSE },
};

const MixqPublished *
mixq_published_gcn (gsize *n)
{
  *n = G_N_ELEMENTS (gcn);
  return gcn;
}

const MixqPublished *
mixq_published_degree_quant (gsize *n)
{
  *n = G_N_ELEMENTS (degree_quant);
  return degree_quant;
}

/* --- a curve from a file ------------------------------------------------------------------------------------------- */

enum {
  COLUMN_LAMBDA,
  COLUMN_ACCURACY,
  COLUMN_STD,
  COLUMN_BITOPS,
  N_COLUMNS,
};
static const char *const column_names[N_COLUMNS] = { "bit_width_lambda", "accuracy_mean", "accuracy_std",
                                                     "bit_operations_mean" };

static gboolean
bad_file (GError **error, const char *path, guint line, const char *what)
{
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE, "%s:%u: %s; give a folder with the published CSV files",
               path, line, what);
  return FALSE;
}

static gboolean
find_columns (const char *head, const char *path, guint at[N_COLUMNS], GError **error)
{
  g_auto (GStrv) name = g_strsplit (head, ",", -1);

  for (guint c = 0; c < N_COLUMNS; c++) {
    guint i = 0;

    while (name[i] != NULL && strcmp (name[i], column_names[c]) != 0)
      i++;
    if (name[i] == NULL)
      return bad_file (error, path, 1, "a column is missing");
    at[c] = i;
  }
  return TRUE;
}

static gboolean
read_row (const char *line, const guint at[N_COLUMNS], double value[N_COLUMNS])
{
  g_auto (GStrv) cell = g_strsplit (line, ",", -1);
  guint n = g_strv_length (cell);

  for (guint c = 0; c < N_COLUMNS; c++) {
    char *end = NULL;

    if (at[c] >= n)
      return FALSE;
    value[c] = g_ascii_strtod (cell[at[c]], &end);
    if (end == cell[at[c]] || *end != '\0' || !isfinite (value[c]))
      return FALSE;
  }
  return TRUE;
}

static int
compare_lambdas (gconstpointer a, gconstpointer b)
{
  double x = ((const MixqPublished *) a)->lambda, y = ((const MixqPublished *) b)->lambda;

  return (x > y) - (x < y);
}

GArray *
mixq_published_read (const char *path, const char *set, guint n_runs, GError **error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) line = NULL;
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (MixqPublished));
  g_autoptr (GError) cause = NULL;
  guint at[N_COLUMNS];

  if (!g_file_get_contents (path, &text, NULL, &cause)) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO,
                 "%s: the published curve cannot be read (%s); give the folder it is in with --published",
                 path, cause->message);
    return NULL;
  }
  line = g_strsplit (text, "\n", MAX_ROWS);
  if (line[0] == NULL || !find_columns (g_strchomp (line[0]), path, at, error))
    return NULL;
  for (guint i = 1; line[i] != NULL; i++) {
    double value[N_COLUMNS];
    MixqPublished row = { .set = set, .n = n_runs };

    if (*g_strchomp (line[i]) == '\0')
      continue;
    if (!read_row (line[i], at, value)) {
      bad_file (error, path, i + 1, "not all numbers of the row can be read");
      return NULL;
    }
    row.lambda = value[COLUMN_LAMBDA];
    row.accuracy = value[COLUMN_ACCURACY] / 100;
    row.std = value[COLUMN_STD] / 100;
    row.bitops = value[COLUMN_BITOPS];
    g_array_append_val (rows, row);
  }
  g_array_sort (rows, compare_lambdas);
  return g_steal_pointer (&rows);
}
