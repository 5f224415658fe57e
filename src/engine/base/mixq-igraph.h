/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#ifndef IGRAPH_VERIFY_FINALLY_STACK
#define IGRAPH_VERIFY_FINALLY_STACK 0 /* igraph.h asks for its value without having set it */
#endif
#include <igraph.h>

G_BEGIN_DECLS

/**
 * MixqIgraphFunc:
 *
 * A piece of work with igraph. It owns the whole library while it runs, so it is short or interruptible, takes no
 * lock that another igraph user may hold, and does not call mixq_igraph_call() again. It may use IGRAPH_CHECK and
 * IGRAPH_FINALLY as igraph's own code does: whatever it registered is freed when a call fails.
 */
typedef igraph_error_t (*MixqIgraphFunc) (gpointer data);

/**
 * mixq_igraph_call:
 * @func: (scope call): returns IGRAPH_SUCCESS or the code of the igraph function that failed
 * @data: borrowed, passed to @func
 * @cancellable: (nullable): looked at by igraph's interruption checks and while waiting for another caller
 *
 * The one gate to igraph. Debian's build is not thread-safe (handlers, cleanup stack, attribute table and random
 * generator are global), so calls of all threads go one after another through here. The gate sets handlers that
 * keep the message and never abort or print, the C attribute table, and the state of the random generator: every
 * call starts from the same one, so no result depends on what ran before.
 *
 * Errors: MIXQ_ERROR_CANCELLED; MIXQ_ERROR_PARSE where igraph could not read a file, else MIXQ_ERROR_EXTERNAL; the
 * message is igraph's.
 *
 * Returns: %TRUE if @func returned IGRAPH_SUCCESS.
 */
gboolean mixq_igraph_call (MixqIgraphFunc func, gpointer data, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/** mixq_igraph_seed: only inside a MixqIgraphFunc: starts igraph's random generator; all 64 bits of @seed count. */
igraph_error_t mixq_igraph_seed (guint64 seed);

G_END_DECLS
