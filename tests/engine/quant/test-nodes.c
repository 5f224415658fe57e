/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of single nodes: A2Q's gradients (method spec 11 and 14), its widths, and widths by degree. */
#include <math.h>

#include "base/mixq-random.h"
#include "quant/mixq-a2q.h"
#include "quant/mixq-node-widths.h"

/* Doubles from a handful of products. */
#define ROUNDING 1e-9
/* A float sum of at most 100 terms of some units each. */
#define FLOAT_SUM 2e-5

/* Method spec 14: x = [0.26, -1.0], g = 0.1, b = 4. */
static void
test_vectors (void)
{
  double d_step, d_width;

  g_assert_cmpfloat (mixq_a2q_entry (0.26, 0.1, -7, 7, &d_step, &d_width), ==, 3);
  g_assert_cmpfloat_with_epsilon (d_step, 0.4, ROUNDING);
  g_assert_cmpfloat (d_width, ==, 0);
  g_assert_cmpfloat (mixq_a2q_entry (-1.0, 0.1, -7, 7, &d_step, &d_width), ==, -7);
  g_assert_cmpfloat_with_epsilon (d_step, -7, ROUNDING);
  g_assert_cmpfloat_with_epsilon (d_width, -8 * log (2) * 0.1, ROUNDING);
  /* ours round halves to even, and have no negative codes in front of a ReLU */
  g_assert_cmpfloat (mixq_a2q_entry (0.5, 0.2, -7, 7, &d_step, &d_width), ==, 2);
  g_assert_cmpfloat (mixq_a2q_entry (9, 0.5, 0, 15, &d_step, &d_width), ==, 15);
  g_assert_cmpfloat_with_epsilon (d_width, 16 * log (2) * 0.5, ROUNDING);
  g_assert_cmpfloat (mixq_a2q_entry (0, 0.5, 0, 15, &d_step, &d_width), ==, 0);
  g_assert_true (d_step == 0 && d_width == 0);
}

/* The mean of sign (x^ - x) times the derivatives of each entry. */
static void
naive_gradient (const float *x, gsize n, double g, double lo, double hi, double *d_step, double *d_width)
{
  *d_step = *d_width = 0;
  for (gsize i = 0; i < n; i++) {
    double value = lo == 0 ? fmax ((double) x[i], 0) : (double) x[i], by_step, by_width;
    double error = g * mixq_a2q_entry (value, g, lo, hi, &by_step, &by_width) - value;

    *d_step += (error > 0) * by_step - (error < 0) * by_step;
    *d_width += (error > 0) * by_width - (error < 0) * by_width;
  }
  *d_step /= (double) n;
  *d_width /= (double) n;
}

static double
mean_error (const float *x, gsize n, double g, double lo, double hi)
{
  double sum = 0, unused;

  for (gsize i = 0; i < n; i++) {
    double value = lo == 0 ? fmax ((double) x[i], 0) : (double) x[i];
    sum += fabs (g * mixq_a2q_entry (value, g, lo, hi, &unused, &unused) - value);
  }
  return sum / (double) n;
}

static void
test_local_gradient (void)
{
  MixqRandom random;
  guint clipped = 0;

  mixq_random_init (&random, 1, "a2q");
  for (guint t = 0; t < 400; t++) {
    gsize n = 1 + mixq_random_below (&random, 60);
    gboolean positive = mixq_random_below (&random, 2);
    guint bits = 2 + mixq_random_below (&random, 5);
    float hi = (float) (positive ? (1 << bits) - 1 : (1 << (bits - 1)) - 1), lo = positive ? 0 : -hi;
    float g = (float) (0.02 + 0.3 * mixq_random_uniform (&random)), x[60];
    double step, width, naive_step, naive_width, a, b, h = 1e-7;

    for (gsize i = 0; i < n; i++)
      x[i] = (float) (2 * mixq_random_uniform (&random) - 1);
    mixq_a2q_local_gradient (x, n, g, lo, hi, &step, &width);
    naive_gradient (x, n, (double) g, (double) lo, (double) hi, &naive_step, &naive_width);
    g_assert_cmpfloat_with_epsilon (step, naive_step, FLOAT_SUM * fabs (naive_step) + FLOAT_SUM);
    g_assert_cmpfloat_with_epsilon (width, naive_width, FLOAT_SUM);
    clipped += width != 0;
    /* on clipped values it is the true derivative of the error by g; inside, rounding counts as the identity */
    a = mean_error (x, n, (double) g + h, (double) lo, (double) hi);
    b = mean_error (x, n, (double) g - h, (double) lo, (double) hi);
    if (width != 0 && n == 1)
      g_assert_cmpfloat_with_epsilon (step, (a - b) / (2 * h), 1e-5);
  }
  g_assert_cmpuint (clipped, >, 50);
}

static double
mean (const guint8 *bits, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += bits[i];
  return sum / (double) n;
}

static void
test_round_widths (void)
{
  const float beta[] = { 1.2f, 3.4f, 6.6f, 2.5f, 8.9f, 4.4f };
  guint8 bits[6];

  mixq_a2q_round_widths (beta, 6, 8, 1, 8, bits); /* nothing to shift: rounded, halves to even, clamped */
  g_assert_cmpmem (bits, 6, ((guint8[]){ 1, 3, 7, 2, 8, 4 }), 6);
  for (double target = 1; target <= 8; target += 0.25) {
    mixq_a2q_round_widths (beta, 6, target, 1, 8, bits);
    g_assert_cmpfloat (mean (bits, 6), <=, target);
    g_assert_cmpfloat (mean (bits, 6), >=, MIN (target - 0.5, 25 / 6.0 - 0.5)); /* no more than it takes */
    for (guint i = 0; i < 6; i++)
      for (guint j = 0; j < 6; j++)
        g_assert_true (beta[i] >= beta[j] || bits[i] <= bits[j]);
  }
  mixq_a2q_round_widths (beta, 6, 1, 2, 8, bits); /* a mean that the least width does not allow */
  g_assert_cmpmem (bits, 6, ((guint8[]){ 2, 2, 2, 2, 2, 2 }), 6);
}

static void
test_by_degree (void)
{
  /* degrees 1, 4, 2, 4, 1, 1, 2, 3, 1 */
  const gsize row_ptr[] = { 0, 1, 5, 7, 11, 12, 13, 15, 18, 19 };
  guint8 bits[9];

  mixq_node_widths_by_degree (MIXQ_NODE_WIDTHS_NONE, 4, 9, row_ptr, bits);
  g_assert_cmpmem (bits, 9, ((guint8[]){ 4, 4, 4, 4, 4, 4, 4, 4, 4 }), 9);
  /* 2 bits: a third at 4, the rest at 1 */
  mixq_node_widths_by_degree (MIXQ_NODE_WIDTHS_DEGREE, 2, 9, row_ptr, bits);
  g_assert_cmpmem (bits, 9, ((guint8[]){ 1, 4, 1, 4, 1, 1, 1, 4, 1 }), 9);
  g_assert_cmpfloat (mean (bits, 9), ==, 2);
  /* 4 bits: one in five at 8: of two equals the first */
  mixq_node_widths_by_degree (MIXQ_NODE_WIDTHS_DEGREE, 4, 9, row_ptr, bits);
  g_assert_cmpmem (bits, 9, ((guint8[]){ 3, 8, 3, 3, 3, 3, 3, 3, 3 }), 9);
  mixq_node_widths_by_degree (MIXQ_NODE_WIDTHS_HUBS, 8, 9, row_ptr, bits);
  g_assert_cmpmem (bits, 9, ((guint8[]){ 4, 8, 4, 8, 4, 4, 4, 8, 4 }), 9);
}

/* The mean never exceeds the width that was chosen, and comes close to it; all widths are widths. */
static void
test_splits (void)
{
  static const guint8 widths[] = { 1, 2, 3, 4, 5, 6, 7, 8, 16 };

  for (MixqNodeWidths how = MIXQ_NODE_WIDTHS_NONE; mixq_node_widths_is_valid (how); how++)
    for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
      for (gsize n = 0; n < 300; n += 23) {
        MixqNodeSplit split = mixq_node_split (how, widths[i], n);
        double sum = (double) split.low * (double) (n - split.n_hubs) +
                     (double) split.high * (double) split.n_hubs;

        g_assert_nonnull (memchr (widths, split.low, sizeof widths));
        g_assert_nonnull (memchr (widths, split.high, sizeof widths));
        g_assert_cmpuint (split.n_hubs, <=, n);
        g_assert_cmpfloat (sum, <=, (double) widths[i] * (double) n);
        if (how != MIXQ_NODE_WIDTHS_HUBS)
          g_assert_cmpfloat (sum, >, (double) widths[i] * (double) n - (split.high - split.low) - 1e-9);
      }
}

static void
test_names (void)
{
  MixqNodeWidths how = MIXQ_NODE_WIDTHS_HUBS;
  g_autoptr (GError) error = NULL;

  g_assert_true (mixq_node_widths_parse ("degree", &how, NULL) && how == MIXQ_NODE_WIDTHS_DEGREE);
  g_assert_cmpstr (mixq_node_widths_name (how), ==, "degree");
  g_assert_false (mixq_node_widths_parse ("degrees", &how, &error));
  g_assert_nonnull (strstr (error->message, "node-widths"));
  g_assert_true (how == MIXQ_NODE_WIDTHS_DEGREE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/quant/nodes/a2q-vectors", test_vectors);
  g_test_add_func ("/engine/quant/nodes/a2q-local-gradient", test_local_gradient);
  g_test_add_func ("/engine/quant/nodes/a2q-round-widths", test_round_widths);
  g_test_add_func ("/engine/quant/nodes/by-degree", test_by_degree);
  g_test_add_func ("/engine/quant/nodes/splits", test_splits);
  g_test_add_func ("/engine/quant/nodes/names", test_names);
  return g_test_run ();
}
