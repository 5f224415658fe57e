/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tradeoff/mixq-budget-text.h"

#include <glib/gi18n.h>
#include <math.h>

#include "mixq-format.h"

/* --- budget ---------------------------------------------------------------------------------------------------------- */

/* "222888888" where every width is one digit, else "16 8 8". */
static char *
widths_text (const MixqPoint *point)
{
  GString *text = g_string_new (NULL);
  gboolean spaced = point->n_slots > 24;

  for (guint i = 0; i < point->n_slots; i++)
    spaced = spaced || point->bits[i] > 9;
  if (spaced) {
    g_string_free (text, TRUE);
    return mixq_format_bits (point->bits, point->n_slots, 14);
  }
  for (guint i = 0; i < point->n_slots; i++)
    g_string_append_printf (text, "%u", point->bits[i]);
  return g_string_free (text, FALSE);
}

/* "222888888: 81.2 % validation, 15.5× fewer BitOPs" */
static char *
model_text (const MixqPoint *point, MixqCostAxis axis)
{
  gboolean trained = isnan (point->val_mean);
  g_autofree char *widths = widths_text (point), *times = mixq_format_times (point->cost_share);
  g_autofree char *percent = mixq_format_percent (trained ? point->train_mean : point->val_mean);

  if (trained)
    /* Translators: widths, accuracy, "15.5× fewer BitOPs" */
    return g_strdup_printf (_ ("%s: %s %% on training nodes, %s× %s"), widths, percent, times,
                            mixq_axis_fewer (axis));
  /* Translators: widths, accuracy, "15.5× fewer BitOPs" */
  return g_strdup_printf (_ ("%s: %s %% validation, %s× %s"), widths, percent, times, mixq_axis_fewer (axis));
}

static char *
picked_sentence (const char *model, const char *accuracy, const char *cost)
{
  if (accuracy != NULL && cost != NULL)
    return g_strdup_printf (_ ("%s: the cheapest finished model with at least %s and at most %s"), model,
                            accuracy, cost);
  if (accuracy != NULL)
    return g_strdup_printf (_ ("%s: the cheapest finished model with at least %s"), model, accuracy);
  return g_strdup_printf (_ ("%s: the most accurate finished model with at most %s"), model, cost);
}

static char *
missed_sentence (const char *accuracy, const char *cost, const char *nearest)
{
  if (accuracy != NULL && cost != NULL)
    return g_strdup_printf (_ ("No finished model has at least %s and at most %s. Nearest is %s"), accuracy,
                            cost, nearest);
  if (accuracy != NULL)
    return g_strdup_printf (_ ("No finished model has at least %s. Nearest is %s"), accuracy, nearest);
  return g_strdup_printf (_ ("No finished model has at most %s. Nearest is %s"), cost, nearest);
}

/* What the nearest one costs, where cost is what it lacks: its factor would not tell. */
static char *
nearest_text (const MixqBudget *budget, const MixqPoint *nearest, MixqCostAxis axis)
{
  const MixqGoal goal = { MIXQ_GOAL_COST, budget->axis, budget->cost };
  g_autofree char *model = model_text (nearest, axis), *cost = NULL;
  double value = mixq_goal_value (&goal, nearest);

  if (isnan (budget->cost) || mixq_goal_is_met (&goal, value))
    return g_steal_pointer (&model);
  cost = mixq_goal_format (&(MixqGoal){ MIXQ_GOAL_COST, budget->axis, value });
  return g_strdup_printf ("%s, %s", model, cost);
}

char *
mixq_budget_sentence (const MixqBudget *budget,
                      const MixqPoint *picked,
                      const MixqPoint *nearest,
                      MixqCostAxis axis)
{
  g_autofree char *accuracy = NULL, *cost = NULL, *model = NULL;

  if (mixq_budget_is_none (budget))
    return g_strdup ("");
  if (picked == NULL && nearest == NULL)
    return g_strdup (_ ("No integer model is finished yet"));
  if (!isnan (budget->accuracy))
    accuracy = mixq_goal_format (&(MixqGoal){ MIXQ_GOAL_ACCURACY, axis, budget->accuracy });
  if (!isnan (budget->cost))
    cost = mixq_goal_format (&(MixqGoal){ MIXQ_GOAL_COST, budget->axis, budget->cost });
  if (picked != NULL) {
    model = model_text (picked, axis);
    return picked_sentence (model, accuracy, cost);
  }
  model = nearest_text (budget, nearest, axis);
  return missed_sentence (accuracy, cost, model);
}

/* --- dial ------------------------------------------------------------------------------------------------------------ */

static char *
steering_sentence (const MixqDialAnswer *answer, const MixqDialReading *last, const char *value)
{
  g_autofree char *next = mixq_format_price (answer->lambda), *price = NULL;

  if (last == NULL)
    /* Translators: the dial has set a first price */
    return g_strdup_printf (_ ("Steering: trying λ %s"), next);
  price = mixq_format_price (last->lambda);
  /* Translators: a price, what it led to ("79.2 %", "71 kB"), the next price */
  return g_strdup_printf (_ ("Steering: λ %s gave %s, trying %s"), price, value, next);
}

char *
mixq_dial_sentence (const MixqDial *dial)
{
  const MixqDialAnswer *answer = mixq_dial_peek_answer (dial);
  const GArray *readings = mixq_dial_peek_readings (dial);
  MixqGoal value = *mixq_dial_peek_goal (dial);
  const MixqDialReading *reading = NULL;
  g_autofree char *text = NULL, *price = NULL;

  if (answer->state == MIXQ_DIAL_STEERING && readings->len > 0)
    reading = &g_array_index (readings, MixqDialReading, readings->len - 1);
  else if (answer->best >= 0)
    reading = &g_array_index (readings, MixqDialReading, answer->best);
  if (reading != NULL) {
    value.limit = reading->value;
    text = mixq_goal_format (&value);
  }
  if (answer->state == MIXQ_DIAL_STEERING || reading == NULL)
    return steering_sentence (answer, reading, text);
  price = mixq_format_price (answer->lambda);
  if (answer->state == MIXQ_DIAL_REACHED)
    /* Translators: what was reached ("80.6 %", "61 kB"), at which price */
    return g_strdup_printf (_ ("Reached: %s at λ %s"), text, price);
  /* Translators: the nearest to it ("79.2 %", "71 kB"), at which price */
  return g_strdup_printf (_ ("Out of reach: nearest is %s at λ %s"), text, price);
}

/* --- front ----------------------------------------------------------------------------------------------------------- */

const char *
mixq_front_method_title (MixqFrontMethod method)
{
  switch (method) {
  case MIXQ_FRONT_SENSITIVITY:
    return _ ("Sensitivity");
  case MIXQ_FRONT_RELAXED:
    return _ ("Relaxation over prices");
  case MIXQ_FRONT_FAITHFUL:
    return _ ("Published relaxation");
  case MIXQ_FRONT_RANDOM:
    return _ ("Random widths");
  case MIXQ_FRONT_UNIFORM:
    return _ ("Same width everywhere");
  case MIXQ_N_FRONT_METHODS:
  default:
    g_return_val_if_reached ("");
  }
}

void
mixq_front_origin_names (const char **names)
{
  for (guint shape = 0; shape < MIXQ_N_SHAPES; shape++)
    names[shape] = NULL;
  for (guint method = 0; method < MIXQ_N_FRONT_METHODS; method++)
    if (method != MIXQ_FRONT_UNIFORM) /* numbered squares say it already */
      names[mixq_front_method_shape ((MixqFrontMethod) method)] = mixq_front_method_title (
          (MixqFrontMethod) method);
}

char *
mixq_front_found_by (guint methods)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint method = 0; method < MIXQ_N_FRONT_METHODS; method++)
    if (methods & (1u << method))
      g_string_append_printf (text, text->len > 0 ? ", %s" : "%s",
                              mixq_front_method_title ((MixqFrontMethod) method));
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

char *
mixq_front_key (const GPtrArray *points)
{
  static const char *const signs[MIXQ_N_FRONT_METHODS] = {
    [MIXQ_FRONT_SENSITIVITY] = "◆", [MIXQ_FRONT_RELAXED] = "▲", [MIXQ_FRONT_FAITHFUL] = "▼",
    [MIXQ_FRONT_RANDOM] = "✚",      [MIXQ_FRONT_UNIFORM] = "■",
  };
  GString *text = g_string_new (NULL);

  for (guint method = 0; method < MIXQ_N_FRONT_METHODS; method++) {
    guint n = 0;

    for (guint i = 0; points != NULL && i < points->len; i++)
      n += (((MixqPoint *) points->pdata[i])->methods >> method) & 1u;
    if (n > 0)
      g_string_append_printf (text, "%s%s\u00a0%s\u00a0%u", text->len > 0 ? " · " : "", signs[method],
                              mixq_front_method_title ((MixqFrontMethod) method), n);
  }
  return g_string_free (text, FALSE);
}

char *
mixq_front_progress_text (const MixqFrontProgress *progress, gboolean brief)
{
  if (progress->expected == 0)
    return g_strdup (_ ("Preparing"));
  if (brief)
    /* Translators: models trained of all there will be, short */
    return g_strdup_printf (_ ("%u of %u"), progress->told, progress->expected);
  /* Translators: models trained of all there will be, "12 of about 54 models" */
  return g_strdup_printf (ngettext ("%u of about %u model", "%u of about %u models", progress->expected),
                          progress->told, progress->expected);
}
