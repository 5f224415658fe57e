/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/mixq-net.h"

G_BEGIN_DECLS

void mixq_slot_init (MixqSlot *self,
                     const MixqModel *model,
                     guint s,
                     guint n_choices,
                     const guint8 *choices,
                     gboolean is_signed,
                     const MixqNetRules *rules,
                     float *alpha);
void mixq_slot_clear (MixqSlot *self);
void mixq_slot_update_probabilities (MixqSlot *self);
/** mixq_slot_wants_gradient: a backward pass has something to find out about it: what to choose, or ranges to learn. */
gboolean mixq_slot_wants_gradient (const MixqSlot *slot);
/** mixq_slot_mix_one: appends one choice with weight @p to @mix. */
void mixq_slot_mix_one (const MixqSlot *slot, guint choice, float p, MixqMix *mix);
/** mixq_slot_forward: y = the mixture of x on @rows of a matrix with @d columns, whatever the slot's granularity. y may equal x. */
void mixq_slot_forward (const MixqSlot *slot,
                        const MixqKernels *kernels,
                        MixqRows rows,
                        gsize d,
                        const float *x,
                        float *y);
/** mixq_slot_begin_backward: forgets the dots and the gradients of steps and ranges of the last backward pass. */
void mixq_slot_begin_backward (MixqSlot *slot);
/** mixq_slot_backward: dx from g through the mixture; adds to slot->dot where there is something to choose. */
void mixq_slot_backward (MixqSlot *slot,
                         const MixqKernels *kernels,
                         MixqRows rows,
                         gsize d,
                         const float *x,
                         const float *g,
                         float *dx);
/** mixq_slot_forward_entries, _backward_entries: the same for the stored entries of a sparse matrix. @y, @g, @dx: nnz. */
void mixq_slot_forward_entries (const MixqSlot *slot, const MixqKernels *kernels, const MixqCsr *x, float *y);
void mixq_slot_backward_entries (MixqSlot *slot,
                                 const MixqKernels *kernels,
                                 const MixqCsr *x,
                                 const float *g,
                                 float *dx);
/**
 * mixq_slot_step_gradient: from step_sum to range_grad: the gradient of log s of each active choice, times p_k, scaled by
 * 1 / sqrt (n qmax) with n the entries of one scale (method spec section 3).
 */
void mixq_slot_step_gradient (MixqSlot *slot);
/** mixq_slot_range_gradient: adds the published gradient of scale and zero-point from per-scale sums of g and g x. */
void mixq_slot_range_gradient (MixqSlot *slot, gsize n_rows, const double *sum_g, const double *sum_gx);

G_END_DECLS
