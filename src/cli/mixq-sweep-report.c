/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mixq-json.h"
#include "export/mixq-model-folder.h"
#include "mixq-cli-table.h"
#include "mixq-sweep.h"

/* --- JSON ---------------------------------------------------------------------------------------------------------- */

static void
set_number (JsonObject *object, const char *member, double value)
{
  json_object_set_member (object, member, mixq_json_number (value));
}

static JsonObject *
mean_and_std (double mean, double std)
{
  JsonObject *object = json_object_new ();

  set_number (object, "mean", mean);
  set_number (object, "std", std);
  return object;
}

static JsonObject *
costs_to_json (const MixqSweep *self, const MixqRunResult *result)
{
  JsonObject *object = json_object_new ();

  for (int axis = 0; axis < MIXQ_N_COST_AXES; axis++)
    if (axis != MIXQ_COST_MS)
      json_object_set_member (object, mixq_cost_axis_name (axis),
                              mixq_json_count (mixq_cost_on_axis (&result->cost, axis)));
  if (self->config.cost == MIXQ_COST_MS)
    set_number (object, mixq_cost_axis_name (MIXQ_COST_MS), mixq_sweep_cost (self, result, FALSE));
  return object;
}

static JsonArray *
widths_to_json (const MixqSweep *self, const MixqRunResult *result)
{
  JsonArray *array = json_array_new ();

  for (guint s = 0; s < self->model->n_slots; s++)
    json_array_add_int_element (array, result->selection.bits[s]);
  return array;
}

static void
set_origin (JsonObject *object, const MixqSweepRun *run)
{
  set_number (object, "lambda", run->lambda);
  json_object_set_int_member (object, "seed", (gint64) run->seed);
}

static JsonObject *
point_to_json (const MixqSweep *self, const MixqSweepPoint *point)
{
  JsonObject *object = json_object_new ();

  json_object_set_array_member (object, "widths", widths_to_json (self, point->run->result));
  json_object_set_object_member (object, "cost", costs_to_json (self, point->run->result));
  json_object_set_object_member (object, "val", mean_and_std (point->val_mean, point->val_std));
  json_object_set_object_member (object, "test", mean_and_std (point->test_mean, point->test_std));
  set_number (object, "float32_val", point->float_val_mean);
  json_object_set_int_member (object, "seeds", point->n_seeds);
  set_origin (object, point->run);
  json_object_set_boolean_member (object, "on_front", point->on_front);
  json_object_set_boolean_member (object, "recommended", point->recommended);
  return object;
}

static JsonArray *
points_to_json (const MixqSweep *self)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < self->n_points; i++)
    json_array_add_object_element (array, point_to_json (self, &self->point[i]));
  return array;
}

static JsonArray *
lambdas_to_json (const MixqSweep *self)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < self->n_lambdas; i++)
    json_array_add_element (array, mixq_json_number (self->lambda[i]));
  return array;
}

static JsonArray *
seeds_to_json (const MixqSweep *self)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < self->seeds.n; i++)
    json_array_add_int_element (array, (gint64) (self->seeds.first + i));
  return array;
}

JsonNode *
mixq_sweep_to_json (const MixqSweep *self)
{
  const MixqSweepPoint *recommended = mixq_sweep_recommended (self);
  g_autoptr (GPtrArray) results = g_ptr_array_new ();
  JsonObject *object;
  JsonNode *node;

  for (guint i = 0; i < self->n_runs; i++)
    if (self->run[i].result != NULL)
      g_ptr_array_add (results, self->run[i].result);
  node = mixq_runs_to_json (results);
  object = json_node_get_object (node);
  json_object_remove_member (object, "mean"); /* over different lambdas they mean nothing */
  json_object_remove_member (object, "std");
  json_object_remove_member (object, "median");
  json_object_set_array_member (object, "lambdas", lambdas_to_json (self));
  json_object_set_array_member (object, "seeds", seeds_to_json (self));
  json_object_set_string_member (object, "cost", mixq_cost_axis_name (self->config.cost));
  json_object_set_array_member (object, "points", points_to_json (self));
  if (recommended != NULL)
    json_object_set_object_member (object, "recommended", point_to_json (self, recommended));
  else
    json_object_set_null_member (object, "recommended");
  json_object_set_int_member (object, "runs_missing", self->n_runs - self->n_finished);
  set_number (object, "seconds", self->seconds);
  json_object_set_object_member (object, "machine", mixq_cli_machine_to_json ());
  return node;
}

/* --- CSV ----------------------------------------------------------------------------------------------------------- */

static void
append_number (GString *text, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (isfinite (value))
    g_string_append (text, g_ascii_dtostr (buffer, sizeof buffer, value));
  g_string_append_c (text, ',');
}

static void
append_run (GString *text, const MixqSweepRun *run)
{
  const MixqRunResult *result = run->result;
  g_autofree char *widths = mixq_run_result_widths (result);
  const double number[] = {
    result->selection.accuracy.part[MIXQ_PART_VAL],
    result->float_model->accuracy.part[MIXQ_PART_VAL],
    result->float_model->accuracy.part[MIXQ_PART_TEST],
    mixq_run_result_accuracy (result, MIXQ_PART_VAL),
    mixq_run_result_accuracy (result, MIXQ_PART_TEST),
    result->cost.average_bits,
    result->cost.bitops,
    result->cost_float.bitops / result->cost.bitops,
    result->cost.bytes,
    result->finished->frozen != NULL ? result->finished->integer_seconds * 1000 : (double) NAN,
  };

  append_number (text, run->lambda);
  g_string_append_printf (text, "%" G_GUINT64_FORMAT ",", run->seed);
  for (guint i = 0; i < G_N_ELEMENTS (number); i++)
    append_number (text, number[i]);
  g_strdelimit (widths, ",", ' ');
  g_string_append_printf (text, "%s\n", widths);
}

char *
mixq_sweep_to_csv (const MixqSweep *self)
{
  GString *text = g_string_new (
      "lambda,seed,relaxed_val,float32_val,float32_test,val,test,average_bits,bitops,"
      "reduction,bytes,integer_ms,widths\n");

  for (guint i = 0; i < self->n_runs; i++)
    if (self->run[i].result != NULL)
      append_run (text, &self->run[i]);
  return g_string_free (text, FALSE);
}

/* --- table --------------------------------------------------------------------------------------------------------- */

/* Means over the finished seeds of one lambda or width. */
typedef struct
{
  double relaxed, float_val, val, test, average_bits, bitops, reduction, bytes, ms;
  guint n;
  gboolean same_widths;
  const MixqRunResult *first;
} Row;

static void
add_to_row (Row *row, const MixqRunResult *result)
{
  row->same_widths = row->same_widths &&
                     (row->first == NULL || memcmp (row->first->selection.bits, result->selection.bits,
                                                    result->model->n_slots) == 0);
  row->first = row->first != NULL ? row->first : result;
  row->n++;
  row->relaxed += result->selection.accuracy.part[MIXQ_PART_VAL];
  row->float_val += result->float_model->accuracy.part[MIXQ_PART_VAL];
  row->val += mixq_run_result_accuracy (result, MIXQ_PART_VAL);
  row->test += mixq_run_result_accuracy (result, MIXQ_PART_TEST);
  row->average_bits += result->cost.average_bits;
  row->bitops += result->cost.bitops;
  row->reduction += result->cost_float.bitops / result->cost.bitops;
  row->bytes += result->cost.bytes;
  row->ms += result->finished->frozen != NULL ? result->finished->integer_seconds * 1000 : (double) NAN;
}

static void
print_row (MixqCliTable *table, const MixqSweepRun *run, const Row *row)
{
  double n = row->n;

  if (run->width > 0)
    mixq_cli_table_addf (table, "all %u", run->width);
  else
    mixq_cli_table_addf (table, "%g", run->lambda);
  mixq_cli_table_add (table, mixq_cli_percent (row->relaxed / n));
  mixq_cli_table_add (table, mixq_cli_percent (row->float_val / n));
  mixq_cli_table_add (table, mixq_cli_percent (row->val / n));
  mixq_cli_table_add (table, mixq_cli_percent (row->test / n));
  mixq_cli_table_addf (table, "%.2f", row->average_bits / n);
  mixq_cli_table_add (table, mixq_cli_si (row->bitops / n));
  mixq_cli_table_add (table, mixq_cli_times (row->reduction / n));
  mixq_cli_table_add (table, mixq_cli_si (row->bytes / n));
  if (isfinite (row->ms))
    mixq_cli_table_addf (table, "%.2f", row->ms / n);
  else
    mixq_cli_table_addf (table, "-");
  mixq_cli_table_add (table,
                      row->same_widths ? mixq_run_result_widths (row->first) : g_strdup ("differ by seed"));
}

static void
print_recommended (const MixqSweep *self)
{
  const MixqSweepPoint *point = mixq_sweep_recommended (self);
  g_autofree char *widths = NULL;

  if (point == NULL) {
    puts (self->inputs->n_item[MIXQ_PART_VAL] > 0
              ? "No model is within one point of float32 on validation."
              : "Without validation nodes no model is recommended; give a split that has some with --split.");
    return;
  }
  widths = mixq_run_result_widths (point->run->result);
  printf ("Recommended, the cheapest within one point of float32 on validation (%.2f %%):\n"
          "widths %s, validation %.2f %%, test %.2f %%, %.2fx cheaper by %s, seed %" G_GUINT64_FORMAT "\n",
          point->float_val_mean * 100, widths, point->val_mean * 100, point->test_mean * 100,
          point->cost_float / point->cost, mixq_cost_axis_name (self->config.cost), point->run->seed);
}

void
mixq_sweep_print (const MixqSweep *self)
{
  static const char *const heads[] = { "lambda", "relaxed val", "float32 val", "val", "test",   "bits",
                                       "BitOPs", "less",        "bytes",       "ms",  "<widths" };
  g_autoptr (MixqCliTable) table = mixq_cli_table_new (G_N_ELEMENTS (heads), heads);

  for (guint i = 0; i < self->n_runs; i += self->seeds.n) {
    Row row = { .same_widths = TRUE };

    for (guint s = 0; s < self->seeds.n; s++)
      if (self->run[i + s].result != NULL)
        add_to_row (&row, self->run[i + s].result);
    if (row.n > 0)
      print_row (table, &self->run[i], &row);
  }
  printf ("%s; %u of %u runs, %.1f s\n\n", self->inputs->dataset->title, self->n_finished, self->n_runs,
          self->seconds);
  mixq_cli_table_print (table);
  puts ("\naccuracies in %, of the integer model unless named; ms: its inference on the whole graph; means "
        "over seeds");
  print_recommended (self);
}
