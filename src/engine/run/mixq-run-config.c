/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/mixq-run-config.h"

#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "base/mixq-names.h"

#define MAX_EPOCHS 1000000
#define MAX_LAMBDA 1e9
#define MAX_RATE 100.0
#define MAX_ALPHA_BOUND 1000.0
#define MIN_TEMPERATURE 0.01
#define MAX_TEMPERATURE 100.0
#define MAX_BATCH 10000000
#define MAX_FANOUT 1000000
#define GRAPH_RATE_EPOCHS 25 /* as published for the TUDataset sets */
#define GRAPH_STEPS 16       /* an epoch, of small sets of graphs */
#define GRAPH_LEAST_BATCH 8
#define GRAPH_MOST_BATCH 128
#define GRAPH_EPOCHS 150
#define GRAPH_SLOW_RATE 0.001

static const char
    *const method_names[] = { [MIXQ_METHOD_RELAXED] = "relaxed", [MIXQ_METHOD_FIXED] = "fixed" };
static const char
    *const distill_names[] = { [MIXQ_DISTILL_NONE] = "none", [MIXQ_DISTILL_TRANSDUCTIVE] = "transductive" };
static const char *const alpha_init_names[] = { [MIXQ_ALPHA_INIT_ZERO] = "zero",
                                                [MIXQ_ALPHA_INIT_HIGH] = "high",
                                                [MIXQ_ALPHA_INIT_REFERENCE] = "reference" };

/* One name and one parse function an enum, all of the same shape. */
#define DEFINE_NAME(prefix, Type, names)                                                                     \
  const char *prefix##_name (Type value)                                                                     \
  {                                                                                                          \
    g_return_val_if_fail ((guint) value < G_N_ELEMENTS (names), "");                                         \
    return names[value];                                                                                     \
  }
#define DEFINE_PARSE(prefix, Type, names, what)                                                              \
  gboolean prefix##_parse (const char *text, Type *value, GError **error)                                    \
  {                                                                                                          \
    guint index;                                                                                             \
    if (!mixq_names_parse (what, names, G_N_ELEMENTS (names), text, &index, error))                          \
      return FALSE;                                                                                          \
    *value = (Type) index;                                                                                   \
    return TRUE;                                                                                             \
  }

DEFINE_NAME (mixq_method, MixqMethod, method_names)
DEFINE_NAME (mixq_distill, MixqDistill, distill_names)
DEFINE_NAME (mixq_alpha_init, MixqAlphaInit, alpha_init_names)
DEFINE_PARSE (mixq_distill, MixqDistill, distill_names, "distill")
DEFINE_PARSE (mixq_alpha_init, MixqAlphaInit, alpha_init_names, "alpha-init")

void
mixq_run_config_init (MixqRunConfig *self)
{
  *self = (MixqRunConfig){
    .lambda = 0.5,
    .n_choices = 3,
    .choices = { 2, 4, 8 },
    .epochs_float = 100,
    .epochs_search = 50,
    .epochs_qat = 100,
    .lr = 0.01,
    .lr_alpha = 0.05,
    .lr_qat = 0.01,
    .weight_decay = 2e-4,
    .weight_decay_qat = 2e-4,
    .scheme = MIXQ_SCHEME_NATIVE,
    .ranges = MIXQ_RANGES_MSE,
    .method = MIXQ_METHOD_RELAXED,
    .distill = MIXQ_DISTILL_NONE,
    .alpha_init = MIXQ_ALPHA_INIT_ZERO,
    .alpha_bound = 4,
    .temperature = 1,
    .recalibrate = 2,
    .penalty = MIXQ_PENALTY_NORMALISED,
    .cost = MIXQ_COST_BITOPS,
    .lr_factor = 0.5,
  };
}

/* The published CSL: batches of 8 of its 150 graphs, a rate of 5e-4 for 500 epochs, no decay (method spec 5.4). */
static void
set_skip_links (MixqRunConfig *self, const MixqModel *model)
{
  self->batch = (guint) CLAMP (model->n_graphs / GRAPH_STEPS, GRAPH_LEAST_BATCH, GRAPH_MOST_BATCH);
  self->epochs_float = GRAPH_EPOCHS;
  self->lr = self->lr_qat = GRAPH_SLOW_RATE;
  self->weight_decay = self->weight_decay_qat = 0;
}

void
mixq_run_config_set_usual (MixqRunConfig *self, const MixqModel *model)
{
  MixqRunConfig fresh;

  mixq_run_config_init (&fresh);
  if (model->task != MIXQ_TASK_GRAPHS || self->lr != fresh.lr || self->lr_qat != fresh.lr_qat ||
      self->batch != fresh.batch || self->epochs_float != fresh.epochs_float)
    return;
  if (model->spec.arch == MIXQ_ARCH_GCN)
    set_skip_links (self, model);
  else
    self->lr_every = GRAPH_RATE_EPOCHS;
}

MixqPlanOptions
mixq_run_config_get_plan (const MixqRunConfig *self)
{
  MixqPlanOptions plan = { .batch = self->batch, .n_fanout = self->n_fanout, .sample = self->sample };

  memcpy (plan.fanout, self->fanout, sizeof plan.fanout);
  return plan;
}

/* What the published method does where later options let others choose. */
static void
set_reference_ranges (MixqRunConfig *self)
{
  self->ranges = MIXQ_RANGES_MIN_MAX;
  self->granularity = MIXQ_GRANULARITY_TENSOR;
  self->node_widths = MIXQ_NODE_WIDTHS_NONE;
  self->alpha_bound = 0;
  self->temperature = 1;
  self->recalibrate = 0;
}

void
mixq_run_config_set_reference (MixqRunConfig *self)
{
  self->reference = TRUE;
  self->n_choices = 3;
  memcpy (self->choices, ((guint8[]){ 2, 4, 8 }), 3);
  self->epochs_float = self->epochs_search = self->epochs_qat = 50;
  self->lr = self->lr_alpha = 0.01;
  self->lr_qat = 0.001;
  self->weight_decay = 2e-4;
  self->weight_decay_qat = 0;
  self->scheme = MIXQ_SCHEME_NATIVE;
  self->distill = MIXQ_DISTILL_NONE;
  self->alpha_init = MIXQ_ALPHA_INIT_REFERENCE;
  self->alpha_decay = self->weight_decay;
  set_reference_ranges (self);
  self->penalty = MIXQ_PENALTY_REFERENCE;
  self->cost = MIXQ_COST_BITOPS;
}

void
mixq_run_config_set_scheme (MixqRunConfig *self, MixqScheme scheme)
{
  if (scheme == self->scheme)
    return;
  self->scheme = scheme;
  self->ranges = mixq_scheme_traits (scheme)->ranges;
}

static gboolean fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, g_error_new_valist (MIXQ_ERROR, MIXQ_ERROR_VALUE, format, args));
  va_end (args);
  return FALSE;
}

static gboolean
is_width (guint64 bits)
{
  return (bits >= 1 && bits <= 8) || bits == 16;
}

static gboolean
parse_width (const char *option, const char *text, guint8 *bits, GError **error)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 0, 255, &value, NULL) || !is_width (value))
    return fail (error, "%s: '%s' is not a width; use 1 to 8 or 16", option, text);
  *bits = (guint8) value;
  return TRUE;
}

/* Comma-separated widths into @bits; at most @max of them. */
static gboolean
parse_widths (const char *option, const char *text, guint8 *bits, guint max, guint *n, GError **error)
{
  g_auto (GStrv) part = g_strsplit (text, ",", -1);

  *n = 0;
  for (guint i = 0; part[i] != NULL; i++) {
    if (i == max)
      return fail (error, "%s: there are more than %u widths; use at most %u", option, max, max);
    if (!parse_width (option, g_strstrip (part[i]), &bits[i], error))
      return FALSE;
    *n = i + 1;
  }
  return TRUE;
}

gboolean
mixq_run_config_set_fanout (MixqRunConfig *self, const char *text, GError **error)
{
  g_auto (GStrv) part = g_strsplit (text, ",", -1);
  guint n = g_strv_length (part), fanout[MIXQ_PLAN_MAX_FANOUT] = { 0 };

  if (n > MIXQ_PLAN_MAX_FANOUT)
    return fail (error, "fanout: there are more than %d numbers; one a hop", MIXQ_PLAN_MAX_FANOUT);
  for (guint h = 0; h < n; h++) {
    guint64 number;

    if (!g_ascii_string_to_unsigned (g_strstrip (part[h]), 10, 1, MAX_FANOUT, &number, NULL))
      return fail (error, "fanout: '%s' is not a number of neighbours from 1 to %d; give it like 25,10",
                   part[h], MAX_FANOUT);
    fanout[h] = (guint) number;
  }
  memcpy (self->fanout, fanout, sizeof fanout);
  self->n_fanout = n;
  return TRUE;
}

gboolean
mixq_run_config_set_method (MixqRunConfig *self, const MixqModel *model, const char *text, GError **error)
{
  guint8 widths[MIXQ_MAX_SLOTS] = { 0 };
  guint n;

  if (g_strcmp0 (text, "relaxed") == 0) {
    self->method = MIXQ_METHOD_RELAXED;
    memset (self->fixed, 0, sizeof self->fixed);
    return TRUE;
  }
  if (text != NULL && g_str_has_prefix (text, "uniform:")) {
    if (!parse_width ("method", text + strlen ("uniform:"), &widths[0], error))
      return FALSE;
    memset (widths, widths[0], model->n_slots);
  } else if (text != NULL && g_str_has_prefix (text, "fixed:")) {
    if (!parse_widths ("method", text + strlen ("fixed:"), widths, MIXQ_MAX_SLOTS, &n, error))
      return FALSE;
    if (n != model->n_slots)
      return fail (error,
                   "method: %u widths are given but the model has %u slots (%s first); give one a slot", n,
                   model->n_slots, model->slots[0].name);
  } else {
    return fail (error, "method: '%s' is not known; use relaxed, uniform:B or fixed:W1,W2,...",
                 text != NULL ? text : "");
  }
  self->method = MIXQ_METHOD_FIXED;
  memcpy (self->fixed, widths, sizeof self->fixed);
  return TRUE;
}

char *
mixq_run_config_dup_method (const MixqRunConfig *self, const MixqModel *model)
{
  GString *text;

  if (self->method == MIXQ_METHOD_RELAXED)
    return g_strdup (method_names[MIXQ_METHOD_RELAXED]);
  text = g_string_new ("fixed:");
  for (guint i = 0; i < model->n_slots; i++)
    g_string_append_printf (text, "%s%u", i == 0 ? "" : ",", self->fixed[i]);
  return g_string_free (text, FALSE);
}

static int
compare_width (const void *a, const void *b)
{
  return *(const guint8 *) a - *(const guint8 *) b;
}

gboolean
mixq_run_config_set_choices (MixqRunConfig *self, const char *text, GError **error)
{
  guint8 widths[MIXQ_MAX_CHOICES] = { 0 };
  guint n;

  if (!parse_widths ("bits", text, widths, MIXQ_MAX_CHOICES, &n, error))
    return FALSE;
  if (n == 0)
    return fail (error, "bits: no width is given; use for example 2,4,8");
  qsort (widths, n, 1, compare_width);
  for (guint i = 1; i < n; i++)
    if (widths[i] == widths[i - 1])
      return fail (error, "bits: %u is given twice; name each width once", widths[i]);
  memcpy (self->choices, widths, sizeof self->choices);
  self->n_choices = n;
  return TRUE;
}

gboolean
mixq_run_config_pin (MixqRunConfig *self, const MixqModel *model, const char *text, GError **error)
{
  const char *equals = strchr (text, '=');
  g_autofree char *name = equals != NULL ? g_strndup (text, (gsize) (equals - text)) : NULL;
  int slot;
  guint8 bits = 0;

  if (equals == NULL)
    return fail (error, "pin: '%s' has no '='; use SLOT=BITS, for example %s=8", text, model->slots[0].name);
  slot = mixq_model_find_slot (model, name);
  if (slot < 0)
    return fail (error, "pin: the model has no slot '%s'; its slots are named like %s", name,
                 model->slots[0].name);
  if (!parse_width ("pin", equals + 1, &bits, error))
    return FALSE;
  self->pinned[slot] = bits;
  return TRUE;
}

static gboolean
check_number (const char *option, double value, double min, double max, GError **error)
{
  if (value >= min && value <= max) /* false for NaN */
    return TRUE;
  return fail (error, "%s: %g is out of range; use %g to %g", option, value, min, max);
}

static gboolean
check_numbers (const MixqRunConfig *self, GError **error)
{
  const struct
  {
    const char *option;
    double value, min, max;
  } bound[] = {
    { "lambda", self->lambda, -MAX_LAMBDA, MAX_LAMBDA },
    { "epochs (float32)", self->epochs_float, 1, MAX_EPOCHS },
    { "epochs (search)", self->epochs_search, self->method == MIXQ_METHOD_RELAXED ? 1 : 0, MAX_EPOCHS },
    { "epochs (QAT)", self->epochs_qat, 1, MAX_EPOCHS },
    { "lr", self->lr, 0, MAX_RATE },
    { "lr-alpha", self->lr_alpha, 0, MAX_RATE },
    { "lr-qat", self->lr_qat, 0, MAX_RATE },
    { "weight-decay", self->weight_decay, 0, 1 },
    { "weight-decay-qat", self->weight_decay_qat, 0, 1 },
    { "alpha-decay", self->alpha_decay, 0, 1 },
    { "alpha-bound", self->alpha_bound, 0, MAX_ALPHA_BOUND },
    { "temperature", self->temperature, MIN_TEMPERATURE, MAX_TEMPERATURE },
    { "recalibrate", self->recalibrate, 0, MAX_EPOCHS },
    { "lr-every", self->lr_every, 0, MAX_EPOCHS },
    { "lr-factor", self->lr_factor, 0, 1 },
    { "batch", self->batch, 0, MAX_BATCH },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bound); i++)
    if (!check_number (bound[i].option, bound[i].value, bound[i].min, bound[i].max, error))
      return FALSE;
  for (guint h = 0; h < self->n_fanout; h++)
    if (!check_number ("fanout", self->fanout[h], 1, MAX_FANOUT, error))
      return FALSE;
  if (self->seed > G_MAXINT64)
    return fail (error, "seed: %" G_GUINT64_FORMAT " is too large; use at most %" G_GINT64_FORMAT, self->seed,
                 G_MAXINT64);
  return TRUE;
}

/* Numbers of single nodes belong to one graph that is read whole. */
static gboolean
check_task (const MixqRunConfig *self, const MixqModel *model, GError **error)
{
  gboolean of_nodes = mixq_scheme_traits (self->scheme)->per_node ||
                      self->granularity != MIXQ_GRANULARITY_TENSOR ||
                      self->node_widths != MIXQ_NODE_WIDTHS_NONE;

  if (of_nodes && (model->task == MIXQ_TASK_GRAPHS || self->sample))
    return fail (
        error,
        "scheme a2q, granularity fine and node-widths keep numbers for the nodes of one graph, but %s; "
        "leave them out",
        self->sample ? "sampled batches have other nodes each" : "this data has many graphs");
  if (self->batch == 1 && model->task == MIXQ_TASK_GRAPHS)
    return fail (error, "batch: 1 graph has no statistics to normalise by; use 2 or more");
  if (self->reference && model->spec.arch == MIXQ_ARCH_GAT)
    return fail (error, "reference: the published code has no gat; use another model or drop --reference");
  if (self->reference && model->spec.feature_dropout > 0)
    return fail (error,
                 "reference: the published code drops no features; drop --reference or --feature-dropout");
  return TRUE;
}

static gboolean
check_choices (const MixqRunConfig *self, GError **error)
{
  if (self->n_choices < 1 || self->n_choices > MIXQ_MAX_CHOICES)
    return fail (error, "bits: %u widths are given; use 1 to %d of them", self->n_choices, MIXQ_MAX_CHOICES);
  for (guint k = 0; k < self->n_choices; k++) {
    if (!is_width (self->choices[k]))
      return fail (error, "bits: %u is not a width; use 1 to 8 or 16", self->choices[k]);
    if (k > 0 && self->choices[k] <= self->choices[k - 1])
      return fail (error, "bits: %u does not ascend; name each width once, ascending", self->choices[k]);
  }
  return TRUE;
}

static gboolean
check_slots (const MixqRunConfig *self, const MixqModel *model, GError **error)
{
  if (model->n_slots > MIXQ_MAX_SLOTS)
    return fail (error, "model: %u slots are more than the %d there is room for", model->n_slots,
                 MIXQ_MAX_SLOTS);
  for (guint i = 0; i < model->n_slots; i++) {
    const char *name = model->slots[i].name;

    if (self->method == MIXQ_METHOD_FIXED) {
      if (!is_width (self->fixed[i]))
        return fail (error, "method: width %u of %s is out of range; use 1 to 8 or 16", self->fixed[i], name);
    } else if (self->pinned[i] != 0 && memchr (self->choices, self->pinned[i], self->n_choices) == NULL) {
      return fail (error,
                   "pin: %s is held at %u, which is not among the widths of the search; add it to bits", name,
                   self->pinned[i]);
    }
  }
  return TRUE;
}

/* What has numbers for single nodes, or columns, finds them by least squared error or from all that was seen. */
static gboolean
check_nodes (const MixqRunConfig *self, GError **error)
{
  gboolean learned = mixq_scheme_traits (self->scheme)->per_node;
  gboolean fine = self->granularity != MIXQ_GRANULARITY_TENSOR || self->node_widths != MIXQ_NODE_WIDTHS_NONE;

  if (learned && self->node_widths != MIXQ_NODE_WIDTHS_NONE)
    return fail (error, "node-widths: scheme %s learns the widths of nodes; drop one of the two",
                 mixq_scheme_name (self->scheme));
  if (learned && self->ranges != MIXQ_RANGES_MSE)
    return fail (error, "ranges: scheme %s starts from least squared error; use mse",
                 mixq_scheme_name (self->scheme));
  if (fine && self->ranges != MIXQ_RANGES_MSE && self->ranges != MIXQ_RANGES_MIN_MAX)
    return fail (error, "ranges: %s works with one range a tensor; drop granularity and node-widths",
                 mixq_ranges_name (self->ranges));
  return TRUE;
}

static gboolean
check_names (const MixqRunConfig *self, GError **error)
{
  if (!mixq_scheme_is_valid (self->scheme) || !mixq_ranges_is_valid (self->ranges) ||
      !mixq_fineness_is_valid (self->granularity) || !mixq_node_widths_is_valid (self->node_widths) ||
      (guint) self->method >= G_N_ELEMENTS (method_names) ||
      (guint) self->distill >= G_N_ELEMENTS (distill_names) ||
      (guint) self->alpha_init >= G_N_ELEMENTS (alpha_init_names) ||
      (guint) self->penalty > MIXQ_PENALTY_REFERENCE || (guint) self->cost >= MIXQ_N_COST_AXES)
    return fail (error, "run: a named option has a value that does not exist; start from the defaults");
  /* A run that is labelled as the published method must be it. */
  if (self->reference &&
      (self->distill != MIXQ_DISTILL_NONE || self->alpha_init != MIXQ_ALPHA_INIT_REFERENCE ||
       self->penalty != MIXQ_PENALTY_REFERENCE || self->scheme != MIXQ_SCHEME_NATIVE ||
       self->ranges != MIXQ_RANGES_MIN_MAX || self->granularity != MIXQ_GRANULARITY_TENSOR ||
       self->node_widths != MIXQ_NODE_WIDTHS_NONE || self->alpha_bound != 0 || self->temperature != 1 ||
       self->recalibrate != 0))
    return fail (
        error,
        "reference: the published method has distill none, alpha-init reference, penalty reference, scheme "
        "native, ranges min-max, granularity tensor, node-widths none, alpha-bound 0, temperature 1 and "
        "recalibrate 0; "
        "drop the other option or --reference");
  return check_nodes (self, error);
}

gboolean
mixq_run_config_check (const MixqRunConfig *self, const MixqModel *model, GError **error)
{
  return check_names (self, error) && check_numbers (self, error) && check_choices (self, error) &&
         check_slots (self, model, error) && check_task (self, model, error);
}
