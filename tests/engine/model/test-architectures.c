/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wiring of every architecture and option: slots by name, order, codes for every sum, folded norms, and what it costs. */
#include <math.h>
#include <string.h>

#include "../net/zoo.h"
#include "cost/mixq-cost.h"

static MixqModel *
model_new (const MixqModelSpec *spec, const MixqModelSizes *sizes)
{
  g_autoptr (GError) error = NULL;
  MixqModel *model = mixq_model_new_of_sizes (spec, sizes, &error);

  g_assert_no_error (error);
  return model;
}

static const MixqModelSizes few_nodes = { MIXQ_TASK_NODES, 10, 1, 24, 30, 40, 4 };
static const MixqModelSizes few_graphs = { MIXQ_TASK_GRAPHS, 60, 12, 90, 7, 60, 2 };

/* --- slots by name ---------------------------------------------------------------------------------------------------------- */

static void
assert_slots (const MixqModelSpec *spec, const MixqModelSizes *sizes, const char *expected)
{
  g_autoptr (MixqModel) model = model_new (spec, sizes);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint s = 0; s < model->n_slots; s++)
    g_string_append_printf (names, "%s%s", s > 0 ? " " : "", model->slots[s].name);
  g_assert_cmpstr (names->str, ==, expected);
}

static void
test_slots (void)
{
  MixqModelSpec spec = { .arch = MIXQ_ARCH_GCN, .n_layers = 2, .hidden = 8, .batch_norm = TRUE, .hops = 2 };

  assert_slots (
      &spec, &few_nodes,
      "conv1.input conv1.weight conv1.linear conv1.adjacency conv1.aggregate conv2.weight conv2.linear "
      "conv2.adjacency conv2.aggregate");
  spec.residual = TRUE;
  assert_slots (
      &spec, &few_graphs,
      "embed.input embed.weight embed.linear conv1.weight conv1.linear conv1.adjacency conv1.aggregate "
      "conv1.residual conv2.weight conv2.linear conv2.adjacency conv2.aggregate conv2.residual "
      "head1.pooled head1.weight head1.linear head2.weight head2.linear head3.weight head3.linear");
  spec.residual = FALSE;
  spec.arch = MIXQ_ARCH_GIN;
  assert_slots (
      &spec, &few_nodes,
      "conv1.input conv1.aggregate conv1.mlp1.weight conv1.mlp1.linear conv1.mlp2.weight conv1.mlp2.linear "
      "conv2.aggregate conv2.mlp1.weight conv2.mlp1.linear conv2.mlp2.weight conv2.mlp2.linear conv2.norm "
      "head1.weight head1.linear");
  spec.arch = MIXQ_ARCH_SAGE;
  assert_slots (
      &spec, &few_nodes,
      "conv1.input conv1.aggregate conv1.neighbours.weight conv1.neighbours.linear conv1.root.weight "
      "conv1.root.linear conv1.sum conv1.norm conv2.aggregate conv2.neighbours.weight "
      "conv2.neighbours.linear conv2.root.weight conv2.root.linear conv2.sum");
  spec.arch = MIXQ_ARCH_TAG;
  spec.batch_norm = FALSE;
  assert_slots (
      &spec, &few_nodes,
      "conv1.input conv1.hop0.weight conv1.hop0.linear conv1.adjacency conv1.hop1.aggregate "
      "conv1.hop1.weight conv1.hop1.linear conv1.hop2.aggregate conv1.hop2.weight conv1.hop2.linear "
      "conv1.sum conv2.hop0.weight conv2.hop0.linear conv2.adjacency conv2.hop1.aggregate "
      "conv2.hop1.weight conv2.hop1.linear conv2.hop2.aggregate conv2.hop2.weight conv2.hop2.linear "
      "conv2.sum");
  spec.arch = MIXQ_ARCH_GAT;
  spec.heads = 2;
  assert_slots (&spec, &few_nodes,
                "conv1.input conv1.weight conv1.linear conv1.attention.weight conv1.attention.score "
                "conv1.adjacency conv1.aggregate conv2.weight conv2.linear conv2.attention.weight "
                "conv2.attention.score conv2.adjacency conv2.aggregate");
}

static guint
count_slots (MixqArch arch, const MixqModelSizes *sizes, guint layers)
{
  g_autoptr (MixqModel) model = NULL;
  MixqModelSpec spec;

  mixq_model_spec_for (&spec, arch, sizes->task);
  spec.n_layers = layers;
  model = model_new (&spec, sizes);
  return model->n_slots;
}

/*
 * K of method spec section 6, where this program differs: GIN's 32 less the second input of the head, which is its first
 * output; CSL's 29 and the residual of the last layer, which the pool reads as codes; SAGE's 11 and TAG's 24 and the sums of
 * their branches, and TAG's other aggregates, which all are codes here.
 */
static void
test_counts (void)
{
  g_assert_cmpuint (count_slots (MIXQ_ARCH_GIN, &few_graphs, 5), ==, 32 - 1);
  g_assert_cmpuint (count_slots (MIXQ_ARCH_GCN, &few_graphs, 4), ==, 29 + 1);
  g_assert_cmpuint (count_slots (MIXQ_ARCH_SAGE, &few_nodes, 2), ==, 11 + 2);
  g_assert_cmpuint (count_slots (MIXQ_ARCH_TAG, &few_nodes, 2), ==, 1 + 2 * (4 * 2 + 1 + 3 + 1));
  g_assert_cmpuint (count_slots (MIXQ_ARCH_GCN, &few_nodes, 3), ==, 4 * 3 + 1);
}

/* --- what holds for all ------------------------------------------------------------------------------------------------------- */

static void
check_order (const MixqModel *model)
{
  g_autofree gboolean *written = g_new0 (gboolean, model->n_values);

  written[0] = TRUE;
  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];

    g_assert_cmpuint (unit->n_inputs, >=, 1);
    for (guint i = 0; i < unit->n_inputs; i++) {
      g_assert_true (written[mixq_unit_input (unit, i)]);
      g_assert_cmpuint (model->value_cols[mixq_unit_input (unit, i)], ==, unit->in_cols);
    }
    g_assert_false (written[unit->output]);
    written[unit->output] = TRUE;
    g_assert_cmpint (mixq_model_writer (model, unit->output), ==, (int) u);
    g_assert_cmpuint (model->value_cols[unit->output], ==, unit->out_cols);
  }
  g_assert_cmpint (model->units[model->n_units - 1].output, ==, (int) model->n_values - 1);
  g_assert_cmpuint (model->value_cols[model->n_values - 1], ==, model->n_classes);
  g_assert_cmpuint (mixq_model_value_rows (model, (int) model->n_values - 1), ==, mixq_model_n_items (model));
}

static void
add_name (GHashTable *names, char *name)
{
  if (!g_hash_table_add (names, name))
    g_test_message ("%s is there twice", name);
  g_assert_cmpuint (g_hash_table_lookup (names, name) != NULL, ==, 1);
}

static void
check_names (const MixqModel *model)
{
  g_autoptr (GHashTable) slots = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) units = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint s = 0; s < model->n_slots; s++) {
    const char *layer = model->layer_names[model->slots[s].layer - 1];

    add_name (slots, model->slots[s].name);
    g_assert_cmpint (mixq_model_find_slot (model, model->slots[s].name), ==, (int) s);
    g_assert_true (g_str_has_prefix (model->slots[s].name, layer));
    g_assert_cmpint (model->slots[s].name[strlen (layer)], ==, '.');
  }
  for (guint u = 0; u < model->n_units; u++) {
    add_name (units, model->units[u].name);
    g_assert_true (g_str_has_prefix (model->units[u].name, model->layer_names[model->units[u].layer - 1]));
  }
  g_assert_cmpuint (g_hash_table_size (slots), ==, model->n_slots);
  g_assert_cmpuint (g_hash_table_size (units), ==, model->n_units);
  g_assert_cmpuint (model->n_slots, <=, MIXQ_MAX_SLOTS);
}

/* Integer sums need codes: all that linear, propagate, add and pool units read has a slot. */
static void
check_codes (const MixqModel *model)
{
  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];

    for (guint i = 0; i < unit->n_inputs; i++)
      if (unit->kind != MIXQ_UNIT_FEATURES && unit->kind != MIXQ_UNIT_BATCH_NORM)
        g_assert_cmpint (mixq_model_value_slot (model, mixq_unit_input (unit, i)), >=, 0);
    if (unit->kind == MIXQ_UNIT_LINEAR || unit->kind == MIXQ_UNIT_PROPAGATE || unit->kind == MIXQ_UNIT_ATTEND)
      g_assert_cmpint (mixq_model_output_slot (model, u), >=, 0);
    if (unit->input == 0)
      g_assert_true (unit->kind == MIXQ_UNIT_FEATURES ||
                     (unit->kind == MIXQ_UNIT_LINEAR && unit->slot_input >= 0));
    g_assert_cmpint (mixq_model_input_slot (model, u), ==,
                     unit->slot_input >= 0 ? unit->slot_input : mixq_model_value_slot (model, unit->input));
  }
  g_assert_cmpint (mixq_model_value_slot (model, (int) model->n_values - 1), >=, 0);
}

/* What a norm without a slot leaves to its reader: only a gathering unit can take it. */
static void
check_carried (const MixqModel *model, int value)
{
  for (guint u = 0; u < model->n_units; u++)
    for (guint i = 0; i < model->units[u].n_inputs; i++)
      if (mixq_unit_input (&model->units[u], i) != value)
        continue;
      else if (model->units[u].kind == MIXQ_UNIT_DROPOUT)
        check_carried (model, model->units[u].output);
      else
        g_assert_true (model->units[u].kind == MIXQ_UNIT_PROPAGATE || model->units[u].kind == MIXQ_UNIT_POOL);
}

/* The three ways of a batch norm. */
static void
check_norms (const MixqModel *model)
{
  guint norms = 0;

  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];
    int writer = mixq_model_writer (model, unit->input), folded = mixq_model_folded (model, u);

    if (folded >= 0)
      g_assert_true (model->units[folded].kind == MIXQ_UNIT_BATCH_NORM && unit->slot_output < 0 &&
                     model->units[folded].input == unit->output &&
                     mixq_model_output_slot (model, u) == model->units[folded].slot_output);
    if (unit->kind != MIXQ_UNIT_BATCH_NORM)
      continue;
    norms++;
    g_assert_cmpint (writer, >=, 0);
    if (unit->slot_output < 0)
      check_carried (model, unit->output);
    else if (mixq_model_folded (model, (guint) writer) < 0)
      g_assert_cmpint (model->slots[unit->slot_output].role, ==, MIXQ_SLOT_SUM);
    if (unit->slot_output >= 0)
      g_assert_true (mixq_model_value_slot (model, unit->input) >= 0 ||
                     mixq_model_folded (model, (guint) writer) == (int) u);
  }
  g_assert_cmpuint (norms, ==,
                    !model->spec.batch_norm ? 0
                    : model->task == MIXQ_TASK_GRAPHS || model->spec.arch == MIXQ_ARCH_GIN
                        ? model->spec.n_layers
                        : model->spec.n_layers - 1);
}

static void
test_all (void)
{
  for (guint i = 0; i < zoo_n_specs (); i++)
    for (guint pool = MIXQ_POOL_MAX; pool <= MIXQ_POOL_SUM; pool++)
      for (MixqTask task = MIXQ_TASK_NODES; task <= MIXQ_TASK_GRAPHS; task++)
        for (guint layers = 2; layers <= MIXQ_MAX_LAYERS; layers += 3) {
          MixqModelSizes sizes = task == MIXQ_TASK_GRAPHS ? few_graphs : few_nodes;
          g_autoptr (MixqModel) model = NULL;
          g_autofree char *name = NULL;
          MixqModelSpec spec;

          sizes.task = task;
          sizes.n_feature_nonzeros = pool == 2 ? sizes.n_nodes * sizes.n_features : 3 * sizes.n_nodes;
          zoo_spec (i, task, (MixqPool) pool, &spec);
          spec.n_layers = layers;
          model = model_new (&spec, &sizes);
          name = zoo_name (&spec, task);
          g_test_message ("%s", name);
          check_order (model);
          check_names (model);
          check_codes (model);
          check_norms (model);
        }
}

static void
test_layer_names (void)
{
  const MixqModelSpec spec = { .arch = MIXQ_ARCH_GCN, .n_layers = 2, .hidden = 8, .residual = TRUE };
  g_autoptr (MixqModel) model = model_new (&spec, &few_graphs);
  static const char *const expected[] = { "embed", "conv1", "conv2", "head1", "head2", "head3" };

  g_assert_cmpuint (model->n_layers, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < model->n_layers; i++)
    g_assert_cmpstr (model->layer_names[i], ==, expected[i]);
}

/* --- costs: method spec section 8, by hand -------------------------------------------------------------------------------------- */

typedef struct
{
  double n, e, graphs, in, out, heads;
} Sizes;

/* Of one convolution without what is behind it. */
static double
convolution (const MixqModelSpec *spec, const Sizes *s)
{
  double loops = s->e + s->n;

  switch (spec->arch) {
  case MIXQ_ARCH_GCN:
    return s->n * s->in * s->out + loops + 2 * loops * s->out;
  case MIXQ_ARCH_GIN:
    return 2 * s->e * s->in + (spec->eps ? 2 * s->n * s->in : 0) + s->n * s->in * s->out + 2 * s->n * s->out +
           s->n * s->out * s->out;
  case MIXQ_ARCH_SAGE:
    return (spec->aggregator == MIXQ_AGGREGATOR_MEAN ? 4 : 2) * s->e * s->in + 2 * s->n * s->in * s->out +
           s->n * s->out;
  case MIXQ_ARCH_TAG:
    return (spec->hops + 1) * s->n * s->in * s->out + spec->hops * (loops + 2 * loops * s->in) +
           spec->hops * s->n * s->out;
  case MIXQ_ARCH_GAT: /* scores, then a sum, a leaky ReLU and a softmax an edge, then messages */
    return s->n * s->in * s->out + 2 * s->n * s->out + (1 + 4 + 5) * loops * s->heads + 3 * loops * s->out;
  case MIXQ_N_ARCHS:
  default:
    g_assert_not_reached ();
  }
}

static double
head (const MixqModelSpec *spec, const MixqModelSizes *sizes)
{
  double n = (double) sizes->n_nodes, graphs = (double) sizes->n_graphs, h = spec->hidden,
         c = (double) sizes->n_classes;
  double pool = (spec->pool == MIXQ_POOL_MEAN ? 4 : 2) * n * h;

  if (sizes->task != MIXQ_TASK_GRAPHS)
    return spec->arch == MIXQ_ARCH_GIN ? n * h * c : 0;
  if (spec->arch == MIXQ_ARCH_GIN)
    return pool + graphs * (h * h + 2 * h + h * c);
  return pool + graphs * (h * h / 2 + 2 * h / 2 + h / 2 * h / 4 + 2 * h / 4 + h / 4 * c);
}

static double
expected_operations (const MixqModelSpec *spec, const MixqModelSizes *sizes)
{
  Sizes s = { .n = (double) sizes->n_nodes, .e = (double) sizes->n_edges, .in = (double) sizes->n_features };
  gboolean ends_hidden = sizes->task == MIXQ_TASK_GRAPHS || spec->arch == MIXQ_ARCH_GIN;
  double sum = head (spec, sizes);

  if (spec->residual) {
    sum += s.n * s.in * spec->hidden;
    s.in = spec->hidden;
  }
  for (guint layer = 1; layer <= spec->n_layers; layer++) {
    gboolean hidden = layer < spec->n_layers || ends_hidden;

    s.out = hidden ? spec->hidden : (double) sizes->n_classes;
    s.heads = hidden ? spec->heads : 1;
    sum += convolution (spec, &s);
    if (hidden)
      sum += s.n * s.out * (2 + (spec->batch_norm ? 4 : 0) + (spec->residual ? 1 : 0));
    s.in = s.out;
  }
  return sum;
}

static void
test_operations (void)
{
  for (guint i = 0; i < zoo_n_specs (); i++)
    for (guint pool = MIXQ_POOL_MAX; pool <= MIXQ_POOL_SUM; pool++)
      for (MixqTask task = MIXQ_TASK_NODES; task <= MIXQ_TASK_GRAPHS; task++) {
        MixqModelSizes sizes = task == MIXQ_TASK_GRAPHS ? few_graphs : few_nodes;
        g_autoptr (MixqModel) model = NULL;
        g_autofree char *name = NULL;
        MixqModelSpec spec;
        MixqCost cost;

        sizes.task = task;
        zoo_spec (i, task, (MixqPool) pool, &spec);
        model = model_new (&spec, &sizes);
        mixq_cost_count (model, NULL, &cost);
        name = zoo_name (&spec, task);
        g_test_message ("%s: %.0f", name, cost.operations);
        g_assert_cmpfloat (cost.operations, ==, expected_operations (&spec, &sizes));
        g_assert_cmpfloat (cost.bitops, ==, 32 * cost.operations);
      }
}

static void
count_with (const MixqModelSpec *spec, const MixqModelSizes *sizes, guint8 width, MixqCost *cost)
{
  g_autoptr (MixqModel) model = model_new (spec, sizes);
  guint8 bits[MIXQ_MAX_SLOTS];

  memset (bits, width, sizeof bits);
  mixq_cost_count (model, width == 32 ? NULL : bits, cost);
}

/* The figures of method spec section 8, "recomputed and equal to the logs". */
static void
test_published (void)
{
  const MixqModelSizes cora = { MIXQ_TASK_NODES, 2708, 1, 10556, 1433, 49216, 7 };
  const MixqModelSizes arxiv = { MIXQ_TASK_NODES, 169343, 1, 2315598, 128, 169343 * 128, 40 };
  const MixqModelSpec tag = { .arch = MIXQ_ARCH_TAG, .n_layers = 2, .hidden = 128, .hops = 2 };
  const MixqModelSpec gcn = { .arch = MIXQ_ARCH_GCN, .n_layers = 3, .hidden = 256, .batch_norm = TRUE };
  MixqCost cost;

  count_with (&tag, &cora, 32, &cost);
  g_assert_cmpfloat (cost.bitops, ==, 50614833920.0);
  count_with (&gcn, &arxiv, 32, &cost);
  g_assert_cmpfloat (cost.bitops, ==, 692870975200.0);
  count_with (&gcn, &arxiv, 8, &cost);
  g_assert_cmpfloat (cost.bitops_search, ==, 167500694272.0);
}

/* All-8 in the search convention: products and messages of the raw edges; norms, ReLU, sums of branches and pools are nothing. */
static void
test_search_convention (void)
{
  MixqModelSizes sizes = few_nodes;
  const double n = 10, e = 24, f = 30, h = 8, c = 4;
  MixqModelSpec spec = { .n_layers = 2, .hidden = 8, .hops = 2, .batch_norm = TRUE };
  MixqCost cost;

  spec.arch = MIXQ_ARCH_SAGE;
  count_with (&spec, &sizes, 8, &cost);
  g_assert_cmpfloat (cost.bitops_search, ==, 8 * (2 * e * f + 2 * n * f * h + 2 * e * h + 2 * n * h * c));
  spec.arch = MIXQ_ARCH_TAG;
  count_with (&spec, &sizes, 8, &cost);
  g_assert_cmpfloat (cost.bitops_search, ==,
                     8 * (3 * n * f * h + 2 * 2 * e * f + 3 * n * h * c + 2 * 2 * e * h));
  spec.arch = MIXQ_ARCH_GIN;
  count_with (&spec, &sizes, 8, &cost);
  g_assert_cmpfloat (cost.bitops_search, ==,
                     8 * (2 * e * f + n * f * h + n * h * h + 2 * e * h + 2 * n * h * h + n * h * c));
}

/* --- the penalty's view ---------------------------------------------------------------------------------------------------------- */

/* What the count leaves out: edges, and norms that requantize by themselves. */
static double
uncounted (const MixqModel *model, const guint8 *bits)
{
  double sum = 0;

  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];
    int edges = unit->slot_operand, norm = unit->kind == MIXQ_UNIT_BATCH_NORM ? unit->slot_output : -1;

    if (edges >= 0 && model->slots[edges].role == MIXQ_SLOT_ADJACENCY)
      sum += (double) model->slots[edges].nonzeros * bits[edges];
    if (norm >= 0 && model->slots[norm].role == MIXQ_SLOT_SUM)
      sum += 4 * (double) model->slots[norm].elements * bits[norm];
  }
  return sum;
}

static void
check_gradient (const MixqCostModel *cost,
                guint n_slots,
                MixqCostAxis axis,
                double *width,
                const double *gradient)
{
  for (guint s = 0; s < n_slots; s++) {
    double at = width[s], above, below;

    width[s] = at + 0.5;
    above = mixq_cost_model_eval (cost, width, NULL);
    width[s] = at - 0.5;
    below = mixq_cost_model_eval (cost, width, NULL);
    width[s] = at;
    g_assert_cmpfloat (fabs (above - below - gradient[s]), <=, 1e-12);
    g_assert_true (gradient[s] > 0 ||
                   (gradient[s] == 0 && axis == MIXQ_COST_PRODUCT)); /* what no product reads */
  }
}

/* A share of float32's cost, 1 at 32 bits, with its gradient; on two axes it is the count itself. */
static void
check_cost_model (const MixqModel *model, MixqCostAxis axis)
{
  g_autoptr (MixqCostModel) cost = mixq_cost_model_new (model, axis, NULL);
  double width[MIXQ_MAX_SLOTS], gradient[MIXQ_MAX_SLOTS], eval;
  guint8 bits[MIXQ_MAX_SLOTS], full[MIXQ_MAX_SLOTS];
  MixqCost count, most;

  for (guint s = 0; s < model->n_slots; s++) {
    width[s] = full[s] = 32;
    bits[s] = (guint8) (2 + 3 * s % 7);
  }
  g_assert_cmpfloat (fabs (mixq_cost_model_eval (cost, width, NULL) - 1), <=, 1e-12);
  for (guint s = 0; s < model->n_slots; s++)
    width[s] = bits[s];
  eval = mixq_cost_model_eval (cost, width, gradient);
  check_gradient (cost, model->n_slots, axis, width, gradient);
  mixq_cost_count (model, bits, &count);
  mixq_cost_count (model, NULL, &most);
  if (axis == MIXQ_COST_PRODUCT)
    g_assert_cmpfloat (fabs (eval - count.product_bitops / most.product_bitops), <=, 1e-12);
  full[0] = 31; /* not float32, which counts everything: what has widths alone */
  if (axis == MIXQ_COST_BITOPS) {
    mixq_cost_count (model, full, &most);
    width[0] = 31;
    for (guint s = 1; s < model->n_slots; s++)
      width[s] = 32;
    g_assert_cmpfloat (
        fabs (eval / mixq_cost_model_eval (cost, width, NULL) -
              (count.bitops + uncounted (model, bits)) / (most.bitops + uncounted (model, full))),
        <=, 1e-12);
  }
}

static void
test_cost_model (void)
{
  for (guint i = 0; i < zoo_n_specs (); i++)
    for (MixqTask task = MIXQ_TASK_NODES; task <= MIXQ_TASK_GRAPHS; task++) {
      MixqModelSizes sizes = task == MIXQ_TASK_GRAPHS ? few_graphs : few_nodes;
      g_autoptr (MixqModel) model = NULL;
      g_autofree char *name = NULL;
      MixqModelSpec spec;

      sizes.task = task;
      zoo_spec (i, task, (MixqPool) (i % 3), &spec);
      name = zoo_name (&spec, task);
      g_test_message ("%s", name);
      model = model_new (&spec, &sizes);
      for (MixqCostAxis axis = MIXQ_COST_BITOPS; axis <= MIXQ_COST_BYTES; axis++)
        check_cost_model (model, axis);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/model/architectures/slots", test_slots);
  g_test_add_func ("/engine/model/architectures/counts", test_counts);
  g_test_add_func ("/engine/model/architectures/layer-names", test_layer_names);
  g_test_add_func ("/engine/model/architectures/all", test_all);
  g_test_add_func ("/engine/model/architectures/operations", test_operations);
  g_test_add_func ("/engine/model/architectures/published", test_published);
  g_test_add_func ("/engine/model/architectures/search-convention", test_search_convention);
  g_test_add_func ("/engine/model/architectures/cost-model", test_cost_model);
  return g_test_run ();
}
