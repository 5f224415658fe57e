/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sparse products, elementwise loops, dropout and Adam: every level against the naive reference. */
#include "levels.h"

/* A float sum of n products is off by at most about n eps of the sum of absolute products (any order, with or without
 * fused multiply-add); 4 more for the roundings outside the sum. */
#define SUM_BOUND(n) (((double) (n) + 4) * (double) FLT_EPSILON)
/* One Adam step: under ten float operations, none of which cancels here. */
#define ADAM_BOUND (8 * (double) FLT_EPSILON)
/* 1 - beta2 with beta2 = 0.999 in float is off by 1.3e-5 of itself, and v is below 0.002. */
#define HAND_TOLERANCE 5e-8
/* Sigmas a binomial count may be off; 1 in 1.7 million by chance, and the seed is fixed. */
#define RATE_SIGMAS 5

typedef struct
{
  gsize row_ptr[N_ROWS + 1];
  guint32 *col;
  float *value;
  gsize nnz;
} Sparse;

/* Row r has a random number of entries, among them rows with none and one with more than the prefetch distance. */
static void
sparse_init (Sparse *self, MixqRandom *random, gsize n_cols)
{
  static const gsize count[N_ROWS] = { 0, 1, 2, 0, 9, 3, 40, 1, 0, 5, 17, 8, 2 };

  *self = (Sparse){ 0 };
  for (gsize r = 0; r < N_ROWS; r++)
    self->row_ptr[r + 1] = self->row_ptr[r] + count[r];
  self->nnz = self->row_ptr[N_ROWS];
  self->col = g_new (guint32, self->nnz);
  for (gsize e = 0; e < self->nnz; e++)
    self->col[e] = mixq_random_below (random, (guint32) n_cols);
  self->value = random_matrix (random, self->nnz, -2, 2);
}

static void
sparse_clear (Sparse *self)
{
  g_free (self->col);
  g_free (self->value);
}

#define N_SOURCES 23

static void
check_spmm (const MixqKernels *k, const Sparse *a, MixqRows rows, const float *x, gsize d)
{
  gsize n = N_ROWS * d;
  g_autofree float *y = filled (n, SENTINEL), *ref = filled (n, SENTINEL), *size = filled (n, 0);
  g_autofree float *abs_a = absolute (a->value, a->nnz), *abs_x = absolute (x, N_SOURCES * d);
  g_autofree double *bound = g_new0 (double, n);

  k->spmm (a->row_ptr, a->col, a->value, rows, x, d, y);
  mixq_kernels_ref.spmm (a->row_ptr, a->col, a->value, rows, x, d, ref);
  mixq_kernels_ref.spmm (a->row_ptr, a->col, abs_a, rows, abs_x, d, size);
  for (gsize i = 0; i < n; i++)
    bound[i] = SUM_BOUND (40) * (double) size[i];
  assert_all_within (k->name, "spmm", n, y, ref, bound);
}

static void
check_sddmm (const MixqKernels *k, const Sparse *a, MixqRows rows, const float *left, const float *x, gsize d)
{
  g_autofree float *out = filled (a->nnz, SENTINEL), *ref = filled (a->nnz, SENTINEL);
  g_autofree float *size = filled (a->nnz, 0);
  g_autofree float *abs_left = absolute (left, N_ROWS * d), *abs_x = absolute (x, N_SOURCES * d);
  g_autofree double *bound = g_new0 (double, a->nnz);

  k->sddmm (a->row_ptr, a->col, rows, left, x, d, out);
  mixq_kernels_ref.sddmm (a->row_ptr, a->col, rows, left, x, d, ref);
  mixq_kernels_ref.sddmm (a->row_ptr, a->col, rows, abs_left, abs_x, d, size);
  for (gsize e = 0; e < a->nnz; e++)
    bound[e] = SUM_BOUND (d) * (double) size[e];
  assert_all_within (k->name, "sddmm", a->nnz, out, ref, bound);
}

/* Nothing but the two of which it is made, to the last bit, wherever the dots go. */
static void
check_spmm_dots (const MixqKernels *k,
                 const Sparse *a,
                 MixqRows rows,
                 const float *left,
                 const float *x,
                 gsize d)
{
  g_autofree float *y = filled (N_ROWS * d, SENTINEL), *both = filled (N_ROWS * d, SENTINEL);
  g_autofree float *dot = filled (a->nnz, SENTINEL), *placed = filled (a->nnz, SENTINEL);
  g_autofree gsize *place = g_new (gsize, a->nnz);

  for (gsize e = 0; e < a->nnz; e++)
    place[e] = a->nnz - 1 - e;
  k->spmm (a->row_ptr, a->col, a->value, rows, x, d, y);
  k->sddmm (a->row_ptr, a->col, rows, left, x, d, dot);
  k->spmm_dots (a->row_ptr, a->col, a->value, place, rows, x, left, d, both, placed);
  g_assert_cmpmem (both, N_ROWS * d * sizeof (float), y, N_ROWS * d * sizeof (float));
  for (gsize e = 0; e < a->nnz; e++)
    g_assert_cmpfloat (placed[place[e]], ==, dot[e]);
  k->spmm_dots (a->row_ptr, a->col, a->value, NULL, rows, x, left, d, both, placed);
  for (gsize i = 0; i < rows.n; i++)
    for (gsize e = a->row_ptr[mixq_rows_at (rows, i)]; e < a->row_ptr[mixq_rows_at (rows, i) + 1]; e++)
      g_assert_cmpfloat (placed[e], ==, dot[e]);
}

static void
test_sparse (void)
{
  const MixqKernels *level[4];
  guint n_levels = levels (level);
  MixqRandom random;

  mixq_random_init (&random, 1, "kernels");
  for (gsize i = 0; i < G_N_ELEMENTS (awkward); i++) {
    gsize d = awkward[i];
    g_autofree float *x = random_matrix (&random, N_SOURCES * d, -1, 1);
    g_autofree float *left = random_matrix (&random, N_ROWS * d, -1, 1);
    Sparse a;

    sparse_init (&a, &random, N_SOURCES);
    for (guint l = 0; l < n_levels; l++)
      for (gsize s = 0; s < G_N_ELEMENTS (row_sets); s++) {
        check_spmm (level[l], &a, row_sets[s], x, d);
        check_sddmm (level[l], &a, row_sets[s], left, x, d);
        check_spmm_dots (level[l], &a, row_sets[s], left, x, d);
      }
    sparse_clear (&a);
  }
}

/* sum |a| |b| of a product is its own kernel on absolute values: what SUM_BOUND multiplies. */
static void
narrow_bound (gsize n, gsize terms, const float *size, double *bound)
{
  for (gsize i = 0; i < n; i++)
    bound[i] = SUM_BOUND (terms) * (double) fabsf (size[i]);
}

static void
check_narrow (const MixqKernels *kernels,
              MixqRows rows,
              gsize k,
              gsize d,
              const float *x,
              const float *w,
              const float *g)
{
  gsize n = N_ROWS * d, m = N_ROWS * k;
  g_autofree float *abs_x = absolute (x, m), *abs_w = absolute (w, k * d), *abs_g = absolute (g, n);
  g_autofree float *y = filled (n, SENTINEL), *ref = filled (n, SENTINEL), *size = filled (n, 0);
  g_autofree float *dx = filled (m, SENTINEL), *ref_dx = filled (m, SENTINEL), *size_dx = filled (m, 0);
  g_autofree float *dw = filled (k * d, SENTINEL), *ref_dw = filled (k * d, SENTINEL),
                   *size_dw = filled (k * d, 0);
  g_autofree double *bound = g_new0 (double, MAX (MAX (n, m), k * d));

  kernels->narrow_forward (rows, k, d, x, w, y);
  mixq_kernels_ref.narrow_forward (rows, k, d, x, w, ref);
  mixq_kernels_ref.narrow_forward (rows, k, d, abs_x, abs_w, size);
  narrow_bound (n, k, size, bound);
  assert_all_within (kernels->name, "narrow_forward", n, y, ref, bound);

  if (d > MIXQ_NARROW)
    return;
  kernels->narrow_backward (rows, k, d, x, w, g, dx, dw);
  mixq_kernels_ref.narrow_backward (rows, k, d, x, w, g, ref_dx, ref_dw);
  mixq_kernels_ref.narrow_backward (rows, k, d, abs_x, abs_w, abs_g, size_dx, size_dw);
  narrow_bound (m, d, size_dx, bound);
  assert_all_within (kernels->name, "narrow dx", m, dx, ref_dx, bound);
  narrow_bound (k * d, N_ROWS, size_dw, bound);
  assert_all_within (kernels->name, "narrow dw", k * d, dw, ref_dw, bound);
}

static void
test_narrow (void)
{
  const MixqKernels *level[4];
  guint n_levels = levels (level);
  MixqRandom random;

  mixq_random_init (&random, 12, "kernels");
  for (gsize i = 0; i < G_N_ELEMENTS (awkward); i++)
    for (gsize d = 1; d <= MIXQ_NARROW_FORWARD; d++) {
      gsize k = awkward[i];
      g_autofree float *x = random_matrix (&random, N_ROWS * k, -1, 1),
                       *w = random_matrix (&random, k * d, -1, 1);
      g_autofree float *g = random_matrix (&random, N_ROWS * d, -1, 1);

      for (guint l = 0; l < n_levels; l++)
        for (gsize s = 0; s < G_N_ELEMENTS (row_sets); s++)
          check_narrow (level[l], row_sets[s], k, d, x, w, g);
    }
}

/* Comparisons only, so the result is exact; -0, NaN and infinities included. */
static void
test_relu (void)
{
  const MixqKernels *level[4];
  guint n_levels = levels (level);
  MixqRandom random;

  mixq_random_init (&random, 2, "kernels");
  for (gsize i = 0; i < G_N_ELEMENTS (awkward); i++) {
    gsize d = awkward[i], n = N_ROWS * d;
    g_autofree float *x = random_matrix (&random, n, -1, 1), *g = random_matrix (&random, n, -1, 1);

    x[0] = -0.0f;
    x[n / 2] = NAN;
    x[n - 1] = INFINITY;
    for (guint l = 0; l < n_levels; l++)
      for (gsize s = 0; s < G_N_ELEMENTS (row_sets); s++) {
        g_autofree float *y = filled (n, SENTINEL), *ref = filled (n, SENTINEL);

        level[l]->relu_forward (row_sets[s], d, x, y);
        mixq_kernels_ref.relu_forward (row_sets[s], d, x, ref);
        g_assert_cmpmem (y, n * sizeof *y, ref, n * sizeof *ref);
        level[l]->relu_backward (row_sets[s], d, x, g, y);
        mixq_kernels_ref.relu_backward (row_sets[s], d, x, g, ref);
        g_assert_cmpmem (y, n * sizeof *y, ref, n * sizeof *ref);
      }
  }
}

/* The mask is a pure function of (key, row, column): the same bits on every level and for any subset of rows. */
static void
test_dropout_bits (void)
{
  const MixqKernels *level[4];
  guint n_levels = levels (level);
  const float keep[] = { 0.5f, 0.9f, 0.1f, 1.0f };
  MixqRandom random;

  mixq_random_init (&random, 3, "kernels");
  for (gsize i = 0; i < G_N_ELEMENTS (awkward); i++) {
    gsize d = awkward[i], n = N_ROWS * d;
    g_autofree float *x = random_matrix (&random, n, -1, 1);

    for (guint t = 0; t < G_N_ELEMENTS (keep); t++) {
      guint64 key = mixq_random_next (&random);
      g_autofree float *whole = filled (n, SENTINEL);

      mixq_kernels_ref.dropout (row_sets[0], d, keep[t], key, x, whole);
      for (guint l = 0; l < n_levels; l++)
        for (gsize s = 0; s < G_N_ELEMENTS (row_sets); s++) {
          g_autofree float *y = filled (n, SENTINEL);

          level[l]->dropout (row_sets[s], d, keep[t], key, x, y);
          for (gsize r = 0; r < row_sets[s].n; r++) {
            gsize at = mixq_rows_at (row_sets[s], r) * d;
            g_assert_cmpmem (y + at, d * sizeof *y, whole + at, d * sizeof *whole);
          }
        }
      if (keep[t] == 1.0f)
        g_assert_cmpmem (whole, n * sizeof *whole, x, n * sizeof *x);
    }
  }
}

static gsize
count_kept (float keep, guint64 key, gsize d, float *y)
{
  g_autofree guint32 *index = g_new (guint32, 1000);
  g_autofree float *ones = filled (1000 * d, 1);
  gsize kept = 0;

  for (guint32 r = 0; r < 1000; r++)
    index[r] = r;
  mixq_kernels_portable.dropout ((MixqRows){ index, 1000 }, d, keep, key, ones, y);
  for (gsize i = 0; i < 1000 * d; i++) {
    kept += y[i] != 0;
    g_assert_true (y[i] == 0 || y[i] == 1.0f / keep);
  }
  return kept;
}

static void
test_dropout_rate (void)
{
  const float keep[] = { 0.5f, 0.9f, 0.1f };
  const gsize d = 128;
  const double n = 1000.0 * 128;
  g_autofree float *first = filled (1000 * d, 0), *second = filled (1000 * d, 0);

  for (guint t = 0; t < G_N_ELEMENTS (keep); t++) {
    double p = (double) keep[t], sigma = sqrt (n * p * (1 - p)), both = 0;

    assert_within ("portable", "kept", t, (double) count_kept (keep[t], 7, d, first), n * p,
                   RATE_SIGMAS * sigma);
    assert_within ("portable", "kept", t, (double) count_kept (keep[t], 8, d, second), n * p,
                   RATE_SIGMAS * sigma);
    /* masks of neighbouring keys are independent: both keep an element with probability p^2 */
    for (gsize i = 0; i < 1000 * d; i++)
      both += first[i] != 0 && second[i] != 0;
    assert_within ("portable", "kept by both", t, both, n * p * p,
                   RATE_SIGMAS * sqrt (n * p * p * (1 - p * p)));
  }
}

static void
test_adam (void)
{
  const MixqKernels *level[4];
  guint n_levels = levels (level);
  const MixqAdam adam = { 0.9f, 0.999f, 1e-8f, 0.01f / (1 - 0.9f), 1 / (1 - 0.999f), 2e-4f };
  MixqRandom random;

  mixq_random_init (&random, 4, "kernels");
  for (gsize i = 0; i < G_N_ELEMENTS (awkward); i++)
    for (guint l = 0; l < n_levels; l++) {
      gsize n = awkward[i];
      g_autofree float *w = random_matrix (&random, n, -1, 1), *g = random_matrix (&random, n, -1, 1);
      g_autofree float *m = random_matrix (&random, n, -0.1, 0.1), *v = random_matrix (&random, n, 0.5, 1);
      g_autofree float *rw = g_memdup2 (w, n * sizeof *w), *rm = g_memdup2 (m, n * sizeof *m);
      g_autofree float *rv = g_memdup2 (v, n * sizeof *v);

      level[l]->adam (&adam, n, w, g, m, v);
      mixq_kernels_ref.adam (&adam, n, rw, g, rm, rv);
      for (gsize t = 0; t < n; t++) {
        assert_within (level[l]->name, "adam m", t, (double) m[t], (double) rm[t], ADAM_BOUND);
        assert_within (level[l]->name, "adam v", t, (double) v[t], (double) rv[t], ADAM_BOUND);
        assert_within (level[l]->name, "adam w", t, (double) w[t], (double) rw[t], ADAM_BOUND);
      }
    }
}

/* Two hand-made steps: g = 1 then -0.5, lr 0.1, no decay. */
static void
test_adam_by_hand (void)
{
  const MixqKernels *level[4];
  guint n_levels = levels (level);
  const MixqAdam first = { 0.9f, 0.999f, 0, 0.1f / 0.1f, 1 / 0.001f, 0 };
  const MixqAdam second = { 0.9f, 0.999f, 0, (float) (0.1 / (1 - 0.81)), (float) (1 / (1 - 0.998001)), 0 };

  for (guint l = 0; l < n_levels; l++) {
    float w = 2, g = 1, m = 0, v = 0;

    level[l]->adam (&first, 1, &w, &g, &m, &v);
    assert_within (level[l]->name, "first", 0, (double) w, 1.9, 1e-5); /* the first step is lr x sign */
    g = -0.5f;
    level[l]->adam (&second, 1, &w, &g, &m, &v);
    assert_within (level[l]->name, "m", 0, (double) m, 0.9 * 0.1 - 0.1 * 0.5, 1e-6);
    assert_within (level[l]->name, "v", 0, (double) v, 0.999 * 0.001 + 0.001 * 0.25, HAND_TOLERANCE);
    /* m^ = 0.04 / 0.19, v^ = 0.001249 / 0.001999; 1.9 - 0.1 m^ / sqrt (v^) */
    assert_within (level[l]->name, "second", 0, (double) w,
                   1.9 - 0.1 * (0.04 / 0.19) / sqrt (0.001249 / 0.001999), 2e-5);
  }
}

/* Nothing has moved and nothing pulls: the weight stays; without eps this would be 0 / 0. */
static void
test_adam_at_rest (void)
{
  const MixqKernels *level[4];
  guint n_levels = levels (level);
  const MixqAdam adam = { 0.9f, 0.999f, 1e-8f, 0.01f, 1000, 0 };

  for (guint l = 0; l < n_levels; l++) {
    float w[9] = { 2, 2, 2, 2, 2, 2, 2, 2, 2 }, g[9] = { 0 }, m[9] = { 0 }, v[9] = { 0 };

    level[l]->adam (&adam, 9, w, g, m, v);
    for (guint i = 0; i < 9; i++)
      g_assert_cmpfloat (w[i], ==, 2);
  }
}

/* Products of floats are exact in double and every level adds in the same order: the same bits. */
static void
test_column_sums (void)
{
  const MixqKernels *level[4];
  guint n_levels = levels (level);
  MixqRandom random;

  mixq_random_init (&random, 5, "kernels");
  for (gsize i = 0; i < G_N_ELEMENTS (awkward); i++)
    for (guint l = 0; l < n_levels; l++)
      for (gsize s = 0; s < G_N_ELEMENTS (row_sets); s++) {
        gsize d = awkward[i];
        g_autofree float *g = random_matrix (&random, N_ROWS * d, -1, 1);
        g_autofree float *x = random_matrix (&random, N_ROWS * d, -1, 1);
        g_autofree double *a = g_new0 (double, 2 * d), *b = g_new0 (double, 2 * d);

        a[0] = b[0] = 3; /* sums are added to what is there */
        level[l]->column_sums (row_sets[s], d, g, x, a, a + d);
        mixq_kernels_ref.column_sums (row_sets[s], d, g, x, b, b + d);
        g_assert_cmpmem (a, 2 * d * sizeof *a, b, 2 * d * sizeof *b);
      }
}

static void
test_choice (void)
{
  const MixqKernels *chosen = mixq_kernels_get (), *avx2 = mixq_kernels_get_avx2 ();

  g_assert_true (chosen != &mixq_kernels_ref);
  if (avx2 == NULL)
    g_assert_true (chosen == &mixq_kernels_portable);
  g_test_message ("level in use: %s", chosen->name);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/kernels/sparse", test_sparse);
  g_test_add_func ("/engine/kernels/narrow", test_narrow);
  g_test_add_func ("/engine/kernels/relu", test_relu);
  g_test_add_func ("/engine/kernels/dropout/bits", test_dropout_bits);
  g_test_add_func ("/engine/kernels/dropout/rate", test_dropout_rate);
  g_test_add_func ("/engine/kernels/adam/reference", test_adam);
  g_test_add_func ("/engine/kernels/adam/by-hand", test_adam_by_hand);
  g_test_add_func ("/engine/kernels/adam/at-rest", test_adam_at_rest);
  g_test_add_func ("/engine/kernels/column-sums", test_column_sums);
  g_test_add_func ("/engine/kernels/choice", test_choice);
  return g_test_run ();
}
