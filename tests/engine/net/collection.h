/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/mixq-inputs.h"

/* Graphs of given sizes, each a path with chords to its last node; nodes with 0 to 3 features, graphs of 2 classes in turns,
 * and in turns in no part, training, validation, test. */
MixqInputs *collection_inputs_new (const gsize *nodes, gsize n_graphs);
