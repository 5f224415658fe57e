/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cost/mixq-cost.h"
#include "model/mixq-model.h"

G_BEGIN_DECLS

typedef enum {
  MIXQ_METHOD_RELAXED, /* search by softmax over alpha */
  MIXQ_METHOD_FIXED,   /* widths given: uniform:B or fixed:W1,W2,... */
} MixqMethod;

typedef enum {
  MIXQ_SCHEME_NATIVE, /* symmetric weights per output channel, activations per tensor, least squared error */
} MixqScheme;

typedef enum {
  MIXQ_DISTILL_NONE,
  MIXQ_DISTILL_TRANSDUCTIVE, /* cross-entropy against the float32 model's softmax on all nodes (spec/search.md 2.5) */
} MixqDistill;

typedef enum {
  MIXQ_ALPHA_INIT_ZERO,      /* uniform */
  MIXQ_ALPHA_INIT_HIGH,      /* favours the widest */
  MIXQ_ALPHA_INIT_REFERENCE, /* softmax (softmax (B)), method spec 4.2 */
} MixqAlphaInit;

typedef enum {
  MIXQ_PENALTY_NORMALISED, /* share of float32's cost on the chosen axis */
  MIXQ_PENALTY_PAPER,      /* expected size in KiB, method spec 4.3 */
  MIXQ_PENALTY_REFERENCE,  /* the published nested divisor 8192^2 */
} MixqPenalty;

/** MixqRunConfig: everything that decides a run besides data and model. Plain value: copy freely. */
typedef struct
{
  double lambda;
  guint n_choices;
  guint8 choices[MIXQ_MAX_CHOICES]; /* ascending, distinct, of 1..8 and 16 */
  guint64 seed;
  guint epochs_float, epochs_search, epochs_qat;
  double lr, lr_alpha, lr_qat, weight_decay, weight_decay_qat;
  MixqScheme scheme;
  MixqMethod method;
  guint8 fixed[8 * 5];  /* n_slots widths for MIXQ_METHOD_FIXED; a uniform width is spelt out */
  guint8 pinned[8 * 5]; /* 0: free, else the width this slot is held at during search */
  MixqDistill distill;
  MixqAlphaInit alpha_init;
  MixqPenalty penalty;
  MixqCostAxis cost;
  gboolean reference; /* method spec 13.7, exactly */
} MixqRunConfig;

/** mixq_run_config_init: the defaults of spec/cli.md. */
void mixq_run_config_init (MixqRunConfig *self);
/** mixq_run_config_set_reference: turns on 13.7 with its epochs, rates, penalty, alpha start and choices. */
void mixq_run_config_set_reference (MixqRunConfig *self);
/** mixq_run_config_set_method: parses "relaxed", "uniform:B", "fixed:W1,W2,..." for @model. */
gboolean mixq_run_config_set_method (MixqRunConfig *self, const MixqModel *model, const char *text, GError **error);
/** mixq_run_config_check: every bound; MIXQ_ERROR_VALUE with one sentence. */
gboolean mixq_run_config_check (const MixqRunConfig *self, const MixqModel *model, GError **error);

G_END_DECLS
