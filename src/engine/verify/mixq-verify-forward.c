/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How features, adjacency and weights meet: the float32 network's logits against A (X W), computed again from the raw graph and
 * the raw features by the definition alone, in double.
 */
#include <math.h>
#include <string.h>

#include "verify/mixq-verify-private.h"

#define LOOP_WEIGHT 2.0
/* Float sums of a few hundred products of size 1 through up to eight layers, relative to the largest logit. */
#define TOLERANCE 1e-4

/* X W; rows of a bag of words are divided by max (sum, 1), as the data are given. */
static double *
features_times (const MixqCsr *x, gboolean normalise, const float *w, gsize d)
{
  double *y = g_new0 (double, MAX (x->n_rows * d, 1));

  for (gsize r = 0; r < x->n_rows; r++) {
    double sum = 0;

    for (gsize e = x->row_ptr[r]; normalise && e < x->row_ptr[r + 1]; e++)
      sum += x->value != NULL ? (double) x->value[e] : 1;
    for (gsize e = x->row_ptr[r]; e < x->row_ptr[r + 1]; e++) {
      double share = (x->value != NULL ? (double) x->value[e] : 1) / MAX (sum, 1);

      for (gsize c = 0; c < d; c++)
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

/* y_i = sum_j a_ij x_j / sqrt (deg_i deg_j) over neighbours (weight 1) and i itself (weight 2); deg = neighbours + 2. */
static double *
spread (const MixqCsr *graph, const double *x, gsize d, gboolean with_edges)
{
  gsize n = graph->n_rows;
  double *y = g_new0 (double, MAX (n * d, 1));

  for (gsize i = 0; i < n; i++) {
    double degree = (double) (graph->row_ptr[i + 1] - graph->row_ptr[i]) + LOOP_WEIGHT;

    for (gsize c = 0; c < d; c++)
      y[i * d + c] = x[i * d + c] * LOOP_WEIGHT / degree;
    for (gsize e = graph->row_ptr[i]; with_edges && e < graph->row_ptr[i + 1]; e++) {
      gsize j = graph->col[e];
      double other = (double) (graph->row_ptr[j + 1] - graph->row_ptr[j]) + LOOP_WEIGHT;

      for (gsize c = 0; c < d; c++)
        y[i * d + c] += x[j * d + c] / sqrt (degree * other);
    }
  }
  return y;
}

/* The logits of @net's weights by definition; without edges to see what the graph adds. */
static double *
logits_by_definition (MixqVerify *self, const MixqNet *net, gboolean with_edges)
{
  const MixqDataset *data = self->inputs->dataset;
  gsize n = data->n_nodes, cols = data->features->n_cols;
  g_autofree double *value = NULL;

  for (guint u = 0; u < self->model->n_units; u++) {
    const MixqWeight *weight = &net->weights[u];
    g_autofree double *product = NULL;

    if (weight->rows == 0)
      continue;
    for (gsize i = 0; value != NULL && i < n * cols; i++)
      value[i] = MAX (value[i], 0); /* the ReLU between layers */
    product = value == NULL
                  ? features_times (data->features, mixq_inputs_normalises (data), weight->w[0], weight->cols)
                  : dense_times (value, n, cols, weight->w[0], weight->cols);
    g_free (value);
    value = spread (data->graph, product, weight->cols, with_edges);
    cols = weight->cols;
  }
  return g_steal_pointer (&value);
}

gboolean
mixq_verify_forward (MixqVerify *self, MixqVerifyCheck *check, GError **error)
{
  g_autoptr (MixqNet) net = mixq_verify_net (self, FALSE);
  gsize n = self->model->n_nodes * self->model->n_classes;
  g_autofree double *expected = logits_by_definition (self, net, TRUE);
  g_autofree double *alone = logits_by_definition (self, net, FALSE);
  double largest = 0, difference = 0, without_edges = 0;

  mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .all_rows = TRUE });
  for (gsize i = 0; i < n; i++) {
    double logit = (double) mixq_net_logits (net)[i];

    largest = MAX (largest, fabs (expected[i]));
    difference = fmax (difference, isfinite (logit) ? fabs (logit - expected[i]) : INFINITY);
    without_edges = MAX (without_edges, fabs (alone[i] - expected[i]));
  }
  check->passed = difference <= TOLERANCE * largest || difference == 0;
  check->evidence = g_strdup_printf ("%zu logits by A (X W) from the raw graph and features: largest %.4g, "
                                     "largest difference %.2g; without the %zu edges "
                                     "they would differ by up to %.4g",
                                     n, largest, difference, self->model->n_edges, without_edges);
  mixq_verify_add_number (check, "logits", (double) n);
  mixq_verify_add_number (check, "largest", largest);
  mixq_verify_add_number (check, "difference", difference);
  mixq_verify_add_number (check, "difference_without_edges", without_edges);
  return TRUE;
}
