/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** MixqPublished: a figure of others: mean and standard deviation of the test accuracy (fractions), and BitOPs. */
typedef struct
{
  const char *set;
  double lambda;
  double accuracy, std;
  guint n;
  double bitops; /* median of the runs, search convention; a mean where @is_mean */
  gboolean is_mean;
} MixqPublished;

/** mixq_published_gcn: GCN with 2 layers and 128 hidden columns, widths 2, 4, 8. Returns: (array length=n). */
const MixqPublished *mixq_published_gcn (gsize *n);
/** mixq_published_degree_quant: the same with Degree-Quant in QAT and a skip connection. */
const MixqPublished *mixq_published_degree_quant (gsize *n);

/**
 * mixq_published_read:
 * @path: a CSV with the columns bit_width_lambda, accuracy_mean, accuracy_std (percent) and bit_operations_mean
 * @set: borrowed by the rows
 * @n_runs: behind each row
 *
 * Errors: MIXQ_ERROR_IO, MIXQ_ERROR_PARSE. Returns: (transfer full) (element-type MixqPublished), by ascending lambda.
 */
GArray *mixq_published_read (const char *path, const char *set, guint n_runs, GError **error);

G_END_DECLS
