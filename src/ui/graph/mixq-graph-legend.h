/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "data/mixq-dataset.h"

G_BEGIN_DECLS

/**
 * MixqGraphLegend: shape, colour and name of every class, or the signs on a page of small graphs, wrapped into as many
 * lines as it needs.
 */
#define MIXQ_TYPE_GRAPH_LEGEND (mixq_graph_legend_get_type ())
G_DECLARE_FINAL_TYPE (MixqGraphLegend, mixq_graph_legend, MIXQ, GRAPH_LEGEND, GtkWidget)

GtkWidget *mixq_graph_legend_new (void);
/** mixq_graph_legend_set_dataset: (nullable) @dataset. */
void mixq_graph_legend_set_dataset (MixqGraphLegend *self, MixqDataset *dataset);

G_END_DECLS
