/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The live session: its hand-overs (this program also runs under ThreadSanitizer), commands, points, replay. */
#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "net/collection.h"
#include "run/mixq-pipeline.h"
#include "run/mixq-session.h"

#define PATIENCE 60.0 /* seconds before a test gives up; generous, sanitizers are slow */

static MixqDataset *
small_dataset (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqDataset) karate = mixq_dataset_load ("karate", NULL, NULL, &error);
  MixqDataset *split;

  g_assert_no_error (error);
  split = mixq_dataset_with_split (karate, "random:1", &error); /* karate itself has no validation nodes */
  g_assert_no_error (error);
  g_assert_cmpuint (mixq_dataset_count_part (split, MIXQ_PART_VAL), >, 0);
  return split;
}

static const MixqModelSpec small_spec = { MIXQ_ARCH_GCN, 2, 8, 0.5 };

static MixqRunConfig
small_config (void)
{
  MixqRunConfig config;

  mixq_run_config_init (&config);
  config.epochs_float = 30;
  config.epochs_search = 50;
  config.epochs_qat = 10;
  return config;
}

static MixqSession *
small_session (MixqDataset *dataset, const MixqRunConfig *config, MixqSession *previous)
{
  g_autoptr (GError) error = NULL;
  MixqSession *session = mixq_session_new (dataset, &small_spec, config, 7, previous, NULL, NULL, &error);

  g_assert_no_error (error);
  return session;
}

typedef gboolean (*Until) (MixqSession *session, MixqSnapshot *newest, gconstpointer data);

/* Takes snapshots as a UI does until @until holds; returns the newest one. */
static MixqSnapshot *
wait_until (MixqSession *session, Until until, gconstpointer data)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) (PATIENCE * 1e6);
  MixqSnapshot *newest = NULL;

  for (;;) {
    MixqSnapshot *fresh = mixq_session_take_snapshot (session);

    if (fresh != NULL) {
      g_clear_pointer (&newest, mixq_snapshot_unref);
      newest = fresh;
    }
    if (until (session, newest, data))
      return newest;
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (2000);
  }
}

static gboolean
reached_step (MixqSession *session, MixqSnapshot *newest, gconstpointer data)
{
  return newest != NULL && newest->phase != MIXQ_PHASE_FLOAT && newest->step >= *(const guint *) data;
}

static gboolean
has_finished_point (MixqSession *session, MixqSnapshot *newest, gconstpointer data)
{
  g_autoptr (GPtrArray) points = mixq_session_dup_points (session);

  for (guint i = 0; i < points->len; i++)
    if (((MixqPoint *) points->pdata[i])->kind == MIXQ_POINT_FINISHED)
      return TRUE;
  return FALSE;
}

static gboolean
is_resting (MixqSession *session, MixqSnapshot *newest, gconstpointer data)
{
  return newest != NULL && newest->phase == MIXQ_PHASE_RESTING;
}

static gboolean
is_paused (MixqSession *session, MixqSnapshot *newest, gconstpointer data)
{
  return newest != NULL && newest->paused;
}

static gboolean
has_lambda (MixqSession *session, MixqSnapshot *newest, gconstpointer data)
{
  return newest != NULL && newest->phase != MIXQ_PHASE_FLOAT && newest->lambda == *(const double *) data;
}

/* A set of graphs: what is predicted are graphs, steps are many batches, and its models become integers all the same. */
static void
test_graphs (void)
{
  g_autofree gsize *nodes = g_new (gsize, 60);
  g_autoptr (MixqInputs) inputs = NULL;
  g_autoptr (MixqSession) session = NULL;
  g_autoptr (MixqSnapshot) newest = NULL;
  g_autoptr (GPtrArray) points = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  MixqRunConfig config = small_config ();
  MixqModelSpec spec;
  guint step = 3;

  for (gsize g = 0; g < 60; g++)
    nodes[g] = 3 + g % 5;
  inputs = collection_inputs_new (nodes, 60);
  mixq_model_spec_for (&spec, MIXQ_ARCH_GIN, MIXQ_TASK_GRAPHS);
  spec.n_layers = 2;
  spec.hidden = 8;
  config.epochs_float = 5;
  config.batch = 8;
  session = mixq_session_new (inputs->dataset, &spec, &config, 7, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  newest = wait_until (session, reached_step, &step);
  g_assert_cmpuint (newest->n_items, ==, 60);
  g_clear_pointer (&newest, mixq_snapshot_unref);
  newest = wait_until (session, has_finished_point, NULL);
  points = mixq_session_dup_points (session);
  for (guint i = 0; i < points->len; i++) {
    const MixqPoint *point = points->pdata[i];

    g_assert_cmpuint (point->n_items, ==, 60);
    if (point->kind != MIXQ_POINT_FLOAT)
      g_assert_cmpfloat (point->agreement, ==, 1);
  }
  line = mixq_session_dup_command_line (session, NULL);
  g_assert_nonnull (strstr (line, " --model gin --layers 2 --hidden 8 "));
  g_assert_nonnull (strstr (line, " --batch-norm yes --residual no --eps no --pool max "));
}

static void
test_snapshots (void)
{
  g_autoptr (MixqDataset) dataset = small_dataset ();
  MixqRunConfig config = small_config ();
  g_autoptr (MixqSession) session = small_session (dataset, &config, NULL);
  guint step = 30;
  g_autoptr (MixqSnapshot) snapshot = wait_until (session, reached_step, &step);
  double shares = 0;

  g_assert_cmpuint (snapshot->generation, ==, 7);
  g_assert_cmpuint (snapshot->n_slots, ==, 9);
  for (guint s = 0; s < snapshot->n_slots; s++) {
    float sum = 0, top = 0;
    guint best = 0;

    for (guint k = 0; k < snapshot->n_choices; k++) {
      float p = snapshot->alpha[s * snapshot->n_choices + k];
      sum += p;
      if (p > top) {
        top = p;
        best = k;
      }
    }
    g_assert_cmpfloat_with_epsilon (sum, 1, 1e-5);
    g_assert_cmpuint (snapshot->bits[s], ==, snapshot->choices[best]);
    shares += snapshot->share[s];
  }
  g_assert_cmpfloat_with_epsilon (shares, 1, 1e-9);
  g_assert_true (isfinite (snapshot->loss));
  g_assert_cmpfloat (snapshot->expected_cost, >, 2.0 / 32 - 1e-9);
  g_assert_cmpfloat (snapshot->expected_cost, <, 8.0 / 32 + 1e-9);
  for (gsize i = 0; i < snapshot->n_items; i++)
    g_assert_cmpuint (snapshot->prediction[i], <, dataset->n_classes);
}

static void
test_commands (void)
{
  g_autoptr (MixqDataset) dataset = small_dataset ();
  MixqRunConfig config = small_config ();
  g_autoptr (MixqSession) session = small_session (dataset, &config, NULL);
  guint step = 5;
  double lambda = 2.5;
  g_autoptr (MixqSnapshot) first = wait_until (session, reached_step, &step);
  g_autoptr (MixqSnapshot) moved = NULL, paused = NULL, stepped = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GArray) log = NULL;

  mixq_session_set_lambda (session,
                           1.0); /* superseded before any step, or logged: either way the last one holds */
  mixq_session_set_lambda (session, lambda);
  mixq_session_set_lambda (session, NAN); /* ignored */
  mixq_session_pin (session, 3, 4);
  moved = wait_until (session, has_lambda, &lambda);
  mixq_session_set_paused (session, TRUE);
  paused = wait_until (session, is_paused, NULL);
  g_assert_cmpuint (paused->bits[3], ==, 4);
  g_assert_cmpuint (paused->pinned[3], ==, 4);

  step = paused->step + 1;
  mixq_session_step (session);
  stepped = wait_until (session, reached_step, &step);
  g_assert_cmpuint (stepped->step, ==, paused->step + 1);

  line = mixq_session_dup_command_line (session, NULL);
  g_assert_nonnull (strstr (line, "mixq run karate --split 'random:1' --model gcn --layers 2 --hidden 8 "));
  g_assert_nonnull (strstr (line, " --feature-dropout=0 --batch-norm no --residual no --seed "));
  g_assert_nonnull (strstr (line, " --lambda=2.5 "));
  g_assert_nonnull (strstr (line, " --pin conv1.adjacency=4"));

  log = mixq_session_dup_commands (session);
  g_assert_cmpuint (log->len, >=, 2);
  g_assert_cmpint (g_array_index (log, MixqCommand, log->len - 1).kind, ==, MIXQ_COMMAND_PIN);
  for (guint i = 1; i < log->len; i++)
    g_assert_cmpuint (g_array_index (log, MixqCommand, i).step, >=,
                      g_array_index (log, MixqCommand, i - 1).step);
}

/* config + log of commands gives the same alpha to the bit, whatever happened in between. */
static void
test_replay (void)
{
  g_autoptr (MixqDataset) dataset = small_dataset ();
  MixqRunConfig config = small_config ();
  g_autoptr (MixqSession) session = small_session (dataset, &config, NULL);
  static const double lambdas[] = { 3, 0.01, -0.5, 1 };
  g_autoptr (MixqSnapshot) last = NULL;
  g_autoptr (GArray) log = NULL;
  g_autoptr (MixqFloatModel) float_model = NULL;
  g_autoptr (MixqInputs) inputs = mixq_inputs_new (dataset);
  g_autoptr (GError) error = NULL;
  MixqSelection selection;
  guint step = 0;

  for (guint i = 0; i < G_N_ELEMENTS (lambdas); i++) {
    g_autoptr (MixqSnapshot) snapshot = NULL;

    step += 15;
    snapshot = wait_until (session, reached_step, &step);
    mixq_session_set_lambda (session, lambdas[i]);
    if (i == 1)
      mixq_session_pin (session, 0, 8);
    if (i == 2)
      mixq_session_unpin (session, 0);
  }
  last = wait_until (session, has_lambda, &lambdas[3]);
  mixq_session_set_paused (session, TRUE);
  g_clear_pointer (&last, mixq_snapshot_unref);
  last = wait_until (session, is_paused, NULL);
  log = mixq_session_dup_commands (session);

  config.epochs_search = last->step;
  float_model = mixq_float_model_train (mixq_session_peek_model (session), inputs, &config, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (mixq_search_run (float_model, &config, log, NULL, &selection, &error));
  g_assert_no_error (error);
  for (guint s = 0; s < last->n_slots; s++) {
    g_assert_cmpuint (selection.bits[s], ==, last->bits[s]);
    g_assert_cmpmem (selection.alpha[s], last->n_choices * sizeof (float), last->alpha + s * last->n_choices,
                     last->n_choices * sizeof (float));
  }
}

static void
test_points (void)
{
  g_autoptr (MixqDataset) dataset = small_dataset ();
  MixqRunConfig config = small_config ();
  g_autoptr (MixqSession) session = small_session (dataset, &config, NULL), second = NULL;
  guint front = 0, recommended = 0, carried = 0;
  g_autoptr (MixqSnapshot) snapshot = wait_until (session, has_finished_point, NULL);
  g_autoptr (GPtrArray) points = mixq_session_dup_points (session), later = NULL;

  g_assert_cmpuint (mixq_session_get_points_serial (session), >=, points->len); /* each point changed it */
  g_assert_cmpint (((MixqPoint *) points->pdata[0])->kind, ==, MIXQ_POINT_FLOAT);
  for (guint i = 0; i < points->len; i++) {
    MixqPoint *point = points->pdata[i];

    g_assert_cmpfloat (point->agreement, ==,
                       1.0); /* integers equal the simulated model on every prediction */
    g_assert_cmpuint (point->n_seeds, >=, 1);
    g_assert_cmpfloat (point->milliseconds, >, 0);
    front += point->on_front;
    recommended += point->recommended;
    for (guint j = 0; j < points->len; j++) {
      MixqPoint *other = points->pdata[j];
      gboolean better = other->cost_share < point->cost_share && other->val_mean > point->val_mean;
      g_assert_false (point->on_front && better);
      g_assert_true (i == j || memcmp (point->bits, other->bits, point->n_slots) != 0); /* none made twice */
    }
  }
  g_assert_cmpuint (front, >, 0);
  g_assert_cmpuint (recommended, <=, 1);

  /* Another choice of widths keeps what is finished. */
  config.n_choices = 2;
  config.choices[0] = 4;
  config.choices[1] = 8;
  second = small_session (dataset, &config, session);
  later = mixq_session_dup_points (second);
  for (guint i = 0; i < points->len; i++)
    for (guint j = 0; j < later->len; j++)
      carried += ((MixqPoint *) points->pdata[i])->id == ((MixqPoint *) later->pdata[j])->id;
  g_assert_cmpuint (carried, ==, points->len);
}

/* Other ranges, scales or widths of nodes make other models of the same widths: only float32 is taken over. */
static void
test_other_quantizers (void)
{
  g_autoptr (MixqDataset) dataset = small_dataset ();
  MixqRunConfig config = small_config ();
  g_autoptr (MixqSession) session = small_session (dataset, &config, NULL);
  g_autoptr (MixqSnapshot) snapshot = wait_until (session, has_finished_point, NULL);
  g_autoptr (GPtrArray) before = mixq_session_dup_points (session);

  for (int change = 0; change < 3; change++) {
    MixqRunConfig other = config;
    g_autoptr (MixqSession) second = NULL;
    g_autoptr (GPtrArray) points = NULL;

    if (change == 0)
      other.ranges = MIXQ_RANGES_MIN_MAX;
    else if (change == 1)
      other.granularity = MIXQ_GRANULARITY_FINE;
    else
      other.node_widths = MIXQ_NODE_WIDTHS_DEGREE;
    second = small_session (dataset, &other, session);
    points = mixq_session_dup_points (second);
    for (guint i = 0; i < points->len; i++)
      for (guint j = 0; j < before->len; j++) {
        const MixqPoint *old = before->pdata[j];

        g_assert_true (old->kind == MIXQ_POINT_FLOAT || old->id != ((MixqPoint *) points->pdata[i])->id);
      }
  }
}

/* A point that a session finished is, code for code, the model that a run with its widths and seed makes. */
static void
test_same_as_run (void)
{
  g_autoptr (MixqDataset) dataset = small_dataset ();
  MixqRunConfig config = small_config ();
  g_autoptr (MixqSession) session = small_session (dataset, &config, NULL);
  g_autoptr (MixqSnapshot) snapshot = wait_until (session, has_finished_point, NULL);
  g_autoptr (GPtrArray) points = mixq_session_dup_points (session);
  g_autoptr (MixqInputs) inputs = mixq_inputs_new (dataset);
  g_autoptr (GError) error = NULL;

  config.method = MIXQ_METHOD_FIXED;
  for (guint i = 0; i < points->len; i++) {
    const MixqPoint *point = points->pdata[i];
    g_autoptr (MixqRunResult) run = NULL;
    const MixqFrozen *frozen = point->frozen;

    if (point->kind == MIXQ_POINT_FLOAT)
      continue;
    memcpy (config.fixed, point->bits, point->n_slots);
    run = mixq_run (mixq_session_peek_model (session), inputs, &config, NULL, NULL, NULL, &error);
    g_assert_no_error (error);
    for (guint u = 0; u < frozen->model->n_units; u++)
      if (frozen->weight[u] != NULL) {
        gsize n = frozen->model->units[u].in_cols * frozen->model->units[u].out_cols * sizeof (gint32);
        g_assert_cmpmem (frozen->weight[u], n, run->finished->frozen->weight[u], n);
      }
    for (guint s = 0; s < point->n_slots; s++)
      g_assert_cmpmem (frozen->slots[s].scale, frozen->slots[s].n * sizeof (float),
                       run->finished->frozen->slots[s].scale,
                       run->finished->frozen->slots[s].n * sizeof (float));
    g_assert_cmpmem (point->prediction, point->n_items * sizeof (guint16), run->finished->prediction,
                     point->n_items * sizeof (guint16));
  }
}

static void
test_rests_and_wakes (void)
{
  g_autoptr (MixqDataset) dataset = small_dataset ();
  MixqRunConfig config = small_config ();
  g_autoptr (MixqSession) session = small_session (dataset, &config, NULL);
  g_autoptr (MixqSnapshot) resting = NULL, awake = NULL;
  guint step;

  mixq_session_set_lambda (session, 50); /* so dear that every slot settles at the narrowest */
  resting = wait_until (session, is_resting, NULL);
  for (guint s = 0; s < resting->n_slots; s++)
    g_assert_cmpuint (resting->bits[s], ==, 2);
  step = resting->step + 5;
  mixq_session_set_lambda (session, -50);
  awake = wait_until (session, reached_step, &step);
  g_assert_cmpuint (awake->step, >=, step);
}

static void
test_history (void)
{
  g_autoptr (MixqDataset) dataset = small_dataset ();
  MixqRunConfig config = small_config ();
  g_autoptr (MixqSession) session = small_session (dataset, &config, NULL);
  guint step = 3000; /* more than the rows kept, so that it was thinned */
  g_autoptr (MixqSnapshot) snapshot = NULL;
  g_autoptr (MixqHistory) history = NULL;

  mixq_session_set_lambda (session, 0.02);
  for (guint at = 150; at <= step; at += 150) { /* a command now and then keeps it from resting */
    g_clear_pointer (&snapshot, mixq_snapshot_unref);
    snapshot = wait_until (session, reached_step, &at);
    mixq_session_set_lambda (session, at % 300 == 0 ? 0.02 : 0.03);
  }
  history = mixq_session_dup_history (session);
  g_assert_cmpuint (history->n_rows, >, 700);
  g_assert_cmpuint (history->n_rows, <=, 2048);
  g_assert_cmpuint (history->step[0], <=, history->step[1] - history->step[0]); /* from the very start */
  for (guint r = 1; r < history->n_rows; r++)
    g_assert_cmpuint (history->step[r], >, history->step[r - 1]);
}

/* At any moment of its life a session ends within 100 ms, plus what one epoch of a sanitized build takes. */
static void
test_free (void)
{
  g_autoptr (MixqDataset) dataset = small_dataset ();

  for (guint i = 0; i < 8; i++) {
    MixqRunConfig config = small_config ();
    MixqSession *session;

    config.epochs_float = 100000; /* still in float32 when it is told to stop */
    session = small_session (dataset, &config, NULL);
    g_usleep (i * 3000);
    mixq_session_free (session);
  }
}

static void
test_refusals (void)
{
  g_autoptr (MixqDataset) dataset = small_dataset ();
  MixqRunConfig config = small_config ();
  MixqModelSpec spec = small_spec;
  g_autoptr (GError) error = NULL;

  spec.n_layers = 1;
  g_assert_null (mixq_session_new (dataset, &spec, &config, 0, NULL, NULL, NULL, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE);
}

static void
wait_for (MixqSession *session, Until until, gconstpointer data)
{
  MixqSnapshot *newest = wait_until (session, until, data);

  g_clear_pointer (&newest, mixq_snapshot_unref);
}

/* --- a search for the front ---------------------------------------------------------------------------------------------- */

static gboolean
front_is_over (MixqSession *session, MixqSnapshot *newest, gconstpointer data)
{
  return !mixq_session_get_front (session).running;
}

static gboolean
front_has_told (MixqSession *session, MixqSnapshot *newest, gconstpointer data)
{
  return mixq_session_get_front (session).told >= *(const guint *) data;
}

static guint
count_found (MixqSession *session, guint methods, guint *n_repeated)
{
  g_autoptr (GPtrArray) points = mixq_session_dup_points (session);
  guint n = 0;

  *n_repeated = 0;
  for (guint i = 0; i < points->len; i++) {
    const MixqPoint *point = points->pdata[i];

    if ((point->methods & methods) == 0)
      continue;
    n++;
    *n_repeated += point->n_seeds == 3;
  }
  return n;
}

/* Every method adds its points, finalists with all seeds; nothing is trained twice; the user's selections go on. */
static void
test_front (void)
{
  g_autoptr (MixqDataset) dataset = small_dataset ();
  MixqRunConfig config = small_config ();
  g_autoptr (MixqSession) session = small_session (dataset, &config, NULL);

  for (guint m = 0; m < MIXQ_N_FRONT_METHODS; m++) {
    MixqFrontProgress progress;
    guint n, n_repeated, n_all, unused;

    mixq_session_find_front (session, (MixqFrontMethod) m);
    g_assert_true (mixq_session_get_front (session).running);
    mixq_session_set_lambda (session, m % 2 == 0 ? 2.0 : 0.02);
    wait_for (session, front_is_over, NULL);
    progress = mixq_session_get_front (session);
    n = count_found (session, 1u << m, &n_repeated);
    n_all = count_found (session, ~0u, &unused);
    g_test_message ("%s: %u trainings, %u points, %u with all seeds, %u points in all",
                    mixq_front_method_name ((MixqFrontMethod) m), progress.told, n, n_repeated, n_all);
    g_assert_cmpint (progress.stage, ==, MIXQ_FRONT_DONE);
    g_assert_cmpuint (progress.told, ==, progress.expected);
    g_assert_cmpuint (n, >=, 1);
    g_assert_cmpuint (n_repeated, >=, 1);
    g_assert_cmpuint (n, <=, n_all);
  }
  wait_for (session, has_finished_point, NULL);
}

static void
test_front_cancel (void)
{
  g_autoptr (MixqDataset) dataset = small_dataset ();
  MixqRunConfig config = small_config ();
  g_autoptr (MixqSession) session = NULL;
  guint some = 3, n, unused;
  gint64 asked;

  config.epochs_qat = 2000; /* long trainings, so that one is cut short */
  session = small_session (dataset, &config, NULL);
  mixq_session_find_front (session, MIXQ_FRONT_RANDOM);
  wait_for (session, front_has_told, &some);
  asked = g_get_monotonic_time ();
  mixq_session_cancel_front (session);
  g_assert_false (mixq_session_get_front (session).running);
  g_assert_cmpint (g_get_monotonic_time () - asked, <, 100000);
  n = count_found (session, 1u << MIXQ_FRONT_RANDOM, &unused);
  g_assert_cmpuint (n, >=, some);
  /* What was found stays, and another search can follow at once. */
  mixq_session_find_front (session, MIXQ_FRONT_UNIFORM);
  mixq_session_find_front (session, MIXQ_FRONT_SENSITIVITY);
  some = 1;
  wait_for (session, front_has_told, &some);
  g_assert_cmpint (mixq_session_get_front (session).method, ==, MIXQ_FRONT_SENSITIVITY);
  g_assert_cmpuint (count_found (session, 1u << MIXQ_FRONT_RANDOM, &unused), >=, n);
  g_assert_null (mixq_session_dup_maker_error (session));
  /* Freed in the middle of it. */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/session/snapshots", test_snapshots);
  g_test_add_func ("/engine/session/graphs", test_graphs);
  g_test_add_func ("/engine/session/commands", test_commands);
  g_test_add_func ("/engine/session/replay", test_replay);
  g_test_add_func ("/engine/session/points", test_points);
  g_test_add_func ("/engine/session/other-quantizers", test_other_quantizers);
  g_test_add_func ("/engine/session/same-as-run", test_same_as_run);
  g_test_add_func ("/engine/session/rests-and-wakes", test_rests_and_wakes);
  g_test_add_func ("/engine/session/history", test_history);
  g_test_add_func ("/engine/session/free", test_free);
  g_test_add_func ("/engine/session/refusals", test_refusals);
  g_test_add_func ("/engine/session/front", test_front);
  g_test_add_func ("/engine/session/front-cancel", test_front_cancel);
  return g_test_run ();
}
