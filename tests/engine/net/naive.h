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
  double **mask;                /* [unit] dropout multipliers; NULL: none */

  double **value; /* [value id] after the output slot; [0]: quantized features */
  double **pre;   /* [value id] before it */
  double **wq;    /* [unit] quantized weights */
  double **aq;    /* [unit] quantized adjacency */
  /* least distance of anything quantized from a rounding tie or clip bound, in codes, relative to 1 + code + zero-point */
  double nearest_step;

  double **grad;                         /* [value id] */
  double **dw[MIXQ_MAX_CHOICES];         /* [copy][unit] */
  double (*dot)[MIXQ_MAX_CHOICES];       /* [slot] <g, Q_k> */
  double **range_grad[MIXQ_MAX_CHOICES]; /* [choice][slot]: scale | zero, 2 n */
  double **step_grad
      [MIXQ_MAX_CHOICES]; /* [choice][slot]: by the learned-step rule, with p: sum | sum of |terms|, 2 n */
} Naive;

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
