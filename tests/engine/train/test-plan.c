/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "../net/collection.h"
#include "../net/toy.h"
#include "train/mixq-plan.h"

static MixqInputs *
load (const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqDataset) dataset = mixq_dataset_load (what, NULL, NULL, &error);

  g_assert_no_error (error);
  return mixq_inputs_new (dataset);
}

static MixqModel *
model_of (const MixqInputs *inputs, guint layers)
{
  MixqModelSpec spec = MIXQ_MODEL_SPEC_DEFAULT;
  g_autoptr (GError) error = NULL;
  MixqModel *model;

  spec.n_layers = layers;
  model = mixq_model_new (&spec, inputs->dataset, &error);
  g_assert_no_error (error);
  return model;
}

static MixqPlan *
plan_of (MixqInputs *inputs, guint layers, const MixqPlanOptions *options)
{
  g_autoptr (MixqModel) model = model_of (inputs, layers);

  return mixq_plan_new (inputs, model, options);
}

static void
assert_says (const MixqPlan *plan, const char *words)
{
  g_autofree char *text = mixq_plan_describe (plan);

  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, words));
}

/* Walks an epoch: each training item is in one batch. Returns: the items in order; @sizes: (out): items a batch. */
static guint32 *
walk (MixqPlan *plan, MixqInputs *whole, MixqRandom *random, GArray *sizes)
{
  guint n_batches = mixq_plan_begin_epoch (plan, random);
  gsize n_train = whole->n_item[MIXQ_PART_TRAIN], n = 0;
  guint32 *order = g_new (guint32, MAX (n_train, 1));
  g_autofree guint8 *seen = g_malloc0 (whole->n_items);

  for (guint b = 0; b < n_batches; b++) {
    g_autoptr (MixqInputs) batch = mixq_plan_batch (plan, b), again = mixq_plan_batch (plan, b);
    guint items = (guint) batch->n_item[MIXQ_PART_TRAIN];

    g_assert_cmpuint (batch->n_nodes, ==, again->n_nodes);
    g_assert_cmpmem (batch->origin_node, batch->n_nodes * 4, again->origin_node, again->n_nodes * 4);
    g_array_append_val (sizes, items);
    for (gsize i = 0; i < items; i++) {
      guint32 item = batch->origin_item[batch->item[MIXQ_PART_TRAIN][i]];

      g_assert_cmpuint (mixq_dataset_peek_item_part (whole->dataset)[item], ==, MIXQ_PART_TRAIN);
      g_assert_false (seen[item]);
      seen[item] = TRUE;
      g_assert_cmpuint (n, <, n_train);
      order[n++] = item;
    }
  }
  g_assert_cmpuint (n, ==, n_train);
  return order;
}

static void
assert_sizes (MixqInputs *whole, const MixqPlanOptions *options, const guint *expected, guint n)
{
  g_autoptr (MixqPlan) plan = plan_of (whole, 2, options);
  g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree guint32 *order = NULL;
  MixqRandom random;

  mixq_random_init (&random, 1, "batches");
  order = walk (plan, whole, &random, sizes);
  g_assert_cmpmem (sizes->data, sizes->len * sizeof (guint), expected, n * sizeof *expected);
}

static void
test_graphs (void)
{
  g_autoptr (MixqInputs) whole = load ("csl"); /* 90 graphs to train on */
  g_autoptr (MixqPlan) plan = plan_of (whole, 2, NULL);
  g_autoptr (MixqPlan) smaller = plan_of (whole, 2, &(MixqPlanOptions){ .batch = 32 });
  guint n_hops;

  g_assert_cmpint (mixq_plan_get_kind (plan), ==, MIXQ_PLAN_GRAPHS);
  g_assert_cmpuint (mixq_plan_get_batch (plan), ==, 128);
  g_assert_null (mixq_plan_peek_fanout (plan, &n_hops));
  assert_says (plan, "all 90 training graphs are read at a time: a step takes about ");
  assert_says (smaller, "90 training graphs are read 32 at a time");
  assert_sizes (whole, NULL, (const guint[]){ 90 }, 1);
  assert_sizes (whole, &(MixqPlanOptions){ .batch = 32 }, (const guint[]){ 32, 32, 26 }, 3);
  assert_sizes (whole, &(MixqPlanOptions){ .batch = 30 }, (const guint[]){ 30, 30, 30 }, 3);
  assert_sizes (whole, &(MixqPlanOptions){ .batch = 44 }, (const guint[]){ 44, 44, 2 }, 3);
  assert_sizes (whole, &(MixqPlanOptions){ .batch = 89 }, (const guint[]){ 90 }, 1);
  assert_sizes (whole, &(MixqPlanOptions){ .batch = 1000, .sample = TRUE }, (const guint[]){ 90 }, 1);
}

/* An epoch follows from its random numbers alone, and two of them differ. */
static void
assert_epochs (MixqInputs *whole, const MixqPlanOptions *options)
{
  g_autoptr (MixqPlan) plan = plan_of (whole, 2, options), other = plan_of (whole, 2, options);
  g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree guint32 *first = NULL, *second = NULL, *again = NULL;
  gsize bytes = whole->n_item[MIXQ_PART_TRAIN] * sizeof *first;
  MixqRandom random, second_random;

  mixq_random_init (&random, 1, "batches");
  first = walk (plan, whole, &random, sizes);
  second_random = random;
  second = walk (plan, whole, &random, sizes);
  again = walk (other, whole, &second_random, sizes);
  g_assert_cmpint (memcmp (first, second, bytes), !=, 0);
  g_assert_cmpmem (second, bytes, again, bytes);
}

static void
test_epochs (void)
{
  g_autoptr (MixqInputs) csl = load ("csl"), nodes = load ("generated:2000,8000,16,4");

  assert_epochs (csl, &(MixqPlanOptions){ .batch = 20 });
  assert_epochs (nodes, &(MixqPlanOptions){ .batch = 100, .sample = TRUE });
}

static void
test_sampled (void)
{
  g_autoptr (MixqInputs) whole = load ("generated:2000,8000,16,4");
  g_autoptr (MixqPlan) plan = plan_of (whole, 3, &(MixqPlanOptions){ .sample = TRUE });
  guint n_train = (guint) whole->n_item[MIXQ_PART_TRAIN];
  const guint *fanout;
  guint n_hops;

  g_assert_cmpint (mixq_plan_get_kind (plan), ==, MIXQ_PLAN_SAMPLED);
  g_assert_cmpuint (mixq_plan_get_batch (plan), ==, 512);
  fanout = mixq_plan_peek_fanout (plan, &n_hops);
  g_assert_cmpuint (n_hops, ==, 3);
  g_assert_cmpmem (fanout, 3 * sizeof *fanout, ((const guint[]){ 25, 10, 10 }), 3 * sizeof *fanout);
  assert_says (plan, "512 at a time with up to 25, 10, 10 neighbours");
  g_assert_cmpuint (n_train, >, 1024);
  g_assert_cmpuint (n_train, <, 1536);
  assert_sizes (whole, &(MixqPlanOptions){ .sample = TRUE }, (const guint[]){ 512, 512, n_train - 1024 }, 3);
  assert_sizes (whole, &(MixqPlanOptions){ .sample = TRUE, .batch = n_train - 1 }, (const guint[]){ n_train },
                1);
}

static void
test_given_fanout (void)
{
  g_autoptr (MixqInputs) whole = load ("generated:2000,8000,16,4");
  const MixqPlanOptions options = { .batch = 10, .n_fanout = 2, .fanout = { 3, 2 }, .sample = TRUE };
  g_autoptr (MixqPlan) plan = plan_of (whole, 4, &options);
  g_autoptr (MixqInputs) batch = NULL;
  const guint *fanout;
  guint n_hops;
  MixqRandom random;

  mixq_random_init (&random, 1, "batches");
  g_assert_cmpuint (mixq_plan_begin_epoch (plan, &random), >, 100);
  batch = mixq_plan_batch (plan, 0);
  fanout = mixq_plan_peek_fanout (plan, &n_hops);
  g_assert_cmpuint (n_hops, ==, 4);
  g_assert_cmpmem (fanout, 4 * sizeof *fanout, ((const guint[]){ 3, 2, 2, 2 }), 4 * sizeof *fanout);
  g_assert_true (batch->neighbours_sampled);
  for (gsize r = 0; r < batch->n_nodes; r++)
    g_assert_cmpuint (batch->graph->row_ptr[r + 1] - batch->graph->row_ptr[r], <=, r < 10 ? 3 : 2);
}

/* A layer of TAG gathers several times, also where branches of other lengths meet in a sum. */
static void
test_hops (void)
{
  static const MixqArch archs[] = { MIXQ_ARCH_GCN, MIXQ_ARCH_GIN, MIXQ_ARCH_SAGE, MIXQ_ARCH_TAG };
  g_autoptr (MixqInputs) whole = toy_inputs_new (&(ToySpec){ .nodes = 50 });

  for (gsize i = 0; i < G_N_ELEMENTS (archs); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MixqModel) model = NULL;
    g_autoptr (MixqPlan) plan = NULL;
    MixqModelSpec spec;
    guint n_hops;

    mixq_model_spec_for (&spec, archs[i], MIXQ_TASK_NODES);
    spec.n_layers = 3;
    spec.hops = 4;
    model = mixq_model_new (&spec, whole->dataset, &error);
    g_assert_no_error (error);
    plan = mixq_plan_new (whole, model, &(MixqPlanOptions){ .sample = TRUE });
    mixq_plan_peek_fanout (plan, &n_hops);
    g_assert_cmpuint (n_hops, ==, archs[i] == MIXQ_ARCH_TAG ? 12 : 3);
  }
}

static void
test_memory (void)
{
  g_autoptr (MixqInputs) whole = load ("generated:2000,8000,16,4");
  g_autoptr (MixqModel) model = model_of (whole, 2);
  double needed = mixq_plan_estimate_mib (model, whole->n_nodes, whole->graph->nnz);
  g_autoptr (MixqPlan) fits = mixq_plan_new (whole, model, &(MixqPlanOptions){ .memory_mib = 1.01 * needed });
  g_autoptr (MixqPlan)
      does_not = mixq_plan_new (whole, model, &(MixqPlanOptions){ .memory_mib = 0.99 * needed });
  g_autoptr (MixqPlan)
      tight = mixq_plan_new (whole, model, &(MixqPlanOptions){ .memory_mib = 0.15 * needed });
  const MixqPlanOptions impossible = { .memory_mib = 0.001, .batch = 500, .n_fanout = 1, .fanout = { 9 } };
  g_autoptr (MixqPlan) given = mixq_plan_new (whole, model, &impossible);
  g_autoptr (MixqPlan) usual = mixq_plan_new (whole, model, NULL);
  g_autoptr (MixqInputs) batch = NULL;
  MixqRandom random;

  g_assert_cmpint (mixq_plan_get_kind (fits), ==, MIXQ_PLAN_WHOLE);
  assert_says (fits, "all 2000 nodes are read at once");
  g_assert_cmpint (mixq_plan_get_kind (usual), ==, MIXQ_PLAN_WHOLE); /* some MiB */
  g_assert_cmpint (mixq_plan_get_kind (does_not), ==, MIXQ_PLAN_SAMPLED);
  assert_says (does_not, "because the whole graph does not fit");
  g_assert_cmpint (mixq_plan_get_kind (tight), ==, MIXQ_PLAN_SAMPLED);
  g_assert_cmpuint (mixq_plan_get_batch (tight), <, 512);
  assert_says (tight, "MiB that may be used");
  mixq_random_init (&random, 1, "batches");
  mixq_plan_begin_epoch (tight, &random);
  batch = mixq_plan_batch (tight, 0);
  /* the batch that was drawn to see its size was another one */
  g_assert_cmpfloat (mixq_plan_estimate_mib (model, batch->n_nodes, batch->graph->nnz), <, 0.2 * needed);
  g_assert_cmpuint (mixq_plan_get_batch (given), ==, 500);
  assert_says (given, "that should be used");
}

/* By hand: a GCN of two layers has products, aggregates (with a slot), a ReLU and a dropout; 7 columns at most. */
static void
test_estimate (void)
{
  const ToySpec spec = { .nodes = 100, .hidden = 7, .layers = 2 };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
  g_autoptr (MixqModel) model = toy_model_new (&spec, inputs);
  double edges = (double) inputs->graph->nnz, features = (double) inputs->features->nnz;
  double bytes = 100 * (12 * (7 + 7 + 3 + 3) + 8 * (7 + 7) + 8 * 7) + 36 * features +
                 (16 + 2 * 20) * (edges + 100);

  g_assert_cmpfloat_with_epsilon (mixq_plan_estimate_mib (model, 100, inputs->graph->nnz) * 1048576, bytes,
                                  1e-6 * bytes);
  g_assert_cmpfloat_with_epsilon (mixq_plan_estimate_mib (model, 200, 2 * inputs->graph->nnz) * 1048576,
                                  2 * bytes, 1e-6 * bytes);
}

static void
test_whole (void)
{
  g_autoptr (MixqInputs) whole = toy_inputs_new (&(ToySpec){ .nodes = 50 });
  g_autoptr (MixqPlan) plan = plan_of (whole, 2, NULL);
  g_autoptr (MixqInputs) batch = NULL;
  MixqRandom random, before;

  mixq_random_init (&random, 1, "batches");
  before = random;
  g_assert_cmpuint (mixq_plan_begin_epoch (plan, &random), ==, 1);
  g_assert_cmpmem (&random, sizeof random, &before, sizeof before);
  g_assert_cmpuint (mixq_plan_get_batch (plan), ==, whole->n_item[MIXQ_PART_TRAIN]);
  batch = mixq_plan_batch (plan, 0);
  g_assert_true (batch == whole);
  g_assert_cmpuint (mixq_plan_n_chunks (plan), ==, 1);
  g_assert_true (mixq_plan_chunk (plan, 0) == whole);
  g_assert_true (mixq_plan_calibration (plan) == whole);
}

/* Wider than the caches: 33 MiB of hidden columns. What is evaluated keeps the order of the data set. */
static void
test_order (void)
{
  g_autoptr (MixqInputs) whole = load ("generated:33000,60000,2,4");
  MixqModelSpec spec = MIXQ_MODEL_SPEC_DEFAULT;
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqModel) model = NULL;
  g_autoptr (MixqPlan) plan = NULL, kept = NULL, narrow = plan_of (whole, 2, NULL);
  g_autoptr (MixqInputs) batch = NULL, as_is = NULL, small = mixq_plan_batch (narrow, 0);

  spec.hidden = 256;
  model = mixq_model_new (&spec, whole->dataset, &error);
  g_assert_no_error (error);
  plan = mixq_plan_new (whole, model, NULL);
  kept = mixq_plan_new (whole, model, &(MixqPlanOptions){ .keep_order = TRUE });
  batch = mixq_plan_batch (plan, 0);
  as_is = mixq_plan_batch (kept, 0);
  g_assert_true (small == whole);
  g_assert_true (as_is == whole);
  g_assert_nonnull (batch->origin_item);
  g_assert_cmpuint (batch->n_item[MIXQ_PART_TRAIN], ==, whole->n_item[MIXQ_PART_TRAIN]);
  g_assert_true (mixq_plan_chunk (plan, 0) == whole);
  assert_says (plan, "numbered by community");
}

/* Returns: nodes of the largest chunk. Every graph is in one of them, in order. */
static gsize
assert_chunks (MixqPlan *plan, MixqInputs *whole)
{
  gsize next = 0, most = 0;

  for (guint i = 0; i < mixq_plan_n_chunks (plan); i++) {
    MixqInputs *chunk = mixq_plan_chunk (plan, i);

    g_assert_true (mixq_plan_chunk (plan, i) == chunk);
    g_assert_cmpuint (chunk->n_graphs, >, 0);
    for (gsize g = 0; g < chunk->n_graphs; g++)
      g_assert_cmpuint (chunk->origin_item[g], ==, next++);
    if (chunk->n_graphs > 1)
      most = MAX (most, chunk->n_nodes);
  }
  g_assert_cmpuint (next, ==, whole->n_graphs);
  return most;
}

static void
test_chunks (void)
{
  gsize nodes[400];
  g_autoptr (MixqInputs) whole = NULL, csl = load ("csl");
  g_autoptr (MixqPlan) plan = NULL, of_csl = plan_of (csl, 2, NULL);
  gsize most;

  for (gsize g = 0; g < G_N_ELEMENTS (nodes); g++)
    nodes[g] = g == 200 ? 9000 : 50 + g % 7;
  whole = collection_inputs_new (nodes, G_N_ELEMENTS (nodes));
  plan = plan_of (whole, 2, NULL);
  most = assert_chunks (plan, whole);
  g_assert_cmpuint (mixq_plan_n_chunks (plan), ==, 5); /* two before the large one, it, two behind */
  g_assert_cmpuint (most, <=, 8192);
  g_assert_cmpuint (most, >, 8192 - 60);
  g_assert_cmpuint (mixq_plan_n_chunks (of_csl), ==, 1); /* 6150 nodes */
  g_assert_true (mixq_plan_chunk (of_csl, 0) == csl);
}

static void
test_calibration (void)
{
  gsize nodes[1200];
  g_autoptr (MixqInputs) whole = NULL, generated = load ("generated:20000,80000,16,4"), csl = load ("csl");
  g_autoptr (MixqPlan) plan = NULL, sampled = plan_of (generated, 2, &(MixqPlanOptions){ .sample = TRUE });
  g_autoptr (MixqPlan) of_csl = plan_of (csl, 2, NULL);
  MixqInputs *part;

  for (gsize g = 0; g < G_N_ELEMENTS (nodes); g++)
    nodes[g] = 3 + g % 5;
  whole = collection_inputs_new (nodes, G_N_ELEMENTS (nodes)); /* 300 to train on */
  plan = plan_of (whole, 2, NULL);
  part = mixq_plan_calibration (plan);
  g_assert_true (mixq_plan_calibration (plan) == part);
  g_assert_cmpuint (part->n_graphs, ==, 256);
  g_assert_cmpuint (part->n_item[MIXQ_PART_TRAIN], ==, 256);
  for (gsize i = 1; i < 256; i++)
    g_assert_cmpuint (part->origin_item[i], >, part->origin_item[i - 1]);
  g_assert_cmpuint (part->origin_item[255], >, 1180);
  g_assert_cmpuint (mixq_plan_calibration (of_csl)->n_graphs, ==, 90);

  part = mixq_plan_calibration (sampled);
  g_assert_true (part->neighbours_sampled);
  g_assert_cmpuint (part->n_item[MIXQ_PART_TRAIN], ==, 4096);
  g_assert_true (mixq_plan_chunk (sampled, 0) == generated);
}

static void
test_nothing_to_train_on (void)
{
  g_autoptr (MixqInputs) whole = collection_inputs_new ((const gsize[]){ 4 }, 1);
  g_autoptr (MixqPlan) plan = plan_of (whole, 2, NULL);
  MixqRandom random;

  mixq_random_init (&random, 1, "batches");
  g_assert_cmpuint (mixq_plan_begin_epoch (plan, &random), ==, 0);
  g_assert_cmpuint (mixq_plan_calibration (plan)->n_graphs, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/graphs", test_graphs);
  g_test_add_func ("/plan/epochs", test_epochs);
  g_test_add_func ("/plan/sampled", test_sampled);
  g_test_add_func ("/plan/given-fanout", test_given_fanout);
  g_test_add_func ("/plan/hops", test_hops);
  g_test_add_func ("/plan/memory", test_memory);
  g_test_add_func ("/plan/estimate", test_estimate);
  g_test_add_func ("/plan/whole", test_whole);
  g_test_add_func ("/plan/order", test_order);
  g_test_add_func ("/plan/chunks", test_chunks);
  g_test_add_func ("/plan/calibration", test_calibration);
  g_test_add_func ("/plan/nothing-to-train-on", test_nothing_to_train_on);
  return g_test_run ();
}
