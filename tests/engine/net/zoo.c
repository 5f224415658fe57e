/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "zoo.h"

#include "base/mixq-random.h"

/* What differs between models of one architecture, beside batch norm and residuals. */
static const struct
{
  MixqArch arch;
  gboolean eps;
  MixqAggregator aggregator;
  guint hops;
} variants[] = {
  { MIXQ_ARCH_GCN, FALSE, MIXQ_AGGREGATOR_SUM, 3 },   { MIXQ_ARCH_GIN, FALSE, MIXQ_AGGREGATOR_SUM, 3 },
  { MIXQ_ARCH_GIN, TRUE, MIXQ_AGGREGATOR_SUM, 3 },    { MIXQ_ARCH_SAGE, FALSE, MIXQ_AGGREGATOR_SUM, 3 },
  { MIXQ_ARCH_SAGE, FALSE, MIXQ_AGGREGATOR_MEAN, 3 }, { MIXQ_ARCH_TAG, FALSE, MIXQ_AGGREGATOR_SUM, 1 },
  { MIXQ_ARCH_TAG, FALSE, MIXQ_AGGREGATOR_SUM, 2 },   { MIXQ_ARCH_TAG, FALSE, MIXQ_AGGREGATOR_SUM, 3 },
  { MIXQ_ARCH_GAT, FALSE, MIXQ_AGGREGATOR_SUM, 3 },
};

#define FEATURES 6
#define CLASSES 3

guint
zoo_n_specs (void)
{
  return 4 * G_N_ELEMENTS (variants);
}

void
zoo_spec (guint i, MixqTask task, MixqPool pool, MixqModelSpec *spec)
{
  guint v = i / 4;

  *spec = MIXQ_MODEL_SPEC_DEFAULT;
  spec->arch = variants[v].arch;
  spec->eps = variants[v].eps;
  spec->aggregator = variants[v].aggregator;
  spec->hops = variants[v].hops;
  spec->batch_norm = i % 2;
  spec->residual = i / 2 % 2;
  spec->pool = pool;
  spec->n_layers = 2 + v % 2;
  spec->hidden = 8;
  spec->heads = 4;
  spec->dropout = 0;
}

char *
zoo_name (const MixqModelSpec *spec, MixqTask task)
{
  g_autofree char *hops = g_strdup_printf ("%u", spec->hops);

  return g_strconcat (mixq_arch_name (spec->arch), spec->arch == MIXQ_ARCH_TAG ? hops : "",
                      spec->eps ? "-eps" : "",
                      spec->arch == MIXQ_ARCH_SAGE && spec->aggregator == MIXQ_AGGREGATOR_MEAN ? "-mean" : "",
                      spec->batch_norm ? "-norm" : "", spec->residual ? "-residual" : "",
                      task == MIXQ_TASK_GRAPHS         ? "-of-graphs-"
                      : task == MIXQ_TASK_NODE_TARGETS ? "-of-targets"
                                                       : "",
                      task == MIXQ_TASK_GRAPHS ? mixq_pool_name (spec->pool) : "", NULL);
}

/* Edges within [first, last): none of a lone node, and the last of three or more stays alone. */
static gsize
add_edges (MixqRandom *random, gsize first, gsize last, guint32 *from, guint32 *to)
{
  guint32 joined = (guint32) (last - first > 2 ? last - first - 1 : last - first);
  gsize n = 0;

  for (gsize e = 0; joined > 1 && e < 2 * (last - first); e++) {
    from[n] = (guint32) first + mixq_random_below (random, joined);
    to[n++] = (guint32) first + mixq_random_below (random, joined);
  }
  return n;
}

static void
make_graph (MixqDataset *set, const ZooData *data, MixqRandom *random)
{
  gsize graphs = data->task != MIXQ_TASK_GRAPHS ? 1 : data->graphs > 0 ? data->graphs : 12, n = 0;
  gsize most = data->nodes > 0 ? data->nodes : data->task == MIXQ_TASK_GRAPHS ? 6 : 15;
  g_autofree guint32 *from = g_new (guint32, 2 * graphs * most), *to = g_new (guint32, 2 * graphs * most);
  g_autofree gsize *ptr = g_new0 (gsize, graphs + 1);

  for (gsize g = 0; g < graphs; g++) {
    gsize nodes = graphs == 1 ? most : g % 5 == 1 ? 1 : 1 + mixq_random_below (random, (guint32) most);

    ptr[g + 1] = ptr[g] + nodes;
    n += add_edges (random, ptr[g], ptr[g + 1], from + n, to + n);
  }
  set->task = data->task;
  set->n_graphs = graphs;
  set->n_nodes = ptr[graphs];
  set->graph = mixq_csr_new_from_edges (set->n_nodes, from, to, n, NULL);
  if (data->task == MIXQ_TASK_GRAPHS)
    set->graph_ptr = g_steal_pointer (&ptr);
}

static void
make_features (MixqDataset *set, const ZooData *data, MixqRandom *random)
{
  MixqCsr *x = mixq_csr_new (set->n_nodes, FEATURES, set->n_nodes * FEATURES, TRUE);
  gsize n = 0;

  for (gsize r = 0; r < set->n_nodes; r++) {
    for (guint32 f = 0; f < FEATURES; f++) {
      double value = 0.1 + mixq_random_uniform (random);

      if (!data->dense && mixq_random_below (random, 5) > 1)
        continue;
      x->col[n] = f;
      x->value[n++] = (float) (data->negative && mixq_random_below (random, 2) ? -value : value);
    }
    x->row_ptr[r + 1] = n;
  }
  x->nnz = n;
  set->features = x;
}

static void
make_answers (MixqDataset *set, const ZooData *data, MixqRandom *random)
{
  gsize n = data->task == MIXQ_TASK_GRAPHS ? set->n_graphs : set->n_nodes;
  gint32 *label = g_new (gint32, n);
  guint8 *part = g_malloc (n);

  for (gsize i = 0; i < n; i++) {
    label[i] = (gint32) (i % CLASSES);
    part[i] = (guint8) (data->all || i < 2 ? MIXQ_PART_TRAIN
                        : data->few        ? MIXQ_PART_VAL + mixq_random_below (random, 2)
                                           : MIXQ_PART_TRAIN + mixq_random_below (random, 3));
  }
  set->labels = g_new (gint32, set->n_nodes);
  set->part = g_malloc0 (set->n_nodes);
  for (gsize r = 0; r < set->n_nodes; r++)
    set->labels[r] = -1;
  if (data->task == MIXQ_TASK_NODES) {
    g_free (set->labels);
    g_free (set->part);
    set->labels = label;
    set->part = part;
    return;
  }
  set->item_part = part;
  if (data->task == MIXQ_TASK_GRAPHS) {
    set->graph_labels = label;
    return;
  }
  g_free (label);
  set->targets = g_malloc (n * CLASSES);
  for (gsize i = 0; i < n * CLASSES; i++)
    set->targets[i] = i > 0 && i % 7 == 0 ? MIXQ_TARGET_UNKNOWN : (guint8) mixq_random_below (random, 2);
}

MixqInputs *
zoo_inputs_new (const ZooData *data)
{
  g_autoptr (MixqDataset) set = mixq_dataset_alloc ("zoo", "Zoo", "test");
  g_autoptr (GError) error = NULL;
  MixqRandom random;

  mixq_random_init (&random, data->seed, "zoo");
  set->n_classes = CLASSES;
  make_graph (set, data, &random);
  make_features (set, data, &random);
  make_answers (set, data, &random);
  mixq_dataset_seal (set, &error);
  g_assert_no_error (error);
  return mixq_inputs_new (set);
}

MixqModel *
zoo_model_new (const MixqModelSpec *spec, const MixqInputs *inputs)
{
  g_autoptr (GError) error = NULL;
  MixqModel *model = mixq_model_new (spec, inputs->dataset, &error);

  g_assert_no_error (error);
  return model;
}
