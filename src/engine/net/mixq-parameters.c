/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-parameters.h"

#include <math.h>
#include <string.h>

#include "base/mixq-random.h"
#include "net/mixq-buffers.h"

static void
init_weight (MixqNet *self, guint unit, gsize rows, gsize cols, guint n_copies)
{
  MixqWeight *weight = &self->weights[unit];
  gsize n = rows * cols;

  weight->rows = rows;
  weight->cols = cols;
  weight->n_copies = n_copies;
  for (guint k = 0; k < n_copies; k++) {
    weight->w[k] = mixq_buffer_new (n);
    weight->g[k] = mixq_buffer_new (n);
    weight->m[k] = mixq_buffer_new (n);
    weight->v[k] = mixq_buffer_new (n);
  }
  if (self->quantized)
    weight->q = mixq_buffer_new (n);
}

gsize
mixq_unit_vector_size (const MixqUnit *unit, gsize *n_state)
{
  *n_state = unit->kind == MIXQ_UNIT_BATCH_NORM ? 2 * unit->out_cols : 0;
  switch (unit->kind) {
  case MIXQ_UNIT_LINEAR:
    return unit->has_bias ? unit->out_cols : 0;
  case MIXQ_UNIT_PROPAGATE:
    return unit->adds_self ? 1 : 0;
  case MIXQ_UNIT_BATCH_NORM:
    return 2 * unit->out_cols;
  default:
    return 0;
  }
}

/* A batch norm keeps the statistics of the last training pass behind the running ones. */
static void
init_vector (MixqVector *vector, const MixqUnit *unit)
{
  vector->n = mixq_unit_vector_size (unit, &vector->n_state);
  if (vector->n == 0)
    return;
  vector->w = mixq_buffer_new (vector->n);
  vector->g = mixq_buffer_new (vector->n);
  vector->m = mixq_buffer_new (vector->n);
  vector->v = mixq_buffer_new (vector->n);
  if (vector->n_state == 0)
    return;
  vector->state = mixq_buffer_new (2 * vector->n_state);
  for (gsize c = 0; c < unit->out_cols; c++)
    vector->w[c] = vector->state[unit->out_cols + c] = 1; /* gamma, variance */
}

void
mixq_net_init_parameters (MixqNet *self, guint n_copies)
{
  for (guint u = 0; u < self->model->n_units; u++) {
    const MixqUnit *unit = &self->model->units[u];

    if (unit->kind == MIXQ_UNIT_LINEAR)
      init_weight (self, u, unit->in_cols, unit->out_cols, n_copies);
    if (unit->kind == MIXQ_UNIT_ATTEND)
      init_weight (self, u, unit->in_cols, 2, 1);
    init_vector (&self->vectors[u], unit);
  }
}

void
mixq_net_free_parameters (MixqNet *self)
{
  for (guint u = 0; u < self->model->n_units; u++) {
    MixqWeight *weight = &self->weights[u];
    MixqVector *vector = &self->vectors[u];

    for (guint k = 0; k < weight->n_copies; k++) {
      mixq_buffer_free (weight->w[k]);
      mixq_buffer_free (weight->g[k]);
      mixq_buffer_free (weight->m[k]);
      mixq_buffer_free (weight->v[k]);
    }
    mixq_buffer_free (weight->q);
    mixq_buffer_free (vector->w);
    mixq_buffer_free (vector->g);
    mixq_buffer_free (vector->m);
    mixq_buffer_free (vector->v);
    mixq_buffer_free (vector->state);
  }
}

void
mixq_net_init_weights (MixqNet *self, guint64 seed)
{
  MixqRandom random;

  mixq_random_init (&random, seed, "init");
  for (guint u = 0; u < self->model->n_units; u++) {
    MixqWeight *weight = &self->weights[u];
    double bound = weight->rows > 0 ? 1.0 / sqrt ((double) weight->rows) : 0;

    for (gsize i = 0; i < weight->rows * weight->cols; i++) {
      float w = (float) (bound * (2.0 * mixq_random_uniform (&random) - 1.0));
      for (guint k = 0; k < weight->n_copies; k++)
        weight->w[k][i] = w;
    }
    for (gsize i = 0; self->model->units[u].has_bias && i < self->vectors[u].n; i++)
      self->vectors[u].w[i] = (float) (bound * (2.0 * mixq_random_uniform (&random) - 1.0));
  }
}

static MixqParameters *
parameters_alloc (guint n_units)
{
  MixqParameters *self = g_new0 (MixqParameters, 1);

  self->n_units = n_units;
  self->weight = g_new0 (float *, n_units);
  self->vector = g_new0 (float *, n_units);
  return self;
}

MixqParameters *
mixq_net_dup_parameters (const MixqNet *self)
{
  MixqParameters *copy = parameters_alloc (self->model->n_units);

  for (guint u = 0; u < copy->n_units; u++) {
    const MixqWeight *weight = &self->weights[u];
    const MixqVector *vector = &self->vectors[u];

    if (weight->n_copies > 0)
      copy->weight[u] = g_memdup2 (weight->w[0], weight->rows * weight->cols * sizeof (float));
    if (vector->n == 0)
      continue;
    copy->vector[u] = g_new (float, vector->n + vector->n_state);
    memcpy (copy->vector[u], vector->w, vector->n * sizeof (float));
    if (vector->n_state > 0)
      memcpy (copy->vector[u] + vector->n, vector->state, vector->n_state * sizeof (float));
  }
  return copy;
}

void
mixq_net_set_parameters (MixqNet *self, const MixqParameters *parameters)
{
  for (guint u = 0; u < self->model->n_units; u++) {
    const MixqWeight *weight = &self->weights[u];
    const MixqVector *vector = &self->vectors[u];

    for (guint k = 0; k < weight->n_copies; k++)
      memcpy (weight->w[k], parameters->weight[u], weight->rows * weight->cols * sizeof (float));
    if (vector->n > 0)
      memcpy (vector->w, parameters->vector[u], vector->n * sizeof (float));
    if (vector->n_state > 0)
      memcpy (vector->state, parameters->vector[u] + vector->n, vector->n_state * sizeof (float));
  }
}

MixqParameters *
mixq_parameters_copy (const MixqParameters *self, const MixqModel *model)
{
  MixqParameters *copy = parameters_alloc (self->n_units);

  for (guint u = 0; u < self->n_units; u++) {
    const MixqUnit *unit = &model->units[u];
    gsize n_state, n = mixq_unit_vector_size (unit, &n_state);
    gsize rows = unit->in_cols, cols = unit->kind == MIXQ_UNIT_ATTEND ? 2 : unit->out_cols;

    if (self->weight[u] != NULL)
      copy->weight[u] = g_memdup2 (self->weight[u], rows * cols * sizeof (float));
    if (self->vector[u] != NULL)
      copy->vector[u] = g_memdup2 (self->vector[u], (n + n_state) * sizeof (float));
  }
  return copy;
}

void
mixq_parameters_free (MixqParameters *self)
{
  for (guint u = 0; u < self->n_units; u++) {
    g_free (self->weight[u]);
    g_free (self->vector[u]);
  }
  g_free (self->weight);
  g_free (self->vector);
  g_free (self);
}

gsize
mixq_net_n_weights (const MixqNet *self)
{
  gsize n = 0;

  for (guint u = 0; u < self->model->n_units; u++)
    n += self->weights[u].rows * self->weights[u].cols + self->vectors[u].n;
  return n;
}
