/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mixq-model-builder.h"

void
mixq_model_builder_init (MixqModelBuilder *self, MixqModel *model)
{
  self->model = model;
  self->units = g_array_new (FALSE, TRUE, sizeof (MixqUnit));
  self->value_cols = g_array_new (FALSE, TRUE, sizeof (gsize));
  self->slots = g_array_new (FALSE, TRUE, sizeof (MixqSlotInfo));
  g_array_append_val (self->value_cols, model->n_features);
}

MixqModel *
mixq_model_builder_end (MixqModelBuilder *self)
{
  MixqModel *model = g_steal_pointer (&self->model);

  model->n_units = self->units->len;
  model->n_values = self->value_cols->len;
  model->n_slots = self->slots->len;
  model->units = (MixqUnit *) g_array_free (g_steal_pointer (&self->units), FALSE);
  model->value_cols = (gsize *) g_array_free (g_steal_pointer (&self->value_cols), FALSE);
  model->slots = (MixqSlotInfo *) g_array_free (g_steal_pointer (&self->slots), FALSE);
  return model;
}

static char *
subscript (guint number)
{
  static const char *const digit[] = { "₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉" };

  return number < 10 ? g_strdup (digit[number])
                     : g_strconcat (digit[number / 10 % 10], digit[number % 10], NULL);
}

/* Adds a slot to the unit that is about to be appended; sizes are those of a dense matrix until changed. */
static MixqSlotInfo *
add_slot (MixqModelBuilder *self, MixqSlotRole role, guint layer, const char *suffix, gsize rows, gsize cols)
{
  MixqSlotInfo slot = {
    .name = g_strdup_printf ("conv%u.%s", layer, suffix),
    .role = role,
    .layer = layer,
    .unit = self->units->len,
    .elements = rows * cols,
    .nonzeros = rows * cols,
    .rows = rows,
    .cols = cols,
    .is_signed = role == MIXQ_SLOT_WEIGHT,
  };

  g_array_append_val (self->slots, slot);
  return &g_array_index (self->slots, MixqSlotInfo, self->slots->len - 1);
}

static MixqUnit
new_unit (MixqModelBuilder *self,
          MixqUnitKind kind,
          guint layer,
          const char *suffix,
          int input,
          gsize out_cols)
{
  return (MixqUnit){
    .kind = kind,
    .name = g_strdup_printf ("conv%u.%s", layer, suffix),
    .layer = layer,
    .input = input,
    .output = (int) self->value_cols->len,
    .in_cols = g_array_index (self->value_cols, gsize, input),
    .out_cols = out_cols,
    .slot_input = -1,
    .slot_operand = -1,
    .slot_output = -1,
  };
}

static int
append_unit (MixqModelBuilder *self, MixqUnit unit)
{
  g_array_append_val (self->units, unit);
  g_array_append_val (self->value_cols, unit.out_cols);
  return unit.output;
}

int
mixq_model_builder_linear (MixqModelBuilder *self, guint layer, int input, gsize out_cols)
{
  const MixqModel *model = self->model;
  MixqUnit unit = new_unit (self, MIXQ_UNIT_LINEAR, layer, "linear", input, out_cols);
  g_autofree char *number = subscript (layer);
  MixqSlotInfo *slot;

  if (input == 0) {
    unit.slot_input = (int) self->slots->len;
    slot = add_slot (self, MIXQ_SLOT_INPUT, layer, "input", model->n_nodes, unit.in_cols);
    slot->nonzeros = model->n_feature_nonzeros;
    slot->symbol = g_strdup ("X");
  }
  unit.slot_operand = (int) self->slots->len;
  slot = add_slot (self, MIXQ_SLOT_WEIGHT, layer, "weight", unit.in_cols, out_cols);
  slot->symbol = g_strconcat ("W", number, NULL);
  unit.slot_output = (int) self->slots->len;
  slot = add_slot (self, MIXQ_SLOT_PRODUCT, layer, "linear", model->n_nodes, out_cols);
  slot->symbol = g_strconcat (input == 0 ? "X W" : "H W", number, NULL);
  return append_unit (self, unit);
}

int
mixq_model_builder_propagate (MixqModelBuilder *self, guint layer, int input)
{
  const MixqModel *model = self->model;
  gsize cols = g_array_index (self->value_cols, gsize, input);
  MixqUnit unit = new_unit (self, MIXQ_UNIT_PROPAGATE, layer, "propagate", input, cols);
  g_autofree char *number = subscript (layer);
  MixqSlotInfo *slot;

  unit.slot_operand = (int) self->slots->len;
  slot = add_slot (self, MIXQ_SLOT_ADJACENCY, layer, "adjacency", model->n_nodes, model->n_nodes);
  slot->elements = slot->nonzeros = model->n_edges_loops;
  slot->symbol = g_strconcat ("A", number, NULL);
  unit.slot_output = (int) self->slots->len;
  slot = add_slot (self, MIXQ_SLOT_AGGREGATE, layer, "aggregate", model->n_nodes, cols);
  slot->symbol = g_strconcat ("agg", number, NULL);
  return append_unit (self, unit);
}

static int
add_plain (MixqModelBuilder *self, MixqUnitKind kind, guint layer, int input)
{
  gsize cols = g_array_index (self->value_cols, gsize, input);

  return append_unit (self, new_unit (self, kind, layer, mixq_unit_kind_name (kind), input, cols));
}

int
mixq_model_builder_relu (MixqModelBuilder *self, guint layer, int input)
{
  return add_plain (self, MIXQ_UNIT_RELU, layer, input);
}

int
mixq_model_builder_dropout (MixqModelBuilder *self, guint layer, int input)
{
  return add_plain (self, MIXQ_UNIT_DROPOUT, layer, input);
}
