/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From runs to models: equal widths are one model, whatever lambda led there. */
#include <math.h>
#include <string.h>

#include "mixq-sweep.h"

/* "Within one point" is inclusive: 0.78 and 0.79 are, although their doubles differ by a little more than 0.01. */
#define TOLERANCE (0.01 + 1e-9)

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

static double
mean_over (const GPtrArray *runs, double (*read) (const MixqSweepRun *run), double *std)
{
  double sum = 0, squares = 0, mean;

  for (guint i = 0; i < runs->len; i++)
    sum += read (g_ptr_array_index (runs, i));
  mean = sum / runs->len;
  for (guint i = 0; i < runs->len && std != NULL; i++)
    squares += pow (read (g_ptr_array_index (runs, i)) - mean, 2);
  if (std != NULL)
    *std = sqrt (squares / runs->len);
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

/* @runs: (element-type MixqSweepRun): of the same widths, each seed once */
static void
fill_point (const MixqSweep *self, const GPtrArray *runs, MixqSweepPoint *point)
{
  point->run = g_ptr_array_index (runs, 0);
  point->n_seeds = runs->len;
  for (guint i = 1; i < runs->len; i++) {
    const MixqSweepRun *run = g_ptr_array_index (runs, i);

    if (val_of (run) > val_of (point->run) ||
        (val_of (run) == val_of (point->run) && run->seed < point->run->seed))
      point->run = run;
  }
  point->val_mean = mean_over (runs, val_of, &point->val_std);
  point->test_mean = mean_over (runs, test_of, &point->test_std);
  point->float_val_mean = mean_over (runs, float_val_of, NULL);
  point->cost = mixq_sweep_cost (self, point->run->result, FALSE);
  point->cost_float = mixq_sweep_cost (self, point->run->result, TRUE);
}

static int
compare_points (const void *a, const void *b)
{
  const MixqSweepPoint *p = a, *q = b;

  if (p->cost != q->cost)
    return p->cost < q->cost ? -1 : 1;
  if (p->val_mean != q->val_mean && isfinite (p->val_mean) && isfinite (q->val_mean))
    return p->val_mean > q->val_mean ? -1 : 1;
  /* An order of some kind, the same everywhere. */
  return memcmp (p->run->result->selection.bits, q->run->result->selection.bits, MIXQ_MAX_SLOTS);
}

/*
 * Points are sorted by cost, the best of equal costs first: the first one that is good enough is the cheapest, and a
 * point is on the front where it is better than all before it, or equal to the last of these in both.
 */
static void
judge (MixqSweep *self)
{
  const MixqSweepPoint *front = NULL;
  gboolean found = FALSE;

  for (guint i = 0; i < self->n_points; i++) {
    MixqSweepPoint *point = &self->point[i];

    point->on_front = isfinite (point->val_mean) &&
                      (front == NULL || point->val_mean > front->val_mean ||
                       (point->val_mean == front->val_mean && point->cost == front->cost));
    if (point->on_front)
      front = point;
    point->recommended = !found && point->val_mean >= point->float_val_mean - TOLERANCE;
    found = found || point->recommended;
  }
}

/* Runs by widths, in the order in which these were found first. A second run of a seed is the very same model. */
static GPtrArray *
group_runs (const MixqSweep *self)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GHashTable) by_widths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->n_runs; i++) {
    const MixqSweepRun *run = &self->run[i];
    g_autofree char *widths = run->result != NULL ? mixq_run_result_widths (run->result) : NULL;
    GPtrArray *group;

    if (run->result == NULL ||
        !g_hash_table_add (known, g_strdup_printf ("%s/%" G_GUINT64_FORMAT, widths, run->seed)))
      continue;
    group = g_hash_table_lookup (by_widths, widths);
    if (group == NULL) {
      group = g_ptr_array_new ();
      g_ptr_array_add (groups, group);
      g_hash_table_insert (by_widths, g_steal_pointer (&widths), group);
    }
    g_ptr_array_add (group, (gpointer) run);
  }
  return groups;
}

void
mixq_sweep_find_points (MixqSweep *self)
{
  g_autoptr (GPtrArray) groups = group_runs (self);

  g_free (self->point);
  self->n_points = groups->len;
  self->point = g_new0 (MixqSweepPoint, MAX (self->n_points, 1));
  for (guint p = 0; p < self->n_points; p++)
    fill_point (self, g_ptr_array_index (groups, p), &self->point[p]);
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
