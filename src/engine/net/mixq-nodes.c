/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-nodes.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "net/mixq-calibrate.h"
#include "quant/mixq-a2q.h"

/* Steps tried for one node, down from the one that clips nothing to 3/8 of it. */
#define STEPS 16
#define STEP_SHARE 24
/* Learned widths start so far above their target: the memory loss takes from those that miss it least. */
#define START_ABOVE 2
#define WIDEST_LEARNED 8
#define ADAM_BETA1 0.9
#define ADAM_BETA2 0.999
#define ADAM_EPS 1e-8f

struct _MixqNodeState
{
  gsize n;
  float *beta;             /* real widths */
  float *log_step;         /* natural logarithms of the steps */
  float *step_g, *width_g; /* gradients, and the moments of both */
  float *step_m, *step_v, *width_m, *width_v;
};

static MixqNodeState *
node_state_new (const MixqQuantizer *q)
{
  MixqNodeState *self = g_new0 (MixqNodeState, 1);
  float **part[] = { &self->beta,   &self->log_step, &self->step_g,  &self->width_g,
                     &self->step_m, &self->step_v,   &self->width_m, &self->width_v };

  self->n = q->n;
  for (guint i = 0; i < G_N_ELEMENTS (part); i++)
    *part[i] = g_new0 (float, MAX (q->n, 1));
  for (gsize i = 0; i < q->n; i++) {
    self->beta[i] = q->row_bits[i];
    self->log_step[i] = logf (q->scale[i]);
  }
  return self;
}

void
mixq_node_state_free (MixqNodeState *self)
{
  if (self == NULL)
    return;
  g_free (self->beta);
  g_free (self->log_step);
  g_free (self->step_g);
  g_free (self->width_g);
  g_free (self->step_m);
  g_free (self->step_v);
  g_free (self->width_m);
  g_free (self->width_v);
  g_free (self);
}

/* Two levels of a narrow signed code would be one: 0. */
static guint8
least_width (const MixqQuantizer *q)
{
  return q->is_signed ? 2 : 1;
}

void
mixq_nodes_init_slot (const MixqNet *net, MixqSlot *slot)
{
  for (guint k = 0; k < slot->n_choices; k++) {
    MixqQuantizer *q = &slot->quantizer[k];
    g_autofree guint8 *bits = g_malloc (MAX (q->n, 1));

    if (net->rules.per_node) {
      q->is_narrow = q->is_signed;
      memset (bits, MAX (q->bits, least_width (q)), q->n);
    } else {
      mixq_node_widths_by_degree (net->rules.node_widths, q->bits, q->n,
                                  mixq_inputs_edges (net->inputs, MIXQ_EDGES_GCN)->row_ptr, bits);
    }
    mixq_quantizer_set_row_bits (q, bits);
  }
}

void
mixq_nodes_set_widths (MixqSlot *slot, guint choice, const guint8 *row_bits)
{
  mixq_quantizer_set_row_bits (&slot->quantizer[choice], row_bits);
  slot->calibrate = TRUE;
}

/* --- ranges -------------------------------------------------------------------------------------------------------- */

/* The step of least squared error of one node; 0 where it has no value to say. */
static float
best_step (const MixqQuantizer *q, const MixqKernels *kernels, gsize row, const float *x, gsize d)
{
  float lo = q->row_lo[row], hi = q->row_hi[row], largest = 0, best_scale = 0;
  double best = INFINITY;

  for (gsize c = 0; c < d; c++)
    largest = fmaxf (largest, lo == 0 ? x[c] : fabsf (x[c]));
  for (guint f = 0; largest > 0 && f < STEPS; f++) {
    float scale = largest / hi * (1.0f - (float) f / STEP_SHARE);
    double error = kernels->quantize_error (d, x, NULL, scale, 0, lo, hi);

    if (error < best) {
      best = error;
      best_scale = scale;
    }
  }
  return best_scale > FLT_MIN ? best_scale : 0;
}

/* Nodes that are all 0 now may not be later: they take the mean step of the others. */
static void
calibrate_by_node (MixqNet *net, MixqQuantizer *q, MixqRows rows, gsize d, const float *x)
{
  g_autofree float *step = g_new0 (float, MAX (q->n, 1));
  double sum = 0;
  gsize n = 0;

  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);

    step[r] = best_step (q, net->kernels, r, x + r * d, d);
    sum += (double) step[r];
    n += step[r] > 0;
  }
  for (gsize r = 0; r < q->n; r++)
    mixq_quantizer_set (q, r, step[r] > 0 ? step[r] : n > 0 ? (float) (sum / (double) n) : 1, 0);
}

/* All nodes of one width, as a slot of that width with one range: whatever rule the network has serves. */
static void
calibrate_class (MixqNet *net,
                 const MixqSlot *slot,
                 MixqQuantizer *q,
                 guint8 bits,
                 MixqRows rows,
                 gsize d,
                 const float *x)
{
  g_autofree guint32 *index = g_new (guint32, MAX (rows.n, 1));
  MixqSlot one = *slot;
  gsize n = 0;

  for (gsize i = 0; i < rows.n; i++)
    if (q->row_bits[mixq_rows_at (rows, i)] == bits)
      index[n++] = (guint32) mixq_rows_at (rows, i);
  if (n == 0)
    return;
  one.n_choices = 1;
  one.before_relu = slot->before_relu || bits == 1; /* no sign among nodes with zero-points */
  mixq_quantizer_init (&one.quantizer[0], bits, q->is_signed, MIXQ_PER_TENSOR, 1);
  mixq_calibrate_slot_output (net, &one, (MixqRows){ index, n, 0 }, d, x);
  for (gsize r = 0; r < q->n; r++)
    if (q->row_bits[r] == bits)
      mixq_quantizer_set (q, r, one.quantizer[0].scale[0], one.quantizer[0].zero[0]);
  mixq_quantizer_clear (&one.quantizer[0]);
}

void
mixq_nodes_calibrate_slot (MixqNet *net, MixqSlot *slot, MixqRows rows, gsize d, const float *x)
{
  slot->calibrate = FALSE;
  for (guint k = 0; k < slot->n_choices; k++) {
    MixqQuantizer *q = &slot->quantizer[k];

    if (net->rules.per_node) {
      calibrate_by_node (net, q, rows, d, x);
      continue;
    }
    for (guint8 bits = 1; bits <= MIXQ_WIDEST_BITS; bits++)
      if (memchr (q->row_bits, bits, q->n) != NULL)
        calibrate_class (net, slot, q, bits, rows, d, x);
  }
  g_clear_pointer (&slot->nodes, mixq_node_state_free); /* it holds the steps of before */
}

/* --- learning ------------------------------------------------------------------------------------------------------ */

static MixqAdam
adam_constants (double rate, guint t)
{
  return (MixqAdam){
    .beta1 = (float) ADAM_BETA1,
    .beta2 = (float) ADAM_BETA2,
    .eps = ADAM_EPS,
    .step = (float) (rate / (1 - pow (ADAM_BETA1, t))),
    .v_correct = (float) (1 / (1 - pow (ADAM_BETA2, t))),
  };
}

static double
mean_of (const float *x, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double) x[i];
  return n > 0 ? sum / (double) n : 0;
}

/*
 * Local gradients of steps (by their logarithms) and widths, the latter in mean steps: then the memory loss weighs the
 * same for a tensor of any size and scale.
 */
static void
fill_gradients (MixqNodeState *self,
                const MixqQuantizer *q,
                const MixqNodeRates *rates,
                gsize d,
                const float *x)
{
  double mean_step = mean_of (q->scale, q->n), target = MAX (q->bits, least_width (q));
  double excess = MAX (0, mean_of (self->beta, q->n) / target - 1);

  for (gsize r = 0; r < q->n; r++) {
    double by_step, by_width;

    mixq_a2q_local_gradient (x + r * d, d, q->scale[r], q->row_lo[r], q->row_hi[r], &by_step, &by_width);
    self->step_g[r] = (float) (by_step * (double) q->scale[r]);
    self->width_g[r] = (float) (by_width / mean_step + rates->memory * excess);
  }
}

static void
apply_steps (MixqNodeState *self, MixqQuantizer *q)
{
  for (gsize r = 0; r < q->n; r++)
    mixq_quantizer_set (q, r, expf (self->log_step[r]), 0);
}

static void
apply_widths (MixqNodeState *self, MixqQuantizer *q, const MixqKernels *kernels, gsize d, const float *x)
{
  g_autofree guint8 *before = g_memdup2 (q->row_bits, q->n), *bits = g_malloc (MAX (q->n, 1));

  for (gsize r = 0; r < q->n; r++) {
    self->beta[r] = CLAMP (self->beta[r], least_width (q), WIDEST_LEARNED);
    bits[r] = (guint8) lrintf (self->beta[r]);
  }
  mixq_quantizer_set_row_bits (q, bits);
  for (gsize r = 0; r < q->n; r++) {
    float step = bits[r] != before[r] ? best_step (q, kernels, r, x + r * d, d) : 0;

    if (step > 0) {
      mixq_quantizer_set (q, r, step, 0);
      self->log_step[r] = logf (step);
    }
  }
}

static void
start_widths (MixqNodeState *self, const MixqQuantizer *q)
{
  for (gsize r = 0; r < q->n; r++)
    self->beta[r] = MIN (self->beta[r] + START_ABOVE, WIDEST_LEARNED);
}

void
mixq_net_learn_nodes (MixqNet *net, const MixqNodeRates *rates, guint t)
{
  MixqAdam step = adam_constants (rates->step, t), width = adam_constants (rates->width, t);

  for (guint s = 0; s < net->n_slots; s++) {
    MixqSlot *slot = &net->slots[s];
    MixqQuantizer *q = slot->n_active == 1 ? &slot->quantizer[slot->active[0]] : NULL;
    const MixqUnit *unit = &net->model->units[slot->info->unit];
    const float *x = net->pre[unit->output];

    if (!net->rules.per_node || q == NULL || q->row_bits == NULL || slot->calibrate)
      continue;
    if (slot->nodes == NULL) {
      slot->nodes = node_state_new (q);
      if (rates->width > 0 && q->bits <= WIDEST_LEARNED)
        start_widths (slot->nodes, q);
    }
    fill_gradients (slot->nodes, q, rates, unit->out_cols, x);
    net->kernels->adam (&step, q->n, slot->nodes->log_step, slot->nodes->step_g, slot->nodes->step_m,
                        slot->nodes->step_v);
    apply_steps (slot->nodes, q);
    if (rates->width <= 0 || q->bits > WIDEST_LEARNED)
      continue;
    net->kernels->adam (&width, q->n, slot->nodes->beta, slot->nodes->width_g, slot->nodes->width_m,
                        slot->nodes->width_v);
    apply_widths (slot->nodes, q, net->kernels, unit->out_cols, x);
  }
}

guint8 *
mixq_net_node_widths (const MixqNet *net, guint s)
{
  const MixqSlot *slot = &net->slots[s];
  const MixqQuantizer *q;
  guint8 *bits;

  if (!net->rules.per_node || slot->n_active != 1)
    return NULL;
  q = &slot->quantizer[slot->active[0]];
  if (q->row_bits == NULL)
    return NULL;
  bits = g_memdup2 (q->row_bits, q->n);
  if (slot->nodes != NULL && q->bits <= WIDEST_LEARNED)
    mixq_a2q_round_widths (slot->nodes->beta, q->n, q->bits, least_width (q), WIDEST_LEARNED, bits);
  return bits;
}
