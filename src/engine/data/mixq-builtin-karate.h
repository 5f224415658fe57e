/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-dataset.h"

G_BEGIN_DECLS

/**
 * mixq_builtin_karate_load:
 *
 * Zachary's karate club (W. W. Zachary, 1977), the smallest example: 34 members, 78 friendships, and the club each
 * joined after the split. The graph comes from igraph; features are the identity. Training: the two leaders, Mr Hi
 * and the officer. Test: the other 32. No validation.
 *
 * Errors: MIXQ_ERROR_EXTERNAL. Returns: (transfer full) (nullable): sealed.
 */
MixqDataset *mixq_builtin_karate_load (GError **error);

G_END_DECLS
