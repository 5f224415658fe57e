/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Aggregation-aware quantization (method spec section 11): a node has a step g and a width b of its own, zero-point 0. Codes are
 * round (clamp (x / g)), halves to even as everywhere here (the published rule rounds them away from 0).
 */

/**
 * mixq_a2q_entry:
 * @lo, @hi: smallest and largest code: 0 and 2^b - 1 where a ReLU follows, else +-(2^(b-1) - 1)
 * @d_step: (out): d value / d g: code - x / g inside, the code at the clip outside
 * @d_width: (out): d value / d b: 0 inside, +-(hi + 1) ln 2 g outside
 *
 * Returns: the code of @x.
 */
double mixq_a2q_entry (double x, double g, double lo, double hi, double *d_step, double *d_width);

/**
 * mixq_a2q_local_gradient:
 * @x: (array length=n): one node's values; values below 0 count as 0 where @lo is 0
 *
 * The local gradient: what is descended is the mean |x^ - x| of the node, since the loss of a few labelled nodes gives most
 * nodes no gradient at all. @d_step and @d_width: (out): its derivatives by g and by b.
 */
void mixq_a2q_local_gradient (const float *x,
                              gsize n,
                              float g,
                              float lo,
                              float hi,
                              double *d_step,
                              double *d_width);

/**
 * mixq_a2q_round_widths:
 * @beta: (array length=n): learned widths
 * @target: the mean that must not be exceeded, if @min allows
 *
 * Whole widths @min to @max: beta rounded after a common shift, the smallest that meets the target (0 where none is needed).
 */
void mixq_a2q_round_widths (const float *beta, gsize n, double target, guint8 min, guint8 max, guint8 *bits);

G_END_DECLS
