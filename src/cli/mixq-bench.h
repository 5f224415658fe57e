/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-cli.h"
#include "mixq-progress.h"
#include "run/mixq-pipeline.h"

G_BEGIN_DECLS

/*
 * Benchmarks. Each one is measured in turns with its reference, in the same process and minute, so that a busy machine
 * slows both and their ratio stays. All work is on one thread and waits for nothing, so its processor time is what it
 * takes on an idle machine; the time on the wall is kept beside it.
 */

/** MixqMoment: where both clocks stand. */
typedef struct
{
  double cpu_ms, wall_ms;
} MixqMoment;
MixqMoment mixq_moment_now (void);

/** MixqSamples: milliseconds, in the order they were taken. */
typedef struct
{
  GArray *cpu, *wall; /* of double */
} MixqSamples;
/** mixq_samples_add: the time since @start. */
void mixq_samples_add (MixqSamples *self, MixqMoment start);
double mixq_median (const GArray *samples);
double mixq_min (const GArray *samples);

/** MixqBenchResult: one benchmark beside its reference. */
typedef struct
{
  char *name;            /* "cora-search" */
  const char *reference; /* "gemm" */
  MixqSamples samples, reference_samples;
  JsonObject *figures; /* (owned) (nullable): what else was found out, name by name */
} MixqBenchResult;

/** MixqBench: what benchmarks work on. */
typedef struct
{
  const MixqCli *cli;
  MixqProgress *progress;
  guint rounds; /* how often a benchmark repeats its unit of work */
  MixqInputs *inputs;
  MixqModel *model; /* GCN, 2 layers, 128 hidden, as in the published measurements */
  /* The product that training times are compared with: dense X (n x F) by W (F x hidden). */
  float *x, *w, *y;
  const char *plot;   /* (nullable): where the chart of "edges" goes */
  GPtrArray *results; /* of MixqBenchResult */
} MixqBench;

/** mixq_bench_begin: a new result; @name: (transfer full). */
MixqBenchResult *mixq_bench_begin (MixqBench *self, char *name, const char *reference);
/** mixq_bench_take: runs @work once and keeps its time. */
void mixq_bench_take (MixqSamples *samples, void (*work) (gpointer data), gpointer data);
/** mixq_bench_gemm: ONE OpenBLAS product of dense X by W; a void (*) (gpointer) of a MixqBench. */
void mixq_bench_gemm (gpointer bench);
gboolean mixq_bench_check (const MixqBench *self, GError **error);
/** mixq_bench_set: a further figure of @result; @name says its unit. */
void mixq_bench_set (MixqBenchResult *result, const char *name, double value);
void mixq_bench_set_text (MixqBenchResult *result, const char *name, const char *text);

/** MixqBenchWatch: watches one phase from the outside: the time between two calls is an epoch. */
typedef struct
{
  MixqBench *bench;
  MixqBenchResult *result;
  const char *phase;
  guint every; /* epochs between two runs of the reference */
  void (*reference) (gpointer data);
  gpointer data;
  MixqMoment last;
} MixqBenchWatch;
/** mixq_bench_watch_epoch: a MixqPhaseProgress of a MixqBenchWatch. */
void mixq_bench_watch_epoch (const char *phase,
                             guint epoch,
                             guint epochs,
                             const MixqEpoch *figures,
                             gpointer watch);

/* The benchmarks. Errors: MIXQ_ERROR_CANCELLED and those of training. */
gboolean mixq_bench_product (MixqBench *self, GError **error);
gboolean mixq_bench_float (MixqBench *self, GError **error);
gboolean mixq_bench_search (MixqBench *self, GError **error);
gboolean mixq_bench_qat (MixqBench *self, GError **error);
gboolean mixq_bench_pipeline (MixqBench *self, GError **error);
gboolean mixq_bench_inference (MixqBench *self, GError **error);
gboolean mixq_bench_spmm (MixqBench *self, GError **error);
gboolean mixq_bench_mix_forward (MixqBench *self, GError **error);
gboolean mixq_bench_mix_backward (MixqBench *self, GError **error);
gboolean mixq_bench_adam (MixqBench *self, GError **error);
gboolean mixq_bench_large (MixqBench *self, GError **error);
gboolean mixq_bench_proteins (MixqBench *self, GError **error);
gboolean mixq_bench_csl (MixqBench *self, GError **error);
gboolean mixq_bench_edges (MixqBench *self, GError **error);
gboolean mixq_bench_sampled (MixqBench *self, GError **error);

/** mixq_bench_generate: a made-up graph of Cora's shape: nodes, edges, features, non-zeros, classes, split. */
MixqDataset *mixq_bench_generate (GError **error);

JsonNode *mixq_bench_to_json (const GPtrArray *results);
void mixq_bench_print (const GPtrArray *results);

G_END_DECLS
