/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates from costs and sensitivities, and the conversation: who is asked for, who is a finalist, who is tested. */
#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "front/mixq-front-candidates.h"
#include "front/mixq-front.h"
#include "front/mixq-sensitivity.h"

static MixqModel *
cora_model (void)
{
  MixqModelSpec spec = MIXQ_MODEL_SPEC_DEFAULT;

  return mixq_model_new_for_sizes (&spec, 2708, 10556, 1433, 49216, 7, NULL);
}

static MixqFrontSpace
make_space (const MixqModel *model, MixqRunConfig *config, const char *bits, MixqCostAxis axis)
{
  MixqFrontSpace space = { model, config };

  mixq_run_config_init (config);
  g_assert_true (mixq_run_config_set_choices (config, bits, NULL));
  config->cost = axis;
  space.cost_model = mixq_cost_model_new_for (model, axis, &config->ms);
  space.kl = g_new0 (double, model->n_slots * config->n_choices);
  for (guint s = 0; s < model->n_slots; s++) /* halves with each width, and differs by slot */
    for (guint k = 0; k < config->n_choices; k++)
      space.kl[s * config->n_choices + k] = ldexp (0.01 * (s + 1), -(int) (2 * k));
  return space;
}

static void
space_clear (MixqFrontSpace *space)
{
  mixq_cost_model_free (space->cost_model);
  g_free (space->kl);
}

/* X, W1 and X W1 carry 98.8 % of Cora's BitOPs: all 27 settings of them, everything else at 8 (spec/search.md 4). */
static void
test_blocked_all (void)
{
  g_autoptr (MixqModel) model = cora_model ();
  MixqRunConfig config;
  MixqFrontSpace space = make_space (model, &config, "2,4,8", MIXQ_COST_BITOPS);
  g_autoptr (GArray) sets = mixq_front_blocked (&space, 27);
  double last = 0;

  g_assert_cmpuint (sets->len, ==, 27 * 9);
  for (guint i = 0; i < 27; i++) {
    const guint8 *bits = (const guint8 *) sets->data + i * 9;
    double cost = mixq_front_space_cost (&space, bits);

    g_assert_cmpfloat (cost, >=, last); /* cheapest first */
    last = cost;
    for (guint s = 3; s < 9; s++)
      g_assert_cmpuint (bits[s], ==, 8);
    for (guint j = 0; j < i; j++)
      g_assert_cmpint (memcmp (bits, sets->data + j * 9, 9), !=, 0);
  }
  space_clear (&space);
}

static double
sum_kl (const MixqFrontSpace *space, const guint8 *bits)
{
  double sum = 0;

  for (guint s = 0; s < space->model->n_slots; s++)
    sum += space->kl[s * space->config->n_choices + mixq_front_space_choice (space, bits[s])];
  return sum;
}

/* Where there are too many settings, what is taken is not beaten by any setting of the heavy slots on both counts. */
static void
test_blocked_front (void)
{
  g_autoptr (MixqModel) model = cora_model ();
  MixqRunConfig config;
  MixqFrontSpace space = make_space (model, &config, "1,2,3,4,8", MIXQ_COST_BITOPS);
  g_autoptr (GArray) sets = mixq_front_blocked (&space, 20);
  double grain = 0.0011 * mixq_front_space_cost (&space, (const guint8[]){ 8, 8, 8, 8, 8, 8, 8, 8, 8 });
  guint n = sets->len / 9;

  g_assert_cmpuint (n, >=, 12);
  g_assert_cmpuint (n, <=, 20);
  for (guint i = 0; i < n; i++) {
    const guint8 *own = (const guint8 *) sets->data + i * 9;

    for (guint other = 0; other < 125; other++) {
      guint8 bits[9] = {
        config.choices[other % 5], config.choices[other / 5 % 5], config.choices[other / 25], 8, 8, 8, 8, 8, 8
      };
      gboolean cheaper = mixq_front_space_cost (&space, bits) <=
                         mixq_front_space_cost (&space, own) - 2 * grain;
      gboolean better = sum_kl (&space, bits) < sum_kl (&space, own) - 1e-12;

      g_assert_false (cheaper && better);
    }
  }
  space_clear (&space);
}

static void
test_pinned (void)
{
  g_autoptr (MixqModel) model = cora_model ();
  MixqRunConfig config;
  MixqFrontSpace space = make_space (model, &config, "2,4,8", MIXQ_COST_BITOPS);
  g_autoptr (GArray) blocked = NULL, random = NULL;

  config.pinned[1] = 4;
  blocked = mixq_front_blocked (&space, 27);
  random = mixq_front_random (&space, 30);
  g_assert_cmpuint (random->len, ==, 30 * 9);
  for (guint i = 0; i < blocked->len; i += 9)
    g_assert_cmpuint (((guint8) blocked->data[i + 1]), ==, 4);
  for (guint i = 0; i < random->len; i += 9)
    g_assert_cmpuint (((guint8) random->data[i + 1]), ==, 4);
  space_clear (&space);
}

/* The next move is the slot that loses least for what it saves; barred ones and those that save nothing stay. */
static void
test_moves (void)
{
  g_autoptr (MixqModel) model = cora_model ();
  MixqRunConfig config;
  MixqFrontSpace space = make_space (model, &config, "2,4,8", MIXQ_COST_BITOPS);
  gboolean barred[MIXQ_MAX_SLOTS] = { FALSE };
  guint8 bits[MIXQ_MAX_SLOTS];
  double cost;
  guint moves = 0;

  mixq_front_space_fill (&space, 2, bits);
  cost = mixq_front_space_cost (&space, bits);
  g_assert_cmpint (mixq_front_next_move (&space, barred, bits), ==, 0); /* X: least KL, a third of the cost */
  g_assert_cmpuint (bits[0], ==, 4);
  g_assert_cmpfloat (mixq_front_space_cost (&space, bits), <, cost);
  barred[0] = TRUE;
  for (int slot; (slot = mixq_front_next_move (&space, barred, bits)) >= 0; moves++) {
    g_assert_cmpint (slot, !=, 0);
    g_assert_cmpuint (model->slots[slot].role, !=, MIXQ_SLOT_ADJACENCY); /* the count leaves it out */
  }
  g_assert_cmpuint (moves, ==, 2 * 6);
  g_assert_cmpuint (bits[0], ==, 4);
  space_clear (&space);
}

/* --- on a small graph ---------------------------------------------------------------------------------------------- */

typedef struct
{
  MixqModel *model;
  MixqInputs *inputs;
  MixqRunConfig config;
} Small;

static void
small_init (Small *self)
{
  MixqModelSpec spec = { MIXQ_ARCH_GCN, 2, 8, 0.2 };
  g_autoptr (MixqDataset) karate = mixq_dataset_load ("karate", NULL, NULL, NULL);
  g_autoptr (MixqDataset) dataset = mixq_dataset_with_split (karate, "random:1", NULL);

  g_assert_nonnull (dataset);
  self->model = mixq_model_new (&spec, dataset, NULL);
  self->inputs = mixq_inputs_new (dataset);
  mixq_run_config_init (&self->config);
  self->config.epochs_float = 40;
  self->config.epochs_search = 10;
  self->config.epochs_qat = 15;
}

static void
small_clear (Small *self)
{
  mixq_inputs_unref (self->inputs);
  mixq_model_unref (self->model);
}

static void
test_sensitivity (void)
{
  Small small;
  g_autoptr (MixqFloatModel) float_model = NULL;
  double kl[9 * 3];

  small_init (&small);
  float_model = mixq_float_model_train (small.model, small.inputs, &small.config, NULL, NULL);
  g_assert_true (mixq_sensitivity_measure (float_model, &small.config, NULL, kl, NULL));
  for (guint s = 0; s < 9; s++) {
    g_assert_cmpfloat (kl[s * 3 + 2], <, 1e-3); /* 8 bits change next to nothing */
    for (guint k = 0; k < 3; k++)
      g_assert_cmpfloat (kl[s * 3 + k], >=, -1e-7); /* p is float */
  }
  g_assert_cmpfloat (kl[1 * 3 + 0], >, 10 * kl[1 * 3 + 2]); /* 2-bit weights do */
  small_clear (&small);
}

static void
check_result (const MixqFront *front, const MixqFrontOptions *options)
{
  const GArray *points = mixq_front_peek_points (front);
  guint finalists = 0, on_front = 0;

  for (guint i = 0; i < points->len; i++) {
    const MixqFrontPoint *point = &g_array_index (points, MixqFrontPoint, i);

    finalists += point->finalist;
    on_front += point->on_front;
    g_assert_cmpuint (point->n_seeds, ==, point->finalist ? options->n_seeds : 1);
    g_assert_false (point->on_front && !point->finalist);
    for (guint j = 0; j < i; j++)
      g_assert_cmpint (memcmp (point->bits, g_array_index (points, MixqFrontPoint, j).bits, 9), !=, 0);
  }
  g_assert_cmpuint (finalists, >, 0);
  g_assert_cmpuint (finalists, <=, options->n_finalists);
  g_assert_cmpuint (on_front, >, 0);
}

/* Every method ends within its budget, trains nothing twice and repeats just the finalists. */
static void
test_methods (void)
{
  MixqFrontOptions options = { MIXQ_FRONT_SENSITIVITY, MIXQ_COST_BITOPS, 8, 3, 2, 0 };
  g_autoptr (MixqFrontPool) pool = NULL;
  Small small;

  small_init (&small);
  pool = mixq_front_pool_new (small.model, small.inputs, &small.config, 2, NULL);
  for (int m = 0; m < MIXQ_N_FRONT_METHODS; m++) {
    g_autoptr (MixqFront) front = NULL;
    g_autoptr (GError) error = NULL;
    MixqRectangle rectangle;
    guint told, expected;

    options.method = (MixqFrontMethod) m;
    front = mixq_front_new (pool, &options, &error);
    g_assert_no_error (error);
    g_assert_true (isnan (mixq_front_hypervolume (front, &(MixqRectangle){ 0, 1, 0, 1 })));
    g_assert_true (mixq_front_run (front, NULL, &error));
    g_assert_no_error (error);
    g_assert_cmpint (mixq_front_get_stage (front), ==, MIXQ_FRONT_DONE);
    check_result (front, &options);
    mixq_front_get_progress (front, &told, &expected);
    g_assert_cmpuint (told, ==, expected);
    g_assert_cmpuint (told, <=, options.n_models + options.n_finalists * (options.n_seeds - 1));
    rectangle = mixq_front_rectangle (front);
    g_assert_cmpfloat (mixq_front_hypervolume (front, &rectangle), >=, 0);
    g_assert_cmpfloat (mixq_front_hypervolume (front, &rectangle), <=, 1);
  }
  small_clear (&small);
}

/* Told the same, the search asks the same; and before finalists are chosen it cannot depend on test accuracy. */
static char *
ask_all (Small *small, double test)
{
  MixqFrontOptions options = { MIXQ_FRONT_SENSITIVITY, MIXQ_COST_BITOPS, 12, 4, 3, 0 };
  g_autoptr (MixqFrontPool) pool = mixq_front_pool_new (small->model, small->inputs, &small->config, 3, NULL);
  g_autoptr (MixqFront) front = mixq_front_new (pool, &options, NULL);
  MixqFinished finished = { .frozen = (MixqFrozen *) small };
  GString *text = g_string_new (NULL);
  MixqFrontJob job;

  while (mixq_front_ask (front, &job, NULL, NULL)) {
    double sum = 0;

    g_string_append_printf (text, "%d %u:", job.stage, job.seed);
    for (guint s = 0; s < 9; s++) {
      g_string_append_printf (text, "%u", job.bits[s]);
      sum += job.bits[s] * (s % 3 == 0 ? 1.0 : 0.3);
    }
    g_string_append_c (text, ' ');
    finished.integer.part[MIXQ_PART_VAL] = 0.8 - 0.3 * exp (-sum / 20);
    finished.integer.part[MIXQ_PART_TEST] = test > 0 ? test : 1 - 0.01 * sum;
    finished.val_loss = 1;
    mixq_front_tell (front, &job, &finished);
  }
  return g_string_free (text, FALSE);
}

static void
test_blind (void)
{
  g_autofree char *a = NULL, *b = NULL;
  Small small;

  small_init (&small);
  a = ask_all (&small, 0.5);
  b = ask_all (&small, 0);
  g_assert_cmpstr (a, ==, b);
  g_assert_nonnull (strstr (a, "0 0:"));
  g_assert_nonnull (strstr (a, "2 2:"));
  small_clear (&small);
}

/* What is skipped is never asked for again, and is no point. */
static void
test_skip (void)
{
  static const MixqFrontMethod methods[] = { MIXQ_FRONT_SENSITIVITY, MIXQ_FRONT_RELAXED };
  Small small;

  small_init (&small);
  for (guint m = 0; m < G_N_ELEMENTS (methods); m++) {
    MixqFrontOptions options = { methods[m], MIXQ_COST_BITOPS, 12, 4, 1, 0 };
    g_autoptr (MixqFrontPool) pool = mixq_front_pool_new (small.model, small.inputs, &small.config, 1, NULL);
    g_autoptr (MixqFront) front = mixq_front_new (pool, &options, NULL);
    g_autoptr (GArray) asked = g_array_new (FALSE, FALSE, 9);
    MixqFrontJob job;

    while (mixq_front_ask (front, &job, NULL, NULL)) {
      for (guint i = 0; i < asked->len; i++)
        g_assert_cmpint (memcmp (asked->data + 9 * i, job.bits, 9), !=, 0);
      g_array_append_vals (asked, job.bits, 1);
      mixq_front_skip (front, &job);
    }
    g_assert_cmpuint (asked->len, >, 0);
    g_assert_cmpuint (mixq_front_peek_points (front)->len, ==, 0);
  }
  small_clear (&small);
}

/* Without validation nodes nothing could choose: said at once, not after the work. */
static void
test_no_validation (void)
{
  MixqFrontOptions options = MIXQ_FRONT_OPTIONS_DEFAULT;
  MixqModelSpec spec = { MIXQ_ARCH_GCN, 2, 8, 0.2 };
  g_autoptr (MixqDataset) karate = mixq_dataset_load ("karate", NULL, NULL, NULL);
  g_autoptr (MixqModel) model = mixq_model_new (&spec, karate, NULL);
  g_autoptr (MixqInputs) inputs = mixq_inputs_new (karate);
  g_autoptr (MixqFrontPool) pool = NULL;
  g_autoptr (GError) error = NULL;
  MixqRunConfig config;

  mixq_run_config_init (&config);
  pool = mixq_front_pool_new (model, inputs, &config, 3, NULL);
  g_assert_null (mixq_front_new (pool, &options, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE);
}

static void
test_cancel (void)
{
  MixqFrontOptions options = MIXQ_FRONT_OPTIONS_DEFAULT;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  MixqPhaseControl control = { .cancellable = cancellable };
  g_autoptr (MixqFrontPool) pool = NULL;
  g_autoptr (MixqFront) front = NULL;
  g_autoptr (GError) error = NULL;
  Small small;

  small_init (&small);
  pool = mixq_front_pool_new (small.model, small.inputs, &small.config, 3, NULL);
  front = mixq_front_new (pool, &options, NULL);
  g_cancellable_cancel (cancellable);
  g_assert_false (mixq_front_run (front, &control, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED);
  small_clear (&small);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/front/candidates/all", test_blocked_all);
  g_test_add_func ("/front/candidates/front", test_blocked_front);
  g_test_add_func ("/front/candidates/pinned", test_pinned);
  g_test_add_func ("/front/candidates/moves", test_moves);
  g_test_add_func ("/front/sensitivity", test_sensitivity);
  g_test_add_func ("/front/methods", test_methods);
  g_test_add_func ("/front/blind", test_blind);
  g_test_add_func ("/front/skip", test_skip);
  g_test_add_func ("/front/no-validation", test_no_validation);
  g_test_add_func ("/front/cancel", test_cancel);
  return g_test_run ();
}
