/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/mixq-net.h"

/**
 * Plain: a training pass of any wiring again, in double, row by row, without dropout, pruning or fused loops; forward only,
 * since difference quotients of it are its gradients. What has no derivative keeps the side it was on in the first pass: a
 * ReLU, a maximum, and a quantizer, which then is its first answer plus sum_k p_k [in range k] times how far its input has
 * moved (the clipped straight-through rule) plus the moves of p_k times Q_k (x).
 */
typedef struct
{
  gsize n;
  double *x, *y, *slope, *q[MIXQ_MAX_CHOICES];
} PlainRecord;

typedef enum {
  PLAIN_OUTPUT,
  PLAIN_OPERAND, /* weights, or values of edges */
  PLAIN_FEATURES,
  PLAIN_VECTORS, /* that score edges */
  PLAIN_SCORES,
  PLAIN_N_RECORDS,
} PlainTensor;

typedef struct
{
  MixqNet *net;                   /* borrowed */
  double **w, **vector;           /* [unit]: parameters, to be moved */
  double (*dp)[MIXQ_MAX_CHOICES]; /* [slot][choice]: moves of p_k */
  double *shift;                  /* [slot]: added to all that it quantizes */
  double **value;                 /* [value id] */
  PlainRecord (*record)[PLAIN_N_RECORDS];
  gsize **side; /* [unit] (nullable): of a ReLU whether it passes, of a maximum where it is */
  gboolean recorded;
  double nearest_step; /* least distance from where another code begins, in codes */
} Plain;

/* Parameters of @net as they are, and its first pass over what the net is bound to. */
Plain *plain_new (MixqNet *net);
void plain_free (Plain *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Plain, plain_free)

void plain_forward (Plain *self);
const double *plain_logits (const Plain *self);
/* Mean loss of the training part, and its central difference quotient by @x, one of the parameters. */
double plain_loss (const Plain *self);
double plain_slope (Plain *self, double *x);
