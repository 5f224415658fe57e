/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Epochs on sets that are not Cora: a generated graph of 170,000 nodes beside the dense products of the same epoch, and
 * collections of graphs. All through the functions that `mixq run` calls.
 */
#include <cblas.h>
#include <malloc.h>
#include <math.h>
#include <string.h>

#include "base/mixq-random.h"
#include "data/mixq-dataset-private.h"
#include "mixq-bench.h"
#include "run/mixq-memory.h"

#define LARGE "generated:170000,1200000,128,40"
#define LARGE_HIDDEN 256
#define EPOCHS_PER_ROUND 3

/* --- the dense products of an epoch ---------------------------------------------------------------------------------- */

/* X W1, H W2, dW2, dH, dW1, and H W2 again for the evaluation; its X W1 is that of the next step. */
typedef struct
{
  blasint n, f, h, c;
  float *x, *w1, *hidden, *w2, *y;
} Products;

static float *
numbers (gsize n)
{
  float *x = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    x[i] = (float) (i % 97) / 97.0f - 0.5f;
  return x;
}

static void
products_init (Products *self, const MixqModel *model)
{
  gsize n = model->n_nodes, f = model->n_features, h = model->spec.hidden, c = model->n_classes;

  *self = (Products){ (blasint) n,     (blasint) f,     (blasint) h,     (blasint) c,    numbers (n * f),
                      numbers (f * h), numbers (n * h), numbers (h * c), numbers (n * c) };
}

static void
products_clear (Products *self)
{
  g_free (self->x);
  g_free (self->w1);
  g_free (self->hidden);
  g_free (self->w2);
  g_free (self->y);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Products, products_clear)

static void
multiply (CBLAS_TRANSPOSE ta,
          CBLAS_TRANSPOSE tb,
          blasint n,
          blasint m,
          blasint k,
          const float *a,
          const float *b,
          float *c)
{
  cblas_sgemm (CblasRowMajor, ta, tb, n, m, k, 1, a, ta == CblasTrans ? n : k, b, tb == CblasTrans ? k : m, 0,
               c, m);
}

static void
run_products (gpointer data)
{
  Products *self = data;
  blasint n = self->n, f = self->f, h = self->h, c = self->c;

  multiply (CblasNoTrans, CblasNoTrans, n, h, f, self->x, self->w1, self->hidden);
  multiply (CblasNoTrans, CblasNoTrans, n, c, h, self->hidden, self->w2, self->y);
  multiply (CblasTrans, CblasNoTrans, h, c, n, self->hidden, self->y, self->w2);
  multiply (CblasNoTrans, CblasTrans, n, h, c, self->y, self->w2, self->hidden);
  multiply (CblasTrans, CblasNoTrans, f, h, n, self->x, self->hidden, self->w1);
  multiply (CblasNoTrans, CblasNoTrans, n, c, h, self->hidden, self->w2, self->y);
}

/* --- phases -------------------------------------------------------------------------------------------------------- */

/* What one set's epochs are measured with. */
typedef struct
{
  MixqBench *bench;
  const char *name; /* "large" */
  MixqModel *model;
  MixqInputs *inputs;
  const char *reference_name;
  void (*reference) (gpointer data); /* (nullable) */
  gpointer data;
} Subject;

static MixqFloatModel *
train_float (const Subject *self, guint epochs, MixqBenchWatch *watch, GError **error)
{
  MixqPhaseControl control = { .cancellable = self->bench->cli->cancellable, .user_data = watch };
  MixqRunConfig config;

  mixq_run_config_init (&config);
  config.epochs_float = epochs;
  if (watch != NULL)
    control.progress = mixq_bench_watch_epoch;
  return mixq_float_model_train (self->model, self->inputs, &config, &control, error);
}

static gboolean
run_search (const Subject *self,
            const MixqFloatModel *model,
            guint epochs,
            MixqBenchWatch *watch,
            GError **error)
{
  MixqPhaseControl control = { .cancellable = self->bench->cli->cancellable, .user_data = watch };
  MixqSelection selection;
  MixqRunConfig config;

  mixq_run_config_init (&config);
  config.epochs_search = epochs;
  if (watch != NULL)
    control.progress = mixq_bench_watch_epoch;
  return mixq_search_run (model, &config, NULL, &control, &selection, error);
}

static MixqBenchWatch
watch_new (const Subject *self, const char *phase)
{
  MixqBenchWatch watch = {
    .bench = self->bench, .phase = phase, .every = 1, .reference = self->reference, .data = self->data
  };

  watch.result = mixq_bench_begin (self->bench, g_strdup_printf ("%s-%s", self->name, phase),
                                   self->reference_name);
  return watch;
}

/* The most memory of each phase, in MiB. */
typedef struct
{
  double data, floating, search;
} Peaks;

/* What was freed before goes back to the system first. */
static double
start_peak (void)
{
  malloc_trim (0);
  return mixq_memory_start_peak ();
}

/* In epochs of their own, while nothing of the reference is there. */
static gboolean
measure_memory (const Subject *self, Peaks *peaks, GError **error)
{
  g_autoptr (MixqFloatModel) model = NULL;

  peaks->data = start_peak ();
  model = train_float (self, 2, NULL, error);
  if (model == NULL)
    return FALSE;
  peaks->floating = mixq_memory_peak_mib ();
  start_peak ();
  if (!run_search (self, model, 2, NULL, error))
    return FALSE;
  peaks->search = mixq_memory_peak_mib ();
  return TRUE;
}

static void
set_figures (const Subject *self, MixqBenchResult *result, double peak, double data)
{
  mixq_bench_set_text (result, "data", self->inputs->dataset->title);
  mixq_bench_set (result, "peak_mib", peak);
  mixq_bench_set (result, "peak_above_data_mib", peak - data);
}

static gboolean
measure_epochs (const Subject *self, const Peaks *peaks, GError **error)
{
  guint epochs = 1 + EPOCHS_PER_ROUND * self->bench->rounds;
  MixqBenchWatch watch = watch_new (self, "float32");
  g_autoptr (MixqFloatModel) model = train_float (self, epochs, &watch, error);

  if (model == NULL)
    return FALSE;
  set_figures (self, watch.result, peaks->floating, peaks->data);
  watch = watch_new (self, "search");
  if (!run_search (self, model, epochs, &watch, error))
    return FALSE;
  set_figures (self, watch.result, peaks->search, peaks->data);
  return TRUE;
}

static gboolean
measure_set (MixqBench *bench,
             const char *name,
             MixqDataset *dataset,
             const MixqModelSpec *spec,
             gboolean with_products,
             GError **error)
{
  g_autoptr (MixqModel) model = mixq_model_new (spec, dataset, error);
  g_autoptr (MixqInputs) inputs = NULL;
  g_auto (Products) products = { 0 };
  Subject subject = { .bench = bench,
                      .name = name,
                      .model = model,
                      .reference_name = "gemm",
                      .reference = mixq_bench_gemm,
                      .data = bench };
  Peaks peaks;

  if (model == NULL)
    return FALSE;
  inputs = mixq_inputs_new (dataset);
  subject.inputs = inputs;
  if (!measure_memory (&subject, &peaks, error))
    return FALSE;
  if (with_products) {
    products_init (&products, model);
    subject.reference_name = "its dense products";
    subject.reference = run_products;
    subject.data = &products;
  }
  return measure_epochs (&subject, &peaks, error);
}

gboolean
mixq_bench_large (MixqBench *self, GError **error)
{
  g_autoptr (MixqDataset) dataset = mixq_dataset_load (LARGE, NULL, self->cli->cancellable, error);
  MixqModelSpec spec = MIXQ_MODEL_SPEC_DEFAULT;

  spec.hidden = LARGE_HIDDEN;
  return dataset != NULL && measure_set (self, "large", dataset, &spec, TRUE, error);
}

/* --- collections of graphs ------------------------------------------------------------------------------------------- */

/* What PROTEINS has: 1113 graphs, 43,471 nodes, 81,044 edges, three kinds of nodes, two classes. */
#define GRAPHS 1113
#define GRAPH_NODES 39
#define GRAPH_EDGES 73
#define KINDS 3

static MixqCsr *
collection_graph (MixqRandom *random)
{
  g_autofree guint32 *src = g_new (guint32, GRAPHS * GRAPH_EDGES),
                     *dst = g_new (guint32, GRAPHS * GRAPH_EDGES);

  for (guint32 e = 0; e < GRAPHS * GRAPH_EDGES; e++) {
    guint32 first = e / GRAPH_EDGES * GRAPH_NODES, i = e % GRAPH_EDGES;

    src[e] = first + i % GRAPH_NODES; /* a path, and as many edges between any two nodes */
    dst[e] = first + (i + 1 < GRAPH_NODES ? i + 1 : mixq_random_below (random, GRAPH_NODES));
  }
  return mixq_csr_new_from_edges (GRAPHS * GRAPH_NODES, src, dst, GRAPHS * GRAPH_EDGES, NULL);
}

static MixqCsr *
collection_features (MixqRandom *random)
{
  gsize n = GRAPHS * GRAPH_NODES;
  MixqCsr *features = mixq_csr_new (n, KINDS, n, FALSE);

  for (gsize r = 0; r < n; r++) {
    features->col[r] = mixq_random_below (random, KINDS);
    features->row_ptr[r + 1] = r + 1;
  }
  return features;
}

/* Where PROTEINS is not at hand: a made-up collection of its sizes. */
static MixqDataset *
generate_collection (GError **error)
{
  g_autoptr (MixqDataset)
      dataset = mixq_dataset_alloc ("like-proteins", "Made-up graphs of the sizes of PROTEINS", "generated");
  MixqRandom random;

  mixq_random_init (&random, 0, "bench-collection");
  dataset->task = MIXQ_TASK_GRAPHS;
  dataset->n_nodes = GRAPHS * GRAPH_NODES;
  dataset->n_graphs = GRAPHS;
  dataset->n_classes = 2;
  dataset->graph = collection_graph (&random);
  dataset->features = collection_features (&random);
  dataset->graph_ptr = g_new (gsize, GRAPHS + 1);
  dataset->graph_labels = g_new (gint32, GRAPHS);
  dataset->item_part = g_new (guint8, GRAPHS);
  for (gsize g = 0; g <= GRAPHS; g++)
    dataset->graph_ptr[g] = g * GRAPH_NODES;
  for (gsize g = 0; g < GRAPHS; g++) {
    dataset->graph_labels[g] = (gint32) (g % 2);
    dataset->item_part[g] = g % 10 == 0 ? MIXQ_PART_TEST : g % 10 == 1 ? MIXQ_PART_VAL : MIXQ_PART_TRAIN;
  }
  mixq_dataset_fill_unlabelled (dataset);
  if (!mixq_dataset_seal (dataset, error))
    return NULL;
  return g_steal_pointer (&dataset);
}

gboolean
mixq_bench_proteins (MixqBench *self, GError **error)
{
  const char *shared = g_getenv ("MIXQ_SHARED_DATA");
  g_autofree char *path = g_build_filename (shared != NULL ? shared : "", "tu", "PROTEINS.zip", NULL);
  gboolean is_there = shared != NULL && g_file_test (path, G_FILE_TEST_EXISTS);
  g_autoptr (MixqDataset) dataset = is_there ? mixq_dataset_load (path, NULL, self->cli->cancellable, error)
                                             : generate_collection (error);
  MixqModelSpec spec;

  mixq_model_spec_for (&spec, MIXQ_ARCH_GIN, MIXQ_TASK_GRAPHS);
  return dataset != NULL &&
         measure_set (self, is_there ? "proteins" : "like-proteins", dataset, &spec, FALSE, error);
}

gboolean
mixq_bench_csl (MixqBench *self, GError **error)
{
  g_autoptr (MixqDataset) dataset = mixq_dataset_load ("csl", NULL, self->cli->cancellable, error);
  MixqModelSpec spec;

  mixq_model_spec_for (&spec, MIXQ_ARCH_GCN, MIXQ_TASK_GRAPHS);
  return dataset != NULL && measure_set (self, "csl", dataset, &spec, FALSE, error);
}
