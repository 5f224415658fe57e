/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Defaults, names, bounds and JSON of a run's configuration. */
#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "run/mixq-run-config.h"

static MixqModel *
new_model (void)
{
  return mixq_model_new_for_sizes (&MIXQ_MODEL_SPEC_DEFAULT, 10, 24, 30, 40, 4, NULL);
}

static void
assert_says (const GError *error, const char *message)
{
  g_assert_nonnull (error);
  if (strstr (error->message, message) == NULL)
    g_test_message ("'%s' does not say '%s'", error->message, message);
  g_assert_nonnull (strstr (error->message, message));
}

/* @call uses &error. */
#define ASSERT_FAILS(call, message)                                                                          \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    g_autoptr (GError) error = NULL;                                                                         \
    g_assert_false (call);                                                                                   \
    assert_says (error, message);                                                                            \
  }                                                                                                          \
  G_STMT_END

static void
test_defaults (void)
{
  g_autoptr (MixqModel) model = new_model ();
  MixqRunConfig config;

  memset (&config, 0xa5, sizeof config);
  mixq_run_config_init (&config);
  g_assert_true (mixq_run_config_check (&config, model, NULL));
  g_assert_cmpfloat (config.lambda, ==, 0.5);
  g_assert_cmpmem (config.choices, config.n_choices, ((guint8[]){ 2, 4, 8 }), 3);
  g_assert_cmpuint (config.epochs_float, ==, 100);
  g_assert_cmpuint (config.epochs_search, ==, 50);
  g_assert_cmpuint (config.epochs_qat, ==, 100);
  g_assert_cmpfloat (config.weight_decay, ==, 2e-4);
  g_assert_false (config.reference);
  g_assert_true (config.ranges == MIXQ_RANGES_MSE && config.alpha_decay == 0 && config.alpha_bound == 4);
  g_assert_true (config.temperature == 1 && config.recalibrate == 2);
  g_assert_true (config.seed == 0 && config.pinned[0] == 0 && config.fixed[0] == 0);
}

static void
test_reference (void)
{
  g_autoptr (MixqModel) model = new_model ();
  MixqRunConfig config;

  mixq_run_config_init (&config);
  config.lambda = 1;
  config.seed = 7;
  mixq_run_config_set_reference (&config);
  g_assert_true (mixq_run_config_check (&config, model, NULL));
  g_assert_true (config.reference && config.lambda == 1 && config.seed == 7);
  g_assert_true (config.epochs_float == 50 && config.epochs_search == 50 && config.epochs_qat == 50);
  g_assert_true (config.lr == 0.01 && config.lr_alpha == 0.01 && config.lr_qat == 0.001);
  g_assert_true (config.weight_decay == 2e-4 && config.weight_decay_qat == 0);
  g_assert_cmpint (config.alpha_init, ==, MIXQ_ALPHA_INIT_REFERENCE);
  g_assert_cmpint (config.penalty, ==, MIXQ_PENALTY_REFERENCE);
  config.distill = MIXQ_DISTILL_TRANSDUCTIVE;
  ASSERT_FAILS (mixq_run_config_check (&config, model, &error), "drop the other option or --reference");
  config.distill = MIXQ_DISTILL_NONE;
  config.temperature = 0.5;
  ASSERT_FAILS (mixq_run_config_check (&config, model, &error), "drop the other option or --reference");
  config.temperature = 1;
  config.ranges = MIXQ_RANGES_MSE;
  ASSERT_FAILS (mixq_run_config_check (&config, model, &error), "drop the other option or --reference");
}

static void
test_method (void)
{
  static const struct
  {
    const char *text, *message;
  } bad[] = {
    { "uniform:0", "'0' is not a width" },
    { "uniform:9", "'9' is not a width" },
    { "uniform:", "'' is not a width" },
    { "fixed:8,8", "2 widths are given but the model has 9 slots" },
    { "fixed:8,8,8,8,8,8,8,8,x", "'x' is not a width" },
    { "fixed:", "0 widths" },
    { "uniform", "use relaxed, uniform:B or fixed" },
  };
  g_autoptr (MixqModel) model = new_model ();
  g_autoptr (GString) long_list = g_string_new ("fixed:8");
  g_autofree char *text = NULL;
  MixqRunConfig config, before;

  mixq_run_config_init (&config);
  g_assert_true (mixq_run_config_set_method (&config, model, "uniform:4", NULL));
  g_assert_cmpint (config.method, ==, MIXQ_METHOD_FIXED);
  g_assert_cmpmem (config.fixed, 9, "\4\4\4\4\4\4\4\4\4", 9);
  g_assert_true (mixq_run_config_set_method (&config, model, "fixed:2,2,2,8, 8,8,8,16,3", NULL));
  g_assert_cmpmem (config.fixed, 9, "\2\2\2\10\10\10\10\20\3", 9);
  text = mixq_run_config_dup_method (&config, model);
  g_assert_cmpstr (text, ==, "fixed:2,2,2,8,8,8,8,16,3");
  before = config;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    ASSERT_FAILS (mixq_run_config_set_method (&config, model, bad[i].text, &error), bad[i].message);
    g_assert_cmpmem (&config, sizeof config, &before, sizeof before);
  }
  for (guint i = 0; i < MIXQ_MAX_SLOTS; i++)
    g_string_append (long_list, ",8");
  ASSERT_FAILS (mixq_run_config_set_method (&config, model, long_list->str, &error), "more than 240");
  g_assert_cmpmem (&config, sizeof config, &before, sizeof before);
  g_assert_true (mixq_run_config_set_method (&config, model, "relaxed", NULL));
  g_assert_cmpint (config.method, ==, MIXQ_METHOD_RELAXED);
}

static void
test_choices_and_pins (void)
{
  g_autoptr (MixqModel) model = new_model ();
  MixqRunConfig config;

  mixq_run_config_init (&config);
  g_assert_true (mixq_run_config_set_choices (&config, "8,2,4", NULL));
  g_assert_cmpmem (config.choices, config.n_choices, "\2\4\10", 3);
  ASSERT_FAILS (mixq_run_config_set_choices (&config, "8,8", &error), "given twice");
  ASSERT_FAILS (mixq_run_config_set_choices (&config, "", &error), "no width");
  ASSERT_FAILS (mixq_run_config_set_choices (&config, "2,-4", &error), "'-4' is not a width");
  g_assert_true (mixq_run_config_set_choices (&config, "2,4,8", NULL));

  g_assert_true (mixq_run_config_pin (&config, model, "conv1.weight=8", NULL));
  g_assert_cmpuint (config.pinned[1], ==, 8);
  g_assert_true (mixq_run_config_check (&config, model, NULL));
  ASSERT_FAILS (mixq_run_config_pin (&config, model, "conv9.weight=8", &error), "no slot 'conv9.weight'");
  ASSERT_FAILS (mixq_run_config_pin (&config, model, "conv1.weight", &error), "SLOT=BITS");
  g_assert_true (mixq_run_config_pin (&config, model, "conv1.weight=3", NULL));
  ASSERT_FAILS (mixq_run_config_check (&config, model, &error), "conv1.weight is held at 3");
}

static void
test_bounds (void)
{
  g_autoptr (MixqModel) model = new_model ();

#define ASSERT_BAD(field, value, message)                                                                    \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    MixqRunConfig config;                                                                                    \
    mixq_run_config_init (&config);                                                                          \
    config.field = value;                                                                                    \
    ASSERT_FAILS (mixq_run_config_check (&config, model, &error), message);                                  \
  }                                                                                                          \
  G_STMT_END

  ASSERT_BAD (lambda, (double) NAN, "lambda: nan");
  ASSERT_BAD (lambda, -(double) INFINITY, "lambda: -inf");
  ASSERT_BAD (epochs_float, 0, "epochs (float32)");
  ASSERT_BAD (epochs_search, 0, "epochs (search)");
  ASSERT_BAD (epochs_qat, G_MAXUINT, "epochs (QAT)");
  ASSERT_BAD (lr, -1, "lr:");
  ASSERT_BAD (lr_alpha, (double) NAN, "lr-alpha:");
  ASSERT_BAD (lr_qat, 1e9, "lr-qat:");
  ASSERT_BAD (weight_decay, 2, "weight-decay:");
  ASSERT_BAD (weight_decay_qat, -1, "weight-decay-qat:");
  ASSERT_BAD (n_choices, 0, "bits: 0 widths");
  ASSERT_BAD (n_choices, 10, "bits: 10 widths");
  ASSERT_BAD (choices[0], 9, "bits: 9 is not a width");
  ASSERT_BAD (choices[1], 2, "bits: 2 does not ascend");
  ASSERT_BAD (seed, G_MAXUINT64, "seed:");
  ASSERT_BAD (method, MIXQ_METHOD_FIXED, "width 0 of conv1.input");
  ASSERT_BAD (scheme, (MixqScheme) 77, "does not exist");
  ASSERT_BAD (cost, MIXQ_N_COST_AXES, "does not exist");
  ASSERT_BAD (ranges, (MixqRanges) 77, "does not exist");
  ASSERT_BAD (alpha_decay, 1.5, "alpha-decay:");
  ASSERT_BAD (alpha_bound, -1, "alpha-bound:");
  ASSERT_BAD (temperature, 0, "temperature:");
  ASSERT_BAD (recalibrate, G_MAXUINT, "recalibrate:");
}

static JsonNode *
parse (const char *text)
{
  GError *error = NULL;
  JsonNode *node = json_from_string (text, &error);

  g_assert_no_error (error);
  return node;
}

static void
test_json_round_trip (void)
{
  const MixqModelSpec spec = { MIXQ_ARCH_GCN, 3, 65, 0.1 + 0.2 };
  g_autoptr (MixqModel) model = mixq_model_new_for_sizes (&spec, 10, 24, 30, 40, 4, NULL);
  MixqModelSpec read_spec = MIXQ_MODEL_SPEC_DEFAULT;
  g_autoptr (JsonNode) node = NULL, again = NULL;
  g_autofree char *text = NULL;
  MixqRunConfig config, read;

  mixq_run_config_init (&config);
  config.lambda = -1e-8 / 3;
  config.seed = G_MAXINT64;
  config.lr = nextafter (0.01, 1);
  config.distill = MIXQ_DISTILL_TRANSDUCTIVE;
  config.alpha_init = MIXQ_ALPHA_INIT_HIGH;
  config.penalty = MIXQ_PENALTY_PAPER;
  config.cost = MIXQ_COST_PRODUCT;
  config.ranges = MIXQ_RANGES_MIN_MAX;
  config.alpha_decay = 0.1;
  config.alpha_bound = 2.5;
  config.temperature = 0.3;
  config.recalibrate = 7;
  g_assert_true (mixq_run_config_set_choices (&config, "2,4,16", NULL));
  g_assert_true (mixq_run_config_pin (&config, model, "conv3.aggregate=16", NULL));
  node = mixq_run_config_to_json (&config, model);
  text = json_to_string (node, TRUE);
  again = parse (text);

  g_assert_true (mixq_model_spec_from_json (&read_spec, again, NULL));
  g_assert_true (read_spec.n_layers == 3 && read_spec.hidden == 65 && read_spec.dropout == spec.dropout);
  mixq_run_config_init (&read);
  g_assert_true (mixq_run_config_from_json (&read, again, model, NULL));
  g_assert_cmpmem (&read, sizeof read, &config, sizeof config);
}

static void
test_json_fixed_and_reference (void)
{
  g_autoptr (MixqModel) model = new_model ();
  MixqRunConfig config, read;
  g_autoptr (JsonNode) node = NULL;

  mixq_run_config_init (&config);
  mixq_run_config_set_reference (&config);
  g_assert_true (mixq_run_config_set_method (&config, model, "uniform:8", NULL));
  node = mixq_run_config_to_json (&config, model);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (node), "method"), ==,
                   "fixed:8,8,8,8,8,8,8,8,8");
  mixq_run_config_init (&read);
  g_assert_true (mixq_run_config_from_json (&read, node, model, NULL));
  g_assert_cmpmem (&read, sizeof read, &config, sizeof config);
}

/* Runs from before there were ranges, bounds and temperatures to choose had those of their method. */
static void
test_json_older (void)
{
  static const char *const younger[] = { "ranges", "alpha-decay", "alpha-bound", "temperature",
                                         "recalibrate" };
  g_autoptr (MixqModel) model = new_model ();

  for (guint reference = 0; reference < 2; reference++) {
    MixqRunConfig config, read;
    g_autoptr (JsonNode) node = NULL;

    mixq_run_config_init (&config);
    if (reference)
      mixq_run_config_set_reference (&config);
    node = mixq_run_config_to_json (&config, model);
    for (guint i = 0; i < G_N_ELEMENTS (younger); i++)
      json_object_remove_member (json_node_get_object (node), younger[i]);
    mixq_run_config_init (&read);
    g_assert_true (mixq_run_config_from_json (&read, node, model, NULL));
    read.alpha_decay = config.alpha_decay; /* not read under the reference, 0 elsewhere */
    g_assert_cmpmem (&read, sizeof read, &config, sizeof config);
  }
}

static void
test_json_refuses (void)
{
  static const struct
  {
    const char *json, *message;
  } bad[] = {
    { "[1]", "not a JSON object" },
    { "{\"lamda\": 1}", "'lamda' is not known" },
    { "{\"lambda\": \"1\"}", "'lambda' is not a number" },
    { "{\"lambda\": null}", "'lambda' is not a number" },
    { "{\"lambda\": 1e300}", "lambda: 1e+300 is out of range" },
    { "{\"seed\": -1}", "'seed' is out of range" },
    { "{\"seed\": 1.5}", "'seed' is not a whole number" },
    { "{\"epochs\": [1, 2]}", "'epochs' is not a list of three" },
    { "{\"epochs\": [1, 2, [3]]}", "'epochs' is not a whole number" },
    { "{\"epochs\": [1, 2, 99999999999]}", "'epochs' is out of range" },
    { "{\"bits\": []}", "'bits' is not a list" },
    { "{\"bits\": [2, 4, 9]}", "bits: 9 is not a width" },
    { "{\"bits\": [1, 2, 3, 4, 5, 6, 7, 8, 16, 16]}", "'bits' is not a list" },
    { "{\"cost\": \"money\"}", "cost: 'money' is not known" },
    { "{\"method\": \"fixed:2\"}", "1 widths are given" },
    { "{\"pin\": {\"conv7.weight\": 8}}", "'pin' names a slot" },
    { "{\"pin\": {\"conv1.weight\": 3}}", "held at 3" },
    { "{\"pin\": 3}", "'pin' is not an object" },
    { "{\"reference\": 1}", "'reference' is not true or false" },
    { "{\"reference\": true}", "published method" },
  };
  g_autoptr (MixqModel) model = new_model ();
  MixqRunConfig config, before;

  mixq_run_config_init (&config);
  before = config;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (JsonNode) node = parse (bad[i].json);
    ASSERT_FAILS (mixq_run_config_from_json (&config, node, model, &error), bad[i].message);
    g_assert_cmpmem (&config, sizeof config, &before, sizeof before);
  }
}

static void
test_json_spec_refuses (void)
{
  static const char *const bad[] = { "{\"layers\": 1}",    "{\"hidden\": \"x\"}", "{\"dropout\": 1}",
                                     "{\"model\": \"x\"}", "{\"model\": 3}",      "{\"layer\": 2}" };
  MixqModelSpec spec = MIXQ_MODEL_SPEC_DEFAULT;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (JsonNode) node = parse (bad[i]);
    g_autoptr (GError) error = NULL;

    g_assert_false (mixq_model_spec_from_json (&spec, node, &error));
    g_assert_nonnull (error);
    g_assert_true (spec.n_layers == 2 && spec.hidden == 128 && spec.dropout == 0.5);
  }
}

static void
test_names (void)
{
  MixqDistill distill = MIXQ_DISTILL_NONE;
  MixqAlphaInit init = MIXQ_ALPHA_INIT_ZERO;
  MixqScheme scheme = MIXQ_SCHEME_NATIVE;

  g_assert_true (mixq_distill_parse (mixq_distill_name (MIXQ_DISTILL_TRANSDUCTIVE), &distill, NULL));
  g_assert_cmpint (distill, ==, MIXQ_DISTILL_TRANSDUCTIVE);
  for (guint i = MIXQ_ALPHA_INIT_ZERO; i <= MIXQ_ALPHA_INIT_REFERENCE; i++) {
    g_assert_true (mixq_alpha_init_parse (mixq_alpha_init_name (i), &init, NULL));
    g_assert_cmpint (init, ==, i);
  }
  g_assert_true (mixq_scheme_parse (mixq_scheme_name (MIXQ_SCHEME_NATIVE), &scheme, NULL));
  for (guint i = MIXQ_RANGES_MSE; i <= MIXQ_RANGES_MIN_MAX; i++) {
    MixqRanges ranges = MIXQ_RANGES_MSE;

    g_assert_true (mixq_ranges_parse (mixq_ranges_name (i), &ranges, NULL));
    g_assert_cmpint (ranges, ==, i);
  }
  for (guint i = 0; i < mixq_scheme_count (); i++) {
    const MixqSchemeTraits *traits = mixq_scheme_traits (i);

    g_assert_true (mixq_scheme_parse (traits->name, &scheme, NULL));
    g_assert_cmpint (scheme, ==, i);
    g_assert_true (strlen (traits->title) > 5 && strlen (traits->title) < 40 &&
                   strlen (traits->explanation) > 40);
    g_assert_true (mixq_ranges_is_valid (traits->ranges));
  }
  ASSERT_FAILS (mixq_scheme_parse ("magic", &scheme, &error), "scheme: 'magic' is not known; use native");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/run-config/defaults", test_defaults);
  g_test_add_func ("/engine/run-config/reference", test_reference);
  g_test_add_func ("/engine/run-config/method", test_method);
  g_test_add_func ("/engine/run-config/choices-and-pins", test_choices_and_pins);
  g_test_add_func ("/engine/run-config/bounds", test_bounds);
  g_test_add_func ("/engine/run-config/names", test_names);
  g_test_add_func ("/engine/run-config/json/round-trip", test_json_round_trip);
  g_test_add_func ("/engine/run-config/json/fixed-and-reference", test_json_fixed_and_reference);
  g_test_add_func ("/engine/run-config/json/older", test_json_older);
  g_test_add_func ("/engine/run-config/json/refuses", test_json_refuses);
  g_test_add_func ("/engine/run-config/json/spec-refuses", test_json_spec_refuses);
  return g_test_run ();
}
