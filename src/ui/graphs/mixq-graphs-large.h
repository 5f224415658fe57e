/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "graphs/mixq-graphs-store.h"

G_BEGIN_DECLS

/** MixqGraphsLarge: one graph as large as there is room, painted on a worker. */
#define MIXQ_TYPE_GRAPHS_LARGE (mixq_graphs_large_get_type ())
G_DECLARE_FINAL_TYPE (MixqGraphsLarge, mixq_graphs_large, MIXQ, GRAPHS_LARGE, GtkWidget)

GtkWidget *mixq_graphs_large_new (void);
/** mixq_graphs_large_set: @class_index: in whose look, -1 for none; @description: for screen readers. */
void mixq_graphs_large_set (MixqGraphsLarge *self,
                            MixqGraphsStore *store,
                            gsize graph,
                            gint32 class_index,
                            const char *description);

G_END_DECLS
