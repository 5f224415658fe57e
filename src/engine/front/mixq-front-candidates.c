/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which widths are worth training, from costs and sensitivities alone. */
#include "front/mixq-front-candidates.h"

#include <math.h>
#include <string.h>

#include "base/mixq-random.h"

/* The heavy slots carry this share of the cost (spec/search.md section 5, step 4). */
#define HEAVY_SHARE 0.95
/* Partial settings are merged where they cost the same to this share of all: bounds the work, far below any seed's noise. */
#define COST_GRAIN 0.001
#define DRAWS_PER_SET 100

double
mixq_front_space_cost (const MixqFrontSpace *self, const guint8 *bits)
{
  double width[MIXQ_MAX_SLOTS];
  MixqCost cost;

  if (self->config->cost != MIXQ_COST_MS) {
    mixq_cost_count (self->model, bits, &cost);
    return mixq_cost_on_axis (&cost, self->config->cost);
  }
  for (guint s = 0; s < self->model->n_slots; s++)
    width[s] = bits[s];
  return mixq_cost_model_eval (self->cost_model, width, NULL) * self->config->ms.float_ms;
}

void
mixq_front_space_fill (const MixqFrontSpace *self, guint k, guint8 *bits)
{
  for (guint s = 0; s < self->model->n_slots; s++)
    bits[s] = self->config->pinned[s] != 0 ? self->config->pinned[s] : self->config->choices[k];
}

guint
mixq_front_space_choice (const MixqFrontSpace *self, guint8 width)
{
  guint k = 0;

  while (k + 1 < self->config->n_choices && self->config->choices[k] < width)
    k++;
  return k;
}

/* --- random -------------------------------------------------------------------------------------------------------- */

static gboolean
contains (const GArray *sets, guint n_slots, const guint8 *bits)
{
  for (guint i = 0; i < sets->len / n_slots; i++)
    if (memcmp (sets->data + i * n_slots, bits, n_slots) == 0)
      return TRUE;
  return FALSE;
}

GArray *
mixq_front_random (const MixqFrontSpace *self, guint n)
{
  GArray *sets = g_array_new (FALSE, FALSE, 1);
  guint n_slots = self->model->n_slots;
  guint8 bits[MIXQ_MAX_SLOTS];
  MixqRandom random;

  mixq_random_init (&random, self->config->seed, "front-random");
  for (guint draw = 0; draw < n * DRAWS_PER_SET && sets->len < n * n_slots; draw++) {
    mixq_front_space_fill (self, 0, bits);
    for (guint s = 0; s < n_slots; s++)
      if (self->config->pinned[s] == 0)
        bits[s] = self->config->choices[mixq_random_below (&random, self->config->n_choices)];
    if (!contains (sets, n_slots, bits))
      g_array_append_vals (sets, bits, n_slots);
  }
  return sets;
}

/* --- the heavy slots ----------------------------------------------------------------------------------------------- */

typedef struct
{
  guint slot;
  double share;
} Share;

static int
compare_shares (const void *a, const void *b)
{
  const Share *x = a, *y = b;

  if (x->share != y->share)
    return x->share > y->share ? -1 : 1;
  return x->slot < y->slot ? -1 : 1;
}

/* Free slots by their share of the cost at the widest choice, heaviest first. Returns: how many are heavy. */
static guint
find_heavy (const MixqFrontSpace *self, Share *heavy)
{
  double width[MIXQ_MAX_SLOTS], share[MIXQ_MAX_SLOTS], total = 0, sum = 0;
  guint8 bits[MIXQ_MAX_SLOTS];
  guint n = 0, count = 0;

  mixq_front_space_fill (self, self->config->n_choices - 1, bits);
  for (guint s = 0; s < self->model->n_slots; s++)
    width[s] = bits[s];
  mixq_cost_model_shares (self->cost_model, width, share);
  for (guint s = 0; s < self->model->n_slots; s++)
    if (self->config->pinned[s] == 0) {
      heavy[n++] = (Share){ s, share[s] };
      total += share[s];
    }
  qsort (heavy, n, sizeof *heavy, compare_shares);
  while (count < n && sum < HEAVY_SHARE * total)
    sum += heavy[count++].share;
  return count;
}

/* --- all settings, or the front of (cost, KL) ------------------------------------------------------------------------ */

typedef struct
{
  guint8 bits[MIXQ_MAX_SLOTS];
  double cost, kl;
} Label;

static int
compare_labels (const void *a, const void *b)
{
  const Label *x = a, *y = b;

  if (x->cost != y->cost)
    return x->cost < y->cost ? -1 : 1;
  return (x->kl > y->kl) - (x->kl < y->kl);
}

/* Cheapest first, each better than all cheaper ones, and none within a grain of the one before. */
static void
prune (GArray *labels, double grain)
{
  guint kept = 0;

  qsort (labels->data, labels->len, sizeof (Label), compare_labels);
  for (guint i = 0; i < labels->len; i++) {
    const Label *label = &g_array_index (labels, Label, i);
    Label *last = kept > 0 ? &g_array_index (labels, Label, kept - 1) : NULL;

    if (last != NULL && label->kl >= last->kl)
      continue;
    if (last != NULL && label->cost - last->cost < grain && kept > 1)
      *last = *label;
    else
      g_array_index (labels, Label, kept++) = *label;
  }
  g_array_set_size (labels, kept);
}

/* Each label with each width of one more slot. */
static GArray *
extend (const MixqFrontSpace *self, const GArray *labels, guint slot)
{
  GArray *next = g_array_new (FALSE, FALSE, sizeof (Label));
  guint n = self->config->n_choices;

  for (guint i = 0; i < labels->len; i++)
    for (guint k = 0; k < n; k++) {
      Label label = g_array_index (labels, Label, i);

      label.bits[slot] = self->config->choices[k];
      label.cost = mixq_front_space_cost (self, label.bits);
      label.kl += self->kl[slot * n + k];
      g_array_append_val (next, label);
    }
  return next;
}

/* Evenly in the logarithm of cost: where fronts end, many settings differ by less than any seed does. */
static void
thin (GArray *labels, guint n)
{
  double from, to;
  guint kept = 0, next = 0;

  if (labels->len <= n || n < 2)
    return;
  from = log (g_array_index (labels, Label, 0).cost);
  to = log (g_array_index (labels, Label, labels->len - 1).cost);
  for (guint t = 0; t < n; t++) {
    double target = from + (to - from) * t / (n - 1);

    while (next + 1 < labels->len && log (g_array_index (labels, Label, next).cost) < target)
      next++;
    if (kept > 0 && memcmp (g_array_index (labels, Label, kept - 1).bits,
                            g_array_index (labels, Label, next).bits, MIXQ_MAX_SLOTS) == 0)
      continue;
    g_array_index (labels, Label, kept++) = g_array_index (labels, Label, next);
  }
  g_array_set_size (labels, kept);
}

static gboolean
all_fit (guint n_choices, guint n_heavy, guint n)
{
  guint64 settings = 1;

  for (guint i = 0; i < n_heavy && settings <= n; i++)
    settings *= n_choices;
  return settings <= n;
}

GArray *
mixq_front_blocked (const MixqFrontSpace *self, guint n)
{
  Share heavy[MIXQ_MAX_SLOTS];
  guint n_heavy = find_heavy (self, heavy), n_slots = self->model->n_slots;
  gboolean all = all_fit (self->config->n_choices, n_heavy, n);
  g_autoptr (GArray) labels = g_array_new (FALSE, FALSE, sizeof (Label));
  GArray *sets = g_array_new (FALSE, FALSE, 1);
  Label first = { .kl = 0 };

  mixq_front_space_fill (self, self->config->n_choices - 1, first.bits);
  first.cost = mixq_front_space_cost (self, first.bits);
  g_array_append_val (labels, first);
  for (guint h = 0; h < n_heavy; h++) {
    GArray *next = extend (self, labels, heavy[h].slot);

    if (!all)
      prune (next, COST_GRAIN * first.cost);
    g_array_unref (labels);
    labels = next;
  }
  if (all)
    qsort (labels->data, labels->len, sizeof (Label), compare_labels);
  else
    thin (labels, n);
  for (guint i = 0; i < labels->len; i++)
    g_array_append_vals (sets, g_array_index (labels, Label, i).bits, n_slots);
  return sets;
}

/* --- one step narrower ----------------------------------------------------------------------------------------------- */

int
mixq_front_next_move (const MixqFrontSpace *self, const gboolean *barred, guint8 *bits)
{
  double cost = mixq_front_space_cost (self, bits), best = INFINITY;
  guint n = self->config->n_choices;
  int chosen = -1;

  for (guint s = 0; s < self->model->n_slots; s++) {
    guint k = mixq_front_space_choice (self, bits[s]);
    guint8 was = bits[s];
    double saved, rate;

    if (barred[s] || self->config->pinned[s] != 0 || k == 0)
      continue;
    bits[s] = self->config->choices[k - 1];
    saved = cost - mixq_front_space_cost (self, bits);
    bits[s] = was;
    if (!(saved > 0))
      continue;
    rate = fmax (self->kl[s * n + k - 1] - self->kl[s * n + k], 0) / saved;
    if (rate < best) {
      best = rate;
      chosen = (int) s;
    }
  }
  if (chosen >= 0)
    bits[chosen] = self->config->choices[mixq_front_space_choice (self, bits[chosen]) - 1];
  return chosen;
}
