/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/mixq-net.h"

G_BEGIN_DECLS

/*
 * What never changes is computed once a binding, in float32 only: a quantizer between two units makes all behind it depend
 * on what is learned. Dense features are constant, and so is what is gathered of them. Where a map of the features is
 * gathered, A (X W), it is (A X) W instead, which is the same up to rounding, with A X constant.
 */

/** mixq_constant_find: fills self->constant and self->gathers_first, once. */
void mixq_constant_find (MixqNet *self);
/** mixq_constant_done: whether value @v is there already; from now on it is, unless the binding is lean. */
gboolean mixq_constant_done (MixqNet *self, int v);
/** mixq_constant_gathered: (nullable): A X, for the linear @u whose product is gathered first; NULL for any other unit. */
const float *mixq_constant_gathered (MixqNet *self, guint u);

G_END_DECLS
