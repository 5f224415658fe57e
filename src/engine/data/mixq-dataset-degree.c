/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Features of graphs that come without any. */
#include <math.h>

#include "data/mixq-dataset-private.h"

#define MAX_DEGREE_ONE_HOT 1000 /* from here on one column of the degree */

static MixqCsr *
one_hot_degrees (const MixqCsr *graph, gsize max_degree)
{
  MixqCsr *csr = mixq_csr_new (graph->n_rows, max_degree + 1, graph->n_rows, FALSE);

  for (gsize r = 0; r < graph->n_rows; r++) {
    csr->col[r] = (guint32) (graph->row_ptr[r + 1] - graph->row_ptr[r]);
    csr->row_ptr[r + 1] = r + 1;
  }
  return csr;
}

/* (degree - mean) / standard deviation of the sample; a 0 stays stored, which costs nothing worth a second pass. */
static MixqCsr *
standard_degrees (const MixqCsr *graph)
{
  MixqCsr *csr = mixq_csr_new (graph->n_rows, 1, graph->n_rows, TRUE);
  double n = (double) graph->n_rows, mean = (double) graph->nnz / n, squares = 0, deviation;

  for (gsize r = 0; r < graph->n_rows; r++) {
    double off = (double) (graph->row_ptr[r + 1] - graph->row_ptr[r]) - mean;

    squares += off * off;
  }
  deviation = sqrt (squares / (n - 1));
  for (gsize r = 0; r < graph->n_rows; r++) {
    csr->value[r] = (float) (((double) (graph->row_ptr[r + 1] - graph->row_ptr[r]) - mean) / deviation);
    csr->row_ptr[r + 1] = r + 1;
  }
  return csr;
}

void
mixq_dataset_set_degree_features (MixqDataset *dataset)
{
  const MixqCsr *graph = dataset->graph;
  gsize max_degree = 0;
  gboolean one_hot;

  for (gsize r = 0; r < graph->n_rows; r++)
    max_degree = MAX (max_degree, graph->row_ptr[r + 1] - graph->row_ptr[r]);
  one_hot = max_degree < MAX_DEGREE_ONE_HOT;
  dataset->features = one_hot ? one_hot_degrees (graph, max_degree) : standard_degrees (graph);
  dataset->feature_names = g_new0 (char *, dataset->features->n_cols + 1);
  for (gsize c = 0; c < dataset->features->n_cols; c++)
    dataset->feature_names[c] = one_hot ? g_strdup_printf ("degree %" G_GSIZE_FORMAT, c)
                                        : g_strdup ("degree");
  g_ptr_array_add (dataset->notes,
                   g_strdup_printf ("The files have no features: the degree of a node is taken, %s",
                                    one_hot ? "one column for each value"
                                            : "one column (degree - mean) / standard deviation"));
}
