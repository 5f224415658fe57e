/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `mixq bench`: which benchmarks, on which data. */
#include <stdio.h>
#include <string.h>

#include "base/mixq-random.h"
#include "mixq-bench.h"
#include "mixq-cli-options.h"

#define DEFAULT_ROUNDS 3
#define MAX_ROUNDS 1000

static const struct
{
  const char *name;
  const char *summary;
  gboolean on_request; /* only where it is named: it takes minutes */
  gboolean (*run) (MixqBench *bench, GError **error);
} benchmarks[] = {
  { "gemm", "ONE OpenBLAS product of dense X by W, one thread, against itself", FALSE, mixq_bench_product },
  { "cora-float32", "a float32 epoch with full evaluation; reference gemm", FALSE, mixq_bench_float },
  { "cora-search", "a search epoch with full evaluation; reference gemm", FALSE, mixq_bench_search },
  { "cora-qat", "a QAT epoch with full evaluation; reference gemm", FALSE, mixq_bench_qat },
  { "cora-pipeline", "float32, search, QAT, integers for one lambda, 50,50,50 epochs; reference gemm", FALSE,
    mixq_bench_pipeline },
  { "integer-inference", "the whole graph with integers; reference the same in float32", FALSE,
    mixq_bench_inference },
  { "spmm", "sparse X by W; reference naive loops", FALSE, mixq_bench_spmm },
  { "mix-forward", "a mixture of three widths; reference naive loops", FALSE, mixq_bench_mix_forward },
  { "mix-backward", "its gradient; reference naive loops", FALSE, mixq_bench_mix_backward },
  { "adam", "a step of Adam on W; reference naive loops", FALSE, mixq_bench_adam },
  { "large", "epochs on 170,000 nodes, 1.2 million edges; reference their dense products by OpenBLAS", TRUE,
    mixq_bench_large },
  { "proteins", "epochs of a GIN of 5 layers on PROTEINS, 128 graphs at a time; reference gemm", TRUE,
    mixq_bench_proteins },
  { "csl", "epochs on CSL; reference gemm", TRUE, mixq_bench_csl },
  { "edges", "a float32 epoch on 10,000 to 10 million edges; reference that on 10,000", TRUE,
    mixq_bench_edges },
  { "sampled", "an epoch on 2 million nodes, 60 million edges, sampled; no reference", TRUE,
    mixq_bench_sampled },
};

static char *
describe (void)
{
  GString *text = g_string_new (
      "Measures speed, each figure in turns with its reference in the same process; the ratio of medians\n"
      "is what a busy machine leaves comparable. Without NAME all are measured but those marked *, which "
      "take\n"
      "minutes and up to 14 GiB:\n");

  for (gsize i = 0; i < G_N_ELEMENTS (benchmarks); i++)
    g_string_append_printf (text, " %s%-18s %s\n", benchmarks[i].on_request ? "*" : " ", benchmarks[i].name,
                            benchmarks[i].summary);
  g_string_append (
      text, "The data are Cora's files, from --data or planetoid/ind.cora below $MIXQ_SHARED_DATA; else a\n"
            "made-up graph of the same shape, and the figures are named like-cora-... instead.");
  return g_string_free (text, FALSE);
}

static gboolean
is_wanted (gsize i, char **wanted)
{
  return wanted[0] == NULL ? !benchmarks[i].on_request
                           : g_strv_contains ((const char *const *) wanted, benchmarks[i].name);
}

static gboolean
check_names (char **wanted, GError **error)
{
  for (guint i = 0; wanted[i] != NULL; i++) {
    gboolean known = FALSE;

    for (gsize b = 0; b < G_N_ELEMENTS (benchmarks); b++)
      known = known || strcmp (benchmarks[b].name, wanted[i]) == 0;
    if (!known)
      return mixq_cli_usage (error, "bench: there is no benchmark \"%s\"; see `mixq bench --help`",
                             wanted[i]);
  }
  return TRUE;
}

static MixqDataset *
find_data (const char *given, const MixqCli *cli, GError **error)
{
  const char *shared = g_getenv ("MIXQ_SHARED_DATA");
  g_autofree char *prefix = g_build_filename (shared != NULL ? shared : "", "planetoid", "ind.cora", NULL);
  g_autofree char *probe = g_strconcat (prefix, ".graph", NULL);

  if (given != NULL)
    return mixq_dataset_load (given, NULL, cli->cancellable, error);
  if (shared != NULL && g_file_test (probe, G_FILE_TEST_EXISTS))
    return mixq_dataset_load (prefix, NULL, cli->cancellable, error);
  return mixq_bench_generate (error);
}

/* X as it would be without sparsity, W of any numbers. */
static void
make_product (MixqBench *self)
{
  const MixqCsr *features = self->inputs->features;
  gsize n = self->model->n_nodes, k = self->model->n_features, m = self->model->spec.hidden;
  MixqRandom random;

  self->x = g_new0 (float, n *k);
  self->w = g_new (float, k *m);
  self->y = g_new0 (float, n *m);
  for (gsize r = 0; r < n; r++)
    for (gsize e = features->row_ptr[r]; e < features->row_ptr[r + 1]; e++)
      self->x[r * k + features->col[e]] = features->value[e];
  mixq_random_init (&random, 0, "bench-w");
  for (gsize i = 0; i < k * m; i++)
    self->w[i] = (float) (mixq_random_uniform (&random) - 0.5);
}

static gboolean
bench_init (MixqBench *self, const char *data, GError **error)
{
  g_autoptr (MixqDataset) dataset = find_data (data, self->cli, error);

  if (dataset == NULL)
    return FALSE;
  self->model = mixq_model_new (&MIXQ_MODEL_SPEC_DEFAULT, dataset, error);
  if (self->model == NULL)
    return FALSE;
  self->inputs = mixq_inputs_new (dataset);
  make_product (self);
  return TRUE;
}

static void
bench_clear (MixqBench *self)
{
  g_free (self->x);
  g_free (self->w);
  g_free (self->y);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->progress, mixq_progress_free);
  g_clear_pointer (&self->inputs, mixq_inputs_unref);
  g_clear_pointer (&self->model, mixq_model_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MixqBench, bench_clear)

/* Of what was not completed no result stays. */
static gboolean
measure (MixqBench *self, char **wanted, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (benchmarks); i++) {
    guint before = self->results != NULL ? self->results->len : 0;

    if (!is_wanted (i, wanted) || benchmarks[i].run (self, error))
      continue;
    if (self->results != NULL)
      g_ptr_array_set_size (self->results, (int) before);
    return FALSE;
  }
  return TRUE;
}

gboolean
mixq_command_bench (MixqCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *summary = describe (), *data = NULL, *rounds = NULL, *plot = NULL;
  g_autoptr (GOptionContext) context = mixq_cli_context_new (cli, "[NAME...]", summary);
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &data, "Measure on these data", "DATASET" },
    { "rounds", 0, 0, G_OPTION_ARG_STRING, &rounds, "Repetitions of a benchmark's unit of work (default 3)",
      "N" },
    { "plot", 0, 0, G_OPTION_ARG_FILENAME, &plot, "Draw the times of edges (SVG, PDF, PNG)", "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (MixqBench) bench = { .cli = cli };
  g_auto (GStrv) wanted = NULL;
  guint64 n_rounds = DEFAULT_ROUNDS;
  gboolean ok;

  mixq_cli_add_group (context, "bench", "What to measure on:", entries);
  if (!mixq_cli_parse (cli, context, argc, argv, 0, G_MAXINT, &wanted, error) ||
      !check_names (wanted, error) ||
      (rounds != NULL && !mixq_cli_parse_count ("rounds", rounds, MAX_ROUNDS, &n_rounds, error)))
    return FALSE;
  bench.rounds = (guint) MAX (n_rounds, 1);
  bench.plot = plot;
  bench.progress = mixq_progress_new (cli, 0);
  if (!bench_init (&bench, data, error))
    return FALSE;
  ok = measure (&bench, wanted, error);
  if (bench.results == NULL || (bench.results->len == 0 && !ok))
    return ok;
  if (cli->json)
    mixq_cli_print_json (mixq_bench_to_json (bench.results));
  else
    mixq_bench_print (bench.results);
  return ok;
}
