/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-bench.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cblas.h>

#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "base/mixq-random.h"
#include "mixq-cli-table.h"

/* --- samples ------------------------------------------------------------------------------------------------------- */

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

double
mixq_median (const GArray *samples)
{
  g_autofree double *sorted = g_memdup2 (samples->data, samples->len * sizeof (double));
  guint n = samples->len;

  if (n == 0)
    return NAN;
  qsort (sorted, n, sizeof (double), compare);
  return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

double
mixq_min (const GArray *samples)
{
  double least = INFINITY;

  for (guint i = 0; i < samples->len; i++)
    least = fmin (least, g_array_index (samples, double, i));
  return least;
}

static double
clock_ms (clockid_t clock)
{
  struct timespec now = { 0 };

  clock_gettime (clock, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

MixqMoment
mixq_moment_now (void)
{
  return (MixqMoment){ clock_ms (CLOCK_THREAD_CPUTIME_ID), clock_ms (CLOCK_MONOTONIC) };
}

void
mixq_samples_add (MixqSamples *self, MixqMoment start)
{
  MixqMoment now = mixq_moment_now ();
  double cpu = now.cpu_ms - start.cpu_ms, wall = now.wall_ms - start.wall_ms;

  g_array_append_val (self->cpu, cpu);
  g_array_append_val (self->wall, wall);
}

static void
samples_init (MixqSamples *self)
{
  self->cpu = g_array_new (FALSE, FALSE, sizeof (double));
  self->wall = g_array_new (FALSE, FALSE, sizeof (double));
}

static void
samples_clear (MixqSamples *self)
{
  g_array_unref (self->cpu);
  g_array_unref (self->wall);
}

void
mixq_bench_take (MixqSamples *samples, void (*work) (gpointer data), gpointer data)
{
  MixqMoment start = mixq_moment_now ();

  work (data);
  mixq_samples_add (samples, start);
}

static void
result_free (gpointer data)
{
  MixqBenchResult *self = data;

  g_free (self->name);
  samples_clear (&self->samples);
  samples_clear (&self->reference_samples);
  g_clear_pointer (&self->figures, json_object_unref);
  g_free (self);
}

MixqBenchResult *
mixq_bench_begin (MixqBench *self, char *name, const char *reference)
{
  MixqBenchResult *result = g_new0 (MixqBenchResult, 1);

  if (self->results == NULL)
    self->results = g_ptr_array_new_with_free_func (result_free);
  result->name = name;
  result->reference = reference;
  samples_init (&result->samples);
  samples_init (&result->reference_samples);
  g_ptr_array_add (self->results, result);
  mixq_progress_say (self->progress, "%s", name);
  return result;
}

gboolean
mixq_bench_check (const MixqBench *self, GError **error)
{
  if (!mixq_cli_is_stopped (self->cli))
    return TRUE;
  g_set_error_literal (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED, "bench: stopped");
  return FALSE;
}

static JsonObject *
figures_of (MixqBenchResult *result)
{
  if (result->figures == NULL)
    result->figures = json_object_new ();
  return result->figures;
}

void
mixq_bench_set (MixqBenchResult *result, const char *name, double value)
{
  json_object_set_member (figures_of (result), name, mixq_json_number (value));
}

void
mixq_bench_set_text (MixqBenchResult *result, const char *name, const char *text)
{
  json_object_set_string_member (figures_of (result), name, text);
}

void
mixq_bench_watch_epoch (const char *phase,
                        guint epoch,
                        guint epochs,
                        const MixqEpoch *figures,
                        gpointer watch)
{
  MixqBenchWatch *self = watch;

  if (strcmp (phase, self->phase) == 0) {
    if (epoch > 1) /* the first one's beginning was not seen */
      mixq_samples_add (&self->result->samples, self->last);
    if (epoch % self->every == 0 && self->reference != NULL)
      mixq_bench_take (&self->result->reference_samples, self->reference, self->data);
  }
  mixq_progress_advance (self->bench->progress, "%s", self->result->name);
  self->last = mixq_moment_now ();
}

void
mixq_bench_gemm (gpointer bench)
{
  MixqBench *self = bench;
  blasint n = (blasint) self->model->n_nodes, k = (blasint) self->model->n_features,
          m = (blasint) self->model->spec.hidden;

  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, n, m, k, 1, self->x, k, self->w, m, 0, self->y, m);
}

/* --- a made-up graph ------------------------------------------------------------------------------------------------ */

#define NODES 2708
#define EDGES 5278
#define FEATURES 1433
#define WORDS 18 /* of a node: 48,744 non-zeros; Cora has 49,216 */
#define CLASSES 7
#define HOMOPHILY 0.8

static MixqCsr *
generate_graph (MixqRandom *random)
{
  g_autofree guint32 *src = g_new (guint32, EDGES), *dst = g_new (guint32, EDGES);

  for (guint e = 0; e < EDGES; e++) {
    src[e] = mixq_random_below (random, NODES);
    if (mixq_random_uniform (random) < HOMOPHILY) /* class is node number modulo classes */
      dst[e] = (guint32) (src[e] % CLASSES + CLASSES * mixq_random_below (random, NODES / CLASSES));
    else
      dst[e] = mixq_random_below (random, NODES);
  }
  return mixq_csr_new_from_edges (NODES, src, dst, EDGES, NULL);
}

/* Half of a node's words are of its class. Words are drawn from equal stretches, so that they ascend. */
static MixqCsr *
generate_features (MixqRandom *random)
{
  MixqCsr *features = mixq_csr_new (NODES, FEATURES, (gsize) NODES * WORDS, FALSE);
  guint32 stretch = FEATURES / WORDS;

  for (guint32 node = 0; node < NODES; node++) {
    for (guint32 i = 0; i < WORDS; i++) {
      guint32 word = i % 2 == 0 ? node % CLASSES * (stretch / CLASSES) +
                                      mixq_random_below (random, stretch / CLASSES)
                                : mixq_random_below (random, stretch);

      features->col[(gsize) node * WORDS + i] = i * stretch + word;
    }
    features->row_ptr[node + 1] = (gsize) (node + 1) * WORDS;
  }
  return features;
}

MixqDataset *
mixq_bench_generate (GError **error)
{
  g_autoptr (MixqDataset)
      dataset = mixq_dataset_alloc ("like-cora", "Made-up graph of Cora's shape", "generated");
  MixqRandom random;

  mixq_random_init (&random, 0, "bench");
  dataset->n_nodes = NODES;
  dataset->n_classes = CLASSES;
  dataset->graph = generate_graph (&random);
  dataset->features = generate_features (&random);
  dataset->labels = g_new (gint32, NODES);
  dataset->part = g_new0 (guint8, NODES);
  for (guint node = 0; node < NODES; node++)
    dataset->labels[node] = (gint32) (node % CLASSES);
  if (!mixq_dataset_seal (dataset, error))
    return NULL;
  return mixq_dataset_with_split (dataset, "planetoid", error);
}

/* --- output -------------------------------------------------------------------------------------------------------- */

static double
ratio (const MixqBenchResult *result)
{
  return mixq_median (result->samples.cpu) / mixq_median (result->reference_samples.cpu);
}

static void
set_times (JsonObject *object, const char *name, const MixqSamples *samples)
{
  json_object_set_string_member (object, "name", name);
  json_object_set_member (object, "median_ms", mixq_json_number (mixq_median (samples->cpu)));
  json_object_set_member (object, "min_ms", mixq_json_number (mixq_min (samples->cpu)));
  json_object_set_member (object, "wall_median_ms", mixq_json_number (mixq_median (samples->wall)));
}

JsonNode *
mixq_bench_to_json (const GPtrArray *results)
{
  JsonArray *array = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; i < results->len; i++) {
    const MixqBenchResult *result = g_ptr_array_index (results, i);
    JsonObject *object = json_object_new (), *reference = json_object_new ();

    set_times (object, result->name, &result->samples);
    set_times (reference, result->reference, &result->reference_samples);
    json_object_set_int_member (object, "runs", result->samples.cpu->len);
    json_object_set_object_member (object, "reference", reference);
    json_object_set_member (object, "ratio", mixq_json_number (ratio (result)));
    if (result->figures != NULL)
      json_object_set_object_member (object, "figures", json_object_ref (result->figures));
    json_array_add_object_element (array, object);
  }
  json_node_take_array (node, array);
  return node;
}

static void
add_times (MixqCliTable *table, const char *name, const MixqSamples *samples)
{
  mixq_cli_table_addf (table, "%s", name);
  mixq_cli_table_addf (table, "%.3f", mixq_median (samples->cpu));
  mixq_cli_table_addf (table, "%.3f", mixq_min (samples->cpu));
  mixq_cli_table_addf (table, "%.3f", mixq_median (samples->wall));
}

static void
print_figures (const MixqBenchResult *result)
{
  g_autoptr (GList) names = result->figures != NULL ? json_object_get_members (result->figures) : NULL;

  for (const GList *at = names; at != NULL; at = at->next) {
    JsonNode *value = json_object_get_member (result->figures, at->data);

    if (json_node_get_value_type (value) == G_TYPE_STRING)
      printf ("%s: %s: %s\n", result->name, (const char *) at->data, json_node_get_string (value));
    else
      printf ("%s: %s: %.4g\n", result->name, (const char *) at->data, json_node_get_double (value));
  }
}

void
mixq_bench_print (const GPtrArray *results)
{
  static const char *const heads[] = { "<name",     "median ms", "min ms",      "on the wall", "<reference",
                                       "median ms", "min ms",    "on the wall", "runs",        "ratio" };
  g_autoptr (MixqCliTable) table = mixq_cli_table_new (G_N_ELEMENTS (heads), heads);

  for (guint i = 0; i < results->len; i++) {
    const MixqBenchResult *result = g_ptr_array_index (results, i);

    add_times (table, result->name, &result->samples);
    add_times (table, result->reference, &result->reference_samples);
    mixq_cli_table_addf (table, "%u", result->samples.cpu->len);
    mixq_cli_table_addf (table, "%.4g", ratio (result));
  }
  mixq_cli_table_print (table);
  puts ("\nmilliseconds of processor time of the one thread at work; ratio of medians");
  for (guint i = 0; i < results->len; i++)
    print_figures (g_ptr_array_index (results, i));
}
