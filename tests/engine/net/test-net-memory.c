/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that is shared and work that is done once change nothing of what comes out. */
#include <math.h>
#include <string.h>

#include "data/mixq-dataset.h"
#include "net/mixq-buffers.h"
#include "net/mixq-calibrate.h"
#include "net/mixq-net.h"
#include "train/mixq-task.h"

#define NODES 400
#define DATA "generated:400,2000,16,4"
/* (A X) W and A (X W) add the same products in another order. */
#define ROUNDING 2e-5f

/* Candidate scales are 1.2 % apart; a sample may choose a neighbour of the best. */
#define SCALE_TOLERANCE 0.03f

static const MixqPass evaluation = { .all_rows = TRUE }, training = { .training = TRUE };

typedef struct
{
  MixqInputs *inputs;
  MixqModel *model;
} Set;

static Set
set_new (MixqArch arch)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqDataset) dataset = mixq_dataset_load (DATA, NULL, NULL, &error);
  MixqModelSpec spec = { .arch = arch, .n_layers = 3, .hidden = 32, .dropout = 0.5, .hops = 2, .heads = 4 };
  Set self;

  g_assert_no_error (error);
  self.inputs = mixq_inputs_new (dataset);
  self.model = mixq_model_new (&spec, dataset, &error);
  g_assert_no_error (error);
  return self;
}

static void
set_clear (Set *self)
{
  mixq_inputs_unref (self->inputs);
  mixq_model_unref (self->model);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Set, set_clear)

static MixqNet *
net_new (const Set *set, gboolean quantized)
{
  static const guint8 choices[] = { 2, 4, 8 };
  MixqNet *net = mixq_net_new (set->model, set->inputs, quantized ? G_N_ELEMENTS (choices) : 0, choices, NULL,
                               FALSE, NULL);

  mixq_net_init_weights (net, 1);
  return net;
}

static float *
dup_logits (MixqNet *net)
{
  return g_memdup2 (mixq_net_logits (net), NODES * net->model->n_classes * sizeof (float));
}

static float *
evaluate (MixqNet *net, gboolean trained)
{
  mixq_net_bind (net, net->data, trained);
  mixq_net_forward (net, 0, net->model->n_units, evaluation); /* takes the ranges */
  mixq_net_forward (net, 0, net->model->n_units, evaluation);
  return dup_logits (net);
}

static void
assert_near (const float *a, const float *b, gsize n)
{
  float largest = 0;

  for (gsize i = 0; i < n; i++)
    largest = fmaxf (largest, fabsf (b[i]));
  g_assert_cmpfloat (largest, >, 0);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat (fabsf (a[i] - b[i]), <=, ROUNDING * largest);
}

/* --- (A X) W ----------------------------------------------------------------------------------------------------------- */

static void
step (MixqNet *net)
{
  net->dropout_key = 7;
  mixq_net_bind (net, net->data, TRUE);
  mixq_net_forward (net, 0, net->model->n_units, training);
  mixq_task_loss (net->inputs, MIXQ_PART_TRAIN, mixq_net_logits (net), mixq_net_logits_grad (net));
  mixq_net_backward (net);
}

static void
test_gathered_first (void)
{
  g_auto (Set) set = set_new (MIXQ_ARCH_GCN);
  g_autoptr (MixqNet) net = net_new (&set, FALSE), plain = net_new (&set, FALSE);
  g_autofree float *logits = NULL, *expected = NULL;

  g_assert_cmpint (net->gathers_first, >=, 0);
  plain->gathers_first = -1;
  memset (plain->constant, 0, set.model->n_values * sizeof *plain->constant);
  for (guint round = 0; round < 2; round++) { /* the second time all that is constant is there */
    step (net);
    step (plain);
    for (guint u = 0; u < set.model->n_units; u++)
      if (net->weights[u].rows > 0)
        assert_near (net->weights[u].g[0], plain->weights[u].g[0],
                     net->weights[u].rows * net->weights[u].cols);
  }
  logits = evaluate (net, TRUE);
  expected = evaluate (plain, TRUE);
  assert_near (logits, expected, NODES * set.model->n_classes);
}

/* A quantizer between the two sees X W. */
static void
test_never_quantized (void)
{
  g_auto (Set) set = set_new (MIXQ_ARCH_GCN);
  g_autoptr (MixqNet) net = net_new (&set, TRUE);

  g_assert_cmpint (net->gathers_first, ==, -1);
  for (guint v = 0; v < set.model->n_values; v++)
    g_assert_false (net->constant[v]);
}

/* --- evaluation alone -------------------------------------------------------------------------------------------------- */

static void
check_lean (MixqArch arch, gboolean quantized)
{
  g_auto (Set) set = set_new (arch);
  g_autoptr (MixqNet) net = net_new (&set, quantized);
  g_autofree float *expected = evaluate (net, TRUE), *lean = NULL, *again = NULL;
  gsize bytes = net->buffer_bytes, least = NODES * set.model->spec.hidden * sizeof (float);
  g_autoptr (MixqNet) other = net_new (&set, quantized);

  lean = evaluate (other, FALSE);
  g_assert_cmpmem (lean, NODES * set.model->n_classes * sizeof (float), expected,
                   NODES * set.model->n_classes * sizeof (float));
  g_test_message ("%s: %zu bytes, %zu to train", mixq_arch_name (arch), other->buffer_bytes, bytes);
  g_assert_cmpuint (other->buffer_bytes, >=, least);
  g_assert_cmpuint (3 * other->buffer_bytes, <=, 2 * bytes);
  for (guint v = 0; v < set.model->n_values; v++) {
    g_assert_null (other->grad[v]);
    g_assert_null (other->pre[v]);
  }

  step (other); /* from evaluation to training and back */
  again = evaluate (other, TRUE);
  g_assert_cmpmem (again, NODES * set.model->n_classes * sizeof (float), expected,
                   NODES * set.model->n_classes * sizeof (float));
}

static void
test_lean (void)
{
  static const MixqArch archs[] = { MIXQ_ARCH_GCN, MIXQ_ARCH_SAGE, MIXQ_ARCH_GIN, MIXQ_ARCH_TAG,
                                    MIXQ_ARCH_GAT };

  for (gsize i = 0; i < G_N_ELEMENTS (archs); i++) {
    check_lean (archs[i], FALSE);
    check_lean (archs[i], TRUE);
  }
}

/* --- ranges of very many entries ---------------------------------------------------------------------------------------- */

/* A scale that a sample of the features gives is close to that of all of them, and no smaller a range. */
static void
test_many_entries (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqDataset) dataset = mixq_dataset_load ("generated:20000,40000,64,4", NULL, NULL, &error);
  g_autoptr (MixqInputs) inputs = mixq_inputs_new (dataset);
  g_autoptr (MixqModel) model = mixq_model_new (&MIXQ_MODEL_SPEC_DEFAULT, dataset, &error);
  static const guint8 choices[] = { 4, 8 };
  g_autoptr (MixqNet) net = mixq_net_new (model, inputs, G_N_ELEMENTS (choices), choices, NULL, FALSE, NULL);
  MixqSlot *slot = &net->slots[model->units[0].slot_output];

  g_assert_no_error (error);
  g_assert_cmpuint (inputs->features->nnz, >, 1 << 20);
  mixq_calibrate_slot_features (net, slot);
  for (guint k = 0; k < slot->n_choices; k++) {
    float sampled = slot->quantizer[k].scale[0];

    mixq_calibrate_relative (&slot->quantizer[k], net->kernels, inputs->features->value,
                             inputs->features->nnz);
    g_assert_cmpfloat_with_epsilon (sampled, slot->quantizer[k].scale[0],
                                    SCALE_TOLERANCE * slot->quantizer[k].scale[0]);
  }
}

/* --- training ---------------------------------------------------------------------------------------------------------- */

static gboolean
is_known (const MixqNet *net, int before)
{
  for (int v = 1; v < before; v++)
    if (net->grad[v] == net->grad[before])
      return TRUE;
  return FALSE;
}

static gboolean
holds_a_value (const MixqNet *net, const float *memory)
{
  for (guint v = 1; v < net->model->n_values; v++)
    if (net->value[v] == memory)
      return TRUE;
  return FALSE;
}

/* Most gradients are where a value was that is done with; those of constants are nowhere; that of the logits stays. */
static void
test_gradients (void)
{
  g_auto (Set) set = set_new (MIXQ_ARCH_GCN);
  g_autoptr (MixqNet) net = net_new (&set, FALSE);
  guint own = 0, wanted = 0;

  mixq_net_bind (net, net->data, TRUE);
  for (guint v = 1; v < set.model->n_values; v++) {
    wanted += net->grad[v] != NULL;
    own += net->grad[v] != NULL && !is_known (net, (int) v) && !holds_a_value (net, net->grad[v]);
  }
  g_assert_null (net->grad[set.model->units[0].output]); /* of the features */
  g_assert_cmpuint (wanted, >=, 8);
  g_assert_cmpuint (own, <=, 3);
  g_assert_false (holds_a_value (net, mixq_net_logits_grad (net)));
}

static void
test_scratch (void)
{
  g_auto (Set) set = set_new (MIXQ_ARCH_GCN);
  g_autoptr (MixqNet) net = net_new (&set, FALSE);
  float *first = mixq_net_scratch (net, 0, 100), *second = mixq_net_scratch (net, 1, 100);

  g_assert_true (first != second);
  g_assert_true (mixq_net_scratch (net, 0, 50) == first);
  memset (mixq_net_scratch (net, 0, 5000), 0, 5000 * sizeof (float));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/net/memory/gathered-first", test_gathered_first);
  g_test_add_func ("/engine/net/memory/never-quantized", test_never_quantized);
  g_test_add_func ("/engine/net/memory/lean", test_lean);
  g_test_add_func ("/engine/net/memory/many-entries", test_many_entries);
  g_test_add_func ("/engine/net/memory/gradients", test_gradients);
  g_test_add_func ("/engine/net/memory/scratch", test_scratch);
  return g_test_run ();
}
