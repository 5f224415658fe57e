/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The slots: logits that are a softmax, learn and do not mix; and each width held by each slot alone. */
#include <math.h>
#include <string.h>

#include "verify/mixq-verify-private.h"

#define SUM_TOLERANCE 1e-6
#define LEARNING_STEPS 5
#define LEARNING_RATE 0.05
/* Adam moves a logit by about its rate a step where there is any gradient at all, whatever its size. */
#define MOVED 1e-3
/* Values on a grid are off it by float rounding only, relative to a step; tensors that differ by less are the same. */
#define GRID_TOLERANCE 1e-3
#define SAME 1e-4

/* The tensor that slot @s quantizes, as the forward pass left it. Returns its size; @cols: its row length. */
static gsize
slot_tensor (const MixqNet *net, guint s, const float **x, gsize *cols)
{
  const MixqSlotInfo *info = net->slots[s].info;
  const MixqUnit *unit = &net->model->units[info->unit];

  *cols = 1;
  switch (info->role) {
  case MIXQ_SLOT_INPUT:
    *x = unit->kind == MIXQ_UNIT_FEATURES ? net->value[unit->output] : net->feature_value;
    return unit->kind == MIXQ_UNIT_FEATURES ? net->inputs->n_nodes * unit->out_cols
                                            : net->inputs->features->nnz;
  case MIXQ_SLOT_ADJACENCY:
    *x = net->edge_value[info->unit];
    return mixq_inputs_edges (net->inputs, unit->edges)->nnz * MAX (unit->heads, 1);
  case MIXQ_SLOT_SCORE:
    *cols = 2 * (gsize) unit->heads;
    *x = net->score[info->unit] + net->capacity.nodes * *cols;
    return net->inputs->n_nodes * *cols;
  case MIXQ_SLOT_WEIGHT:
    *x = net->weights[info->unit].q;
    *cols = net->weights[info->unit].cols;
    return net->weights[info->unit].rows * *cols;
  default:
    *x = net->value[unit->output];
    *cols = unit->out_cols;
    return mixq_net_n_rows (net, unit->output) * unit->out_cols;
  }
}

static double
largest_sum_error (const MixqNet *net)
{
  double largest = 0;

  for (guint s = 0; s < net->n_slots; s++) {
    double sum = 0;

    for (guint k = 0; k < net->slots[s].n_choices; k++)
      sum += (double) net->slots[s].p[k];
    largest = fmax (largest, fabs (sum - 1));
  }
  return largest;
}

/* Moves one logit of each slot in turn: how many slots changed that should not have, or did not that should. */
static guint
count_dependent (MixqVerify *self, MixqNet *net)
{
  gsize size = sizeof net->slots[0].p;
  g_autofree float *before = g_malloc (net->n_slots * size);
  guint dependent = 0;

  for (guint moved = 0; moved < net->n_slots; moved++) {
    for (guint s = 0; s < net->n_slots; s++)
      memcpy (before + s * MIXQ_MAX_CHOICES, net->slots[s].p, size);
    net->slots[moved].alpha[0] += 0.7f;
    self->parts.update_probabilities (net);
    for (guint s = 0; s < net->n_slots; s++) {
      gboolean changed = memcmp (before + s * MIXQ_MAX_CHOICES, net->slots[s].p, size) != 0;
      dependent += changed != (s == moved);
    }
  }
  return dependent;
}

/* Whether the widest and the narrowest width make anything different of the tensor of slot @s. Where they do not (all features
 * equal, no edges), the task has nothing to choose. */
static gboolean
widths_differ (MixqNet *net, guint s)
{
  guint last = net->model->slots[s].unit + 1;
  const MixqSlot *slot = &net->slots[s];
  g_autofree float *narrow = NULL;
  double difference = 0, largest = 0;
  const float *x;
  gsize cols, n;

  mixq_net_pin (net, s, slot->bits[0]);
  mixq_net_forward (net, 0, last, (MixqPass){ .all_rows = TRUE });
  n = slot_tensor (net, s, &x, &cols);
  narrow = g_memdup2 (x, n * sizeof *x);
  mixq_net_pin (net, s, slot->bits[slot->n_choices - 1]);
  mixq_net_forward (net, 0, last, (MixqPass){ .all_rows = TRUE });
  mixq_net_pin (net, s, 0);
  for (gsize i = 0; i < n; i++) {
    difference = fmax (difference, fabs ((double) (narrow[i] - x[i])));
    largest = fmax (largest, fabs ((double) x[i]));
  }
  return difference > SAME * largest;
}

/* What a few steps without a price did: the task alone must move the logits of every slot whose widths differ. */
typedef struct
{
  guint able, moved;
  double smallest; /* movement among them */
} Learning;

static gboolean
learn (MixqVerify *self, Learning *learning, GError **error)
{
  g_autoptr (MixqCostModel) cost = mixq_cost_model_new (self->model, MIXQ_COST_BITOPS, NULL);
  MixqNet *net = mixq_verify_net (self, TRUE);
  g_autoptr (MixqTrainer)
      trainer = mixq_trainer_new (net, &(MixqTrainerOptions){ .stream = "verify",
                                                              .lr = 0.01,
                                                              .lr_alpha = LEARNING_RATE,
                                                              .penalty = MIXQ_PENALTY_NORMALISED,
                                                              .cost = cost });
  g_autofree gboolean *able = g_new (gboolean, net->n_slots);

  *learning = (Learning){ .smallest = INFINITY };
  for (guint s = 0; s < net->n_slots; s++)
    learning->able += able[s] = widths_differ (net, s);
  for (guint i = 0; i < LEARNING_STEPS; i++)
    if (mixq_verify_stopped (self, error) || !mixq_trainer_step (trainer, 0, &self->epoch, error))
      return FALSE;
  for (guint s = 0; s < net->n_slots; s++) {
    double moved = 0;

    for (guint k = 0; k < net->slots[s].n_choices; k++)
      moved = fmax (moved, fabs ((double) net->slots[s].alpha[k]));
    if (!able[s])
      continue;
    learning->moved += moved > MOVED;
    learning->smallest = fmin (learning->smallest, moved);
  }
  return TRUE;
}

gboolean
mixq_verify_alpha (MixqVerify *self, MixqVerifyCheck *check, GError **error)
{
  g_autoptr (MixqNet) net = mixq_verify_net (self, TRUE);
  Learning learning;
  double sum_error;
  guint dependent;

  for (guint s = 0; s < net->n_slots; s++)
    for (guint k = 0; k < net->slots[s].n_choices; k++)
      net->slots[s].alpha[k] = (float) ((s * 7 + k * 5) % 11) * 0.4f - 2;
  self->parts.update_probabilities (net);
  sum_error = largest_sum_error (net);
  dependent = count_dependent (self, net);
  sum_error = fmax (sum_error, largest_sum_error (net));
  if (!learn (self, &learning, error))
    return FALSE;
  check->passed = sum_error <= SUM_TOLERANCE && dependent == 0 && learning.able > 0 &&
                  learning.moved == learning.able;
  check->evidence = g_strdup_printf ("%u slots: probabilities sum to 1 within %.1g; moving the logits of one "
                                     "changed %u others; %d steps at lambda 0 moved %u of "
                                     "the %u slots whose widths differ on this data, by %.3f at least",
                                     net->n_slots, sum_error, dependent, LEARNING_STEPS, learning.moved,
                                     learning.able, learning.smallest);
  mixq_verify_add_number (check, "slots", net->n_slots);
  mixq_verify_add_number (check, "sum_error", sum_error);
  mixq_verify_add_number (check, "dependent_slots", dependent);
  mixq_verify_add_number (check, "slots_with_a_choice", learning.able);
  mixq_verify_add_number (check, "slots_moved", learning.moved);
  mixq_verify_add_number (check, "smallest_movement", learning.able > 0 ? learning.smallest : 0);
  return TRUE;
}

/* --- widths ---------------------------------------------------------------------------------------------------------- */

/* TRUE if the tensor of slot @s holds codes of @bits alone: every value on that grid, codes within its range. */
static gboolean
holds (const MixqNet *net, guint s, guint8 bits)
{
  const MixqSlot *slot = &net->slots[s];
  const MixqQuantizer *q = NULL;
  const float *x;
  gsize cols, n = slot_tensor (net, s, &x, &cols);

  for (guint k = 0; k < slot->n_choices; k++)
    if (slot->bits[k] == bits)
      q = &slot->quantizer[k];
  for (gsize i = 0; q != NULL && i < n; i++) {
    gsize at = q->granularity == MIXQ_PER_COLUMN ? i % cols : 0;
    double v = (double) x[i] / (double) q->scale[at] + (double) q->zero[at];

    if (!(fabs (v - nearbyint (v)) <= GRID_TOLERANCE) || v < (double) q->lo - GRID_TOLERANCE ||
        v > (double) q->hi + GRID_TOLERANCE)
      return FALSE;
  }
  return q != NULL && q->hi - q->lo + 1 == ldexpf (1, bits);
}

static gboolean
others_are_mixed (const MixqNet *net, guint pinned)
{
  for (guint s = 0; s < net->n_slots; s++)
    for (guint k = 0; s != pinned && k < net->slots[s].n_choices; k++)
      if (!(net->slots[s].p[k] > 0))
        return FALSE;
  return TRUE;
}

gboolean
mixq_verify_widths (MixqVerify *self, MixqVerifyCheck *check, GError **error)
{
  g_autoptr (MixqNet) net = mixq_verify_net (self, TRUE);
  guint held = 0, asked = 0;
  g_autofree char *first_failure = NULL;

  for (guint s = 0; s < net->n_slots; s++) {
    for (guint k = 0; k < net->slots[s].n_choices; k++, asked++) {
      guint8 bits = net->slots[s].bits[k];
      gboolean ok;

      if (mixq_verify_stopped (self, error))
        return FALSE;
      self->parts.pin (net, s, bits);
      mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .all_rows = TRUE });
      ok = mixq_net_selected (net, s) == bits && holds (net, s, bits) && others_are_mixed (net, s);
      held += ok;
      if (!ok && first_failure == NULL)
        first_failure = g_strdup_printf ("; the first that failed: %s at %u bits", net->slots[s].info->name,
                                         bits);
    }
    self->parts.pin (net, s, 0);
  }
  check->passed = held == asked;
  check->evidence = g_strdup_printf (
      "%u of %u slot and width pairs held alone, all values on that width's grid%s", held, asked,
      first_failure != NULL ? first_failure : "");
  mixq_verify_add_number (check, "pairs", asked);
  mixq_verify_add_number (check, "held", held);
  return TRUE;
}
