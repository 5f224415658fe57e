/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-constant.h"

static gboolean
is_constant (const MixqNet *self, const MixqUnit *unit)
{
  if (unit->kind == MIXQ_UNIT_FEATURES)
    return TRUE;
  return unit->kind == MIXQ_UNIT_PROPAGATE && !unit->adds_self && self->constant[unit->input];
}

/* The wider the features, the less is gained: never where A X is wider than A (X W), for a batch computes it anew. */
static gboolean
gathers_first (const MixqNet *self, const MixqUnit *unit)
{
  int writer = unit->kind == MIXQ_UNIT_PROPAGATE && !unit->adds_self
                   ? mixq_model_writer (self->model, unit->input)
                   : -1;
  const MixqUnit *linear = writer >= 0 ? &self->model->units[writer] : NULL;

  return linear != NULL && linear->kind == MIXQ_UNIT_LINEAR && !linear->has_bias &&
         self->n_readers[unit->input] == 1 && self->constant[linear->input] &&
         linear->in_cols <= linear->out_cols;
}

void
mixq_constant_find (MixqNet *self)
{
  self->gathers_first = -1;
  for (guint u = 0; u < self->model->n_units && !self->quantized; u++) {
    const MixqUnit *unit = &self->model->units[u];

    self->constant[unit->output] = is_constant (self, unit);
    if (self->gathers_first < 0 && gathers_first (self, unit))
      self->gathers_first = (int) u;
  }
}

gboolean
mixq_constant_done (MixqNet *self, int v)
{
  gboolean done = self->done[v];

  self->done[v] = !self->lean;
  return done;
}

const float *
mixq_constant_gathered (MixqNet *self, guint u)
{
  const MixqUnit *linear = &self->model->units[u], *unit;
  const MixqCsr *a;

  if (self->gathers_first < 0 || self->model->units[self->gathers_first].input != linear->output)
    return NULL;
  unit = &self->model->units[self->gathers_first];
  a = mixq_inputs_edges (self->inputs, unit->edges);
  if (!mixq_constant_done (self, linear->output))
    self->kernels->spmm (a->row_ptr, a->col, a->value, (MixqRows){ NULL, a->n_rows },
                         self->read[linear->input], linear->in_cols, self->gathered);
  return self->gathered;
}
