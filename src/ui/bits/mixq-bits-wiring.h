/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mixq-model.h"

G_BEGIN_DECLS

/** MixqBitsBranch: what leaves the main line of a model and joins it again at an add. */
typedef struct
{
  int value;      /* the value where it leaves */
  int add;        /* the unit where it joins */
  guint first, n; /* its units, in MixqBitsWiring.units; none for a skip */
} MixqBitsBranch;

/**
 * MixqBitsWiring: the graph of units as a main line and branches. The main line is the longest way from the features to
 * the answers; at an add, all other inputs are branches.
 */
typedef struct
{
  gboolean *is_main; /* a unit */
  GArray *branches;  /* of MixqBitsBranch, in the order of their adds */
  GArray *units;     /* of int: the units of all branches */
} MixqBitsWiring;

/** mixq_bits_wiring_new: Cost: O(units^2), for some hundred units at most. */
MixqBitsWiring *mixq_bits_wiring_new (const MixqModel *model);
void mixq_bits_wiring_free (MixqBitsWiring *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqBitsWiring, mixq_bits_wiring_free)

/** mixq_bits_wiring_has_lanes: whether a branch has units of its own. */
gboolean mixq_bits_wiring_has_lanes (const MixqBitsWiring *self);

G_END_DECLS
