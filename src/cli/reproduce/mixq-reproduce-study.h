/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "reproduce/mixq-reproduce.h"

G_BEGIN_DECLS

/** MixqMeasure: what a variant is judged by: a number a seed, from its runs at all prices. */
typedef enum {
  MIXQ_MEASURE_AREA_BITOPS, /* test accuracy within a budget, averaged over budgets: see mixq-reproduce-study.c */
  MIXQ_MEASURE_AREA_PRODUCT,
  MIXQ_MEASURE_AREA_BYTES,
  MIXQ_MEASURE_REACH,   /* how many times fewer BitOPs the dearest price reached (log2) */
  MIXQ_MEASURE_DECIDED, /* epochs to decide, mean over prices */
  MIXQ_MEASURE_SAME,    /* share of slots with the base's width */
  MIXQ_MEASURE_RELAXED, /* validation accuracy of the mixture, mean over prices */
  MIXQ_N_MEASURES,
} MixqMeasure;

/** MixqVariant: one way; variants of a factor are compared with the study's base, which is its first variant. */
typedef struct
{
  const char *factor;
  const char *label;
  const char *options;    /* of `mixq run` */
  gboolean own_quantizer; /* it changes more than the search: its narrowest model is another one, too */
  gboolean paper_unit; /* lambda is multiplied so that the penalty pulls as hard at the start as the base's */
  MixqMeasure own;     /* 0, or the measure that it is meant to win on: it gets a sentence of its own */
} MixqVariant;

/** MixqStudy: a question as variants. @claims: measures that get a sentence; MIXQ_N_MEASURES ends the list. */
typedef struct
{
  const MixqVariant *variants;
  guint n_variants;
  const char *lambdas, *lambdas_quick;
  MixqMeasure claims[MIXQ_N_MEASURES + 1];
} MixqStudy;

G_END_DECLS
