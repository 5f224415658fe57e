/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/mixq-net.h"

G_BEGIN_DECLS

/** MIXQ_ESTIMATE_ROWS: MixqNet.estimate_rows of a new net. With fewer than four times as many rows all are read. */
#define MIXQ_ESTIMATE_ROWS 16384

/**
 * mixq_estimate_rows:
 * @v: a value
 * @rows: its rows with a gradient
 *
 * The gradient of the features serves nothing but the logits of their widths: one number a width, <dX, Q_k (X)>, a sum over
 * all rows. On a large graph the product that makes dX takes a tenth of a step; every m-th row, from a first one that changes
 * with the dropout key, estimates the same sum without bias. How far off one estimate is: docs/RESULTS.md, large graphs.
 *
 * Returns: the rows whose gradient is to be made: every m-th of @rows, at least @net->estimate_rows, where @v is features of
 * four times as many rows, read by one linear unit, and no range learns; else @rows. Valid until the next call.
 */
MixqRows mixq_estimate_rows (MixqNet *net, int v, MixqRows rows);
/** mixq_estimate_scale: the slot's dots stand for all @rows now. @read: what mixq_estimate_rows() gave. */
void mixq_estimate_scale (MixqSlot *slot, MixqRows rows, MixqRows read);

G_END_DECLS
