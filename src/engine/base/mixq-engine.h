/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * mixq_engine_init:
 *
 * Every program calls this once, before it trains and before it starts threads: one OpenBLAS thread a product, so that
 * results have the same bits whatever the number of cores; runs go side by side instead.
 */
void mixq_engine_init (void);

G_END_DECLS
