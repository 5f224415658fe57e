/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The architecture of docs/HACKING.md, through all that it is said to get for nothing: slots, counts, the four phases. */
#include <math.h>

#include "base/mixq-engine.h"
#include "cost/mixq-cost.h"
#include "layer-sgc.h"
#include "run/mixq-pipeline.h"

static MixqModel *
karate_model (MixqInputs *inputs, gboolean batch_norm)
{
  const MixqDataset *dataset = inputs->dataset;
  MixqModelSpec spec = MIXQ_MODEL_SPEC_DEFAULT;
  g_autoptr (GError) error = NULL;
  MixqModel *model;

  spec.hidden = 16;
  spec.batch_norm = batch_norm;
  model = mixq_model_new_of_layers (&spec,
                                    &(MixqModelSizes){ .n_nodes = dataset->n_nodes,
                                                       .n_graphs = 1,
                                                       .n_edges = dataset->graph->nnz,
                                                       .n_features = dataset->features->n_cols,
                                                       .n_feature_nonzeros = dataset->features->nnz,
                                                       .n_classes = dataset->n_classes },
                                    layer_sgc, &error);
  g_assert_no_error (error);
  return model;
}

static MixqInputs *
karate_inputs (void)
{
  g_autoptr (MixqDataset) dataset = mixq_dataset_load ("karate", NULL, NULL, NULL);

  return mixq_inputs_new (dataset);
}

/* One adjacency a layer, though it is multiplied by twice. */
static void
test_slots (void)
{
  static const char *const expected[] = {
    "conv1.input",          "conv1.weight",         "conv1.linear",        "conv1.adjacency",
    "conv1.near.aggregate", "conv1.far.aggregate",  "conv2.weight",        "conv2.linear",
    "conv2.adjacency",      "conv2.near.aggregate", "conv2.far.aggregate",
  };
  g_autoptr (MixqInputs) inputs = karate_inputs ();
  g_autoptr (MixqModel) model = karate_model (inputs, FALSE);

  g_assert_cmpuint (model->n_slots, ==, G_N_ELEMENTS (expected));
  for (guint s = 0; s < model->n_slots; s++)
    g_assert_cmpstr (model->slots[s].name, ==, expected[s]);
}

/* Method spec section 8: N d_in d_out + 2 (E' + 2 E' d_out) a layer, 2 N d for the ReLU. */
static void
test_count (void)
{
  g_autoptr (MixqInputs) inputs = karate_inputs ();
  g_autoptr (MixqModel) model = karate_model (inputs, FALSE);
  double n = (double) model->n_nodes, e = (double) model->n_edges_loops, f = (double) model->n_features;
  double c = (double) model->n_classes, h = 16;
  MixqCost cost;

  mixq_cost_count (model, NULL, &cost);
  g_assert_cmpfloat (cost.operations, ==,
                     n * f * h + 2 * (e + 2 * e * h) + 2 * n * h + n * h * c + 2 * (e + 2 * e * c));
}

/* float32, search, QAT and integers: nothing but the wiring function was written for them. */
static void
test_phases (gconstpointer batch_norm)
{
  g_autoptr (MixqInputs) inputs = karate_inputs ();
  g_autoptr (MixqModel) model = karate_model (inputs, batch_norm != NULL);
  g_autoptr (MixqRunResult) result = NULL;
  g_autoptr (GError) error = NULL;
  MixqRunConfig config;

  mixq_run_config_init (&config);
  config.epochs_float = 60;
  config.epochs_search = 30;
  config.epochs_qat = 30;
  config.lambda = 0.1;
  result = mixq_run (model, inputs, &config, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (result->finished->agreement_codes, ==, 1);
  g_assert_cmpfloat (result->finished->agreement_predictions, ==, 1);
  g_assert_cmpfloat (result->float_model->accuracy.part[MIXQ_PART_TRAIN], >, 0.7); /* a guess: 1 in 4 */
  g_assert_cmpfloat (result->cost.bitops, <, result->cost_float.bitops / 3);
}

int
main (int argc, char **argv)
{
  mixq_engine_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/layer/worked-example/slots", test_slots);
  g_test_add_func ("/engine/layer/worked-example/count", test_count);
  g_test_add_data_func ("/engine/layer/worked-example/phases", NULL, test_phases);
  g_test_add_data_func ("/engine/layer/worked-example/phases/batch-norm", "", test_phases);
  return g_test_run ();
}
