/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-cli-run.h"

#include <math.h>
#include <stdio.h>

#include <glib/gstdio.h>

#include "base/mixq-error.h"
#include "mixq-cli-table.h"

/* --- watching ------------------------------------------------------------------------------------------------------ */

/* ", validation 79.80 %", nothing without validation nodes */
static char *
validation_text (const MixqEpoch *figures)
{
  double accuracy = figures->accuracy[MIXQ_PART_VAL];

  return isfinite (accuracy) ? g_strdup_printf (", validation %.2f %%", accuracy * 100) : g_strdup ("");
}

static void
watch_cb (const char *phase, guint epoch, guint epochs, const MixqEpoch *figures, gpointer user_data)
{
  MixqRunWatch *self = user_data;
  g_autofree char *val = validation_text (figures);

  mixq_progress_advance (self->progress, "%s: %s %u/%u%s", self->label, phase, epoch, epochs, val);
  if (self->lines && epoch == epochs && !mixq_progress_has_bar (self->progress))
    mixq_progress_say (self->progress, "%s: %s, %u epochs%s", self->label, phase, epochs, val);
}

MixqPhaseControl
mixq_run_watch_control (MixqRunWatch *self)
{
  return (MixqPhaseControl){ .cancellable = self->cancellable, .progress = watch_cb, .user_data = self };
}

guint64
mixq_run_epochs (const MixqRunConfig *config, gboolean with_float)
{
  return (with_float ? config->epochs_float : 0) +
         (config->method == MIXQ_METHOD_RELAXED ? (guint64) config->epochs_search : 0) +
         (mixq_scheme_traits (config->scheme)->per_node ? (guint64) config->epochs_search : 0) +
         config->epochs_qat;
}

/* --- output folders ------------------------------------------------------------------------------------------------ */

/* access() answers for the permissions alone; a read-only or special file system shows only when one tries. */
static gboolean
can_make_in (const char *folder)
{
  g_autofree char *probe = g_build_filename (folder, ".mixq-XXXXXX", NULL);

  return g_mkdtemp (probe) != NULL && g_rmdir (probe) == 0;
}

gboolean
mixq_cli_check_out (const char *path, gboolean force, GError **error)
{
  g_autofree char *canonical = path != NULL ? g_canonicalize_filename (path, NULL) : NULL;
  g_autofree char *parent = path != NULL ? g_path_get_dirname (canonical) : NULL;
  const char *problem = NULL;

  if (path == NULL)
    return TRUE;
  if (g_file_test (path, G_FILE_TEST_EXISTS)) {
    if (!g_file_test (path, G_FILE_TEST_IS_DIR))
      problem = "is there and is no folder; choose another name";
    else if (!force)
      problem = "is there already; choose another folder, or replace it with --force";
    else if (!can_make_in (path))
      problem = "cannot be written to; choose another folder or change its permissions";
  } else if (!g_file_test (parent, G_FILE_TEST_IS_DIR)) {
    problem = "cannot be made because the folder it would be in is missing; make that first";
  } else if (!can_make_in (parent)) {
    problem = "cannot be made because the folder it would be in cannot be written to; choose another one";
  }
  if (problem != NULL)
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO, "%s %s", path, problem);
  return problem == NULL;
}

/* --- one run ------------------------------------------------------------------------------------------------------- */

char *
mixq_run_result_widths (const MixqRunResult *result)
{
  GString *text = g_string_new (NULL);

  for (guint s = 0; s < result->model->n_slots; s++)
    g_string_append_printf (text, "%s%u", s == 0 ? "" : ",", result->selection.bits[s]);
  return g_string_free (text, FALSE);
}

double
mixq_run_result_accuracy (const MixqRunResult *result, MixqPart part)
{
  return result->finished->frozen != NULL ? result->finished->integer.part[part]
                                          : result->finished->quantized.part[part];
}

static void
add_accuracy (MixqCliTable *table, const char *name, const MixqAccuracies *accuracy)
{
  static const MixqPart parts[] = { MIXQ_PART_TRAIN, MIXQ_PART_VAL, MIXQ_PART_TEST };

  mixq_cli_table_addf (table, "%s", name);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    mixq_cli_table_add (table, mixq_cli_percent (accuracy->part[parts[i]]));
}

static void
print_accuracies (const MixqRunResult *result)
{
  static const char *const heads[] = { "<accuracy in %", "train", "validation", "test" };
  g_autoptr (MixqCliTable) table = mixq_cli_table_new (G_N_ELEMENTS (heads), heads);

  if (result->selection.relaxed)
    add_accuracy (table, "relaxed", &result->selection.accuracy);
  add_accuracy (table, "float32", &result->float_model->accuracy);
  add_accuracy (table, "quantized (simulated)", &result->finished->quantized);
  if (result->finished->frozen != NULL)
    add_accuracy (table, "integer", &result->finished->integer);
  mixq_cli_table_print (table);
  if (result->finished->frozen != NULL)
    printf ("integer and simulated agree on %.4g %% of the codes and %.4g %% of the predictions\n",
            result->finished->agreement_codes * 100, result->finished->agreement_predictions * 100);
}

static void
add_alpha (MixqCliTable *table, const MixqRunResult *result, guint slot)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint k = 0; k < result->config.n_choices && result->selection.relaxed; k++)
    g_string_append_printf (text, "%s%u: %.2f", k == 0 ? "" : "  ", result->config.choices[k],
                            (double) result->selection.alpha[slot][k]);
  mixq_cli_table_addf (table, "%s", text->str);
}

/* A mean over its nodes, where these have widths of their own. */
static void
add_bits (MixqCliTable *table, const MixqRunResult *result, guint slot)
{
  const MixqFrozen *frozen = result->finished->frozen;

  if (frozen != NULL && frozen->slots[slot].row_bits != NULL)
    mixq_cli_table_addf (table, "%.3f", mixq_frozen_slot_mean_bits (&frozen->slots[slot]));
  else
    mixq_cli_table_addf (table, "%u", result->selection.bits[slot]);
}

static void
print_slots (const MixqRunResult *result)
{
  static const char *const heads[] = { "<slot", "<role", "bits", "elements", "<alpha" };
  g_autoptr (MixqCliTable)
      table = mixq_cli_table_new (G_N_ELEMENTS (heads) - !result->selection.relaxed, heads);

  for (guint s = 0; s < result->model->n_slots; s++) {
    const MixqSlotInfo *slot = &result->model->slots[s];

    mixq_cli_table_addf (table, "%s", slot->name);
    mixq_cli_table_addf (table, "%s", mixq_slot_role_name (slot->role));
    add_bits (table, result, s);
    mixq_cli_table_addf (table, "%zu", slot->elements);
    if (result->selection.relaxed)
      add_alpha (table, result, s);
  }
  mixq_cli_table_print (table);
}

static void
print_cost (const MixqRunResult *result)
{
  const MixqCost *f = &result->cost_float, *q = &result->cost;

  printf ("average bits   %.3f\n", q->average_bits);
  printf ("BitOPs         %.0f of %.0f, %.2fx fewer (cached convention)\n", q->bitops, f->bitops,
          f->bitops / q->bitops);
  printf ("               %.0f of %.0f, %.2fx fewer (search convention)\n", q->bitops_search,
          f->bitops_search, f->bitops_search / q->bitops_search);
  printf ("bytes          %.0f of %.0f, %.2fx fewer\n", q->bytes, f->bytes, f->bytes / q->bytes);
}

static void
print_times (const MixqRunResult *result)
{
  printf ("seconds        %.3f float32, %.3f search, %.3f QAT, %.3f in all\n", result->float_model->seconds,
          result->selection.seconds, result->finished->seconds, result->seconds);
  printf ("ms per epoch   %.3f float32, %.3f search, %.3f QAT (medians, evaluation included)\n",
          result->float_model->epoch_ms, result->selection.epoch_ms, result->finished->epoch_ms);
  if (result->finished->frozen != NULL)
    printf ("inference      %.3f ms for the whole graph with integers\n",
            result->finished->integer_seconds * 1000);
  printf ("memory         %.1f MiB at most above the loaded data\n", result->peak_mib);
}

static void
print_head (const MixqRunResult *result)
{
  const MixqDataset *dataset = result->inputs->dataset;
  const MixqRunConfig *config = &result->config;

  printf ("%s: %zu nodes, %zu edges, %zu features, %zu classes\n", dataset->title, dataset->n_nodes,
          dataset->graph->nnz, dataset->features->n_cols, dataset->n_classes);
  printf ("%s, %u layers, %u hidden", mixq_arch_name (result->model->spec.arch), result->model->spec.n_layers,
          result->model->spec.hidden);
  if (config->method == MIXQ_METHOD_RELAXED)
    printf ("; lambda %g", config->lambda);
  printf ("%s%s", config->distill != MIXQ_DISTILL_NONE ? "; distilled" : "",
          config->reference ? "; reference" : "");
}

static void
print_warnings (const MixqRunResult *result)
{
  for (guint i = 0; i < result->warnings->len; i++)
    printf ("warning        %s\n", (const char *) g_ptr_array_index (result->warnings, i));
}

/* Of several runs, each text once. */
static void
print_all_warnings (const GPtrArray *results, FILE *file, const char *head)
{
  g_autoptr (GHashTable) told = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint r = 0; r < results->len; r++) {
    const MixqRunResult *result = g_ptr_array_index (results, r);

    for (guint i = 0; i < result->warnings->len; i++)
      if (g_hash_table_add (told, g_ptr_array_index (result->warnings, i)))
        fprintf (file, "%s%s\n", head, (const char *) g_ptr_array_index (result->warnings, i));
  }
}

void
mixq_runs_warn (const GPtrArray *results)
{
  print_all_warnings (results, stderr, "mixq: warning: ");
}

void
mixq_run_print (const MixqRunResult *result)
{
  print_head (result);
  printf ("; seed %" G_GUINT64_FORMAT "\n\n", result->config.seed);
  print_accuracies (result);
  putchar ('\n');
  print_slots (result);
  putchar ('\n');
  print_cost (result);
  printf ("training       %s\n", result->plan);
  print_times (result);
  print_warnings (result);
}

/* --- several runs -------------------------------------------------------------------------------------------------- */

/* A column of the table of seeds. */
static double
relaxed_val (const MixqRunResult *result)
{
  return result->selection.accuracy.part[MIXQ_PART_VAL];
}

static double
float_val (const MixqRunResult *result)
{
  return result->float_model->accuracy.part[MIXQ_PART_VAL];
}

static double
float_test (const MixqRunResult *result)
{
  return result->float_model->accuracy.part[MIXQ_PART_TEST];
}

static double
val (const MixqRunResult *result)
{
  return mixq_run_result_accuracy (result, MIXQ_PART_VAL);
}

static double
test (const MixqRunResult *result)
{
  return mixq_run_result_accuracy (result, MIXQ_PART_TEST);
}

/* The published figures of the reference are in its search convention. */
static double
bitops (const MixqRunResult *result)
{
  return result->config.reference ? result->cost.bitops_search : result->cost.bitops;
}

static double
reduction (const MixqRunResult *result)
{
  return result->config.reference ? result->cost_float.bitops_search / result->cost.bitops_search
                                  : result->cost_float.bitops / result->cost.bitops;
}

static const struct
{
  const char *head;
  double (*read) (const MixqRunResult *result);
  char *(*show) (double value);
} columns[] = {
  { "relaxed val", relaxed_val, mixq_cli_percent },
  { "float32 val", float_val, mixq_cli_percent },
  { "float32 test", float_test, mixq_cli_percent },
  { "val", val, mixq_cli_percent },
  { "test", test, mixq_cli_percent },
  { "BitOPs", bitops, mixq_cli_si },
  { "less", reduction, mixq_cli_times },
};

static double
mean_of (const GPtrArray *results, guint column)
{
  double sum = 0;

  for (guint i = 0; i < results->len; i++)
    sum += columns[column].read (g_ptr_array_index (results, i));
  return sum / results->len;
}

static double
std_of (const GPtrArray *results, guint column)
{
  double mean = mean_of (results, column), sum = 0;

  for (guint i = 0; i < results->len; i++)
    sum += pow (columns[column].read (g_ptr_array_index (results, i)) - mean, 2);
  return sqrt (sum / results->len);
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
median_of (const GPtrArray *results, guint column)
{
  g_autofree double *value = g_new (double, results->len);
  guint n = results->len;

  for (guint i = 0; i < n; i++)
    value[i] = columns[column].read (g_ptr_array_index (results, i));
  qsort (value, n, sizeof *value, compare_doubles);
  return n % 2 == 1 ? value[n / 2] : (value[n / 2 - 1] + value[n / 2]) / 2;
}

static void
add_statistic (MixqCliTable *table,
               const GPtrArray *results,
               const char *name,
               double (*statistic) (const GPtrArray *results, guint column))
{
  mixq_cli_table_addf (table, "%s", name);
  for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
    mixq_cli_table_add (table, columns[c].show (statistic (results, c)));
  mixq_cli_table_addf (table, "%s", "");
}

void
mixq_runs_print (const GPtrArray *results)
{
  const MixqRunResult *first = g_ptr_array_index (results, 0);
  const MixqRunResult *last = g_ptr_array_index (results, results->len - 1);
  gboolean folds = results->len > 1 && first->config.seed == last->config.seed;
  const char *heads[G_N_ELEMENTS (columns) + 2] = { folds ? "fold" : "seed" };
  gboolean reference = first->config.reference;
  g_autoptr (MixqCliTable) table = NULL;

  for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
    heads[c + 1] = columns[c].head;
  heads[G_N_ELEMENTS (columns) + 1] = "<widths";
  table = mixq_cli_table_new (G_N_ELEMENTS (heads), heads);
  for (guint i = 0; i < results->len; i++) {
    const MixqRunResult *result = g_ptr_array_index (results, i);

    mixq_cli_table_addf (table, "%" G_GUINT64_FORMAT, folds ? i : result->config.seed);
    for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
      mixq_cli_table_add (table, columns[c].show (columns[c].read (result)));
    mixq_cli_table_add (table, mixq_run_result_widths (result));
  }
  add_statistic (table, results, "mean", mean_of);
  add_statistic (table, results, "std", std_of);
  add_statistic (table, results, "median", median_of);
  print_head (g_ptr_array_index (results, 0));
  printf ("; %u %s\n\n", results->len, folds ? "folds" : "seeds");
  mixq_cli_table_print (table);
  printf (
      "\naccuracies in %%; val and test are of the %s; BitOPs in the %s convention; std of the population\n",
      reference ? "quantized (simulated) model" : "integer model", reference ? "search" : "cached");
  print_all_warnings (results, stdout, "warning        ");
}
