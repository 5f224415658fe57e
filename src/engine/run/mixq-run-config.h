/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cost/mixq-cost.h"
#include "cost/mixq-penalty.h"
#include "model/mixq-model.h"
#include "quant/mixq-node-widths.h"
#include "quant/mixq-scheme.h"
#include "train/mixq-plan.h"

G_BEGIN_DECLS

typedef enum {
  MIXQ_METHOD_RELAXED, /* search by softmax over alpha */
  MIXQ_METHOD_FIXED,   /* widths given: uniform:B or fixed:W1,W2,... */
} MixqMethod;

typedef enum {
  MIXQ_DISTILL_NONE,
  MIXQ_DISTILL_TRANSDUCTIVE, /* cross-entropy against the float32 model's softmax on all nodes (spec/search.md 2.5) */
} MixqDistill;

typedef enum {
  MIXQ_ALPHA_INIT_ZERO,      /* uniform */
  MIXQ_ALPHA_INIT_HIGH,      /* favours the widest */
  MIXQ_ALPHA_INIT_REFERENCE, /* softmax (softmax (B)), method spec 4.2 */
} MixqAlphaInit;

/** MixqRunConfig: everything that decides a run besides data and model. Plain value: copy freely. */
typedef struct
{
  double lambda;
  guint n_choices;
  guint8 choices[MIXQ_MAX_CHOICES]; /* ascending, distinct, of 1..8 and 16 */
  guint64 seed;                     /* at most G_MAXINT64, so that it survives JSON */
  guint epochs_float, epochs_search, epochs_qat;
  double lr, lr_alpha, lr_qat, weight_decay, weight_decay_qat;
  MixqScheme scheme;
  MixqRanges ranges;
  MixqFineness granularity;   /* how fine scales are */
  MixqNodeWidths node_widths; /* how aggregates spread their width over the nodes */
  MixqMethod method;
  guint8 fixed[MIXQ_MAX_SLOTS];  /* n_slots widths for MIXQ_METHOD_FIXED; a uniform width is spelt out */
  guint8 pinned[MIXQ_MAX_SLOTS]; /* 0: free, else the width this slot is held at during search */
  MixqDistill distill;
  MixqAlphaInit alpha_init;
  double alpha_decay; /* weight decay of the logits; under the reference they share weight_decay */
  double alpha_bound; /* centred logits stay within +- this, so that no slot freezes; 0: unbounded */
  double temperature; /* p = softmax (alpha / T), T geometrically from 1 to this over epochs_search steps */
  guint recalibrate;  /* every so many search epochs one slot in turn takes fresh ranges; 0: never again */
  MixqPenalty penalty;
  MixqCostAxis cost;
  guint batch;                                  /* training items a step; 0: chosen (mixq-plan.h) */
  guint n_fanout, fanout[MIXQ_PLAN_MAX_FANOUT]; /* neighbours drawn a hop; 0: chosen */
  gboolean sample;                              /* draw neighbours also where everything fits into memory */
  guint
      lr_every; /* rates of float32 and QAT are multiplied by lr_factor every so many epochs; 0: never. A search lives as long
                     as somebody looks at it, so it keeps its rate */
  double lr_factor;
  MixqMsTable ms; /* for MIXQ_COST_MS; measured when the run starts unless it holds a measurement already */
  gboolean reference; /* method spec 13.7, exactly */
} MixqRunConfig;

/** mixq_run_config_init: the defaults of spec/cli.md. */
void mixq_run_config_init (MixqRunConfig *self);
/**
 * mixq_run_config_set_usual: training as is usual for @model on its data, where nothing else was chosen than what
 * mixq_run_config_init() gives: for graphs rates that halve (method spec 5.4), and for its GCN the small batches and slow
 * rates without decay that circular skip links need; nothing for nodes.
 */
void mixq_run_config_set_usual (MixqRunConfig *self, const MixqModel *model);
/** mixq_run_config_get_plan: how the data set is to be walked. */
MixqPlanOptions mixq_run_config_get_plan (const MixqRunConfig *self);
/** mixq_run_config_set_fanout: parses "25,10". Untouched on failure. */
gboolean mixq_run_config_set_fanout (MixqRunConfig *self, const char *text, GError **error);
/**
 * mixq_run_config_set_reference: turns on 13.7 with its epochs, rates, penalty, alpha start and choices; leaves lambda,
 * seed, method and pins. The logits share the weights' Adam, so lr_alpha is lr and they decay with weight_decay.
 */
void mixq_run_config_set_reference (MixqRunConfig *self);
/** mixq_run_config_set_scheme: another scheme comes with the ranges it is usually used with. */
void mixq_run_config_set_scheme (MixqRunConfig *self, MixqScheme scheme);
/** mixq_run_config_set_method: parses "relaxed", "uniform:B", "fixed:W1,W2,..." for @model; on failure nothing changes. */
gboolean
mixq_run_config_set_method (MixqRunConfig *self, const MixqModel *model, const char *text, GError **error);
/** mixq_run_config_dup_method: the text that mixq_run_config_set_method() reads back: "fixed:" spelt out. */
char *mixq_run_config_dup_method (const MixqRunConfig *self, const MixqModel *model);
/** mixq_run_config_set_choices: parses "2,4,8" (sorted, repeats are an error); on failure nothing changes. */
gboolean mixq_run_config_set_choices (MixqRunConfig *self, const char *text, GError **error);
/** mixq_run_config_pin: parses "SLOT=BITS" for @model. Errors: MIXQ_ERROR_VALUE for an unknown slot or width. */
gboolean mixq_run_config_pin (MixqRunConfig *self, const MixqModel *model, const char *text, GError **error);
/** mixq_run_config_check: every bound; MIXQ_ERROR_VALUE with one sentence. */
gboolean mixq_run_config_check (const MixqRunConfig *self, const MixqModel *model, GError **error);

/* Names as in options and JSON. The parsers leave the value alone on failure (MIXQ_ERROR_VALUE, listing the names). */
const char *mixq_method_name (MixqMethod method); /* "relaxed", "fixed" */
const char *mixq_distill_name (MixqDistill distill);
const char *mixq_alpha_init_name (MixqAlphaInit init);
gboolean mixq_distill_parse (const char *text, MixqDistill *distill, GError **error);
gboolean mixq_alpha_init_parse (const char *text, MixqAlphaInit *init, GError **error);

/**
 * mixq_run_config_to_json:
 *
 * One flat object with the names of the command line's options (spec/cli.md): model, layers, hidden, dropout,
 * feature-dropout, batch-norm,
 * residual, eps, aggregator, pool, hops, heads, lambda, batch, fanout, sample, lr-every, lr-factor,
 * bits, seed, epochs, lr, lr-alpha, lr-qat, weight-decay, weight-decay-qat, scheme, ranges, granularity, node-widths, method, distill,
 * alpha-init, alpha-decay, alpha-bound, temperature, recalibrate, penalty, cost, pin, reference. Numbers read back to the same bits. Returns: (transfer full).
 */
JsonNode *mixq_run_config_to_json (const MixqRunConfig *self, const MixqModel *model);
/**
 * mixq_model_spec_from_json:
 * @node: as written by mixq_run_config_to_json(); members of the run are ignored
 * @spec: (inout): absent members keep their value. Untouched on failure. Errors: MIXQ_ERROR_PARSE, _VALUE.
 */
gboolean mixq_model_spec_from_json (MixqModelSpec *spec, JsonNode *node, GError **error);
/**
 * mixq_run_config_from_json:
 * @self: (inout): initialised; absent members keep their value. Untouched on failure
 * @model: made from the same @node's model members (mixq_model_spec_from_json())
 *
 * Strict: an unknown member, a wrong type or a value out of range is an error that names the member.
 * Ends with mixq_run_config_check(). Errors: MIXQ_ERROR_PARSE, MIXQ_ERROR_VALUE.
 */
gboolean
mixq_run_config_from_json (MixqRunConfig *self, JsonNode *node, const MixqModel *model, GError **error);

G_END_DECLS
