/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** MixqScheme: who decides how a tensor is quantized while it trains. One row of traits each. */
typedef enum {
  MIXQ_SCHEME_NATIVE, /* symmetric weights per output channel, activations per tensor, ranges from the data */
  MIXQ_SCHEME_A2Q,    /* a learned step and width for every node (method spec section 11) */
  MIXQ_SCHEME_LSQ,    /* as native, with scales trained by the learned-step gradient */
  MIXQ_SCHEME_DEGREE_QUANT, /* as native, with some nodes unquantized in training (method spec section 10) */
} MixqScheme;

/** MixqFineness: how fine scales are, within what integer sums allow. */
typedef enum {
  MIXQ_GRANULARITY_TENSOR, /* one a tensor, one an output channel of weights */
  MIXQ_GRANULARITY_FINE,   /* features one a node, products one a column as well */
} MixqFineness;

/** MixqRanges: where a quantizer's range comes from. All keep a whole zero-point, so all can be frozen. */
typedef enum {
  MIXQ_RANGES_MSE,        /* least squared error (features: least relative error) */
  MIXQ_RANGES_MIN_MAX,    /* all that was seen */
  MIXQ_RANGES_EMA,        /* min-max that follows the data by a moving average */
  MIXQ_RANGES_PERCENTILE, /* the same, but without the outermost values */
} MixqRanges;

/**
 * MixqSchemeTraits: all that the program knows about a scheme. Code asks for a trait and never which scheme it is, so a new
 * scheme that combines traits is one row.
 * @name: as in options and JSON
 * @title, @explanation: for people: a line, and two sentences; marked for translation, translated where they are shown
 * @ranges: those it takes unless others are asked for
 */
typedef struct
{
  const char *name;
  const char *title;
  const char *explanation;
  MixqRanges ranges;
  gboolean learns_step;    /* scales are trained with the weights; the ranges only start them */
  gboolean protects_nodes; /* in training some nodes, more of those with many neighbours, pass unquantized */
  gboolean per_node; /* aggregates have a learned step and width for every node; scales are fine elsewhere */
} MixqSchemeTraits;

/** mixq_scheme_traits: (transfer none): the row of @scheme. */
const MixqSchemeTraits *mixq_scheme_traits (MixqScheme scheme);
/** mixq_scheme_count: schemes are 0 to this - 1. */
guint mixq_scheme_count (void);

/* Names as in options and JSON. The parsers leave the value alone on failure (MIXQ_ERROR_VALUE, listing the names). */
const char *mixq_scheme_name (MixqScheme scheme);
gboolean mixq_scheme_parse (const char *text, MixqScheme *scheme, GError **error);
gboolean mixq_scheme_is_valid (MixqScheme scheme);
/** mixq_ranges_follow: they move with the data after every step of training. */
gboolean mixq_ranges_follow (MixqRanges ranges);
const char *mixq_ranges_name (MixqRanges ranges);
gboolean mixq_ranges_parse (const char *text, MixqRanges *ranges, GError **error);
gboolean mixq_ranges_is_valid (MixqRanges ranges);
const char *mixq_fineness_name (MixqFineness fineness);
gboolean mixq_fineness_parse (const char *text, MixqFineness *fineness, GError **error);
gboolean mixq_fineness_is_valid (MixqFineness fineness);

G_END_DECLS
