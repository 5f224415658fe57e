/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How what a unit makes becomes the value that others read: its slot, forward and backward, and ranges that follow. */
#include <string.h>

#include "net/mixq-calibrate.h"
#include "net/mixq-net.h"
#include "net/mixq-protect.h"
#include "net/mixq-slot.h"

/* Rows of a tile hold this many floats: 16 KiB, half an L1 cache. */
#define TILE_FLOATS 4096
/* Rows of a block of a dense product: enough for OpenBLAS, and what it made is in the L2 cache when it is quantized. */
#define BLOCK_ROWS 1024

MixqSlot *
mixq_net_slot (MixqNet *self, int slot)
{
  if (slot < 0 || mixq_slot_is_identity (&self->slots[slot]))
    return NULL;
  return &self->slots[slot];
}

static gboolean
protects (const MixqNet *self, const MixqSlot *slot)
{
  return self->protecting && slot->free_rows != NULL;
}

/* A training pass that protects rows: those pass as they are. */
static void
quantize_free_rows (MixqNet *self, MixqSlot *slot, MixqRows rows, gsize d, const float *pre, float *value)
{
  mixq_protect_split (self, slot, rows);
  mixq_slot_forward (slot, self->kernels, (MixqRows){ slot->free_rows, slot->n_free }, d, pre, value);
  for (gsize i = 0; i < slot->n_kept; i++)
    memcpy (value + slot->kept_rows[i] * d, pre + slot->kept_rows[i] * d, d * sizeof *value);
}

void
mixq_net_quantize (MixqNet *self, MixqSlot *slot, MixqRows rows, gsize d, const float *pre, float *value)
{
  if (slot->calibrate)
    mixq_calibrate_slot_output (self, slot, rows, d, pre);
  if (protects (self, slot))
    quantize_free_rows (self, slot, rows, d, pre, value);
  else
    mixq_slot_forward (slot, self->kernels, rows, d, pre, value);
}

void
mixq_net_produce (MixqNet *self,
                  const MixqUnit *unit,
                  MixqRows rows,
                  gboolean tiled,
                  MixqProduce produce,
                  gconstpointer data)
{
  MixqSlot *slot = mixq_net_slot (self, unit->slot_output);
  gsize d = unit->out_cols, tile = tiled ? MAX (TILE_FLOATS / MAX (d, 1), 4) : BLOCK_ROWS;
  float *value = self->value[unit->output];
  float *pre = self->pre[unit->output] != NULL ? self->pre[unit->output] : value;

  self->read[unit->output] = value;
  if (slot == NULL) {
    produce (self, unit, rows, data, value);
    return;
  }
  if (slot->calibrate || protects (self, slot)) {
    produce (self, unit, rows, data, pre);
    if (slot->calibrate && slot->info->role == MIXQ_SLOT_INPUT)
      mixq_calibrate_slot_features (self, slot);
    mixq_net_quantize (self, slot, rows, d, pre, value);
    return;
  }
  for (gsize from = 0; from < rows.n; from += tile) {
    MixqRows block = mixq_rows_block (rows, from, tile);

    produce (self, unit, block, data, pre);
    mixq_slot_forward (slot, self->kernels, block, d, pre, value);
  }
}

void
mixq_net_quantize_backward (MixqNet *self,
                            MixqSlot *slot,
                            gsize n_rows,
                            MixqRows rows,
                            gsize d,
                            const float *pre,
                            float *g)
{
  if (self->rules.learn_ranges) {
    g_autofree double *sum_g = g_new0 (double, d), *sum_gx = g_new0 (double, d);

    self->kernels->column_sums (rows, d, g, pre, sum_g, sum_gx);
    mixq_slot_range_gradient (slot, n_rows, sum_g, sum_gx);
  }
  if (protects (self, slot))
    rows = (MixqRows){ slot->free_rows, slot->n_free }; /* the others' gradient stays as it came */
  mixq_slot_backward (slot, self->kernels, rows, d, pre, g, g);
}

float *
mixq_net_output_grad (MixqNet *self, const MixqUnit *unit, MixqRows rows)
{
  MixqSlot *slot = mixq_net_slot (self, unit->slot_output);
  float *g = self->grad[unit->output];

  if (slot != NULL)
    mixq_net_quantize_backward (self, slot, mixq_net_n_rows (self, unit->output), rows, unit->out_cols,
                                self->pre[unit->output], g);
  return g;
}

static gboolean
is_followed (const MixqSlot *slot)
{
  return slot != NULL && slot->seen[0] != NULL && !slot->calibrate;
}

/* Of a matrix whose rows are those of value @v. */
static void
follow_rows (MixqNet *self, MixqSlot *slot, int v, gsize d, const float *pre)
{
  if (is_followed (slot))
    mixq_follow_slot_output (
        self, slot, protects (self, slot) ? (MixqRows){ slot->free_rows, slot->n_free } : self->frontier[v],
        d, pre);
}

void
mixq_net_follow_ranges (MixqNet *self)
{
  for (guint u = 0; u < self->model->n_units; u++) {
    const MixqUnit *unit = &self->model->units[u];
    gboolean attends = unit->kind == MIXQ_UNIT_ATTEND;
    MixqSlot *weight = attends                          ? mixq_net_slot (self, unit->slot_weight)
                       : unit->kind == MIXQ_UNIT_LINEAR ? mixq_net_slot (self, unit->slot_operand)
                                                        : NULL;

    follow_rows (self, mixq_net_slot (self, unit->slot_output), unit->output, unit->out_cols,
                 self->pre[unit->output]);
    if (is_followed (weight))
      mixq_follow_slot_weight (self, weight, &self->weights[u]);
    if (!attends)
      continue;
    follow_rows (self, mixq_net_slot (self, unit->slot_score), unit->input, 2 * (gsize) unit->heads,
                 self->score[u]);
    if (is_followed (mixq_net_slot (self, unit->slot_operand)))
      mixq_follow_slot_attention (self, mixq_net_slot (self, unit->slot_operand),
                                  mixq_inputs_edges (self->inputs, unit->edges), self->frontier[unit->output],
                                  unit->heads, self->attention[u]);
  }
}
