/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MixqFrontMethod: how candidates for the front are found. What happens to them is the same for all: QAT from the
 * float32 model of the seed, freeze, integer inference; choosing by validation; finalists repeated with more seeds.
 * @MIXQ_FRONT_SENSITIVITY: the cost-blocked search of spec/search.md section 5, the default
 * @MIXQ_FRONT_RELAXED: this engine's relaxation over prices lambda
 * @MIXQ_FRONT_FAITHFUL: the published relaxation over prices (method spec 13.7), finished like all others
 * @MIXQ_FRONT_RANDOM: widths drawn uniformly
 * @MIXQ_FRONT_UNIFORM: the same width everywhere, each choice; more of a budget goes into seeds
 */
typedef enum {
  MIXQ_FRONT_SENSITIVITY,
  MIXQ_FRONT_RELAXED,
  MIXQ_FRONT_FAITHFUL,
  MIXQ_FRONT_RANDOM,
  MIXQ_FRONT_UNIFORM,
  MIXQ_N_FRONT_METHODS,
} MixqFrontMethod;

const char *mixq_front_method_name (MixqFrontMethod method); /* "sensitivity", ... */
gboolean mixq_front_method_parse (const char *text, MixqFrontMethod *method, GError **error);

/** MixqFrontStage: how far a search for the front is. */
typedef enum {
  MIXQ_FRONT_CANDIDATES, /* first looks */
  MIXQ_FRONT_TAIL,       /* one-step moves from the narrowest that still hold */
  MIXQ_FRONT_FINALISTS,  /* more seeds for what may be on the front */
  MIXQ_FRONT_DONE,
} MixqFrontStage;

G_END_DECLS
