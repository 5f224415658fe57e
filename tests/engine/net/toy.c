/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "toy.h"

#include <math.h>
#include <string.h>

const MixqNetRules toy_rules_default = { FALSE };
const MixqNetRules toy_rules_lsq = { .learn_steps = TRUE };
const MixqNetRules toy_rules_protect = { .learn_steps = TRUE, .protect_nodes = TRUE };
const MixqNetRules toy_rules_reference_search = {
  .per_column = TRUE,
  .learn_ranges = TRUE,
  .weight_copies = TRUE,
  .float_adjacency = TRUE,
};
const MixqNetRules toy_rules_reference_qat = {
  .per_column = TRUE,
  .learn_ranges = TRUE,
  .overwrite_weights = TRUE,
};

static ToySpec
with_defaults (const ToySpec *given)
{
  ToySpec spec = *given;

  spec.nodes = spec.nodes ? spec.nodes : 14;
  spec.features = spec.features ? spec.features : 9;
  spec.classes = spec.classes ? spec.classes : 3;
  spec.edges = spec.edges ? spec.edges : 2 * spec.nodes;
  spec.layers = spec.layers ? spec.layers : 2;
  spec.hidden = spec.hidden ? spec.hidden : spec.heads ? 3 * spec.heads : 5;
  return spec;
}

static gint32
class_of (const ToySpec *spec, gsize node)
{
  return (gint32) (node % spec->classes);
}

static MixqCsr *
make_graph (const ToySpec *spec, MixqRandom *random)
{
  guint32 joined = (guint32) (spec->nodes > 2 ? spec->nodes - 1 : spec->nodes); /* the last stays alone */
  g_autofree guint32 *from = g_new (guint32, spec->edges + spec->nodes);
  g_autofree guint32 *to = g_new (guint32, spec->edges + spec->nodes);
  gsize n = 0;

  for (gsize e = 0; e < spec->edges && !spec->no_edges && spec->nodes > 1; e++) {
    from[n] = mixq_random_below (random, joined);
    to[n] = mixq_random_below (random, joined);
    /* nine of ten edges join equals */
    if (spec->homophilous && mixq_random_below (random, 10) > 0 &&
        class_of (spec, from[n]) != class_of (spec, to[n]))
      continue;
    n++;
  }
  for (guint32 i = 1; spec->star && i < joined; i++, n++) {
    from[n] = 0;
    to[n] = i;
  }
  return mixq_csr_new_from_edges (spec->nodes, from, to, n, NULL);
}

/* A third of the entries; node 1's row is empty, feature 2 is always 0. */
static MixqCsr *
make_features (const ToySpec *spec, MixqRandom *random)
{
  MixqCsr *x = mixq_csr_new (spec->nodes, spec->features, spec->nodes * spec->features, TRUE);
  gsize n = 0;

  for (gsize r = 0; r < spec->nodes; r++) {
    for (gsize f = 0; f < spec->features; f++) {
      gboolean own = spec->homophilous && f % spec->classes == (gsize) class_of (spec, r);
      double value = 0.1 + mixq_random_uniform (random);

      if (mixq_random_uniform (random) > (own                 ? 0.8
                                          : spec->homophilous ? 0.1
                                                              : 0.35) ||
          spec->no_features || (r == 1 && spec->nodes > 1) || (f == 2 && spec->features > 2))
        continue;
      x->col[n] = (guint32) f;
      x->value[n++] = (float) (spec->negative && mixq_random_below (random, 2) ? -value : value);
    }
    x->row_ptr[r + 1] = n;
  }
  x->nnz = n;
  return x;
}

static MixqInputs *
seal (MixqDataset *dataset)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mixq_dataset_seal (dataset, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
  return mixq_inputs_new (dataset);
}

MixqInputs *
toy_inputs_new (const ToySpec *given)
{
  ToySpec spec = with_defaults (given);
  g_autoptr (MixqDataset) dataset = mixq_dataset_alloc ("toy", "Toy", "test");
  MixqRandom random;

  mixq_random_init (&random, spec.seed, "toy");
  dataset->n_nodes = spec.nodes;
  dataset->n_classes = spec.classes;
  dataset->graph = make_graph (&spec, &random);
  dataset->features = make_features (&spec, &random);
  dataset->labels = g_new (gint32, spec.nodes);
  dataset->part = g_new (guint8, spec.nodes);
  for (gsize i = 0; i < spec.nodes; i++) {
    dataset->labels[i] = class_of (&spec, i);
    dataset->part[i] = (guint8) (MIXQ_PART_TRAIN + (i == 0 ? 0 : mixq_random_below (&random, 3)));
  }
  return seal (dataset);
}

MixqModel *
toy_model_new (const ToySpec *given, MixqInputs *inputs)
{
  ToySpec spec = with_defaults (given);
  const MixqModelSpec model = { .arch = spec.heads ? MIXQ_ARCH_GAT : MIXQ_ARCH_GCN,
                                .n_layers = spec.layers,
                                .hidden = spec.hidden,
                                .dropout = spec.dropout,
                                .feature_dropout = spec.feature_dropout,
                                .heads = spec.heads };
  g_autoptr (GError) error = NULL;
  MixqModel *result = mixq_model_new (&model, inputs->dataset, &error);

  g_assert_no_error (error);
  return result;
}

MixqInputs *
toy_inputs_permute (MixqInputs *inputs, const guint32 *order)
{
  const MixqDataset *old = inputs->dataset;
  gsize n = old->n_nodes, edges = old->graph->nnz;
  g_autoptr (MixqDataset) dataset = mixq_dataset_alloc ("permuted", "Permuted", "test");
  g_autofree guint32 *from = g_new (guint32, MAX (edges, 1)), *to = g_new (guint32, MAX (edges, 1));
  g_autofree guint32 *old_of = g_new (guint32, n);
  gsize at = 0;

  for (guint32 r = 0; r < n; r++) {
    old_of[order[r]] = r;
    for (gsize e = old->graph->row_ptr[r]; e < old->graph->row_ptr[r + 1]; e++) {
      from[e] = order[r];
      to[e] = order[old->graph->col[e]];
    }
  }
  dataset->n_nodes = n;
  dataset->n_classes = old->n_classes;
  dataset->graph = mixq_csr_new_from_edges (n, from, to, edges, NULL);
  dataset->features = mixq_csr_new (n, old->features->n_cols, old->features->nnz, TRUE);
  dataset->labels = g_new (gint32, n);
  dataset->part = g_new (guint8, n);
  for (gsize r = 0; r < n; r++) {
    gsize first = old->features->row_ptr[old_of[r]], count = old->features->row_ptr[old_of[r] + 1] - first;

    dataset->labels[r] = old->labels[old_of[r]];
    dataset->part[r] = old->part[old_of[r]];
    memcpy (dataset->features->col + at, old->features->col + first, count * sizeof (guint32));
    memcpy (dataset->features->value + at, old->features->value + first, count * sizeof (float));
    at += count;
    dataset->features->row_ptr[r + 1] = at;
  }
  return seal (dataset);
}

void
toy_calibrate (MixqNet *net)
{
  mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .training = FALSE, .all_rows = TRUE });
}

static float
disturbed_zero (const MixqNet *net, const MixqSlot *slot, const MixqQuantizer *q, gsize i)
{
  if (net->rules.learn_ranges)
    return q->zero[i] + 0.23f;
  /* a sum that cancels is 0 or a last bit away from it: keep 0 off the clip bound */
  if (slot->info->role == MIXQ_SLOT_PRODUCT || slot->info->role == MIXQ_SLOT_AGGREGATE)
    return q->bits > 1 ? CLAMP (q->zero[i], q->lo + 1, q->hi - 1)
                       : q->zero[i] + (q->zero[i] < 1 ? 0.23f : -0.23f);
  return q->zero[i];
}

void
toy_disturb_ranges (MixqNet *net)
{
  for (guint s = 0; s < net->n_slots; s++)
    for (guint k = 0; k < net->slots[s].n_choices; k++) {
      MixqQuantizer *q = &net->slots[s].quantizer[k];

      for (gsize i = 0; i < q->n; i++)
        mixq_quantizer_set (q, i, q->scale[i] * 0.913f, disturbed_zero (net, &net->slots[s], q, i));
    }
}

double
toy_loss (const MixqInputs *inputs, gsize classes, const double *logits, double *grad)
{
  gsize n = inputs->n_item[MIXQ_PART_TRAIN];
  double loss = 0;

  if (grad != NULL)
    memset (grad, 0, inputs->dataset->n_nodes * classes * sizeof *grad);
  for (gsize i = 0; i < n; i++) {
    gsize r = inputs->item[MIXQ_PART_TRAIN][i], label = (gsize) inputs->dataset->labels[r];
    const double *row = logits + r * classes;
    double sum = 0, top = row[0];

    for (gsize c = 1; c < classes; c++)
      top = MAX (top, row[c]);
    for (gsize c = 0; c < classes; c++)
      sum += exp (row[c] - top);
    loss += log (sum) + top - row[label];
    for (gsize c = 0; grad != NULL && c < classes; c++)
      grad[r * classes + c] = (exp (row[c] - top) / sum - (c == label)) / (double) n;
  }
  return n > 0 ? loss / (double) n : 0;
}
