/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Graph attention again, dense and in double: softmax over all pairs of nodes that are joined, a head at a time. */
#include <math.h>
#include <string.h>

#include "naive.h"

#define SLOPE 0.25

/* Whether node @i gathers from @j: its neighbours and itself. */
static gboolean
joined (const Naive *self, gsize i, gsize j)
{
  return i == j || self->edge[i * self->n + j];
}

static guint8 *
where_joined (const Naive *self, gsize heads)
{
  guint8 *where = g_new (guint8, self->n * self->n * heads);

  for (gsize i = 0; i < self->n * self->n * heads; i++)
    where[i] = joined (self, i / heads / self->n, i / heads % self->n);
  return where;
}

static double
sum_of_scores (const Naive *self, guint u, gsize i, gsize j, gsize k)
{
  gsize heads = self->net->model->units[u].heads;

  return self->score_q[u][2 * j * heads + k] + self->score_q[u][(2 * i + 1) * heads + k];
}

/*
 * Near 0 a sum may be either side of it in float. Codes that cancel at every width are 0 in any arithmetic, as it is the same for
 * a number and its negative.
 */
static void
note_kink (Naive *self, guint u, gsize i, gsize j, gsize k)
{
  gsize heads = self->net->model->units[u].heads;
  double source = self->score_q[u][2 * j * heads + k], target = self->score_q[u][(2 * i + 1) * heads + k];

  if (source + target != 0)
    self->nearest_step = MIN (self->nearest_step, fabs (source + target) / (fabs (source) + fabs (target)));
}

/* What the dropout of the last training pass makes of ones. */
void
naive_take_attention_mask (Naive *self, guint u)
{
  const MixqUnit *unit = &self->net->model->units[u];
  const MixqCsr *edges = mixq_inputs_edges (self->net->inputs, unit->edges);
  gsize heads = unit->heads, n = edges->nnz * heads;
  g_autofree float *ones = g_new (float, n);

  g_clear_pointer (&self->mask[u], g_free);
  if (self->net->keep >= 1)
    return;
  for (gsize i = 0; i < n; i++)
    ones[i] = 1;
  self->net->kernels->dropout ((MixqRows){ NULL, edges->nnz }, heads, self->net->keep,
                               mixq_net_dropout_key (self->net, u), ones, ones);
  self->mask[u] = g_new0 (double, self->n * self->n * heads);
  for (gsize r = 0; r < self->n; r++)
    for (gsize e = edges->row_ptr[r]; e < edges->row_ptr[r + 1]; e++)
      for (gsize k = 0; k < heads; k++)
        self->mask[u][(r * self->n + edges->col[e]) * heads + k] = (double) ones[e * heads + k];
}

/* @x: n x n x heads. */
static void
drop (const Naive *self, guint u, double *x)
{
  for (gsize i = 0; self->mask[u] != NULL && i < self->n * self->n * self->net->model->units[u].heads; i++)
    x[i] *= self->mask[u][i];
}

static void
forward_scores (Naive *self, guint u)
{
  const MixqUnit *unit = &self->net->model->units[u];
  gsize heads = unit->heads, d = unit->in_cols, dim = d / heads;

  naive_mix (self, unit->slot_weight, d, 2, NULL, self->w[0][u], self->wq[u]);
  memset (self->score[u], 0, self->n * 2 * heads * sizeof (double));
  for (gsize r = 0; r < self->n; r++)
    for (gsize c = 0; c < d; c++)
      for (gsize side = 0; side < 2; side++)
        self->score[u][(2 * r + side) * heads + c / dim] += self->value[unit->input][r * d + c] *
                                                            self->wq[u][2 * c + side];
  naive_mix (self, unit->slot_score, self->n, 2 * heads, NULL, self->score[u], self->score_q[u]);
}

void
naive_forward_attend (Naive *self, guint u)
{
  const MixqUnit *unit = &self->net->model->units[u];
  gsize heads = unit->heads, d = unit->in_cols, dim = d / heads, n = self->n;
  g_autofree guint8 *where = where_joined (self, heads);

  forward_scores (self, u);
  for (gsize i = 0; i < n; i++)
    for (gsize k = 0; k < heads; k++) {
      double sum = 0;

      for (gsize j = 0; j < n; j++) {
        double x = sum_of_scores (self, u, i, j, k);

        self->att[u][(i * n + j) * heads + k] = joined (self, i, j) ? exp (x > 0 ? x : SLOPE * x) : 0;
        sum += self->att[u][(i * n + j) * heads + k];
        if (joined (self, i, j))
          note_kink (self, u, i, j, k);
      }
      for (gsize j = 0; j < n; j++)
        self->att[u][(i * n + j) * heads + k] /= sum;
    }
  naive_mix (self, unit->slot_operand, n, n * heads, where, self->att[u], self->att_q[u]);
  drop (self, u, self->att_q[u]);
  memset (self->pre[unit->output], 0, n * d * sizeof (double));
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < n; j++)
      for (gsize c = 0; c < d; c++)
        self->pre[unit->output][i * d + c] += self->att_q[u][(i * n + j) * heads + c / dim] *
                                              self->value[unit->input][j * d + c];
}

/* From d attention to d scores: the softmax's whole Jacobian, p_j (delta - p_l), then the LeakyReLU. */
static void
backward_softmax (Naive *self, guint u, const double *da, double *dscore)
{
  gsize heads = self->net->model->units[u].heads, n = self->n;

  memset (dscore, 0, n * 2 * heads * sizeof *dscore);
  for (gsize i = 0; i < n; i++)
    for (gsize k = 0; k < heads; k++)
      for (gsize j = 0; j < n; j++) {
        double du = 0, p = self->att[u][(i * n + j) * heads + k];

        for (gsize l = 0; l < n; l++)
          du += da[(i * n + l) * heads + k] * self->att[u][(i * n + l) * heads + k] *
                ((j == l ? 1.0 : 0.0) - p);
        du *= sum_of_scores (self, u, i, j, k) > 0 ? 1 : SLOPE;
        dscore[2 * j * heads + k] += du;
        dscore[(2 * i + 1) * heads + k] += du;
      }
}

/* The input's gradient: as a value that is gathered, as a source and as a target of scores. */
static void
backward_input (Naive *self, guint u, const double *g, const double *dscore, double *dw)
{
  const MixqUnit *unit = &self->net->model->units[u];
  gsize heads = unit->heads, d = unit->in_cols, dim = d / heads, n = self->n;
  const double *h = self->value[unit->input];
  double *dx = self->grad[unit->input];

  memset (dx, 0, n * d * sizeof *dx);
  for (gsize j = 0; j < n; j++)
    for (gsize c = 0; c < d; c++) {
      for (gsize i = 0; i < n; i++)
        dx[j * d + c] += self->att_q[u][(i * n + j) * heads + c / dim] * g[i * d + c];
      for (gsize side = 0; side < 2; side++) {
        dx[j * d + c] += dscore[(2 * j + side) * heads + c / dim] * self->wq[u][2 * c + side];
        dw[2 * c + side] += dscore[(2 * j + side) * heads + c / dim] * h[j * d + c];
      }
    }
}

void
naive_backward_attend (Naive *self, guint u, const double *g)
{
  const MixqUnit *unit = &self->net->model->units[u];
  gsize heads = unit->heads, d = unit->in_cols, dim = d / heads, n = self->n;
  g_autofree guint8 *where = where_joined (self, heads);
  g_autofree double *da = g_new0 (double, n *n *heads), *dscore = g_new (double, n * 2 * heads);
  g_autofree double *dw = g_new0 (double, 2 * d);

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < n; j++)
      for (gsize c = 0; c < d && joined (self, i, j); c++)
        da[(i * n + j) * heads + c / dim] += g[i * d + c] * self->value[unit->input][j * d + c];
  drop (self, u, da);
  naive_mix_back (self, unit->slot_operand, n, n * heads, where, self->att[u], da, (double) n, da);
  backward_softmax (self, u, da, dscore);
  naive_mix_back (self, unit->slot_score, n, 2 * heads, NULL, self->score[u], dscore, (double) n, dscore);
  backward_input (self, u, g, dscore, dw);
  naive_mix_back (self, unit->slot_weight, d, 2, NULL, self->w[0][u], dw, 2, self->dw[0][u]);
}
