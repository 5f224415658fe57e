/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stages of a search for the front: prices of the relaxations, the cheap tail, finalists, the end. */
#include <math.h>
#include <string.h>

#include "front/mixq-front-private.h"

/* Prices of the normalised penalty from "hardly felt" to "everything at the narrowest" on every set tried. */
#define PRICE_FIRST 0.02
#define PRICE_LAST 20.0
/* Published prices run from -1e-8 to 1 (method spec 4.4); ten times that reaches the narrow end. */
#define FAITHFUL_NONE -1e-8
#define FAITHFUL_FIRST 0.01
#define FAITHFUL_LAST 10.0
/* Points within this share of each other's cost are one place on the front (spec/search.md section 5, step 7). */
#define SAME_COST 0.01
/* A point holds if it loses at most so much validation accuracy, two standard errors of a paired difference apart. */
#define HOLDS_LOSS 0.02
/* Far less than one node of any validation set that fits in memory is worth. */
#define TIE_WEIGHT 1e-9

/* --- prices -------------------------------------------------------------------------------------------------------- */

/* The same force for whatever penalty the user chose (mixq_penalty_paper_equivalent()). */
static double
in_unit_of_penalty (const MixqFront *self, double lambda)
{
  const MixqRunConfig *config = self->space.config;
  double normalised = mixq_penalty_paper_equivalent (MIXQ_PENALTY_NORMALISED, self->space.model,
                                                     self->space.cost_model, config->n_choices,
                                                     config->choices, 1);
  double own = mixq_penalty_paper_equivalent (config->penalty, self->space.model, self->space.cost_model,
                                              config->n_choices, config->choices, 1);

  return own != 0 ? lambda * normalised / own : lambda;
}

static double
price (const MixqFront *self, guint i)
{
  guint n = self->options.n_models;
  double t;

  if (i == 0)
    return self->options.method == MIXQ_FRONT_FAITHFUL ? FAITHFUL_NONE : 0;
  t = n > 2 ? (double) (i - 1) / (n - 2) : 0.5;
  if (self->options.method == MIXQ_FRONT_FAITHFUL)
    return FAITHFUL_FIRST * pow (FAITHFUL_LAST / FAITHFUL_FIRST, t);
  return in_unit_of_penalty (self, PRICE_FIRST * pow (PRICE_LAST / PRICE_FIRST, t));
}

/* The published search trains weights of its own; what it finds is finished by the recipe of all methods. */
static void
search_config (const MixqFront *self, double lambda, MixqRunConfig *config)
{
  *config = *self->space.config;
  if (self->options.method == MIXQ_FRONT_FAITHFUL)
    mixq_run_config_set_reference (config);
  memcpy (config->choices, self->space.config->choices, sizeof config->choices);
  config->n_choices = self->space.config->n_choices;
  config->distill = self->space.config->distill;
  config->method = MIXQ_METHOD_RELAXED;
  config->lambda = lambda;
}

gboolean
mixq_front_ask_price (MixqFront *self, const MixqPhaseControl *control, GError **error)
{
  MixqFloatModel *float_model = mixq_front_pool_float (self->pool, 0, control, error);

  while (float_model != NULL && self->n_prices < self->options.n_models) {
    double lambda = price (self, self->n_prices++);
    MixqRunConfig config;
    MixqSelection selection;

    search_config (self, lambda, &config);
    if (!mixq_search_run (float_model, &config, NULL, control, &selection, error))
      return FALSE;
    self->seconds += selection.seconds;
    if (!mixq_front_was_asked (self, selection.bits)) {
      mixq_front_enqueue (self, selection.bits, 0, lambda);
      return TRUE;
    }
  }
  return FALSE;
}

/* --- the tail ------------------------------------------------------------------------------------------------------ */

static double
best_accuracy (const MixqFront *self)
{
  double best = -INFINITY;

  for (guint i = 0; i < self->points->len; i++)
    best = fmax (best, g_array_index (self->points, MixqFrontPoint, i).val[0]);
  return best;
}

static gboolean
holds (const MixqFront *self, const MixqFrontPoint *point)
{
  return point->val[0] >= best_accuracy (self) - HOLDS_LOSS;
}

/* A walk begins at the cheapest point that holds and that no walk began from. */
static gboolean
begin_walk (MixqFront *self)
{
  const MixqFrontPoint *start = NULL;
  guint start_index = 0;

  for (guint i = 0; i < self->points->len; i++) {
    const MixqFrontPoint *point = &g_array_index (self->points, MixqFrontPoint, i);

    if (holds (self, point) && (start == NULL || point->cost < start->cost) &&
        !g_hash_table_contains (self->walked, GUINT_TO_POINTER (i))) {
      start = point;
      start_index = i;
    }
  }
  if (start == NULL)
    return FALSE;
  g_hash_table_add (self->walked, GUINT_TO_POINTER (start_index));
  memcpy (self->at, start->bits, sizeof self->at);
  memset (self->barred, 0, sizeof self->barred);
  self->walking = TRUE;
  self->moved = -1;
  return TRUE;
}

/* A move that no longer holds is taken back, and its slot stays where it was for the rest of the walk. */
static void
judge_move (MixqFront *self)
{
  const MixqFrontPoint *point = mixq_front_find (self, self->tried);

  if (point != NULL && holds (self, point)) {
    g_hash_table_add (self->walked,
                      GUINT_TO_POINTER ((guint) (point - (MixqFrontPoint *) self->points->data)));
    memcpy (self->at, self->tried, sizeof self->at);
  } else {
    self->barred[self->moved] = TRUE;
  }
}

gboolean
mixq_front_ask_tail (MixqFront *self)
{
  for (;;) {
    if (!self->walking && !begin_walk (self))
      return FALSE;
    if (self->moved >= 0)
      judge_move (self);
    memcpy (self->tried, self->at, sizeof self->tried);
    self->moved = mixq_front_next_move (&self->space, self->barred, self->tried);
    if (self->moved < 0) {
      self->walking = FALSE;
      continue;
    }
    if (mixq_front_was_asked (self, self->tried))
      continue; /* known already: judged at once */
    self->n_tail++;
    mixq_front_enqueue (self, self->tried, 0, NAN);
    return TRUE;
  }
}

/* --- finalists ----------------------------------------------------------------------------------------------------- */

/*
 * Validation accuracy, ties by lower loss. Over all candidates of six searches on Cora the accuracy of one run went with
 * the mean test accuracy at r = 0.62 to 0.85, its loss at 0.06 to 0.59: wide outputs lower the loss and mend no answer.
 */
static MixqParetoPoint
first_look (const MixqFrontPoint *point)
{
  return (MixqParetoPoint){ point->cost, point->val[0] - TIE_WEIGHT * point->val_loss[0] };
}

/* Keeps the better of two marked points that cost the same to SAME_COST. */
static void
merge_neighbours (const MixqFront *self, gboolean *marked)
{
  for (guint i = 0; i < self->points->len; i++)
    for (guint j = 0; j < self->points->len; j++) {
      MixqParetoPoint a = first_look (&g_array_index (self->points, MixqFrontPoint, i));
      MixqParetoPoint b = first_look (&g_array_index (self->points, MixqFrontPoint, j));

      if (i == j || !marked[i] || !marked[j] || fabs (a.cost - b.cost) > SAME_COST * fmin (a.cost, b.cost))
        continue;
      marked[a.value >= b.value ? j : i] = FALSE;
    }
}

/* One layer of the front after the other, until there are enough: what a lucky run hides is looked at again. */
static void
choose (MixqFront *self)
{
  guint n = self->points->len, chosen = 0;
  g_autofree MixqParetoPoint *look = g_new (MixqParetoPoint, MAX (n, 1));
  g_autofree gboolean *marked = g_new0 (gboolean, MAX (n, 1));

  while (chosen < MIN (self->options.n_finalists, n)) {
    guint added = 0;

    for (guint i = 0; i < n; i++) {
      const MixqFrontPoint *point = &g_array_index (self->points, MixqFrontPoint, i);
      look[i] = point->finalist ? (MixqParetoPoint){ NAN, NAN } : first_look (point);
    }
    if (mixq_pareto_mark (look, n, marked) == 0)
      return;
    merge_neighbours (self, marked);
    for (guint i = 0; i < n && chosen < self->options.n_finalists; i++)
      if (marked[i]) {
        g_array_index (self->points, MixqFrontPoint, i).finalist = TRUE;
        chosen++;
        added++;
      }
    if (added == 0)
      return;
  }
}

void
mixq_front_choose_finalists (MixqFront *self)
{
  choose (self);
  for (guint seed = 1; seed < self->options.n_seeds; seed++)
    for (guint i = 0; i < self->points->len; i++) {
      const MixqFrontPoint *point = &g_array_index (self->points, MixqFrontPoint, i);

      if (point->finalist)
        mixq_front_enqueue (self, point->bits, seed, point->lambda);
    }
}

void
mixq_front_settle (MixqFront *self)
{
  guint n = self->points->len;
  g_autofree MixqParetoPoint *mean = g_new (MixqParetoPoint, MAX (n, 1));
  g_autofree gboolean *marked = g_new0 (gboolean, MAX (n, 1));

  for (guint i = 0; i < n; i++) {
    const MixqFrontPoint *point = &g_array_index (self->points, MixqFrontPoint, i);

    mean[i] = (MixqParetoPoint){ point->finalist ? point->cost : (double) NAN,
                                 mixq_front_mean (point->val, point->n_seeds, NULL) };
  }
  mixq_pareto_mark (mean, n, marked);
  for (guint i = 0; i < n; i++)
    g_array_index (self->points, MixqFrontPoint, i).on_front = marked[i];
}
