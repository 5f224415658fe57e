/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mixq-json.h"
#include "mixq-cli-table.h"
#include "mixq-front-study.h"

char *
mixq_front_widths (const MixqFrontStudy *self, const guint8 *bits)
{
  GString *text = g_string_new (NULL);

  for (guint s = 0; s < self->model->n_slots; s++)
    g_string_append_printf (text, "%s%u", s > 0 ? "," : "", bits[s]);
  return g_string_free (text, FALSE);
}

static void
set_number (JsonObject *object, const char *member, double value)
{
  json_object_set_member (object, member, mixq_json_number (value));
}

/* --- JSON: one search ------------------------------------------------------------------------------------------------ */

static JsonObject *
mean_and_std (const double *value, guint n)
{
  JsonObject *object = json_object_new ();
  double std, mean = mixq_front_mean (value, n, &std);

  set_number (object, "mean", mean);
  set_number (object, "std", std);
  return object;
}

static JsonObject *
costs_to_json (const MixqFrontStudy *self, const MixqFrontResult *result, const MixqFrontPoint *point)
{
  JsonObject *object = json_object_new ();
  MixqCost cost;

  mixq_cost_count (self->model, point->bits, &cost);
  for (int axis = 0; axis < MIXQ_N_COST_AXES; axis++)
    if (axis != MIXQ_COST_MS)
      json_object_set_member (object, mixq_cost_axis_name (axis),
                              mixq_json_count (mixq_cost_on_axis (&cost, axis)));
  if (result->axis == MIXQ_COST_MS)
    set_number (object, mixq_cost_axis_name (MIXQ_COST_MS), point->cost);
  set_number (object, "reduction", 1 / point->cost_share);
  return object;
}

static JsonObject *
point_to_json (const MixqFrontStudy *self, const MixqFrontResult *result, const MixqFrontPoint *point)
{
  JsonObject *object = json_object_new ();
  JsonArray *widths = json_array_new ();

  for (guint s = 0; s < self->model->n_slots; s++)
    json_array_add_int_element (widths, point->bits[s]);
  json_object_set_array_member (object, "widths", widths);
  json_object_set_object_member (object, "cost", costs_to_json (self, result, point));
  json_object_set_object_member (object, "val", mean_and_std (point->val, point->n_seeds));
  /* Test is looked at once, for finalists: nothing else has one. */
  if (point->finalist)
    json_object_set_object_member (object, "test", mean_and_std (point->test, point->n_seeds));
  else
    json_object_set_null_member (object, "test");
  json_object_set_int_member (object, "seeds", point->n_seeds);
  set_number (object, "lambda", point->lambda);
  json_object_set_boolean_member (object, "finalist", point->finalist);
  json_object_set_boolean_member (object, "on_front", point->on_front);
  return object;
}

static JsonObject *
rectangle_to_json (const MixqRectangle *rectangle)
{
  JsonObject *object = json_object_new ();

  set_number (object, "cost_min", rectangle->cost_min);
  set_number (object, "cost_max", rectangle->cost_max);
  set_number (object, "accuracy_min", rectangle->value_min);
  set_number (object, "accuracy_max", rectangle->value_max);
  return object;
}

static void
fill_result (JsonObject *object, const MixqFrontStudy *self, const MixqFrontResult *result)
{
  JsonArray *points = json_array_new ();
  JsonObject *float32 = json_object_new ();

  json_object_set_string_member (object, "method", mixq_front_method_name (result->method));
  json_object_set_string_member (object, "axis", mixq_cost_axis_name (result->axis));
  json_object_set_int_member (object, "repeat", result->repeat);
  for (guint i = 0; i < result->points->len; i++)
    json_array_add_object_element (
        points, point_to_json (self, result, &g_array_index (result->points, MixqFrontPoint, i)));
  json_object_set_array_member (object, "points", points);
  set_number (object, "hypervolume", result->hypervolume);
  json_object_set_object_member (object, "rectangle", rectangle_to_json (&result->rectangle));
  set_number (float32, "val", result->float_val);
  set_number (float32, "test", result->float_test);
  set_number (float32, "cost", result->cost_float);
  json_object_set_object_member (object, "float32", float32);
  json_object_set_int_member (object, "models", result->models);
  set_number (object, "seconds", result->seconds);
}

/* --- JSON: comparisons ------------------------------------------------------------------------------------------------ */

static JsonObject *
estimate_to_json (const MixqSpread *estimate)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "n", estimate->n);
  set_number (object, "mean", estimate->mean);
  set_number (object, "std", estimate->std);
  set_number (object, "ci95", mixq_spread_half_width (estimate));
  return object;
}

static double
mean_seconds (const MixqFrontStudy *self, MixqCostAxis axis, MixqFrontMethod method)
{
  double sum = 0;
  guint n = 0;

  for (guint r = 0; r < self->n_repeats; r++) {
    const MixqFrontResult *result = mixq_front_study_find (self, method, axis, r);

    if (result != NULL) {
      sum += result->seconds;
      n++;
    }
  }
  return n > 0 ? sum / n : (double) NAN;
}

static JsonObject *
comparison_to_json (const MixqFrontStudy *self, MixqCostAxis axis, MixqFrontMethod method)
{
  g_autofree double *a = g_new (double, self->n_repeats), *b = g_new (double, self->n_repeats);
  guint n = mixq_front_study_hypervolumes (self, axis, method, method, a, NULL);
  MixqSpread own = mixq_spread_of (a, n), difference;
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "axis", mixq_cost_axis_name (axis));
  json_object_set_string_member (object, "method", mixq_front_method_name (method));
  json_object_set_object_member (object, "hypervolume", estimate_to_json (&own));
  set_number (object, "seconds", mean_seconds (self, axis, method));
  if (method == self->method[0])
    return object;
  n = mixq_front_study_hypervolumes (self, axis, self->method[0], method, a, b);
  difference = mixq_spread_paired (a, b, n);
  json_object_set_object_member (object, "first_minus_this", estimate_to_json (&difference));
  json_object_set_string_member (object, "first", mixq_spread_verdict (&difference));
  return object;
}

JsonNode *
mixq_front_study_to_json (const MixqFrontStudy *self)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonArray *all = json_array_new (), *comparison = json_array_new ();

  json_object_set_string_member (object, "dataset", self->dataset->name);
  if (self->results->len > 0)
    fill_result (object, self, g_ptr_array_index (self->results, 0));
  for (guint i = 0; i < self->results->len; i++) {
    JsonObject *each = json_object_new ();

    fill_result (each, self, g_ptr_array_index (self->results, i));
    json_array_add_object_element (all, each);
  }
  for (guint a = 0; a < self->n_axes; a++)
    for (guint m = 0; m < self->n_methods; m++)
      json_array_add_object_element (comparison, comparison_to_json (self, self->axis[a], self->method[m]));
  json_object_set_array_member (object, "searches", all);
  json_object_set_array_member (object, "comparison", comparison);
  json_object_set_object_member (object, "all", json_object_new ());
  set_number (json_object_get_object_member (object, "all"), "seconds", self->seconds);
  json_object_set_object_member (object, "machine", mixq_cli_machine_to_json ());
  json_node_take_object (node, object);
  return node;
}

/* --- CSV ----------------------------------------------------------------------------------------------------------- */

static void
append_number (GString *text, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (text, ',');
  if (isfinite (value))
    g_string_append (text, g_ascii_dtostr (buffer, sizeof buffer, value));
}

static void
append_point (GString *text,
              const MixqFrontStudy *self,
              const MixqFrontResult *result,
              const MixqFrontPoint *point)
{
  g_autofree char *widths = mixq_front_widths (self, point->bits);
  double val_std, test_std, val = mixq_front_mean (point->val, point->n_seeds, &val_std);
  double test = mixq_front_mean (point->test, point->n_seeds, &test_std);

  g_strdelimit (widths, ",", ' ');
  g_string_append_printf (text, "%u,%s,%s,%s", result->repeat, mixq_cost_axis_name (result->axis),
                          mixq_front_method_name (result->method), widths);
  append_number (text, point->cost);
  append_number (text, 1 / point->cost_share);
  append_number (text, val);
  append_number (text, val_std);
  append_number (text, point->finalist ? test : (double) NAN);
  append_number (text, point->finalist ? test_std : (double) NAN);
  g_string_append_printf (text, ",%u,%d,%d\n", point->n_seeds, point->finalist, point->on_front);
}

char *
mixq_front_study_to_csv (const MixqFrontStudy *self)
{
  GString *text = g_string_new (
      "repeat,axis,method,widths,cost,reduction,val,val_std,test,test_std,seeds,finalist,on_front\n");

  for (guint i = 0; i < self->results->len; i++) {
    const MixqFrontResult *result = g_ptr_array_index (self->results, i);

    for (guint p = 0; p < result->points->len; p++)
      append_point (text, self, result, &g_array_index (result->points, MixqFrontPoint, p));
  }
  return g_string_free (text, FALSE);
}

/* --- tables -------------------------------------------------------------------------------------------------------- */

static char *
percent_and_std (const double *value, guint n)
{
  double std, mean = mixq_front_mean (value, n, &std);

  if (isnan (mean))
    return g_strdup ("-");
  return g_strdup_printf ("%.2f +- %.2f", mean * 100, std * 100);
}

/* The finalists of one search; the front is starred. */
static void
print_front (const MixqFrontStudy *self, const MixqFrontResult *result)
{
  static const char *const heads[] = { "cost", "less", "val", "test, not used for choosing", "<", "<widths" };
  g_autoptr (MixqCliTable) table = mixq_cli_table_new (G_N_ELEMENTS (heads), heads);

  printf ("\n%s on %s, first repeat: finalists, each with %u seeds (* on the front by validation)\n\n",
          mixq_front_method_name (result->method), mixq_cost_axis_name (result->axis), self->options.n_seeds);
  for (guint i = 0; i < result->points->len; i++) {
    const MixqFrontPoint *point = &g_array_index (result->points, MixqFrontPoint, i);

    if (!point->finalist)
      continue;
    mixq_cli_table_add (table, mixq_cli_si (point->cost));
    mixq_cli_table_add (table, mixq_cli_times (1 / point->cost_share));
    mixq_cli_table_add (table, percent_and_std (point->val, point->n_seeds));
    mixq_cli_table_add (table, percent_and_std (point->test, point->n_seeds));
    mixq_cli_table_addf (table, "%s", point->on_front ? "*" : "");
    mixq_cli_table_add (table, mixq_front_widths (self, point->bits));
  }
  mixq_cli_table_add (table, mixq_cli_si (result->cost_float));
  mixq_cli_table_add (table, mixq_cli_times (1));
  mixq_cli_table_add (table, mixq_cli_percent (result->float_val));
  mixq_cli_table_add (table, mixq_cli_percent (result->float_test));
  mixq_cli_table_addf (table, "%s", "");
  mixq_cli_table_addf (table, "%s", "float32");
  mixq_cli_table_print (table);
}

static void
print_comparison_row (const MixqFrontStudy *self,
                      MixqCliTable *table,
                      MixqCostAxis axis,
                      MixqFrontMethod method)
{
  g_autofree double *a = g_new (double, self->n_repeats), *b = g_new (double, self->n_repeats);
  guint n = mixq_front_study_hypervolumes (self, axis, method, method, a, NULL);
  MixqSpread own = mixq_spread_of (a, n), difference;

  mixq_cli_table_addf (table, "%s", mixq_cost_axis_name (axis));
  mixq_cli_table_addf (table, "%s", mixq_front_method_name (method));
  mixq_cli_table_addf (table, "%.4f", own.mean);
  if (n > 1)
    mixq_cli_table_addf (table, "+- %.4f", mixq_spread_half_width (&own));
  else
    mixq_cli_table_addf (table, "-");
  mixq_cli_table_addf (table, "%.1f", mean_seconds (self, axis, method));
  if (method == self->method[0] || n < 2) {
    mixq_cli_table_addf (table, "-");
    mixq_cli_table_addf (table, "%s", "");
    return;
  }
  n = mixq_front_study_hypervolumes (self, axis, self->method[0], method, a, b);
  difference = mixq_spread_paired (a, b, n);
  mixq_cli_table_addf (table, "%+.4f +- %.4f", difference.mean, mixq_spread_half_width (&difference));
  mixq_cli_table_addf (table, "%s", mixq_spread_verdict (&difference));
}

static void
print_comparison (const MixqFrontStudy *self)
{
  g_autofree char *last = g_strdup_printf ("%s - this", mixq_front_method_name (self->method[0]));
  const char *const heads[] = { "<axis", "<method", "hypervolume", "95 %", "seconds", last, "<" };
  g_autoptr (MixqCliTable) table = mixq_cli_table_new (G_N_ELEMENTS (heads), heads);

  for (guint a = 0; a < self->n_axes; a++)
    for (guint m = 0; m < self->n_methods; m++)
      print_comparison_row (self, table, self->axis[a], self->method[m]);
  mixq_cli_table_print (table);
}

void
mixq_front_study_print (const MixqFrontStudy *self)
{
  printf ("%s; %u %s%s, up to %u models and %u finalists each\n\n", self->dataset->title, self->n_repeats,
          self->n_repeats == 1 ? "repeat" : "repeats", self->fresh_splits ? " on fresh random splits" : "",
          self->options.n_models, self->options.n_finalists);
  print_comparison (self);
  for (guint a = 0; a < self->n_axes; a++)
    for (guint m = 0; m < self->n_methods; m++) {
      const MixqFrontResult *result = mixq_front_study_find (self, self->method[m], self->axis[a], 0);

      if (result != NULL)
        print_front (self, result);
    }
  puts ("\naccuracies in %, of integer models, mean and standard deviation over seeds; the hypervolume is of "
        "test\naccuracies of the points that validation chose; seconds: of one processor doing nothing else");
}
