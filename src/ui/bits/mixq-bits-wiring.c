/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bits/mixq-bits-wiring.h"

/* Units on the longest way to each value. Units stand in an order in which they can run. */
static guint *
count_depths (const MixqModel *model)
{
  guint *depth = g_new0 (guint, model->n_values);

  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];

    for (guint i = 0; i < unit->n_inputs; i++)
      depth[unit->output] = MAX (depth[unit->output], depth[mixq_unit_input (unit, i)] + 1);
  }
  return depth;
}

static int
deepest_input (const MixqUnit *unit, const guint *depth)
{
  int best = unit->input;

  for (guint i = 1; i < unit->n_inputs; i++)
    if (depth[mixq_unit_input (unit, i)] > depth[best])
      best = mixq_unit_input (unit, i);
  return best;
}

static void
mark_main (MixqBitsWiring *self, const MixqModel *model, const guint *depth)
{
  int u = (int) model->n_units - 1;

  while (u >= 0) {
    self->is_main[u] = TRUE;
    u = mixq_model_writer (model, deepest_input (&model->units[u], depth));
  }
}

/* Walks from an input of an add back to the main line; units are taken once, by the add that comes first. */
static void
add_branch (MixqBitsWiring *self, const MixqModel *model, guint add, int value, gboolean *taken)
{
  MixqBitsBranch branch = { .value = value, .add = (int) add, .first = self->units->len };
  int u = mixq_model_writer (model, value);

  while (u >= 0 && !self->is_main[u] && !taken[u]) {
    taken[u] = TRUE;
    g_array_append_val (self->units, u);
    branch.n++;
    branch.value = model->units[u].input;
    u = mixq_model_writer (model, branch.value);
  }
  for (guint i = 0; i < branch.n / 2; i++) { /* found from its end */
    int *units = &g_array_index (self->units, int, branch.first), last = units[branch.n - 1 - i];

    units[branch.n - 1 - i] = units[i];
    units[i] = last;
  }
  g_array_append_val (self->branches, branch);
}

MixqBitsWiring *
mixq_bits_wiring_new (const MixqModel *model)
{
  MixqBitsWiring *self = g_new0 (MixqBitsWiring, 1);
  g_autofree guint *depth = count_depths (model);
  g_autofree gboolean *taken = g_new0 (gboolean, model->n_units);

  self->is_main = g_new0 (gboolean, model->n_units);
  self->branches = g_array_new (FALSE, FALSE, sizeof (MixqBitsBranch));
  self->units = g_array_new (FALSE, FALSE, sizeof (int));
  mark_main (self, model, depth);
  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];
    int along = deepest_input (unit, depth);
    gboolean passed = FALSE; /* an add of a value to itself has it twice */

    for (guint i = 0; i < unit->n_inputs; i++) {
      int value = mixq_unit_input (unit, i);

      if (value == along && !passed)
        passed = TRUE;
      else
        add_branch (self, model, u, value, taken);
    }
  }
  return self;
}

void
mixq_bits_wiring_free (MixqBitsWiring *self)
{
  g_free (self->is_main);
  g_array_unref (self->branches);
  g_array_unref (self->units);
  g_free (self);
}

gboolean
mixq_bits_wiring_has_lanes (const MixqBitsWiring *self)
{
  return self->units->len > 0;
}
