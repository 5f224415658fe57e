/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All 27 cases of golden/04: what the published code counts for the two-layer GCN. */
#include <math.h>

#include "../golden.h"
#include "cost/mixq-cost.h"

#define RELATIVE 1e-12 /* thirds: both sides round a few times in double */

static void
assert_count (const char *what, double ours, double theirs)
{
  if (!(fabs (ours - theirs) <= RELATIVE * theirs))
    g_test_message ("%s: %.17g is not %.17g", what, ours, theirs);
  g_assert_true (fabs (ours - theirs) <= RELATIVE * theirs);
}

static MixqModel *
model_of (JsonObject *shape)
{
  MixqModelSpec spec = MIXQ_MODEL_SPEC_DEFAULT;
  gsize nodes = golden_size (shape, "num_nodes"), features = golden_size (shape, "num_features");

  spec.hidden = (guint) golden_size (shape, "hidden");
  return mixq_model_new_for_sizes (&spec, nodes, golden_size (shape, "num_directed_edges"), features,
                                   nodes * features / 4, golden_size (shape, "num_classes"), NULL);
}

static void
check_parts (const MixqModel *model, const guint8 *bits, JsonObject *parts)
{
  static const char *const names[] = { "gcn_1.lin", "gcn_1.mp", "relu_1", NULL, "gcn_2.lin", "gcn_2.mp" };

  for (guint i = 0; i < model->n_units; i++) {
    MixqUnitCost part;

    if (names[i] == NULL)
      continue;
    mixq_cost_count_unit (model, i, bits, &part);
    assert_count (names[i], part.bitops_search, json_object_get_double_member (parts, names[i]));
  }
}

static void
check_case (JsonObject *c)
{
  g_autoptr (MixqModel) model = model_of (json_object_get_object_member (c, "shape"));
  guint8 bits[G_N_ELEMENTS (golden_slot)];
  MixqCost cost;

  if (json_object_has_member (c, "total_ops")) {
    mixq_cost_count (model, NULL, &cost);
    g_assert_cmpfloat (cost.operations, ==, json_object_get_double_member (c, "total_ops"));
    g_assert_cmpfloat (cost.bitops, ==, json_object_get_double_member (c, "total_bitops"));
    return;
  }
  for (guint s = 0; s < model->n_slots; s++)
    bits[s] = (guint8) json_object_get_int_member (json_object_get_object_member (c, "bits"), golden_slot[s]);
  mixq_cost_count (model, bits, &cost);
  assert_count ("search", cost.bitops_search,
                json_object_get_double_member (c, "bitops_total_relaxed_model_as_reported"));
  assert_count ("cached", cost.bitops, json_object_get_double_member (c, "bitops_total_fixed_model"));
  assert_count ("average", cost.average_bits, json_object_get_double_member (c, "average_bits_as_reported"));
  check_parts (model, bits, json_object_get_object_member (c, "bitops_parts_relaxed_model"));
}

static void
test_golden (void)
{
  g_autoptr (JsonParser) parser = golden_load ("04-bitops-gcn.json");
  JsonArray *cases;

  if (parser == NULL)
    return;
  cases = golden_cases (parser);
  g_assert_cmpuint (json_array_get_length (cases), ==, 27);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    check_case (json_array_get_object_element (cases, i));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/cost/golden/bitops", test_golden);
  return g_test_run ();
}
