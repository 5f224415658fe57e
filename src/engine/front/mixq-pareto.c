/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "front/mixq-pareto.h"

#include <math.h>
#include <string.h>

typedef struct
{
  MixqParetoPoint point;
  guint index;
} Entry;

/* Cheapest first; of equal costs the best first. */
static int
compare_entries (const void *a, const void *b)
{
  const MixqParetoPoint *x = &((const Entry *) a)->point, *y = &((const Entry *) b)->point;

  if (x->cost != y->cost)
    return x->cost < y->cost ? -1 : 1;
  return (x->value < y->value) - (x->value > y->value);
}

static Entry *
sorted (const MixqParetoPoint *points, guint n, guint *n_numbers)
{
  Entry *entry = g_new (Entry, MAX (n, 1));

  *n_numbers = 0;
  for (guint i = 0; i < n; i++)
    if (!isnan (points[i].cost) && !isnan (points[i].value))
      entry[(*n_numbers)++] = (Entry){ points[i], i };
  qsort (entry, *n_numbers, sizeof *entry, compare_entries);
  return entry;
}

guint
mixq_pareto_mark (const MixqParetoPoint *points, guint n, gboolean *on_front)
{
  guint n_numbers, n_front = 0;
  g_autofree Entry *entry = sorted (points, n, &n_numbers);
  const MixqParetoPoint *last = NULL;

  memset (on_front, 0, n * sizeof *on_front);
  for (guint i = 0; i < n_numbers; i++) {
    const MixqParetoPoint *p = &entry[i].point;
    gboolean better = last == NULL || p->value > last->value;

    if (!better && !(p->value == last->value && p->cost == last->cost))
      continue;
    on_front[entry[i].index] = TRUE;
    n_front++;
    last = p;
  }
  return n_front;
}

double
mixq_hypervolume (const MixqParetoPoint *points, guint n, const MixqRectangle *r)
{
  guint n_numbers;
  g_autofree Entry *entry = sorted (points, n, &n_numbers);
  double area = 0, height = r->value_min, from = r->cost_min;

  /* A staircase: between two costs the best value of all that is as cheap counts. */
  for (guint i = 0; i < n_numbers && entry[i].point.cost < r->cost_max; i++) {
    const MixqParetoPoint *p = &entry[i].point;

    if (p->value <= height)
      continue;
    area += (fmax (p->cost, from) - from) * (height - r->value_min);
    from = fmax (p->cost, from);
    height = fmin (p->value, r->value_max);
  }
  area += (r->cost_max - from) * (height - r->value_min);
  return area / ((r->cost_max - r->cost_min) * (r->value_max - r->value_min));
}
