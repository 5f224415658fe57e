/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cost: BitOPs counted again from the data and the layers' sizes alone, and lambda's pull on it. */
#include <math.h>
#include <string.h>

#include "base/mixq-random.h"
#include "verify/mixq-verify-private.h"

/* --- BitOPs ------------------------------------------------------------------------------------------------------------ */

/* Not exact where a mean of widths is no whole number. */
#define COUNT_TOLERANCE 1e-12
#define RANDOM_WIDTHS 5

typedef struct
{
  double nodes, edges,
      entries; /* entries: edges and self loops of the normalised adjacency, counted one by one */
  gsize dims[MIXQ_MAX_LAYERS + 1];
  guint layers;
} Sizes;

static void
measure (MixqVerify *self, Sizes *sizes)
{
  const MixqDataset *data = self->inputs->dataset;
  const MixqModelSpec *spec = &self->model->spec;

  *sizes = (Sizes){ .nodes = (double) data->n_nodes, .layers = spec->n_layers };
  for (gsize r = 0; r < data->n_nodes; r++) {
    for (gsize e = data->graph->row_ptr[r]; e < data->graph->row_ptr[r + 1]; e++)
      sizes->edges += data->graph->col[e] != r;
    for (gsize e = mixq_inputs_edges (self->inputs, MIXQ_EDGES_GCN)->row_ptr[r];
         e < mixq_inputs_edges (self->inputs, MIXQ_EDGES_GCN)->row_ptr[r + 1]; e++)
      sizes->entries++;
  }
  for (guint l = 0; l <= spec->n_layers; l++)
    sizes->dims[l] = l == 0 ? data->features->n_cols : l == spec->n_layers ? data->n_classes : spec->hidden;
}

/* Method spec section 8, layer by layer. @bits: the 5 widths of layer 1, then 4 a layer; NULL: float32. */
static void
recount (const Sizes *sizes, const guint8 *bits, double *cached, double *search)
{
  *cached = *search = 0;
  for (guint l = 1; l <= sizes->layers; l++) {
    double in = (double) sizes->dims[l - 1], out = (double) sizes->dims[l];
    double product = sizes->nodes * in * out, message = sizes->entries + 2 * sizes->entries * out;
    double raw_message = 2 * sizes->edges * out, relu = l < sizes->layers ? 2 * sizes->nodes * out : 0;
    const guint8 *w = bits != NULL ? bits + (l == 1 ? 0 : 5 + 4 * (l - 2)) : NULL;
    double linear_width = 32, message_width = 32;

    if (w != NULL) {
      linear_width = l == 1 ? (w[0] + w[1] + w[2]) / 3.0 : (w[0] + w[1]) / 2.0;
      message_width = l == 1 ? w[4] : w[3];
      relu = 0; /* no quantizer, no bits */
    }
    *cached += product * linear_width + message * message_width + relu * 32;
    /* float32 is the same in both conventions */
    *search += product * linear_width + (w != NULL ? raw_message : message) * message_width + relu * 32;
  }
}

static double
relative_difference (double a, double b)
{
  return fabs (a - b) / fmax (fabs (b), 1);
}

/* The larger of the two conventions' relative differences between the engine's count and ours. */
static double
compare (MixqVerify *self, const Sizes *sizes, const guint8 *bits, MixqCost *cost)
{
  double cached, search;

  recount (sizes, bits, &cached, &search);
  self->parts.count (self->model, bits, cost);
  return fmax (relative_difference (cost->bitops, cached), relative_difference (cost->bitops_search, search));
}

gboolean
mixq_verify_bitops (MixqVerify *self, MixqVerifyCheck *check, GError **error)
{
  static const guint8 widths[] = { 2, 4, 8 };
  guint8 bits[MIXQ_MAX_SLOTS];
  double difference;
  MixqCost floating, eight, mixed;
  MixqRandom random;
  Sizes sizes;

  measure (self, &sizes);
  difference = compare (self, &sizes, NULL, &floating);
  memset (bits, 8, sizeof bits);
  difference = fmax (difference, compare (self, &sizes, bits, &eight));
  mixq_random_init (&random, 1, "verify-widths");
  for (guint i = 0; i < RANDOM_WIDTHS; i++) {
    for (guint s = 0; s < self->model->n_slots; s++)
      bits[s] = widths[mixq_random_below (&random, G_N_ELEMENTS (widths))];
    difference = fmax (difference, compare (self, &sizes, bits, &mixed));
  }
  check->passed = difference <= COUNT_TOLERANCE;
  check->evidence = g_strdup_printf ("float32 %.0f, 8 bits everywhere %.0f (%.0f with raw edges), %d random "
                                     "width sets: largest relative difference from a "
                                     "count over %.0f nodes, %.0f edges and %.0f entries %.1g",
                                     floating.bitops, eight.bitops, eight.bitops_search, RANDOM_WIDTHS,
                                     sizes.nodes, sizes.edges, sizes.entries, difference);
  mixq_verify_add_number (check, "float32", floating.bitops);
  mixq_verify_add_number (check, "uniform_8", eight.bitops);
  mixq_verify_add_number (check, "uniform_8_search_convention", eight.bitops_search);
  mixq_verify_add_number (check, "largest_relative_difference", difference);
  return TRUE;
}

/* --- lambda ---------------------------------------------------------------------------------------------------------------- */

#define FLOAT_EPOCHS 20
#define SEARCH_EPOCHS 40
/* Neighbouring lambdas may land on costs that differ by training noise; the ends must differ by more than that. */
#define NOISE 0.002
#define PULL 0.02

static const double lambdas[] = { -10, 0, 0.5, 10 };
static const char *const cost_names[] = { "cost_at_-10", "cost_at_0", "cost_at_0.5", "cost_at_10" };

static double
expected_cost (const MixqNet *net, const MixqCostModel *cost)
{
  g_autofree double *expected = g_new0 (double, net->n_slots);

  for (guint s = 0; s < net->n_slots; s++)
    for (guint k = 0; k < net->slots[s].n_choices; k++)
      expected[s] += (double) net->slots[s].p[k] * net->slots[s].bits[k];
  return mixq_cost_model_eval (cost, expected, NULL);
}

static gboolean
search_at (MixqVerify *self,
           const MixqFloatModel *start,
           const MixqRunConfig *config,
           double lambda,
           double *cost_reached,
           GError **error)
{
  g_autoptr (MixqCostModel) cost = mixq_cost_model_new (self->model, MIXQ_COST_BITOPS, NULL);
  g_autoptr (MixqTrainer) trainer = mixq_search_trainer_new (start, config, cost);

  mixq_trainer_peek_net (trainer)->kernels = self->parts.kernels;
  for (guint i = 0; i < SEARCH_EPOCHS; i++)
    if (mixq_verify_stopped (self, error) ||
        !mixq_trainer_step (trainer, lambda * self->parts.lambda_factor, &self->epoch, error))
      return FALSE;
  *cost_reached = expected_cost (mixq_trainer_peek_net (trainer), cost);
  return TRUE;
}

gboolean
mixq_verify_lambda (MixqVerify *self, MixqVerifyCheck *check, GError **error)
{
  const MixqPhaseControl quiet = { .cancellable = self->control != NULL ? self->control->cancellable : NULL };
  g_autoptr (MixqFloatModel) start = NULL;
  g_autoptr (GString) text = g_string_new ("expected cost as a share of float32's: ");
  double cost[G_N_ELEMENTS (lambdas)];
  gboolean monotone = TRUE;
  MixqRunConfig config;

  mixq_run_config_init (&config);
  config.epochs_float = FLOAT_EPOCHS;
  start = mixq_float_model_train (self->model, self->inputs, &config, &quiet, error);
  if (start == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (lambdas); i++) {
    if (!search_at (self, start, &config, lambdas[i], &cost[i], error))
      return FALSE;
    monotone &= i == 0 || cost[i] <= cost[i - 1] + NOISE;
    g_string_append_printf (text, "%s%.4f at lambda %g", i > 0 ? ", " : "", cost[i], lambdas[i]);
    mixq_verify_add_number (check, cost_names[i], cost[i]);
  }
  check->passed = monotone && cost[0] - cost[G_N_ELEMENTS (lambdas) - 1] > PULL;
  check->evidence = g_string_free (g_steal_pointer (&text), FALSE);
  return TRUE;
}
