/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Protection of nodes: published probabilities, what protected rows pass, and ranges that follow the rest. */
#include <math.h>
#include <string.h>

#include "../golden.h"
#include "net/mixq-protect.h"
#include "toy.h"
#include "train/mixq-trainer.h"

/* Only how many entries a row has matters. */
static MixqCsr *
rows_with (gsize n, const gsize *in_degree)
{
  gsize nnz = 0;
  MixqCsr *csr;

  for (gsize r = 0; r < n; r++)
    nnz += in_degree[r];
  csr = mixq_csr_new (n, n, nnz, FALSE);
  for (gsize r = 0; r < n; r++)
    csr->row_ptr[r + 1] = csr->row_ptr[r] + in_degree[r];
  return csr;
}

/* Method spec 14: a star of five nodes: leaves 0.08, centre 0.1 from 8 bits on. */
static void
test_star (void)
{
  g_autoptr (MixqCsr) star = rows_with (5, (gsize[]){ 4, 1, 1, 1, 1 });
  float rank[5];

  mixq_protect_ranks (star, rank);
  g_assert_cmpfloat (fabsf (mixq_protect_probability (8, rank[0]) - 0.1f), <, 1e-7f);
  g_assert_cmpfloat (fabsf (mixq_protect_probability (16, rank[3]) - 0.08f), <, 1e-7f);
  g_assert_cmpfloat (fabsf (mixq_protect_probability (4, rank[0]) - 0.2f), <, 1e-7f);
  g_assert_cmpfloat (fabsf (mixq_protect_probability (2, rank[1]) - 0.18f), <, 1e-7f);
}

static void
check_case (JsonObject *c)
{
  JsonArray *edges = json_object_get_array_member (c, "edge_index"),
            *to = json_array_get_array_element (edges, 1);
  JsonArray *expected = json_object_get_array_member (c, "probability");
  double low = json_object_get_double_member (c, "low"), high = json_object_get_double_member (c, "high");
  gsize n = golden_size (c, "num_nodes");
  g_autofree gsize *degree = g_new0 (gsize, n);
  g_autofree float *rank = g_new (float, n);
  g_autoptr (MixqCsr) csr = NULL;

  for (guint e = 0; e < json_array_get_length (to); e++)
    degree[json_array_get_int_element (to, e)]++;
  csr = rows_with (n, degree);
  mixq_protect_ranks (csr, rank);
  for (guint r = 0; r < n; r++) {
    double ours = low + (high - low) * (double) rank[r];

    g_assert_cmpfloat (fabs (ours - json_array_get_double_element (expected, r)), <, 1e-6);
    if (fabs (high - low - 0.1) > 1e-6)
      continue; /* not the shares we use */
    if (low < 0.05)
      g_assert_cmpfloat (fabs (ours - (double) mixq_protect_probability (8, rank[r])), <, 1e-6);
    else
      g_assert_cmpfloat (fabs (ours - (double) mixq_protect_probability (4, rank[r])), <, 1e-6);
  }
}

static void
test_golden (void)
{
  g_autoptr (JsonParser) parser = golden_load ("07-degree-protection.json");
  guint checked = 0;

  if (parser == NULL)
    return;
  for (guint i = 0; i < json_array_get_length (golden_cases (parser)); i++) {
    JsonObject *c = json_array_get_object_element (golden_cases (parser), i);

    if (!JSON_NODE_HOLDS_VALUE (json_object_get_member (c, "num_nodes")))
      continue; /* several graphs in one: here a network has one */
    check_case (c);
    checked++;
  }
  g_assert_cmpuint (checked, >=, 4);
}

static MixqNet *
new_net (guint64 seed, guint8 bits, const MixqNetRules *rules)
{
  const ToySpec spec = { .seed = seed, .nodes = 60, .edges = 120, .hidden = 9 };
  g_autoptr (MixqInputs) inputs = toy_inputs_new (&spec);
  g_autoptr (MixqModel) model = toy_model_new (&spec, inputs);
  g_autofree guint8 *fixed = g_malloc (model->n_slots);
  MixqNet *net;

  memset (fixed, bits, model->n_slots);
  net = mixq_net_new (model, inputs, 0, NULL, fixed, FALSE, rules);
  mixq_net_bind (net, net->data, TRUE);
  mixq_net_init_weights (net, seed);
  toy_calibrate (net);
  return net;
}

/* How often each node is protected is its probability; protected rows pass as they are, and only in training. */
static void
test_rows (void)
{
  const MixqNetRules rules = { .protect_nodes = TRUE };
  g_autoptr (MixqNet) net = new_net (1, 4, &rules);
  const MixqSlot *slot = &net->slots[2];
  gsize n = net->model->n_nodes, d = slot->info->cols, kept = 0;
  double expected = 0;
  MixqRandom random;

  mixq_random_init (&random, 1, "protect");
  for (gsize r = 0; r < n; r++)
    expected += (double) mixq_protect_probability (4, net->protect_rank[r]);
  for (guint pass = 0; pass < 300; pass++) {
    const float *pre, *value;

    mixq_protect_draw (net, &random);
    mixq_net_forward (net, 0, 1, (MixqPass){ .training = TRUE, .all_rows = TRUE });
    g_assert_cmpuint (slot->n_free + slot->n_kept, ==, n);
    kept += slot->n_kept;
    pre = net->pre[net->model->units[0].output];
    value = net->read[net->model->units[0].output];
    for (gsize i = 0; i < slot->n_kept; i++)
      g_assert_cmpmem (value + slot->kept_rows[i] * d, d * sizeof *pre, pre + slot->kept_rows[i] * d,
                       d * sizeof *pre);
    for (gsize i = 0; i < slot->n_free * d; i++) {
      gsize at = slot->free_rows[i / d] * d + i % d;
      double code = (double) (value[at] / slot->quantizer[0].scale[0]);

      g_assert_cmpfloat (fabs (code - nearbyint (code)), <, 1e-3);
    }
  }
  /* 300 x about 9 of 60: the standard deviation of the mean is 0.16 */
  g_assert_cmpfloat (fabs ((double) kept / 300 - expected), <, 0.8);
  mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .all_rows = TRUE });
  g_assert_false (net->protecting);
  for (gsize i = 0; i < n * d; i++) {
    double code = (double) (net->read[net->model->units[0].output][i] / slot->quantizer[0].scale[0]);

    g_assert_cmpfloat (fabs (code - nearbyint (code)), <, 1e-3);
  }
}

/* After a step every range has moved a hundredth of the way to what the quantized rows showed. */
static void
test_ranges_follow (gconstpointer data)
{
  const MixqNetRules rules = { .ranges = (MixqRanges) GPOINTER_TO_INT (data), .protect_nodes = TRUE };
  MixqNet *net = new_net (2, 4, &rules);
  g_autoptr (MixqTrainer) trainer = mixq_trainer_new (
      net, &(MixqTrainerOptions){ .seed = 2, .stream = "test", .lr = 0.05, .recalibrate = 1 });
  gsize d = net->slots[2].info->cols;
  MixqRange before, now;
  MixqEpoch epoch;

  mixq_trainer_evaluate (trainer, NULL);
  before = net->slots[2].seen[0][0];
  g_assert_true (mixq_trainer_step (trainer, 0, &epoch, NULL));
  g_assert_true (net->slots[2].seen[0][0].magnitude != before.magnitude && !mixq_range_is_empty (&before));
  now = net->slots[2].seen[0][0];
  mixq_net_follow_ranges (net); /* once more, from what the evaluation of all rows left */
  {
    MixqRange seen = net->slots[2].seen[0][0], all = { 0 };
    const float *pre = net->pre[net->model->units[0].output];
    MixqRows rows = net->frontier[net->model->units[0].output];

    for (gsize i = 0; i < rows.n; i++)
      mixq_range_extend (&all, pre + mixq_rows_at (rows, i) * d, d, 1);
    if (rules.ranges == MIXQ_RANGES_EMA) {
      g_assert_cmpfloat (fabsf (seen.low - (now.low + 0.01f * (all.low - now.low))), <, 1e-6f);
      g_assert_cmpfloat (fabsf (seen.high - (now.high + 0.01f * (all.high - now.high))), <, 1e-6f);
    }
    g_assert_cmpfloat (seen.high, <=, fmaxf (now.high, all.high));
    g_assert_cmpfloat (net->slots[2].quantizer[0].zero[0], ==,
                       nearbyintf (net->slots[2].quantizer[0].zero[0]));
    g_assert_cmpfloat (fabsf (net->slots[2].quantizer[0].scale[0] * 15 - (seen.high - seen.low)), <, 1e-5f);
  }
  for (gsize c = 0; c < d; c++) {
    const MixqRange *seen = &net->slots[1].seen[0][c];

    g_assert_cmpfloat (fabsf (net->slots[1].quantizer[0].scale[c] * 7 - fmaxf (-seen->low, seen->high)), <,
                       1e-6f);
  }
}

/* Masks are a stream of their own: same seed, same bits. */
static void
test_same_bits (void)
{
  const MixqNetRules rules = { .ranges = MIXQ_RANGES_PERCENTILE, .protect_nodes = TRUE };
  g_autofree float *first = NULL;

  for (guint run = 0; run < 2; run++) {
    MixqNet *net = new_net (3, 4, &rules);
    g_autoptr (MixqTrainer)
        trainer = mixq_trainer_new (net, &(MixqTrainerOptions){ .seed = 3, .stream = "test", .lr = 0.02 });
    gsize n = net->weights[0].rows * net->weights[0].cols;
    MixqEpoch epoch;

    for (guint i = 0; i < 10; i++)
      g_assert_true (mixq_trainer_step (trainer, 0, &epoch, NULL));
    if (run == 0)
      first = g_memdup2 (net->weights[0].w[0], n * sizeof *first);
    else
      g_assert_cmpmem (net->weights[0].w[0], n * sizeof *first, first, n * sizeof *first);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/net/protect/star", test_star);
  g_test_add_func ("/engine/net/protect/golden", test_golden);
  g_test_add_func ("/engine/net/protect/rows", test_rows);
  g_test_add_data_func ("/engine/net/protect/ranges-follow/ema", GINT_TO_POINTER (MIXQ_RANGES_EMA),
                        test_ranges_follow);
  g_test_add_data_func ("/engine/net/protect/ranges-follow/percentile",
                        GINT_TO_POINTER (MIXQ_RANGES_PERCENTILE), test_ranges_follow);
  g_test_add_func ("/engine/net/protect/same-bits", test_same_bits);
  return g_test_run ();
}
