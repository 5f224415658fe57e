/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bits/mixq-bits-layout.h"
#include "bits/mixq-bits-wiring.h"

G_BEGIN_DECLS

/** MixqBitsMetrics: sizes of a map in logical pixels. */
typedef struct
{
  double cell_width, cell_height;
  double row_gap; /* between the upper row, the main line and the branches */
  double op_gap;  /* between two cells with an operator between them */
  double op_radius;
  double pill_gap; /* before a pill */
  double pill_width, pill_height;
  double loss_gap, loss_width;
  double fork_gap; /* from a cell to where its value goes two ways */
  double rail_gap; /* below the lowest cells, where a line passes them */
  double line_gap; /* between rows of a broken map */
  double margin;
} MixqBitsMetrics;

/**
 * mixq_bits_pen_draw: walks the units of @model and places all of them, from the top left corner on.
 * @breaks: (array length=n_layers) (nullable): layers that begin a row; the first always does
 * @starts: (out) (optional) (array length=n_layers): where on the main line each layer begins
 */
MixqBitsLayout *mixq_bits_pen_draw (const MixqModel *model,
                                    const MixqBitsWiring *wiring,
                                    const MixqBitsMetrics *metrics,
                                    const gboolean *breaks,
                                    double *starts);

/** mixq_bits_pen_row_height: of one row of the map. */
double mixq_bits_pen_row_height (const MixqBitsWiring *wiring, const MixqBitsMetrics *metrics);

G_END_DECLS
