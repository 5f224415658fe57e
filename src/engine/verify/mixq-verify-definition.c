/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The logits of a float32 network by the definition of its architecture alone: from the raw graph, the raw features and the
 * weights, in double, without the engine's units, wiring or kernels. Method spec section 6, and docs/PAPER.md for what the
 * published code leaves open.
 */
#include <math.h>
#include <string.h>

#include "verify/mixq-verify-private.h"

#define LOOP_WEIGHT 2.0
#define NORM_EPS 1e-5
#define ATTENTION_SLOPE 0.25 /* of the leaky ReLU: docs/PAPER.md, "GAT" */

/* What the layers so far have made: @n rows of @cols. */
typedef struct
{
  const MixqVerify *self;
  const MixqNet *net;
  gboolean with_edges;
  gboolean is_hidden; /* the present layer is one */
  double *x;          /* owned */
  gsize n, cols;
} Walk;

/* --- weights, by the names of their layers ----------------------------------------------------------------------------- */

/* The unit "LAYER.NAME"; every one that is asked for is there, or the architecture is not the one it says it is. */
static guint
unit_called (const Walk *walk, const char *layer, const char *name)
{
  g_autofree char *full = g_strconcat (layer, ".", name, NULL);

  for (guint u = 0; u < walk->net->model->n_units; u++)
    if (strcmp (walk->net->model->units[u].name, full) == 0)
      return u;
  return G_MAXUINT;
}

/* --- sums over neighbours ---------------------------------------------------------------------------------------------- */

static double
degree (const MixqCsr *graph, gsize i)
{
  return (double) (graph->row_ptr[i + 1] - graph->row_ptr[i]);
}

/* y_i = sum_j w_ij x_j over the neighbours j, and w_ii x_i. */
static double *
spread (const Walk *walk, const double *x, gsize d, MixqEdges edges)
{
  const MixqCsr *graph = walk->self->inputs->dataset->graph;
  double *y = g_new0 (double, MAX (walk->n * d, 1)), loop = edges == MIXQ_EDGES_GCN ? LOOP_WEIGHT : 0;

  for (gsize i = 0; i < walk->n; i++) {
    double own = degree (graph, i) + loop;

    for (gsize c = 0; loop > 0 && c < d; c++)
      y[i * d + c] = x[i * d + c] * loop / own;
    for (gsize e = graph->row_ptr[i]; walk->with_edges && e < graph->row_ptr[i + 1]; e++) {
      gsize j = graph->col[e];
      double weight = edges == MIXQ_EDGES_GCN    ? 1 / sqrt (own * (degree (graph, j) + loop))
                      : edges == MIXQ_EDGES_MEAN ? 1 / own
                                                 : 1;

      for (gsize c = 0; c < d; c++)
        y[i * d + c] += weight * x[j * d + c];
    }
  }
  return y;
}

/* --- linear maps, norms and pools -------------------------------------------------------------------------------------- */

/* Rows of a bag of words are divided by max (sum, 1), as the data are given. */
static double
row_divisor (const MixqCsr *x, gsize row, gboolean normalise)
{
  double sum = 0;

  for (gsize e = x->row_ptr[row]; normalise && e < x->row_ptr[row + 1]; e++)
    sum += x->value != NULL ? (double) x->value[e] : 1;
  return MAX (sum, 1);
}

/* X W of the sparse features; W is NULL for X itself. */
static double *
features_times (const Walk *walk, const float *w, gsize d)
{
  const MixqDataset *data = walk->self->inputs->dataset;
  const MixqCsr *x = data->features;
  gboolean normalise = mixq_inputs_normalises (data);
  double *y = g_new0 (double, MAX (x->n_rows * d, 1));

  for (gsize r = 0; r < x->n_rows; r++) {
    double divisor = row_divisor (x, r, normalise);

    for (gsize e = x->row_ptr[r]; e < x->row_ptr[r + 1]; e++) {
      double share = (x->value != NULL ? (double) x->value[e] : 1) / divisor;

      if (w == NULL)
        y[r * d + x->col[e]] = share;
      for (gsize c = 0; w != NULL && c < d; c++)
        y[r * d + c] += share * (double) w[(gsize) x->col[e] * d + c];
    }
  }
  return y;
}

static double *
dense_times (const double *x, gsize n, gsize k, const float *w, gsize d)
{
  double *y = g_new0 (double, MAX (n * d, 1));

  for (gsize r = 0; r < n; r++)
    for (gsize f = 0; f < k; f++)
      for (gsize c = 0; x[r * k + f] != 0 && c < d; c++)
        y[r * d + c] += x[r * k + f] * (double) w[f * d + c];
  return y;
}

/* @x (walk->n rows of @k; NULL: the features) times the matrix of a map, plus its bias. */
static double *
map (Walk *walk, const double *x, gsize k, const char *layer, const char *name, gsize *cols)
{
  guint u = unit_called (walk, layer, name);
  const MixqWeight *weight = u != G_MAXUINT ? &walk->net->weights[u] : NULL;
  const MixqVector *bias;
  double *y;

  if (weight == NULL || weight->rows != k)
    return NULL;
  bias = &walk->net->vectors[u];
  *cols = weight->cols;
  y = x != NULL ? dense_times (x, walk->n, k, weight->w[0], weight->cols)
                : features_times (walk, weight->w[0], weight->cols);
  for (gsize i = 0; bias->n > 0 && i < walk->n * weight->cols; i++)
    y[i] += (double) bias->w[i % weight->cols];
  return y;
}

static void
take (Walk *walk, double *x, gsize cols)
{
  g_free (walk->x);
  walk->x = x;
  walk->cols = cols;
}

static gboolean
apply_map (Walk *walk, const char *layer, const char *name)
{
  gsize cols = 0;
  double *y = map (walk, walk->x, walk->cols, layer, name, &cols);

  if (y != NULL)
    take (walk, y, cols);
  return y != NULL;
}

static void
apply_relu (Walk *walk)
{
  for (gsize i = 0; i < walk->n * walk->cols; i++)
    walk->x[i] = MAX (walk->x[i], 0);
}

/* gamma (x - mean) / sqrt (variance + eps) + beta with the running statistics. */
static gboolean
apply_norm (Walk *walk, const char *layer)
{
  guint u = unit_called (walk, layer, "batch-norm");
  gsize d = walk->cols;
  const MixqVector *norm;

  if (u == G_MAXUINT || walk->net->vectors[u].n != 2 * d)
    return FALSE;
  norm = &walk->net->vectors[u];
  for (gsize i = 0; i < walk->n * d; i++) {
    gsize c = i % d;

    walk->x[i] = (double) norm->w[c] * (walk->x[i] - (double) norm->state[c]) /
                     sqrt ((double) norm->state[d + c] + NORM_EPS) +
                 (double) norm->w[d + c];
  }
  return TRUE;
}

static void
apply_pool (Walk *walk, MixqPool pool)
{
  const MixqDataset *data = walk->self->inputs->dataset;
  gsize d = walk->cols, n = data->n_graphs;
  double *y = g_new0 (double, MAX (n * d, 1));

  for (gsize g = 0; g < n; g++) {
    gsize from = data->graph_ptr != NULL ? data->graph_ptr[g] : 0;
    gsize to = data->graph_ptr != NULL ? data->graph_ptr[g + 1] : data->n_nodes;

    for (gsize c = 0; c < d; c++) {
      double sum = 0, largest = -INFINITY;

      for (gsize r = from; r < to; r++) {
        sum += walk->x[r * d + c];
        largest = MAX (largest, walk->x[r * d + c]);
      }
      y[g * d + c] = pool == MIXQ_POOL_MAX    ? largest
                     : pool == MIXQ_POOL_MEAN ? sum / (double) (to - from)
                                              : sum;
    }
  }
  take (walk, y, d);
  walk->n = n;
}

/* --- one layer of each architecture ------------------------------------------------------------------------------------ */

/* The features as they are read by layers that do not multiply them first. */
static void
need_dense (Walk *walk)
{
  if (walk->x == NULL)
    walk->x = features_times (walk, NULL, walk->cols);
}

static gboolean
layer_gcn (Walk *walk, const char *layer)
{
  if (!apply_map (walk, layer, "linear"))
    return FALSE;
  take (walk, spread (walk, walk->x, walk->cols, MIXQ_EDGES_GCN), walk->cols);
  return TRUE;
}

static gboolean
layer_gin (Walk *walk, const char *layer)
{
  guint u = unit_called (walk, layer, "propagate");
  double *y;

  need_dense (walk);
  y = spread (walk, walk->x, walk->cols, MIXQ_EDGES_SUM);
  for (gsize i = 0; walk->self->model->spec.eps && u != G_MAXUINT && i < walk->n * walk->cols; i++)
    y[i] += (1 + (double) walk->net->vectors[u].w[0]) * walk->x[i];
  take (walk, y, walk->cols);
  if (!apply_map (walk, layer, "mlp1.linear"))
    return FALSE;
  apply_relu (walk);
  return apply_map (walk, layer, "mlp2.linear");
}

static gboolean
layer_sage (Walk *walk, const char *layer)
{
  gboolean mean = walk->self->model->spec.aggregator == MIXQ_AGGREGATOR_MEAN;
  g_autofree double *gathered = NULL, *root = NULL;
  gsize cols = 0, root_cols = 0;
  double *y;

  need_dense (walk);
  gathered = spread (walk, walk->x, walk->cols, mean ? MIXQ_EDGES_MEAN : MIXQ_EDGES_SUM);
  root = map (walk, walk->x, walk->cols, layer, "root.linear", &root_cols);
  y = map (walk, gathered, walk->cols, layer, "neighbours.linear", &cols);
  for (gsize i = 0; y != NULL && root != NULL && i < walk->n * cols; i++)
    y[i] += root[i];
  take (walk, y, cols);
  return y != NULL && root != NULL && cols == root_cols;
}

static gboolean
layer_tag (Walk *walk, const char *layer)
{
  double *sum = NULL;
  gsize cols = 0;

  need_dense (walk);
  for (guint h = 0; h <= walk->self->model->spec.hops; h++) {
    g_autofree char *name = g_strdup_printf ("hop%u.linear", h);
    g_autofree double *y = NULL;

    if (h > 0)
      take (walk, spread (walk, walk->x, walk->cols, MIXQ_EDGES_GCN), walk->cols);
    y = map (walk, walk->x, walk->cols, layer, name, &cols);
    if (y == NULL) {
      g_free (sum);
      return FALSE;
    }
    if (sum == NULL)
      sum = g_new0 (double, MAX (walk->n * cols, 1));
    for (gsize i = 0; i < walk->n * cols; i++)
      sum[i] += y[i];
  }
  take (walk, sum, cols);
  return TRUE;
}

/* What a head's columns of row @r say by column @which of the vectors: 0 of a source, 1 of a target. */
static double
score (const Walk *walk, const float *a, gsize r, gsize from, gsize to, guint which)
{
  double sum = 0;

  for (gsize c = from; c < to; c++)
    sum += walk->x[r * walk->cols + c] * (double) a[2 * c + which];
  return sum;
}

static double
attention (double source, double target)
{
  double x = source + target;

  return exp (x > 0 ? x : ATTENTION_SLOPE * x);
}

/* y_i = sum_j p_ij x_j, p a softmax over the neighbours and i itself, for one head: the columns from .. to - 1. */
static void
attend (const Walk *walk, const float *a, gsize i, gsize from, gsize to, double *y)
{
  const MixqCsr *graph = walk->self->inputs->dataset->graph;
  double target = score (walk, a, i, from, to, 1), sum = attention (score (walk, a, i, from, to, 0), target);

  for (gsize c = from; c < to; c++)
    y[c] = sum * walk->x[i * walk->cols + c];
  for (gsize e = graph->row_ptr[i]; walk->with_edges && e < graph->row_ptr[i + 1]; e++) {
    gsize j = graph->col[e];
    double p = attention (score (walk, a, j, from, to, 0), target);

    sum += p;
    for (gsize c = from; c < to; c++)
      y[c] += p * walk->x[j * walk->cols + c];
  }
  for (gsize c = from; c < to; c++)
    y[c] /= sum;
}

static gboolean
layer_gat (Walk *walk, const char *layer)
{
  gsize heads = walk->is_hidden ? walk->self->model->spec.heads : 1, dim;
  guint u = unit_called (walk, layer, "attend");
  double *y;

  if (u == G_MAXUINT || !apply_map (walk, layer, "linear") || walk->net->weights[u].rows != walk->cols ||
      walk->net->weights[u].cols != 2)
    return FALSE;
  dim = walk->cols / heads;
  y = g_new0 (double, MAX (walk->n * walk->cols, 1));
  for (gsize i = 0; i < walk->n; i++)
    for (gsize k = 0; k < heads; k++)
      attend (walk, walk->net->weights[u].w[0], i, k * dim, (k + 1) * dim, y + i * walk->cols);
  take (walk, y, walk->cols);
  return TRUE;
}

static const struct
{
  gboolean (*layer) (Walk *walk, const char *layer);
  gboolean ends_hidden, norm_last;
  const char *formula;
} definitions[MIXQ_N_ARCHS] = {
  [MIXQ_ARCH_GCN] = { layer_gcn, FALSE, FALSE, "A (X W)" },
  [MIXQ_ARCH_GIN] = { layer_gin, TRUE, TRUE, "MLP (the sum over the neighbours)" },
  [MIXQ_ARCH_SAGE] = { layer_sage, FALSE, FALSE, "(gathered neighbours) W1 + X W2" },
  [MIXQ_ARCH_TAG] = { layer_tag, FALSE, FALSE, "the sum of A^h X W_h" },
  [MIXQ_ARCH_GAT] = { layer_gat, FALSE, FALSE, "(attention) (X W)" },
};

/* --- the whole network ------------------------------------------------------------------------------------------------- */

static gboolean
walk_behind (Walk *walk, const char *layer, const double *before, gsize before_cols)
{
  const MixqModelSpec *spec = &walk->self->model->spec;
  gboolean last = definitions[spec->arch].norm_last;

  if (spec->batch_norm && !last && !apply_norm (walk, layer))
    return FALSE;
  apply_relu (walk);
  if (spec->batch_norm && last && !apply_norm (walk, layer))
    return FALSE;
  for (gsize i = 0; spec->residual && before_cols == walk->cols && i < walk->n * walk->cols; i++)
    walk->x[i] += before[i];
  return TRUE;
}

static gboolean
walk_layers (Walk *walk)
{
  const MixqModel *model = walk->self->model;
  gboolean hidden_end = model->task == MIXQ_TASK_GRAPHS || definitions[model->spec.arch].ends_hidden;

  if (model->spec.residual && !apply_map (walk, "embed", "linear"))
    return FALSE;
  for (guint l = 1; l <= model->spec.n_layers; l++) {
    g_autofree char *layer = g_strdup_printf ("conv%u", l);
    gsize before_cols = walk->cols;
    g_autofree double *before = model->spec.residual
                                    ? g_memdup2 (walk->x, walk->n * walk->cols * sizeof (double))
                                    : NULL;

    walk->is_hidden = l < model->spec.n_layers || hidden_end;
    if (!definitions[model->spec.arch].layer (walk, layer) ||
        (walk->is_hidden && !walk_behind (walk, layer, before, before_cols)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
walk_head (Walk *walk)
{
  const MixqModel *model = walk->self->model;
  gboolean of_graphs = model->task == MIXQ_TASK_GRAPHS;
  guint maps = of_graphs ? (model->spec.arch == MIXQ_ARCH_GIN ? 2 : 3)
                         : definitions[model->spec.arch].ends_hidden;

  if (of_graphs)
    apply_pool (walk, model->spec.pool);
  for (guint i = 1; i <= maps; i++) {
    g_autofree char *layer = g_strdup_printf ("head%u", i);

    if (!apply_map (walk, layer, "linear"))
      return FALSE;
    if (i < maps)
      apply_relu (walk);
  }
  return TRUE;
}

const char *
mixq_verify_formula (MixqArch arch)
{
  return definitions[arch].formula;
}

double *
mixq_verify_logits (const MixqVerify *self, const MixqNet *net, gboolean with_edges)
{
  const MixqDataset *data = self->inputs->dataset;
  Walk walk = { self, net, with_edges, TRUE, NULL, data->n_nodes, data->features->n_cols };

  if (walk_layers (&walk) && walk_head (&walk) && walk.cols == data->n_classes)
    return walk.x;
  g_free (walk.x);
  return NULL;
}
