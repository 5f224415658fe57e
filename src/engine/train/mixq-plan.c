/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/mixq-plan.h"

#include <math.h>
#include <string.h>

#include "net/mixq-batch.h"
#include "net/mixq-sampler.h"

#define BATCH_OF_GRAPHS 128
#define BATCH_OF_NODES 512
#define LEAST_BATCH 32 /* of what is chosen */
#define FIRST_FANOUT 25
#define NEXT_FANOUT 10
#define LEAST_FANOUT 2
#define CHUNK_NODES 8192
#define CALIBRATION_GRAPHS 256
#define CALIBRATION_NODES 4096
#define SHARE_OF_MEMORY 0.6
#define MIB (1024.0 * 1024.0)
/* What a core can count on of the last caches, and how much larger a matrix has to be before an order of its rows matters. */
#define CACHE_BYTES ((gsize) 8 << 20)
#define CACHES 4

struct _MixqPlan
{
  MixqPlanKind kind;
  MixqInputs *whole;
  MixqInputs *numbered; /* (nullable) (borrowed) from @whole: by community */
  MixqPlanOptions options;
  guint batch;
  guint n_hops, *fanout;
  MixqSampler *sampler;                     /* (nullable) */
  double whole_mib, batch_mib, allowed_mib; /* estimates, and what they are held against */
  guint32 *order;                           /* training items as the epoch takes them */
  guint64 seed;                             /* of the epoch's samples */
  guint n_chunks;
  guint32 *chunk_ptr;      /* (nullable) n_chunks + 1 first graphs */
  MixqInputs **chunk;      /* n_chunks (nullable) */
  MixqInputs *calibration; /* (nullable) */
};

static gsize
n_training (const MixqPlan *self)
{
  return self->whole->n_item[MIXQ_PART_TRAIN];
}

/* --- memory ---------------------------------------------------------------------------------------------------------- */

static gboolean
reads_neighbours (const MixqUnit *unit)
{
  return unit->kind == MIXQ_UNIT_PROPAGATE || unit->kind == MIXQ_UNIT_ATTEND;
}

/* What @unit adds, in bytes. @entries: edges and loops; @features: non-zeros. */
static double
estimate_unit (const MixqUnit *unit, double rows, double entries, double features)
{
  double bytes = (unit->slot_output >= 0 ? 12.0 : 8.0) * (double) unit->out_cols * rows;

  if (reads_neighbours (unit))
    bytes += 20 * entries;
  if (unit->kind == MIXQ_UNIT_ATTEND)
    bytes += unit->heads * (8.0 * entries + 24.0 * rows);
  if (unit->slot_input >= 0)
    bytes += (unit->kind == MIXQ_UNIT_LINEAR ? 36 : 8) * features;
  return bytes;
}

/* Columns of the widest value, at least 1. */
static gsize
widest_value (const MixqModel *model)
{
  gsize widest = 1;

  for (guint u = 0; u < model->n_units; u++)
    widest = MAX (widest, model->units[u].out_cols);
  return widest;
}

double
mixq_plan_estimate_mib (const MixqModel *model, gsize n_nodes, gsize n_edges)
{
  double share = (double) n_nodes / (double) model->n_nodes, entries = (double) n_edges + (double) n_nodes;
  double features = (double) model->n_feature_nonzeros * share, graphs = (double) model->n_graphs * share;
  double bytes = 16 * entries;

  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];

    bytes += estimate_unit (unit, model->value_of_graphs[unit->output] ? graphs : (double) n_nodes, entries,
                            features);
  }
  return (bytes + 8.0 * (double) widest_value (model) * (double) n_nodes) / MIB;
}

/* Infinite where the machine does not say. */
static double
available_mib (void)
{
  g_autofree char *text = NULL;
  const char *at;

  if (!g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    return INFINITY;
  at = strstr (text, "MemAvailable:");
  return at != NULL ? g_ascii_strtod (at + strlen ("MemAvailable:"), NULL) / 1024.0 : INFINITY;
}

/* --- choosing -------------------------------------------------------------------------------------------------------- */

/* The longest way from the features to the answers, in units that read neighbours. */
static guint
count_hops (const MixqModel *model)
{
  g_autofree guint *hops = g_new0 (guint, model->n_values);
  guint most = 0;

  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];
    guint before = 0;

    for (guint i = 0; i < unit->n_inputs; i++)
      before = MAX (before, hops[mixq_unit_input (unit, i)]);
    hops[unit->output] = before + reads_neighbours (unit);
    most = MAX (most, hops[unit->output]);
  }
  return most;
}

static void
choose_fanout (MixqPlan *self, const MixqModel *model)
{
  guint given = MIN (self->options.n_fanout, MIXQ_PLAN_MAX_FANOUT);

  self->n_hops = count_hops (model);
  self->fanout = g_new (guint, MAX (self->n_hops, 1));
  for (guint hop = 0; hop < self->n_hops; hop++)
    if (given > 0)
      self->fanout[hop] = MAX (self->options.fanout[MIN (hop, given - 1)], 1);
    else
      self->fanout[hop] = hop == 0 ? FIRST_FANOUT : NEXT_FANOUT;
}

/* @n of the training items, or of all where none is for training, evenly spread. */
static guint32 *
spread_items (const MixqPlan *self, gsize most, gsize *n)
{
  gsize from = n_training (self) > 0 ? n_training (self) : self->whole->n_items;
  guint32 *item = g_new (guint32, MAX (MIN (most, from), 1));

  *n = MIN (most, from);
  for (gsize i = 0; i < *n; i++) {
    gsize at = i * from / *n;

    item[i] = n_training (self) > 0 ? self->whole->item[MIXQ_PART_TRAIN][at] : (guint32) at;
  }
  return item;
}

static MixqInputs *
sample_around (MixqPlan *self, gsize most, guint64 seed, const char *stream)
{
  gsize n;
  g_autofree guint32 *node = spread_items (self, most, &n);
  MixqRandom random;

  mixq_random_init (&random, seed, stream);
  return mixq_sampler_sample (self->sampler, node, n, self->fanout, self->n_hops, &random);
}

static double
estimate_batch (MixqPlan *self, const MixqModel *model)
{
  if (self->kind == MIXQ_PLAN_SAMPLED) {
    g_autoptr (MixqInputs) sample = sample_around (self, self->batch, 0, "estimate");

    return mixq_plan_estimate_mib (model, sample->n_nodes, sample->graph->nnz);
  }
  if (self->kind == MIXQ_PLAN_GRAPHS) {
    double share = (double) MIN (self->batch, n_training (self)) / (double) self->whole->n_graphs;

    return share * self->whole_mib;
  }
  return self->whole_mib;
}

/* Makes what was chosen, not given, smaller. Returns: FALSE where that cannot be. */
static gboolean
shrink (MixqPlan *self)
{
  gboolean smaller = FALSE;

  if (self->options.batch == 0 && self->batch > LEAST_BATCH) {
    self->batch = MAX (self->batch / 2, LEAST_BATCH);
    return TRUE;
  }
  for (guint hop = 0; self->options.n_fanout == 0 && hop < self->n_hops; hop++)
    if (self->fanout[hop] > LEAST_FANOUT) {
      self->fanout[hop] = MAX (self->fanout[hop] / 2, LEAST_FANOUT);
      smaller = TRUE;
    }
  return smaller;
}

static void
choose_batch (MixqPlan *self, const MixqModel *model)
{
  guint given = self->options.batch;

  if (self->kind == MIXQ_PLAN_SAMPLED) {
    choose_fanout (self, model);
    self->sampler = mixq_sampler_new (self->whole);
    self->batch = given > 0 ? given : BATCH_OF_NODES;
  } else if (self->kind == MIXQ_PLAN_GRAPHS) {
    self->batch = given > 0 ? MAX (given, 2) : BATCH_OF_GRAPHS;
  } else {
    self->batch = (guint) n_training (self);
  }
  self->batch_mib = estimate_batch (self, model);
  while (self->kind != MIXQ_PLAN_WHOLE && self->batch_mib > self->allowed_mib && shrink (self))
    self->batch_mib = estimate_batch (self, model);
}

static void
choose_order (MixqPlan *self, const MixqModel *model)
{
  gsize row = widest_value (model) * sizeof (float);

  if (self->kind == MIXQ_PLAN_WHOLE && !self->options.keep_order &&
      row * self->whole->n_nodes > CACHES * CACHE_BYTES)
    self->numbered = mixq_inputs_by_community (self->whole, MAX (CACHE_BYTES / row, 1));
}

static void
find_chunks (MixqPlan *self)
{
  const MixqInputs *whole = self->whole;
  GArray *first = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 g = 0, start = 0; self->kind == MIXQ_PLAN_GRAPHS && g < whole->n_graphs; g++)
    if (g == 0 || whole->graph_ptr[g + 1] - whole->graph_ptr[start] > CHUNK_NODES) {
      g_array_append_val (first, g);
      start = g;
    }
  self->n_chunks = MAX (first->len, 1);
  g_array_append_vals (first, &(guint32){ (guint32) whole->n_graphs }, 1);
  self->chunk_ptr = (guint32 *) (gpointer) g_array_free (first, FALSE);
  self->chunk = g_new0 (MixqInputs *, self->n_chunks);
}

MixqPlan *
mixq_plan_new (MixqInputs *whole, const MixqModel *model, const MixqPlanOptions *options)
{
  MixqPlan *self = g_new0 (MixqPlan, 1);

  self->whole = mixq_inputs_ref (whole);
  if (options != NULL)
    self->options = *options;
  self->allowed_mib = self->options.memory_mib > 0 ? self->options.memory_mib
                                                   : SHARE_OF_MEMORY * available_mib ();
  self->whole_mib = mixq_plan_estimate_mib (model, whole->n_nodes, whole->graph->nnz);
  if (whole->task == MIXQ_TASK_GRAPHS)
    self->kind = MIXQ_PLAN_GRAPHS;
  else if (self->options.sample || self->whole_mib > self->allowed_mib)
    self->kind = MIXQ_PLAN_SAMPLED;
  choose_batch (self, model);
  choose_order (self, model);
  find_chunks (self);
  self->order = g_memdup2 (whole->item[MIXQ_PART_TRAIN], MAX (n_training (self), 1) * sizeof *self->order);
  return self;
}

void
mixq_plan_free (MixqPlan *self)
{
  for (guint i = 0; i < self->n_chunks; i++)
    g_clear_pointer (&self->chunk[i], mixq_inputs_unref);
  g_clear_pointer (&self->calibration, mixq_inputs_unref);
  g_clear_pointer (&self->sampler, mixq_sampler_free);
  g_free (self->chunk);
  g_free (self->chunk_ptr);
  g_free (self->fanout);
  g_free (self->order);
  mixq_inputs_unref (self->whole);
  g_free (self);
}

/* --- saying ---------------------------------------------------------------------------------------------------------- */

MixqPlanKind
mixq_plan_get_kind (const MixqPlan *self)
{
  return self->kind;
}

guint
mixq_plan_get_batch (const MixqPlan *self)
{
  return self->batch;
}

const guint *
mixq_plan_peek_fanout (const MixqPlan *self, guint *n_hops)
{
  *n_hops = self->n_hops;
  return self->fanout;
}

static void
append_allowed (const MixqPlan *self, GString *text)
{
  if (!isfinite (self->allowed_mib))
    return;
  if (self->batch_mib > self->allowed_mib)
    g_string_append_printf (text, ", more than the %.0f MiB that should be used", self->allowed_mib);
  else
    g_string_append_printf (text, " of the %.0f MiB that may be used", self->allowed_mib);
}

static void
append_fanout (const MixqPlan *self, GString *text)
{
  for (guint hop = 0; hop < self->n_hops; hop++)
    g_string_append_printf (text, hop > 0 ? ", %u" : "%u", self->fanout[hop]);
}

static void
append_items (const MixqPlan *self, GString *text, const char *items)
{
  gsize n = n_training (self);

  if (self->batch < n)
    g_string_append_printf (text, "%zu training %s are read %u at a time", n, items, self->batch);
  else
    g_string_append_printf (text, "all %zu training %s are read at a time", n, items);
}

static void
append_sampled (const MixqPlan *self, GString *text)
{
  append_items (self, text, "nodes");
  g_string_append (text, " with up to ");
  append_fanout (self, text);
  g_string_append_printf (
      text, " neighbours hop by hop, %s: the whole graph at once would take about %.0f MiB",
      self->options.sample ? "as asked for" : "because the whole graph does not fit", ceil (self->whole_mib));
}

char *
mixq_plan_describe (const MixqPlan *self)
{
  GString *text = g_string_new (NULL);

  if (self->kind == MIXQ_PLAN_GRAPHS)
    append_items (self, text, "graphs");
  else if (self->kind == MIXQ_PLAN_SAMPLED)
    append_sampled (self, text);
  else
    g_string_append_printf (text, "all %zu nodes are read at once%s", self->whole->n_nodes,
                            self->numbered != NULL ? ", numbered by community" : "");
  g_string_append_printf (text, "%s a step takes about %.0f MiB", self->kind == MIXQ_PLAN_SAMPLED ? "," : ":",
                          ceil (self->batch_mib));
  append_allowed (self, text);
  return g_string_free (text, FALSE);
}

/* --- training -------------------------------------------------------------------------------------------------------- */

static guint
n_batches (const MixqPlan *self)
{
  gsize n = n_training (self), batches;

  if (self->kind == MIXQ_PLAN_WHOLE)
    return 1;
  batches = (n + self->batch - 1) / self->batch;
  /* batch norm has nothing to say about one item */
  return (guint) (batches > 1 && self->batch > 1 && n % self->batch == 1 ? batches - 1 : batches);
}

guint
mixq_plan_begin_epoch (MixqPlan *self, MixqRandom *random)
{
  gsize n = n_training (self);

  if (self->kind == MIXQ_PLAN_WHOLE)
    return 1;
  /* from the data set's order, so that an epoch depends on @random and on no epoch before */
  memcpy (self->order, self->whole->item[MIXQ_PART_TRAIN], n * sizeof *self->order);
  for (gsize i = n; i-- > 1;) {
    gsize other = mixq_random_below (random, (guint32) i + 1);
    guint32 kept = self->order[i];

    self->order[i] = self->order[other];
    self->order[other] = kept;
  }
  self->seed = mixq_random_next (random);
  return n_batches (self);
}

MixqInputs *
mixq_plan_batch (MixqPlan *self, guint i)
{
  guint batches = n_batches (self);
  gsize first = (gsize) i * self->batch, n;
  MixqRandom random;

  g_return_val_if_fail (i < batches, NULL);
  if (self->kind == MIXQ_PLAN_WHOLE)
    return mixq_inputs_ref (self->numbered != NULL ? self->numbered : self->whole);
  n = i + 1 < batches ? self->batch : n_training (self) - first;
  if (self->kind == MIXQ_PLAN_GRAPHS)
    return mixq_batch_graphs (self->whole, self->order + first, n);
  mixq_random_init (&random, self->seed + i, "neighbours");
  return mixq_sampler_sample (self->sampler, self->order + first, n, self->fanout, self->n_hops, &random);
}

/* --- evaluation ------------------------------------------------------------------------------------------------------ */

guint
mixq_plan_n_chunks (const MixqPlan *self)
{
  return self->n_chunks;
}

MixqInputs *
mixq_plan_chunk (MixqPlan *self, guint i)
{
  g_return_val_if_fail (i < self->n_chunks, NULL);
  if (self->chunk[i] == NULL && self->n_chunks == 1)
    self->chunk[i] = mixq_inputs_ref (self->whole);
  if (self->chunk[i] == NULL) {
    gsize n = self->chunk_ptr[i + 1] - self->chunk_ptr[i];
    g_autofree guint32 *graph = g_new (guint32, n);

    for (gsize k = 0; k < n; k++)
      graph[k] = self->chunk_ptr[i] + (guint32) k;
    self->chunk[i] = mixq_batch_graphs (self->whole, graph, n);
  }
  return self->chunk[i];
}

static MixqInputs *
make_calibration (MixqPlan *self)
{
  gsize n;
  g_autofree guint32 *graph = NULL;

  if (self->kind == MIXQ_PLAN_WHOLE)
    return mixq_inputs_ref (self->whole);
  if (self->kind == MIXQ_PLAN_SAMPLED)
    return sample_around (self, CALIBRATION_NODES, 0, "calibration");
  graph = spread_items (self, CALIBRATION_GRAPHS, &n);
  return mixq_batch_graphs (self->whole, graph, n);
}

MixqInputs *
mixq_plan_calibration (MixqPlan *self)
{
  if (self->calibration == NULL)
    self->calibration = make_calibration (self);
  return self->calibration;
}
