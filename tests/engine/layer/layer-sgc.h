/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "layer/mixq-layer.h"

int layer_sgc (MixqModelBuilder *builder, int input, gsize out_cols, gboolean is_hidden);
