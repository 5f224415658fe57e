/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/mixq-net.h"

G_BEGIN_DECLS

/* Matrices and vectors of a net, with their gradients and moments: their beginning and end. The rest is in mixq-net.h. */

/** mixq_net_init_parameters: of all units, all 0 but gamma and variance of batch norms; @n_copies of every matrix. */
void mixq_net_init_parameters (MixqNet *self, guint n_copies);
void mixq_net_free_parameters (MixqNet *self);

G_END_DECLS
