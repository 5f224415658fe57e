/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fast kernels beside the naive loops in double that specify them. */
#include <string.h>

#include "base/mixq-random.h"
#include "mixq-bench.h"

#define CHOICES 3

/* What one kernel works on; the same memory for both implementations. */
typedef struct
{
  const MixqBench *bench;
  const MixqKernels *kernels;
  const MixqKernels *fast, *ref;
  gsize n, d; /* rows x columns of a, b, c */
  float *a, *b, *c, *m;
  MixqMix mix;
  double dot[CHOICES];
} Work;

static float *
random_floats (gsize n, const char *stream)
{
  float *value = g_new (float, n);
  MixqRandom random;

  mixq_random_init (&random, 0, stream);
  for (gsize i = 0; i < n; i++)
    value[i] = (float) (mixq_random_uniform (&random) - 0.5);
  return value;
}

static void
work_init (Work *self, const MixqBench *bench, gsize n, gsize d)
{
  static const float scale[CHOICES] = { 0.25f, 0.0625f, 0.00390625f }, zero[CHOICES] = { 0, 0, 0 };
  static const float inverse[CHOICES] = { 4, 16, 256 }, half[CHOICES] = { 2, 8, 128 };

  *self = (Work){ .bench = bench, .fast = mixq_kernels_get (), .ref = &mixq_kernels_ref, .n = n, .d = d };
  self->a = random_floats (n * d, "a");
  self->b = random_floats (n * d, "b");
  self->c = random_floats (n * d, "c");
  self->m = random_floats (n * d, "m");
  for (gsize i = 0; i < n * d; i++)
    self->m[i] = self->m[i] * self->m[i]; /* second moments are not negative */
  self->mix.n = CHOICES;
  self->mix.granularity = MIXQ_PER_TENSOR;
  for (guint k = 0; k < CHOICES; k++) {
    self->mix.p[k] = 1.0f / CHOICES;
    self->mix.lo[k] = -half[k];
    self->mix.hi[k] = half[k] - 1;
    self->mix.scale[k] = &scale[k];
    self->mix.inv[k] = &inverse[k];
    self->mix.zero[k] = &zero[k];
  }
}

static void
work_clear (Work *self)
{
  g_free (self->a);
  g_free (self->b);
  g_free (self->c);
  g_free (self->m);
}

static gboolean
compare (MixqBench *bench, Work *work, const char *name, void (*run) (gpointer data), GError **error)
{
  MixqBenchResult *result = mixq_bench_begin (bench, g_strdup (name), "naive loops");

  for (guint i = 0; i < bench->rounds * 10 && mixq_bench_check (bench, NULL); i++) {
    work->kernels = work->fast;
    mixq_bench_take (&result->samples, run, work);
    work->kernels = work->ref;
    mixq_bench_take (&result->reference_samples, run, work);
  }
  work_clear (work);
  return mixq_bench_check (bench, error);
}

static MixqRows
all_rows (gsize n)
{
  return (MixqRows){ .n = n };
}

/* --- kernels ------------------------------------------------------------------------------------------------------- */

static void
run_spmm (gpointer data)
{
  Work *self = data;
  const MixqCsr *x = self->bench->inputs->features;

  self->kernels->spmm (x->row_ptr, x->col, x->value, all_rows (x->n_rows), self->bench->w, self->d, self->a);
}

static void
run_mix_forward (gpointer data)
{
  Work *self = data;

  self->kernels->mix_forward (&self->mix, all_rows (self->n), self->d, self->a, self->b);
}

static void
run_mix_backward (gpointer data)
{
  Work *self = data;

  self->kernels->mix_backward (&self->mix, all_rows (self->n), self->d, self->a, self->c, self->b, self->dot);
}

/* A step of almost nothing, so that a hundred repetitions change neither weights nor time. */
static void
run_adam (gpointer data)
{
  Work *self = data;
  MixqAdam adam = { 0.9f, 0.999f, 1e-8f, 1e-9f, 1.0f, 0 };

  self->kernels->adam (&adam, self->n * self->d, self->a, self->b, self->c, self->m);
}

/* Sparse X by W of the first layer. */
gboolean
mixq_bench_spmm (MixqBench *self, GError **error)
{
  Work work;

  work_init (&work, self, self->model->n_nodes, self->model->spec.hidden);
  return compare (self, &work, "spmm", run_spmm, error);
}

gboolean
mixq_bench_mix_forward (MixqBench *self, GError **error)
{
  Work work;

  work_init (&work, self, self->model->n_nodes, self->model->spec.hidden);
  return compare (self, &work, "mix-forward", run_mix_forward, error);
}

gboolean
mixq_bench_mix_backward (MixqBench *self, GError **error)
{
  Work work;

  work_init (&work, self, self->model->n_nodes, self->model->spec.hidden);
  return compare (self, &work, "mix-backward", run_mix_backward, error);
}

/* The weights of the first layer. */
gboolean
mixq_bench_adam (MixqBench *self, GError **error)
{
  Work work;

  work_init (&work, self, self->model->n_features, self->model->spec.hidden);
  return compare (self, &work, "adam", run_adam, error);
}
