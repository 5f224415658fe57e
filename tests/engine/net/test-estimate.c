/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The logits of the widths of large features learn from some rows: what all such samples say together is the gradient itself. */
#include <math.h>

#include "net/mixq-estimate.h"
#include "train/mixq-task.h"

static const guint8 choices[] = { 2, 4, 8 };

static MixqInputs *
load (const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqDataset) dataset = mixq_dataset_load (what, NULL, NULL, &error);

  g_assert_no_error (error);
  return mixq_inputs_new (dataset);
}

static MixqNet *
net_new (MixqInputs *inputs, guint hidden)
{
  MixqModelSpec spec = MIXQ_MODEL_SPEC_DEFAULT;
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqModel) model = NULL;
  MixqNet *net;

  spec.hidden = hidden;
  spec.dropout = 0;
  model = mixq_model_new (&spec, inputs->dataset, &error);
  g_assert_no_error (error);
  net = mixq_net_new (model, inputs, G_N_ELEMENTS (choices), choices, NULL, TRUE, NULL);
  mixq_net_init_weights (net, 3);
  mixq_net_calibrate (net);
  mixq_net_bind (net, inputs, TRUE);
  mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .all_rows = TRUE });
  return net;
}

static MixqSlot *
input_slot (MixqNet *net)
{
  for (guint s = 0; s < net->n_slots; s++)
    if (net->slots[s].info->role == MIXQ_SLOT_INPUT)
      return &net->slots[s];
  g_assert_not_reached ();
}

/* <dX, Q_k (X)> of one training pass. */
static void
dots (MixqNet *net, gsize rows, guint64 first, double *dot)
{
  net->estimate_rows = rows;
  net->dropout_key = first << 32;
  mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .training = TRUE, .all_rows = TRUE });
  mixq_task_loss (net->inputs, MIXQ_PART_TRAIN, mixq_net_logits (net), mixq_net_logits_grad (net));
  mixq_net_backward (net);
  for (guint k = 0; k < G_N_ELEMENTS (choices); k++)
    dot[k] = input_slot (net)->dot[k];
}

/* What moves the logits. */
static double
spread (const double *dot)
{
  double mean = (dot[0] + dot[1] + dot[2]) / 3;

  return sqrt ((pow (dot[0] - mean, 2) + pow (dot[1] - mean, 2) + pow (dot[2] - mean, 2)) / 3);
}

static void
check_samples (MixqInputs *inputs, guint hidden)
{
  g_autoptr (MixqNet) net = net_new (inputs, hidden);
  MixqRows all = { NULL, inputs->n_nodes };
  gsize rows = inputs->n_nodes / 5, stride = inputs->n_nodes / rows;
  double exact[3], mean[3] = { 0 }, one[3];
  gboolean differs = FALSE;

  dots (net, G_MAXSIZE, 0, exact);
  for (gsize first = 0; first < stride; first++) {
    gsize n = (inputs->n_nodes - first + stride - 1) / stride;

    dots (net, rows, first, one);
    g_assert_cmpuint (mixq_estimate_rows (net, net->model->units[0].output, all).n, ==, n);
    for (guint k = 0; k < 3; k++) {
      mean[k] += one[k] * (double) n / (double) inputs->n_nodes;
      differs = differs || fabs (one[k] - exact[k]) > 1e-3 * spread (exact);
    }
  }
  g_assert_true (differs);
  for (guint k = 0; k < 3; k++) {
    g_test_message ("hidden %u, width %u: %g of all rows, %g by %zu samples", hidden, choices[k], exact[k],
                    mean[k], stride);
    g_assert_cmpfloat_with_epsilon (mean[k], exact[k], 1e-4 * spread (exact));
  }
}

static void
test_samples (void)
{
  g_autoptr (MixqInputs) inputs = load ("generated:1203,3000,24,3");

  check_samples (inputs, 32);
  check_samples (inputs, 8); /* the narrow kernels make all of the gradient */
}

/* Where it is used at all. */
static void
test_size (void)
{
  g_autoptr (MixqInputs) inputs = load ("generated:100,300,16,4");
  g_autoptr (MixqNet) net = net_new (inputs, 24);
  int features = net->model->units[0].output, product = net->model->units[1].output;
  MixqRows few = { NULL, 4 * MIXQ_ESTIMATE_ROWS - 1 }, many = { NULL, 4 * MIXQ_ESTIMATE_ROWS + 3 }, rows;

  g_assert_cmpuint (mixq_estimate_rows (net, features, few).n, ==, few.n);
  g_assert_cmpuint (mixq_estimate_rows (net, product, many).n, ==, many.n);
  rows = mixq_estimate_rows (net, features, many);
  g_assert_cmpuint (rows.n, ==, MIXQ_ESTIMATE_ROWS + 1);
  for (gsize i = 0; i < rows.n; i++)
    g_assert_cmpuint (rows.index[i], ==, 4 * i);
  net->dropout_key = (guint64) 7 << 32;
  rows = mixq_estimate_rows (net, features, many);
  g_assert_cmpuint (rows.index[0], ==, 3);
  net->protecting = TRUE; /* rows that are protected have gradients of their own */
  g_assert_cmpuint (mixq_estimate_rows (net, features, many).n, ==, many.n);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/estimate/samples", test_samples);
  g_test_add_func ("/estimate/size", test_size);
  return g_test_run ();
}
