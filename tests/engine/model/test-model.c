/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wiring: slots, symbols, sizes, values; bounds of the spec. */
#include <math.h>

#include "base/mixq-error.h"
#include "model/mixq-model.h"

static MixqModel *
new_model (guint layers)
{
  const MixqModelSpec spec = { MIXQ_ARCH_GCN, layers, 16, 0.5 };

  return mixq_model_new_for_sizes (&spec, 10, 24, 30, 40, 4, NULL);
}

static void
test_slots (void)
{
  static const struct
  {
    const char *name, *symbol;
    MixqSlotRole role;
    guint layer;
    gsize rows, cols, elements, nonzeros;
    gboolean is_signed;
  } expected[] = {
    { "conv1.input", "X", MIXQ_SLOT_INPUT, 1, 10, 30, 300, 40, FALSE },
    { "conv1.weight", "W₁", MIXQ_SLOT_WEIGHT, 1, 30, 16, 480, 480, TRUE },
    { "conv1.linear", "X W₁", MIXQ_SLOT_PRODUCT, 1, 10, 16, 160, 160, FALSE },
    { "conv1.adjacency", "A₁", MIXQ_SLOT_ADJACENCY, 1, 10, 10, 34, 34, FALSE },
    { "conv1.aggregate", "agg₁", MIXQ_SLOT_AGGREGATE, 1, 10, 16, 160, 160, FALSE },
    { "conv2.weight", "W₂", MIXQ_SLOT_WEIGHT, 2, 16, 4, 64, 64, TRUE },
    { "conv2.linear", "H W₂", MIXQ_SLOT_PRODUCT, 2, 10, 4, 40, 40, FALSE },
    { "conv2.adjacency", "A₂", MIXQ_SLOT_ADJACENCY, 2, 10, 10, 34, 34, FALSE },
    { "conv2.aggregate", "agg₂", MIXQ_SLOT_AGGREGATE, 2, 10, 4, 40, 40, FALSE },
  };
  g_autoptr (MixqModel) model = new_model (2);

  g_assert_cmpuint (model->n_slots, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < model->n_slots; i++) {
    const MixqSlotInfo *slot = &model->slots[i];

    g_assert_cmpstr (slot->name, ==, expected[i].name);
    g_assert_cmpstr (slot->symbol, ==, expected[i].symbol);
    g_assert_cmpint (slot->role, ==, expected[i].role);
    g_assert_cmpuint (slot->layer, ==, expected[i].layer);
    g_assert_cmpuint (slot->rows, ==, expected[i].rows);
    g_assert_cmpuint (slot->cols, ==, expected[i].cols);
    g_assert_cmpuint (slot->elements, ==, expected[i].elements);
    g_assert_cmpuint (slot->nonzeros, ==, expected[i].nonzeros);
    g_assert_cmpint (slot->is_signed, ==, expected[i].is_signed);
    g_assert_cmpint (mixq_model_find_slot (model, slot->name), ==, (int) i);
  }
  g_assert_cmpint (mixq_model_find_slot (model, "conv2.input"), ==, -1);
  g_assert_cmpint (mixq_model_find_slot (model, NULL), ==, -1);
}

static void
test_units (void)
{
  static const MixqUnitKind kind[] = { MIXQ_UNIT_LINEAR,  MIXQ_UNIT_PROPAGATE, MIXQ_UNIT_RELU,
                                       MIXQ_UNIT_DROPOUT, MIXQ_UNIT_LINEAR,    MIXQ_UNIT_PROPAGATE };
  static const int reads[] = { 0, 2, 4, 4, 4, 6 }; /* slot whose codes the unit sees */
  g_autoptr (MixqModel) model = new_model (2);

  g_assert_cmpuint (model->n_units, ==, G_N_ELEMENTS (kind));
  for (guint i = 0; i < model->n_units; i++) {
    g_assert_cmpint (model->units[i].kind, ==, kind[i]);
    g_assert_cmpint (mixq_model_input_slot (model, i), ==, reads[i]);
  }
  g_assert_cmpstr (model->units[0].name, ==, "conv1.linear");
  g_assert_cmpstr (model->units[2].name, ==, "conv1.relu");
  g_assert_cmpstr (model->units[5].name, ==, "conv2.propagate");
}

/* Every depth: K = 4 L + 1, each value written once before it is read, each slot owned by one unit that names it. */
static void
test_depths (void)
{
  for (guint layers = 2; layers <= MIXQ_MAX_LAYERS; layers++) {
    g_autoptr (MixqModel) model = new_model (layers);
    guint owned = 0;

    g_assert_cmpuint (model->n_slots, ==, 4 * layers + 1);
    g_assert_cmpuint (model->n_values, ==, model->n_units + 1);
    g_assert_cmpuint (model->value_cols[0], ==, 30);
    for (guint i = 0; i < model->n_units; i++) {
      const MixqUnit *unit = &model->units[i];
      const int slot[] = { unit->slot_input, unit->slot_operand, unit->slot_output };

      g_assert_cmpint (unit->output, ==, (int) i + 1);
      g_assert_cmpint (unit->input, <, unit->output);
      g_assert_cmpuint (unit->in_cols, ==, model->value_cols[unit->input]);
      g_assert_cmpuint (unit->out_cols, ==, model->value_cols[unit->output]);
      for (guint k = 0; k < G_N_ELEMENTS (slot); k++)
        if (slot[k] >= 0) {
          g_assert_cmpint (slot[k], ==, (int) owned++);
          g_assert_cmpuint (model->slots[slot[k]].unit, ==, i);
        }
    }
    g_assert_cmpuint (owned, ==, model->n_slots);
    g_assert_cmpuint (model->value_cols[model->n_values - 1], ==, 4);
    g_assert_cmpint (model->units[model->n_units - 1].kind, ==, MIXQ_UNIT_PROPAGATE);
  }
}

static void
test_bounds (void)
{
  static const struct
  {
    MixqModelSpec spec;
    gsize nodes, edges, features, nonzeros, classes;
    MixqErrorCode code;
  } bad[] = {
    { { MIXQ_ARCH_GCN, 1, 16, 0 }, 3, 2, 2, 2, 2, MIXQ_ERROR_VALUE },
    { { MIXQ_ARCH_GCN, 9, 16, 0 }, 3, 2, 2, 2, 2, MIXQ_ERROR_VALUE },
    { { MIXQ_ARCH_GCN, 2, 0, 0 }, 3, 2, 2, 2, 2, MIXQ_ERROR_VALUE },
    { { MIXQ_ARCH_GCN, 2, 4097, 0 }, 3, 2, 2, 2, 2, MIXQ_ERROR_VALUE },
    { { MIXQ_ARCH_GCN, 2, 16, 1 }, 3, 2, 2, 2, 2, MIXQ_ERROR_VALUE },
    { { MIXQ_ARCH_GCN, 2, 16, -0.1 }, 3, 2, 2, 2, 2, MIXQ_ERROR_VALUE },
    { { MIXQ_ARCH_GCN, 2, 16, (double) NAN }, 3, 2, 2, 2, 2, MIXQ_ERROR_VALUE },
    { { (MixqArch) 99, 2, 16, 0 }, 3, 2, 2, 2, 2, MIXQ_ERROR_VALUE },
    { { MIXQ_ARCH_GCN, 2, 16, 0 }, 0, 0, 2, 0, 2, MIXQ_ERROR_SHAPE },
    { { MIXQ_ARCH_GCN, 2, 16, 0 }, 3, 2, 0, 0, 2, MIXQ_ERROR_SHAPE },
    { { MIXQ_ARCH_GCN, 2, 16, 0 }, 3, 2, 2, 2, 0, MIXQ_ERROR_SHAPE },
    { { MIXQ_ARCH_GCN, 2, 16, 0 }, 3, 2, 2, 7, 2, MIXQ_ERROR_SHAPE },
    { { MIXQ_ARCH_GCN, 2, 16, 0 }, G_MAXSIZE / 2, 2, 4, 7, 2, MIXQ_ERROR_SHAPE },
    { { MIXQ_ARCH_GCN, 2, 16, 0 }, 3, G_MAXSIZE - 1, 2, 2, 2, MIXQ_ERROR_SHAPE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (mixq_model_new_for_sizes (&bad[i].spec, bad[i].nodes, bad[i].edges, bad[i].features,
                                             bad[i].nonzeros, bad[i].classes, &error));
    g_assert_error (error, MIXQ_ERROR, (int) bad[i].code);
  }
}

static void
test_smallest (void)
{
  const MixqModelSpec spec = { MIXQ_ARCH_GCN, 2, 1, 0 };
  g_autoptr (MixqModel) model = mixq_model_new_for_sizes (&spec, 1, 0, 1, 0, 1, NULL);

  g_assert_nonnull (model);
  g_assert_cmpuint (model->n_edges_loops, ==, 1);
  g_assert_true (mixq_model_ref (model) == model);
  mixq_model_unref (model);
}

static void
test_names (void)
{
  g_autoptr (GError) error = NULL;
  MixqArch arch = MIXQ_ARCH_GCN;

  g_assert_cmpstr (mixq_arch_name (MIXQ_ARCH_GCN), ==, "gcn");
  g_assert_true (mixq_arch_parse ("gcn", &arch, NULL));
  g_assert_false (mixq_arch_parse ("gcnn", &arch, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE);
  g_assert_cmpstr (mixq_slot_role_name (MIXQ_SLOT_INPUT), ==, "features");
  g_assert_cmpstr (mixq_slot_role_name (MIXQ_SLOT_AGGREGATE), ==, "aggregate");
  g_assert_cmpstr (mixq_unit_kind_name (MIXQ_UNIT_DROPOUT), ==, "dropout");
}

/* Each choice tells two specs apart. */
static void
test_spec_equal (void)
{
  const MixqModelSpec usual = MIXQ_MODEL_SPEC_DEFAULT;
  MixqModelSpec other[12];

  for (guint i = 0; i < G_N_ELEMENTS (other); i++)
    other[i] = usual;
  g_assert_true (mixq_model_spec_equal (&usual, &other[0]));
  other[0].arch = MIXQ_ARCH_GAT;
  other[1].n_layers++;
  other[2].hidden++;
  other[3].dropout = 0.25;
  other[4].feature_dropout = 0.25;
  other[5].batch_norm = TRUE;
  other[6].residual = TRUE;
  other[7].eps = TRUE;
  other[8].aggregator = MIXQ_AGGREGATOR_MEAN;
  other[9].pool = MIXQ_POOL_SUM;
  other[10].hops++;
  other[11].heads++;
  for (guint i = 0; i < G_N_ELEMENTS (other); i++)
    g_assert_false (mixq_model_spec_equal (&usual, &other[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/model/slots", test_slots);
  g_test_add_func ("/engine/model/units", test_units);
  g_test_add_func ("/engine/model/depths", test_depths);
  g_test_add_func ("/engine/model/bounds", test_bounds);
  g_test_add_func ("/engine/model/smallest", test_smallest);
  g_test_add_func ("/engine/model/names", test_names);
  g_test_add_func ("/engine/model/spec-equal", test_spec_equal);
  return g_test_run ();
}
