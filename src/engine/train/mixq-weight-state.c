/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "train/mixq-trainer.h"

/* One block of floats: weights of every unit and copy, vectors and statistics of every unit, then scale, inv, zero of every quantizer. */
struct _MixqWeightState
{
  gsize n;
  float *block;
};

typedef void (*Move) (float *block, float *live, gsize n);

static void
to_block (float *block, float *live, gsize n)
{
  if (n > 0)
    memcpy (block, live, n * sizeof (float));
}

static void
from_block (float *block, float *live, gsize n)
{
  if (n > 0)
    memcpy (live, block, n * sizeof (float));
}

static void
count_only (float *block, float *live, gsize n)
{
}

/* The one walk that save, restore and size share. */
static gsize
walk (const MixqNet *net, float *block, Move move)
{
  gsize at = 0;

  for (guint u = 0; u < net->model->n_units; u++)
    for (guint k = 0; k < net->weights[u].n_copies; k++) {
      gsize n = net->weights[u].rows * net->weights[u].cols;
      move (block + at, net->weights[u].w[k], n);
      at += n;
    }
  for (guint u = 0; u < net->model->n_units; u++) {
    const MixqVector *vector = &net->vectors[u];

    move (block + at, vector->w, vector->n);
    at += vector->n;
    move (block + at, vector->state, vector->n_state);
    at += vector->n_state;
  }
  for (guint s = 0; s < net->n_slots; s++)
    for (guint k = 0; k < net->slots[s].n_choices; k++) {
      const MixqQuantizer *q = &net->slots[s].quantizer[k];
      float *part[3] = { q->scale, q->inv, q->zero };

      for (guint i = 0; i < 3; i++, at += q->n)
        move (block + at, part[i], q->n);
    }
  return at;
}

MixqWeightState *
mixq_weight_state_new (const MixqNet *net)
{
  MixqWeightState *self = g_new0 (MixqWeightState, 1);
  float none = 0;

  self->n = walk (net, &none, count_only);
  self->block = g_new0 (float, MAX (self->n, 1));
  return self;
}

void
mixq_weight_state_save (MixqWeightState *self, const MixqNet *net)
{
  walk (net, self->block, to_block);
}

void
mixq_weight_state_restore (const MixqWeightState *self, MixqNet *net)
{
  walk (net, self->block, from_block);
}

void
mixq_weight_state_free (MixqWeightState *self)
{
  g_free (self->block);
  g_free (self);
}
