/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "settings/mixq-settings-models.h"

#include <glib/gi18n.h>

#include "mixq-format.h"

static gboolean
always (const MixqModelSpec *spec, MixqTask task)
{
  return TRUE;
}

/* --- hops ------------------------------------------------------------------------------------------------------------ */

static const char *
hops_explanation (guint value)
{
  return _ ("How many edges away a layer looks; each distance has weights of its own.");
}

static gboolean
has_hops (const MixqModelSpec *spec, MixqTask task)
{
  return spec->arch == MIXQ_ARCH_TAG;
}

static guint
get_hops (const MixqModelSpec *spec)
{
  return spec->hops;
}

static void
set_hops (MixqModelSpec *spec, guint value)
{
  spec->hops = value;
}

/* --- heads ----------------------------------------------------------------------------------------------------------- */

static const char *
heads_explanation (guint value)
{
  return _ ("Each weighs the edges in its own way; together they fill the hidden channels.");
}

static gboolean
has_heads (const MixqModelSpec *spec, MixqTask task)
{
  return spec->arch == MIXQ_ARCH_GAT;
}

static guint
get_heads (const MixqModelSpec *spec)
{
  return spec->heads;
}

static void
set_heads (MixqModelSpec *spec, guint value)
{
  spec->heads = value;
}

/* --- aggregator ------------------------------------------------------------------------------------------------------ */

static const char *
aggregator_name (guint value)
{
  return value == MIXQ_AGGREGATOR_MEAN ? _ ("Averaged") : _ ("Added up");
}

static const char *
aggregator_explanation (guint value)
{
  return value == MIXQ_AGGREGATOR_MEAN
             ? _ ("A node with many neighbours hears no more than one with few.")
             : _ ("As in the published MixQ code; the number of neighbours counts.");
}

static gboolean
has_aggregator (const MixqModelSpec *spec, MixqTask task)
{
  return spec->arch == MIXQ_ARCH_SAGE;
}

static guint
get_aggregator (const MixqModelSpec *spec)
{
  return spec->aggregator;
}

static void
set_aggregator (MixqModelSpec *spec, guint value)
{
  spec->aggregator = (MixqAggregator) value;
}

/* --- pool ------------------------------------------------------------------------------------------------------------ */

static const char *
pool_name (guint value)
{
  static const char *const names[] = { [MIXQ_POOL_MAX] = N_ ("The largest of its nodes"),
                                       [MIXQ_POOL_MEAN] = N_ ("The mean of its nodes"),
                                       [MIXQ_POOL_SUM] = N_ ("The sum of its nodes") };

  return _ (names[value]);
}

static const char *
pool_explanation (guint value)
{
  static const char *const texts[] = { [MIXQ_POOL_MAX] = N_ ("Asks whether something occurs at all."),
                                       [MIXQ_POOL_MEAN] = N_ ("Asks how common something is."),
                                       [MIXQ_POOL_SUM] = N_ ("Asks how often something occurs.") };

  return _ (texts[value]);
}

static gboolean
has_pool (const MixqModelSpec *spec, MixqTask task)
{
  return task == MIXQ_TASK_GRAPHS;
}

static guint
get_pool (const MixqModelSpec *spec)
{
  return spec->pool;
}

static void
set_pool (MixqModelSpec *spec, guint value)
{
  spec->pool = (MixqPool) value;
}

/* --- switches -------------------------------------------------------------------------------------------------------- */

static const char *
eps_explanation (guint value)
{
  return _ ("Adds (1 + ε) times the node to its neighbours, with a learned ε.");
}

static gboolean
has_eps (const MixqModelSpec *spec, MixqTask task)
{
  return spec->arch == MIXQ_ARCH_GIN;
}

static guint
get_eps (const MixqModelSpec *spec)
{
  return spec->eps != FALSE;
}

static void
set_eps (MixqModelSpec *spec, guint value)
{
  spec->eps = value != 0;
}

static const char *
norm_explanation (guint value)
{
  return _ ("Keeps hidden layers at one scale; deep models learn better with it.");
}

static guint
get_norm (const MixqModelSpec *spec)
{
  return spec->batch_norm != FALSE;
}

static void
set_norm (MixqModelSpec *spec, guint value)
{
  spec->batch_norm = value != 0;
}

static const char *
residual_explanation (guint value)
{
  return _ ("Hidden layers add what they were given to what they make of it.");
}

static guint
get_residual (const MixqModelSpec *spec)
{
  return spec->residual != FALSE;
}

static void
set_residual (MixqModelSpec *spec, guint value)
{
  spec->residual = value != 0;
}

/* --- the table ------------------------------------------------------------------------------------------------------- */

const MixqModelOption *
mixq_model_option (MixqModelOptionId id)
{
  static const MixqModelOption options[MIXQ_N_MODEL_OPTIONS] = {
    [MIXQ_MODEL_OPTION_HOPS] = { N_ ("Hops"), MIXQ_MODEL_NUMBER, 1, MIXQ_MAX_HOPS, NULL, hops_explanation,
                                 has_hops, get_hops, set_hops },
    [MIXQ_MODEL_OPTION_HEADS] = { N_ ("Attention heads"), MIXQ_MODEL_NUMBER, 1, MIXQ_MAX_HEADS, NULL,
                                  heads_explanation, has_heads, get_heads, set_heads },
    [MIXQ_MODEL_OPTION_AGGREGATOR] = { N_ ("Neighbours are"), MIXQ_MODEL_CHOICE, 0, MIXQ_AGGREGATOR_MEAN,
                                       aggregator_name, aggregator_explanation, has_aggregator,
                                       get_aggregator, set_aggregator },
    [MIXQ_MODEL_OPTION_POOL] = { N_ ("A graph is"), MIXQ_MODEL_CHOICE, 0, MIXQ_POOL_SUM, pool_name,
                                 pool_explanation, has_pool, get_pool, set_pool },
    [MIXQ_MODEL_OPTION_EPS] = { N_ ("Count the node itself"), MIXQ_MODEL_SWITCH, 0, 1, NULL, eps_explanation,
                                has_eps, get_eps, set_eps },
    [MIXQ_MODEL_OPTION_NORM] = { N_ ("Batch normalisation"), MIXQ_MODEL_SWITCH, 0, 1, NULL, norm_explanation,
                                 always, get_norm, set_norm },
    [MIXQ_MODEL_OPTION_RESIDUAL] = { N_ ("Skip connections"), MIXQ_MODEL_SWITCH, 0, 1, NULL,
                                     residual_explanation, always, get_residual, set_residual },
  };

  g_return_val_if_fail (id < MIXQ_N_MODEL_OPTIONS, &options[0]);
  return &options[id];
}

const char *
mixq_arch_explanation (MixqArch arch)
{
  static const char *const texts[MIXQ_N_ARCHS] = {
    [MIXQ_ARCH_GCN] = N_ ("Every node takes the weighted mean of itself and its neighbours. Small and fast: "
                          "the one to try first."),
    [MIXQ_ARCH_GIN] = N_ ("Every node adds up its neighbours, and two maps read the sum. Tells most graphs "
                          "apart: the usual choice where whole graphs have classes."),
    [MIXQ_ARCH_SAGE] = N_ ("The node itself and its neighbours have weights of their own. For data where "
                           "nodes differ from those around them."),
    [MIXQ_ARCH_TAG] = N_ ("One layer looks at several distances, each with its own weights. For data where "
                          "what matters lies further away; it costs more."),
    [MIXQ_ARCH_GAT] = N_ ("Every edge gets a weight from what is at its ends. For data where some "
                          "neighbours matter more than others."),
  };

  g_return_val_if_fail ((guint) arch < MIXQ_N_ARCHS, "");
  return _ (texts[arch]);
}

gboolean
mixq_arch_is_built (MixqArch arch)
{
  MixqModelSpec spec;

  mixq_model_spec_for (&spec, arch, MIXQ_TASK_NODES);
  return mixq_model_spec_check (&spec, NULL);
}

char *
mixq_model_spec_dup_obstacle (const MixqModelSpec *spec)
{
  g_autoptr (GError) error = NULL;

  if (mixq_model_spec_check (spec, &error))
    return NULL;
  if (spec->arch == MIXQ_ARCH_GAT && spec->heads > 0 && spec->hidden % spec->heads != 0)
    return g_strdup_printf (_ ("%u heads cannot share %u channels evenly: take %u channels, or other heads."),
                            spec->heads, spec->hidden, MAX (spec->hidden / spec->heads, 1) * spec->heads);
  return g_strdup (error->message);
}
