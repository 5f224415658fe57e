/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Default runs that nothing is wrong with: no diagnosis, whatever the data, the price and the seed. */
#include "run/mixq-pipeline.h"

#define SEEDS 3

static const double prices[] = { 0, 0.1, 0.5, 1, 5 };

/* @small: the set has no validation nodes, which is all that may be said of it. */
static void
check_run (MixqModel *model,
           MixqInputs *inputs,
           MixqFloatModel *float_model,
           MixqRunConfig config,
           gboolean small)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqRunResult) result = mixq_run (model, inputs, &config, float_model, NULL, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < result->warnings->len; i++)
    g_test_message ("lambda %g, seed %u: %s", config.lambda, (guint) config.seed,
                    (const char *) result->warnings->pdata[i]);
  g_assert_cmpuint (result->n_diagnoses, ==, small ? 1 : 0);
  if (small)
    g_assert_cmpint (result->diagnosis[0].kind, ==, MIXQ_DIAGNOSIS_NO_VALIDATION);
}

static void
check_set (const char *what, gboolean small)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqDataset) dataset = mixq_dataset_load (what, NULL, NULL, &error);
  g_autoptr (MixqInputs) inputs = NULL;
  g_autoptr (MixqModel) model = NULL;
  MixqRunConfig config;

  g_assert_no_error (error);
  inputs = mixq_inputs_new (dataset);
  model = mixq_model_new (&MIXQ_MODEL_SPEC_DEFAULT, dataset, &error);
  g_assert_no_error (error);
  mixq_run_config_init (&config);
  for (config.seed = 0; config.seed < SEEDS; config.seed++) {
    g_autoptr (MixqFloatModel) float_model = mixq_float_model_train (model, inputs, &config, NULL, &error);

    g_assert_no_error (error);
    for (guint i = 0; i < G_N_ELEMENTS (prices); i++) {
      config.lambda = prices[i];
      check_run (model, inputs, float_model, config, small);
    }
  }
}

static void
test_builtin (gconstpointer name)
{
  check_set (name, g_str_equal (name, "karate"));
}

static void
test_public (gconstpointer name)
{
  const char *data = g_getenv ("MIXQ_SHARED_DATA");
  g_autofree char *file = g_strdup_printf ("ind.%s.x", (const char *) name);
  g_autofree char *path = g_build_filename (data != NULL ? data : "", "planetoid", file, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("the public data sets are not there (MIXQ_SHARED_DATA)");
    return;
  }
  check_set (path, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/diagnose/healthy/karate", "karate", test_builtin);
  g_test_add_data_func ("/engine/diagnose/healthy/debian", "debian", test_builtin);
  g_test_add_data_func ("/engine/diagnose/healthy/cora", "cora", test_public);
  g_test_add_data_func ("/engine/diagnose/healthy/citeseer", "citeseer", test_public);
  return g_test_run ();
}
