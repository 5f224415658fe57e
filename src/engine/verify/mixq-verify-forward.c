/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How features, edges and weights meet: the float32 network's logits against its architecture's definition. */
#include <math.h>
#include <string.h>

#include "verify/mixq-verify-private.h"

/* Float sums of a few hundred products of size 1 through up to eight layers, relative to the largest logit. */
#define TOLERANCE 1e-4

static const char *const claims[MIXQ_N_ARCHS] = {
  [MIXQ_ARCH_GCN] =
      "every layer computes A (X W) with the symmetrically normalised adjacency, self loops of weight 2",
  [MIXQ_ARCH_GIN] = "every layer computes two maps of the sum over the neighbours, with the node itself "
                    "where eps is learned",
  [MIXQ_ARCH_SAGE] = "every layer computes the sum or mean over the neighbours times one matrix plus the "
                     "node itself times another",
  [MIXQ_ARCH_TAG] = "every layer computes the sum over hops h of A^h X W_h with GCN's adjacency",
  [MIXQ_ARCH_GAT] = "every layer computes the neighbours' X W weighted by a softmax of each head's scores",
};

/* What starts as 0 or 1 would hide an error: norms and eps get numbers of both signs. */
static void
disturb_vectors (MixqNet *net)
{
  for (guint u = 0; u < net->model->n_units; u++) {
    MixqVector *vector = &net->vectors[u];
    gsize d = net->model->units[u].out_cols;

    if (net->model->units[u].kind == MIXQ_UNIT_PROPAGATE && vector->n > 0)
      vector->w[0] = 0.3f;
    for (gsize c = 0; net->model->units[u].kind == MIXQ_UNIT_BATCH_NORM && c < d; c++) {
      vector->w[c] = (c % 3 == 2 ? -1.0f : 1.0f) * (0.6f + 0.1f * (float) (c % 7));
      vector->w[d + c] = 0.05f * (float) (c % 5) - 0.1f;
      vector->state[c] = 0.02f * (float) (c % 9) - 0.08f;
      vector->state[d + c] = 0.5f + 0.2f * (float) (c % 4);
    }
  }
}

static void
compare (const double *expected,
         const double *alone,
         const float *logits,
         gsize n,
         double *largest,
         double *difference,
         double *apart)
{
  *largest = *difference = *apart = 0;
  for (gsize i = 0; i < n; i++) {
    double logit = (double) logits[i];

    *largest = MAX (*largest, fabs (expected[i]));
    *difference = fmax (*difference, isfinite (logit) ? fabs (logit - expected[i]) : INFINITY);
    *apart = MAX (*apart, fabs (alone[i] - expected[i]));
  }
}

static gboolean
is_same (const double *a, const double *b, gsize n)
{
  return memcmp (a, b, n * sizeof *a) == 0;
}

gboolean
mixq_verify_forward (MixqVerify *self, MixqVerifyCheck *check, GError **error)
{
  MixqArch arch = self->model->spec.arch;
  g_autoptr (MixqNet) net = NULL;
  gsize n = self->inputs->n_items * self->model->n_classes;
  g_autofree double *expected = NULL, *alone = NULL;
  double largest, difference, apart;

  check->claim = claims[arch];
  if (mixq_verify_formula (arch) == NULL) {
    mixq_verify_not_for (check, self->model, "its definition is not written out here");
    return TRUE;
  }
  net = mixq_verify_net (self, FALSE);
  disturb_vectors (net);
  expected = mixq_verify_logits (self, net, TRUE);
  alone = mixq_verify_logits (self, net, FALSE);
  if (expected == NULL || alone == NULL) {
    check->evidence = g_strdup_printf ("the network lacks a weight that %s names, or has it in another shape",
                                       mixq_arch_name (arch));
    return TRUE;
  }
  if (self->model->n_edges > 0 && is_same (expected, alone, n)) {
    mixq_verify_not_for (check, self->model, "from these start weights no logit depends on the graph");
    return TRUE;
  }
  mixq_net_forward (net, 0, net->model->n_units, (MixqPass){ .all_rows = TRUE });
  compare (expected, alone, mixq_net_logits (net), n, &largest, &difference, &apart);
  check->passed = difference <= TOLERANCE * largest || difference == 0;
  check->evidence = g_strdup_printf ("%zu logits by %s from the raw graph and features: largest %.4g, "
                                     "largest difference %.2g; without the %zu edges "
                                     "they would differ by up to %.4g",
                                     n, mixq_verify_formula (arch), largest, difference, self->model->n_edges,
                                     apart);
  mixq_verify_add_number (check, "logits", (double) n);
  mixq_verify_add_number (check, "largest", largest);
  mixq_verify_add_number (check, "difference", difference);
  mixq_verify_add_number (check, "difference_without_edges", apart);
  return TRUE;
}
