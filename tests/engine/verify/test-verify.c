/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The six checks of `mixq verify`: the healthy engine passes all, and each planted fault fails exactly the check about it. */
#include "verify/mixq-verify.h"

#include <math.h>
#include <string.h>

#include "../net/collection.h"
#include "../net/toy.h"
#include "base/mixq-error.h"
#include "verify/mixq-verify-private.h"

static const char *const names[] = { "forward", "fake-quantization", "alpha", "widths", "bitops", "lambda" };

static const ToySpec small = { .seed = 1,
                               .nodes = 40,
                               .features = 16,
                               .hidden = 12,
                               .edges = 90,
                               .homophilous = TRUE };

static GPtrArray *
verify (MixqInputs *inputs, MixqModel *model, const MixqVerifyParts *parts)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *checks = parts != NULL ? mixq_verify_run_with (inputs, model, parts, NULL, &error)
                                    : mixq_verify_run (inputs, model, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (checks->len, ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < checks->len; i++) {
    const MixqVerifyCheck *check = g_ptr_array_index (checks, i);

    g_test_message ("%s %s: %s", check->passed ? "pass" : "FAIL", check->name, check->evidence);
    g_assert_cmpstr (check->name, ==, names[i]);
    g_assert_cmpuint (check->numbers->len, >=, 2);
    g_assert_cmpuint (strlen (check->evidence), >, 20);
    g_assert_null (strchr (check->evidence, '\n'));
    for (guint n = 0; n < check->numbers->len; n++)
      g_assert_nonnull (g_array_index (check->numbers, MixqVerifyNumber, n).name);
  }
  return checks;
}

static double
number (GPtrArray *checks, guint check, const char *name)
{
  const GArray *numbers = ((const MixqVerifyCheck *) g_ptr_array_index (checks, check))->numbers;

  for (guint n = 0; n < numbers->len; n++)
    if (strcmp (g_array_index (numbers, MixqVerifyNumber, n).name, name) == 0)
      return g_array_index (numbers, MixqVerifyNumber, n).value;
  g_error ("no number called %s", name);
}

static void
test_toy (gconstpointer data)
{
  const ToySpec *spec = data;
  g_autoptr (MixqInputs) inputs = toy_inputs_new (spec);
  g_autoptr (MixqModel) model = toy_model_new (spec, inputs);
  g_autoptr (GPtrArray) checks = verify (inputs, model, NULL);

  g_assert_true (mixq_verify_passed (checks));
}

static void
check_dataset (const char *what, guint hidden)
{
  const MixqModelSpec spec = { MIXQ_ARCH_GCN, 2, hidden, 0.5 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqDataset) dataset = mixq_dataset_load (what, NULL, NULL, &error);
  g_autoptr (MixqInputs) inputs = NULL;
  g_autoptr (MixqModel) model = NULL;
  g_autoptr (GPtrArray) checks = NULL;

  g_assert_no_error (error);
  inputs = mixq_inputs_new (dataset);
  model = mixq_model_new (&spec, dataset, &error);
  g_assert_no_error (error);
  checks = verify (inputs, model, NULL);
  g_assert_true (mixq_verify_passed (checks));
  g_assert_cmpfloat (number (checks, 1, "wrong_gradients"), ==, 0);
  g_assert_cmpfloat (number (checks, 1, "clipped"), >, 0);
  g_assert_cmpfloat (number (checks, 3, "held"), ==, 27);
}

static void
test_karate (void)
{
  check_dataset ("karate", 16);
}

/* --- every architecture and task ------------------------------------------------------------------------------------ */

static const struct
{
  const char *name;
  MixqModelSpec spec;
} models[] = {
  { "gcn-norm-residual", { MIXQ_ARCH_GCN, 2, 24, 0, .batch_norm = TRUE, .residual = TRUE } },
  { "gin", { MIXQ_ARCH_GIN, 2, 16, 0, .batch_norm = TRUE } },
  { "gin-eps-residual", { MIXQ_ARCH_GIN, 2, 16, 0, .batch_norm = TRUE, .eps = TRUE, .residual = TRUE } },
  { "sage-sum", { MIXQ_ARCH_SAGE, 2, 24, 0, .pool = MIXQ_POOL_SUM } },
  { "sage-mean", { MIXQ_ARCH_SAGE, 2, 24, 0, .batch_norm = TRUE, .aggregator = MIXQ_AGGREGATOR_MEAN } },
  { "tag", { MIXQ_ARCH_TAG, 2, 24, 0, .hops = 2, .pool = MIXQ_POOL_MEAN } },
  { "gat", { MIXQ_ARCH_GAT, 2, 24, 0, .heads = 3, .batch_norm = TRUE } },
};

static MixqInputs *
graphs_new (void)
{
  static const gsize nodes[] = { 5, 7, 3, 9, 4, 6, 8, 5, 11, 2, 6, 7 };

  return collection_inputs_new (nodes, G_N_ELEMENTS (nodes));
}

static MixqInputs *
inputs_for (gboolean of_graphs)
{
  return of_graphs ? graphs_new () : toy_inputs_new (&small);
}

static void
test_architecture (gconstpointer data)
{
  const MixqModelSpec *spec = &models[GPOINTER_TO_UINT (data) / 2].spec;
  g_autoptr (MixqInputs) inputs = inputs_for (GPOINTER_TO_UINT (data) % 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqModel) model = mixq_model_new (spec, inputs->dataset, &error);
  g_autoptr (GPtrArray) checks = NULL;

  g_assert_no_error (error);
  checks = verify (inputs, model, NULL);
  g_assert_true (mixq_verify_passed (checks));
  for (guint i = 0; i < checks->len; i++)
    g_assert_true (((const MixqVerifyCheck *) g_ptr_array_index (checks, i))->applies);
}

/* --- planted faults -------------------------------------------------------------------------------------------------- */

/* Message passing and products of features lose each row's last entry. */
static void
short_spmm (const gsize *row_ptr,
            const guint32 *col,
            const float *value,
            MixqRows rows,
            const float *x,
            gsize d,
            float *y)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i), end = MAX (row_ptr[r + 1], row_ptr[r] + 1) - 1;

    for (gsize c = 0; c < d; c++)
      y[r * d + c] = 0;
    for (gsize e = row_ptr[r]; e < end; e++)
      for (gsize c = 0; c < d; c++)
        y[r * d + c] += (value != NULL ? value[e] : 1) * x[(gsize) col[e] * d + c];
  }
}

/* The straight-through estimator is cut: rounding's own derivative. The dots of the logits are left as they are. */
static void
cut_backward (const MixqMix *mix,
              MixqRows rows,
              gsize d,
              const float *x,
              const float *g,
              float *dx,
              double *dot)
{
  if (dot != NULL)
    mixq_kernels_ref.mix_backward (mix, rows, d, x, g, dx, dot);
  for (gsize i = 0; i < rows.n; i++)
    memset (dx + mixq_rows_at (rows, i) * d, 0, d * sizeof (float));
}

/* Clipping forgotten in the backward pass. */
static void
unclipped_backward (const MixqMix *mix,
                    MixqRows rows,
                    gsize d,
                    const float *x,
                    const float *g,
                    float *dx,
                    double *dot)
{
  g_autofree float *kept = g_new (float, rows.n *d);

  for (gsize i = 0; i < rows.n; i++)
    memcpy (kept + i * d, g + mixq_rows_at (rows, i) * d, d * sizeof (float));
  if (dot != NULL)
    mixq_kernels_ref.mix_backward (mix, rows, d, x, g, dx, dot);
  for (gsize i = 0; i < rows.n; i++)
    memcpy (dx + mixq_rows_at (rows, i) * d, kept + i * d, d * sizeof (float));
}

/* Truncation where rounding belongs. */
static void
truncating_forward (const MixqMix *mix, MixqRows rows, gsize d, const float *x, float *y)
{
  g_autofree float *lower = g_new (float, (rows.n > 0 ? mixq_rows_at (rows, rows.n - 1) + 1 : 0) * d + 1);

  if (mix->n > 1 || mix->granularity != MIXQ_PER_TENSOR) {
    mixq_kernels_ref.mix_forward (mix, rows, d, x, y);
    return;
  }
  for (gsize i = 0; i < rows.n; i++)
    for (gsize c = 0, at = mixq_rows_at (rows, i) * d; c < d; c++, at++)
      lower[at] = x[at] - 0.5f * mix->scale[0][0];
  mixq_kernels_ref.mix_forward (mix, rows, d, lower, y);
}

static void
unnormalised (MixqNet *net)
{
  mixq_net_update_probabilities (net);
  for (guint s = 0; s < net->n_slots; s++)
    net->slots[s].p[0] *= 1.001f;
}

/* One softmax over all slots' first logits: what one slot wants moves another. */
static void
coupled (MixqNet *net)
{
  for (guint s = 1; s < net->n_slots; s++)
    net->slots[s].alpha[0] = net->slots[0].alpha[0];
  mixq_net_update_probabilities (net);
}

static gboolean
deaf_pin (MixqNet *net, guint slot, guint8 bits)
{
  return slot == 3 ? TRUE : mixq_net_pin (net, slot, bits);
}

/* A pin that keeps the softmax where the argmax belongs: the width is favoured, not held. */
static gboolean
soft_pin (MixqNet *net, guint slot, guint8 bits)
{
  for (guint k = 0; k < net->slots[slot].n_choices; k++)
    net->slots[slot].alpha[k] = net->slots[slot].bits[k] == bits ? 2 : 0;
  mixq_net_update_probabilities (net);
  return TRUE;
}

static void
forgetful_count (const MixqModel *model, const guint8 *bits, MixqCost *cost)
{
  mixq_cost_count (model, bits, cost);
  cost->bitops -= 8; /* one operation at 8 bits */
}

typedef enum {
  SHORT_ROWS,
  STE_CUT,
  STE_UNCLIPPED,
  TRUNCATION,
  NOT_NORMALISED,
  COUPLED_SLOTS,
  DEAF_PIN,
  SOFTMAX_KEPT,
  OPERATION_LOST,
  LAMBDA_LOST,
  LAMBDA_REVERSED,
} Fault;

/* @fails: bits of the checks, in the order of names. Without the straight-through gradient nothing before the last slot can
 * learn, so there the logits rightly complain as well. */
static const struct
{
  const char *name;
  Fault fault;
  guint fails;
} faults[] = {
  { "short-rows", SHORT_ROWS, 1 << 0 },
  { "ste-cut", STE_CUT, 1 << 1 | 1 << 2 },
  { "ste-unclipped", STE_UNCLIPPED, 1 << 1 },
  { "truncation", TRUNCATION, 1 << 1 },
  { "not-normalised", NOT_NORMALISED, 1 << 2 },
  { "coupled-slots", COUPLED_SLOTS, 1 << 2 },
  { "deaf-pin", DEAF_PIN, 1 << 3 },
  { "softmax-kept", SOFTMAX_KEPT, 1 << 3 },
  { "operation-lost", OPERATION_LOST, 1 << 4 },
  { "lambda-too-small", LAMBDA_LOST, 1 << 5 },
  { "lambda-reversed", LAMBDA_REVERSED, 1 << 5 },
};

static void
plant (Fault fault, MixqVerifyParts *parts, MixqKernels *kernels)
{
  parts->kernels = kernels;
  switch (fault) {
  case SHORT_ROWS:
    kernels->spmm = short_spmm;
    break;
  case STE_CUT:
    kernels->mix_backward = cut_backward;
    break;
  case STE_UNCLIPPED:
    kernels->mix_backward = unclipped_backward;
    break;
  case TRUNCATION:
    kernels->mix_forward = truncating_forward;
    break;
  case NOT_NORMALISED:
    parts->update_probabilities = unnormalised;
    break;
  case COUPLED_SLOTS:
    parts->update_probabilities = coupled;
    break;
  case DEAF_PIN:
    parts->pin = deaf_pin;
    break;
  case SOFTMAX_KEPT:
    parts->pin = soft_pin;
    break;
  case OPERATION_LOST:
    parts->count = forgetful_count;
    break;
  case LAMBDA_LOST:
    parts->lambda_factor = 1e-6;
    break;
  case LAMBDA_REVERSED:
    parts->lambda_factor = -1;
    break;
  default:
    g_assert_not_reached ();
  }
}

static void
test_fault (gconstpointer data)
{
  guint f = GPOINTER_TO_UINT (data);
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&small);
  g_autoptr (MixqModel) model = toy_model_new (&small, inputs);
  g_autoptr (GPtrArray) checks = NULL;
  MixqKernels kernels = *mixq_kernels_get ();
  MixqVerifyParts parts;

  mixq_verify_parts_init (&parts);
  plant (faults[f].fault, &parts, &kernels);
  checks = verify (inputs, model, &parts);
  for (guint i = 0; i < checks->len; i++)
    g_assert_cmpint (((MixqVerifyCheck *) g_ptr_array_index (checks, i))->passed, ==,
                     (faults[f].fails >> i & 1) == 0);
  g_assert_false (mixq_verify_passed (checks));
}

/* Neighbours that get lost and an operation that is not counted are seen in each of the others, too. */
static void
test_architecture_faults (gconstpointer data)
{
  const MixqModelSpec *spec = &models[GPOINTER_TO_UINT (data) / 2].spec;
  g_autoptr (MixqInputs) inputs = inputs_for (GPOINTER_TO_UINT (data) % 2);
  g_autoptr (MixqModel) model = mixq_model_new (spec, inputs->dataset, NULL);
  g_autoptr (GPtrArray) checks = NULL;
  MixqKernels kernels = *mixq_kernels_get ();
  MixqVerifyParts parts;

  mixq_verify_parts_init (&parts);
  plant (SHORT_ROWS, &parts, &kernels);
  plant (OPERATION_LOST, &parts, &kernels);
  checks = verify (inputs, model, &parts);
  for (guint i = 0; i < checks->len; i++)
    if (i == 0 || i == 4)
      g_assert_false (((MixqVerifyCheck *) g_ptr_array_index (checks, i))->passed);
  g_assert_false (mixq_verify_passed (checks));
}

/* What does not apply is neither passed nor failed. */
static void
test_not_for (void)
{
  MixqModel model = { .spec = { MIXQ_ARCH_GAT, 2, 8, 0 } };
  MixqVerifyCheck plain = { .applies = TRUE, .passed = TRUE }, other = { .applies = TRUE, .passed = TRUE };
  g_autoptr (GPtrArray) checks = g_ptr_array_new ();

  g_ptr_array_add (checks, &plain);
  g_ptr_array_add (checks, &other);
  mixq_verify_not_for (&other, &model, "nobody knows");
  g_assert_false (other.passed);
  g_assert_nonnull (strstr (other.evidence, "does not apply to gat"));
  g_assert_true (mixq_verify_passed (checks));
  plain.passed = FALSE;
  g_assert_false (mixq_verify_passed (checks));
  g_free (other.evidence);
}

/* --- control --------------------------------------------------------------------------------------------------------- */

static void
count_progress (const char *phase, guint done, guint total, const MixqEpoch *figures, gpointer user_data)
{
  guint *calls = user_data;

  g_assert_cmpstr (phase, ==, "verify");
  g_assert_cmpuint (done, ==, ++*calls);
  g_assert_cmpuint (total, ==, 6);
  g_assert_nonnull (figures);
}

static void
test_control (void)
{
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&small);
  g_autoptr (MixqModel) model = toy_model_new (&small, inputs);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) checks = NULL;
  guint calls = 0;
  const MixqPhaseControl control = { .cancellable = cancellable,
                                     .progress = count_progress,
                                     .user_data = &calls };

  checks = mixq_verify_run (inputs, model, &control, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (calls, ==, 6);
  g_cancellable_cancel (cancellable);
  g_assert_null (mixq_verify_run (inputs, model, &control, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED);
}

static const ToySpec three_layers = { .seed = 2,
                                      .nodes = 40,
                                      .features = 16,
                                      .hidden = 12,
                                      .layers = 3,
                                      .homophilous = TRUE };
static const ToySpec signed_features = { .seed = 3,
                                         .nodes = 40,
                                         .features = 16,
                                         .hidden = 12,
                                         .negative = TRUE };
static const ToySpec no_edges = { .seed = 4, .nodes = 40, .features = 16, .hidden = 12, .no_edges = TRUE };

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/verify/toy", &small, test_toy);
  g_test_add_data_func ("/engine/verify/three-layers", &three_layers, test_toy);
  g_test_add_data_func ("/engine/verify/signed-features", &signed_features, test_toy);
  g_test_add_data_func ("/engine/verify/no-edges", &no_edges, test_toy);
  g_test_add_func ("/engine/verify/karate", test_karate);
  for (guint f = 0; f < G_N_ELEMENTS (faults); f++) {
    g_autofree char *path = g_strconcat ("/engine/verify/fault/", faults[f].name, NULL);
    g_test_add_data_func (path, GUINT_TO_POINTER (f), test_fault);
  }
  for (guint m = 0; m < 2 * G_N_ELEMENTS (models); m++) {
    const char *task = m % 2 ? "graphs" : "nodes";
    g_autofree char *path = g_strdup_printf ("/engine/verify/%s/%s", models[m / 2].name, task);
    g_autofree char *bad = g_strdup_printf ("/engine/verify/%s/%s-fault", models[m / 2].name, task);

    g_test_add_data_func (path, GUINT_TO_POINTER (m), test_architecture);
    g_test_add_data_func (bad, GUINT_TO_POINTER (m), test_architecture_faults);
  }
  g_test_add_func ("/engine/verify/not-for", test_not_for);
  g_test_add_func ("/engine/verify/control", test_control);
  return g_test_run ();
}
