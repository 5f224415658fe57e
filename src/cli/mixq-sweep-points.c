/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From runs to models: equal widths are one model, whatever lambda led there. */
#include <math.h>
#include <string.h>

#include "mixq-sweep.h"

/* "Within one point" is inclusive: 0.78 and 0.79 are, although their doubles differ by a little more than 0.01. */
#define TOLERANCE (0.01 + 1e-9)

static gboolean
is_same_model (const MixqSweep *self, const MixqSweepRun *a, const MixqSweepRun *b)
{
  return memcmp (a->result->selection.bits, b->result->selection.bits, self->model->n_slots) == 0;
}

static double
val_of (const MixqSweepRun *run)
{
  return mixq_run_result_accuracy (run->result, MIXQ_PART_VAL);
}

static double
test_of (const MixqSweepRun *run)
{
  return mixq_run_result_accuracy (run->result, MIXQ_PART_TEST);
}

static double
float_val_of (const MixqSweepRun *run)
{
  return run->result->float_model->accuracy.part[MIXQ_PART_VAL];
}

/* A run counts for a point unless an earlier one has its widths and its seed: then it is the very same model. */
static gboolean
counts (const MixqSweep *self, guint index, const MixqSweepRun *of)
{
  const MixqSweepRun *run = &self->run[index];

  if (run->result == NULL || !is_same_model (self, run, of))
    return FALSE;
  for (guint i = 0; i < index; i++)
    if (self->run[i].result != NULL && self->run[i].seed == run->seed &&
        is_same_model (self, run, &self->run[i]))
      return FALSE;
  return TRUE;
}

static double
mean_over (const MixqSweep *self,
           const MixqSweepRun *of,
           double (*read) (const MixqSweepRun *run),
           double *std)
{
  double sum = 0, squares = 0, mean;
  guint n = 0;

  for (guint i = 0; i < self->n_runs; i++)
    if (counts (self, i, of)) {
      sum += read (&self->run[i]);
      n++;
    }
  mean = sum / n;
  for (guint i = 0; i < self->n_runs && std != NULL; i++)
    if (counts (self, i, of))
      squares += pow (read (&self->run[i]) - mean, 2);
  if (std != NULL)
    *std = sqrt (squares / n);
  return mean;
}

double
mixq_sweep_cost (const MixqSweep *self, const MixqRunResult *result, gboolean float32)
{
  double widths[MIXQ_MAX_SLOTS];
  g_autoptr (MixqCostModel) model = NULL;

  if (self->config.cost != MIXQ_COST_MS)
    return mixq_cost_on_axis (float32 ? &result->cost_float : &result->cost, self->config.cost);
  if (float32)
    return self->config.ms.float_ms;
  for (guint s = 0; s < self->model->n_slots; s++)
    widths[s] = result->selection.bits[s];
  model = mixq_cost_model_new_for (self->model, MIXQ_COST_MS, &self->config.ms);
  return mixq_cost_model_eval (model, widths, NULL) * self->config.ms.float_ms;
}

static void
fill_point (const MixqSweep *self, const MixqSweepRun *first, MixqSweepPoint *point)
{
  point->run = first;
  for (guint i = 0; i < self->n_runs; i++)
    if (counts (self, i, first)) {
      const MixqSweepRun *run = &self->run[i];

      point->n_seeds++;
      if (val_of (run) > val_of (point->run) ||
          (val_of (run) == val_of (point->run) && run->seed < point->run->seed))
        point->run = run;
    }
  point->val_mean = mean_over (self, first, val_of, &point->val_std);
  point->test_mean = mean_over (self, first, test_of, &point->test_std);
  point->float_val_mean = mean_over (self, first, float_val_of, NULL);
  point->cost = mixq_sweep_cost (self, first->result, FALSE);
  point->cost_float = mixq_sweep_cost (self, first->result, TRUE);
}

static int
compare_points (const void *a, const void *b)
{
  const MixqSweepPoint *p = a, *q = b;

  if (p->cost != q->cost)
    return p->cost < q->cost ? -1 : 1;
  return p->val_mean > q->val_mean ? -1 : p->val_mean < q->val_mean;
}

static gboolean
beats (const MixqSweepPoint *a, const MixqSweepPoint *b)
{
  return a->cost <= b->cost && a->val_mean >= b->val_mean && (a->cost < b->cost || a->val_mean > b->val_mean);
}

/* Points are sorted by cost, so the first one that is good enough is the cheapest. */
static void
judge (MixqSweep *self)
{
  gboolean found = FALSE;

  for (guint i = 0; i < self->n_points; i++) {
    MixqSweepPoint *point = &self->point[i];

    point->on_front = isfinite (point->val_mean);
    for (guint j = 0; j < self->n_points; j++)
      point->on_front = point->on_front && !beats (&self->point[j], point);
    point->recommended = !found && point->val_mean >= point->float_val_mean - TOLERANCE;
    found = found || point->recommended;
  }
}

void
mixq_sweep_find_points (MixqSweep *self)
{
  g_free (self->point);
  self->point = g_new0 (MixqSweepPoint, MAX (self->n_runs, 1));
  self->n_points = 0;
  for (guint i = 0; i < self->n_runs; i++) {
    gboolean known = self->run[i].result == NULL;

    for (guint p = 0; p < self->n_points && !known; p++)
      known = is_same_model (self, &self->run[i], self->point[p].run);
    if (!known)
      fill_point (self, &self->run[i], &self->point[self->n_points++]);
  }
  qsort (self->point, self->n_points, sizeof *self->point, compare_points);
  judge (self);
}

const MixqSweepPoint *
mixq_sweep_recommended (const MixqSweep *self)
{
  for (guint i = 0; i < self->n_points; i++)
    if (self->point[i].recommended)
      return &self->point[i];
  return NULL;
}
