/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "reproduce/mixq-reproduce-points.h"
#include "reproduce/mixq-reproduce.h"

G_BEGIN_DECLS

/**
 * MixqArchitectureSet: one data set of an architecture.
 * @low, @high: what the literature's float32 models reach by its standard protocol: fractions; 0 where there is none
 * @source: where that stands
 * @bitops_float: float32's BitOPs in the count of the published ones; 0: not known
 * @options: how all its models are trained, where it is not as @options of the architecture say
 */
typedef struct
{
  const char *set;
  double low, high;
  const char *source;
  double bitops_float;
  const char *options;
} MixqArchitectureSet;

/**
 * MixqArchitecture: a table of an architecture: float32, uniform widths, fixed widths and searched ones, beside what
 * was published.
 * @options: how models are trained: epochs and rates, for all settings alike
 * @lambdas: prices of the search; @lambdas_quick: the same for --quick
 * @uniform: widths of uniform models; 8 must be among them
 * @heavy: (nullable): widths for the costly part, 8 elsewhere
 * @quirks: what the published code does otherwise
 */
typedef struct
{
  const MixqArchitectureSet *sets;
  guint n_sets;
  const MixqPublishedPoint *(*points) (gsize *n);
  const char *options;
  const char *lambdas, *lambdas_quick;
  const char *uniform;
  const char *heavy;
  const char *quirks;
} MixqArchitecture;

G_END_DECLS
