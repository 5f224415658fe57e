/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-cli-options.h"

#include <math.h>
#include <string.h>

#define MAX_SEEDS 10000

/* --- values -------------------------------------------------------------------------------------------------------- */

gboolean
mixq_cli_parse_number (const char *option, const char *text, double *value, GError **error)
{
  char *end = NULL;
  double number = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !isfinite (number))
    return mixq_cli_usage (error, "--%s: \"%s\" is not a number; give it like 0.5", option, text);
  *value = number;
  return TRUE;
}

gboolean
mixq_cli_parse_count (const char *option, const char *text, guint64 max, guint64 *value, GError **error)
{
  if (g_ascii_string_to_unsigned (text, 10, 0, max, value, NULL))
    return TRUE;
  return mixq_cli_usage (error, "--%s: \"%s\" is not a whole number up to %" G_GUINT64_FORMAT "; give one",
                         option, text, max);
}

gboolean
mixq_cli_parse_seeds (const char *text, MixqCliSeeds *seeds, GError **error)
{
  g_auto (GStrv) end = g_strsplit (text, "..", 2);
  guint64 last;

  if (!mixq_cli_parse_count ("seeds", end[0] != NULL ? end[0] : "", G_MAXINT64, &seeds->first, error))
    return FALSE;
  last = seeds->first;
  if (end[1] != NULL && !mixq_cli_parse_count ("seeds", end[1], G_MAXINT64, &last, error))
    return FALSE;
  if (last < seeds->first)
    return mixq_cli_usage (error, "--seeds: %s ends before it begins; give the smaller number first", text);
  if (last - seeds->first >= MAX_SEEDS)
    return mixq_cli_usage (error, "--seeds: %s are too many; give at most %d", text, MAX_SEEDS);
  seeds->n = (guint) (last - seeds->first + 1);
  return TRUE;
}

/* --- data ---------------------------------------------------------------------------------------------------------- */

void
mixq_cli_data_add (MixqCliData *self, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "format", 0, 0, G_OPTION_ARG_STRING, &self->format,
      "Insist on this format (built-in, generated, planetoid, npz, tu, ogb)", "NAME" },
    { "split", 0, 0, G_OPTION_ARG_FILENAME, &self->split,
      "Another split: planetoid, random:SEED, fold:I, or a file with train, val, test or none a line",
      "SPLIT" },
    G_OPTION_ENTRY_NULL,
  };

  mixq_cli_add_group (context, "data", "Data options:", entries);
}

void
mixq_cli_data_clear (MixqCliData *self)
{
  g_free (self->format);
  g_free (self->split);
}

const char *
mixq_cli_data_given (const MixqCliData *self)
{
  return self->format != NULL ? "format" : self->split != NULL ? "split" : NULL;
}

MixqDataset *
mixq_cli_data_load (const MixqCliData *self, const MixqCli *cli, const char *what, GError **error)
{
  g_autoptr (MixqDataset) dataset = mixq_dataset_load (what, self->format, cli->cancellable, error);

  if (dataset == NULL || self->split == NULL)
    return g_steal_pointer (&dataset);
  return mixq_dataset_with_split (dataset, self->split, error);
}

/* --- model --------------------------------------------------------------------------------------------------------- */

void
mixq_cli_model_add (MixqCliModel *self, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_STRING, &self->arch, "Architecture: gcn (default), gin, sage, tag, gat",
      "NAME" },
    { "layers", 0, 0, G_OPTION_ARG_STRING, &self->layers,
      "Layers, 2 to 8 (default 2; for graphs 5 of gin, else 4)", "N" },
    { "hidden", 0, 0, G_OPTION_ARG_STRING, &self->hidden,
      "Columns of a hidden layer (default 128; 64 of gin and gat; for graphs 150 of gcn, else 64)", "N" },
    { "dropout", 0, 0, G_OPTION_ARG_STRING, &self->dropout,
      "Share of activations dropped in training (default 0.5; 0 for graphs)", "P" },
    { "feature-dropout", 0, 0, G_OPTION_ARG_STRING, &self->feature_dropout,
      "Share of the features dropped in training (default 0; 0.5 of gat on nodes)", "P" },
    { "batch-norm", 0, 0, G_OPTION_ARG_STRING, &self->batch_norm,
      "Normalise hidden layers: yes or no (default yes for gin and for graphs)", "YES" },
    { "residual", 0, 0, G_OPTION_ARG_STRING, &self->residual,
      "Add a layer's input to its output: yes or no (default yes for gcn on graphs)", "YES" },
    { "eps", 0, 0, G_OPTION_ARG_STRING, &self->eps,
      "gin: add (1 + eps) times the node itself, eps learned: yes or no (default)", "YES" },
    { "aggregator", 0, 0, G_OPTION_ARG_STRING, &self->aggregator,
      "sage: how neighbours are gathered: sum (default), mean", "NAME" },
    { "pool", 0, 0, G_OPTION_ARG_STRING, &self->pool,
      "Graphs: how nodes become one row: max (default of gin), mean (of the others), sum", "NAME" },
    { "hops", 0, 0, G_OPTION_ARG_STRING, &self->hops, "tag: hops of a layer, 1 to 8 (default 3)", "N" },
    { "heads", 0, 0, G_OPTION_ARG_STRING, &self->heads,
      "gat: heads that share the hidden columns, 1 to 16 (default 8)", "N" },
    G_OPTION_ENTRY_NULL,
  };

  mixq_cli_add_group (context, "model", "Model options:", entries);
}

/* The texts of the group, so that clearing and asking are one loop. */
#define N_MODEL_TEXTS 12
static void
list_model_texts (const MixqCliModel *self, const char *name[N_MODEL_TEXTS], char *const *text[N_MODEL_TEXTS])
{
  static const char *const names[N_MODEL_TEXTS] = { "model",           "layers",     "hidden",   "dropout",
                                                    "feature-dropout", "batch-norm", "residual", "eps",
                                                    "aggregator",      "pool",       "hops",     "heads" };
  char *const *const texts[N_MODEL_TEXTS] = {
    &self->arch,       &self->layers,   &self->hidden, &self->dropout,    &self->feature_dropout,
    &self->batch_norm, &self->residual, &self->eps,    &self->aggregator, &self->pool,
    &self->hops,       &self->heads
  };

  memcpy (name, names, sizeof names);
  memcpy (text, texts, sizeof texts);
}

static void
clear_texts (char *const *const *text, guint n)
{
  for (guint i = 0; i < n; i++)
    g_free (*text[i]);
}

static const char *
first_given (const char *const *name, char *const *const *text, guint n)
{
  for (guint i = 0; i < n; i++)
    if (*text[i] != NULL)
      return name[i];
  return NULL;
}

void
mixq_cli_model_clear (MixqCliModel *self)
{
  const char *name[N_MODEL_TEXTS];
  char *const *text[N_MODEL_TEXTS];

  list_model_texts (self, name, text);
  clear_texts (text, N_MODEL_TEXTS);
}

const char *
mixq_cli_model_given (const MixqCliModel *self)
{
  const char *name[N_MODEL_TEXTS];
  char *const *text[N_MODEL_TEXTS];

  list_model_texts (self, name, text);
  return first_given (name, text, N_MODEL_TEXTS);
}

static gboolean
apply_size (const char *option, const char *text, guint *value, GError **error)
{
  guint64 number;

  if (text == NULL)
    return TRUE;
  if (!mixq_cli_parse_count (option, text, G_MAXINT32, &number, error))
    return FALSE;
  *value = (guint) number;
  return TRUE;
}

static gboolean
apply_number (const char *option, const char *text, double *value, GError **error)
{
  return text == NULL || mixq_cli_parse_number (option, text, value, error);
}

static gboolean
apply_yes (const char *option, const char *text, gboolean *value, GError **error)
{
  if (text == NULL)
    return TRUE;
  if (strcmp (text, "yes") != 0 && strcmp (text, "no") != 0)
    return mixq_cli_usage (error, "--%s: \"%s\" is neither yes nor no; give one of them", option, text);
  *value = strcmp (text, "yes") == 0;
  return TRUE;
}

static gboolean
apply_model_names (const MixqCliModel *self, MixqModelSpec *spec, GError **error)
{
  return (self->aggregator == NULL ||
          mixq_cli_is_usage (mixq_aggregator_parse (self->aggregator, &spec->aggregator, error), error)) &&
         (self->pool == NULL || mixq_cli_is_usage (mixq_pool_parse (self->pool, &spec->pool, error), error));
}

MixqModel *
mixq_cli_model_make (const MixqCliModel *self, const MixqDataset *dataset, GError **error)
{
  MixqArch arch = MIXQ_ARCH_GCN;
  MixqModelSpec spec;

  if (self->arch != NULL && !mixq_cli_is_usage (mixq_arch_parse (self->arch, &arch, error), error))
    return NULL;
  mixq_model_spec_for (&spec, arch, dataset->task);
  if (!apply_size ("layers", self->layers, &spec.n_layers, error) ||
      !apply_size ("hidden", self->hidden, &spec.hidden, error) ||
      !apply_number ("dropout", self->dropout, &spec.dropout, error) ||
      !apply_number ("feature-dropout", self->feature_dropout, &spec.feature_dropout, error) ||
      !apply_yes ("batch-norm", self->batch_norm, &spec.batch_norm, error) ||
      !apply_yes ("residual", self->residual, &spec.residual, error) ||
      !apply_yes ("eps", self->eps, &spec.eps, error) ||
      !apply_size ("hops", self->hops, &spec.hops, error) ||
      !apply_size ("heads", self->heads, &spec.heads, error) || !apply_model_names (self, &spec, error) ||
      !mixq_cli_is_usage (mixq_model_spec_check (&spec, error), error))
    return NULL;
  return mixq_model_new (&spec, dataset, error);
}

/* --- run ----------------------------------------------------------------------------------------------------------- */

static void
add_training (MixqCliRun *self, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "epochs", 0, 0, G_OPTION_ARG_STRING, &self->epochs,
      "Epochs of float32, search and QAT (default 100,50,100; 50,50,50 with --reference)", "F,S,Q" },
    { "lr", 0, 0, G_OPTION_ARG_STRING, &self->lr,
      "Learning rate of the weights in float32 and search (default 0.01)", "RATE" },
    { "lr-alpha", 0, 0, G_OPTION_ARG_STRING, &self->lr_alpha,
      "Learning rate of the width logits (default 0.05)", "RATE" },
    { "lr-qat", 0, 0, G_OPTION_ARG_STRING, &self->lr_qat,
      "Learning rate of the weights in QAT (default 0.01)", "RATE" },
    { "weight-decay", 0, 0, G_OPTION_ARG_STRING, &self->weight_decay,
      "Weight decay in float32 and search (default 2e-4)", "D" },
    { "weight-decay-qat", 0, 0, G_OPTION_ARG_STRING, &self->weight_decay_qat,
      "Weight decay in QAT (default 2e-4)", "D" },
    { "lr-every", 0, 0, G_OPTION_ARG_STRING, &self->lr_every,
      "Multiply the rates of float32 and QAT every N epochs; 0 for never (default 0; 25 for graphs)", "N" },
    { "lr-factor", 0, 0, G_OPTION_ARG_STRING, &self->lr_factor, "By this (default 0.5)", "F" },
    { "batch", 0, 0, G_OPTION_ARG_STRING, &self->batch,
      "Graphs, or sampled nodes, a step (default 128 graphs; all nodes where memory allows, else 512)", "N" },
    { "fanout", 0, 0, G_OPTION_ARG_STRING, &self->fanout,
      "Neighbours drawn a node, hop by hop, where batches are sampled (default 25,10)", "N,N,..." },
    { "sample", 0, 0, G_OPTION_ARG_NONE, &self->sample,
      "Sample neighbours though everything fits into memory", NULL },
    { "scheme", 0, 0, G_OPTION_ARG_STRING, &self->scheme,
      "Quantizer: native (default), a2q, lsq, degree-quant", "NAME" },
    { "ranges", 0, 0, G_OPTION_ARG_STRING, &self->ranges,
      "Where ranges come from: mse (default; percentile for degree-quant), min-max, ema, percentile",
      "NAME" },
    { "granularity", 0, 0, G_OPTION_ARG_STRING, &self->granularity,
      "How fine scales are: tensor (default), or fine: features one a node, products one a column", "NAME" },
    { "node-widths", 0, 0, G_OPTION_ARG_STRING, &self->node_widths,
      "Widths of aggregates node by node: none (default), degree, hubs", "NAME" },
    { "distill", 0, 0, G_OPTION_ARG_STRING, &self->distill,
      "none (default), or transductive: learn from the float32 model's answers on all nodes", "NAME" },
    { "reference", 0, 0, G_OPTION_ARG_NONE, &self->reference,
      "The published code's arithmetic and 50,50,50 epochs; such a model cannot become integers", NULL },
    G_OPTION_ENTRY_NULL,
  };

  mixq_cli_add_group (context, "run", "Training options:", entries);
}

static void
add_search (MixqCliRun *self, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "bits", 0, 0, G_OPTION_ARG_STRING, &self->bits, "Widths to choose from (default 2,4,8)", "B,B,..." },
    { "alpha-init", 0, 0, G_OPTION_ARG_STRING, &self->alpha_init,
      "Where the widths start: zero (default), high, reference", "NAME" },
    { "alpha-decay", 0, 0, G_OPTION_ARG_STRING, &self->alpha_decay,
      "Weight decay of the width logits (default 0)", "D" },
    { "alpha-bound", 0, 0, G_OPTION_ARG_STRING, &self->alpha_bound,
      "Width logits stay within +-B; 0 for no bound (default 4)", "B" },
    { "temperature", 0, 0, G_OPTION_ARG_STRING, &self->temperature,
      "softmax (alpha / T), T from 1 to this during the search (default 1)", "T" },
    { "recalibrate", 0, 0, G_OPTION_ARG_STRING, &self->recalibrate,
      "Fresh ranges for one slot every N search epochs; 0 for never (default 2)", "N" },
    { "penalty", 0, 0, G_OPTION_ARG_STRING, &self->penalty,
      "What lambda multiplies: normalised (share of float32's cost; default), paper, reference", "NAME" },
    { "cost", 0, 0, G_OPTION_ARG_STRING, &self->cost,
      "Cost axis: bitops (default), executed, product, bytes, ms", "AXIS" },
    { "pin", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->pin, "Hold a slot at a width; may be repeated",
      "SLOT=BITS" },
    G_OPTION_ENTRY_NULL,
  };

  mixq_cli_add_group (context, "search", "Search options:", entries);
}

void
mixq_cli_run_add (MixqCliRun *self, MixqCliRunKind kind, GOptionContext *context)
{
  const GOptionEntry one_run[] = {
    { "lambda", 0, 0, G_OPTION_ARG_STRING, &self->lambda, "Price of bits; any sign (default 0.5)", "L" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &self->seed, "Seed of all that is random (default 0)", "N" },
    { "seeds", 0, 0, G_OPTION_ARG_STRING, &self->seeds, "Several runs, with mean and standard deviation",
      "A..B" },
    { "method", 0, 0, G_OPTION_ARG_STRING, &self->method,
      "relaxed (default), uniform:B or fixed:W1,W2,... in the order of `mixq cost`", "METHOD" },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry many_runs[] = {
    { "lambda", 0, 0, G_OPTION_ARG_STRING, &self->lambda, "Prices of bits, each one search", "L1,L2,..." },
    { "seeds", 0, 0, G_OPTION_ARG_STRING, &self->seeds,
      "Seeds of each search, both ends included (default 0..0)", "A..B" },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry front_runs[] = {
    { "method", 0, 0, G_OPTION_ARG_STRING, &self->method,
      "How candidates are found: sensitivity (default), relaxed, faithful, random, uniform; or all, or a "
      "list",
      "M,M,..." },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &self->seed, "Seed of all that is random (default 0)", "N" },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry *const runs[] = { one_run, many_runs, front_runs };

  mixq_cli_add_group (context, "price", "What to run:", runs[kind]);
  add_search (self, context);
  add_training (self, context);
}

/* The texts of the group, so that clearing and asking are one loop. */
#define N_TEXTS 27
static void
list_texts (const MixqCliRun *self, const char *name[N_TEXTS], char *const *text[N_TEXTS])
{
  const struct
  {
    const char *name;
    char *const *text;
  } all[N_TEXTS] = {
    { "lambda", &self->lambda },
    { "bits", &self->bits },
    { "seed", &self->seed },
    { "seeds", &self->seeds },
    { "epochs", &self->epochs },
    { "lr", &self->lr },
    { "lr-alpha", &self->lr_alpha },
    { "lr-qat", &self->lr_qat },
    { "weight-decay", &self->weight_decay },
    { "weight-decay-qat", &self->weight_decay_qat },
    { "scheme", &self->scheme },
    { "ranges", &self->ranges },
    { "granularity", &self->granularity },
    { "node-widths", &self->node_widths },
    { "method", &self->method },
    { "distill", &self->distill },
    { "alpha-init", &self->alpha_init },
    { "alpha-decay", &self->alpha_decay },
    { "alpha-bound", &self->alpha_bound },
    { "temperature", &self->temperature },
    { "recalibrate", &self->recalibrate },
    { "batch", &self->batch },
    { "fanout", &self->fanout },
    { "lr-every", &self->lr_every },
    { "lr-factor", &self->lr_factor },
    { "penalty", &self->penalty },
    { "cost", &self->cost },
  };

  for (guint i = 0; i < N_TEXTS; i++) {
    name[i] = all[i].name;
    text[i] = all[i].text;
  }
}

void
mixq_cli_run_clear (MixqCliRun *self)
{
  const char *name[N_TEXTS];
  char *const *text[N_TEXTS];

  list_texts (self, name, text);
  clear_texts (text, N_TEXTS);
  g_strfreev (self->pin);
}

const char *
mixq_cli_run_given (const MixqCliRun *self)
{
  const char *name[N_TEXTS], *given;
  char *const *text[N_TEXTS];

  list_texts (self, name, text);
  given = first_given (name, text, N_TEXTS);
  if (given != NULL)
    return given;
  return self->pin != NULL ? "pin" : self->reference ? "reference" : self->sample ? "sample" : NULL;
}

static gboolean
apply_epochs (const char *text, MixqRunConfig *config, GError **error)
{
  g_auto (GStrv) part = text != NULL ? g_strsplit (text, ",", -1) : NULL;
  guint *field[] = { &config->epochs_float, &config->epochs_search, &config->epochs_qat };

  if (text == NULL)
    return TRUE;
  if (g_strv_length (part) != G_N_ELEMENTS (field))
    return mixq_cli_usage (
        error, "--epochs: \"%s\" is not three numbers; give float32, search and QAT like 100,50,100", text);
  for (guint i = 0; i < G_N_ELEMENTS (field); i++)
    if (!apply_size ("epochs", part[i], field[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
apply_numbers (const MixqCliRun *self, MixqRunConfig *config, GError **error)
{
  return apply_epochs (self->epochs, config, error) && apply_number ("lr", self->lr, &config->lr, error) &&
         apply_number ("lr-alpha", self->lr_alpha, &config->lr_alpha, error) &&
         apply_number ("lr-qat", self->lr_qat, &config->lr_qat, error) &&
         apply_number ("weight-decay", self->weight_decay, &config->weight_decay, error) &&
         apply_number ("weight-decay-qat", self->weight_decay_qat, &config->weight_decay_qat, error) &&
         apply_number ("alpha-decay", self->alpha_decay, &config->alpha_decay, error) &&
         apply_number ("alpha-bound", self->alpha_bound, &config->alpha_bound, error) &&
         apply_number ("temperature", self->temperature, &config->temperature, error) &&
         apply_size ("recalibrate", self->recalibrate, &config->recalibrate, error) &&
         apply_size ("batch", self->batch, &config->batch, error) &&
         apply_size ("lr-every", self->lr_every, &config->lr_every, error) &&
         apply_number ("lr-factor", self->lr_factor, &config->lr_factor, error) &&
         (self->seed == NULL || mixq_cli_parse_count ("seed", self->seed, G_MAXINT64, &config->seed, error));
}

static gboolean
apply_names (const MixqCliRun *self, const MixqModel *model, MixqRunConfig *config, GError **error)
{
  MixqScheme scheme;

  if (self->scheme != NULL) {
    if (!mixq_scheme_parse (self->scheme, &scheme, error))
      return FALSE;
    mixq_run_config_set_scheme (config, scheme);
  }
  if ((self->bits != NULL && !mixq_run_config_set_choices (config, self->bits, error)) ||
      (self->ranges != NULL && !mixq_ranges_parse (self->ranges, &config->ranges, error)) ||
      (self->granularity != NULL && !mixq_fineness_parse (self->granularity, &config->granularity, error)) ||
      (self->node_widths != NULL &&
       !mixq_node_widths_parse (self->node_widths, &config->node_widths, error)) ||
      (self->fanout != NULL && !mixq_run_config_set_fanout (config, self->fanout, error)) ||
      (self->method != NULL && !mixq_run_config_set_method (config, model, self->method, error)) ||
      (self->distill != NULL && !mixq_distill_parse (self->distill, &config->distill, error)) ||
      (self->alpha_init != NULL && !mixq_alpha_init_parse (self->alpha_init, &config->alpha_init, error)) ||
      (self->penalty != NULL && !mixq_penalty_parse (self->penalty, &config->penalty, error)) ||
      (self->cost != NULL && !mixq_cost_axis_parse (self->cost, &config->cost, error)))
    return FALSE;
  for (guint i = 0; self->pin != NULL && self->pin[i] != NULL; i++)
    if (!mixq_run_config_pin (config, model, self->pin[i], error))
      return FALSE;
  return TRUE;
}

gboolean
mixq_cli_run_apply (const MixqCliRun *self, const MixqModel *model, MixqRunConfig *config, GError **error)
{
  if (self->seed != NULL && self->seeds != NULL)
    return mixq_cli_usage (error, "--seed and --seeds exclude each other; give one");
  mixq_run_config_set_usual (config, model);
  if (self->reference)
    mixq_run_config_set_reference (config);
  config->sample = self->sample;
  return apply_numbers (self, config, error) &&
         mixq_cli_is_usage (apply_names (self, model, config, error), error) &&
         mixq_cli_is_usage (mixq_run_config_check (config, model, error), error);
}
