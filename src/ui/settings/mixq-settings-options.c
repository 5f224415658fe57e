/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "settings/mixq-settings-options.h"

#include <glib/gi18n.h>

/* Titles and explanations of an option that has no table in the engine. */
typedef struct
{
  const char *name, *explanation;
} Text;

static const char *
fixed_by_reference (const MixqRunConfig *config)
{
  return config->reference ? _ ("Set by the published method, which this run repeats") : NULL;
}

static const char *
one_width (const MixqRunConfig *config)
{
  if (config->reference)
    return fixed_by_reference (config);
  return config->n_choices < 2 ? _ ("There is only one width, so there is nothing to choose") : NULL;
}

static const char *
always (const MixqRunConfig *config)
{
  return NULL;
}

/* --- scheme ---------------------------------------------------------------------------------------------------------- */

static const char *
scheme_name (guint value)
{
  return _ (mixq_scheme_traits ((MixqScheme) value)->title);
}

static const char *
scheme_explanation (guint value)
{
  return _ (mixq_scheme_traits ((MixqScheme) value)->explanation);
}

static guint
get_scheme (const MixqRunConfig *config)
{
  return config->scheme;
}

static void
set_scheme (MixqRunConfig *config, guint value)
{
  mixq_run_config_set_scheme (config, (MixqScheme) value);
}

/* --- ranges ---------------------------------------------------------------------------------------------------------- */

static const Text ranges_texts[] = {
  [MIXQ_RANGES_MSE] = { N_ ("Least squared error"),
                        N_ ("The grid that rounds what was seen with the least squared error.") },
  [MIXQ_RANGES_MIN_MAX] = { N_ ("All that was seen"), N_ ("From the smallest to the largest value: nothing "
                                                          "is clipped, outliers widen the grid.") },
  [MIXQ_RANGES_EMA] = { N_ ("Moving average"), N_ ("The smallest and largest value, followed through the "
                                                   "training by a moving average.") },
  [MIXQ_RANGES_PERCENTILE] = { N_ ("Without outliers"), N_ ("The outermost values are clipped, so that the "
                                                            "others get a finer grid.") },
};

static guint
count_ranges (void)
{
  guint n = 0;

  while (n < G_N_ELEMENTS (ranges_texts) && mixq_ranges_is_valid ((MixqRanges) n))
    n++;
  return n;
}

static const char *
ranges_name (guint value)
{
  return _ (ranges_texts[value].name);
}

static const char *
ranges_explanation (guint value)
{
  return _ (ranges_texts[value].explanation);
}

static guint
get_ranges (const MixqRunConfig *config)
{
  return config->ranges;
}

/* Scales of single nodes begin where rounding costs least; they have no other way. */
static const char *
ranges_obstacle (const MixqRunConfig *config)
{
  if (config->reference)
    return fixed_by_reference (config);
  return mixq_scheme_traits (config->scheme)->per_node
             ? _ ("This quantizer starts every node at the least squared error")
             : NULL;
}

static void
set_ranges (MixqRunConfig *config, guint value)
{
  config->ranges = (MixqRanges) value;
}

/* --- distillation ---------------------------------------------------------------------------------------------------- */

static const Text distill_texts[] = {
  [MIXQ_DISTILL_NONE] = { N_ ("From the labels only"),
                          N_ ("Finished models see the labels of the training nodes.") },
  [MIXQ_DISTILL_TRANSDUCTIVE] = { N_ ("From float32 too"), N_ ("Finished models also learn what float32 "
                                                               "predicts, on all nodes, and say so.") },
};

static guint
count_distill (void)
{
  return G_N_ELEMENTS (distill_texts);
}

static const char *
distill_name (guint value)
{
  return _ (distill_texts[value].name);
}

static const char *
distill_explanation (guint value)
{
  return _ (distill_texts[value].explanation);
}

static guint
get_distill (const MixqRunConfig *config)
{
  return config->distill;
}

static void
set_distill (MixqRunConfig *config, guint value)
{
  config->distill = (MixqDistill) value;
}

/* --- cost ------------------------------------------------------------------------------------------------------------ */

static const Text cost_texts[] = {
  [MIXQ_COST_BITOPS] = { N_ ("BitOPs"), N_ ("Operations times their mean width, as in the paper.") },
  [MIXQ_COST_EXECUTED] = { N_ ("Operations really executed"), N_ ("The same without those on zeros.") },
  [MIXQ_COST_PRODUCT] = { N_ ("Product of widths"),
                          N_ ("Every multiplication costs the width of one side times the other’s.") },
  [MIXQ_COST_BYTES] = { N_ ("Bytes"), N_ ("What has to be stored.") },
  [MIXQ_COST_MS] = { N_ ("Milliseconds here"), N_ ("Measured on this machine when the run starts.") },
};

static guint
count_cost (void)
{
  return MIXQ_N_COST_AXES;
}

static const char *
cost_name (guint value)
{
  return _ (cost_texts[value].name);
}

static const char *
cost_explanation (guint value)
{
  return _ (cost_texts[value].explanation);
}

static guint
get_cost (const MixqRunConfig *config)
{
  return config->cost;
}

static void
set_cost (MixqRunConfig *config, guint value)
{
  config->cost = (MixqCostAxis) value;
}

/* --- penalty --------------------------------------------------------------------------------------------------------- */

static const Text penalty_texts[] = {
  [MIXQ_PENALTY_NORMALISED] = { N_ ("Share of float32’s cost"),
                                N_ ("λ is what all of float32’s cost would add to the loss.") },
  [MIXQ_PENALTY_PAPER] = { N_ ("As in the paper"),
                           N_ ("λ for each KiB of the expected size, whatever a bit costs.") },
  [MIXQ_PENALTY_REFERENCE] = { N_ ("As in the published code"),
                               N_ ("The paper’s, divided by 8192 once more, so λ pushes far less.") },
};

static guint
count_penalty (void)
{
  return G_N_ELEMENTS (penalty_texts);
}

static const char *
penalty_name (guint value)
{
  return _ (penalty_texts[value].name);
}

static const char *
penalty_explanation (guint value)
{
  return _ (penalty_texts[value].explanation);
}

static guint
get_penalty (const MixqRunConfig *config)
{
  return config->penalty;
}

static void
set_penalty (MixqRunConfig *config, guint value)
{
  config->penalty = (MixqPenalty) value;
}

/* --- alpha ----------------------------------------------------------------------------------------------------------- */

static const Text alpha_texts[] = {
  [MIXQ_ALPHA_INIT_ZERO] = { N_ ("Even"), N_ ("Every width starts with the same vote.") },
  [MIXQ_ALPHA_INIT_HIGH] = { N_ ("Wide first"),
                             N_ ("Starts with the widest and gives bits up where they do not pay.") },
  [MIXQ_ALPHA_INIT_REFERENCE] = { N_ ("As in the published code"),
                                  N_ ("The softmax of the widths, taken twice: leans to the widest.") },
};

static guint
count_alpha (void)
{
  return G_N_ELEMENTS (alpha_texts);
}

static const char *
alpha_name (guint value)
{
  return _ (alpha_texts[value].name);
}

static const char *
alpha_explanation (guint value)
{
  return _ (alpha_texts[value].explanation);
}

static guint
get_alpha (const MixqRunConfig *config)
{
  return config->alpha_init;
}

static void
set_alpha (MixqRunConfig *config, guint value)
{
  config->alpha_init = (MixqAlphaInit) value;
}

/* --- the table ------------------------------------------------------------------------------------------------------- */

const MixqSettingsOption *
mixq_settings_option (MixqOptionId id)
{
  static const MixqSettingsOption options[MIXQ_N_OPTIONS] = {
    [MIXQ_OPTION_SCHEME] = { N_ ("Quantizer"), mixq_scheme_count, scheme_name, scheme_explanation, get_scheme,
                             set_scheme, fixed_by_reference },
    [MIXQ_OPTION_RANGES] = { N_ ("Ranges"), count_ranges, ranges_name, ranges_explanation, get_ranges,
                             set_ranges, ranges_obstacle },
    [MIXQ_OPTION_DISTILL] = { N_ ("Finished models learn"), count_distill, distill_name, distill_explanation,
                              get_distill, set_distill, fixed_by_reference },
    [MIXQ_OPTION_COST] = { N_ ("A bit costs"), count_cost, cost_name, cost_explanation, get_cost, set_cost,
                           always },
    [MIXQ_OPTION_PENALTY] = { N_ ("λ is the price of"), count_penalty, penalty_name, penalty_explanation,
                              get_penalty, set_penalty, one_width },
    [MIXQ_OPTION_ALPHA_INIT] = { N_ ("The vote starts"), count_alpha, alpha_name, alpha_explanation,
                                 get_alpha, set_alpha, one_width },
  };

  g_return_val_if_fail (id < MIXQ_N_OPTIONS, &options[0]);
  return &options[id];
}
