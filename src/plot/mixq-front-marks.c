/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-front-marks.h"

MixqPlotShape
mixq_front_method_shape (MixqFrontMethod method)
{
  static const MixqPlotShape shapes[MIXQ_N_FRONT_METHODS] = {
    [MIXQ_FRONT_SENSITIVITY] = MIXQ_SHAPE_DIAMOND,    [MIXQ_FRONT_RELAXED] = MIXQ_SHAPE_TRIANGLE_UP,
    [MIXQ_FRONT_FAITHFUL] = MIXQ_SHAPE_TRIANGLE_DOWN, [MIXQ_FRONT_RANDOM] = MIXQ_SHAPE_PLUS,
    [MIXQ_FRONT_UNIFORM] = MIXQ_SHAPE_SQUARE,
  };

  return shapes[method];
}
