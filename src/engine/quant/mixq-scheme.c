/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/mixq-scheme.h"

#include <glib/gi18n.h>

#include "base/mixq-names.h"

static const MixqSchemeTraits traits[] = {
  [MIXQ_SCHEME_NATIVE] = {
    .name = "native",
    .title = N_ ("Ranges from the data"),
    .explanation = N_ ("Every tensor is measured and its grid laid so that rounding costs least. "
                       "The grid then stays, or follows the data where the ranges say so."),
    .ranges = MIXQ_RANGES_MSE,
  },
  [MIXQ_SCHEME_A2Q] = {
    .name = "a2q",
    .title = N_ ("Every node its own grid"),
    .explanation = N_ ("What a node has gathered is quantized with a step and a width of its own, both learned. "
                       "Nodes that suffer most from rounding get more bits, at the mean that the slot was given."),
    .ranges = MIXQ_RANGES_MSE,
    .per_node = TRUE,
  },
  [MIXQ_SCHEME_LSQ] = {
    .name = "lsq",
    .title = N_ ("Learned steps"),
    .explanation = N_ ("The distance between two levels is trained together with the weights. "
                       "It starts where the data put it and then goes where the loss falls."),
    .ranges = MIXQ_RANGES_MSE,
    .learns_step = TRUE,
  },
  [MIXQ_SCHEME_DEGREE_QUANT] = {
    .name = "degree-quant",
    .title = N_ ("Protected nodes"),
    .explanation = N_ ("While it trains, some nodes pass unquantized, most often those with many neighbours, whose sums "
                       "rounding hurts most. Ranges leave out the outermost values and follow the rest."),
    .ranges = MIXQ_RANGES_PERCENTILE,
    .protects_nodes = TRUE,
  },
};
static const char
    *const fineness_names[] = { [MIXQ_GRANULARITY_TENSOR] = "tensor", [MIXQ_GRANULARITY_FINE] = "fine" };
static const char *const ranges_names[] = { [MIXQ_RANGES_MSE] = "mse",
                                            [MIXQ_RANGES_MIN_MAX] = "min-max",
                                            [MIXQ_RANGES_EMA] = "ema",
                                            [MIXQ_RANGES_PERCENTILE] = "percentile" };

const MixqSchemeTraits *
mixq_scheme_traits (MixqScheme scheme)
{
  g_return_val_if_fail (mixq_scheme_is_valid (scheme), &traits[MIXQ_SCHEME_NATIVE]);
  return &traits[scheme];
}

guint
mixq_scheme_count (void)
{
  return G_N_ELEMENTS (traits);
}

const char *
mixq_scheme_name (MixqScheme scheme)
{
  return mixq_scheme_traits (scheme)->name;
}

gboolean
mixq_scheme_parse (const char *text, MixqScheme *scheme, GError **error)
{
  const char *names[G_N_ELEMENTS (traits)];
  guint index;

  for (guint i = 0; i < G_N_ELEMENTS (traits); i++)
    names[i] = traits[i].name;
  if (!mixq_names_parse ("scheme", names, G_N_ELEMENTS (names), text, &index, error))
    return FALSE;
  *scheme = (MixqScheme) index;
  return TRUE;
}

gboolean
mixq_scheme_is_valid (MixqScheme scheme)
{
  return (guint) scheme < G_N_ELEMENTS (traits);
}

gboolean
mixq_ranges_follow (MixqRanges ranges)
{
  return ranges == MIXQ_RANGES_EMA || ranges == MIXQ_RANGES_PERCENTILE;
}

const char *
mixq_ranges_name (MixqRanges ranges)
{
  g_return_val_if_fail (mixq_ranges_is_valid (ranges), "");
  return ranges_names[ranges];
}

gboolean
mixq_ranges_parse (const char *text, MixqRanges *ranges, GError **error)
{
  guint index;

  if (!mixq_names_parse ("ranges", ranges_names, G_N_ELEMENTS (ranges_names), text, &index, error))
    return FALSE;
  *ranges = (MixqRanges) index;
  return TRUE;
}

gboolean
mixq_ranges_is_valid (MixqRanges ranges)
{
  return (guint) ranges < G_N_ELEMENTS (ranges_names);
}

const char *
mixq_fineness_name (MixqFineness fineness)
{
  g_return_val_if_fail (mixq_fineness_is_valid (fineness), "");
  return fineness_names[fineness];
}

gboolean
mixq_fineness_parse (const char *text, MixqFineness *fineness, GError **error)
{
  guint index;

  if (!mixq_names_parse ("granularity", fineness_names, G_N_ELEMENTS (fineness_names), text, &index, error))
    return FALSE;
  *fineness = (MixqFineness) index;
  return TRUE;
}

gboolean
mixq_fineness_is_valid (MixqFineness fineness)
{
  return (guint) fineness < G_N_ELEMENTS (fineness_names);
}
