/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search as a whole: it stays alive, it obeys lambda, it decides; and planted faults that these checks must catch. */
#include <math.h>
#include <string.h>

#include "../net/toy.h"
#include "base/mixq-error.h"
#include "run/mixq-pipeline.h"

#define N_SLOTS 9
/* Strong enough to outweigh any task gradient on the toy, so that what must be selected is known. */
#define STRONG 1000.0

typedef struct
{
  MixqInputs *inputs;
  MixqModel *model;
  MixqRunConfig config;
  MixqFloatModel *float_model;
  MixqCostModel *cost;
  MixqTrainer *trainer;
  double lambda;
} Search;

static const ToySpec learnable = { .seed = 1,
                                   .nodes = 24,
                                   .features = 12,
                                   .hidden = 8,
                                   .edges = 60,
                                   .homophilous = TRUE,
                                   .dropout = 0.5 };

static void
search_init (Search *self, double lambda)
{
  g_autoptr (GError) error = NULL;

  self->inputs = toy_inputs_new (&learnable);
  self->model = toy_model_new (&learnable, self->inputs);
  mixq_run_config_init (&self->config);
  self->config.epochs_float = 40;
  self->lambda = lambda;
  self->float_model = mixq_float_model_train (self->model, self->inputs, &self->config, NULL, &error);
  g_assert_no_error (error);
  self->cost = mixq_cost_model_new (self->model, self->config.cost, NULL);
  self->trainer = mixq_search_trainer_new (self->float_model, &self->config, self->cost);
}

static void
search_clear (Search *self)
{
  mixq_trainer_free (self->trainer);
  mixq_cost_model_free (self->cost);
  mixq_float_model_unref (self->float_model);
  mixq_model_unref (self->model);
  mixq_inputs_unref (self->inputs);
}

static void
search_run (Search *self, guint epochs)
{
  g_autoptr (GError) error = NULL;
  MixqEpoch epoch;

  for (guint i = 0; i < epochs; i++)
    if (!mixq_trainer_step (self->trainer, self->lambda, &epoch, &error))
      break;
  g_assert_no_error (error);
}

static void
search_set_lambda (Search *self, double lambda)
{
  mixq_search_apply (self->trainer, &(MixqCommand){ .kind = MIXQ_COMMAND_LAMBDA, .lambda = lambda },
                     &self->lambda);
  g_assert_cmpfloat (self->lambda, ==, lambda);
}

static gboolean
all_selected (const Search *self, guint8 bits)
{
  for (guint s = 0; s < N_SLOTS; s++)
    if (mixq_net_selected (mixq_trainer_peek_net (self->trainer), s) != bits)
      return FALSE;
  return TRUE;
}

static double
expected_cost (const Search *self)
{
  const MixqNet *net = mixq_trainer_peek_net (self->trainer);
  double expected[N_SLOTS] = { 0 };

  for (guint s = 0; s < N_SLOTS; s++)
    for (guint k = 0; k < net->slots[s].n_choices; k++)
      expected[s] += (double) net->slots[s].p[k] * net->slots[s].bits[k];
  return mixq_cost_model_eval (self->cost, expected, NULL);
}

/* Epochs until every slot is at @bits; G_MAXUINT if that takes more than @at_most. */
static guint
epochs_until (Search *self, guint8 bits, guint at_most)
{
  for (guint i = 0; i < at_most; i++) {
    if (all_selected (self, bits))
      return i;
    search_run (self, 1);
  }
  return all_selected (self, bits) ? at_most : G_MAXUINT;
}

/* --- alive ------------------------------------------------------------------------------------------------------------ */

/* 10,000 epochs at one lambda, then the other way: within 200 epochs every slot has followed, and the age does not matter. */
static void
check_reversal (double lambda, guint8 before, guint8 after)
{
  Search search;
  guint young, old;

  search_init (&search, lambda);
  search_run (&search, 300);
  g_assert_true (all_selected (&search, before));
  search_set_lambda (&search, -lambda);
  young = epochs_until (&search, after, 200);
  search_set_lambda (&search, lambda);
  search_run (&search, 10000);
  g_assert_true (all_selected (&search, before));
  search_set_lambda (&search, -lambda);
  old = epochs_until (&search, after, 200);
  g_test_message ("from %u to %u bits: %u epochs after 300, %u after 10,000", before, after, young, old);
  g_assert_cmpuint (young, <=, 200);
  g_assert_cmpuint (old, <=, 200);
  g_assert_cmpint (ABS ((int) old - (int) young), <=, 15);
  search_clear (&search);
}

static void
test_reversal_to_wide (void)
{
  check_reversal (STRONG, 2, 8);
}

static void
test_reversal_to_narrow (void)
{
  check_reversal (-STRONG, 8, 2);
}

/* A pin holds through anything, and what is freed follows again. */
static void
test_pin_and_free (void)
{
  Search search;

  search_init (&search, STRONG);
  mixq_search_apply (search.trainer, &(MixqCommand){ .kind = MIXQ_COMMAND_PIN, .slot = 8, .bits = 8 },
                     &search.lambda);
  search_run (&search, 500);
  for (guint s = 0; s < N_SLOTS; s++)
    g_assert_cmpuint (mixq_net_selected (mixq_trainer_peek_net (search.trainer), s), ==, s == 8 ? 8 : 2);
  mixq_search_apply (search.trainer, &(MixqCommand){ .kind = MIXQ_COMMAND_UNPIN, .slot = 8 }, &search.lambda);
  g_assert_cmpuint (epochs_until (&search, 2, 200), <=, 200);
  search_clear (&search);
}

/* --- checks, and faults that they must catch ----------------------------------------------------------------------------- */

/* Does QAT from random weights learn the toy? */
static gboolean
learns (const MixqKernels *kernels)
{
  const guint8 fixed[N_SLOTS] = { 4, 4, 4, 4, 4, 4, 4, 4, 4 };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&learnable);
  g_autoptr (MixqModel) model = toy_model_new (&learnable, inputs);
  MixqNet *net = mixq_net_new (model, inputs, 0, NULL, fixed, FALSE, NULL);
  g_autoptr (MixqTrainer) trainer = NULL;
  MixqEpoch epoch;
  double first;

  net->kernels = kernels;
  mixq_net_init_weights (net, 3);
  trainer = mixq_trainer_new (
      net, &(MixqTrainerOptions){ .seed = 3, .stream = "qat", .lr = 0.02, .recalibrate = 2 });
  mixq_trainer_evaluate (trainer, NULL);
  first = mixq_trainer_part_loss (trainer, MIXQ_PART_TRAIN);
  for (guint i = 0; i < 150; i++)
    g_assert_true (mixq_trainer_step (trainer, 0, &epoch, NULL));
  g_test_message ("loss %.3f to %.3f, training accuracy %.2f", first,
                  mixq_trainer_part_loss (trainer, MIXQ_PART_TRAIN), epoch.accuracy[MIXQ_PART_TRAIN]);
  return mixq_trainer_part_loss (trainer, MIXQ_PART_TRAIN) < 0.5 * first &&
         epoch.accuracy[MIXQ_PART_TRAIN] > 0.9;
}

/* Rounding's own derivative: 0 almost everywhere. */
static void
cut_backward (const MixqMix *mix,
              MixqRows rows,
              gsize d,
              const float *x,
              const float *g,
              float *dx,
              double *dot)
{
  if (dot != NULL) {
    float *keep = g_memdup2 (g, (mixq_rows_at (rows, rows.n - 1) + 1) * d * sizeof (float));

    mixq_kernels_get ()->mix_backward (mix, rows, d, x, g, keep, dot);
    g_free (keep);
  }
  for (gsize i = 0; i < rows.n; i++)
    memset (dx + mixq_rows_at (rows, i) * d, 0, d * sizeof (float));
}

static void
test_straight_through (void)
{
  MixqKernels cut = *mixq_kernels_get ();

  cut.mix_backward = cut_backward;
  g_assert_true (learns (mixq_kernels_get ()));
  g_assert_false (learns (&cut));
}

/* Is every quantized value on the grid of the one width its slot has chosen? */
static gboolean
is_decided (MixqNet *net)
{
  for (guint u = 0; u < net->model->n_units; u++) {
    const MixqUnit *unit = &net->model->units[u];
    const MixqSlot *slot = unit->slot_output >= 0 ? &net->slots[unit->slot_output] : NULL;
    const MixqQuantizer *q = NULL;

    for (guint k = 0; slot != NULL && k < slot->n_choices; k++)
      if (slot->bits[k] == mixq_net_selected (net, (guint) unit->slot_output))
        q = &slot->quantizer[k];
    for (gsize i = 0; q != NULL && i < net->model->n_nodes * unit->out_cols; i++) {
      double v = (double) net->value[unit->output][i];
      double grid = mixq_quantizer_value (q, 0, mixq_quantizer_code (q, 0, v));

      /* a ReLU works in place: it moves values to 0, which is on every grid */
      if (fabs (v - grid) > 1e-5 * (double) q->scale[0])
        return FALSE;
    }
  }
  return TRUE;
}

/* The model that is finished has one width a slot: the selected one. A search's own mixture does not pass for it. */
static void
test_argmax (void)
{
  Search search;
  guint8 bits[N_SLOTS];
  g_autoptr (MixqNet) chosen = NULL;
  g_autoptr (MixqFinished) finished = NULL;
  g_autoptr (MixqFrozen) mixture = NULL;
  g_autoptr (GError) error = NULL;

  search_init (&search, 0.5);
  search_run (&search, 50);
  for (guint s = 0; s < N_SLOTS; s++)
    bits[s] = mixq_net_selected (mixq_trainer_peek_net (search.trainer), s);
  chosen = mixq_net_new (search.model, search.inputs, 0, NULL, bits, FALSE, NULL);
  mixq_net_set_parameters (chosen, search.float_model->parameters);
  toy_calibrate (chosen);
  g_assert_true (is_decided (chosen));
  g_assert_false (is_decided (mixq_trainer_peek_net (search.trainer)));

  mixture = mixq_net_freeze (mixq_trainer_peek_net (search.trainer), &error);
  g_assert_null (mixture);
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE);
  g_clear_error (&error);

  search.config.epochs_qat = 10;
  finished = mixq_finish (search.float_model, &search.config, bits, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (finished->agreement_codes, ==, 1);
  for (guint s = 0; s < N_SLOTS; s++) {
    g_assert_cmpuint (finished->frozen->slots[s].bits, ==, bits[s]);
    g_assert_cmpint (finished->frozen->slots[s].hi - finished->frozen->slots[s].lo, ==, (1 << bits[s]) - 1);
  }
  search_clear (&search);
}

/* Does the price pull? What 100 epochs at @lambda cost, as a share of the same at none. */
static double
cost_at (double lambda)
{
  Search search;
  double cost;

  search_init (&search, lambda);
  search_run (&search, 100);
  cost = expected_cost (&search);
  search_clear (&search);
  return cost;
}

static gboolean
pulls (double lambda)
{
  double free_cost = cost_at (0), cost = cost_at (lambda);

  g_test_message ("lambda %g: expected cost %.4f, free %.4f", lambda, cost, free_cost);
  return cost < 0.75 * free_cost;
}

/* A lambda lost on its way (a unit too many, a division twice) leaves everything where it was. */
static void
test_lambda_pulls (void)
{
  g_assert_true (pulls (STRONG));
  g_assert_false (pulls (STRONG / 8192 / 8192));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/search/reversal/to-wide", test_reversal_to_wide);
  g_test_add_func ("/engine/search/reversal/to-narrow", test_reversal_to_narrow);
  g_test_add_func ("/engine/search/pin-and-free", test_pin_and_free);
  g_test_add_func ("/engine/search/fault/straight-through", test_straight_through);
  g_test_add_func ("/engine/search/fault/argmax", test_argmax);
  g_test_add_func ("/engine/search/fault/lambda", test_lambda_pulls);
  return g_test_run ();
}
