/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/mixq-net.h"

G_BEGIN_DECLS

/*
 * The memory of a network's passes. What is never needed at the same time shares: gradients live from the unit that writes
 * them to the one that reads them, and in a lean binding (evaluation only) so do values; what changes in place has no
 * buffer of its own.
 */

/** mixq_buffer_new: @n zeros, aligned to 64 bytes; large ones on huge pages, where gathered rows cost fewer page walks. */
float *mixq_buffer_new (gsize n);
void mixq_buffer_free (float *buffer);

/** mixq_buffers_build: for capacity and manner (self->lean) of the present binding; what was there is freed. */
void mixq_buffers_build (MixqNet *self);
void mixq_buffers_clear (MixqNet *self);
/** mixq_net_scratch: @n floats of scratch number @i, 0 or 1; valid until it is asked for again. */
float *mixq_net_scratch (MixqNet *self, guint i, gsize n);

G_END_DECLS
