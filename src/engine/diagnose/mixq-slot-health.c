/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diagnose/mixq-slot-health.h"

#include <math.h>

#include "train/mixq-task.h"

#define GOLDEN 0.6180339887498949
/* Enough that a share of one percent is seen, few enough to do between two steps. */
#define SAMPLE 4096

/* A slot's tensor as numbers in a row, or %NULL where an evaluation in little memory has let it go; scale i of value t is t % cols, t / cols or 0 by the granularity. */
typedef struct
{
  const float *x;
  gsize n, cols;
} Tensor;

static Tensor
tensor_of (const MixqNet *net, const MixqSlotInfo *info, guint choice)
{
  const MixqUnit *unit = &net->model->units[info->unit];
  const MixqWeight *weight = &net->weights[info->unit];
  const MixqCsr *edges;

  switch (info->role) {
  case MIXQ_SLOT_INPUT:
    return (Tensor){ net->inputs->features->value, net->inputs->features->nnz, 1 };
  case MIXQ_SLOT_WEIGHT:
    return (Tensor){ weight->w[weight->n_copies > 1 ? choice : 0], weight->rows * weight->cols,
                     weight->cols };
  case MIXQ_SLOT_ADJACENCY:
    edges = mixq_inputs_edges (net->inputs, unit->edges);
    return unit->kind == MIXQ_UNIT_ATTEND
               ? (Tensor){ net->attention[info->unit], edges->nnz * unit->heads, unit->heads }
               : (Tensor){ edges->value, edges->nnz, 1 };
  case MIXQ_SLOT_SCORE:
    return (Tensor){ net->score[info->unit], net->inputs->n_nodes * 2 * unit->heads,
                     2 * (gsize) unit->heads };
  default:
    return (Tensor){ net->pre[unit->output], mixq_net_n_rows (net, unit->output) * unit->out_cols,
                     unit->out_cols };
  }
}

static gsize
scale_index (const MixqNet *net, const MixqSlotInfo *info, const MixqQuantizer *q, gsize cols, gsize t)
{
  if (q->n <= 1)
    return 0;
  if (info->role == MIXQ_SLOT_INPUT) /* the entries of a sparse matrix: the scale is the feature's */
    return net->inputs->features->col[t];
  return q->granularity == MIXQ_PER_ROW ? t / cols : t % cols;
}

static guint
chosen (const MixqNet *net, guint s)
{
  guint8 bits = mixq_net_selected (net, s);
  guint k = 0;

  while (k + 1 < net->slots[s].n_choices && net->slots[s].bits[k] != bits)
    k++;
  return k;
}

/* One place in each of @n equal stretches, scattered so that no column of a matrix is always or never met. */
static gsize
sample_place (gsize i, gsize n, gsize total)
{
  double within = n < total ? fmod ((double) i * GOLDEN, 1) : 0;

  return MIN ((gsize) (((double) i + within) * (double) total / (double) n), total - 1);
}

static void
measure_slot (const MixqNet *net, guint s, MixqSlotHealth *health)
{
  const MixqSlot *slot = &net->slots[s];
  guint k = chosen (net, s);
  const MixqQuantizer *q = &slot->quantizer[k];
  Tensor tensor = tensor_of (net, slot->info, k);
  gsize n = MIN (tensor.n, SAMPLE), clipped = 0, seen = 0;
  double error = 0, squares = 0, low = INFINITY, high = -INFINITY;

  if (tensor.x == NULL)
    return;
  for (gsize i = 0; i < n; i++) {
    gsize t = sample_place (i, n, tensor.n);
    gsize at = scale_index (net, slot->info, q, tensor.cols, t);
    double x = slot->before_relu ? fmax ((double) tensor.x[t], 0) : (double) tensor.x[t];
    double free_code = (double) q->zero[at] + x / (double) q->scale[at];
    gint32 code = mixq_quantizer_code (q, at, x);

    low = fmin (low, code);
    high = fmax (high, code);
    if (x == 0)
      continue;
    seen++;
    clipped += free_code < (double) q->lo - 0.5 || free_code > (double) q->hi + 0.5;
    error += pow (x - mixq_quantizer_value (q, at, code), 2);
    squares += x * x;
  }
  if (seen == 0)
    return;
  health->clipped = (double) clipped / (double) seen;
  health->dead = 1 - (high - low) / (double) (q->hi - q->lo);
  health->error = error / squares;
}

void
mixq_slot_health_measure (const MixqNet *net, MixqSlotHealth *health)
{
  for (guint s = 0; s < net->n_slots; s++) {
    health[s] = (MixqSlotHealth){ .regained = health[s].regained };
    if (net->slots[s].n_active == 0 ||
        (net->rules.float_adjacency && net->slots[s].info->role == MIXQ_SLOT_ADJACENCY))
      continue;
    measure_slot (net, s, &health[s]);
  }
}

double
mixq_net_part_accuracy (MixqNet *net, MixqPart part)
{
  return mixq_task_score (net->inputs, part, mixq_net_logits (net));
}

static double
evaluate (MixqNet *net, MixqPart part)
{
  mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .training = FALSE, .all_rows = TRUE });
  return mixq_net_part_accuracy (net, part);
}

void
mixq_slot_health_ablate (MixqNet *net, MixqPart part, MixqSlotHealth *health)
{
  double accuracy = mixq_net_part_accuracy (net, part);

  for (guint s = 0; s < net->n_slots; s++) {
    MixqSlot *slot = &net->slots[s];
    guint n_active = slot->n_active;

    health[s].regained = 0;
    if (n_active == 0)
      continue;
    slot->n_active = 0; /* the identity: float32 */
    health[s].regained = evaluate (net, part) - accuracy;
    slot->n_active = n_active;
  }
  evaluate (net, part); /* values and predictions as they were */
}
