/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "integer/mixq-frozen.h"
#include "net/mixq-net.h"

G_BEGIN_DECLS

/**
 * MixqUnitClass: everything the engine does with a kind of unit, beside counting it (cost/). A new kind is one
 * file with one of these and one row in mixq_unit_class().
 *
 * @forward, @backward: training. backward reads grad[output] on the frontier, writes its part of the gradient of each input
 *   where that is wanted (mixq_net_grad_target), its own weight gradients and slot dots, and steps its parameters.
 * @freeze: (nullable) stores integer constants (weights) in the frozen model.
 * @run_integer: output codes from input codes, integers only but for the one real multiplier of a requantization.
 * @run_simulated: the same in double on dequantized values: what Theorem 1 says is equal.
 */
typedef struct
{
  void (*forward) (MixqNet *net, guint unit, MixqPass pass);
  void (*backward) (MixqNet *net, guint unit);
  void (*freeze) (const MixqNet *net, guint unit, MixqFrozen *frozen);
  void (*run_integer) (MixqExec *exec, guint unit);
  void (*run_simulated) (MixqExec *exec, guint unit);
} MixqUnitClass;

const MixqUnitClass *mixq_unit_class (MixqUnitKind kind);

extern const MixqUnitClass mixq_unit_linear;
extern const MixqUnitClass mixq_unit_propagate;
extern const MixqUnitClass mixq_unit_relu;
extern const MixqUnitClass mixq_unit_dropout;
extern const MixqUnitClass mixq_unit_features;
extern const MixqUnitClass mixq_unit_add;
extern const MixqUnitClass mixq_unit_batch_norm;
extern const MixqUnitClass mixq_unit_pool;
extern const MixqUnitClass mixq_unit_attend;

G_END_DECLS
