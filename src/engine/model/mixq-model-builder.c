/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mixq-model-builder.h"

void
mixq_model_builder_init (MixqModelBuilder *self, MixqModel *model)
{
  gboolean of_graphs = FALSE;

  self->model = model;
  self->units = g_array_new (FALSE, TRUE, sizeof (MixqUnit));
  self->value_cols = g_array_new (FALSE, TRUE, sizeof (gsize));
  self->value_graphs = g_array_new (FALSE, TRUE, sizeof (gboolean));
  self->slots = g_array_new (FALSE, TRUE, sizeof (MixqSlotInfo));
  self->layer_names = g_ptr_array_new ();
  self->number = NULL;
  g_array_append_val (self->value_cols, model->n_features);
  g_array_append_val (self->value_graphs, of_graphs);
}

MixqModel *
mixq_model_builder_end (MixqModelBuilder *self)
{
  MixqModel *model = g_steal_pointer (&self->model);

  model->n_units = self->units->len;
  model->n_values = self->value_cols->len;
  model->n_slots = self->slots->len;
  model->n_layers = self->layer_names->len;
  model->units = (MixqUnit *) g_array_free (g_steal_pointer (&self->units), FALSE);
  model->value_cols = (gsize *) g_array_free (g_steal_pointer (&self->value_cols), FALSE);
  model->value_of_graphs = (gboolean *) g_array_free (g_steal_pointer (&self->value_graphs), FALSE);
  model->slots = (MixqSlotInfo *) g_array_free (g_steal_pointer (&self->slots), FALSE);
  model->layer_names = (char **) g_ptr_array_free (g_steal_pointer (&self->layer_names), FALSE);
  g_clear_pointer (&self->number, g_free);
  return model;
}

static char *
subscript (guint number)
{
  static const char *const digit[] = { "₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉" };

  return number < 10 ? g_strdup (digit[number])
                     : g_strconcat (digit[number / 10 % 10], digit[number % 10], NULL);
}

void
mixq_model_builder_begin (MixqModelBuilder *self, const char *name, guint number)
{
  g_free (self->number);
  self->number = number > 0 ? subscript (number) : g_strdup ("");
  g_ptr_array_add (self->layer_names, number > 0 ? g_strdup_printf ("%s%u", name, number) : g_strdup (name));
}

gsize
mixq_model_builder_cols (const MixqModelBuilder *self, int value)
{
  return g_array_index (self->value_cols, gsize, value);
}

static gboolean
is_of_graphs (const MixqModelBuilder *self, int value)
{
  return g_array_index (self->value_graphs, gboolean, value);
}

/* "conv1.what", "conv1.part.what" */
static char *
name_of (const MixqModelBuilder *self, const char *part, const char *what)
{
  const char *layer = g_ptr_array_index (self->layer_names, self->layer_names->len - 1);

  return part != NULL ? g_strdup_printf ("%s.%s.%s", layer, part, what)
                      : g_strdup_printf ("%s.%s", layer, what);
}

/* Adds a slot to the unit that is about to be appended; sizes are those of a dense matrix until changed. */
static MixqSlotInfo *
add_slot (MixqModelBuilder *self,
          MixqSlotRole role,
          const char *part,
          const char *what,
          const char *symbol,
          gsize rows,
          gsize cols)
{
  MixqSlotInfo slot = {
    .name = name_of (self, part, what),
    .symbol = g_strconcat (symbol, role == MIXQ_SLOT_INPUT ? "" : self->number, NULL),
    .role = role,
    .layer = self->layer_names->len,
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

/* Of several maps or hops of one layer, each has a mark in its symbols. */
static void
mark_slot (MixqSlotInfo *slot, const char *mark)
{
  char *symbol = slot->symbol;

  if (mark == NULL)
    return;
  slot->symbol = g_strconcat (symbol, mark, NULL);
  g_free (symbol);
}

static int
next_slot (const MixqModelBuilder *self)
{
  return (int) self->slots->len;
}

static MixqUnit
new_unit (MixqModelBuilder *self, MixqUnitKind kind, const char *part, int input, gsize out_cols)
{
  return (MixqUnit){
    .kind = kind,
    .name = name_of (self, part, mixq_unit_kind_name (kind)),
    .layer = self->layer_names->len,
    .input = input,
    .n_inputs = 1,
    .output = (int) self->value_cols->len,
    .in_cols = mixq_model_builder_cols (self, input),
    .out_cols = out_cols,
    .slot_input = -1,
    .slot_operand = -1,
    .slot_output = -1,
    .slot_weight = -1,
    .slot_score = -1,
  };
}

static gboolean
has_unit (const MixqModelBuilder *self, const char *name)
{
  for (guint u = 0; u < self->units->len; u++)
    if (g_str_equal (g_array_index (self->units, MixqUnit, u).name, name))
      return TRUE;
  return FALSE;
}

/* A layer's second ReLU is "conv1.relu2". */
static char *
unique_name (const MixqModelBuilder *self, char *name)
{
  g_autofree char *first = name;
  char *unique = g_strdup (first);

  for (guint number = 2; has_unit (self, unique); number++) {
    g_free (unique);
    unique = g_strdup_printf ("%s%u", first, number);
  }
  return unique;
}

static int
append_unit (MixqModelBuilder *self, MixqUnit unit)
{
  gboolean of_graphs = unit.kind == MIXQ_UNIT_POOL || is_of_graphs (self, unit.input);

  unit.name = unique_name (self, unit.name);
  g_array_append_val (self->units, unit);
  g_array_append_val (self->value_cols, unit.out_cols);
  g_array_append_val (self->value_graphs, of_graphs);
  return unit.output;
}

static gsize
rows_of (const MixqModelBuilder *self, int value)
{
  return is_of_graphs (self, value) ? self->model->n_graphs : self->model->n_nodes;
}

static void
add_feature_slot (MixqModelBuilder *self)
{
  const MixqModel *model = self->model;
  MixqSlotInfo *slot = add_slot (self, MIXQ_SLOT_INPUT, NULL, "input", "X", model->n_nodes,
                                 model->n_features);

  slot->nonzeros = model->n_feature_nonzeros;
}

int
mixq_model_builder_features (MixqModelBuilder *self)
{
  MixqUnit unit = new_unit (self, MIXQ_UNIT_FEATURES, NULL, 0, self->model->n_features);

  int value;

  unit.slot_output = next_slot (self);
  add_feature_slot (self);
  value = append_unit (self, unit);
  return self->model->spec.feature_dropout > 0
             ? mixq_model_builder_dropout (self, value, self->model->spec.feature_dropout)
             : value;
}

/* What a symbol calls the input of a unit: the features, or what layers before made of them. */
static gboolean
reads_features (const MixqModelBuilder *self, int input)
{
  for (guint u = 0; u < self->units->len; u++) {
    const MixqUnit *unit = &g_array_index (self->units, MixqUnit, u);

    if (unit->output == input)
      return unit->kind == MIXQ_UNIT_DROPOUT ? reads_features (self, unit->input)
                                             : unit->kind == MIXQ_UNIT_FEATURES;
  }
  return input == 0;
}

int
mixq_model_builder_linear (MixqModelBuilder *self, int input, gsize out_cols, const MixqWiring *wiring)
{
  MixqUnit unit = new_unit (self, MIXQ_UNIT_LINEAR, wiring->part, input, out_cols);

  unit.has_bias = wiring->bias;
  if (input == 0) {
    unit.drop = self->model->spec.feature_dropout;
    unit.slot_input = next_slot (self);
    add_feature_slot (self);
  }
  unit.slot_operand = next_slot (self);
  mark_slot (add_slot (self, MIXQ_SLOT_WEIGHT, wiring->part, "weight", "W", unit.in_cols, out_cols),
             wiring->mark);
  if (!wiring->raw) {
    unit.slot_output = next_slot (self);
    mark_slot (add_slot (self, MIXQ_SLOT_PRODUCT, wiring->part, "linear",
                         reads_features (self, input) ? "X W" : "H W", rows_of (self, input), out_cols),
               wiring->mark);
  }
  return append_unit (self, unit);
}

int
mixq_model_builder_propagate (MixqModelBuilder *self, int input, MixqEdges edges, const MixqWiring *wiring)
{
  const MixqModel *model = self->model;
  gsize cols = mixq_model_builder_cols (self, input);
  MixqUnit unit = new_unit (self, MIXQ_UNIT_PROPAGATE, wiring->part, input, cols);

  unit.edges = edges;
  unit.adds_self = wiring->adds_self;
  if (edges == MIXQ_EDGES_GCN && wiring->shared_slot > 0) {
    unit.slot_operand = wiring->shared_slot - 1;
  } else if (edges == MIXQ_EDGES_GCN) {
    MixqSlotInfo *slot;

    unit.slot_operand = next_slot (self);
    slot = add_slot (self, MIXQ_SLOT_ADJACENCY, NULL, "adjacency", "A", model->n_nodes, model->n_nodes);
    slot->elements = slot->nonzeros = mixq_model_edge_entries (model, edges);
  }
  if (!wiring->raw) {
    unit.slot_output = next_slot (self);
    mark_slot (add_slot (self, MIXQ_SLOT_AGGREGATE, wiring->part, "aggregate", "agg", model->n_nodes, cols),
               wiring->mark);
  }
  return append_unit (self, unit);
}

int
mixq_model_builder_attend (MixqModelBuilder *self, int input, guint heads, gboolean raw)
{
  const MixqModel *model = self->model;
  gsize cols = mixq_model_builder_cols (self, input), entries;
  MixqUnit unit = new_unit (self, MIXQ_UNIT_ATTEND, NULL, input, cols);
  MixqSlotInfo *slot;

  unit.edges = MIXQ_EDGES_LOOPS;
  unit.heads = heads;
  entries = mixq_model_edge_entries (model, unit.edges);
  unit.slot_weight = next_slot (self);
  add_slot (self, MIXQ_SLOT_WEIGHT, "attention", "weight", "a", cols, 2);
  unit.slot_score = next_slot (self);
  add_slot (self, MIXQ_SLOT_SCORE, "attention", "score", "e", model->n_nodes, 2 * (gsize) heads);
  unit.slot_operand = next_slot (self);
  slot = add_slot (self, MIXQ_SLOT_ADJACENCY, NULL, "adjacency", "A", model->n_nodes, model->n_nodes);
  slot->elements = slot->nonzeros = entries * heads;
  if (!raw) {
    unit.slot_output = next_slot (self);
    add_slot (self, MIXQ_SLOT_AGGREGATE, NULL, "aggregate", "agg", model->n_nodes, cols);
  }
  return append_unit (self, unit);
}

static int
add_plain (MixqModelBuilder *self, MixqUnitKind kind, int input)
{
  return append_unit (self, new_unit (self, kind, NULL, input, mixq_model_builder_cols (self, input)));
}

int
mixq_model_builder_relu (MixqModelBuilder *self, int input)
{
  return add_plain (self, MIXQ_UNIT_RELU, input);
}

int
mixq_model_builder_dropout (MixqModelBuilder *self, int input, double share)
{
  MixqUnit unit = new_unit (self, MIXQ_UNIT_DROPOUT, NULL, input, mixq_model_builder_cols (self, input));

  unit.drop = share;
  return append_unit (self, unit);
}

int
mixq_model_builder_add (MixqModelBuilder *self, const int *inputs, guint n, const char *name)
{
  gsize cols = mixq_model_builder_cols (self, inputs[0]);
  MixqUnit unit = new_unit (self, MIXQ_UNIT_ADD, NULL, inputs[0], cols);

  g_return_val_if_fail (n >= 1 && n <= MIXQ_MAX_INPUTS, inputs[0]);
  for (guint i = 1; i < n; i++)
    unit.more[i - 1] = inputs[i];
  unit.n_inputs = n;
  unit.slot_output = next_slot (self);
  add_slot (self, MIXQ_SLOT_SUM, NULL, name, "+", rows_of (self, inputs[0]), cols);
  return append_unit (self, unit);
}

int
mixq_model_builder_batch_norm (MixqModelBuilder *self, int input, const char *name)
{
  const MixqUnit *last = &g_array_index (self->units, MixqUnit, self->units->len - 1);
  gsize cols = mixq_model_builder_cols (self, input), rows = rows_of (self, input);
  MixqUnit unit = new_unit (self, MIXQ_UNIT_BATCH_NORM, NULL, input, cols);

  if (name != NULL) {
    gboolean sums = last->kind == MIXQ_UNIT_LINEAR || last->kind == MIXQ_UNIT_PROPAGATE ||
                    last->kind == MIXQ_UNIT_ATTEND;
    gboolean folds = sums && last->output == input && last->slot_output < 0;
    MixqSlotRole role = !folds                           ? MIXQ_SLOT_SUM
                        : last->kind == MIXQ_UNIT_LINEAR ? MIXQ_SLOT_PRODUCT
                                                         : MIXQ_SLOT_AGGREGATE;

    unit.slot_output = next_slot (self);
    add_slot (self, role, NULL, name, role == MIXQ_SLOT_AGGREGATE ? "agg" : "norm", rows, cols);
  }
  return append_unit (self, unit);
}

int
mixq_model_builder_pool (MixqModelBuilder *self, int input, MixqPool pool)
{
  gsize cols = mixq_model_builder_cols (self, input);
  MixqUnit unit = new_unit (self, MIXQ_UNIT_POOL, NULL, input, cols);

  unit.pool = pool;
  unit.slot_output = next_slot (self);
  add_slot (self, MIXQ_SLOT_POOLED, NULL, "pooled", "pool", self->model->n_graphs, cols);
  return append_unit (self, unit);
}
