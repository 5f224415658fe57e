/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/mixq-net.h"

/**
 * Naive: the network again, from the method's formulas alone: dense matrices, double, every row and every zero, no pruning,
 * no sparse tricks. It takes wiring, ranges, probabilities and weights from a MixqNet and computes forward and backward
 * by itself.
 */
typedef struct
{
  MixqNet *net; /* borrowed */
  gsize n;
  double *x;      /* n x F features */
  double *a;      /* n x n adjacency */
  guint8 *edge;   /* n x n: where a has an entry */
  guint8 *stored; /* (nullable) n x F: where x has one: its zeros stay 0 whatever the quantizer says */
  double **w[MIXQ_MAX_CHOICES]; /* [copy][unit] weights */
  guint8 **kept;                /* [slot] (nullable) n: rows that pass unquantized */
  double **mask;                /* [unit] dropout multipliers; NULL: none; of attend: of its attention */

  double **value;            /* [value id] after the output slot; [0]: quantized features */
  double **pre;              /* [value id] before it */
  double **wq;               /* [unit] quantized weights */
  double **aq;               /* [unit] quantized adjacency */
  double **score, **score_q; /* [unit] attend: n x 2 heads, before and behind the slot */
  double **att, **att_q;     /* [unit] attend: n x n x heads; the latter behind dropout */
  /* least distance of anything quantized from a rounding tie or clip bound, in codes, relative to 1 + code + zero-point */
  double nearest_step;

  double **grad;                         /* [value id] */
  double **dw[MIXQ_MAX_CHOICES];         /* [copy][unit] */
  double (*dot)[MIXQ_MAX_CHOICES];       /* [slot] <g, Q_k> */
  double **range_grad[MIXQ_MAX_CHOICES]; /* [choice][slot]: scale | zero, 2 n */
  double **step_grad
      [MIXQ_MAX_CHOICES]; /* [choice][slot]: by the learned-step rule, with p: sum | sum of |terms|, 2 n */
} Naive;

/* Of naive-attend.c: one unit, as naive_forward() and naive_backward() go through them. @g: behind the output's slot. */
void naive_forward_attend (Naive *self, guint u);
void naive_take_attention_mask (Naive *self, guint u);
void naive_backward_attend (Naive *self, guint u, const double *g);
/* y = mix (x) over a dense matrix; @where: (nullable): entries that exist. */
void naive_mix (Naive *self,
                int slot_number,
                gsize rows,
                gsize cols,
                const guint8 *where,
                const double *x,
                double *y);
/* Gradients through one slot: dots, ranges, and the clipped straight-through dx (nullable; may be @g). */
void naive_mix_back (Naive *self,
                     int slot_number,
                     gsize rows,
                     gsize cols,
                     const guint8 *where,
                     const double *x,
                     const double *g,
                     double mean,
                     double *dx);

/* Copies the weights and features of @net as they are now. */
Naive *naive_new (MixqNet *net);
void naive_free (Naive *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Naive, naive_free)

/* The dropout multipliers of the last training pass over all rows of the net. */
void naive_take_mask (Naive *self);
void naive_forward (Naive *self);
const double *naive_logits (const Naive *self);
/* From d loss / d logits (n x classes); after naive_forward(). */
void naive_backward (Naive *self, const double *grad_logits);
/* d loss / d alpha of the task: method spec 4.1. */
void naive_alpha_gradient (const Naive *self, guint slot, double *gradient);
