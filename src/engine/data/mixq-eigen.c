/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/mixq-eigen.h"

#include <math.h>

#define MAX_SWEEPS 60    /* convergence is quadratic: eight suffice for a hundred rows */
#define NEGLIGIBLE 1e-30 /* squares beside the diagonal, relative to the whole */
#define EQUAL 1e-9       /* sizes of entries that count as equal when the sign is chosen */

/* Turns the plane of axes p and q so that entry (p, q) becomes 0: rows and columns of @a, columns of @v. */
static void
rotate (double *a, double *v, gsize n, gsize p, gsize q)
{
  double theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
  double tangent = (theta >= 0 ? 1 : -1) / (fabs (theta) + sqrt (theta * theta + 1));
  double cosine = 1 / sqrt (tangent * tangent + 1), sine = tangent * cosine;

  for (gsize k = 0; k < n; k++) {
    double kp = a[k * n + p], kq = a[k * n + q];

    a[k * n + p] = cosine * kp - sine * kq;
    a[k * n + q] = sine * kp + cosine * kq;
  }
  for (gsize k = 0; k < n; k++) {
    double pk = a[p * n + k], qk = a[q * n + k];

    a[p * n + k] = cosine * pk - sine * qk;
    a[q * n + k] = sine * pk + cosine * qk;
  }
  /* @v is kept with a vector a row while it is turned: rows lie together in memory. */
  for (gsize k = 0; k < n; k++) {
    double pk = v[p * n + k], qk = v[q * n + k];

    v[p * n + k] = cosine * pk - sine * qk;
    v[q * n + k] = sine * pk + cosine * qk;
  }
}

static gboolean
is_diagonal (const double *a, gsize n)
{
  double beside = 0, all = 0;

  for (gsize i = 0; i < n * n; i++) {
    all += a[i] * a[i];
    beside += i / n != i % n ? a[i] * a[i] : 0;
  }
  return beside <= NEGLIGIBLE * all;
}

/* The order of the eigenvalues; equal ones keep theirs. */
static void
sort_values (const double *a, gsize n, gsize *order)
{
  for (gsize i = 0; i < n; i++) {
    gsize at = i;

    for (; at > 0 && a[order[at - 1] * n + order[at - 1]] > a[i * n + i]; at--)
      order[at] = order[at - 1];
    order[at] = i;
  }
}

static double
choose_sign (const double *vector, gsize n)
{
  gsize largest = 0;

  for (gsize k = 1; k < n; k++)
    if (fabs (vector[k]) > fabs (vector[largest]) + EQUAL)
      largest = k;
  return vector[largest] < 0 ? -1 : 1;
}

void
mixq_eigen_symmetric (double *matrix, gsize n, double *vectors)
{
  g_autofree double *v = g_new0 (double, n *n), *values = g_new (double, n);
  g_autofree gsize *order = g_new (gsize, n);

  for (gsize i = 0; i < n; i++)
    v[i * n + i] = 1;
  for (guint sweep = 0; sweep < MAX_SWEEPS && !is_diagonal (matrix, n); sweep++)
    for (gsize p = 0; p + 1 < n; p++)
      for (gsize q = p + 1; q < n; q++)
        if (matrix[p * n + q] != 0)
          rotate (matrix, v, n, p, q);
  sort_values (matrix, n, order);
  for (gsize i = 0; i < n; i++) {
    const double *vector = v + order[i] * n;
    double sign = choose_sign (vector, n);

    values[i] = matrix[order[i] * n + order[i]];
    for (gsize k = 0; k < n; k++)
      vectors[k * n + i] = sign * vector[k];
  }
  for (gsize i = 0; i < n * n; i++)
    matrix[i] = i / n == i % n ? values[i / n] : 0;
}

void
mixq_eigen_laplacian (const MixqCsr *graph, gsize first, gsize n, float *value, gsize n_vectors)
{
  g_autofree double *matrix = g_new0 (double, n *n), *vectors = g_new (double, n *n);

  for (gsize r = 0; r < n; r++) {
    gsize from = graph->row_ptr[first + r], to = graph->row_ptr[first + r + 1];

    matrix[r * n + r] = 1;
    for (gsize e = from; e < to; e++) {
      gsize c = graph->col[e] - first;
      gsize other = graph->row_ptr[first + c + 1] - graph->row_ptr[first + c];

      matrix[r * n + c] = -1 / sqrt ((double) (to - from) * (double) other);
    }
  }
  mixq_eigen_symmetric (matrix, n, vectors);
  for (gsize r = 0; r < n; r++)
    for (gsize i = 0; i < n_vectors; i++)
      value[r * n_vectors + i] = (float) vectors[r * n + i + 1];
}
