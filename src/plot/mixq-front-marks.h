/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "front/mixq-front-method.h"
#include "mixq-plot-shape.h"

G_BEGIN_DECLS

/** mixq_front_method_shape: the mark of the points that a search found, the same in the app and in files. */
MixqPlotShape mixq_front_method_shape (MixqFrontMethod method);

G_END_DECLS
