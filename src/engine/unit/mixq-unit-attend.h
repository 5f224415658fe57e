/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "unit/mixq-unit.h"

G_BEGIN_DECLS

/*
 * Graph attention in a form that integers follow exactly (docs/PAPER.md, "GAT"). H is the value read, n x heads * dim. For
 * each node j and head: s = sum over the head's columns of H a_0, t the same with a_1; a score matrix is n x 2 heads, the s of
 * all heads, then the t of all heads. Node i gives its neighbour j (itself among them) the attention
 *   softmax over j of LeakyReLU (s_j + t_i)
 * and its output is the sum of attention times H_j. Entries of attention lie edge by edge, the heads of an edge together.
 *
 * Below 0 the LeakyReLU has slope 2^-MIXQ_ATTEND_SLOPE_SHIFT = 1/4, so that it keeps multiples of a fixed step. The usual 0.2 does not.
 */
#define MIXQ_ATTEND_SLOPE_SHIFT 2
/* exp (-x) is the whole number round (2^24 exp (-x)): sums over 2^29 neighbours are exact in a double as well. */
#define MIXQ_ATTEND_EXP_BITS 24

/** mixq_attend_freeze, _run_integer, _run_simulated: the integer half of mixq_unit_attend. */
void mixq_attend_freeze (const MixqNet *net, guint u, MixqFrozen *frozen);
void mixq_attend_run_integer (MixqExec *exec, guint u);
void mixq_attend_run_simulated (MixqExec *exec, guint u);

G_END_DECLS
