/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cost/mixq-cost.h"

#include "cost/mixq-cost-private.h"

/* One or two terms a unit on the product axis: weight x width of a x width of b. A slot of -1 is float32, constant. */
typedef struct
{
  double weight;
  int a, b;
} PairTerm;

struct _MixqCostModel
{
  guint n_slots;
  double *weight; /* owned: cost of one bit of each slot, before normalising */
  PairTerm *pair; /* owned: product axis only */
  guint n_pairs;
  double constant; /* what no width changes: milliseconds only */
  double total;    /* at 32 bits everywhere: what 1 stands for */
};

/* A batch norm with codes of its own, that is, after a value of codes: the count leaves it out. */
static gboolean
requantizes (const MixqModel *model, const MixqUnit *unit)
{
  return unit->kind == MIXQ_UNIT_BATCH_NORM && unit->slot_output >= 0 &&
         mixq_model_value_slot (model, unit->input) >= 0;
}

/* d (operations x mean width) / d width of each averaged slot; an adjacency is charged its own E' operations, a norm all of its. */
static void
add_operations (MixqCostModel *self, const MixqModel *model, gboolean executed)
{
  for (guint i = 0; i < model->n_units; i++) {
    const MixqUnit *unit = &model->units[i];
    MixqUnitCount count;
    int slots[4];
    guint n;

    mixq_cost_unit_count (model, unit, &count);
    n = mixq_cost_unit_averaged (model, unit, &count, slots);
    for (guint k = 0; k < n; k++)
      self->weight[slots[k]] += (executed ? count.executed : count.operations) / n;
    if (unit->slot_operand >= 0 && !count.averages_operand)
      self->weight[unit->slot_operand] += (double) model->slots[unit->slot_operand].nonzeros;
    if (requantizes (model, unit))
      self->weight[unit->slot_output] += executed ? count.executed : count.operations;
  }
}

static void
add_pairs (MixqCostModel *self, const MixqModel *model)
{
  self->pair = g_new0 (PairTerm, 2 * model->n_units);
  for (guint i = 0; i < model->n_units; i++) {
    MixqUnitCount count;

    mixq_cost_unit_count (model, &model->units[i], &count);
    if (count.products > 0)
      self->pair[self->n_pairs++] = (PairTerm){ count.products, mixq_model_input_slot (model, i),
                                                model->units[i].slot_operand };
    if (count.score_products > 0)
      self->pair[self->n_pairs++] = (PairTerm){ count.score_products, mixq_model_input_slot (model, i),
                                                model->units[i].slot_weight };
  }
}

static void
add_bytes (MixqCostModel *self, const MixqModel *model)
{
  gboolean sparse = mixq_cost_features_are_sparse (model);

  for (guint i = 0; i < model->n_slots; i++) {
    const MixqSlotInfo *slot = &model->slots[i];

    self->weight[i] = (double) (slot->role == MIXQ_SLOT_INPUT && !sparse ? slot->elements : slot->nonzeros) /
                      8;
  }
}

static double
width_of (const double *bits, int slot)
{
  return slot >= 0 ? bits[slot] : MIXQ_FLOAT_BITS;
}

/* The cost before normalising; @gradient as well, where asked for. */
static double
evaluate (const MixqCostModel *self, const double *bits, double *gradient)
{
  double cost = self->constant;

  for (guint i = 0; i < self->n_slots; i++) {
    cost += self->weight[i] * bits[i];
    if (gradient != NULL)
      gradient[i] = self->weight[i];
  }
  for (guint i = 0; i < self->n_pairs; i++) {
    const PairTerm *pair = &self->pair[i];
    double a = width_of (bits, pair->a), b = width_of (bits, pair->b);

    cost += pair->weight * a * b;
    if (gradient != NULL && pair->a >= 0)
      gradient[pair->a] += pair->weight * b;
    if (gradient != NULL && pair->b >= 0)
      gradient[pair->b] += pair->weight * a;
  }
  return cost;
}

MixqCostModel *
mixq_cost_model_new (const MixqModel *model, MixqCostAxis axis, const double *ms_per_bit_of_slot)
{
  MixqCostModel *self;
  g_autofree double *full = NULL;

  g_return_val_if_fail ((guint) axis < MIXQ_N_COST_AXES, NULL);
  g_return_val_if_fail (axis != MIXQ_COST_MS || ms_per_bit_of_slot != NULL, NULL);

  self = g_new0 (MixqCostModel, 1);
  self->n_slots = model->n_slots;
  self->weight = g_new0 (double, model->n_slots);
  if (axis == MIXQ_COST_BITOPS || axis == MIXQ_COST_EXECUTED)
    add_operations (self, model, axis == MIXQ_COST_EXECUTED);
  else if (axis == MIXQ_COST_PRODUCT)
    add_pairs (self, model);
  else if (axis == MIXQ_COST_BYTES)
    add_bytes (self, model);
  else
    for (guint i = 0; i < model->n_slots; i++)
      self->weight[i] = ms_per_bit_of_slot[i];

  full = g_new (double, model->n_slots);
  for (guint i = 0; i < model->n_slots; i++)
    full[i] = MIXQ_FLOAT_BITS;
  self->total = evaluate (self, full, NULL);
  return self;
}

MixqCostModel *
mixq_cost_model_new_for (const MixqModel *model, MixqCostAxis axis, const MixqMsTable *ms)
{
  MixqCostModel *self = mixq_cost_model_new (model, axis, ms->per_bit);

  if (axis == MIXQ_COST_MS) {
    self->constant = ms->constant_ms;
    self->total = ms->float_ms > 0 ? ms->float_ms : 1;
  }
  return self;
}

void
mixq_cost_model_free (MixqCostModel *self)
{
  g_free (self->weight);
  g_free (self->pair);
  g_free (self);
}

double
mixq_cost_model_eval (const MixqCostModel *self, const double *expected_bits, double *gradient)
{
  double cost = evaluate (self, expected_bits, gradient);

  /* A table of zeros (nothing measured yet) costs nothing and pulls nowhere. */
  if (!(self->total > 0)) {
    for (guint i = 0; gradient != NULL && i < self->n_slots; i++)
      gradient[i] = 0;
    return 0;
  }
  for (guint i = 0; gradient != NULL && i < self->n_slots; i++)
    gradient[i] /= self->total;
  return cost / self->total;
}

void
mixq_cost_model_shares (const MixqCostModel *self, const double *expected_bits, double *shares)
{
  double sum = 0;

  evaluate (self, expected_bits, shares);
  for (guint i = 0; i < self->n_slots; i++)
    sum += shares[i] *= expected_bits[i];
  for (guint i = 0; i < self->n_slots && sum > 0; i++)
    shares[i] /= sum;
}
